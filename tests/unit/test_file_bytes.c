/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bytes of a regular file, what is none, and files that something else writes to. */
#include "bytes_support.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LEN 10000

/* A folder with the file "image" in it. */
struct place {
	char *folder;
	char path[4096];
	uint8_t *content;
};

static int place_begin(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	assert_non_null(place);
	place->folder = make_folder();
	place->content = make_content(LEN, 41);
	write_file(place->folder, "image", place->content, LEN);
	snprintf(place->path, sizeof(place->path), "%s/image", place->folder);
	*state = place;
	return 0;
}

static int place_end(void **state)
{
	struct place *place = *state;

	remove_folder(place->folder);
	free(place->content);
	free(place);
	return 0;
}

static struct uf_bytes *open_good(const char *path)
{
	struct uf_bytes *bytes = NULL;
	struct uf_error err = {0};

	expect_ok(uf_bytes_open_file(path, &bytes, &err), &err);
	assert_non_null(bytes);
	return bytes;
}

/* Opening `name` in the folder fails so, and leaves no descriptor open. */
static void expect_no_file(const struct place *place, const char *name, enum uf_code code,
			   enum uf_check_id check)
{
	unsigned before = open_descriptors();
	struct uf_bytes *bytes = NULL;
	struct uf_error err = {0};
	char path[4200];

	snprintf(path, sizeof(path), "%s/%s", place->folder, name);
	expect_error(uf_bytes_open_file(path, &bytes, &err), &err, code, check, path);
	assert_null(bytes);
	assert_int_equal(open_descriptors(), before);
}

/* --- what is good ----------------------------------------------------------------------------- */

static void test_reads_anywhere(void **state)
{
	struct place *place = *state;
	struct uf_bytes *bytes = open_good(place->path);

	assert_int_equal(bytes->size, LEN);
	assert_ptr_equal(bytes->name, place->path);
	assert_false(bytes->streamed);
	assert_int_equal(bytes->passes, 0);
	expect_bytes(bytes, 0, LEN, place->content);
	expect_bytes(bytes, LEN - 1, 1, place->content);
	expect_bytes(bytes, 5000, 17, place->content);
	expect_bytes(bytes, 0, 1, place->content);
	expect_bytes(bytes, LEN, 0, place->content);
	uf_bytes_close(bytes);
}

static void test_descriptor_is_of_the_file(void **state)
{
	struct place *place = *state;
	struct uf_bytes *bytes = open_good(place->path);
	int fd = uf_bytes_fd(bytes);
	struct stat by_path, by_fd;

	assert_true(fd >= 0);
	assert_int_equal(stat(place->path, &by_path), 0);
	assert_int_equal(fstat(fd, &by_fd), 0);
	assert_true(by_path.st_ino == by_fd.st_ino && by_path.st_dev == by_fd.st_dev);
	uf_bytes_close(bytes);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
	assert_int_equal(errno, EBADF);
}

static void test_one_byte(void **state)
{
	struct place *place = *state;
	struct uf_bytes *bytes;

	write_file(place->folder, "image", "x", 1);
	bytes = open_good(place->path);
	assert_int_equal(bytes->size, 1);
	expect_bytes(bytes, 0, 1, (const uint8_t *)"x");
	uf_bytes_close(bytes);
}

static void test_link(void **state)
{
	struct place *place = *state;
	struct uf_bytes *bytes;
	char path[4200];

	snprintf(path, sizeof(path), "%s/link", place->folder);
	assert_int_equal(symlink("image", path), 0);
	bytes = open_good(path);
	expect_bytes(bytes, 0, LEN, place->content);
	uf_bytes_close(bytes);
}

/* Offsets that need more than 32 bits. */
static void test_large(void **state)
{
	const uint64_t size = (5ULL << 30) + 3;
	struct place *place = *state;
	int fd = open(place->path, O_WRONLY);
	struct uf_bytes *bytes;
	struct uf_error err = {0};
	char end[3];

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, "end", 3, (off_t)size - 3), 3);
	close(fd);
	bytes = open_good(place->path);
	assert_true(bytes->size == size);
	expect_ok(uf_bytes_read(bytes, size - 3, end, 3, &err), &err);
	assert_memory_equal(end, "end", 3);
	uf_bytes_close(bytes);
}

static void test_open_descriptor(void **state)
{
	struct place *place = *state;
	int fd = open(place->path, O_RDONLY);
	struct uf_bytes *bytes = NULL;
	struct uf_error err = {0};

	assert_true(fd >= 0);
	/* Where it stands does not matter. */
	assert_int_equal(lseek(fd, 77, SEEK_SET), 77);
	expect_ok(uf_bytes_open_fd("some name", fd, &bytes, &err), &err);
	assert_string_equal(bytes->name, "some name");
	assert_int_equal(bytes->size, LEN);
	assert_int_equal(uf_bytes_fd(bytes), fd);
	expect_bytes(bytes, 0, LEN, place->content);
	uf_bytes_close(bytes);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
}

/* --- what is none ----------------------------------------------------------------------------- */

static void test_missing(void **state)
{
	expect_no_file(*state, "missing", UF_ERR_IO, UF_CHECK_NONE);
	expect_no_file(*state, "image/below", UF_ERR_IO, UF_CHECK_NONE);
}

static void test_empty(void **state)
{
	struct place *place = *state;

	write_file(place->folder, "empty", "", 0);
	expect_no_file(place, "empty", UF_ERR_REFUSED, UF_CHECK_IMAGE_UNREADABLE);
}

static void test_folder(void **state)
{
	expect_no_file(*state, ".", UF_ERR_IO, UF_CHECK_NONE);
}

