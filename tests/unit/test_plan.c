/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Plans: what is counted, in exact numbers, and what they look like, in the texts of
 * fixtures/plans. UPDATE_GOLDENS=1 writes those texts anew.
 */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "report/words.h"
#include "uniflash/layout/layout.h"

#define KIB   1024
#define FLASH (16384 * KIB)

/* A plan of a whole camera, and what it was made of. */
struct scene {
	struct rig rig;
	const char *layout;
	const char *image_layout;
	uint64_t boot_extent;
	bool is_dump;
};

/* Fill a stretch of flash as a jffs2 has it: a cleanmarker in each block, data in the first. */
static void fill_jffs2(uint8_t *bytes, uint64_t len, uint64_t data, uint64_t seed)
{
	static const uint8_t marker[] = {0x85, 0x19, 0x03, 0x20, 0x0c, 0x00,
					 0x00, 0x00, 0xb1, 0xb0, 0x1e, 0xe4};

	for (uint64_t off = 0; off < len; off += 0x8000) {
		memcpy(bytes + off, marker, sizeof(marker));
		if (off < data)
			fill_random(bytes + off + sizeof(marker), 0x6000, seed + off);
	}
}

/* Fill bytes with what a camera of the T20 table holds, in kind: blank where that is blank. */
static void fill_camera(uint8_t *bytes, uint64_t seed)
{
	memset(bytes, 0xff, FLASH);
	fill_random(bytes, 0x35000, seed);                          /* boot */
	fill_random(bytes + 0x40000, 0x1b8a9c, seed + 1);           /* kernel */
	fill_random(bytes + 0x240000, 0x332680, seed + 2);          /* root */
	fill_random(bytes + 0x590000, 0x90f1a, seed + 3);           /* driver */
	fill_jffs2(bytes + 0x630000, 0x4a0000, 0x338000, seed + 4); /* appfs */
	fill_jffs2(bytes + 0xd70000, 0x200000, 0x8000, seed + 5);   /* backupa */
	fill_jffs2(bytes + 0xf70000, 0x40000, 0x10000, seed + 6);   /* config */
	fill_jffs2(bytes + 0xfb0000, 0x40000, 0x8000, seed + 7);    /* para */
}

/* Begin with a camera of the T20 table that holds just what the image does. */
static void begin_camera(struct scene *scene)
{
	const struct uf_geometry geometry = {FLASH, 0x8000, 256};
	struct uf_layout layout;
	struct uf_error err;

	memset(scene, 0, sizeof(*scene));
	expect_ok(uf_layout_by_name("dafang", &layout, &err), &err);
	rig_begin(&scene->rig, &geometry, &layout.table, NULL);
	scene->rig.map.source = UF_MAP_FROM_CMDLINE;
	scene->layout = "dafang";
	fill_camera(scene->rig.bytes, 1);
	rig_set_old(&scene->rig, scene->rig.bytes);
}

/* Make the plan of what is known already. */
static void plan_again(struct scene *scene)
{
	struct rig *rig = &scene->rig;
	const struct uf_plan_input input = {
		.map = &rig->map,
		.table = &rig->table,
		.target = &rig->target,
		.policy = &rig->policy,
		.layout = scene->layout,
		.image_layout = scene->image_layout,
		.image = "image.bin",
		.boot_extent = scene->boot_extent,
		.has_mtd = !scene->is_dump,
	};

	uf_plan_free(&rig->plan);
	expect_ok(uf_plan_make(&input, &rig->plan, &rig->err), &rig->err);
}

static void make_plan(struct scene *scene)
{
	rig_digest(&scene->rig);
	rig_survey(&scene->rig);
	rig_decide(&scene->rig);
	plan_again(scene);
}

/* What a block needs, worked out from the bytes alone. */
struct need {
	bool kept;
	bool erase;
	uint32_t pages;
};

/* Whether every byte of a block lies in partitions or a tail that stay. */
static bool is_kept(const struct rig *rig, uint64_t off)
{
	const struct uf_range block = {off, rig->geometry.erase_size};

	if (off >= rig->image.image.size && rig->policy.tail != UF_TAIL_ERASE)
		return true;
	for (unsigned at = 0; at < rig->table.count; at++)
		if (uf_range_overlap(block, rig->table.part[at].range) && !rig->policy.keep[at])
			return false;
	return true;
}

/* Whether the bytes of a block are to become others. */
static bool changes(const struct rig *rig, const uint8_t *expected, uint32_t block)
{
	uint32_t erase_size = rig->geometry.erase_size;
	uint64_t off = (uint64_t)block * erase_size;

	return !is_kept(rig, off) &&
	       (rig->policy.full || memcmp(expected + off, rig->old + off, erase_size) != 0);
}

static bool is_boot(const struct rig *rig, uint32_t block)
{
	return (uint64_t)block * rig->geometry.erase_size < rig->plan.boot_extent;
}

/* Whether something of the boot loader changes: its first block is written with it then. */
static bool boot_changes(const struct rig *rig, const uint8_t *expected)
{
	for (uint32_t block = 0; is_boot(rig, block); block++)
		if (changes(rig, expected, block))
			return true;
	return false;
}

