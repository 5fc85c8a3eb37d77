/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Inspection: what lies on a flash, or would after a run, found while its bytes go by once.
 *
 * Bytes are fed in order, from offset 0. The boot loader's area is kept aside until the end, for
 * its texts; everything else is only looked at. Touches no flash.
 */
#ifndef UNIFLASH_IMAGE_INSPECT_H
#define UNIFLASH_IMAGE_INSPECT_H

#include "uniflash/image/formats.h"
#include "uniflash/util/bytes.h"
#include "uniflash/util/error.h"

/* Structures are looked for where a slice begins; no partition of camera-facts begins elsewhere
 * but U-Boot's own, inside the boot loader. */
#define UF_SLICE 0x8000

/* How much of the beginning is kept for the boot loader's texts and the environment. */
#define UF_INSPECT_HEAD 0x60000

#define UF_ITEMS_MAX 96

enum uf_item_kind {
	UF_ITEM_BOOT,
	UF_ITEM_ENV,
	UF_ITEM_UIMAGE,
	UF_ITEM_SQUASHFS,
	UF_ITEM_JFFS2,
	UF_ITEM_FLAG, /* FWGRADEUP= */
	UF_ITEM_BLANK,
	UF_ITEM_DATA, /* something else */
	UF_ITEM_KINDS
};

/* How a structure is. */
enum uf_item_health {
	UF_HEALTH_GOOD,    /* its checksums hold, or it has none and makes sense */
	UF_HEALTH_BAD,     /* a checksum does not hold */
	UF_HEALTH_CUT_OFF, /* it reaches behind the end of what was fed */
};

/* One thing found. */
struct uf_item {
	enum uf_item_kind kind;
	enum uf_item_health health;
	struct uf_range range; /* for a file system that grows: what is in use */
	union {
		struct uf_uimage uimage;
		struct uf_squashfs squashfs;
		struct {
			char bootcmd[160];
			char mtdparts[320];
			char bootargs[512];
		} env;
	};
};

/* Everything found. */
struct uf_inspection {
	uint64_t size; /* bytes fed */
	struct uf_boot boot;
	uint64_t boot_extent; /* bytes from 0 that belong to the boot loader; 0 where there is none
			       */
	unsigned items;
	struct uf_item item[UF_ITEMS_MAX]; /* in order of offsets */
};

struct uf_inspector;

/* Make an inspector; the caller frees it. UF_ERR_MEMORY. */
int uf_inspector_new(struct uf_inspector **inspector, struct uf_error *err);
void uf_inspector_free(struct uf_inspector *inspector);

/* Take the next len bytes. */
void uf_inspector_feed(struct uf_inspector *inspector, const uint8_t *bytes, size_t len);

/* What comes next does not belong to what came before: a structure that would go on is cut off. */
void uf_inspector_break(struct uf_inspector *inspector);

/* End it and say what was found. */
void uf_inspector_end(struct uf_inspector *inspector, struct uf_inspection *inspection);

/* Where an erase block's contents come from in a run. */
enum uf_origin {
	UF_FROM_FLASH, /* it stays */
	UF_FROM_IMAGE,
	UF_FROM_BOTH, /* the image has there what the flash holds */
	UF_FROM_NONE, /* it becomes blank */
};

/*
 * Say in `after` what would be found if each of the blocks (of erase_size bytes each) came from
 * where origin[] says. `cut` becomes the first structure of which one part would be the image's and
 * one the flash's though it is needed whole, an item of length 0 where there is none.
 */
void uf_inspection_merge(const struct uf_inspection *flash, const struct uf_inspection *image,
			 const uint8_t *origin, uint32_t blocks, uint32_t erase_size,
			 struct uf_inspection *after, struct uf_item *cut);

/* The first item of kind, or NULL. */
const struct uf_item *uf_inspection_find(const struct uf_inspection *inspection,
					 enum uf_item_kind kind);

/* The first uImage that is a kernel (type 2), or NULL. */
const struct uf_item *uf_inspection_kernel(const struct uf_inspection *inspection);

/* The SoC that the boot loader or, where that tells none, the kernel's name tells. */
enum uf_soc uf_inspection_soc(const struct uf_inspection *inspection);

/* The word for a kind, "squashfs", and for a health, "good". Static text. */
const char *uf_item_kind_name(enum uf_item_kind kind);
const char *uf_item_health_name(enum uf_item_health health);

#endif
