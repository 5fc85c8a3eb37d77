/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fingerprints: equal contents have equal ones, whatever else differs; other contents have others.
 */
#include "expect.h"
#include "support.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "util/fingerprint.h"

#define BLOCK 32768u
#define PIECE 4096u

static struct uf_fingerprints *make(void)
{
	struct uf_fingerprints *prints = NULL;
	struct uf_error err = {0};

	expect_ok(uf_fingerprints_new(&prints, &err), &err);
	assert_non_null(prints);
	return prints;
}

static struct uf_fingerprint print_of(struct uf_fingerprints *prints, const void *buf, size_t len)
{
	struct uf_fingerprint print;

	assert_true(uf_fingerprint(prints, buf, len, &print));
	return print;
}

static void expect_other(struct uf_fingerprints *prints, const void *buf, size_t len,
			 const struct uf_fingerprint *than)
{
	const struct uf_fingerprint print = print_of(prints, buf, len);

	assert_false(uf_fingerprint_equal(&print, than));
}

static void expect_same(struct uf_fingerprints *prints, const void *buf, size_t len,
			const struct uf_fingerprint *as)
{
	const struct uf_fingerprint print = print_of(prints, buf, len);

	assert_true(uf_fingerprint_equal(&print, as));
}

static void equal_contents_are_equal(void **state)
{
	struct uf_fingerprints *prints = make();
	uint8_t *one = malloc(BLOCK), *two = malloc(BLOCK + 4);
	struct uf_fingerprint print;

	(void)state;
	assert_non_null(one);
	assert_non_null(two);
	fill_random(one, BLOCK, 1);
	print = print_of(prints, one, BLOCK);
	/* Wherever it lies, and whatever was printed meanwhile. */
	memcpy(two + 4, one, BLOCK);
	print_of(prints, two, 100);
	expect_same(prints, two + 4, BLOCK, &print);
	free(two);
	free(one);
	uf_fingerprints_free(prints);
}

/* Each bit counts: of the first words, of those at both sides of a piece's end, of the last. */
static void every_bit_counts(void **state)
{
	static const size_t places[] = {0, PIECE - 16, PIECE, 7 * PIECE - 8, BLOCK - 32};
	struct uf_fingerprints *prints = make();
	uint8_t *bytes = malloc(BLOCK);
	struct uf_fingerprint print;

	(void)state;
	assert_non_null(bytes);
	for (int kind = 0; kind < 3; kind++) {
		memset(bytes, kind ? 0xff : 0, BLOCK);
		if (kind == 2)
			fill_random(bytes, BLOCK, 2);
		print = print_of(prints, bytes, BLOCK);
		for (size_t place = 0; place < sizeof(places) / sizeof(places[0]); place++)
			for (size_t bit = 0; bit < 256; bit++) {
				bytes[places[place] + bit / 8] ^= (uint8_t)(1u << bit % 8);
				expect_other(prints, bytes, BLOCK, &print);
				bytes[places[place] + bit / 8] ^= (uint8_t)(1u << bit % 8);
			}
		expect_same(prints, bytes, BLOCK, &print);
	}
	free(bytes);
	uf_fingerprints_free(prints);
}

static void swap(uint8_t *bytes, size_t one, size_t two, size_t len)
{
	for (size_t at = 0; at < len; at++) {
		uint8_t byte = bytes[one + at];

		bytes[one + at] = bytes[two + at];
		bytes[two + at] = byte;
	}
}

/* The same words, pairs, pages and pieces in another order are something else. */
static void order_counts(void **state)
{
	static const size_t sizes[] = {4, 8, 16, 32, 256, PIECE};
	struct uf_fingerprints *prints = make();
	uint8_t *bytes = malloc(BLOCK);
	struct uf_fingerprint print;

	(void)state;
	assert_non_null(bytes);
	fill_random(bytes, BLOCK, 3);
	print = print_of(prints, bytes, BLOCK);
	for (size_t at = 0; at < sizeof(sizes) / sizeof(sizes[0]); at++)
		for (size_t off = 0; off + 2 * sizes[at] <= 2 * PIECE; off += sizes[at]) {
			swap(bytes, off, off + sizes[at], sizes[at]);
			expect_other(prints, bytes, BLOCK, &print);
			swap(bytes, off, off + sizes[at], sizes[at]);
		}
	free(bytes);
	uf_fingerprints_free(prints);
}

