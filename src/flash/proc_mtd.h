/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the kernel tells of each MTD, entry by entry, before it becomes a map.
 * Touches no flash.
 */
#ifndef FLASH_PROC_MTD_H
#define FLASH_PROC_MTD_H

#include "uniflash/flash/map.h"

/* /proc/mtd can list more than one flash. */
#define ENTRIES_MAX (2 * UF_PARTITIONS_MAX)

/* One line of /proc/mtd and its folder in sysfs. */
struct mtd_entry {
	unsigned number;
	char name[UF_NAME_MAX + 1];
	uint64_t size;
	uint32_t erase_size;
	uint32_t write_size; /* 0 where sysfs does not tell */
	bool has_offset;     /* sysfs has `offset` (Linux 4.1 and later, partitions only) */
	uint64_t offset;
	bool readonly;
	char type[16];
	char flash[256]; /* the sysfs folder of the flash it is on; "" where unknown */
	int parent;      /* N of the mtdN it is a part of, or -1 */
};

struct mtd_entries {
	unsigned count;
	struct mtd_entry entry[ENTRIES_MAX];
};

/* Parse the text of /proc/mtd. UF_ERR_SYNTAX with the line. */
int proc_mtd_parse(const char *text, struct mtd_entries *entries, struct uf_error *err);

/* Add what root + /sys/class/mtd knows; what is not there stays unknown. */
void sysfs_mtd_read(const char *root, struct mtd_entries *entries);

#endif
