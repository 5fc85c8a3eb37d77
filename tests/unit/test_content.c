/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The checks of contents: each by the condition that refuses it, and by what is next to that. */
#include "expect.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "firmware.h"
#include "uniflash/check/content.h"

#define MIB 1048576ULL

#define DAFANG                                                                                     \
	"jz_sfc:256k(boot),2048k(kernel),3392k(root),640k(driver),4736k(appfs),2048k(backupk),"    \
	"640k(backupd),2048k(backupa),256k(config),256k(para),-(flag)"

/* A run that nothing is wrong with; each test spoils one thing of it. */
struct bench {
	struct uf_inspection found, flash, after;
	struct uf_item cut;
	struct uf_board board;
	struct uf_content_facts facts;
	struct uf_verdict verdict;
	struct recorder recorder;
};

static struct bench bench;

static struct uf_item *add(struct uf_inspection *to, enum uf_item_kind kind, uint64_t off,
			   uint64_t len)
{
	struct uf_item *item = &to->item[to->items++];

	assert_true(to->items <= UF_ITEMS_MAX);
	memset(item, 0, sizeof(*item));
	item->kind = kind;
	item->range.off = off;
	item->range.len = len;
	return item;
}

static struct uf_item *add_kernel(struct uf_inspection *to, uint64_t off, uint64_t len)
{
	struct uf_item *item = add(to, UF_ITEM_UIMAGE, off, len);

	item->uimage.header_good = true;
	item->uimage.type = UF_UIMAGE_KERNEL;
	strcpy(item->uimage.name, FIRMWARE_NAME);
	return item;
}

/* A boot loader that tells its SoC and RAM. */
static void add_boot(struct uf_inspection *to, uint64_t extent)
{
	memset(to, 0, sizeof(*to));
	to->size = 16 * MIB;
	to->boot_extent = extent;
	to->boot.present = true;
	to->boot.length_good = true;
	to->boot.checksum_good = true;
	to->boot.spl_length = 0x305c;
	to->boot.soc = UF_SOC_T20;
	to->boot.ram_mib = 128;
	add(to, UF_ITEM_BOOT, 0, extent);
}

static void add_stock(struct uf_inspection *to)
{
	add_boot(to, 0x40000);
	add_kernel(to, 0x40000, 0x1a0123);
	add(to, UF_ITEM_SQUASHFS, 0x240000, 0x300123);
}

static void begin(void)
{
	memset(&bench, 0, sizeof(bench));
	add_stock(&bench.flash);
	add_stock(&bench.after);
	bench.found = bench.after;
	bench.board.soc = UF_SOC_T20;
	bench.board.soc_from = "its id register";
	bench.board.ram_mib = 128;
	bench.board.ram_from = "/proc/cmdline";
	bench.facts = (struct uf_content_facts){
		.found = &bench.found,
		.flash = &bench.flash,
		.after = &bench.after,
		.cut = &bench.cut,
		.board = &bench.board,
		.boot_changes = true,
	};
}

static int judge(void)
{
	uf_check_set allow = bench.verdict.allow;

	memset(&bench.verdict, 0, sizeof(bench.verdict));
	bench.verdict.allow = allow;
	recorder_begin(&bench.recorder);
	return uf_check_all(uf_content_checks, uf_content_check_count, &bench.facts, &bench.verdict,
			    &bench.recorder.hooks);
}

static const struct uf_check_event *event(enum uf_check_id id)
{
	for (unsigned at = 0; at < bench.recorder.checks; at++)
		if (bench.recorder.check[at].id == id)
			return &bench.recorder.check[at];
	return NULL;
}

/* Just this check refuses, in words that hold part, with advice; and --allow lets it pass. */
static void refused_at(enum uf_check_id id, const char *part, int line)
{
	int ret = judge();

	if (ret != UF_ERR_REFUSED || bench.verdict.refused != UF_CHECK_BIT(id))
		fail_msg("line %d: %d, refused %#llx, \"%s\"", line, ret,
			 (unsigned long long)bench.verdict.refused, bench.verdict.first.what);
	if (!strstr(bench.verdict.first.what, part))
		fail_msg("line %d: \"%s\" lacks \"%s\"", line, bench.verdict.first.what, part);
	assert_int_equal(bench.verdict.first.check, id);
	assert_true(bench.verdict.first.next[0] != '\0');
	bench.verdict.allow = UF_CHECK_BIT(id);
	judge();
	if (!(bench.verdict.used & UF_CHECK_BIT(id)) || event(id)->result != UF_CHECK_ALLOWED)
		fail_msg("line %d: --allow does not help", line);
	bench.verdict.allow = 0;
}

/* Nothing refuses, and this one is a notice in words that hold part. */
static void notice_at(enum uf_check_id id, const char *part, int line)
{
	if (judge() != UF_OK)
		fail_msg("line %d: \"%s\"", line, bench.verdict.first.what);
	assert_non_null(event(id));
	if (event(id)->result != UF_CHECK_NOTICE || !strstr(event(id)->detail, part))
		fail_msg("line %d: \"%s\"", line, event(id)->detail);
}

