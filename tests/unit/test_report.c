/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The reporters as a program uses them: what goes to standard output, what to standard error, what
 * to the log, and that no reader can stop them. Each case runs in a process of its own, whose
 * output goes to files; it counts what is synced to the disk.
 */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "expect.h"
#include "terminal.h"
#include "uniflash/report/report.h"
#include "uniflash/util/clock.h"

/* How long each file was when it was synced, in the process that syncs. */
static off_t synced[256];
static unsigned syncs;

static void note_sync(int fd)
{
	struct stat st;

	if (fstat(fd, &st) == 0 && syncs < sizeof(synced) / sizeof(synced[0]))
		synced[syncs++] = st.st_size;
}

/* In place of the C library's, which would not tell. */
int fsync(int fd)
{
	note_sync(fd);
	return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
	note_sync(fd);
	return (int)syscall(SYS_fdatasync, fd);
}

/* What a run of a reporter left behind. */
struct output {
	char *folder;
	char out[65536];
	char err[65536];
	char log[65536];
	char result[65536]; /* whatever the child wrote for its parent */
	int status;
};

/* Read a file below folder whole; "" where there is none. */
static void slurp(const char *folder, const char *name, char *buf, size_t size)
{
	char path[4096];
	size_t len = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "r");
	if (file) {
		len = fread(buf, 1, size - 1, file);
		fclose(file);
	}
	buf[len] = '\0';
}

static void redirect(const char *folder, const char *name, int to)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	if (fd < 0 || dup2(fd, to) < 0)
		_exit(99);
	close(fd);
}

static char *test_folder; /* of the case at work */

/* Run part in a process whose standard output and standard error are files. */
static void run(void (*part)(void), struct output *output)
{
	pid_t pid;

	memset(output, 0, sizeof(*output));
	output->folder = make_folder();
	test_folder = output->folder;
	fflush(stdout);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		redirect(output->folder, "out", STDOUT_FILENO);
		redirect(output->folder, "err", STDERR_FILENO);
		alarm(60);
		part();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &output->status, 0), pid);
	slurp(output->folder, "out", output->out, sizeof(output->out));
	slurp(output->folder, "err", output->err, sizeof(output->err));
	slurp(output->folder, "log", output->log, sizeof(output->log));
	slurp(output->folder, "result", output->result, sizeof(output->result));
	remove_folder(output->folder);
	if (output->status != 0)
		fail_msg("the child ended with status 0x%x: %s", (unsigned)output->status,
			 output->err);
}

/* In a child: begin to report, or end it. */
static struct uf_reporter *begin(const struct uf_request *request)
{
	struct uf_reporter *reporter;
	struct uf_error err;

	if (uf_report_begin(request, &reporter, &err) != UF_OK)
		_exit(98);
	return reporter;
}

/* A request of nothing special. */
static struct uf_request plain_request(void)
{
	struct uf_request request;

	memset(&request, 0, sizeof(request));
	request.verb = UF_VERB_FLASH;
	request.operand[0] = "image.bin";
	snprintf(request.keep, sizeof(request.keep), "auto");
	return request;
}

/* The path of the log in the folder of the case. */
static const char *log_path(void)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s/log", test_folder);
	return path;
}

static void report_note(struct uf_reporter *reporter, enum uf_note_level level, const char *text)
{
	const struct uf_event event = {.kind = UF_EVENT_NOTE, .note = {level, text}};

	uf_report_event(reporter, &event);
}

static void report_check(struct uf_reporter *reporter, enum uf_check_result result)
{
	const struct uf_event event = {
		.kind = UF_EVENT_CHECK,
		.check = {UF_CHECK_SIZE_TOO_BIG, result, "the image is too big", "Use another."},
	};

	uf_report_event(reporter, &event);
}

static void report_result(struct uf_reporter *reporter, const struct uf_plan *plan,
			  enum uf_status status, enum uf_flash_state flash)
{
	struct uf_error error;
	struct uf_event event = {.kind = UF_EVENT_RESULT, .plan = plan};

