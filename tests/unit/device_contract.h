/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What every device must do, whatever it is made of: the contract of uniflash/flash/device.h as
 * tests. They need nothing but that header and C, so that the same tests run over the emulated
 * devices of the unit tests and, in a small program, over a camera's MTD.
 *
 * The tests destroy what three neighbouring blocks hold, and change no other. Each returns NULL
 * where all is well, or a message.
 */
#ifndef DEVICE_CONTRACT_H
#define DEVICE_CONTRACT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "uniflash/flash/device.h"

/* How many blocks the tests write. */
#define DC_BLOCKS 3

/* A device, and what the tests must know of it beside what it tells. */
struct dc_bench {
	struct uf_device *dev;
	uint32_t first; /* the tests write [first, first + DC_BLOCKS) */
	bool needs_arm; /* nothing can be written before it is armed */
	bool nor;       /* programming sets no bit; RAM that stands for flash (phram) does */
};

static char dc_message[512];

static inline const char *dc_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

static inline const char *dc_fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(dc_message, sizeof(dc_message), format, args);
	va_end(args);
	return dc_message;
}

/* The offset of one of the blocks that are written, and the room of all of them. */
static inline uint64_t dc_off(const struct dc_bench *bench, uint32_t block)
{
	return (uint64_t)(bench->first + block) * bench->dev->geometry.erase_size;
}

static inline size_t dc_room(const struct dc_bench *bench)
{
	return (size_t)DC_BLOCKS * bench->dev->geometry.erase_size;
}

/* Bytes that look random: no two blocks alike, no byte blank for long. */
static inline void dc_pattern(uint8_t *buf, size_t len, uint32_t seed)
{
	uint32_t state = seed * 2654435761U + 12345;

	for (size_t at = 0; at < len; at++) {
		state = state * 1664525U + 1013904223U;
		buf[at] = (uint8_t)(state >> 24);
	}
}

/* What the flash holds and what it should hold: two buffers of dc_room each. */
struct dc_cells {
	uint8_t *found;
	uint8_t *want;
};

static inline const char *dc_cells_get(const struct dc_bench *bench, struct dc_cells *cells)
{
	cells->found = malloc(dc_room(bench));
	cells->want = malloc(dc_room(bench));
	return cells->found && cells->want ? NULL : dc_fail("no memory for the test");
}

static inline const char *dc_cells_put(struct dc_cells *cells, const char *message)
{
	free(cells->found);
	free(cells->want);
	return message;
}

/* Compare what the three blocks hold, read block by block, with what they should. */
static inline const char *dc_compare(const struct dc_bench *bench, struct dc_cells *cells,
				     const char *when)
{
	uint32_t size = bench->dev->geometry.erase_size;
	struct uf_error err = {0};

	for (uint32_t block = 0; block < DC_BLOCKS; block++) {
		memset(cells->found + block * size, 0xa5, size);
		if (uf_device_read(bench->dev, dc_off(bench, block), cells->found + block * size,
				   size, &err) != UF_OK)
			return dc_fail("%s: reading block %u: %s", when, block, err.what);
	}
	for (size_t at = 0; at < dc_room(bench); at++)
		if (cells->found[at] != cells->want[at])
			return dc_fail("%s: block %zu, byte %zu: found %#04x, expected %#04x", when,
				       at / size, at % size, cells->found[at], cells->want[at]);
	return NULL;
}

/* Take what the three blocks hold now for what they should hold. */
static inline const char *dc_snapshot(const struct dc_bench *bench, struct dc_cells *cells)
{
	struct uf_error err = {0};

	if (uf_device_read(bench->dev, dc_off(bench, 0), cells->want, dc_room(bench), &err) !=
	    UF_OK)
		return dc_fail("reading three blocks: %s", err.what);
	return NULL;
}

