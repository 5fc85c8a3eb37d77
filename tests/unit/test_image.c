/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Images: of which format they are, what they put where on the flash, and what is wrong with them.
 * The layers of bytes below have tests of their own. */
#include "bytes_support.h"

#include <fcntl.h>
#include <openssl/sha.h>
#include <sys/stat.h>
#include <unistd.h>

#include "firmware.h"
#include "uniflash/image/image.h"
#include "uniflash/util/textfile.h"

#define SIZE 100001

/* Where a boot loader writes a demo.bin. */
#define DEMO_OFF 0x40000

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

/* Open the image at path, as the executable does. Begins with garbage in *image. */
static int try_open(const char *path, struct uf_image *image, struct uf_error *err)
{
	struct uf_bytes *file = NULL;
	int ret;

	memset(err, 0, sizeof(*err));
	memset(image, 0xa5, sizeof(*image));
	ret = uf_bytes_open_file(path, &file, err);
	if (ret) {
		memset(image, 0, sizeof(*image));
		return ret;
	}
	return uf_image_open(file, image, err);
}

static void open_image(const char *path, struct uf_image *image)
{
	struct uf_error err;

	expect_ok(try_open(path, image, &err), &err);
}

/* Open an image of bytes in memory; `closed` counts and may be NULL. */
static int open_memory(const void *at, size_t len, struct uf_image *image, struct probe **probe,
		       unsigned *closed, struct uf_error *err)
{
	struct probe *below = probe_open(at, len);

	below->closed = closed;
	if (probe)
		*probe = below;
	memset(err, 0, sizeof(*err));
	memset(image, 0xa5, sizeof(*image));
	return uf_image_open(&below->bytes, image, err);
}

static int fill(struct uf_image *image, uint64_t off, void *buf, size_t len, struct uf_error *err)
{
	memset(err, 0, sizeof(*err));
	memset(buf, 0x11, len);
	return uf_image_fill(image, off, buf, len, err);
}

/* Expect that an image puts `want` on the flash at [off, off + len). */
static void expect_filled_at(struct uf_image *image, uint64_t off, size_t len, const uint8_t *want,
			     int line)
{
	uint8_t *buf = malloc(len + 1);
	struct uf_error err;
	bool same;

	assert_non_null(buf);
	expect_ok(fill(image, off, buf, len, &err), &err);
	same = memcmp(buf, want, len) == 0;
	free(buf);
	if (!same)
		fail_msg("line %d: fill of %zu bytes at 0x%llx", line, len,
			 (unsigned long long)off);
}

#define expect_filled(image, off, len, want) expect_filled_at(image, off, len, want, __LINE__)

/* --- full images ------------------------------------------------------------------------------ */

static void test_describes(void **state)
{
	struct place *place = *state;
	struct uf_image image;

	open_image(place->path, &image);
	assert_int_equal(image.kind, UF_IMAGE_RAW);
	assert_ptr_equal(image.name, place->path);
	assert_int_equal(image.size, SIZE);
	assert_false(image.packed);
	assert_null(image.file);
	assert_int_equal(image.sources, 1);
	assert_true(uf_bytes_fd(image.source[0]) >= 0);
	assert_int_equal(image.extents, 1);
	assert_int_equal(image.extent[0].source, 0);
	assert_int_equal(image.extent[0].source_off, 0);
	assert_int_equal(image.extent[0].flash_off, 0);
	assert_int_equal(image.extent[0].len, SIZE);
	assert_int_equal(image.extent[0].span, SIZE);
	assert_int_equal(uf_image_end(&image), SIZE);
	assert_false(uf_image_streamed(&image));
	uf_image_close(&image);
}

/* Any range in any order is what the file has there. */
static void test_fill_anywhere(void **state)
{
	static const size_t lens[] = {1, 2, 255, 256, 257, 4096, 32768, 65537, SIZE};
	struct place *place = *state;
	struct uf_image image;

	open_image(place->path, &image);
	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++)
		for (size_t off = SIZE - lens[i];; off -= 9973) {
			expect_filled(&image, off, lens[i], bytes + off);
			if (off < 9973)
				break;
		}
	uf_image_close(&image);
}

/* The places where one block more or one byte more matters. */
static void test_fill_ends(void **state)
{
	struct place *place = *state;
	uint8_t *want = malloc(32768);
	struct uf_image image;

	open_image(place->path, &image);
	/* the last block: 98304 to 131072, of which 1697 bytes are image */
	memset(want, 0xff, 32768);
	memcpy(want, bytes + 98304, SIZE - 98304);
	expect_filled(&image, 98304, 32768, want);
	/* up to the end */
	expect_filled(&image, SIZE - 10, 10, bytes + SIZE - 10);
	memset(want, 0xff, 32768);
	want[0] = bytes[SIZE - 1];
	expect_filled(&image, SIZE - 1, 2, want);
	/* at and behind the end nothing is read */
	memset(want, 0xff, 32768);
	expect_filled(&image, SIZE, 32768, want);
	expect_filled(&image, 1ULL << 40, 32768, want);
	expect_filled(&image, UINT64_MAX - 40000, 32768, want);
	expect_filled(&image, 0, 0, want);
	free(want);
	uf_image_close(&image);
}

/* The smallest images: shorter than any header that is looked for. */
static void test_short_images(void **state)
{
	static const size_t sizes[] = {1, 2, 18, 63, 64, 65};

	(void)state;
	fill_random(bytes, sizeof(bytes), 6);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		uint8_t want[200];
		struct uf_image image;
		struct uf_error err;

		expect_ok(open_memory(bytes, sizes[i], &image, NULL, NULL, &err), &err);
		assert_int_equal(image.kind, UF_IMAGE_RAW);
		assert_int_equal(image.size, sizes[i]);
		memset(want, 0xff, sizeof(want));
		memcpy(want, bytes, sizes[i]);
		expect_filled(&image, 0, sizeof(want), want);
		uf_image_close(&image);
	}
}

/* Other firmwares that begin with a uImage are full images: what is no demo.bin is taken as it is.
 */
