/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The map on a terminal: what one that obeys shows after each drawing, also when its size changes
 * in between, when it is too small, and when it takes nothing for a while.
 */
#include "map_rig.h"

#include <errno.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "report/screen.h"
#include "terminal.h"

#define ROWS_MAX    60
#define COLUMNS_MAX 220

/* A terminal, as far as the map needs one. */
struct terminal {
	int master;
	int slave;
	unsigned columns, rows;
	unsigned x, y;
	char cell[ROWS_MAX][COLUMNS_MAX + 1];
	bool escape; /* in the middle of one */
	unsigned number;
	size_t got; /* bytes since they were counted last */
};

static struct terminal terminal;
static struct sink sink;
static struct screen screen;

static void clear_rest(struct terminal *to)
{
	memset(to->cell[to->y] + to->x, ' ', to->columns - to->x);
}

static void clear_below(struct terminal *to)
{
	clear_rest(to);
	for (unsigned y = to->y + 1; y < to->rows; y++)
		memset(to->cell[y], ' ', to->columns);
}

static void line_feed(struct terminal *to)
{
	if (++to->y < to->rows)
		return;
	to->y--;
	memmove(to->cell[0], to->cell[1], (to->rows - 1) * sizeof(to->cell[0]));
	memset(to->cell[to->y], ' ', to->columns);
}

static void obey(struct terminal *to, unsigned number, char command)
{
	switch (command) {
	case 'A':
		/* Going up beyond the first row would be a wrong count. */
		assert_true(number >= 1 && number <= to->y);
		to->y -= number;
		break;
	case 'H':
		to->x = to->y = 0;
		break;
	case 'J':
		clear_below(to);
		break;
	case 'K':
		clear_rest(to);
		break;
	default:
		fail_msg("ESC [ %u %c is not known", number, command);
	}
}

static void show(struct terminal *to, char byte)
{
	if (byte == '\r') {
		to->x = 0;
	} else if (byte == '\n') {
		line_feed(to);
	} else {
		assert_true(byte >= ' ' && byte <= '~');
		/* Nothing may be written into the last column: some terminals wrap there. */
		assert_true(to->x < to->columns - 1);
		to->cell[to->y][to->x++] = byte;
	}
}

/* A byte of an escape sequence, or one to show. */
static void take_byte(struct terminal *to, char byte)
{
	if (byte == '\033') {
		to->escape = true;
		to->number = 0;
	} else if (!to->escape) {
		show(to, byte);
	} else if (byte >= '0' && byte <= '9') {
		to->number = to->number * 10 + (unsigned)(byte - '0');
	} else if (byte != '[') {
		to->escape = false;
		obey(to, to->number, byte);
	}
}

/* Take what was written, and what waits behind it. */
static void take(struct terminal *to)
{
	static char bytes[65536];
	size_t len;

	do {
		sink_drain(&sink, 1);
		len = terminal_take(to->master, to->slave, bytes, sizeof(bytes));
		for (size_t at = 0; at < len; at++)
			take_byte(to, bytes[at]);
		to->got += len;
	} while (len > 0 || sink.queued);
}

static void resize(struct terminal *to, unsigned columns, unsigned rows)
{
	const struct winsize size = {.ws_col = (unsigned short)columns,
				     .ws_row = (unsigned short)rows};

	to->columns = columns;
	to->rows = rows;
	/* What a terminal makes of its old contents differs from one to the next. */
	for (unsigned y = 0; y < ROWS_MAX; y++)
		memset(to->cell[y], '~', COLUMNS_MAX);
	to->x = 0;
	to->y = rows / 2;
	assert_int_equal(ioctl(to->slave, TIOCSWINSZ, &size), 0);
}

static void terminal_begin(unsigned columns, unsigned rows)
{
	struct termios mode;

	memset(&terminal, 0, sizeof(terminal));
	terminal.master = terminal_open(columns, rows, &terminal.slave);
	assert_int_equal(tcgetattr(terminal.slave, &mode), 0);
	mode.c_oflag |= OPOST | ONLCR;
	assert_int_equal(tcsetattr(terminal.slave, TCSANOW, &mode), 0);
	resize(&terminal, columns, rows);
	for (unsigned y = 0; y < rows; y++)
		memset(terminal.cell[y], ' ', columns);
	terminal.y = 0;
	sink_begin(&sink, terminal.slave);
	sink_set_live(&sink);
	memset(&screen, 0, sizeof(screen));
	screen.out = &sink;
}

static void terminal_end(void)
{
	blockmap_free(&screen.map);
	sink_end(&sink);
	close(terminal.master);
	close(terminal.slave);
}

static const char *row(unsigned y)
{
	static char text[COLUMNS_MAX + 1];
	unsigned len = terminal.columns;

	memcpy(text, terminal.cell[y], len);
	while (len && text[len - 1] == ' ')
		len--;
	text[len] = '\0';
	return text;
}

/* The map as it is now stands from row `top` on, the line of progress below it, and nothing else.
 */
