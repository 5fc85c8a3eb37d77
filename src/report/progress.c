/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reporter.h"

#include <inttypes.h>
#include <string.h>

/* The bar gives way to the words: what is left of the line beside them, within bounds. */
#define BAR_MAX 24
#define BAR_MIN 4

/* Names of partitions longer than this are not lined up. */
#define NAME_MAX_WIDTH 12

static unsigned percent(uint64_t done, uint64_t total)
{
	return total ? (unsigned)(done * 100 / total) : 100;
}

/* Short, for a line that is drawn again: "12.3 s", "1:35 min". */
static void add_time(struct text *text, uint64_t ms)
{
	unsigned s = (unsigned)(ms / 1000);

	if (s < 60)
		text_add(text, "%u.%u s", s, (unsigned)(ms % 1000 / 100));
	else
		text_add(text, "%u:%02u min", s / 60, s % 60);
}

/* An estimate, which tenths would belie. */
static void add_left(struct text *text, uint64_t ms)
{
	unsigned s = (unsigned)((ms + 500) / 1000);

	if (s < 60)
		text_add(text, "%u s left", s);
	else
		text_add(text, "%u:%02u min left", s / 60, s % 60);
}

static size_t name_width(const struct uf_plan *plan)
{
	size_t width = 0;

	for (unsigned at = 0; plan && at < plan->rows; at++)
		if (strlen(plan->row[at].part->name) > width)
			width = strlen(plan->row[at].part->name);
	return width < NAME_MAX_WIDTH ? width : NAME_MAX_WIDTH;
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
		text_pad(text, start, 6);
		text_add(text, "%s", line->plan->row[line->row].part->name);
	} else {
		text_add(text, "%s", names[line->phase]);
	}
	text_pad(text, start, 6 + name_width(line->plan));
	text_add(text, " ");
}

/* Writing counts blocks of the partition; other phases count bytes of the whole. */
static void shares(const struct progress_line *line, uint64_t *done, uint64_t *total)
{
	bool writing = line->phase == UF_PHASE_WRITE;

	*done = writing ? line->last.row_done : line->last.done;
	*total = writing ? line->last.row_total : line->last.total;
}

static void add_bar(struct text *text, uint64_t done, uint64_t total, unsigned width)
{
	unsigned filled = total ? (unsigned)(done * width / total) : width;

	if (width < BAR_MIN)
		return;
	text_add(text, "[");
	for (unsigned at = 0; at < width; at++)
		text_add(text, "%c", at < filled ? '#' : '-');
	text_add(text, "] ");
}

static void add_amount(struct text *text, const struct progress_line *line)
{
	const struct uf_progress_event *last = &line->last;
	char size[UF_SIZE_TEXT];

	if (line->phase == UF_PHASE_WRITE)
		text_add(text, "  block %" PRIu32 "/%" PRIu32, last->row_done, last->row_total);
	else
		text_add(text, "  %s", uf_format_size(size, last->done));
	if (last->row_failed)
		text_add(text, ", %" PRIu32 " bad", last->row_failed);
}

/* A line that stays would soon be wrong about the whole. */
static bool is_ended(const struct progress_line *line)
{
	return line->phase == UF_PHASE_WRITE && line->last.row_done == line->last.row_total;
}

/* The first blocks tell little about the speed of the others. */
static bool knows_left(const struct progress_line *line, uint64_t left_ms)
{
	const struct uf_progress_event *last = &line->last;

	return !is_ended(line) && left_ms != PACE_UNKNOWN && last->work_done < last->work_total &&
	       last->work_done * 50 > last->work_total;
}

/* What stands behind the bar, and may have to give way. */
enum words {
	WORDS_AMOUNT = 1,
	WORDS_TIME = 2,
	WORDS_TOTAL = 4,
	WORDS_LEFT = 8,
};

static void add_words(struct text *text, const struct progress_line *line, uint64_t now_ms,
		      uint64_t left_ms, unsigned words)
{
	const struct uf_progress_event *last = &line->last;
	bool total = (words & WORDS_TOTAL) && last->work_total;
	uint64_t done, all;

	shares(line, &done, &all);
	text_add(text, "%3u%%", percent(done, all));
	if (words & WORDS_AMOUNT)
		add_amount(text, line);
	if (words & WORDS_TIME) {
		text_add(text, "  ");
		add_time(text, now_ms - line->since_ms);
	}
	if (total)
		text_add(text, "  total %u%%", percent(last->work_done, last->work_total));
	if ((words & WORDS_LEFT) && knows_left(line, left_ms)) {
		text_add(text, total ? ", " : "  ");
		add_left(text, left_ms);
	}
}

/* All the words for which there is room; while something goes on the time left is the last to go,
 * in a line that stays it is how long it took. */
static void fit_words(struct text *text, const struct progress_line *line, uint64_t now_ms,
		      uint64_t left_ms, unsigned room)
{
	static const unsigned going[] = {WORDS_AMOUNT | WORDS_TIME | WORDS_TOTAL | WORDS_LEFT,
					 WORDS_AMOUNT | WORDS_TOTAL | WORDS_LEFT,
					 WORDS_TOTAL | WORDS_LEFT, WORDS_LEFT, 0};
	static const unsigned ended[] = {WORDS_AMOUNT | WORDS_TIME | WORDS_TOTAL,
					 WORDS_AMOUNT | WORDS_TIME, WORDS_TIME, 0, 0};
	const unsigned *words = knows_left(line, left_ms) ? going : ended;

	for (unsigned at = 0; at < 5; at++) {
		text_begin(text, text->at, text->size);
		add_words(text, line, now_ms, left_ms, words[at]);
		if (text->len <= room)
			return;
	}
}

void progress_words(struct text *text, const struct progress_line *line, uint64_t now_ms,
		    uint64_t left_ms, unsigned columns)
{
	unsigned width = BAR_MAX, room = UINT32_MAX;
	size_t start = text->len, label;
	uint64_t done, total;
	struct text behind;
	char buf[128];

	shares(line, &done, &total);
	text_begin(&behind, buf, sizeof(buf));
	add_label(text, line);
	label = text->len - start;
	/* The last column stays free. */
	if (columns)
		room = label < columns ? (unsigned)(columns - 1 - label) : 0;
	fit_words(&behind, line, now_ms, left_ms, room);
	/* The brackets and the space behind them need room, too. */
	if (room - behind.len < BAR_MAX + 3)
		width = room > behind.len + 3 ? (unsigned)(room - behind.len - 3) : 0;
	add_bar(text, done, total, width);
	text_add(text, "%s", behind.at);
	if (columns && text->len - start >= columns) {
		text->len = start + columns - 1;
		text->at[text->len] = '\0';
	}
}
