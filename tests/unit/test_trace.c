/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The recorder: one line for each operation that it passes on, in order. */
#include "expect.h"

#include <stdlib.h>
#include <unistd.h>

#include "uniflash/flash/fault.h"
#include "uniflash/flash/guard.h"
#include "uniflash/flash/nor.h"
#include "uniflash/flash/trace.h"
#include "uniflash/util/textfile.h"

#define SIZE  65536
#define BLOCK 4096
#define PAGE  256

static const struct uf_geometry geometry = {SIZE, BLOCK, PAGE};

static char *folder;
static char path[UF_PATH_MAX];
static struct uf_device *nor, *dev;
static struct uf_error err;

static int setup(void **state)
{
	(void)state;
	memset(&err, 0, sizeof(err));
	folder = make_folder();
	snprintf(path, sizeof(path), "%s/trace.txt", folder);
	if (uf_nor_open(&geometry, &nor, &err) != UF_OK)
		return -1;
	return uf_trace_open(nor, path, &dev, &err);
}

static int teardown(void **state)
{
	(void)state;
	uf_device_close(dev);
	remove_folder(folder);
	return 0;
}

static void expect_trace(const char *text)
{
	static char found[65536];

	expect_ok(uf_read_text("", path, found, sizeof(found), NULL, &err), &err);
	assert_string_equal(found, text);
}

/* Close the device, and expect this trace. */
static void expect_trace_at_end(const char *text)
{
	uf_device_close(dev);
	dev = NULL;
	expect_trace(text);
}

static void arm(void)
{
	struct uf_block_set blocks;

	expect_ok(uf_block_set_init(&blocks, SIZE / BLOCK, &err), &err);
	uf_block_set_add(&blocks, 3);
	expect_ok(uf_device_arm(dev, &blocks, &err), &err);
	uf_block_set_free(&blocks);
}

static void test_lines(void **state)
{
	uint8_t buf[BLOCK] = {0};

	(void)state;
	expect_ok(uf_device_read(dev, 0, buf, 1, &err), &err);
	expect_ok(uf_device_read(dev, 0xabcd, buf, BLOCK, &err), &err);
	arm();
	expect_ok(uf_device_erase(dev, 3 * BLOCK, &err), &err);
	expect_ok(uf_device_program(dev, 3 * BLOCK, buf, BLOCK, &err), &err);
	expect_ok(uf_device_program(dev, 3 * BLOCK + PAGE, buf, PAGE, &err), &err);
	expect_ok(uf_device_sync(dev, &err), &err);
	expect_trace_at_end("read 0 1\n"
			    "read abcd 1000\n"
			    "arm\n"
			    "erase 3000\n"
			    "program 3000 1000\n"
			    "program 3100 100\n"
			    "sync\n");
}

/* The trace can be read while the device is open: a run that is killed leaves what it did. */
static void test_at_once(void **state)
{
	uint8_t byte;

	(void)state;
	expect_trace("");
	expect_ok(uf_device_read(dev, 5, &byte, 1, &err), &err);
	expect_trace("read 5 1\n");
	expect_ok(uf_device_erase(dev, 0, &err), &err);
	expect_trace("read 5 1\nerase 0\n");
}

/* It passes everything on, unchanged. */
static void test_passes_on(void **state)
{
	uint8_t buf[SIZE], pattern[BLOCK];
	const uint8_t *cells = uf_nor_cells(nor);

	(void)state;
	assert_int_equal(dev->geometry.size, SIZE);
	assert_int_equal(dev->geometry.erase_size, BLOCK);
	assert_int_equal(dev->geometry.page_size, PAGE);
	fill_random(pattern, BLOCK, 8);
	fill_random(uf_nor_cells(nor), SIZE, 9);
	expect_ok(uf_device_read(dev, 0, buf, SIZE, &err), &err);
	assert_memory_equal(buf, cells, SIZE);
	expect_ok(uf_device_erase(dev, 5 * BLOCK, &err), &err);
	memset(buf + 5 * BLOCK, 0xff, BLOCK);
	assert_memory_equal(buf, cells, SIZE);
	expect_ok(uf_device_program(dev, 5 * BLOCK, pattern, BLOCK, &err), &err);
	memcpy(buf + 5 * BLOCK, pattern, BLOCK);
	assert_memory_equal(buf, cells, SIZE);
	expect_error(uf_device_erase(dev, SIZE, &err), &err, UF_ERR_RANGE, UF_CHECK_NONE, "");
}

