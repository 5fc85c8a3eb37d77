/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The emulated chip, tested before anything is tested on it: what it does is seen in its cells. */
#include "expect.h"

#include <stdlib.h>

#include "uniflash/flash/nor.h"

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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
