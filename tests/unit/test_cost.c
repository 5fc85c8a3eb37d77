/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What operations cost, against the datasheet of the GD25Q128 and a 50 MHz bus. */
#include "support.h"

#include "uniflash/plan/cost.h"

#define MIB (1024 * 1024)

static struct uf_cost cost_of(uint32_t erase_size, uint32_t page_size)
{
	const struct uf_geometry geometry = {16 * MIB, erase_size, page_size};

	return uf_cost_of(&geometry);
}

/* Typical erase times of the datasheet. */
static void erasing(void **state)
{
	(void)state;
	assert_int_equal(cost_of(4096, 256).erase_us, 45000);
	assert_int_equal(cost_of(0x8000, 256).erase_us, 150000);
	assert_int_equal(cost_of(0x10000, 256).erase_us, 250000);
}

/* Blocks of sizes that the datasheet does not have cost more the larger they are. */
static void erasing_blocks_of_other_sizes(void **state)
{
	uint32_t last = 0;

	(void)state;
	for (uint32_t size = 4096; size <= 4 * MIB; size *= 2) {
		uint32_t cost = cost_of(size, 256).erase_us;

		assert_true(cost >= last);
		assert_true(cost > 0);
		last = cost;
	}
	assert_true(cost_of(MIB, 256).erase_us > 250000);
}

/* 0.5 ms of the chip and 260 bytes at 50 MHz: 541.6 microseconds. */
static void programming(void **state)
{
	(void)state;
	assert_in_range(cost_of(0x8000, 256).program_us, 541, 542);
	assert_in_range(cost_of(4096, 256).program_us, 541, 542);
}

/* Between 2.68 s (the bus) and 2.96 s (measured) for 16 MiB. */
static void reading(void **state)
{
	static const uint32_t size[] = {4096, 0x8000, 0x10000};

	(void)state;
	for (unsigned at = 0; at < 3; at++) {
		uint64_t all = (uint64_t)cost_of(size[at], 256).read_us * (16 * MIB / size[at]);

		assert_in_range(all, 2680000, 2960000);
	}
}

/* The whole chip, erased, programmed and read once: 115 s. */
static void a_full_rewrite(void **state)
{
	struct uf_cost cost = cost_of(0x8000, 256);
	uint64_t all =
		512 * (uint64_t)(cost.erase_us + cost.read_us) + 65536 * (uint64_t)cost.program_us;

	(void)state;
	assert_in_range(all, 114000000, 116000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(erasing),        cmocka_unit_test(erasing_blocks_of_other_sizes),
		cmocka_unit_test(programming),    cmocka_unit_test(reading),
		cmocka_unit_test(a_full_rewrite),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
