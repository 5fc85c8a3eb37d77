/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The layouts of layouts/, compiled in by cmake/embed-layouts.cmake. */
#ifndef LAYOUT_BUILTIN_H
#define LAYOUT_BUILTIN_H

struct builtin_layout {
	const char *name;
	const char *text;
};

extern const struct builtin_layout builtin_layouts[];
extern const unsigned builtin_layout_count;

#endif
