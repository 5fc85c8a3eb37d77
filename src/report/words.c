/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "words.h"

#include <inttypes.h>
#include <string.h>

void words_mtd(struct text *text, const struct uf_plan *plan, int row)
{
	const struct uf_plan_row *at = &plan->row[row];
	const struct uf_partition *part = plan->map->table.part;

	if (!at->mtd_count)
		text_add(text, "mtd%u", at->part->number);
	else if (at->mtd_count == 1)
		text_add(text, "mtd%u", part[at->mtd_first].number);
	else
		text_add(text, "mtd%u-%u", part[at->mtd_first].number,
			 part[at->mtd_first + at->mtd_count - 1].number);
}

static const char *plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

/* "0xff0000-0x1000000": the last partition of 16 MiB ends with a digit more. */
#define RANGE_WIDTH 18

static size_t longest_name(const struct uf_table *table)
{
	size_t longest = strlen("name");

	for (unsigned at = 0; at < table->count; at++)
		if (strlen(table->part[at].name) > longest)
			longest = strlen(table->part[at].name);
	return longest;
}

/* The columns that the plan and info share. */
static void add_partition(struct text *text, size_t start, const struct uf_partition *part,
			  size_t name_width)
{
	text_pad(text, start, 9);
	text_add(text, "%-*s  ", (int)name_width, part->name);
	start = text->len;
	text_add(text, "0x%06" PRIx64 "-0x%06" PRIx64, part->range.off, uf_range_end(part->range));
	text_pad(text, start, RANGE_WIDTH);
	text_add(text, "  %6" PRIu64 " KiB", part->range.len / 1024);
}

static void add_partition_heads(struct text *text, size_t name_width)
{
	text_add(text, "mtd      %-*s  %-*s  %10s", (int)name_width, "name", RANGE_WIDTH, "range",
		 "size");
}

static void add_source(struct text *text, const struct uf_plan *plan)
{
	char size[UF_SIZE_TEXT], digest[UF_DIGEST_TEXT];
	unsigned passes = uf_plan_passes(plan);

	text_add(text, "image  %s, %s%s%s\n", plan->image,
		 uf_format_size(size, plan->target->image_size),
		 plan->image_layout ? ", layout " : "",
		 plan->image_layout ? plan->image_layout : "");
	if (plan->source && plan->source->kind != UF_IMAGE_RAW)
		text_add(text, "       %s\n", uf_image_kind_name(plan->source->kind));
	if (passes)
		text_add(text, "       gzip, unpacked %s\n",
			 passes == 1 ? "once, to check it" : "twice: to check it, and to write it");
	if (uf_digest_known(&plan->target->image_digest))
		text_add(text, "       sha256 %s\n",
			 uf_digest_format(digest, &plan->target->image_digest));
}

/* What is behind the image's end, partition by partition. */
static void add_tail(struct text *text, const struct uf_plan *plan)
{
	uint64_t end = plan->source ? uf_image_end(plan->source) : 0;
	bool erase = plan->policy->tail == UF_TAIL_ERASE;
	const char *comma = "";

	if (!plan->source || plan->source->kind != UF_IMAGE_RAW || end >= plan->map->size)
		return;
	text_add(text, "tail   0x%06" PRIx64 "-0x%06" PRIx64 ", behind the image, %s: ", end,
		 plan->map->size, erase ? "becomes blank" : "stays as it is");
	for (unsigned at = 0; at < plan->rows; at++) {
		const struct uf_partition *part = plan->row[at].part;

		if (uf_range_end(part->range) <= end || (erase && plan->policy->keep[at]))
			continue;
		text_add(text, "%s%s%s", comma, part->name,
			 part->range.off < end ? " in part" : "");
		comma = ", ";
	}
	text_add(text, "\n");
}

static void add_flash(struct text *text, const struct uf_plan *plan)
{
	char size[UF_SIZE_TEXT], erase_size[UF_SIZE_TEXT];

	text_add(text, "flash  %s, erase blocks of %s, layout %s, offsets from %s\n\n",
		 uf_format_size(size, plan->map->size),
		 uf_format_size(erase_size, plan->map->erase_size),
		 plan->layout ? plan->layout : "unknown", uf_map_source_name(plan->map->source));
}

