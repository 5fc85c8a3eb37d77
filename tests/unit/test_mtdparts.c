/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mtdparts= as boot loaders write it: real tables, the kernel's rules, and what is wrong. */
#include "expect.h"

#include <stdlib.h>

#include "uniflash/flash/mtdparts.h"

#define KIB  1024ULL
#define MIB  (1024 * KIB)
#define REST 0 /* the length of a partition of size "-" before it is resolved */

struct row {
	const char *name;
	uint64_t off, len;
};

/* Parse text, which must hold one definition and no more. */
static struct uf_mtdparts one(const char *text)
{
	struct uf_mtdparts parts;
	struct uf_error err = {0};
	const char *at = text;

	memset(&parts, 0xa5, sizeof(parts));
	expect_ok(uf_mtdparts_next(text, &at, &parts, &err), &err);
	assert_null(at);
	return parts;
}

static void expect_rows(const struct uf_mtdparts *parts, const char *id, int rest,
			const struct row *rows, unsigned count)
{
	assert_string_equal(parts->id, id);
	assert_int_equal(parts->rest, rest);
	assert_int_equal(parts->table.count, count);
	for (unsigned i = 0; i < count; i++) {
		const struct uf_partition *part = &parts->table.part[i];

		assert_string_equal(part->name, rows[i].name);
		assert_int_equal(part->number, i);
		assert_true(part->range.off == rows[i].off);
		assert_true(part->range.len == rows[i].len);
		assert_int_equal(part->role, UF_ROLE_UNKNOWN);
		assert_int_equal(part->content, UF_CONTENT_UNKNOWN);
		assert_false(part->per_device);
	}
}

#define EXPECT_ROWS(parts, id, rest, rows)                                                         \
	expect_rows(parts, id, rest, rows, sizeof(rows) / sizeof(rows[0]))

/* The stock table of T20 cameras, inside the kernel command line of a Dafang. */
static void test_dafang(void **state)
{
	static const char cmdline[] =
		"console=ttyS1,115200n8 mem=104M@0x0 ispmem=8M@0x6800000 rmem=16M@0x7000000 "
		"init=/linuxrc rootfstype=squashfs root=/dev/mtdblock2 rw "
		"mtdparts=jz_sfc:256k(boot),2048k(kernel),3392k(root),640k(driver),4736k(appfs),"
		"2048k(backupk),640k(backupd),2048k(backupa),256k(config),256k(para),-(flag)\n";
	static const struct row rows[] = {
		{"boot", 0x000000, 0x040000},    {"kernel", 0x040000, 0x200000},
		{"root", 0x240000, 0x350000},    {"driver", 0x590000, 0x0a0000},
		{"appfs", 0x630000, 0x4a0000},   {"backupk", 0xad0000, 0x200000},
		{"backupd", 0xcd0000, 0x0a0000}, {"backupa", 0xd70000, 0x200000},
		{"config", 0xf70000, 0x040000},  {"para", 0xfb0000, 0x040000},
		{"flag", 0xff0000, REST},
	};
	const char *value = uf_mtdparts_in_cmdline(cmdline);
	struct uf_mtdparts parts;
	struct uf_error err = {0};

	(void)state;
	assert_non_null(value);
	assert_ptr_equal(value, strstr(cmdline, "jz_sfc"));
	parts = one(value);
	EXPECT_ROWS(&parts, "jz_sfc", 10, rows);
	expect_ok(uf_mtdparts_resolve(&parts, 16 * MIB, &err), &err);
	assert_int_equal(parts.table.part[10].range.off, 0xff0000);
	assert_int_equal(parts.table.part[10].range.len, 0x10000);
}

