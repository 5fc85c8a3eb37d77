/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The faults do what they are called, so that what survives them has survived something. */
#include "expect.h"

#include <stdlib.h>

#include "uniflash/flash/fault.h"

#define BLOCK  32768
#define PAGE   256
#define BLOCKS 8
#define SIZE   (BLOCKS * BLOCK)
#define ALWAYS 100000

static const struct uf_geometry geometry = {SIZE, BLOCK, PAGE};

static const char *const names[UF_FAULT_KINDS] = {
	[UF_FAULT_ERASE_FAIL] = "erase-fail",       [UF_FAULT_ERASE_LIE] = "erase-lie",
	[UF_FAULT_ERASE_PARTIAL] = "erase-partial", [UF_FAULT_PROGRAM_FAIL] = "program-fail",
	[UF_FAULT_PROGRAM_LIE] = "program-lie",     [UF_FAULT_PROGRAM_PARTIAL] = "program-partial",
	[UF_FAULT_READ_FAIL] = "read-fail",         [UF_FAULT_READ_FLIP] = "read-flip",
	[UF_FAULT_READ_SHORT] = "read-short",       [UF_FAULT_READ_STALE] = "read-stale",
};

static struct uf_device *nor, *dev;
static uint8_t before[SIZE], buf[SIZE];
static struct uf_error err;

static void begin(const struct uf_fault_plan *plan)
{
	memset(&err, 0, sizeof(err));
	expect_ok(uf_nor_open(&geometry, &nor, &err), &err);
	fill_random(uf_nor_cells(nor), SIZE, 13);
	memcpy(before, uf_nor_cells(nor), SIZE);
	expect_ok(uf_fault_open(nor, plan, &dev, &err), &err);
}

/* A chip on which this kind of fault always happens, up to limit times (0: for ever). */
static void begin_kind(enum uf_fault_kind kind, uint64_t seed, uint32_t limit)
{
	struct uf_fault_plan plan = {.seed = seed, .limit = limit};

	plan.rate[kind] = ALWAYS;
	begin(&plan);
}

static void end(void)
{
	uf_device_close(dev);
}

/* Just this kind was counted, count times. */
static void expect_count(enum uf_fault_kind kind, uint32_t count)
{
	for (int k = 0; k < UF_FAULT_KINDS; k++)
		assert_int_equal(uf_fault_counts(dev)[k], k == (int)kind ? count : 0);
}

/* How many bytes from the first on are those of a; the rest up to len must be those of b. */
static size_t part(const uint8_t *found, const uint8_t *a, const uint8_t *b, size_t len)
{
	size_t done = len;

	while (done > 0 && found[done - 1] == b[done - 1])
		done--;
	assert_memory_equal(found, a, done);
	return done;
}

static void test_names(void **state)
{
	(void)state;
	for (int kind = 0; kind < UF_FAULT_KINDS; kind++)
		assert_string_equal(uf_fault_name((enum uf_fault_kind)kind), names[kind]);
}

/* Without faults nothing is in the way. */
static void test_none(void **state)
{
	static const struct uf_fault_plan plan = {.seed = 5};
	uint8_t zero[BLOCK] = {0};

	(void)state;
	begin(&plan);
	for (unsigned i = 0; i < 200; i++) {
		uint32_t block = i % BLOCKS;

		expect_ok(uf_device_erase(dev, block * BLOCK, &err), &err);
		expect_ok(uf_device_program(dev, block * BLOCK, zero, BLOCK, &err), &err);
		expect_ok(uf_device_read(dev, 0, buf, SIZE, &err), &err);
		assert_memory_equal(buf, uf_nor_cells(nor), SIZE);
		assert_int_equal(buf[block * BLOCK + i], 0);
	}
	for (int kind = 0; kind < UF_FAULT_KINDS; kind++)
		assert_int_equal(uf_fault_counts(dev)[kind], 0);
	end();
}

static void test_erase_fail(void **state)
{
	(void)state;
	begin_kind(UF_FAULT_ERASE_FAIL, 1, 0);
	expect_error(uf_device_erase(dev, BLOCK, &err), &err, UF_ERR_IO, UF_CHECK_NONE, "");
	assert_memory_equal(uf_nor_cells(nor), before, SIZE);
	expect_count(UF_FAULT_ERASE_FAIL, 1);
	expect_ok(uf_device_program(dev, 0, before, PAGE, &err), &err);
	expect_ok(uf_device_read(dev, 0, buf, SIZE, &err), &err);
	expect_count(UF_FAULT_ERASE_FAIL, 1);
	end();
}

