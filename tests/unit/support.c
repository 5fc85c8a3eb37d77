/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "uniflash/flash/fault.h"

static void record_progress(struct recorder *recorder, const struct uf_progress_event *progress)
{
	if (recorder->count[UF_EVENT_PROGRESS] && progress->phase == recorder->progress.phase &&
	    progress->done < recorder->progress.done)
		recorder->progress_back++;
	recorder->progress = *progress;
}

static void record_check(struct recorder *recorder, const struct uf_check_event *check)
{
	char *detail = recorder->detail[recorder->checks];

	assert_true(recorder->checks < 64);
	snprintf(detail, sizeof(recorder->detail[0]), "%s", check->detail);
	recorder->check[recorder->checks] = *check;
	recorder->check[recorder->checks++].detail = detail;
}

static void record(void *context, const struct uf_event *event)
{
	struct recorder *recorder = context;

	if (event->kind == UF_EVENT_PROGRESS)
		record_progress(recorder, &event->progress);
	if (event->kind == UF_EVENT_CHECK)
		record_check(recorder, &event->check);
	recorder->count[event->kind]++;
}

static bool stop(void *context)
{
	struct recorder *recorder = context;

	return recorder->stop_after && ++recorder->polls > recorder->stop_after;
}

void recorder_begin(struct recorder *recorder)
{
	memset(recorder, 0, sizeof(*recorder));
	recorder->hooks.context = recorder;
	recorder->hooks.emit = record;
	recorder->hooks.stop = stop;
}

static int memory_read(struct uf_bytes *bytes, uint64_t off, void *buf, size_t len,
		       struct uf_error *err)
{
	struct memory_image *memory = ((struct memory_bytes *)bytes)->of;

	if (memory->fail_reads) {
		memory->fail_reads--;
		return uf_fail(err, UF_ERR_IO, "memory image: read fails");
	}
	if (memory->fail_code && off + len > memory->fail_at)
		return uf_fail(err, (enum uf_code)memory->fail_code, "memory image: read fails");
	assert_true(off + len <= bytes->size);
	if (memory->watch)
		memory->watch(memory->watch_context, off, len);
	memcpy(buf, memory->bytes + off, len);
	return UF_OK;
}

static int memory_check_same(struct uf_bytes *bytes, struct uf_error *err)
{
	if (((struct memory_bytes *)bytes)->of->changed)
		return uf_fail(err, UF_ERR_CHANGED, "memory image: changed");
	return UF_OK;
}

static int memory_fd(const struct uf_bytes *bytes)
{
	(void)bytes;
	return -1;
}

static void memory_close(struct uf_bytes *bytes)
{
	(void)bytes;
}

static const struct uf_bytes_ops memory_ops = {
	.read = memory_read,
	.check_same = memory_check_same,
	.fd = memory_fd,
	.close = memory_close,
};

void memory_image_init(struct memory_image *memory, const uint8_t *bytes, uint64_t size)
{
	memory_image_free(memory);
	memset(memory, 0, sizeof(*memory));
	memory->bytes = bytes;
	memory->layer.of = memory;
	memory->layer.base.ops = &memory_ops;
	memory->layer.base.name = "memory";
	memory->layer.base.size = size;
	memory->image.name = "memory";
	memory->image.size = size;
	memory->image.extents = 1;
	memory->image.extent[0] = (struct uf_extent){.len = size, .span = size};
	assert_int_equal(uf_bytes_open_tap(&memory->layer.base, &memory->image.source[0], NULL),
			 UF_OK);
	assert_int_equal(uf_tap_add(memory->image.source[0], UF_HASH_SHA256, 0, NULL), UF_OK);
	memory->image.sources = 1;
}

void memory_image_free(struct memory_image *memory)
{
	uf_image_close(&memory->image);
}

void fill_random(void *buf, size_t len, uint64_t seed)
{
	uint64_t state = seed * 0x9e3779b97f4a7c15ULL | 1;
	uint8_t *byte = buf;

	for (size_t at = 0; at < len; at++)
		byte[at] = (uint8_t)(uf_random(&state) >> 32);
}

