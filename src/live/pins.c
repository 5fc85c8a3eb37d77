/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/live/pins.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "uniflash/util/textfile.h"

#define MTD_BLOCK_MAJOR 31

/* One line of /proc/PID/maps. */
struct mapping {
	unsigned long begin;
	unsigned long end;
	unsigned major;
	unsigned minor;
	uint64_t inode;
	const char *path;
};

struct finder {
	const char *root;
	const struct uf_mounts *mounts;
	struct uf_pins *pins;
	int pid;
};

static bool is_known(const struct uf_pins *pins, const struct mapping *file)
{
	for (unsigned at = 0; at < pins->count; at++)
		if (pins->pin[at].inode == file->inode && pins->pin[at].major == file->major &&
		    pins->pin[at].minor == file->minor)
			return true;
	return false;
}

static bool is_on_flash(const struct finder *finder, const char *path)
{
	struct uf_mtd_list list;

	uf_mounts_under(finder->root, finder->mounts, path, &list);
	return list.count || list.unknown;
}

static bool stat_below(const struct finder *finder, const char *path, struct stat *st)
{
	char name[UF_PATH_MAX];

	snprintf(name, sizeof(name), "%.3800s%.223s", finder->root, path);
	return stat(name, st) == 0 && S_ISREG(st->st_mode);
}

static bool is_file(const struct finder *finder, const char *path, const struct mapping *file)
{
	struct stat st;

	return stat_below(finder, path, &st) && st.st_ino == file->inode &&
	       major(st.st_dev) == file->major && minor(st.st_dev) == file->minor;
}

static void add(const struct finder *finder, const char *path, const struct mapping *file)
{
	struct uf_pins *pins = finder->pins;
	struct uf_pin *pin = &pins->pin[pins->count];
	struct stat st;

	if (pins->count == UF_PINS_MAX || strlen(path) >= sizeof(pin->path) ||
	    !stat_below(finder, path, &st)) {
		/* What was deleted or lies out of reach cannot be pinned; so it is told. */
		pins->cut = true;
		return;
	}
	snprintf(pin->path, sizeof(pin->path), "%s", path);
	pin->inode = file->inode;
	pin->major = file->major;
	pin->minor = file->minor;
	pin->size = (uint64_t)st.st_size;
	pins->bytes += pin->size;
	pins->count++;
}

/* The path that leads to the file. A file system mounted over it hides a file that is mapped all
 * the same, but the process itself leads to it. Through an overlay the mapping has the device of
 * the layer, the path another one. NULL where there is none. */
static const char *path_to(const struct finder *finder, const struct mapping *file, char *out,
			   size_t size)
{
	if (is_file(finder, file->path, file))
		return file->path;
	snprintf(out, size, "/proc/%d/exe", finder->pid);
	if (is_file(finder, out, file))
		return out;
	snprintf(out, size, "/proc/%d/map_files/%lx-%lx", finder->pid, file->begin, file->end);
	if (is_file(finder, out, file))
		return out;
	return is_on_flash(finder, file->path) ? file->path : NULL;
}

static void add_mapping(const struct finder *finder, const struct mapping *file)
{
	const char *path;
	char own[80];

	if (is_known(finder->pins, file) ||
	    (file->major != MTD_BLOCK_MAJOR && !is_on_flash(finder, file->path)))
		return;
	path = path_to(finder, file, own, sizeof(own));
	if (path)
		add(finder, path, file);
	else
		finder->pins->cut = true;
}

/* "begin-end perms offset dev inode  path", a line each (Documentation/filesystems/proc.rst). */
static bool parse_line(char *line, struct mapping *file)
{
	char *at;

	line[strcspn(line, "\n")] = '\0';
	file->path = strchr(line, '/');
	file->begin = strtoul(line, &at, 16);
	if (!file->path || *at != '-')
		return false;
	file->end = strtoul(at + 1, &at, 16);
	/* Over the permissions and the offset. */
	for (int field = 0; at && field < 2; field++)
		at = strchr(at + 1, ' ');
	if (!at)
		return false;
	file->major = (unsigned)strtoul(at, &at, 16);
	if (*at != ':')
		return false;
	file->minor = (unsigned)strtoul(at + 1, &at, 16);
	file->inode = strtoull(at, NULL, 10);
	return true;
}

static void add_process(struct finder *finder, int pid)
{
	char name[UF_PATH_MAX], line[512];
	struct mapping file;
	FILE *maps;

	finder->pid = pid;
	snprintf(name, sizeof(name), "%.4000s/proc/%d/maps", finder->root, pid);
	maps = fopen(name, "re");
	if (!maps)
		return;
	while (fgets(line, sizeof(line), maps))
		if (parse_line(line, &file))
			add_mapping(finder, &file);
	fclose(maps);
}

/* A login reads these; what keeps their pages keeps the way to them, too. */
static void add_login_files(const struct finder *finder)
{
	static const char *const paths[] = {
		"/bin/sh",
		"/etc/passwd",
		"/etc/shadow",
		"/etc/group",
		"/etc/shells",
		"/etc/profile",
		"/etc/nsswitch.conf",
		"/etc/dropbear/authorized_keys",
		"/root/.profile",
		"/root/.ssh/authorized_keys",
	};

	for (size_t at = 0; at < sizeof(paths) / sizeof(paths[0]); at++) {
		struct mapping file = {.path = paths[at]};
		struct stat st;

		if (!is_on_flash(finder, paths[at]) || !stat_below(finder, paths[at], &st))
			continue;
		file.inode = st.st_ino;
		file.major = major(st.st_dev);
		file.minor = minor(st.st_dev);
		if (!is_known(finder->pins, &file))
			add(finder, paths[at], &file);
	}
}

void uf_pins_find(const char *root, const struct uf_mounts *mounts, const struct uf_census *census,
		  struct uf_pins *pins)
{
	struct finder finder = {root, mounts, pins, 0};

	memset(pins, 0, sizeof(*pins));
	for (unsigned at = 0; at < census->count; at++)
		if (census->process[at].fate == UF_FATE_LEFT)
			add_process(&finder, census->process[at].pid);
	add_login_files(&finder);
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
