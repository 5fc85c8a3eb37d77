/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/plan/target.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* That of an erased block, of which a flash has many: taken once. */
static int fingerprint_blank(struct uf_target *target, struct uf_fingerprints *prints, void *buf,
			     struct uf_error *err)
{
	uint32_t size = target->geometry.erase_size;

	memset(buf, UF_BLANK_BYTE, size);
	return uf_fingerprint(prints, buf, size, &target->blank)
		       ? UF_OK
		       : uf_fail(err, UF_ERR_MEMORY, "libcrypto failed to make a digest");
}

int uf_target_init(struct uf_target *target, const struct uf_geometry *geometry,
		   struct uf_fingerprints *prints, void *buf, struct uf_error *err)
{
	memset(target, 0, sizeof(*target));
	target->geometry = *geometry;
	/* A last partition can end inside a block, which then cannot be written. */
	target->blocks =
		(uint32_t)((geometry->size + geometry->erase_size - 1) / geometry->erase_size);
	target->block = calloc(target->blocks, sizeof(*target->block));
	if (!target->block)
		return uf_fail(err, UF_ERR_MEMORY, "no memory for %" PRIu32 " erase blocks",
			       target->blocks);
	return fingerprint_blank(target, prints, buf, err);
}

/* What a block holds, or will hold; NULL where it could not be read. */
static const struct uf_fingerprint *contents(const struct uf_block *block, bool later)
{
	if (later && block->intent != UF_INTENT_KEEP)
		return &block->want;
	return block->state == UF_STATE_UNREADABLE ? NULL : &block->have;
}

bool uf_target_halves_equal(const struct uf_target *target, bool later)
{
	uint32_t half = target->blocks / 2;

	if (target->blocks % 2 || target->geometry.size % target->geometry.erase_size)
		return false;
	for (uint32_t at = 0; at < half; at++) {
		const struct uf_fingerprint *first = contents(&target->block[at], later);
		const struct uf_fingerprint *second = contents(&target->block[at + half], later);

		if (!first || !second || !uf_fingerprint_equal(first, second))
			return false;
	}
	return half > 0;
}

void uf_target_free(struct uf_target *target)
{
	free(target->block);
	target->block = NULL;
	target->blocks = 0;
}
