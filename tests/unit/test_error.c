/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Errors: one code for the program, one text for the user. */
#include "expect.h"

#include <errno.h>
#include <stdlib.h>

/* An error that is full of something else. */
static void soil(struct uf_error *err)
{
	memset(err, 'x', sizeof(*err));
	err->what[sizeof(err->what) - 1] = '\0';
	err->next[sizeof(err->next) - 1] = '\0';
}

static void test_fail(void **state)
{
	static const enum uf_code codes[] = {UF_ERR_IO,      UF_ERR_USAGE,  UF_ERR_REFUSED,
					     UF_ERR_STOPPED, UF_ERR_MEMORY, UF_ERR_CHANGED,
					     UF_ERR_SYNTAX,  UF_ERR_RANGE,  UF_ERR_MISMATCH};
	struct uf_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		soil(&err);
		assert_int_equal(uf_fail(&err, codes[i], "%s at %#x", "mtd2", 0x240000), codes[i]);
		assert_int_equal(err.code, codes[i]);
		assert_int_equal(err.check, UF_CHECK_NONE);
		assert_string_equal(err.what, "mtd2 at 0x240000");
		assert_string_equal(err.next, "");
	}
}

static void test_fail_errno(void **state)
{
	struct uf_error err;

	(void)state;
	soil(&err);
	errno = EACCES; /* it is the number that counts */
	assert_int_equal(uf_fail_errno(&err, UF_ERR_IO, ENOENT, "open %s", "/dev/mtd0"), UF_ERR_IO);
	assert_int_equal(err.code, UF_ERR_IO);
	assert_int_equal(err.check, UF_CHECK_NONE);
	assert_string_equal(err.what, "open /dev/mtd0: No such file or directory");
	assert_string_equal(err.next, "");
}

static void test_refuse(void **state)
{
	struct uf_error err;

	(void)state;
	soil(&err);
	assert_int_equal(uf_refuse(&err, UF_CHECK_MAP_GAP, "%d bytes", 7), UF_ERR_REFUSED);
	assert_int_equal(err.code, UF_ERR_REFUSED);
	assert_int_equal(err.check, UF_CHECK_MAP_GAP);
	assert_string_equal(err.what, "7 bytes");
	assert_string_equal(err.next, "");
}

static void test_advise(void **state)
{
	struct uf_error err;

	(void)state;
	uf_refuse(&err, UF_CHECK_LOCK_HELD, "held");
	uf_advise(&err, "wait for %u", 42U);
	assert_int_equal(err.code, UF_ERR_REFUSED);
	assert_int_equal(err.check, UF_CHECK_LOCK_HELD);
	assert_string_equal(err.what, "held");
	assert_string_equal(err.next, "wait for 42");
	uf_advise(&err, "again");
	assert_string_equal(err.next, "again");
}

static void test_null(void **state)
{
	(void)state;
	assert_int_equal(uf_fail(NULL, UF_ERR_RANGE, "%d", 1), UF_ERR_RANGE);
	assert_int_equal(uf_fail_errno(NULL, UF_ERR_IO, EIO, "%d", 1), UF_ERR_IO);
	assert_int_equal(uf_refuse(NULL, UF_CHECK_MAP_GAP, "%d", 1), UF_ERR_REFUSED);
	uf_advise(NULL, "%d", 1);
}

/* Text that is too long is cut, never written behind its room. */
static void test_long(void **state)
{
	struct uf_error *err = malloc(sizeof(*err));
	char text[2048];

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	uf_fail(err, UF_ERR_IO, "%s", text);
	assert_int_equal(strlen(err->what), sizeof(err->what) - 1);
	assert_string_equal(err->next, "");
	uf_fail_errno(err, UF_ERR_IO, EIO, "%s", text);
	assert_int_equal(strlen(err->what), sizeof(err->what) - 1);
	assert_string_equal(err->next, "");
	/* exactly full before ": strerror" is put behind it */
	text[sizeof(err->what) - 1] = '\0';
	uf_fail_errno(err, UF_ERR_IO, EIO, "%s", text);
	assert_string_equal(err->what, text);
	/* room for a part of it */
	text[sizeof(err->what) - 5] = '\0';
	uf_fail_errno(err, UF_ERR_IO, EIO, "%s", text);
	assert_int_equal(strlen(err->what), sizeof(err->what) - 1);
	assert_string_equal(err->next, "");
	text[sizeof(err->what) - 5] = 'a';
	text[sizeof(err->what) - 1] = 'a';
	uf_refuse(err, UF_CHECK_MAP_GAP, "%s", text);
	assert_int_equal(strlen(err->what), sizeof(err->what) - 1);
	uf_advise(err, "%s", text);
	assert_int_equal(strlen(err->next), sizeof(err->next) - 1);
	assert_int_equal(strlen(err->what), sizeof(err->what) - 1);
	free(err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fail),   cmocka_unit_test(test_fail_errno),
		cmocka_unit_test(test_refuse), cmocka_unit_test(test_advise),
		cmocka_unit_test(test_null),   cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
