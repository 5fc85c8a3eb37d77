/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The emulated chip, tested before anything is tested on it: what it does is seen in its cells. */
#include "expect.h"

#include <stdlib.h>

#include "uniflash/flash/nor.h"
#include "uniflash/plan/survey.h"

#define SIZE  65536
#define BLOCK 4096
#define PAGE  256

static const struct uf_geometry geometry = {SIZE, BLOCK, PAGE};

/* The chip, its cells, and what they should hold. */
static struct uf_device *dev;
static uint8_t *cells;
static uint8_t want[SIZE];
static struct uf_error err;

static int setup(void **state)
{
	(void)state;
	memset(&err, 0, sizeof(err));
	if (uf_nor_open(&geometry, &dev, &err) != UF_OK)
		return -1;
	cells = uf_nor_cells(dev);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	uf_device_close(dev);
	return 0;
}

/* Give the cells contents from outside. */
static void fill(void)
{
	fill_random(cells, SIZE, 7);
	memcpy(want, cells, SIZE);
}

static void test_new(void **state)
{
	(void)state;
	assert_int_equal(dev->geometry.size, SIZE);
	assert_int_equal(dev->geometry.erase_size, BLOCK);
	assert_int_equal(dev->geometry.page_size, PAGE);
	for (size_t at = 0; at < SIZE; at++)
		assert_int_equal(cells[at], 0xff);
	for (uint32_t block = 0; block < SIZE / BLOCK; block++)
		assert_int_equal(uf_nor_wear(dev, block), 0);
}

static void test_two_chips(void **state)
{
	struct uf_device *other = NULL;

	(void)state;
	expect_ok(uf_nor_open(&geometry, &other, &err), &err);
	assert_ptr_not_equal(uf_nor_cells(other), cells);
	memset(cells, 0, SIZE);
	assert_int_equal(uf_nor_cells(other)[0], 0xff);
	uf_device_close(other);
}

static void test_read(void **state)
{
	static const struct {
		uint64_t off;
		size_t len;
	} rows[] = {{0, 1},    {0, SIZE},      {SIZE - 1, 1},  {1, 4095},
		    {4095, 2}, {BLOCK, BLOCK}, {12345, 20000}, {SIZE - BLOCK, BLOCK}};
	uint8_t *buf = malloc(SIZE);

	(void)state;
	fill();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memset(buf, 0xa5, SIZE);
		expect_ok(uf_device_read(dev, rows[i].off, buf, rows[i].len, &err), &err);
		assert_memory_equal(buf, want + rows[i].off, rows[i].len);
		for (size_t at = rows[i].len; at < SIZE; at++)
			assert_int_equal(buf[at], 0xa5);
	}
	assert_memory_equal(cells, want, SIZE);
	free(buf);
}

/* Erasing sets every bit of one block, and none elsewhere; each erase is counted. */
static void test_erase(void **state)
{
	(void)state;
	fill();
	for (uint32_t block = 0; block < SIZE / BLOCK; block += 5) {
		expect_ok(uf_device_erase(dev, block * BLOCK, &err), &err);
		memset(want + block * BLOCK, 0xff, BLOCK);
		assert_memory_equal(cells, want, SIZE);
	}
	expect_ok(uf_device_erase(dev, 5 * BLOCK, &err), &err);
	for (uint32_t block = 0; block < SIZE / BLOCK; block++)
		assert_int_equal(uf_nor_wear(dev, block), block == 5 ? 2 : block % 5 == 0);
}

/* Programming clears the bits that are 0 in what is programmed, and sets none: all 65,536 pairs of
 * a byte that is there and one that is programmed. */
