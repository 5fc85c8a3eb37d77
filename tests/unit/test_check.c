/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How tables of checks are judged, what --allow can do, and what it never can. */
#include "expect.h"

#include "uniflash/check/check.h"

/* What the checks of a table are to find, by their place in it, and how often each was judged. */
struct script {
	enum uf_check_result result[8];
	unsigned judged[8];
};

static enum uf_check_result play(const struct script *script, unsigned at, struct uf_error *finding)
{
	((struct script *)(uintptr_t)script)->judged[at]++;
	if (script->result[at] == UF_CHECK_REFUSED) {
		snprintf(finding->what, sizeof(finding->what), "finding %u", at);
		snprintf(finding->next, sizeof(finding->next), "advice %u", at);
	} else if (script->result[at] == UF_CHECK_NOTICE) {
		snprintf(finding->what, sizeof(finding->what), "notice %u", at);
	}
	return script->result[at];
}

#define JUDGE(at)                                                                                  \
	static enum uf_check_result judge_##at(const void *facts, struct uf_error *finding)        \
	{                                                                                          \
		return play(facts, at, finding);                                                   \
	}
JUDGE(0)
JUDGE(1)
JUDGE(2)
JUDGE(3)

/* Two that can be allowed around two that cannot; the last needs the first two. */
static const struct uf_check table[] = {
	{UF_CHECK_MAP_SIZE_SUSPECT, 0, judge_0},
	{UF_CHECK_MAP_GAP, 0, judge_1},
	{UF_CHECK_SIZE_TOO_BIG, 0, judge_2},
	{UF_CHECK_BOOT_MISSING,
	 UF_CHECK_BIT(UF_CHECK_MAP_SIZE_SUSPECT) | UF_CHECK_BIT(UF_CHECK_MAP_GAP), judge_3},
};

#define COUNT 4

static struct recorder recorder;

static int run(struct script *script, struct uf_verdict *verdict)
{
	memset(script->judged, 0, sizeof(script->judged));
	recorder_begin(&recorder);
	return uf_check_all(table, COUNT, script, verdict, &recorder.hooks);
}

static void expect_event(unsigned at, enum uf_check_id id, enum uf_check_result result,
			 const char *detail)
{
	assert_true(at < recorder.checks);
	assert_int_equal(recorder.check[at].id, id);
	assert_int_equal(recorder.check[at].result, result);
	assert_string_equal(recorder.check[at].detail, detail);
}

static void test_all_well(void **state)
{
	struct script script = {{0}, {0}};
	struct uf_verdict verdict = {0};

	(void)state;
	assert_int_equal(run(&script, &verdict), UF_OK);
	assert_true(verdict.refused == 0);
	assert_true(verdict.used == 0);
	assert_int_equal(verdict.first.code, UF_OK);
	assert_int_equal(recorder.checks, COUNT);
	for (unsigned i = 0; i < COUNT; i++) {
		assert_int_equal(script.judged[i], 1);
		expect_event(i, table[i].id, UF_CHECK_OK, "");
	}
}

static void test_notice(void **state)
{
	struct script script = {{UF_CHECK_OK, UF_CHECK_NOTICE}, {0}};
	struct uf_verdict verdict = {0};

	(void)state;
	assert_int_equal(run(&script, &verdict), UF_OK);
	assert_true(verdict.refused == 0);
	assert_true(verdict.used == 0);
	expect_event(1, UF_CHECK_MAP_GAP, UF_CHECK_NOTICE, "notice 1");
	assert_int_equal(script.judged[3], 1);
}

