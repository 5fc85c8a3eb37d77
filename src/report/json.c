/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON lines. The few shapes there are need no library, and none may allocate during a write. */
#include "reporter.h"

#include <inttypes.h>
#include <string.h>

#include "uniflash/util/clock.h"

#define JSON_VERSION 1

/* How often progress is worth a line. */
#define PROGRESS_MS 200

/* One UTF-8 sequence at `at`, or 0 where there is none: names come from kernels and from files. */
static size_t utf8_len(const unsigned char *at)
{
	size_t len = at[0] < 0x80 ? 1 : at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;

	if (at[0] >= 0xf5 || (at[0] >= 0x80 && at[0] < 0xc2))
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	/* Overlong forms, surrogates and what is above the last code point. */
	if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] > 0x9f) ||
	    (at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] > 0x8f))
		return 0;
	return len;
}

static void add_string(struct text *text, const char *string)
{
	const unsigned char *at = (const unsigned char *)string;

	text_add(text, "\"");
	while (*at) {
		size_t len = utf8_len(at);

		if (*at == '"' || *at == '\\')
			text_add(text, "\\%c", *at);
		else if (*at < 0x20 || *at == 0x7f)
			text_add(text, "\\u%04x", *at);
		else if (len)
			text_add(text, "%.*s", (int)len, (const char *)at);
		else
			text_add(text, "\\ufffd");
		at += len ? len : 1;
	}
	text_add(text, "\"");
}

static void add_key(struct text *text, const char *key)
{
	if (text->at[text->len - 1] != '{' && text->at[text->len - 1] != '[')
		text_add(text, ",");
	text_add(text, "\"%s\":", key);
}

static void key_string(struct text *text, const char *key, const char *string)
{
	add_key(text, key);
	add_string(text, string);
}

static void key_number(struct text *text, const char *key, uint64_t number)
{
	add_key(text, key);
	text_add(text, "%" PRIu64, number);
}

static void key_bool(struct text *text, const char *key, bool value)
{
	add_key(text, key);
	text_add(text, "%s", value ? "true" : "false");
}

static void key_seconds(struct text *text, const char *key, uint64_t ms)
{
	add_key(text, key);
	text_add(text, "%" PRIu64 ".%03u", ms / 1000, (unsigned)(ms % 1000));
}

static void key_digest(struct text *text, const char *key, const struct uf_digest *digest)
{
	char hex[UF_DIGEST_TEXT];

	key_string(text, key, uf_digest_format(hex, digest));
}

static void begin(struct json *json, struct text *text, const char *event)
{
	json->event = event;
	text_begin(text, json->buf, sizeof(json->buf));
	text_add(text, "{");
	key_string(text, "event", event);
	key_number(text, "version", JSON_VERSION);
}

/* A line is whole or it is not JSON: what does not fit becomes an object that says so. */
static void end(struct json *json, struct text *text, bool may_lose)
{
	text_add(text, "}\n");
	if (text->cut) {
		begin(json, text, json->event);
		key_bool(text, "cut", true);
		text_add(text, "}\n");
	}
	sink_write(json->out, text->at, text->len, may_lose);
}

static void key_partition(struct text *text, const struct uf_plan *plan, int row)
{
	if (plan && row >= 0)
		key_string(text, "partition", plan->row[row].part->name);
}

static void add_partition(struct text *text, const struct uf_partition *part)
{
	text_add(text, "{");
	key_number(text, "index", part->number);
	key_string(text, "name", part->name);
	key_number(text, "offset", part->range.off);
	key_number(text, "size", part->range.len);
}

static void begin_item(struct text *text)
{
	if (text->at[text->len - 1] != '[')
		text_add(text, ",");
}

static void add_mounted(struct text *text, const struct uf_info *info, unsigned number)
{
	add_key(text, "mounted");
	text_add(text, "[");
	for (unsigned at = 0; at < info->mounts->count; at++) {
		if (uf_mount_mtd(&info->mounts->mount[at]) != (int)number)
			continue;
		begin_item(text);
		add_string(text, info->mounts->mount[at].where);
	}
	text_add(text, "]");
	key_bool(text, "writable", uf_mounts_writable(info->mounts, number) != NULL);
}

static void json_info(struct json *json, const struct uf_info *info)
{
	struct text text;

	begin(json, &text, "info");
	key_number(&text, "size", info->map->size);
	key_number(&text, "erase_size", info->map->erase_size);
	key_number(&text, "page_size", info->map->page_size);
	if (info->layout)
		key_string(&text, "layout", info->layout);
	if (info->system && info->system->soc[0])
		key_string(&text, "soc", info->system->soc);
	key_string(&text, "offsets", uf_map_source_name(info->map->source));
	add_key(&text, "partitions");
	text_add(&text, "[");
	for (unsigned at = 0; at < info->table->count; at++) {
		const struct uf_partition *part = &info->table->part[at];

		begin_item(&text);
		add_partition(&text, part);
		if (part->role)
			key_string(&text, "role", uf_role_name(part->role));
		key_bool(&text, "device", part->per_device);
		if (info->mounts)
			add_mounted(&text, info, part->number);
		if (info->digest)
			key_digest(&text, "sha256", &info->digest[at]);
		text_add(&text, "}");
	}
	text_add(&text, "]");
	end(json, &text, false);
}

