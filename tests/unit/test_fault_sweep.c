/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The sweep: seeded runs of everything between a table and a verified flash, through the public
 * functions as a program calls them, over a chip that fails and lies.
 *
 *   test_fault_sweep            some runs
 *   test_fault_sweep --long     many (also with UNIFLASH_LONG=1)
 *   test_fault_sweep --seed N   the run of one seed, told in detail
 *
 * What came of a run is judged from outside, by the cells of the chip: what a run calls verified
 * is right to the last bit; what is not right, it names; what it had no business with is as it was;
 * the boot loader is what the run says it is, and was not touched before all else was right.
 */
#include "support.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define RUNS      1500
#define RUNS_LONG 100000

/* Bytes between the kinds of contents. */
enum contents {
	CONTENTS_ONE_BIT,
	CONTENTS_ONE_BYTE,
	CONTENTS_HALF_BLANK,
	CONTENTS_RANDOM,
	CONTENTS_UPGRADE,
	CONTENTS_BLANK,
	CONTENTS_IDENTICAL,
	CONTENTS_SHORT,
	CONTENTS_KINDS
};

/* One run: what was drawn for it, and what came of it. */
struct run {
	uint64_t seed;
	uint64_t random;
	enum contents contents;
	struct uf_fault_plan faults;
	bool spoils_image;
	struct rig rig;
	char trouble[512]; /* "" where all is as it must be */
	bool verified;
	bool failed;
	bool stopped;
	bool gave_up; /* the chip did not obey: only the first block was tried */
	uint32_t fault_count;
};

/* So few faults never leave the boot loader broken: the new one is tried twice, with three tries a
 * block, and then the old one as often. */
#define MENDED_FAULTS 5

static uint64_t draw(struct run *run, uint64_t below)
{
	return (uf_random(&run->random) >> 16) % below;
}

/* Whether something that happens in one of so many runs happens in this one. */
static bool one_in(struct run *run, uint64_t many)
{
	return draw(run, many) == 0;
}

