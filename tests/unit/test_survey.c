/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The survey: what it reads, in which pieces, how often, and what it makes of it. */
#include "support.h"

#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "uniflash/plan/survey.h"

/* Which reads of a spy fail: those of the piece that holds `off`, the first `times` of them. */
struct bad_piece {
	uint64_t off;
	unsigned times; /* UINT_MAX: always */
	unsigned seen;
};

#define BAD_PIECES 4

struct bad_pieces {
	struct bad_piece piece[BAD_PIECES];
	unsigned count;
};

static enum spy_verdict judge_bad_pieces(struct spy *spy, const struct spy_op *op)
{
	struct bad_pieces *bad = spy->context;

	for (unsigned at = 0; at < bad->count; at++) {
		struct bad_piece *piece = &bad->piece[at];

		if (op->kind == SPY_READ && op->off <= piece->off &&
		    piece->off < op->off + op->len && piece->seen++ < piece->times)
			return SPY_FAIL;
	}
	return SPY_PASS;
}

/* Make a rig with random contents on the chip, a chip larger than one block of 32 KiB. */
static void begin_large(struct rig *rig)
{
	static const struct piece piece[] = {{"a", 0x18000}, {"b", 0x8000}};
	const struct uf_geometry geometry = {0x20000, 0x8000, 256};
	struct uf_table table;

	make_table(&table, piece, 2);
	rig_begin(rig, &geometry, &table, NULL);
	fill_random(rig->bytes, geometry.size, 1);
	rig_set_old(rig, rig->bytes);
}

/* Check that the reads of a spy are in pieces of at most 4 KiB and cover [off, off + len) once. */
static void expect_pieces(const struct spy *spy, uint64_t off, uint64_t len)
{
	assert_int_equal(spy->count[SPY_READ], spy->ops);
	for (unsigned at = 0; at < spy->ops; at++) {
		assert_in_range(spy->op[at].len, 1, 4096);
		assert_int_equal(spy->op[at].off, off);
		off += spy->op[at].len;
		len -= spy->op[at].len;
	}
	assert_int_equal(len, 0);
}

static void reads_are_in_small_pieces(void **state)
{
	static const struct {
		uint64_t off;
		size_t len;
	} range[] = {
		{0, 0x8000},       {0, 1},          {0, 4096}, {0, 4097},
		{0x8000, 0x18000}, {100, 5000},     {4095, 2}, {77, 0x4321},
		{0x1ffff, 1},      {0x1f000, 4096}, {1, 4096}, {0x7fff, 8194},
	};
	uint8_t *buf = malloc(0x20000);
	struct rig rig;

	(void)state;
	assert_non_null(buf);
	begin_large(&rig);
	for (size_t at = 0; at < sizeof(range) / sizeof(range[0]); at++) {
		memset(buf, 0, 0x20000);
		rig.spy->ops = rig.spy->count[SPY_READ] = 0;
		expect_ok(uf_read_retrying(rig.dev, range[at].off, buf, range[at].len, &rig.err),
			  &rig.err);
		expect_pieces(rig.spy, range[at].off, range[at].len);
		assert_memory_equal(buf, rig.old + range[at].off, range[at].len);
		assert_true(range[at].len == 0x20000 || buf[range[at].len] == 0);
	}
	free(buf);
	rig_end(&rig);
}

/* Each piece is tried three times, whatever became of the others. */
static void a_piece_is_read_again(void **state)
{
	struct bad_pieces bad = {
		{{0x1000, 2, 0}, {0x2fff, 2, 0}, {0x3000, 1, 0}, {0x7fff, 2, 0}},
		4,
	};
	struct rig rig;
	uint8_t *buf;

	(void)state;
	begin_large(&rig);
	buf = rig.buf;
	rig.spy->context = &bad;
	rig.spy->judge = judge_bad_pieces;
	expect_ok(uf_read_retrying(rig.dev, 0, buf, 0x8000, &rig.err), &rig.err);
	assert_memory_equal(buf, rig.old, 0x8000);
	assert_int_equal(rig.spy->ops, 8 + 2 + 2 + 1 + 2);
	assert_int_equal(spy_touches(rig.spy, SPY_READ, 0x1000, 1), 3);
	assert_int_equal(spy_touches(rig.spy, SPY_READ, 0x3000, 1), 2);
	assert_int_equal(spy_touches(rig.spy, SPY_READ, 0x4000, 1), 1);
	rig_end(&rig);
}

