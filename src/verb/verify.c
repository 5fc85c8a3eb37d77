/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verb.h"

#include <stdlib.h>

#include "uniflash/plan/survey.h"

/* The first block of a row that does not hold what it should, or the count of blocks. */
static uint32_t first_different(const struct run *run, unsigned row)
{
	for (uint32_t at = 0; at < run->plan.ops; at++)
		if (uf_plan_row_of(&run->plan, run->plan.op[at].block) == (int)row &&
		    run->target.block[run->plan.op[at].block].state != UF_STATE_EQUAL)
			return run->plan.op[at].block;
	return run->target.blocks;
}

static int tell_row(struct run *run, unsigned row, void *have, unsigned *differ)
{
	struct uf_event event = {.kind = UF_EVENT_VERIFY, .plan = &run->plan};
	uint32_t block = first_different(run, row);
	int ret = UF_OK;

	event.verify.row = (int)row;
	event.verify.equal = block == run->target.blocks;
	if (!event.verify.equal) {
		++*differ;
		ret = uf_find_difference(&run->target, block, &run->image, run->dev, run->prints,
					 run->buf, have, &event.verify.first_difference,
					 &run->error);
	}
	if (!ret)
		uf_emit(&run->hooks, &event);
	return ret;
}

static int compare(struct run *run)
{
	void *have = malloc(run->map.erase_size);
	unsigned differ = 0;
	int ret = UF_OK;

	if (!have)
		return uf_fail(&run->error, UF_ERR_MEMORY, "no memory for an erase block");
	for (unsigned row = 0; !ret && row < run->plan.rows; row++)
		if (run->plan.row[row].action != UF_ACTION_KEEP)
			ret = tell_row(run, row, have, &differ);
	free(have);
	if (ret)
		return ret;
	run->status = differ ? UF_STATUS_DIFFERS : UF_STATUS_DONE;
	if (!differ)
		uf_note(&run->hooks, UF_NOTE_INFO, "The flash equals %s.", run->plan.image);
	return UF_OK;
}

int verb_verify(struct run *run)
{
	int ret = run_prepare(run, UF_ACCESS_READ);

	if (!ret)
		ret = run_make_plan(run);
	return ret ? ret : compare(run);
}
