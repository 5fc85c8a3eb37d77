/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Small text files read whole: /proc, /sys, layouts, sidecars. Touches no flash.
 */
#ifndef UNIFLASH_UTIL_TEXTFILE_H
#define UNIFLASH_UTIL_TEXTFILE_H

#include <stddef.h>

#include "uniflash/util/error.h"

/* Room for the longest path uniflash makes. */
#define UF_PATH_MAX 4096

/*
 * Read the file at root + path (root "" is this system; tests and rehearsals give a folder) into
 * buf[0..size), NUL-terminated; *len (may be NULL) is the length without the NUL. A file that does
 * not fit is an error, for half a partition table is worse than none. UF_ERR_IO.
 */
int uf_read_text(const char *root, const char *path, char *buf, size_t size, size_t *len,
		 struct uf_error *err);

/* Read root + path, a file that holds one number in base (10, 16, or 0 for C's notation), as those
 * in sysfs do. UF_ERR_IO where it cannot be read, UF_ERR_SYNTAX where it holds something else. */
int uf_read_number(const char *root, const char *path, int base, unsigned long long *number,
		   struct uf_error *err);

#endif
