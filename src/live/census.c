/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/live/census.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "uniflash/util/files.h"
#include "uniflash/util/textfile.h"

/* PF_KTHREAD of the kernel's include/linux/sched.h. */
#define KERNEL_THREAD 0x00200000

/* The number that names an entry of /proc, 0 where it is none. */
static int pid_of_name(const char *name)
{
	return isdigit((unsigned char)name[0]) ? (int)strtol(name, NULL, 10) : 0;
}

/* As /proc/PID/stat has it; names hold spaces and parentheses. */
struct stat_line {
	char name[16];
	char state;
	int parent;
	bool kernel;
	uint64_t start;
};

static bool read_stat_file(const char *root, const char *path, struct stat_line *line)
{
	char text[512], *begin, *end;

	if (uf_read_text(root, path, text, sizeof(text), NULL, NULL))
		return false;
	begin = strchr(text, '(');
	end = strrchr(text, ')');
	if (!begin || !end || end < begin || end[1] != ' ' || !end[2])
		return false;
	snprintf(line->name, sizeof(line->name), "%.*s", (int)(end - begin - 1), begin + 1);
	line->state = end[2];
	line->parent = (int)strtol(end + 3, &end, 10);
	/* Process group, session, terminal and its group. */
	for (int field = 0; field < 4; field++)
		strtol(end, &end, 10);
	line->kernel = strtoul(end, &end, 10) & KERNEL_THREAD;
	/* Up to the 22nd field (Documentation/filesystems/proc.rst). */
	for (int field = 10; field < 22; field++)
		strtol(end, &end, 10);
	line->start = strtoull(end, NULL, 10);
	return true;
}

static bool read_stat(const char *root, int pid, struct stat_line *line)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	return read_stat_file(root, path, line);
}

/* A process has stopped, or ended, when its last thread has. */
static void look_at_threads(const char *root, int pid, struct stat_line *line)
{
	char folder[UF_PATH_MAX], path[64];
	struct dirent *entry;
	DIR *dir;

	snprintf(folder, sizeof(folder), "%.4000s/proc/%d/task", root, pid);
	dir = opendir(folder);
	while (dir && (entry = readdir(dir))) {
		struct stat_line thread;

		snprintf(path, sizeof(path), "/proc/%d/task/%.10s/stat", pid, entry->d_name);
		if (isdigit((unsigned char)entry->d_name[0]) &&
		    read_stat_file(root, path, &thread) && !strchr("TtZX", thread.state))
			line->state = thread.state;
	}
	if (dir)
		closedir(dir);
}

char uf_process_state(const char *root, int pid)
{
	struct stat_line line;

	return (char)(read_stat(root, pid, &line) ? line.state : 0);
}

uint64_t uf_process_start(const char *root, int pid)
{
	struct stat_line line;

	return read_stat(root, pid, &line) ? line.start : 0;
}

bool uf_process_is(const char *root, int pid, uint64_t start)
{
	return start && uf_process_start(root, pid) == start;
}

static bool is_one_of(const char *name, const char *const *names)
{
	for (; *names; names++)
		if (strcmp(name, *names) == 0)
			return true;
	return false;
}

/* The two names that a process can go by. */
static bool goes_by(const struct uf_process *process, const char *const *names)
{
	return is_one_of(process->name, names) || is_one_of(process->command, names);
}

/* Those who keep the way in open. */
static const char *const login_servers[] = {"dropbear",     "dropbearmulti", "sshd",
					    "sshd-session", "telnetd",       "utelnetd",
					    "inetd",        "tcpsvd",        NULL};

static const char *const network_keepers[] = {"wpa_supplicant", "hostapd",  "udhcpc", "udhcpc6",
					      "dhcpcd",         "dhclient", NULL};

/* Whoever logs waits for these once their queue is full: the way in would be shut after ten lines.
 */
static const char *const log_takers[] = {"syslogd", "rsyslogd", "logd", NULL};

static const char *const shells[] = {"sh",    "ash", "bash", "dash",   "hush", "busybox", "login",
				     "getty", "su",  "sudo", "screen", "tmux", NULL};

/* What waits for the command that it starts, and then ends. */
static const char *const wrappers[] = {"time", "nohup", "timeout", "nice",   "ionice", "setsid",
				       "env",  "chrt",  "doas",    "script", "strace", NULL};

static const char *const watchdog_feeders[] = {"watchdog", NULL};

/* The name that argv begins with, without its folder and a login shell's dash; BusyBox's applet
 * where it was asked for as a word. */
