/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory: what there is for a run, and keeping what it has. Touches no flash. */
#ifndef UNIFLASH_LIVE_MEMORY_H
#define UNIFLASH_LIVE_MEMORY_H

#include <stdint.h>

#include "uniflash/live/mounts.h"

/* How often min_free_kbytes is left to the system, and at least. */
#define UF_RESERVES       3
#define UF_RESERVES_LEAST 1

/*
 * How many bytes a run may use, of root + /proc/meminfo: what is free and the page cache that can
 * go, less so many times min_free_kbytes. MemAvailable does not exist before Linux 3.14, and counts
 * pages that must stay. UINT64_MAX where the system does not tell.
 */
uint64_t uf_memory_spare(const char *root, unsigned reserves);

/*
 * How many bytes of what uf_memory_spare tells are this process's own once all that it has is
 * locked, by root + /proc/self/maps: of its own memory what it has not touched yet, of files those
 * that do not lie in RAM as it is.
 */
uint64_t uf_memory_to_lock(const char *root, const struct uf_mounts *mounts);

/* Lock all that this process has and will have into memory, and spare it from the kernel's search
 * for memory to free. What the system does not allow is left out. */
void uf_memory_lock(void);

/* Spare this process, and what it forks from now on, when the kernel looks for memory. */
void uf_memory_spare_process(void);

#endif
