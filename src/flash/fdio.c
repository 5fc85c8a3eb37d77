/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fdio.h"

#include <errno.h>
#include <inttypes.h>
#include <sys/file.h>
#include <unistd.h>

int fd_read(int fd, const char *name, uint64_t off, void *buf, size_t len, struct uf_error *err)
{
	size_t have = 0;

	while (have < len) {
		size_t want = len - have;
		ssize_t got = pread(fd, (char *)buf + have, want, (off_t)(off + have));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return uf_fail_errno(err, UF_ERR_IO, errno, "reading %s at 0x%06" PRIx64,
					     name, off + have);
		if (got == 0 || (size_t)got > want)
			return uf_fail(err, UF_ERR_IO,
				       "reading %s at 0x%06" PRIx64 ": %zd bytes of %zu came", name,
				       off + have, got, want);
		have += (size_t)got;
	}
	return UF_OK;
}

int fd_write(int fd, const char *name, uint64_t off, const void *buf, size_t len,
	     struct uf_error *err)
{
	size_t done = 0;

	while (done < len) {
		ssize_t put = pwrite(fd, (const char *)buf + done, len - done, (off_t)(off + done));

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return uf_fail_errno(err, UF_ERR_IO, errno, "writing %s at 0x%06" PRIx64,
					     name, off + done);
		if (put == 0)
			return uf_fail(err, UF_ERR_IO,
				       "writing %s at 0x%06" PRIx64 ": nothing was taken", name,
				       off + done);
		done += (size_t)put;
	}
	return UF_OK;
}

int fd_lock(int fd, const char *name, enum uf_access access, struct uf_error *err)
{
	int kind = access == UF_ACCESS_WRITE ? LOCK_EX : LOCK_SH;

	if (access == UF_ACCESS_LOOK || flock(fd, kind | LOCK_NB) == 0)
		return UF_OK;
	if (errno != EWOULDBLOCK)
		return uf_fail_errno(err, UF_ERR_IO, errno, "cannot lock %s", name);
	uf_refuse(err, UF_CHECK_LOCK_HELD, "another uniflash holds the lock on %s", name);
	uf_advise(err, "Wait until it has ended, then run this again.");
	return UF_ERR_REFUSED;
}
