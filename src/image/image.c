/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/image/image.h"

#include <stdbool.h>
#include <string.h>

static struct uf_range span_of(const struct uf_extent *extent, bool bytes)
{
	return (struct uf_range){extent->flash_off, bytes ? extent->len : extent->span};
}

void uf_image_close(struct uf_image *image)
{
	for (unsigned at = 0; at < image->sources; at++)
		uf_bytes_close(image->source[at]);
	image->sources = 0;
	image->extents = 0;
}

uint64_t uf_image_end(const struct uf_image *image)
{
	uint64_t end = 0;

	for (unsigned at = 0; at < image->extents; at++)
		if (uf_range_end(span_of(&image->extent[at], true)) > end)
			end = uf_range_end(span_of(&image->extent[at], true));
	return end;
}

bool uf_image_covers(const struct uf_image *image, struct uf_range range, bool bytes)
{
	for (unsigned at = 0; at < image->extents; at++)
		if (uf_range_overlap(span_of(&image->extent[at], bytes), range))
			return true;
	return false;
}

bool uf_image_streamed(const struct uf_image *image)
{
	for (unsigned at = 0; at < image->sources; at++)
		if (image->source[at]->streamed)
			return true;
	return false;
}

int uf_image_check_same(struct uf_image *image, struct uf_error *err)
{
	for (unsigned at = 0; at < image->sources; at++) {
		int ret = uf_bytes_check_same(image->source[at], err);

		if (ret)
			return ret;
	}
	return UF_OK;
}

int uf_image_refuse_unreadable(int ret, struct uf_error *err)
{
	if (ret != UF_ERR_IO && ret != UF_ERR_CHANGED)
		return ret;
	if (err) {
		err->code = UF_ERR_REFUSED;
		err->check = UF_CHECK_IMAGE_UNREADABLE;
	}
	return UF_ERR_REFUSED;
}

/* Read what one extent has of the flash at [flash_off, flash_off + len). */
static int fill_from(struct uf_image *image, const struct uf_extent *extent, uint64_t flash_off,
		     uint8_t *buf, size_t len, struct uf_error *err)
{
	uint64_t from = extent->flash_off > flash_off ? extent->flash_off : flash_off;
	uint64_t to = uf_min(extent->flash_off + extent->len, flash_off + len);

	if (to <= from)
		return UF_OK;
	return uf_bytes_read(image->source[extent->source],
			     extent->source_off + (from - extent->flash_off),
			     buf + (from - flash_off), (size_t)(to - from), err);
}

/* Whether one extent has all of it, so that nothing of it is blank. */
static bool has_all(const struct uf_image *image, uint64_t flash_off, size_t len)
{
	for (unsigned at = 0; at < image->extents; at++)
		if (image->extent[at].flash_off <= flash_off &&
		    image->extent[at].flash_off + image->extent[at].len >= flash_off + len)
			return true;
	return false;
}

int uf_image_fill(struct uf_image *image, uint64_t flash_off, void *buf, size_t len,
		  struct uf_error *err)
{
	int ret = UF_OK;

	if (!has_all(image, flash_off, len))
		memset(buf, UF_BLANK_BYTE, len);
	for (unsigned at = 0; !ret && at < image->extents; at++)
		ret = fill_from(image, &image->extent[at], flash_off, buf, len, err);
	return ret;
}

const char *uf_image_kind_name(enum uf_image_kind kind)
{
	static const char *const names[] = {
		[UF_IMAGE_RAW] = "full image",
		[UF_IMAGE_DEMO] = "SD card image (demo.bin)",
		[UF_IMAGE_PARTS] = "partition files",
	};

	return names[kind];
}
