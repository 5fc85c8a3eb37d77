/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pipeline: the stages in their order, over one state that each of them adds to. Verbs are
 * cut points of it. Each step returns UF_OK or a negative code with run->error filled in.
 */
#ifndef PIPELINE_H
#define PIPELINE_H

#include "uniflash/check/content.h"
#include "uniflash/check/trust.h"
#include "uniflash/cli/request.h"
#include "uniflash/exec/exec.h"
#include "uniflash/flash/guard.h"
#include "uniflash/image/image.h"
#include "uniflash/image/inspect.h"
#include "uniflash/layout/layout.h"
#include "uniflash/live/journal.h"
#include "uniflash/live/mounts.h"
#include "uniflash/plan/plan.h"
#include "uniflash/report/report.h"

/* What is spooled where no flash is known that it could be too large for. */
#define UF_IMAGE_LIMIT ((uint64_t)256 << 20)

struct live;

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
	bool writing;     /* the first erase is near or past */
	bool touched;     /* a block may have changed */
	bool restart;     /* the camera is to be restarted when all is told */
	bool may_restart; /* the user may be asked whether it is */
	int prompt_fd;    /* the terminal to ask on, -1 where none is needed */
	int done_fd;      /* of IMAGE.done, -1 where there is none */

	bool has_mtd; /* the flash is this system's, not a dump */
	bool has_layout;
	bool has_table;      /* the table of names is known */
	bool same_layout;    /* the image has the camera's own layout */
	bool was_done;       /* --once: there is nothing to do */
	bool makes_backup;   /* one is made before the first erase */
	const char *backup;  /* that has been made, or that an earlier run made; else NULL */
	bool journal_failed; /* it could not be written any more */
	struct uf_map map;
	struct uf_layout layout; /* of -l, or recognised */
	struct uf_table table;   /* whose names are used, with what the layout knows */
	struct uf_table own;     /* of the running kernel, with what is known of it */
	struct uf_device *dev;   /* guarded */
	struct uf_image image;
	bool has_part[UF_PARTITIONS_MAX]; /* of --part, by index of the table */
	const struct uf_foreign *foreign; /* of inspect: what the image is instead of one, NULL */
	struct uf_trust trust;
	struct uf_trust_source *trust_source; /* of each source of the image */
	struct uf_inspector *inspector;
	struct uf_inspection found;       /* in the image */
	struct uf_inspection flash_found; /* on the flash as it is */
	struct uf_inspection after;       /* on the flash as it would be */
	struct uf_item cut;               /* a structure that would be cut in two */
	struct uf_layout image_layout;
	struct uf_policy policy;
	struct uf_target target;
	struct uf_mounts mounts;
	struct live *live; /* the running system, NULL where it is none of this run's business */
	struct uf_hash *whole; /* of the flash, while the survey goes on */
	struct uf_digest flash_digest;
	char backup_path[UF_PATH_MAX]; /* "" where there is none */
	struct uf_error backup_error;  /* why there is none */
	struct uf_journal_past past;
	bool unfinished; /* this run's part is right, but not all of what that one was to write */
	struct uf_block_set again; /* what an earlier run may have left unfinished */
	char journal_path[UF_PATH_MAX];
	struct uf_journal *journal;
	uint64_t *journal_off; /* offsets on their way into the journal */
	struct uf_plan plan;
	struct uf_hash *hash;
	struct uf_fingerprints *prints; /* of blocks */
	void *buf;                      /* one erase block */
	struct uf_exec *exec;
};

/* Begin a run. `reporter` is borrowed. */
void run_begin(struct run *run, const struct uf_request *request, struct uf_reporter *reporter);

/* Report the result of a run whose last step returned ret, free everything; returns the exit
 * status. */
int run_finish(struct run *run, int ret);

/* A stage that came upon a refusal by itself: the check is told, and may be allowed. Returns what
 * ret becomes. */
int run_settle(struct run *run, int ret);

/* Find out which partition table is used, without opening a device: for split and join. size is
 * the image's, 0 where there is none. */
int run_find_table(struct run *run, uint64_t size);

/* Map the flash and find the table of names, unless a dump's own contents must tell it; opens no
 * device. */
int run_map_flash(struct run *run);

/* Judge the map, which needs no image. */
int run_check_map(struct run *run);

/* Open the flash and take the lock of access. */
int run_open_flash(struct run *run, enum uf_access access);

/* Open the image, for a flash of limit bytes, and look for what lies beside it. */
int run_open_image(struct run *run, uint64_t limit);

/* Open the files of --part; the table is known. */
int run_open_parts(struct run *run);

/* Judge the image's size, which needs no byte of it. */
int run_check_sizes(struct run *run);

/* Judge the end of a short image, when it is known what becomes of the rest. */
int run_check_tail(struct run *run);

/* Make the target of the flash that was mapped, and the buffers. */
int run_make_target(struct run *run);

/* Read the flash once, and look into it. */
int run_survey(struct run *run);

/* Begin to look into what goes by, and end it. */
int run_begin_inspection(struct run *run);
void run_end_inspection(struct run *run, struct uf_inspection *found);

