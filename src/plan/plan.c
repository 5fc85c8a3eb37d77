/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/plan/plan.h"

#include <stdlib.h>
#include <string.h>

static const struct uf_block *block_at(const struct uf_plan *plan, uint32_t block)
{
	return &plan->target->block[block];
}

static bool must_write(const struct uf_plan *plan, uint32_t index)
{
	const struct uf_block *block = block_at(plan, index);

	if (block->intent == UF_INTENT_KEEP)
		return false;
	return plan->policy->full || block->state != UF_STATE_EQUAL;
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

static void add_op(struct uf_plan *plan, uint32_t index)
{
	struct uf_plan_row *row = &plan->row[uf_plan_row_of(plan, index)];
	struct uf_op *op = &plan->op[plan->ops++];
	uint32_t pages = block_at(plan, index)->pages;

	op->block = index;
	op->kind = UF_OP_WRITE;
	op->forced = plan->policy->full;
	row->erase_blocks++;
	row->program_pages += pages;
	plan->erase_blocks++;
	plan->program_pages += pages;
	plan->estimated_us += uf_plan_op_us(plan, op);
}

static void make_ops(struct uf_plan *plan)
{
	uint32_t size = plan->target->geometry.erase_size;

	for (uint32_t index = 0; index < plan->target->blocks; index++) {
		plan->row[uf_plan_row_of(plan, index)].blocks++;
		if (must_write(plan, index))
			add_op(plan, index);
		else if (block_at(plan, index)->intent != UF_INTENT_KEEP)
			plan->same_bytes += size;
	}
}

static uint32_t count_ops(const struct uf_plan *plan)
{
	uint32_t count = 0;

	for (uint32_t index = 0; index < plan->target->blocks; index++)
		count += must_write(plan, index);
	return count;
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
	plan->op = calloc(count_ops(plan) + 1, sizeof(*plan->op));
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
	return plan->ops ? 2 : 1;
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
