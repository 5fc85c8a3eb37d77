/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Signatures of minisign and signify, parsed, and verified with the key of make-seeds. Input: the
 * text.
 */
#include "base64.h"
#include "uniflash/image/signature.h"

#define SIGNATURE_LEN 74

static const char message[] = "what was signed";
static const char comment[] = "made by make-seeds";

/* The key's name; the key; its one signature of the message; that of the comment behind it. */
static const struct uf_pubkey known_key = {
	"uniflash",
	{0x8f, 0x94, 0x7f, 0x6f, 0xf2, 0x5f, 0x63, 0x48, 0xc2, 0x96, 0x06,
	 0xad, 0x48, 0x3f, 0xd1, 0xf0, 0x13, 0x7e, 0x3d, 0x7d, 0x21, 0x06,
	 0xe5, 0x08, 0xac, 0xf2, 0x28, 0xbb, 0xa9, 0xa8, 0x2a, 0xb7},
};

static const uint8_t known_signature[] = {
	0xa9, 0xa9, 0x64, 0x3e, 0x56, 0x9e, 0x6c, 0x8c, 0xeb, 0x50, 0x21, 0x6a, 0x43,
	0xf2, 0x09, 0x94, 0x02, 0x06, 0x0e, 0xc0, 0x29, 0x96, 0x4b, 0xeb, 0xfe, 0x8d,
	0x8f, 0x3b, 0x66, 0x30, 0xeb, 0xaa, 0x42, 0x4c, 0xa3, 0x66, 0x17, 0x4a, 0x18,
	0xc7, 0x6e, 0x6c, 0x0c, 0x5e, 0x81, 0x92, 0x0c, 0x7c, 0xe0, 0x93, 0x3d, 0x1d,
	0xeb, 0xa7, 0x08, 0x88, 0x8e, 0xe7, 0xba, 0x8b, 0x31, 0xfd, 0xdc, 0x00};

static const uint8_t known_global[] = {
	0x89, 0x3c, 0xf7, 0x7c, 0xbd, 0xf2, 0x73, 0xe9, 0x16, 0x1a, 0x83, 0x16, 0x68,
	0x13, 0xfb, 0xe7, 0xeb, 0x9b, 0x59, 0x3d, 0x6c, 0xef, 0x97, 0x71, 0x10, 0xca,
	0xca, 0x89, 0x80, 0x86, 0x3c, 0xa7, 0x77, 0xdb, 0xd8, 0xbc, 0xa5, 0xbb, 0x58,
	0x84, 0x3d, 0xac, 0x6c, 0x3f, 0x9f, 0xc6, 0x83, 0xe0, 0xf4, 0x7a, 0xbb, 0xc0,
	0xc3, 0x79, 0x21, 0xdf, 0x11, 0x7f, 0x90, 0xb2, 0xd3, 0xfd, 0xb0, 0x01};

/* A signature is what its lines say, with nothing of what was in memory before. */
static void check_parsed(const char *text, const struct uf_signature *signature)
{
	uint8_t bytes[SIGNATURE_LEN];
	const char *line = fuzz_base64_line(text);

	CHECK(fuzz_base64_decode(line, bytes, sizeof(bytes)));
	CHECK(bytes[0] == 'E' && bytes[1] == (signature->prehashed ? 'D' : 'd'));
	CHECK(memcmp(bytes + 2, signature->id, sizeof(signature->id)) == 0);
	CHECK(memcmp(bytes + 10, signature->signature, sizeof(signature->signature)) == 0);
	CHECK(fuzz_ends(signature->trusted_comment, sizeof(signature->trusted_comment)));
	if (!signature->has_trusted_comment)
		return;
	line = strchr(line, '\n') + 1;
	CHECK(strncmp(line, "trusted comment: ", 17) == 0);
	CHECK(strncmp(line + 17, signature->trusted_comment, strlen(signature->trusted_comment)) ==
	      0);
	CHECK(strcspn(line + 17, "\r\n") == strlen(signature->trusted_comment));
	line = strchr(line, '\n') + 1;
	CHECK(fuzz_base64_decode(line, bytes, sizeof(signature->global)));
	CHECK(memcmp(bytes, signature->global, sizeof(signature->global)) == 0);
}

static bool genuine(const struct uf_signature *signature)
{
	if (memcmp(signature->id, known_key.id, sizeof(signature->id)) != 0 ||
	    memcmp(signature->signature, known_signature, sizeof(known_signature)) != 0)
		return false;
	return !signature->has_trusted_comment ||
	       (strcmp(signature->trusted_comment, comment) == 0 &&
		memcmp(signature->global, known_global, sizeof(known_global)) == 0);
}

/* Nothing verifies but what was signed. */
static void check_verified(const struct uf_signature *signature)
{
	uint8_t *copy = fuzz_copy((const uint8_t *)message, strlen(message));
	struct uf_error err;
	int ret = uf_signature_verify(signature, &known_key, copy, strlen(message), &err);

	if (ret)
		fuzz_check_error(ret, &err);
	CHECK((ret == UF_OK) == genuine(signature));
	if (!ret) {
		copy[3] ^= 1;
		CHECK(uf_signature_verify(signature, &known_key, copy, strlen(message), NULL) ==
		      UF_ERR_MISMATCH);
	}
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	struct uf_signature signature;
	struct uf_error err;
	int ret;

	memset(&signature, 0xa5, sizeof(signature));
	ret = uf_signature_parse(text, &signature, &err);
	if (ret) {
		fuzz_check_error(ret, &err);
	} else {
		check_parsed(text, &signature);
		check_verified(&signature);
	}
	free(text);
	return 0;
}
