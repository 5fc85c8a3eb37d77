/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "testing.h"

#include <inttypes.h>
#include <stdlib.h>

#include "uniflash/flash/fault.h"
#include "uniflash/flash/trace.h"

const char *testing_root(void)
{
	const char *root = getenv("UNIFLASH_ROOT");

	return root ? root : "";
}

int testing_open_mtd(const struct uf_map *map, enum uf_access access, struct uf_device **dev,
		     struct uf_error *err)
{
	const struct uf_file_spec spec = {
		.path = getenv("UNIFLASH_FLASH"),
		.erase_size = map->erase_size,
		.page_size = map->page_size,
	};

	return spec.path ? uf_file_open(&spec, access, dev, err)
			 : uf_mtd_open(map, access, dev, err);
}

int testing_wrap(struct uf_device **dev, struct uf_error *err)
{
	const char *fault = getenv("UNIFLASH_FAULT");
	const char *trace = getenv("UNIFLASH_TRACE");
	struct uf_fault_plan plan;
	int ret = UF_OK;

	if (fault)
		ret = uf_fault_parse(fault, &plan, err);
	if (!ret && fault)
		ret = uf_fault_open(*dev, &plan, dev, err);
	if (!ret && trace)
		ret = uf_trace_open(*dev, trace, dev, err);
	return ret;
}

static const struct uf_bytes_ops *real_ops;
static uint64_t image_fault;

static int failing_read(struct uf_bytes *bytes, uint64_t off, void *buf, size_t len,
			struct uf_error *err)
{
	if (off + len > image_fault)
		return uf_fail(err, UF_ERR_IO, "reading %s at 0x%06" PRIx64 ": injected fault",
			       bytes->name, off);
	return real_ops->read(bytes, off, buf, len, err);
}

int testing_wrap_bytes(struct uf_bytes **bytes, struct uf_error *err)
{
	static struct uf_bytes_ops ops;
	const char *fault = getenv("UNIFLASH_IMAGE_FAULT");

	(void)err;
	if (!fault)
		return UF_OK;
	image_fault = strtoull(fault, NULL, 0);
	real_ops = (*bytes)->ops;
	ops = *real_ops;
	ops.read = failing_read;
	(*bytes)->ops = &ops;
	return UF_OK;
}

unsigned testing_ask_seconds(unsigned seconds)
{
	const char *asked = getenv("UNIFLASH_ASK_SECONDS");

	return asked ? (unsigned)strtoul(asked, NULL, 10) : seconds;
}

bool testing_quiets(void)
{
	return !getenv("UNIFLASH_NO_QUIET");
}

/* The system that runs the tests is not the one that they are about. */
bool testing_restarts(void)
{
	return !getenv("UNIFLASH_ROOT");
}
