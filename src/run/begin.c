/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pipeline.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "testing.h"
#include "uniflash/live/signals.h"
#include "uniflash/util/clock.h"

static void on_emit(void *context, const struct uf_event *event)
{
	struct run *run = context;

	uf_report_event(run->reporter, event);
}

static bool on_stop(void *context)
{
	struct run *run = context;

	run_beat(run);
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

static void on_beat(void *context)
{
	run_beat(context);
}

void run_begin(struct run *run, const struct uf_request *request, struct uf_reporter *reporter)
{
	memset(run, 0, sizeof(*run));
	run->request = request;
	run->reporter = reporter;
	run->hooks = (struct uf_hooks){run, on_emit, on_stop, on_beat};
	run->root = testing_root();
	run->began_ms = uf_clock_ms();
	run->verdict.allow = request->allow;
	run->status = UF_STATUS_DONE;
	run->prompt_fd = -1;
	run->done_fd = -1;
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
	result->since_earlier = run->past.incomplete && (!run->touched || run->unfinished) && ret;
	result->ms = uf_clock_ms() - run->began_ms;
	result->error = ret ? &run->error : NULL;
	result->backup = run->backup;
	uf_emit(&run->hooks, &event);
}

int run_finish(struct run *run, int ret)
{
	int exit;

	run_end_live(run);
	tell_result(run, ret, &exit);
	run_ask_restart(run);
	uf_exec_end(run->exec);
	uf_plan_free(&run->plan);
	uf_target_free(&run->target);
	uf_hash_free(run->hash);
	uf_fingerprints_free(run->prints);
	free(run->buf);
	uf_inspector_free(run->inspector);
	uf_hash_free(run->whole);
	uf_journal_close(run->journal);
	uf_block_set_free(&run->again);
	free(run->journal_off);
	uf_image_close(&run->image);
	free(run->trust_source);
	uf_device_close(run->dev);
	if (run->prompt_fd >= 0)
		close(run->prompt_fd);
	if (run->done_fd >= 0)
		close(run->done_fd);
	return exit;
}

int run_settle(struct run *run, int ret)
{
	return ret == UF_ERR_REFUSED ? uf_check_refusal(&run->error, &run->verdict, &run->hooks)
				     : ret;
}
