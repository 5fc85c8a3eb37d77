/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Raw images: reading them, files that are none, files that change, and what they put where. */
#include "expect.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "uniflash/image/image.h"
#include "uniflash/util/textfile.h"

#define SIZE 100001

static uint8_t bytes[SIZE];

/* A folder with an image of SIZE bytes in it. */
struct place {
	char *folder;
	char path[UF_PATH_MAX];
};

static int setup(void **state)
{
	struct place *place = malloc(sizeof(*place));

	place->folder = make_folder();
	fill_random(bytes, sizeof(bytes), 5);
	write_file(place->folder, "image.bin", bytes, sizeof(bytes));
	snprintf(place->path, sizeof(place->path), "%s/image.bin", place->folder);
	*state = place;
	return 0;
}

static int teardown(void **state)
{
	struct place *place = *state;

	remove_folder(place->folder);
	free(place);
	return 0;
}

static struct uf_image *open_image(const char *path)
{
	struct uf_image *image = NULL;
	struct uf_error err = {0};

	expect_ok(uf_image_open(path, &image, &err), &err);
	assert_non_null(image);
	return image;
}

static void test_describes(void **state)
{
	struct place *place = *state;
	struct uf_image *image = open_image(place->path);

	assert_ptr_equal(image->name, place->path);
	assert_int_equal(image->size, SIZE);
	assert_true(image->fd >= 0);
	assert_int_equal(image->extent.flash_off, 0);
	assert_int_equal(image->extent.image_off, 0);
	assert_int_equal(image->extent.len, SIZE);
	uf_image_close(image);
}

/* Any range in any order is what the file has there. */
static void test_read(void **state)
{
	static const size_t lens[] = {1, 2, 255, 256, 257, 4096, 32768, 65537};
	struct place *place = *state;
	struct uf_image *image = open_image(place->path);
	struct uf_error err = {0};

	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		for (size_t off = SIZE - lens[i];; off -= 9973) {
			uint8_t *buf = malloc(lens[i]);

			expect_ok(uf_image_read(image, off, buf, lens[i], &err), &err);
			assert_memory_equal(buf, bytes + off, lens[i]);
			free(buf);
			if (off < 9973)
				break;
		}
	}
	uf_image_close(image);
}

static void test_read_whole(void **state)
{
	struct place *place = *state;
	struct uf_image *image = open_image(place->path);
	uint8_t *buf = malloc(SIZE);
	struct uf_error err = {0};

	expect_ok(uf_image_read(image, 0, buf, SIZE, &err), &err);
	assert_memory_equal(buf, bytes, SIZE);
	free(buf);
	uf_image_close(image);
}

/* Reading behind the end is an error, whatever is asked for. */
static void test_read_outside(void **state)
{
	struct place *place = *state;
	struct uf_image *image = open_image(place->path);
	uint8_t buf[64];
	struct uf_error err = {0};

	assert_true(uf_image_read(image, SIZE, buf, 1, &err) < 0);
	assert_true(uf_image_read(image, SIZE - 63, buf, 64, &err) < 0);
	assert_true(uf_image_read(image, 1ULL << 40, buf, 64, &err) < 0);
	assert_true(uf_image_read(image, UINT64_MAX - 8, buf, 64, &err) < 0);
	expect_ok(uf_image_read(image, SIZE - 64, buf, 64, &err), &err);
	uf_image_close(image);
}

static void test_close_null(void **state)
{
	(void)state;
	uf_image_close(NULL);
}

static void test_no_file(void **state)
{
	struct place *place = *state;
	struct uf_image *image = NULL;
	struct uf_error err = {0};
	char path[UF_PATH_MAX];

	snprintf(path, sizeof(path), "%s/none.bin", place->folder);
	expect_error(uf_image_open(path, &image, &err), &err, UF_ERR_IO, UF_CHECK_NONE, path);
	assert_non_null(strstr(err.what, "No such file"));
}

