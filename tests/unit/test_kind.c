/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that are no image of a flash, told by how they begin; and what only looks like one. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "firmware.h"
#include "uniflash/image/kind.h"

static uint8_t head[UF_KIND_HEAD];

/* Judge the first len bytes of head out of memory that ends there. */
static const struct uf_foreign *judge(size_t len, bool part)
{
	const struct uf_foreign *foreign;
	uint8_t *copy = malloc(len ? len : 1);

	assert_non_null(copy);
	memcpy(copy, head, len);
	foreign = part ? uf_foreign_part(copy, len) : uf_foreign_kind(copy, len);
	free(copy);
	return foreign;
}

static void expect_at(size_t len, bool part, const char *what, int line)
{
	const struct uf_foreign *foreign = judge(len, part);

	if (!foreign || !strstr(foreign->what, what))
		fail_msg("line %d: \"%s\", expected \"%s\"", line, foreign ? foreign->what : "fine",
			 what);
	/* the user is told what to do, in full sentences */
	assert_true(strlen(foreign->next) > 10);
	assert_true(strchr(".)", foreign->next[strlen(foreign->next) - 1]) != NULL);
}

static void fine_at(size_t len, bool part, int line)
{
	const struct uf_foreign *foreign = judge(len, part);

	if (foreign)
		fail_msg("line %d: taken for %s", line, foreign->what);
}

#define EXPECT(len, what)      expect_at(len, false, what, __LINE__)
#define EXPECT_PART(len, what) expect_at(len, true, what, __LINE__)
#define FINE(len)              fine_at(len, false, __LINE__)
#define FINE_PART(len)         fine_at(len, true, __LINE__)

/* A file of noise that begins with these bytes; the zero is what no text has. */
static void begin_with(const void *bytes, size_t len)
{
	firmware_noise(head, sizeof(head), 7);
	head[1000] = 0;
	memcpy(head, bytes, len);
}

static void begin_with_text(const char *text)
{
	memset(head, 0, sizeof(head));
	begin_with(text, strlen(text));
}

/* A whole file of text, repeated to its end. */
static size_t fill_with(const char *text, size_t len)
{
	for (size_t at = 0; at < len; at++)
		head[at] = (uint8_t)text[at % strlen(text)];
	return len;
}

/* --- magics ----------------------------------------------------------------------------------- */

static const struct {
	const char *magic;
	size_t len;
	const char *what;
} magics[] = {
	{"\x7f"
	 "ELF",
	 4, "ELF"},
	{"MZ", 2, "Windows"},
	{"PK\x03\x04", 4, "zip"},
	{"PK\x05\x06", 4, "zip"},
	{"\xfd"
	 "7zXZ",
	 5, "xz"},
	{"BZh", 3, "bzip2"},
	{"7z\xbc\xaf\x27\x1c", 6, "7-Zip"},
	{"Rar!", 4, "RAR"},
	{"\x28\xb5\x2f\xfd", 4, "zstd"},
	{"\x1f\x8b", 2, "gzip"},
	{"%PDF", 4, "PDF"},
	{"\x89PNG", 4, "picture"},
	{"\xff\xd8\xff", 3, "picture"},
};

#define MAGICS (sizeof(magics) / sizeof(magics[0]))

static void test_magics(void **state)
{
	(void)state;
	for (size_t row = 0; row < MAGICS; row++) {
		begin_with(magics[row].magic, magics[row].len);
		EXPECT(sizeof(head), magics[row].what);
		EXPECT_PART(sizeof(head), magics[row].what);
		/* and nothing behind the magic */
		EXPECT(magics[row].len, magics[row].what);
	}
}

/* Every byte of a magic counts, and it counts at the beginning alone. */
static void test_near_misses(void **state)
{
	(void)state;
	for (size_t row = 0; row < MAGICS; row++) {
		for (size_t at = 0; at < magics[row].len; at++) {
			begin_with(magics[row].magic, magics[row].len);
			head[at] ^= 0x20;
			FINE(sizeof(head));
			FINE_PART(sizeof(head));
		}
		begin_with("\x80", 1);
		memcpy(head + 1, magics[row].magic, magics[row].len);
		FINE(sizeof(head));
	}
}

static void test_half_a_magic(void **state)
{
	(void)state;
	for (size_t row = 0; row < MAGICS; row++) {
		const struct uf_foreign *foreign;

		begin_with(magics[row].magic, magics[row].len);
		foreign = judge(magics[row].len - 1, true);
		assert_null(foreign);
	}
}