	uf_fail(&error, UF_ERR_IO, "the chip gave up");
	event.result.status = status;
	event.result.flash = flash;
	event.result.about_flash = true;
	event.result.erased_blocks = 17;
	event.result.programmed_pages = 34;
	if (status == UF_STATUS_FAILED || status == UF_STATUS_STOPPED)
		event.result.error = &error;
	uf_report_event(reporter, &event);
}

static void report_progress(struct uf_reporter *reporter, const struct uf_plan *plan,
			    enum uf_phase phase, unsigned done, unsigned total)
{
	const struct uf_event event = {
		.kind = UF_EVENT_PROGRESS,
		.plan = plan,
		.progress =
			{
				.phase = phase,
				.row = plan ? 2 : -1,
				.done = done,
				.total = total,
				.row_done = done,
				.row_total = total,
				.work_done = done,
				.work_total = plan ? total : 0,
			},
	};

	uf_report_event(reporter, &event);
}

/* Of blocks in the run below: one that comes right when it is tried again, one that does not
 * before the others had their turn. */
#define TRIED_AGAIN "mtd2 root, block at 0x00a000, attempt 1: not-blank: it does not forget\n"
#define PUT_OFF     "mtd2 root, block at 0x00c000, attempt 3: mismatch: it does not learn\n"

/* Everything that a good run tells, in its order. */
static void report_a_run(struct uf_reporter *reporter)
{
	struct uf_event event = {.kind = UF_EVENT_PLAN};
	struct rig rig;

	rig_begin_small(&rig, NULL);
	fill_random(rig.bytes, SMALL_SIZE, 1);
	rig_set_old(&rig, rig.bytes);
	for (unsigned block = 8; block < 15; block++)
		rig_cells(&rig)[block * SMALL_BLOCK] ^= 1;
	rig_prepare(&rig);

	report_note(reporter, UF_NOTE_DETAIL, "a detail");
	report_note(reporter, UF_NOTE_INFO, "some news");
	report_check(reporter, UF_CHECK_OK);
	report_check(reporter, UF_CHECK_NOTICE);
	for (unsigned done = 1; done <= 7; done++)
		report_progress(reporter, NULL, UF_PHASE_SURVEY, done, 7);
	event.plan = &rig.plan;
	uf_report_event(reporter, &event);
	uf_report_set_live(reporter);
	for (unsigned done = 1; done <= 7; done++) {
		event.kind = UF_EVENT_BLOCK;
		event.block = (struct uf_block_event){.row = 2, .offset = (7 + done) * SMALL_BLOCK};
		event.block.attempt = 1;
		event.block.detail = "";
		if (done == 3) {
			event.block.result = UF_BLOCK_NOT_BLANK;
			event.block.detail = "it does not forget";
			uf_report_event(reporter, &event);
			event.block.attempt = 2;
			event.block.result = UF_BLOCK_OK;
			event.block.detail = "";
		}
		if (done == 5) {
			event.block.attempt = 3;
			event.block.last = true;
			event.block.result = UF_BLOCK_MISMATCH;
			event.block.detail = "it does not learn";
		}
		uf_report_event(reporter, &event);
		report_progress(reporter, &rig.plan, UF_PHASE_WRITE, done, 7);
	}
	for (unsigned done = 1; done <= 7; done++)
		report_progress(reporter, &rig.plan, UF_PHASE_VERIFY, done, 7);
	report_result(reporter, &rig.plan, UF_STATUS_DONE, UF_FLASH_VERIFIED);
	uf_report_end(reporter);
	rig_end(&rig);
}

static void expect_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" does not have \"%s\"", text, part);
}

static void expect_has_not(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("\"%s\" has \"%s\"", text, part);
}

/* How often a text holds another. */
static unsigned count_of(const char *text, const char *part)
{
	unsigned count = 0;

	while ((text = strstr(text, part))) {
		count++;
		text += strlen(part);
	}
	return count;
}

static unsigned count_lines(const char *text)
{
	unsigned lines = 0;

	for (; *text; text++)
		lines += *text == '\n';
	return lines;
}

static struct output output;

/* Standard output and standard error together. */
static const char *both(void)
{
	static char text[sizeof(output.out) + sizeof(output.err)];

	snprintf(text, sizeof(text), "%s%s", output.out, output.err);
	return text;
}

