/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The checks of sizes, tables and alignment, each refused, allowed and not judged. */
#include "expect.h"

#include "uniflash/check/geometry.h"
#include "uniflash/image/inspect.h"

#define MIB 1048576ULL

/* A run that nothing is wrong with; each test spoils one thing of it. */
struct bench {
	struct uf_map map;
	struct uf_layout asked;
	struct uf_geometry_facts facts;
	struct uf_verdict verdict;
	struct recorder recorder;
};

static struct bench bench;

static void add(struct uf_table *table, const char *name, uint64_t off, uint64_t len)
{
	struct uf_error err = {0};

	expect_ok(uf_table_add(table, name, strlen(name), (struct uf_range){off, len}, &err), &err);
}

static void begin(void)
{
	struct uf_table table = {0};

	memset(&bench, 0, sizeof(bench));
	add(&table, "boot", 0, 0x40000);
	add(&table, "kernel", 0x40000, 0x200000);
	add(&table, "root", 0x240000, 16 * MIB - 0x240000);
	uf_map_from_table(&table, 16 * MIB, 0x8000, 256, &bench.map);
	bench.map.source = UF_MAP_FROM_CMDLINE;
	bench.map.wanted_size = 16 * MIB;
	strcpy(bench.map.type, "nor");
	strcpy(bench.asked.name, "asked");
	bench.asked.table = table;
	bench.facts.map = &bench.map;
	bench.facts.image_size = 16 * MIB;
	bench.facts.tail = UF_TAIL_ASK;
	recorder_begin(&bench.recorder);
}

#define CHECKS (uf_map_check_count + uf_size_check_count + uf_tail_check_count)

static int judge(void)
{
	uf_check_all(uf_map_checks, uf_map_check_count, &bench.facts, &bench.verdict,
		     &bench.recorder.hooks);
	uf_check_all(uf_size_checks, uf_size_check_count, &bench.facts, &bench.verdict,
		     &bench.recorder.hooks);
	return uf_check_all(uf_tail_checks, uf_tail_check_count, &bench.facts, &bench.verdict,
			    &bench.recorder.hooks);
}

/* The event of a check, NULL where it was not judged. */
static const struct uf_check_event *event(enum uf_check_id id)
{
	const struct uf_check_event *found = NULL;

	for (unsigned i = 0; i < bench.recorder.checks; i++) {
		if (bench.recorder.check[i].id != id)
			continue;
		assert_null(found); /* once a check */
		found = &bench.recorder.check[i];
	}
	return found;
}

/* Judge, and expect that just this check refuses, in words that hold part. */
static void refused_at(enum uf_check_id id, const char *part, int line)
{
	int ret = judge();

	if (ret != UF_ERR_REFUSED || bench.verdict.refused != UF_CHECK_BIT(id)) {
		print_error("line %d: %d, refused %#llx, \"%s\"\n", line, ret,
			    (unsigned long long)bench.verdict.refused, bench.verdict.first.what);
		fail();
	}
	assert_int_equal(bench.verdict.first.check, id);
	assert_non_null(event(id));
	assert_int_equal(event(id)->result, UF_CHECK_REFUSED);
	if (!strstr(event(id)->detail, part))
		fail_msg("line %d: \"%s\" lacks \"%s\"", line, event(id)->detail, part);
}

#define refused(id, part) refused_at(id, part, __LINE__)

static void passed_at(int line)
{
	if (judge() != UF_OK)
		fail_msg("line %d: \"%s\"", line, bench.verdict.first.what);
	assert_true(bench.verdict.refused == 0);
	assert_true(bench.verdict.used == 0);
}

#define passed() passed_at(__LINE__)

static void test_all_well(void **state)
{
	(void)state;
	begin();
	passed();
	assert_int_equal(bench.recorder.checks, CHECKS);
	for (unsigned i = 0; i < bench.recorder.checks; i++) {
		assert_int_equal(bench.recorder.check[i].result, UF_CHECK_OK);
		assert_string_equal(bench.recorder.check[i].detail, "");
	}
}

/* The ids of a table; what a check needs comes before it. */
static uf_check_set ids_of(const struct uf_check *table, unsigned count, uf_check_set before)
{
	uf_check_set found = 0;

	for (unsigned i = 0; i < count; i++) {
		assert_non_null(table[i].judge);
		assert_true((table[i].needs & ~(found | before)) == 0);
		assert_false(found & UF_CHECK_BIT(table[i].id));
		found |= UF_CHECK_BIT(table[i].id);
	}
	return found;
}

