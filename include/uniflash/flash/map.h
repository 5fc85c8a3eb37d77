/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The flash map: one linear address space of bytes, and the running kernel's partitions in it.
 *
 * Sources, in the order of trust: `offset` in sysfs (Linux 4.1 and later), `mtdparts=` in
 * /proc/cmdline, the sizes of /proc/mtd in their order. Where two exist they must agree.
 * Reads /proc and /sys only; touches no flash.
 */
#ifndef UNIFLASH_FLASH_MAP_H
#define UNIFLASH_FLASH_MAP_H

#include "uniflash/flash/table.h"

/* Where the offsets of a map come from. */
enum uf_map_source {
	UF_MAP_FROM_LAYOUT,   /* a dump file: the layout says */
	UF_MAP_FROM_SYSFS,    /* /sys/class/mtd/mtdN/offset */
	UF_MAP_FROM_CMDLINE,  /* mtdparts= in /proc/cmdline */
	UF_MAP_FROM_PROC_MTD, /* sizes in order */
};

/* What the kernel says of one partition beside name and range. */
struct uf_mtd {
	uint32_t erase_size; /* bytes */
	bool readonly;       /* the kernel will not open it for writing */
};

/* An entry of /proc/mtd that overlaps the rest and was left out (`all`, `upgrade`). */
struct uf_alias {
	unsigned number;
	char name[UF_NAME_MAX + 1];
};

/* The map of one flash. No pointers; copied freely. */
struct uf_map {
	struct uf_table table;                /* in order of offsets, aliases left out */
	struct uf_mtd mtd[UF_PARTITIONS_MAX]; /* of table.part[same index] */
	uint64_t size;                        /* of the whole flash */
	uint32_t erase_size;                  /* of its erase blocks */
	uint32_t page_size;                   /* of its program pages */
	enum uf_map_source source;
	unsigned aliases; /* entries of alias[] */
	struct uf_alias alias[UF_PARTITIONS_MAX];
	unsigned empty;               /* entries of size 0: behind the flash's end */
	unsigned others;              /* partitions of other flashes, left alone */
	uint64_t wanted_size;         /* what mtdparts= adds up to, 0 where unknown */
	struct uf_error disagreement; /* code 0, or how two sources differ */
	struct uf_error tiling;       /* code 0, or why the partitions are no map */
	char type[16];                /* "nor", "ram", "" where unknown */
};

/*
 * Read the map of this system's flash, the one that holds the first entry of /proc/mtd, from
 * root + "/proc" and root + "/sys" (root "" is this system). Doubts are stored in
 * map->disagreement and map->tiling for the checks to judge. UF_ERR_IO where there is no MTD,
 * UF_ERR_SYNTAX where /proc/mtd makes no sense, UF_ERR_RANGE where the flash has more than
 * UF_PARTITIONS_MAX partitions.
 */
int uf_map_probe(const char *root, struct uf_map *map, struct uf_error *err);

/* Make the map of a flash that no kernel shows: a dump file with this table. */
void uf_map_from_table(const struct uf_table *table, uint64_t size, uint32_t erase_size,
		       uint32_t page_size, struct uf_map *map);

/* The word for a source: "sysfs", "mtdparts", "/proc/mtd", "layout". Static text. */
const char *uf_map_source_name(enum uf_map_source source);

#endif