static void plain_child(void)
{
	struct uf_request request = plain_request();

	report_a_run(begin(&request));
}

/* No terminal: plain lines, nothing drawn, no colour. */
static void plain_lines(void **state)
{
	(void)state;
	run(plain_child, &output);
	/* The block that failed for now, and the notice with its advice. */
	expect_has(output.err, PUT_OFF);
	expect_has(output.err, "the image is too big.\n  Use another.\n");
	assert_int_equal(count_lines(output.err), 3);
	expect_has(output.out, "mtd2");
	expect_has(output.out, "sha256");
	expect_has(output.out, "17 blocks");
	expect_has(output.out, "some news");
	expect_has_not(output.out, "a detail");
	assert_null(strchr(output.out, '\r'));
	assert_null(strchr(output.out, '\033'));
	/* One line a partition, not one a block. */
	assert_true(count_lines(output.out) < 40);
}

static void verbose_child(void)
{
	struct uf_request request = plain_request();

	request.verbose = 1;
	report_a_run(begin(&request));
}

/* More: details, and attempts at blocks that failed. */
static void verbose(void **state)
{
	(void)state;
	run(verbose_child, &output);
	expect_has(output.out, "a detail");
	expect_has(both(), TRIED_AGAIN);
	expect_has(both(), PUT_OFF);
}

static void quiet_child(void)
{
	struct uf_request request = plain_request();

	request.quiet = true;
	report_a_run(begin(&request));
}

/* Less: no plan, no progress. */
static void quiet(void **state)
{
	(void)state;
	run(quiet_child, &output);
	/* A block that came right in the end is no trouble. */
	assert_string_equal(output.err, "");
	expect_has_not(output.out, "sha256");
	expect_has_not(output.out, "%");
	expect_has_not(output.out, "some news");
	assert_true(count_lines(output.out) <= 3);
}

static void trouble_child(void)
{
	struct uf_request request = plain_request();
	struct uf_reporter *reporter = begin(&request);

	report_note(reporter, UF_NOTE_WARNING, "a warning");
	report_check(reporter, UF_CHECK_REFUSED);
	report_result(reporter, NULL, UF_STATUS_FAILED, UF_FLASH_INCOMPLETE);
	uf_report_end(reporter);
}

/* Trouble goes to standard error. */
static void trouble(void **state)
{
	(void)state;
	run(trouble_child, &output);
	expect_has(output.err, "a warning");
	expect_has(output.err, "size.too-big");
	expect_has(output.err, "Use another.");
	expect_has(output.err, "the chip gave up");
	expect_has(output.err, "not power off");
	expect_has_not(output.out, "size.too-big");
	expect_has_not(output.out, "the chip gave up");
}

static void quiet_trouble_child(void)
{
	struct uf_request request = plain_request();
	struct uf_reporter *reporter;

	request.quiet = true;
	reporter = begin(&request);
	report_check(reporter, UF_CHECK_REFUSED);
	report_result(reporter, NULL, UF_STATUS_FAILED, UF_FLASH_INCOMPLETE);
	uf_report_end(reporter);
}

/* Quiet is not silent. */
static void quiet_trouble(void **state)
{
	(void)state;
	run(quiet_trouble_child, &output);
	expect_has(output.err, "size.too-big");
	expect_has(output.err, "the chip gave up");
	expect_has(output.err, "not power off");
}

static void json_child(void)
{
	struct uf_request request = plain_request();

	request.json = true;
	report_a_run(begin(&request));
}

/* With --json every line of standard output is an object, and nothing else is there. */
static void json(void **state)
{
	unsigned results = 0;

	(void)state;
	run(json_child, &output);
	expect_has(output.err, PUT_OFF);
	assert_int_equal(count_lines(output.err), 1);
	assert_true(count_lines(output.out) >= 5);
	for (char *line = output.out; *line; line = strchr(line, '\n') + 1) {
		assert_int_equal(strncmp(line, "{\"event\":\"", 10), 0);
		assert_non_null(strchr(line, '\n'));
		assert_int_equal(strchr(line, '\n')[-1], '}');
		results += strncmp(line, "{\"event\":\"result\"", 17) == 0;
	}
	assert_int_equal(results, 1);
	expect_has(output.out, "{\"event\":\"plan\",\"version\":1,");
	expect_has(output.out, "{\"event\":\"check\",\"version\":1,");
	expect_has_not(output.out, "{\"event\":\"block\"");
}

