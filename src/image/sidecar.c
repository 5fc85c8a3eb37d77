/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/image/sidecar.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "uniflash/util/bytes.h"

#define SIDECAR_MAX 16384
#define QUOTE_MAX   40

/* One digest of a file, and the name it is for ("" for a bare one). */
struct entry {
	const char *hex;
	size_t hex_len;
	const char *name;
	size_t name_len;
};

bool uf_hex_parse(const char *hex, size_t len, uint8_t *digest, size_t size)
{
	if (len != 2 * size)
		return false;
	for (size_t at = 0; at < size; at++) {
		uint64_t byte;

		if (uf_parse_hex(hex + 2 * at, 2, &byte) != 2 || hex[2 * at + 1] == 'x' ||
		    hex[2 * at + 1] == 'X')
			return false;
		digest[at] = (uint8_t)byte;
	}
	return true;
}

/* PowerShell's ">" writes UTF-16: its ASCII characters are every second byte. */
static size_t from_utf16(const char *text, size_t len, size_t low, char *out)
{
	size_t count = 0;

	for (size_t at = 2; at + 1 < len; at += 2)
		out[count++] = text[at + 1 - low] ? '?' : text[at + low];
	return count;
}

static size_t to_ascii(const char *text, size_t len, char *out)
{
	size_t skip = len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	size_t count = len - skip;

	if (len >= 2 && memcmp(text, "\xff\xfe", 2) == 0)
		count = from_utf16(text, len, 0, out);
	else if (len >= 2 && memcmp(text, "\xfe\xff", 2) == 0)
		count = from_utf16(text, len, 1, out);
	else
		memcpy(out, text + skip, count);
	out[count] = '\0';
	return count;
}

/* What BSD's lines call the digests. */
static const char *const bsd_names[UF_HASH_KINDS][3] = {
	[UF_HASH_SHA256] = {"SHA256", "SHA2-256", "SHA-256"},
	[UF_HASH_MD5] = {"MD5"},
};

static bool is_bsd_name(const char *word, size_t len, enum uf_hash_kind kind)
{
	for (size_t at = 0; at < 3 && bsd_names[kind][at]; at++)
		if (strlen(bsd_names[kind][at]) == len &&
		    strncasecmp(word, bsd_names[kind][at], len) == 0)
			return true;
	return false;
}

/* "SHA256 (NAME) = HEX" */
static bool parse_bsd(const char *line, size_t len, enum uf_hash_kind kind, struct entry *entry)
{
	const char *open = memchr(line, '(', len);
	const char *end = line + len;
	const char *close = end;

	if (!open || open == line || open[-1] != ' ' ||
	    !is_bsd_name(line, (size_t)(open - line - 1), kind))
		return false;
	while (close > open && *close != ')')
		close--;
	if (close == open || end - close < 4 || memcmp(close, ") = ", 4) != 0)
		return false;
	entry->name = open + 1;
	entry->name_len = (size_t)(close - open - 1);
	entry->hex = close + 4;
	entry->hex_len = (size_t)(end - entry->hex);
	return true;
}

/* "HEX  NAME", "HEX *NAME", with a backslash in front where the name has escapes; or just HEX. */
static void parse_gnu(const char *line, size_t len, struct entry *entry)
{
	size_t skip = len && line[0] == '\\';
	size_t hex_len = strcspn(line + skip, " \t*\r\n");

	entry->hex = line + skip;
	entry->hex_len = hex_len;
	entry->name = line + skip + hex_len;
	entry->name_len = len - skip - hex_len;
	while (entry->name_len && strchr(" \t*", entry->name[0])) {
		entry->name++;
		entry->name_len--;
	}
}

/* Names can have folders in front, of the machine that made the file. */
static bool same_name(const struct entry *entry, const char *name)
{
	size_t len = entry->name_len;
	const char *at = entry->name + len;

	while (at > entry->name && at[-1] != '/' && at[-1] != '\\')
		at--;
	len = (size_t)(entry->name + entry->name_len - at);
	return strlen(name) == len && memcmp(at, name, len) == 0;
}

