/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/live/system.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "uniflash/util/textfile.h"

#define PROC_TEXT_MAX 16384

/* Ingenic's kernels name the SDK board, not the chip, and the case of the letters varies
 * (camera-facts: CONFIG_BOARD_NAME). */
static const char *const boards[][2] = {
	{"bull", "T20"}, {"swan", "T31"},   {"mango", "T10"}, {"turkey", "T21"},
	{"pike", "T23"}, {"monkey", "T30"}, {"goat", "T32"},
};

/* The value behind "KEY\t: " or "KEY: " at the beginning of a line. */
static const char *find_value(const char *text, const char *key)
{
	size_t len = strlen(key);

	for (const char *at = text; at; at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL) {
		const char *colon = at + len;

		if (strncmp(at, key, len) != 0)
			continue;
		colon += strspn(colon, " \t");
		if (*colon == ':')
			return colon + 1 + strspn(colon + 1, " \t");
	}
	return NULL;
}

static void copy_line(const char *from, char *to, size_t size)
{
	if (from)
		snprintf(to, size, "%.*s", (int)strcspn(from, "\n"), from);
}

static uint64_t kilobytes(const char *text, const char *key)
{
	const char *value = find_value(text, key);

	return value ? strtoull(value, NULL, 10) * 1024 : 0;
}

static void find_soc(struct uf_system *system)
{
	for (size_t at = 0; at < sizeof(boards) / sizeof(boards[0]); at++)
		if (strcasecmp(system->system_type, boards[at][0]) == 0)
			snprintf(system->soc, sizeof(system->soc), "%s", boards[at][1]);
}

void uf_system_read(const char *root, struct uf_system *system)
{
	char text[PROC_TEXT_MAX];

	memset(system, 0, sizeof(*system));
	if (uf_read_text(root, "/proc/sys/kernel/osrelease", text, sizeof(text), NULL, NULL) == 0)
		copy_line(text, system->kernel, sizeof(system->kernel));
	if (uf_read_text(root, "/proc/cpuinfo", text, sizeof(text), NULL, NULL) == 0)
		copy_line(find_value(text, "system type"), system->system_type,
			  sizeof(system->system_type));
	find_soc(system);
	if (uf_read_text(root, "/proc/meminfo", text, sizeof(text), NULL, NULL) == 0) {
		system->memory = kilobytes(text, "MemTotal");
		system->memory_free = kilobytes(text, "MemFree");
	}
}
