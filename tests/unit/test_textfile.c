/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small text files read whole. */
#include "expect.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "uniflash/util/textfile.h"

static int setup(void **state)
{
	*state = make_folder();
	return 0;
}

static int teardown(void **state)
{
	remove_folder(*state);
	return 0;
}

static void put(const char *folder, const char *name, const char *text)
{
	write_file(folder, name, text, strlen(text));
}

static void test_read(void **state)
{
	struct uf_error err = {0};
	char buf[64];
	size_t len = 99;

	put(*state, "proc/mtd", "dev:    size\nmtd0: 00040000\n");
	memset(buf, 'x', sizeof(buf));
	expect_ok(uf_read_text(*state, "/proc/mtd", buf, sizeof(buf), &len, &err), &err);
	assert_string_equal(buf, "dev:    size\nmtd0: 00040000\n");
	assert_int_equal(len, 28);
	memset(buf, 'x', sizeof(buf));
	expect_ok(uf_read_text(*state, "/proc/mtd", buf, sizeof(buf), NULL, &err), &err);
	assert_string_equal(buf, "dev:    size\nmtd0: 00040000\n");
}

/* Root "" is this system. */
static void test_no_root(void **state)
{
	struct uf_error err = {0};
	char path[UF_PATH_MAX], buf[16];

	put(*state, "file", "here");
	snprintf(path, sizeof(path), "%s/file", (char *)*state);
	expect_ok(uf_read_text("", path, buf, sizeof(buf), NULL, &err), &err);
	assert_string_equal(buf, "here");
}

static void test_empty(void **state)
{
	struct uf_error err = {0};
	char buf[4] = "abc";
	size_t len = 99;

	put(*state, "empty", "");
	expect_ok(uf_read_text(*state, "/empty", buf, sizeof(buf), &len, &err), &err);
	assert_string_equal(buf, "");
	assert_int_equal(len, 0);
}

/* A file fits with its final NUL or not at all; the buffer ends where it ends. */
static void test_fits(void **state)
{
	struct uf_error err = {0};
	char *buf = malloc(8);
	size_t len = 0;

	put(*state, "seven", "1234567");
	put(*state, "eight", "12345678");
	put(*state, "nine", "123456789");
	expect_ok(uf_read_text(*state, "/seven", buf, 8, &len, &err), &err);
	assert_string_equal(buf, "1234567");
	assert_int_equal(len, 7);
	expect_error(uf_read_text(*state, "/eight", buf, 8, &len, &err), &err, UF_ERR_IO,
		     UF_CHECK_NONE, "eight");
	expect_error(uf_read_text(*state, "/nine", buf, 8, &len, &err), &err, UF_ERR_IO,
		     UF_CHECK_NONE, "nine");
	free(buf);
}

/* More than one read of any stdio or pipe buffer. */
static void test_large(void **state)
{
	size_t size = 300000, len = 0;
	char *text = malloc(size + 1), *buf = malloc(size + 1);
	struct uf_error err = {0};

	for (size_t i = 0; i < size; i++)
		text[i] = (char)('a' + i % 26);
	text[size] = '\0';
	write_file(*state, "large", text, size);
	expect_ok(uf_read_text(*state, "/large", buf, size + 1, &len, &err), &err);
	assert_int_equal(len, size);
	assert_memory_equal(buf, text, size + 1);
	free(text);
	free(buf);
}

static void test_cannot_read(void **state)
{
	struct uf_error err = {0};
	char buf[16];

	put(*state, "folder/file", "");
	expect_error(uf_read_text(*state, "/none", buf, sizeof(buf), NULL, &err), &err, UF_ERR_IO,
		     UF_CHECK_NONE, "/none");
	assert_non_null(strstr(err.what, "No such file"));
	expect_error(uf_read_text(*state, "/folder", buf, sizeof(buf), NULL, &err), &err, UF_ERR_IO,
		     UF_CHECK_NONE, "/folder");
	expect_error(uf_read_text(*state, "/folder/file/deep", buf, sizeof(buf), NULL, &err), &err,
		     UF_ERR_IO, UF_CHECK_NONE, "deep");
}

/* A path that is longer than any path is an error, not another file. */
static void test_long_path(void **state)
{
	size_t size = UF_PATH_MAX + 100;
	char *path = malloc(size), buf[16];
	struct uf_error err = {0};

	(void)state;
	memset(path, '/', size - 1);
	path[size - 1] = '\0';
	assert_int_equal(uf_read_text("/", path, buf, sizeof(buf), NULL, &err), UF_ERR_IO);
	assert_int_equal(err.code, UF_ERR_IO);
	free(path);
}

static void test_number(void **state)
{
	static const struct {
		const char *text;
		int base;
		unsigned long long number;
	} rows[] = {
		{"262144\n", 10, 262144},
		{"262144", 10, 262144},
		{"0\n", 10, 0},
		{"0xc00\n", 16, 0xc00},
		{"c00\n", 16, 0xc00},
		{"0xc00\n", 0, 0xc00},
		{"3072\n", 0, 3072},
		{"16777216\n", 10, 16777216},
		{"18446744073709551615\n", 10, 18446744073709551615ULL},
	};
	unsigned long long number;
	struct uf_error err = {0};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		put(*state, "number", rows[i].text);
		number = 77;
		expect_ok(uf_read_number(*state, "/number", rows[i].base, &number, &err), &err);
		assert_true(number == rows[i].number);
	}
}

static void test_number_wrong(void **state)
{
	static const struct {
		const char *text;
		int base;
	} rows[] = {
		{"", 10},
		{"\n", 10},
		{"none\n", 10},
		{"12x\n", 10},
		{"12 13\n", 10},
		{"0xc00\n", 10},
		{"12\n13\n", 10},
		{"-1\n", 10},
		{"c00\n", 10},
		{"0xg\n", 16},
		{"18446744073709551616\n", 10},
		{"99999999999999999999999999999\n", 10},
	};
	unsigned long long number;
	struct uf_error err;
	unsigned wrong = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memset(&err, 0, sizeof(err));
		put(*state, "number", rows[i].text);
		if (uf_read_number(*state, "/number", rows[i].base, &number, &err) !=
			    UF_ERR_SYNTAX ||
		    err.code != UF_ERR_SYNTAX || !strstr(err.what, "number")) {
			print_error("\"%s\" in base %d: code %d, \"%s\"\n", rows[i].text,
				    rows[i].base, err.code, err.what);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
	expect_error(uf_read_number(*state, "/none", 10, &number, &err), &err, UF_ERR_IO,
		     UF_CHECK_NONE, "/none");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_read, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_root, setup, teardown),
		cmocka_unit_test_setup_teardown(test_empty, setup, teardown),
		cmocka_unit_test_setup_teardown(test_fits, setup, teardown),
		cmocka_unit_test_setup_teardown(test_large, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cannot_read, setup, teardown),
		cmocka_unit_test(test_long_path),
		cmocka_unit_test_setup_teardown(test_number, setup, teardown),
		cmocka_unit_test_setup_teardown(test_number_wrong, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
