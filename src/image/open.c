/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/image/image.h"

#include "kinds.h"

#include <string.h>

/* What is needed last, when a gzip stream is at its end: the largest boot loader there is. */
#define HOLD 0x50000

/* Formats that begin with something of their own, in the order in which they are tried. */
static bool (*const kinds[])(struct uf_image *image, const uint8_t *head, int *ret,
			     struct uf_error *err) = {
	demo_image_open,
};

/* Put a tap over bytes, which is closed where that fails. */
static int tap(struct uf_bytes *bytes, struct uf_bytes **tapped, struct uf_error *err)
{
	int ret = uf_bytes_open_tap(bytes, tapped, err);

	if (ret) {
		uf_bytes_close(bytes);
		return ret;
	}
	ret = uf_tap_add(*tapped, UF_HASH_SHA256, 0, err);
	if (ret)
		uf_bytes_close(*tapped);
	return ret;
}

/* A digest that people have can be of the packed file or of what is in it: both are taken. */
static int unpack(struct uf_bytes *bytes, struct uf_image *image, struct uf_bytes **unpacked,
		  struct uf_error *err)
{
	struct uf_bytes *file;
	int ret = tap(bytes, &file, err);

	if (ret)
		return ret;
	ret = uf_bytes_open_gzip(file, HOLD, unpacked, err);
	if (ret) {
		uf_bytes_close(file);
		return ret;
	}
	image->file = file;
	image->packed = true;
	return UF_OK;
}

static int open_source(struct uf_bytes *bytes, struct uf_image *image, struct uf_error *err)
{
	bool gzip;
	int ret = uf_bytes_is_gzip(bytes, &gzip, err);

	if (ret) {
		uf_bytes_close(bytes);
		return uf_image_refuse_unreadable(ret, err);
	}
	if (gzip)
		ret = uf_image_refuse_unreadable(unpack(bytes, image, &bytes, err), err);
	if (!ret)
		ret = tap(bytes, &image->source[0], err);
	if (ret)
		return ret;
	image->sources = 1;
	image->size = image->source[0]->size;
	return UF_OK;
}

static void open_raw(struct uf_image *image)
{
	image->kind = UF_IMAGE_RAW;
	image->extents = 1;
	image->extent[0] = (struct uf_extent){.len = image->size, .span = image->size};
}

static int open_kind(struct uf_image *image, struct uf_error *err)
{
	uint8_t head[KIND_HEAD] = {0};
	size_t len = (size_t)uf_min(image->size, sizeof(head));
	int ret = uf_bytes_read(image->source[0], 0, head, len, err);

	if (ret)
		return uf_image_refuse_unreadable(ret, err);
	for (size_t at = 0; at < sizeof(kinds) / sizeof(kinds[0]); at++)
		if (kinds[at](image, head, &ret, err))
			return ret;
	open_raw(image);
	return UF_OK;
}

int uf_image_open(struct uf_bytes *bytes, struct uf_image *image, struct uf_error *err)
{
	int ret;

	memset(image, 0, sizeof(*image));
	image->name = bytes->name;
	ret = open_source(bytes, image, err);
	return ret ? ret : open_kind(image, err);
}

int uf_image_check_whole(struct uf_image *image, struct uf_error *err)
{
	return image->kind == UF_IMAGE_DEMO ? demo_image_check(image, err) : UF_OK;
}

int uf_image_add_part(struct uf_image *image, struct uf_bytes *bytes, struct uf_range range,
		      struct uf_error *err)
{
	char have[UF_SIZE_TEXT], room[UF_SIZE_TEXT];
	unsigned index = image->sources;
	int ret;

	if (bytes->size > range.len) {
		uf_refuse(err, UF_CHECK_SIZE_TOO_BIG,
			  "%s has %s bytes, its partition %s: it does not fit", bytes->name,
			  uf_format_count(have, bytes->size), uf_format_count(room, range.len));
		uf_bytes_close(bytes);
		return UF_ERR_REFUSED;
	}
	ret = tap(bytes, &image->source[index], err);
	if (ret)
		return ret;
	image->kind = UF_IMAGE_PARTS;
	image->name = image->sources ? "the partition files" : image->source[0]->name;
	image->size += image->source[index]->size;
	image->sources++;
	image->extent[image->extents++] = (struct uf_extent){
		.source = index,
		.flash_off = range.off,
		.len = image->source[index]->size,
		.span = range.len,
	};
	return UF_OK;
}
