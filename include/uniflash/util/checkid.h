/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The stable names of the checks. `--allow` takes them, refusals print them, JSON carries them.
 * Pure data; touches no flash.
 */
#ifndef UNIFLASH_UTIL_CHECKID_H
#define UNIFLASH_UTIL_CHECKID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum uf_check_id {
	UF_CHECK_NONE,
	UF_CHECK_USAGE,
	UF_CHECK_SIZE_TOO_BIG,
	UF_CHECK_MAP_GAP,
	UF_CHECK_MAP_OVERLAP,
	UF_CHECK_MAP_UNALIGNED,
	UF_CHECK_MAP_OFFSET_MISMATCH,
	UF_CHECK_MAP_LAYOUT_MISMATCH,
	UF_CHECK_MAP_SIZE_SUSPECT,
	UF_CHECK_MAP_NOT_NOR,
	UF_CHECK_LOCK_HELD,
	UF_CHECK_TRUST_DIGEST,
	UF_CHECK_TRUST_SIGNATURE,
	UF_CHECK_EXPECT_MISMATCH,
	UF_CHECK_IMAGE_KIND,
	UF_CHECK_IMAGE_SHORT,
	UF_CHECK_IMAGE_UNREADABLE,
	UF_CHECK_BOOT_MISSING,
	UF_CHECK_BOOT_CHECKSUM,
	UF_CHECK_BOOT_SOC_MISMATCH,
	UF_CHECK_BOOT_RAM_MISMATCH,
	UF_CHECK_BOOT_SOC_UNKNOWN,
	UF_CHECK_BOOT_SECURE,
	UF_CHECK_KERNEL_MISSING,
	UF_CHECK_KERNEL_CHECKSUM,
	UF_CHECK_ROOTFS_MISSING,
	UF_CHECK_FLAG_UPGRADE_PENDING,
	UF_CHECK_KEEP_SPLITS_IMAGE,
	UF_CHECK_DEVICE_READONLY,
	UF_CHECK_DEVICE_BUSY,
	UF_CHECK_DEVICE_ALIAS,
	UF_CHECK_DEVICE_PROTECTED,
	UF_CHECK_MEMORY_LOW,
	UF_CHECK_BACKUP_NONE,
	UF_CHECK_SELF_ON_FLASH,
	UF_CHECK_FLASH_INCOMPLETE,
	UF_CHECK_COUNT
};

/* A set of checks, one bit an id. */
typedef uint64_t uf_check_set;

/* The set that holds just id. */
#define UF_CHECK_BIT(id) ((uf_check_set)1 << (id))

/* The name of a check, such as "size.too-big"; "" for UF_CHECK_NONE. Static text. */
const char *uf_check_name(enum uf_check_id id);

/* The check of a name of length len, or UF_CHECK_NONE. Every name that begins with "usage." is
 * UF_CHECK_USAGE. */
enum uf_check_id uf_check_by_name(const char *name, size_t len);

/* Whether --allow can let this check fail. Those that judge geometry or trust never can. */
bool uf_check_can_allow(enum uf_check_id id);

#endif
