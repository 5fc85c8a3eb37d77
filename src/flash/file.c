/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A flash dump on disk, written under NOR rules. */
#include "uniflash/flash/device.h"

#include "fdio.h"
#include "uniflash/flash/bounds.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "uniflash/util/textfile.h"

#define CHUNK 4096

struct file {
	struct uf_device dev;
	char path[UF_PATH_MAX];
	enum uf_access access;
	int fd;       /* for reading, and the one that holds the lock; -1: not there yet */
	int write_fd; /* -1 until armed */
};

static struct file *file_of(struct uf_device *dev)
{
	return (struct file *)dev;
}

static int file_read(struct uf_device *dev, uint64_t off, void *buf, size_t len,
		     struct uf_error *err)
{
	struct file *file = file_of(dev);
	int ret = uf_bounds_read(&dev->geometry, off, len, err);

	if (ret)
		return ret;
	if (file->fd < 0) {
		memset(buf, UF_BLANK_BYTE, len);
		return UF_OK;
	}
	return fd_read(file->fd, file->path, off, buf, len, err);
}

static int write_blank(const struct file *file, int fd, uint64_t off, uint64_t len,
		       struct uf_error *err)
{
	uint8_t blank[CHUNK];

	memset(blank, UF_BLANK_BYTE, sizeof(blank));
	for (uint64_t done = 0; done < len; done += CHUNK) {
		int ret = fd_write(fd, file->path, off + done, blank,
				   (size_t)uf_min(CHUNK, len - done), err);

		if (ret)
			return ret;
	}
	return UF_OK;
}

