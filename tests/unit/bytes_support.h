/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of layers of bytes share: a layer that watches the one above, files, gzip. */
#ifndef BYTES_SUPPORT_H
#define BYTES_SUPPORT_H

#include "expect.h"

#include <dirent.h>
#include <stdlib.h>
#include <zlib.h>

#include "uniflash/image/bytes.h"

/* A layer in memory. A read outside of it fails the test, for no layer may ask for that. */
struct probe {
	struct uf_bytes bytes;
	uint8_t *at;        /* a copy, which the test may change */
	unsigned reads;     /* how many there were */
	uint64_t given;     /* bytes that were read */
	uint64_t fail_from; /* reads of what is here or behind fail, fail_reads times */
	unsigned fail_reads;
	enum uf_code fail_code;
	bool changed;     /* check_same fails */
	unsigned *closed; /* counts; may be NULL */
};

static inline int probe_read(struct uf_bytes *bytes, uint64_t off, void *buf, size_t len,
			     struct uf_error *err)
{
	struct probe *probe = (struct probe *)bytes;

	if (off > bytes->size || len > bytes->size - off)
		fail_msg("read of %zu bytes at 0x%llx, outside of %llu", len,
			 (unsigned long long)off, (unsigned long long)bytes->size);
	probe->reads++;
	if (probe->fail_reads && off + len > probe->fail_from) {
		probe->fail_reads--;
		return uf_fail(err, probe->fail_code, "the probe fails");
	}
	probe->given += len;
	memcpy(buf, probe->at + off, len);
	return UF_OK;
}

static inline int probe_check_same(struct uf_bytes *bytes, struct uf_error *err)
{
	return ((struct probe *)bytes)->changed ? uf_fail(err, UF_ERR_CHANGED, "the probe changed")
						: UF_OK;
}

static inline int probe_fd(const struct uf_bytes *bytes)
{
	(void)bytes;
	return 4711;
}

static inline void probe_close(struct uf_bytes *bytes)
{
	struct probe *probe = (struct probe *)bytes;

	if (probe->closed)
		++*probe->closed;
	free(probe->at);
	free(probe);
}

static inline struct probe *probe_open(const void *at, size_t len)
{
	static const struct uf_bytes_ops ops = {
		.read = probe_read,
		.check_same = probe_check_same,
		.fd = probe_fd,
		.close = probe_close,
	};
	struct probe *probe = calloc(1, sizeof(*probe));

	assert_non_null(probe);
	probe->at = malloc(len ? len : 1);
	assert_non_null(probe->at);
	memcpy(probe->at, at, len);
	probe->bytes.ops = &ops;
	probe->bytes.name = "probe";
	probe->bytes.size = len;
	return probe;
}

/* Let the next `times` reads of what lies at `from` or behind it fail with code. */
static inline void probe_fail(struct probe *probe, uint64_t from, unsigned times, enum uf_code code)
{
	probe->fail_from = from;
	probe->fail_reads = times;
	probe->fail_code = code;
}

/* Bytes of which some repeat and some do not, as in a firmware. The caller frees them. */
static inline uint8_t *make_content(size_t len, uint64_t seed)
{
	uint8_t *content = malloc(len ? len : 1);

	assert_non_null(content);
	fill_random(content, len, seed);
	for (size_t at = 0; at < len; at++)
		if (at / 512 % 2)
			content[at] = (uint8_t)("abcdefgh"[content[at] % 8]);
	return content;
}

/* Something packed. */
struct packed {
	uint8_t *at;
	size_t len;
};

/* How to pack. */
struct pack_how {
	int level;
	int strategy;
	size_t flush_every; /* a full flush behind so many bytes, 0: none */
	gz_header *header;  /* NULL: a plain one */
};

/* Pack with zlib as gzip does. The caller frees what it gives. */
static inline struct packed pack_as(const uint8_t *content, size_t len, const struct pack_how *how)
{
	z_stream zlib = {0};
	struct packed packed;
	size_t room = 2 * len + 4096, done = 0;

	assert_int_equal(deflateInit2(&zlib, how->level, Z_DEFLATED, 15 + 16, 8, how->strategy),
			 Z_OK);
	if (how->header)
		assert_int_equal(deflateSetHeader(&zlib, how->header), Z_OK);
	packed.at = malloc(room);
	assert_non_null(packed.at);
	zlib.next_out = packed.at;
	zlib.avail_out = (uInt)room;
	for (; how->flush_every && len - done > how->flush_every; done += how->flush_every) {
		zlib.next_in = (z_const Bytef *)(uintptr_t)(content + done);
		zlib.avail_in = (uInt)how->flush_every;
		assert_int_equal(deflate(&zlib, Z_FULL_FLUSH), Z_OK);
	}
	zlib.next_in = (z_const Bytef *)(uintptr_t)(content + done);
	zlib.avail_in = (uInt)(len - done);
	assert_int_equal(deflate(&zlib, Z_FINISH), Z_STREAM_END);
	packed.len = room - zlib.avail_out;
	deflateEnd(&zlib);
	return packed;
}

static inline struct packed pack(const uint8_t *content, size_t len)
{
	static const struct pack_how how = {.level = 6};

	return pack_as(content, len, &how);
}

/* Open gzip over a probe of the packed bytes. The probe stays reachable by *probe (may be NULL). */
static inline struct uf_bytes *open_packed(const struct packed *packed, size_t hold,
					   struct probe **probe)
{
	struct probe *below = probe_open(packed->at, packed->len);
	struct uf_bytes *bytes = NULL;
	struct uf_error err = {0};

	expect_ok(uf_bytes_open_gzip(&below->bytes, hold, &bytes, &err), &err);
	assert_non_null(bytes);
	if (probe)
		*probe = below;
	return bytes;
}

/* Read [off, off + len), which must go well and give what content has there. */
static inline void expect_bytes_at(struct uf_bytes *bytes, uint64_t off, size_t len,
				   const uint8_t *content, const char *file, int line)
{
	struct uf_error err = {0};
	uint8_t *buf = malloc(len ? len : 1);
	bool same;

	assert_non_null(buf);
	memset(buf, 0xa5, len);
	expect_ok_at(uf_bytes_read(bytes, off, buf, len, &err), &err, file, line);
	same = memcmp(buf, content + off, len) == 0;
	free(buf);
	if (same)
		return;
	print_error("other bytes than expected in %zu at 0x%llx\n", len, (unsigned long long)off);
	_fail(file, line);
}

#define expect_bytes(bytes, off, len, content)                                                     \
	expect_bytes_at(bytes, off, len, content, __FILE__, __LINE__)

/* How many descriptors this process has open. */
static inline unsigned open_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned count = 0;

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

#endif
