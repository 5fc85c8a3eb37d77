/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/util/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void fill(struct uf_error *err, enum uf_code code, enum uf_check_id check,
		 const char *format, va_list args) __attribute__((format(printf, 4, 0)));

static void fill(struct uf_error *err, enum uf_code code, enum uf_check_id check,
		 const char *format, va_list args)
{
	err->code = code;
	err->check = check;
	err->next[0] = '\0';
	vsnprintf(err->what, sizeof(err->what), format, args);
}

int uf_fail(struct uf_error *err, enum uf_code code, const char *format, ...)
{
	va_list args;

	if (!err)
		return code;
	va_start(args, format);
	fill(err, code, UF_CHECK_NONE, format, args);
	va_end(args);
	return code;
}

int uf_fail_errno(struct uf_error *err, enum uf_code code, int number, const char *format, ...)
{
	va_list args;
	size_t len;

	if (!err)
		return code;
	va_start(args, format);
	fill(err, code, UF_CHECK_NONE, format, args);
	va_end(args);
	len = strlen(err->what);
	snprintf(err->what + len, sizeof(err->what) - len, ": %s", strerror(number));
	return code;
}

int uf_refuse(struct uf_error *err, enum uf_check_id check, const char *format, ...)
{
	va_list args;

	if (!err)
		return UF_ERR_REFUSED;
	va_start(args, format);
	fill(err, UF_ERR_REFUSED, check, format, args);
	va_end(args);
	return UF_ERR_REFUSED;
}

void uf_advise(struct uf_error *err, const char *format, ...)
{
	va_list args;

	if (!err)
		return;
	va_start(args, format);
	vsnprintf(err->next, sizeof(err->next), format, args);
	va_end(args);
}
