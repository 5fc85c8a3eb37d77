/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The target: what each block is to hold, worked out from tables, policy and image. */
#include "support.h"

#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "uniflash/layout/layout.h"
#include "uniflash/plan/target.h"

#define KIB 1024

static const char *const small_names[SMALL_PIECES] = {
	"boot",    "kernel",  "root",   "driver", "appfs", "backupk",
	"backupd", "backupa", "config", "para",   "flag",
};

/* Begin with everything chosen, so that what is not resolved must be cleared. */
static int resolve(const char *names, const struct uf_table *table, bool *chosen,
		   struct uf_error *err)
{
	memset(chosen, true, UF_PARTITIONS_MAX);
	memset(err, 0, sizeof(*err));
	return uf_names_resolve(names, table, chosen, err);
}

/* Check that just the partitions of mask (bit N is index N) are chosen. */
static void expect_chosen(const bool *chosen, uint64_t mask)
{
	for (unsigned at = 0; at < UF_PARTITIONS_MAX; at++)
		if (chosen[at] != (mask >> at & 1))
			fail_msg("partition %u is%s chosen", at, chosen[at] ? "" : " not");
}

static void names_are_resolved(void **state)
{
	static const struct {
		const char *names;
		uint64_t mask;
	} good[] = {
		{"config", 1 << 8},
		{"config,para", 1 << 8 | 1 << 9},
		{"para,config", 1 << 8 | 1 << 9},
		{"flag,boot,appfs", 1 << 10 | 1 << 0 | 1 << 4},
		{"mtd0", 1 << 0},
		{"mtd8", 1 << 8},
		{"mtd10,mtd1", 1 << 10 | 1 << 1},
		{"config,mtd9", 1 << 8 | 1 << 9},
		{"none", 0},
	};
	struct uf_table table;
	struct uf_error err;
	bool chosen[UF_PARTITIONS_MAX];

	(void)state;
	make_table(&table, small_piece, SMALL_PIECES);
	for (size_t at = 0; at < sizeof(good) / sizeof(good[0]); at++) {
		int ret = resolve(good[at].names, &table, chosen, &err);

		expect_ok(ret, &err);
		expect_chosen(chosen, good[at].mask);
	}
}

static void all_names_together(void **state)
{
	struct uf_table table;
	struct uf_error err;
	bool chosen[UF_PARTITIONS_MAX];
	char names[256] = "";

	(void)state;
	make_table(&table, small_piece, SMALL_PIECES);
	for (unsigned at = 0; at < SMALL_PIECES; at++) {
		strcat(names, at ? "," : "");
		strcat(names, small_names[at]);
	}
	expect_ok(resolve(names, &table, chosen, &err), &err);
	expect_chosen(chosen, (1 << SMALL_PIECES) - 1);
}

/* mtdN is the kernel's number, which differs from the place where an alias was left out. */
static void numbers_are_the_kernels(void **state)
{
	struct uf_table table;
	struct uf_error err;
	bool chosen[UF_PARTITIONS_MAX];

	(void)state;
	make_table(&table, small_piece, SMALL_PIECES);
	for (unsigned at = 0; at < SMALL_PIECES; at++)
		table.part[at].number = at + 2;
	expect_ok(resolve("mtd10", &table, chosen, &err), &err);
	expect_chosen(chosen, 1 << 8);
	expect_error(resolve("mtd1", &table, chosen, &err), &err, UF_ERR_USAGE, UF_CHECK_NONE,
		     "mtd1");
}

/* A partition may be called like another one's device: its name comes first. */
static void names_come_before_numbers(void **state)
{
	static const struct piece piece[] = {
		{"mtd1", 4096},
		{"b", 4096},
		{"c", 4096},
	};
	struct uf_table table;
	struct uf_error err;
	bool chosen[UF_PARTITIONS_MAX];

	(void)state;
	make_table(&table, piece, 3);
	expect_ok(resolve("mtd1", &table, chosen, &err), &err);
	expect_chosen(chosen, 1 << 0);
}

static void longest_name(void **state)
{
	char name[UF_NAME_MAX + 2];
	struct piece piece[] = {{NULL, 4096}, {"other", 4096}};
	struct uf_table table;
	struct uf_error err;
	bool chosen[UF_PARTITIONS_MAX];

	(void)state;
	memset(name, 'n', sizeof(name));
	name[UF_NAME_MAX] = '\0';
	piece[0].name = name;
	make_table(&table, piece, 2);
	expect_ok(resolve(name, &table, chosen, &err), &err);
	expect_chosen(chosen, 1 << 0);

	name[UF_NAME_MAX] = 'n';
	name[UF_NAME_MAX + 1] = '\0';
	expect_error(resolve(name, &table, chosen, &err), &err, UF_ERR_USAGE, UF_CHECK_NONE, "");
}

static void unknown_names_are_refused(void **state)
{
	static const char *const bad[] = {
		"conf",
		"configs",
		"Config",
		"config,nothere",
		"nothere,config",
		"mtd11",
		"mtd",
		"mtd1x",
		"mtd-1",
		"mtd4294967297", /* 1 behind 2^32 */
		"mtd18446744073709551617",
		"8",
		"config para",
	};
	struct uf_table table;
	struct uf_error err;
	bool chosen[UF_PARTITIONS_MAX];

	(void)state;
	make_table(&table, small_piece, SMALL_PIECES);
	for (size_t at = 0; at < sizeof(bad) / sizeof(bad[0]); at++) {
		char all[sizeof(err.what) + sizeof(err.next) + 1];
		int ret = resolve(bad[at], &table, chosen, &err);

		if (ret != UF_ERR_USAGE)
			fail_msg("\"%s\" gives %d", bad[at], ret);
		assert_int_equal(err.code, UF_ERR_USAGE);
		snprintf(all, sizeof(all), "%s\n%s", err.what, err.next);
		for (unsigned name = 0; name < SMALL_PIECES; name++)
			if (!strstr(all, small_names[name]))
				fail_msg("\"%s\" does not name %s: %s", bad[at], small_names[name],
					 all);
	}
}

