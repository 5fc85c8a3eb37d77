/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/live/quiet.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "uniflash/util/clock.h"
#include "uniflash/util/textfile.h"

/* Between two looks at processes that are about to stop. */
#define LOOK_MS 10

static void wait_ms(int ms)
{
	poll(NULL, 0, ms);
}

/* Stopped by a signal, or by a tracer (Documentation/filesystems/proc.rst). */
static bool has_stopped(char state)
{
	return state == 'T' || state == 't';
}

static bool is_spared(const struct uf_quiet *quiet, const struct uf_process *process)
{
	return quiet->spare_holder && process->watchdog && !process->writes;
}

static bool was_stopped(const struct uf_quiet *quiet, int pid)
{
	for (unsigned at = 0; at < quiet->stopped.count; at++)
		if (quiet->stopped.pid[at] == pid)
			return true;
	return false;
}

static void note_stopped(struct uf_stopped *stopped, int pid)
{
	if (stopped->count == UF_PROCESSES_MAX)
		return;
	stopped->pid[stopped->count] = pid;
	stopped->start[stopped->count++] = uf_process_start("", pid);
}

/* Send SIGSTOP to those who have not got it. Returns one that has not stopped yet, or NULL. */
static const struct uf_process *freeze_pass(struct uf_quiet *quiet, const struct uf_census *census)
{
	const struct uf_process *running = NULL;

	for (unsigned at = 0; at < census->count; at++) {
		const struct uf_process *process = &census->process[at];

		if (process->fate != UF_FATE_FROZEN || has_stopped(process->state) ||
		    is_spared(quiet, process))
			continue;
		running = process;
		if (was_stopped(quiet, process->pid))
			continue;
		if (kill(process->pid, SIGSTOP) == 0)
			note_stopped(&quiet->stopped, process->pid);
	}
	return running;
}

int uf_quiet_freeze(struct uf_quiet *quiet, const struct uf_mounts *mounts,
		    struct uf_census *census, struct uf_error *err)
{
	uint64_t end = uf_clock_ms() + UF_FREEZE_MS;

	for (;;) {
		const struct uf_process *running;
		int ret = uf_census_take("", mounts, quiet->self, census, err);

		if (ret)
			return ret;
		running = freeze_pass(quiet, census);
		if (!running && !census->cut)
			return UF_OK;
		if (uf_clock_ms() < end) {
			wait_ms(LOOK_MS);
			continue;
		}
		if (!running)
			return uf_refuse(err, UF_CHECK_DEVICE_BUSY,
					 "there are more than %d processes", UF_PROCESSES_MAX);
		uf_refuse(err, UF_CHECK_DEVICE_BUSY,
			  "process %d (%s) cannot be stopped: it is in state %c", running->pid,
			  running->name, running->state);
		uf_advise(err, "End it, and run this again.");
		return UF_ERR_REFUSED;
	}
}

static bool is_flash_path(const struct uf_mounts *mounts, const char *path)
{
	struct uf_mtd_list list;

	if (strncmp(path, "/dev/mtdblock", 13) == 0)
		return true;
	if (strncmp(path, "/dev/", 5) == 0)
		return false;
	uf_mounts_under("", mounts, path, &list);
	return list.count > 0;
}

int uf_quiet_swap(struct uf_quiet *quiet, const struct uf_mounts *mounts, struct uf_error *err)
{
	char text[4096];
	int ret = UF_OK;

	/* A kernel without swap has no such file. */
	if (uf_read_text("", "/proc/swaps", text, sizeof(text), NULL, NULL))
		return UF_OK;
	for (char *line = strchr(text, '\n'); line && line[1]; line = strchr(line + 1, '\n')) {
		char path[128];

		if (sscanf(line + 1, "%127s", path) != 1 || !is_flash_path(mounts, path))
			continue;
		if (swapoff(path) != 0) {
			uf_refuse(err, UF_CHECK_DEVICE_BUSY, "swap on %s cannot be turned off: %s",
				  path, strerror(errno));
			uf_advise(err, "End what needs the memory, and run: swapoff %s", path);
			ret = UF_ERR_REFUSED;
		} else if (quiet->swaps < sizeof(quiet->swap) / sizeof(quiet->swap[0]))
			snprintf(quiet->swap[quiet->swaps++], sizeof(quiet->swap[0]), "%s", path);
	}
	return ret;
}

