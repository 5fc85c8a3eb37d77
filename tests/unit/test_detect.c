/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which layout contents have: by the table that they carry, by where their structures begin. */
#include "expect.h"

#include <stdlib.h>

#include "firmware.h"
#include "uniflash/layout/detect.h"

#define MIB 1048576ULL
#define KIB 1024ULL

/* Tables as firmwares carry them. */
#define DAFANG                                                                                     \
	"jz_sfc:256k(boot),2048k(kernel),3392k(root),640k(driver),4736k(appfs),2048k(backupk),"    \
	"640k(backupd),2048k(backupa),256k(config),256k(para),-(flag)"
#define WYZE_T31                                                                                   \
	"jz_sfc:256K(boot),1984K(kernel),3904K(rootfs),3904K(app),1984K(kback),3904K(aback),"      \
	"384K(cfg),64K(para)"
#define SXJ02ZM "jz_sfc:256k(boot),2560k(kernel),7104k(rootfs),6336k(data),64k(config),64k(factory)"
#define THINGINO_C                                                                                 \
	"jz_sfc:256k(boot),32k(env),224k(config),1536k(kernel),5728k(rootfs),-(rootfs_data),"      \
	"7680k@0x80000(upgrade),8192k@0(all)"
#define THINGINO_F                                                                                 \
	"jz_sfc:320k(boot),64k(env),64k(backup),1600k(kernel),5760k(rootfs),-(rootfs_data),"       \
	"16384k@0(all)"

static struct uf_inspection found;
static struct uf_layout layout;
static char names[256];

/* --- contents, made by hand ------------------------------------------------------------------- */

static struct uf_item *add(enum uf_item_kind kind, uint64_t off, uint64_t len)
{
	struct uf_item *item = &found.item[found.items++];

	memset(item, 0, sizeof(*item));
	item->kind = kind;
	item->range.off = off;
	item->range.len = len;
	if (kind == UF_ITEM_UIMAGE)
		item->uimage.type = UF_UIMAGE_KERNEL;
	return item;
}

/* A boot loader of this extent, a kernel and a root file system. */
static void begin(uint64_t boot, uint64_t kernel, uint64_t rootfs, enum uf_item_kind kind)
{
	memset(&found, 0, sizeof(found));
	found.size = 16 * MIB;
	found.boot.present = true;
	found.boot_extent = boot;
	add(UF_ITEM_BOOT, 0, boot);
	add(UF_ITEM_UIMAGE, kernel, 0x180123);
	add(kind, rootfs, 0x300123);
}

static void begin_dafang(void)
{
	begin(256 * KIB, 0x40000, 0x240000, UF_ITEM_SQUASHFS);
}

static void set_env(const char *mtdparts)
{
	struct uf_item *env = add(UF_ITEM_ENV, 0x50000, 0x10000);

	assert_true(strlen(mtdparts) < sizeof(env->env.mtdparts));
	strcpy(env->env.mtdparts, mtdparts);
}

static void set_bootargs(const char *mtdparts)
{
	snprintf(found.boot.bootargs, sizeof(found.boot.bootargs),
		 "console=ttyS1,115200n8 mem=104M@0x0 rmem=24M root=/dev/mtdblock2 mtdparts=%s "
		 "rootfstype=squashfs",
		 mtdparts);
}

static void get(const char *spec, uint64_t size)
{
	struct uf_error err = {0};

	expect_ok(uf_layout_resolve(spec, size, &layout, &err), &err);
}

static bool fits(const char *spec)
{
	get(spec, 16 * MIB);
	return uf_layout_fits(&layout.table, &found);
}

static unsigned candidates(void)
{
	memset(names, 'x', sizeof(names));
	return uf_layout_candidates(&found, 16 * MIB, &layout, names, sizeof(names));
}

/* --- a table and what lies where it says ------------------------------------------------------ */

