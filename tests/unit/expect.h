/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Expectations that many unit tests share: an error, told by its code, its check and its words. */
#ifndef EXPECT_H
#define EXPECT_H

#include "support.h"

#include <stdio.h>
#include <string.h>

#include "uniflash/util/error.h"

/* Fail unless ret and err tell of code and check, in words that hold part ("" for any words). */
static inline void expect_error_at(int ret, const struct uf_error *err, enum uf_code code,
				   enum uf_check_id check, const char *part, const char *file,
				   int line)
{
	if (ret == (int)code && err->code == code && err->check == check && err->what[0] &&
	    strstr(err->what, part))
		return;
	print_error("expected code %d, check \"%s\", words with \"%s\"\n"
		    "but returned %d, code %d, check \"%s\", \"%s\"\n",
		    code, uf_check_name(check), part, ret, err->code, uf_check_name(err->check),
		    err->what);
	_fail(file, line);
}

#define expect_error(ret, err, code, check, part)                                                  \
	expect_error_at(ret, err, code, check, part, __FILE__, __LINE__)

/* Fail unless ret is UF_OK; shows the error otherwise. */
static inline void expect_ok_at(int ret, const struct uf_error *err, const char *file, int line)
{
	if (ret == UF_OK)
		return;
	print_error("returned %d: \"%s\"\n", ret, err->what);
	_fail(file, line);
}

#define expect_ok(ret, err) expect_ok_at(ret, err, __FILE__, __LINE__)

#endif