static void test_directory(void **state)
{
	struct place *place = *state;
	struct uf_image *image = NULL;
	struct uf_error err = {0};

	expect_error(uf_image_open(place->folder, &image, &err), &err, UF_ERR_IO, UF_CHECK_NONE,
		     place->folder);
	assert_non_null(strstr(err.what, "directory"));
}

static void test_empty(void **state)
{
	struct place *place = *state;
	struct uf_image *image = NULL;
	struct uf_error err = {0};
	char path[UF_PATH_MAX];

	write_file(place->folder, "empty.bin", "", 0);
	snprintf(path, sizeof(path), "%s/empty.bin", place->folder);
	expect_error(uf_image_open(path, &image, &err), &err, UF_ERR_REFUSED,
		     UF_CHECK_IMAGE_UNREADABLE, path);
}

/* A FIFO without a writer must neither hang nor pass for a file. */
static void test_fifo(void **state)
{
	struct place *place = *state;
	struct uf_image *image = NULL;
	struct uf_error err = {0};
	char path[UF_PATH_MAX];

	snprintf(path, sizeof(path), "%s/fifo", place->folder);
	assert_int_equal(mkfifo(path, 0600), 0);
	alarm(10);
	expect_error(uf_image_open(path, &image, &err), &err, UF_ERR_IO, UF_CHECK_NONE, path);
	alarm(0);
}

static void test_device(void **state)
{
	struct uf_image *image = NULL;
	struct uf_error err = {0};

	(void)state;
	expect_error(uf_image_open("/dev/zero", &image, &err), &err, UF_ERR_IO, UF_CHECK_NONE,
		     "/dev/zero");
}

static void test_forbidden(void **state)
{
	struct place *place = *state;
	struct uf_image *image = NULL;
	struct uf_error err = {0};

	if (geteuid() == 0)
		skip();
	assert_int_equal(chmod(place->path, 0), 0);
	expect_error(uf_image_open(place->path, &image, &err), &err, UF_ERR_IO, UF_CHECK_NONE,
		     place->path);
}

static void test_link(void **state)
{
	struct place *place = *state;
	struct uf_image *image;
	char path[UF_PATH_MAX];

	snprintf(path, sizeof(path), "%s/link.bin", place->folder);
	assert_int_equal(symlink("image.bin", path), 0);
	image = open_image(path);
	assert_int_equal(image->size, SIZE);
	uf_image_close(image);
}

/* A file that became shorter is UF_ERR_CHANGED where the lost part is read, and no byte of it is
 * made up. */
static void test_shrinks(void **state)
{
	struct place *place = *state;
	struct uf_image *image = open_image(place->path);
	uint8_t buf[256];
	struct uf_error err = {0};

	assert_int_equal(truncate(place->path, 50000), 0);
	expect_ok(uf_image_read(image, 49744, buf, 256, &err), &err);
	assert_memory_equal(buf, bytes + 49744, 256);
	expect_error(uf_image_read(image, 49745, buf, 256, &err), &err, UF_ERR_CHANGED,
		     UF_CHECK_NONE, "");
	expect_error(uf_image_read(image, SIZE - 256, buf, 256, &err), &err, UF_ERR_CHANGED,
		     UF_CHECK_NONE, "");
	expect_error(uf_image_check_same(image, &err), &err, UF_ERR_CHANGED, UF_CHECK_NONE, "");
	uf_image_close(image);
}

static void test_same(void **state)
{
	struct place *place = *state;
	struct uf_image *image = open_image(place->path);
	struct uf_error err = {0};
	uint8_t buf[256];

	expect_ok(uf_image_check_same(image, &err), &err);
	expect_ok(uf_image_read(image, 0, buf, sizeof(buf), &err), &err);
	expect_ok(uf_image_check_same(image, &err), &err);
	uf_image_close(image);
}

