/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The map of the flash as text: every block, every width, with colours and without. */
#include "map_rig.h"

#include <stdio.h>

#include "report/blockmap.h"

static char buf[32768];

/* The map in buf, its lines ended by newlines. */
static void draw(const struct blockmap *map, const struct mapstyle *style, struct mapshape *shape)
{
	struct text text;

	assert_true(blockmap_shape(map, style, shape));
	text_begin(&text, buf, sizeof(buf));
	for (unsigned line = 0; line < shape->lines; line++) {
		blockmap_line(map, style, shape, line, &text);
		text_add(&text, "\n");
	}
	assert_false(text.cut);
}

static void draw_at(const struct blockmap *map, unsigned columns, unsigned rows)
{
	const struct mapstyle style = {.columns = columns, .rows = rows};
	struct mapshape shape;

	draw(map, &style, &shape);
}

/* The line that begins with name; "" where there is none. */
static const char *line_of(const char *name)
{
	static char line[1024];
	size_t len = strlen(name);

	for (const char *at = buf; *at; at = strchr(at, '\n') + 1)
		if (strncmp(at, name, len) == 0 && at[len] == ' ') {
			snprintf(line, sizeof(line), "%.*s", (int)strcspn(at, "\n"), at);
			return line;
		}
	return "";
}

static void expect_says(const char *part)
{
	if (!strstr(buf, part))
		fail_msg("\"%s\" is not in:\n%s", part, buf);
}

/* How many characters the line at text takes on a terminal: of UTF-8, and without escapes. */
static unsigned width_of(const char *text)
{
	unsigned width = 0;

	for (; *text && *text != '\n'; text++) {
		if (*text == '\033')
			text = strchr(text, 'm');
		else
			width += ((unsigned char)*text & 0xc0) != 0x80;
	}
	return width;
}

static void each_kind_of_block(void **state)
{
	struct blockmap map = {0};
	struct rig rig;

	(void)state;
	map_rig_begin(&rig, 0x8000, true);
	assert_true(blockmap_plan(&map, &rig.plan));
	draw_at(&map, 120, 60);
	assert_int_equal(strncmp(buf, "512 blocks of 32 KiB, one a cell\n", 33), 0);
	/* Two blocks of the boot loader: the one that differs, and the first with it. */
	assert_string_equal(line_of("boot"), "boot    0x000000 bb%%%%%%");
	assert_string_equal(line_of("kernel"), "kernel  0x040000 ================================"
					       "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww");
	assert_null(strpbrk(line_of("root") + 17, "=w.-"));
	assert_string_equal(line_of("driver"), "driver  0x590000 ....................");
	assert_string_equal(line_of("config"), "config  0xf70000 --------");
	assert_string_equal(line_of("flag"), "flag    0xff0000 ..");
	expect_says("\n= same  . blank  - kept  % boot loader, stays  w to write  e to erase  "
		    "b boot loader\n");
	blockmap_free(&map);
	rig_end(&rig);
}

static void what_becomes_of_blocks(void **state)
{
	struct blockmap map = {0};
	struct uf_event event;
	struct rig rig;

	(void)state;
	map_rig_begin(&rig, 0x8000, true);
	assert_true(blockmap_plan(&map, &rig.plan));
	for (unsigned at = 0; at < 4; at++) {
		event = map_block(&rig, 0x140000 + at * 0x8000,
				  at == 2 ? UF_BLOCK_MISMATCH : UF_BLOCK_OK);
		blockmap_event(&map, &event);
	}
	event = map_block(&rig, 0x240000, UF_BLOCK_OK);
	blockmap_event(&map, &event);
	/* An attempt that is not the last says nothing yet. */
	event = map_block(&rig, 0x248000, UF_BLOCK_NOT_BLANK);
	event.block.last = false;
	blockmap_event(&map, &event);
	draw_at(&map, 120, 60);
	expect_says("=WW!Wwww");
	expect_says("0x240000 Eee");
	/* Of the kernel two were verified; the one that failed is not among them. */
	event = map_verified(&rig, 1, 3);
	blockmap_event(&map, &event);
	event = map_verified(&rig, 2, 1);
	blockmap_event(&map, &event);
	draw_at(&map, 120, 60);
	expect_says("=##!#www");
	expect_says("0x240000 Oee");
	/* It works in the end. */
	event = map_block(&rig, 0x150000, UF_BLOCK_OK);
	blockmap_event(&map, &event);
	event = map_block(&rig, 0, UF_BLOCK_OK);
	blockmap_event(&map, &event);
	draw_at(&map, 120, 60);
	expect_says("=##W#www");
	expect_says("0x000000 Bb%");
	blockmap_free(&map);
	rig_end(&rig);
}

