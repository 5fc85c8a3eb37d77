/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The boot loader's window, as a spy on the chip sees it: when it opens, in which order it is
 * written, and what is left where something does not work. The header in page 0 never stands over
 * anything but a whole boot loader, the old one or the new one.
 */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "expect.h"

/* The boot loader reaches into the second partition. */
#define BOOT_BLOCKS 4
#define BOOT_SIZE   ((uint64_t)BOOT_BLOCKS * SMALL_BLOCK)

/* Of the body. */
#define BAD 9

/* So often the new one is tried: each block three times in a round, and two rounds. */
#define ALL_TRIES (2 * UF_BLOCK_TRIES)

static uint64_t off_of(uint32_t block)
{
	return (uint64_t)block * SMALL_BLOCK;
}

/* When a trouble is there. */
enum when {
	ALWAYS,
	BEFORE_OPENING, /* until the header is erased */
	WHEN_OPEN,      /* from then on */
	WHEN_CLOSED,    /* from when page 0 was programmed */
};

/* Operations on one stretch that go wrong. */
struct trouble {
	uint64_t off;
	uint64_t len;
	enum spy_kind kind;
	enum spy_verdict verdict;
	unsigned times; /* UINT32_MAX: always */
	enum when when;
	unsigned skip; /* so many go well before */
	unsigned seen;
};

/* One run, with what a watcher of the chip holds against it. */
struct scene {
	struct rig rig;
	struct trouble trouble[2];
	uint8_t *expected;
	bool opened;
	bool closed;
	bool stop_inside; /* a stop is asked for when the header has been erased */
	unsigned bare;    /* something of the boot loader changed under a header */
	unsigned early;   /* the header came back over what is not whole */
	unsigned flip; /* the reading of the second block before the opening that comes out wrong */
	unsigned readings;
};

static struct scene *scene_of(const struct spy *spy)
{
	return spy->context;
}

static bool is_now(const struct scene *scene, enum when when)
{
	switch (when) {
	case ALWAYS:
		return true;
	case BEFORE_OPENING:
		return !scene->opened;
	case WHEN_OPEN:
		return scene->opened;
	case WHEN_CLOSED:
		return scene->closed;
	}
	return false;
}

static enum spy_verdict judge(struct spy *spy, const struct spy_op *op)
{
	struct scene *scene = scene_of(spy);

	for (unsigned at = 0; at < 2; at++) {
		struct trouble *trouble = &scene->trouble[at];

		if (op->kind != trouble->kind || op->off < trouble->off ||
		    op->off >= trouble->off + trouble->len || !is_now(scene, trouble->when))
			continue;
		trouble->seen++;
		if (trouble->seen > trouble->skip &&
		    trouble->seen - trouble->skip <= trouble->times)
			return trouble->verdict;
	}
	return SPY_PASS;
}

static bool boot_holds(struct scene *scene, const uint8_t *bytes, uint64_t from)
{
	return memcmp(rig_cells(&scene->rig) + from, bytes + from, BOOT_SIZE - from) == 0;
}

static void watch_header(struct scene *scene, const struct spy_op *op)
{
	const uint8_t *cells = rig_cells(&scene->rig);
	bool changes = op->kind == SPY_ERASE || op->kind == SPY_PROGRAM;

	if (!changes || op->off >= BOOT_SIZE)
		return;
	if (op->off >= SMALL_BLOCK && !uf_is_blank(cells, SMALL_PAGE))
		scene->bare++;
	/* A fault that erases in part puts back what it does not erase, from page 0 on. */
	if (op->kind == SPY_PROGRAM && op->off == 0 &&
	    (op->len == SMALL_PAGE || !scene->rig.fault) &&
	    !boot_holds(scene, scene->expected, SMALL_PAGE) &&
	    !boot_holds(scene, scene->rig.old, SMALL_PAGE))
		scene->early++;
}

static void after(struct spy *spy, const struct spy_op *op, uint8_t *buf)
{
	struct scene *scene = scene_of(spy);

	watch_header(scene, op);
	if (op->kind == SPY_ERASE && op->off == 0) {
		scene->opened = true;
		if (scene->stop_inside)
			scene->rig.story.stop_at = 1;
	}
	if (op->kind == SPY_PROGRAM && op->off == 0)
		scene->closed = true;
	if (op->kind == SPY_READ && op->off == off_of(1) && !scene->opened &&
	    ++scene->readings == scene->flip)
		buf[1000] ^= 0x08;
}

/* Fill image and flash: the blocks of mask differ. Every fourth page of the image is blank, but
 * not the first of the flash. */
static void fill(struct rig *rig, uint32_t mask)
{
	uint8_t *old = malloc(SMALL_SIZE);

	assert_non_null(old);
	fill_random(rig->bytes, SMALL_SIZE, 21);
	for (uint64_t off = 2 * SMALL_PAGE; off < SMALL_SIZE; off += 4 * SMALL_PAGE)
		memset(rig->bytes + off, 0xff, SMALL_PAGE);
	memcpy(old, rig->bytes, SMALL_SIZE);
	for (uint32_t block = 0; block < SMALL_BLOCKS; block++)
		if (mask >> block & 1)
			fill_random(old + off_of(block), SMALL_BLOCK, block + 70);
	rig_set_old(rig, old);
	free(old);
}

