/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A plan as a picture (SVG): the flash block by block, the camera's partitions above and what is in
 * the image below. Touches no flash.
 */
#ifndef UNIFLASH_REPORT_PICTURE_H
#define UNIFLASH_REPORT_PICTURE_H

#include "uniflash/plan/plan.h"

struct uf_picture {
	const struct uf_plan *plan;
	const struct uf_table *image_table; /* of the image's own layout; NULL where unknown */
};

/*
 * Write it into the file at path. One that exists is written over where it is a picture (begins as
 * an SVG does) or empty, and refused else. UF_ERR_IO, UF_ERR_MEMORY.
 */
int uf_picture_write(const struct uf_picture *picture, const char *path, struct uf_error *err);

#endif
