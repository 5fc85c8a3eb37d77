/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/util/event.h"

#include <stdarg.h>
#include <stdio.h>

void uf_note(const struct uf_hooks *hooks, enum uf_note_level level, const char *format, ...)
{
	struct uf_event event = {.kind = UF_EVENT_NOTE};
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	event.note.level = level;
	event.note.text = text;
	uf_emit(hooks, &event);
}

const char *uf_check_result_name(enum uf_check_result result)
{
	static const char *const names[] = {
		[UF_CHECK_OK] = "ok",
		[UF_CHECK_NOTICE] = "notice",
		[UF_CHECK_REFUSED] = "refused",
		[UF_CHECK_ALLOWED] = "allowed",
	};

	return names[result];
}

const char *uf_phase_name(enum uf_phase phase)
{
	static const char *const names[UF_PHASE_COUNT] = {
		[UF_PHASE_CHECK] = "check",   [UF_PHASE_SURVEY] = "survey",
		[UF_PHASE_BACKUP] = "backup", [UF_PHASE_WRITE] = "write",
		[UF_PHASE_VERIFY] = "verify",
	};

	return names[phase];
}

const char *uf_block_result_name(enum uf_block_result result)
{
	static const char *const names[UF_BLOCK_RESULT_COUNT] = {
		[UF_BLOCK_OK] = "ok",
		[UF_BLOCK_IMAGE_UNREADABLE] = "image-unreadable",
		[UF_BLOCK_IMAGE_CHANGED] = "image-changed",
		[UF_BLOCK_ERASE_FAILED] = "erase-failed",
		[UF_BLOCK_NOT_BLANK] = "not-blank",
		[UF_BLOCK_PROTECTED] = "protected",
		[UF_BLOCK_ALIAS] = "alias",
		[UF_BLOCK_PROGRAM_FAILED] = "program-failed",
		[UF_BLOCK_MISMATCH] = "mismatch",
		[UF_BLOCK_READ_FAILED] = "read-failed",
	};

	return names[result];
}

const char *uf_status_name(enum uf_status status)
{
	static const char *const names[] = {
		[UF_STATUS_DONE] = "done",       [UF_STATUS_UNCHANGED] = "unchanged",
		[UF_STATUS_FAILED] = "failed",   [UF_STATUS_REFUSED] = "refused",
		[UF_STATUS_DIFFERS] = "differs", [UF_STATUS_STOPPED] = "stopped",
		[UF_STATUS_PLANNED] = "done",
	};

	return names[status];
}

const char *uf_flash_state_name(enum uf_flash_state state)
{
	static const char *const names[] = {
		[UF_FLASH_UNTOUCHED] = "untouched",
		[UF_FLASH_VERIFIED] = "verified",
		[UF_FLASH_INCOMPLETE] = "incomplete",
	};

	return names[state];
}
