/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "block.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A card can fail to read once. */
#define LOAD_TRIES 3

/* So few bytes that are not blank can be cells that are stuck. */
#define NEARLY_BLANK 16

static uint64_t offset_of(const struct block_io *io, uint32_t block)
{
	return (uint64_t)block * io->target->geometry.erase_size;
}

enum uf_block_result block_load(struct block_io *io, uint32_t block, struct uf_error *err)
{
	int ret = UF_ERR_IO;

	/* What is tried again is not read again: from a packed image that would be a pass. */
	if (io->loaded && io->want_block == block)
		return UF_BLOCK_OK;
	io->loaded = stash_get(&io->stash, block, io->want);
	if (io->loaded)
		ret = UF_OK;
	for (int attempt = 0; ret && attempt < LOAD_TRIES; attempt++)
		ret = uf_target_load(io->target, block, io->image, io->prints, io->want, err);
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

/* Whether what is wanted needs no bit that stayed programmed: programming only clears bits. */
static bool can_become_wanted(const struct block_io *io)
{
	uint32_t size = io->target->geometry.erase_size;

	for (uint32_t at = 0; at < size; at++)
		if ((io->have[at] & io->want[at]) != io->want[at])
			return false;
	return true;
}

static enum uf_block_result check_blank(struct block_io *io, uint64_t off, struct uf_error *err)
{
	uint32_t size = io->target->geometry.erase_size;

