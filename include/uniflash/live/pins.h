/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Pins: the files that a process runs from, kept in memory while the file system under them goes
 * away. A page that must be read again from a flash that has been overwritten ends its process with
 * SIGBUS (kernel-and-chips K17). Reads /proc and those files; touches no flash by itself.
 */
#ifndef UNIFLASH_LIVE_PINS_H
#define UNIFLASH_LIVE_PINS_H

#include "uniflash/live/census.h"
#include "uniflash/util/bytes.h"

#define UF_PINS_MAX 384

/* What to pin: the pages of files that somebody maps, no others. */
struct uf_pins {
	unsigned count;
	unsigned files; /* that the pins are of */
	uint64_t bytes; /* of all pins but those that are held */
	bool cut;       /* there are files that cannot be pinned */
	struct uf_pin {
		char path[224]; /* as this process reaches it */
		uint64_t inode;
		unsigned major; /* of the device */
		unsigned minor;
		struct uf_range range; /* of the file, whole pages */
		bool held;             /* by an earlier run's keeper */
	} pin[UF_PINS_MAX];
};

/*
 * Find what those map who go on, of files that lie on flash, also where another file system hides
 * them, and the files that a login reads. Where this comes to more than limit bytes, those whose
 * end would do the least harm are left out, and marked in census; those with UF_NEED_CAMERA never
 * are: so bytes may be larger than limit.
 */
void uf_pins_find(const char *root, const struct uf_mounts *mounts, struct uf_census *census,
		  uint64_t limit, struct uf_pins *pins);

/* Map and lock one of them into the memory of this process; it stays until that ends. False where
 * that cannot be done. */
bool uf_pin_hold(const struct uf_pin *pin);

#endif
