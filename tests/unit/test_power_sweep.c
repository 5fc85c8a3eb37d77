/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The power-cut sweep: power is cut before, torn in and behind operations of a run, and then the
 * next run, over the cells as they were left, must reach the target. All is judged from outside, by
 * the cells and by what reading them gives.
 *
 *   test_power_sweep                some cuts
 *   test_power_sweep --long         all pairs of cuts, and the large chip (also UNIFLASH_LONG=1)
 *   test_power_sweep REPLAY         one case again, from what a failure printed
 *
 * A replay names the chip and the cuts, of the first run, the second and so on:
 * "small/17t5" is a cut torn in operation 17 with seed 5; b is before it, a behind it; a "u" at the
 * end says that what a torn erase leaves reads differently each time. The chip "back" is the small
 * one, of which a block takes nothing of the new boot loader, so that the first run writes the old
 * one back.
 *
 * What reads unstably can be taken for right by a survey. The journal is there for that: it names
 * the blocks that come next, which the next run rewrites whatever they read like. Here it is the
 * list that the executor announced last, and it is used behind unstable cuts only: without it the
 * survey alone must do.
 */
#include "support.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "firmware.h"
#include "uniflash/layout/layout.h"

#define CUTS_MAX 4

/* How often an operation is torn with an outcome that is unstable. */
#define UNSTABLE_SEEDS 4

/* Of the short form. */
#define PAIRS_SHORT 400
#define LARGE_SHORT 6

#define LARGE_RANDOM 2000 /* of the long form */

/* A chip, what it holds, what it is to hold. */
struct world {
	const char *name;
	struct rig rig;
	uint8_t *expected;
	bool *planned; /* by block: old and new differ */
	uint64_t operations;
	bool writes_back;            /* the first run cannot write the new boot loader */
	unsigned lies;               /* so many programs of that block do nothing yet */
	bool unstable;               /* something may read differently each time */
	unsigned cuts;               /* so far */
	struct uf_block_set journal; /* the blocks that were announced last */
};

/* One case: the cuts of runs that follow each other. */
struct replay {
	struct uf_cut cut[CUTS_MAX];
	unsigned cuts;
};

static uint64_t cases[2]; /* on the small chip: of one cut, of two */
static uint64_t cases_back;
static uint64_t cases_large;
static uint64_t wrong;
static bool is_long;

/* --- saying what is wrong --------------------------------------------------------------------- */

static void tell_replay(const struct world *world, const struct replay *replay)
{
	printf("test_power_sweep %s", world->name);
	for (unsigned at = 0; at < replay->cuts; at++)
		printf("/%" PRIu64 "%c%" PRIu64 "%s", replay->cut[at].at,
		       " bta"[replay->cut[at].kind], replay -> cut[at].seed,
		       replay->cut[at].unstable ? "u" : "");
	printf("\n");
}

static bool complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Say what is wrong. Returns false. */
static bool complain(const char *format, ...)
{
	va_list args;

	printf("WRONG: ");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	return false;
}

/* --- chips ------------------------------------------------------------------------------------ */

/* 64 blocks, eleven partitions. */
static const struct piece small[] = {
	{"boot", 4 * SMALL_BLOCK},    {"kernel", 12 * SMALL_BLOCK}, {"root", 14 * SMALL_BLOCK},
	{"driver", 4 * SMALL_BLOCK},  {"appfs", 12 * SMALL_BLOCK},  {"backupk", 6 * SMALL_BLOCK},
	{"backupd", 2 * SMALL_BLOCK}, {"backupa", 4 * SMALL_BLOCK}, {"config", 2 * SMALL_BLOCK},
	{"para", 2 * SMALL_BLOCK},    {"flag", 2 * SMALL_BLOCK},
};

#define SMALL_SWEEP_SIZE (64 * SMALL_BLOCK)
#define SMALL_BOOT       (3 * SMALL_BLOCK)
#define SMALL_SPL_END    0xb00
#define SMALL_BOOT_END   0x1340