static void json_check(struct json *json, const struct uf_check_event *check)
{
	struct text text;

	begin(json, &text, "check");
	key_string(&text, "id", uf_check_name(check->id));
	key_string(&text, "result", uf_check_result_name(check->result));
	if (check->detail[0])
		key_string(&text, "detail", check->detail);
	if (check->next[0])
		key_string(&text, "next", check->next);
	end(json, &text, false);
}

static void add_mtd(struct text *text, const struct uf_plan *plan, const struct uf_plan_row *row)
{
	if (!row->mtd_count)
		return;
	add_key(text, "mtd");
	text_add(text, "[");
	for (unsigned at = 0; at < row->mtd_count; at++)
		text_add(text, "%s%u", at ? "," : "",
			 plan->map->table.part[row->mtd_first + at].number);
	text_add(text, "]");
}

static void add_plan_rows(struct text *text, const struct uf_plan *plan)
{
	add_key(text, "partitions");
	text_add(text, "[");
	for (unsigned at = 0; at < plan->rows; at++) {
		const struct uf_plan_row *row = &plan->row[at];

		begin_item(text);
		add_partition(text, row->part);
		add_mtd(text, plan, row);
		key_string(text, "action", uf_action_name(row->action));
		key_number(text, "blocks", row->blocks);
		key_number(text, "erase_blocks", row->erase_blocks);
		key_number(text, "program_pages", row->program_pages);
		text_add(text, "}");
	}
	text_add(text, "]");
}

/* The partitions in the order in which their blocks are written. */
static void add_order(struct text *text, const struct uf_plan *plan)
{
	int last = -1;

	add_key(text, "order");
	text_add(text, "[");
	for (uint32_t at = 0; at < plan->ops; at++) {
		int row = uf_plan_row_of(plan, plan->op[at].block);

		if (row == last)
			continue;
		begin_item(text);
		add_string(text, plan->row[row].part->name);
		last = row;
	}
	text_add(text, "]");
}

static void json_plan(struct json *json, const struct uf_plan *plan)
{
	struct text text;

	begin(json, &text, "plan");
	key_number(&text, "flash_size", plan->map->size);
	key_number(&text, "erase_size", plan->map->erase_size);
	key_number(&text, "image_size", plan->target->image_size);
	key_digest(&text, "image_sha256", &plan->target->image_digest);
	if (plan->layout)
		key_string(&text, "layout", plan->layout);
	if (plan->image_layout)
		key_string(&text, "image_layout", plan->image_layout);
	add_plan_rows(&text, plan);
	add_order(&text, plan);
	key_number(&text, "erase_blocks", plan->erase_blocks);
	key_number(&text, "program_pages", plan->program_pages);
	key_number(&text, "page_size", plan->target->geometry.page_size);
	key_seconds(&text, "estimated_seconds", plan->estimated_us / 1000);
	key_bool(&text, "provisional", plan->provisional);
	end(json, &text, false);
}

static void json_progress(struct json *json, const struct uf_event *told)
{
	const struct uf_progress_event *progress = &told->progress;
	bool last = progress->done == progress->total ||
		    (progress->row_total && progress->row_done == progress->row_total);
	uint64_t now_ms = uf_clock_ms();
	struct text text;

	if (!last && now_ms - json->progress_ms < PROGRESS_MS)
		return;
	json->progress_ms = now_ms;

	begin(json, &text, "progress");
	key_string(&text, "phase", uf_phase_name(progress->phase));
	key_partition(&text, told->plan, progress->row);
	key_number(&text, "done", progress->done);
	key_number(&text, "total", progress->total);
	key_seconds(&text, "seconds", now_ms - json->began_ms);
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
	key_number(&text, "offset", block->offset);
	key_number(&text, "attempt", block->attempt);
	key_string(&text, "result", uf_block_result_name(block->result));
	if (block->detail[0])
		key_string(&text, "detail", block->detail);
	end(json, &text, false);
}

static void json_verify(struct json *json, const struct uf_event *told)
{
	const struct uf_verify_event *verify = &told->verify;
	struct text text;

	begin(json, &text, "verify");
	key_partition(&text, told->plan, verify->row);
	key_bool(&text, "equal", verify->equal);
	if (!verify->equal)
		key_number(&text, "first_difference", verify->first_difference);
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
	key_string(&text, "level", levels[note->level]);
	key_string(&text, "text", note->text);
	end(json, &text, false);
}

static void json_text(struct json *json, const char *body)
{
	struct text text;

	begin(json, &text, "text");
	key_string(&text, "text", body);
	end(json, &text, false);
}

static void json_result(struct json *json, const struct uf_result_event *result)
{
	struct text text;

	begin(json, &text, "result");
	key_string(&text, "status", uf_status_name(result->status));
	key_number(&text, "exit", (uint64_t)result->exit);
	key_string(&text, "flash", uf_flash_state_name(result->flash));
	key_number(&text, "erased_blocks", result->erased_blocks);
	key_number(&text, "programmed_pages", result->programmed_pages);
	key_number(&text, "retried_blocks", result->retried_blocks);
	key_number(&text, "bytes_read", result->bytes_read);
	key_seconds(&text, "seconds", result->ms);
	if (result->error && result->error->check)
		key_string(&text, "check", uf_check_name(result->error->check));
	if (result->error && result->error->what[0])
		key_string(&text, "error", result->error->what);
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
	case UF_EVENT_PLAN:
		json_plan(json, event->plan);
		break;
	case UF_EVENT_PROGRESS:
		json_progress(json, event);
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