/* Nothing refuses; this one was judged and has nothing to say. */
static void fine_at(enum uf_check_id id, int line)
{
	if (judge() != UF_OK)
		fail_msg("line %d: \"%s\"", line, bench.verdict.first.what);
	assert_non_null(event(id));
	if (event(id)->result != UF_CHECK_OK || event(id)->detail[0])
		fail_msg("line %d: \"%s\"", line, event(id)->detail);
}

#define REFUSED(id, part) refused_at(UF_CHECK_##id, part, __LINE__)
#define NOTICE(id, part)  notice_at(UF_CHECK_##id, part, __LINE__)
#define FINE(id)          fine_at(UF_CHECK_##id, __LINE__)

static void test_all_well(void **state)
{
	(void)state;
	begin();
	assert_int_equal(judge(), UF_OK);
	assert_int_equal(bench.recorder.checks, uf_content_check_count);
	for (unsigned at = 0; at < bench.recorder.checks; at++) {
		assert_int_equal(bench.recorder.check[at].result, UF_CHECK_OK);
		assert_string_equal(bench.recorder.check[at].detail, "");
	}
}

/* The checks there are: each is tested below. What one needs comes before it. */
static void test_table(void **state)
{
	const uf_check_set expected =
		UF_CHECK_BIT(UF_CHECK_KEEP_SPLITS_IMAGE) | UF_CHECK_BIT(UF_CHECK_BOOT_MISSING) |
		UF_CHECK_BIT(UF_CHECK_BOOT_CHECKSUM) | UF_CHECK_BIT(UF_CHECK_BOOT_SOC_MISMATCH) |
		UF_CHECK_BIT(UF_CHECK_BOOT_SOC_UNKNOWN) | UF_CHECK_BIT(UF_CHECK_BOOT_RAM_MISMATCH) |
		UF_CHECK_BIT(UF_CHECK_BOOT_SECURE) | UF_CHECK_BIT(UF_CHECK_KERNEL_MISSING) |
		UF_CHECK_BIT(UF_CHECK_KERNEL_CHECKSUM) | UF_CHECK_BIT(UF_CHECK_ROOTFS_MISSING) |
		UF_CHECK_BIT(UF_CHECK_FLAG_UPGRADE_PENDING) | UF_CHECK_BIT(UF_CHECK_DEVICE_ALIAS);
	uf_check_set ids = 0;

	(void)state;
	for (unsigned at = 0; at < uf_content_check_count; at++) {
		assert_true((uf_content_checks[at].needs & ~ids) == 0);
		assert_false(ids & UF_CHECK_BIT(uf_content_checks[at].id));
		ids |= UF_CHECK_BIT(uf_content_checks[at].id);
	}
	assert_true(ids == expected);
	assert_int_equal(uf_kind_check_count, 1);
	assert_int_equal(uf_kind_checks[0].id, UF_CHECK_IMAGE_KIND);
}

/* --- image.kind ------------------------------------------------------------------------------- */

static void test_kind(void **state)
{
	static const struct uf_foreign page = {"an HTML page", "Use the raw link."};
	struct uf_kind_facts facts = {&page, "firmware.bin", 12345};
	struct uf_verdict verdict = {0};

	(void)state;
	recorder_begin(&bench.recorder);
	assert_int_equal(uf_check_all(uf_kind_checks, uf_kind_check_count, &facts, &verdict,
				      &bench.recorder.hooks),
			 UF_ERR_REFUSED);
	assert_true(verdict.refused == UF_CHECK_BIT(UF_CHECK_IMAGE_KIND));
	assert_non_null(strstr(verdict.first.what, "an HTML page"));
	assert_non_null(strstr(verdict.first.what, "firmware.bin"));
	assert_non_null(strstr(verdict.first.what, "12,345"));
	assert_string_equal(verdict.first.next, "Use the raw link.");
	verdict = (struct uf_verdict){.allow = UF_CHECK_BIT(UF_CHECK_IMAGE_KIND)};
	assert_int_equal(uf_check_all(uf_kind_checks, uf_kind_check_count, &facts, &verdict,
				      &bench.recorder.hooks),
			 UF_OK);
	assert_true(verdict.used == UF_CHECK_BIT(UF_CHECK_IMAGE_KIND));
	facts.foreign = NULL;
	verdict = (struct uf_verdict){0};
	recorder_begin(&bench.recorder);
	assert_int_equal(uf_check_all(uf_kind_checks, uf_kind_check_count, &facts, &verdict,
				      &bench.recorder.hooks),
			 UF_OK);
	assert_int_equal(bench.recorder.check[0].result, UF_CHECK_OK);
	assert_string_equal(bench.recorder.check[0].detail, "");
}

/* --- boot.missing ----------------------------------------------------------------------------- */

static void test_boot_missing(void **state)
{
	(void)state;
	begin();
	bench.after.boot = (struct uf_boot){0};
	bench.after.boot_extent = 0;
	bench.after.item[0].kind = UF_ITEM_JFFS2;
	REFUSED(BOOT_MISSING, "jffs2");
	begin();
	bench.after.boot = (struct uf_boot){0};
	bench.after.item[0].kind = UF_ITEM_BLANK;
	REFUSED(BOOT_MISSING, "blank");
}

