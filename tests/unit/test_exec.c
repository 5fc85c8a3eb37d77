/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The executor over an emulated chip: what it does when all goes well, and what becomes of every
 * other block when something does not. The chip is always looked at from outside.
 */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exec/block.h"
#include "expect.h"

/* Blocks that tests pick out: one in the middle, of the root partition. */
#define BAD 9

static uint64_t off_of(uint32_t block)
{
	return (uint64_t)block * SMALL_BLOCK;
}

/*
 * Fill image and flash with different bytes: every block differs. The image has blank pages (every
 * fourth), a blank block (20) and one that is blank but for its last page (21); blocks 24 and 25
 * of the flash are blank.
 */
static void fill_all(struct rig *rig)
{
	uint8_t *old = malloc(rig->geometry.size);

	assert_non_null(old);
	fill_random(rig->bytes, rig->geometry.size, 11);
	for (uint64_t off = 0; off < rig->geometry.size; off += 4 * SMALL_PAGE)
		memset(rig->bytes + off, 0xff, SMALL_PAGE);
	memset(rig->bytes + off_of(20), 0xff, SMALL_BLOCK);
	memset(rig->bytes + off_of(21), 0xff, SMALL_BLOCK - SMALL_PAGE);
	fill_random(old, rig->geometry.size, 12);
	memset(old + off_of(24), 0xff, 2 * SMALL_BLOCK);
	rig_set_old(rig, old);
	free(old);
}

/* Make just the blocks of mask differ. */
static void fill_some(struct rig *rig, uint32_t mask)
{
	uint8_t *old = malloc(SMALL_SIZE);

	assert_non_null(old);
	fill_all(rig);
	memcpy(old, rig->bytes, SMALL_SIZE);
	for (uint32_t block = 0; block < SMALL_BLOCKS; block++)
		if (mask >> block & 1)
			fill_random(old + off_of(block), SMALL_BLOCK, block + 50);
	rig_set_old(rig, old);
	free(old);
}

/* Plan and arm. The flash is surveyed below the faults, which are for the execution. */
static void prepare(struct rig *rig)
{
	rig_digest(rig);
	expect_ok(uf_survey(&rig->target, &rig->spy->dev, rig->prints, rig->buf, NULL,
			    &rig->story.hooks, &rig->err),
		  &rig->err);
	rig_decide(rig);
	rig_plan(rig);
	rig_arm(rig);
}

/* Check that a block of the chip holds bytes. */
static void expect_block(struct rig *rig, uint32_t block, const uint8_t *bytes, const char *what)
{
	size_t size = rig->geometry.erase_size;
	size_t at = uf_first_difference(rig_cells(rig) + block * size, bytes + block * size, size);

	if (at < size)
		fail_msg("block %u does not hold %s: 0x%02x at 0x%zx, not 0x%02x", block, what,
			 rig_cells(rig)[block * size + at], at, bytes[block * size + at]);
}

/* Check that all blocks but `except` (UINT32_MAX: none) hold what they should. */
static void expect_right(struct rig *rig, uint32_t except)
{
	uint8_t *expected = rig_expected(rig);

	for (uint32_t block = 0; block < rig->target.blocks; block++)
		if (block != except)
			expect_block(rig, block, expected, "what it should");
	free(expected);
}

/* Check that all blocks of the plan but `except` were erased once, the others never. */
static void expect_wear(struct rig *rig, uint32_t except)
{
	struct uf_block_set set;

	expect_ok(uf_plan_blocks(&rig->plan, &set, &rig->err), &rig->err);
	for (uint32_t block = 0; block < rig->target.blocks; block++)
		if (block != except &&
		    uf_nor_wear(rig->nor, block) != uf_block_set_has(&set, block))
			fail_msg("block %u was erased %u times", block,
				 uf_nor_wear(rig->nor, block));
	uf_block_set_free(&set);
}

/* Check that the run ended well: every operation verified, nothing failed. */
static void expect_verified(struct rig *rig, uint64_t retried)
{
	struct uf_exec_failure failure;

	if (rig->outcome.error.code)
		fail_msg("failed: %s", rig->outcome.error.what);
	assert_true(rig->outcome.touched || rig->plan.ops == 0);
	assert_false(rig->outcome.stopped);
	assert_int_equal(rig->outcome.written, rig->plan.ops);
	assert_int_equal(rig->outcome.verified, rig->plan.ops);
	assert_int_equal(rig->outcome.failed, 0);
	assert_int_equal(rig->outcome.retried, retried);
	assert_int_equal(uf_exec_next_failure(rig->exec, 0, &failure), rig->plan.ops);
	expect_right(rig, UINT32_MAX);
}

/* Check that just this block failed, with this result, at this offset. */
static void expect_failed(struct rig *rig, uint32_t block, enum uf_block_result result,
			  uint64_t offset)
{
	struct uf_exec_failure failure;
	uint32_t at = uf_exec_next_failure(rig->exec, 0, &failure);
	char hex[32];

	assert_true(at < rig->plan.ops);
	assert_int_equal(rig->plan.op[at].block, block);
	assert_int_equal(failure.block, block);
	assert_string_equal(uf_block_result_name(failure.result), uf_block_result_name(result));
	assert_int_equal(failure.offset, offset);
	assert_int_equal(uf_exec_next_failure(rig->exec, at, &failure), at);
	assert_int_equal(uf_exec_next_failure(rig->exec, at + 1, &failure), rig->plan.ops);

	assert_false(rig->outcome.stopped);
	assert_int_equal(rig->outcome.failed, 1);
	assert_int_equal(rig->outcome.verified, rig->plan.ops - 1);
	assert_int_not_equal(rig->outcome.error.code, UF_OK);
	assert_string_not_equal(rig->outcome.error.what, "");
	snprintf(hex, sizeof(hex), "%06llx", (unsigned long long)offset);
	if (result == UF_BLOCK_PROTECTED)
		snprintf(hex, sizeof(hex), "%06llx", (unsigned long long)off_of(block));
	/* What the executor itself found it names; a device's words are the device's. */
	if ((result == UF_BLOCK_NOT_BLANK || result == UF_BLOCK_PROTECTED ||
	     result == UF_BLOCK_MISMATCH) &&
	    !strstr(rig->outcome.error.what, hex))
		fail_msg("\"%s\" does not name 0x%s", rig->outcome.error.what, hex);
	expect_right(rig, block);
	expect_wear(rig, block);
}

/* Nothing may come behind the end, whatever is called. */
static void expect_over(struct rig *rig)
{
	struct uf_exec_outcome again;
	unsigned ops = rig->spy->ops;

	rig->story.ended = true;
	assert_false(uf_exec_step(rig->exec));
	assert_false(uf_exec_step(rig->exec));
	uf_exec_outcome(rig->exec, &again);
	assert_int_equal(rig->story.late, 0);
	assert_int_equal(rig->spy->ops, ops);
	assert_int_equal(again.verified, rig->outcome.verified);
	assert_int_equal(again.failed, rig->outcome.failed);
	assert_int_equal(again.stopped, rig->outcome.stopped);
}

/* The index of the last operation of this kind, spy->ops where there is none. */
static unsigned spy_last(const struct spy *spy, enum spy_kind kind)
{
	for (unsigned at = spy->ops; at-- > 0;)
		if (spy->op[at].kind == kind)
			return at;
	return spy->ops;
}

/* Check, page by page, that the blocks of the plan were programmed where the image is not blank,
 * once each, and nothing else. */
static void expect_programmed_pages(const struct rig *rig)
{
	uint32_t pages = (uint32_t)(rig->geometry.size / SMALL_PAGE);

	for (uint32_t page = 0; page < pages; page++) {
		uint64_t off = (uint64_t)page * SMALL_PAGE;
		bool blank = uf_is_blank(rig->bytes + off, SMALL_PAGE);
		uint32_t block = (uint32_t)(off / rig->geometry.erase_size);
		bool differs = rig->target.block[block].state != UF_STATE_EQUAL;
		unsigned times = spy_touches(rig->spy, SPY_PROGRAM, off, SMALL_PAGE);

		if (times != (unsigned)(differs && !blank))
			fail_msg("page at 0x%llx was programmed %u times", (unsigned long long)off,
				 times);
	}
}

/* How many bytes of a block were read by the operations [first, last). */
static uint64_t bytes_read(const struct spy *spy, uint64_t off, uint64_t len, unsigned first,
			   unsigned last)
{
	uint64_t bytes = 0;

	for (unsigned at = first; at < last; at++) {
		const struct spy_op *op = &spy->op[at];

		if (op->kind == SPY_READ && op->off >= off && op->off + op->len <= off + len)
			bytes += op->len;
	}
	return bytes;
}

/* The next operation that touches a block, at or behind `from`. */
static unsigned next_touch(const struct spy *spy, enum spy_kind kind, uint64_t off, uint64_t len,
			   unsigned from)
{
	while (from < spy->ops && (spy->op[from].kind != kind || spy->op[from].off < off ||
				   spy->op[from].off >= off + len))
		from++;
	return from;
}

/* Check that a block was erased, read as blank, programmed, read, and read again in the end. */
static void expect_block_order(const struct spy *spy, uint64_t off, uint64_t len, bool programs)
{
	unsigned erase = next_touch(spy, SPY_ERASE, off, len, 0);
	unsigned program = next_touch(spy, SPY_PROGRAM, off, len, 0);
	unsigned last = program;

	assert_true(erase < spy->ops);
	if (!programs) {
		assert_int_equal(program, spy->ops);
		assert_true(bytes_read(spy, off, len, erase, spy->ops) >= 2 * len);
		return;
	}
	assert_true(erase < program && program < spy->ops);
	assert_true(bytes_read(spy, off, len, erase, program) >= len);
	for (unsigned at = program; at < spy->ops;
	     at = next_touch(spy, SPY_PROGRAM, off, len, at + 1))
		last = at;
	assert_true(bytes_read(spy, off, len, last, spy->ops) >= 2 * len);
}

static void everything_differs(void **state)
{
	const struct uf_counters *counters;
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	fill_all(&rig);
	prepare(&rig);
	assert_int_equal(rig.plan.ops, SMALL_BLOCKS);
	rig_run(&rig);
	expect_verified(&rig, 0);
	expect_wear(&rig, UINT32_MAX);
	expect_programmed_pages(&rig);
	for (uint32_t block = 0; block < SMALL_BLOCKS; block++)
		expect_block_order(rig.spy, off_of(block), SMALL_BLOCK, block != 20);
	counters = uf_guard_counters(rig.dev);
	assert_int_equal(counters->erased_blocks, rig.plan.erase_blocks);
	assert_int_equal(counters->programmed_pages, rig.plan.program_pages);
	expect_over(&rig);
	rig_end(&rig);
}

static void some_blocks_differ(void **state)
{
	static const uint32_t mask[] = {1, 1u << 31, 1u << BAD, 0x80f0ff01, 0x55555555};

	(void)state;
	for (size_t at = 0; at < sizeof(mask) / sizeof(mask[0]); at++) {
		struct rig rig;

		rig_begin_small(&rig, NULL);
		fill_some(&rig, mask[at]);
		prepare(&rig);
		assert_int_equal(rig.plan.ops, __builtin_popcount(mask[at]));
		rig_run(&rig);
		expect_verified(&rig, 0);
		expect_wear(&rig, UINT32_MAX);
		expect_programmed_pages(&rig);
		expect_over(&rig);
		rig_end(&rig);
	}
}

