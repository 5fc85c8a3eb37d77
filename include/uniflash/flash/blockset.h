/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sets of erase blocks, one bit a block. Touches no flash.
 */
#ifndef UNIFLASH_FLASH_BLOCKSET_H
#define UNIFLASH_FLASH_BLOCKSET_H

#include <stdbool.h>
#include <stdint.h>

#include "uniflash/util/error.h"

/* A set of the blocks [0, blocks); owns its bits. */
struct uf_block_set {
	uint32_t blocks;
	uint8_t *bits;
};

/* Make an empty set; the caller frees it. UF_ERR_MEMORY. */
int uf_block_set_init(struct uf_block_set *set, uint32_t blocks, struct uf_error *err);

/* Free the bits; a zeroed set is fine. */
void uf_block_set_free(struct uf_block_set *set);

/* Whether block is in the set; blocks that the set cannot hold are not. */
static inline bool uf_block_set_has(const struct uf_block_set *set, uint64_t block)
{
	return block < set->blocks && set->bits[block / 8] >> block % 8 & 1;
}

/* Put block, which must be below set->blocks, into the set. */
static inline void uf_block_set_add(struct uf_block_set *set, uint32_t block)
{
	set->bits[block / 8] |= (uint8_t)(1 << block % 8);
}

#endif
