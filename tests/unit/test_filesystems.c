/* SPDX-License-Identifier: GPL-3.0-or-later */
/* squashfs superblocks, JFFS2 nodes, the flag of stock boot loaders. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "firmware.h"

#define BLOCK_SIZE_AT  12
#define COMPRESSION_AT 20
#define BLOCK_LOG_AT   22
#define MAJOR_AT       28
#define USED_AT        40

/* JFFS2's types of nodes; the bit says that a node still counts, and is cleared in place. */
#define NODE_CLEAN    0x2003
#define NODE_DIRENT   0xe001
#define NODE_INODE    0xe002
#define NODE_ACCURATE 0x2000

static uint8_t bytes[4096];

/* What mksquashfs -comp xz -b 131072 made of one small file. */
static const uint8_t made_by_mksquashfs[UF_SQUASHFS_HEADER] = {
	0x68, 0x73, 0x71, 0x73, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x02, 0x00, 0x01, 0x00, 0x00, 0x00, 0x04, 0x00, 0x11, 0x00, 0xc0, 0x00, 0x01, 0x00,
	0x04, 0x00, 0x00, 0x00, 0x20, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x0b, 0x01,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x70, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0xb2, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xdb, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0xf5, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
};

/* Headers of nodes that mkfs.jffs2 made: clean marker, directory entry, inode. */
static const uint8_t made_by_mkfs_jffs2[][UF_JFFS2_HEADER] = {
	{0x85, 0x19, 0x03, 0x20, 0x0c, 0x00, 0x00, 0x00, 0xb1, 0xb0, 0x1e, 0xe4},
	{0x85, 0x19, 0x01, 0xe0, 0x29, 0x00, 0x00, 0x00, 0x6d, 0xa6, 0x2f, 0xd7},
	{0x85, 0x19, 0x02, 0xe0, 0x54, 0x00, 0x00, 0x00, 0x82, 0xac, 0xee, 0xc8},
};

static int setup(void **state)
{
	(void)state;
	memset(bytes, 0xff, sizeof(bytes));
	firmware_squashfs(bytes, sizeof(bytes));
	return 0;
}

static bool is_squashfs(void)
{
	struct uf_squashfs squashfs;

	return uf_squashfs_parse(bytes, &squashfs);
}

static void put_le(uint8_t *at, uint64_t value, size_t len)
{
	for (size_t byte = 0; byte < len; byte++, value >>= 8)
		at[byte] = (uint8_t)value;
}

static void test_made_by_mksquashfs(void **state)
{
	struct uf_squashfs squashfs;

	(void)state;
	memset(&squashfs, 0xa5, sizeof(squashfs));
	assert_true(uf_squashfs_parse(made_by_mksquashfs, &squashfs));
	assert_int_equal(squashfs.major, 4);
	assert_int_equal(squashfs.minor, 0);
	assert_int_equal(squashfs.compression, 4);
	assert_int_equal(squashfs.block_size, 131072);
	assert_int_equal(squashfs.bytes_used, 0x10b);
}

static void test_squashfs_made_here(void **state)
{
	struct uf_squashfs squashfs;

	(void)state;
	assert_true(uf_squashfs_parse(bytes, &squashfs));
	assert_int_equal(squashfs.major, 4);
	assert_int_equal(squashfs.compression, 4);
	assert_int_equal(squashfs.block_size, 131072);
	assert_int_equal(squashfs.bytes_used, sizeof(bytes));
}

static void test_squashfs_magic(void **state)
{
	(void)state;
	for (size_t at = 0; at < 4; at++) {
		bytes[at] ^= 0x20;
		assert_false(is_squashfs());
		bytes[at] ^= 0x20;
	}
	memcpy(bytes, "sqsh", 4); /* of another byte order */
	assert_false(is_squashfs());
}

static void test_squashfs_versions(void **state)
{
	(void)state;
	for (uint16_t major = 0; major < 8; major++) {
		put_le(bytes + MAJOR_AT, major, 2);
		assert_int_equal(is_squashfs(), major == 4);
	}
	put_le(bytes + MAJOR_AT, 0x104, 2);
	assert_false(is_squashfs());
}

static void test_squashfs_block_sizes(void **state)
{
	(void)state;
	for (uint16_t log = 0; log < 32; log++) {
		put_le(bytes + BLOCK_SIZE_AT, 1ULL << log, 4);
		put_le(bytes + BLOCK_LOG_AT, log, 2);
		assert_int_equal(is_squashfs(), log >= 12 && log <= 20);
	}
}

/* Size and logarithm say the same twice; a damaged superblock does not. */
static void test_squashfs_block_sizes_that_make_no_sense(void **state)
{
	static const struct {
		uint32_t size;
		uint16_t log;
	} rows[] = {{131072, 16}, {131072, 18}, {131072, 0}, {131072, 49},
		    {131072, 32}, {131073, 17}, {0, 17},     {0, 32},
		    {0, 0xffff},  {0xc000, 15}, {1, 0},      {0x80000000, 31}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		put_le(bytes + BLOCK_SIZE_AT, rows[i].size, 4);
		put_le(bytes + BLOCK_LOG_AT, rows[i].log, 2);
		assert_false(is_squashfs());
	}
}

static void test_squashfs_used(void **state)
{
	(void)state;
	put_le(bytes + USED_AT, UF_SQUASHFS_HEADER - 1, 8);
	assert_false(is_squashfs());
	put_le(bytes + USED_AT, 0, 8);
	assert_false(is_squashfs());
	put_le(bytes + USED_AT, UF_SQUASHFS_HEADER, 8);
	assert_true(is_squashfs());
	put_le(bytes + USED_AT, 0x1000000, 8);
	assert_true(is_squashfs());
}

