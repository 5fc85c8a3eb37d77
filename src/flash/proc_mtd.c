/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "proc_mtd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Minor numbers go up to 20 bits, two for each MTD. */
#define NUMBER_MAX (1UL << 19)

static int bad_line(unsigned line, const char *text, struct uf_error *err)
{
	return uf_fail(err, UF_ERR_SYNTAX,
		       "/proc/mtd, line %u: expected mtdN: SIZE ERASESIZE \"NAME\", found \"%.*s\"",
		       line, (int)strcspn(text, "\n"), text);
}

static size_t skip_space(const char *text)
{
	return strspn(text, " \t");
}

/* A field of hexadecimal digits with space before and behind it. */
static bool parse_field(const char **text, uint64_t *value)
{
	size_t used;

	*text += skip_space(*text);
	used = uf_parse_hex(*text, strcspn(*text, " \t\n"), value);
	*text += used;
	return used && skip_space(*text);
}

/* The name stands between the first and the last quote of the line: names can hold quotes. */
static bool parse_name(const char *text, struct mtd_entry *entry)
{
	size_t len;

	text += skip_space(text);
	len = strcspn(text, "\n");
	while (len && strchr(" \t\r", text[len - 1]))
		len--;
	if (len < 2 || text[0] != '"' || text[len - 1] != '"')
		return false;
	len = (size_t)uf_min(len - 2, UF_NAME_MAX);
	memcpy(entry->name, text + 1, len);
	entry->name[len] = '\0';
	return true;
}

static int parse_line(const char *text, unsigned line, struct mtd_entry *entry,
		      struct uf_error *err)
{
	const char *at = text;
	uint64_t erase_size;
	unsigned long number;
	char *end;

	memset(entry, 0, sizeof(*entry));
	entry->parent = -1;
	if (strncmp(at, "mtd", 3) != 0 || at[3] < '0' || at[3] > '9')
		return bad_line(line, text, err);
	number = strtoul(at + 3, &end, 10);
	if (*end != ':' || number > NUMBER_MAX)
		return bad_line(line, text, err);
	entry->number = (unsigned)number;
	at = end + 1;
	if (!parse_field(&at, &entry->size) || !parse_field(&at, &erase_size) ||
	    erase_size > UINT32_MAX || !parse_name(at, entry))
		return bad_line(line, text, err);
	entry->erase_size = (uint32_t)erase_size;
	return UF_OK;
}

static bool has_number(const struct mtd_entries *entries, unsigned number)
{
	for (unsigned at = 0; at < entries->count; at++)
		if (entries->entry[at].number == number)
			return true;
	return false;
}

int proc_mtd_parse(const char *text, struct mtd_entries *entries, struct uf_error *err)
{
	unsigned line = 1;

	entries->count = 0;
	if (strncmp(text, "dev:", 4) != 0)
		return bad_line(line, text, err);
	for (const char *at = strchr(text, '\n'); at && at[1]; at = strchr(at, '\n')) {
		int ret;

		at++;
		line++;
		if (entries->count == ENTRIES_MAX)
			return uf_fail(err, UF_ERR_SYNTAX, "/proc/mtd has more than %d entries",
				       ENTRIES_MAX);
		ret = parse_line(at, line, &entries->entry[entries->count], err);
		if (ret)
			return ret;
		if (has_number(entries, entries->entry[entries->count].number))
			return uf_fail(err, UF_ERR_SYNTAX,
				       "/proc/mtd, line %u: mtd%u is there twice", line,
				       entries->entry[entries->count].number);
		entries->count++;
	}
	return UF_OK;
}
