/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The map and the line of progress below it on a terminal, drawn again in place while a run goes
 * on. The size of the terminal is asked for at each drawing, so that it may change. What cannot be
 * written at once is not drawn. Allocates nothing, touches no flash.
 */
#ifndef REPORT_SCREEN_H
#define REPORT_SCREEN_H

#include "blockmap.h"
#include "sink.h"

/* A whole map with colours, and as many lines as fit on a large screen. */
#define SCREEN_MAX   32768
#define SCREEN_LINES 128

struct screen {
	struct sink *out;
	struct blockmap map; /* owned */
	bool utf8;
	bool color;
	bool drawn;     /* the cursor is behind the line of progress, with the map above */
	bool stale;     /* what is drawn is not what hash says */
	unsigned lines; /* of the map that is drawn */
	unsigned columns;
	unsigned rows;
	uint32_t hash[SCREEN_LINES]; /* of the lines that are drawn */
	char buf[SCREEN_MAX];
};

/* The size of the terminal behind sink; 80 by 24 where it has none. */
void screen_size(const struct sink *sink, unsigned *columns, unsigned *rows);

/* Print the map of plan once; nothing where there is no memory for it. */
void screen_plan(struct screen *screen, const struct uf_plan *plan);

/* Draw the map and below it the line `progress`. Returns false where there is no map or it does not
 * fit, and nothing was drawn. With may_lose nothing may come of it. */
bool screen_draw(struct screen *screen, const char *progress, bool may_lose);

/* Take the map away, so that text can be printed in its place. */
void screen_clear(struct screen *screen);

/* Leave the map where it is and go below it. */
void screen_leave(struct screen *screen);

#endif
