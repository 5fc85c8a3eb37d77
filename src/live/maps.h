/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a process maps, as the kernel tells. Reads /proc; touches no flash. */
#ifndef UNIFLASH_LIVE_MAPS_H
#define UNIFLASH_LIVE_MAPS_H

#include <stdbool.h>
#include <stdint.h>

#include "uniflash/util/bytes.h"

/* One line of /proc/PID/maps: "begin-end perms offset dev inode  path"
 * (Documentation/filesystems/proc.rst). */
struct mapping {
	unsigned long begin; /* addresses in that process */
	unsigned long end;
	bool reads; /* what it may do there */
	bool writes;
	bool reaches;          /* may do anything at all */
	struct uf_range range; /* of the file */
	unsigned major;        /* of the file's device */
	unsigned minor;
	uint64_t inode;
	const char *path; /* NULL where it is no file's; lasts as long as the visit */
};

/* Show each mapping of process ("self", or a pid) below root + /proc to visit. None where there is
 * no such process. */
void maps_visit(const char *root, const char *process,
		void (*visit)(void *who, const struct mapping *mapping), void *who);

#endif
