/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gzip unpacked while it is read: streams that zlib made, and each way in which one is damaged. */
#include "bytes_support.h"

#define INPUT_BOUNDARY 16384 /* a likely size of the buffer for what is packed */

/* Read all of bytes in pieces; whether every piece could be read. What could be is as in content,
 * of which there are len bytes, as long as all is well. */
static bool reads_through(struct uf_bytes *bytes, size_t piece, const uint8_t *content, size_t len)
{
	uint8_t *buf = malloc(piece);
	struct uf_error err = {0};
	bool good = true, same = true;

	assert_non_null(buf);
	for (uint64_t off = 0; good && off < bytes->size; off += piece) {
		size_t now = bytes->size - off < piece ? (size_t)(bytes->size - off) : piece;
		int ret = uf_bytes_read(bytes, off, buf, now, &err);

		good = ret == UF_OK;
		if (!good)
			expect_error(ret, &err, UF_ERR_IO, UF_CHECK_NONE, "");
		else
			same = same && off + now <= len && memcmp(buf, content + off, now) == 0;
	}
	free(buf);
	assert_true(!good || same);
	return good;
}

/* Whether the packed bytes are refused, when opened or somewhere when read. Where they are not,
 * they must give just the content. */
static bool begins_as_gzip(struct probe *probe)
{
	struct uf_error err = {0};
	bool gzip;

	expect_ok(uf_bytes_is_gzip(&probe->bytes, &gzip, &err), &err);
	return gzip;
}

static bool refused(const struct packed *packed, const uint8_t *content, size_t len)
{
	struct probe *probe = probe_open(packed->at, packed->len);
	struct uf_bytes *bytes = NULL;
	struct uf_error err = {0};
	int ret = uf_bytes_open_gzip(&probe->bytes, 0, &bytes, &err);
	bool good;

	if (ret) {
		expect_error(ret, &err, UF_ERR_IO, UF_CHECK_NONE, "");
		uf_bytes_close(&probe->bytes);
		return true;
	}
	good = reads_through(bytes, 4096, content, len);
	if (good)
		assert_int_equal(bytes->size, len);
	uf_bytes_close(bytes);
	return !good;
}

/* Packed bytes with room for `more` behind them, which are zero. */
static struct packed longer(const struct packed *packed, size_t more)
{
	struct packed made = {calloc(1, packed->len + more), packed->len + more};

	assert_non_null(made.at);
	memcpy(made.at, packed->at, packed->len);
	return made;
}

/* Packed bytes that hold their content as it is in one block, so that the beginning of their last
 * eight bytes can be put anywhere. */
static struct packed pack_stored(const uint8_t *content, uint16_t len)
{
	static const uint8_t head[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1};
	struct packed packed = {malloc(sizeof(head) + 4 + len + 8), sizeof(head) + 4 + len + 8};
	uint32_t crc = (uint32_t)crc32(0, content, len);
	uint8_t *at = packed.at;

	assert_non_null(at);
	memcpy(at, head, sizeof(head));
	at += sizeof(head);
	for (unsigned i = 0; i < 4; i++)
		*at++ = (uint8_t)((i < 2 ? len : ~len) >> (8 * (i % 2)));
	memcpy(at, content, len);
	at += len;
	for (unsigned i = 0; i < 8; i++)
		*at++ = (uint8_t)((i < 4 ? crc : len) >> (8 * (i % 4)));
	return packed;
}

/* Write the size that gzip ends with. */
static void set_size(struct packed *packed, uint32_t size)
{
	for (unsigned i = 0; i < 4; i++)
		packed->at[packed->len - 4 + i] = (uint8_t)(size >> (8 * i));
}

/* --- what is good ----------------------------------------------------------------------------- */

static void expect_unpacks(const struct packed *packed, const uint8_t *content, size_t len)
{
	struct uf_bytes *bytes = open_packed(packed, 0, NULL);

	assert_int_equal(bytes->size, len);
	expect_bytes(bytes, 0, len, content);
	assert_int_equal(bytes->passes, 1);
	uf_bytes_close(bytes);
}

