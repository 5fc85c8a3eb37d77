/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The guard: a wrapper that is always on. It refuses every erase and program outside the blocks it
 * was armed with (all of them before that: a dry run never arms), everything that is not whole
 * pages inside one block, and counts what goes through. Whatever is wrong in the plan or in the
 * executor, a byte that the plan did not name is not written.
 */
#ifndef UNIFLASH_FLASH_GUARD_H
#define UNIFLASH_FLASH_GUARD_H

#include "uniflash/flash/device.h"

/* What went through a guard. */
struct uf_counters {
	uint64_t erased_blocks;
	uint64_t programmed_pages;
	uint64_t bytes_read;
};

/* Wrap inner, which the guard then owns and closes. UF_ERR_MEMORY. */
int uf_guard_open(struct uf_device *inner, struct uf_device **dev, struct uf_error *err);

/* What has gone through dev, which uf_guard_open made, so far. */
const struct uf_counters *uf_guard_counters(const struct uf_device *dev);

#endif
