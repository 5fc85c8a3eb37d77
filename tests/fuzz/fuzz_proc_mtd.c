/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * /proc/mtd alone, and the map that it, the command line and sysfs give together.
 *
 * Input: the texts of /proc/mtd and of /proc/cmdline up to a NUL each, then what sysfs says of each
 * entry. The functions that read files are this file's own: no input ever becomes a file.
 */
#include <inttypes.h>

#include "flash/proc_mtd.h"
#include "tables.h"
#include "uniflash/util/textfile.h"

/* Bits of an entry of sysfs. */
#define HAS_OFFSET 1
#define HAS_PARENT 2
#define OTHER      4 /* it is on another flash */
#define WRITE_SIZE 8
#define ABSURD     16 /* an offset that no flash has */

static const char *proc_mtd, *cmdline;
static struct fuzz_input sysfs;

/* For map.c, in place of src/util/textfile.c: it has to cut as that does. */
int uf_read_text(const char *root, const char *path, char *buf, size_t size, size_t *len,
		 struct uf_error *err)
{
	const char *text = strcmp(path, "/proc/mtd") == 0 ? proc_mtd : cmdline;

	CHECK(!*root && !len && (text == proc_mtd || strcmp(path, "/proc/cmdline") == 0));
	buf[0] = '\0';
	if (strlen(text) >= size)
		return uf_fail(err, UF_ERR_IO, "%s is longer than %zu bytes", path, size - 1);
	memcpy(buf, text, strlen(text) + 1);
	return UF_OK;
}

/* For map.c, in place of src/flash/sysfs_mtd.c. */
void sysfs_mtd_read(const char *root, struct mtd_entries *entries)
{
	struct fuzz_input input = sysfs;

	(void)root;
	for (unsigned at = 0; at < entries->count && input.left; at++) {
		struct mtd_entry *entry = &entries->entry[at];
		unsigned bits = (unsigned)fuzz_take(&input, 1);

		if (bits & HAS_OFFSET) {
			entry->has_offset = true;
			entry->offset = fuzz_take(&input, 2) << (bits & ABSURD ? 48 : 12);
		}
		if (bits & HAS_PARENT)
			entry->parent = (int)fuzz_take(&input, 1);
		if (bits & OTHER)
			memcpy(entry->flash, "other", sizeof("other"));
		if (bits & WRITE_SIZE)
			entry->write_size = (uint32_t)fuzz_take(&input, 2);
		memcpy(entry->type, "nor", sizeof("nor"));
	}
}

static void check_entries(const struct mtd_entries *entries)
{
	CHECK(entries->count <= ENTRIES_MAX);
	for (unsigned at = 0; at < entries->count; at++) {
		const struct mtd_entry *entry = &entries->entry[at];

		CHECK(fuzz_ends(entry->name, sizeof(entry->name)));
		CHECK(entry->parent == -1 && !entry->has_offset && !entry->flash[0]);
		for (unsigned other = 0; other < at; other++)
			CHECK(entries->entry[other].number != entry->number);
	}
}

/* What is written as the kernel does gives the same. */
static void check_again(const struct mtd_entries *entries)
{
	static char out[ENTRIES_MAX * 128 + 64];
	static struct mtd_entries again;
	size_t len = (size_t)snprintf(out, sizeof(out), "dev:    size   erasesize  name\n");
	char *text;

	for (unsigned at = 0; at < entries->count; at++)
		len += (size_t)snprintf(out + len, sizeof(out) - len,
					"mtd%u: %08" PRIx64 " %08" PRIx32 " \"%s\"\n",
					entries->entry[at].number, entries->entry[at].size,
					entries->entry[at].erase_size, entries->entry[at].name);
	text = fuzz_text((const uint8_t *)out, len);
	CHECK(proc_mtd_parse(text, &again, NULL) == UF_OK && again.count == entries->count);
	for (unsigned at = 0; at < entries->count; at++)
		CHECK(memcmp(&again.entry[at], &entries->entry[at], sizeof(again.entry[at])) == 0);
	free(text);
}

static void check_alone(void)
{
	static struct mtd_entries entries;
	struct uf_error err;
	int ret = proc_mtd_parse(proc_mtd, &entries, &err);

	if (ret) {
		fuzz_check_error(ret, &err);
		return;
	}
	check_entries(&entries);
	check_again(&entries);
}

/* Where a doubt is told it is one; where none is, the partitions tile the flash. */
static void check_doubts(const struct uf_map *map)
{
	if (map->disagreement.code)
		fuzz_check_error(map->disagreement.code, &map->disagreement);
	if (map->tiling.code) {
		fuzz_check_error(map->tiling.code, &map->tiling);
		return;
	}
	CHECK(map->size && fuzz_tiles(&map->table, map->size));
	CHECK(uf_is_power_of_two(map->erase_size));
	for (unsigned at = 0; at < map->table.count; at++)
		CHECK(map->mtd[at].erase_size == map->erase_size);
}

static void check_map(const struct uf_map *map)
{
	fuzz_check_table(&map->table);
	CHECK(map->size == uf_table_end(&map->table));
	CHECK(uf_is_power_of_two(map->page_size) && map->page_size <= 4096);
	CHECK(uf_map_source_name(map->source)[0] && map->source != UF_MAP_FROM_LAYOUT);
	CHECK(map->aliases <= UF_PARTITIONS_MAX);
	for (unsigned at = 0; at < map->aliases; at++)
		CHECK(fuzz_ends(map->alias[at].name, sizeof(map->alias[at].name)));
	for (unsigned at = 0; at < map->table.count; at++)
		CHECK(map->table.part[at].range.len);
	CHECK(map->table.count + map->aliases + map->empty + map->others <= ENTRIES_MAX);
	CHECK(fuzz_ends(map->type, sizeof(map->type)));
	check_doubts(map);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = {data, size};
	char *first = fuzz_take_text(&input);
	char *second = fuzz_take_text(&input);
	static struct uf_map map;
	struct uf_error err;
	int ret;

	proc_mtd = first;
	cmdline = second;
	sysfs = input;
	check_alone();
	memset(&map, 0xa5, sizeof(map));
	ret = uf_map_probe("", &map, &err);
	if (ret)
		fuzz_check_error(ret, &err);
	else
		check_map(&map);
	free(second);
	free(first);
	return 0;
}
