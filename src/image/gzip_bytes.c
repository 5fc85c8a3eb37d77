/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/image/bytes.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <zlib.h>

#include "uniflash/util/bytes.h"

#define INPUT 16384
#define SKIP  4096
#define ISIZE 4  /* the size at the end of gzip, RFC 1952 */
#define LEAST 18 /* header, CRC-32 and size, without any data */

/* zlib: the largest window, and a gzip header around the data. */
#define WINDOW_GZIP (15 + 16)

struct gzip_bytes {
	struct uf_bytes bytes;
	struct uf_bytes *packed;
	z_stream zlib;
	uint64_t in;  /* bytes of `packed` that were taken */
	uint64_t out; /* bytes that were given */
	bool begun;
	bool in_step; /* zlib stands at `out`; not so after an error */
	bool ended;   /* the end was read in this pass, its checksum and size hold */
	uint8_t *hold;
	size_t hold_size;
	size_t held; /* bytes of hold that are known */
	uint8_t input[INPUT];
};

static struct gzip_bytes *gzip_of(struct uf_bytes *bytes)
{
	return (struct gzip_bytes *)bytes;
}

static int corrupt(const struct gzip_bytes *gzip, const char *why, struct uf_error *err)
{
	uf_fail(err, UF_ERR_IO,
		"%s cannot be unpacked: %s, at byte %" PRIu64 " of %" PRIu64 " packed ones",
		gzip->bytes.name, why, gzip->in - gzip->zlib.avail_in, gzip->packed->size);
	uf_advise(err,
		  "The download or the copy is not complete or is damaged: get the file again.");
	return UF_ERR_IO;
}

static int begin(struct gzip_bytes *gzip, struct uf_error *err)
{
	int ret = gzip->begun ? inflateReset(&gzip->zlib) : inflateInit2(&gzip->zlib, WINDOW_GZIP);

	if (ret != Z_OK)
		return uf_fail(err, UF_ERR_MEMORY, "no memory to unpack %s", gzip->bytes.name);
	gzip->begun = true;
	gzip->in_step = true;
	gzip->ended = false;
	gzip->in = 0;
	gzip->out = 0;
	gzip->zlib.avail_in = 0;
	gzip->bytes.passes++;
	return UF_OK;
}

static int refill(struct gzip_bytes *gzip, struct uf_error *err)
{
	size_t len = (size_t)uf_min(INPUT, gzip->packed->size - gzip->in);
	int ret;

	if (gzip->zlib.avail_in)
		return UF_OK;
	if (!len)
		return corrupt(gzip, "it ends in the middle", err);
	ret = uf_bytes_read(gzip->packed, gzip->in, gzip->input, len, err);
	if (ret)
		return ret;
	gzip->in += len;
	gzip->zlib.next_in = gzip->input;
	gzip->zlib.avail_in = (uInt)len;
	return UF_OK;
}

/* gzip itself takes zeros behind the end for the padding of tapes; here the size, which its last
 * bytes are to tell, would be one of them. */
static int check_rest(const struct gzip_bytes *gzip, struct uf_error *err)
{
	if (gzip->zlib.avail_in || gzip->in < gzip->packed->size)
		return corrupt(gzip,
			       "something follows the end (of several pieces, unpack it with "
			       "gunzip first)",
			       err);
	return UF_OK;
}

/* Unpack len bytes, fewer only at the end. */
static int unpack(struct gzip_bytes *gzip, uint8_t *buf, size_t len, size_t *have,
		  struct uf_error *err)
{
	*have = 0;
	gzip->zlib.next_out = buf;
	gzip->zlib.avail_out = (uInt)len;
	for (;;) {
		int ret = refill(gzip, err);

		if (ret)
			return ret;
		ret = inflate(&gzip->zlib, Z_NO_FLUSH);
		*have = len - gzip->zlib.avail_out;
		if (ret == Z_STREAM_END) {
			ret = check_rest(gzip, err);
			gzip->ended = ret == UF_OK;
			return ret;
		}
		if (ret != Z_OK && ret != Z_BUF_ERROR)
			return corrupt(gzip, gzip->zlib.msg ? gzip->zlib.msg : "damaged data", err);
		if (!gzip->zlib.avail_out)
			return UF_OK;
	}
}

static void keep_held(struct gzip_bytes *gzip, const uint8_t *buf, size_t len)
{
	if (gzip->out > gzip->held || gzip->held == gzip->hold_size)
		return;
	if (gzip->out + len > gzip->held) {
		size_t skip = gzip->held - (size_t)gzip->out;
		size_t take = (size_t)uf_min(len - skip, gzip->hold_size - gzip->held);

		memcpy(gzip->hold + gzip->held, buf + skip, take);
		gzip->held += take;
	}
}

