/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where boot loaders look for a kernel, and kernels for their root file system. */
#include "uniflash/check/content.h"
#include "uniflash/layout/detect.h"

/* Where nothing says where the kernel is: stock boot loaders read it right behind themselves,
 * thingino's and OpenIPC's probe for it on 64 KiB behind an environment and a configuration
 * (camera-facts 1.3 and 4). */
#define KERNEL_STOCK 0x40000
#define KERNEL_LAST  0xa0000
#define KERNEL_STEP  0x10000

/* Where nothing says where the root file system is: the next one behind the kernel, whose partition
 * is at most so much larger than the kernel. */
#define ROOTFS_BEHIND 0x200000

static const struct uf_partition *part_of_role(const struct uf_table *table, enum uf_role role)
{
	for (unsigned at = 0; at < table->count; at++)
		if (uf_role_of(&table->part[at]) == role)
			return &table->part[at];
	return NULL;
}

/* Where the boot loader's own table, or its kind, puts the kernel. Only what is there will start.
 */
static bool is_kernel_place(const struct uf_inspection *found, const struct uf_partition *kernel,
			    uint64_t off)
{
	if (kernel)
		return off == kernel->range.off;
	if (off == KERNEL_STOCK)
		return !found->boot.packed;
	return !found->boot.upgrades && off > KERNEL_STOCK && off <= KERNEL_LAST &&
	       off % KERNEL_STEP == 0;
}

const struct uf_item *uf_find_kernel(const struct uf_inspection *found)
{
	const struct uf_partition *kernel = NULL;
	struct uf_layout layout;

	if (uf_layout_carried(found, found->size, &layout))
		kernel = part_of_role(&layout.table, UF_ROLE_KERNEL);
	for (unsigned at = 0; at < found->items; at++) {
		const struct uf_item *item = &found->item[at];

		if (item->kind == UF_ITEM_UIMAGE && item->uimage.type == UF_UIMAGE_KERNEL &&
		    is_kernel_place(found, kernel, item->range.off))
			return item;
	}
	return NULL;
}

static bool is_rootfs(const struct uf_item *item)
{
	return item->kind == UF_ITEM_SQUASHFS || item->kind == UF_ITEM_JFFS2;
}

static const struct uf_item *rootfs_at(const struct uf_inspection *found, uint64_t off)
{
	for (unsigned at = 0; at < found->items; at++)
		if (is_rootfs(&found->item[at]) && found->item[at].range.off == off)
			return &found->item[at];
	return NULL;
}

static const struct uf_item *rootfs_behind(const struct uf_inspection *found,
					   const struct uf_item *kernel)
{
	uint64_t end = uf_range_end(kernel->range);

	for (unsigned at = 0; at < found->items; at++) {
		const struct uf_item *item = &found->item[at];

		if (is_rootfs(item) && item->range.off >= end)
			return item->range.off < end + ROOTFS_BEHIND ? item : NULL;
	}
	return NULL;
}

const struct uf_item *uf_find_rootfs(const struct uf_inspection *found)
{
	const struct uf_item *kernel = uf_find_kernel(found);
	const struct uf_partition *rootfs = NULL;
	struct uf_layout layout;

	if (!kernel)
		return NULL;
	if (uf_layout_carried(found, found->size, &layout))
		rootfs = part_of_role(&layout.table, UF_ROLE_ROOTFS);
	return rootfs ? rootfs_at(found, rootfs->range.off) : rootfs_behind(found, kernel);
}