/* Begin a run in which the blocks of mask differ. The flash is surveyed below the faults. */
static void begin(struct scene *scene, uint32_t mask, const struct uf_fault_plan *faults)
{
	struct rig *rig = &scene->rig;

	memset(scene, 0, sizeof(*scene));
	rig_begin_small(rig, faults);
	rig->boot_extent = BOOT_SIZE;
	fill(rig, mask);
	rig_digest(rig);
	expect_ok(uf_survey(&rig->target, &rig->spy->dev, rig->prints, rig->buf, NULL,
			    &rig->story.hooks, &rig->err),
		  &rig->err);
	rig_decide(rig);
	rig_plan(rig);
	rig_arm(rig);
	scene->expected = rig_expected(rig);
	rig->spy->context = scene;
	rig->spy->judge = judge;
	rig->spy->after = after;
}

static void end(struct scene *scene)
{
	assert_int_equal(scene->bare, 0);
	assert_int_equal(scene->early, 0);
	free(scene->expected);
	rig_end(&scene->rig);
}

/* What the boot loader is, seen from outside. */
static void expect_boot(struct scene *scene, enum uf_boot_outcome boot)
{
	const struct uf_exec_outcome *outcome = &scene->rig.outcome;

	assert_int_equal(outcome->boot, boot);
	if (boot == UF_BOOT_NEW)
		assert_true(boot_holds(scene, scene->expected, 0));
	if (boot == UF_BOOT_OLD || boot == UF_BOOT_RESTORED)
		assert_true(boot_holds(scene, scene->rig.old, 0));
	if (boot == UF_BOOT_NEW) {
		assert_int_equal(outcome->failed, 0);
		assert_int_equal(outcome->written, scene->rig.plan.ops);
		assert_int_equal(outcome->verified, scene->rig.plan.ops);
		assert_int_equal(outcome->error.code, UF_OK);
	} else {
		assert_int_not_equal(outcome->error.code, UF_OK);
	}
}

static bool boot_is_untouched(const struct scene *scene)
{
	return spy_touches(scene->rig.spy, SPY_ERASE, 0, BOOT_SIZE) == 0 &&
	       spy_touches(scene->rig.spy, SPY_PROGRAM, 0, BOOT_SIZE) == 0;
}

static void expect_body(struct scene *scene, const uint8_t *bytes)
{
	assert_memory_equal(rig_cells(&scene->rig) + BOOT_SIZE, bytes + BOOT_SIZE,
			    SMALL_SIZE - BOOT_SIZE);
}

/* Check that a block of the boot loader is named, with a place in it. */
static void expect_named(const struct scene *scene, enum uf_block_result result)
{
	struct uf_exec_failure failure;
	uint32_t at = uf_exec_next_failure(scene->rig.exec, 0, &failure);

	assert_int_equal(scene->rig.outcome.failed, 1);
	assert_true(at >= scene->rig.plan.body_ops && at < scene->rig.plan.ops);
	assert_string_equal(uf_block_result_name(failure.result), uf_block_result_name(result));
	assert_in_range(failure.offset, off_of(failure.block), off_of(failure.block + 1) - 1);
	assert_true(scene->rig.plan.op[at].block == failure.block);
}

/* --- a run that goes well --------------------------------------------------------------------- */

/* The first or the last operation of these kinds in [off, off + len); spy->ops where there is none.
 */
static unsigned first_change(const struct spy *spy, uint64_t off, uint64_t len)
{
	for (unsigned at = 0; at < spy->ops; at++)
		if ((spy->op[at].kind == SPY_ERASE || spy->op[at].kind == SPY_PROGRAM) &&
		    spy->op[at].off >= off && spy->op[at].off < off + len)
			return at;
	return spy->ops;
}

static unsigned last_change(const struct spy *spy, uint64_t off, uint64_t len)
{
	for (unsigned at = spy->ops; at-- > 0;)
		if ((spy->op[at].kind == SPY_ERASE || spy->op[at].kind == SPY_PROGRAM) &&
		    spy->op[at].off >= off && spy->op[at].off < off + len)
			return at;
	return spy->ops;
}

static uint64_t bytes_read(const struct spy *spy, uint64_t off, uint64_t len, unsigned first,
			   unsigned last)
{
	uint64_t bytes = 0;

	for (unsigned at = first; at < last; at++)
		if (spy->op[at].kind == SPY_READ && spy->op[at].off >= off &&
		    spy->op[at].off + spy->op[at].len <= off + len)
			bytes += spy->op[at].len;
	return bytes;
}

/* Everything of the body was programmed, and read back twice, before the window opens, and is not
 * touched any more. */
static void expect_body_before(const struct scene *scene, unsigned opening)
{
	const struct spy *spy = scene->rig.spy;

	for (uint32_t at = 0; at < scene->rig.plan.body_ops; at++) {
		uint64_t off = off_of(scene->rig.plan.op[at].block);
		unsigned last = last_change(spy, off, SMALL_BLOCK);

		assert_true(last < opening);
		assert_true(bytes_read(spy, off, SMALL_BLOCK, last, opening) >= 2 * SMALL_BLOCK);
	}
}

