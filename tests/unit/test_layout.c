/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Layouts: the tables that are compiled in, their text format, and finding one. */
#include "expect.h"

#include <stdlib.h>
#include <unistd.h>

#include "uniflash/layout/layout.h"
#include "uniflash/util/textfile.h"

/* What is known of the tables of the cameras, typed here a second time. */
struct fact {
	const char *name;
	uint64_t off, len;
	enum uf_role role;       /* UF_ROLE_UNKNOWN: not settled */
	enum uf_content content; /* UF_CONTENT_UNKNOWN: not settled */
	bool per_device;
};

static const struct fact dafang[] = {
	{"boot", 0x000000, 0x040000, UF_ROLE_BOOT, UF_CONTENT_RAW, false},
	{"kernel", 0x040000, 0x200000, UF_ROLE_KERNEL, UF_CONTENT_UIMAGE, false},
	{"root", 0x240000, 0x350000, UF_ROLE_ROOTFS, UF_CONTENT_SQUASHFS, false},
	{"driver", 0x590000, 0x0a0000, UF_ROLE_APP, UF_CONTENT_SQUASHFS, false},
	{"appfs", 0x630000, 0x4a0000, UF_ROLE_APP, UF_CONTENT_JFFS2, false},
	{"backupk", 0xad0000, 0x200000, UF_ROLE_STAGING, UF_CONTENT_UNKNOWN, false},
	{"backupd", 0xcd0000, 0x0a0000, UF_ROLE_STAGING, UF_CONTENT_UNKNOWN, false},
	{"backupa", 0xd70000, 0x200000, UF_ROLE_STAGING, UF_CONTENT_JFFS2, false},
	{"config", 0xf70000, 0x040000, UF_ROLE_DATA, UF_CONTENT_JFFS2, true},
	{"para", 0xfb0000, 0x040000, UF_ROLE_DATA, UF_CONTENT_JFFS2, true},
	{"flag", 0xff0000, 0x010000, UF_ROLE_FLAG, UF_CONTENT_RAW, false},
};

static const struct fact wyze_t31[] = {
	{"boot", 0x000000, 0x040000, UF_ROLE_BOOT, UF_CONTENT_RAW, false},
	{"kernel", 0x040000, 0x1f0000, UF_ROLE_KERNEL, UF_CONTENT_UIMAGE, false},
	{"rootfs", 0x230000, 0x3d0000, UF_ROLE_ROOTFS, UF_CONTENT_SQUASHFS, false},
	{"app", 0x600000, 0x3d0000, UF_ROLE_APP, UF_CONTENT_SQUASHFS, false},
	{"kback", 0x9d0000, 0x1f0000, UF_ROLE_STAGING, UF_CONTENT_UNKNOWN, false},
	{"aback", 0xbc0000, 0x3d0000, UF_ROLE_STAGING, UF_CONTENT_RAW, false},
	{"cfg", 0xf90000, 0x060000, UF_ROLE_DATA, UF_CONTENT_JFFS2, true},
	{"para", 0xff0000, 0x010000, UF_ROLE_FLAG, UF_CONTENT_RAW, false},
};

static const struct fact sxj02zm[] = {
	{"boot", 0x000000, 0x040000, UF_ROLE_BOOT, UF_CONTENT_UNKNOWN, false},
	{"kernel", 0x040000, 0x280000, UF_ROLE_KERNEL, UF_CONTENT_UIMAGE, false},
	{"rootfs", 0x2c0000, 0x6f0000, UF_ROLE_ROOTFS, UF_CONTENT_UNKNOWN, false},
	{"data", 0x9b0000, 0x630000, UF_ROLE_UNKNOWN, UF_CONTENT_UNKNOWN, false},
	{"config", 0xfe0000, 0x010000, UF_ROLE_DATA, UF_CONTENT_UNKNOWN, true},
	{"factory", 0xff0000, 0x010000, UF_ROLE_DATA, UF_CONTENT_UNKNOWN, true},
};

