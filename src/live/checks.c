/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/live/checks.h"

#include <stdio.h>
#include <string.h>

/* Whether the plan writes into the partition at index of the map. */
static bool is_target(const struct uf_plan *plan, unsigned index)
{
	struct uf_range range = plan->map->table.part[index].range;
	uint32_t size = plan->target->geometry.erase_size;

	for (uint32_t at = 0; at < plan->ops; at++) {
		struct uf_range block = {(uint64_t)plan->op[at].block * size, size};

		if (uf_range_overlap(range, block))
			return true;
	}
	return false;
}

static enum uf_check_result judge_readonly(const void *given, struct uf_error *finding)
{
	const struct uf_live_facts *facts = given;
	const struct uf_map *map = facts->plan->map;

	for (unsigned at = 0; at < map->table.count; at++) {
		if (!map->mtd[at].readonly || !is_target(facts->plan, at))
			continue;
		uf_refuse(finding, UF_CHECK_DEVICE_READONLY,
			  "mtd%u \"%s\" is to be written, but the kernel has it read-only",
			  map->table.part[at].number, map->table.part[at].name);
		uf_advise(finding, "It is marked \"ro\" in mtdparts=, or does not begin and end on "
				   "an erase block: boot a kernel whose table allows it.");
		return UF_CHECK_REFUSED;
	}
	return UF_CHECK_OK;
}

static enum uf_check_result judge_busy(const void *given, struct uf_error *finding)
{
	const struct uf_live_facts *facts = given;
	const struct uf_table *table = &facts->plan->map->table;

	for (unsigned at = 0; at < table->count; at++) {
		const struct uf_mount *mount =
			uf_mounts_writable(facts->mounts, table->part[at].number);

		if (!mount || facts->quiets || !is_target(facts->plan, at))
			continue;
		uf_refuse(finding, UF_CHECK_DEVICE_BUSY,
			  "mtd%u \"%s\" is to be written, but is mounted writable on %s (%s)",
			  table->part[at].number, table->part[at].name, mount->where, mount->type);
		uf_advise(finding, "End what writes there and run: mount -o remount,ro %s",
			  mount->where);
		return UF_CHECK_REFUSED;
	}
	return UF_CHECK_OK;
}

/* The partition under path that is written, or with `any` one of all, or -1. */
static int target_under(const struct uf_live_facts *facts, const char *path, bool any,
			bool *unknown)
{
	const struct uf_table *table = &facts->plan->map->table;
	struct uf_mtd_list list;

	*unknown = false;
	if (!path)
		return -1;
	uf_mounts_under(facts->root, facts->mounts, path, &list);
	*unknown = list.unknown;
	for (unsigned at = 0; at < table->count; at++)
		for (unsigned i = 0; i < list.count; i++)
			if (table->part[at].number == list.number[i] &&
			    (any || is_target(facts->plan, at)))
				return (int)at;
	return -1;
}

/* What is only read must not lie on a target; what is written must not lie on flash at all where
 * everything on it becomes read-only. */
static bool refuse_file(const struct uf_live_facts *facts, const char *what, const char *path,
			bool written, struct uf_error *finding)
{
	const struct uf_table *table = &facts->plan->map->table;
	bool unknown;
	int index = target_under(facts, path, written && facts->quiets, &unknown);

	if (index >= 0 && facts->plan->ops)
		uf_refuse(finding, UF_CHECK_SELF_ON_FLASH,
			  "%s %s lies on mtd%u \"%s\", which is to be %s", what, path,
			  table->part[index].number, table->part[index].name,
			  is_target(facts->plan, (unsigned)index) ? "written" : "read-only");
	else if (unknown && facts->plan->ops)
		uf_refuse(finding, UF_CHECK_SELF_ON_FLASH,
			  "%s %s lies on a file system whose place cannot be found, perhaps on the "
			  "flash that is to be written",
			  what, path);
	else
		return false;
	uf_advise(finding, "Copy it to the SD card or to /tmp (RAM) and use it from there.");
	return true;
}

static enum uf_check_result judge_self(const void *given, struct uf_error *finding)
{
	const struct uf_live_facts *facts = given;

	/* What is printed would be written over what was flashed. */
	if (refuse_file(facts, "the executable", facts->executable, false, finding) ||
	    refuse_file(facts, "the folder of the backup", facts->backup, true, finding) ||
	    refuse_file(facts, "the log", facts->log, true, finding) ||
	    refuse_file(facts, "what standard output goes to,", facts->output[0], true, finding) ||
	    refuse_file(facts, "what standard error goes to,", facts->output[1], true, finding))
		return UF_CHECK_REFUSED;
	for (unsigned at = 0; at < facts->images; at++)
		if (refuse_file(facts, "the image", facts->image[at], false, finding))
			return UF_CHECK_REFUSED;
	return UF_CHECK_OK;
}

int uf_refuse_memory(uint64_t needed, uint64_t spare, struct uf_error *err)
{
	char needed_text[UF_SIZE_TEXT], spare_text[UF_SIZE_TEXT];

	uf_refuse(
		err, UF_CHECK_MEMORY_LOW,
		"the run needs %s bytes of memory, for its buffers and for the files of processes "
		"that the camera dies without, and %s are to spare",
		uf_format_count(needed_text, needed), uf_format_count(spare_text, spare));
	uf_advise(err, "End what is not needed (the camera's application, web servers), or remove "
		       "files from /tmp.");
	return UF_ERR_REFUSED;
}

static enum uf_check_result judge_memory(const void *given, struct uf_error *finding)
{
	const struct uf_live_facts *facts = given;

	if (!facts->plan->ops || facts->memory_needed <= facts->memory_spare)
		return UF_CHECK_OK;
	uf_refuse_memory(facts->memory_needed, facts->memory_spare, finding);
	return UF_CHECK_REFUSED;
}

static enum uf_check_result judge_backup(const void *given, struct uf_error *finding)
{
	const struct uf_live_facts *facts = given;

	if (!facts->plan->ops || facts->no_backup)
		return UF_CHECK_OK;
	if (facts->backup_error)
		*finding = *facts->backup_error;
	if (!finding->what[0])
		uf_refuse(finding, UF_CHECK_BACKUP_NONE, "there is no place for a backup");
	if (!finding->next[0])
		uf_advise(finding, "Give it a place with -b FILE, or go without a way back: "
				   "--no-backup.");
	return UF_CHECK_REFUSED;
}

const struct uf_check uf_live_checks[] = {
	{UF_CHECK_DEVICE_READONLY, 0, judge_readonly}, {UF_CHECK_DEVICE_BUSY, 0, judge_busy},
	{UF_CHECK_SELF_ON_FLASH, 0, judge_self},       {UF_CHECK_MEMORY_LOW, 0, judge_memory},
	{UF_CHECK_BACKUP_NONE, 0, judge_backup},
};

const unsigned uf_live_check_count = sizeof(uf_live_checks) / sizeof(uf_live_checks[0]);