/* The one that is not there is named, not its neighbours in the list. */
static void the_unknown_name_is_told(void **state)
{
	struct uf_table table;
	struct uf_error err;
	bool chosen[UF_PARTITIONS_MAX];

	(void)state;
	make_table(&table, small_piece, SMALL_PIECES);
	expect_error(resolve("config,nothere,para", &table, chosen, &err), &err, UF_ERR_USAGE,
		     UF_CHECK_NONE, "nothere");
	assert_null(strstr(err.what, "config,nothere"));
}

/*
 * Check intents of blocks against a text with one letter each: k, i or b. The flash was not read,
 * so that nothing may be taken for equal.
 */
static void expect_intents(const struct uf_target *target, const char *intents)
{
	static const char letter[] = {
		[UF_INTENT_KEEP] = 'k', [UF_INTENT_IMAGE] = 'i', [UF_INTENT_BLANK] = 'b'};
	char have[1024];

	assert_true(target->blocks < sizeof(have));
	for (uint32_t block = 0; block < target->blocks; block++) {
		have[block] = letter[target->block[block].intent];
		assert_int_equal(target->block[block].state,
				 have[block] == 'k' ? UF_STATE_UNKNOWN : UF_STATE_DIFFERS);
	}
	have[target->blocks] = '\0';
	assert_string_equal(have, intents);
}

static int decide(struct rig *rig)
{
	memset(&rig->err, 0, sizeof(rig->err));
	return uf_target_decide(&rig->target, &rig->map, &rig->table, &rig->image.image,
				&rig->policy, &rig->err);
}

static void a_whole_image(void **state)
{
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	rig_decide(&rig);
	assert_int_equal(rig.target.blocks, SMALL_BLOCKS);
	assert_memory_equal(&rig.target.geometry, &rig.geometry, sizeof(rig.geometry));
	expect_intents(&rig.target, "iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii");
	assert_int_equal(rig.spy->ops, 0);
	rig_end(&rig);
}

static void kept_partitions(void **state)
{
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	rig.policy.keep[0] = true;  /* boot, 2 blocks */
	rig.policy.keep[3] = true;  /* driver, 2 blocks from 15 */
	rig.policy.keep[8] = true;  /* config, block 29 */
	rig.policy.keep[10] = true; /* flag, block 31 */
	rig_decide(&rig);
	expect_intents(&rig.target, "kkiiiiiiiiiiiiikkiiiiiiiiiiiikik");
	rig_end(&rig);
}

/* Everything kept is a target too, if one that wants nothing. */
static void everything_kept(void **state)
{
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	for (unsigned at = 0; at < SMALL_PIECES; at++)
		rig.policy.keep[at] = true;
	rig_decide(&rig);
	expect_intents(&rig.target, "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk");
	rig_end(&rig);
}

/* Set how long the image of a rig is. */
static void cut_image(struct rig *rig, uint64_t size)
{
	memory_image_init(&rig->image, rig->bytes, size);
}

static void the_tail_of_a_short_image(void **state)
{
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	cut_image(&rig, 20 * SMALL_BLOCK);
	rig.policy.tail = UF_TAIL_ERASE;
	rig_decide(&rig);
	expect_intents(&rig.target, "iiiiiiiiiiiiiiiiiiiibbbbbbbbbbbb");
	rig_forget(&rig);

	rig.policy.tail = UF_TAIL_KEEP;
	rig_decide(&rig);
	expect_intents(&rig.target, "iiiiiiiiiiiiiiiiiiiikkkkkkkkkkkk");
	rig_forget(&rig);

	/* What is kept by name stays, even where the tail is erased. */
	rig.policy.tail = UF_TAIL_ERASE;
	rig.policy.keep[1] = true;
	rig.policy.keep[8] = true;
	rig_decide(&rig);
	expect_intents(&rig.target, "iikkkkkkiiiiiiiiiiiibbbbbbbbbkbb");
	rig_end(&rig);
}

/* Without an answer nothing behind the image's end may be planned for erasing. */
static void the_tail_when_nobody_said(void **state)
{
	struct rig rig;
	int ret;

	(void)state;
	rig_begin_small(&rig, NULL);
	rig.policy.tail = UF_TAIL_ASK;
	rig_decide(&rig);
	expect_intents(&rig.target, "iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii");
	rig_forget(&rig);

	cut_image(&rig, 20 * SMALL_BLOCK);
	ret = decide(&rig);
	if (ret != UF_OK) {
		expect_error(ret, &rig.err, UF_ERR_REFUSED, UF_CHECK_IMAGE_SHORT, "");
	} else {
		expect_intents(&rig.target, "iiiiiiiiiiiiiiiiiiiikkkkkkkkkkkk");
	}
	rig_end(&rig);
}

static void an_image_that_ends_inside_a_block(void **state)
{
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	rig.policy.tail = UF_TAIL_ERASE;
	cut_image(&rig, 20 * SMALL_BLOCK + 1);
	rig_decide(&rig);
	expect_intents(&rig.target, "iiiiiiiiiiiiiiiiiiiiibbbbbbbbbbb");
	rig_forget(&rig);

	cut_image(&rig, SMALL_SIZE - 1);
	rig_decide(&rig);
	expect_intents(&rig.target, "iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii");
	rig_forget(&rig);

	cut_image(&rig, 1);
	rig_decide(&rig);
	expect_intents(&rig.target, "ibbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb");
	rig_end(&rig);
}

/* The end lies inside a partition that is kept: nothing of its block is written. */
static void an_image_that_ends_inside_a_kept_block(void **state)
{
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	rig.policy.tail = UF_TAIL_KEEP;
	rig.policy.keep[4] = true; /* appfs, blocks 17 to 22 */
	cut_image(&rig, 20 * SMALL_BLOCK + 100);
	rig_decide(&rig);
	expect_intents(&rig.target, "iiiiiiiiiiiiiiiiikkkkkkkkkkkkkkk");
	rig_end(&rig);
}

/*
 * With --tail keep the rest of the last block is to stay, and cannot: the range to write does not
 * end on an erase block.
 */
static void a_kept_tail_that_begins_inside_a_block(void **state)
{
	struct rig rig;
	int ret;

	(void)state;
	rig_begin_small(&rig, NULL);
	rig.policy.tail = UF_TAIL_KEEP;
	cut_image(&rig, 20 * SMALL_BLOCK + 100);
	ret = decide(&rig);
	expect_error(ret, &rig.err, UF_ERR_REFUSED, UF_CHECK_MAP_UNALIGNED, "");
	rig_end(&rig);
}

