/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The reporters behind uf_report_event, each over its sinks. */
#ifndef REPORT_REPORTER_H
#define REPORT_REPORTER_H

#include "pace.h"
#include "screen.h"
#include "sink.h"
#include "uniflash/plan/plan.h"
#include "uniflash/util/event.h"
#include "words.h"

/* The line of progress that is being drawn, or the last one. */
struct progress_line {
	bool open; /* not yet ended by a newline */
	const struct uf_plan *plan;
	int row;
	enum uf_phase phase;
	uint64_t since_ms; /* when it began */
	uint64_t drawn_ms; /* when it was drawn last */
	unsigned columns;  /* that it was drawn for; 0: not yet, or no terminal */
	bool stale;        /* not drawn as it is now */
	uint64_t last_ms;  /* when it became so */
	struct uf_progress_event last;
};

/* Text for people: on a terminal with lines that are drawn again, else plain. */
struct human {
	struct sink *out;
	struct sink *err;
	bool quiet;
	bool color_out;
	bool color_err;
	int verbose;
	bool only_trouble; /* standard output belongs to JSON */
	bool tell_equal;   /* partitions that verify as equal are news */
	struct progress_line line;
	const struct pace *pace;
	bool mapped;           /* the map is drawn above the line of progress */
	struct screen *screen; /* owned by the reporter; NULL without --map */
	uint64_t verify_ms;    /* how long the line of verification took until it was interrupted */
	uint64_t step_ms; /* when the last block was done, or the first erase was near; else 0 */
	unsigned failures_told;
	char buf[WORDS_MAX];
};

void human_event(struct human *human, const struct uf_event *event);

/* JSON lines. */
struct json {
	struct sink *out;
	int verbose;
	const struct pace *pace;
	uint64_t began_ms;
	uint64_t progress_ms; /* when progress was told last */
	const char *event;    /* of the line being made */
	char buf[WORDS_MAX * 6];
};

void json_event(struct json *json, const struct uf_event *event);

/* The log: plain lines with the time since the run began, on the disk before the next is written.
 * */
struct log {
	struct sink *out;
	uint64_t began_ms;
	bool told_dead; /* the loss of the log was told */
	int row;        /* of the progress being logged */
	enum uf_phase phase;
	char buf[WORDS_MAX];
};

void log_event(struct log *log, const struct uf_event *event);

/* The line of progress in words, for a width of columns; 0 is unlimited. now_ms is a uf_clock_ms
 * value, left_ms is of pace_left_ms. */
void progress_words(struct text *text, const struct progress_line *line, uint64_t now_ms,
		    uint64_t left_ms, unsigned columns);

/* Draw progress. */
void human_progress(struct human *human, const struct uf_event *event);

/* Before anything else is printed: end the line of progress, or take the map away for a while. */
void human_end_line(struct human *human);

/* What is printed now comes after the last block: the map stays above it. */
void human_leave_map(struct human *human);

/* The first erase is near. */
void human_live(struct human *human, uint64_t now_ms);

#endif
