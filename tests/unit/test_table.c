/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Partition tables: filling, finding, tiling. */
#include "expect.h"

#include <stdlib.h>

#include "uniflash/flash/table.h"

static void add(struct uf_table *table, const char *name, uint64_t off, uint64_t len)
{
	struct uf_error err = {0};

	expect_ok(uf_table_add(table, name, strlen(name), (struct uf_range){off, len}, &err), &err);
}

/* Four partitions of a 1 MiB flash: boot, env, kernel, root. */
static struct uf_table four(void)
{
	struct uf_table table = {0};

	add(&table, "boot", 0, 0x40000);
	add(&table, "env", 0x40000, 0x8000);
	add(&table, "kernel", 0x48000, 0x58000);
	add(&table, "root", 0xa0000, 0x60000);
	return table;
}

static void test_roles(void **state)
{
	static const char *const names[UF_ROLE_COUNT] = {
		[UF_ROLE_UNKNOWN] = "",      [UF_ROLE_BOOT] = "boot",       [UF_ROLE_ENV] = "env",
		[UF_ROLE_KERNEL] = "kernel", [UF_ROLE_ROOTFS] = "rootfs",   [UF_ROLE_APP] = "app",
		[UF_ROLE_DATA] = "data",     [UF_ROLE_STAGING] = "staging", [UF_ROLE_FLAG] = "flag",
	};

	(void)state;
	for (int role = 0; role < UF_ROLE_COUNT; role++) {
		assert_string_equal(uf_role_name((enum uf_role)role), names[role]);
		assert_int_equal(uf_role_by_name(names[role]), role);
	}
	assert_int_equal(uf_role_by_name("Boot"), UF_ROLE_UNKNOWN);
	assert_int_equal(uf_role_by_name("bootx"), UF_ROLE_UNKNOWN);
	assert_int_equal(uf_role_by_name("boo"), UF_ROLE_UNKNOWN);
}

static void test_contents(void **state)
{
	static const char *const names[UF_CONTENT_COUNT] = {
		[UF_CONTENT_UNKNOWN] = "",          [UF_CONTENT_UIMAGE] = "uimage",
		[UF_CONTENT_SQUASHFS] = "squashfs", [UF_CONTENT_JFFS2] = "jffs2",
		[UF_CONTENT_RAW] = "raw",
	};

	(void)state;
	for (int content = 0; content < UF_CONTENT_COUNT; content++) {
		assert_string_equal(uf_content_name((enum uf_content)content), names[content]);
		assert_int_equal(uf_content_by_name(names[content]), content);
	}
	assert_int_equal(uf_content_by_name("jffs"), UF_CONTENT_UNKNOWN);
	assert_int_equal(uf_content_by_name("RAW"), UF_CONTENT_UNKNOWN);
}

static void test_add(void **state)
{
	struct uf_table *table = malloc(sizeof(*table));
	struct uf_error err = {0};

	(void)state;
	memset(table, 0xa5, sizeof(*table));
	table->count = 0;
	expect_ok(uf_table_add(table, "bootloader", 4, (struct uf_range){0, 0x40000}, &err), &err);
	expect_ok(uf_table_add(table, "env", 3, (struct uf_range){0x40000, 0x8000}, &err), &err);
	assert_int_equal(table->count, 2);
	assert_string_equal(table->part[0].name, "boot");
	assert_int_equal(table->part[0].number, 0);
	assert_int_equal(table->part[0].range.off, 0);
	assert_int_equal(table->part[0].range.len, 0x40000);
	assert_int_equal(table->part[0].role, UF_ROLE_UNKNOWN);
	assert_int_equal(table->part[0].content, UF_CONTENT_UNKNOWN);
	assert_false(table->part[0].per_device);
	assert_string_equal(table->part[1].name, "env");
	assert_int_equal(table->part[1].number, 1);
	assert_int_equal(table->part[1].range.off, 0x40000);
	free(table);
}