static void test_every_level(void **state)
{
	const size_t len = 70001;
	uint8_t *content = make_content(len, 1);

	(void)state;
	for (int level = 0; level <= 9; level++) {
		struct pack_how how = {.level = level};
		struct packed packed = pack_as(content, len, &how);

		expect_unpacks(&packed, content, len);
		free(packed.at);
	}
	free(content);
}

static void test_every_kind_of_block(void **state)
{
	static const int strategy[] = {Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED};
	const size_t len = 50000;
	uint8_t *content = make_content(len, 2);

	(void)state;
	for (size_t i = 0; i < sizeof(strategy) / sizeof(strategy[0]); i++) {
		struct pack_how how = {.level = 6, .strategy = strategy[i]};
		struct packed packed = pack_as(content, len, &how);

		expect_unpacks(&packed, content, len);
		free(packed.at);
	}
	free(content);
}

static void test_many_blocks(void **state)
{
	struct pack_how how = {.level = 6, .flush_every = 777};
	const size_t len = 60000;
	uint8_t *content = make_content(len, 3);
	struct packed packed = pack_as(content, len, &how);

	(void)state;
	expect_unpacks(&packed, content, len);
	free(packed.at);
	free(content);
}

/* As `gzip FILE` writes it, and with every other field that RFC 1952 has. */
static void test_header_fields(void **state)
{
	static uint8_t name[] = "firmware.bin", comment[] = "for a camera", extra[300] = {1, 2, 3};
	gz_header plain = {.name = name, .time = 1514764800, .os = 3};
	gz_header full = {.name = name,
			  .comment = comment,
			  .extra = extra,
			  .extra_len = sizeof(extra),
			  .hcrc = 1,
			  .text = 1};
	uint8_t *content = make_content(5000, 4);

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct pack_how how = {.level = 9, .header = i ? &full : &plain};
		struct packed packed = pack_as(content, 5000, &how);
		struct probe *probe = probe_open(packed.at, packed.len);

		assert_true(packed.at[3] & 8);
		assert_true(begins_as_gzip(probe));
		uf_bytes_close(&probe->bytes);
		expect_unpacks(&packed, content, 5000);
		free(packed.at);
	}
	free(content);
}

/* Much from little: more than a megabyte of zeros. */
static void test_zeros(void **state)
{
	const size_t len = 3 << 20;
	uint8_t *content = calloc(1, len);
	struct packed packed = pack(content, len);

	(void)state;
	assert_true(packed.len < 8192);
	expect_unpacks(&packed, content, len);
	free(packed.at);
	free(content);
}

static void test_visible_part(void **state)
{
	uint8_t *content = make_content(1000, 5);
	struct packed packed = pack(content, 1000);
	struct probe *probe;
	struct uf_bytes *bytes = open_packed(&packed, 10, &probe);
	struct uf_error err = {0};
	unsigned closed = 0;

	(void)state;
	assert_string_equal(bytes->name, "probe");
	assert_int_equal(bytes->size, 1000);
	assert_true(bytes->streamed);
	assert_int_equal(bytes->passes, 0);
	assert_int_equal(uf_bytes_fd(bytes), -1);
	expect_ok(uf_bytes_check_same(bytes, &err), &err);
	probe->changed = true;
	expect_error(uf_bytes_check_same(bytes, &err), &err, UF_ERR_CHANGED, UF_CHECK_NONE, "");
	probe->closed = &closed;
	uf_bytes_close(bytes);
	assert_int_equal(closed, 1);
	free(packed.at);
	free(content);
}

static void test_empty_content(void **state)
{
	struct packed packed = pack((const uint8_t *)"", 0);
	struct probe *probe = probe_open(packed.at, packed.len);
	struct uf_bytes *bytes = NULL;
	struct uf_error err = {0};

	(void)state;
	expect_error(uf_bytes_open_gzip(&probe->bytes, 16, &bytes, &err), &err, UF_ERR_IO,
		     UF_CHECK_NONE, "nothing");
	assert_null(bytes);
	uf_bytes_close(&probe->bytes);
	free(packed.at);
}

