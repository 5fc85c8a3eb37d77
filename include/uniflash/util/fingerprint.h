/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fingerprints: whether two blocks hold the same, without keeping either. Touches no flash.
 *
 * They mean something within one run only, and are neither printed nor written anywhere. Bytes are
 * first brought down to a 170th by three rounds of NH, the sums of products that UMAC begins with
 * (RFC 4418, 5.2), under a key that is drawn for this run; what is left is digested with SHA-256.
 * Who does not know the key, whatever he puts into an image or leaves on a flash, finds two
 * contents with one fingerprint with a probability of one in 2^96, which is what the proof for NH
 * gives for each pair of contents, as far as the kernel's random bytes are random. It costs about
 * an eighth of what SHA-256 of all the bytes does on the cameras' MIPS32, where a run looks at each
 * block of the image and of the flash.
 */
#ifndef UNIFLASH_UTIL_FINGERPRINT_H
#define UNIFLASH_UTIL_FINGERPRINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "uniflash/util/error.h"

struct uf_fingerprint {
	uint8_t byte[16];
};

/* What makes them: the key, and room to work in. */
struct uf_fingerprints;

/*
 * Make a key, in *prints; the caller frees it. Allocates, and draws the key from the 16 random
 * bytes that the kernel gives each program (AT_RANDOM, getauxval(3)), which needs no open file.
 * UF_ERR_MEMORY; UF_ERR_IO where there are none.
 */
int uf_fingerprints_new(struct uf_fingerprints **prints, struct uf_error *err);

/* Free it; NULL is fine. */
void uf_fingerprints_free(struct uf_fingerprints *prints);

/*
 * The fingerprint of one buffer of len bytes, which begins where a uint32_t may, as what malloc
 * returns does. Allocates nothing. Returns false where libcrypto failed: the fingerprint is then
 * all zero and equals nothing.
 */
bool uf_fingerprint(struct uf_fingerprints *prints, const void *buf, size_t len,
		    struct uf_fingerprint *print);

/* Whether two are equal. One of all zero, which stands for contents that are not known, equals
 * nothing. Both must have been made with the same key. */
bool uf_fingerprint_equal(const struct uf_fingerprint *a, const struct uf_fingerprint *b);

#endif