/* The smallest boot loader that has all of one: a header, a first stage, and more behind it, in the
 * first block and two others, that the header's checksum says nothing of. */
static void small_boot(uint8_t *flash, uint32_t seed)
{
	memset(flash, 0xff, SMALL_BOOT);
	memset(flash, 0, UF_BOOT_HEADER / 4);
	firmware_noise(flash + UF_BOOT_HEADER, SMALL_SPL_END - UF_BOOT_HEADER, seed);
	firmware_noise(flash + SMALL_SPL_END, SMALL_BOOT_END - SMALL_SPL_END, seed + 10);
	firmware_noise(flash + 2 * SMALL_BLOCK, 700, seed + 20);
	firmware_boot_seal(flash, SMALL_SPL_END, SMALL_SPL_END);
}

/* Some pages in a block, at its begin or at its end, by its number. */
static void small_block(uint8_t *flash, uint32_t block, uint32_t seed)
{
	uint64_t off = (uint64_t)block * SMALL_BLOCK;
	uint32_t len = 100 + block * 37 % 700;

	memset(flash + off, 0xff, SMALL_BLOCK);
	if (block % 5 == seed % 5)
		return;
	firmware_noise(flash + off + (block % 2 ? SMALL_BLOCK - len : 0), len, seed + block);
}

/* Most of the partitions change, each in some blocks; two are kept though they differ. */
static void fill_small(uint8_t *old, uint8_t *fresh)
{
	for (uint32_t block = SMALL_BOOT / SMALL_BLOCK; block < 64; block++) {
		small_block(old, block, 1000);
		memcpy(fresh + block * SMALL_BLOCK, old + block * SMALL_BLOCK, SMALL_BLOCK);
		if (block % 2 == 0 || block >= 58)
			small_block(fresh, block, 2002);
	}
	small_boot(old, 1);
	small_boot(fresh, 2);
}

/* The table of a real camera; every page at the begin and at the end of each block changes. */
static void fill_large(uint8_t *old, uint8_t *fresh)
{
	memset(old, 0xff, FIRMWARE_SIZE);
	memset(fresh, 0xff, FIRMWARE_SIZE);
	firmware_boot(old, UF_SOC_T20);
	firmware_boot(fresh, UF_SOC_T20);
	/* Another loader with another first stage. */
	firmware_noise(fresh + UF_BOOT_HEADER, 0x305c - UF_BOOT_HEADER, 77);
	firmware_noise(fresh + 0x6800, 0x2e800, 78);
	firmware_boot_seal(fresh, 0x305c, 0x305c);
	for (uint64_t off = 0; off < FIRMWARE_SIZE; off += 0x8000) {
		if (off >= 0x40000) {
			firmware_noise(old + off, 0x8000, (uint32_t)(off >> 15) + 5);
			firmware_noise(fresh + off, 0x400, (uint32_t)(off >> 15) + 9000);
		}
		firmware_noise(fresh + off + 0x7e00, 0x200, (uint32_t)(off >> 15) + 9100);
	}
}

/* What is known once and for all: which blocks a run has business with. */
static void find_planned(struct world *world)
{
	uint32_t size = world->rig.geometry.erase_size;

	world->expected = rig_expected(&world->rig);
	world->planned = calloc(world->rig.target.blocks, sizeof(*world->planned));
	assert_non_null(world->planned);
	for (uint32_t block = 0; block < world->rig.target.blocks; block++)
		world->planned[block] =
			memcmp(world->rig.old + (uint64_t)block * size,
			       world->expected + (uint64_t)block * size, size) != 0 ||
			block == 0;
}

static void forget_journal(struct world *world)
{
	memset(world->journal.bits, 0, (world->journal.blocks + 7) / 8);
}

