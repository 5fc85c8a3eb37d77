/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/live/restart.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <unistd.h>

#include "uniflash/live/cards.h"
#include "uniflash/live/census.h"
#include "uniflash/util/files.h"

/* How long each way is waited for, and the watchdog, in milliseconds. */
#define WAIT_MS     5000
#define WATCHDOG_MS 180000

static void close_card(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		syncfs(fd);
		close(fd);
	}
	mount(NULL, folder, NULL, MS_REMOUNT | MS_RDONLY, NULL);
}

static void close_cards(void)
{
	struct uf_spool_places cards;

	uf_spool_places("", true, &cards);
	for (unsigned at = 0; cards.folder[at]; at++)
		close_card(cards.folder[at]);
}

/* "b" restarts at once (Documentation/admin-guide/sysrq.rst); "s" and "u" would write. */
static void press_sysrq(void)
{
	int fd = open("/proc/sysrq-trigger", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	uf_write_all(fd, "b", 1);
	close(fd);
}

/* Whoever feeds it is ended, so that it bites. */
static void starve_watchdog(void)
{
	struct uf_mounts *mounts = calloc(1, sizeof(*mounts));
	struct uf_census *census = calloc(1, sizeof(*census));

	if (mounts && census && uf_mounts_read("", mounts, NULL) == 0 &&
	    uf_census_take("", mounts, getpid(), census, NULL) == 0)
		for (unsigned at = 0; at < census->count; at++)
			if (census->process[at].watchdog && census->process[at].pid != 1)
				kill(census->process[at].pid, SIGKILL);
	free(census);
	free(mounts);
}

int uf_restart(struct uf_error *err)
{
	close_cards();
	reboot(RB_AUTOBOOT);
	poll(NULL, 0, WAIT_MS);
	press_sysrq();
	poll(NULL, 0, WAIT_MS);
	starve_watchdog();
	poll(NULL, 0, WATCHDOG_MS);
	return uf_fail(err, UF_ERR_IO,
		       "the camera does not restart, by reboot(2), by sysrq or by its watchdog");
}
