/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/live/backup.h"

#include <errno.h>
#include <stdio.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "uniflash/live/cards.h"
#include "uniflash/util/files.h"
#include "uniflash/util/textfile.h"

/* For the digest, the description, the journal and what file systems need themselves. */
#define BESIDE ((uint64_t)256 << 10)

int uf_backup_room(const char *path, uint64_t size, struct uf_error *err)
{
	char folder[UF_PATH_MAX], have[UF_SIZE_TEXT], need[UF_SIZE_TEXT];
	struct statvfs room;

	uf_path_folder(path, folder);
	if (statvfs(folder, &room) != 0)
		return uf_fail_errno(err, UF_ERR_IO, errno, "cannot look at %.300s", folder);
	if ((uint64_t)room.f_bavail * room.f_frsize >= size + BESIDE)
		return UF_OK;
	return uf_fail(err, UF_ERR_IO, "%.300s has room for %s bytes, the backup needs %s", folder,
		       uf_format_count(have, (uint64_t)room.f_bavail * room.f_frsize),
		       uf_format_count(need, size + BESIDE));
}

static int try_folder(const char *folder, const char *name, uint64_t size, char *path,
		      struct uf_error *err)
{
	if (snprintf(path, UF_PATH_MAX, "%s/%s", folder, name) >= UF_PATH_MAX)
		return UF_ERR_IO;
	/* What is there already needs no room. */
	return access(path, F_OK) == 0 ? UF_OK : uf_backup_room(path, size, err);
}

/* What is in RAM is gone with the restart, what is on flash with the run. */
bool uf_is_lasting(const char *root, const struct uf_mounts *mounts, const char *path)
{
	struct uf_mtd_list list;

	uf_mounts_under(root, mounts, path, &list);
	return !list.count && !list.unknown && !uf_mounts_in_ram(mounts, path);
}

int uf_backup_place(const char *root, const struct uf_mounts *mounts, const char *image,
		    const char *name, uint64_t size, char *path, struct uf_error *err)
{
	struct uf_spool_places places;
	struct uf_error why = {0};
	char folder[UF_PATH_MAX];

	if (image && uf_is_lasting(root, mounts, image)) {
		uf_path_folder(image, folder);
		if (try_folder(folder, name, size, path, &why) == UF_OK)
			return UF_OK;
	}
	uf_spool_places(root, true, &places);
	for (unsigned at = 0; places.folder[at]; at++)
		if (try_folder(places.folder[at], name, size, path, &why) == UF_OK)
			return UF_OK;
	uf_refuse(err, UF_CHECK_BACKUP_NONE, "there is no place for a backup: %.350s",
		  why.what[0] ? why.what
			      : "the image lies in RAM or on the flash, and no card is mounted");
	uf_advise(err, "Mount an SD card with room, give a place with -b FILE, or go without a way "
		       "back: --no-backup.");
	return UF_ERR_REFUSED;
}
