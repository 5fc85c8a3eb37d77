/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The guard: what it refuses touches nothing, as the cells of the chip below it show. */
#include "expect.h"

#include "uniflash/flash/fault.h"
#include "uniflash/flash/guard.h"

#define SIZE  65536
#define BLOCK 4096
#define PAGE  256

static const struct uf_geometry geometry = {SIZE, BLOCK, PAGE};

static struct uf_device *nor, *guard;
static const struct uf_counters *counters;
static uint8_t want[SIZE], zero[2 * BLOCK];
static struct uf_error err;

/* A guard over `inner`, or over a chip with contents where that is NULL. */
static void begin(struct uf_device *inner)
{
	memset(&err, 0, sizeof(err));
	if (!inner) {
		expect_ok(uf_nor_open(&geometry, &nor, &err), &err);
		fill_random(uf_nor_cells(nor), SIZE, 11);
		memcpy(want, uf_nor_cells(nor), SIZE);
		inner = nor;
	}
	expect_ok(uf_guard_open(inner, &guard, &err), &err);
	counters = uf_guard_counters(guard);
}

static int setup(void **state)
{
	(void)state;
	begin(NULL);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	uf_device_close(guard);
	return 0;
}

/* Arm the guard with two blocks. */
static int arm(uint32_t a, uint32_t b)
{
	struct uf_block_set blocks;
	int ret;

	expect_ok(uf_block_set_init(&blocks, SIZE / BLOCK, &err), &err);
	uf_block_set_add(&blocks, a);
	uf_block_set_add(&blocks, b);
	ret = uf_device_arm(guard, &blocks, &err);
	uf_block_set_free(&blocks);
	return ret;
}

/* The chip holds what it should, and no block has been erased more than worn says. */
static void expect_untouched(void)
{
	assert_memory_equal(uf_nor_cells(nor), want, SIZE);
	for (uint32_t block = 0; block < SIZE / BLOCK; block++)
		assert_int_equal(uf_nor_wear(nor, block), 0);
	assert_int_equal(counters->erased_blocks, 0);
	assert_int_equal(counters->programmed_pages, 0);
}

static void test_geometry(void **state)
{
	(void)state;
	assert_int_equal(guard->geometry.size, SIZE);
	assert_int_equal(guard->geometry.erase_size, BLOCK);
	assert_int_equal(guard->geometry.page_size, PAGE);
}

/* A dry run never arms: not one erase, not one page. */
static void test_not_armed(void **state)
{
	(void)state;
	for (uint32_t block = 0; block < SIZE / BLOCK; block++) {
		expect_error(uf_device_erase(guard, block * BLOCK, &err), &err, UF_ERR_RANGE,
			     UF_CHECK_NONE, "");
		expect_error(uf_device_program(guard, block * BLOCK, zero, PAGE, &err), &err,
			     UF_ERR_RANGE, UF_CHECK_NONE, "");
	}
	expect_untouched();
}

/* Armed with nothing, nothing can be written. */
static void test_armed_empty(void **state)
{
	struct uf_block_set blocks;

	(void)state;
	expect_ok(uf_block_set_init(&blocks, SIZE / BLOCK, &err), &err);
	expect_ok(uf_device_arm(guard, &blocks, &err), &err);
	for (uint32_t block = 0; block < SIZE / BLOCK; block++)
		assert_int_equal(uf_device_erase(guard, block * BLOCK, &err), UF_ERR_RANGE);
	uf_block_set_free(&blocks);
	expect_untouched();
}

/* The blocks it was armed with, and no other. */
static void test_armed(void **state)
{
	(void)state;
	expect_ok(arm(3, 15), &err);
	assert_memory_equal(uf_nor_cells(nor), want, SIZE);
	for (uint32_t block = 0; block < SIZE / BLOCK; block++) {
		bool armed = block == 3 || block == 15;
		int wanted = armed ? UF_OK : UF_ERR_RANGE;

		assert_int_equal(uf_device_erase(guard, block * BLOCK, &err), wanted);
		if (armed)
			memset(want + block * BLOCK, 0xff, BLOCK);
		assert_memory_equal(uf_nor_cells(nor), want, SIZE);
		assert_int_equal(uf_device_program(guard, block * BLOCK + PAGE, zero, PAGE, &err),
				 wanted);
		if (armed)
			memset(want + block * BLOCK + PAGE, 0, PAGE);
		assert_memory_equal(uf_nor_cells(nor), want, SIZE);
	}
}

