/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/layout/detect.h"

#include "uniflash/flash/mtdparts.h"

#include <stdio.h>
#include <string.h>

/* What kernels and boot loaders call them (camera-facts 1). */
static const struct {
	const char *name;
	enum uf_role role;
} usual_names[] = {
	{"boot", UF_ROLE_BOOT},     {"u-boot", UF_ROLE_BOOT}, {"uboot", UF_ROLE_BOOT},
	{"kernel", UF_ROLE_KERNEL}, {"root", UF_ROLE_ROOTFS}, {"rootfs", UF_ROLE_ROOTFS},
	{"env", UF_ROLE_ENV},
};

enum uf_role uf_role_of(const struct uf_partition *part)
{
	if (part->role != UF_ROLE_UNKNOWN)
		return part->role;
	for (size_t at = 0; at < sizeof(usual_names) / sizeof(usual_names[0]); at++)
		if (strcmp(part->name, usual_names[at].name) == 0)
			return usual_names[at].role;
	return UF_ROLE_UNKNOWN;
}

static const struct uf_item *item_at(const struct uf_inspection *found, uint64_t off)
{
	for (unsigned at = 0; at < found->items; at++)
		if (found->item[at].range.off == off)
			return &found->item[at];
	return NULL;
}

static bool is_kernel(const struct uf_item *item)
{
	return item && item->kind == UF_ITEM_UIMAGE && item->uimage.type == UF_UIMAGE_KERNEL;
}

static bool is_rootfs(const struct uf_item *item, enum uf_content content)
{
	if (!item)
		return false;
	return (item->kind == UF_ITEM_SQUASHFS && content != UF_CONTENT_JFFS2) ||
	       (item->kind == UF_ITEM_JFFS2 && content != UF_CONTENT_SQUASHFS);
}

bool uf_layout_fits(const struct uf_table *table, const struct uf_inspection *found)
{
	bool kernel = false, rootfs = false;

	if (!table->count || !found->boot.present ||
	    found->boot_extent > uf_range_end(table->part[0].range))
		return false;
	for (unsigned at = 0; at < table->count; at++) {
		const struct uf_partition *part = &table->part[at];
		const struct uf_item *item = item_at(found, part->range.off);

		switch (uf_role_of(part)) {
		case UF_ROLE_KERNEL:
			kernel = is_kernel(item);
			break;
		case UF_ROLE_ROOTFS:
			rootfs = is_rootfs(item, part->content);
			break;
		default:
			break;
		}
	}
	return kernel && rootfs;
}

/* "mtdparts=..." as a text of its own, cut off where the next argument begins. */
static bool take_mtdparts(const char *text, uint64_t size, struct uf_layout *layout)
{
	char spec[640];
	struct uf_error ignored;

	snprintf(spec, sizeof(spec), "mtdparts=%.*s", (int)strcspn(text, " "), text);
	/* Its names will be printed. */
	for (const char *at = spec; *at; at++)
		if (*at < ' ' || *at >= 0x7f)
			return false;
	return uf_layout_resolve(spec, size, layout, &ignored) == UF_OK &&
	       uf_table_check_tiles(&layout->table, size, &ignored) == UF_OK;
}

/* The text of the table that contents carry, "jz_sfc:256k(boot),...", NULL where there is none. */
static const char *carried_text(const struct uf_inspection *found, unsigned source)
{
	static const char key[] = "mtdparts=";
	const struct uf_item *env = uf_inspection_find(found, UF_ITEM_ENV);
	const char *text;

	switch (source) {
	case 0:
		/* U-Boot's variable of that name holds the whole argument. */
		text = env ? env->env.mtdparts : "";
		if (strncmp(text, key, strlen(key)) == 0)
			text += strlen(key);
		return text[0] ? text : NULL;
	case 1:
		return env ? uf_mtdparts_in_cmdline(env->env.bootargs) : NULL;
	default:
		return uf_mtdparts_in_cmdline(found->boot.bootargs);
	}
}

#define CARRIED_SOURCES 3

bool uf_layout_carried(const struct uf_inspection *found, uint64_t size, struct uf_layout *layout)
{
	struct uf_layout known;

	for (unsigned source = 0; source < CARRIED_SOURCES; source++) {
		const char *text = carried_text(found, source);

		if (!text || !take_mtdparts(text, size, layout))
			continue;
		if (uf_layout_recognise(&layout->table, &known))
			*layout = known;
		return true;
	}
	return false;
}

/* An entry that shows others again begins before one that lies behind it ends. */
static bool shows_again(const struct uf_table *table, unsigned index)
{
	struct uf_range range = table->part[index].range;

	for (unsigned at = 0; at < table->count; at++)
		if (at != index && table->part[at].range.len &&
		    table->part[at].range.len < range.len &&
		    uf_range_overlap(range, table->part[at].range))
			return true;
	return false;
}

bool uf_layout_ends_within(const struct uf_inspection *found, uint64_t end, bool *known)
{
	struct uf_layout layout;
	const char *text = NULL;
	char spec[640];

	for (unsigned source = 0; !text && source < CARRIED_SOURCES; source++)
		text = carried_text(found, source);
	*known = text != NULL;
	if (!text)
		return false;
	snprintf(spec, sizeof(spec), "mtdparts=%.*s", (int)strcspn(text, " "), text);
	*known = uf_layout_resolve(spec, 0, &layout, NULL) == UF_OK;
	for (unsigned at = 0; *known && at < layout.table.count; at++)
		if (uf_range_end(layout.table.part[at].range) > end &&
		    !shows_again(&layout.table, at))
			return false;
	return *known;
}

unsigned uf_layout_candidates(const struct uf_inspection *found, uint64_t size,
			      struct uf_layout *layout, char *names, size_t names_size)
{
	unsigned count = 0;
	size_t len = 0;

	names[0] = '\0';
	for (unsigned at = 0; at < uf_layout_count(); at++) {
		struct uf_layout known;

		if (uf_layout_by_name(uf_layout_name(at), &known, NULL) != UF_OK ||
		    uf_table_end(&known.table) != size || !uf_layout_fits(&known.table, found))
			continue;
		*layout = known;
		if (len < names_size)
			len += (size_t)snprintf(names + len, names_size - len, "%s%s",
						count ? ", " : "", known.name);
		count++;
	}
	return count;
}

static bool same_ranges(const struct uf_table *a, const struct uf_table *b)
{
	if (a->count != b->count)
		return false;
	for (unsigned at = 0; at < a->count; at++)
		if (a->part[at].range.off != b->part[at].range.off ||
		    a->part[at].range.len != b->part[at].range.len)
			return false;
	return true;
}

bool uf_layout_same(const struct uf_inspection *found, const struct uf_table *table)
{
	struct uf_layout carried;

	if (uf_layout_carried(found, uf_table_end(table), &carried))
		return same_ranges(&carried.table, table);
	return uf_layout_fits(table, found);
}

bool uf_layout_repeats(const struct uf_table *table, uint64_t size)
{
	unsigned half = table->count / 2;

	if (!half || table->count % 2 || table->part[half].range.off != size / 2)
		return false;
	for (unsigned at = 0; at < half; at++)
		if (table->part[at].range.off + size / 2 != table->part[half + at].range.off ||
		    table->part[at].range.len != table->part[half + at].range.len)
			return false;
	return true;
}
