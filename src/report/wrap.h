/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts for a terminal that is narrower than they are. Allocates nothing, touches no flash. */
#ifndef REPORT_WRAP_H
#define REPORT_WRAP_H

#include "sink.h"

/*
 * Write text. Where sink is a terminal, lines that are too long for it go on in the next one,
 * between two words and indented; a word that is longer than the terminal is wide stays whole, for
 * it may be a path or a digest to be copied.
 */
void wrap_write(struct sink *sink, const char *text);

/* How many bytes of the line text[0..len) go into a row of `columns`; len where it fits or cannot
 * be broken. What follows is a blank then, or the end. */
size_t wrap_fit(const char *text, size_t len, size_t columns);

#endif