/* A set for a larger device opens no way out of this one. */
static void test_armed_beyond(void **state)
{
	struct uf_block_set blocks;

	(void)state;
	expect_ok(uf_block_set_init(&blocks, 1000, &err), &err);
	for (uint32_t block = 0; block < 1000; block++)
		uf_block_set_add(&blocks, block);
	if (uf_device_arm(guard, &blocks, &err) == UF_OK) {
		assert_true(uf_device_erase(guard, SIZE, &err) < 0);
		assert_true(uf_device_program(guard, SIZE, zero, PAGE, &err) < 0);
	}
	uf_block_set_free(&blocks);
	expect_untouched();
}

/* What is not whole pages inside one block, each beside a neighbour that is allowed. */
static void test_shapes(void **state)
{
	static const struct {
		uint64_t off;
		size_t len;
	} rows[] = {
		{3 * BLOCK + 1, PAGE},        {3 * BLOCK - 1, PAGE},
		{3 * BLOCK + PAGE / 2, PAGE}, {3 * BLOCK, PAGE - 1},
		{3 * BLOCK, PAGE + 1},        {3 * BLOCK, 1},
		{3 * BLOCK, BLOCK + PAGE},    {3 * BLOCK, 2 * BLOCK},
		{4 * BLOCK - PAGE, 2 * PAGE}, /* into a block that is armed, too */
		{3 * BLOCK - PAGE, 2 * PAGE}, {3 * BLOCK + PAGE, (size_t)0 - PAGE},
	};
	static const uint64_t erases[] = {3 * BLOCK + 1, 3 * BLOCK + PAGE, 4 * BLOCK - 1};

	(void)state;
	expect_ok(arm(3, 4), &err);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect_error(uf_device_program(guard, rows[i].off, zero, rows[i].len, &err), &err,
			     UF_ERR_RANGE, UF_CHECK_NONE, "");
	for (size_t i = 0; i < sizeof(erases) / sizeof(erases[0]); i++)
		expect_error(uf_device_erase(guard, erases[i], &err), &err, UF_ERR_RANGE,
			     UF_CHECK_NONE, "");
	expect_untouched();
}

static void test_outside(void **state)
{
	static const uint64_t outside[] = {SIZE,
					   SIZE + 3 * BLOCK,
					   1ULL << 32,
					   (1ULL << 32) + 3 * BLOCK,
					   (1ULL << 44) + 3 * BLOCK,
					   (uint64_t)0 - BLOCK};

	(void)state;
	expect_ok(arm(3, 4), &err);
	for (size_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++) {
		uint8_t byte;

		expect_error(uf_device_erase(guard, outside[i], &err), &err, UF_ERR_RANGE,
			     UF_CHECK_NONE, "");
		expect_error(uf_device_program(guard, outside[i], zero, PAGE, &err), &err,
			     UF_ERR_RANGE, UF_CHECK_NONE, "");
		expect_error(uf_device_read(guard, outside[i], &byte, 1, &err), &err, UF_ERR_RANGE,
			     UF_CHECK_NONE, "");
	}
	expect_untouched();
	assert_int_equal(counters->bytes_read, 0);
}

/* Exactly what goes through is counted. */
static void test_counters(void **state)
{
	uint8_t buf[SIZE];

	(void)state;
	assert_int_equal(counters->erased_blocks, 0);
	assert_int_equal(counters->programmed_pages, 0);
	assert_int_equal(counters->bytes_read, 0);
	expect_ok(uf_device_read(guard, 0, buf, SIZE, &err), &err);
	expect_ok(uf_device_read(guard, 5, buf, 1, &err), &err);
	assert_int_equal(counters->bytes_read, SIZE + 1);
	expect_ok(arm(3, 4), &err);
	expect_ok(uf_device_erase(guard, 3 * BLOCK, &err), &err);
	expect_ok(uf_device_erase(guard, 4 * BLOCK, &err), &err);
	expect_ok(uf_device_erase(guard, 3 * BLOCK, &err), &err);
	assert_int_equal(counters->erased_blocks, 3);
	assert_int_equal(counters->programmed_pages, 0);
	expect_ok(uf_device_program(guard, 3 * BLOCK, zero, PAGE, &err), &err);
	assert_int_equal(counters->programmed_pages, 1);
	expect_ok(uf_device_program(guard, 3 * BLOCK + PAGE, zero, BLOCK - PAGE, &err), &err);
	assert_int_equal(counters->programmed_pages, BLOCK / PAGE);
	expect_ok(uf_device_sync(guard, &err), &err);
	/* refusals do not count */
	assert_true(uf_device_erase(guard, 5 * BLOCK, &err) < 0);
	assert_true(uf_device_program(guard, 5 * BLOCK, zero, PAGE, &err) < 0);
	assert_true(uf_device_read(guard, SIZE, buf, 1, &err) < 0);
	assert_int_equal(counters->erased_blocks, 3);
	assert_int_equal(counters->programmed_pages, BLOCK / PAGE);
	assert_int_equal(counters->bytes_read, SIZE + 1);
}

