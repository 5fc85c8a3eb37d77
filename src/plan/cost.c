/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/plan/cost.h"

/* GD25Q128E, typical: sector, 32 KiB block and 64 KiB block erase, page program. */
#define ERASE_4K_US  45000
#define ERASE_32K_US 150000
#define ERASE_64K_US 250000
#define PROGRAM_US   500

/* 256 bytes and 4 of command and address at 50 MHz, one bit a clock. */
#define PAGE_ON_BUS_US 42

/* 5.67 MB/s, measured by dd on a Wyze Cam v2: 176 ns a byte. */
#define READ_NS_A_BYTE 176

static uint32_t erase_us(uint32_t erase_size)
{
	if (erase_size <= 4096)
		return ERASE_4K_US;
	if (erase_size <= 32768)
		return ERASE_32K_US;
	return ERASE_64K_US * (erase_size / 65536);
}

struct uf_cost uf_cost_of(const struct uf_geometry *geometry)
{
	struct uf_cost cost = {
		.erase_us = erase_us(geometry->erase_size),
		.program_us = PROGRAM_US + PAGE_ON_BUS_US,
		.read_us = (uint32_t)((uint64_t)geometry->erase_size * READ_NS_A_BYTE / 1000),
	};

	return cost;
}
