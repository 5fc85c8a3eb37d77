/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define END_MARK '\005'
#define LONG_MS  10000

/* Also in children, which are no place for cmocka's ways. */
static void must(bool holds, const char *what)
{
	if (holds)
		return;
	perror(what);
	abort();
}

int terminal_open(unsigned columns, unsigned rows, int *slave)
{
	const struct winsize size = {.ws_col = (unsigned short)columns,
				     .ws_row = (unsigned short)rows};
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
	struct termios mode;

	must(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0, "a terminal's master");
	*slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	must(*slave >= 0 && tcgetattr(*slave, &mode) == 0, "a terminal");
	cfmakeraw(&mode);
	must(tcsetattr(*slave, TCSANOW, &mode) == 0, "a terminal's mode");
	must(ioctl(*slave, TIOCSWINSZ, &size) == 0, "a terminal's size");
	return master;
}

size_t terminal_take(int master, int slave, char *buf, size_t size)
{
	const char mark = END_MARK;
	bool marked = false;
	size_t len = 0;

	for (;;) {
		struct pollfd ready = {master, POLLIN, 0}, room = {slave, POLLOUT, 0};
		ssize_t got;

		/* A terminal that is full takes it later. */
		if (!marked && poll(&room, 1, 0) == 1)
			marked = write(slave, &mark, 1) == 1;
		must(poll(&ready, 1, LONG_MS) == 1, "what a terminal was sent");
		got = read(master, buf + len, size - len);
		must(got > 0, "reading from a terminal");
		len += (size_t)got;
		if (buf[len - 1] == END_MARK)
			return len - 1;
		must(len < size, "room for what a terminal was sent");
	}
}