/* What goes by the boot loader is not judged where there is none. */
static void test_boot_missing_hides(void **state)
{
	(void)state;
	begin();
	bench.after.boot = (struct uf_boot){0};
	bench.after.item[0].kind = UF_ITEM_DATA;
	bench.after.item[1].uimage.name[0] = '\0';
	assert_int_equal(judge(), UF_ERR_REFUSED);
	assert_true(bench.verdict.refused == UF_CHECK_BIT(UF_CHECK_BOOT_MISSING));
	assert_null(event(UF_CHECK_BOOT_CHECKSUM));
	assert_null(event(UF_CHECK_BOOT_SOC_UNKNOWN));
	assert_non_null(event(UF_CHECK_KERNEL_MISSING));
}

/* Also where the flash had none before and nothing of it changes: it would not start. */
static void test_boot_missing_before_as_well(void **state)
{
	(void)state;
	begin();
	bench.facts.boot_changes = false;
	bench.after.boot.present = false;
	bench.after.item[0].kind = UF_ITEM_DATA;
	REFUSED(BOOT_MISSING, "data");
}

/* --- boot.checksum ---------------------------------------------------------------------------- */

static void test_boot_checksum(void **state)
{
	(void)state;
	begin();
	bench.after.boot.checksum_good = false;
	REFUSED(BOOT_CHECKSUM, "CRC7");
	begin();
	bench.after.boot.checksum_good = false;
	bench.after.boot.checksum_near = true;
	bench.after.boot.soc = UF_SOC_T31;
	bench.board.soc = UF_SOC_T31;
	FINE(BOOT_CHECKSUM);
}

static void test_boot_length(void **state)
{
	(void)state;
	begin();
	bench.after.boot.length_good = false;
	bench.after.boot.checksum_good = false;
	bench.after.boot.spl_length = 123456;
	REFUSED(BOOT_CHECKSUM, "123456");
}

/* Some of T31 round their length up: a notice. A length of 0 is that of a loader over USB. */
static void test_boot_checksum_of_t31(void **state)
{
	(void)state;
	begin();
	bench.after.boot.soc = UF_SOC_T31;
	bench.board.soc = UF_SOC_T31;
	bench.after.boot.checksum_good = false;
	NOTICE(BOOT_CHECKSUM, "CRC7");
	bench.after.boot.length_good = false;
	bench.after.boot.spl_length = 0;
	REFUSED(BOOT_CHECKSUM, "0 bytes");
}

/* The camera runs with what it has. */
static void test_boot_checksum_of_what_stays(void **state)
{
	(void)state;
	begin();
	bench.facts.boot_changes = false;
	bench.after.boot.checksum_good = false;
	NOTICE(BOOT_CHECKSUM, "CRC7");
	bench.after.boot.length_good = false;
	NOTICE(BOOT_CHECKSUM, "");
}

/* --- boot.soc-mismatch, boot.soc-unknown ------------------------------------------------------ */

static void test_soc_mismatch(void **state)
{
	static const enum uf_soc others[] = {UF_SOC_T10, UF_SOC_T31, UF_SOC_T40};

	(void)state;
	for (unsigned at = 0; at < 3; at++) {
		begin();
		bench.after.boot.soc = others[at];
		REFUSED(BOOT_SOC_MISMATCH, uf_soc_name(others[at]));
		assert_int_equal(judge(), UF_ERR_REFUSED);
		assert_non_null(strstr(bench.verdict.first.what, "T20"));
		assert_non_null(strstr(bench.verdict.first.what, "its id register"));
	}
}

/* What the image does not change is not its fault; what is not known cannot contradict. */
static void test_no_soc_mismatch(void **state)
{
	(void)state;
	begin();
	bench.after.boot.soc = UF_SOC_T31;
	bench.facts.boot_changes = false;
	FINE(BOOT_SOC_MISMATCH);
	begin();
	bench.after.boot.soc = UF_SOC_T31;
	bench.board.soc = UF_SOC_UNKNOWN;
	bench.board.soc_from = NULL;
	NOTICE(BOOT_SOC_MISMATCH, "this image is for T31");
}

/* Where the boot loader tells nothing the kernel does. */
static void test_soc_mismatch_by_the_kernel(void **state)
{
	(void)state;
	begin();
	bench.after.boot.soc = UF_SOC_UNKNOWN;
	bench.facts.kernel_changes = true;
	strcpy(bench.after.item[1].uimage.name, FIRMWARE_NAME_T31);
	REFUSED(BOOT_SOC_MISMATCH, "T31");
	/* They must agree, also where the boot loader stays. */
	begin();
	bench.facts.kernel_changes = true;
	strcpy(bench.after.item[1].uimage.name, FIRMWARE_NAME_T31);
	REFUSED(BOOT_SOC_MISMATCH, "its kernel for T31");
	bench.facts.boot_changes = false;
	REFUSED(BOOT_SOC_MISMATCH, "this image's kernel is for T31");
	/* What is on the flash and stays has proved itself. */
	bench.facts.kernel_changes = false;
	FINE(BOOT_SOC_MISMATCH);
}

