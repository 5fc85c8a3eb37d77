/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plan under the stock table of T20 cameras in which blocks of every kind occur. */
#ifndef MAP_RIG_H
#define MAP_RIG_H

#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "uniflash/layout/layout.h"

#define MAP_SIZE 0x1000000

/*
 * Begin a rig with blocks of erase_size: the boot loader is written where `boot`, else it stays;
 * the kernel is written but for its first MiB, which is right already; the root becomes blank; what
 * is behind it is blank but for config, which is kept.
 */
static inline void map_rig_begin(struct rig *rig, uint32_t erase_size, bool boot)
{
	const struct uf_geometry geometry = {MAP_SIZE, erase_size, 256};
	uint8_t *old = malloc(MAP_SIZE);
	struct uf_layout layout;
	struct uf_error err;

	assert_non_null(old);
	expect_ok(uf_layout_by_name("dafang", &layout, &err), &err);
	rig_begin(rig, &geometry, &layout.table, NULL);
	fill_random(rig->bytes, 0x240000, 1);
	memcpy(old, rig->bytes, MAP_SIZE);
	fill_random(old + 0x140000, 0x590000 - 0x140000, 2);
	fill_random(old + 0xf70000, 0x40000, 3);
	if (boot)
		old[0x8000] ^= 1;
	rig_set_old(rig, old);
	free(old);
	rig->policy.keep[8] = true;
	rig->boot_extent = 0x40000;
	rig_prepare(rig);
}

/* The event that the block at off ended so. */
static inline struct uf_event map_block(const struct rig *rig, uint64_t off,
					enum uf_block_result result)
{
	struct uf_event event = {.kind = UF_EVENT_BLOCK, .plan = &rig->plan};

	event.block.offset = off;
	event.block.result = result;
	event.block.last = true;
	event.block.detail = "";
	return event;
}

/* The event that so many blocks of row have been verified. */
static inline struct uf_event map_verified(const struct rig *rig, int row, uint32_t done)
{
	struct uf_event event = {.kind = UF_EVENT_PROGRESS, .plan = &rig->plan};

	event.progress.phase = UF_PHASE_VERIFY;
	event.progress.row = row;
	event.progress.row_done = done;
	event.progress.work_done = 1;
	event.progress.work_total = 2;
	return event;
}

#endif