/* Events of another plan, or none at all, are not about this map. */
static void events_of_others(void **state)
{
	struct blockmap map = {0};
	struct uf_event event;
	static char before[sizeof(buf)];
	struct rig rig;

	(void)state;
	map_rig_begin(&rig, 0x8000, false);
	event = map_block(&rig, 0x140000, UF_BLOCK_OK);
	blockmap_event(&map, &event);
	assert_true(blockmap_plan(&map, &rig.plan));
	draw_at(&map, 80, 60);
	memcpy(before, buf, sizeof(buf));
	event.plan = NULL;
	blockmap_event(&map, &event);
	draw_at(&map, 80, 60);
	assert_string_equal(buf, before);
	assert_string_equal(line_of("boot"), "boot    0x000000 %%%%%%%%");
	blockmap_free(&map);
	rig_end(&rig);
}

/* 4096 blocks: a cell stands for several, and looks done only when all of them are. */
static void many_blocks(void **state)
{
	struct blockmap map = {0};
	struct uf_event event;
	struct rig rig;

	(void)state;
	map_rig_begin(&rig, 0x1000, true);
	assert_true(blockmap_plan(&map, &rig.plan));
	draw_at(&map, 80, 24);
	assert_int_equal(strncmp(buf, "4096 blocks of 4 KiB, 8 a cell\n", 31), 0);
	expect_says("================================wwwwwwww");
	for (unsigned at = 0; at < 8; at++) {
		expect_says("================================wwwwwwww");
		event = map_block(&rig, 0x140000 + at * 0x1000, UF_BLOCK_OK);
		blockmap_event(&map, &event);
		draw_at(&map, 80, 24);
	}
	expect_says("================================Wwwwwwww");
	blockmap_free(&map);
	rig_end(&rig);
}

/* The marks between name and end of line, of all lines but heading and legend. */
static unsigned count_cells(const struct mapshape *shape)
{
	unsigned skip = shape->name_width + 1 + (shape->offsets ? 9 : 0), cells = 0;
	const char *at = strchr(buf, '\n') + 1;

	for (unsigned line = 1; line < shape->lines; line++, at = strchr(at, '\n') + 1)
		if (!strstr(at, " same") || strstr(at, " same") > strchr(at, '\n'))
			cells += width_of(at) - skip;
		else
			break;
	return cells;
}

/* No line reaches the last column, no map is higher than its rows, no block is left out. */
static void every_size(void **state)
{
	struct blockmap map = {0};
	unsigned fits = 0;
	struct rig rig;

	(void)state;
	map_rig_begin(&rig, 0x8000, true);
	assert_true(blockmap_plan(&map, &rig.plan));
	for (unsigned columns = 1; columns <= 250; columns++)
		for (unsigned kind = 0; kind < 24; kind++) {
			const struct mapstyle style = {columns, 3 + kind / 8 * 23, kind & 1,
						       kind >> 1 & 1, kind >> 2 & 1};
			struct mapshape shape;

			if (!blockmap_shape(&map, &style, &shape))
				continue;
			fits++;
			draw(&map, &style, &shape);
			assert_true(shape.lines <= style.rows);
			for (const char *at = buf; *at; at = strchr(at, '\n') + 1)
				if (width_of(at) >= columns)
					fail_msg("%u columns: %s", columns, at);
			if (shape.cell_blocks == 1)
				assert_int_equal(count_cells(&shape), 512);
		}
	assert_true(fits > 2000);
	blockmap_free(&map);
	rig_end(&rig);
}

/* Neither a terminal of a few columns nor one of a few rows gets a map. */
static void no_room(void **state)
{
	const struct mapstyle narrow = {.columns = MAP_COLUMNS_MIN - 1, .rows = 60};
	const struct mapstyle low = {.columns = 80, .rows = 8};
	struct blockmap map = {0};
	struct mapshape shape;
	struct rig rig;

	(void)state;
	assert_false(blockmap_shape(&map, &low, &shape));
	map_rig_begin(&rig, 0x8000, true);
	assert_true(blockmap_plan(&map, &rig.plan));
	assert_false(blockmap_shape(&map, &narrow, &shape));
	assert_false(blockmap_shape(&map, &low, &shape));
	blockmap_free(&map);
	rig_end(&rig);
}

