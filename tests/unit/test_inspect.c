/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lies on whole flashes: stock tables, thingino's layouts, damage, truncation, overflow. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "firmware.h"
#include "uniflash/image/inspect.h"

#define KERNEL_LEN (UF_UIMAGE_HEADER + FIRMWARE_KERNEL_DATA)
#define EVERYTHING FIRMWARE_SIZE

static uint8_t flash[FIRMWARE_SIZE];
static struct uf_inspection found;

struct row {
	enum uf_item_kind kind;
	enum uf_item_health health;
	uint64_t off, len;
};

/* Look at the first size bytes, fed in pieces of step, each from memory of its own size. */
static void inspect_by(size_t size, size_t step, struct uf_inspection *inspection)
{
	uint8_t *piece = malloc(step);
	struct uf_inspector *inspector;
	struct uf_error err = {0};

	assert_non_null(piece);
	assert_int_equal(uf_inspector_new(&inspector, &err), UF_OK);
	for (size_t off = 0; off < size; off += step) {
		size_t len = size - off < step ? size - off : step;

		memcpy(piece + step - len, flash + off, len);
		uf_inspector_feed(inspector, piece + step - len, len);
	}
	memset(inspection, 0xa5, sizeof(*inspection));
	uf_inspector_end(inspector, inspection);
	uf_inspector_free(inspector);
	free(piece);
	assert_int_equal(inspection->size, size);
	assert_true(inspection->items <= UF_ITEMS_MAX);
}

static void inspect(size_t size)
{
	inspect_by(size, 4 * UF_SLICE, &found);
}

static bool item_is(const struct uf_item *item, const struct row *row)
{
	return item->kind == row->kind && item->health == row->health &&
	       item->range.off == row->off && item->range.len == row->len;
}

static void print_items(void)
{
	for (unsigned at = 0; at < found.items; at++)
		print_error("%#9llx %#9llx %s, %s\n", (unsigned long long)found.item[at].range.off,
			    (unsigned long long)found.item[at].range.len,
			    uf_item_kind_name(found.item[at].kind),
			    uf_item_health_name(found.item[at].health));
}

static void expect_rows_at(const struct row *rows, unsigned count, const char *file, int line)
{
	bool same = found.items == count;

	for (unsigned at = 0; same && at < count; at++)
		same = item_is(&found.item[at], &rows[at]);
	if (same)
		return;
	print_items();
	_fail(file, line);
}

#define EXPECT_ROWS(rows) expect_rows_at(rows, sizeof(rows) / sizeof((rows)[0]), __FILE__, __LINE__)

static const struct uf_item *item_at(uint64_t off)
{
	for (unsigned at = 0; at < found.items; at++)
		if (found.item[at].range.off == off)
			return &found.item[at];
	print_items();
	fail_msg("nothing begins at %#llx", (unsigned long long)off);
	return NULL;
}

static void expect_item(enum uf_item_kind kind, enum uf_item_health health, uint64_t off,
			uint64_t len)
{
	const struct row row = {kind, health, off, len};

	if (item_is(item_at(off), &row))
		return;
	print_items();
	fail_msg("not %s, %s at %#llx", uf_item_kind_name(kind), uf_item_health_name(health),
		 (unsigned long long)off);
}

/* --- whole flashes ---------------------------------------------------------------------------- */

static void test_stock_t20(void **state)
{
	static const struct row rows[] = {
		{UF_ITEM_BOOT, UF_HEALTH_GOOD, 0, 0x40000},
		{UF_ITEM_UIMAGE, UF_HEALTH_GOOD, 0x40000, KERNEL_LEN},
		{UF_ITEM_BLANK, UF_HEALTH_GOOD, 0x1a0000, 0xa0000},
		{UF_ITEM_SQUASHFS, UF_HEALTH_GOOD, 0x240000, FIRMWARE_ROOT_USED},
		{UF_ITEM_BLANK, UF_HEALTH_GOOD, 0x548000, 0x48000},
		{UF_ITEM_SQUASHFS, UF_HEALTH_GOOD, 0x590000, FIRMWARE_DRIVER_USED},
		{UF_ITEM_BLANK, UF_HEALTH_GOOD, 0x620000, 0x10000},
		{UF_ITEM_JFFS2, UF_HEALTH_GOOD, 0x630000, 0x4a0000},
		{UF_ITEM_BLANK, UF_HEALTH_GOOD, 0xad0000, 0x2a0000},
		{UF_ITEM_JFFS2, UF_HEALTH_GOOD, 0xd70000, 0x280000},
		{UF_ITEM_BLANK, UF_HEALTH_GOOD, 0xff0000, 0x10000},
	};

	(void)state;
	firmware_stock_t20(flash);
	inspect(EVERYTHING);
	EXPECT_ROWS(rows);
	assert_true(found.boot.checksum_good);
	assert_int_equal(found.boot_extent, 0x40000);
	assert_int_equal(found.boot.soc, UF_SOC_T20);
	assert_int_equal(found.boot.ram_mib, 128);
	assert_string_equal(found.boot.bootargs, FIRMWARE_BOOTARGS);
	assert_int_equal(uf_inspection_soc(&found), UF_SOC_T20);
	assert_string_equal(found.item[1].uimage.name, FIRMWARE_NAME);
	assert_int_equal(found.item[3].squashfs.bytes_used, FIRMWARE_ROOT_USED);
	assert_int_equal(found.item[5].squashfs.bytes_used, FIRMWARE_DRIVER_USED);
}

