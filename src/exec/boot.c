/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "boot.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static size_t room(const struct boot_window *window)
{
	return (size_t)window->count * window->io->target->geometry.erase_size;
}

static uint32_t erase_size(const struct boot_window *window)
{
	return window->io->target->geometry.erase_size;
}

int boot_init(struct boot_window *window, struct block_io *io, const struct uf_plan *plan)
{
	memset(window, 0, sizeof(*window));
	window->io = io;
	window->op = plan->op + plan->body_ops;
	window->count = plan->ops - plan->body_ops;
	if (!window->count)
		return UF_OK;
	window->outcome = UF_BOOT_OLD;
	window->fresh = calloc(window->count, erase_size(window));
	window->old = calloc(window->count, erase_size(window));
	if (!window->fresh || !window->old) {
		boot_free(window);
		return UF_ERR_MEMORY;
	}
	mlock(window->fresh, room(window));
	mlock(window->old, room(window));
	return UF_OK;
}

static void free_locked(uint8_t *bytes, size_t len)
{
	if (bytes)
		munlock(bytes, len);
	free(bytes);
}

void boot_free(struct boot_window *window)
{
	if (!window->count)
		return;
	free_locked(window->fresh, room(window));
	free_locked(window->old, room(window));
	window->fresh = NULL;
	window->old = NULL;
}

static uint8_t *copy_of(const struct boot_window *window, uint8_t *copies, uint32_t index)
{
	return copies + (size_t)index * erase_size(window);
}

static void fail(struct boot_window *window, uint32_t index, enum uf_block_result result)
{
	window->failed = index;
	window->result = result;
	/* The end of the block means that nothing wrong was found in it. */
	window->wrong = window->io->wrong < erase_size(window) ? window->io->wrong : 0;
}

/* Two readings that agree are what is there. */
static bool read_old_once(struct boot_window *window, uint32_t index)
{
	struct block_io *io = window->io;
	uint64_t off = (uint64_t)window->op[index].block * erase_size(window);
	uint8_t *old = copy_of(window, window->old, index);

	return !uf_read_retrying(io->dev, off, old, erase_size(window), NULL) &&
	       !uf_read_retrying(io->dev, off, io->have, erase_size(window), NULL) &&
	       uf_first_difference(old, io->have, erase_size(window)) == erase_size(window);
}

/* It is the way back: one wrong bit on the way must not take it. */
static bool read_old(struct boot_window *window, uint32_t index)
{
	for (int attempt = 0; attempt < UF_BLOCK_TRIES; attempt++)
		if (read_old_once(window, index))
			return true;
	return false;
}

bool boot_prepare(struct boot_window *window)
{
	window->old_known = true;
	for (uint32_t index = 0; index < window->count; index++) {
		enum uf_block_result result =
			block_load(window->io, window->op[index].block, window->err);

		if (result != UF_BLOCK_OK) {
			fail(window, index, result);
			window->tell(window->context, index, result);
			return false;
		}
		memcpy(copy_of(window, window->fresh, index), window->io->want, erase_size(window));
		window->old_known &= read_old(window, index);
	}
	window->io->loaded = false;
	return true;
}

/* The operation of the flash's first block, which holds the header; -1 where it is not written. */
static int header_op(const struct boot_window *window)
{
	return window->op[window->count - 1].block == 0 ? (int)window->count - 1 : -1;
}

static void want(struct boot_window *window, uint8_t *copies, uint32_t index)
{
	memcpy(window->io->want, copy_of(window, copies, index), erase_size(window));
	window->io->wrong = 0;
	window->io->before_fresh = false;
}

/* The header goes first. */
static bool open_window(struct boot_window *window, uint8_t *copies, uint32_t index)
{
	enum uf_block_result result = UF_BLOCK_OK;

	want(window, copies, index);
	window->io->block_touched = false;
	for (int attempt = 0; attempt < UF_BLOCK_TRIES; attempt++) {
		window->io->before_fresh = false;
		result = block_erase(window->io, 0, window->err);
		if (result == UF_BLOCK_OK)
			return true;
		window->tell(window->context, index, result);
	}
	fail(window, index, result);
	return false;
}

