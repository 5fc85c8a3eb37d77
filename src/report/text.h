/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts put together in a fixed buffer. Allocates nothing, touches no flash. */
#ifndef REPORT_TEXT_H
#define REPORT_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* A text under construction; what does not fit is cut off. */
struct text {
	char *at;
	size_t size;
	size_t len;
	bool cut;
};

/* Begin an empty text in buf. */
void text_begin(struct text *text, char *buf, size_t size);

/* Append. */
void text_add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Append spaces until the line (from `start`, a former text->len) is width characters long. */
void text_pad(struct text *text, size_t start, size_t width);

#endif