/* Each other block of the boot loader was erased, programmed and read back before the header
 * comes back. */
static void expect_others_before(const struct scene *scene, unsigned opening, unsigned closing)
{
	const struct spy *spy = scene->rig.spy;

	for (uint32_t block = 1; block < BOOT_BLOCKS; block++) {
		uint64_t off = off_of(block);
		unsigned first = first_change(spy, off, SMALL_BLOCK);
		unsigned last = last_change(spy, off, SMALL_BLOCK);

		if (first == spy->ops)
			continue;
		assert_true(opening < first && last < closing);
		assert_int_equal(spy->op[first].kind, SPY_ERASE);
		assert_true(bytes_read(spy, off, SMALL_BLOCK, last, closing) >= SMALL_BLOCK);
	}
}

static void expect_order(const struct scene *scene)
{
	const struct spy *spy = scene->rig.spy;
	unsigned opening = first_change(spy, 0, BOOT_SIZE);
	unsigned closing = last_change(spy, 0, SMALL_SIZE);
	unsigned header = opening + 1;

	/* The header's erase is first, the program of its page last of all. */
	assert_int_equal(spy->op[opening].kind, SPY_ERASE);
	assert_int_equal(spy->op[opening].off, 0);
	assert_int_equal(spy->op[closing].kind, SPY_PROGRAM);
	assert_int_equal(spy->op[closing].off, 0);
	assert_int_equal(spy->op[closing].len, SMALL_PAGE);
	assert_int_equal(spy_touches(spy, SPY_ERASE, 0, SMALL_BLOCK), 1);
	assert_int_equal(spy_touches(spy, SPY_PROGRAM, 0, SMALL_PAGE), 1);
	expect_body_before(scene, opening);
	while (spy->op[header].kind != SPY_PROGRAM || spy->op[header].off >= SMALL_BLOCK)
		header++;
	expect_others_before(scene, opening, header);
	/* The rest of the header's block was compared before page 0, and everything behind it. */
	assert_true(bytes_read(spy, 0, SMALL_BLOCK, last_change(spy, SMALL_PAGE, BOOT_SIZE),
			       closing) >= SMALL_BLOCK - SMALL_PAGE);
	for (uint32_t block = 0; block < BOOT_BLOCKS; block++)
		if (spy_touches(spy, SPY_ERASE, off_of(block), SMALL_BLOCK))
			assert_true(bytes_read(spy, off_of(block), SMALL_BLOCK, closing,
					       spy->ops) >= SMALL_BLOCK);
	assert_true(spy_next(spy, SPY_SYNC, closing) < spy->ops);
}

static void in_this_order(void **state)
{
	static const uint32_t mask[] = {UINT32_MAX, 0xf, 1, 2, 8, 0x80000001, 0x00f00f04};

	(void)state;
	for (size_t at = 0; at < sizeof(mask) / sizeof(mask[0]); at++) {
		struct scene scene;

		begin(&scene, mask[at], NULL);
		assert_int_equal(scene.rig.plan.body_ops, __builtin_popcount(mask[at] >> 4));
		rig_run(&scene.rig);
		expect_boot(&scene, UF_BOOT_NEW);
		expect_body(&scene, scene.expected);
		expect_order(&scene);
		assert_int_equal(scene.rig.outcome.retried, 0);
		assert_true(scene.rig.outcome.touched);
		story_check_progress(&scene.rig.story, UF_PHASE_WRITE, true);
		story_check_progress(&scene.rig.story, UF_PHASE_VERIFY, true);
		end(&scene);
	}
}

/* Each block is erased once, and not at all where it is equal; but the first one goes along. */
static void only_what_differs(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, 0x100004, NULL);
	assert_int_equal(scene.rig.plan.ops, 3);
	rig_run(&scene.rig);
	expect_boot(&scene, UF_BOOT_NEW);
	for (uint32_t block = 0; block < SMALL_BLOCKS; block++)
		assert_int_equal(uf_nor_wear(scene.rig.nor, block),
				 block == 0 || block == 2 || block == 20);
	end(&scene);
}

static void the_same_boot_loader(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, 0xffffff00, NULL);
	rig_run(&scene.rig);
	assert_int_equal(scene.rig.outcome.boot, UF_BOOT_NONE);
	assert_true(boot_is_untouched(&scene));
	assert_int_equal(scene.rig.outcome.verified, scene.rig.plan.ops);
	expect_body(&scene, scene.expected);
	end(&scene);
}

/* Each block of it is told once, in the end. */
static void events(void **state)
{
	unsigned told = 0;
	struct scene scene;

	(void)state;
	begin(&scene, UINT32_MAX, NULL);
	rig_run(&scene.rig);
	for (unsigned at = 0; at < scene.rig.story.events; at++) {
		const struct uf_event *event = &scene.rig.story.event[at].event;

		if (event->kind != UF_EVENT_BLOCK || event->block.offset >= BOOT_SIZE)
			continue;
		told++;
		assert_int_equal(event->block.result, UF_BLOCK_OK);
		assert_int_equal(event->block.attempt, 1);
		assert_true(event->block.last);
		assert_true(scene.rig.story.event[at].ops >
			    last_change(scene.rig.spy, 0, BOOT_SIZE));
	}
	assert_int_equal(told, BOOT_BLOCKS);
	end(&scene);
}

