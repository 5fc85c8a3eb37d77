/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A raw image: byte n of the file is byte n of the flash. */
#include "source.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "uniflash/util/bytes.h"

struct raw {
	struct uf_image image;
	struct stat opened; /* what the file was when it was opened */
};

static struct raw *raw_of(struct uf_image *image)
{
	return (struct raw *)image;
}

static int shorter(const struct uf_image *image, uint64_t at, struct uf_error *err)
{
	uf_fail(err, UF_ERR_CHANGED,
		"%s ends at byte %" PRIu64 ", it had %" PRIu64 " bytes when it was opened",
		image->name, at, image->size);
	uf_advise(err,
		  "Something else is writing to the file: let it finish, then run this again.");
	return UF_ERR_CHANGED;
}

static int raw_read(struct uf_image *image, uint64_t off, void *buf, size_t len,
		    struct uf_error *err)
{
	size_t have = 0;

	while (have < len) {
		ssize_t got = pread(image->fd, (char *)buf + have, len - have, (off_t)(off + have));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return uf_fail_errno(err, UF_ERR_IO, errno, "reading %s at 0x%06" PRIx64,
					     image->name, off + have);
		if (got == 0)
			return shorter(image, off + have, err);
		have += (size_t)got;
	}
	return UF_OK;
}

static bool same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static int raw_check_same(struct uf_image *image, struct uf_error *err)
{
	const struct stat *then = &raw_of(image)->opened;
	struct stat now;

	if (fstat(image->fd, &now) != 0)
		return uf_fail_errno(err, UF_ERR_IO, errno, "cannot look at %s", image->name);
	if (now.st_size == then->st_size && same_time(now.st_mtim, then->st_mtim) &&
	    same_time(now.st_ctim, then->st_ctim))
		return UF_OK;
	uf_fail(err, UF_ERR_CHANGED,
		"%s was written to after it was opened (%" PRIu64 " bytes then, %" PRIu64 " now)",
		image->name, (uint64_t)then->st_size, (uint64_t)now.st_size);
	uf_advise(err, "Let whatever writes it finish, then run this again.");
	return UF_ERR_CHANGED;
}

static void raw_close(struct uf_image *image)
{
	close(image->fd);
	free(raw_of(image));
}

static const struct uf_image_ops raw_ops = {
	.read = raw_read,
	.check_same = raw_check_same,
	.close = raw_close,
};

int raw_image_open(const char *name, int fd, struct uf_image **image, struct uf_error *err)
{
	struct raw *raw = calloc(1, sizeof(*raw));

	if (!raw)
		return uf_fail(err, UF_ERR_MEMORY, "no memory for an image");
	if (fstat(fd, &raw->opened) != 0) {
		free(raw);
		return uf_fail_errno(err, UF_ERR_IO, errno, "cannot look at %s", name);
	}
	raw->image.ops = &raw_ops;
	raw->image.name = name;
	raw->image.fd = fd;
	raw->image.size = (uint64_t)raw->opened.st_size;
	raw->image.extent.len = raw->image.size;
	*image = &raw->image;
	return UF_OK;
}
