/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sets of erase blocks. */
#include "expect.h"

#include "uniflash/flash/blockset.h"

static void test_empty(void **state)
{
	static const uint32_t sizes[] = {1, 7, 8, 9, 512, 4096, 65536};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct uf_block_set set;
		struct uf_error err = {0};

		memset(&set, 0xa5, sizeof(set));
		expect_ok(uf_block_set_init(&set, sizes[i], &err), &err);
		assert_int_equal(set.blocks, sizes[i]);
		for (uint32_t block = 0; block < sizes[i]; block++)
			assert_false(uf_block_set_has(&set, block));
		uf_block_set_free(&set);
	}
}

/* Each block goes in by itself and brings no other, the last of a set that fills no byte too. */
static void test_add(void **state)
{
	static const uint32_t sizes[] = {1, 7, 8, 9, 17, 64};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		for (uint32_t block = 0; block < sizes[i]; block++) {
			struct uf_block_set set;
			struct uf_error err = {0};

			expect_ok(uf_block_set_init(&set, sizes[i], &err), &err);
			uf_block_set_add(&set, block);
			uf_block_set_add(&set, block);
			for (uint32_t at = 0; at < sizes[i]; at++)
				assert_int_equal(uf_block_set_has(&set, at), at == block);
			uf_block_set_free(&set);
		}
	}
}

/* Blocks that the set cannot hold are not in it, however large their number, even where it is
 * full. */
static void test_outside(void **state)
{
	static const uint64_t outside[] = {
		9, 10, 15, 16, UINT32_MAX, 1ULL << 32, (1ULL << 32) + 1, 1ULL << 40, UINT64_MAX};
	struct uf_block_set set;
	struct uf_error err = {0};

	(void)state;
	expect_ok(uf_block_set_init(&set, 9, &err), &err);
	for (uint32_t block = 0; block < 9; block++)
		uf_block_set_add(&set, block);
	for (size_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++)
		assert_false(uf_block_set_has(&set, outside[i]));
	uf_block_set_free(&set);
}

static void test_zeroed(void **state)
{
	struct uf_block_set set = {0, NULL};

	(void)state;
	assert_false(uf_block_set_has(&set, 0));
	uf_block_set_free(&set);
	uf_block_set_free(&set);
}

/* Freeing twice is fine: what was freed holds nothing. */
static void test_free_twice(void **state)
{
	struct uf_block_set set;
	struct uf_error err = {0};

	(void)state;
	expect_ok(uf_block_set_init(&set, 100, &err), &err);
	uf_block_set_add(&set, 3);
	uf_block_set_free(&set);
	assert_null(set.bits);
	uf_block_set_free(&set);
}

/* A set of no blocks can be made and asked. */
static void test_none(void **state)
{
	struct uf_block_set set;
	struct uf_error err = {0};

	(void)state;
	expect_ok(uf_block_set_init(&set, 0, &err), &err);
	assert_int_equal(set.blocks, 0);
	assert_false(uf_block_set_has(&set, 0));
	uf_block_set_free(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),      cmocka_unit_test(test_add),
		cmocka_unit_test(test_outside),    cmocka_unit_test(test_zeroed),
		cmocka_unit_test(test_free_twice), cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
