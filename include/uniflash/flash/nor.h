/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An emulated NOR chip in memory, for tests. Programming clears bits and sets none; erasing sets a
 * block. It is the device that everything else is tested on, and is tested first.
 *
 * Its power can be cut at one operation: before it, torn in it, or behind it. What a torn operation
 * leaves is drawn bit by bit, by a seed: of a page some of the bits that were to be cleared are; of
 * a block some of the bits are set, or all but a few, so that it may read as blank, or, where the
 * chip was still at clearing all of them first as chips do, some are cleared. From then on every
 * operation fails and changes nothing, until a new cut, or none, is set.
 */
#ifndef UNIFLASH_FLASH_NOR_H
#define UNIFLASH_FLASH_NOR_H

#include "uniflash/flash/device.h"

/* Make a blank chip. UF_ERR_MEMORY. */
int uf_nor_open(const struct uf_geometry *geometry, struct uf_device **dev, struct uf_error *err);

/* When power is lost, seen from the operation it is lost at. */
enum uf_cut_kind {
	UF_CUT_NONE,
	UF_CUT_BEFORE, /* nothing of it is done */
	UF_CUT_TORN,   /* a part of it is done */
	UF_CUT_AFTER,  /* all of it is done */
};

/* One loss of power. */
struct uf_cut {
	enum uf_cut_kind kind;
	uint64_t at;   /* the operation, from 1: an erase is one, a program is one a page */
	uint64_t seed; /* of what is left by a torn one */
	bool unstable; /* what a torn erase leaves reads differently each time until erased again */
};

/* Switch the power on and begin to count operations anew; cut is copied. */
void uf_nor_set_cut(struct uf_device *dev, const struct uf_cut *cut);

/* Whether the power is off, and how many operations there were since uf_nor_set_cut; one that was
 * cut counts. */
bool uf_nor_is_off(const struct uf_device *dev);
uint64_t uf_nor_operations(const struct uf_device *dev);

/* The cells of a chip that uf_nor_open made, as seen by whoever looks from outside. */
uint8_t *uf_nor_cells(struct uf_device *dev);

/* How often the block has been erased. */
uint32_t uf_nor_wear(const struct uf_device *dev, uint32_t block);

#endif