static void test_is_gzip(void **state)
{
	static const uint8_t other[][20] = {
		{0x1f, 0x8b, 7}, {0x1f, 0x9d, 8}, {0x8b, 0x1f, 8}, {'h', 's', 'q', 's'}};
	struct packed packed = pack((const uint8_t *)"", 0);
	struct probe *probe = probe_open(packed.at, packed.len);
	struct uf_error err = {0};
	bool gzip;

	(void)state;
	assert_int_equal(packed.len, 20);
	assert_true(begins_as_gzip(probe));
	probe_fail(probe, 0, 1, UF_ERR_IO);
	assert_int_equal(uf_bytes_is_gzip(&probe->bytes, &gzip, &err), UF_ERR_IO);
	uf_bytes_close(&probe->bytes);
	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
		probe = probe_open(other[i], sizeof(other[i]));
		assert_false(begins_as_gzip(probe));
		uf_bytes_close(&probe->bytes);
	}
	for (size_t len = 1; len < 3; len++) {
		probe = probe_open(packed.at, len);
		assert_false(begins_as_gzip(probe));
		uf_bytes_close(&probe->bytes);
	}
	free(packed.at);
}

/* --- orders of reading ------------------------------------------------------------------------ */

static void test_in_order_is_one_pass(void **state)
{
	static const size_t piece[] = {7, 999, 4096, 16384, 65536, 100000};
	const size_t len = 100000;
	uint8_t *content = make_content(len, 6);
	struct packed packed = pack(content, len);

	(void)state;
	for (size_t i = 0; i < sizeof(piece) / sizeof(piece[0]); i++) {
		struct probe *probe;
		struct uf_bytes *bytes = open_packed(&packed, 0, &probe);

		assert_true(reads_through(bytes, piece[i], content, len));
		assert_int_equal(bytes->passes, 1);
		/* Beside the pass: a look at the end for the size. */
		assert_in_range(probe->given, packed.len, packed.len + 64);
		uf_bytes_close(bytes);
	}
	free(packed.at);
	free(content);
}

static void test_skipping_forward_is_one_pass(void **state)
{
	const size_t len = 100000;
	uint8_t *content = make_content(len, 7);
	struct packed packed = pack(content, len);
	struct uf_bytes *bytes = open_packed(&packed, 0, NULL);

	(void)state;
	for (size_t off = 50; off < len; off += 9973)
		expect_bytes(bytes, off, 20, content);
	expect_bytes(bytes, len - 1, 1, content);
	assert_int_equal(bytes->passes, 1);
	uf_bytes_close(bytes);
	free(packed.at);
	free(content);
}

static void test_backwards_is_a_pass_each(void **state)
{
	const size_t len = 40000, piece = 4000;
	uint8_t *content = make_content(len, 8);
	struct packed packed = pack(content, len);
	struct uf_bytes *bytes = open_packed(&packed, 0, NULL);
	unsigned passes = 0;

	(void)state;
	for (size_t off = len; off; off -= piece) {
		expect_bytes(bytes, off - piece, piece, content);
		assert_int_equal(bytes->passes, ++passes);
	}
	/* Going on from where the last one ended is none. */
	expect_bytes(bytes, piece, 1, content);
	assert_int_equal(bytes->passes, passes);
	uf_bytes_close(bytes);
	free(packed.at);
	free(content);
}

static void test_any_order(void **state)
{
	const size_t len = 30000;
	uint8_t *content = make_content(len, 9);
	struct packed packed = pack(content, len);
	uint16_t random[2 * 150];

	(void)state;
	fill_random(random, sizeof(random), 10);
	for (size_t hold = 0; hold <= 2 * len; hold += 6000) {
		struct uf_bytes *bytes = open_packed(&packed, hold, NULL);

		for (size_t i = 0; i < 150; i++) {
			size_t off = random[2 * i] % len;

			expect_bytes(bytes, off, random[2 * i + 1] % (len - off + 1), content);
		}
		uf_bytes_close(bytes);
	}
	free(packed.at);
	free(content);
}

static void test_held_beginning_needs_no_pass(void **state)
{
	const size_t len = 50000, hold = 5000;
	uint8_t *content = make_content(len, 11);
	struct packed packed = pack(content, len);
	struct probe *probe;
	struct uf_bytes *bytes = open_packed(&packed, hold, &probe);
	unsigned reads;

	(void)state;
	expect_bytes(bytes, 0, len, content);
	reads = probe->reads;
	expect_bytes(bytes, 0, hold, content);
	expect_bytes(bytes, hold - 1, 1, content);
	expect_bytes(bytes, 17, 4000, content);
	assert_int_equal(bytes->passes, 1);
	assert_int_equal(probe->reads, reads);
	/* One byte more is not held. */
	expect_bytes(bytes, 0, hold + 1, content);
	assert_int_equal(bytes->passes, 2);
	expect_bytes(bytes, 0, hold, content);
	assert_int_equal(bytes->passes, 2);
	uf_bytes_close(bytes);
	free(packed.at);
	free(content);
}

