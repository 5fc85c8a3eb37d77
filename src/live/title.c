/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/live/title.h"

#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>

/* The words of argv as the kernel laid them, one behind the other. */
static char *words;
static size_t room;

void uf_title_begin(int argc, char **argv)
{
	words = argc > 0 ? argv[0] : NULL;
	room = words ? (size_t)(argv[argc - 1] + strlen(argv[argc - 1]) - words) : 0;
}

void uf_title_set(const char *name)
{
	size_t len = strlen(name);

	prctl(PR_SET_NAME, name);
	if (!room)
		return;
	memset(words, 0, room);
	memcpy(words, name, len < room ? len : room);
}
