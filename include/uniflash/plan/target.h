/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The target: what each erase block of the flash is to hold, and what is known of it.
 *
 * It is filled stage by stage: uf_target_digest reads the image once and takes the fingerprint of
 * each block, uf_survey (survey.h) reads the flash and does the same, uf_target_decide says for
 * each block where its contents come from, and so which blocks already hold what they should.
 */
#ifndef UNIFLASH_PLAN_TARGET_H
#define UNIFLASH_PLAN_TARGET_H

#include "uniflash/check/geometry.h"
#include "uniflash/flash/device.h"
#include "uniflash/image/image.h"
#include "uniflash/image/inspect.h"
#include "uniflash/util/fingerprint.h"
#include "uniflash/util/hash.h"

/* Where a block's contents come from. */
enum uf_intent {
	UF_INTENT_KEEP,  /* it stays as it is */
	UF_INTENT_IMAGE, /* the image, blank where the image ends inside the block */
	UF_INTENT_BLANK, /* erased, for the image ends before it and answers for it all the same */
};

/* What the survey found. */
enum uf_block_state {
	UF_STATE_UNKNOWN, /* not read, or kept */
	UF_STATE_EQUAL,
	UF_STATE_DIFFERS,
	UF_STATE_UNREADABLE,
};

/* One erase block. */
struct uf_block {
	struct uf_fingerprint want; /* of what the image puts there, or of a blank block */
	struct uf_fingerprint have; /* of what the flash holds; all zero where unreadable */
	uint16_t pages;             /* pages of that which are not blank */
	uint8_t intent;             /* enum uf_intent */
	uint8_t state;              /* enum uf_block_state */
};

/* What the user wants of partitions and of the rest behind a short image. */
struct uf_policy {
	bool keep[UF_PARTITIONS_MAX]; /* partitions of the table, by index, that stay */
	unsigned keep_ranges;
	struct uf_range keep_range[UF_PARTITIONS_MAX]; /* of the flash, that stay, too */
	enum uf_tail tail;
	bool full;                        /* rewrite every block, equal or not */
	const struct uf_block_set *again; /* to be rewritten, equal or not; NULL: none */
};

/* The target of a run; owns its blocks. */
struct uf_target {
	struct uf_geometry geometry;
	uint32_t blocks;
	struct uf_block *block;
	struct uf_fingerprint blank; /* of an erased block */
	uint64_t image_size; /* bytes of the image, unpacked; known after uf_target_digest */
	struct uf_digest image_digest; /* of these; all zero where it is more than one file */
};

/*
 * Resolve a list of partition names ("config,para", or "mtd8") in table into
 * chosen[0..UF_PARTITIONS_MAX). "none" alone is the empty list; an empty name is none. UF_ERR_USAGE
 * naming the partitions there are, and where a name means more than one.
 */
int uf_names_resolve(const char *names, const struct uf_table *table, bool *chosen,
		     struct uf_error *err);

/* Make the target of a flash of this geometry. buf has room for one erase block. The caller frees
 * it, also where this fails. UF_ERR_MEMORY. */
int uf_target_init(struct uf_target *target, const struct uf_geometry *geometry,
		   struct uf_fingerprints *prints, void *buf, struct uf_error *err);

/* Free what the target owns; a zeroed one is fine. */
void uf_target_free(struct uf_target *target);

/*
 * Read the image once, in order, and fill in each block's `want` and page count. inspector (may be
 * NULL) is fed with what the flash would hold if the image were written and all else were blank.
 * buf has room for one erase block.
 * UF_ERR_REFUSED with image.unreadable where it cannot be read or changes meanwhile,
 * UF_ERR_STOPPED. Touches no flash.
 */
int uf_target_digest(struct uf_target *target, struct uf_image *image,
		     struct uf_fingerprints *prints, void *buf, struct uf_inspector *inspector,
		     const struct uf_hooks *hooks, struct uf_error *err);

/*
 * Decide for each block where its contents come from, by the names of table and policy, and with
 * the survey whether it holds what it should. UF_ERR_REFUSED with map.gap or map.overlap where
 * table does not tile the flash, with map.unaligned where a range to write does not begin and end
 * on erase blocks. Pure: touches no flash.
 */
int uf_target_decide(struct uf_target *target, const struct uf_map *map,
		     const struct uf_table *table, const struct uf_image *image,
		     const struct uf_policy *policy, struct uf_error *err);

/*
 * Whether the second half of the flash holds, block for block, what the first one holds: so does a
 * chip that is half as large as the kernel takes it for (K6). With `later`, whether it will when
 * the target is reached. False where a block could not be read. After uf_survey, uf_target_decide.
 */
bool uf_target_halves_equal(const struct uf_target *target, bool later);

/*
 * Fill buf with what block is to hold, and compare that with the fingerprint taken when the image
 * was checked. UF_ERR_CHANGED where it is something else by now, else as uf_image_fill. Not for
 * blocks that are kept. Touches no flash; allocates nothing.
 */
int uf_target_load(const struct uf_target *target, uint32_t block, struct uf_image *image,
		   struct uf_fingerprints *prints, void *buf, struct uf_error *err);

#endif