static void a_piece_is_given_up_after_three_times(void **state)
{
	struct bad_pieces bad = {{{0x2000, 3, 0}}, 1};
	struct rig rig;

	(void)state;
	begin_large(&rig);
	rig.spy->context = &bad;
	rig.spy->judge = judge_bad_pieces;
	assert_int_equal(uf_read_retrying(rig.dev, 0, rig.buf, 0x8000, &rig.err), UF_ERR_IO);
	assert_int_equal(rig.err.code, UF_ERR_IO);
	assert_int_equal(spy_touches(rig.spy, SPY_READ, 0x2000, 1), UF_READ_TRIES);
	assert_int_equal(UF_READ_TRIES, 3);

	/* The next time it works. */
	expect_ok(uf_read_retrying(rig.dev, 0, rig.buf, 0x8000, &rig.err), &rig.err);
	rig_end(&rig);
}

/* Give an error that no trying again cures: an access outside of the flash. */
static void outside_of_the_flash(void **state)
{
	struct rig rig;

	(void)state;
	begin_large(&rig);
	assert_int_not_equal(uf_read_retrying(rig.dev, 0x1f000, rig.buf, 0x2000, &rig.err), UF_OK);
	assert_int_not_equal(rig.err.code, UF_OK);
	rig_end(&rig);
}

/* Fill image and flash of a small rig so that just the blocks of mask differ. */
static void fill_differing(struct rig *rig, uint32_t mask)
{
	uint8_t *old = malloc(SMALL_SIZE);

	assert_non_null(old);
	fill_random(rig->bytes, SMALL_SIZE, 2);
	memset(rig->bytes + 4 * SMALL_BLOCK, 0xff, 2 * SMALL_BLOCK);
	memcpy(old, rig->bytes, SMALL_SIZE);
	for (unsigned block = 0; block < SMALL_BLOCKS; block++)
		if (mask >> block & 1)
			old[block * SMALL_BLOCK + block * 100] ^= 0x10;
	rig_set_old(rig, old);
	free(old);
}

/* Check that just the blocks of mask are in this state, the others equal, and those that are kept
 * in none. */
static void expect_states(const struct rig *rig, uint32_t mask, enum uf_block_state state)
{
	for (uint32_t block = 0; block < SMALL_BLOCKS; block++) {
		const struct uf_block *have = &rig->target.block[block];
		enum uf_block_state want = mask >> block & 1 ? state : UF_STATE_EQUAL;

		if (have->intent == UF_INTENT_KEEP)
			want = UF_STATE_UNKNOWN;
		if (have->state != want)
			fail_msg("block %u is %d, not %d", block, have->state, want);
	}
}

static void equal_and_different(void **state)
{
	static const uint32_t mask[] = {0, 1, 1u << 31, 0x80f00ff1, UINT32_MAX};

	(void)state;
	for (size_t at = 0; at < sizeof(mask) / sizeof(mask[0]); at++) {
		struct rig rig;

		rig_begin_small(&rig, NULL);
		fill_differing(&rig, mask[at]);
		rig_digest(&rig);
		rig_survey(&rig);
		rig_decide(&rig);
		expect_states(&rig, mask[at], UF_STATE_DIFFERS);
		expect_pieces(rig.spy, 0, SMALL_SIZE);
		rig_end(&rig);
	}
}

