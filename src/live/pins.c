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

#include "maps.h"
#include "uniflash/util/textfile.h"

#define MTD_BLOCK_MAJOR 31

struct finder {
	const char *root;
	const struct uf_mounts *mounts;
	struct uf_pins *pins;
	uint64_t page;
	uint64_t limit;
	int pid;
	bool held; /* what is found now is held already */
};

static bool is_of(const struct uf_pin *pin, const struct mapping *file)
{
	return pin->inode == file->inode && pin->major == file->major && pin->minor == file->minor;
}

/* Cut off what is pinned already at both ends; false where nothing is left. */
static bool trim(const struct uf_pins *pins, const struct mapping *file, struct uf_range *range)
{
	uint64_t end = uf_range_end(*range);

	for (unsigned at = 0; at < pins->count && range->off < end; at++) {
		const struct uf_range *have = &pins->pin[at].range;
		uint64_t have_end = uf_range_end(*have);
		uint64_t off = range->off, last = end;

		if (!is_of(&pins->pin[at], file))
			continue;
		if (have->off <= range->off && range->off < have_end)
			range->off = have_end;
		if (have->off < end && end <= have_end)
			end = have->off;
		/* What one cut has laid open another pin may cover. */
		if (off != range->off || last != end)
			at = (unsigned)-1;
	}
	range->len = range->off < end ? end - range->off : 0;
	return range->len > 0;
}

static bool is_new_file(const struct uf_pins *pins, const struct mapping *file)
{
	for (unsigned at = 0; at < pins->count; at++)
		if (is_of(&pins->pin[at], file))
			return false;
	return true;
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

/* What lies behind the file's last page has no pages. */
static void bound(const struct finder *finder, uint64_t size, struct uf_range *range)
{
	uint64_t end = (size + finder->page - 1) / finder->page * finder->page;

	if (range->off >= end)
		range->len = 0;
	else
		range->len = uf_min(range->len, end - range->off);
}

static void append(const struct finder *finder, const char *path, const struct mapping *file,
		   struct uf_range range)
{
	struct uf_pins *pins = finder->pins;
	struct uf_pin *pin = &pins->pin[pins->count];

	pins->files += is_new_file(pins, file);
	snprintf(pin->path, sizeof(pin->path), "%s", path);
	pin->inode = file->inode;
	pin->major = file->major;
	pin->minor = file->minor;
	pin->range = range;
	pin->held = finder->held;
	pins->bytes += pin->held ? 0 : range.len;
	pins->count++;
}

static void add(const struct finder *finder, const char *path, const struct mapping *file)
{
	struct uf_pins *pins = finder->pins;
	struct uf_range range = file->range;
	struct stat st;

	if (!finder->held) {
		/* What was deleted or lies out of reach cannot be pinned; so it is told. */
		if (!stat_below(finder, path, &st)) {
			pins->cut = true;
			return;
		}
		bound(finder, (uint64_t)st.st_size, &range);
	}
	if (!trim(pins, file, &range))
		return;
	if (pins->count == UF_PINS_MAX || strlen(path) >= sizeof(pins->pin[0].path))
		pins->cut = true;
	else
		append(finder, path, file, range);
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
	struct uf_range range = file->range;
	const char *path = file->path;
	char own[80];

	if (!trim(finder->pins, file, &range) ||
	    (file->major != MTD_BLOCK_MAJOR && !is_on_flash(finder, file->path)))
		return;
	/* A file that is held may have no path any more. */
	if (!finder->held)
		path = path_to(finder, file, own, sizeof(own));
	if (path)
		add(finder, path, file);
	else
		finder->pins->cut = true;
}

static void add_mapped(void *who, const struct mapping *mapping)
{
	if (mapping->path && mapping->reaches)
		add_mapping(who, mapping);
}

static void add_maps(struct finder *finder, int pid)
{
	char process[16];

	finder->pid = pid;
	snprintf(process, sizeof(process), "%d", pid);
	maps_visit(finder->root, process, add_mapped, finder);
}

/* What there is, to go back to. */
struct mark {
	unsigned count;
	unsigned files;
	uint64_t bytes;
};

static struct mark mark(const struct uf_pins *pins)
{
	return (struct mark){pins->count, pins->files, pins->bytes};
}

/* Take back what has come since, where it is too much. Returns whether it was. */
static bool go_back(const struct finder *finder, struct mark to)
{
	struct uf_pins *pins = finder->pins;

	if (pins->bytes <= finder->limit || pins->bytes == to.bytes)
		return false;
	pins->count = to.count;
	pins->files = to.files;
	pins->bytes = to.bytes;
	return true;
}

/* All that a process maps, or nothing: one page that is missing ends it. */
static void add_process(struct finder *finder, struct uf_process *process)
{
	struct mark before = mark(finder->pins);

	add_maps(finder, process->pid);
	process->unpinned = process->need != UF_NEED_CAMERA && go_back(finder, before);
}

static void add_login_file(const struct finder *finder, const char *path)
{
	struct mark before = mark(finder->pins);
	struct mapping file = {.path = path, .range = {0, UINT64_MAX}};
	struct stat st;

	if (!is_on_flash(finder, path) || !stat_below(finder, path, &st))
		return;
	file.inode = st.st_ino;
	file.major = major(st.st_dev);
	file.minor = minor(st.st_dev);
	add(finder, path, &file);
	go_back(finder, before);
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

	for (size_t at = 0; at < sizeof(paths) / sizeof(paths[0]); at++)
		add_login_file(finder, paths[at]);
}

/* What the keepers of earlier runs map is what they hold. */
static void add_held(struct finder *finder, const struct uf_census *census)
{
	finder->held = true;
	for (unsigned at = 0; at < census->count; at++)
		if (uf_process_keeps(&census->process[at]))
			add_maps(finder, census->process[at].pid);
	finder->held = false;
}

void uf_pins_find(const char *root, const struct uf_mounts *mounts, struct uf_census *census,
		  uint64_t limit, struct uf_pins *pins)
{
	struct finder finder = {.root = root,
				.mounts = mounts,
				.pins = pins,
				.page = (uint64_t)sysconf(_SC_PAGESIZE),
				.limit = limit};

	memset(pins, 0, sizeof(*pins));
	add_held(&finder, census);
	for (int need = 0; need < UF_NEED_COUNT; need++) {
		for (unsigned at = 0; at < census->count; at++)
			if (census->process[at].fate == UF_FATE_LEFT &&
			    (int)census->process[at].need == need)
				add_process(&finder, &census->process[at]);
		if (need == UF_NEED_LOGIN)
			add_login_files(&finder);
	}
}

bool uf_pin_hold(const struct uf_pin *pin)
{
	int fd = open(pin->path, O_RDONLY | O_CLOEXEC);
	void *bytes;

	if (fd < 0)
		return false;
	bytes = mmap(NULL, (size_t)pin->range.len, PROT_READ, MAP_SHARED, fd,
		     (off_t)pin->range.off);
	close(fd);
	if (bytes == MAP_FAILED)
		return false;
	if (mlock(bytes, (size_t)pin->range.len) == 0)
		return true;
	/* A later run takes what is mapped here for held. */
	munmap(bytes, (size_t)pin->range.len);
	return false;
}