static void nothing_differs(void **state)
{
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	fill_some(&rig, 0);
	prepare(&rig);
	assert_int_equal(rig.plan.ops, 0);
	rig_run(&rig);
	expect_verified(&rig, 0);
	assert_false(rig.outcome.touched);
	assert_int_equal(rig.spy->count[SPY_ERASE] + rig.spy->count[SPY_PROGRAM], 0);
	expect_over(&rig);
	rig_end(&rig);
}

/* --full: blocks that are equal are rewritten, and hold the same in the end. */
static void full(void **state)
{
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	fill_some(&rig, 0);
	rig.policy.full = true;
	rig.policy.keep[10] = true;
	prepare(&rig);
	assert_int_equal(rig.plan.ops, SMALL_BLOCKS - 1);
	rig_run(&rig);
	expect_verified(&rig, 0);
	expect_wear(&rig, UINT32_MAX);
	rig_end(&rig);
}

/* Kept partitions, a short image, a tail that is erased. */
static void keep_and_tail(void **state)
{
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	fill_all(&rig);
	memory_image_init(&rig.image, rig.bytes, 20 * SMALL_BLOCK + 777);
	rig.policy.tail = UF_TAIL_ERASE;
	rig.policy.keep[0] = true;
	rig.policy.keep[8] = true;
	prepare(&rig);
	rig_run(&rig);
	expect_verified(&rig, 0);
	expect_wear(&rig, UINT32_MAX);
	assert_int_equal(uf_nor_wear(rig.nor, 0), 0);
	assert_int_equal(uf_nor_wear(rig.nor, 29), 0);
	assert_int_equal(uf_nor_wear(rig.nor, 30), 1);
	assert_int_equal(spy_touches(rig.spy, SPY_PROGRAM, off_of(21), 11 * SMALL_BLOCK), 0);
	rig_end(&rig);
}

/* Beginning touches no flash; reads are in small pieces also of large blocks. */
static void large_blocks(void **state)
{
	static const struct piece piece[] = {{"a", 0x20000}, {"b", 0x20000}};
	const struct uf_geometry geometry = {0x40000, 0x8000, 256};
	struct uf_table table;
	struct rig rig;

	(void)state;
	make_table(&table, piece, 2);
	rig_begin(&rig, &geometry, &table, NULL);
	fill_random(rig.bytes, geometry.size, 1);
	fill_random(rig.old, geometry.size, 2);
	memcpy(rig_cells(&rig), rig.old, geometry.size);
	memset(rig.bytes + 0x9000, 0xff, 0x6000);
	prepare(&rig);
	rig_run(&rig);
	expect_verified(&rig, 0);
	expect_wear(&rig, UINT32_MAX);
	expect_programmed_pages(&rig);
	for (unsigned at = 0; at < rig.spy->ops; at++)
		if (rig.spy->op[at].kind == SPY_READ)
			assert_true(rig.spy->op[at].len <= 4096);
	for (uint32_t block = 0; block < 8; block++)
		expect_block_order(rig.spy, (uint64_t)block * 0x8000, 0x8000, true);
	rig_end(&rig);
}

/* What is written goes down to the medium, and is read again behind that. */
static void synced(void **state)
{
	unsigned program;
	unsigned sync;
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	fill_all(&rig);
	prepare(&rig);
	rig_run(&rig);
	program = spy_last(rig.spy, SPY_PROGRAM);
	sync = spy_last(rig.spy, SPY_SYNC);
	assert_true(sync < rig.spy->ops && sync > program);
	rig_end(&rig);
}

static enum spy_verdict fail_sync(struct spy *spy, const struct spy_op *op)
{
	(void)spy;
	return op->kind == SPY_SYNC ? SPY_FAIL : SPY_PASS;
}

static void a_medium_that_does_not_sync(void **state)
{
	struct uf_exec_failure failure;
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	fill_all(&rig);
	prepare(&rig);
	rig.spy->judge = fail_sync;
	rig_run(&rig);
	assert_int_equal(rig.outcome.error.code, UF_ERR_IO);
	assert_string_not_equal(rig.outcome.error.what, "");
	assert_true(rig.outcome.touched);
	assert_false(rig.outcome.stopped);
	assert_int_equal(rig.outcome.failed, 0);
	assert_int_equal(uf_exec_next_failure(rig.exec, 0, &failure), rig.plan.ops);
	expect_right(&rig, UINT32_MAX);
	expect_wear(&rig, UINT32_MAX);
	expect_over(&rig);
	rig_end(&rig);
}

/* A fault plan of one kind: at every operation, but not more often than limit (0: always). */
static struct uf_fault_plan fault_of(enum uf_fault_kind kind, uint32_t limit)
{
	struct uf_fault_plan plan = {.seed = 1, .limit = limit};

	plan.rate[kind] = 100000;
	return plan;
}

/* Every kind of fault, once: the run ends well, and tells that a block was tried again. */
static void each_fault_once(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind < UF_FAULT_KINDS; kind++) {
		const struct uf_fault_plan plan = fault_of((enum uf_fault_kind)kind, 1);
		struct rig rig;

		rig_begin_small(&rig, &plan);
		fill_all(&rig);
		prepare(&rig);
		rig_run(&rig);
		assert_int_equal(uf_fault_counts(rig.fault)[kind], 1);
		if (kind <= UF_FAULT_PROGRAM_PARTIAL)
			expect_verified(&rig, 1);
		else
			assert_true(rig.outcome.retried <= 1);
		expect_verified(&rig, rig.outcome.retried);
		expect_over(&rig);
		rig_end(&rig);
	}
}

/* A read that fails is read again; the block it belongs to need not be erased for that. */
static void a_failed_read_costs_no_erase(void **state)
{
	static const enum uf_fault_kind kinds[] = {UF_FAULT_READ_FAIL, UF_FAULT_READ_SHORT,
						   UF_FAULT_READ_STALE};

	(void)state;
	for (size_t at = 0; at < 3; at++) {
		const struct uf_fault_plan plan = fault_of(kinds[at], 2);
		struct rig rig;

		rig_begin_small(&rig, &plan);
		fill_all(&rig);
		prepare(&rig);
		rig_run(&rig);
		assert_int_equal(uf_fault_counts(rig.fault)[kinds[at]], 2);
		expect_verified(&rig, 0);
		expect_wear(&rig, UINT32_MAX);
		rig_end(&rig);
	}
}

/* The results that a fault which never ends leads to. */
static bool may_end_as(enum uf_fault_kind kind, enum uf_block_result result)
{
	switch (kind) {
	case UF_FAULT_ERASE_FAIL:
		return result == UF_BLOCK_ERASE_FAILED;
	case UF_FAULT_ERASE_LIE:
		return result == UF_BLOCK_PROTECTED;
	case UF_FAULT_ERASE_PARTIAL:
		/* It can be that none of it is erased. */
		return result == UF_BLOCK_NOT_BLANK || result == UF_BLOCK_PROTECTED;
	case UF_FAULT_PROGRAM_FAIL:
		return result == UF_BLOCK_PROGRAM_FAILED;
	case UF_FAULT_PROGRAM_LIE:
	case UF_FAULT_PROGRAM_PARTIAL:
		return result == UF_BLOCK_MISMATCH;
	case UF_FAULT_READ_FLIP:
		return result == UF_BLOCK_NOT_BLANK || result == UF_BLOCK_MISMATCH;
	default:
		return result == UF_BLOCK_READ_FAILED;
	}
}

/* Reads of a block that go wrong in a row: one that comes out with a wrong bit, then errors. */
struct bad_reads {
	unsigned flip; /* the read of the block that comes out wrong, from 1 */
	unsigned fail; /* so many behind it fail */
	enum spy_verdict how;
	unsigned seen;
};

static enum spy_verdict fail_reads(struct spy *spy, const struct spy_op *op)
{
	struct bad_reads *bad = spy->context;

	if (op->kind != SPY_READ || op->off != off_of(BAD))
		return SPY_PASS;
	bad->seen++;
	return bad->seen > bad->flip && bad->seen <= bad->flip + bad->fail ? bad->how : SPY_PASS;
}

static void flip_read(struct spy *spy, const struct spy_op *op, uint8_t *buf)
{
	struct bad_reads *bad = spy->context;

	if (op->kind == SPY_READ && op->off == off_of(BAD) && bad->seen == bad->flip)
		buf[1000] ^= 0x08;
}

/* Run with such reads: they may cost a second attempt at the block, no more. */
static void run_with_bad_reads(unsigned flip, unsigned fail, enum spy_verdict how)
{
	struct bad_reads bad = {flip, fail, how, 0};
	struct rig rig;

	rig_begin_small(&rig, NULL);
	fill_all(&rig);
	prepare(&rig);
	rig.spy->context = &bad;
	rig.spy->judge = fail_reads;
	rig.spy->after = flip_read;
	rig_run(&rig);
	assert_true(bad.seen > flip + fail);
	assert_true(rig.outcome.retried <= 1);
	expect_verified(&rig, rig.outcome.retried);
	rig_end(&rig);
}

/* A wrong bit and errors at any reading of a block: the blank check, the comparison, the last. */
static void a_flip_and_failed_reads_in_a_row(void **state)
{
	(void)state;
	for (unsigned flip = 1; flip <= 3; flip++)
		for (unsigned fail = 0; fail <= 3 * UF_READ_TRIES; fail++)
			run_with_bad_reads(flip, fail, SPY_FAIL);
}

/* The same with reads that fail when all of the bytes have come, right ones by then. */
static void a_flip_and_reads_that_fail_late(void **state)
{
	(void)state;
	for (unsigned flip = 1; flip <= 3; flip++)
		for (unsigned fail = 0; fail <= 3 * UF_READ_TRIES; fail++)
			run_with_bad_reads(flip, fail, SPY_DONE_FAIL);
}

/* Check that every block that a fault without end keeps from being right is named, and no other.
 */
static void expect_named(struct rig *rig, enum uf_fault_kind kind)
{
	uint8_t *expected = rig_expected(rig);
	struct uf_exec_failure failure;
	uint32_t failed = 0;

	for (uint32_t at = 0; at < rig->plan.ops; at++) {
		uint64_t off = off_of(rig->plan.op[at].block);
		bool right = !memcmp(rig_cells(rig) + off, expected + off, SMALL_BLOCK);
		bool named = uf_exec_next_failure(rig->exec, at, &failure) == at;

		if (!right || kind >= UF_FAULT_READ_FAIL || kind == UF_FAULT_ERASE_FAIL)
			assert_true(named);
		else
			assert_false(named);
		if (named) {
			assert_true(may_end_as(kind, failure.result));
			assert_in_range(failure.offset, off, off + SMALL_BLOCK - 1);
			failed++;
		}
	}
	free(expected);
	assert_int_equal(rig->outcome.failed, failed);
	assert_int_equal(rig->outcome.verified, rig->plan.ops - failed);
	/* Two blocks were blank already, one is to be. */
	assert_true(failed >= SMALL_BLOCKS - 2);
}