/* Blocks that are to be blank, and an image that ends inside a block. */
static void behind_the_images_end(void **state)
{
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	fill_random(rig.bytes, SMALL_SIZE, 3);
	rig_set_old(&rig, rig.bytes);
	memset(rig_cells(&rig) + 20 * SMALL_BLOCK + 10, 0xff, SMALL_BLOCK - 10);
	memset(rig_cells(&rig) + 22 * SMALL_BLOCK, 0xff, 4 * SMALL_BLOCK);
	rig_cells(&rig)[24 * SMALL_BLOCK + 4095] = 0xfe;
	memory_image_init(&rig.image, rig.bytes, 20 * SMALL_BLOCK + 10);
	rig.policy.tail = UF_TAIL_ERASE;
	rig_digest(&rig);
	rig_survey(&rig);
	rig_decide(&rig);
	/* Equal: 0 to 20, for 20 is blank behind the end; 22, 23, 25. */
	expect_states(&rig, 1u << 21 | 1u << 24 | 0xfc000000, UF_STATE_DIFFERS);
	rig_end(&rig);
}

/* Check that `have` of every block is the fingerprint of what the chip holds. */
static void expect_have(struct rig *rig)
{
	for (uint32_t block = 0; block < SMALL_BLOCKS; block++)
		rig_expect_print(rig, &rig->target.block[block].have,
				 rig_cells(rig) + (size_t)block * SMALL_BLOCK);
}

/* What is kept is read, for the checks want to see it, once as all else; it is not judged. */
static void kept_blocks_are_read_once(void **state)
{
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	fill_differing(&rig, 0x0f0f0f0f);
	rig.policy.keep[0] = true;  /* 0 to 1 */
	rig.policy.keep[4] = true;  /* 17 to 22 */
	rig.policy.keep[10] = true; /* 31 */
	rig_digest(&rig);
	rig_survey(&rig);
	for (uint32_t block = 0; block < SMALL_BLOCKS; block++)
		assert_int_equal(rig.target.block[block].state, UF_STATE_UNKNOWN);
	rig_decide(&rig);
	expect_states(&rig, 0x0f0f0f0f, UF_STATE_DIFFERS);
	expect_pieces(rig.spy, 0, SMALL_SIZE);
	assert_int_equal(spy_touches(rig.spy, SPY_READ, 0, 2 * SMALL_BLOCK), 2);
	assert_int_equal(spy_touches(rig.spy, SPY_READ, 17 * SMALL_BLOCK, 6 * SMALL_BLOCK), 6);
	assert_int_equal(spy_touches(rig.spy, SPY_READ, 31 * SMALL_BLOCK, SMALL_BLOCK), 1);
	assert_int_equal(rig.spy->count[SPY_READ], SMALL_BLOCKS);
	expect_have(&rig);
	for (uint32_t block = 0; block < SMALL_BLOCKS; block++) {
		bool kept = block < 2 || (block >= 17 && block <= 22) || block == 31;

		assert_int_equal(rig.target.block[block].intent == UF_INTENT_KEEP, kept);
	}
	rig_end(&rig);
}

