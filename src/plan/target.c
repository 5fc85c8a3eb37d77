/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/plan/target.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What uf_target_build works with. */
struct builder {
	const struct uf_map *map;
	const struct uf_table *table;
	const struct uf_extent *extent;
	const struct uf_policy *policy;
	struct uf_target *target;
	struct uf_error *err;
};

static bool is_ambiguous(const struct uf_table *table, const char *name)
{
	unsigned count = 0;

	for (unsigned at = 0; at < table->count; at++)
		count += strcmp(table->part[at].name, name) == 0;
	return count > 1;
}

static int resolve_one(const char *name, size_t len, const struct uf_table *table, bool *chosen,
		       struct uf_error *err)
{
	char word[UF_NAME_MAX + 1], names[256];
	int index = -1;

	if (len && len < sizeof(word)) {
		memcpy(word, name, len);
		word[len] = '\0';
		index = uf_table_find(table, word);
	}
	if (index >= 0 && is_ambiguous(table, word))
		return uf_fail(err, UF_ERR_USAGE,
			       "more than one partition is called \"%s\"; name it as mtdN", word);
	if (index < 0)
		return uf_fail(err, UF_ERR_USAGE,
			       "there is no partition \"%.*s\"; the partitions are %s", (int)len,
			       name, uf_table_names(table, names, sizeof(names)));
	chosen[index] = true;
	return UF_OK;
}

int uf_names_resolve(const char *names, const struct uf_table *table, bool *chosen,
		     struct uf_error *err)
{
	memset(chosen, 0, UF_PARTITIONS_MAX * sizeof(*chosen));
	if (strcmp(names, "none") == 0)
		return UF_OK;
	for (const char *at = names;; at++) {
		size_t len = strcspn(at, ",");
		int ret = resolve_one(at, len, table, chosen, err);

		if (ret || !at[len])
			return ret;
		at += len;
	}
}

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
	return UF_OK;
}

/* Where the image does not reach, the tail decides. */
static int decide_tail(const struct builder *builder, struct uf_range block, uint8_t *intent)
{
	const struct uf_extent *extent = builder->extent;
	struct uf_range covered = {extent->flash_off, extent->len};
	bool keep = builder->policy->tail != UF_TAIL_ERASE;

	if (!uf_range_overlap(covered, block)) {
		*intent = keep || block.off < covered.off ? UF_INTENT_KEEP : UF_INTENT_BLANK;
		return UF_OK;
	}
	*intent = UF_INTENT_IMAGE;
	if (keep && uf_range_end(covered) < uf_range_end(block)) {
		unaligned(builder, "the image ends", uf_range_end(covered));
		uf_advise(builder->err, "What is behind it in that block cannot be kept; --tail "
					"erase makes it blank.");
		return UF_ERR_REFUSED;
	}
	return UF_OK;
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
	return decide_tail(builder, block, &decided->intent);
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

int uf_target_build(const struct uf_map *map, const struct uf_table *table,
		    const struct uf_extent *extent, const struct uf_policy *policy,
		    struct uf_target *target, struct uf_error *err)
{
	struct builder builder = {map, table, extent, policy, target, err};
	int ret = uf_table_check_tiles(table, map->size, err);

	memset(target, 0, sizeof(*target));
	if (ret)
		return ret;
	target->geometry.size = map->size;
	target->geometry.erase_size = map->erase_size;
	target->geometry.page_size = map->page_size;
	/* A last partition can end inside a block, which then cannot be written. */
	target->blocks = (uint32_t)((map->size + map->erase_size - 1) / map->erase_size);
	target->block = calloc(target->blocks, sizeof(*target->block));
	if (!target->block)
		return uf_fail(err, UF_ERR_MEMORY, "no memory for %" PRIu32 " erase blocks",
			       target->blocks);
	ret = decide_all(&builder);
	if (ret)
		uf_target_free(target);
	return ret;
}

void uf_target_free(struct uf_target *target)
{
	free(target->block);
	target->block = NULL;
	target->blocks = 0;
}
