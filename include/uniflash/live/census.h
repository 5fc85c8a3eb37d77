/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The processes of this system: what each is to the run, and what it holds. Reads /proc; touches no
 * flash, and no process.
 */
#ifndef UNIFLASH_LIVE_CENSUS_H
#define UNIFLASH_LIVE_CENSUS_H

#include <stdint.h>

#include "uniflash/live/mounts.h"

#define UF_PROCESSES_MAX 512

/* The names that the process goes by which is left behind by a run: where the flash was verified,
 * and where it is known to be incomplete. */
#define UF_KEEPER_NAME "uniflash-keeper"
#define UF_UNDONE_NAME "uniflash-undone"

/* What becomes of a process while the flash is written. */
enum uf_fate {
	UF_FATE_LEFT,   /* it goes on, and the files that it maps stay in memory */
	UF_FATE_FROZEN, /* it is stopped */
	UF_FATE_OWN,    /* this run, and what earlier runs left behind */
};

/* What dies with a process that goes on, where its files cannot all stay in memory: the worst
 * first.
 */
enum uf_need {
	UF_NEED_CAMERA, /* the camera: the first process, who feeds the watchdog or serves a card */
	UF_NEED_USER,   /* this run's terminal: its ancestors and who reads its output */
	UF_NEED_LOGIN,  /* the way in */
	UF_NEED_OTHER,
	UF_NEED_COUNT
};

/* One process. */
struct uf_process {
	int pid;
	int parent;
	char name[16];    /* as the kernel has it */
	char command[16]; /* as it was started: the shell of a script, BusyBox's applet */
	char state;       /* R, S, D, T ...: T where all of its threads have stopped */
	enum uf_fate fate;
	enum uf_need need; /* of one that goes on */
	bool unpinned;     /* it goes on, but there is no memory for its files */
	bool watchdog;     /* holds the watchdog's device open */
	bool feeder;       /* and does nothing else */
	bool serves;       /* is the file system of a card, by FUSE */
	bool listens;      /* has the other end of the pipe that this run's output goes into */
	bool writes;       /* has a file on flash open for writing, or the flash itself */
	char path[128];    /* the first of these files, cut where it is longer */
};

/* Processes that a run has stopped; a pid alone may be another's by now. */
struct uf_stopped {
	unsigned count;
	int pid[UF_PROCESSES_MAX];
	uint64_t start[UF_PROCESSES_MAX]; /* when each was started, in ticks */
};

/* All of them but the kernel's own. */
struct uf_census {
	unsigned count;
	bool cut;           /* there are more */
	char watchdog[128]; /* the device that is held open, "" where none is */
	char output[2][64]; /* the pipes of this run's output, "" where it goes elsewhere */
	struct uf_process process[UF_PROCESSES_MAX];
};

/*
 * Take the census of root + /proc. self is the process that runs; its ancestors that are a shell, a
 * login, a remote-login server or such as `time` go on, as do pid 1, every remote-login server,
 * what keeps the network up, a watchdog's feeder, a FUSE file system's server, what takes the
 * system's logs, and what reads this run's output from a pipe, as long as that does not write to
 * flash. UF_ERR_IO.
 */
int uf_census_take(const char *root, const struct uf_mounts *mounts, int self,
		   struct uf_census *census, struct uf_error *err);

/* The process that holds the watchdog and says what becomes of it: one that goes on and feeds it,
 * else one that goes on and does not, else one that is stopped; NULL where nobody holds it. */
const struct uf_process *uf_census_watchdog(const struct uf_census *census);

/* Whether this process is what an earlier run has left behind. */
bool uf_process_keeps(const struct uf_process *process);

/* Whether this process goes on feeding the watchdog that it holds. */
bool uf_process_feeds(const struct uf_process *process);

/* The pids of the processes of that name, or of the kernel's threads, into pid[0..room). Returns
 * how many there are, no more than room. */
unsigned uf_census_named(const char *root, const char *name, bool kernel, int *pid, unsigned room);

/* The pid of the kernel's thread of that name, or 0. */
int uf_census_thread(const char *root, const char *name);

/* When a process was started, in ticks since the system was; 0 where it is gone. */
uint64_t uf_process_start(const char *root, int pid);

/* Whether pid is still the process that was started then. */
bool uf_process_is(const char *root, int pid, uint64_t start);

/* The state of a process by now, 0 where it is gone. */
char uf_process_state(const char *root, int pid);

#endif
