/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The plan: what will be done, in order, before anything is done.
 *
 * It is a pure function of the target (digests of the image, survey of the flash) and of policy.
 * Touches no flash.
 */
#ifndef UNIFLASH_PLAN_PLAN_H
#define UNIFLASH_PLAN_PLAN_H

#include "uniflash/plan/cost.h"
#include "uniflash/plan/target.h"

/* What happens to a partition. */
enum uf_action {
	UF_ACTION_SAME,  /* already holds what it should */
	UF_ACTION_WRITE, /* blocks are erased and programmed */
	UF_ACTION_ERASE, /* blocks are erased and stay blank */
	UF_ACTION_KEEP,  /* left as it is */
};

/* What happens to one block. */
enum uf_op_kind {
	UF_OP_WRITE, /* erase it, check that it is blank, program what is not blank, compare */
	UF_OP_BOOT,  /* the same inside the boot loader's window: see uf_plan.body_ops */
};

/* One operation. */
struct uf_op {
	uint32_t block;
	uint8_t kind; /* enum uf_op_kind */
	bool forced;  /* erase even what reads right already */
};

/* One partition of the table whose names the user uses. */
struct uf_plan_row {
	const struct uf_partition *part; /* borrowed from the table */
	enum uf_action action;
	uint32_t blocks;        /* erase blocks that begin in it */
	uint32_t erase_blocks;  /* of these, to be erased */
	uint32_t program_pages; /* pages to be programmed in them */
	unsigned mtd_first;     /* index in the map's table of the first partition it lies on */
	unsigned mtd_count;     /* and how many follow each other; 0 where there is no MTD */
};

/* The plan; owns rows and ops, borrows the rest. */
struct uf_plan {
	const struct uf_map *map;
	const struct uf_table *table; /* of names */
	const struct uf_target *target;
	const struct uf_policy *policy;
	const char *layout;            /* name of the table's layout, NULL where unknown */
	const char *image_layout;      /* name of the image's layout, NULL where unknown */
	const char *image;             /* name of the image file */
	const struct uf_image *source; /* the image itself, NULL where nothing of it is told */
	struct uf_cost cost;
	unsigned rows;
	struct uf_plan_row row[UF_PARTITIONS_MAX];
	/*
	 * In order: the body, ascending, then what belongs to the boot loader, ascending but for
	 * the flash's first block, which comes last: it holds the header that the SoC's boot ROM
	 * looks for, is erased before the others and programmed behind them, page 0 last of all.
	 */
	uint32_t ops;
	uint32_t body_ops; /* how many of these are no UF_OP_BOOT */
	struct uf_op *op;
	uint32_t erase_blocks;
	uint32_t program_pages;
	uint64_t estimated_us; /* of writing and verifying */
	uint64_t
		boot_extent; /* bytes from 0 that belong to a boot loader, old or new; 0: unknown */
	uint64_t exposed_us; /* of the time between the header's erase and its last page */
	uint64_t same_bytes; /* already right */
	bool provisional;    /* a partition is mounted writable and may still change */
};

/* What a plan is made of. All borrowed; the plan keeps the pointers. */
struct uf_plan_input {
	const struct uf_map *map;
	const struct uf_table *table;
	const struct uf_target *target; /* surveyed */
	const struct uf_policy *policy;
	const char *layout;
	const char *image_layout;
	const char *image;
	const struct uf_image *source; /* may be NULL */
	uint64_t boot_extent; /* of the camera's boot loader or the image's, whichever is larger */
	bool has_mtd;         /* the map is of a kernel's partitions, not of a dump */
};

/* Make the plan. The caller frees it. UF_ERR_MEMORY. */
int uf_plan_make(const struct uf_plan_input *input, struct uf_plan *plan, struct uf_error *err);

/* Free what the plan owns; a zeroed one is fine. */
void uf_plan_free(struct uf_plan *plan);

/* The row of the partition that holds the first byte of block. */
int uf_plan_row_of(const struct uf_plan *plan, uint32_t block);

/* How often a packed image is unpacked from its beginning: to check it, and to write it. 0 where it
 * is not packed. */
unsigned uf_plan_passes(const struct uf_plan *plan);

/* How many blocks of the boot loader are written: as long as they are, the camera would not start.
 */
uint32_t uf_plan_exposed(const struct uf_plan *plan);

/* Put the blocks that the plan writes into set, which it makes. UF_ERR_MEMORY. */
int uf_plan_blocks(const struct uf_plan *plan, struct uf_block_set *set, struct uf_error *err);

/* What an operation costs, verification included, in microseconds. */
uint64_t uf_plan_op_us(const struct uf_plan *plan, const struct uf_op *op);

/* The word for an action: "same", "write", "erase", "keep". Static text. */
const char *uf_action_name(enum uf_action action);

#endif