static void add_rows(struct text *text, const struct uf_plan *plan)
{
	size_t width = longest_name(plan->table);

	add_partition_heads(text, width);
	text_add(text, "  action   erase  program\n");
	for (unsigned at = 0; at < plan->rows; at++) {
		const struct uf_plan_row *row = &plan->row[at];
		size_t start = text->len;

		words_mtd(text, plan, (int)at);
		add_partition(text, start, row->part, width);
		text_add(text, "  %-6s  %6" PRIu32 "  %7" PRIu32 "\n", uf_action_name(row->action),
			 row->erase_blocks, row->program_pages);
	}
	text_add(text, "%-9s%-*s  %-*s  %6" PRIu64 " KiB  %-6s  %6" PRIu32 "  %7" PRIu32 "\n\n",
		 "total", (int)width, "", RANGE_WIDTH, "", plan->map->size / 1024, "",
		 plan->erase_blocks, plan->program_pages);
}

static bool nothing_wanted(const struct uf_plan *plan)
{
	for (unsigned at = 0; at < plan->rows; at++)
		if (plan->row[at].action != UF_ACTION_KEEP)
			return false;
	return true;
}

/* As long as the boot loader is being written, a power cut leaves the camera without one. */
static void add_exposure(struct text *text, const struct uf_plan *plan)
{
	char time[UF_SIZE_TEXT];
	uint32_t blocks = uf_plan_exposed(plan);

	if (!plan->boot_extent)
		return;
	if (!blocks)
		text_add(text, "The boot loader stays as it is.\n");
	else
		text_add(text,
			 "The boot loader comes last: %" PRIu32
			 " block%s, about %s in which a power "
			 "cut\nwould leave the camera without one.\n",
			 blocks, blocks == 1 ? "" : "s",
			 uf_format_duration(time, plan->exposed_us / 1000));
}

static void add_total(struct text *text, const struct uf_plan *plan)
{
	char erases[UF_SIZE_TEXT], pages[UF_SIZE_TEXT], time[UF_SIZE_TEXT];

	if (!plan->ops) {
		text_add(text, nothing_wanted(plan) ? "Every partition is to be kept.\n"
						    : "The flash already holds what it should.\n");
		return;
	}
	text_add(text,
		 "%s of %" PRIu32 " blocks to erase, %s pages of %" PRIu32 " bytes to program.\n"
		 "About %s by datasheet figures (GD25Q128), verification included.\n",
		 uf_format_count(erases, plan->erase_blocks), plan->target->blocks,
		 uf_format_count(pages, plan->program_pages), plan->target->geometry.page_size,
		 uf_format_duration(time, plan->estimated_us / 1000));
	add_exposure(text, plan);
	if (plan->provisional)
		text_add(text, "A partition is mounted writable: what differs may still change.\n");
}

void words_plan(struct text *text, const struct uf_plan *plan)
{
	add_source(text, plan);
	add_tail(text, plan);
	add_flash(text, plan);
	add_rows(text, plan);
	add_total(text, plan);
}

static void add_info_flash(struct text *text, const struct uf_info *info)
{
	char size[UF_SIZE_TEXT], erase_size[UF_SIZE_TEXT];
	const struct uf_map *map = info->map;

	text_add(text, "uniflash %s\n", info->version);
	text_add(text, "flash   %s: %s, erase blocks of %s, pages of %" PRIu32 " bytes%s%s\n",
		 info->device, uf_format_size(size, map->size),
		 uf_format_size(erase_size, map->erase_size), map->page_size,
		 map->type[0] ? ", type " : "", map->type);
	text_add(text, "layout  %s%s%s\n", info->layout ? info->layout : "unknown",
		 info->layout && info->layout_title[0] ? ": " : "",
		 info->layout ? info->layout_title : "");
	text_add(text, "offsets from %s\n", uf_map_source_name(map->source));
	for (unsigned at = 0; at < map->aliases; at++)
		text_add(text, "left out mtd%u %s: it shows again what others show\n",
			 map->alias[at].number, map->alias[at].name);
	if (map->others)
		text_add(text, "%u partition%s of another flash left alone\n", map->others,
			 map->others == 1 ? "" : "s");
}

