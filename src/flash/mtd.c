/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The flash of this system: the MTD partitions of a map, over libmtd.
 *
 * libmtd finds and describes the devices and erases. Bytes go through pread and pwrite, for
 * libmtd's mtd_read never ends on a device that returns 0 bytes, which Ingenic's driver can (K3).
 */
#include "uniflash/flash/device.h"

#include "fdio.h"
#include "uniflash/flash/bounds.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libmtd.h>
#include <mtd/mtd-user.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct part {
	struct mtd_dev_info info;
	char node[32];
	int fd;       /* for reading */
	int write_fd; /* -1 until armed */
};

struct mtd {
	struct uf_device dev;
	struct uf_map map;
	enum uf_access access;
	libmtd_t lib;
	int quiet_fd;  /* /dev/null */
	int stderr_fd; /* what standard error was */
	struct part part[UF_PARTITIONS_MAX];
};

static struct mtd *mtd_of(struct uf_device *dev)
{
	return (struct mtd *)dev;
}

/* libmtd prints its errors itself; ours say more, and a progress line is on the screen. */
static void quiet_begin(const struct mtd *mtd)
{
	dup2(mtd->quiet_fd, STDERR_FILENO);
}

static void quiet_end(const struct mtd *mtd)
{
	int number = errno;

	dup2(mtd->stderr_fd, STDERR_FILENO);
	errno = number;
}

/* The partition that holds off, which is inside the flash, and where in it. */
static struct part *locate(struct mtd *mtd, uint64_t off, uint64_t *at, uint64_t *room)
{
	int index = uf_table_at(&mtd->map.table, off);
	struct uf_range range = mtd->map.table.part[index].range;

	*at = off - range.off;
	*room = range.len - *at;
	return &mtd->part[index];
}

static int mtd_read_at(struct uf_device *dev, uint64_t off, void *buf, size_t len,
		       struct uf_error *err)
{
	struct mtd *mtd = mtd_of(dev);
	int ret = uf_bounds_read(&dev->geometry, off, len, err);
	uint64_t at, room;

	for (size_t have = 0; !ret && have < len;) {
		struct part *part = locate(mtd, off + have, &at, &room);
		size_t piece = (size_t)uf_min(len - have, room);

		ret = fd_read(part->fd, part->node, at, (char *)buf + have, piece, err);
		have += piece;
	}
	return ret;
}

static int mtd_erase_at(struct uf_device *dev, uint64_t off, struct uf_error *err)
{
	struct mtd *mtd = mtd_of(dev);
	int ret = uf_bounds_erase(&dev->geometry, off, err);
	struct part *part;
	uint64_t at, room;

	if (ret)
		return ret;
	part = locate(mtd, off, &at, &room);
	quiet_begin(mtd);
	ret = mtd_erase(mtd->lib, &part->info, part->write_fd,
			(int)(at / dev->geometry.erase_size));
	quiet_end(mtd);
	if (ret)
		return uf_fail_errno(err, UF_ERR_IO, errno, "erasing %s at 0x%06" PRIx64,
				     part->node, at);
	return UF_OK;
}

static int mtd_program_at(struct uf_device *dev, uint64_t off, const void *buf, size_t len,
			  struct uf_error *err)
{
	struct mtd *mtd = mtd_of(dev);
	int ret = uf_bounds_program(&dev->geometry, off, len, err);
	struct part *part;
	uint64_t at, room;

	if (ret)
		return ret;
	part = locate(mtd, off, &at, &room);
	return fd_write(part->write_fd, part->node, at, buf, len, err);
}

/* The character device writes through: fsync gives EINVAL and nothing is buffered. */
static int mtd_sync_none(struct uf_device *dev, struct uf_error *err)
{
	(void)dev;
	(void)err;
	return UF_OK;
}

static int open_for_writing(struct mtd *mtd, unsigned index, struct uf_error *err)
{
	struct part *part = &mtd->part[index];

	if (part->write_fd >= 0)
		return UF_OK;
	part->write_fd = open(part->node, O_RDWR | O_CLOEXEC);
	if (part->write_fd >= 0)
		return UF_OK;
	uf_refuse(err, UF_CHECK_DEVICE_READONLY, "%s (%s) cannot be opened for writing: %s",
		  part->node, mtd->map.table.part[index].name, strerror(errno));
	if (errno == EACCES || errno == EROFS)
		uf_advise(err, "The kernel made this partition read-only: it is marked \"ro\" in "
			       "mtdparts or does not begin and end on an erase block.");
	return UF_ERR_REFUSED;
}

static int mtd_arm(struct uf_device *dev, const struct uf_block_set *blocks, struct uf_error *err)
{
	struct mtd *mtd = mtd_of(dev);

	if (mtd->access != UF_ACCESS_WRITE)
		return uf_fail(err, UF_ERR_RANGE, "the flash was opened for reading only");
	for (uint32_t block = 0; block < blocks->blocks; block++) {
		int index, ret;

		if (!uf_block_set_has(blocks, block))
			continue;
		index = uf_table_at(&mtd->map.table, (uint64_t)block * dev->geometry.erase_size);
		ret = open_for_writing(mtd, (unsigned)index, err);
		if (ret)
			return ret;
	}
	return UF_OK;
}

