/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What would be found if some blocks came from the image, some stayed, some became blank. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "uniflash/image/inspect.h"

#define BLOCK  0x8000
#define BLOCKS 512
#define END    ((uint64_t)BLOCKS * BLOCK)

/* Places of a flash by the stock table of T20. */
#define BOOT   0x000000
#define KERNEL 0x040000
#define ROOT   0x240000
#define DRIVER 0x590000
#define APPFS  0x630000
#define CONFIG 0xf70000
#define FLAG   0xff0000

static struct uf_inspection flash, image, after;
static struct uf_item cut;
static uint8_t origin[BLOCKS];

static struct uf_item *add(struct uf_inspection *to, enum uf_item_kind kind, uint64_t off,
			   uint64_t len)
{
	struct uf_item *item = &to->item[to->items++];

	assert_true(to->items <= UF_ITEMS_MAX);
	memset(item, 0, sizeof(*item));
	item->kind = kind;
	item->range.off = off;
	item->range.len = len;
	return item;
}

static void add_boot(struct uf_inspection *to, uint64_t extent, enum uf_soc soc)
{
	add(to, UF_ITEM_BOOT, 0, extent);
	to->boot_extent = extent;
	to->boot.present = true;
	to->boot.length_good = true;
	to->boot.checksum_good = true;
	to->boot.soc = soc;
}

static void add_kernel(struct uf_inspection *to, uint64_t off, uint64_t len, const char *name)
{
	struct uf_item *item = add(to, UF_ITEM_UIMAGE, off, len);

	item->uimage.header_good = true;
	item->uimage.type = UF_UIMAGE_KERNEL;
	strcpy(item->uimage.name, name);
}

/* Two flashes of the same table whose kernels and root file systems have other sizes. */
static void begin(void)
{
	memset(&flash, 0, sizeof(flash));
	memset(&image, 0, sizeof(image));
	flash.size = END;
	image.size = END;
	add_boot(&flash, 0x40000, UF_SOC_T20);
	add_kernel(&flash, KERNEL, 0x1a1234, "old");
	add(&flash, UF_ITEM_SQUASHFS, ROOT, 0x301234);
	add(&flash, UF_ITEM_SQUASHFS, DRIVER, 0x91234);
	add(&flash, UF_ITEM_JFFS2, CONFIG, 0x40000);
	add(&flash, UF_ITEM_FLAG, FLAG, 0x8000);
	add_boot(&image, 0x40000, UF_SOC_T31);
	add_kernel(&image, KERNEL, 0x181234, "new");
	add(&image, UF_ITEM_SQUASHFS, ROOT, 0x311234);
	add(&image, UF_ITEM_SQUASHFS, DRIVER, 0x81234);
	add(&image, UF_ITEM_JFFS2, CONFIG, 0x40000);
	memset(origin, UF_FROM_IMAGE, sizeof(origin));
}

/* All blocks that hold a byte of [from, to). */
static void come(uint64_t from, uint64_t to, enum uf_origin whence)
{
	for (uint64_t block = from / BLOCK; block * BLOCK < to; block++)
		origin[block] = (uint8_t)whence;
}

static void merge(void)
{
	memset(&after, 0xa5, sizeof(after));
	memset(&cut, 0xa5, sizeof(cut));
	uf_inspection_merge(&flash, &image, origin, BLOCKS, BLOCK, &after, &cut);
	assert_int_equal(after.size, END);
	assert_true(after.items <= UF_ITEMS_MAX);
	for (unsigned at = 1; at < after.items; at++)
		assert_true(after.item[at - 1].range.off <= after.item[at].range.off);
}

/* The item that begins at off, which is the only one there; NULL where none does. */
static const struct uf_item *item_at(uint64_t off)
{
	const struct uf_item *found = NULL;

	for (unsigned at = 0; at < after.items; at++) {
		if (after.item[at].range.off != off || after.item[at].kind == UF_ITEM_BLANK)
			continue;
		assert_null(found);
		found = &after.item[at];
	}
	return found;
}

