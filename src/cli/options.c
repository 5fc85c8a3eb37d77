/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "options.h"

#include <string.h>

#define VERBS_IMAGE  (VERB(FLASH) | VERB(PLAN) | VERB(VERIFY))
#define VERBS_PLAN   (VERB(FLASH) | VERB(PLAN))
#define VERBS_SOURCE (VERBS_IMAGE | VERB(INSPECT) | VERB(SPLIT))
#define VERBS_LAYOUT (VERBS_IMAGE | VERB(INFO) | VERB(BACKUP) | VERB(SPLIT) | VERB(JOIN))

static int take_dry_run(const char *argument, struct uf_request *request, struct uf_error *err)
{
	(void)argument;
	(void)err;
	request->dry_run = true;
	return UF_OK;
}

static int take_yes(const char *argument, struct uf_request *request, struct uf_error *err)
{
	(void)argument;
	(void)err;
	request->yes = true;
	return UF_OK;
}

static int take_layout(const char *argument, struct uf_request *request, struct uf_error *err)
{
	if (!argument[0])
		return uf_fail(err, UF_ERR_USAGE, "-l needs a layout");
	request->layout = argument;
	return UF_OK;
}

static int take_device(const char *argument, struct uf_request *request, struct uf_error *err)
{
	return uf_device_spec_parse(argument, &request->device, err);
}

/* An option of names that is given twice means both. */
static int add_names(const char *option, const char *names, char *list, struct uf_error *err)
{
	size_t len = strlen(list);

	if (!names[0])
		return uf_fail(err, UF_ERR_USAGE, "%s needs partition names", option);
	if (len + strlen(names) + 2 > UF_NAMES_MAX)
		return uf_fail(err, UF_ERR_USAGE, "%s: the list of names is too long", option);
	if (len)
		list[len++] = ',';
	memcpy(list + len, names, strlen(names) + 1);
	return UF_OK;
}

static int take_keep(const char *argument, struct uf_request *request, struct uf_error *err)
{
	return add_names("-k", argument, request->keep, err);
}

static int take_only(const char *argument, struct uf_request *request, struct uf_error *err)
{
	return add_names("-p", argument, request->only, err);
}

static int take_tail(const char *argument, struct uf_request *request, struct uf_error *err)
{
	if (strcmp(argument, "erase") == 0)
		request->tail = UF_TAIL_ERASE;
	else if (strcmp(argument, "keep") == 0)
		request->tail = UF_TAIL_KEEP;
	else
		return uf_fail(err, UF_ERR_USAGE, "--tail is erase or keep, not \"%s\"", argument);
	return UF_OK;
}

static int take_backup(const char *argument, struct uf_request *request, struct uf_error *err)
{
	if (!argument[0])
		return uf_fail(err, UF_ERR_USAGE, "-b needs a file");
	request->backup = argument;
	return UF_OK;
}

static int take_once(const char *argument, struct uf_request *request, struct uf_error *err)
{
	(void)argument;
	(void)err;
	request->once = true;
	return UF_OK;
}

static int take_no_stop(const char *argument, struct uf_request *request, struct uf_error *err)
{
	(void)argument;
	(void)err;
	request->no_stop = true;
	return UF_OK;
}

static int take_reboot(const char *argument, struct uf_request *request, struct uf_error *err)
{
	(void)argument;
	(void)err;
	request->reboot = true;
	return UF_OK;
}

static int take_no_backup(const char *argument, struct uf_request *request, struct uf_error *err)
{
	(void)argument;
	(void)err;
	request->no_backup = true;
	return UF_OK;
}

static int take_allow(const char *argument, struct uf_request *request, struct uf_error *err)
{
	for (const char *at = argument;; at++) {
		size_t len = strcspn(at, ",");
		enum uf_check_id id = uf_check_by_name(at, len);

		if (id == UF_CHECK_NONE) {
			uf_fail(err, UF_ERR_USAGE, "--allow: there is no check \"%.*s\"", (int)len,
				at);
			uf_advise(err, "A check's id stands in the message that refuses, such as "
				       "map.size-suspect.");
			return UF_ERR_USAGE;
		}
		request->allow |= UF_CHECK_BIT(id);
		at += len;
		if (!*at)
			return UF_OK;
	}
}

static int add_named(const char *option, const char *argument, unsigned *count,
		     struct uf_named *list, struct uf_error *err)
{
	const char *equals = strchr(argument, '=');
	size_t len = equals ? (size_t)(equals - argument) : 0;

