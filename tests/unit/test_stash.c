/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stash, and that a packed image is not read again for blocks that failed. */
#include "exec/stash.h"
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "expect.h"

#define SIZE 512

static void fill(uint8_t *block, uint8_t value)
{
	memset(block, value, SIZE);
}

static void what_was_put_comes_back(void **state)
{
	struct stash stash = {0};
	uint8_t block[SIZE], have[SIZE];

	(void)state;
	assert_int_equal(stash_init(&stash, SIZE), UF_OK);
	assert_false(stash_get(&stash, 0, have));
	for (uint32_t at = 0; at < STASH_BLOCKS; at++) {
		fill(block, (uint8_t)(at + 1));
		stash_put(&stash, at * 7, block);
	}
	for (uint32_t at = 0; at < STASH_BLOCKS; at++) {
		assert_true(stash_get(&stash, at * 7, have));
		fill(block, (uint8_t)(at + 1));
		assert_memory_equal(have, block, SIZE);
	}
	assert_false(stash_get(&stash, 1, have));
	stash_free(&stash);
}

static void a_full_stash_takes_no_more(void **state)
{
	struct stash stash = {0};
	uint8_t block[SIZE];

	(void)state;
	assert_int_equal(stash_init(&stash, SIZE), UF_OK);
	fill(block, 1);
	for (uint32_t at = 0; at < STASH_BLOCKS + 5; at++)
		stash_put(&stash, at, block);
	assert_int_equal(stash.count, STASH_BLOCKS);
	assert_false(stash_get(&stash, STASH_BLOCKS, block));
	stash_free(&stash);
}

static void the_first_contents_stay(void **state)
{
	struct stash stash = {0};
	uint8_t block[SIZE], have[SIZE];

	(void)state;
	assert_int_equal(stash_init(&stash, SIZE), UF_OK);
	fill(block, 1);
	stash_put(&stash, 3, block);
	fill(block, 2);
	stash_put(&stash, 3, block);
	assert_int_equal(stash.count, 1);
	assert_true(stash_get(&stash, 3, have));
	assert_int_equal(have[0], 1);
	stash_free(&stash);
}

static void nothing_is_taken_without_room(void **state)
{
	struct stash stash = {0};
	uint8_t block[SIZE] = {0};

	(void)state;
	stash_put(&stash, 0, block);
	assert_false(stash_get(&stash, 0, block));
	stash_free(&stash);
}

/* How often a block of the image was read. */
static unsigned reads[SMALL_BLOCKS];

static void count_reads(void *context, uint64_t off, size_t len)
{
	(void)context;
	for (uint64_t block = off / SMALL_BLOCK; block * SMALL_BLOCK < off + len; block++)
		reads[block]++;
}

/* The first erases of every block fail: none is written in the first round. */
static enum spy_verdict fail_first_erases(struct spy *spy, const struct spy_op *op)
{
	unsigned *erases = spy->context;

	if (op->kind != SPY_ERASE)
		return SPY_PASS;
	return erases[op->off / SMALL_BLOCK]++ < UF_BLOCK_TRIES ? SPY_FAIL : SPY_PASS;
}

static void run_streamed(bool streamed, struct rig *rig)
{
	static unsigned erases[SMALL_BLOCKS];

	rig_begin_small(rig, NULL);
	fill_random(rig->bytes, SMALL_SIZE, 5);
	rig->image.image.source[0]->streamed = streamed;
	rig_prepare(rig);
	rig_arm(rig);
	memset(reads, 0, sizeof(reads));
	memset(erases, 0, sizeof(erases));
	rig->image.watch = count_reads;
	rig->spy->context = erases;
	rig->spy->judge = fail_first_erases;
	rig_run(rig);
	assert_int_equal(rig->outcome.verified, SMALL_BLOCKS);
	assert_memory_equal(rig_cells(rig), rig->bytes, SMALL_SIZE);
}

/* Sixteen of the blocks that failed are held, the others are read once more. */
static void a_packed_image_is_read_again_only_where_it_must(void **state)
{
	struct rig rig;

	(void)state;
	run_streamed(true, &rig);
	for (unsigned block = 0; block < SMALL_BLOCKS; block++)
		assert_int_equal(reads[block], block < STASH_BLOCKS ? 1 : 2);
	rig_end(&rig);
}

static void any_other_image_is_read_each_round(void **state)
{
	struct rig rig;

	(void)state;
	run_streamed(false, &rig);
	for (unsigned block = 0; block < SMALL_BLOCKS; block++)
		assert_int_equal(reads[block], 2);
	rig_end(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_put_comes_back),
		cmocka_unit_test(a_full_stash_takes_no_more),
		cmocka_unit_test(the_first_contents_stay),
		cmocka_unit_test(nothing_is_taken_without_room),
		cmocka_unit_test(a_packed_image_is_read_again_only_where_it_must),
		cmocka_unit_test(any_other_image_is_read_each_round),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
