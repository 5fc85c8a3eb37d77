/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/live/mounts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

#include "uniflash/util/textfile.h"

#define MTD_BLOCK_MAJOR 31
#define LOOP_MAJOR      7
#define DEPTH_MAX       4

/* Copy the next field of a mountinfo line, undoing its octal escapes, and step over it. Returns
 * false where it was cut. */
static bool take_field(const char **at, char *to, size_t size)
{
	size_t len = 0;

	while (**at && **at != ' ' && **at != '\n') {
		const char *c = *at;
		char byte = *c++;

		if (byte == '\\' && c[0] && c[1] && c[2]) {
			byte = (char)((c[0] - '0') * 64 + (c[1] - '0') * 8 + (c[2] - '0'));
			c += 3;
		}
		if (len + 1 < size)
			to[len] = byte;
		len++;
		*at = c;
	}
	to[len < size ? len : size - 1] = '\0';
	if (**at == ' ')
		(*at)++;
	return len < size;
}

/* Options come with the state first or anywhere, "rw,relatime" or "relatime,rw". */
static bool has_option(const char *options, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = options; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
		if (strncmp(at, word, len) == 0 && (at[len] == ',' || !at[len]))
			return true;
	return false;
}

static unsigned long parse_flags(const char *options)
{
	static const struct {
		const char *word;
		unsigned long flag;
	} known[] = {
		{"ro", MS_RDONLY},
		{"nosuid", MS_NOSUID},
		{"nodev", MS_NODEV},
		{"noexec", MS_NOEXEC},
		{"noatime", MS_NOATIME},
		{"nodiratime", MS_NODIRATIME},
		{"relatime", MS_RELATIME},
		{"strictatime", MS_STRICTATIME},
		/* Of the file system, not of the mount; a remount without them takes them away. */
		{"sync", MS_SYNCHRONOUS},
		{"dirsync", MS_DIRSYNC},
		{"mand", MS_MANDLOCK},
	};
	unsigned long flags = 0;

	for (size_t at = 0; at < sizeof(known) / sizeof(known[0]); at++)
		if (has_option(options, known[at].word))
			flags |= known[at].flag;
	return flags;
}

/* See "proc/<pid>/mountinfo" in the kernel's Documentation/filesystems/proc.rst. */
static bool parse_line(const char *at, struct uf_mount *mount)
{
	char field[256] = "";
	char *colon;

	take_field(&at, field, sizeof(field));
	mount->id = (unsigned)strtoul(field, NULL, 10);
	take_field(&at, field, sizeof(field));
	mount->parent = (unsigned)strtoul(field, NULL, 10);
	take_field(&at, field, sizeof(field));
	mount->major = (unsigned)strtoul(field, &colon, 10);
	if (colon == field || *colon != ':')
		return false;
	mount->minor = (unsigned)strtoul(colon + 1, NULL, 10);
	take_field(&at, field, sizeof(field));
	take_field(&at, mount->where, sizeof(mount->where));
	take_field(&at, field, sizeof(field));
	mount->flags = parse_flags(field);
	do
		take_field(&at, field, sizeof(field));
	while (*at && *at != '\n' && strcmp(field, "-") != 0);
	take_field(&at, mount->type, sizeof(mount->type));
	take_field(&at, field, sizeof(field));
	mount->cut = !take_field(&at, mount->options, sizeof(mount->options));
	mount->writable = has_option(mount->options, "rw");
	mount->flags |= parse_flags(mount->options) & ~(unsigned long)MS_RDONLY;
	return true;
}

int uf_mounts_read(const char *root, struct uf_mounts *mounts, struct uf_error *err)
{
	const size_t size = 65536;
	char *text = malloc(size);
	int ret;

	mounts->count = 0;
	if (!text)
		return uf_fail(err, UF_ERR_MEMORY, "no memory to read the mounts");
	ret = uf_read_text(root, "/proc/self/mountinfo", text, size, NULL, err);
	for (const char *at = text; !ret && *at;) {
		const char *end = at + strcspn(at, "\n");

		if (mounts->count == UF_MOUNTS_MAX)
			ret = uf_fail(err, UF_ERR_IO, "more than %d mounts", UF_MOUNTS_MAX);
		else if (parse_line(at, &mounts->mount[mounts->count]))
			mounts->count++;
		at = *end ? end + 1 : end;
	}
	free(text);
	return ret;
}

int uf_mount_mtd(const struct uf_mount *mount)
{
	return mount->major == MTD_BLOCK_MAJOR ? (int)mount->minor : -1;
}

const struct uf_mount *uf_mounts_writable(const struct uf_mounts *mounts, unsigned number)
{
	for (unsigned at = 0; at < mounts->count; at++)
		if (mounts->mount[at].writable && uf_mount_mtd(&mounts->mount[at]) == (int)number)
			return &mounts->mount[at];
	return NULL;
}

static bool is_below(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	if (strcmp(folder, "/") == 0)
		return path[0] == '/';
	return strncmp(path, folder, len) == 0 && (path[len] == '/' || !path[len]);
}

