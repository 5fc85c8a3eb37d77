/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/plan/survey.h"

/* Ingenic's driver can leave a stale hole in a longer read and report success (K3). */
#define READ_MAX 4096

int uf_read_retrying(struct uf_device *dev, uint64_t off, void *buf, size_t len,
		     struct uf_error *err)
{
	for (size_t have = 0; have < len;) {
		size_t piece = (size_t)uf_min(len - have, READ_MAX);
		int ret = UF_ERR_IO;

		for (int attempt = 0; ret && attempt < UF_READ_TRIES; attempt++)
			ret = uf_device_read(dev, off + have, (char *)buf + have, piece, err);
		if (ret)
			return ret;
		have += piece;
	}
	return UF_OK;
}

static enum uf_block_state compare(const struct uf_target *target, const struct uf_block *block,
				   struct uf_hash *hash, const void *contents)
{
	struct uf_digest have;

	/* A blank block needs no digest to be known. */
	if (!block->pages)
		return uf_is_blank(contents, target->geometry.erase_size) ? UF_STATE_EQUAL
									  : UF_STATE_DIFFERS;
	if (!uf_hash_once(hash, contents, target->geometry.erase_size, &have))
		return UF_STATE_UNREADABLE;
	return uf_digest_equal(&have, &block->want) ? UF_STATE_EQUAL : UF_STATE_DIFFERS;
}

static uint32_t blocks_to_read(const struct uf_target *target)
{
	uint32_t count = 0;

	for (uint32_t index = 0; index < target->blocks; index++)
		count += target->block[index].intent != UF_INTENT_KEEP;
	return count;
}

static void tell(const struct uf_target *target, uint32_t done, uint32_t total,
		 const struct uf_hooks *hooks)
{
	struct uf_event event = {.kind = UF_EVENT_PROGRESS};

	event.progress.phase = UF_PHASE_SURVEY;
	event.progress.row = -1;
	event.progress.done = (uint64_t)done * target->geometry.erase_size;
	event.progress.total = (uint64_t)total * target->geometry.erase_size;
	uf_emit(hooks, &event);
}

int uf_survey(struct uf_target *target, struct uf_device *dev, struct uf_hash *hash, void *buf,
	      const struct uf_hooks *hooks, struct uf_error *err)
{
	uint32_t size = target->geometry.erase_size;
	uint32_t total = blocks_to_read(target);
	uint32_t done = 0;

	for (uint32_t index = 0; index < target->blocks; index++) {
		struct uf_block *block = &target->block[index];

		if (block->intent == UF_INTENT_KEEP)
			continue;
		if (uf_stop_asked(hooks))
			return uf_fail(err, UF_ERR_STOPPED, "stopped while the flash was read");
		if (uf_read_retrying(dev, (uint64_t)index * size, buf, size, NULL))
			block->state = UF_STATE_UNREADABLE;
		else
			block->state = (uint8_t)compare(target, block, hash, buf);
		tell(target, ++done, total, hooks);
	}
	return UF_OK;
}

int uf_find_difference(const struct uf_target *target, uint32_t block, struct uf_image *image,
		       struct uf_device *dev, struct uf_hash *hash, void *want, void *have,
		       uint64_t *offset, struct uf_error *err)
{
	uint32_t size = target->geometry.erase_size;
	uint64_t off = (uint64_t)block * size;
	int ret = uf_target_load(target, block, image, hash, want, err);

	if (!ret)
		ret = uf_read_retrying(dev, off, have, size, err);
	if (!ret)
		*offset = off + uf_first_difference(want, have, size);
	return ret;
}
