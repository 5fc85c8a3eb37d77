/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Digests, over libcrypto. Touches no flash.
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

/* The digests that people give for images; all that uniflash makes itself are SHA-256. */
enum uf_hash_kind {
	UF_HASH_SHA256,
	UF_HASH_MD5,
	UF_HASH_BLAKE2B, /* of 512 bits */
	UF_HASH_CRC32,   /* as zlib and uImage have it, big endian */
	UF_HASH_KINDS
};

/* Room for the longest of them. */
#define UF_DIGEST_MAX 64

/* The bytes of a digest of kind, and its name ("SHA-256"). */
size_t uf_hash_size(enum uf_hash_kind kind);
const char *uf_hash_name(enum uf_hash_kind kind);

/* A running digest. Allocates only when made: a flash run makes its own before the first erase. */
struct uf_hash;

/* Make a SHA-256, or a hash of kind, in *hash; the caller frees it. UF_ERR_MEMORY. */
int uf_hash_new(struct uf_hash **hash, struct uf_error *err);
int uf_hash_new_of(enum uf_hash_kind kind, struct uf_hash **hash, struct uf_error *err);

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

/* The same for a hash of any kind: uf_hash_size bytes into out. */
bool uf_hash_end_bytes(struct uf_hash *hash, uint8_t *out);

/* The digest of one buffer; as uf_hash_end. */
bool uf_hash_once(struct uf_hash *hash, const void *buf, size_t len, struct uf_digest *digest);

/* Whether two digests are equal. One of all zero, which a failure leaves, equals nothing. */
bool uf_digest_equal(const struct uf_digest *a, const struct uf_digest *b);

/* Whether there is a digest at all: one of all zero is none. */
bool uf_digest_known(const struct uf_digest *digest);

/* Write digest as 64 lower-case hexadecimal digits into out[0..UF_DIGEST_TEXT). Returns out. */
const char *uf_digest_format(char *out, const struct uf_digest *digest);

#endif
