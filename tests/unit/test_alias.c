/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Entries of a table that show again what the others show. */
#include "expect.h"

#include <stdlib.h>

#include "uniflash/flash/fault.h"
#include "uniflash/flash/table.h"

struct row {
	const char *name;
	uint64_t off, len;
};

/* Take the aliases of rows out one by one; their names in the order they were found. */
static const char *aliases(const struct row *rows, unsigned count)
{
	static char found[256];
	struct uf_table table = {0};
	struct uf_error err = {0};
	int index;

	for (unsigned i = 0; i < count; i++)
		expect_ok(uf_table_add(&table, rows[i].name, strlen(rows[i].name),
				       (struct uf_range){rows[i].off, rows[i].len}, &err),
			  &err);
	found[0] = '\0';
	while ((index = uf_table_find_alias(&table)) >= 0) {
		assert_true((unsigned)index < table.count);
		strcat(strcat(found, table.part[index].name), " ");
		uf_table_remove(&table, (unsigned)index);
	}
	return found;
}

#define ALIASES(rows) aliases(rows, sizeof(rows) / sizeof(rows[0]))

/* thingino's table of 2025: `upgrade` from the kernel on, and `all`. */
static void test_thingino(void **state)
{
	static const struct row rows[] = {
		{"boot", 0, 0x40000},           {"env", 0x40000, 0x8000},
		{"config", 0x48000, 0x38000},   {"kernel", 0x80000, 0x180000},
		{"rootfs", 0x200000, 0x598000}, {"rootfs_data", 0x798000, 0x68000},
		{"upgrade", 0x80000, 0x780000}, {"all", 0, 0x800000},
	};

	(void)state;
	assert_string_equal(ALIASES(rows), "all upgrade ");
}

/* The same where they stand in front, as a kernel that lists the whole flash first has it. */
static void test_in_front(void **state)
{
	static const struct row rows[] = {
		{"all", 0, 0x800000},          {"upgrade", 0x80000, 0x780000}, {"boot", 0, 0x80000},
		{"kernel", 0x80000, 0x180000}, {"rootfs", 0x200000, 0x600000},
	};

	(void)state;
	assert_string_equal(ALIASES(rows), "all upgrade ");
}

static void test_none(void **state)
{
	static const struct row rows[] = {
		{"boot", 0, 0x40000}, {"kernel", 0x40000, 0x200000}, {"root", 0x240000, 0x350000}};

	(void)state;
	assert_string_equal(ALIASES(rows), "");
	assert_string_equal(aliases(rows, 1), "");
	assert_string_equal(aliases(rows, 0), "");
}

/* Of two that are equal, the last is the alias, whatever its name. */
static void test_equal(void **state)
{
	static const struct row rows[] = {{"all", 0, 0x800000},
					  {"boot", 0, 0x40000},
					  {"loader", 0, 0x40000},
					  {"whole", 0, 0x800000}};

	(void)state;
	/* whole goes first, then all is no more than a partition that covers the small ones */
	assert_string_equal(ALIASES(rows), "whole loader boot ");
}

/* An entry of which one byte is shown nowhere else is none: it stays, and overlaps. */
static void test_not_covered(void **state)
{
	static const struct row behind[] = {
		{"boot", 0, 0x40000}, {"kernel", 0x40000, 0x40000}, {"upgrade", 0x40000, 0x40001}};
	static const struct row hole[] = {
		{"boot", 0, 0x40000}, {"kernel", 0x40001, 0x3ffff}, {"all", 0, 0x80000}};

	(void)state;
	assert_string_equal(ALIASES(behind), "kernel ");
	/* `all` shows the byte between, so it is the small ones that show nothing new */
	assert_string_equal(ALIASES(hole), "boot kernel ");
}

/* Two that overlap in part: neither is covered. */
static void test_overlap(void **state)
{
	static const struct row rows[] = {{"a", 0, 0x50000}, {"b", 0x40000, 0x50000}};

	(void)state;
	assert_string_equal(ALIASES(rows), "");
}

/* The definition, slowly: the largest that the others cover, of equal ones the last. */
static int slow_alias(const struct uf_table *table)
{
	int best = -1;

	for (unsigned i = 0; i < table->count; i++) {
		struct uf_range range = table->part[i].range;
		uint32_t rest = 0;

		for (unsigned j = 0; j < table->count; j++)
			for (uint64_t at = 0; j != i && at < table->part[j].range.len; at++)
				rest |= 1U << (table->part[j].range.off + at);
		for (uint64_t at = 0; at < range.len; at++)
			if (!(rest >> (range.off + at) & 1))
				range.len = 0;
		if (range.len && (best < 0 || range.len >= table->part[best].range.len))
			best = (int)i;
	}
	return best;
}

/* Random tables of up to nine entries on a flash of 20 bytes. */
static void test_random(void **state)
{
	uint64_t seed = 20;
	struct uf_error err = {0};
	unsigned found = 0;

	(void)state;
	for (unsigned round = 0; round < 20000; round++) {
		struct uf_table table = {0};
		unsigned count = (unsigned)(uf_random(&seed) >> 33) % 10;

		for (unsigned i = 0; i < count; i++) {
			uint64_t off = (uf_random(&seed) >> 33) % 20;
			uint64_t len = 1 + (uf_random(&seed) >> 33) % (20 - off);

			expect_ok(uf_table_add(&table, "x", 1, (struct uf_range){off, len}, &err),
				  &err);
		}
		assert_int_equal(uf_table_find_alias(&table), slow_alias(&table));
		found += slow_alias(&table) >= 0;
	}
	assert_in_range(found, 1000, 19000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_thingino),    cmocka_unit_test(test_in_front),
		cmocka_unit_test(test_none),        cmocka_unit_test(test_equal),
		cmocka_unit_test(test_not_covered), cmocka_unit_test(test_overlap),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
