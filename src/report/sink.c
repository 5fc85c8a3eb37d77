/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sink.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "uniflash/util/clock.h"

/* A pipe takes this much whole or not at all, even where it could not be opened anew. */
#define PIECE 512

static void init(struct sink *sink, int fd, bool own)
{
	memset(sink, 0, offsetof(struct sink, queue));
	sink->fd = fd;
	sink->own = own;
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

int sink_begin_file(struct sink *sink, const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0644);

	init(sink, fd, true);
	return fd < 0 ? errno : 0;
}

void sink_set_live(struct sink *sink)
{
	sink->live = true;
}

/* 1: it takes something; 0: not now; -1: a signal came. */
static int wait_writable(const struct sink *sink, int ms)
{
	struct pollfd wait = {.fd = sink->fd, .events = POLLOUT};
	int ready = poll(&wait, 1, ms);

	return ready > 0 ? 1 : ready;
}

/* One attempt. Returns the bytes taken, 0 where none can be taken now; marks the sink dead. */
static size_t put(struct sink *sink, const char *text, size_t len)
{
	ssize_t done;

	if (len > PIECE && !sink->own)
		len = PIECE;
	if (wait_writable(sink, 0) != 1)
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

/* Write what can be written now; before the sink is live all of it, unless a signal asks whoever
 * waits for a slow reader to stop. */
static size_t put_all(struct sink *sink, const char *text, size_t len)
{
	size_t done = 0;

	while (done < len && !sink->dead) {
		size_t taken = put(sink, text + done, len - done);

		done += taken;
		if (!taken && !sink->dead && (sink->live || wait_writable(sink, -1) < 0))
			break;
	}
	return done;
}

static void flush_queue(struct sink *sink)
{
	size_t done = put_all(sink, sink->queue, sink->queued);

	memmove(sink->queue, sink->queue + done, sink->queued - done);
	sink->queued -= done;
}

void sink_write(struct sink *sink, const char *text, size_t len, bool may_lose)
{
	size_t done;

	if (sink->fd < 0 || sink->dead)
		return;
	flush_queue(sink);
	if (sink->queued && may_lose)
		return;
	done = sink->queued ? 0 : put_all(sink, text, len);
	if (sink->dead || len - done > SINK_QUEUE - sink->queued)
		return;
	memcpy(sink->queue + sink->queued, text + done, len - done);
	sink->queued += len - done;
}

void sink_sync(struct sink *sink)
{
	if (sink->fd >= 0 && !sink->dead)
		fsync(sink->fd);
}

void sink_drain(struct sink *sink, unsigned ms)
{
	uint64_t end = uf_clock_ms() + ms;

	while (sink->fd >= 0 && sink->queued && !sink->dead && uf_clock_ms() < end) {
		wait_writable(sink, 50);
		flush_queue(sink);
	}
}

void sink_end(struct sink *sink)
{
	if (sink->own && sink->fd >= 0)
		close(sink->fd);
	sink->fd = -1;
}
