/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The stash: contents of blocks that failed and will be tried again at the end. From a packed image
 * they would cost a pass from its beginning. Touches no flash.
 */
#ifndef EXEC_STASH_H
#define EXEC_STASH_H

#include <stdbool.h>
#include <stdint.h>

/* How many blocks it holds; what fails beyond that is unpacked again. */
#define STASH_BLOCKS 16

/* Zeroed, it holds nothing and takes nothing. */
struct stash {
	uint8_t *bytes; /* locked where the system allows it */
	uint32_t erase_size;
	unsigned count;
	uint32_t block[STASH_BLOCKS];
};

/* Make room for STASH_BLOCKS blocks. UF_ERR_MEMORY. */
int stash_init(struct stash *stash, uint32_t erase_size);
void stash_free(struct stash *stash);

/* Keep what block is to hold, where there is room and it is not there yet. */
void stash_put(struct stash *stash, uint32_t block, const uint8_t *want);

/* Copy what block is to hold into want; false where it is not there. */
bool stash_get(const struct stash *stash, uint32_t block, uint8_t *want);

#endif
