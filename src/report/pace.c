/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pace.h"

#include "uniflash/util/bytes.h"

/* So many pages at the datasheet's speed are believed beside those that were measured: a block with
 * a page or two says little of what a page takes. */
#define PAGES_BELIEVED 64

/* So many blocks must have been verified before that says more than the survey does. */
#define VERIFIES_TOLD 8

void pace_begin(struct pace *pace, uint64_t now_ms)
{
	pace->step_ms = now_ms;
}

static void end_step(struct pace *pace, uint64_t now_ms)
{
	pace->step_ms = now_ms;
	pace->erased_ms = 0;
}

/* A block that failed, or was right already, says nothing of the others. */
static void take_block(struct pace *pace, const struct uf_plan *plan,
		       const struct uf_block_event *block, uint64_t now_ms)
{
	uint32_t pages;

	if (block->result == UF_BLOCK_OK) {
		pages = plan->target->block[block->offset / plan->target->geometry.erase_size]
				.pages;
		pace->written++;
		pace->pages += pages;
		if (pace->erased_ms) {
			pace->erases++;
			pace->erase_sum += pace->erased_ms - pace->step_ms;
			pace->pages_sum += pages;
			pace->program_sum += now_ms - pace->erased_ms;
		}
	}
	end_step(pace, now_ms);
}

static void take_verified(struct pace *pace, const struct uf_plan *plan,
			  const struct uf_progress_event *progress, uint64_t now_ms)
{
	uint32_t verified = (uint32_t)(progress->done / plan->target->geometry.erase_size);

	if (verified == pace->verified + 1) {
		pace->verifies++;
		pace->verify_sum += now_ms - pace->step_ms;
	}
	pace->verified = verified;
	end_step(pace, now_ms);
}

/* What was writable is surveyed a second time: the larger survey says more. */
static void take_survey(struct pace *pace, const struct uf_progress_event *progress,
			uint64_t now_ms)
{
	uint64_t bytes;

	if (!pace->survey_ms || progress->done <= pace->survey_done) {
		pace->survey_ms = now_ms;
		pace->survey_first = progress->done;
	}
	pace->survey_done = progress->done;
	bytes = progress->done - pace->survey_first;
	if (bytes <= pace->survey_bytes)
		return;
	pace->survey_bytes = bytes;
	pace->survey_sum = now_ms - pace->survey_ms;
}

static void take_progress(struct pace *pace, const struct uf_event *event, uint64_t now_ms)
{
	if (event->progress.phase == UF_PHASE_SURVEY)
		take_survey(pace, &event->progress, now_ms);
	else if (event->progress.phase == UF_PHASE_VERIFY && pace->step_ms)
		take_verified(pace, event->plan, &event->progress, now_ms);
}

void pace_event(struct pace *pace, const struct uf_event *event, uint64_t now_ms)
{
	if (event->kind == UF_EVENT_PROGRESS)
		take_progress(pace, event, now_ms);
	else if (event->kind == UF_EVENT_ERASED && pace->step_ms)
		pace->erased_ms = now_ms;
	else if (event->kind == UF_EVENT_BLOCK && pace->step_ms)
		take_block(pace, event->plan, &event->block, now_ms);
}

/* Microseconds for one erase block. */
static uint64_t read_us(const struct pace *pace, const struct uf_plan *plan)
{
	if (pace->verifies >= VERIFIES_TOLD)
		return pace->verify_sum * 1000 / pace->verifies;
	if (pace->survey_sum)
		return pace->survey_sum * 1000 * plan->target->geometry.erase_size /
		       pace->survey_bytes;
	return plan->cost.read_us;
}

static uint64_t erase_us(const struct pace *pace)
{
	return pace->erase_sum * 1000 / pace->erases;
}

/* What is not the comparison behind them was for the pages. */
static uint64_t program_us(const struct pace *pace, const struct uf_plan *plan, uint64_t read)
{
	uint64_t compared = pace->erases * read;
	uint64_t sum = pace->program_sum * 1000;

	sum = sum > compared ? sum - compared : 0;
	return (sum + (uint64_t)PAGES_BELIEVED * plan->cost.program_us) /
	       (pace->pages_sum + PAGES_BELIEVED);
}

uint64_t pace_left_ms(const struct pace *pace, const struct uf_plan *plan)
{
	uint64_t blocks, pages, verifies, read;

	if (!pace || !pace->erases)
		return PACE_UNKNOWN;
	blocks = plan->ops - uf_min(pace->written, plan->ops);
	pages = plan->program_pages - uf_min(pace->pages, plan->program_pages);
	verifies = plan->ops - uf_min(pace->verified, plan->ops);
	read = read_us(pace, plan);
	return (blocks * (erase_us(pace) + read) + pages * program_us(pace, plan, read) +
		verifies * read) /
	       1000;
}
