/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Signatures of minisign and of OpenBSD's signify: Ed25519, over the file itself or (minisign's
 * default) over its BLAKE2b-512. Over libcrypto; touches no flash.
 */
#ifndef UNIFLASH_IMAGE_SIGNATURE_H
#define UNIFLASH_IMAGE_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "uniflash/util/error.h"

/* A public key. */
struct uf_pubkey {
	uint8_t id[8];
	uint8_t key[32];
};

/* A signature. */
struct uf_signature {
	bool prehashed; /* it is over the BLAKE2b-512 of the file */
	bool has_trusted_comment;
	uint8_t id[8];
	uint8_t signature[64];
	uint8_t global[64]; /* over signature and trusted comment */
	char trusted_comment[1024];
};

/* Parse the text of a public key file. UF_ERR_SYNTAX. */
int uf_pubkey_parse(const char *text, struct uf_pubkey *key, struct uf_error *err);

/* Parse the text of a signature file. UF_ERR_SYNTAX. */
int uf_signature_parse(const char *text, struct uf_signature *signature, struct uf_error *err);

/*
 * Verify signature with key over message: the BLAKE2b-512 of the file where it is prehashed, the
 * whole file otherwise; and the trusted comment, where it has one. UF_ERR_MISMATCH with what is
 * wrong.
 */
int uf_signature_verify(const struct uf_signature *signature, const struct uf_pubkey *key,
			const uint8_t *message, size_t len, struct uf_error *err);

#endif