static struct need need_of(const struct rig *rig, const uint8_t *expected, uint32_t block)
{
	uint32_t erase_size = rig->geometry.erase_size;
	uint64_t off = (uint64_t)block * erase_size;
	struct need need = {.kept = is_kept(rig, off)};

	if (need.kept)
		return need;
	need.erase = changes(rig, expected, block) || (block == 0 && boot_changes(rig, expected));
	for (uint32_t page = 0; need.erase && page < erase_size; page += 256)
		for (uint32_t at = 0; at < 256; at++)
			if (expected[off + page + at] != 0xff) {
				need.pages++;
				break;
			}
	return need;
}

/* What a row comes to, worked out from the bytes alone. */
static struct uf_plan_row row_of(const struct rig *rig, const uint8_t *expected,
				 const struct uf_partition *part)
{
	struct uf_plan_row row = {.part = part, .action = UF_ACTION_SAME};
	uint32_t kept = 0;

	for (uint32_t block = 0; block < uf_geometry_blocks(&rig->geometry); block++) {
		uint64_t off = (uint64_t)block * rig->geometry.erase_size;
		struct need need;

		if (off < part->range.off || off >= uf_range_end(part->range))
			continue;
		need = need_of(rig, expected, block);
		row.blocks++;
		kept += need.kept;
		row.erase_blocks += need.erase;
		row.program_pages += need.pages;
	}
	if (row.program_pages)
		row.action = UF_ACTION_WRITE;
	else if (row.erase_blocks)
		row.action = UF_ACTION_ERASE;
	else if (row.blocks && kept == row.blocks)
		row.action = UF_ACTION_KEEP;
	return row;
}

/* Check rows and sums of the plan against bytes. */
static void expect_counts(const struct rig *rig)
{
	const struct uf_plan *plan = &rig->plan;
	uint8_t *expected = rig_expected(rig);
	uint64_t erases = 0;
	uint64_t pages = 0;

	assert_int_equal(plan->rows, rig->table.count);
	for (unsigned at = 0; at < plan->rows; at++) {
		struct uf_plan_row want = row_of(rig, expected, &rig->table.part[at]);
		const struct uf_plan_row *have = &plan->row[at];

		assert_ptr_equal(have->part, &rig->table.part[at]);
		if (want.blocks && have->action != want.action)
			fail_msg("%s is to be %s", have->part->name, uf_action_name(want.action));
		assert_int_equal(have->blocks, want.blocks);
		assert_int_equal(have->erase_blocks, want.erase_blocks);
		assert_int_equal(have->program_pages, want.program_pages);
		erases += want.erase_blocks;
		pages += want.program_pages;
	}
	assert_int_equal(plan->erase_blocks, erases);
	assert_int_equal(plan->ops, erases);
	assert_int_equal(plan->program_pages, pages);
	free(expected);
}

/* Check that each block that needs it is in the plan once, and no other. */
static void expect_ops(const struct rig *rig)
{
	const struct uf_plan *plan = &rig->plan;
	uint8_t *expected = rig_expected(rig);
	uint8_t *seen = calloc(1, rig->target.blocks);
	struct uf_block_set set;
	struct uf_error err;
	uint64_t us = 0;

	assert_non_null(seen);
	expect_ok(uf_plan_blocks(plan, &set, &err), &err);
	for (uint32_t at = 0; at < plan->ops; at++) {
		uint32_t block = plan->op[at].block;
		uint64_t cost = plan->cost.erase_us + plan->cost.read_us +
				(uint64_t)plan->cost.program_us * plan->target->block[block].pages;

		assert_int_equal(plan->op[at].kind, is_boot(rig, block) ? UF_OP_BOOT : UF_OP_WRITE);
		assert_int_equal(at >= plan->body_ops, is_boot(rig, block));
		assert_int_equal(plan->op[at].forced,
				 rig->policy.full || (block == 0 && is_boot(rig, block)));
		seen[block]++;
		assert_true(uf_plan_op_us(plan, &plan->op[at]) >= cost);
		us += uf_plan_op_us(plan, &plan->op[at]);
	}
	assert_int_equal(plan->estimated_us, us);
	for (uint32_t block = 0; block < rig->target.blocks; block++) {
		bool erase = need_of(rig, expected, block).erase;

		assert_int_equal(seen[block], erase);
		assert_int_equal(uf_block_set_has(&set, block), erase);
	}
	uf_block_set_free(&set);
	free(seen);
	free(expected);
}

/* Check the order: the body ascending, then the boot loader ascending, the first block last. */
static void expect_order(const struct uf_plan *plan)
{
	uint32_t last = plan->ops - 1;

	assert_true(plan->body_ops <= plan->ops);
	assert_int_equal(uf_plan_exposed(plan), plan->ops - plan->body_ops);
	for (uint32_t at = 1; at < plan->ops; at++) {
		bool falls = plan->op[at].block < plan->op[at - 1].block;
		bool may_fall = at == plan->body_ops || (at == last && plan->op[at].block == 0);

		assert_true(!falls || may_fall);
	}
	if (uf_plan_exposed(plan))
		assert_int_equal(plan->op[last].block, 0);
	assert_int_equal(plan->exposed_us != 0, uf_plan_exposed(plan) != 0);
}

