/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "maps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "uniflash/util/textfile.h"

static bool parse_line(char *line, struct mapping *mapping)
{
	char *at;

	line[strcspn(line, "\n")] = '\0';
	mapping->path = strchr(line, '/');
	mapping->begin = strtoul(line, &at, 16);
	if (*at != '-')
		return false;
	mapping->end = strtoul(at + 1, &at, 16);
	if (*at != ' ' || mapping->end < mapping->begin || strlen(at) < 5)
		return false;
	mapping->reads = at[1] == 'r';
	mapping->writes = at[2] == 'w';
	mapping->reaches = strncmp(at + 1, "---", 3) != 0;
	mapping->range.off = strtoull(at + 5, &at, 16);
	mapping->range.len = mapping->end - mapping->begin;
	mapping->major = (unsigned)strtoul(at, &at, 16);
	if (*at != ':')
		return false;
	mapping->minor = (unsigned)strtoul(at + 1, &at, 16);
	mapping->inode = strtoull(at, NULL, 10);
	return true;
}

void maps_visit(const char *root, const char *process,
		void (*visit)(void *who, const struct mapping *mapping), void *who)
{
	char name[UF_PATH_MAX], line[512];
	struct mapping mapping;
	FILE *maps;

	snprintf(name, sizeof(name), "%.4000s/proc/%.16s/maps", root, process);
	maps = fopen(name, "re");
	while (maps && fgets(line, sizeof(line), maps))
		if (parse_line(line, &mapping))
			visit(who, &mapping);
	if (maps)
		fclose(maps);
}
