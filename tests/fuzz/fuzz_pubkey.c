/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Public keys of minisign and signify. Input: the text. */
#include "base64.h"
#include "uniflash/image/signature.h"

#define KEY_LEN 42

/* A key is what its line says, with nothing of what was in memory before. */
static void check_key(const char *text, const struct uf_pubkey *key)
{
	uint8_t bytes[KEY_LEN];

	CHECK(fuzz_base64_decode(fuzz_base64_line(text), bytes, sizeof(bytes)));
	CHECK(memcmp(bytes, "Ed", 2) == 0);
	CHECK(memcmp(bytes + 2, key->id, sizeof(key->id)) == 0);
	CHECK(memcmp(bytes + 10, key->key, sizeof(key->key)) == 0);
}

static void check_again(const struct uf_pubkey *key)
{
	uint8_t bytes[KEY_LEN] = "Ed";
	char line[57], text[128];
	struct uf_pubkey again;
	char *copy;

	memcpy(bytes + 2, key->id, sizeof(key->id));
	memcpy(bytes + 10, key->key, sizeof(key->key));
	fuzz_base64_encode(bytes, sizeof(bytes), line);
	snprintf(text, sizeof(text), "untrusted comment: key\r\n%s\r\n", line);
	copy = fuzz_text((const uint8_t *)text, strlen(text));
	CHECK(uf_pubkey_parse(copy, &again, NULL) == UF_OK);
	CHECK(memcmp(&again, key, sizeof(again)) == 0);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	struct uf_pubkey key;
	struct uf_error err;
	int ret = uf_pubkey_parse(text, &key, &err);

	if (ret) {
		fuzz_check_error(ret, &err);
	} else {
		check_key(text, &key);
		check_again(&key);
	}
	free(text);
	return 0;
}
