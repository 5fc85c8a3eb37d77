/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The formats that lie on these cameras' flashes: pure functions over bytes in memory. Facts and
 * their sources: camera-facts, section 3. Nothing here allocates or touches flash.
 */
#ifndef UNIFLASH_IMAGE_FORMATS_H
#define UNIFLASH_IMAGE_FORMATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --- the boot block: what the SoC's boot ROM reads at offset 0 ------------------------------- */

#define UF_BOOT_HEADER 2048 /* bytes; the CRC covers what is behind it */

/* Where the boot ROM's copy can end: a length field outside of this is no NOR boot block. */
#define UF_BOOT_SPL_MAX 0x8000

/* The system on chip that a boot loader is for. */
enum uf_soc {
	UF_SOC_UNKNOWN,
	UF_SOC_T10,
	UF_SOC_T20,
	UF_SOC_T21,
	UF_SOC_T23,
	UF_SOC_T30,
	UF_SOC_T31,
	UF_SOC_T32,
	UF_SOC_T40,
	UF_SOC_T41,
	UF_SOC_COUNT
};

/* The boot block and what the boot loader behind it tells. */
struct uf_boot {
	bool present;       /* the magic is there */
	bool length_good;   /* the length field can be one */
	bool checksum_good; /* CRC7 over [2048, spl_length) holds */
	bool checksum_near; /* it holds over a slightly shorter range, as on some T31 (padding);
			     * never said of T10 and T20, where the length is exact */
	bool signature;     /* 0x200-0x7ff is not empty: a signed boot block */
	bool upgrades;      /* it copies staging partitions over the rest where a flag says so */
	bool thingino;      /* it names that firmware */
	bool packed;        /* its second stage is a uImage: what it would tell is compressed */
	uint32_t spl_length;
	enum uf_soc soc;
	uint32_t ram_mib;   /* what its texts say the board has, 0 where they do not */
	char bootargs[512]; /* the kernel command line in it, "" where there is none in the clear */
};

/* Whether a flash that begins with these len bytes begins with a boot block. */
bool uf_boot_present(const uint8_t *head, size_t len);

/* Judge the first len bytes of a flash (at least UF_BOOT_SPL_MAX of them; the more, the more of
 * the boot loader's texts are seen). */
void uf_boot_parse(const uint8_t *head, size_t len, struct uf_boot *boot);

/* CRC7 (x^7 + x^3 + 1, initial value 0, most significant bit first) of len bytes. */
uint8_t uf_crc7(const uint8_t *bytes, size_t len);

/* "T20" and so on, "unknown"; and back (UF_SOC_UNKNOWN where there is none). Static text. */
const char *uf_soc_name(enum uf_soc soc);
enum uf_soc uf_soc_by_name(const char *name);

/* The RAM in MiB of the variant that a boot loader's first stage names behind the SoC, "T20X SPL":
 * L has 64, X has 128 (camera-facts 2.1); 0 where it names none of these. */
uint32_t uf_ram_in_text(const uint8_t *bytes, size_t len);

/* The SoC that a text of a boot loader or the name of a kernel tells, by the markers of
 * camera-facts 3.2. */
enum uf_soc uf_soc_in_text(const uint8_t *bytes, size_t len);

/*
 * The sum of mem=, ispmem= and rmem= of a kernel command line in bytes: the board's RAM. 0 where
 * it has no mem= or no rmem=, for then nothing says what else there is.
 */
uint64_t uf_ram_in_cmdline(const char *cmdline);

/* The same in MiB, to the nearest. */
uint32_t uf_ram_in_bootargs(const char *bootargs);

/* --- U-Boot's environment -------------------------------------------------------------------- */

/* Whether bytes[0..size) is an environment: CRC-32 over all but the first 4 bytes. */
bool uf_env_good(const uint8_t *bytes, size_t size);

/* Copy the value of a variable of a good environment into out[0..out_size). False where it has
 * none. */
bool uf_env_get(const uint8_t *bytes, size_t size, const char *name, char *out, size_t out_size);

/* --- uImage ---------------------------------------------------------------------------------- */

#define UF_UIMAGE_HEADER 64

/* Types of include/image.h of U-Boot that matter here. */
enum {
	UF_UIMAGE_STANDALONE = 1,
	UF_UIMAGE_KERNEL = 2,
	UF_UIMAGE_FIRMWARE = 5,
};

struct uf_uimage {
	bool header_good; /* the header's CRC-32 holds */
	uint32_t size;    /* of the data behind the header */
	uint32_t load;
	uint32_t entry;
	uint32_t data_crc; /* that the data must have */
	uint8_t os, arch, type, compression;
	char name[33];
};

/* Parse a header at bytes[0..UF_UIMAGE_HEADER). False where the magic is not there. */
bool uf_uimage_parse(const uint8_t *bytes, struct uf_uimage *uimage);

/* The word for a compression, "lzma". Static text. */
const char *uf_uimage_compression(uint8_t compression);

/* --- squashfs -------------------------------------------------------------------------------- */

#define UF_SQUASHFS_HEADER 96

struct uf_squashfs {
	uint16_t major, minor;
	uint16_t compression;
	uint32_t block_size;
	uint64_t bytes_used; /* from the superblock on */
};

/* Parse a superblock at bytes[0..UF_SQUASHFS_HEADER). False where there is none that makes
 * sense. */
bool uf_squashfs_parse(const uint8_t *bytes, struct uf_squashfs *squashfs);

/* The word for a compression, "xz". Static text. */
const char *uf_squashfs_compression(uint16_t compression);

/* --- jffs2, and the flag --------------------------------------------------------------------- */

#define UF_JFFS2_HEADER 12

/* Whether a JFFS2 node begins at bytes[0..UF_JFFS2_HEADER): magic and the header's CRC-32. */
bool uf_jffs2_node(const uint8_t *bytes);

/* Whether bytes[0..len) begins with the text that makes a stock boot loader copy its staging
 * partitions over the rest. */
bool uf_upgrade_flag(const uint8_t *bytes, size_t len);

#endif
