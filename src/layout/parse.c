/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/layout/layout.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* One line of the text, and where in it the parser is. */
struct line {
	const char *origin;
	unsigned number;
	const char *start;
	const char *at;
	const char *end;
};

struct parser {
	struct uf_layout *layout;
	struct uf_error *err;
	bool partitions_begun;
};

/* Partitions named in "#:" lines may come before or behind their own line; what they say is
 * applied when the whole text is known. */
struct notes {
	unsigned count;
	struct note {
		struct line line;
		unsigned column; /* of the name */
		char name[UF_NAME_MAX + 1];
	} note[UF_PARTITIONS_MAX];
};

static int bad(const struct line *line, const char *expected, struct uf_error *err)
{
	return uf_fail(err, UF_ERR_SYNTAX, "%s, line %u, column %u: expected %s, found \"%.*s\"",
		       line->origin, line->number, (unsigned)(line->at - line->start) + 1, expected,
		       (int)uf_min((uint64_t)(line->end - line->at), 24), line->at);
}

static void skip_space(struct line *line)
{
	while (line->at < line->end && (*line->at == ' ' || *line->at == '\t'))
		line->at++;
}

/* The length of the word at the parser's place. */
static size_t word_len(const struct line *line)
{
	const char *at = line->at;

	while (at < line->end && *at != ' ' && *at != '\t')
		at++;
	return (size_t)(at - line->at);
}

static bool word_is(const char *word, size_t len, const char *text)
{
	return strlen(text) == len && memcmp(word, text, len) == 0;
}

static int copy_text(const struct line *line, size_t len, char *to, size_t size,
		     struct uf_error *err)
{
	if (len >= size)
		return bad(line, "a shorter text", err);
	memcpy(to, line->at, len);
	to[len] = '\0';
	return UF_OK;
}

static int parse_erase_size(struct line *line, size_t len, uint32_t *erase_size,
			    struct uf_error *err)
{
	uint64_t size;

	if (uf_parse_size(line->at, len, &size) != len || !uf_is_power_of_two(size) || size < 256 ||
	    size > 1 << 24)
		return bad(line, "an erase size, such as 0x8000", err);
	*erase_size = (uint32_t)size;
	return UF_OK;
}

/* "#: key = value" describes the layout. */
static int parse_setting(struct line *line, const char *key, size_t key_len,
			 struct uf_layout *layout, struct uf_error *err)
{
	size_t len = (size_t)(line->end - line->at);

	if (word_is(key, key_len, "title"))
		return copy_text(line, len, layout->title, sizeof(layout->title), err);
	if (word_is(key, key_len, "devices"))
		return copy_text(line, len, layout->devices, sizeof(layout->devices), err);
	if (word_is(key, key_len, "soc"))
		return copy_text(line, len, layout->soc, sizeof(layout->soc), err);
	if (word_is(key, key_len, "erase_size"))
		return parse_erase_size(line, len, &layout->erase_size, err);
	line->at = key;
	return bad(line, "title, devices, soc or erase_size", err);
}

static int keep_note(const struct line *line, const char *name, size_t len, struct notes *notes,
		     struct uf_error *err)
{
	struct note *note;

	if (notes->count == UF_PARTITIONS_MAX)
		return bad(line, "no more lines about partitions", err);
	note = &notes->note[notes->count++];
	note->line = *line;
	note->column = (unsigned)(name - line->start) + 1;
	memcpy(note->name, name, (size_t)uf_min(len, UF_NAME_MAX));
	note->name[uf_min(len, UF_NAME_MAX)] = '\0';
	return UF_OK;
}

/* What stands behind "#:". */
static int parse_extension(struct parser *parser, struct line *line, struct notes *notes)
{
	const char *word;
	size_t len;

	skip_space(line);
	word = line->at;
	len = word_len(line);
	line->at += len;
	skip_space(line);
	if (line->at < line->end && *line->at == '=') {
		if (parser->partitions_begun)
			return bad(line, "the layout's settings before its first partition",
				   parser->err);
		line->at++;
		skip_space(line);
		return parse_setting(line, word, len, parser->layout, parser->err);
	}
	if (!len || line->at == line->end)
		return bad(line, "key = value, or a partition's name and key=value", parser->err);
	return keep_note(line, word, len, notes, parser->err);
}

static int parse_bound(struct line *line, uint64_t *value, struct uf_error *err)
{
	size_t used = uf_parse_hex(line->at, (size_t)(line->end - line->at), value);

	if (!used)
		return bad(line, "a hexadecimal offset", err);
	line->at += used;
	return UF_OK;
}

