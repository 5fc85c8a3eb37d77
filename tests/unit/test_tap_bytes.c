/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Digests taken while bytes go by, whatever the order in which they are read. */
#include "bytes_support.h"

#include "uniflash/image/sidecar.h"

#define LEN 100000

/* A tap over a probe of LEN bytes. */
struct tapped {
	uint8_t *content;
	struct probe *probe;
	struct uf_bytes *tap;
	struct uf_error err;
};

static struct tapped tapped_begin(void)
{
	struct tapped tapped = {.content = make_content(LEN, 31)};

	tapped.probe = probe_open(tapped.content, LEN);
	expect_ok(uf_bytes_open_tap(&tapped.probe->bytes, &tapped.tap, &tapped.err), &tapped.err);
	assert_non_null(tapped.tap);
	return tapped;
}

static void tapped_end(struct tapped *tapped)
{
	uf_bytes_close(tapped->tap);
	free(tapped->content);
}

static void add(struct uf_bytes *tap, enum uf_hash_kind kind, uint64_t from)
{
	struct uf_error err = {0};

	expect_ok(uf_tap_add(tap, kind, from, &err), &err);
}

/* The digest of len bytes, not by a tap. */
static void digest_of(enum uf_hash_kind kind, const uint8_t *at, size_t len, uint8_t *out)
{
	struct uf_error err = {0};
	struct uf_hash *hash = NULL;

	expect_ok(uf_hash_new_of(kind, &hash, &err), &err);
	uf_hash_begin(hash);
	uf_hash_add(hash, at, len);
	assert_true(uf_hash_end_bytes(hash, out));
	uf_hash_free(hash);
}

/* The digest of kind from there on must be that of the content there. */
static void expect_digest_at(struct uf_bytes *tap, enum uf_hash_kind kind, uint64_t from,
			     const uint8_t *content, const char *file, int line)
{
	uint8_t got[UF_DIGEST_MAX + 1], want[UF_DIGEST_MAX];
	struct uf_error err = {0};

	memset(got, 0xa5, sizeof(got));
	digest_of(kind, content + from, (size_t)(tap->size - from), want);
	expect_ok_at(uf_tap_digest(tap, kind, from, got, &err), &err, file, line);
	_assert_memory_equal(got, want, uf_hash_size(kind), file, line);
	/* No more is written than the kind has. */
	_assert_int_equal(got[uf_hash_size(kind)], 0xa5, file, line);
}

#define expect_digest(tap, kind, from, content)                                                    \
	expect_digest_at(tap, kind, from, content, __FILE__, __LINE__)

static void read_all(struct uf_bytes *tap, size_t piece, const uint8_t *content)
{
	for (uint64_t off = 0; off < tap->size; off += piece)
		expect_bytes(tap, off, tap->size - off < piece ? (size_t)(tap->size - off) : piece,
			     content);
}

/* --- values from outside ---------------------------------------------------------------------- */

/* FIPS 180-2, RFC 1321, RFC 7693, and the check value of CRC-32. */
static const struct {
	enum uf_hash_kind kind;
	const char *text;
	const char *hex;
} known[] = {
	{UF_HASH_SHA256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
	{UF_HASH_MD5, "abc", "900150983cd24fb0d6963f7d28e17f72"},
	{UF_HASH_BLAKE2B, "abc",
	 "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
	 "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923"},
	{UF_HASH_CRC32, "123456789", "cbf43926"},
};

static void expect_known(const char *front, size_t which)
{
	char text[64];
	uint8_t want[UF_DIGEST_MAX], got[UF_DIGEST_MAX];
	struct uf_error err = {0};
	struct uf_bytes *tap = NULL;

	snprintf(text, sizeof(text), "%s%s", front, known[which].text);
	assert_true(uf_hex_parse(known[which].hex, strlen(known[which].hex), want,
				 uf_hash_size(known[which].kind)));
	expect_ok(uf_bytes_open_tap(&probe_open(text, strlen(text))->bytes, &tap, &err), &err);
	add(tap, known[which].kind, strlen(front));
	read_all(tap, 2, (const uint8_t *)text);
	expect_ok(uf_tap_digest(tap, known[which].kind, strlen(front), got, &err), &err);
	assert_memory_equal(got, want, uf_hash_size(known[which].kind));
	uf_bytes_close(tap);
}

static void test_known_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		expect_known("", i);
		expect_known("-", i);
		expect_known("a header of some bytes", i);
	}
}