static void expect_at(uint64_t off, enum uf_item_kind kind, enum uf_item_health health,
		      uint64_t len)
{
	const struct uf_item *item = item_at(off);

	assert_non_null(item);
	assert_int_equal(item->kind, kind);
	assert_int_equal(item->health, health);
	assert_int_equal(item->range.len, len);
}

static void expect_cut(enum uf_item_kind kind, uint64_t off, uint64_t len)
{
	assert_int_equal(cut.range.off, off);
	assert_int_equal(cut.range.len, len);
	assert_int_equal(cut.kind, kind);
}

/* Every structure of one side is there just as it was, and nothing is cut. */
static void expect_all_of(const struct uf_inspection *side)
{
	assert_int_equal(cut.range.len, 0);
	assert_int_equal(after.items, side->items);
	for (unsigned at = 0; at < side->items; at++)
		assert_memory_equal(&after.item[at], &side->item[at], sizeof(side->item[at]));
	assert_memory_equal(&after.boot, &side->boot, sizeof(side->boot));
	assert_int_equal(after.boot_extent, side->boot_extent);
}

/* --- one origin ------------------------------------------------------------------------------- */

static void test_all_of_the_image(void **state)
{
	(void)state;
	begin();
	merge();
	expect_all_of(&image);
}

static void test_all_stays(void **state)
{
	(void)state;
	begin();
	come(0, END, UF_FROM_FLASH);
	merge();
	expect_all_of(&flash);
}

static void test_all_the_same(void **state)
{
	(void)state;
	begin();
	flash = image;
	come(0, END, UF_FROM_BOTH);
	merge();
	expect_all_of(&image);
}

/* Nothing of either is left; what is said to lie there is at most blank space. */
static void test_all_becomes_blank(void **state)
{
	(void)state;
	begin();
	come(0, END, UF_FROM_NONE);
	merge();
	for (unsigned at = 0; at < after.items; at++)
		assert_int_equal(after.item[at].kind, UF_ITEM_BLANK);
	assert_false(after.boot.present);
	assert_int_equal(after.boot_extent, 0);
	assert_int_equal(cut.range.len, 0);
}

/* --- whole partitions ------------------------------------------------------------------------- */

static void test_partitions_of_both(void **state)
{
	(void)state;
	begin();
	come(KERNEL, ROOT, UF_FROM_FLASH);
	come(CONFIG, END, UF_FROM_FLASH);
	merge();
	assert_int_equal(cut.range.len, 0);
	assert_int_equal(after.boot.soc, UF_SOC_T31);
	expect_at(BOOT, UF_ITEM_BOOT, UF_HEALTH_GOOD, 0x40000);
	expect_at(KERNEL, UF_ITEM_UIMAGE, UF_HEALTH_GOOD, 0x1a1234);
	assert_string_equal(item_at(KERNEL)->uimage.name, "old");
	expect_at(ROOT, UF_ITEM_SQUASHFS, UF_HEALTH_GOOD, 0x311234);
	expect_at(DRIVER, UF_ITEM_SQUASHFS, UF_HEALTH_GOOD, 0x81234);
	expect_at(CONFIG, UF_ITEM_JFFS2, UF_HEALTH_GOOD, 0x40000);
	expect_at(FLAG, UF_ITEM_FLAG, UF_HEALTH_GOOD, 0x8000);
	assert_int_equal(after.items, 6);
}

static void test_boot_kept(void **state)
{
	(void)state;
	begin();
	come(0, KERNEL, UF_FROM_FLASH);
	merge();
	assert_int_equal(cut.range.len, 0);
	assert_memory_equal(&after.boot, &flash.boot, sizeof(after.boot));
	assert_int_equal(after.boot_extent, 0x40000);
	expect_at(BOOT, UF_ITEM_BOOT, UF_HEALTH_GOOD, 0x40000);
	assert_string_equal(item_at(KERNEL)->uimage.name, "new");
	assert_null(item_at(FLAG)); /* the image has none, and is what comes there */
}