static void json_trouble_child(void)
{
	struct uf_request request = plain_request();
	struct uf_reporter *reporter;

	request.json = true;
	reporter = begin(&request);
	report_check(reporter, UF_CHECK_REFUSED);
	report_result(reporter, NULL, UF_STATUS_FAILED, UF_FLASH_INCOMPLETE);
	uf_report_end(reporter);
}

/* Trouble is told in both. */
static void json_trouble(void **state)
{
	(void)state;
	run(json_trouble_child, &output);
	assert_int_equal(count_lines(output.out), 2);
	expect_has(output.out, "{\"event\":\"check\"");
	expect_has(output.out, "{\"event\":\"result\"");
	expect_has(output.err, "size.too-big");
	expect_has(output.err, "the chip gave up");
	expect_has(output.err, "not power off");
}

static enum uf_color color_wanted;

static void color_child(void)
{
	struct uf_request request = plain_request();
	struct uf_reporter *reporter;

	request.color = color_wanted;
	reporter = begin(&request);
	report_check(reporter, UF_CHECK_REFUSED);
	report_a_run(reporter);
}

/* Colour into a file where it is always wanted, and only there. */
static void color(void **state)
{
	(void)state;
	unsetenv("NO_COLOR");
	color_wanted = UF_COLOR_AUTO;
	run(color_child, &output);
	assert_null(strchr(output.out, '\033'));
	assert_null(strchr(output.err, '\033'));
	color_wanted = UF_COLOR_NEVER;
	run(color_child, &output);
	assert_null(strchr(output.out, '\033'));
	assert_null(strchr(output.err, '\033'));
	color_wanted = UF_COLOR_ALWAYS;
	run(color_child, &output);
	expect_has(both(), "\033[");
	expect_has(both(), "\033[0m");
}

/* Open a terminal of so many columns as standard output; returns its other end. */
static int open_terminal(unsigned short columns)
{
	int slave, master = terminal_open(columns, 24, &slave);

	if (dup2(slave, STDOUT_FILENO) < 0 || dup2(slave, STDERR_FILENO) < 0)
		_exit(90);
	close(slave);
	return master;
}

/* Put what the terminal on standard output was sent so far into a file. */
static void keep_shown(int master, int out)
{
	static char buf[1 << 20];
	size_t len = terminal_take(master, STDOUT_FILENO, buf, sizeof(buf));

	if (write(out, buf, len) != (ssize_t)len)
		_exit(89);
}

static unsigned short columns_wanted;

/* Report a run to a terminal, and put what it shows into the file "result". */
static void terminal_child(void)
{
	struct uf_request request = plain_request();
	int master = open_terminal(columns_wanted);
	char buf[4096];
	int out;

	snprintf(buf, sizeof(buf), "%s/result", test_folder);
	out = open(buf, O_WRONLY | O_CREAT, 0666);
	request.color = color_wanted;
	report_a_run(begin(&request));
	keep_shown(master, out);
}

/* Take escape sequences out of a text. */
static void strip_escapes(char *shown)
{
	char *to = shown;

	for (const char *from = shown; *from; from++) {
		if (from[0] != '\033' || from[1] != '[') {
			*to++ = *from;
			continue;
		}
		for (from += 2; *from && (*from < '@' || *from > '~'); from++)
			;
	}
	*to = '\0';
}

/* On a terminal the line of progress is drawn again and again, and never reaches over its edge. */
static void a_terminal(void **state)
{
	static const unsigned short columns[] = {40, 80, 200};

	(void)state;
	unsetenv("NO_COLOR");
	color_wanted = UF_COLOR_AUTO;
	for (size_t at = 0; at < 3; at++) {
		char *drawn;
		char *save;

		columns_wanted = columns[at];
		run(terminal_child, &output);
		strip_escapes(output.result);
		assert_non_null(strchr(output.result, '\r'));
		for (drawn = strtok_r(output.result, "\r\n", &save); drawn;
		     drawn = strtok_r(NULL, "\r\n", &save))
			if (strchr(drawn, '[') && strlen(drawn) > columns[at])
				fail_msg("%zu characters in %u columns: \"%s\"", strlen(drawn),
					 columns[at], drawn);
	}
}

