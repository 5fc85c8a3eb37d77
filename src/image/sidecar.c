/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/image/sidecar.h"

#include <stdio.h>
#include <string.h>

#include "uniflash/util/bytes.h"

#define SIDECAR_MAX 16384

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
static size_t to_ascii(const char *text, size_t len, char *out)
{
	const uint8_t *byte = (const uint8_t *)text;
	size_t count = 0;

	if (len >= 2 && byte[0] == 0xff && byte[1] == 0xfe) {
		for (size_t at = 2; at + 1 < len; at += 2)
			out[count++] = byte[at + 1] ? '?' : text[at];
	} else {
		size_t skip = len >= 3 && memcmp(byte, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

		count = len - skip;
		memcpy(out, text + skip, count);
	}
	out[count] = '\0';
	return count;
}

/* "SHA256 (NAME) = HEX" */
static bool parse_bsd(const char *line, size_t len, struct entry *entry)
{
	const char *open = memchr(line, '(', len);
	const char *end = line + len;
	const char *close = end;

	if (!open || open == line || open[-1] != ' ')
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

static int parse_line(const char *line, size_t len, unsigned number, const char *name,
		      unsigned *others, struct uf_sidecar *sidecar, struct uf_error *err)
{
	size_t size = uf_hash_size(sidecar->kind);
	uint8_t digest[UF_DIGEST_MAX];
	struct entry entry;

	if (!parse_bsd(line, len, &entry))
		parse_gnu(line, len, &entry);
	if (!uf_hex_parse(entry.hex, entry.hex_len, digest, size))
		return uf_fail(
			err, UF_ERR_SYNTAX,
			"line %u: expected a digest of %zu hexadecimal digits, found \"%.*s\"",
			number, 2 * size, (int)uf_min(len, 40), line);
	if (!entry.name_len || same_name(&entry, name)) {
		take(&entry, false, digest, size, sidecar);
	} else if (!sidecar->found || sidecar->other_name) {
		/* The only digest there is can be meant, under the name before a renaming. */
		take(&entry, true, digest, size, sidecar);
		++*others;
	}
	return UF_OK;
}

int uf_sidecar_parse(const char *text, size_t len, const char *name, enum uf_hash_kind kind,
		     struct uf_sidecar *sidecar, struct uf_error *err)
{
	char ascii[SIDECAR_MAX];
	unsigned number = 0, others = 0;

	memset(sidecar, 0, sizeof(*sidecar));
	sidecar->kind = kind;
	if (len >= sizeof(ascii))
		return uf_fail(err, UF_ERR_SYNTAX, "it has %zu bytes, too many for digests", len);
	to_ascii(text, len, ascii);
	for (const char *at = ascii; *at; at += strcspn(at, "\n"), at += *at == '\n') {
		size_t line = strcspn(at, "\r\n");
		int ret;

		number++;
		while (line && (at[line - 1] == ' ' || at[line - 1] == '\t'))
			line--;
		if (!line || at[0] == '#')
			continue;
		ret = parse_line(at, line, number, name, &others, sidecar, err);
		if (ret)
			return ret;
	}
	if (sidecar->other_name && others > 1)
		sidecar->found = false;
	return UF_OK;
}
