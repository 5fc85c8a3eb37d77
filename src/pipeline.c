/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pipeline.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "testing.h"
#include "uniflash/check/geometry.h"
#include "uniflash/cli/prompt.h"
#include "uniflash/live/checks.h"
#include "uniflash/live/signals.h"
#include "uniflash/plan/survey.h"
#include "uniflash/util/clock.h"

/* What a dump is cut into where neither -d nor the layout says: most of these cameras' kernels
 * use 32 KiB. */
#define ERASE_SIZE_DEFAULT 32768
#define PAGE_SIZE_DEFAULT  256

#define CONSENT_SECONDS 60

/* How many lines of what failed are worth reading. */
#define FAILURE_LINES 20

static void on_emit(void *context, const struct uf_event *event)
{
	struct run *run = context;

	uf_report_event(run->reporter, event);
}

static bool on_stop(void *context)
{
	struct run *run = context;

	if (!run->writing)
		return uf_signals_stop_asked();
	switch (uf_signals_poll(uf_clock_ms())) {
	case UF_INTERRUPT_STOP:
		return true;
	case UF_INTERRUPT_WARN:
		uf_note(&run->hooks, UF_NOTE_WARNING,
			"the flash is incomplete, and stopping now leaves it so.\n"
			"  Interrupt again within 3 seconds to stop after this block.");
		break;
	case UF_INTERRUPT_NONE:
		break;
	}
	return false;
}

void run_begin(struct run *run, const struct uf_request *request, struct uf_reporter *reporter)
{
	memset(run, 0, sizeof(*run));
	run->request = request;
	run->reporter = reporter;
	run->hooks = (struct uf_hooks){run, on_emit, on_stop};
	run->root = testing_root();
	run->began_ms = uf_clock_ms();
	run->verdict.allow = request->allow;
	run->status = UF_STATUS_DONE;
	run->prompt_fd = -1;
}

static enum uf_status failed_status(const struct run *run, int ret, int *exit)
{
	bool incomplete = run->flash == UF_FLASH_INCOMPLETE;

	switch (ret) {
	case UF_ERR_USAGE:
		*exit = 2;
		return UF_STATUS_FAILED;
	case UF_ERR_REFUSED:
		*exit = incomplete ? 4 : 3;
		return UF_STATUS_REFUSED;
	case UF_ERR_STOPPED:
		*exit = incomplete ? 6 : 1;
		return UF_STATUS_STOPPED;
	default:
		*exit = incomplete ? 4 : 1;
		return UF_STATUS_FAILED;
	}
}

static void tell_result(const struct run *run, int ret, int *exit)
{
	struct uf_event event = {.kind = UF_EVENT_RESULT,
				 .plan = run->plan.rows ? &run->plan : NULL};
	struct uf_result_event *result = &event.result;
	const struct uf_counters none = {0};
	enum uf_verb verb = run->request->verb;
	const struct uf_counters *counters = run->dev ? uf_guard_counters(run->dev) : &none;

	*exit = run->status == UF_STATUS_DIFFERS ? 5 : 0;
	result->status = ret ? failed_status(run, ret, exit) : run->status;
	result->exit = *exit;
	result->flash = run->flash;
	result->erased_blocks = counters->erased_blocks;
	result->programmed_pages = counters->programmed_pages;
	result->bytes_read = counters->bytes_read;
	result->retried_blocks = run->retried;
	result->about_flash = verb == UF_VERB_FLASH || verb == UF_VERB_PLAN ||
			      verb == UF_VERB_VERIFY || verb == UF_VERB_INFO;
	result->ms = uf_clock_ms() - run->began_ms;
	result->error = ret ? &run->error : NULL;
	uf_emit(&run->hooks, &event);
}

int run_finish(struct run *run, int ret)
{
	int exit;

	tell_result(run, ret, &exit);
	uf_exec_end(run->exec);
	uf_plan_free(&run->plan);
	uf_target_free(&run->target);
	uf_hash_free(run->hash);
	free(run->buf);
	uf_image_close(run->image);
	uf_device_close(run->dev);
	if (run->prompt_fd >= 0)
		close(run->prompt_fd);
	return exit;
}

/* A stage that came upon a refusal by itself: the check is told, and may be allowed. */
static int settle(struct run *run, int ret)
{
	return ret == UF_ERR_REFUSED ? uf_check_refusal(&run->error, &run->verdict, &run->hooks)
				     : ret;
}