/* Build for a table of names over the small chip's blocks, kernel and names being the same. */
static int build_with(struct rig *rig, const struct piece *piece, unsigned count, const char *keep)
{
	const struct uf_geometry geometry = {SMALL_SIZE, SMALL_BLOCK, SMALL_PAGE};
	struct uf_table table;

	make_table(&table, piece, count);
	rig_begin(rig, &geometry, &table, NULL);
	expect_ok(uf_names_resolve(keep, &rig->table, rig->policy.keep, &rig->err), &rig->err);
	return decide(rig);
}

/* Names that meet inside a block, in a kernel that knows nothing of them. */
static int build_names(struct rig *rig, const struct piece *piece, unsigned count, const char *keep)
{
	static const struct piece whole[] = {{"whole", SMALL_SIZE}};
	const struct uf_geometry geometry = {SMALL_SIZE, SMALL_BLOCK, SMALL_PAGE};
	struct uf_table table;

	make_table(&table, whole, 1);
	rig_begin(rig, &geometry, &table, NULL);
	make_table(&rig->table, piece, count);
	expect_ok(uf_names_resolve(keep, &rig->table, rig->policy.keep, &rig->err), &rig->err);
	return decide(rig);
}

static const struct piece uneven[] = {
	{"first", 5 * SMALL_BLOCK + SMALL_BLOCK / 2},
	{"second", SMALL_BLOCK / 4},
	{"third", SMALL_BLOCK / 4},
	{"fourth", 10 * SMALL_BLOCK},
	{"rest", 16 * SMALL_BLOCK},
};

/* Where nothing is kept, borders of names inside a block matter to nobody. */
static void names_that_meet_inside_a_block(void **state)
{
	struct rig rig;

	(void)state;
	expect_ok(build_names(&rig, uneven, 5, "none"), &rig.err);
	expect_intents(&rig.target, "iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii");
	rig_end(&rig);

	expect_ok(build_names(&rig, uneven, 5, "rest"), &rig.err);
	expect_intents(&rig.target, "iiiiiiiiiiiiiiiikkkkkkkkkkkkkkkk");
	rig_end(&rig);
}

/* Where all partitions of a block are kept, it is kept. */
static void kept_partitions_share_a_block(void **state)
{
	struct rig rig;

	(void)state;
	expect_ok(build_names(&rig, uneven, 5, "first,second,third"), &rig.err);
	expect_intents(&rig.target, "kkkkkkiiiiiiiiiiiiiiiiiiiiiiiiii");
	rig_end(&rig);

	expect_ok(build_names(&rig, uneven, 5, "first,second,third,rest"), &rig.err);
	expect_intents(&rig.target, "kkkkkkiiiiiiiiiikkkkkkkkkkkkkkkk");
	rig_end(&rig);
}

/* Where a part of a block is kept and another is to be written, neither can be. */
static void kept_and_written_share_a_block(void **state)
{
	static const char *const keep[] = {
		"first", "second", "third", "second,third", "first,third", "first,fourth",
	};

	(void)state;
	for (size_t at = 0; at < sizeof(keep) / sizeof(keep[0]); at++) {
		struct rig rig;
		int ret = build_names(&rig, uneven, 5, keep[at]);

		expect_error(ret, &rig.err, UF_ERR_REFUSED, UF_CHECK_MAP_UNALIGNED, "");
		rig_end(&rig);
	}
}

/* The message says which partition, and where. */
static void an_unaligned_range_is_named(void **state)
{
	struct rig rig;
	int ret = build_names(&rig, uneven, 5, "first");

	(void)state;
	expect_error(ret, &rig.err, UF_ERR_REFUSED, UF_CHECK_MAP_UNALIGNED, "first");
	assert_non_null(strstr(rig.err.what, "005800"));
	rig_end(&rig);
}

/* Make the map one that a kernel shows. */
static void as_kernels(struct uf_map *map)
{
	map->source = UF_MAP_FROM_CMDLINE;
	for (unsigned at = 0; at < map->table.count; at++)
		map->mtd[at].erase_size = map->erase_size;
}

/* A kernel whose own partitions meet inside a block cannot write that block (K11). */
static void kernel_partitions_not_aligned(void **state)
{
	static const struct piece piece[] = {
		{"a", 4 * SMALL_BLOCK},
		{"b", 3 * SMALL_BLOCK + 512},
		{"c", SMALL_BLOCK - 512},
		{"d", 24 * SMALL_BLOCK},
	};
	static const struct {
		const char *keep;
		const char *intents; /* NULL: refused */
	} cases[] = {
		{"none", NULL},
		{"a", NULL},
		{"b", NULL},
		{"c", NULL},
		{"b,c", "iiiikkkkiiiiiiiiiiiiiiiiiiiiiiii"},
		{"a,b,c", "kkkkkkkkiiiiiiiiiiiiiiiiiiiiiiii"},
	};

	(void)state;
	for (size_t at = 0; at < sizeof(cases) / sizeof(cases[0]); at++) {
		struct rig rig;
		int ret = build_with(&rig, piece, 4, cases[at].keep);

		rig_forget(&rig);
		memset(&rig.err, 0, sizeof(rig.err));
		as_kernels(&rig.map);
		ret = decide(&rig);
		if (cases[at].intents) {
			expect_ok(ret, &rig.err);
			expect_intents(&rig.target, cases[at].intents);
		} else {
			expect_error(ret, &rig.err, UF_ERR_REFUSED, UF_CHECK_MAP_UNALIGNED, "");
		}
		rig_end(&rig);
	}
}

/*
 * Names of -l on another kernel table: what is written is decided by the names, what can be
 * written by the kernel's partitions.
 */