/* Check for how long the camera would not start: what is exposed is erased, programmed, and read
 * some times, but not once more in the end. */
static void expect_exposure(const struct uf_plan *plan)
{
	uint64_t least = 0;
	uint64_t most = 0;

	for (uint32_t at = plan->body_ops; at < plan->ops; at++) {
		uint64_t us = uf_plan_op_us(plan, &plan->op[at]);

		least += us - 3 * (uint64_t)plan->cost.read_us;
		most += us;
	}
	assert_true(plan->exposed_us >= least && plan->exposed_us <= most);
}

/* Check how many bytes are told to be right already. */
static void expect_same(const struct rig *rig)
{
	uint8_t *expected = rig_expected(rig);
	uint64_t same = 0;

	for (uint32_t block = 0; block < rig->target.blocks; block++) {
		struct need need = need_of(rig, expected, block);

		same += need.kept || need.erase ? 0 : rig->geometry.erase_size;
	}
	assert_int_equal(rig->plan.same_bytes, same);
	free(expected);
}

/* Append the operations in their order; blocks of one row that follow each other in one line. */
static void dump_ops(struct text *text, const struct uf_plan *plan)
{
	text_add(text, "--- %u operations in order\n", plan->ops);
	for (uint32_t at = 0; at < plan->ops;) {
		const char *act = plan->op[at].kind == UF_OP_BOOT ? "boot" : "write";
		uint32_t first = plan->op[at].block;
		int row = uf_plan_row_of(plan, first);
		uint32_t block = first;
		uint32_t pages = 0;

		do
			pages += plan->target->block[block++].pages;
		while (++at < plan->ops && at != plan->body_ops && plan->op[at].block == block &&
		       uf_plan_row_of(plan, block) == row);
		text_add(text, "%s %u to %u, %u pages (%s)\n", act, first, block - 1, pages,
			 plan->row[row].part->name);
	}
}

static void read_golden(const char *path, char *buf, size_t size)
{
	FILE *file = fopen(path, "r");
	size_t len;

	if (!file)
		fail_msg("%s is missing; UPDATE_GOLDENS=1 makes it", path);
	len = fread(buf, 1, size - 1, file);
	buf[len] = '\0';
	fclose(file);
}

static void write_golden(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fputs(text, file) < 0, false);
	assert_int_equal(fclose(file), 0);
}

/* Compare the plan, in words and operations, with the text of that name. */
static void expect_golden(const struct scene *scene, const char *name)
{
	static char have[4 * WORDS_MAX];
	static char want[4 * WORDS_MAX];
	const char *update = getenv("UPDATE_GOLDENS");
	char path[4096];
	struct text text;

	text_begin(&text, have, sizeof(have));
	words_plan(&text, &scene->rig.plan);
	dump_ops(&text, &scene->rig.plan);
	assert_true(text.len < sizeof(have) - 1);
	snprintf(path, sizeof(path), FIXTURES "/plans/%s.txt", name);
	if (update && strcmp(update, "1") == 0)
		write_golden(path, have);
	read_golden(path, want, sizeof(want));
	assert_string_equal(have, want);
}

/* Make the plan of a scene, check it in every way, and end the scene. */
static void check_scene(struct scene *scene, const char *golden)
{
	make_plan(scene);
	expect_counts(&scene->rig);
	expect_ops(&scene->rig);
	expect_order(&scene->rig.plan);
	expect_exposure(&scene->rig.plan);
	if (!scene->rig.policy.full)
		expect_same(&scene->rig);
	expect_golden(scene, golden);
	rig_end(&scene->rig);
}

static void identical(void **state)
{
	struct scene scene;

	(void)state;
	begin_camera(&scene);
	scene.image_layout = "dafang";
	check_scene(&scene, "identical");
}

static void one_byte(void **state)
{
	struct scene scene;

	(void)state;
	begin_camera(&scene);
	scene.image_layout = "dafang";
	scene.rig.bytes[0x240000 + 12345] ^= 0x01;
	make_plan(&scene);
	assert_int_equal(scene.rig.plan.erase_blocks, 1);
	assert_int_equal(scene.rig.plan.program_pages, 128);
	assert_int_equal(scene.rig.plan.op[0].block, 72);
	rig_forget(&scene.rig);
	check_scene(&scene, "one-byte");
}

/* An upgrade: a new kernel and driver, some of the root, a changed file in appfs. */
static void several_partitions(void **state)
{
	struct scene scene;
	uint8_t *bytes;

	(void)state;
	begin_camera(&scene);
	scene.image_layout = "dafang";
	bytes = scene.rig.bytes;
	fill_random(bytes + 0x40000, 0x1b8a9c, 100);
	fill_random(bytes + 0x300000, 0x40100, 101);
	fill_random(bytes + 0x590000, 0x90f1a, 102);
	bytes[0x638000 + 0x100] ^= 0x20;
	bytes[0xacffff] = 0x7f;
	memset(bytes + 0xd70000, 0xff, 0x10000);
	check_scene(&scene, "several-partitions");
}