/* A trace goes on where another ended. */
static void test_appends(void **state)
{
	struct uf_device *chip = NULL;

	(void)state;
	expect_ok(uf_device_erase(dev, 0, &err), &err);
	uf_device_close(dev);
	dev = NULL;
	expect_ok(uf_nor_open(&geometry, &chip, &err), &err);
	expect_ok(uf_trace_open(chip, path, &dev, &err), &err);
	expect_ok(uf_device_erase(dev, BLOCK, &err), &err);
	expect_trace_at_end("erase 0\nerase 1000\n");
}

/* Below a guard, it shows that a run that is not armed passes on no erase and no program. */
static void test_below_guard(void **state)
{
	struct uf_device *guard = NULL;
	uint8_t buf[PAGE] = {0};

	(void)state;
	expect_ok(uf_guard_open(dev, &guard, &err), &err);
	dev = guard;
	expect_ok(uf_device_read(dev, 0, buf, PAGE, &err), &err);
	assert_true(uf_device_erase(dev, 0, &err) < 0);
	assert_true(uf_device_program(dev, 0, buf, PAGE, &err) < 0);
	arm();
	assert_true(uf_device_erase(dev, 0, &err) < 0);
	expect_ok(uf_device_erase(dev, 3 * BLOCK, &err), &err);
	expect_trace_at_end("read 0 100\narm\nerase 3000\n");
}

/* What the device below fails at was passed on all the same, and its error comes back. */
static void test_failures(void **state)
{
	static const struct uf_fault_plan plan = {
		.seed = 1,
		.rate = {[UF_FAULT_ERASE_FAIL] = 100000},
	};
	struct uf_device *chip = NULL, *fault = NULL;

	(void)state;
	uf_device_close(dev);
	dev = NULL;
	expect_ok(uf_nor_open(&geometry, &chip, &err), &err);
	expect_ok(uf_fault_open(chip, &plan, &fault, &err), &err);
	expect_ok(uf_trace_open(fault, path, &dev, &err), &err);
	expect_error(uf_device_erase(dev, BLOCK, &err), &err, UF_ERR_IO, UF_CHECK_NONE, "");
	expect_trace_at_end("erase 1000\n");
}

/* Offsets and lengths that need more than 32 bits. */
static int read_anything(struct uf_device *device, uint64_t off, void *buf, size_t len,
			 struct uf_error *error)
{
	(void)device;
	(void)off;
	(void)buf;
	(void)len;
	(void)error;
	return UF_OK;
}

static void test_large_numbers(void **state)
{
	const struct uf_device_ops *real = nor->ops;
	struct uf_device_ops ops = *real;
	uint8_t byte;

	(void)state;
	ops.read = read_anything;
	nor->ops = &ops;
	expect_ok(uf_device_read(dev, 0xfedcba9876543210, &byte, 0x12345678, &err), &err);
	nor->ops = real;
	expect_trace_at_end("read fedcba9876543210 12345678\n");
}

/* A file that cannot be opened; the device below stays the caller's. */
static void test_cannot_open(void **state)
{
	struct uf_device *chip = NULL, *trace = NULL;
	char deep[UF_PATH_MAX];

	(void)state;
	snprintf(deep, sizeof(deep), "%s/none/trace.txt", folder);
	expect_ok(uf_nor_open(&geometry, &chip, &err), &err);
	expect_error(uf_trace_open(chip, deep, &trace, &err), &err, UF_ERR_IO, UF_CHECK_NONE, deep);
	expect_ok(uf_device_erase(chip, 0, &err), &err);
	uf_device_close(chip);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_lines),         TEST(test_at_once),     TEST(test_passes_on),
		TEST(test_appends),       TEST(test_below_guard), TEST(test_failures),
		TEST(test_large_numbers), TEST(test_cannot_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
