/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firmware.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#define KIB ((size_t)1024)

#define SPL_END_T20 0x305c
#define SPL_END_T31 0x3f40
#define UBOOT_AT    0x6800
#define UBOOT_END   0x35000
#define BOOT_USUAL  0x40000

static void put_le16(uint8_t *at, uint16_t value)
{
	at[0] = (uint8_t)value;
	at[1] = (uint8_t)(value >> 8);
}

static void put_le32(uint8_t *at, uint32_t value)
{
	put_le16(at, (uint16_t)value);
	put_le16(at + 2, (uint16_t)(value >> 16));
}

static void put_le64(uint8_t *at, uint64_t value)
{
	put_le32(at, (uint32_t)value);
	put_le32(at + 4, (uint32_t)(value >> 32));
}

static void put_be32(uint8_t *at, uint32_t value)
{
	for (int byte = 3; byte >= 0; byte--, value >>= 8)
		at[byte] = (uint8_t)value;
}

/* A short piece is made and repeated: whole flashes are made many times, byte by byte is slow. */
void firmware_noise(uint8_t *at, size_t len, uint32_t seed)
{
	uint8_t piece[997];
	uint32_t state = seed * 2654435761U + 1;

	for (size_t byte = 0; byte < sizeof(piece); byte++) {
		state = state * 1664525U + 1013904223U;
		piece[byte] = (uint8_t)(0x80 + (state >> 16) % 0x7f);
	}
	for (size_t done = 0; done < len; done += sizeof(piece))
		memcpy(at + done, piece, len - done < sizeof(piece) ? len - done : sizeof(piece));
}

void firmware_text(uint8_t *at, const char *text)
{
	memcpy(at, text, strlen(text) + 1);
}

/* --- boot loaders ----------------------------------------------------------------------------- */

uint8_t firmware_crc7(const uint8_t *flash, size_t end)
{
	unsigned crc = 0;

	for (size_t at = UF_BOOT_HEADER; at < end; at++) {
		for (int bit = 7; bit >= 0; bit--) {
			unsigned feedback = (crc >> 6 ^ flash[at] >> bit) & 1;

			crc = (crc << 1 & 0x7f) ^ (feedback ? 0x09 : 0);
		}
	}
	return (uint8_t)crc;
}

void firmware_boot_seal(uint8_t *flash, uint32_t length, uint32_t crc_end)
{
	static const uint8_t magic[] = {0x06, 0x05, 0x04, 0x03, 0x02, 0x55, 0xaa, 0x55, 0xaa};

	memset(flash, 0, 16);
	memcpy(flash, magic, sizeof(magic));
	flash[9] = firmware_crc7(flash, crc_end);
	put_le32(flash + 12, length);
}

/* The first stage: header and code, padded up to where the next begins. */
static void first_stage(uint8_t *flash, enum uf_soc soc, const char *text)
{
	uint32_t end = soc == UF_SOC_T31 ? SPL_END_T31 : SPL_END_T20;

	memset(flash, 0, UBOOT_AT);
	firmware_noise(flash + UF_BOOT_HEADER, end - UF_BOOT_HEADER, (uint32_t)soc);
	firmware_text(flash + 0x1234, text);
	if (soc == UF_SOC_T31)
		firmware_text(flash + 0x1300, "ddr_inno_phy_init");
	firmware_boot_seal(flash, end, end);
}

void firmware_boot(uint8_t *flash, enum uf_soc soc)
{
	static const uint8_t begin[] = {0x02, 0x00, 0x11, 0x04};
	char text[64];

	first_stage(flash, soc, "U-Boot SPL 2013.07 (made for a test)");
	firmware_noise(flash + UBOOT_AT, UBOOT_END - UBOOT_AT, 100 + (uint32_t)soc);
	memcpy(flash + UBOOT_AT, begin, sizeof(begin));
	memset(flash + UBOOT_AT + 4, 0, 4);
	snprintf(text, sizeof(text), "ISVP (Ingenic XBurst %s SoC)", uf_soc_name(soc));
	firmware_text(flash + 0x20000, text);
	firmware_text(flash + 0x21000, "FWGRADEUP=");
	flash[0x21fff] = 0; /* the end of the variable in front of it */
	firmware_text(flash + 0x22000, soc == UF_SOC_T31 ? "bootargs=" FIRMWARE_BOOTARGS_T31
							 : "bootargs=" FIRMWARE_BOOTARGS);
	memset(flash + UBOOT_END, 0xff, BOOT_USUAL - UBOOT_END);
}

