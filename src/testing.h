/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Seams for tests of the whole executable. A build without UNIFLASH_TESTING has none of them.
 *
 *   UNIFLASH_ROOT=DIR            /proc and /sys are read below DIR
 *   UNIFLASH_FLASH=FILE          this dump stands for the MTD devices of that system
 *   UNIFLASH_FAULT=SPEC          the device is wrapped in uf_fault_open (flash/fault.h)
 *   UNIFLASH_TRACE=FILE          every operation of the device is appended to FILE (flash/trace.h)
 *   UNIFLASH_IMAGE_FAULT=OFFSET  reading the image at or behind this offset fails
 *   UNIFLASH_ASK_SECONDS=N       how long an answer is waited for
 *   UNIFLASH_NO_QUIET=1          the running system is not kept from writing to the flash
 */
#ifndef TESTING_H
#define TESTING_H

#include <stdbool.h>

#include "uniflash/flash/device.h"
#include "uniflash/image/bytes.h"

#ifdef UNIFLASH_TESTING

const char *testing_root(void);
int testing_open_mtd(const struct uf_map *map, enum uf_access access, struct uf_device **dev,
		     struct uf_error *err);
int testing_wrap(struct uf_device **dev, struct uf_error *err);
int testing_wrap_bytes(struct uf_bytes **bytes, struct uf_error *err);
unsigned testing_ask_seconds(unsigned seconds);
bool testing_quiets(void);
bool testing_restarts(void);

#else

static inline const char *testing_root(void)
{
	return "";
}

static inline int testing_open_mtd(const struct uf_map *map, enum uf_access access,
				   struct uf_device **dev, struct uf_error *err)
{
	return uf_mtd_open(map, access, dev, err);
}

static inline int testing_wrap(struct uf_device **dev, struct uf_error *err)
{
	(void)dev;
	(void)err;
	return UF_OK;
}

static inline int testing_wrap_bytes(struct uf_bytes **bytes, struct uf_error *err)
{
	(void)bytes;
	(void)err;
	return UF_OK;
}

static inline unsigned testing_ask_seconds(unsigned seconds)
{
	return seconds;
}

static inline bool testing_quiets(void)
{
	return true;
}

static inline bool testing_restarts(void)
{
	return true;
}

#endif

#endif