static void names_of_another_layout(void **state)
{
	static const struct piece kernel[] = {
		{"boot", 2 * SMALL_BLOCK},
		{"all", 29 * SMALL_BLOCK},
		{"odd", 512},
		{"odder", SMALL_BLOCK - 512},
	};
	struct rig rig;
	int ret;

	(void)state;
	rig_begin_small(&rig, NULL);
	make_table(&rig.table, kernel, 4);
	uf_map_from_table(&rig.table, SMALL_SIZE, SMALL_BLOCK, SMALL_PAGE, &rig.map);
	as_kernels(&rig.map);
	make_table(&rig.table, small_piece, SMALL_PIECES);

	/* The last block lies on two of the kernel's partitions; "flag" is to be written there. */
	ret = decide(&rig);
	expect_error(ret, &rig.err, UF_ERR_REFUSED, UF_CHECK_MAP_UNALIGNED, "odd");
	rig_forget(&rig);

	rig.policy.keep[10] = true;
	rig_decide(&rig);
	expect_intents(&rig.target, "iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiik");
	rig_end(&rig);
}

/*
 * A partition of the kernel that ends inside a block is read-only as a whole (K11), also for
 * blocks that lie inside it.
 */
static void a_kernel_partition_that_ends_inside_a_block(void **state)
{
	static const struct piece kernel[] = {
		{"boot", 2 * SMALL_BLOCK},
		{"all", 29 * SMALL_BLOCK + 512},
		{"odd", SMALL_BLOCK - 512},
	};
	struct rig rig;
	int ret;

	(void)state;
	rig_begin_small(&rig, NULL);
	make_table(&rig.table, kernel, 3);
	uf_map_from_table(&rig.table, SMALL_SIZE, SMALL_BLOCK, SMALL_PAGE, &rig.map);
	as_kernels(&rig.map);
	make_table(&rig.table, small_piece, SMALL_PIECES);
	rig.policy.keep[10] = true;
	ret = decide(&rig);
	expect_error(ret, &rig.err, UF_ERR_REFUSED, UF_CHECK_MAP_UNALIGNED, "all");
	rig_forget(&rig);

	for (unsigned at = 1; at < SMALL_PIECES; at++)
		rig.policy.keep[at] = true;
	rig_decide(&rig);
	expect_intents(&rig.target, "iikkkkkkkkkkkkkkkkkkkkkkkkkkkkkk");
	rig_end(&rig);
}

/* Build with a table of one partition more or less, or moved. */
static void expect_no_tiling(unsigned index, int64_t move, int64_t grow, enum uf_check_id check)
{
	struct rig rig;
	int ret;

	rig_begin_small(&rig, NULL);
	rig.table.part[index].range.off += (uint64_t)move;
	rig.table.part[index].range.len += (uint64_t)grow;
	ret = decide(&rig);
	expect_error(ret, &rig.err, UF_ERR_REFUSED, check, small_names[index]);
	rig_end(&rig);
}

static void tables_that_do_not_tile(void **state)
{
	(void)state;
	expect_no_tiling(3, SMALL_BLOCK, -SMALL_BLOCK, UF_CHECK_MAP_GAP);
	expect_no_tiling(3, 0, -SMALL_BLOCK, UF_CHECK_MAP_GAP);
	expect_no_tiling(0, SMALL_BLOCK, -SMALL_BLOCK, UF_CHECK_MAP_GAP);
	expect_no_tiling(10, 0, -1, UF_CHECK_MAP_GAP);
	expect_no_tiling(3, -SMALL_BLOCK, SMALL_BLOCK, UF_CHECK_MAP_OVERLAP);
	expect_no_tiling(3, 0, 1, UF_CHECK_MAP_OVERLAP);
}

static void a_table_longer_than_the_flash(void **state)
{
	struct rig rig;
	int ret;

	(void)state;
	rig_begin_small(&rig, NULL);
	rig.table.part[10].range.len += SMALL_BLOCK;
	ret = decide(&rig);
	assert_int_equal(ret, UF_ERR_REFUSED);
	assert_true(rig.err.check == UF_CHECK_MAP_OVERLAP || rig.err.check == UF_CHECK_MAP_GAP);
	assert_string_not_equal(rig.err.what, "");
	rig_end(&rig);
}

/* Make the image of a rig one of several extents, which all come from its only source. */
static void set_extents(struct rig *rig, enum uf_image_kind kind, const struct uf_extent *extent,
			unsigned extents)
{
	rig->image.image.kind = kind;
	rig->image.image.extents = extents;
	memcpy(rig->image.image.extent, extent, extents * sizeof(*extent));
}

/* An SD card's image says nothing about what is before it and behind it, whatever --tail is. */
static void an_extent_behind_the_beginning(void **state)
{
	static const enum uf_tail tail[] = {UF_TAIL_ASK, UF_TAIL_ERASE, UF_TAIL_KEEP};
	static const struct uf_extent extent = {0, 64, 2 * SMALL_BLOCK, 10 * SMALL_BLOCK,
						10 * SMALL_BLOCK};

	(void)state;
	for (unsigned at = 0; at < 3; at++) {
		struct rig rig;

		rig_begin_small(&rig, NULL);
		rig.policy.tail = tail[at];
		set_extents(&rig, UF_IMAGE_DEMO, &extent, 1);
		rig_decide(&rig);
		expect_intents(&rig.target, "kkiiiiiiiiiikkkkkkkkkkkkkkkkkkkk");
		rig_forget(&rig);

		rig.policy.keep[1] = true; /* kernel, blocks 2 to 7 */
		rig_decide(&rig);
		expect_intents(&rig.target, "kkkkkkkkiiiikkkkkkkkkkkkkkkkkkkk");
		rig_end(&rig);
	}
}

/* A partition's file answers for the whole partition: what it does not reach becomes blank. */
static void parts_answer_for_their_partitions(void **state)
{
	static const struct uf_extent extent[] = {
		{0, 0, 29 * SMALL_BLOCK, SMALL_BLOCK, SMALL_BLOCK},
		{0, 0, 2 * SMALL_BLOCK, 3 * SMALL_BLOCK + 1, 6 * SMALL_BLOCK},
		{0, 0, 8 * SMALL_BLOCK, 7 * SMALL_BLOCK, 7 * SMALL_BLOCK},
	};
	static const enum uf_tail tail[] = {UF_TAIL_ASK, UF_TAIL_ERASE, UF_TAIL_KEEP};

	(void)state;
	for (unsigned at = 0; at < 3; at++) {
		struct rig rig;

		rig_begin_small(&rig, NULL);
		rig.policy.tail = tail[at];
		set_extents(&rig, UF_IMAGE_PARTS, extent, 3);
		rig_decide(&rig);
		expect_intents(&rig.target, "kkiiiibbiiiiiiikkkkkkkkkkkkkkikk");
		rig_forget(&rig);

		rig.policy.keep[1] = true;
		rig_decide(&rig);
		expect_intents(&rig.target, "kkkkkkkkiiiiiiikkkkkkkkkkkkkkikk");
		rig_end(&rig);
	}
}

