/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/cli/request.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "options.h"
#include "uniflash/util/bytes.h"

#define OPTIONS_MAX 48

/* Long options without a letter get values above all characters. */
#define LONG_ONLY 256

struct getopt_tables {
	char letters[2 * OPTIONS_MAX + 2];
	struct option option[OPTIONS_MAX + 1];
};

static bool optional_argument_of(const struct option_row *row)
{
	return row->argument && row->argument[0] == '[';
}

static void make_tables(struct getopt_tables *tables)
{
	size_t len = 0;

	memset(tables, 0, sizeof(*tables));
	tables->letters[len++] = ':'; /* a missing argument is told apart */
	for (unsigned at = 0; at < option_row_count; at++) {
		const struct option_row *row = &option_rows[at];
		struct option *option = &tables->option[at];

		option->name = row->name;
		option->val = LONG_ONLY + (int)at;
		option->has_arg = !row->argument              ? no_argument
				  : optional_argument_of(row) ? optional_argument
							      : required_argument;
		if (!row->letter)
			continue;
		tables->letters[len++] = row->letter;
		if (option->has_arg == required_argument)
			tables->letters[len++] = ':';
	}
}

static const struct option_row *row_of(int value)
{
	if (value >= LONG_ONLY)
		return &option_rows[value - LONG_ONLY];
	for (unsigned at = 0; at < option_row_count; at++)
		if (option_rows[at].letter == value)
			return &option_rows[at];
	return NULL;
}

/* The known long option that word ("--dry-run=yes") gives a value it does not take. */
static bool takes_no_value(const char *word)
{
	const char *equals = strchr(word, '=');

	for (unsigned at = 0; equals && at < option_row_count; at++)
		if (strlen(option_rows[at].name) + 2 == (size_t)(equals - word) &&
		    strncmp(word + 2, option_rows[at].name, (size_t)(equals - word) - 2) == 0)
			return true;
	return false;
}

static int bad_option(int value, const char *word, struct uf_error *err)
{
	if (value == ':')
		uf_fail(err, UF_ERR_USAGE, "%s needs an argument", word);
	else if (takes_no_value(word))
		uf_fail(err, UF_ERR_USAGE, "%.*s takes no value", (int)strcspn(word, "="), word);
	else
		uf_fail(err, UF_ERR_USAGE, "there is no option %s", word);
	uf_advise(err, "See: uniflash --help");
	return UF_ERR_USAGE;
}

/* getopt_long takes "--ful" for "--full"; a script that does would break with the next option.
 * The option is the last word or, where its value is that, the one before. */
static bool spelled_out(const struct option_row *row, const char *last, const char *before)
{
	const char *word = optarg == last ? before : last;

	return strncmp(word, "--", 2) == 0 && strcspn(word + 2, "=") == strlen(row->name);
}

/* Which options were given, to check them against the verb when that is known. */
static int take_options(int argc, char **argv, struct uf_request *request, uint64_t *given,
			struct uf_error *err)
{
	struct getopt_tables tables;
	int value;

	make_tables(&tables);
	opterr = 0;
	optind = 0; /* begin anew, also behind a bundle of letters that was given up */
	while ((value = getopt_long(argc, argv, tables.letters, tables.option, NULL)) != -1) {
		const struct option_row *row = row_of(value);
		char letter[3] = {'-', (char)optopt, '\0'};
		int ret;

		if (value == '?' || value == ':')
			return bad_option(value,
					  optopt && optopt < LONG_ONLY ? letter : argv[optind - 1],
					  err);
		if (value >= LONG_ONLY && !spelled_out(row, argv[optind - 1], argv[optind - 2]))
			return bad_option('?', argv[optind - 1], err);
		ret = row->take(optarg, request, err);
		if (ret)
			return ret;
		*given |= (uint64_t)1 << (row - option_rows);
	}
	return UF_OK;
}

static bool take_verb(const char *word, struct uf_request *request)
{
	for (int verb = 0; verb < UF_VERB_HELP; verb++)
		if (strcmp(word, verb_rows[verb].name) == 0) {
			request->verb = (enum uf_verb)verb;
			return true;
		}
	return false;
}

static int too_many(const struct verb_row *row, char **operands, const struct uf_request *request,
		    struct uf_error *err)
{
	if (request->verb != UF_VERB_FLASH)
		uf_fail(err, UF_ERR_USAGE, "%s: \"%s\" is one argument too many", row->name,
			operands[row->most]);
	else if (!strpbrk(operands[0], "./") && access(operands[0], F_OK) != 0)
		uf_fail(err, UF_ERR_USAGE, "there is no verb and no image \"%s\"", operands[0]);
	else
		uf_fail(err, UF_ERR_USAGE, "two images, %s and %s: one is flashed at a time",
			operands[0], operands[1]);
	uf_advise(err, "See: uniflash --help");
	return UF_ERR_USAGE;
}

