/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pace of a run: how long its chip takes for an erase, a page and a reading, and so how much
 * time is left. The three are learned one by one: a chip that erases slowly need not program
 * slowly, and what is left is seldom the mixture of what was done. Touches no flash.
 */
#ifndef REPORT_PACE_H
#define REPORT_PACE_H

#include "uniflash/plan/plan.h"
#include "uniflash/util/event.h"

/* Where nobody can tell yet. */
#define PACE_UNKNOWN UINT64_MAX

/* What was learned so far; a zeroed one knows nothing. Times are milliseconds of uf_clock_ms. */
struct pace {
	uint64_t step_ms;     /* when the step at work began; 0: no step has */
	uint64_t erased_ms;   /* when its block had been erased; 0: it was not */
	uint32_t erases;      /* blocks of which both is known, */
	uint64_t erase_sum;   /* what erasing them took, with all that comes before it, */
	uint64_t pages_sum;   /* how many pages were programmed in them, */
	uint64_t program_sum; /* and what that took, with all that comes behind it */
	uint32_t verifies;
	uint64_t verify_sum;
	uint64_t survey_ms;    /* when the first block of the survey at work had been read, */
	uint64_t survey_first; /* how many bytes it had read then, */
	uint64_t survey_done;  /* and how many it has by now */
	uint64_t survey_bytes; /* what the largest has read since its first block, */
	uint64_t survey_sum;   /* and in what time */
	uint32_t written;      /* blocks */
	uint64_t pages;        /* in these */
	uint32_t verified;     /* blocks */
};

/* The first erase is near. */
void pace_begin(struct pace *pace, uint64_t now_ms);

/* Take note of an event. */
void pace_event(struct pace *pace, const struct uf_event *event, uint64_t now_ms);

/* Milliseconds until plan is carried out and verified, PACE_UNKNOWN before the first block. pace
 * may be NULL, which knows nothing. */
uint64_t pace_left_ms(const struct pace *pace, const struct uf_plan *plan);

#endif
