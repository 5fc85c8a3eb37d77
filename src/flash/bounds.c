/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/flash/bounds.h"

#include <inttypes.h>

static int refuse(const char *act, uint64_t off, uint64_t len, const char *why,
		  struct uf_error *err)
{
	return uf_fail(err, UF_ERR_RANGE,
		       "%s of %" PRIu64 " bytes at 0x%06" PRIx64 " was not done: %s", act, len, off,
		       why);
}

static bool inside(const struct uf_geometry *geometry, uint64_t off, uint64_t len)
{
	return off <= geometry->size && len <= geometry->size - off;
}

int uf_bounds_read(const struct uf_geometry *geometry, uint64_t off, uint64_t len,
		   struct uf_error *err)
{
	if (!inside(geometry, off, len))
		return refuse("read", off, len, "it is outside the flash", err);
	return UF_OK;
}

int uf_bounds_erase(const struct uf_geometry *geometry, uint64_t off, struct uf_error *err)
{
	if (!inside(geometry, off, geometry->erase_size))
		return refuse("erase", off, geometry->erase_size, "it is outside the flash", err);
	if (off % geometry->erase_size)
		return refuse("erase", off, geometry->erase_size, "no block begins there", err);
	return UF_OK;
}

int uf_bounds_program(const struct uf_geometry *geometry, uint64_t off, uint64_t len,
		      struct uf_error *err)
{
	if (!inside(geometry, off, len))
		return refuse("program", off, len, "it is outside the flash", err);
	if (!len || off % geometry->page_size || len % geometry->page_size)
		return refuse("program", off, len, "these are not whole pages", err);
	if (len > geometry->erase_size - off % geometry->erase_size)
		return refuse("program", off, len, "it crosses the end of a block", err);
	return UF_OK;
}