/* What the next run is told to rewrite is what was announced last. */
static void keep_journal(void *context, const uint32_t *op, unsigned count)
{
	struct world *world = context;

	forget_journal(world);
	for (unsigned at = 0; at < count; at++)
		uf_block_set_add(&world->journal, world->rig.plan.op[op[at]].block);
}

/* The block of the boot loader that takes nothing, and how often the new one is tried. */
#define LYING_BLOCK 2
#define LIES        (2 * UF_BLOCK_TRIES)

static enum spy_verdict lie(struct spy *spy, const struct spy_op *op)
{
	struct world *world = spy->context;

	if (op->kind != SPY_PROGRAM || op->off != LYING_BLOCK * SMALL_BLOCK || !world->lies)
		return SPY_PASS;
	world->lies--;
	return SPY_LIE;
}

static void begin_world(struct world *world, const char *name)
{
	bool is_small = strcmp(name, "large") != 0;
	const struct uf_geometry geometry =
		is_small ? (struct uf_geometry){SMALL_SWEEP_SIZE, SMALL_BLOCK, SMALL_PAGE}
			 : (struct uf_geometry){FIRMWARE_SIZE, 0x8000, 256};
	struct uf_layout layout;
	uint8_t *old = malloc(geometry.size);
	struct uf_error err;

	assert_non_null(old);
	memset(world, 0, sizeof(*world));
	world->name = name;
	world->writes_back = strcmp(name, "back") == 0;
	if (is_small)
		make_table(&layout.table, small, sizeof(small) / sizeof(small[0]));
	else
		assert_int_equal(uf_layout_by_name("dafang", &layout, &err), UF_OK);
	rig_begin(&world->rig, &geometry, &layout.table, NULL);
	(is_small ? fill_small : fill_large)(old, world->rig.bytes);
	rig_set_old(&world->rig, old);
	free(old);
	world->rig.boot_extent = is_small ? SMALL_BOOT : 0x40000;
	if (is_small)
		world->rig.policy.keep[8] = world->rig.policy.keep[9] = true;
	world->rig.spy->context = world;
	world->rig.spy->judge = lie;
	world->rig.announce = keep_journal;
	world->rig.announced = world;
	assert_int_equal(uf_block_set_init(&world->journal, world->rig.target.blocks, &err), UF_OK);
	rig_digest(&world->rig);
	find_planned(world);
}

static void end_world(struct world *world)
{
	free(world->expected);
	free(world->planned);
	uf_block_set_free(&world->journal);
	rig_end(&world->rig);
}

/* The chip as it was before the first run. */
static void renew(struct world *world, const uint8_t *cells)
{
	const struct uf_cut erase_weak = {UF_CUT_NONE, 0, 0, false};

	uf_nor_set_cut(world->rig.nor, &erase_weak);
	for (uint32_t block = 0; world->unstable && block < world->rig.target.blocks; block++)
		uf_device_erase(world->rig.nor, (uint64_t)block * world->rig.geometry.erase_size,
				NULL);
	memcpy(rig_cells(&world->rig), cells, world->rig.geometry.size);
	forget_journal(world);
	world->unstable = false;
	world->lies = world->writes_back ? LIES : 0;
	world->cuts = 0;
}

/* --- one run ---------------------------------------------------------------------------------- */

/* Plan a run over the cells as they are. */
static void begin_run(struct world *world)
{
	const struct uf_cut none = {UF_CUT_NONE, 0, 0, false};
	struct rig *rig = &world->rig;

	uf_exec_end(rig->exec);
	rig->exec = NULL;
	uf_plan_free(&rig->plan);
	uf_nor_set_cut(rig->nor, &none);
	rig_survey(rig);
	rig_decide(rig);
	rig->policy.again = world->unstable ? &world->journal : NULL;
	rig_plan(rig);
	rig_arm(rig);
}

