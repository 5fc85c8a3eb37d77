/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The boot block: magic, length, CRC7, signature; RAM and command line in a boot loader's texts. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "firmware.h"

#define BOOT_SIZE 0x40000
#define LENGTH_AT 12
#define CRC_AT    9

static uint8_t flash[BOOT_SIZE];

static int setup(void **state)
{
	(void)state;
	memset(flash, 0xff, sizeof(flash));
	firmware_boot(flash, UF_SOC_T20);
	return 0;
}

/* A boot loader without any text in it. */
static void begin_silent(void)
{
	memset(flash, 0, sizeof(flash));
	firmware_noise(flash + UF_BOOT_HEADER, 0x305c - UF_BOOT_HEADER, 1);
	firmware_boot_seal(flash, 0x305c, 0x305c);
}

/* Parse the first len bytes from memory that ends there: reading behind them is found. */
static struct uf_boot parse_len(size_t len)
{
	uint8_t *copy = malloc(len);
	struct uf_boot boot;

	assert_non_null(copy);
	memcpy(copy, flash, len);
	memset(&boot, 0xa5, sizeof(boot));
	uf_boot_parse(copy, len, &boot);
	free(copy);
	return boot;
}

static struct uf_boot parse(void)
{
	return parse_len(sizeof(flash));
}

static void expect_nothing(const struct uf_boot *boot)
{
	assert_false(boot->present);
	assert_false(boot->length_good);
	assert_false(boot->checksum_good);
	assert_false(boot->checksum_near);
	assert_false(boot->signature);
	assert_int_equal(boot->spl_length, 0);
	assert_int_equal(boot->soc, UF_SOC_UNKNOWN);
	assert_int_equal(boot->ram_mib, 0);
	assert_string_equal(boot->bootargs, "");
}

/* "123456789" is the check value of catalogues; the other two are in every text on SD cards. */
static void test_crc7_known(void **state)
{
	static const uint8_t go_idle[] = {0x40, 0, 0, 0, 0}, if_cond[] = {0x48, 0, 0, 1, 0xaa};

	(void)state;
	assert_int_equal(uf_crc7((const uint8_t *)"123456789", 9), 0x75);
	assert_int_equal(uf_crc7(go_idle, sizeof(go_idle)), 0x4a);
	assert_int_equal(uf_crc7(if_cond, sizeof(if_cond)), 0x43);
	assert_int_equal(uf_crc7(go_idle, 0), 0);
}

static void test_crc7_against_bitwise(void **state)
{
	(void)state;
	for (size_t len = 1; len < 700; len += 37)
		assert_int_equal(uf_crc7(flash + UF_BOOT_HEADER, len),
				 firmware_crc7(flash, UF_BOOT_HEADER + len));
}

static void test_stock(void **state)
{
	struct uf_boot boot = parse();

	(void)state;
	assert_true(boot.present);
	assert_true(boot.length_good);
	assert_true(boot.checksum_good);
	assert_false(boot.signature);
	assert_int_equal(boot.spl_length, 0x305c);
	assert_int_equal(boot.soc, UF_SOC_T20);
	assert_int_equal(boot.ram_mib, 128);
	assert_string_equal(boot.bootargs, FIRMWARE_BOOTARGS);
}

static void test_magic_wrong(void **state)
{
	(void)state;
	for (size_t at = 0; at < 9; at++) {
		struct uf_boot boot;

		flash[at] ^= 1;
		boot = parse();
		expect_nothing(&boot);
		flash[at] ^= 1;
	}
}

static void test_blank(void **state)
{
	struct uf_boot boot;

	(void)state;
	memset(flash, 0xff, sizeof(flash));
	boot = parse();
	expect_nothing(&boot);
}

static void test_too_short_for_a_header(void **state)
{
	struct uf_boot boot = parse_len(UF_BOOT_HEADER - 1);

	(void)state;
	expect_nothing(&boot);
	assert_true(parse_len(UF_BOOT_HEADER).present);
}