/* Of any length, to the byte; what ends with zeros is not what ends before them. */
static void length_counts(void **state)
{
	struct uf_fingerprints *prints = make();
	uint8_t *bytes = calloc(1, 2 * PIECE + 40);
	struct uf_fingerprint before;

	(void)state;
	assert_non_null(bytes);
	before = print_of(prints, bytes, 0);
	for (size_t len = 1; len <= 2 * PIECE + 40; len++) {
		expect_other(prints, bytes, len, &before);
		before = print_of(prints, bytes, len);
		bytes[len - 1] = 1;
		expect_other(prints, bytes, len, &before);
		bytes[len - 1] = 0;
	}
	free(bytes);
	uf_fingerprints_free(prints);
}

/* No two of many that differ in little. */
static void no_two_alike(void **state)
{
	enum {
		MANY = 1500
	};
	struct uf_fingerprints *prints = make();
	struct uf_fingerprint *print = calloc(MANY, sizeof(*print));
	uint8_t *bytes = malloc(PIECE);

	(void)state;
	assert_non_null(print);
	assert_non_null(bytes);
	memset(bytes, 0xff, PIECE);
	for (uint32_t at = 0; at < MANY; at++) {
		memcpy(bytes + 64, &at, sizeof(at));
		print[at] = print_of(prints, bytes, PIECE);
		for (uint32_t other = 0; other < at; other++)
			assert_false(uf_fingerprint_equal(&print[at], &print[other]));
	}
	free(bytes);
	free(print);
	uf_fingerprints_free(prints);
}

static void none_equals_nothing(void **state)
{
	const struct uf_fingerprint none = {{0}};
	const uint32_t word = 1;
	struct uf_fingerprints *prints = make();
	const struct uf_fingerprint print = print_of(prints, &word, sizeof(word));

	(void)state;
	assert_false(uf_fingerprint_equal(&none, &none));
	assert_false(uf_fingerprint_equal(&none, &print));
	assert_true(uf_fingerprint_equal(&print, &print));
	uf_fingerprints_free(NULL);
	uf_fingerprints_free(prints);
}

/* --- what they are made of -------------------------------------------------------------------- */

enum {
	ROUNDS = 3,
	KEY = PIECE / 4 + 2 * (ROUNDS - 1)
};

static void plain_key(const uint8_t *seed, uint32_t *key)
{
	for (size_t at = 0; at < KEY; at += 8) {
		uint8_t text[FINGERPRINT_SEED + sizeof(at)], digest[32];

		memcpy(text, seed, FINGERPRINT_SEED);
		memcpy(text + FINGERPRINT_SEED, &at, sizeof(at));
		SHA256(text, sizeof(text), digest);
		memcpy(key + at, digest, 4 * (KEY - at < 8 ? KEY - at : 8));
	}
}

/* NH of a piece that ends with zeros, word by word. */
static uint64_t plain_sum(const uint8_t *piece, size_t len, const uint32_t *key)
{
	uint32_t word[PIECE / 4] = {0};
	uint64_t sum = 0;

	memcpy(word, piece, len);
	/* Zeros up to the next eight words are part of it. */
	for (size_t at = 0; at < (len + 31) / 32 * 8; at += 2)
		sum += (uint64_t)(uint32_t)(word[at] + key[at]) *
		       (uint32_t)(word[at + 1] + key[at + 1]);
	return sum;
}

static struct uf_fingerprint plain_print(const uint32_t *key, const uint8_t *bytes, size_t len)
{
	uint64_t text[1 + ROUNDS * BLOCK / PIECE] = {len};
	struct uf_fingerprint print;
	uint8_t digest[32];
	size_t sums = 1;

