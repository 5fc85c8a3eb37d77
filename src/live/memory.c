/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/live/memory.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "maps.h"
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

/* Who looks for what is to be locked, and how much that is. */
struct locking {
	const struct uf_mounts *mounts;
	uint64_t bytes;
};

static void add_to_lock(void *who, const struct mapping *mapping)
{
	struct locking *locking = who;

	/* What nobody can reach is not locked. */
	if (!mapping->reaches)
		return;
	if (!mapping->path)
		locking->bytes += untouched(mapping->begin, mapping->end);
	else if (!uf_mounts_in_ram(locking->mounts, mapping->path))
		locking->bytes += mapping->end - mapping->begin;
}

uint64_t uf_memory_to_lock(const char *root, const struct uf_mounts *mounts)
{
	struct locking locking = {mounts, 0};

	maps_visit(root, "self", add_to_lock, &locking);
	return locking.bytes;
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
