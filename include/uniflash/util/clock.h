/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Time that only goes forward. Touches no flash.
 */
#ifndef UNIFLASH_UTIL_CLOCK_H
#define UNIFLASH_UTIL_CLOCK_H

#include <stdint.h>

/* Milliseconds since some fixed moment; never goes back, not even when the clock is set. */
uint64_t uf_clock_ms(void);

#endif