/* What an image answers for must begin and end on erase blocks; there is no --tail to help. */
static void extents_that_are_not_aligned(void **state)
{
	static const struct {
		struct uf_extent extent;
		enum uf_image_kind kind;
		const char *what;
		const char *where;
	} cases[] = {
		{{0, 64, 2 * SMALL_BLOCK, 3 * SMALL_BLOCK + 9, 3 * SMALL_BLOCK + 9},
		 UF_IMAGE_DEMO,
		 "ends",
		 "005009"},
		{{0, 0, 2 * SMALL_BLOCK + 512, SMALL_BLOCK, 2 * SMALL_BLOCK - 512},
		 UF_IMAGE_PARTS,
		 "begins",
		 "002200"},
		{{0, 0, 2 * SMALL_BLOCK, 10, 2 * SMALL_BLOCK + 512},
		 UF_IMAGE_PARTS,
		 "ends",
		 "004200"},
	};

	(void)state;
	for (size_t at = 0; at < sizeof(cases) / sizeof(cases[0]); at++)
		for (int erase = 0; erase < 2; erase++) {
			struct rig rig;

			rig_begin_small(&rig, NULL);
			rig.policy.tail = erase ? UF_TAIL_ERASE : UF_TAIL_KEEP;
			set_extents(&rig, cases[at].kind, &cases[at].extent, 1);
			expect_error(decide(&rig), &rig.err, UF_ERR_REFUSED, UF_CHECK_MAP_UNALIGNED,
				     cases[at].what);
			assert_non_null(strstr(rig.err.what, cases[at].where));
			assert_null(strstr(rig.err.next, "--tail"));
			rig_end(&rig);
		}
}

/* To decide with another policy later is as if the other had never been. */
static void deciding_again(void **state)
{
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	cut_image(&rig, 20 * SMALL_BLOCK);
	for (int round = 0; round < 3; round++) {
		for (uint32_t block = 0; block < SMALL_BLOCKS; block++) {
			rig.policy.tail = UF_TAIL_ERASE;
			rig.policy.keep[8] = true; /* block 29 */
			rig_decide(&rig);
			assert_int_equal(rig.target.block[block].intent,
					 block < 20    ? UF_INTENT_IMAGE
					 : block == 29 ? UF_INTENT_KEEP
						       : UF_INTENT_BLANK);
			rig.policy.tail = UF_TAIL_KEEP;
			rig.policy.keep[8] = false;
			rig.policy.keep[0] = round == 1; /* blocks 0 and 1 */
			rig_decide(&rig);
			assert_int_equal(rig.target.block[block].intent,
					 block >= 20 || (round == 1 && block < 2)
						 ? UF_INTENT_KEEP
						 : UF_INTENT_IMAGE);
			rig.policy.keep[0] = false;
		}
	}
	rig_end(&rig);
}

/* Before anything is known of it, a target has blocks and the fingerprint of a blank one. */
static void a_target_begins(void **state)
{
	static const struct uf_block unknown;
	const struct uf_geometry odd = {SMALL_SIZE - 1, SMALL_BLOCK, SMALL_PAGE};
	const struct uf_digest none = {{0}};
	uint8_t block[SMALL_BLOCK];
	struct uf_target target;
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	assert_int_equal(rig.target.blocks, SMALL_BLOCKS);
	assert_memory_equal(&rig.target.geometry, &rig.geometry, sizeof(rig.geometry));
	for (uint32_t at = 0; at < SMALL_BLOCKS; at++)
		assert_memory_equal(&rig.target.block[at], &unknown, sizeof(unknown));
	assert_int_equal(unknown.intent, UF_INTENT_KEEP);
	assert_int_equal(unknown.state, UF_STATE_UNKNOWN);
	memset(block, 0xff, sizeof(block));
	rig_expect_print(&rig, &rig.target.blank, block);
	assert_int_equal(rig.target.image_size, 0);
	assert_memory_equal(&rig.target.image_digest, &none, sizeof(none));

	/* A flash that ends inside a block has that block, too. */
	expect_ok(uf_target_init(&target, &odd, rig.prints, rig.buf, &rig.err), &rig.err);
	assert_int_equal(target.blocks, SMALL_BLOCKS);
	uf_target_free(&target);
	rig_end(&rig);
}

/* The digest of bytes, by OpenSSL alone. */
static void sha256(const uint8_t *bytes, size_t len, struct uf_digest *digest)
{
	SHA256(bytes, len, digest->byte);
}

/* How many pages of a block are not blank, counted here. */
static unsigned count_pages(const uint8_t *bytes, size_t len, size_t page)
{
	unsigned pages = 0;

	for (size_t at = 0; at < len; at += page) {
		size_t blank = 0;

		while (blank < page && bytes[at + blank] == 0xff)
			blank++;
		pages += blank < page;
	}
	return pages;
}

/* Fill the image of a rig with pages of every kind: blank, random, one byte, a blank block. */
static void fill_varied(struct rig *rig, uint64_t seed)
{
	fill_random(rig->bytes, rig->geometry.size, seed);
	for (uint64_t page = 0; page < rig->geometry.size / SMALL_PAGE; page++) {
		uint8_t *bytes = rig->bytes + page * SMALL_PAGE;

		if (page % 3 == 0)
			memset(bytes, 0xff, SMALL_PAGE);
		if (page % 9 == 0)
			bytes[page % SMALL_PAGE] = 0xfe;
	}
	memset(rig->bytes + 7 * SMALL_BLOCK, 0xff, 2 * SMALL_BLOCK);
	rig->bytes[9 * SMALL_BLOCK - 1] = 0x7f;
}

/* Check every block's fingerprint and page count against bytes, which are what the image puts
 * there. */
