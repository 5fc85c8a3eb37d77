/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A chip that is half as large as it seems: the first block that is written tells, and is put back
 * as it was. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#define HALF_BLOCKS (SMALL_BLOCKS / 2)
#define HALF        (SMALL_SIZE / 2)

static const struct uf_fault_plan half_chip = {.seed = 1, .wrap = HALF};

/* Both halves of the flash hold the same, from the chip or by chance; the image is noise. */
static void begin(struct rig *rig, const struct uf_fault_plan *faults, bool blank)
{
	uint8_t *old = malloc(SMALL_SIZE);

	assert_non_null(old);
	rig_begin_small(rig, faults);
	fill_random(rig->bytes, SMALL_SIZE, 3);
	if (blank)
		memset(old, 0xff, SMALL_SIZE);
	else
		fill_random(old, HALF, 4);
	memcpy(old + HALF, old, HALF);
	rig_set_old(rig, old);
	free(old);
}

static void prepare_and_run(struct rig *rig)
{
	rig_prepare(rig);
	rig_arm(rig);
	rig_run(rig);
}

static void expect_alias(struct rig *rig, bool touched)
{
	struct uf_exec_failure failure;

	assert_int_equal(rig->outcome.error.code, UF_ERR_REFUSED);
	assert_int_equal(rig->outcome.error.check, UF_CHECK_DEVICE_ALIAS);
	assert_int_equal(rig->outcome.failed, 1);
	assert_int_equal(rig->outcome.written, 0);
	assert_int_equal(rig->outcome.touched, touched);
	assert_int_equal(uf_exec_next_failure(rig->exec, 0, &failure), 0);
	assert_int_equal(failure.result, UF_BLOCK_ALIAS);
	assert_int_equal(failure.block, rig->plan.op[0].block);
	assert_int_equal(failure.offset, (uint64_t)failure.block * SMALL_BLOCK);
	assert_false(uf_exec_step(rig->exec));
	if (!touched)
		assert_memory_equal(rig_cells(rig), rig->old, SMALL_SIZE);
}

/* One block is written, found in both halves, and written back. Nothing else is erased. */
static void the_first_block_tells(void **state)
{
	(void)state;
	for (unsigned blank = 0; blank < 2; blank++) {
		struct rig rig;

		begin(&rig, &half_chip, blank);
		prepare_and_run(&rig);
		expect_alias(&rig, false);
		assert_int_equal(rig.spy->count[SPY_ERASE], 2);
		assert_int_equal(spy_touches(rig.spy, SPY_ERASE, 0, SMALL_BLOCK), 2);
		rig_end(&rig);
	}
}

/* With a boot loader it is a block of the rest, not the boot loader's. */
static void the_boot_loader_is_not_touched(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig, &half_chip, false);
	rig.boot_extent = 3 * SMALL_BLOCK;
	prepare_and_run(&rig);
	expect_alias(&rig, false);
	assert_int_equal(rig.plan.op[0].block, 3);
	assert_int_equal(spy_touches(rig.spy, SPY_ERASE, 0, 3 * SMALL_BLOCK), 0);
	assert_int_equal(rig.outcome.boot, UF_BOOT_OLD);
	rig_end(&rig);
}

/* Where the first block that differs lies in the second half, the other one is in the first. */
static void a_block_of_the_second_half_tells(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig, &half_chip, false);
	memcpy(rig.bytes, rig.old, HALF);
	memcpy(rig.bytes + HALF, rig.old + HALF, 5 * SMALL_BLOCK);
	prepare_and_run(&rig);
	assert_int_equal(rig.plan.op[0].block, HALF_BLOCKS + 5);
	expect_alias(&rig, false);
	rig_end(&rig);
}

/* Halves that are the same on a whole chip are no trouble, and are looked at once. */
static void equal_halves_are_written(void **state)
{
	(void)state;
	for (unsigned blank = 0; blank < 2; blank++) {
		struct rig rig;

		begin(&rig, NULL, blank);
		prepare_and_run(&rig);
		assert_int_equal(rig.outcome.error.code, UF_OK);
		assert_int_equal(rig.outcome.verified, rig.plan.ops);
		assert_memory_equal(rig_cells(&rig), rig.bytes, SMALL_SIZE);
		/* Before the erase, blank, programmed, verified; and the first block's other one.
		 */
		assert_int_equal(rig.spy->count[SPY_READ], 4 * SMALL_BLOCKS + 2);
		rig_end(&rig);
	}
}

/* A half chip whose contents will be the same in both halves is right in the end: a block that
 * shows twice what both are to hold is told all the same, before the next one. */
