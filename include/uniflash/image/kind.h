/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a file that is no image is, by how it begins. Touches no flash. */
#ifndef UNIFLASH_IMAGE_KIND_H
#define UNIFLASH_IMAGE_KIND_H

#include <stddef.h>
#include <stdint.h>

/* How much of a file's beginning is needed to tell. */
#define UF_KIND_HEAD 4096

/* What the file is, and what to do. Static texts. */
struct uf_foreign {
	const char *what; /* "an HTML page" */
	const char *next; /* in full sentences */
};

/* Tell from the first len bytes (at most UF_KIND_HEAD count) what a file is that cannot be an image
 * of a whole flash; NULL where nothing speaks against one. */
const struct uf_foreign *uf_foreign_kind(const uint8_t *head, size_t len);

/* The same for the file of one partition, which may well begin with a kernel or a file system. */
const struct uf_foreign *uf_foreign_part(const uint8_t *head, size_t len);

#endif