/* Erase the three blocks and program them with a pattern of their own. */
static inline const char *dc_prepare(const struct dc_bench *bench, struct dc_cells *cells,
				     uint32_t seed)
{
	uint32_t size = bench->dev->geometry.erase_size;
	struct uf_error err = {0};

	dc_pattern(cells->want, dc_room(bench), seed);
	for (uint32_t block = 0; block < DC_BLOCKS; block++) {
		if (uf_device_erase(bench->dev, dc_off(bench, block), &err) != UF_OK)
			return dc_fail("erasing block %u: %s", block, err.what);
		if (uf_device_program(bench->dev, dc_off(bench, block), cells->want + block * size,
				      size, &err) != UF_OK)
			return dc_fail("programming block %u: %s", block, err.what);
	}
	return dc_compare(bench, cells, "after erasing and programming");
}

/* Sizes that make sense together. */
static inline const char *dc_test_geometry(const struct dc_bench *bench)
{
	const struct uf_geometry *geometry = &bench->dev->geometry;

	if (!geometry->size || !geometry->erase_size || !geometry->page_size)
		return dc_fail("a size is 0");
	if (geometry->size % geometry->erase_size)
		return dc_fail("the size is no multiple of the erase size");
	if (geometry->erase_size % geometry->page_size)
		return dc_fail("the erase size is no multiple of the page size");
	if (uf_geometry_blocks(geometry) != geometry->size / geometry->erase_size)
		return dc_fail("the number of blocks is wrong");
	if (bench->first + DC_BLOCKS > uf_geometry_blocks(geometry))
		return dc_fail("the device has too few blocks for these tests");
	return NULL;
}

/* Reading inside works to the last byte, reading outside is an error. */
static inline const char *dc_test_read_bounds(const struct dc_bench *bench)
{
	uint64_t size = bench->dev->geometry.size;
	const struct {
		uint64_t off;
		size_t len;
		bool good;
	} rows[] = {
		{0, 1, true},
		{size - 1, 1, true},
		{size - 64, 64, true},
		{size, 1, false},
		{size - 1, 2, false},
		{size - 63, 64, false},
		{size + 4096, 1, false},
		{1ULL << 40, 1, false},
		{UINT64_MAX, 1, false},
		{UINT64_MAX - 31, 64, false},
	};
	uint8_t buf[64];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct uf_error err = {0};
		int ret = uf_device_read(bench->dev, rows[i].off, buf, rows[i].len, &err);

		if (rows[i].good && ret != UF_OK)
			return dc_fail("reading %zu bytes at %#llx: %s", rows[i].len,
				       (unsigned long long)rows[i].off, err.what);
		if (!rows[i].good && (ret >= 0 || (int)err.code != ret || !err.what[0]))
			return dc_fail("reading %zu bytes at %#llx: %d, expected an error",
				       rows[i].len, (unsigned long long)rows[i].off, ret);
	}
	return NULL;
}

/* Any piece of the three blocks is what the whole has there. */
static inline const char *dc_test_read_pieces(const struct dc_bench *bench)
{
	uint32_t size = bench->dev->geometry.erase_size;
	const size_t lens[] = {1, 3, 255, 256, 4096, size, size + 1, 2 * (size_t)size + 1};
	struct dc_cells cells;
	const char *message = dc_cells_get(bench, &cells);

	if (!message)
		message = dc_snapshot(bench, &cells);
	for (size_t i = 0; !message && i < sizeof(lens) / sizeof(lens[0]); i++) {
		for (size_t at = 0; !message && at + lens[i] <= dc_room(bench);
		     at += size / 3 + 1) {
			struct uf_error err = {0};

			if (uf_device_read(bench->dev, dc_off(bench, 0) + at, cells.found, lens[i],
					   &err) != UF_OK)
				message = dc_fail("reading: %s", err.what);
			else if (memcmp(cells.found, cells.want + at, lens[i]) != 0)
				message = dc_fail("%zu bytes at %zu are not those of the whole",
						  lens[i], at);
		}
	}
	return dc_cells_put(&cells, message);
}