/* The checks there are: each is tested below. */
static void test_table(void **state)
{
	static const enum uf_check_id map_ids[] = {
		UF_CHECK_MAP_GAP,
		UF_CHECK_MAP_OVERLAP,
		UF_CHECK_MAP_UNALIGNED,
		UF_CHECK_MAP_NOT_NOR,
		UF_CHECK_MAP_OFFSET_MISMATCH,
		UF_CHECK_MAP_SIZE_SUSPECT,
		UF_CHECK_MAP_LAYOUT_MISMATCH,
	};
	const uf_check_set size = UF_CHECK_BIT(UF_CHECK_SIZE_TOO_BIG);
	const uf_check_set tail = UF_CHECK_BIT(UF_CHECK_IMAGE_SHORT);
	const uf_check_set kind = UF_CHECK_BIT(UF_CHECK_IMAGE_KIND); /* of uf_content_checks */
	uf_check_set map = 0;

	(void)state;
	for (unsigned i = 0; i < sizeof(map_ids) / sizeof(map_ids[0]); i++)
		map |= UF_CHECK_BIT(map_ids[i]);
	assert_true(ids_of(uf_map_checks, uf_map_check_count, 0) == map);
	assert_true(ids_of(uf_size_checks, uf_size_check_count, map) == size);
	assert_true(ids_of(uf_tail_checks, uf_tail_check_count, map | size | kind) == tail);
}

/* A map that is no tiling: nothing that goes by its sizes is judged. */
static void test_tiling(void **state)
{
	static const enum uf_check_id ids[] = {UF_CHECK_MAP_GAP, UF_CHECK_MAP_OVERLAP,
					       UF_CHECK_MAP_UNALIGNED};
	static const enum uf_check_id later[] = {UF_CHECK_MAP_SIZE_SUSPECT,
						 UF_CHECK_MAP_LAYOUT_MISMATCH,
						 UF_CHECK_SIZE_TOO_BIG, UF_CHECK_IMAGE_SHORT};

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		begin();
		uf_refuse(&bench.map.tiling, ids[i], "between boot and kernel");
		bench.map.size = 12 * MIB; /* which the later ones would refuse, too */
		bench.facts.image_size = 13 * MIB;
		refused(ids[i], "between boot and kernel");
		for (unsigned at = 0; at < 4; at++)
			assert_null(event(later[at]));
		/* --allow does not help */
		begin();
		uf_refuse(&bench.map.tiling, ids[i], "between boot and kernel");
		bench.verdict.allow = ~(uf_check_set)0;
		refused(ids[i], "between boot and kernel");
		assert_true(bench.verdict.used == 0);
	}
}

/* Whatever made a map no map, no run goes over it. */
static void test_tiling_any(void **state)
{
	static const enum uf_code codes[] = {UF_ERR_RANGE, UF_ERR_SYNTAX, UF_ERR_IO};
	unsigned wrong = 0;

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		begin();
		uf_fail(&bench.map.tiling, codes[i], "more than 64 partitions");
		wrong += judge() != UF_ERR_REFUSED;
	}
	assert_int_equal(wrong, 0);
}

static void test_not_nor(void **state)
{
	static const char *const others[] = {"nand", "mlc-nand", "rom", "dataflash", "ubi"};
	static const char *const fine[] = {"nor", "ram", ""};

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		begin();
		strcpy(bench.map.type, fine[i]);
		passed();
	}
	for (unsigned i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		begin();
		strcpy(bench.map.type, others[i]);
		bench.verdict.allow = ~(uf_check_set)0;
		refused(UF_CHECK_MAP_NOT_NOR, others[i]);
	}
}

static void test_offset_mismatch(void **state)
{
	(void)state;
	begin();
	uf_refuse(&bench.map.disagreement, UF_CHECK_MAP_OFFSET_MISMATCH, "kernel is elsewhere");
	refused(UF_CHECK_MAP_OFFSET_MISMATCH, "kernel is elsewhere");
	/* the flash's size is judged all the same */
	assert_non_null(event(UF_CHECK_MAP_SIZE_SUSPECT));
	begin();
	uf_refuse(&bench.map.disagreement, UF_CHECK_MAP_OFFSET_MISMATCH, "kernel is elsewhere");
	bench.verdict.allow = UF_CHECK_BIT(UF_CHECK_MAP_OFFSET_MISMATCH);
	assert_int_equal(judge(), UF_OK);
	assert_true(bench.verdict.used == UF_CHECK_BIT(UF_CHECK_MAP_OFFSET_MISMATCH));
	assert_int_equal(event(UF_CHECK_MAP_OFFSET_MISMATCH)->result, UF_CHECK_ALLOWED);
}

/* A flash of size bytes, and an image as large. */
static void begin_size(uint64_t size)
{
	struct uf_table table = {0};

	begin();
	add(&table, "all", 0, size);
	uf_map_from_table(&table, size, 0x8000, 256, &bench.map);
	bench.facts.image_size = size;
}

