/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Digest files: as sha256sum, md5sum, BSD and Windows write them, and what is none. */
#include "expect.h"

#include <stdlib.h>

#include "uniflash/image/sidecar.h"

/* Of "abc", and of nothing. */
#define SHA       "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define SHA_2     "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define SHA_UPPER "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"
#define MD5       "900150983cd24fb0d6963f7d28e17f72"
#define MD5_2     "d41d8cd98f00b204e9800998ecf8427e"

#define BOM "\xef\xbb\xbf"

/* Parse len bytes for firmware.bin out of a buffer that ends right behind their NUL. */
static int parse_bytes(const char *text, size_t len, enum uf_hash_kind kind,
		       struct uf_sidecar *sidecar, struct uf_error *err)
{
	char *copy = malloc(len + 1);
	int ret;

	assert_non_null(copy);
	memcpy(copy, text, len);
	copy[len] = '\0';
	memset(sidecar, 0xa5, sizeof(*sidecar));
	ret = uf_sidecar_parse(copy, len, "firmware.bin", kind, sidecar, err);
	free(copy);
	return ret;
}

static void expect_hex(const struct uf_sidecar *sidecar, const char *hex, const char *file,
		       int line)
{
	uint8_t want[UF_DIGEST_MAX];

	if (!uf_hex_parse(hex, strlen(hex), want, uf_hash_size(sidecar->kind)))
		_fail(file, line);
	_assert_memory_equal(sidecar->digest, want, uf_hash_size(sidecar->kind), file, line);
}

/* The text holds this digest for firmware.bin. */
static void expect_found_at(const char *text, size_t len, enum uf_hash_kind kind, const char *hex,
			    const char *file, int line)
{
	struct uf_sidecar sidecar;
	struct uf_error err = {0};

	expect_ok_at(parse_bytes(text, len, kind, &sidecar, &err), &err, file, line);
	_assert_int_equal(sidecar.kind, kind, file, line);
	_assert_int_equal(sidecar.found, true, file, line);
	_assert_int_equal(sidecar.other_name, false, file, line);
	expect_hex(&sidecar, hex, file, line);
}

#define expect_found(text, hex)                                                                    \
	expect_found_at(text, strlen(text), UF_HASH_SHA256, hex, __FILE__, __LINE__)
#define expect_found_md5(text, hex)                                                                \
	expect_found_at(text, strlen(text), UF_HASH_MD5, hex, __FILE__, __LINE__)

/* The text holds just this digest, under another name. */
static void expect_other_at(const char *text, const char *hex, const char *name, const char *file,
			    int line)
{
	struct uf_sidecar sidecar;
	struct uf_error err = {0};

	expect_ok_at(parse_bytes(text, strlen(text), UF_HASH_SHA256, &sidecar, &err), &err, file,
		     line);
	_assert_int_equal(sidecar.found, true, file, line);
	_assert_int_equal(sidecar.other_name, true, file, line);
	_assert_string_equal(sidecar.name, name, file, line);
	expect_hex(&sidecar, hex, file, line);
}

#define expect_other(text, hex, name) expect_other_at(text, hex, name, __FILE__, __LINE__)

/* The text is fine and holds nothing for firmware.bin. */
static void expect_nothing_at(const char *text, const char *file, int line)
{
	struct uf_sidecar sidecar;
	struct uf_error err = {0};

	expect_ok_at(parse_bytes(text, strlen(text), UF_HASH_SHA256, &sidecar, &err), &err, file,
		     line);
	_assert_int_equal(sidecar.found, false, file, line);
	_assert_int_equal(sidecar.other_name, false, file, line);
}

#define expect_nothing(text) expect_nothing_at(text, __FILE__, __LINE__)