static void test_erase_lie(void **state)
{
	(void)state;
	begin_kind(UF_FAULT_ERASE_LIE, 1, 0);
	expect_ok(uf_device_erase(dev, BLOCK, &err), &err);
	assert_memory_equal(uf_nor_cells(nor), before, SIZE);
	expect_count(UF_FAULT_ERASE_LIE, 1);
	end();
}

/* A first part is erased and the rest is not: some of the block, never all, and nothing else. */
static void test_erase_partial(void **state)
{
	uint8_t blank[BLOCK];
	size_t least = BLOCK, most = 0;

	(void)state;
	memset(blank, 0xff, BLOCK);
	for (uint64_t seed = 1; seed <= 50; seed++) {
		size_t done;

		begin_kind(UF_FAULT_ERASE_PARTIAL, seed, 0);
		expect_ok(uf_device_erase(dev, BLOCK, &err), &err);
		done = part(uf_nor_cells(nor) + BLOCK, blank, before + BLOCK, BLOCK);
		assert_true(done < BLOCK);
		least = done < least ? done : least;
		most = done > most ? done : most;
		assert_memory_equal(uf_nor_cells(nor), before, BLOCK);
		assert_memory_equal(uf_nor_cells(nor) + 2 * BLOCK, before + 2 * BLOCK,
				    SIZE - 2 * BLOCK);
		expect_count(UF_FAULT_ERASE_PARTIAL, 1);
		end();
	}
	assert_true(most > 0);
	assert_true(least < most); /* not always at the same place */
}

static void test_program_fail(void **state)
{
	uint8_t zero[BLOCK] = {0};

	(void)state;
	begin_kind(UF_FAULT_PROGRAM_FAIL, 1, 0);
	expect_error(uf_device_program(dev, BLOCK, zero, BLOCK, &err), &err, UF_ERR_IO,
		     UF_CHECK_NONE, "");
	assert_memory_equal(uf_nor_cells(nor), before, SIZE);
	expect_count(UF_FAULT_PROGRAM_FAIL, 1);
	end();
}

static void test_program_lie(void **state)
{
	uint8_t zero[BLOCK] = {0};

	(void)state;
	begin_kind(UF_FAULT_PROGRAM_LIE, 1, 0);
	expect_ok(uf_device_program(dev, BLOCK, zero, BLOCK, &err), &err);
	assert_memory_equal(uf_nor_cells(nor), before, SIZE);
	expect_count(UF_FAULT_PROGRAM_LIE, 1);
	end();
}

static void test_program_partial(void **state)
{
	uint8_t zero[BLOCK] = {0};
	size_t least = BLOCK, most = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 50; seed++) {
		size_t done;

		begin_kind(UF_FAULT_PROGRAM_PARTIAL, seed, 0);
		expect_ok(uf_device_program(dev, BLOCK, zero, BLOCK, &err), &err);
		done = part(uf_nor_cells(nor) + BLOCK, zero, before + BLOCK, BLOCK);
		assert_true(done < BLOCK);
		least = done < least ? done : least;
		most = done > most ? done : most;
		assert_memory_equal(uf_nor_cells(nor), before, BLOCK);
		assert_memory_equal(uf_nor_cells(nor) + 2 * BLOCK, before + 2 * BLOCK,
				    SIZE - 2 * BLOCK);
		end();
	}
	assert_true(most > 0);
	assert_true(least < most);
}

/* A single page in part, too. */
static void test_program_partial_page(void **state)
{
	uint8_t zero[PAGE] = {0};

	(void)state;
	for (uint64_t seed = 1; seed <= 50; seed++) {
		begin_kind(UF_FAULT_PROGRAM_PARTIAL, seed, 0);
		expect_ok(uf_device_program(dev, 0, zero, PAGE, &err), &err);
		assert_true(part(uf_nor_cells(nor), zero, before, PAGE) < PAGE);
		assert_memory_equal(uf_nor_cells(nor) + PAGE, before + PAGE, SIZE - PAGE);
		end();
	}
}

