/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Digest files. Input: the kind of the digest, the image's name up to a NUL, the text. */
#include <ctype.h>

#include "fuzz.h"
#include "uniflash/image/sidecar.h"

#define HEX_MAX (2 * UF_DIGEST_MAX + 1)

static void to_hex(const uint8_t *digest, size_t size, char *hex)
{
	for (size_t at = 0; at < size; at++)
		snprintf(hex + 2 * at, 3, "%02x", digest[at]);
}

/* The text in lower case without NULs: of UTF-16 the ASCII characters remain. */
static char *squeeze(const char *text, size_t len)
{
	char *out = fuzz_alloc(len + 1);
	size_t count = 0;

	for (size_t at = 0; at < len; at++)
		if (text[at])
			out[count++] = (char)tolower((unsigned char)text[at]);
	out[count] = '\0';
	return out;
}

/* A digest that was found stands in the text. */
static void check_found(const char *text, size_t len, const struct uf_sidecar *sidecar)
{
	char hex[HEX_MAX];
	char *squeezed = squeeze(text, len);

	to_hex(sidecar->digest, uf_hash_size(sidecar->kind), hex);
	CHECK(fuzz_ends(sidecar->name, sizeof(sidecar->name)));
	CHECK(strstr(squeezed, hex));
	free(squeezed);
}

/* A name that no form of line gives a meaning. */
static bool plain(const char *name)
{
	for (const char *at = name; *at; at++)
		if (!isalnum((unsigned char)*at) && !strchr("._-", *at))
			return false;
	return name[0] && strlen(name) < 128;
}

static void check_again(const char *line, const char *name, const struct uf_sidecar *sidecar,
			bool other_name)
{
	struct uf_sidecar again;
	size_t size = uf_hash_size(sidecar->kind);
	char *text = fuzz_text((const uint8_t *)line, strlen(line));

	CHECK(uf_sidecar_parse(text, strlen(text), name, sidecar->kind, &again, NULL) == UF_OK);
	CHECK(again.found && again.other_name == other_name);
	CHECK(memcmp(again.digest, sidecar->digest, size) == 0);
	free(text);
}

/* What is written in each of the known forms gives the same. */
static void check_forms(const char *name, const struct uf_sidecar *sidecar)
{
	char hex[HEX_MAX], line[512];

	to_hex(sidecar->digest, uf_hash_size(sidecar->kind), hex);
	snprintf(line, sizeof(line), "%s\n", hex);
	check_again(line, "image.bin", sidecar, false);
	snprintf(line, sizeof(line), "%s  %s\n", hex, name);
	check_again(line, name, sidecar, false);
	snprintf(line, sizeof(line), "\xef\xbb\xbf# text\r\n%s *folder/%s\r\n", hex, name);
	check_again(line, name, sidecar, false);
	snprintf(line, sizeof(line), "%s (%s) = %s", uf_hash_name(sidecar->kind), name, hex);
	check_again(line, name, sidecar, false);
	snprintf(line, sizeof(line), "%s  not-%s", hex, name);
	check_again(line, name, sidecar, true);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = {data, size};
	enum uf_hash_kind kind = fuzz_take(&input, 1) % 2 ? UF_HASH_MD5 : UF_HASH_SHA256;
	char *name = fuzz_take_text(&input);
	char *text = fuzz_text(input.at, input.left);
	struct uf_sidecar sidecar;
	struct uf_error err;
	int ret;

	memset(&sidecar, 0xa5, sizeof(sidecar));
	ret = uf_sidecar_parse(text, input.left, name, kind, &sidecar, &err);
	if (ret)
		fuzz_check_error(ret, &err);
	if (!ret && sidecar.found) {
		check_found(text, input.left, &sidecar);
		if (plain(name))
			check_forms(name, &sidecar);
	}
	free(text);
	free(name);
	return 0;
}