/* What the plan says of the exposure is what a recorder measures, by the same figures. */
static void exposure_as_planned(void **state)
{
	static const uint32_t mask[] = {UINT32_MAX, 0xf, 1, 2, 0xfffffff9};

	(void)state;
	for (size_t at = 0; at < sizeof(mask) / sizeof(mask[0]); at++) {
		struct scene scene;
		const struct spy *spy;
		uint64_t us = 0;
		unsigned closing;

		begin(&scene, mask[at], NULL);
		rig_run(&scene.rig);
		spy = scene.rig.spy;
		closing = last_change(spy, 0, BOOT_SIZE);
		for (unsigned op = first_change(spy, 0, BOOT_SIZE); op <= closing; op++) {
			const struct uf_cost *cost = &scene.rig.plan.cost;

			if (spy->op[op].kind == SPY_ERASE)
				us += cost->erase_us;
			if (spy->op[op].kind == SPY_READ)
				us += spy->op[op].len * cost->read_us / SMALL_BLOCK;
			if (spy->op[op].kind == SPY_PROGRAM)
				us += spy->op[op].len / SMALL_PAGE * cost->program_us;
		}
		assert_int_equal(scene.rig.plan.exposed_us, us);
		end(&scene);
	}
}

/* --- stopping --------------------------------------------------------------------------------- */

/* Inside of the window nobody is asked; it is written to its end. */
static void a_stop_inside(void **state)
{
	struct scene scene;
	uint64_t polls = 0;

	(void)state;
	begin(&scene, UINT32_MAX, NULL);
	scene.stop_inside = true;
	while (!scene.opened) {
		polls = scene.rig.story.polls;
		assert_true(uf_exec_step(scene.rig.exec));
	}
	assert_int_equal(scene.rig.story.polls, polls + 1);
	rig_run(&scene.rig);
	expect_boot(&scene, UF_BOOT_NEW);
	expect_body(&scene, scene.expected);
	end(&scene);
}

/* At every other moment: the boot loader is the old one and untouched, or the new one. */
static void a_stop_at_every_moment(void **state)
{
	bool stopped = true;

	(void)state;
	for (uint64_t stop_at = 1; stopped; stop_at++) {
		struct scene scene;

		begin(&scene, 0x00f0001f, NULL);
		scene.rig.story.stop_at = stop_at;
		rig_run(&scene.rig);
		stopped = scene.rig.outcome.stopped;
		if (stopped) {
			assert_true(boot_is_untouched(&scene));
			assert_int_equal(scene.rig.outcome.boot, UF_BOOT_OLD);
		} else {
			expect_boot(&scene, UF_BOOT_NEW);
		}
		end(&scene);
		assert_true(stop_at < 100);
	}
}

/* --- when it does not open -------------------------------------------------------------------- */

/* A body block that stays bad: nothing of the boot loader is touched. */
static void a_bad_body(void **state)
{
	static const struct trouble cases[] = {
		{.kind = SPY_ERASE, .verdict = SPY_FAIL},
		{.kind = SPY_ERASE, .verdict = SPY_LIE},
		{.kind = SPY_PROGRAM, .verdict = SPY_FAIL},
		{.kind = SPY_PROGRAM, .verdict = SPY_LIE},
		{.kind = SPY_READ, .verdict = SPY_FAIL},
	};

	(void)state;
	for (size_t at = 0; at < sizeof(cases) / sizeof(cases[0]); at++) {
		struct uf_exec_failure failure;
		struct scene scene;

		begin(&scene, UINT32_MAX, NULL);
		scene.trouble[0] = cases[at];
		scene.trouble[0].off = off_of(BAD);
		scene.trouble[0].len = SMALL_BLOCK;
		scene.trouble[0].times = UINT32_MAX;
		rig_run(&scene.rig);
		expect_boot(&scene, UF_BOOT_OLD);
		assert_true(boot_is_untouched(&scene));
		uf_exec_next_failure(scene.rig.exec, 0, &failure);
		assert_int_equal(failure.block, BAD);
		assert_int_equal(scene.rig.outcome.failed, 1);
		assert_int_equal(scene.rig.outcome.verified, SMALL_BLOCKS - BOOT_BLOCKS - 1);
		end(&scene);
	}
}

/* A body block whose image cannot be had, too. */
static void a_body_without_its_image(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, UINT32_MAX, NULL);
	scene.rig.bytes[off_of(31)] ^= 1;
	rig_run(&scene.rig);
	assert_int_equal(scene.rig.outcome.boot, UF_BOOT_OLD);
	assert_true(boot_is_untouched(&scene));
	end(&scene);
}

/* A medium that did not take the body. */
static void a_body_that_is_not_synced(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, UINT32_MAX, NULL);
	scene.trouble[0] = (struct trouble){
		.len = 1, .kind = SPY_SYNC, .verdict = SPY_FAIL, .times = UINT32_MAX};
	rig_run(&scene.rig);
	assert_int_equal(scene.rig.outcome.boot, UF_BOOT_OLD);
	assert_true(boot_is_untouched(&scene));
	assert_int_not_equal(scene.rig.outcome.error.code, UF_OK);
	end(&scene);
}

