/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/flash/blockset.h"

#include <stdlib.h>

int uf_block_set_init(struct uf_block_set *set, uint32_t blocks, struct uf_error *err)
{
	set->blocks = blocks;
	set->bits = calloc(blocks / 8 + 1, 1);
	if (!set->bits)
		return uf_fail(err, UF_ERR_MEMORY, "no memory for a set of %u erase blocks",
			       (unsigned)blocks);
	return UF_OK;
}

void uf_block_set_free(struct uf_block_set *set)
{
	free(set->bits);
	set->bits = NULL;
	set->blocks = 0;
}