static void test_read_fail(void **state)
{
	(void)state;
	begin_kind(UF_FAULT_READ_FAIL, 1, 0);
	expect_error(uf_device_read(dev, 0, buf, PAGE, &err), &err, UF_ERR_IO, UF_CHECK_NONE, "");
	expect_count(UF_FAULT_READ_FAIL, 1);
	assert_memory_equal(uf_nor_cells(nor), before, SIZE);
	end();
}

/* One bit of what is read is wrong, at another place each time, and none in the cells. */
static void test_read_flip(void **state)
{
	size_t places[50] = {0};

	(void)state;
	for (uint64_t seed = 1; seed <= 50; seed++) {
		unsigned bits = 0;

		begin_kind(UF_FAULT_READ_FLIP, seed, 1);
		expect_ok(uf_device_read(dev, 0, buf, BLOCK, &err), &err);
		for (size_t at = 0; at < BLOCK; at++) {
			bits += (unsigned)__builtin_popcount(buf[at] ^ before[at]);
			if (buf[at] != before[at])
				places[seed - 1] = at;
		}
		assert_int_equal(bits, 1);
		assert_memory_equal(uf_nor_cells(nor), before, SIZE);
		/* this once: it is right when it is read again */
		expect_ok(uf_device_read(dev, 0, buf, BLOCK, &err), &err);
		assert_memory_equal(buf, before, BLOCK);
		expect_count(UF_FAULT_READ_FLIP, 1);
		end();
	}
	for (unsigned i = 1; i < 50; i++)
		if (places[i] != places[0])
			return;
	fail_msg("every flip was at byte %zu", places[0]);
}

/* A first part arrives, never all of it, and the read is an error. */
static void test_read_short(void **state)
{
	size_t least = BLOCK, most = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 50; seed++) {
		size_t done = 0;
		int ret;

		begin_kind(UF_FAULT_READ_SHORT, seed, 0);
		memset(buf, 0x11, BLOCK);
		ret = uf_device_read(dev, 0, buf, BLOCK, &err);
		while (done < BLOCK && buf[done] == before[done])
			done++;
		least = done < least ? done : least;
		most = done > most ? done : most;
		expect_count(UF_FAULT_READ_SHORT, 1);
		end();
		expect_error(ret, &err, UF_ERR_IO, UF_CHECK_NONE, "");
	}
	assert_true(most < BLOCK);
	assert_true(most > 0);
	assert_true(least < most);
}

/* Up to 4 KiB a stale read is an error. */
static void test_read_stale_small(void **state)
{
	(void)state;
	begin_kind(UF_FAULT_READ_STALE, 1, 0);
	expect_error(uf_device_read(dev, 0, buf, 256, &err), &err, UF_ERR_IO, UF_CHECK_NONE, "");
	expect_error(uf_device_read(dev, 0, buf, 4096, &err), &err, UF_ERR_IO, UF_CHECK_NONE, "");
	expect_count(UF_FAULT_READ_STALE, 2);
	end();
}

/* A longer one succeeds, with 4 KiB of what was read before it in its middle: blocks of 0x55 and
 * of 0xaa are read in turn, and every other read or so is stale. */
static void test_read_stale_large(void **state)
{
	struct uf_fault_plan plan = {.seed = 2};
	bool was_stale = true; /* before the first read there is nothing to be seen again */
	unsigned seen = 0, faults = 0;

	(void)state;
	plan.rate[UF_FAULT_READ_STALE] = ALWAYS / 2;
	begin(&plan);
	memset(uf_nor_cells(nor), 0x55, BLOCK);
	memset(uf_nor_cells(nor) + BLOCK, 0xaa, BLOCK);
	for (unsigned i = 0; i < 100; i++) {
		uint8_t now = i % 2 ? 0xaa : 0x55, old = i % 2 ? 0x55 : 0xaa;
		size_t first = 0, behind = BLOCK;

		expect_ok(uf_device_read(dev, i % 2 * BLOCK, buf, BLOCK, &err), &err);
		while (first < BLOCK && buf[first] == now)
			first++;
		while (behind > first && buf[behind - 1] == now)
			behind--;
		faults += first < BLOCK;
		if (first < BLOCK) {
			assert_int_equal(behind - first, 4096);
			assert_true(first > 0);
			assert_true(behind < BLOCK);
		}
		for (size_t at = first; at < behind && !was_stale; at++)
			assert_int_equal(buf[at], old);
		seen += first < BLOCK && !was_stale;
		was_stale = first < BLOCK;
	}
	/* one that shows again what is there anyway is not seen */
	assert_true(uf_fault_counts(dev)[UF_FAULT_READ_STALE] >= faults);
	end();
	assert_in_range(seen, 10, 50);
}

