/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a run that could not write everything leaves behind, and what the user can do now. */
#include "pipeline.h"

#include <inttypes.h>
#include <stdio.h>

#include "uniflash/live/selfcopy.h"

/* How many lines of what failed are worth reading. */
#define FAILURE_LINES 20

/* Blocks that failed for good, those that follow each other in one line. */
static void tell_failures(const struct run *run)
{
	struct uf_exec_failure first, next;
	uint32_t at = uf_exec_next_failure(run->exec, 0, &first);

	for (unsigned lines = 0; at < run->plan.ops; lines++) {
		uint32_t blocks = 1;

		if (lines == FAILURE_LINES) {
			uf_note(&run->hooks, UF_NOTE_WARNING, "and more");
			return;
		}
		for (at = uf_exec_next_failure(run->exec, at + 1, &next);
		     at < run->plan.ops && next.block == first.block + blocks &&
		     next.result == first.result;
		     at = uf_exec_next_failure(run->exec, at + 1, &next))
			blocks++;
		uf_note(&run->hooks, UF_NOTE_WARNING,
			"%s: 0x%06" PRIx64 "-0x%06" PRIx64 " is wrong (%s), first at 0x%06" PRIx64,
			run->plan.row[uf_plan_row_of(&run->plan, first.block)].part->name,
			(uint64_t)first.block * run->map.erase_size,
			(uint64_t)(first.block + blocks) * run->map.erase_size,
			uf_block_result_name(first.result), first.offset);
		first = next;
	}
}

/* "right: kernel, root": the partitions that are in this state. */
static void tell_partitions(const struct run *run, enum uf_row_state state, const char *words)
{
	char names[400] = "";
	size_t len = 0;

	for (unsigned row = 0; row < run->plan.rows; row++)
		if (uf_exec_row(run->exec, row) == state && len < sizeof(names))
			len += (size_t)snprintf(names + len, sizeof(names) - len, "%s%s",
						len ? ", " : "", run->plan.row[row].part->name);
	if (names[0])
		uf_note(&run->hooks, UF_NOTE_WARNING, "%s: %s", words, names);
}

static const char *boot_words(enum uf_boot_outcome boot)
{
	switch (boot) {
	case UF_BOOT_NONE:
		return "The boot loader was not to be written and is what it was.";
	case UF_BOOT_OLD:
		return "The boot loader was not touched: the old one is whole.";
	case UF_BOOT_NEW:
		return "The new boot loader is whole.";
	case UF_BOOT_RESTORED:
		return "The new boot loader could not be written; the old one was written back and "
		       "is whole.";
	case UF_BOOT_BROKEN:
		break;
	}
	return "The boot loader is NOT whole: the camera would not start again.";
}

static const char *next_words(enum uf_boot_outcome boot)
{
	switch (boot) {
	case UF_BOOT_RESTORED:
		return "Run the same command again. The rest is new; if the old boot loader cannot "
		       "start it,\n  go back to what was there, or start from an SD card.";
	case UF_BOOT_BROKEN:
		return "Do not power off. Run the same command again, or go back to what was "
		       "there: as long as\n  the camera runs, it can be mended.";
	default:
		return "Run the same command again. If blocks go on failing, go back to what was "
		       "there, or start\n  from an SD card.";
	}
}

const char *run_program(const struct run *run)
{
	/* What it was called from may be gone. */
	return uf_self_copy() ? uf_self_copy() : run->request->program;
}

/* The backup of this run, or of the one that it goes on with. */
static const char *backup_of(const struct run *run)
{
	return run->backup_path[0] ? run->backup_path : run->past.backup;
}

/* The ways back, as commands. A boot loader that is whole can start a camera from a card. */
static void tell_ways_back(const struct run *run, enum uf_boot_outcome boot)
{
	if (backup_of(run)[0])
		uf_note(&run->hooks, UF_NOTE_WARNING, "To go back: %s %s", run_program(run),
			backup_of(run));
	else if (run->has_mtd)
		uf_note(&run->hooks, UF_NOTE_WARNING,
			"To go back: %s IMAGE, with an image of what was there; there is no "
			"backup.",
			run_program(run));
	if (run->has_mtd && boot != UF_BOOT_BROKEN)
		uf_note(&run->hooks, UF_NOTE_WARNING,
			"To start from an SD card: a stock boot loader takes demo.bin, thingino's "
			"autoupdate-full.bin.");
}

void run_tell_trouble(const struct run *run, const struct uf_exec_outcome *outcome)
{
	tell_failures(run);
	tell_partitions(run, UF_ROW_RIGHT, "right");
	tell_partitions(run, UF_ROW_WRONG, "not right");
	tell_partitions(run, UF_ROW_OPEN, "not done yet");
	uf_note(&run->hooks, UF_NOTE_WARNING, "%s", boot_words(outcome->boot));
	uf_note(&run->hooks, UF_NOTE_WARNING, "%s", next_words(outcome->boot));
	tell_ways_back(run, outcome->boot);
}