/* The other state of a stock T20's backup partitions: a kernel, a squashfs, and the flag. */
static void test_stock_t20_with_upgrade_staged(void **state)
{
	(void)state;
	firmware_stock_t20(flash);
	firmware_uimage(flash + 0xad0000, "backup", UF_UIMAGE_KERNEL, FIRMWARE_KERNEL_DATA);
	firmware_squashfs(flash + 0xcd0000, FIRMWARE_DRIVER_USED);
	firmware_text(flash + 0xff0000, "FWGRADEUP=kernel+drivers");
	inspect(EVERYTHING);
	expect_item(UF_ITEM_UIMAGE, UF_HEALTH_GOOD, 0xad0000, KERNEL_LEN);
	expect_item(UF_ITEM_SQUASHFS, UF_HEALTH_GOOD, 0xcd0000, FIRMWARE_DRIVER_USED);
	expect_item(UF_ITEM_JFFS2, UF_HEALTH_GOOD, 0xd70000, 0x280000);
	expect_item(UF_ITEM_FLAG, UF_HEALTH_GOOD, 0xff0000, UF_SLICE);
	expect_item(UF_ITEM_BLANK, UF_HEALTH_GOOD, 0xff8000, UF_SLICE);
	/* the first one is what starts */
	assert_string_equal(uf_inspection_kernel(&found)->uimage.name, FIRMWARE_NAME);
}

static void test_stock_t31(void **state)
{
	static const struct row rows[] = {
		{UF_ITEM_BOOT, UF_HEALTH_GOOD, 0, 0x40000},
		{UF_ITEM_UIMAGE, UF_HEALTH_GOOD, 0x40000, KERNEL_LEN},
		{UF_ITEM_BLANK, UF_HEALTH_GOOD, 0x1a0000, 0x90000},
		{UF_ITEM_SQUASHFS, UF_HEALTH_GOOD, 0x230000, FIRMWARE_ROOT_USED},
		{UF_ITEM_BLANK, UF_HEALTH_GOOD, 0x538000, 0xc8000},
		{UF_ITEM_SQUASHFS, UF_HEALTH_GOOD, 0x600000, FIRMWARE_ROOT_USED},
		{UF_ITEM_BLANK, UF_HEALTH_GOOD, 0x908000, 0x688000},
		{UF_ITEM_JFFS2, UF_HEALTH_GOOD, 0xf90000, 0x60000},
		{UF_ITEM_BLANK, UF_HEALTH_GOOD, 0xff0000, 0x10000},
	};

	(void)state;
	firmware_stock_t31(flash);
	inspect(EVERYTHING);
	EXPECT_ROWS(rows);
	assert_int_equal(found.boot.soc, UF_SOC_T31);
	assert_int_equal(found.boot.ram_mib, 128);
	assert_string_equal(found.boot.bootargs, FIRMWARE_BOOTARGS_T31);
	assert_string_equal(uf_inspection_kernel(&found)->uimage.name, FIRMWARE_NAME_T31);
}

static void test_thingino_a(void **state)
{
	static const struct row rows[] = {
		{UF_ITEM_BOOT, UF_HEALTH_GOOD, 0, 0x40000},
		{UF_ITEM_BLANK, UF_HEALTH_GOOD, 0x40000, 0x10000},
		{UF_ITEM_UIMAGE, UF_HEALTH_GOOD, 0x50000, KERNEL_LEN},
		{UF_ITEM_BLANK, UF_HEALTH_GOOD, 0x1b0000, 0x10000},
		{UF_ITEM_SQUASHFS, UF_HEALTH_GOOD, 0x1c0000, FIRMWARE_ROOT_USED},
		{UF_ITEM_BLANK, UF_HEALTH_GOOD, 0x4c8000, 0x290000},
		{UF_ITEM_JFFS2, UF_HEALTH_GOOD, 0x758000, 0x8a8000},
	};

	(void)state;
	firmware_thingino(flash, 'A', UF_SOC_T20);
	inspect(EVERYTHING);
	EXPECT_ROWS(rows);
	assert_int_equal(found.boot_extent, 0x40000);
	assert_int_equal(found.boot.soc, UF_SOC_T20);
	assert_string_equal(found.boot.bootargs, "");
}

