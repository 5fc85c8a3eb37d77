/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sink.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "uniflash/live/signals.h"
#include "uniflash/util/bytes.h"
#include "uniflash/util/clock.h"

/* A pipe takes this much whole or not at all, even where it could not be opened anew. */
#define PIECE 512

/* Devices that are no hardware (Documentation/admin-guide/devices.txt). */
#define MEM_MAJOR  1
#define NULL_MINOR 3
#define FULL_MINOR 7

static void init(struct sink *sink, int fd, bool own)
{
	memset(sink, 0, offsetof(struct sink, queue));
	sink->fd = fd;
	sink->own = own;
	sink->patience_ms = SINK_PATIENCE_MS;
}

/* What takes escape sequences for text; a serial console often has no TERM at all, and obeys. */
static bool is_dumb(void)
{
	const char *term = getenv("TERM");

	return term && strcmp(term, "dumb") == 0;
}

void sink_begin(struct sink *sink, int fd)
{
	char path[32];
	struct stat st;
	int again;

	init(sink, fd, false);
	if (fstat(fd, &st) != 0) {
		sink->fd = -1;
		return;
	}
	sink->is_tty = isatty(fd);
	sink->draws = sink->is_tty && !is_dumb();
	sink->is_socket = S_ISSOCK(st.st_mode);
	if (!sink->is_tty && !S_ISFIFO(st.st_mode))
		return;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	again = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (again < 0)
		return;
	sink->fd = again;
	sink->own = true;
}

/* A text written into a device of the flash would be data there. */
static bool takes_text(int fd)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return false;
	if (S_ISCHR(st.st_mode))
		return isatty(fd) ||
		       (major(st.st_rdev) == MEM_MAJOR &&
			(minor(st.st_rdev) == NULL_MINOR || minor(st.st_rdev) == FULL_MINOR));
	return S_ISREG(st.st_mode) || S_ISFIFO(st.st_mode);
}

int sink_begin_file(struct sink *sink, const char *path)
{
	/* O_NONBLOCK: opening a FIFO must not wait for its reader. */
	int fd =
		open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0644);

	if (fd >= 0 && !takes_text(fd)) {
		close(fd);
		fd = -1;
		errno = ENOTSUP;
	}
	init(sink, fd, true);
	return fd < 0 ? errno : 0;
}

void sink_set_live(struct sink *sink)
{
	sink->patience_ms = 0;
}

/* A reader that is slow, but reads, is waited for so many times as long as one that does not. */
#define DRAIN_FACTOR 20

/* How often a wait looks whether the run was asked to stop. */
#define WAIT_STEP_MS 50

static bool writable(const struct sink *sink, int ms)
{
	struct pollfd wait = {.fd = sink->fd, .events = POLLOUT};

	return poll(&wait, 1, ms) > 0;
}

/* One attempt. Returns the bytes taken, 0 where none can be taken now; marks the sink dead. */
static size_t put(struct sink *sink, const char *text, size_t len)
{
	ssize_t done;

	if (len > PIECE && !sink->own)
		len = PIECE;
	if (!writable(sink, 0))
		return 0;
	if (sink->is_socket)
		done = send(sink->fd, text, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	else
		done = write(sink->fd, text, len);
	if (done >= 0)
		return (size_t)done;
	if (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK) {
		sink->dead = true;
		sink->dead_errno = errno;
	}
	return 0;
}

/* Wait a little where patience is left. Returns false where there is none. */
static bool wait_for_reader(struct sink *sink)
{
	uint64_t began_ms = uf_clock_ms(), spent_ms;

	if (!sink->patience_ms || uf_signals_stop_asked())
		return false;
	writable(sink, WAIT_STEP_MS);
	spent_ms = uf_clock_ms() - began_ms;
	sink->patience_ms -= (unsigned)uf_min(spent_ms, sink->patience_ms);
	return true;
}

static size_t put_all(struct sink *sink, const char *text, size_t len)
{
	size_t done = 0, taken = 1;

	while (done < len && taken) {
		taken = sink->dead ? 0 : put(sink, text + done, len - done);
		done += taken;
	}
	return done;
}

static void flush_queue(struct sink *sink)
{
	size_t done = put_all(sink, sink->queue, sink->queued);

	memmove(sink->queue, sink->queue + done, sink->queued - done);
	sink->queued -= done;
}

/* Make room in the queue for len bytes; false where there is none to be had. */
static bool make_room(struct sink *sink, size_t len)
{
	flush_queue(sink);
	while (len > SINK_QUEUE - sink->queued && !sink->dead) {
		if (!wait_for_reader(sink))
			return false;
		flush_queue(sink);
	}
	return !sink->dead;
}

bool sink_write(struct sink *sink, const char *text, size_t len, bool may_lose)
{
	size_t done;

	if (sink->fd < 0 || sink->dead)
		return false;
	flush_queue(sink);
	if (sink->queued && may_lose)
		return false;
	done = sink->queued ? 0 : put_all(sink, text, len);
	if (done == len)
		return true;
	if (!make_room(sink, len - done)) {
		sink->lost = true;
		return false;
	}
	memcpy(sink->queue + sink->queued, text + done, len - done);
	sink->queued += len - done;
	return true;
}

void sink_sync(struct sink *sink)
{
	if (sink->fd >= 0 && !sink->dead)
		fsync(sink->fd);
}

void sink_drain(struct sink *sink, unsigned ms)
{
	uint64_t now = uf_clock_ms(), last = now + DRAIN_FACTOR * (uint64_t)ms, end = now + ms;
	size_t queued;

	if (sink->fd < 0)
		return;
	flush_queue(sink);
	while (sink->queued && !sink->dead && uf_clock_ms() < end && !uf_signals_stop_asked()) {
		queued = sink->queued;
		writable(sink, WAIT_STEP_MS);
		flush_queue(sink);
		if (sink->queued < queued)
			end = uf_min(uf_clock_ms() + ms, last);
	}
	sink->lost |= sink->queued > 0;
}

void sink_end(struct sink *sink)
{
	if (sink->own && sink->fd >= 0)
		close(sink->fd);
	sink->fd = -1;
}
