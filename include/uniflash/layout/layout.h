/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Layouts: partition tables of known firmwares, with what each partition is for.
 *
 * The text format is flashrom's layout format, `START:END NAME` a line with END inclusive, and
 * comments; what flashrom does not know stands in comments that begin "#:". flashrom itself knows
 * no comments: it reads what `uniflash -q layouts NAME` prints, which has none. The manual page has
 * the grammar. Nothing here touches flash.
 */
#ifndef UNIFLASH_LAYOUT_LAYOUT_H
#define UNIFLASH_LAYOUT_LAYOUT_H

#include "uniflash/flash/map.h"
#include "uniflash/flash/table.h"

#define UF_LAYOUT_TEXT 160

/* A partition table with its description. No pointers. */
struct uf_layout {
	char name[UF_NAME_MAX + 1];   /* "dafang"; the file's name for one from a file */
	char title[UF_LAYOUT_TEXT];   /* one line for people; may be empty */
	char devices[UF_LAYOUT_TEXT]; /* the cameras that have it; may be empty */
	char soc[UF_NAME_MAX + 1];    /* "T20"; may be empty */
	uint32_t erase_size;          /* 0 where the layout does not say */
	int rest; /* index of the partition that takes what is left of a flash whose size was not
		     known (its length is 0), or -1 */
	struct uf_table table;
};

/*
 * Parse the text of a layout file. `origin` (a path or a name) is for the messages.
 * UF_ERR_SYNTAX, uf_error.what says origin, line and column. That the table tiles a flash is for
 * the checks to judge.
 */
int uf_layout_parse(const char *origin, const char *text, struct uf_layout *layout,
		    struct uf_error *err);

/* The number of layouts that are compiled in, and the name of each. */
unsigned uf_layout_count(void);
const char *uf_layout_name(unsigned index);

/* The text of a compiled-in layout, as its file has it; NULL where there is none of that name. */
const char *uf_layout_text(const char *name);

/* Get a compiled-in layout by name. UF_ERR_USAGE, listing the names there are. */
int uf_layout_by_name(const char *name, struct uf_layout *layout, struct uf_error *err);

/*
 * Get the layout that `-l` asks for: the path of a layout file (it has a slash), an `mtdparts=`
 * text, or the name of a compiled-in layout. size is that of the flash, for a partition that takes
 * the rest; 0 where unknown. UF_ERR_USAGE, where the text makes no sense too; UF_ERR_IO.
 */
int uf_layout_resolve(const char *spec, uint64_t size, struct uf_layout *layout,
		      struct uf_error *err);

/* Find the compiled-in layout with just these names and sizes. Returns false where none has. */
bool uf_layout_recognise(const struct uf_table *table, struct uf_layout *layout);

/* Give each partition of table the role, content and per_device of the layout's partition of the
 * same name and range. */
void uf_layout_annotate(const struct uf_layout *layout, struct uf_table *table);

#endif