/* After so many faults the device behaves, and it has misbehaved just so often. */
static void test_limit(void **state)
{
	(void)state;
	begin_kind(UF_FAULT_ERASE_FAIL, 1, 3);
	for (unsigned i = 0; i < 10; i++)
		assert_int_equal(uf_device_erase(dev, 0, &err) == UF_OK, i >= 3);
	expect_count(UF_FAULT_ERASE_FAIL, 3);
	end();
}

/* The limit is for all kinds together. */
static void test_limit_of_all(void **state)
{
	struct uf_fault_plan plan = {.seed = 1, .limit = 4};
	uint32_t sum = 0;

	(void)state;
	plan.rate[UF_FAULT_ERASE_FAIL] = ALWAYS;
	plan.rate[UF_FAULT_READ_FAIL] = ALWAYS;
	begin(&plan);
	for (unsigned i = 0; i < 10; i++) {
		uf_device_erase(dev, 0, &err);
		uf_device_read(dev, 0, buf, PAGE, &err);
	}
	for (int kind = 0; kind < UF_FAULT_KINDS; kind++)
		sum += uf_fault_counts(dev)[kind];
	assert_int_equal(sum, 4);
	end();
}

/* A rate is in 100,000 operations of the kind that it is about. */
static void test_rates(void **state)
{
	static const uint32_t rates[] = {1000, 10000, 50000};

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		struct uf_fault_plan plan = {.seed = 77 + i};
		unsigned failed = 0, expected = 20000 * (rates[i] / 1000) / 100;

		plan.rate[UF_FAULT_READ_FAIL] = rates[i];
		begin(&plan);
		for (unsigned at = 0; at < 20000; at++)
			failed += uf_device_read(dev, 0, buf, 1, &err) != UF_OK;
		assert_int_equal(uf_fault_counts(dev)[UF_FAULT_READ_FAIL], failed);
		/* five standard deviations and more */
		assert_in_range(failed, expected - expected / 5 - 30, expected + expected / 5 + 30);
		end();
	}
}

/* Every kind at once; what each operation came to, and the cells at the end, as text. */
static void play(uint64_t seed, char *log, uint8_t *cells)
{
	struct uf_fault_plan plan = {.seed = seed};
	uint8_t page[PAGE];

	for (int kind = 0; kind < UF_FAULT_KINDS; kind++)
		plan.rate[kind] = 15000;
	begin(&plan);
	fill_random(page, PAGE, 3);
	for (unsigned i = 0; i < 300; i++) {
		uint64_t off = i % BLOCKS * BLOCK;
		int ret;

		if (i % 3 == 0)
			ret = uf_device_erase(dev, off, &err);
		else if (i % 3 == 1)
			ret = uf_device_program(dev, off, page, PAGE, &err);
		else
			ret = uf_device_read(dev, off, buf, 16384, &err);
		*log++ = (char)('0' - ret);
	}
	*log = '\0';
	memcpy(cells, uf_nor_cells(nor), SIZE);
	end();
}

static void test_same_seed(void **state)
{
	static uint8_t cells[2][SIZE];
	char log[2][512];

	(void)state;
	for (uint64_t seed = 1; seed <= 10; seed++) {
		play(seed, log[0], cells[0]);
		play(seed, log[1], cells[1]);
		assert_string_equal(log[0], log[1]);
		assert_memory_equal(cells[0], cells[1], SIZE);
		assert_non_null(strchr(log[0], '1'));
		play(seed + 1, log[1], cells[1]);
		assert_string_not_equal(log[0], log[1]);
	}
}

/* Seed 0 is a seed as well. */
static void test_seed_zero(void **state)
{
	struct uf_fault_plan plan = {.seed = 0};
	unsigned failed = 0;

	(void)state;
	plan.rate[UF_FAULT_READ_FAIL] = 50000;
	begin(&plan);
	for (unsigned at = 0; at < 1000; at++)
		failed += uf_device_read(dev, 0, buf, 1, &err) != UF_OK;
	assert_in_range(failed, 300, 700);
	end();
}

