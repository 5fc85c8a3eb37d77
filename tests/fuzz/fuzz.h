/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the fuzz targets share. Each is one LLVMFuzzerTestOneInput, linked with libFuzzer
 * (tests/fuzz/run) or with replay.c (ctest).
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "uniflash/util/bytes.h"
#include "uniflash/util/error.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold whatever the input is. Not assert(): it must not go away with NDEBUG. */
#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition))                                                                  \
			fuzz_failed(__FILE__, __LINE__, #condition);                               \
	} while (0)

_Noreturn static inline void fuzz_failed(const char *file, int line, const char *condition)
{
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, condition);
	abort();
}

static inline void *fuzz_alloc(size_t size)
{
	void *at = malloc(size);

	if (!at && size)
		abort();
	return at;
}

/* A copy that ends where its memory does: AddressSanitizer sees what reads on. */
static inline uint8_t *fuzz_copy(const uint8_t *data, size_t size)
{
	/* Cleared for compilers that would warn of the empty one. */
	uint8_t *copy = calloc(1, size);

	if (!copy && size)
		abort();
	if (size)
		memcpy(copy, data, size);
	return copy;
}

/* The same with a NUL behind it. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
	char *text = fuzz_alloc(size + 1);

	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

/* Whether a text ends inside its field. */
static inline bool fuzz_ends(const char *field, size_t room)
{
	return memchr(field, '\0', room) != NULL;
}

/* Whether all of a text can go to a terminal. */
static inline bool fuzz_printable(const char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text >= 0x7f)
			return false;
	return true;
}

/* A failure tells what it is. */
static inline void fuzz_check_error(int ret, const struct uf_error *err)
{
	CHECK(ret < 0);
	CHECK((int)err->code == ret);
	CHECK((err->check != UF_CHECK_NONE) == (ret == UF_ERR_REFUSED));
	CHECK(fuzz_ends(err->what, sizeof(err->what)) && err->what[0]);
	CHECK(fuzz_ends(err->next, sizeof(err->next)));
}

/* --- taking an input apart -------------------------------------------------------------------- */

/* What is left of an input. What is missing at its end reads as zeros. */
struct fuzz_input {
	const uint8_t *at;
	size_t left;
};

static inline uint64_t fuzz_take(struct fuzz_input *input, unsigned bytes)
{
	uint64_t value = 0;

	for (unsigned at = 0; at < bytes && input->left; at++) {
		value |= (uint64_t)*input->at << 8 * at;
		input->at++;
		input->left--;
	}
	return value;
}

/* A text up to the next NUL or the end. */
static inline char *fuzz_take_text(struct fuzz_input *input)
{
	size_t len = input->left ? strnlen((const char *)input->at, input->left) : 0;
	char *text = fuzz_text(input->at, len);

	len += len < input->left;
	input->at += len;
	input->left -= len;
	return text;
}

static inline void fuzz_put_le32(uint8_t *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

static inline void fuzz_put_be32(uint8_t *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (24 - 8 * i));
}

#endif
