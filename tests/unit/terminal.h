/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A pseudo terminal, for tests of what is shown on one. */
#ifndef TERMINAL_H
#define TERMINAL_H

#include <stddef.h>

/*
 * Open one of this size that passes on what it gets as it is. Returns its master, which does not
 * block; *slave is what a program writes to. The caller closes both. Ends the test program where
 * there is none to be had.
 */
int terminal_open(unsigned columns, unsigned rows, int *slave);

/*
 * Take all that was written to slave so far, at most size - 1 bytes, into buf. The kernel passes it
 * on when it finds time: a byte that is written behind it, and not handed out, tells where it ends.
 */
size_t terminal_take(int master, int slave, char *buf, size_t size);

#endif
