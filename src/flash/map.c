/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/flash/map.h"

#include "proc_mtd.h"
#include "uniflash/flash/mtdparts.h"
#include "uniflash/util/textfile.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* SPI NOR programs 256 bytes at a time (every datasheet in use; JESD216 has it as the default);
 * mainline kernels say 1, for that is what they accept. */
#define NOR_PAGE_SIZE 256

/* What a probe reads; too much for a stack. */
struct probe {
	char proc_mtd[16384];
	char cmdline[8192];
	struct mtd_entries entries;
	struct uf_mtdparts parts;
};

static int disagree(struct uf_map *map, const char *name, const char *first, uint64_t one,
		    const char *second, uint64_t other)
{
	return uf_refuse(&map->disagreement, UF_CHECK_MAP_OFFSET_MISMATCH,
			 "%s: %s has 0x%06" PRIx64 ", %s has 0x%06" PRIx64, name, first, one,
			 second, other);
}

/* Other flashes than the one of the first entry are left alone. */
static void keep_first_flash(struct mtd_entries *entries, struct uf_map *map)
{
	unsigned kept = 0;

	for (unsigned at = 0; at < entries->count; at++)
		if (strcmp(entries->entry[at].flash, entries->entry[0].flash) == 0)
			entries->entry[kept++] = entries->entry[at];
	map->others = entries->count - kept;
	entries->count = kept;
}

static const struct mtd_entry *by_number(const struct mtd_entries *entries, int number)
{
	for (unsigned at = 0; at < entries->count; at++)
		if ((int)entries->entry[at].number == number)
			return &entries->entry[at];
	return NULL;
}

/* A partition of a partition counts its offset from there (drivers/mtd/mtdpart.c). */
static uint64_t sysfs_offset(const struct mtd_entries *entries, const struct mtd_entry *entry)
{
	uint64_t offset = 0;

	for (int depth = 0; entry && depth < UF_PARTITIONS_MAX; depth++) {
		offset += entry->offset;
		entry = by_number(entries, entry->parent);
	}
	return offset;
}

static bool any_sysfs_offset(const struct mtd_entries *entries)
{
	for (unsigned at = 0; at < entries->count; at++)
		if (entries->entry[at].has_offset)
			return true;
	return false;
}

/*
 * Find the definition of mtdparts= that is about this flash: the only one, or the one whose first
 * partition has the first entry's name.
 */
static bool find_mtdparts(struct probe *probe, struct uf_map *map)
{
	const char *start = uf_mtdparts_in_cmdline(probe->cmdline);
	const char *text = start;
	bool single = start && !strchr(start, ';');

	while (text) {
		int ret = uf_mtdparts_next(start, &text, &probe->parts, &map->disagreement);

		if (ret) {
			map->disagreement.code = UF_ERR_REFUSED;
			map->disagreement.check = UF_CHECK_MAP_OFFSET_MISMATCH;
			return false;
		}
		if (single ||
		    strcmp(probe->parts.table.part[0].name, probe->entries.entry[0].name) == 0)
			return true;
	}
	return false;
}

static void remove_entry(struct uf_map *map, unsigned index)
{
	memmove(&map->mtd[index], &map->mtd[index + 1],
		(map->table.count - index - 1) * sizeof(map->mtd[0]));
	uf_table_remove(&map->table, index);
}

static void drop_alias(struct uf_map *map, unsigned index)
{
	struct uf_alias *alias = &map->alias[map->aliases++];

	alias->number = map->table.part[index].number;
	memcpy(alias->name, map->table.part[index].name, sizeof(alias->name));
	remove_entry(map, index);
}

static void drop_aliases(struct uf_map *map)
{
	for (int index = uf_table_find_alias(&map->table); index >= 0;
	     index = uf_table_find_alias(&map->table))
		drop_alias(map, (unsigned)index);
}

static void add_entry(struct uf_map *map, const struct mtd_entry *entry, uint64_t offset)
{
	struct uf_mtd *mtd = &map->mtd[map->table.count];
	struct uf_range range = {offset, entry->size};

	if (uf_table_add(&map->table, entry->name, strlen(entry->name), range, &map->tiling))
		return;
	map->table.part[map->table.count - 1].number = entry->number;
	mtd->erase_size = entry->erase_size;
	mtd->readonly = entry->readonly;
}

static void map_by_sysfs(const struct probe *probe, struct uf_map *map)
{
	map->source = UF_MAP_FROM_SYSFS;
	for (unsigned at = 0; at < probe->entries.count; at++)
		add_entry(map, &probe->entries.entry[at],
			  sysfs_offset(&probe->entries, &probe->entries.entry[at]));
}

