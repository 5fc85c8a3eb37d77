/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A chip that is half as large as the kernel takes it for shows every block twice (K6), and what is
 * written to one half lands in the other, too: at last on the boot loader. Where the survey found
 * both halves the same, the first block that is written proves it one way or the other.
 */
#ifndef EXEC_ALIAS_H
#define EXEC_ALIAS_H

#include "block.h"
#include "uniflash/exec/exec.h"

/* What the first block has proved. */
struct alias_probe {
	bool open;     /* it has to be found out yet */
	bool armed;    /* the other half's block was what the survey found, just before the write */
	bool put_back; /* the block that proved it holds again what it held */
};

/* Whether there is anything to find out. Touches no flash. */
void alias_begin(struct alias_probe *probe, const struct uf_target *target);

/* Look at the other half's block before a write of `block`: one that an attempt of this run has
 * changed proves nothing. Reads only. */
void alias_arm(struct alias_probe *probe, struct block_io *io, uint32_t block);

/*
 * Look at the other half's block behind a write of `block` that went well. UF_BLOCK_ALIAS where the
 * flash shows it twice; the old contents are written back then, and probe->put_back says whether
 * that went well. UF_BLOCK_OK otherwise. Reads; erases and programs only to write back.
 */
enum uf_block_result alias_judge(struct alias_probe *probe, struct block_io *io, uint32_t block,
				 struct uf_error *err);

#endif