static void test_boot_becomes_blank(void **state)
{
	(void)state;
	begin();
	come(0, KERNEL, UF_FROM_NONE);
	merge();
	assert_false(after.boot.present);
	assert_int_equal(after.boot_extent, 0);
	for (unsigned at = 0; at < after.items; at++)
		assert_int_not_equal(after.item[at].kind, UF_ITEM_BOOT);
	assert_non_null(item_at(KERNEL));
}

/* A tail that is erased takes what was there along, wherever it begins. */
static void test_tail_becomes_blank(void **state)
{
	(void)state;
	begin();
	image.size = 0x800000;
	image.items = 4;
	add(&flash, UF_ITEM_JFFS2, 0x7f0000, 0x100000);
	come(0x800000, END, UF_FROM_NONE);
	merge();
	assert_int_equal(cut.range.len, 0);
	assert_null(item_at(0x7f0000));
	assert_null(item_at(CONFIG));
	assert_null(item_at(FLAG));
	expect_at(DRIVER, UF_ITEM_SQUASHFS, UF_HEALTH_GOOD, 0x81234);
}

/* --- blocks that are the same on both --------------------------------------------------------- */

/* Such blocks belong to whichever side has the rest. */
static void test_same_blocks_are_of_either(void **state)
{
	(void)state;
	begin();
	come(KERNEL, KERNEL + 2 * BLOCK, UF_FROM_BOTH);
	come(ROOT, ROOT + 0x300000, UF_FROM_BOTH);
	merge();
	expect_all_of(&image);
	begin();
	come(0, END, UF_FROM_FLASH);
	come(KERNEL + BLOCK, KERNEL + 5 * BLOCK, UF_FROM_BOTH);
	come(ROOT, ROOT + BLOCK, UF_FROM_BOTH);
	merge();
	expect_all_of(&flash);
}

/* Between a part of the image and a part of the flash they heal nothing. */
static void test_same_blocks_between_parts(void **state)
{
	(void)state;
	begin();
	come(ROOT + 0x100000, ROOT + 0x200000, UF_FROM_BOTH);
	come(ROOT + 0x200000, DRIVER, UF_FROM_FLASH);
	merge();
	expect_cut(UF_ITEM_SQUASHFS, ROOT, 0x311234);
	expect_at(ROOT, UF_ITEM_SQUASHFS, UF_HEALTH_BAD, 0x311234);
}

/* The camera's firmware again, cut off behind the middle of its root file system; what is behind
 * the image stays, and is what the image lacks. */
static void test_truncated_image_of_what_is_there(void **state)
{
	(void)state;
	begin();
	image = flash;
	image.items = 3;
	image.item[2].health = UF_HEALTH_CUT_OFF;
	image.size = ROOT + 0x200000;
	come(0, image.size, UF_FROM_BOTH);
	come(image.size, END, UF_FROM_FLASH);
	merge();
	expect_all_of(&flash);
}

/* Two boot loaders with the same first block, as those for 64 MB and 128 MB have it: what the kept
 * one tells is what counts, not what the image's does. */
static void test_boot_kept_with_the_same_first_block(void **state)
{
	(void)state;
	begin();
	flash.boot.upgrades = true;
	flash.boot.ram_mib = 64;
	image.boot.ram_mib = 128;
	come(0, BLOCK, UF_FROM_BOTH);
	come(BLOCK, KERNEL, UF_FROM_FLASH);
	merge();
	assert_int_equal(cut.range.len, 0);
	assert_int_equal(after.boot.ram_mib, 64);
	assert_true(after.boot.upgrades);
	assert_int_equal(after.boot.soc, UF_SOC_T20);
}

