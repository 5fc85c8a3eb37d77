/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Errors: one code for the program, one text for the user.
 *
 * Functions that can fail return 0 or a negative enum uf_code and fill a caller-owned
 * struct uf_error. Nothing in this header allocates, prints or touches flash.
 */
#ifndef UNIFLASH_UTIL_ERROR_H
#define UNIFLASH_UTIL_ERROR_H

#include "uniflash/util/checkid.h"

/* What went wrong, as far as a program has to tell cases apart. */
enum uf_code {
	UF_OK = 0,
	UF_ERR_IO = -1,       /* a system call failed, or a file or device cannot be had */
	UF_ERR_USAGE = -2,    /* the command line asks for something that makes no sense */
	UF_ERR_REFUSED = -3,  /* a check refused; uf_error.check names it */
	UF_ERR_STOPPED = -4,  /* the user asked to stop, or declined */
	UF_ERR_MEMORY = -5,   /* no memory */
	UF_ERR_CHANGED = -6,  /* the image is no longer what was checked */
	UF_ERR_SYNTAX = -7,   /* a text could not be parsed; uf_error.what tells line and column */
	UF_ERR_RANGE = -8,    /* an access outside of what is there or what is allowed */
	UF_ERR_MISMATCH = -9, /* the flash does not hold what it should */
};

/* One failure in the user's words. The caller owns it; it holds no pointers. */
struct uf_error {
	enum uf_code code;
	enum uf_check_id check; /* UF_CHECK_NONE unless code is UF_ERR_REFUSED */
	char what[480];         /* what was found, where, and what was expected */
	char next[320];         /* what the user can do now, in full sentences; empty where nothing
				   special helps */
};

/* Fill err (may be NULL) with code and a printf text, clear err->next; returns code. */
int uf_fail(struct uf_error *err, enum uf_code code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Like uf_fail with ": strerror(number)" behind the text; returns code. */
int uf_fail_errno(struct uf_error *err, enum uf_code code, int number, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Fill err (may be NULL) with the refusal of a check; returns UF_ERR_REFUSED. */
int uf_refuse(struct uf_error *err, enum uf_check_id check, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Set the advice of err (may be NULL). Called after the failure was filled in. */
void uf_advise(struct uf_error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