static int take_operands(int count, char **operands, struct uf_request *request,
			 struct uf_error *err)
{
	const struct verb_row *row = &verb_rows[request->verb];

	if (request->verb == UF_VERB_HELP || request->verb == UF_VERB_VERSION)
		return UF_OK;
	if (count && request->parts)
		return uf_fail(err, UF_ERR_USAGE, "--part is in place of an image, and here is %s",
			       operands[0]);
	if (count < (int)row->least && !request->parts) {
		if (request->verb == UF_VERB_FLASH)
			uf_fail(err, UF_ERR_USAGE, "which image? uniflash [OPTIONS] IMAGE");
		else
			uf_fail(err, UF_ERR_USAGE, "%s needs %s", row->name, row->operands);
		uf_advise(err, "See: uniflash --help");
		return UF_ERR_USAGE;
	}
	if (count > (int)row->most)
		return too_many(row, operands, request, err);
	for (int at = 0; at < count; at++) {
		if (!operands[at][0])
			return uf_fail(err, UF_ERR_USAGE, "%s: an argument is empty", row->name);
		request->operand[at] = operands[at];
	}
	return UF_OK;
}

/* The first name that stands in both lists. Names for the same partition that differ ("mtd1" and
 * "kernel") show when there is a table. */
static bool name_in_both(const char *list, const char *other, const char **name)
{
	for (*name = list; **name; *name += strcspn(*name, ","), *name += **name == ',') {
		size_t len = strcspn(*name, ",");

		for (const char *at = other; *at; at += strcspn(at, ","), at += *at == ',')
			if (strcspn(at, ",") == len && memcmp(at, *name, len) == 0)
				return true;
	}
	return false;
}

static int check_backup(const struct uf_request *request, struct uf_error *err)
{
	if (!request->backup)
		return UF_OK;
	if (request->no_backup)
		return uf_fail(err, UF_ERR_USAGE, "--backup and --no-backup contradict each other");
	if (strcmp(request->backup, "-") == 0) {
		uf_fail(err, UF_ERR_USAGE,
			"-b - would mix the backup with what a run says on standard output");
		uf_advise(err, "Make it before: uniflash backup - >FILE");
		return UF_ERR_USAGE;
	}
	if (request->device.is_file) {
		uf_fail(err, UF_ERR_USAGE, "--backup is about a camera, -d names a file");
		uf_advise(err, "Before the run: uniflash -d file:%.200s backup %.60s",
			  request->device.path, request->backup);
		return UF_ERR_USAGE;
	}
	return UF_OK;
}

static int check_options(const struct uf_request *request, uint64_t given, struct uf_error *err)
{
	const char *name;

	if (request->verb == UF_VERB_HELP || request->verb == UF_VERB_VERSION)
		return UF_OK;
	for (unsigned at = 0; at < option_row_count; at++)
		if (given >> at & 1 && !(option_rows[at].verbs & 1U << request->verb))
			return uf_fail(err, UF_ERR_USAGE, "--%s means nothing to %s",
				       option_rows[at].name, verb_rows[request->verb].name);
	if (name_in_both(request->only, request->keep, &name))
		return uf_fail(err, UF_ERR_USAGE, "--only and --keep both name %.*s",
			       (int)strcspn(name, ","), name);
	if (request->quiet && request->verbose)
		return uf_fail(err, UF_ERR_USAGE, "--quiet and --verbose contradict each other");
	if (request->svg && request->verb == UF_VERB_FLASH && !request->dry_run)
		return uf_fail(err, UF_ERR_USAGE,
			       "--svg is about a plan: use it with plan, or add -n");
	if (request->map && (request->quiet || request->json))
		return uf_fail(err, UF_ERR_USAGE, "--map and --%s contradict each other",
			       request->quiet ? "quiet" : "json");
	if (request->json && request->verb == UF_VERB_BACKUP && uf_request_from_stdin(request))
		return uf_fail(err, UF_ERR_USAGE,
			       "--json and a backup on standard output contradict each other");
	if (check_backup(request, err))
		return UF_ERR_USAGE;
	if (request->once && (request->only[0] || request->tail == UF_TAIL_KEEP ||
			      (strcmp(request->keep, "none") != 0 && request->keep[0] &&
			       strcmp(request->keep, "auto") != 0)))
		return uf_fail(err, UF_ERR_USAGE,
			       "--once marks a whole image as flashed; --only, --keep NAMES and "
			       "--tail keep leave a part of it out");
	if (request->reboot && request->device.is_file)
		return uf_fail(err, UF_ERR_USAGE, "--reboot is about a camera, -d names a file");
	if (request->once && (request->parts || uf_request_from_stdin(request)))
		return uf_fail(err, UF_ERR_USAGE, "--once needs an image in a file");
	if (request->tail != UF_TAIL_ASK && request->parts)
		return uf_fail(err, UF_ERR_USAGE,
			       "--tail is about a full image, --part gives files of their own");
	if (request->sha256 && request->parts)
		return uf_fail(err, UF_ERR_USAGE,
			       "--sha256 is about one image, --part gives files of their own");
	if (request->pubkey && uf_request_from_stdin(request))
		return uf_fail(
			err, UF_ERR_USAGE,
			"--pubkey needs a signature beside the image, and standard input has "
			"none");
	if (uf_request_from_stdin(request) && request->verb == UF_VERB_JOIN)
		return uf_fail(err, UF_ERR_USAGE, "join takes a folder, not standard input");
	return UF_OK;
}

