/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dump files as flash: NOR rules, locks, what is no dump, and when the file is written. */
#include "expect.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "flash/fdio.h"
#include "uniflash/flash/device.h"
#include "uniflash/util/textfile.h"

#define SIZE  65536
#define BLOCK 4096
#define PAGE  256

/* A folder with a dump of random contents in it. */
static char *folder;
static char path[UF_PATH_MAX];
static uint8_t want[SIZE];
static struct uf_error err;

static int setup(void **state)
{
	(void)state;
	memset(&err, 0, sizeof(err));
	folder = make_folder();
	snprintf(path, sizeof(path), "%s/dump.bin", folder);
	fill_random(want, SIZE, 4);
	write_file(folder, "dump.bin", want, SIZE);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	remove_folder(folder);
	return 0;
}

static int try_open(const char *file, uint64_t size, enum uf_access access, struct uf_device **dev)
{
	const struct uf_file_spec spec = {file, size, BLOCK, PAGE};

	*dev = NULL;
	memset(&err, 0, sizeof(err));
	return uf_file_open(&spec, access, dev, &err);
}

static struct uf_device *open_dump(enum uf_access access)
{
	struct uf_device *dev;

	expect_ok(try_open(path, 0, access, &dev), &err);
	return dev;
}

/* Arm a device for all of its blocks. */
static int arm(struct uf_device *dev)
{
	struct uf_block_set blocks;
	int ret;

	expect_ok(uf_block_set_init(&blocks, uf_geometry_blocks(&dev->geometry), &err), &err);
	for (uint32_t block = 0; block < blocks.blocks; block++)
		uf_block_set_add(&blocks, block);
	ret = uf_device_arm(dev, &blocks, &err);
	uf_block_set_free(&blocks);
	return ret;
}

/* What the file holds, as seen from outside, is what it should, to its last byte. */
static void expect_file(void)
{
	static uint8_t buf[2 * SIZE];
	FILE *file = fopen(path, "r");
	size_t len;

	assert_non_null(file);
	len = fread(buf, 1, sizeof(buf), file);
	fclose(file);
	assert_int_equal(len, SIZE);
	assert_memory_equal(buf, want, SIZE);
}

static void test_opens(void **state)
{
	static const enum uf_access accesses[] = {UF_ACCESS_LOOK, UF_ACCESS_READ, UF_ACCESS_WRITE};
	static uint8_t buf[SIZE];

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		struct uf_device *dev = open_dump(accesses[i]);

		assert_int_equal(dev->geometry.size, SIZE);
		assert_int_equal(dev->geometry.erase_size, BLOCK);
		assert_int_equal(dev->geometry.page_size, PAGE);
		expect_ok(uf_device_read(dev, 0, buf, SIZE, &err), &err);
		assert_memory_equal(buf, want, SIZE);
		uf_device_close(dev);
		expect_ok(try_open(path, SIZE, accesses[i], &dev), &err);
		uf_device_close(dev);
	}
	expect_file();
}

/* Erasing and programming as NOR does, seen in the file at once. */
static void test_nor_rules(void **state)
{
	struct uf_device *dev = open_dump(UF_ACCESS_WRITE);
	uint8_t pattern[BLOCK];

	(void)state;
	fill_random(pattern, BLOCK, 5);
	expect_ok(arm(dev), &err);
	expect_file();
	expect_ok(uf_device_erase(dev, 3 * BLOCK, &err), &err);
	memset(want + 3 * BLOCK, 0xff, BLOCK);
	expect_file();
	expect_ok(uf_device_program(dev, 3 * BLOCK + PAGE, pattern, 2 * PAGE, &err), &err);
	memcpy(want + 3 * BLOCK + PAGE, pattern, 2 * PAGE);
	expect_file();
	/* over other contents bits are cleared, and none is set */
	expect_ok(uf_device_program(dev, 5 * BLOCK, pattern, BLOCK, &err), &err);
	for (unsigned at = 0; at < BLOCK; at++)
		want[5 * BLOCK + at] &= pattern[at];
	expect_file();
	expect_ok(uf_device_erase(dev, SIZE - BLOCK, &err), &err);
	memset(want + SIZE - BLOCK, 0xff, BLOCK);
	expect_ok(uf_device_program(dev, SIZE - PAGE, pattern, PAGE, &err), &err);
	memcpy(want + SIZE - PAGE, pattern, PAGE);
	expect_ok(uf_device_sync(dev, &err), &err);
	expect_file();
	uf_device_close(dev);
	expect_file();
}

