/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which system on chip a text is for: every marker of camera-facts 3.2, and what is none. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "firmware.h"

#define BOOT_SIZE 0x40000
#define INGE_AT   0x100

static uint8_t flash[BOOT_SIZE];

struct row {
	const char *text;
	enum uf_soc soc;
};

static const enum uf_soc all[] = {UF_SOC_T10, UF_SOC_T20, UF_SOC_T21, UF_SOC_T23, UF_SOC_T30,
				  UF_SOC_T31, UF_SOC_T32, UF_SOC_T40, UF_SOC_T41};
static const char *const numbers[] = {"10", "20", "21", "23", "30", "31", "32", "40", "41"};

#define SOCS (sizeof(all) / sizeof(all[0]))

/* What a text tells that lies alone in memory that ends with it. */
static enum uf_soc soc_of(const char *text)
{
	size_t len = strlen(text);
	uint8_t *copy = malloc(len ? len : 1);
	enum uf_soc soc;

	assert_non_null(copy);
	memcpy(copy, text, len);
	soc = uf_soc_in_text(copy, len);
	free(copy);
	return soc;
}

/* What a text tells inside of a boot loader. */
static enum uf_soc soc_inside(const char *text)
{
	memset(flash, 0, sizeof(flash));
	firmware_noise(flash + UF_BOOT_HEADER, 0x20000, 3);
	firmware_text(flash + 0x1fff1, text);
	return uf_soc_in_text(flash, sizeof(flash));
}

