/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/image/bytes.h"

#include <stdlib.h>

#include "uniflash/util/bytes.h"

#define CHUNK 16384

/* What is skipped and still counts as read in order: a header. */
#define SKIP_MAX 4096

/* One digest. */
struct tap {
	enum uf_hash_kind kind;
	uint64_t from;
	struct uf_hash *hash;
	uint8_t digest[UF_DIGEST_MAX];
};

struct tap_bytes {
	struct uf_bytes bytes;
	struct uf_bytes *inner;
	uint64_t seen; /* bytes that have gone by in order */
	unsigned taps;
	struct tap tap[UF_TAPS_MAX];
};

static struct tap_bytes *tap_of(struct uf_bytes *bytes)
{
	return (struct tap_bytes *)bytes;
}

static void end_all(struct tap_bytes *tapped)
{
	for (unsigned at = 0; at < tapped->taps; at++)
		uf_hash_end_bytes(tapped->tap[at].hash, tapped->tap[at].digest);
}

/* The bytes at [off, off + len), which begin where the others ended or before. */
static void see(struct tap_bytes *tapped, uint64_t off, const uint8_t *buf, size_t len)
{
	uint64_t end = off + len;

	if (tapped->seen < off || tapped->seen >= end)
		return;
	for (unsigned at = 0; at < tapped->taps; at++) {
		struct tap *tap = &tapped->tap[at];
		uint64_t from = tap->from > tapped->seen ? tap->from : tapped->seen;

		if (from < end)
			uf_hash_add(tap->hash, buf + (from - off), (size_t)(end - from));
	}
	tapped->seen = end;
	if (end == tapped->inner->size)
		end_all(tapped);
}

static int read_inner(struct tap_bytes *tapped, uint64_t off, void *buf, size_t len,
		      struct uf_error *err)
{
	int ret = uf_bytes_read(tapped->inner, off, buf, len, err);

	tapped->bytes.passes = tapped->inner->passes;
	return ret;
}

/* Bytes that were skipped go by first. */
static int see_up_to(struct tap_bytes *tapped, uint64_t off, struct uf_error *err)
{
	uint8_t chunk[CHUNK];

	while (tapped->seen < off) {
		size_t len = (size_t)uf_min(CHUNK, off - tapped->seen);
		int ret = read_inner(tapped, tapped->seen, chunk, len, err);

		if (ret)
			return ret;
		see(tapped, tapped->seen, chunk, len);
	}
	return UF_OK;
}

static int tap_read(struct uf_bytes *bytes, uint64_t off, void *buf, size_t len,
		    struct uf_error *err)
{
	struct tap_bytes *tapped = tap_of(bytes);
	int ret = UF_OK;

	/* A look far ahead, as at the end of gzip, is not the pass that goes by. */
	if (off > tapped->seen && off - tapped->seen <= SKIP_MAX)
		ret = see_up_to(tapped, off, err);
	if (!ret)
		ret = read_inner(tapped, off, buf, len, err);
	if (!ret)
		see(tapped, off, buf, len);
	return ret;
}

static int tap_check_same(struct uf_bytes *bytes, struct uf_error *err)
{
	return uf_bytes_check_same(tap_of(bytes)->inner, err);
}

static int tap_fd(const struct uf_bytes *bytes)
{
	return uf_bytes_fd(((const struct tap_bytes *)bytes)->inner);
}

static void tap_close(struct uf_bytes *bytes)
{
	struct tap_bytes *tapped = tap_of(bytes);

	for (unsigned at = 0; at < tapped->taps; at++)
		uf_hash_free(tapped->tap[at].hash);
	uf_bytes_close(tapped->inner);
	free(tapped);
}

static const struct uf_bytes_ops tap_ops = {
	.read = tap_read,
	.check_same = tap_check_same,
	.fd = tap_fd,
	.close = tap_close,
};

int uf_bytes_open_tap(struct uf_bytes *inner, struct uf_bytes **tap, struct uf_error *err)
{
	struct tap_bytes *tapped = calloc(1, sizeof(*tapped));

	if (!tapped)
		return uf_fail(err, UF_ERR_MEMORY, "no memory for the digests of %s", inner->name);
	tapped->bytes = *inner;
	tapped->bytes.ops = &tap_ops;
	tapped->inner = inner;
	*tap = &tapped->bytes;
	return UF_OK;
}

/* What went by before this digest was asked for goes by again, for it alone. */
static int catch_up(struct tap_bytes *tapped, struct tap *tap, struct uf_error *err)
{
	uint8_t chunk[CHUNK];

	for (uint64_t at = tap->from; at < tapped->seen;) {
		size_t len = (size_t)uf_min(CHUNK, tapped->seen - at);
		int ret = read_inner(tapped, at, chunk, len, err);

		if (ret)
			return ret;
		uf_hash_add(tap->hash, chunk, len);
		at += len;
	}
	return UF_OK;
}

int uf_tap_add(struct uf_bytes *bytes, enum uf_hash_kind kind, uint64_t from, struct uf_error *err)
{
	struct tap_bytes *tapped = tap_of(bytes);
	struct tap *tap = &tapped->tap[tapped->taps];
	int ret;

	for (unsigned at = 0; at < tapped->taps; at++)
		if (tapped->tap[at].kind == kind && tapped->tap[at].from == from)
			return UF_OK;
	if (tapped->taps == UF_TAPS_MAX)
		return uf_fail(err, UF_ERR_MEMORY, "more than %d digests of %s", UF_TAPS_MAX,
			       bytes->name);
	ret = uf_hash_new_of(kind, &tap->hash, err);
	if (ret)
		return ret;
	tap->kind = kind;
	tap->from = from;
	uf_hash_begin(tap->hash);
	ret = catch_up(tapped, tap, err);
	if (ret) {
		uf_hash_free(tap->hash);
		return ret;
	}
	tapped->taps++;
	if (tapped->seen == tapped->inner->size)
		uf_hash_end_bytes(tap->hash, tap->digest);
	return UF_OK;
}

int uf_tap_digest(struct uf_bytes *bytes, enum uf_hash_kind kind, uint64_t from, uint8_t *out,
		  struct uf_error *err)
{
	struct tap_bytes *tapped = tap_of(bytes);
	int ret = see_up_to(tapped, tapped->inner->size, err);

	if (ret)
		return ret;
	for (unsigned at = 0; at < tapped->taps; at++) {
		const struct tap *tap = &tapped->tap[at];

		if (tap->kind != kind || tap->from != from)
			continue;
		for (size_t i = 0; i < uf_hash_size(kind); i++)
			out[i] = tap->digest[i];
		return UF_OK;
	}
	return uf_fail(err, UF_ERR_RANGE, "no such digest of %s was taken", bytes->name);
}