static void test_boot_written_with_the_same_first_block(void **state)
{
	(void)state;
	begin();
	flash.boot.upgrades = true;
	come(0, BLOCK, UF_FROM_BOTH);
	come(KERNEL, END, UF_FROM_FLASH);
	merge();
	assert_int_equal(cut.range.len, 0);
	assert_int_equal(after.boot.soc, UF_SOC_T31);
	assert_false(after.boot.upgrades);
}

/* --- cuts ------------------------------------------------------------------------------------- */

/* The kept block is the first, one in the middle, or the last of what the image needs whole. */
static void test_cut_anywhere(void **state)
{
	static const struct {
		enum uf_item_kind kind;
		uint64_t off, len;
	} whole[] = {
		{UF_ITEM_BOOT, BOOT, 0x40000},
		{UF_ITEM_UIMAGE, KERNEL, 0x181234},
		{UF_ITEM_SQUASHFS, ROOT, 0x311234},
	};

	(void)state;
	for (unsigned row = 0; row < 3; row++) {
		uint64_t first = whole[row].off / BLOCK;
		uint64_t last = (whole[row].off + whole[row].len - 1) / BLOCK;
		const uint64_t at[] = {first, first + 2, last};

		for (unsigned place = 0; place < 3; place++) {
			begin();
			origin[at[place]] = UF_FROM_FLASH;
			merge();
			expect_cut(whole[row].kind, whole[row].off, whole[row].len);
			/* what begins with the image's first block is there, but damaged */
			if (place)
				expect_at(whole[row].off, whole[row].kind, UF_HEALTH_BAD,
					  whole[row].len);
		}
	}
}

/* The block behind the last byte of something is none of it. */
static void test_no_cut_right_behind(void **state)
{
	(void)state;
	begin();
	origin[(KERNEL + 0x181234) / BLOCK + 1] = UF_FROM_FLASH;
	origin[(ROOT + 0x311234) / BLOCK + 1] = UF_FROM_FLASH;
	merge();
	expect_all_of(&image);
}

/* What ends with a block ends there. */
static void test_no_cut_at_a_block_boundary(void **state)
{
	(void)state;
	begin();
	image.item[1].range.len = 0x100000;
	come(KERNEL + 0x100000, ROOT, UF_FROM_FLASH);
	merge();
	assert_int_equal(cut.range.len, 0);
	expect_at(KERNEL, UF_ITEM_UIMAGE, UF_HEALTH_GOOD, 0x100000);
}

/* thingino's boot loader of 320 KiB over a table whose first partition has 256 KiB. */
static void test_large_boot_loader_over_a_small_partition(void **state)
{
	(void)state;
	begin();
	image.item[0].range.len = 0x50000;
	image.boot_extent = 0x50000;
	image.item[1].range.off = 0x70000;
	come(0, KERNEL, UF_FROM_FLASH);
	merge();
	expect_cut(UF_ITEM_BOOT, BOOT, 0x50000);
}

/* The same the other way round: the camera's boot loader is written over behind 256 KiB. */
static void test_large_boot_loader_kept_in_part(void **state)
{
	(void)state;
	begin();
	flash.item[0].range.len = 0x50000;
	flash.boot_extent = 0x50000;
	come(0, KERNEL, UF_FROM_FLASH);
	merge();
	expect_cut(UF_ITEM_BOOT, BOOT, 0x50000);
	assert_true(after.boot.present);
	assert_int_equal(item_at(BOOT)->health, UF_HEALTH_BAD);
}

static void test_large_boot_loader_kept_and_blanked(void **state)
{
	(void)state;
	begin();
	flash.item[0].range.len = 0x50000;
	come(0, KERNEL, UF_FROM_FLASH);
	come(KERNEL, END, UF_FROM_NONE);
	merge();
	expect_cut(UF_ITEM_BOOT, BOOT, 0x50000);
}

