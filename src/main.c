/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "testing.h"
#include "uniflash/live/keeper.h"
#include "uniflash/live/restart.h"
#include "uniflash/live/selfcopy.h"
#include "uniflash/live/signals.h"
#include "verb/verb.h"

static int (*const verbs[UF_VERB_COUNT])(struct run *run) = {
	[UF_VERB_FLASH] = verb_flash,     [UF_VERB_PLAN] = verb_flash,
	[UF_VERB_INFO] = verb_info,       [UF_VERB_INSPECT] = verb_inspect,
	[UF_VERB_VERIFY] = verb_verify,   [UF_VERB_BACKUP] = verb_backup,
	[UF_VERB_SPLIT] = verb_split,     [UF_VERB_JOIN] = verb_join,
	[UF_VERB_LAYOUTS] = verb_layouts, [UF_VERB_REBOOT] = verb_reboot,
	[UF_VERB_HELP] = verb_help,       [UF_VERB_VERSION] = verb_version,
};

/* A descriptor 0 to 2 that is closed would be given to the next file opened: a flash device that
 * became standard error would take every message as data. */
static int fill_standard_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd < 0)
		return -1;
	close(fd);
	return 0;
}

/* Trouble with the command line comes before trouble with the log. */
static int begin(int argc, char **argv, struct uf_request *request, struct uf_reporter **reporter,
		 struct uf_error *err)
{
	int ret = uf_request_parse(argc, argv, request, err);

	return ret ? uf_report_begin(request, reporter, NULL),
	       ret : uf_report_begin(request, reporter, err);
}

/* The last thing there is to do: nothing of the run is open any more. */
static void restart(bool verified)
{
	struct uf_error error = {0};

	if (!testing_restarts())
		return;
	uf_restart(&error);
	dprintf(STDERR_FILENO, "uniflash: %s.\n", error.what);
	if (verified)
		dprintf(STDERR_FILENO,
			"  The flash is right: pull the plug and put it in again.\n");
}

int main(int argc, char **argv)
{
	static struct uf_request request; /* too much for the stack of a small camera */
	static struct run run;
	struct uf_reporter *reporter = NULL;
	struct uf_error error = {0};
	int ret, status;

	uf_keeper_run();
	if (fill_standard_descriptors() != 0)
		return 1;
	uf_signals_begin();
	uf_self_go_to_ram(argv);
	ret = begin(argc, argv, &request, &reporter, &error);
	if (!reporter)
		return 1;
	run_begin(&run, &request, reporter);
	run.error = error;
	if (!ret)
		ret = verbs[request.verb](&run);
	status = run_finish(&run, ret);
	/* Where the text is the product, losing it is a failure. */
	if (!uf_report_end(reporter) && status == 0 && !uf_request_writes(&request))
		status = 1;
	if (!run.touched)
		uf_self_remove_copy();
	if (run.restart && status == 0)
		restart(run.flash == UF_FLASH_VERIFIED);
	return status;
}
