/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/cli/prompt.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <strings.h>
#include <termios.h>
#include <unistd.h>

#include "uniflash/util/clock.h"

int uf_prompt_open(bool stdin_is_image)
{
	if (stdin_is_image)
		return open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (!isatty(STDIN_FILENO))
		return -1;
	/* Standard input can be open for reading only: the question goes to its terminal. */
	return open(ttyname(STDIN_FILENO) ? ttyname(STDIN_FILENO) : "/dev/tty",
		    O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
}

/* A terminal that has stalled is waited for as long as an answer would be. */
static bool write_all(int fd, const char *text, uint64_t end)
{
	for (size_t len = strlen(text); len;) {
		struct pollfd wait = {.fd = fd, .events = POLLOUT};
		ssize_t put = write(fd, text, len);

		if (put < 0 && errno == EAGAIN) {
			uint64_t now = uf_clock_ms();

			if (now >= end || poll(&wait, 1, (int)(end - now)) != 1)
				return false;
			continue;
		}
		if (put <= 0)
			return false;
		text += put;
		len -= (size_t)put;
	}
	return true;
}

/* Wait for input until `end`; a signal ends the wait, for it may be the user's answer. */
static bool wait_for_input(int fd, uint64_t end)
{
	struct pollfd wait = {.fd = fd, .events = POLLIN};
	uint64_t now = uf_clock_ms();

	return now < end && poll(&wait, 1, (int)(end - now)) == 1 && wait.revents & POLLIN;
}

bool uf_prompt_ask(int fd, const char *question, unsigned seconds)
{
	uint64_t end = uf_clock_ms() + seconds * 1000ULL;
	char answer[16] = "";
	size_t len = 0;

	tcflush(fd, TCIFLUSH);
	if (!write_all(fd, question, end))
		return false;
	while (len < sizeof(answer) - 1 && !memchr(answer, '\n', len)) {
		ssize_t got;

		if (!wait_for_input(fd, end))
			break;
		got = read(fd, answer + len, sizeof(answer) - 1 - len);
		if (got <= 0)
			break;
		len += (size_t)got;
	}
	if (!memchr(answer, '\n', len)) {
		write_all(fd, "\n", end);
		return false;
	}
	answer[len] = '\0';
	answer[strcspn(answer, "\r\n")] = '\0';
	return strcasecmp(answer, "y") == 0 || strcasecmp(answer, "yes") == 0;
}