/* Everything is judged, so that the user sees all of it at once; the first refusal is kept. */
static void test_refusals(void **state)
{
	struct script script = {{UF_CHECK_OK, UF_CHECK_REFUSED, UF_CHECK_REFUSED}, {0}};
	struct uf_verdict verdict = {0};

	(void)state;
	assert_int_equal(run(&script, &verdict), UF_ERR_REFUSED);
	assert_true(verdict.refused ==
		    (UF_CHECK_BIT(UF_CHECK_MAP_GAP) | UF_CHECK_BIT(UF_CHECK_SIZE_TOO_BIG)));
	assert_true(verdict.used == 0);
	assert_int_equal(verdict.first.code, UF_ERR_REFUSED);
	assert_int_equal(verdict.first.check, UF_CHECK_MAP_GAP);
	assert_string_equal(verdict.first.what, "finding 1");
	assert_string_equal(verdict.first.next, "advice 1");
	assert_int_equal(script.judged[2], 1);
	expect_event(1, UF_CHECK_MAP_GAP, UF_CHECK_REFUSED, "finding 1");
	expect_event(2, UF_CHECK_SIZE_TOO_BIG, UF_CHECK_REFUSED, "finding 2");
}

/* What needs a check that was refused is neither judged nor told of. */
static void test_needs(void **state)
{
	static const enum uf_check_result first[][2] = {
		{UF_CHECK_REFUSED, UF_CHECK_OK},
		{UF_CHECK_OK, UF_CHECK_REFUSED},
		{UF_CHECK_REFUSED, UF_CHECK_REFUSED},
	};

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		struct script script = {{first[i][0], first[i][1], UF_CHECK_OK, UF_CHECK_REFUSED},
					{0}};
		struct uf_verdict verdict = {0};

		assert_int_equal(run(&script, &verdict), UF_ERR_REFUSED);
		assert_int_equal(script.judged[3], 0);
		assert_false(verdict.refused & UF_CHECK_BIT(UF_CHECK_BOOT_MISSING));
		for (unsigned at = 0; at < recorder.checks; at++)
			assert_int_not_equal(recorder.check[at].id, UF_CHECK_BOOT_MISSING);
	}
}

/* What comes behind one that is not judged is judged. */
static void test_needs_in_the_middle(void **state)
{
	static const struct uf_check middle[] = {
		{UF_CHECK_MAP_GAP, 0, judge_0},
		{UF_CHECK_MAP_SIZE_SUSPECT, UF_CHECK_BIT(UF_CHECK_MAP_GAP), judge_1},
		{UF_CHECK_BOOT_MISSING, 0, judge_2},
	};
	struct script script = {{UF_CHECK_REFUSED, UF_CHECK_OK, UF_CHECK_REFUSED}, {0}};
	struct uf_verdict verdict = {0};

	(void)state;
	recorder_begin(&recorder);
	assert_int_equal(uf_check_all(middle, 3, &script, &verdict, &recorder.hooks),
			 UF_ERR_REFUSED);
	assert_int_equal(script.judged[1], 0);
	assert_int_equal(script.judged[2], 1);
	assert_true(verdict.refused ==
		    (UF_CHECK_BIT(UF_CHECK_MAP_GAP) | UF_CHECK_BIT(UF_CHECK_BOOT_MISSING)));
	assert_int_equal(recorder.checks, 2);
}

/* A refusal of an earlier table counts as well. */
static void test_needs_from_before(void **state)
{
	struct script script = {{0}, {0}};
	struct uf_verdict verdict = {0};

	(void)state;
	verdict.refused = UF_CHECK_BIT(UF_CHECK_MAP_GAP);
	verdict.first.code = UF_ERR_REFUSED;
	verdict.first.check = UF_CHECK_MAP_GAP;
	strcpy(verdict.first.what, "from before");
	recorder_begin(&recorder);
	assert_int_equal(uf_check_all(table + 2, 2, &script, &verdict, &recorder.hooks),
			 UF_ERR_REFUSED);
	assert_int_equal(script.judged[2], 1);
	assert_int_equal(script.judged[3], 0);
	/* what was first stays first */
	script.result[2] = UF_CHECK_REFUSED;
	assert_int_equal(uf_check_all(table + 2, 2, &script, &verdict, &recorder.hooks),
			 UF_ERR_REFUSED);
	assert_string_equal(verdict.first.what, "from before");
	assert_int_equal(verdict.first.check, UF_CHECK_MAP_GAP);
}

