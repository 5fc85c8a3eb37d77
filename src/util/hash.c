/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SHA-256 goes by libcrypto's own functions and not by its EVP interface: EVP_DigestInit_ex of
 * OpenSSL 3.0 frees and allocates its state at every beginning, and between the first erase and the
 * last nothing may need memory. The other digests are for images, before the first erase.
 */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "uniflash/util/hash.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

struct uf_hash {
	enum uf_hash_kind kind;
	bool good;
	SHA256_CTX sha256;
	uint32_t crc32;
	EVP_MD *md;      /* of the others */
	EVP_MD_CTX *ctx; /* of the others */
};

static const struct {
	const char *name;
	const char *method; /* libcrypto's name */
	size_t size;
} kinds[UF_HASH_KINDS] = {
	[UF_HASH_SHA256] = {"SHA-256", "SHA256", UF_DIGEST_LEN},
	[UF_HASH_MD5] = {"MD5", "MD5", 16},
	[UF_HASH_BLAKE2B] = {"BLAKE2b-512", "BLAKE2B-512", 64},
	[UF_HASH_CRC32] = {"CRC-32", NULL, 4},
};

size_t uf_hash_size(enum uf_hash_kind kind)
{
	return kinds[kind].size;
}

const char *uf_hash_name(enum uf_hash_kind kind)
{
	return kinds[kind].name;
}

int uf_hash_new(struct uf_hash **hash, struct uf_error *err)
{
	return uf_hash_new_of(UF_HASH_SHA256, hash, err);
}

static bool make_evp(struct uf_hash *hash)
{
	hash->md = EVP_MD_fetch(NULL, kinds[hash->kind].method, NULL);
	hash->ctx = EVP_MD_CTX_new();
	return hash->md && hash->ctx;
}

int uf_hash_new_of(enum uf_hash_kind kind, struct uf_hash **hash, struct uf_error *err)
{
	bool own = kind == UF_HASH_SHA256 || kind == UF_HASH_CRC32;
	struct uf_hash *made = calloc(1, sizeof(*made));

	if (!made)
		return uf_fail(err, UF_ERR_MEMORY, "no memory for a digest");
	made->kind = kind;
	if (!own && !make_evp(made)) {
		uf_hash_free(made);
		return uf_fail(err, UF_ERR_MEMORY, "libcrypto cannot make a %s digest",
			       kinds[kind].name);
	}
	*hash = made;
	return UF_OK;
}

void uf_hash_free(struct uf_hash *hash)
{
	if (!hash)
		return;
	EVP_MD_CTX_free(hash->ctx);
	EVP_MD_free(hash->md);
	free(hash);
}

void uf_hash_begin(struct uf_hash *hash)
{
	hash->good = true;
	if (hash->ctx)
		hash->good = EVP_DigestInit_ex(hash->ctx, hash->md, NULL) == 1;
	else if (hash->kind == UF_HASH_CRC32)
		hash->crc32 = 0;
	else
		hash->good = SHA256_Init(&hash->sha256) == 1;
}

void uf_hash_add(struct uf_hash *hash, const void *buf, size_t len)
{
	if (!hash->good)
		return;
	if (hash->ctx)
		hash->good = EVP_DigestUpdate(hash->ctx, buf, len) == 1;
	else if (hash->kind == UF_HASH_CRC32)
		hash->crc32 = (uint32_t)crc32(hash->crc32, buf, (uInt)len);
	else
		hash->good = SHA256_Update(&hash->sha256, buf, len) == 1;
}

static bool end_kind(struct uf_hash *hash, uint8_t *out)
{
	if (hash->ctx)
		return EVP_DigestFinal_ex(hash->ctx, out, NULL) == 1;
	if (hash->kind == UF_HASH_SHA256)
		return SHA256_Final(out, &hash->sha256) == 1;
	for (int at = 0; at < 4; at++)
		out[at] = (uint8_t)(hash->crc32 >> (24 - 8 * at));
	return true;
}

bool uf_hash_end_bytes(struct uf_hash *hash, uint8_t *out)
{
	hash->good = hash->good && end_kind(hash, out);
	if (!hash->good)
		memset(out, 0, kinds[hash->kind].size);
	return hash->good;
}

bool uf_hash_end(struct uf_hash *hash, struct uf_digest *digest)
{
	return uf_hash_end_bytes(hash, digest->byte);
}

bool uf_hash_once(struct uf_hash *hash, const void *buf, size_t len, struct uf_digest *digest)
{
	uf_hash_begin(hash);
	uf_hash_add(hash, buf, len);
	return uf_hash_end(hash, digest);
}

bool uf_digest_known(const struct uf_digest *digest)
{
	static const struct uf_digest none;

	return memcmp(digest->byte, none.byte, UF_DIGEST_LEN) != 0;
}

bool uf_digest_equal(const struct uf_digest *a, const struct uf_digest *b)
{
	return memcmp(a->byte, b->byte, UF_DIGEST_LEN) == 0 && uf_digest_known(a);
}

const char *uf_digest_format(char *out, const struct uf_digest *digest)
{
	for (size_t at = 0; at < UF_DIGEST_LEN; at++)
		snprintf(out + 2 * at, 3, "%02x", digest->byte[at]);
	return out;
}