char *make_folder(void)
{
	char *path = strdup("/tmp/uniflash-unit-XXXXXX");

	assert_non_null(mkdtemp(path));
	return path;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	return remove(path);
}

void remove_folder(char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(path);
}

void write_file(const char *folder, const char *name, const void *bytes, size_t len)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	for (char *at = path + strlen(folder) + 1; (at = strchr(at, '/')); at++) {
		*at = '\0';
		assert_true(mkdir(path, 0777) == 0 || errno == EEXIST);
		*at = '/';
	}
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	fclose(file);
}

static enum spy_verdict spy_enter(struct spy *spy, const struct spy_op *op)
{
	if (spy->ops == spy->room) {
		spy->room = spy->room ? 2 * spy->room : 256;
		spy->op = realloc(spy->op, spy->room * sizeof(*spy->op));
		assert_non_null(spy->op);
	}
	spy->op[spy->ops++] = *op;
	spy->count[op->kind]++;
	return spy->judge ? spy->judge(spy, op) : SPY_PASS;
}

static int spy_leave(struct spy *spy, const struct spy_op *op, enum spy_verdict verdict, void *buf,
		     int ret, struct uf_error *err)
{
	if (ret == UF_OK && spy->after)
		spy->after(spy, op, buf);
	if (ret == UF_OK && verdict == SPY_DONE_FAIL)
		return uf_fail(err, UF_ERR_IO, "spy: done, but reported as failed");
	return ret;
}

static bool spy_does(enum spy_verdict verdict)
{
	return verdict == SPY_PASS || verdict == SPY_DONE_FAIL;
}

static int spy_not_done(enum spy_verdict verdict, struct uf_error *err)
{
	return verdict == SPY_LIE ? UF_OK : uf_fail(err, UF_ERR_IO, "spy: fails");
}

static int spy_read(struct uf_device *dev, uint64_t off, void *buf, size_t len,
		    struct uf_error *err)
{
	struct spy *spy = (struct spy *)dev;
	struct spy_op op = {SPY_READ, off, len};
	enum spy_verdict verdict = spy_enter(spy, &op);

	if (!spy_does(verdict))
		return spy_not_done(verdict, err);
	return spy_leave(spy, &op, verdict, buf, uf_device_read(spy->inner, off, buf, len, err),
			 err);
}

static int spy_arm(struct uf_device *dev, const struct uf_block_set *blocks, struct uf_error *err)
{
	struct spy *spy = (struct spy *)dev;
	struct spy_op op = {SPY_ARM, 0, 0};
	enum spy_verdict verdict = spy_enter(spy, &op);

	if (!spy_does(verdict))
		return spy_not_done(verdict, err);
	return spy_leave(spy, &op, verdict, NULL, uf_device_arm(spy->inner, blocks, err), err);
}

static int spy_erase(struct uf_device *dev, uint64_t off, struct uf_error *err)
{
	struct spy *spy = (struct spy *)dev;
	struct spy_op op = {SPY_ERASE, off, dev->geometry.erase_size};
	enum spy_verdict verdict = spy_enter(spy, &op);

	if (!spy_does(verdict))
		return spy_not_done(verdict, err);
	return spy_leave(spy, &op, verdict, NULL, uf_device_erase(spy->inner, off, err), err);
}

static int spy_program(struct uf_device *dev, uint64_t off, const void *buf, size_t len,
		       struct uf_error *err)
{
	struct spy *spy = (struct spy *)dev;
	struct spy_op op = {SPY_PROGRAM, off, len};
	enum spy_verdict verdict = spy_enter(spy, &op);

	if (!spy_does(verdict))
		return spy_not_done(verdict, err);
	return spy_leave(spy, &op, verdict, NULL, uf_device_program(spy->inner, off, buf, len, err),
			 err);
}

static int spy_sync(struct uf_device *dev, struct uf_error *err)
{
	struct spy *spy = (struct spy *)dev;
	struct spy_op op = {SPY_SYNC, 0, 0};
	enum spy_verdict verdict = spy_enter(spy, &op);

	if (!spy_does(verdict))
		return spy_not_done(verdict, err);
	return spy_leave(spy, &op, verdict, NULL, uf_device_sync(spy->inner, err), err);
}

