/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a run does to the running system, told before it does it. Pure data, all borrowed. */
#ifndef UNIFLASH_REPORT_LIVING_H
#define UNIFLASH_REPORT_LIVING_H

#include "uniflash/live/census.h"
#include "uniflash/live/pins.h"

struct uf_living {
	const char *root; /* of /proc */
	const struct uf_census *census;
	const struct uf_mounts *mounts;
	const struct uf_pins *pins;
	uint64_t memory_needed; /* bytes, pins and buffers */
	uint64_t memory_spare;  /* bytes; UINT64_MAX where unknown */
};

/* Whether uf_living.census has the process that holds the watchdog replaced. */
bool uf_living_takes_watchdog(const struct uf_living *living);

#endif
