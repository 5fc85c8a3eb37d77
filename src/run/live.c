/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The live camera: what the running system does is kept from the flash, and what happens to it is
 * kept from the run. Each step undoes what came before it where it refuses.
 */
#include "pipeline.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "testing.h"
#include "uniflash/live/checks.h"
#include "uniflash/live/keeper.h"
#include "uniflash/live/memory.h"
#include "uniflash/live/quiet.h"
#include "uniflash/live/selfcopy.h"
#include "uniflash/live/signals.h"
#include "uniflash/live/watchdog.h"
#include "uniflash/plan/survey.h"
#include "uniflash/report/living.h"

/* What nothing else counts: the keeper's own pages, page tables, the journal, what the kernel needs
 * for all that. */
#define SMALL_BYTES (256 << 10)

/* How many blocks of a packed image stay in memory for another try. */
#define STASH_BLOCKS 16

struct live {
	struct uf_census census;
	struct uf_pins pins;
	struct uf_quiet quiet;
	struct uf_keeper *keeper;
	bool holder_ended; /* the process that held the watchdog */
	bool was_writable[UF_PARTITIONS_MAX];
	uint64_t memory_needed;
	uint64_t memory_spare;
};

/* A fixture of a test has no processes that could be stopped. */
static bool is_live(const struct run *run)
{
	return run->has_mtd && !run->root[0];
}

bool run_quiets(const struct run *run)
{
	return is_live(run) && !run->request->no_stop;
}

/* An earlier run has left its keeper. */
static bool has_keeper(const struct live *live)
{
	for (unsigned at = 0; at < live->census.count; at++)
		if (uf_process_keeps(&live->census.process[at]))
			return true;
	return false;
}

/* What the run itself takes yet. */
static uint64_t own_memory(const struct run *run)
{
	uint64_t blocks = 3 + 2 * (uint64_t)(run->plan.ops - run->plan.body_ops);

	if (uf_image_streamed(&run->image))
		blocks += STASH_BLOCKS;
	return blocks * run->map.erase_size + uf_memory_to_lock(run->root, &run->mounts) +
	       SMALL_BYTES;
}

/* Choose what to pin by what the run leaves of the memory to spare. */
static void find_pins(struct run *run)
{
	struct live *live = run->live;
	uint64_t own = own_memory(run);

	/* A flash that stays incomplete is worse than a system that is short of memory. */
	live->memory_spare =
		uf_memory_spare(run->root, has_keeper(live) ? UF_RESERVES_LEAST : UF_RESERVES);
	uf_pins_find(run->root, &run->mounts, &live->census,
		     live->memory_spare > own ? live->memory_spare - own : 0, &live->pins);
	live->memory_needed = own + live->pins.bytes;
}

static void tell_living(const struct run *run)
{
	const struct uf_living living = {
		.root = run->root,
		.census = &run->live->census,
		.mounts = &run->mounts,
		.pins = &run->live->pins,
		.memory_needed = run->live->memory_needed,
		.memory_spare = run->live->memory_spare,
	};
	struct uf_event event = {.kind = UF_EVENT_LIVE};

	event.living = &living;
	uf_emit(&run->hooks, &event);
}

/* Where nothing may be stopped, everything goes on, and its files must stay. */
static void leave_all(struct uf_census *census)
{
	for (unsigned at = 0; at < census->count; at++)
		if (census->process[at].fate == UF_FATE_FROZEN)
			census->process[at].fate = UF_FATE_LEFT;
}

int run_look_at_system(struct run *run)
{
	struct live *live;
	int ret;

	if (!is_live(run))
		return UF_OK;
	live = run->live = calloc(1, sizeof(*live));
	if (!live)
		return uf_fail(&run->error, UF_ERR_MEMORY, "no memory to look at the processes");
	ret = uf_census_take(run->root, &run->mounts, getpid(), &live->census, &run->error);
	if (ret)
		return ret;
	if (!run_quiets(run))
		leave_all(&live->census);
	find_pins(run);
	tell_living(run);
	return UF_OK;
}

void run_memory(const struct run *run, uint64_t *needed, uint64_t *spare)
{
	*needed = run->live ? run->live->memory_needed : 0;
	*spare = run->live ? run->live->memory_spare : UINT64_MAX;
}

void run_beat(struct run *run)
{
	if (run->live)
		uf_keeper_beat(run->live->keeper);
}

void run_writing(struct run *run)
{
	if (run->live)
		uf_keeper_writing(run->live->keeper);
}

static int freeze(struct run *run, bool spare_holder)
{
	run->live->quiet.spare_holder = spare_holder;
	return run_settle(run, uf_quiet_freeze(&run->live->quiet, &run->mounts, &run->live->census,
					       &run->error));
}