/* Tell progress, a note in the middle of it, and more progress than anybody can look at. */
static void busy_terminal_child(void)
{
	struct uf_request request = plain_request();
	int master = open_terminal(80);
	struct uf_reporter *reporter;
	char buf[16384];
	int out;

	snprintf(buf, sizeof(buf), "%s/result", test_folder);
	out = open(buf, O_WRONLY | O_CREAT, 0666);
	request.color = UF_COLOR_NEVER;
	reporter = begin(&request);
	for (unsigned done = 1; done <= 5; done++)
		report_progress(reporter, NULL, UF_PHASE_SURVEY, done, 2000);
	report_note(reporter, UF_NOTE_INFO, "some news");
	for (unsigned done = 6; done <= 2000; done++) {
		report_progress(reporter, NULL, UF_PHASE_SURVEY, done, 2000);
		keep_shown(master, out);
	}
	uf_report_end(reporter);
	keep_shown(master, out);
}

/* A note does not end up in the middle of a line that is drawn, nor is that drawn all the time. */
static void a_busy_terminal(void **state)
{
	const char *note;

	(void)state;
	run(busy_terminal_child, &output);
	strip_escapes(output.result);
	note = strstr(output.result, "some news\n");
	assert_non_null(note);
	assert_true(note > output.result);
	assert_true(note[-1] == '\n' || note[-1] == '\r');
	expect_has(note, "100%");
	/* The line of the survey is ended in the end. */
	assert_int_equal(output.result[strlen(output.result) - 1], '\n');
	/* Drawn at most every few milliseconds, not two thousand times. */
	assert_in_range(count_of(output.result, "[#") + count_of(output.result, "[-"), 2, 500);
}

static enum uf_verb verb_wanted;

static void verify_child(void)
{
	struct uf_request request = plain_request();
	struct uf_event event = {.kind = UF_EVENT_VERIFY};
	struct uf_reporter *reporter;
	struct rig rig;

	rig_begin_small(&rig, NULL);
	rig_prepare(&rig);
	request.verb = verb_wanted;
	reporter = begin(&request);
	event.plan = &rig.plan;
	event.verify = (struct uf_verify_event){1, true, 0};
	uf_report_event(reporter, &event);
	event.verify = (struct uf_verify_event){2, false, 0x8123};
	uf_report_event(reporter, &event);
	uf_report_end(reporter);
	rig_end(&rig);
}

/* `verify` tells of every partition; for the others only what differs is news. */
static void verification(void **state)
{
	(void)state;
	verb_wanted = UF_VERB_VERIFY;
	run(verify_child, &output);
	expect_has(both(), "kernel");
	expect_has(both(), "equal");
	expect_has(both(), "root");
	expect_has(both(), "008123");
	verb_wanted = UF_VERB_FLASH;
	run(verify_child, &output);
	expect_has_not(both(), "kernel");
	expect_has(both(), "root");
	expect_has(both(), "008123");
}

/* Colour on a terminal, unless it is not wanted. */
static void color_on_a_terminal(void **state)
{
	(void)state;
	columns_wanted = 80;
	unsetenv("NO_COLOR");
	color_wanted = UF_COLOR_AUTO;
	run(terminal_child, &output);
	expect_has(output.result, "\033[");
	expect_has(output.result, "m");
	color_wanted = UF_COLOR_NEVER;
	run(terminal_child, &output);
	expect_has_not(output.result, "\033[0m");
	expect_has_not(output.result, "\033[1");
	expect_has_not(output.result, "\033[3");
	setenv("NO_COLOR", "1", 1);
	color_wanted = UF_COLOR_AUTO;
	run(terminal_child, &output);
	expect_has_not(output.result, "\033[0m");
	expect_has_not(output.result, "\033[1");
	expect_has_not(output.result, "\033[3");
	unsetenv("NO_COLOR");
}