/* Without UTF-8 nothing but ASCII; colours change nothing else; UTF-8 has marks of its own. */
static void styles(void **state)
{
	struct mapstyle style = {.columns = 100, .rows = 60, .running = true};
	static char plain[sizeof(buf)], bare[sizeof(buf)];
	struct blockmap map = {0};
	struct mapshape shape;
	size_t len = 0;
	struct rig rig;

	(void)state;
	map_rig_begin(&rig, 0x8000, true);
	assert_true(blockmap_plan(&map, &rig.plan));
	draw(&map, &style, &shape);
	for (const char *at = buf; *at; at++)
		assert_true(*at == '\n' || (*at >= ' ' && *at <= '~'));
	memcpy(plain, buf, sizeof(buf));
	style.color = true;
	draw(&map, &style, &shape);
	assert_non_null(strchr(buf, '\033'));
	for (const char *at = buf; *at; at++) {
		if (*at == '\033')
			at = strchr(at, 'm');
		else
			bare[len++] = *at;
	}
	bare[len] = '\0';
	assert_string_equal(bare, plain);
	style.color = false;
	style.utf8 = true;
	draw(&map, &style, &shape);
	expect_says("□□□□");
	expect_says("○○○○");
	expect_says("□ to write");
	blockmap_free(&map);
	rig_end(&rig);
}

/* While it runs the legend has what blocks become, and does not grow with them. */
static void the_legend(void **state)
{
	const struct mapstyle style = {.columns = 80, .rows = 60, .running = true};
	struct mapshape before, after;
	struct blockmap map = {0};
	struct uf_event event;
	struct rig rig;

	(void)state;
	map_rig_begin(&rig, 0x8000, true);
	assert_true(blockmap_plan(&map, &rig.plan));
	draw(&map, &style, &before);
	expect_says("w to write  W written");
	expect_says("# verified  e to erase  E erased  O blank again");
	expect_says("! failed\n");
	event = map_block(&rig, 0x140000, UF_BLOCK_MISMATCH);
	blockmap_event(&map, &event);
	draw(&map, &style, &after);
	assert_int_equal(before.lines, after.lines);
	assert_int_equal(before.cell_blocks, after.cell_blocks);
	blockmap_free(&map);
	rig_end(&rig);
}

/* Names that are longer than what there is room for. */
static void long_names(void **state)
{
	struct blockmap map = {0};
	struct rig rig;

	(void)state;
	map_rig_begin(&rig, 0x8000, true);
	memset(rig.table.part[1].name, 'n', UF_NAME_MAX);
	assert_true(blockmap_plan(&map, &rig.plan));
	draw_at(&map, 80, 60);
	expect_says("\nnnnnnnnnnnnn 0x040000 ===");
	draw_at(&map, 40, 60);
	expect_says("\nnnnnnnn ===");
	blockmap_free(&map);
	rig_end(&rig);
}

/* The first that is set counts, as in the C library. */
static void the_locale(void **state)
{
	static const struct {
		const char *all, *ctype, *lang;
		bool utf8;
	} cases[] = {
		{NULL, NULL, NULL, false},        {NULL, NULL, "C.UTF-8", true},
		{NULL, NULL, "de_DE.utf8", true}, {NULL, "C", "C.UTF-8", false},
		{"C", "C.UTF-8", NULL, false},    {"", "", "en_GB.UTF-8", true},
		{"POSIX", NULL, NULL, false},     {"en_US.UTF-8", "C", "C", true},
	};

	(void)state;
	for (size_t at = 0; at < sizeof(cases) / sizeof(cases[0]); at++) {
		unsetenv("LC_ALL");
		unsetenv("LC_CTYPE");
		unsetenv("LANG");
		if (cases[at].all)
			setenv("LC_ALL", cases[at].all, 1);
		if (cases[at].ctype)
			setenv("LC_CTYPE", cases[at].ctype, 1);
		if (cases[at].lang)
			setenv("LANG", cases[at].lang, 1);
		assert_int_equal(blockmap_utf8(), cases[at].utf8);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_of_block),
		cmocka_unit_test(what_becomes_of_blocks),
		cmocka_unit_test(events_of_others),
		cmocka_unit_test(many_blocks),
		cmocka_unit_test(every_size),
		cmocka_unit_test(no_room),
		cmocka_unit_test(styles),
		cmocka_unit_test(the_legend),
		cmocka_unit_test(long_names),
		cmocka_unit_test(the_locale),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