/* Take the watchdog from processes that cannot go on feeding it. */
static int take_watchdog(struct run *run, int *fd)
{
	struct live *live = run->live;
	const struct uf_process *holder = uf_census_watchdog(&live->census);
	int seconds, ret;

	if (!holder || holder->fate != UF_FATE_FROZEN)
		return UF_OK;
	live->holder_ended = true;
	ret = uf_watchdog_take(&live->census, fd, &seconds, &run->error);
	if (ret)
		return ret;
	uf_note(&run->hooks, UF_NOTE_INFO,
		"%s (%d) held the watchdog and cannot go on; it is fed in its place, its timeout "
		"is %d s.",
		holder->name, holder->pid, seconds);
	return UF_OK;
}

/* One that holds the watchdog and goes on, but waits for this run, would let it bite. */
static int check_watchdog(struct run *run)
{
	const struct uf_process *holder = uf_census_watchdog(&run->live->census);

	if (!holder || holder->fate != UF_FATE_LEFT || uf_process_feeds(holder))
		return UF_OK;
	uf_refuse(&run->error, UF_CHECK_DEVICE_BUSY,
		  "process %d (%s) goes on and holds the watchdog, and nobody can feed it there",
		  holder->pid, holder->name);
	uf_advise(&run->error, "Let a process of its own feed it, such as BusyBox's watchdog, or "
			       "close it in a script before it starts uniflash.");
	return run_settle(run, UF_ERR_REFUSED);
}

static void tell_not_held(const struct run *run, unsigned failed)
{
	const struct uf_census *census = &run->live->census;

	for (unsigned at = 0; at < census->count; at++)
		if (census->process[at].unpinned)
			uf_note(&run->hooks, UF_NOTE_WARNING,
				"there is no memory to hold the files of process %d (%s): it may "
				"end while the flash is written",
				census->process[at].pid, census->process[at].name);
	if (failed || run->live->pins.cut)
		uf_note(&run->hooks, UF_NOTE_WARNING,
			"not every file of the processes that go on could be locked in memory: "
			"some of them may end while the flash is written");
}

/* The keeper has its own copy of the watchdog's descriptor. */
static int start_keeper(struct run *run)
{
	struct live *live = run->live;
	unsigned failed = 0;
	int fd = -1, ret = UF_OK;

	find_pins(run);
	if (live->memory_needed > live->memory_spare)
		ret = run_settle(run, uf_refuse_memory(live->memory_needed, live->memory_spare,
						       &run->error));
	if (!ret)
		ret = take_watchdog(run, &fd);
	if (!ret)
		ret = uf_keeper_start(&live->pins, &live->quiet.stopped, fd, &live->keeper, &failed,
				      &run->error);
	if (ret)
		uf_watchdog_release(fd);
	else if (fd >= 0)
		close(fd);
	if (!ret)
		tell_not_held(run, failed);
	return ret;
}

static void note_writable(struct run *run)
{
	const struct uf_table *table = &run->map.table;

	for (unsigned at = 0; at < table->count; at++)
		run->live->was_writable[at] =
			uf_mounts_writable(&run->mounts, table->part[at].number) != NULL;
}

/* All of it, for one digest of one reading: the backup's name and what is compared with it. */
static int survey_whole(struct run *run, uint32_t *changed)
{
	const struct uf_watchers watchers = {.whole = run->whole};
	const struct uf_range all = {0, run->map.size};
	int ret;

	uf_hash_begin(run->whole);
	ret = uf_survey_again(&run->target, all, run->dev, run->prints, run->buf, &watchers,
			      changed, &run->hooks, &run->error);
	if (ret || uf_hash_end(run->whole, &run->flash_digest))
		return ret;
	return uf_fail(&run->error, UF_ERR_MEMORY, "libcrypto failed to make a digest");
}

/* Read anew what could be written until now. */
static int survey_writable(struct run *run, uint32_t *changed)
{
	const struct uf_table *table = &run->map.table;
	bool any = false;
	int ret = UF_OK;

	*changed = 0;
	for (unsigned at = 0; at < table->count; at++)
		any |= run->live->was_writable[at];
	if (any && run->whole)
		return survey_whole(run, changed);
	for (unsigned at = 0; !ret && at < table->count; at++)
		if (run->live->was_writable[at])
			ret = uf_survey_again(&run->target, table->part[at].range, run->dev,
					      run->prints, run->buf, NULL, changed, &run->hooks,
					      &run->error);
	return ret;
}

/* The final plan. What was agreed to stands; only blocks that the system wrote meanwhile differ. */
static int plan_again(struct run *run, uint32_t changed)
{
	struct uf_event event = {.kind = UF_EVENT_PLAN, .plan = &run->plan};
	int ret;

	uf_note(&run->hooks, UF_NOTE_INFO,
		"%" PRIu32 " block%s changed until the system was quiet; the plan now is:", changed,
		changed == 1 ? "" : "s");
	ret = run_settle(run, uf_target_decide(&run->target, &run->map, &run->table, &run->image,
					       &run->policy, &run->error));
	if (ret)
		return ret;
	uf_plan_free(&run->plan);
	ret = run_make_plan(run);
	run->plan.provisional = false;
	if (!ret)
		uf_emit(&run->hooks, &event);
	/* There was a place for it when the user agreed. */
	if (!ret && run->plan.ops && !run->request->no_backup && !run->backup_path[0]) {
		run->error = run->backup_error;
		return run_settle(run, uf_refuse(&run->error, UF_CHECK_BACKUP_NONE,
						 "there is no place for a backup any more"));
	}
	return ret;
}