static void test_other_uimages(void **state)
{
	static const struct {
		int at; /* the byte of the header that differs */
		uint8_t value;
	} cases[] = {
		{-1, 0},   /* none */
		{0, 0x28}, /* the magic */
		{16, 0x80},
		{19, 1},
		{20, 0x80},
		{23, 1}, /* load and entry */
		{30, UF_UIMAGE_KERNEL},
		{30, UF_UIMAGE_STANDALONE},
		{31, 3},
		{31, 1},
	};
	uint8_t *demo = malloc(64 + 5000);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct uf_image image;
		struct uf_error err;

		fill_random(demo + 64, 5000, 7);
		firmware_uimage(demo, "jz_fw", UF_UIMAGE_FIRMWARE, 5000);
		memset(demo + 16, 0, 8);
		demo[31] = 0;
		if (cases[i].at >= 0)
			demo[cases[i].at] = cases[i].value;
		firmware_uimage_seal(demo);
		expect_ok(open_memory(demo, 64 + 5000, &image, NULL, NULL, &err), &err);
		assert_int_equal(image.kind, i ? UF_IMAGE_RAW : UF_IMAGE_DEMO);
		if (i) {
			expect_filled(&image, 0, 64 + 5000, demo);
			expect_ok(uf_image_check_whole(&image, &err), &err);
		}
		uf_image_close(&image);
	}
	free(demo);
}

/* --- files that are none, and files that change ----------------------------------------------- */

/* An empty file is refused before there is an image; whatever was there can be closed. */
static void test_no_image(void **state)
{
	struct place *place = *state;
	struct uf_image image;
	struct uf_error err;
	char path[UF_PATH_MAX];

	snprintf(path, sizeof(path), "%s/none.bin", place->folder);
	expect_error(try_open(path, &image, &err), &err, UF_ERR_IO, UF_CHECK_NONE, path);
	assert_non_null(strstr(err.what, "No such file"));
	uf_image_close(&image);

	write_file(place->folder, "empty.bin", "", 0);
	snprintf(path, sizeof(path), "%s/empty.bin", place->folder);
	expect_error(try_open(path, &image, &err), &err, UF_ERR_REFUSED, UF_CHECK_IMAGE_UNREADABLE,
		     path);
	uf_image_close(&image);
}

static void test_close_zeroed(void **state)
{
	struct uf_image image = {0};

	(void)state;
	uf_image_close(&image);
	uf_image_close(&image);
}

/* Closing closes each source once, and only once. */
static void test_close_closes_the_sources(void **state)
{
	struct uf_image image;
	struct uf_error err;
	unsigned closed = 0;

	(void)state;
	expect_ok(open_memory(bytes, 1000, &image, NULL, &closed, &err), &err);
	assert_int_equal(closed, 0);
	uf_image_close(&image);
	assert_int_equal(closed, 1);
	uf_image_close(&image);
	assert_int_equal(closed, 1);
}

/* What cannot be read when the image is opened is closed all the same. */
static void test_unreadable_head(void **state)
{
	static const enum uf_code codes[] = {UF_ERR_IO, UF_ERR_CHANGED};

	(void)state;
	/* The first read asks whether it is gzip, the second for the format. */
	for (unsigned skip = 0; skip < 2; skip++)
		for (size_t i = 0; i < 2; i++) {
			struct probe *probe = probe_open(bytes, 1000);
			struct uf_image image;
			struct uf_error err = {0};
			unsigned closed = 0;

			probe->closed = &closed;
			probe_fail(probe, skip ? 20 : 0, UINT32_MAX, codes[i]);
			memset(&image, 0xa5, sizeof(image));
			expect_error(uf_image_open(&probe->bytes, &image, &err), &err,
				     UF_ERR_REFUSED, UF_CHECK_IMAGE_UNREADABLE, "");
			uf_image_close(&image);
			assert_int_equal(closed, 1);
		}
}

/* A file that became shorter is UF_ERR_CHANGED where the lost part is read, and no byte of it is
 * made up. */
static void test_shrinks(void **state)
{
	struct place *place = *state;
	struct uf_image image;
	uint8_t buf[256];
	struct uf_error err;

	open_image(place->path, &image);
	assert_int_equal(truncate(place->path, 50000), 0);
	expect_filled(&image, 49744, 256, bytes + 49744);
	expect_error(fill(&image, 49745, buf, 256, &err), &err, UF_ERR_CHANGED, UF_CHECK_NONE, "");
	expect_error(fill(&image, SIZE - 256, buf, 256, &err), &err, UF_ERR_CHANGED, UF_CHECK_NONE,
		     "");
	expect_error(uf_image_check_same(&image, &err), &err, UF_ERR_CHANGED, UF_CHECK_NONE, "");
	uf_image_close(&image);
}

static void test_same(void **state)
{
	struct place *place = *state;
	struct uf_image image;
	struct uf_error err;
	uint8_t buf[256];

	open_image(place->path, &image);
	expect_ok(uf_image_check_same(&image, &err), &err);
	expect_ok(fill(&image, 0, buf, sizeof(buf), &err), &err);
	expect_ok(uf_image_check_same(&image, &err), &err);
	uf_image_close(&image);
}

static void test_grows(void **state)
{
	struct place *place = *state;
	struct uf_image image;
	struct uf_error err = {0};

	open_image(place->path, &image);
	assert_int_equal(truncate(place->path, SIZE + 1), 0);
	expect_error(uf_image_check_same(&image, &err), &err, UF_ERR_CHANGED, UF_CHECK_NONE, "");
	uf_image_close(&image);
}

/* One byte written in place: the size stays, the time of the last change tells. */
static void test_written(void **state)
{
	const struct timespec old[2] = {{1000000000, 0}, {1000000000, 0}};
	struct place *place = *state;
	struct uf_image image;
	struct uf_error err = {0};
	int fd;

	assert_int_equal(utimensat(AT_FDCWD, place->path, old, 0), 0);
	open_image(place->path, &image);
	expect_ok(uf_image_check_same(&image, &err), &err);
	fd = open(place->path, O_WRONLY);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, "x", 1, 100), 1);
	close(fd);
	expect_error(uf_image_check_same(&image, &err), &err, UF_ERR_CHANGED, UF_CHECK_NONE, "");
	uf_image_close(&image);
}

