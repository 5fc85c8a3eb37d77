/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keeping the running system's hands off the flash, so that it can be undone: processes are
 * stopped, what they wrote is flushed, file systems on flash become read-only. Changes processes
 * and mounts of this system; what it flushes is written to the flash by the file systems.
 */
#ifndef UNIFLASH_LIVE_QUIET_H
#define UNIFLASH_LIVE_QUIET_H

#include "uniflash/live/census.h"

#define UF_QUIET_MOUNTS_MAX 16

/* How long a process may take to stop, in milliseconds. */
#define UF_FREEZE_MS 5000

/* What has been done, for undoing it. Zeroed, nothing has. */
struct uf_quiet {
	int self;          /* the process that runs */
	bool resumes;      /* an earlier run has touched the flash: what it did is never undone */
	bool spare_holder; /* whoever holds the watchdog and does not write to flash runs on */
	struct uf_stopped stopped;
	unsigned threads; /* kernel threads that collect JFFS2's garbage */
	int thread[UF_QUIET_MOUNTS_MAX];
	unsigned remounts;
	struct uf_quiet_remount {
		char where[256];
		unsigned long flags; /* before */
	} remount[UF_QUIET_MOUNTS_MAX];
	unsigned swaps;
	char swap[4][128];
};

/*
 * Stop every process that is to be frozen, until a pass finds none new and all have stopped. census
 * is filled with the last pass. UF_ERR_REFUSED with device.busy, naming a process that does not
 * stop within UF_FREEZE_MS; UF_ERR_IO.
 */
int uf_quiet_freeze(struct uf_quiet *quiet, const struct uf_mounts *mounts,
		    struct uf_census *census, struct uf_error *err);

/* Turn off swap that lies on flash. UF_ERR_REFUSED with device.busy where that fails. */
int uf_quiet_swap(struct uf_quiet *quiet, const struct uf_mounts *mounts, struct uf_error *err);

/*
 * Flush all file systems that are writable on flash and make them read-only, the last mounted
 * first; mounts is read anew. Where one stays writable because a stopped process has a file open,
 * the kernel's thread that collects JFFS2's garbage is stopped instead. UF_ERR_REFUSED with
 * device.busy where neither can be done, or where a process that goes on has a file open for
 * writing.
 */
int uf_quiet_remount(struct uf_quiet *quiet, struct uf_mounts *mounts,
		     const struct uf_census *census, struct uf_error *err);

/*
 * End the stopped processes that keep files open on flash that is still writable: they would never
 * run again, and without them it can be made read-only. Cannot be undone. Returns how many. census
 * is filled anew. Errors as of uf_quiet_freeze.
 */
int uf_quiet_end_writers(struct uf_quiet *quiet, const struct uf_mounts *mounts,
			 struct uf_census *census, unsigned *ended, struct uf_error *err);

/* Undo all of it, the last first. */
void uf_quiet_undo(struct uf_quiet *quiet);

#endif
