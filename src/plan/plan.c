/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/plan/plan.h"

#include <stdlib.h>
#include <string.h>

static const struct uf_block *block_at(const struct uf_plan *plan, uint32_t block)
{
	return &plan->target->block[block];
}

/* Written whatever it reads as. */
static bool is_forced(const struct uf_plan *plan, uint32_t index)
{
	const struct uf_policy *policy = plan->policy;

	return policy->full || (policy->again && uf_block_set_has(policy->again, index));
}

static bool must_write(const struct uf_plan *plan, uint32_t index)
{
	const struct uf_block *block = block_at(plan, index);

	if (block->intent == UF_INTENT_KEEP)
		return false;
	return is_forced(plan, index) || block->state != UF_STATE_EQUAL;
}

static void find_mtd(const struct uf_plan *plan, struct uf_plan_row *row)
{
	const struct uf_table *table = &plan->map->table;

	for (unsigned at = 0; at < table->count; at++) {
		if (!uf_range_overlap(table->part[at].range, row->part->range))
			continue;
		if (!row->mtd_count)
			row->mtd_first = at;
		row->mtd_count = at - row->mtd_first + 1;
	}
}

/* A partition that is smaller than a block has none that begins in it, but still a fate. */
static enum uf_action action_of(const struct uf_plan *plan, const struct uf_partition *part)
{
	uint32_t size = plan->target->geometry.erase_size;
	enum uf_action action = UF_ACTION_KEEP;

	for (uint64_t at = part->range.off / size; at * size < uf_range_end(part->range); at++) {
		uint32_t index = (uint32_t)at;

		if (must_write(plan, index)) {
			if (block_at(plan, index)->pages)
				return UF_ACTION_WRITE;
			action = UF_ACTION_ERASE;
		} else if (action == UF_ACTION_KEEP &&
			   block_at(plan, index)->intent != UF_INTENT_KEEP) {
			action = UF_ACTION_SAME;
		}
	}
	return action;
}

static void make_rows(struct uf_plan *plan, bool has_mtd)
{
	plan->rows = plan->table->count;
	for (unsigned at = 0; at < plan->rows; at++) {
		struct uf_plan_row *row = &plan->row[at];

		row->part = &plan->table->part[at];
		row->action = action_of(plan, row->part);
		if (has_mtd)
			find_mtd(plan, row);
	}
}

static void add_op(struct uf_plan *plan, uint32_t index, enum uf_op_kind kind, bool forced)
{
	struct uf_plan_row *row = &plan->row[uf_plan_row_of(plan, index)];
	struct uf_op *op = &plan->op[plan->ops++];
	uint32_t pages = block_at(plan, index)->pages;

	op->block = index;
	op->kind = (uint8_t)kind;
	op->forced = forced;
	row->erase_blocks++;
	row->program_pages += pages;
	plan->erase_blocks++;
	plan->program_pages += pages;
	plan->estimated_us += uf_plan_op_us(plan, op);
}

/* The blocks that belong to the boot loader, wholly or in part. */
static uint32_t boot_blocks(const struct uf_plan *plan)
{
	uint32_t size = plan->target->geometry.erase_size;

	return (uint32_t)uf_min((plan->boot_extent + size - 1) / size, plan->target->blocks);
}

static uint32_t count_ops(const struct uf_plan *plan, uint32_t from, uint32_t to)
{
	uint32_t count = 0;

	for (uint32_t index = from; index < to; index++)
		count += must_write(plan, index);
	return count;
}

static void add_ops(struct uf_plan *plan, uint32_t from, uint32_t to, enum uf_op_kind kind)
{
	for (uint32_t index = from; index < to; index++)
		if (must_write(plan, index))
			add_op(plan, index, kind, is_forced(plan, index));
}

static void mark_written(struct uf_plan_row *row)
{
	row->action = row->program_pages ? UF_ACTION_WRITE : UF_ACTION_ERASE;
}

/* A header that holds must not stand over a loader that is half written: the first block is
 * written with whatever else of the boot loader is, right or not. */