/* Carry the plan out up to the cut. Returns whether it was reached. */
static bool run_to_cut(struct world *world, const struct uf_cut *cut)
{
	struct rig *rig = &world->rig;

	uf_nor_set_cut(rig->nor, cut);
	while (!uf_nor_is_off(rig->nor) && uf_exec_step(rig->exec))
		;
	uf_exec_outcome(rig->exec, &rig->outcome);
	world->unstable |= cut->unstable;
	world->cuts += uf_nor_is_off(rig->nor);
	return uf_nor_is_off(rig->nor);
}

/* --- judging ---------------------------------------------------------------------------------- */

/* Whether the header is one that the boot ROM takes. */
static bool header_is_valid(const uint8_t *flash)
{
	struct uf_boot boot;

	uf_boot_parse(flash, UF_BOOT_SPL_MAX, &boot);
	return boot.present && boot.length_good && boot.checksum_good;
}

static bool holds(const struct world *world, const uint8_t *seen, const uint8_t *bytes,
		  uint32_t block)
{
	uint32_t size = world->rig.geometry.erase_size;
	uint64_t off = (uint64_t)block * size;

	return memcmp(seen + off, bytes + off, size) == 0;
}

static bool judge_boot(const struct world *world, const uint8_t *seen, bool body_is_new)
{
	uint64_t size = world->rig.boot_extent;

	if (memcmp(seen, world->rig.old, size) == 0)
		return true;
	if (!body_is_new)
		return complain("the boot loader was touched before all else was right");
	if (memcmp(seen, world->expected, size) != 0 && header_is_valid(seen))
		return complain("a header stands over a loader that is neither old nor new");
	return true;
}

/* Judge the flash as it is seen at a cut. */
static bool judge_seen(const struct world *world, const uint8_t *seen)
{
	uint32_t boot_end = (uint32_t)(world->rig.boot_extent / world->rig.geometry.erase_size);
	bool body_is_new = true;
	uint32_t torn = 0;

	for (uint32_t block = 0; block < world->rig.target.blocks; block++) {
		bool is_old = holds(world, seen, world->rig.old, block);
		bool is_new = holds(world, seen, world->expected, block);

		if (!world->planned[block] && !is_old)
			return complain("block %u is not in the plan and was changed", block);
		if (block < boot_end)
			continue;
		body_is_new &= is_new;
		torn += !is_old && !is_new;
	}
	/* A run that rewrites what the journal names can be cut in another block of these. */
	if (torn > (world->unstable ? world->cuts : 1))
		return complain("%u blocks are neither old nor new", torn);
	return judge_boot(world, seen, body_is_new);
}

/* Read the whole flash as the next run would. */
static uint8_t *read_all(struct world *world)
{
	struct rig *rig = &world->rig;
	uint8_t *seen = malloc(rig->geometry.size);

	assert_non_null(seen);
	assert_int_equal(uf_device_read(rig->nor, 0, seen, rig->geometry.size, NULL), UF_OK);
	return seen;
}

/* Judge the flash at a cut; what is unstable, by several readings. */
static bool judge_cut(struct world *world)
{
	const struct uf_cut none = {UF_CUT_NONE, 0, 0, false};
	bool good = judge_seen(world, rig_cells(&world->rig));

	if (!world->unstable)
		return good;
	uf_nor_set_cut(world->rig.nor, &none);
	for (int reading = 0; good && reading < 2; reading++) {
		uint8_t *seen = read_all(world);

		good = judge_seen(world, seen);
		free(seen);
	}
	return good;
}

/* Power is gone, but the program is not told: it must not claim anything, nor must anything
 * change. */
static bool judge_afterlife(struct world *world)
{
	struct rig *rig = &world->rig;
	uint8_t *cells = malloc(rig->geometry.size);
	bool good;

	assert_non_null(cells);
	memcpy(cells, rig_cells(rig), rig->geometry.size);
	rig_run(rig);
	good = memcmp(cells, rig_cells(rig), rig->geometry.size) == 0;
	free(cells);
	if (!good)
		return complain("the chip changed without power");
	if (rig->outcome.error.code == UF_OK && uf_nor_is_off(rig->nor))
		return complain("success without power");
	return true;
}

