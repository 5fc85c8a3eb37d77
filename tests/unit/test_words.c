/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Events in words. The plan's table is compared with whole texts in test_plan.c; here it is what a
 * text must say, for all that can happen.
 */
#include "support.h"

#include <stdio.h>
#include <string.h>

#include "expect.h"
#include "report/words.h"
#include "uniflash/layout/layout.h"

static char buf[WORDS_MAX];
static struct text text;

/* Begin a text in buf. */
static struct text *begin(void)
{
	text_begin(&text, buf, sizeof(buf));
	return &text;
}

/* Check that what was made says `part`. */
static void expect_says_at(const char *part, int line)
{
	if (!strstr(buf, part)) {
		print_error("line %d: \"%s\" does not say \"%s\"\n", line, buf, part);
		fail();
	}
}

#define expect_says(part) expect_says_at(part, __LINE__)

/* Check that it does not say `part`. */
static void expect_silent_on(const char *part)
{
	if (strstr(buf, part))
		fail_msg("\"%s\" says \"%s\"", buf, part);
}

/* Check that it is clean: lines that end, no trailing blanks, nothing but printable characters. */
static void expect_clean(void)
{
	size_t len = strlen(buf);

	assert_true(len > 0 && buf[len - 1] == '\n');
	assert_null(strstr(buf, " \n"));
	assert_null(strstr(buf, "(null)"));
	for (size_t at = 0; at < len; at++)
		assert_true(buf[at] == '\n' || (unsigned char)buf[at] >= ' ');
}

static void texts_are_put_together(void **state)
{
	char small[8];

	(void)state;
	text_begin(&text, small, sizeof(small));
	assert_string_equal(small, "");
	assert_int_equal(text.len, 0);
	text_add(&text, "%d", 12);
	text_add(&text, "%s", "ab");
	assert_string_equal(small, "12ab");
	assert_int_equal(text.len, 4);
	text_add(&text, "%s", "cdefgh");
	assert_string_equal(small, "12abcde");
	assert_int_equal(text.len, 7);
	text_add(&text, "%s", "more");
	assert_string_equal(small, "12abcde");
	assert_int_equal(text.len, 7);
}

static void texts_are_padded(void **state)
{
	char small[16];
	size_t start;

	(void)state;
	text_begin(&text, small, sizeof(small));
	text_add(&text, "ab");
	text_pad(&text, 0, 5);
	assert_string_equal(small, "ab   ");
	start = text.len;
	text_add(&text, "cd");
	text_pad(&text, start, 2);
	assert_string_equal(small, "ab   cd");
	text_pad(&text, start, 1);
	assert_string_equal(small, "ab   cd");
	text_pad(&text, start, 100);
	assert_int_equal(strlen(small), 15);
	assert_int_equal(text.len, 15);
}

/* Make a plan of the small chip in which root and flag are written and config is kept. */
static void make_plan(struct rig *rig)
{
	rig_begin_small(rig, NULL);
	fill_random(rig->bytes, SMALL_SIZE, 1);
	rig_set_old(rig, rig->bytes);
	rig_cells(rig)[10 * SMALL_BLOCK] ^= 1;
	rig_cells(rig)[31 * SMALL_BLOCK] ^= 1;
	rig->policy.keep[8] = true;
	rig_prepare(rig);
}

static void names_of_mtds(void **state)
{
	static const struct piece piece[] = {
		{"one", 2 * SMALL_BLOCK},
		{"many", 14 * SMALL_BLOCK},
		{"rest", 16 * SMALL_BLOCK},
	};
	struct rig rig;

	(void)state;
	make_plan(&rig);
	words_mtd(begin(), &rig.plan, 0);
	assert_string_equal(buf, "mtd0");
	words_mtd(begin(), &rig.plan, 10);
	assert_string_equal(buf, "mtd10");
	rig_end(&rig);

	rig_begin_small(&rig, NULL);
	make_table(&rig.table, piece, 3);
	rig_prepare(&rig);
	words_mtd(begin(), &rig.plan, 0);
	assert_string_equal(buf, "mtd0");
	words_mtd(begin(), &rig.plan, 1);
	assert_string_equal(buf, "mtd1-3");
	words_mtd(begin(), &rig.plan, 2);
	assert_string_equal(buf, "mtd3-10");
	rig_end(&rig);
}

/* The kernel's numbers, where an alias was left out. */
static void numbers_of_mtds(void **state)
{
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	for (unsigned at = 0; at < SMALL_PIECES; at++)
		rig.map.table.part[at].number = at + 3;
	rig_prepare(&rig);
	words_mtd(begin(), &rig.plan, 0);
	assert_string_equal(buf, "mtd3");
	words_mtd(begin(), &rig.plan, 10);
	assert_string_equal(buf, "mtd13");
	rig_end(&rig);
}

