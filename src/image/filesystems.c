/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/image/formats.h"

#include <string.h>
#include <zlib.h>

#include "uniflash/util/bytes.h"

#define SQUASHFS_MAGIC     0x73717368
#define SQUASHFS_BLOCK_MIN 4096
#define SQUASHFS_BLOCK_MAX (1 << 20)
#define SQUASHFS_USED_MAX  ((uint64_t)1 << 32) /* no NOR flash is larger */

#define JFFS2_MAGIC 0x1985

/* A node that a newer one replaced loses this bit in place and keeps its checksum: the kernel's
 * fs/jffs2/scan.c sets it before it compares. */
#define JFFS2_TYPE_HIGH 3
#define JFFS2_ACCURATE  0x20

/* struct squashfs_super_block of the kernel's fs/squashfs/squashfs_fs.h, little endian. */
bool uf_squashfs_parse(const uint8_t *bytes, struct uf_squashfs *squashfs)
{
	if (uf_le32(bytes) != SQUASHFS_MAGIC)
		return false;
	squashfs->block_size = uf_le32(bytes + 12);
	squashfs->compression = uf_le16(bytes + 20);
	squashfs->major = uf_le16(bytes + 28);
	squashfs->minor = uf_le16(bytes + 30);
	squashfs->bytes_used = uf_le64(bytes + 40);
	return squashfs->major == 4 && uf_is_power_of_two(squashfs->block_size) &&
	       squashfs->block_size >= SQUASHFS_BLOCK_MIN &&
	       squashfs->block_size <= SQUASHFS_BLOCK_MAX && uf_le16(bytes + 22) < 32 &&
	       1U << uf_le16(bytes + 22) == squashfs->block_size &&
	       squashfs->bytes_used >= UF_SQUASHFS_HEADER &&
	       squashfs->bytes_used <= SQUASHFS_USED_MAX;
}

const char *uf_squashfs_compression(uint16_t compression)
{
	static const char *const names[] = {"unknown", "gzip", "lzma", "lzo", "xz", "lz4", "zstd"};

	return compression < sizeof(names) / sizeof(names[0]) ? names[compression] : "unknown";
}

/* The kernel's crc32() takes and gives the register as it is, zlib's inverts it on both sides. */
bool uf_jffs2_node(const uint8_t *bytes)
{
	uint8_t header[UF_JFFS2_HEADER - 4];
	uint32_t crc;

	memcpy(header, bytes, sizeof(header));
	header[JFFS2_TYPE_HIGH] |= JFFS2_ACCURATE;
	crc = ~(uint32_t)crc32(0xffffffff, header, sizeof(header));
	return uf_le16(bytes) == JFFS2_MAGIC && uf_le32(bytes + 8) == crc &&
	       uf_le32(bytes + 4) >= UF_JFFS2_HEADER;
}

bool uf_upgrade_flag(const uint8_t *bytes, size_t len)
{
	static const char flag[] = "FWGRADEUP=";

	return len >= strlen(flag) && memcmp(bytes, flag, strlen(flag)) == 0;
}
