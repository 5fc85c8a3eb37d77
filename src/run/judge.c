/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is kept, what becomes of the rest, and whether the flash would be one that starts. */
#include "pipeline.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "uniflash/check/content.h"
#include "uniflash/layout/detect.h"
#include "uniflash/live/board.h"
#include "uniflash/plan/survey.h"

/* Only these: everything else is kept. A name that is to be both is a contradiction. */
static int apply_only(struct run *run)
{
	bool only[UF_PARTITIONS_MAX];
	int ret = uf_names_resolve(run->request->only, &run->table, only, &run->error);

	for (unsigned at = 0; !ret && at < run->table.count; at++) {
		if (only[at] && run->policy.keep[at])
			ret = uf_fail(&run->error, UF_ERR_USAGE, "--only and --keep both name %s",
				      run->table.part[at].name);
		run->policy.keep[at] = !only[at];
	}
	return ret;
}

bool run_holds_data(const struct run *run, struct uf_range range)
{
	uint32_t size = run->map.erase_size;

	for (uint64_t block = range.off / size;
	     block < run->target.blocks && block * size < uf_range_end(range); block++)
		if (!uf_fingerprint_equal(&run->target.block[block].have, &run->target.blank))
			return true;
	return false;
}

/* What belongs to this one camera stays where the image would put another's in its place. It is
 * known by the camera's own table, whatever names -l gives. */
static void keep_own(struct run *run)
{
	const struct uf_table *own = run_own_table(run);

	for (unsigned at = 0; at < own->count; at++)
		if (own->part[at].per_device && run_holds_data(run, own->part[at].range))
			run->policy.keep_range[run->policy.keep_ranges++] = own->part[at].range;
}

/* What a file is given for is to be written. */
static int check_parts(struct run *run)
{
	for (unsigned at = 0; at < run->table.count; at++)
		if (run->has_part[at] && run->policy.keep[at])
			return uf_fail(&run->error, UF_ERR_USAGE,
				       "--part has a file for %s, but it is to be kept",
				       run->table.part[at].name);
	return UF_OK;
}

/* Names that leave nothing to write are a mistake. */
static int check_only(struct run *run)
{
	if (!run->request->only[0])
		return UF_OK;
	for (unsigned at = 0; at < run->table.count; at++)
		if (!run->policy.keep[at] &&
		    uf_image_covers(&run->image, run->table.part[at].range, false))
			return UF_OK;
	if (run->policy.tail == UF_TAIL_ERASE && run->image.kind == UF_IMAGE_RAW)
		return UF_OK;
	return uf_fail(&run->error, UF_ERR_USAGE, "--only %.200s: the image has nothing for it",
		       run->request->only);
}

/* A backup of this very camera brings what is its own back. */
static void keep_unless_own(struct run *run)
{
	bool other;

	if (run_is_own_backup(run, &other))
		return;
	keep_own(run);
	if (other && run->policy.keep_ranges)
		uf_note(&run->hooks, UF_NOTE_INFO,
			"The image is a backup of another camera: what belongs to this one is "
			"kept.\n  To bring all of it here: --keep none");
}

static int decide_keep(struct run *run)
{
	const char *keep = run->request->keep;
	int ret = UF_OK;

	if (strcmp(keep, "auto") != 0)
		ret = uf_names_resolve(keep, &run->table, run->policy.keep, &run->error);
	else if (!run->request->only[0] && run->image.kind == UF_IMAGE_RAW && run->same_layout)
		keep_unless_own(run);
	if (!ret && run->request->only[0])
		ret = apply_only(run);
	if (!ret)
		ret = check_parts(run);
	return ret ? ret : check_only(run);
}

const struct uf_item *run_cut_off(const struct run *run)
{
	for (unsigned at = 0; at < run->found.items; at++)
		if (run->found.item[at].health == UF_HEALTH_CUT_OFF)
			return &run->found.item[at];
	return NULL;
}

/* Whether nothing speaks for more behind the image's end: its own table has no partition there but
 * the one that takes the rest; where it carries none, its root file system does not reach to the
 * end, as one that grows would. */
