/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The checks that need no byte of image or flash: sizes, tables, alignment. Touches no flash. */
#ifndef UNIFLASH_CHECK_GEOMETRY_H
#define UNIFLASH_CHECK_GEOMETRY_H

#include "uniflash/check/check.h"
#include "uniflash/cli/request.h"
#include "uniflash/flash/map.h"
#include "uniflash/image/inspect.h"
#include "uniflash/layout/layout.h"

/* What the geometry checks judge. */
struct uf_geometry_facts {
	const struct uf_map *map;
	const struct uf_layout *asked; /* the layout of -l, NULL where there is none */
	uint64_t image_size;           /* 0 where the verb has no image */
	enum uf_tail tail;
	const struct uf_item *cut_off; /* what the image ends inside of, NULL where nothing */
};

/* Those that judge the map and the layout, those that judge the image's size once the map has
 * passed, and those that judge its end once `tail` is what is known of the image's layout; facts
 * are struct uf_geometry_facts. */
extern const struct uf_check uf_map_checks[];
extern const unsigned uf_map_check_count;
extern const struct uf_check uf_size_checks[];
extern const unsigned uf_size_check_count;
extern const struct uf_check uf_tail_checks[];
extern const unsigned uf_tail_check_count;

#endif
