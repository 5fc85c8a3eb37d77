/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/image/inspect.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* Where the first partition behind a boot loader of the usual size begins, and where behind that
 * of newer thingino (camera-facts 1.3, D to F). */
#define BOOT_USUAL 0x40000
#define BOOT_LARGE 0x50000

/* An environment: its checksum, then the first name. */
#define ENV_NAME_AT  4
#define ENV_NAME_MAX 40

/* Places of the list that are left to what has a name when much else fills it. */
#define ITEMS_RESERVED 32

/* Erase blocks of an empty JFFS2 are blank behind the marker that they begin with. */
#define JFFS2_HOLE_MAX ((uint64_t)3 * UF_SLICE)

/* One for each file of a run at most. */
#define BREAKS_MAX 64

struct uf_inspector {
	uint64_t pos;      /* bytes fed */
	uint64_t looked;   /* bytes classified */
	uint64_t span_end; /* of the structure that reaches into what comes next; 0: none */
	uLong crc;         /* of the uImage that does */
	unsigned breaks;
	uint64_t break_at[BREAKS_MAX]; /* in order */
	struct uf_inspection found;
	size_t held; /* bytes of slice */
	uint8_t slice[UF_SLICE];
	uint8_t head[UF_INSPECT_HEAD];
};

int uf_inspector_new(struct uf_inspector **inspector, struct uf_error *err)
{
	*inspector = calloc(1, sizeof(**inspector));
	if (!*inspector)
		return uf_fail(err, UF_ERR_MEMORY, "no memory to look into the image");
	return UF_OK;
}

void uf_inspector_free(struct uf_inspector *inspector)
{
	free(inspector);
}

static struct uf_item *last_item(struct uf_inspector *inspector)
{
	struct uf_inspection *found = &inspector->found;

	return found->items ? &found->item[found->items - 1] : NULL;
}

static struct uf_item *add_item(struct uf_inspector *inspector, enum uf_item_kind kind,
				uint64_t off, uint64_t len)
{
	struct uf_inspection *found = &inspector->found;
	struct uf_item *item;

	if (found->items == UF_ITEMS_MAX)
		return NULL;
	item = &found->item[found->items++];
	memset(item, 0, sizeof(*item));
	item->kind = kind;
	item->range.off = off;
	item->range.len = len;
	return item;
}

static bool is_filling(enum uf_item_kind kind)
{
	return kind == UF_ITEM_BLANK || kind == UF_ITEM_DATA || kind == UF_ITEM_JFFS2;
}

/* The JFFS2 that a small blank space at the list's end lies behind, or NULL. */
static struct uf_item *jffs2_before_hole(struct uf_inspection *found)
{
	struct uf_item *hole = &found->item[found->items - 1];

	if (found->items < 2 || hole->kind != UF_ITEM_BLANK || hole->range.len > JFFS2_HOLE_MAX ||
	    hole[-1].kind != UF_ITEM_JFFS2 || uf_range_end(hole[-1].range) != hole->range.off)
		return NULL;
	return hole - 1;
}

/* Slices of these kinds that follow each other are one item; where the list is nearly full, what
 * fills the space between structures is not told apart any more. */
static void extend_or_add(struct uf_inspector *inspector, enum uf_item_kind kind, uint64_t off,
			  uint64_t len)
{
	struct uf_inspection *found = &inspector->found;
	struct uf_item *last = last_item(inspector);
	bool adjacent = last && uf_range_end(last->range) == off;
	struct uf_item *before =
		adjacent && kind == UF_ITEM_JFFS2 ? jffs2_before_hole(found) : NULL;

	if (before) {
		before->range.len = off + len - before->range.off;
		found->items--;
	} else if (adjacent && last->kind == kind) {
		last->range.len += len;
	} else if (found->items < UF_ITEMS_MAX - ITEMS_RESERVED) {
		add_item(inspector, kind, off, len);
	} else if (last && is_filling(last->kind)) {
		last->kind = UF_ITEM_DATA;
		last->range.len = off + len - last->range.off;
	}
}

static void begin_span(struct uf_inspector *inspector, uint64_t end)
{
	inspector->span_end = end;
	inspector->crc = crc32(0, NULL, 0);
}

/* Whether what begins at `from` was cut off before `to`. */
static bool is_broken(const struct uf_inspector *inspector, uint64_t from, uint64_t to)
{
	for (unsigned at = 0; at < inspector->breaks; at++)
		if (inspector->break_at[at] > from && inspector->break_at[at] < to)
			return true;
	return false;
}