/* What the system wrote until it was quiet: found, with the digest of just what was read. */
static void read_again(void **state)
{
	const struct uf_range all = {0, SMALL_SIZE}, some = {4 * SMALL_BLOCK, 2 * SMALL_BLOCK};
	struct uf_watchers watchers = {NULL, NULL};
	struct uf_digest digest, plain;
	uint32_t changed = 0;
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	fill_differing(&rig, 0x0f0f0f0f);
	rig_digest(&rig);
	rig_survey(&rig);
	rig_decide(&rig);
	expect_ok(uf_hash_new(&watchers.whole, &rig.err), &rig.err);
	uf_hash_begin(watchers.whole);
	rig_cells(&rig)[5 * SMALL_BLOCK] ^= 1;
	rig_cells(&rig)[SMALL_SIZE - 1] ^= 1;
	expect_ok(uf_survey_again(&rig.target, some, rig.dev, rig.prints, rig.buf, NULL, &changed,
				  &rig.story.hooks, &rig.err),
		  &rig.err);
	assert_int_equal(changed, 1);
	expect_ok(uf_survey_again(&rig.target, all, rig.dev, rig.prints, rig.buf, &watchers,
				  &changed, &rig.story.hooks, &rig.err),
		  &rig.err);
	assert_int_equal(changed, 2);
	assert_true(uf_hash_end(watchers.whole, &digest));
	SHA256(rig_cells(&rig), SMALL_SIZE, plain.byte);
	assert_memory_equal(&digest, &plain, sizeof(digest));
	expect_have(&rig);
	/* Of what has not changed is known what was. */
	assert_int_equal(rig.target.block[0].state, UF_STATE_DIFFERS);
	assert_int_equal(rig.target.block[6].state, UF_STATE_EQUAL);
	assert_int_equal(rig.target.block[5].state, UF_STATE_UNKNOWN);
	uf_hash_free(watchers.whole);
	rig_end(&rig);
}

/* A read that fails twice and comes right counts; one that never does is no error of the run. */
static void blocks_that_cannot_be_read(void **state)
{
	struct bad_pieces bad = {
		{
			{3 * SMALL_BLOCK, 2, 0},
			{5 * SMALL_BLOCK + 100, 3, 0},
			{31 * SMALL_BLOCK, UINT32_MAX, 0},
		},
		3,
	};
	const struct uf_fingerprint none = {{0}};
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	fill_differing(&rig, 0);
	rig.spy->context = &bad;
	rig.spy->judge = judge_bad_pieces;
	rig_digest(&rig);
	rig_survey(&rig);
	rig_decide(&rig);
	expect_states(&rig, 1u << 5 | 1u << 31, UF_STATE_UNREADABLE);
	assert_memory_equal(&rig.target.block[5].have, &none, sizeof(none));
	assert_memory_equal(&rig.target.block[31].have, &none, sizeof(none));
	assert_int_equal(spy_touches(rig.spy, SPY_READ, 3 * SMALL_BLOCK, SMALL_BLOCK), 3);
	assert_int_equal(spy_touches(rig.spy, SPY_READ, 31 * SMALL_BLOCK, SMALL_BLOCK), 3);
	story_check_progress(&rig.story, UF_PHASE_SURVEY, true);
	rig_end(&rig);
}

/* That what is kept cannot be read stops nobody: it stays as it is. */
static void kept_blocks_that_cannot_be_read(void **state)
{
	struct bad_pieces bad = {{{31 * SMALL_BLOCK, UINT32_MAX, 0}}, 1};
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	fill_differing(&rig, 1);
	rig.policy.keep[10] = true; /* 31 */
	rig.spy->context = &bad;
	rig.spy->judge = judge_bad_pieces;
	rig_digest(&rig);
	rig_survey(&rig);
	rig_decide(&rig);
	assert_int_equal(spy_touches(rig.spy, SPY_READ, 31 * SMALL_BLOCK, SMALL_BLOCK), 3);
	assert_int_equal(rig.target.block[31].intent, UF_INTENT_KEEP);
	assert_int_not_equal(rig.target.block[31].state, UF_STATE_EQUAL);
	rig_plan(&rig);
	assert_int_equal(rig.plan.ops, 1);
	assert_int_equal(rig.plan.op[0].block, 0);
	rig_end(&rig);
}

/* Larger blocks of which one piece cannot be read. */
static void a_piece_of_a_large_block_cannot_be_read(void **state)
{
	struct bad_pieces bad = {{{0xb000, UINT32_MAX, 0}}, 1};
	struct rig rig;

	(void)state;
	begin_large(&rig);
	rig.spy->context = &bad;
	rig.spy->judge = judge_bad_pieces;
	rig_digest(&rig);
	rig_survey(&rig);
	rig_decide(&rig);
	for (uint32_t block = 0; block < 4; block++)
		assert_int_equal(rig.target.block[block].state,
				 block == 1 ? UF_STATE_UNREADABLE : UF_STATE_EQUAL);
	rig_end(&rig);
}

