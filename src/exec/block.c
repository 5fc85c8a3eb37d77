/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "block.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A card can fail to read once. */
#define LOAD_TRIES 3

static uint64_t offset_of(const struct block_io *io, uint32_t block)
{
	return (uint64_t)block * io->target->geometry.erase_size;
}

/* A block that is tried again is not read again: from a packed image that would be a pass. */
static enum uf_block_result load(struct block_io *io, uint32_t block, struct uf_error *err)
{
	int ret = UF_ERR_IO;

	if (io->loaded && io->want_block == block)
		return UF_BLOCK_OK;
	io->loaded = stash_get(&io->stash, block, io->want);
	if (io->loaded)
		ret = UF_OK;
	for (int attempt = 0; ret && attempt < LOAD_TRIES; attempt++)
		ret = uf_target_load(io->target, block, io->image, io->hash, io->want, err);
	io->loaded = ret == UF_OK;
	io->want_block = block;
	if (!ret)
		return UF_BLOCK_OK;
	return ret == UF_ERR_CHANGED ? UF_BLOCK_IMAGE_CHANGED : UF_BLOCK_IMAGE_UNREADABLE;
}

/* The first byte that is not blank, the size where all are. */
static uint32_t first_not_blank(const struct block_io *io)
{
	uint32_t size = io->target->geometry.erase_size;
	uint32_t at = 0;

	while (at < size && io->have[at] == UF_BLANK_BYTE)
		at++;
	return at;
}

static enum uf_block_result check_blank(struct block_io *io, uint64_t off, struct uf_error *err)
{
	uint32_t size = io->target->geometry.erase_size;

	/* One flipped bit on the way is no reason to erase again. */
	for (int attempt = 0; attempt < 2; attempt++) {
		if (uf_read_retrying(io->dev, off, io->have, size, err))
			return UF_BLOCK_READ_FAILED;
		if (uf_is_blank(io->have, size))
			return UF_BLOCK_OK;
	}
	io->wrong = first_not_blank(io);
	uf_fail(err, UF_ERR_MISMATCH,
		"0x%06" PRIx64 " reads 0x%02x after an erase that reported success, expected 0xff",
		off + io->wrong, io->have[io->wrong]);
	return UF_BLOCK_NOT_BLANK;
}

/* The length of the run of pages at `at` that are all blank, or all not. */
static uint32_t run_of_pages(const struct block_io *io, uint32_t at, bool *blank)
{
	uint32_t page = io->target->geometry.page_size;
	uint32_t size = io->target->geometry.erase_size;
	uint32_t end = at;

	*blank = uf_is_blank(io->want + at, page);
	while (end < size && uf_is_blank(io->want + end, page) == *blank)
		end += page;
	return end - at;
}

static enum uf_block_result program(struct block_io *io, uint64_t off, struct uf_error *err)
{
	uint32_t size = io->target->geometry.erase_size;
	uint32_t len;
	bool blank;

	for (uint32_t at = 0; at < size; at += len) {
		len = run_of_pages(io, at, &blank);
		if (!blank && uf_device_program(io->dev, off + at, io->want + at, len, err)) {
			io->wrong = at;
			return UF_BLOCK_PROGRAM_FAILED;
		}
	}
	return UF_BLOCK_OK;
}

static enum uf_block_result compare(struct block_io *io, uint64_t off, struct uf_error *err)
{
	uint32_t size = io->target->geometry.erase_size;

	/* A mismatch is read again before it counts (K3). */
	for (int attempt = 0; attempt < 2; attempt++) {
		if (uf_read_retrying(io->dev, off, io->have, size, err))
			return UF_BLOCK_READ_FAILED;
		io->wrong = (uint32_t)uf_first_difference(io->want, io->have, size);
		if (io->wrong == size)
			return UF_BLOCK_OK;
	}
	uf_fail(err, UF_ERR_MISMATCH,
		"0x%06" PRIx64 " reads 0x%02x after programming, expected 0x%02x", off + io->wrong,
		io->have[io->wrong], io->want[io->wrong]);
	return UF_BLOCK_MISMATCH;
}

static enum uf_block_result erase(struct block_io *io, uint64_t off, struct uf_error *err)
{
	io->touched = true;
	if (uf_device_erase(io->dev, off, err))
		return UF_BLOCK_ERASE_FAILED;
	return check_blank(io, off, err);
}

/* A survey that was misled by one bad reading, or a block that became right since, costs no erase.
 */
static bool is_right_already(struct block_io *io, uint64_t off)
{
	uint32_t size = io->target->geometry.erase_size;

	return !uf_read_retrying(io->dev, off, io->have, size, NULL) &&
	       uf_first_difference(io->want, io->have, size) == size;
}

enum uf_block_result block_write(struct block_io *io, const struct uf_op *op, struct uf_error *err)
{
	uint64_t off = offset_of(io, op->block);
	enum uf_block_result result;

	io->wrong = 0;
	result = load(io, op->block, err);
	if (result != UF_BLOCK_OK || (!op->forced && is_right_already(io, off)))
		return result;
	result = erase(io, off, err);
	if (result == UF_BLOCK_OK)
		result = program(io, off, err);
	if (result == UF_BLOCK_OK)
		result = compare(io, off, err);
	return result;
}

enum uf_block_result block_verify(struct block_io *io, uint32_t block, struct uf_error *err)
{
	uint32_t size = io->target->geometry.erase_size;
	uint64_t off = offset_of(io, block);
	struct uf_digest digest;

	io->wrong = 0;
	for (int attempt = 0; attempt < 2; attempt++) {
		if (uf_read_retrying(io->dev, off, io->have, size, err))
			return UF_BLOCK_READ_FAILED;
		if (uf_hash_once(io->hash, io->have, size, &digest) &&
		    uf_digest_equal(&digest, &io->target->block[block].want))
			return UF_BLOCK_OK;
	}
	uf_fail(err, UF_ERR_MISMATCH,
		"the block at 0x%06" PRIx64 " no longer holds what was written to it", off);
	return UF_BLOCK_MISMATCH;
}

int block_io_init(struct block_io *io, const struct uf_target *target, struct uf_image *image,
		  struct uf_device *dev, struct uf_hash *hash)
{
	memset(io, 0, sizeof(*io));
	io->target = target;
	io->image = image;
	io->dev = dev;
	io->hash = hash;
	io->want = malloc(target->geometry.erase_size);
	io->have = malloc(target->geometry.erase_size);
	if (io->want && io->have &&
	    (!uf_image_streamed(image) ||
	     stash_init(&io->stash, target->geometry.erase_size) == UF_OK))
		return UF_OK;
	block_io_free(io);
	return UF_ERR_MEMORY;
}

void block_io_free(struct block_io *io)
{
	stash_free(&io->stash);
	free(io->want);
	free(io->have);
	io->want = NULL;
	io->have = NULL;
}