/* What was on the flash and is written over in part is meant to go. */
static void test_rest_of_what_is_written_over(void **state)
{
	(void)state;
	begin();
	image.items = 2;
	come(ROOT + 0x200000, END, UF_FROM_FLASH);
	merge();
	assert_int_equal(cut.range.len, 0);
	assert_null(item_at(ROOT)); /* its beginning is not there any more */
	expect_at(DRIVER, UF_ITEM_SQUASHFS, UF_HEALTH_GOOD, 0x91234);
	begin();
	image.items = 2;
	come(ROOT, ROOT + 0x200000, UF_FROM_FLASH);
	merge();
	assert_int_equal(cut.range.len, 0);
}

/* The first one is told, in order of offsets, from whichever side it is. */
static void test_first_cut(void **state)
{
	(void)state;
	begin();
	origin[ROOT / BLOCK + 1] = UF_FROM_FLASH;
	origin[KERNEL / BLOCK + 1] = UF_FROM_FLASH;
	merge();
	expect_cut(UF_ITEM_UIMAGE, KERNEL, 0x181234);
	begin();
	flash.item[0].range.len = 0x50000;
	come(0, KERNEL, UF_FROM_FLASH);
	origin[ROOT / BLOCK + 1] = UF_FROM_FLASH;
	merge();
	expect_cut(UF_ITEM_BOOT, BOOT, 0x50000);
}

/* --- what can lose a part --------------------------------------------------------------------- */

/* The image's data partition reaches into what is kept: it begins as it should and is good. */
static void test_jffs2_of_the_image_can_lose_its_end(void **state)
{
	(void)state;
	begin();
	image.item[3] = (struct uf_item){.kind = UF_ITEM_JFFS2, .range = {APPFS, 0x9d0000}};
	image.items = 4;
	come(CONFIG, END, UF_FROM_FLASH);
	merge();
	assert_int_equal(cut.range.len, 0);
	assert_non_null(item_at(APPFS));
	assert_int_equal(item_at(APPFS)->kind, UF_ITEM_JFFS2);
	assert_int_equal(item_at(APPFS)->health, UF_HEALTH_GOOD);
	expect_at(CONFIG, UF_ITEM_JFFS2, UF_HEALTH_GOOD, 0x40000);
}

/* A JFFS2 that stays but for a part at its end is still one: inspection takes those of neighbouring
 * partitions (openmiko's root, config and para) for a single one. */
static void test_jffs2_of_the_flash_can_lose_its_end(void **state)
{
	(void)state;
	begin();
	flash.items = 2;
	add(&flash, UF_ITEM_JFFS2, ROOT, FLAG - ROOT);
	image.items = 0;
	add(&image, UF_ITEM_JFFS2, CONFIG, 0x40000);
	come(0, END, UF_FROM_FLASH);
	come(CONFIG, CONFIG + 0x40000, UF_FROM_IMAGE);
	merge();
	assert_int_equal(cut.range.len, 0);
	expect_at(CONFIG, UF_ITEM_JFFS2, UF_HEALTH_GOOD, 0x40000);
	assert_non_null(item_at(ROOT));
	assert_int_equal(item_at(ROOT)->kind, UF_ITEM_JFFS2);
	assert_int_equal(item_at(ROOT)->health, UF_HEALTH_GOOD);
}

/* What has lost its beginning is not found. */
static void test_jffs2_of_the_image_without_its_beginning(void **state)
{
	(void)state;
	begin();
	image.item[2] = (struct uf_item){.kind = UF_ITEM_JFFS2, .range = {ROOT, 0x400000}};
	image.items = 3;
	come(ROOT, DRIVER, UF_FROM_FLASH);
	merge();
	assert_int_equal(cut.range.len, 0);
	expect_at(ROOT, UF_ITEM_SQUASHFS, UF_HEALTH_GOOD, 0x301234);
}