static const struct {
	const char *name;
	uint64_t kernel, rootfs;
	enum uf_item_kind kind;
} known[] = {
	{"dafang", 0x40000, 0x240000, UF_ITEM_SQUASHFS},
	{"openmiko", 0x40000, 0x240000, UF_ITEM_JFFS2},
	{"sxj02zm", 0x40000, 0x2c0000, UF_ITEM_SQUASHFS},
	{"wyze-t31", 0x40000, 0x230000, UF_ITEM_SQUASHFS},
};

#define KNOWN (sizeof(known) / sizeof(known[0]))

/* Contents of one layout fit it, and none of the others. */
static void test_known_layouts(void **state)
{
	(void)state;
	assert_int_equal(uf_layout_count(), KNOWN);
	for (unsigned at = 0; at < KNOWN; at++) {
		begin(256 * KIB, known[at].kernel, known[at].rootfs, known[at].kind);
		for (unsigned other = 0; other < KNOWN; other++)
			assert_int_equal(fits(known[other].name), other == at);
		assert_int_equal(candidates(), 1);
		assert_string_equal(names, known[at].name);
		assert_string_equal(layout.name, known[at].name);
		assert_true(uf_layout_same(&found, &layout.table));
	}
}

/* Where a layout leaves open what its root file system is, both are. */
static void test_rootfs_of_any_kind(void **state)
{
	(void)state;
	begin(256 * KIB, 0x40000, 0x2c0000, UF_ITEM_JFFS2);
	assert_true(fits("sxj02zm"));
	begin(256 * KIB, 0x40000, 0x2c0000, UF_ITEM_DATA);
	assert_false(fits("sxj02zm"));
}

static void test_every_part_of_it_counts(void **state)
{
	(void)state;
	begin_dafang();
	found.boot.present = false;
	assert_false(fits("dafang"));
	begin_dafang();
	found.item[1].range.off += 0x8000;
	assert_false(fits("dafang"));
	begin_dafang();
	found.item[1].uimage.type = UF_UIMAGE_FIRMWARE;
	assert_false(fits("dafang"));
	begin_dafang();
	found.item[1].kind = UF_ITEM_SQUASHFS;
	assert_false(fits("dafang"));
	begin_dafang();
	found.item[2].range.off -= 0x8000;
	assert_false(fits("dafang"));
	begin_dafang();
	found.items = 2;
	assert_false(fits("dafang"));
	begin_dafang();
	found.item[1] = found.item[2];
	found.items = 2;
	assert_false(fits("dafang"));
	memset(&found, 0, sizeof(found));
	assert_false(fits("dafang"));
}

/* A boot loader that reaches into the second partition is not of this table. */
static void test_boot_loader_ends_in_the_first(void **state)
{
	(void)state;
	begin_dafang();
	found.boot_extent = 256 * KIB - 1;
	assert_true(fits("dafang"));
	found.boot_extent = 256 * KIB + 1;
	assert_false(fits("dafang"));
	begin(320 * KIB, 0x70000, 0x200000, UF_ITEM_SQUASHFS);
	assert_true(fits("mtdparts=" THINGINO_F));
	assert_false(fits("mtdparts=jz_sfc:256k(boot),192k(env),1600k(kernel),-(rootfs)"));
}

static void test_table_without_what_is_needed(void **state)
{
	static const struct uf_table empty;

	(void)state;
	begin_dafang();
	assert_false(uf_layout_fits(&empty, &found));
	assert_false(fits("mtdparts=jz_sfc:256k(boot),-(kernel)"));
	assert_false(fits("mtdparts=jz_sfc:256k(boot),2048k(linux),-(rootfs)"));
	assert_false(fits("mtdparts=jz_sfc:2304k(boot),-(rootfs)"));
	assert_true(fits("mtdparts=jz_sfc:256k(boot),2048k(kernel),-(rootfs)"));
	assert_true(fits("mtdparts=jz_sfc:256k(u-boot),2048k(kernel),-(root)"));
}

