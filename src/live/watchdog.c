/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/live/watchdog.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/watchdog.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* How long the device may stay busy behind its holder's end, in tries of TRY_MS. */
#define TRIES  300
#define TRY_MS 10

/* Descriptors above this are not looked at: whoever starts a program hands over few. */
#define INHERITED_MAX 64

static void lengthen(int fd, int *seconds)
{
	int now = 0, wanted = UF_WATCHDOG_SECONDS;

	if (ioctl(fd, WDIOC_GETTIMEOUT, &now) != 0)
		now = 0;
	if (now < wanted && ioctl(fd, WDIOC_SETTIMEOUT, &wanted) == 0)
		now = wanted;
	*seconds = now;
}

/* A descriptor of the watchdog that whoever started this process left open, or -1. */
static int inherited(void)
{
	char link[32], path[64];

	for (int fd = 0; fd < INHERITED_MAX; fd++) {
		ssize_t len;

		snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		len = readlink(link, path, sizeof(path) - 1);
		path[len > 0 ? len : 0] = '\0';
		if (strncmp(path, "/dev/watchdog", 13) == 0)
			return dup(fd);
	}
	return -1;
}

static int end_holders(const struct uf_census *census, struct uf_error *err)
{
	for (unsigned at = 0; at < census->count; at++) {
		const struct uf_process *holder = &census->process[at];

		if (holder->watchdog && holder->fate == UF_FATE_FROZEN &&
		    kill(holder->pid, SIGKILL) != 0 && errno != ESRCH)
			return uf_fail_errno(err, UF_ERR_IO, errno,
					     "cannot end process %d (%s), which holds the watchdog",
					     holder->pid, holder->name);
	}
	return UF_OK;
}

static int open_freed(const char *device)
{
	int fd = -1;

	for (int try = 0; try < TRIES; try++) {
		fd = open(device, O_WRONLY | O_CLOEXEC);
		if (fd >= 0 || errno != EBUSY)
			break;
		poll(NULL, 0, TRY_MS);
	}
	return fd;
}

int uf_watchdog_take(const struct uf_census *census, int *fd, int *seconds, struct uf_error *err)
{
	int ret;

	*fd = inherited();
	if (*fd < 0) {
		ret = end_holders(census, err);
		if (ret)
			return ret;
		*fd = open_freed(census->watchdog);
	}
	if (*fd < 0)
		return uf_fail_errno(err, UF_ERR_IO, errno, "cannot open the watchdog %s",
				     census->watchdog);
	lengthen(*fd, seconds);
	uf_watchdog_feed(*fd);
	return UF_OK;
}

void uf_watchdog_feed(int fd)
{
	/* Any byte but the magic one feeds (Documentation/watchdog/watchdog-api.rst). */
	if (fd >= 0 && write(fd, "", 1) != 1)
		ioctl(fd, WDIOC_KEEPALIVE, 0);
}

void uf_watchdog_release(int fd)
{
	if (fd < 0)
		return;
	if (write(fd, "V", 1) != 1)
		uf_watchdog_feed(fd);
	close(fd);
}