static void add_info_system(struct text *text, const struct uf_system *system)
{
	char memory[UF_SIZE_TEXT], unused[UF_SIZE_TEXT];

	text_add(text, "camera  SoC %s%s%s%s, Linux %s, %s of RAM, %s free\n",
		 system->soc[0] ? system->soc : "unknown", system->system_type[0] ? " (" : "",
		 system->system_type, system->system_type[0] ? ")" : "",
		 system->kernel[0] ? system->kernel : "unknown",
		 uf_format_size(memory, system->memory),
		 uf_format_size(unused, system->memory_free));
}

/* A kernel's command line can hold anything. */
static void add_printable(struct text *text, const char *string)
{
	for (; *string; string++)
		text_add(text, "%c", *string < ' ' || *string > '~' ? '?' : *string);
}

static void add_info_kernel(struct text *text, const struct uf_info *info)
{
	text_add(text, "kernel  ");
	add_printable(text, info->arguments);
	if (info->withheld)
		text_add(text, "%s(%u word%s withheld: --private)", info->arguments[0] ? " " : "",
			 info->withheld, plural(info->withheld));
	text_add(text, "\n");
}

static void add_info_private(struct text *text, const struct uf_info *info)
{
	if (info->host) {
		text_add(text, "host    ");
		add_printable(text, info->host);
		text_add(text, "\n");
	}
	for (unsigned at = 0; info->macs && at < info->macs->count; at++)
		text_add(text, "%-7s %s\n", info->macs->mac[at].name, info->macs->mac[at].address);
}

static void add_mounts(struct text *text, const struct uf_mounts *mounts, unsigned number)
{
	for (unsigned at = 0; at < mounts->count; at++) {
		const struct uf_mount *mount = &mounts->mount[at];

		if (uf_mount_mtd(mount) == (int)number)
			text_add(text, "  %s (%s, %s)", mount->where, mount->type,
				 mount->writable ? "writable" : "read-only");
	}
}

static void add_info_row(struct text *text, const struct uf_info *info, unsigned at,
			 size_t name_width)
{
	const struct uf_partition *part = &info->table->part[at];
	char digest[UF_DIGEST_TEXT];
	size_t start = text->len;

	text_add(text, "mtd%u", part->number);
	add_partition(text, start, part, name_width);
	text_add(text, "  %-7s%s", uf_role_name(part->role),
		 part->per_device ? " this camera's own" : "");
	if (info->has_mtd && info->map->mtd[at].readonly)
		text_add(text, "  read-only");
	if (info->mounts)
		add_mounts(text, info->mounts, part->number);
	while (text->len && text->at[text->len - 1] == ' ')
		text->at[--text->len] = '\0';
	text_add(text, "\n");
	if (info->digest)
		text_add(text, "         sha256 %s\n", uf_digest_format(digest, &info->digest[at]));
}

void words_info(struct text *text, const struct uf_info *info)
{
	size_t width = longest_name(info->table);

	add_info_flash(text, info);
	if (info->system)
		add_info_system(text, info->system);
	if (info->arguments)
		add_info_kernel(text, info);
	if (info->unfinished)
		text_add(text, "state   incomplete: an earlier run (image %s) was not finished\n",
			 info->unfinished);
	add_info_private(text, info);
	text_add(text, "\n");
	add_partition_heads(text, width);
	text_add(text, "  role\n");
	for (unsigned at = 0; at < info->table->count; at++)
		add_info_row(text, info, at, width);
}

static void add_advice(struct text *text, const char *advice)
{
	if (advice[0])
		text_add(text, "  %s\n", advice);
}

/* What was found ends a sentence, but a question keeps its mark. */
static void add_sentence(struct text *text, const char *what)
{
	size_t len = strlen(what);

	text_add(text, "%s%s\n", what, len && what[len - 1] == '?' ? "" : ".");
}

void words_check(struct text *text, const struct uf_check_event *check)
{
	bool refused = check->result == UF_CHECK_REFUSED;

	text_add(text, "%s%s (%s): ", refused ? "uniflash: " : "",
		 uf_check_result_name(check->result), uf_check_name(check->id));
	add_sentence(text, check->detail);
	if (refused || check->result == UF_CHECK_NOTICE)
		add_advice(text, check->next);
	if (refused && uf_check_can_allow(check->id))
		text_add(text, "  To go on all the same: --allow %s\n", uf_check_name(check->id));
}

