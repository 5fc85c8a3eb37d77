/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `mtdparts=`: the partition table as boot loaders hand it to the kernel.
 *
 * Syntax and rules are those of the kernel's drivers/mtd/parsers/cmdlinepart.c:
 * id:size[@offset][(name)][ro][lk],...[;id:...], where a size of "-" takes the rest and a partition
 * without offset follows the one before it. Nothing here allocates or touches flash.
 */
#ifndef UNIFLASH_FLASH_MTDPARTS_H
#define UNIFLASH_FLASH_MTDPARTS_H

#include "uniflash/flash/table.h"

/* The partitions of one flash in an mtdparts text. */
struct uf_mtdparts {
	char id[UF_NAME_MAX + 1]; /* the driver's name of the flash, "jz_sfc" */
	struct uf_table table;    /* in the order of the text */
	int rest;                 /* index of the partition of size "-" (its length is 0), or -1 */
};

/*
 * Parse one flash's definition from *text, which begins behind "mtdparts=" or behind a ";", and
 * moves on to the next definition (NULL at the end; blank space and NUL end the whole).
 * UF_ERR_SYNTAX with the column counted from `start`.
 */
int uf_mtdparts_next(const char *start, const char **text, struct uf_mtdparts *parts,
		     struct uf_error *err);

/* Give the partition of size "-" what a flash of size bytes has left behind its offset.
 * UF_ERR_RANGE where nothing is left. */
int uf_mtdparts_resolve(struct uf_mtdparts *parts, uint64_t size, struct uf_error *err);

/* Where the value of the last mtdparts= of a kernel command line begins, NULL where there is
 * none. */
const char *uf_mtdparts_in_cmdline(const char *cmdline);

#endif
