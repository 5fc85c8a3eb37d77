/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/check/geometry.h"

#include <inttypes.h>
#include <string.h>

#define MIB ((uint64_t)1 << 20)

/* Whatever keeps the partitions from being a map refuses; what has no check of its own is a gap. */
static enum uf_check_id tiling_check(const struct uf_map *map)
{
	return map->tiling.check ? map->tiling.check : UF_CHECK_MAP_GAP;
}

static enum uf_check_result judge_tiling(const struct uf_geometry_facts *facts, enum uf_check_id id,
					 struct uf_error *finding)
{
	const struct uf_layout *asked = facts->asked;

	if (facts->map->tiling.code != UF_OK && tiling_check(facts->map) == id) {
		*finding = facts->map->tiling;
		if (id != UF_CHECK_MAP_UNALIGNED)
			uf_advise(finding, "Only a flash that the partitions cover whole, from 0, "
					   "can be written.");
		return UF_CHECK_REFUSED;
	}
	if (asked && uf_table_check_tiles(&asked->table, uf_table_end(&asked->table), finding) &&
	    finding->check == id)
		return UF_CHECK_REFUSED;
	finding->what[0] = '\0';
	return UF_CHECK_OK;
}

static enum uf_check_result judge_gap(const void *facts, struct uf_error *finding)
{
	return judge_tiling(facts, UF_CHECK_MAP_GAP, finding);
}

static enum uf_check_result judge_overlap(const void *facts, struct uf_error *finding)
{
	return judge_tiling(facts, UF_CHECK_MAP_OVERLAP, finding);
}

static enum uf_check_result judge_unaligned(const void *facts, struct uf_error *finding)
{
	return judge_tiling(facts, UF_CHECK_MAP_UNALIGNED, finding);
}

/* phram and mtdram, which tests and rehearsals use, say "ram". */
static enum uf_check_result judge_nor(const void *given, struct uf_error *finding)
{
	const struct uf_geometry_facts *facts = given;
	const char *type = facts->map->type;

	if (!type[0] || strcmp(type, "nor") == 0 || strcmp(type, "ram") == 0)
		return UF_CHECK_OK;
	uf_refuse(finding, UF_CHECK_MAP_NOT_NOR, "this flash is \"%s\", expected NOR flash", type);
	uf_advise(finding, "NAND flash has bad blocks and needs other tools.");
	return UF_CHECK_REFUSED;
}

static enum uf_check_result judge_offsets(const void *given, struct uf_error *finding)
{
	const struct uf_geometry_facts *facts = given;

	if (facts->map->disagreement.code == UF_OK)
		return UF_CHECK_OK;
	*finding = facts->map->disagreement;
	uf_advise(finding,
		  "Two sources of the partition table disagree; where this is "
		  "allowed, %s counts.",
		  uf_map_source_name(facts->map->source));
	return UF_CHECK_REFUSED;
}

static enum uf_check_result judge_layout(const void *given, struct uf_error *finding)
{
	const struct uf_geometry_facts *facts = given;
	const struct uf_layout *asked = facts->asked;
	uint64_t end;

	if (!asked)
		return UF_CHECK_OK;
	end = uf_table_end(&asked->table);
	if (end != facts->map->size)
		uf_refuse(finding, UF_CHECK_MAP_LAYOUT_MISMATCH,
			  "layout %s is for a flash of 0x%06" PRIx64
			  " bytes, this flash has 0x%06" PRIx64,
			  asked->name, end, facts->map->size);
	else if (asked->erase_size && asked->erase_size != facts->map->erase_size)
		uf_refuse(finding, UF_CHECK_MAP_LAYOUT_MISMATCH,
			  "layout %s is for erase blocks of %" PRIu32
			  " bytes, this flash has blocks of %" PRIu32,
			  asked->name, asked->erase_size, facts->map->erase_size);
	else
		return UF_CHECK_OK;
	return UF_CHECK_REFUSED;
}

static bool usual_size(uint64_t size)
{
	return size == 8 * MIB || size == 16 * MIB || size == 32 * MIB || size == 64 * MIB;
}

static enum uf_check_result judge_size(const void *given, struct uf_error *finding)
{
	const struct uf_geometry_facts *facts = given;
	const struct uf_map *map = facts->map;
	char size[UF_SIZE_TEXT], wanted[UF_SIZE_TEXT];