static void test_allow(void **state)
{
	struct script script = {{UF_CHECK_REFUSED}, {0}};
	struct uf_verdict verdict = {0};

	(void)state;
	verdict.allow = UF_CHECK_BIT(UF_CHECK_MAP_SIZE_SUSPECT);
	assert_int_equal(run(&script, &verdict), UF_OK);
	assert_true(verdict.refused == 0);
	assert_true(verdict.used == UF_CHECK_BIT(UF_CHECK_MAP_SIZE_SUSPECT));
	assert_int_equal(verdict.first.code, UF_OK);
	expect_event(0, UF_CHECK_MAP_SIZE_SUSPECT, UF_CHECK_ALLOWED, "finding 0");
	/* what needs it is judged: it was not refused */
	assert_int_equal(script.judged[3], 1);
}

/* What is allowed but all well is not used. */
static void test_allow_unused(void **state)
{
	struct script script = {{0}, {0}};
	struct uf_verdict verdict = {0};

	(void)state;
	verdict.allow = ~(uf_check_set)0;
	assert_int_equal(run(&script, &verdict), UF_OK);
	assert_true(verdict.used == 0);
	assert_true(verdict.allow == ~(uf_check_set)0);
	expect_event(0, UF_CHECK_MAP_SIZE_SUSPECT, UF_CHECK_OK, "");
}

/* Allowing one lets no other fail. */
static void test_allow_other(void **state)
{
	struct script script = {{UF_CHECK_REFUSED, 0, 0, UF_CHECK_REFUSED}, {0}};
	struct uf_verdict verdict = {0};

	(void)state;
	verdict.allow = UF_CHECK_BIT(UF_CHECK_MAP_SIZE_SUSPECT);
	assert_int_equal(run(&script, &verdict), UF_ERR_REFUSED);
	assert_true(verdict.refused == UF_CHECK_BIT(UF_CHECK_BOOT_MISSING));
	assert_int_equal(verdict.first.check, UF_CHECK_BOOT_MISSING);
	assert_string_equal(verdict.first.what, "finding 3");
}

/* Geometry and trust are refused whatever --allow says; everything else goes. */
static void test_allow_never(void **state)
{
	static const enum uf_check_id never[] = {
		UF_CHECK_USAGE,
		UF_CHECK_SIZE_TOO_BIG,
		UF_CHECK_MAP_GAP,
		UF_CHECK_MAP_OVERLAP,
		UF_CHECK_MAP_UNALIGNED,
		UF_CHECK_MAP_NOT_NOR,
		UF_CHECK_LOCK_HELD,
		UF_CHECK_TRUST_DIGEST,
		UF_CHECK_TRUST_SIGNATURE,
		UF_CHECK_EXPECT_MISMATCH,
		UF_CHECK_IMAGE_UNREADABLE,
		UF_CHECK_DEVICE_READONLY,
		UF_CHECK_DEVICE_PROTECTED,
		UF_CHECK_SELF_ON_FLASH,
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
		const struct uf_check one = {never[i], 0, judge_0};
		struct script script = {{UF_CHECK_REFUSED}, {0}};
		struct uf_verdict verdict = {0};
		struct uf_error err = {0};

		verdict.allow = ~(uf_check_set)0;
		recorder_begin(&recorder);
		assert_int_equal(uf_check_all(&one, 1, &script, &verdict, &recorder.hooks),
				 UF_ERR_REFUSED);
		assert_true(verdict.refused == UF_CHECK_BIT(never[i]));
		assert_true(verdict.used == 0);
		expect_event(0, never[i], UF_CHECK_REFUSED, "finding 0");

		memset(&verdict, 0, sizeof(verdict));
		verdict.allow = ~(uf_check_set)0;
		uf_refuse(&err, never[i], "found it");
		recorder_begin(&recorder);
		assert_int_equal(uf_check_refusal(&err, &verdict, &recorder.hooks), UF_ERR_REFUSED);
		assert_true(verdict.refused == UF_CHECK_BIT(never[i]));
		assert_true(verdict.used == 0);
		expect_event(0, never[i], UF_CHECK_REFUSED, "found it");
	}
}

