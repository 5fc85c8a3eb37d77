/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/image/bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "uniflash/util/bytes.h"
#include "uniflash/util/files.h"
#include "uniflash/util/textfile.h"

#define CHUNK 16384

/* How often a wait for a slow pipe looks whether to stop. */
#define WAIT_MS 200

/* --- bytes in memory -------------------------------------------------------------------------- */

struct memory_bytes {
	struct uf_bytes bytes;
	uint8_t *at;
	size_t room;
};

static struct memory_bytes *memory_of(struct uf_bytes *bytes)
{
	return (struct memory_bytes *)bytes;
}

static int memory_read(struct uf_bytes *bytes, uint64_t off, void *buf, size_t len,
		       struct uf_error *err)
{
	(void)err;
	memcpy(buf, memory_of(bytes)->at + off, len);
	return UF_OK;
}

static int memory_check_same(struct uf_bytes *bytes, struct uf_error *err)
{
	(void)bytes;
	(void)err;
	return UF_OK;
}

static int memory_fd(const struct uf_bytes *bytes)
{
	(void)bytes;
	return -1;
}

static void memory_close(struct uf_bytes *bytes)
{
	munmap(memory_of(bytes)->at, memory_of(bytes)->room);
	free(memory_of(bytes));
}

static const struct uf_bytes_ops memory_ops = {
	.read = memory_read,
	.check_same = memory_check_same,
	.fd = memory_fd,
	.close = memory_close,
};

/* --- spooling --------------------------------------------------------------------------------- */

struct spool {
	const char *name;
	int from;
	uint64_t limit;
	bool (*stop)(void *);
	void *stop_context;
	int fd;      /* of the file, -1 where it is memory */
	uint8_t *at; /* of the memory */
	size_t room; /* of the memory */
	uint64_t size;
	struct uf_error *err;
};

/* A file without a name; O_TMPFILE came with Linux 3.11 and no FAT has it. */
static int nameless_file(const char *const *folders)
{
	char path[UF_PATH_MAX];

	for (; *folders; folders++) {
		int fd;

		if (snprintf(path, sizeof(path), "%s/.uniflash-XXXXXX", *folders) >=
		    (int)sizeof(path))
			continue;
		fd = mkostemp(path, O_CLOEXEC);
		if (fd < 0)
			continue;
		unlink(path);
		return fd;
	}
	return -1;
}

static bool reserve_memory(struct spool *spool, uint64_t limit)
{
	/* Pages that are not touched take no memory. */
	spool->room = (size_t)uf_min(limit, spool->limit);
	spool->at =
		mmap(NULL, spool->room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return spool->at != MAP_FAILED;
}

static int cannot_keep(const struct spool *spool, const char *why)
{
	uf_refuse(spool->err, UF_CHECK_IMAGE_UNREADABLE,
		  "%s cannot be kept until it is written: %s", spool->name, why);
	uf_advise(spool->err, "Copy the image to the SD card and give its path.");
	return UF_ERR_REFUSED;
}

static int keep(struct spool *spool, const uint8_t *chunk, size_t len)
{
	int number;

	if (spool->fd < 0) {
		if (len > spool->room - spool->size)
			return cannot_keep(spool, "there is not enough memory, and no card");
		memcpy(spool->at + spool->size, chunk, len);
		return UF_OK;
	}
	number = uf_write_all(spool->fd, chunk, len);
	return number ? cannot_keep(spool, strerror(number)) : UF_OK;
}

static int too_big(const struct spool *spool)
{
	char limit[UF_SIZE_TEXT];

	uf_refuse(spool->err, UF_CHECK_SIZE_TOO_BIG,
		  "%s has more than %s bytes: it does not fit on the flash", spool->name,
		  uf_format_count(limit, spool->limit));
	return UF_ERR_REFUSED;
}

/* Wait for more; a signal that asks to stop ends the wait. */
static int wait_for_more(const struct spool *spool)
{
	struct pollfd wait = {.fd = spool->from, .events = POLLIN};

	do
		if (spool->stop(spool->stop_context))
			return uf_fail(spool->err, UF_ERR_STOPPED, "stopped while %s was read",
				       spool->name);
	while (poll(&wait, 1, WAIT_MS) <= 0);
	return UF_OK;
}

static int copy_all(struct spool *spool)
{
	static uint8_t chunk[CHUNK];

	for (;;) {
		int ret = wait_for_more(spool);
		ssize_t got = ret ? 0 : read(spool->from, chunk, sizeof(chunk));

		if (ret)
			return ret;
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return uf_fail_errno(spool->err, UF_ERR_IO, errno, "reading %s",
					     spool->name);
		if (got == 0)
			return UF_OK;
		if (spool->size + (uint64_t)got > spool->limit)
			return too_big(spool);
		ret = keep(spool, chunk, (size_t)got);
		if (ret)
			return ret;
		spool->size += (uint64_t)got;
	}
}

static int memory_bytes(struct spool *spool, struct uf_bytes **bytes)
{
	struct memory_bytes *memory = calloc(1, sizeof(*memory));

	if (!memory)
		return uf_fail(spool->err, UF_ERR_MEMORY, "no memory for %s", spool->name);
	memory->bytes.ops = &memory_ops;
	memory->bytes.name = spool->name;
	memory->bytes.size = spool->size;
	memory->at = spool->at;
	memory->room = spool->room;
	*bytes = &memory->bytes;
	return UF_OK;
}

static int finish(struct spool *spool, struct uf_bytes **bytes)
{
	if (!spool->size) {
		uf_refuse(spool->err, UF_CHECK_IMAGE_UNREADABLE, "%s is empty (0 bytes)",
			  spool->name);
		return UF_ERR_REFUSED;
	}
	return spool->fd < 0 ? memory_bytes(spool, bytes)
			     : uf_bytes_open_fd(spool->name, spool->fd, bytes, spool->err);
}

int uf_bytes_spool(const char *name, int fd, const char *const *folders, uint64_t memory_limit,
		   uint64_t limit, bool (*stop)(void *), void *stop_context,
		   struct uf_bytes **bytes, struct uf_error *err)
{
	struct spool spool = {
		.name = name,
		.from = fd,
		.limit = limit,
		.stop = stop,
		.stop_context = stop_context,
		.fd = nameless_file(folders),
		.err = err,
	};
	int ret;

	if (spool.fd < 0 && !reserve_memory(&spool, memory_limit))
		return cannot_keep(&spool, "there is no memory, and no card");
	ret = copy_all(&spool);
	if (!ret)
		ret = finish(&spool, bytes);
	if (ret && spool.fd >= 0)
		close(spool.fd);
	else if (ret)
		munmap(spool.at, spool.room);
	return ret;
}