static void expect_rows(const struct row *rows, size_t count)
{
	unsigned wrong = 0;

	for (size_t i = 0; i < count; i++) {
		enum uf_soc alone = soc_of(rows[i].text), inside = soc_inside(rows[i].text);

		if (alone == rows[i].soc && inside == rows[i].soc)
			continue;
		print_error("\"%s\": %s alone, %s in a boot loader, not %s\n", rows[i].text,
			    uf_soc_name(alone), uf_soc_name(inside), uf_soc_name(rows[i].soc));
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

#define EXPECT_ROWS(rows) expect_rows(rows, sizeof(rows) / sizeof((rows)[0]))

static void test_stock(void **state)
{
	static const struct row rows[] = {
		{"Ingenic XBurst T20 SoC", UF_SOC_T20},
		{"Dafang 128MB (Ingenic XBurst T20 SoC)", UF_SOC_T20},
		{"isvp_t20# ", UF_SOC_T20},
		{"Ingenic XBurst T10 SoC", UF_SOC_T10},
		{"isvp_t31# ", UF_SOC_T31},
	};

	(void)state;
	EXPECT_ROWS(rows);
}

static void test_t31_first_stage(void **state)
{
	static const struct row rows[] = {
		{"T31_0x5", UF_SOC_T31},
		{"ddr_inno_phy_init", UF_SOC_T31},
		{"INNO_TRAINING_CTRL", UF_SOC_T31},
	};

	(void)state;
	EXPECT_ROWS(rows);
}

/* Names of recovery files that only the boot loaders of T31 cameras look for. */
static void test_t31_recovery_files(void **state)
{
	static const struct row rows[] = {
		{"demo_wcv3.bin", UF_SOC_T31},
		{"recovery_wcpv2.bin", UF_SOC_T31},
	};

	(void)state;
	EXPECT_ROWS(rows);
}

static void test_thingino_2013(void **state)
{
	static const struct row rows[] = {
		{"Ingenic U-Boot SPL", UF_SOC_UNKNOWN},
		{"Ingenic U-Boot Flex SPL", UF_SOC_UNKNOWN},
		{"Flex T20X SPL", UF_SOC_T20},
		{"Flex T31ZX SPL", UF_SOC_T31},
		{"Thingino U-Boot for Ingenic T20X SPL", UF_SOC_T20},
		{"Thingino U-Boot for Ingenic T31AL SPL", UF_SOC_T31},
	};

	(void)state;
	EXPECT_ROWS(rows);
}

static void test_thingino_2026(void **state)
{
	static const struct row rows[] = {
		{"T20 TPL", UF_SOC_T20},
		{"T31 TPL", UF_SOC_T31},
		{"T31 SPL", UF_SOC_T31},
		{"ingenic,t20-ddr-dwc", UF_SOC_T20},
		{"ingenic,t31-ddr-innophy", UF_SOC_T31},
		{"ingenic_t31_cgu", UF_SOC_T31},
		{"ingenic_t20_cgu", UF_SOC_T20},
	};

	(void)state;
	EXPECT_ROWS(rows);
}

static void test_kernel_names(void **state)
{
	static const struct row rows[] = {
		{"Linux-3.10.14__isvp_swan_1.0__", UF_SOC_T31},
		{"Linux-3.10.14", UF_SOC_UNKNOWN},
		{"", UF_SOC_UNKNOWN},
	};

	(void)state;
	EXPECT_ROWS(rows);
}

/* Every SoC in every kind of text that has a number. */
static void test_every_number(void **state)
{
	static const char *const texts[] = {
		"Ingenic XBurst T%s SoC",
		"T%s TPL",
		"T%s SPL",
		"T%sXP SPL",
		"isvp_t%s# ",
		"Thingino U-Boot for Ingenic T%sN SPL",
		"Flex T%sL SPL",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		for (size_t soc = 0; soc < SOCS; soc++) {
			char text[64];
			size_t at = (size_t)(strstr(texts[i], "%s") - texts[i]);

			snprintf(text, sizeof(text), "%.*s%s%s", (int)at, texts[i], numbers[soc],
				 texts[i] + at + 2);
			if (soc_of(text) != all[soc])
				fail_msg("\"%s\" is %s", text, uf_soc_name(soc_of(text)));
		}
	}
}

static void test_none(void **state)
{
	static const struct row rows[] = {
		{"U-Boot SPL 2013.07", UF_SOC_UNKNOWN},
		{"U-Boot TPL 2026.07", UF_SOC_UNKNOWN},
		{"FWGRADEUP=", UF_SOC_UNKNOWN},
		{"isvp_bull", UF_SOC_UNKNOWN},
		{"Ingenic XBurst T99 SoC", UF_SOC_UNKNOWN},
		{"Ingenic XBurst T", UF_SOC_UNKNOWN},
		{"Ingenic XBurst T2", UF_SOC_UNKNOWN},
		{"T99 SPL", UF_SOC_UNKNOWN},
		{"20 SPL", UF_SOC_UNKNOWN},
		{" SPL", UF_SOC_UNKNOWN},
		{"X20 TPL", UF_SOC_UNKNOWN},
		{"T20", UF_SOC_UNKNOWN},
		{"ingenic,jz4780-uart", UF_SOC_UNKNOWN},
		{"ingenic,xburst", UF_SOC_UNKNOWN},
	};

	(void)state;
	EXPECT_ROWS(rows);
}

static void test_cut_off(void **state)
{
	static const char text[] = "Ingenic XBurst T20";

	(void)state;
	for (size_t len = 0; len < strlen(text); len++) {
		char part[sizeof(text)];

		snprintf(part, sizeof(part), "%.*s", (int)len, text);
		assert_int_equal(soc_of(part), UF_SOC_UNKNOWN);
	}
	assert_int_equal(soc_of(text), UF_SOC_T20);
}

/* A text without a number does not hide the one behind it. */
static void test_number_in_second_text(void **state)
{
	static const struct row rows[] = {
		{"isvp_test isvp_t31#", UF_SOC_T31},
		{"U-Boot SPL 2013.07 T20X SPL", UF_SOC_T20},
		{"Ingenic XBurst TV, Ingenic XBurst T10 SoC", UF_SOC_T10},
	};

	(void)state;
	EXPECT_ROWS(rows);
}

/*
 * thingino's SPL of 2026.07 lies in the clear, and its drivers name every SoC that they know
 * (gtxaspec/u-boot, drivers/pinctrl and drivers/spi): a T20's SFC even is "ingenic,t31-sfc". Only
 * the TPL's own text, the DDR controller and the clock driver tell which one it is.
 */
static void test_drivers_for_several(void **state)
{
	static const char *const drivers[] = {
		"ingenic,t10-pinctrl", "ingenic,t20-pinctrl", "ingenic,t21-pinctrl",
		"ingenic,t31-pinctrl", "ingenic,t31-sfc",     "ingenic,t40-sfc",
	};
	static const enum uf_soc socs[] = {UF_SOC_T20, UF_SOC_T31};
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		memset(flash, 0xff, sizeof(flash));
		firmware_boot_2026(flash, socs[i], 0x38000);
		for (size_t at = 0; at < sizeof(drivers) / sizeof(drivers[0]); at++)
			firmware_text(flash + 0x10000 + 0x40 * at, drivers[at]);
		firmware_text(flash + 0x12000, socs[i] == UF_SOC_T20 ? "ingenic,t20-ddr-dwc"
								     : "ingenic,t31-ddr-innophy");
		if (uf_soc_in_text(flash, sizeof(flash)) != socs[i]) {
			print_error("%s is taken for %s\n", uf_soc_name(socs[i]),
				    uf_soc_name(uf_soc_in_text(flash, sizeof(flash))));
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

/* Boot loaders as they are made whole. */
static void test_boot_loaders(void **state)
{
	static const enum uf_soc socs[] = {UF_SOC_T20, UF_SOC_T31};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		memset(flash, 0xff, sizeof(flash));
		firmware_boot(flash, socs[i]);
		assert_int_equal(uf_soc_in_text(flash, sizeof(flash)), socs[i]);
		firmware_boot_2013(flash, socs[i]);
		assert_int_equal(uf_soc_in_text(flash, sizeof(flash)), socs[i]);
		firmware_boot_2026(flash, socs[i], 0x38000);
		assert_int_equal(uf_soc_in_text(flash, sizeof(flash)), socs[i]);
	}
}

static void put_inge(void)
{
	memset(flash, 0, sizeof(flash));
	memcpy(flash + INGE_AT, "INGE", 4);
}

/* The block tells a chip of another series, whatever else there is. */
static void test_inge_block(void **state)
{
	enum uf_soc soc;

	(void)state;
	put_inge();
	soc = uf_soc_in_text(flash, sizeof(flash));
	assert_true(soc == UF_SOC_T40 || soc == UF_SOC_T41);
	firmware_text(flash + 0x2000, "Ingenic XBurst T20 SoC");
	soc = uf_soc_in_text(flash, sizeof(flash));
	assert_true(soc == UF_SOC_T40 || soc == UF_SOC_T41);
}

/* T40 and T41 both have it: a text that tells which of them it is counts. */
static void test_inge_block_of_t41(void **state)
{
	(void)state;
	put_inge();
	firmware_text(flash + 0x2000, "T41 SPL");
	assert_int_equal(uf_soc_in_text(flash, sizeof(flash)), UF_SOC_T41);
}

static void test_inge_only_at_its_place(void **state)
{
	(void)state;
	put_inge();
	memmove(flash + INGE_AT + 1, flash + INGE_AT, 4);
	flash[INGE_AT] = 0;
	assert_int_equal(uf_soc_in_text(flash, sizeof(flash)), UF_SOC_UNKNOWN);
	put_inge();
	assert_int_equal(uf_soc_in_text(flash, INGE_AT + 3), UF_SOC_UNKNOWN);
}

static void test_names(void **state)
{
	(void)state;
	assert_int_equal(SOCS, UF_SOC_COUNT - 1);
	for (size_t soc = 0; soc < SOCS; soc++) {
		char name[8];

		snprintf(name, sizeof(name), "T%s", numbers[soc]);
		assert_string_equal(uf_soc_name(all[soc]), name);
		assert_int_equal(uf_soc_by_name(name), all[soc]);
	}
	assert_string_equal(uf_soc_name(UF_SOC_UNKNOWN), "unknown");
}

static void test_no_names(void **state)
{
	static const char *const names[] = {"", "unknown", "T", "T2", "T200", "T20X", "X20", "20"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(uf_soc_by_name(names[i]), UF_SOC_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stock),
		cmocka_unit_test(test_t31_first_stage),
		cmocka_unit_test(test_t31_recovery_files),
		cmocka_unit_test(test_thingino_2013),
		cmocka_unit_test(test_thingino_2026),
		cmocka_unit_test(test_kernel_names),
		cmocka_unit_test(test_every_number),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_cut_off),
		cmocka_unit_test(test_number_in_second_text),
		cmocka_unit_test(test_drivers_for_several),
		cmocka_unit_test(test_boot_loaders),
		cmocka_unit_test(test_inge_block),
		cmocka_unit_test(test_inge_block_of_t41),
		cmocka_unit_test(test_inge_only_at_its_place),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_no_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
