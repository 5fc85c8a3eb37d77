/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bytes: ranges, sizes as people write them, and what is blank.
 *
 * Every offset and length in uniflash is in bytes; ranges are half-open, [off, off + len).
 * Nothing here allocates or touches flash.
 */
#ifndef UNIFLASH_UTIL_BYTES_H
#define UNIFLASH_UTIL_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What an erased NOR cell reads as. */
#define UF_BLANK_BYTE 0xff

/* The range [off, off + len). */
struct uf_range {
	uint64_t off;
	uint64_t len;
};

/* The first byte behind the range. */
static inline uint64_t uf_range_end(struct uf_range range)
{
	return range.off + range.len;
}

/* Whether two ranges have a byte in common; an empty one has none. */
static inline bool uf_range_overlap(struct uf_range a, struct uf_range b)
{
	return a.len && b.len && a.off < uf_range_end(b) && b.off < uf_range_end(a);
}

/* The smaller of two byte counts. */
static inline uint64_t uf_min(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Whether size is a power of two. */
static inline bool uf_is_power_of_two(uint64_t size)
{
	return size && (size & (size - 1)) == 0;
}

/* The integer at `at` in little or big endian, wherever it lies. */
static inline uint16_t uf_le16(const void *at)
{
	const uint8_t *byte = at;

	return (uint16_t)(byte[0] | byte[1] << 8);
}

static inline uint32_t uf_le32(const void *at)
{
	const uint8_t *byte = at;

	return uf_le16(byte) | (uint32_t)uf_le16(byte + 2) << 16;
}

static inline uint64_t uf_le64(const void *at)
{
	const uint8_t *byte = at;

	return uf_le32(byte) | (uint64_t)uf_le32(byte + 4) << 32;
}

static inline uint32_t uf_be32(const void *at)
{
	const uint8_t *byte = at;

	return (uint32_t)byte[0] << 24 | (uint32_t)byte[1] << 16 | (uint32_t)byte[2] << 8 | byte[3];
}

/*
 * Parse a size as people write it, "262144", "0x40000", "256K", "16M" (K is 1024), from the first
 * len characters of text. Stores bytes in *size. Returns the number of characters used, 0 where
 * there is no size or it does not fit in 63 bits.
 */
size_t uf_parse_size(const char *text, size_t len, uint64_t *size);

/* Parse hexadecimal with or without 0x, as flashrom's layouts and /proc/mtd have it. Returns the
 * number of characters used, 0 where there is no digit or more than 15 of them. */
size_t uf_parse_hex(const char *text, size_t len, uint64_t *value);

/* Whether all of buf[0..len) reads as erased. */
bool uf_is_blank(const void *buf, size_t len);

/* How many pages of buf hold a byte that is not 0xff; len is a multiple of page. */
uint32_t uf_count_pages(const void *buf, size_t len, uint32_t page);

/* The first index at which a and b differ, len where they are equal. */
size_t uf_first_difference(const void *a, const void *b, size_t len);

/* Room for any text that uf_format_size makes. */
#define UF_SIZE_TEXT 40

/* Write size for people into out[0..UF_SIZE_TEXT): "16 MiB", "640 KiB" or "41,064 bytes", always
 * exact. Returns out. */
const char *uf_format_size(char *out, uint64_t size);

/* Write number with a comma between thousands into out[0..UF_SIZE_TEXT). Returns out. */
const char *uf_format_count(char *out, uint64_t number);

/* Write a duration of ms milliseconds for people into out[0..UF_SIZE_TEXT): "12.3 s",
 * "1 min 35 s", "2 h 05 min". Returns out. */
const char *uf_format_duration(char *out, uint64_t ms);

#endif