static void test_add_long_name(void **state)
{
	char name[UF_NAME_MAX + 10];
	struct uf_table table = {0};
	struct uf_error err = {0};

	(void)state;
	memset(name, 'n', sizeof(name));
	expect_ok(uf_table_add(&table, name, UF_NAME_MAX, (struct uf_range){0, 1}, &err), &err);
	expect_ok(uf_table_add(&table, name, sizeof(name), (struct uf_range){1, 1}, &err), &err);
	expect_ok(uf_table_add(&table, name, 0, (struct uf_range){2, 1}, &err), &err);
	assert_int_equal(strlen(table.part[0].name), UF_NAME_MAX);
	assert_int_equal(strlen(table.part[1].name), UF_NAME_MAX);
	assert_string_equal(table.part[2].name, "");
}

static void test_add_full(void **state)
{
	struct uf_table table = {0};
	struct uf_error err = {0};

	(void)state;
	for (unsigned i = 0; i < UF_PARTITIONS_MAX; i++)
		add(&table, "part", i, 1);
	assert_int_equal(table.part[UF_PARTITIONS_MAX - 1].number, UF_PARTITIONS_MAX - 1);
	expect_error(uf_table_add(&table, "more", 4, (struct uf_range){64, 1}, &err), &err,
		     UF_ERR_RANGE, UF_CHECK_NONE, "");
	assert_int_equal(table.count, UF_PARTITIONS_MAX);
}

static void test_remove(void **state)
{
	struct uf_table table = four();

	(void)state;
	uf_table_remove(&table, 1);
	assert_int_equal(table.count, 3);
	assert_string_equal(table.part[0].name, "boot");
	assert_string_equal(table.part[1].name, "kernel");
	assert_int_equal(table.part[1].number, 2);
	assert_string_equal(table.part[2].name, "root");
	assert_int_equal(table.part[2].number, 3);
	uf_table_remove(&table, 2);
	uf_table_remove(&table, 0);
	assert_int_equal(table.count, 1);
	assert_string_equal(table.part[0].name, "kernel");
	uf_table_remove(&table, 0);
	assert_int_equal(table.count, 0);
}

/* The last entry of a full table, behind which there is nothing to move. */
static void test_remove_full(void **state)
{
	struct uf_table *table = calloc(1, sizeof(*table));

	(void)state;
	for (unsigned i = 0; i < UF_PARTITIONS_MAX; i++)
		add(table, "part", i, 1);
	uf_table_remove(table, UF_PARTITIONS_MAX - 1);
	assert_int_equal(table->count, UF_PARTITIONS_MAX - 1);
	uf_table_remove(table, 0);
	assert_int_equal(table->count, UF_PARTITIONS_MAX - 2);
	assert_int_equal(table->part[0].number, 1);
	assert_int_equal(table->part[61].number, 62);
	free(table);
}

/* Sorting puts entries in order; what they are, and their numbers, go with them. */
static void test_sort(void **state)
{
	struct uf_table table = {0};
	struct uf_table empty = {0};
	static const char *const names[] = {"boot", "env", "kernel", "root"};
	static const unsigned numbers[] = {2, 1, 3, 0};

	(void)state;
	add(&table, "root", 0xa0000, 0x60000);
	add(&table, "env", 0x40000, 0x8000);
	add(&table, "boot", 0, 0x40000);
	add(&table, "kernel", 0x48000, 0x58000);
	table.part[0].role = UF_ROLE_ROOTFS;
	table.part[2].per_device = true;
	uf_table_sort(&table);
	assert_int_equal(table.count, 4);
	for (unsigned i = 0; i < 4; i++) {
		assert_string_equal(table.part[i].name, names[i]);
		assert_int_equal(table.part[i].number, numbers[i]);
		assert_int_equal(table.part[i].role, i == 3 ? UF_ROLE_ROOTFS : UF_ROLE_UNKNOWN);
		assert_int_equal(table.part[i].per_device, i == 0);
	}
	assert_int_equal(table.part[3].range.off, 0xa0000);
	assert_int_equal(table.part[3].range.len, 0x60000);
	uf_table_sort(&empty);
	assert_int_equal(empty.count, 0);
}