static const struct fact openmiko[] = {
	{"boot", 0x000000, 0x040000, UF_ROLE_BOOT, UF_CONTENT_UNKNOWN, false},
	{"kernel", 0x040000, 0x200000, UF_ROLE_KERNEL, UF_CONTENT_UIMAGE, false},
	{NULL, 0x240000, 13828096, UF_ROLE_ROOTFS, UF_CONTENT_JFFS2, false},
	{NULL, 0xf70000, 0x040000, UF_ROLE_DATA, UF_CONTENT_UNKNOWN, true},
	{NULL, 0xfb0000, 0x040000, UF_ROLE_DATA, UF_CONTENT_UNKNOWN, true},
	{NULL, 0xff0000, 0x010000, UF_ROLE_UNKNOWN, UF_CONTENT_UNKNOWN, false},
};

static const struct {
	const char *name, *soc;
	const char *devices[5]; /* that it must name */
	uint32_t erase_size;    /* 0: not settled */
	const struct fact *facts;
	unsigned count;
} layouts[] = {
	{"dafang",
	 "T20",
	 {"Dafang", "Xiaofang", "Wyze Cam v2", "Wyze Cam Pan", "Neos"},
	 0x8000,
	 dafang,
	 11},
	{"wyze-t31", "T31", {"Wyze Cam v3", "Pan v2", "Pan v3", "ATOM"}, 0, wyze_t31, 8},
	{"sxj02zm", "T20", {"SXJ02ZM"}, 0, sxj02zm, 6},
	{"openmiko", "T20", {"Dafang", "Xiaofang", "Wyze Cam v2"}, 0x8000, openmiko, 6},
};

#define LAYOUT_COUNT (sizeof(layouts) / sizeof(layouts[0]))

static struct uf_layout get(const char *name)
{
	struct uf_layout layout;
	struct uf_error err = {0};

	memset(&layout, 0xa5, sizeof(layout));
	expect_ok(uf_layout_by_name(name, &layout, &err), &err);
	return layout;
}

static void test_figures(void **state)
{
	(void)state;
	for (size_t l = 0; l < LAYOUT_COUNT; l++) {
		struct uf_layout layout = get(layouts[l].name);
		uint64_t at = 0;

		assert_int_equal(layout.table.count, layouts[l].count);
		for (unsigned i = 0; i < layouts[l].count; i++) {
			const struct uf_partition *part = &layout.table.part[i];
			const struct fact *fact = &layouts[l].facts[i];

			if (fact->name)
				assert_string_equal(part->name, fact->name);
			assert_int_equal(part->number, i);
			assert_int_equal(part->range.off, fact->off);
			assert_int_equal(part->range.len, fact->len);
			assert_int_equal(part->range.off, at);
			if (fact->role)
				assert_int_equal(part->role, fact->role);
			if (fact->content)
				assert_int_equal(part->content, fact->content);
			assert_int_equal(part->per_device, fact->per_device);
			at += fact->len;
		}
		assert_int_equal(at, 16777216);
	}
}

static void test_descriptions(void **state)
{
	(void)state;
	for (size_t l = 0; l < LAYOUT_COUNT; l++) {
		struct uf_layout layout = get(layouts[l].name);

		assert_string_equal(layout.name, layouts[l].name);
		assert_string_equal(layout.soc, layouts[l].soc);
		assert_true(layout.title[0] != '\0');
		for (unsigned i = 0; i < 5 && layouts[l].devices[i]; i++)
			assert_non_null(strstr(layout.devices, layouts[l].devices[i]));
		if (layouts[l].erase_size)
			assert_int_equal(layout.erase_size, layouts[l].erase_size);
	}
}

static void test_list(void **state)
{
	(void)state;
	assert_int_equal(uf_layout_count(), LAYOUT_COUNT);
	for (size_t l = 0; l < LAYOUT_COUNT; l++) {
		unsigned found = 0;

		for (unsigned i = 0; i < uf_layout_count(); i++)
			found += strcmp(uf_layout_name(i), layouts[l].name) == 0;
		assert_int_equal(found, 1);
	}
}

