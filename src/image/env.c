/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/image/formats.h"

#include <string.h>
#include <zlib.h>

#include "uniflash/util/bytes.h"

#define CRC_LEN 4

bool uf_env_good(const uint8_t *bytes, size_t size)
{
	return size > CRC_LEN &&
	       crc32(0, bytes + CRC_LEN, (uInt)(size - CRC_LEN)) == uf_le32(bytes);
}

bool uf_env_get(const uint8_t *bytes, size_t size, const char *name, char *out, size_t out_size)
{
	size_t name_len = strlen(name);
	const char *at = (const char *)bytes + CRC_LEN;
	const char *end = (const char *)bytes + size;

	while (at < end && *at) {
		const char *stop = memchr(at, '\0', (size_t)(end - at));
		size_t len = stop ? (size_t)(stop - at) : (size_t)(end - at);

		if (len > name_len && at[name_len] == '=' && memcmp(at, name, name_len) == 0) {
			size_t value = len - name_len - 1;

			if (value >= out_size)
				value = out_size - 1;
			memcpy(out, at + name_len + 1, value);
			out[value] = '\0';
			return true;
		}
		at += len + 1;
	}
	return false;
}