static void checks(void **state)
{
	static const char *const words[] = {"ok", "notice", "refused", "allowed"};
	struct uf_check_event check = {UF_CHECK_SIZE_TOO_BIG, UF_CHECK_OK,
				       "the image has 16,777,217 bytes, the flash 16,777,216",
				       "Use an image for this flash."};

	(void)state;
	for (unsigned result = 0; result < 4; result++) {
		check.result = (enum uf_check_result)result;
		words_check(begin(), &check);
		expect_clean();
		expect_says(words[result]);
		expect_says("size.too-big");
		expect_says("the image has 16,777,217 bytes, the flash 16,777,216");
	}
	check.result = UF_CHECK_REFUSED;
	words_check(begin(), &check);
	expect_says("Use an image for this flash.");
}

static void blocks(void **state)
{
	struct uf_block_event block = {.row = 2,
				       .offset = 10 * SMALL_BLOCK,
				       .attempt = 1,
				       .result = UF_BLOCK_NOT_BLANK,
				       .detail = "0x00a100 reads 0x00"};
	struct rig rig;

	(void)state;
	make_plan(&rig);
	words_block(begin(), &rig.plan, &block);
	assert_string_equal(buf, "mtd2 root, block at 0x00a000, attempt 1: not-blank: "
				 "0x00a100 reads 0x00\n");
	block.attempt = 12;
	block.result = UF_BLOCK_OK;
	block.detail = "";
	words_block(begin(), &rig.plan, &block);
	assert_string_equal(buf, "mtd2 root, block at 0x00a000, attempt 12: ok\n");
	rig_end(&rig);
}

static void verification(void **state)
{
	struct uf_verify_event verify = {2, true, 0};
	struct rig rig;

	(void)state;
	make_plan(&rig);
	words_verify(begin(), &rig.plan, &verify);
	expect_clean();
	expect_says("mtd2");
	expect_says("root");
	expect_says("equal");
	verify = (struct uf_verify_event){10, false, 31 * SMALL_BLOCK + 7};
	words_verify(begin(), &rig.plan, &verify);
	expect_clean();
	expect_says("mtd10");
	expect_says("flag");
	expect_says("01f007");
	expect_silent_on("equal");
	rig_end(&rig);
}

/* A result with numbers that can be found again. */
static struct uf_result_event result_of(enum uf_status status, enum uf_flash_state flash)
{
	return (struct uf_result_event){
		.status = status,
		.flash = flash,
		.about_flash = true,
		.erased_blocks = 88,
		.programmed_pages = 10622,
		.bytes_read = 16777216,
		.ms = 65432,
	};
}

static void a_run_that_is_done(void **state)
{
	struct uf_result_event result = result_of(UF_STATUS_DONE, UF_FLASH_VERIFIED);
	struct rig rig;

	(void)state;
	make_plan(&rig);
	words_result(begin(), &rig.plan, &result);
	expect_clean();
	expect_says("88 blocks");
	expect_says("10,622 pages");
	expect_says("1 min 05 s");
	/* That it was verified, in so many words. */
	expect_says("read back twice");
	expect_silent_on("attempt");
	expect_silent_on("incomplete");
	assert_false(words_result_is_trouble(&result));

	result.retried_blocks = 3;
	words_result(begin(), &rig.plan, &result);
	expect_clean();
	expect_says("3 blocks");
	rig_end(&rig);
}

/* One is not many. */
static void counts_of_one(void **state)
{
	struct uf_result_event result = result_of(UF_STATUS_DONE, UF_FLASH_VERIFIED);
	struct rig rig;

	(void)state;
	make_plan(&rig);
	result.erased_blocks = 1;
	result.programmed_pages = 1;
	result.retried_blocks = 1;
	words_result(begin(), &rig.plan, &result);
	expect_says("1 block ");
	expect_says("1 page ");
	expect_silent_on("1 blocks");
	expect_silent_on("1 pages");
	rig_end(&rig);
}

static void nothing_to_do(void **state)
{
	struct uf_result_event result = result_of(UF_STATUS_UNCHANGED, UF_FLASH_VERIFIED);
	struct rig rig;

	(void)state;
	make_plan(&rig);
	words_result(begin(), &rig.plan, &result);
	expect_clean();
	expect_says("already holds");
	assert_false(words_result_is_trouble(&result));
	result = result_of(UF_STATUS_PLANNED, UF_FLASH_UNTOUCHED);
	words_result(begin(), &rig.plan, &result);
	expect_clean();
	expect_says("nothing was written");
	assert_false(words_result_is_trouble(&result));
	rig_end(&rig);
}