/* The data of a uImage goes through its CRC as it comes by; its header does not. */
static void continue_span(struct uf_inspector *inspector, uint64_t off, const uint8_t *bytes,
			  size_t len)
{
	struct uf_item *item = last_item(inspector);
	uint64_t from = off;
	uint64_t to = uf_min(off + len, inspector->span_end);

	if (is_broken(inspector, item->range.off, to)) {
		item->health = UF_HEALTH_CUT_OFF;
		inspector->span_end = 0;
		return;
	}

	if (item->kind == UF_ITEM_UIMAGE) {
		if (from == item->range.off)
			from += UF_UIMAGE_HEADER;
		inspector->crc = crc32(inspector->crc, bytes + (from - off), (uInt)(to - from));
		if (to == inspector->span_end && inspector->crc == item->uimage.data_crc)
			item->health = UF_HEALTH_GOOD;
	}
	if (to == inspector->span_end) {
		if (item->kind == UF_ITEM_SQUASHFS)
			item->health = UF_HEALTH_GOOD;
		else if (item->health == UF_HEALTH_CUT_OFF)
			item->health = UF_HEALTH_BAD;
		inspector->span_end = 0;
	}
}

static bool begin_uimage(struct uf_inspector *inspector, uint64_t off, const uint8_t *bytes,
			 size_t len)
{
	struct uf_uimage uimage;
	struct uf_item *item;

	if (len < UF_UIMAGE_HEADER || !uf_uimage_parse(bytes, &uimage))
		return false;
	item = add_item(inspector, UF_ITEM_UIMAGE, off, UF_UIMAGE_HEADER);
	if (!item)
		return false;
	item->uimage = uimage;
	item->health = UF_HEALTH_BAD;
	if (!uimage.header_good || !uimage.size)
		return true;
	item->range.len += uimage.size;
	item->health = UF_HEALTH_CUT_OFF; /* until its end has come by */
	begin_span(inspector, uf_range_end(item->range));
	continue_span(inspector, off, bytes, len);
	return true;
}

static bool begin_squashfs(struct uf_inspector *inspector, uint64_t off, const uint8_t *bytes,
			   size_t len)
{
	struct uf_squashfs squashfs;
	struct uf_item *item;

	if (len < UF_SQUASHFS_HEADER || !uf_squashfs_parse(bytes, &squashfs))
		return false;
	item = add_item(inspector, UF_ITEM_SQUASHFS, off, squashfs.bytes_used);
	if (!item)
		return false;
	item->squashfs = squashfs;
	item->health = UF_HEALTH_CUT_OFF;
	begin_span(inspector, uf_range_end(item->range));
	continue_span(inspector, off, bytes, len);
	return true;
}

/* A JFFS2 slice need not begin with a node where erase blocks are larger than a slice. */
static bool is_jffs2(struct uf_inspector *inspector, uint64_t off, const uint8_t *bytes, size_t len)
{
	struct uf_item *last = last_item(inspector);

	if (len >= UF_JFFS2_HEADER && uf_jffs2_node(bytes))
		return true;
	return last && last->kind == UF_ITEM_JFFS2 && uf_range_end(last->range) == off;
}

static void classify(struct uf_inspector *inspector, uint64_t off, const uint8_t *bytes, size_t len)
{
	if (inspector->span_end) {
		continue_span(inspector, off, bytes, len);
		return;
	}
	if (begin_uimage(inspector, off, bytes, len) || begin_squashfs(inspector, off, bytes, len))
		return;
	if (uf_upgrade_flag(bytes, len))
		add_item(inspector, UF_ITEM_FLAG, off, len);
	else if (uf_is_blank(bytes, len))
		extend_or_add(inspector, UF_ITEM_BLANK, off, len);
	else if (is_jffs2(inspector, off, bytes, len))
		extend_or_add(inspector, UF_ITEM_JFFS2, off, len);
	else
		extend_or_add(inspector, UF_ITEM_DATA, off, len);
}

/* --- the head: boot loader and environment ---------------------------------------------------- */

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* U-Boot proper as a uImage inside the boot loader can reach behind the usual size. */
static uint64_t inner_end(const uint8_t *head, size_t len)
{
	static const uint32_t places[] = {0x6800, 0x8000, 0x10000, 0x14000, 0x18000};
	uint64_t end = 0;

	for (size_t at = 0; at < sizeof(places) / sizeof(places[0]); at++) {
		struct uf_uimage uimage;

		if (places[at] + UF_UIMAGE_HEADER <= len &&
		    uf_uimage_parse(head + places[at], &uimage) && uimage.header_good)
			end = larger(end, places[at] + UF_UIMAGE_HEADER + (uint64_t)uimage.size);
	}
	return end;
}

