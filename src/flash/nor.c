/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/flash/nor.h"

#include "uniflash/flash/bounds.h"
#include "uniflash/flash/fault.h"

#include <stdlib.h>
#include <string.h>

struct nor {
	struct uf_device dev;
	uint8_t *cells;
	uint8_t *weak; /* the bits that read differently each time */
	bool has_weak; /* there can be some */
	uint32_t *wear;
	struct uf_cut cut;
	uint64_t operations;
	uint64_t random;
	bool off;
};

static struct nor *nor_of(struct uf_device *dev)
{
	return (struct nor *)dev;
}

static int check_power(const struct nor *nor, struct uf_error *err)
{
	return nor->off ? uf_fail(err, UF_ERR_IO, "the chip has no power") : UF_OK;
}

/* Begin an operation. Returns how it is cut. */
static enum uf_cut_kind begin(struct nor *nor)
{
	nor->operations++;
	if (nor->cut.kind == UF_CUT_NONE || nor->operations != nor->cut.at)
		return UF_CUT_NONE;
	nor->off = true;
	return nor->cut.kind;
}

/* A byte in which each bit is set with a probability in eighths. */
static uint8_t some_bits(struct nor *nor, unsigned eighths)
{
	uint64_t random = uf_random(&nor->random);
	unsigned bits = 0;

	for (unsigned bit = 0; bit < 8; bit++)
		if ((random >> (8 + 3 * bit)) % 8 < eighths)
			bits |= 1U << bit;
	return (uint8_t)bits;
}

static void weaken(struct nor *nor, uint8_t *buf, uint64_t off, size_t len)
{
	for (size_t at = 0; at < len; at++)
		if (nor->weak[off + at])
			buf[at] ^= nor->weak[off + at] & some_bits(nor, 4);
}

static int nor_read(struct uf_device *dev, uint64_t off, void *buf, size_t len,
		    struct uf_error *err)
{
	struct nor *nor = nor_of(dev);
	int ret = uf_bounds_read(&dev->geometry, off, len, err);

	if (!ret)
		ret = check_power(nor, err);
	if (ret)
		return ret;
	memcpy(buf, nor->cells + off, len);
	if (nor->has_weak)
		weaken(nor, buf, off, len);
	return UF_OK;
}

static int nor_arm(struct uf_device *dev, const struct uf_block_set *blocks, struct uf_error *err)
{
	(void)dev;
	(void)blocks;
	(void)err;
	return UF_OK;
}

/* How far a torn erase has come. */
enum progress {
	CLEARING, /* chips clear all bits of a block before they set them */
	SETTING,
	NEARLY_DONE, /* it may read as blank */
	PROGRESSES
};

/* The bits of a byte that a torn erase has reached: nearly done, all but one in some bytes. */
static uint8_t reached(struct nor *nor, enum progress progress, unsigned eighths)
{
	uint64_t random;

	if (progress != NEARLY_DONE)
		return some_bits(nor, eighths);
	random = uf_random(&nor->random) >> 20;
	if (random % nor->dev.geometry.erase_size >= 3)
		return UF_BLANK_BYTE;
	return (uint8_t)(UF_BLANK_BYTE ^ 1U << (random >> 32) % 8);
}

static void tear_erase(struct nor *nor, uint64_t off, uint32_t size)
{
	enum progress progress = (uf_random(&nor->random) >> 40) % PROGRESSES;
	unsigned eighths = 1 + (unsigned)((uf_random(&nor->random) >> 40) % 7);

	for (uint32_t at = 0; at < size; at++) {
		uint8_t *cell = &nor->cells[off + at];
		uint8_t bits = reached(nor, progress, eighths);

		*cell = progress == CLEARING ? *cell & (uint8_t)~bits : *cell | bits;
		if (nor->cut.unstable && progress == NEARLY_DONE) {
			nor->weak[off + at] = (uint8_t)~bits;
			*cell = UF_BLANK_BYTE;
		} else if (nor->cut.unstable) {
			nor->weak[off + at] = bits;
		}
	}
	nor->has_weak |= nor->cut.unstable;
}