/* Without offsets only the names can tell that an entry shows the others again. */
static bool named_alias(const char *name)
{
	return strcmp(name, "all") == 0 || strcmp(name, "upgrade") == 0;
}

static void map_by_order(const struct probe *probe, struct uf_map *map)
{
	uint64_t offset = 0;

	map->source = UF_MAP_FROM_PROC_MTD;
	for (unsigned at = 0; at < probe->entries.count; at++) {
		const struct mtd_entry *entry = &probe->entries.entry[at];

		add_entry(map, entry, offset);
		if (named_alias(entry->name))
			drop_alias(map, map->table.count - 1);
		else
			offset += entry->size;
	}
}

/* The entries in order, one for each partition of the definition; what follows is another flash. */
static bool map_by_cmdline(struct probe *probe, struct uf_map *map)
{
	const struct uf_table *table = &probe->parts.table;

	if (probe->entries.count < table->count) {
		uf_refuse(&map->disagreement, UF_CHECK_MAP_OFFSET_MISMATCH,
			  "mtdparts has %u partitions, /proc/mtd has %u", table->count,
			  probe->entries.count);
		return false;
	}
	for (unsigned at = 0; at < table->count; at++) {
		const struct mtd_entry *entry = &probe->entries.entry[at];
		const struct uf_partition *part = &table->part[at];

		if (strcmp(entry->name, part->name) != 0) {
			uf_refuse(&map->disagreement, UF_CHECK_MAP_OFFSET_MISMATCH,
				  "mtd%u is \"%s\" in /proc/mtd and \"%s\" in mtdparts",
				  entry->number, entry->name, part->name);
			return false;
		}
		if ((int)at != probe->parts.rest && entry->size != part->range.len) {
			disagree(map, part->name, "/proc/mtd", entry->size, "mtdparts",
				 part->range.len);
			return false;
		}
	}
	map->source = UF_MAP_FROM_CMDLINE;
	map->others += probe->entries.count - table->count;
	for (unsigned at = 0; at < table->count; at++)
		add_entry(map, &probe->entries.entry[at], table->part[at].range.off);
	return true;
}

/* sysfs is what the kernel does; mtdparts= is what it was told. */
static void compare_with_cmdline(const struct probe *probe, struct uf_map *map)
{
	const struct uf_table *table = &probe->parts.table;

	for (unsigned at = 0; at < table->count; at++) {
		const struct uf_partition *part = &table->part[at];
		int index = uf_table_by_name(&map->table, part->name);

		if (index < 0) {
			uf_refuse(&map->disagreement, UF_CHECK_MAP_OFFSET_MISMATCH,
				  "mtdparts has a partition \"%s\", /proc/mtd has none",
				  part->name);
			return;
		}
		if (map->table.part[index].range.off != part->range.off) {
			disagree(map, part->name, "sysfs", map->table.part[index].range.off,
				 "mtdparts", part->range.off);
			return;
		}
		if ((int)at != probe->parts.rest &&
		    map->table.part[index].range.len != part->range.len) {
			disagree(map, part->name, "/proc/mtd", map->table.part[index].range.len,
				 "mtdparts", part->range.len);
			return;
		}
	}
}

static uint64_t wanted_size(const struct uf_mtdparts *parts)
{
	uint64_t end = 0;

	for (unsigned at = 0; at < parts->table.count; at++)
		if (uf_range_end(parts->table.part[at].range) > end)
			end = uf_range_end(parts->table.part[at].range);
	return end;
}

static void place_entries(struct probe *probe, struct uf_map *map)
{
	bool told = find_mtdparts(probe, map);

	if (told)
		map->wanted_size = wanted_size(&probe->parts);
	if (any_sysfs_offset(&probe->entries)) {
		map_by_sysfs(probe, map);
		if (told)
			compare_with_cmdline(probe, map);
	} else if (!told || !map_by_cmdline(probe, map)) {
		map_by_order(probe, map);
	}
}

/* A partition behind the end of the flash stays in /proc/mtd with size 0. */
static void drop_empty(struct uf_map *map)
{
	for (unsigned at = map->table.count; at-- > 0;)
		if (map->table.part[at].range.len == 0) {
			remove_entry(map, at);
			map->empty++;
		}
}

static void sort_by_offset(struct uf_map *map)
{
	struct uf_table *table = &map->table;

	for (unsigned i = 1; i < table->count; i++)
		for (unsigned j = i; j && table->part[j].range.off < table->part[j - 1].range.off;
		     j--) {
			struct uf_partition part = table->part[j];
			struct uf_mtd mtd = map->mtd[j];

			table->part[j] = table->part[j - 1];
			map->mtd[j] = map->mtd[j - 1];
			table->part[j - 1] = part;
			map->mtd[j - 1] = mtd;
		}
}