/* Before it is armed nothing can be written, and nothing is. */
static inline const char *dc_test_unarmed(const struct dc_bench *bench)
{
	uint32_t page = bench->dev->geometry.page_size;
	struct dc_cells cells;
	const char *message = dc_cells_get(bench, &cells);
	uint8_t *zero = calloc(1, page);
	struct uf_error err = {0};

	if (!message && !zero)
		message = dc_fail("no memory for the test");
	if (!message && bench->needs_arm)
		message = dc_snapshot(bench, &cells);
	if (!message && bench->needs_arm &&
	    uf_device_erase(bench->dev, dc_off(bench, 1), &err) == UF_OK)
		message = dc_fail("an erase went through before arm");
	if (!message && bench->needs_arm &&
	    uf_device_program(bench->dev, dc_off(bench, 1), zero, page, &err) == UF_OK)
		message = dc_fail("a program went through before arm");
	if (!message && bench->needs_arm)
		message = dc_compare(bench, &cells, "after writes that were not armed");
	free(zero);
	return dc_cells_put(&cells, message);
}

/* Erasing sets every bit of its block and none of its neighbours'. */
static inline const char *dc_test_erase(const struct dc_bench *bench)
{
	uint32_t size = bench->dev->geometry.erase_size;
	struct dc_cells cells;
	const char *message = dc_cells_get(bench, &cells);

	for (uint32_t block = 0; !message && block < DC_BLOCKS; block++) {
		struct uf_error err = {0};

		message = dc_prepare(bench, &cells, 10 + block);
		if (!message && uf_device_erase(bench->dev, dc_off(bench, block), &err) != UF_OK)
			message = dc_fail("erasing: %s", err.what);
		if (!message) {
			memset(cells.want + block * size, 0xff, size);
			message = dc_compare(bench, &cells, "after erasing one block");
		}
	}
	return dc_cells_put(&cells, message);
}

/* A block that is blank can be erased again. */
static inline const char *dc_test_erase_twice(const struct dc_bench *bench)
{
	uint32_t size = bench->dev->geometry.erase_size;
	struct dc_cells cells;
	const char *message = dc_cells_get(bench, &cells);
	struct uf_error err = {0};

	if (!message)
		message = dc_prepare(bench, &cells, 20);
	for (int i = 0; !message && i < 2; i++)
		if (uf_device_erase(bench->dev, dc_off(bench, 1), &err) != UF_OK)
			message = dc_fail("erasing: %s", err.what);
	if (!message) {
		memset(cells.want + size, 0xff, size);
		message = dc_compare(bench, &cells, "after erasing one block twice");
	}
	return dc_cells_put(&cells, message);
}

/* Each page can be programmed by itself: the first and the last of each block, and one between. */
static inline const char *dc_test_program_page(const struct dc_bench *bench)
{
	uint32_t size = bench->dev->geometry.erase_size, page = bench->dev->geometry.page_size;
	const uint32_t places[] = {0, size / page / 2 * page, size - page};
	struct dc_cells cells;
	const char *message = dc_cells_get(bench, &cells);
	struct uf_error err = {0};

	for (uint32_t block = 0; !message && block < DC_BLOCKS; block++)
		if (uf_device_erase(bench->dev, dc_off(bench, block), &err) != UF_OK)
			message = dc_fail("erasing: %s", err.what);
	if (!message)
		memset(cells.want, 0xff, dc_room(bench));
	for (uint32_t block = 0; !message && block < DC_BLOCKS; block++) {
		for (unsigned i = 0; !message && i < 3; i++) {
			uint8_t *want = cells.want + block * size + places[i];

			dc_pattern(want, page, 30 + 3 * block + i);
			if (uf_device_program(bench->dev, dc_off(bench, block) + places[i], want,
					      page, &err) != UF_OK)
				message = dc_fail("programming a page: %s", err.what);
			else
				message = dc_compare(bench, &cells, "after programming a page");
		}
	}
	return dc_cells_put(&cells, message);
}