/* Step up to the window. */
static void step_to_the_window(struct scene *scene)
{
	struct scene other;
	unsigned steps;

	begin(&other, UINT32_MAX, NULL);
	steps = rig_run(&other.rig);
	end(&other);
	begin(scene, UINT32_MAX, NULL);
	for (unsigned at = 1; at < steps; at++)
		assert_true(uf_exec_step(scene->rig.exec));
	assert_false(scene->opened);
	assert_int_equal(last_change(scene->rig.spy, 0, BOOT_SIZE), scene->rig.spy->ops);
}

/* The image cannot be read when the window would open, or is another one by then. */
static void without_its_image(void **state)
{
	static const uint64_t changed[] = {0, SMALL_BLOCK, BOOT_SIZE - 1};
	struct scene scene;

	(void)state;
	step_to_the_window(&scene);
	scene.rig.image.fail_code = UF_ERR_IO;
	rig_run(&scene.rig);
	expect_boot(&scene, UF_BOOT_OLD);
	expect_named(&scene, UF_BLOCK_IMAGE_UNREADABLE);
	assert_true(boot_is_untouched(&scene));
	expect_body(&scene, scene.expected);
	end(&scene);
	for (size_t at = 0; at < 3; at++) {
		step_to_the_window(&scene);
		scene.rig.bytes[changed[at]] ^= 1;
		rig_run(&scene.rig);
		expect_boot(&scene, UF_BOOT_OLD);
		expect_named(&scene, UF_BLOCK_IMAGE_CHANGED);
		assert_true(boot_is_untouched(&scene));
		end(&scene);
	}
}

/* One that can be read the next time is no reason to leave it. */
static void an_image_that_hiccups(void **state)
{
	struct scene scene;

	(void)state;
	step_to_the_window(&scene);
	scene.rig.image.fail_reads = 2;
	rig_run(&scene.rig);
	expect_boot(&scene, UF_BOOT_NEW);
	expect_order(&scene);
	end(&scene);
}

/* The image goes away when the window is open: everything is in memory. */
static void gone_when_open(struct spy *spy, const struct spy_op *op, uint8_t *buf)
{
	struct scene *scene = scene_of(spy);

	after(spy, op, buf);
	if (scene->opened)
		scene->rig.image.fail_code = UF_ERR_IO;
}

static void an_image_that_goes_away(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, UINT32_MAX, NULL);
	scene.rig.spy->after = gone_when_open;
	scene.trouble[0] = (struct trouble){
		.len = BOOT_SIZE, .kind = SPY_PROGRAM, .verdict = SPY_LIE, .times = 3};
	rig_run(&scene.rig);
	expect_boot(&scene, UF_BOOT_NEW);
	end(&scene);
}

/* How often an image was read from its beginning. */
struct passes {
	uint64_t next;
	unsigned count;
};

static void count_passes(void *context, uint64_t off, size_t len)
{
	struct passes *passes = context;

	/* The gzip layer holds the boot loader's extent since the first pass. */
	if (off + len <= BOOT_SIZE)
		return;
	passes->count += off < passes->next || passes->count == 0;
	passes->next = off + len;
}

/* A packed image is unpacked as often as the plan says: to check it, and to write from it. */
static void passes_of_a_packed_image(void **state)
{
	static const uint32_t mask[] = {0x00f0fff0, 0xf, UINT32_MAX};

	(void)state;
	for (size_t at = 0; at < 3; at++) {
		struct uf_exec_input input;
		struct passes passes = {0};
		struct scene scene;
		struct rig *rig = &scene.rig;

		begin(&scene, mask[at], NULL);
		uf_exec_end(rig->exec);
		rig->image.image.source[0]->streamed = true;
		rig->image.watch_context = &passes;
		rig->image.watch = count_passes;
		rig->plan.source = &rig->image.image;
		input = (struct uf_exec_input){.plan = &rig->plan,
					       .image = &rig->image.image,
					       .dev = rig->dev,
					       .prints = rig->prints,
					       .hooks = &rig->story.hooks};
		expect_ok(uf_exec_begin(&input, &rig->exec, &rig->err), &rig->err);
		rig_run(rig);
		assert_int_equal(rig->outcome.verified, rig->plan.ops);
		assert_int_equal(1 + passes.count, uf_plan_passes(&rig->plan));
		end(&scene);
	}
}

/* --- a boot area that does not obey ----------------------------------------------------------- */