static int check_erase_size(const struct uf_map *map, struct uf_error *err)
{
	for (unsigned at = 0; at < map->table.count; at++) {
		uint32_t size = map->mtd[at].erase_size;

		if (!uf_is_power_of_two(size) || size < NOR_PAGE_SIZE)
			return uf_refuse(err, UF_CHECK_MAP_UNALIGNED,
					 "mtd%u \"%s\" has an erase size of %" PRIu32
					 " bytes, expected a power of two of at least %d",
					 map->table.part[at].number, map->table.part[at].name, size,
					 NOR_PAGE_SIZE);
		if (size != map->erase_size)
			return uf_refuse(err, UF_CHECK_MAP_UNALIGNED,
					 "mtd%u has erase blocks of %" PRIu32
					 " bytes and mtd%u of %" PRIu32 ", expected one size",
					 map->table.part[0].number, map->erase_size,
					 map->table.part[at].number, size);
	}
	return UF_OK;
}

static uint32_t page_size(const struct probe *probe)
{
	uint32_t size = probe->entries.entry[0].write_size;

	return uf_is_power_of_two(size) && size > 1 && size <= NOR_PAGE_SIZE ? size : NOR_PAGE_SIZE;
}

static int read_entries(const char *root, struct probe *probe, struct uf_error *err)
{
	int ret = uf_read_text(root, "/proc/mtd", probe->proc_mtd, sizeof(probe->proc_mtd), NULL,
			       err);

	if (ret) {
		uf_advise(err, "This system shows no flash; to work on a dump file add: "
			       "-d file:PATH");
		return ret;
	}
	ret = proc_mtd_parse(probe->proc_mtd, &probe->entries, err);
	if (ret)
		return ret;
	if (!probe->entries.count) {
		uf_fail(err, UF_ERR_IO, "%s/proc/mtd lists no partition", root);
		uf_advise(err, "To work on a dump file add: -d file:PATH");
		return UF_ERR_IO;
	}
	sysfs_mtd_read(root, &probe->entries);
	/* No command line only means one source less. */
	uf_read_text(root, "/proc/cmdline", probe->cmdline, sizeof(probe->cmdline), NULL, NULL);
	return UF_OK;
}

static void make_map(struct probe *probe, struct uf_map *map)
{
	keep_first_flash(&probe->entries, map);
	place_entries(probe, map);
	drop_empty(map);
	drop_aliases(map);
	sort_by_offset(map);
	memcpy(map->type, probe->entries.entry[0].type, sizeof(map->type));
	map->page_size = page_size(probe);
	map->erase_size = map->mtd[0].erase_size;
	map->size = uf_table_end(&map->table);
	if (!map->size)
		uf_refuse(&map->tiling, UF_CHECK_MAP_GAP, "/proc/mtd: every partition has size 0");
	else if (map->tiling.code == UF_OK &&
		 uf_table_check_tiles(&map->table, map->size, &map->tiling) == UF_OK)
		check_erase_size(map, &map->tiling);
}

int uf_map_probe(const char *root, struct uf_map *map, struct uf_error *err)
{
	struct probe *probe = calloc(1, sizeof(*probe));
	int ret;

	memset(map, 0, sizeof(*map));
	if (!probe)
		return uf_fail(err, UF_ERR_MEMORY, "no memory to read the partition table");
	ret = read_entries(root, probe, err);
	if (!ret)
		make_map(probe, map);
	free(probe);
	return ret;
}

void uf_map_from_table(const struct uf_table *table, uint64_t size, uint32_t erase_size,
		       uint32_t page_size, struct uf_map *map)
{
	memset(map, 0, sizeof(*map));
	map->table = *table;
	for (unsigned at = 0; at < table->count; at++)
		map->mtd[at].erase_size = erase_size;
	map->source = UF_MAP_FROM_LAYOUT;
	map->size = size;
	map->erase_size = erase_size;
	map->page_size = page_size;
	memcpy(map->type, "nor", sizeof("nor"));
	/* That the table ends where the flash does is for the layout's check to judge. */
	uf_table_check_tiles(table, uf_table_end(table), &map->tiling);
}

const char *uf_map_source_name(enum uf_map_source source)
{
	static const char *const names[] = {
		[UF_MAP_FROM_LAYOUT] = "layout",
		[UF_MAP_FROM_SYSFS] = "sysfs",
		[UF_MAP_FROM_CMDLINE] = "mtdparts",
		[UF_MAP_FROM_PROC_MTD] = "/proc/mtd",
	};

	return names[source];
}