static bool ends_in_itself(const struct run *run)
{
	const struct uf_item *rootfs = uf_find_rootfs(&run->found);
	uint64_t end = uf_image_end(&run->image);
	bool known;

	if (uf_layout_ends_within(&run->found, end, &known))
		return true;
	if (known || !uf_find_kernel(&run->found))
		return false;
	return !rootfs || rootfs->kind != UF_ITEM_JFFS2 || uf_range_end(rootfs->range) < end;
}

/* Where there is nothing, nothing needs to be asked. */
static bool tail_is_blank(const struct run *run)
{
	uint64_t end = uf_image_end(&run->image);
	uint32_t size = run->map.erase_size;
	struct uf_range tail = {(end + size - 1) / size * size, 0};

	if (tail.off < run->map.size)
		tail.len = run->map.size - tail.off;
	return !run_cut_off(run) && uf_find_kernel(&run->found) && !run_holds_data(run, tail);
}

/* A short image of another layout that is whole is a firmware of its own, whose data partition
 * reaches to the flash's end: what is there now would be taken for its own. */
static void decide_tail(struct run *run)
{
	run->policy.tail = run->request->tail;
	if (run->policy.tail == UF_TAIL_ASK && run->image.kind == UF_IMAGE_RAW &&
	    (tail_is_blank(run) || (!run->same_layout && !run_cut_off(run) && ends_in_itself(run))))
		run->policy.tail = UF_TAIL_ERASE;
}

static enum uf_origin origin_of(const struct uf_block *block)
{
	if (block->intent == UF_INTENT_BLANK)
		return UF_FROM_NONE;
	if (block->state != UF_STATE_UNREADABLE && uf_fingerprint_equal(&block->have, &block->want))
		return UF_FROM_BOTH;
	return block->intent == UF_INTENT_KEEP ? UF_FROM_FLASH : UF_FROM_IMAGE;
}

static int merge(struct run *run)
{
	uint8_t *origin = malloc(run->target.blocks);

	if (!origin)
		return uf_fail(&run->error, UF_ERR_MEMORY, "no memory to look into the image");
	for (uint32_t block = 0; block < run->target.blocks; block++)
		origin[block] = (uint8_t)origin_of(&run->target.block[block]);
	uf_inspection_merge(&run->flash_found, &run->found, origin, run->target.blocks,
			    run->map.erase_size, &run->after, &run->cut);
	free(origin);
	return UF_OK;
}

uint64_t run_boot_extent(const struct run *run)
{
	return run->flash_found.boot_extent > run->after.boot_extent ? run->flash_found.boot_extent
								     : run->after.boot_extent;
}

bool run_changes(const struct run *run, struct uf_range range)
{
	uint32_t size = run->map.erase_size;

	for (uint64_t block = range.off / size;
	     block < run->target.blocks && block * size < uf_range_end(range); block++)
		if (run->target.block[block].intent != UF_INTENT_KEEP &&
		    run->target.block[block].state != UF_STATE_EQUAL)
			return true;
	return false;
}

/* Whether a block of the boot loader, the camera's or the image's, would be written. */
static bool boot_changes(const struct run *run)
{
	return run_changes(run, (struct uf_range){0, run_boot_extent(run)});
}

static bool kernel_changes(const struct run *run)
{
	const struct uf_item *kernel = uf_find_kernel(&run->after);

	return kernel && run_changes(run, kernel->range);
}

static bool is_mostly_blank(const struct run *run, struct uf_range range)
{
	uint32_t size = run->map.erase_size;
	uint64_t blank = 0;
	uint64_t first = range.off / size, end = uf_range_end(range) / size;

	for (uint64_t block = first; block < end; block++)
		blank += uf_fingerprint_equal(&run->target.block[block].have, &run->target.blank);
	return blank * 2 >= end - first;
}

/* The body is written from its beginning. Where the chip is half as large as it seems, its first
 * block must not be the boot loader's in truth: what is written to it is the last proof. */
