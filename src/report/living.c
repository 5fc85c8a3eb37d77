/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a run does to the running system, in words and in JSON. */
#include "uniflash/report/living.h"

#include <inttypes.h>

#include "jsontext.h"
#include "uniflash/util/bytes.h"
#include "words.h"

/* So many processes are named; the rest is counted. */
#define NAMES_MAX 12

bool uf_living_takes_watchdog(const struct uf_living *living)
{
	const struct uf_process *holder = uf_census_watchdog(living->census);

	return holder && holder->fate == UF_FATE_FROZEN;
}

static void add_processes(struct text *text, const struct uf_living *living, enum uf_fate fate)
{
	unsigned count = 0;

	for (unsigned at = 0; at < living->census->count; at++) {
		const struct uf_process *process = &living->census->process[at];

		if (process->fate != fate || count++ >= NAMES_MAX)
			continue;
		text_add(text, "%s%s (%d)", count > 1 ? ", " : "", process->name, process->pid);
	}
	if (count > NAMES_MAX)
		text_add(text, " and %u more", count - NAMES_MAX);
	text_add(text, count ? "\n" : "none\n");
}

/* Those who go on without their files in memory, where there are any. */
static void add_unpinned(struct text *text, const struct uf_living *living)
{
	unsigned count = 0;

	for (unsigned at = 0; at < living->census->count; at++) {
		const struct uf_process *process = &living->census->process[at];

		if (process->unpinned)
			text_add(text, "%s%s (%d)", count++ ? ", " : "  left out   ", process->name,
				 process->pid);
	}
	if (count)
		text_add(text, ": no memory for %s files, %s may end\n",
			 count == 1 ? "its" : "their", count == 1 ? "it" : "they");
}

static void add_mounts(struct text *text, const struct uf_living *living)
{
	unsigned count = 0;

	for (unsigned at = 0; at < living->mounts->count; at++) {
		const struct uf_mount *mount = &living->mounts->mount[at];

		if (mount->writable && uf_mounts_on_flash(living->root, living->mounts, mount))
			text_add(text, "%s%s (%s)", count++ ? ", " : "", mount->where, mount->type);
	}
	text_add(text, count ? "\n" : "none\n");
}

static void add_watchdog(struct text *text, const struct uf_living *living)
{
	const struct uf_process *holder = uf_census_watchdog(living->census);

	if (!holder)
		text_add(text, "nobody holds it\n");
	else if (uf_living_takes_watchdog(living))
		text_add(text, "%s (%d) holds it and is ended; it is fed in its place\n",
			 holder->name, holder->pid);
	else
		text_add(text, "%s (%d) goes on feeding it\n", holder->name, holder->pid);
}

void words_living(struct text *text, const struct uf_living *living)
{
	char pins[UF_SIZE_TEXT], needed[UF_SIZE_TEXT], spare[UF_SIZE_TEXT];

	text_add(text, "\nWhile the flash is written\n  stopped    ");
	add_processes(text, living, UF_FATE_FROZEN);
	text_add(text, "  go on      ");
	add_processes(text, living, UF_FATE_LEFT);
	text_add(text, "  read-only  ");
	add_mounts(text, living);
	text_add(text, "  in memory  %u file%s of those that go on, %s bytes\n",
		 living->pins->files, living->pins->files == 1 ? "" : "s",
		 uf_format_count(pins, living->pins->bytes));
	add_unpinned(text, living);
	text_add(text, "  watchdog   ");
	add_watchdog(text, living);
	if (living->memory_spare != UINT64_MAX)
		text_add(text, "  memory     %s bytes are needed, %s to spare\n",
			 uf_format_count(needed, living->memory_needed),
			 uf_format_count(spare, living->memory_spare));
}

static void json_processes(struct text *text, const char *key, const struct uf_living *living,
			   bool (*is_one)(const struct uf_process *process))
{
	json_add_key(text, key);
	text_add(text, "[");
	for (unsigned at = 0; at < living->census->count; at++) {
		const struct uf_process *process = &living->census->process[at];

		if (!is_one(process))
			continue;
		json_begin_item(text);
		text_add(text, "{");
		json_key_number(text, "pid", (uint64_t)process->pid);
		json_key_string(text, "name", process->name);
		text_add(text, "}");
	}
	text_add(text, "]");
}

static bool is_stopped(const struct uf_process *process)
{
	return process->fate == UF_FATE_FROZEN;
}

static bool is_left(const struct uf_process *process)
{
	return process->fate == UF_FATE_LEFT;
}

static bool is_unpinned(const struct uf_process *process)
{
	return process->unpinned;
}

void json_add_living(struct text *text, const struct uf_living *living)
{
	const struct uf_process *holder = uf_census_watchdog(living->census);

	json_processes(text, "stopped", living, is_stopped);
	json_processes(text, "left", living, is_left);
	json_processes(text, "unpinned", living, is_unpinned);
	json_add_key(text, "read_only");
	text_add(text, "[");
	for (unsigned at = 0; at < living->mounts->count; at++) {
		const struct uf_mount *mount = &living->mounts->mount[at];

		if (!mount->writable || !uf_mounts_on_flash(living->root, living->mounts, mount))
			continue;
		json_begin_item(text);
		json_add_string(text, mount->where);
	}
	text_add(text, "]");
	json_key_number(text, "pinned_files", living->pins->files);
	json_key_number(text, "pinned_bytes", living->pins->bytes);
	if (holder) {
		json_key_number(text, "watchdog_holder", (uint64_t)holder->pid);
		json_key_bool(text, "watchdog_taken", uf_living_takes_watchdog(living));
	}
	json_key_number(text, "memory_needed", living->memory_needed);
	if (living->memory_spare != UINT64_MAX)
		json_key_number(text, "memory_spare", living->memory_spare);
}
