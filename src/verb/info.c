/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "version.h"

#include "uniflash/live/board.h"
#include "uniflash/live/system.h"
#include "uniflash/plan/survey.h"
#include "uniflash/report/info.h"
#include "uniflash/util/textfile.h"

/* As long as a kernel's command line can be. */
#define ARGUMENTS_MAX 4096

/* What is told of the system beside what every run looks at. */
struct answers {
	struct uf_system system;
	char arguments[ARGUMENTS_MAX];
	unsigned withheld;
	char host[72];
	struct uf_macs macs;
};

/*
 * What the kernel was given that has to do with flash and memory. Boot loaders pass on MAC
 * addresses, serial numbers and what more there may be in an environment: only these are told, and
 * of roots those that are devices.
 */
static const char *const public_arguments[] = {
	"mtdparts=",   "root=/dev/mtd", "root=/dev/ram", "root=/dev/mmcblk",
	"rootfstype=", "rootflags=",    "init=",         "mem=",
	"rmem=",       "ispmem=",       "nmem=",         "console=tty",
};

static bool is_public(const char *word, size_t len)
{
	if (len == 2)
		return strncmp(word, "ro", len) == 0 || strncmp(word, "rw", len) == 0;
	if (memchr(word, '"', len))
		return false;
	for (size_t at = 0; at < sizeof(public_arguments) / sizeof(public_arguments[0]); at++)
		if (strncmp(word, public_arguments[at], strlen(public_arguments[at])) == 0)
			return true;
	return false;
}

/* The length of the word at text; blanks between quotes belong to it. */
static size_t word_length(const char *text)
{
	bool quoted = false;
	size_t len = 0;

	for (; text[len] && (quoted || !strchr(" \t\n", text[len])); len++)
		quoted ^= text[len] == '"';
	return len;
}

/* Leave only words that may be told in text. Returns how many were taken away. */
static unsigned withhold(char *text)
{
	unsigned withheld = 0;
	char *to = text;
	size_t len;

	for (const char *at = text + strspn(text, " \t\n"); *at;
	     at += len, at += strspn(at, " \t\n")) {
		len = word_length(at);
		if (!is_public(at, len)) {
			withheld++;
			continue;
		}
		if (to != text)
			*to++ = ' ';
		memmove(to, at, len);
		to += len;
	}
	*to = '\0';
	return withheld;
}

static void read_arguments(const struct run *run, struct answers *answers)
{
	char *text = answers->arguments;

	if (uf_read_text(run->root, "/proc/cmdline", text, sizeof(answers->arguments), NULL, NULL))
		text[0] = '\0';
	if (!run->request->tell_private)
		answers->withheld = withhold(text);
	text[strcspn(text, "\n")] = '\0';
}

static void read_private(const struct run *run, struct answers *answers)
{
	if (uf_read_text(run->root, "/proc/sys/kernel/hostname", answers->host,
			 sizeof(answers->host), NULL, NULL))
		snprintf(answers->host, sizeof(answers->host), "unknown");
	answers->host[strcspn(answers->host, "\n")] = '\0';
	uf_macs_read(run->root, &answers->macs);
}

/* Where a dump lies says who has it. */
static const char *dump_name(const struct run *run)
{
	const char *path = run->request->device.path;
	const char *slash = strrchr(path, '/');

	return slash && !run->request->tell_private ? slash + 1 : path;
}

static int digest_all(struct run *run, struct uf_digest *digest)
{
	int ret = run->hash ? UF_OK : uf_hash_new(&run->hash, &run->error);

	for (unsigned at = 0; !ret && at < run->table.count; at++)
		ret = uf_digest_range(run->dev, run->table.part[at].range, run->hash, &run->hooks,
				      &digest[at], &run->error);
	return ret;
}

static void tell(struct run *run, const struct answers *answers, const struct uf_digest *digest)
{
	bool tell_private = run->has_mtd && run->request->tell_private;
	const struct uf_info info = {
		.version = UNIFLASH_VERSION,
		.device = run->has_mtd ? "mtd" : dump_name(run),
		.has_mtd = run->has_mtd,
		.map = &run->map,
		.table = &run->table,
		.layout = run->has_layout ? run->layout.name : NULL,
		.layout_title = run->has_layout ? run->layout.title : NULL,
		.mounts = run->has_mtd ? &run->mounts : NULL,
		.system = run->has_mtd ? &answers->system : NULL,
		.digest = digest,
		.arguments = run->has_mtd ? answers->arguments : NULL,
		.withheld = answers->withheld,
		.unfinished = run_unfinished_image(run),
		.host = tell_private ? answers->host : NULL,
		.macs = tell_private ? &answers->macs : NULL,
	};
	struct uf_event event = {.kind = UF_EVENT_INFO};

	event.info = &info;
	uf_emit(&run->hooks, &event);
}

/* The table of a dump is told by what is in it. */
static int look_inside(struct run *run)
{
	int ret = run_open_flash(run, UF_ACCESS_LOOK);

	if (!ret)
		ret = run_make_target(run);
	if (!ret)
		ret = run_survey(run);
	return ret ? ret : run_settle_table(run);
}

/* The SoC's own register knows better than the name of the board. */
static void look_at_system(const struct run *run, struct uf_system *system)
{
	struct uf_board board;

	uf_system_read(run->root, system);
	uf_board_from_system(run->root, &board);
	if (board.soc)
		snprintf(system->soc, sizeof(system->soc), "%s", uf_soc_name(board.soc));
}

int verb_info(struct run *run)
{
	struct uf_digest digest[UF_PARTITIONS_MAX];
	bool digests = run->request->verbose > 0;
	static struct answers answers; /* too much for the stack of a small camera */
	int ret = run_map_flash(run);

	if (!ret && !run->has_table)
		ret = look_inside(run);
	else if (!ret && digests && run->map.tiling.code == UF_OK)
		ret = run_open_flash(run, UF_ACCESS_LOOK);
	if (ret)
		return ret;
	look_at_system(run, &answers.system);
	read_arguments(run, &answers);
	if (run->request->tell_private)
		read_private(run, &answers);
	/* Mounts that cannot be read are shown as none: the rest is still worth telling. */
	uf_mounts_read(run->root, &run->mounts, NULL);
	if (digests && run->dev)
		ret = digest_all(run, digest);
	if (ret)
		return ret;
	tell(run, &answers, digests && run->dev ? digest : NULL);
	ret = run_look_at_system(run);
	return ret ? ret : run_check_map(run);
}