/* The text is the file's, byte by byte, and parses to what by_name gives. */
static void test_text(void **state)
{
	static const char *const none[] = {"", "Dafang", "dafang.layout", "dafan", "wyze"};

	(void)state;
	for (size_t l = 0; l < LAYOUT_COUNT; l++) {
		const char *text = uf_layout_text(layouts[l].name);
		static char file[65536];
		char path[UF_PATH_MAX];
		struct uf_layout parsed, named = get(layouts[l].name);
		struct uf_error err = {0};

		assert_non_null(text);
		snprintf(path, sizeof(path), "%s/%s.layout", LAYOUTS, layouts[l].name);
		expect_ok(uf_read_text("", path, file, sizeof(file), NULL, &err), &err);
		assert_string_equal(text, file);
		memset(&parsed, 0, sizeof(parsed));
		expect_ok(uf_layout_parse("x", text, &parsed, &err), &err);
		assert_string_equal(parsed.title, named.title);
		assert_string_equal(parsed.devices, named.devices);
		assert_string_equal(parsed.soc, named.soc);
		assert_int_equal(parsed.erase_size, named.erase_size);
		assert_int_equal(parsed.table.count, named.table.count);
		for (unsigned i = 0; i < parsed.table.count; i++) {
			const struct uf_partition *a = &parsed.table.part[i];
			const struct uf_partition *b = &named.table.part[i];

			assert_string_equal(a->name, b->name);
			assert_int_equal(a->number, b->number);
			assert_int_equal(a->range.off, b->range.off);
			assert_int_equal(a->range.len, b->range.len);
			assert_int_equal(a->role, b->role);
			assert_int_equal(a->content, b->content);
			assert_int_equal(a->per_device, b->per_device);
		}
		/* nothing of the descriptions was cut */
		assert_non_null(strstr(text, named.title));
		assert_int_equal(strstr(text, named.devices)[strlen(named.devices)], '\n');
	}
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_null(uf_layout_text(none[i]));
}

static void test_unknown_name(void **state)
{
	struct uf_layout layout;
	struct uf_error err = {0};
	int ret = uf_layout_by_name("daffang", &layout, &err);

	(void)state;
	expect_error(ret, &err, UF_ERR_USAGE, UF_CHECK_NONE, "daffang");
	for (size_t l = 0; l < LAYOUT_COUNT; l++)
		assert_true(strstr(err.what, layouts[l].name) || strstr(err.next, layouts[l].name));
}

static struct uf_layout parse(const char *text)
{
	struct uf_layout layout;
	struct uf_error err = {0};

	memset(&layout, 0xa5, sizeof(layout));
	expect_ok(uf_layout_parse("my.layout", text, &layout, &err), &err);
	return layout;
}

/* Every setting and key there is. */
static void test_parse(void **state)
{
	struct uf_layout layout = parse("# A comment: 0:ff none\n"
					"#: title = Two  words, = and # in it\n"
					"#: devices = This, That\n"
					"#: soc = T20\n"
					"#: erase_size = 0x1000\n"
					"#: boot role=boot content=raw\n"
					"#: env role=env\n"
					"#: my.kernel role=kernel content=uimage\n"
					"#: root role=rootfs content=squashfs\n"
					"#: data content=jffs2 keep=device role=data\n"
					"#: stage role=staging\n"
					"#: app role=app\n"
					"#: flag role=flag\n"
					"\n"
					"00000000:00000fff boot\n"
					"00001000:00001fff env\n"
					"#\n"
					"00002000:00003fff my.kernel\n"
					"00004000:00005fff root\n"
					"00006000:00007fff data\n"
					"00008000:00008fff stage\n"
					"00009000:00009fff app\n"
					"0000a000:0000afff flag\n"
					"0000b000:0000bfff other\n");
	static const enum uf_role roles[] = {UF_ROLE_BOOT,   UF_ROLE_ENV,  UF_ROLE_KERNEL,
					     UF_ROLE_ROOTFS, UF_ROLE_DATA, UF_ROLE_STAGING,
					     UF_ROLE_APP,    UF_ROLE_FLAG, UF_ROLE_UNKNOWN};
	static const enum uf_content contents[] = {
		UF_CONTENT_RAW,      UF_CONTENT_UNKNOWN, UF_CONTENT_UIMAGE,
		UF_CONTENT_SQUASHFS, UF_CONTENT_JFFS2,   UF_CONTENT_UNKNOWN,
		UF_CONTENT_UNKNOWN,  UF_CONTENT_UNKNOWN, UF_CONTENT_UNKNOWN};

	(void)state;
	assert_string_equal(layout.title, "Two  words, = and # in it");
	assert_string_equal(layout.devices, "This, That");
	assert_string_equal(layout.soc, "T20");
	assert_int_equal(layout.erase_size, 4096);
	assert_int_equal(layout.table.count, 9);
	for (unsigned i = 0; i < 9; i++) {
		assert_int_equal(layout.table.part[i].role, roles[i]);
		assert_int_equal(layout.table.part[i].content, contents[i]);
		assert_int_equal(layout.table.part[i].per_device, i == 4);
		assert_int_equal(layout.table.part[i].number, i);
	}
	assert_string_equal(layout.table.part[2].name, "my.kernel");
	assert_int_equal(layout.table.part[2].range.off, 0x2000);
	assert_int_equal(layout.table.part[2].range.len, 0x2000);
	assert_int_equal(layout.table.part[8].range.len, 0x1000);
}

