/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/live/cards.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "uniflash/live/mounts.h"
#include "uniflash/live/system.h"
#include "uniflash/util/textfile.h"

/* Block devices that are disks and cards (Documentation/admin-guide/devices.txt): SCSI and USB,
 * virtio and other dynamic ones, mmc. */
#define SD_MAJOR      8
#define MMC_MAJOR     179
#define DYNAMIC_FIRST 234
#define DYNAMIC_LAST  259

/* What the run itself and the rest of the system go on needing. */
#define MEMORY_RESERVE (6 << 20)

/* zram is a disk in RAM. */
static bool is_zram(const char *root, const struct uf_mount *mount)
{
	char path[UF_PATH_MAX];

	snprintf(path, sizeof(path), "%s/sys/dev/block/%u:%u/disksize", root, mount->major,
		 mount->minor);
	return access(path, F_OK) == 0;
}

static bool is_card(const char *root, const struct uf_mount *mount)
{
	return mount->writable && !is_zram(root, mount) &&
	       (mount->major == SD_MAJOR || mount->major == MMC_MAJOR ||
		(mount->major >= DYNAMIC_FIRST && mount->major <= DYNAMIC_LAST));
}

static void add(struct uf_spool_places *places, unsigned *count, const char *path)
{
	if (*count == UF_CARDS_MAX || strlen(path) >= sizeof(places->path[0]))
		return;
	snprintf(places->path[*count], sizeof(places->path[*count]), "%s", path);
	places->folder[*count] = places->path[*count];
	++*count;
}

static void add_cards(const char *root, struct uf_spool_places *places, unsigned *count)
{
	struct uf_mounts *mounts = malloc(sizeof(*mounts));

	if (mounts && uf_mounts_read(root, mounts, NULL) == 0)
		for (unsigned at = 0; at < mounts->count; at++)
			if (is_card(root, &mounts->mount[at]))
				add(places, count, mounts->mount[at].where);
	free(mounts);
}

void uf_spool_places(const char *root, bool camera, struct uf_spool_places *places)
{
	const char *tmpdir = getenv("TMPDIR");
	struct uf_system system;
	unsigned count = 0;

	memset(places, 0, sizeof(*places));
	if (camera) {
		add_cards(root, places, &count);
	} else {
		if (tmpdir && tmpdir[0])
			add(places, &count, tmpdir);
		add(places, &count, "/var/tmp");
		add(places, &count, "/tmp");
	}
	uf_system_read(root, &system);
	if (system.memory_free > MEMORY_RESERVE)
		places->memory = system.memory_free - MEMORY_RESERVE;
}
