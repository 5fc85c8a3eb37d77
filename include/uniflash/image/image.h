/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Image sources: what is to be on the flash, as a file has it.
 *
 * An image is bytes that can be read at any offset, and extents that say where on the flash they
 * belong. It is streamed: nothing here holds more of it than the caller's buffer. Formats stand
 * behind one table of functions; adding one is one file and one row in src/image/open.c.
 * Nothing here touches flash.
 */
#ifndef UNIFLASH_IMAGE_IMAGE_H
#define UNIFLASH_IMAGE_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "uniflash/util/error.h"

/* len bytes of the image from image_off belong on the flash at flash_off. */
struct uf_extent {
	uint64_t flash_off;
	uint64_t image_off;
	uint64_t len;
};

struct uf_image;

/* The functions of a format. */
struct uf_image_ops {
	/* Read len bytes at off. UF_ERR_IO for a read error, UF_ERR_CHANGED where the file became
	 * shorter. */
	int (*read)(struct uf_image *image, uint64_t off, void *buf, size_t len,
		    struct uf_error *err);
	/* UF_ERR_CHANGED where the file is visibly not the one that was opened any more. */
	int (*check_same)(struct uf_image *image, struct uf_error *err);
	void (*close)(struct uf_image *image);
};

/* The visible part of every image. */
struct uf_image {
	const struct uf_image_ops *ops;
	const char *name;        /* as the user gave it; borrowed */
	int fd;                  /* of the file, for fstat; -1 where there is none */
	uint64_t size;           /* bytes that can be read */
	struct uf_extent extent; /* where they belong */
};

/*
 * Open the image file at path. UF_ERR_IO where it cannot be opened or is no file, UF_ERR_REFUSED
 * with image.unreadable where it is empty. The caller closes it.
 */
int uf_image_open(const char *path, struct uf_image **image, struct uf_error *err);

static inline int uf_image_read(struct uf_image *image, uint64_t off, void *buf, size_t len,
				struct uf_error *err)
{
	return image->ops->read(image, off, buf, len, err);
}

static inline int uf_image_check_same(struct uf_image *image, struct uf_error *err)
{
	return image->ops->check_same(image, err);
}

/* NULL is fine. */
static inline void uf_image_close(struct uf_image *image)
{
	if (image)
		image->ops->close(image);
}

/* Before anything is written, an image that cannot be read or has changed is a refusal: turns
 * UF_ERR_IO and UF_ERR_CHANGED of ret and err into UF_ERR_REFUSED with image.unreadable. Returns
 * what ret becomes. */
int uf_image_refuse_unreadable(int ret, struct uf_error *err);

/*
 * Fill buf[0..len) with what the image puts on the flash at flash_off; 0xff where it puts nothing.
 * Errors as of read.
 */
int uf_image_fill(struct uf_image *image, uint64_t flash_off, void *buf, size_t len,
		  struct uf_error *err);

#endif
