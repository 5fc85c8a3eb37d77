/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reporter.h"

#include <inttypes.h>
#include <string.h>

#define BAR_WIDTH 24

static unsigned percent(uint64_t done, uint64_t total)
{
	return total ? (unsigned)(done * 100 / total) : 100;
}

static void add_bar(struct text *text, uint64_t done, uint64_t total)
{
	unsigned filled = total ? (unsigned)(done * BAR_WIDTH / total) : BAR_WIDTH;

	text_add(text, "[");
	for (unsigned at = 0; at < BAR_WIDTH; at++)
		text_add(text, "%c", at < filled ? '#' : '-');
	text_add(text, "] %3u%%", percent(done, total));
}

static void add_label(struct text *text, const struct progress_line *line)
{
	static const char *const names[UF_PHASE_COUNT] = {
		[UF_PHASE_CHECK] = "image",   [UF_PHASE_SURVEY] = "flash",
		[UF_PHASE_BACKUP] = "backup", [UF_PHASE_WRITE] = "write",
		[UF_PHASE_VERIFY] = "verify",
	};
	size_t start = text->len;

	if (line->phase == UF_PHASE_WRITE && line->row >= 0) {
		words_mtd(text, line->plan, line->row);
		text_pad(text, start, 7);
		text_add(text, "%s", line->plan->row[line->row].part->name);
		text_pad(text, start, 17);
	} else {
		text_add(text, "%s", names[line->phase]);
		text_pad(text, start, 17);
	}
	text_add(text, " ");
}

/* Writing counts blocks of the partition; other phases count bytes of the whole. */
static void add_amount(struct text *text, const struct progress_line *line)
{
	char done[UF_SIZE_TEXT];
	const struct uf_progress_event *last = &line->last;

	if (line->phase == UF_PHASE_WRITE) {
		add_bar(text, last->row_done, last->row_total);
		text_add(text, "  block %" PRIu32 "/%" PRIu32, last->row_done, last->row_total);
	} else {
		add_bar(text, last->done, last->total);
		text_add(text, "  %s", uf_format_size(done, last->done));
	}
}

static void add_overall(struct text *text, const struct uf_progress_event *last, uint64_t now_ms,
			uint64_t since_ms)
{
	uint64_t spent = now_ms - since_ms;
	char left[UF_SIZE_TEXT];

	if (!last->work_total)
		return;
	text_add(text, "  total %u%%", percent(last->work_done, last->work_total));
	/* The first blocks tell little about the speed of the others. */
	if (last->work_done < last->work_total && last->work_done * 50 > last->work_total)
		text_add(text, ", %s left",
			 uf_format_duration(left, spent * (last->work_total - last->work_done) /
							  last->work_done));
}

void progress_words(struct text *text, const struct progress_line *line, uint64_t now_ms,
		    uint64_t work_since_ms, unsigned columns)
{
	size_t start = text->len;
	char spent[UF_SIZE_TEXT];

	add_label(text, line);
	add_amount(text, line);
	text_add(text, "  %s", uf_format_duration(spent, now_ms - line->since_ms));
	add_overall(text, &line->last, now_ms, work_since_ms);
	if (columns && text->len - start >= columns) {
		text->len = start + columns - 1;
		text->at[text->len] = '\0';
	}
}
