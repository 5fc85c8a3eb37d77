/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/live/memory.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "uniflash/util/files.h"
#include "uniflash/util/textfile.h"

/* What a line such as "MemFree:   1234 kB" says, in bytes. */
static uint64_t bytes_of(const char *text, const char *key)
{
	size_t len = strlen(key);

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, len) == 0)
			return strtoull(line + len, NULL, 10) * 1024;
	}
	return 0;
}

uint64_t uf_memory_spare(const char *root, unsigned reserves)
{
	unsigned long long min_free = 0;
	uint64_t have, kept;
	char text[8192];

	if (uf_read_text(root, "/proc/meminfo", text, sizeof(text), NULL, NULL))
		return UINT64_MAX;
	uf_read_number(root, "/proc/sys/vm/min_free_kbytes", 10, &min_free, NULL);
	/* The page cache that can go: files in RAM and what is locked stand on other lists. */
	have = bytes_of(text, "MemFree:") + bytes_of(text, "Active(file):") +
	       bytes_of(text, "Inactive(file):");
	kept = min_free * reserves * 1024;
	return have > kept ? have - kept : 0;
}

/* How much of a mapping of this process has no memory yet; all of it where nobody can tell. */
static uint64_t untouched(uintptr_t begin, uintptr_t end)
{
	const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uint64_t bytes = 0;

	for (uintptr_t at = begin; at < end; at += page) {
		unsigned char resident;

		/* The addresses come as text. NOLINTNEXTLINE(performance-no-int-to-ptr) */
		if (mincore((void *)at, page, &resident) != 0 || !(resident & 1))
			bytes += page;
	}
	return bytes;
}

/* "begin-end perms offset dev inode  path" (Documentation/filesystems/proc.rst). */
static uint64_t to_lock(const char *line, const struct uf_mounts *mounts)
{
	char path[UF_PATH_MAX], *at;
	uintptr_t begin = strtoul(line, &at, 16);
	uintptr_t end = *at == '-' ? strtoul(at + 1, &at, 16) : begin;
	const char *file = strchr(line, '/');

	/* What nobody can reach is not locked. */
	if (strncmp(at, " ---", 4) == 0)
		return 0;
	if (!file)
		return untouched(begin, end);
	snprintf(path, sizeof(path), "%.*s", (int)strcspn(file, "\n"), file);
	return uf_mounts_in_ram(mounts, path) ? 0 : end - begin;
}

uint64_t uf_memory_to_lock(const char *root, const struct uf_mounts *mounts)
{
	char name[UF_PATH_MAX], line[512];
	uint64_t bytes = 0;
	FILE *maps;

	snprintf(name, sizeof(name), "%.4000s/proc/self/maps", root);
	maps = fopen(name, "re");
	while (maps && fgets(line, sizeof(line), maps))
		bytes += to_lock(line, mounts);
	if (maps)
		fclose(maps);
	return bytes;
}

void uf_memory_lock(void)
{
	mlockall(MCL_CURRENT | MCL_FUTURE);
	uf_memory_spare_process();
}

void uf_memory_spare_process(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	uf_write_all(fd, "-1000", 5);
	close(fd);
}