/* Something else stands in the line that `where` names. */
static void expect_junk_at(const char *text, size_t len, enum uf_hash_kind kind, const char *where,
			   const char *file, int line)
{
	struct uf_sidecar sidecar;
	struct uf_error err = {0};
	int ret = parse_bytes(text, len, kind, &sidecar, &err);

	expect_error_at(ret, &err, UF_ERR_SYNTAX, UF_CHECK_NONE, where, file, line);
}

#define expect_junk(text, where)                                                                   \
	expect_junk_at(text, strlen(text), UF_HASH_SHA256, where, __FILE__, __LINE__)
#define expect_junk_bytes(text, where)                                                             \
	expect_junk_at(text, sizeof(text) - 1, UF_HASH_SHA256, where, __FILE__, __LINE__)

/* --- what is good ----------------------------------------------------------------------------- */

static void test_sha256sum(void **state)
{
	(void)state;
	expect_found(SHA "  firmware.bin\n", SHA);
	expect_found(SHA " *firmware.bin\n", SHA);
	expect_found(SHA "  firmware.bin", SHA);
	expect_found(SHA "  ./firmware.bin\n", SHA);
	expect_found(SHA "  /home/me/build/firmware.bin\n", SHA);
	expect_found(SHA " *C:\\build\\firmware.bin\n", SHA);
	/* Escapes of its name make a backslash in front. */
	expect_found("\\" SHA "  od\\\\d/firmware.bin\n", SHA);
}

static void test_md5sum(void **state)
{
	(void)state;
	expect_found_md5(MD5 "  firmware.bin\n", MD5);
	expect_found_md5(MD5 " *firmware.bin\n", MD5);
	expect_found_md5(MD5_2 "  other\n" MD5 "  firmware.bin\n", MD5);
	expect_found_md5(MD5 "\n", MD5);
	expect_found_md5("MD5 (firmware.bin) = " MD5 "\n", MD5);
}

static void test_bsd(void **state)
{
	(void)state;
	expect_found("SHA256 (firmware.bin) = " SHA "\n", SHA);
	expect_found("SHA256 (firmware.bin) = " SHA, SHA);
	expect_found("SHA256 (build/firmware.bin) = " SHA "\r\n", SHA);
	expect_found("SHA256 (other) = " SHA_2 "\nSHA256 (firmware.bin) = " SHA "\n", SHA);
	expect_other("SHA256 (new (1).bin) = " SHA "\n", SHA, "new (1).bin");
}

static void test_bare(void **state)
{
	(void)state;
	expect_found(SHA, SHA);
	expect_found(SHA "\n", SHA);
	expect_found(SHA "  \n\n", SHA);
}

static void test_upper_case(void **state)
{
	(void)state;
	expect_found(SHA_UPPER, SHA);
	expect_found(SHA_UPPER "  firmware.bin\n", SHA);
	expect_found("SHA256 (firmware.bin) = " SHA_UPPER "\n", SHA);
}

static void test_names_with_spaces_and_brackets(void **state)
{
	(void)state;
	expect_other(SHA "  my new (1).bin\n", SHA, "my new (1).bin");
	expect_other(SHA " *my firmware.bin\n", SHA, "my firmware.bin");
}

static void test_comments_and_empty_lines(void **state)
{
	(void)state;
	expect_found("# made by hand\n\n" SHA "  firmware.bin\n# the end", SHA);
	expect_found("#\n#" SHA_2 "  firmware.bin\n \t\n" SHA "\n", SHA);
	expect_nothing("");
	expect_nothing("\n\n");
	expect_nothing("# nothing but a comment\n");
	expect_nothing(" \t \r\n");
}

static void test_several_lines(void **state)
{
	(void)state;
	expect_found(SHA_2 "  kernel\n" SHA "  firmware.bin\n" SHA_2 "  rootfs\n", SHA);
	expect_found(SHA "  firmware.bin\n" SHA_2 "  rootfs\n", SHA);
	expect_found(SHA_2 "  kernel\n" SHA "  firmware.bin", SHA);
	/* The same digest twice is no matter. */
	expect_found(SHA "  firmware.bin\nSHA256 (firmware.bin) = " SHA "\n", SHA);
}

