/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/util/files.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "uniflash/util/textfile.h"

int uf_write_all(int fd, const void *buf, size_t len)
{
	for (size_t done = 0; done < len;) {
		ssize_t put = write(fd, (const char *)buf + done, len - done);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return put ? errno : ENOSPC;
		done += (size_t)put;
	}
	return 0;
}

ssize_t uf_read_all(int fd, void *buf, size_t len)
{
	size_t have = 0;

	while (have < len) {
		ssize_t got = read(fd, (char *)buf + have, len - have);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			break;
		have += (size_t)got;
	}
	return (ssize_t)have;
}

const char *uf_path_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

void uf_path_folder(const char *path, char *folder)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		snprintf(folder, UF_PATH_MAX, ".");
	else
		snprintf(folder, UF_PATH_MAX, "%.*s", slash == path ? 1 : (int)(slash - path),
			 path);
}