static void add_boot_ops(struct uf_plan *plan)
{
	uint32_t end = boot_blocks(plan);
	uint32_t first = plan->ops;

	if (!count_ops(plan, 0, end))
		return;
	add_ops(plan, 1, end, UF_OP_BOOT);
	if (block_at(plan, 0)->intent != UF_INTENT_KEEP) {
		add_op(plan, 0, UF_OP_BOOT, true);
		mark_written(&plan->row[uf_plan_row_of(plan, 0)]);
	}
	for (uint32_t at = first; at < plan->ops; at++)
		plan->exposed_us += uf_plan_op_us(plan, &plan->op[at]);
	/* The header's block is erased at the beginning and read once less than the others. */
	plan->exposed_us -= plan->cost.read_us;
}

static void make_ops(struct uf_plan *plan)
{
	uint32_t size = plan->target->geometry.erase_size;

	add_ops(plan, boot_blocks(plan), plan->target->blocks, UF_OP_WRITE);
	plan->body_ops = plan->ops;
	add_boot_ops(plan);
	for (uint32_t index = 0; index < plan->target->blocks; index++) {
		bool with_boot = index == 0 && uf_plan_exposed(plan);

		plan->row[uf_plan_row_of(plan, index)].blocks++;
		if (!with_boot && !must_write(plan, index) &&
		    block_at(plan, index)->intent != UF_INTENT_KEEP)
			plan->same_bytes += size;
	}
}

uint32_t uf_plan_exposed(const struct uf_plan *plan)
{
	return plan->ops - plan->body_ops;
}

int uf_plan_make(const struct uf_plan_input *input, struct uf_plan *plan, struct uf_error *err)
{
	memset(plan, 0, sizeof(*plan));
	plan->map = input->map;
	plan->table = input->table;
	plan->target = input->target;
	plan->policy = input->policy;
	plan->layout = input->layout;
	plan->image_layout = input->image_layout;
	plan->image = input->image;
	plan->source = input->source;
	plan->cost = uf_cost_of(&input->target->geometry);
	plan->boot_extent = input->boot_extent;
	/* One more than differ: the first block goes with the boot loader. */
	plan->op = calloc(count_ops(plan, 0, plan->target->blocks) + 1, sizeof(*plan->op));
	if (!plan->op)
		return uf_fail(err, UF_ERR_MEMORY, "no memory for the plan");
	make_rows(plan, input->has_mtd);
	make_ops(plan);
	return UF_OK;
}

void uf_plan_free(struct uf_plan *plan)
{
	free(plan->op);
	plan->op = NULL;
	plan->ops = 0;
}

int uf_plan_row_of(const struct uf_plan *plan, uint32_t block)
{
	return uf_table_at(plan->table, (uint64_t)block * plan->target->geometry.erase_size);
}

unsigned uf_plan_passes(const struct uf_plan *plan)
{
	if (!plan->source || !uf_image_streamed(plan->source))
		return 0;
	/* The boot loader's extent is held in memory since the first pass. */
	return plan->body_ops ? 2 : 1;
}

int uf_plan_blocks(const struct uf_plan *plan, struct uf_block_set *set, struct uf_error *err)
{
	int ret = uf_block_set_init(set, plan->target->blocks, err);

	for (uint32_t at = 0; !ret && at < plan->ops; at++)
		uf_block_set_add(set, plan->op[at].block);
	return ret;
}

/* Erased, read as blank, programmed, compared, and read once more at the end. */
uint64_t uf_plan_op_us(const struct uf_plan *plan, const struct uf_op *op)
{
	return plan->cost.erase_us + 3 * (uint64_t)plan->cost.read_us +
	       (uint64_t)block_at(plan, op->block)->pages * plan->cost.program_us;
}

const char *uf_action_name(enum uf_action action)
{
	static const char *const names[] = {
		[UF_ACTION_SAME] = "same",
		[UF_ACTION_WRITE] = "write",
		[UF_ACTION_ERASE] = "erase",
		[UF_ACTION_KEEP] = "keep",
	};

	return names[action];
}
