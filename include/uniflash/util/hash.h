/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SHA-256, over libcrypto's EVP interface. Touches no flash.
 */
#ifndef UNIFLASH_UTIL_HASH_H
#define UNIFLASH_UTIL_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "uniflash/util/error.h"

#define UF_DIGEST_LEN 32

/* A SHA-256 digest. */
struct uf_digest {
	uint8_t byte[UF_DIGEST_LEN];
};

/* Room for a digest in hexadecimal and its final NUL. */
#define UF_DIGEST_TEXT (2 * UF_DIGEST_LEN + 1)

/* A running digest. Allocates only when made: a flash run makes its own before the first erase. */
struct uf_hash;

/* Make a hash in *hash; the caller frees it. UF_ERR_MEMORY. */
int uf_hash_new(struct uf_hash **hash, struct uf_error *err);

/* Free a hash; NULL is fine. */
void uf_hash_free(struct uf_hash *hash);

/* Begin a new digest, whatever was there before. */
void uf_hash_begin(struct uf_hash *hash);

/* Add len bytes. */
void uf_hash_add(struct uf_hash *hash, const void *buf, size_t len);

/*
 * End the digest and store it in *digest. Returns false where libcrypto failed at any time since
 * uf_hash_begin: the digest is then all zero and must be treated as one that equals nothing.
 */
bool uf_hash_end(struct uf_hash *hash, struct uf_digest *digest);

/* The digest of one buffer; as uf_hash_end. */
bool uf_hash_once(struct uf_hash *hash, const void *buf, size_t len, struct uf_digest *digest);

/* Whether two digests are equal. */
bool uf_digest_equal(const struct uf_digest *a, const struct uf_digest *b);

/* Write digest as 64 lower-case hexadecimal digits into out[0..UF_DIGEST_TEXT). Returns out. */
const char *uf_digest_format(char *out, const struct uf_digest *digest);

#endif
