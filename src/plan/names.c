/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/plan/target.h"

#include <string.h>

static bool is_ambiguous(const struct uf_table *table, const char *name)
{
	unsigned count = 0;

	for (unsigned at = 0; at < table->count; at++)
		count += strcmp(table->part[at].name, name) == 0;
	return count > 1;
}

static int resolve_one(const char *name, size_t len, const struct uf_table *table, bool *chosen,
		       struct uf_error *err)
{
	char word[UF_NAME_MAX + 1], names[256];
	int index = -1;

	if (len && len < sizeof(word)) {
		memcpy(word, name, len);
		word[len] = '\0';
		index = uf_table_find(table, word);
	}
	if (index >= 0 && is_ambiguous(table, word))
		return uf_fail(err, UF_ERR_USAGE,
			       "more than one partition is called \"%s\"; name it as mtdN", word);
	if (index < 0)
		return uf_fail(err, UF_ERR_USAGE,
			       "there is no partition \"%.*s\"; the partitions are %s", (int)len,
			       name, uf_table_names(table, names, sizeof(names)));
	chosen[index] = true;
	return UF_OK;
}

int uf_names_resolve(const char *names, const struct uf_table *table, bool *chosen,
		     struct uf_error *err)
{
	memset(chosen, 0, UF_PARTITIONS_MAX * sizeof(*chosen));
	if (strcmp(names, "none") == 0)
		return UF_OK;
	for (const char *at = names;; at++) {
		size_t len = strcspn(at, ",");
		int ret = resolve_one(at, len, table, chosen, err);

		if (ret || !at[len])
			return ret;
		at += len;
	}
}
