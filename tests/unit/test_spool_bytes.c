/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can only be read in order, kept in a file without a name or in memory. */
#include "bytes_support.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MIB ((uint64_t)1 << 20)

/* A child that writes to a pipe. */
struct writer {
	pid_t pid;
	int fd; /* the end to read from */
};

/* Write len bytes in pieces with a pause behind each. */
static struct writer writer_begin(const uint8_t *content, size_t len, size_t piece, long pause_ms)
{
	struct timespec pause = {.tv_nsec = pause_ms * 1000 * 1000};
	struct writer writer;
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	writer.pid = fork();
	assert_true(writer.pid >= 0);
	if (writer.pid == 0) {
		/* The reader can go away before the end. */
		signal(SIGPIPE, SIG_DFL);
		close(ends[0]);
		for (size_t done = 0; done < len; done += piece) {
			size_t now = len - done < piece ? len - done : piece;

			if (write(ends[1], content + done, now) != (ssize_t)now)
				_exit(1);
			nanosleep(&pause, NULL);
		}
		_exit(0);
	}
	close(ends[1]);
	writer.fd = ends[0];
	return writer;
}

static void writer_end(const struct writer *writer)
{
	close(writer->fd);
	assert_int_equal(waitpid(writer->pid, NULL, 0), writer->pid);
}

/* Says stop at the question `at` and afterwards; 0: never. */
struct stopper {
	unsigned asked;
	unsigned at;
};

static bool stop(void *context)
{
	struct stopper *stopper = context;

	stopper->asked++;
	return stopper->at && stopper->asked >= stopper->at;
}

/* Spool content that a child writes. */
static int spool(const uint8_t *content, size_t len, const char *const *folders,
		 uint64_t memory_limit, uint64_t limit, struct uf_bytes **bytes,
		 struct uf_error *err)
{
	struct writer writer = writer_begin(content, len, 30000, 0);
	struct stopper never = {0};
	int ret;

	*bytes = NULL;
	ret = uf_bytes_spool("a pipe", writer.fd, folders, memory_limit, limit, stop, &never, bytes,
			     err);
	writer_end(&writer);
	return ret;
}

static const char *const nowhere[] = {NULL};

/* Spooling this is refused with check, and leaves no descriptor open. */
static void expect_refused(size_t len, const char *const *folders, uint64_t memory_limit,
			   uint64_t limit, enum uf_check_id check)
{
	uint8_t *content = make_content(len, 51);
	unsigned before = open_descriptors();
	struct uf_error err = {0};
	struct uf_bytes *bytes;

	expect_error(spool(content, len, folders, memory_limit, limit, &bytes, &err), &err,
		     UF_ERR_REFUSED, check, "a pipe");
	assert_null(bytes);
	assert_int_equal(open_descriptors(), before);
	free(content);
}

/* Spooling this gives all of it; whether it lies in a file. */
static void expect_kept(size_t len, const char *const *folders, uint64_t memory_limit,
			uint64_t limit, bool in_file)
{
	uint8_t *content = make_content(len, 52);
	unsigned before = open_descriptors();
	struct uf_error err = {0};
	struct uf_bytes *bytes;

	expect_ok(spool(content, len, folders, memory_limit, limit, &bytes, &err), &err);
	assert_non_null(bytes);
	assert_true(bytes->size == len);
	assert_string_equal(bytes->name, "a pipe");
	assert_false(bytes->streamed);
	assert_int_equal(uf_bytes_fd(bytes) >= 0, in_file);
	expect_bytes(bytes, 0, len, content);
	expect_bytes(bytes, len / 2, len - len / 2, content);
	expect_bytes(bytes, 0, 1, content);
	expect_ok(uf_bytes_check_same(bytes, &err), &err);
	uf_bytes_close(bytes);
	assert_int_equal(open_descriptors(), before);
	free(content);
}

static bool is_empty_folder(const char *path)
{
	/* It can be removed only where nothing is in it. */
	bool empty = rmdir(path) == 0;

	if (empty)
		assert_int_equal(mkdir(path, 0700), 0);
	return empty;
}

/* --- into a file ------------------------------------------------------------------------------ */

static int folder_begin(void **state)
{
	*state = make_folder();
	return 0;
}

static int folder_end(void **state)
{
	remove_folder(*state);
	return 0;
}

static void test_into_a_file(void **state)
{
	const char *const folders[] = {*state, NULL};

	expect_kept(1, folders, 0, MIB, true);
	expect_kept(70000, folders, 0, MIB, true);
	expect_kept(3 * MIB + 5, folders, 0, 16 * MIB, true);
	assert_true(is_empty_folder(*state));
}

