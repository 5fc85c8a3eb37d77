/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reporter.h"

#include <inttypes.h>
#include <string.h>

#include "uniflash/util/clock.h"

/* Every line of text gets the time in front. */
static void write_lines(struct log *log, const char *text)
{
	uint64_t ms = uf_clock_ms() - log->began_ms;
	char line[768];

	if (!*text)
		return;
	while (*text) {
		size_t len = strcspn(text, "\n");
		struct text stamped;

		text_begin(&stamped, line, sizeof(line));
		text_add(&stamped, "%6" PRIu64 ".%03u  %.*s", ms / 1000, (unsigned)(ms % 1000),
			 (int)len, text);
		line[stamped.len] = '\n';
		sink_write(log->out, line, stamped.len + 1, false);
		text += len + (text[len] == '\n');
	}
	sink_sync(log->out);
}

static void log_progress(struct log *log, const struct uf_event *event)
{
	const struct uf_progress_event *progress = &event->progress;
	struct text text;
	bool writing = progress->phase == UF_PHASE_WRITE;
	bool changed = log->phase != progress->phase || log->row != progress->row;

	log->phase = progress->phase;
	log->row = progress->row;
	text_begin(&text, log->buf, sizeof(log->buf));
	if (writing && changed) {
		words_mtd(&text, event->plan, progress->row);
		text_add(&text, " %s: %" PRIu32 " blocks to write\n",
			 event->plan->row[progress->row].part->name, progress->row_total);
	}
	if (writing && progress->row_done == progress->row_total) {
		words_mtd(&text, event->plan, progress->row);
		text_add(&text, " %s: %" PRIu32 " blocks written\n",
			 event->plan->row[progress->row].part->name, progress->row_total);
	}
	if (!writing && progress->done == progress->total)
		text_add(&text, "%s: %" PRIu64 " bytes\n", uf_phase_name(progress->phase),
			 progress->total);
	write_lines(log, log->buf);
}

static void log_words(const struct uf_event *event, struct text *text)
{
	switch (event->kind) {
	case UF_EVENT_CHECK:
		if (event->check.result != UF_CHECK_OK)
			words_check(text, &event->check);
		break;
	case UF_EVENT_PLAN:
		words_plan(text, event->plan);
		break;
	case UF_EVENT_LIVE:
		words_living(text, event->living);
		break;
	case UF_EVENT_BLOCK:
		if (event->block.result != UF_BLOCK_OK)
			words_block(text, event->plan, &event->block);
		break;
	case UF_EVENT_VERIFY:
		words_verify(text, event->plan, &event->verify);
		break;
	case UF_EVENT_NOTE:
		text_add(text, "%s\n", event->note.text);
		break;
	case UF_EVENT_RESULT:
		words_result(text, event->plan, &event->result);
		text_add(text, "exit status %d, flash %s\n", event->result.exit,
			 uf_flash_state_name(event->result.flash));
		break;
	case UF_EVENT_ERASED:
	case UF_EVENT_INFO:
	case UF_EVENT_INSPECT:
	case UF_EVENT_PROGRESS:
	case UF_EVENT_TEXT:
		break;
	}
}

void log_event(struct log *log, const struct uf_event *event)
{
	struct text text;

	if (event->kind == UF_EVENT_PROGRESS) {
		log_progress(log, event);
		return;
	}
	text_begin(&text, log->buf, sizeof(log->buf));
	log_words(event, &text);
	if (text.len)
		write_lines(log, text.at);
}