/* --full: every block, though all are equal. */
static void full(void **state)
{
	struct scene scene;

	(void)state;
	begin_camera(&scene);
	scene.image_layout = "dafang";
	scene.rig.policy.full = true;
	make_plan(&scene);
	assert_int_equal(scene.rig.plan.erase_blocks, 512);
	rig_forget(&scene.rig);
	check_scene(&scene, "full");
}

/* What is kept stays, though every block is to be rewritten. */
static void full_but_kept(void **state)
{
	struct scene scene;

	(void)state;
	begin_camera(&scene);
	scene.rig.policy.full = true;
	scene.rig.policy.keep[8] = scene.rig.policy.keep[9] = true;
	make_plan(&scene);
	expect_counts(&scene.rig);
	expect_ops(&scene.rig);
	assert_int_equal(scene.rig.plan.erase_blocks, 496);
	assert_int_equal(scene.rig.plan.row[8].action, UF_ACTION_KEEP);
	rig_end(&scene.rig);
}

/* Another firmware altogether: no page of it is blank. */
static void random_image(void **state)
{
	struct scene scene;

	(void)state;
	begin_camera(&scene);
	fill_random(scene.rig.bytes, FLASH, 200);
	make_plan(&scene);
	assert_int_equal(scene.rig.plan.erase_blocks, 512);
	assert_int_equal(scene.rig.plan.program_pages, 65536);
	/* 115 s by the datasheet figures, give and take how the reading is counted. */
	assert_in_range(scene.rig.plan.estimated_us, 110000000, 125000000);
	rig_forget(&scene.rig);
	check_scene(&scene, "random");
}

/* Blocks that hold something are erased, those that are blank are not. */
static void blank_image(void **state)
{
	struct scene scene;

	(void)state;
	begin_camera(&scene);
	memset(scene.rig.bytes, 0xff, FLASH);
	check_scene(&scene, "blank-image");
}

/* Every second page is blank: half of the pages are programmed. */
static void half_blank(void **state)
{
	struct scene scene;

	(void)state;
	begin_camera(&scene);
	fill_random(scene.rig.bytes, FLASH, 300);
	for (uint64_t page = 0; page < FLASH; page += 512)
		memset(scene.rig.bytes + page, 0xff, 256);
	make_plan(&scene);
	assert_int_equal(scene.rig.plan.erase_blocks, 512);
	assert_int_equal(scene.rig.plan.program_pages, 32768);
	rig_forget(&scene.rig);
	check_scene(&scene, "half-blank");
}

static void keep(void **state)
{
	struct scene scene;

	(void)state;
	begin_camera(&scene);
	fill_camera(scene.rig.bytes, 400);
	scene.image_layout = "dafang";
	scene.rig.policy.keep[8] = scene.rig.policy.keep[9] = true;
	check_scene(&scene, "keep");
}

/* An image of 8 MiB with the camera's first half changed a little. */
static void begin_short(struct scene *scene, enum uf_tail tail)
{
	begin_camera(scene);
	fill_random(scene->rig.bytes + 0x630000, 0x20000, 500);
	memory_image_init(&scene->rig.image, scene->rig.bytes, 8192 * KIB);
	scene->rig.policy.tail = tail;
}

static void tail_erase(void **state)
{
	struct scene scene;

	(void)state;
	begin_short(&scene, UF_TAIL_ERASE);
	check_scene(&scene, "tail-erase");
}

static void tail_keep(void **state)
{
	struct scene scene;

	(void)state;
	begin_short(&scene, UF_TAIL_KEEP);
	check_scene(&scene, "tail-keep");
}

/* The end of the image lies inside a block: what follows in it becomes blank. */
static void tail_inside_a_block(void **state)
{
	struct scene scene;

	(void)state;
	begin_short(&scene, UF_TAIL_ERASE);
	memory_image_init(&scene.rig.image, scene.rig.bytes, 0x630000 + 0x20000 + 0x2a01);
	check_scene(&scene, "tail-inside-a-block");
}

/* Names of another layout than the kernel's: rows lie on several partitions of the kernel. */
static void other_layout(void **state)
{
	static const struct piece piece[] = {
		{"boot", 256 * KIB},    {"env", 32 * KIB},      {"config", 224 * KIB},
		{"kernel", 1536 * KIB}, {"rootfs", 6144 * KIB}, {"rootfs_data", 8192 * KIB},
	};
	struct scene scene;

	(void)state;
	begin_camera(&scene);
	fill_camera(scene.rig.bytes, 600);
	make_table(&scene.rig.table, piece, 6);
	scene.layout = "thingino";
	make_plan(&scene);
	assert_int_equal(scene.rig.plan.row[0].mtd_first, 0);
	assert_int_equal(scene.rig.plan.row[0].mtd_count, 1);
	for (unsigned row = 1; row < 4; row++) {
		assert_int_equal(scene.rig.plan.row[row].mtd_first, 1);
		assert_int_equal(scene.rig.plan.row[row].mtd_count, 1);
	}
	/* 0x200000 to 0x800000: the end of kernel, root, driver, a part of appfs. */
	assert_int_equal(scene.rig.plan.row[4].mtd_first, 1);
	assert_int_equal(scene.rig.plan.row[4].mtd_count, 4);
	assert_int_equal(scene.rig.plan.row[5].mtd_first, 4);
	assert_int_equal(scene.rig.plan.row[5].mtd_count, 7);
	rig_forget(&scene.rig);
	check_scene(&scene, "other-layout");
}

