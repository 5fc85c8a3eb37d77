/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/image/formats.h"

#include <string.h>
#include <zlib.h>

#include "uniflash/util/bytes.h"

#define UIMAGE_MAGIC 0x27051956
#define HEADER_CRC   4
#define NAME_AT      32
#define NAME_LEN     32

/* The CRC of the header is made with its own field zero. */
static bool header_good(const uint8_t *bytes)
{
	uint8_t header[UF_UIMAGE_HEADER];

	memcpy(header, bytes, sizeof(header));
	memset(header + HEADER_CRC, 0, 4);
	return crc32(0, header, sizeof(header)) == uf_be32(bytes + HEADER_CRC);
}

/* Names go into messages: what is not printable becomes a question mark. */
static void copy_name(const uint8_t *from, char *to)
{
	size_t len = 0;

	for (; len < NAME_LEN && from[len]; len++)
		to[len] = (char)(from[len] >= ' ' && from[len] < 0x7f ? from[len] : '?');
	to[len] = '\0';
}

bool uf_uimage_parse(const uint8_t *bytes, struct uf_uimage *uimage)
{
	if (uf_be32(bytes) != UIMAGE_MAGIC)
		return false;
	memset(uimage, 0, sizeof(*uimage));
	uimage->header_good = header_good(bytes);
	uimage->size = uf_be32(bytes + 12);
	uimage->load = uf_be32(bytes + 16);
	uimage->entry = uf_be32(bytes + 20);
	uimage->data_crc = uf_be32(bytes + 24);
	uimage->os = bytes[28];
	uimage->arch = bytes[29];
	uimage->type = bytes[30];
	uimage->compression = bytes[31];
	copy_name(bytes + NAME_AT, uimage->name);
	return true;
}

const char *uf_uimage_compression(uint8_t compression)
{
	static const char *const names[] = {"none", "gzip", "bzip2", "lzma", "lzo", "lz4", "zstd"};

	return compression < sizeof(names) / sizeof(names[0]) ? names[compression] : "unknown";
}
