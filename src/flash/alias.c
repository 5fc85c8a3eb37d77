/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/flash/table.h"

#include <string.h>

/* How far from `at` on the table's other entries reach without a gap. */
static uint64_t reach(const struct uf_table *table, unsigned skip, uint64_t at)
{
	bool further = true;

	while (further) {
		further = false;
		for (unsigned i = 0; i < table->count; i++) {
			struct uf_range range = table->part[i].range;

			if (i == skip || range.off > at || uf_range_end(range) <= at)
				continue;
			at = uf_range_end(range);
			further = true;
		}
	}
	return at;
}

static bool covered(const struct uf_table *table, unsigned index)
{
	struct uf_range range = table->part[index].range;

	return reach(table, index, range.off) >= uf_range_end(range);
}

int uf_table_find_alias(const struct uf_table *table)
{
	int found = -1;

	for (unsigned i = 0; i < table->count; i++)
		if (covered(table, i) &&
		    (found < 0 || table->part[i].range.len >= table->part[found].range.len))
			found = (int)i;
	return found;
}

void uf_table_remove(struct uf_table *table, unsigned index)
{
	memmove(&table->part[index], &table->part[index + 1],
		(table->count - index - 1) * sizeof(table->part[0]));
	table->count--;
}
