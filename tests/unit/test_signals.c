/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signals, each case in a process of its own: what they do is for the whole process. */
#include "support.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "uniflash/live/signals.h"

/* Signals that must not disturb a write. */
static const int ignored[] = {
	SIGHUP,  SIGPIPE, SIGTERM, SIGQUIT, SIGTSTP, SIGTTIN,
	SIGTTOU, SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU, SIGXFSZ,
};
#define IGNORED (sizeof(ignored) / sizeof(ignored[0]))

/* Run part in a child. Returns the number of the line where it failed, 0 where it did not. */
static int in_child(int (*part)(void))
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		int line;

		/* As a shell starts a program: nothing is ignored. */
		for (int number = 1; number < 32; number++)
			signal(number, SIG_DFL);
		line = part();
		_exit(line ? 1 + line % 250 : 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFSIGNALED(status))
		fail_msg("the child was killed by signal %d", WTERMSIG(status));
	return WEXITSTATUS(status);
}

/* In a child: leave with the line where a condition does not hold. */
#define HOLD(condition)                                                                            \
	do {                                                                                       \
		if (!(condition))                                                                  \
			return __LINE__;                                                           \
	} while (0)

/* Run part in a child, which must come to its end. */
#define expect_child(part)                                                                         \
	do {                                                                                       \
		int line_of_child = in_child(part);                                                \
		if (line_of_child)                                                                 \
			fail_msg("a condition failed in the child, near a line that is %d "        \
				 "modulo 250",                                                     \
				 line_of_child - 1);                                               \
	} while (0)

/* What is done with a signal. */
static void (*handler_of(int number))(int)
{
	struct sigaction action;

	sigaction(number, NULL, &action);
	return action.sa_handler;
}

static int nothing_asked(void)
{
	uf_signals_begin();
	HOLD(!uf_signals_stop_asked());
	uf_signals_enter_write();
	HOLD(uf_signals_poll(1000) == UF_INTERRUPT_NONE);
	return 0;
}

static void nobody_asks(void **state)
{
	(void)state;
	expect_child(nothing_asked);
}

static int before_number;

static int asked_before(void)
{
	uf_signals_begin();
	HOLD(!uf_signals_stop_asked());
	raise(before_number);
	HOLD(uf_signals_stop_asked());
	HOLD(uf_signals_stop_asked());
	/* A second one does no harm. */
	raise(before_number);
	HOLD(uf_signals_stop_asked());
	return 0;
}

static void before_the_first_erase(void **state)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};

	(void)state;
	for (size_t at = 0; at < 3; at++) {
		before_number = numbers[at];
		expect_child(asked_before);
	}
}

/* What nohup and a shell's background job have ignored stays ignored. */
static int ignored_before(void)
{
	signal(before_number, SIG_IGN);
	uf_signals_begin();
	HOLD(handler_of(before_number) == SIG_IGN);
	raise(before_number);
	HOLD(!uf_signals_stop_asked());
	uf_signals_enter_write();
	HOLD(handler_of(before_number) == SIG_IGN);
	raise(before_number);
	HOLD(uf_signals_poll(1000) == UF_INTERRUPT_NONE);
	raise(before_number);
	HOLD(uf_signals_poll(1100) == UF_INTERRUPT_NONE);
	return 0;
}

static void signals_that_were_ignored(void **state)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};

	(void)state;
	for (size_t at = 0; at < 3; at++) {
		before_number = numbers[at];
		expect_child(ignored_before);
	}
}

/* One that is ignored leaves the others. */
static int hup_ignored(void)
{
	signal(SIGHUP, SIG_IGN);
	uf_signals_begin();
	raise(SIGHUP);
	HOLD(!uf_signals_stop_asked());
	raise(SIGTERM);
	HOLD(uf_signals_stop_asked());
	return 0;
}

static void nohup(void **state)
{
	(void)state;
	expect_child(hup_ignored);
}

static int all_ignored_in_write(void)
{
	uf_signals_begin();
	uf_signals_enter_write();
	for (size_t at = 0; at < IGNORED; at++)
		raise(ignored[at]);
	HOLD(uf_signals_poll(1000) == UF_INTERRUPT_NONE);
	for (size_t at = 0; at < IGNORED; at++) {
		HOLD(handler_of(ignored[at]) == SIG_IGN);
		raise(ignored[at]);
	}
	HOLD(uf_signals_poll(1001) == UF_INTERRUPT_NONE);
	return 0;
}

static void ignored_while_writing(void **state)
{
	(void)state;
	expect_child(all_ignored_in_write);
}

static int one_interrupt(void)
{
	uf_signals_begin();
	uf_signals_enter_write();
	HOLD(uf_signals_poll(1000) == UF_INTERRUPT_NONE);
	raise(SIGINT);
	HOLD(uf_signals_poll(1010) == UF_INTERRUPT_WARN);
	HOLD(uf_signals_poll(1020) == UF_INTERRUPT_NONE);
	HOLD(uf_signals_poll(9000) == UF_INTERRUPT_NONE);
	return 0;
}

