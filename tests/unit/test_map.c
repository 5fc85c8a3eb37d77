/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Flash maps from what kernels show; the kernels are in map_fixtures.h. */
#include "expect.h"

#include "fake_root.h"
#include "map_fixtures.h"

#include "flash/proc_mtd.h"
#include "uniflash/check/geometry.h"
#include "uniflash/flash/map.h"
#include "uniflash/plan/target.h"

/* Room for a map as text. */
#define MAP_TEXT 16384

static void put(char *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void put(char *out, const char *format, ...)
{
	size_t len = strlen(out);
	va_list args;

	va_start(args, format);
	vsnprintf(out + len, MAP_TEXT - len, format, args);
	va_end(args);
}

static void put_parts(char *out, const struct uf_map *map)
{
	for (unsigned i = 0; i < map->table.count; i++) {
		const struct uf_partition *part = &map->table.part[i];

		put(out, "mtd%u %s 0x%llx 0x%llx", part->number, part->name,
		    (unsigned long long)part->range.off, (unsigned long long)part->range.len);
		if (map->mtd[i].erase_size != map->erase_size)
			put(out, " erase 0x%x", map->mtd[i].erase_size);
		put(out, map->mtd[i].readonly ? " ro\n" : "\n");
		assert_int_equal(part->role, UF_ROLE_UNKNOWN);
		assert_int_equal(part->content, UF_CONTENT_UNKNOWN);
		assert_false(part->per_device);
	}
}

/* The checks that refuse to write an image of the flash's size over this map. */
static uf_check_set refusals(const struct uf_map *map)
{
	const struct uf_geometry geometry = {map->size, map->erase_size, map->page_size};
	struct uf_image image = {.kind = UF_IMAGE_RAW, .size = map->size, .extents = 1};
	const struct uf_policy policy = {.tail = UF_TAIL_ASK};
	const struct uf_geometry_facts facts = {
		.map = map,
		.image_size = map->size,
		.tail = UF_TAIL_ASK,
	};
	struct uf_verdict verdict = {0};
	struct uf_target target = {0};
	struct uf_fingerprints *prints = NULL;
	struct uf_error err = {0};
	struct recorder recorder;
	uint8_t *buf;

	image.extent[0] = (struct uf_extent){.len = map->size, .span = map->size};
	recorder_begin(&recorder);
	uf_check_all(uf_map_checks, uf_map_check_count, &facts, &verdict, &recorder.hooks);
	uf_check_all(uf_size_checks, uf_size_check_count, &facts, &verdict, &recorder.hooks);
	uf_check_all(uf_tail_checks, uf_tail_check_count, &facts, &verdict, &recorder.hooks);
	if (verdict.refused & (UF_CHECK_BIT(UF_CHECK_MAP_GAP) | UF_CHECK_BIT(UF_CHECK_MAP_OVERLAP) |
			       UF_CHECK_BIT(UF_CHECK_MAP_UNALIGNED)))
		return verdict.refused; /* there is nothing to aim at */
	buf = malloc(map->erase_size);
	assert_non_null(buf);
	assert_int_equal(uf_fingerprints_new(&prints, &err), UF_OK);
	assert_int_equal(uf_target_init(&target, &geometry, prints, buf, &err), UF_OK);
	if (uf_target_decide(&target, map, &map->table, &image, &policy, &err) == UF_ERR_REFUSED)
		verdict.refused |= UF_CHECK_BIT(err.check);
	uf_target_free(&target);
	uf_fingerprints_free(prints);
	free(buf);
	return verdict.refused;
}

static void put_refusals(char *out, const struct uf_map *map)
{
	uf_check_set refused = refusals(map);

	for (int id = 0; id < UF_CHECK_COUNT; id++)
		if (refused & UF_CHECK_BIT(id))
			put(out, "refused %s\n", uf_check_name((enum uf_check_id)id));
}

/* A map as text: what is not there, or as usual, is left out. */
static void put_map(char *out, const struct uf_map *map)
{
	put(out, "%s size 0x%llx erase 0x%x page %u type %s\n", uf_map_source_name(map->source),
	    (unsigned long long)map->size, map->erase_size, map->page_size,
	    map->type[0] ? map->type : "?");
	put_parts(out, map);
	for (unsigned i = 0; i < map->aliases; i++)
		put(out, "alias mtd%u %s\n", map->alias[i].number, map->alias[i].name);
	if (map->empty)
		put(out, "empty %u\n", map->empty);
	if (map->others)
		put(out, "others %u\n", map->others);
	if (map->wanted_size > map->size)
		put(out, "wanted 0x%llx\n", (unsigned long long)map->wanted_size);
	if (map->disagreement.code)
		put(out, "disagreement %s\n", uf_check_name(map->disagreement.check));
	if (map->tiling.code)
		put(out, "tiling %s\n", uf_check_name(map->tiling.check));
	put_refusals(out, map);
}

static void show_doubts(const struct uf_map *map)
{
	if (map->disagreement.code)
		print_error("disagreement: %s\n", map->disagreement.what);
	if (map->tiling.code)
		print_error("tiling: %s\n", map->tiling.what);
}

/* Probe a kernel and compare the map with what it must be. */
static void test_fixture(void **state)
{
	const struct map_fixture *fixture = *state;
	static char text[MAP_TEXT];
	struct uf_map *map = test_malloc(sizeof(*map));
	struct uf_error err = {0};
	char *folder = make_folder();
	const char *doubts;
	int ret;

	memset(map, 0xa5, sizeof(*map));
	fake_root(folder, fixture->proc_mtd, fixture->cmdline, fixture->sysfs);
	ret = uf_map_probe(folder, map, &err);
	remove_folder(folder);
	expect_ok(ret, &err);
	text[0] = '\0';
	put_map(text, map);
	if (strcmp(text, fixture->map) != 0) {
		show_doubts(map);
		print_error("expected:\n%s\nbut found:\n%s\n", fixture->map, text);
		fail();
	}
	doubts = map->disagreement.code ? map->disagreement.what : map->tiling.what;
	for (unsigned i = 0; i < 3 && fixture->doubt[i]; i++)
		if (!strstr(doubts, fixture->doubt[i]))
			fail_msg("\"%s\" lacks \"%s\"", doubts, fixture->doubt[i]);
	test_free(map);
}

/* What /proc/mtd must not look like, and the line at which it is wrong. */
static void test_garbage(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(map_garbage) / sizeof(map_garbage[0]); i++) {
		const struct map_garbage *row = &map_garbage[i];
		struct uf_map *map = test_malloc(sizeof(*map));
		struct uf_error err = {0};
		char *folder = make_folder();
		char line[32];
		int ret;

		fake_root(folder, row->proc_mtd, "", NULL);
		ret = uf_map_probe(folder, map, &err);
		remove_folder(folder);
		test_free(map);
		snprintf(line, sizeof(line), "line %u", row->line);
		if (ret == UF_ERR_SYNTAX && err.code == UF_ERR_SYNTAX && strstr(err.what, line) &&
		    strstr(err.what, "/proc/mtd"))
			continue;
		print_error("expected %s in:\n%s\nbut found %d \"%s\"\n", line, row->proc_mtd, ret,
			    err.what);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

/* A system without any MTD. */
static void test_no_mtd(void **state)
{
	static const char *const texts[] = {NULL, "dev:    size   erasesize  name\n"};
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct uf_map *map = test_malloc(sizeof(*map));
		struct uf_error err = {0};
		char *folder = make_folder();
		int ret;

		fake_root(folder, texts[i], "", NULL);
		ret = uf_map_probe(folder, map, &err);
		remove_folder(folder);
		test_free(map);
		if (ret == UF_ERR_IO && err.code == UF_ERR_IO && err.what[0])
			continue;
		print_error("%s: %d \"%s\"\n", texts[i] ? texts[i] : "no file", ret, err.what);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

/* /proc/mtd with count partitions of 64 KiB. */
static char *many(unsigned count)
{
	char *text = test_malloc(64 + 40 * count);
	size_t len = (size_t)sprintf(text, "dev:    size   erasesize  name\n");

	for (unsigned i = 0; i < count; i++)
		len += (size_t)sprintf(text + len, "mtd%u: 00040000 00008000 \"p%u\"\n", i, i);
	return text;
}

static int probe_many(unsigned count, struct uf_map *map, struct uf_error *err)
{
	char *folder = make_folder(), *text = many(count);
	int ret;

	memset(err, 0, sizeof(*err));
	fake_root(folder, text, "", "");
	ret = uf_map_probe(folder, map, err);
	remove_folder(folder);
	test_free(text);
	return ret;
}

static void test_many(void **state)
{
	struct uf_map *map = test_malloc(sizeof(*map));
	struct uf_error err;

	(void)state;
	expect_ok(probe_many(UF_PARTITIONS_MAX, map, &err), &err);
	assert_int_equal(map->table.count, UF_PARTITIONS_MAX);
	assert_int_equal(map->size, 16777216);
	assert_int_equal(map->tiling.code, 0);
	assert_string_equal(map->table.part[63].name, "p63");
	assert_int_equal(map->table.part[63].range.off, 63 * 0x40000);
	test_free(map);
}

/* More than a map can hold is refused, not cut: half a table is worse than none. */
static void test_too_many(void **state)
{
	static const unsigned counts[] = {UF_PARTITIONS_MAX + 1, 2 * UF_PARTITIONS_MAX,
					  2 * UF_PARTITIONS_MAX + 1, 300};
	struct uf_map *map = test_malloc(sizeof(*map));
	struct uf_error err;
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		if (probe_many(counts[i], map, &err) < 0 ? !err.what[0] : !refusals(map)) {
			print_error("%u partitions were taken\n", counts[i]);
			wrong++;
		}
	}
	test_free(map);
	assert_int_equal(wrong, 0);
}

/* 64 partitions and an `all` beside them: the right map or a refusal. */
static void test_many_and_alias(void **state)
{
	struct uf_map *map = test_malloc(sizeof(*map));
	char *folder = make_folder(), *text = many(UF_PARTITIONS_MAX);
	char *whole = test_malloc(strlen(text) + 64);
	struct uf_error err = {0};
	int ret;

	(void)state;
	sprintf(whole, "%smtd64: 01000000 00008000 \"all\"\n", text);
	fake_root(folder, whole, "", "*: dir=platform/spi/mtd offset=+\n64: offset=0\n");
	ret = uf_map_probe(folder, map, &err);
	remove_folder(folder);
	test_free(whole);
	test_free(text);
	if (ret == UF_OK && !refusals(map)) {
		assert_int_equal(map->table.count, UF_PARTITIONS_MAX);
		assert_int_equal(map->table.part[63].number, 63);
		assert_int_equal(map->tiling.code, 0);
		assert_int_equal(map->aliases, 1);
		assert_int_equal(map->alias[0].number, 64);
	}
	test_free(map);
}

/* The size of a program page is that of the chip: what sysfs has of it where that is more than
 * the 256 bytes that every chip of this kind takes at once. Smaller ones, 1 most of all, are what
 * can be written at least. */
static void test_page_size(void **state)
{
	static const struct {
		const char *rules;
		unsigned page;
	} rows[] = {
		{NULL, 256},
		{"*: writesize=-\n", 256},
		{"*: writesize=1\n", 256},
		{"*: writesize=16\n", 256},
		{"*: writesize=256\n", 256},
		{"*: writesize=512\n", 512},
		{"*: writesize=garbage\n", 256},
	};
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct uf_map *map = test_malloc(sizeof(*map));
		struct uf_error err = {0};
		char *folder = make_folder();
		int ret;

		fake_root(folder, HEADER "mtd0: 01000000 00010000 \"flash\"\n", "", rows[i].rules);
		ret = uf_map_probe(folder, map, &err);
		remove_folder(folder);
		if (ret != UF_OK || map->page_size != rows[i].page) {
			print_error("%s: %d, page %u\n", rows[i].rules, ret, map->page_size);
			wrong++;
		}
		test_free(map);
	}
	assert_int_equal(wrong, 0);
}

/* One of the offsets cannot be had, or is garbage: the right map from another source or a
 * refusal, but no map that is wrong. */
static void test_offset_missing(void **state)
{
	static const char *const rules[] = {
		"*: dir=platform/spi/mtd offset=+\n0: offset=-\n",
		"*: dir=platform/spi/mtd offset=+\n1: offset=-\n",
		"*: dir=platform/spi/mtd offset=+\n10: offset=-\n",
		"*: dir=platform/spi/mtd offset=+\n1: absent=1\n",
		"*: dir=platform/spi/mtd offset=-\n2: offset=0x240000\n",
		"*: dir=platform/spi/mtd offset=-\n2: offset=0\n",
		"*: dir=platform/spi/mtd offset=+\n3: offset=0xfffffffffffff000\n",
	};
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		static char text[MAP_TEXT];
		struct uf_map *map = test_malloc(sizeof(*map));
		struct uf_error err = {0};
		char *folder = make_folder();
		int ret;

		fake_root(folder, DAFANG_MTD("00008000"), "", rules[i]);
		ret = uf_map_probe(folder, map, &err);
		remove_folder(folder);
		text[0] = '\0';
		if (ret == UF_OK)
			put_parts(text, map);
		if (ret == UF_OK && strcmp(text, DAFANG_MAP) != 0 && !refusals(map)) {
			print_error("%sfound:\n%s\n", rules[i], text);
			wrong++;
		}
		test_free(map);
	}
	assert_int_equal(wrong, 0);
}