static void test_thingino_c(void **state)
{
	static const struct row rows[] = {
		{UF_ITEM_BOOT, UF_HEALTH_GOOD, 0, 0x40000},
		{UF_ITEM_BLANK, UF_HEALTH_GOOD, 0x40000, 0x8000},
		{UF_ITEM_JFFS2, UF_HEALTH_GOOD, 0x48000, 0x38000},
		{UF_ITEM_UIMAGE, UF_HEALTH_GOOD, 0x80000, KERNEL_LEN},
		{UF_ITEM_BLANK, UF_HEALTH_GOOD, 0x1e0000, 0x20000},
		{UF_ITEM_SQUASHFS, UF_HEALTH_GOOD, 0x200000, FIRMWARE_ROOT_USED},
		{UF_ITEM_BLANK, UF_HEALTH_GOOD, 0x508000, 0x290000},
		{UF_ITEM_JFFS2, UF_HEALTH_GOOD, 0x798000, 0x868000},
	};

	(void)state;
	firmware_thingino(flash, 'C', UF_SOC_T31);
	inspect(EVERYTHING);
	EXPECT_ROWS(rows);
	assert_int_equal(found.boot_extent, 0x40000);
	assert_int_equal(found.boot.soc, UF_SOC_T31);
}

static void test_thingino_f(void **state)
{
	static const struct row rows[] = {
		{UF_ITEM_BOOT, UF_HEALTH_GOOD, 0, 0x50000},
		{UF_ITEM_ENV, UF_HEALTH_GOOD, 0x50000, 0x10000},
		{UF_ITEM_BLANK, UF_HEALTH_GOOD, 0x60000, 0x10000},
		{UF_ITEM_UIMAGE, UF_HEALTH_GOOD, 0x70000, KERNEL_LEN},
		{UF_ITEM_BLANK, UF_HEALTH_GOOD, 0x1d0000, 0x30000},
		{UF_ITEM_SQUASHFS, UF_HEALTH_GOOD, 0x200000, FIRMWARE_ROOT_USED},
		{UF_ITEM_BLANK, UF_HEALTH_GOOD, 0x508000, 0x298000},
		{UF_ITEM_JFFS2, UF_HEALTH_GOOD, 0x7a0000, 0x860000},
	};
	const struct uf_item *env;

	(void)state;
	firmware_thingino(flash, 'F', UF_SOC_T31);
	inspect(EVERYTHING);
	EXPECT_ROWS(rows);
	assert_int_equal(found.boot_extent, 0x50000);
	assert_int_equal(found.boot.soc, UF_SOC_T31);
	env = uf_inspection_find(&found, UF_ITEM_ENV);
	assert_string_equal(env->env.bootcmd, "sf probe; sf read ${baseaddr} 0x70000 0x190000; "
					      "bootm ${baseaddr}");
	assert_string_equal(env->env.mtdparts,
			    "jz_sfc:320k(boot),64k(env),64k(backup),1600k(kernel),5760k(rootfs),"
			    "-(rootfs_data),16384k@0(all)");
}

static void test_blank_flash(void **state)
{
	static const struct row rows[] = {{UF_ITEM_BLANK, UF_HEALTH_GOOD, 0, FIRMWARE_SIZE}};

	(void)state;
	memset(flash, 0xff, sizeof(flash));
	inspect(EVERYTHING);
	EXPECT_ROWS(rows);
	assert_false(found.boot.present);
	assert_int_equal(found.boot_extent, 0);
	assert_null(uf_inspection_kernel(&found));
	assert_null(uf_inspection_find(&found, UF_ITEM_BOOT));
	assert_int_equal(uf_inspection_soc(&found), UF_SOC_UNKNOWN);
}

/* An update: no boot loader, a kernel from the first byte on. */
static void test_no_boot_loader(void **state)
{
	(void)state;
	memset(flash, 0xff, sizeof(flash));
	firmware_uimage(flash, FIRMWARE_NAME_T31, UF_UIMAGE_KERNEL, FIRMWARE_KERNEL_DATA);
	firmware_squashfs(flash + 0x190000, FIRMWARE_ROOT_USED);
	inspect(0x800000);
	assert_int_equal(found.boot_extent, 0);
	expect_item(UF_ITEM_UIMAGE, UF_HEALTH_GOOD, 0, KERNEL_LEN);
	expect_item(UF_ITEM_SQUASHFS, UF_HEALTH_GOOD, 0x190000, FIRMWARE_ROOT_USED);
	assert_int_equal(uf_inspection_soc(&found), UF_SOC_T31);
}

/* --- the boot loader -------------------------------------------------------------------------- */

/* U-Boot as a uImage that ends within 256 KiB leaves the usual extent, at its last byte too. */
static void test_boot_extent_by_inner_uimage(void **state)
{
	static const struct {
		size_t end;
		uint64_t extent;
	} rows[] = {{0x2f123, 0x40000}, {0x40000, 0x40000}, {0x40001, 0x50000}, {0x50000, 0x50000}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memset(flash, 0xff, 0x80000);
		firmware_boot_2026(flash, UF_SOC_T20, rows[i].end);
		inspect(0x80000);
		assert_int_equal(found.boot_extent, rows[i].extent);
		expect_item(UF_ITEM_BOOT, UF_HEALTH_GOOD, 0, rows[i].extent);
		expect_item(UF_ITEM_BLANK, UF_HEALTH_GOOD, rows[i].extent,
			    0x80000 - rows[i].extent);
	}
}

