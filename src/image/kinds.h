/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The formats of images. They touch no flash. */
#ifndef IMAGE_KINDS_H
#define IMAGE_KINDS_H

#include "uniflash/image/image.h"

/* How much of an image is looked at to tell its format. */
#define KIND_HEAD 64

/*
 * Enter the extents of a demo.bin into image, whose source 0 is there, and have the checksum of its
 * data taken. Returns false where the head is none; *ret is then of no meaning.
 */
bool demo_image_open(struct uf_image *image, const uint8_t *head, int *ret, struct uf_error *err);

/* Check that checksum. UF_ERR_REFUSED with image.unreadable. */
int demo_image_check(struct uf_image *image, struct uf_error *err);

#endif