static void close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

static void mtd_close_all(struct uf_device *dev)
{
	struct mtd *mtd = mtd_of(dev);

	for (unsigned at = 0; at < mtd->map.table.count; at++) {
		close_fd(mtd->part[at].fd);
		close_fd(mtd->part[at].write_fd);
	}
	if (mtd->lib)
		libmtd_close(mtd->lib);
	close_fd(mtd->quiet_fd);
	close_fd(mtd->stderr_fd);
	free(mtd);
}

static const struct uf_device_ops mtd_ops = {
	.read = mtd_read_at,
	.arm = mtd_arm,
	.erase = mtd_erase_at,
	.program = mtd_program_at,
	.sync = mtd_sync_none,
	.close = mtd_close_all,
};

/* The map was read from texts; what libmtd sees must be the same device. */
static int check_info(const struct mtd *mtd, unsigned index, struct uf_error *err)
{
	const struct uf_partition *want = &mtd->map.table.part[index];
	const struct mtd_dev_info *info = &mtd->part[index].info;

	if (info->type != MTD_NORFLASH && info->type != MTD_RAM)
		return uf_refuse(err, UF_CHECK_MAP_NOT_NOR,
				 "mtd%u \"%s\" is \"%s\", expected NOR flash", want->number,
				 want->name, info->type_str);
	if ((uint64_t)info->size != want->range.len ||
	    (uint32_t)info->eb_size != mtd->map.mtd[index].erase_size)
		return uf_fail(err, UF_ERR_IO,
			       "mtd%u \"%s\": /proc/mtd says %" PRIu64
			       " bytes in blocks of %" PRIu32
			       ", its device says %lld in blocks of %d",
			       want->number, want->name, want->range.len,
			       mtd->map.mtd[index].erase_size, info->size, info->eb_size);
	return UF_OK;
}

static int open_partition(struct mtd *mtd, unsigned index, struct uf_error *err)
{
	struct part *part = &mtd->part[index];
	unsigned number = mtd->map.table.part[index].number;
	int ret;

	snprintf(part->node, sizeof(part->node), "/dev/mtd%u", number);
	quiet_begin(mtd);
	ret = mtd_get_dev_info1(mtd->lib, (int)number, &part->info);
	quiet_end(mtd);
	if (ret)
		return uf_fail_errno(err, UF_ERR_IO, errno, "cannot get the facts of mtd%u",
				     number);
	ret = check_info(mtd, index, err);
	if (ret)
		return ret;
	part->fd = open(part->node, O_RDONLY | O_CLOEXEC);
	if (part->fd < 0) {
		ret = errno;
		uf_fail_errno(err, UF_ERR_IO, ret, "cannot open %s", part->node);
		if (ret == EACCES || ret == EPERM)
			uf_advise(err, "Run uniflash as root.");
		return UF_ERR_IO;
	}
	return UF_OK;
}

static int open_library(struct mtd *mtd, struct uf_error *err)
{
	mtd->quiet_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	mtd->stderr_fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (mtd->quiet_fd < 0 || mtd->stderr_fd < 0)
		return uf_fail_errno(err, UF_ERR_IO, errno, "cannot open /dev/null");
	quiet_begin(mtd);
	mtd->lib = libmtd_open();
	quiet_end(mtd);
	if (!mtd->lib)
		return uf_fail(err, UF_ERR_IO, "libmtd finds no MTD in this system");
	return UF_OK;
}

static int open_all(struct mtd *mtd, struct uf_error *err)
{
	int ret = open_library(mtd, err);

	for (unsigned at = 0; !ret && at < mtd->map.table.count; at++)
		ret = open_partition(mtd, at, err);
	/* The first partition's node stands for the flash: every run opens it, and a lock on a
	 * device node needs no writable file system. */
	if (!ret)
		ret = fd_lock(mtd->part[0].fd, mtd->part[0].node, mtd->access, err);
	return ret;
}

int uf_mtd_open(const struct uf_map *map, enum uf_access access, struct uf_device **dev,
		struct uf_error *err)
{
	struct mtd *mtd = calloc(1, sizeof(*mtd));
	int ret;

	if (!mtd)
		return uf_fail(err, UF_ERR_MEMORY, "no memory for the MTD devices");
	mtd->dev.ops = &mtd_ops;
	mtd->dev.geometry.size = map->size;
	mtd->dev.geometry.erase_size = map->erase_size;
	mtd->dev.geometry.page_size = map->page_size;
	mtd->map = *map;
	mtd->access = access;
	mtd->quiet_fd = -1;
	mtd->stderr_fd = -1;
	for (unsigned at = 0; at < UF_PARTITIONS_MAX; at++) {
		mtd->part[at].fd = -1;
		mtd->part[at].write_fd = -1;
	}
	ret = open_all(mtd, err);
	if (ret) {
		mtd_close_all(&mtd->dev);
		return ret;
	}
	*dev = &mtd->dev;
	return UF_OK;
}
