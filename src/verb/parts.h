/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What split and join share: files named after partitions. They touch no flash. */
#ifndef VERB_PARTS_H
#define VERB_PARTS_H

#include "verb.h"

/* Bytes that are copied at a time. */
#define PARTS_CHUNK 16384

/* Write the path of the partition's file below folder into path[0..UF_PATH_MAX): its name, with
 * what a file name cannot have replaced. UF_ERR_USAGE where it is too long. */
int parts_path(struct run *run, const char *folder, const struct uf_partition *part, char *path);

/* Write all of buf to fd. UF_ERR_IO. */
int parts_write_all(struct run *run, int fd, const char *path, const void *buf, size_t len);

/* The failure that path exists: nothing is written over, it may be the only copy. UF_ERR_IO. */
int parts_exists(struct run *run, const char *path);

/* Make the file at path, which must not exist. UF_ERR_IO. */
int parts_create(struct run *run, const char *path, int *fd);

/* Push the file to the disk and close it, or remove it where ret says that filling it failed.
 * Returns ret, or UF_ERR_IO. */
int parts_close_written(struct run *run, int fd, const char *path, int ret);

/* Check that the table tiles, and that size bytes (0: unknown) fit into it. */
int parts_check_table(struct run *run, uint64_t size);

#endif