/* A layout as flashrom's users write them: no settings, any spacing, any case of the digits. */
static void test_parse_plain(void **state)
{
	static const char *const texts[] = {
		"00000000:0000ffff bios\n00010000:007fffff rest\n",
		"00000000:0000FFFF bios\n00010000:007FFFFF rest",
		"0:ffff bios\n10000:7fffff rest\n",
		"0x0:0xffff bios\n0x10000:0x7fffff rest\n",
		"00000000:0000ffff\tbios\n00010000:007fffff   rest\n",
		"00000000:0000ffff bios\r\n00010000:007fffff rest\r\n",
		"\n# x\n\n  00000000:0000ffff bios  \n00010000:007fffff rest\n\n\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct uf_layout layout = parse(texts[i]);

		assert_int_equal(layout.table.count, 2);
		assert_string_equal(layout.table.part[0].name, "bios");
		assert_string_equal(layout.table.part[1].name, "rest");
		assert_int_equal(layout.table.part[0].range.len, 0x10000);
		assert_int_equal(layout.table.part[1].range.off, 0x10000);
		assert_int_equal(layout.table.part[1].range.len, 0x7f0000);
		assert_string_equal(layout.title, "");
		assert_string_equal(layout.devices, "");
		assert_string_equal(layout.soc, "");
		assert_int_equal(layout.erase_size, 0);
		assert_int_equal(layout.table.part[0].role, UF_ROLE_UNKNOWN);
		assert_false(layout.table.part[0].per_device);
	}
}

/* What is wrong, and the line and column, counted from 1, of the word that is. */
static const struct {
	const char *text;
	unsigned line, column;
} parse_wrong[] = {
	{"x:ff a\n", 1, 1},
	{"  x:ff a\n", 1, 3},
	{":ff a\n", 1, 1},
	{"0:x a\n", 1, 3},
	{"0: a\n", 1, 3},
	{"0:\n", 1, 3},
	{"0\n", 1, 2},
	{"0-ff a\n", 1, 2},
	{"0:ffg a\n", 1, 5},
	{"0:ff\n", 1, 5},
	{"0:ff  \n", 1, 5},
	{"0:ff a\nz\n", 2, 1},
	{"# x\n\n0:ff a\n100:x b\n", 4, 5},
	{"100:ff a\n", 1, 5},
	{"0:ffffffffffffffff a\n", 1, 3},
	{"0:fffffffffffffffff a\n", 1, 3},
	/* a name stands for one partition */
	{"0:ff a\n100:1ff a\n", 2, 9},
	/* settings */
	{"#: title\n0:ff a\n", 1, 9},
	{"#: color = red\n0:ff a\n", 1, 4},
	{"# x\n#: erase_size = big\n0:ff a\n", 2, 17},
	{"#: erase_size = 0\n0:ff a\n", 1, 17},
	{"#: erase_size = 3\n0:ff a\n", 1, 17},
	{"#: erase_size = 0x8000 bytes\n0:ff a\n", 1, 17},
	{"#: erase_size = 99999999999\n0:ff a\n", 1, 17},
	/* keys of a partition */
	{"#: a role=bot\n0:ff a\n", 1, 6},
	{"#: a role=\n0:ff a\n", 1, 6},
	{"#: a content=zip\n0:ff a\n", 1, 6},
	{"#: a keep=it\n0:ff a\n", 1, 6},
	{"#: a role=boot size=3\n0:ff a\n", 1, 16},
	{"#: a role=boot more\n0:ff a\n", 1, 16},
	{"0:ff a\n#: a role=boots\n", 2, 6},
};