static int survey_again(struct run *run)
{
	uint32_t changed;
	int ret = survey_writable(run, &changed);

	/* Nothing can write any more. */
	if (!ret)
		run->plan.provisional = false;
	return ret || !changed ? ret : plan_again(run, changed);
}

/* What was mounted since the plan was made counts, too. */
static int look_again(struct run *run)
{
	int ret = uf_mounts_read(run->root, &run->mounts, &run->error);

	if (!ret)
		note_writable(run);
	return ret;
}

static bool writes_and_holds(const struct live *live)
{
	const struct uf_process *holder = uf_census_watchdog(&live->census);

	return holder && holder->fate == UF_FATE_FROZEN && holder->writes;
}

static int make_quiet(struct run *run)
{
	struct live *live = run->live;
	int ret = run_settle(run, uf_quiet_swap(&live->quiet, &run->mounts, &run->error));

	if (!ret)
		ret = run_settle(run, uf_quiet_remount(&live->quiet, &run->mounts, &live->census,
						       &run->error));
	return ret ? ret : survey_again(run);
}

int run_quiet(struct run *run)
{
	struct live *live = run->live;
	int ret;

	if (!live || !run_quiets(run) || !testing_quiets())
		return UF_OK;
	/* Nobody but this process can wake those that it stops. */
	uf_memory_spare_process();
	uf_signals_enter_quiet();
	live->quiet.self = getpid();
	live->quiet.resumes = run->past.incomplete || has_keeper(live);
	ret = check_watchdog(run);
	if (!ret)
		ret = freeze(run, true);
	if (!ret)
		ret = look_again(run);
	/* One that keeps files on flash open cannot wait for its end. */
	if (!ret && writes_and_holds(live))
		ret = start_keeper(run);
	return ret ? ret : make_quiet(run);
}

/* Those who kept a file system writable never run again: without them it becomes read-only, and
 * nobody who logs in can write to it. */
static int end_writers(struct run *run)
{
	struct live *live = run->live;
	unsigned ended;
	int ret = run_settle(run, uf_quiet_end_writers(&live->quiet, &run->mounts, &live->census,
						       &ended, &run->error));

	if (ret || !ended)
		return ret;
	uf_note(&run->hooks, UF_NOTE_INFO,
		"%u process%s that kept files on the flash open %s ended.", ended,
		ended == 1 ? "" : "es", ended == 1 ? "was" : "were");
	note_writable(run);
	return make_quiet(run);
}

int run_keep(struct run *run)
{
	struct live *live = run->live;
	bool quiets = run_quiets(run) && testing_quiets();
	int ret = UF_OK;

	if (!live)
		return UF_OK;
	/* First all others, while the holder feeds on; then itself. */
	if (quiets)
		ret = freeze(run, true);
	if (!ret && quiets)
		ret = freeze(run, false);
	if (!ret && !live->keeper)
		ret = start_keeper(run);
	/* What starts a process again that has ended may have done so. */
	if (!ret && quiets)
		ret = freeze(run, false);
	if (!ret && quiets)
		ret = end_writers(run);
	if (!ret)
		uf_memory_lock();
	return ret;
}

static void undo(struct run *run)
{
	struct live *live = run->live;

	uf_keeper_end(live->keeper);
	uf_quiet_undo(&live->quiet);
	if (live->holder_ended)
		uf_note(&run->hooks, UF_NOTE_WARNING,
			"the process that held the watchdog was ended; what starts it again must do "
			"so, or the camera may restart");
}

static void tell_left(const struct run *run)
{
	const char *own = uf_self_copy();

	if (run->restart)
		return;
	if (run->live->quiet.stopped.count)
		uf_note(&run->hooks, UF_NOTE_INFO,
			"The files of the running system are gone: what was stopped stays stopped.");
	if (run->flash == UF_FLASH_VERIFIED)
		uf_note(&run->hooks, UF_NOTE_INFO, "To start the new firmware: %s reboot",
			run_program(run));
	else
		uf_note(&run->hooks, UF_NOTE_WARNING,
			"do not restart the camera before a run has ended well%s%s%s",
			own ? "; the executable is " : "", own ? own : "", own ? " now" : "");
}

void run_end_live(struct run *run)
{
	struct live *live = run->live;
	bool verified = run->flash == UF_FLASH_VERIFIED;

	if (!live)
		return;
	if (run->touched) {
		uf_keeper_leave(live->keeper, verified);
		tell_left(run);
	} else {
		undo(run);
		/* The flash is right now, whatever became of an earlier run. */
		if (verified && uf_request_writes(run->request) && !run->request->dry_run)
			uf_keeper_tell(0, true);
	}
	free(live);
	run->live = NULL;
}
