/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mtdparts=. Input: the flash's size (4 bytes), then the text, also taken as a command line. */
#include <inttypes.h>

#include "tables.h"
#include "uniflash/flash/mtdparts.h"
#include "uniflash/layout/layout.h"

#define TEXT_MAX (UF_PARTITIONS_MAX * 128 + 128)

static void check_parts(const struct uf_mtdparts *parts)
{
	CHECK(fuzz_ends(parts->id, sizeof(parts->id)) && parts->id[0]);
	CHECK(parts->table.count > 0 && parts->table.count <= UF_PARTITIONS_MAX);
	CHECK(parts->rest >= -1 && parts->rest < (int)parts->table.count);
	for (unsigned at = 0; at < parts->table.count; at++) {
		fuzz_check_partition(&parts->table.part[at]);
		CHECK(parts->table.part[at].name[0] && parts->table.part[at].number == at);
		CHECK((parts->table.part[at].range.len == 0) == ((int)at == parts->rest));
	}
}

/* What is written with all its offsets gives the same table. */
static void check_again(const struct uf_mtdparts *parts)
{
	static char out[TEXT_MAX];
	size_t len = (size_t)sprintf(out, "%s:", parts->id);
	struct uf_mtdparts again;
	const char *at;
	char *text;

	for (unsigned i = 0; i < parts->table.count; i++) {
		const struct uf_partition *part = &parts->table.part[i];

		if ((int)i == parts->rest)
			len += (size_t)sprintf(out + len, "-@0x%" PRIx64 "(%s)ro,", part->range.off,
					       part->name);
		else
			len += (size_t)sprintf(out + len, "%" PRIu64 "@0x%" PRIx64 "(%s),",
					       part->range.len, part->range.off, part->name);
	}
	text = fuzz_text((const uint8_t *)out, len - 1);
	at = text;
	CHECK(uf_mtdparts_next(text, &at, &again, NULL) == UF_OK && !at);
	CHECK(strcmp(parts->id, again.id) == 0 && parts->rest == again.rest);
	fuzz_check_same_table(&parts->table, &again.table);
	free(text);
}

static void check_resolved(struct uf_mtdparts *parts, uint64_t size)
{
	struct uf_table *table = &parts->table;
	struct uf_error err;
	int ret = uf_mtdparts_resolve(parts, size, &err);

	if (ret) {
		CHECK(parts->rest >= 0 && table->part[parts->rest].range.off >= size);
		fuzz_check_error(ret, &err);
		return;
	}
	if (parts->rest >= 0)
		CHECK(uf_range_end(table->part[parts->rest].range) == size);
	uf_table_sort(table);
	fuzz_check_table(table);
	fuzz_check_alias(table);
}

/* All definitions of a text, one behind the other. */
static void parse_all(const char *start, uint64_t size)
{
	const char *end = start + strlen(start);
	const char *at = start;

	while (at) {
		const char *before = at;
		struct uf_mtdparts parts;
		struct uf_error err;
		int ret;

		memset(&parts, 0xa5, sizeof(parts));
		ret = uf_mtdparts_next(start, &at, &parts, &err);
		if (ret) {
			fuzz_check_error(ret, &err);
			return;
		}
		CHECK(!at || (at > before && at < end && at[-1] == ';'));
		check_parts(&parts);
		check_again(&parts);
		check_resolved(&parts, size);
	}
}

/* The same as the value of -l. */
static void parse_option(const char *text, uint64_t size)
{
	size_t len = strlen("mtdparts=") + strlen(text);
	char *option = fuzz_alloc(len + 1);
	struct uf_layout layout;
	struct uf_error err;
	int ret;

	memcpy(option, "mtdparts=", strlen("mtdparts="));
	memcpy(option + strlen("mtdparts="), text, strlen(text) + 1);
	ret = uf_layout_resolve(option, size, &layout, &err);
	if (ret) {
		fuzz_check_error(ret, &err);
	} else {
		CHECK(layout.rest == -1 || (!size && !layout.table.part[layout.rest].range.len));
		CHECK(fuzz_ends(layout.name, sizeof(layout.name)) && !layout.title[0]);
		fuzz_check_table(&layout.table);
		CHECK(layout.rest >= 0 || uf_table_find_alias(&layout.table) < 0);
	}
	free(option);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = {data, size};
	uint64_t flash = fuzz_take(&input, 4);
	char *text = fuzz_text(input.at, input.left);
	const char *value = uf_mtdparts_in_cmdline(text);

	if (value) {
		CHECK(value >= text + strlen("mtdparts=") && value <= text + strlen(text));
		CHECK(memcmp(value - strlen("mtdparts="), "mtdparts=", strlen("mtdparts=")) == 0);
		parse_all(value, flash);
	}
	parse_all(text, flash);
	parse_option(text, flash);
	free(text);
	return 0;
}