static void test_grows(void **state)
{
	struct place *place = *state;
	struct uf_image *image = open_image(place->path);
	struct uf_error err = {0};

	assert_int_equal(truncate(place->path, SIZE + 1), 0);
	expect_error(uf_image_check_same(image, &err), &err, UF_ERR_CHANGED, UF_CHECK_NONE, "");
	uf_image_close(image);
}

/* One byte written in place: the size stays, the time of the last change tells. */
static void test_written(void **state)
{
	struct place *place = *state;
	struct uf_image *image;
	struct uf_error err = {0};
	const struct timespec old[2] = {{1000000000, 0}, {1000000000, 0}};
	int fd;

	assert_int_equal(utimensat(AT_FDCWD, place->path, old, 0), 0);
	image = open_image(place->path);
	expect_ok(uf_image_check_same(image, &err), &err);
	fd = open(place->path, O_WRONLY);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, "x", 1, 100), 1);
	close(fd);
	expect_error(uf_image_check_same(image, &err), &err, UF_ERR_CHANGED, UF_CHECK_NONE, "");
	uf_image_close(image);
}

/* Another file put in its place does not reach what is open. */
static void test_replaced(void **state)
{
	struct place *place = *state;
	struct uf_image *image = open_image(place->path);
	struct uf_error err = {0};
	uint8_t buf[256], zero[256] = {0};

	assert_int_equal(unlink(place->path), 0);
	write_file(place->folder, "image.bin", zero, sizeof(zero));
	expect_ok(uf_image_read(image, 1000, buf, sizeof(buf), &err), &err);
	assert_memory_equal(buf, bytes + 1000, sizeof(buf));
	uf_image_close(image);
}

/* Expect what memory puts on the flash at [off, off + len): its bytes inside of its extent, 0xff
 * around it. */
static void expect_fill(struct memory_image *memory, uint64_t off, size_t len)
{
	const struct uf_extent *extent = &memory->image.extent;
	uint8_t *buf = malloc(len);
	struct uf_error err = {0};

	memset(buf, 0x11, len);
	expect_ok(uf_image_fill(&memory->image, off, buf, len, &err), &err);
	for (size_t at = 0; at < len; at++) {
		uint64_t flash = off + at;
		uint8_t want = 0xff;

		if (flash >= extent->flash_off && flash < extent->flash_off + extent->len)
			want = bytes[extent->image_off + flash - extent->flash_off];
		if (buf[at] != want)
			fail_msg("fill at %llu, byte %zu of %zu", (unsigned long long)off, at, len);
	}
	free(buf);
}

static void test_fill(void **state)
{
	static const struct uf_extent extents[] = {
		{0, 0, SIZE}, {0, 0, 4096}, {1000, 0, SIZE}, {4096, 100, 5000}, {70000, 64, 1},
	};
	static const size_t lens[] = {1, 255, 256, 4096, 32768};
	struct memory_image memory;

	(void)state;
	memory_image_init(&memory, bytes, SIZE);
	for (size_t e = 0; e < sizeof(extents) / sizeof(extents[0]); e++) {
		memory.image.extent = extents[e];
		for (size_t l = 0; l < sizeof(lens) / sizeof(lens[0]); l++)
			for (uint64_t off = 0; off < 140000; off += 977)
				expect_fill(&memory, off, lens[l]);
	}
}

