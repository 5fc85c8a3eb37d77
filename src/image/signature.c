/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/image/signature.h"

#include <openssl/evp.h>
#include <string.h>

#include "uniflash/util/bytes.h"

/* The two letters in front: pure Ed25519, or over BLAKE2b-512 (minisign's "ED"). */
#define ALGORITHM_LEN 2

#define PUBKEY_LEN    (ALGORITHM_LEN + 8 + 32)
#define SIGNATURE_LEN (ALGORITHM_LEN + 8 + 64)
#define GLOBAL_LEN    64

static const char untrusted[] = "untrusted comment: ";
static const char trusted[] = "trusted comment: ";

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Decode one line of base64 into exactly len bytes. */
static bool decode_line(const char *line, uint8_t *out, size_t len)
{
	uint8_t decoded[128];
	size_t chars = strcspn(line, "\r\n");
	size_t padding = 0;

	if (chars % 4 || chars / 4 * 3 > sizeof(decoded) || !chars)
		return false;
	while (padding < 2 && line[chars - 1 - padding] == '=')
		padding++;
	/* libcrypto trims blanks and takes '=' in the middle for a zero. */
	if (strspn(line, alphabet) != chars - padding ||
	    EVP_DecodeBlock(decoded, (const uint8_t *)line, (int)chars) != (int)(chars / 4 * 3))
		return false;
	if (chars / 4 * 3 - padding != len)
		return false;
	memcpy(out, decoded, len);
	return true;
}

/* The beginning of the next line, or of the end. */
static const char *next_line(const char *line)
{
	line += strcspn(line, "\n");
	return *line ? line + 1 : line;
}

/* The comment in front can be missing where someone copied only the key. */
static const char *skip_untrusted(const char *text)
{
	return strncmp(text, untrusted, strlen(untrusted)) == 0 ? next_line(text) : text;
}

int uf_pubkey_parse(const char *text, struct uf_pubkey *key, struct uf_error *err)
{
	uint8_t bytes[PUBKEY_LEN];

	if (!decode_line(skip_untrusted(text), bytes, sizeof(bytes)) || memcmp(bytes, "Ed", 2) != 0)
		return uf_fail(
			err, UF_ERR_SYNTAX,
			"no public key of minisign or signify: expected an untrusted comment "
			"and a line of 56 characters of base64");
	memcpy(key->id, bytes + ALGORITHM_LEN, sizeof(key->id));
	memcpy(key->key, bytes + ALGORITHM_LEN + sizeof(key->id), sizeof(key->key));
	return UF_OK;
}

static int parse_trusted(const char *line, struct uf_signature *signature, struct uf_error *err)
{
	size_t len = strcspn(line, "\r\n");

	if (!len && !signature->prehashed && !line[strspn(line, "\r\n")])
		return UF_OK; /* signify's has none, minisign's always one */
	if (strncmp(line, trusted, strlen(trusted)) != 0)
		return uf_fail(err, UF_ERR_SYNTAX,
			       "line 3 of the signature: expected a trusted comment");
	len -= strlen(trusted);
	if (len >= sizeof(signature->trusted_comment))
		return uf_fail(err, UF_ERR_SYNTAX, "the trusted comment is longer than %zu bytes",
			       sizeof(signature->trusted_comment) - 1);
	memcpy(signature->trusted_comment, line + strlen(trusted), len);
	signature->trusted_comment[len] = '\0';
	signature->has_trusted_comment = true;
	if (!decode_line(next_line(line), signature->global, GLOBAL_LEN))
		return uf_fail(err, UF_ERR_SYNTAX,
			       "line 4 of the signature: expected 88 characters of base64");
	return UF_OK;
}

int uf_signature_parse(const char *text, struct uf_signature *signature, struct uf_error *err)
{
	const char *line = skip_untrusted(text);
	uint8_t bytes[SIGNATURE_LEN];

	memset(signature, 0, sizeof(*signature));
	if (!decode_line(line, bytes, sizeof(bytes)) ||
	    (memcmp(bytes, "Ed", 2) != 0 && memcmp(bytes, "ED", 2) != 0))
		return uf_fail(err, UF_ERR_SYNTAX,
			       "no signature of minisign or signify: expected an untrusted comment "
			       "and a line of 100 characters of base64");
	signature->prehashed = bytes[1] == 'D';
	memcpy(signature->id, bytes + ALGORITHM_LEN, sizeof(signature->id));
	memcpy(signature->signature, bytes + ALGORITHM_LEN + sizeof(signature->id),
	       sizeof(signature->signature));
	return parse_trusted(next_line(line), signature, err);
}

static bool verify_one(EVP_PKEY *pkey, const uint8_t *signature, const uint8_t *message, size_t len)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good = ctx && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, pkey) == 1 &&
		    EVP_DigestVerify(ctx, signature, 64, message, len) == 1;

	EVP_MD_CTX_free(ctx);
	return good;
}

static bool verify_trusted(EVP_PKEY *pkey, const struct uf_signature *signature)
{
	uint8_t message[64 + sizeof(signature->trusted_comment)];
	size_t len = strlen(signature->trusted_comment);

	memcpy(message, signature->signature, 64);
	memcpy(message + 64, signature->trusted_comment, len);
	return verify_one(pkey, signature->global, message, 64 + len);
}

int uf_signature_verify(const struct uf_signature *signature, const struct uf_pubkey *key,
			const uint8_t *message, size_t len, struct uf_error *err)
{
	EVP_PKEY *pkey;
	int ret = UF_OK;

	if (memcmp(signature->id, key->id, sizeof(key->id)) != 0)
		return uf_fail(err, UF_ERR_MISMATCH,
			       "the signature was made with another key than the one given");
	pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key->key, sizeof(key->key));
	if (!pkey)
		return uf_fail(err, UF_ERR_MEMORY, "libcrypto cannot use the public key");
	if (!verify_one(pkey, signature->signature, message, len))
		ret = uf_fail(err, UF_ERR_MISMATCH,
			      "the signature does not belong to this file: it was changed, or it "
			      "was signed by somebody else");
	else if (signature->has_trusted_comment && !verify_trusted(pkey, signature))
		ret = uf_fail(err, UF_ERR_MISMATCH, "the trusted comment was changed");
	EVP_PKEY_free(pkey);
	return ret;
}
