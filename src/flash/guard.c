/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/flash/guard.h"

#include "uniflash/flash/bounds.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct guard {
	struct uf_device dev;
	struct uf_device *inner;
	struct uf_counters counters;
	struct uf_block_set blocks; /* that may be written; none until armed */
};

static struct guard *guard_of(struct uf_device *dev)
{
	return (struct guard *)dev;
}

static int check_planned(const struct guard *guard, const char *act, uint64_t off,
			 struct uf_error *err)
{
	uint64_t block = off / guard->dev.geometry.erase_size;

	if (!guard->blocks.blocks)
		return uf_fail(err, UF_ERR_RANGE,
			       "guard: %s at 0x%06" PRIx64
			       " was not done: nothing may be written in this run",
			       act, off);
	if (!uf_block_set_has(&guard->blocks, block))
		return uf_fail(err, UF_ERR_RANGE,
			       "guard: %s at 0x%06" PRIx64
			       " was not done: the plan does not write this block",
			       act, off);
	return UF_OK;
}

static int guard_read(struct uf_device *dev, uint64_t off, void *buf, size_t len,
		      struct uf_error *err)
{
	struct guard *guard = guard_of(dev);
	int ret = uf_bounds_read(&dev->geometry, off, len, err);

	if (ret)
		return ret;
	guard->counters.bytes_read += len;
	return uf_device_read(guard->inner, off, buf, len, err);
}

static int guard_arm(struct uf_device *dev, const struct uf_block_set *blocks, struct uf_error *err)
{
	struct guard *guard = guard_of(dev);
	int ret;

	if (blocks->blocks != uf_geometry_blocks(&dev->geometry))
		return uf_fail(err, UF_ERR_RANGE, "guard: armed for another flash");
	ret = uf_device_arm(guard->inner, blocks, err);
	if (ret)
		return ret;
	uf_block_set_free(&guard->blocks);
	ret = uf_block_set_init(&guard->blocks, blocks->blocks, err);
	if (!ret)
		memcpy(guard->blocks.bits, blocks->bits, blocks->blocks / 8 + 1);
	return ret;
}

static int guard_erase(struct uf_device *dev, uint64_t off, struct uf_error *err)
{
	struct guard *guard = guard_of(dev);
	int ret = uf_bounds_erase(&dev->geometry, off, err);

	if (!ret)
		ret = check_planned(guard, "erase", off, err);
	if (ret)
		return ret;
	guard->counters.erased_blocks++;
	return uf_device_erase(guard->inner, off, err);
}

static int guard_program(struct uf_device *dev, uint64_t off, const void *buf, size_t len,
			 struct uf_error *err)
{
	struct guard *guard = guard_of(dev);
	int ret = uf_bounds_program(&dev->geometry, off, len, err);

	if (!ret)
		ret = check_planned(guard, "program", off, err);
	if (ret)
		return ret;
	guard->counters.programmed_pages += len / dev->geometry.page_size;
	return uf_device_program(guard->inner, off, buf, len, err);
}

static int guard_sync(struct uf_device *dev, struct uf_error *err)
{
	return uf_device_sync(guard_of(dev)->inner, err);
}

static void guard_close(struct uf_device *dev)
{
	struct guard *guard = guard_of(dev);

	uf_device_close(guard->inner);
	uf_block_set_free(&guard->blocks);
	free(guard);
}

static const struct uf_device_ops guard_ops = {
	.read = guard_read,
	.arm = guard_arm,
	.erase = guard_erase,
	.program = guard_program,
	.sync = guard_sync,
	.close = guard_close,
};

int uf_guard_open(struct uf_device *inner, struct uf_device **dev, struct uf_error *err)
{
	struct guard *guard = calloc(1, sizeof(*guard));

	if (!guard)
		return uf_fail(err, UF_ERR_MEMORY, "no memory for the guard");
	guard->dev.ops = &guard_ops;
	guard->dev.geometry = inner->geometry;
	guard->inner = inner;
	*dev = &guard->dev;
	return UF_OK;
}

const struct uf_counters *uf_guard_counters(const struct uf_device *dev)
{
	return &((const struct guard *)dev)->counters;
}
