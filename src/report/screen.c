/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "screen.h"

#include <string.h>
#include <sys/ioctl.h>

/* Where there is no terminal. */
#define PLAIN_COLUMNS 80
#define PLAIN_ROWS    64

#define CLEAR_LINE  "\033[K"
#define CLEAR_BELOW "\033[J"
#define HOME        "\033[H"

void screen_size(const struct sink *sink, unsigned *columns, unsigned *rows)
{
	struct winsize size;
	bool known = ioctl(sink->fd, TIOCGWINSZ, &size) == 0;

	*columns = known && size.ws_col ? size.ws_col : 80;
	*rows = known && size.ws_row ? size.ws_row : 24;
}

static void write_all(struct screen *screen, const struct text *text)
{
	sink_write(screen->out, text->at, text->len, false);
}

static void print(struct screen *screen)
{
	struct mapstyle style = {PLAIN_COLUMNS, PLAIN_ROWS, screen->utf8, screen->color, false};
	struct mapshape shape;
	struct text text;

	if (screen->out->is_tty)
		screen_size(screen->out, &style.columns, &style.rows);
	/* A line is left for the shell; a map that is larger than the screen can be scrolled. */
	style.rows--;
	if (!blockmap_shape(&screen->map, &style, &shape)) {
		style.rows = PLAIN_ROWS;
		if (!blockmap_shape(&screen->map, &style, &shape))
			return;
	}
	text_begin(&text, screen->buf, sizeof(screen->buf));
	text_add(&text, "\n");
	for (unsigned line = 0; line < shape.lines; line++) {
		blockmap_line(&screen->map, &style, &shape, line, &text);
		text_add(&text, "\n");
	}
	if (screen->out->is_tty)
		text_add(&text, "\n");
	write_all(screen, &text);
}

void screen_plan(struct screen *screen, const struct uf_plan *plan)
{
	if (blockmap_plan(&screen->map, plan))
		print(screen);
}

/* FNV-1a. */
static uint32_t hash_of(const char *text, size_t len)
{
	uint32_t hash = 2166136261U;

	for (size_t at = 0; at < len; at++)
		hash = (hash ^ (uint8_t)text[at]) * 16777619U;
	return hash;
}

/* A drawing under construction. */
struct frame {
	struct mapstyle style;
	struct mapshape shape;
	unsigned rows; /* of the terminal */
	bool resized;  /* since the last one */
	struct text text;
};

/* To the first line of the map. A terminal whose size has changed has wrapped its lines anew, no
 * one knows how: what it shows is pushed up and drawn afresh. */
static void add_way_up(struct text *text, const struct screen *screen, const struct frame *frame)
{
	if (!frame->resized) {
		text_add(text, "\r\033[%uA", screen->lines);
		return;
	}
	for (unsigned row = 0; row < frame->rows; row++)
		text_add(text, "\n");
	text_add(text, "\r" HOME CLEAR_BELOW);
}

/* A line that is there already need not be sent again. */
static void add_line(struct screen *screen, struct frame *frame, unsigned line, bool afresh)
{
	struct text *text = &frame->text;
	size_t start = text->len;
	uint32_t hash;

	blockmap_line(&screen->map, &frame->style, &frame->shape, line, text);
	hash = hash_of(text->at + start, text->len - start);
	if (!afresh && screen->hash[line] == hash)
		text->len = start;
	else
		text_add(text, CLEAR_LINE);
	text_add(text, "\n");
	screen->hash[line] = hash;
}

static void begin_frame(struct screen *screen, struct frame *frame)
{
	struct mapstyle *style = &frame->style;

	*style = (struct mapstyle){.utf8 = screen->utf8, .color = screen->color, .running = true};
	screen_size(screen->out, &style->columns, &frame->rows);
	frame->resized = screen->columns != style->columns || screen->rows != frame->rows;
	/* One row is that of the line of progress. */
	style->rows = (frame->rows < SCREEN_LINES ? frame->rows : SCREEN_LINES) - 1;
	text_begin(&frame->text, screen->buf, sizeof(screen->buf));
	if (screen->drawn)
		add_way_up(&frame->text, screen, frame);
}

/* A frame is written whole or not at all. */
static void write_frame(struct screen *screen, const struct frame *frame, bool may_lose)
{
	screen->stale = !sink_write(screen->out, frame->text.at, frame->text.len, may_lose);
	if (screen->stale)
		return;
	screen->drawn = true;
	screen->lines = frame->shape.lines;
	screen->columns = frame->style.columns;
	screen->rows = frame->rows;
}

bool screen_draw(struct screen *screen, const char *progress, bool may_lose)
{
	struct frame frame;
	bool afresh;

	begin_frame(screen, &frame);
	if (!blockmap_shape(&screen->map, &frame.style, &frame.shape)) {
		screen_clear(screen);
		return false;
	}
	afresh = frame.resized || screen->stale || !screen->drawn;
	for (unsigned line = 0; line < frame.shape.lines; line++)
		add_line(screen, &frame, line, afresh);
	text_add(&frame.text, "\r%s" CLEAR_LINE, progress);
	write_frame(screen, &frame, may_lose);
	return true;
}

void screen_clear(struct screen *screen)
{
	struct frame frame;

	if (!screen->drawn)
		return;
	begin_frame(screen, &frame);
	text_add(&frame.text, CLEAR_BELOW);
	write_all(screen, &frame.text);
	screen->drawn = false;
}

void screen_leave(struct screen *screen)
{
	if (screen->drawn)
		sink_write(screen->out, "\n", 1, false);
	screen->drawn = false;
}