static size_t env_size(const uint8_t *head, size_t len, uint64_t off)
{
	static const size_t sizes[] = {0x8000, 0x10000, 0x4000};

	for (size_t at = 0; at < sizeof(sizes) / sizeof(sizes[0]); at++)
		if (off + sizes[at] <= len && uf_env_good(head + off, sizes[at]))
			return sizes[at];
	return 0;
}

/* An environment whose checksum does not hold still begins with a name and a value. */
static bool looks_like_env(const uint8_t *at)
{
	const uint8_t *name = at + ENV_NAME_AT;
	size_t len = 0;

	while (len < ENV_NAME_MAX && ((name[len] >= 'a' && name[len] <= 'z') || name[len] == '_' ||
				      (name[len] >= '0' && name[len] <= '9')))
		len++;
	return len > 1 && name[len] == '=';
}

/* Whether something begins at off that is not more of the boot loader. */
static bool begins_other(const uint8_t *head, size_t len, uint64_t off)
{
	const uint8_t *at = head + off;
	struct uf_uimage uimage;
	struct uf_squashfs squashfs;

	return uf_is_blank(at, (size_t)uf_min(UF_SLICE, len - off)) || looks_like_env(at) ||
	       env_size(head, len, off) || uf_jffs2_node(at) || uf_uimage_parse(at, &uimage) ||
	       uf_squashfs_parse(at, &squashfs);
}

/* Only what speaks for it makes a boot loader large: a second stage that reaches so far, or data
 * that ends where something else begins. A damaged kernel behind a usual one does not. */
static uint64_t find_boot_extent(const uint8_t *head, size_t len)
{
	if (len <= BOOT_USUAL)
		return len;
	if (inner_end(head, len) > BOOT_USUAL)
		return uf_min(BOOT_LARGE, len);
	if (len < BOOT_LARGE + UF_SQUASHFS_HEADER || begins_other(head, len, BOOT_USUAL) ||
	    !begins_other(head, len, BOOT_LARGE))
		return BOOT_USUAL;
	return BOOT_LARGE;
}

static void add_env(struct uf_inspector *inspector, uint64_t off, size_t size)
{
	const uint8_t *bytes = inspector->head + off;
	struct uf_item *item = add_item(inspector, UF_ITEM_ENV, off, size);

	if (!item)
		return;
	uf_env_get(bytes, size, "bootcmd", item->env.bootcmd, sizeof(item->env.bootcmd));
	uf_env_get(bytes, size, "mtdparts", item->env.mtdparts, sizeof(item->env.mtdparts));
	uf_env_get(bytes, size, "bootargs", item->env.bootargs, sizeof(item->env.bootargs));
	if (!inspector->found.boot.ram_mib)
		inspector->found.boot.ram_mib = uf_ram_in_bootargs(item->env.bootargs);
}

static void add_boot(struct uf_inspector *inspector)
{
	const struct uf_boot *boot = &inspector->found.boot;
	struct uf_item *item = add_item(inspector, UF_ITEM_BOOT, 0, inspector->found.boot_extent);

	if (item && !(boot->length_good && (boot->checksum_good || boot->checksum_near)))
		item->health = UF_HEALTH_BAD;
}

static void look_at_head(struct uf_inspector *inspector)
{
	size_t len = (size_t)uf_min(inspector->pos, UF_INSPECT_HEAD);
	uint8_t *head = inspector->head;
	struct uf_inspection *found = &inspector->found;

	if (uf_boot_present(head, len)) {
		found->boot_extent = find_boot_extent(head, len);
		/* What lies behind it has texts of its own. */
		uf_boot_parse(head, (size_t)found->boot_extent, &found->boot);
		found->boot.packed = inner_end(head, len) > 0;
		add_boot(inspector);
		inspector->looked = found->boot_extent;
	}
	while (inspector->looked < len) {
		uint64_t off = inspector->looked;
		size_t env = inspector->span_end ? 0 : env_size(head, len, off);
		size_t step = (size_t)uf_min(UF_SLICE, len - off);

		if (env) {
			add_env(inspector, off, env);
			step = (size_t)uf_min(env < UF_SLICE ? UF_SLICE : env, len - off);
		} else {
			classify(inspector, off, head + off, step);
		}
		inspector->looked += step;
	}
	if (found->boot.present && !found->boot.ram_mib)
		found->boot.ram_mib = uf_ram_in_text(head, (size_t)found->boot_extent);
}