static void test_parse_wrong(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(parse_wrong) / sizeof(parse_wrong[0]); i++) {
		struct uf_layout layout;
		struct uf_error err = {0};
		char where[64];
		int ret = uf_layout_parse("dir/my.layout", parse_wrong[i].text, &layout, &err);

		snprintf(where, sizeof(where), "line %u, column %u:", parse_wrong[i].line,
			 parse_wrong[i].column);
		if (ret == UF_ERR_SYNTAX && err.code == UF_ERR_SYNTAX &&
		    strstr(err.what, "dir/my.layout") && strstr(err.what, where))
			continue;
		print_error("%s%s but found %d \"%s\"\n", parse_wrong[i].text, where, ret,
			    err.what);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

/* Keys of a partition that is not there: line and column of its name. */
static void test_parse_unknown_partition(void **state)
{
	struct uf_layout layout;
	struct uf_error err = {0};

	(void)state;
	expect_error(uf_layout_parse("x", "# x\n#: b role=boot\n0:ff a\n", &layout, &err), &err,
		     UF_ERR_SYNTAX, UF_CHECK_NONE, "\"b\"");
	assert_non_null(strstr(err.what, "line 2, column 4:"));
}

static void test_parse_empty(void **state)
{
	static const char *const texts[] = {"", "\n\n", "# nothing\n", "#: title = x\n"};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct uf_layout layout;
		struct uf_error err = {0};

		expect_error(uf_layout_parse("my.layout", texts[i], &layout, &err), &err,
			     UF_ERR_SYNTAX, UF_CHECK_NONE, "my.layout");
	}
}

static void test_parse_many(void **state)
{
	static char text[70 * 40];
	struct uf_layout layout;
	struct uf_error err = {0};
	size_t len = 0;

	(void)state;
	for (unsigned i = 0; i < UF_PARTITIONS_MAX; i++)
		len += (size_t)sprintf(text + len, "%x:%x part%u\n", i * 16, i * 16 + 15, i);
	layout = parse(text);
	assert_int_equal(layout.table.count, UF_PARTITIONS_MAX);
	assert_string_equal(layout.table.part[63].name, "part63");
	sprintf(text + len, "%x:%x more\n", 64 * 16, 64 * 16 + 15);
	expect_error(uf_layout_parse("x", text, &layout, &err), &err, UF_ERR_SYNTAX, UF_CHECK_NONE,
		     "line 65");
}

/* A layout with holes, with two that share bytes, or out of order is a layout all the same: that it
 * tiles a flash is for the checks. It is in the order of offsets. */
static void test_parse_no_tiling(void **state)
{
	static const struct {
		const char *text;
		enum uf_check_id check;
	} rows[] = {
		{"0:ff a\n100:1ff b\n", UF_CHECK_NONE},
		{"100:1ff b\n0:ff a\n", UF_CHECK_NONE},
		{"100:1ff b\n", UF_CHECK_MAP_GAP},
		{"0:ff a\n180:1ff b\n", UF_CHECK_MAP_GAP},
		{"0:17f a\n100:1ff b\n", UF_CHECK_MAP_OVERLAP},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct uf_layout layout = parse(rows[i].text);
		struct uf_error err = {0};

		uf_table_check_tiles(&layout.table, 0x200, &err);
		assert_int_equal(err.check, rows[i].check);
		for (unsigned at = 0; at < layout.table.count; at++)
			assert_int_equal(layout.table.part[at].number, at);
	}
}

