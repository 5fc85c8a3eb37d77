/* SPDX-License-Identifier: GPL-3.0-or-later */
/* uImage headers: fields, checksum, names, words. */
#include "support.h"

#include <string.h>

#include "firmware.h"

static uint8_t bytes[UF_UIMAGE_HEADER + 5000];

/* What mkimage makes of "payload" as an lzma kernel for MIPS Linux. */
static const uint8_t made_by_mkimage[UF_UIMAGE_HEADER] = {
	0x27, 0x05, 0x19, 0x56, 0x4b, 0xcb, 0x90, 0xb3, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x07, 0x80, 0x01, 0x00, 0x00, 0x80, 0x3e, 0x30, 0x00, 0x42, 0x2c, 0x6a, 0x15, 0x05, 0x05,
	0x02, 0x03, 'L',  'i',  'n',  'u',  'x',  '-',  '3',  '.',  '1',  '0',  '.',  '1',  '4',
};

static int setup(void **state)
{
	(void)state;
	firmware_uimage(bytes, FIRMWARE_NAME, UF_UIMAGE_KERNEL, 5000);
	return 0;
}

static struct uf_uimage parse(const uint8_t *header)
{
	struct uf_uimage uimage;

	memset(&uimage, 0xa5, sizeof(uimage));
	assert_true(uf_uimage_parse(header, &uimage));
	return uimage;
}

static void test_made_by_mkimage(void **state)
{
	struct uf_uimage uimage = parse(made_by_mkimage);

	(void)state;
	assert_true(uimage.header_good);
	assert_int_equal(uimage.size, 7);
	assert_int_equal(uimage.load, 0x80010000);
	assert_int_equal(uimage.entry, 0x803e3000);
	assert_int_equal(uimage.data_crc, 0x422c6a15);
	assert_int_equal(uimage.os, 5);
	assert_int_equal(uimage.arch, 5);
	assert_int_equal(uimage.type, UF_UIMAGE_KERNEL);
	assert_int_equal(uimage.compression, 3);
	assert_string_equal(uimage.name, "Linux-3.10.14");
}

static void test_made_here(void **state)
{
	struct uf_uimage uimage = parse(bytes);

	(void)state;
	assert_true(uimage.header_good);
	assert_int_equal(uimage.size, 5000);
	assert_int_equal(uimage.type, UF_UIMAGE_KERNEL);
	assert_string_equal(uimage.name, FIRMWARE_NAME);
}

static void test_magic_wrong(void **state)
{
	struct uf_uimage uimage;

	(void)state;
	for (size_t at = 0; at < 4; at++) {
		bytes[at] ^= 1;
		assert_false(uf_uimage_parse(bytes, &uimage));
		bytes[at] ^= 1;
	}
	memset(bytes, 0xff, UF_UIMAGE_HEADER);
	assert_false(uf_uimage_parse(bytes, &uimage));
}

/* Every bit behind the magic is under the header's CRC, or is that CRC. */
static void test_one_bit(void **state)
{
	(void)state;
	for (size_t at = 4; at < UF_UIMAGE_HEADER; at++) {
		bytes[at] ^= 0x40;
		assert_false(parse(bytes).header_good);
		bytes[at] ^= 0x40;
	}
	assert_true(parse(bytes).header_good);
}

/* The data has a CRC of its own. */
static void test_data_is_not_under_the_header_crc(void **state)
{
	uint32_t crc = parse(bytes).data_crc;

	(void)state;
	bytes[UF_UIMAGE_HEADER + 100] ^= 1;
	assert_true(parse(bytes).header_good);
	assert_int_equal(parse(bytes).data_crc, crc);
	firmware_uimage_seal(bytes);
	assert_true(parse(bytes).data_crc != crc);
}

/* The parser only reads, also where it looks at the CRC over a field that counts as zero. */
static void test_bytes_stay(void **state)
{
	uint8_t before[UF_UIMAGE_HEADER];

	(void)state;
	memcpy(before, bytes, sizeof(before));
	parse(bytes);
	assert_memory_equal(before, bytes, sizeof(before));
}

static void test_other_types(void **state)
{
	static const uint8_t types[] = {UF_UIMAGE_STANDALONE, UF_UIMAGE_KERNEL, UF_UIMAGE_FIRMWARE};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		firmware_uimage(bytes, "jz_fw", types[i], 100);
		assert_int_equal(parse(bytes).type, types[i]);
		assert_true(parse(bytes).header_good);
		assert_string_equal(parse(bytes).name, "jz_fw");
	}
}

static void test_sizes(void **state)
{
	static const uint8_t most[] = {0xff, 0xff, 0xff, 0xff};

	(void)state;
	memcpy(bytes + 12, most, 4);
	assert_int_equal(parse(bytes).size, 0xffffffff);
	memset(bytes + 12, 0, 4);
	assert_int_equal(parse(bytes).size, 0);
}

/* A name of 32 characters has no NUL in the header. */
static void test_longest_name(void **state)
{
	(void)state;
	firmware_uimage(bytes, "0123456789abcdef0123456789ABCDEF", UF_UIMAGE_KERNEL, 1);
	assert_string_equal(parse(bytes).name, "0123456789abcdef0123456789ABCDEF");
	firmware_uimage(bytes, FIRMWARE_NAME_T31, UF_UIMAGE_KERNEL, 1);
	assert_string_equal(parse(bytes).name, FIRMWARE_NAME_T31);
	firmware_uimage(bytes, "", UF_UIMAGE_KERNEL, 1);
	assert_string_equal(parse(bytes).name, "");
}

/* Names are shown on terminals. */
static void test_unprintable_name(void **state)
{
	(void)state;
	firmware_uimage(bytes, "a\x1b[31mb\x7f\xc3\xa4 ~", UF_UIMAGE_KERNEL, 1);
	assert_string_equal(parse(bytes).name, "a?[31mb??? ~");
}

/* What stands behind the NUL is no part of the name. */
static void test_name_ends_at_nul(void **state)
{
	(void)state;
	memcpy(bytes + 32, "new\0old", 7);
	assert_string_equal(parse(bytes).name, "new");
}

static void test_compressions(void **state)
{
	static const char *const words[] = {"none", "gzip", "bzip2", "lzma", "lzo", "lz4", "zstd"};

	(void)state;
	for (uint8_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		assert_string_equal(uf_uimage_compression(i), words[i]);
	assert_string_equal(uf_uimage_compression(7), "unknown");
	assert_string_equal(uf_uimage_compression(0xff), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_made_by_mkimage, setup),
		cmocka_unit_test_setup(test_made_here, setup),
		cmocka_unit_test_setup(test_magic_wrong, setup),
		cmocka_unit_test_setup(test_one_bit, setup),
		cmocka_unit_test_setup(test_data_is_not_under_the_header_crc, setup),
		cmocka_unit_test_setup(test_bytes_stay, setup),
		cmocka_unit_test_setup(test_other_types, setup),
		cmocka_unit_test_setup(test_sizes, setup),
		cmocka_unit_test_setup(test_longest_name, setup),
		cmocka_unit_test_setup(test_unprintable_name, setup),
		cmocka_unit_test_setup(test_name_ends_at_nul, setup),
		cmocka_unit_test_setup(test_compressions, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