static void test_program(void **state)
{
	uint8_t page[PAGE];

	(void)state;
	for (unsigned old = 0; old < 256; old++) {
		memset(cells + old * PAGE, (int)old, PAGE);
		for (unsigned at = 0; at < PAGE; at++)
			page[at] = (uint8_t)at;
		expect_ok(uf_device_program(dev, old * PAGE, page, PAGE, &err), &err);
	}
	for (unsigned old = 0; old < 256; old++)
		for (unsigned at = 0; at < PAGE; at++)
			assert_int_equal(cells[old * PAGE + at], old & at);
	for (uint32_t block = 0; block < SIZE / BLOCK; block++)
		assert_int_equal(uf_nor_wear(dev, block), 0);
}

static void test_program_place(void **state)
{
	uint8_t zero[BLOCK] = {0};

	(void)state;
	memset(want, 0xff, SIZE);
	expect_ok(uf_device_program(dev, 3 * BLOCK, zero, BLOCK, &err), &err);
	memset(want + 3 * BLOCK, 0, BLOCK);
	assert_memory_equal(cells, want, SIZE);
	expect_ok(uf_device_program(dev, SIZE - PAGE, zero, PAGE, &err), &err);
	memset(want + SIZE - PAGE, 0, PAGE);
	assert_memory_equal(cells, want, SIZE);
	expect_ok(uf_device_program(dev, 5 * BLOCK + 2 * PAGE, zero, 3 * PAGE, &err), &err);
	memset(want + 5 * BLOCK + 2 * PAGE, 0, 3 * PAGE);
	assert_memory_equal(cells, want, SIZE);
}

/* Nothing outside of the chip can be reached, and a refused operation does nothing. */
static void test_bounds(void **state)
{
	static const uint64_t outside[] = {SIZE, SIZE + BLOCK, 1ULL << 32, 1ULL << 40,
					   (uint64_t)0 - BLOCK};
	uint8_t buf[PAGE] = {0};

	(void)state;
	fill();
	for (size_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++) {
		expect_error(uf_device_read(dev, outside[i], buf, PAGE, &err), &err, UF_ERR_RANGE,
			     UF_CHECK_NONE, "");
		expect_error(uf_device_erase(dev, outside[i], &err), &err, UF_ERR_RANGE,
			     UF_CHECK_NONE, "");
		expect_error(uf_device_program(dev, outside[i], buf, PAGE, &err), &err,
			     UF_ERR_RANGE, UF_CHECK_NONE, "");
	}
	expect_error(uf_device_read(dev, SIZE - 1, buf, 2, &err), &err, UF_ERR_RANGE, UF_CHECK_NONE,
		     "");
	expect_error(uf_device_program(dev, SIZE - PAGE, want, 2 * PAGE, &err), &err, UF_ERR_RANGE,
		     UF_CHECK_NONE, "");
	expect_error(uf_device_read(dev, 1, buf, SIZE_MAX, &err), &err, UF_ERR_RANGE, UF_CHECK_NONE,
		     "");
	assert_memory_equal(cells, want, SIZE);
}

/* An erase where no block begins is no erase. */
static void test_erase_aligned(void **state)
{
	static const uint64_t offs[] = {1, PAGE, BLOCK - 1, BLOCK + 1, SIZE - BLOCK + PAGE};

	(void)state;
	fill();
	for (size_t i = 0; i < sizeof(offs) / sizeof(offs[0]); i++)
		expect_error(uf_device_erase(dev, offs[i], &err), &err, UF_ERR_RANGE, UF_CHECK_NONE,
			     "");
	assert_memory_equal(cells, want, SIZE);
	for (uint32_t block = 0; block < SIZE / BLOCK; block++)
		assert_int_equal(uf_nor_wear(dev, block), 0);
}

/* A real chip takes whole pages of one block; one that takes anything would hide mistakes. */
static void test_program_aligned(void **state)
{
	static const struct {
		uint64_t off;
		size_t len;
	} rows[] = {
		{1, PAGE},     {PAGE / 2, PAGE},         {0, PAGE - 1},
		{0, PAGE + 1}, {BLOCK - PAGE, 2 * PAGE}, {0, 2 * BLOCK},
	};
	uint8_t zero[2 * BLOCK] = {0};
	unsigned wrong = 0;

	(void)state;
	fill();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		wrong += uf_device_program(dev, rows[i].off, zero, rows[i].len, &err) == UF_OK;
	assert_int_equal(wrong, 0);
	assert_memory_equal(cells, want, SIZE);
}

