/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Pins: the files that a process runs from, kept in memory while the file system under them goes
 * away. A page that must be read again from a flash that has been overwritten ends its process with
 * SIGBUS (kernel-and-chips K17). Reads /proc and those files; touches no flash by itself.
 */
#ifndef UNIFLASH_LIVE_PINS_H
#define UNIFLASH_LIVE_PINS_H

#include "uniflash/live/census.h"

#define UF_PINS_MAX 256

/* The files to pin. */
struct uf_pins {
	unsigned count;
	uint64_t bytes; /* of all of them */
	bool cut;       /* there are more */
	struct uf_pin {
		char path[224]; /* as this process reaches it */
		uint64_t inode;
		unsigned major; /* of the device */
		unsigned minor;
		uint64_t size;
	} pin[UF_PINS_MAX];
};

/* Find the files that lie on flash and that a process which goes on maps, also where another file
 * system hides them, and those that a login reads. */
void uf_pins_find(const char *root, const struct uf_mounts *mounts, const struct uf_census *census,
		  struct uf_pins *pins);

/* Map and lock all of them into the memory of this process; they stay until it ends. Returns how
 * many could not be. */
unsigned uf_pins_hold(const struct uf_pins *pins);

#endif
