/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/util/bytes.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static unsigned digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned)(c - 'a') + 10;
	if (c >= 'A' && c <= 'F')
		return (unsigned)(c - 'A') + 10;
	return 16;
}

static size_t parse_digits(const char *text, size_t len, unsigned base, uint64_t *value)
{
	uint64_t sum = 0;
	size_t at = 0;

	for (; at < len && digit_of(text[at]) < base; at++) {
		if (sum > ((uint64_t)INT64_MAX - digit_of(text[at])) / base)
			return 0;
		sum = sum * base + digit_of(text[at]);
	}
	*value = sum;
	return at;
}

static size_t skip_0x(const char *text, size_t len)
{
	return len > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X') ? 2 : 0;
}

size_t uf_parse_size(const char *text, size_t len, uint64_t *size)
{
	size_t prefix = skip_0x(text, len);
	size_t digits = parse_digits(text + prefix, len - prefix, prefix ? 16 : 10, size);
	size_t used = prefix + digits;
	unsigned shift = 0;

	if (!digits)
		return 0;
	if (used < len) {
		if (text[used] == 'K' || text[used] == 'k')
			shift = 10;
		else if (text[used] == 'M' || text[used] == 'm')
			shift = 20;
	}
	if (!shift)
		return used;
	if (*size > (uint64_t)INT64_MAX >> shift)
		return 0;
	*size <<= shift;
	return used + 1;
}

size_t uf_parse_hex(const char *text, size_t len, uint64_t *value)
{
	size_t prefix = skip_0x(text, len);
	size_t digits = parse_digits(text + prefix, len - prefix, 16, value);

	return digits && digits <= 15 ? prefix + digits : 0;
}

/* Words are compared where both sides allow it: the C library of the camera compares bytes. */
typedef unsigned long __attribute__((may_alias)) word;

static bool word_aligned(const void *at)
{
	return (uintptr_t)at % sizeof(word) == 0;
}

bool uf_is_blank(const void *buf, size_t len)
{
	const uint8_t *byte = buf;
	size_t at = 0;

	for (; at < len && !word_aligned(byte + at); at++)
		if (byte[at] != UF_BLANK_BYTE)
			return false;
	for (; len - at >= sizeof(word); at += sizeof(word))
		if (*(const word *)(byte + at) != ~0UL)
			return false;
	for (; at < len; at++)
		if (byte[at] != UF_BLANK_BYTE)
			return false;
	return true;
}

uint32_t uf_count_pages(const void *buf, size_t len, uint32_t page)
{
	const uint8_t *byte = buf;
	uint32_t count = 0;

	for (size_t at = 0; at < len; at += page)
		count += !uf_is_blank(byte + at, page);
	return count;
}

size_t uf_first_difference(const void *a, const void *b, size_t len)
{
	const uint8_t *left = a;
	const uint8_t *right = b;
	size_t at = 0;

	if (word_aligned(left) && word_aligned(right))
		while (len - at >= sizeof(word) &&
		       *(const word *)(left + at) == *(const word *)(right + at))
			at += sizeof(word);
	while (at < len && left[at] == right[at])
		at++;
	return at;
}

const char *uf_format_count(char *out, uint64_t number)
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%" PRIu64, number);
	char *to = out;

	for (int at = 0; at < len; at++) {
		if (at && (len - at) % 3 == 0)
			*to++ = ',';
		*to++ = digits[at];
	}
	*to = '\0';
	return out;
}

const char *uf_format_size(char *out, uint64_t size)
{
	char count[UF_SIZE_TEXT];

	if (size >= 1 << 20 && size % (1 << 20) == 0)
		snprintf(out, UF_SIZE_TEXT, "%" PRIu64 " MiB", size >> 20);
	else if (size >= 1 << 10 && size % (1 << 10) == 0)
		snprintf(out, UF_SIZE_TEXT, "%" PRIu64 " KiB", size >> 10);
	else if (size == 1)
		snprintf(out, UF_SIZE_TEXT, "1 byte");
	else
		snprintf(out, UF_SIZE_TEXT, "%.26s bytes", uf_format_count(count, size));
	return out;
}

const char *uf_format_duration(char *out, uint64_t ms)
{
	uint64_t s = ms / 1000;

	if (s < 60)
		snprintf(out, UF_SIZE_TEXT, "%" PRIu64 ".%u s", s, (unsigned)(ms % 1000 / 100));
	else if (s < 3600)
		snprintf(out, UF_SIZE_TEXT, "%" PRIu64 " min %02u s", s / 60, (unsigned)(s % 60));
	else
		snprintf(out, UF_SIZE_TEXT, "%" PRIu64 " h %02u min", s / 3600,
			 (unsigned)(s / 60 % 60));
	return out;
}