static void test_arm_and_sync(void **state)
{
	struct uf_block_set blocks;

	(void)state;
	fill();
	expect_ok(uf_block_set_init(&blocks, SIZE / BLOCK, &err), &err);
	uf_block_set_add(&blocks, 3);
	expect_ok(uf_device_arm(dev, &blocks, &err), &err);
	expect_ok(uf_device_sync(dev, &err), &err);
	uf_block_set_free(&blocks);
	assert_memory_equal(cells, want, SIZE);
}

/* Cut the power at one operation to come. */
static void cut_at(enum uf_cut_kind kind, uint64_t at, uint64_t seed, bool unstable)
{
	const struct uf_cut cut = {kind, at, seed, unstable};

	uf_nor_set_cut(dev, &cut);
	assert_false(uf_nor_is_off(dev));
	assert_int_equal(uf_nor_operations(dev), 0);
}

static void expect_off(void)
{
	struct uf_block_set blocks;
	uint8_t page[PAGE] = {0};

	assert_true(uf_nor_is_off(dev));
	memcpy(want, cells, SIZE);
	expect_error(uf_device_read(dev, 0, page, PAGE, &err), &err, UF_ERR_IO, UF_CHECK_NONE,
		     "power");
	expect_error(uf_device_erase(dev, 0, &err), &err, UF_ERR_IO, UF_CHECK_NONE, "power");
	expect_error(uf_device_program(dev, 0, page, PAGE, &err), &err, UF_ERR_IO, UF_CHECK_NONE,
		     "power");
	expect_error(uf_device_sync(dev, &err), &err, UF_ERR_IO, UF_CHECK_NONE, "power");
	expect_ok(uf_block_set_init(&blocks, SIZE / BLOCK, &err), &err);
	expect_ok(uf_device_arm(dev, &blocks, &err), &err);
	uf_block_set_free(&blocks);
	assert_memory_equal(cells, want, SIZE);
}

/* How many bits of [off, off + len) differ. */
static unsigned bits_that_differ(const uint8_t *one, const uint8_t *other, uint64_t off, size_t len)
{
	unsigned bits = 0;

	for (size_t at = 0; at < len; at++)
		bits += (unsigned)__builtin_popcount(one[off + at] ^ other[off + at]);
	return bits;
}

/* Before and behind: nothing is done, or all of it; nothing else changes. */
static void test_cut_erase(void **state)
{
	static uint8_t old[SIZE];

	(void)state;
	for (unsigned kind = UF_CUT_BEFORE; kind <= UF_CUT_AFTER; kind++) {
		fill();
		memcpy(old, want, SIZE);
		cut_at((enum uf_cut_kind)kind, 2, 1, false);
		expect_ok(uf_device_erase(dev, 0, &err), &err);
		assert_int_not_equal(uf_device_erase(dev, 3 * BLOCK, &err), UF_OK);
		expect_off();
		assert_int_equal(uf_nor_operations(dev), 2);
		assert_memory_equal(cells + BLOCK, old + BLOCK, 2 * BLOCK);
		assert_memory_equal(cells + 4 * BLOCK, old + 4 * BLOCK, SIZE - 4 * BLOCK);
		if (kind == UF_CUT_BEFORE)
			assert_memory_equal(cells + 3 * BLOCK, old + 3 * BLOCK, BLOCK);
		for (unsigned at = 0; kind == UF_CUT_AFTER && at < BLOCK; at++)
			assert_int_equal(cells[3 * BLOCK + at], 0xff);
	}
}

