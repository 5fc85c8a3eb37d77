/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fingerprints under a key that is known, for tests. */
#ifndef UTIL_FINGERPRINT_H
#define UTIL_FINGERPRINT_H

#include "uniflash/util/fingerprint.h"

/* The bytes of AT_RANDOM. */
#define FINGERPRINT_SEED 16

/*
 * As uf_fingerprints_new, with the key made of seed[0..FINGERPRINT_SEED): SHA-256 of the seed and
 * the index, a size_t, of the first word that it fills, one after the other.
 */
int fingerprints_seed(struct uf_fingerprints **prints, const uint8_t *seed, struct uf_error *err);

#endif
