/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Images: what is to be on the flash.
 *
 * An image is one or more sources of bytes and extents that say where on the flash they belong. It
 * is streamed: nothing here holds more of it than the caller's buffer. Formats are rows of a table
 * in src/image/open.c; adding one is one file and one row. Nothing here touches flash.
 */
#ifndef UNIFLASH_IMAGE_IMAGE_H
#define UNIFLASH_IMAGE_IMAGE_H

#include "uniflash/image/bytes.h"
#include "uniflash/image/formats.h"
#include "uniflash/util/bytes.h"

#define UF_EXTENTS_MAX 64

/* What an image is. */
enum uf_image_kind {
	UF_IMAGE_RAW,   /* a full image: byte n of it is byte n of the flash */
	UF_IMAGE_DEMO,  /* an SD card's demo.bin: what the boot loader writes behind itself */
	UF_IMAGE_PARTS, /* one file per partition */
};

/*
 * len bytes of a source from source_off belong on the flash at flash_off. The extent answers for
 * span bytes of flash (at least len): what its bytes do not reach is blank.
 */
struct uf_extent {
	unsigned source;
	uint64_t source_off;
	uint64_t flash_off;
	uint64_t len;
	uint64_t span;
};

/* An image; owns its sources. */
struct uf_image {
	enum uf_image_kind kind;
	const char *name;      /* as the user gave it; borrowed */
	uint64_t size;         /* bytes of all sources */
	bool packed;           /* the source is gzip */
	struct uf_uimage demo; /* the header of a demo.bin */
	unsigned sources;
	struct uf_bytes *source[UF_EXTENTS_MAX]; /* taps: SHA-256 of each is taken */
	struct uf_bytes *file; /* a tap over the file of a packed image, owned by source[0] */
	unsigned extents;
	struct uf_extent extent[UF_EXTENTS_MAX];
};

/*
 * Make an image of bytes, which it owns from then on (also where it fails): unpacked where they are
 * gzip, of the format that they begin with. `image` is the caller's, and is closed by
 * uf_image_close in any case. UF_ERR_IO, UF_ERR_MEMORY; UF_ERR_REFUSED with image.unreadable where
 * a header is damaged.
 */
int uf_image_open(struct uf_bytes *bytes, struct uf_image *image, struct uf_error *err);

/* Add one partition's file to an image of parts (zeroed before the first): bytes, which it owns,
 * answer for range. UF_ERR_REFUSED with size.too-big where they do not fit. */
int uf_image_add_part(struct uf_image *image, struct uf_bytes *bytes, struct uf_range range,
		      struct uf_error *err);

/* Close the sources; a zeroed image is fine. */
void uf_image_close(struct uf_image *image);

/* The first byte of the flash behind all bytes of the image. */
uint64_t uf_image_end(const struct uf_image *image);

/* Whether an extent answers for a byte of range; with `bytes`, whether one has bytes there. */
bool uf_image_covers(const struct uf_image *image, struct uf_range range, bool bytes);

/* Whether reading it backwards costs a pass from the beginning. */
bool uf_image_streamed(const struct uf_image *image);

/* UF_ERR_CHANGED where a file is visibly not the one that was opened any more. */
int uf_image_check_same(struct uf_image *image, struct uf_error *err);

/*
 * Judge what can be judged when all bytes have gone by once: the checksum of a demo.bin's data.
 * Reads what has not gone by. UF_ERR_REFUSED with image.unreadable.
 */
int uf_image_check_whole(struct uf_image *image, struct uf_error *err);

/* Before anything is written, an image that cannot be read or has changed is a refusal: turns
 * UF_ERR_IO and UF_ERR_CHANGED of ret and err into UF_ERR_REFUSED with image.unreadable. Returns
 * what ret becomes. */
int uf_image_refuse_unreadable(int ret, struct uf_error *err);

/*
 * Fill buf[0..len) with what the image puts on the flash at flash_off; 0xff where it puts nothing.
 * UF_ERR_IO, UF_ERR_CHANGED.
 */
int uf_image_fill(struct uf_image *image, uint64_t flash_off, void *buf, size_t len,
		  struct uf_error *err);

/* The word for a kind, "full image". Static text. */
const char *uf_image_kind_name(enum uf_image_kind kind);

#endif
