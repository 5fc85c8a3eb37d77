/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON lines. The few shapes there are need no library, and none may allocate during a write. */
#include "jsontext.h"
#include "reporter.h"

#include <inttypes.h>
#include <string.h>

#include "uniflash/util/clock.h"

#define JSON_VERSION 1

/* How often progress is worth a line. */
#define PROGRESS_MS 200

static void begin(struct json *json, struct text *text, const char *event)
{
	json->event = event;
	text_begin(text, json->buf, sizeof(json->buf));
	text_add(text, "{");
	json_key_string(text, "event", event);
	json_key_number(text, "version", JSON_VERSION);
}

/* A line is whole or it is not JSON: what does not fit becomes an object that says so. */
static void end(struct json *json, struct text *text, bool may_lose)
{
	text_add(text, "}\n");
	if (text->cut) {
		begin(json, text, json->event);
		json_key_bool(text, "cut", true);
		text_add(text, "}\n");
	}
	sink_write(json->out, text->at, text->len, may_lose);
}

static void key_partition(struct text *text, const struct uf_plan *plan, int row)
{
	if (plan && row >= 0)
		json_key_string(text, "partition", plan->row[row].part->name);
}

static void add_partition(struct text *text, const struct uf_partition *part)
{
	text_add(text, "{");
	json_key_number(text, "index", part->number);
	json_key_string(text, "name", part->name);
	json_key_number(text, "offset", part->range.off);
	json_key_number(text, "size", part->range.len);
}

static void add_mounted(struct text *text, const struct uf_info *info, unsigned number)
{
	json_add_key(text, "mounted");
	text_add(text, "[");
	for (unsigned at = 0; at < info->mounts->count; at++) {
		if (uf_mount_mtd(&info->mounts->mount[at]) != (int)number)
			continue;
		json_begin_item(text);
		json_add_string(text, info->mounts->mount[at].where);
	}
	text_add(text, "]");
	json_key_bool(text, "writable", uf_mounts_writable(info->mounts, number) != NULL);
}

/* With --private alone. */
static void add_private(struct text *text, const struct uf_info *info)
{
	if (info->host)
		json_key_string(text, "host", info->host);
	if (!info->macs)
		return;
	json_add_key(text, "addresses");
	text_add(text, "[");
	for (unsigned at = 0; at < info->macs->count; at++) {
		json_begin_item(text);
		text_add(text, "{");
		json_key_string(text, "name", info->macs->mac[at].name);
		json_key_string(text, "address", info->macs->mac[at].address);
		text_add(text, "}");
	}
	text_add(text, "]");
}

static void json_info(struct json *json, const struct uf_info *info)
{
	struct text text;

	begin(json, &text, "info");
	json_key_string(&text, "uniflash", info->version);
	json_key_number(&text, "size", info->map->size);
	json_key_number(&text, "erase_size", info->map->erase_size);
	json_key_number(&text, "page_size", info->map->page_size);
	if (info->layout)
		json_key_string(&text, "layout", info->layout);
	if (info->system && info->system->soc[0])
		json_key_string(&text, "soc", info->system->soc);
	json_key_string(&text, "offsets", uf_map_source_name(info->map->source));
	if (info->arguments) {
		json_key_string(&text, "kernel_arguments", info->arguments);
		json_key_number(&text, "kernel_arguments_withheld", info->withheld);
	}
	if (info->unfinished)
		json_key_string(&text, "unfinished", info->unfinished);
	add_private(&text, info);
	json_add_key(&text, "partitions");
	text_add(&text, "[");
	for (unsigned at = 0; at < info->table->count; at++) {
		const struct uf_partition *part = &info->table->part[at];

		json_begin_item(&text);
		add_partition(&text, part);
		if (part->role)
			json_key_string(&text, "role", uf_role_name(part->role));
		json_key_bool(&text, "device", part->per_device);
		if (info->mounts)
			add_mounted(&text, info, part->number);
		if (info->digest)
			json_key_digest(&text, "sha256", &info->digest[at]);
		text_add(&text, "}");
	}
	text_add(&text, "]");
	end(json, &text, false);
}