/* Another file put in its place does not reach what is open. */
static void test_replaced(void **state)
{
	struct place *place = *state;
	struct uf_image image;
	uint8_t zero[256] = {0};

	open_image(place->path, &image);
	assert_int_equal(unlink(place->path), 0);
	write_file(place->folder, "image.bin", zero, sizeof(zero));
	expect_filled(&image, 1000, 256, bytes + 1000);
	uf_image_close(&image);
}

/* A file that may not be read. */
static void test_forbidden(void **state)
{
	struct place *place = *state;
	struct uf_image image;
	struct uf_error err;

	if (geteuid() == 0)
		skip();
	assert_int_equal(chmod(place->path, 0), 0);
	expect_error(try_open(place->path, &image, &err), &err, UF_ERR_IO, UF_CHECK_NONE,
		     place->path);
}

/* However often an image is opened, no descriptor stays behind. */
static void test_no_descriptor_leaks(void **state)
{
	struct place *place = *state;
	unsigned before = open_descriptors();
	struct uf_image image;
	struct uf_error err;
	char path[UF_PATH_MAX];
	uint8_t demo[200];

	open_image(place->path, &image);
	uf_image_close(&image);
	assert_true(try_open(place->folder, &image, &err) < 0);
	uf_image_close(&image);
	write_file(place->folder, "empty.bin", "", 0);
	snprintf(path, sizeof(path), "%s/empty.bin", place->folder);
	assert_true(try_open(path, &image, &err) < 0);
	uf_image_close(&image);

	/* A damaged demo.bin, and something that only begins as gzip does. */
	memset(demo, 7, sizeof(demo));
	firmware_uimage(demo, "jz_fw", UF_UIMAGE_FIRMWARE, sizeof(demo) - 64);
	memset(demo + 16, 0, 8);
	demo[31] = 0;
	write_file(place->folder, "demo.bin", demo, sizeof(demo));
	snprintf(path, sizeof(path), "%s/demo.bin", place->folder);
	assert_true(try_open(path, &image, &err) < 0);
	uf_image_close(&image);
	write_file(place->folder, "bad.gz", "\x1f\x8b\x08", 3);
	snprintf(path, sizeof(path), "%s/bad.gz", place->folder);
	assert_true(try_open(path, &image, &err) < 0);
	uf_image_close(&image);
	assert_int_equal(open_descriptors(), before);
}

/* --- demo.bin --------------------------------------------------------------------------------- */

#define DEMO_DATA 70000

/* Make a demo.bin, all of it good; the caller frees it. */
static uint8_t *make_demo(void)
{
	uint8_t *demo = malloc(UF_UIMAGE_HEADER + DEMO_DATA);

	assert_non_null(demo);
	fill_random(demo + UF_UIMAGE_HEADER, DEMO_DATA, 8);
	firmware_uimage(demo, "jz_fw", UF_UIMAGE_FIRMWARE, DEMO_DATA);
	memset(demo + 16, 0, 8); /* it loads nowhere */
	demo[31] = 0;            /* nor is it compressed */
	firmware_uimage_seal(demo);
	return demo;
}

static void test_demo(void **state)
{
	uint8_t *demo = make_demo();
	uint8_t *want = malloc(DEMO_OFF + DEMO_DATA + 5000);
	struct uf_image image;
	struct uf_error err;

	(void)state;
	expect_ok(open_memory(demo, UF_UIMAGE_HEADER + DEMO_DATA, &image, NULL, NULL, &err), &err);
	assert_int_equal(image.kind, UF_IMAGE_DEMO);
	assert_string_equal(image.name, "probe");
	assert_int_equal(image.size, UF_UIMAGE_HEADER + DEMO_DATA);
	assert_false(image.packed);
	assert_int_equal(image.sources, 1);
	assert_int_equal(image.extents, 1);
	assert_int_equal(image.extent[0].source, 0);
	assert_int_equal(image.extent[0].source_off, UF_UIMAGE_HEADER);
	assert_int_equal(image.extent[0].flash_off, DEMO_OFF);
	assert_int_equal(image.extent[0].len, DEMO_DATA);
	assert_int_equal(image.extent[0].span, DEMO_DATA);
	assert_true(image.demo.header_good);
	assert_int_equal(image.demo.size, DEMO_DATA);
	assert_string_equal(image.demo.name, "jz_fw");
	assert_int_equal(uf_image_end(&image), DEMO_OFF + DEMO_DATA);

	/* Its header goes nowhere; in front of it and behind it is nothing. */
	memset(want, 0xff, DEMO_OFF + DEMO_DATA + 5000);
	memcpy(want + DEMO_OFF, demo + UF_UIMAGE_HEADER, DEMO_DATA);
	expect_filled(&image, 0, DEMO_OFF + DEMO_DATA + 5000, want);
	for (uint64_t off = 0; off < DEMO_OFF + DEMO_DATA; off += 4001)
		expect_filled(&image, off, 4096, want + off);
	expect_ok(uf_image_check_whole(&image, &err), &err);
	uf_image_close(&image);
	free(want);
	free(demo);
}

/* The checksum is right whether the data went by, in which order ever, or did not. */
static void test_demo_checked_whole(void **state)
{
	uint8_t *demo = make_demo();
	uint8_t *buf = malloc(DEMO_DATA);

	(void)state;
	for (int how = 0; how < 4; how++) {
		struct uf_image image;
		struct uf_error err;

		expect_ok(open_memory(demo, UF_UIMAGE_HEADER + DEMO_DATA, &image, NULL, NULL, &err),
			  &err);
		if (how == 1)
			expect_ok(fill(&image, DEMO_OFF, buf, DEMO_DATA, &err), &err);
		if (how == 2)
			for (unsigned at = DEMO_DATA / 10000; at-- > 0;)
				expect_ok(fill(&image, DEMO_OFF + at * 10000, buf, 10000, &err),
					  &err);
		if (how == 3)
			expect_ok(fill(&image, DEMO_OFF, buf, DEMO_DATA / 2, &err), &err);
		expect_ok(uf_image_check_whole(&image, &err), &err);
		expect_ok(uf_image_check_whole(&image, &err), &err);
		uf_image_close(&image);
	}
	free(buf);
	free(demo);
}

