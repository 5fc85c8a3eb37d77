/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/flash/table.h"

#include <string.h>

/* How far from `at` on the other ranges reach without a gap. */
static uint64_t reach(const struct uf_range *range, unsigned count, unsigned skip, uint64_t at)
{
	bool further = true;

	while (further) {
		further = false;
		for (unsigned i = 0; i < count; i++) {
			if (i == skip || range[i].off > at || uf_range_end(range[i]) <= at)
				continue;
			at = uf_range_end(range[i]);
			further = true;
		}
	}
	return at;
}

static bool covered(const struct uf_range *range, unsigned count, unsigned index)
{
	return reach(range, count, index, range[index].off) >= uf_range_end(range[index]);
}

int uf_ranges_find_alias(const struct uf_range *range, unsigned count)
{
	int found = -1;

	for (unsigned i = 0; i < count; i++)
		if (covered(range, count, i) && (found < 0 || range[i].len >= range[found].len))
			found = (int)i;
	return found;
}

int uf_table_find_alias(const struct uf_table *table)
{
	struct uf_range range[UF_PARTITIONS_MAX];

	for (unsigned i = 0; i < table->count; i++)
		range[i] = table->part[i].range;
	return uf_ranges_find_alias(range, table->count);
}

void uf_table_remove(struct uf_table *table, unsigned index)
{
	memmove(&table->part[index], &table->part[index + 1],
		(table->count - index - 1) * sizeof(table->part[0]));
	table->count--;
}
