/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/plan/target.h"

#include <inttypes.h>
#include <string.h>

static void tell(const struct uf_image *image, uint64_t done, const struct uf_hooks *hooks)
{
	struct uf_event event = {.kind = UF_EVENT_PROGRESS};

	event.progress.phase = UF_PHASE_CHECK;
	event.progress.row = -1;
	event.progress.done = done;
	event.progress.total = image->size;
	uf_emit(hooks, &event);
}

static int judge_block(struct uf_target *target, struct uf_block *block, const void *contents,
		       struct uf_fingerprints *prints, struct uf_error *err)
{
	const struct uf_geometry *geometry = &target->geometry;

	block->pages =
		(uint16_t)uf_count_pages(contents, geometry->erase_size, geometry->page_size);
	if (!block->pages)
		block->want = target->blank;
	else if (!uf_fingerprint(prints, contents, geometry->erase_size, &block->want))
		return uf_fail(err, UF_ERR_MEMORY, "libcrypto failed to make a digest");
	return UF_OK;
}

/* How much of the image is on the flash in front of off. */
static uint64_t bytes_before(const struct uf_image *image, uint64_t off)
{
	uint64_t bytes = 0;

	for (unsigned at = 0; at < image->extents; at++) {
		const struct uf_extent *extent = &image->extent[at];

		if (off > extent->flash_off)
			bytes += uf_min(extent->len, off - extent->flash_off);
	}
	return bytes;
}

/* Where the bytes of an extent end inside of (from, to) though it answers for more, or `to`. */
static uint64_t next_end(const struct uf_image *image, uint64_t from, uint64_t to)
{
	for (unsigned at = 0; at < image->extents; at++) {
		const struct uf_extent *extent = &image->extent[at];
		uint64_t end = extent->flash_off + extent->len;

		if (extent->len < extent->span && end > from && end < to)
			to = end;
	}
	return to;
}

/* A full image ends where it ends, a part where its bytes do: what it has of the last structure
 * must be told from the blank that follows. */
static void show(struct uf_inspector *inspector, const struct uf_image *image, uint64_t off,
		 const uint8_t *buf, uint32_t size)
{
	uint64_t from = off;
	uint64_t end = off + size;

	if (image->kind == UF_IMAGE_RAW)
		end = uf_min(end, uf_image_end(image));
	while (from < end) {
		uint64_t to = next_end(image, from, end);

		uf_inspector_feed(inspector, buf + (from - off), (size_t)(to - from));
		if (to < end || next_end(image, to - 1, to + 1) == to)
			uf_inspector_break(inspector);
		from = to;
	}
}

static int read_all(struct uf_target *target, struct uf_image *image,
		    struct uf_fingerprints *prints, void *buf, struct uf_inspector *inspector,
		    const struct uf_hooks *hooks, struct uf_error *err)
{
	uint32_t size = target->geometry.erase_size;

	for (uint32_t index = 0; index < target->blocks; index++) {
		uint64_t off = (uint64_t)index * size;
		int ret;

		if (uf_stop_asked(hooks))
			return uf_fail(err, UF_ERR_STOPPED, "stopped while the image was checked");
		ret = uf_image_fill(image, off, buf, size, err);
		if (!ret)
			ret = judge_block(target, &target->block[index], buf, prints, err);
		if (ret)
			return ret;
		if (inspector)
			show(inspector, image, off, buf, size);
		if (bytes_before(image, off + size) > bytes_before(image, off))
			tell(image, bytes_before(image, off + size), hooks);
	}
	return UF_OK;
}

int uf_target_digest(struct uf_target *target, struct uf_image *image,
		     struct uf_fingerprints *prints, void *buf, struct uf_inspector *inspector,
		     const struct uf_hooks *hooks, struct uf_error *err)
{
	int ret = read_all(target, image, prints, buf, inspector, hooks, err);

	target->image_size = image->size;
	if (!ret)
		ret = uf_image_check_whole(image, err);
	if (!ret && image->sources == 1)
		ret = uf_tap_digest(image->source[0], UF_HASH_SHA256, 0, target->image_digest.byte,
				    err);
	if (!ret)
		ret = uf_image_check_same(image, err);
	return uf_image_refuse_unreadable(ret, err);
}

int uf_target_load(const struct uf_target *target, uint32_t block, struct uf_image *image,
		   struct uf_fingerprints *prints, void *buf, struct uf_error *err)
{
	uint32_t size = target->geometry.erase_size;
	uint64_t off = (uint64_t)block * size;
	struct uf_fingerprint print;
	int ret = UF_OK;

	if (target->block[block].intent == UF_INTENT_BLANK)
		memset(buf, UF_BLANK_BYTE, size);
	else
		ret = uf_image_fill(image, off, buf, size, err);
	if (ret)
		return ret;
	if (!uf_fingerprint(prints, buf, size, &print) ||
	    !uf_fingerprint_equal(&print, &target->block[block].want)) {
		uf_fail(err, UF_ERR_CHANGED,
			"%s at 0x%06" PRIx64 " no longer holds what was checked", image->name, off);
		return UF_ERR_CHANGED;
	}
	return UF_OK;
}
