/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory: what there is for a run, and keeping what it has. Touches no flash. */
#ifndef UNIFLASH_LIVE_MEMORY_H
#define UNIFLASH_LIVE_MEMORY_H

#include <stdint.h>

/*
 * How many bytes a run may use, of root + /proc/meminfo: what is free and the page cache that can
 * go, less three times min_free_kbytes. MemAvailable does not exist before Linux 3.14, and counts
 * pages that must stay. UINT64_MAX where the system does not tell.
 */
uint64_t uf_memory_spare(const char *root);

/* Lock all that this process has and will have into memory, and spare it from the kernel's search
 * for memory to free. What the system does not allow is left out. */
void uf_memory_lock(void);

/* Spare this process, and what it forks from now on, when the kernel looks for memory. */
void uf_memory_spare_process(void);

#endif