/* Cells that are worn out are sound until their block is erased. */
static void test_worn(void **state)
{
	static const struct uf_fault_plan plan = {
		.seed = 1,
		.worn = true,
		.stuck_count = 2,
		.stuck = {{100, 0xff, 0x05}, {BLOCK, 0xff, 0x05}},
	};

	(void)state;
	begin(&plan);
	expect_ok(uf_device_read(dev, 0, buf, 2 * BLOCK, &err), &err);
	assert_memory_equal(buf, before, 2 * BLOCK);
	expect_ok(uf_device_erase(dev, 0, &err), &err);
	memset(before, 0xff, BLOCK);
	before[100] = 0x05;
	expect_ok(uf_device_read(dev, 0, buf, 2 * BLOCK, &err), &err);
	assert_memory_equal(buf, before, 2 * BLOCK);
	end();
}

/* Stuck cells read as they are stuck: at first, after an erase, after a program of anything. */
static void test_stuck(void **state)
{
	static const struct uf_fault_plan plan = {
		.seed = 1,
		.stuck_count = 3,
		.stuck = {{100, 0x0f, 0x05}, {BLOCK - 1, 0x80, 0x00}, {BLOCK, 0xff, 0xff}},
	};
	uint8_t zero[BLOCK] = {0};

	(void)state;
	begin(&plan);
	for (unsigned step = 0; step < 3; step++) {
		if (step > 0)
			expect_ok(uf_device_erase(dev, 0, &err), &err);
		if (step > 0)
			expect_ok(uf_device_erase(dev, BLOCK, &err), &err);
		if (step > 1)
			expect_ok(uf_device_program(dev, 0, zero, BLOCK, &err), &err);
		if (step > 1)
			expect_ok(uf_device_program(dev, BLOCK, zero, BLOCK, &err), &err);
		if (step > 0)
			memset(before, step > 1 ? 0 : 0xff, 2 * BLOCK);
		before[100] = (uint8_t)((before[100] & 0xf0) | 0x05);
		before[BLOCK - 1] &= 0x7f;
		before[BLOCK] = 0xff;
		expect_ok(uf_device_read(dev, 0, buf, 2 * BLOCK, &err), &err);
		assert_memory_equal(buf, before, 2 * BLOCK);
		/* and in pieces that begin and end at them */
		expect_ok(uf_device_read(dev, 100, buf, 1, &err), &err);
		assert_int_equal(buf[0], before[100]);
		expect_ok(uf_device_read(dev, BLOCK - 1, buf, 2, &err), &err);
		assert_memory_equal(buf, before + BLOCK - 1, 2);
		expect_ok(uf_device_read(dev, 101, buf, 1000, &err), &err);
		assert_memory_equal(buf, before + 101, 1000);
	}
	end();
}

/* A chip of one block that is shown twice: what happens to one happens to the other. */
static void test_wrap(void **state)
{
	static const struct uf_fault_plan plan = {.seed = 1, .wrap = BLOCK};
	uint8_t zero[PAGE] = {0};

	(void)state;
	begin(&plan);
	expect_ok(uf_device_read(dev, BLOCK, buf, BLOCK, &err), &err);
	assert_memory_equal(buf, before, BLOCK);
	expect_ok(uf_device_erase(dev, 2 * BLOCK, &err), &err);
	expect_ok(uf_device_program(dev, BLOCK + PAGE, zero, PAGE, &err), &err);
	memset(before, 0xff, BLOCK);
	memset(before + PAGE, 0, PAGE);
	expect_ok(uf_device_read(dev, 0, buf, BLOCK, &err), &err);
	assert_memory_equal(buf, before, BLOCK);
	end();
}