static void take(const struct entry *entry, bool other_name, const uint8_t *digest, size_t size,
		 struct uf_sidecar *sidecar)
{
	sidecar->found = true;
	sidecar->other_name = other_name;
	snprintf(sidecar->name, sizeof(sidecar->name), "%.*s", (int)uf_min(entry->name_len, 127),
		 entry->name);
	memcpy(sidecar->digest, digest, size);
}

/* The file may be anything: what is quoted of it must not move a cursor. */
static int not_a_digest(unsigned number, const char *line, size_t len, size_t size,
			struct uf_error *err)
{
	char quote[QUOTE_MAX + 1];
	size_t count = (size_t)uf_min(len, QUOTE_MAX);

	for (size_t at = 0; at < count; at++)
		quote[at] = (char)(line[at] >= ' ' && line[at] < 0x7f ? line[at] : '?');
	quote[count] = '\0';
	return uf_fail(err, UF_ERR_SYNTAX,
		       "line %u: expected a digest of %zu hexadecimal digits, found \"%s\"", number,
		       2 * size, quote);
}

static bool has_control(const char *line, size_t len)
{
	for (size_t at = 0; at < len; at++)
		if ((unsigned char)line[at] < ' ' && line[at] != '\t')
			return true;
	return false;
}

static int parse_line(const char *line, size_t len, unsigned number, const char *name,
		      unsigned *others, struct uf_sidecar *sidecar, struct uf_error *err)
{
	size_t size = uf_hash_size(sidecar->kind);
	bool named = sidecar->found && !sidecar->other_name;
	uint8_t digest[UF_DIGEST_MAX];
	struct entry entry;

	if (!parse_bsd(line, len, sidecar->kind, &entry))
		parse_gnu(line, len, &entry);
	if (has_control(line, len) || !uf_hex_parse(entry.hex, entry.hex_len, digest, size))
		return not_a_digest(number, line, len, size, err);
	if (entry.name_len && !same_name(&entry, name)) {
		/* The only digest there is can be meant, under the name before a renaming. */
		if (!named)
			take(&entry, true, digest, size, sidecar);
		++*others;
		return UF_OK;
	}
	if (named && memcmp(sidecar->digest, digest, size) != 0)
		return uf_fail(err, UF_ERR_SYNTAX, "line %u: a second, other digest of the image",
			       number);
	take(&entry, false, digest, size, sidecar);
	return UF_OK;
}

/* The next line, without what ends it; false at the end. */
static bool next_line(const char **at, const char *end, const char **line, size_t *len)
{
	const char *stop;

	if (*at == end)
		return false;
	stop = memchr(*at, '\n', (size_t)(end - *at));
	*line = *at;
	*len = (size_t)((stop ? stop : end) - *at);
	*at = stop ? stop + 1 : end;
	while (*len && strchr(" \t\r", (*line)[*len - 1]) && (*line)[*len - 1])
		--*len;
	return true;
}

int uf_sidecar_parse(const char *text, size_t len, const char *name, enum uf_hash_kind kind,
		     struct uf_sidecar *sidecar, struct uf_error *err)
{
	char ascii[SIDECAR_MAX];
	unsigned number = 0, others = 0;
	const char *at = ascii, *line;
	size_t count, line_len;

	memset(sidecar, 0, sizeof(*sidecar));
	sidecar->kind = kind;
	if (len >= sizeof(ascii))
		return uf_fail(err, UF_ERR_SYNTAX, "it has %zu bytes, too many for digests", len);
	count = to_ascii(text, len, ascii);
	while (next_line(&at, ascii + count, &line, &line_len)) {
		int ret;

		number++;
		if (!line_len || line[0] == '#')
			continue;
		ret = parse_line(line, line_len, number, name, &others, sidecar, err);
		if (ret)
			return ret;
	}
	if (sidecar->other_name && others > 1)
		sidecar->found = sidecar->other_name = false;
	return UF_OK;
}