/* thingino's layouts A to G, by what its own table would be. */
static void test_thingino(void **state)
{
	static const struct {
		const char *parts;
		uint64_t boot, kernel, rootfs;
	} rows[] = {
		{"256k(boot),64k(env),1472k(kernel),5728k(rootfs),-(rootfs_data)", 256, 0x50000,
		 0x1c0000},
		{"256k(boot),64k(env),192k(config),1472k(kernel),5728k(rootfs),-(data)", 256,
		 0x80000, 0x1f0000},
		{&THINGINO_C[7], 256, 0x80000, 0x200000},
		{"320k(boot),64k(env),256k(config),1536k(kernel),5760k(rootfs),-(data)", 320,
		 0xa0000, 0x220000},
		{"320k(boot),64k(env),1536k(kernel),5760k(rootfs),-(data)", 320, 0x60000, 0x1e0000},
		{&THINGINO_F[7], 320, 0x70000, 0x200000},
		{"256k(boot),64k(env),64k(backup),1600k(kernel),5760k(rootfs),-(data)", 256,
		 0x60000, 0x1f0000},
	};
	const unsigned count = sizeof(rows) / sizeof(rows[0]);

	(void)state;
	for (unsigned at = 0; at < count; at++) {
		begin(rows[at].boot * KIB, rows[at].kernel, rows[at].rootfs, UF_ITEM_SQUASHFS);
		for (unsigned other = 0; other < count; other++) {
			char spec[320];

			snprintf(spec, sizeof(spec), "mtdparts=jz_sfc:%s", rows[other].parts);
			assert_int_equal(fits(spec), other == at);
		}
		/* which are none of the stock ones */
		assert_int_equal(candidates(), 0);
		assert_string_equal(names, "");
	}
}

/* --- the table that contents carry ------------------------------------------------------------ */

static bool carried(uint64_t size)
{
	memset(&layout, 0x5a, sizeof(layout));
	return uf_layout_carried(&found, size, &layout);
}

static void expect_part(unsigned at, const char *name, uint64_t off, uint64_t len)
{
	assert_true(at < layout.table.count);
	assert_string_equal(layout.table.part[at].name, name);
	assert_int_equal(layout.table.part[at].range.off, off);
	assert_int_equal(layout.table.part[at].range.len, len);
}

static void test_nothing_carried(void **state)
{
	(void)state;
	begin_dafang();
	assert_false(carried(16 * MIB));
	strcpy(found.boot.bootargs, "console=ttyS1,115200n8 mem=104M@0x0 rmem=24M");
	assert_false(carried(16 * MIB));
	set_env("");
	assert_false(carried(16 * MIB));
	memset(&found, 0, sizeof(found));
	assert_false(carried(16 * MIB));
}

static void test_carried_by_the_boot_loader(void **state)
{
	static const char *const stock[][2] = {
		{DAFANG, "dafang"}, {WYZE_T31, "wyze-t31"}, {SXJ02ZM, "sxj02zm"}};

	(void)state;
	for (unsigned at = 0; at < 3; at++) {
		begin_dafang();
		set_bootargs(stock[at][0]);
		assert_true(carried(16 * MIB));
		/* with all that is known of it */
		assert_string_equal(layout.name, stock[at][1]);
		assert_int_equal(layout.table.part[1].role, UF_ROLE_KERNEL);
		assert_int_equal(layout.table.part[2].role, UF_ROLE_ROOTFS);
	}
}

/* A known table in which another name stands is not the known one. */
static void test_carried_with_another_name(void **state)
{
	(void)state;
	begin_dafang();
	set_bootargs("jz_sfc:256k(boot),2048k(kernel),3392k(rootfs),-(rest)");
	assert_true(carried(16 * MIB));
	assert_string_not_equal(layout.name, "dafang");
	assert_int_equal(layout.table.count, 4);
	expect_part(2, "rootfs", 0x240000, 0x350000);
	expect_part(3, "rest", 0x590000, 16 * MIB - 0x590000);
}