/* The stock table of T31 cameras, with K in capitals. */
static void test_t31(void **state)
{
	static const struct row rows[] = {
		{"boot", 0x000000, 0x040000},   {"kernel", 0x040000, 0x1f0000},
		{"rootfs", 0x230000, 0x3d0000}, {"app", 0x600000, 0x3d0000},
		{"kback", 0x9d0000, 0x1f0000},  {"aback", 0xbc0000, 0x3d0000},
		{"cfg", 0xf90000, 0x060000},    {"para", 0xff0000, 0x010000},
	};
	struct uf_mtdparts parts = one("jz_sfc:256K(boot),1984K(kernel),3904K(rootfs),3904K(app),"
				       "1984K(kback),3904K(aback),384K(cfg),64K(para) quiet");

	(void)state;
	EXPECT_ROWS(&parts, "jz_sfc", -1, rows);
}

static void test_sxj02zm(void **state)
{
	static const struct row rows[] = {
		{"boot", 0, 0x40000},           {"kernel", 0x40000, 0x280000},
		{"rootfs", 0x2c0000, 0x6f0000}, {"data", 0x9b0000, 0x630000},
		{"config", 0xfe0000, 0x10000},  {"factory", 0xff0000, 0x10000},
	};
	struct uf_mtdparts parts = one("jz_sfc:256k(boot),2560k(kernel),7104k(rootfs),6336k(data),"
				       "64k(config),64k(factory)");

	(void)state;
	EXPECT_ROWS(&parts, "jz_sfc", -1, rows);
}

/* OpenIPC's newer table: offsets that say what would follow anyway. */
static void test_openipc(void **state)
{
	static const struct row rows[] = {
		{"boot", 0, 0x50000},           {"env", 0x50000, 0x10000},
		{"backup", 0x60000, 0x10000},   {"kernel", 0x70000, 0x200000},
		{"rootfs", 0x270000, 0x800000}, {"rootfs_data", 0xa70000, REST},
	};
	struct uf_mtdparts parts =
		one("jz_sfc:320k(boot),64k@0x50000(env),64k(backup),2048k@0x70000(kernel),"
		    "8192k@0x270000(rootfs),-@0xa70000(rootfs_data)");
	struct uf_error err = {0};

	(void)state;
	EXPECT_ROWS(&parts, "jz_sfc", 5, rows);
	expect_ok(uf_mtdparts_resolve(&parts, 16 * MIB, &err), &err);
	assert_int_equal(parts.table.part[5].range.len, 0x590000);
}

/* thingino's: entries behind the one that takes the rest, which say where they are. */
static void test_thingino(void **state)
{
	static const struct row rows[] = {
		{"boot", 0, 0x40000},           {"env", 0x40000, 0x8000},
		{"config", 0x48000, 0x38000},   {"kernel", 0x80000, 0x180000},
		{"rootfs", 0x200000, 0x598000}, {"rootfs_data", 0x798000, REST},
		{"upgrade", 0x80000, 0x780000}, {"all", 0, 0x800000},
	};
	struct uf_mtdparts parts =
		one("jz_sfc:256k(boot),32k(env),224k(config),1536k(kernel),5728k(rootfs),"
		    "-(rootfs_data),7680k@0x80000(upgrade),8192k@0(all)");
	struct uf_error err = {0};

	(void)state;
	EXPECT_ROWS(&parts, "jz_sfc", 5, rows);
	expect_ok(uf_mtdparts_resolve(&parts, 8 * MIB, &err), &err);
	assert_int_equal(parts.table.part[5].range.len, 0x68000);
	assert_int_equal(parts.table.part[6].range.len, 0x780000);
	assert_int_equal(parts.table.part[7].range.off, 0);
}

/* Sizes as the kernel's memparse reads them: C's notation, and a suffix in either case. */
static void test_sizes(void **state)
{
	static const struct {
		const char *text;
		uint64_t size;
	} rows[] = {
		{"x:262144", 262144},   {"x:256k", 256 * KIB}, {"x:256K", 256 * KIB},
		{"x:16m", 16 * MIB},    {"x:16M", 16 * MIB},   {"x:0x40000", 0x40000},
		{"x:0X4aB00", 0x4ab00}, {"x:0x10k", 16 * KIB}, {"x:4096(a)", 4096},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct uf_mtdparts parts = one(rows[i].text);

		assert_int_equal(parts.table.count, 1);
		assert_true(parts.table.part[0].range.len == rows[i].size);
	}
}