/* Check that a run ended with the first block, which no erase has changed. */
static void expect_protected(struct rig *rig)
{
	struct uf_exec_failure failure;

	assert_int_equal(uf_exec_next_failure(rig->exec, 0, &failure), 0);
	assert_int_equal(failure.result, UF_BLOCK_PROTECTED);
	assert_int_equal(failure.block, rig->plan.op[0].block);
	assert_int_equal(uf_exec_next_failure(rig->exec, 1, &failure), rig->plan.ops);
	assert_int_equal(rig->outcome.failed, 1);
	assert_int_equal(rig->outcome.written + rig->outcome.verified, 0);
	assert_int_equal(rig->outcome.error.check, UF_CHECK_DEVICE_PROTECTED);
	assert_false(rig->outcome.touched);
	assert_false(rig->outcome.stopped);
	assert_int_equal(rig->spy->count[SPY_PROGRAM], 0);
	assert_memory_equal(rig_cells(rig), rig->old, rig->geometry.size);
	expect_over(rig);
}

/* Every kind of fault at every operation: every block that it keeps from being right is named,
 * unless nothing obeys at all. What is touched is seen from outside. */
static void each_fault_always(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind < UF_FAULT_KINDS; kind++) {
		const struct uf_fault_plan plan = fault_of((enum uf_fault_kind)kind, 0);
		struct rig rig;

		rig_begin_small(&rig, &plan);
		fill_all(&rig);
		prepare(&rig);
		rig_run(&rig);
		if (kind == UF_FAULT_ERASE_LIE)
			expect_protected(&rig);
		else
			expect_named(&rig, (enum uf_fault_kind)kind);
		assert_int_not_equal(rig.outcome.error.code, UF_OK);
		assert_int_equal(rig.outcome.touched,
				 memcmp(rig_cells(&rig), rig.old, SMALL_SIZE) != 0);
		expect_over(&rig);
		rig_end(&rig);
	}
}

/* Where no erase does anything, nothing is programmed: what was there is there. */
static void nothing_is_programmed_into_what_is_not_blank(void **state)
{
	static const enum uf_fault_kind kinds[] = {UF_FAULT_ERASE_FAIL, UF_FAULT_ERASE_LIE};

	(void)state;
	for (size_t at = 0; at < 2; at++) {
		const struct uf_fault_plan plan = fault_of(kinds[at], 0);
		struct rig rig;

		rig_begin_small(&rig, &plan);
		fill_some(&rig, 0x0ff00ff0);
		prepare(&rig);
		rig_run(&rig);
		assert_memory_equal(rig_cells(&rig), rig.old, SMALL_SIZE);
		assert_int_equal(uf_guard_counters(rig.dev)->programmed_pages, 0);
		assert_int_equal(rig.spy->count[SPY_PROGRAM], 0);
		assert_false(rig.outcome.touched);
		rig_end(&rig);
	}
}

/* One block that misbehaves: what it does, and how often. */
struct culprit {
	uint64_t off;
	enum spy_kind kind;
	enum spy_verdict verdict;
	unsigned times; /* UINT_MAX: always */
	unsigned seen;
};

static enum spy_verdict judge_culprit(struct spy *spy, const struct spy_op *op)
{
	struct culprit *culprit = spy->context;

	if (op->kind != culprit->kind || op->off < culprit->off ||
	    op->off >= culprit->off + SMALL_BLOCK || culprit->seen >= culprit->times)
		return SPY_PASS;
	culprit->seen++;
	return culprit->verdict;
}

/* Begin a run in which one block misbehaves. */
static void begin_culprit(struct rig *rig, struct culprit *culprit)
{
	rig_begin_small(rig, NULL);
	fill_all(rig);
	prepare(rig);
	rig->spy->context = culprit;
	rig->spy->judge = judge_culprit;
}

/* The first byte of a block that differs from what it should be in the end. */
static uint64_t first_wrong(struct rig *rig, uint32_t block)
{
	return off_of(block) + uf_first_difference(rig_cells(rig) + off_of(block),
						   rig->bytes + off_of(block), SMALL_BLOCK);
}

/* The first byte of a block that is not blank. */
static uint64_t first_not_blank(struct rig *rig, uint32_t block)
{
	uint64_t at = off_of(block);

	while (rig_cells(rig)[at] == 0xff)
		at++;
	return at;
}

static void one_block_cannot_be_erased(void **state)
{
	struct culprit culprit = {off_of(BAD), SPY_ERASE, SPY_FAIL, UINT32_MAX, 0};
	struct rig rig;

	(void)state;
	begin_culprit(&rig, &culprit);
	rig_run(&rig);
	expect_failed(&rig, BAD, UF_BLOCK_ERASE_FAILED, off_of(BAD));
	expect_block(&rig, BAD, rig.old, "what it held");
	assert_int_equal(uf_nor_wear(rig.nor, BAD), 0);
	assert_int_equal(spy_touches(rig.spy, SPY_PROGRAM, off_of(BAD), SMALL_BLOCK), 0);
	assert_true(culprit.seen > UF_BLOCK_TRIES);
	expect_over(&rig);
	rig_end(&rig);
}

static void one_block_is_never_blank(void **state)
{
	struct culprit culprit = {off_of(BAD), SPY_ERASE, SPY_LIE, UINT32_MAX, 0};
	struct rig rig;

	(void)state;
	begin_culprit(&rig, &culprit);
	rig_run(&rig);
	expect_failed(&rig, BAD, UF_BLOCK_PROTECTED, first_not_blank(&rig, BAD));
	expect_block(&rig, BAD, rig.old, "what it held");
	assert_int_equal(spy_touches(rig.spy, SPY_PROGRAM, off_of(BAD), SMALL_BLOCK), 0);
	/* Others had been changed: the run goes on. */
	assert_true(rig.outcome.touched);
	assert_int_equal(rig.outcome.error.check, UF_CHECK_DEVICE_PROTECTED);
	expect_over(&rig);
	rig_end(&rig);
}

/* A chip that is protected takes every erase and does nothing: the first block shows it. */
static void a_chip_that_does_not_obey(void **state)
{
	static const uint32_t mask[] = {UINT32_MAX, 1u << 31, 1u << BAD, 0x55555550};

	(void)state;
	for (size_t at = 0; at < 4; at++) {
		const struct uf_fault_plan plan = fault_of(UF_FAULT_ERASE_LIE, 0);
		struct rig rig;

		rig_begin_small(&rig, &plan);
		fill_some(&rig, mask[at]);
		prepare(&rig);
		rig_run(&rig);
		assert_int_equal(uf_guard_counters(rig.dev)->erased_blocks, UF_BLOCK_TRIES);
		expect_protected(&rig);
		rig_end(&rig);
	}
}

/* One that obeys at the second or third time is not taken for protected. */
static void a_chip_that_obeys_late(void **state)
{
	(void)state;
	for (unsigned times = 1; times < UF_BLOCK_TRIES; times++) {
		struct culprit culprit = {off_of(0), SPY_ERASE, SPY_LIE, times, 0};
		struct rig rig;

		begin_culprit(&rig, &culprit);
		rig_run(&rig);
		expect_verified(&rig, 1);
		rig_end(&rig);
	}
}

/* The first block's erases report that they failed, the others do nothing. */
static enum spy_verdict fail_then_lie(struct spy *spy, const struct spy_op *op)
{
	(void)spy;
	if (op->kind != SPY_ERASE)
		return SPY_PASS;
	return op->off == 0 ? SPY_FAIL : SPY_LIE;
}

/* Whatever failed before it: that the chip does not obey is why the run ended, and is told. */
static void a_chip_that_fails_and_does_not_obey(void **state)
{
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	fill_all(&rig);
	prepare(&rig);
	rig.spy->judge = fail_then_lie;
	rig_run(&rig);
	assert_false(rig.outcome.touched);
	assert_int_equal(rig.outcome.failed, 2);
	assert_memory_equal(rig_cells(&rig), rig.old, SMALL_SIZE);
	assert_int_equal(rig.outcome.error.check, UF_CHECK_DEVICE_PROTECTED);
	rig_end(&rig);
}

/* One cell of a block that is blank otherwise is stuck at 0, and so no erase changes anything in
 * it: that is one bad block, which does not stop the rest. */
static void a_stuck_cell_in_a_blank_block(void **state)
{
	const struct uf_fault_plan plan = {
		.seed = 1,
		.stuck_count = 1,
		.stuck = {{24 * SMALL_BLOCK + 1234, 0x10, 0x00}},
	};
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, &plan);
	fill_some(&rig, 7u << 29);
	memset(rig_cells(&rig) + off_of(24), 0xff, SMALL_BLOCK);
	memcpy(rig.old, rig_cells(&rig), SMALL_SIZE);
	prepare(&rig);
	assert_int_equal(rig.plan.op[0].block, 24);
	rig_run(&rig);
	assert_int_equal(rig.outcome.failed, 1);
	assert_int_equal(rig.outcome.verified, rig.plan.ops - 1);
	expect_right(&rig, 24);
	rig_end(&rig);
}

/* Erases that do nothing from some block on. */
static enum spy_verdict lie_from_bad_on(struct spy *spy, const struct spy_op *op)
{
	(void)spy;
	return op->kind == SPY_ERASE && op->off >= off_of(BAD) ? SPY_LIE : SPY_PASS;
}

/* A part of the chip is protected: what is before it was written, what lies in it is as it was,
 * but for what was blank. */
static void a_part_that_does_not_obey(void **state)
{
	struct uf_exec_failure failure;
	uint32_t at = 0;
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	fill_all(&rig);
	prepare(&rig);
	rig.spy->judge = lie_from_bad_on;
	rig_run(&rig);
	for (uint32_t block = 0; block < SMALL_BLOCKS; block++) {
		bool is_new = block < BAD || block == 24 || block == 25;

		expect_block(&rig, block, is_new ? rig.bytes : rig.old, "what it should");
		if (is_new)
			continue;
		at = uf_exec_next_failure(rig.exec, at, &failure);
		assert_int_equal(failure.block, block);
		assert_int_equal(failure.result, UF_BLOCK_PROTECTED);
		at++;
	}
	assert_int_equal(rig.outcome.failed, SMALL_BLOCKS - BAD - 2);
	assert_true(rig.outcome.touched);
	expect_over(&rig);
	rig_end(&rig);
}

/* The second half of the block comes back after every erase. */
static void restore_second_half(struct spy *spy, const struct spy_op *op, uint8_t *buf)
{
	struct rig *rig = spy->context;

	(void)buf;
	if (op->kind == SPY_ERASE && op->off == off_of(BAD))
		memcpy(rig_cells(rig) + off_of(BAD) + 2048, rig->old + off_of(BAD) + 2048, 2048);
}

static void one_block_is_erased_in_part(void **state)
{
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	fill_all(&rig);
	prepare(&rig);
	rig.spy->context = &rig;
	rig.spy->after = restore_second_half;
	rig_run(&rig);
	expect_failed(&rig, BAD, UF_BLOCK_NOT_BLANK, first_not_blank(&rig, BAD));
	assert_true(first_not_blank(&rig, BAD) >= off_of(BAD) + 2048);
	assert_int_equal(spy_touches(rig.spy, SPY_PROGRAM, off_of(BAD), SMALL_BLOCK), 0);
	rig_end(&rig);
}

static void one_block_cannot_be_programmed(void **state)
{
	struct culprit culprit = {off_of(BAD), SPY_PROGRAM, SPY_FAIL, UINT32_MAX, 0};
	struct uf_exec_failure failure;
	struct rig rig;

	(void)state;
	begin_culprit(&rig, &culprit);
	rig_run(&rig);
	uf_exec_next_failure(rig.exec, 0, &failure);
	assert_in_range(failure.offset, off_of(BAD), off_of(BAD) + SMALL_BLOCK - 1);
	expect_failed(&rig, BAD, UF_BLOCK_PROGRAM_FAILED, failure.offset);
	assert_true(uf_is_blank(rig_cells(&rig) + off_of(BAD), SMALL_BLOCK));
	expect_over(&rig);
	rig_end(&rig);
}

