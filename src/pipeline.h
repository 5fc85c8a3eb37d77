/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pipeline: the stages in their order, over one state that each of them adds to. Verbs are
 * cut points of it. Each step returns UF_OK or a negative code with run->error filled in.
 */
#ifndef PIPELINE_H
#define PIPELINE_H

#include "uniflash/check/check.h"
#include "uniflash/cli/request.h"
#include "uniflash/exec/exec.h"
#include "uniflash/flash/guard.h"
#include "uniflash/image/image.h"
#include "uniflash/layout/layout.h"
#include "uniflash/live/mounts.h"
#include "uniflash/plan/plan.h"
#include "uniflash/report/report.h"

/* One run of uniflash. */
struct run {
	const struct uf_request *request;
	struct uf_reporter *reporter;
	struct uf_hooks hooks;
	const char *root; /* of /proc and /sys */
	uint64_t began_ms;
	struct uf_error error;
	struct uf_verdict verdict;
	enum uf_status status; /* when no step failed */
	enum uf_flash_state flash;
	uint64_t retried;
	bool writing;  /* the first erase is near or past */
	int prompt_fd; /* the terminal to ask on, -1 where none is needed */

	bool has_mtd; /* the flash is this system's, not a dump */
	bool has_layout;
	struct uf_map map;
	struct uf_layout layout; /* of -l, or recognised */
	struct uf_table table;   /* whose names are used, with what the layout knows */
	struct uf_device *dev;   /* guarded */
	struct uf_image *image;
	struct uf_policy policy;
	struct uf_target target;
	struct uf_mounts mounts;
	struct uf_plan plan;
	struct uf_hash *hash;
	void *buf; /* one erase block */
	struct uf_exec *exec;
};

/* Begin a run. `reporter` is borrowed. */
void run_begin(struct run *run, const struct uf_request *request, struct uf_reporter *reporter);

/* Report the result of a run whose last step returned ret, free everything; returns the exit
 * status. */
int run_finish(struct run *run, int ret);

/* Find out which partition table is used, without opening a device: for split and join. */
int run_find_table(struct run *run, uint64_t size);

/* Map the flash and find the table of names; opens no device. */
int run_map_flash(struct run *run);

/* Judge the map, which needs no image. */
int run_check_map(struct run *run);

/* Open the flash and take the lock of access. */
int run_open_flash(struct run *run, enum uf_access access);

/* Open the image. */
int run_open_image(struct run *run);

/* Judge the image's size, which needs no byte of it. */
int run_check_sizes(struct run *run);

/* Decide what each block is to hold, and read the image once. */
int run_check_image(struct run *run);

/* All of these in their order, up to run_check_image. */
int run_prepare(struct run *run, enum uf_access access);

/* Read the flash and make the plan. */
int run_make_plan(struct run *run);

/* Judge the plan on the running system. */
int run_check_live(struct run *run);

/* Find the terminal that will be asked on; UF_ERR_USAGE where one is needed and there is none. */
int run_find_terminal(struct run *run);

/* Ask the user; UF_ERR_STOPPED where the answer is no. */
int run_consent(struct run *run);

/* Carry out the plan. The first step that writes. */
int run_execute(struct run *run);

#endif