static void test_allow_every_other(void **state)
{
	(void)state;
	for (int id = UF_CHECK_NONE + 1; id < UF_CHECK_COUNT; id++) {
		const struct uf_check one = {(enum uf_check_id)id, 0, judge_0};
		struct script script = {{UF_CHECK_REFUSED}, {0}};
		struct uf_verdict verdict = {0};
		int want = uf_check_can_allow((enum uf_check_id)id) ? UF_OK : UF_ERR_REFUSED;

		recorder_begin(&recorder);
		verdict.allow = UF_CHECK_BIT(id);
		assert_int_equal(uf_check_all(&one, 1, &script, &verdict, &recorder.hooks), want);
		assert_true(verdict.used == (want ? 0 : UF_CHECK_BIT(id)));
		assert_true(verdict.refused == (want ? UF_CHECK_BIT(id) : 0));
	}
}

static void test_refusal(void **state)
{
	struct uf_verdict verdict = {0};
	struct uf_error err = {0};

	(void)state;
	uf_refuse(&err, UF_CHECK_LOCK_HELD, "pid 7 holds it");
	uf_advise(&err, "wait");
	recorder_begin(&recorder);
	assert_int_equal(uf_check_refusal(&err, &verdict, &recorder.hooks), UF_ERR_REFUSED);
	assert_int_equal(recorder.checks, 1);
	expect_event(0, UF_CHECK_LOCK_HELD, UF_CHECK_REFUSED, "pid 7 holds it");
	assert_true(verdict.refused == UF_CHECK_BIT(UF_CHECK_LOCK_HELD));
	assert_int_equal(verdict.first.code, UF_ERR_REFUSED);
	assert_int_equal(verdict.first.check, UF_CHECK_LOCK_HELD);
	assert_string_equal(verdict.first.what, "pid 7 holds it");
	assert_string_equal(verdict.first.next, "wait");
	/* a second one does not take the first one's place */
	uf_refuse(&err, UF_CHECK_DEVICE_READONLY, "mtd0");
	assert_int_equal(uf_check_refusal(&err, &verdict, &recorder.hooks), UF_ERR_REFUSED);
	assert_int_equal(verdict.first.check, UF_CHECK_LOCK_HELD);
	assert_true(verdict.refused ==
		    (UF_CHECK_BIT(UF_CHECK_LOCK_HELD) | UF_CHECK_BIT(UF_CHECK_DEVICE_READONLY)));
}

static void test_refusal_allowed(void **state)
{
	struct uf_verdict verdict = {0};
	struct uf_error err = {0};

	(void)state;
	uf_refuse(&err, UF_CHECK_DEVICE_ALIAS, "the halves are equal");
	verdict.allow = UF_CHECK_BIT(UF_CHECK_DEVICE_ALIAS);
	recorder_begin(&recorder);
	assert_int_equal(uf_check_refusal(&err, &verdict, &recorder.hooks), UF_OK);
	expect_event(0, UF_CHECK_DEVICE_ALIAS, UF_CHECK_ALLOWED, "the halves are equal");
	assert_true(verdict.used == UF_CHECK_BIT(UF_CHECK_DEVICE_ALIAS));
	assert_true(verdict.refused == 0);
	assert_int_equal(verdict.first.code, UF_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_well),
		cmocka_unit_test(test_notice),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_needs),
		cmocka_unit_test(test_needs_in_the_middle),
		cmocka_unit_test(test_needs_from_before),
		cmocka_unit_test(test_allow),
		cmocka_unit_test(test_allow_unused),
		cmocka_unit_test(test_allow_other),
		cmocka_unit_test(test_allow_never),
		cmocka_unit_test(test_allow_every_other),
		cmocka_unit_test(test_refusal),
		cmocka_unit_test(test_refusal_allowed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