/* The last run must reach the target. */
static bool judge_end(struct world *world)
{
	struct rig *rig = &world->rig;
	const struct uf_exec_outcome *outcome = &rig->outcome;
	bool good = true;

	if (outcome->error.code)
		return complain("the last run failed: %s", outcome->error.what);
	if (outcome->verified != rig->plan.ops ||
	    (outcome->boot != UF_BOOT_NEW && outcome->boot != UF_BOOT_NONE))
		return complain("the last run verified %u of %u, boot loader %d", outcome->verified,
				rig->plan.ops, outcome->boot);
	for (int reading = 0; good && reading < (world->unstable ? 4 : 1); reading++) {
		uint8_t *seen = read_all(world);

		good = memcmp(seen, world->expected, rig->geometry.size) == 0;
		free(seen);
	}
	if (!good)
		return complain("the last run did not reach the target");
	if (!header_is_valid(rig_cells(rig)))
		return complain("there is no header in the end");
	return true;
}

/* Finish the job. */
static bool finish(struct world *world)
{
	const struct uf_cut none = {UF_CUT_NONE, 0, 0, false};

	world->lies = 0;
	begin_run(world);
	run_to_cut(world, &none);
	return judge_end(world);
}

/* All of one case from the first run on. */
static bool do_case(struct world *world, const struct replay *replay)
{
	bool good = true;

	renew(world, world->rig.old);
	for (unsigned at = 0; good && at < replay->cuts; at++) {
		if (at)
			world->lies = 0;
		begin_run(world);
		/* A run that ends before its cut has nothing left to do. */
		if (run_to_cut(world, &replay->cut[at]))
			good = judge_cut(world);
		if (good && replay->cut[at].seed % 8 == 1 && uf_nor_is_off(world->rig.nor))
			good = judge_afterlife(world);
	}
	good = good && finish(world);
	if (!good) {
		tell_replay(world, replay);
		wrong++;
	}
	fflush(stdout);
	return good;
}

/* --- the small chip --------------------------------------------------------------------------- */

/* How many operations an undisturbed run has from these cells on. */
static uint64_t count_operations(struct world *world, const uint8_t *cells)
{
	const struct uf_cut none = {UF_CUT_NONE, 0, 0, false};

	renew(world, cells);
	begin_run(world);
	run_to_cut(world, &none);
	if (!judge_end(world))
		wrong++;
	return uf_nor_operations(world->rig.nor);
}

/* One operation that is torn, so that what it leaves reads differently each time. */
static void sweep_unstable(struct world *world, uint64_t at)
{
	for (uint64_t seed = 1; seed <= UNSTABLE_SEEDS; seed++) {
		const struct replay replay = {{{UF_CUT_TORN, at, at * 31 + seed, true}}, 1};

		do_case(world, &replay);
		cases[0]++;
	}
}

/* Every operation: before, torn, behind; torn some times more with an outcome that is unstable. */
static void sweep_singles(struct world *world)
{
	for (uint64_t at = 1; at <= world->operations; at++) {
		for (unsigned kind = UF_CUT_BEFORE; kind <= UF_CUT_AFTER; kind++) {
			const struct replay replay = {{{(enum uf_cut_kind)kind, at, at, false}}, 1};

			do_case(world, &replay);
			cases[0]++;
		}
		sweep_unstable(world, at);
	}
}