static void test_environment_and_flag_are_not_cut(void **state)
{
	(void)state;
	begin();
	image.items = 1;
	add(&image, UF_ITEM_ENV, 0x40000, 0x10000);
	strcpy(image.item[1].env.bootcmd, "sf probe");
	add(&image, UF_ITEM_FLAG, FLAG, 0x10000);
	add(&image, UF_ITEM_DATA, CONFIG, 0x40000);
	origin[0x48000 / BLOCK] = UF_FROM_FLASH;
	origin[(FLAG + BLOCK) / BLOCK] = UF_FROM_FLASH;
	origin[(CONFIG + BLOCK) / BLOCK] = UF_FROM_FLASH;
	merge();
	assert_int_equal(cut.range.len, 0);
	expect_at(0x40000, UF_ITEM_ENV, UF_HEALTH_GOOD, 0x10000);
	assert_string_equal(item_at(0x40000)->env.bootcmd, "sf probe");
	/* FWGRADEUP= is read from the first bytes */
	expect_at(FLAG, UF_ITEM_FLAG, UF_HEALTH_GOOD, 0x10000);
}

/* --- what the image does not have whole ------------------------------------------------------- */

static void test_cut_off_by_the_end_of_the_image(void **state)
{
	static const enum uf_origin tails[] = {UF_FROM_FLASH, UF_FROM_NONE};

	(void)state;
	for (unsigned at = 0; at < 2; at++) {
		begin();
		image.items = 3;
		image.item[2].health = UF_HEALTH_CUT_OFF;
		image.size = ROOT + 0x200000;
		come(image.size, END, tails[at]);
		merge();
		assert_int_equal(cut.range.len, 0); /* nobody's --keep did that */
		expect_at(ROOT, UF_ITEM_SQUASHFS, UF_HEALTH_CUT_OFF, 0x311234);
	}
}

/* It reaches behind the end of the flash, too. */
static void test_cut_off_behind_the_flash(void **state)
{
	(void)state;
	begin();
	image.items = 3;
	image.item[2].range.len = END;
	image.item[2].health = UF_HEALTH_CUT_OFF;
	merge();
	expect_all_of(&image);
}

static void test_bad_stays_bad(void **state)
{
	(void)state;
	begin();
	image.item[1].health = UF_HEALTH_BAD;
	merge();
	expect_all_of(&image);
}

/* --- lists and blocks ------------------------------------------------------------------------- */

/* Erase blocks that hold more than one slice. */
static void test_large_blocks(void **state)
{
	(void)state;
	begin();
	memset(origin, UF_FROM_FLASH, sizeof(origin));
	memset(origin + KERNEL / 0x10000, UF_FROM_IMAGE, 0x200000 / 0x10000);
	uf_inspection_merge(&flash, &image, origin, END / 0x10000, 0x10000, &after, &cut);
	assert_int_equal(cut.range.len, 0);
	assert_string_equal(item_at(KERNEL)->uimage.name, "new");
	expect_at(ROOT, UF_ITEM_SQUASHFS, UF_HEALTH_GOOD, 0x301234);
	assert_int_equal(after.boot.soc, UF_SOC_T20);
}

static void test_order(void **state)
{
	(void)state;
	begin();
	flash.items = 0;
	image.items = 0;
	for (unsigned at = 0; at < 40; at++) {
		struct uf_inspection *side = at % 3 ? &flash : &image;

		add(side, UF_ITEM_SQUASHFS, (uint64_t)at * 4 * BLOCK, BLOCK);
		origin[4 * at] = at % 3 ? UF_FROM_FLASH : UF_FROM_IMAGE;
	}
	merge(); /* which checks the order */
	assert_int_equal(after.items, 40);
	for (unsigned at = 0; at < 40; at++)
		assert_int_equal(after.item[at].range.off, (uint64_t)at * 4 * BLOCK);
}

