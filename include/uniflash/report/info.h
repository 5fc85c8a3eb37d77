/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `uniflash info` tells. Pure data, all borrowed. */
#ifndef UNIFLASH_REPORT_INFO_H
#define UNIFLASH_REPORT_INFO_H

#include "uniflash/flash/map.h"
#include "uniflash/live/board.h"
#include "uniflash/live/mounts.h"
#include "uniflash/live/system.h"
#include "uniflash/util/hash.h"

struct uf_info {
	const char *version; /* of uniflash */
	const char *device;  /* "mtd", or the name of a dump */
	bool has_mtd;        /* the map is a kernel's */
	const struct uf_map *map;
	const struct uf_table *table;   /* the map's table with what the layout knows */
	const char *layout;             /* name, NULL where none was recognised */
	const char *layout_title;       /* NULL where none was recognised */
	const struct uf_mounts *mounts; /* NULL for a dump */
	const struct uf_system *system; /* NULL for a dump */
	const struct uf_digest *digest; /* of each partition of table, NULL without -v */
	const char *arguments;          /* of the kernel, those that may be told; NULL for a dump */
	unsigned withheld;              /* how many others there are */
	const char *unfinished; /* image of an earlier run that was not finished; NULL for none */
	/* With --private alone: what tells this one camera from others. */
	const char *host;           /* NULL where not asked for */
	const struct uf_macs *macs; /* NULL where not asked for */
};

#endif