	if (!len || !equals[1] || len >= sizeof(list->name))
		return uf_fail(err, UF_ERR_USAGE, "%s is NAME=%s, not \"%s\"", option,
			       strcmp(option, "--part") == 0 ? "FILE" : "SHA256", argument);
	if (*count == UF_NAMED_MAX)
		return uf_fail(err, UF_ERR_USAGE, "%s is given too often", option);
	memcpy(list[*count].name, argument, len);
	list[*count].name[len] = '\0';
	list[*count].value = equals + 1;
	++*count;
	return UF_OK;
}

static int take_part(const char *argument, struct uf_request *request, struct uf_error *err)
{
	return add_named("--part", argument, &request->parts, request->part, err);
}

static int take_expect(const char *argument, struct uf_request *request, struct uf_error *err)
{
	return add_named("--expect", argument, &request->expects, request->expect, err);
}

static int take_sha256(const char *argument, struct uf_request *request, struct uf_error *err)
{
	if (!argument[0])
		return uf_fail(err, UF_ERR_USAGE, "--sha256 needs a digest");
	request->sha256 = argument;
	return UF_OK;
}

static int take_pubkey(const char *argument, struct uf_request *request, struct uf_error *err)
{
	if (!argument[0])
		return uf_fail(err, UF_ERR_USAGE, "--pubkey needs a file");
	request->pubkey = argument;
	return UF_OK;
}

static int take_full(const char *argument, struct uf_request *request, struct uf_error *err)
{
	(void)argument;
	(void)err;
	request->full = true;
	return UF_OK;
}

static int take_json(const char *argument, struct uf_request *request, struct uf_error *err)
{
	(void)argument;
	(void)err;
	request->json = true;
	return UF_OK;
}

static int take_log(const char *argument, struct uf_request *request, struct uf_error *err)
{
	if (!argument[0])
		return uf_fail(err, UF_ERR_USAGE, "--log needs a file");
	request->log = argument;
	return UF_OK;
}

static int take_quiet(const char *argument, struct uf_request *request, struct uf_error *err)
{
	(void)argument;
	(void)err;
	request->quiet = true;
	return UF_OK;
}

static int take_verbose(const char *argument, struct uf_request *request, struct uf_error *err)
{
	(void)argument;
	(void)err;
	request->verbose++;
	return UF_OK;
}

static int take_color(const char *argument, struct uf_request *request, struct uf_error *err)
{
	if (!argument || strcmp(argument, "always") == 0)
		request->color = UF_COLOR_ALWAYS;
	else if (strcmp(argument, "auto") == 0)
		request->color = UF_COLOR_AUTO;
	else if (strcmp(argument, "never") == 0)
		request->color = UF_COLOR_NEVER;
	else
		return uf_fail(err, UF_ERR_USAGE, "--color is auto, always or never, not \"%s\"",
			       argument);
	return UF_OK;
}

static int take_map(const char *argument, struct uf_request *request, struct uf_error *err)
{
	(void)argument;
	(void)err;
	request->map = true;
	return UF_OK;
}

static int take_private(const char *argument, struct uf_request *request, struct uf_error *err)
{
	(void)argument;
	(void)err;
	request->tell_private = true;
	return UF_OK;
}

static int take_svg(const char *argument, struct uf_request *request, struct uf_error *err)
{
	if (!argument[0] || strcmp(argument, "-") == 0)
		return uf_fail(err, UF_ERR_USAGE, "--svg needs a file");
	request->svg = argument;
	return UF_OK;
}

static int take_help(const char *argument, struct uf_request *request, struct uf_error *err)
{
	(void)argument;
	(void)err;
	request->verb = UF_VERB_HELP;
	return UF_OK;
}

static int take_version(const char *argument, struct uf_request *request, struct uf_error *err)
{
	(void)argument;
	(void)err;
	if (request->verb != UF_VERB_HELP)
		request->verb = UF_VERB_VERSION;
	return UF_OK;
}

/* clang-format off */
#define ROW(letter, name, argument, verbs, help, take) {name, argument, help, take, verbs, letter}