/* memparse knows more suffixes than flashes of this kind need. */
static void test_size_suffixes(void **state)
{
	assert_int_equal(one("x:2g").table.part[0].range.len, 2048 * MIB);
	assert_int_equal(one("x:2G").table.part[0].range.len, 2048 * MIB);
	assert_int_equal(one("x:1T").table.part[0].range.len, 1024 * 1024 * MIB);
	(void)state;
}

/* A leading 0 makes the kernel read it as octal. Another number here would be another table. */
static void test_size_octal(void **state)
{
	const char *text = "x:010000(a),-(b)", *at = text;
	struct uf_mtdparts parts;
	struct uf_error err = {0};

	(void)state;
	if (uf_mtdparts_next(text, &at, &parts, &err) == UF_OK)
		assert_int_equal(parts.table.part[0].range.len, 4096);
	else
		assert_int_equal(err.code, UF_ERR_SYNTAX);
}

/* Partitions without a name have the kernel's; flags stand behind the name. */
static void test_names_and_flags(void **state)
{
	static const struct row rows[] = {
		{"Partition_000", 0, 64 * KIB},
		{"ro_data", 64 * KIB, 64 * KIB},
		{"b", 128 * KIB, 64 * KIB},
		{"c,:@", 192 * KIB, 64 * KIB},
		{"Partition_004", 256 * KIB, 64 * KIB},
		{"d", 320 * KIB, REST},
	};
	struct uf_mtdparts parts = one("x:64kro,64k(ro_data)ro,64k(b)rolk,64k(c,:@)lk,64k,-(d)ro");

	(void)state;
	EXPECT_ROWS(&parts, "x", 5, rows);
}

/* An offset moves what follows, too. */
static void test_offsets(void **state)
{
	static const struct row rows[] = {
		{"b", 0x10000, 0x8000},
		{"c", 0x18000, 0x8000},
		{"a", 0, 0x10000},
		{"d", 0x10000, 0x10000},
	};
	struct uf_mtdparts parts = one("x:32k@64k(b),32k(c),64k@0(a),64k(d)");

	(void)state;
	EXPECT_ROWS(&parts, "x", -1, rows);
}

/* The colon that ends the flash's name is the last before the first parenthesis. */
static void test_ids(void **state)
{
	static const struct {
		const char *text, *id;
	} rows[] = {
		{"jz_sfc:-(all)", "jz_sfc"},
		{"spi0.0:-(all)", "spi0.0"},
		{"spi-nor:0.1:-(all)", "spi-nor:0.1"},
		{"1e000000.flash:a:b:64k(x:y),-(z:w)", "1e000000.flash:a:b"},
		{"gpio(x):-", NULL}, /* "gpio" has no colon in front of the parenthesis */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *at = rows[i].text;
		struct uf_mtdparts parts;
		struct uf_error err = {0};

		if (rows[i].id)
			assert_string_equal(one(rows[i].text).id, rows[i].id);
		else
			assert_int_equal(uf_mtdparts_next(rows[i].text, &at, &parts, &err),
					 UF_ERR_SYNTAX);
	}
}

/* Several flashes, one after the other. */
static void test_several(void **state)
{
	static const struct row nor[] = {{"boot", 0, 256 * KIB}, {"rest", 256 * KIB, REST}};
	static const struct row nand[] = {{"Partition_000", 0, REST}};
	static const struct row last[] = {{"a", 0, 64 * KIB}, {"b_c", 64 * KIB, REST}};
	static const char text[] = "jz_sfc:256k(boot),-(rest)ro;nand0:-;spi1:0:64k(a),-(b_c) quiet";
	struct uf_mtdparts parts;
	struct uf_error err = {0};
	const char *at = text;

	(void)state;
	expect_ok(uf_mtdparts_next(text, &at, &parts, &err), &err);
	EXPECT_ROWS(&parts, "jz_sfc", 1, nor);
	assert_ptr_equal(at, strstr(text, "nand0"));
	expect_ok(uf_mtdparts_next(text, &at, &parts, &err), &err);
	EXPECT_ROWS(&parts, "nand0", 0, nand);
	assert_ptr_equal(at, strstr(text, "spi1"));
	expect_ok(uf_mtdparts_next(text, &at, &parts, &err), &err);
	EXPECT_ROWS(&parts, "spi1:0", 1, last);
	assert_null(at);
}

