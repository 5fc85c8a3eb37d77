/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Seams for tests of the whole executable. A build without UNIFLASH_TESTING has none of them.
 *
 *   UNIFLASH_ROOT=DIR    /proc and /sys are read below DIR
 *   UNIFLASH_FAULT=SPEC  the device is wrapped in uf_fault_open (flash/fault.h)
 *   UNIFLASH_TRACE=FILE  every operation of the device is appended to FILE (flash/trace.h)
 */
#ifndef TESTING_H
#define TESTING_H

#include "uniflash/flash/device.h"

#ifdef UNIFLASH_TESTING

const char *testing_root(void);
int testing_wrap(struct uf_device **dev, struct uf_error *err);

#else

static inline const char *testing_root(void)
{
	return "";
}

static inline int testing_wrap(struct uf_device **dev, struct uf_error *err)
{
	(void)dev;
	(void)err;
	return UF_OK;
}

#endif

#endif
