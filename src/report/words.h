/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events in words, the same for the terminal, for plain lines and for the log. */
#ifndef REPORT_WORDS_H
#define REPORT_WORDS_H

#include "text.h"
#include "uniflash/plan/plan.h"
#include "uniflash/report/info.h"
#include "uniflash/report/inspected.h"
#include "uniflash/report/living.h"
#include "uniflash/util/event.h"

/* Room for the longest of these texts: a table of UF_PARTITIONS_MAX lines. */
#define WORDS_MAX 16384

/* "mtd2", or "mtd1-3" where a row lies on several. */
void words_mtd(struct text *text, const struct uf_plan *plan, int row);

/* The image, the flash, the table of what will happen, and what it comes to. */
void words_plan(struct text *text, const struct uf_plan *plan);

/* The flash and the system. */
void words_info(struct text *text, const struct uf_info *info);

/* What is in an image. */
void words_inspected(struct text *text, const struct uf_inspected *inspected);

/* What becomes of the running system. */
void words_living(struct text *text, const struct uf_living *living);

/* "refused  size.too-big: the image has ..." and what to do. */
void words_check(struct text *text, const struct uf_check_event *check);

/* "mtd2 root, block at 0x240000, attempt 1: not-blank: ..." */
void words_block(struct text *text, const struct uf_plan *plan, const struct uf_block_event *block);

/* "mtd2 root: equal" or where it first differs. */
void words_verify(struct text *text, const struct uf_plan *plan,
		  const struct uf_verify_event *verify);

/* The last words of a run: what was done, what state the flash is in, what to do next. */
void words_result(struct text *text, const struct uf_plan *plan,
		  const struct uf_result_event *result);

/* Whether the result is trouble and belongs on standard error. */
bool words_result_is_trouble(const struct uf_result_event *result);

#endif
