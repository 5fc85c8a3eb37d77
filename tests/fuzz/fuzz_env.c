/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * U-Boot's environment. Input: the room for a value, the name of a variable up to a NUL, and an
 * environment.
 */
#include <zlib.h>

#include "fuzz.h"
#include "uniflash/image/formats.h"

#define CRC_LEN 4

/* The first "name=value" of texts that end with NUL each, and all with an empty one. */
static const char *find(const uint8_t *env, size_t size, const char *name, size_t *len)
{
	size_t name_len = strlen(name);
	const char *at = (const char *)env + CRC_LEN;
	size_t left = size - CRC_LEN;

	while (left && *at) {
		size_t text = strnlen(at, left);

		if (text > name_len && at[name_len] == '=' && strncmp(at, name, name_len) == 0) {
			*len = text - name_len - 1;
			return at + name_len + 1;
		}
		text += text < left;
		at += text;
		left -= text;
	}
	return NULL;
}

static void check_get(const uint8_t *env, size_t size, const char *name, size_t room)
{
	char *out = fuzz_alloc(room);
	size_t len;
	const char *value = find(env, size, name, &len);
	bool has;

	memset(out, 0x7f, room);
	has = uf_env_get(env, size, name, out, room);
	CHECK(has == (value != NULL));
	if (has) {
		CHECK(fuzz_ends(out, room) && strlen(out) == uf_min(len, room - 1));
		CHECK(memcmp(out, value, strlen(out)) == 0);
	}
	free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = {data, size};
	size_t room = (size_t)fuzz_take(&input, 1) + 1;
	char *name = fuzz_take_text(&input);
	uint8_t *env = fuzz_copy(input.at, input.left);

	if (input.left <= CRC_LEN) {
		CHECK(!uf_env_good(env, input.left));
	} else {
		uf_env_good(env, input.left);
		fuzz_put_le32(env, (uint32_t)crc32(0, env + CRC_LEN, (uInt)(input.left - CRC_LEN)));
		CHECK(uf_env_good(env, input.left));
		check_get(env, input.left, name, room);
		env[0] ^= 1;
		CHECK(!uf_env_good(env, input.left));
	}
	free(env);
	free(name);
	return 0;
}
