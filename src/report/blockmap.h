/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The map: the flash block by block, as text for a width of columns. What is known of a block comes
 * from the plan and from events. Allocates when it gets a plan and not afterwards; touches no
 * flash.
 */
#ifndef REPORT_BLOCKMAP_H
#define REPORT_BLOCKMAP_H

#include "text.h"
#include "uniflash/plan/plan.h"
#include "uniflash/util/event.h"

/* What a block is, or is to become. Where a cell stands for several, the last of these counts, so
 * that it does not look done before all of them are. */
enum cell {
	CELL_BLANK, /* and stays so */
	CELL_SAME,  /* already right */
	CELL_KEPT,
	CELL_BOOT,         /* of the boot loader, which stays */
	CELL_BLANKED,      /* erased and read twice */
	CELL_VERIFIED,     /* written and read twice */
	CELL_BOOT_WRITTEN, /* of the boot loader, and verified */
	CELL_ERASED,
	CELL_WRITTEN,
	CELL_BOOT_WRITE, /* of the boot loader, to be written */
	CELL_ERASE,      /* to be erased */
	CELL_WRITE,      /* to be written */
	CELL_BAD,        /* failed, perhaps for now */
	CELL_COUNT
};

struct blockmap {
	const struct uf_plan *plan; /* NULL: there is no map */
	uint8_t *cell;              /* enum cell of each block */
};

/* Show plan from now on, whose pointer is kept. False where there is no memory for that. */
bool blockmap_plan(struct blockmap *map, const struct uf_plan *plan);

/* Free it; a zeroed one is fine. */
void blockmap_free(struct blockmap *map);

/* Take note of an event. */
void blockmap_event(struct blockmap *map, const struct uf_event *event);

/* How it is drawn. */
struct mapstyle {
	unsigned columns; /* at least MAP_COLUMNS_MIN */
	unsigned rows;    /* for all lines of it */
	bool utf8;
	bool color;
	bool running; /* the legend has also what blocks become */
};

#define MAP_COLUMNS_MIN 40

/* No map has more cells. */
#define MAP_CELLS_MAX 1536

/* The shape that a style makes of it. */
struct mapshape {
	unsigned name_width;
	bool offsets;         /* each line begins with its offset */
	unsigned cells;       /* in a line */
	uint32_t cell_blocks; /* that a cell stands for */
	unsigned lines;
};

/* As few blocks a cell as fit. False where nothing fits. */
bool blockmap_shape(const struct blockmap *map, const struct mapstyle *style,
		    struct mapshape *shape);

/* Append line number `line` of the shape's, without a newline. */
void blockmap_line(const struct blockmap *map, const struct mapstyle *style,
		   const struct mapshape *shape, unsigned line, struct text *text);

/* Whether the environment's locale is of UTF-8: LC_ALL, LC_CTYPE or LANG, the first that is set. */
bool blockmap_utf8(void);

#endif
