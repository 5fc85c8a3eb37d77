/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keeper as the run sees it. */
#include "uniflash/live/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keeper.h"
#include "uniflash/util/files.h"

/* How long a word that must arrive may take, in milliseconds. */
#define SAY_MS 5000

struct uf_keeper {
	int pipe;
	pid_t pid;
};

/* Beats may be lost: one is as good as another. */
void uf_keeper_beat(struct uf_keeper *keeper)
{
	if (keeper)
		keeper_put(keeper->pipe, KEEPER_BEAT);
}

/* The pipe is emptied every moment; it is full only where the keeper cannot run. */
static void say(struct uf_keeper *keeper, char word)
{
	struct pollfd room = {.fd = keeper->pipe, .events = POLLOUT};

	if (!keeper_put(keeper->pipe, word) && poll(&room, 1, SAY_MS) > 0)
		keeper_put(keeper->pipe, word);
}

void uf_keeper_writing(struct uf_keeper *keeper)
{
	if (keeper)
		say(keeper, KEEPER_WRITING);
}

/* It reads from 0, tells on 1 and has the watchdog at 2. */
static void become_keeper(int from, int ready, int watchdog)
{
	static char name[] = UF_KEEPER_NAME, fed[] = KEEPER_VARIABLE "=2",
		    unfed[] = KEEPER_VARIABLE "=";
	char *const argv[] = {name, NULL};
	char *const env[] = {watchdog < 0 ? unfed : fed, NULL};
	const int given[] = {from, ready, watchdog};

	/* Above those that they become, so that none is closed for another. */
	int fd[3];

	for (int at = 0; at < 3; at++)
		fd[at] = given[at] < 0 ? -1 : fcntl(given[at], F_DUPFD_CLOEXEC, 3);
	for (int at = 0; at < 3; at++)
		if (fd[at] < 0 || dup2(fd[at], at) < 0)
			close(at);
	execve("/proc/self/exe", argv, env);
	_exit(1);
}

static int hand_over(int to, const struct uf_pins *pins, const struct uf_stopped *stopped)
{
	const struct uf_stopped none = {0};
	unsigned count = 0;
	int ret = uf_write_all(to, stopped ? stopped : &none, sizeof(none));

	for (unsigned at = 0; at < pins->count; at++)
		count += !pins->pin[at].held;
	if (!ret)
		ret = uf_write_all(to, &count, sizeof(count));
	for (unsigned at = 0; at < pins->count && !ret; at++)
		if (!pins->pin[at].held)
			ret = uf_write_all(to, &pins->pin[at], sizeof(pins->pin[at]));
	return ret;
}

static int introduce(struct uf_keeper *keeper, const struct uf_pins *pins,
		     const struct uf_stopped *stopped, int ready, unsigned *failed,
		     struct uf_error *err)
{
	if (hand_over(keeper->pipe, pins, stopped) || !keeper_get(ready, failed, sizeof(*failed)))
		return uf_fail(err, UF_ERR_MEMORY, "the process that keeps files in memory died");
	fcntl(keeper->pipe, F_SETFL, O_NONBLOCK);
	return UF_OK;
}

static int start(struct uf_keeper *keeper, const struct uf_pins *pins,
		 const struct uf_stopped *stopped, int watchdog, unsigned *failed,
		 struct uf_error *err)
{
	int to[2], ready[2], ret;

	if (pipe2(to, O_CLOEXEC) != 0)
		return uf_fail_errno(err, UF_ERR_IO, errno, "cannot make a pipe");
	keeper->pipe = to[1];
	if (pipe2(ready, O_CLOEXEC) != 0) {
		ret = uf_fail_errno(err, UF_ERR_IO, errno, "cannot make a pipe");
		close(to[0]);
		return ret;
	}
	keeper->pid = fork();
	if (keeper->pid == 0)
		become_keeper(to[0], ready[1], watchdog);
	close(to[0]);
	close(ready[1]);
	ret = keeper->pid < 0 ? uf_fail_errno(err, UF_ERR_IO, errno, "cannot fork")
			      : introduce(keeper, pins, stopped, ready[0], failed, err);
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
	made->pipe = -1;
	ret = start(made, pins, stopped, watchdog, failed, err);
	if (ret)
		uf_keeper_end(made);
	else
		*keeper = made;
	return ret;
}

static void release(struct uf_keeper *keeper)
{
	if (keeper->pipe >= 0)
		close(keeper->pipe);
	free(keeper);
}

/* Keepers of earlier runs hold their pins on, but what they say of the flash has changed. */
void uf_keeper_tell(int own, bool verified)
{
	static const char *const names[] = {UF_KEEPER_NAME, UF_UNDONE_NAME};
	int pid[UF_PROCESSES_MAX];

	for (size_t name = 0; name < sizeof(names) / sizeof(names[0]); name++) {
		unsigned count = uf_census_named("", names[name], false, pid, UF_PROCESSES_MAX);

		for (unsigned at = 0; at < count; at++)
			if (pid[at] != own)
				keeper_tell(pid[at], verified);
	}
}

void uf_keeper_leave(struct uf_keeper *keeper, bool verified)
{
	if (!keeper)
		return;
	say(keeper, verified ? KEEPER_VERIFIED : KEEPER_UNDONE);
	uf_keeper_tell(keeper->pid, verified);
	release(keeper);
}

void uf_keeper_end(struct uf_keeper *keeper)
{
	if (!keeper)
		return;
	if (keeper->pid > 0) {
		say(keeper, KEEPER_END);
		waitpid(keeper->pid, NULL, 0);
	}
	release(keeper);
}
