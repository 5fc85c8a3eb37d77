/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/flash/map.h"

#include "proc_mtd.h"
#include "uniflash/flash/mtdparts.h"
#include "uniflash/util/textfile.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* SPI NOR programs 256 bytes at a time (every datasheet in use; JESD216 has it as the default); a
 * few large chips take more. */
#define NOR_PAGE_SIZE 256
#define NOR_PAGE_MAX  4096

/* An entry and where on the flash it lies. */
struct place {
	const struct mtd_entry *entry;
	struct uf_range range;
};

/* What a probe reads; too much for a stack. */
struct probe {
	char proc_mtd[16384];
	char cmdline[8192];
	struct mtd_entries entries;
	struct uf_mtdparts parts;
	unsigned placed;
	struct place place[ENTRIES_MAX];
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

static void drop_alias(struct uf_map *map, const struct mtd_entry *entry)
{
	struct uf_alias *alias = &map->alias[map->aliases];

	if (map->aliases == UF_PARTITIONS_MAX)
		return;
	alias->number = entry->number;
	memcpy(alias->name, entry->name, sizeof(alias->name));
	map->aliases++;
}

/* Enter what is left of the placed entries into the map, in order of their offsets. */
static int fill_map(const struct probe *probe, struct uf_map *map, struct uf_error *err)
{
	for (unsigned at = 0; at < probe->placed; at++) {
		const struct mtd_entry *entry = probe->place[at].entry;
		struct uf_mtd *mtd = &map->mtd[map->table.count];
		int ret = uf_table_add(&map->table, entry->name, strlen(entry->name),
				       probe->place[at].range, err);

		if (ret)
			return ret;
		map->table.part[map->table.count - 1].number = entry->number;
		mtd->erase_size = entry->erase_size;
		mtd->readonly = entry->readonly;
	}
	return UF_OK;
}

static void add_entry(struct probe *probe, const struct mtd_entry *entry, uint64_t offset)
{
	struct place *place = &probe->place[probe->placed++];

	place->entry = entry;
	place->range = (struct uf_range){offset, entry->size};
}

static void remove_place(struct probe *probe, unsigned index)
{
	memmove(&probe->place[index], &probe->place[index + 1],
		(probe->placed - index - 1) * sizeof(probe->place[0]));
	probe->placed--;
}

static void drop_aliases(struct probe *probe, struct uf_map *map)
{
	struct uf_range range[ENTRIES_MAX];
	int alias;

	do {
		for (unsigned at = 0; at < probe->placed; at++)
			range[at] = probe->place[at].range;
		alias = uf_ranges_find_alias(range, probe->placed);
		if (alias < 0)
			return;
		drop_alias(map, probe->place[alias].entry);
		remove_place(probe, (unsigned)alias);
	} while (probe->placed);
}

/* Beside partitions with offsets, an entry without one is the whole flash that they are parts of,
 * or another flash. */
static bool is_parent(const struct mtd_entries *entries, unsigned number)
{
	for (unsigned at = 0; at < entries->count; at++)
		if (entries->entry[at].parent == (int)number)
			return true;
	return false;
}

static void map_by_sysfs(struct probe *probe, struct uf_map *map)
{
	const struct mtd_entries *entries = &probe->entries;

	map->source = UF_MAP_FROM_SYSFS;
	for (unsigned at = 0; at < entries->count; at++) {
		const struct mtd_entry *entry = &entries->entry[at];

		if (entry->has_offset || is_parent(entries, entry->number))
			add_entry(probe, entry, sysfs_offset(entries, entry));
		else
			map->others++;
	}
}

/* Without offsets only the names can tell that an entry shows the others again. */
static bool named_alias(const char *name)
{
	return strcmp(name, "all") == 0 || strcmp(name, "upgrade") == 0;
}

static bool only_aliases(const struct mtd_entries *entries)
{
	for (unsigned at = 0; at < entries->count; at++)
		if (!named_alias(entries->entry[at].name))
			return false;
	return true;
}

static void map_by_order(struct probe *probe, struct uf_map *map)
{
	bool keep_all = only_aliases(&probe->entries);
	uint64_t offset = 0;

	map->source = UF_MAP_FROM_PROC_MTD;
	for (unsigned at = 0; at < probe->entries.count; at++) {
		const struct mtd_entry *entry = &probe->entries.entry[at];

		if (named_alias(entry->name) && !keep_all) {
			drop_alias(map, entry);
			continue;
		}
		add_entry(probe, entry, offset);
		offset += entry->size;
	}
}

/* Whether the entries in order are what the definition says; map->disagreement tells where not. */
static bool agrees_with_cmdline(const struct probe *probe, struct uf_map *map)
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
	return true;
}

