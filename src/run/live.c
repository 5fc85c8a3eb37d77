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
#include "uniflash/live/watchdog.h"
#include "uniflash/plan/survey.h"
#include "uniflash/report/living.h"

/* What the run itself needs beside its buffers: its own text, the keeper, page tables. */
#define OWN_BYTES (2 << 20)

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

static uint64_t memory_needed(const struct run *run, const struct uf_pins *pins)
{
	uint64_t blocks = 3 + 2 * (uint64_t)(run->plan.ops - run->plan.body_ops);

	if (uf_image_streamed(&run->image))
		blocks += STASH_BLOCKS;
	return pins->bytes + blocks * run->map.erase_size + OWN_BYTES;
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
	uf_pins_find(run->root, &run->mounts, &live->census, &live->pins);
	live->memory_needed = memory_needed(run, &live->pins);
	live->memory_spare = uf_memory_spare(run->root);
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

static int freeze(struct run *run, bool spare_holder)
{
	run->live->quiet.spare_holder = spare_holder;
	return run_settle(run, uf_quiet_freeze(&run->live->quiet, &run->mounts, &run->live->census,
					       &run->error));
}

/* Take the watchdog from a process that cannot go on feeding it. */
static int take_watchdog(struct run *run, int *fd)
{
	struct live *live = run->live;
	const struct uf_process *holder = uf_census_watchdog(&live->census);
	int seconds, ret;

	if (!holder || holder->fate != UF_FATE_FROZEN)
		return UF_OK;
	ret = uf_watchdog_take(holder, live->census.watchdog, fd, &seconds, &run->error);
	if (ret)
		return ret;
	live->holder_ended = true;
	uf_note(&run->hooks, UF_NOTE_INFO,
		"%s (%d) held the watchdog and was ended; it is fed in its place, its timeout is "
		"%d s.",
		holder->name, holder->pid, seconds);
	return UF_OK;
}

static void tell_not_held(const struct run *run, unsigned failed)
{
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
	int fd = -1;
	int ret = take_watchdog(run, &fd);

	uf_pins_find(run->root, &run->mounts, &live->census, &live->pins);
	if (!ret)
		ret = uf_keeper_start(&live->pins, fd, &live->keeper, &failed, &run->error);
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

/* Read anew what could be written until now. */
static int survey_writable(struct run *run, uint32_t *changed)
{
	const struct uf_table *table = &run->map.table;
	int ret = UF_OK;

	*changed = 0;
	for (unsigned at = 0; !ret && at < table->count; at++)
		if (run->live->was_writable[at])
			ret = uf_survey_again(&run->target, table->part[at].range, run->dev,
					      run->hash, run->buf, changed, &run->hooks,
					      &run->error);
	return ret;
}

/* The final plan. What was agreed to stands; only blocks that the system wrote meanwhile differ. */
static int plan_again(struct run *run, uint32_t changed)
{
	struct uf_range all = {0, run->map.size};
	struct uf_event event = {.kind = UF_EVENT_PLAN, .plan = &run->plan};
	int ret;

	uf_note(&run->hooks, UF_NOTE_INFO,
		"%" PRIu32 " block%s changed until the system was quiet; the plan now is:", changed,
		changed == 1 ? "" : "s");
	ret = uf_digest_range(run->dev, all, run->hash, &run->hooks, &run->flash_digest,
			      &run->error);
	if (!ret)
		ret = run_settle(run, uf_target_decide(&run->target, &run->map, &run->table,
						       &run->image, &run->policy, &run->error));
	if (ret)
		return ret;
	uf_plan_free(&run->plan);
	ret = run_make_plan(run);
	if (!ret)
		uf_emit(&run->hooks, &event);
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

int run_quiet(struct run *run)
{
	const struct uf_process *holder;
	struct live *live = run->live;
	int ret;

	if (!live || !run_quiets(run) || !testing_quiets())
		return UF_OK;
	live->quiet.self = getpid();
	note_writable(run);
	holder = uf_census_watchdog(&live->census);
	ret = freeze(run, true);
	/* One that keeps files on flash open cannot wait for its end. */
	if (!ret && holder && holder->fate == UF_FATE_FROZEN && holder->writes)
		ret = start_keeper(run);
	if (!ret)
		ret = run_settle(run, uf_quiet_swap(&live->quiet, &run->mounts, &run->error));
	if (!ret)
		ret = run_settle(run, uf_quiet_remount(&live->quiet, &run->mounts, &live->census,
						       &run->error));
	return ret ? ret : survey_again(run);
}

int run_keep(struct run *run)
{
	struct live *live = run->live;
	int ret = UF_OK;

	if (!live)
		return UF_OK;
	if (run_quiets(run) && testing_quiets())
		ret = freeze(run, false);
	if (!ret && !live->keeper)
		ret = start_keeper(run);
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
	if (run->restart)
		return;
	if (run->flash == UF_FLASH_VERIFIED)
		uf_note(&run->hooks, UF_NOTE_INFO,
			"The files of the running system are gone: what was stopped stays stopped.\n"
			"  To start the new firmware: uniflash reboot");
	else
		uf_note(&run->hooks, UF_NOTE_WARNING,
			"what was stopped stays stopped, and nothing else may write to the flash; "
			"new logins go on working.\n"
			"  Do not restart the camera before a run has ended well.");
}

void run_end_live(struct run *run)
{
	struct live *live = run->live;

	if (!live)
		return;
	if (run->touched) {
		uf_keeper_leave(live->keeper, run->flash == UF_FLASH_VERIFIED);
		tell_left(run);
	} else {
		undo(run);
	}
	free(live);
	run->live = NULL;
}
