/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/plan/survey.h"

#include <string.h>

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

static void tell(const struct uf_target *target, uint32_t done, const struct uf_hooks *hooks)
{
	struct uf_event event = {.kind = UF_EVENT_PROGRESS};

	event.progress.phase = UF_PHASE_SURVEY;
	event.progress.row = -1;
	event.progress.done = (uint64_t)done * target->geometry.erase_size;
	event.progress.total = (uint64_t)target->blocks * target->geometry.erase_size;
	uf_emit(hooks, &event);
}

/* What cannot be read is zero to the inspector: neither blank nor anything it knows. */
static void read_block(struct uf_target *target, uint32_t index, struct uf_device *dev,
		       struct uf_fingerprints *prints, void *buf)
{
	uint32_t size = target->geometry.erase_size;
	uint64_t off = (uint64_t)index * size;
	size_t len = (size_t)uf_min(size, target->geometry.size - off);
	struct uf_block *block = &target->block[index];

	block->state = UF_STATE_UNKNOWN;
	memset(&block->have, 0, sizeof(block->have));
	memset((uint8_t *)buf + len, 0, size - len);
	if (uf_read_retrying(dev, off, buf, len, NULL)) {
		block->state = UF_STATE_UNREADABLE;
		memset(buf, 0, size);
	} else if (uf_is_blank(buf, size)) {
		block->have = target->blank;
	} else {
		uf_fingerprint(prints, buf, size, &block->have);
	}
}

static void show(const struct uf_watchers *watchers, const void *buf, size_t len)
{
	if (watchers && watchers->inspector)
		uf_inspector_feed(watchers->inspector, buf, len);
	if (watchers && watchers->whole)
		uf_hash_add(watchers->whole, buf, len);
}

int uf_survey(struct uf_target *target, struct uf_device *dev, struct uf_fingerprints *prints,
	      void *buf, const struct uf_watchers *watchers, const struct uf_hooks *hooks,
	      struct uf_error *err)
{
	uint32_t size = target->geometry.erase_size;

	for (uint32_t index = 0; index < target->blocks; index++) {
		if (uf_stop_asked(hooks))
			return uf_fail(err, UF_ERR_STOPPED, "stopped while the flash was read");
		read_block(target, index, dev, prints, buf);
		show(watchers, buf,
		     (size_t)uf_min(size, target->geometry.size - (uint64_t)index * size));
		tell(target, index + 1, hooks);
	}
	return UF_OK;
}

int uf_survey_again(struct uf_target *target, struct uf_range range, struct uf_device *dev,
		    struct uf_fingerprints *prints, void *buf, const struct uf_watchers *watchers,
		    uint32_t *changed, const struct uf_hooks *hooks, struct uf_error *err)
{
	uint32_t size = target->geometry.erase_size;

	for (uint64_t off = range.off / size * size; off < uf_range_end(range); off += size) {
		uint32_t index = (uint32_t)(off / size);
		const struct uf_block before = target->block[index];

		if (uf_stop_asked(hooks))
			return uf_fail(err, UF_ERR_STOPPED, "stopped while the flash was read");
		read_block(target, index, dev, prints, buf);
		show(watchers, buf, (size_t)uf_min(size, target->geometry.size - off));
		if (uf_fingerprint_equal(&before.have, &target->block[index].have))
			target->block[index].state = before.state;
		else
			++*changed;
	}
	return UF_OK;
}

int uf_digest_range(struct uf_device *dev, struct uf_range range, struct uf_hash *hash,
		    const struct uf_hooks *hooks, struct uf_digest *digest, struct uf_error *err)
{
	uint8_t chunk[READ_MAX];

	uf_hash_begin(hash);
	for (uint64_t done = 0; done < range.len; done += READ_MAX) {
		size_t len = (size_t)uf_min(READ_MAX, range.len - done);
		int ret = uf_read_retrying(dev, range.off + done, chunk, len, err);

		if (ret)
			return ret;
		if (uf_stop_asked(hooks))
			return uf_fail(err, UF_ERR_STOPPED, "stopped while the flash was read");
		uf_hash_add(hash, chunk, len);
	}
	return uf_hash_end(hash, digest)
		       ? UF_OK
		       : uf_fail(err, UF_ERR_MEMORY, "libcrypto failed to make a digest");
}

int uf_find_difference(const struct uf_target *target, uint32_t block, struct uf_image *image,
		       struct uf_device *dev, struct uf_fingerprints *prints, void *want,
		       void *have, uint64_t *offset, struct uf_error *err)
{
	uint32_t size = target->geometry.erase_size;
	uint64_t off = (uint64_t)block * size;
	int ret = uf_target_load(target, block, image, prints, want, err);

	if (!ret)
		ret = uf_read_retrying(dev, off, have, size, err);
	if (!ret)
		*offset = off + uf_first_difference(want, have, size);
	return ret;
}