/* The layout that -l asks for. */
static int take_layout(struct run *run, uint64_t size)
{
	struct uf_layout known;
	int ret = uf_layout_resolve(run->request->layout, size, &run->layout, &run->error);

	if (ret)
		return ret;
	run->has_layout = true;
	run->table = run->layout.table;
	/* The table of a known layout given as a plain text is still that layout. */
	if (uf_layout_recognise(&run->table, &known))
		uf_layout_annotate(&known, &run->table);
	return UF_OK;
}

static int map_mtd(struct run *run)
{
	int ret = uf_map_probe(run->root, &run->map, &run->error);

	if (ret)
		return ret;
	run->has_mtd = true;
	if (run->request->layout)
		return take_layout(run, run->map.size);
	run->table = run->map.table;
	run->has_layout = uf_layout_recognise(&run->table, &run->layout);
	if (run->has_layout)
		uf_layout_annotate(&run->layout, &run->table);
	return UF_OK;
}

static int need_layout(struct run *run)
{
	if (run->request->layout)
		return UF_OK;
	uf_fail(&run->error, UF_ERR_USAGE, "which partition table is it? Add -l");
	uf_advise(&run->error, "The known ones are listed by: uniflash layouts. Add -l dafang for "
			       "a Wyze Cam v2 and its kin.");
	return UF_ERR_USAGE;
}

static struct uf_file_spec file_spec(const struct run *run)
{
	const struct uf_device_spec *device = &run->request->device;
	struct uf_file_spec spec = {
		.path = device->path,
		.size = device->size,
		.erase_size = device->erase_size       ? device->erase_size
			      : run->layout.erase_size ? run->layout.erase_size
						       : ERASE_SIZE_DEFAULT,
		.page_size = PAGE_SIZE_DEFAULT,
	};

	return spec;
}

/* A dump has no kernel: its table is the layout. */
static int map_file(struct run *run)
{
	struct uf_file_spec spec = file_spec(run);
	struct uf_geometry geometry = {0};
	int ret = need_layout(run);

	if (!ret)
		ret = uf_file_geometry(&spec, &geometry, &run->error);
	if (!ret)
		ret = take_layout(run, geometry.size);
	if (ret)
		return ret;
	/* The layout may know the erase size, which changes what fits. */
	spec = file_spec(run);
	ret = uf_file_geometry(&spec, &geometry, &run->error);
	if (!ret)
		uf_map_from_table(&run->table, geometry.size, geometry.erase_size,
				  geometry.page_size, &run->map);
	return ret;
}

int run_map_flash(struct run *run)
{
	return run->request->device.is_file ? map_file(run) : map_mtd(run);
}

int run_find_table(struct run *run, uint64_t size)
{
	if (run->request->layout)
		return take_layout(run, size);
	if (map_mtd(run) == UF_OK)
		return UF_OK;
	return need_layout(run);
}

int run_open_flash(struct run *run, enum uf_access access)
{
	const struct uf_file_spec spec = file_spec(run);
	struct uf_device *dev = NULL;
	int ret;

	if (run->request->device.is_file)
		ret = uf_file_open(&spec, access, &dev, &run->error);
	else
		ret = testing_open_mtd(&run->map, access, &dev, &run->error);
	if (!ret)
		ret = testing_wrap(&dev, &run->error);
	if (!ret)
		ret = uf_guard_open(dev, &run->dev, &run->error);
	if (ret)
		uf_device_close(dev);
	return settle(run, ret);
}

int run_open_image(struct run *run)
{
	int ret = uf_image_open(run->request->operand[0], &run->image, &run->error);

	if (!ret)
		ret = testing_wrap_image(run->image, &run->error);
	return settle(run, ret);
}

static int check_geometry(struct run *run, const struct uf_check *table, unsigned count)
{
	const struct uf_geometry_facts facts = {
		.map = &run->map,
		.asked = run->request->layout ? &run->layout : NULL,
		.image_size = run->image ? run->image->size : 0,
		.tail = run->request->tail,
	};
	int ret = uf_check_all(table, count, &facts, &run->verdict, &run->hooks);

	if (ret)
		run->error = run->verdict.first;
	return ret;
}

int run_check_map(struct run *run)
{
	return check_geometry(run, uf_map_checks, uf_map_check_count);
}

int run_check_sizes(struct run *run)
{
	return check_geometry(run, uf_size_checks, uf_size_check_count);
}

/* Only these: everything else is kept. A name that is to be both is a contradiction. */
static int apply_only(struct run *run)
{
	bool only[UF_PARTITIONS_MAX];
	int ret = uf_names_resolve(run->request->only, &run->table, only, &run->error);

	for (unsigned at = 0; !ret && at < run->table.count; at++) {
		if (only[at] && run->policy.keep[at])
			ret = uf_fail(&run->error, UF_ERR_USAGE, "--only and --keep both name %s",
				      run->table.part[at].name);
		run->policy.keep[at] = !only[at];
	}
	return ret;
}

