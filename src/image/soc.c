/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/image/formats.h"

#include <string.h>

#include "uniflash/util/bytes.h"

static const char *const names[UF_SOC_COUNT] = {
	[UF_SOC_UNKNOWN] = "unknown", [UF_SOC_T10] = "T10", [UF_SOC_T20] = "T20",
	[UF_SOC_T21] = "T21",         [UF_SOC_T23] = "T23", [UF_SOC_T30] = "T30",
	[UF_SOC_T31] = "T31",         [UF_SOC_T32] = "T32", [UF_SOC_T40] = "T40",
	[UF_SOC_T41] = "T41",
};

/* Texts behind which the number of the SoC stands, the surest first (camera-facts 3.2). */
static const char *const before_number[] = {
	"Ingenic XBurst T", "U-Boot for Ingenic T",
	"Flex T",           "isvp_t",
	"ISVP_T",           "ingenic,t",
	"ingenic_t",        "ingenic-t",
};

/* Texts behind the number: "T31 TPL", "T20X SPL". */
static const char *const after_number[] = {" SPL", " TPL"};

/* Texts that only one SoC's boot loader has. */
static const struct {
	const char *text;
	enum uf_soc soc;
} marks[] = {
	{"T31_0x5", UF_SOC_T31},
	{"ddr_inno_phy_init", UF_SOC_T31},
	{"INNO_TRAINING_CTRL", UF_SOC_T31},
	{"isvp_swan", UF_SOC_T31},
};

/* A block that only T40, T41 and A1 have, and where. */
#define INGE_AT 0x100
static const char inge[] = "INGE";

const char *uf_soc_name(enum uf_soc soc)
{
	return names[soc];
}

enum uf_soc uf_soc_by_name(const char *name)
{
	for (int soc = UF_SOC_UNKNOWN + 1; soc < UF_SOC_COUNT; soc++)
		if (strcmp(names[soc], name) == 0)
			return (enum uf_soc)soc;
	return UF_SOC_UNKNOWN;
}

/* The SoC whose two digits stand at `at`. */
static enum uf_soc soc_of_digits(const uint8_t *at, const uint8_t *end)
{
	for (int soc = UF_SOC_UNKNOWN + 1; soc < UF_SOC_COUNT; soc++)
		if (end - at >= 2 && memcmp(at, names[soc] + 1, 2) == 0)
			return (enum uf_soc)soc;
	return UF_SOC_UNKNOWN;
}

static enum uf_soc soc_behind(const uint8_t *bytes, size_t len, const char *text)
{
	const uint8_t *end = bytes + len;
	const uint8_t *at = memmem(bytes, len, text, strlen(text));

	while (at) {
		enum uf_soc soc = soc_of_digits(at + strlen(text), end);

		if (soc)
			return soc;
		at = memmem(at + 1, (size_t)(end - at - 1), text, strlen(text));
	}
	return UF_SOC_UNKNOWN;
}

/* "T20X SPL": a T, two digits, letters, then the text. */
static enum uf_soc soc_before(const uint8_t *bytes, size_t len, const char *text)
{
	const uint8_t *end = bytes + len;
	const uint8_t *at = memmem(bytes, len, text, strlen(text));

	while (at) {
		const uint8_t *letter = at;

		while (letter > bytes && letter[-1] >= 'A' && letter[-1] <= 'Z' && at - letter < 3)
			letter--;
		if (letter - bytes >= 3 && letter[-3] == 'T' && soc_of_digits(letter - 2, end))
			return soc_of_digits(letter - 2, end);
		at = memmem(at + 1, (size_t)(end - at - 1), text, strlen(text));
	}
	return UF_SOC_UNKNOWN;
}

enum uf_soc uf_soc_in_text(const uint8_t *bytes, size_t len)
{
	enum uf_soc soc = UF_SOC_UNKNOWN;

	if (len >= INGE_AT + strlen(inge) && memcmp(bytes + INGE_AT, inge, strlen(inge)) == 0)
		return UF_SOC_T40;
	for (size_t at = 0; !soc && at < sizeof(before_number) / sizeof(before_number[0]); at++)
		soc = soc_behind(bytes, len, before_number[at]);
	for (size_t at = 0; !soc && at < sizeof(after_number) / sizeof(after_number[0]); at++)
		soc = soc_before(bytes, len, after_number[at]);
	for (size_t at = 0; !soc && at < sizeof(marks) / sizeof(marks[0]); at++)
		if (memmem(bytes, len, marks[at].text, strlen(marks[at].text)))
			soc = marks[at].soc;
	return soc;
}

/* The size behind "key=" where it stands as a word of its own. */
static uint64_t size_of_key(const char *cmdline, const char *key)
{
	size_t len = strlen(key);
	uint64_t size;

	for (const char *at = strstr(cmdline, key); at; at = strstr(at + 1, key))
		if ((at == cmdline || at[-1] == ' ') &&
		    uf_parse_size(at + len, strlen(at + len), &size))
			return size;
	return 0;
}

uint64_t uf_ram_in_cmdline(const char *cmdline)
{
	uint64_t mem = size_of_key(cmdline, "mem=");

	return mem ? mem + size_of_key(cmdline, "ispmem=") + size_of_key(cmdline, "rmem=") : 0;
}