static void trouble(struct run *run, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Note what is wrong; the first thing counts. */
static void trouble(struct run *run, const char *format, ...)
{
	va_list args;

	if (run->trouble[0])
		return;
	va_start(args, format);
	vsnprintf(run->trouble, sizeof(run->trouble), format, args);
	va_end(args);
}

/* Draw how the device misbehaves: one kind, two, all of them, or only stuck cells. */
static void draw_faults(struct run *run)
{
	static const uint32_t rate[] = {30, 300, 1000, 3000, 10000, 30000, 60000, 100000};
	static const uint32_t limit[] = {0, 0, 1, 2, MENDED_FAULTS, 12};
	struct uf_fault_plan *plan = &run->faults;

	memset(plan, 0, sizeof(*plan));
	plan->seed = run->seed * 0x2545f4914f6cdd1dULL + 1;
	plan->limit = limit[draw(run, 6)];
	if (one_in(run, 16)) {
		for (unsigned kind = 0; kind < UF_FAULT_KINDS; kind++)
			plan->rate[kind] = rate[draw(run, 5)];
	} else {
		/* Every single kind and every pair comes up, by the seed. */
		plan->rate[run->seed % UF_FAULT_KINDS] = rate[draw(run, 8)];
		plan->rate[run->seed / UF_FAULT_KINDS % UF_FAULT_KINDS] = rate[draw(run, 8)];
	}
	if (!one_in(run, 4))
		return;
	plan->stuck_count = 1 + (unsigned)draw(run, 4);
	for (unsigned at = 0; at < plan->stuck_count; at++) {
		plan->stuck[at].off = draw(run, SMALL_SIZE);
		plan->stuck[at].mask = (uint8_t)(1 << draw(run, 8));
		plan->stuck[at].value = one_in(run, 2) ? plan->stuck[at].mask : 0;
	}
	if (one_in(run, 4))
		memset(plan->rate, 0, sizeof(plan->rate));
}

/* Fill bytes like a flash in use: random, with blank blocks and blank pages. */
static void fill_used(struct run *run, uint8_t *bytes)
{
	fill_random(bytes, SMALL_SIZE, uf_random(&run->random));
	for (uint64_t off = 0; off < SMALL_SIZE; off += SMALL_BLOCK)
		if (one_in(run, 5))
			memset(bytes + off, 0xff, SMALL_BLOCK);
	for (uint64_t off = 0; off < SMALL_SIZE; off += SMALL_PAGE)
		if (one_in(run, 6))
			memset(bytes + off, 0xff, SMALL_PAGE);
}

/* Change some partitions: all of one, the beginning of another, single bytes of a third. */
static void upgrade(struct run *run, uint8_t *bytes)
{
	for (unsigned part = 0; part < SMALL_PIECES; part++) {
		struct uf_range range = run->rig.table.part[part].range;
		uint64_t len = one_in(run, 2) ? range.len : range.len / 3;

		if (one_in(run, 3))
			fill_random(bytes + range.off, len, uf_random(&run->random));
		else if (one_in(run, 4))
			bytes[range.off + draw(run, range.len)] ^= 0x41;
	}
}

/* Make what the flash holds and what it is to hold. */
static void draw_contents(struct run *run)
{
	struct rig *rig = &run->rig;
	uint8_t *old = malloc(SMALL_SIZE);

	assert_non_null(old);
	fill_used(run, old);
	memcpy(rig->bytes, old, SMALL_SIZE);
	run->contents = (enum contents)draw(run, CONTENTS_KINDS);
	if (run->contents == CONTENTS_ONE_BIT) {
		uint64_t bit = draw(run, 8 * SMALL_SIZE);

		rig->bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
	} else if (run->contents == CONTENTS_ONE_BYTE) {
		rig->bytes[draw(run, SMALL_SIZE)] ^= 0xa5;
	} else if (run->contents == CONTENTS_HALF_BLANK) {
		fill_random(rig->bytes, SMALL_SIZE, uf_random(&run->random));
		for (uint64_t off = 0; off < SMALL_SIZE; off += 2 * SMALL_PAGE)
			memset(rig->bytes + off, 0xff, SMALL_PAGE);
	} else if (run->contents == CONTENTS_RANDOM || run->contents == CONTENTS_SHORT) {
		fill_random(rig->bytes, SMALL_SIZE, uf_random(&run->random));
	} else if (run->contents == CONTENTS_UPGRADE) {
		upgrade(run, rig->bytes);
	} else if (run->contents == CONTENTS_BLANK) {
		memset(rig->bytes, 0xff, SMALL_SIZE);
	}
	if (one_in(run, 8))
		memset(old, one_in(run, 2) ? 0xff : 0x00, SMALL_SIZE);
	rig_set_old(rig, old);
	free(old);
}

/* Draw what the user asks for. */
static void draw_policy(struct run *run)
{
	static const uint64_t boot_extent[] = {0,
					       SMALL_BLOCK / 2,
					       2 * SMALL_BLOCK,
					       2 * SMALL_BLOCK,
					       3 * SMALL_BLOCK,
					       7 * SMALL_BLOCK + 100};
	struct rig *rig = &run->rig;

	rig->policy.tail = one_in(run, 2) ? UF_TAIL_ERASE : UF_TAIL_KEEP;
	if (run->contents == CONTENTS_SHORT) {
		uint64_t size = 1 + draw(run, SMALL_SIZE);

		if (rig->policy.tail == UF_TAIL_KEEP)
			size = (size + SMALL_BLOCK - 1) / SMALL_BLOCK * SMALL_BLOCK;
		memory_image_init(&rig->image, rig->bytes, size);
	}
	if (one_in(run, 4))
		for (unsigned part = 0; part < SMALL_PIECES; part++)
			rig->policy.keep[part] = one_in(run, 4);
	rig->policy.full = one_in(run, 16);
	rig->boot_extent = boot_extent[draw(run, 6)];
	/* One part of a boot loader without the other is refused before a plan is made. */
	for (unsigned part = 0; part < SMALL_PIECES; part++)
		if (rig->table.part[part].range.off < rig->boot_extent && rig->policy.keep[part])
			rig->boot_extent = 0;
	if (rig->policy.tail == UF_TAIL_KEEP && rig->image.image.size < rig->boot_extent)
		rig->boot_extent = 0;
	run->spoils_image = one_in(run, 12);
}

/* A byte of the flash as it is, stuck bits included. */
static uint8_t cell(const struct run *run, const uint8_t *cells, uint64_t off)
{
	uint8_t value = cells[off];

	for (unsigned at = 0; at < run->faults.stuck_count; at++) {
		const struct uf_stuck *stuck = &run->faults.stuck[at];

		if (stuck->off == off)
			value = (uint8_t)((value & ~stuck->mask) | (stuck->value & stuck->mask));
	}
	return value;
}

/* Where a block of the flash first differs from bytes; SMALL_BLOCK where it does not. */
static uint32_t first_difference(struct run *run, uint32_t block, const uint8_t *bytes)
{
	const uint8_t *cells = rig_cells(&run->rig);
	uint64_t off = (uint64_t)block * SMALL_BLOCK;
	uint32_t at = 0;

	while (at < SMALL_BLOCK && cell(run, cells, off + at) == bytes[off + at])
		at++;
	return at;
}

/* Whether reads can have been wrong, so that a block that is right cannot be known to be. */
static bool reads_were_bad(const struct run *run)
{
	const uint32_t *count = uf_fault_counts(run->rig.fault);

	return count[UF_FAULT_READ_FAIL] || count[UF_FAULT_READ_FLIP] ||
	       count[UF_FAULT_READ_SHORT] || count[UF_FAULT_READ_STALE];
}

/* Whether a failure is there for a block; *named is it. */
static bool is_named(const struct run *run, uint32_t block, struct uf_exec_failure *named)
{
	uint32_t at = 0;

	while ((at = uf_exec_next_failure(run->rig.exec, at, named)) < run->rig.plan.ops) {
		if (named->block == block)
			return true;
		at++;
	}
	return false;
}

/* Judge a block that the plan has nothing to do with. */
static void judge_outside(struct run *run, uint32_t block)
{
	uint64_t off = (uint64_t)block * SMALL_BLOCK;

	if (uf_nor_wear(run->rig.nor, block))
		trouble(run, "block %u is not in the plan and was erased", block);
	if (memcmp(rig_cells(&run->rig) + off, run->rig.old + off, SMALL_BLOCK) != 0)
		trouble(run, "block %u is not in the plan and was changed", block);
}

/* Judge a block that was named as failed. */
static void judge_named(struct run *run, uint32_t block, const struct uf_exec_failure *failure,
			bool right)
{
	const uint32_t *count = uf_fault_counts(run->rig.fault);
	uint64_t off = (uint64_t)block * SMALL_BLOCK;
	bool not_erased;

	if (failure->offset < off || failure->offset >= off + SMALL_BLOCK)
		trouble(run, "block %u failed, but 0x%" PRIx64 " is named", block, failure->offset);
	if (failure->result == UF_BLOCK_OK || failure->result >= UF_BLOCK_RESULT_COUNT)
		trouble(run, "block %u failed with result %d", block, failure->result);
	/* A block that is rewritten though it is equal stays right where nothing erases it. */
	not_erased =
		run->rig.policy.full && (count[UF_FAULT_ERASE_FAIL] || count[UF_FAULT_ERASE_LIE]);
	if (right && !reads_were_bad(run) && !run->spoils_image && !not_erased)
		trouble(run, "block %u is named as %s, and is right", block,
			uf_block_result_name(failure->result));
	if ((failure->result == UF_BLOCK_IMAGE_CHANGED ||
	     failure->result == UF_BLOCK_IMAGE_UNREADABLE) &&
	    uf_nor_wear(run->rig.nor, block))
		trouble(run, "block %u has no image and was erased", block);
}

static uint32_t boot_ops(const struct run *run)
{
	return run->rig.plan.ops - run->rig.plan.body_ops;
}

static bool is_boot(const struct run *run, uint32_t block)
{
	return (uint64_t)block * SMALL_BLOCK < run->rig.boot_extent;
}

/* Judge every block of a run that was not stopped; the boot loader's where it was written. */
static void judge_blocks(struct run *run, const uint8_t *expected)
{
	const struct rig *rig = &run->rig;
	uint32_t named = 0;

	for (uint32_t block = 0; block < SMALL_BLOCKS; block++) {
		uint32_t wrong = first_difference(run, block, expected);
		struct uf_exec_failure failure;

		if (rig->target.block[block].intent == UF_INTENT_KEEP)
			continue;
		if (is_named(run, block, &failure)) {
			named++;
			judge_named(run, block, &failure,
				    wrong == SMALL_BLOCK && !is_boot(run, block));
		} else if (wrong < SMALL_BLOCK && !run->gave_up &&
			   (run->verified || !is_boot(run, block))) {
			trouble(run, "%s, but block %u is wrong at 0x%x (survey %d)",
				run->verified ? "FALSE SUCCESS" : "not named", block, wrong,
				rig->target.block[block].state);
		}
	}
	if (named != rig->outcome.failed)
		trouble(run, "%u blocks failed, %u are named", rig->outcome.failed, named);
	if (run->failed && named == 0)
		trouble(run, "failed (%s), but no block is named", rig->outcome.error.what);
}

/* Whether each block of the boot loader, or of all else, holds these bytes; what is kept may not:
 * its cells are stuck as they are. */
static bool holds(struct run *run, bool boot, const uint8_t *bytes)
{
	for (uint32_t block = 0; block < SMALL_BLOCKS; block++)
		if (run->rig.target.block[block].intent != UF_INTENT_KEEP &&
		    is_boot(run, block) == boot &&
		    first_difference(run, block, bytes) < SMALL_BLOCK)
			return false;
	return true;
}

static bool boot_was_erased(const struct run *run)
{
	for (uint32_t block = 0; is_boot(run, block); block++)
		if (uf_nor_wear(run->rig.nor, block))
			return true;
	return false;
}

static bool is_stuck_in_boot(const struct run *run)
{
	for (unsigned at = 0; at < run->faults.stuck_count; at++)
		if (is_boot(run, (uint32_t)(run->faults.stuck[at].off / SMALL_BLOCK)))
			return true;
	return false;
}

/* What the flash held when the run began, as whoever reads it sees it. */
static uint8_t *seen_before(const struct run *run)
{
	uint8_t *seen = malloc(SMALL_SIZE);

	assert_non_null(seen);
	for (uint64_t off = 0; off < SMALL_SIZE; off++)
		seen[off] = run->rig.old[off];
	for (unsigned at = 0; at < run->faults.stuck_count; at++)
		seen[run->faults.stuck[at].off] =
			cell(run, run->rig.old, run->faults.stuck[at].off);
	return seen;
}

/* Judge what is said of the boot loader. */
static void judge_boot(struct run *run, const uint8_t *expected)
{
	enum uf_boot_outcome boot = run->rig.outcome.boot;
	uint8_t *before = seen_before(run);
	bool is_old = holds(run, true, before);

	if ((boot == UF_BOOT_NONE) != (boot_ops(run) == 0))
		trouble(run, "the boot loader is in the plan or not, but %d is told", boot);
	if ((boot == UF_BOOT_NONE || boot == UF_BOOT_OLD || boot == UF_BOOT_RESTORED) && !is_old)
		trouble(run, "the boot loader is not the old one (%d)", boot);
	if (boot == UF_BOOT_NEW && !holds(run, true, expected))
		trouble(run, "the boot loader is not the new one");
	if (run->verified && boot_ops(run) && boot != UF_BOOT_NEW)
		trouble(run, "FALSE SUCCESS, the boot loader is %d", boot);
	if (run->failed && run->rig.outcome.failed && boot == UF_BOOT_NEW)
		trouble(run, "failed, and the boot loader is the new one");
	if (run->stopped && boot != UF_BOOT_NONE && boot != UF_BOOT_OLD)
		trouble(run, "stopped inside the window: %d", boot);
	if (boot_was_erased(run) && !holds(run, false, expected))
		trouble(run, "the boot loader was erased before all else was right");
	if (boot == UF_BOOT_BROKEN && run->faults.limit && run->faults.limit <= MENDED_FAULTS &&
	    !is_stuck_in_boot(run))
		trouble(run, "broken by %u faults", run->faults.limit);
	free(before);
}

/* Judge the sums of a run that came to its end. */
static void judge_sums(struct run *run)
{
	const struct uf_exec_outcome *outcome = &run->rig.outcome;
	uint32_t settled = outcome->verified + outcome->failed;
	uint32_t ops = run->rig.plan.ops;
	uint32_t body = run->rig.plan.body_ops;
	bool tried = boot_ops(run) && outcome->verified == body && outcome->failed;

	if (run->gave_up)
		return;
	if (outcome->boot == UF_BOOT_NONE || outcome->boot == UF_BOOT_NEW) {
		if (settled != ops)
			trouble(run, "%u verified and %u failed of %u", outcome->verified,
				outcome->failed, ops);
	} else if (settled != body + tried) {
		trouble(run, "%u verified and %u failed, the body is %u of %u", outcome->verified,
			outcome->failed, body, ops);
	}
	if (run->failed != (outcome->failed != 0))
		trouble(run, "%u blocks failed, with the error \"%s\"", outcome->failed,
			outcome->error.what);
}

/* Judge what a run says of itself. */
static void judge_outcome(struct run *run)
{
	const struct uf_exec_outcome *outcome = &run->rig.outcome;
	bool changed = memcmp(rig_cells(&run->rig), run->rig.old, SMALL_SIZE) != 0;
	uint32_t ops = run->rig.plan.ops;

	if (run->verified && (outcome->verified != ops || outcome->written != ops))
		trouble(run, "success with %u of %u verified, %u written", outcome->verified, ops,
			outcome->written);
	if (!run->stopped)
		judge_sums(run);
	if (changed && !outcome->touched)
		trouble(run, "changed, but not touched");
	if (run->gave_up && (changed || uf_guard_counters(run->rig.dev)->programmed_pages))
		trouble(run, "gave up, and has changed something");
	if (run->stopped != run->rig.story.said_stop)
		trouble(run, "stopped without being asked, or not when asked");
}

/* Judge progress: it never goes back and ends with its total where all went well. */
static void judge_progress(struct run *run)
{
	const struct uf_progress_event *last[UF_PHASE_COUNT] = {NULL};

	for (unsigned at = 0; at < run->rig.story.events; at++) {
		const struct uf_event *event = &run->rig.story.event[at].event;
		const struct uf_progress_event *before;

		if (event->kind != UF_EVENT_PROGRESS)
			continue;
		before = last[event->progress.phase];
		if (before &&
		    (event->progress.done < before->done ||
		     event->progress.total != before->total || before->done == before->total))
			trouble(run, "progress of %s went wrong",
				uf_phase_name(event->progress.phase));
		if (event->progress.done > event->progress.total)
			trouble(run, "progress of %s went too far",
				uf_phase_name(event->progress.phase));
		last[event->progress.phase] = &event->progress;
	}
	for (unsigned phase = UF_PHASE_WRITE; phase <= UF_PHASE_VERIFY; phase++)
		if (run->verified && run->rig.plan.ops &&
		    (!last[phase] || last[phase]->done != last[phase]->total))
			trouble(run, "progress of %s did not end", uf_phase_name(phase));
}

static void judge(struct run *run)
{
	uint8_t *expected = rig_expected(&run->rig);
	struct uf_block_set set;
	struct uf_error err;

	assert_int_equal(uf_plan_blocks(&run->rig.plan, &set, &err), UF_OK);
	for (uint32_t block = 0; block < SMALL_BLOCKS; block++)
		if (!uf_block_set_has(&set, block))
			judge_outside(run, block);
	uf_block_set_free(&set);
	if (!run->stopped)
		judge_blocks(run, expected);
	judge_boot(run, expected);
	judge_outcome(run);
	judge_progress(run);
	free(expected);
}

/* The stages before the first erase. Returns whether they went well, as they must. */
static bool plan_run(struct run *run)
{
	struct rig *rig = &run->rig;
	const struct uf_plan_input input = {
		.map = &rig->map,
		.table = &rig->table,
		.target = &rig->target,
		.policy = &rig->policy,
		.image = "image.bin",
		.boot_extent = rig->boot_extent,
	};

	if (uf_target_digest(&rig->target, &rig->image.image, rig->prints, rig->buf, NULL,
			     &rig->story.hooks, &rig->err) ||
	    uf_survey(&rig->target, rig->dev, rig->prints, rig->buf, NULL, &rig->story.hooks,
		      &rig->err) ||
	    uf_target_decide(&rig->target, &rig->map, &rig->table, &rig->image.image, &rig->policy,
			     &rig->err) ||
	    uf_plan_make(&input, &rig->plan, &rig->err)) {
		trouble(run, "before the first erase: %s", rig->err.what);
		return false;
	}
	return true;
}

/* Whether the run ended at a block that no erase had changed, before anything else had. */
static bool gave_up(const struct rig *rig)
{
	struct uf_exec_failure failure;
	bool is_protected = false;

	for (uint32_t at = 0; (at = uf_exec_next_failure(rig->exec, at, &failure)) < rig->plan.ops;
	     at++)
		is_protected = failure.result == UF_BLOCK_PROTECTED;
	return is_protected && !rig->outcome.touched && rig->outcome.verified == 0;
}

/* Carry the plan out. */
static void execute(struct run *run)
{
	struct rig *rig = &run->rig;
	unsigned most = 1000 + 20 * rig->plan.ops;

	rig_arm(rig);
	if (run->spoils_image) {
		rig->image.fail_at = draw(run, SMALL_SIZE);
		rig->image.fail_code = one_in(run, 2) ? UF_ERR_IO : UF_ERR_CHANGED;
	}
	if (one_in(run, 25))
		rig->story.stop_at = 1 + draw(run, 2 * rig->plan.ops + 1);
	while (uf_exec_step(rig->exec) && most--)
		;
	if (most == 0)
		trouble(run, "does not end");
	uf_exec_outcome(rig->exec, &rig->outcome);
	run->stopped = rig->outcome.stopped;
	run->failed = !run->stopped && rig->outcome.error.code != UF_OK;
	run->verified = !run->stopped && rig->outcome.error.code == UF_OK;
	run->gave_up = gave_up(rig);
}

static void do_run(struct run *run, uint64_t seed)
{
	const uint32_t *count;

	memset(run, 0, sizeof(*run));
	run->seed = seed;
	run->random = seed * 0x9e3779b97f4a7c15ULL | 1;
	draw_faults(run);
	rig_begin_small(&run->rig, &run->faults);
	draw_contents(run);
	draw_policy(run);
	if (plan_run(run)) {
		execute(run);
		judge(run);
	}
	count = uf_fault_counts(run->rig.fault);
	for (unsigned kind = 0; kind < UF_FAULT_KINDS; kind++)
		run->fault_count += count[kind];
}

/* Tell what was drawn for a run and what came of it. */
static void tell(struct run *run)
{
	const uint32_t *count = uf_fault_counts(run->rig.fault);

	printf("seed %" PRIu64 ": contents %d, image %" PRIu64 " bytes, tail %d, full %d, "
	       "limit %u, image goes bad %d\n",
	       run->seed, run->contents, run->rig.image.image.size, run->rig.policy.tail,
	       run->rig.policy.full, run->faults.limit, run->spoils_image);
	for (unsigned kind = 0; kind < UF_FAULT_KINDS; kind++)
		if (run->faults.rate[kind])
			printf("  %s: rate %u, happened %u times\n",
			       uf_fault_name((enum uf_fault_kind)kind), run->faults.rate[kind],
			       count[kind]);
	for (unsigned at = 0; at < run->faults.stuck_count; at++)
		printf("  stuck 0x%" PRIx64 " mask 0x%02x value 0x%02x\n",
		       run->faults.stuck[at].off, run->faults.stuck[at].mask,
		       run->faults.stuck[at].value);
	printf("  %u operations: %u written, %u verified, %u failed, %" PRIu64 " retried, "
	       "stopped %d, boot loader %d (%u blocks); %s\n",
	       run->rig.plan.ops, run->rig.outcome.written, run->rig.outcome.verified,
	       run->rig.outcome.failed, run->rig.outcome.retried, run->stopped,
	       run->rig.outcome.boot, boot_ops(run), run->rig.outcome.error.what);
}

static uint64_t runs = RUNS;
static uint64_t only_seed;

/* What came of runs, added up. */
struct sums {
	uint64_t verified;
	uint64_t failed;
	uint64_t stopped;
	uint64_t faults;
	uint64_t boot[UF_BOOT_BROKEN + 1]; /* runs by what became of the boot loader */
	uint64_t wrong;
};

/* Do the run of one seed and add what came of it. */
static void add_run(uint64_t seed, struct sums *sums)
{
	static struct run run;

	do_run(&run, seed);
	sums->verified += run.verified;
	sums->failed += run.failed;
	sums->stopped += run.stopped;
	sums->faults += run.fault_count;
	sums->boot[run.rig.outcome.boot]++;
	sums->wrong += run.trouble[0] != '\0';
	if (run.trouble[0] || only_seed)
		tell(&run);
	if (run.trouble[0])
		printf("  WRONG: %s\n", run.trouble);
	fflush(stdout);
	rig_end(&run.rig);
}

/* What a process that does runs tells after each. */
struct news {
	uint64_t seed;
	struct sums sums; /* of that run */
};

/* Do the runs from first to last in a process of their own, telling of each. Does not return. */
static void do_runs(uint64_t first, uint64_t last, int out)
{
	for (uint64_t seed = first; seed <= last; seed++) {
		struct news news = {.seed = seed};

		alarm(60);
		add_run(seed, &news.sums);
		if (write(out, &news, sizeof(news)) != (ssize_t)sizeof(news))
			exit(1);
	}
	exit(0);
}

static void add_sums(struct sums *sums, const struct sums *more)
{
	sums->verified += more->verified;
	sums->failed += more->failed;
	sums->stopped += more->stopped;
	sums->faults += more->faults;
	sums->wrong += more->wrong;
	for (unsigned boot = 0; boot <= UF_BOOT_BROKEN; boot++)
		sums->boot[boot] += more->boot[boot];
}

/* Do runs from first on, as far as they go. Returns the seed behind the last that came to an end,
 * or behind the one that crashed. */
static uint64_t run_from(uint64_t first, uint64_t last, struct sums *sums)
{
	struct news news;
	uint64_t next = first;
	int status;
	int fd[2];
	pid_t pid;

	assert_int_equal(pipe(fd), 0);
	fflush(stdout);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(fd[0]);
		do_runs(first, last, fd[1]);
	}
	close(fd[1]);
	while (read(fd[0], &news, sizeof(news)) == (ssize_t)sizeof(news)) {
		add_sums(sums, &news.sums);
		next = news.seed + 1;
	}
	close(fd[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return next;
	printf("seed %" PRIu64 ": WRONG: ended with status 0x%x\n", next, (unsigned)status);
	sums->wrong++;
	return next + 1;
}

static void sweep(void **state)
{
	uint64_t first = only_seed ? only_seed : 1;
	uint64_t last = only_seed ? only_seed : runs;
	struct sums sums = {0};
	uint64_t seed = first;

	(void)state;
	if (only_seed)
		add_run(only_seed, &sums);
	else
		while (seed <= last)
			seed = run_from(seed, last, &sums);
	printf("runs %" PRIu64 " verified %" PRIu64 " failed %" PRIu64 " faults %" PRIu64
	       " stopped %" PRIu64 "; boot loader old %" PRIu64 " new %" PRIu64 " restored %" PRIu64
	       " broken %" PRIu64 "\n",
	       last - first + 1, sums.verified, sums.failed, sums.faults, sums.stopped,
	       sums.boot[UF_BOOT_OLD], sums.boot[UF_BOOT_NEW], sums.boot[UF_BOOT_RESTORED],
	       sums.boot[UF_BOOT_BROKEN]);
	fflush(stdout);
	assert_int_equal(sums.wrong, 0);
	/* A sweep that proves something has enough of each. */
	if (!only_seed) {
		assert_true(sums.verified > runs / 5);
		assert_true(sums.failed > runs / 5);
		assert_true(sums.stopped > 0);
		assert_true(sums.faults > 10 * runs);
		assert_true(sums.boot[UF_BOOT_OLD] > runs / 20);
		assert_true(sums.boot[UF_BOOT_NEW] > runs / 20);
		assert_true(sums.boot[UF_BOOT_RESTORED] > runs / 1000);
		assert_true(sums.boot[UF_BOOT_BROKEN] > runs / 1000);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sweep),
	};
	const char *is_long = getenv("UNIFLASH_LONG");

	if (is_long && strcmp(is_long, "1") == 0)
		runs = RUNS_LONG;
	for (int at = 1; at < argc; at++) {
		if (strcmp(argv[at], "--long") == 0) {
			runs = RUNS_LONG;
		} else if (strcmp(argv[at], "--seed") == 0 && at + 1 < argc) {
			only_seed = strtoull(argv[++at], NULL, 0);
		} else {
			fprintf(stderr, "usage: %s [--long] [--seed N]\n", argv[0]);
			return 2;
		}
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
