/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asking the user. Touches no flash. */
#ifndef UNIFLASH_CLI_PROMPT_H
#define UNIFLASH_CLI_PROMPT_H

#include <stdbool.h>

/*
 * Find a terminal to ask on: standard input, or /dev/tty where standard input is the image.
 * Returns a descriptor that the caller closes, or -1 where there is none.
 */
int uf_prompt_open(bool stdin_is_image);

/*
 * Write question to the terminal and wait up to seconds for an answer. Only "y" and "yes" are yes;
 * anything else, no answer in time, a signal and a terminal that goes away are no. What was typed
 * before the question does not count.
 */
bool uf_prompt_ask(int fd, const char *question, unsigned seconds);

#endif
