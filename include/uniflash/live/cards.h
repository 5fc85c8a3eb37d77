/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where this system has room that is not its flash: cards, and memory. Touches no flash. */
#ifndef UNIFLASH_LIVE_CARDS_H
#define UNIFLASH_LIVE_CARDS_H

#include <stdbool.h>
#include <stdint.h>

#define UF_CARDS_MAX 6

/* Where what can be read only once can be kept. */
struct uf_spool_places {
	const char *folder[UF_CARDS_MAX + 1]; /* a NULL ends the list */
	uint64_t memory;                      /* bytes of RAM to spare */
	char path[UF_CARDS_MAX][256];
};

/*
 * Find them: on a camera the mounted cards and disks (of mmc, USB and the like; never flash, never
 * RAM), on a PC TMPDIR and the usual folders.
 */
void uf_spool_places(const char *root, bool camera, struct uf_spool_places *places);

#endif
