/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Base64 as keys and signatures have it, by another program than libcrypto's. */
#ifndef FUZZ_BASE64_H
#define FUZZ_BASE64_H

#include "fuzz.h"

static inline int fuzz_base64_digit(char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *found = c ? strchr(digits, c) : NULL;

	/* libcrypto takes "=" for zero bits; how many bytes there are says the end of the line. */
	return c == '=' ? 0 : found ? (int)(found - digits) : -1;
}

/* Decode the first len bytes of a line; false where a character is no base64. */
static inline bool fuzz_base64_decode(const char *line, uint8_t *out, size_t len)
{
	for (size_t at = 0; at < len; at++) {
		const char *four = line + at / 3 * 4;
		uint32_t bits = 0;

		for (int i = 0; i < 4; i++) {
			int digit = fuzz_base64_digit(four[i]);

			if (digit < 0)
				return false;
			bits = bits << 6 | (uint32_t)digit;
		}
		out[at] = (uint8_t)(bits >> (16 - 8 * (at % 3)));
	}
	return true;
}

static inline void fuzz_base64_encode(const uint8_t *bytes, size_t len, char *out)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t at = 0; at < len; at += 3) {
		uint32_t bits = 0;

		for (size_t i = 0; i < 3; i++)
			bits = bits << 8 | (at + i < len ? bytes[at + i] : 0U);
		for (size_t i = 0; i < 4; i++)
			*out++ = at + i > len ? '=' : digits[bits >> (18 - 6 * i) & 63];
	}
	*out = '\0';
}

/* The line behind the untrusted comment, where there is one. */
static inline const char *fuzz_base64_line(const char *text)
{
	const char *newline = strchr(text, '\n');

	if (strncmp(text, "untrusted comment: ", strlen("untrusted comment: ")) != 0)
		return text;
	return newline ? newline + 1 : text + strlen(text);
}

#endif
