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
	/* With 63 ends to try, half of all wrong checksums would fit one of them. */
	if (end % LENGTH_ROUNDING || boot->soc == UF_SOC_T10 || boot->soc == UF_SOC_T20)
		return;
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

/* The number of "64MB", 0 where none stands at `at`. */
static uint32_t megabytes(const uint8_t *at, const uint8_t *end)
{
	uint32_t number = 0;

	while (at < end && *at >= '0' && *at <= '9' && number < 1000)
		number = number * 10 + (*at++ - '0');
	return end - at >= 2 && memcmp(at, "MB", 2) == 0 ? number : 0;
}

/* "Dafang 128MB (Ingenic XBurst T20 SoC)" in the open boot loader of Dafang-Hacks. */
static void find_ram_text(const uint8_t *head, size_t len, struct uf_boot *boot)
{
	static const char *const boards[] = {"Dafang ", "Xiaofang ", "Wyze "};
	const uint8_t *end = head + len;

	for (size_t board = 0; board < sizeof(boards) / sizeof(boards[0]); board++) {
		const uint8_t *at = (const uint8_t *)find_text(head, len, boards[board]);

		while (at && !boot->ram_mib) {
			at += strlen(boards[board]);
			boot->ram_mib = megabytes(at, end);
			at = (const uint8_t *)find_text(at, (size_t)(end - at), boards[board]);
		}
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

/* A kernel command line has a console, and partitions or memory beside it. */
static bool is_command_line(const char *text)
{
	return strstr(text, "console=") && (strstr(text, "mtdparts=") || strstr(text, "mem="));
}

static void find_bootargs(const uint8_t *head, size_t len, struct uf_boot *boot)
{
	static const char name[] = "bootargs=";
	const uint8_t *end = head + len;
	const uint8_t *at = (const uint8_t *)find_text(head, len, "console=");
	char *text = boot->bootargs;

	while (at) {
		copy_text(head, len, at, text, sizeof(boot->bootargs));
		if (is_command_line(text))
			break;
		text[0] = '\0';
		at++;
		at = (const uint8_t *)find_text(at, (size_t)(end - at), "console=");
	}
	if (strncmp(text, name, strlen(name)) == 0)
		memmove(text, text + strlen(name), strlen(text + strlen(name)) + 1);
}

bool uf_boot_present(const uint8_t *head, size_t len)
{
	return len >= UF_BOOT_HEADER && memcmp(head, spl_magic, SPL_MAGIC_LEN) == 0;
}

void uf_boot_parse(const uint8_t *head, size_t len, struct uf_boot *boot)
{
	memset(boot, 0, sizeof(*boot));
	if (!uf_boot_present(head, len))
		return;
	boot->present = true;
	boot->spl_length = uf_le32(head + LENGTH_AT);
	boot->signature = !all_zero(head + SIGNATURE_AT, UF_BOOT_HEADER - SIGNATURE_AT);
	boot->soc = uf_soc_in_text(head, len);
	judge_checksum(head, len, boot);
	boot->upgrades = find_text(head, len, "FWGRADEUP=");
	boot->thingino = find_text(head, len, "hingino");
	find_ram_text(head, len, boot);
	find_bootargs(head, len, boot);
	if (!boot->ram_mib)
		boot->ram_mib = uf_ram_in_bootargs(boot->bootargs);
}