/* One bit of a reading comes out wrong, this once. */
static void flip_once(struct spy *spy, const struct spy_op *op, uint8_t *buf)
{
	bool *done = spy->context;

	if (op->kind == SPY_READ && op->off == 6 * SMALL_BLOCK && !*done) {
		buf[77] ^= 0x02;
		*done = true;
	}
}

/*
 * The survey reads once. A block that one bad reading made different (K3) is planned, and the
 * executor, which compares it before it erases, leaves it alone.
 */
static void a_block_that_reads_wrong_once(void **state)
{
	bool done = false;
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	fill_differing(&rig, 1u << 9);
	rig.spy->context = &done;
	rig.spy->after = flip_once;
	rig_digest(&rig);
	rig_survey(&rig);
	rig_decide(&rig);
	assert_true(done);
	expect_states(&rig, 1u << 9 | 1u << 6, UF_STATE_DIFFERS);
	rig_plan(&rig);
	assert_int_equal(rig.plan.ops, 2);
	rig_arm(&rig);
	rig_run(&rig);
	assert_int_equal(rig.outcome.verified, 2);
	assert_int_equal(uf_nor_wear(rig.nor, 9), 1);
	assert_int_equal(uf_nor_wear(rig.nor, 6), 0);
	rig_end(&rig);
}

/* A second survey finds what has changed meanwhile. */
static void surveyed_again(void **state)
{
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	fill_differing(&rig, 0xff);
	rig_digest(&rig);
	rig_survey(&rig);
	rig_decide(&rig);
	expect_states(&rig, 0xff, UF_STATE_DIFFERS);
	memcpy(rig_cells(&rig), rig.bytes, SMALL_SIZE);
	rig_cells(&rig)[30 * SMALL_BLOCK] ^= 1;
	rig_survey(&rig);
	rig_decide(&rig);
	expect_states(&rig, 1u << 30, UF_STATE_DIFFERS);
	rig_end(&rig);
}

static void nothing_is_written(void **state)
{
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	fill_differing(&rig, 0xffff0000);
	rig_digest(&rig);
	rig_survey(&rig);
	rig_decide(&rig);
	assert_int_equal(rig.spy->count[SPY_ARM], 0);
	assert_int_equal(rig.spy->count[SPY_ERASE], 0);
	assert_int_equal(rig.spy->count[SPY_PROGRAM], 0);
	assert_int_equal(rig.spy->count[SPY_SYNC], 0);
	assert_memory_equal(rig_cells(&rig), rig.old, SMALL_SIZE);
	assert_int_equal(uf_guard_counters(rig.dev)->bytes_read, SMALL_SIZE);
	rig_end(&rig);
}

static void progress_of_the_survey(void **state)
{
	struct rig rig;
	unsigned before;

	(void)state;
	rig_begin_small(&rig, NULL);
	fill_differing(&rig, 0xff);
	rig.policy.keep[1] = true;
	rig_digest(&rig);
	before = rig.story.events;
	rig_survey(&rig);
	assert_true(rig.story.events - before >= 2);
	assert_true(story_check_progress(&rig.story, UF_PHASE_SURVEY, true) >= 2);
	for (unsigned at = before; at < rig.story.events; at++) {
		const struct story_event *entry = &rig.story.event[at];
		const struct uf_progress_event *progress = &entry->event.progress;

		assert_int_equal(entry->event.kind, UF_EVENT_PROGRESS);
		assert_int_equal(progress->phase, UF_PHASE_SURVEY);
		assert_int_equal(progress->row, -1);
		assert_int_equal(progress->total, SMALL_SIZE);
		assert_int_equal(progress->work_total, 0);
		assert_null(entry->event.plan);
		/* Nothing is told as done that has not been read. */
		assert_true(progress->done <= (uint64_t)entry->ops * SMALL_BLOCK);
	}
	rig_end(&rig);
}

