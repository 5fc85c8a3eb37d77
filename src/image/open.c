/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/image/image.h"

#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "uniflash/util/bytes.h"

static int check_file(const char *path, int fd, struct uf_error *err)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return uf_fail_errno(err, UF_ERR_IO, errno, "cannot look at %s", path);
	if (S_ISDIR(st.st_mode))
		return uf_fail(err, UF_ERR_IO, "%s is a directory, expected an image file", path);
	if (!S_ISREG(st.st_mode))
		return uf_fail(err, UF_ERR_IO, "%s is no regular file, expected an image file",
			       path);
	if (st.st_size == 0) {
		uf_refuse(err, UF_CHECK_IMAGE_UNREADABLE, "%s is empty (0 bytes)", path);
		uf_advise(err, "The download or the copy failed: get the file again.");
		return UF_ERR_REFUSED;
	}
	return UF_OK;
}

int uf_image_open(const char *path, struct uf_image **image, struct uf_error *err)
{
	/* O_NONBLOCK: opening a FIFO must not wait for its writer. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	int ret;

	if (fd < 0)
		return uf_fail_errno(err, UF_ERR_IO, errno, "cannot open the image %s", path);
	ret = check_file(path, fd, err);
	if (!ret)
		ret = raw_image_open(path, fd, image, err);
	if (ret)
		close(fd);
	return ret;
}

int uf_image_refuse_unreadable(int ret, struct uf_error *err)
{
	if (ret != UF_ERR_IO && ret != UF_ERR_CHANGED)
		return ret;
	if (err) {
		err->code = UF_ERR_REFUSED;
		err->check = UF_CHECK_IMAGE_UNREADABLE;
	}
	return UF_ERR_REFUSED;
}

int uf_image_fill(struct uf_image *image, uint64_t flash_off, void *buf, size_t len,
		  struct uf_error *err)
{
	const struct uf_extent *extent = &image->extent;
	uint64_t from = extent->flash_off > flash_off ? extent->flash_off : flash_off;
	uint64_t to = uf_min(extent->flash_off + extent->len, flash_off + len);

	if (to <= from) {
		memset(buf, UF_BLANK_BYTE, len);
		return UF_OK;
	}
	memset(buf, UF_BLANK_BYTE, (size_t)(from - flash_off));
	memset((char *)buf + (to - flash_off), UF_BLANK_BYTE, (size_t)(flash_off + len - to));
	return uf_image_read(image, extent->image_off + (from - extent->flash_off),
			     (char *)buf + (from - flash_off), (size_t)(to - from), err);
}