/* The places where one block more or one byte more matters. */
static void test_fill_ends(void **state)
{
	struct place *place = *state;
	struct uf_image *image = open_image(place->path);
	uint8_t *buf = malloc(32768), *blank = malloc(32768);
	struct uf_error err = {0};

	memset(blank, 0xff, 32768);
	/* the last block: 98304 to 131072, of which 1697 bytes are image */
	expect_ok(uf_image_fill(image, 98304, buf, 32768, &err), &err);
	assert_memory_equal(buf, bytes + 98304, SIZE - 98304);
	assert_memory_equal(buf + (SIZE - 98304), blank, 32768 - (SIZE - 98304));
	/* up to the end */
	expect_ok(uf_image_fill(image, SIZE - 10, buf, 10, &err), &err);
	assert_memory_equal(buf, bytes + SIZE - 10, 10);
	expect_ok(uf_image_fill(image, SIZE - 1, buf, 2, &err), &err);
	assert_int_equal(buf[0], bytes[SIZE - 1]);
	assert_int_equal(buf[1], 0xff);
	/* at and behind the end nothing is read */
	memset(buf, 0, 32768);
	expect_ok(uf_image_fill(image, SIZE, buf, 32768, &err), &err);
	assert_memory_equal(buf, blank, 32768);
	memset(buf, 0, 32768);
	expect_ok(uf_image_fill(image, 1ULL << 40, buf, 32768, &err), &err);
	assert_memory_equal(buf, blank, 32768);
	expect_ok(uf_image_fill(image, 0, buf, 0, &err), &err);
	free(blank);
	free(buf);
	uf_image_close(image);
}

/* A read error inside comes out as it is; behind the image no read is made that could fail. */
static void test_fill_error(void **state)
{
	struct memory_image memory;
	uint8_t buf[256];
	struct uf_error err = {0};

	(void)state;
	memory_image_init(&memory, bytes, SIZE);
	memory.fail_at = 5000;
	memory.fail_code = UF_ERR_CHANGED;
	expect_ok(uf_image_fill(&memory.image, 4744, buf, 256, &err), &err);
	expect_error(uf_image_fill(&memory.image, 4745, buf, 256, &err), &err, UF_ERR_CHANGED,
		     UF_CHECK_NONE, "");
	memory.fail_code = UF_ERR_IO;
	expect_error(uf_image_fill(&memory.image, SIZE - 1, buf, 256, &err), &err, UF_ERR_IO,
		     UF_CHECK_NONE, "");
	expect_ok(uf_image_fill(&memory.image, SIZE, buf, 256, &err), &err);
}

/* However often an image is opened, no descriptor stays behind. */
static void test_no_descriptor_leaks(void **state)
{
	struct place *place = *state;
	struct uf_image *image;
	struct uf_error err = {0};
	int before = dup(0), after;

	close(before);
	uf_image_close(open_image(place->path));
	assert_true(uf_image_open(place->folder, &image, &err) < 0);
	write_file(place->folder, "empty.bin", "", 0);
	assert_int_equal(chdir(place->folder), 0);
	assert_true(uf_image_open("empty.bin", &image, &err) < 0);
	assert_int_equal(chdir("/"), 0);
	after = dup(0);
	close(after);
	assert_int_equal(after, before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_describes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_read, setup, teardown),
		cmocka_unit_test_setup_teardown(test_read_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(test_read_outside, setup, teardown),
		cmocka_unit_test(test_close_null),
		cmocka_unit_test_setup_teardown(test_no_file, setup, teardown),
		cmocka_unit_test_setup_teardown(test_directory, setup, teardown),
		cmocka_unit_test_setup_teardown(test_empty, setup, teardown),
		cmocka_unit_test_setup_teardown(test_fifo, setup, teardown),
		cmocka_unit_test(test_device),
		cmocka_unit_test_setup_teardown(test_forbidden, setup, teardown),
		cmocka_unit_test_setup_teardown(test_link, setup, teardown),
		cmocka_unit_test_setup_teardown(test_shrinks, setup, teardown),
		cmocka_unit_test_setup_teardown(test_same, setup, teardown),
		cmocka_unit_test_setup_teardown(test_grows, setup, teardown),
		cmocka_unit_test_setup_teardown(test_written, setup, teardown),
		cmocka_unit_test_setup_teardown(test_replaced, setup, teardown),
		cmocka_unit_test_setup_teardown(test_fill, setup, teardown),
		cmocka_unit_test_setup_teardown(test_fill_ends, setup, teardown),
		cmocka_unit_test_setup_teardown(test_fill_error, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_descriptor_leaks, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
