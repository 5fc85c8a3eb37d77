/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One suite of contract tests over every device that a host can reach. */
#include "expect.h"

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#include "device_contract.h"
#include "uniflash/flash/fault.h"
#include "uniflash/flash/guard.h"
#include "uniflash/flash/trace.h"
#include "uniflash/util/textfile.h"

#define BLOCKS 16

/* What a device is made of, from the inside out; the rest is wrapped around it. */
enum part {
	END,
	NOR,
	FILE_NEW, /* a file that is not there yet */
	FILE_OLD, /* a file with contents */
	GUARD,
	FAULT,
	TRACE,
};

static const struct kind {
	const char *name;
	enum part part[4];
	bool needs_arm;
} kinds[] = {
	{"nor", {NOR}, false},
	{"new file", {FILE_NEW}, true},
	{"old file", {FILE_OLD}, true},
	{"guard over nor", {NOR, GUARD}, true},
	{"guard over file", {FILE_OLD, GUARD}, true},
	{"fault over nor", {NOR, FAULT}, false},
	{"fault over file", {FILE_OLD, FAULT}, true},
	{"trace over nor", {NOR, TRACE}, false},
	{"trace over file", {FILE_OLD, TRACE}, true},
	{"guard over trace over nor", {NOR, TRACE, GUARD}, true},
	{"guard over trace over fault over file", {FILE_OLD, FAULT, TRACE, GUARD}, true},
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* The sizes that cameras have: 4 KiB, 32 KiB and 64 KiB blocks, and one odd page size. */
static const struct uf_geometry geometries[] = {
	{BLOCKS * 4096, 4096, 256},
	{BLOCKS * 32768, 32768, 256},
	{BLOCKS * 65536, 65536, 256},
	{BLOCKS * 4096, 4096, 512},
};

#define GEOMETRIES (sizeof(geometries) / sizeof(geometries[0]))

static struct uf_device *open_file(const char *folder, const struct uf_geometry *geometry, bool old)
{
	char path[UF_PATH_MAX];
	struct uf_file_spec spec = {path, geometry->size, geometry->erase_size,
				    geometry->page_size};
	struct uf_device *dev = NULL;
	struct uf_error err = {0};

	snprintf(path, sizeof(path), "%s/dump.bin", folder);
	if (old) {
		uint8_t *bytes = malloc(geometry->size);

		fill_random(bytes, geometry->size, 9);
		write_file(folder, "dump.bin", bytes, geometry->size);
		free(bytes);
	}
	expect_ok(uf_file_open(&spec, UF_ACCESS_WRITE, &dev, &err), &err);
	return dev;
}

static struct uf_device *open_nor(const struct uf_geometry *geometry)
{
	struct uf_device *dev = NULL;
	struct uf_error err = {0};

	expect_ok(uf_nor_open(geometry, &dev, &err), &err);
	fill_random(uf_nor_cells(dev), geometry->size, 9);
	return dev;
}

static struct uf_device *wrap(struct uf_device *inner, enum part part, const char *folder)
{
	static const struct uf_fault_plan no_faults = {.seed = 1};
	struct uf_device *dev = NULL;
	struct uf_error err = {0};
	char path[UF_PATH_MAX];

	snprintf(path, sizeof(path), "%s/trace.txt", folder);
	if (part == GUARD)
		expect_ok(uf_guard_open(inner, &dev, &err), &err);
	else if (part == FAULT)
		expect_ok(uf_fault_open(inner, &no_faults, &dev, &err), &err);
	else
		expect_ok(uf_trace_open(inner, path, &dev, &err), &err);
	return dev;
}

static struct uf_device *make(const struct kind *kind, const struct uf_geometry *geometry,
			      const char *folder)
{
	struct uf_device *dev = NULL;

	for (unsigned i = 0; i < 4 && kind->part[i] != END; i++) {
		if (kind->part[i] == NOR)
			dev = open_nor(geometry);
		else if (kind->part[i] == FILE_NEW || kind->part[i] == FILE_OLD)
			dev = open_file(folder, geometry, kind->part[i] == FILE_OLD);
		else
			dev = wrap(dev, kind->part[i], folder);
	}
	return dev;
}

static unsigned descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned count = 0;

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

/* Run one test of the suite over a fresh device; NULL, or a message. */
static const char *run_one(const struct kind *kind, const struct uf_geometry *geometry,
			   uint32_t first, const struct dc_test *test)
{
	char *folder = make_folder();
	unsigned before = descriptors();
	struct dc_bench bench = {make(kind, geometry, folder), first, kind->needs_arm, true};
	const char *message = NULL;

	if (bench.dev->geometry.size != geometry->size ||
	    bench.dev->geometry.erase_size != geometry->erase_size ||
	    bench.dev->geometry.page_size != geometry->page_size)
		message = dc_fail("the geometry is not what was asked for");
	if (!message && test->armed)
		message = dc_arm(&bench);
	if (!message)
		message = test->run(&bench);
	uf_device_close(bench.dev);
	if (!message && descriptors() != before)
		message = dc_fail("a descriptor stays open");
	remove_folder(folder);
	return message;
}

/* One test of the suite over all sizes, at the beginning, in the middle and at the end. */
static void test_one(void **state)
{
	const struct kind *kind = &kinds[(uintptr_t)*state / DC_TESTS];
	const struct dc_test *test = &dc_tests[(uintptr_t)*state % DC_TESTS];
	static const uint32_t firsts[] = {0, 7, BLOCKS - DC_BLOCKS};

	for (unsigned g = 0; g < GEOMETRIES; g++) {
		for (unsigned f = 0; f < 3; f++) {
			const char *message = run_one(kind, &geometries[g], firsts[f], test);

			if (message)
				fail_msg("blocks of %u, pages of %u, from block %u: %s",
					 geometries[g].erase_size, geometries[g].page_size,
					 firsts[f], message);
		}
	}
}

/* All of them one after the other on the same device, as on a camera; what no test writes is as it
 * was, as seen from outside. */
static void test_whole(void **state)
{
	(void)state;
	for (unsigned g = 0; g < GEOMETRIES; g++) {
		uint32_t size = geometries[g].erase_size;
		struct uf_device *nor = open_nor(&geometries[g]);
		struct uf_device *dev = NULL;
		uint8_t *before = test_malloc(geometries[g].size);
		const uint8_t *cells = uf_nor_cells(nor);
		struct dc_bench bench = {NULL, 5, true, true};
		struct uf_error err = {0};
		const char *name = "", *message;

		memcpy(before, cells, geometries[g].size);
		expect_ok(uf_guard_open(nor, &dev, &err), &err);
		bench.dev = dev;
		message = dc_run(&bench, &name);
		if (message)
			print_error("%s: %s\n", name, message);
		assert_null(message);
		assert_memory_equal(cells, before, (size_t)5 * size);
		assert_memory_equal(cells + (size_t)8 * size, before + (size_t)8 * size,
				    (size_t)(BLOCKS - 8) * size);
		for (uint32_t block = 0; block < BLOCKS; block++)
			if (block < 5 || block >= 8)
				assert_int_equal(uf_nor_wear(nor, block), 0);
			else
				assert_true(uf_nor_wear(nor, block) > 0);
		uf_device_close(dev);
		test_free(before);
	}
}

static void test_close_null(void **state)
{
	(void)state;
	uf_device_close(NULL);
}

/* The suite can fail: over RAM that sets bits where NOR cannot, over a device that erases too much
 * or too little, over one that lies. */
static int ram_program(struct uf_device *dev, uint64_t off, const void *buf, size_t len,
		       struct uf_error *err)
{
	(void)err;
	memcpy(uf_nor_cells(dev) + off, buf, len);
	return UF_OK;
}

static int wide_erase(struct uf_device *dev, uint64_t off, struct uf_error *err)
{
	(void)err;
	memset(uf_nor_cells(dev) + off, 0xff, dev->geometry.erase_size + 1);
	return UF_OK;
}

static int short_erase(struct uf_device *dev, uint64_t off, struct uf_error *err)
{
	(void)err;
	memset(uf_nor_cells(dev) + off, 0xff, dev->geometry.erase_size - 1);
	return UF_OK;
}

static int lying_erase(struct uf_device *dev, uint64_t off, struct uf_error *err)
{
	(void)dev;
	(void)off;
	(void)err;
	return UF_OK;
}

static void test_suite_can_fail(void **state)
{
	static const struct {
		int (*erase)(struct uf_device *dev, uint64_t off, struct uf_error *err);
		int (*program)(struct uf_device *dev, uint64_t off, const void *buf, size_t len,
			       struct uf_error *err);
		const char *name; /* the first test that must fail */
	} rows[] = {
		{NULL, ram_program, "program clears"},
		{wide_erase, NULL, "erase"},
		{short_erase, NULL, "erase"},
		{lying_erase, NULL, "erase"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct uf_device *nor = open_nor(&geometries[0]);
		const struct uf_device_ops *real = nor->ops;
		struct uf_device_ops ops = *real;
		struct dc_bench bench = {nor, 5, false, true};
		const char *name = "", *message;

		if (rows[i].erase)
			ops.erase = rows[i].erase;
		if (rows[i].program)
			ops.program = rows[i].program;
		nor->ops = &ops;
		message = dc_run(&bench, &name);
		assert_non_null(message);
		assert_string_equal(name, rows[i].name);
		nor->ops = real;
		uf_device_close(nor);
	}
}

int main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_close_null),
		cmocka_unit_test(test_suite_can_fail),
	};
	static char names[KINDS * DC_TESTS][96];
	struct CMUnitTest tests[KINDS * DC_TESTS + sizeof(others) / sizeof(others[0])] = {0};

	for (size_t i = 0; i < KINDS * DC_TESTS; i++) {
		snprintf(names[i], sizeof(names[i]), "%s: %s", kinds[i / DC_TESTS].name,
			 dc_tests[i % DC_TESTS].name);
		tests[i].name = names[i];
		tests[i].test_func = test_one;
		tests[i].initial_state = (void *)(uintptr_t)i;
	}
	memcpy(tests + KINDS * DC_TESTS, others, sizeof(others));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