/* Pairs, drawn by a seed. A second cut behind the end of the second run is none. */
static void sample_pairs(struct world *world)
{
	uint64_t random = 0x9e3779b97f4a7c15ULL;

	for (unsigned pair = 0; pair < PAIRS_SHORT; pair++) {
		struct replay replay = {.cuts = 2};

		for (unsigned at = 0; at < 2; at++) {
			struct uf_cut *cut = &replay.cut[at];

			cut->kind =
				(enum uf_cut_kind)(UF_CUT_BEFORE + (uf_random(&random) >> 20) % 3);
			cut->at = 1 + (uf_random(&random) >> 20) % world->operations;
			cut->seed = 1 + (uf_random(&random) >> 20) % 1000;
			cut->unstable = (uf_random(&random) >> 20) % 4 == 0;
		}
		/* The second run has fewer operations left. */
		if (world->operations > replay.cut[0].at)
			replay.cut[1].at =
				1 + replay.cut[1].at % (world->operations - replay.cut[0].at + 1);
		do_case(world, &replay);
		cases[1]++;
	}
}

/* All second cuts behind one first cut, from the cells that it left. */
static void sweep_seconds(struct world *world, const struct replay *first, const uint8_t *cells)
{
	uint64_t operations = count_operations(world, cells);

	for (uint64_t at = 1; at <= operations; at++) {
		for (unsigned kind = UF_CUT_BEFORE; kind <= UF_CUT_AFTER; kind++) {
			struct replay replay = *first;
			bool good = true;

			replay.cut[replay.cuts++] = (struct uf_cut){(enum uf_cut_kind)kind, at,
								    at + first->cut[0].at, false};
			renew(world, cells);
			begin_run(world);
			if (run_to_cut(world, &replay.cut[1]))
				good = judge_cut(world);
			good = good && finish(world);
			cases[1]++;
			if (good)
				continue;
			tell_replay(world, &replay);
			wrong++;
		}
	}
}

static void sweep_pairs(struct world *world)
{
	uint8_t *cells = malloc(world->rig.geometry.size);

	assert_non_null(cells);
	for (uint64_t at = 1; at <= world->operations; at++) {
		for (unsigned kind = UF_CUT_BEFORE; kind <= UF_CUT_AFTER; kind++) {
			struct replay first = {{{(enum uf_cut_kind)kind, at, at, false}}, 1};

			renew(world, world->rig.old);
			begin_run(world);
			run_to_cut(world, &first.cut[0]);
			memcpy(cells, rig_cells(&world->rig), world->rig.geometry.size);
			sweep_seconds(world, &first, cells);
		}
	}
	free(cells);
}

static void small_chip(void **state)
{
	static struct world world;

	(void)state;
	begin_world(&world, "small");
	world.operations = count_operations(&world, world.rig.old);
	sweep_singles(&world);
	if (is_long)
		sweep_pairs(&world);
	sample_pairs(&world);
	end_world(&world);
	printf("power cuts, 64 blocks of 4 KiB: %" PRIu64 " operations, %" PRIu64
	       " single cuts, %" PRIu64 " pairs\n",
	       world.operations, cases[0], cases[1]);
	fflush(stdout);
	assert_int_equal(wrong, 0);
}

/* Every operation of a run that writes the old boot loader back in the end. */
static void written_back(void **state)
{
	const struct uf_cut none = {UF_CUT_NONE, 0, 0, false};
	static struct world world;
	uint64_t before = wrong;

	(void)state;
	begin_world(&world, "back");
	renew(&world, world.rig.old);
	begin_run(&world);
	run_to_cut(&world, &none);
	assert_int_equal(world.rig.outcome.boot, UF_BOOT_RESTORED);
	assert_int_equal(world.lies, 0);
	world.operations = uf_nor_operations(world.rig.nor);
	for (uint64_t at = 1; at <= world.operations; at++) {
		for (unsigned kind = UF_CUT_BEFORE; kind <= UF_CUT_AFTER; kind++) {
			const struct replay replay = {{{(enum uf_cut_kind)kind, at, at, false}}, 1};

			do_case(&world, &replay);
			cases_back++;
		}
	}
	end_world(&world);
	printf("power cuts, with a write-back: %" PRIu64 " operations, %" PRIu64 " single cuts\n",
	       world.operations, cases_back);
	fflush(stdout);
	assert_int_equal(wrong, before);
}