static void one_block_programs_nothing(void **state)
{
	struct culprit culprit = {off_of(BAD), SPY_PROGRAM, SPY_LIE, UINT32_MAX, 0};
	struct rig rig;

	(void)state;
	begin_culprit(&rig, &culprit);
	rig_run(&rig);
	expect_failed(&rig, BAD, UF_BLOCK_MISMATCH, first_wrong(&rig, BAD));
	assert_true(uf_is_blank(rig_cells(&rig) + off_of(BAD), SMALL_BLOCK));
	expect_over(&rig);
	rig_end(&rig);
}

/* The last byte of whatever is programmed into the block stays blank. */
static void lose_last_byte(struct spy *spy, const struct spy_op *op, uint8_t *buf)
{
	struct rig *rig = spy->context;

	(void)buf;
	if (op->kind == SPY_PROGRAM && op->off / SMALL_BLOCK == BAD)
		rig_cells(rig)[op->off + op->len - 1] = 0xff;
}

static void one_block_is_programmed_in_part(void **state)
{
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	fill_all(&rig);
	prepare(&rig);
	rig.spy->context = &rig;
	rig.spy->after = lose_last_byte;
	rig_run(&rig);
	expect_failed(&rig, BAD, UF_BLOCK_MISMATCH, first_wrong(&rig, BAD));
	rig_end(&rig);
}

static void one_block_cannot_be_read(void **state)
{
	struct culprit culprit = {off_of(BAD), SPY_READ, SPY_FAIL, UINT32_MAX, 0};
	struct rig rig;

	(void)state;
	begin_culprit(&rig, &culprit);
	rig_run(&rig);
	expect_failed(&rig, BAD, UF_BLOCK_READ_FAILED, off_of(BAD));
	assert_int_equal(spy_touches(rig.spy, SPY_PROGRAM, off_of(BAD), SMALL_BLOCK), 0);
	rig_end(&rig);
}

/* It reads well while it is written, and not when everything is read in the end. */
struct dying {
	uint64_t off;
	bool written;
};

static enum spy_verdict die_after_writing(struct spy *spy, const struct spy_op *op)
{
	struct dying *dying = spy->context;

	if (op->kind == SPY_ERASE && op->off > dying->off)
		dying->written = true;
	return op->kind == SPY_READ && op->off == dying->off && dying->written ? SPY_FAIL
									       : SPY_PASS;
}

static void one_block_cannot_be_read_in_the_end(void **state)
{
	struct dying dying = {off_of(BAD), false};
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	fill_all(&rig);
	prepare(&rig);
	rig.spy->context = &dying;
	rig.spy->judge = die_after_writing;
	rig_run(&rig);
	expect_failed(&rig, BAD, UF_BLOCK_READ_FAILED, off_of(BAD));
	rig_end(&rig);
}

/* The first and the last block of the plan, too. */
static void the_outermost_blocks_fail(void **state)
{
	static const uint32_t block[] = {0, SMALL_BLOCKS - 1};

	(void)state;
	for (size_t at = 0; at < 2; at++) {
		struct culprit culprit = {off_of(block[at]), SPY_ERASE, SPY_FAIL, UINT32_MAX, 0};
		struct rig rig;

		begin_culprit(&rig, &culprit);
		rig_run(&rig);
		expect_failed(&rig, block[at], UF_BLOCK_ERASE_FAILED, off_of(block[at]));
		expect_over(&rig);
		rig_end(&rig);
	}
}

/* The only block of a plan fails. */
static void the_only_block_fails(void **state)
{
	struct culprit culprit = {off_of(BAD), SPY_PROGRAM, SPY_LIE, UINT32_MAX, 0};
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	fill_some(&rig, 1u << BAD);
	prepare(&rig);
	assert_int_equal(rig.plan.ops, 1);
	rig.spy->context = &culprit;
	rig.spy->judge = judge_culprit;
	rig_run(&rig);
	expect_failed(&rig, BAD, UF_BLOCK_MISMATCH, first_wrong(&rig, BAD));
	rig_end(&rig);
}

/* A second run, when the flash behaves again, finds and does what is left. */
static void running_again_finishes_the_job(void **state)
{
	struct culprit culprit = {off_of(BAD), SPY_PROGRAM, SPY_LIE, UINT32_MAX, 0};
	struct rig rig;

	(void)state;
	begin_culprit(&rig, &culprit);
	rig_run(&rig);
	expect_failed(&rig, BAD, UF_BLOCK_MISMATCH, first_wrong(&rig, BAD));
	uf_exec_end(rig.exec);
	rig.exec = NULL;
	rig_forget(&rig);
	rig.spy->judge = NULL;
	prepare(&rig);
	assert_int_equal(rig.plan.ops, 1);
	assert_int_equal(rig.plan.op[0].block, BAD);
	rig_run(&rig);
	expect_verified(&rig, 0);
	rig_end(&rig);
}

/* Run with an operation of one block that goes wrong so many times, and comes right then. */
static void expect_recovery(enum spy_kind kind, enum spy_verdict verdict, unsigned times)
{
	struct culprit culprit = {off_of(BAD), kind, verdict, times, 0};
	struct rig rig;

	begin_culprit(&rig, &culprit);
	rig_run(&rig);
	assert_int_equal(culprit.seen, times);
	expect_verified(&rig, 1);
	expect_wear(&rig, BAD);
	expect_over(&rig);
	rig_end(&rig);
}

static void operations_that_come_right_in_the_end(void **state)
{
	(void)state;
	for (unsigned times = 1; times <= UF_BLOCK_TRIES; times++) {
		expect_recovery(SPY_ERASE, SPY_FAIL, times);
		expect_recovery(SPY_ERASE, SPY_LIE, times);
		expect_recovery(SPY_PROGRAM, SPY_FAIL, times);
		expect_recovery(SPY_PROGRAM, SPY_LIE, times);
		/* A block that cannot be looked at first is written. */
		expect_recovery(SPY_READ, SPY_FAIL, (times + 1) * UF_READ_TRIES);
	}
}

/* However late it comes right: a block that does is written and verified, one that does not is
 * named. */
static void however_late_it_comes_right(void **state)
{
	static const enum spy_kind kinds[] = {SPY_ERASE, SPY_PROGRAM};
	unsigned most = 0;

	(void)state;
	for (unsigned times = 1; times <= 40; times++) {
		for (size_t at = 0; at < 2; at++) {
			struct culprit culprit = {off_of(BAD), kinds[at], SPY_LIE, times, 0};
			struct rig rig;

			begin_culprit(&rig, &culprit);
			rig_run(&rig);
			if (rig.outcome.failed == 0) {
				expect_verified(&rig, 1);
				most = times;
			} else {
				expect_failed(&rig, BAD,
					      at == 0 ? UF_BLOCK_PROTECTED : UF_BLOCK_MISMATCH,
					      at == 0 ? first_not_blank(&rig, BAD)
						      : first_wrong(&rig, BAD));
			}
			rig_end(&rig);
		}
	}
	assert_in_range(most, UF_BLOCK_TRIES, 39);
}

/* Two blocks that need a second attempt count as two. */
static enum spy_verdict fail_first_erases(struct spy *spy, const struct spy_op *op)
{
	unsigned *seen = spy->context;
	uint64_t block = op->off / SMALL_BLOCK;

	if (op->kind != SPY_ERASE || (block != 3 && block != 30) || seen[block]++ >= 2)
		return SPY_PASS;
	return SPY_FAIL;
}

static void retried_blocks_are_counted(void **state)
{
	unsigned seen[SMALL_BLOCKS] = {0};
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	fill_all(&rig);
	prepare(&rig);
	rig.spy->context = seen;
	rig.spy->judge = fail_first_erases;
	rig_run(&rig);
	expect_verified(&rig, 2);
	rig_end(&rig);
}

/* The device says that an erase failed, and has erased. */
static void an_erase_that_only_says_it_failed(void **state)
{
	struct culprit culprit = {off_of(BAD), SPY_ERASE, SPY_DONE_FAIL, 1, 0};
	struct rig rig;

	(void)state;
	begin_culprit(&rig, &culprit);
	rig_run(&rig);
	expect_verified(&rig, rig.outcome.retried);
	assert_in_range(uf_nor_wear(rig.nor, BAD), 1, 2);
	rig_end(&rig);
}

/* Whatever is made of one that always says so: no block is called right that is not, none wrong
 * without a name, and the others are done. */
static void operations_that_always_say_they_failed(void **state)
{
	static const enum spy_kind kinds[] = {SPY_ERASE, SPY_PROGRAM};
	struct uf_exec_failure failure;

	(void)state;
	for (size_t at = 0; at < 2; at++) {
		struct culprit culprit = {off_of(BAD), kinds[at], SPY_DONE_FAIL, UINT32_MAX, 0};
		struct rig rig;

		begin_culprit(&rig, &culprit);
		rig_run(&rig);
		uf_exec_next_failure(rig.exec, 0, &failure);
		if (rig.outcome.failed)
			expect_failed(&rig, BAD,
				      kinds[at] == SPY_ERASE ? UF_BLOCK_ERASE_FAILED
							     : UF_BLOCK_PROGRAM_FAILED,
				      failure.offset);
		else
			expect_verified(&rig, rig.outcome.retried);
		rig_end(&rig);
	}
}

/* Cells that are stuck, seen through the device: at 0 the block is never blank. */
static void a_cell_that_is_stuck_at_0(void **state)
{
	const struct uf_fault_plan plan = {
		.seed = 1,
		.stuck_count = 1,
		.stuck = {{off_of(BAD) + 1234, 0x10, 0x00}},
	};
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, &plan);
	fill_all(&rig);
	rig.bytes[off_of(BAD) + 1234] |= 0x10;
	prepare(&rig);
	rig_run(&rig);
	expect_failed(&rig, BAD, UF_BLOCK_NOT_BLANK, off_of(BAD) + 1234);
	assert_int_equal(spy_touches(rig.spy, SPY_PROGRAM, off_of(BAD), SMALL_BLOCK), 0);
	rig_end(&rig);
}

/* At 1 it can be erased, but the bit cannot be programmed. */
static void a_cell_that_is_stuck_at_1(void **state)
{
	const struct uf_fault_plan plan = {
		.seed = 1,
		.stuck_count = 1,
		.stuck = {{off_of(BAD) + 1234, 0x10, 0x10}},
	};
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, &plan);
	fill_all(&rig);
	rig.bytes[off_of(BAD) + 1234] &= 0xef;
	prepare(&rig);
	rig_run(&rig);
	expect_failed(&rig, BAD, UF_BLOCK_MISMATCH, off_of(BAD) + 1234);
	rig_end(&rig);
}

/* One that is stuck at what the image wants does no harm. */
static void a_cell_that_is_stuck_at_what_is_wanted(void **state)
{
	const struct uf_fault_plan plan = {
		.seed = 1,
		.stuck_count = 1,
		.stuck = {{off_of(BAD) + 1234, 0x10, 0x10}},
	};
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, &plan);
	fill_all(&rig);
	rig.bytes[off_of(BAD) + 1234] |= 0x10;
	prepare(&rig);
	rig_run(&rig);
	expect_verified(&rig, 0);
	rig_end(&rig);
}