static void test_soc_unknown(void **state)
{
	(void)state;
	begin();
	bench.after.boot.soc = UF_SOC_UNKNOWN;
	bench.facts.found = &bench.after;
	REFUSED(BOOT_SOC_UNKNOWN, "SoC");
	assert_int_equal(judge(), UF_ERR_REFUSED);
	assert_non_null(strstr(bench.verdict.first.next, "boot.soc-unknown"));
	assert_non_null(strstr(bench.verdict.first.next, "T20"));
	bench.board.soc = UF_SOC_UNKNOWN;
	REFUSED(BOOT_SOC_UNKNOWN, "SoC");
	bench.facts.boot_changes = false;
	FINE(BOOT_SOC_UNKNOWN);
}

static void test_soc_known_by_the_kernel(void **state)
{
	(void)state;
	begin();
	bench.board.soc = UF_SOC_T31;
	bench.after.boot.soc = UF_SOC_UNKNOWN;
	strcpy(bench.after.item[1].uimage.name, FIRMWARE_NAME_T31);
	FINE(BOOT_SOC_UNKNOWN);
}

/* --- boot.ram-mismatch ------------------------------------------------------------------------ */

static void test_ram_mismatch(void **state)
{
	(void)state;
	begin();
	bench.after.boot.ram_mib = 64;
	REFUSED(BOOT_RAM_MISMATCH, "64 MiB");
	assert_int_equal(judge(), UF_ERR_REFUSED);
	assert_non_null(strstr(bench.verdict.first.what, "128 MiB"));
	assert_non_null(strstr(bench.verdict.first.what, "/proc/cmdline"));
	begin();
	bench.board.ram_mib = 64;
	REFUSED(BOOT_RAM_MISMATCH, "64 MiB");
}

static void test_no_ram_mismatch(void **state)
{
	static const uint32_t told[] = {0, 120, 127, 128};

	(void)state;
	for (unsigned at = 0; at < 4; at++) {
		begin();
		bench.after.boot.ram_mib = told[at];
		FINE(BOOT_RAM_MISMATCH);
	}
	begin();
	bench.after.boot.ram_mib = 64;
	bench.facts.boot_changes = false;
	FINE(BOOT_RAM_MISMATCH);
	begin();
	bench.after.boot.ram_mib = 64;
	bench.board.ram_mib = 0;
	bench.board.ram_from = NULL;
	FINE(BOOT_RAM_MISMATCH);
}

/* --- boot.secure ------------------------------------------------------------------------------ */

static void begin_signed(void)
{
	begin();
	bench.board.soc = UF_SOC_T31;
	bench.after.boot.soc = UF_SOC_T31;
	bench.flash.boot.soc = UF_SOC_T31;
	bench.flash.boot.signature = true;
}

static void test_secure(void **state)
{
	(void)state;
	begin_signed();
	REFUSED(BOOT_SECURE, "signed");
	/* that the image's is signed too does not say by whom */
	bench.after.boot.signature = true;
	REFUSED(BOOT_SECURE, "signed");
}

static void test_not_secure(void **state)
{
	(void)state;
	begin_signed();
	bench.facts.boot_changes = false;
	FINE(BOOT_SECURE);
	begin_signed();
	bench.flash.boot.signature = false;
	bench.after.boot.signature = true;
	FINE(BOOT_SECURE);
	begin_signed();
	bench.board.soc = UF_SOC_T20; /* which knows no signatures */
	bench.after.boot.soc = UF_SOC_T20;
	FINE(BOOT_SECURE);
	begin_signed();
	bench.flash.boot.present = false;
	FINE(BOOT_SECURE);
}

/* --- kernel.missing, kernel.checksum ---------------------------------------------------------- */

static void test_kernel_missing(void **state)
{
	(void)state;
	begin();
	bench.after.item[1].kind = UF_ITEM_BLANK;
	REFUSED(KERNEL_MISSING, "0x040000");
	assert_int_equal(judge(), UF_ERR_REFUSED);
	assert_non_null(strstr(bench.verdict.first.what, "blank"));
	assert_null(event(UF_CHECK_ROOTFS_MISSING)); /* which is told of once there is a kernel */
	begin();
	bench.after.item[1].uimage.type = UF_UIMAGE_FIRMWARE;
	REFUSED(KERNEL_MISSING, "uimage");
	begin();
	bench.after.item[1].range.off = 0x48000;
	REFUSED(KERNEL_MISSING, "");
}

static void test_kernel_checksum(void **state)
{
	(void)state;
	begin();
	bench.after.item[1].health = UF_HEALTH_BAD;
	REFUSED(KERNEL_CHECKSUM, "data");
	bench.after.item[1].uimage.header_good = false;
	REFUSED(KERNEL_CHECKSUM, "header");
	REFUSED(KERNEL_CHECKSUM, "0x040000");
	REFUSED(KERNEL_CHECKSUM, FIRMWARE_NAME);
}

