/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/plan/target.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What uf_target_decide works with. */
struct builder {
	const struct uf_map *map;
	const struct uf_table *table;
	const struct uf_image *image;
	const struct uf_policy *policy;
	struct uf_target *target;
	struct uf_error *err;
};

static struct uf_range block_range(const struct builder *builder, uint32_t block)
{
	uint32_t size = builder->map->erase_size;

	return (struct uf_range){(uint64_t)block * size, size};
}

static int unaligned(const struct builder *builder, const char *what, uint64_t at)
{
	return uf_refuse(builder->err, UF_CHECK_MAP_UNALIGNED,
			 "%s at 0x%06" PRIx64 ", inside an erase block (of %" PRIu32
			 " bytes) that would be written",
			 what, at, builder->map->erase_size);
}

/* A block belongs to every partition it touches; they must agree on whether it stays. */
static int decide_kept(const struct builder *builder, struct uf_range block, bool *kept)
{
	const struct uf_partition *part = builder->table->part;
	char what[UF_NAME_MAX + 40];
	bool known = false;

	for (unsigned at = 0; at < builder->table->count; at++) {
		if (!uf_range_overlap(part[at].range, block))
			continue;
		if (known && builder->policy->keep[at] != *kept) {
			snprintf(what, sizeof(what), "the kept partition %s %s",
				 part[*kept ? at - 1 : at].name, *kept ? "ends" : "begins");
			return unaligned(builder, what, part[at].range.off);
		}
		*kept = builder->policy->keep[at];
		known = true;
	}
	for (unsigned at = 0; at < builder->policy->keep_ranges; at++)
		*kept |= uf_range_overlap(builder->policy->keep_range[at], block);
	return UF_OK;
}

/* Part of a block is the image's and part is to stay: that cannot be. */
static int check_edges(const struct builder *builder, struct uf_range block)
{
	const struct uf_extent *extent = builder->image->extent;

	for (unsigned at = 0; at < builder->image->extents; at++) {
		struct uf_range span = {extent[at].flash_off, extent[at].span};

		if (!uf_range_overlap(span, block))
			continue;
		if (span.off > block.off)
			return unaligned(builder, "the image begins", span.off);
		if (uf_range_end(span) >= uf_range_end(block) ||
		    uf_range_end(span) >= builder->map->size)
			continue;
		unaligned(builder, "the image ends", uf_range_end(span));
		uf_advise(builder->err, "What is behind it in that block cannot be kept%s",
			  builder->image->kind == UF_IMAGE_RAW ? "; --tail erase makes it blank."
							       : ".");
		return UF_ERR_REFUSED;
	}
	return UF_OK;
}

/* Where the image does not answer for a block, it stays. */
static int decide_covered(const struct builder *builder, struct uf_range block, uint8_t *intent)
{
	bool tail = builder->policy->tail == UF_TAIL_ERASE && builder->image->kind == UF_IMAGE_RAW;

	if (uf_image_covers(builder->image, block, true)) {
		*intent = UF_INTENT_IMAGE;
		return tail ? UF_OK : check_edges(builder, block);
	}
	*intent = tail || uf_image_covers(builder->image, block, false) ? UF_INTENT_BLANK
									: UF_INTENT_KEEP;
	return *intent == UF_INTENT_BLANK && !tail ? check_edges(builder, block) : UF_OK;
}

static int decide(const struct builder *builder, uint32_t index)
{
	struct uf_range block = block_range(builder, index);
	struct uf_block *decided = &builder->target->block[index];
	bool kept = false;
	int ret = decide_kept(builder, block, &kept);

	if (ret)
		return ret;
	if (kept) {
		decided->intent = UF_INTENT_KEEP;
		return UF_OK;
	}
	return decide_covered(builder, block, &decided->intent);
}

/* The kernel makes a partition read-only that does not begin and end on erase blocks (K11). */
static int check_kernel_partitions(const struct builder *builder)
{
	const struct uf_table *table = &builder->map->table;
	uint32_t size = builder->map->erase_size;

	for (unsigned at = 0; at < table->count; at++) {
		struct uf_range range = table->part[at].range;

		if (range.off % size == 0 && range.len % size == 0)
			continue;
		for (uint64_t block = range.off / size; block * size < uf_range_end(range); block++)
			if (builder->target->block[block].intent != UF_INTENT_KEEP)
				return uf_refuse(
					builder->err, UF_CHECK_MAP_UNALIGNED,
					"mtd%u \"%s\", 0x%06" PRIx64 "-0x%06" PRIx64
					", does not begin and end on erase blocks of %" PRIu32
					" bytes: the kernel cannot write it",
					table->part[at].number, table->part[at].name, range.off,
					uf_range_end(range), size);
	}
	return UF_OK;
}

static int decide_all(const struct builder *builder)
{
	for (uint32_t block = 0; block < builder->target->blocks; block++) {
		int ret = decide(builder, block);

		if (ret)
			return ret;
	}
	return check_kernel_partitions(builder);
}

/* What was found is compared with what is to be, now that this is known. */
static void judge(struct uf_target *target, struct uf_block *block)
{
	if (block->intent == UF_INTENT_BLANK) {
		block->want = target->blank;
		block->pages = 0;
	}
	if (block->state == UF_STATE_UNREADABLE)
		return;
	if (block->intent == UF_INTENT_KEEP)
		block->state = UF_STATE_UNKNOWN;
	else
		block->state = uf_fingerprint_equal(&block->have, &block->want) ? UF_STATE_EQUAL
										: UF_STATE_DIFFERS;
}

int uf_target_decide(struct uf_target *target, const struct uf_map *map,
		     const struct uf_table *table, const struct uf_image *image,
		     const struct uf_policy *policy, struct uf_error *err)
{
	struct builder builder = {map, table, image, policy, target, err};
	int ret = uf_table_check_tiles(table, map->size, err);

	if (!ret)
		ret = decide_all(&builder);
	for (uint32_t index = 0; !ret && index < target->blocks; index++)
		judge(target, &target->block[index]);
	return ret;
}