/* The mount that hangs in `in` (NULL: in none that is known) and is met first on the way to path.
 */
static const struct uf_mount *next_mount(const struct uf_mounts *mounts, const struct uf_mount *in,
					 const char *path)
{
	const struct uf_mount *found = NULL;

	for (unsigned at = 0; at < mounts->count; at++) {
		const struct uf_mount *mount = &mounts->mount[at];

		if (in ? mount == in || mount->parent != in->id : strcmp(mount->where, "/") != 0)
			continue;
		if (is_below(path, mount->where) &&
		    (!found || strlen(mount->where) < strlen(found->where)))
			found = mount;
	}
	return found;
}

/* The mount that path is on: from the root down, as the kernel looks it up. */
static const struct uf_mount *mount_of(const struct uf_mounts *mounts, const char *path)
{
	const struct uf_mount *mount = next_mount(mounts, NULL, path);
	const struct uf_mount *next = mount;

	for (unsigned steps = 0; next && steps <= mounts->count; steps++) {
		mount = next;
		next = next_mount(mounts, mount, path);
	}
	return mount;
}

bool uf_mounts_in_ram(const struct uf_mounts *mounts, const char *path)
{
	static const char *const types[] = {"tmpfs", "ramfs", "rootfs", "devtmpfs"};
	const struct uf_mount *mount = mount_of(mounts, path);

	for (size_t at = 0; mount && at < sizeof(types) / sizeof(types[0]); at++)
		if (strcmp(mount->type, types[at]) == 0)
			return true;
	return false;
}

static void add_number(struct uf_mtd_list *list, unsigned number)
{
	for (unsigned at = 0; at < list->count; at++)
		if (list->number[at] == number)
			return;
	if (list->count < sizeof(list->number) / sizeof(list->number[0]))
		list->number[list->count++] = number;
	else
		list->unknown = true;
}

static void find_under(const char *root, const struct uf_mounts *mounts, const char *path,
		       int depth, struct uf_mtd_list *list);

/* lowerdir= can name several, with colons between them. */
static void find_layers(const char *root, const struct uf_mounts *mounts,
			const struct uf_mount *overlay, const char *option, int depth,
			struct uf_mtd_list *list)
{
	const char *at = strstr(overlay->options, option);

	for (at = at ? at + strlen(option) : NULL; at && *at && *at != ',';) {
		size_t len = strcspn(at, ":,");
		char path[256];

		snprintf(path, sizeof(path), "%.*s", (int)len, at);
		/* A layer whose own mount was left behind by pivot_root cannot be found. */
		if (path[0] != '/' || mount_of(mounts, path) == overlay)
			list->unknown = true;
		else
			find_under(root, mounts, path, depth + 1, list);
		at += len + (at[len] == ':');
	}
}

static void find_loop(const char *root, const struct uf_mounts *mounts,
		      const struct uf_mount *mount, int depth, struct uf_mtd_list *list)
{
	char name[64], path[UF_PATH_MAX];

	snprintf(name, sizeof(name), "/sys/block/loop%u/loop/backing_file", mount->minor);
	if (uf_read_text(root, name, path, sizeof(path), NULL, NULL)) {
		list->unknown = true;
		return;
	}
	path[strcspn(path, "\n")] = '\0';
	find_under(root, mounts, path, depth + 1, list);
}

static void find_of(const char *root, const struct uf_mounts *mounts, const struct uf_mount *mount,
		    int depth, struct uf_mtd_list *list)
{
	if (!mount || depth == DEPTH_MAX) {
		list->unknown = true;
		return;
	}
	if (uf_mount_mtd(mount) >= 0)
		add_number(list, (unsigned)uf_mount_mtd(mount));
	else if (strncmp(mount->type, "overlay", 7) == 0) {
		list->unknown |= mount->cut;
		find_layers(root, mounts, mount, "lowerdir=", depth, list);
		find_layers(root, mounts, mount, "upperdir=", depth, list);
	} else if (mount->major == LOOP_MAJOR)
		find_loop(root, mounts, mount, depth, list);
}

static void find_under(const char *root, const struct uf_mounts *mounts, const char *path,
		       int depth, struct uf_mtd_list *list)
{
	find_of(root, mounts, mount_of(mounts, path), depth, list);
}

void uf_mounts_under(const char *root, const struct uf_mounts *mounts, const char *path,
		     struct uf_mtd_list *list)
{
	memset(list, 0, sizeof(*list));
	find_under(root, mounts, path, 0, list);
}

void uf_mounts_of(const char *root, const struct uf_mounts *mounts, const struct uf_mount *mount,
		  struct uf_mtd_list *list)
{
	memset(list, 0, sizeof(*list));
	find_of(root, mounts, mount, 0, list);
}

bool uf_mounts_on_flash(const char *root, const struct uf_mounts *mounts,
			const struct uf_mount *mount)
{
	struct uf_mtd_list list;

	uf_mounts_of(root, mounts, mount, &list);
	return list.count || list.unknown;
}