/* --- orders of reading ------------------------------------------------------------------------ */

static void test_in_order_in_any_pieces(void **state)
{
	static const size_t piece[] = {99, 4096, 16384, 33333, LEN};

	(void)state;
	for (size_t i = 0; i < sizeof(piece) / sizeof(piece[0]); i++) {
		struct tapped tapped = tapped_begin();

		for (int kind = 0; kind < UF_HASH_KINDS; kind++) {
			add(tapped.tap, (enum uf_hash_kind)kind, 0);
			add(tapped.tap, (enum uf_hash_kind)kind, 1001);
		}
		read_all(tapped.tap, piece[i], tapped.content);
		for (int kind = 0; kind < UF_HASH_KINDS; kind++) {
			expect_digest(tapped.tap, (enum uf_hash_kind)kind, 0, tapped.content);
			expect_digest(tapped.tap, (enum uf_hash_kind)kind, 1001, tapped.content);
		}
		/* Nothing was read twice for them. */
		assert_int_equal(tapped.probe->given, LEN);
		tapped_end(&tapped);
	}
}

static void test_without_any_read(void **state)
{
	struct tapped tapped = tapped_begin();

	(void)state;
	add(tapped.tap, UF_HASH_SHA256, 0);
	add(tapped.tap, UF_HASH_CRC32, 64);
	add(tapped.tap, UF_HASH_MD5, LEN - 1);
	expect_digest(tapped.tap, UF_HASH_SHA256, 0, tapped.content);
	expect_digest(tapped.tap, UF_HASH_CRC32, 64, tapped.content);
	expect_digest(tapped.tap, UF_HASH_MD5, LEN - 1, tapped.content);
	/* Asked again, the answer is the same and costs nothing. */
	expect_digest(tapped.tap, UF_HASH_SHA256, 0, tapped.content);
	assert_int_equal(tapped.probe->given, LEN);
	tapped_end(&tapped);
}

static void test_from_the_end(void **state)
{
	struct tapped tapped = tapped_begin();

	(void)state;
	add(tapped.tap, UF_HASH_SHA256, LEN);
	read_all(tapped.tap, 5000, tapped.content);
	expect_digest(tapped.tap, UF_HASH_SHA256, LEN, tapped.content);
	tapped_end(&tapped);
}

static void test_backwards(void **state)
{
	struct tapped tapped = tapped_begin();

	(void)state;
	add(tapped.tap, UF_HASH_SHA256, 0);
	add(tapped.tap, UF_HASH_MD5, 12345);
	for (size_t off = LEN; off; off -= 10000)
		expect_bytes(tapped.tap, off - 10000, 10000, tapped.content);
	expect_digest(tapped.tap, UF_HASH_SHA256, 0, tapped.content);
	expect_digest(tapped.tap, UF_HASH_MD5, 12345, tapped.content);
	tapped_end(&tapped);
}

/* Overlaps, gaps small and large, reads of nothing. */
static void test_any_order(void **state)
{
	uint16_t random[2 * 60];

	(void)state;
	for (unsigned seed = 1; seed <= 20; seed++) {
		struct tapped tapped = tapped_begin();
		uint64_t from = seed * 997;

		add(tapped.tap, UF_HASH_CRC32, 0);
		add(tapped.tap, UF_HASH_CRC32, from);
		fill_random(random, sizeof(random), seed);
		for (size_t i = 0, at = 0; i < 60; i++) {
			size_t len = random[2 * i] % 9000, off = random[2 * i + 1];

			/* Mostly near where the last one ended. */
			off = i % 5 ? at + off % 8000 - (at > 4000 ? 4000 : at) : off;
			off %= LEN - 9000;
			expect_bytes(tapped.tap, off, len, tapped.content);
			at = off + len;
		}
		expect_digest(tapped.tap, UF_HASH_CRC32, 0, tapped.content);
		expect_digest(tapped.tap, UF_HASH_CRC32, from, tapped.content);
		tapped_end(&tapped);
	}
}

