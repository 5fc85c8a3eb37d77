/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "testing.h"

#include <stdlib.h>

#include "uniflash/flash/fault.h"
#include "uniflash/flash/trace.h"

const char *testing_root(void)
{
	const char *root = getenv("UNIFLASH_ROOT");

	return root ? root : "";
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