/* What is no structure behind 256 KiB is more of the boot loader. */
static void test_boot_extent_of_raw_code(void **state)
{
	(void)state;
	memset(flash, 0xff, 0x80000);
	firmware_boot(flash, UF_SOC_T20);
	firmware_noise(flash + 0x30000, 0x1f000, 4);
	inspect(0x80000);
	assert_int_equal(found.boot_extent, 0x50000);
	expect_item(UF_ITEM_BOOT, UF_HEALTH_GOOD, 0, 0x50000);
	expect_item(UF_ITEM_BLANK, UF_HEALTH_GOOD, 0x50000, 0x30000);
}

/* What can stand directly behind 256 KiB, and ends the boot loader there. */
static void test_structures_behind_boot(void **state)
{
	static const size_t env_sizes[] = {0x4000, 0x8000, 0x10000};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		memset(flash, 0xff, 0x80000);
		firmware_boot(flash, UF_SOC_T20);
		firmware_env(flash + 0x40000, env_sizes[i], "bootcmd=bootm\n");
		inspect(0x80000);
		assert_int_equal(found.boot_extent, 0x40000);
		expect_item(UF_ITEM_ENV, UF_HEALTH_GOOD, 0x40000, env_sizes[i]);
		assert_string_equal(item_at(0x40000)->env.bootcmd, "bootm");
		assert_string_equal(item_at(0x40000)->env.mtdparts, "");
	}
	firmware_jffs2(flash + 0x40000, 0x10000, 0x8000);
	inspect(0x80000);
	assert_int_equal(found.boot_extent, 0x40000);
	expect_item(UF_ITEM_JFFS2, UF_HEALTH_GOOD, 0x40000, 0x10000);
	firmware_squashfs(flash + 0x40000, 0x12345);
	inspect(0x80000);
	assert_int_equal(found.boot_extent, 0x40000);
	expect_item(UF_ITEM_SQUASHFS, UF_HEALTH_GOOD, 0x40000, 0x12345);
}

/* One that does not fill its slice does not move where the next structure is looked for. */
static void test_squashfs_behind_small_env(void **state)
{
	(void)state;
	memset(flash, 0xff, 0x80000);
	firmware_boot(flash, UF_SOC_T20);
	firmware_env(flash + 0x40000, 0x4000, "a=b\n");
	firmware_squashfs(flash + 0x48000, 0x12345);
	inspect(0x80000);
	expect_item(UF_ITEM_ENV, UF_HEALTH_GOOD, 0x40000, 0x4000);
	expect_item(UF_ITEM_SQUASHFS, UF_HEALTH_GOOD, 0x48000, 0x12345);
}

/* An environment of 64 KiB behind a boot loader, and what follows it at once. */
static void test_kernel_behind_env(void **state)
{
	(void)state;
	memset(flash, 0xff, sizeof(flash));
	firmware_boot(flash, UF_SOC_T20);
	firmware_env(flash + 0x40000, 0x10000, "mtdparts=jz_sfc:-(all)\n");
	firmware_uimage(flash + 0x50000, FIRMWARE_NAME, UF_UIMAGE_KERNEL, FIRMWARE_KERNEL_DATA);
	inspect(EVERYTHING);
	expect_item(UF_ITEM_ENV, UF_HEALTH_GOOD, 0x40000, 0x10000);
	expect_item(UF_ITEM_UIMAGE, UF_HEALTH_GOOD, 0x50000, KERNEL_LEN);
	assert_string_equal(item_at(0x40000)->env.mtdparts, "jz_sfc:-(all)");
}

/* Room for texts of an environment is limited; what is longer ends in it. */
static void test_env_texts_too_long(void **state)
{
	char lines[2000] = "bootcmd=";
	const struct uf_item *env;

	(void)state;
	memset(lines + strlen(lines), 'b', 800);
	strcat(lines, "\nmtdparts=");
	memset(lines + strlen(lines), 'm', 800);
	memset(flash, 0xff, 0x80000);
	firmware_boot(flash, UF_SOC_T20);
	firmware_env(flash + 0x40000, 0x8000, lines);
	inspect(0x80000);
	env = item_at(0x40000);
	assert_int_equal(strnlen(env->env.bootcmd, sizeof(env->env.bootcmd)),
			 sizeof(env->env.bootcmd) - 1);
	assert_int_equal(strnlen(env->env.mtdparts, sizeof(env->env.mtdparts)),
			 sizeof(env->env.mtdparts) - 1);
	assert_int_equal(env->env.mtdparts[0], 'm');
}

/* A boot block whose checksum does not hold is no good item, by the header's own words. */
static void test_boot_with_wrong_checksum(void **state)
{
	(void)state;
	firmware_stock_t20(flash);
	flash[0x1000] ^= 1;
	inspect(EVERYTHING);
	assert_false(found.boot.checksum_good);
	expect_item(UF_ITEM_BOOT, UF_HEALTH_BAD, 0, 0x40000);
}