/* A reader that skips a header, then looks at the end, then goes on. */
static void test_gaps_of_all_sizes(void **state)
{
	static const size_t gap[] = {1, 64, 4095, 4096, 4097, 20000};

	(void)state;
	for (size_t i = 0; i < sizeof(gap) / sizeof(gap[0]); i++) {
		struct tapped tapped = tapped_begin();

		add(tapped.tap, UF_HASH_SHA256, 0);
		add(tapped.tap, UF_HASH_SHA256, gap[i]);
		add(tapped.tap, UF_HASH_SHA256, gap[i] + 1);
		expect_bytes(tapped.tap, gap[i], 5000, tapped.content);
		expect_bytes(tapped.tap, LEN - 4, 4, tapped.content);
		expect_bytes(tapped.tap, 0, 30000, tapped.content);
		expect_digest(tapped.tap, UF_HASH_SHA256, 0, tapped.content);
		expect_digest(tapped.tap, UF_HASH_SHA256, gap[i], tapped.content);
		expect_digest(tapped.tap, UF_HASH_SHA256, gap[i] + 1, tapped.content);
		tapped_end(&tapped);
	}
}

/* What is read once more, and is other by then, is not in the digest. */
static void test_only_the_first_time_counts(void **state)
{
	struct tapped tapped = tapped_begin();
	uint8_t byte;

	(void)state;
	add(tapped.tap, UF_HASH_SHA256, 0);
	read_all(tapped.tap, LEN / 2, tapped.content);
	tapped.probe->at[100] ^= 1;
	expect_ok(uf_bytes_read(tapped.tap, 100, &byte, 1, &tapped.err), &tapped.err);
	assert_int_equal(byte, tapped.content[100] ^ 1);
	expect_digest(tapped.tap, UF_HASH_SHA256, 0, tapped.content);
	tapped_end(&tapped);
}

/* --- adding ----------------------------------------------------------------------------------- */

static void test_adding_after_bytes_went_by(void **state)
{
	static const uint64_t from[] = {0, 1, 29999, 30000, 30001, 70000};

	(void)state;
	for (size_t i = 0; i < sizeof(from) / sizeof(from[0]); i++) {
		struct tapped tapped = tapped_begin();

		add(tapped.tap, UF_HASH_SHA256, 0);
		expect_bytes(tapped.tap, 0, 30000, tapped.content);
		add(tapped.tap, UF_HASH_MD5, from[i]);
		expect_bytes(tapped.tap, 30000, LEN - 30000, tapped.content);
		expect_digest(tapped.tap, UF_HASH_MD5, from[i], tapped.content);
		expect_digest(tapped.tap, UF_HASH_SHA256, 0, tapped.content);
		tapped_end(&tapped);
	}
}

static void test_adding_after_all_went_by(void **state)
{
	static const uint64_t from[] = {0, 64, 50000, LEN - 1, LEN};

	(void)state;
	for (size_t i = 0; i < sizeof(from) / sizeof(from[0]); i++) {
		struct tapped tapped = tapped_begin();

		add(tapped.tap, UF_HASH_SHA256, 0);
		read_all(tapped.tap, 7777, tapped.content);
		expect_digest(tapped.tap, UF_HASH_SHA256, 0, tapped.content);
		add(tapped.tap, UF_HASH_BLAKE2B, from[i]);
		expect_digest(tapped.tap, UF_HASH_BLAKE2B, from[i], tapped.content);
		expect_digest(tapped.tap, UF_HASH_SHA256, 0, tapped.content);
		tapped_end(&tapped);
	}
}