/* An image of which some bytes cannot be had, or are other ones by now. */
struct bad_image {
	const struct uf_bytes_ops *inner;
	uint64_t off;
	uint64_t len;
	int code;       /* what reading there gives; UF_OK: other bytes */
	unsigned times; /* so often */
	unsigned seen;
};

static struct bad_image *bad_image_of(const struct uf_bytes *bytes)
{
	return ((const struct memory_bytes *)bytes)->of->watch_context;
}

static int bad_image_read(struct uf_bytes *bytes, uint64_t off, void *buf, size_t len,
			  struct uf_error *err)
{
	struct bad_image *bad = bad_image_of(bytes);
	bool hit = off < bad->off + bad->len && bad->off < off + len;
	int ret = bad->inner->read(bytes, off, buf, len, err);

	if (!hit || bad->seen >= bad->times)
		return ret;
	bad->seen++;
	if (bad->code != UF_OK)
		return uf_fail(err, (enum uf_code)bad->code, "bad image");
	((uint8_t *)buf)[bad->off > off ? bad->off - off : 0] ^= 0x04;
	return ret;
}

static int bad_image_check_same(struct uf_bytes *bytes, struct uf_error *err)
{
	return bad_image_of(bytes)->inner->check_same(bytes, err);
}

static int bad_image_fd(const struct uf_bytes *bytes)
{
	return bad_image_of(bytes)->inner->fd(bytes);
}

static void bad_image_close(struct uf_bytes *bytes)
{
	bad_image_of(bytes)->inner->close(bytes);
}

static const struct uf_bytes_ops bad_image_ops = {bad_image_read, bad_image_check_same,
						  bad_image_fd, bad_image_close};

/* Begin an execution whose image is bad. It was good when it was checked. */
static void begin_bad_image(struct rig *rig, struct bad_image *bad)
{
	struct uf_exec_input input;

	rig_begin_small(rig, NULL);
	fill_all(rig);
	prepare(rig);
	uf_exec_end(rig->exec);
	rig->image.watch_context = bad;
	bad->inner = rig->image.layer.base.ops;
	rig->image.layer.base.ops = &bad_image_ops;
	input = (struct uf_exec_input){.plan = &rig->plan,
				       .image = &rig->image.image,
				       .dev = rig->dev,
				       .prints = rig->prints,
				       .hooks = &rig->story.hooks};
	expect_ok(uf_exec_begin(&input, &rig->exec, &rig->err), &rig->err);
}

/* Run with an image that is bad for ever in one block: that block stays untouched. */
static void expect_untouched(int code, uint64_t off, uint64_t len, enum uf_block_result result)
{
	struct bad_image bad = {.off = off, .len = len, .code = code, .times = UINT32_MAX};
	struct rig rig;

	begin_bad_image(&rig, &bad);
	rig_run(&rig);
	expect_failed(&rig, BAD, result, off_of(BAD));
	expect_block(&rig, BAD, rig.old, "what it held");
	assert_int_equal(uf_nor_wear(rig.nor, BAD), 0);
	assert_int_equal(spy_touches(rig.spy, SPY_ERASE, off_of(BAD), SMALL_BLOCK), 0);
	assert_int_equal(spy_touches(rig.spy, SPY_PROGRAM, off_of(BAD), SMALL_BLOCK), 0);
	expect_over(&rig);
	rig_end(&rig);
}

static void an_image_that_cannot_be_read(void **state)
{
	(void)state;
	expect_untouched(UF_ERR_IO, off_of(BAD), SMALL_BLOCK, UF_BLOCK_IMAGE_UNREADABLE);
	expect_untouched(UF_ERR_IO, off_of(BAD) + 4095, 1, UF_BLOCK_IMAGE_UNREADABLE);
}

static void an_image_that_has_changed(void **state)
{
	(void)state;
	expect_untouched(UF_ERR_CHANGED, off_of(BAD), SMALL_BLOCK, UF_BLOCK_IMAGE_CHANGED);
	expect_untouched(UF_OK, off_of(BAD), 1, UF_BLOCK_IMAGE_CHANGED);
	expect_untouched(UF_OK, off_of(BAD) + 4095, 1, UF_BLOCK_IMAGE_CHANGED);
}

/* The image is gone from some block on: what is before it is written, nothing else touched. */
static void an_image_that_became_shorter(void **state)
{
	struct bad_image bad = {.off = off_of(20),
				.len = 12 * SMALL_BLOCK,
				.code = UF_ERR_CHANGED,
				.times = UINT32_MAX};
	struct uf_exec_failure failure;
	uint32_t at = 0;
	struct rig rig;

	(void)state;
	begin_bad_image(&rig, &bad);
	rig_run(&rig);
	assert_int_equal(rig.outcome.failed, 12);
	assert_int_equal(rig.outcome.verified, 20);
	for (uint32_t block = 20; block < SMALL_BLOCKS; block++, at++) {
		at = uf_exec_next_failure(rig.exec, at, &failure);
		assert_int_equal(failure.block, block);
		assert_int_equal(failure.result, UF_BLOCK_IMAGE_CHANGED);
		assert_int_equal(failure.offset, off_of(block));
	}
	for (uint32_t block = 0; block < SMALL_BLOCKS; block++) {
		assert_int_equal(uf_nor_wear(rig.nor, block), block < 20);
		expect_block(&rig, block, block < 20 ? rig.bytes : rig.old, "what it should");
	}
	rig_end(&rig);
}

/* Not one block of the image can be read: the flash is never touched. */
static void an_image_that_is_gone(void **state)
{
	struct bad_image bad = {
		.off = 0, .len = SMALL_SIZE, .code = UF_ERR_IO, .times = UINT32_MAX};
	struct rig rig;

	(void)state;
	begin_bad_image(&rig, &bad);
	rig_run(&rig);
	assert_false(rig.outcome.touched);
	assert_int_equal(rig.outcome.failed, SMALL_BLOCKS);
	assert_int_equal(rig.outcome.verified, 0);
	assert_int_equal(rig.outcome.written, 0);
	assert_int_not_equal(rig.outcome.error.code, UF_OK);
	assert_int_equal(rig.spy->count[SPY_ERASE] + rig.spy->count[SPY_PROGRAM], 0);
	assert_memory_equal(rig_cells(&rig), rig.old, SMALL_SIZE);
	expect_over(&rig);
	rig_end(&rig);
}

/* An image that can be read the next time is no reason to give up. */
static void an_image_that_hiccups(void **state)
{
	static const int code[] = {UF_ERR_IO, UF_ERR_CHANGED, UF_OK};

	(void)state;
	for (size_t at = 0; at < 3; at++) {
		struct bad_image bad = {.off = off_of(BAD), .len = 1, .code = code[at], .times = 1};
		struct rig rig;

		begin_bad_image(&rig, &bad);
		rig_run(&rig);
		assert_int_equal(bad.seen, 1);
		assert_true(rig.outcome.retried <= 1);
		expect_verified(&rig, rig.outcome.retried);
		expect_wear(&rig, UINT32_MAX);
		rig_end(&rig);
	}
}

/* Programming the block does nothing, and from the first time on the image is another. */
static enum spy_verdict spoil_image(struct spy *spy, const struct spy_op *op)
{
	struct bad_image *bad = spy->context;

	if (op->kind != SPY_PROGRAM || op->off / SMALL_BLOCK != BAD)
		return SPY_PASS;
	bad->times = UINT32_MAX;
	return SPY_LIE;
}

/* It changes between two attempts: those that follow at once have what was checked in memory. In
 * the second round the block is already erased, but nothing else is put there. */
static void an_image_that_changes_between_attempts(void **state)
{
	struct bad_image bad = {.off = off_of(BAD), .len = 1, .code = UF_OK, .times = 0};
	struct rig rig;

	(void)state;
	begin_bad_image(&rig, &bad);
	rig.spy->context = &bad;
	rig.spy->judge = spoil_image;
	rig_run(&rig);
	assert_true(bad.seen >= 1);
	expect_failed(&rig, BAD, UF_BLOCK_IMAGE_CHANGED, off_of(BAD));
	assert_int_equal(uf_nor_wear(rig.nor, BAD), UF_BLOCK_TRIES);
	assert_true(uf_is_blank(rig_cells(&rig) + off_of(BAD), SMALL_BLOCK));
	rig_end(&rig);
}

/* The block events of a story for one block, as a text of attempt and result. */
static void tell_attempts(const struct story *story, uint32_t block, char *out, size_t size)
{
	struct uf_event event;
	size_t len = 0;

	out[0] = '\0';
	for (unsigned at = 0; at < story->events; at++) {
		event = story->event[at].event;
		if (event.kind == UF_EVENT_BLOCK && event.block.offset == off_of(block))
			len += (size_t)snprintf(out + len, size - len, "%u %s\n",
						event.block.attempt,
						uf_block_result_name(event.block.result));
		assert_true(len < size);
	}
}

static void events_of_blocks(void **state)
{
	unsigned seen = 0;
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	fill_some(&rig, 0x80f0ff01);
	prepare(&rig);
	rig_run(&rig);
	for (unsigned at = 0; at < rig.story.events; at++) {
		const struct uf_event *event = &rig.story.event[at].event;
		uint32_t block;

		if (event->kind != UF_EVENT_BLOCK)
			continue;
		assert_true(seen < rig.plan.ops);
		block = rig.plan.op[seen++].block;
		assert_int_equal(event->block.offset, off_of(block));
		assert_int_equal(event->block.attempt, 1);
		assert_int_equal(event->block.result, UF_BLOCK_OK);
		assert_int_equal(event->block.row, uf_plan_row_of(&rig.plan, block));
		assert_ptr_equal(event->plan, &rig.plan);
		assert_string_equal(rig.story.event[at].text, "");
	}
	assert_int_equal(seen, rig.plan.ops);
	rig_end(&rig);
}

/* A block that fails is tried three times, then the others go on, then it is tried again. */
static void the_second_round(void **state)
{
	struct culprit culprit = {off_of(BAD), SPY_ERASE, SPY_FAIL, UF_BLOCK_TRIES, 0};
	char attempts[512];
	unsigned others = 0;
	unsigned first;
	unsigned last = 0;
	struct rig rig;

	(void)state;
	begin_culprit(&rig, &culprit);
	rig_run(&rig);
	expect_verified(&rig, 1);

	first = next_touch(rig.spy, SPY_ERASE, off_of(BAD), SMALL_BLOCK, 0);
	for (unsigned at = 0; at < rig.spy->ops; at++) {
		const struct spy_op *op = &rig.spy->op[at];

		if (op->kind == SPY_ERASE && op->off == off_of(BAD))
			last = at;
	}
	/* Three erases of it in a row, no other erase between them. */
	for (unsigned at = first, tries = 0; tries < UF_BLOCK_TRIES; tries++) {
		assert_int_equal(rig.spy->op[at].off, off_of(BAD));
		at = spy_next(rig.spy, SPY_ERASE, at + 1);
	}
	/* Then every block that follows, each once, before its fourth. */
	for (unsigned at = spy_next(rig.spy, SPY_ERASE, first); at < last;
	     at = spy_next(rig.spy, SPY_ERASE, at + 1))
		others += rig.spy->op[at].off != off_of(BAD);
	assert_int_equal(others, SMALL_BLOCKS - BAD - 1);
	assert_int_equal(spy_touches(rig.spy, SPY_ERASE, off_of(BAD), SMALL_BLOCK),
			 UF_BLOCK_TRIES + 1);
	assert_int_equal(rig.spy->count[SPY_ERASE], SMALL_BLOCKS + UF_BLOCK_TRIES);

	tell_attempts(&rig.story, BAD, attempts, sizeof(attempts));
	assert_string_equal(attempts, "1 erase-failed\n2 erase-failed\n3 erase-failed\n4 ok\n");
	rig_end(&rig);
}