/* A hundred lines, as a release has them. */
static void test_many_lines(void **state)
{
	char text[12000];
	size_t len = 0;

	(void)state;
	for (unsigned i = 0; i < 100; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s  camera-%u.bin\n",
					SHA_2, i);
	len += (size_t)snprintf(text + len, sizeof(text) - len, "%s  firmware.bin\n", SHA);
	assert_true(len < sizeof(text));
	expect_found(text, SHA);
}

/* --- another name ----------------------------------------------------------------------------- */

static void test_other_name(void **state)
{
	(void)state;
	expect_other(SHA "  firmware-1.2.bin\n", SHA, "firmware-1.2.bin");
	expect_other("SHA256 (old.bin) = " SHA "\n", SHA, "old.bin");
	/* A part of the name is not the name. */
	expect_other(SHA "  firmware.bin.gz\n", SHA, "firmware.bin.gz");
	expect_other(SHA "  my-firmware.bin\n", SHA, "my-firmware.bin");
	expect_other(SHA "  firmware.bi\n", SHA, "firmware.bi");
	expect_other(SHA "  Firmware.bin\n", SHA, "Firmware.bin");
}

static void test_several_other_names(void **state)
{
	(void)state;
	expect_nothing(SHA "  a.bin\n" SHA_2 "  b.bin\n");
	expect_nothing(SHA "  a.bin\n" SHA_2 "  b.bin\n" SHA "  c.bin\n");
}

static void test_long_other_name(void **state)
{
	char text[1024], name[600];
	struct uf_sidecar sidecar;
	struct uf_error err = {0};

	(void)state;
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	snprintf(text, sizeof(text), "%s  %s\n", SHA, name);
	expect_ok(parse_bytes(text, strlen(text), UF_HASH_SHA256, &sidecar, &err), &err);
	assert_true(sidecar.found && sidecar.other_name);
	assert_int_equal(strlen(sidecar.name), sizeof(sidecar.name) - 1);
	assert_memory_equal(sidecar.name, name, sizeof(sidecar.name) - 1);
}

/* --- Windows ---------------------------------------------------------------------------------- */

static void test_windows_line_ends(void **state)
{
	(void)state;
	expect_found(SHA " *firmware.bin\r\n", SHA);
	expect_found(SHA "\r\n", SHA);
	expect_found("# comment\r\n\r\n" SHA_2 " *a.bin\r\n" SHA " *firmware.bin\r\n", SHA);
	expect_junk(SHA " *firmware.bin\r\n\r\njunk\r\n", "line 3");
}

static void test_byte_order_mark(void **state)
{
	(void)state;
	expect_found(BOM SHA "  firmware.bin\r\n", SHA);
	expect_found(BOM SHA, SHA);
	expect_found(BOM "# comment\r\n" SHA "\r\n", SHA);
	expect_nothing(BOM);
	/* Nowhere but at the beginning. */
	expect_junk("\n" BOM SHA "\n", "line 2");
}

/* The text in UTF-16, with its mark in front. */
static size_t to_utf16(const char *text, bool big_endian, char *out)
{
	size_t at = 0;

	out[at++] = big_endian ? '\xfe' : '\xff';
	out[at++] = big_endian ? '\xff' : '\xfe';
	for (; *text; text++) {
		out[at + big_endian] = *text;
		out[at + !big_endian] = '\0';
		at += 2;
	}
	return at;
}