/* Words of any length stay inside of their room, terminated; a name is kept whole or refused. */
static void test_parse_long(void **state)
{
	char *text = malloc(4096), word[1001];
	struct uf_layout *layout = malloc(sizeof(*layout));
	struct uf_error err = {0};

	(void)state;
	memset(word, 'w', 1000);
	word[1000] = '\0';
	sprintf(text, "#: title = %s\n#: devices = %s\n0:ff a\n", word, word);
	if (uf_layout_parse("x", text, layout, &err) == UF_OK) {
		assert_true(strlen(layout->title) < UF_LAYOUT_TEXT);
		assert_true(strlen(layout->devices) < UF_LAYOUT_TEXT);
		assert_memory_equal(layout->title, word, strlen(layout->title));
	} else {
		assert_int_equal(err.code, UF_ERR_SYNTAX);
	}
	sprintf(text, "#: soc = %s\n0:ff a\n", word);
	if (uf_layout_parse("x", text, layout, &err) == UF_OK)
		assert_true(strlen(layout->soc) <= UF_NAME_MAX);
	sprintf(text, "0:ff %.63s\n", word);
	expect_ok(uf_layout_parse("x", text, layout, &err), &err);
	assert_int_equal(strlen(layout->table.part[0].name), UF_NAME_MAX);
	sprintf(text, "0:ff %.64s\n", word);
	if (uf_layout_parse("x", text, layout, &err) == UF_OK)
		assert_int_equal(strlen(layout->table.part[0].name), UF_NAME_MAX);
	else
		assert_int_equal(err.code, UF_ERR_SYNTAX);
	/* of two names that differ behind the room, the second cannot be told apart */
	sprintf(text, "0:ff %.63sa\n100:1ff %.63sb\n", word, word);
	assert_int_equal(uf_layout_parse("x", text, layout, &err), UF_ERR_SYNTAX);
	free(layout);
	free(text);
}

static struct uf_layout resolve(const char *spec, uint64_t size)
{
	struct uf_layout layout;
	struct uf_error err = {0};

	memset(&layout, 0xa5, sizeof(layout));
	expect_ok(uf_layout_resolve(spec, size, &layout, &err), &err);
	return layout;
}

static void test_resolve_name(void **state)
{
	(void)state;
	assert_int_equal(resolve("dafang", 16777216).table.count, 11);
	assert_int_equal(resolve("dafang", 0).table.count, 11);
	assert_string_equal(resolve("wyze-t31", 0).soc, "T31");
}

static void test_resolve_file(void **state)
{
	static const char text[] = "#: soc = T20\n0:3ffff boot\n40000:7fffff rest\n";
	char *folder = make_folder(), path[UF_PATH_MAX];
	struct uf_layout layout;
	struct uf_error err = {0};

	(void)state;
	write_file(folder, "mine.layout", text, strlen(text));
	write_file(folder, "bad.layout", "0:ff\n", 5);
	snprintf(path, sizeof(path), "%s/mine.layout", folder);
	layout = resolve(path, 0);
	assert_string_equal(layout.name, "mine");
	assert_string_equal(layout.soc, "T20");
	assert_int_equal(layout.table.count, 2);
	snprintf(path, sizeof(path), "%s/bad.layout", folder);
	expect_error(uf_layout_resolve(path, 0, &layout, &err), &err, UF_ERR_USAGE, UF_CHECK_NONE,
		     path);
	assert_non_null(strstr(err.what, "line 1, column 5"));
	snprintf(path, sizeof(path), "%s/none.layout", folder);
	expect_error(uf_layout_resolve(path, 0, &layout, &err), &err, UF_ERR_IO, UF_CHECK_NONE,
		     path);
	expect_error(uf_layout_resolve(folder, 0, &layout, &err), &err, UF_ERR_IO, UF_CHECK_NONE,
		     folder);
	/* without a slash it is a name, even where such a file lies there */
	assert_int_equal(chdir(folder), 0);
	expect_error(uf_layout_resolve("mine.layout", 0, &layout, &err), &err, UF_ERR_USAGE,
		     UF_CHECK_NONE, "mine.layout");
	assert_int_equal(resolve("./mine.layout", 0).table.count, 2);
	assert_int_equal(chdir("/"), 0);
	remove_folder(folder);
}

static void test_resolve_mtdparts(void **state)
{
	struct uf_layout layout = resolve("mtdparts=jz_sfc:256k(boot),-(rest)", 16777216);

	(void)state;
	assert_int_equal(layout.table.count, 2);
	assert_string_equal(layout.table.part[0].name, "boot");
	assert_int_equal(layout.table.part[0].range.len, 0x40000);
	assert_string_equal(layout.table.part[1].name, "rest");
	assert_int_equal(layout.table.part[1].range.off, 0x40000);
	assert_int_equal(layout.table.part[1].range.len, 0xfc0000);
	assert_string_equal(layout.title, "");
	assert_string_equal(layout.soc, "");
	assert_int_equal(layout.erase_size, 0);
	/* all sizes given: the flash's is not needed */
	layout = resolve("mtdparts=x:256k(a),256k(b)", 0);
	assert_int_equal(layout.table.count, 2);
	assert_int_equal(layout.table.part[1].range.off, 0x40000);
}