static void read_command(const char *root, struct uf_process *process)
{
	char path[64], text[512];
	const char *word;
	size_t len = 0;

	snprintf(path, sizeof(path), "/proc/%d/cmdline", process->pid);
	if (uf_read_text(root, path, text, sizeof(text) - 1, &len, NULL))
		return;
	text[len + 1 < sizeof(text) ? len + 1 : len] = '\0';
	word = uf_path_base(text);
	if (strcmp(word, "busybox") == 0 && strlen(text) + 1 < len)
		word = uf_path_base(text + strlen(text) + 1);
	snprintf(process->command, sizeof(process->command), "%.15s", word + (word[0] == '-'));
}

/* flags: of /proc/PID/fdinfo, in octal. */
static bool is_for_writing(const char *root, int pid, const char *fd)
{
	char path[64], text[512];
	const char *flags;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo/%.16s", pid, fd);
	if (uf_read_text(root, path, text, sizeof(text), NULL, NULL))
		return false;
	flags = strstr(text, "flags:");
	return flags && (strtoul(flags + 6, NULL, 8) & O_ACCMODE) != O_RDONLY;
}

static bool is_on_writable_flash(const char *root, const struct uf_mounts *mounts, const char *path)
{
	struct uf_mtd_list list;

	if (strncmp(path, "/dev/mtd", 8) == 0)
		return true;
	if (path[0] != '/' || strncmp(path, "/dev/", 5) == 0 || strncmp(path, "/proc/", 6) == 0)
		return false;
	uf_mounts_under(root, mounts, path, &list);
	for (unsigned at = 0; at < list.count; at++)
		if (uf_mounts_writable(mounts, list.number[at]))
			return true;
	return false;
}

static void look_at_file(const char *root, const struct uf_mounts *mounts, struct uf_census *census,
			 struct uf_process *process, const char *fd)
{
	char link[UF_PATH_MAX], path[UF_PATH_MAX];
	ssize_t len;

	snprintf(link, sizeof(link), "%.3500s/proc/%d/fd/%.16s", root, process->pid, fd);
	len = readlink(link, path, sizeof(path) - 1);
	if (len <= 0)
		return;
	path[len] = '\0';
	if (strncmp(path, "/dev/watchdog", 13) == 0) {
		process->watchdog = true;
		snprintf(census->watchdog, sizeof(census->watchdog), "%.127s", path);
	} else if (strcmp(path, "/dev/fuse") == 0) {
		process->serves = true;
	} else if (strcmp(path, census->output[0]) == 0 || strcmp(path, census->output[1]) == 0) {
		/* Whoever has the end that is written to is no reader. */
		process->listens |= !is_for_writing(root, process->pid, fd);
	} else if (!process->writes && is_for_writing(root, process->pid, fd) &&
		   is_on_writable_flash(root, mounts, path)) {
		process->writes = true;
		snprintf(process->path, sizeof(process->path), "%.127s", path);
	}
}

static void look_at_files(const char *root, const struct uf_mounts *mounts,
			  struct uf_census *census, struct uf_process *process)
{
	char folder[UF_PATH_MAX];
	struct dirent *entry;
	DIR *dir;

	snprintf(folder, sizeof(folder), "%.4000s/proc/%d/fd", root, process->pid);
	dir = opendir(folder);
	if (!dir)
		return;
	while ((entry = readdir(dir)))
		if (isdigit((unsigned char)entry->d_name[0]))
			look_at_file(root, mounts, census, process, entry->d_name);
	closedir(dir);
	/* BusyBox's feeder, whatever the system calls it. */
	process->feeder =
		process->watchdog && !process->writes && goes_by(process, watchdog_feeders);
}

static void add_process(const char *root, const struct uf_mounts *mounts, struct uf_census *census,
			int pid)
{
	struct uf_process *process = &census->process[census->count];
	struct stat_line line;

	if (!read_stat(root, pid, &line) || line.kernel)
		return;
	look_at_threads(root, pid, &line);
	/* A zombie does nothing any more. */
	if (line.state == 'Z' || line.state == 'X')
		return;
	if (census->count == UF_PROCESSES_MAX) {
		census->cut = true;
		return;
	}
	memset(process, 0, sizeof(*process));
	process->pid = pid;
	process->parent = line.parent;
	process->state = line.state;
	memcpy(process->name, line.name, sizeof(process->name));
	read_command(root, process);
	look_at_files(root, mounts, census, process);
	census->count++;
}

static struct uf_process *find(struct uf_census *census, int pid)
{
	for (unsigned at = 0; at < census->count; at++)
		if (census->process[at].pid == pid)
			return &census->process[at];
	return NULL;
}

bool uf_process_keeps(const struct uf_process *process)
{
	return strcmp(process->name, UF_KEEPER_NAME) == 0 ||
	       strcmp(process->name, UF_UNDONE_NAME) == 0;
}