/* What was skipped went by as well, also in steps that end within what is held. */
static void test_held_when_it_went_by(void **state)
{
	const size_t len = 50000, hold = 9000;
	uint8_t *content = make_content(len, 12);
	struct packed packed = pack(content, len);
	struct uf_bytes *bytes = open_packed(&packed, hold, NULL);

	(void)state;
	expect_bytes(bytes, 100, 50, content);
	expect_bytes(bytes, 0, 150, content);
	assert_int_equal(bytes->passes, 1);
	expect_bytes(bytes, 8000, 3000, content);
	expect_bytes(bytes, 0, hold, content);
	assert_int_equal(bytes->passes, 1);
	/* Where only the beginning is held, the rest goes on from there. */
	uf_bytes_close(bytes);
	bytes = open_packed(&packed, hold, NULL);
	expect_bytes(bytes, 0, 1000, content);
	expect_bytes(bytes, 500, 1000, content);
	assert_int_equal(bytes->passes, 1);
	expect_bytes(bytes, 0, 1500, content);
	assert_int_equal(bytes->passes, 1);
	uf_bytes_close(bytes);
	free(packed.at);
	free(content);
}

static void test_more_held_than_there_is(void **state)
{
	uint8_t *content = make_content(3000, 13);
	struct packed packed = pack(content, 3000);
	struct uf_bytes *bytes = open_packed(&packed, 100000, NULL);

	(void)state;
	expect_bytes(bytes, 0, 3000, content);
	for (size_t off = 3000; off; off -= 100)
		expect_bytes(bytes, off - 100, 100, content);
	assert_int_equal(bytes->passes, 1);
	uf_bytes_close(bytes);
	free(packed.at);
	free(content);
}

/* --- damage ----------------------------------------------------------------------------------- */

static void test_truncated_anywhere(void **state)
{
	uint8_t *content = make_content(700, 14);
	struct packed packed = pack(content, 700);
	struct packed cut = packed;

	(void)state;
	assert_false(refused(&packed, content, 700));
	for (cut.len = 4; cut.len < packed.len; cut.len++)
		if (!refused(&cut, content, 700))
			fail_msg("%zu of %zu bytes were taken", cut.len, packed.len);
	free(packed.at);
	free(content);
}

/* Shorter than the size at the end of gzip. */
static void test_truncated_to_nothing(void **state)
{
	struct packed packed = pack((const uint8_t *)"abc", 3);

	(void)state;
	for (packed.len = 1; packed.len < 4; packed.len++)
		assert_true(refused(&packed, (const uint8_t *)"abc", 3));
	free(packed.at);
}

static void test_truncated_large(void **state)
{
	const size_t len = 200000;
	uint8_t *content = make_content(len, 15);
	struct packed packed = pack(content, len);
	struct packed cut = packed;

	(void)state;
	for (cut.len = 5000; cut.len < packed.len; cut.len += 16001)
		if (!refused(&cut, content, len))
			fail_msg("%zu of %zu bytes were taken", cut.len, packed.len);
	free(packed.at);
	free(content);
}

/* What is cut off ends in zeros, as the size of nothing would: blank flash packed without effort.
 */
static void test_truncated_before_zeros(void **state)
{
	uint8_t *content = calloc(1, 5000);
	struct packed packed = pack_stored(content, 5000);
	struct packed cut = {packed.at, 4000};

	(void)state;
	assert_false(refused(&packed, content, 5000));
	assert_true(refused(&cut, content, 5000));
	free(packed.at);
	free(content);
}