/* Alternate blocks of both sides, each full of items. */
static void begin_full(enum uf_item_kind of_image)
{
	begin();
	flash.items = 0;
	image.items = 0;
	memset(origin, UF_FROM_FLASH, sizeof(origin));
	for (unsigned at = 0; at < UF_ITEMS_MAX; at++) {
		uint64_t off = KERNEL + (uint64_t)at * 4 * BLOCK;

		add(&image, of_image, off, BLOCK);
		origin[off / BLOCK] = UF_FROM_IMAGE;
		add(&flash, UF_ITEM_SQUASHFS, off + 2ULL * BLOCK, BLOCK);
	}
}

static void test_more_than_fits(void **state)
{
	(void)state;
	begin_full(UF_ITEM_SQUASHFS);
	merge();
	assert_int_equal(after.items, UF_ITEMS_MAX);
	assert_int_equal(cut.range.len, 0);
}

/* What only fills the space takes no place from what checks look for: here the flag, behind which a
 * stock boot loader would go on to overwrite the kernel. */
static void test_filling_takes_no_place(void **state)
{
	(void)state;
	begin_full(UF_ITEM_DATA);
	flash.items = 0;
	add(&flash, UF_ITEM_FLAG, FLAG, BLOCK);
	merge();
	assert_non_null(uf_inspection_find(&after, UF_ITEM_FLAG));
}

/* A cut is told of even where the list has no place for it. */
static void test_cut_behind_more_than_fits(void **state)
{
	(void)state;
	begin_full(UF_ITEM_SQUASHFS);
	image.item[UF_ITEMS_MAX - 1].range.len = 2ULL * BLOCK;
	merge();
	assert_int_equal(cut.range.len, 2 * BLOCK);
}

static void test_nothing_at_all(void **state)
{
	(void)state;
	memset(&flash, 0, sizeof(flash));
	memset(&image, 0, sizeof(image));
	uf_inspection_merge(&flash, &image, origin, 0, BLOCK, &after, &cut);
	assert_int_equal(after.items, 0);
	assert_int_equal(after.size, 0);
	assert_false(after.boot.present);
	assert_int_equal(cut.range.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_of_the_image),
		cmocka_unit_test(test_all_stays),
		cmocka_unit_test(test_all_the_same),
		cmocka_unit_test(test_all_becomes_blank),
		cmocka_unit_test(test_partitions_of_both),
		cmocka_unit_test(test_boot_kept),
		cmocka_unit_test(test_boot_becomes_blank),
		cmocka_unit_test(test_tail_becomes_blank),
		cmocka_unit_test(test_same_blocks_are_of_either),
		cmocka_unit_test(test_same_blocks_between_parts),
		cmocka_unit_test(test_truncated_image_of_what_is_there),
		cmocka_unit_test(test_boot_kept_with_the_same_first_block),
		cmocka_unit_test(test_boot_written_with_the_same_first_block),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_no_cut_right_behind),
		cmocka_unit_test(test_no_cut_at_a_block_boundary),
		cmocka_unit_test(test_large_boot_loader_over_a_small_partition),
		cmocka_unit_test(test_large_boot_loader_kept_in_part),
		cmocka_unit_test(test_large_boot_loader_kept_and_blanked),
		cmocka_unit_test(test_rest_of_what_is_written_over),
		cmocka_unit_test(test_first_cut),
		cmocka_unit_test(test_jffs2_of_the_image_can_lose_its_end),
		cmocka_unit_test(test_jffs2_of_the_flash_can_lose_its_end),
		cmocka_unit_test(test_jffs2_of_the_image_without_its_beginning),
		cmocka_unit_test(test_environment_and_flag_are_not_cut),
		cmocka_unit_test(test_cut_off_by_the_end_of_the_image),
		cmocka_unit_test(test_cut_off_behind_the_flash),
		cmocka_unit_test(test_bad_stays_bad),
		cmocka_unit_test(test_large_blocks),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_more_than_fits),
		cmocka_unit_test(test_filling_takes_no_place),
		cmocka_unit_test(test_cut_behind_more_than_fits),
		cmocka_unit_test(test_nothing_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