static void expect_utf16(bool big_endian)
{
	char wide[1024];
	size_t len = to_utf16(SHA_2 " *a.bin\r\n" SHA_UPPER "  firmware.bin\r\n", big_endian, wide);

	expect_found_at(wide, len, UF_HASH_SHA256, SHA, __FILE__, __LINE__);
	len = to_utf16(SHA, big_endian, wide);
	expect_found_at(wide, len, UF_HASH_SHA256, SHA, __FILE__, __LINE__);
	len = to_utf16(SHA "\r\njunk\r\n", big_endian, wide);
	expect_junk_at(wide, len, UF_HASH_SHA256, "line 2", __FILE__, __LINE__);
	/* A character of another alphabet is no digit. */
	len = to_utf16(SHA, big_endian, wide);
	wide[2 + !big_endian] = 4;
	expect_junk_at(wide, len, UF_HASH_SHA256, "line 1", __FILE__, __LINE__);
}

static void test_utf16(void **state)
{
	(void)state;
	expect_utf16(false);
}

static void test_utf16_big_endian(void **state)
{
	(void)state;
	expect_utf16(true);
}

/* --- what is none ----------------------------------------------------------------------------- */

static void test_wrong_length(void **state)
{
	(void)state;
	expect_junk(MD5 "  firmware.bin\n", "line 1");
	expect_junk(SHA "0  firmware.bin\n", "line 1");
	expect_junk(SHA SHA "  firmware.bin\n", "line 1");
	expect_junk("a  firmware.bin\n", "line 1");
	expect_junk("SHA256 (firmware.bin) = " MD5 "\n", "line 1");
	expect_junk("SHA256 (firmware.bin) = \n", "line 1");
	expect_junk_at(SHA, strlen(SHA), UF_HASH_MD5, "line 1", __FILE__, __LINE__);
	/* One digit less, of a digest that was good. */
	expect_junk(&SHA[1], "line 1");
}

static void test_junk_with_its_line(void **state)
{
	(void)state;
	expect_junk("hello\n", "line 1");
	expect_junk(SHA "  firmware.bin\nhello\n", "line 2");
	expect_junk("# one\n\n# three\n" SHA "\n<html>\n", "line 5");
	expect_junk("<!DOCTYPE html>\n<title>404</title>\n", "line 1");
	expect_junk("  firmware.bin\n", "line 1");
	expect_junk("g" SHA, "line 1");
}

static void test_digits_that_are_none(void **state)
{
	static const char *const bad[] = {"0x", "0X", "g0", "0g", "+1", "-1", " 1", "1 ", "\3770"};
	char text[200];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		for (size_t at = 0; at <= 62; at += 2) {
			snprintf(text, sizeof(text), "%s  firmware.bin\n", SHA);
			memcpy(text + at, bad[i], 2);
			expect_junk(text, "line 1");
		}
}

/* The digest of something else than SHA-256, though as long. */
static void test_other_algorithm(void **state)
{
	(void)state;
	expect_junk("SHA3-256 (firmware.bin) = " SHA "\n", "line 1");
	expect_junk("hello (firmware.bin) = " SHA "\n", "line 1");
}

/* Nothing hides behind a carriage return that ends no line, nor behind a NUL. */
static void test_nothing_is_passed_over_behind_return(void **state)
{
	(void)state;
	expect_junk(SHA "  firmware.bin\rjunk\n", "");
}

static void test_nothing_is_passed_over_behind_nul(void **state)
{
	(void)state;
	expect_junk_bytes(SHA "  firmware.bin\n\0junk\n", "line 2");
}

/* An image given as its own digest file, and the like. */
static void test_binary(void **state)
{
	uint8_t bytes[4096];

	(void)state;
	for (uint64_t seed = 1; seed < 50; seed++) {
		fill_random(bytes, sizeof(bytes), seed);
		bytes[0] |= 0x80; /* neither a comment nor a line's end */
		bytes[1] &= 0x7f; /* nor UTF-16 */
		expect_junk_at((const char *)bytes, sizeof(bytes), UF_HASH_SHA256, "line 1",
			       __FILE__, __LINE__);
	}
}

