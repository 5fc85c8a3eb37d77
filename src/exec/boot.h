/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The boot loader's window. Everything else has been written and read back by now. The header that
 * the SoC's boot ROM looks for is erased before anything else of the boot loader changes and comes
 * back last, page 0 last of all: whatever cuts this off leaves the old boot loader, the new one, or
 * no header, never a header over a loader that is half written.
 *
 * New and old contents are in memory before the first erase; where the new ones cannot be written,
 * the old ones are written back.
 */
#ifndef EXEC_BOOT_H
#define EXEC_BOOT_H

#include "block.h"
#include "uniflash/exec/exec.h"

/* How often all of it is tried, with UF_BLOCK_TRIES for each block. */
#define BOOT_ROUNDS 2

/* One window; zeroed, there is none. */
struct boot_window {
	struct block_io *io;
	const struct uf_op *op; /* in the order of the plan: the flash's first block is the last */
	uint32_t count;
	uint8_t *fresh; /* count blocks: what they are to hold */
	uint8_t *old;   /* count blocks: what they held */
	bool old_known;
	enum uf_boot_outcome outcome;
	uint32_t failed;             /* index into op of the one that could not be written */
	enum uf_block_result result; /* why */
	uint32_t wrong;
	struct uf_error *err;
	void *context;
	void (*tell)(void *context, uint32_t index, enum uf_block_result result);
};

/* Make room for the operations from `first` of the plan on. Locked where the system allows it.
 * UF_ERR_MEMORY. */
int boot_init(struct boot_window *window, struct block_io *io, const struct uf_plan *plan);
void boot_free(struct boot_window *window);

/* Read both contents. False where the new ones cannot be had: the boot loader is not touched. */
bool boot_prepare(struct boot_window *window);

/* Open the window, write, close it. Fills outcome, failed, result. Erases and programs. */
void boot_write(struct boot_window *window);

#endif
