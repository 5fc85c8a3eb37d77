/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/flash/trace.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct trace {
	struct uf_device dev;
	struct uf_device *inner;
	FILE *file;
};

static struct trace *trace_of(struct uf_device *dev)
{
	return (struct trace *)dev;
}

static int trace_read(struct uf_device *dev, uint64_t off, void *buf, size_t len,
		      struct uf_error *err)
{
	fprintf(trace_of(dev)->file, "read %" PRIx64 " %zx\n", off, len);
	return uf_device_read(trace_of(dev)->inner, off, buf, len, err);
}

static int trace_arm(struct uf_device *dev, const struct uf_block_set *blocks, struct uf_error *err)
{
	fprintf(trace_of(dev)->file, "arm\n");
	return uf_device_arm(trace_of(dev)->inner, blocks, err);
}

static int trace_erase(struct uf_device *dev, uint64_t off, struct uf_error *err)
{
	fprintf(trace_of(dev)->file, "erase %" PRIx64 "\n", off);
	return uf_device_erase(trace_of(dev)->inner, off, err);
}

static int trace_program(struct uf_device *dev, uint64_t off, const void *buf, size_t len,
			 struct uf_error *err)
{
	fprintf(trace_of(dev)->file, "program %" PRIx64 " %zx\n", off, len);
	return uf_device_program(trace_of(dev)->inner, off, buf, len, err);
}

static int trace_sync(struct uf_device *dev, struct uf_error *err)
{
	fprintf(trace_of(dev)->file, "sync\n");
	return uf_device_sync(trace_of(dev)->inner, err);
}

static void trace_close(struct uf_device *dev)
{
	uf_device_close(trace_of(dev)->inner);
	fclose(trace_of(dev)->file);
	free(trace_of(dev));
}

static const struct uf_device_ops trace_ops = {
	.read = trace_read,
	.arm = trace_arm,
	.erase = trace_erase,
	.program = trace_program,
	.sync = trace_sync,
	.close = trace_close,
};

int uf_trace_open(struct uf_device *inner, const char *path, struct uf_device **dev,
		  struct uf_error *err)
{
	struct trace *trace = calloc(1, sizeof(*trace));

	if (!trace)
		return uf_fail(err, UF_ERR_MEMORY, "no memory for a recorder");
	trace->file = fopen(path, "ae");
	if (!trace->file) {
		free(trace);
		return uf_fail_errno(err, UF_ERR_IO, errno, "cannot open the trace %s", path);
	}
	/* Each line is out before its operation is done: whoever reads it can stop the run there.
	 */
	setvbuf(trace->file, NULL, _IONBF, 0);
	trace->dev.ops = &trace_ops;
	trace->dev.geometry = inner->geometry;
	trace->inner = inner;
	*dev = &trace->dev;
	/* cppcheck-suppress resourceLeak ; dev is in it */
	return UF_OK;
}