static void expect_wants(struct rig *rig, const uint8_t *bytes)
{
	for (uint32_t block = 0; block < rig->target.blocks; block++) {
		const struct uf_block *have = &rig->target.block[block];
		const uint8_t *want = bytes + (uint64_t)block * SMALL_BLOCK;

		rig_expect_print(rig, &have->want, want);
		assert_int_equal(have->pages, count_pages(want, SMALL_BLOCK, SMALL_PAGE));
	}
}

/* Take the fingerprints and check them, before it is decided what becomes of them and after. */
static void expect_fingerprints(struct rig *rig, const uint8_t *bytes)
{
	rig_digest(rig);
	expect_wants(rig, bytes);
	for (uint32_t block = 0; block < rig->target.blocks; block++)
		assert_int_equal(rig->target.block[block].state, UF_STATE_UNKNOWN);
	rig_decide(rig);
	expect_wants(rig, bytes);
}

static void digests_of_a_whole_image(void **state)
{
	struct uf_digest whole;
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	fill_varied(&rig, 1);
	expect_fingerprints(&rig, rig.bytes);
	assert_int_equal(rig.target.image_size, SMALL_SIZE);
	assert_int_equal(rig.target.block[7].pages, 0);
	assert_int_equal(rig.target.block[8].pages, 1);
	sha256(rig.bytes, SMALL_SIZE, &whole);
	assert_memory_equal(&rig.target.image_digest, &whole, sizeof(whole));
	assert_int_equal(rig.spy->ops, 0);
	rig_end(&rig);
}

/* The whole image is digested, that of kept partitions too, as a whole and by blocks. */
static void digest_of_an_image_with_kept_partitions(void **state)
{
	struct uf_digest whole;
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	fill_varied(&rig, 2);
	rig.policy.keep[0] = true;
	rig.policy.keep[4] = true;
	rig.policy.keep[10] = true;
	expect_fingerprints(&rig, rig.bytes);
	sha256(rig.bytes, SMALL_SIZE, &whole);
	assert_memory_equal(&rig.target.image_digest, &whole, sizeof(whole));
	rig_end(&rig);
}

static void digests_of_short_images(void **state)
{
	static const uint64_t size[] = {
		1,
		SMALL_BLOCK - 1,
		SMALL_BLOCK,
		SMALL_BLOCK + 1,
		20 * SMALL_BLOCK + 3 * SMALL_PAGE,
		20 * SMALL_BLOCK + 3 * SMALL_PAGE + 7,
		SMALL_SIZE - 1,
	};

	(void)state;
	for (size_t at = 0; at < sizeof(size) / sizeof(size[0]); at++) {
		struct uf_digest whole;
		struct rig rig;
		uint8_t *expected;

		rig_begin_small(&rig, NULL);
		fill_random(rig.bytes, SMALL_SIZE, at + 3);
		memory_image_init(&rig.image, rig.bytes, size[at]);
		rig.policy.tail = UF_TAIL_ERASE;
		expected = rig_expected(&rig);
		expect_fingerprints(&rig, expected);
		assert_int_equal(rig.target.image_size, size[at]);
		sha256(rig.bytes, size[at], &whole);
		assert_memory_equal(&rig.target.image_digest, &whole, sizeof(whole));
		free(expected);
		rig_end(&rig);
	}
}

/* Of an image of several files each block has a fingerprint, and there is no digest of all. */
static void digests_of_several_files(void **state)
{
	static const struct uf_extent extent[] = {
		{1, 0, 20 * SMALL_BLOCK, 3 * SMALL_BLOCK + 700, 5 * SMALL_BLOCK},
		{0, 0, 2 * SMALL_BLOCK, 4 * SMALL_BLOCK + 1, 5 * SMALL_BLOCK},
	};
	struct memory_image second = {0};
	struct uf_digest none = {{0}};
	uint8_t *expected = malloc(SMALL_SIZE);
	struct rig rig;

	(void)state;
	assert_non_null(expected);
	rig_begin_small(&rig, NULL);
	fill_varied(&rig, 9);
	memory_image_init(&rig.image, rig.bytes, 4 * SMALL_BLOCK + 1);
	memory_image_init(&second, rig.bytes + 10 * SMALL_BLOCK, 3 * SMALL_BLOCK + 700);
	rig.image.image.source[1] = second.image.source[0];
	rig.image.image.sources = 2;
	rig.image.image.size = 7 * SMALL_BLOCK + 701;
	set_extents(&rig, UF_IMAGE_PARTS, extent, 2);
	memset(expected, 0xff, SMALL_SIZE);
	memcpy(expected + 2 * SMALL_BLOCK, rig.bytes, 4 * SMALL_BLOCK + 1);
	memcpy(expected + 20 * SMALL_BLOCK, rig.bytes + 10 * SMALL_BLOCK, 3 * SMALL_BLOCK + 700);

	expect_fingerprints(&rig, expected);
	expect_intents(&rig.target, "kkiiiiikkkkkkkkkkkkkiiiibkkkkkkk");
	assert_int_equal(rig.target.image_size, 7 * SMALL_BLOCK + 701);
	assert_memory_equal(&rig.target.image_digest, &none, sizeof(none));
	assert_true(story_check_progress(&rig.story, UF_PHASE_CHECK, true) >= 2);
	free(expected);
	rig_end(&rig);
}

/* How an image was read. */
struct watcher {
	uint64_t next;
	bool in_order;
	unsigned checked;
	struct uf_bytes_ops ops; /* those of the layer, but for check_same */
	const struct uf_bytes_ops *inner;
};

static void watch(void *context, uint64_t off, size_t len)
{
	struct watcher *watcher = context;

	if (off != watcher->next || len > SMALL_BLOCK)
		watcher->in_order = false;
	watcher->next = off + len;
}

static int watch_check_same(struct uf_bytes *bytes, struct uf_error *err)
{
	struct watcher *watcher = ((struct memory_bytes *)bytes)->of->watch_context;

	/* What may have changed while it was read is of interest. */
	assert_int_equal(watcher->next, bytes->size);
	watcher->checked++;
	return watcher->inner->check_same(bytes, err);
}

