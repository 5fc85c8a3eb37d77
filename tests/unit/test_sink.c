/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sinks: whatever happens to the other side, a live one never blocks. Every test that could hang
 * has an alarm that kills it.
 */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "report/sink.h"
#include "terminal.h"
#include "uniflash/util/clock.h"

/* Longer than any call to a live sink may take, in milliseconds; a sink that blocks takes for
 * ever. */
#define AT_ONCE 2000

static struct sink sink;

static int set_up(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	alarm(60);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	alarm(0);
	return 0;
}

/* Write a numbered line. */
static void write_line(unsigned number, bool may_lose)
{
	char line[64];
	int len =
		snprintf(line, sizeof(line), "line %08u %s\n", number, may_lose ? "lossy" : "kept");

	sink_write(&sink, line, (size_t)len, may_lose);
}

/* Read what is there from a descriptor that does not block, up to size bytes. */
static size_t read_all(int fd, char *buf, size_t size)
{
	size_t len = 0;
	ssize_t got;

	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	while (len < size && (got = read(fd, buf + len, size - len)) > 0)
		len += (size_t)got;
	return len;
}

/* Check that a text is whole lines of write_line with numbers that only grow; returns how many. */
static unsigned check_lines(const char *text, size_t len)
{
	unsigned lines = 0;
	unsigned next = 0;

	while (len) {
		const char *end = memchr(text, '\n', len);
		unsigned number;
		char kind[16];
		int used = 0;

		if (!end)
			fail_msg("the last line has no end: %.*s", (int)len, text);
		assert_int_equal(sscanf(text, "line %8u %5s%n", &number, kind, &used), 2);
		assert_int_equal(used, end - text);
		assert_true(number >= next);
		next = number + 1;
		len -= (size_t)(end + 1 - text);
		text = end + 1;
		lines++;
	}
	return lines;
}

static void nowhere(void **state)
{
	(void)state;
	sink_begin(&sink, -1);
	assert_int_equal(sink.fd, -1);
	write_line(1, false);
	sink_set_live(&sink);
	write_line(2, true);
	sink_sync(&sink);
	sink_drain(&sink, 10);
	sink_end(&sink);
}

/* Text goes out at once where nothing is in its way, in order. */
static void a_pipe_that_is_read(void **state)
{
	char buf[4096];
	int fd[2];

	(void)state;
	assert_int_equal(pipe(fd), 0);
	sink_begin(&sink, fd[1]);
	assert_false(sink.is_tty);
	assert_false(sink.is_socket);
	for (unsigned number = 0; number < 20; number++)
		write_line(number, number % 2);
	sink_set_live(&sink);
	for (unsigned number = 20; number < 40; number++)
		write_line(number, number % 2);
	assert_int_equal(check_lines(buf, read_all(fd[0], buf, sizeof(buf))), 40);
	assert_int_equal(sink.queued, 0);
	sink_end(&sink);
	close(fd[0]);
	close(fd[1]);
}

/* Fill a pipe's buffer from outside, so that it takes nothing more. Returns how much is in it. */
static size_t fill_pipe(int fd)
{
	int flags = fcntl(fd, F_GETFL);
	size_t len = 0;
	char zero[512] = {0};
	ssize_t put;

	fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	while ((put = write(fd, zero, sizeof(zero))) > 0)
		len += (size_t)put;
	while (write(fd, zero, 1) > 0)
		len++;
	fcntl(fd, F_SETFL, flags);
	return len;
}

/* Nobody reads: no call waits, what fits is kept, the rest is lost. */
static void a_pipe_that_nobody_reads(void **state)
{
	uint64_t before = uf_clock_ms();
	int fd[2];

	(void)state;
	assert_int_equal(pipe(fd), 0);
	sink_begin(&sink, fd[1]);
	sink_set_live(&sink);
	for (unsigned number = 0; number < 100000; number++) {
		write_line(number, number % 3 == 0);
		assert_true(sink.queued <= SINK_QUEUE);
	}
	sink_sync(&sink);
	assert_true(uf_clock_ms() - before < 10 * AT_ONCE);
	assert_true(sink.queued > SINK_QUEUE / 2);
	assert_true(sink.lost);
	assert_false(sink.dead);
	before = uf_clock_ms();
	sink_drain(&sink, 100);
	assert_in_range(uf_clock_ms() - before, 90, AT_ONCE);
	before = uf_clock_ms();
	sink_end(&sink);
	assert_true(uf_clock_ms() - before < AT_ONCE);
	close(fd[0]);
	close(fd[1]);
}

