/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines that are too long for a terminal. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/wrap.h"
#include "terminal.h"

static struct sink sink;

static void where_a_line_breaks(void **state)
{
	static const struct {
		const char *text;
		size_t columns;
		size_t fits;
	} cases[] = {
		{"", 20, 0},
		{"one two three", 20, 13},
		{"one two three", 13, 13},
		{"one two three", 12, 7},
		{"one two three", 7, 7},
		{"one two three", 6, 3},
		/* Runs of blanks: before the first of them. */
		{"one   two", 5, 3},
		/* The indent is no place to break. */
		{"    one two", 8, 7},
		{"    onetwothree", 8, 15},
		/* A word that is too long goes on to its end. */
		{"onetwothree four", 8, 11},
		{"a onetwothree four", 8, 1},
		/* Of UTF-8 characters count. */
		{"gr\303\266\303\237e neu", 5, 7},
	};

	(void)state;
	for (size_t at = 0; at < sizeof(cases) / sizeof(cases[0]); at++) {
		size_t fits = wrap_fit(cases[at].text, strlen(cases[at].text), cases[at].columns);

		if (fits != cases[at].fits)
			fail_msg("\"%s\" in %zu columns: %zu, not %zu", cases[at].text,
				 cases[at].columns, fits, cases[at].fits);
	}
}

/* What a terminal of so many columns is sent for text. */
static const char *on_terminal(unsigned columns, const char *text)
{
	static char bytes[4096];
	int slave, master = terminal_open(columns, 24, &slave);

	sink_begin(&sink, slave);
	wrap_write(&sink, text);
	sink_end(&sink);
	bytes[terminal_take(master, slave, bytes, sizeof(bytes))] = '\0';
	close(slave);
	close(master);
	return bytes;
}

static void on_terminals(void **state)
{
	static const char text[] = "root  0x240000-0x590000  3392 KiB\n\n  to go on all the same\n";

	(void)state;
	assert_string_equal(on_terminal(80, text), text);
	assert_string_equal(on_terminal(24, text), "root  0x240000-0x590000\n  3392 KiB\n\n"
						   "  to go on all the same\n");
	assert_string_equal(on_terminal(20, text), "root\n  0x240000-0x590000\n  3392 KiB\n\n"
						   "  to go on all the\n    same\n");
	/* One that is hardly there wraps by itself. */
	assert_string_equal(on_terminal(10, text), text);
	assert_string_equal(on_terminal(20, "no newline at the end"), "no newline at the\n  end");
}

/* Files and pipes get lines as they are. */
static void on_a_pipe(void **state)
{
	static const char text[] = "a line that is long, and longer than any terminal that is "
				   "narrow, and longer than most of those that are wide\n";
	char bytes[256] = "";
	int fd[2];

	(void)state;
	assert_int_equal(pipe(fd), 0);
	sink_begin(&sink, fd[1]);
	wrap_write(&sink, text);
	assert_int_equal(read(fd[0], bytes, sizeof(bytes) - 1), strlen(text));
	assert_string_equal(bytes, text);
	sink_end(&sink);
	close(fd[0]);
	close(fd[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(where_a_line_breaks),
		cmocka_unit_test(on_terminals),
		cmocka_unit_test(on_a_pipe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