static bool begins_in_boot_mirror(const struct run *run)
{
	struct uf_range half = {0, run->map.size / 2};
	uint64_t boot = run_boot_extent(run);

	if (boot >= half.len)
		return true;
	return !run_changes(run, (struct uf_range){boot, half.len - boot}) &&
	       run_changes(run, (struct uf_range){half.len, boot});
}

/* Whether the flash looks like a smaller chip that shows its contents twice (K6). */
static bool is_mirrored(const struct run *run)
{
	struct uf_layout own;

	if (!uf_target_halves_equal(&run->target, false) ||
	    uf_target_halves_equal(&run->target, true))
		return false;
	if (is_mostly_blank(run, (struct uf_range){0, run->map.size / 2}))
		return run_holds_data(run, (struct uf_range){0, run_boot_extent(run)}) &&
		       begins_in_boot_mirror(run);
	return !uf_layout_carried(&run->flash_found, run->map.size, &own) ||
	       !uf_layout_repeats(&own.table, run->map.size);
}

static int check_content(struct run *run)
{
	struct uf_board board = {0};
	const struct uf_content_facts facts = {
		.found = &run->found,
		.flash = &run->flash_found,
		.after = &run->after,
		.cut = &run->cut,
		.board = &board,
		.boot_changes = boot_changes(run),
		.kernel_changes = kernel_changes(run),
		.mirrored = is_mirrored(run),
	};
	int ret;

	if (run->has_mtd)
		uf_board_from_system(run->root, &board);
	uf_board_from_flash(&run->flash_found, &board);
	ret = uf_check_all(uf_content_checks, uf_content_check_count, &facts, &run->verdict,
			   &run->hooks);
	if (ret)
		run->error = run->verdict.first;
	return ret;
}

static int check_expected(struct run *run, const struct uf_named *expect)
{
	int index = uf_table_find(&run->table, expect->name);
	char have[UF_DIGEST_TEXT];
	struct uf_digest want, digest;
	int ret;

	if (index < 0)
		return uf_fail(&run->error, UF_ERR_USAGE, "--expect: there is no partition \"%s\"",
			       expect->name);
	if (!uf_hex_parse(expect->value, strlen(expect->value), want.byte, sizeof(want.byte)))
		return uf_fail(&run->error, UF_ERR_USAGE, "--expect %s needs 64 hexadecimal digits",
			       expect->name);
	ret = uf_digest_range(run->dev, run->table.part[index].range, run->hash, &run->hooks,
			      &digest, &run->error);
	if (ret || memcmp(&want, &digest, sizeof(want)) == 0)
		return ret;
	uf_refuse(&run->error, UF_CHECK_EXPECT_MISMATCH,
		  "%s on the flash has the SHA-256 %s, and --expect wants another", expect->name,
		  uf_digest_format(have, &digest));
	uf_advise(&run->error, "The camera is not in the state that was expected. What it holds is "
			       "shown by: uniflash -v info");
	return run_settle(run, UF_ERR_REFUSED);
}

int run_check_expected(struct run *run)
{
	int ret = UF_OK;

	for (unsigned at = 0; !ret && at < run->request->expects; at++)
		ret = check_expected(run, &run->request->expect[at]);
	return ret;
}

int run_decide(struct run *run)
{
	int ret = run_settle(run, uf_table_check_tiles(&run->table, run->map.size, &run->error));

	if (ret)
		return ret;
	run->same_layout = uf_layout_same(&run->found, run_own_table(run));
	run->policy.full = run->request->full;
	decide_tail(run);
	ret = run_check_tail(run);
	if (!ret)
		ret = decide_keep(run);
	if (!ret)
		ret = run_settle(run, uf_target_decide(&run->target, &run->map, &run->table,
						       &run->image, &run->policy, &run->error));
	if (!ret)
		ret = merge(run);
	/* A flash can be compared with anything. */
	if (ret || run->request->verb == UF_VERB_VERIFY)
		return ret;
	return check_content(run);
}