static void the_image_is_read_once_in_order(void **state)
{
	struct watcher watcher = {.in_order = true};
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	fill_varied(&rig, 4);
	memory_image_init(&rig.image, rig.bytes, 25 * SMALL_BLOCK + 77);
	rig.image.watch = watch;
	rig.image.watch_context = &watcher;
	watcher.inner = rig.image.layer.base.ops;
	watcher.ops = *watcher.inner;
	watcher.ops.check_same = watch_check_same;
	rig.image.layer.base.ops = &watcher.ops;
	rig.policy.keep[2] = true;
	rig.policy.tail = UF_TAIL_ERASE;
	rig_digest(&rig);
	assert_true(watcher.in_order);
	assert_int_equal(watcher.next, 25 * SMALL_BLOCK + 77);
	assert_true(watcher.checked >= 1);

	/* What is decided then needs no byte of it. */
	rig_decide(&rig);
	assert_true(watcher.in_order);
	assert_int_equal(watcher.next, 25 * SMALL_BLOCK + 77);
	rig_end(&rig);
}

static void progress_of_reading_the_image(void **state)
{
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	fill_varied(&rig, 5);
	rig_digest(&rig);
	assert_true(story_check_progress(&rig.story, UF_PHASE_CHECK, true) >= 2);
	assert_int_equal(story_count(&rig.story, UF_EVENT_PROGRESS), rig.story.events);
	for (unsigned at = 0; at < rig.story.events; at++) {
		const struct uf_event *event = &rig.story.event[at].event;

		assert_int_equal(event->progress.phase, UF_PHASE_CHECK);
		assert_int_equal(event->progress.row, -1);
		assert_int_equal(event->progress.total, SMALL_SIZE);
		assert_int_equal(event->progress.work_total, 0);
		assert_null(event->plan);
	}
	rig_end(&rig);
}

static void reading_the_image_can_be_stopped(void **state)
{
	struct rig rig;
	int ret;

	(void)state;
	rig_begin_small(&rig, NULL);
	rig.story.stop_at = 5;
	ret = uf_target_digest(&rig.target, &rig.image.image, rig.prints, rig.buf, NULL,
			       &rig.story.hooks, &rig.err);
	assert_int_equal(ret, UF_ERR_STOPPED);
	assert_int_equal(rig.err.code, UF_ERR_STOPPED);
	assert_int_equal(rig.story.polls, 5);
	rig_end(&rig);
}

/* Digest an image of which something is wrong. */
static void expect_unreadable(uint64_t fail_at, int fail_code, bool changed)
{
	struct rig rig;
	int ret;

	rig_begin_small(&rig, NULL);
	rig.image.fail_at = fail_at;
	rig.image.fail_code = fail_code;
	rig.image.changed = changed;
	ret = uf_target_digest(&rig.target, &rig.image.image, rig.prints, rig.buf, NULL,
			       &rig.story.hooks, &rig.err);
	expect_error(ret, &rig.err, UF_ERR_REFUSED, UF_CHECK_IMAGE_UNREADABLE, "");
	rig_end(&rig);
}

static void an_image_that_cannot_be_read(void **state)
{
	(void)state;
	expect_unreadable(0, UF_ERR_IO, false);
	expect_unreadable(13 * SMALL_BLOCK, UF_ERR_IO, false);
	expect_unreadable(SMALL_SIZE - 1, UF_ERR_IO, false);
	expect_unreadable(13 * SMALL_BLOCK, UF_ERR_CHANGED, false);
	expect_unreadable(0, 0, true);
}

/* A read error inside a kept partition is one too: the image is not the one that was given. */
static void an_image_that_cannot_be_read_where_it_is_not_needed(void **state)
{
	struct rig rig;
	int ret;

	(void)state;
	rig_begin_small(&rig, NULL);
	rig.policy.keep[10] = true;
	rig.image.fail_at = 31 * SMALL_BLOCK;
	rig.image.fail_code = UF_ERR_IO;
	ret = uf_target_digest(&rig.target, &rig.image.image, rig.prints, rig.buf, NULL,
			       &rig.story.hooks, &rig.err);
	expect_error(ret, &rig.err, UF_ERR_REFUSED, UF_CHECK_IMAGE_UNREADABLE, "");
	rig_end(&rig);
}

static int load(struct rig *rig, uint32_t block)
{
	memset(rig->buf, 0x5a, SMALL_BLOCK);
	memset(&rig->err, 0, sizeof(rig->err));
	return uf_target_load(&rig->target, block, &rig->image.image, rig->prints, rig->buf,
			      &rig->err);
}

static void blocks_are_loaded(void **state)
{
	struct rig rig;
	uint8_t *expected;

	(void)state;
	rig_begin_small(&rig, NULL);
	fill_varied(&rig, 6);
	memory_image_init(&rig.image, rig.bytes, 20 * SMALL_BLOCK + 100);
	rig.policy.tail = UF_TAIL_ERASE;
	rig_digest(&rig);
	rig_decide(&rig);
	expected = rig_expected(&rig);
	for (uint32_t block = SMALL_BLOCKS; block-- > 0;) {
		expect_ok(load(&rig, block), &rig.err);
		assert_memory_equal(rig.buf, expected + (uint64_t)block * SMALL_BLOCK, SMALL_BLOCK);
	}
	free(expected);
	rig_end(&rig);
}

/* One changed bit is found, in that block only. */
static void a_changed_block_is_not_loaded(void **state)
{
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	fill_varied(&rig, 7);
	rig_digest(&rig);
	rig_decide(&rig);
	rig.bytes[12 * SMALL_BLOCK + 4095] ^= 0x10;
	assert_int_equal(load(&rig, 12), UF_ERR_CHANGED);
	assert_int_equal(rig.err.code, UF_ERR_CHANGED);
	assert_string_not_equal(rig.err.what, "");
	expect_ok(load(&rig, 11), &rig.err);
	expect_ok(load(&rig, 13), &rig.err);
	rig.bytes[12 * SMALL_BLOCK + 4095] ^= 0x10;
	expect_ok(load(&rig, 12), &rig.err);
	rig_end(&rig);
}