/* What the boot ROM would copy has to be there. */
static void test_cut_off_inside_first_stage(void **state)
{
	(void)state;
	assert_false(parse_len(0x305b).length_good);
	assert_false(parse_len(0x305b).checksum_good);
	assert_true(parse_len(0x305c).length_good);
	assert_true(parse_len(0x305c).checksum_good);
}

static void test_lengths(void **state)
{
	static const struct {
		uint32_t length;
		bool good;
	} rows[] = {
		{0, false},          {1, false},          {UF_BOOT_HEADER, false}, {0x801, true},
		{0x305c, true},      {0x3f40, true},      {0x6800, true},          {0x8000, true},
		{0x8001, false},     {0x10000, false},    {0x40000, false},        {0x40001, false},
		{0x80000000, false}, {0xffffffff, false},
	};

	(void)state;
	begin_silent();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct uf_boot boot;

		firmware_boot_seal(flash, rows[i].length, rows[i].good ? rows[i].length : 0);
		boot = parse();
		assert_true(boot.present);
		assert_int_equal(boot.spl_length, rows[i].length);
		assert_int_equal(boot.length_good, rows[i].good);
		assert_int_equal(boot.checksum_good, rows[i].good);
		if (!rows[i].good)
			assert_false(boot.checksum_near);
	}
}

/* What is loaded over USB has neither length nor CRC, and does not start from flash. */
static void test_usb_loader(void **state)
{
	struct uf_boot boot;

	(void)state;
	flash[CRC_AT] = 0;
	memset(flash + LENGTH_AT, 0, 4);
	boot = parse();
	assert_true(boot.present);
	assert_false(boot.length_good);
	assert_false(boot.checksum_good);
	assert_false(boot.checksum_near);
}

static void test_upgrades(void **state)
{
	(void)state;
	assert_true(parse().upgrades);
	assert_false(parse().thingino);
	begin_silent();
	assert_false(parse().upgrades);
	firmware_text(flash + 0x9000, "FWGRADEUP");
	assert_false(parse().upgrades);
}

static void test_thingino(void **state)
{
	(void)state;
	firmware_boot_2013(flash, UF_SOC_T31);
	assert_true(parse().thingino);
	assert_false(parse().upgrades);
	begin_silent();
	assert_false(parse().thingino);
}

static void test_every_wrong_crc(void **state)
{
	uint8_t right = flash[CRC_AT];

	(void)state;
	for (unsigned crc = 0; crc <= 0xff; crc++) {
		struct uf_boot boot;

		flash[CRC_AT] = (uint8_t)crc;
		boot = parse_len(UF_BOOT_SPL_MAX);
		assert_true(boot.length_good);
		assert_int_equal(boot.checksum_good, crc == right);
		/* the code ends in no padding */
		assert_false(boot.checksum_near);
	}
}

/* One bit anywhere in the code, at its ends too, is found; outside of it nothing is. */
static void test_one_bit(void **state)
{
	static const struct {
		size_t at;
		bool good;
	} rows[] = {{0x7ff, true},   {0x800, false},  {0x801, false},
		    {0x2000, false}, {0x305b, false}, {0x305c, true}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		flash[rows[i].at] ^= 0x10;
		assert_int_equal(parse().checksum_good, rows[i].good);
		flash[rows[i].at] ^= 0x10;
	}
}

/* Code up to end, padding up to length, a CRC over the code alone. */
static struct uf_boot parse_padded(uint32_t end, uint32_t length, int padding)
{
	memset(flash, 0, sizeof(flash));
	firmware_noise(flash + UF_BOOT_HEADER, end - UF_BOOT_HEADER, 7);
	memset(flash + end, padding, length - end);
	firmware_boot_seal(flash, length, end);
	assert_true(flash[CRC_AT] != 0); /* else zeros would not change it */
	return parse();
}

