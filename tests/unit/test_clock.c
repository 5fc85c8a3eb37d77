/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Time that only goes forward, in milliseconds. */
#include "expect.h"

#include <time.h>

#include "uniflash/util/clock.h"

static void test_forward(void **state)
{
	uint64_t before = uf_clock_ms();

	(void)state;
	for (unsigned i = 0; i < 100000; i++) {
		uint64_t now = uf_clock_ms();

		assert_true(now >= before);
		before = now;
	}
}

/* 1100 ms are at least 1099, as seen through a clock of whole milliseconds, and nowhere near 10 s.
 */
static void test_unit(void **state)
{
	const struct timespec pause = {1, 100 * 1000 * 1000};
	uint64_t before = uf_clock_ms();
	uint64_t passed;

	(void)state;
	while (nanosleep(&pause, NULL) != 0)
		;
	passed = uf_clock_ms() - before;
	assert_true(passed >= 1099);
	assert_true(passed < 10000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forward),
		cmocka_unit_test(test_unit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