static void test_carried_by_the_environment(void **state)
{
	static const char *const texts[] = {THINGINO_F, "mtdparts=" THINGINO_F};

	(void)state;
	for (unsigned at = 0; at < 2; at++) {
		begin_dafang();
		set_env(texts[at]);
		assert_true(carried(16 * MIB));
		assert_int_equal(layout.table.count, 6);
		expect_part(0, "boot", 0, 320 * KIB);
		expect_part(3, "kernel", 0x70000, 1600 * KIB);
		expect_part(5, "rootfs_data", 0x7a0000, 16 * MIB - 0x7a0000);
	}
}

/* What U-Boot hands on is the environment's, not what was compiled in. */
static void test_environment_before_boot_loader(void **state)
{
	(void)state;
	begin_dafang();
	set_bootargs(DAFANG);
	set_env(THINGINO_F);
	assert_true(carried(16 * MIB));
	assert_int_equal(layout.table.count, 6);
}

/* Those of the environment that say nothing leave it to the boot loader. */
static void test_boot_loader_where_the_environment_has_none(void **state)
{
	static const char *const texts[] = {"", "${mtdparts}", "jz_sfc:", "no table"};

	(void)state;
	for (unsigned at = 0; at < 4; at++) {
		begin_dafang();
		set_bootargs(WYZE_T31);
		set_env(texts[at]);
		assert_true(carried(16 * MIB));
		assert_string_equal(layout.name, "wyze-t31");
	}
}

/* Entries that show again what others show are no partitions of their own. */
static void test_aliases_are_left_out(void **state)
{
	(void)state;
	begin_dafang();
	set_env(THINGINO_C);
	assert_true(carried(8 * MIB));
	assert_int_equal(layout.table.count, 6);
	expect_part(2, "config", 0x48000, 224 * KIB);
	expect_part(5, "rootfs_data", 0x798000, 8 * MIB - 0x798000);
	set_bootargs(THINGINO_F);
	found.items--;
	assert_true(carried(16 * MIB));
	assert_int_equal(layout.table.count, 6);
}

static void test_flags_behind_names(void **state)
{
	(void)state;
	begin_dafang();
	set_env("jz_sfc:256k(boot)ro,2048k(kernel)rolk,3392k(root)lk,-(rest)ro");
	assert_true(carried(16 * MIB));
	assert_int_equal(layout.table.count, 4);
	expect_part(1, "kernel", 0x40000, 2048 * KIB);
	expect_part(3, "rest", 0x590000, 16 * MIB - 0x590000);
	begin_dafang();
	set_bootargs("jz_sfc:256k(boot)ro,2048k(kernel)ro,3392k(root)ro,-(rest)lk");
	assert_true(carried(16 * MIB));
	expect_part(1, "kernel", 0x40000, 2048 * KIB);
}

/* A table that U-Boot puts together when it runs cannot be known; nor what is none. */
static void test_variables_and_nonsense(void **state)
{
	static const char *const texts[] = {
		"${mtdparts}",
		"jz_sfc:${parts}",
		"jz_sfc:256k(boot),${kern_size}(kernel),-(rootfs)",
		"jz_sfc:256k(boot),2048k(kernel),3392k(${root}",
		"jz_sfc",
		"jz_sfc:",
		"jz_sfc:256k(boot),",
		"256k(boot),-(rest)",
		"/etc/fstab",
		"dafang",
	};

	(void)state;
	for (unsigned at = 0; at < sizeof(texts) / sizeof(texts[0]); at++) {
		begin_dafang();
		set_env(texts[at]);
		assert_false(carried(16 * MIB));
		begin_dafang();
		set_bootargs(texts[at]);
		assert_false(carried(16 * MIB));
	}
}

