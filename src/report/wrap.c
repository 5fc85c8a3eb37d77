/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wrap.h"

#include <string.h>

#include "screen.h"

/* A terminal of fewer columns than this is left to wrap by itself. */
#define COLUMNS_MIN 20

/* What goes on in another row stands so much further to the right than its line. */
#define HANG 2

size_t wrap_fit(const char *text, size_t len, size_t columns)
{
	size_t indent = strspn(text, " "), blank = 0, width = 0;

	for (size_t at = 0; at < len; at++) {
		if (text[at] == ' ' && at > indent) {
			if (width > columns && blank)
				return blank;
			blank = text[at - 1] == ' ' ? blank : at;
			if (width > columns)
				return blank;
		}
		/* The bytes of a character of UTF-8 behind its first take no room. */
		width += ((unsigned char)text[at] & 0xc0) != 0x80;
	}
	return width > columns && blank ? blank : len;
}

static void write_line(struct sink *sink, const char *text, size_t len, size_t columns)
{
	static const char blanks[] = "                    ";
	size_t hang = strspn(text, " ") + HANG, room = columns;

	if (hang > columns / 2 || hang >= sizeof(blanks))
		hang = HANG;
	for (;;) {
		size_t fits = wrap_fit(text, len, room);

		sink_write(sink, text, fits, false);
		fits += strspn(text + fits, " ");
		if (fits >= len)
			break;
		text += fits;
		len -= fits;
		sink_write(sink, "\n", 1, false);
		sink_write(sink, blanks, hang, false);
		room = columns - hang;
	}
}

void wrap_write(struct sink *sink, const char *text)
{
	unsigned columns = 0, rows;

	if (sink->is_tty)
		screen_size(sink, &columns, &rows);
	if (columns < COLUMNS_MIN) {
		sink_write(sink, text, strlen(text), false);
		return;
	}
	while (*text) {
		size_t len = strcspn(text, "\n");

		write_line(sink, text, len, columns);
		text += len;
		if (*text) {
			sink_write(sink, "\n", 1, false);
			text++;
		}
	}
}
