/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reporters: events made into text for people, JSON lines for programs, and a log. Nothing else
 * in uniflash prints. A reporter that fails never stops a flash. Touches no flash.
 */
#ifndef UNIFLASH_REPORT_REPORT_H
#define UNIFLASH_REPORT_REPORT_H

#include "uniflash/cli/request.h"
#include "uniflash/util/event.h"

struct uf_reporter;

/*
 * Begin to report as request asks (its json, quiet, verbose, color and log), on standard output
 * and standard error. UF_ERR_MEMORY, UF_ERR_IO where the log cannot be opened.
 */
int uf_report_begin(const struct uf_request *request, struct uf_reporter **reporter,
		    struct uf_error *err);

/* Report an event. */
void uf_report_event(struct uf_reporter *reporter, const struct uf_event *event);

/* From now on nothing may wait for a reader: the first erase is near. */
void uf_report_set_live(struct uf_reporter *reporter);

/*
 * Give the readers time to take what still waits, and end: a moment where flash was about to be
 * written (longer if they do take it, but slowly), else until they have it or somebody asks to
 * stop. Returns false where standard output could not be written (a full disk; a reader that went
 * away does not count). NULL is fine.
 */
bool uf_report_end(struct uf_reporter *reporter);

#endif
