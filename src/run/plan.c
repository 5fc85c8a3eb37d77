/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the image and the flash to the plan, and to the user's word. */
#include "pipeline.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "testing.h"
#include "uniflash/cli/prompt.h"
#include "uniflash/layout/detect.h"
#include "uniflash/live/checks.h"
#include "uniflash/live/signals.h"
#include "uniflash/plan/survey.h"
#include "uniflash/util/clock.h"
#include "uniflash/util/files.h"

#define CONSENT_SECONDS 60

/* The digest of the whole flash names its backup. */
static bool may_back_up(const struct run *run)
{
	enum uf_verb verb = run->request->verb;

	return verb == UF_VERB_BACKUP || (run->has_mtd && !run->request->no_backup &&
					  (verb == UF_VERB_FLASH || verb == UF_VERB_PLAN));
}

int run_survey(struct run *run)
{
	struct uf_watchers watchers;
	int ret = run_begin_inspection(run);

	if (!ret && may_back_up(run))
		ret = uf_hash_new(&run->whole, &run->error);
	if (ret)
		return ret;
	if (run->whole)
		uf_hash_begin(run->whole);
	watchers = (struct uf_watchers){run->inspector, run->whole};
	ret = uf_survey(&run->target, run->dev, run->prints, run->buf, &watchers, &run->hooks,
			&run->error);
	if (ret)
		return ret;
	run_end_inspection(run, &run->flash_found);
	return !run->whole || uf_hash_end(run->whole, &run->flash_digest)
		       ? UF_OK
		       : uf_fail(&run->error, UF_ERR_MEMORY, "libcrypto failed to make a digest");
}

/* The image as far as it can be judged before the flash is opened. */
static int open_and_size(struct run *run)
{
	int ret = run->request->parts ? UF_OK : run_open_image(run, run->map.size);

	if (ret)
		return ret;
	/* Both are judged, so that the user sees everything at once. */
	if (run->has_table)
		run_check_map(run);
	return run_check_sizes(run);
}

/* Partition files need the names of partitions, which a dump's own contents may have to tell. */
static int take_parts(struct run *run)
{
	int ret = run_open_parts(run);

	return ret ? ret : run_check_image(run);
}

int run_prepare(struct run *run, enum uf_access access)
{
	int ret = run_map_flash(run);

	if (ret)
		return ret;
	ret = open_and_size(run);
	if (ret) {
		/* What is said of the flash must be true all the same. */
		run_recall_past(run);
		return ret;
	}
	ret = run_open_flash(run, access);
	if (ret)
		return ret;
	ret = run_make_target(run);
	if (!ret && run->has_mtd)
		ret = uf_mounts_read(run->root, &run->mounts, &run->error);
	if (!ret)
		ret = run_read_journal(run);
	if (!ret && !run->request->parts)
		ret = run_check_image(run);
	run->was_done = !ret && run_was_done(run);
	if (ret || run->was_done)
		return ret;
	ret = run_survey(run);
	if (!ret)
		ret = run_settle_table(run);
	if (!ret && run->request->parts)
		ret = take_parts(run);
	if (!ret)
		ret = run_check_expected(run);
	return ret ? ret : run_decide(run);
}

/* Whether a partition that will be compared or written can still change under the run. */
static bool may_change(const struct run *run)
{
	for (unsigned at = 0; at < run->map.table.count; at++)
		if (uf_mounts_writable(&run->mounts, run->map.table.part[at].number))
			return true;
	return false;
}

/* The name of the image's layout: the one it carries, or the only known one that it fits. */
static const char *image_layout(struct run *run)
{
	char names[160];

	if (run->image.kind != UF_IMAGE_RAW)
		return NULL;
	if (uf_layout_carried(&run->found, run->map.size, &run->image_layout))
		return run->image_layout.name;
	if (uf_layout_candidates(&run->found, run->map.size, &run->image_layout, names,
				 sizeof(names)) == 1)
		return run->image_layout.name;
	return NULL;
}

int run_make_plan(struct run *run)
{
	const struct uf_plan_input input = {
		.map = &run->map,
		.table = &run->table,
		.target = &run->target,
		.policy = &run->policy,
		.layout = run->has_layout ? run->layout.name : NULL,
		.image_layout = image_layout(run),
		.image = run->image.name,
		.source = &run->image,
		.boot_extent = run_boot_extent(run),
		.has_mtd = run->has_mtd,
	};
	int ret = uf_plan_make(&input, &run->plan, &run->error);

	if (!ret)
		run_place_backup(run);
	if (!ret)
		run->plan.provisional = run->has_mtd && may_change(run);
	return ret;
}