/* The file never grows, whatever is asked for. */
static void test_never_grows(void **state)
{
	static const uint64_t outside[] = {SIZE - BLOCK + PAGE, SIZE, SIZE + BLOCK, 1ULL << 33};
	struct uf_device *dev = open_dump(UF_ACCESS_WRITE);
	uint8_t zero[PAGE] = {0};
	struct stat st;

	(void)state;
	expect_ok(arm(dev), &err);
	for (unsigned i = 0; i < 4; i++) {
		uf_device_erase(dev, outside[i], &err);
		if (i > 0)
			uf_device_program(dev, outside[i], zero, PAGE, &err);
	}
	uf_device_close(dev);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, SIZE);
}

/* The access mode of the descriptor that is open on the dump: O_RDONLY, O_WRONLY, O_RDWR. */
static unsigned open_modes(void)
{
	struct stat dump, st;
	unsigned modes = 0;

	assert_int_equal(stat(path, &dump), 0);
	for (int fd = 0; fd < 256; fd++)
		if (fstat(fd, &st) == 0 && st.st_ino == dump.st_ino && st.st_dev == dump.st_dev)
			modes |= 1U << (fcntl(fd, F_GETFL) & O_ACCMODE);
	return modes;
}

/* Until it is armed the file is open for reading only, and nothing reaches it. */
static void test_read_only_until_armed(void **state)
{
	static const enum uf_access accesses[] = {UF_ACCESS_LOOK, UF_ACCESS_READ, UF_ACCESS_WRITE};
	uint8_t zero[PAGE] = {0};
	struct timespec before;
	struct stat st;

	(void)state;
	assert_int_equal(stat(path, &st), 0);
	before = st.st_mtim;
	for (unsigned i = 0; i < 3; i++) {
		struct uf_device *dev = open_dump(accesses[i]);

		assert_int_equal(open_modes(), 1U << O_RDONLY);
		assert_true(uf_device_erase(dev, 0, &err) < 0);
		assert_true(uf_device_program(dev, 0, zero, PAGE, &err) < 0);
		if (accesses[i] != UF_ACCESS_WRITE) {
			assert_true(arm(dev) < 0);
			assert_true(uf_device_erase(dev, 0, &err) < 0);
			assert_int_equal(open_modes(), 1U << O_RDONLY);
		}
		uf_device_close(dev);
	}
	expect_file();
	assert_int_equal(stat(path, &st), 0);
	assert_memory_equal(&st.st_mtim, &before, sizeof(before));
}

/* Arming changes no byte, and is what opens the file for writing. */
static void test_arm(void **state)
{
	struct uf_device *dev = open_dump(UF_ACCESS_WRITE);

	(void)state;
	expect_ok(arm(dev), &err);
	assert_true(open_modes() & 1U << O_RDWR || open_modes() & 1U << O_WRONLY);
	expect_file();
	uf_device_close(dev);
	assert_int_equal(open_modes(), 0);
	expect_file();
}

