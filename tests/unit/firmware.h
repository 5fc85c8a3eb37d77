/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Contents of flashes for tests, made in code: boot loaders, kernels, file systems, environments,
 * and whole flashes by the tables of camera-facts 1. Nothing in it is of a real camera.
 *
 * Builders write only what they name and leave the rest as it is; a flash begins as all 0xff.
 */
#ifndef FIRMWARE_H
#define FIRMWARE_H

#include <stddef.h>
#include <stdint.h>

#include "uniflash/image/formats.h"

#define FIRMWARE_SIZE 0x1000000

/* Kernels and root file systems of whole flashes have these sizes: the kernel's data, and what is
 * in use of the file systems. None is a multiple of anything. */
#define FIRMWARE_KERNEL_DATA 0x15c123
#define FIRMWARE_ROOT_USED   0x300123
#define FIRMWARE_DRIVER_USED 0x8a456

/* Names of kernels, by SoC. */
#define FIRMWARE_NAME     "Linux-3.10.14"
#define FIRMWARE_NAME_T31 "Linux-3.10.14__isvp_swan_1.0__"

/* The kernel command line in the boot loader of firmware_boot, for T31 and for others. */
#define FIRMWARE_BOOTARGS_T31                                                                      \
	"console=ttyS1,115200n8 mem=99M@0x0 rmem=29M@0x6300000 init=/linuxrc "                     \
	"rootfstype=squashfs root=/dev/mtdblock2 rw mtdparts=jz_sfc:256K(boot),1984K(kernel),"     \
	"3904K(rootfs),3904K(app),1984K(kback),3904K(aback),384K(cfg),64K(para)"
#define FIRMWARE_BOOTARGS                                                                          \
	"console=ttyS1,115200n8 mem=104M@0x0 ispmem=8M@0x6800000 rmem=16M@0x7000000 "              \
	"init=/linuxrc rootfstype=squashfs root=/dev/mtdblock2 rw mtdparts=jz_sfc:256k(boot),"     \
	"2048k(kernel),3392k(root),640k(driver),4736k(appfs),2048k(backupk),640k(backupd),"        \
	"2048k(backupa),256k(config),256k(para),-(flag)"

/* Fill with what looks like compressed data or code: no texts, no magics, no padding. */
void firmware_noise(uint8_t *at, size_t len, uint32_t seed);

/* Put a text with its NUL somewhere. */
void firmware_text(uint8_t *at, const char *text);

/* CRC7 of a boot block over [2048, end), worked out bit by bit. */
uint8_t firmware_crc7(const uint8_t *flash, size_t end);

/* Make the header of a boot block over the code that is there: the length field, and the CRC over
 * [2048, crc_end). */
void firmware_boot_seal(uint8_t *flash, uint32_t length, uint32_t crc_end);

/* A stock boot loader, 256 KiB with its padding: SoC and command line in the clear. */
void firmware_boot(uint8_t *flash, enum uf_soc soc);

/* thingino's of 2013.07, 256 KiB with its padding: only the SPL is in the clear. */
void firmware_boot_2013(uint8_t *flash, enum uf_soc soc);

/* thingino's of 2026.07: TPL, SPL, and U-Boot as a uImage that reaches up to end. The padding is
 * not part of it. */
void firmware_boot_2026(uint8_t *flash, enum uf_soc soc, size_t end);

/* A uImage for MIPS Linux, lzma, with data_len bytes of data. */
void firmware_uimage(uint8_t *at, const char *name, uint8_t type, uint32_t data_len);

/* Make both CRCs of a uImage right again after its bytes were changed. */
void firmware_uimage_seal(uint8_t *at);

/* A squashfs 4.0 xz of used bytes. */
void firmware_squashfs(uint8_t *at, uint64_t used);

/* The header of a JFFS2 node with a right CRC. */
void firmware_jffs2_node(uint8_t *at, uint16_t type, uint32_t total);

/* A JFFS2 that fills len bytes: in each erase block a clean marker, and a node over most of it. */
void firmware_jffs2(uint8_t *at, size_t len, size_t block);

/* An environment of size bytes; lines is "name=value\nname=value\n". */
void firmware_env(uint8_t *at, size_t size, const char *lines);

/* Whole flashes, which they blank first. Backup partitions and the flag are blank. */
void firmware_stock_t20(uint8_t *flash);
void firmware_stock_t31(uint8_t *flash);

/* Layout 'A', 'C' or 'F' of camera-facts 1.3. */
void firmware_thingino(uint8_t *flash, char layout, enum uf_soc soc);

#endif