/* A command line as long as MIPS kernels have them, the table at its end. */
static void test_long_cmdline(void **state)
{
	struct uf_map *map = test_malloc(sizeof(*map));
	char *folder = make_folder(), *cmdline = test_malloc(5000);
	struct uf_error err = {0};
	int ret;

	(void)state;
	memset(cmdline, 'x', 4000);
	cmdline[3700] = ' ';
	strcpy(cmdline + 3701, "mtdparts=" DAFANG_PARTS "\n");
	fake_root(folder, DAFANG_MTD("00008000"), cmdline, "");
	ret = uf_map_probe(folder, map, &err);
	remove_folder(folder);
	test_free(cmdline);
	expect_ok(ret, &err);
	assert_int_equal(map->source, UF_MAP_FROM_CMDLINE);
	assert_int_equal(map->disagreement.code, 0);
	test_free(map);
}

/* 64 partitions with names of 63 characters. */
static void test_long_names(void **state)
{
	struct uf_map *map = test_malloc(sizeof(*map));
	char *folder = make_folder(), *text = test_malloc(64 * 128);
	size_t len = (size_t)sprintf(text, HEADER);
	struct uf_error err = {0};
	char name[UF_NAME_MAX + 1];
	int ret;

	(void)state;
	for (unsigned i = 0; i < UF_PARTITIONS_MAX; i++)
		len += (size_t)sprintf(text + len, "mtd%u: 00040000 00008000 \"%063u\"\n", i, i);
	fake_root(folder, text, "", "");
	ret = uf_map_probe(folder, map, &err);
	remove_folder(folder);
	test_free(text);
	expect_ok(ret, &err);
	assert_int_equal(map->table.count, UF_PARTITIONS_MAX);
	assert_int_equal(map->size, 16777216);
	snprintf(name, sizeof(name), "%063d", 63);
	assert_string_equal(map->table.part[63].name, name);
	test_free(map);
}