static void test_size_usual(void **state)
{
	static const uint64_t sizes[] = {8 * MIB, 16 * MIB, 32 * MIB, 64 * MIB};

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		begin_size(sizes[i]);
		passed();
	}
}

static void test_size_suspect(void **state)
{
	static const uint64_t sizes[] = {0x8000,           1 * MIB,  4 * MIB,  8 * MIB - 0x8000,
					 8 * MIB + 0x8000, 12 * MIB, 24 * MIB, 128 * MIB};

	(void)state;
	for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		begin_size(sizes[i]);
		refused(UF_CHECK_MAP_SIZE_SUSPECT, "");
		begin_size(sizes[i]);
		bench.verdict.allow = UF_CHECK_BIT(UF_CHECK_MAP_SIZE_SUSPECT);
		assert_int_equal(judge(), UF_OK);
		assert_true(bench.verdict.used == UF_CHECK_BIT(UF_CHECK_MAP_SIZE_SUSPECT));
	}
}

/* The kernel shows less than its command line asks for, or partitions of size 0. */
static void test_size_truncated(void **state)
{
	(void)state;
	begin_size(8 * MIB);
	bench.map.wanted_size = 16 * MIB;
	refused(UF_CHECK_MAP_SIZE_SUSPECT, "");
	begin_size(8 * MIB);
	bench.map.wanted_size = 8 * MIB + 1;
	refused(UF_CHECK_MAP_SIZE_SUSPECT, "");
	begin_size(8 * MIB);
	bench.map.empty = 1;
	refused(UF_CHECK_MAP_SIZE_SUSPECT, "");
	begin_size(8 * MIB);
	bench.map.wanted_size = 8 * MIB;
	passed();
	begin_size(16 * MIB);
	bench.map.wanted_size = 8 * MIB;
	passed();
}

static void test_layout(void **state)
{
	(void)state;
	begin();
	bench.facts.asked = &bench.asked;
	passed();
	begin();
	bench.facts.asked = &bench.asked;
	bench.asked.erase_size = 0x8000;
	passed();
}

/* Another table on the same flash is the normal case of changing firmware. */
static void test_layout_other_table(void **state)
{
	(void)state;
	begin();
	memset(&bench.asked.table, 0, sizeof(bench.asked.table));
	add(&bench.asked.table, "boot", 0, 0x50000);
	add(&bench.asked.table, "rest", 0x50000, 16 * MIB - 0x50000);
	bench.facts.asked = &bench.asked;
	passed();
}

static void test_layout_size(void **state)
{
	static const uint64_t sizes[] = {8 * MIB, 16 * MIB - 0x8000, 16 * MIB + 0x8000, 32 * MIB};

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		begin();
		bench.asked.table.part[2].range.len = sizes[i] - 0x240000;
		bench.facts.asked = &bench.asked;
		refused(UF_CHECK_MAP_LAYOUT_MISMATCH, "asked");
		bench.verdict = (struct uf_verdict){0};
		bench.verdict.allow = UF_CHECK_BIT(UF_CHECK_MAP_LAYOUT_MISMATCH);
		recorder_begin(&bench.recorder);
		assert_int_equal(judge(), UF_OK);
		assert_true(bench.verdict.used == UF_CHECK_BIT(UF_CHECK_MAP_LAYOUT_MISMATCH));
	}
}

/* A layout that says it is for erase blocks of another size. */
static void test_layout_blocks(void **state)
{
	static const uint32_t sizes[] = {0x1000, 0x4000, 0x10000, 0x20000};

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		begin();
		bench.facts.asked = &bench.asked;
		bench.asked.erase_size = sizes[i];
		refused(UF_CHECK_MAP_LAYOUT_MISMATCH, "asked");
		begin();
		bench.facts.asked = &bench.asked;
		bench.asked.erase_size = sizes[i];
		bench.verdict.allow = UF_CHECK_BIT(UF_CHECK_MAP_LAYOUT_MISMATCH);
		assert_int_equal(judge(), UF_OK);
		assert_true(bench.verdict.used == UF_CHECK_BIT(UF_CHECK_MAP_LAYOUT_MISMATCH));
	}
}

static void test_too_big(void **state)
{
	(void)state;
	begin();
	bench.facts.image_size = 16 * MIB + 1;
	refused(UF_CHECK_SIZE_TOO_BIG, "16,777,217");
	assert_true(strstr(event(UF_CHECK_SIZE_TOO_BIG)->detail, "16,777,216") ||
		    strstr(event(UF_CHECK_SIZE_TOO_BIG)->detail, "16 MiB"));
	begin();
	bench.facts.image_size = UINT64_MAX;
	refused(UF_CHECK_SIZE_TOO_BIG, "");
	begin_size(8 * MIB);
	bench.facts.image_size = 16 * MIB;
	bench.verdict.allow = ~(uf_check_set)0;
	refused(UF_CHECK_SIZE_TOO_BIG, "");
	assert_true(bench.verdict.used == 0);
	begin();
	bench.facts.image_size = 0; /* a verb without an image */
	passed();
}