static bool write_one(struct boot_window *window, uint8_t *copies, uint32_t index, bool forced)
{
	struct block_io *io = window->io;
	uint32_t block = window->op[index].block;
	enum uf_block_result result = UF_BLOCK_OK;

	want(window, copies, index);
	io->block_touched = false;
	for (int attempt = 0; attempt < UF_BLOCK_TRIES; attempt++) {
		if (!forced && block_is_right(io, block))
			return true;
		result = block_rewrite(io, block, window->err);
		if (result == UF_BLOCK_OK)
			return true;
		window->tell(window->context, index, result);
	}
	fail(window, index, result);
	return false;
}

/* All pages but the first, and when they are right that one, which makes the header valid. */
static enum uf_block_result program_header(struct boot_window *window)
{
	struct block_io *io = window->io;
	uint32_t page = io->target->geometry.page_size;
	enum uf_block_result result = block_program(io, 0, page, erase_size(window), window->err);

	if (result == UF_BLOCK_OK)
		result = block_compare_from(io, 0, page, window->err);
	if (result == UF_BLOCK_OK)
		result = block_program(io, 0, 0, page, window->err);
	if (result == UF_BLOCK_OK)
		result = block_compare(io, 0, window->err);
	return result;
}

static bool close_window(struct boot_window *window, uint8_t *copies, uint32_t index)
{
	enum uf_block_result result = UF_BLOCK_OK;

	want(window, copies, index);
	for (int attempt = 0; attempt < UF_BLOCK_TRIES; attempt++) {
		/* The first time it has just been erased. */
		if (attempt)
			result = block_erase(window->io, 0, window->err);
		if (result == UF_BLOCK_OK)
			result = program_header(window);
		if (result == UF_BLOCK_OK)
			return true;
		window->tell(window->context, index, result);
	}
	fail(window, index, result);
	return false;
}

/* Everything once more, as a whole. */
static bool verify_all(struct boot_window *window, uint8_t *copies)
{
	for (uint32_t index = 0; index < window->count; index++) {
		enum uf_block_result result;

		want(window, copies, index);
		result = block_compare(window->io, window->op[index].block, window->err);
		if (result == UF_BLOCK_OK)
			continue;
		window->tell(window->context, index, result);
		fail(window, index, result);
		return false;
	}
	return true;
}

/* One round. *opened becomes true where the boot loader is no longer what it was. */
static bool write_round(struct boot_window *window, uint8_t *copies, bool forced, bool *opened)
{
	int header = header_op(window);
	bool touched = window->io->touched;

	if (header >= 0) {
		bool open;

		window->io->touched = false;
		open = open_window(window, copies, (uint32_t)header);
		*opened |= open || window->io->touched;
		window->io->touched |= touched;
		if (!open)
			return false;
	}
	*opened = true;
	for (uint32_t index = 0; index < window->count; index++)
		if ((int)index != header &&
		    !write_one(window, copies, index, forced && window->op[index].forced))
			return false;
	if (header >= 0 && !close_window(window, copies, (uint32_t)header))
		return false;
	return verify_all(window, copies);
}

static bool write_rounds(struct boot_window *window, uint8_t *copies, bool *opened)
{
	for (int round = 0; round < BOOT_ROUNDS; round++)
		if (write_round(window, copies, round == 0 && copies == window->fresh, opened))
			return true;
	return false;
}

/* Write the old one back. What is told of in the end is why the new one failed. */
static void write_back(struct boot_window *window)
{
	struct uf_error why = *window->err;
	enum uf_block_result result = window->result;
	uint32_t failed = window->failed;
	uint32_t wrong = window->wrong;
	bool opened = true;

	/* A cell that can no longer be erased holds what the old one has there, or else nothing
	 * helps. */
	window->io->settles = true;
	window->outcome = window->old_known && write_rounds(window, window->old, &opened)
				  ? UF_BOOT_RESTORED
				  : UF_BOOT_BROKEN;
	window->io->settles = false;
	window->failed = failed;
	window->result = result;
	window->wrong = wrong;
	*window->err = why;
}

void boot_write(struct boot_window *window)
{
	bool opened = false;

	if (write_rounds(window, window->fresh, &opened)) {
		window->outcome = UF_BOOT_NEW;
		return;
	}
	/* An erase that changed nothing leaves the old one as it was. */
	if (opened)
		write_back(window);
}