void words_block(struct text *text, const struct uf_plan *plan, const struct uf_block_event *block)
{
	words_mtd(text, plan, block->row);
	text_add(text, " %s, block at 0x%06" PRIx64 ", attempt %u: %s%s%s\n",
		 plan->row[block->row].part->name, block->offset, block->attempt,
		 uf_block_result_name(block->result), block->detail[0] ? ": " : "", block->detail);
}

void words_verify(struct text *text, const struct uf_plan *plan,
		  const struct uf_verify_event *verify)
{
	size_t start = text->len;

	words_mtd(text, plan, verify->row);
	text_pad(text, start, 9);
	text_add(text, "%-*s  ", (int)longest_name(plan->table), plan->row[verify->row].part->name);
	if (verify->equal)
		text_add(text, "equal\n");
	else
		text_add(text, "differs, first at 0x%06" PRIx64 "\n", verify->first_difference);
}

bool words_result_is_trouble(const struct uf_result_event *result)
{
	return result->status == UF_STATUS_FAILED || result->status == UF_STATUS_REFUSED ||
	       result->status == UF_STATUS_STOPPED;
}

static void add_done(struct text *text, const struct uf_result_event *result)
{
	char erases[UF_SIZE_TEXT], pages[UF_SIZE_TEXT], time[UF_SIZE_TEXT], again[UF_SIZE_TEXT];

	text_add(text,
		 "Done: %s block%s erased, %s page%s programmed in %s.\n"
		 "All that was written was read back twice and is right.\n",
		 uf_format_count(erases, result->erased_blocks), plural(result->erased_blocks),
		 uf_format_count(pages, result->programmed_pages), plural(result->programmed_pages),
		 uf_format_duration(time, result->ms));
	if (result->retried_blocks)
		text_add(text, "%s block%s needed more than one attempt: this chip may be worn.\n",
			 uf_format_count(again, result->retried_blocks),
			 plural(result->retried_blocks));
}

static void add_flash_state(struct text *text, const struct uf_result_event *result)
{
	if (result->since_earlier)
		text_add(text,
			 "  %sThe flash is incomplete since an earlier run. Do not power off.\n"
			 "  Run that one again, with its image: it writes only what is missing.\n",
			 result->erased_blocks ? "" : "This run wrote nothing. ");
	else if (result->flash == UF_FLASH_INCOMPLETE)
		text_add(text, "  The flash is incomplete. Do not power off.\n"
			       "  Run the same command again: it writes only what is missing.\n");
	else if (result->exit != 2 && result->about_flash)
		text_add(text, "  The flash is as it was.\n");
}

/* A refusal has been told by its check. */
static void add_trouble(struct text *text, const struct uf_result_event *result)
{
	const struct uf_error *error = result->error;

	if (result->status != UF_STATUS_REFUSED) {
		text_add(text, "uniflash: ");
		add_sentence(text, error ? error->what : uf_status_name(result->status));
		add_advice(text, error ? error->next : "");
	}
	add_flash_state(text, result);
}

static bool keeps_any(const struct uf_plan *plan)
{
	for (unsigned row = 0; plan && row < plan->rows; row++)
		if (plan->row[row].action == UF_ACTION_KEEP)
			return true;
	return false;
}

void words_result(struct text *text, const struct uf_plan *plan,
		  const struct uf_result_event *result)
{
	switch (result->status) {
	case UF_STATUS_DONE:
		if (result->erased_blocks)
			add_done(text, result);
		break;
	case UF_STATUS_UNCHANGED:
		text_add(text,
			 keeps_any(plan)
				 ? "Nothing was written: what is not kept already holds this "
				   "image.\n"
				 : "Nothing was written: the flash already holds this image.\n");
		break;
	case UF_STATUS_PLANNED:
		text_add(text, "This was a dry run: nothing was written.\n");
		break;
	case UF_STATUS_DIFFERS:
		text_add(text, "The flash differs from %s.\n", plan ? plan->image : "the image");
		break;
	case UF_STATUS_FAILED:
	case UF_STATUS_REFUSED:
	case UF_STATUS_STOPPED:
		add_trouble(text, result);
		break;
	}
}