/* The set that it was armed with may change and go away; what was allowed stays as it was. */
static void test_set_is_copied(void **state)
{
	struct uf_block_set blocks;

	(void)state;
	expect_ok(uf_block_set_init(&blocks, SIZE / BLOCK, &err), &err);
	uf_block_set_add(&blocks, 3);
	expect_ok(uf_device_arm(guard, &blocks, &err), &err);
	uf_block_set_add(&blocks, 7);
	assert_int_equal(uf_device_erase(guard, 7 * BLOCK, &err), UF_ERR_RANGE);
	uf_block_set_free(&blocks);
	assert_int_equal(uf_device_erase(guard, 3 * BLOCK, &err), UF_OK);
	assert_int_equal(uf_device_erase(guard, 7 * BLOCK, &err), UF_ERR_RANGE);
}

/* An inner device that cannot be armed. */
static int no_arm(struct uf_device *dev, const struct uf_block_set *blocks, struct uf_error *error)
{
	(void)dev;
	(void)blocks;
	return uf_refuse(error, UF_CHECK_DEVICE_READONLY, "cannot be opened for writing");
}

/* Where the device below cannot be armed, the guard is not either, and says why. */
static void test_arm_fails(void **state)
{
	const struct uf_device_ops *real = nor->ops;
	struct uf_device_ops ops = *real;

	(void)state;
	ops.arm = no_arm;
	nor->ops = &ops;
	expect_error(arm(3, 4), &err, UF_ERR_REFUSED, UF_CHECK_DEVICE_READONLY, "cannot be opened");
	assert_int_equal(uf_device_erase(guard, 3 * BLOCK, &err), UF_ERR_RANGE);
	assert_int_equal(uf_device_program(guard, 3 * BLOCK, zero, PAGE, &err), UF_ERR_RANGE);
	nor->ops = real;
	expect_untouched();
}

/* Errors of the device below come through as they are. */
static void test_errors_pass(void **state)
{
	static const struct uf_fault_plan plan = {
		.seed = 3,
		.rate = {[UF_FAULT_ERASE_FAIL] = 100000,
			 [UF_FAULT_PROGRAM_FAIL] = 100000,
			 [UF_FAULT_READ_FAIL] = 100000},
	};
	struct uf_device *fault = NULL;
	uint8_t buf[PAGE];

	(void)state;
	expect_ok(uf_nor_open(&geometry, &nor, &err), &err);
	expect_ok(uf_fault_open(nor, &plan, &fault, &err), &err);
	begin(fault);
	expect_ok(arm(3, 4), &err);
	expect_error(uf_device_erase(guard, 3 * BLOCK, &err), &err, UF_ERR_IO, UF_CHECK_NONE, "");
	expect_error(uf_device_program(guard, 3 * BLOCK, zero, PAGE, &err), &err, UF_ERR_IO,
		     UF_CHECK_NONE, "");
	expect_error(uf_device_read(guard, 0, buf, PAGE, &err), &err, UF_ERR_IO, UF_CHECK_NONE, "");
	uf_device_close(guard);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_geometry, setup, teardown),
		cmocka_unit_test_setup_teardown(test_not_armed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_armed_empty, setup, teardown),
		cmocka_unit_test_setup_teardown(test_armed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_armed_beyond, setup, teardown),
		cmocka_unit_test_setup_teardown(test_shapes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_outside, setup, teardown),
		cmocka_unit_test_setup_teardown(test_counters, setup, teardown),
		cmocka_unit_test_setup_teardown(test_set_is_copied, setup, teardown),
		cmocka_unit_test_setup_teardown(test_arm_fails, setup, teardown),
		cmocka_unit_test(test_errors_pass),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
