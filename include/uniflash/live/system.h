/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What /proc tells of the camera. Touches no flash. */
#ifndef UNIFLASH_LIVE_SYSTEM_H
#define UNIFLASH_LIVE_SYSTEM_H

#include <stdint.h>

/* The system, as far as it is known. */
struct uf_system {
	char kernel[64];      /* release, "3.10.14" */
	char system_type[64]; /* of /proc/cpuinfo, "bull"; empty where there is none */
	char soc[16];         /* "T20"; empty where the system type tells none */
	uint64_t memory;      /* bytes of RAM that Linux has, 0 where unknown */
	uint64_t memory_free; /* bytes */
};

/* Read it from root + "/proc" (root "" is this system). What cannot be read stays unknown. */
void uf_system_read(const char *root, struct uf_system *system);

#endif
