/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/util/textfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "uniflash/util/files.h"

static int read_text(int fd, const char *name, char *buf, size_t size, size_t *len,
		     struct uf_error *err)
{
	ssize_t have = uf_read_all(fd, buf, size);

	if (have < 0)
		return uf_fail_errno(err, UF_ERR_IO, (int)-have, "cannot read %s", name);
	if ((size_t)have == size)
		return uf_fail(err, UF_ERR_IO, "%s is longer than %zu bytes", name, size - 1);
	buf[have] = '\0';
	if (len)
		*len = (size_t)have;
	return UF_OK;
}

int uf_read_text(const char *root, const char *path, char *buf, size_t size, size_t *len,
		 struct uf_error *err)
{
	char name[UF_PATH_MAX];
	struct stat st;
	int fd, ret;

	buf[0] = '\0';
	if (snprintf(name, sizeof(name), "%s%s", root, path) >= (int)sizeof(name))
		return uf_fail(err, UF_ERR_IO, "the path %.40s... is too long", path);
	/* O_NONBLOCK: opening a FIFO must not wait for its writer. */
	fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return uf_fail_errno(err, UF_ERR_IO, errno, "cannot open %s", name);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return uf_fail(err, UF_ERR_IO, "%s is no regular file", name);
	}
	ret = read_text(fd, name, buf, size, len, err);
	close(fd);
	return ret;
}

int uf_read_number(const char *root, const char *path, int base, unsigned long long *number,
		   struct uf_error *err)
{
	char text[64];
	char *end;
	int ret = uf_read_text(root, path, text, sizeof(text), NULL, err);

	if (ret)
		return ret;
	errno = 0;
	*number = strtoull(text, &end, base);
	if (end == text || errno || text[0] == '-' || (*end && strcmp(end, "\n") != 0))
		return uf_fail(err, UF_ERR_SYNTAX, "%s%s holds \"%.20s\" where a number belongs",
			       root, path, text);
	return UF_OK;
}