static int make_policy(struct run *run)
{
	const char *keep = run->request->keep;
	int ret = UF_OK;

	run->policy.tail = run->request->tail;
	run->policy.full = run->request->full;
	if (strcmp(keep, "auto") != 0)
		ret = uf_names_resolve(keep, &run->table, run->policy.keep, &run->error);
	if (!ret && run->request->only[0])
		ret = apply_only(run);
	return ret;
}

static int make_buffers(struct run *run)
{
	run->buf = malloc(run->map.erase_size);
	if (!run->buf)
		return uf_fail(&run->error, UF_ERR_MEMORY, "no memory for an erase block");
	return uf_hash_new(&run->hash, &run->error);
}

int run_check_image(struct run *run)
{
	int ret = make_policy(run);

	if (!ret)
		ret = make_buffers(run);
	if (!ret)
		ret = uf_target_build(&run->map, &run->table, &run->image->extent, &run->policy,
				      &run->target, &run->error);
	if (!ret)
		ret = uf_target_digest(&run->target, run->image, run->hash, run->buf, &run->hooks,
				       &run->error);
	return settle(run, ret);
}

int run_prepare(struct run *run, enum uf_access access)
{
	int ret = run_map_flash(run);

	if (!ret)
		ret = run_open_image(run);
	if (!ret) {
		/* Both are judged, so that the user sees everything at once. */
		run_check_map(run);
		ret = run_check_sizes(run);
	}
	if (!ret)
		ret = run_open_flash(run, access);
	if (!ret)
		ret = run_check_image(run);
	return ret;
}

/* Whether a partition that will be compared or written can still change under the run. */
static bool may_change(const struct run *run)
{
	for (unsigned at = 0; at < run->map.table.count; at++)
		if (uf_mounts_writable(&run->mounts, run->map.table.part[at].number))
			return true;
	return false;
}

int run_make_plan(struct run *run)
{
	const struct uf_plan_input input = {
		.map = &run->map,
		.table = &run->table,
		.target = &run->target,
		.policy = &run->policy,
		.layout = run->has_layout ? run->layout.name : NULL,
		.image = run->request->operand[0],
		.has_mtd = run->has_mtd,
	};
	int ret = uf_survey(&run->target, run->dev, run->hash, run->buf, &run->hooks, &run->error);

	if (!ret)
		ret = uf_plan_make(&input, &run->plan, &run->error);
	if (!ret && run->has_mtd)
		ret = uf_mounts_read(run->root, &run->mounts, &run->error);
	if (!ret)
		run->plan.provisional = run->has_mtd && may_change(run);
	return ret;
}

/* The real path of a file, NULL where it has none. The caller frees it. */
static char *real_path(const char *path)
{
	return path ? realpath(path, NULL) : NULL;
}

int run_check_live(struct run *run)
{
	char *executable, *image, *log;
	int ret = UF_OK;

	if (!run->has_mtd)
		return UF_OK;
	executable = real_path("/proc/self/exe");
	image = real_path(run->request->operand[0]);
	log = real_path(run->request->log);
	const struct uf_live_facts facts = {
		.plan = &run->plan,
		.mounts = &run->mounts,
		.root = run->root,
		.executable = executable,
		.image = image,
		.log = log,
		.no_backup = run->request->no_backup,
	};
	ret = uf_check_all(uf_live_checks, uf_live_check_count, &facts, &run->verdict, &run->hooks);
	if (ret)
		run->error = run->verdict.first;
	free(executable);
	free(image);
	free(log);
	return ret;
}

int run_find_terminal(struct run *run)
{
	if (run->request->yes)
		return UF_OK;
	run->prompt_fd = uf_prompt_open(false);
	if (run->prompt_fd >= 0)
		return UF_OK;
	uf_fail(&run->error, UF_ERR_USAGE, "there is no terminal to ask on");
	uf_advise(&run->error, "Add -y to go on without being asked.");
	return UF_ERR_USAGE;
}

int run_consent(struct run *run)
{
	char count[UF_SIZE_TEXT], question[200];
	uint64_t asked_ms = uf_clock_ms();
	bool yes;

	if (run->request->yes)
		return UF_OK;
	snprintf(question, sizeof(question), "Erase and rewrite %s block%s of %.120s? [y/N] ",
		 uf_format_count(count, run->plan.erase_blocks),
		 run->plan.erase_blocks == 1 ? "" : "s",
		 run->has_mtd ? "this camera's flash" : run->request->device.path);
	yes = uf_prompt_ask(run->prompt_fd, question, testing_ask_seconds(CONSENT_SECONDS));
	/* The time a person took is not the run's. */
	run->began_ms += uf_clock_ms() - asked_ms;
	if (yes)
		return UF_OK;
	return uf_fail(&run->error, UF_ERR_STOPPED,
		       uf_signals_stop_asked() ? "stopped before the first erase" : "declined");
}

