/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Layout files. Input: the text. */
#include <inttypes.h>

#include "tables.h"
#include "uniflash/layout/layout.h"

#define TEXT_MAX (UF_PARTITIONS_MAX * 256 + 4 * UF_LAYOUT_TEXT + 256)

static void check_layout(const struct uf_layout *layout)
{
	CHECK(layout->table.count > 0);
	CHECK(layout->rest == -1);
	CHECK(fuzz_ends(layout->name, sizeof(layout->name)));
	CHECK(fuzz_ends(layout->title, sizeof(layout->title)));
	CHECK(fuzz_ends(layout->devices, sizeof(layout->devices)));
	CHECK(fuzz_ends(layout->soc, sizeof(layout->soc)));
	CHECK(!layout->erase_size || uf_is_power_of_two(layout->erase_size));
	fuzz_check_table(&layout->table);
	fuzz_check_alias(&layout->table);
	for (unsigned at = 0; at < layout->table.count; at++) {
		CHECK(layout->table.part[at].number == at);
		CHECK(layout->table.part[at].name[0] && layout->table.part[at].range.len);
		/* Names are unique: each finds itself. */
		CHECK(uf_table_by_name(&layout->table, layout->table.part[at].name) == (int)at);
	}
}

static size_t put_setting(char *out, const char *key, const char *value)
{
	return *value ? (size_t)sprintf(out, "#: %s = %s\n", key, value) : 0;
}

static size_t put_partition(char *out, const struct uf_partition *part)
{
	size_t len = (size_t)sprintf(out, "%08" PRIx64 ":%08" PRIx64 " %s #\n", part->range.off,
				     uf_range_end(part->range) - 1, part->name);

	if (!part->role && !part->content && !part->per_device)
		return len;
	len += (size_t)sprintf(out + len, "#: %s", part->name);
	if (part->role)
		len += (size_t)sprintf(out + len, " role=%s", uf_role_name(part->role));
	if (part->content)
		len += (size_t)sprintf(out + len, " content=%s", uf_content_name(part->content));
	if (part->per_device)
		len += (size_t)sprintf(out + len, " keep=device");
	out[len++] = '\n';
	return len;
}

/* What is written as a layout file gives the same layout. */
static void check_again(const struct uf_layout *layout)
{
	static char out[TEXT_MAX];
	struct uf_layout again;
	size_t len = 0;
	char *text;

	len += put_setting(out + len, "title", layout->title);
	len += put_setting(out + len, "devices", layout->devices);
	len += put_setting(out + len, "soc", layout->soc);
	if (layout->erase_size)
		len += (size_t)sprintf(out + len, "#: erase_size = %" PRIu32 "\n",
				       layout->erase_size);
	for (unsigned at = 0; at < layout->table.count; at++)
		len += put_partition(out + len, &layout->table.part[at]);
	text = fuzz_text((const uint8_t *)out, len);
	CHECK(uf_layout_parse("again", text, &again, NULL) == UF_OK);
	CHECK(strcmp(layout->title, again.title) == 0 && strcmp(layout->soc, again.soc) == 0);
	CHECK(strcmp(layout->devices, again.devices) == 0);
	CHECK(layout->erase_size == again.erase_size);
	fuzz_check_same_table(&layout->table, &again.table);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	struct uf_layout layout;
	struct uf_error err;
	int ret;

	memset(&layout, 0xa5, sizeof(layout));
	ret = uf_layout_parse("fuzz.layout", text, &layout, &err);
	if (ret) {
		fuzz_check_error(ret, &err);
		CHECK(ret == UF_ERR_SYNTAX && strstr(err.what, "fuzz.layout"));
	} else {
		check_layout(&layout);
		check_again(&layout);
	}
	free(text);
	return 0;
}
