/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The executor: a machine that carries out a plan one block a step.
 *
 * What a driver says of its own success is not believed (kernel-and-chips K1 to K3): an erased
 * block is read back as blank before anything is programmed into it, a programmed block is
 * compared, and when all is written everything that was written is read once more and compared
 * with the digests taken from the image. A block that fails is tried again; then the others go on
 * and it is tried again at the end. The boot loader comes last, in one step, and only where all
 * else is right; no stop request takes effect inside of that step.
 *
 * Everything is allocated by uf_exec_begin. The steps open, allocate and fork nothing.
 */
#ifndef UNIFLASH_EXEC_EXEC_H
#define UNIFLASH_EXEC_EXEC_H

#include "uniflash/plan/plan.h"

/* How often a block is tried before the others get their turn. */
#define UF_BLOCK_TRIES 3

/* How many operations are announced at a time. */
#define UF_ANNOUNCE_MAX 16

struct uf_exec;

/* What the executor works with; all borrowed until uf_exec_end. */
struct uf_exec_input {
	const struct uf_plan *plan;
	struct uf_image *image;
	struct uf_device *dev; /* armed with the plan's blocks */
	struct uf_fingerprints *prints;
	const struct uf_hooks *hooks;
	/* Told which operations (indexes of plan->op) come next before the first of them touches
	 * the flash: at most UF_ANNOUNCE_MAX, or all of the boot loader's. NULL: nobody is. */
	void (*announce)(void *context, const uint32_t *op, unsigned count);
	void *announce_context;
};

/* What became of the boot loader. */
enum uf_boot_outcome {
	UF_BOOT_NONE,     /* the plan does not write it */
	UF_BOOT_OLD,      /* it was not touched, or the chip did not obey: the old one is whole */
	UF_BOOT_NEW,      /* the new one is whole */
	UF_BOOT_RESTORED, /* the new one could not be written, the old one was written back */
	UF_BOOT_BROKEN,   /* neither is whole */
};

/* What came of a run. */
struct uf_exec_outcome {
	bool touched; /* an erase or a program may have changed something */
	enum uf_boot_outcome boot;
	bool stopped;          /* the user stopped it */
	uint32_t written;      /* operations whose block was compared after programming */
	uint32_t verified;     /* operations whose block holds what it should, read back twice */
	uint32_t failed;       /* operations that failed in the end */
	uint64_t retried;      /* blocks that needed more than one attempt */
	struct uf_error error; /* why it failed: a block, or a medium that did not sync; code 0 */
};

/* One block that failed in the end. */
struct uf_exec_failure {
	uint32_t block;
	uint64_t offset; /* on the flash: the first wrong byte where known, else the block */
	enum uf_block_result result;
};

/* Get ready. The caller ends it. UF_ERR_MEMORY. Touches no flash. */
int uf_exec_begin(const struct uf_exec_input *input, struct uf_exec **exec, struct uf_error *err);

/* Do the next block. Returns false when there is nothing left to do. Touches flash. */
bool uf_exec_step(struct uf_exec *exec);

/* What has come of it so far. */
void uf_exec_outcome(const struct uf_exec *exec, struct uf_exec_outcome *outcome);

/* What has become of a partition of the plan. */
enum uf_row_state {
	UF_ROW_RIGHT, /* all of it has been verified, or was to be left alone */
	UF_ROW_WRONG, /* a block of it has failed */
	UF_ROW_OPEN, /* a block of it waits to be written or verified, such as the boot loader's for
		      * all others */
};

enum uf_row_state uf_exec_row(const struct uf_exec *exec, unsigned row);

/* The first block at or behind `from` (an index of plan->op) that has failed; returns its index
 * and fills failure, or returns plan->ops where there is none. */
uint32_t uf_exec_next_failure(const struct uf_exec *exec, uint32_t from,
			      struct uf_exec_failure *failure);

/* Free it; NULL is fine. */
void uf_exec_end(struct uf_exec *exec);

#endif
