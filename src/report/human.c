/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reporter.h"

#include <string.h>

#include "uniflash/util/clock.h"

/* How often a line is drawn again on a terminal, and how often a plain line says that the run is
 * alive. */
#define DRAW_MS  100
#define ALIVE_MS 10000

/* How many blocks that failed for now are told as they fail. */
#define FAILURES_MAX 3

#define RED    "\033[31;1m"
#define GREEN  "\033[32m"
#define YELLOW "\033[33m"
#define PLAIN  "\033[0m"

static void write_text(struct sink *sink, const char *text, bool may_lose)
{
	sink_write(sink, text, strlen(text), may_lose);
}

/* A line that is being drawn must end before anything else is printed. */
static void end_line(struct human *human)
{
	if (human->mapped) {
		screen_clear(human->screen);
		return;
	}
	if (human->line.open && human->out->is_tty)
		write_text(human->out, "\n", false);
	human->line.open = false;
}

static void write_colored(struct human *human, struct sink *sink, const char *color,
			  const char *text)
{
	bool colored = color[0] && (sink == human->err ? human->color_err : human->color_out);

	if (colored)
		write_text(sink, color, false);
	write_text(sink, text, false);
	if (colored)
		write_text(sink, PLAIN, false);
}

static uint64_t left_ms(const struct human *human)
{
	const struct progress_line *line = &human->line;

	return line->last.work_total ? pace_left_ms(human->pace, line->plan) : PACE_UNKNOWN;
}

static void draw_line(struct human *human, uint64_t now_ms, bool last)
{
	unsigned columns = 0, rows;
	struct text text;

	if (human->out->is_tty)
		screen_size(human->out, &columns, &rows);
	text_begin(&text, human->buf, sizeof(human->buf));
	if (human->out->is_tty)
		text_add(&text, "\r");
	progress_words(&text, &human->line, now_ms, left_ms(human), columns);
	text_add(&text, human->out->is_tty ? "\033[K" : "\n");
	sink_write(human->out, text.at, text.len, !last);
}

/* While the flash is written the map stands above the line. */
static bool draw_map(struct human *human, uint64_t now_ms, bool last)
{
	unsigned columns, rows;
	struct text text;

	if (!human->screen || !human->out->is_tty || !human->step_ms ||
	    !human->line.last.work_total)
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
		draw_line(human, now_ms, last);
	human->line.drawn_ms = now_ms;
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
	return human->out->is_tty || human->verbose || progress->phase == UF_PHASE_WRITE ||
	       progress->phase == UF_PHASE_VERIFY;
}

void human_live(struct human *human, uint64_t now_ms)
{
	human->step_ms = now_ms;
}

/* Writing is told when a block is done: it began when the one before was. */
static uint64_t began_ms(struct human *human, const struct uf_progress_event *progress,
			 uint64_t now_ms)
{
	const struct progress_line *line = &human->line;
	uint64_t step_ms = human->step_ms;

	if (!progress->work_total || !step_ms)
		return now_ms;
	human->step_ms = now_ms;
	/* The same line, which a message had ended. */
	if (line->last.work_total && line->phase == progress->phase && line->row == progress->row)
		return line->since_ms;
	return step_ms;
}

static void on_progress(struct human *human, const struct uf_event *event)
{
	const struct uf_progress_event *progress = &event->progress;
	uint64_t now_ms = uf_clock_ms();
	struct progress_line *line = &human->line;
	unsigned pause = human->out->is_tty ? DRAW_MS : ALIVE_MS;
	uint64_t since_ms = began_ms(human, progress, now_ms);

	if (!wanted(human, progress))
		return;
	if (!same_line(line, progress)) {
		if (!human->mapped)
			end_line(human);
		*line = (struct progress_line){.open = true,
					       .plan = event->plan,
					       .row = progress->row,
					       .phase = progress->phase,
					       .since_ms = since_ms,
					       .drawn_ms = human->out->is_tty ? 0 : now_ms};
	}
	line->last = *progress;
	if (complete(progress)) {
		draw(human, now_ms, true);
		if (!human->mapped)
			end_line(human);
	} else if (now_ms - line->drawn_ms >= pause) {
		draw(human, now_ms, false);
	}
}

static void on_check(struct human *human, const struct uf_check_event *check)
{
	struct text text;

	/* A refusal ends the run: the result tells the first, the others are told here. */
	if (check->result == UF_CHECK_OK ||
	    (check->result == UF_CHECK_NOTICE && (human->quiet || human->only_trouble)))
		return;
	end_line(human);
	text_begin(&text, human->buf, sizeof(human->buf));
	words_check(&text, check);
	write_colored(human, human->err, check->result == UF_CHECK_REFUSED ? RED : YELLOW, text.at);
}

static void on_plan(struct human *human, const struct uf_plan *plan)
{
	struct text text;

	if (human->quiet || human->only_trouble)
		return;
	end_line(human);
	text_begin(&text, human->buf, sizeof(human->buf));
	text_add(&text, "\n");
	words_plan(&text, plan);
	write_text(human->out, text.at, false);
	if (human->screen)
		screen_plan(human->screen, plan);
}

