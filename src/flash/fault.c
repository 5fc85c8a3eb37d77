/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/flash/fault.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RATE_OF   100000
#define STALE_MAX 4096

struct fault {
	struct uf_device dev;
	struct uf_device *inner;
	struct uf_fault_plan plan;
	uint64_t random;
	uint32_t total;
	uint32_t count[UF_FAULT_KINDS];
	bool sound[UF_STUCK_MAX]; /* stuck cells that are not stuck yet */
	uint8_t stale[STALE_MAX]; /* what the driver's buffer held last */
};

static const char *const names[UF_FAULT_KINDS] = {
	[UF_FAULT_ERASE_FAIL] = "erase-fail",       [UF_FAULT_ERASE_LIE] = "erase-lie",
	[UF_FAULT_ERASE_PARTIAL] = "erase-partial", [UF_FAULT_PROGRAM_FAIL] = "program-fail",
	[UF_FAULT_PROGRAM_LIE] = "program-lie",     [UF_FAULT_PROGRAM_PARTIAL] = "program-partial",
	[UF_FAULT_READ_FAIL] = "read-fail",         [UF_FAULT_READ_FLIP] = "read-flip",
	[UF_FAULT_READ_SHORT] = "read-short",       [UF_FAULT_READ_STALE] = "read-stale",
};

static struct fault *fault_of(struct uf_device *dev)
{
	return (struct fault *)dev;
}

uint64_t uf_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1dULL;
}

static uint64_t below(struct fault *fault, uint64_t limit)
{
	return limit ? uf_random(&fault->random) % limit : 0;
}

/* Whether this kind of fault happens now. */
static bool happens(struct fault *fault, enum uf_fault_kind kind)
{
	if (!fault->plan.rate[kind] || below(fault, RATE_OF) >= fault->plan.rate[kind] ||
	    (fault->plan.limit && fault->total >= fault->plan.limit))
		return false;
	fault->total++;
	fault->count[kind]++;
	return true;
}

/* Where the bytes at off really lie. */
static uint64_t cell_of(const struct fault *fault, uint64_t off)
{
	return fault->plan.wrap ? off % fault->plan.wrap : off;
}

static int failed(const char *act, uint64_t off, struct uf_error *err)
{
	return uf_fail(err, UF_ERR_IO, "%s at 0x%06" PRIx64 ": injected fault", act, off);
}

static void apply_stuck(const struct fault *fault, uint64_t off, uint8_t *buf, size_t len)
{
	for (unsigned at = 0; at < fault->plan.stuck_count; at++) {
		const struct uf_stuck *stuck = &fault->plan.stuck[at];

		if (stuck->off < off || stuck->off - off >= len || fault->sound[at])
			continue;
		buf[stuck->off - off] = (uint8_t)((buf[stuck->off - off] & ~stuck->mask) |
						  (stuck->value & stuck->mask));
	}
}

/* The driver's buffer keeps the last 4 KiB that went through it. */
static void remember(struct fault *fault, const uint8_t *buf, size_t len)
{
	size_t keep = len < STALE_MAX ? len : STALE_MAX;

	memcpy(fault->stale, buf + len - keep, keep);
}

static int read_stale(struct fault *fault, uint64_t off, uint8_t *buf, size_t len,
		      struct uf_error *err)
{
	if (len <= STALE_MAX)
		return failed("read", off, err);
	memcpy(buf + (len - STALE_MAX) / 2, fault->stale, STALE_MAX);
	return UF_OK;
}

static int fault_read(struct uf_device *dev, uint64_t off, void *buf, size_t len,
		      struct uf_error *err)
{
	struct fault *fault = fault_of(dev);
	uint8_t *byte = buf;
	int ret;