	for (size_t at = 0; at < len; at += PIECE)
		for (size_t round = 0; round < ROUNDS; round++)
			text[sums++] = plain_sum(bytes + at, len - at < PIECE ? len - at : PIECE,
						 key + 2 * round);
	SHA256((const uint8_t *)text, 8 * sums, digest);
	memcpy(&print, digest, sizeof(print));
	return print;
}

/* What the proof is of: three rounds, each with the key moved on by a pair. */
static void made_as_the_proof_has_it(void **state)
{
	static const size_t lengths[] = {0,   1,         4,     31,        32,   33,
					 100, PIECE - 1, PIECE, PIECE + 1, BLOCK};
	uint8_t seed[FINGERPRINT_SEED], *bytes = malloc(BLOCK);
	struct uf_fingerprints *prints = NULL;
	static uint32_t key[KEY + 8];

	(void)state;
	assert_non_null(bytes);
	for (uint64_t run = 0; run < 8; run++) {
		struct uf_error err = {0};

		fill_random(seed, sizeof(seed), 10 + run);
		fill_random(bytes, BLOCK, 20 + run);
		plain_key(seed, key);
		expect_ok(fingerprints_seed(&prints, seed, &err), &err);
		for (size_t at = 0; at < sizeof(lengths) / sizeof(lengths[0]); at++) {
			const struct uf_fingerprint plain = plain_print(key, bytes, lengths[at]);

			expect_same(prints, bytes, lengths[at], &plain);
		}
		uf_fingerprints_free(prints);
	}
	free(bytes);
}

/* Every byte of the seed is in the key. */
static void every_byte_of_the_seed_counts(void **state)
{
	uint8_t seed[FINGERPRINT_SEED] = {0};
	static const uint32_t words[8];
	struct uf_fingerprint print[FINGERPRINT_SEED + 1];

	(void)state;
	for (size_t at = 0; at <= FINGERPRINT_SEED; at++) {
		struct uf_fingerprints *prints = NULL;
		struct uf_error err = {0};

		if (at)
			seed[at - 1] ^= 1;
		expect_ok(fingerprints_seed(&prints, seed, &err), &err);
		print[at] = print_of(prints, words, sizeof(words));
		uf_fingerprints_free(prints);
		for (size_t other = 0; other < at; other++)
			assert_false(uf_fingerprint_equal(&print[at], &print[other]));
	}
}

/* Of this program started anew, what main prints. */
static void print_anew(struct uf_fingerprint *print)
{
	FILE *from = popen("exec \"$UNIFLASH_TEST_SELF\" --print", "r");

	assert_non_null(from);
	assert_int_equal(fread(print, sizeof(*print), 1, from), 1);
	assert_int_equal(pclose(from), 0);
}

/* Nobody can find two contents beforehand that a run takes for the same: each has its own key. */
static void each_run_has_its_own(void **state)
{
	struct uf_fingerprint one, two;
	char self[4096];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

	(void)state;
	assert_true(len > 0);
	self[len] = '\0';
	assert_int_equal(setenv("UNIFLASH_TEST_SELF", self, 1), 0);
	print_anew(&one);
	print_anew(&two);
	assert_false(uf_fingerprint_equal(&one, &two));
}

static int print(void)
{
	static const uint32_t words[PIECE / 4];
	struct uf_fingerprints *prints = make();
	const struct uf_fingerprint print = print_of(prints, words, sizeof(words));

	uf_fingerprints_free(prints);
	return fwrite(&print, sizeof(print), 1, stdout) == 1 ? 0 : 1;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_contents_are_equal),
		cmocka_unit_test(every_bit_counts),
		cmocka_unit_test(order_counts),
		cmocka_unit_test(length_counts),
		cmocka_unit_test(no_two_alike),
		cmocka_unit_test(none_equals_nothing),
		cmocka_unit_test(each_run_has_its_own),
		cmocka_unit_test(made_as_the_proof_has_it),
		cmocka_unit_test(every_byte_of_the_seed_counts),
	};

	if (argc > 1 && strcmp(argv[1], "--print") == 0)
		return print();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
