/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/image/formats.h"

#include <stdlib.h>
#include <string.h>

#include "uniflash/util/bytes.h"

#define SPL_MAGIC_LEN 9
#define CRC_AT        9
#define LENGTH_AT     12
#define SIGNATURE_AT  0x200
#define CRC_POLY      0x09

/* How far the end that the CRC covers can lie in front of the length field: it is rounded up to
 * 64 on T31 (camera-facts 3.1). */
#define LENGTH_ROUNDING 64

static const uint8_t spl_magic[SPL_MAGIC_LEN] = {0x06, 0x05, 0x04, 0x03, 0x02,
						 0x55, 0xaa, 0x55, 0xaa};

uint8_t uf_crc7(const uint8_t *bytes, size_t len)
{
	uint8_t crc = 0; /* in the upper seven bits */

	for (size_t at = 0; at < len; at++) {
		crc ^= bytes[at];
		for (int bit = 0; bit < 8; bit++)
			crc = (uint8_t)(crc & 0x80 ? crc << 1 ^ CRC_POLY << 1 : crc << 1);
	}
	return crc >> 1;
}

static bool all_zero(const uint8_t *bytes, size_t len)
{
	for (size_t at = 0; at < len; at++)
		if (bytes[at])
			return false;
	return true;
}

static bool is_padding(uint8_t byte)
{
	return byte == 0 || byte == UF_BLANK_BYTE;
}

static void judge_checksum(const uint8_t *head, size_t len, struct uf_boot *boot)
{
	uint32_t end = boot->spl_length;

	boot->length_good = end > UF_BOOT_HEADER && end <= UF_BOOT_SPL_MAX && end <= len;
	if (!boot->length_good)
		return;
	boot->checksum_good = uf_crc7(head + UF_BOOT_HEADER, end - UF_BOOT_HEADER) == head[CRC_AT];
	for (uint32_t less = 1; less < LENGTH_ROUNDING && !boot->checksum_near; less++) {
		if (end - less <= UF_BOOT_HEADER || !is_padding(head[end - less]))
			break;
		boot->checksum_near =
			uf_crc7(head + UF_BOOT_HEADER, end - less - UF_BOOT_HEADER) == head[CRC_AT];
	}
}

static const char *find_text(const uint8_t *bytes, size_t len, const char *text)
{
	return memmem(bytes, len, text, strlen(text));
}

/* "Dafang 128MB (Ingenic XBurst T20 SoC)" in the open boot loader of Dafang-Hacks. */
static void find_ram_text(const uint8_t *head, size_t len, struct uf_boot *boot)
{
	static const char *const boards[] = {"Dafang ", "Xiaofang ", "Wyze "};
	const uint8_t *end = head + len;

	for (size_t at = 0; at < sizeof(boards) / sizeof(boards[0]); at++) {
		const char *found = find_text(head, len, boards[at]);
		const char *number = found ? found + strlen(boards[at]) : NULL;
		char digits[8] = "";
		size_t count = 0;

		while (number && (const uint8_t *)number + count < end && count < 4 &&
		       number[count] >= '0' && number[count] <= '9') {
			digits[count] = number[count];
			count++;
		}
		if (count && end - (const uint8_t *)(number + count) >= 2 &&
		    memcmp(number + count, "MB", 2) == 0)
			boot->ram_mib = (uint32_t)strtoul(digits, NULL, 10);
	}
}

/* The text that begins at or before `at`, up to the NULs around it. */
static void copy_text(const uint8_t *head, size_t len, const uint8_t *at, char *out, size_t size)
{
	const uint8_t *start = at;
	size_t count = 0;

	while (start > head && start[-1] >= ' ' && start[-1] < 0x7f)
		start--;
	while (start + count < head + len && count + 1 < size && start[count] >= ' ' &&
	       start[count] < 0x7f)
		count++;
	memcpy(out, start, count);
	out[count] = '\0';
}

/* The kernel command line is the text with both a console and partitions or memory. */
static void find_bootargs(const uint8_t *head, size_t len, struct uf_boot *boot)
{
	const char *found = find_text(head, len, "mtdparts=");
	char *name;

	if (!found)
		found = find_text(head, len, "console=tty");
	if (!found)
		return;
	copy_text(head, len, (const uint8_t *)found, boot->bootargs, sizeof(boot->bootargs));
	name = boot->bootargs;
	if (strncmp(name, "bootargs=", strlen("bootargs=")) == 0)
		memmove(name, name + strlen("bootargs="), strlen(name + strlen("bootargs=")) + 1);
}

void uf_boot_parse(const uint8_t *head, size_t len, struct uf_boot *boot)
{
	memset(boot, 0, sizeof(*boot));
	if (len < UF_BOOT_HEADER || memcmp(head, spl_magic, SPL_MAGIC_LEN) != 0)
		return;
	boot->present = true;
	boot->spl_length = uf_le32(head + LENGTH_AT);
	boot->signature = !all_zero(head + SIGNATURE_AT, UF_BOOT_HEADER - SIGNATURE_AT);
	judge_checksum(head, len, boot);
	boot->soc = uf_soc_in_text(head, len);
	find_ram_text(head, len, boot);
	find_bootargs(head, len, boot);
	if (!boot->ram_mib)
		boot->ram_mib = (uint32_t)((uf_ram_in_cmdline(boot->bootargs) + (1 << 19)) >> 20);
}
