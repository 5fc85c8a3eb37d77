/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/live/selfcopy.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "uniflash/live/mounts.h"
#include "uniflash/util/files.h"
#include "uniflash/util/textfile.h"

/* Tells the copy which file is its own. */
#define COPY_VARIABLE "UNIFLASH_COPY"

#define CHUNK 65536

static bool is_on_flash(const struct uf_mounts *mounts, const char *path)
{
	struct uf_mtd_list list;

	uf_mounts_under("", mounts, path, &list);
	return list.count > 0;
}

static bool copy_bytes(int from, int to)
{
	char *chunk = malloc(CHUNK);
	ssize_t len = -1;

	while (chunk && (len = read(from, chunk, CHUNK)) > 0)
		if (uf_write_all(to, chunk, (size_t)len))
			break;
	free(chunk);
	return len == 0;
}

/* The copy's path, in a folder that is in RAM; false where it has no room. */
static bool copy_into(const char *folder, char *path, size_t size)
{
	int from, to;
	bool copied;

	snprintf(path, size, "%s/uniflash.XXXXXX", folder);
	from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	to = mkostemp(path, O_CLOEXEC);
	copied = from >= 0 && to >= 0 && copy_bytes(from, to) && fchmod(to, 0700) == 0;
	if (from >= 0)
		close(from);
	if (to >= 0)
		close(to);
	if (to >= 0 && !copied)
		unlink(path);
	return copied;
}

/* Its own file, where this process is a copy. */
static char own_copy[64];

static bool is_copy(void)
{
	const char *path = getenv(COPY_VARIABLE);
	struct stat own, named;

	if (!path)
		return false;
	if (stat("/proc/self/exe", &own) == 0 && stat(path, &named) == 0 &&
	    own.st_dev == named.st_dev && own.st_ino == named.st_ino)
		snprintf(own_copy, sizeof(own_copy), "%s", path);
	unsetenv(COPY_VARIABLE);
	return true;
}

const char *uf_self_copy(void)
{
	return own_copy[0] ? own_copy : NULL;
}

void uf_self_remove_copy(void)
{
	if (own_copy[0])
		unlink(own_copy);
	own_copy[0] = '\0';
}

void uf_self_go_to_ram(char **argv)
{
	static const char *const folders[] = {"/tmp", "/run", "/var/run", "/dev/shm", "/dev"};
	char path[UF_PATH_MAX];
	struct uf_mounts *mounts;
	char *own;

	if (is_copy())
		return;
	mounts = malloc(sizeof(*mounts));
	own = realpath("/proc/self/exe", NULL);
	if (mounts && own && uf_mounts_read("", mounts, NULL) == 0 && is_on_flash(mounts, own))
		for (size_t at = 0; at < sizeof(folders) / sizeof(folders[0]); at++) {
			char *folder = realpath(folders[at], NULL);

			if (folder && uf_mounts_in_ram(mounts, folder) &&
			    copy_into(folder, path, sizeof(path))) {
				setenv(COPY_VARIABLE, path, 1);
				execv(path, argv);
				unlink(path); /* such as where the mount is noexec */
				unsetenv(COPY_VARIABLE);
			}
			free(folder);
		}
	free(own);
	free(mounts);
}