static void test_binary_that_begins_with_zeros(void **state)
{
	static const char zeros[1000];

	(void)state;
	expect_junk_at(zeros, sizeof(zeros), UF_HASH_SHA256, "line 1", __FILE__, __LINE__);
}

static void test_huge(void **state)
{
	const size_t len = 8 << 20;
	char *text = malloc(len);

	(void)state;
	assert_non_null(text);
	memset(text, 'a', len);
	expect_junk_at(text, len, UF_HASH_SHA256, "", __FILE__, __LINE__);
	memset(text, '\n', len);
	memcpy(text + len - 5, "junk\n", 5);
	expect_junk_at(text, len, UF_HASH_SHA256, "", __FILE__, __LINE__);
	free(text);
}

/* Each beginning of a good file is a good one or junk; only what is whole is found. */
static void test_every_beginning(void **state)
{
	static const char text[] = "# c\n" SHA "  firmware.bin\n";
	const size_t whole = 4 + strlen(SHA);

	(void)state;
	for (size_t len = 0; len < sizeof(text); len++) {
		struct uf_sidecar sidecar;
		struct uf_error err = {0};
		int ret = parse_bytes(text, len, UF_HASH_SHA256, &sidecar, &err);

		if (len > 4 && len < whole)
			expect_error(ret, &err, UF_ERR_SYNTAX, UF_CHECK_NONE, "line 2");
		else
			expect_ok(ret, &err);
		assert_int_equal(sidecar.found, len >= whole);
	}
}

/* --- hexadecimal ------------------------------------------------------------------------------ */

static void test_hex(void **state)
{
	static const uint8_t want[] = {0x00, 0x9f, 0xaF, 0xff};
	uint8_t got[5] = {1, 1, 1, 1, 0xa5};

	(void)state;
	assert_true(uf_hex_parse("009faFFfrest", 8, got, 4));
	assert_memory_equal(got, want, 4);
	assert_int_equal(got[4], 0xa5);
	assert_true(uf_hex_parse("", 0, got, 0));
	assert_false(uf_hex_parse("009faFF", 7, got, 4));
	assert_false(uf_hex_parse("009faFFf0", 9, got, 4));
	assert_false(uf_hex_parse("009faFFf00", 10, got, 4));
	assert_false(uf_hex_parse("", 0, got, 4));
	assert_false(uf_hex_parse("0x9faFFf", 8, got, 4));
	assert_false(uf_hex_parse("00 9faFF", 8, got, 4));
	assert_false(uf_hex_parse("009fa\0Ff", 8, got, 4));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sha256sum),
		cmocka_unit_test(test_md5sum),
		cmocka_unit_test(test_bsd),
		cmocka_unit_test(test_bare),
		cmocka_unit_test(test_upper_case),
		cmocka_unit_test(test_names_with_spaces_and_brackets),
		cmocka_unit_test(test_comments_and_empty_lines),
		cmocka_unit_test(test_several_lines),
		cmocka_unit_test(test_many_lines),
		cmocka_unit_test(test_other_name),
		cmocka_unit_test(test_several_other_names),
		cmocka_unit_test(test_long_other_name),
		cmocka_unit_test(test_windows_line_ends),
		cmocka_unit_test(test_byte_order_mark),
		cmocka_unit_test(test_utf16),
		cmocka_unit_test(test_utf16_big_endian),
		cmocka_unit_test(test_wrong_length),
		cmocka_unit_test(test_junk_with_its_line),
		cmocka_unit_test(test_digits_that_are_none),
		cmocka_unit_test(test_other_algorithm),
		cmocka_unit_test(test_nothing_is_passed_over_behind_return),
		cmocka_unit_test(test_nothing_is_passed_over_behind_nul),
		cmocka_unit_test(test_binary),
		cmocka_unit_test(test_binary_that_begins_with_zeros),
		cmocka_unit_test(test_huge),
		cmocka_unit_test(test_every_beginning),
		cmocka_unit_test(test_hex),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