/* U-Boot proper as a uImage: other fields than a kernel's. */
static void packed_uboot(uint8_t *at, size_t len, uint8_t type, uint8_t compression)
{
	firmware_uimage(at, "u-boot", type, (uint32_t)(len - UF_UIMAGE_HEADER));
	put_be32(at + 16, 0x80100000);
	put_be32(at + 20, 0x80100000);
	at[28] = 17;
	at[31] = compression;
	firmware_uimage_seal(at);
}

void firmware_boot_2013(uint8_t *flash, enum uf_soc soc)
{
	char text[64];

	snprintf(text, sizeof(text), "Thingino U-Boot for Ingenic %sX SPL", uf_soc_name(soc));
	first_stage(flash, soc, text);
	packed_uboot(flash + UBOOT_AT, UBOOT_END - UBOOT_AT, UF_UIMAGE_FIRMWARE, 4);
	memset(flash + UBOOT_END, 0xff, BOOT_USUAL - UBOOT_END);
}

void firmware_boot_2026(uint8_t *flash, enum uf_soc soc, size_t end)
{
	char text[64];

	assert(end > 0x18000 + UF_UIMAGE_HEADER);
	snprintf(text, sizeof(text), "%s TPL", uf_soc_name(soc));
	first_stage(flash, soc, text);
	memset(flash + UBOOT_AT, 0xff, 0x18000 - UBOOT_AT);
	firmware_noise(flash + 0x8000, 0xc000, 200 + (uint32_t)soc);
	packed_uboot(flash + 0x18000, end - 0x18000, UF_UIMAGE_STANDALONE, 3);
}

/* --- what lies behind them -------------------------------------------------------------------- */

void firmware_uimage(uint8_t *at, const char *name, uint8_t type, uint32_t data_len)
{
	memset(at, 0, UF_UIMAGE_HEADER);
	put_be32(at, 0x27051956);
	put_be32(at + 8, 0x5f000000);
	put_be32(at + 12, data_len);
	if (type == UF_UIMAGE_KERNEL) {
		put_be32(at + 16, 0x80010000);
		put_be32(at + 20, 0x803e3000);
	}
	at[28] = 5;
	at[29] = 5;
	at[30] = type;
	at[31] = 3;
	assert(strlen(name) <= 32);
	for (size_t len = 0; name[len]; len++)
		at[32 + len] = (uint8_t)name[len];
	firmware_noise(at + UF_UIMAGE_HEADER, data_len, data_len);
	firmware_uimage_seal(at);
}

void firmware_uimage_seal(uint8_t *at)
{
	uint32_t data_len =
		(uint32_t)at[12] << 24 | (uint32_t)at[13] << 16 | (uint32_t)at[14] << 8 | at[15];

	put_be32(at + 24, (uint32_t)crc32(0, at + UF_UIMAGE_HEADER, data_len));
	put_be32(at + 4, 0);
	put_be32(at + 4, (uint32_t)crc32(0, at, UF_UIMAGE_HEADER));
}

void firmware_squashfs(uint8_t *at, uint64_t used)
{
	assert(used >= UF_SQUASHFS_HEADER);
	firmware_noise(at, used, (uint32_t)used);
	memset(at, 0, UF_SQUASHFS_HEADER);
	put_le32(at, 0x73717368);
	put_le32(at + 4, 300);
	put_le32(at + 12, 128 * KIB);
	put_le32(at + 16, 20);
	put_le16(at + 20, 4);
	put_le16(at + 22, 17);
	put_le16(at + 24, 0xc0);
	put_le16(at + 26, 1);
	put_le16(at + 28, 4);
	put_le64(at + 40, used);
}

