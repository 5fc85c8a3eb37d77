/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/util/hash.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct uf_hash {
	EVP_MD *md;
	EVP_MD_CTX *ctx;
	bool good;
};

int uf_hash_new(struct uf_hash **hash, struct uf_error *err)
{
	struct uf_hash *made = calloc(1, sizeof(*made));

	if (!made)
		return uf_fail(err, UF_ERR_MEMORY, "no memory for a digest");
	made->md = EVP_MD_fetch(NULL, "SHA256", NULL);
	made->ctx = EVP_MD_CTX_new();
	if (!made->md || !made->ctx || EVP_DigestInit_ex(made->ctx, made->md, NULL) != 1) {
		uf_hash_free(made);
		return uf_fail(err, UF_ERR_MEMORY, "libcrypto cannot make a SHA-256 digest");
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
	/* The same fetched method again: libcrypto reuses the context and allocates nothing. */
	hash->good = EVP_DigestInit_ex(hash->ctx, hash->md, NULL) == 1;
}

void uf_hash_add(struct uf_hash *hash, const void *buf, size_t len)
{
	if (hash->good)
		hash->good = EVP_DigestUpdate(hash->ctx, buf, len) == 1;
}

bool uf_hash_end(struct uf_hash *hash, struct uf_digest *digest)
{
	if (hash->good)
		hash->good = EVP_DigestFinal_ex(hash->ctx, digest->byte, NULL) == 1;
	if (!hash->good)
		memset(digest, 0, sizeof(*digest));
	return hash->good;
}

bool uf_hash_once(struct uf_hash *hash, const void *buf, size_t len, struct uf_digest *digest)
{
	uf_hash_begin(hash);
	uf_hash_add(hash, buf, len);
	return uf_hash_end(hash, digest);
}

bool uf_digest_equal(const struct uf_digest *a, const struct uf_digest *b)
{
	return memcmp(a->byte, b->byte, UF_DIGEST_LEN) == 0;
}

const char *uf_digest_format(char *out, const struct uf_digest *digest)
{
	for (size_t at = 0; at < UF_DIGEST_LEN; at++)
		snprintf(out + 2 * at, 3, "%02x", digest->byte[at]);
	return out;
}