/* A full table, the wrong way round, offsets beyond 32 bits. */
static void test_sort_full(void **state)
{
	struct uf_table *table = calloc(1, sizeof(*table));

	(void)state;
	for (unsigned i = 0; i < UF_PARTITIONS_MAX; i++)
		add(table, "part", (uint64_t)(UF_PARTITIONS_MAX - i) << 31, i + 1);
	uf_table_sort(table);
	for (unsigned i = 0; i < UF_PARTITIONS_MAX; i++) {
		assert_true(table->part[i].range.off == (uint64_t)(i + 1) << 31);
		assert_true(table->part[i].range.len == UF_PARTITIONS_MAX - i);
		assert_int_equal(table->part[i].number, UF_PARTITIONS_MAX - 1 - i);
	}
	free(table);
}

static void test_end(void **state)
{
	struct uf_table table = four();
	struct uf_table empty = {0};

	(void)state;
	assert_int_equal(uf_table_end(&table), 0x100000);
	assert_int_equal(uf_table_end(&empty), 0);
}

static void test_find(void **state)
{
	struct uf_table table = four();
	static const char *const none[] = {"",
					   "Boot",
					   "boo",
					   "boots",
					   "mtd",
					   "mtd4",
					   "mtd-1",
					   "mtd1x",
					   "mtd 1",
					   "MTD1",
					   "1",
					   "mtd4294967297",
					   "mtd18446744073709551617",
					   "/dev/mtd1"};
	unsigned wrong = 0;

	(void)state;
	assert_int_equal(uf_table_by_name(&table, "boot"), 0);
	assert_int_equal(uf_table_by_name(&table, "root"), 3);
	assert_int_equal(uf_table_by_name(&table, "mtd1"), -1);
	assert_int_equal(uf_table_find(&table, "boot"), 0);
	assert_int_equal(uf_table_find(&table, "root"), 3);
	assert_int_equal(uf_table_find(&table, "mtd0"), 0);
	assert_int_equal(uf_table_find(&table, "mtd3"), 3);
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		if (uf_table_by_name(&table, none[i]) == -1 && uf_table_find(&table, none[i]) == -1)
			continue;
		print_error("\"%s\" was found\n", none[i]);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

/* It is the kernel's number that counts, not the place; a name wins over a number. */
static void test_find_number(void **state)
{
	struct uf_table table = four();

	(void)state;
	uf_table_remove(&table, 0);
	assert_int_equal(uf_table_find(&table, "mtd0"), -1);
	assert_int_equal(uf_table_find(&table, "mtd1"), 0);
	assert_int_equal(uf_table_find(&table, "mtd3"), 2);
	strcpy(table.part[2].name, "mtd1");
	assert_int_equal(uf_table_find(&table, "mtd1"), 2);
	assert_int_equal(uf_table_find(&table, "mtd2"), 1);
}

static void test_at(void **state)
{
	struct uf_table table = four();
	struct uf_table empty = {0};

	(void)state;
	assert_int_equal(uf_table_at(&table, 0), 0);
	assert_int_equal(uf_table_at(&table, 0x3ffff), 0);
	assert_int_equal(uf_table_at(&table, 0x40000), 1);
	assert_int_equal(uf_table_at(&table, 0x47fff), 1);
	assert_int_equal(uf_table_at(&table, 0x48000), 2);
	assert_int_equal(uf_table_at(&table, 0xfffff), 3);
	assert_int_equal(uf_table_at(&table, 0x100000), -1);
	assert_int_equal(uf_table_at(&table, UINT64_MAX), -1);
	assert_int_equal(uf_table_at(&empty, 0), -1);
	uf_table_remove(&table, 1);
	assert_int_equal(uf_table_at(&table, 0x40000), -1);
	assert_int_equal(uf_table_at(&table, 0x48000), 1);
}

static void test_tiles(void **state)
{
	struct uf_table table = four();
	struct uf_table empty = {0};
	struct uf_error err = {0};

	(void)state;
	expect_ok(uf_table_check_tiles(&table, 0x100000, &err), &err);
	expect_ok(uf_table_check_tiles(&empty, 0, &err), &err);
}

/* Change four() in one place; the refusal names both neighbours and the bytes between. */
static void test_tiles_not(void **state)
{
	static const struct {
		unsigned index;
		struct uf_range range;
		uint64_t size;
		enum uf_check_id check;
		const char *words[3];
	} rows[] = {
		/* a gap at the beginning, between two, and at the end */
		{0, {0x8000, 0x38000}, 0x100000, UF_CHECK_MAP_GAP, {"boot"}},
		{1, {0x41000, 0x7000}, 0x100000, UF_CHECK_MAP_GAP, {"boot", "env", "40000"}},
		{2, {0x48000, 0x57fff}, 0x100000, UF_CHECK_MAP_GAP, {"kernel", "root", "9ffff"}},
		{3, {0xa0000, 0x60000}, 0x100001, UF_CHECK_MAP_GAP, {"root", "0x100000"}},
		{3, {0xa0000, 0x60000}, 0x1000000, UF_CHECK_MAP_GAP, {"root", "0x100000"}},
		/* an overlap of one byte, of a whole partition, and over the end */
		{1, {0x3ffff, 0x8001}, 0x100000, UF_CHECK_MAP_OVERLAP, {"boot", "env", "3ffff"}},
		{0, {0, 0x50000}, 0x100000, UF_CHECK_MAP_OVERLAP, {"boot", "env", "40000"}},
		{2, {0x48000, 0xa0000}, 0x100000, UF_CHECK_MAP_OVERLAP, {"kernel", "root"}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct uf_table table = four();
		struct uf_error err = {0};
		int ret;

		table.part[rows[i].index].range = rows[i].range;
		ret = uf_table_check_tiles(&table, rows[i].size, &err);
		for (unsigned word = 0; word < 3 && rows[i].words[word]; word++)
			expect_error(ret, &err, UF_ERR_REFUSED, rows[i].check, rows[i].words[word]);
	}
}

/* A last partition that ends behind the flash is no tiling either. */
static void test_tiles_too_long(void **state)
{
	struct uf_table table = four();
	struct uf_error err = {0};

	(void)state;
	assert_int_equal(uf_table_check_tiles(&table, 0xfffff, &err), UF_ERR_REFUSED);
	assert_true(err.check == UF_CHECK_MAP_OVERLAP || err.check == UF_CHECK_MAP_GAP);
	assert_non_null(strstr(err.what, "root"));
	/* nor is one whose end is behind the last number */
	table.part[3].range.len = UINT64_MAX - 0x9ffff;
	assert_int_equal(uf_table_check_tiles(&table, 0x100000, &err), UF_ERR_REFUSED);
}

static void test_names(void **state)
{
	struct uf_table table = four();
	struct uf_table empty = {0};
	char out[64];

	(void)state;
	assert_ptr_equal(uf_table_names(&table, out, sizeof(out)), out);
	assert_string_equal(out, "boot, env, kernel, root");
	assert_string_equal(uf_table_names(&empty, out, sizeof(out)), "");
	uf_table_remove(&table, 3);
	uf_table_remove(&table, 2);
	uf_table_remove(&table, 1);
	assert_string_equal(uf_table_names(&table, out, sizeof(out)), "boot");
}

static void test_names_cut(void **state)
{
	static const char whole[] = "boot, env, kernel, root";
	struct uf_table table = four();

	(void)state;
	for (size_t size = 1; size <= sizeof(whole); size++) {
		char *out = malloc(size);

		assert_ptr_equal(uf_table_names(&table, out, size), out);
		assert_true(strlen(out) < size);
		assert_memory_equal(out, whole, strlen(out));
		if (size == sizeof(whole))
			assert_string_equal(out, whole);
		free(out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_roles),       cmocka_unit_test(test_contents),
		cmocka_unit_test(test_add),         cmocka_unit_test(test_add_long_name),
		cmocka_unit_test(test_add_full),    cmocka_unit_test(test_remove),
		cmocka_unit_test(test_remove_full), cmocka_unit_test(test_sort),
		cmocka_unit_test(test_sort_full),   cmocka_unit_test(test_end),
		cmocka_unit_test(test_find),        cmocka_unit_test(test_find_number),
		cmocka_unit_test(test_at),          cmocka_unit_test(test_tiles),
		cmocka_unit_test(test_tiles_not),   cmocka_unit_test(test_tiles_too_long),
		cmocka_unit_test(test_names),       cmocka_unit_test(test_names_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
