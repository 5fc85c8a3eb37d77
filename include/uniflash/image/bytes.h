/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bytes: where the contents of an image come from, as layers that read each other. A file, gzip
 * over it, digests taken while it goes by, a spool for what cannot seek. Only what the caller asks
 * for is in memory. Nothing here touches flash.
 */
#ifndef UNIFLASH_IMAGE_BYTES_H
#define UNIFLASH_IMAGE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "uniflash/util/error.h"
#include "uniflash/util/hash.h"

struct uf_bytes;

/* The functions of a layer. A layer owns the one below and closes it. */
struct uf_bytes_ops {
	/* Read len bytes at off, which lie inside size. UF_ERR_IO for a read error and for what
	 * cannot be unpacked, UF_ERR_CHANGED where the file became shorter. */
	int (*read)(struct uf_bytes *bytes, uint64_t off, void *buf, size_t len,
		    struct uf_error *err);
	/* UF_ERR_CHANGED where the file is visibly not the one that was opened any more. */
	int (*check_same)(struct uf_bytes *bytes, struct uf_error *err);
	/* The descriptor of the file that holds exactly these bytes, -1 where there is none. The
	 * layer keeps it. */
	int (*fd)(const struct uf_bytes *bytes);
	void (*close)(struct uf_bytes *bytes);
};

/* The visible part of every layer. */
struct uf_bytes {
	const struct uf_bytes_ops *ops;
	const char *name; /* as the user gave it; borrowed */
	uint64_t size;    /* bytes that can be read */
	bool streamed;    /* reading backwards costs a pass from the beginning */
	unsigned passes;  /* for what is streamed: how often it was begun */
};

static inline int uf_bytes_read(struct uf_bytes *bytes, uint64_t off, void *buf, size_t len,
				struct uf_error *err)
{
	return bytes->ops->read(bytes, off, buf, len, err);
}

static inline int uf_bytes_check_same(struct uf_bytes *bytes, struct uf_error *err)
{
	return bytes->ops->check_same(bytes, err);
}

static inline int uf_bytes_fd(const struct uf_bytes *bytes)
{
	return bytes->ops->fd(bytes);
}

/* NULL is fine. */
static inline void uf_bytes_close(struct uf_bytes *bytes)
{
	if (bytes)
		bytes->ops->close(bytes);
}

/* Open the regular file at path. UF_ERR_IO where it cannot be opened or is no file,
 * UF_ERR_REFUSED with image.unreadable where it is empty. */
int uf_bytes_open_file(const char *path, struct uf_bytes **bytes, struct uf_error *err);

/* The same for a descriptor that is open, which the layer then owns. */
int uf_bytes_open_fd(const char *name, int fd, struct uf_bytes **bytes, struct uf_error *err);

/*
 * Make bytes of what can only be read in order, such as a pipe at fd: copied into a file without a
 * name in the first of the folders that takes it (NULL ends the list), or into memory where none
 * does and memory_limit allows. UF_ERR_REFUSED with size.too-big behind limit bytes, with
 * image.unreadable where it cannot be kept; UF_ERR_STOPPED where `stop` says so.
 */
int uf_bytes_spool(const char *name, int fd, const char *const *folders, uint64_t memory_limit,
		   uint64_t limit, bool (*stop)(void *), void *stop_context,
		   struct uf_bytes **bytes, struct uf_error *err);

/* Say in *gzip whether the bytes begin as gzip does. Errors as of read. */
int uf_bytes_is_gzip(struct uf_bytes *bytes, bool *gzip, struct uf_error *err);

/*
 * Unpack gzip. The size is what its end says, and is checked when the end is read. The first `hold`
 * bytes stay in memory once they went by, for they are needed last. One stream, and nothing behind
 * it. Takes `packed` over where it succeeds. UF_ERR_IO, also where it holds nothing; UF_ERR_MEMORY.
 */
int uf_bytes_open_gzip(struct uf_bytes *packed, size_t hold, struct uf_bytes **bytes,
		       struct uf_error *err);

#define UF_TAPS_MAX 8

/*
 * Take digests while the bytes go by, in order, the first time. Takes `inner` over where it
 * succeeds. UF_ERR_MEMORY.
 */
int uf_bytes_open_tap(struct uf_bytes *inner, struct uf_bytes **tap, struct uf_error *err);

/* Also take a digest of kind over [from, end) of the tap's bytes; before all has gone by.
 * UF_ERR_MEMORY; as read for what has gone by already. */
int uf_tap_add(struct uf_bytes *bytes, enum uf_hash_kind kind, uint64_t from, struct uf_error *err);

/* Read what has not gone by yet, and write the digest of that kind and beginning into
 * out[0..uf_hash_size). Errors as of read. */
int uf_tap_digest(struct uf_bytes *bytes, enum uf_hash_kind kind, uint64_t from, uint8_t *out,
		  struct uf_error *err);

#endif