/* Of a flash whose size is not known yet, the rest stays open. */
static void test_resolve_rest(void **state)
{
	struct uf_layout layout = resolve("mtdparts=jz_sfc:256k(boot),-(rest)", 0);

	(void)state;
	assert_int_equal(layout.rest, 1);
	assert_int_equal(layout.table.count, 2);
	assert_int_equal(layout.table.part[1].range.off, 0x40000);
	assert_int_equal(layout.table.part[1].range.len, 0);
	assert_int_equal(resolve("mtdparts=jz_sfc:256k(boot),-(rest)", 16777216).rest, -1);
	assert_int_equal(resolve("mtdparts=x:256k(a),256k(b)", 0).rest, -1);
	assert_int_equal(resolve("dafang", 0).rest, -1);
	assert_int_equal(get("dafang").rest, -1);
	assert_int_equal(parse("0:ff a\n").rest, -1);
	/* the index is that in the table, whatever is left out or put in order */
	layout = resolve("mtdparts=x:-@512k(rest),256k@0(boot),256k@256k(root)", 0);
	assert_string_equal(layout.table.part[layout.rest].name, "rest");
	assert_int_equal(layout.rest, 2);
}

/* thingino's own text: what it shows twice is left out. */
static void test_resolve_mtdparts_aliases(void **state)
{
	struct uf_layout layout =
		resolve("mtdparts=jz_sfc:256k(boot),32k(env),224k(config),1536k(kernel),"
			"5728k(rootfs),-(rootfs_data),7680k@0x80000(upgrade),8192k@0(all)",
			16777216);
	struct uf_error err = {0};

	(void)state;
	assert_int_equal(layout.table.count, 6);
	assert_string_equal(layout.table.part[5].name, "rootfs_data");
	assert_int_equal(layout.table.part[5].range.off, 0x798000);
	assert_int_equal(layout.table.part[5].range.len, 0x868000);
	expect_ok(uf_table_check_tiles(&layout.table, 16777216, &err), &err);
}

/* A table is in the order of offsets, whatever the order of the text. */
static void test_resolve_mtdparts_order(void **state)
{
	struct uf_layout layout =
		resolve("mtdparts=x:1024k@256k(root),256k@0(boot),-@1280k(rest)", 8388608);
	struct uf_error err = {0};

	(void)state;
	expect_ok(uf_table_check_tiles(&layout.table, 8388608, &err), &err);
	assert_string_equal(layout.table.part[0].name, "boot");
	assert_string_equal(layout.table.part[1].name, "root");
	assert_string_equal(layout.table.part[2].name, "rest");
}