/* The same digest added again is the same one, and costs neither a place nor a read. */
static void test_adding_twice(void **state)
{
	struct tapped tapped = tapped_begin();

	(void)state;
	add(tapped.tap, UF_HASH_SHA256, 64);
	read_all(tapped.tap, LEN, tapped.content);
	for (unsigned i = 0; i < 2 * UF_TAPS_MAX; i++)
		add(tapped.tap, UF_HASH_SHA256, 64);
	assert_int_equal(tapped.probe->given, LEN);
	expect_digest(tapped.tap, UF_HASH_SHA256, 64, tapped.content);
	tapped_end(&tapped);
}

static void test_adding_too_many(void **state)
{
	struct tapped tapped = tapped_begin();

	(void)state;
	for (unsigned i = 0; i < UF_TAPS_MAX; i++)
		add(tapped.tap, UF_HASH_CRC32, i);
	expect_error(uf_tap_add(tapped.tap, UF_HASH_CRC32, UF_TAPS_MAX, &tapped.err), &tapped.err,
		     UF_ERR_MEMORY, UF_CHECK_NONE, "");
	for (unsigned i = 0; i < UF_TAPS_MAX; i++)
		expect_digest(tapped.tap, UF_HASH_CRC32, i, tapped.content);
	tapped_end(&tapped);
}

static void test_digest_that_was_not_added(void **state)
{
	struct tapped tapped = tapped_begin();
	uint8_t out[UF_DIGEST_MAX] = {0};

	(void)state;
	add(tapped.tap, UF_HASH_SHA256, 0);
	assert_true(uf_tap_digest(tapped.tap, UF_HASH_SHA256, 1, out, &tapped.err) < 0);
	assert_true(uf_tap_digest(tapped.tap, UF_HASH_MD5, 0, out, &tapped.err) < 0);
	expect_digest(tapped.tap, UF_HASH_SHA256, 0, tapped.content);
	tapped_end(&tapped);
}

/* --- errors below ----------------------------------------------------------------------------- */

/* A card that fails once, wherever it does, leaves the digest right. */
static void test_reading_on_after_an_error(void **state)
{
	uint8_t buf[1000], out[UF_DIGEST_MAX];

	(void)state;
	for (uint64_t at = 0; at < LEN; at += 9999) {
		struct tapped tapped = tapped_begin();

		add(tapped.tap, UF_HASH_SHA256, 0);
		expect_bytes(tapped.tap, 0, (size_t)at, tapped.content);
		probe_fail(tapped.probe, at, 1, UF_ERR_CHANGED);
		expect_error(uf_bytes_read(tapped.tap, at, buf, 1, &tapped.err), &tapped.err,
			     UF_ERR_CHANGED, UF_CHECK_NONE, "the probe fails");
		probe_fail(tapped.probe, at, 1, UF_ERR_IO);
		expect_error(uf_tap_digest(tapped.tap, UF_HASH_SHA256, 0, out, &tapped.err),
			     &tapped.err, UF_ERR_IO, UF_CHECK_NONE, "the probe fails");
		expect_digest(tapped.tap, UF_HASH_SHA256, 0, tapped.content);
		tapped_end(&tapped);
	}
}

/* What could not be added was not added: asked for again, it is right or an error. */
static void test_adding_again_after_an_error(void **state)
{
	struct tapped tapped = tapped_begin();

	(void)state;
	expect_bytes(tapped.tap, 0, 60000, tapped.content);
	probe_fail(tapped.probe, 20000, 1, UF_ERR_IO);
	expect_error(uf_tap_add(tapped.tap, UF_HASH_MD5, 64, &tapped.err), &tapped.err, UF_ERR_IO,
		     UF_CHECK_NONE, "the probe fails");
	add(tapped.tap, UF_HASH_MD5, 64);
	expect_digest(tapped.tap, UF_HASH_MD5, 64, tapped.content);
	tapped_end(&tapped);
}

static void test_digest_after_adding_failed(void **state)
{
	struct tapped tapped = tapped_begin();
	uint8_t out[UF_DIGEST_MAX];

	(void)state;
	expect_bytes(tapped.tap, 0, LEN, tapped.content);
	probe_fail(tapped.probe, 20000, 1, UF_ERR_IO);
	expect_error(uf_tap_add(tapped.tap, UF_HASH_MD5, 0, &tapped.err), &tapped.err, UF_ERR_IO,
		     UF_CHECK_NONE, "the probe fails");
	assert_true(uf_tap_digest(tapped.tap, UF_HASH_MD5, 0, out, &tapped.err) < 0);
	tapped_end(&tapped);
}

