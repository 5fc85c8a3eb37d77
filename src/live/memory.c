/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/live/memory.h"

#include <fcntl.h>
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

uint64_t uf_memory_spare(const char *root)
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
	kept = min_free * 3 * 1024;
	return have > kept ? have - kept : 0;
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