/* The command line of the boot loader is none that an environment behind it has. */
static void test_texts_of_env_are_not_the_boot_loaders(void **state)
{
	(void)state;
	memset(flash, 0xff, 0x80000);
	firmware_boot_2026(flash, UF_SOC_T20, 0x47123);
	firmware_env(flash + 0x50000, 0x10000,
		     "bootargs=console=ttyS1,115200n8 mem=40M rmem=24M mtdparts=jz_sfc:-(all)\n"
		     "hostname=thingino\nnote=FWGRADEUP=\n");
	inspect(0x80000);
	assert_int_equal(found.boot_extent, 0x50000);
	assert_string_equal(found.boot.bootargs, "");
	/* But where the boot loader tells none, the RAM is what its environment says. */
	assert_int_equal(found.boot.ram_mib, 64);
	assert_false(found.boot.upgrades);
}

/* A kernel's name counts where the boot loader tells nothing, but does not become its word. */
static void test_soc_of_kernel_only(void **state)
{
	(void)state;
	memset(flash, 0xff, sizeof(flash));
	firmware_noise(flash + UF_BOOT_HEADER, 0x35000, 5);
	firmware_boot_seal(flash, 0x305c, 0x305c);
	firmware_uimage(flash + 0x40000, FIRMWARE_NAME_T31, UF_UIMAGE_KERNEL, FIRMWARE_KERNEL_DATA);
	inspect(EVERYTHING);
	assert_int_equal(uf_inspection_soc(&found), UF_SOC_T31);
	assert_int_equal(found.boot.soc, UF_SOC_UNKNOWN);
}

/* --- damage ----------------------------------------------------------------------------------- */

static void test_kernel_data_wrong(void **state)
{
	static const size_t places[] = {UF_UIMAGE_HEADER, 0x8000, KERNEL_LEN - 1};

	(void)state;
	firmware_stock_t20(flash);
	for (size_t i = 0; i < 3; i++) {
		flash[0x40000 + places[i]] ^= 1;
		inspect(0x600000);
		expect_item(UF_ITEM_UIMAGE, UF_HEALTH_BAD, 0x40000, KERNEL_LEN);
		/* its length still counts */
		expect_item(UF_ITEM_BLANK, UF_HEALTH_GOOD, 0x1a0000, 0xa0000);
		expect_item(UF_ITEM_SQUASHFS, UF_HEALTH_GOOD, 0x240000, FIRMWARE_ROOT_USED);
		flash[0x40000 + places[i]] ^= 1;
	}
	/* the byte behind the data is no part of it */
	flash[0x40000 + KERNEL_LEN] ^= 1;
	inspect(0x600000);
	expect_item(UF_ITEM_UIMAGE, UF_HEALTH_GOOD, 0x40000, KERNEL_LEN);
}

/* With a damaged header nothing says how long it is. */
static void test_kernel_header_wrong(void **state)
{
	(void)state;
	firmware_thingino(flash, 'C', UF_SOC_T20);
	flash[0x80000 + 12] ^= 1;
	inspect(EVERYTHING);
	assert_int_equal(item_at(0x80000)->kind, UF_ITEM_UIMAGE);
	assert_int_equal(item_at(0x80000)->health, UF_HEALTH_BAD);
	assert_false(item_at(0x80000)->uimage.header_good);
	expect_item(UF_ITEM_SQUASHFS, UF_HEALTH_GOOD, 0x200000, FIRMWARE_ROOT_USED);
}

/* The same right behind the boot loader, which does not become larger by it. */
static void test_kernel_header_wrong_behind_boot(void **state)
{
	(void)state;
	firmware_stock_t20(flash);
	flash[0x40000 + 12] ^= 1;
	inspect(EVERYTHING);
	assert_int_equal(found.boot_extent, 0x40000);
	assert_int_equal(item_at(0x40000)->kind, UF_ITEM_UIMAGE);
	assert_int_equal(item_at(0x40000)->health, UF_HEALTH_BAD);
	assert_non_null(uf_inspection_kernel(&found));
}

/* A length that makes sums with it run over is no reason to call it whole. */
static void test_squashfs_of_absurd_length(void **state)
{
	static const uint64_t used[] = {UINT64_MAX, UINT64_MAX - 0x240000 + 1,
					UINT64_MAX - 0x100000};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		const struct uf_item *squashfs;

		memset(flash, 0xff, 0x400000);
		firmware_squashfs(flash + 0x240000, 0x10000);
		for (unsigned byte = 0; byte < 8; byte++)
			flash[0x240000 + 40 + byte] = (uint8_t)(used[i] >> 8 * byte);
		inspect(0x400000);
		squashfs = uf_inspection_find(&found, UF_ITEM_SQUASHFS);
		assert_true(!squashfs || squashfs->health != UF_HEALTH_GOOD);
	}
}

static void test_two_kernels_are_told_apart(void **state)
{
	(void)state;
	memset(flash, 0xff, 0x400000);
	firmware_uimage(flash + 0x100000, "first", UF_UIMAGE_KERNEL, 0x20000 - UF_UIMAGE_HEADER);
	firmware_uimage(flash + 0x120000, "second", UF_UIMAGE_FIRMWARE, 0x123);
	firmware_uimage(flash + 0x128000, "third", UF_UIMAGE_KERNEL, 1);
	flash[0x120000 + 100] ^= 1;
	inspect(0x400000);
	expect_item(UF_ITEM_UIMAGE, UF_HEALTH_GOOD, 0x100000, 0x20000);
	expect_item(UF_ITEM_UIMAGE, UF_HEALTH_BAD, 0x120000, UF_UIMAGE_HEADER + 0x123);
	expect_item(UF_ITEM_UIMAGE, UF_HEALTH_GOOD, 0x128000, UF_UIMAGE_HEADER + 1);
	expect_item(UF_ITEM_BLANK, UF_HEALTH_GOOD, 0x130000, 0x2d0000);
}

