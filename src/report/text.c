/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text.h"

#include <stdarg.h>
#include <stdio.h>

void text_begin(struct text *text, char *buf, size_t size)
{
	text->at = buf;
	text->size = size;
	text->len = 0;
	text->cut = false;
	buf[0] = '\0';
}

void text_add(struct text *text, const char *format, ...)
{
	size_t room = text->size - text->len;
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(text->at + text->len, room, format, args);
	va_end(args);
	if (len <= 0)
		return;
	text->cut |= (size_t)len >= room;
	text->len += (size_t)len < room ? (size_t)len : room - 1;
}

void text_pad(struct text *text, size_t start, size_t width)
{
	while (text->len - start < width && text->len + 1 < text->size)
		text->at[text->len++] = ' ';
	text->at[text->len] = '\0';
}
