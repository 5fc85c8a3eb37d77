/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The bounds of a device's operations, the same for every back end: reads inside the flash, erases
 * of whole blocks, programs of whole pages inside one block. Pure; touches no flash.
 */
#ifndef UNIFLASH_FLASH_BOUNDS_H
#define UNIFLASH_FLASH_BOUNDS_H

#include "uniflash/flash/device.h"

/* UF_ERR_RANGE where [off, off + len) is not inside the flash. */
int uf_bounds_read(const struct uf_geometry *geometry, uint64_t off, uint64_t len,
		   struct uf_error *err);

/* UF_ERR_RANGE where no block begins at off. */
int uf_bounds_erase(const struct uf_geometry *geometry, uint64_t off, struct uf_error *err);

/* UF_ERR_RANGE where [off, off + len) is not whole pages inside one block. */
int uf_bounds_program(const struct uf_geometry *geometry, uint64_t off, uint64_t len,
		      struct uf_error *err);

#endif