/* Names that begin and end inside erase blocks of 64 KiB; of the kernel's there is but one. */
static void begin_small_pieces(struct scene *scene)
{
	static const struct piece piece[] = {
		{"boot", 256 * KIB},   {"env", 16 * KIB},    {"serial", 16 * KIB},
		{"factory", 32 * KIB}, {"kernel", 96 * KIB}, {"rest", 608 * KIB},
	};
	static const struct piece kernel[] = {{"all", 1024 * KIB}};
	const struct uf_geometry geometry = {1024 * KIB, 0x10000, 256};
	struct uf_table table;

	memset(scene, 0, sizeof(*scene));
	make_table(&table, kernel, 1);
	rig_begin(&scene->rig, &geometry, &table, NULL);
	make_table(&scene->rig.table, piece, 6);
	fill_random(scene->rig.bytes, 1024 * KIB, 700);
	rig_set_old(&scene->rig, scene->rig.bytes);
}

static void partitions_smaller_than_a_block(void **state)
{
	struct scene scene;

	(void)state;
	begin_small_pieces(&scene);
	scene.rig.bytes[0x40000] ^= 1;     /* env, block 4 */
	scene.rig.bytes[0x60000 - 1] ^= 1; /* kernel, block 5 */
	make_plan(&scene);
	assert_int_equal(scene.rig.plan.row[1].blocks, 1);
	assert_int_equal(scene.rig.plan.row[2].blocks, 0);
	assert_int_equal(scene.rig.plan.row[3].blocks, 0);
	assert_int_equal(scene.rig.plan.row[4].blocks, 2);
	assert_int_equal(uf_plan_row_of(&scene.rig.plan, 3), 0);
	assert_int_equal(uf_plan_row_of(&scene.rig.plan, 4), 1);
	assert_int_equal(uf_plan_row_of(&scene.rig.plan, 5), 4);
	assert_int_equal(uf_plan_row_of(&scene.rig.plan, 6), 4);
	assert_int_equal(uf_plan_row_of(&scene.rig.plan, 7), 5);
	rig_forget(&scene.rig);
	check_scene(&scene, "small-partitions");
}

/* A partition in whose bytes something changes is not told to stay the same. */
static void a_partition_smaller_than_a_block_changes(void **state)
{
	struct scene scene;

	(void)state;
	begin_small_pieces(&scene);
	scene.rig.bytes[0x44000] ^= 1; /* serial */
	make_plan(&scene);
	assert_int_equal(scene.rig.plan.ops, 1);
	assert_string_equal(scene.rig.plan.row[2].part->name, "serial");
	assert_int_equal(scene.rig.plan.row[2].action, UF_ACTION_WRITE);
	rig_end(&scene.rig);
}

/* Kept ones that share a block. */
static void small_partitions_kept(void **state)
{
	struct scene scene;

	(void)state;
	begin_small_pieces(&scene);
	scene.rig.bytes[0x44000] ^= 1;
	for (unsigned at = 1; at <= 3; at++)
		scene.rig.policy.keep[at] = true;
	make_plan(&scene);
	assert_int_equal(scene.rig.plan.ops, 0);
	for (unsigned at = 1; at <= 3; at++)
		assert_int_equal(scene.rig.plan.row[at].action, UF_ACTION_KEEP);
	rig_end(&scene.rig);
}

/* A dump has no MTD. */
static void a_dump(void **state)
{
	struct scene scene;

	(void)state;
	begin_camera(&scene);
	scene.rig.bytes[0] ^= 1;
	scene.is_dump = true;
	scene.rig.map.source = UF_MAP_FROM_LAYOUT;
	make_plan(&scene);
	for (unsigned row = 0; row < scene.rig.plan.rows; row++)
		assert_int_equal(scene.rig.plan.row[row].mtd_count, 0);
	rig_forget(&scene.rig);
	check_scene(&scene, "dump");
}

/* The kernel's numbers, where it shows an alias first. */
static void numbers_of_the_kernel(void **state)
{
	struct scene scene;

	(void)state;
	begin_camera(&scene);
	for (unsigned at = 0; at < scene.rig.map.table.count; at++)
		scene.rig.map.table.part[at].number = at + 1;
	scene.rig.table = scene.rig.map.table;
	scene.rig.map.aliases = 1;
	strcpy(scene.rig.map.alias[0].name, "all");
	scene.rig.bytes[0xf70000] ^= 1;
	check_scene(&scene, "alias");
}

