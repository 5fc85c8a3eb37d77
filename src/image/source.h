/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kinds of image sources. Touches no flash. */
#ifndef IMAGE_SOURCE_H
#define IMAGE_SOURCE_H

#include "uniflash/image/image.h"

/* Make an image of the raw file open at fd, which it then owns; name is borrowed. */
int raw_image_open(const char *name, int fd, struct uf_image **image, struct uf_error *err);

#endif