static int make_blank(struct file *file, struct uf_error *err)
{
	int fd = open(file->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	int ret;

	if (fd < 0)
		return uf_fail_errno(err, UF_ERR_IO, errno, "cannot make %s", file->path);
	ret = fd_lock(fd, file->path, file->access, err);
	if (!ret)
		ret = write_blank(file, fd, 0, file->dev.geometry.size, err);
	if (ret) {
		unlink(file->path);
		close(fd);
		return ret;
	}
	file->fd = fd;
	return UF_OK;
}

static int file_arm(struct uf_device *dev, const struct uf_block_set *blocks, struct uf_error *err)
{
	struct file *file = file_of(dev);
	int ret;

	(void)blocks; /* one descriptor serves them all */
	if (file->access != UF_ACCESS_WRITE)
		return uf_fail(err, UF_ERR_RANGE, "%s was opened for reading only", file->path);
	if (file->fd < 0) {
		ret = make_blank(file, err);
		if (ret)
			return ret;
	}
	file->write_fd = open(file->path, O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (file->write_fd < 0)
		return uf_refuse(err, UF_CHECK_DEVICE_READONLY,
				 "%s cannot be opened for writing: %s", file->path,
				 strerror(errno));
	return UF_OK;
}

static int file_erase(struct uf_device *dev, uint64_t off, struct uf_error *err)
{
	struct file *file = file_of(dev);
	int ret = uf_bounds_erase(&dev->geometry, off, err);

	return ret ? ret : write_blank(file, file->write_fd, off, dev->geometry.erase_size, err);
}

/* A NOR cell goes from 1 to 0 and, but for an erase, never back. */
static int file_program(struct uf_device *dev, uint64_t off, const void *buf, size_t len,
			struct uf_error *err)
{
	struct file *file = file_of(dev);
	const uint8_t *data = buf;
	uint8_t cells[CHUNK];
	int ret = uf_bounds_program(&dev->geometry, off, len, err);

	for (size_t done = 0; !ret && done < len; done += CHUNK) {
		size_t piece = (size_t)uf_min(CHUNK, len - done);

		ret = fd_read(file->fd, file->path, off + done, cells, piece, err);
		if (ret)
			return ret;
		for (size_t at = 0; at < piece; at++)
			cells[at] &= data[done + at];
		ret = fd_write(file->write_fd, file->path, off + done, cells, piece, err);
	}
	return ret;
}

static int file_sync(struct uf_device *dev, struct uf_error *err)
{
	struct file *file = file_of(dev);

	if (file->write_fd >= 0 && fsync(file->write_fd) != 0)
		return uf_fail_errno(err, UF_ERR_IO, errno, "fsync of %s", file->path);
	return UF_OK;
}

static void file_close(struct uf_device *dev)
{
	struct file *file = file_of(dev);

	if (file->write_fd >= 0)
		close(file->write_fd);
	if (file->fd >= 0)
		close(file->fd);
	free(file);
}

static const struct uf_device_ops file_ops = {
	.read = file_read,
	.arm = file_arm,
	.erase = file_erase,
	.program = file_program,
	.sync = file_sync,
	.close = file_close,
};

/* The size of the dump at path; 0 and *exists false where there is none. */
static int find_size(const char *path, uint64_t *size, bool *exists, struct uf_error *err)
{
	struct stat st;

	*size = 0;
	*exists = stat(path, &st) == 0;
	if (!*exists)
		return errno == ENOENT
			       ? UF_OK
			       : uf_fail_errno(err, UF_ERR_IO, errno, "cannot look at %s", path);
	if (!S_ISREG(st.st_mode)) {
		uf_fail(err, UF_ERR_IO, "%s is no regular file, expected a flash dump", path);
		uf_advise(err, "On the camera itself leave -d out: its own flash is the default.");
		return UF_ERR_IO;
	}
	*size = (uint64_t)st.st_size;
	return UF_OK;
}

/* A size that contradicts size= or the erase blocks is no flash; where a size is missing, an
 * empty file is none either. */
static int check_size(const struct uf_file_spec *spec, uint64_t found, bool exists,
		      struct uf_error *err)
{
	if (!exists && !spec->size) {
		uf_fail(err, UF_ERR_IO, "there is no flash dump at %s", spec->path);
		uf_advise(err, "To begin with blank flash add its size: -d file:%s,size=16M",
			  spec->path);
		return UF_ERR_IO;
	}
	if (exists && !found)
		return uf_fail(err, UF_ERR_USAGE, "%s is empty, expected a flash dump", spec->path);
	if (exists && spec->size && found != spec->size)
		return uf_fail(err, UF_ERR_USAGE,
			       "%s has %" PRIu64 " bytes, but size= says %" PRIu64, spec->path,
			       found, spec->size);
	if (found % spec->erase_size || spec->size % spec->erase_size)
		return uf_fail(err, UF_ERR_USAGE,
			       "%s: %" PRIu64
			       " bytes are no whole number of erase blocks of %" PRIu32 " bytes",
			       spec->path, exists ? found : spec->size, spec->erase_size);
	return UF_OK;
}

int uf_file_geometry(const struct uf_file_spec *spec, struct uf_geometry *geometry,
		     struct uf_error *err)
{
	uint64_t found;
	bool exists;
	int ret = find_size(spec->path, &found, &exists, err);

	if (!ret)
		ret = check_size(spec, found, exists, err);
	if (ret)
		return ret;
	geometry->size = exists ? found : spec->size;
	geometry->erase_size = spec->erase_size;
	geometry->page_size = spec->page_size;
	return UF_OK;
}

/* Where a size was given, a file that is not there is blank flash, which is made when armed. */
static int open_existing(struct file *file, bool can_be_blank, struct uf_error *err)
{
	file->fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (file->fd < 0 && errno == ENOENT && can_be_blank)
		return UF_OK;
	if (file->fd < 0)
		return uf_fail_errno(err, UF_ERR_IO, errno, "cannot open %s", file->path);
	return fd_lock(file->fd, file->path, file->access, err);
}

int uf_file_open(const struct uf_file_spec *spec, enum uf_access access, struct uf_device **dev,
		 struct uf_error *err)
{
	struct file *file = calloc(1, sizeof(*file));
	int ret;

	if (!file)
		return uf_fail(err, UF_ERR_MEMORY, "no memory for a dump file");
	file->dev.ops = &file_ops;
	file->access = access;
	file->fd = -1;
	file->write_fd = -1;
	if (snprintf(file->path, sizeof(file->path), "%s", spec->path) >= (int)sizeof(file->path))
		ret = uf_fail(err, UF_ERR_USAGE, "the path of the dump is too long");
	else
		ret = uf_file_geometry(spec, &file->dev.geometry, err);
	if (!ret)
		ret = open_existing(file, spec->size != 0, err);
	if (ret) {
		file_close(&file->dev);
		return ret;
	}
	*dev = &file->dev;
	return UF_OK;
}
