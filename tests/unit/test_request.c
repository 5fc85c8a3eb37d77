/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line: verbs, options, contradictions, devices, and the help. */
#include "expect.h"

#include <getopt.h>
#include <stdlib.h>

#include "uniflash/cli/request.h"

#define ARGS_MAX 24

/* Command lines are given as one text, words apart by one space, argv[0] left out. */
static char line_words[512];
static char *line_argv[ARGS_MAX];

static int parse_next(const char *line, struct uf_request *request, struct uf_error *err)
{
	static char name[] = "uniflash";
	int argc = 1;

	memset(request, 0xa5, sizeof(*request));
	memset(err, 0, sizeof(*err));
	snprintf(line_words, sizeof(line_words), "%s", line);
	line_argv[0] = name;
	for (char *word = strtok(line_words, " "); word; word = strtok(NULL, " "))
		line_argv[argc++] = word;
	assert_true(argc < ARGS_MAX);
	line_argv[argc] = NULL;
	return uf_request_parse(argc, line_argv, request, err);
}

/* Make getopt, should it be used, forget where it stood in the command line before. */
static void forget(void)
{
	static char name[] = "uniflash";
	char *argv[] = {name, NULL};

	optind = 0;
	getopt(1, argv, "");
	optind = 1;
}

static int parse(const char *line, struct uf_request *request, struct uf_error *err)
{
	forget();
	return parse_next(line, request, err);
}

static struct uf_request good(const char *line)
{
	struct uf_request request;
	struct uf_error err;
	int ret = parse(line, &request, &err);

	if (ret != UF_OK)
		print_error("uniflash %s\n", line);
	expect_ok(ret, &err);
	return request;
}

/* Expect the line to be refused as usage, in words that hold part. */
static void bad(const char *line, const char *part)
{
	struct uf_request request;
	struct uf_error err;
	int ret = parse(line, &request, &err);

	if (ret != UF_ERR_USAGE || err.code != UF_ERR_USAGE || !strstr(err.what, part)) {
		print_error("uniflash %s: %d, \"%s\" lacks \"%s\"\n", line, ret, err.what, part);
		fail();
	}
}

static void test_defaults(void **state)
{
	struct uf_request request = good("image.bin");

	(void)state;
	assert_int_equal(request.verb, UF_VERB_FLASH);
	assert_string_equal(request.operand[0], "image.bin");
	assert_null(request.operand[1]);
	assert_false(request.yes);
	assert_false(request.dry_run);
	assert_false(request.full);
	assert_false(request.json);
	assert_false(request.quiet);
	assert_false(request.no_backup);
	assert_int_equal(request.verbose, 0);
	assert_int_equal(request.color, UF_COLOR_AUTO);
	assert_int_equal(request.tail, UF_TAIL_ASK);
	assert_null(request.layout);
	assert_string_equal(request.keep, "auto");
	assert_string_equal(request.only, "");
	assert_null(request.log);
	assert_true(request.allow == 0);
	assert_false(request.device.is_file);
	assert_int_equal(request.device.size, 0);
	assert_int_equal(request.device.erase_size, 0);
}