/* No flash is that large, and sums with it would not fit any number. */
static void test_squashfs_used_that_makes_no_sense(void **state)
{
	static const uint64_t used[] = {UINT64_MAX, UINT64_MAX - 0x240000, 1ULL << 63};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		put_le(bytes + USED_AT, used[i], 8);
		assert_false(is_squashfs());
	}
}

static void test_squashfs_compressions(void **state)
{
	static const char *const words[] = {"unknown", "gzip", "lzma", "lzo", "xz", "lz4", "zstd"};

	(void)state;
	for (uint16_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct uf_squashfs squashfs;

		put_le(bytes + COMPRESSION_AT, i, 2);
		assert_true(uf_squashfs_parse(bytes, &squashfs));
		assert_int_equal(squashfs.compression, i);
		assert_string_equal(uf_squashfs_compression(i), words[i]);
	}
	assert_string_equal(uf_squashfs_compression(7), "unknown");
	assert_string_equal(uf_squashfs_compression(0xffff), "unknown");
}

static void test_made_by_mkfs_jffs2(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++)
		assert_true(uf_jffs2_node(made_by_mkfs_jffs2[i]));
}

static void test_jffs2_made_here(void **state)
{
	(void)state;
	firmware_jffs2_node(bytes, NODE_CLEAN, UF_JFFS2_HEADER);
	assert_memory_equal(bytes, made_by_mkfs_jffs2[0], UF_JFFS2_HEADER);
	firmware_jffs2_node(bytes, NODE_INODE, 0x1234);
	assert_true(uf_jffs2_node(bytes));
}

static void test_jffs2_one_bit(void **state)
{
	(void)state;
	firmware_jffs2_node(bytes, NODE_INODE, 0x1234);
	for (size_t at = 0; at < UF_JFFS2_HEADER; at++) {
		for (int bit = 0; bit < 8; bit++) {
			/* that one says that the node is obsolete */
			if (at == 3 && 1 << bit == NODE_ACCURATE >> 8)
				continue;
			bytes[at] ^= (uint8_t)(1 << bit);
			assert_false(uf_jffs2_node(bytes));
			bytes[at] ^= (uint8_t)(1 << bit);
		}
	}
}

/*
 * On NOR flash a node that a newer one replaces loses its ACCURATE bit in place, and keeps the CRC
 * that it had with the bit set: the kernel (fs/jffs2/scan.c) sets the bit before it compares.
 */
static void test_jffs2_obsolete_node(void **state)
{
	(void)state;
	firmware_jffs2_node(bytes, NODE_DIRENT, 0x29);
	bytes[3] &= (uint8_t)(0xff ^ NODE_ACCURATE >> 8);
	assert_true(uf_jffs2_node(bytes));
}

static void test_jffs2_lengths(void **state)
{
	(void)state;
	for (uint32_t total = 0; total < 16; total++) {
		firmware_jffs2_node(bytes, NODE_INODE, total);
		assert_int_equal(uf_jffs2_node(bytes), total >= UF_JFFS2_HEADER);
	}
}

static void test_jffs2_none(void **state)
{
	(void)state;
	memset(bytes, 0xff, UF_JFFS2_HEADER);
	assert_false(uf_jffs2_node(bytes));
	memset(bytes, 0, UF_JFFS2_HEADER);
	assert_false(uf_jffs2_node(bytes));
	firmware_noise(bytes, UF_JFFS2_HEADER, 1);
	assert_false(uf_jffs2_node(bytes));
}

/* As seen by memory that ends with the text. */
static bool is_flag(const char *text)
{
	size_t len = strlen(text);
	uint8_t *copy = malloc(len ? len : 1);
	bool flag;

	assert_non_null(copy);
	memcpy(copy, text, len);
	flag = uf_upgrade_flag(copy, len);
	free(copy);
	return flag;
}

static void test_flag(void **state)
{
	(void)state;
	assert_true(is_flag("FWGRADEUP=kernel+drivers"));
	assert_true(is_flag("FWGRADEUP=kernel"));
	assert_true(is_flag("FWGRADEUP=app\xff\xff\xff"));
	assert_true(is_flag("FWGRADEUP="));
}

static void test_no_flag(void **state)
{
	static const char *const texts[] = {"",
					    "F",
					    "FWGRADEUP",
					    "FWGRADEUP kernel",
					    "fwgradeup=kernel",
					    " FWGRADEUP=",
					    "\377FWGRADEUP=",
					    "FWGRADE=kernel"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_false(is_flag(texts[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_made_by_mksquashfs, setup),
		cmocka_unit_test_setup(test_squashfs_made_here, setup),
		cmocka_unit_test_setup(test_squashfs_magic, setup),
		cmocka_unit_test_setup(test_squashfs_versions, setup),
		cmocka_unit_test_setup(test_squashfs_block_sizes, setup),
		cmocka_unit_test_setup(test_squashfs_block_sizes_that_make_no_sense, setup),
		cmocka_unit_test_setup(test_squashfs_used, setup),
		cmocka_unit_test_setup(test_squashfs_used_that_makes_no_sense, setup),
		cmocka_unit_test_setup(test_squashfs_compressions, setup),
		cmocka_unit_test_setup(test_made_by_mkfs_jffs2, setup),
		cmocka_unit_test_setup(test_jffs2_made_here, setup),
		cmocka_unit_test_setup(test_jffs2_one_bit, setup),
		cmocka_unit_test_setup(test_jffs2_obsolete_node, setup),
		cmocka_unit_test_setup(test_jffs2_lengths, setup),
		cmocka_unit_test_setup(test_jffs2_none, setup),
		cmocka_unit_test_setup(test_flag, setup),
		cmocka_unit_test_setup(test_no_flag, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
