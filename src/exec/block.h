/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One block: loaded, erased, checked blank, programmed, compared. */
#ifndef EXEC_BLOCK_H
#define EXEC_BLOCK_H

#include "stash.h"
#include "uniflash/plan/plan.h"
#include "uniflash/plan/survey.h"

/* What it takes to write one block; borrows all but the buffers. */
struct block_io {
	const struct uf_target *target;
	struct uf_image *image;
	struct uf_device *dev;
	struct uf_hash *hash;
	uint8_t *want; /* one erase block */
	bool loaded;   /* want holds what want_block is to hold */
	uint32_t want_block;
	struct stash stash; /* empty unless the image is streamed */
	uint8_t *have;      /* one erase block */
	bool touched;       /* an erase was begun */
	uint32_t wrong;     /* where in the block the last failure found a wrong byte */
};

/* Allocate the buffers. UF_ERR_MEMORY. */
int block_io_init(struct block_io *io, const struct uf_target *target, struct uf_image *image,
		  struct uf_device *dev, struct uf_hash *hash);

/* Free the buffers; a zeroed one is fine. */
void block_io_free(struct block_io *io);

/*
 * Make one attempt at an operation. Where the image cannot be read (it is tried three times) or is
 * not what was checked, the block is not touched; where the block holds already what it should and
 * the operation is not forced, it is only read. Everything else but UF_BLOCK_OK can have changed
 * the block; err says what happened. Erases and programs.
 */
enum uf_block_result block_write(struct block_io *io, const struct uf_op *op, struct uf_error *err);

/* Compare block with the digest taken from the image. Reads only. */
enum uf_block_result block_verify(struct block_io *io, uint32_t block, struct uf_error *err);

#endif