static void test_tar(void **state)
{
	(void)state;
	begin_with("Upgrade/PARA\0\0\0", 15);
	memcpy(head + 257, "ustar", 5);
	EXPECT(sizeof(head), "tar");
	EXPECT_PART(sizeof(head), "tar");
	EXPECT(262, "tar");
	FINE(261);
	memmove(head + 258, head + 257, 5);
	head[257] = 0x80;
	FINE(sizeof(head));
}

/* --- HTML and texts --------------------------------------------------------------------------- */

static void test_html(void **state)
{
	static const char *const pages[] = {
		"<!DOCTYPE html>\n<html>",
		"<!doctype html>",
		"<html lang=\"en\">",
		"<HTML>",
		"<HtMl>",
		"<head><title>",
		"<BODY>",
		"<?xml version=\"1.0\"?>",
		"<!-- saved -->",
		"<script>",
		"\n\n\n<!DOCTYPE html>",
		" \t\r\n<html>",
		"\xef\xbb\xbf<!DOCTYPE html>",
		"\xef\xbb\xbf \r\n<HTML>",
	};

	(void)state;
	for (size_t at = 0; at < sizeof(pages) / sizeof(pages[0]); at++) {
		begin_with_text(pages[at]);
		EXPECT(sizeof(head), "HTML");
		EXPECT_PART(sizeof(head), "HTML");
		EXPECT(strlen(pages[at]), "HTML");
	}
}

/* The advice is about the link, for that is what went wrong. */
static void test_html_advice(void **state)
{
	(void)state;
	begin_with_text("<!DOCTYPE html>");
	assert_non_null(strstr(judge(sizeof(head), false)->next, "link"));
}

/* Behind what no browser skips there is no page. */
static void test_html_near_misses(void **state)
{
	static const char *const others[] = {"\x80<html>", "\xef\xbb\x80<html>", "< html>\x01",
					     "<htm\x80",   "html>\x01",          "\xef\xbb<html>"};

	(void)state;
	for (size_t at = 0; at < sizeof(others) / sizeof(others[0]); at++) {
		begin_with(others[at], strlen(others[at]) + 1);
		FINE(sizeof(head));
	}
}

/* All of it is blank space: there is nothing to find behind it, nor to read behind its end. */
static void test_only_space(void **state)
{
	(void)state;
	EXPECT(fill_with(" \n", 100), "text");
	FINE_PART(fill_with(" \n", 100));
	begin_with("\xef\xbb\xbf", 3);
	FINE_PART(3);
}

static void test_text(void **state)
{
	static const char *const texts[] = {
		"404: Not Found",
		"version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
		"#!/bin/sh\nexit 0\n",
		"FWGRADEUP=kernel+drivers\n",
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  a.bin\r\n",
		"{\"message\": \"rate limit\"}",
		"a",
		"na\xc3\xafve caf\xc3\xa9\n",
	};

	(void)state;
	for (size_t at = 0; at < sizeof(texts) / sizeof(texts[0]); at++) {
		memcpy(head, texts[at], strlen(texts[at]));
		EXPECT(strlen(texts[at]), "text");
		/* one partition may hold one: the flag does */
		FINE_PART(strlen(texts[at]));
		EXPECT(fill_with(texts[at], sizeof(head)), "text");
	}
}

/* As an editor of Windows saves it. */
static void test_text_with_a_byte_order_mark(void **state)
{
	static const char text[] = "\xef\xbb\xbf"
				   "404: Not Found\r\n";

	(void)state;
	memcpy(head, text, sizeof(text) - 1);
	EXPECT(sizeof(text) - 1, "text");
}

static void test_no_text(void **state)
{
	(void)state;
	for (unsigned byte = 0; byte < ' '; byte++) {
		if (byte >= '\t' && byte <= '\r')
			continue;
		if (byte == 0x1b) /* colours of a log */
			continue;
		fill_with("a log of something\n", sizeof(head));
		head[sizeof(head) - 1] = (uint8_t)byte;
		FINE(sizeof(head));
	}
}

/* Only the beginning of a file counts, however much is given. */
static void test_head_alone_counts(void **state)
{
	static uint8_t more[2 * UF_KIND_HEAD];

	(void)state;
	memset(more, 'x', UF_KIND_HEAD);
	memset(more + UF_KIND_HEAD, 0, UF_KIND_HEAD);
	assert_non_null(uf_foreign_kind(more, sizeof(more)));
	more[UF_KIND_HEAD - 1] = 0;
	assert_null(uf_foreign_kind(more, sizeof(more)));
}