static void test_kernel_cut_off(void **state)
{
	(void)state;
	begin();
	bench.after.item[1].health = UF_HEALTH_CUT_OFF;
	bench.after.items = 2;
	assert_int_equal(judge(), UF_ERR_REFUSED);
	assert_true(bench.verdict.refused & UF_CHECK_BIT(UF_CHECK_KERNEL_CHECKSUM));
	assert_non_null(strstr(bench.verdict.first.what, "0x1e0123"));
}

/* A staged kernel is not what starts. */
static void test_damaged_staging_is_no_matter(void **state)
{
	(void)state;
	begin();
	add_kernel(&bench.after, 0xad0000, 0x1a0000)->health = UF_HEALTH_BAD;
	add(&bench.after, UF_ITEM_SQUASHFS, 0xcd0000, 0x90000)->health = UF_HEALTH_BAD;
	FINE(KERNEL_CHECKSUM);
	/* nor does it stand in for one */
	bench.after.item[1].kind = UF_ITEM_BLANK;
	bench.after.item[3].health = UF_HEALTH_GOOD;
	REFUSED(KERNEL_MISSING, "");
}

/* --- rootfs.missing --------------------------------------------------------------------------- */

static void test_rootfs_missing(void **state)
{
	(void)state;
	begin();
	bench.after.items = 2;
	REFUSED(ROOTFS_MISSING, "0x1e0123");
	begin();
	bench.after.item[2].range.off = 0x590000; /* which is the driver's place */
	REFUSED(ROOTFS_MISSING, "");
	begin();
	bench.after.item[2].kind = UF_ITEM_DATA;
	REFUSED(ROOTFS_MISSING, "");
}

static void test_rootfs_damaged(void **state)
{
	(void)state;
	begin();
	bench.after.item[2].health = UF_HEALTH_CUT_OFF;
	REFUSED(ROOTFS_MISSING, "0x240000");
	REFUSED(ROOTFS_MISSING, "cut off");
	REFUSED(ROOTFS_MISSING, "0x540123");
	bench.after.item[2].health = UF_HEALTH_BAD;
	REFUSED(ROOTFS_MISSING, "bad");
}

/* --- flag.upgrade-pending --------------------------------------------------------------------- */

static void test_flag(void **state)
{
	(void)state;
	begin();
	bench.after.boot.upgrades = true;
	FINE(FLAG_UPGRADE_PENDING);
	add(&bench.after, UF_ITEM_FLAG, 0xff0000, 0x8000);
	REFUSED(FLAG_UPGRADE_PENDING, "FWGRADEUP=");
	REFUSED(FLAG_UPGRADE_PENDING, "0xff0000");
	bench.facts.boot_changes = false; /* it is what starts that counts, not what is new */
	REFUSED(FLAG_UPGRADE_PENDING, "");
}

static void test_no_flag(void **state)
{
	(void)state;
	begin(); /* thingino's boot loader knows none */
	add(&bench.after, UF_ITEM_FLAG, 0xff0000, 0x8000);
	FINE(FLAG_UPGRADE_PENDING);
	begin(); /* no boot loader looks there */
	bench.after.boot.upgrades = true;
	add(&bench.after, UF_ITEM_FLAG, 0xff8000, 0x8000);
	FINE(FLAG_UPGRADE_PENDING);
	begin(); /* what was there goes */
	bench.after.boot.upgrades = true;
	add(&bench.flash, UF_ITEM_FLAG, 0xff0000, 0x8000);
	FINE(FLAG_UPGRADE_PENDING);
}

/* --- keep.splits-image ------------------------------------------------------------------------ */

static void test_cut(void **state)
{
	(void)state;
	begin();
	bench.cut = bench.after.item[2];
	REFUSED(KEEP_SPLITS_IMAGE, "squashfs");
	REFUSED(KEEP_SPLITS_IMAGE, "0x240000-0x540123");
	assert_int_equal(judge(), UF_ERR_REFUSED);
	assert_non_null(strstr(bench.verdict.first.next, "--keep"));
}

/* What is damaged by that is not told of as damaged on its own. */
static void test_cut_hides(void **state)
{
	(void)state;
	begin();
	bench.cut = bench.after.item[1];
	bench.after.item[1].health = UF_HEALTH_BAD;
	bench.after.item[2].health = UF_HEALTH_BAD;
	bench.after.boot.checksum_good = false;
	assert_int_equal(judge(), UF_ERR_REFUSED);
	assert_true(bench.verdict.refused == UF_CHECK_BIT(UF_CHECK_KEEP_SPLITS_IMAGE));
	assert_null(event(UF_CHECK_KERNEL_CHECKSUM));
	/* but the SoC is */
	bench.after.boot.soc = UF_SOC_T31;
	judge();
	assert_true(bench.verdict.refused & UF_CHECK_BIT(UF_CHECK_BOOT_SOC_MISMATCH));
}