/* One bit of the header: refused when it is opened, and it says what to do. */
static void test_demo_damaged_header(void **state)
{
	/* checksum, time, data's checksum, operating system, name */
	static const unsigned places[] = {4, 7, 8, 11, 24, 27, 28, 29, 32, 63};
	uint8_t *demo = make_demo();

	(void)state;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		struct uf_image image;
		struct uf_error err;
		unsigned closed = 0;

		demo[places[i]] ^= 0x01;
		expect_error(open_memory(demo, UF_UIMAGE_HEADER + DEMO_DATA, &image, NULL, &closed,
					 &err),
			     &err, UF_ERR_REFUSED, UF_CHECK_IMAGE_UNREADABLE, "header");
		assert_non_null(strstr(err.what, "probe"));
		assert_string_not_equal(err.next, "");
		uf_image_close(&image);
		assert_int_equal(closed, 1);
		demo[places[i]] ^= 0x01;
	}
	free(demo);
}

/* One bit of the data, wherever it is: known when all of it has gone by. */
static void test_demo_damaged_data(void **state)
{
	static const unsigned places[] = {0, 1, 4095, 32768, DEMO_DATA - 1};
	uint8_t *demo = make_demo();

	(void)state;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		for (int read = 0; read < 2; read++) {
			uint8_t *data = demo + UF_UIMAGE_HEADER;
			struct uf_image image;
			struct uf_error err;

			data[places[i]] ^= 0x80;
			expect_ok(open_memory(demo, UF_UIMAGE_HEADER + DEMO_DATA, &image, NULL,
					      NULL, &err),
				  &err);
			if (read)
				expect_filled(&image, DEMO_OFF, DEMO_DATA, data);
			expect_error(uf_image_check_whole(&image, &err), &err, UF_ERR_REFUSED,
				     UF_CHECK_IMAGE_UNREADABLE, "data");
			assert_non_null(strstr(err.what, "probe"));
			assert_string_not_equal(err.next, "");
			uf_image_close(&image);
			data[places[i]] ^= 0x80;
		}
	free(demo);
}

/* The file is shorter or longer than its header says: both numbers are told. */
static void test_demo_of_wrong_length(void **state)
{
	static const struct {
		int by;
		const char *has;
	} cases[] = {
		{-1, "69999"},     {1, "70001"},    {-DEMO_DATA + 1, "1"},
		{-DEMO_DATA, "0"}, {4096, "74096"},
	};
	uint8_t *demo = make_demo();
	uint8_t *padded = calloc(1, UF_UIMAGE_HEADER + DEMO_DATA + 4096);

	(void)state;
	memcpy(padded, demo, UF_UIMAGE_HEADER + DEMO_DATA);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct uf_image image;
		struct uf_error err;
		unsigned closed = 0;

		expect_error(open_memory(padded,
					 (size_t)(UF_UIMAGE_HEADER + DEMO_DATA + cases[i].by),
					 &image, NULL, &closed, &err),
			     &err, UF_ERR_REFUSED, UF_CHECK_IMAGE_UNREADABLE, "70000");
		assert_non_null(strstr(err.what, cases[i].has));
		uf_image_close(&image);
		assert_int_equal(closed, 1);
	}
	free(padded);
	free(demo);
}

/* A file that ends inside of the header is none. */
static void test_demo_cut_in_its_header(void **state)
{
	uint8_t *demo = make_demo();
	struct uf_image image;
	struct uf_error err;

	(void)state;
	expect_ok(open_memory(demo, UF_UIMAGE_HEADER - 1, &image, NULL, NULL, &err), &err);
	assert_int_equal(image.kind, UF_IMAGE_RAW);
	assert_int_equal(image.size, UF_UIMAGE_HEADER - 1);
	uf_image_close(&image);
	free(demo);
}

/* What cannot be read is refused, too: nothing was written yet. */
static void test_demo_that_cannot_be_read(void **state)
{
	static const enum uf_code codes[] = {UF_ERR_IO, UF_ERR_CHANGED};
	uint8_t *demo = make_demo();

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct probe *probe;
		struct uf_image image;
		struct uf_error err;

		expect_ok(
			open_memory(demo, UF_UIMAGE_HEADER + DEMO_DATA, &image, &probe, NULL, &err),
			&err);
		probe_fail(probe, 50000, 1, codes[i]);
		expect_error(uf_image_check_whole(&image, &err), &err, UF_ERR_REFUSED,
			     UF_CHECK_IMAGE_UNREADABLE, "probe");
		/* What went wrong once may go right the next time. */
		expect_ok(uf_image_check_whole(&image, &err), &err);
		uf_image_close(&image);
	}
	free(demo);
}

/* --- gzip ------------------------------------------------------------------------------------- */

static void expect_tap(struct uf_bytes *tap, const uint8_t *at, size_t len)
{
	uint8_t have[UF_DIGEST_LEN], want[UF_DIGEST_LEN];
	struct uf_error err = {0};

	SHA256(at, len, want);
	expect_ok(uf_tap_digest(tap, UF_HASH_SHA256, 0, have, &err), &err);
	assert_memory_equal(have, want, sizeof(want));
}

/* A packed image is what is in it; of both there is a digest, after one pass. */
static void test_gzip(void **state)
{
	uint8_t *content = make_content(SIZE, 9);
	struct packed packed = pack(content, SIZE);
	uint8_t *want = malloc(4096);
	struct probe *probe;
	struct uf_image image;
	struct uf_error err;
	unsigned closed = 0;

	(void)state;
	expect_ok(open_memory(packed.at, packed.len, &image, &probe, &closed, &err), &err);
	assert_int_equal(image.kind, UF_IMAGE_RAW);
	assert_string_equal(image.name, "probe");
	assert_int_equal(image.size, SIZE);
	assert_true(image.packed);
	assert_non_null(image.file);
	assert_int_equal(image.file->size, packed.len);
	assert_int_equal(image.sources, 1);
	assert_int_equal(image.extents, 1);
	assert_int_equal(image.extent[0].len, SIZE);
	assert_int_equal(image.extent[0].span, SIZE);
	assert_true(uf_image_streamed(&image));
	assert_int_equal(uf_bytes_fd(image.source[0]), -1);
	for (size_t off = 0; off < SIZE; off += 4096) {
		size_t len = SIZE - off < 4096 ? SIZE - off : 4096;

		memset(want, 0xff, 4096);
		memcpy(want, content + off, len);
		expect_filled(&image, off, 4096, want);
	}
	expect_ok(uf_image_check_whole(&image, &err), &err);
	expect_tap(image.source[0], content, SIZE);
	expect_tap(image.file, packed.at, packed.len);
	/* The look at its head may have begun a pass of its own, which is not read on. */
	assert_in_range(image.source[0]->passes, 1, 2);
	assert_true(probe->given <= packed.len + 2 * 16384);
	expect_ok(uf_image_check_same(&image, &err), &err);
	/* Backwards, at the cost of passes. */
	for (size_t off = 90000; off >= 10000; off -= 10000)
		expect_filled(&image, off, 4096, content + off);
	uf_image_close(&image);
	assert_int_equal(closed, 1);
	free(want);
	free(packed.at);
	free(content);
}