static void expect_frame(unsigned top, const char *progress)
{
	const struct mapstyle style = {
		.columns = terminal.columns, .rows = terminal.rows - 1, .running = true};
	struct mapshape shape;
	struct text text;
	char line[1024];

	assert_true(blockmap_shape(&screen.map, &style, &shape));
	for (unsigned at = 0; at < shape.lines; at++) {
		text_begin(&text, line, sizeof(line));
		blockmap_line(&screen.map, &style, &shape, at, &text);
		assert_string_equal(row(top + at), line);
	}
	assert_string_equal(row(top + shape.lines), progress);
	for (unsigned y = top + shape.lines + 1; y < terminal.rows; y++)
		assert_string_equal(row(y), "");
}

static void draw(const char *progress)
{
	assert_true(screen_draw(&screen, progress, true));
	take(&terminal);
}

static void write_block(const struct rig *rig, uint64_t off)
{
	struct uf_event event = map_block(rig, off, UF_BLOCK_OK);

	blockmap_event(&screen.map, &event);
}

static void begin(struct rig *rig, unsigned columns, unsigned rows)
{
	map_rig_begin(rig, 0x8000, true);
	terminal_begin(columns, rows);
	assert_true(blockmap_plan(&screen.map, &rig->plan));
}

static void drawn_in_place(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig, 80, 40);
	draw("first, which is long");
	expect_frame(0, "first, which is long");
	write_block(&rig, 0x140000);
	draw("second");
	expect_frame(0, "second");
	/* One line has changed: the others are not sent again. */
	terminal.got = 0;
	write_block(&rig, 0x148000);
	draw("third");
	expect_frame(0, "third");
	assert_true(terminal.got < 200);
	screen_leave(&screen);
	take(&terminal);
	assert_int_equal(terminal.x, 0);
	terminal_end();
	rig_end(&rig);
}

/* In the last rows of a terminal its contents scroll. */
static void at_the_bottom(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig, 80, 24);
	terminal.y = 23;
	memset(terminal.cell[22], 'x', 10);
	draw("first");
	assert_string_equal(row(23), "first");
	write_block(&rig, 0x140000);
	draw("second");
	assert_string_equal(row(23), "second");
	for (unsigned y = 0; y < 23; y++)
		assert_string_not_equal(row(y), "first");
	terminal_end();
	rig_end(&rig);
}

static void resized_in_the_middle(void **state)
{
	static const unsigned sizes[][2] = {{40, 30}, {200, 50}, {80, 24}, {81, 24}, {81, 25}};
	struct rig rig;

	(void)state;
	begin(&rig, 80, 40);
	draw("first");
	for (unsigned at = 0; at < 5; at++) {
		resize(&terminal, sizes[at][0], sizes[at][1]);
		write_block(&rig, 0x140000 + at * 0x8000);
		draw("next");
		expect_frame(0, "next");
		draw("after");
		expect_frame(0, "after");
	}
	terminal_end();
	rig_end(&rig);
}

/* Too small: no map; and it comes back. */
static void too_small_for_a_while(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig, 80, 40);
	draw("first");
	resize(&terminal, 80, 6);
	assert_false(screen_draw(&screen, "no", true));
	take(&terminal);
	assert_string_equal(row(0), "");
	assert_false(screen.drawn);
	resize(&terminal, 80, 1);
	assert_false(screen_draw(&screen, "no", true));
	resize(&terminal, 1, 1);
	assert_false(screen_draw(&screen, "no", true));
	take(&terminal);
	resize(&terminal, 80, 40);
	terminal.y = 0;
	draw("again");
	assert_string_equal(row(0), "512 blocks of 32 KiB, one a cell");
	terminal_end();
	rig_end(&rig);
}

/* Text takes the place of the map, which comes back below it. */
static void text_in_between(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig, 80, 40);
	draw("first");
	screen_clear(&screen);
	sink_write(&sink, "\rtrouble\n\r", 10, false);
	take(&terminal);
	assert_string_equal(row(0), "trouble");
	for (unsigned y = 1; y < 40; y++)
		assert_string_equal(row(y), "");
	draw("second");
	expect_frame(1, "second");
	terminal_end();
	rig_end(&rig);
}

/* A terminal that takes nothing costs frames and no time; what it shows then is right. */
static void a_terminal_that_stalls(void **state)
{
	struct rig rig;
	unsigned drops = 0;

	(void)state;
	begin(&rig, 80, 40);
	draw("first");
	for (unsigned at = 0; at < 32; at++) {
		char line[32];

		write_block(&rig, 0x140000 + at * 0x8000);
		snprintf(line, sizeof(line), "stalled %u", at);
		for (unsigned times = 0; times < 100; times++) {
			screen_draw(&screen, line, true);
			drops += screen.stale;
		}
	}
	assert_true(drops > 100);
	take(&terminal);
	draw("last");
	expect_frame(0, "last");
	terminal_end();
	rig_end(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(drawn_in_place),        cmocka_unit_test(at_the_bottom),
		cmocka_unit_test(resized_in_the_middle), cmocka_unit_test(too_small_for_a_while),
		cmocka_unit_test(text_in_between),       cmocka_unit_test(a_terminal_that_stalls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