/* What comes out when somebody reads again: whole lines in their order. */
static void a_reader_that_comes_back(void **state)
{
	size_t size = 1 << 20;
	char *buf = malloc(size);
	size_t len;
	int fd[2];

	(void)state;
	assert_non_null(buf);
	assert_int_equal(pipe(fd), 0);
	sink_begin(&sink, fd[1]);
	sink_set_live(&sink);
	for (unsigned number = 0; number < 20000; number++)
		write_line(number, false);
	len = read_all(fd[0], buf, size);
	sink_drain(&sink, 1000);
	assert_int_equal(sink.queued, 0);
	len += read_all(fd[0], buf + len, size - len);
	write_line(20000, false);
	len += read_all(fd[0], buf + len, size - len);
	assert_true(check_lines(buf, len) > 1000);
	assert_non_null(memmem(buf, len, "line 00020000 kept\n", 19));
	sink_end(&sink);
	close(fd[0]);
	close(fd[1]);
	free(buf);
}

/* What waits comes first; what may be lost is lost as long as something waits. */
static void what_may_be_lost(void **state)
{
	char *buf = malloc(1 << 20);
	size_t filled;
	size_t len;
	int fd[2];

	(void)state;
	assert_non_null(buf);
	assert_int_equal(pipe(fd), 0);
	sink_begin(&sink, fd[1]);
	sink_set_live(&sink);
	filled = fill_pipe(fd[1]);
	write_line(1, false);
	assert_int_equal(sink.queued, strlen("line 00000001 kept\n"));
	write_line(2, true);
	assert_int_equal(sink.queued, strlen("line 00000001 kept\n"));
	write_line(3, false);
	assert_int_equal(sink.queued, 2 * strlen("line 00000001 kept\n"));
	len = read_all(fd[0], buf, 1 << 20);
	assert_int_equal(len, filled);
	write_line(4, false);
	sink_drain(&sink, 1000);
	write_line(5, true);
	len = read_all(fd[0], buf, 1 << 20);
	buf[len] = '\0';
	assert_string_equal(buf, "line 00000001 kept\nline 00000003 kept\n"
				 "line 00000004 kept\nline 00000005 lossy\n");
	sink_end(&sink);
	close(fd[0]);
	close(fd[1]);
	free(buf);
}

/* A text of which the pipe takes only a part is continued where it was cut. */
static void a_text_that_goes_out_in_parts(void **state)
{
	size_t size = 200000;
	char *text = malloc(size);
	char *buf = malloc(size);
	size_t len = 0;
	int fd[2];

	(void)state;
	assert_true(text && buf);
	for (size_t at = 0; at < size; at++)
		text[at] = (char)('a' + at % 23);
	assert_int_equal(pipe(fd), 0);
	assert_true(fcntl(fd[1], F_SETPIPE_SZ, 4096) > 0);
	sink_begin(&sink, fd[1]);
	sink_set_live(&sink);
	sink_write(&sink, text, 20000, false);
	for (unsigned turn = 0; turn < 20 && len < 20000; turn++) {
		len += read_all(fd[0], buf + len, size - len);
		sink_drain(&sink, 20);
	}
	len += read_all(fd[0], buf + len, size - len);
	assert_int_equal(len, 20000);
	assert_memory_equal(buf, text, len);
	sink_end(&sink);
	close(fd[0]);
	close(fd[1]);
	free(text);
	free(buf);
}

