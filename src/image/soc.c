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

/*
 * Texts around the number of the SoC, the surest first (camera-facts 3.2). A boot loader with a
 * device tree names drivers of many SoCs: of those only memory and clock tell which one it is for.
 */
static const struct {
	const char *before;
	const char *behind;
} numbered[] =
	{
		{"Ingenic XBurst T", ""}, {"U-Boot for Ingenic T", ""},
		{"Flex T", ""},           {"isvp_t", ""},
		{"ISVP_T", ""},
},
  drivers[] = {
	  {"ingenic,t", "-ddr"},
	  {"ingenic_t", "_cgu"},
};

/* Texts behind the number: "T31 TPL", "T20X SPL". */
static const char *const stages[] = {" SPL", " TPL"};

/* Texts that only one SoC's boot loader or kernel has. */
static const struct {
	const char *text;
	enum uf_soc soc;
} marks[] = {
	{"T31_0x5", UF_SOC_T31},
	{"ddr_inno_phy_init", UF_SOC_T31},
	{"INNO_TRAINING_CTRL", UF_SOC_T31},
	{"isvp_swan", UF_SOC_T31},
	{"demo_wcv3.bin", UF_SOC_T31},
	{"recovery_wcpv2.bin", UF_SOC_T31},
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

static bool follows(const uint8_t *at, const uint8_t *end, const char *text)
{
	return (size_t)(end - at) >= strlen(text) && memcmp(at, text, strlen(text)) == 0;
}

/* The number between these two texts. */
static enum uf_soc soc_between(const uint8_t *bytes, size_t len, const char *before,
			       const char *behind)
{
	const uint8_t *end = bytes + len;
	const uint8_t *at = memmem(bytes, len, before, strlen(before));

	while (at) {
		const uint8_t *digits = at + strlen(before);
		enum uf_soc soc = soc_of_digits(digits, end);

		if (soc && follows(digits + 2, end, behind))
			return soc;
		at = memmem(at + 1, (size_t)(end - at - 1), before, strlen(before));
	}
	return UF_SOC_UNKNOWN;
}

/* "T20X SPL": a T, two digits, letters, then the text. *variant is the first of the letters, '\0'
 * where there is none or more than one. */
static enum uf_soc soc_before(const uint8_t *bytes, size_t len, const char *text, char *variant)
{
	const uint8_t *end = bytes + len;
	const uint8_t *at = memmem(bytes, len, text, strlen(text));

	while (at) {
		const uint8_t *letter = at;

		while (letter > bytes && letter[-1] >= 'A' && letter[-1] <= 'Z' && at - letter < 3)
			letter--;
		if (letter - bytes >= 3 && letter[-3] == 'T' && soc_of_digits(letter - 2, end)) {
			*variant = at - letter == 1 ? (char)*letter : '\0';
			return soc_of_digits(letter - 2, end);
		}
		at = memmem(at + 1, (size_t)(end - at - 1), text, strlen(text));
	}
	return UF_SOC_UNKNOWN;
}

uint32_t uf_ram_in_text(const uint8_t *bytes, size_t len)
{
	char variant = '\0';

	for (size_t at = 0; at < sizeof(stages) / sizeof(stages[0]); at++)
		if (soc_before(bytes, len, stages[at], &variant))
			break;
	return variant == 'L' ? 64 : variant == 'X' ? 128 : 0;
}

static enum uf_soc soc_in_marks(const uint8_t *bytes, size_t len)
{
	for (size_t at = 0; at < sizeof(marks) / sizeof(marks[0]); at++)
		if (memmem(bytes, len, marks[at].text, strlen(marks[at].text)))
			return marks[at].soc;
	return UF_SOC_UNKNOWN;
}

enum uf_soc uf_soc_in_text(const uint8_t *bytes, size_t len)
{
	enum uf_soc soc = UF_SOC_UNKNOWN;
	char variant;

	for (size_t at = 0; !soc && at < sizeof(numbered) / sizeof(numbered[0]); at++)
		soc = soc_between(bytes, len, numbered[at].before, numbered[at].behind);
	for (size_t at = 0; !soc && at < sizeof(stages) / sizeof(stages[0]); at++)
		soc = soc_before(bytes, len, stages[at], &variant);
	for (size_t at = 0; !soc && at < sizeof(drivers) / sizeof(drivers[0]); at++)
		soc = soc_between(bytes, len, drivers[at].before, drivers[at].behind);
	if (!soc)
		soc = soc_in_marks(bytes, len);
	/* That block is there on none of the others, whatever a text says. */
	if (len >= INGE_AT + strlen(inge) && memcmp(bytes + INGE_AT, inge, strlen(inge)) == 0 &&
	    soc != UF_SOC_T41)
		soc = UF_SOC_T40;
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

	uint64_t reserved = size_of_key(cmdline, "rmem=");

	return mem && reserved ? mem + reserved + size_of_key(cmdline, "ispmem=") : 0;
}

uint32_t uf_ram_in_bootargs(const char *bootargs)
{
	return (uint32_t)uf_min((uf_ram_in_cmdline(bootargs) + (1 << 19)) >> 20, UINT32_MAX);
}
