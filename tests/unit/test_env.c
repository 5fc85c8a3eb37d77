/* SPDX-License-Identifier: GPL-3.0-or-later */
/* U-Boot's environment: its checksum, its variables, values that do not fit. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "firmware.h"

#define SIZE 0x4000

static uint8_t env[0x10000];

/* What mkenvimage makes of "bootcmd=sf probe" and "empty=". */
static const uint8_t made_by_mkenvimage[] = {
	0x23, 0xa4, 0x55, 0xe4, 'b',  'o',  'o',  't',  'c',  'm',  'd',  '=',  's',
	'f',  ' ',  'p',  'r',  'o',  'b',  'e',  0x00, 'e',  'm',  'p',  't',  'y',
	'=',  0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
};

static void expect_variable(const char *name, const char *value)
{
	char out[256];

	memset(out, 0xa5, sizeof(out));
	assert_true(uf_env_get(env, SIZE, name, out, sizeof(out)));
	assert_string_equal(out, value);
}

static void expect_no_variable(const char *name)
{
	char out[256];

	assert_false(uf_env_get(env, SIZE, name, out, sizeof(out)));
}

static void test_made_by_mkenvimage(void **state)
{
	char out[32];

	(void)state;
	assert_true(uf_env_good(made_by_mkenvimage, sizeof(made_by_mkenvimage)));
	assert_true(uf_env_get(made_by_mkenvimage, sizeof(made_by_mkenvimage), "bootcmd", out,
			       sizeof(out)));
	assert_string_equal(out, "sf probe");
	assert_true(uf_env_get(made_by_mkenvimage, sizeof(made_by_mkenvimage), "empty", out,
			       sizeof(out)));
	assert_string_equal(out, "");
}

/* The check value of CRC-32 in catalogues. */
static void test_known_crc(void **state)
{
	static const uint8_t bytes[] = "\x26\x39\xf4\xcb"
				       "123456789";

	(void)state;
	assert_true(uf_env_good(bytes, 13));
	assert_false(uf_env_good(bytes, 12));
}

static void test_good_in_each_size(void **state)
{
	static const size_t sizes[] = {0x2000, 0x4000, 0x8000, 0x10000};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		firmware_env(env, sizes[i], "a=b\n");
		for (size_t other = 0; other < 4; other++)
			assert_int_equal(uf_env_good(env, sizes[other]), other == i);
	}
}

/* A bit anywhere counts: in the CRC, in the text, in the last byte. */
static void test_one_bit(void **state)
{
	static const size_t places[] = {0, 3, 4, 6, 0x100, SIZE - 1};

	(void)state;
	firmware_env(env, SIZE, "a=b\nc=d\n");
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		env[places[i]] ^= 1;
		assert_false(uf_env_good(env, SIZE));
		env[places[i]] ^= 1;
	}
	assert_true(uf_env_good(env, SIZE));
}

static void test_none(void **state)
{
	static const size_t sizes[] = {0x4000, 0x8000, 0x10000};

	(void)state;
	for (int fill = 0; fill <= 0xff; fill += 0xff) {
		memset(env, fill, sizeof(env));
		for (size_t i = 0; i < 3; i++)
			assert_false(uf_env_good(env, sizes[i]));
	}
	firmware_noise(env, sizeof(env), 9);
	assert_false(uf_env_good(env, SIZE));
}

/* No room for more than the CRC, whose value for nothing is 0. */
static void test_too_small(void **state)
{
	static const uint8_t zeros[4];

	(void)state;
	for (size_t size = 0; size <= 4; size++)
		assert_false(uf_env_good(zeros, size));
}

static void test_get(void **state)
{
	(void)state;
	firmware_env(env, SIZE,
		     "baudrate=115200\nbootcmd=sf probe; bootm 0x80600000\nempty=\n"
		     "mtdparts=jz_sfc:256k(boot),-(all)\nargs=root=/dev/mtdblock2 rw\nlast=1\n");
	expect_variable("baudrate", "115200");
	expect_variable("bootcmd", "sf probe; bootm 0x80600000");
	expect_variable("empty", "");
	expect_variable("mtdparts", "jz_sfc:256k(boot),-(all)");
	expect_variable("args", "root=/dev/mtdblock2 rw");
	expect_variable("last", "1");
}

static void test_get_only_whole_names(void **state)
{
	(void)state;
	firmware_env(env, SIZE, "bootcmd2=x\nmybootcmd=y\nargs=bootcmd=z\nbootcm=w\n");
	expect_no_variable("bootcmd");
	expect_no_variable("boot");
	expect_no_variable("b");
	expect_no_variable("x");
	expect_variable("bootcmd2", "x");
	expect_variable("bootcm", "w");
}

/* A word without a value does not stop the search, and is no variable. */
static void test_get_behind_what_is_no_variable(void **state)
{
	(void)state;
	firmware_env(env, SIZE, "nonsense\na=b\n");
	expect_no_variable("nonsense");
	expect_variable("a", "b");
}

/* The environment ends at the double NUL, whatever was there before. */
static void test_get_behind_the_end(void **state)
{
	(void)state;
	firmware_env(env, SIZE, "a=b\n");
	memcpy(env + 4 + 5, "c=d", 4);
	expect_variable("a", "b");
	expect_no_variable("c");
}

static void test_get_of_empty(void **state)
{
	(void)state;
	firmware_env(env, SIZE, "");
	assert_true(uf_env_good(env, SIZE));
	expect_no_variable("a");
	expect_no_variable("");
}

static void test_get_too_long(void **state)
{
	char out[8];

	(void)state;
	firmware_env(env, SIZE, "seven=1234567\neight=12345678\nmore=123456789abc\n");
	assert_true(uf_env_get(env, SIZE, "seven", out, sizeof(out)));
	assert_string_equal(out, "1234567");
	assert_true(uf_env_get(env, SIZE, "eight", out, sizeof(out)));
	assert_string_equal(out, "1234567");
	assert_true(uf_env_get(env, SIZE, "more", out, sizeof(out)));
	assert_string_equal(out, "1234567");
	assert_true(uf_env_get(env, SIZE, "more", out, 1));
	assert_string_equal(out, "");
}

/* Full to the last byte, without a NUL: nothing behind it may be read. */
static void test_get_without_an_end(void **state)
{
	static const char text[] = "....a=b\0c=defgh";
	size_t len = sizeof(text) - 1;
	uint8_t *bytes = malloc(len);
	char out[32];

	(void)state;
	assert_non_null(bytes);
	memcpy(bytes, text, len);
	assert_true(uf_env_get(bytes, len, "c", out, sizeof(out)));
	assert_string_equal(out, "defgh");
	assert_false(uf_env_get(bytes, len, "cc", out, sizeof(out)));
	assert_false(uf_env_get(bytes, len, "a-name-longer-than-all-of-it", out, sizeof(out)));
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_made_by_mkenvimage),
		cmocka_unit_test(test_known_crc),
		cmocka_unit_test(test_good_in_each_size),
		cmocka_unit_test(test_one_bit),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_too_small),
		cmocka_unit_test(test_get),
		cmocka_unit_test(test_get_only_whole_names),
		cmocka_unit_test(test_get_behind_what_is_no_variable),
		cmocka_unit_test(test_get_behind_the_end),
		cmocka_unit_test(test_get_of_empty),
		cmocka_unit_test(test_get_too_long),
		cmocka_unit_test(test_get_without_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