/* Before it is live a sink waits, and loses nothing. */
static void a_slow_reader_before_it_is_live(void **state)
{
	int fd[2];
	pid_t pid;
	int status;

	(void)state;
	assert_int_equal(pipe(fd), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		unsigned lines = 0;
		char byte;

		close(fd[1]);
		usleep(200000);
		while (read(fd[0], &byte, 1) == 1)
			lines += byte == '\n';
		_exit(lines == 20000 ? 0 : 1);
	}
	close(fd[0]);
	sink_begin(&sink, fd[1]);
	for (unsigned number = 0; number < 20000; number++)
		write_line(number, false);
	sink_drain(&sink, 10000);
	sink_end(&sink);
	close(fd[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* Not for ever, though: nobody reads, and the time that all writes together may wait is over. */
static void a_reader_that_never_comes_before_it_is_live(void **state)
{
	uint64_t before = uf_clock_ms();
	int fd[2];

	(void)state;
	assert_int_equal(pipe(fd), 0);
	sink_begin(&sink, fd[1]);
	assert_false(sink.lost);
	for (unsigned number = 0; number < 20000; number++)
		write_line(number, false);
	assert_in_range(uf_clock_ms() - before, SINK_PATIENCE_MS / 2, SINK_PATIENCE_MS + AT_ONCE);
	assert_true(sink.lost);
	assert_false(sink.dead);
	sink_end(&sink);
	close(fd[0]);
	close(fd[1]);
}

/* Other programs share the pipe: that it does not block must not be seen by them. */
static void the_flags_of_others(void **state)
{
	int fd[2];
	int flags;

	(void)state;
	assert_int_equal(pipe(fd), 0);
	flags = fcntl(fd[1], F_GETFL);
	sink_begin(&sink, fd[1]);
	sink_set_live(&sink);
	write_line(1, false);
	assert_int_equal(fcntl(fd[1], F_GETFL), flags);
	sink_end(&sink);
	assert_int_equal(fcntl(fd[1], F_GETFL), flags);
	/* The descriptor stays the caller's. */
	assert_int_equal(write(fd[1], "x", 1), 1);
	close(fd[0]);
	close(fd[1]);
}

/* The reader goes away: the sink is dead, and nothing else happens. */
static void a_reader_that_goes_away(void **state)
{
	int fd[2];

	(void)state;
	for (unsigned live = 0; live < 2; live++) {
		assert_int_equal(pipe(fd), 0);
		sink_begin(&sink, fd[1]);
		if (live)
			sink_set_live(&sink);
		write_line(1, false);
		assert_false(sink.dead);
		close(fd[0]);
		write_line(2, false);
		write_line(3, true);
		assert_true(sink.dead);
		assert_int_equal(sink.dead_errno, EPIPE);
		write_line(4, false);
		sink_sync(&sink);
		sink_drain(&sink, 1000);
		sink_end(&sink);
		close(fd[1]);
	}
}

/* It goes away with something waiting for it: that is not waited for. */
static void a_reader_that_goes_away_from_a_full_pipe(void **state)
{
	uint64_t before;
	int fd[2];

	(void)state;
	assert_int_equal(pipe(fd), 0);
	sink_begin(&sink, fd[1]);
	sink_set_live(&sink);
	fill_pipe(fd[1]);
	write_line(1, false);
	close(fd[0]);
	before = uf_clock_ms();
	sink_drain(&sink, 5000);
	assert_true(uf_clock_ms() - before < AT_ONCE);
	assert_true(sink.dead);
	sink_end(&sink);
	close(fd[1]);
}

/* At the end one that is slow, but reads, gets all of it, however short the wait for one that does
 * not. */
static void a_slow_reader_at_the_end(void **state)
{
	int fd[2];
	pid_t pid;
	int status;

	(void)state;
	assert_int_equal(pipe(fd), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		static char bytes[4096];
		unsigned lines = 0;
		ssize_t len;

		close(fd[1]);
		while ((len = read(fd[0], bytes, sizeof(bytes))) > 0) {
			for (ssize_t at = 0; at < len; at++)
				lines += bytes[at] == '\n';
			usleep(30000);
		}
		_exit(lines == 4000 ? 0 : 1);
	}
	close(fd[0]);
	sink_begin(&sink, fd[1]);
	sink_set_live(&sink);
	for (unsigned number = 0; number < 4000; number++)
		write_line(number, false);
	assert_true(sink.queued > 8192);
	sink_drain(&sink, 100);
	assert_int_equal(sink.queued, 0);
	sink_end(&sink);
	close(fd[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* The pipe has no reader when it is begun. */
static void a_reader_that_was_never_there(void **state)
{
	int fd[2];

	(void)state;
	assert_int_equal(pipe(fd), 0);
	close(fd[0]);
	sink_begin(&sink, fd[1]);
	sink_set_live(&sink);
	write_line(1, false);
	write_line(2, false);
	assert_true(sink.dead);
	sink_end(&sink);
	close(fd[1]);
}

/* A descriptor that is closed. */
static void no_descriptor(void **state)
{
	int fd[2];

	(void)state;
	assert_int_equal(pipe(fd), 0);
	close(fd[0]);
	close(fd[1]);
	sink_begin(&sink, fd[1]);
	sink_set_live(&sink);
	write_line(1, false);
	write_line(2, false);
	sink_drain(&sink, 100);
	sink_end(&sink);
}

static void a_full_disk(void **state)
{
	int fd = open("/dev/full", O_WRONLY);

	(void)state;
	if (fd < 0)
		skip();
	sink_begin(&sink, fd);
	sink_set_live(&sink);
	write_line(1, false);
	write_line(2, false);
	assert_true(sink.dead);
	assert_int_equal(sink.dead_errno, ENOSPC);
	sink_end(&sink);
	close(fd);

	assert_int_equal(sink_begin_file(&sink, "/dev/full"), 0);
	write_line(1, false);
	assert_true(sink.dead);
	assert_int_equal(sink.dead_errno, ENOSPC);
	sink_sync(&sink);
	sink_end(&sink);
}

/* Read a file whole. */
static size_t slurp(const char *folder, const char *name, char *buf, size_t size)
{
	char path[4096];
	FILE *file;
	size_t len;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "r");
	assert_non_null(file);
	len = fread(buf, 1, size - 1, file);
	buf[len] = '\0';
	fclose(file);
	return len;
}

static void a_file(void **state)
{
	char *folder = make_folder();
	char path[4096];
	char buf[4096];

	(void)state;
	snprintf(path, sizeof(path), "%s/log", folder);
	assert_int_equal(sink_begin_file(&sink, path), 0);
	write_line(1, false);
	sink_sync(&sink);
	slurp(folder, "log", buf, sizeof(buf));
	assert_string_equal(buf, "line 00000001 kept\n");
	sink_set_live(&sink);
	write_line(2, true);
	sink_end(&sink);

	/* It is appended to, never cut. */
	assert_int_equal(sink_begin_file(&sink, path), 0);
	write_line(3, false);
	sink_end(&sink);
	slurp(folder, "log", buf, sizeof(buf));
	assert_string_equal(buf, "line 00000001 kept\nline 00000002 lossy\nline 00000003 kept\n");
	remove_folder(folder);
}

static void a_file_that_cannot_be_opened(void **state)
{
	char *folder = make_folder();
	char path[4096];

	(void)state;
	snprintf(path, sizeof(path), "%s/no/log", folder);
	assert_int_equal(sink_begin_file(&sink, path), ENOENT);
	assert_int_equal(sink_begin_file(&sink, folder), EISDIR);
	remove_folder(folder);
}

/* The file's descriptor goes with the sink. */
static void a_file_is_closed(void **state)
{
	char *folder = make_folder();
	char path[4096];
	int fd;

	(void)state;
	snprintf(path, sizeof(path), "%s/log", folder);
	assert_int_equal(sink_begin_file(&sink, path), 0);
	assert_true(sink.own);
	fd = sink.fd;
	assert_true(fcntl(fd, F_GETFD) >= 0);
	sink_end(&sink);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
	remove_folder(folder);
}

/* A file that standard output was sent to is appended to where the shell stands. */
static void output_in_a_file(void **state)
{
	char *folder = make_folder();
	char path[4096];
	char buf[4096];
	int fd;

	(void)state;
	snprintf(path, sizeof(path), "%s/out", folder);
	fd = open(path, O_WRONLY | O_CREAT, 0666);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "before\n", 7), 7);
	sink_begin(&sink, fd);
	write_line(1, false);
	sink_set_live(&sink);
	write_line(2, false);
	sink_end(&sink);
	assert_int_equal(write(fd, "after\n", 6), 6);
	close(fd);
	slurp(folder, "out", buf, sizeof(buf));
	assert_string_equal(buf, "before\nline 00000001 kept\nline 00000002 kept\nafter\n");
	remove_folder(folder);
}

static void a_socket(void **state)
{
	char buf[4096];
	int fd[2];
	int flags;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	flags = fcntl(fd[1], F_GETFL);
	sink_begin(&sink, fd[1]);
	assert_true(sink.is_socket);
	write_line(1, false);
	sink_set_live(&sink);
	write_line(2, false);
	assert_int_equal(fcntl(fd[1], F_GETFL), flags);
	assert_int_equal(check_lines(buf, read_all(fd[0], buf, sizeof(buf))), 2);
	for (unsigned number = 0; number < 100000; number++)
		write_line(number, false);
	assert_true(sink.queued <= SINK_QUEUE);
	assert_false(sink.dead);
	close(fd[0]);
	write_line(3, false);
	assert_true(sink.dead);
	sink_end(&sink);
	close(fd[1]);
}

static void a_terminal(void **state)
{
	char buf[4096];
	int slave;
	int master = terminal_open(80, 24, &slave);
	int flags = fcntl(slave, F_GETFL);

	(void)state;
	sink_begin(&sink, slave);
	assert_true(sink.is_tty);
	write_line(1, false);
	sink_set_live(&sink);
	write_line(2, false);
	assert_int_equal(check_lines(buf, terminal_take(master, slave, buf, sizeof(buf))), 2);
	assert_int_equal(fcntl(slave, F_GETFL), flags);
	sink_end(&sink);
	close(slave);
	close(master);
}

/* Nobody looks at the terminal, or it was stopped with control and S. */
static void a_terminal_that_stalls(void **state)
{
	(void)state;
	for (unsigned stopped = 0; stopped < 2; stopped++) {
		uint64_t before;
		int slave;
		int master = terminal_open(80, 24, &slave);

		if (stopped)
			assert_int_equal(tcflow(slave, TCOOFF), 0);
		sink_begin(&sink, slave);
		sink_set_live(&sink);
		before = uf_clock_ms();
		for (unsigned number = 0; number < 20000; number++)
			write_line(number, number % 2);
		sink_sync(&sink);
		assert_true(uf_clock_ms() - before < 5 * AT_ONCE);
		assert_false(sink.dead);
		before = uf_clock_ms();
		sink_drain(&sink, 100);
		sink_end(&sink);
		assert_true(uf_clock_ms() - before < AT_ONCE);
		close(master);
		close(slave);
	}
}

/* The terminal is closed, as when a connection breaks. */
static void a_terminal_that_goes_away(void **state)
{
	int slave;
	int master = terminal_open(80, 24, &slave);

	(void)state;
	signal(SIGHUP, SIG_IGN);
	sink_begin(&sink, slave);
	sink_set_live(&sink);
	write_line(1, false);
	close(master);
	for (unsigned number = 2; number < 1000; number++)
		write_line(number, false);
	assert_true(sink.dead);
	sink_drain(&sink, 1000);
	sink_end(&sink);
	close(slave);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(nowhere),
		TEST(a_pipe_that_is_read),
		TEST(a_pipe_that_nobody_reads),
		TEST(a_reader_that_comes_back),
		TEST(what_may_be_lost),
		TEST(a_text_that_goes_out_in_parts),
		TEST(a_slow_reader_before_it_is_live),
		TEST(a_reader_that_never_comes_before_it_is_live),
		TEST(the_flags_of_others),
		TEST(a_reader_that_goes_away),
		TEST(a_reader_that_goes_away_from_a_full_pipe),
		TEST(a_slow_reader_at_the_end),
		TEST(a_reader_that_was_never_there),
		TEST(no_descriptor),
		TEST(a_full_disk),
		TEST(a_file),
		TEST(a_file_that_cannot_be_opened),
		TEST(a_file_is_closed),
		TEST(output_in_a_file),
		TEST(a_socket),
		TEST(a_terminal),
		TEST(a_terminal_that_stalls),
		TEST(a_terminal_that_goes_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
