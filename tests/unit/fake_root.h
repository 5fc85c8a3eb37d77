/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The /proc and /sys of a kernel that is not there, as files below a folder.
 *
 * /proc/mtd and /proc/cmdline are given as their texts. What sysfs has of each MTD follows from
 * the lines of /proc/mtd and from rules, one a line: "N: KEY=VALUE ..." for mtdN, "*: ..." for all
 * that no rule of their own contradicts. The keys:
 *
 *   dir=DIR      the folder of the chip below /sys/devices ("virtual/mtd" where there is no rule);
 *                /sys/class/mtd/mtdN is a link to DIR/mtdN, as in the real one
 *   below=M      instead of dir: mtdN is a part of mtdM and its folder lies in that of mtdM
 *                ("-": it is not)
 *   absent=1     sysfs does not have this MTD at all
 *   offset=N     the file that Linux 4.1 and later have; "+" is the sum of the sizes before it,
 *                "-" (the default) leaves it out
 *   type=, flags=, writesize=, size=, erasesize=, name=   the text of these files; "-" leaves one
 *                out. size, erasesize and name follow /proc/mtd, type is nor, flags 0xc00,
 *                writesize 256.
 */
#ifndef FAKE_ROOT_H
#define FAKE_ROOT_H

#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* One MTD as /proc/mtd has it. */
struct fake_mtd {
	unsigned number;
	unsigned long long size, erase_size;
	char name[256];
};

/* Copy the value of key in the words of one rule, up to its end of line, into out. */
static inline bool fake_word(const char *words, const char *key, char *out, size_t size)
{
	size_t len = strlen(key);

	while (*words == ' ') {
		words += strspn(words, " ");
		if (strncmp(words, key, len) == 0 && words[len] == '=') {
			words += len + 1;
			snprintf(out, size, "%.*s", (int)strcspn(words, " \n"), words);
			return true;
		}
		words += strcspn(words, " \n");
	}
	return false;
}

/* Copy the value of key for mtd number from rules into out; false where no rule has it. A rule of
 * its own wins over "*". */
static inline bool fake_rule(const char *rules, unsigned number, const char *key, char *out,
			     size_t size)
{
	bool found = false;

	for (const char *line = rules; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		const char *words = strchr(line, ':');

		assert_non_null(words);
		if (line[0] == '*')
			found = found || fake_word(words + 1, key, out, size);
		else if (strtoul(line, NULL, 10) == number && fake_word(words + 1, key, out, size))
			return true;
	}
	return found;
}

/* Write one attribute of an MTD: the rule's text, or what stands for it. */
static inline void fake_attribute(const char *folder, const char *dir, const char *rules,
				  unsigned number, const char *key, const char *otherwise)
{
	char value[256], path[1024];

	if (!fake_rule(rules, number, key, value, sizeof(value)))
		snprintf(value, sizeof(value), "%s", otherwise);
	if (strcmp(value, "-") == 0)
		return;
	snprintf(path, sizeof(path), "%s/%s", dir, key);
	strcat(value, "\n");
	write_file(folder, path, value, strlen(value));
}

/* The folder of an MTD below sys/, into dir. */
static inline void fake_folder(const char *rules, unsigned number, char *dir, size_t size)
{
	char value[256];
	size_t len;

	if (fake_rule(rules, number, "below", value, sizeof(value)) && value[0] != '-') {
		fake_folder(rules, (unsigned)strtoul(value, NULL, 10), dir, size);
	} else {
		if (!fake_rule(rules, number, "dir", value, sizeof(value)))
			strcpy(value, "virtual/mtd");
		snprintf(dir, size, "sys/devices/%s", value);
	}
	len = strlen(dir);
	snprintf(dir + len, size - len, "/mtd%u", number);
}