/* Allowed, all that comes of it is judged again. */
static void test_cut_allowed(void **state)
{
	(void)state;
	begin();
	bench.cut = bench.after.item[1];
	bench.after.item[1].health = UF_HEALTH_BAD;
	bench.verdict.allow = UF_CHECK_BIT(UF_CHECK_KEEP_SPLITS_IMAGE);
	assert_int_equal(judge(), UF_ERR_REFUSED);
	assert_true(bench.verdict.refused == UF_CHECK_BIT(UF_CHECK_KERNEL_CHECKSUM));
}

/* --- where kernels and root file systems are -------------------------------------------------- */

/* The places of camera-facts 1. thingino's A to E cut the kernel's partition to fit; in the others
 * it has a size of its own, and a kernel can be a good deal smaller. */
static const struct {
	const char *name;
	uint64_t boot, kernel, kernel_len, rootfs;
	enum uf_item_kind kind;
} places[] = {
	{"T20", 0x40000, 0x40000, 0x1b8f40, 0x240000, UF_ITEM_SQUASHFS},
	{"T31", 0x40000, 0x40000, 0x1c0001, 0x230000, UF_ITEM_SQUASHFS},
	{"SXJ02ZM", 0x40000, 0x40000, 0x1c0001, 0x2c0000, UF_ITEM_SQUASHFS},
	{"openmiko", 0x40000, 0x40000, 0x1c0001, 0x240000, UF_ITEM_JFFS2},
	{"thingino A", 0x40000, 0x50000, 0x168001, 0x1c0000, UF_ITEM_SQUASHFS},
	{"thingino B", 0x40000, 0x80000, 0x168001, 0x1f0000, UF_ITEM_SQUASHFS},
	{"thingino C", 0x40000, 0x80000, 0x178001, 0x200000, UF_ITEM_SQUASHFS},
	{"thingino D", 0x50000, 0xa0000, 0x168001, 0x210000, UF_ITEM_SQUASHFS},
	{"thingino E", 0x50000, 0x60000, 0x168001, 0x1d0000, UF_ITEM_SQUASHFS},
	{"thingino F", 0x50000, 0x70000, 0x168001, 0x200000, UF_ITEM_SQUASHFS},
	{"thingino G", 0x40000, 0x60000, 0x168001, 0x1f0000, UF_ITEM_SQUASHFS},
	{"OpenIPC 8M", 0x40000, 0x50000, 0x1b8f40, 0x250000, UF_ITEM_SQUASHFS},
	{"OpenIPC 16M", 0x40000, 0x50000, 0x1b8f40, 0x350000, UF_ITEM_SQUASHFS},
	{"OpenIPC raptor", 0x50000, 0x70000, 0x1b8f40, 0x270000, UF_ITEM_SQUASHFS},
};

#define FIXED_FIRST 9

static void begin_place(unsigned at)
{
	begin();
	add_boot(&bench.after, places[at].boot);
	add_kernel(&bench.after, places[at].kernel, places[at].kernel_len);
	add(&bench.after, places[at].kind, places[at].rootfs, 0x300123);
}

static void test_kernel_at_every_place(void **state)
{
	(void)state;
	for (unsigned at = 0; at < sizeof(places) / sizeof(places[0]); at++) {
		begin_place(at);
		if (uf_find_kernel(&bench.after) != &bench.after.item[1])
			fail_msg("%s", places[at].name);
	}
}

/* Whether the root file system is found at all places [from, to) of the table. */
static bool rootfs_is_found(unsigned from, unsigned to)
{
	unsigned missing = 0;

	for (unsigned at = from; at < to; at++) {
		begin_place(at);
		if (uf_find_rootfs(&bench.after) == &bench.after.item[2])
			continue;
		print_error("%s: none is found at %#llx\n", places[at].name,
			    (unsigned long long)places[at].rootfs);
		missing++;
	}
	return missing == 0;
}

static void test_rootfs_at_every_place(void **state)
{
	(void)state;
	assert_string_equal(places[FIXED_FIRST].name, "thingino F");
	assert_true(rootfs_is_found(0, FIXED_FIRST));
}

/* The boot loader is packed and tells no table, nor does an environment that is blank. */
static void test_rootfs_behind_kernel_partitions_of_fixed_size(void **state)
{
	(void)state;
	assert_true(rootfs_is_found(FIXED_FIRST, sizeof(places) / sizeof(places[0])));
}

/* The table that contents carry tells of places of its own. */
static void test_places_that_are_carried(void **state)
{
	static const char table[] =
		"jz_sfc:256k(boot),1024k(logo),3072k(kernel),8192k(rootfs),-(data)";

	(void)state;
	begin();
	add_boot(&bench.after, 0x40000);
	add_kernel(&bench.after, 0x140000, 0x100000);
	add(&bench.after, UF_ITEM_SQUASHFS, 0x440000, 0x300000);
	assert_null(uf_find_kernel(&bench.after));
	assert_null(uf_find_rootfs(&bench.after));
	snprintf(bench.after.boot.bootargs, sizeof(bench.after.boot.bootargs),
		 "console=ttyS1 mtdparts=%s", table);
	assert_ptr_equal(uf_find_kernel(&bench.after), &bench.after.item[1]);
	assert_ptr_equal(uf_find_rootfs(&bench.after), &bench.after.item[2]);
	bench.after.boot.bootargs[0] = '\0';
	strcpy(add(&bench.after, UF_ITEM_ENV, 0x50000, 0x10000)->env.mtdparts, table);
	assert_ptr_equal(uf_find_kernel(&bench.after), &bench.after.item[1]);
	assert_ptr_equal(uf_find_rootfs(&bench.after), &bench.after.item[2]);
}