/* The mount point leads to this very file system, not to another one mounted over it. */
static bool is_visible(const struct uf_mount *fs)
{
	struct stat st;

	return stat(fs->where, &st) == 0 && major(st.st_dev) == fs->major &&
	       minor(st.st_dev) == fs->minor;
}

static void flush(const struct uf_mount *fs)
{
	int fd = open(fs->where, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return;
	syncfs(fd);
	close(fd);
}

/* The thread gives way between two blocks (the kernel's fs/jffs2/background.c). */
static bool stop_garbage_collector(struct uf_quiet *quiet, int number)
{
	char name[32];
	int pid;

	snprintf(name, sizeof(name), "jffs2_gcd_mtd%d", number);
	pid = uf_census_thread("", name);
	/* An earlier run has stopped it, over a flash that it must never write to again. */
	if (pid && has_stopped(uf_process_state("", pid)))
		return true;
	if (!pid || quiet->threads == UF_QUIET_MOUNTS_MAX || kill(pid, SIGSTOP) != 0)
		return false;
	quiet->thread[quiet->threads++] = pid;
	for (int waited = 0; waited < UF_FREEZE_MS; waited += LOOK_MS) {
		if (has_stopped(uf_process_state("", pid)))
			return true;
		wait_ms(LOOK_MS);
	}
	return false;
}

static int refuse_mount(const struct uf_mount *fs, int number, struct uf_error *err)
{
	uf_refuse(err, UF_CHECK_DEVICE_BUSY, "%s (%s) cannot be made read-only: %s", fs->where,
		  fs->type, strerror(number));
	uf_advise(err, "End what writes there and run: mount -o remount,ro %s", fs->where);
	return UF_ERR_REFUSED;
}

static int make_readonly(struct uf_quiet *quiet, const struct uf_mount *fs, struct uf_error *err)
{
	struct uf_quiet_remount *undo = &quiet->remount[quiet->remounts];

	if (quiet->remounts == UF_QUIET_MOUNTS_MAX)
		return refuse_mount(fs, EMFILE, err);
	flush(fs);
	errno = EBUSY;
	if (is_visible(fs) &&
	    mount(NULL, fs->where, NULL, MS_REMOUNT | MS_RDONLY | fs->flags, NULL) == 0) {
		snprintf(undo->where, sizeof(undo->where), "%s", fs->where);
		undo->flags = fs->flags;
		quiet->remounts++;
		return UF_OK;
	}
	return refuse_mount(fs, errno, err);
}

static int quiet_one(struct uf_quiet *quiet, const struct uf_mount *fs, struct uf_error *err)
{
	int ret = make_readonly(quiet, fs, err);

	/* What lies under an overlay is quieted by itself; nobody who could write goes on. */
	if (!ret || strncmp(fs->type, "overlay", 7) == 0)
		return UF_OK;
	if (uf_mount_mtd(fs) >= 0 && strcmp(fs->type, "jffs2") == 0 &&
	    stop_garbage_collector(quiet, uf_mount_mtd(fs)))
		return UF_OK;
	return ret;
}

/* A file system that is mounted twice has been seen to with the first. */
static bool seen_before(const struct uf_mounts *mounts, unsigned index)
{
	for (unsigned at = index + 1; at < mounts->count; at++)
		if (mounts->mount[at].major == mounts->mount[index].major &&
		    mounts->mount[at].minor == mounts->mount[index].minor &&
		    is_visible(&mounts->mount[at]))
			return true;
	return false;
}

static int check_left(const struct uf_mounts *mounts, const struct uf_census *census,
		      struct uf_error *err)
{
	for (unsigned at = 0; at < census->count; at++) {
		const struct uf_process *process = &census->process[at];
		struct uf_mtd_list list;

		if (process->fate != UF_FATE_LEFT || !process->writes)
			continue;
		uf_mounts_under("", mounts, process->path, &list);
		for (unsigned i = 0; i < list.count; i++) {
			if (!uf_mounts_writable(mounts, list.number[i]))
				continue;
			uf_refuse(err, UF_CHECK_DEVICE_BUSY,
				  "process %d (%s) goes on and has %s open for writing, on mtd%u",
				  process->pid, process->name, process->path, list.number[i]);
			uf_advise(err, "End it, or what keeps that file open, and run this again.");
			return UF_ERR_REFUSED;
		}
	}
	return UF_OK;
}

/* What is still writable must have its garbage collector stopped. */
static int check_quiet(const struct uf_mounts *mounts, struct uf_error *err)
{
	for (unsigned at = 0; at < mounts->count; at++) {
		const struct uf_mount *fs = &mounts->mount[at];
		char name[32];
		int pid;

		if (!fs->writable || uf_mount_mtd(fs) < 0)
			continue;
		snprintf(name, sizeof(name), "jffs2_gcd_mtd%d", uf_mount_mtd(fs));
		pid = uf_census_thread("", name);
		if (strcmp(fs->type, "jffs2") != 0 ||
		    (pid && !has_stopped(uf_process_state("", pid))))
			return refuse_mount(fs, EBUSY, err);
	}
	return UF_OK;
}

int uf_quiet_remount(struct uf_quiet *quiet, struct uf_mounts *mounts,
		     const struct uf_census *census, struct uf_error *err)
{
	int first = UF_OK;
	int ret;

	/* One that cannot be made read-only is no reason to leave the others. */
	for (unsigned at = mounts->count; at-- > 0;) {
		const struct uf_mount *fs = &mounts->mount[at];

		if (!fs->writable || !uf_mounts_on_flash("", mounts, fs) || seen_before(mounts, at))
			continue;
		ret = quiet_one(quiet, fs, first ? NULL : err);
		first = first ? first : ret;
	}
	ret = uf_mounts_read("", mounts, first ? NULL : err);
	if (first || ret)
		return first ? first : ret;
	ret = check_quiet(mounts, err);
	return ret ? ret : check_left(mounts, census, err);
}

static bool writes_still(const struct uf_mounts *mounts, const struct uf_process *process)
{
	struct uf_mtd_list list;

	if (process->fate != UF_FATE_FROZEN || !process->writes)
		return false;
	uf_mounts_under("", mounts, process->path, &list);
	for (unsigned at = 0; at < list.count; at++)
		if (uf_mounts_writable(mounts, list.number[at]))
			return true;
	return false;
}

/* Whoever was ended must be gone before its files are closed. */
static void wait_gone(int pid)
{
	for (int waited = 0; waited < UF_FREEZE_MS; waited += LOOK_MS) {
		char state = uf_process_state("", pid);

		if (!state || state == 'Z' || state == 'X')
			return;
		wait_ms(LOOK_MS);
	}
}

int uf_quiet_end_writers(struct uf_quiet *quiet, const struct uf_mounts *mounts,
			 struct uf_census *census, unsigned *ended, struct uf_error *err)
{
	*ended = 0;
	for (unsigned at = 0; at < census->count; at++) {
		if (!writes_still(mounts, &census->process[at]) ||
		    kill(census->process[at].pid, SIGKILL) != 0)
			continue;
		wait_gone(census->process[at].pid);
		++*ended;
	}
	/* What started them may start them again. */
	return *ended ? uf_quiet_freeze(quiet, mounts, census, err) : UF_OK;
}

void uf_quiet_undo(struct uf_quiet *quiet)
{
	/* A collector that ran again would write over what an earlier run wrote. */
	if (quiet->resumes)
		quiet->threads = quiet->remounts = quiet->swaps = 0;
	while (quiet->threads)
		kill(quiet->thread[--quiet->threads], SIGCONT);
	while (quiet->remounts) {
		const struct uf_quiet_remount *undo = &quiet->remount[--quiet->remounts];

		mount(NULL, undo->where, NULL, MS_REMOUNT | undo->flags, NULL);
	}
	while (quiet->swaps)
		swapon(quiet->swap[--quiet->swaps], 0);
	for (unsigned at = quiet->stopped.count; at-- > 0;)
		if (uf_process_is("", quiet->stopped.pid[at], quiet->stopped.start[at]))
			kill(quiet->stopped.pid[at], SIGCONT);
	quiet->stopped.count = 0;
}
