/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal of this run, and what that of an earlier one says. */
#include "pipeline.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "uniflash/live/cards.h"

/* The folder that path is in, and the journal's name there. */
static bool beside(const char *path, char *out)
{
	const char *slash = strrchr(path, '/');
	int folder = slash ? (int)(slash - path) + 1 : 0;

	return snprintf(out, UF_PATH_MAX, "%.*s" UF_JOURNAL_NAME, folder, path) < UF_PATH_MAX;
}

/* Where a journal can be, in this order; calls `try` until it says true. */
static bool each_place(struct run *run, bool (*try)(struct run *run, const char *path))
{
	char path[UF_PATH_MAX];
	struct uf_spool_places cards;
	const char *image = run->request->operand[0];

	if (run->backup_path[0] && beside(run->backup_path, path) && try(run, path))
		return true;
	if (run->request->parts)
		image = run->request->part[0].value;
	if (image && !uf_request_from_stdin(run->request) && beside(image, path) && try(run, path))
		return true;
	uf_spool_places(run->root, true, &cards);
	for (unsigned at = 0; cards.folder[at]; at++)
		if (snprintf(path, sizeof(path), "%s/" UF_JOURNAL_NAME, cards.folder[at]) <
			    (int)sizeof(path) &&
		    try(run, path))
			return true;
	return false;
}

static bool read_one(struct run *run, const char *path)
{
	uf_journal_read(path, &run->past);
	if (!run->past.incomplete)
		return false;
	snprintf(run->journal_path, sizeof(run->journal_path), "%s", path);
	return true;
}

/* The blocks that an earlier run may have left unfinished are written again, equal or not. */
static int mark_again(struct run *run)
{
	uint32_t size = run->map.erase_size;
	int ret = uf_block_set_init(&run->again, run->target.blocks, &run->error);

	for (unsigned at = 0; !ret && at < run->past.count; at++)
		for (uint64_t off = run->past.off[at];
		     off < run->past.off[at] + run->past.erase_size; off += size)
			if (off / size < run->target.blocks)
				uf_block_set_add(&run->again, (uint32_t)(off / size));
	run->policy.again = &run->again;
	return ret;
}

int run_read_journal(struct run *run)
{
	char again[80] = "";

	if (!run->has_mtd || !each_place(run, read_one))
		return UF_OK;
	if (run->past.count)
		snprintf(again, sizeof(again),
			 "\n  %u block%s that it was about to write %s written again.",
			 run->past.count, run->past.count == 1 ? "" : "s",
			 run->past.count == 1 ? "is" : "are");
	uf_note(&run->hooks, UF_NOTE_INFO, "An earlier run (image %s) was not finished, says %s.%s",
		run->past.image, run->journal_path, again);
	return mark_again(run);
}

/* A plan is known by what it does. */
static void digest_plan(struct run *run, struct uf_digest *digest)
{
	uf_hash_begin(run->hash);
	for (uint32_t at = 0; at < run->plan.ops; at++) {
		uint32_t block = run->plan.op[at].block;

		uf_hash_add(run->hash, &block, sizeof(block));
		uf_hash_add(run->hash, &run->target.block[block].want, sizeof(struct uf_digest));
	}
	uf_hash_end(run->hash, digest);
}

static bool open_one(struct run *run, const char *path)
{
	struct uf_digest plan;
	const struct uf_journal_head head = {
		.image = &run->target.image_digest,
		.plan = &plan,
		.backup = run->backup_path[0] ? run->backup_path : NULL,
		.erase_size = run->map.erase_size,
		.ops = run->plan.ops,
	};

	digest_plan(run, &plan);
	if (uf_journal_open(path, &head, &run->past, &run->journal, NULL))
		return false;
	snprintf(run->journal_path, sizeof(run->journal_path), "%s", path);
	return true;
}

void run_open_journal(struct run *run)
{
	if (!run->has_mtd)
		return;
	run->journal_off = calloc(run->plan.ops + UF_ANNOUNCE_MAX, sizeof(*run->journal_off));
	if (!run->journal_off)
		return;
	/* One that is incomplete is gone on with where it lies. */
	if ((run->past.incomplete && open_one(run, run->journal_path)) || each_place(run, open_one))
		uf_note(&run->hooks, UF_NOTE_INFO, "The journal of this run is %s.",
			run->journal_path);
	else
		uf_note(&run->hooks, UF_NOTE_WARNING,
			"there is no place for a journal: should this run be cut off, the next one "
			"goes by what the flash reads");
}

void run_announce(void *context, const uint32_t *op, unsigned count)
{
	struct run *run = context;
	uint64_t *off = run->journal_off;

	if (!run->journal || run->journal_failed)
		return;
	for (unsigned at = 0; at < count; at++)
		off[at] = (uint64_t)run->plan.op[op[at]].block * run->map.erase_size;
	if (uf_journal_next(run->journal, off, count))
		return;
	run->journal_failed = true;
	uf_note(&run->hooks, UF_NOTE_WARNING,
		"the journal cannot be written any more; the run goes on without it");
}

void run_end_journal(struct run *run)
{
	if (run->journal && !run->journal_failed && run->flash == UF_FLASH_VERIFIED)
		uf_journal_done(run->journal);
}
