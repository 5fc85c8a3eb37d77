/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events: the words that scripts read, and notes. */
#include "expect.h"

#include <stdlib.h>

#include "uniflash/util/event.h"

/* The words of the JSON lines, typed here a second time. */
static void test_words(void **state)
{
	static const enum uf_phase phases[] = {UF_PHASE_SURVEY, UF_PHASE_BACKUP, UF_PHASE_WRITE,
					       UF_PHASE_VERIFY};
	static const char *const phase_names[] = {"survey", "backup", "write", "verify"};

	(void)state;
	assert_string_equal(uf_check_result_name(UF_CHECK_OK), "ok");
	assert_string_equal(uf_check_result_name(UF_CHECK_NOTICE), "notice");
	assert_string_equal(uf_check_result_name(UF_CHECK_REFUSED), "refused");
	assert_string_equal(uf_check_result_name(UF_CHECK_ALLOWED), "allowed");
	for (unsigned i = 0; i < 4; i++)
		assert_string_equal(uf_phase_name(phases[i]), phase_names[i]);
	assert_string_equal(uf_status_name(UF_STATUS_DONE), "done");
	assert_string_equal(uf_status_name(UF_STATUS_UNCHANGED), "unchanged");
	assert_string_equal(uf_status_name(UF_STATUS_FAILED), "failed");
	assert_string_equal(uf_status_name(UF_STATUS_REFUSED), "refused");
	assert_string_equal(uf_status_name(UF_STATUS_DIFFERS), "differs");
	assert_string_equal(uf_status_name(UF_STATUS_STOPPED), "stopped");
	assert_string_equal(uf_flash_state_name(UF_FLASH_UNTOUCHED), "untouched");
	assert_string_equal(uf_flash_state_name(UF_FLASH_VERIFIED), "verified");
	assert_string_equal(uf_flash_state_name(UF_FLASH_INCOMPLETE), "incomplete");
}

/* Every block result and phase has a word of its own. */
static void test_words_differ(void **state)
{
	(void)state;
	for (int a = 0; a < UF_BLOCK_RESULT_COUNT; a++) {
		assert_true(uf_block_result_name((enum uf_block_result)a)[0] != '\0');
		for (int b = 0; b < a; b++)
			assert_string_not_equal(uf_block_result_name((enum uf_block_result)a),
						uf_block_result_name((enum uf_block_result)b));
	}
	for (int a = 0; a < UF_PHASE_COUNT; a++) {
		assert_true(uf_phase_name((enum uf_phase)a)[0] != '\0');
		for (int b = 0; b < a; b++)
			assert_string_not_equal(uf_phase_name((enum uf_phase)a),
						uf_phase_name((enum uf_phase)b));
	}
}

/* The last note that came. */
struct listener {
	unsigned count;
	enum uf_note_level level;
	char text[4096];
};

static void listen(void *context, const struct uf_event *event)
{
	struct listener *listener = context;

	assert_int_equal(event->kind, UF_EVENT_NOTE);
	listener->count++;
	listener->level = event->note.level;
	snprintf(listener->text, sizeof(listener->text), "%s", event->note.text);
}

static bool never(void *context)
{
	(void)context;
	return false;
}

static void test_note(void **state)
{
	struct listener listener = {0};
	const struct uf_hooks hooks = {&listener, listen, never, NULL};

	(void)state;
	uf_note(&hooks, UF_NOTE_WARNING, "%s holds %d of %d", "mtd4", 1, 2);
	assert_int_equal(listener.count, 1);
	assert_int_equal(listener.level, UF_NOTE_WARNING);
	assert_string_equal(listener.text, "mtd4 holds 1 of 2");
	uf_note(&hooks, UF_NOTE_DETAIL, "100%%");
	assert_int_equal(listener.count, 2);
	assert_int_equal(listener.level, UF_NOTE_DETAIL);
	assert_string_equal(listener.text, "100%");
}

/* A note that is too long comes cut: the beginning of the text, and terminated. */
static void test_note_long(void **state)
{
	struct listener listener = {0};
	const struct uf_hooks hooks = {&listener, listen, never, NULL};
	char *text = malloc(100000);

	(void)state;
	memset(text, 'a', 99999);
	text[99999] = '\0';
	uf_note(&hooks, UF_NOTE_INFO, "%s", text);
	assert_int_equal(listener.count, 1);
	assert_true(strlen(listener.text) > 100);
	assert_memory_equal(listener.text, text, strlen(listener.text));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_words_differ),
		cmocka_unit_test(test_note),
		cmocka_unit_test(test_note_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