static void spy_close(struct uf_device *dev)
{
	struct spy *spy = (struct spy *)dev;

	uf_device_close(spy->inner);
	free(spy->op);
	free(spy);
}

static const struct uf_device_ops spy_device_ops = {
	.read = spy_read,
	.arm = spy_arm,
	.erase = spy_erase,
	.program = spy_program,
	.sync = spy_sync,
	.close = spy_close,
};

struct spy *spy_open(struct uf_device *inner)
{
	struct spy *spy = calloc(1, sizeof(*spy));

	assert_non_null(spy);
	spy->dev.ops = &spy_device_ops;
	spy->dev.geometry = inner->geometry;
	spy->inner = inner;
	return spy;
}

unsigned spy_next(const struct spy *spy, enum spy_kind kind, unsigned from)
{
	while (from < spy->ops && spy->op[from].kind != kind)
		from++;
	return from;
}

unsigned spy_touches(const struct spy *spy, enum spy_kind kind, uint64_t off, uint64_t len)
{
	unsigned touches = 0;

	for (unsigned at = 0; at < spy->ops; at++)
		if (spy->op[at].kind == kind && spy->op[at].off < off + len &&
		    off < spy->op[at].off + spy->op[at].len)
			touches++;
	return touches;
}

/* Keep the texts of an event, which are only borrowed from who emitted it. */
static void story_keep_text(struct story_event *entry)
{
	struct uf_event *event = &entry->event;
	const char **text = NULL;

	if (event->kind == UF_EVENT_BLOCK)
		text = &event->block.detail;
	else if (event->kind == UF_EVENT_NOTE)
		text = &event->note.text;
	else if (event->kind == UF_EVENT_CHECK)
		text = &event->check.detail;
	else if (event->kind == UF_EVENT_TEXT)
		text = &event->text;
	if (!text)
		return;
	snprintf(entry->text, sizeof(entry->text), "%s", *text);
	*text = NULL;
}

static void story_emit(void *context, const struct uf_event *event)
{
	struct story *story = context;
	struct story_event *entry;

	if (story->ended)
		story->late++;
	if (story->events == story->room) {
		story->room = story->room ? 2 * story->room : 256;
		story->event = realloc(story->event, story->room * sizeof(*story->event));
		assert_non_null(story->event);
	}
	entry = &story->event[story->events++];
	entry->event = *event;
	entry->ops = story->spy ? story->spy->ops : 0;
	entry->text[0] = '\0';
	story_keep_text(entry);
}

static bool story_stop(void *context)
{
	struct story *story = context;

	if (story->ended)
		story->late++;
	story->polls++;
	if (!story->stop_at || story->polls < story->stop_at)
		return false;
	if (!story->said_stop && story->spy)
		story->ops_at_stop = story->spy->ops;
	story->said_stop = true;
	return true;
}

void story_begin(struct story *story)
{
	memset(story, 0, sizeof(*story));
	story->hooks.context = story;
	story->hooks.emit = story_emit;
	story->hooks.stop = story_stop;
}

void story_free(struct story *story)
{
	free(story->event);
	story->event = NULL;
	story->events = story->room = 0;
}

unsigned story_count(const struct story *story, enum uf_event_kind kind)
{
	unsigned count = 0;

	for (unsigned at = 0; at < story->events; at++)
		count += story->event[at].event.kind == kind;
	return count;
}

unsigned story_check_progress(const struct story *story, enum uf_phase phase, bool whole)
{
	const struct uf_progress_event *last = NULL;
	unsigned count = 0;

	for (unsigned at = 0; at < story->events; at++) {
		const struct uf_progress_event *now = &story->event[at].event.progress;

		if (story->event[at].event.kind != UF_EVENT_PROGRESS || now->phase != phase)
			continue;
		if (last) {
			assert_int_equal(now->total, last->total);
			assert_true(now->done >= last->done);
			assert_true(last->done < last->total);
			assert_true(now->work_done >= last->work_done);
		}
		assert_true(now->done <= now->total);
		assert_true(now->row_done <= now->row_total);
		assert_true(now->work_done <= now->work_total);
		last = now;
		count++;
	}
	if (whole) {
		assert_non_null(last);
		assert_int_equal(last->done, last->total);
	}
	return count;
}

