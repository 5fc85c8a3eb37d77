/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What would be found after a run, of what is found on the flash and in the image.
 *
 * Input: the erase size's place in a list, blocks, the length of the list of origins, that list
 * (it repeats); items of the flash, then behind a 0xff those of the image: kind and health, blank
 * space in front and length (2 bytes each, of 4 KiB).
 */
#include "fuzz.h"
#include "uniflash/image/inspect.h"

#define BLOCKS_MAX 64
#define UNIT       4096
#define END        0xff /* of a list of items */
#define CUT_OFF    0x40 /* the last item reaches behind the end by more than any flash has */

struct run {
	uint32_t erase_size;
	uint32_t blocks;
	uint8_t *origin;
};

/* In order, without overlap; only the last can reach behind the end. */
static void take_items(struct fuzz_input *input, uint64_t size, struct uf_inspection *found)
{
	uint64_t at = 0;

	memset(found, 0, sizeof(*found));
	found->size = size;
	while (input->left && at < size && found->items < UF_ITEMS_MAX) {
		struct uf_item *item = &found->item[found->items];
		unsigned kind = (unsigned)fuzz_take(input, 1);

		if (kind == END)
			return;
		item->kind = (enum uf_item_kind)(kind % UF_ITEM_KINDS);
		at += fuzz_take(input, 2) % BLOCKS_MAX * UNIT;
		item->range = (struct uf_range){at, (fuzz_take(input, 2) + 1) * UNIT};
		if (at >= size)
			return;
		if (kind & CUT_OFF)
			item->range.len = INT64_MAX;
		item->health =
			uf_range_end(item->range) > size ? UF_HEALTH_CUT_OFF : UF_HEALTH_GOOD;
		at = uf_range_end(item->range);
		found->items++;
	}
}

static bool comes_from(const struct run *run, struct uf_range range, enum uf_origin side)
{
	uint64_t size = (uint64_t)run->blocks * run->erase_size;
	uint64_t end = uf_min(uf_range_end(range), size);

	for (uint64_t at = range.off; at < end; at = (at / run->erase_size + 1) * run->erase_size) {
		enum uf_origin origin = (enum uf_origin)run->origin[at / run->erase_size];

		if (origin != side && origin != UF_FROM_BOTH)
			return false;
	}
	return true;
}

static bool has(const struct uf_inspection *found, const struct uf_item *item)
{
	for (unsigned at = 0; at < found->items; at++)
		if (found->item[at].kind == item->kind &&
		    found->item[at].range.off == item->range.off &&
		    found->item[at].range.len == item->range.len)
			return true;
	return false;
}

static bool needed_whole(const struct uf_item *item)
{
	return item->kind == UF_ITEM_BOOT || item->kind == UF_ITEM_UIMAGE ||
	       item->kind == UF_ITEM_SQUASHFS;
}

/* Nothing is made up, and what is good comes from one side from its beginning to its end. */
static void check_item(const struct run *run, const struct uf_item *item,
		       const struct uf_inspection *flash, const struct uf_inspection *image)
{
	bool of_flash = has(flash, item), of_image = has(image, item);

	CHECK(of_flash || of_image);
	if (needed_whole(item) && item->health == UF_HEALTH_GOOD)
		CHECK((of_flash && comes_from(run, item->range, UF_FROM_FLASH)) ||
		      (of_image && comes_from(run, item->range, UF_FROM_IMAGE)));
}

/* Where both sides have a block its items are the same; these here are not: nothing follows then.
 */
static bool all_from(const struct run *run, enum uf_origin side)
{
	for (uint32_t at = 0; at < run->blocks; at++)
		if (run->origin[at] != side)
			return false;
	return true;
}

/* Where all comes from one side, that side's items remain. */
static void check_all(const struct run *run, const struct uf_inspection *after,
		      const struct uf_inspection *found)
{
	uint64_t size = (uint64_t)run->blocks * run->erase_size;

	for (unsigned at = 0; at < found->items; at++)
		CHECK(found->item[at].range.off >= size || has(after, &found->item[at]));
}

static void check_after(const struct run *run, const struct uf_inspection *after,
			const struct uf_item *cut, const struct uf_inspection *flash,
			const struct uf_inspection *image)
{
	bool all_flash = all_from(run, UF_FROM_FLASH);
	bool all_image = all_from(run, UF_FROM_IMAGE);

	CHECK(after->items <= UF_ITEMS_MAX && after->size == flash->size);
	for (unsigned at = 0; at < after->items; at++) {
		check_item(run, &after->item[at], flash, image);
		CHECK(!at || after->item[at].range.off >= after->item[at - 1].range.off);
	}
	CHECK(!cut->range.len || (needed_whole(cut) && (has(flash, cut) || has(image, cut))));
	CHECK(!cut->range.len || !(all_flash || all_image));
	if (all_flash)
		check_all(run, after, flash);
	if (all_image)
		check_all(run, after, image);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint32_t erase_sizes[] = {0x1000, 0x8000, 0x10000, 0x40000};
	static struct uf_inspection flash, image, after;
	struct fuzz_input input = {data, size};
	struct run run = {.erase_size = erase_sizes[fuzz_take(&input, 1) % 4]};
	size_t origins;
	struct uf_item cut;

	run.blocks = (uint32_t)fuzz_take(&input, 1) % BLOCKS_MAX + 1;
	origins = (size_t)uf_min(fuzz_take(&input, 1) % BLOCKS_MAX, input.left);
	run.origin = fuzz_alloc(run.blocks);
	for (uint32_t at = 0; at < run.blocks; at++)
		run.origin[at] = origins ? input.at[at % origins] % (UF_FROM_NONE + 1) : 0;
	input.at += origins;
	input.left -= origins;
	take_items(&input, (uint64_t)run.blocks * run.erase_size, &flash);
	take_items(&input, (uint64_t)run.blocks * run.erase_size, &image);
	uf_inspection_merge(&flash, &image, run.origin, run.blocks, run.erase_size, &after, &cut);
	check_after(&run, &after, &cut, &flash, &image);
	free(run.origin);
	return 0;
}