/* --- the large chip --------------------------------------------------------------------------- */

/* The cuts that a list has, in order of operations. */
struct list {
	struct uf_cut *cut;
	unsigned count;
	unsigned next;
};

static void add_cut(struct list *list, enum uf_cut_kind kind, uint64_t at)
{
	struct uf_cut cut = {kind, at, list->count + 1, false};

	list->cut[list->count++] = cut;
}

static int by_operation(const void *one, const void *other)
{
	const struct uf_cut *a = one;
	const struct uf_cut *b = other;

	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	return a->seed < b->seed ? -1 : 1;
}

/* Every erase, and the first and the last page of every block, torn and behind it. Inside the
 * window the first block is erased before the others and programmed behind them. */
static void add_edges(struct list *list, const struct uf_plan *plan)
{
	uint64_t at = 1;
	uint32_t exposed = uf_plan_exposed(plan);

	for (uint32_t op = 0; op < plan->ops; op++) {
		uint32_t pages = plan->target->block[plan->op[op].block].pages;
		bool header = exposed && op == plan->ops - 1;

		if (exposed && op == plan->body_ops)
			add_cut(list, UF_CUT_TORN, at++);
		if (!header)
			add_cut(list, UF_CUT_TORN, at++);
		if (!pages)
			continue;
		add_cut(list, UF_CUT_TORN, at);
		at += pages;
		add_cut(list, UF_CUT_TORN, at - 1);
		add_cut(list, UF_CUT_AFTER, at - 1);
	}
}

static void make_list(struct list *list, const struct uf_plan *plan)
{
	uint64_t operations = (uint64_t)plan->erase_blocks + plan->program_pages;
	unsigned randoms = is_long ? LARGE_RANDOM : LARGE_SHORT;
	uint64_t random = 0x2545f4914f6cdd1dULL;

	list->cut = calloc(4 * (size_t)plan->ops + randoms + 1, sizeof(*list->cut));
	assert_non_null(list->cut);
	if (is_long)
		add_edges(list, plan);
	for (unsigned at = 0; at < randoms; at++)
		add_cut(list, (enum uf_cut_kind)(UF_CUT_BEFORE + (uf_random(&random) >> 20) % 3),
			1 + (uf_random(&random) >> 20) % operations);
	qsort(list->cut, list->count, sizeof(*list->cut), by_operation);
}

/* Go on from here to a cut, and finish in a second run, in a process of its own: it has the cells
 * as they are now. Returns its id. */
static pid_t fork_case(struct world *world, const struct uf_cut *cut, uint64_t done)
{
	const struct replay replay = {{*cut}, 1};
	struct uf_cut from_here = *cut;
	bool good;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	assert_true(pid >= 0);
	if (pid)
		return pid;
	from_here.at -= done;
	good = run_to_cut(world, &from_here) || complain("the cut was not reached");
	good = good && judge_cut(world) && finish(world);
	if (!good)
		tell_replay(world, &replay);
	fflush(stdout);
	_exit(good ? 0 : 1);
}

static void reap(unsigned *running)
{
	int status;

	assert_true(wait(&status) > 0);
	(*running)--;
	cases_large++;
	wrong += !WIFEXITED(status) || WEXITSTATUS(status) != 0;
}

/* One run without a cut; before each step the cuts that can lie in it are taken from there. */
static void walk(struct world *world, struct list *list)
{
	struct rig *rig = &world->rig;
	/* The window is one step. */
	uint64_t most = (uint64_t)(uf_plan_exposed(&rig->plan) + 1) *
			(1 + rig->geometry.erase_size / rig->geometry.page_size);
	unsigned running = 0;

	do {
		uint64_t done = uf_nor_operations(rig->nor);

		for (; list->next < list->count && list->cut[list->next].at <= done + most;
		     list->next++) {
			while (running >= 2)
				reap(&running);
			fork_case(world, &list->cut[list->next], done);
			running++;
		}
	} while (list->next < list->count && uf_exec_step(rig->exec));
	while (running)
		reap(&running);
}