	if (happens(fault, UF_FAULT_READ_FAIL))
		return failed("read", off, err);
	off = cell_of(fault, off);
	ret = uf_device_read(fault->inner, off, buf, len, err);
	if (ret)
		return ret;
	apply_stuck(fault, off, byte, len);
	if (happens(fault, UF_FAULT_READ_STALE))
		return read_stale(fault, off, byte, len, err);
	remember(fault, byte, len);
	if (len && happens(fault, UF_FAULT_READ_FLIP))
		byte[below(fault, len)] ^= (uint8_t)(1 << below(fault, 8));
	if (happens(fault, UF_FAULT_READ_SHORT)) {
		size_t have = (size_t)below(fault, len);

		memset(byte + have, 0xa5, len - have);
		return failed("short read", off + have, err);
	}
	return UF_OK;
}

static int fault_arm(struct uf_device *dev, const struct uf_block_set *blocks, struct uf_error *err)
{
	return uf_device_arm(fault_of(dev)->inner, blocks, err);
}

/* Erase only the first part of a block: erase it all and put the rest back. */
static int erase_partial(struct fault *fault, uint64_t off, struct uf_error *err)
{
	uint32_t size = fault->dev.geometry.erase_size;
	uint32_t page = fault->dev.geometry.page_size;
	uint64_t done = below(fault, size / page) * page;
	uint8_t *rest = malloc(size);
	int ret;

	if (!rest)
		return uf_fail(err, UF_ERR_MEMORY, "no memory for a fault");
	ret = uf_device_read(fault->inner, off, rest, size, err);
	if (!ret)
		ret = uf_device_erase(fault->inner, off, err);
	if (!ret)
		ret = uf_device_program(fault->inner, off + done, rest + done,
					(size_t)(size - done), err);
	free(rest);
	return ret;
}

static int fault_erase(struct uf_device *dev, uint64_t off, struct uf_error *err)
{
	struct fault *fault = fault_of(dev);

	if (happens(fault, UF_FAULT_ERASE_FAIL))
		return failed("erase", off, err);
	if (happens(fault, UF_FAULT_ERASE_LIE))
		return UF_OK;
	off = cell_of(fault, off);
	for (unsigned at = 0; at < fault->plan.stuck_count; at++)
		if (fault->plan.stuck[at].off >= off &&
		    fault->plan.stuck[at].off - off < dev->geometry.erase_size)
			fault->sound[at] = false;
	if (happens(fault, UF_FAULT_ERASE_PARTIAL))
		return erase_partial(fault, off, err);
	return uf_device_erase(fault->inner, off, err);
}

static int fault_program(struct uf_device *dev, uint64_t off, const void *buf, size_t len,
			 struct uf_error *err)
{
	struct fault *fault = fault_of(dev);

	if (happens(fault, UF_FAULT_PROGRAM_FAIL))
		return failed("program", off, err);
	if (happens(fault, UF_FAULT_PROGRAM_LIE))
		return UF_OK;
	if (happens(fault, UF_FAULT_PROGRAM_PARTIAL))
		len = (size_t)below(fault, len / dev->geometry.page_size) * dev->geometry.page_size;
	return len ? uf_device_program(fault->inner, cell_of(fault, off), buf, len, err) : UF_OK;
}

static int fault_sync(struct uf_device *dev, struct uf_error *err)
{
	return uf_device_sync(fault_of(dev)->inner, err);
}

static void fault_close(struct uf_device *dev)
{
	uf_device_close(fault_of(dev)->inner);
	free(fault_of(dev));
}

static const struct uf_device_ops fault_ops = {
	.read = fault_read,
	.arm = fault_arm,
	.erase = fault_erase,
	.program = fault_program,
	.sync = fault_sync,
	.close = fault_close,
};

int uf_fault_open(struct uf_device *inner, const struct uf_fault_plan *plan, struct uf_device **dev,
		  struct uf_error *err)
{
	struct fault *fault = calloc(1, sizeof(*fault));