static void json_inspect(struct json *json, const struct uf_inspected *inspected)
{
	struct text text;

	begin(json, &text, "inspect");
	json_add_inspected(&text, inspected);
	end(json, &text, false);
}

static void json_check(struct json *json, const struct uf_check_event *check)
{
	struct text text;

	begin(json, &text, "check");
	json_key_string(&text, "id", uf_check_name(check->id));
	json_key_string(&text, "result", uf_check_result_name(check->result));
	if (check->detail[0])
		json_key_string(&text, "detail", check->detail);
	if (check->next[0])
		json_key_string(&text, "next", check->next);
	end(json, &text, false);
}

static void add_mtd(struct text *text, const struct uf_plan *plan, const struct uf_plan_row *row)
{
	if (!row->mtd_count)
		return;
	json_add_key(text, "mtd");
	text_add(text, "[");
	for (unsigned at = 0; at < row->mtd_count; at++)
		text_add(text, "%s%u", at ? "," : "",
			 plan->map->table.part[row->mtd_first + at].number);
	text_add(text, "]");
}

static void add_plan_rows(struct text *text, const struct uf_plan *plan)
{
	json_add_key(text, "partitions");
	text_add(text, "[");
	for (unsigned at = 0; at < plan->rows; at++) {
		const struct uf_plan_row *row = &plan->row[at];

		json_begin_item(text);
		add_partition(text, row->part);
		add_mtd(text, plan, row);
		json_key_string(text, "action", uf_action_name(row->action));
		json_key_number(text, "blocks", row->blocks);
		json_key_number(text, "erase_blocks", row->erase_blocks);
		json_key_number(text, "program_pages", row->program_pages);
		text_add(text, "}");
	}
	text_add(text, "]");
}

/* The partitions in the order in which their blocks are written. */
static void add_order(struct text *text, const struct uf_plan *plan)
{
	int last = -1;

	json_add_key(text, "order");
	text_add(text, "[");
	for (uint32_t at = 0; at < plan->ops; at++) {
		int row = uf_plan_row_of(plan, plan->op[at].block);

		if (row == last)
			continue;
		json_begin_item(text);
		json_add_string(text, plan->row[row].part->name);
		last = row;
	}
	text_add(text, "]");
}

static void json_plan(struct json *json, const struct uf_plan *plan)
{
	struct text text;

	begin(json, &text, "plan");
	json_key_number(&text, "flash_size", plan->map->size);
	json_key_number(&text, "erase_size", plan->map->erase_size);
	json_key_number(&text, "image_size", plan->target->image_size);
	if (uf_digest_known(&plan->target->image_digest))
		json_key_digest(&text, "image_sha256", &plan->target->image_digest);
	if (uf_plan_passes(plan))
		json_key_number(&text, "image_passes", uf_plan_passes(plan));
	if (plan->layout)
		json_key_string(&text, "layout", plan->layout);
	if (plan->image_layout)
		json_key_string(&text, "image_layout", plan->image_layout);
	add_plan_rows(&text, plan);
	add_order(&text, plan);
	json_key_number(&text, "erase_blocks", plan->erase_blocks);
	json_key_number(&text, "program_pages", plan->program_pages);
	json_key_number(&text, "page_size", plan->target->geometry.page_size);
	json_key_seconds(&text, "estimated_seconds", plan->estimated_us / 1000);
	json_key_number(&text, "boot_exposed_blocks", uf_plan_exposed(plan));
	json_key_seconds(&text, "boot_exposed_seconds", plan->exposed_us / 1000);
	json_key_bool(&text, "provisional", plan->provisional);
	end(json, &text, false);
}

static void json_progress(struct json *json, const struct uf_event *told)
{
	const struct uf_progress_event *progress = &told->progress;
	bool last = progress->done == progress->total ||
		    (progress->row_total && progress->row_done == progress->row_total);
	uint64_t now_ms = uf_clock_ms(), left_ms = PACE_UNKNOWN;
	struct text text;

	if (!last && now_ms - json->progress_ms < PROGRESS_MS)
		return;
	json->progress_ms = now_ms;

	begin(json, &text, "progress");
	json_key_string(&text, "phase", uf_phase_name(progress->phase));
	key_partition(&text, told->plan, progress->row);
	json_key_number(&text, "done", progress->done);
	json_key_number(&text, "total", progress->total);
	json_key_seconds(&text, "seconds", now_ms - json->began_ms);
	if (progress->work_total && told->plan)
		left_ms = pace_left_ms(json->pace, told->plan);
	if (left_ms != PACE_UNKNOWN)
		json_key_seconds(&text, "seconds_left", left_ms);
	end(json, &text, !last);
}