/* A demo.bin can be packed. */
static void test_gzip_of_demo(void **state)
{
	uint8_t *demo = make_demo();

	(void)state;
	for (int damaged = 0; damaged < 2; damaged++) {
		struct packed packed;
		struct uf_image image;
		struct uf_error err;

		demo[UF_UIMAGE_HEADER + 40000] ^= (uint8_t)damaged;
		packed = pack(demo, UF_UIMAGE_HEADER + DEMO_DATA);
		expect_ok(open_memory(packed.at, packed.len, &image, NULL, NULL, &err), &err);
		assert_int_equal(image.kind, UF_IMAGE_DEMO);
		assert_int_equal(image.size, UF_UIMAGE_HEADER + DEMO_DATA);
		assert_true(image.packed);
		expect_filled(&image, DEMO_OFF, DEMO_DATA, demo + UF_UIMAGE_HEADER);
		if (damaged)
			expect_error(uf_image_check_whole(&image, &err), &err, UF_ERR_REFUSED,
				     UF_CHECK_IMAGE_UNREADABLE, "data");
		else
			expect_ok(uf_image_check_whole(&image, &err), &err);
		uf_image_close(&image);
		free(packed.at);
	}
	free(demo);
}

/* Damaged where it is packed: known at the latest when all of it has gone by. */
static void test_gzip_damaged(void **state)
{
	uint8_t *content = make_content(SIZE, 10);
	struct packed packed = pack(content, SIZE);
	uint8_t *buf = malloc(SIZE);
	struct uf_image image;
	struct uf_error err;
	unsigned closed = 0;
	int ret;

	(void)state;
	packed.at[packed.len / 2] ^= 0x10;
	expect_ok(open_memory(packed.at, packed.len, &image, NULL, &closed, &err), &err);
	ret = fill(&image, 0, buf, SIZE, &err);
	expect_error(ret, &err, UF_ERR_IO, UF_CHECK_NONE, "probe");
	uf_image_close(&image);
	assert_int_equal(closed, 1);

	/* Its head cannot be unpacked: refused when it is opened. */
	closed = 0;
	packed.at[packed.len / 2] ^= 0x10;
	memset(packed.at + 10, 0xff, 20);
	expect_error(open_memory(packed.at, packed.len, &image, NULL, &closed, &err), &err,
		     UF_ERR_REFUSED, UF_CHECK_IMAGE_UNREADABLE, "probe");
	uf_image_close(&image);
	assert_int_equal(closed, 1);
	free(buf);
	free(packed.at);
	free(content);
}

/* What only begins as gzip does is refused when it is opened, and closed. */
static void test_gzip_cut_off(void **state)
{
	uint8_t *content = make_content(5000, 15);
	struct packed packed = pack(content, 5000);
	static const size_t sizes[] = {3, 10, 17};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct uf_image image;
		struct uf_error err;
		unsigned closed = 0;

		expect_error(open_memory(packed.at, sizes[i], &image, NULL, &closed, &err), &err,
			     UF_ERR_REFUSED, UF_CHECK_IMAGE_UNREADABLE, "probe");
		uf_image_close(&image);
		assert_int_equal(closed, 1);
	}
	free(packed.at);
	free(content);
}

/* That the packed file changed is known through all layers. */
static void test_gzip_changed(void **state)
{
	uint8_t *content = make_content(SIZE, 11);
	struct packed packed = pack(content, SIZE);
	struct probe *probe;
	struct uf_image image;
	struct uf_error err;

	(void)state;
	expect_ok(open_memory(packed.at, packed.len, &image, &probe, NULL, &err), &err);
	expect_ok(uf_image_check_same(&image, &err), &err);
	probe->changed = true;
	expect_error(uf_image_check_same(&image, &err), &err, UF_ERR_CHANGED, UF_CHECK_NONE, "");
	uf_image_close(&image);
	free(packed.at);
	free(content);
}

/* --- files of partitions ---------------------------------------------------------------------- */

/* A part, of how many bytes and for which range. */
struct part {
	size_t len;
	struct uf_range range;
};

static const struct part parts[] = {
	{30000, {0x10000, 0x8000}},
	{0x8000, {0x20000, 0x8000}}, /* as large as its partition */
	{1, {0x28000, 0x4000}},
};

#define PARTS (sizeof(parts) / sizeof(parts[0]))

static int add_part(struct uf_image *image, const struct part *part, struct probe **probe,
		    unsigned *closed, struct uf_error *err)
{
	struct probe *below = probe_open(bytes + part->range.off % 50000, part->len);

	below->closed = closed;
	if (probe)
		*probe = below;
	memset(err, 0, sizeof(*err));
	return uf_image_add_part(image, &below->bytes, part->range, err);
}

/* What an image of all parts puts on the flash from 0 on. */
static void expect_parts(struct uf_image *image)
{
	uint8_t *want = malloc(0x30000);

	assert_non_null(want);
	memset(want, 0xff, 0x30000);
	for (size_t at = 0; at < PARTS; at++)
		memcpy(want + parts[at].range.off, bytes + parts[at].range.off % 50000,
		       parts[at].len);
	expect_filled(image, 0, 0x30000, want);
	for (uint64_t off = 0; off + 8192 < 0x30000; off += 1777)
		expect_filled(image, off, 8192, want + off);
	free(want);
}

