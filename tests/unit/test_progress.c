/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The line of progress, on terminals of every width. */
#include "support.h"

#include <stdio.h>
#include <string.h>

#include "expect.h"
#include "report/reporter.h"
#include "uniflash/layout/layout.h"

static char buf[1024];

/* Make the line in buf; returns its length. */
static size_t make_line(const struct progress_line *line, uint64_t now_ms, uint64_t left_ms,
			unsigned columns)
{
	struct text text;

	text_begin(&text, buf, sizeof(buf));
	progress_words(&text, line, now_ms, left_ms, columns);
	assert_int_equal(strlen(buf), text.len);
	for (size_t at = 0; at < text.len; at++)
		if ((unsigned char)buf[at] < ' ' || (unsigned char)buf[at] > '~')
			fail_msg("0x%02x in \"%s\"", (unsigned char)buf[at], buf);
	if (columns && text.len > columns)
		fail_msg("%zu characters in %u columns: \"%s\"", text.len, columns, buf);
	return text.len;
}

static void expect_says(const char *part)
{
	if (!strstr(buf, part))
		fail_msg("\"%s\" does not say \"%s\"", buf, part);
}

/* Begin a rig and a line of progress in writing: the root, 68 of 106 blocks, half of the work. */
static void begin(struct rig *rig, struct progress_line *line)
{
	const struct uf_geometry geometry = {0x1000000, 0x8000, 256};
	struct uf_layout layout;
	struct uf_error err;

	expect_ok(uf_layout_by_name("dafang", &layout, &err), &err);
	rig_begin(rig, &geometry, &layout.table, NULL);
	rig->policy.full = true;
	rig_digest(rig);
	rig_decide(rig);
	rig_plan(rig);
	*line = (struct progress_line){
		.open = true,
		.plan = &rig->plan,
		.row = 2,
		.phase = UF_PHASE_WRITE,
		.since_ms = 1000,
		.last =
			{
				.phase = UF_PHASE_WRITE,
				.row = 2,
				.done = (uint64_t)(72 + 68) * 0x8000,
				.total = (uint64_t)512 * 0x8000,
				.row_done = 68,
				.row_total = 106,
				.work_done = 30000000,
				.work_total = 120000000,
			},
	};
}

/* The line as the issue draws it: mtd, name, bar, percent, blocks, time. */
static void a_wide_terminal(void **state)
{
	struct progress_line line;
	struct rig rig;

	(void)state;
	begin(&rig, &line);
	make_line(&line, 13300, 36900, 200);
	assert_int_equal(strncmp(buf, "mtd2 ", 5), 0);
	expect_says(" root ");
	expect_says("[#");
	expect_says("64%");
	expect_says("68/106");
	expect_says("12.3 s");
	/* Of the whole: a quarter. What is left is an estimate, in whole seconds. */
	expect_says("total 25%");
	expect_says("37 s left");
	rig_end(&rig);
}

/* Without a width there is no limit. */
static void no_width(void **state)
{
	struct progress_line line;
	char wide[sizeof(buf)];
	struct rig rig;

	(void)state;
	begin(&rig, &line);
	make_line(&line, 13300, 36900, 200);
	strcpy(wide, buf);
	make_line(&line, 13300, 36900, 0);
	assert_string_equal(buf, wide);
	rig_end(&rig);
}

/* The terminal that most have: all of it is to be seen there. */
static void a_terminal_of_80_columns(void **state)
{
	struct progress_line line;
	struct rig rig;

	(void)state;
	begin(&rig, &line);
	make_line(&line, 13300, 36900, 80);
	assert_int_equal(strncmp(buf, "mtd2 ", 5), 0);
	expect_says(" root ");
	expect_says("64%");
	expect_says("68/106");
	expect_says("12.3 s");
	expect_says("25%");
	expect_says("37 s left");
	rig_end(&rig);
}

/* A narrow one: at least which partition and how much of it. */
static void a_terminal_of_40_columns(void **state)
{
	struct progress_line line;
	struct rig rig;

	(void)state;
	begin(&rig, &line);
	make_line(&line, 13300, 36900, 40);
	assert_int_equal(strncmp(buf, "mtd2 ", 5), 0);
	expect_says(" root ");
	expect_says("64%");
	rig_end(&rig);
}

/* Never longer than the terminal, whatever is told. */
static void every_width(void **state)
{
	struct progress_line line;
	struct rig rig;

	(void)state;
	begin(&rig, &line);
	for (unsigned columns = 1; columns <= 250; columns++)
		for (unsigned phase = 0; phase < UF_PHASE_COUNT; phase++) {
			line.phase = line.last.phase = (enum uf_phase)phase;
			make_line(&line, 13300, 36900, columns);
			make_line(&line, 3600000ULL * 100, 3600000ULL * 100, columns);
		}
	rig_end(&rig);
}