void make_table(struct uf_table *table, const struct piece *piece, unsigned count)
{
	uint64_t off = 0;

	memset(table, 0, sizeof(*table));
	for (unsigned at = 0; at < count; at++) {
		struct uf_range range = {off, piece[at].size};

		assert_int_equal(
			uf_table_add(table, piece[at].name, strlen(piece[at].name), range, NULL),
			UF_OK);
		off += piece[at].size;
	}
}

const struct piece small_piece[SMALL_PIECES] = {
	{"boot", 2 * SMALL_BLOCK},    {"kernel", 6 * SMALL_BLOCK},  {"root", 7 * SMALL_BLOCK},
	{"driver", 2 * SMALL_BLOCK},  {"appfs", 6 * SMALL_BLOCK},   {"backupk", 3 * SMALL_BLOCK},
	{"backupd", 1 * SMALL_BLOCK}, {"backupa", 2 * SMALL_BLOCK}, {"config", 1 * SMALL_BLOCK},
	{"para", 1 * SMALL_BLOCK},    {"flag", 1 * SMALL_BLOCK},
};

/* Fail the test with the error's own words where there is one. */
static void must(struct rig *rig, int ret)
{
	if (ret != UF_OK)
		fail_msg("%d: %s", ret, rig->err.what);
}

void rig_begin(struct rig *rig, const struct uf_geometry *geometry, const struct uf_table *table,
	       const struct uf_fault_plan *faults)
{
	struct uf_device *top;

	memset(rig, 0, sizeof(*rig));
	rig->geometry = *geometry;
	rig->table = *table;
	uf_map_from_table(table, geometry->size, geometry->erase_size, geometry->page_size,
			  &rig->map);
	assert_int_equal(uf_nor_open(geometry, &rig->nor, &rig->err), UF_OK);
	rig->spy = spy_open(rig->nor);
	top = &rig->spy->dev;
	if (faults) {
		assert_int_equal(uf_fault_open(top, faults, &rig->fault, &rig->err), UF_OK);
		top = rig->fault;
	}
	assert_int_equal(uf_guard_open(top, &rig->dev, &rig->err), UF_OK);
	rig->bytes = malloc(geometry->size);
	rig->old = malloc(geometry->size);
	rig->buf = malloc(geometry->erase_size);
	assert_true(rig->bytes && rig->old && rig->buf);
	memset(rig->bytes, UF_BLANK_BYTE, geometry->size);
	memset(rig->old, UF_BLANK_BYTE, geometry->size);
	memory_image_init(&rig->image, rig->bytes, geometry->size);
	assert_int_equal(uf_fingerprints_new(&rig->prints, &rig->err), UF_OK);
	must(rig, uf_target_init(&rig->target, geometry, rig->prints, rig->buf, &rig->err));
	story_begin(&rig->story);
	rig->story.spy = rig->spy;
}

void rig_begin_small(struct rig *rig, const struct uf_fault_plan *faults)
{
	const struct uf_geometry geometry = {SMALL_SIZE, SMALL_BLOCK, SMALL_PAGE};
	struct uf_table table;

	make_table(&table, small_piece, SMALL_PIECES);
	rig_begin(rig, &geometry, &table, faults);
}

void rig_end(struct rig *rig)
{
	uf_exec_end(rig->exec);
	uf_plan_free(&rig->plan);
	uf_target_free(&rig->target);
	memory_image_free(&rig->image);
	story_free(&rig->story);
	uf_fingerprints_free(rig->prints);
	uf_device_close(rig->dev);
	free(rig->bytes);
	free(rig->old);
	free(rig->buf);
}

uint8_t *rig_cells(struct rig *rig)
{
	return uf_nor_cells(rig->nor);
}