/* A torn erase moves bits one way, not all of them; by another seed it leaves something else. */
static void test_torn_erase(void **state)
{
	static uint8_t last[BLOCK];
	static uint8_t old[SIZE];
	unsigned clears = 0;
	unsigned sets = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 32; seed++) {
		bool cleared = false;
		bool set = false;

		fill();
		memcpy(old, want, SIZE);
		cut_at(UF_CUT_TORN, 1, seed, false);
		assert_int_not_equal(uf_device_erase(dev, BLOCK, &err), UF_OK);
		expect_off();
		for (unsigned at = BLOCK; at < 2 * BLOCK; at++) {
			cleared |= (old[at] & ~cells[at]) != 0;
			set |= (cells[at] & ~old[at]) != 0;
		}
		assert_int_not_equal(cleared, set);
		clears += cleared;
		sets += set;
		assert_in_range(bits_that_differ(old, cells, BLOCK, BLOCK), 1000,
				8 * BLOCK - 10000);
		assert_memory_not_equal(last, cells + BLOCK, BLOCK);
		memcpy(last, cells + BLOCK, BLOCK);
		assert_int_equal(bits_that_differ(old, cells, 0, BLOCK), 0);
		assert_int_equal(bits_that_differ(old, cells, 2 * BLOCK, SIZE - 2 * BLOCK), 0);
	}
	assert_true(clears > 4 && sets > 4);
}

/* A program is one operation a page: those before it are done, those behind it are not. */
static void test_cut_program(void **state)
{
	uint8_t zero[4 * PAGE] = {0};

	(void)state;
	for (unsigned kind = UF_CUT_BEFORE; kind <= UF_CUT_AFTER; kind++) {
		unsigned bits;

		memset(cells, 0xff, SIZE);
		memset(want, 0xff, SIZE);
		cut_at((enum uf_cut_kind)kind, 3, 5, false);
		assert_int_not_equal(uf_device_program(dev, BLOCK, zero, 4 * PAGE, &err), UF_OK);
		bits = bits_that_differ(cells, want, BLOCK + 2 * PAGE, PAGE);
		assert_int_equal(bits_that_differ(cells, want, 0, BLOCK), 0);
		assert_memory_equal(cells + BLOCK, zero, 2 * PAGE);
		assert_int_equal(
			bits_that_differ(cells, want, BLOCK + 3 * PAGE, SIZE - BLOCK - 3 * PAGE),
			0);
		if (kind == UF_CUT_TORN)
			assert_in_range(bits, 1, 8 * PAGE - 1);
		else
			assert_int_equal(bits, kind == UF_CUT_BEFORE ? 0 : 8 * PAGE);
		expect_off();
	}
}

/* Programming in part sets nothing either. */
static void test_torn_program_sets_nothing(void **state)
{
	static uint8_t old[SIZE];
	uint8_t page[PAGE];

	(void)state;
	for (uint64_t seed = 1; seed <= 32; seed++) {
		fill();
		memcpy(old, want, SIZE);
		fill_random(page, PAGE, seed);
		cut_at(UF_CUT_TORN, 1, seed, false);
		assert_int_not_equal(uf_device_program(dev, BLOCK, page, PAGE, &err), UF_OK);
		for (unsigned at = 0; at < PAGE; at++) {
			assert_int_equal(cells[BLOCK + at] & ~old[BLOCK + at], 0);
			assert_int_equal(old[BLOCK + at] & page[at] & ~cells[BLOCK + at], 0);
		}
	}
}

/* One that is torn in the middle. */
#define UNSTABLE_SEED 3