/* "START:END NAME", END inclusive. */
static int parse_partition(struct parser *parser, struct line *line)
{
	struct uf_table *table = &parser->layout->table;
	uint64_t start, last;
	const char *last_at;
	char name[UF_NAME_MAX + 1];
	size_t len;
	int ret = parse_bound(line, &start, parser->err);

	if (ret)
		return ret;
	if (line->at == line->end || *line->at != ':')
		return bad(line, "\":\" between the first and the last offset", parser->err);
	line->at++;
	last_at = line->at;
	ret = parse_bound(line, &last, parser->err);
	if (ret)
		return ret;
	if (last < start || last >= INT64_MAX) {
		line->at = last_at;
		return bad(line, "a last offset that is not before the first", parser->err);
	}
	if (line->at == line->end || (*line->at != ' ' && *line->at != '\t'))
		return bad(line, "a space and the partition's name", parser->err);
	skip_space(line);
	len = word_len(line);
	if (!len || len > UF_NAME_MAX || *line->at == '#')
		return bad(line, "a name of 1 to 63 characters", parser->err);
	ret = copy_text(line, len, name, sizeof(name), parser->err);
	if (ret)
		return ret;
	if (uf_table_by_name(table, name) >= 0)
		return bad(line, "a name that was not there before", parser->err);
	line->at += len;
	skip_space(line);
	if (line->at < line->end && *line->at != '#')
		return bad(line, "the end of the line", parser->err);
	if (table->count == UF_PARTITIONS_MAX)
		return uf_fail(parser->err, UF_ERR_SYNTAX,
			       "%s, line %u, column 1: more than %d partitions", line->origin,
			       line->number, UF_PARTITIONS_MAX);
	parser->partitions_begun = true;
	return uf_table_add(table, name, len, (struct uf_range){start, last - start + 1},
			    parser->err);
}

static int parse_line(struct parser *parser, struct line *line, struct notes *notes)
{
	while (line->end > line->at && strchr(" \t\r", line->end[-1]))
		line->end--;
	skip_space(line);
	if (line->at == line->end)
		return UF_OK;
	if (*line->at != '#')
		return parse_partition(parser, line);
	if (line->end - line->at < 2 || line->at[1] != ':')
		return UF_OK;
	line->at += 2;
	return parse_extension(parser, line, notes);
}

static int apply_word(struct line *line, size_t len, struct uf_partition *part,
		      struct uf_error *err)
{
	char word[32];

	if (len >= sizeof(word))
		return bad(line, "role=, content= or keep=device", err);
	memcpy(word, line->at, len);
	word[len] = '\0';
	if (strncmp(word, "role=", 5) == 0) {
		part->role = uf_role_by_name(word + 5);
		if (part->role)
			return UF_OK;
		return bad(line, "a role: boot, env, kernel, rootfs, app, data, staging or flag",
			   err);
	}
	if (strncmp(word, "content=", 8) == 0) {
		part->content = uf_content_by_name(word + 8);
		if (part->content)
			return UF_OK;
		return bad(line, "a content: uimage, squashfs, jffs2 or raw", err);
	}
	if (strcmp(word, "keep=device") == 0) {
		part->per_device = true;
		return UF_OK;
	}
	return bad(line, "role=, content= or keep=device", err);
}

static int apply_note(struct note *note, struct uf_layout *layout, struct uf_error *err)
{
	struct line *line = &note->line;
	int index = uf_table_by_name(&layout->table, note->name);

	if (index < 0)
		return uf_fail(err, UF_ERR_SYNTAX,
			       "%s, line %u, column %u: there is no partition \"%s\"", line->origin,
			       line->number, note->column, note->name);
	while (line->at < line->end) {
		size_t len = word_len(line);
		int ret = apply_word(line, len, &layout->table.part[index], err);

		if (ret)
			return ret;
		line->at += len;
		skip_space(line);
	}
	return UF_OK;
}

static int parse_lines(struct parser *parser, const char *origin, const char *text,
		       struct notes *notes)
{
	unsigned number = 0;
	int ret = UF_OK;

	while (!ret && *text) {
		const char *end = text + strcspn(text, "\n");
		struct line line = {origin, ++number, text, text, end};

		ret = parse_line(parser, &line, notes);
		text = *end ? end + 1 : end;
	}
	return ret;
}

int uf_layout_parse(const char *origin, const char *text, struct uf_layout *layout,
		    struct uf_error *err)
{
	struct parser parser = {layout, err, false};
	struct notes notes;
	int ret;

	memset(layout, 0, sizeof(*layout));
	layout->rest = -1;
	notes.count = 0;
	ret = parse_lines(&parser, origin, text, &notes);
	for (unsigned at = 0; !ret && at < notes.count; at++)
		ret = apply_note(&notes.note[at], layout, err);
	uf_table_sort(&layout->table);
	for (unsigned at = 0; at < layout->table.count; at++)
		layout->table.part[at].number = at;
	if (!ret && !layout->table.count)
		ret = uf_fail(err, UF_ERR_SYNTAX, "%s: there is no partition in it", origin);
	return ret;
}