static void test_parse(void **state)
{
	struct uf_fault_plan plan;

	(void)state;
	memset(&plan, 0xa5, sizeof(plan));
	memset(&err, 0, sizeof(err));
	expect_ok(
		uf_fault_parse(
			"seed=7,limit=3,wrap=0x8000,erase-lie=20,stuck=1000:f0:10,read-stale=100000,"
			"stuck=fffff:01:1",
			&plan, &err),
		&err);
	assert_true(plan.seed == 7);
	assert_int_equal(plan.limit, 3);
	for (int kind = 0; kind < UF_FAULT_KINDS; kind++)
		assert_int_equal(plan.rate[kind], kind == UF_FAULT_ERASE_LIE    ? 20
						  : kind == UF_FAULT_READ_STALE ? 100000
										: 0);
	assert_int_equal(plan.wrap, 0x8000);
	assert_int_equal(plan.stuck_count, 2);
	assert_int_equal(plan.stuck[0].off, 0x1000);
	assert_int_equal(plan.stuck[0].mask, 0xf0);
	assert_int_equal(plan.stuck[0].value, 0x10);
	assert_int_equal(plan.stuck[1].off, 0xfffff);
	assert_int_equal(plan.stuck[1].mask, 1);
	assert_int_equal(plan.stuck[1].value, 1);
}

static void test_parse_every_kind(void **state)
{
	(void)state;
	for (int kind = 0; kind < UF_FAULT_KINDS; kind++) {
		struct uf_fault_plan plan;
		char text[64];

		snprintf(text, sizeof(text), "%s=%d", names[kind], 1000 + kind);
		expect_ok(uf_fault_parse(text, &plan, &err), &err);
		assert_int_equal(plan.rate[kind], 1000 + kind);
	}
}

static void test_parse_wrong(void **state)
{
	static const char *const texts[] = {
		"seed",
		"seed=",
		"seed=x",
		"seed=7,",
		",seed=7",
		"seed=7,,limit=1",
		"seed=7;limit=1",
		"seeds=7",
		"erase-lies=1",
		"erase_lie=1",
		"erase-lie",
		"erase-lie=",
		"erase-lie=x",
		"erase-lie=1x",
		"erase-lie=-1",
		"stuck=1000",
		"stuck=1000:f0",
		"stuck=:f0:10",
		"stuck=1000::10",
		"stuck=1000:f0:",
		"stuck=x:f0:10",
		"stuck=1000:f0:10:20",
		"stuck=1000:1f0:10",
		"stuck=1000:f0:110",
	};
	char many[UF_STUCK_MAX * 16 + 32] = "stuck=0:1:1";
	struct uf_fault_plan plan;
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		memset(&err, 0, sizeof(err));
		if (uf_fault_parse(texts[i], &plan, &err) == UF_ERR_USAGE &&
		    err.code == UF_ERR_USAGE && err.what[0])
			continue;
		print_error("\"%s\" was taken\n", texts[i]);
		wrong++;
	}
	assert_int_equal(wrong, 0);
	for (unsigned i = 1; i < UF_STUCK_MAX; i++)
		strcat(many, ",stuck=0:1:1");
	expect_ok(uf_fault_parse(many, &plan, &err), &err);
	assert_int_equal(plan.stuck_count, UF_STUCK_MAX);
	strcat(many, ",stuck=0:1:1");
	expect_error(uf_fault_parse(many, &plan, &err), &err, UF_ERR_USAGE, UF_CHECK_NONE, "");
}

/* xorshift64* as published, computed elsewhere. */
static void test_random(void **state)
{
	uint64_t state64 = 1;

	(void)state;
	assert_true(uf_random(&state64) == 5180492295206395165ULL);
	assert_true(uf_random(&state64) == 12380297144915551517ULL);
	assert_true(uf_random(&state64) == 13389498078930870103ULL);
	state64 = 0x123456789abcdef;
	assert_true(uf_random(&state64) == 8976943199460683916ULL);
	for (unsigned i = 0; i < 100000; i++) {
		uf_random(&state64);
		assert_true(state64 != 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_erase_fail),
		cmocka_unit_test(test_erase_lie),
		cmocka_unit_test(test_erase_partial),
		cmocka_unit_test(test_program_fail),
		cmocka_unit_test(test_program_lie),
		cmocka_unit_test(test_program_partial),
		cmocka_unit_test(test_program_partial_page),
		cmocka_unit_test(test_read_fail),
		cmocka_unit_test(test_read_flip),
		cmocka_unit_test(test_read_short),
		cmocka_unit_test(test_read_stale_small),
		cmocka_unit_test(test_read_stale_large),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_limit_of_all),
		cmocka_unit_test(test_rates),
		cmocka_unit_test(test_same_seed),
		cmocka_unit_test(test_seed_zero),
		cmocka_unit_test(test_worn),
		cmocka_unit_test(test_stuck),
		cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_parse_every_kind),
		cmocka_unit_test(test_parse_wrong),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
