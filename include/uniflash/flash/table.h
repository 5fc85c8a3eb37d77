/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Partition tables: named ranges of one flash, in order of their offsets.
 *
 * A table comes from the running kernel, from a layout, or from an `mtdparts=` text. Pure data;
 * nothing here allocates or touches flash.
 */
#ifndef UNIFLASH_FLASH_TABLE_H
#define UNIFLASH_FLASH_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "uniflash/util/bytes.h"
#include "uniflash/util/error.h"

#define UF_NAME_MAX       63 /* characters of a partition's name */
#define UF_PARTITIONS_MAX 64

/* What a partition is for. */
enum uf_role {
	UF_ROLE_UNKNOWN,
	UF_ROLE_BOOT,
	UF_ROLE_ENV,
	UF_ROLE_KERNEL,
	UF_ROLE_ROOTFS,
	UF_ROLE_APP,
	UF_ROLE_DATA,
	UF_ROLE_STAGING,
	UF_ROLE_FLAG,
	UF_ROLE_COUNT
};

/* What a partition holds. */
enum uf_content {
	UF_CONTENT_UNKNOWN,
	UF_CONTENT_UIMAGE,
	UF_CONTENT_SQUASHFS,
	UF_CONTENT_JFFS2,
	UF_CONTENT_RAW,
	UF_CONTENT_COUNT
};

/* One partition. */
struct uf_partition {
	char name[UF_NAME_MAX + 1];
	unsigned number; /* N of mtdN: the kernel's number, or the place in a layout */
	struct uf_range range;
	enum uf_role role;
	enum uf_content content;
	bool per_device; /* holds what belongs to this one camera: MAC address, Wi-Fi, keys */
};

/* A partition table. */
struct uf_table {
	unsigned count;
	struct uf_partition part[UF_PARTITIONS_MAX];
};

/* The word for a role ("boot", ...; "" where unknown) and back. Static text. */
const char *uf_role_name(enum uf_role role);
enum uf_role uf_role_by_name(const char *name);

/* The word for a content ("uimage", ...; "" where unknown) and back. Static text. */
const char *uf_content_name(enum uf_content content);
enum uf_content uf_content_by_name(const char *name);

/* Append a partition of this name (len characters, cut at UF_NAME_MAX) and range, numbered by its
 * place. UF_ERR_RANGE where the table is full. */
int uf_table_add(struct uf_table *table, const char *name, size_t len, struct uf_range range,
		 struct uf_error *err);

/*
 * The index of an entry that shows again what the others show, as thingino's `all` and `upgrade`
 * do: the largest one whose whole range the others cover, of equal ones the last; -1 where there
 * is none. What remains when all are removed is what tiles the flash, if anything does.
 */
int uf_table_find_alias(const struct uf_table *table);
int uf_ranges_find_alias(const struct uf_range *range, unsigned count);

/* Take the entry at index out; the others keep their numbers. */
void uf_table_remove(struct uf_table *table, unsigned index);

/* Put the entries in order of their offsets; they keep their numbers. */
void uf_table_sort(struct uf_table *table);

/* The first byte behind the last partition; 0 for an empty table. */
uint64_t uf_table_end(const struct uf_table *table);

/* The index of the partition called name, or -1. */
int uf_table_by_name(const struct uf_table *table, const char *name);

/* The index of the partition called name, or, where none is, of mtdN with its number; or -1. */
int uf_table_find(const struct uf_table *table, const char *name);

/* The index of the partition that holds the byte at off, or -1. */
int uf_table_at(const struct uf_table *table, uint64_t off);

/*
 * Check that the table, in order, tiles [0, size) without gap or overlap.
 * UF_ERR_REFUSED with map.gap or map.overlap, naming both neighbours and the bytes between.
 */
int uf_table_check_tiles(const struct uf_table *table, uint64_t size, struct uf_error *err);

/* Write the names of the table, "boot, kernel, root", into out[0..size), cut where they do not
 * fit. Returns out. */
const char *uf_table_names(const struct uf_table *table, char *out, size_t size);

#endif
