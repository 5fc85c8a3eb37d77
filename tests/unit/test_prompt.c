/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asking on a terminal: what is yes, and everything else that is no. */
#include "expect.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "uniflash/cli/prompt.h"
#include "uniflash/util/clock.h"

#define QUESTION "Write the flash? [y/N] "

/* A terminal: what the user has, and what the program has. */
static int user, program;

static int setup(void **state)
{
	(void)state;
	user = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (user < 0 || grantpt(user) != 0 || unlockpt(user) != 0)
		return -1;
	program = open(ptsname(user), O_RDWR | O_NOCTTY | O_CLOEXEC);
	return program < 0;
}

static int teardown(void **state)
{
	(void)state;
	close(user);
	close(program);
	return 0;
}

/* A user who reads up to the end of the question, then types; 0 where the question came. */
static pid_t user_types(const char *answer)
{
	pid_t child = fork();
	char seen[512] = "";
	size_t len = 0;

	assert_true(child >= 0);
	if (child)
		return child;
	while (!strstr(seen, QUESTION)) {
		ssize_t got = read(user, seen + len, sizeof(seen) - 1 - len);

		if (got <= 0)
			_exit(1);
		len += (size_t)got;
		seen[len] = '\0';
	}
	if (write(user, answer, strlen(answer)) != (ssize_t)strlen(answer))
		_exit(2);
	_exit(0);
}

static bool ask(const char *answer, unsigned seconds)
{
	pid_t child = user_types(answer);
	bool yes = uf_prompt_ask(program, QUESTION, seconds);
	int status = -1;

	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	return yes;
}

static void test_yes(void **state)
{
	(void)state;
	assert_true(ask("y\n", 20));
	assert_true(ask("yes\n", 20));
}

static void test_no(void **state)
{
	static const char *const answers[] = {
		"n\n",  "no\n",  "\n",  "ye\n", "yess\n",    "yes please\n", "yy\n",
		"ny\n", "y y\n", "1\n", "ja\n", "no\nyes\n", "\ny\n",        "\x04",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
		if (ask(answers[i], 20))
			fail_msg("answer %zu was taken for yes", i);
}

/* No answer in time is no, and so is one that has no end. */
static void test_timeout(void **state)
{
	static const char *const answers[] = {"", "y", "yes"};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		uint64_t before = uf_clock_ms(), passed;

		assert_false(ask(answers[i], 1));
		passed = uf_clock_ms() - before;
		assert_in_range(passed, 900, 8000);
	}
}

/* What was typed before the question does not count, with or without an end. */
static void test_typed_before(void **state)
{
	(void)state;
	assert_int_equal(write(user, "y\n", 2), 2);
	assert_false(ask("", 1));
	assert_int_equal(write(user, "yes\ny\n", 6), 6);
	assert_false(ask("n\n", 20));
	assert_int_equal(write(user, "y", 1), 1);
	assert_false(ask("\n", 20));
	assert_int_equal(write(user, "n\n", 2), 2);
	assert_true(ask("y\n", 20));
}

/* A terminal that goes away is no, at once. */
static void test_hangup(void **state)
{
	uint64_t before = uf_clock_ms();

	(void)state;
	close(user);
	assert_false(uf_prompt_ask(program, QUESTION, 30));
	assert_true(uf_clock_ms() - before < 10000);
	assert_false(uf_prompt_ask(-1, QUESTION, 30));
	assert_true(uf_clock_ms() - before < 20000);
	user = -1;
}

static void on_alarm(int number)
{
	(void)number;
}

/* A signal is no, at once. */
static void test_signal(void **state)
{
	struct sigaction action = {0}, old;
	uint64_t before = uf_clock_ms();

	(void)state;
	action.sa_handler = on_alarm;
	sigaction(SIGALRM, &action, &old);
	alarm(1);
	assert_false(uf_prompt_ask(program, QUESTION, 30));
	sigaction(SIGALRM, &old, NULL);
	assert_true(uf_clock_ms() - before < 20000);
}

/* In a process without a terminal: 0 where there is none to ask on, 1 where there is one. */
static int open_without_terminal(bool stdin_is_image, const char *input)
{
	pid_t child = fork();
	int status = -1;

	assert_true(child >= 0);
	if (child == 0) {
		int fd = open(input, O_RDWR | O_NOCTTY);

		if (setsid() < 0 || fd < 0 || dup2(fd, STDIN_FILENO) < 0)
			_exit(9);
		fd = uf_prompt_open(stdin_is_image);
		_exit(fd < 0 ? 0 : isatty(fd) ? 1 : 2);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void test_open(void **state)
{
	(void)state;
	assert_int_equal(open_without_terminal(false, "/dev/null"), 0);
	assert_int_equal(open_without_terminal(true, "/dev/null"), 0);
	assert_int_equal(open_without_terminal(false, ptsname(user)), 1);
	/* standard input is the image: it is not asked on, terminal or not */
	assert_int_equal(open_without_terminal(true, ptsname(user)), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_yes),    TEST(test_no),     TEST(test_timeout), TEST(test_typed_before),
		TEST(test_hangup), TEST(test_signal), TEST(test_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