static void the_survey_can_be_stopped(void **state)
{
	(void)state;
	for (unsigned stop_at = 1; stop_at <= 32; stop_at += 7) {
		struct rig rig;
		int ret;

		rig_begin_small(&rig, NULL);
		fill_differing(&rig, 0xff);
		rig_digest(&rig);
		rig.story.polls = 0;
		rig.story.stop_at = stop_at;
		ret = uf_survey(&rig.target, rig.dev, rig.prints, rig.buf, NULL, &rig.story.hooks,
				&rig.err);
		assert_int_equal(ret, UF_ERR_STOPPED);
		assert_int_equal(rig.err.code, UF_ERR_STOPPED);
		assert_int_equal(rig.story.polls, stop_at);
		assert_true(rig.spy->ops <= stop_at);
		rig_end(&rig);
	}
}

/* Expect, in a read of the spy, what the read before has left in the buffer that its context is. */
static enum spy_verdict judge_unfilled(struct spy *spy, const struct spy_op *op)
{
	const uint8_t *buf = spy->context;

	assert_int_equal(op->kind, SPY_READ);
	if (op->off)
		assert_int_equal(buf[op->off % 251], 0x5a);
	return SPY_PASS;
}

/* A pass over a buffer that is read over at once is one too many. */
static void no_buffer_is_filled_before_it_is_read(void **state)
{
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	memset(rig.bytes, 0x5a, SMALL_SIZE);
	rig_set_old(&rig, rig.bytes);
	rig_digest(&rig);
	rig.spy->context = rig.buf;
	rig.spy->judge = judge_unfilled;
	rig_survey(&rig);
	assert_int_equal(rig.spy->count[SPY_READ], SMALL_BLOCKS);
	rig.spy->judge = NULL;
	rig_end(&rig);
}

/* A survey of what is all kept reads it all the same, judges none of it, and plans nothing. */
static void everything_is_kept(void **state)
{
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	fill_differing(&rig, 0xff);
	memset(rig.policy.keep, true, SMALL_PIECES);
	rig_digest(&rig);
	rig_survey(&rig);
	rig_decide(&rig);
	expect_pieces(rig.spy, 0, SMALL_SIZE);
	expect_have(&rig);
	for (uint32_t block = 0; block < SMALL_BLOCKS; block++)
		assert_int_equal(rig.target.block[block].state, UF_STATE_UNKNOWN);
	rig_plan(&rig);
	assert_int_equal(rig.plan.ops, 0);
	rig_end(&rig);
}

/* Look for the first difference in a block. */
static int find(struct rig *rig, uint32_t block, uint64_t *offset)
{
	uint8_t *have = malloc(rig->geometry.erase_size);
	int ret;

	assert_non_null(have);
	memset(&rig->err, 0, sizeof(rig->err));
	*offset = UINT64_MAX;
	ret = uf_find_difference(&rig->target, block, &rig->image.image, rig->dev, rig->prints,
				 rig->buf, have, offset, &rig->err);
	free(have);
	return ret;
}

static void the_first_difference(void **state)
{
	static const uint32_t at[] = {0, 1, 255, 256, 2047, 4095};
	uint64_t offset;
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	fill_differing(&rig, 0);
	rig_digest(&rig);
	rig_decide(&rig);
	expect_ok(find(&rig, 9, &offset), &rig.err);
	assert_int_equal(offset, 10 * SMALL_BLOCK);
	for (size_t index = sizeof(at) / sizeof(at[0]); index-- > 0;) {
		rig_cells(&rig)[9 * SMALL_BLOCK + at[index]] ^= 0x80;
		expect_ok(find(&rig, 9, &offset), &rig.err);
		assert_int_equal(offset, 9 * SMALL_BLOCK + at[index]);
	}
	expect_ok(find(&rig, 10, &offset), &rig.err);
	assert_int_equal(offset, 11 * SMALL_BLOCK);
	assert_int_equal(rig.spy->count[SPY_ERASE] + rig.spy->count[SPY_PROGRAM], 0);
	rig_end(&rig);
}

