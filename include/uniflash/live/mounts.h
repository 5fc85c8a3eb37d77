/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What of the flash is mounted, and on which partitions a file lies.
 * Reads /proc and /sys; touches no flash.
 */
#ifndef UNIFLASH_LIVE_MOUNTS_H
#define UNIFLASH_LIVE_MOUNTS_H

#include <stdbool.h>

#include "uniflash/util/error.h"

#define UF_MOUNTS_MAX 96

/* One mounted file system. */
struct uf_mount {
	unsigned id; /* of this mount, and of the mount it hangs in */
	unsigned parent;
	char where[256];   /* mount point */
	char type[16];     /* of the file system */
	char options[256]; /* of the file system: writable or not, and the layers of an overlay */
	unsigned major;    /* of its device; 31 is an MTD (Documentation/admin-guide/devices.txt) */
	unsigned minor;
	unsigned long flags; /* MS_ flags of this mount, for mount(2) */
	bool writable;       /* the file system itself, whatever this mount of it allows */
	bool cut;            /* the options were longer than there is room for */
};

/* The mounts of this system, in the order they were made. */
struct uf_mounts {
	unsigned count;
	struct uf_mount mount[UF_MOUNTS_MAX];
};

/* The partitions that a file lies on. */
struct uf_mtd_list {
	unsigned count;
	unsigned number[8];
	bool unknown; /* not all of them could be found, such as a layer of an overlay */
};

/* Read root + /proc/self/mountinfo. UF_ERR_IO where it cannot be read or has more than
 * UF_MOUNTS_MAX mounts. */
int uf_mounts_read(const char *root, struct uf_mounts *mounts, struct uf_error *err);

/* The MTD number whose block device a mount is of, or -1. */
int uf_mount_mtd(const struct uf_mount *mount);

/* The mount of mtd number that is writable, or NULL. */
const struct uf_mount *uf_mounts_writable(const struct uf_mounts *mounts, unsigned number);

/* Whether path (absolute, without links) is on a file system in RAM. */
bool uf_mounts_in_ram(const struct uf_mounts *mounts, const char *path);

/*
 * Find the MTD partitions under the file at path (which must be absolute and without links):
 * directly, through the layers of an overlay, or through a loop device.
 */
void uf_mounts_under(const char *root, const struct uf_mounts *mounts, const char *path,
		     struct uf_mtd_list *list);

/* The same for the file system that is mounted. */
void uf_mounts_of(const char *root, const struct uf_mounts *mounts, const struct uf_mount *mount,
		  struct uf_mtd_list *list);

/* Whether the file system of this mount lies on flash, directly or through an overlay or a loop
 * device; where that cannot be found out, it does. */
bool uf_mounts_on_flash(const char *root, const struct uf_mounts *mounts,
			const struct uf_mount *mount);

#endif
