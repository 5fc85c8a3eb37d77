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
	struct uf_fingerprints *prints;
	const struct uf_hooks *hooks; /* told that it goes on; may be NULL */
	uint8_t *want;                /* one erase block */
	bool loaded;                  /* want holds what want_block is to hold */
	uint32_t want_block;
	struct stash stash; /* empty unless the image is streamed */
	uint8_t *have;      /* one erase block */
	uint8_t *before;    /* one erase block: what was there when it was to be erased */
	bool before_known;
	bool before_fresh;  /* it was read just now */
	bool block_touched; /* of the block in hand: an attempt has changed something in it */
	bool touched;       /* something may have changed */
	bool settles;   /* an erased block need not be blank where want can be programmed over it */
	uint32_t wrong; /* where in the block the last failure found a wrong byte */
};

/* Allocate the buffers. UF_ERR_MEMORY. */
int block_io_init(struct block_io *io, const struct uf_target *target, struct uf_image *image,
		  struct uf_device *dev, struct uf_fingerprints *prints);

/* Free the buffers; a zeroed one is fine. */
void block_io_free(struct block_io *io);

/* Fill want with what block is to hold: from memory where it is, else from the image, with three
 * tries. */
enum uf_block_result block_load(struct block_io *io, uint32_t block, struct uf_error *err);

/* Whether block reads as want has it. Reads only. */
bool block_is_right(struct block_io *io, uint32_t block);

/* Erase block and read it back as blank. UF_BLOCK_PROTECTED where nothing has changed. */
enum uf_block_result block_erase(struct block_io *io, uint32_t block, struct uf_error *err);

/* Program those pages of want in [from, to) that are not blank. */
enum uf_block_result block_program(struct block_io *io, uint32_t block, uint32_t from, uint32_t to,
				   struct uf_error *err);

/* Compare block, or what of it lies at `from` and behind, with want. Reads only. */
enum uf_block_result block_compare(struct block_io *io, uint32_t block, struct uf_error *err);
enum uf_block_result block_compare_from(struct block_io *io, uint32_t block, uint32_t from,
					struct uf_error *err);

/* All three: erase, program whole, compare. */
enum uf_block_result block_rewrite(struct block_io *io, uint32_t block, struct uf_error *err);

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