/* A table is for a flash of its size, and has no hole. */
static void test_wrong_sizes(void **state)
{
	static const char *const texts[] = {
		"jz_sfc:256k(boot),2048k(kernel),3392k(root)",          /* ends too early */
		"jz_sfc:256k(boot),2048k(kernel),16384k(root)",         /* and too late */
		"jz_sfc:256k(boot),2048k(kernel),16384k(root),-(rest)", /* nothing is left */
		"jz_sfc:256k(boot),1024k@0x80000(kernel),-(rest)",      /* a gap */
		"jz_sfc:256k(boot),2048k@0x20000(kernel),-(rest)",      /* an overlap */
		"jz_sfc:256k@0x8000(boot),-(rest)",                     /* not from 0 */
	};

	(void)state;
	for (unsigned at = 0; at < sizeof(texts) / sizeof(texts[0]); at++) {
		begin_dafang();
		set_bootargs(texts[at]);
		assert_false(carried(16 * MIB));
		set_env(texts[at]);
		assert_false(carried(16 * MIB));
	}
	begin_dafang();
	set_bootargs(WYZE_T31);
	assert_false(carried(8 * MIB));
	assert_false(carried(32 * MIB));
	assert_true(carried(16 * MIB));
}

/* The rest of the flash is what this one has. */
static void test_rest_takes_what_there_is(void **state)
{
	static const uint64_t sizes[] = {8 * MIB, 16 * MIB, 32 * MIB};

	(void)state;
	for (unsigned at = 0; at < 3; at++) {
		begin_dafang();
		set_bootargs("jz_sfc:256k(boot),64k(env),2048k(kernel),5120k(rootfs),-(data)");
		assert_true(carried(sizes[at]));
		expect_part(4, "data", 0x750000, sizes[at] - 0x750000);
	}
}

/* The last one of a command line is what the kernel takes. */
static void test_last_of_a_command_line(void **state)
{
	(void)state;
	begin_dafang();
	strcpy(found.boot.bootargs, "mtdparts=jz_sfc:256k(boot),-(rest) quiet mtdparts=" WYZE_T31);
	assert_true(carried(16 * MIB));
	assert_string_equal(layout.name, "wyze-t31");
}

/* Tables of two flashes: which is meant is not for this to guess. */
static void test_two_flashes(void **state)
{
	(void)state;
	begin_dafang();
	set_env("jz_sfc:256k(boot),-(rest);other:-(all)");
	assert_false(carried(16 * MIB));
}

/* --- candidates ------------------------------------------------------------------------------- */

/* Root file systems where two layouts have theirs. */
static void begin_two(void)
{
	begin(256 * KIB, 0x40000, 0x230000, UF_ITEM_SQUASHFS);
	found.item[2].range.len = 0x8000;
	add(UF_ITEM_SQUASHFS, 0x240000, 0x300000);
}

static void test_two_candidates(void **state)
{
	(void)state;
	begin_two();
	assert_int_equal(candidates(), 2);
	assert_true(strcmp(names, "dafang, wyze-t31") == 0 ||
		    strcmp(names, "wyze-t31, dafang") == 0);
	/* the layout is the last one named */
	assert_true(strstr(names, layout.name) == names + strlen(names) - strlen(layout.name));
}

/* The count is right and nothing is written behind the end, however little room there is. */
static void test_little_room_for_names(void **state)
{
	(void)state;
	begin_two();
	for (size_t size = 1; size < 24; size++) {
		char *room = malloc(size);

		assert_non_null(room);
		assert_int_equal(uf_layout_candidates(&found, 16 * MIB, &layout, room, size), 2);
		assert_true(strlen(room) < size);
		free(room);
	}
}

static void test_candidates_by_size(void **state)
{
	static const uint64_t sizes[] = {8 * MIB, 16 * MIB - 0x8000, 32 * MIB, 0};

	(void)state;
	begin_dafang();
	for (unsigned at = 0; at < 4; at++) {
		names[0] = 'x';
		assert_int_equal(
			uf_layout_candidates(&found, sizes[at], &layout, names, sizeof(names)), 0);
		assert_string_equal(names, "");
	}
	assert_int_equal(candidates(), 1);
}

static void test_no_candidate(void **state)
{
	(void)state;
	memset(&found, 0, sizeof(found));
	assert_int_equal(candidates(), 0);
	begin_dafang();
	found.boot.present = false;
	assert_int_equal(candidates(), 0);
}