/* One entry for each partition of the definition; what follows is another flash. */
static bool map_by_cmdline(struct probe *probe, struct uf_map *map)
{
	const struct uf_table *table = &probe->parts.table;

	if (!agrees_with_cmdline(probe, map))
		return false;
	map->source = UF_MAP_FROM_CMDLINE;
	map->others += probe->entries.count - table->count;
	for (unsigned at = 0; at < table->count; at++)
		add_entry(probe, &probe->entries.entry[at], table->part[at].range.off);
	return true;
}

static const struct place *place_by_name(const struct probe *probe, const char *name)
{
	for (unsigned at = 0; at < probe->placed; at++)
		if (strcmp(probe->place[at].entry->name, name) == 0)
			return &probe->place[at];
	return NULL;
}

/* sysfs is what the kernel does; mtdparts= is what it was told. */
static void compare_with_cmdline(const struct probe *probe, struct uf_map *map)
{
	const struct uf_table *table = &probe->parts.table;

	for (unsigned at = 0; at < table->count && map->disagreement.code == UF_OK; at++) {
		const struct uf_partition *part = &table->part[at];
		const struct place *place = place_by_name(probe, part->name);

		if (!place)
			uf_refuse(&map->disagreement, UF_CHECK_MAP_OFFSET_MISMATCH,
				  "mtdparts has a partition \"%s\", /proc/mtd has none",
				  part->name);
		else if (place->range.off != part->range.off)
			disagree(map, part->name, "sysfs", place->range.off, "mtdparts",
				 part->range.off);
		else if ((int)at != probe->parts.rest && place->range.len != part->range.len)
			disagree(map, part->name, "/proc/mtd", place->range.len, "mtdparts",
				 part->range.len);
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
static void drop_empty(struct probe *probe, struct uf_map *map)
{
	for (unsigned at = probe->placed; at-- > 0;)
		if (probe->place[at].range.len == 0) {
			remove_place(probe, at);
			map->empty++;
		}
}

static void sort_by_offset(struct probe *probe)
{
	for (unsigned i = 1; i < probe->placed; i++)
		for (unsigned j = i; j && probe->place[j].range.off < probe->place[j - 1].range.off;
		     j--) {
			struct place place = probe->place[j];

			probe->place[j] = probe->place[j - 1];
			probe->place[j - 1] = place;
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

/* Kernels of cameras tell the page (256); mainline ones say 1, for that is what they accept. */
static uint32_t page_size(const struct probe *probe)
{
	uint32_t size = probe->entries.entry[0].write_size;

	return uf_is_power_of_two(size) && size >= NOR_PAGE_SIZE && size <= NOR_PAGE_MAX
		       ? size
		       : NOR_PAGE_SIZE;
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

/* Numbers that no flash has must not wrap around to ones that it could. */
static int check_ranges(const struct probe *probe, struct uf_error *err)
{
	for (unsigned at = 0; at < probe->placed; at++) {
		struct uf_range range = probe->place[at].range;

		if (range.off > INT64_MAX || range.len > INT64_MAX - range.off)
			return uf_fail(err, UF_ERR_SYNTAX,
				       "mtd%u \"%s\" has 0x%" PRIx64 " bytes at 0x%" PRIx64
				       ": no flash is that large",
				       probe->place[at].entry->number, probe->place[at].entry->name,
				       range.len, range.off);
	}
	return UF_OK;
}

static int make_map(struct probe *probe, struct uf_map *map, struct uf_error *err)
{
	int ret;

	keep_first_flash(&probe->entries, map);
	place_entries(probe, map);
	ret = check_ranges(probe, err);
	if (ret)
		return ret;
	drop_empty(probe, map);
	drop_aliases(probe, map);
	sort_by_offset(probe);
	ret = fill_map(probe, map, err);
	if (ret)
		return ret;
	memcpy(map->type, probe->entries.entry[0].type, sizeof(map->type));
	map->page_size = page_size(probe);
	map->erase_size = map->mtd[0].erase_size;
	map->size = uf_table_end(&map->table);
	if (!map->size)
		uf_refuse(&map->tiling, UF_CHECK_MAP_GAP, "/proc/mtd: every partition has size 0");
	else if (uf_table_check_tiles(&map->table, map->size, &map->tiling) == UF_OK)
		check_erase_size(map, &map->tiling);
	return UF_OK;
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
		ret = make_map(probe, map, err);
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
