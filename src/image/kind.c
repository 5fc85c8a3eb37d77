/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/image/kind.h"

#include <string.h>
#include <strings.h>

#include "uniflash/image/formats.h"
#include "uniflash/util/bytes.h"

#define ADVICE_PACKED "Unpack it and give the image that is in it."
#define ADVICE_PART                                                                                \
	"It is what belongs into one partition. Give it as --part NAME=FILE, with the "            \
	"partition's name."

/* Files that begin, at an offset, with something of their own. */
static const struct {
	size_t at;
	const char *magic;
	size_t len;
	struct uf_foreign foreign;
} magics[] = {
	{0,
	 "\x7f"
	 "ELF",
	 4,
	 {"a program (ELF)", "Give the firmware image itself."}},
	{0, "MZ", 2, {"a Windows program", "Give the firmware image itself."}},
	{0, "PK\x03\x04", 4, {"a zip archive", ADVICE_PACKED}},
	{0, "PK\x05\x06", 4, {"an empty zip archive", "The download failed: get the file again."}},
	{257,
	 "ustar",
	 5,
	 {"a tar archive", ADVICE_PACKED " (Wyze's update archives hold no full image.)"}},
	{0,
	 "\xfd"
	 "7zXZ",
	 5,
	 {"an xz archive", ADVICE_PACKED}},
	{0, "BZh", 3, {"a bzip2 archive", ADVICE_PACKED}},
	{0, "7z\xbc\xaf\x27\x1c", 6, {"a 7-Zip archive", ADVICE_PACKED}},
	{0, "Rar!", 4, {"a RAR archive", ADVICE_PACKED}},
	{0, "\x28\xb5\x2f\xfd", 4, {"a zstd archive", ADVICE_PACKED}},
	{0,
	 "\x1f\x8b",
	 2,
	 {"gzip (inside of gzip, or for a partition, which is given unpacked)", ADVICE_PACKED}},
	{0, "%PDF", 4, {"a PDF document", "Give the firmware image itself."}},
	{0, "\x89PNG", 4, {"a picture", "Give the firmware image itself."}},
	{0, "\xff\xd8\xff", 3, {"a picture", "Give the firmware image itself."}},
};

/* What belongs into a partition and is no full image. */
static const struct uf_foreign kernel = {
	"a kernel or an update image without a boot loader (uImage)",
	"Get the full image (thingino calls it \"full\" or has no \"update\" in its name), or flash "
	"the kernel alone: --part kernel=FILE."};
static const struct uf_foreign squashfs = {"a file system (squashfs)", ADVICE_PART};
static const struct uf_foreign jffs2 = {"a file system (jffs2)", ADVICE_PART};
static const struct uf_foreign html = {
	"an HTML page",
	"The download link gave the web page, not the file: use the raw or download link."};
static const struct uf_foreign text = {"a text", "Give the firmware image itself."};

/* How HTML begins, behind blank space; letters of any case. */
static const char *const tags[] = {"<!doctype", "<html", "<head",  "<body",
				   "<?xml",     "<!--",  "<script"};

static size_t skip_space(const uint8_t *head, size_t len)
{
	static const uint8_t mark[] = {0xef, 0xbb, 0xbf}; /* a byte order mark */
	size_t at = len >= sizeof(mark) && memcmp(head, mark, sizeof(mark)) == 0 ? sizeof(mark) : 0;

	while (at < len && (head[at] == ' ' || (head[at] >= '\t' && head[at] <= '\r')))
		at++;
	return at;
}

static bool is_html(const uint8_t *head, size_t len)
{
	size_t at = skip_space(head, len);

	for (size_t tag = 0; tag < sizeof(tags) / sizeof(tags[0]); tag++) {
		size_t need = strlen(tags[tag]);

		if (len - at >= need && strncasecmp((const char *)head + at, tags[tag], need) == 0)
			return true;
	}
	return false;
}

static bool is_text(const uint8_t *head, size_t len)
{
	size_t first = skip_space(head, len);

	for (size_t at = 0; at < len; at++)
		if (head[at] < ' ' && !(head[at] >= '\t' && head[at] <= '\r') && head[at] != 0x1b)
			return false;
	return len && (first == len || head[first] < 0x80);
}

static const struct uf_foreign *by_magic(const uint8_t *head, size_t len)
{
	for (size_t row = 0; row < sizeof(magics) / sizeof(magics[0]); row++)
		if (len >= magics[row].at + magics[row].len &&
		    memcmp(head + magics[row].at, magics[row].magic, magics[row].len) == 0)
			return &magics[row].foreign;
	if (is_html(head, len))
		return &html;
	return NULL;
}

const struct uf_foreign *uf_foreign_kind(const uint8_t *head, size_t len)
{
	const struct uf_foreign *foreign;
	struct uf_uimage header;
	struct uf_squashfs superblock;

	len = (size_t)uf_min(len, UF_KIND_HEAD);
	foreign = by_magic(head, len);
	if (foreign)
		return foreign;
	if (len >= UF_UIMAGE_HEADER && uf_uimage_parse(head, &header))
		return &kernel;
	if (len >= UF_SQUASHFS_HEADER && uf_squashfs_parse(head, &superblock))
		return &squashfs;
	if (len >= UF_JFFS2_HEADER && uf_jffs2_node(head))
		return &jffs2;
	return is_text(head, len) ? &text : NULL;
}

/* A flag partition holds a text; a program and what was packed or saved by a browser are
 * mistakes. */
const struct uf_foreign *uf_foreign_part(const uint8_t *head, size_t len)
{
	return by_magic(head, (size_t)uf_min(len, UF_KIND_HEAD));
}