int uf_request_parse(int argc, char **argv, struct uf_request *request, struct uf_error *err)
{
	uint64_t given = 0;
	int ret;

	memset(request, 0, sizeof(*request));
	request->program = argc > 0 ? argv[0] : "uniflash";
	ret = take_options(argc, argv, request, &given, err);
	if (ret)
		return ret;
	if (request->verb == UF_VERB_FLASH && optind < argc && take_verb(argv[optind], request))
		optind++;
	ret = take_operands(argc - optind, argv + optind, request, err);
	if (!ret)
		ret = check_options(request, given, err);
	if (!request->keep[0])
		memcpy(request->keep, "auto", sizeof("auto"));
	if (request->verb == UF_VERB_PLAN)
		request->dry_run = true;
	return ret;
}

/* Cut the last ",key=value" off text; returns its value, NULL where the last is none of these. */
static const char *cut_setting(char *text, const char *key, size_t key_len)
{
	char *comma = strrchr(text, ',');

	if (!comma || strncmp(comma + 1, key, key_len) != 0)
		return NULL;
	*comma = '\0';
	return comma + 1 + key_len;
}

static int parse_setting(const char *name, const char *text, uint64_t most, uint64_t *size,
			 struct uf_error *err)
{
	size_t len = strlen(text);

	if (!len || uf_parse_size(text, len, size) != len || !*size || *size > most)
		return uf_fail(err, UF_ERR_USAGE,
			       "-d: %s=%s is no size, expected such as 16M or 32K", name, text);
	return UF_OK;
}

static int parse_settings(struct uf_device_spec *spec, struct uf_error *err)
{
	for (;;) {
		uint64_t erase_size = 0;
		const char *value = cut_setting(spec->path, "size=", strlen("size="));
		int ret;

		if (value) {
			ret = parse_setting("size", value, UINT32_MAX, &spec->size, err);
		} else {
			value = cut_setting(spec->path, "erase=", strlen("erase="));
			if (!value)
				return UF_OK;
			ret = parse_setting("erase", value, 1 << 24, &erase_size, err);
			if (!ret && (!uf_is_power_of_two(erase_size) || erase_size < 256))
				ret = uf_fail(err, UF_ERR_USAGE,
					      "-d: erase=%s is no power of two of at least 256",
					      value);
			if (!ret)
				spec->erase_size = (uint32_t)erase_size;
		}
		if (ret)
			return ret;
	}
}

/* ",word=..." or a lone comma at the end is a mistyped setting rather than a strange file name. */
static bool has_unknown_setting(const char *path)
{
	const char *comma = strrchr(path, ',');
	size_t word = comma ? strspn(comma + 1, "abcdefghijklmnopqrstuvwxyz_-") : 0;

	return comma && (comma[1 + word] == '=' || !comma[1]);
}

int uf_device_spec_parse(const char *text, struct uf_device_spec *spec, struct uf_error *err)
{
	static const char file[] = "file:";
	int ret;

	memset(spec, 0, sizeof(*spec));
	if (strcmp(text, "mtd") == 0)
		return UF_OK;
	if (strncmp(text, file, strlen(file)) != 0)
		return uf_fail(
			err, UF_ERR_USAGE,
			"-d %s is no device, expected mtd or file:PATH[,size=16M][,erase=32K]",
			text);
	spec->is_file = true;
	if (snprintf(spec->path, sizeof(spec->path), "%s", text + strlen(file)) >=
	    (int)sizeof(spec->path))
		return uf_fail(err, UF_ERR_USAGE, "-d: the path is too long");
	ret = parse_settings(spec, err);
	if (!ret && has_unknown_setting(spec->path))
		ret = uf_fail(err, UF_ERR_USAGE,
			      "-d: \"%s\" ends in no setting that is known (size=, erase=)",
			      strrchr(spec->path, ','));
	if (!ret && !spec->path[0])
		ret = uf_fail(err, UF_ERR_USAGE, "-d file: needs the path of a dump");
	return ret;
}

bool uf_request_writes(const struct uf_request *request)
{
	return request->verb == UF_VERB_FLASH && !request->dry_run;
}

bool uf_request_from_stdin(const struct uf_request *request)
{
	return request->operand[0] && strcmp(request->operand[0], "-") == 0;
}

const char *uf_verb_name(enum uf_verb verb)
{
	return verb_rows[verb].name;
}
