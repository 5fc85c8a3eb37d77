/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What operations cost in time on a chip, by datasheet figures. For estimates and progress; never
 * for decisions. Touches no flash.
 */
#ifndef UNIFLASH_PLAN_COST_H
#define UNIFLASH_PLAN_COST_H

#include <stdint.h>

#include "uniflash/flash/device.h"

/* Microseconds of each operation. */
struct uf_cost {
	uint32_t erase_us;   /* one erase block */
	uint32_t program_us; /* one page, its way over the bus included */
	uint32_t read_us;    /* one erase block */
};

/* Costs for this geometry: a GD25Q128 (the chip seen most on these cameras) on a 50 MHz bus. */
struct uf_cost uf_cost_of(const struct uf_geometry *geometry);

#endif
