/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Checks: named judgements on plain facts, made before anything is written.
 *
 * A table of checks is data: an id, the checks that must not have been refused for this one to
 * make sense, and a function that judges. All checks of a table are judged, so that the user sees
 * everything at once. `--allow` works here and nowhere else. Touches no flash.
 */
#ifndef UNIFLASH_CHECK_CHECK_H
#define UNIFLASH_CHECK_CHECK_H

#include "uniflash/util/event.h"

/* One check. */
struct uf_check {
	enum uf_check_id id;
	uf_check_set needs; /* not judged where one of these was refused */
	/* Judge facts (whatever the table is about). UF_CHECK_OK, UF_CHECK_NOTICE or
	 * UF_CHECK_REFUSED; finding->what and ->next say why, "" where all is well. */
	enum uf_check_result (*judge)(const void *facts, struct uf_error *finding);
};

/* What the checks of one run came to; begins zeroed but for `allow`. */
struct uf_verdict {
	uf_check_set allow;    /* ids that may fail */
	uf_check_set refused;  /* ids that ended the run */
	uf_check_set used;     /* ids that failed and were allowed */
	struct uf_error first; /* the first refusal; code 0 where there is none */
};

/* Judge the count checks of table on facts and emit an event for each. Returns UF_OK, or
 * UF_ERR_REFUSED where the verdict holds a refusal, from here or from before. */
int uf_check_all(const struct uf_check *table, unsigned count, const void *facts,
		 struct uf_verdict *verdict, const struct uf_hooks *hooks);

/* Enter a refusal that a stage came upon by itself (err->check names it) into the verdict and
 * emit its event. Returns UF_ERR_REFUSED, or UF_OK where it is allowed. */
int uf_check_refusal(const struct uf_error *err, struct uf_verdict *verdict,
		     const struct uf_hooks *hooks);

#endif