/* The real path of a file, NULL where it has none. The caller frees it. */
static char *real_path(const char *path)
{
	return path ? realpath(path, NULL) : NULL;
}

/* The real path of the folder that the backup goes into. */
static char *backup_folder(const struct run *run)
{
	char folder[UF_PATH_MAX];

	if (!run->backup_path[0])
		return NULL;
	uf_path_folder(run->backup_path, folder);
	return real_path(folder);
}

/* The paths of all files that are read: an image, or parts. */
static unsigned image_paths(const struct run *run, char **path)
{
	unsigned count = 0;

	if (run->request->operand[0] && !uf_request_from_stdin(run->request))
		path[count++] = real_path(run->request->operand[0]);
	for (unsigned at = 0; at < run->request->parts; at++)
		path[count++] = real_path(run->request->part[at].value);
	return count;
}

/* The file that standard output or error goes to; NULL where that is none. */
static char *output_path(int fd)
{
	char path[32];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? real_path(path) : NULL;
}

int run_check_live(struct run *run)
{
	char *output[2] = {output_path(STDOUT_FILENO), output_path(STDERR_FILENO)};
	char *executable, *log, *backup, *image[UF_NAMED_MAX + 1];
	uint64_t needed, spare;
	unsigned images;
	int ret;

	if (!run->has_mtd) {
		free(output[0]);
		free(output[1]);
		return UF_OK;
	}
	executable = real_path("/proc/self/exe");
	log = real_path(run->request->log);
	backup = backup_folder(run);
	images = image_paths(run, image);
	ret = run_look_at_system(run);
	run_memory(run, &needed, &spare);
	const struct uf_live_facts facts = {
		.plan = &run->plan,
		.mounts = &run->mounts,
		.root = run->root,
		.quiets = run_quiets(run),
		.memory_needed = needed,
		.memory_spare = spare,
		.executable = executable,
		.images = images,
		.image = (const char *const *)image,
		.log = log,
		.output = {output[0], output[1]},
		.backup = backup,
		.no_backup = run->request->no_backup || run->backup_path[0],
		.backup_error = &run->backup_error,
	};
	if (!ret) {
		ret = uf_check_all(uf_live_checks, uf_live_check_count, &facts, &run->verdict,
				   &run->hooks);
		if (ret)
			run->error = run->verdict.first;
	}
	free(output[0]);
	free(output[1]);
	free(executable);
	free(log);
	free(backup);
	for (unsigned at = 0; at < images; at++)
		free(image[at]);
	return ret;
}

int run_find_terminal(struct run *run)
{
	if (run->request->yes)
		return UF_OK;
	run->prompt_fd = uf_prompt_open(uf_request_from_stdin(run->request));
	if (run->prompt_fd >= 0)
		return UF_OK;
	uf_fail(&run->error, UF_ERR_USAGE, "there is no terminal to ask on");
	uf_advise(&run->error, "Add -y to go on without being asked.");
	return UF_ERR_USAGE;
}

void run_ask_restart(struct run *run)
{
	if (run->may_restart && !run->restart && run->prompt_fd >= 0)
		run->restart = uf_prompt_ask(
			run->prompt_fd, "Restart the camera now, into the new firmware? [y/N] ",
			testing_ask_seconds(CONSENT_SECONDS));
}

int run_consent(struct run *run)
{
	char count[UF_SIZE_TEXT], question[200];
	uint64_t asked_ms = uf_clock_ms();
	bool yes;

	if (run->request->yes)
		return UF_OK;
	snprintf(question, sizeof(question), "Erase and rewrite %s block%s of %.120s? [y/N] ",
		 uf_format_count(count, run->plan.erase_blocks),
		 run->plan.erase_blocks == 1 ? "" : "s",
		 run->has_mtd ? "this camera's flash" : run->request->device.path);
	yes = uf_prompt_ask(run->prompt_fd, question, testing_ask_seconds(CONSENT_SECONDS));
	/* The time a person took is not the run's. */
	run->began_ms += uf_clock_ms() - asked_ms;
	if (yes)
		return UF_OK;
	return uf_fail(&run->error, UF_ERR_STOPPED,
		       uf_signals_stop_asked() ? "stopped before the first erase" : "declined");
}
