/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alias.h"

#include <inttypes.h>
#include <string.h>

void alias_begin(struct alias_probe *probe, const struct uf_target *target)
{
	probe->open = uf_target_halves_equal(target, false);
}

static uint32_t other_half(const struct uf_target *target, uint32_t block)
{
	uint32_t half = target->blocks / 2;

	return block < half ? block + half : block - half;
}

static bool holds(struct block_io *io, const void *bytes, const struct uf_fingerprint *want)
{
	struct uf_fingerprint print;

	return uf_fingerprint(io->prints, bytes, io->target->geometry.erase_size, &print) &&
	       uf_fingerprint_equal(&print, want);
}

static bool read_other(struct block_io *io, uint32_t other)
{
	uint32_t size = io->target->geometry.erase_size;

	return !uf_read_retrying(io->dev, (uint64_t)other * size, io->have, size, NULL);
}

void alias_arm(struct alias_probe *probe, struct block_io *io, uint32_t block)
{
	const struct uf_block *at = &io->target->block[block];
	uint32_t other = other_half(io->target, block);

	/* What holds the same as before proves nothing. */
	probe->armed = probe->open && !uf_fingerprint_equal(&at->want, &at->have) &&
		       read_other(io, other) && holds(io, io->have, &io->target->block[other].have);
}

/* Both halves show the old contents again after this: nothing has changed. */
static bool write_back(struct block_io *io, uint32_t block)
{
	/* An attempt that failed before the one that went well may have read its own remains. */
	if (!io->before_known || !holds(io, io->before, &io->target->block[block].have))
		return false;
	memcpy(io->want, io->before, io->target->geometry.erase_size);
	io->loaded = false;
	for (int attempt = 0; attempt < UF_BLOCK_TRIES; attempt++) {
		/* It is erased again before what was there is read again. */
		io->before_fresh = true;
		if (block_rewrite(io, block, NULL) == UF_BLOCK_OK)
			return true;
	}
	return false;
}

enum uf_block_result alias_judge(struct alias_probe *probe, struct block_io *io, uint32_t block,
				 struct uf_error *err)
{
	const struct uf_target *target = io->target;
	uint32_t size = target->geometry.erase_size;
	uint32_t other = other_half(target, block);

	if (!probe->armed || !read_other(io, other))
		return UF_BLOCK_OK;
	if (holds(io, io->have, &target->block[other].have)) {
		probe->open = false;
		return UF_BLOCK_OK;
	}
	if (!holds(io, io->have, &target->block[block].want))
		return UF_BLOCK_OK;
	probe->put_back = write_back(io, block);
	io->wrong = 0;
	uf_refuse(err, UF_CHECK_DEVICE_ALIAS,
		  "what was written to 0x%06" PRIx64 " showed at 0x%06" PRIx64
		  ", too: the chip has only %" PRIu64 " bytes, and shows them twice",
		  (uint64_t)block * size, (uint64_t)other * size, target->geometry.size / 2);
	return UF_BLOCK_ALIAS;
}
