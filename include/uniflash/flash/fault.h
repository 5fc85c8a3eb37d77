/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Faults, for tests: a wrapper that makes a device fail, lie and wear out as real ones do, by a
 * seed, so that a run can be repeated.
 */
#ifndef UNIFLASH_FLASH_FAULT_H
#define UNIFLASH_FLASH_FAULT_H

#include "uniflash/flash/device.h"

/* What can go wrong with one operation. */
enum uf_fault_kind {
	UF_FAULT_ERASE_FAIL,      /* reports an error, nothing is done */
	UF_FAULT_ERASE_LIE,       /* reports success, nothing is done (K1) */
	UF_FAULT_ERASE_PARTIAL,   /* reports success, only a first part is erased */
	UF_FAULT_PROGRAM_FAIL,    /* reports an error, nothing is done */
	UF_FAULT_PROGRAM_LIE,     /* reports success, nothing is done (K2) */
	UF_FAULT_PROGRAM_PARTIAL, /* reports success, only a first part is programmed */
	UF_FAULT_READ_FAIL,       /* reports an error */
	UF_FAULT_READ_FLIP,       /* one bit comes out wrong, this once */
	UF_FAULT_READ_SHORT,      /* only a first part arrives, reported as an error */
	/* A read of up to 4 KiB is reported as an error, a longer one has 4 KiB of what was read
	 * before in its middle and reports success (K3). */
	UF_FAULT_READ_STALE,
	UF_FAULT_KINDS
};

#define UF_STUCK_MAX 16

/* Cells that hold a value for ever, whatever is done to them. */
struct uf_stuck {
	uint64_t off;
	uint8_t mask;  /* the bits that are stuck */
	uint8_t value; /* at these values */
};

/* How a device is to misbehave. */
struct uf_fault_plan {
	uint64_t seed;
	uint32_t rate[UF_FAULT_KINDS]; /* of each kind, in 100,000 operations */
	uint32_t limit;                /* after so many faults it behaves; 0: never */
	/* Offsets begin again at 0 here, as on a chip that is smaller than the kernel takes it for
	 * (K6): a whole number of erase blocks. 0: they do not. */
	uint64_t wrap;
	bool worn; /* the cells are stuck from when their block is erased, sound until then */
	unsigned stuck_count;
	struct uf_stuck stuck[UF_STUCK_MAX];
};

/* Wrap inner, which the wrapper then owns. UF_ERR_MEMORY. */
int uf_fault_open(struct uf_device *inner, const struct uf_fault_plan *plan, struct uf_device **dev,
		  struct uf_error *err);

/* How many faults of each kind have happened: UF_FAULT_KINDS counts. */
const uint32_t *uf_fault_counts(const struct uf_device *dev);

/* The word for a kind, "erase-lie". Static text. */
const char *uf_fault_name(enum uf_fault_kind kind);

/*
 * Parse "seed=7,limit=3,wrap=0x800000,erase-lie=20,worn=1,stuck=OFF:MASK:VALUE,..." (rates in
 * 100,000, stuck cells in hexadecimal). UF_ERR_USAGE.
 */
int uf_fault_parse(const char *text, struct uf_fault_plan *plan, struct uf_error *err);

/* The next number of a generator of pseudo-random numbers (xorshift64*); *state is not 0. */
uint64_t uf_random(uint64_t *state);

#endif
