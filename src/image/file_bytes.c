/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/image/bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct file_bytes {
	struct uf_bytes bytes;
	int fd;
	struct stat opened; /* what the file was when it was opened */
};

static struct file_bytes *file_of(struct uf_bytes *bytes)
{
	return (struct file_bytes *)bytes;
}

static int shorter(struct uf_bytes *bytes, uint64_t at, struct uf_error *err)
{
	struct stat now;
	bool known = fstat(file_of(bytes)->fd, &now) == 0 && (uint64_t)now.st_size < at;

	uf_fail(err, UF_ERR_CHANGED,
		"%s ends at byte %" PRIu64 ", it had %" PRIu64 " bytes when it was opened",
		bytes->name, known ? (uint64_t)now.st_size : at, bytes->size);
	uf_advise(err,
		  "Something else is writing to the file: let it finish, then run this again.");
	return UF_ERR_CHANGED;
}

static int file_read(struct uf_bytes *bytes, uint64_t off, void *buf, size_t len,
		     struct uf_error *err)
{
	int fd = file_of(bytes)->fd;
	size_t have = 0;

	while (have < len) {
		ssize_t got = pread(fd, (char *)buf + have, len - have, (off_t)(off + have));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return uf_fail_errno(err, UF_ERR_IO, errno, "reading %s at 0x%06" PRIx64,
					     bytes->name, off + have);
		if (got == 0)
			return shorter(bytes, off + have, err);
		have += (size_t)got;
	}
	return UF_OK;
}

static bool same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static int file_check_same(struct uf_bytes *bytes, struct uf_error *err)
{
	const struct stat *then = &file_of(bytes)->opened;
	struct stat now;

	if (fstat(file_of(bytes)->fd, &now) != 0)
		return uf_fail_errno(err, UF_ERR_IO, errno, "cannot look at %s", bytes->name);
	if (now.st_size == then->st_size && same_time(now.st_mtim, then->st_mtim) &&
	    same_time(now.st_ctim, then->st_ctim))
		return UF_OK;
	uf_fail(err, UF_ERR_CHANGED,
		"%s was changed, moved or removed after it was opened (%" PRIu64
		" bytes then, %" PRIu64 " now)",
		bytes->name, (uint64_t)then->st_size, (uint64_t)now.st_size);
	uf_advise(err, "Let whatever writes it finish, then run this again.");
	return UF_ERR_CHANGED;
}

static int file_fd(const struct uf_bytes *bytes)
{
	return ((const struct file_bytes *)bytes)->fd;
}

static void file_close(struct uf_bytes *bytes)
{
	close(file_of(bytes)->fd);
	free(file_of(bytes));
}

static const struct uf_bytes_ops file_ops = {
	.read = file_read,
	.check_same = file_check_same,
	.fd = file_fd,
	.close = file_close,
};

static int check_file(const char *name, const struct stat *st, struct uf_error *err)
{
	if (S_ISDIR(st->st_mode))
		return uf_fail(err, UF_ERR_IO, "%s is a directory, expected an image file", name);
	if (!S_ISREG(st->st_mode))
		return uf_fail(err, UF_ERR_IO, "%s is no regular file, expected an image file",
			       name);
	if (st->st_size == 0) {
		uf_refuse(err, UF_CHECK_IMAGE_UNREADABLE, "%s is empty (0 bytes)", name);
		uf_advise(err, "The download or the copy failed: get the file again.");
		return UF_ERR_REFUSED;
	}
	return UF_OK;
}

int uf_bytes_open_fd(const char *name, int fd, struct uf_bytes **bytes, struct uf_error *err)
{
	struct file_bytes *file = calloc(1, sizeof(*file));
	int ret;

	if (!file)
		return uf_fail(err, UF_ERR_MEMORY, "no memory for an image");
	if (fstat(fd, &file->opened) != 0)
		ret = uf_fail_errno(err, UF_ERR_IO, errno, "cannot look at %s", name);
	else
		ret = check_file(name, &file->opened, err);
	if (ret) {
		free(file);
		return ret;
	}
	file->bytes.ops = &file_ops;
	file->bytes.name = name;
	file->bytes.size = (uint64_t)file->opened.st_size;
	file->fd = fd;
	*bytes = &file->bytes;
	return UF_OK;
}

int uf_bytes_open_file(const char *path, struct uf_bytes **bytes, struct uf_error *err)
{
	/* O_NONBLOCK: opening a FIFO must not wait for its writer. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	int ret;

	if (fd < 0)
		return uf_fail_errno(err, UF_ERR_IO, errno, "cannot open the image %s", path);
	ret = uf_bytes_open_fd(path, fd, bytes, err);
	if (ret)
		close(fd);
	return ret;
}
