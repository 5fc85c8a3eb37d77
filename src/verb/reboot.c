/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verb.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "uniflash/live/census.h"

/* A run that did not end well has left a process that says so. */
static bool is_undone(const struct run *run)
{
	struct uf_census *census = calloc(1, sizeof(*census));
	bool undone = false;

	if (census && uf_census_take(run->root, &run->mounts, getpid(), census, NULL) == 0)
		for (unsigned at = 0; at < census->count; at++)
			undone |= strcmp(census->process[at].name, UF_UNDONE_NAME) == 0;
	free(census);
	return undone;
}

static int refuse_incomplete(struct run *run)
{
	uf_refuse(&run->error, UF_CHECK_FLASH_INCOMPLETE,
		  "the flash is incomplete: an earlier run has not finished");
	uf_advise(&run->error, "The camera may not start again. Run uniflash with the image once "
			       "more; it writes only what is missing.");
	return run_settle(run, UF_ERR_REFUSED);
}

/* Only a run that goes on is in the way; a flash that cannot be opened is none. */
static int check_lock(struct run *run)
{
	int ret = run_open_flash(run, UF_ACCESS_READ);

	return ret == UF_ERR_REFUSED && run->error.check == UF_CHECK_LOCK_HELD ? ret : UF_OK;
}

static int check_complete(struct run *run)
{
	int ret = run->dev ? run_make_target(run) : UF_OK;

	if (!ret && run->dev)
		ret = run_read_journal(run);
	if (!ret && (run->past.incomplete || is_undone(run)))
		ret = refuse_incomplete(run);
	return ret;
}

int verb_reboot(struct run *run)
{
	int ret = UF_OK;

	uf_mounts_read(run->root, &run->mounts, NULL);
	if (run_map_flash(run) == UF_OK)
		ret = check_lock(run);
	if (!ret)
		ret = check_complete(run);
	run->restart = !ret && run->has_mtd;
	if (!ret && !run->has_mtd)
		ret = run->error.code;
	return ret;
}