/* Trouble before the first erase: what was found, what to do, and that the flash is as it was. */
static void expect_trouble_before(enum uf_status status, const struct uf_plan *plan)
{
	struct uf_result_event result = result_of(status, UF_FLASH_UNTOUCHED);
	struct uf_error error;

	uf_fail(&error, UF_ERR_IO, "image.bin: cannot read at 0x1234: Input/output error");
	uf_advise(&error, "Try another card.");
	result.error = &error;
	words_result(begin(), plan, &result);
	expect_clean();
	expect_says("The flash is as it was");
	expect_silent_on("power off");
	/* A refusal was already told, by the check. */
	if (status != UF_STATUS_REFUSED) {
		expect_says("image.bin: cannot read at 0x1234: Input/output error");
		expect_says("Try another card.");
	}
	assert_true(words_result_is_trouble(&result));
}

static void trouble_before_the_first_erase(void **state)
{
	struct rig rig;

	(void)state;
	make_plan(&rig);
	expect_trouble_before(UF_STATUS_FAILED, &rig.plan);
	expect_trouble_before(UF_STATUS_REFUSED, &rig.plan);
	expect_trouble_before(UF_STATUS_STOPPED, &rig.plan);
	rig_end(&rig);
}

static void trouble_before_the_plan(void **state)
{
	(void)state;
	expect_trouble_before(UF_STATUS_FAILED, NULL);
	expect_trouble_before(UF_STATUS_REFUSED, NULL);
	expect_trouble_before(UF_STATUS_STOPPED, NULL);
}

/* What has nothing to do with a flash says nothing of one. */
static void trouble_without_a_flash(void **state)
{
	struct uf_result_event result = result_of(UF_STATUS_FAILED, UF_FLASH_UNTOUCHED);
	struct uf_error error;

	(void)state;
	uf_fail(&error, UF_ERR_IO, "parts/kernel.bin: No such file or directory");
	result.error = &error;
	result.about_flash = false;
	words_result(begin(), NULL, &result);
	expect_clean();
	expect_says("parts/kernel.bin: No such file or directory");
	expect_silent_on("The flash");
}

/* Trouble after it: what to do is part of the words. */
static void trouble_after_the_first_erase(void **state)
{
	static const enum uf_status statuses[] = {UF_STATUS_FAILED, UF_STATUS_STOPPED};
	struct uf_error error;
	struct rig rig;

	(void)state;
	make_plan(&rig);
	uf_fail(&error, UF_ERR_MISMATCH, "0x00a100 reads 0x00 after programming, expected 0x41");
	for (size_t at = 0; at < 2; at++) {
		struct uf_result_event result = result_of(statuses[at], UF_FLASH_INCOMPLETE);

		result.error = &error;
		words_result(begin(), &rig.plan, &result);
		expect_clean();
		expect_says("0x00a100 reads 0x00 after programming, expected 0x41");
		expect_says("incomplete");
		expect_says("not power off");
		expect_says("again");
		expect_silent_on("as it was");
		assert_true(words_result_is_trouble(&result));
	}
	rig_end(&rig);
}

static void a_flash_that_differs(void **state)
{
	struct uf_result_event result = result_of(UF_STATUS_DIFFERS, UF_FLASH_UNTOUCHED);
	struct rig rig;

	(void)state;
	make_plan(&rig);
	words_result(begin(), &rig.plan, &result);
	expect_clean();
	expect_says("differs");
	expect_says("image.bin");
	rig_end(&rig);
}

/* Whatever comes together, there are words, and they are clean. */
static void every_result(void **state)
{
	struct uf_error error;
	struct rig rig;

	(void)state;
	make_plan(&rig);
	uf_fail(&error, UF_ERR_IO, "found");
	for (unsigned status = 0; status <= UF_STATUS_PLANNED; status++)
		for (unsigned flash = 0; flash <= UF_FLASH_INCOMPLETE; flash++)
			for (unsigned with = 0; with < 4; with++) {
				struct uf_result_event result = result_of(
					(enum uf_status)status, (enum uf_flash_state)flash);

				result.error = with & 1 ? &error : NULL;
				words_result(begin(), with & 2 ? &rig.plan : NULL, &result);
				/* The check has told of a refusal. */
				if (status != UF_STATUS_REFUSED || buf[0])
					expect_clean();
			}
	rig_end(&rig);
}

/* What a plan says of an image and a flash without layouts, and of an unaligned end. */
static void words_of_a_plan(void **state)
{
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	fill_random(rig.bytes, SMALL_SIZE, 1);
	memory_image_init(&rig.image, rig.bytes, 20 * SMALL_BLOCK + 1);
	rig.policy.tail = UF_TAIL_ERASE;
	rig_prepare(&rig);
	words_plan(begin(), &rig.plan);
	expect_clean();
	expect_says("image.bin");
	expect_says("81,921 bytes");
	expect_says("128 KiB");
	expect_says("21 of 32 blocks to erase");
	for (unsigned at = 0; at < SMALL_PIECES; at++)
		expect_says(small_piece[at].name);
	rig_end(&rig);
}

