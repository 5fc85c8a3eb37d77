/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The time left, under a clock that is not real: runs over chips that are as their datasheet says
 * and over those that are not. From a tenth of the run on, what is told must be within 15 per cent
 * of what comes.
 */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "report/pace.h"

#define BLOCKS 512
#define SIZE   32768
#define PAGES  (SIZE / 256)

/* What operations really take, in microseconds. */
struct chip {
	const char *name;
	uint32_t erase_us;   /* a block */
	uint32_t program_us; /* a page */
	uint32_t read_us;    /* a block */
	uint32_t load_us;    /* a block of the image, from the card */
	unsigned jitter;     /* erases and pages take up to so many per cent more or less */
};

static const struct chip chips[] = {
	{"as its datasheet says", 150000, 542, 5767, 1500, 0},
	{"with jitter", 150000, 542, 5767, 1500, 30},
	{"twice as slow", 300000, 1084, 11534, 3000, 20},
	{"twice as fast", 75000, 271, 2883, 700, 20},
	{"worn: erases take four times as long", 600000, 542, 5767, 1500, 20},
	{"pages take four times as long", 150000, 2168, 5767, 1500, 20},
	{"erases are fast, pages slow", 60000, 1600, 5767, 1500, 20},
	{"a slow bus, 1 MB/s", 150000, 700, 32768, 1500, 20},
	{"a card that is slow, 500 KB/s", 150000, 542, 5767, 65536, 20},
};

#define CHIPS (sizeof(chips) / sizeof(chips[0]))

/* How many pages of block at are not blank. */
typedef uint32_t content(uint32_t at, uint32_t blocks);

static uint32_t full(uint32_t at, uint32_t blocks)
{
	(void)at;
	(void)blocks;
	return PAGES;
}

static uint32_t blank(uint32_t at, uint32_t blocks)
{
	(void)at;
	(void)blocks;
	return 0;
}

/* A kernel and a root file system, and behind them nothing. */
static uint32_t blank_tail(uint32_t at, uint32_t blocks)
{
	return at < blocks * 6 / 10 ? PAGES : 0;
}

static uint32_t sparse_tail(uint32_t at, uint32_t blocks)
{
	return at < blocks / 2 ? PAGES : 1 + at % 9;
}

static uint32_t alternating(uint32_t at, uint32_t blocks)
{
	(void)blocks;
	return at % 2 ? PAGES : 0;
}

/* First what erases and pages have in common, then much more of pages. */
static uint32_t growing(uint32_t at, uint32_t blocks)
{
	return 16 + at * (PAGES - 16) / blocks;
}

static const struct {
	const char *name;
	content *pages;
} contents[] = {
	{"full", full},
	{"blank", blank},
	{"a blank tail", blank_tail},
	{"a sparse tail", sparse_tail},
	{"alternating", alternating},
	{"growing", growing},
};

#define CONTENTS (sizeof(contents) / sizeof(contents[0]))

#define MARKS (3 * BLOCKS)

/* One run: a plan, a clock, and what was told when. */
struct sim {
	struct uf_map map;
	struct uf_target target;
	struct uf_block block[BLOCKS];
	struct uf_op op[BLOCKS];
	struct uf_plan plan;
	struct pace pace;
	uint64_t us;
	uint64_t began_ms;
	unsigned marks;
	uint64_t at_ms[MARKS];
	uint64_t left_ms[MARKS];
	uint32_t random;
};

static uint64_t now_ms(const struct sim *sim)
{
	return sim->us / 1000;
}

static uint64_t shaken(struct sim *sim, uint64_t us, unsigned jitter)
{
	if (!jitter)
		return us;
	sim->random = sim->random * 1103515245 + 12345;
	return us * (100 - jitter + (sim->random >> 16) % (2 * jitter + 1)) / 100;
}