/* --- what belongs into a partition ------------------------------------------------------------ */

static void test_kernel(void **state)
{
	(void)state;
	memset(head, 0xff, sizeof(head));
	firmware_uimage(head, FIRMWARE_NAME, UF_UIMAGE_KERNEL, 1000);
	EXPECT(sizeof(head), "boot loader");
	FINE_PART(sizeof(head));
	EXPECT(UF_UIMAGE_HEADER, "boot loader");
	FINE(UF_UIMAGE_HEADER - 1);
	/* the way out is named */
	assert_non_null(strstr(judge(sizeof(head), false)->next, "--part"));
	/* a damaged header does not make an image of it */
	head[4] ^= 1;
	EXPECT(sizeof(head), "boot loader");
	head[0] ^= 1;
	FINE(sizeof(head));
}

static void test_squashfs(void **state)
{
	(void)state;
	firmware_squashfs(head, sizeof(head));
	EXPECT(sizeof(head), "squashfs");
	EXPECT(UF_SQUASHFS_HEADER, "squashfs");
	FINE(UF_SQUASHFS_HEADER - 1);
	FINE_PART(sizeof(head));
	assert_non_null(strstr(judge(sizeof(head), false)->next, "--part"));
	head[0] ^= 0x20;
	FINE(sizeof(head));
}

static void test_jffs2(void **state)
{
	(void)state;
	firmware_jffs2(head, sizeof(head), sizeof(head));
	EXPECT(sizeof(head), "jffs2");
	EXPECT(UF_JFFS2_HEADER, "jffs2");
	FINE(UF_JFFS2_HEADER - 1);
	FINE_PART(sizeof(head));
	head[8] ^= 1; /* its checksum */
	FINE(sizeof(head));
}

/* --- what nothing speaks against -------------------------------------------------------------- */

static void test_boot_loaders(void **state)
{
	static uint8_t boot[0x50000];

	(void)state;
	firmware_boot(boot, UF_SOC_T20);
	memcpy(head, boot, sizeof(head));
	FINE(sizeof(head));
	FINE_PART(sizeof(head));
	firmware_boot_2013(boot, UF_SOC_T31);
	memcpy(head, boot, sizeof(head));
	FINE(sizeof(head));
	firmware_boot_2026(boot, UF_SOC_T20, 0x47123);
	memcpy(head, boot, sizeof(head));
	FINE(sizeof(head));
}

static void test_blank_and_others(void **state)
{
	static const int fill[] = {0xff, 0x00, 0x55 | 0x80};

	(void)state;
	for (unsigned at = 0; at < 3; at++) {
		memset(head, fill[at], sizeof(head));
		FINE(sizeof(head));
		FINE_PART(sizeof(head));
		FINE(1);
		FINE_PART(1);
	}
	firmware_noise(head, sizeof(head), 1);
	FINE(sizeof(head));
}

/* No byte behind the end is looked at: the sanitizer would tell. */
static void test_tiny(void **state)
{
	(void)state;
	memset(head, 0xff, sizeof(head));
	FINE(0);
	FINE_PART(0);
	for (size_t row = 0; row < MAGICS; row++) {
		begin_with(magics[row].magic, magics[row].len);
		for (size_t len = 0; len < magics[row].len; len++) {
			judge(len, false);
			FINE_PART(len);
		}
	}
	begin_with_text("\xef\xbb\xbf <!doctype html>");
	for (size_t len = 1; len < strlen("\xef\xbb\xbf <!doctype"); len++)
		FINE_PART(len);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_magics),
		cmocka_unit_test(test_near_misses),
		cmocka_unit_test(test_half_a_magic),
		cmocka_unit_test(test_tar),
		cmocka_unit_test(test_html),
		cmocka_unit_test(test_html_advice),
		cmocka_unit_test(test_html_near_misses),
		cmocka_unit_test(test_only_space),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_text_with_a_byte_order_mark),
		cmocka_unit_test(test_no_text),
		cmocka_unit_test(test_head_alone_counts),
		cmocka_unit_test(test_kernel),
		cmocka_unit_test(test_squashfs),
		cmocka_unit_test(test_jffs2),
		cmocka_unit_test(test_boot_loaders),
		cmocka_unit_test(test_blank_and_others),
		cmocka_unit_test(test_tiny),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