/* Another boot loader and an upgrade of the rest: the boot loader is last. */
static void another_boot_loader(void **state)
{
	struct scene scene;

	(void)state;
	begin_camera(&scene);
	scene.image_layout = "dafang";
	scene.boot_extent = 256 * KIB;
	fill_random(scene.rig.bytes, 0x33000, 900);
	fill_random(scene.rig.bytes + 0x40000, 0x18a9c, 901);
	fill_random(scene.rig.bytes + 0x300000, 0x8100, 902);
	make_plan(&scene);
	assert_int_equal(uf_plan_exposed(&scene.rig.plan), 7);
	assert_int_equal(scene.rig.plan.op[0].block, 8);
	assert_int_equal(scene.rig.plan.op[scene.rig.plan.body_ops].block, 1);
	assert_int_equal(scene.rig.plan.op[scene.rig.plan.ops - 1].block, 0);
	rig_forget(&scene.rig);
	check_scene(&scene, "boot-loader");
}

/* One that reaches into the next partition. */
static void a_boot_loader_of_320_kib(void **state)
{
	struct scene scene;

	(void)state;
	begin_camera(&scene);
	scene.boot_extent = 320 * KIB;
	fill_random(scene.rig.bytes + 0x8000, 0x58000, 910);
	make_plan(&scene);
	/* The first block is equal, and goes with the others. */
	assert_int_equal(scene.rig.target.block[0].state, UF_STATE_EQUAL);
	assert_int_equal(uf_plan_exposed(&scene.rig.plan), 10);
	assert_int_equal(scene.rig.plan.body_ops, 2);
	assert_true(scene.rig.plan.op[scene.rig.plan.ops - 1].forced);
	rig_forget(&scene.rig);
	check_scene(&scene, "boot-loader-320k");
}

/* The end of the boot loader inside a block: all of the block belongs to it. */
static void a_boot_loader_that_ends_inside_a_block(void **state)
{
	static const uint64_t extent[] = {1, 0x7fff, 0x8000, 0x8001, 0x35123, FLASH, 2 * FLASH};
	struct scene scene;

	(void)state;
	begin_camera(&scene);
	fill_random(scene.rig.bytes, FLASH, 920);
	make_plan(&scene);
	for (size_t at = 0; at < sizeof(extent) / sizeof(extent[0]); at++) {
		scene.boot_extent = extent[at];
		plan_again(&scene);
		assert_int_equal(uf_plan_exposed(&scene.rig.plan),
				 uf_min((extent[at] + 0x7fff) / 0x8000, 512));
		expect_counts(&scene.rig);
		expect_ops(&scene.rig);
		expect_order(&scene.rig.plan);
		expect_exposure(&scene.rig.plan);
	}
	rig_end(&scene.rig);
}

/* Where the boot loader is the same it is not exposed, whatever else changes. */
static void the_same_boot_loader(void **state)
{
	struct scene scene;

	(void)state;
	begin_camera(&scene);
	scene.boot_extent = 256 * KIB;
	fill_random(scene.rig.bytes + 0x40000, FLASH - 0x40000, 930);
	make_plan(&scene);
	assert_int_equal(uf_plan_exposed(&scene.rig.plan), 0);
	assert_int_equal(scene.rig.plan.exposed_us, 0);
	assert_int_equal(scene.rig.plan.body_ops, 504);
	assert_int_equal(scene.rig.plan.boot_extent, 256 * KIB);
	assert_int_equal(scene.rig.plan.row[0].action, UF_ACTION_SAME);
	expect_counts(&scene.rig);
	expect_ops(&scene.rig);
	expect_order(&scene.rig.plan);
	expect_same(&scene.rig);
	rig_end(&scene.rig);
}

/* One byte of the boot loader alone: its block and the first. */
static void only_the_boot_loader(void **state)
{
	static const uint64_t byte[] = {0x7fff, 0x3ffff};

	(void)state;
	for (size_t at = 0; at < 2; at++) {
		struct scene scene;

		begin_camera(&scene);
		scene.boot_extent = 256 * KIB;
		scene.rig.bytes[byte[at]] ^= 1;
		make_plan(&scene);
		assert_int_equal(scene.rig.plan.body_ops, 0);
		assert_int_equal(scene.rig.plan.ops, byte[at] < 0x8000 ? 1 : 2);
		assert_int_equal(scene.rig.plan.row[0].action, UF_ACTION_WRITE);
		assert_int_equal(scene.rig.plan.row[0].erase_blocks, scene.rig.plan.ops);
		expect_counts(&scene.rig);
		expect_ops(&scene.rig);
		expect_order(&scene.rig.plan);
		expect_exposure(&scene.rig.plan);
		expect_same(&scene.rig);
		rig_end(&scene.rig);
	}
}

/* The longer the loader, the longer the exposure; blank pages cost nothing. */
static void exposure_grows_with_the_boot_loader(void **state)
{
	uint64_t before = 0;
	struct scene scene;

	(void)state;
	begin_camera(&scene);
	fill_random(scene.rig.bytes, FLASH, 940);
	memset(scene.rig.bytes + 5 * 0x8000, 0xff, 0x8000);
	make_plan(&scene);
	for (unsigned blocks = 1; blocks <= 10; blocks++) {
		unsigned pages = blocks == 6 ? 0 : 128;

		scene.boot_extent = blocks * 32 * KIB;
		plan_again(&scene);
		assert_in_range(scene.rig.plan.exposed_us - before, 150000 + pages * 542,
				150000 + pages * 542 + 3 * scene.rig.plan.cost.read_us);
		before = scene.rig.plan.exposed_us;
	}
	rig_end(&scene.rig);
}