/* The order in which the parts come matters to nobody. */
static void test_parts_in_any_order(void **state)
{
	static const unsigned orders[][PARTS] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
						 {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

	(void)state;
	fill_random(bytes, sizeof(bytes), 12);
	for (size_t order = 0; order < sizeof(orders) / sizeof(orders[0]); order++) {
		struct uf_image image = {0};
		struct uf_error err;
		unsigned closed = 0;

		for (unsigned at = 0; at < PARTS; at++) {
			const struct part *part = &parts[orders[order][at]];
			const struct uf_extent *extent = &image.extent[at];

			expect_ok(add_part(&image, part, NULL, &closed, &err), &err);
			assert_int_equal(image.kind, UF_IMAGE_PARTS);
			assert_int_equal(image.sources, at + 1);
			assert_int_equal(image.extents, at + 1);
			assert_int_equal(extent->source, at);
			assert_int_equal(extent->source_off, 0);
			assert_int_equal(extent->flash_off, part->range.off);
			assert_int_equal(extent->len, part->len);
			assert_int_equal(extent->span, part->range.len);
			assert_non_null(image.name);
			if (at == 0)
				assert_string_equal(image.name, "probe");
			else
				assert_string_not_equal(image.name, "probe");
		}
		assert_int_equal(image.size, 30000 + 0x8000 + 1);
		assert_int_equal(uf_image_end(&image), 0x28001);
		assert_false(uf_image_streamed(&image));
		expect_parts(&image);
		expect_ok(uf_image_check_whole(&image, &err), &err);
		expect_ok(uf_image_check_same(&image, &err), &err);
		for (unsigned at = 0; at < PARTS; at++) {
			const struct part *part = &parts[orders[order][at]];

			expect_tap(image.source[at], bytes + part->range.off % 50000, part->len);
		}
		assert_int_equal(closed, 0);
		uf_image_close(&image);
		assert_int_equal(closed, PARTS);
	}
}

/* A file that does not fit is refused with both sizes, closed, and no part of the image. */
static void test_part_too_big(void **state)
{
	static const struct part big = {0x4001, {0x30000, 0x4000}};
	struct uf_image image = {0};
	struct uf_error err;
	unsigned closed = 0;

	(void)state;
	/* As the first, and behind others. */
	expect_error(add_part(&image, &big, NULL, &closed, &err), &err, UF_ERR_REFUSED,
		     UF_CHECK_SIZE_TOO_BIG, "16,385");
	assert_int_equal(closed, 1);
	assert_int_equal(image.sources, 0);
	assert_int_equal(image.extents, 0);
	for (unsigned at = 0; at < PARTS; at++)
		expect_ok(add_part(&image, &parts[at], NULL, NULL, &err), &err);
	expect_error(add_part(&image, &big, NULL, &closed, &err), &err, UF_ERR_REFUSED,
		     UF_CHECK_SIZE_TOO_BIG, "probe");
	assert_non_null(strstr(err.what, "16,385"));
	assert_non_null(strstr(err.what, "16,384"));
	assert_int_equal(closed, 2);
	assert_int_equal(image.sources, PARTS);
	assert_int_equal(image.extents, PARTS);
	assert_int_equal(image.size, 30000 + 0x8000 + 1);
	expect_parts(&image);
	uf_image_close(&image);
}

/* As many as there can be partitions. */
static void test_many_parts(void **state)
{
	struct uf_image image = {0};
	struct uf_error err;
	unsigned closed = 0;
	uint8_t want[64];

	(void)state;
	for (unsigned at = 0; at < UF_EXTENTS_MAX; at++) {
		const struct part part = {10, {(uint64_t)(UF_EXTENTS_MAX - at) * 64, 64}};

		expect_ok(add_part(&image, &part, NULL, &closed, &err), &err);
	}
	assert_int_equal(image.sources, UF_EXTENTS_MAX);
	for (unsigned at = 1; at <= UF_EXTENTS_MAX; at++) {
		memset(want, 0xff, sizeof(want));
		memcpy(want, bytes + at * 64, 10);
		expect_filled(&image, at * 64, 64, want);
	}
	uf_image_close(&image);
	assert_int_equal(closed, UF_EXTENTS_MAX);
}

/* Each of the files may change. */
static void test_a_part_changes(void **state)
{
	(void)state;
	for (unsigned changed = 0; changed < PARTS; changed++) {
		struct probe *probe[PARTS];
		struct uf_image image = {0};
		struct uf_error err;

		for (unsigned at = 0; at < PARTS; at++)
			expect_ok(add_part(&image, &parts[at], &probe[at], NULL, &err), &err);
		expect_ok(uf_image_check_same(&image, &err), &err);
		probe[changed]->changed = true;
		expect_error(uf_image_check_same(&image, &err), &err, UF_ERR_CHANGED, UF_CHECK_NONE,
			     "");
		uf_image_close(&image);
	}
}

/* --- what an image of any extents puts where -------------------------------------------------- */

/* Make memory's image one of these extents. */
static void set_extents(struct memory_image *memory, const struct uf_extent *extent,
			unsigned extents)
{
	memory->image.extents = extents;
	memcpy(memory->image.extent, extent, extents * sizeof(*extent));
}

/* Expect what memory puts on the flash at [off, off + len): its bytes inside of its extents, 0xff
 * around them. */
static void expect_fill(struct memory_image *memory, uint64_t off, size_t len)
{
	uint8_t *buf = malloc(len);
	struct uf_error err;

	expect_ok(fill(&memory->image, off, buf, len, &err), &err);
	for (size_t at = 0; at < len; at++) {
		uint64_t flash = off + at;
		uint8_t want = 0xff;

		for (unsigned index = 0; index < memory->image.extents; index++) {
			const struct uf_extent *extent = &memory->image.extent[index];

			if (flash >= extent->flash_off && flash < extent->flash_off + extent->len)
				want = bytes[extent->source_off + flash - extent->flash_off];
		}
		if (buf[at] != want)
			fail_msg("fill at %llu, byte %zu of %zu", (unsigned long long)off, at, len);
	}
	free(buf);
}

static void test_fill(void **state)
{
	static const struct uf_extent extents[] = {
		{0, 0, 0, SIZE, SIZE},           {0, 0, 0, 4096, 4096}, {0, 0, 1000, SIZE, SIZE},
		{0, 100, 4096, 5000, 5000},      {0, 64, 70000, 1, 1},  {0, 0, 4096, 100, 8192},
		{0, SIZE - 1, 12345, 1, 100000},
	};
	static const size_t lens[] = {1, 255, 256, 4096, 32768};
	struct memory_image memory = {0};

	(void)state;
	fill_random(bytes, sizeof(bytes), 5);
	memory_image_init(&memory, bytes, SIZE);
	for (size_t e = 0; e < sizeof(extents) / sizeof(extents[0]); e++) {
		set_extents(&memory, &extents[e], 1);
		for (size_t l = 0; l < sizeof(lens) / sizeof(lens[0]); l++)
			for (uint64_t off = 0; off < 140000; off += 977)
				expect_fill(&memory, off, lens[l]);
	}
	memory_image_free(&memory);
}

/* A buffer over several extents, which touch each other, have gaps, and are in any order. */
static void test_fill_across_extents(void **state)
{
	static const struct uf_extent extents[] = {
		{0, 50000, 20000, 1000, 1000}, /* the next one follows at once */
		{0, 0, 21000, 3000, 6000},     /* with a blank rest */
		{0, 99999, 27000, 2, 2},       {0, 10, 100, 90, 200},
		{0, 7, 90000, 40000, 40000},   {0, 30000, 500, 1, 1},
	};
	static const size_t lens[] = {1, 1000, 4096, 32768, 140000};
	struct memory_image memory = {0};

	(void)state;
	fill_random(bytes, sizeof(bytes), 13);
	memory_image_init(&memory, bytes, SIZE);
	set_extents(&memory, extents, 6);
	for (size_t l = 0; l < sizeof(lens) / sizeof(lens[0]); l++)
		for (uint64_t off = 0; off < 140000; off += 491)
			expect_fill(&memory, off, lens[l]);
	memory_image_free(&memory);
}

/* What is read, and how often. */
struct watch {
	unsigned reads;
	uint64_t bytes;
};

static void watch(void *context, uint64_t off, size_t len)
{
	struct watch *watch = context;

	(void)off;
	watch->reads++;
	watch->bytes += len;
}

/* What an extent has all of is not filled first, as a read that fails shows. */
static void test_fill_fills_what_is_blank(void **state)
{
	struct memory_image memory = {0};
	uint8_t buf[256];
	struct uf_error err;

	(void)state;
	memory_image_init(&memory, bytes, SIZE);
	memory.fail_at = 0;
	memory.fail_code = UF_ERR_IO;
	expect_error(fill(&memory.image, SIZE - 256, buf, 256, &err), &err, UF_ERR_IO,
		     UF_CHECK_NONE, "");
	assert_int_equal(buf[0], 0x11);
	assert_int_equal(buf[255], 0x11);
	expect_error(fill(&memory.image, SIZE - 255, buf, 256, &err), &err, UF_ERR_IO,
		     UF_CHECK_NONE, "");
	assert_int_equal(buf[255], UF_BLANK_BYTE);
	memory_image_free(&memory);
}

/* A read error inside comes out as it is; behind the image no read is made that could fail. */
static void test_fill_error(void **state)
{
	struct memory_image memory = {0};
	struct watch seen = {0};
	uint8_t buf[256];
	struct uf_error err;

	(void)state;
	memory_image_init(&memory, bytes, SIZE);
	memory.fail_at = 5000;
	memory.fail_code = UF_ERR_CHANGED;
	expect_ok(fill(&memory.image, 4744, buf, 256, &err), &err);
	expect_error(fill(&memory.image, 4745, buf, 256, &err), &err, UF_ERR_CHANGED, UF_CHECK_NONE,
		     "");
	memory.fail_code = UF_ERR_IO;
	expect_error(fill(&memory.image, SIZE - 1, buf, 256, &err), &err, UF_ERR_IO, UF_CHECK_NONE,
		     "");
	memory.watch = watch;
	memory.watch_context = &seen;
	memory.fail_reads = 1;
	expect_ok(fill(&memory.image, SIZE, buf, 256, &err), &err);
	assert_int_equal(memory.fail_reads, 1);
	assert_int_equal(seen.reads, 0);
	memory_image_free(&memory);
}

/* Of several extents the one that fails is what counts, also where it is not the last. */
static void test_fill_error_of_an_extent(void **state)
{
	static const struct uf_extent extents[] = {
		{0, 6000, 1000, 100, 100},
		{0, 0, 0, 100, 100},
	};
	struct memory_image memory = {0};
	uint8_t buf[4096];
	struct uf_error err;

	(void)state;
	memory_image_init(&memory, bytes, SIZE);
	set_extents(&memory, extents, 2);
	memory.fail_at = 5000;
	memory.fail_code = UF_ERR_IO;
	expect_error(fill(&memory.image, 0, buf, sizeof(buf), &err), &err, UF_ERR_IO, UF_CHECK_NONE,
		     "");
	expect_ok(fill(&memory.image, 0, buf, 1000, &err), &err);
	assert_memory_equal(buf, bytes, 100);
	memory_image_free(&memory);
}

static void test_covers(void **state)
{
	static const struct uf_extent extents[] = {
		{0, 0, 1000, 100, 500},
		{0, 0, 100, 50, 50},
	};
	static const struct {
		struct uf_range range;
		bool spanned;
		bool bytes;
	} cases[] = {
		{{0, 100}, false, false},
		{{0, 101}, true, true},
		{{149, 1}, true, true},
		{{150, 1}, false, false},
		{{150, 850}, false, false},
		{{150, 851}, true, true},
		{{1000, 1}, true, true},
		{{1099, 1}, true, true},
		{{1100, 1}, true, false},
		{{1100, 4000}, true, false},
		{{1499, 1}, true, false},
		{{1500, 1}, false, false},
		{{1500, 1 << 20}, false, false},
		{{0, 1 << 20}, true, true},
		{{1ULL << 40, 4096}, false, false},
	};
	struct memory_image memory = {0};
	struct uf_image none = {0};

	(void)state;
	memory_image_init(&memory, bytes, SIZE);
	set_extents(&memory, extents, 2);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (uf_image_covers(&memory.image, cases[i].range, false) != cases[i].spanned ||
		    uf_image_covers(&memory.image, cases[i].range, true) != cases[i].bytes)
			fail_msg("case %zu", i);
		assert_false(uf_image_covers(&none, cases[i].range, false));
	}
	memory_image_free(&memory);
}