static void blocks_that_stay_prove_nothing(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig, &half_chip, false);
	rig.policy.full = true;
	memcpy(rig.bytes, rig.old, SMALL_SIZE);
	fill_random(rig.bytes + 7 * SMALL_BLOCK, SMALL_BLOCK, 9);
	rig_prepare(&rig);
	rig_arm(&rig);
	rig_run(&rig);
	/* Blocks 0 to 6 are rewritten with what they hold; the eighth tells. */
	assert_int_equal(rig.outcome.error.check, UF_CHECK_DEVICE_ALIAS);
	assert_int_equal(rig.outcome.written, 7);
	assert_true(rig.outcome.touched);
	assert_memory_equal(rig_cells(&rig), rig.old, SMALL_SIZE);
	rig_end(&rig);
}

/* From the second erase on the chip takes nothing any more. */
static enum spy_verdict obey_once(struct spy *spy, const struct spy_op *op)
{
	if (op->kind == SPY_ERASE && spy->count[SPY_ERASE] > 1)
		return SPY_LIE;
	return SPY_PASS;
}

/* What cannot be put back is told as what it is: the flash has changed. */
static void a_block_that_cannot_be_put_back(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig, &half_chip, false);
	rig_prepare(&rig);
	rig_arm(&rig);
	rig.spy->judge = obey_once;
	rig_run(&rig);
	expect_alias(&rig, true);
	rig_end(&rig);
}

/* Every program lies: a block that was erased in vain reads as the one that is to be blank. */
static enum spy_verdict program_nothing(struct spy *spy, const struct spy_op *op)
{
	(void)spy;
	return op->kind == SPY_PROGRAM ? SPY_LIE : SPY_PASS;
}

static void what_the_run_itself_changed_is_no_mirror(void **state)
{
	struct uf_exec_failure failure;
	struct rig rig;

	(void)state;
	begin(&rig, NULL, false);
	memset(rig.bytes + HALF + 9 * SMALL_BLOCK, 0xff, SMALL_BLOCK);
	rig_prepare(&rig);
	rig_arm(&rig);
	rig.spy->judge = program_nothing;
	rig_run(&rig);
	assert_int_equal(rig.outcome.failed, SMALL_BLOCKS - 1);
	for (uint32_t at = uf_exec_next_failure(rig.exec, 0, &failure); at < rig.plan.ops;
	     at = uf_exec_next_failure(rig.exec, at + 1, &failure))
		assert_int_equal(failure.result, UF_BLOCK_MISMATCH);
	rig_end(&rig);
}

/* Behind the first program, something else writes to the other half's block. */
static void disturb(struct spy *spy, const struct spy_op *op, uint8_t *buf)
{
	struct rig *rig = spy->context;

	(void)buf;
	if (op->kind == SPY_PROGRAM && op->off < SMALL_BLOCK)
		rig_cells(rig)[HALF + 5] ^= 1;
}

/* A block that has become something else is no mirror; the next one tells. */
static void another_change_is_no_mirror(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig, NULL, false);
	rig_prepare(&rig);
	rig_arm(&rig);
	rig.spy->context = &rig;
	rig.spy->after = disturb;
	rig_run(&rig);
	assert_int_equal(rig.outcome.error.code, UF_OK);
	assert_int_equal(rig.outcome.verified, rig.plan.ops);
	assert_memory_equal(rig_cells(&rig), rig.bytes, SMALL_SIZE);
	rig_end(&rig);
}

static void halves_of_a_target(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig, NULL, false);
	rig_prepare(&rig);
	assert_true(uf_target_halves_equal(&rig.target, false));
	assert_false(uf_target_halves_equal(&rig.target, true));
	rig.target.block[HALF_BLOCKS + 1].have.byte[0] ^= 1;
	assert_false(uf_target_halves_equal(&rig.target, false));
	rig.target.block[HALF_BLOCKS + 1].have.byte[0] ^= 1;
	rig.target.block[2].state = UF_STATE_UNREADABLE;
	assert_false(uf_target_halves_equal(&rig.target, false));
	rig_end(&rig);

	begin(&rig, NULL, false);
	memcpy(rig.bytes + HALF, rig.bytes, HALF);
	rig_prepare(&rig);
	assert_true(uf_target_halves_equal(&rig.target, true));
	/* What is kept counts as it is. */
	rig.target.block[3].intent = UF_INTENT_KEEP;
	assert_false(uf_target_halves_equal(&rig.target, true));
	rig.target.block[HALF_BLOCKS + 3].intent = UF_INTENT_KEEP;
	assert_true(uf_target_halves_equal(&rig.target, true));
	/* A flash of an odd number of blocks has no halves. */
	rig.target.blocks--;
	assert_false(uf_target_halves_equal(&rig.target, false));
	rig.target.blocks++;
	rig_end(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_block_tells),
		cmocka_unit_test(the_boot_loader_is_not_touched),
		cmocka_unit_test(a_block_of_the_second_half_tells),
		cmocka_unit_test(equal_halves_are_written),
		cmocka_unit_test(blocks_that_stay_prove_nothing),
		cmocka_unit_test(a_block_that_cannot_be_put_back),
		cmocka_unit_test(another_change_is_no_mirror),
		cmocka_unit_test(what_the_run_itself_changed_is_no_mirror),
		cmocka_unit_test(halves_of_a_target),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
