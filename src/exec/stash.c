/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stash.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "uniflash/util/error.h"

int stash_init(struct stash *stash, uint32_t erase_size)
{
	stash->erase_size = erase_size;
	stash->bytes = calloc(STASH_BLOCKS, erase_size);
	if (!stash->bytes)
		return UF_ERR_MEMORY;
	mlock(stash->bytes, (size_t)STASH_BLOCKS * erase_size);
	return UF_OK;
}

void stash_free(struct stash *stash)
{
	if (stash->bytes)
		munlock(stash->bytes, (size_t)STASH_BLOCKS * stash->erase_size);
	free(stash->bytes);
	stash->bytes = NULL;
}

static int find(const struct stash *stash, uint32_t block)
{
	for (unsigned at = 0; at < stash->count; at++)
		if (stash->block[at] == block)
			return (int)at;
	return -1;
}

void stash_put(struct stash *stash, uint32_t block, const uint8_t *want)
{
	if (!stash->bytes || stash->count == STASH_BLOCKS || find(stash, block) >= 0)
		return;
	memcpy(stash->bytes + (size_t)stash->count * stash->erase_size, want, stash->erase_size);
	stash->block[stash->count++] = block;
}

bool stash_get(const struct stash *stash, uint32_t block, uint8_t *want)
{
	int at = find(stash, block);

	if (at < 0)
		return false;
	memcpy(want, stash->bytes + (size_t)at * stash->erase_size, stash->erase_size);
	return true;
}
