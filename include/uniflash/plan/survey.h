/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The survey: reading the flash and finding which blocks already hold what they should. */
#ifndef UNIFLASH_PLAN_SURVEY_H
#define UNIFLASH_PLAN_SURVEY_H

#include "uniflash/plan/target.h"

/* How often a read that fails is tried before the bytes count as unreadable (K3: a read can time
 * out once and be right the next time). */
#define UF_READ_TRIES 3

/* Who else takes note of what the survey reads. */
struct uf_watchers {
	struct uf_inspector *inspector; /* NULL: nobody looks into it */
	struct uf_hash *whole;          /* has been begun; NULL: no digest of the whole is taken */
};

/* Read in pieces of 4 KiB, each with UF_READ_TRIES. Errors as of the device. All reading of flash
 * goes through here. */
int uf_read_retrying(struct uf_device *dev, uint64_t off, void *buf, size_t len,
		     struct uf_error *err);

/*
 * Read every block once, in order, and enter what it holds into target; what is kept is read, too,
 * for the checks judge the flash as it will be. Whoever watches is shown all of it. buf has room
 * for one erase block. A block that cannot be read is UF_STATE_UNREADABLE, not an error.
 * UF_ERR_STOPPED. Reads the flash only.
 */
int uf_survey(struct uf_target *target, struct uf_device *dev, struct uf_fingerprints *prints,
	      void *buf, const struct uf_watchers *watchers, const struct uf_hooks *hooks,
	      struct uf_error *err);

/* Read the blocks of range anew, into target and before watchers as uf_survey does, and add to
 * *changed how many hold something else than before. Errors as of uf_survey. Reads the flash only.
 */
int uf_survey_again(struct uf_target *target, struct uf_range range, struct uf_device *dev,
		    struct uf_fingerprints *prints, void *buf, const struct uf_watchers *watchers,
		    uint32_t *changed, const struct uf_hooks *hooks, struct uf_error *err);

/* The SHA-256 of a range of the flash. Errors as of uf_read_retrying, UF_ERR_STOPPED. Reads only.
 */
int uf_digest_range(struct uf_device *dev, struct uf_range range, struct uf_hash *hash,
		    const struct uf_hooks *hooks, struct uf_digest *digest, struct uf_error *err);

/*
 * Find the first byte of block at which the flash differs from what it is to hold. want and have
 * have room for one erase block each. Stores its offset on the flash, or the end of the block
 * where there is no difference. Errors as of uf_target_load and of the device. Reads only.
 */
int uf_find_difference(const struct uf_target *target, uint32_t block, struct uf_image *image,
		       struct uf_device *dev, struct uf_fingerprints *prints, void *want,
		       void *have, uint64_t *offset, struct uf_error *err);

#endif