/* Nobody writes to it: to open it must not wait. */
static void test_fifo(void **state)
{
	struct place *place = *state;
	char path[4200];

	snprintf(path, sizeof(path), "%s/fifo", place->folder);
	assert_int_equal(mkfifo(path, 0600), 0);
	alarm(5);
	expect_no_file(place, "fifo", UF_ERR_IO, UF_CHECK_NONE);
	alarm(0);
}

static void test_device(void **state)
{
	struct uf_bytes *bytes = NULL;
	struct uf_error err = {0};

	(void)state;
	expect_error(uf_bytes_open_file("/dev/zero", &bytes, &err), &err, UF_ERR_IO, UF_CHECK_NONE,
		     "/dev/zero");
	assert_null(bytes);
}

/* What it does not take over stays the caller's. */
static void test_descriptor_of_no_file(void **state)
{
	struct uf_bytes *bytes = NULL;
	struct uf_error err = {0};
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	expect_error(uf_bytes_open_fd("a pipe", ends[0], &bytes, &err), &err, UF_ERR_IO,
		     UF_CHECK_NONE, "a pipe");
	assert_null(bytes);
	assert_int_equal(close(ends[0]), 0);
	assert_int_equal(close(ends[1]), 0);
	expect_error(uf_bytes_open_fd("closed", ends[0], &bytes, &err), &err, UF_ERR_IO,
		     UF_CHECK_NONE, "closed");
}

/* --- what something else writes to ------------------------------------------------------------ */

static void test_same(void **state)
{
	struct place *place = *state;
	struct uf_bytes *bytes = open_good(place->path);
	struct uf_error err = {0};

	expect_ok(uf_bytes_check_same(bytes, &err), &err);
	expect_bytes(bytes, 0, LEN, place->content);
	expect_ok(uf_bytes_check_same(bytes, &err), &err);
	uf_bytes_close(bytes);
}

static void expect_changed(struct place *place, struct uf_bytes *bytes)
{
	struct uf_error err = {0};

	expect_error(uf_bytes_check_same(bytes, &err), &err, UF_ERR_CHANGED, UF_CHECK_NONE,
		     place->path);
	assert_true(err.next[0]);
	uf_bytes_close(bytes);
}

static void test_shorter(void **state)
{
	struct place *place = *state;
	struct uf_bytes *bytes = open_good(place->path);
	struct uf_error err = {0};
	uint8_t buf[LEN];

	assert_int_equal(truncate(place->path, 4000), 0);
	expect_bytes(bytes, 0, 4000, place->content);
	expect_error(uf_bytes_read(bytes, 3999, buf, 2, &err), &err, UF_ERR_CHANGED, UF_CHECK_NONE,
		     place->path);
	expect_changed(place, bytes);
}

/* Also where nothing of what is read is left, the file is said to end where it ends. */
static void test_shorter_than_the_offset(void **state)
{
	struct place *place = *state;
	struct uf_bytes *bytes = open_good(place->path);
	struct uf_error err = {0};
	uint8_t byte;

	assert_int_equal(truncate(place->path, 4000), 0);
	expect_error(uf_bytes_read(bytes, 5000, &byte, 1, &err), &err, UF_ERR_CHANGED,
		     UF_CHECK_NONE, "4000");
	uf_bytes_close(bytes);
}

static void test_longer(void **state)
{
	struct place *place = *state;
	struct uf_bytes *bytes = open_good(place->path);

	assert_int_equal(truncate(place->path, LEN + 1), 0);
	assert_int_equal(bytes->size, LEN);
	expect_changed(place, bytes);
}

/* Of the same size, at another time. */
static void test_overwritten(void **state)
{
	struct place *place = *state;
	struct timespec tick = {.tv_nsec = 20 * 1000 * 1000};
	struct uf_bytes *bytes;
	int fd;

	nanosleep(&tick, NULL);
	bytes = open_good(place->path);
	fd = open(place->path, O_WRONLY);
	assert_int_equal(pwrite(fd, "x", 1, 5000), 1);
	close(fd);
	expect_changed(place, bytes);
}

/* Of the same size, and made to look as old as before. */
static void test_overwritten_and_backdated(void **state)
{
	struct place *place = *state;
	struct timespec tick = {.tv_nsec = 20 * 1000 * 1000};
	struct timespec times[2];
	struct uf_bytes *bytes;
	struct stat before;
	int fd;

	nanosleep(&tick, NULL);
	bytes = open_good(place->path);
	assert_int_equal(stat(place->path, &before), 0);
	fd = open(place->path, O_WRONLY);
	assert_int_equal(pwrite(fd, "x", 1, 5000), 1);
	times[0] = before.st_atim;
	times[1] = before.st_mtim;
	assert_int_equal(futimens(fd, times), 0);
	close(fd);
	expect_changed(place, bytes);
}

static void test_close_of_nothing(void **state)
{
	(void)state;
	uf_bytes_close(NULL);
}

#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, place_begin, place_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PLACE(test_reads_anywhere),
		IN_PLACE(test_descriptor_is_of_the_file),
		IN_PLACE(test_one_byte),
		IN_PLACE(test_link),
		IN_PLACE(test_large),
		IN_PLACE(test_open_descriptor),
		IN_PLACE(test_missing),
		IN_PLACE(test_empty),
		IN_PLACE(test_folder),
		IN_PLACE(test_fifo),
		cmocka_unit_test(test_device),
		cmocka_unit_test(test_descriptor_of_no_file),
		IN_PLACE(test_same),
		IN_PLACE(test_shorter),
		IN_PLACE(test_shorter_than_the_offset),
		IN_PLACE(test_longer),
		IN_PLACE(test_overwritten),
		IN_PLACE(test_overwritten_and_backdated),
		cmocka_unit_test(test_close_of_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
