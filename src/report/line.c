/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The line of progress, on a terminal drawn again and again, with the map above it where wanted. */
#include "reporter.h"

#include "uniflash/util/clock.h"

/* How often a line is drawn again on a terminal, and how often a plain line says that the run is
 * alive. */
#define DRAW_MS  100
#define ALIVE_MS 10000

static uint64_t left_ms(const struct human *human)
{
	const struct progress_line *line = &human->line;

	return line->last.work_total ? pace_left_ms(human->pace, line->plan) : PACE_UNKNOWN;
}

/* A line that was drawn for another width has been wrapped by now: it is left alone. */
static void draw_line(struct human *human, uint64_t now_ms, uint64_t left, bool last)
{
	struct progress_line *line = &human->line;
	bool tty = human->out->draws;
	unsigned columns = 0, rows;
	struct text text;

	if (tty)
		screen_size(human->out, &columns, &rows);
	text_begin(&text, human->buf, sizeof(human->buf));
	if (tty)
		text_add(&text, line->columns && line->columns != columns ? "\n\r" : "\r");
	progress_words(&text, line, now_ms, left, columns);
	text_add(&text, tty ? "\033[K" : "\n");
	if (!sink_write(human->out, text.at, text.len, !last))
		return;
	line->columns = columns;
	line->stale = false;
}

/* While the flash is written the map stands above the line. */
static bool draw_map(struct human *human, uint64_t now_ms, bool last)
{
	unsigned columns, rows;
	struct text text;

	if (!human->screen || !human->out->draws || !human->step_ms || !human->line.last.work_total)
		return false;
	screen_size(human->out, &columns, &rows);
	text_begin(&text, human->buf, sizeof(human->buf));
	progress_words(&text, &human->line, now_ms, left_ms(human), columns);
	return screen_draw(human->screen, text.at, !last);
}

static void draw(struct human *human, uint64_t now_ms, bool last)
{
	human->mapped = draw_map(human, now_ms, last);
	if (!human->mapped)
		draw_line(human, now_ms, left_ms(human), last);
	human->line.drawn_ms = now_ms;
}

/* What stays on the screen is how it ended, not how it was when it was drawn last; the time left
 * would soon be wrong. */
void human_end_line(struct human *human)
{
	struct progress_line *line = &human->line;

	if (human->mapped) {
		screen_clear(human->screen);
		return;
	}
	if (line->open && human->out->draws) {
		if (line->stale || line->last.work_total)
			draw_line(human, line->last_ms, PACE_UNKNOWN, true);
		sink_write(human->out, "\n", 1, false);
	}
	line->open = false;
}

void human_leave_map(struct human *human)
{
	if (!human->mapped)
		return;
	draw(human, human->line.last_ms, true);
	screen_leave(human->screen);
	human->mapped = false;
	human->line.open = false;
}

static bool same_line(const struct progress_line *line, const struct uf_progress_event *progress)
{
	return line->open && line->phase == progress->phase &&
	       (progress->phase != UF_PHASE_WRITE || line->row == progress->row);
}

static bool complete(const struct uf_progress_event *progress)
{
	return progress->phase == UF_PHASE_WRITE
		       ? progress->row_done + progress->row_failed == progress->row_total
		       : progress->done == progress->total;
}

/* Reading takes seconds on a camera: people want to see it, a log does not. */
static bool wanted(const struct human *human, const struct uf_progress_event *progress)
{
	if (human->quiet || human->only_trouble)
		return false;
	return human->out->draws || human->verbose || progress->phase == UF_PHASE_WRITE ||
	       progress->phase == UF_PHASE_VERIFY;
}

void human_live(struct human *human, uint64_t now_ms)
{
	human->step_ms = now_ms;
}

/* The end of a step of the executor, which is the beginning of the next; returns when the one that
 * ends now began. */
static uint64_t take_step(struct human *human, const struct uf_progress_event *progress,
			  uint64_t now_ms)
{
	uint64_t step_ms = human->step_ms;

	if (!progress->work_total || !step_ms)
		return now_ms;
	human->step_ms = now_ms;
	return step_ms;
}

/* A line that goes on where it was interrupted, by a message or by the boot loader's turn, counts
 * the time that it took before. */
static void begin_line(struct human *human, const struct uf_event *event, uint64_t since_ms,
		       uint64_t now_ms)
{
	const struct uf_progress_event *progress = &event->progress;
	struct progress_line *line = &human->line;

	if (progress->work_total && line->last.work_total) {
		uint64_t spent_ms = line->last_ms - line->since_ms;

		if (line->phase == UF_PHASE_VERIFY)
			human->verify_ms = spent_ms;
		if (progress->phase == UF_PHASE_VERIFY)
			since_ms -= human->verify_ms;
		else if (line->phase == UF_PHASE_WRITE && line->row == progress->row)
			since_ms -= spent_ms;
	}
	*line = (struct progress_line){.open = true,
				       .plan = event->plan,
				       .row = progress->row,
				       .phase = progress->phase,
				       .since_ms = since_ms,
				       .drawn_ms = human->out->draws ? 0 : now_ms};
}

void human_progress(struct human *human, const struct uf_event *event)
{
	const struct uf_progress_event *progress = &event->progress;
	uint64_t now_ms = uf_clock_ms();
	struct progress_line *line = &human->line;
	unsigned pause = human->out->draws ? DRAW_MS : ALIVE_MS;
	uint64_t since_ms = take_step(human, progress, now_ms);

	if (!wanted(human, progress))
		return;
	if (!same_line(line, progress)) {
		if (!human->mapped)
			human_end_line(human);
		begin_line(human, event, since_ms, now_ms);
	}
	line->last = *progress;
	line->last_ms = now_ms;
	line->stale = true;
	if (complete(progress)) {
		draw(human, now_ms, true);
		if (!human->mapped)
			human_end_line(human);
	} else if (now_ms - line->drawn_ms >= pause) {
		draw(human, now_ms, false);
	}
}
