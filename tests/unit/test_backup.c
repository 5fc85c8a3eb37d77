/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A backup: what lies on the card is the flash as the survey read it, or there is none. */
#include "expect.h"

#include <fcntl.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include "uniflash/live/backup.h"

static char *folder;
static char path[512];

/* What a test does to the file when all of it is written and before it is read back. */
static struct {
	long flip;     /* the byte to flip, -1 for none */
	long truncate; /* to this size, -1 for not */
	bool append;
} harm;

static int begin(void **state)
{
	(void)state;
	folder = make_folder();
	harm.flip = harm.truncate = -1;
	harm.append = false;
	return 0;
}

static int end(void **state)
{
	(void)state;
	remove_folder(folder);
	return 0;
}

static void do_harm(void *context)
{
	char part[600];
	char byte;
	int fd;

	(void)context;
	snprintf(part, sizeof(part), "%s.uniflash-part", path);
	fd = open(part, O_RDWR);
	assert_true(fd >= 0);
	if (harm.flip >= 0) {
		assert_int_equal(pread(fd, &byte, 1, harm.flip), 1);
		byte ^= 1;
		assert_int_equal(pwrite(fd, &byte, 1, harm.flip), 1);
	}
	if (harm.truncate >= 0)
		assert_int_equal(ftruncate(fd, harm.truncate), 0);
	if (harm.append)
		assert_int_equal(pwrite(fd, "x", 1, lseek(fd, 0, SEEK_END)), 1);
	close(fd);
}

/* A flash with varied contents, as a run has surveyed it. */
static void survey(struct rig *rig, struct uf_digest *digest)
{
	uint8_t *bytes = malloc(SMALL_SIZE);

	assert_non_null(bytes);
	rig_begin_small(rig, NULL);
	fill_random(bytes, SMALL_SIZE, 1);
	memset(bytes + 3 * SMALL_BLOCK, 0xff, 2 * SMALL_BLOCK);
	rig_set_old(rig, bytes);
	SHA256(bytes, SMALL_SIZE, digest->byte);
	expect_ok(uf_survey(&rig->target, rig->dev, rig->prints, rig->buf, NULL, &rig->story.hooks,
			    &rig->err),
		  &rig->err);
	free(bytes);
}

static int back_up(struct rig *rig, const struct uf_digest *digest, const char *name,
		   enum uf_backup_result *result)
{
	struct uf_hooks hooks = rig->story.hooks;
	const struct uf_backup_job job = {
		.dev = rig->dev,
		.target = &rig->target,
		.digest = digest,
		.prints = rig->prints,
		.buf = rig->buf,
		.hooks = &hooks,
		.path = path,
		.info = "what it is\n",
	};

	hooks.beat = do_harm;
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return uf_backup_write(&job, result, &rig->err);
}

/* Read a file, unpacked where it is packed; returns its length. */
static size_t contents(const char *suffix, uint8_t *out, size_t size)
{
	char name[600];
	gzFile file;
	int len;

	snprintf(name, sizeof(name), "%s%s", path, suffix);
	file = gzopen(name, "rb");
	assert_non_null(file);
	len = gzread(file, out, (unsigned)size);
	assert_true(len >= 0);
	gzclose(file);
	return (size_t)len;
}

static bool exists(const char *suffix)
{
	char name[600];

	snprintf(name, sizeof(name), "%s%s", path, suffix);
	return access(name, F_OK) == 0;
}

/* That FILE.sha256sum says what sha256sum(1) would. */
static void expect_sum(const char *name)
{
	static uint8_t bytes[2 * SMALL_SIZE];
	char want[200], line[200] = "", hex[UF_DIGEST_TEXT];
	struct uf_digest digest;
	FILE *file = fopen(path, "rb");
	size_t len;

	assert_non_null(file);
	len = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	SHA256(bytes, len, digest.byte);
	snprintf(want, sizeof(want), "%s  %s\n", uf_digest_format(hex, &digest), name);
	contents(".sha256sum", (uint8_t *)line, sizeof(line) - 1);
	assert_string_equal(line, want);
}