static void log_child(void)
{
	struct uf_request request = plain_request();
	FILE *result;

	request.log = log_path();
	report_a_run(begin(&request));
	result = fopen(strcat(strcpy(output.result, test_folder), "/result"), "w");
	for (unsigned at = 0; result && at < syncs; at++)
		fprintf(result, "%lld\n", (long long)synced[at]);
	if (!result || fclose(result))
		_exit(97);
}

/* Whether the log was synced when it was just so long. */
static bool was_synced_at(long long len)
{
	for (char *number = output.result; *number;) {
		if (strtoll(number, &number, 10) == len)
			return true;
		while (*number == '\n')
			number++;
	}
	return false;
}

/* What an event adds to the log is on the disk before the next event adds more. */
static void log_lines(void **state)
{
	static const char *const last_line_of[] = {
		"a detail\n",           "some news\n",
		"  Use another.\n",     "verification included.\n",
		"it does not forget\n",
	};
	long long last = 0;

	(void)state;
	run(log_child, &output);
	assert_true(count_lines(output.log) >= 10);
	expect_has(output.log, "(size.too-big): the image is too big.\n");
	for (size_t at = 0; at < sizeof(last_line_of) / sizeof(last_line_of[0]); at++) {
		const char *line = strstr(output.log, last_line_of[at]);

		expect_has(output.log, last_line_of[at]);
		if (!was_synced_at(line + strlen(last_line_of[at]) - output.log))
			fail_msg("not synced: %s", last_line_of[at]);
	}
	assert_true(was_synced_at((long long)strlen(output.log)));
	/* And never in the middle of a line. */
	for (char *number = output.result; *number;) {
		long long len = strtoll(number, &number, 10);

		assert_true(len >= last);
		assert_true(len == 0 || output.log[len - 1] == '\n');
		last = len;
		while (*number == '\n')
			number++;
	}
}

/* The log tells what there was: checks, plan, blocks, the result; with times, and no drawing. */
static void what_a_log_tells(void **state)
{
	const char *check;
	const char *plan;
	const char *block;
	const char *result;

	(void)state;
	run(log_child, &output);
	check = strstr(output.log, "size.too-big");
	plan = strstr(output.log, "sha256");
	block = strstr(output.log, "block at 0x00a000, attempt 1: not-blank");
	result = strstr(output.log, "17 blocks");
	assert_true(check && plan && block && result);
	assert_true(check < plan && plan < block && block < result);
	assert_null(strchr(output.log, '\r'));
	assert_null(strchr(output.log, '\033'));
	/* Standard output is as without it. */
	expect_has(output.out, "sha256");
	expect_has(output.out, "17 blocks");
}

/* Every line begins with the seconds since the run began, which do not go back. */
static void times_in_a_log(void **state)
{
	double last = 0;

	(void)state;
	run(log_child, &output);
	for (char *line = output.log; *line; line = strchr(line, '\n') + 1) {
		unsigned seconds;
		unsigned ms;
		int used = 0;
		double now;

		assert_int_equal(sscanf(line, " %u.%3u%n", &seconds, &ms, &used), 2);
		assert_int_equal(strncmp(line + used, "  ", 2), 0);
		assert_true(line[used - 4] == '.');
		now = seconds + ms / 1000.0;
		assert_true(now >= last && now < 60);
		last = now;
	}
}

/* Of a partition's progress the log tells the beginning and the end, with the blocks. */
static void progress_in_a_log(void **state)
{
	(void)state;
	run(log_child, &output);
	assert_in_range(count_of(output.log, "mtd2 root:"), 1, 3);
	expect_has(output.log, "7 blocks written");
	expect_has(output.log, "verify");
	expect_has(output.log, "survey");
	assert_int_equal(count_of(output.log, "survey"), 1);
}

