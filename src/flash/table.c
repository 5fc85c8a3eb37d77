/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/flash/table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const role_names[UF_ROLE_COUNT] = {
	[UF_ROLE_UNKNOWN] = "",      [UF_ROLE_BOOT] = "boot",       [UF_ROLE_ENV] = "env",
	[UF_ROLE_KERNEL] = "kernel", [UF_ROLE_ROOTFS] = "rootfs",   [UF_ROLE_APP] = "app",
	[UF_ROLE_DATA] = "data",     [UF_ROLE_STAGING] = "staging", [UF_ROLE_FLAG] = "flag",
};

static const char *const content_names[UF_CONTENT_COUNT] = {
	[UF_CONTENT_UNKNOWN] = "",          [UF_CONTENT_UIMAGE] = "uimage",
	[UF_CONTENT_SQUASHFS] = "squashfs", [UF_CONTENT_JFFS2] = "jffs2",
	[UF_CONTENT_RAW] = "raw",
};

static int index_of(const char *const *names, int count, const char *name)
{
	for (int at = 1; at < count; at++)
		if (strcmp(names[at], name) == 0)
			return at;
	return 0;
}

const char *uf_role_name(enum uf_role role)
{
	return role_names[role];
}

enum uf_role uf_role_by_name(const char *name)
{
	return (enum uf_role)index_of(role_names, UF_ROLE_COUNT, name);
}

const char *uf_content_name(enum uf_content content)
{
	return content_names[content];
}

enum uf_content uf_content_by_name(const char *name)
{
	return (enum uf_content)index_of(content_names, UF_CONTENT_COUNT, name);
}

int uf_table_add(struct uf_table *table, const char *name, size_t len, struct uf_range range,
		 struct uf_error *err)
{
	struct uf_partition *part;

	if (table->count == UF_PARTITIONS_MAX)
		return uf_fail(err, UF_ERR_RANGE, "more than %d partitions", UF_PARTITIONS_MAX);
	part = &table->part[table->count];
	memset(part, 0, sizeof(*part));
	part->number = table->count++;
	memcpy(part->name, name, (size_t)uf_min(len, UF_NAME_MAX));
	part->range = range;
	return UF_OK;
}

void uf_table_sort(struct uf_table *table)
{
	for (unsigned i = 1; i < table->count; i++)
		for (unsigned j = i; j && table->part[j].range.off < table->part[j - 1].range.off;
		     j--) {
			struct uf_partition part = table->part[j];

			table->part[j] = table->part[j - 1];
			table->part[j - 1] = part;
		}
}

uint64_t uf_table_end(const struct uf_table *table)
{
	return table->count ? uf_range_end(table->part[table->count - 1].range) : 0;
}

static int mtd_number(const char *name)
{
	char *end;
	long number;

	if (strncmp(name, "mtd", 3) != 0 || name[3] < '0' || name[3] > '9')
		return -1;
	number = strtol(name + 3, &end, 10);
	return *end || number > 9999 ? -1 : (int)number;
}

int uf_table_by_name(const struct uf_table *table, const char *name)
{
	for (unsigned at = 0; at < table->count; at++)
		if (strcmp(table->part[at].name, name) == 0)
			return (int)at;
	return -1;
}

int uf_table_find(const struct uf_table *table, const char *name)
{
	int index = uf_table_by_name(table, name);
	int number = index < 0 ? mtd_number(name) : -1;

	for (unsigned at = 0; number >= 0 && at < table->count; at++)
		if (table->part[at].number == (unsigned)number)
			return (int)at;
	return index;
}

int uf_table_at(const struct uf_table *table, uint64_t off)
{
	for (unsigned at = 0; at < table->count; at++)
		if (off >= table->part[at].range.off && off < uf_range_end(table->part[at].range))
			return (int)at;
	return -1;
}

static int refuse_gap(uint64_t from, uint64_t to, const char *before, const char *after,
		      struct uf_error *err)
{
	return uf_refuse(err, UF_CHECK_MAP_GAP,
			 "no partition covers 0x%06" PRIx64 "-0x%06" PRIx64 ", between %s and %s",
			 from, to, before, after);
}

int uf_table_check_tiles(const struct uf_table *table, uint64_t size, struct uf_error *err)
{
	const char *before = "the start of the flash";
	uint64_t at = 0;

	for (unsigned i = 0; i < table->count; i++) {
		const struct uf_partition *part = &table->part[i];

		if (part->range.off > at)
			return refuse_gap(at, part->range.off, before, part->name, err);
		if (part->range.off < at)
			return uf_refuse(err, UF_CHECK_MAP_OVERLAP,
					 "%s at 0x%06" PRIx64
					 " begins before %s ends at 0x%06" PRIx64,
					 part->name, part->range.off, before, at);
		at = uf_range_end(part->range);
		before = part->name;
	}
	if (at < size)
		return refuse_gap(at, size, before, "the end of the flash", err);
	if (at > size)
		return uf_refuse(err, UF_CHECK_MAP_OVERLAP,
				 "%s ends at 0x%06" PRIx64
				 ", behind the end of the flash at 0x%06" PRIx64,
				 before, at, size);
	return UF_OK;
}

const char *uf_table_names(const struct uf_table *table, char *out, size_t size)
{
	size_t len = 0;

	out[0] = '\0';
	for (unsigned at = 0; at < table->count && len < size; at++)
		len += (size_t)snprintf(out + len, size - len, "%s%s", at ? ", " : "",
					table->part[at].name);
	return out;
}
