/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * demo.bin: what people put on an SD card for the stock boot loader, a uImage of type "firmware"
 * whose data the boot loader writes to the flash behind itself (camera-facts 3.7).
 */
#include "kinds.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Where the boot loaders of T20 and T31 write it: behind the 256 KiB of the boot partition. */
#define DEMO_FLASH_OFF 0x40000

/* A boot loader packed as a uImage is a firmware, too, but loads somewhere. Of a damaged header
 * nothing more can be asked. */
static bool is_demo(const struct uf_uimage *uimage)
{
	bool loads = uimage->load || uimage->entry;

	return uimage->type == UF_UIMAGE_FIRMWARE && uimage->compression == 0 &&
	       (!loads || !uimage->header_good);
}

static int damaged(const struct uf_image *image, const char *what, struct uf_error *err)
{
	uf_refuse(err, UF_CHECK_IMAGE_UNREADABLE, "%s is a demo.bin whose %s", image->name, what);
	uf_advise(err, "The download or the copy is damaged: get the file again.");
	return UF_ERR_REFUSED;
}

bool demo_image_open(struct uf_image *image, const uint8_t *head, int *ret, struct uf_error *err)
{
	struct uf_uimage *uimage = &image->demo;
	char text[160];

	if (image->size < UF_UIMAGE_HEADER || !uf_uimage_parse(head, uimage) || !is_demo(uimage))
		return false;
	image->kind = UF_IMAGE_DEMO;
	image->extents = 1;
	image->extent[0] = (struct uf_extent){
		.source_off = UF_UIMAGE_HEADER,
		.flash_off = DEMO_FLASH_OFF,
		.len = uimage->size,
		.span = uimage->size,
	};
	if (!uimage->size)
		*ret = damaged(image, "header speaks of no data at all", err);
	else if (!uimage->header_good)
		*ret = damaged(image, "header has a wrong checksum", err);
	else if (UF_UIMAGE_HEADER + (uint64_t)uimage->size != image->size) {
		snprintf(text, sizeof(text),
			 "header speaks of %" PRIu32 " bytes of data, it has %" PRIu64,
			 uimage->size, image->size - UF_UIMAGE_HEADER);
		*ret = damaged(image, text, err);
	} else {
		*ret = uf_tap_add(image->source[0], UF_HASH_CRC32, UF_UIMAGE_HEADER, err);
	}
	return true;
}

int demo_image_check(struct uf_image *image, struct uf_error *err)
{
	uint8_t crc[4];
	int ret = uf_tap_digest(image->source[0], UF_HASH_CRC32, UF_UIMAGE_HEADER, crc, err);

	if (ret)
		return uf_image_refuse_unreadable(ret, err);
	return uf_be32(crc) == image->demo.data_crc
		       ? UF_OK
		       : damaged(image, "data has a wrong checksum", err);
}