/* The two T31 boot loaders of camera-facts 3.1 whose length is rounded up to 64. */
static void test_near(void **state)
{
	static const uint32_t rows[][2] = {{0x37b8, 0x37c0}, {0x3f1c, 0x3f40}};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		for (int padding = 0; padding <= 0xff; padding += 0xff) {
			struct uf_boot boot = parse_padded(rows[i][0], rows[i][1], padding);

			assert_true(boot.length_good);
			assert_false(boot.checksum_good);
			assert_true(boot.checksum_near);
		}
	}
}

static void test_near_as_far_as_rounding_goes(void **state)
{
	struct uf_boot boot = parse_padded(0x37c0 - 63, 0x37c0, 0);

	(void)state;
	assert_true(boot.checksum_near);
	boot = parse_padded(0x37c0 - 64, 0x37c0, 0);
	assert_false(boot.checksum_good);
	assert_false(boot.checksum_near);
}

/*
 * A length that is no multiple of 64 was not rounded up to one, as all of T10 and T20: with enough
 * padding, every second wrong CRC would hold over one of the shorter ranges.
 */
static void test_near_only_where_length_is_rounded(void **state)
{
	static const uint32_t lengths[] = {0x305c, 0x306c, 0x390c};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct uf_boot boot = parse_padded(lengths[i] - 8, lengths[i], 0);

		assert_true(boot.length_good);
		assert_false(boot.checksum_good);
		assert_false(boot.checksum_near);
	}
}

/* What lies between the end of the CRC and the length has to be padding. */
static void test_near_only_over_padding(void **state)
{
	struct uf_boot boot;

	(void)state;
	parse_padded(0x37b8, 0x37c0, 0);
	flash[0x37bf] = 0x42;
	boot = parse();
	assert_false(boot.checksum_good);
	assert_false(boot.checksum_near);
}

/* A boot block that is hardly longer than its header: the shorter range ends at the header. */
static void test_near_stops_at_header(void **state)
{
	struct uf_boot boot;

	(void)state;
	memset(flash, 0, sizeof(flash));
	firmware_boot_seal(flash, UF_BOOT_HEADER + 4, UF_BOOT_HEADER + 4);
	flash[CRC_AT] = 1;
	boot = parse_len(UF_BOOT_HEADER + 4);
	assert_true(boot.length_good);
	assert_false(boot.checksum_good);
	assert_false(boot.checksum_near);
}

static void test_signature_area(void **state)
{
	static const struct {
		size_t at;
		bool signature;
	} rows[] = {{0x10, false}, {0x1ff, false}, {0x200, true}, {0x400, true},
		    {0x7ff, true}, {0x800, false}, {0x801, false}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin_silent();
		flash[rows[i].at] = 0x5a;
		assert_int_equal(parse().signature, rows[i].signature);
	}
}

static uint32_t ram_of(const char *text)
{
	begin_silent();
	firmware_text(flash + 0x9001, text);
	return parse().ram_mib;
}