/* A file that must not be written cannot be armed, and says so by its check. */
static void test_arm_forbidden(void **state)
{
	pid_t child;
	int status;

	(void)state;
	assert_int_equal(chmod(path, 0444), 0);
	assert_int_equal(chmod(folder, 0755), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct uf_device *dev;
		bool good;

		/* Root may write everything; somebody else may not. */
		if (geteuid() == 0 && setuid(65534) != 0)
			_exit(2);
		dev = open_dump(UF_ACCESS_WRITE);
		good = arm(dev) < 0 && strstr(err.what, path);
		uf_device_close(dev);
		_exit(good ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	expect_file();
}

/* A file that is not there is blank flash of the size that was given, and is made when armed. */
static void test_missing(void **state)
{
	static const enum uf_access accesses[] = {UF_ACCESS_LOOK, UF_ACCESS_READ, UF_ACCESS_WRITE};
	static uint8_t buf[SIZE];
	struct uf_device *dev;

	(void)state;
	assert_int_equal(unlink(path), 0);
	for (unsigned i = 0; i < 3; i++) {
		expect_ok(try_open(path, SIZE, accesses[i], &dev), &err);
		assert_int_equal(dev->geometry.size, SIZE);
		memset(buf, 0, SIZE);
		expect_ok(uf_device_read(dev, 0, buf, SIZE, &err), &err);
		for (unsigned at = 0; at < SIZE; at++)
			assert_int_equal(buf[at], 0xff);
		assert_true(uf_device_erase(dev, 0, &err) < 0);
		uf_device_close(dev);
		assert_int_not_equal(access(path, F_OK), 0);
	}
}

static void test_missing_armed(void **state)
{
	struct uf_device *dev;
	uint8_t pattern[PAGE], found[PAGE];

	(void)state;
	assert_int_equal(unlink(path), 0);
	fill_random(pattern, PAGE, 6);
	expect_ok(try_open(path, SIZE, UF_ACCESS_WRITE, &dev), &err);
	expect_ok(arm(dev), &err);
	memset(want, 0xff, SIZE);
	expect_file();
	expect_ok(uf_device_program(dev, SIZE - PAGE, pattern, PAGE, &err), &err);
	memcpy(want + SIZE - PAGE, pattern, PAGE);
	expect_ok(uf_device_read(dev, SIZE - PAGE, found, PAGE, &err), &err);
	assert_memory_equal(found, pattern, PAGE);
	expect_file();
	uf_device_close(dev);
	expect_file();
}

/* Without a size there is no telling what a file that is not there would be. */
static void test_missing_without_size(void **state)
{
	static const enum uf_access accesses[] = {UF_ACCESS_LOOK, UF_ACCESS_READ, UF_ACCESS_WRITE};
	struct uf_device *dev;

	(void)state;
	assert_int_equal(unlink(path), 0);
	for (unsigned i = 0; i < 3; i++) {
		expect_error(try_open(path, 0, accesses[i], &dev), &err, UF_ERR_IO, UF_CHECK_NONE,
			     path);
		assert_int_not_equal(access(path, F_OK), 0);
	}
}

/* A missing file whose folder is missing, too, cannot be made. */
static void test_missing_folder(void **state)
{
	struct uf_device *dev;
	char deep[UF_PATH_MAX];
	int ret;

	(void)state;
	snprintf(deep, sizeof(deep), "%s/none/dump.bin", folder);
	ret = try_open(deep, SIZE, UF_ACCESS_WRITE, &dev);
	if (ret == UF_OK) {
		ret = arm(dev);
		uf_device_close(dev);
	}
	expect_error(ret, &err, UF_ERR_IO, UF_CHECK_NONE, deep);
}

/* Files of other sizes are no flash of these sizes. */
static void test_sizes_wrong(void **state)
{
	static const struct {
		size_t file;
		uint64_t size;
	} rows[] = {
		{SIZE, SIZE - BLOCK},
		{SIZE, SIZE + BLOCK},
		{SIZE, 2 * SIZE},
		{SIZE - 1, SIZE},
		{SIZE + 1, SIZE},
		{SIZE - 1, 0},
		{SIZE + PAGE, 0},
		{PAGE, 0},
		{0, 0},
		{0, SIZE},
		{SIZE, SIZE + 1},
	};
	static uint8_t bytes[2 * SIZE];
	struct uf_device *dev;
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		write_file(folder, "dump.bin", bytes, rows[i].file);
		if (try_open(path, rows[i].size, UF_ACCESS_WRITE, &dev) == UF_ERR_USAGE &&
		    err.code == UF_ERR_USAGE && strstr(err.what, path))
			continue;
		print_error("%zu bytes as %llu: %d \"%s\"\n", rows[i].file,
			    (unsigned long long)rows[i].size, err.code, err.what);
		uf_device_close(dev);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

/* Sizes that cannot be those of a flash, of a file and of none. */
static void test_spec_wrong(void **state)
{
	static const struct uf_file_spec rows[] = {
		{NULL, SIZE, 3000, PAGE},
		{NULL, SIZE, 131072, PAGE},
		{NULL, 0, 3000, PAGE},
	};
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(rows) / sizeof(rows[0]); i++) {
		struct uf_file_spec spec = rows[i / 2];
		struct uf_device *dev = NULL;
		char missing[UF_PATH_MAX];
		int ret;

		snprintf(missing, sizeof(missing), "%s/missing.bin", folder);
		spec.path = i % 2 ? missing : path;
		if (i % 2 && !spec.size)
			continue;
		ret = uf_file_open(&spec, UF_ACCESS_WRITE, &dev, &err);
		if (ret == UF_ERR_USAGE && err.code == UF_ERR_USAGE)
			continue;
		print_error("%llu, %u, %u: %d\n", (unsigned long long)spec.size, spec.erase_size,
			    spec.page_size, ret);
		uf_device_close(dev);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

/* What is no regular file is refused at once, without waiting for anything. */
static void test_no_file(void **state)
{
	static const enum uf_access accesses[] = {UF_ACCESS_LOOK, UF_ACCESS_READ, UF_ACCESS_WRITE};
	char fifo[UF_PATH_MAX];
	struct uf_device *dev;
	unsigned wrong = 0;

	(void)state;
	snprintf(fifo, sizeof(fifo), "%s/fifo", folder);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	alarm(20);
	for (unsigned i = 0; i < 12; i++) {
		const char *files[] = {folder, "/dev/zero", "/dev/null", fifo};
		int ret = try_open(files[i / 3], i % 2 ? SIZE : 0, accesses[i % 3], &dev);

		if ((ret == UF_ERR_IO || ret == UF_ERR_USAGE) && strstr(err.what, files[i / 3]))
			continue;
		print_error("%s: %d \"%s\"\n", files[i / 3], ret, err.what);
		uf_device_close(dev);
		wrong++;
	}
	alarm(0);
	assert_int_equal(wrong, 0);
}

/* What a dump is, without opening it as a device: the same answers and the same errors. */
static void test_geometry(void **state)
{
	struct uf_file_spec spec = {path, 0, 4096, 256};
	struct uf_geometry geometry;
	char other[UF_PATH_MAX];

	(void)state;
	expect_ok(uf_file_geometry(&spec, &geometry, &err), &err);
	assert_int_equal(geometry.size, SIZE);
	assert_int_equal(geometry.erase_size, 4096);
	assert_int_equal(geometry.page_size, 256);
	spec.size = 2 * (uint64_t)SIZE;
	expect_error(uf_file_geometry(&spec, &geometry, &err), &err, UF_ERR_USAGE, UF_CHECK_NONE,
		     path);
	spec.size = 0;
	snprintf(other, sizeof(other), "%s/none.bin", folder);
	spec.path = other;
	expect_error(uf_file_geometry(&spec, &geometry, &err), &err, UF_ERR_IO, UF_CHECK_NONE,
		     "none.bin");
	spec.size = 4 * 4096;
	expect_ok(uf_file_geometry(&spec, &geometry, &err), &err);
	assert_int_equal(geometry.size, 4 * 4096);
	assert_int_not_equal(access(other, F_OK), 0);
	spec.path = folder;
	expect_error(uf_file_geometry(&spec, &geometry, &err), &err, UF_ERR_IO, UF_CHECK_NONE,
		     folder);
	snprintf(other, sizeof(other), "%s/dump.bin/deeper", folder);
	spec.path = other;
	expect_error(uf_file_geometry(&spec, &geometry, &err), &err, UF_ERR_IO, UF_CHECK_NONE,
		     other);
}

/* Who may open it beside whom: a writer bears no reader, `info` disturbs nobody. */
static const struct {
	enum uf_access first, second;
	bool held;
} pairs[] = {
	{UF_ACCESS_WRITE, UF_ACCESS_WRITE, true}, {UF_ACCESS_WRITE, UF_ACCESS_READ, true},
	{UF_ACCESS_READ, UF_ACCESS_WRITE, true},  {UF_ACCESS_READ, UF_ACCESS_READ, false},
	{UF_ACCESS_LOOK, UF_ACCESS_WRITE, false}, {UF_ACCESS_WRITE, UF_ACCESS_LOOK, false},
	{UF_ACCESS_LOOK, UF_ACCESS_READ, false},  {UF_ACCESS_READ, UF_ACCESS_LOOK, false},
	{UF_ACCESS_LOOK, UF_ACCESS_LOOK, false},
};

#define PAIRS (sizeof(pairs) / sizeof(pairs[0]))

static void expect_pair(size_t pair, int ret)
{
	bool held = ret == UF_ERR_REFUSED && err.code == UF_ERR_REFUSED &&
		    err.check == UF_CHECK_LOCK_HELD && strstr(err.what, path);

	if (pairs[pair].held ? !held : ret != UF_OK)
		fail_msg("access %d beside %d: %d \"%s\"", pairs[pair].second, pairs[pair].first,
			 ret, err.what);
}

static void test_locks(void **state)
{
	(void)state;
	for (size_t i = 0; i < PAIRS; i++) {
		struct uf_device *first = open_dump(pairs[i].first), *second;

		expect_pair(i, try_open(path, 0, pairs[i].second, &second));
		uf_device_close(second);
		uf_device_close(first);
		/* closing gives the lock back */
		second = open_dump(pairs[i].second);
		uf_device_close(second);
	}
}

/* The same after the first was armed. */
static void test_locks_armed(void **state)
{
	static const enum uf_access others[] = {UF_ACCESS_WRITE, UF_ACCESS_READ};

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct uf_device *first = open_dump(UF_ACCESS_WRITE), *second;

		expect_ok(arm(first), &err);
		expect_error(try_open(path, 0, others[i], &second), &err, UF_ERR_REFUSED,
			     UF_CHECK_LOCK_HELD, path);
		uf_device_close(first);
		uf_device_close(open_dump(others[i]));
	}
}

/* The same from another process: its exit status tells what it was given. */
static void test_locks_process(void **state)
{
	(void)state;
	for (size_t i = 0; i < PAIRS; i++) {
		struct uf_device *first = open_dump(pairs[i].first), *second;
		pid_t child = fork();
		int status = 0;

		assert_true(child >= 0);
		if (child == 0) {
			/* the descriptors it inherits are the parent's, and so is their lock */
			int ret = try_open(path, 0, pairs[i].second, &second);

			_exit(ret == UF_OK ? 0 : err.check == UF_CHECK_LOCK_HELD ? 3 : 9);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), pairs[i].held ? 3 : 0);
		uf_device_close(first);
	}
}

/* A process that holds the lock and is killed leaves none behind. */
static void test_lock_of_killed(void **state)
{
	int ready[2], status;
	pid_t child;
	char byte;
	struct uf_device *dev;

	(void)state;
	assert_int_equal(pipe(ready), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		if (try_open(path, 0, UF_ACCESS_WRITE, &dev) != UF_OK ||
		    write(ready[1], "x", 1) != 1)
			_exit(9);
		for (;;)
			pause();
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	expect_error(try_open(path, 0, UF_ACCESS_WRITE, &dev), &err, UF_ERR_REFUSED,
		     UF_CHECK_LOCK_HELD, path);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	close(ready[0]);
	close(ready[1]);
	uf_device_close(open_dump(UF_ACCESS_WRITE));
}

/* Two runs that would both make the same file: one of them is told, and the file is whole. */
static void test_lock_missing(void **state)
{
	struct uf_device *first = NULL, *second = NULL;
	int ret;

	(void)state;
	assert_int_equal(unlink(path), 0);
	expect_ok(try_open(path, SIZE, UF_ACCESS_WRITE, &first), &err);
	ret = try_open(path, SIZE, UF_ACCESS_WRITE, &second);
	if (ret == UF_OK) {
		expect_ok(arm(first), &err);
		ret = arm(second);
		memset(want, 0xff, SIZE);
		expect_file();
	}
	uf_device_close(second);
	uf_device_close(first);
	assert_true(ret < 0);
	assert_non_null(strstr(err.what, path));
}

/* A file that appears between opening and arming is somebody's: it is not written over. */
static void test_appears(void **state)
{
	struct uf_device *dev;
	int ret;

	(void)state;
	assert_int_equal(unlink(path), 0);
	expect_ok(try_open(path, SIZE, UF_ACCESS_WRITE, &dev), &err);
	write_file(folder, "dump.bin", want, SIZE);
	ret = arm(dev);
	uf_device_close(dev);
	assert_true(ret < 0);
	expect_file();
}

/* A dump that loses its end while it is open is a read error, not zeros. */
static void test_shrinks(void **state)
{
	struct uf_device *dev = open_dump(UF_ACCESS_READ);
	uint8_t buf[PAGE];

	(void)state;
	assert_int_equal(truncate(path, SIZE / 2), 0);
	expect_ok(uf_device_read(dev, SIZE / 2 - PAGE, buf, PAGE, &err), &err);
	expect_error(uf_device_read(dev, SIZE / 2 - 1, buf, PAGE, &err), &err, UF_ERR_IO,
		     UF_CHECK_NONE, path);
	expect_error(uf_device_read(dev, SIZE - PAGE, buf, PAGE, &err), &err, UF_ERR_IO,
		     UF_CHECK_NONE, path);
	uf_device_close(dev);
}

/* The path may go away, and the caller's copy of it, too. */
static void test_path_borrowed(void **state)
{
	char *copy = strdup(path);
	struct uf_device *dev;
	uint8_t byte;

	(void)state;
	expect_ok(try_open(copy, 0, UF_ACCESS_WRITE, &dev), &err);
	assert_int_equal(unlink(path), 0);
	expect_ok(uf_device_read(dev, 9, &byte, 1, &err), &err);
	assert_int_equal(byte, want[9]);
	uf_device_close(dev);
	free(copy);
}

/* Whole reads and writes over a descriptor. */
static void test_fd(void **state)
{
	uint8_t buf[PAGE];
	int fd = open(path, O_RDWR), closed;

	(void)state;
	assert_true(fd >= 0);
	expect_ok(fd_read(fd, "it", SIZE - PAGE, buf, PAGE, &err), &err);
	assert_memory_equal(buf, want + SIZE - PAGE, PAGE);
	expect_error(fd_read(fd, "it", SIZE - 1, buf, 2, &err), &err, UF_ERR_IO, UF_CHECK_NONE,
		     "it");
	expect_error(fd_read(fd, "it", SIZE, buf, 1, &err), &err, UF_ERR_IO, UF_CHECK_NONE, "it");
	memset(buf, 0x3c, PAGE);
	expect_ok(fd_write(fd, "it", 1000, buf, PAGE, &err), &err);
	memset(want + 1000, 0x3c, PAGE);
	expect_file();
	closed = dup(fd);
	close(closed);
	expect_error(fd_write(closed, "it", 0, buf, PAGE, &err), &err, UF_ERR_IO, UF_CHECK_NONE,
		     "it");
	expect_error(fd_read(closed, "it", 0, buf, PAGE, &err), &err, UF_ERR_IO, UF_CHECK_NONE,
		     "it");
	close(fd);
	fd = open("/dev/full", O_RDWR);
	if (fd >= 0) {
		expect_error(fd_write(fd, "it", 0, buf, PAGE, &err), &err, UF_ERR_IO, UF_CHECK_NONE,
			     "it");
		close(fd);
	}
}

/* A write that only goes in part is finished, or is an error; never a success of a part. */
static void test_fd_part(void **state)
{
	const struct rlimit limit = {1000 + PAGE / 2, RLIM_INFINITY};
	struct rlimit old;
	uint8_t buf[PAGE];
	int fd = open(path, O_RDWR | O_TRUNC), ret;

	(void)state;
	assert_true(fd >= 0);
	memset(buf, 0x3c, PAGE);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	ret = fd_write(fd, "it", 1000, buf, PAGE, &err);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	signal(SIGXFSZ, SIG_DFL);
	close(fd);
	expect_error(ret, &err, UF_ERR_IO, UF_CHECK_NONE, "it");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_opens),
		TEST(test_nor_rules),
		TEST(test_never_grows),
		TEST(test_read_only_until_armed),
		TEST(test_arm),
		TEST(test_arm_forbidden),
		TEST(test_missing),
		TEST(test_missing_armed),
		TEST(test_missing_without_size),
		TEST(test_missing_folder),
		TEST(test_sizes_wrong),
		TEST(test_spec_wrong),
		TEST(test_no_file),
		TEST(test_geometry),
		TEST(test_locks),
		TEST(test_locks_armed),
		TEST(test_locks_process),
		TEST(test_lock_of_killed),
		TEST(test_lock_missing),
		TEST(test_appears),
		TEST(test_shrinks),
		TEST(test_path_borrowed),
		TEST(test_fd),
		TEST(test_fd_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
