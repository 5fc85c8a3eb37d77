/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The journal: a text file beside the backup that names the erase blocks a run is about to write,
 * so that the next run writes them again, equal or not: a block whose erase or programming was cut
 * short can read right today and wrong tomorrow. Without it the survey alone finishes the job for
 * blocks that read stably. Touches no flash.
 *
 * A line is on the medium before the blocks are touched that it names. Each ends with the CRC-32 of
 * what is before it; a line that does not hold counts for nothing.
 */
#ifndef UNIFLASH_LIVE_JOURNAL_H
#define UNIFLASH_LIVE_JOURNAL_H

#include "uniflash/util/bytes.h"
#include "uniflash/util/hash.h"
#include "uniflash/util/textfile.h"

/* Room for its name, "uniflash-0123456789ab.journal": one for each camera, for cards wander. */
#define UF_JOURNAL_NAME_MAX 48

/* How many blocks a line names at most that are about to be written. */
#define UF_JOURNAL_NEXT 16

/* How many blocks of runs that were cut off are carried along. */
#define UF_JOURNAL_PENDING_MAX 256

/* How many ranges that are kept are noted: every other one of the most partitions there can be. */
#define UF_JOURNAL_KEPT_MAX 32

/* What the journal of an earlier run says. */
struct uf_journal_past {
	bool incomplete;          /* a run was cut off, failed or was stopped */
	char image[13];           /* the first digits of its image's SHA-256 */
	char backup[UF_PATH_MAX]; /* the backup it made, "" where none */
	unsigned count;
	uint64_t off[UF_JOURNAL_PENDING_MAX]; /* of blocks that may be unfinished */
	uint32_t erase_size;                  /* of these */
	unsigned kept_count;
	struct uf_range kept[UF_JOURNAL_KEPT_MAX]; /* what that run was to leave alone */
};

/* Read the journal at path. What is not there or damaged says nothing: past is all zero then, or
 * says what the lines that hold say. */
void uf_journal_read(const char *path, struct uf_journal_past *past);

/* What a run is, for its journal. */
struct uf_journal_head {
	const struct uf_digest *image;
	const struct uf_digest *plan;
	const char *backup; /* path, NULL where there is none */
	uint32_t erase_size;
	uint32_t ops;                /* how many blocks will be written: bounds the lines */
	const struct uf_range *kept; /* what is left alone; at most UF_JOURNAL_KEPT_MAX */
	unsigned kept_count;
};

struct uf_journal;

/*
 * Open the journal at path for a run: from the beginning, or behind what it says where that is
 * incomplete (past). Nothing is written yet. The caller closes it. UF_ERR_IO, UF_ERR_MEMORY.
 */
int uf_journal_open(const char *path, const struct uf_journal_head *head,
		    const struct uf_journal_past *past, struct uf_journal **journal,
		    struct uf_error *err);

/* Name the count blocks at these offsets (at most UF_JOURNAL_NEXT count, or the boot loader's,
 * which come last) as about to be written. Allocates and opens nothing. False where it could not be
 * written. */
bool uf_journal_next(struct uf_journal *journal, const uint64_t *off, unsigned count, bool last);

/* Say that all is done; where that cannot be written, say nothing at all. */
void uf_journal_done(struct uf_journal *journal);

/* NULL is fine. */
void uf_journal_close(struct uf_journal *journal);

#endif