/* Probing twice gives the same: nothing of the first is left in the second. */
static void test_again(void **state)
{
	struct uf_map *a = test_malloc(sizeof(*a)), *b = test_malloc(sizeof(*b));
	struct uf_error err = {0};
	char *folder = make_folder();

	(void)state;
	fake_root(folder, map_fixtures[0].proc_mtd, map_fixtures[0].cmdline, map_fixtures[0].sysfs);
	memset(a, 0, sizeof(*a));
	memset(b, 0xff, sizeof(*b));
	expect_ok(uf_map_probe(folder, a, &err), &err);
	expect_ok(uf_map_probe(folder, b, &err), &err);
	assert_int_equal(a->table.count, b->table.count);
	assert_int_equal(a->empty, b->empty);
	assert_int_equal(a->others, b->others);
	assert_int_equal(a->aliases, b->aliases);
	assert_int_equal(a->disagreement.code, b->disagreement.code);
	assert_int_equal(a->tiling.code, b->tiling.code);
	assert_string_equal(a->type, b->type);
	remove_folder(folder);
	test_free(a);
	test_free(b);
}

static void test_source_names(void **state)
{
	(void)state;
	assert_string_equal(uf_map_source_name(UF_MAP_FROM_SYSFS), "sysfs");
	assert_string_equal(uf_map_source_name(UF_MAP_FROM_CMDLINE), "mtdparts");
	assert_string_equal(uf_map_source_name(UF_MAP_FROM_PROC_MTD), "/proc/mtd");
	assert_string_equal(uf_map_source_name(UF_MAP_FROM_LAYOUT), "layout");
}