const struct option_row option_rows[] = {
	ROW('n', "dry-run", NULL, VERBS_PLAN,
	    "stop at the plan; write nothing", take_dry_run),
	ROW('y', "yes", NULL, VERBS_PLAN,
	    "do not ask", take_yes),
	ROW('l', "layout", "NAME|FILE|mtdparts=...", VERBS_LAYOUT,
	    "the partition table whose names are used (a FILE contains a slash)", take_layout),
	ROW('d', "device", "SPEC", VERBS_IMAGE | VERB(INFO) | VERB(BACKUP),
	    "mtd (default), or file:PATH[,size=16M][,erase=32K]: a flash dump", take_device),
	ROW('k', "keep", "NAMES|auto|none", VERBS_IMAGE,
	    "partitions left as they are (default auto)", take_keep),
	ROW('p', "only", "NAMES", VERBS_IMAGE,
	    "only these partitions", take_only),
	ROW(0, "part", "NAME=FILE", VERBS_IMAGE,
	    "one partition's file, in place of IMAGE (repeatable)", take_part),
	ROW(0, "sha256", "HEX", VERBS_SOURCE,
	    "what the image must hash to", take_sha256),
	ROW(0, "pubkey", "FILE", VERBS_SOURCE,
	    "the minisign or signify key the image must be signed by", take_pubkey),
	ROW(0, "expect", "NAME=SHA256", VERBS_IMAGE,
	    "refuse unless the partition now has this digest (repeatable)", take_expect),
	ROW(0, "tail", "erase|keep", VERBS_IMAGE,
	    "what happens behind the end of a shorter image", take_tail),
	ROW('b', "backup", "FILE", VERBS_PLAN,
	    "where the backup of the flash goes (default: beside the image)", take_backup),
	ROW(0, "no-backup", NULL, VERBS_PLAN,
	    "make no backup of the flash", take_no_backup),
	ROW(0, "allow", "ID[,ID...]",
	    VERBS_IMAGE | VERB(INFO) | VERB(BACKUP) | VERB(SPLIT) | VERB(REBOOT),
	    "let these named checks fail", take_allow),
	ROW(0, "once", NULL, VERBS_PLAN,
	    "do nothing where IMAGE.done says that this image was flashed", take_once),
	ROW(0, "reboot", NULL, VERBS_PLAN,
	    "restart after a verified success that changed something", take_reboot),
	ROW(0, "no-stop", NULL, VERBS_PLAN,
	    "refuse rather than stop processes and remount file systems", take_no_stop),
	ROW(0, "full", NULL, VERBS_PLAN,
	    "rewrite every block, equal or not", take_full),
	ROW(0, "json", NULL, VERBS_ALL & ~VERB(HELP) & ~VERB(VERSION),
	    "one JSON object a line on standard output", take_json),
	ROW(0, "log", "FILE", VERBS_IMAGE | VERB(SPLIT) | VERB(JOIN),
	    "append a plain log to FILE", take_log),
	ROW('q', "quiet", NULL, VERBS_ALL,
	    "less output", take_quiet),
	ROW('v', "verbose", NULL, VERBS_ALL,
	    "more output", take_verbose),
	ROW(0, "color", "[=auto|always|never]", VERBS_ALL,
	    "colour (NO_COLOR is honoured)", take_color),
	ROW(0, "map", NULL, VERBS_PLAN,
	    "the flash drawn block by block", take_map),
	ROW(0, "svg", "FILE", VERBS_PLAN,
	    "draw the plan into FILE, as a picture for browsers", take_svg),
	ROW(0, "private", NULL, VERB(INFO),
	    "also what tells this one camera: host name, MAC addresses", take_private),
	ROW('h', "help", NULL, VERBS_ALL,
	    "this text", take_help),
	ROW('V', "version", NULL, VERBS_ALL,
	    "the version; with -v, what it is built of", take_version),
};
/* clang-format on */

const unsigned option_row_count = sizeof(option_rows) / sizeof(option_rows[0]);

const struct verb_row verb_rows[UF_VERB_COUNT] = {
	[UF_VERB_FLASH] = {"flash", "IMAGE", 1, 1,
			   "check, plan, ask, erase, program, verify (the default)"},
	[UF_VERB_PLAN] = {"plan", "IMAGE", 1, 1, "the same up to the plan; writes nothing"},
	[UF_VERB_INFO] = {"info", "", 0, 0, "the flash and the system"},
	[UF_VERB_INSPECT] = {"inspect", "IMAGE", 1, 1, "what is inside an image"},
	[UF_VERB_VERIFY] = {"verify", "IMAGE", 1, 1, "compare the flash with IMAGE"},
	[UF_VERB_BACKUP] = {"backup", "FILE", 1, 1, "the whole flash into FILE, read twice"},
	[UF_VERB_SPLIT] = {"split", "IMAGE DIR", 2, 2, "IMAGE into one file per partition"},
	[UF_VERB_JOIN] = {"join", "DIR IMAGE", 2, 2, "one file per partition into IMAGE"},
	[UF_VERB_LAYOUTS] = {"layouts", "[NAME]", 0, 1, "the layouts known, or one of them"},
	[UF_VERB_REBOOT] = {"reboot", "", 0, 0, "restart at once, needing no file of the system"},
	[UF_VERB_HELP] = {"help", "", 0, 2, NULL},
	[UF_VERB_VERSION] = {"version", "", 0, 2, NULL},
};