/* Take what is missing of the head. */
static size_t feed_head(struct uf_inspector *inspector, const uint8_t *bytes, size_t len)
{
	size_t step = (size_t)uf_min(len, UF_INSPECT_HEAD - inspector->pos);

	memcpy(inspector->head + inspector->pos, bytes, step);
	inspector->pos += step;
	if (inspector->pos == UF_INSPECT_HEAD)
		look_at_head(inspector);
	return step;
}

static void flush_slice(struct uf_inspector *inspector)
{
	if (inspector->held)
		classify(inspector, inspector->looked, inspector->slice, inspector->held);
	inspector->looked += inspector->held;
	inspector->held = 0;
}

/* Whole slices are looked at where they lie; only pieces are put together first. */
static size_t feed_slice(struct uf_inspector *inspector, const uint8_t *bytes, size_t len)
{
	size_t step = (size_t)uf_min(len, UF_SLICE - inspector->held);

	if (step == UF_SLICE) {
		classify(inspector, inspector->looked, bytes, step);
		inspector->looked += step;
	} else {
		memcpy(inspector->slice + inspector->held, bytes, step);
		inspector->held += step;
		if (inspector->held == UF_SLICE)
			flush_slice(inspector);
	}
	inspector->pos += step;
	return step;
}

void uf_inspector_feed(struct uf_inspector *inspector, const uint8_t *bytes, size_t len)
{
	while (len) {
		size_t step = inspector->pos < UF_INSPECT_HEAD ? feed_head(inspector, bytes, len)
							       : feed_slice(inspector, bytes, len);

		bytes += step;
		len -= step;
	}
}

void uf_inspector_break(struct uf_inspector *inspector)
{
	if (inspector->breaks < BREAKS_MAX)
		inspector->break_at[inspector->breaks++] = inspector->pos;
}

void uf_inspector_end(struct uf_inspector *inspector, struct uf_inspection *inspection)
{
	if (inspector->pos < UF_INSPECT_HEAD)
		look_at_head(inspector);
	flush_slice(inspector);
	inspector->found.size = inspector->pos;
	*inspection = inspector->found;
}

/* --- what was found --------------------------------------------------------------------------- */

const struct uf_item *uf_inspection_find(const struct uf_inspection *inspection,
					 enum uf_item_kind kind)
{
	for (unsigned at = 0; at < inspection->items; at++)
		if (inspection->item[at].kind == kind)
			return &inspection->item[at];
	return NULL;
}

const struct uf_item *uf_inspection_kernel(const struct uf_inspection *inspection)
{
	for (unsigned at = 0; at < inspection->items; at++)
		if (inspection->item[at].kind == UF_ITEM_UIMAGE &&
		    inspection->item[at].uimage.type == UF_UIMAGE_KERNEL)
			return &inspection->item[at];
	return NULL;
}

enum uf_soc uf_inspection_soc(const struct uf_inspection *inspection)
{
	const struct uf_item *kernel = uf_inspection_kernel(inspection);

	if (inspection->boot.soc || !kernel)
		return inspection->boot.soc;
	return uf_soc_in_text((const uint8_t *)kernel->uimage.name, strlen(kernel->uimage.name));
}

const char *uf_item_kind_name(enum uf_item_kind kind)
{
	static const char *const names[UF_ITEM_KINDS] = {
		[UF_ITEM_BOOT] = "boot loader", [UF_ITEM_ENV] = "environment",
		[UF_ITEM_UIMAGE] = "uimage",    [UF_ITEM_SQUASHFS] = "squashfs",
		[UF_ITEM_JFFS2] = "jffs2",      [UF_ITEM_FLAG] = "upgrade flag",
		[UF_ITEM_BLANK] = "blank",      [UF_ITEM_DATA] = "data",
	};

	return names[kind];
}

const char *uf_item_health_name(enum uf_item_health health)
{
	static const char *const names[] = {
		[UF_HEALTH_GOOD] = "good",
		[UF_HEALTH_BAD] = "bad",
		[UF_HEALTH_CUT_OFF] = "cut off",
	};

	return names[health];
}