/* The map of a dump file. */
static void test_from_table(void **state)
{
	struct uf_map *map = test_malloc(sizeof(*map));
	struct uf_table table = {0};
	struct uf_error err = {0};

	(void)state;
	uf_table_add(&table, "boot", 4, (struct uf_range){0, 0x40000}, &err);
	uf_table_add(&table, "rest", 4, (struct uf_range){0x40000, 0x7c0000}, &err);
	table.part[1].role = UF_ROLE_DATA;
	table.part[1].per_device = true;
	memset(map, 0xa5, sizeof(*map));
	uf_map_from_table(&table, 0x800000, 0x8000, 256, map);
	assert_int_equal(map->size, 0x800000);
	assert_int_equal(map->erase_size, 0x8000);
	assert_int_equal(map->page_size, 256);
	assert_int_equal(map->source, UF_MAP_FROM_LAYOUT);
	assert_int_equal(map->table.count, 2);
	assert_string_equal(map->table.part[1].name, "rest");
	assert_int_equal(map->table.part[1].range.len, 0x7c0000);
	assert_int_equal(map->table.part[1].role, UF_ROLE_DATA);
	assert_true(map->table.part[1].per_device);
	assert_int_equal(map->mtd[0].erase_size, 0x8000);
	assert_int_equal(map->mtd[1].erase_size, 0x8000);
	assert_false(map->mtd[1].readonly);
	assert_int_equal(map->aliases, 0);
	assert_int_equal(map->empty, 0);
	assert_int_equal(map->others, 0);
	assert_int_equal(map->disagreement.code, 0);
	assert_int_equal(map->tiling.code, 0);
	/* a table with a hole in it, or with two that share a block, is doubted */
	table.part[1].range.off = 0x48000;
	uf_map_from_table(&table, 0x800000, 0x8000, 256, map);
	assert_int_equal(map->tiling.check, UF_CHECK_MAP_GAP);
	table.part[1].range.off = 0x38000;
	uf_map_from_table(&table, 0x800000, 0x8000, 256, map);
	assert_int_equal(map->tiling.check, UF_CHECK_MAP_OVERLAP);
	test_free(map);
}