/* Behind the image's end blank flash is what is wanted. */
static void the_first_difference_behind_the_end(void **state)
{
	uint64_t offset;
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	fill_random(rig.bytes, SMALL_SIZE, 4);
	memory_image_init(&rig.image, rig.bytes, 20 * SMALL_BLOCK + 10);
	rig.policy.tail = UF_TAIL_ERASE;
	rig_digest(&rig);
	rig_decide(&rig);
	memcpy(rig_cells(&rig), rig.bytes, 20 * SMALL_BLOCK + 10);
	expect_ok(find(&rig, 20, &offset), &rig.err);
	assert_int_equal(offset, 21 * SMALL_BLOCK);
	rig_cells(&rig)[20 * SMALL_BLOCK + 10] = 0xfe;
	expect_ok(find(&rig, 20, &offset), &rig.err);
	assert_int_equal(offset, 20 * SMALL_BLOCK + 10);
	rig_cells(&rig)[25 * SMALL_BLOCK + 4000] = 0;
	expect_ok(find(&rig, 25, &offset), &rig.err);
	assert_int_equal(offset, 25 * SMALL_BLOCK + 4000);
	rig_end(&rig);
}

static void no_difference_without_image_or_flash(void **state)
{
	struct bad_pieces bad = {{{8 * SMALL_BLOCK, UINT32_MAX, 0}}, 1};
	uint64_t offset;
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	fill_differing(&rig, UINT32_MAX);
	rig_digest(&rig);
	rig_decide(&rig);
	rig.spy->context = &bad;
	rig.spy->judge = judge_bad_pieces;
	assert_int_equal(find(&rig, 8, &offset), UF_ERR_IO);
	assert_int_equal(spy_touches(rig.spy, SPY_READ, 8 * SMALL_BLOCK, SMALL_BLOCK), 3);
	rig.bytes[9 * SMALL_BLOCK] ^= 1;
	assert_int_equal(find(&rig, 9, &offset), UF_ERR_CHANGED);
	rig.image.fail_reads = 1;
	assert_int_equal(find(&rig, 10, &offset), UF_ERR_IO);
	expect_ok(find(&rig, 10, &offset), &rig.err);
	assert_int_equal(offset, 10 * SMALL_BLOCK + 1000);
	rig_end(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_are_in_small_pieces),
		cmocka_unit_test(a_piece_is_read_again),
		cmocka_unit_test(a_piece_is_given_up_after_three_times),
		cmocka_unit_test(outside_of_the_flash),
		cmocka_unit_test(equal_and_different),
		cmocka_unit_test(behind_the_images_end),
		cmocka_unit_test(kept_blocks_are_read_once),
		cmocka_unit_test(read_again),
		cmocka_unit_test(blocks_that_cannot_be_read),
		cmocka_unit_test(kept_blocks_that_cannot_be_read),
		cmocka_unit_test(a_piece_of_a_large_block_cannot_be_read),
		cmocka_unit_test(a_block_that_reads_wrong_once),
		cmocka_unit_test(surveyed_again),
		cmocka_unit_test(nothing_is_written),
		cmocka_unit_test(progress_of_the_survey),
		cmocka_unit_test(the_survey_can_be_stopped),
		cmocka_unit_test(no_buffer_is_filled_before_it_is_read),
		cmocka_unit_test(everything_is_kept),
		cmocka_unit_test(the_first_difference),
		cmocka_unit_test(the_first_difference_behind_the_end),
		cmocka_unit_test(no_difference_without_image_or_flash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
