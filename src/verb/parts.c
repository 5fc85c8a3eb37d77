/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "uniflash/util/files.h"

/* The file of a partition: its name with what a file name cannot have replaced. */
int parts_path(struct run *run, const char *folder, const struct uf_partition *part, char *path)
{
	int len = snprintf(path, UF_PATH_MAX, "%s/%s.bin", folder, part->name);

	if (len >= UF_PATH_MAX)
		return uf_fail(&run->error, UF_ERR_USAGE, "the path of %s is too long", part->name);
	for (char *at = path + strlen(folder) + 1; *at; at++)
		if (*at == '/')
			*at = '_';
	return UF_OK;
}

int parts_write_all(struct run *run, int fd, const char *path, const void *buf, size_t len)
{
	int number = uf_write_all(fd, buf, len);

	return number ? uf_fail_errno(&run->error, UF_ERR_IO, number, "writing %s", path) : UF_OK;
}

/* Nothing that exists is written over: it may be the only copy. */
int parts_exists(struct run *run, const char *path)
{
	uf_fail(&run->error, UF_ERR_IO, "%s exists already", path);
	uf_advise(&run->error, "Remove it first, or give another place.");
	return UF_ERR_IO;
}

int parts_create(struct run *run, const char *path, int *fd)
{
	*fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (*fd >= 0)
		return UF_OK;
	if (errno == EEXIST)
		return parts_exists(run, path);
	return uf_fail_errno(&run->error, UF_ERR_IO, errno, "cannot make %s", path);
}

int parts_close_written(struct run *run, int fd, const char *path, int ret)
{
	if (!ret && fsync(fd) != 0 && errno != EINVAL)
		ret = uf_fail_errno(&run->error, UF_ERR_IO, errno, "writing %s", path);
	if (close(fd) != 0 && !ret)
		ret = uf_fail_errno(&run->error, UF_ERR_IO, errno, "writing %s", path);
	if (ret)
		unlink(path);
	return ret;
}

static int check_fits(struct run *run, uint64_t size)
{
	char have[UF_SIZE_TEXT], room[UF_SIZE_TEXT];

	if (size <= uf_table_end(&run->table))
		return UF_OK;
	uf_refuse(&run->error, UF_CHECK_SIZE_TOO_BIG,
		  "the image has %s bytes, the layout %s: it does not fit",
		  uf_format_count(have, size), uf_format_count(room, uf_table_end(&run->table)));
	return uf_check_refusal(&run->error, &run->verdict, &run->hooks);
}

int parts_check_table(struct run *run, uint64_t size)
{
	int ret = uf_table_check_tiles(&run->table, uf_table_end(&run->table), &run->error);

	if (!ret && size)
		ret = check_fits(run, size);
	return ret == UF_ERR_REFUSED ? uf_check_refusal(&run->error, &run->verdict, &run->hooks)
				     : ret;
}