/* The last attempt before the others' turn is told as that, and progress counts the block as
 * failed until it comes right. */
static void a_block_that_is_put_off(void **state)
{
	struct culprit culprit = {off_of(BAD), SPY_ERASE, SPY_FAIL, UF_BLOCK_TRIES, 0};
	uint32_t most = 0;
	unsigned failures = 0;
	struct rig rig;

	(void)state;
	begin_culprit(&rig, &culprit);
	rig_run(&rig);
	expect_verified(&rig, 1);
	for (unsigned at = 0; at < rig.story.events; at++) {
		const struct uf_event *event = &rig.story.event[at].event;

		if (event->kind == UF_EVENT_BLOCK && event->block.result != UF_BLOCK_OK) {
			failures++;
			assert_int_equal(event->block.last, failures == UF_BLOCK_TRIES);
		}
		if (event->kind == UF_EVENT_PROGRESS) {
			assert_true(event->progress.row_failed <= event->progress.row_total);
			if (event->progress.row_failed > most)
				most = event->progress.row_failed;
		}
	}
	assert_int_equal(failures, UF_BLOCK_TRIES);
	assert_int_equal(most, 1);
	rig_end(&rig);
}

/* Each attempt that fails tells why, in words. */
static void failed_attempts_are_told(void **state)
{
	struct culprit culprit = {off_of(BAD), SPY_PROGRAM, SPY_FAIL, UINT32_MAX, 0};
	unsigned attempts = 0;
	struct rig rig;

	(void)state;
	begin_culprit(&rig, &culprit);
	rig_run(&rig);
	for (unsigned at = 0; at < rig.story.events; at++) {
		const struct story_event *entry = &rig.story.event[at];

		if (entry->event.kind != UF_EVENT_BLOCK || entry->event.block.offset != off_of(BAD))
			continue;
		attempts++;
		assert_int_equal(entry->event.block.attempt, attempts);
		assert_int_equal(entry->event.block.result, UF_BLOCK_PROGRAM_FAILED);
		assert_string_not_equal(entry->text, "");
	}
	assert_true(attempts > UF_BLOCK_TRIES);
	rig_end(&rig);
}

/* A bit that falls over after its block was compared. */
struct rot {
	struct rig *rig;
	uint64_t off;
	uint8_t mask;
	uint64_t when;  /* the erase of the block at this offset */
	unsigned times; /* it does so so often */
};

static void rot_when_erased(struct spy *spy, const struct spy_op *op, uint8_t *buf)
{
	struct rot *rot = spy->context;

	(void)buf;
	if (op->kind == SPY_ERASE && op->off == rot->when && rot->times) {
		rot->times--;
		rig_cells(rot->rig)[rot->off] ^= rot->mask;
	}
}

static void a_block_that_changes_after_it_was_compared(void **state)
{
	static const struct {
		uint32_t block;
		uint32_t when;
	} cases[] = {{0, 1}, {0, 31}, {BAD, BAD + 1}, {30, 31}, {20, 25}};

	(void)state;
	for (size_t at = 0; at < sizeof(cases) / sizeof(cases[0]); at++) {
		struct rig rig;
		struct rot rot = {&rig, off_of(cases[at].block) + 300, 0x20, off_of(cases[at].when),
				  1};

		rig_begin_small(&rig, NULL);
		fill_all(&rig);
		prepare(&rig);
		rig.spy->context = &rot;
		rig.spy->after = rot_when_erased;
		rig_run(&rig);
		assert_int_equal(rot.times, 0);
		expect_verified(&rig, 1);
		expect_wear(&rig, cases[at].block);
		assert_int_equal(uf_nor_wear(rig.nor, cases[at].block), 2);
		expect_over(&rig);
		rig_end(&rig);
	}
}

/* Rewriting a block that was found wrong in the end disturbs one that was found right before. */
static void disturb_another(struct spy *spy, const struct spy_op *op, uint8_t *buf)
{
	struct rig *rig = spy->context;

	(void)buf;
	if (op->kind == SPY_ERASE && op->off == off_of(31) && uf_nor_wear(rig->nor, 31) == 1)
		rig_cells(rig)[off_of(BAD) + 300] ^= 0x20;
	if (op->kind == SPY_ERASE && op->off == off_of(BAD) && uf_nor_wear(rig->nor, BAD) == 2)
		rig_cells(rig)[off_of(2) + 300] ^= 0x20;
}

/* What is written last is followed by a reading of everything, so that this is found, too. */
static void a_block_that_changes_while_another_is_rewritten(void **state)
{
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	fill_all(&rig);
	prepare(&rig);
	rig.spy->context = &rig;
	rig.spy->after = disturb_another;
	rig_run(&rig);
	assert_int_equal(uf_nor_wear(rig.nor, BAD), 2);
	expect_verified(&rig, 2);
	assert_int_equal(uf_nor_wear(rig.nor, 2), 2);
	rig_end(&rig);
}

/* It falls over whenever its block was read to its end, for ever: found out, told, and over. */
static void rot_when_read(struct spy *spy, const struct spy_op *op, uint8_t *buf)
{
	struct rot *rot = spy->context;

	(void)buf;
	if (op->kind == SPY_READ && op->off == off_of(BAD) && rot->times &&
	    !uf_is_blank(rig_cells(rot->rig) + off_of(BAD), SMALL_BLOCK))
		rig_cells(rot->rig)[rot->off] = rot->rig->bytes[rot->off] ^ rot->mask;
}

static void a_block_that_never_stays_right(void **state)
{
	struct uf_exec_failure failure;
	struct rig rig;
	struct rot rot = {&rig, off_of(BAD) + 300, 0x20, 0, 1};

	(void)state;
	rig_begin_small(&rig, NULL);
	fill_all(&rig);
	prepare(&rig);
	rig.spy->context = &rot;
	rig.spy->after = rot_when_read;
	rig_run(&rig);
	/* A digest tells that a block is wrong, not where. */
	uf_exec_next_failure(rig.exec, 0, &failure);
	assert_true(failure.offset == off_of(BAD) || failure.offset == off_of(BAD) + 300);
	expect_failed(&rig, BAD, UF_BLOCK_MISMATCH, failure.offset);
	expect_over(&rig);
	rig_end(&rig);
}

/* Whether a block holds all of the old, or all of the new. */
static bool is_whole(struct rig *rig, uint32_t block, const uint8_t *expected)
{
	const uint8_t *cells = rig_cells(rig) + off_of(block);
	bool is_old = !memcmp(cells, rig->old + off_of(block), SMALL_BLOCK);
	bool is_new = !memcmp(cells, expected + off_of(block), SMALL_BLOCK);

	return uf_nor_wear(rig->nor, block) ? is_new : is_old;
}

/* Check what is left of a run that was to stop at one moment. Returns whether it did stop. */
static bool check_stop_at(uint64_t stop_at)
{
	uint8_t *expected;
	uint32_t done = 0;
	struct rig rig;
	bool stopped;

	rig_begin_small(&rig, NULL);
	fill_some(&rig, 0x00ffff00);
	prepare(&rig);
	rig.story.stop_at = stop_at;
	rig_run(&rig);
	expected = rig_expected(&rig);
	for (uint32_t block = 0; block < SMALL_BLOCKS; block++) {
		assert_true(is_whole(&rig, block, expected));
		done += uf_nor_wear(rig.nor, block) != 0;
	}
	stopped = rig.outcome.stopped;
	assert_int_equal(stopped, rig.story.said_stop);
	assert_int_equal(rig.outcome.touched, done != 0);
	assert_int_equal(rig.outcome.failed, 0);
	assert_int_equal(rig.outcome.written, done);
	if (stopped) {
		unsigned ops = rig.story.ops_at_stop;

		assert_int_equal(rig.story.polls, stop_at);
		assert_int_equal(spy_next(rig.spy, SPY_ERASE, ops), rig.spy->ops);
		assert_int_equal(spy_next(rig.spy, SPY_PROGRAM, ops), rig.spy->ops);
	} else {
		expect_verified(&rig, 0);
	}
	expect_over(&rig);
	free(expected);
	rig_end(&rig);
	return stopped;
}

/* Stop at every moment at which the executor asks: at least before each of the 16 blocks. */
static void stopped_at_every_moment(void **state)
{
	uint64_t stop_at = 1;

	(void)state;
	while (check_stop_at(stop_at)) {
		stop_at++;
		assert_true(stop_at < 1000);
	}
	assert_true(stop_at > 16);
}

/* Asked before the first erase: the flash is as it was. */
static void stopped_before_the_first_erase(void **state)
{
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	fill_all(&rig);
	prepare(&rig);
	rig.story.stop_at = 1;
	rig_run(&rig);
	assert_true(rig.outcome.stopped);
	assert_false(rig.outcome.touched);
	assert_int_equal(rig.spy->count[SPY_ERASE], 0);
	assert_memory_equal(rig_cells(&rig), rig.old, SMALL_SIZE);
	expect_over(&rig);
	rig_end(&rig);
}

/* A stop is not heard inside a block that is erased and not yet written again. */
static void not_stopped_inside_a_block(void **state)
{
	struct culprit culprit = {off_of(BAD), SPY_PROGRAM, SPY_LIE, 1, 0};
	uint64_t polls = 100;

	(void)state;
	for (uint64_t stop_at = 1; stop_at <= polls; stop_at++) {
		uint8_t *expected;
		struct rig rig;

		culprit.seen = 0;
		begin_culprit(&rig, &culprit);
		rig.story.stop_at = stop_at;
		rig_run(&rig);
		expected = rig_expected(&rig);
		for (uint32_t block = 0; block < SMALL_BLOCKS; block++)
			assert_true(is_whole(&rig, block, expected));
		if (!rig.outcome.stopped)
			polls = 0;
		free(expected);
		rig_end(&rig);
	}
	assert_int_equal(polls, 0);
}

/* Begin a run in which one block misbehaves, and step until that block was tried. */
static bool touched_by_first(struct culprit *culprit, struct uf_exec_outcome *outcome)
{
	struct rig rig;

	begin_culprit(&rig, culprit);
	uf_exec_outcome(rig.exec, outcome);
	assert_false(outcome->touched);
	assert_false(outcome->stopped);
	assert_int_equal(outcome->error.code, UF_OK);
	assert_true(uf_exec_step(rig.exec));
	assert_true(culprit->seen > 0);
	uf_exec_outcome(rig.exec, outcome);
	/* What can have changed is told; what is told need not have. */
	if (memcmp(rig_cells(&rig), rig.old, SMALL_SIZE) != 0)
		assert_true(outcome->touched);
	rig_end(&rig);
	return outcome->touched;
}