static void trouble_log_child(void)
{
	struct uf_request request = plain_request();
	struct uf_event event = {.kind = UF_EVENT_RESULT};
	struct uf_reporter *reporter;
	struct uf_error error;

	request.log = log_path();
	request.quiet = true;
	request.json = true;
	reporter = begin(&request);
	report_note(reporter, UF_NOTE_WARNING, "a warning");
	report_check(reporter, UF_CHECK_REFUSED);
	report_check(reporter, UF_CHECK_ALLOWED);
	uf_fail(&error, UF_ERR_MISMATCH, "0x240000 reads 0x00");
	uf_advise(&error, "Buy another chip.");
	event.result.status = UF_STATUS_FAILED;
	event.result.flash = UF_FLASH_INCOMPLETE;
	event.result.about_flash = true;
	event.result.exit = 4;
	event.result.error = &error;
	uf_report_event(reporter, &event);
	uf_report_end(reporter);
}

/* The log has all of it, however little is told elsewhere. */
static void trouble_in_a_log(void **state)
{
	(void)state;
	run(trouble_log_child, &output);
	expect_has(output.log, "a warning");
	expect_has(output.log, "refused");
	expect_has(output.log, "allowed");
	expect_has(output.log, "size.too-big");
	expect_has(output.log, "Use another.");
	expect_has(output.log, "0x240000 reads 0x00");
	expect_has(output.log, "Buy another chip.");
	expect_has(output.log, "exit status 4");
	expect_has(output.log, "incomplete");
}

static void log_twice_child(void)
{
	struct uf_request request = plain_request();

	request.log = log_path();
	for (unsigned turn = 0; turn < 2; turn++) {
		struct uf_reporter *reporter = begin(&request);

		report_note(reporter, UF_NOTE_INFO, turn ? "second" : "first");
		uf_report_end(reporter);
	}
}

/* A log is appended to. */
static void a_log_of_two_runs(void **state)
{
	(void)state;
	run(log_twice_child, &output);
	expect_has(output.log, "first");
	expect_has(output.log, "second");
}

static void full_log_child(void)
{
	struct uf_request request = plain_request();

	request.log = "/dev/full";
	report_a_run(begin(&request));
}

/* A log on a full disk is told of, once, and stops nothing. */
static void a_log_that_fails(void **state)
{
	const char *first;

	(void)state;
	if (access("/dev/full", W_OK) != 0)
		skip();
	run(full_log_child, &output);
	first = strstr(output.err, "the log");
	assert_non_null(first);
	assert_null(strstr(first + 1, "the log"));
	expect_has(first, "No space left on device");
	expect_has(output.out, "sha256");
	expect_has(output.out, "17 blocks");
}

static void no_log_child(void)
{
	struct uf_request request = plain_request();
	struct uf_reporter *reporter;
	struct uf_error err;
	char path[4096];

	snprintf(path, sizeof(path), "%s/no/such/log", test_folder);
	request.log = path;
	memset(&err, 0, sizeof(err));
	if (uf_report_begin(&request, &reporter, &err) != UF_ERR_IO || err.code != UF_ERR_IO ||
	    !strstr(err.what, path))
		_exit(96);
}

static void a_log_that_cannot_be_opened(void **state)
{
	(void)state;
	run(no_log_child, &output);
	assert_string_equal(output.out, "");
}

static void text_child(void)
{
	struct uf_request request = plain_request();
	const struct uf_event event = {.kind = UF_EVENT_TEXT, .text = "what was\nasked for\n"};
	struct uf_reporter *reporter;

	request.quiet = true;
	reporter = begin(&request);
	uf_report_event(reporter, &event);
	uf_report_end(reporter);
}

/* What was asked for itself is told as it is, quiet or not. */
static void a_text(void **state)
{
	(void)state;
	run(text_child, &output);
	assert_string_equal(output.out, "what was\nasked for\n");
	assert_string_equal(output.err, "");
}

/* Reports into pipes whose readers never read. */
static void stalled_child(void)
{
	struct uf_request request = plain_request();
	struct uf_reporter *reporter;
	uint64_t before;
	int out[2];
	int err[2];

	signal(SIGPIPE, SIG_IGN);
	if (pipe(out) || pipe(err) || dup2(out[1], STDOUT_FILENO) < 0 ||
	    dup2(err[1], STDERR_FILENO) < 0)
		_exit(95);
	request.verbose = 1;
	reporter = begin(&request);
	uf_report_set_live(reporter);
	before = uf_clock_ms();
	for (unsigned at = 0; at < 20000; at++) {
		report_note(reporter, UF_NOTE_WARNING, "a warning that nobody reads");
		report_note(reporter, UF_NOTE_DETAIL, "a detail that nobody reads");
		report_progress(reporter, NULL, UF_PHASE_SURVEY, at, 20000);
	}
	report_result(reporter, NULL, UF_STATUS_DONE, UF_FLASH_VERIFIED);
	if (uf_clock_ms() - before > 10000)
		_exit(94);
	uf_report_end(reporter);
	if (uf_clock_ms() - before > 20000)
		_exit(93);
}