/* The last byte is there; the checksum and the size behind it must be, too. */
static int check_end(struct gzip_bytes *gzip, struct uf_error *err)
{
	uint8_t more;
	size_t have;
	int ret;

	if (gzip->ended)
		return UF_OK;
	ret = unpack(gzip, &more, 1, &have, err);
	if (ret)
		return ret;
	return have ? corrupt(gzip, "it holds more than its end says", err) : UF_OK;
}

static int take(struct gzip_bytes *gzip, uint8_t *buf, size_t len, struct uf_error *err)
{
	size_t have;
	int ret = unpack(gzip, buf, len, &have, err);

	if (ret)
		return ret;
	if (have < len)
		return corrupt(gzip, "it holds less than its end says", err);
	keep_held(gzip, buf, len);
	gzip->out += len;
	return gzip->out == gzip->bytes.size ? check_end(gzip, err) : UF_OK;
}

static int skip_to(struct gzip_bytes *gzip, uint64_t off, struct uf_error *err)
{
	uint8_t scrap[SKIP];
	int ret = UF_OK;

	if (!gzip->in_step || off < gzip->out)
		ret = begin(gzip, err);
	while (!ret && gzip->out < off)
		ret = take(gzip, scrap, (size_t)uf_min(SKIP, off - gzip->out), err);
	return ret;
}

static int gzip_read(struct uf_bytes *bytes, uint64_t off, void *buf, size_t len,
		     struct uf_error *err)
{
	struct gzip_bytes *gzip = gzip_of(bytes);
	size_t held = off < gzip->held ? (size_t)uf_min(len, gzip->held - off) : 0;
	int ret;

	if (held)
		memcpy(buf, gzip->hold + off, held);
	if (held && held == len)
		return UF_OK;
	ret = skip_to(gzip, off + held, err);
	if (!ret && len)
		ret = take(gzip, (uint8_t *)buf + held, len - held, err);
	if (ret)
		gzip->in_step = false;
	return ret;
}

static int gzip_check_same(struct uf_bytes *bytes, struct uf_error *err)
{
	return uf_bytes_check_same(gzip_of(bytes)->packed, err);
}

/* What is unpacked lies in no file. */
static int gzip_fd(const struct uf_bytes *bytes)
{
	(void)bytes;
	return -1;
}

static void gzip_free(struct gzip_bytes *gzip)
{
	if (gzip->begun)
		inflateEnd(&gzip->zlib);
	if (gzip->hold)
		munlock(gzip->hold, gzip->hold_size);
	free(gzip->hold);
	free(gzip);
}

static void gzip_close(struct uf_bytes *bytes)
{
	uf_bytes_close(gzip_of(bytes)->packed);
	gzip_free(gzip_of(bytes));
}

static const struct uf_bytes_ops gzip_ops = {
	.read = gzip_read,
	.check_same = gzip_check_same,
	.fd = gzip_fd,
	.close = gzip_close,
};

int uf_bytes_is_gzip(struct uf_bytes *bytes, bool *gzip, struct uf_error *err)
{
	static const uint8_t magic[] = {0x1f, 0x8b, 8};
	uint8_t head[sizeof(magic)];
	int ret;

	*gzip = false;
	if (bytes->size < sizeof(head))
		return UF_OK;
	ret = uf_bytes_read(bytes, 0, head, sizeof(head), err);
	if (!ret)
		*gzip = memcmp(head, magic, sizeof(magic)) == 0;
	return ret;
}

/* The end says how much is in it; what was cut off says anything. */
static int read_size(struct gzip_bytes *gzip, struct uf_error *err)
{
	uint64_t packed = gzip->packed->size;
	uint8_t end[ISIZE];
	int ret;

	if (packed < LEAST)
		return corrupt(gzip, "it ends in the middle", err);
	ret = uf_bytes_read(gzip->packed, packed - ISIZE, end, ISIZE, err);
	if (ret)
		return ret;
	gzip->bytes.size = uf_le32(end);
	return gzip->bytes.size
		       ? UF_OK
		       : corrupt(gzip, "it holds nothing, or something follows its end", err);
}

int uf_bytes_open_gzip(struct uf_bytes *packed, size_t hold, struct uf_bytes **bytes,
		       struct uf_error *err)
{
	struct gzip_bytes *gzip = calloc(1, sizeof(*gzip));
	int ret;

	if (!gzip)
		return uf_fail(err, UF_ERR_MEMORY, "no memory to unpack %s", packed->name);
	gzip->packed = packed;
	gzip->bytes.ops = &gzip_ops;
	gzip->bytes.name = packed->name;
	gzip->bytes.streamed = true;
	gzip->hold = malloc(hold ? hold : 1);
	gzip->hold_size = hold;
	if (!gzip->hold)
		ret = uf_fail(err, UF_ERR_MEMORY, "no memory to unpack %s", packed->name);
	else
		ret = read_size(gzip, err);
	if (ret) {
		gzip_free(gzip);
		return ret;
	}
	/* Best effort: what is written last must not need the card. */
	mlock(gzip->hold, hold);
	*bytes = &gzip->bytes;
	return UF_OK;
}
