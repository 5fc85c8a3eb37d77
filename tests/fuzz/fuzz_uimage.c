/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The header of a uImage. Input: its 64 bytes. */
#include <zlib.h>

#include "fuzz.h"
#include "uniflash/image/formats.h"

static const uint8_t magic[] = {0x27, 0x05, 0x19, 0x56};

static bool parse(const uint8_t *header, struct uf_uimage *uimage)
{
	memset(uimage, 0xa5, sizeof(*uimage));
	if (!uf_uimage_parse(header, uimage))
		return false;
	CHECK(fuzz_ends(uimage->name, sizeof(uimage->name)) && fuzz_printable(uimage->name));
	CHECK(uf_uimage_compression(uimage->compression)[0]);
	return true;
}

static void write_back(uint8_t *header, const struct uf_uimage *uimage)
{
	memset(header, 0, UF_UIMAGE_HEADER);
	memcpy(header, magic, sizeof(magic));
	fuzz_put_be32(header + 12, uimage->size);
	fuzz_put_be32(header + 16, uimage->load);
	fuzz_put_be32(header + 20, uimage->entry);
	fuzz_put_be32(header + 24, uimage->data_crc);
	header[28] = uimage->os;
	header[29] = uimage->arch;
	header[30] = uimage->type;
	header[31] = uimage->compression;
	memcpy(header + 32, uimage->name, strlen(uimage->name));
	fuzz_put_be32(header + 4, (uint32_t)crc32(0, header, UF_UIMAGE_HEADER));
}

static void check_same(const struct uf_uimage *a, const struct uf_uimage *b)
{
	CHECK(b->header_good);
	CHECK(a->size == b->size && a->load == b->load && a->entry == b->entry);
	CHECK(a->data_crc == b->data_crc && a->os == b->os && a->arch == b->arch);
	CHECK(a->type == b->type && a->compression == b->compression);
	CHECK(strcmp(a->name, b->name) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct uf_uimage uimage, again;
	uint8_t *header;

	if (size < UF_UIMAGE_HEADER)
		return 0;
	header = fuzz_copy(data, UF_UIMAGE_HEADER);
	CHECK(parse(header, &uimage) == (memcmp(header, magic, sizeof(magic)) == 0));
	memcpy(header, magic, sizeof(magic));
	CHECK(parse(header, &uimage));
	write_back(header, &uimage);
	CHECK(parse(header, &again));
	check_same(&uimage, &again);
	header[12 + data[0] % 52] ^= 1;
	CHECK(parse(header, &again) && !again.header_good);
	free(header);
	return 0;
}