static void one_interrupt_warns(void **state)
{
	(void)state;
	expect_child(one_interrupt);
}

static int interrupts_2900_apart(void)
{
	uf_signals_begin();
	uf_signals_enter_write();
	raise(SIGINT);
	HOLD(uf_signals_poll(50000) == UF_INTERRUPT_WARN);
	HOLD(uf_signals_poll(51000) == UF_INTERRUPT_NONE);
	raise(SIGINT);
	HOLD(uf_signals_poll(52900) == UF_INTERRUPT_STOP);
	return 0;
}

static int interrupts_at_once(void)
{
	uf_signals_begin();
	uf_signals_enter_write();
	raise(SIGINT);
	HOLD(uf_signals_poll(50000) == UF_INTERRUPT_WARN);
	raise(SIGINT);
	HOLD(uf_signals_poll(50000) == UF_INTERRUPT_STOP);
	return 0;
}

/* At the very beginning of the clock. */
static int interrupts_at_0(void)
{
	uf_signals_begin();
	uf_signals_enter_write();
	raise(SIGINT);
	HOLD(uf_signals_poll(0) == UF_INTERRUPT_WARN);
	raise(SIGINT);
	HOLD(uf_signals_poll(1) == UF_INTERRUPT_STOP);
	return 0;
}

static void two_interrupts_stop(void **state)
{
	(void)state;
	expect_child(interrupts_2900_apart);
	expect_child(interrupts_at_once);
	expect_child(interrupts_at_0);
}

/* Two of them before anybody looked, for a block takes its time. */
static int interrupts_between_polls(void)
{
	uf_signals_begin();
	uf_signals_enter_write();
	HOLD(uf_signals_poll(50000) == UF_INTERRUPT_NONE);
	raise(SIGINT);
	raise(SIGINT);
	HOLD(uf_signals_poll(52000) == UF_INTERRUPT_STOP);
	return 0;
}

static void two_interrupts_between_two_polls_stop(void **state)
{
	(void)state;
	expect_child(interrupts_between_polls);
}

static int interrupts_4000_apart(void)
{
	uf_signals_begin();
	uf_signals_enter_write();
	raise(SIGINT);
	HOLD(uf_signals_poll(50000) == UF_INTERRUPT_WARN);
	raise(SIGINT);
	HOLD(uf_signals_poll(54000) == UF_INTERRUPT_WARN);
	/* The second was a first one again. */
	raise(SIGINT);
	HOLD(uf_signals_poll(56900) == UF_INTERRUPT_STOP);
	return 0;
}

static int interrupts_3100_apart(void)
{
	uf_signals_begin();
	uf_signals_enter_write();
	for (uint64_t now = 50000; now < 100000; now += UF_INTERRUPT_MS + 100) {
		raise(SIGINT);
		HOLD(uf_signals_poll(now) == UF_INTERRUPT_WARN);
		HOLD(uf_signals_poll(now + 10) == UF_INTERRUPT_NONE);
	}
	return 0;
}

static void slow_interrupts_only_warn(void **state)
{
	(void)state;
	expect_child(interrupts_4000_apart);
	expect_child(interrupts_3100_apart);
}

/* TERM and HUP are no first and no second INT. */
static int terminated_and_interrupted(void)
{
	uf_signals_begin();
	uf_signals_enter_write();
	raise(SIGTERM);
	raise(SIGHUP);
	raise(SIGINT);
	HOLD(uf_signals_poll(50000) == UF_INTERRUPT_WARN);
	raise(SIGTERM);
	HOLD(uf_signals_poll(50100) == UF_INTERRUPT_NONE);
	return 0;
}

static void only_interrupts_count(void **state)
{
	(void)state;
	expect_child(terminated_and_interrupted);
}

/* A signal that came before the write began is still told. */
static int asked_and_entered(void)
{
	uf_signals_begin();
	raise(SIGTERM);
	uf_signals_enter_write();
	HOLD(uf_signals_stop_asked());
	return 0;
}

static void what_was_asked_before_is_not_lost(void **state)
{
	(void)state;
	expect_child(asked_and_entered);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_asks),
		cmocka_unit_test(before_the_first_erase),
		cmocka_unit_test(signals_that_were_ignored),
		cmocka_unit_test(nohup),
		cmocka_unit_test(ignored_while_writing),
		cmocka_unit_test(one_interrupt_warns),
		cmocka_unit_test(two_interrupts_stop),
		cmocka_unit_test(two_interrupts_between_two_polls_stop),
		cmocka_unit_test(slow_interrupts_only_warn),
		cmocka_unit_test(only_interrupts_count),
		cmocka_unit_test(what_was_asked_before_is_not_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
