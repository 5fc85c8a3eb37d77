/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pipeline.h"

#include <inttypes.h>

#include "uniflash/live/signals.h"

/* How many lines of what failed are worth reading. */
#define FAILURE_LINES 20

/* The last look at the image while nothing is written: it may have changed under the question. */
static int arm(struct run *run)
{
	struct uf_block_set blocks = {0, NULL};
	int ret = uf_image_refuse_unreadable(uf_image_check_same(&run->image, &run->error),
					     &run->error);

	if (!ret)
		ret = uf_plan_blocks(&run->plan, &blocks, &run->error);
	if (!ret)
		ret = uf_device_arm(run->dev, &blocks, &run->error);
	uf_block_set_free(&blocks);
	return run_settle(run, ret);
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
	const struct uf_exec_input input = {&run->plan, &run->image, run->dev, run->hash,
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