/* What looks like a structure inside of another's bytes is none. */
static void test_inside_of_others(void **state)
{
	(void)state;
	memset(flash, 0xff, 0x400000);
	firmware_squashfs(flash + 0x100000, 0x80000);
	firmware_squashfs(flash + 0x120000, 0x1000);
	firmware_text(flash + 0x130000, "FWGRADEUP=kernel");
	firmware_env(flash + 0x140000, 0x8000, "a=b\n");
	inspect(0x400000);
	assert_int_equal(found.items, 3);
	expect_item(UF_ITEM_SQUASHFS, UF_HEALTH_GOOD, 0x100000, 0x80000);
	expect_item(UF_ITEM_BLANK, UF_HEALTH_GOOD, 0x180000, 0x280000);
}

/* The same where environments are looked for. */
static void test_env_inside_of_kernel(void **state)
{
	(void)state;
	memset(flash, 0xff, 0x200000);
	firmware_boot(flash, UF_SOC_T20);
	firmware_uimage(flash + 0x40000, FIRMWARE_NAME, UF_UIMAGE_KERNEL, FIRMWARE_KERNEL_DATA);
	firmware_env(flash + 0x50000, 0x8000, "a=b\n");
	firmware_uimage_seal(flash + 0x40000);
	inspect(0x200000);
	assert_int_equal(found.items, 3);
	assert_null(uf_inspection_find(&found, UF_ITEM_ENV));
	expect_item(UF_ITEM_UIMAGE, UF_HEALTH_GOOD, 0x40000, KERNEL_LEN);
}

/* Erase blocks of JFFS2 can be larger than a slice: every second one begins with no node. */
static void test_jffs2_with_large_blocks(void **state)
{
	(void)state;
	memset(flash, 0xff, 0x400000);
	firmware_jffs2(flash + 0x200000, 0x100000, 0x10000);
	inspect(0x400000);
	assert_int_equal(found.items, 3);
	expect_item(UF_ITEM_JFFS2, UF_HEALTH_GOOD, 0x200000, 0x100000);
}

static void test_data(void **state)
{
	static const struct row rows[] = {
		{UF_ITEM_BLANK, UF_HEALTH_GOOD, 0, 0x100000},
		{UF_ITEM_DATA, UF_HEALTH_GOOD, 0x100000, 0x18000},
		{UF_ITEM_BLANK, UF_HEALTH_GOOD, 0x118000, 0xe8000},
	};

	(void)state;
	memset(flash, 0xff, 0x200000);
	flash[0x100000 + UF_SLICE - 1] = 0;
	flash[0x108000] = 0xfe;
	memset(flash + 0x110000, 0, 0x8000);
	inspect(0x200000);
	EXPECT_ROWS(rows);
}

/* --- truncation ------------------------------------------------------------------------------- */

static void test_nothing_fed(void **state)
{
	(void)state;
	inspect(0);
	assert_int_equal(found.items, 0);
	assert_int_equal(found.boot_extent, 0);
	assert_false(found.boot.present);
	assert_int_equal(uf_inspection_soc(&found), UF_SOC_UNKNOWN);
}

static void test_tiny(void **state)
{
	static const size_t sizes[] = {1, 11, 12, 63, 64, 95, 96, 2047};

	(void)state;
	firmware_stock_t20(flash);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		const struct row rows[] = {{UF_ITEM_DATA, UF_HEALTH_GOOD, 0, sizes[i]}};

		inspect(sizes[i]);
		EXPECT_ROWS(rows);
		assert_false(found.boot.present);
	}
}

/* Nothing but a boot loader, or a part of one. */
static void test_boot_loader_alone(void **state)
{
	static const size_t sizes[] = {0x305c, 0x7fff, 0x8000, 0x20001, 0x3ffff, 0x40000};

	(void)state;
	firmware_stock_t20(flash);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		inspect(sizes[i]);
		assert_int_equal(found.items, 1);
		assert_true(found.boot.checksum_good);
		assert_int_equal(found.boot_extent, sizes[i]);
		assert_int_equal(found.item[0].kind, UF_ITEM_BOOT);
		assert_int_equal(found.item[0].range.len, sizes[i]);
	}
}

/* The last slice holds only the beginning of what lies behind the boot loader. */
static void test_hardly_more_than_the_boot_loader(void **state)
{
	static const size_t more[] = {1, 4, 11, 12, 63, 64, 95, 96, 97};

	(void)state;
	firmware_stock_t20(flash);
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
		inspect(0x40000 + more[i]);
		assert_int_equal(found.boot_extent, 0x40000);
		assert_int_equal(found.items, 2);
		if (more[i] < UF_UIMAGE_HEADER)
			expect_item(UF_ITEM_DATA, UF_HEALTH_GOOD, 0x40000, more[i]);
		else
			expect_item(UF_ITEM_UIMAGE, UF_HEALTH_CUT_OFF, 0x40000, KERNEL_LEN);
	}
}

