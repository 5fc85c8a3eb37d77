/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is left behind by a run: it holds pins, and feeds a watchdog as long as it should. A regular
 * file stands for the watchdog: it grows by a byte with every feed. */
#include "support.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "uniflash/live/keeper.h"
#include "uniflash/live/watchdog.h"
#include "uniflash/util/textfile.h"

static char *folder;
static char path[512];

static int begin(void **state)
{
	(void)state;
	folder = make_folder();
	snprintf(path, sizeof(path), "%s/watchdog", folder);
	write_file(folder, "watchdog", "", 0);
	return 0;
}

static int end(void **state)
{
	(void)state;
	remove_folder(folder);
	return 0;
}

static off_t fed(void)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_size;
}

/* Wait until it has been fed more often than that; false where it is not within seconds. */
static bool is_fed_beyond(off_t count, int seconds)
{
	for (int waited = 0; waited < seconds * 100; waited++) {
		if (fed() > count)
			return true;
		poll(NULL, 0, 10);
	}
	return false;
}

static int open_watchdog(void)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

/* It feeds, and its end is that of the watchdog, too. */
static void it_feeds_until_its_end(void **state)
{
	static struct uf_pins none;
	struct uf_keeper *keeper = NULL;
	unsigned failed = 99;
	int fd = open_watchdog();
	struct uf_error err;
	char last = 0;
	off_t count;

	(void)state;
	assert_int_equal(uf_keeper_start(&none, NULL, fd, &keeper, &failed, &err), UF_OK);
	assert_int_equal(failed, 0);
	assert_true(is_fed_beyond(2, 10));
	uf_keeper_beat(keeper);
	uf_keeper_end(keeper);
	count = fed();
	poll(NULL, 0, 1000);
	assert_int_equal(fed(), count);
	close(fd);
	/* The magic byte lets the watchdog rest. */
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(pread(fd, &last, 1, count - 1), 1);
	assert_int_equal(last, 'V');
	close(fd);
	uf_keeper_end(NULL);
	uf_keeper_leave(NULL, true);
	uf_keeper_beat(NULL);
}

/* The files are held, and what cannot be is counted. */
static void it_holds_files(void **state)
{
	static struct uf_pins pins;
	struct uf_keeper *keeper = NULL;
	unsigned failed = 99;
	struct uf_error err;

	(void)state;
	write_file(folder, "file", "text", 4);
	snprintf(pins.pin[0].path, sizeof(pins.pin[0].path), "%s/file", folder);
	pins.pin[0].range.len = 4;
	snprintf(pins.pin[1].path, sizeof(pins.pin[1].path), "%s/absent", folder);
	pins.pin[1].range.len = 4;
	/* An earlier run's keeper has this one. */
	snprintf(pins.pin[2].path, sizeof(pins.pin[2].path), "%s/absent", folder);
	pins.pin[2].range.len = 4;
	pins.pin[2].held = true;
	pins.count = 3;
	assert_int_equal(uf_keeper_start(&pins, NULL, -1, &keeper, &failed, &err), UF_OK);
	assert_int_equal(failed, 1);
	uf_keeper_end(keeper);
}

/* The pid of the keeper that a run has left, by its name; 0 where there is none. */
static int pid_of(const char *name)
{
	static struct uf_mounts mounts;
	static struct uf_census census;

	assert_int_equal(uf_mounts_read("", &mounts, NULL), UF_OK);
	assert_int_equal(uf_census_take("", &mounts, getpid(), &census, NULL), UF_OK);
	for (unsigned at = 0; at < census.count; at++)
		if (strcmp(census.process[at].name, name) == 0)
			return census.process[at].pid;
	return 0;
}

static int wait_for(const char *name)
{
	int pid = 0;

	for (int waited = 0; waited < 1000 && !pid; waited++) {
		pid = pid_of(name);
		poll(NULL, 0, 10);
	}
	return pid;
}

/* A run that dies leaves a keeper that goes on feeding and says that the flash is not done. */
static void it_outlives_the_run(void **state)
{
	static struct uf_pins none;
	pid_t run = fork();
	int status, pid;

	(void)state;
	if (run == 0) {
		struct uf_keeper *keeper = NULL;
		unsigned failed;
		int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);

		if (uf_keeper_start(&none, NULL, fd, &keeper, &failed, NULL))
			_exit(1);
		uf_keeper_writing(keeper);
		_exit(0);
	}
	assert_int_equal(waitpid(run, &status, 0), run);
	assert_int_equal(status, 0);
	pid = wait_for(UF_UNDONE_NAME);
	assert_true(pid > 0);
	assert_true(is_fed_beyond(fed(), 10));
	/* What would end another process does not end it. */
	kill(pid, SIGTERM);
	kill(pid, SIGHUP);
	kill(pid, SIGINT);
	assert_true(is_fed_beyond(fed(), 10));
	/* Nor does what anybody can send change what it says of the flash. */
	kill(pid, SIGUSR1);
	kill(pid, SIGUSR2);
	sigqueue(pid, SIGUSR1, (union sigval){.sival_int = 1});
	poll(NULL, 0, 1000);
	assert_int_equal(pid_of(UF_UNDONE_NAME), pid);
	/* A later run that ends well says so. */
	uf_keeper_tell(0, true);
	assert_int_equal(wait_for(UF_KEEPER_NAME), pid);
	uf_keeper_tell(pid, false);
	uf_keeper_tell(0, false);
	assert_int_equal(wait_for(UF_UNDONE_NAME), pid);
	kill(pid, SIGKILL);
}

/* The holders that are stopped are ended, and the device is open and fed. */
static void the_watchdog_is_taken(void **state)
{
	static struct uf_census census;
	int fd = -1, seconds = -1, status;
	struct uf_process *holder = &census.process[1];
	struct uf_error err;

	(void)state;
	/* Who goes on is not ended, whatever it holds. */
	census.count = 2;
	census.process[0] =
		(struct uf_process){.pid = getpid(), .watchdog = true, .fate = UF_FATE_LEFT};
	snprintf(census.watchdog, sizeof(census.watchdog), "%.127s", path);
	*holder = (struct uf_process){.name = "app", .watchdog = true, .fate = UF_FATE_FROZEN};
	holder->pid = fork();
	if (holder->pid == 0)
		for (;;)
			pause();
	kill(holder->pid, SIGSTOP);
	assert_int_equal(uf_watchdog_take(&census, &fd, &seconds, &err), UF_OK);
	assert_int_equal(waitpid(holder->pid, &status, 0), holder->pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	assert_true(fd >= 0);
	assert_int_equal(seconds, 0); /* a file has no timeout */
	assert_int_equal(fed(), 1);
	uf_watchdog_feed(fd);
	assert_int_equal(fed(), 2);
	uf_watchdog_release(fd);
	uf_watchdog_release(-1);
	uf_watchdog_feed(-1);
	assert_int_equal(fed(), 3);
	snprintf(census.watchdog, sizeof(census.watchdog), "%.100s/x", folder);
	assert_int_equal(uf_watchdog_take(&census, &fd, &seconds, &err), UF_ERR_IO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(it_feeds_until_its_end, begin, end),
		cmocka_unit_test_setup_teardown(it_holds_files, begin, end),
		cmocka_unit_test_setup_teardown(it_outlives_the_run, begin, end),
		cmocka_unit_test_setup_teardown(the_watchdog_is_taken, begin, end),
	};

	/* A keeper is this executable anew. */
	uf_keeper_run();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