/* An image that has become shorter, and one that gives read errors. */
static void an_unreadable_block_is_not_loaded(void **state)
{
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	fill_varied(&rig, 8);
	rig_digest(&rig);
	rig_decide(&rig);
	rig.image.fail_at = 20 * SMALL_BLOCK;
	rig.image.fail_code = UF_ERR_CHANGED;
	assert_int_equal(load(&rig, 20), UF_ERR_CHANGED);
	expect_ok(load(&rig, 19), &rig.err);
	rig.image.fail_code = UF_ERR_IO;
	assert_int_equal(load(&rig, 20), UF_ERR_IO);
	assert_int_equal(rig.err.code, UF_ERR_IO);
	rig_end(&rig);
}

/* What lies behind the image's end needs no image. */
static void blank_blocks_are_loaded_without_the_image(void **state)
{
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	memset(rig.bytes, 0, SMALL_SIZE);
	memory_image_init(&rig.image, rig.bytes, 20 * SMALL_BLOCK);
	rig.policy.tail = UF_TAIL_ERASE;
	rig_digest(&rig);
	rig_decide(&rig);
	rig.image.fail_reads = 1000;
	expect_ok(load(&rig, 20), &rig.err);
	assert_true(uf_is_blank(rig.buf, SMALL_BLOCK));
	assert_int_equal(load(&rig, 19), UF_ERR_IO);
	rig_end(&rig);
}

/* Freeing twice, and what was never built, is fine. */
static void freeing(void **state)
{
	struct uf_target target = {0};
	struct rig rig;

	(void)state;
	uf_target_free(&target);
	rig_begin_small(&rig, NULL);
	rig_decide(&rig);
	uf_target_free(&rig.target);
	uf_target_free(&rig.target);
	memset(&rig.target, 0, sizeof(rig.target));
	uf_target_free(&rig.target);
	rig_end(&rig);
}

/* The table of the T20 cameras, with the 64 KiB erase blocks of some chips, too. */
static void the_dafang_table(void **state)
{
	static const uint32_t erase_size[] = {4 * KIB, 32 * KIB, 64 * KIB};
	static uint8_t buf[64 * KIB];
	struct uf_image image = {.kind = UF_IMAGE_RAW, .size = 8192 * KIB, .extents = 1};
	struct uf_fingerprints *prints = NULL;
	struct uf_layout layout;
	struct uf_error err;

	(void)state;
	image.extent[0] = (struct uf_extent){.len = 8192 * KIB, .span = 8192 * KIB};
	expect_ok(uf_fingerprints_new(&prints, &err), &err);
	expect_ok(uf_layout_by_name("dafang", &layout, &err), &err);
	for (size_t at = 0; at < 3; at++) {
		const struct uf_geometry geometry = {16384 * KIB, erase_size[at], 256};
		struct uf_policy policy = {.tail = UF_TAIL_ERASE};
		struct uf_target target;
		struct uf_map map;

		uf_map_from_table(&layout.table, 16384 * KIB, erase_size[at], 256, &map);
		policy.keep[8] = policy.keep[9] = true;
		expect_ok(uf_target_init(&target, &geometry, prints, buf, &err), &err);
		expect_ok(uf_target_decide(&target, &map, &layout.table, &image, &policy, &err),
			  &err);
		assert_int_equal(target.blocks, 16384 * KIB / erase_size[at]);
		for (uint32_t block = 0; block < target.blocks; block++) {
			uint64_t off = (uint64_t)block * erase_size[at];
			enum uf_intent want = off < 0x800000    ? UF_INTENT_IMAGE
					      : off < 0xf70000  ? UF_INTENT_BLANK
					      : off >= 0xff0000 ? UF_INTENT_BLANK
								: UF_INTENT_KEEP;

			assert_int_equal(target.block[block].intent, want);
		}
		uf_target_free(&target);
	}
	uf_fingerprints_free(prints);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_resolved),
		cmocka_unit_test(all_names_together),
		cmocka_unit_test(numbers_are_the_kernels),
		cmocka_unit_test(names_come_before_numbers),
		cmocka_unit_test(longest_name),
		cmocka_unit_test(unknown_names_are_refused),
		cmocka_unit_test(the_unknown_name_is_told),
		cmocka_unit_test(a_whole_image),
		cmocka_unit_test(kept_partitions),
		cmocka_unit_test(everything_kept),
		cmocka_unit_test(the_tail_of_a_short_image),
		cmocka_unit_test(the_tail_when_nobody_said),
		cmocka_unit_test(an_image_that_ends_inside_a_block),
		cmocka_unit_test(an_image_that_ends_inside_a_kept_block),
		cmocka_unit_test(a_kept_tail_that_begins_inside_a_block),
		cmocka_unit_test(names_that_meet_inside_a_block),
		cmocka_unit_test(kept_partitions_share_a_block),
		cmocka_unit_test(kept_and_written_share_a_block),
		cmocka_unit_test(an_unaligned_range_is_named),
		cmocka_unit_test(kernel_partitions_not_aligned),
		cmocka_unit_test(names_of_another_layout),
		cmocka_unit_test(a_kernel_partition_that_ends_inside_a_block),
		cmocka_unit_test(tables_that_do_not_tile),
		cmocka_unit_test(a_table_longer_than_the_flash),
		cmocka_unit_test(an_extent_behind_the_beginning),
		cmocka_unit_test(parts_answer_for_their_partitions),
		cmocka_unit_test(extents_that_are_not_aligned),
		cmocka_unit_test(deciding_again),
		cmocka_unit_test(a_target_begins),
		cmocka_unit_test(digests_of_a_whole_image),
		cmocka_unit_test(digest_of_an_image_with_kept_partitions),
		cmocka_unit_test(digests_of_short_images),
		cmocka_unit_test(digests_of_several_files),
		cmocka_unit_test(the_image_is_read_once_in_order),
		cmocka_unit_test(progress_of_reading_the_image),
		cmocka_unit_test(reading_the_image_can_be_stopped),
		cmocka_unit_test(an_image_that_cannot_be_read),
		cmocka_unit_test(an_image_that_cannot_be_read_where_it_is_not_needed),
		cmocka_unit_test(blocks_are_loaded),
		cmocka_unit_test(a_changed_block_is_not_loaded),
		cmocka_unit_test(an_unreadable_block_is_not_loaded),
		cmocka_unit_test(blank_blocks_are_loaded_without_the_image),
		cmocka_unit_test(freeing),
		cmocka_unit_test(the_dafang_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