/* While it is open nobody else sees it, and nothing is left where the power goes. */
static void test_file_has_no_name(void **state)
{
	const char *const folders[] = {*state, NULL};
	struct uf_error err = {0};
	struct uf_bytes *bytes;
	struct stat st;

	expect_ok(spool((const uint8_t *)"abc", 3, folders, 0, MIB, &bytes, &err), &err);
	assert_true(is_empty_folder(*state));
	assert_int_equal(fstat(uf_bytes_fd(bytes), &st), 0);
	assert_int_equal(st.st_nlink, 0);
	assert_int_equal(st.st_size, 3);
	assert_int_equal(st.st_mode & 0077, 0);
	uf_bytes_close(bytes);
}

/* The folder in which the file of these bytes was made, by what Linux says of its descriptor. */
static void expect_file_in(const struct uf_bytes *bytes, const char *folder)
{
	char link[64], path[4096];
	ssize_t len;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", uf_bytes_fd(bytes));
	len = readlink(link, path, sizeof(path) - 1);
	assert_true(len > 0);
	path[len] = '\0';
	if (strncmp(path, folder, strlen(folder)) != 0 || path[strlen(folder)] != '/')
		fail_msg("%s is not in %s", path, folder);
}

static void test_first_folder_that_takes_it(void **state)
{
	char good[2][4096], missing[4096], file[4096];
	const char *const orders[][4] = {
		{good[0], good[1], NULL}, {good[1], good[0], NULL}, {missing, good[1], good[0]},
		{file, missing, good[0]}, {"/proc", good[0], NULL},
	};
	static const unsigned chosen[] = {0, 1, 1, 0, 0};
	struct uf_error err = {0};
	struct uf_bytes *bytes;

	for (unsigned i = 0; i < 2; i++) {
		snprintf(good[i], sizeof(good[i]), "%s/good%u", (char *)*state, i);
		assert_int_equal(mkdir(good[i], 0700), 0);
	}
	snprintf(missing, sizeof(missing), "%s/missing", (char *)*state);
	snprintf(file, sizeof(file), "%s/file", (char *)*state);
	write_file(*state, "file", "x", 1);
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		expect_ok(spool((const uint8_t *)"abc", 3, orders[i], MIB, MIB, &bytes, &err),
			  &err);
		expect_file_in(bytes, good[chosen[i]]);
		uf_bytes_close(bytes);
	}
}

static void test_limit_of_a_file(void **state)
{
	const char *const folders[] = {*state, NULL};

	expect_kept(200000, folders, 0, 200000, true);
	expect_refused(200001, folders, 0, 200000, UF_CHECK_SIZE_TOO_BIG);
	expect_refused(MIB, folders, MIB, 1, UF_CHECK_SIZE_TOO_BIG);
	assert_true(is_empty_folder(*state));
}

/* A card that is full: writes fail behind so many bytes. */
static void test_no_room_in_the_folder(void **state)
{
	const char *const folders[] = {*state, NULL};
	struct rlimit before, small;
	struct uf_error err = {0};
	struct uf_bytes *bytes;
	uint8_t *content = make_content(100000, 53);
	int ret;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = before;
	small.rlim_cur = 50000;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	ret = spool(content, 100000, folders, 0, MIB, &bytes, &err);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, SIG_DFL);
	expect_error(ret, &err, UF_ERR_REFUSED, UF_CHECK_IMAGE_UNREADABLE, "a pipe");
	assert_true(err.next[0]);
	assert_null(bytes);
	assert_true(is_empty_folder(*state));
	free(content);
}

static void test_nothing_into_a_file(void **state)
{
	const char *const folders[] = {*state, NULL};

	expect_refused(0, folders, 0, MIB, UF_CHECK_IMAGE_UNREADABLE);
	assert_true(is_empty_folder(*state));
}

/* --- into memory ------------------------------------------------------------------------------ */

static void test_into_memory(void **state)
{
	static const char *const missing[] = {"/proc", "/missing/folder", NULL};

	(void)state;
	expect_kept(1, nowhere, MIB, MIB, false);
	expect_kept(70000, missing, MIB, MIB, false);
	expect_kept(3 * MIB + 5, nowhere, 16 * MIB, 16 * MIB, false);
}

static void test_limit_of_memory(void **state)
{
	(void)state;
	expect_kept(200000, nowhere, 200000, MIB, false);
	expect_refused(200001, nowhere, 200000, MIB, UF_CHECK_IMAGE_UNREADABLE);
	expect_refused(MIB, nowhere, 200000, 2 * MIB, UF_CHECK_IMAGE_UNREADABLE);
	expect_refused(1, nowhere, 0, MIB, UF_CHECK_IMAGE_UNREADABLE);
}