static void test_kernel_cut_off(void **state)
{
	static const struct {
		size_t size;
		enum uf_item_health health;
	} rows[] = {
		{0x48000, UF_HEALTH_CUT_OFF},
		{UF_INSPECT_HEAD, UF_HEALTH_CUT_OFF},
		{0x60001, UF_HEALTH_CUT_OFF},
		{0x100000, UF_HEALTH_CUT_OFF},
		{0x40000 + KERNEL_LEN - 1, UF_HEALTH_CUT_OFF},
		{0x40000 + KERNEL_LEN, UF_HEALTH_GOOD},
		{0x40000 + KERNEL_LEN + 1, UF_HEALTH_GOOD},
	};

	(void)state;
	firmware_stock_t20(flash);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		inspect(rows[i].size);
		assert_int_equal(found.items, 2);
		expect_item(UF_ITEM_UIMAGE, rows[i].health, 0x40000, KERNEL_LEN);
	}
}

static void test_squashfs_cut_off(void **state)
{
	static const struct {
		size_t size;
		enum uf_item_health health;
	} rows[] = {
		{0x240000 + UF_SQUASHFS_HEADER, UF_HEALTH_CUT_OFF},
		{0x400000, UF_HEALTH_CUT_OFF},
		{0x240000 + FIRMWARE_ROOT_USED - 1, UF_HEALTH_CUT_OFF},
		{0x240000 + FIRMWARE_ROOT_USED, UF_HEALTH_GOOD},
		{0x548000, UF_HEALTH_GOOD},
	};

	(void)state;
	firmware_stock_t20(flash);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		inspect(rows[i].size);
		expect_item(UF_ITEM_UIMAGE, UF_HEALTH_GOOD, 0x40000, KERNEL_LEN);
		expect_item(UF_ITEM_SQUASHFS, rows[i].health, 0x240000, FIRMWARE_ROOT_USED);
	}
	inspect(0x240000 + UF_SQUASHFS_HEADER - 1);
	expect_item(UF_ITEM_DATA, UF_HEALTH_GOOD, 0x240000, UF_SQUASHFS_HEADER - 1);
}

/* Boot loaders of 320 KiB that are not there as a whole. */
static void test_large_boot_loader_cut_off(void **state)
{
	static const size_t sizes[] = {0x40000, 0x40001, 0x48000, 0x4ffff, 0x50000};

	(void)state;
	firmware_thingino(flash, 'F', UF_SOC_T20);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		inspect(sizes[i]);
		assert_int_equal(found.items, 1);
		assert_int_equal(found.boot_extent, sizes[i]);
	}
	inspect(0x58000); /* half of the environment: no checksum can hold */
	assert_int_equal(found.boot_extent, 0x50000);
	expect_item(UF_ITEM_DATA, UF_HEALTH_GOOD, 0x50000, 0x8000);
}

/* --- how it is fed ---------------------------------------------------------------------------- */

static void expect_same(const struct uf_inspection *a, const struct uf_inspection *b)
{
	assert_int_equal(a->size, b->size);
	assert_int_equal(a->boot_extent, b->boot_extent);
	assert_memory_equal(&a->boot, &b->boot, sizeof(a->boot));
	assert_int_equal(a->items, b->items);
	for (unsigned at = 0; at < a->items; at++) {
		const struct row row = {a->item[at].kind, a->item[at].health, a->item[at].range.off,
					a->item[at].range.len};

		assert_true(item_is(&b->item[at], &row));
	}
}

static void feed_in_every_way(size_t size)
{
	static const size_t steps[] = {UF_SLICE,      3 * UF_SLICE, 5 * UF_SLICE, 12 * UF_SLICE,
				       13 * UF_SLICE, 0x1000,       0x10001,      0x7fff,
				       0x333,         EVERYTHING};
	static struct uf_inspection other;

	inspect(size);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		inspect_by(size, steps[i], &other);
		expect_same(&found, &other);
	}
}

static void test_feeding(void **state)
{
	(void)state;
	firmware_thingino(flash, 'F', UF_SOC_T31);
	flash[0x70000 + 0x1234] ^= 1;
	feed_in_every_way(0x7b8000);
	feed_in_every_way(0x7b0123);
}

static void test_feeding_less_than_the_head(void **state)
{
	(void)state;
	firmware_thingino(flash, 'C', UF_SOC_T20);
	feed_in_every_way(UF_INSPECT_HEAD - 1);
	feed_in_every_way(UF_INSPECT_HEAD);
	feed_in_every_way(UF_INSPECT_HEAD + 1);
	feed_in_every_way(0x41234);
}

static void test_feeding_single_bytes(void **state)
{
	static struct uf_inspection other;

	(void)state;
	firmware_thingino(flash, 'F', UF_SOC_T20);
	inspect(0x72345);
	inspect_by(0x72345, 1, &other);
	expect_same(&found, &other);
	expect_item(UF_ITEM_UIMAGE, UF_HEALTH_CUT_OFF, 0x70000, KERNEL_LEN);
}