void rig_set_old(struct rig *rig, const uint8_t *bytes)
{
	memcpy(rig_cells(rig), bytes, rig->geometry.size);
	memcpy(rig->old, bytes, rig->geometry.size);
}

uint8_t *rig_expected(const struct rig *rig)
{
	uint64_t size = rig->geometry.size;
	uint64_t end = rig->image.image.size;
	uint64_t last = (end + rig->geometry.erase_size - 1) / rig->geometry.erase_size *
			rig->geometry.erase_size;
	uint8_t *expected = malloc(size);

	assert_non_null(expected);
	memset(expected, UF_BLANK_BYTE, size);
	memcpy(expected, rig->bytes, end);
	if (rig->policy.tail != UF_TAIL_ERASE)
		memcpy(expected + last, rig->old + last, size - last);
	for (unsigned at = 0; at < rig->table.count; at++) {
		struct uf_range range = rig->table.part[at].range;

		if (rig->policy.keep[at])
			memcpy(expected + range.off, rig->old + range.off, range.len);
	}
	return expected;
}

void rig_digest(struct rig *rig)
{
	must(rig, uf_target_digest(&rig->target, &rig->image.image, rig->prints, rig->buf, NULL,
				   &rig->story.hooks, &rig->err));
}

void rig_expect_print(struct rig *rig, const struct uf_fingerprint *print, const void *bytes)
{
	struct uf_fingerprint own;

	memcpy(rig->buf, bytes, rig->geometry.erase_size);
	assert_true(uf_fingerprint(rig->prints, rig->buf, rig->geometry.erase_size, &own));
	assert_true(uf_fingerprint_equal(print, &own));
}

void rig_survey(struct rig *rig)
{
	must(rig, uf_survey(&rig->target, rig->dev, rig->prints, rig->buf, NULL, &rig->story.hooks,
			    &rig->err));
}

void rig_decide(struct rig *rig)
{
	must(rig, uf_target_decide(&rig->target, &rig->map, &rig->table, &rig->image.image,
				   &rig->policy, &rig->err));
}

void rig_plan(struct rig *rig)
{
	const struct uf_plan_input input = {
		.map = &rig->map,
		.table = &rig->table,
		.target = &rig->target,
		.policy = &rig->policy,
		.image = "image.bin",
		.boot_extent = rig->boot_extent,
		.has_mtd = true,
	};

	must(rig, uf_plan_make(&input, &rig->plan, &rig->err));
}

void rig_prepare(struct rig *rig)
{
	rig_digest(rig);
	rig_survey(rig);
	rig_decide(rig);
	rig_plan(rig);
}

void rig_forget(struct rig *rig)
{
	uf_plan_free(&rig->plan);
	uf_target_free(&rig->target);
	must(rig, uf_target_init(&rig->target, &rig->geometry, rig->prints, rig->buf, &rig->err));
}

void rig_arm(struct rig *rig)
{
	const struct uf_exec_input input = {
		.plan = &rig->plan,
		.image = &rig->image.image,
		.dev = rig->dev,
		.prints = rig->prints,
		.hooks = &rig->story.hooks,
		.announce = rig->announce,
		.announce_context = rig->announced,
	};
	struct uf_block_set blocks;

	must(rig, uf_plan_blocks(&rig->plan, &blocks, &rig->err));
	must(rig, uf_device_arm(rig->dev, &blocks, &rig->err));
	uf_block_set_free(&blocks);
	rig->spy->ops = 0;
	memset(rig->spy->count, 0, sizeof(rig->spy->count));
	rig->story.events = 0;
	rig->story.polls = 0;
	must(rig, uf_exec_begin(&input, &rig->exec, &rig->err));
	assert_int_equal(rig->spy->ops, 0);
}

unsigned rig_run(struct rig *rig)
{
	/* Far more than any run needs: a machine that does not end is a failure, no hanging. */
	const unsigned most = 1000 + 20 * rig->plan.ops;
	unsigned steps = 0;

	while (uf_exec_step(rig->exec)) {
		steps++;
		assert_true(steps < most);
	}
	uf_exec_outcome(rig->exec, &rig->outcome);
	return steps;
}