/* Read the image once: digests of its blocks, what is in it, whether it is what was published. */
int run_check_image(struct run *run);

/* The same for an image without a flash. */
int run_inspect_image(struct run *run);

/* Find the table of a dump by its contents, now that they have gone by. */
int run_settle_table(struct run *run);

/* How far the boot loader reaches, the camera's or the image's, whichever is larger. */
uint64_t run_boot_extent(const struct run *run);

/* The table of the camera itself, with what is known of it, whatever -l says. */
const struct uf_table *run_own_table(const struct run *run);

/* Whether a block of range would be written. */
bool run_changes(const struct run *run, struct uf_range range);

/* The structure that the image ends inside of, or NULL. */
const struct uf_item *run_cut_off(const struct run *run);

/* Judge --expect. */
int run_check_expected(struct run *run);

/* Decide what each block is to hold, and judge the flash that this makes. */
int run_decide(struct run *run);

/* All of these in their order, up to run_decide. */
int run_prepare(struct run *run, enum uf_access access);

/* Whether the flash holds anything but blank bytes there, by the survey. */
bool run_holds_data(const struct run *run, struct uf_range range);

/* Tell what of this one camera will be gone, and its addresses. */
void run_tell_own(const struct run *run);

/* Make the plan. */
int run_make_plan(struct run *run);

/* Read the journal of an earlier run that was not finished. */
int run_read_journal(struct run *run);

/* Only find out what an earlier run has left, for a run that ends before that. */
void run_recall_past(struct run *run);

/* The first digits of the image of an earlier run that was not finished, NULL where there is none;
 * they last as long as run. The mounts have been read. */
const char *run_unfinished_image(struct run *run);

/* Open the journal of this run; it goes without one where there is no place. */
void run_open_journal(struct run *run);

/* Enter into it which operations come next; for uf_exec_input. */
void run_announce(void *context, const uint32_t *op, unsigned count);

/* Enter that all is done, where it is. */
void run_end_journal(struct run *run);

/* Whether an earlier run was not finished, and this one leaves alone what that one did not. */
bool run_leaves_unfinished(const struct run *run);

/* Say so, as the failure of a run whose own part is right. UF_ERR_MISMATCH. */
int run_fail_unfinished(struct run *run);

/* Whether --once is asked for and this image was flashed before. */
bool run_was_done(const struct run *run);

/* Open the mark of --once, and write it: that this image is on the flash. */
int run_open_done(struct run *run);
void run_write_done(struct run *run);

/* Whether the image is a backup of this very camera, by what stands beside it. *other says that it
 * is one of another camera. */
bool run_is_own_backup(struct run *run, bool *other);

/* Find a place for the backup; none is needed where nothing would change. */
void run_place_backup(struct run *run);

/* Make the backup that was planned. */
int run_backup(struct run *run);

/* Write a backup of the surveyed flash to path. */
int run_write_backup(struct run *run, const char *path);

/* Which camera this is, as 64 digits; false where no network interface tells. */
bool run_camera_id(const struct run *run, char *hex);

/* The real path of the image, or of the first part; NULL where it has none. The caller frees it. */
char *run_image_path(const struct run *run);

/* What a network address is in a backup's description: 64 digits. hex has room for UF_DIGEST_TEXT.
 */
void run_identity(const struct run *run, const char *address, char *hex);

/* Judge the plan on the running system. */
int run_check_live(struct run *run);

/* Look at the processes of the running system and tell what would become of them. */
int run_look_at_system(struct run *run);

/* Whether the run would keep the system's hands off the flash by itself. */
bool run_quiets(const struct run *run);

/* How many bytes the run needs yet, and how many there are; UINT64_MAX where that is unknown. */
void run_memory(const struct run *run, uint64_t *needed, uint64_t *spare);

/* Stop what could write to the flash, read anew what was writable, and make the final plan. Can be
 * undone. */
int run_quiet(struct run *run);

/* Take the watchdog, fork the keeper, lock the memory: the last steps before the first erase. */
int run_keep(struct run *run);

/* The first erase is near: tell the keeper. */
void run_writing(struct run *run);

/* Show the keeper that the run goes on. */
void run_beat(struct run *run);

/* The run is over: undo all of it where the flash is as it was, else leave it as it is. */
void run_end_live(struct run *run);

/* Find the terminal that will be asked on; UF_ERR_USAGE where one is needed and there is none. */
int run_find_terminal(struct run *run);

/* Restart in the end where the user, on a terminal, says so now that all is told. */
void run_ask_restart(struct run *run);

/* Ask the user; UF_ERR_STOPPED where the answer is no. */
int run_consent(struct run *run);

/* How this executable is called, for a command that the user can type. */
const char *run_program(const struct run *run);

/* Tell which partitions are right, how the boot loader is, and what can be done. */
void run_tell_trouble(const struct run *run, const struct uf_exec_outcome *outcome);

/* Carry out the plan. The first step that writes. */
int run_execute(struct run *run);

#endif
