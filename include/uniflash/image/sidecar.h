/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Digest files beside an image: IMAGE.sha256sum, .sha256, .md5sum, .md5. Touches no flash.
 */
#ifndef UNIFLASH_IMAGE_SIDECAR_H
#define UNIFLASH_IMAGE_SIDECAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "uniflash/util/error.h"
#include "uniflash/util/hash.h"

/* What a digest file says about one image. */
struct uf_sidecar {
	enum uf_hash_kind kind;
	uint8_t digest[UF_DIGEST_MAX];
	bool found;      /* it has a digest that can be meant for the image */
	bool other_name; /* it is the only one, under another file name */
	char name[128];  /* that name */
};

/*
 * Parse the text of a digest file for the image called name (its last path component). Known are
 * the lines of sha256sum and md5sum, BSD's "SHA256 (NAME) = HEX", a bare digest, "#" comments, and
 * files that Windows wrote (CRLF, a byte order mark, UTF-16). len is that of text, which must have
 * a NUL behind it. UF_ERR_SYNTAX with the line where something else stands there.
 */
int uf_sidecar_parse(const char *text, size_t len, const char *name, enum uf_hash_kind kind,
		     struct uf_sidecar *sidecar, struct uf_error *err);

/* Parse len hexadecimal digits into digest; false where there are not exactly 2 * size of them. */
bool uf_hex_parse(const char *hex, size_t len, uint8_t *digest, size_t size);

#endif
