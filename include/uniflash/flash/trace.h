/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A recorder, for tests: a wrapper that appends every operation it passes on to a file, one line
 * each: "read OFF LEN", "arm", "erase OFF", "program OFF LEN", "sync", offsets in hexadecimal.
 */
#ifndef UNIFLASH_FLASH_TRACE_H
#define UNIFLASH_FLASH_TRACE_H

#include "uniflash/flash/device.h"

/* Wrap inner, which the recorder then owns. UF_ERR_IO, UF_ERR_MEMORY. */
int uf_trace_open(struct uf_device *inner, const char *path, struct uf_device **dev,
		  struct uf_error *err);

#endif
