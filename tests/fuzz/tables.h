/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What holds for every partition table, wherever it comes from. */
#ifndef FUZZ_TABLES_H
#define FUZZ_TABLES_H

#include "fuzz.h"
#include "uniflash/flash/table.h"

static inline void fuzz_check_partition(const struct uf_partition *part)
{
	CHECK(fuzz_ends(part->name, sizeof(part->name)));
	CHECK(part->range.off <= INT64_MAX && part->range.len <= INT64_MAX - part->range.off);
	CHECK(part->role < UF_ROLE_COUNT && part->content < UF_CONTENT_COUNT);
	CHECK(uf_role_by_name(uf_role_name(part->role)) == part->role);
	CHECK(uf_content_by_name(uf_content_name(part->content)) == part->content);
}

/* Whether each begins where the one before ends, and the last ends where the flash does. */
static inline bool fuzz_tiles(const struct uf_table *table, uint64_t size)
{
	uint64_t at = 0;

	for (unsigned i = 0; i < table->count; i++) {
		if (table->part[i].range.off != at)
			return false;
		at += table->part[i].range.len;
	}
	return at == size;
}

static inline void fuzz_check_tiles(const struct uf_table *table, uint64_t size)
{
	struct uf_error err;
	int ret = uf_table_check_tiles(table, size, &err);

	if (ret)
		fuzz_check_error(ret, &err);
	CHECK((ret == UF_OK) == fuzz_tiles(table, size));
}

/* In order of offsets; what is found by a name or an offset has it. */
static inline void fuzz_check_table(const struct uf_table *table)
{
	char names[64];

	CHECK(table->count <= UF_PARTITIONS_MAX);
	for (unsigned at = 0; at < table->count; at++) {
		const struct uf_partition *part = &table->part[at];
		int index = uf_table_by_name(table, part->name);

		fuzz_check_partition(part);
		CHECK(!at || part->range.off >= part[-1].range.off);
		CHECK(index >= 0 && index <= (int)at);
		CHECK(uf_table_find(table, part->name) == index);
		index = uf_table_at(table, part->range.off);
		CHECK(!part->range.len || (index >= 0 && index <= (int)at));
	}
	CHECK(uf_table_at(table, UINT64_MAX) < 0);
	CHECK(fuzz_ends(uf_table_names(table, names, sizeof(names)), sizeof(names)));
	fuzz_check_tiles(table, uf_table_end(table));
	fuzz_check_tiles(table, uf_table_end(table) + 1);
}

/* Taking an alias out leaves what covers the same. */
static inline void fuzz_check_alias(const struct uf_table *table)
{
	struct uf_table rest = *table;
	int alias = uf_table_find_alias(&rest);
	struct uf_range range;

	CHECK(alias < (int)rest.count);
	if (alias < 0)
		return;
	range = rest.part[alias].range;
	uf_table_remove(&rest, (unsigned)alias);
	CHECK(rest.count + 1 == table->count);
	if (range.len) {
		CHECK(uf_table_at(&rest, range.off) >= 0);
		CHECK(uf_table_at(&rest, uf_range_end(range) - 1) >= 0);
	}
}

static inline void fuzz_check_same_table(const struct uf_table *a, const struct uf_table *b)
{
	CHECK(a->count == b->count);
	for (unsigned at = 0; at < a->count; at++) {
		const struct uf_partition *one = &a->part[at];
		const struct uf_partition *other = &b->part[at];

		CHECK(strcmp(one->name, other->name) == 0);
		CHECK(one->number == other->number);
		CHECK(one->range.off == other->range.off && one->range.len == other->range.len);
		CHECK(one->role == other->role && one->content == other->content);
		CHECK(one->per_device == other->per_device);
	}
}

#endif