/* The kernel's crc32(): neither begins with nor ends in inverted bits. */
static uint32_t jffs2_crc(const uint8_t *at, size_t len)
{
	uint32_t crc = 0;

	for (size_t byte = 0; byte < len; byte++) {
		crc ^= at[byte];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return crc;
}

void firmware_jffs2_node(uint8_t *at, uint16_t type, uint32_t total)
{
	put_le16(at, 0x1985);
	put_le16(at + 2, type);
	put_le32(at + 4, total);
	put_le32(at + 8, jffs2_crc(at, 8));
}

void firmware_jffs2(uint8_t *at, size_t len, size_t block)
{
	uint32_t total = (uint32_t)(block / 4 * 3);

	for (size_t off = 0; off < len; off += block) {
		memset(at + off, 0xff, block);
		firmware_jffs2_node(at + off, 0x2003, UF_JFFS2_HEADER);
		firmware_noise(at + off + UF_JFFS2_HEADER, total, (uint32_t)off);
		firmware_jffs2_node(at + off + UF_JFFS2_HEADER, 0xe002, total);
	}
}

void firmware_env(uint8_t *at, size_t size, const char *lines)
{
	memset(at, 0, size);
	assert(strlen(lines) + 5 <= size);
	for (size_t byte = 0; lines[byte]; byte++)
		at[4 + byte] = (uint8_t)(lines[byte] == '\n' ? 0 : lines[byte]);
	put_le32(at, (uint32_t)crc32(0, at + 4, (uInt)(size - 4)));
}

/* --- whole flashes ---------------------------------------------------------------------------- */

void firmware_stock_t20(uint8_t *flash)
{
	memset(flash, 0xff, FIRMWARE_SIZE);
	firmware_boot(flash, UF_SOC_T20);
	firmware_uimage(flash + 0x40000, FIRMWARE_NAME, UF_UIMAGE_KERNEL, FIRMWARE_KERNEL_DATA);
	firmware_squashfs(flash + 0x240000, FIRMWARE_ROOT_USED);
	firmware_squashfs(flash + 0x590000, FIRMWARE_DRIVER_USED);
	firmware_jffs2(flash + 0x630000, 0x4a0000, 32 * KIB);
	firmware_jffs2(flash + 0xd70000, 0x200000, 32 * KIB);
	firmware_jffs2(flash + 0xf70000, 0x40000, 32 * KIB);
	firmware_jffs2(flash + 0xfb0000, 0x40000, 32 * KIB);
}

void firmware_stock_t31(uint8_t *flash)
{
	memset(flash, 0xff, FIRMWARE_SIZE);
	firmware_boot(flash, UF_SOC_T31);
	firmware_uimage(flash + 0x40000, FIRMWARE_NAME_T31, UF_UIMAGE_KERNEL, FIRMWARE_KERNEL_DATA);
	firmware_squashfs(flash + 0x230000, FIRMWARE_ROOT_USED);
	firmware_squashfs(flash + 0x600000, FIRMWARE_ROOT_USED);
	firmware_jffs2(flash + 0xf90000, 0x60000, 32 * KIB);
}

static const char *name_for(enum uf_soc soc)
{
	return soc == UF_SOC_T31 ? FIRMWARE_NAME_T31 : FIRMWARE_NAME;
}

static void thingino_body(uint8_t *flash, enum uf_soc soc, size_t kernel, size_t root, size_t data)
{
	firmware_uimage(flash + kernel, name_for(soc), UF_UIMAGE_KERNEL, FIRMWARE_KERNEL_DATA);
	firmware_squashfs(flash + root, FIRMWARE_ROOT_USED);
	firmware_jffs2(flash + data, FIRMWARE_SIZE - data, 32 * KIB);
}

static void thingino_f(uint8_t *flash, enum uf_soc soc)
{
	firmware_boot_2026(flash, soc, 0x47123);
	firmware_env(flash + 0x50000, 64 * KIB,
		     "bootcmd=sf probe; sf read ${baseaddr} 0x70000 0x190000; bootm ${baseaddr}\n"
		     "bootargs=console=ttyS1,115200n8 mem=${osmem} rmem=${rmem} ${mtdparts}\n"
		     "mtdparts=jz_sfc:320k(boot),64k(env),64k(backup),1600k(kernel),5760k(rootfs),"
		     "-(rootfs_data),16384k@0(all)\n");
	thingino_body(flash, soc, 0x70000, 0x200000, 0x7a0000);
}

void firmware_thingino(uint8_t *flash, char layout, enum uf_soc soc)
{
	memset(flash, 0xff, FIRMWARE_SIZE);
	if (layout == 'F') {
		thingino_f(flash, soc);
		return;
	}
	firmware_boot_2013(flash, soc);
	if (layout == 'A') {
		thingino_body(flash, soc, 0x50000, 0x1c0000, 0x758000);
		return;
	}
	assert(layout == 'C');
	firmware_jffs2(flash + 0x48000, 0x38000, 32 * KIB);
	thingino_body(flash, soc, 0x80000, 0x200000, 0x798000);
}