static void json_block(struct json *json, const struct uf_event *told)
{
	const struct uf_block_event *block = &told->block;
	struct text text;

	if (!json->verbose)
		return;
	begin(json, &text, "block");
	key_partition(&text, told->plan, block->row);
	json_key_number(&text, "offset", block->offset);
	json_key_number(&text, "attempt", block->attempt);
	json_key_string(&text, "result", uf_block_result_name(block->result));
	if (block->detail[0])
		json_key_string(&text, "detail", block->detail);
	end(json, &text, false);
}

static void json_verify(struct json *json, const struct uf_event *told)
{
	const struct uf_verify_event *verify = &told->verify;
	struct text text;

	begin(json, &text, "verify");
	key_partition(&text, told->plan, verify->row);
	json_key_bool(&text, "equal", verify->equal);
	if (!verify->equal)
		json_key_number(&text, "first_difference", verify->first_difference);
	end(json, &text, false);
}

static void json_note(struct json *json, const struct uf_note_event *note)
{
	static const char *const levels[] = {
		[UF_NOTE_DETAIL] = "detail",
		[UF_NOTE_INFO] = "info",
		[UF_NOTE_WARNING] = "warning",
	};
	struct text text;

	if (note->level == UF_NOTE_DETAIL && !json->verbose)
		return;
	begin(json, &text, "note");
	json_key_string(&text, "level", levels[note->level]);
	json_key_string(&text, "text", note->text);
	end(json, &text, false);
}

static void json_text(struct json *json, const char *body)
{
	struct text text;

	begin(json, &text, "text");
	json_key_string(&text, "text", body);
	end(json, &text, false);
}

static void json_result(struct json *json, const struct uf_result_event *result)
{
	struct text text;

	begin(json, &text, "result");
	json_key_string(&text, "status", uf_status_name(result->status));
	json_key_number(&text, "exit", (uint64_t)result->exit);
	json_key_string(&text, "flash", uf_flash_state_name(result->flash));
	json_key_number(&text, "erased_blocks", result->erased_blocks);
	json_key_number(&text, "programmed_pages", result->programmed_pages);
	json_key_number(&text, "retried_blocks", result->retried_blocks);
	json_key_number(&text, "bytes_read", result->bytes_read);
	json_key_seconds(&text, "seconds", result->ms);
	if (result->backup)
		json_key_string(&text, "backup", result->backup);
	if (result->error && result->error->check)
		json_key_string(&text, "check", uf_check_name(result->error->check));
	if (result->error && result->error->what[0])
		json_key_string(&text, "error", result->error->what);
	end(json, &text, false);
}

static void json_living(struct json *json, const struct uf_living *living)
{
	struct text text;

	begin(json, &text, "live");
	json_add_living(&text, living);
	end(json, &text, false);
}

void json_event(struct json *json, const struct uf_event *event)
{
	switch (event->kind) {
	case UF_EVENT_CHECK:
		json_check(json, &event->check);
		break;
	case UF_EVENT_INFO:
		json_info(json, event->info);
		break;
	case UF_EVENT_INSPECT:
		json_inspect(json, event->inspected);
		break;
	case UF_EVENT_LIVE:
		json_living(json, event->living);
		break;
	case UF_EVENT_PLAN:
		json_plan(json, event->plan);
		break;
	case UF_EVENT_PROGRESS:
		json_progress(json, event);
		break;
	case UF_EVENT_ERASED:
		break;
	case UF_EVENT_BLOCK:
		json_block(json, event);
		break;
	case UF_EVENT_VERIFY:
		json_verify(json, event);
		break;
	case UF_EVENT_NOTE:
		json_note(json, &event->note);
		break;
	case UF_EVENT_TEXT:
		json_text(json, event->text);
		break;
	case UF_EVENT_RESULT:
		json_result(json, &event->result);
		break;
	}
}
