/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `uniflash inspect` tells. Pure data, all borrowed. */
#ifndef UNIFLASH_REPORT_INSPECTED_H
#define UNIFLASH_REPORT_INSPECTED_H

#include "uniflash/image/image.h"
#include "uniflash/image/inspect.h"
#include "uniflash/image/kind.h"
#include "uniflash/layout/layout.h"
#include "uniflash/util/hash.h"

struct uf_inspected {
	const struct uf_image *image;
	const struct uf_foreign *foreign; /* what it is instead of an image, NULL */
	const struct uf_digest *digest;   /* of the image, unpacked */
	const struct uf_inspection *found;
	const struct uf_layout *carried; /* the table it carries itself, NULL */
	const char *fits;                /* names of known layouts, "" where none */
};

#endif
