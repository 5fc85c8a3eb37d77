/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verb.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK 65536

/* The file of a partition: its name with what a file name cannot have replaced. */
static int part_path(struct run *run, const char *folder, const struct uf_partition *part,
		     char *path)
{
	int len = snprintf(path, UF_PATH_MAX, "%s/%s.bin", folder, part->name);

	if (len >= UF_PATH_MAX)
		return uf_fail(&run->error, UF_ERR_USAGE, "the path of %s is too long", part->name);
	for (char *at = path + strlen(folder) + 1; *at; at++)
		if (*at == '/')
			*at = '_';
	return UF_OK;
}

static int write_all(struct run *run, int fd, const char *path, const void *buf, size_t len)
{
	for (size_t done = 0; done < len;) {
		ssize_t put = write(fd, (const char *)buf + done, len - done);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return uf_fail_errno(&run->error, UF_ERR_IO, errno, "writing %s", path);
		done += (size_t)put;
	}
	return UF_OK;
}

/* Nothing that exists is written over: it may be the only copy. */
static int create(struct run *run, const char *path, int *fd)
{
	*fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (*fd >= 0)
		return UF_OK;
	uf_fail_errno(&run->error, UF_ERR_IO, errno, "cannot make %s", path);
	if (errno == EEXIST)
		uf_advise(&run->error, "remove it first, or give another place");
	return UF_ERR_IO;
}

static int close_written(struct run *run, int fd, const char *path, int ret)
{
	if (!ret && fsync(fd) != 0 && errno != EINVAL)
		ret = uf_fail_errno(&run->error, UF_ERR_IO, errno, "writing %s", path);
	if (close(fd) != 0 && !ret)
		ret = uf_fail_errno(&run->error, UF_ERR_IO, errno, "writing %s", path);
	if (ret)
		unlink(path);
	return ret;
}

static int copy_out(struct run *run, int fd, const char *path, struct uf_range range)
{
	static uint8_t chunk[CHUNK];

	for (uint64_t done = 0; done < range.len; done += CHUNK) {
		size_t len = (size_t)uf_min(CHUNK, range.len - done);
		int ret = uf_image_read(run->image, range.off + done, chunk, len, &run->error);

		if (!ret)
			ret = write_all(run, fd, path, chunk, len);
		if (!ret && uf_stop_asked(&run->hooks))
			ret = uf_fail(&run->error, UF_ERR_STOPPED, "stopped");
		if (ret)
			return ret;
	}
	return UF_OK;
}

/* What of a partition the image has; an image that ends early gives a shorter last file. */
static struct uf_range covered(const struct run *run, const struct uf_partition *part)
{
	struct uf_range range = part->range;

	range.len =
		range.off < run->image->size ? uf_min(range.len, run->image->size - range.off) : 0;
	return range;
}

static int split_one(struct run *run, const struct uf_partition *part)
{
	struct uf_range range = covered(run, part);
	char path[UF_PATH_MAX], size[UF_SIZE_TEXT];
	int fd, ret;

	if (!range.len)
		return UF_OK;
	ret = part_path(run, run->request->operand[1], part, path);
	if (!ret)
		ret = create(run, path, &fd);
	if (ret)
		return ret;
	ret = close_written(run, fd, path, copy_out(run, fd, path, range));
	if (!ret)
		uf_note(&run->hooks, UF_NOTE_INFO, "%s  %s", path, uf_format_size(size, range.len));
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

int verb_split(struct run *run)
{
	const char *folder = run->request->operand[1];
	int ret = run_open_image(run);

	if (!ret)
		ret = run_find_table(run, run->image->size);
	if (!ret)
		ret = check_fits(run, run->image->size);
	if (!ret && mkdir(folder, 0777) != 0 && errno != EEXIST)
		ret = uf_fail_errno(&run->error, UF_ERR_IO, errno, "cannot make the folder %s",
				    folder);
	for (unsigned at = 0; !ret && at < run->table.count; at++)
		ret = split_one(run, &run->table.part[at]);
	return ret;
}

static int fill_blank(struct run *run, int fd, const char *path, uint64_t len)
{
	static uint8_t blank[CHUNK];

	memset(blank, UF_BLANK_BYTE, sizeof(blank));
	for (uint64_t done = 0; done < len; done += CHUNK) {
		int ret = write_all(run, fd, path, blank, (size_t)uf_min(CHUNK, len - done));

		if (ret)
			return ret;
	}
	return UF_OK;
}

static int copy_in(struct run *run, int from, const char *name, int fd, const char *path,
		   uint64_t room)
{
	static uint8_t chunk[CHUNK];
	char have[UF_SIZE_TEXT];
	uint64_t total = 0;

	for (;;) {
		ssize_t got = read(from, chunk, sizeof(chunk));
		int ret;

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return uf_fail_errno(&run->error, UF_ERR_IO, errno, "reading %s", name);
		if (got == 0)
			return fill_blank(run, fd, path, room - total);
		total += (uint64_t)got;
		if (total > room)
			return uf_refuse(&run->error, UF_CHECK_SIZE_TOO_BIG,
					 "%s is larger than its partition of %s bytes", name,
					 uf_format_count(have, room));
		ret = write_all(run, fd, path, chunk, (size_t)got);
		if (ret)
			return ret;
	}
}

static int join_one(struct run *run, const struct uf_partition *part, int fd)
{
	char name[UF_PATH_MAX];
	int from, ret = part_path(run, run->request->operand[0], part, name);

	if (ret)
		return ret;
	from = open(name, O_RDONLY | O_CLOEXEC);
	if (from < 0)
		return uf_fail_errno(&run->error, UF_ERR_IO, errno, "cannot open %s", name);
	ret = copy_in(run, from, name, fd, run->request->operand[1], part->range.len);
	close(from);
	return ret;
}

int verb_join(struct run *run)
{
	const char *path = run->request->operand[1];
	char size[UF_SIZE_TEXT];
	int fd, ret = run_find_table(run, 0);

	if (!ret)
		ret = create(run, path, &fd);
	if (ret)
		return ret;
	for (unsigned at = 0; !ret && at < run->table.count; at++)
		ret = join_one(run, &run->table.part[at], fd);
	ret = close_written(run, fd, path, ret);
	if (ret == UF_ERR_REFUSED)
		return uf_check_refusal(&run->error, &run->verdict, &run->hooks);
	if (!ret)
		uf_note(&run->hooks, UF_NOTE_INFO, "%s  %s", path,
			uf_format_size(size, uf_table_end(&run->table)));
	return ret;
}
