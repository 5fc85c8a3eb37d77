/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal of this run, and what that of an earlier one says. */
#include "pipeline.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "uniflash/live/backup.h"
#include "uniflash/live/cards.h"

static void journal_name(const struct run *run, char *name)
{
	char hex[UF_DIGEST_TEXT];

	if (run_camera_id(run, hex))
		snprintf(name, UF_JOURNAL_NAME_MAX, "uniflash-%.12s.journal", hex);
	else
		snprintf(name, UF_JOURNAL_NAME_MAX, "uniflash.journal");
}

/* The folder that path is in, and the journal's name there. */
static bool beside(const struct run *run, const char *path, char *out)
{
	const char *slash = strrchr(path, '/');
	int folder = slash ? (int)(slash - path) + 1 : 0;
	char name[UF_JOURNAL_NAME_MAX];

	journal_name(run, name);
	return snprintf(out, UF_PATH_MAX, "%.*s%s", folder, path, name) < UF_PATH_MAX;
}

/* Beside the backup: where this run puts it, or will. */
static bool try_backup(struct run *run, bool (*try)(struct run *run, const char *path))
{
	const char *backup = run->backup_path[0] ? run->backup_path : run->request->backup;
	char path[UF_PATH_MAX];

	return backup && beside(run, backup, path) && try(run, path);
}

/* Beside the image, where that lasts. */
static bool try_image(struct run *run, bool (*try)(struct run *run, const char *path))
{
	char *image = run_image_path(run);
	char path[UF_PATH_MAX];
	bool found = image && uf_is_lasting(run->root, &run->mounts, image) &&
		     beside(run, image, path) && try(run, path);

	free(image);
	return found;
}

