/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "proc_mtd.h"

#include "uniflash/util/textfile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* include/uapi/mtd/mtd-abi.h; the header is not there when this is built for fixtures only. */
#define MTD_WRITEABLE 0x400

static bool read_attribute(const char *root, unsigned number, const char *attribute, int base,
			   unsigned long long *value)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/class/mtd/mtd%u/%s", number, attribute);
	return uf_read_number(root, path, base, value, NULL) == UF_OK;
}

static void read_type(const char *root, struct mtd_entry *entry)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/class/mtd/mtd%u/type", entry->number);
	if (uf_read_text(root, path, entry->type, sizeof(entry->type), NULL, NULL) != UF_OK)
		entry->type[0] = '\0';
	entry->type[strcspn(entry->type, "\n")] = '\0';
}

/* Cut the last component off path; returns its number where it is mtdN, -1 otherwise. */
static int cut_mtd(char *path)
{
	char *slash = strrchr(path, '/');
	char *end;
	long number;

	if (!slash || strncmp(slash, "/mtd", 4) != 0 || slash[4] < '0' || slash[4] > '9')
		return -1;
	number = strtol(slash + 4, &end, 10);
	if (*end)
		return -1;
	*slash = '\0';
	return (int)number;
}

/*
 * /sys/class/mtd/mtdN links to .../FLASH/mtd/mtdN, or to .../FLASH/mtd/mtdM/mtdN where the kernel
 * shows the whole flash or a partition of partitions (drivers/mtd/mtdpart.c sets the parent).
 */
static void read_place(const char *root, struct mtd_entry *entry)
{
	char path[UF_PATH_MAX];
	ssize_t len;
	int number;

	if (snprintf(path, sizeof(path), "%s/sys/class/mtd/mtd%u", root, entry->number) >=
	    (int)sizeof(path))
		return;
	len = readlink(path, entry->flash, sizeof(entry->flash) - 1);
	if (len < 0)
		len = 0;
	entry->flash[len] = '\0';
	cut_mtd(entry->flash);
	for (number = cut_mtd(entry->flash); number >= 0; number = cut_mtd(entry->flash))
		if (entry->parent < 0)
			entry->parent = number;
}

void sysfs_mtd_read(const char *root, struct mtd_entries *entries)
{
	for (unsigned at = 0; at < entries->count; at++) {
		struct mtd_entry *entry = &entries->entry[at];
		unsigned long long value;

		if (read_attribute(root, entry->number, "offset", 10, &value)) {
			entry->has_offset = true;
			entry->offset = value;
		}
		if (read_attribute(root, entry->number, "writesize", 10, &value))
			entry->write_size = (uint32_t)value;
		if (read_attribute(root, entry->number, "flags", 16, &value))
			entry->readonly = !(value & MTD_WRITEABLE);
		read_type(root, entry);
		read_place(root, entry);
	}
}
