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

int verb_reboot(struct run *run)
{
	int ret = run_map_flash(run);

	/* The lock says whether a run goes on. */
	if (!ret)
		ret = run_open_flash(run, UF_ACCESS_READ);
	if (!ret)
		ret = run_make_target(run);
	if (!ret)
		ret = uf_mounts_read(run->root, &run->mounts, &run->error);
	if (!ret)
		ret = run_read_journal(run);
	if (!ret && (run->past.incomplete || is_undone(run)))
		ret = refuse_incomplete(run);
	run->restart = !ret;
	return ret;
}
