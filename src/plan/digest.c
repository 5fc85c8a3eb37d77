/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/plan/target.h"

#include <inttypes.h>
#include <string.h>

static void tell(const struct uf_target *target, uint64_t done, const struct uf_hooks *hooks)
{
	struct uf_event event = {.kind = UF_EVENT_PROGRESS};

	event.progress.phase = UF_PHASE_CHECK;
	event.progress.row = -1;
	event.progress.done = done;
	event.progress.total = target->image_size;
	uf_emit(hooks, &event);
}

static int digest_failed(struct uf_error *err)
{
	return uf_fail(err, UF_ERR_MEMORY, "libcrypto failed to make a digest");
}

/* The part of a block that the image fills: for a raw image its first bytes. */
static size_t image_bytes(const struct uf_target *target, uint64_t off)
{
	return off >= target->image_size
		       ? 0
		       : (size_t)uf_min(target->geometry.erase_size, target->image_size - off);
}

static int digest_block(struct uf_target *target, uint32_t index, const void *contents,
			struct uf_hash *hash, struct uf_error *err)
{
	struct uf_block *block = &target->block[index];

	if (block->intent == UF_INTENT_KEEP)
		return UF_OK;
	block->pages = (uint16_t)uf_count_pages(contents, target->geometry.erase_size,
						target->geometry.page_size);
	if (!uf_hash_once(hash, contents, target->geometry.erase_size, &block->want))
		return digest_failed(err);
	return UF_OK;
}

/* The digest of each block needs a hash of its own beside that of the whole image. */
static int digest_all(struct uf_target *target, struct uf_image *image, struct uf_hash *whole,
		      struct uf_hash *each, void *buf, const struct uf_hooks *hooks,
		      struct uf_error *err)
{
	uint32_t size = target->geometry.erase_size;

	uf_hash_begin(whole);
	for (uint32_t index = 0; index < target->blocks; index++) {
		uint64_t off = (uint64_t)index * size;
		int ret;

		if (uf_stop_asked(hooks))
			return uf_fail(err, UF_ERR_STOPPED, "stopped while the image was checked");
		ret = uf_image_fill(image, off, buf, size, err);
		if (ret)
			return ret;
		uf_hash_add(whole, buf, image_bytes(target, off));
		ret = digest_block(target, index, buf, each, err);
		if (ret)
			return ret;
		if (image_bytes(target, off))
			tell(target, uf_min(off + size, target->image_size), hooks);
	}
	if (!uf_hash_end(whole, &target->image_digest))
		return digest_failed(err);
	return uf_image_check_same(image, err);
}

int uf_target_digest(struct uf_target *target, struct uf_image *image, struct uf_hash *hash,
		     void *buf, const struct uf_hooks *hooks, struct uf_error *err)
{
	struct uf_hash *whole;
	int ret = uf_hash_new(&whole, err);

	if (ret)
		return ret;
	target->image_size = image->size;
	ret = digest_all(target, image, whole, hash, buf, hooks, err);
	uf_hash_free(whole);
	return uf_image_refuse_unreadable(ret, err);
}

int uf_target_load(const struct uf_target *target, uint32_t block, struct uf_image *image,
		   struct uf_hash *hash, void *buf, struct uf_error *err)
{
	uint32_t size = target->geometry.erase_size;
	uint64_t off = (uint64_t)block * size;
	struct uf_digest digest;
	int ret = UF_OK;

	if (target->block[block].intent == UF_INTENT_BLANK)
		memset(buf, UF_BLANK_BYTE, size);
	else
		ret = uf_image_fill(image, off, buf, size, err);
	if (ret)
		return ret;
	if (!uf_hash_once(hash, buf, size, &digest) ||
	    !uf_digest_equal(&digest, &target->block[block].want)) {
		uf_fail(err, UF_ERR_CHANGED,
			"%s at 0x%06" PRIx64 " no longer holds what was checked", image->name, off);
		return UF_ERR_CHANGED;
	}
	return UF_OK;
}