/* The end is that of the bytes, not of what it answers for, of whichever extent it is. */
static void test_end(void **state)
{
	static const struct uf_extent extents[] = {
		{0, 0, 1000, 100, 5000},
		{0, 0, 2000, 50, 50},
		{0, 0, 0, 1, 1},
	};
	struct memory_image memory = {0};
	struct uf_image none = {0};

	(void)state;
	memory_image_init(&memory, bytes, SIZE);
	assert_int_equal(uf_image_end(&memory.image), SIZE);
	set_extents(&memory, extents, 1);
	assert_int_equal(uf_image_end(&memory.image), 1100);
	set_extents(&memory, extents, 3);
	assert_int_equal(uf_image_end(&memory.image), 2050);
	assert_int_equal(uf_image_end(&none), 0);
	memory_image_free(&memory);
}

/* One streamed source is enough. */
static void test_streamed(void **state)
{
	uint8_t *content = make_content(5000, 14);
	struct packed packed = pack(content, 5000);
	struct uf_image image = {0};
	struct uf_error err = {0};

	(void)state;
	assert_false(uf_image_streamed(&image));
	expect_ok(add_part(&image, &parts[0], NULL, NULL, &err), &err);
	assert_false(uf_image_streamed(&image));
	expect_ok(uf_image_add_part(&image, open_packed(&packed, 0, NULL),
				    (struct uf_range){0x30000, 5000}, &err),
		  &err);
	expect_ok(add_part(&image, &parts[1], NULL, NULL, &err), &err);
	assert_true(uf_image_streamed(&image));
	expect_filled(&image, 0x30000, 5000, content);
	uf_image_close(&image);
	free(packed.at);
	free(content);
}