static void test_limit_of_what_is_in_memory(void **state)
{
	(void)state;
	expect_kept(200000, nowhere, MIB, 200000, false);
	expect_refused(200001, nowhere, MIB, 200000, UF_CHECK_SIZE_TOO_BIG);
	/* No memory for more than the limit: that it is too big is what helps. */
	expect_refused(200001, nowhere, 200000, 200000, UF_CHECK_SIZE_TOO_BIG);
}

static void test_no_limit(void **state)
{
	(void)state;
	expect_kept(70000, nowhere, MIB, UINT64_MAX, false);
}

static void test_nothing_into_memory(void **state)
{
	(void)state;
	expect_refused(0, nowhere, MIB, MIB, UF_CHECK_IMAGE_UNREADABLE);
}

/* --- waiting and stopping --------------------------------------------------------------------- */

static void test_slow_writer(void **state)
{
	uint8_t *content = make_content(5000, 54);
	struct writer writer = writer_begin(content, 5000, 211, 3);
	struct stopper never = {0};
	struct uf_bytes *bytes = NULL;
	struct uf_error err = {0};

	(void)state;
	expect_ok(
		uf_bytes_spool("a pipe", writer.fd, nowhere, MIB, MIB, stop, &never, &bytes, &err),
		&err);
	assert_int_equal(bytes->size, 5000);
	expect_bytes(bytes, 0, 5000, content);
	uf_bytes_close(bytes);
	writer_end(&writer);
	free(content);
}

/* Nothing comes and the pipe stays open. */
static void test_stop_while_nothing_comes(void **state)
{
	const char *const folders[] = {*state, NULL};
	unsigned before = open_descriptors();

	for (unsigned in_file = 0; in_file < 2; in_file++) {
		struct stopper stopper = {.at = 2};
		struct uf_bytes *bytes = NULL;
		struct uf_error err = {0};
		int ends[2];

		assert_int_equal(pipe(ends), 0);
		assert_int_equal(write(ends[1], "some", 4), 4);
		alarm(5);
		expect_error(uf_bytes_spool("a pipe", ends[0], in_file ? folders : nowhere, MIB,
					    MIB, stop, &stopper, &bytes, &err),
			     &err, UF_ERR_STOPPED, UF_CHECK_NONE, "a pipe");
		alarm(0);
		assert_null(bytes);
		assert_int_equal(stopper.asked, 2);
		close(ends[0]);
		close(ends[1]);
	}
	assert_int_equal(open_descriptors(), before);
	assert_true(is_empty_folder(*state));
}

/* More comes all the time: stop is asked for all the same. */
static void test_stop_while_much_comes(void **state)
{
	int fd = open("/dev/zero", O_RDONLY);
	struct stopper stopper = {.at = 3};
	struct uf_bytes *bytes = NULL;
	struct uf_error err = {0};

	(void)state;
	expect_error(uf_bytes_spool("a pipe", fd, nowhere, 8 * MIB, 4 * MIB, stop, &stopper, &bytes,
				    &err),
		     &err, UF_ERR_STOPPED, UF_CHECK_NONE, "a pipe");
	assert_null(bytes);
	close(fd);
}

/* --- errors below ----------------------------------------------------------------------------- */

static void test_read_error(void **state)
{
	struct stopper never = {0};
	struct uf_bytes *bytes = NULL;
	struct uf_error err = {0};
	int fd = open(*state, O_RDONLY | O_DIRECTORY);

	assert_true(fd >= 0);
	expect_error(uf_bytes_spool("a pipe", fd, nowhere, MIB, MIB, stop, &never, &bytes, &err),
		     &err, UF_ERR_IO, UF_CHECK_NONE, "a pipe");
	close(fd);
	expect_error(uf_bytes_spool("a pipe", fd, nowhere, MIB, MIB, stop, &never, &bytes, &err),
		     &err, UF_ERR_IO, UF_CHECK_NONE, "a pipe");
	assert_null(bytes);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_begin, folder_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(test_into_a_file),
		IN_FOLDER(test_file_has_no_name),
		IN_FOLDER(test_first_folder_that_takes_it),
		IN_FOLDER(test_limit_of_a_file),
		IN_FOLDER(test_no_room_in_the_folder),
		IN_FOLDER(test_nothing_into_a_file),
		cmocka_unit_test(test_into_memory),
		cmocka_unit_test(test_limit_of_memory),
		cmocka_unit_test(test_limit_of_what_is_in_memory),
		cmocka_unit_test(test_no_limit),
		cmocka_unit_test(test_nothing_into_memory),
		cmocka_unit_test(test_slow_writer),
		IN_FOLDER(test_stop_while_nothing_comes),
		cmocka_unit_test(test_stop_while_much_comes),
		IN_FOLDER(test_read_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