/* Only what may have changed something is a touch: an erase that failed or lied is looked at. */
static void the_touched_flag(void **state)
{
	static const struct {
		enum spy_kind kind;
		enum spy_verdict verdict;
		bool touched;
	} cases[] = {
		{SPY_ERASE, SPY_FAIL, false},     {SPY_ERASE, SPY_LIE, false},
		{SPY_ERASE, SPY_DONE_FAIL, true}, {SPY_PROGRAM, SPY_FAIL, true},
		{SPY_PROGRAM, SPY_LIE, true},     {SPY_READ, SPY_FAIL, true},
	};

	(void)state;
	for (size_t at = 0; at < sizeof(cases) / sizeof(cases[0]); at++) {
		struct culprit culprit = {off_of(0), cases[at].kind, cases[at].verdict, UINT32_MAX,
					  0};
		struct uf_exec_outcome outcome;

		assert_int_equal(touched_by_first(&culprit, &outcome), cases[at].touched);
		assert_int_equal(outcome.failed, 1);
	}
}

/* Check the rows that progress tells of: blocks of the row, its number of them. */
static void expect_rows(const struct rig *rig, enum uf_phase phase)
{
	uint32_t last[UF_PARTITIONS_MAX] = {0};

	for (unsigned at = 0; at < rig->story.events; at++) {
		const struct uf_event *event = &rig->story.event[at].event;
		const struct uf_progress_event *progress = &event->progress;

		if (event->kind != UF_EVENT_PROGRESS || progress->phase != phase)
			continue;
		assert_ptr_equal(event->plan, &rig->plan);
		assert_true(progress->work_total > 0);
		if (progress->row < 0)
			continue;
		assert_true((unsigned)progress->row < rig->plan.rows);
		assert_int_equal(progress->row_total, rig->plan.row[progress->row].erase_blocks);
		assert_true(progress->row_done >= last[progress->row]);
		last[progress->row] = progress->row_done;
	}
	for (unsigned row = 0; row < rig->plan.rows; row++)
		assert_int_equal(last[row], rig->plan.row[row].erase_blocks);
}

/* The operation behind which progress of a phase first told its total. */
static unsigned ops_at_total(const struct rig *rig, enum uf_phase phase)
{
	for (unsigned at = 0; at < rig->story.events; at++) {
		const struct story_event *entry = &rig->story.event[at];

		if (entry->event.kind == UF_EVENT_PROGRESS &&
		    entry->event.progress.phase == phase &&
		    entry->event.progress.done == entry->event.progress.total)
			return entry->ops;
	}
	fail_msg("%s never reached its total", uf_phase_name(phase));
	return 0;
}

/* Check progress over both phases. */
static void expect_progress(const struct rig *rig)
{
	const struct uf_progress_event *last = NULL;
	uint64_t work = 0;

	assert_true(story_check_progress(&rig->story, UF_PHASE_WRITE, true) >= 1);
	assert_true(story_check_progress(&rig->story, UF_PHASE_VERIFY, true) >= 1);
	for (unsigned at = 0; at < rig->story.events; at++) {
		const struct uf_progress_event *progress = &rig->story.event[at].event.progress;

		if (rig->story.event[at].event.kind != UF_EVENT_PROGRESS)
			continue;
		assert_true(progress->phase == UF_PHASE_WRITE ||
			    progress->phase == UF_PHASE_VERIFY);
		assert_true(progress->work_done >= work);
		assert_true(!last || progress->work_total == last->work_total);
		work = progress->work_done;
		last = progress;
	}
	assert_non_null(last);
	assert_int_equal(last->phase, UF_PHASE_VERIFY);
	assert_int_equal(last->work_done, last->work_total);
	/* Nothing is written behind the end of writing, nothing read behind that of verifying. */
	assert_true(ops_at_total(rig, UF_PHASE_WRITE) > spy_last(rig->spy, SPY_PROGRAM));
	assert_true(ops_at_total(rig, UF_PHASE_WRITE) > spy_last(rig->spy, SPY_ERASE));
	assert_true(ops_at_total(rig, UF_PHASE_VERIFY) > spy_last(rig->spy, SPY_READ));
}

static void progress_of_a_good_run(void **state)
{
	static const uint32_t mask[] = {UINT32_MAX, 1, 0x80f0ff01};

	(void)state;
	for (size_t at = 0; at < 3; at++) {
		struct rig rig;

		rig_begin_small(&rig, NULL);
		fill_some(&rig, mask[at]);
		prepare(&rig);
		rig_run(&rig);
		expect_verified(&rig, 0);
		expect_progress(&rig);
		expect_rows(&rig, UF_PHASE_WRITE);
		expect_rows(&rig, UF_PHASE_VERIFY);
		rig_end(&rig);
	}
}

/* A block that waits for the second round holds the end of the writing back. */
static void progress_with_a_second_round(void **state)
{
	static const uint32_t block[] = {0, BAD, SMALL_BLOCKS - 1};

	(void)state;
	for (size_t at = 0; at < 3; at++) {
		/* Where nothing was changed before it, lying erases would end the run. */
		struct culprit culprit = {off_of(block[at]), SPY_ERASE,
					  block[at] ? SPY_LIE : SPY_FAIL, UF_BLOCK_TRIES, 0};
		struct rig rig;

		begin_culprit(&rig, &culprit);
		rig_run(&rig);
		expect_verified(&rig, 1);
		expect_progress(&rig);
		expect_rows(&rig, UF_PHASE_WRITE);
		expect_rows(&rig, UF_PHASE_VERIFY);
		rig_end(&rig);
	}
}

/* A block that is found wrong in the end and rewritten: verifying is not over before that. */
static void progress_with_a_rewritten_block(void **state)
{
	struct rig rig;
	struct rot rot = {&rig, off_of(31) + 300, 0x20, 0, 0};

	(void)state;
	rig_begin_small(&rig, NULL);
	fill_all(&rig);
	prepare(&rig);
	rot.off = off_of(BAD) + 300;
	rot.when = off_of(31);
	rot.times = 1;
	rig.spy->context = &rot;
	rig.spy->after = rot_when_erased;
	rig_run(&rig);
	expect_verified(&rig, 1);
	story_check_progress(&rig.story, UF_PHASE_WRITE, true);
	story_check_progress(&rig.story, UF_PHASE_VERIFY, true);
	assert_true(ops_at_total(&rig, UF_PHASE_VERIFY) > spy_last(rig.spy, SPY_PROGRAM));
	assert_true(ops_at_total(&rig, UF_PHASE_VERIFY) > spy_last(rig.spy, SPY_READ));
	rig_end(&rig);
}

/* Whatever fails, progress does not go back. */
static void progress_of_a_bad_run(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind < UF_FAULT_KINDS; kind++) {
		struct uf_fault_plan plan = fault_of((enum uf_fault_kind)kind, 0);
		struct rig rig;

		plan.rate[kind] = kind < UF_FAULT_PROGRAM_FAIL ? 50000 : 10000;
		rig_begin_small(&rig, &plan);
		fill_all(&rig);
		prepare(&rig);
		rig_run(&rig);
		story_check_progress(&rig.story, UF_PHASE_WRITE, false);
		story_check_progress(&rig.story, UF_PHASE_VERIFY, false);
		rig_end(&rig);
	}
}

/* A plan's block that the guard does not let through: that one fails, the others are done. */
static void a_block_that_is_not_armed(void **state)
{
	struct uf_block_set set;
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	fill_all(&rig);
	prepare(&rig);
	expect_ok(uf_plan_blocks(&rig.plan, &set, &rig.err), &rig.err);
	set.bits[BAD / 8] &= (uint8_t)(0xff ^ 1 << BAD % 8);
	expect_ok(uf_device_arm(rig.dev, &set, &rig.err), &rig.err);
	uf_block_set_free(&set);
	rig_run(&rig);
	expect_failed(&rig, BAD, UF_BLOCK_ERASE_FAILED, off_of(BAD));
	expect_block(&rig, BAD, rig.old, "what it held");
	assert_int_equal(uf_nor_wear(rig.nor, BAD), 0);
	rig_end(&rig);
}

/* What was announced, and whether it was in time. */
struct crier {
	struct rig *rig;
	bool announced[SMALL_BLOCKS]; /* in the last list */
	unsigned lists;
	unsigned most;
	unsigned late; /* blocks that were touched without being in the last list */
};

static void cry(void *context, const uint32_t *op, unsigned count)
{
	struct crier *crier = context;

	memset(crier->announced, 0, sizeof(crier->announced));
	crier->lists++;
	if (count > crier->most)
		crier->most = count;
	for (unsigned at = 0; at < count; at++)
		crier->announced[crier->rig->plan.op[op[at]].block] = true;
}

static enum spy_verdict check_announced(struct spy *spy, const struct spy_op *op)
{
	struct crier *crier = spy->context;

	if (op->kind == SPY_ERASE || op->kind == SPY_PROGRAM)
		crier->late += !crier->announced[op->off / SMALL_BLOCK];
	return SPY_PASS;
}

/* Run with somebody who is told what comes next. */
static void run_announced(struct rig *rig, struct crier *crier, uint32_t mask, uint64_t boot_extent)
{
	memset(crier, 0, sizeof(*crier));
	crier->rig = rig;
	rig_begin_small(rig, NULL);
	rig->boot_extent = boot_extent;
	rig->announce = cry;
	rig->announced = crier;
	fill_some(rig, mask);
	prepare(rig);
	rig->spy->context = crier;
	rig->spy->judge = check_announced;
	rig_run(rig);
}

/* Nothing is touched that was not announced; so many at a time that it is not told too often. */
static void what_comes_next_is_announced(void **state)
{
	static const uint32_t mask[] = {0, 1, UINT32_MAX, 0x55555555, 0x8000ff0f};
	static const uint64_t extent[] = {0, 2 * SMALL_BLOCK, 7 * SMALL_BLOCK, 20 * SMALL_BLOCK};

	(void)state;
	for (size_t at = 0; at < 20; at++) {
		struct crier crier;
		struct rig rig;

		run_announced(&rig, &crier, mask[at / 4], extent[at % 4]);
		expect_verified(&rig, 0);
		assert_int_equal(crier.late, 0);
		assert_true(crier.lists <= rig.plan.ops / UF_ANNOUNCE_MAX + 2);
		assert_true(crier.most <= UF_ANNOUNCE_MAX ||
			    crier.most == uf_plan_exposed(&rig.plan));
		assert_int_equal(crier.lists == 0, rig.plan.ops == 0);
		rig_end(&rig);
	}
}

/* Blocks that are tried again, too. */
static void what_is_tried_again_is_announced(void **state)
{
	struct crier crier;
	struct rig rig;
	struct rot rot = {&rig, off_of(BAD) + 300, 0x20, off_of(31), 1};

	(void)state;
	memset(&crier, 0, sizeof(crier));
	crier.rig = &rig;
	rig_begin_small(&rig, NULL);
	rig.announce = cry;
	rig.announced = &crier;
	fill_all(&rig);
	prepare(&rig);
	rig.spy->context = &rot;
	rig.spy->after = rot_when_erased;
	rig_run(&rig);
	expect_verified(&rig, 1);
	/* 32 blocks in two lists, and the one that was found wrong. */
	assert_int_equal(crier.lists, 3);
	assert_true(crier.announced[BAD]);
	assert_int_equal(crier.announced[31], false);
	rig_end(&rig);
}

static unsigned allocations;

static void count_allocation(const volatile void *at, size_t size)
{
	(void)at;
	(void)size;
	allocations++;
}

static void ignore_free(const volatile void *at)
{
	(void)at;
}

