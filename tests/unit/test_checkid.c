/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The names of the checks, typed here a second time: other people's scripts rely on them. */
#include "expect.h"

#include <stdlib.h>

#include "uniflash/util/checkid.h"

/* How a check can be let fail. */
enum allowed {
	BY_ALLOW,
	BY_OPTION, /* by an option of its own, --tail or --no-backup */
	NEVER,
};

static const struct {
	enum uf_check_id id;
	const char *name;
	enum allowed allowed;
} rows[] = {
	{UF_CHECK_SIZE_TOO_BIG, "size.too-big", NEVER},
	{UF_CHECK_MAP_GAP, "map.gap", NEVER},
	{UF_CHECK_MAP_OVERLAP, "map.overlap", NEVER},
	{UF_CHECK_MAP_UNALIGNED, "map.unaligned", NEVER},
	{UF_CHECK_MAP_OFFSET_MISMATCH, "map.offset-mismatch", BY_ALLOW},
	{UF_CHECK_MAP_LAYOUT_MISMATCH, "map.layout-mismatch", BY_ALLOW},
	{UF_CHECK_MAP_SIZE_SUSPECT, "map.size-suspect", BY_ALLOW},
	{UF_CHECK_MAP_NOT_NOR, "map.not-nor", NEVER},
	{UF_CHECK_LOCK_HELD, "lock.held", NEVER},
	{UF_CHECK_TRUST_DIGEST, "trust.digest", NEVER},
	{UF_CHECK_TRUST_SIGNATURE, "trust.signature", NEVER},
	{UF_CHECK_EXPECT_MISMATCH, "expect.mismatch", NEVER},
	{UF_CHECK_IMAGE_KIND, "image.kind", BY_ALLOW},
	{UF_CHECK_IMAGE_SHORT, "image.short", BY_OPTION},
	{UF_CHECK_IMAGE_UNREADABLE, "image.unreadable", NEVER},
	{UF_CHECK_BOOT_MISSING, "boot.missing", BY_ALLOW},
	{UF_CHECK_BOOT_CHECKSUM, "boot.checksum", BY_ALLOW},
	{UF_CHECK_BOOT_SOC_MISMATCH, "boot.soc-mismatch", BY_ALLOW},
	{UF_CHECK_BOOT_RAM_MISMATCH, "boot.ram-mismatch", BY_ALLOW},
	{UF_CHECK_BOOT_SOC_UNKNOWN, "boot.soc-unknown", BY_ALLOW},
	{UF_CHECK_BOOT_SECURE, "boot.secure", BY_ALLOW},
	{UF_CHECK_KERNEL_MISSING, "kernel.missing", BY_ALLOW},
	{UF_CHECK_KERNEL_CHECKSUM, "kernel.checksum", BY_ALLOW},
	{UF_CHECK_ROOTFS_MISSING, "rootfs.missing", BY_ALLOW},
	{UF_CHECK_FLAG_UPGRADE_PENDING, "flag.upgrade-pending", BY_ALLOW},
	{UF_CHECK_KEEP_SPLITS_IMAGE, "keep.splits-image", BY_ALLOW},
	{UF_CHECK_DEVICE_READONLY, "device.readonly", NEVER},
	{UF_CHECK_DEVICE_BUSY, "device.busy", BY_ALLOW},
	{UF_CHECK_DEVICE_ALIAS, "device.alias", BY_ALLOW},
	{UF_CHECK_DEVICE_PROTECTED, "device.protected", NEVER},
	{UF_CHECK_MEMORY_LOW, "memory.low", BY_ALLOW},
	{UF_CHECK_BACKUP_NONE, "backup.none", BY_OPTION},
	{UF_CHECK_SELF_ON_FLASH, "self.on-flash", NEVER},
	{UF_CHECK_FLASH_INCOMPLETE, "flash.incomplete", BY_ALLOW},
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static void test_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		assert_string_equal(uf_check_name(rows[i].id), rows[i].name);
		assert_int_equal(uf_check_by_name(rows[i].name, strlen(rows[i].name)), rows[i].id);
	}
	assert_string_equal(uf_check_name(UF_CHECK_NONE), "");
}

/* The table above has every id but none and usage, so no check is left without a test. */
static void test_complete(void **state)
{
	uf_check_set seen = UF_CHECK_BIT(UF_CHECK_NONE) | UF_CHECK_BIT(UF_CHECK_USAGE);

	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		assert_false(seen & UF_CHECK_BIT(rows[i].id));
		seen |= UF_CHECK_BIT(rows[i].id);
	}
	assert_true(UF_CHECK_COUNT <= 64);
	assert_true(seen == UF_CHECK_BIT(UF_CHECK_COUNT) - 1);
}

static void test_usage(void **state)
{
	static const char *const names[] = {"usage.conflict", "usage.x.y"};

	(void)state;
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(uf_check_by_name(names[i], strlen(names[i])), UF_CHECK_USAGE);
	assert_int_equal(strncmp(uf_check_name(UF_CHECK_USAGE), "usage", 5), 0);
	assert_false(uf_check_can_allow(UF_CHECK_USAGE));
}

static void test_unknown(void **state)
{
	static const char *const names[] = {"",         "map",       "map.",     "map.gapp",
					    "Map.gap",  " map.gap",  "map.gap ", "map.gap,",
					    "usag.x",   "size",      "too-big",  "size.too_big",
					    "force",    "all",       "*",        "none",
					    "map.gap,", "map.gap\n", "size.too-"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(uf_check_by_name(names[i], strlen(names[i])), UF_CHECK_NONE);
}

/* A name ends where len says: no byte behind it is looked at, and no shorter name fits. */
static void test_by_name_len(void **state)
{
	static const char list[] = "map.gap,map.overlap";
	char *copy;

	(void)state;
	assert_int_equal(uf_check_by_name(list, 7), UF_CHECK_MAP_GAP);
	assert_int_equal(uf_check_by_name(list + 8, 11), UF_CHECK_MAP_OVERLAP);
	assert_int_equal(uf_check_by_name(list, 6), UF_CHECK_NONE);
	assert_int_equal(uf_check_by_name(list, 8), UF_CHECK_NONE);
	assert_int_equal(uf_check_by_name(list, 0), UF_CHECK_NONE);
	assert_int_equal(uf_check_by_name("usage.conflict", 4), UF_CHECK_NONE);
	for (size_t i = 0; i < ROWS; i++) {
		size_t len = strlen(rows[i].name);

		copy = malloc(len);
		memcpy(copy, rows[i].name, len);
		assert_int_equal(uf_check_by_name(copy, len), rows[i].id);
		free(copy);
	}
}

static void test_can_allow(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		if (rows[i].allowed == BY_OPTION)
			continue;
		if (uf_check_can_allow(rows[i].id) != (rows[i].allowed == BY_ALLOW)) {
			print_error("%s: %d\n", rows[i].name, uf_check_can_allow(rows[i].id));
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

/* What an option of its own allows, --allow does not. */
static void test_can_allow_by_option(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].allowed == BY_OPTION)
			assert_false(uf_check_can_allow(rows[i].id));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_complete),
		cmocka_unit_test(test_usage),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_by_name_len),
		cmocka_unit_test(test_can_allow),
		cmocka_unit_test(test_can_allow_by_option),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