/* Verbs, what they take, and whether they can write flash. */
static void test_verbs(void **state)
{
	static const struct {
		const char *line;
		enum uf_verb verb;
		const char *operand[2];
		bool writes;
	} rows[] = {
		{"image.bin", UF_VERB_FLASH, {"image.bin"}, true},
		{"flash image.bin", UF_VERB_FLASH, {"image.bin"}, true},
		{"-n image.bin", UF_VERB_FLASH, {"image.bin"}, false},
		{"flash -n image.bin", UF_VERB_FLASH, {"image.bin"}, false},
		{"plan image.bin", UF_VERB_PLAN, {"image.bin"}, false},
		{"info", UF_VERB_INFO, {NULL}, false},
		{"verify image.bin", UF_VERB_VERIFY, {"image.bin"}, false},
		{"split image.bin parts", UF_VERB_SPLIT, {"image.bin", "parts"}, false},
		{"join parts image.bin", UF_VERB_JOIN, {"parts", "image.bin"}, false},
		{"layouts", UF_VERB_LAYOUTS, {NULL}, false},
		{"layouts dafang", UF_VERB_LAYOUTS, {"dafang"}, false},
		{"-h", UF_VERB_HELP, {NULL}, false},
		{"--help", UF_VERB_HELP, {NULL}, false},
		{"-V", UF_VERB_VERSION, {NULL}, false},
		{"--version", UF_VERB_VERSION, {NULL}, false},
		{"--version -v", UF_VERB_VERSION, {NULL}, false},
		{"-v -V", UF_VERB_VERSION, {NULL}, false},
		/* a verb wins over a file, and a path does not look like a verb */
		{"./info", UF_VERB_FLASH, {"./info"}, true},
		{"flash info", UF_VERB_FLASH, {"info"}, true},
		{"flash flash", UF_VERB_FLASH, {"flash"}, true},
		{"Info", UF_VERB_FLASH, {"Info"}, true},
		{"infos", UF_VERB_FLASH, {"infos"}, true},
		/* options before the verb */
		{"-y flash image.bin", UF_VERB_FLASH, {"image.bin"}, true},
		{"-v info", UF_VERB_INFO, {NULL}, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct uf_request request = good(rows[i].line);

		if (request.verb != rows[i].verb || uf_request_writes(&request) != rows[i].writes)
			print_error("uniflash %s\n", rows[i].line);
		assert_int_equal(request.verb, rows[i].verb);
		assert_int_equal(uf_request_writes(&request), rows[i].writes);
		for (int at = 0; at < 2; at++) {
			if (rows[i].operand[at])
				assert_string_equal(request.operand[at], rows[i].operand[at]);
			else
				assert_null(request.operand[at]);
		}
	}
}

static void test_verb_names(void **state)
{
	static const struct {
		enum uf_verb verb;
		const char *name;
	} rows[] = {
		{UF_VERB_FLASH, "flash"},     {UF_VERB_PLAN, "plan"},   {UF_VERB_INFO, "info"},
		{UF_VERB_VERIFY, "verify"},   {UF_VERB_SPLIT, "split"}, {UF_VERB_JOIN, "join"},
		{UF_VERB_LAYOUTS, "layouts"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(uf_verb_name(rows[i].verb), rows[i].name);
}

static void test_operands_wrong(void **state)
{
	(void)state;
	bad("", "");
	bad("-n", "");
	bad("flash", "flash");
	bad("plan", "plan");
	bad("verify", "verify");
	bad("split", "split");
	bad("split image.bin", "split");
	bad("join", "join");
	bad("join parts", "join");
	bad("image.bin other.bin", "other.bin");
	bad("flash image.bin other.bin", "other.bin");
	bad("plan image.bin other.bin", "other.bin");
	bad("verify image.bin other.bin", "other.bin");
	bad("info extra", "extra");
	bad("layouts dafang extra", "extra");
	bad("split image.bin parts extra", "extra");
	bad("join parts image.bin extra", "extra");
}

/* No argv at all, as a careless exec has it. */
static void test_no_argv(void **state)
{
	char *argv[] = {NULL};
	struct uf_request request;
	struct uf_error err = {0};

	(void)state;
	expect_error(uf_request_parse(0, argv, &request, &err), &err, UF_ERR_USAGE, UF_CHECK_NONE,
		     "");
}

/* Operands and values are the words of argv themselves. */
static void test_borrowed(void **state)
{
	struct uf_request request = good("split --log log.txt image.bin parts -l dafang");

	(void)state;
	assert_ptr_equal(request.log, line_words + strlen("split --log "));
	assert_ptr_equal(request.operand[0], line_words + strlen("split --log log.txt "));
	assert_ptr_equal(request.operand[1], line_words + strlen("split --log log.txt image.bin "));
	assert_ptr_equal(request.layout,
			 line_words + strlen("split --log log.txt image.bin parts -l "));
}

/* What one command line says does not depend on the one before it. */
static void test_again(void **state)
{
	struct uf_request request;
	struct uf_error err;

	(void)state;
	forget();
	parse_next("-nxy i.bin", &request, &err);
	expect_ok(parse_next("-y i.bin", &request, &err), &err);
	assert_true(request.yes);
	assert_false(request.dry_run);
	expect_ok(parse_next("i.bin", &request, &err), &err);
	assert_false(request.yes);
}

/* Each flag, short and long, before and behind the operand, sets its field and no other. */
static void test_flags(void **state)
{
	static const struct {
		const char *text;
		size_t field;
	} rows[] = {
		{"-n", offsetof(struct uf_request, dry_run)},
		{"--dry-run", offsetof(struct uf_request, dry_run)},
		{"-y", offsetof(struct uf_request, yes)},
		{"--yes", offsetof(struct uf_request, yes)},
		{"--full", offsetof(struct uf_request, full)},
		{"--json", offsetof(struct uf_request, json)},
		{"-q", offsetof(struct uf_request, quiet)},
		{"--quiet", offsetof(struct uf_request, quiet)},
		{"--no-backup", offsetof(struct uf_request, no_backup)},
	};
	static const size_t fields[] = {
		offsetof(struct uf_request, dry_run), offsetof(struct uf_request, yes),
		offsetof(struct uf_request, full),    offsetof(struct uf_request, json),
		offsetof(struct uf_request, quiet),   offsetof(struct uf_request, no_backup),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (int behind = 0; behind < 2; behind++) {
			char line[64];
			struct uf_request request;

			snprintf(line, sizeof(line), behind ? "i.bin %s" : "%s i.bin",
				 rows[i].text);
			request = good(line);
			assert_string_equal(request.operand[0], "i.bin");
			for (size_t at = 0; at < sizeof(fields) / sizeof(fields[0]); at++) {
				bool on = *(bool *)((char *)&request + fields[at]);

				assert_int_equal(on, fields[at] == rows[i].field);
			}
		}
	}
}

static void test_bundles(void **state)
{
	struct uf_request request = good("-ny i.bin");

	(void)state;
	assert_true(request.dry_run);
	assert_true(request.yes);
	assert_int_equal(good("-v i.bin").verbose, 1);
	assert_int_equal(good("--verbose i.bin").verbose, 1);
	assert_int_equal(good("-vv i.bin").verbose, 2);
	assert_int_equal(good("-v --verbose i.bin").verbose, 2);
	request = good("-yldafang i.bin");
	assert_true(request.yes);
	assert_string_equal(request.layout, "dafang");
}

/* Every way to give a value. */
static void test_values(void **state)
{
	static const char *const layouts[] = {"-l dafang i", "-ldafang i", "--layout dafang i",
					      "--layout=dafang i", "i -l dafang"};
	static const char *const keeps[] = {"-k dafang i", "-kdafang i", "--keep dafang i",
					    "--keep=dafang i", "i --keep dafang"};
	static const char *const logs[] = {"--log dafang i", "--log=dafang i", "i --log dafang"};

	(void)state;
	for (size_t i = 0; i < 5; i++)
		assert_string_equal(good(layouts[i]).layout, "dafang");
	for (size_t i = 0; i < 5; i++)
		assert_string_equal(good(keeps[i]).keep, "dafang");
	for (size_t i = 0; i < 3; i++)
		assert_string_equal(good(logs[i]).log, "dafang");
	assert_string_equal(good("-k none i").keep, "none");
	assert_string_equal(good("-k config,para i").keep, "config,para");
	assert_string_equal(good("-l mtdparts=jz_sfc:256k(boot),-(rest) i").layout,
			    "mtdparts=jz_sfc:256k(boot),-(rest)");
	/* a value may look like an option */
	assert_string_equal(good("--log=-x i").log, "-x");
}

static void test_values_missing(void **state)
{
	(void)state;
	bad("i.bin -l", "-l");
	bad("i.bin --layout", "--layout");
	bad("i.bin -k", "-k");
	bad("i.bin --keep", "--keep");
	bad("i.bin -d", "-d");
	bad("i.bin --device", "--device");
	bad("i.bin --log", "--log");
	bad("i.bin --allow", "--allow");
	bad("i.bin --tail", "--tail");
	/* and where none belongs */
	bad("--full=yes i.bin", "--full");
	bad("--dry-run=no i.bin", "--dry-run");
	bad("--json=1 i.bin", "--json");
}

static void test_unknown_option(void **state)
{
	(void)state;
	bad("-x i.bin", "-x");
	bad("-nx i.bin", "-x");
	bad("--force i.bin", "--force");
	bad("--fulll i.bin", "--fulll");
	bad("--force=1 i.bin", "--force");
	bad("---full i.bin", "---full");
}

/* What stands behind "--" is no option. */
static void test_double_dash(void **state)
{
	struct uf_request request = good("-y -- -n");

	(void)state;
	assert_string_equal(request.operand[0], "-n");
	assert_true(request.yes);
	assert_false(request.dry_run);
	assert_string_equal(good("flash -- info").operand[0], "info");
	bad("--", "");
}

static void test_color(void **state)
{
	(void)state;
	assert_int_equal(good("--color=auto i").color, UF_COLOR_AUTO);
	assert_int_equal(good("--color=always i").color, UF_COLOR_ALWAYS);
	assert_int_equal(good("--color=never i").color, UF_COLOR_NEVER);
	/* alone it asks for colour, and takes no word from behind it */
	assert_int_equal(good("--color i").color, UF_COLOR_ALWAYS);
	assert_string_equal(good("--color never").operand[0], "never");
	bad("--color=yes i", "yes");
	bad("--color= i", "--color");
}

static void test_tail(void **state)
{
	(void)state;
	assert_int_equal(good("--tail erase i").tail, UF_TAIL_ERASE);
	assert_int_equal(good("--tail=keep i").tail, UF_TAIL_KEEP);
	bad("--tail ask i", "ask");
	bad("--tail= i", "--tail");
	bad("--tail=erased i", "erased");
}

static void test_allow(void **state)
{
	const uf_check_set two =
		UF_CHECK_BIT(UF_CHECK_MAP_SIZE_SUSPECT) | UF_CHECK_BIT(UF_CHECK_BOOT_MISSING);

	(void)state;
	assert_true(good("--allow map.size-suspect i").allow ==
		    UF_CHECK_BIT(UF_CHECK_MAP_SIZE_SUSPECT));
	assert_true(good("--allow map.size-suspect,boot.missing i").allow == two);
	assert_true(good("--allow=boot.missing --allow map.size-suspect i").allow == two);
	assert_true(good("--allow boot.missing,boot.missing,map.size-suspect i").allow == two);
	bad("--allow map.sizesuspect i", "map.sizesuspect");
	bad("--allow boot.missing,nothing i", "nothing");
	bad("--allow boot.missing, i", "--allow");
	bad("--allow ,boot.missing i", "--allow");
	bad("--allow= i", "--allow");
	bad("--allow all i", "all");
}

/* Every id of the contract is accepted, those of checks that can never be allowed too: the same
 * script works with every version. */
static void test_allow_every_id(void **state)
{
	static const char *const ids[] = {
		"usage.conflict",       "size.too-big",      "map.gap",
		"map.overlap",          "map.unaligned",     "map.offset-mismatch",
		"map.layout-mismatch",  "map.size-suspect",  "lock.held",
		"trust.digest",         "trust.signature",   "expect.mismatch",
		"image.kind",           "image.short",       "image.unreadable",
		"boot.missing",         "boot.checksum",     "boot.soc-mismatch",
		"boot.ram-mismatch",    "boot.soc-unknown",  "boot.secure",
		"kernel.missing",       "kernel.checksum",   "rootfs.missing",
		"flag.upgrade-pending", "keep.splits-image", "device.readonly",
		"device.busy",          "device.alias",      "device.protected",
		"memory.low",           "backup.none",       "self.on-flash",
		"flash.incomplete",
	};
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		enum uf_check_id id = uf_check_by_name(ids[i], strlen(ids[i]));
		struct uf_request request;
		struct uf_error err;
		char line[64];
		int ret;

		snprintf(line, sizeof(line), "--allow %s i", ids[i]);
		ret = parse(line, &request, &err);
		if (ret != UF_OK) {
			print_error("%s: %s\n", line, err.what);
			wrong++;
		} else if (uf_check_can_allow(id) && request.allow != UF_CHECK_BIT(id)) {
			print_error("%s: not in the set\n", line);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

static void test_contradictions(void **state)
{
	(void)state;
	bad("-q -v i.bin", "-");
	bad("--quiet --verbose i.bin", "--");
	/* options that mean nothing to a verb are not silently dropped */
	bad("info -n", "info");
	bad("info -y", "info");
	bad("info --full", "info");
	bad("layouts --full", "layouts");
	bad("split --full image.bin parts", "split");
	bad("verify --full image.bin", "verify");
	bad("verify --no-backup image.bin", "verify");
	bad("verify -y image.bin", "verify");
}

/* -k and -p, each in every way and more than once. */
static void test_names(void **state)
{
	struct uf_request request = good("-p kernel,root i.bin");

	(void)state;
	assert_string_equal(request.only, "kernel,root");
	assert_string_equal(request.keep, "auto");
	assert_string_equal(request.operand[0], "i.bin");
	assert_string_equal(good("-pkernel i.bin").only, "kernel");
	assert_string_equal(good("--only kernel i.bin").only, "kernel");
	assert_string_equal(good("i.bin --only=mtd3").only, "mtd3");
	assert_string_equal(good("-p kernel -p root,mtd3 --only=flag i.bin").only,
			    "kernel,root,mtd3,flag");
	assert_string_equal(good("-k config -k para,mtd3 i.bin").keep, "config,para,mtd3");
	assert_string_equal(good("-k config i.bin").only, "");
	request = good("-k config -p kernel i.bin");
	assert_string_equal(request.keep, "config");
	assert_string_equal(request.only, "kernel");
	bad("i.bin -p", "-p");
	bad("i.bin --only", "--only");
	bad("i.bin --only=", "-p");
	bad("i.bin --keep=", "-k");
	bad("info -p kernel", "info");
	bad("layouts -k kernel", "layouts");
}

/* Lists that are longer than their room are refused, not cut. */
static void test_names_long(void **state)
{
	char name[UF_NAMES_MAX / 4], line[512];
	struct uf_request *request = malloc(sizeof(*request));
	struct uf_error err;
	char *words[12];
	int argc = 0;

	(void)state;
	memset(name, 'n', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	strcpy(line, "uniflash -p i.bin");
	words[argc++] = line;
	line[8] = '\0';
	for (int i = 0; i < 5; i++) {
		words[argc++] = line + 9;
		words[argc++] = name;
	}
	line[11] = '\0';
	words[argc++] = line + 12;
	forget();
	memset(&err, 0, sizeof(err));
	expect_error(uf_request_parse(argc, words, request, &err), &err, UF_ERR_USAGE,
		     UF_CHECK_NONE, "");
	free(request);
}

static void spec_good(const char *text, bool is_file, const char *path, uint64_t size,
		      uint32_t erase_size)
{
	struct uf_error err = {0};
	struct uf_device_spec spec;

	memset(&spec, 0xa5, sizeof(spec));
	expect_ok(uf_device_spec_parse(text, &spec, &err), &err);
	assert_int_equal(spec.is_file, is_file);
	if (is_file)
		assert_string_equal(spec.path, path);
	assert_true(spec.size == size);
	assert_int_equal(spec.erase_size, erase_size);
}

static void test_device_specs(void **state)
{
	(void)state;
	spec_good("mtd", false, "", 0, 0);
	spec_good("file:dump.bin", true, "dump.bin", 0, 0);
	spec_good("file:/a/b c/dump.bin", true, "/a/b c/dump.bin", 0, 0);
	spec_good("file:dump.bin,size=16M", true, "dump.bin", 16777216, 0);
	spec_good("file:dump.bin,erase=32K", true, "dump.bin", 0, 32768);
	spec_good("file:dump.bin,size=16M,erase=64K", true, "dump.bin", 16777216, 65536);
	spec_good("file:dump.bin,erase=0x1000,size=0x800000", true, "dump.bin", 8388608, 4096);
	spec_good("file:dump.bin,size=8388608", true, "dump.bin", 8388608, 0);
	spec_good("file:a:b", true, "a:b", 0, 0);
	spec_good("file:size=1M", true, "size=1M", 0, 0);
}

static void test_device_specs_wrong(void **state)
{
	static const char *const texts[] = {
		"",
		"nand",
		"MTD",
		"mtdx",
		"mtd0",
		"mtd:0",
		"mtd,size=16M",
		"dump.bin",
		"file",
		"file:",
		"file:,size=16M",
		"file:dump.bin,size=",
		"file:dump.bin,size=0",
		"file:dump.bin,size=16Mx",
		"file:dump.bin,size=16 M",
		"file:dump.bin,size=-1",
		"file:dump.bin,size=big",
		"file:dump.bin,erase=0",
		"file:dump.bin,erase=",
		"file:dump.bin,erase=4294967296",
		"file:dump.bin,erase=8589934592",
		"file:dump.bin,size=99999999999999999999",
	};
	struct uf_device_spec spec;
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct uf_error err = {0};
		int ret = uf_device_spec_parse(texts[i], &spec, &err);

		if (ret != UF_ERR_USAGE || err.code != UF_ERR_USAGE || !err.what[0]) {
			print_error("\"%s\": %d \"%s\"\n", texts[i], ret, err.what);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

/* The longest path fits, a longer one is refused, not cut. */
static void test_device_long_path(void **state)
{
	char *text = malloc(UF_PATH_MAX + 16);
	struct uf_device_spec *spec = malloc(sizeof(*spec));
	struct uf_error err = {0};

	(void)state;
	memcpy(text, "file:", 5);
	memset(text + 5, 'a', UF_PATH_MAX);
	text[5 + UF_PATH_MAX - 1] = '\0';
	expect_ok(uf_device_spec_parse(text, spec, &err), &err);
	assert_int_equal(strlen(spec->path), UF_PATH_MAX - 1);
	text[5 + UF_PATH_MAX - 1] = 'a';
	text[5 + UF_PATH_MAX] = '\0';
	expect_error(uf_device_spec_parse(text, spec, &err), &err, UF_ERR_USAGE, UF_CHECK_NONE, "");
	free(spec);
	free(text);
}

static void test_device_option(void **state)
{
	struct uf_request request = good("-d file:dump.bin,size=16M,erase=32K i.bin");

	(void)state;
	assert_true(request.device.is_file);
	assert_string_equal(request.device.path, "dump.bin");
	assert_int_equal(request.device.size, 16777216);
	assert_int_equal(request.device.erase_size, 32768);
	assert_true(uf_request_writes(&request));
	request = good("--device=mtd i.bin");
	assert_false(request.device.is_file);
	bad("-d nand i.bin", "nand");
	bad("-d file: i.bin", "file:");
}

static void test_help(void **state)
{
	static const char *const words[] = {
		/* verbs */
		"flash", "plan", "info", "verify", "split", "join", "layouts",
		/* options */
		"-n, --dry-run", "-y, --yes", "-l, --layout", "-d, --device", "-k, --keep",
		"-p, --only", "--tail", "--no-backup", "--allow", "--full", "--json", "--log",
		"-q, --quiet", "-v, --verbose", "--color", "-h, --help", "-V, --version"};
	static char text[65536];
	unsigned missing = 0;

	(void)state;
	assert_ptr_equal(uf_help_text(text, sizeof(text)), text);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!strstr(text, words[i])) {
			print_error("the help lacks \"%s\"\n", words[i]);
			missing++;
		}
	}
	assert_int_equal(missing, 0);
}

/* Every option that the help shows is one that the parser knows, and takes a value where the help
 * shows one. */
static void test_help_is_true(void **state)
{
	static char text[65536];
	unsigned found = 0;

	(void)state;
	uf_help_text(text, sizeof(text));
	for (char *at = strstr(text, "--"); at; at = strstr(at, "--")) {
		size_t len = 2 + strspn(at + 2, "abcdefghijklmnopqrstuvwxyz0123456789-");
		char option[32], line[64];
		struct uf_request request;
		struct uf_error err;

		snprintf(option, sizeof(option), "%.*s", (int)len, at);
		snprintf(line, sizeof(line), "i.bin %s", option);
		if (parse(line, &request, &err) != UF_OK) {
			assert_null(strstr(err.what, "no option"));
			/* A value follows, or it is an option of another verb. */
			assert_true(at[len] == ' ' || strstr(err.what, "means nothing to flash"));
		}
		found++;
		at += len;
	}
	assert_true(found >= 16);
}

/* No line of the help is wider than a terminal. */
static void test_help_width(void **state)
{
	static char whole[65536];

	(void)state;
	uf_help_text(whole, sizeof(whole));
	for (const char *line = whole; *line; line += strcspn(line, "\n") + 1)
		assert_true(strcspn(line, "\n") <= 80);
}

/* A room that is too short is never overrun, and what is in it ends there. */
static void test_help_fits(void **state)
{
	static char whole[65536];
	unsigned wrong = 0;
	size_t len;

	(void)state;
	len = strlen(uf_help_text(whole, sizeof(whole)));
	for (unsigned size = 1; size < len + 2; size += size < 3 ? 1 : 97) {
		char *cut = malloc(size);

		memset(cut, 'x', size);
		assert_ptr_equal(uf_help_text(cut, size), cut);
		if (!memchr(cut, '\0', size) || strncmp(cut, whole, strlen(cut)) != 0) {
			print_error("not in %u bytes\n", size);
			wrong++;
		}
		free(cut);
	}
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_verbs),
		cmocka_unit_test(test_verb_names),
		cmocka_unit_test(test_operands_wrong),
		cmocka_unit_test(test_no_argv),
		cmocka_unit_test(test_borrowed),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_bundles),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_values_missing),
		cmocka_unit_test(test_unknown_option),
		cmocka_unit_test(test_double_dash),
		cmocka_unit_test(test_color),
		cmocka_unit_test(test_tail),
		cmocka_unit_test(test_allow),
		cmocka_unit_test(test_allow_every_id),
		cmocka_unit_test(test_contradictions),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_names_long),
		cmocka_unit_test(test_device_specs),
		cmocka_unit_test(test_device_specs_wrong),
		cmocka_unit_test(test_device_long_path),
		cmocka_unit_test(test_device_option),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_help_is_true),
		cmocka_unit_test(test_help_width),
		cmocka_unit_test(test_help_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
