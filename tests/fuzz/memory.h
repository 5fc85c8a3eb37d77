/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes in memory as the lowest layer, which can fail once, and gzip made of an input. */
#ifndef FUZZ_MEMORY_H
#define FUZZ_MEMORY_H

#include <zlib.h>

#include "fuzz.h"
#include "uniflash/image/bytes.h"

struct fuzz_bytes {
	struct uf_bytes bytes;
	uint8_t *at;
	unsigned fail; /* reads until the one that fails; 0: none does */
};

static inline int fuzz_bytes_read(struct uf_bytes *bytes, uint64_t off, void *buf, size_t len,
				  struct uf_error *err)
{
	struct fuzz_bytes *memory = (struct fuzz_bytes *)bytes;

	/* Every layer must keep to what there is: a file would end here. */
	CHECK(off <= bytes->size && len <= bytes->size - off);
	if (memory->fail && --memory->fail == 0)
		return uf_fail(err, UF_ERR_IO, "reading fails once");
	if (len)
		memcpy(buf, memory->at + off, len);
	return UF_OK;
}

static inline int fuzz_bytes_check_same(struct uf_bytes *bytes, struct uf_error *err)
{
	(void)bytes;
	(void)err;
	return UF_OK;
}

static inline int fuzz_bytes_fd(const struct uf_bytes *bytes)
{
	(void)bytes;
	return -1;
}

static inline void fuzz_bytes_close(struct uf_bytes *bytes)
{
	struct fuzz_bytes *memory = (struct fuzz_bytes *)bytes;

	free(memory->at);
	free(memory);
}

/* A layer over a copy of the data; its close frees both. size is not 0: no file is empty. */
static inline struct uf_bytes *fuzz_bytes_open(const uint8_t *data, size_t size, unsigned fail)
{
	static const struct uf_bytes_ops ops = {
		.read = fuzz_bytes_read,
		.check_same = fuzz_bytes_check_same,
		.fd = fuzz_bytes_fd,
		.close = fuzz_bytes_close,
	};
	struct fuzz_bytes *memory = fuzz_alloc(sizeof(*memory));

	memset(memory, 0, sizeof(*memory));
	memory->bytes.ops = &ops;
	memory->bytes.name = "fuzz.bin";
	memory->bytes.size = size;
	memory->at = fuzz_copy(data, size);
	memory->fail = fail;
	return &memory->bytes;
}

/* Pack data as gzip into fresh memory. The least of windows and memory: it must be quick. At level
 * 0 it is not made smaller. */
static inline uint8_t *fuzz_pack(const uint8_t *data, size_t size, int level, size_t *packed)
{
	z_stream zlib = {0};
	uint8_t *out;
	uLong room;

	CHECK(deflateInit2(&zlib, level, Z_DEFLATED, 9 + 16, 1, Z_DEFAULT_STRATEGY) == Z_OK);
	room = deflateBound(&zlib, (uLong)size);
	out = fuzz_alloc(room);
	zlib.next_in = (Bytef *)(uintptr_t)data;
	zlib.avail_in = (uInt)size;
	zlib.next_out = out;
	zlib.avail_out = (uInt)room;
	CHECK(deflate(&zlib, Z_FINISH) == Z_STREAM_END);
	*packed = zlib.total_out;
	deflateEnd(&zlib);
	return out;
}

#endif
