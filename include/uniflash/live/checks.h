/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The checks that judge a plan on the running system. Touches no flash. */
#ifndef UNIFLASH_LIVE_CHECKS_H
#define UNIFLASH_LIVE_CHECKS_H

#include "uniflash/check/check.h"
#include "uniflash/live/mounts.h"
#include "uniflash/plan/plan.h"

/* What these checks judge. */
struct uf_live_facts {
	const struct uf_plan *plan;
	const struct uf_mounts *mounts;
	const char *root;
	bool quiets;            /* what writes to a target is kept from it */
	uint64_t memory_needed; /* bytes, without what is left out */
	uint64_t memory_spare;  /* bytes, UINT64_MAX where unknown */
	const char *executable; /* absolute path without links, NULL where unknown */
	unsigned images;
	const char *const *image; /* absolute paths without links; NULL where one has none */
	const char *output[2];    /* where standard output and error go, as the log */
	const char *log;          /* absolute path without links, NULL where there is none */
	const char *backup;       /* folder that the backup goes into; NULL where none is made */
	bool no_backup;           /* there is one, will be one, or none is wanted */
	const struct uf_error *backup_error; /* else why there is none */
};

/* Fill in memory.low; returns UF_ERR_REFUSED. */
int uf_refuse_memory(uint64_t needed, uint64_t spare, struct uf_error *err);

/* The table of these checks; facts are struct uf_live_facts. */
extern const struct uf_check uf_live_checks[];
extern const unsigned uf_live_check_count;

#endif
