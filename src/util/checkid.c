/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/util/checkid.h"

#include <string.h>

struct check_name {
	const char *name;
	bool can_allow;
};

static const struct check_name names[UF_CHECK_COUNT] = {
	[UF_CHECK_NONE] = {"", false},
	[UF_CHECK_USAGE] = {"usage", false},
	[UF_CHECK_SIZE_TOO_BIG] = {"size.too-big", false},
	[UF_CHECK_MAP_GAP] = {"map.gap", false},
	[UF_CHECK_MAP_OVERLAP] = {"map.overlap", false},
	[UF_CHECK_MAP_UNALIGNED] = {"map.unaligned", false},
	[UF_CHECK_MAP_OFFSET_MISMATCH] = {"map.offset-mismatch", true},
	[UF_CHECK_MAP_LAYOUT_MISMATCH] = {"map.layout-mismatch", true},
	[UF_CHECK_MAP_SIZE_SUSPECT] = {"map.size-suspect", true},
	[UF_CHECK_MAP_NOT_NOR] = {"map.not-nor", false},
	[UF_CHECK_LOCK_HELD] = {"lock.held", false},
	[UF_CHECK_TRUST_DIGEST] = {"trust.digest", false},
	[UF_CHECK_TRUST_SIGNATURE] = {"trust.signature", false},
	[UF_CHECK_EXPECT_MISMATCH] = {"expect.mismatch", false},
	[UF_CHECK_IMAGE_KIND] = {"image.kind", true},
	[UF_CHECK_IMAGE_SHORT] = {"image.short", false},
	[UF_CHECK_IMAGE_UNREADABLE] = {"image.unreadable", false},
	[UF_CHECK_BOOT_MISSING] = {"boot.missing", true},
	[UF_CHECK_BOOT_CHECKSUM] = {"boot.checksum", true},
	[UF_CHECK_BOOT_SOC_MISMATCH] = {"boot.soc-mismatch", true},
	[UF_CHECK_BOOT_RAM_MISMATCH] = {"boot.ram-mismatch", true},
	[UF_CHECK_BOOT_SOC_UNKNOWN] = {"boot.soc-unknown", true},
	[UF_CHECK_BOOT_SECURE] = {"boot.secure", true},
	[UF_CHECK_KERNEL_MISSING] = {"kernel.missing", true},
	[UF_CHECK_KERNEL_CHECKSUM] = {"kernel.checksum", true},
	[UF_CHECK_ROOTFS_MISSING] = {"rootfs.missing", true},
	[UF_CHECK_FLAG_UPGRADE_PENDING] = {"flag.upgrade-pending", true},
	[UF_CHECK_KEEP_SPLITS_IMAGE] = {"keep.splits-image", true},
	[UF_CHECK_DEVICE_READONLY] = {"device.readonly", false},
	[UF_CHECK_DEVICE_BUSY] = {"device.busy", true},
	[UF_CHECK_DEVICE_ALIAS] = {"device.alias", true},
	[UF_CHECK_DEVICE_PROTECTED] = {"device.protected", false},
	[UF_CHECK_MEMORY_LOW] = {"memory.low", true},
	[UF_CHECK_BACKUP_NONE] = {"backup.none", false},
	[UF_CHECK_SELF_ON_FLASH] = {"self.on-flash", false},
	[UF_CHECK_FLASH_INCOMPLETE] = {"flash.incomplete", true},
};

_Static_assert(UF_CHECK_COUNT <= 64, "uf_check_set has one bit for each check");

const char *uf_check_name(enum uf_check_id id)
{
	return names[id].name;
}

enum uf_check_id uf_check_by_name(const char *name, size_t len)
{
	if (len > strlen("usage.") && strncmp(name, "usage.", strlen("usage.")) == 0)
		return UF_CHECK_USAGE;
	for (int id = UF_CHECK_NONE + 1; id < UF_CHECK_COUNT; id++)
		if (strlen(names[id].name) == len && memcmp(names[id].name, name, len) == 0)
			return (enum uf_check_id)id;
	return UF_CHECK_NONE;
}

bool uf_check_can_allow(enum uf_check_id id)
{
	return names[id].can_allow;
}