/* Of AddressSanitizer, where it is there. */
int __sanitizer_install_malloc_and_free_hooks(void (*)(const volatile void *, size_t),
					      void (*)(const volatile void *))
	__attribute__((weak));

/* From the first erase on nothing is allocated, not even where blocks fail and are retried. */
static void steps_allocate_nothing(void **state)
{
	struct culprit culprit = {off_of(BAD), SPY_PROGRAM, SPY_LIE, UINT32_MAX, 0};
	struct rig rig;

	(void)state;
	if (!__sanitizer_install_malloc_and_free_hooks)
		skip();
	begin_culprit(&rig, &culprit);
	/* The test's own lists may not grow meanwhile. */
	rig.story.room = 65536;
	rig.story.event = realloc(rig.story.event, rig.story.room * sizeof(*rig.story.event));
	rig.spy->room = 65536;
	rig.spy->op = realloc(rig.spy->op, rig.spy->room * sizeof(*rig.spy->op));
	assert_true(rig.story.event && rig.spy->op);
	assert_true(__sanitizer_install_malloc_and_free_hooks(count_allocation, ignore_free) > 0);
	allocations = 0;
	while (uf_exec_step(rig.exec))
		;
	assert_int_equal(allocations, 0);
	rig_end(&rig);
}

/* Begin with the parts of one block alone. */
static void begin_block_io(struct rig *rig, struct block_io *io)
{
	struct uf_block_set set;

	rig_begin_small(rig, NULL);
	fill_all(rig);
	rig_prepare(rig);
	expect_ok(uf_plan_blocks(&rig->plan, &set, &rig->err), &rig->err);
	expect_ok(uf_device_arm(rig->dev, &set, &rig->err), &rig->err);
	uf_block_set_free(&set);
	assert_int_equal(block_io_init(io, &rig->target, &rig->image.image, rig->dev, rig->prints),
			 UF_OK);
	rig->spy->ops = 0;
}

static enum uf_block_result write_block(struct block_io *io, uint32_t block, struct uf_error *err)
{
	const struct uf_op op = {.block = block, .kind = UF_OP_WRITE};

	return block_write(io, &op, err);
}

static void one_attempt_at_a_block(void **state)
{
	struct block_io io;
	struct rig rig;

	(void)state;
	begin_block_io(&rig, &io);
	assert_false(io.touched);
	assert_int_equal(write_block(&io, 5, &rig.err), UF_BLOCK_OK);
	assert_true(io.touched);
	assert_int_equal(uf_nor_wear(rig.nor, 5), 1);
	expect_block(&rig, 5, rig.bytes, "the image");
	expect_block(&rig, 4, rig.old, "what it held");
	expect_block(&rig, 6, rig.old, "what it held");
	block_io_free(&io);
	rig_end(&rig);
}

static void one_attempt_that_fails(void **state)
{
	struct culprit culprit = {off_of(BAD), SPY_ERASE, SPY_FAIL, 1, 0};
	struct block_io io;
	struct rig rig;

	(void)state;
	begin_block_io(&rig, &io);
	rig.spy->context = &culprit;
	rig.spy->judge = judge_culprit;
	assert_int_equal(write_block(&io, BAD, &rig.err), UF_BLOCK_ERASE_FAILED);
	assert_false(io.touched);
	assert_string_not_equal(rig.err.what, "");

	culprit = (struct culprit){off_of(BAD), SPY_ERASE, SPY_LIE, 1, 0};
	assert_int_equal(write_block(&io, BAD, &rig.err), UF_BLOCK_PROTECTED);
	assert_int_equal(off_of(BAD) + io.wrong, first_not_blank(&rig, BAD));
	assert_false(io.touched);

	/* What an attempt has changed in a block makes the next such erase a failed one. */
	io.block_touched = true;
	culprit.seen = 0;
	assert_int_equal(write_block(&io, BAD, &rig.err), UF_BLOCK_NOT_BLANK);
	assert_false(io.touched);
	io.block_touched = false;

	culprit = (struct culprit){off_of(BAD), SPY_PROGRAM, SPY_FAIL, 1, 0};
	assert_int_equal(write_block(&io, BAD, &rig.err), UF_BLOCK_PROGRAM_FAILED);
	assert_true(io.touched);
	assert_true(io.block_touched);

	culprit = (struct culprit){off_of(BAD), SPY_PROGRAM, SPY_LIE, 1, 0};
	assert_int_equal(write_block(&io, BAD, &rig.err), UF_BLOCK_MISMATCH);
	assert_int_equal(off_of(BAD) + io.wrong, first_wrong(&rig, BAD));

	/* The first look at the block may fail: it is written then. */
	culprit = (struct culprit){off_of(BAD), SPY_READ, SPY_FAIL, 2 * UF_READ_TRIES, 0};
	assert_int_equal(write_block(&io, BAD, &rig.err), UF_BLOCK_READ_FAILED);
	assert_int_equal(write_block(&io, BAD, &rig.err), UF_BLOCK_OK);
	block_io_free(&io);
	rig_end(&rig);
}

static void a_block_without_its_image(void **state)
{
	struct block_io io;
	struct rig rig;

	(void)state;
	begin_block_io(&rig, &io);
	rig.image.fail_at = off_of(BAD);
	rig.image.fail_code = UF_ERR_IO;
	assert_int_equal(write_block(&io, BAD, &rig.err), UF_BLOCK_IMAGE_UNREADABLE);
	rig.image.fail_code = UF_OK;
	rig.bytes[off_of(BAD)] ^= 0x80;
	assert_int_equal(write_block(&io, BAD, &rig.err), UF_BLOCK_IMAGE_CHANGED);
	assert_false(io.touched);
	assert_int_equal(rig.spy->count[SPY_ERASE] + rig.spy->count[SPY_PROGRAM], 0);
	block_io_free(&io);
	rig_end(&rig);
}

static void comparing_a_block(void **state)
{
	struct culprit culprit = {off_of(BAD), SPY_READ, SPY_FAIL, UF_READ_TRIES, 0};
	struct block_io io;
	struct rig rig;

	(void)state;
	begin_block_io(&rig, &io);
	assert_int_equal(block_verify(&io, BAD, &rig.err), UF_BLOCK_MISMATCH);
	memcpy(rig_cells(&rig) + off_of(BAD), rig.bytes + off_of(BAD), SMALL_BLOCK);
	assert_int_equal(block_verify(&io, BAD, &rig.err), UF_BLOCK_OK);
	rig_cells(&rig)[off_of(BAD) + 4095] ^= 0x01;
	assert_int_equal(block_verify(&io, BAD, &rig.err), UF_BLOCK_MISMATCH);
	assert_string_not_equal(rig.err.what, "");
	rig_cells(&rig)[off_of(BAD) + 4095] ^= 0x01;
	rig.spy->context = &culprit;
	rig.spy->judge = judge_culprit;
	assert_int_equal(block_verify(&io, BAD, &rig.err), UF_BLOCK_READ_FAILED);
	assert_int_equal(block_verify(&io, BAD, &rig.err), UF_BLOCK_OK);
	assert_false(io.touched);
	assert_int_equal(rig.spy->count[SPY_ERASE] + rig.spy->count[SPY_PROGRAM], 0);
	block_io_free(&io);
	rig_end(&rig);
}

static void ending_what_never_began(void **state)
{
	struct block_io io = {0};

	(void)state;
	uf_exec_end(NULL);
	block_io_free(&io);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_differs),
		cmocka_unit_test(some_blocks_differ),
		cmocka_unit_test(nothing_differs),
		cmocka_unit_test(full),
		cmocka_unit_test(keep_and_tail),
		cmocka_unit_test(large_blocks),
		cmocka_unit_test(synced),
		cmocka_unit_test(a_medium_that_does_not_sync),
		cmocka_unit_test(each_fault_once),
		cmocka_unit_test(a_failed_read_costs_no_erase),
		cmocka_unit_test(a_flip_and_failed_reads_in_a_row),
		cmocka_unit_test(each_fault_always),
		cmocka_unit_test(nothing_is_programmed_into_what_is_not_blank),
		cmocka_unit_test(one_block_cannot_be_erased),
		cmocka_unit_test(one_block_is_never_blank),
		cmocka_unit_test(a_chip_that_does_not_obey),
		cmocka_unit_test(a_chip_that_obeys_late),
		cmocka_unit_test(a_chip_that_fails_and_does_not_obey),
		cmocka_unit_test(a_stuck_cell_in_a_blank_block),
		cmocka_unit_test(a_part_that_does_not_obey),
		cmocka_unit_test(one_block_is_erased_in_part),
		cmocka_unit_test(one_block_cannot_be_programmed),
		cmocka_unit_test(one_block_programs_nothing),
		cmocka_unit_test(one_block_is_programmed_in_part),
		cmocka_unit_test(one_block_cannot_be_read),
		cmocka_unit_test(one_block_cannot_be_read_in_the_end),
		cmocka_unit_test(the_outermost_blocks_fail),
		cmocka_unit_test(the_only_block_fails),
		cmocka_unit_test(running_again_finishes_the_job),
		cmocka_unit_test(operations_that_come_right_in_the_end),
		cmocka_unit_test(however_late_it_comes_right),
		cmocka_unit_test(retried_blocks_are_counted),
		cmocka_unit_test(an_erase_that_only_says_it_failed),
		cmocka_unit_test(operations_that_always_say_they_failed),
		cmocka_unit_test(a_cell_that_is_stuck_at_0),
		cmocka_unit_test(a_cell_that_is_stuck_at_1),
		cmocka_unit_test(a_cell_that_is_stuck_at_what_is_wanted),
		cmocka_unit_test(an_image_that_cannot_be_read),
		cmocka_unit_test(an_image_that_has_changed),
		cmocka_unit_test(an_image_that_became_shorter),
		cmocka_unit_test(an_image_that_is_gone),
		cmocka_unit_test(an_image_that_hiccups),
		cmocka_unit_test(an_image_that_changes_between_attempts),
		cmocka_unit_test(events_of_blocks),
		cmocka_unit_test(the_second_round),
		cmocka_unit_test(a_block_that_is_put_off),
		cmocka_unit_test(failed_attempts_are_told),
		cmocka_unit_test(a_block_that_changes_after_it_was_compared),
		cmocka_unit_test(a_block_that_changes_while_another_is_rewritten),
		cmocka_unit_test(a_block_that_never_stays_right),
		cmocka_unit_test(stopped_at_every_moment),
		cmocka_unit_test(stopped_before_the_first_erase),
		cmocka_unit_test(not_stopped_inside_a_block),
		cmocka_unit_test(the_touched_flag),
		cmocka_unit_test(progress_of_a_good_run),
		cmocka_unit_test(progress_with_a_second_round),
		cmocka_unit_test(progress_with_a_rewritten_block),
		cmocka_unit_test(progress_of_a_bad_run),
		cmocka_unit_test(a_block_that_is_not_armed),
		cmocka_unit_test(what_comes_next_is_announced),
		cmocka_unit_test(what_is_tried_again_is_announced),
		cmocka_unit_test(steps_allocate_nothing),
		cmocka_unit_test(one_attempt_at_a_block),
		cmocka_unit_test(one_attempt_that_fails),
		cmocka_unit_test(a_block_without_its_image),
		cmocka_unit_test(comparing_a_block),
		cmocka_unit_test(ending_what_never_began),
		cmocka_unit_test(a_flip_and_reads_that_fail_late),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
