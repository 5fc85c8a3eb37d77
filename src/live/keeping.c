/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keeper itself. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "keeper.h"
#include "maps.h"
#include "uniflash/live/keeper.h"
#include "uniflash/live/memory.h"
#include "uniflash/live/watchdog.h"
#include "uniflash/util/clock.h"
#include "uniflash/util/files.h"

/* The shortest timeout there is can be 1 s; a beat in between costs nothing. */
#define FEED_MS 400

#define FROM     STDIN_FILENO
#define READY    STDOUT_FILENO
#define WATCHDOG STDERR_FILENO

/* What it knows of the run. */
struct keeping {
	struct uf_stopped stopped;
	int watchdog;
	bool writing;
	bool gone;         /* the run has ended, one way or another */
	char over;         /* how it said that it ended, 0 where it did not */
	uint64_t heard_ms; /* when it last showed that it goes on */
};

bool keeper_put(int pipe, char word)
{
	return write(pipe, &word, 1) == 1;
}

bool keeper_get(int pipe, void *to, size_t len)
{
	return uf_read_all(pipe, to, len) == (ssize_t)len;
}

/* A later run tells what has become of the flash, by a signal that carries a word: what kill(1)
 * sends carries none, and says nothing. */
#define TOLD_SIGNAL SIGUSR1
#define TOLD_MAGIC  0x756e6600 /* "unf", and the word */

static volatile sig_atomic_t told;

static void on_told(int number, siginfo_t *info, void *context)
{
	int word = info->si_code == SI_QUEUE ? info->si_value.sival_int : 0;

	(void)number;
	(void)context;
	if (word == (TOLD_MAGIC | KEEPER_VERIFIED) || word == (TOLD_MAGIC | KEEPER_UNDONE))
		told = word - TOLD_MAGIC;
}

void keeper_tell(int pid, bool verified)
{
	const union sigval word = {.sival_int = TOLD_MAGIC |
						(verified ? KEEPER_VERIFIED : KEEPER_UNDONE)};

	sigqueue(pid, TOLD_SIGNAL, word);
}

static void ignore_signals(void)
{
	const struct sigaction action = {.sa_sigaction = on_told, .sa_flags = SA_SIGINFO};

	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_IGN);
	sigaction(TOLD_SIGNAL, &action, NULL);
}

/* What can be written is this process's own copy already. */
static void lock_text(void *who, const struct mapping *mapping)
{
	bool *good = who;

	if (*good && mapping->reads && !mapping->writes)
		/* The address comes as text. NOLINTNEXTLINE(performance-no-int-to-ptr) */
		*good = mlock((void *)mapping->begin, mapping->end - mapping->begin) == 0;
}

/* What it runs from may lie on a card, which can be pulled out. */
static void lock_own_text(void)
{
	bool good = true;

	maps_visit("", "self", lock_text, &good);
}

static void hear_word(struct keeping *keeping, char word)
{
	switch (word) {
	case KEEPER_WRITING:
		keeping->writing = true;
		break;
	case KEEPER_VERIFIED:
	case KEEPER_UNDONE:
		keeping->over = word;
		break;
	case KEEPER_END:
		uf_watchdog_release(keeping->watchdog);
		_exit(0);
	default:
		break;
	}
	keeping->heard_ms = uf_clock_ms();
}

/* Wait for words of the run until it is time to feed again. */
static void hear(struct keeping *keeping)
{
	struct pollfd wait = {.fd = keeping->gone ? -1 : FROM, .events = POLLIN};
	char words[64];
	ssize_t got = 0;

	if (poll(&wait, 1, FEED_MS) > 0)
		got = read(FROM, words, sizeof(words));
	for (ssize_t at = 0; at < got; at++)
		hear_word(keeping, words[at]);
	/* The other end is closed. */
	if (wait.revents && got == 0)
		keeping->gone = true;
}

/* As long as the run goes on it must show that it does; afterwards nobody has to. */
static bool may_feed(const struct keeping *keeping)
{
	return keeping->over || keeping->gone ||
	       uf_clock_ms() - keeping->heard_ms < UF_KEEPER_PATIENCE * UINT64_C(1000);
}

/* The name tells the user, and `uniflash reboot`, what state the flash is in. */
static void show_state(const struct keeping *keeping)
{
	bool undone = keeping->over == KEEPER_UNDONE ||
		      (!keeping->over && keeping->gone && keeping->writing);

	if (told)
		undone = told == KEEPER_UNDONE;
	prctl(PR_SET_NAME, undone ? UF_UNDONE_NAME : UF_KEEPER_NAME);
}

/* The end of a login shell wakes those of its jobs that were stopped, as a hangup does. */
static void stop_again(const struct uf_stopped *stopped)
{
	for (unsigned at = 0; at < stopped->count; at++)
		if (uf_process_is("", stopped->pid[at], stopped->start[at]))
			kill(stopped->pid[at], SIGSTOP);
}

static void keep(struct keeping *keeping)
{
	uint64_t fed_ms = 0;

	for (;;) {
		/* Many words are no reason to do the rest more often. */
		if (uf_clock_ms() - fed_ms >= FEED_MS) {
			fed_ms = uf_clock_ms();
			if (may_feed(keeping))
				uf_watchdog_feed(keeping->watchdog);
			show_state(keeping);
			stop_again(&keeping->stopped);
		}
		hear(keeping);
	}
}

static bool hold_pins(unsigned *failed)
{
	struct uf_pin pin;
	unsigned count;

	if (!keeper_get(FROM, &count, sizeof(count)))
		return false;
	while (count-- > 0) {
		if (!keeper_get(FROM, &pin, sizeof(pin)))
			return false;
		*failed += !uf_pin_hold(&pin);
	}
	return true;
}

/* What the run was started with and left open: a pipe that somebody waits for the end of. */
static void close_others(void)
{
	long most = sysconf(_SC_OPEN_MAX);

	for (int fd = WATCHDOG + 1; fd < (most > 0 && most < 1024 ? most : 1024); fd++)
		close(fd);
}

void uf_keeper_run(void)
{
	static struct keeping keeping;
	const char *watchdog = getenv(KEEPER_VARIABLE);
	unsigned failed = 0;

	if (!watchdog)
		return;
	keeping.watchdog = watchdog[0] ? WATCHDOG : -1;
	close_others();
	ignore_signals();
	setsid();
	prctl(PR_SET_NAME, UF_KEEPER_NAME);
	/* The folder that the run was started in may lie on the card that is to be unmounted. */
	if (chdir("/") != 0)
		errno = 0;
	uf_memory_spare_process();
	lock_own_text();
	if (!keeper_get(FROM, &keeping.stopped, sizeof(keeping.stopped)) || !hold_pins(&failed) ||
	    uf_write_all(READY, &failed, sizeof(failed)))
		_exit(1);
	close(READY);
	keeping.heard_ms = uf_clock_ms();
	keep(&keeping);
}
