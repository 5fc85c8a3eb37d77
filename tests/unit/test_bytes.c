/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes: ranges, sizes as people write them, what is blank, numbers for people. */
#include "expect.h"

#include <inttypes.h>
#include <stdlib.h>

#include "uniflash/util/bytes.h"

/* A copy of text of just its length on the heap: reading behind it is caught by the sanitizer. */
static char *exact(const char *text, size_t len)
{
	char *copy = malloc(len ? len : 1);

	assert_non_null(copy);
	memcpy(copy, text, len);
	return copy;
}

static void test_range_end(void **state)
{
	(void)state;
	assert_int_equal(uf_range_end((struct uf_range){0, 0}), 0);
	assert_int_equal(uf_range_end((struct uf_range){0x40000, 0x200000}), 0x240000);
	assert_true(uf_range_end((struct uf_range){1ULL << 40, 1}) == (1ULL << 40) + 1);
}

static void test_range_overlap(void **state)
{
	static const struct {
		struct uf_range a, b;
		bool overlap;
	} rows[] = {
		{{0, 10}, {0, 10}, true},  {{0, 10}, {9, 1}, true},
		{{0, 10}, {10, 5}, false}, {{5, 5}, {0, 5}, false},
		{{5, 5}, {0, 6}, true},    {{0, 100}, {40, 1}, true},
		{{40, 1}, {0, 100}, true}, {{0, 1}, {1ULL << 40, 1}, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(uf_range_overlap(rows[i].a, rows[i].b), rows[i].overlap);
		assert_int_equal(uf_range_overlap(rows[i].b, rows[i].a), rows[i].overlap);
	}
}

/* An empty range has no byte, so it has none in common with anything. */
static void test_range_overlap_empty(void **state)
{
	(void)state;
	assert_false(uf_range_overlap((struct uf_range){0, 0}, (struct uf_range){0, 10}));
	assert_false(uf_range_overlap((struct uf_range){10, 0}, (struct uf_range){0, 10}));
	assert_false(uf_range_overlap((struct uf_range){5, 0}, (struct uf_range){0, 10}));
	assert_false(uf_range_overlap((struct uf_range){0, 10}, (struct uf_range){5, 0}));
	assert_false(uf_range_overlap((struct uf_range){5, 0}, (struct uf_range){5, 0}));
}

static void test_min(void **state)
{
	(void)state;
	assert_int_equal(uf_min(1, 2), 1);
	assert_int_equal(uf_min(2, 1), 1);
	assert_true(uf_min(UINT64_MAX, 1ULL << 40) == 1ULL << 40);
}

static void test_power_of_two(void **state)
{
	(void)state;
	assert_false(uf_is_power_of_two(0));
	for (unsigned bit = 0; bit < 64; bit++) {
		assert_true(uf_is_power_of_two(1ULL << bit));
		if (bit > 1)
			assert_false(uf_is_power_of_two((1ULL << bit) - 1));
		if (bit > 0)
			assert_false(uf_is_power_of_two((1ULL << bit) + 1));
	}
	assert_false(uf_is_power_of_two(3473408));
	assert_false(uf_is_power_of_two(UINT64_MAX));
}

/* Integers in either order, at every alignment. */
static void test_endian(void **state)
{
	uint8_t buf[16];

	(void)state;
	for (size_t at = 0; at < 8; at++) {
		for (size_t i = 0; i < 8; i++)
			buf[at + i] = (uint8_t)(0xf1 + i);
		assert_int_equal(uf_le16(buf + at), 0xf2f1);
		assert_true(uf_le32(buf + at) == 0xf4f3f2f1);
		assert_true(uf_le64(buf + at) == 0xf8f7f6f5f4f3f2f1);
		assert_true(uf_be32(buf + at) == 0xf1f2f3f4);
	}
}

static void test_parse_size(void **state)
{
	static const struct {
		const char *text;
		size_t used;
		uint64_t size;
	} rows[] = {
		{"262144", 6, 262144},
		{"0", 1, 0},
		{"0x40000", 7, 0x40000},
		{"0xAbCd", 6, 0xabcd},
		{"256K", 4, 262144},
		{"16M", 3, 16777216},
		{"0x10K", 5, 16384},
		{"16Mega", 3, 16777216},
		{"256K,rest", 4, 262144},
		{"1024:", 4, 1024},
		{"9223372036854775807", 19, INT64_MAX},
		{"0x7fffffffffffffff", 18, INT64_MAX},
		{"9007199254740991K", 17, INT64_MAX - 1023},
		/* no size at all */
		{"", 0, 0},
		{"K", 0, 0},
		{"M16", 0, 0},
		{"-1", 0, 0},
		{"+1", 0, 0},
		{" 1", 0, 0},
		{"(boot)", 0, 0},
		/* more than 63 bits */
		{"9223372036854775808", 0, 0},
		{"0x8000000000000000", 0, 0},
		{"18446744073709551615", 0, 0},
		{"18446744073709551616", 0, 0},
		{"18446744073709551617", 0, 0},
		{"99999999999999999999999999", 0, 0},
		{"0xfffffffffffffffff", 0, 0},
		{"9007199254740992K", 0, 0},
		{"8796093022208M", 0, 0},
		{"18014398509481985K", 0, 0},
	};

	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t len = strlen(rows[i].text);
		char *text = exact(rows[i].text, len);
		uint64_t size = 77;
		size_t used = uf_parse_size(text, len, &size);

		free(text);
		if (used != rows[i].used || (used && size != rows[i].size)) {
			print_error("\"%s\": used %zu, size %" PRIu64 "\n", rows[i].text, used,
				    size);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

/* Only the first len characters count, whatever stands behind them. */
static void test_parse_size_len(void **state)
{
	uint64_t size = 0;

	(void)state;
	assert_int_equal(uf_parse_size("256K", 3, &size), 3);
	assert_int_equal(size, 256);
	assert_int_equal(uf_parse_size("256K", 1, &size), 1);
	assert_int_equal(size, 2);
	assert_int_equal(uf_parse_size("256K", 0, &size), 0);
	assert_int_equal(uf_parse_size("0x12", 3, &size), 3);
	assert_int_equal(size, 1);
}

/* The kernel's tables and many people write the suffixes in lower case. */
static void test_parse_size_lower_case(void **state)
{
	uint64_t size = 0;

	(void)state;
	assert_int_equal(uf_parse_size("32k", 3, &size), 3);
	assert_int_equal(size, 32768);
	assert_int_equal(uf_parse_size("16m", 3, &size), 3);
	assert_int_equal(size, 16777216);
}

static void test_parse_hex(void **state)
{
	static const struct {
		const char *text;
		size_t used;
		uint64_t value;
	} rows[] = {
		{"00040000", 8, 0x40000},
		{"0x00040000", 10, 0x40000},
		{"0X1f", 4, 0x1f},
		{"deadBEEF", 8, 0xdeadbeef},
		{"00ffffff flag", 8, 0xffffff},
		{"00000000:0003ffff", 8, 0},
		{"123456789abcdef", 15, 0x123456789abcdef},
		{"0x123456789abcdef", 17, 0x123456789abcdef},
		{"fffffffffffffff", 15, 0xfffffffffffffff},
		{"12g", 2, 0x12},
		{"", 0, 0},
		{"g", 0, 0},
		{"-1", 0, 0},
		{" 1", 0, 0},
		{"x10", 0, 0},
		{"1123456789abcdef", 0, 0},
		{"0x1123456789abcdef", 0, 0},
		{"ffffffffffffffffffffffff", 0, 0},
	};

	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t len = strlen(rows[i].text);
		char *text = exact(rows[i].text, len);
		uint64_t value = 77;
		size_t used = uf_parse_hex(text, len, &value);

		free(text);
		if (used != rows[i].used || (used && value != rows[i].value)) {
			print_error("\"%s\": used %zu, value %" PRIx64 "\n", rows[i].text, used,
				    value);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

static void test_parse_hex_len(void **state)
{
	uint64_t value = 0;

	(void)state;
	assert_int_equal(uf_parse_hex("1234", 2, &value), 2);
	assert_int_equal(value, 0x12);
	assert_int_equal(uf_parse_hex("1234", 0, &value), 0);
}

/* Every place of a byte that is not blank, at every alignment, is seen; nothing outside is. */
static void test_is_blank(void **state)
{
	uint8_t buf[160];

	(void)state;
	for (size_t start = 0; start < 9; start++) {
		for (size_t len = 0; len < 140; len++) {
			memset(buf, 0, sizeof(buf));
			memset(buf + start, 0xff, len);
			assert_true(uf_is_blank(buf + start, len));
			for (size_t at = 0; at < len; at++) {
				buf[start + at] = (uint8_t)(0xff ^ 1 << at % 8);
				assert_false(uf_is_blank(buf + start, len));
				buf[start + at] = 0xff;
			}
		}
	}
}

static void test_count_pages(void **state)
{
	static uint8_t buf[32768];

	(void)state;
	memset(buf, 0xff, sizeof(buf));
	assert_int_equal(uf_count_pages(buf, sizeof(buf), 256), 0);
	assert_int_equal(uf_count_pages(buf, 0, 256), 0);
	buf[0] = 0xfe;
	buf[255] = 0;
	assert_int_equal(uf_count_pages(buf, sizeof(buf), 256), 1);
	buf[256] = 0x7f;
	assert_int_equal(uf_count_pages(buf, sizeof(buf), 256), 2);
	buf[32767] = 0;
	assert_int_equal(uf_count_pages(buf, sizeof(buf), 256), 3);
	assert_int_equal(uf_count_pages(buf, sizeof(buf) - 256, 256), 2);
	assert_int_equal(uf_count_pages(buf, sizeof(buf), 512), 2);
	assert_int_equal(uf_count_pages(buf, sizeof(buf), 32768), 1);
	memset(buf, 0, sizeof(buf));
	assert_int_equal(uf_count_pages(buf, sizeof(buf), 256), 128);
}

static void test_first_difference(void **state)
{
	uint8_t a[100], b[100];

	(void)state;
	fill_random(a, sizeof(a), 1);
	memcpy(b, a, sizeof(a));
	assert_int_equal(uf_first_difference(a, b, sizeof(a)), sizeof(a));
	assert_int_equal(uf_first_difference(a, b, 0), 0);
	for (size_t at = sizeof(a); at-- > 0;) {
		b[at] ^= 0x80; /* behind it all differs already */
		assert_int_equal(uf_first_difference(a, b, sizeof(a)), at);
		assert_int_equal(uf_first_difference(a, b, at), at);
	}
}

static void test_format_size(void **state)
{
	static const struct {
		uint64_t size;
		const char *text;
	} rows[] = {
		{16777216, "16 MiB"},
		{8388608, "8 MiB"},
		{1048576, "1 MiB"},
		{655360, "640 KiB"},
		{32768, "32 KiB"},
		{1024, "1 KiB"},
		{1536, "1,536 bytes"},
		{41064, "41,064 bytes"},
		{1000, "1,000 bytes"},
		{999, "999 bytes"},
		{256, "256 bytes"},
		{1, "1 byte"},
		{0, "0 bytes"},
		{16777217, "16,777,217 bytes"},
		{16777215, "16,777,215 bytes"},
		{UINT32_MAX, "4,294,967,295 bytes"},
		{INT64_MAX, "9,223,372,036,854,775,807 bytes"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *out = malloc(UF_SIZE_TEXT);

		assert_ptr_equal(uf_format_size(out, rows[i].size), out);
		assert_string_equal(out, rows[i].text);
		free(out);
	}
}

/* KiB that are no whole MiB: 3392 KiB of the stock table. */
static void test_format_size_large_kib(void **state)
{
	char out[UF_SIZE_TEXT];
	char *comma;

	(void)state;
	uf_format_size(out, 3392 * 1024);
	comma = strchr(out, ',');
	if (comma)
		memmove(comma, comma + 1, strlen(comma));
	assert_string_equal(out, "3392 KiB");
}

/* The largest number is exact and stays inside of its room. */
static void test_format_size_max(void **state)
{
	char *out = malloc(UF_SIZE_TEXT);
	char text[2 * UF_SIZE_TEXT];

	(void)state;
	uf_format_size(out, UINT64_MAX);
	snprintf(text, sizeof(text), "%s", out);
	free(out);
	assert_string_equal(text, "18,446,744,073,709,551,615 bytes");
}

static void test_format_count(void **state)
{
	static const struct {
		uint64_t number;
		const char *text;
	} rows[] = {
		{0, "0"},
		{7, "7"},
		{999, "999"},
		{1000, "1,000"},
		{1001, "1,001"},
		{65536, "65,536"},
		{100000, "100,000"},
		{1000000, "1,000,000"},
		{16777216, "16,777,216"},
		{UINT64_MAX, "18,446,744,073,709,551,615"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *out = malloc(UF_SIZE_TEXT);

		assert_ptr_equal(uf_format_count(out, rows[i].number), out);
		assert_string_equal(out, rows[i].text);
		free(out);
	}
}

static void test_format_duration(void **state)
{
	static const struct {
		uint64_t ms;
		const char *text;
	} rows[] = {
		{0, "0.0 s"},
		{12300, "12.3 s"},
		{12301, "12.3 s"},
		{100, "0.1 s"},
		{1000, "1.0 s"},
		{59900, "59.9 s"},
		{60000, "1 min 00 s"},
		{61000, "1 min 01 s"},
		{95000, "1 min 35 s"},
		{3599000, "59 min 59 s"},
		{3600000, "1 h 00 min"},
		{7500000, "2 h 05 min"},
		{360000000, "100 h 00 min"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *out = malloc(UF_SIZE_TEXT);

		assert_ptr_equal(uf_format_duration(out, rows[i].ms), out);
		assert_string_equal(out, rows[i].text);
		free(out);
	}
}

/* No duration is shown with 60 s or 60 min in it, wherever it is rounded. */
static void test_format_duration_carries(void **state)
{
	static const uint64_t ms[] = {59949,  59950,  59999,   60499,   60999,
				      119499, 119999, 3599500, 3599999, 7199999};

	(void)state;
	for (size_t i = 0; i < sizeof(ms) / sizeof(ms[0]); i++) {
		char out[UF_SIZE_TEXT];

		uf_format_duration(out, ms[i]);
		assert_null(strstr(out, "60"));
	}
}

static void test_format_duration_max(void **state)
{
	char *out = malloc(UF_SIZE_TEXT);

	(void)state;
	uf_format_duration(out, UINT64_MAX);
	assert_true(strlen(out) < UF_SIZE_TEXT);
	assert_non_null(strstr(out, " h "));
	free(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_range_end),
		cmocka_unit_test(test_range_overlap),
		cmocka_unit_test(test_range_overlap_empty),
		cmocka_unit_test(test_min),
		cmocka_unit_test(test_power_of_two),
		cmocka_unit_test(test_endian),
		cmocka_unit_test(test_parse_size),
		cmocka_unit_test(test_parse_size_len),
		cmocka_unit_test(test_parse_size_lower_case),
		cmocka_unit_test(test_parse_hex),
		cmocka_unit_test(test_parse_hex_len),
		cmocka_unit_test(test_is_blank),
		cmocka_unit_test(test_count_pages),
		cmocka_unit_test(test_first_difference),
		cmocka_unit_test(test_format_size),
		cmocka_unit_test(test_format_size_large_kib),
		cmocka_unit_test(test_format_size_max),
		cmocka_unit_test(test_format_count),
		cmocka_unit_test(test_format_duration),
		cmocka_unit_test(test_format_duration_carries),
		cmocka_unit_test(test_format_duration_max),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
