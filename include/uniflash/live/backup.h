/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The backup: the whole flash in a file, read twice and compared. The survey was the first reading;
 * this is the second. Reads the flash, writes files.
 */
#ifndef UNIFLASH_LIVE_BACKUP_H
#define UNIFLASH_LIVE_BACKUP_H

#include "uniflash/live/mounts.h"
#include "uniflash/plan/target.h"

/* Room for the name that a backup has by itself. */
#define UF_BACKUP_NAME_MAX 64

/* "uniflash-backup-0123456789ab.bin", by the first 12 digits of the flash's SHA-256. Returns out.
 */
const char *uf_backup_name(const struct uf_digest *digest, char *out);

/* Whether the file at path (absolute, without links) lies on what outlives both the restart and the
 * run: neither RAM nor flash. */
bool uf_is_lasting(const char *root, const struct uf_mounts *mounts, const char *path);

/*
 * Find where a backup of size bytes can go that was not told where: into the folder of the image
 * (an absolute path, NULL where there is none), if that is neither in RAM nor on flash, else onto
 * the first mounted card; where there is room. The path is that folder's, with name, in
 * path[0..UF_PATH_MAX). UF_ERR_REFUSED with backup.none.
 */
int uf_backup_place(const char *root, const struct uf_mounts *mounts, const char *image,
		    const char *name, uint64_t size, char *path, struct uf_error *err);

/* Whether the folder of path has room for size bytes and what goes with them. UF_ERR_IO. */
int uf_backup_room(const char *path, uint64_t size, struct uf_error *err);

/* What a backup is made of; all borrowed. */
struct uf_backup_job {
	struct uf_device *dev;
	const struct uf_target *target; /* surveyed */
	const struct uf_digest *digest; /* of the whole flash, by the survey */
	struct uf_fingerprints *prints;
	void *buf; /* one erase block */
	const struct uf_hooks *hooks;
	const char *path; /* "-" is standard output; compressed where it ends in .gz */
	const char *info; /* text of path + ".info" */
};

/* What became of it. */
enum uf_backup_result {
	UF_BACKUP_WRITTEN,
	UF_BACKUP_THERE_ALREADY, /* the file exists and holds just this */
};

/*
 * Write it, with path + ".sha256sum" and path + ".info", push all of it to the medium and read it
 * back from there. Under a name of its own until it is whole. UF_ERR_IO, also where path exists and
 * holds something else; UF_ERR_MISMATCH where the flash reads other than in the survey;
 * UF_ERR_STOPPED. What was begun is removed then.
 */
int uf_backup_write(const struct uf_backup_job *job, enum uf_backup_result *result,
		    struct uf_error *err);

#endif