/* The last look at the image while nothing is written: it may have changed under the question. */
static int arm(struct run *run)
{
	struct uf_block_set blocks = {0, NULL};
	int ret = uf_image_refuse_unreadable(uf_image_check_same(run->image, &run->error),
					     &run->error);

	if (!ret)
		ret = uf_plan_blocks(&run->plan, &blocks, &run->error);
	if (!ret)
		ret = uf_device_arm(run->dev, &blocks, &run->error);
	uf_block_set_free(&blocks);
	return settle(run, ret);
}

/* Blocks that failed for good, those that follow each other in one line. */
static void tell_failures(const struct run *run)
{
	struct uf_exec_failure first, next;
	uint32_t at = uf_exec_next_failure(run->exec, 0, &first);

	for (unsigned lines = 0; at < run->plan.ops; lines++) {
		uint32_t blocks = 1;

		if (lines == FAILURE_LINES) {
			uf_note(&run->hooks, UF_NOTE_WARNING, "and more");
			return;
		}
		for (at = uf_exec_next_failure(run->exec, at + 1, &next);
		     at < run->plan.ops && next.block == first.block + blocks &&
		     next.result == first.result;
		     at = uf_exec_next_failure(run->exec, at + 1, &next))
			blocks++;
		uf_note(&run->hooks, UF_NOTE_WARNING,
			"%s: 0x%06" PRIx64 "-0x%06" PRIx64 " is wrong (%s), first at 0x%06" PRIx64,
			run->plan.row[uf_plan_row_of(&run->plan, first.block)].part->name,
			(uint64_t)first.block * run->map.erase_size,
			(uint64_t)(first.block + blocks) * run->map.erase_size,
			uf_block_result_name(first.result), first.offset);
		first = next;
	}
}

/* Tell for each partition that was written whether it holds what it should. */
static void tell_verified(const struct run *run)
{
	for (unsigned at = 0; at < run->plan.rows; at++) {
		struct uf_event event = {.kind = UF_EVENT_VERIFY, .plan = &run->plan};
		struct uf_exec_failure failure;
		uint32_t next = uf_exec_next_failure(run->exec, 0, &failure);

		if (!run->plan.row[at].erase_blocks)
			continue;
		while (next < run->plan.ops && uf_plan_row_of(&run->plan, failure.block) != (int)at)
			next = uf_exec_next_failure(run->exec, next + 1, &failure);
		event.verify.row = (int)at;
		event.verify.equal = next == run->plan.ops;
		event.verify.first_difference = failure.offset;
		uf_emit(&run->hooks, &event);
	}
}

static int judge_outcome(struct run *run)
{
	struct uf_exec_outcome outcome;
	struct uf_error why;

	uf_exec_outcome(run->exec, &outcome);
	run->retried = outcome.retried;
	if (outcome.touched)
		run->flash = UF_FLASH_INCOMPLETE;
	if (outcome.stopped)
		return uf_fail(&run->error, UF_ERR_STOPPED,
			       "stopped on request after %" PRIu32 " of %" PRIu32 " blocks",
			       outcome.written, run->plan.ops);
	tell_failures(run);
	tell_verified(run);
	why = outcome.error;
	if (outcome.failed) {
		uf_fail(&run->error, why.code,
			"%" PRIu32 " of %" PRIu32 " blocks could not be written; the first: %.300s",
			outcome.failed, run->plan.ops, why.what);
		uf_advise(&run->error, "%s", why.next);
		return why.code;
	}
	if (why.code) {
		run->error = why;
		return why.code;
	}
	run->flash = UF_FLASH_VERIFIED;
	/* A survey that was misled by bad readings: there was nothing to erase. */
	if (!outcome.touched)
		run->status = UF_STATUS_UNCHANGED;
	return UF_OK;
}

int run_execute(struct run *run)
{
	const struct uf_exec_input input = {&run->plan, run->image, run->dev, run->hash,
					    &run->hooks};
	int ret = arm(run);

	if (!ret)
		ret = uf_exec_begin(&input, &run->exec, &run->error);
	if (ret)
		return ret;
	uf_report_set_live(run->reporter);
	uf_signals_enter_write();
	if (uf_signals_stop_asked())
		return uf_fail(&run->error, UF_ERR_STOPPED, "stopped before the first erase");
	run->writing = true;
	while (uf_exec_step(run->exec))
		;
	return judge_outcome(run);
}