/* What reads differently each time does so until it is erased; what is programmed is a firm 0. */
static void test_unstable(void **state)
{
	static uint8_t one[SIZE];
	static uint8_t other[SIZE];
	uint8_t zero[PAGE] = {0};

	(void)state;
	fill();
	cut_at(UF_CUT_TORN, 1, UNSTABLE_SEED, true);
	assert_int_not_equal(uf_device_erase(dev, BLOCK, &err), UF_OK);
	cut_at(UF_CUT_NONE, 0, 0, false);
	expect_ok(uf_device_read(dev, 0, one, SIZE, &err), &err);
	expect_ok(uf_device_read(dev, 0, other, SIZE, &err), &err);
	assert_true(bits_that_differ(one, other, BLOCK, BLOCK) > 100);
	assert_int_equal(bits_that_differ(one, other, 0, BLOCK), 0);
	assert_int_equal(bits_that_differ(one, other, 2 * BLOCK, SIZE - 2 * BLOCK), 0);
	expect_ok(uf_device_program(dev, BLOCK, zero, PAGE, &err), &err);
	for (int reads = 0; reads < 8; reads++) {
		expect_ok(uf_device_read(dev, 0, one, SIZE, &err), &err);
		assert_memory_equal(one + BLOCK, zero, PAGE);
	}
	expect_ok(uf_device_erase(dev, BLOCK, &err), &err);
	expect_ok(uf_device_read(dev, 0, one, SIZE, &err), &err);
	assert_memory_equal(one, cells, SIZE);
	for (unsigned at = BLOCK; at < 2 * BLOCK; at++)
		assert_int_equal(one[at], 0xff);
}

/* One that was nearly done can read as blank, and then not. */
static void test_nearly_blank(void **state)
{
	static uint8_t one[BLOCK];
	unsigned blank = 0;
	unsigned both = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 32; seed++) {
		unsigned reads_blank = 0;

		fill();
		cut_at(UF_CUT_TORN, 1, seed, true);
		assert_int_not_equal(uf_device_erase(dev, BLOCK, &err), UF_OK);
		cut_at(UF_CUT_NONE, 0, seed, false);
		for (int reads = 0; reads < 32; reads++) {
			expect_ok(uf_device_read(dev, BLOCK, one, BLOCK, &err), &err);
			reads_blank += uf_is_blank(one, BLOCK);
		}
		blank += reads_blank != 0;
		both += reads_blank != 0 && reads_blank != 32;
		expect_ok(uf_device_erase(dev, BLOCK, &err), &err);
	}
	assert_true(blank > 0 && both > 0);
}

/* Reads, and what is refused, are no operations. */
static void test_operations(void **state)
{
	uint8_t page[2 * PAGE] = {0};

	(void)state;
	cut_at(UF_CUT_NONE, 1, 0, false);
	expect_ok(uf_device_read(dev, 0, page, PAGE, &err), &err);
	expect_error(uf_device_erase(dev, SIZE, &err), &err, UF_ERR_RANGE, UF_CHECK_NONE, "");
	expect_ok(uf_device_sync(dev, &err), &err);
	assert_int_equal(uf_nor_operations(dev), 0);
	expect_ok(uf_device_erase(dev, 0, &err), &err);
	expect_ok(uf_device_program(dev, 0, page, 2 * PAGE, &err), &err);
	assert_int_equal(uf_nor_operations(dev), 3);
	assert_false(uf_nor_is_off(dev));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_new, setup, teardown),
		cmocka_unit_test_setup_teardown(test_two_chips, setup, teardown),
		cmocka_unit_test_setup_teardown(test_read, setup, teardown),
		cmocka_unit_test_setup_teardown(test_erase, setup, teardown),
		cmocka_unit_test_setup_teardown(test_program, setup, teardown),
		cmocka_unit_test_setup_teardown(test_program_place, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bounds, setup, teardown),
		cmocka_unit_test_setup_teardown(test_erase_aligned, setup, teardown),
		cmocka_unit_test_setup_teardown(test_program_aligned, setup, teardown),
		cmocka_unit_test_setup_teardown(test_arm_and_sync, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cut_erase, setup, teardown),
		cmocka_unit_test_setup_teardown(test_torn_erase, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cut_program, setup, teardown),
		cmocka_unit_test_setup_teardown(test_torn_program_sets_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unstable, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nearly_blank, setup, teardown),
		cmocka_unit_test_setup_teardown(test_operations, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