static enum uf_fate fate_of(const struct uf_process *process, int self)
{
	if (process->pid == self || uf_process_keeps(process))
		return UF_FATE_OWN;
	if (process->pid == 1 || goes_by(process, login_servers) ||
	    goes_by(process, network_keepers) || process->feeder)
		return UF_FATE_LEFT;
	/* Whoever reads what lies on a card waits for ever where the card's server has stopped. */
	if ((process->serves || process->listens || goes_by(process, log_takers)) &&
	    !process->writes && !process->watchdog)
		return UF_FATE_LEFT;
	return UF_FATE_FROZEN;
}

static enum uf_need need_of(const struct uf_process *process)
{
	if (process->pid == 1 || process->feeder || process->serves)
		return UF_NEED_CAMERA;
	if (process->listens)
		return UF_NEED_USER;
	return goes_by(process, login_servers) ? UF_NEED_LOGIN : UF_NEED_OTHER;
}

/* Who started this run, up to pid 1: the ways in which its user came. */
static void leave_ancestors(struct uf_census *census, int self)
{
	struct uf_process *process = find(census, self);

	for (unsigned steps = 0; process && steps < census->count; steps++) {
		process = find(census, process->parent);
		if (process && (goes_by(process, shells) || goes_by(process, wrappers)))
			process->fate = UF_FATE_LEFT;
		if (process && process->need > UF_NEED_USER)
			process->need = UF_NEED_USER;
	}
}

/* "pipe:[1234]" is another end of the same pipe for everybody who has it. */
static void find_output(const char *root, int self, struct uf_census *census)
{
	for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++) {
		char link[UF_PATH_MAX], *to = census->output[fd - STDOUT_FILENO];
		ssize_t len;

		snprintf(link, sizeof(link), "%.3500s/proc/%d/fd/%d", root, self, fd);
		len = readlink(link, to, sizeof(census->output[0]) - 1);
		if (len <= 0 || strncmp(to, "pipe:", 5) != 0)
			len = 0;
		to[len] = '\0';
	}
}

int uf_census_take(const char *root, const struct uf_mounts *mounts, int self,
		   struct uf_census *census, struct uf_error *err)
{
	char folder[UF_PATH_MAX];
	struct dirent *entry;
	DIR *dir;

	memset(census, 0, sizeof(*census));
	snprintf(folder, sizeof(folder), "%.4000s/proc", root);
	dir = opendir(folder);
	if (!dir)
		return uf_fail_errno(err, UF_ERR_IO, errno, "cannot read %s", folder);
	find_output(root, self, census);
	while ((entry = readdir(dir)))
		if (pid_of_name(entry->d_name))
			add_process(root, mounts, census, pid_of_name(entry->d_name));
	closedir(dir);
	for (unsigned at = 0; at < census->count; at++) {
		census->process[at].fate = fate_of(&census->process[at], self);
		census->process[at].need = need_of(&census->process[at]);
	}
	leave_ancestors(census, self);
	return UF_OK;
}

bool uf_process_feeds(const struct uf_process *process)
{
	return process->watchdog && (process->pid == 1 || process->feeder);
}

/* Who decides comes first. */
static int holder_rank(const struct uf_process *process)
{
	if (uf_process_feeds(process))
		return 3;
	return process->fate == UF_FATE_LEFT ? 2 : 1;
}

const struct uf_process *uf_census_watchdog(const struct uf_census *census)
{
	const struct uf_process *found = NULL;

	for (unsigned at = 0; at < census->count; at++) {
		const struct uf_process *process = &census->process[at];

		if (process->watchdog && process->fate != UF_FATE_OWN &&
		    (!found || holder_rank(process) > holder_rank(found)))
			found = process;
	}
	return found;
}

unsigned uf_census_named(const char *root, const char *name, bool kernel, int *pid, unsigned room)
{
	char folder[UF_PATH_MAX];
	struct dirent *entry;
	unsigned count = 0;
	DIR *dir;

	snprintf(folder, sizeof(folder), "%.4000s/proc", root);
	dir = opendir(folder);
	while (dir && count < room && (entry = readdir(dir))) {
		struct stat_line line;

		pid[count] = pid_of_name(entry->d_name);
		if (pid[count] && read_stat(root, pid[count], &line) && line.kernel == kernel &&
		    strcmp(line.name, name) == 0)
			count++;
	}
	if (dir)
		closedir(dir);
	return count;
}

int uf_census_thread(const char *root, const char *name)
{
	int pid;

	return uf_census_named(root, name, true, &pid, 1) ? pid : 0;
}
