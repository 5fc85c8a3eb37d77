/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pipeline.h"

#include <inttypes.h>

#include "uniflash/live/signals.h"

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

/* What a chip that the first block has shown to be unfit needs. */
static void advise_chip(struct uf_error *error)
{
	if (error->check == UF_CHECK_DEVICE_ALIAS)
		uf_advise(error,
			  "Linux does not know this chip and takes it for a larger one. It needs a "
			  "kernel that knows it, or an image of the chip's size and a kernel "
			  "whose mtdparts= end there.");
	else
		uf_advise(error, "Its blocks are protected, by bits in its status register or by a "
				 "pin. Unlock it in the boot loader (sf protect unlock), or with a "
				 "programmer.");
}

/* Such a chip has been left as it was, or holds it again: that is a refusal. It is proved, so that
 * no --allow helps. */
static int refuse_chip(struct run *run, const struct uf_error *why)
{
	run->error = *why;
	advise_chip(&run->error);
	run->verdict.allow &= ~UF_CHECK_BIT(why->check);
	return run_settle(run, UF_ERR_REFUSED);
}

static int fail_blocks(struct run *run, const struct uf_exec_outcome *outcome)
{
	const struct uf_error *why = &outcome->error;
	enum uf_code code = why->code == UF_ERR_REFUSED ? UF_ERR_MISMATCH : why->code;

	uf_fail(&run->error, code,
		"%" PRIu32 " of %" PRIu32 " blocks could not be written; the first: %.300s",
		outcome->failed, run->plan.ops, why->what);
	uf_advise(&run->error, "%s", why->next);
	return code;
}

static int judge_outcome(struct run *run)
{
	struct uf_exec_outcome outcome;

	uf_exec_outcome(run->exec, &outcome);
	run->retried = outcome.retried;
	run->touched = outcome.touched;
	if (outcome.touched)
		run->flash = UF_FLASH_INCOMPLETE;
	if (outcome.stopped)
		return uf_fail(&run->error, UF_ERR_STOPPED,
			       "stopped on request after %" PRIu32 " of %" PRIu32 " blocks",
			       outcome.written, run->plan.ops);
	if (outcome.error.check && !outcome.touched)
		return refuse_chip(run, &outcome.error);
	if (outcome.failed)
		run_tell_trouble(run, &outcome);
	tell_verified(run);
	if (outcome.failed)
		return fail_blocks(run, &outcome);
	if (outcome.error.code) {
		run->error = outcome.error;
		return outcome.error.code;
	}
	if (run_leaves_unfinished(run))
		return run_fail_unfinished(run);
	run->flash = UF_FLASH_VERIFIED;
	/* A survey that was misled by bad readings: there was nothing to erase. */
	if (!outcome.touched)
		run->status = UF_STATUS_UNCHANGED;
	return UF_OK;
}

int run_execute(struct run *run)
{
	const struct uf_exec_input input = {
		.plan = &run->plan,
		.image = &run->image,
		.dev = run->dev,
		.prints = run->prints,
		.hooks = &run->hooks,
		.announce = run_announce,
		.announce_context = run,
	};
	int ret = arm(run);

	if (!ret)
		ret = run_open_done(run);
	if (!ret)
		run_open_journal(run);

	if (!ret)
		ret = uf_exec_begin(&input, &run->exec, &run->error);
	if (ret)
		return ret;
	uf_report_set_live(run->reporter);
	uf_signals_enter_write();
	run_writing(run);
	if (uf_signals_stop_asked())
		return uf_fail(&run->error, UF_ERR_STOPPED, "stopped before the first erase");
	run->writing = true;
	while (uf_exec_step(run->exec))
		;
	ret = judge_outcome(run);
	run_end_journal(run);
	if (!ret)
		run_write_done(run);
	return ret;
}