/* --- the same table --------------------------------------------------------------------------- */

static bool same(const char *spec)
{
	get(spec, 16 * MIB);
	return uf_layout_same(&found, &layout.table);
}

/* What is carried decides, whatever the structures look like. */
static void test_same_by_what_is_carried(void **state)
{
	(void)state;
	begin_dafang();
	set_bootargs(DAFANG);
	assert_true(same("dafang"));
	assert_false(same("wyze-t31"));
	assert_false(same("openmiko")); /* all of its boundaries are dafang's, but not all there */
	found.items = 1;
	assert_true(same("dafang"));
	begin_dafang();
	set_bootargs(WYZE_T31);
	assert_false(same("dafang"));
	assert_true(same("wyze-t31"));
}

/* Names may differ: a kernel calls its partitions what it likes. */
static void test_same_with_other_names(void **state)
{
	(void)state;
	begin_dafang();
	set_bootargs("jz_sfc:256k(uboot),2048k(k),3392k(r),-(x)");
	assert_true(same("mtdparts=jz_sfc:256k(boot),2048k(kernel),3392k(root),-(rest)"));
	assert_false(same("mtdparts=jz_sfc:256k(boot),2048k(kernel),3400k(root),-(rest)"));
	assert_false(same("mtdparts=jz_sfc:256k(boot),2048k(kernel),-(root)"));
}

static void test_same_by_structures(void **state)
{
	(void)state;
	begin_dafang();
	assert_true(same("dafang"));
	assert_false(same("wyze-t31"));
	set_bootargs("${mtdparts}"); /* which tells nothing */
	assert_true(same("dafang"));
}

/* A shorter image of the camera's own firmware: its table is for the whole flash. */
static void test_same_of_a_short_image(void **state)
{
	(void)state;
	begin(320 * KIB, 0x70000, 0x200000, UF_ITEM_SQUASHFS);
	found.size = 8 * MIB;
	set_env(THINGINO_F);
	assert_true(same("mtdparts=" THINGINO_F));
	assert_false(same("dafang"));
}

/* --- roles by name ---------------------------------------------------------------------------- */

static void test_roles(void **state)
{
	static const struct {
		const char *name;
		enum uf_role given, expected;
	} rows[] = {
		{"boot", UF_ROLE_UNKNOWN, UF_ROLE_BOOT},
		{"u-boot", UF_ROLE_UNKNOWN, UF_ROLE_BOOT},
		{"env", UF_ROLE_UNKNOWN, UF_ROLE_ENV},
		{"kernel", UF_ROLE_UNKNOWN, UF_ROLE_KERNEL},
		{"root", UF_ROLE_UNKNOWN, UF_ROLE_ROOTFS},
		{"rootfs", UF_ROLE_UNKNOWN, UF_ROLE_ROOTFS},
		{"rootfs_data", UF_ROLE_UNKNOWN, UF_ROLE_UNKNOWN},
		{"backupk", UF_ROLE_UNKNOWN, UF_ROLE_UNKNOWN},
		{"kernel2", UF_ROLE_UNKNOWN, UF_ROLE_UNKNOWN},
		{"", UF_ROLE_UNKNOWN, UF_ROLE_UNKNOWN},
		{"kernel", UF_ROLE_STAGING, UF_ROLE_STAGING},
		{"anything", UF_ROLE_ROOTFS, UF_ROLE_ROOTFS},
	};

	(void)state;
	for (unsigned at = 0; at < sizeof(rows) / sizeof(rows[0]); at++) {
		struct uf_partition part = {.role = rows[at].given};

		strcpy(part.name, rows[at].name);
		assert_int_equal(uf_role_of(&part), rows[at].expected);
	}
}

/* --- whole flashes, as inspection finds them -------------------------------------------------- */

static uint8_t flash[FIRMWARE_SIZE];

