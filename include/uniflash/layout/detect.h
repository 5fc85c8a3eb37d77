/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which layout contents have: by the table that they carry, else by where their structures begin.
 * Touches no flash.
 */
#ifndef UNIFLASH_LAYOUT_DETECT_H
#define UNIFLASH_LAYOUT_DETECT_H

#include "uniflash/image/inspect.h"
#include "uniflash/layout/layout.h"

/*
 * Whether kernel and root file system begin where table has them, and the boot loader ends inside
 * the partition that begins the table. Partitions without a role are known by their names.
 */
bool uf_layout_fits(const struct uf_table *table, const struct uf_inspection *found);

/*
 * The table that contents carry themselves: mtdparts= of the environment, else of the kernel
 * command line in the boot loader, for a flash of size bytes. Where its names and sizes are those
 * of a compiled-in layout it is that. False where there is none, or none that tiles the flash.
 */
bool uf_layout_carried(const struct uf_inspection *found, uint64_t size, struct uf_layout *layout);

/* Whether every partition of the table that contents carry ends at or before `end`, but for the one
 * that takes the rest of the flash. *known says whether they carry one that can be read. */
bool uf_layout_ends_within(const struct uf_inspection *found, uint64_t end, bool *known);

/* Write the names of the compiled-in layouts for a flash of size bytes that contents fit, "dafang,
 * openmiko", into names[0..names_size), and the last of them into layout. Returns their count. */
unsigned uf_layout_candidates(const struct uf_inspection *found, uint64_t size,
			      struct uf_layout *layout, char *names, size_t names_size);

/* Whether the partitions of the second half of a flash of size bytes are those of the first half
 * again, as where a firmware keeps two copies of itself. */
bool uf_layout_repeats(const struct uf_table *table, uint64_t size);

/* Whether contents are of this table: they carry it, or, where they carry none, fit it. */
bool uf_layout_same(const struct uf_inspection *found, const struct uf_table *table);

/* The role of a partition, by its name where the table has none. */
enum uf_role uf_role_of(const struct uf_partition *part);

#endif