	/* One flipped bit on the way is no reason to erase again. */
	for (int attempt = 0; attempt < 2; attempt++) {
		if (uf_read_retrying(io->dev, off, io->have, size, err))
			return UF_BLOCK_READ_FAILED;
		if (uf_is_blank(io->have, size) || (io->settles && can_become_wanted(io)))
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

enum uf_block_result block_program(struct block_io *io, uint32_t block, uint32_t from, uint32_t to,
				   struct uf_error *err)
{
	uint64_t off = offset_of(io, block);
	uint32_t len;
	bool blank;

	for (uint32_t at = from; at < to; at += len) {
		len = (uint32_t)uf_min(run_of_pages(io, at, &blank), to - at);
		io->touched |= !blank;
		if (!blank && uf_device_program(io->dev, off + at, io->want + at, len, err)) {
			io->wrong = at;
			return UF_BLOCK_PROGRAM_FAILED;
		}
	}
	return UF_BLOCK_OK;
}

enum uf_block_result block_compare(struct block_io *io, uint32_t block, struct uf_error *err)
{
	return block_compare_from(io, block, 0, err);
}

enum uf_block_result block_compare_from(struct block_io *io, uint32_t block, uint32_t from,
					struct uf_error *err)
{
	uint32_t size = io->target->geometry.erase_size;
	uint64_t off = offset_of(io, block);

	uf_beat(io->hooks);
	/* A mismatch is read again before it counts (K3). */
	for (int attempt = 0; attempt < 2; attempt++) {
		if (uf_read_retrying(io->dev, off, io->have, size, err))
			return UF_BLOCK_READ_FAILED;
		io->wrong = from + (uint32_t)uf_first_difference(io->want + from, io->have + from,
								 size - from);
		if (io->wrong == size)
			return UF_BLOCK_OK;
	}
	uf_fail(err, UF_ERR_MISMATCH,
		"0x%06" PRIx64 " reads 0x%02x after programming, expected 0x%02x", off + io->wrong,
		io->have[io->wrong], io->want[io->wrong]);
	return UF_BLOCK_MISMATCH;
}

/* Whether the block still reads as it did before the erase. */
static bool is_as_before(const struct block_io *io)
{
	uint32_t size = io->target->geometry.erase_size;

	return io->before_known && uf_first_difference(io->before, io->have, size) == size;
}

static bool is_nearly_blank(const struct block_io *io)
{
	uint32_t size = io->target->geometry.erase_size;
	uint32_t programmed = 0;

	for (uint32_t at = 0; at < size && programmed <= NEARLY_BLANK; at++)
		programmed += io->have[at] != UF_BLANK_BYTE;
	return programmed <= NEARLY_BLANK;
}

/* A chip that is protected takes the command, reports success, and does nothing (K2). */
static enum uf_block_result judge_erase(struct block_io *io, uint64_t off,
					enum uf_block_result result, struct uf_error *err)
{
	if (result == UF_BLOCK_READ_FAILED || !is_as_before(io)) {
		io->block_touched = true;
		io->touched = true;
		return result;
	}
	/* What an earlier attempt left changes no more; a few cells that are stuck are a bad block,
	 * not a chip that does not obey. */
	if (result != UF_BLOCK_NOT_BLANK || io->block_touched || is_nearly_blank(io))
		return result;
	uf_refuse(err, UF_CHECK_DEVICE_PROTECTED,
		  "the block at 0x%06" PRIx64
		  " is after an erase what it was before it: the chip does not obey",
		  off);
	return UF_BLOCK_PROTECTED;
}

enum uf_block_result block_erase(struct block_io *io, uint32_t block, struct uf_error *err)
{
	uint32_t size = io->target->geometry.erase_size;
	uint64_t off = offset_of(io, block);
	enum uf_block_result result;
	int failed;

	uf_beat(io->hooks);
	if (!io->before_fresh)
		io->before_known = !uf_read_retrying(io->dev, off, io->before, size, NULL);
	io->before_fresh = false;
	failed = uf_device_erase(io->dev, off, err);
	if (!failed)
		return judge_erase(io, off, check_blank(io, off, err), err);
	/* What a failed erase has done must be known, too. */
	result = uf_read_retrying(io->dev, off, io->have, size, NULL) ? UF_BLOCK_READ_FAILED
								      : UF_BLOCK_ERASE_FAILED;
	judge_erase(io, off, result, NULL);
	return UF_BLOCK_ERASE_FAILED;
}

/* A survey that was misled by one bad reading, or a block that became right since, costs no erase.
 */
bool block_is_right(struct block_io *io, uint32_t block)
{
	uint32_t size = io->target->geometry.erase_size;

	io->before_known = !uf_read_retrying(io->dev, offset_of(io, block), io->before, size, NULL);
	io->before_fresh = true;
	return io->before_known && uf_first_difference(io->want, io->before, size) == size;
}

/* How long erasing takes and how long programming is what the time left is made of. */
static void tell_erased(const struct block_io *io)
{
	const struct uf_event event = {.kind = UF_EVENT_ERASED};

	if (io->hooks)
		uf_emit(io->hooks, &event);
}

enum uf_block_result block_rewrite(struct block_io *io, uint32_t block, struct uf_error *err)
{
	uint32_t size = io->target->geometry.erase_size;
	enum uf_block_result result = block_erase(io, block, err);

	if (result != UF_BLOCK_OK)
		return result;
	tell_erased(io);
	result = block_program(io, block, 0, size, err);
	if (result == UF_BLOCK_OK)
		result = block_compare(io, block, err);
	return result;
}

enum uf_block_result block_write(struct block_io *io, const struct uf_op *op, struct uf_error *err)
{
	enum uf_block_result result;

	io->wrong = 0;
	result = block_load(io, op->block, err);
	io->before_fresh = false;
	if (result != UF_BLOCK_OK || (!op->forced && block_is_right(io, op->block)))
		return result;
	return block_rewrite(io, op->block, err);
}

enum uf_block_result block_verify(struct block_io *io, uint32_t block, struct uf_error *err)
{
	uint32_t size = io->target->geometry.erase_size;
	uint64_t off = offset_of(io, block);
	struct uf_fingerprint print;

	io->wrong = 0;
	for (int attempt = 0; attempt < 2; attempt++) {
		if (uf_read_retrying(io->dev, off, io->have, size, err))
			return UF_BLOCK_READ_FAILED;
		if (uf_fingerprint(io->prints, io->have, size, &print) &&
		    uf_fingerprint_equal(&print, &io->target->block[block].want))
			return UF_BLOCK_OK;
	}
	uf_fail(err, UF_ERR_MISMATCH,
		"the block at 0x%06" PRIx64 " no longer holds what was written to it", off);
	return UF_BLOCK_MISMATCH;
}

int block_io_init(struct block_io *io, const struct uf_target *target, struct uf_image *image,
		  struct uf_device *dev, struct uf_fingerprints *prints)
{
	memset(io, 0, sizeof(*io));
	io->target = target;
	io->image = image;
	io->dev = dev;
	io->prints = prints;
	io->want = malloc(target->geometry.erase_size);
	io->have = malloc(target->geometry.erase_size);
	io->before = malloc(target->geometry.erase_size);
	if (io->want && io->have && io->before &&
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
	free(io->before);
	io->before = NULL;
	io->want = NULL;
	io->have = NULL;
}
