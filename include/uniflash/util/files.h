/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files and their paths. Touches no flash. */
#ifndef UNIFLASH_UTIL_FILES_H
#define UNIFLASH_UTIL_FILES_H

#include <stddef.h>
#include <sys/types.h>

/* Write all len bytes of buf to fd, over interruptions. Returns 0, or the errno of what went wrong;
 * ENOSPC where nothing is taken any more. */
int uf_write_all(int fd, const void *buf, size_t len);

/* Read len bytes of fd into buf, or fewer where it ends before, over interruptions; waits for them.
 * Returns how many, or the negative errno of what went wrong. */
ssize_t uf_read_all(int fd, void *buf, size_t len);

/* The last component of path; inside of path. */
const char *uf_path_base(const char *path);

/* The folder that path is in, "." where it names none, into folder[0..UF_PATH_MAX). */
void uf_path_folder(const char *path, char *folder);

#endif
