/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gzip as a source: in order, backwards, with what is held, and over a file that fails once.
 *
 * Input: mode, hold (2 bytes), the read that fails, the length of the list of reads; that list, 4
 * bytes each; then the packed file, or with PACK what it is made of. With LONG that is repeated,
 * and so long that the file is not read at once: a read can fail in the middle.
 */
#include "memory.h"

#define PACK  1
#define LONG  2
#define LIMIT 40000 /* bytes that are looked at: what says that it is larger costs time alone */
#define CHUNK 1000  /* of the reads in order */

/* What a read in order of an own pass gives. */
struct reference {
	uint64_t size;
	size_t good; /* bytes that can be read */
	uint8_t at[LIMIT];
};

static struct uf_bytes *open_gzip(const uint8_t *file, size_t size, size_t hold, unsigned fail)
{
	struct uf_bytes *packed = fuzz_bytes_open(file, size, fail);
	struct uf_bytes *gzip = NULL;
	struct uf_error err;
	bool begins;
	int ret;

	if (uf_bytes_is_gzip(packed, &begins, &err) || !begins) {
		uf_bytes_close(packed);
		return NULL;
	}
	ret = uf_bytes_open_gzip(packed, hold, &gzip, &err);
	if (ret) {
		fuzz_check_error(ret, &err);
		uf_bytes_close(packed);
		return NULL;
	}
	CHECK(gzip->size <= UINT32_MAX && gzip->streamed && uf_bytes_fd(gzip) < 0);
	return gzip;
}

static bool read_in_order(const uint8_t *file, size_t size, struct reference *reference)
{
	struct uf_bytes *gzip = open_gzip(file, size, 0, 0);
	struct uf_error err;
	int ret = UF_OK;

	if (!gzip)
		return false;
	reference->size = gzip->size;
	reference->good = 0;
	while (!ret && reference->good < uf_min(gzip->size, LIMIT)) {
		size_t len = (size_t)uf_min(CHUNK, uf_min(gzip->size, LIMIT) - reference->good);

		ret = uf_bytes_read(gzip, reference->good, reference->at + reference->good, len,
				    &err);
		if (ret)
			fuzz_check_error(ret, &err);
		else
			reference->good += len;
	}
	CHECK(gzip->passes <= 1);
	uf_bytes_close(gzip);
	return true;
}

/* One read somewhere: it fails, or it gives what stands there. */
static void read_one(struct uf_bytes *gzip, const struct reference *reference, uint64_t off,
		     size_t len, bool may_fail)
{
	uint8_t *buf = fuzz_alloc(len);
	struct uf_error err;
	int ret = uf_bytes_read(gzip, off, buf, len, &err);

	if (ret) {
		CHECK(may_fail);
		fuzz_check_error(ret, &err);
	} else if (off < reference->good) {
		CHECK(memcmp(buf, reference->at + off,
			     (size_t)uf_min(len, reference->good - off)) == 0);
	}
	free(buf);
}

static void read_list(struct uf_bytes *gzip, const struct reference *reference,
		      struct fuzz_input list, bool may_fail)
{
	uint64_t limit = uf_min(gzip->size, LIMIT);

	while (list.left) {
		uint64_t off = fuzz_take(&list, 2) % (limit + 1);
		size_t len = (size_t)(fuzz_take(&list, 2) % (limit - off + 1));

		read_one(gzip, reference, off, len, may_fail);
	}
}

/* What the file is made of. */
static uint8_t *make_content(unsigned mode, const uint8_t *data, size_t size, size_t *len)
{
	uint8_t *content;

	if (!(mode & LONG) || !size) {
		*len = size;
		return fuzz_copy(data, size);
	}
	*len = LIMIT;
	content = fuzz_alloc(LIMIT);
	for (size_t at = 0; at < LIMIT; at++)
		content[at] = (uint8_t)(data[at % size] + at / size);
	return content;
}

static uint8_t *make_file(unsigned mode, const uint8_t *data, size_t size, size_t *len)
{
	size_t content_len;
	uint8_t *content, *file;

	if (!(mode & PACK)) {
		*len = size;
		return fuzz_copy(data, size);
	}
	content = make_content(mode, data, size, &content_len);
	file = fuzz_pack(content, content_len, mode & LONG ? 0 : 1, len);
	free(content);
	return file;
}

static void check_reference(unsigned mode, const uint8_t *data, size_t size,
			    const struct reference *reference)
{
	size_t len;
	uint8_t *content;

	if (!(mode & PACK))
		return;
	content = make_content(mode, data, size, &len);
	CHECK(reference->size == len && reference->good == uf_min(len, LIMIT));
	CHECK(memcmp(reference->at, content, reference->good) == 0);
	free(content);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct reference reference;
	struct fuzz_input input = {data, size};
	unsigned mode = (unsigned)fuzz_take(&input, 1);
	size_t hold = (size_t)fuzz_take(&input, 2) % LIMIT;
	unsigned fail = (unsigned)fuzz_take(&input, 1);
	size_t reads = (size_t)uf_min(4 * (fuzz_take(&input, 1) % 16), input.left);
	struct fuzz_input list = {input.at, reads};
	size_t len;
	uint8_t *file;

	input.at += reads;
	input.left -= reads;
	file = make_file(mode, input.at, input.left, &len);
	if (len && read_in_order(file, len, &reference)) {
		struct uf_bytes *gzip = open_gzip(file, len, hold, fail);

		check_reference(mode, input.at, input.left, &reference);
		if (gzip)
			read_list(gzip, &reference, list,
				  fail || reference.good < uf_min(reference.size, LIMIT));
		uf_bytes_close(gzip);
	}
	free(file);
	return 0;
}