/* /proc/mtd by itself. */
static void test_proc_mtd(void **state)
{
	struct mtd_entries *entries = test_malloc(sizeof(*entries));
	struct uf_error err = {0};

	(void)state;
	memset(entries, 0xa5, sizeof(*entries));
	expect_ok(proc_mtd_parse("dev:    size   erasesize  name\n"
				 "mtd0: 00040000 00008000 \"boot\"\n"
				 "mtd12: 100000000 00020000 \"a \"b\" c\"\n",
				 entries, &err),
		  &err);
	assert_int_equal(entries->count, 2);
	assert_int_equal(entries->entry[0].number, 0);
	assert_string_equal(entries->entry[0].name, "boot");
	assert_int_equal(entries->entry[0].size, 0x40000);
	assert_int_equal(entries->entry[0].erase_size, 0x8000);
	assert_false(entries->entry[0].has_offset);
	assert_string_equal(entries->entry[0].flash, "");
	assert_int_equal(entries->entry[0].parent, -1);
	assert_int_equal(entries->entry[1].number, 12);
	assert_string_equal(entries->entry[1].name, "a \"b\" c");
	assert_true(entries->entry[1].size == 0x100000000);
	test_free(entries);
}

/* What sysfs adds to it. */
static void test_sysfs(void **state)
{
	struct mtd_entries *entries = test_malloc(sizeof(*entries));
	struct uf_error err = {0};
	char *folder = make_folder();
	static const char proc_mtd[] = "dev:    size   erasesize  name\n"
				       "mtd0: 00100000 00001000 \"chip\"\n"
				       "mtd1: 00080000 00001000 \"a\"\n"
				       "mtd2: 00080000 00001000 \"b\"\n"
				       "mtd3: 00100000 00001000 \"other\"\n";

	(void)state;
	fake_root(folder, proc_mtd, "",
		  "*: dir=platform/spi/spi0.0/mtd\n"
		  "0: writesize=1\n"
		  "1: below=0 offset=0x0\n"
		  "2: below=0 offset=0x80000 flags=0x800 writesize=512\n"
		  "3: absent=1\n");
	expect_ok(proc_mtd_parse(proc_mtd, entries, &err), &err);
	sysfs_mtd_read(folder, entries);
	remove_folder(folder);
	assert_int_equal(entries->count, 4);
	assert_false(entries->entry[0].has_offset);
	assert_int_equal(entries->entry[0].parent, -1);
	assert_int_equal(entries->entry[0].write_size, 1);
	assert_string_equal(entries->entry[0].type, "nor");
	assert_true(entries->entry[1].has_offset);
	assert_int_equal(entries->entry[1].offset, 0);
	assert_int_equal(entries->entry[1].parent, 0);
	assert_false(entries->entry[1].readonly);
	assert_true(entries->entry[2].has_offset);
	assert_int_equal(entries->entry[2].offset, 0x80000);
	assert_int_equal(entries->entry[2].parent, 0);
	assert_int_equal(entries->entry[2].write_size, 512);
	assert_true(entries->entry[2].readonly);
	assert_string_equal(entries->entry[1].flash, entries->entry[0].flash);
	assert_string_equal(entries->entry[2].flash, entries->entry[0].flash);
	assert_true(entries->entry[0].flash[0] != '\0');
	assert_false(entries->entry[3].has_offset);
	assert_int_equal(entries->entry[3].parent, -1);
	assert_int_equal(entries->entry[3].write_size, 0);
	assert_string_equal(entries->entry[3].flash, "");
	assert_string_equal(entries->entry[3].type, "");
	test_free(entries);
}

#define FIXTURES_COUNT (sizeof(map_fixtures) / sizeof(map_fixtures[0]))

int main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(test_garbage),        cmocka_unit_test(test_no_mtd),
		cmocka_unit_test(test_many),           cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_many_and_alias), cmocka_unit_test(test_page_size),
		cmocka_unit_test(test_long_cmdline),   cmocka_unit_test(test_long_names),
		cmocka_unit_test(test_offset_missing), cmocka_unit_test(test_again),
		cmocka_unit_test(test_source_names),   cmocka_unit_test(test_from_table),
		cmocka_unit_test(test_proc_mtd),       cmocka_unit_test(test_sysfs),
	};
	struct CMUnitTest tests[FIXTURES_COUNT + sizeof(others) / sizeof(others[0])] = {0};

	memcpy(tests, others, sizeof(others));
	for (size_t i = 0; i < FIXTURES_COUNT; i++) {
		struct CMUnitTest *test = &tests[sizeof(others) / sizeof(others[0]) + i];

		test->name = map_fixtures[i].name;
		test->test_func = test_fixture;
		test->initial_state = (void *)(uintptr_t)&map_fixtures[i];
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