/* Before the first erase, what cannot be read is refused; all else stays what it is. */
static void test_refuse_unreadable(void **state)
{
	static const struct {
		enum uf_code code, becomes;
	} cases[] = {
		{UF_ERR_IO, UF_ERR_REFUSED},    {UF_ERR_CHANGED, UF_ERR_REFUSED},
		{UF_ERR_MEMORY, UF_ERR_MEMORY}, {UF_ERR_STOPPED, UF_ERR_STOPPED},
		{UF_ERR_RANGE, UF_ERR_RANGE},
	};
	struct uf_error err = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool refused = cases[i].becomes == UF_ERR_REFUSED;

		memset(&err, 0, sizeof(err));
		uf_fail(&err, cases[i].code, "words that stay");
		expect_error(uf_image_refuse_unreadable((int)cases[i].code, &err), &err,
			     cases[i].becomes, refused ? UF_CHECK_IMAGE_UNREADABLE : UF_CHECK_NONE,
			     "words that stay");
		assert_int_equal(uf_image_refuse_unreadable((int)cases[i].code, NULL),
				 cases[i].becomes);
	}
	memset(&err, 0, sizeof(err));
	assert_int_equal(uf_image_refuse_unreadable(UF_OK, &err), UF_OK);
	assert_int_equal(err.code, UF_OK);

	/* A refusal of another check keeps it. */
	uf_refuse(&err, UF_CHECK_SIZE_TOO_BIG, "too big");
	expect_error(uf_image_refuse_unreadable(UF_ERR_REFUSED, &err), &err, UF_ERR_REFUSED,
		     UF_CHECK_SIZE_TOO_BIG, "too big");
}

static void test_kind_names(void **state)
{
	(void)state;
	assert_string_equal(uf_image_kind_name(UF_IMAGE_RAW), "full image");
	assert_non_null(strstr(uf_image_kind_name(UF_IMAGE_DEMO), "demo.bin"));
	assert_non_null(strstr(uf_image_kind_name(UF_IMAGE_PARTS), "partition"));
}

#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PLACE(test_describes),
		IN_PLACE(test_fill_anywhere),
		IN_PLACE(test_fill_ends),
		cmocka_unit_test(test_short_images),
		cmocka_unit_test(test_other_uimages),
		IN_PLACE(test_no_image),
		cmocka_unit_test(test_close_zeroed),
		cmocka_unit_test(test_close_closes_the_sources),
		cmocka_unit_test(test_unreadable_head),
		IN_PLACE(test_shrinks),
		IN_PLACE(test_same),
		IN_PLACE(test_grows),
		IN_PLACE(test_written),
		IN_PLACE(test_replaced),
		IN_PLACE(test_forbidden),
		IN_PLACE(test_no_descriptor_leaks),
		cmocka_unit_test(test_demo),
		cmocka_unit_test(test_demo_checked_whole),
		cmocka_unit_test(test_demo_damaged_header),
		cmocka_unit_test(test_demo_damaged_data),
		cmocka_unit_test(test_demo_of_wrong_length),
		cmocka_unit_test(test_demo_cut_in_its_header),
		cmocka_unit_test(test_demo_that_cannot_be_read),
		cmocka_unit_test(test_gzip),
		cmocka_unit_test(test_gzip_of_demo),
		cmocka_unit_test(test_gzip_damaged),
		cmocka_unit_test(test_gzip_cut_off),
		cmocka_unit_test(test_gzip_changed),
		cmocka_unit_test(test_parts_in_any_order),
		cmocka_unit_test(test_part_too_big),
		cmocka_unit_test(test_many_parts),
		cmocka_unit_test(test_a_part_changes),
		cmocka_unit_test(test_fill),
		cmocka_unit_test(test_fill_across_extents),
		cmocka_unit_test(test_fill_fills_what_is_blank),
		cmocka_unit_test(test_fill_error),
		cmocka_unit_test(test_fill_error_of_an_extent),
		cmocka_unit_test(test_covers),
		cmocka_unit_test(test_end),
		cmocka_unit_test(test_streamed),
		cmocka_unit_test(test_refuse_unreadable),
		cmocka_unit_test(test_kind_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