/* The longest names there can be. */
static void the_longest_names(void **state)
{
	static const unsigned width[] = {20, 40, 80, 200};
	struct progress_line line;
	struct rig rig;

	(void)state;
	begin(&rig, &line);
	memset(rig.table.part[2].name, 'n', UF_NAME_MAX);
	for (size_t at = 0; at < 4; at++)
		make_line(&line, 13300, 36900, width[at]);
	expect_says("64%");
	rig_end(&rig);
}

/* A hundred is when it is done, and not before. */
static void percents(void **state)
{
	struct progress_line line;
	struct rig rig;

	(void)state;
	begin(&rig, &line);
	line.last.row_done = 0;
	make_line(&line, 13300, 36900, 200);
	expect_says(" 0%");
	line.last.row_done = 105;
	make_line(&line, 13300, 36900, 200);
	expect_says("99%");
	line.last.row_done = 106;
	make_line(&line, 13300, 36900, 200);
	expect_says("100%");
	line.last.row_total = 1000;
	line.last.row_done = 999;
	make_line(&line, 13300, 36900, 200);
	assert_null(strstr(buf, "100%"));
	line.last.row_total = 106;
	line.last.row_done = 1;
	line.last.work_done = line.last.work_total - 1;
	make_line(&line, 13300, 36900, 200);
	assert_null(strstr(buf, "100%"));
	rig_end(&rig);
}

/* The bar is empty at the beginning and full at the end. */
static void the_bar(void **state)
{
	unsigned last = 0;
	struct progress_line line;
	struct rig rig;

	(void)state;
	begin(&rig, &line);
	for (uint32_t done = 0; done <= 106; done++) {
		unsigned full = 0;
		unsigned room = 0;

		line.last.row_done = done;
		make_line(&line, 13300, 36900, 200);
		for (const char *at = strchr(buf, '[') + 1; *at != ']'; at++, room++)
			full += *at == '#';
		assert_true(room >= 10);
		assert_true(full >= last);
		assert_int_equal(full == room, done == 106);
		assert_true(done > 0 || full == 0);
		last = full;
	}
	rig_end(&rig);
}

/* Nothing is known yet, or everything is nothing: no number may be divided by it. */
static void empty_totals(void **state)
{
	struct progress_line line;
	struct rig rig;

	(void)state;
	begin(&rig, &line);
	for (unsigned phase = 0; phase < UF_PHASE_COUNT; phase++) {
		line.phase = (enum uf_phase)phase;
		memset(&line.last, 0, sizeof(line.last));
		line.last.phase = (enum uf_phase)phase;
		line.last.row = line.row;
		make_line(&line, 1000, 1000, 80);
		make_line(&line, 1000, 0, 0);
		line.last.work_total = 100;
		make_line(&line, 1000, 1000, 80);
	}
	rig_end(&rig);
}

/* Phases before there is a plan. */
static void without_a_plan(void **state)
{
	static const enum uf_phase phases[] = {UF_PHASE_CHECK, UF_PHASE_SURVEY, UF_PHASE_BACKUP};

	(void)state;
	for (size_t at = 0; at < 3; at++) {
		const struct progress_line line = {
			.open = true,
			.row = -1,
			.phase = phases[at],
			.since_ms = 1000,
			.last = {.phase = phases[at], .row = -1, .done = 1 << 20, .total = 1 << 22},
		};

		make_line(&line, 2500, PACE_UNKNOWN, 80);
		expect_says("25%");
		expect_says("1.5 s");
	}
}

/* What is left is told where it can be told: not before anything is done. */
static void time_left(void **state)
{
	struct progress_line line;
	struct rig rig;

	(void)state;
	begin(&rig, &line);
	line.last.work_done = 60000000;
	line.since_ms = 50000;
	make_line(&line, 61000, 59600, 200);
	expect_says("50%");
	expect_says("11.0 s");
	expect_says("1:00 min left");
	make_line(&line, 61000, 400, 200);
	expect_says("0 s left");
	make_line(&line, 61000, PACE_UNKNOWN, 200);
	assert_null(strstr(buf, "left"));
	line.last.work_done = line.last.work_total / 50;
	make_line(&line, 61000, 59600, 200);
	assert_null(strstr(buf, "left"));
	line.last.work_done = line.last.work_total;
	make_line(&line, 121000, 1000, 200);
	expect_says("100%");
	assert_null(strstr(buf, "left"));
	rig_end(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_wide_terminal),
		cmocka_unit_test(no_width),
		cmocka_unit_test(a_terminal_of_80_columns),
		cmocka_unit_test(a_terminal_of_40_columns),
		cmocka_unit_test(every_width),
		cmocka_unit_test(the_longest_names),
		cmocka_unit_test(percents),
		cmocka_unit_test(the_bar),
		cmocka_unit_test(empty_totals),
		cmocka_unit_test(without_a_plan),
		cmocka_unit_test(time_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
