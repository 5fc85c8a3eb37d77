/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/live/watchdog.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/watchdog.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* How long the device may stay busy behind its holder's end, in tries of TRY_MS. */
#define TRIES  300
#define TRY_MS 10

static void lengthen(int fd, int *seconds)
{
	int now = 0, wanted = UF_WATCHDOG_SECONDS;

	if (ioctl(fd, WDIOC_GETTIMEOUT, &now) != 0)
		now = 0;
	if (now < wanted && ioctl(fd, WDIOC_SETTIMEOUT, &wanted) == 0)
		now = wanted;
	*seconds = now;
}

int uf_watchdog_take(const struct uf_process *holder, const char *device, int *fd, int *seconds,
		     struct uf_error *err)
{
	if (kill(holder->pid, SIGKILL) != 0 && errno != ESRCH)
		return uf_fail_errno(err, UF_ERR_IO, errno,
				     "cannot end process %d (%s), which holds the watchdog",
				     holder->pid, holder->name);
	for (int try = 0; try < TRIES; try++) {
		*fd = open(device, O_WRONLY | O_CLOEXEC);
		if (*fd >= 0 || errno != EBUSY)
			break;
		poll(NULL, 0, TRY_MS);
	}
	if (*fd < 0)
		return uf_fail_errno(err, UF_ERR_IO, errno, "cannot open the watchdog %s", device);
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
