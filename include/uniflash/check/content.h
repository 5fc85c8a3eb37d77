/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The checks that judge contents: what the image is, and the flash as it will be, the image over
 * what is kept, at the boundaries that the contents show. Touches no flash.
 */
#ifndef UNIFLASH_CHECK_CONTENT_H
#define UNIFLASH_CHECK_CONTENT_H

#include "uniflash/check/check.h"
#include "uniflash/image/image.h"
#include "uniflash/image/inspect.h"
#include "uniflash/image/kind.h"

/* The camera that the image is to fit, as far as it is known. */
struct uf_board {
	enum uf_soc soc;
	const char *soc_from; /* what told it, static text; NULL where nothing did */
	uint32_t ram_mib;     /* 0 where unknown */
	const char *ram_from;
};

/* Fill in what is not known yet from what lies on the flash: its boot loader, then its kernel. */
void uf_board_from_flash(const struct uf_inspection *flash, struct uf_board *board);

/* Round an amount of RAM, of which boot loaders leave parts out, up to what is soldered in. */
uint32_t uf_ram_soldered(uint32_t mib);

/* What image.kind judges, of each file. */
struct uf_kind_facts {
	const struct uf_foreign *foreign; /* what the file is instead of an image, NULL */
	const char *name;
	uint64_t size;
};

/* image.kind, before anything else is looked at; facts are struct uf_kind_facts. */
extern const struct uf_check uf_kind_checks[];
extern const unsigned uf_kind_check_count;

/* What the content checks judge. */
struct uf_content_facts {
	const struct uf_inspection *found; /* in the image alone */
	const struct uf_inspection *flash; /* now */
	const struct uf_inspection *after; /* the flash as it will be */
	const struct uf_item *cut;         /* of uf_inspection_merge */
	const struct uf_board *board;
	bool kernel_changes; /* a block of the kernel would be written */
	bool boot_changes;   /* a block of the boot loader would be written */
	bool mirrored;       /* the flash's halves hold the same, and nothing means that */
};

/* The table of these checks; facts are struct uf_content_facts. */
extern const struct uf_check uf_content_checks[];
extern const unsigned uf_content_check_count;

/* The kernel that a boot loader would find, or NULL. */
const struct uf_item *uf_find_kernel(const struct uf_inspection *found);

/* The root file system that belongs to it, or NULL. */
const struct uf_item *uf_find_rootfs(const struct uf_inspection *found);

#endif
