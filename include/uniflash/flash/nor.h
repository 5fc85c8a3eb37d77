/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An emulated NOR chip in memory, for tests. Programming clears bits and sets none; erasing sets a
 * block. It is the device that everything else is tested on, and is tested first.
 */
#ifndef UNIFLASH_FLASH_NOR_H
#define UNIFLASH_FLASH_NOR_H

#include "uniflash/flash/device.h"

/* Make a blank chip. UF_ERR_MEMORY. */
int uf_nor_open(const struct uf_geometry *geometry, struct uf_device **dev, struct uf_error *err);

/* The cells of a chip that uf_nor_open made, as seen by whoever looks from outside. */
uint8_t *uf_nor_cells(struct uf_device *dev);

/* How often the block has been erased. */
uint32_t uf_nor_wear(const struct uf_device *dev, uint32_t block);

#endif
