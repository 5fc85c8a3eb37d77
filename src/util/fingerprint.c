/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fingerprint.h"

#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

#include "uniflash/util/bytes.h"
#include "uniflash/util/hash.h"

/* Bytes that one stretch of the key serves: the more, the less is left for SHA-256. */
#define PIECE       4096u
#define WORD        sizeof(uint32_t)
#define PIECE_WORDS (PIECE / WORD)
#define ROUNDS      ((size_t)3)
#define UNROLLED    8u
/* Each round's key is the one before moved on by one pair, for which the proof holds, too. */
#define KEY_WORDS (PIECE_WORDS + 2 * (ROUNDS - 1))

/* Any buffer's bytes, read by words. */
typedef uint32_t __attribute__((may_alias)) word;

struct uf_fingerprints {
	struct uf_hash *hash;
	uint32_t key[KEY_WORDS];
	uint32_t last[PIECE_WORDS]; /* the end of a buffer, filled up with zeros */
};

static bool make_key(struct uf_fingerprints *prints, const uint8_t *seed)
{
	for (size_t at = 0; at < KEY_WORDS; at += UF_DIGEST_LEN / WORD) {
		size_t len = (KEY_WORDS - at) * WORD;
		struct uf_digest digest;

		uf_hash_begin(prints->hash);
		uf_hash_add(prints->hash, seed, FINGERPRINT_SEED);
		uf_hash_add(prints->hash, &at, sizeof(at));
		if (!uf_hash_end(prints->hash, &digest))
			return false;
		memcpy(prints->key + at, digest.byte, (size_t)uf_min(len, UF_DIGEST_LEN));
	}
	return true;
}

int fingerprints_seed(struct uf_fingerprints **prints, const uint8_t *seed, struct uf_error *err)
{
	struct uf_fingerprints *made = calloc(1, sizeof(*made));
	int ret;

	if (!made)
		return uf_fail(err, UF_ERR_MEMORY, "no memory for fingerprints");
	ret = uf_hash_new(&made->hash, err);
	if (!ret && !make_key(made, seed))
		ret = uf_fail(err, UF_ERR_MEMORY, "libcrypto failed to make a digest");
	if (ret)
		uf_fingerprints_free(made);
	else
		*prints = made;
	return ret;
}

int uf_fingerprints_new(struct uf_fingerprints **prints, struct uf_error *err)
{
	/* Its address is a number. NOLINTNEXTLINE(performance-no-int-to-ptr) */
	const void *random = (const void *)getauxval(AT_RANDOM);

	if (!random)
		return uf_fail(err, UF_ERR_IO, "the kernel gives this program no random bytes");
	return fingerprints_seed(prints, random, err);
}

void uf_fingerprints_free(struct uf_fingerprints *prints)
{
	if (!prints)
		return;
	uf_hash_free(prints->hash);
	free(prints);
}

static uint64_t product(const word *at, const uint32_t *key)
{
	return (uint64_t)(at[0] + key[0]) * (at[1] + key[1]);
}

/* One round; words is a multiple of UNROLLED. By itself, for MIPS32 has one register that products
 * are added up in. */
static uint64_t sum(const word *at, const uint32_t *key, size_t words)
{
	uint64_t all = 0;

	for (size_t done = 0; done < words; done += UNROLLED, at += UNROLLED, key += UNROLLED)
		all += product(at, key) + product(at + 2, key + 2) + product(at + 4, key + 4) +
		       product(at + 6, key + 6);
	return all;
}

static void add_piece(struct uf_fingerprints *prints, const word *at, size_t words)
{
	uint64_t sums[ROUNDS];

	for (size_t round = 0; round < ROUNDS; round++)
		sums[round] = sum(at, prints->key + 2 * round, words);
	uf_hash_add(prints->hash, sums, sizeof(sums));
}

/* What is shorter ends with zeros: its length tells it from what ends with them by itself. */
static void add_last(struct uf_fingerprints *prints, const uint8_t *buf, size_t len)
{
	size_t words = (len + WORD * UNROLLED - 1) / (WORD * UNROLLED) * UNROLLED;

	memset(prints->last, 0, WORD * words);
	memcpy(prints->last, buf, len);
	add_piece(prints, prints->last, words);
}

bool uf_fingerprint(struct uf_fingerprints *prints, const void *buf, size_t len,
		    struct uf_fingerprint *print)
{
	const uint64_t size = len;
	const uint8_t *at = buf;
	struct uf_digest digest;
	bool good;

	uf_hash_begin(prints->hash);
	uf_hash_add(prints->hash, &size, sizeof(size));
	for (; len >= PIECE; at += PIECE, len -= PIECE)
		add_piece(prints, (const word *)at, PIECE_WORDS);
	if (len)
		add_last(prints, at, len);
	good = uf_hash_end(prints->hash, &digest);
	memcpy(print->byte, digest.byte, sizeof(print->byte));
	return good;
}

bool uf_fingerprint_equal(const struct uf_fingerprint *a, const struct uf_fingerprint *b)
{
	static const struct uf_fingerprint none;

	return memcmp(a, b, sizeof(*a)) == 0 && memcmp(a, &none, sizeof(none)) != 0;
}