/* A blank image over a boot loader: nothing is programmed, and the row says so. */
static void a_boot_loader_that_is_erased(void **state)
{
	struct scene scene;

	(void)state;
	begin_camera(&scene);
	scene.boot_extent = 256 * KIB;
	memset(scene.rig.bytes, 0xff, 256 * KIB);
	make_plan(&scene);
	assert_int_equal(scene.rig.plan.program_pages, 0);
	assert_int_equal(scene.rig.plan.row[0].action, UF_ACTION_ERASE);
	rig_end(&scene.rig);
}

/* --full writes the boot loader, too, and it comes last. */
static void full_with_the_boot_loader(void **state)
{
	struct scene scene;

	(void)state;
	begin_camera(&scene);
	scene.boot_extent = 256 * KIB;
	scene.rig.policy.full = true;
	make_plan(&scene);
	assert_int_equal(scene.rig.plan.ops, 512);
	assert_int_equal(uf_plan_exposed(&scene.rig.plan), 8);
	assert_int_equal(scene.rig.plan.same_bytes, 0);
	expect_counts(&scene.rig);
	expect_ops(&scene.rig);
	expect_order(&scene.rig.plan);
	rig_end(&scene.rig);
}

/* A boot loader that is kept is not exposed. */
static void a_boot_loader_that_is_kept(void **state)
{
	struct scene scene;

	(void)state;
	begin_camera(&scene);
	scene.boot_extent = 256 * KIB;
	scene.rig.policy.keep[0] = true;
	fill_random(scene.rig.bytes, FLASH, 950);
	make_plan(&scene);
	assert_int_equal(uf_plan_exposed(&scene.rig.plan), 0);
	assert_int_equal(scene.rig.plan.exposed_us, 0);
	assert_int_equal(scene.rig.plan.row[0].action, UF_ACTION_KEEP);
	expect_counts(&scene.rig);
	expect_ops(&scene.rig);
	expect_order(&scene.rig.plan);
	rig_end(&scene.rig);
}

/* What an interrupted run had in hand is rewritten, equal or not; what is kept stays. */
static void blocks_to_be_written_again(void **state)
{
	static const uint32_t again[] = {0, 1, 9, 20, 29};
	struct uf_block_set set;
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	fill_random(rig.bytes, SMALL_SIZE, 1);
	rig_set_old(&rig, rig.bytes);
	rig.bytes[25 * SMALL_BLOCK] ^= 1;
	rig.boot_extent = 2 * SMALL_BLOCK;
	rig.policy.keep[8] = true;
	expect_ok(uf_block_set_init(&set, SMALL_BLOCKS, &rig.err), &rig.err);
	for (size_t at = 0; at < sizeof(again) / sizeof(again[0]); at++)
		uf_block_set_add(&set, again[at]);
	rig.policy.again = &set;
	rig_prepare(&rig);
	assert_int_equal(rig.plan.ops, 5);
	assert_int_equal(rig.plan.body_ops, 3);
	assert_int_equal(rig.plan.op[0].block, 9);
	assert_int_equal(rig.plan.op[1].block, 20);
	assert_int_equal(rig.plan.op[2].block, 25);
	assert_int_equal(rig.plan.op[3].block, 1);
	assert_int_equal(rig.plan.op[4].block, 0);
	for (uint32_t at = 0; at < 5; at++)
		assert_int_equal(rig.plan.op[at].forced, at != 2);
	expect_order(&rig.plan);
	uf_block_set_free(&set);
	rig_end(&rig);
}

/* What could not be read is rewritten: it may hold anything. */
static void unreadable_blocks(void **state)
{
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	fill_random(rig.bytes, SMALL_SIZE, 1);
	rig_set_old(&rig, rig.bytes);
	rig_digest(&rig);
	rig_survey(&rig);
	rig.target.block[7].state = UF_STATE_UNREADABLE;
	rig.target.block[31].state = UF_STATE_UNREADABLE;
	rig_decide(&rig);
	rig_plan(&rig);
	assert_int_equal(rig.plan.ops, 2);
	assert_int_equal(rig.plan.op[0].block, 7);
	assert_int_equal(rig.plan.op[1].block, 31);
	assert_int_equal(rig.plan.program_pages, 32);
	assert_int_equal(rig.plan.row[1].action, UF_ACTION_WRITE);
	rig_end(&rig);
}

/* What was never surveyed is not taken for equal. */
static void unknown_blocks(void **state)
{
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	rig.policy.keep[0] = true;
	rig_digest(&rig);
	rig_decide(&rig);
	rig_plan(&rig);
	assert_int_equal(rig.plan.ops, SMALL_BLOCKS - 2);
	rig_end(&rig);
}

/* Each erase block lies in the row that holds its first byte. */
static void rows_of_blocks(void **state)
{
	struct scene scene;
	uint32_t block = 0;

	(void)state;
	begin_camera(&scene);
	make_plan(&scene);
	for (unsigned row = 0; row < scene.rig.plan.rows; row++)
		for (uint32_t at = 0; at < scene.rig.plan.row[row].blocks; at++)
			assert_int_equal(uf_plan_row_of(&scene.rig.plan, block++), row);
	assert_int_equal(block, 512);
	rig_end(&scene.rig);
}

