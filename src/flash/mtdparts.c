/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/flash/mtdparts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct cursor {
	const char *start; /* for columns */
	const char *at;
};

static int bad(const struct cursor *cur, const char *expected, struct uf_error *err)
{
	return uf_fail(err, UF_ERR_SYNTAX, "mtdparts, column %zu: expected %s, found \"%.12s\"",
		       (size_t)(cur->at - cur->start) + 1, expected, cur->at);
}

static bool at_end(const struct cursor *cur)
{
	return *cur->at == '\0' || *cur->at == ' ' || *cur->at == '\n' || *cur->at == '\t';
}

/* The id ends at the last colon in front of the first partition: ids can hold colons. */
static int parse_id(struct cursor *cur, struct uf_mtdparts *parts, struct uf_error *err)
{
	size_t first = strcspn(cur->at, "(,; \t\n");
	size_t len = 0;

	for (size_t at = 0; at < first; at++)
		if (cur->at[at] == ':')
			len = at;
	if (len == 0 || len > UF_NAME_MAX)
		return bad(cur, "the flash's name and a colon", err);
	memcpy(parts->id, cur->at, len);
	parts->id[len] = '\0';
	cur->at += len + 1;
	return UF_OK;
}

/* The kernel's memparse (lib/cmdline.c): 0x is hexadecimal, a leading 0 octal; K, M, G, T, P, E. */
static bool memparse(const char **at, uint64_t *number)
{
	static const char suffixes[] = "kmgtpe";
	const char *suffix;
	char *end;

	if (**at < '0' || **at > '9')
		return false;
	errno = 0;
	*number = strtoull(*at, &end, 0);
	if (errno || *number > INT64_MAX)
		return false;
	*at = end;
	suffix = *end ? strchr(suffixes, *end | 0x20) : NULL;
	for (const char *step = suffixes; suffix && step <= suffix; step++) {
		if (*number > INT64_MAX >> 10)
			return false;
		*number <<= 10;
	}
	*at += suffix != NULL;
	return true;
}

static int parse_number(struct cursor *cur, const char *what, uint64_t *number,
			struct uf_error *err)
{
	const char *at = cur->at;

	if (!memparse(&at, number))
		return bad(cur, what, err);
	cur->at = at;
	return UF_OK;
}

static int parse_name(struct cursor *cur, const char **name, size_t *len, struct uf_error *err)
{
	*len = 0;
	*name = cur->at;
	if (*cur->at != '(')
		return UF_OK;
	*name = cur->at + 1;
	*len = strcspn(*name, ")");
	if ((*name)[*len] != ')' || *len > UF_NAME_MAX)
		return bad(cur, "a name in parentheses", err);
	cur->at = *name + *len + 1;
	return UF_OK;
}

static void skip_flags(struct cursor *cur)
{
	while (strncmp(cur->at, "ro", 2) == 0 || strncmp(cur->at, "lk", 2) == 0)
		cur->at += 2;
}

static int parse_partition(struct cursor *cur, uint64_t *follow, struct uf_mtdparts *parts,
			   struct uf_error *err)
{
	char unnamed[24];
	struct uf_range range = {*follow, 0};
	const char *name;
	size_t len;
	int ret;

	if (*cur->at == '-') {
		if (parts->rest >= 0)
			return bad(cur, "only one partition of size \"-\"", err);
		parts->rest = (int)parts->table.count;
		cur->at++;
	} else {
		ret = parse_number(cur, "a size or \"-\"", &range.len, err);
		if (ret)
			return ret;
		if (!range.len)
			return bad(cur, "a size that is not 0", err);
	}
	/* The kernel takes nothing behind "-"; thingino's takes what has an offset of its own. */
	if (*cur->at != '@' && parts->rest >= 0 && parts->rest < (int)parts->table.count)
		return bad(cur, "an offset: what follows \"-\" has no place", err);
	if (*cur->at == '@') {
		cur->at++;
		ret = parse_number(cur, "an offset", &range.off, err);
		if (ret)
			return ret;
	}
	if (range.len > INT64_MAX - range.off)
		return bad(cur, "a partition that ends below 8 EiB", err);
	ret = parse_name(cur, &name, &len, err);
	if (ret)
		return ret;
	if (!len) {
		len = (size_t)snprintf(unnamed, sizeof(unnamed), "Partition_%03u",
				       parts->table.count);
		name = unnamed;
	}
	skip_flags(cur);
	*follow = uf_range_end(range);
	return uf_table_add(&parts->table, name, len, range, err);
}

int uf_mtdparts_next(const char *start, const char **text, struct uf_mtdparts *parts,
		     struct uf_error *err)
{
	struct cursor cur = {start, *text};
	uint64_t follow = 0;
	int ret;

	memset(parts, 0, sizeof(*parts));
	parts->rest = -1;
	ret = parse_id(&cur, parts, err);
	while (!ret) {
		ret = parse_partition(&cur, &follow, parts, err);
		if (ret || *cur.at != ',')
			break;
		cur.at++;
	}
	if (ret)
		return ret;
	if (*cur.at == ';' && cur.at[1])
		*text = cur.at + 1;
	else if (*cur.at == ';' || at_end(&cur))
		*text = NULL;
	else
		return bad(&cur, "\",\" or \";\" or the end", err);
	return UF_OK;
}

int uf_mtdparts_resolve(struct uf_mtdparts *parts, uint64_t size, struct uf_error *err)
{
	struct uf_partition *part;

	if (parts->rest < 0)
		return UF_OK;
	part = &parts->table.part[parts->rest];
	if (part->range.off >= size)
		return uf_fail(err, UF_ERR_RANGE,
			       "mtdparts: nothing is left for %s at 0x%06" PRIx64
			       " in a flash of 0x%06" PRIx64 " bytes",
			       part->name, part->range.off, size);
	part->range.len = size - part->range.off;
	return UF_OK;
}

const char *uf_mtdparts_in_cmdline(const char *cmdline)
{
	static const char key[] = "mtdparts=";
	const char *found = NULL;

	for (const char *at = strstr(cmdline, key); at; at = strstr(at + 1, key))
		if (at == cmdline || at[-1] == ' ' || at[-1] == '"')
			found = at + strlen(key);
	return found;
}
