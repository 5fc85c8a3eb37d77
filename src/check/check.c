/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/check/check.h"

#include <stdio.h>

static enum uf_check_result enter(enum uf_check_result result, const struct uf_error *finding,
				  struct uf_verdict *verdict)
{
	uf_check_set bit = UF_CHECK_BIT(finding->check);

	if (result != UF_CHECK_REFUSED)
		return result;
	if (verdict->allow & bit && uf_check_can_allow(finding->check)) {
		verdict->used |= bit;
		return UF_CHECK_ALLOWED;
	}
	verdict->refused |= bit;
	if (verdict->first.code == UF_OK)
		verdict->first = *finding;
	return UF_CHECK_REFUSED;
}

static void tell(enum uf_check_result result, const struct uf_error *finding,
		 const struct uf_hooks *hooks)
{
	struct uf_event event = {.kind = UF_EVENT_CHECK};

	event.check.id = finding->check;
	event.check.result = result;
	event.check.detail = finding->what;
	event.check.next = finding->next;
	uf_emit(hooks, &event);
}

int uf_check_all(const struct uf_check *table, unsigned count, const void *facts,
		 struct uf_verdict *verdict, const struct uf_hooks *hooks)
{
	for (unsigned at = 0; at < count; at++) {
		struct uf_error finding = {.code = UF_ERR_REFUSED, .check = table[at].id};
		enum uf_check_result result;

		if (table[at].needs & verdict->refused)
			continue;
		result = table[at].judge(facts, &finding);
		finding.code = UF_ERR_REFUSED;
		finding.check = table[at].id;
		tell(enter(result, &finding, verdict), &finding, hooks);
	}
	return verdict->refused ? UF_ERR_REFUSED : UF_OK;
}

int uf_check_refusal(const struct uf_error *err, struct uf_verdict *verdict,
		     const struct uf_hooks *hooks)
{
	enum uf_check_result result = enter(UF_CHECK_REFUSED, err, verdict);

	tell(result, err, hooks);
	return result == UF_CHECK_REFUSED ? UF_ERR_REFUSED : UF_OK;
}