/* What comes now comes after the last block: the map stays, with what is told below it. */
static void leave_map(struct human *human)
{
	if (!human->mapped)
		return;
	draw(human, uf_clock_ms(), true);
	screen_leave(human->screen);
	human->mapped = false;
	human->line.open = false;
}

/*
 * With -v every attempt that failed is told, and twice every block. Without it only that a block
 * failed for now, and not for each of many: what failed for good is listed at the end.
 */
static bool block_wanted(struct human *human, const struct uf_block_event *block)
{
	if (block->result == UF_BLOCK_OK)
		return human->verbose > 1 && !human->only_trouble;
	if (human->verbose)
		return true;
	return block->last && !human->quiet && human->failures_told++ < FAILURES_MAX;
}

static void on_block(struct human *human, const struct uf_event *event)
{
	const struct uf_block_event *block = &event->block;
	struct text text;

	if (!block_wanted(human, block))
		return;
	end_line(human);
	text_begin(&text, human->buf, sizeof(human->buf));
	if (block->result == UF_BLOCK_OK) {
		words_block(&text, event->plan, block);
		write_text(human->out, text.at, false);
		return;
	}
	text_add(&text, "uniflash: ");
	words_block(&text, event->plan, block);
	if (!human->verbose && human->failures_told == FAILURES_MAX)
		text_add(&text, "uniflash: more blocks may fail; the list comes at the end\n");
	write_colored(human, human->err, YELLOW, text.at);
}

static void on_verify(struct human *human, const struct uf_event *event)
{
	const struct uf_verify_event *verify = &event->verify;
	struct text text;

	leave_map(human);
	if (human->only_trouble || (verify->equal && (human->quiet || !human->tell_equal)))
		return;
	end_line(human);
	text_begin(&text, human->buf, sizeof(human->buf));
	words_verify(&text, event->plan, verify);
	write_colored(human, human->out, verify->equal ? "" : RED, text.at);
}

static void on_note(struct human *human, const struct uf_note_event *note)
{
	struct text text;
	bool warning = note->level == UF_NOTE_WARNING;

	if (!warning && (human->quiet || human->only_trouble ||
			 (note->level == UF_NOTE_DETAIL && !human->verbose)))
		return;
	end_line(human);
	text_begin(&text, human->buf, sizeof(human->buf));
	text_add(&text, "%s%s\n", warning ? "uniflash: " : "", note->text);
	write_colored(human, warning ? human->err : human->out, warning ? YELLOW : "", text.at);
}

static void on_result(struct human *human, const struct uf_event *event)
{
	const struct uf_result_event *result = &event->result;
	bool trouble = words_result_is_trouble(result);
	struct text text;

	leave_map(human);
	end_line(human);
	if (!trouble && (human->quiet || human->only_trouble))
		return;
	text_begin(&text, human->buf, sizeof(human->buf));
	words_result(&text, event->plan, result);
	if (!text.len)
		return;
	write_colored(human, trouble ? human->err : human->out, trouble ? RED : GREEN, text.at);
}

static void on_info(struct human *human, const struct uf_info *info)
{
	struct text text;

	if (human->only_trouble)
		return;
	text_begin(&text, human->buf, sizeof(human->buf));
	words_info(&text, info);
	write_text(human->out, text.at, false);
}

static void on_inspected(struct human *human, const struct uf_inspected *inspected)
{
	struct text text;

	if (human->only_trouble)
		return;
	text_begin(&text, human->buf, sizeof(human->buf));
	words_inspected(&text, inspected);
	write_text(human->out, text.at, false);
}

static void on_living(struct human *human, const struct uf_living *living)
{
	struct text text;

	if (human->quiet || human->only_trouble)
		return;
	end_line(human);
	text_begin(&text, human->buf, sizeof(human->buf));
	words_living(&text, living);
	write_text(human->out, text.at, false);
}

void human_event(struct human *human, const struct uf_event *event)
{
	if (human->screen)
		blockmap_event(&human->screen->map, event);
	switch (event->kind) {
	case UF_EVENT_CHECK:
		on_check(human, &event->check);
		break;
	case UF_EVENT_INFO:
		on_info(human, event->info);
		break;
	case UF_EVENT_INSPECT:
		on_inspected(human, event->inspected);
		break;
	case UF_EVENT_LIVE:
		on_living(human, event->living);
		break;
	case UF_EVENT_PLAN:
		on_plan(human, event->plan);
		break;
	case UF_EVENT_PROGRESS:
		on_progress(human, event);
		break;
	case UF_EVENT_ERASED:
		break;
	case UF_EVENT_BLOCK:
		on_block(human, event);
		break;
	case UF_EVENT_VERIFY:
		on_verify(human, event);
		break;
	case UF_EVENT_NOTE:
		on_note(human, &event->note);
		break;
	case UF_EVENT_TEXT:
		if (!human->only_trouble)
			write_text(human->out, event->text, false);
		break;
	case UF_EVENT_RESULT:
		on_result(human, event);
		break;
	}
}