/* --- as a layer ------------------------------------------------------------------------------- */

static void test_visible_part(void **state)
{
	struct tapped tapped = tapped_begin();
	unsigned closed = 0;

	(void)state;
	assert_int_equal(tapped.tap->size, LEN);
	assert_string_equal(tapped.tap->name, "probe");
	assert_false(tapped.tap->streamed);
	/* It gives exactly the bytes of the file below. */
	assert_int_equal(uf_bytes_fd(tapped.tap), 4711);
	expect_ok(uf_bytes_check_same(tapped.tap, &tapped.err), &tapped.err);
	tapped.probe->changed = true;
	expect_error(uf_bytes_check_same(tapped.tap, &tapped.err), &tapped.err, UF_ERR_CHANGED,
		     UF_CHECK_NONE, "");
	tapped.probe->closed = &closed;
	tapped_end(&tapped);
	assert_int_equal(closed, 1);
}

static struct uf_bytes *tap_over_gzip(const uint8_t *content, size_t len)
{
	struct packed packed = pack(content, len);
	struct uf_bytes *gzip = open_packed(&packed, 0, NULL), *tap = NULL;
	struct uf_error err = {0};

	expect_ok(uf_bytes_open_tap(gzip, &tap, &err), &err);
	free(packed.at);
	return tap;
}

static void test_over_gzip_is_one_pass(void **state)
{
	uint8_t *content = make_content(LEN, 32);
	struct uf_bytes *tap = tap_over_gzip(content, LEN);

	(void)state;
	assert_true(tap->streamed);
	assert_int_equal(uf_bytes_fd(tap), -1);
	assert_int_equal(tap->passes, 0);
	add(tap, UF_HASH_SHA256, 0);
	add(tap, UF_HASH_CRC32, 64);
	read_all(tap, 4000, content);
	expect_digest(tap, UF_HASH_SHA256, 0, content);
	expect_digest(tap, UF_HASH_CRC32, 64, content);
	assert_int_equal(tap->passes, 1);
	expect_bytes(tap, 0, 1, content);
	assert_int_equal(tap->passes, 2);
	uf_bytes_close(tap);
	free(content);
}

/* A pass is counted whether a read, a digest or a late digest began it. */
static void test_every_pass_is_counted(void **state)
{
	uint8_t *content = make_content(LEN, 33);
	struct uf_bytes *tap = tap_over_gzip(content, LEN);

	(void)state;
	add(tap, UF_HASH_SHA256, 0);
	expect_digest(tap, UF_HASH_SHA256, 0, content);
	assert_int_equal(tap->passes, 1);
	add(tap, UF_HASH_MD5, 0);
	assert_int_equal(tap->passes, 2);
	uf_bytes_close(tap);
	free(content);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_values),
		cmocka_unit_test(test_in_order_in_any_pieces),
		cmocka_unit_test(test_without_any_read),
		cmocka_unit_test(test_from_the_end),
		cmocka_unit_test(test_backwards),
		cmocka_unit_test(test_any_order),
		cmocka_unit_test(test_gaps_of_all_sizes),
		cmocka_unit_test(test_only_the_first_time_counts),
		cmocka_unit_test(test_adding_after_bytes_went_by),
		cmocka_unit_test(test_adding_after_all_went_by),
		cmocka_unit_test(test_adding_twice),
		cmocka_unit_test(test_adding_too_many),
		cmocka_unit_test(test_digest_that_was_not_added),
		cmocka_unit_test(test_reading_on_after_an_error),
		cmocka_unit_test(test_adding_again_after_an_error),
		cmocka_unit_test(test_digest_after_adding_failed),
		cmocka_unit_test(test_visible_part),
		cmocka_unit_test(test_over_gzip_is_one_pass),
		cmocka_unit_test(test_every_pass_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