static void a_protected_boot_area(void **state)
{
	static const uint32_t mask[] = {UINT32_MAX, 0xf, 1, 2};
	static const enum spy_verdict verdict[] = {SPY_LIE, SPY_FAIL};

	(void)state;
	for (size_t at = 0; at < 8; at++) {
		struct scene scene;

		begin(&scene, mask[at / 2], NULL);
		scene.trouble[0] = (struct trouble){.len = BOOT_SIZE,
						    .kind = SPY_ERASE,
						    .verdict = verdict[at % 2],
						    .times = UINT32_MAX};
		rig_run(&scene.rig);
		expect_boot(&scene, UF_BOOT_OLD);
		expect_named(&scene, verdict[at % 2] == SPY_LIE ? UF_BLOCK_PROTECTED
								: UF_BLOCK_ERASE_FAILED);
		expect_body(&scene, scene.expected);
		assert_int_equal(spy_touches(scene.rig.spy, SPY_PROGRAM, 0, BOOT_SIZE), 0);
		/* Nothing but the first block was tried. */
		assert_int_equal(
			spy_touches(scene.rig.spy, SPY_ERASE, SMALL_BLOCK, BOOT_SIZE - SMALL_BLOCK),
			0);
		assert_int_equal(scene.rig.outcome.touched, scene.rig.plan.body_ops != 0);
		if (verdict[at % 2] == SPY_LIE)
			assert_int_equal(scene.rig.outcome.error.check, UF_CHECK_DEVICE_PROTECTED);
		assert_int_equal(scene.rig.outcome.verified, scene.rig.plan.body_ops);
		end(&scene);
	}
}

/* The header obeys, another block does not: the header comes back over the old ones. */
static void a_boot_area_that_obeys_in_part(void **state)
{
	static const enum spy_verdict verdict[] = {SPY_LIE, SPY_FAIL};

	(void)state;
	for (uint32_t block = 1; block < BOOT_BLOCKS; block++) {
		for (size_t at = 0; at < 2; at++) {
			struct scene scene;

			begin(&scene, UINT32_MAX, NULL);
			scene.trouble[0] = (struct trouble){
				.off = off_of(block),
				.len = SMALL_BLOCK,
				.kind = SPY_ERASE,
				.verdict = verdict[at],
				.times = UINT32_MAX,
			};
			rig_run(&scene.rig);
			expect_boot(&scene, UF_BOOT_RESTORED);
			expect_named(&scene, verdict[at] == SPY_LIE ? UF_BLOCK_PROTECTED
								    : UF_BLOCK_ERASE_FAILED);
			expect_body(&scene, scene.expected);
			end(&scene);
		}
	}
}

/* --- one that cannot be written --------------------------------------------------------------- */

/* Run with a trouble that has an end. */
static void run_with(struct scene *scene, uint32_t mask, const struct trouble *trouble)
{
	begin(scene, mask, NULL);
	scene->trouble[0] = *trouble;
	rig_run(&scene->rig);
}

/* Every kind of operation of every block, wrong so many times: as long as one try is left the new
 * one is written, and then the old one. */
static void until_it_is_written_back(void **state)
{
	static const enum spy_verdict verdict[] = {SPY_FAIL, SPY_LIE};

	(void)state;
	for (uint32_t block = 0; block < BOOT_BLOCKS; block++) {
		/* The first program of each attempt; page 0 has a test of its own. */
		uint64_t off = block ? off_of(block) : SMALL_PAGE;

		for (unsigned times = 1; times <= ALL_TRIES; times++) {
			for (size_t at = 0; at < 2; at++) {
				struct trouble trouble = {off,   1,      SPY_PROGRAM, verdict[at],
							  times, ALWAYS, 0,           0};
				struct scene scene;

				run_with(&scene, UINT32_MAX, &trouble);
				expect_boot(&scene,
					    times < ALL_TRIES ? UF_BOOT_NEW : UF_BOOT_RESTORED);
				expect_body(&scene, scene.expected);
				if (times == ALL_TRIES)
					expect_named(&scene, at == 0 ? UF_BLOCK_PROGRAM_FAILED
								     : UF_BLOCK_MISMATCH);
				end(&scene);
			}
		}
	}
}

/* The same with erases; those of the header open the window. */
static void erases_that_come_right_late(void **state)
{
	static const enum spy_verdict verdict[] = {SPY_FAIL, SPY_LIE, SPY_DONE_FAIL};

	(void)state;
	for (uint32_t block = 0; block < BOOT_BLOCKS; block++) {
		for (unsigned times = 1; times < ALL_TRIES; times++) {
			for (size_t at = 0; at < 3; at++) {
				struct trouble trouble = {
					off_of(block), SMALL_BLOCK, SPY_ERASE, verdict[at],
					times,         ALWAYS,      0,         0};
				struct scene scene;

				run_with(&scene, UINT32_MAX, &trouble);
				expect_boot(&scene, UF_BOOT_NEW);
				end(&scene);
			}
		}
	}
}

/* Page 0 alone cannot be programmed: everything else of the new one was right. */
static void a_header_that_cannot_be_programmed(void **state)
{
	struct trouble trouble = {0, SMALL_PAGE, SPY_PROGRAM, SPY_LIE, ALL_TRIES, ALWAYS, 0, 0};
	struct scene scene;

	(void)state;
	run_with(&scene, UINT32_MAX, &trouble);
	expect_boot(&scene, UF_BOOT_RESTORED);
	expect_named(&scene, UF_BLOCK_MISMATCH);
	end(&scene);
}