static void test_resolve_wrong(void **state)
{
	static const struct {
		const char *spec;
		uint64_t size;
		enum uf_code code;
		const char *words;
	} rows[] = {
		{"nothere", 0, UF_ERR_USAGE, "nothere"},
		{"", 0, UF_ERR_USAGE, ""},
		{"mtdparts=", 0, UF_ERR_USAGE, "column 1:"},
		{"mtdparts=x:256k(boot", 0, UF_ERR_USAGE, "column 7:"},
		{"mtdparts=x:256k(boot)+", 0, UF_ERR_USAGE, "column 13:"},
		/* two flashes */
		{"mtdparts=x:256k(boot);y:-(rest)", 16777216, UF_ERR_USAGE, ""},
	};
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct uf_layout layout;
		struct uf_error err = {0};
		int ret = uf_layout_resolve(rows[i].spec, rows[i].size, &layout, &err);

		if (ret == (int)rows[i].code && err.code == rows[i].code &&
		    strstr(err.what, rows[i].words))
			continue;
		print_error("%s: %d \"%s\"\n", rows[i].spec, ret, err.what);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

/* A rest of which nothing is left is what the user asked for wrongly. */
static void test_resolve_nothing_left(void **state)
{
	struct uf_layout layout;
	struct uf_error err = {0};
	int ret = uf_layout_resolve("mtdparts=x:256k(boot),-(rest)", 262144, &layout, &err);

	(void)state;
	assert_int_equal(ret, err.code);
	assert_non_null(strstr(err.what, "rest"));
	assert_int_equal(ret, UF_ERR_USAGE);
}

static void test_recognise(void **state)
{
	(void)state;
	for (size_t l = 0; l < LAYOUT_COUNT; l++) {
		struct uf_table table = get(layouts[l].name).table;
		struct uf_layout found;

		/* only names and sizes count */
		for (unsigned i = 0; i < table.count; i++) {
			table.part[i].role = UF_ROLE_UNKNOWN;
			table.part[i].content = UF_CONTENT_UNKNOWN;
			table.part[i].per_device = false;
			table.part[i].number += 5;
		}
		assert_true(uf_layout_recognise(&table, &found));
		assert_string_equal(found.name, layouts[l].name);
		assert_int_equal(found.table.count, layouts[l].count);
		assert_true(found.table.part[0].role == UF_ROLE_BOOT);
	}
}

/* Any table that differs in one name, one size or one partition is not recognised. */
static void test_recognise_not(void **state)
{
	struct uf_table empty = {0};
	struct uf_layout found;
	struct uf_error err = {0};

	(void)state;
	assert_false(uf_layout_recognise(&empty, &found));
	for (size_t l = 0; l < LAYOUT_COUNT; l++) {
		struct uf_table whole = get(layouts[l].name).table;
		struct uf_table table;

		for (unsigned i = 0; i < whole.count; i++) {
			table = whole;
			strcat(table.part[i].name, "x");
			assert_false(uf_layout_recognise(&table, &found));
			table = whole;
			table.part[i].name[0] ^= 0x20;
			assert_false(uf_layout_recognise(&table, &found));
			table = whole;
			table.part[i].range.len -= 0x8000;
			assert_false(uf_layout_recognise(&table, &found));
			table = whole;
			uf_table_remove(&table, i);
			assert_false(uf_layout_recognise(&table, &found));
		}
		table = whole;
		uf_table_add(&table, "more", 4, (struct uf_range){0x1000000, 0x8000}, &err);
		assert_false(uf_layout_recognise(&table, &found));
	}
}

static void test_annotate(void **state)
{
	struct uf_layout layout = get("dafang");
	struct uf_table table = layout.table;

	(void)state;
	for (unsigned i = 0; i < table.count; i++) {
		table.part[i].role = UF_ROLE_UNKNOWN;
		table.part[i].content = UF_CONTENT_UNKNOWN;
		table.part[i].per_device = false;
		table.part[i].number = 20 + i;
	}
	strcpy(table.part[1].name, "linux"); /* another name */
	table.part[8].range.len -= 0x8000;   /* another size */
	table.part[9].range.off += 0x8000;   /* another place */
	uf_table_remove(&table, 0);          /* what is left has other indices */
	uf_layout_annotate(&layout, &table);
	assert_int_equal(table.count, 10);
	for (unsigned i = 0; i < table.count; i++) {
		const struct uf_partition *part = &table.part[i];
		bool other = i + 1 == 1 || i + 1 == 8 || i + 1 == 9;

		assert_int_equal(part->number, 21 + i);
		assert_int_equal(part->role,
				 other ? UF_ROLE_UNKNOWN : layout.table.part[i + 1].role);
		assert_int_equal(part->content,
				 other ? UF_CONTENT_UNKNOWN : layout.table.part[i + 1].content);
		assert_int_equal(part->per_device,
				 other ? false : layout.table.part[i + 1].per_device);
	}
	assert_string_equal(table.part[0].name, "linux");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_figures),
		cmocka_unit_test(test_descriptions),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_unknown_name),
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_parse_plain),
		cmocka_unit_test(test_parse_wrong),
		cmocka_unit_test(test_parse_unknown_partition),
		cmocka_unit_test(test_parse_empty),
		cmocka_unit_test(test_parse_no_tiling),
		cmocka_unit_test(test_parse_many),
		cmocka_unit_test(test_parse_long),
		cmocka_unit_test(test_resolve_name),
		cmocka_unit_test(test_resolve_file),
		cmocka_unit_test(test_resolve_mtdparts),
		cmocka_unit_test(test_resolve_rest),
		cmocka_unit_test(test_resolve_mtdparts_aliases),
		cmocka_unit_test(test_resolve_mtdparts_order),
		cmocka_unit_test(test_resolve_wrong),
		cmocka_unit_test(test_resolve_nothing_left),
		cmocka_unit_test(test_recognise),
		cmocka_unit_test(test_recognise_not),
		cmocka_unit_test(test_annotate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
