/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The name that this process goes by in ps and pidof. Touches no flash. */
#ifndef UNIFLASH_LIVE_TITLE_H
#define UNIFLASH_LIVE_TITLE_H

/* Remember where the kernel finds the arguments; argv is main's, with at least one word. */
void uf_title_begin(int argc, char **argv);

/* Go by name instead, which must be static: as the kernel's name of the process, and in place of
 * its arguments as far as they have room. Opens and allocates nothing. */
void uf_title_set(const char *name);

#endif