/* A cell that can no longer be erased is no harm to the old one, which has just that there. */
static void a_cell_that_stays_as_it_was(void **state)
{
	(void)state;
	for (uint32_t block = 0; block < BOOT_BLOCKS; block++) {
		struct uf_fault_plan faults = {.seed = 1, .stuck_count = 1};
		struct scene scene;
		uint64_t at = off_of(block) + (block ? 0 : SMALL_PAGE);

		begin(&scene, UINT32_MAX, NULL);
		while (rig_cells(&scene.rig)[at] == scene.expected[at] ||
		       rig_cells(&scene.rig)[at] == UF_BLANK_BYTE)
			at++;
		assert_true(at < off_of(block + 1));
		faults.stuck[0] = (struct uf_stuck){at, 0xff, rig_cells(&scene.rig)[at]};
		end(&scene);
		begin(&scene, UINT32_MAX, &faults);
		rig_run(&scene.rig);
		expect_boot(&scene, UF_BOOT_RESTORED);
		expect_named(&scene, UF_BLOCK_NOT_BLANK);
		end(&scene);
	}
}

/* Neither can be written: that is told, and no header is left over it. */
static void neither_can_be_written(void **state)
{
	static const enum spy_verdict verdict[] = {SPY_FAIL, SPY_LIE};

	(void)state;
	for (uint32_t block = 0; block < BOOT_BLOCKS; block++) {
		for (size_t at = 0; at < 2; at++) {
			struct trouble trouble = {
				off_of(block), SMALL_BLOCK, SPY_PROGRAM, verdict[at],
				UINT32_MAX,    ALWAYS,      0,           0};
			struct scene scene;

			run_with(&scene, UINT32_MAX, &trouble);
			expect_boot(&scene, UF_BOOT_BROKEN);
			expect_named(&scene, at == 0 ? UF_BLOCK_PROGRAM_FAILED : UF_BLOCK_MISMATCH);
			assert_true(uf_is_blank(rig_cells(&scene.rig), SMALL_PAGE));
			expect_body(&scene, scene.expected);
			end(&scene);
		}
	}
}

/* Writing the old one back has its troubles, too: what is told is why the new one failed. */
static void what_is_told_of_a_write_back(void **state)
{
	struct trouble trouble = {off_of(2), SMALL_BLOCK, SPY_PROGRAM, SPY_FAIL,
				  ALL_TRIES, ALWAYS,      0,           0};
	struct scene scene;

	(void)state;
	begin(&scene, UINT32_MAX, NULL);
	scene.trouble[0] = trouble;
	/* The second time that the first page of block 1 is programmed is the write-back's. */
	scene.trouble[1] = (struct trouble){off_of(1), 1, SPY_PROGRAM, SPY_LIE, 1, ALWAYS, 1, 0};
	rig_run(&scene.rig);
	expect_boot(&scene, UF_BOOT_RESTORED);
	assert_true(scene.trouble[1].seen >= 2);
	expect_named(&scene, UF_BLOCK_PROGRAM_FAILED);
	assert_non_null(strstr(scene.rig.outcome.error.what, "spy: fails"));
	end(&scene);
}

/* --- an old one that is not known ------------------------------------------------------------- */

/* It cannot be read before the window opens. */
static struct trouble unreadable(uint32_t block)
{
	return (struct trouble){
		.off = off_of(block),
		.len = SMALL_BLOCK,
		.kind = SPY_READ,
		.verdict = SPY_FAIL,
		.times = UINT32_MAX,
		.when = BEFORE_OPENING,
	};
}

/* The new one is written all the same. */
static void an_old_one_that_cannot_be_read(void **state)
{
	(void)state;
	for (uint32_t block = 0; block < BOOT_BLOCKS; block++) {
		struct scene scene;

		begin(&scene, UINT32_MAX, NULL);
		scene.trouble[0] = unreadable(block);
		rig_run(&scene.rig);
		expect_boot(&scene, UF_BOOT_NEW);
		end(&scene);
	}
}

/* There is nothing to write back: what is left has no header. */
static void no_old_one_to_write_back(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, UINT32_MAX, NULL);
	scene.trouble[0] = unreadable(1);
	scene.trouble[1] = (struct trouble){off_of(2), SMALL_BLOCK, SPY_PROGRAM, SPY_FAIL,
					    ALL_TRIES, ALWAYS,      0,           0};
	rig_run(&scene.rig);
	expect_boot(&scene, UF_BOOT_BROKEN);
	assert_true(uf_is_blank(rig_cells(&scene.rig), SMALL_PAGE));
	end(&scene);
}

/* One bit that comes out wrong, once, in whichever reading of the old one, does not cost the way
 * back. */
static void an_old_one_read_with_a_wrong_bit(void **state)
{
	(void)state;
	for (unsigned flip = 1; flip <= 2; flip++) {
		struct scene scene;

		begin(&scene, UINT32_MAX, NULL);
		scene.flip = flip;
		scene.trouble[0] = (struct trouble){off_of(2), SMALL_BLOCK, SPY_PROGRAM, SPY_FAIL,
						    ALL_TRIES, ALWAYS,      0,           0};
		rig_run(&scene.rig);
		assert_true(scene.readings >= flip);
		expect_boot(&scene, UF_BOOT_RESTORED);
		end(&scene);
	}
}

/* --- readings --------------------------------------------------------------------------------- */