static void test_short(void **state)
{
	static const uint64_t sizes[] = {1, 8 * MIB, 16 * MIB - 0x8000, 16 * MIB - 1};

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		begin();
		bench.facts.image_size = sizes[i];
		refused(UF_CHECK_IMAGE_SHORT, "");
		assert_true(strstr(bench.verdict.first.next, "--tail") ||
			    strstr(bench.verdict.first.what, "--tail"));
		begin();
		bench.facts.image_size = sizes[i];
		bench.facts.tail = UF_TAIL_ERASE;
		passed();
		begin();
		bench.facts.image_size = sizes[i];
		bench.facts.tail = UF_TAIL_KEEP;
		passed();
	}
}

/* It is --tail that answers, not --allow: there would be no telling what to do. */
static void test_short_not_allowed(void **state)
{
	(void)state;
	begin();
	bench.facts.image_size = 8 * MIB;
	bench.verdict.allow = UF_CHECK_BIT(UF_CHECK_IMAGE_SHORT);
	refused(UF_CHECK_IMAGE_SHORT, "");
}

/* Something in the image that reaches behind its end is named; --tail answers all the same. */
static void test_short_cut_off(void **state)
{
	static const struct uf_item item = {.kind = UF_ITEM_SQUASHFS,
					    .range = {0x240000, 0x700000}};

	(void)state;
	begin();
	bench.facts.image_size = 8 * MIB;
	bench.facts.cut_off = &item;
	refused(UF_CHECK_IMAGE_SHORT, uf_item_kind_name(UF_ITEM_SQUASHFS));
	assert_non_null(strstr(bench.verdict.first.what, "0x240000"));
	assert_non_null(strstr(bench.verdict.first.what, "0x940000"));
	assert_non_null(strstr(bench.verdict.first.next, "--tail"));
	bench.verdict = (struct uf_verdict){0};
	bench.facts.tail = UF_TAIL_KEEP;
	recorder_begin(&bench.recorder);
	passed();
}

/* What is no image at all is not asked to be longer. */
static void test_short_of_another_kind(void **state)
{
	(void)state;
	begin();
	bench.facts.image_size = 8 * MIB;
	bench.verdict.refused = UF_CHECK_BIT(UF_CHECK_IMAGE_KIND);
	judge();
	assert_null(event(UF_CHECK_IMAGE_SHORT));
	assert_true(bench.verdict.refused == UF_CHECK_BIT(UF_CHECK_IMAGE_KIND));
}

/* Several things wrong at once are all told. */
static void test_several(void **state)
{
	(void)state;
	begin_size(12 * MIB);
	strcpy(bench.map.type, "nand");
	uf_refuse(&bench.map.disagreement, UF_CHECK_MAP_OFFSET_MISMATCH, "x");
	bench.facts.asked = &bench.asked;
	bench.facts.image_size = 13 * MIB;
	assert_int_equal(judge(), UF_ERR_REFUSED);
	assert_true(bench.verdict.refused == (UF_CHECK_BIT(UF_CHECK_MAP_NOT_NOR) |
					      UF_CHECK_BIT(UF_CHECK_MAP_OFFSET_MISMATCH) |
					      UF_CHECK_BIT(UF_CHECK_MAP_SIZE_SUSPECT) |
					      UF_CHECK_BIT(UF_CHECK_MAP_LAYOUT_MISMATCH) |
					      UF_CHECK_BIT(UF_CHECK_SIZE_TOO_BIG)));
	assert_int_equal(bench.recorder.checks, CHECKS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_well),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_tiling),
		cmocka_unit_test(test_tiling_any),
		cmocka_unit_test(test_not_nor),
		cmocka_unit_test(test_offset_mismatch),
		cmocka_unit_test(test_size_usual),
		cmocka_unit_test(test_size_suspect),
		cmocka_unit_test(test_size_truncated),
		cmocka_unit_test(test_layout),
		cmocka_unit_test(test_layout_other_table),
		cmocka_unit_test(test_layout_size),
		cmocka_unit_test(test_layout_blocks),
		cmocka_unit_test(test_too_big),
		cmocka_unit_test(test_short),
		cmocka_unit_test(test_short_not_allowed),
		cmocka_unit_test(test_short_cut_off),
		cmocka_unit_test(test_short_of_another_kind),
		cmocka_unit_test(test_several),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