/* Several pages at once, beginning anywhere in a block. */
static inline const char *dc_test_program_pages(const struct dc_bench *bench)
{
	uint32_t size = bench->dev->geometry.erase_size, page = bench->dev->geometry.page_size;
	struct dc_cells cells;
	const char *message = dc_cells_get(bench, &cells);
	struct uf_error err = {0};

	if (!message && size / page < 4)
		return dc_cells_put(&cells, NULL);
	if (!message)
		message = dc_prepare(bench, &cells, 40);
	if (!message && uf_device_erase(bench->dev, dc_off(bench, 1), &err) != UF_OK)
		message = dc_fail("erasing: %s", err.what);
	if (!message) {
		memset(cells.want + size, 0xff, size);
		dc_pattern(cells.want + size + page, size - page, 41);
	}
	if (!message && uf_device_program(bench->dev, dc_off(bench, 1) + page,
					  cells.want + size + page, size - page, &err) != UF_OK)
		message = dc_fail("programming all pages but the first: %s", err.what);
	if (!message)
		message = dc_compare(bench, &cells, "after programming all pages but the first");
	return dc_cells_put(&cells, message);
}

/* Programming over what is there clears bits and sets none. */
static inline const char *dc_test_program_clears(const struct dc_bench *bench)
{
	uint32_t size = bench->dev->geometry.erase_size;
	struct dc_cells cells;
	const char *message = dc_cells_get(bench, &cells);
	struct uf_error err = {0};

	if (!message && !bench->nor)
		return dc_cells_put(&cells, NULL);
	if (!message)
		message = dc_prepare(bench, &cells, 50);
	if (!message) {
		dc_pattern(cells.found, size, 51);
		if (uf_device_program(bench->dev, dc_off(bench, 1), cells.found, size, &err) !=
		    UF_OK)
			message = dc_fail("programming: %s", err.what);
		for (uint32_t at = 0; at < size; at++)
			cells.want[size + at] &= cells.found[at];
	}
	if (!message)
		message = dc_compare(bench, &cells, "after programming over other contents");
	if (!message) {
		memset(cells.found, 0xff, size);
		if (uf_device_program(bench->dev, dc_off(bench, 1), cells.found, size, &err) !=
		    UF_OK)
			message = dc_fail("programming: %s", err.what);
	}
	if (!message)
		message = dc_compare(bench, &cells, "after programming nothing but ones");
	return dc_cells_put(&cells, message);
}

/* Where no block begins, or outside, nothing is erased. */
static inline const char *dc_test_erase_bounds(const struct dc_bench *bench)
{
	uint32_t size = bench->dev->geometry.erase_size;
	const uint64_t offs[] = {dc_off(bench, 1) + 1,
				 dc_off(bench, 1) + bench->dev->geometry.page_size,
				 dc_off(bench, 2) - 1,
				 bench->dev->geometry.size,
				 bench->dev->geometry.size + size,
				 (uint64_t)size << 20,
				 (uint64_t)0 - size,
				 UINT64_MAX};
	struct dc_cells cells;
	const char *message = dc_cells_get(bench, &cells);

	if (!message)
		message = dc_prepare(bench, &cells, 60);
	for (size_t i = 0; !message && i < sizeof(offs) / sizeof(offs[0]); i++) {
		struct uf_error err = {0};
		int ret = uf_device_erase(bench->dev, offs[i], &err);

		if (ret >= 0 || (int)err.code != ret || !err.what[0])
			message = dc_fail("erasing at %#llx: %d, expected an error",
					  (unsigned long long)offs[i], ret);
		else
			message = dc_compare(bench, &cells, "after an erase that was refused");
	}
	return dc_cells_put(&cells, message);
}

/* Outside nothing is programmed. */
static inline const char *dc_test_program_bounds(const struct dc_bench *bench)
{
	uint32_t size = bench->dev->geometry.erase_size, page = bench->dev->geometry.page_size;
	const uint64_t offs[] = {bench->dev->geometry.size, bench->dev->geometry.size + size,
				 (uint64_t)size << 20, (uint64_t)0 - page};
	struct dc_cells cells;
	const char *message = dc_cells_get(bench, &cells);
	uint8_t *zero = calloc(1, page);

	if (!message && !zero)
		message = dc_fail("no memory for the test");
	if (!message)
		message = dc_prepare(bench, &cells, 70);
	for (size_t i = 0; !message && i < sizeof(offs) / sizeof(offs[0]); i++) {
		struct uf_error err = {0};
		int ret = uf_device_program(bench->dev, offs[i], zero, page, &err);

		if (ret >= 0 || (int)err.code != ret || !err.what[0])
			message = dc_fail("programming at %#llx: %d, expected an error",
					  (unsigned long long)offs[i], ret);
		else
			message = dc_compare(bench, &cells, "after a program that was refused");
	}
	free(zero);
	return dc_cells_put(&cells, message);
}