static void readers_that_never_read(void **state)
{
	(void)state;
	run(stalled_child, &output);
}

static void gone_child(void)
{
	struct uf_request request = plain_request();
	struct uf_reporter *reporter;
	int out[2];

	signal(SIGPIPE, SIG_IGN);
	if (pipe(out) || dup2(out[1], STDOUT_FILENO) < 0)
		_exit(95);
	close(out[1]);
	request.log = log_path();
	reporter = begin(&request);
	close(out[0]);
	report_a_run(reporter);
}

/* Standard output is gone: the log goes on. */
static void a_reader_that_goes_away(void **state)
{
	(void)state;
	run(gone_child, &output);
	expect_has(output.log, "17 blocks");
}

static bool end_wanted;

static void end_child(void)
{
	struct uf_request request = plain_request();
	struct uf_reporter *reporter;
	int out[2];

	signal(SIGPIPE, SIG_IGN);
	if (end_wanted) {
		if (pipe(out) || dup2(out[1], STDOUT_FILENO) < 0)
			_exit(95);
		close(out[0]);
		close(out[1]);
	} else if (dup2(open("/dev/full", O_WRONLY), STDOUT_FILENO) < 0) {
		_exit(95);
	}
	reporter = begin(&request);
	report_note(reporter, UF_NOTE_INFO, "some news");
	report_result(reporter, NULL, UF_STATUS_DONE, UF_FLASH_VERIFIED);
	if (uf_report_end(reporter) != end_wanted)
		_exit(88);
}

/* Whether standard output could be written: a full disk is told, a reader that went away is not. */
static void what_ending_tells(void **state)
{
	(void)state;
	if (access("/dev/full", W_OK) != 0)
		skip();
	end_wanted = false;
	run(end_child, &output);
	end_wanted = true;
	run(end_child, &output);
}

static void closed_child(void)
{
	struct uf_request request = plain_request();

	close(STDIN_FILENO);
	close(STDOUT_FILENO);
	close(STDERR_FILENO);
	request.log = log_path();
	report_a_run(begin(&request));
}

/* Nothing is open at all: no event may end up in the log as text of another reporter. */
static void closed_descriptors(void **state)
{
	(void)state;
	run(closed_child, &output);
	expect_has(output.log, "17 blocks");
	assert_null(strstr(strstr(output.log, "17 blocks") + 1, "17 blocks"));
}

static void nothing(void **state)
{
	(void)state;
	assert_true(uf_report_end(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_lines),
		cmocka_unit_test(verbose),
		cmocka_unit_test(quiet),
		cmocka_unit_test(trouble),
		cmocka_unit_test(quiet_trouble),
		cmocka_unit_test(json),
		cmocka_unit_test(json_trouble),
		cmocka_unit_test(color),
		cmocka_unit_test(a_terminal),
		cmocka_unit_test(a_busy_terminal),
		cmocka_unit_test(verification),
		cmocka_unit_test(color_on_a_terminal),
		cmocka_unit_test(log_lines),
		cmocka_unit_test(what_a_log_tells),
		cmocka_unit_test(times_in_a_log),
		cmocka_unit_test(progress_in_a_log),
		cmocka_unit_test(trouble_in_a_log),
		cmocka_unit_test(a_log_of_two_runs),
		cmocka_unit_test(a_log_that_fails),
		cmocka_unit_test(a_log_that_cannot_be_opened),
		cmocka_unit_test(a_text),
		cmocka_unit_test(readers_that_never_read),
		cmocka_unit_test(a_reader_that_goes_away),
		cmocka_unit_test(what_ending_tells),
		cmocka_unit_test(closed_descriptors),
		cmocka_unit_test(nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