static inline void fake_link(const char *folder, const char *dir, const char *name)
{
	char target[1024], path[1024];

	snprintf(target, sizeof(target), "../../%s", dir + strlen("sys/"));
	snprintf(path, sizeof(path), "%s/sys/class/mtd/%s", folder, name);
	if (symlink(target, path) != 0)
		fail_msg("cannot link %s", path);
}

/* Write what sysfs has of one MTD; before is the sum of the sizes of those in front of it. */
static inline void fake_sysfs(const char *folder, const char *rules, const struct fake_mtd *mtd,
			      unsigned long long before)
{
	char dir[768], side[800], value[256], number[32];

	if (fake_rule(rules, mtd->number, "absent", value, sizeof(value)))
		return;
	fake_folder(rules, mtd->number, dir, sizeof(dir));
	snprintf(value, sizeof(value), "%llu", mtd->size);
	fake_attribute(folder, dir, rules, mtd->number, "size", value);
	snprintf(value, sizeof(value), "%llu", mtd->erase_size);
	fake_attribute(folder, dir, rules, mtd->number, "erasesize", value);
	fake_attribute(folder, dir, rules, mtd->number, "writesize", "256");
	fake_attribute(folder, dir, rules, mtd->number, "name", mtd->name);
	fake_attribute(folder, dir, rules, mtd->number, "type", "nor");
	fake_attribute(folder, dir, rules, mtd->number, "flags", "0xc00");
	if (fake_rule(rules, mtd->number, "offset", value, sizeof(value)) && value[0] != '-') {
		unsigned long long offset = value[0] == '+' ? before : strtoull(value, NULL, 0);

		snprintf(value, sizeof(value), "%llu\n", offset);
		snprintf(side, sizeof(side), "%s/offset", dir);
		write_file(folder, side, value, strlen(value));
	}
	/* what stands beside it in the real one */
	snprintf(side, sizeof(side), "%s/dev", dir);
	snprintf(value, sizeof(value), "90:%u\n", 2 * mtd->number);
	write_file(folder, side, value, strlen(value));
	snprintf(side, sizeof(side), "%sro/dev", dir);
	snprintf(value, sizeof(value), "90:%u\n", 2 * mtd->number + 1);
	write_file(folder, side, value, strlen(value));
	snprintf(number, sizeof(number), "mtd%u", mtd->number);
	fake_link(folder, dir, number);
	strcat(number, "ro");
	snprintf(side, sizeof(side), "%sro", dir);
	fake_link(folder, side, number);
}

/* Read one line "mtdN: SIZE ERASESIZE "NAME"" of /proc/mtd; false where it is none. */
static inline bool fake_line(const char *line, struct fake_mtd *mtd)
{
	size_t len = strcspn(line, "\n");
	const char *quote = memchr(line, '"', len);

	if (sscanf(line, "mtd%u: %llx %llx", &mtd->number, &mtd->size, &mtd->erase_size) != 3 ||
	    !quote || line[len - 1] != '"')
		return false;
	snprintf(mtd->name, sizeof(mtd->name), "%.*s", (int)(line + len - 2 - quote), quote + 1);
	return true;
}

/* Make below folder what a kernel shows. Each text can be NULL: that kernel has no such file, or
 * no sysfs. */
static inline void fake_root(const char *folder, const char *proc_mtd, const char *cmdline,
			     const char *rules)
{
	unsigned long long before = 0;
	struct fake_mtd mtd;

	if (proc_mtd)
		write_file(folder, "proc/mtd", proc_mtd, strlen(proc_mtd));
	if (cmdline)
		write_file(folder, "proc/cmdline", cmdline, strlen(cmdline));
	if (!rules || !proc_mtd)
		return;
	write_file(folder, "sys/class/mtd/.keep", "", 0);
	for (const char *line = proc_mtd; *line;
	     line += strcspn(line, "\n"), line += *line == '\n') {
		if (!fake_line(line, &mtd))
			continue;
		fake_sysfs(folder, rules, &mtd, before);
		before += mtd.size;
	}
}

#endif
