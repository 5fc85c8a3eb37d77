/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/layout/layout.h"

#include "builtin.h"
#include "uniflash/flash/mtdparts.h"
#include "uniflash/util/textfile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LAYOUT_FILE_MAX 65536

unsigned uf_layout_count(void)
{
	return builtin_layout_count;
}

const char *uf_layout_name(unsigned index)
{
	return builtin_layouts[index].name;
}

const char *uf_layout_text(const char *name)
{
	for (unsigned at = 0; at < builtin_layout_count; at++)
		if (strcmp(builtin_layouts[at].name, name) == 0)
			return builtin_layouts[at].text;
	return NULL;
}

static int parse_builtin(unsigned index, struct uf_layout *layout, struct uf_error *err)
{
	int ret = uf_layout_parse(builtin_layouts[index].name, builtin_layouts[index].text, layout,
				  err);

	snprintf(layout->name, sizeof(layout->name), "%s", builtin_layouts[index].name);
	return ret;
}

static int unknown_name(const char *name, struct uf_error *err)
{
	char known[256] = "";
	size_t len = 0;

	for (unsigned at = 0; at < builtin_layout_count && len < sizeof(known); at++)
		len += (size_t)snprintf(known + len, sizeof(known) - len, "%s%s", at ? ", " : "",
					builtin_layouts[at].name);
	uf_fail(err, UF_ERR_USAGE, "there is no layout \"%s\"; the layouts are %s", name, known);
	uf_advise(err, "A layout file is given by a path with a slash, such as ./%s", name);
	return UF_ERR_USAGE;
}

int uf_layout_by_name(const char *name, struct uf_layout *layout, struct uf_error *err)
{
	for (unsigned at = 0; at < builtin_layout_count; at++)
		if (strcmp(builtin_layouts[at].name, name) == 0)
			return parse_builtin(at, layout, err);
	return unknown_name(name, err);
}

static int from_file(const char *path, struct uf_layout *layout, struct uf_error *err)
{
	char *text = malloc(LAYOUT_FILE_MAX);
	const char *base = strrchr(path, '/') + 1;
	int ret;

	if (!text)
		return uf_fail(err, UF_ERR_MEMORY, "no memory to read a layout file");
	ret = uf_read_text("", path, text, LAYOUT_FILE_MAX, NULL, err);
	if (!ret)
		ret = uf_layout_parse(path, text, layout, err);
	if (!ret)
		snprintf(layout->name, sizeof(layout->name), "%.*s", (int)strcspn(base, "."), base);
	free(text);
	return ret;
}

/* The partition of unknown length, wherever sorting has put it. */
static int index_of_rest(const struct uf_table *table)
{
	for (unsigned at = 0; at < table->count; at++)
		if (table->part[at].range.len == 0)
			return (int)at;
	return -1;
}

static int from_mtdparts(const char *text, uint64_t size, struct uf_layout *layout,
			 struct uf_error *err)
{
	struct uf_mtdparts parts;
	const char *at = text;
	int ret = uf_mtdparts_next(text, &at, &parts, err);

	if (ret)
		return ret;
	if (at)
		return uf_fail(err, UF_ERR_USAGE, "-l mtdparts= is about more than one flash");
	if (size)
		ret = uf_mtdparts_resolve(&parts, size, err);
	if (ret)
		return ret;
	memset(layout, 0, sizeof(*layout));
	layout->rest = size ? -1 : parts.rest;
	snprintf(layout->name, sizeof(layout->name), "mtdparts");
	layout->table = parts.table;
	uf_table_sort(&layout->table);
	if (layout->rest >= 0) {
		layout->rest = index_of_rest(&layout->table);
		return UF_OK;
	}
	for (int alias = uf_table_find_alias(&layout->table); alias >= 0;
	     alias = uf_table_find_alias(&layout->table))
		uf_table_remove(&layout->table, (unsigned)alias);
	return UF_OK;
}

int uf_layout_resolve(const char *spec, uint64_t size, struct uf_layout *layout,
		      struct uf_error *err)
{
	static const char mtdparts[] = "mtdparts=";

	int ret;

	if (strncmp(spec, mtdparts, strlen(mtdparts)) == 0)
		ret = from_mtdparts(spec + strlen(mtdparts), size, layout, err);
	else if (strchr(spec, '/'))
		ret = from_file(spec, layout, err);
	else
		ret = uf_layout_by_name(spec, layout, err);
	if (ret != UF_ERR_SYNTAX && ret != UF_ERR_RANGE)
		return ret;
	/* An option with a value that makes no sense is wrong usage. */
	if (err)
		err->code = UF_ERR_USAGE;
	return UF_ERR_USAGE;
}

static bool same_tables(const struct uf_table *a, const struct uf_table *b)
{
	if (a->count != b->count)
		return false;
	for (unsigned at = 0; at < a->count; at++)
		if (strcmp(a->part[at].name, b->part[at].name) != 0 ||
		    a->part[at].range.off != b->part[at].range.off ||
		    a->part[at].range.len != b->part[at].range.len)
			return false;
	return true;
}

bool uf_layout_recognise(const struct uf_table *table, struct uf_layout *layout)
{
	for (unsigned at = 0; at < builtin_layout_count; at++)
		if (parse_builtin(at, layout, NULL) == UF_OK && same_tables(table, &layout->table))
			return true;
	return false;
}

void uf_layout_annotate(const struct uf_layout *layout, struct uf_table *table)
{
	for (unsigned at = 0; at < table->count; at++) {
		struct uf_partition *part = &table->part[at];
		int index = uf_table_by_name(&layout->table, part->name);
		const struct uf_partition *known = index < 0 ? NULL : &layout->table.part[index];

		if (!known || known->range.off != part->range.off ||
		    known->range.len != part->range.len)
			continue;
		part->role = known->role;
		part->content = known->content;
		part->per_device = known->per_device;
	}
}