static void make_plan(struct sim *sim, uint32_t blocks, content *pages)
{
	memset(sim, 0, sizeof(*sim));
	sim->us = 5000000;
	sim->random = 1;
	sim->target.geometry = (struct uf_geometry){BLOCKS * SIZE, SIZE, 256};
	sim->target.blocks = BLOCKS;
	sim->target.block = sim->block;
	sim->plan.target = &sim->target;
	sim->plan.cost = uf_cost_of(&sim->target.geometry);
	sim->plan.op = sim->op;
	sim->plan.ops = sim->plan.body_ops = blocks;
	for (uint32_t at = 0; at < blocks; at++) {
		sim->op[at].block = at;
		sim->block[at].pages = (uint16_t)pages(at, blocks);
		sim->plan.program_pages += sim->block[at].pages;
	}
}

static void tell(struct sim *sim, struct uf_event *event)
{
	pace_event(&sim->pace, event, now_ms(sim));
}

static void tell_progress(struct sim *sim, enum uf_phase phase, uint32_t done)
{
	struct uf_event event = {.kind = UF_EVENT_PROGRESS};

	event.plan = phase == UF_PHASE_SURVEY ? NULL : &sim->plan;
	event.progress.phase = phase;
	event.progress.done = (uint64_t)done * SIZE;
	tell(sim, &event);
	if (phase == UF_PHASE_SURVEY)
		return;
	assert_true(sim->marks < MARKS);
	sim->at_ms[sim->marks] = now_ms(sim);
	sim->left_ms[sim->marks++] = pace_left_ms(&sim->pace, &sim->plan);
}

static void survey(struct sim *sim, const struct chip *chip)
{
	for (uint32_t at = 0; at < BLOCKS; at++) {
		sim->us += chip->read_us;
		tell_progress(sim, UF_PHASE_SURVEY, at + 1);
	}
}

static void write_block(struct sim *sim, const struct chip *chip, uint32_t at)
{
	struct uf_event erased = {.kind = UF_EVENT_ERASED};
	struct uf_event block = {.kind = UF_EVENT_BLOCK, .plan = &sim->plan};

	sim->us += chip->load_us + 2 * chip->read_us + shaken(sim, chip->erase_us, chip->jitter);
	tell(sim, &erased);
	sim->us += shaken(sim, (uint64_t)sim->block[at].pages * chip->program_us, chip->jitter) +
		   chip->read_us;
	block.block.offset = (uint64_t)at * SIZE;
	block.block.result = UF_BLOCK_OK;
	tell(sim, &block);
	tell_progress(sim, UF_PHASE_WRITE, at + 1);
}

static void carry_out(struct sim *sim, const struct chip *chip)
{
	sim->began_ms = now_ms(sim);
	pace_begin(&sim->pace, sim->began_ms);
	for (uint32_t at = 0; at < sim->plan.ops; at++)
		write_block(sim, chip, at);
	for (uint32_t at = 0; at < sim->plan.ops; at++) {
		sim->us += chip->read_us;
		tell_progress(sim, UF_PHASE_VERIFY, at + 1);
	}
}

/* The largest error from a tenth of the run on, in per mille of what was left. When little is left
 * a second, or three per cent of the whole run, count as none. */
static unsigned worst_error(const struct sim *sim)
{
	uint64_t end_ms = now_ms(sim);
	uint64_t worst = 0;

	for (unsigned at = 0; at < sim->marks; at++) {
		uint64_t left = end_ms - sim->at_ms[at], told = sim->left_ms[at];
		uint64_t off = told > left ? told - left : left - told;

		if ((sim->at_ms[at] - sim->began_ms) * 10 < end_ms - sim->began_ms)
			continue;
		assert_true(told != PACE_UNKNOWN);
		if (off >= 1000 && off * 100 >= 3 * (end_ms - sim->began_ms) &&
		    off * 1000 / left > worst)
			worst = off * 1000 / left;
	}
	return (unsigned)worst;
}