static int nor_erase(struct uf_device *dev, uint64_t off, struct uf_error *err)
{
	struct nor *nor = nor_of(dev);
	uint32_t size = dev->geometry.erase_size;
	int ret = uf_bounds_erase(&dev->geometry, off, err);
	enum uf_cut_kind cut;

	if (!ret)
		ret = check_power(nor, err);
	if (ret)
		return ret;
	cut = begin(nor);
	if (cut == UF_CUT_BEFORE)
		return check_power(nor, err);
	nor->wear[off / size]++;
	if (nor->has_weak)
		memset(nor->weak + off, 0, size);
	if (cut == UF_CUT_TORN)
		tear_erase(nor, off, size);
	else
		memset(nor->cells + off, UF_BLANK_BYTE, size);
	return check_power(nor, err);
}

/* Clear bits. A weak one that is programmed is a firm 0. */
static void program_byte(struct nor *nor, uint64_t off, uint8_t data)
{
	nor->cells[off] &= data;
	if (nor->has_weak)
		nor->weak[off] &= data;
}

static int program_page(struct nor *nor, uint64_t off, const uint8_t *data, struct uf_error *err)
{
	enum uf_cut_kind cut = begin(nor);
	unsigned eighths = 8;

	if (cut == UF_CUT_BEFORE)
		return check_power(nor, err);
	if (cut == UF_CUT_TORN)
		eighths = 1 + (unsigned)((uf_random(&nor->random) >> 40) % 7);
	for (uint32_t at = 0; at < nor->dev.geometry.page_size; at++) {
		uint8_t left = eighths == 8 ? 0 : (uint8_t)~some_bits(nor, eighths);

		program_byte(nor, off + at, data[at] | left);
	}
	return check_power(nor, err);
}

static int nor_program(struct uf_device *dev, uint64_t off, const void *buf, size_t len,
		       struct uf_error *err)
{
	struct nor *nor = nor_of(dev);
	int ret = uf_bounds_program(&dev->geometry, off, len, err);

	if (!ret)
		ret = check_power(nor, err);
	for (size_t at = 0; !ret && at < len; at += dev->geometry.page_size)
		ret = program_page(nor, off + at, (const uint8_t *)buf + at, err);
	return ret;
}

static int nor_sync(struct uf_device *dev, struct uf_error *err)
{
	return check_power(nor_of(dev), err);
}

static void nor_close(struct uf_device *dev)
{
	free(nor_of(dev)->cells);
	free(nor_of(dev)->weak);
	free(nor_of(dev)->wear);
	free(nor_of(dev));
}

static const struct uf_device_ops nor_ops = {
	.read = nor_read,
	.arm = nor_arm,
	.erase = nor_erase,
	.program = nor_program,
	.sync = nor_sync,
	.close = nor_close,
};

int uf_nor_open(const struct uf_geometry *geometry, struct uf_device **dev, struct uf_error *err)
{
	struct nor *nor = calloc(1, sizeof(*nor));

	if (!nor)
		return uf_fail(err, UF_ERR_MEMORY, "no memory for a chip");
	nor->dev.ops = &nor_ops;
	nor->dev.geometry = *geometry;
	nor->cells = malloc((size_t)geometry->size);
	nor->weak = calloc(1, (size_t)geometry->size);
	nor->wear = calloc(uf_geometry_blocks(geometry), sizeof(*nor->wear));
	if (!nor->cells || !nor->weak || !nor->wear) {
		nor_close(&nor->dev);
		/* cppcheck-suppress memleak ; dev is in it */
		return uf_fail(err, UF_ERR_MEMORY, "no memory for a chip");
	}
	memset(nor->cells, UF_BLANK_BYTE, (size_t)geometry->size);
	nor->random = 1;
	*dev = &nor->dev;
	return UF_OK;
}

uint8_t *uf_nor_cells(struct uf_device *dev)
{
	return nor_of(dev)->cells;
}

uint32_t uf_nor_wear(const struct uf_device *dev, uint32_t block)
{
	return ((const struct nor *)dev)->wear[block];
}

void uf_nor_set_cut(struct uf_device *dev, const struct uf_cut *cut)
{
	struct nor *nor = nor_of(dev);

	nor->cut = *cut;
	nor->operations = 0;
	nor->off = false;
	nor->random = cut->seed * 0x9e3779b97f4a7c15ULL | 1;
}

bool uf_nor_is_off(const struct uf_device *dev)
{
	return ((const struct nor *)dev)->off;
}

uint64_t uf_nor_operations(const struct uf_device *dev)
{
	return ((const struct nor *)dev)->operations;
}
