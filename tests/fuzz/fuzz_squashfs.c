/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The superblock of a squashfs, a JFFS2 node and the upgrade flag. Input: the bytes of either. */
#include <zlib.h>

#include "fuzz.h"
#include "uniflash/image/formats.h"

#define JFFS2_ACCURATE 0x20 /* in byte 3 */

static void check_squashfs(const uint8_t *bytes)
{
	struct uf_squashfs squashfs;

	memset(&squashfs, 0xa5, sizeof(squashfs));
	if (!uf_squashfs_parse(bytes, &squashfs))
		return;
	CHECK(memcmp(bytes, "hsqs", 4) == 0);
	CHECK(squashfs.major == 4 && squashfs.bytes_used >= UF_SQUASHFS_HEADER);
	CHECK(squashfs.block_size >= 4096 && squashfs.block_size <= 1 << 20);
	CHECK(uf_is_power_of_two(squashfs.block_size));
	CHECK(uf_squashfs_compression(squashfs.compression)[0]);
}

/* A superblock that is right in what the input does not decide. */
static void check_repaired(uint8_t *bytes)
{
	struct uf_squashfs squashfs;
	uint8_t log = (uint8_t)(12 + bytes[22] % 9);
	uint64_t used = uf_le64(bytes + 40);

	memcpy(bytes, "hsqs", 4);
	fuzz_put_le32(bytes + 12, 1U << log);
	bytes[22] = log;
	bytes[23] = 0;
	bytes[28] = 4;
	bytes[29] = 0;
	check_squashfs(bytes);
	/* How much is too much for a flash is not for this to say. */
	if (used < UF_SQUASHFS_HEADER || used > UINT32_MAX) {
		CHECK(used > UINT32_MAX || !uf_squashfs_parse(bytes, &squashfs));
		return;
	}
	CHECK(uf_squashfs_parse(bytes, &squashfs));
	CHECK(squashfs.bytes_used == used && squashfs.block_size == 1U << log);
}

static void check_jffs2(const uint8_t *data)
{
	uint8_t *node = fuzz_copy(data, UF_JFFS2_HEADER);
	bool sense;

	if (uf_jffs2_node(node))
		CHECK(node[0] == 0x85 && node[1] == 0x19);
	node[0] = 0x85;
	node[1] = 0x19;
	node[3] |= JFFS2_ACCURATE;
	sense = uf_le32(node + 4) >= UF_JFFS2_HEADER;
	/* The kernel's CRC-32 from 0 is zlib's with both of its inversions undone. */
	fuzz_put_le32(node + 8, (uint32_t)~crc32(0xffffffff, node, 8));
	CHECK(uf_jffs2_node(node) == sense);
	/* What a newer node replaced loses that bit in place. */
	node[3] &= (uint8_t)~JFFS2_ACCURATE;
	CHECK(uf_jffs2_node(node) == sense);
	node[data[0] % 8] ^= 1;
	CHECK(!uf_jffs2_node(node));
	free(node);
}

static void check_flag(const uint8_t *data, size_t size)
{
	uint8_t *bytes = fuzz_copy(data, size);

	CHECK(uf_upgrade_flag(bytes, size) == (size >= 10 && memcmp(bytes, "FWGRADEUP=", 10) == 0));
	free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_flag(data, size);
	if (size >= UF_JFFS2_HEADER)
		check_jffs2(data);
	if (size >= UF_SQUASHFS_HEADER) {
		uint8_t *bytes = fuzz_copy(data, UF_SQUASHFS_HEADER);

		check_squashfs(bytes);
		check_repaired(bytes);
		free(bytes);
	}
	return 0;
}