	if (map->wanted_size > map->size || map->empty)
		uf_refuse(finding, UF_CHECK_MAP_SIZE_SUSPECT,
			  "the kernel shows %s of flash, but its own mtdparts= need more than %s",
			  uf_format_size(size, map->size), uf_format_size(wanted, map->size));
	else if (!usual_size(map->size))
		uf_refuse(finding, UF_CHECK_MAP_SIZE_SUSPECT,
			  "this flash has %s, expected 8, 16, 32 or 64 MiB",
			  uf_format_size(size, map->size));
	else
		return UF_CHECK_OK;
	uf_advise(finding, "A kernel that does not know the chip sees only a part of it (look for "
			   "\"unsupport ID\" in dmesg); a dump may be cut off.");
	return UF_CHECK_REFUSED;
}

static enum uf_check_result judge_too_big(const void *given, struct uf_error *finding)
{
	const struct uf_geometry_facts *facts = given;
	char image[UF_SIZE_TEXT], flash[UF_SIZE_TEXT];

	if (facts->image_size <= facts->map->size)
		return UF_CHECK_OK;
	uf_refuse(finding, UF_CHECK_SIZE_TOO_BIG,
		  "the image has %s bytes, the flash %s: it does not fit",
		  uf_format_count(image, facts->image_size),
		  uf_format_count(flash, facts->map->size));
	uf_advise(finding, "This image is for a larger flash: get the one for this camera.");
	return UF_CHECK_REFUSED;
}

static enum uf_check_result judge_short(const void *given, struct uf_error *finding)
{
	const struct uf_geometry_facts *facts = given;
	char image[UF_SIZE_TEXT], flash[UF_SIZE_TEXT];

	if (!facts->image_size || facts->image_size >= facts->map->size ||
	    facts->tail != UF_TAIL_ASK)
		return UF_CHECK_OK;
	uf_format_count(image, facts->image_size);
	uf_format_count(flash, facts->map->size);
	if (facts->cut_off)
		uf_refuse(finding, UF_CHECK_IMAGE_SHORT,
			  "the image has %s bytes, the flash %s, and the %s at 0x%06" PRIx64
			  " would reach to 0x%06" PRIx64 ": the image is cut off",
			  image, flash, uf_item_kind_name(facts->cut_off->kind),
			  facts->cut_off->range.off, uf_range_end(facts->cut_off->range));
	else
		uf_refuse(
			finding, UF_CHECK_IMAGE_SHORT,
			"the image has %s bytes, the flash %s: what is to happen behind 0x%06" PRIx64
			"?",
			image, flash, facts->image_size);
	uf_advise(finding, "It may be cut off: compare its size with the one it was published "
			   "with. If it is whole, add --tail erase, or --tail keep to leave the "
			   "rest as it is.");
	return UF_CHECK_REFUSED;
}

#define NEEDS_MAP                                                                                  \
	(UF_CHECK_BIT(UF_CHECK_MAP_GAP) | UF_CHECK_BIT(UF_CHECK_MAP_OVERLAP) |                     \
	 UF_CHECK_BIT(UF_CHECK_MAP_UNALIGNED))

const struct uf_check uf_map_checks[] = {
	{UF_CHECK_MAP_GAP, 0, judge_gap},
	{UF_CHECK_MAP_OVERLAP, 0, judge_overlap},
	{UF_CHECK_MAP_UNALIGNED, 0, judge_unaligned},
	{UF_CHECK_MAP_NOT_NOR, 0, judge_nor},
	{UF_CHECK_MAP_OFFSET_MISMATCH, 0, judge_offsets},
	{UF_CHECK_MAP_SIZE_SUSPECT, NEEDS_MAP, judge_size},
	{UF_CHECK_MAP_LAYOUT_MISMATCH, NEEDS_MAP, judge_layout},
};

const unsigned uf_map_check_count = sizeof(uf_map_checks) / sizeof(uf_map_checks[0]);

const struct uf_check uf_size_checks[] = {
	{UF_CHECK_SIZE_TOO_BIG, NEEDS_MAP, judge_too_big},
};

const unsigned uf_size_check_count = sizeof(uf_size_checks) / sizeof(uf_size_checks[0]);

const struct uf_check uf_tail_checks[] = {
	{UF_CHECK_IMAGE_SHORT, NEEDS_MAP | UF_CHECK_BIT(UF_CHECK_IMAGE_KIND), judge_short},
};

const unsigned uf_tail_check_count = sizeof(uf_tail_checks) / sizeof(uf_tail_checks[0]);