static void the_flash_as_it_is(void **state)
{
	static const char *const names[] = {"a.bin", "a.bin.gz"};
	static uint8_t bytes[SMALL_SIZE + 1];
	enum uf_backup_result result;
	struct uf_digest digest;
	struct rig rig;

	(void)state;
	survey(&rig, &digest);
	for (int packed = 0; packed < 2; packed++) {
		char info[100] = "";

		result = UF_BACKUP_THERE_ALREADY;
		expect_ok(back_up(&rig, &digest, names[packed], &result), &rig.err);
		assert_int_equal(result, UF_BACKUP_WRITTEN);
		assert_int_equal(contents("", bytes, sizeof(bytes)), SMALL_SIZE);
		assert_memory_equal(bytes, rig_cells(&rig), SMALL_SIZE);
		expect_sum(names[packed]);
		contents(".info", (uint8_t *)info, sizeof(info) - 1);
		assert_string_equal(info, "what it is\n");
		assert_false(exists(".uniflash-part"));
	}
	/* Once more under the same name: it is there. A packed one is never compared. */
	expect_ok(back_up(&rig, &digest, "a.bin", &result), &rig.err);
	assert_int_equal(result, UF_BACKUP_THERE_ALREADY);
	expect_error(back_up(&rig, &digest, "a.bin.gz", &result), &rig.err, UF_ERR_IO,
		     UF_CHECK_NONE, "exists already");
	rig_end(&rig);
}

static void expect_bad_card(struct rig *rig, const struct uf_digest *digest, const char *name)
{
	enum uf_backup_result result;

	expect_error(back_up(rig, digest, name, &result), &rig->err, UF_ERR_IO, UF_CHECK_NONE,
		     "reads back other than it was written");
	assert_false(exists(""));
	assert_false(exists(".uniflash-part"));
	assert_false(exists(".sha256sum"));
}

/* The first and the last byte, in a blank block, at a block's edge; too little, too much. */
static void a_card_that_forgets(void **state)
{
	static const long places[] = {0, SMALL_BLOCK - 1, 3 * SMALL_BLOCK + 7, SMALL_SIZE - 1};
	struct uf_digest digest;
	struct rig rig;

	(void)state;
	survey(&rig, &digest);
	for (size_t at = 0; at < sizeof(places) / sizeof(places[0]); at++) {
		harm.flip = places[at];
		expect_bad_card(&rig, &digest, "b.bin");
	}
	harm.flip = 100;
	expect_bad_card(&rig, &digest, "b.bin.gz");
	harm.flip = -1;
	harm.truncate = SMALL_SIZE - 1;
	expect_bad_card(&rig, &digest, "b.bin");
	harm.truncate = 0;
	expect_bad_card(&rig, &digest, "b.bin");
	expect_bad_card(&rig, &digest, "b.bin.gz");
	harm.truncate = -1;
	harm.append = true;
	expect_bad_card(&rig, &digest, "b.bin");
	expect_bad_card(&rig, &digest, "b.bin.gz");
	rig_end(&rig);
}

/* What changed since the survey is in no backup. */
static void a_flash_that_changes(void **state)
{
	enum uf_backup_result result;
	struct uf_digest digest;
	struct rig rig;

	(void)state;
	survey(&rig, &digest);
	rig_cells(&rig)[9 * SMALL_BLOCK + 5] ^= 4;
	expect_error(back_up(&rig, &digest, "c.bin", &result), &rig.err, UF_ERR_MISMATCH,
		     UF_CHECK_NONE, "reads one way now and another before");
	assert_false(exists(""));
	assert_false(exists(".uniflash-part"));
	rig_end(&rig);
}

/* Another file of that name may be the only copy of something. */
static void a_file_that_is_there(void **state)
{
	static const size_t sizes[] = {0, SMALL_SIZE - 1, SMALL_SIZE, SMALL_SIZE + 1};
	static uint8_t bytes[SMALL_SIZE + 1], now[SMALL_SIZE + 2];
	enum uf_backup_result result;
	struct uf_digest digest;
	struct rig rig;

	(void)state;
	survey(&rig, &digest);
	memcpy(bytes, rig_cells(&rig), SMALL_SIZE);
	for (size_t at = 0; at < sizeof(sizes) / sizeof(sizes[0]); at++) {
		if (sizes[at] == SMALL_SIZE)
			bytes[SMALL_SIZE - 1] ^= 1;
		write_file(folder, "d.bin", bytes, sizes[at]);
		if (sizes[at] == SMALL_SIZE)
			bytes[SMALL_SIZE - 1] ^= 1;
		expect_error(back_up(&rig, &digest, "d.bin", &result), &rig.err, UF_ERR_IO,
			     UF_CHECK_NONE, "exists already and holds something else");
		assert_int_equal(contents("", now, sizeof(now)), sizes[at]);
	}
	rig_end(&rig);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(the_flash_as_it_is),
		TEST(a_card_that_forgets),
		TEST(a_flash_that_changes),
		TEST(a_file_that_is_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
