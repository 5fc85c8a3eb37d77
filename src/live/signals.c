/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/live/signals.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t stop_asked;
static volatile sig_atomic_t interrupts;

/* How many of them uf_signals_poll has seen, and when the last came. */
static sig_atomic_t interrupts_seen;
static uint64_t last_interrupt_ms;
static bool interrupted_before;

static void on_stop(int number)
{
	(void)number;
	stop_asked = 1;
}

static void on_interrupt(int number)
{
	(void)number;
	interrupts++;
}

static void handle(int number, void (*handler)(int))
{
	struct sigaction old, action = {.sa_handler = handler};

	if (sigaction(number, NULL, &old) == 0 && old.sa_handler == SIG_IGN)
		return;
	sigaction(number, &action, NULL);
}

void uf_signals_begin(void)
{
	handle(SIGINT, on_stop);
	handle(SIGTERM, on_stop);
	handle(SIGHUP, on_stop);
	handle(SIGPIPE, SIG_IGN);
}

bool uf_signals_stop_asked(void)
{
	return stop_asked;
}

void uf_signals_enter_quiet(void)
{
	static const int ignored[] = {SIGTSTP, SIGTTIN, SIGTTOU, SIGALRM,
				      SIGUSR1, SIGUSR2, SIGXCPU, SIGXFSZ};

	for (size_t at = 0; at < sizeof(ignored) / sizeof(ignored[0]); at++)
		handle(ignored[at], SIG_IGN);
	handle(SIGQUIT, on_stop);
}

void uf_signals_enter_write(void)
{
	static const int ignored[] = {SIGHUP,  SIGPIPE, SIGTERM, SIGQUIT, SIGTSTP, SIGTTIN,
				      SIGTTOU, SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU, SIGXFSZ};

	for (size_t at = 0; at < sizeof(ignored) / sizeof(ignored[0]); at++)
		handle(ignored[at], SIG_IGN);
	handle(SIGINT, on_interrupt);
}

enum uf_interrupt uf_signals_poll(uint64_t now_ms)
{
	sig_atomic_t count = interrupts;
	sig_atomic_t new = count - interrupts_seen;
	bool soon = interrupted_before && now_ms - last_interrupt_ms <= UF_INTERRUPT_MS;

	if (!new)
		return UF_INTERRUPT_NONE;
	interrupts_seen = count;
	interrupted_before = true;
	last_interrupt_ms = now_ms;
	return soon || new > 1 ? UF_INTERRUPT_STOP : UF_INTERRUPT_WARN;
}