static void test_each_flipped_bit(void **state)
{
	const size_t len = 600;
	uint8_t *content = make_content(len, 16);
	struct packed packed = pack(content, len);
	unsigned taken = 0;

	(void)state;
	for (size_t bit = 0; bit < 8 * packed.len; bit++) {
		packed.at[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (!refused(&packed, content, len)) {
			taken++;
			/* Harmless are the time, the system and the like, and what pads. */
			if (bit >= 8 * (packed.len - 8) || bit < 24)
				fail_msg("bit %zu of %zu is not looked at", bit, 8 * packed.len);
		}
		packed.at[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_in_range(taken, 8 * 6, 8 * 7 + 8);
	free(packed.at);
	free(content);
}

/* Only the read that reaches the end can tell. */
static void test_wrong_checksum(void **state)
{
	const size_t len = 90000;
	uint8_t *content = make_content(len, 17), last;
	struct packed packed = pack(content, len);
	struct uf_error err = {0};
	struct uf_bytes *bytes;

	(void)state;
	packed.at[packed.len - 8] ^= 1;
	bytes = open_packed(&packed, 0, NULL);
	expect_bytes(bytes, 0, len - 1, content);
	expect_error(uf_bytes_read(bytes, len - 1, &last, 1, &err), &err, UF_ERR_IO, UF_CHECK_NONE,
		     "probe");
	assert_true(err.next[0]);
	/* It is no better the second time. */
	expect_error(uf_bytes_read(bytes, len - 1, &last, 1, &err), &err, UF_ERR_IO, UF_CHECK_NONE,
		     "probe");
	uf_bytes_close(bytes);
	free(packed.at);
	free(content);
}

static void test_wrong_size(void **state)
{
	static const uint32_t wrong[] = {1, 19999, 20001, 10000, 40000, 20000 + 65536, 0xffffffff};
	const uint32_t len = 20000;
	uint8_t *content = make_content(len, 18);
	struct packed packed = pack(content, len);

	(void)state;
	assert_false(refused(&packed, content, len));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		set_size(&packed, wrong[i]);
		if (!refused(&packed, content, len))
			fail_msg("a size of %u was taken for one of %u", wrong[i], len);
	}
	free(packed.at);
	free(content);
}

/* A size of 0 over content that is there: the end is at 0, and a read of nothing reaches it. */
static void test_wrong_size_zero(void **state)
{
	uint8_t *content = make_content(100, 19);
	struct packed packed = pack(content, 100);
	struct probe *probe = probe_open(packed.at, packed.len);
	struct uf_bytes *bytes = &probe->bytes;
	struct uf_error err = {0};
	uint8_t none;
	int ret;

	(void)state;
	memset(probe->at + packed.len - 4, 0, 4);
	ret = uf_bytes_open_gzip(&probe->bytes, 0, &bytes, &err);
	if (!ret)
		ret = uf_bytes_read(bytes, 0, &none, 0, &err);
	uf_bytes_close(bytes);
	free(packed.at);
	free(content);
	expect_error(ret, &err, UF_ERR_IO, UF_CHECK_NONE, "");
}

static void expect_padded_refused(const size_t *more, size_t count)
{
	const size_t len = 20000;
	uint8_t *content = make_content(len, 20);
	struct packed packed = pack(content, len);

	for (size_t i = 0; i < count; i++) {
		struct packed padded = longer(&packed, more[i]);

		if (!refused(&padded, content, len))
			fail_msg("%zu zeros behind the end are taken", more[i]);
		free(padded.at);
	}
	free(packed.at);
	free(content);
}

/* Padding of a card or a tape, which gzip itself ignores: the size that the last bytes tell is then
 * not there. */
static void test_zeros_behind_the_end(void **state)
{
	static const size_t more[] = {4, 8, 511, INPUT_BOUNDARY, 40000};

	(void)state;
	expect_padded_refused(more, sizeof(more) / sizeof(more[0]));
}

/* So few that the last four bytes are a part of the size and not all zero. */
static void test_few_zeros_behind_the_end(void **state)
{
	static const size_t more[] = {1, 2, 3};

	(void)state;
	expect_padded_refused(more, sizeof(more) / sizeof(more[0]));
}

/* Also where what follows ends as the real end does, behind zeros or at once. */
static void test_garbage_behind_the_end(void **state)
{
	static const size_t zeros[] = {0, 1, 100, 40000};
	const size_t len = 20000;
	uint8_t *content = make_content(len, 21);
	struct packed packed = pack(content, len);

	(void)state;
	for (size_t i = 0; i < sizeof(zeros) / sizeof(zeros[0]); i++) {
		struct packed more = longer(&packed, zeros[i] + 5);

		more.at[packed.len + zeros[i]] = 'x';
		set_size(&more, (uint32_t)len);
		assert_true(refused(&more, content, len));
		more.len -= 4;
		assert_true(refused(&more, content, len));
		free(more.at);
	}
	free(packed.at);
	free(content);
}

/* What is refused stays refused when it is read once more, wherever the end lies in the input. */
static void test_garbage_is_refused_every_time(void **state)
{
	uint8_t *content = make_content(INPUT_BOUNDARY, 22);

	(void)state;
	for (size_t len = INPUT_BOUNDARY - 40; len < INPUT_BOUNDARY; len++) {
		struct packed packed = pack_stored(content, (uint16_t)len);
		struct packed more = longer(&packed, 12);
		struct uf_bytes *bytes;

		more.at[packed.len] = 'x';
		set_size(&more, (uint32_t)len);
		bytes = open_packed(&more, 0, NULL);
		for (unsigned again = 0; again < 3; again++)
			if (reads_through(bytes, len, content, len))
				fail_msg("taken at attempt %u with %zu bytes", again + 1, len);
		uf_bytes_close(bytes);
		free(more.at);
		free(packed.at);
	}
	free(content);
}

/* What a card gives otherwise in the second pass is found as in the first. */
static void test_checksum_holds_in_every_pass(void **state)
{
	uint8_t *content = make_content(INPUT_BOUNDARY, 23);

	(void)state;
	for (size_t len = INPUT_BOUNDARY - 40; len < INPUT_BOUNDARY; len++) {
		struct packed packed = pack_stored(content, (uint16_t)len);
		struct probe *probe;
		struct uf_bytes *bytes = open_packed(&packed, 0, &probe);
		uint8_t *buf = malloc(len);
		struct uf_error err = {0};

		expect_bytes(bytes, 0, len, content);
		probe->at[100] ^= 0x10;
		if (uf_bytes_read(bytes, 0, buf, len, &err) != UF_ERR_IO)
			fail_msg("a flipped bit went by in the second pass with %zu bytes", len);
		assert_int_equal(bytes->passes, 2);
		free(buf);
		uf_bytes_close(bytes);
		free(packed.at);
	}
	free(content);
}

/* `cat a.gz b.gz`: the size at the end is of the last one. All of it or nothing. */
static void test_members_behind_each_other(void **state)
{
	static const size_t first[] = {0, 1, 500, 1000, 1500, 30000};
	const size_t second = 1000;
	uint8_t *content = make_content(40000, 24);

	(void)state;
	for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++) {
		struct packed a = pack(content, first[i]);
		struct packed b = pack(content + first[i], second);
		struct packed both = longer(&a, b.len);

		memcpy(both.at + a.len, b.at, b.len);
		if (!refused(&both, content, first[i] + second))
			print_message("members of %zu and %zu are unpacked\n", first[i], second);
		free(both.at);
		free(b.at);
		free(a.at);
	}
	free(content);
}

static void test_no_gzip_at_all(void **state)
{
	uint8_t *content = make_content(5000, 25);
	struct packed packed = {content, 5000};

	(void)state;
	assert_true(refused(&packed, content, 0));
	free(content);
}

/* --- errors below ----------------------------------------------------------------------------- */

static void test_open_keeps_off_what_it_could_not_take(void **state)
{
	struct packed packed = pack((const uint8_t *)"abc", 3);
	struct probe *probe = probe_open(packed.at, packed.len);
	struct uf_bytes *bytes = NULL;
	struct uf_error err = {0};
	unsigned closed = 0;

	(void)state;
	probe->closed = &closed;
	probe_fail(probe, 0, 1, UF_ERR_IO);
	expect_error(uf_bytes_open_gzip(&probe->bytes, 100, &bytes, &err), &err, UF_ERR_IO,
		     UF_CHECK_NONE, "the probe fails");
	assert_int_equal(closed, 0);
	expect_ok(uf_bytes_open_gzip(&probe->bytes, 100, &bytes, &err), &err);
	expect_bytes(bytes, 0, 3, (const uint8_t *)"abc");
	uf_bytes_close(bytes);
	assert_int_equal(closed, 1);
	free(packed.at);
}

/* A card that fails once: what is read afterwards is right, and lies where it was asked for. */
static void test_reads_on_after_an_error(void **state)
{
	const size_t len = 120000;
	static const size_t from[] = {0, 10000, 30000};
	uint8_t *content = make_content(len, 26), *buf = malloc(len);
	struct packed packed = pack(content, len);

	(void)state;
	assert_true(packed.len > 3 * INPUT_BOUNDARY);
	for (size_t i = 0; i < sizeof(from) / sizeof(from[0]); i++) {
		struct probe *probe;
		struct uf_bytes *bytes = open_packed(&packed, 2000, &probe);
		struct uf_error err = {0};

		expect_bytes(bytes, 0, from[i], content);
		probe_fail(probe, 2 * INPUT_BOUNDARY, 1, UF_ERR_IO);
		expect_error(uf_bytes_read(bytes, from[i], buf, len - from[i], &err), &err,
			     UF_ERR_IO, UF_CHECK_NONE, "the probe fails");
		expect_bytes(bytes, from[i], 5000, content);
		expect_bytes(bytes, from[i], len - from[i], content);
		expect_bytes(bytes, 0, len, content);
		expect_bytes(bytes, 0, 2000, content);
		uf_bytes_close(bytes);
	}
	free(packed.at);
	free(content);
	free(buf);
}

/* The code of the layer below is told, in the middle and behind the end. */
static void test_code_of_the_layer_below(void **state)
{
	static const enum uf_code code[] = {UF_ERR_IO, UF_ERR_CHANGED};
	const size_t len = 60000;
	uint8_t *content = make_content(len, 27), *buf = malloc(len);
	struct packed packed = pack(content, len);

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct probe *probe;
		struct uf_bytes *bytes = open_packed(&packed, 0, &probe);
		struct uf_error err = {0};

		probe_fail(probe, packed.len / 2, 1, code[i]);
		expect_error(uf_bytes_read(bytes, 0, buf, len, &err), &err, code[i], UF_CHECK_NONE,
			     "the probe fails");
		uf_bytes_close(bytes);
	}
	free(packed.at);
	free(content);
	free(buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_level),
		cmocka_unit_test(test_every_kind_of_block),
		cmocka_unit_test(test_many_blocks),
		cmocka_unit_test(test_header_fields),
		cmocka_unit_test(test_zeros),
		cmocka_unit_test(test_visible_part),
		cmocka_unit_test(test_empty_content),
		cmocka_unit_test(test_is_gzip),
		cmocka_unit_test(test_in_order_is_one_pass),
		cmocka_unit_test(test_skipping_forward_is_one_pass),
		cmocka_unit_test(test_backwards_is_a_pass_each),
		cmocka_unit_test(test_any_order),
		cmocka_unit_test(test_held_beginning_needs_no_pass),
		cmocka_unit_test(test_held_when_it_went_by),
		cmocka_unit_test(test_more_held_than_there_is),
		cmocka_unit_test(test_truncated_anywhere),
		cmocka_unit_test(test_truncated_to_nothing),
		cmocka_unit_test(test_truncated_large),
		cmocka_unit_test(test_truncated_before_zeros),
		cmocka_unit_test(test_each_flipped_bit),
		cmocka_unit_test(test_wrong_checksum),
		cmocka_unit_test(test_wrong_size),
		cmocka_unit_test(test_wrong_size_zero),
		cmocka_unit_test(test_zeros_behind_the_end),
		cmocka_unit_test(test_few_zeros_behind_the_end),
		cmocka_unit_test(test_garbage_behind_the_end),
		cmocka_unit_test(test_garbage_is_refused_every_time),
		cmocka_unit_test(test_checksum_holds_in_every_pass),
		cmocka_unit_test(test_members_behind_each_other),
		cmocka_unit_test(test_no_gzip_at_all),
		cmocka_unit_test(test_open_keeps_off_what_it_could_not_take),
		cmocka_unit_test(test_reads_on_after_an_error),
		cmocka_unit_test(test_code_of_the_layer_below),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
