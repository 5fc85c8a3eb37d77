/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/live/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "uniflash/live/memory.h"
#include "uniflash/live/title.h"
#include "uniflash/live/watchdog.h"
#include "uniflash/util/files.h"

/* The shortest timeout there is can be 1 s; a beat in between costs nothing. */
#define FEED_MS 400

enum over {
	OVER_NOT,
	OVER_VERIFIED,
	OVER_UNDONE,
};

/* What both processes see. */
struct shared {
	volatile uint32_t beats;
	volatile uint32_t writing;
	volatile uint32_t over; /* the run has ended: enum over */
	volatile uint32_t end;  /* the keeper is to end */
};

struct uf_keeper {
	struct shared *shared;
	pid_t pid;
};

/* What it runs from may lie on a card, which can be pulled out. */
static void lock_own_text(void)
{
	char line[512];
	FILE *maps = fopen("/proc/self/maps", "re");

	while (maps && fgets(line, sizeof(line), maps)) {
		char *at;
		uintptr_t begin = strtoul(line, &at, 16);
		uintptr_t end = strtoul(at + 1, &at, 16);

		/* " r-xp": what can be written is this process's own copy already. The addresses
		 * come as text. NOLINTNEXTLINE(performance-no-int-to-ptr) */
		if (at[1] == 'r' && at[2] == '-' && mlock((void *)begin, end - begin) != 0)
			break;
	}
	if (maps)
		fclose(maps);
}

/* A later run tells what has become of the flash, by a signal that carries a word: what kill(1)
 * sends carries none, and says nothing. */
#define TOLD_SIGNAL SIGUSR1
#define TOLD_MAGIC  0x756e6600 /* "unf", and enum over */

static volatile sig_atomic_t told = OVER_NOT;

static void on_told(int number, siginfo_t *info, void *context)
{
	int word = info->si_code == SI_QUEUE ? info->si_value.sival_int : 0;

	(void)number;
	(void)context;
	if (word == (TOLD_MAGIC | OVER_VERIFIED) || word == (TOLD_MAGIC | OVER_UNDONE))
		told = word - TOLD_MAGIC;
}

static void tell(int pid, bool verified)
{
	const union sigval word = {.sival_int =
					   TOLD_MAGIC | (verified ? OVER_VERIFIED : OVER_UNDONE)};

	sigqueue(pid, TOLD_SIGNAL, word);
}

static void ignore_signals(void)
{
	const struct sigaction action = {.sa_sigaction = on_told, .sa_flags = SA_SIGINFO};

	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_IGN);
	sigaction(TOLD_SIGNAL, &action, NULL);
}

static void close_all_but(int keep, int too)
{
	long most = sysconf(_SC_OPEN_MAX);

	for (int fd = 0; fd < (most > 0 && most < 1024 ? most : 1024); fd++)
		if (fd != keep && fd != too)
			close(fd);
}

/* Whether the run goes on as it should, or is over. */
static bool may_feed(const struct shared *shared, pid_t run, uint32_t *seen, unsigned *silent)
{
	if (shared->over || getppid() != run)
		return true;
	if (shared->beats != *seen) {
		*seen = shared->beats;
		*silent = 0;
		return true;
	}
	return ++*silent < UF_KEEPER_PATIENCE * 1000 / FEED_MS;
}

/* The name tells the user, and `uniflash reboot`, what state the flash is in. */
static void show_state(const struct shared *shared, pid_t run)
{
	int state = told;

	if (!state)
		state = !shared->over && shared->writing && getppid() != run ? OVER_UNDONE
									     : (int)shared->over;
	uf_title_set(state == OVER_UNDONE ? UF_UNDONE_NAME : UF_KEEPER_NAME);
}

/* The end of a login shell wakes those of its jobs that were stopped, as a hangup does. */
static void stop_again(const struct uf_stopped *stopped)
{
	for (unsigned at = 0; stopped && at < stopped->count; at++)
		if (uf_process_is("", stopped->pid[at], stopped->start[at]))
			kill(stopped->pid[at], SIGSTOP);
}

static void keep(const struct shared *shared, const struct uf_stopped *stopped, pid_t run,
		 int watchdog)
{
	uint32_t seen = 0;
	unsigned silent = 0;

	while (!shared->end) {
		if (may_feed(shared, run, &seen, &silent))
			uf_watchdog_feed(watchdog);
		show_state(shared, run);
		stop_again(stopped);
		poll(NULL, 0, FEED_MS);
	}
	uf_watchdog_release(watchdog);
	_exit(0);
}