/* What the plan borrows is what it was given. */
static void what_a_plan_points_to(void **state)
{
	struct scene scene;

	(void)state;
	begin_camera(&scene);
	scene.image_layout = "openmiko";
	make_plan(&scene);
	assert_ptr_equal(scene.rig.plan.map, &scene.rig.map);
	assert_ptr_equal(scene.rig.plan.table, &scene.rig.table);
	assert_ptr_equal(scene.rig.plan.target, &scene.rig.target);
	assert_ptr_equal(scene.rig.plan.policy, &scene.rig.policy);
	assert_string_equal(scene.rig.plan.layout, "dafang");
	assert_string_equal(scene.rig.plan.image_layout, "openmiko");
	assert_string_equal(scene.rig.plan.image, "image.bin");
	rig_end(&scene.rig);
}

/* A packed image is unpacked to check it, and again where something is to be written. */
static void passes_of_a_packed_image(void **state)
{
	struct rig rig;

	(void)state;
	rig_begin_small(&rig, NULL);
	fill_random(rig.bytes, SMALL_SIZE, 1);
	rig_set_old(&rig, rig.bytes);
	rig_prepare(&rig);
	assert_int_equal(rig.plan.ops, 0);
	assert_int_equal(uf_plan_passes(&rig.plan), 0); /* nothing is told of the image */
	rig.plan.source = &rig.image.image;
	assert_int_equal(uf_plan_passes(&rig.plan), 0);
	rig.image.image.source[0]->streamed = true;
	assert_int_equal(uf_plan_passes(&rig.plan), 1);

	rig_forget(&rig);
	rig_cells(&rig)[5] ^= 1;
	rig_prepare(&rig);
	assert_int_equal(rig.plan.ops, 1);
	assert_int_equal(uf_plan_passes(&rig.plan), 0);
	rig.plan.source = &rig.image.image;
	assert_int_equal(uf_plan_passes(&rig.plan), 2);
	rig.image.image.source[0]->streamed = false;
	assert_int_equal(uf_plan_passes(&rig.plan), 0);
	rig_end(&rig);
}

/* The same input gives the same plan. */
static void a_plan_is_a_pure_function(void **state)
{
	struct scene scene;
	struct uf_plan first;

	(void)state;
	begin_camera(&scene);
	fill_camera(scene.rig.bytes, 800);
	make_plan(&scene);
	first = scene.rig.plan;
	rig_plan(&scene.rig);
	assert_int_equal(first.ops, scene.rig.plan.ops);
	for (uint32_t at = 0; at < first.ops; at++)
		assert_int_equal(first.op[at].block, scene.rig.plan.op[at].block);
	uf_plan_free(&first);
	rig_end(&scene.rig);
}

static void words_of_actions(void **state)
{
	struct uf_plan none = {0};

	(void)state;
	assert_string_equal(uf_action_name(UF_ACTION_SAME), "same");
	assert_string_equal(uf_action_name(UF_ACTION_WRITE), "write");
	assert_string_equal(uf_action_name(UF_ACTION_ERASE), "erase");
	assert_string_equal(uf_action_name(UF_ACTION_KEEP), "keep");
	uf_plan_free(&none);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(identical),
		cmocka_unit_test(one_byte),
		cmocka_unit_test(several_partitions),
		cmocka_unit_test(full),
		cmocka_unit_test(full_but_kept),
		cmocka_unit_test(random_image),
		cmocka_unit_test(blank_image),
		cmocka_unit_test(half_blank),
		cmocka_unit_test(keep),
		cmocka_unit_test(tail_erase),
		cmocka_unit_test(tail_keep),
		cmocka_unit_test(tail_inside_a_block),
		cmocka_unit_test(other_layout),
		cmocka_unit_test(partitions_smaller_than_a_block),
		cmocka_unit_test(a_partition_smaller_than_a_block_changes),
		cmocka_unit_test(small_partitions_kept),
		cmocka_unit_test(a_dump),
		cmocka_unit_test(numbers_of_the_kernel),
		cmocka_unit_test(another_boot_loader),
		cmocka_unit_test(a_boot_loader_of_320_kib),
		cmocka_unit_test(a_boot_loader_that_ends_inside_a_block),
		cmocka_unit_test(the_same_boot_loader),
		cmocka_unit_test(only_the_boot_loader),
		cmocka_unit_test(exposure_grows_with_the_boot_loader),
		cmocka_unit_test(a_boot_loader_that_is_erased),
		cmocka_unit_test(full_with_the_boot_loader),
		cmocka_unit_test(a_boot_loader_that_is_kept),
		cmocka_unit_test(blocks_to_be_written_again),
		cmocka_unit_test(unreadable_blocks),
		cmocka_unit_test(unknown_blocks),
		cmocka_unit_test(rows_of_blocks),
		cmocka_unit_test(what_a_plan_points_to),
		cmocka_unit_test(passes_of_a_packed_image),
		cmocka_unit_test(a_plan_is_a_pure_function),
		cmocka_unit_test(words_of_actions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
