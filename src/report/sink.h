/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sinks: where texts go. A sink never fails its caller. It waits for a slow reader for a while, as
 * long as nobody asks the run to stop, and once it is live not at all: a stalled or closed
 * terminal, a full pipe and a full disk cost output, not the flash.
 */
#ifndef REPORT_SINK_H
#define REPORT_SINK_H

#include <stdbool.h>
#include <stddef.h>

/* What waits for a reader that is slow. */
#define SINK_QUEUE 65536

/* How long all writes together wait for one, before the first erase. */
#define SINK_PATIENCE_MS 5000

/* One output. */
struct sink {
	int fd;         /* -1: nowhere */
	bool own;       /* fd is closed with the sink */
	bool is_socket; /* takes MSG_DONTWAIT */
	bool is_tty;
	bool draws;           /* a terminal that obeys escape sequences */
	bool dead;            /* the other side is gone, or the disk is full */
	bool lost;            /* a text that may not be lost was */
	unsigned patience_ms; /* that writes may still wait; 0: live */
	int dead_errno;
	size_t queued;
	char queue[SINK_QUEUE];
};

/*
 * Begin a sink on descriptor fd, which stays the caller's. Terminals and pipes are opened anew
 * through /proc/self/fd, so that not blocking does not change what other programs share.
 */
void sink_begin(struct sink *sink, int fd);

/* Begin a sink that appends to the file at path. Returns 0, or an errno. */
int sink_begin_file(struct sink *sink, const char *path);

/* Never block from now on. */
void sink_set_live(struct sink *sink);

/* Write text. What a live sink cannot take at once waits in the queue; a text that may be lost
 * (progress) is dropped instead where something waits already. Returns whether it was taken, whole.
 */
bool sink_write(struct sink *sink, const char *text, size_t len, bool may_lose);

/* Push it to the disk, for a file. */
void sink_sync(struct sink *sink);

/* Give what waits up to ms milliseconds to go out, and again as long as some of it does, twenty
 * times that at most; less where the run is asked to stop. */
void sink_drain(struct sink *sink, unsigned ms);

/* End the sink. */
void sink_end(struct sink *sink);

#endif