/* A boot loader that tells where it has its kernel finds none elsewhere: the camera's own is kept
 * and another firmware's kernel lies where only that one's boot loader looks. */
static void test_kernel_where_this_boot_loader_does_not_look(void **state)
{
	(void)state;
	begin();
	add_boot(&bench.after, 0x40000);
	snprintf(bench.after.boot.bootargs, sizeof(bench.after.boot.bootargs),
		 "console=ttyS1 mtdparts=" DAFANG);
	add_kernel(&bench.after, 0x50000, 0x168001);
	add(&bench.after, UF_ITEM_SQUASHFS, 0x1c0000, 0x300000);
	bench.facts.boot_changes = false;
	REFUSED(KERNEL_MISSING, "0x040000");
}

static void test_no_kernel_elsewhere(void **state)
{
	static const uint64_t elsewhere[] = {0x30000, 0x38000,  0x48000,  0x58000,
					     0xb0000, 0x100000, 0xad0000, 0xff0000};

	(void)state;
	for (unsigned at = 0; at < sizeof(elsewhere) / sizeof(elsewhere[0]); at++) {
		begin();
		bench.after.item[1].range.off = elsewhere[at];
		assert_null(uf_find_kernel(&bench.after));
		assert_null(uf_find_rootfs(&bench.after));
	}
}

/* What lies in front of the kernel or far behind it is not its root file system. */
static void test_no_rootfs_elsewhere(void **state)
{
	static const uint64_t elsewhere[] = {0x1a0000, 0x590000, 0x600000, 0xad0000, 0xf70000};

	(void)state;
	for (unsigned at = 0; at < sizeof(elsewhere) / sizeof(elsewhere[0]); at++) {
		begin();
		bench.after.item[2].range.off = elsewhere[at];
		assert_null(uf_find_rootfs(&bench.after));
	}
}

/* A small file system in front, such as thingino's config, is none, nor is what lies behind. */
static void test_rootfs_among_others(void **state)
{
	(void)state;
	begin();
	add_boot(&bench.after, 0x40000);
	add(&bench.after, UF_ITEM_JFFS2, 0x48000, 0x38000);
	add_kernel(&bench.after, 0x80000, 0x178001);
	add(&bench.after, UF_ITEM_SQUASHFS, 0x200000, 0x500000);
	add(&bench.after, UF_ITEM_JFFS2, 0x700000, 0x900000);
	assert_ptr_equal(uf_find_rootfs(&bench.after), &bench.after.item[3]);
}

static void test_nothing_found(void **state)
{
	static const struct uf_inspection nothing;

	(void)state;
	assert_null(uf_find_kernel(&nothing));
	assert_null(uf_find_rootfs(&nothing));
}

/* --- whole flashes, as inspection finds them -------------------------------------------------- */

static uint8_t flash[FIRMWARE_SIZE];

static void inspect(struct uf_inspection *into)
{
	struct uf_inspector *inspector;
	struct uf_error err = {0};

	expect_ok(uf_inspector_new(&inspector, &err), &err);
	uf_inspector_feed(inspector, flash, sizeof(flash));
	uf_inspector_end(inspector, into);
	uf_inspector_free(inspector);
}

static void test_whole_flashes(void **state)
{
	(void)state;
	begin();
	firmware_stock_t20(flash);
	inspect(&bench.after);
	FINE(ROOTFS_MISSING);
	firmware_thingino(flash, 'A', UF_SOC_T20);
	inspect(&bench.after);
	FINE(ROOTFS_MISSING);
	firmware_thingino(flash, 'F', UF_SOC_T20);
	inspect(&bench.after);
	FINE(ROOTFS_MISSING);
	bench.board.soc = UF_SOC_T31;
	firmware_stock_t31(flash);
	inspect(&bench.after);
	FINE(ROOTFS_MISSING);
}

/* --- the camera ------------------------------------------------------------------------------- */

static void test_board_from_flash(void **state)
{
	struct uf_board board = {0};

	(void)state;
	begin();
	bench.flash.boot.ram_mib = 125;
	uf_board_from_flash(&bench.flash, &board);
	assert_int_equal(board.soc, UF_SOC_T20);
	assert_non_null(strstr(board.soc_from, "boot loader"));
	assert_int_equal(board.ram_mib, 128);
	assert_non_null(strstr(board.ram_from, "boot loader"));
}

static void test_board_from_the_kernel(void **state)
{
	struct uf_board board = {0};

	(void)state;
	begin();
	bench.flash.boot.soc = UF_SOC_UNKNOWN;
	bench.flash.boot.ram_mib = 0;
	strcpy(bench.flash.item[1].uimage.name, FIRMWARE_NAME_T31);
	uf_board_from_flash(&bench.flash, &board);
	assert_int_equal(board.soc, UF_SOC_T31);
	assert_non_null(strstr(board.soc_from, "kernel"));
	assert_int_equal(board.ram_mib, 0);
	assert_null(board.ram_from);
}

