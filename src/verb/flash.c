/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verb.h"

#include "uniflash/report/picture.h"

static void tell_plan(struct run *run)
{
	struct uf_event event = {.kind = UF_EVENT_PLAN, .plan = &run->plan};

	uf_emit(&run->hooks, &event);
}

static int draw_plan(struct run *run)
{
	const struct uf_picture picture = {
		.plan = &run->plan,
		.image_table = run->plan.image_layout ? &run->image_layout.table : NULL,
	};
	int ret;

	if (!run->request->svg)
		return UF_OK;
	ret = uf_picture_write(&picture, run->request->svg, &run->error);
	if (!ret)
		uf_note(&run->hooks, UF_NOTE_INFO, "The picture of this plan is in %s.",
			run->request->svg);
	return ret;
}

/* Everything up to the plan, which touches no byte. */
static int prepare(struct run *run)
{
	int ret = run_prepare(run, run->request->dry_run ? UF_ACCESS_READ : UF_ACCESS_WRITE);

	if (!ret && !run->was_done)
		ret = run_make_plan(run);
	if (ret || run->was_done)
		return ret;
	tell_plan(run);
	ret = draw_plan(run);
	if (ret)
		return ret;
	run_tell_own(run);
	return run_check_live(run);
}

/* The flash holds already what it should. */
static int end_unchanged(struct run *run)
{
	int ret;

	if (run_leaves_unfinished(run))
		return run_fail_unfinished(run);
	run->status = UF_STATUS_UNCHANGED;
	run->flash = UF_FLASH_VERIFIED;
	ret = run_open_done(run);
	run_write_done(run);
	return ret;
}

int verb_flash(struct run *run)
{
	int ret = run->request->dry_run ? UF_OK : run_find_terminal(run);

	if (!ret)
		ret = prepare(run);
	if (ret)
		return ret;
	if (run->was_done) {
		uf_note(&run->hooks, UF_NOTE_INFO,
			"%s.done says that this image was flashed here: nothing to do (--once).\n"
			"  Remove that file to flash it again.",
			run->request->operand[0]);
		run->status = UF_STATUS_DONE;
		return UF_OK;
	}
	if (run->request->dry_run) {
		run->status = UF_STATUS_PLANNED;
		return UF_OK;
	}
	if (!run->plan.ops)
		return end_unchanged(run);
	ret = run_consent(run);
	if (!ret)
		ret = run_quiet(run);
	/* What differed may have been what the system wrote. */
	if (!ret && !run->plan.ops)
		return end_unchanged(run);
	if (!ret)
		ret = run_backup(run);
	if (!ret)
		ret = run_keep(run);
	if (!ret && !run->plan.ops)
		return end_unchanged(run);
	if (!ret)
		ret = run_execute(run);
	run->may_restart = !ret && run->touched && run->live;
	run->restart = run->may_restart && run->request->reboot;
	return ret;
}