	if (!fault)
		return uf_fail(err, UF_ERR_MEMORY, "no memory for faults");
	fault->dev.ops = &fault_ops;
	fault->dev.geometry = inner->geometry;
	fault->inner = inner;
	fault->plan = *plan;
	for (unsigned at = 0; at < plan->stuck_count; at++)
		fault->sound[at] = plan->worn;
	fault->random = plan->seed * 0x9e3779b97f4a7c15ULL | 1;
	*dev = &fault->dev;
	return UF_OK;
}

const uint32_t *uf_fault_counts(const struct uf_device *dev)
{
	return ((const struct fault *)dev)->count;
}

const char *uf_fault_name(enum uf_fault_kind kind)
{
	return names[kind];
}

/* A number and nothing behind it but `stop`. */
static bool parse_number(const char **text, int base, uint64_t most, char stop, uint64_t *number)
{
	char *end;

	if (!isxdigit((unsigned char)**text))
		return false;
	*number = strtoull(*text, &end, base);
	if (*end != stop || *number > most)
		return false;
	*text = end + (stop != '\0');
	return true;
}

static int parse_stuck(const char *text, struct uf_fault_plan *plan, struct uf_error *err)
{
	uint64_t off, mask, value;
	const char *at = text;

	if (plan->stuck_count == UF_STUCK_MAX)
		return uf_fail(err, UF_ERR_USAGE, "fault: too many stuck cells");
	if (!parse_number(&at, 16, INT64_MAX, ':', &off) ||
	    !parse_number(&at, 16, 0xff, ':', &mask) || !parse_number(&at, 16, 0xff, '\0', &value))
		return uf_fail(err, UF_ERR_USAGE, "fault: stuck=%s", text);
	plan->stuck[plan->stuck_count++] = (struct uf_stuck){off, (uint8_t)mask, (uint8_t)value};
	return UF_OK;
}

static int kind_of(const char *name, size_t len)
{
	for (int kind = 0; kind < UF_FAULT_KINDS; kind++)
		if (strlen(names[kind]) == len && strncmp(name, names[kind], len) == 0)
			return kind;
	return -1;
}

static bool key_is(const char *text, size_t len, const char *key)
{
	return strlen(key) == len && strncmp(text, key, len) == 0;
}

static int parse_one(const char *text, struct uf_fault_plan *plan, struct uf_error *err)
{
	size_t len = strcspn(text, "=");
	const char *value = text + len + 1;
	int kind = kind_of(text, len);
	uint64_t number;

	if (!text[len])
		return uf_fail(err, UF_ERR_USAGE, "fault: \"%s\" has no value", text);
	if (key_is(text, len, "stuck"))
		return parse_stuck(value, plan, err);
	if (!parse_number(&value, 0, UINT64_MAX, '\0', &number))
		return uf_fail(err, UF_ERR_USAGE, "fault: %s", text);
	if (key_is(text, len, "seed"))
		plan->seed = number;
	else if (key_is(text, len, "wrap"))
		plan->wrap = number;
	else if (key_is(text, len, "worn") && number <= 1)
		plan->worn = number;
	else if (key_is(text, len, "limit") && number <= UINT32_MAX)
		plan->limit = (uint32_t)number;
	else if (kind >= 0 && number <= RATE_OF)
		plan->rate[kind] = (uint32_t)number;
	else
		return uf_fail(err, UF_ERR_USAGE, "fault: %s", text);
	return UF_OK;
}

int uf_fault_parse(const char *text, struct uf_fault_plan *plan, struct uf_error *err)
{
	char one[64];
	int ret = UF_OK;

	memset(plan, 0, sizeof(*plan));
	while (!ret && *text) {
		size_t len = strcspn(text, ",");

		if (len >= sizeof(one) || (text[len] && !text[len + 1]))
			return uf_fail(err, UF_ERR_USAGE, "fault: %s", text);
		memcpy(one, text, len);
		one[len] = '\0';
		ret = parse_one(one, plan, err);
		text += len + (text[len] == ',');
	}
	return ret;
}