/* What the system tells is surer than what lies on its flash. */
static void test_board_known_already(void **state)
{
	struct uf_board board = {UF_SOC_T31, "its id register", 64, "/proc/cmdline"};

	(void)state;
	begin();
	uf_board_from_flash(&bench.flash, &board);
	assert_int_equal(board.soc, UF_SOC_T31);
	assert_string_equal(board.soc_from, "its id register");
	assert_int_equal(board.ram_mib, 64);
	assert_string_equal(board.ram_from, "/proc/cmdline");
	/* each of the two on its own */
	board = (struct uf_board){UF_SOC_T31, "its id register", 0, NULL};
	uf_board_from_flash(&bench.flash, &board);
	assert_int_equal(board.soc, UF_SOC_T31);
	assert_int_equal(board.ram_mib, 128);
}

static void test_board_of_nothing(void **state)
{
	static const struct uf_inspection nothing;
	struct uf_board board = {0};

	(void)state;
	uf_board_from_flash(&nothing, &board);
	assert_int_equal(board.soc, UF_SOC_UNKNOWN);
	assert_null(board.soc_from);
	assert_int_equal(board.ram_mib, 0);
	assert_null(board.ram_from);
}

static void test_ram_soldered(void **state)
{
	static const uint32_t rows[][2] = {
		{0, 0},    {32, 32},   {33, 64},   {60, 64},   {63, 64},   {64, 64},   {65, 128},
		{99, 128}, {104, 128}, {127, 128}, {128, 128}, {129, 256}, {256, 256}, {512, 512},
	};

	(void)state;
	for (unsigned at = 0; at < sizeof(rows) / sizeof(rows[0]); at++)
		assert_int_equal(uf_ram_soldered(rows[at][0]), rows[at][1]);
}

/* The number stands in an image's text, where anything can stand: it must not hang. */
static void test_ram_absurd(void **state)
{
	int status;
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		alarm(1);
		uf_ram_soldered(0x80000001);
		uf_ram_soldered(UINT32_MAX);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFSIGNALED(status))
		fail_msg("ended by signal %d", WTERMSIG(status));
}

/* Halves that are the same and nothing that means it. */
static void alias(void **state)
{
	(void)state;
	begin();
	bench.facts.mirrored = true;
	refused_at(UF_CHECK_DEVICE_ALIAS, "0x800000", __LINE__);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alias),
		cmocka_unit_test(test_all_well),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_kind),
		cmocka_unit_test(test_boot_missing),
		cmocka_unit_test(test_boot_missing_hides),
		cmocka_unit_test(test_boot_missing_before_as_well),
		cmocka_unit_test(test_boot_checksum),
		cmocka_unit_test(test_boot_length),
		cmocka_unit_test(test_boot_checksum_of_t31),
		cmocka_unit_test(test_boot_checksum_of_what_stays),
		cmocka_unit_test(test_soc_mismatch),
		cmocka_unit_test(test_no_soc_mismatch),
		cmocka_unit_test(test_soc_mismatch_by_the_kernel),
		cmocka_unit_test(test_soc_unknown),
		cmocka_unit_test(test_soc_known_by_the_kernel),
		cmocka_unit_test(test_ram_mismatch),
		cmocka_unit_test(test_no_ram_mismatch),
		cmocka_unit_test(test_secure),
		cmocka_unit_test(test_not_secure),
		cmocka_unit_test(test_kernel_missing),
		cmocka_unit_test(test_kernel_checksum),
		cmocka_unit_test(test_kernel_cut_off),
		cmocka_unit_test(test_damaged_staging_is_no_matter),
		cmocka_unit_test(test_rootfs_missing),
		cmocka_unit_test(test_rootfs_damaged),
		cmocka_unit_test(test_flag),
		cmocka_unit_test(test_no_flag),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_cut_hides),
		cmocka_unit_test(test_cut_allowed),
		cmocka_unit_test(test_kernel_at_every_place),
		cmocka_unit_test(test_rootfs_at_every_place),
		cmocka_unit_test(test_rootfs_behind_kernel_partitions_of_fixed_size),
		cmocka_unit_test(test_places_that_are_carried),
		cmocka_unit_test(test_kernel_where_this_boot_loader_does_not_look),
		cmocka_unit_test(test_no_kernel_elsewhere),
		cmocka_unit_test(test_no_rootfs_elsewhere),
		cmocka_unit_test(test_rootfs_among_others),
		cmocka_unit_test(test_nothing_found),
		cmocka_unit_test(test_whole_flashes),
		cmocka_unit_test(test_board_from_flash),
		cmocka_unit_test(test_board_from_the_kernel),
		cmocka_unit_test(test_board_known_already),
		cmocka_unit_test(test_board_of_nothing),
		cmocka_unit_test(test_ram_soldered),
		cmocka_unit_test(test_ram_absurd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