/* Where a journal can be, in this order; calls `try` until it says true. */
static bool each_place(struct run *run, bool (*try)(struct run *run, const char *path))
{
	char path[UF_PATH_MAX], folder[UF_PATH_MAX];
	struct uf_spool_places cards;

	if (try_backup(run, try) || try_image(run, try))
		return true;
	uf_spool_places(run->root, true, &cards);
	for (unsigned at = 0; cards.folder[at]; at++) {
		snprintf(folder, sizeof(folder), "%s/", cards.folder[at]);
		if (beside(run, folder, path) && try(run, path))
			return true;
	}
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

/* The blocks that an earlier run may have left unfinished are written again, equal or not. In the
 * journal of this run they stand with its own erase size. */
static int mark_again(struct run *run)
{
	struct uf_journal_past *past = &run->past;
	uint32_t size = run->map.erase_size;
	int ret = uf_block_set_init(&run->again, run->target.blocks, &run->error);

	for (unsigned at = 0; !ret && at < past->count; at++)
		for (uint64_t off = past->off[at] / size * size;
		     off < past->off[at] + past->erase_size; off += size)
			if (off / size < run->target.blocks)
				uf_block_set_add(&run->again, (uint32_t)(off / size));
	past->count = 0;
	past->erase_size = size;
	for (uint32_t block = 0; !ret && block < run->target.blocks; block++)
		if (uf_block_set_has(&run->again, block) && past->count < UF_JOURNAL_PENDING_MAX)
			past->off[past->count++] = (uint64_t)block * size;
	run->policy.again = &run->again;
	return ret;
}

static void tell_past(const struct run *run)
{
	char again[80] = "";

	if (run->past.count && uf_request_writes(run->request))
		snprintf(again, sizeof(again),
			 "\n  %u block%s that it was about to write %s written again.",
			 run->past.count, run->past.count == 1 ? "" : "s",
			 run->past.count == 1 ? "is" : "are");
	uf_note(&run->hooks, UF_NOTE_INFO, "An earlier run (image %s) was not finished, says %s.%s",
		run->past.image, run->journal_path, again);
}

static bool find_past(struct run *run)
{
	/* To compare the flash with an image is no business of it. */
	if (!run->has_mtd || run->request->verb == UF_VERB_VERIFY || !each_place(run, read_one))
		return false;
	tell_past(run);
	/* Whatever becomes of this run, the flash is not as it was before the earlier one. */
	if (uf_request_writes(run->request))
		run->flash = UF_FLASH_INCOMPLETE;
	return true;
}

int run_read_journal(struct run *run)
{
	return find_past(run) ? mark_again(run) : UF_OK;
}

/* For a run that has not come so far: the camera's name is hashed. */
static bool can_look(struct run *run)
{
	return run->has_mtd && (run->hash || uf_hash_new(&run->hash, NULL) == UF_OK);
}

void run_recall_past(struct run *run)
{
	if (can_look(run) && uf_mounts_read(run->root, &run->mounts, NULL) == UF_OK)
		find_past(run);
}

const char *run_unfinished_image(struct run *run)
{
	return can_look(run) && each_place(run, read_one) ? run->past.image : NULL;
}

/* A plan is known by what it does, and with which files. */
static void digest_plan(struct run *run, struct uf_digest *digest)
{
	struct uf_digest source = {{0}};

	uf_hash_begin(run->hash);
	for (unsigned at = 0; at < run->image.sources; at++)
		if (!uf_tap_digest(run->image.source[at], UF_HASH_SHA256, 0, source.byte, NULL))
			uf_hash_add(run->hash, &source, sizeof(source));
	for (uint32_t at = 0; at < run->plan.ops; at++) {
		uint32_t block = run->plan.op[at].block;
		const struct uf_block *to = &run->target.block[block];

		uf_hash_add(run->hash, &block, sizeof(block));
		uf_hash_add(run->hash, &to->intent, sizeof(to->intent));
		uf_hash_add(run->hash, &to->pages, sizeof(to->pages));
	}
	uf_hash_end(run->hash, digest);
}

/* Whether the earlier run, which was not finished, was to leave this block alone, too. */
static bool was_kept(const struct run *run, uint32_t block)
{
	uint64_t off = (uint64_t)block * run->map.erase_size;

	for (unsigned at = 0; at < run->past.kept_count; at++)
		if (off >= run->past.kept[at].off && off < uf_range_end(run->past.kept[at]))
			return true;
	return false;
}

static bool is_kept(const struct run *run, uint32_t block)
{
	return run->target.block[block].intent == UF_INTENT_KEEP;
}

/* What this run and those that it goes on with leave alone; what does not fit is nobody's to leave.
 */
static unsigned list_kept(const struct run *run, struct uf_range *kept)
{
	uint32_t size = run->map.erase_size;
	unsigned count = 0;

	for (uint32_t block = 0; block < run->target.blocks; block++) {
		uint64_t off = (uint64_t)block * size;

		if (!is_kept(run, block) || (run->past.incomplete && !was_kept(run, block)))
			continue;
		if (count && uf_range_end(kept[count - 1]) == off)
			kept[count - 1].len += size;
		else if (count < UF_JOURNAL_KEPT_MAX)
			kept[count++] = (struct uf_range){off, size};
	}
	return count;
}

static bool open_one(struct run *run, const char *path)
{
	struct uf_range kept[UF_JOURNAL_KEPT_MAX];
	struct uf_digest plan;
	const struct uf_journal_head head = {
		.image = &run->target.image_digest,
		.plan = &plan,
		.backup = run->backup_path[0] ? run->backup_path : NULL,
		.erase_size = run->map.erase_size,
		.ops = run->plan.ops,
		.kept = kept,
		.kept_count = list_kept(run, kept),
	};

	digest_plan(run, &plan);
	if (uf_journal_open(path, &head, &run->past, &run->journal, NULL))
		return false;
	if (path != run->journal_path)
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
	if (uf_journal_next(run->journal, off, count, run->plan.op[op[0]].kind == UF_OP_BOOT))
		return;
	run->journal_failed = true;
	uf_note(&run->hooks, UF_NOTE_WARNING,
		"the journal cannot be written any more; the run goes on without it");
}

bool run_leaves_unfinished(const struct run *run)
{
	uint32_t done = 0, pending = 0;

	if (!run->past.incomplete)
		return false;
	for (uint32_t block = 0; block < run->target.blocks; block++)
		if (is_kept(run, block) && !was_kept(run, block))
			return true;

	for (uint32_t at = 0; at < run->plan.ops; at++)
		done += uf_block_set_has(&run->again, run->plan.op[at].block);
	for (uint32_t block = 0; block < run->again.blocks; block++)
		pending += uf_block_set_has(&run->again, block);
	return done < pending;
}

int run_fail_unfinished(struct run *run)
{
	run->flash = UF_FLASH_INCOMPLETE;
	run->unfinished = true;
	uf_fail(&run->error, UF_ERR_MISMATCH,
		"what was to be written is right, but an earlier run (image %s) was not finished, "
		"and this one left alone what that one did not",
		run->past.image);
	return UF_ERR_MISMATCH;
}

void run_end_journal(struct run *run)
{
	if (run->journal && run->flash == UF_FLASH_VERIFIED)
		uf_journal_done(run->journal);
}
