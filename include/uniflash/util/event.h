/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Events: what a run tells of itself, in numbers. Reporters make text and JSON of them; nothing
 * else prints. Emitting an event never fails, never blocks and touches no flash.
 */
#ifndef UNIFLASH_UTIL_EVENT_H
#define UNIFLASH_UTIL_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "uniflash/util/error.h"

struct uf_info;
struct uf_inspected;
struct uf_living;
struct uf_plan;

enum uf_event_kind {
	UF_EVENT_CHECK,
	UF_EVENT_INFO,
	UF_EVENT_INSPECT,
	UF_EVENT_LIVE,
	UF_EVENT_PLAN,
	UF_EVENT_PROGRESS,
	UF_EVENT_ERASED, /* the block at work was erased and reads as blank; has no data */
	UF_EVENT_BLOCK,
	UF_EVENT_VERIFY,
	UF_EVENT_NOTE,
	UF_EVENT_TEXT,
	UF_EVENT_RESULT,
};

/* What a check found. */
enum uf_check_result {
	UF_CHECK_OK,
	UF_CHECK_NOTICE,  /* worth knowing, nothing to refuse */
	UF_CHECK_REFUSED, /* ends the run before anything is written */
	UF_CHECK_ALLOWED, /* would be refused, but --allow names it */
};

struct uf_check_event {
	enum uf_check_id id;
	enum uf_check_result result;
	const char *detail; /* one sentence; "" where all is well */
	const char *next;   /* what to do; "" where nothing special helps */
};

/* The phases of a run that take time. */
enum uf_phase {
	UF_PHASE_CHECK,  /* reading and hashing the image */
	UF_PHASE_SURVEY, /* reading the flash */
	UF_PHASE_BACKUP,
	UF_PHASE_WRITE,
	UF_PHASE_VERIFY, /* reading again what was written */
	UF_PHASE_COUNT
};

struct uf_progress_event {
	enum uf_phase phase;
	int row;             /* row of the plan at work, -1 where the phase has none */
	uint64_t done;       /* bytes of this phase; never goes back */
	uint64_t total;      /* bytes of this phase */
	uint32_t row_done;   /* blocks of the row in this phase */
	uint32_t row_failed; /* blocks of the row that have failed so far */
	uint32_t row_total;
	uint64_t work_done;  /* microseconds of chip time by datasheet figures, writing and */
	uint64_t work_total; /* verifying together; 0 before the first erase */
};

/* How an attempt at a block ended. */
enum uf_block_result {
	UF_BLOCK_OK,
	UF_BLOCK_IMAGE_UNREADABLE, /* the block was left as it was */
	UF_BLOCK_IMAGE_CHANGED,    /* the block was left as it was */
	UF_BLOCK_ERASE_FAILED,
	UF_BLOCK_NOT_BLANK,
	UF_BLOCK_PROTECTED, /* an erase changed nothing */
	UF_BLOCK_ALIAS,     /* what was written to it shows in another block, too */
	UF_BLOCK_PROGRAM_FAILED,
	UF_BLOCK_MISMATCH,
	UF_BLOCK_READ_FAILED,
	UF_BLOCK_RESULT_COUNT
};

struct uf_block_event {
	int row;
	uint64_t offset;  /* of the block on the flash */
	unsigned attempt; /* 1 is the first */
	bool last;        /* no more attempts before the other blocks had their turn */
	enum uf_block_result result;
	const char *detail; /* the error in words, "" where there is none */
};

struct uf_verify_event {
	int row;
	bool equal;
	uint64_t first_difference; /* offset on the flash, where not equal */
};

enum uf_note_level {
	UF_NOTE_DETAIL, /* with -v */
	UF_NOTE_INFO,
	UF_NOTE_WARNING,
};

struct uf_note_event {
	enum uf_note_level level;
	const char *text;
};

/* How a run ended. */
enum uf_status {
	UF_STATUS_DONE,
	UF_STATUS_UNCHANGED,
	UF_STATUS_FAILED,
	UF_STATUS_REFUSED,
	UF_STATUS_DIFFERS,
	UF_STATUS_STOPPED,
	UF_STATUS_PLANNED, /* a dry run that found nothing against it */
};

/* What is known of the flash when a run ends. */
enum uf_flash_state {
	UF_FLASH_UNTOUCHED,
	UF_FLASH_VERIFIED,
	UF_FLASH_INCOMPLETE,
};

struct uf_result_event {
	enum uf_status status;
	int exit;
	enum uf_flash_state flash;
	bool about_flash;   /* the run had to do with a flash at all */
	bool since_earlier; /* an earlier run has left it incomplete, and this one did not mend it
			     */
	uint64_t erased_blocks;
	uint64_t programmed_pages;
	uint64_t retried_blocks;
	uint64_t bytes_read; /* from the flash */
	uint64_t ms;
	const struct uf_error *error; /* NULL where there was none */
	const char *backup; /* the file with the flash as it was; NULL where there is none */
};

struct uf_event {
	enum uf_event_kind kind;
	const struct uf_plan *plan; /* that rows are of; NULL as long as there is none */
	union {
		struct uf_check_event check;
		const struct uf_info *info;
		const struct uf_inspected *inspected;
		const struct uf_living *living;
		struct uf_progress_event progress;
		struct uf_block_event block;
		struct uf_verify_event verify;
		struct uf_note_event note;
		const char *text; /* what was asked for itself: help, a layout */
		struct uf_result_event result;
	};
};

/*
 * How a stage talks to whoever runs it. `emit` takes events; `stop` tells whether the user asked
 * to stop, and is called between two blocks. Both are always set. `beat`, which may be NULL, is
 * told that the run goes on where it must not be stopped.
 */
struct uf_hooks {
	void *context;
	void (*emit)(void *context, const struct uf_event *event);
	bool (*stop)(void *context);
	void (*beat)(void *context);
};

static inline void uf_emit(const struct uf_hooks *hooks, const struct uf_event *event)
{
	hooks->emit(hooks->context, event);
}

static inline bool uf_stop_asked(const struct uf_hooks *hooks)
{
	return hooks->stop(hooks->context);
}

static inline void uf_beat(const struct uf_hooks *hooks)
{
	if (hooks && hooks->beat)
		hooks->beat(hooks->context);
}

/* Emit a note with a printf text. */
void uf_note(const struct uf_hooks *hooks, enum uf_note_level level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The words JSON and texts use. Static text. */
const char *uf_check_result_name(enum uf_check_result result);
const char *uf_phase_name(enum uf_phase phase);
const char *uf_block_result_name(enum uf_block_result result);
const char *uf_status_name(enum uf_status status);
const char *uf_flash_state_name(enum uf_flash_state state);

#endif