/* Reads that fail for ever from some moment on: whatever is said is true, and names a byte of the
 * block. */
static void reads_that_fail(void **state)
{
	static const enum when when[] = {WHEN_OPEN, WHEN_CLOSED};

	(void)state;
	for (uint32_t block = 0; block < BOOT_BLOCKS; block++) {
		for (size_t at = 0; at < 2; at++) {
			struct trouble trouble = {off_of(block), SMALL_BLOCK, SPY_READ, SPY_FAIL,
						  UINT32_MAX,    when[at],    0,        0};
			struct scene scene;

			run_with(&scene, UINT32_MAX, &trouble);
			assert_int_equal(scene.rig.outcome.boot, UF_BOOT_BROKEN);
			expect_named(&scene, UF_BLOCK_READ_FAILED);
			end(&scene);
		}
	}
}

/* Reads that fail some times, at whichever reading. */
static void reads_that_fail_for_a_while(void **state)
{
	(void)state;
	for (unsigned skip = 0; skip < 12; skip++) {
		for (unsigned times = 1; times <= 3 * UF_READ_TRIES; times += 2) {
			struct trouble trouble = {off_of(skip % BOOT_BLOCKS),
						  SMALL_BLOCK,
						  SPY_READ,
						  SPY_FAIL,
						  times,
						  WHEN_OPEN,
						  skip / BOOT_BLOCKS,
						  0};
			struct scene scene;

			run_with(&scene, UINT32_MAX, &trouble);
			expect_boot(&scene, UF_BOOT_NEW);
			end(&scene);
		}
	}
}

/* --- all kinds of faults ---------------------------------------------------------------------- */

/* Faults of one kind in a run that writes the boot loader alone. */
static enum uf_boot_outcome run_with_faults(enum uf_fault_kind kind, uint32_t rate, uint32_t limit,
					    uint64_t seed)
{
	struct uf_fault_plan plan = {.seed = seed, .limit = limit};
	enum uf_boot_outcome boot;
	struct scene scene;

	plan.rate[kind] = rate;
	begin(&scene, 0xf, &plan);
	rig_run(&scene.rig);
	boot = scene.rig.outcome.boot;
	expect_boot(&scene, boot);
	end(&scene);
	return boot;
}

/* A few of them never break it. */
static void some_faults(void **state)
{
	static const uint32_t rate[] = {1000, 10000, 50000, 100000};

	(void)state;
	for (unsigned kind = 0; kind < UF_FAULT_KINDS; kind++)
		for (uint64_t seed = 1; seed <= 16; seed++)
			for (uint32_t limit = 1; limit < ALL_TRIES; limit++)
				assert_int_equal(run_with_faults((enum uf_fault_kind)kind,
								 rate[seed % 4], limit, seed),
						 UF_BOOT_NEW);
}

/* Without an end: no kind makes it claim what is not so. */
static void faults_without_end(void **state)
{
	unsigned count[UF_BOOT_BROKEN + 1] = {0};

	(void)state;
	for (unsigned kind = 0; kind < UF_FAULT_KINDS; kind++) {
		for (uint64_t seed = 1; seed <= 30; seed++)
			count[run_with_faults((enum uf_fault_kind)kind, 30000, 0, seed)]++;
		assert_int_not_equal(run_with_faults((enum uf_fault_kind)kind, 100000, 0, kind + 1),
				     UF_BOOT_NEW);
	}
	assert_int_equal(count[UF_BOOT_NONE], 0);
	assert_true(count[UF_BOOT_NEW] && count[UF_BOOT_BROKEN]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_this_order),
		cmocka_unit_test(only_what_differs),
		cmocka_unit_test(the_same_boot_loader),
		cmocka_unit_test(events),
		cmocka_unit_test(exposure_as_planned),
		cmocka_unit_test(a_stop_inside),
		cmocka_unit_test(a_stop_at_every_moment),
		cmocka_unit_test(a_bad_body),
		cmocka_unit_test(a_body_without_its_image),
		cmocka_unit_test(a_body_that_is_not_synced),
		cmocka_unit_test(without_its_image),
		cmocka_unit_test(an_image_that_hiccups),
		cmocka_unit_test(an_image_that_goes_away),
		cmocka_unit_test(passes_of_a_packed_image),
		cmocka_unit_test(a_protected_boot_area),
		cmocka_unit_test(a_boot_area_that_obeys_in_part),
		cmocka_unit_test(until_it_is_written_back),
		cmocka_unit_test(erases_that_come_right_late),
		cmocka_unit_test(a_header_that_cannot_be_programmed),
		cmocka_unit_test(a_cell_that_stays_as_it_was),
		cmocka_unit_test(neither_can_be_written),
		cmocka_unit_test(what_is_told_of_a_write_back),
		cmocka_unit_test(an_old_one_that_cannot_be_read),
		cmocka_unit_test(no_old_one_to_write_back),
		cmocka_unit_test(an_old_one_read_with_a_wrong_bit),
		cmocka_unit_test(reads_that_fail),
		cmocka_unit_test(reads_that_fail_for_a_while),
		cmocka_unit_test(some_faults),
		cmocka_unit_test(faults_without_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