static void expect_close(struct sim *sim, const struct chip *chip, const char *what, bool surveyed)
{
	unsigned worst;

	if (surveyed)
		survey(sim, chip);
	carry_out(sim, chip);
	worst = worst_error(sim);
	if (worst > 150)
		fail_msg("%s, %s, %u blocks: off by %u.%u%%", chip->name, what, sim->plan.ops,
			 worst / 10, worst % 10);
	print_message("%3u blocks, %s, %s: off by %u.%u%% at most\n", sim->plan.ops, what,
		      chip->name, worst / 10, worst % 10);
}

static void every_chip_and_content(void **state)
{
	static const uint32_t blocks[] = {20, 100, BLOCKS};
	static struct sim sim;

	(void)state;
	for (size_t chip = 0; chip < CHIPS; chip++)
		for (size_t what = 0; what < CONTENTS; what++)
			for (size_t at = 0; at < 3; at++) {
				make_plan(&sim, blocks[at], contents[what].pages);
				expect_close(&sim, &chips[chip], contents[what].name, true);
			}
}

/* Where no survey told of the speed of reading, that of the datasheet serves. */
static void without_a_survey(void **state)
{
	static struct sim sim;

	(void)state;
	for (size_t chip = 0; chip < CHIPS; chip++) {
		if (chips[chip].read_us > 12000)
			continue;
		make_plan(&sim, BLOCKS, full);
		expect_close(&sim, &chips[chip], "no survey", false);
	}
}

/* Blocks that fail take time, and are not taken for what blocks take. */
static void blocks_that_fail(void **state)
{
	struct uf_event failed = {.kind = UF_EVENT_BLOCK};
	static struct sim sim;
	uint64_t before;

	(void)state;
	make_plan(&sim, BLOCKS, full);
	pace_begin(&sim.pace, now_ms(&sim));
	for (uint32_t at = 0; at < 60; at++)
		write_block(&sim, &chips[0], at);
	before = pace_left_ms(&sim.pace, &sim.plan);
	failed.plan = &sim.plan;
	failed.block.offset = 60 * SIZE;
	failed.block.result = UF_BLOCK_NOT_BLANK;
	for (int attempt = 0; attempt < 3; attempt++) {
		sim.us += 60000000;
		tell(&sim, &failed);
	}
	assert_int_equal(pace_left_ms(&sim.pace, &sim.plan), before);
	write_block(&sim, &chips[0], 61);
	assert_true(pace_left_ms(&sim.pace, &sim.plan) < before);
}

/* The survey of what was writable comes second and is small: the first one says more. */
static void a_second_survey(void **state)
{
	static struct sim sim;
	struct pace first;

	(void)state;
	make_plan(&sim, BLOCKS, full);
	survey(&sim, &chips[0]);
	first = sim.pace;
	sim.us += 30000000;
	for (uint32_t at = 0; at < 8; at++) {
		sim.us += 900000;
		tell_progress(&sim, UF_PHASE_SURVEY, at + 1);
	}
	assert_int_equal(sim.pace.survey_bytes, first.survey_bytes);
	assert_int_equal(sim.pace.survey_sum, first.survey_sum);
}

/* Nothing was done yet, or nothing is known: nothing is told. */
static void nothing_known(void **state)
{
	static struct sim sim;

	(void)state;
	make_plan(&sim, BLOCKS, full);
	assert_true(pace_left_ms(NULL, &sim.plan) == PACE_UNKNOWN);
	assert_true(pace_left_ms(&sim.pace, &sim.plan) == PACE_UNKNOWN);
	survey(&sim, &chips[0]);
	pace_begin(&sim.pace, now_ms(&sim));
	assert_true(pace_left_ms(&sim.pace, &sim.plan) == PACE_UNKNOWN);
}

/* At the end nothing is left. */
static void the_end(void **state)
{
	static struct sim sim;

	(void)state;
	make_plan(&sim, BLOCKS, alternating);
	carry_out(&sim, &chips[1]);
	assert_int_equal(pace_left_ms(&sim.pace, &sim.plan), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_chip_and_content), cmocka_unit_test(without_a_survey),
		cmocka_unit_test(blocks_that_fail),       cmocka_unit_test(a_second_survey),
		cmocka_unit_test(nothing_known),          cmocka_unit_test(the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
