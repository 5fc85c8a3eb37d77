/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What passes between a run and its keeper. */
#ifndef LIVE_KEEPER_H
#define LIVE_KEEPER_H

#include <stdbool.h>
#include <stddef.h>

/* In the environment of a process that is to be a keeper: the watchdog's descriptor, or nothing. */
#define KEEPER_VARIABLE "UNIFLASH_KEEPER"

/*
 * Into the pipe: a struct uf_stopped, a count and as many struct uf_pin, then words of one byte.
 * The answer to the pins is the count of those that could not be held.
 */
enum {
	KEEPER_BEAT = 'b',
	KEEPER_WRITING = 'w',
	KEEPER_VERIFIED = 'v',
	KEEPER_UNDONE = 'u',
	KEEPER_END = 'e',
};

/* Put a word into the pipe; false where it has no room. Does not wait. */
bool keeper_put(int pipe, char word);

/* Read just so much, waiting for it. */
bool keeper_get(int pipe, void *to, size_t len);

/* Tell the keeper of an earlier run what has become of the flash. */
void keeper_tell(int pid, bool verified);

#endif
