/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/image/inspect.h"

#include <stdlib.h>
#include <string.h>

/* What uf_inspection_merge works with. */
struct merge {
	const uint8_t *origin;
	uint32_t blocks;
	uint32_t erase_size;
	struct uf_inspection *after;
	struct uf_item *cut;
};

/* How much of an item comes from one side. What is the same on both is of either. */
enum share {
	SHARE_NONE,
	SHARE_PART,
	SHARE_ALL,
};

static enum share share_of(const struct merge *merge, struct uf_range range, enum uf_origin side)
{
	uint64_t first = range.off / merge->erase_size;
	uint64_t end = (uf_range_end(range) + merge->erase_size - 1) / merge->erase_size;
	bool some = false, others = false;

	for (uint64_t block = first; block < end && block < merge->blocks; block++) {
		uint8_t origin = merge->origin[block];

		some |= origin == side;
		others |= origin != side && origin != UF_FROM_BOTH;
	}
	if (!others)
		return SHARE_ALL;
	return some ? SHARE_PART : SHARE_NONE;
}

/* A file system that is written to, an environment or a flag can lose a part and be what it is. */
static bool needed_whole(const struct uf_item *item)
{
	return item->kind == UF_ITEM_BOOT || item->kind == UF_ITEM_UIMAGE ||
	       item->kind == UF_ITEM_SQUASHFS;
}

static bool known_already(const struct merge *merge, const struct uf_item *item)
{
	for (unsigned at = 0; at < merge->after->items; at++)
		if (merge->after->item[at].kind == item->kind &&
		    merge->after->item[at].range.off == item->range.off)
			return true;
	return false;
}

static bool is_filling(enum uf_item_kind kind)
{
	return kind == UF_ITEM_BLANK || kind == UF_ITEM_DATA;
}

/* A place in the list: a new one, or that of something that only fills space. */
static struct uf_item *find_place(const struct merge *merge, const struct uf_item *item)
{
	struct uf_inspection *after = merge->after;

	if (after->items < UF_ITEMS_MAX)
		return &after->item[after->items++];
	for (unsigned at = 0; !is_filling(item->kind) && at < after->items; at++)
		if (is_filling(after->item[at].kind))
			return &after->item[at];
	return NULL;
}

static struct uf_item *take(const struct merge *merge, const struct uf_item *item)
{
	struct uf_item *place = known_already(merge, item) ? NULL : find_place(merge, item);

	if (place)
		*place = *item;
	return place;
}

/* Whether the first byte of an item comes from this side. */
static bool begins_here(const struct merge *merge, const struct uf_item *item, enum uf_origin side)
{
	struct uf_range first = {item->range.off, 1};

	return share_of(merge, first, side) == SHARE_ALL;
}

static void take_cut(const struct merge *merge, const struct uf_item *item, enum uf_origin side)
{
	struct uf_item *taken;

	/* The rest of what is written over is what is meant to go, but for the boot loader: no
	 * image begins behind its beginning. */
	if (side == UF_FROM_FLASH && item->kind != UF_ITEM_BOOT && item->kind != UF_ITEM_JFFS2)
		return;
	/* What the image itself does not have whole is not cut by what is kept. */
	if (needed_whole(item) && item->health != UF_HEALTH_CUT_OFF &&
	    (!merge->cut->range.len || item->range.off < merge->cut->range.off))
		*merge->cut = *item;
	if (!begins_here(merge, item, side))
		return;
	taken = take(merge, item);
	if (taken && needed_whole(item) && item->health != UF_HEALTH_CUT_OFF)
		taken->health = UF_HEALTH_BAD;
}

static void take_side(const struct merge *merge, const struct uf_inspection *found,
		      enum uf_origin side)
{
	for (unsigned at = 0; at < found->items; at++) {
		const struct uf_item *item = &found->item[at];
		enum share share = share_of(merge, item->range, side);

		if (share == SHARE_ALL)
			take(merge, item);
		else if (share == SHARE_PART)
			take_cut(merge, item, side);
	}
}

static int by_offset(const void *a, const void *b)
{
	const struct uf_item *left = a, *right = b;

	return left->range.off < right->range.off ? -1 : left->range.off > right->range.off;
}

/* Whose boot loader it is: the first block can be the same in both. */
static const struct uf_inspection *boot_of(const struct merge *merge,
					   const struct uf_inspection *flash,
					   const struct uf_inspection *image)
{
	struct uf_range first = {0, 1};
	struct uf_range extent = {0, flash->boot_extent};

	if (extent.len < image->boot_extent)
		extent.len = image->boot_extent;
	if (extent.len && share_of(merge, extent, UF_FROM_FLASH) == SHARE_ALL)
		return flash;
	if (share_of(merge, first, UF_FROM_IMAGE) == SHARE_ALL)
		return image;
	return share_of(merge, first, UF_FROM_FLASH) == SHARE_ALL ? flash : NULL;
}

static void take_boot(const struct merge *merge, const struct uf_inspection *flash,
		      const struct uf_inspection *image)
{
	const struct uf_inspection *from = merge->blocks ? boot_of(merge, flash, image) : NULL;

	if (!from)
		return;
	merge->after->boot = from->boot;
	merge->after->boot_extent = from->boot_extent;
}

void uf_inspection_merge(const struct uf_inspection *flash, const struct uf_inspection *image,
			 const uint8_t *origin, uint32_t blocks, uint32_t erase_size,
			 struct uf_inspection *after, struct uf_item *cut)
{
	struct merge merge = {origin, blocks, erase_size, after, cut};

	memset(after, 0, sizeof(*after));
	memset(cut, 0, sizeof(*cut));
	after->size = flash->size;
	take_boot(&merge, flash, image);
	take_side(&merge, image, UF_FROM_IMAGE);
	take_side(&merge, flash, UF_FROM_FLASH);
	qsort(after->item, after->items, sizeof(after->item[0]), by_offset);
}
