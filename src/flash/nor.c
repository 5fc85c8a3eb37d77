/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/flash/nor.h"

#include "uniflash/flash/bounds.h"

#include <stdlib.h>
#include <string.h>

struct nor {
	struct uf_device dev;
	uint8_t *cells;
	uint32_t *wear;
};

static struct nor *nor_of(struct uf_device *dev)
{
	return (struct nor *)dev;
}

static int nor_read(struct uf_device *dev, uint64_t off, void *buf, size_t len,
		    struct uf_error *err)
{
	int ret = uf_bounds_read(&dev->geometry, off, len, err);

	if (!ret)
		memcpy(buf, nor_of(dev)->cells + off, len);
	return ret;
}

static int nor_arm(struct uf_device *dev, const struct uf_block_set *blocks, struct uf_error *err)
{
	(void)dev;
	(void)blocks;
	(void)err;
	return UF_OK;
}

static int nor_erase(struct uf_device *dev, uint64_t off, struct uf_error *err)
{
	uint32_t size = dev->geometry.erase_size;
	int ret = uf_bounds_erase(&dev->geometry, off, err);

	if (ret)
		return ret;
	memset(nor_of(dev)->cells + off, UF_BLANK_BYTE, size);
	nor_of(dev)->wear[off / size]++;
	return UF_OK;
}

static int nor_program(struct uf_device *dev, uint64_t off, const void *buf, size_t len,
		       struct uf_error *err)
{
	const uint8_t *data = buf;
	int ret = uf_bounds_program(&dev->geometry, off, len, err);

	for (size_t at = 0; !ret && at < len; at++)
		nor_of(dev)->cells[off + at] &= data[at];
	return ret;
}

static int nor_sync(struct uf_device *dev, struct uf_error *err)
{
	(void)dev;
	(void)err;
	return UF_OK;
}

static void nor_close(struct uf_device *dev)
{
	free(nor_of(dev)->cells);
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
	nor->cells = malloc(geometry->size);
	nor->wear = calloc(uf_geometry_blocks(geometry), sizeof(*nor->wear));
	if (!nor->cells || !nor->wear) {
		nor_close(&nor->dev);
		return uf_fail(err, UF_ERR_MEMORY, "no memory for a chip");
	}
	memset(nor->cells, UF_BLANK_BYTE, geometry->size);
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