/* Syncing changes nothing, and what was written is there before and after it. */
static inline const char *dc_test_sync(const struct dc_bench *bench)
{
	struct dc_cells cells;
	const char *message = dc_cells_get(bench, &cells);
	struct uf_error err = {0};

	if (!message)
		message = dc_prepare(bench, &cells, 80);
	if (!message && uf_device_sync(bench->dev, &err) != UF_OK)
		message = dc_fail("sync: %s", err.what);
	if (!message)
		message = dc_compare(bench, &cells, "after sync");
	return dc_cells_put(&cells, message);
}

/* Failures can be had without their words. */
static inline const char *dc_test_no_error(const struct dc_bench *bench)
{
	uint8_t byte;

	if (uf_device_read(bench->dev, bench->dev->geometry.size, &byte, 1, NULL) >= 0)
		return dc_fail("reading at the end is no error");
	if (uf_device_erase(bench->dev, dc_off(bench, 1) + 1, NULL) >= 0)
		return dc_fail("erasing where no block begins is no error");
	return NULL;
}

/* Arm the device for the blocks that the tests write; no byte of them changes. */
static inline const char *dc_arm(const struct dc_bench *bench)
{
	struct dc_cells cells;
	struct uf_block_set blocks = {0, NULL};
	const char *message = dc_cells_get(bench, &cells);
	struct uf_error err = {0};

	if (!message)
		message = dc_snapshot(bench, &cells);
	if (!message &&
	    uf_block_set_init(&blocks, uf_geometry_blocks(&bench->dev->geometry), &err) != UF_OK)
		message = dc_fail("block set: %s", err.what);
	if (!message) {
		for (uint32_t block = 0; block < DC_BLOCKS; block++)
			uf_block_set_add(&blocks, bench->first + block);
		if (uf_device_arm(bench->dev, &blocks, &err) != UF_OK)
			message = dc_fail("arm: %s", err.what);
	}
	if (!message)
		message = dc_compare(bench, &cells, "after arm");
	uf_block_set_free(&blocks);
	return dc_cells_put(&cells, message);
}

/* One test. Those that are `armed` run after dc_arm, the others before it. */
struct dc_test {
	const char *name;
	bool armed;
	const char *(*run)(const struct dc_bench *bench);
};

static const struct dc_test dc_tests[] = {
	{"geometry", false, dc_test_geometry},
	{"read bounds", false, dc_test_read_bounds},
	{"read pieces", false, dc_test_read_pieces},
	{"unarmed", false, dc_test_unarmed},
	{"erase", true, dc_test_erase},
	{"erase twice", true, dc_test_erase_twice},
	{"program page", true, dc_test_program_page},
	{"program pages", true, dc_test_program_pages},
	{"program clears", true, dc_test_program_clears},
	{"read pieces of contents", true, dc_test_read_pieces},
	{"erase bounds", true, dc_test_erase_bounds},
	{"program bounds", true, dc_test_program_bounds},
	{"sync", true, dc_test_sync},
	{"no error wanted", true, dc_test_no_error},
};

#define DC_TESTS (sizeof(dc_tests) / sizeof(dc_tests[0]))

/* Run all tests over one device that is not armed yet. *name is that of the test that failed. */
static inline const char *dc_run(const struct dc_bench *bench, const char **name)
{
	const char *message = NULL;

	for (int armed = 0; armed < 2; armed++) {
		*name = "arm";
		if (armed)
			message = dc_arm(bench);
		for (size_t i = 0; !message && i < DC_TESTS; i++) {
			if (dc_tests[i].armed != (armed == 1))
				continue;
			*name = dc_tests[i].name;
			message = dc_tests[i].run(bench);
		}
		if (message)
			return message;
	}
	return NULL;
}

#endif
