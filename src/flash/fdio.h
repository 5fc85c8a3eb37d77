/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whole reads and writes at an offset, and the lock: what the back ends over file descriptors
 * share.
 */
#ifndef FLASH_FDIO_H
#define FLASH_FDIO_H

#include "uniflash/flash/device.h"

/* Read len bytes at off; `name` is for the message. A file that ends early is an error. UF_ERR_IO.
 */
int fd_read(int fd, const char *name, uint64_t off, void *buf, size_t len, struct uf_error *err);

/* Write len bytes at off. UF_ERR_IO. */
int fd_write(int fd, const char *name, uint64_t off, const void *buf, size_t len,
	     struct uf_error *err);

/* Take the lock that access asks for on fd, which is that of `name`. UF_ERR_REFUSED with
 * lock.held. */
int fd_lock(int fd, const char *name, enum uf_access access, struct uf_error *err);

#endif