static void inspect(void)
{
	struct uf_inspector *inspector;
	struct uf_error err = {0};

	expect_ok(uf_inspector_new(&inspector, &err), &err);
	uf_inspector_feed(inspector, flash, sizeof(flash));
	uf_inspector_end(inspector, &found);
	uf_inspector_free(inspector);
}

static void test_whole_stock_flashes(void **state)
{
	(void)state;
	firmware_stock_t20(flash);
	inspect();
	assert_int_equal(candidates(), 1);
	assert_string_equal(names, "dafang");
	assert_true(carried(16 * MIB));
	assert_string_equal(layout.name, "dafang");
	firmware_stock_t31(flash);
	inspect();
	assert_int_equal(candidates(), 1);
	assert_string_equal(names, "wyze-t31");
	assert_true(carried(16 * MIB));
	assert_string_equal(layout.name, "wyze-t31");
}

static void test_whole_thingino_flashes(void **state)
{
	(void)state;
	for (const char *which = "ACF"; *which; which++) {
		firmware_thingino(flash, *which, UF_SOC_T20);
		inspect();
		assert_int_equal(candidates(), 0);
		assert_false(same("dafang"));
		assert_int_equal(carried(16 * MIB), *which == 'F');
	}
	expect_part(4, "rootfs", 0x200000, 5760 * KIB);
	assert_true(same("mtdparts=" THINGINO_F));
}

static void repeats(void **state)
{
	static const struct {
		const char *spec;
		bool repeats;
	} table[] = {
		{"mtdparts=f:4096k(a),4096k(b),4096k(a2),4096k(b2)", true},
		{"mtdparts=f:8192k(a),8192k(b)", true},
		{"mtdparts=f:4096k(a),4096k(b),2048k(c),6144k(d)", false},
		{"mtdparts=f:4096k(a),8192k(b),4096k(c)", false},
		{"mtdparts=f:4096k(a),12288k(b)", false},
		{"mtdparts=f:16384k(all)", false},
		{"mtdparts=f:4096k(a),4096k(b),8192k(c)", false},
	};

	(void)state;
	for (size_t at = 0; at < sizeof(table) / sizeof(table[0]); at++) {
		get(table[at].spec, 16 * MIB);
		assert_int_equal(uf_layout_repeats(&layout.table, 16 * MIB), table[at].repeats);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(repeats),
		cmocka_unit_test(test_known_layouts),
		cmocka_unit_test(test_rootfs_of_any_kind),
		cmocka_unit_test(test_every_part_of_it_counts),
		cmocka_unit_test(test_boot_loader_ends_in_the_first),
		cmocka_unit_test(test_table_without_what_is_needed),
		cmocka_unit_test(test_thingino),
		cmocka_unit_test(test_nothing_carried),
		cmocka_unit_test(test_carried_by_the_boot_loader),
		cmocka_unit_test(test_carried_with_another_name),
		cmocka_unit_test(test_carried_by_the_environment),
		cmocka_unit_test(test_environment_before_boot_loader),
		cmocka_unit_test(test_boot_loader_where_the_environment_has_none),
		cmocka_unit_test(test_aliases_are_left_out),
		cmocka_unit_test(test_flags_behind_names),
		cmocka_unit_test(test_variables_and_nonsense),
		cmocka_unit_test(test_wrong_sizes),
		cmocka_unit_test(test_rest_takes_what_there_is),
		cmocka_unit_test(test_last_of_a_command_line),
		cmocka_unit_test(test_two_flashes),
		cmocka_unit_test(test_two_candidates),
		cmocka_unit_test(test_little_room_for_names),
		cmocka_unit_test(test_candidates_by_size),
		cmocka_unit_test(test_no_candidate),
		cmocka_unit_test(test_same_by_what_is_carried),
		cmocka_unit_test(test_same_with_other_names),
		cmocka_unit_test(test_same_by_structures),
		cmocka_unit_test(test_same_of_a_short_image),
		cmocka_unit_test(test_roles),
		cmocka_unit_test(test_whole_stock_flashes),
		cmocka_unit_test(test_whole_thingino_flashes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