static void large_chip(void **state)
{
	const struct uf_cut none = {UF_CUT_NONE, 0, 0, false};
	static struct world world;
	struct list list = {0};
	uint64_t before = wrong;

	(void)state;
	begin_world(&world, "large");
	begin_run(&world);
	world.operations = (uint64_t)world.rig.plan.erase_blocks + world.rig.plan.program_pages;
	make_list(&list, &world.rig.plan);
	uf_nor_set_cut(world.rig.nor, &none);
	walk(&world, &list);
	printf("power cuts, 512 blocks of 32 KiB: %" PRIu64 " operations, %" PRIu64 " of %u cuts\n",
	       world.operations, cases_large, list.count);
	fflush(stdout);
	assert_int_equal(cases_large, list.count);
	free(list.cut);
	end_world(&world);
	assert_int_equal(wrong, before);
}

/* --- replaying -------------------------------------------------------------------------------- */

static const char *replayed;

static bool parse_cut(const char **text, struct uf_cut *cut)
{
	static const char kinds[] = " bta";
	const char *kind;
	char *end;

	cut->at = strtoull(*text, &end, 10);
	kind = end == *text || *end == '\0' ? NULL : strchr(kinds + 1, *end);
	if (!kind)
		return false;
	cut->kind = (enum uf_cut_kind)(kind - kinds);
	*text = end + 1;
	cut->seed = strtoull(*text, &end, 10);
	cut->unstable = *end == 'u';
	*text = end + cut->unstable;
	return end > *text - 1 - cut->unstable && (**text == '/' || **text == '\0');
}

/* Returns the name of the chip, or NULL where text is no replay. */
static const char *parse_replay(const char *text, struct replay *replay)
{
	static const char *const names[] = {"small", "large", "back"};
	size_t len = strcspn(text, "/");
	const char *name = NULL;

	for (size_t at = 0; at < sizeof(names) / sizeof(names[0]); at++)
		if (strlen(names[at]) == len && strncmp(text, names[at], len) == 0)
			name = names[at];
	memset(replay, 0, sizeof(*replay));
	text += len;
	while (*text == '/' && replay->cuts < CUTS_MAX) {
		text++;
		if (!parse_cut(&text, &replay->cut[replay->cuts++]))
			return NULL;
	}
	return *text == '\0' && replay->cuts ? name : NULL;
}

static void replay_one(void **state)
{
	static struct world world;
	struct replay replay;

	(void)state;
	begin_world(&world, parse_replay(replayed, &replay));
	assert_true(do_case(&world, &replay));
	tell_replay(&world, &replay);
	end_world(&world);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest sweeps[] = {
		cmocka_unit_test(small_chip),
		cmocka_unit_test(written_back),
		cmocka_unit_test(large_chip),
	};
	const struct CMUnitTest replays[] = {
		cmocka_unit_test(replay_one),
	};
	const char *long_form = getenv("UNIFLASH_LONG");
	struct replay replay;

	is_long = long_form && strcmp(long_form, "1") == 0;
	if (argc == 2 && strcmp(argv[1], "--long") == 0) {
		is_long = true;
	} else if (argc == 2 && parse_replay(argv[1], &replay)) {
		replayed = argv[1];
	} else if (argc > 1) {
		fprintf(stderr, "usage: %s [--long | REPLAY]\n", argv[0]);
		return 2;
	}
	if (replayed)
		return cmocka_run_group_tests(replays, NULL, NULL);
	return cmocka_run_group_tests(sweeps, NULL, NULL);
}