/* The largest plan fits, its columns hold. */
static void the_largest_plan(void **state)
{
	const struct uf_geometry geometry = {UF_PARTITIONS_MAX * 4096, 4096, 256};
	char name[UF_PARTITIONS_MAX][UF_NAME_MAX + 1];
	struct piece piece[UF_PARTITIONS_MAX];
	struct uf_table table;
	struct rig rig;

	(void)state;
	for (unsigned at = 0; at < UF_PARTITIONS_MAX; at++) {
		memset(name[at], 'n', UF_NAME_MAX);
		snprintf(name[at], sizeof(name[at]), "%02u", at);
		name[at][2] = 'n';
		name[at][UF_NAME_MAX] = '\0';
		piece[at] = (struct piece){name[at], 4096};
	}
	make_table(&table, piece, UF_PARTITIONS_MAX);
	rig_begin(&rig, &geometry, &table, NULL);
	fill_random(rig.bytes, geometry.size, 1);
	rig_prepare(&rig);
	words_plan(begin(), &rig.plan);
	expect_clean();
	for (unsigned at = 0; at < UF_PARTITIONS_MAX; at++)
		expect_says(name[at]);
	expect_says("64 of 64 blocks to erase");
	rig_end(&rig);
}

static void an_info_of_a_camera(void **state)
{
	static struct uf_layout layout;
	static struct uf_mounts mounts;
	static struct uf_map map;
	const struct uf_system system = {"3.10.14", "bull", "T20", 36253696, 5025792};
	struct uf_info info = {.version = "0.1.0", .device = "mtd", .has_mtd = true, .map = &map};
	struct uf_error err;

	(void)state;
	expect_ok(uf_layout_by_name("dafang", &layout, &err), &err);
	uf_map_from_table(&layout.table, 0x1000000, 0x8000, 256, &map);
	map.source = UF_MAP_FROM_CMDLINE;
	map.aliases = 1;
	map.alias[0] = (struct uf_alias){11, "all"};
	map.others = 2;
	mounts.count = 2;
	mounts.mount[0] = (struct uf_mount){
		.where = "/", .type = "squashfs", .options = "ro", .major = 31, .minor = 2};
	mounts.mount[1] = (struct uf_mount){.where = "/system",
					    .type = "jffs2",
					    .options = "rw",
					    .major = 31,
					    .minor = 4,
					    .writable = true};
	info.table = &layout.table;
	info.layout = "dafang";
	info.layout_title = layout.title;
	info.mounts = &mounts;
	info.system = &system;
	words_info(begin(), &info);
	expect_clean();
	expect_says("16 MiB");
	expect_says("32 KiB");
	expect_says("dafang");
	expect_says("mtdparts");
	expect_says("mtd11");
	expect_says("T20");
	expect_says("3.10.14");
	expect_says("35404 KiB");
	expect_says("/system");
	expect_says("jffs2");
	for (unsigned at = 0; at < layout.table.count; at++)
		expect_says(layout.table.part[at].name);
	expect_says("0xf70000-0xfb0000");
	expect_says("0xff0000-0x1000000");
}

/* What is not known is not told. */
static void an_info_of_a_dump(void **state)
{
	static struct uf_map map;
	struct uf_info info = {.version = "0.1.0", .device = "/tmp/dump.bin", .map = &map};
	struct uf_table table;

	(void)state;
	make_table(&table, small_piece, SMALL_PIECES);
	uf_map_from_table(&table, SMALL_SIZE, SMALL_BLOCK, SMALL_PAGE, &map);
	info.table = &table;
	words_info(begin(), &info);
	expect_clean();
	expect_says("/tmp/dump.bin");
	expect_says("128 KiB");
	expect_silent_on("RAM");
	expect_silent_on("Linux");
	expect_silent_on("writable");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_put_together),
		cmocka_unit_test(texts_are_padded),
		cmocka_unit_test(names_of_mtds),
		cmocka_unit_test(numbers_of_mtds),
		cmocka_unit_test(checks),
		cmocka_unit_test(blocks),
		cmocka_unit_test(verification),
		cmocka_unit_test(a_run_that_is_done),
		cmocka_unit_test(counts_of_one),
		cmocka_unit_test(nothing_to_do),
		cmocka_unit_test(trouble_before_the_first_erase),
		cmocka_unit_test(trouble_before_the_plan),
		cmocka_unit_test(trouble_without_a_flash),
		cmocka_unit_test(trouble_after_the_first_erase),
		cmocka_unit_test(a_flash_that_differs),
		cmocka_unit_test(every_result),
		cmocka_unit_test(words_of_a_plan),
		cmocka_unit_test(the_largest_plan),
		cmocka_unit_test(an_info_of_a_camera),
		cmocka_unit_test(an_info_of_a_dump),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
