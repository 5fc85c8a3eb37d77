/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SHA-256 against the examples of FIPS 180-2 and NIST's test vectors. */
#include "expect.h"

#include <stdlib.h>

#include "uniflash/util/hash.h"

static const char long_message[] = "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
				   "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu";

static const struct {
	const char *text;
	const char *digest;
} vectors[] = {
	{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
	{"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
	{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	 "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
	{long_message, "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
};

#define MILLION "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"

static struct uf_hash *make(void)
{
	struct uf_hash *hash = NULL;
	struct uf_error err = {0};

	expect_ok(uf_hash_new(&hash, &err), &err);
	assert_non_null(hash);
	return hash;
}

static void expect_digest(const struct uf_digest *digest, const char *hex)
{
	char out[UF_DIGEST_TEXT];

	assert_ptr_equal(uf_digest_format(out, digest), out);
	assert_string_equal(out, hex);
}

static void test_vectors(void **state)
{
	struct uf_hash *hash = make();
	struct uf_digest digest;

	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		const char *text = vectors[i].text;

		assert_true(uf_hash_once(hash, text, strlen(text), &digest));
		expect_digest(&digest, vectors[i].digest);
	}
	uf_hash_free(hash);
}

/* In two pieces, cut at every place. */
static void test_pieces(void **state)
{
	struct uf_hash *hash = make();
	size_t len = strlen(long_message);
	struct uf_digest digest;

	(void)state;
	for (size_t cut = 0; cut <= len; cut++) {
		uf_hash_begin(hash);
		uf_hash_add(hash, long_message, cut);
		uf_hash_add(hash, long_message + cut, len - cut);
		assert_true(uf_hash_end(hash, &digest));
		expect_digest(&digest, vectors[3].digest);
	}
	uf_hash_free(hash);
}

static void test_million(void **state)
{
	static char piece[999];
	struct uf_hash *hash = make();
	struct uf_digest digest;

	(void)state;
	memset(piece, 'a', sizeof(piece));
	uf_hash_begin(hash);
	for (size_t left = 1000000; left;) {
		size_t len = left < sizeof(piece) ? left : sizeof(piece);

		uf_hash_add(hash, piece, len);
		left -= len;
	}
	assert_true(uf_hash_end(hash, &digest));
	expect_digest(&digest, MILLION);
	uf_hash_free(hash);
}

/* Beginning again forgets what was added. */
static void test_begin_again(void **state)
{
	struct uf_hash *hash = make();
	struct uf_digest digest;

	(void)state;
	uf_hash_begin(hash);
	uf_hash_add(hash, "garbage", 7);
	uf_hash_begin(hash);
	uf_hash_add(hash, "abc", 3);
	assert_true(uf_hash_end(hash, &digest));
	expect_digest(&digest, vectors[1].digest);
	uf_hash_begin(hash);
	uf_hash_add(hash, "garbage", 7);
	assert_true(uf_hash_once(hash, "abc", 3, &digest));
	expect_digest(&digest, vectors[1].digest);
	uf_hash_begin(hash);
	assert_true(uf_hash_end(hash, &digest));
	expect_digest(&digest, vectors[0].digest);
	uf_hash_free(hash);
}

/* Two hashes at work at the same time do not mix. */
static void test_two(void **state)
{
	struct uf_hash *a = make(), *b = make();
	struct uf_digest digest;

	(void)state;
	uf_hash_begin(a);
	uf_hash_begin(b);
	uf_hash_add(a, "ab", 2);
	uf_hash_add(b, "garbage", 7);
	uf_hash_add(a, "c", 1);
	assert_true(uf_hash_end(a, &digest));
	expect_digest(&digest, vectors[1].digest);
	uf_hash_free(b);
	uf_hash_free(a);
}

static void test_equal(void **state)
{
	struct uf_digest a, b;

	(void)state;
	fill_random(&a, sizeof(a), 3);
	b = a;
	assert_true(uf_digest_equal(&a, &b));
	for (unsigned bit = 0; bit < 8 * UF_DIGEST_LEN; bit++) {
		b.byte[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(uf_digest_equal(&a, &b));
		assert_false(uf_digest_equal(&b, &a));
		b = a;
	}
}

/* An all-zero digest is what a failed hash gives: it equals nothing, itself included. */
static void test_equal_zero(void **state)
{
	struct uf_digest a = {{0}}, b = {{0}};

	(void)state;
	assert_false(uf_digest_equal(&a, &b));
}

static void test_format(void **state)
{
	struct uf_digest digest;
	char *out = malloc(UF_DIGEST_TEXT);

	(void)state;
	for (unsigned i = 0; i < UF_DIGEST_LEN; i++)
		digest.byte[i] = (uint8_t)(i * 9 + 7);
	assert_string_equal(uf_digest_format(out, &digest),
			    "071019222b343d464f58616a737c858e97a0a9b2bbc4cdd6dfe8f1fa030c151e");
	free(out);
}

/* The other kinds, by the examples of RFC 1321 and RFC 7693, and the check value of CRC-32. */
static const struct {
	enum uf_hash_kind kind;
	size_t size;
	const char *text;
	const char *digest;
} others[] = {
	{UF_HASH_SHA256, 32, "abc",
	 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
	{UF_HASH_MD5, 16, "", "d41d8cd98f00b204e9800998ecf8427e"},
	{UF_HASH_MD5, 16, "abc", "900150983cd24fb0d6963f7d28e17f72"},
	{UF_HASH_MD5, 16, "message digest", "f96b697d7cb7938d525a2f31aaf161d0"},
	{UF_HASH_CRC32, 4, "", "00000000"},
	{UF_HASH_CRC32, 4, "abc", "352441c2"},
	{UF_HASH_CRC32, 4, "123456789", "cbf43926"},
	{UF_HASH_BLAKE2B, 64, "abc",
	 "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
	 "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923"},
};

static void test_kinds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct uf_hash *hash = NULL;
		struct uf_error err = {0};
		uint8_t *out = malloc(others[i].size);
		char hex[2 * UF_DIGEST_MAX + 1] = "";

		expect_ok(uf_hash_new_of(others[i].kind, &hash, &err), &err);
		assert_int_equal(uf_hash_size(others[i].kind), others[i].size);
		for (int round = 0; round < 2; round++) {
			uf_hash_begin(hash);
			for (const char *at = others[i].text; *at; at++)
				uf_hash_add(hash, at, 1);
			assert_true(uf_hash_end_bytes(hash, out));
			for (size_t at = 0; at < others[i].size; at++)
				sprintf(hex + 2 * at, "%02x", out[at]);
			assert_string_equal(hex, others[i].digest);
		}
		uf_hash_free(hash);
		free(out);
	}
}

static void test_kind_names(void **state)
{
	(void)state;
	assert_string_equal(uf_hash_name(UF_HASH_SHA256), "SHA-256");
	for (int a = 0; a < UF_HASH_KINDS; a++) {
		assert_in_range(uf_hash_size((enum uf_hash_kind)a), a == UF_HASH_CRC32 ? 4 : 16,
				UF_DIGEST_MAX);
		for (int b = 0; b < a; b++)
			assert_string_not_equal(uf_hash_name((enum uf_hash_kind)a),
						uf_hash_name((enum uf_hash_kind)b));
	}
}

static void test_free_null(void **state)
{
	(void)state;
	uf_hash_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),    cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_million),    cmocka_unit_test(test_begin_again),
		cmocka_unit_test(test_two),        cmocka_unit_test(test_equal),
		cmocka_unit_test(test_equal_zero), cmocka_unit_test(test_format),
		cmocka_unit_test(test_kinds),      cmocka_unit_test(test_kind_names),
		cmocka_unit_test(test_free_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
