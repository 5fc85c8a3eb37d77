/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where boot loaders look for a kernel, and kernels for their root file system. */
#include "uniflash/check/content.h"
#include "uniflash/layout/detect.h"

/* Behind the boot loader and, in thingino and OpenIPC, an environment and a configuration
 * (camera-facts 1.3 and 4): 0x40000 is stock, the others lie on 64 KiB behind it. */
#define KERNEL_FIRST 0x40000
#define KERNEL_LAST  0xa0000
#define KERNEL_STEP  0x10000

static bool has_role(const struct uf_table *table, uint64_t off, enum uf_role role)
{
	for (unsigned at = 0; at < table->count; at++)
		if (table->part[at].range.off == off && uf_role_of(&table->part[at]) == role)
			return true;
	return false;
}

static bool table_of(const struct uf_inspection *found, struct uf_layout *layout)
{
	return uf_layout_carried(found, found->size, layout);
}

static bool is_kernel_place(const struct uf_inspection *found, uint64_t off)
{
	struct uf_layout layout;

	if (off >= KERNEL_FIRST && off <= KERNEL_LAST && off % KERNEL_STEP == 0)
		return true;
	return table_of(found, &layout) && has_role(&layout.table, off, UF_ROLE_KERNEL);
}

const struct uf_item *uf_find_kernel(const struct uf_inspection *found)
{
	for (unsigned at = 0; at < found->items; at++) {
		const struct uf_item *item = &found->item[at];

		if (item->kind == UF_ITEM_UIMAGE && item->uimage.type == UF_UIMAGE_KERNEL &&
		    is_kernel_place(found, item->range.off))
			return item;
	}
	return NULL;
}

/* A known layout with the kernel there has its root file system here. */
static bool known_rootfs_place(uint64_t kernel, uint64_t off)
{
	for (unsigned at = 0; at < uf_layout_count(); at++) {
		struct uf_layout known;

		if (uf_layout_by_name(uf_layout_name(at), &known, NULL) == UF_OK &&
		    has_role(&known.table, kernel, UF_ROLE_KERNEL) &&
		    has_role(&known.table, off, UF_ROLE_ROOTFS))
			return true;
	}
	return false;
}

/* thingino packs it right behind the kernel, whose partition is cut to fit. */
static bool right_behind(const struct uf_item *kernel, uint64_t off)
{
	uint64_t end = uf_range_end(kernel->range);

	return off >= end && off < end + 2 * (uint64_t)KERNEL_STEP;
}

static bool is_rootfs_place(const struct uf_inspection *found, const struct uf_item *kernel,
			    uint64_t off)
{
	struct uf_layout layout;

	if (right_behind(kernel, off) || known_rootfs_place(kernel->range.off, off))
		return true;
	return table_of(found, &layout) && has_role(&layout.table, off, UF_ROLE_ROOTFS);
}

const struct uf_item *uf_find_rootfs(const struct uf_inspection *found)
{
	const struct uf_item *kernel = uf_find_kernel(found);

	for (unsigned at = 0; kernel && at < found->items; at++) {
		const struct uf_item *item = &found->item[at];

		if ((item->kind == UF_ITEM_SQUASHFS || item->kind == UF_ITEM_JFFS2) &&
		    is_rootfs_place(found, kernel, item->range.off))
			return item;
	}
	return NULL;
}
