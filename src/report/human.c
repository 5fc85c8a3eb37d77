/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reporter.h"

#include <string.h>

#include "wrap.h"

/* How many blocks that failed for now are told as they fail. */
#define FAILURES_MAX 3

#define RED    "\033[31;1m"
#define GREEN  "\033[32m"
#define YELLOW "\033[33m"
#define PLAIN  "\033[0m"

static void write_colored(struct human *human, struct sink *sink, const char *color,
			  const char *text)
{
	bool colored = color[0] && (sink == human->err ? human->color_err : human->color_out);

	if (colored)
		sink_write(sink, color, strlen(color), false);
	wrap_write(sink, text);
	if (colored)
		sink_write(sink, PLAIN, strlen(PLAIN), false);
}

static void on_check(struct human *human, const struct uf_check_event *check)
{
	struct text text;

	/* A refusal ends the run: the result tells the first, the others are told here. */
	if (check->result == UF_CHECK_OK ||
	    (check->result == UF_CHECK_NOTICE && (human->quiet || human->only_trouble)))
		return;
	human_end_line(human);
	text_begin(&text, human->buf, sizeof(human->buf));
	words_check(&text, check);
	write_colored(human, human->err, check->result == UF_CHECK_REFUSED ? RED : YELLOW, text.at);
}

static void on_plan(struct human *human, const struct uf_plan *plan)
{
	struct text text;

	if (human->quiet || human->only_trouble)
		return;
	human_end_line(human);
	text_begin(&text, human->buf, sizeof(human->buf));
	text_add(&text, "\n");
	words_plan(&text, plan);
	wrap_write(human->out, text.at);
	if (human->screen)
		screen_plan(human->screen, plan);
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
	human_end_line(human);
	text_begin(&text, human->buf, sizeof(human->buf));
	if (block->result == UF_BLOCK_OK) {
		words_block(&text, event->plan, block);
		wrap_write(human->out, text.at);
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

	human_leave_map(human);
	if (human->only_trouble || (verify->equal && (human->quiet || !human->tell_equal)))
		return;
	human_end_line(human);
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
	human_end_line(human);
	text_begin(&text, human->buf, sizeof(human->buf));
	text_add(&text, "%s%s\n", warning ? "uniflash: " : "", note->text);
	write_colored(human, warning ? human->err : human->out, warning ? YELLOW : "", text.at);
}

static void on_result(struct human *human, const struct uf_event *event)
{
	const struct uf_result_event *result = &event->result;
	bool trouble = words_result_is_trouble(result);
	struct text text;

	human_leave_map(human);
	human_end_line(human);
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
	wrap_write(human->out, text.at);
}

static void on_inspected(struct human *human, const struct uf_inspected *inspected)
{
	struct text text;

	if (human->only_trouble)
		return;
	text_begin(&text, human->buf, sizeof(human->buf));
	words_inspected(&text, inspected);
	wrap_write(human->out, text.at);
}

static void on_living(struct human *human, const struct uf_living *living)
{
	struct text text;

	if (human->quiet || human->only_trouble)
		return;
	human_end_line(human);
	text_begin(&text, human->buf, sizeof(human->buf));
	words_living(&text, living);
	wrap_write(human->out, text.at);
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
		human_progress(human, event);
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
			sink_write(human->out, event->text, strlen(event->text), false);
		break;
	case UF_EVENT_RESULT:
		on_result(human, event);
		break;
	}
}