/* A colon in the second flash's definition does not make the first one's name longer. */
static void test_several_without_names(void **state)
{
	static const char text[] = "a:64k;b:c:32k";
	struct uf_mtdparts parts;
	struct uf_error err = {0};
	const char *at = text;

	(void)state;
	expect_ok(uf_mtdparts_next(text, &at, &parts, &err), &err);
	assert_string_equal(parts.id, "a");
	assert_int_equal(parts.table.part[0].range.len, 64 * KIB);
	expect_ok(uf_mtdparts_next(text, &at, &parts, &err), &err);
	assert_string_equal(parts.id, "b:c");
	assert_null(at);
}

/* Blank space of any kind and NUL end the whole; what stands behind is not looked at. */
static void test_ends(void **state)
{
	static const char *const texts[] = {"x:64k(a)", "x:64k(a) ;y:64k(b)", "x:64k(a)\t(",
					    "x:64k(a)\n,64k(b)"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(one(texts[i]).table.count, 1);
}

/* What is wrong, and the column, counted from 1, at which it is; 0 where nothing is. */
static const struct {
	const char *text;
	unsigned column;
} wrong_texts[] = {
	/* the name of the flash */
	{"", 1},
	{"jz_sfc", 1},
	{";x:64k", 1},
	{":64k(a)", 1},
	{" x:64k(a)", 1},
	/* sizes */
	{"x:", 3},
	{"x:(a)", 3},
	{"x:k(a)", 3},
	{"x:64k(a),", 10},
	{"x:64k(a),(b)", 10},
	{"x:64k(a),,64k(b)", 10},
	{"x:64k(a),b", 10},
	{"x:64k(a),*", 10},
	{"x:+1k(a)", 3},
	{"x:99999999999999999999k(a)", 3},
	{"x:18446744073709551616(a)", 3},
	{"x:64k(a),18014398509481985k(b)", 10},
	{"x:64k(a),--(b)", 11},
	{"x:64z(a)", 5},
	/* offsets */
	{"x:64k@(a)", 7},
	{"x:64k@-1(a)", 7},
	{"x:64k(a),64k@z(b)", 14},
	{"x:64k@99999999999999999999(a)", 7},
	/* names */
	{"x:64k(a", 6},
	{"x:64k(a),64k(b quiet", 13},
	/* what stands behind a partition */
	{"x:64k(a)b", 9},
	{"x:64k(a)rw", 9},
	{"x:64k(a)ror", 11},
	{"x:64k(a)(b)", 9},
	{"x:64k(a)@64k", 9},
	{"x:64k(a)ro ,64k", 0}, /* blank space ends it: no error */
	{"x:64k(a):64k(b)", 9},
};

static void test_wrong(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong_texts) / sizeof(wrong_texts[0]); i++) {
		const char *at = wrong_texts[i].text;
		struct uf_mtdparts parts;
		struct uf_error err = {0};
		char column[32];
		int ret = uf_mtdparts_next(wrong_texts[i].text, &at, &parts, &err);

		snprintf(column, sizeof(column), "column %u:", wrong_texts[i].column);
		if (wrong_texts[i].column ? ret != UF_ERR_SYNTAX || err.code != UF_ERR_SYNTAX ||
						    !strstr(err.what, column)
					  : ret != UF_OK) {
			print_error("\"%s\", column %u: %d \"%s\"\n", wrong_texts[i].text,
				    wrong_texts[i].column, ret, err.what);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

/* The column is counted from the start of the whole, in the second definition too. */
static void test_wrong_in_second(void **state)
{
	static const char text[] = "jz_sfc:64k(a);nand:64k(b";
	struct uf_mtdparts parts;
	struct uf_error err = {0};
	const char *at = text;

	(void)state;
	expect_ok(uf_mtdparts_next(text, &at, &parts, &err), &err);
	expect_error(uf_mtdparts_next(text, &at, &parts, &err), &err, UF_ERR_SYNTAX, UF_CHECK_NONE,
		     "column 23:");
}

/* A partition of size 0 is none for the kernel. */
static void test_size_zero(void **state)
{
	static const char *const texts[] = {"x:0(a)", "x:64k(a),0k(b)", "x:0x0@64k(a)"};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		const char *at = texts[i];
		struct uf_mtdparts parts;
		struct uf_error err = {0};

		expect_error(uf_mtdparts_next(texts[i], &at, &parts, &err), &err, UF_ERR_SYNTAX,
			     UF_CHECK_NONE, "0");
	}
}

/* Behind the one that takes the rest nothing can follow without an offset: no kernel knows where
 * it would be. */
static void test_behind_rest(void **state)
{
	static const char *const texts[] = {"x:64k(a),-(b),64k(c)", "x:-,64k", "x:-(a),64k(b)ro"};
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		const char *at = texts[i];
		struct uf_mtdparts parts;
		struct uf_error err = {0};

		if (uf_mtdparts_next(texts[i], &at, &parts, &err) != UF_ERR_SYNTAX) {
			print_error("\"%s\" was taken\n", texts[i]);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

static void test_two_rests(void **state)
{
	static const char text[] = "x:64k(a),-(b),-(c)";
	const char *at = text;
	struct uf_mtdparts parts;
	struct uf_error err = {0};

	(void)state;
	expect_error(uf_mtdparts_next(text, &at, &parts, &err), &err, UF_ERR_SYNTAX, UF_CHECK_NONE,
		     "column 15:");
}

/* Sizes that add up to more than any number are an error, not a small table. */
static void test_sum_overflow(void **state)
{
	static const char *const texts[] = {
		"x:0x7fffffffffffff00(a),0x7fffffffffffff00(b),0x7fffffffffffff00(c),64k(d)",
		"x:64k@0x7fffffffffffffff(a),0x7fffffffffffffff(b),64k(c)"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const char *at = texts[i];
		struct uf_mtdparts parts;
		struct uf_error err = {0};
		int ret = uf_mtdparts_next(texts[i], &at, &parts, &err);

		if (ret != UF_OK) {
			assert_int_equal(err.code, ret);
			continue;
		}
		for (unsigned p = 0; p < parts.table.count; p++)
			assert_true(uf_range_end(parts.table.part[p].range) >
				    parts.table.part[p].range.off);
	}
}

static void test_many(void **state)
{
	char text[UF_PARTITIONS_MAX * 8 + 16];
	const char *at = text;
	struct uf_mtdparts parts;
	struct uf_error err = {0};
	size_t len;

	(void)state;
	strcpy(text, "x:64k(a)");
	for (unsigned i = 1; i < UF_PARTITIONS_MAX; i++)
		strcat(text, ",64k(a)");
	parts = one(text);
	assert_int_equal(parts.table.count, UF_PARTITIONS_MAX);
	assert_int_equal(parts.table.part[63].range.off, 63 * 64 * KIB);
	len = strlen(text);
	strcpy(text + len, ",4k");
	assert_true(uf_mtdparts_next(text, &at, &parts, &err) < 0);
	assert_true(err.code == UF_ERR_RANGE || err.code == UF_ERR_SYNTAX);
}

/* Names of the longest length are kept whole, longer ones stay inside of their room. */
static void test_long_names(void **state)
{
	char text[300], name[UF_NAME_MAX + 2];
	struct uf_mtdparts parts;
	struct uf_error err = {0};
	const char *at = text;

	(void)state;
	memset(name, 'n', sizeof(name));
	name[UF_NAME_MAX] = '\0';
	snprintf(text, sizeof(text), "%s:64k(%s)", name, name);
	parts = one(text);
	assert_string_equal(parts.id, name);
	assert_string_equal(parts.table.part[0].name, name);
	snprintf(text, sizeof(text), "%sxyz:64k(%sxyz)", name, name);
	if (uf_mtdparts_next(text, &at, &parts, &err) == UF_OK) {
		assert_string_equal(parts.id, name);
		assert_string_equal(parts.table.part[0].name, name);
	} else {
		assert_int_equal(err.code, UF_ERR_SYNTAX);
	}
}

static void test_resolve(void **state)
{
	struct uf_mtdparts parts = one("x:256k(a),-(b)");
	struct uf_mtdparts none = one("x:256k(a),64k(b)");
	struct uf_error err = {0};

	(void)state;
	expect_ok(uf_mtdparts_resolve(&parts, 256 * KIB + 1, &err), &err);
	assert_int_equal(parts.table.part[1].range.off, 256 * KIB);
	assert_int_equal(parts.table.part[1].range.len, 1);
	/* without a "-" there is nothing to do */
	expect_ok(uf_mtdparts_resolve(&none, 16 * MIB, &err), &err);
	assert_int_equal(none.table.part[1].range.len, 64 * KIB);
	parts = one("x:-");
	expect_ok(uf_mtdparts_resolve(&parts, 8 * MIB, &err), &err);
	assert_int_equal(parts.table.part[0].range.len, 8 * MIB);
}

static void test_resolve_nothing_left(void **state)
{
	static const uint64_t sizes[] = {0, 1, 256 * KIB - 1, 256 * KIB};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct uf_mtdparts parts = one("x:256k(first),-(second)");
		struct uf_error err = {0};

		expect_error(uf_mtdparts_resolve(&parts, sizes[i], &err), &err, UF_ERR_RANGE,
			     UF_CHECK_NONE, "second");
	}
}

static void test_cmdline(void **state)
{
	static const struct {
		const char *cmdline;
		int at; /* where the value begins, -1: there is none */
	} rows[] = {
		{"", -1},
		{"console=ttyS1 root=/dev/mtdblock2", -1},
		{"mtdparts=a:1k", 9},
		{"quiet mtdparts=a:1k rw", 15},
		/* the last one is what the kernel uses */
		{"mtdparts=a:1k mtdparts=b:2k", 23},
		{"mtdparts=a:1k quiet mtdparts=b:2k rw\n", 29},
		/* part of another word */
		{"xmtdparts=a:1k", -1},
		{"my.mtdparts.x=mtdparts=a:1k", -1},
		{"mtdparts", -1},
		{"mtdparts:a", -1},
		{"mtdpartsx=a", -1},
		{"mtdparts=a:1k xmtdparts=b:2k", 9},
	};
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *value = uf_mtdparts_in_cmdline(rows[i].cmdline);
		const char *want = rows[i].at < 0 ? NULL : rows[i].cmdline + rows[i].at;

		if (value != want) {
			print_error("\"%s\": \"%s\"\n", rows[i].cmdline, value ? value : "none");
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dafang),
		cmocka_unit_test(test_t31),
		cmocka_unit_test(test_sxj02zm),
		cmocka_unit_test(test_openipc),
		cmocka_unit_test(test_thingino),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_size_suffixes),
		cmocka_unit_test(test_size_octal),
		cmocka_unit_test(test_names_and_flags),
		cmocka_unit_test(test_offsets),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_several_without_names),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_wrong_in_second),
		cmocka_unit_test(test_size_zero),
		cmocka_unit_test(test_behind_rest),
		cmocka_unit_test(test_two_rests),
		cmocka_unit_test(test_sum_overflow),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_long_names),
		cmocka_unit_test(test_resolve),
		cmocka_unit_test(test_resolve_nothing_left),
		cmocka_unit_test(test_cmdline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