static void become_keeper(const struct uf_pins *pins, const struct uf_stopped *stopped,
			  int watchdog, int ready, const struct shared *shared, pid_t run)
{
	unsigned failed;

	ignore_signals();
	setsid();
	uf_title_set(UF_KEEPER_NAME);
	close_all_but(watchdog, ready);
	/* The folder that the run was started in may lie on the card that is to be unmounted. */
	if (chdir("/") != 0)
		errno = 0;
	uf_memory_spare_process();
	lock_own_text();
	failed = uf_pins_hold(pins);
	uf_write_all(ready, &failed, sizeof(failed));
	close(ready);
	keep(shared, stopped, run, watchdog);
}

static int wait_ready(int ready, unsigned *failed, struct uf_error *err)
{
	ssize_t got;

	do
		got = read(ready, failed, sizeof(*failed));
	while (got < 0 && errno == EINTR);
	return got == sizeof(*failed)
		       ? UF_OK
		       : uf_fail(err, UF_ERR_MEMORY, "the process that keeps files in memory died");
}

static int start(struct uf_keeper *keeper, const struct uf_pins *pins,
		 const struct uf_stopped *stopped, int watchdog, unsigned *failed,
		 struct uf_error *err)
{
	pid_t run = getpid();
	int ready[2], ret;

	if (pipe2(ready, O_CLOEXEC) != 0)
		return uf_fail_errno(err, UF_ERR_IO, errno, "cannot make a pipe");
	keeper->pid = fork();
	if (keeper->pid == 0)
		become_keeper(pins, stopped, watchdog, ready[1], keeper->shared, run);
	close(ready[1]);
	ret = keeper->pid < 0 ? uf_fail_errno(err, UF_ERR_IO, errno, "cannot fork")
			      : wait_ready(ready[0], failed, err);
	close(ready[0]);
	return ret;
}

int uf_keeper_start(const struct uf_pins *pins, const struct uf_stopped *stopped, int watchdog,
		    struct uf_keeper **keeper, unsigned *failed, struct uf_error *err)
{
	struct uf_keeper *made = calloc(1, sizeof(*made));
	int ret;

	*failed = 0;
	if (!made)
		return uf_fail(err, UF_ERR_MEMORY, "no memory for the keeper");
	made->shared = mmap(NULL, sizeof(*made->shared), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ret = made->shared == MAP_FAILED ? uf_fail_errno(err, UF_ERR_MEMORY, errno, "no memory")
					 : start(made, pins, stopped, watchdog, failed, err);
	if (ret) {
		uf_keeper_end(made);
		return ret;
	}
	*keeper = made;
	return UF_OK;
}

void uf_keeper_beat(struct uf_keeper *keeper)
{
	if (keeper)
		keeper->shared->beats++;
}

void uf_keeper_writing(struct uf_keeper *keeper)
{
	if (keeper)
		keeper->shared->writing = 1;
}

static void release(struct uf_keeper *keeper)
{
	if (keeper->shared != MAP_FAILED)
		munmap(keeper->shared, sizeof(*keeper->shared));
	free(keeper);
}

/* Keepers of earlier runs hold their pins on, but what they say of the flash has changed. */
void uf_keeper_tell(int own, bool verified)
{
	struct uf_mounts *mounts = calloc(1, sizeof(*mounts));
	struct uf_census *census = calloc(1, sizeof(*census));

	if (mounts && census && uf_census_take("", mounts, getpid(), census, NULL) == 0)
		for (unsigned at = 0; at < census->count; at++)
			if (census->process[at].fate == UF_FATE_OWN &&
			    census->process[at].pid != getpid() && census->process[at].pid != own)
				tell(census->process[at].pid, verified);
	free(census);
	free(mounts);
}

void uf_keeper_leave(struct uf_keeper *keeper, bool verified)
{
	if (!keeper)
		return;
	keeper->shared->over = verified ? OVER_VERIFIED : OVER_UNDONE;
	uf_keeper_tell(keeper->pid, verified);
	release(keeper);
}

void uf_keeper_end(struct uf_keeper *keeper)
{
	if (!keeper)
		return;
	if (keeper->pid > 0) {
		keeper->shared->end = 1;
		waitpid(keeper->pid, NULL, 0);
	}
	release(keeper);
}
