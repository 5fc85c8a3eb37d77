/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The watchdog: a timer that resets the camera unless somebody feeds it. It has one opener at a
 * time (the kernel's drivers/watchdog/watchdog_dev.c). Touches no flash.
 */
#ifndef UNIFLASH_LIVE_WATCHDOG_H
#define UNIFLASH_LIVE_WATCHDOG_H

#include "uniflash/live/census.h"

/* The timeout that a watchdog is given that was taken, in seconds, where it takes that. */
#define UF_WATCHDOG_SECONDS 60

/*
 * End the processes that hold the watchdog and are stopped, and open the device in their place:
 * closed without a word it goes on counting. Where this process has it open by inheritance, that
 * descriptor is used and nobody is ended. Stores the descriptor, which the caller owns, and the
 * timeout in seconds. Cannot be undone. UF_ERR_IO.
 */
int uf_watchdog_take(const struct uf_census *census, int *fd, int *seconds, struct uf_error *err);

/* Feed it. */
void uf_watchdog_feed(int fd);

/* Close it so that it stops counting, where the driver allows that; -1 is fine. */
void uf_watchdog_release(int fd);

#endif