/* --- too many --------------------------------------------------------------------------------- */

/* Every second slice holds something else. */
static void make_many(void)
{
	memset(flash, 0xff, sizeof(flash));
	for (size_t off = 0; off < FIRMWARE_SIZE; off += 0x10000)
		flash[off] = 0;
}

static void test_more_items_than_fit(void **state)
{
	(void)state;
	make_many();
	inspect(EVERYTHING);
	assert_true(found.items <= UF_ITEMS_MAX);
	assert_true(found.items > UF_ITEMS_MAX / 2);
	for (unsigned at = 1; at < found.items; at++)
		assert_true(found.item[at].range.off >= uf_range_end(found.item[at - 1].range));
}

static void test_more_structures_than_fit(void **state)
{
	(void)state;
	memset(flash, 0xff, sizeof(flash));
	for (size_t off = 0; off < FIRMWARE_SIZE; off += 0x10000) {
		firmware_uimage(flash + off, "one of many", UF_UIMAGE_KERNEL, 0x1000);
		firmware_squashfs(flash + off + 0x8000, 0x8000);
	}
	inspect(EVERYTHING);
	assert_int_equal(found.items, UF_ITEMS_MAX);
	expect_item(UF_ITEM_UIMAGE, UF_HEALTH_GOOD, 0, UF_UIMAGE_HEADER + 0x1000);
	expect_item(UF_ITEM_SQUASHFS, UF_HEALTH_GOOD, 0x8000, 0x8000);
}

/*
 * The flag is the last thing on a flash, and what decides whether a stock boot loader overwrites
 * the rest. Nothing that is only data or blank may hide it. A JFFS2 with erase blocks of 64 KiB
 * that are hardly in use makes two items a block.
 */
static void test_flag_behind_more_than_fits(void **state)
{
	(void)state;
	make_many();
	firmware_text(flash + 0xff0000, "FWGRADEUP=kernel");
	inspect(EVERYTHING);
	assert_non_null(uf_inspection_find(&found, UF_ITEM_FLAG));
}

/* --- words ------------------------------------------------------------------------------------ */

static void test_words(void **state)
{
	(void)state;
	assert_string_equal(uf_item_kind_name(UF_ITEM_SQUASHFS), "squashfs");
	assert_string_equal(uf_item_health_name(UF_HEALTH_GOOD), "good");
	for (int kind = 0; kind < UF_ITEM_KINDS; kind++)
		for (int other = 0; other < kind; other++)
			assert_string_not_equal(uf_item_kind_name((enum uf_item_kind)kind),
						uf_item_kind_name((enum uf_item_kind)other));
	assert_string_not_equal(uf_item_health_name(UF_HEALTH_BAD),
				uf_item_health_name(UF_HEALTH_CUT_OFF));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stock_t20),
		cmocka_unit_test(test_stock_t20_with_upgrade_staged),
		cmocka_unit_test(test_stock_t31),
		cmocka_unit_test(test_thingino_a),
		cmocka_unit_test(test_thingino_c),
		cmocka_unit_test(test_thingino_f),
		cmocka_unit_test(test_blank_flash),
		cmocka_unit_test(test_no_boot_loader),
		cmocka_unit_test(test_boot_extent_by_inner_uimage),
		cmocka_unit_test(test_boot_extent_of_raw_code),
		cmocka_unit_test(test_structures_behind_boot),
		cmocka_unit_test(test_squashfs_behind_small_env),
		cmocka_unit_test(test_kernel_behind_env),
		cmocka_unit_test(test_env_texts_too_long),
		cmocka_unit_test(test_boot_with_wrong_checksum),
		cmocka_unit_test(test_texts_of_env_are_not_the_boot_loaders),
		cmocka_unit_test(test_soc_of_kernel_only),
		cmocka_unit_test(test_kernel_data_wrong),
		cmocka_unit_test(test_kernel_header_wrong),
		cmocka_unit_test(test_kernel_header_wrong_behind_boot),
		cmocka_unit_test(test_squashfs_of_absurd_length),
		cmocka_unit_test(test_two_kernels_are_told_apart),
		cmocka_unit_test(test_inside_of_others),
		cmocka_unit_test(test_env_inside_of_kernel),
		cmocka_unit_test(test_jffs2_with_large_blocks),
		cmocka_unit_test(test_data),
		cmocka_unit_test(test_nothing_fed),
		cmocka_unit_test(test_tiny),
		cmocka_unit_test(test_boot_loader_alone),
		cmocka_unit_test(test_hardly_more_than_the_boot_loader),
		cmocka_unit_test(test_kernel_cut_off),
		cmocka_unit_test(test_squashfs_cut_off),
		cmocka_unit_test(test_large_boot_loader_cut_off),
		cmocka_unit_test(test_feeding),
		cmocka_unit_test(test_feeding_less_than_the_head),
		cmocka_unit_test(test_feeding_single_bytes),
		cmocka_unit_test(test_more_items_than_fit),
		cmocka_unit_test(test_more_structures_than_fit),
		cmocka_unit_test(test_flag_behind_more_than_fits),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