static void test_ram_text(void **state)
{
	static const struct {
		const char *text;
		uint32_t ram;
	} rows[] = {
		{"Dafang 128MB (Ingenic XBurst T20 SoC)", 128},
		{"Dafang 64MB", 64},
		{"Xiaofang 64MB", 64},
		{"Wyze 128MB", 128},
		{"Dafang 1024MB", 1024},
		{"Dafang 96MB", 96},
		{"Dafang 128KB", 0},
		{"Dafang MB", 0},
		{"Dafang 128 MB", 0},
		{"Dafang", 0},
		{"Dafang 12345MB", 0},
		{"128MB", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(ram_of(rows[i].text), rows[i].ram);
}

/* The name of the board can stand elsewhere before it stands in front of the RAM. */
static void test_ram_text_behind_other_text(void **state)
{
	(void)state;
	begin_silent();
	firmware_text(flash + 0x8000, "Dafang open boot loader");
	firmware_text(flash + 0x9000, "Dafang 64MB");
	assert_int_equal(parse().ram_mib, 64);
}

static void test_ram_text_at_the_end(void **state)
{
	(void)state;
	begin_silent();
	firmware_text(flash + 0x9000, "Dafang 128MB");
	assert_int_equal(parse_len(0x9000 + 12).ram_mib, 128);
	for (size_t less = 1; less < 12; less++)
		assert_int_equal(parse_len(0x9000 + 12 - less).ram_mib, 0);
}

/* What the board says of itself is surer than the command line. */
static void test_ram_text_before_bootargs(void **state)
{
	(void)state;
	begin_silent();
	firmware_text(flash + 0x9000, "Dafang 64MB");
	firmware_text(flash + 0xa000, "bootargs=console=ttyS1,115200n8 mem=96M rmem=32M");
	assert_int_equal(parse().ram_mib, 64);
}

static void test_ram_of_bootargs(void **state)
{
	static const char bootargs[] =
		"console=ttyS1,115200n8 mem=41700K ispmem=8M rmem=15644K mtdparts=jz_sfc:-(all)";
	struct uf_boot boot;

	(void)state;
	begin_silent();
	firmware_text(flash + 0xa000, bootargs);
	boot = parse();
	assert_int_equal(boot.ram_mib, 64);
	assert_string_equal(boot.bootargs, bootargs);
}

static void test_no_bootargs(void **state)
{
	struct uf_boot boot;

	(void)state;
	begin_silent();
	boot = parse();
	assert_string_equal(boot.bootargs, "");
	assert_int_equal(boot.ram_mib, 0);
	assert_int_equal(boot.soc, UF_SOC_UNKNOWN);
}

static void test_bootargs_without_mtdparts(void **state)
{
	(void)state;
	begin_silent();
	firmware_text(flash + 0xa000, "bootargs=console=ttyS1,115200n8 mem=96M rmem=32M");
	assert_string_equal(parse().bootargs, "console=ttyS1,115200n8 mem=96M rmem=32M");
}

/* U-Boot's command for partitions brings texts of its own, which are no command line. */
static void test_bootargs_behind_help_text(void **state)
{
	(void)state;
	begin_silent();
	firmware_text(flash + 0x9000, "mtdparts=<mtd-def>[;<mtd-def>...]");
	firmware_text(flash + 0xa000, "bootargs=" FIRMWARE_BOOTARGS);
	assert_string_equal(parse().bootargs, FIRMWARE_BOOTARGS);
	assert_int_equal(parse().ram_mib, 128);
}

static void test_bootargs_too_long(void **state)
{
	char text[700] = "console=ttyS1 mem=96M ";
	struct uf_boot boot;

	(void)state;
	begin_silent();
	memset(text + strlen(text), 'x', sizeof(text) - strlen(text) - 1);
	firmware_text(flash + 0xa000, text);
	boot = parse();
	assert_non_null(memchr(boot.bootargs, '\0', sizeof(boot.bootargs)));
	assert_true(strlen(boot.bootargs) > 400);
	assert_memory_equal(boot.bootargs, text, strlen(boot.bootargs));
}

static void test_bootargs_at_the_end(void **state)
{
	static const char text[] = "console=ttyS1 mem=96M rmem=32M";

	(void)state;
	begin_silent();
	firmware_text(flash + 0xa000, text);
	assert_string_equal(parse_len(0xa000 + strlen(text)).bootargs, text);
}

/* Unprintable bytes end it: it is shown to people. */
static void test_bootargs_end_at_what_cannot_be_printed(void **state)
{
	(void)state;
	begin_silent();
	firmware_text(flash + 0xa000, "console=ttyS1 mem=96M\x1b[31m rmem=32M");
	assert_string_equal(parse().bootargs, "console=ttyS1 mem=96M");
}

static void test_ram_in_cmdline(void **state)
{
	static const struct {
		const char *cmdline;
		uint64_t ram;
	} rows[] = {
		/* all of camera-facts 2.1, in KiB */
		{"mem=104M@0x0 ispmem=8M@0x6800000 rmem=16M@0x7000000", 128 * 1024},
		{"mem=96M@0x0 ispmem=8M@0x6000000 rmem=24M@0x6800000", 128 * 1024},
		{"mem=87M ispmem=9M rmem=32M", 128 * 1024},
		{"mem=41700K ispmem=8M rmem=15644K", 64 * 1024},
		{"mem=39M ispmem=5M rmem=20M", 64 * 1024},
		{"mem=41472K ispmem=8M rmem=15872K", 64 * 1024},
		{"mem=99M@0x0 rmem=29M@0x6300000", 128 * 1024},
		{"mem=96M rmem=32M@0x6000000", 128 * 1024},
		{"mem=92M rmem=36M", 128 * 1024},
		/* in any order, between other words */
		{"console=ttyS1 rmem=32M init=/linuxrc ispmem=9M quiet mem=87M rw\n", 128 * 1024},
		{"mem=0x4000000 rmem=64m", 128 * 1024},
		/* one without the other says nothing of the whole */
		{"", 0},
		{"mem=64M", 0},
		{"mem=64M ispmem=8M", 0},
		{"rmem=32M ispmem=8M", 0},
		{"rmem=32M", 0},
		{"highmem=32M rmem=32M", 0},
		{"mem=96M xrmem=32M", 0},
		{"mem=", 0},
		{"mem=${osmem} rmem=${rmem}", 0},
		{"mem", 0},
		/* one that cannot be read is not the last word */
		{"mem=${osmem} mem=96M rmem=32M", 128 * 1024},
	};

	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t ram = uf_ram_in_cmdline(rows[i].cmdline);

		if (ram != rows[i].ram * 1024) {
			print_error("\"%s\": %llu\n", rows[i].cmdline, (unsigned long long)ram);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_crc7_known, setup),
		cmocka_unit_test_setup(test_crc7_against_bitwise, setup),
		cmocka_unit_test_setup(test_stock, setup),
		cmocka_unit_test_setup(test_magic_wrong, setup),
		cmocka_unit_test_setup(test_blank, setup),
		cmocka_unit_test_setup(test_too_short_for_a_header, setup),
		cmocka_unit_test_setup(test_cut_off_inside_first_stage, setup),
		cmocka_unit_test_setup(test_lengths, setup),
		cmocka_unit_test_setup(test_usb_loader, setup),
		cmocka_unit_test_setup(test_upgrades, setup),
		cmocka_unit_test_setup(test_thingino, setup),
		cmocka_unit_test_setup(test_every_wrong_crc, setup),
		cmocka_unit_test_setup(test_one_bit, setup),
		cmocka_unit_test_setup(test_near, setup),
		cmocka_unit_test_setup(test_near_as_far_as_rounding_goes, setup),
		cmocka_unit_test_setup(test_near_only_where_length_is_rounded, setup),
		cmocka_unit_test_setup(test_near_only_over_padding, setup),
		cmocka_unit_test_setup(test_near_stops_at_header, setup),
		cmocka_unit_test_setup(test_signature_area, setup),
		cmocka_unit_test_setup(test_ram_text, setup),
		cmocka_unit_test_setup(test_ram_text_behind_other_text, setup),
		cmocka_unit_test_setup(test_ram_text_at_the_end, setup),
		cmocka_unit_test_setup(test_ram_text_before_bootargs, setup),
		cmocka_unit_test_setup(test_ram_of_bootargs, setup),
		cmocka_unit_test_setup(test_no_bootargs, setup),
		cmocka_unit_test_setup(test_bootargs_without_mtdparts, setup),
		cmocka_unit_test_setup(test_bootargs_behind_help_text, setup),
		cmocka_unit_test_setup(test_bootargs_too_long, setup),
		cmocka_unit_test_setup(test_bootargs_at_the_end, setup),
		cmocka_unit_test_setup(test_bootargs_end_at_what_cannot_be_printed, setup),
		cmocka_unit_test_setup(test_ram_in_cmdline, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
