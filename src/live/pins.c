/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/live/pins.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "uniflash/util/textfile.h"

static bool is_known(const struct uf_pins *pins, uint64_t inode, const char *path)
{
	for (unsigned at = 0; at < pins->count; at++)
		if (pins->pin[at].inode == inode && strcmp(pins->pin[at].path, path) == 0)
			return true;
	return false;
}

static bool is_on_flash(const char *root, const struct uf_mounts *mounts, const char *path)
{
	struct uf_mtd_list list;

	uf_mounts_under(root, mounts, path, &list);
	return list.count || list.unknown;
}

static void add(struct uf_pins *pins, const char *root, const struct uf_mounts *mounts,
		uint64_t inode, const char *path)
{
	struct uf_pin *pin = &pins->pin[pins->count];
	char name[UF_PATH_MAX];
	struct stat st;

	if (is_known(pins, inode, path) || !is_on_flash(root, mounts, path))
		return;
	snprintf(name, sizeof(name), "%.3800s%.223s", root, path);
	if (stat(name, &st) != 0 || !S_ISREG(st.st_mode) || strlen(path) >= sizeof(pin->path)) {
		/* What was deleted or lies out of reach cannot be pinned; so it is told. */
		pins->cut = true;
		return;
	}
	if (pins->count == UF_PINS_MAX) {
		pins->cut = true;
		return;
	}
	snprintf(pin->path, sizeof(pin->path), "%s", path);
	pin->inode = inode;
	pin->size = (uint64_t)st.st_size;
	pins->bytes += pin->size;
	pins->count++;
}

/* "begin-end perms offset dev inode  path", a line each (Documentation/filesystems/proc.rst). */
static void add_line(struct uf_pins *pins, const char *root, const struct uf_mounts *mounts,
		     char *line)
{
	char *path = strchr(line, '/');
	char *at = line;

	line[strcspn(line, "\n")] = '\0';
	for (int field = 0; at && field < 4; field++)
		at = strchr(at + (field > 0), ' ');
	if (at && path)
		add(pins, root, mounts, strtoull(at, NULL, 10), path);
}

static void add_process(struct uf_pins *pins, const char *root, const struct uf_mounts *mounts,
			int pid)
{
	char name[UF_PATH_MAX], line[512];
	FILE *maps;

	snprintf(name, sizeof(name), "%.4000s/proc/%d/maps", root, pid);
	maps = fopen(name, "re");
	if (!maps)
		return;
	while (fgets(line, sizeof(line), maps))
		add_line(pins, root, mounts, line);
	fclose(maps);
}

void uf_pins_find(const char *root, const struct uf_mounts *mounts, const struct uf_census *census,
		  struct uf_pins *pins)
{
	memset(pins, 0, sizeof(*pins));
	for (unsigned at = 0; at < census->count; at++)
		if (census->process[at].fate == UF_FATE_LEFT)
			add_process(pins, root, mounts, census->process[at].pid);
}

static bool hold(const struct uf_pin *pin)
{
	int fd = open(pin->path, O_RDONLY | O_CLOEXEC);
	void *bytes;

	if (fd < 0)
		return false;
	bytes = mmap(NULL, (size_t)pin->size, PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	return bytes != MAP_FAILED && mlock(bytes, (size_t)pin->size) == 0;
}

unsigned uf_pins_hold(const struct uf_pins *pins)
{
	unsigned failed = 0;

	for (unsigned at = 0; at < pins->count; at++)
		failed += pins->pin[at].size && !hold(&pins->pin[at]);
	return failed;
}
