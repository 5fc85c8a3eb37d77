/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The keeper: a small process that outlives the run. It holds the pins, and the watchdog where that
 * was taken, until the camera restarts. As long as the run goes on it feeds the watchdog only where
 * the run shows that it goes on; afterwards, whatever became of the run, always. Touches no flash.
 */
#ifndef UNIFLASH_LIVE_KEEPER_H
#define UNIFLASH_LIVE_KEEPER_H

#include "uniflash/live/pins.h"

/* How long a run may show nothing before the watchdog is left to bite, in seconds: the longest
 * erase of all chips takes 3 (kernel-and-chips K10), and a block has three tries. */
#define UF_KEEPER_PATIENCE 30

struct uf_keeper;

/*
 * What main calls first: where this process was started as a keeper, be one, and never return.
 */
void uf_keeper_run(void);

/*
 * Start the keeper: this executable anew, for what a fork alone leaves behind costs as much memory
 * as the run has. It stops those processes of stopped (NULL: none) again that something wakes: a
 * terminal that hangs up does. watchdog is a descriptor that it gets, -1 where there is none; the
 * caller closes its own. Returns when all pins are held; *failed is how many could not be. The
 * caller ends it or leaves it. UF_ERR_IO, UF_ERR_MEMORY.
 */
int uf_keeper_start(const struct uf_pins *pins, const struct uf_stopped *stopped, int watchdog,
		    struct uf_keeper **keeper, unsigned *failed, struct uf_error *err);

/* Show that the run goes on; NULL is fine. Allocates and opens nothing. */
void uf_keeper_beat(struct uf_keeper *keeper);

/* The first erase is near: from here on a run that dies leaves the flash incomplete. NULL is fine.
 */
void uf_keeper_writing(struct uf_keeper *keeper);

/* Tell the keepers of earlier runs, all but the process own, what has become of the flash. */
void uf_keeper_tell(int own, bool verified);

/* The run is over and the keeper stays; it goes by UF_UNDONE_NAME from now on where the flash is
 * not verified, as where the run died. Those of earlier runs go by the same. NULL is fine. Frees
 * what this process has of it. */
void uf_keeper_leave(struct uf_keeper *keeper, bool verified);

/* End it, as if it had never been; the watchdog stops counting where the driver allows that. NULL
 * is fine. */
void uf_keeper_end(struct uf_keeper *keeper);

#endif
