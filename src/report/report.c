/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/report/report.h"

#include "reporter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "uniflash/util/clock.h"

/* How long a slow reader is waited for at the end, where flash was written and where not. */
#define DRAIN_LIVE_MS 1000
#define DRAIN_MS      (3600 * 1000)

struct uf_reporter {
	struct sink out;
	struct sink err;
	struct sink file; /* of the log */
	bool live;
	bool has_json;
	bool has_log;
	struct pace pace;
	struct screen screen;
	struct human human;
	struct json json;
	struct log log;
};

static bool color_wanted(enum uf_color color, const struct sink *sink)
{
	const char *no_color = getenv("NO_COLOR");

	if (color != UF_COLOR_AUTO)
		return color == UF_COLOR_ALWAYS;
	return sink->draws && (!no_color || !no_color[0]);
}

static void begin_human(struct uf_reporter *reporter, const struct uf_request *request)
{
	struct human *human = &reporter->human;

	human->out = &reporter->out;
	human->err = &reporter->err;
	human->quiet = request->quiet;
	human->color_out = color_wanted(request->color, &reporter->out);
	human->color_err = color_wanted(request->color, &reporter->err);
	human->verbose = request->verbose;
	human->only_trouble = request->json;
	human->pace = &reporter->pace;
	if (request->map) {
		human->screen = &reporter->screen;
		human->screen->out = &reporter->out;
		human->screen->color = human->color_out;
		human->screen->utf8 = blockmap_utf8();
	}
	human->tell_equal = request->verb == UF_VERB_VERIFY || request->verbose;
}

static bool same_file(const char *a, const char *b)
{
	struct stat first, second;

	return b && stat(a, &first) == 0 && stat(b, &second) == 0 &&
	       first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

/* What is written there would spoil it: the image, a part, the dump. */
static bool is_of_the_run(const char *path, const struct uf_request *request)
{
	if (same_file(path, request->operand[0]) || same_file(path, request->device.path))
		return true;
	for (unsigned at = 0; at < request->parts; at++)
		if (same_file(path, request->part[at].value))
			return true;
	return false;
}

static int refuse_of_the_run(const char *option, const char *path, struct uf_error *err)
{
	return uf_fail(err, UF_ERR_USAGE, "%s %s is a file that the run itself is about", option,
		       path);
}

static int begin_log(struct uf_reporter *reporter, const struct uf_request *request,
		     struct uf_error *err)
{
	const char *path = request->log;
	int number;

	if (is_of_the_run(path, request))
		return refuse_of_the_run("--log", path, err);
	number = sink_begin_file(&reporter->file, path);

	if (number) {
		uf_fail_errno(err, UF_ERR_IO, number, "cannot open the log %s", path);
		uf_advise(err, "The log belongs on the SD card or in /tmp.");
		return UF_ERR_IO;
	}
	reporter->has_log = true;
	reporter->log.out = &reporter->file;
	reporter->log.row = -1;
	return UF_OK;
}

/* A backup that goes there leaves no room for words. */
static bool stdout_is_taken(const struct uf_request *request)
{
	return request->verb == UF_VERB_BACKUP && request->operand[0] &&
	       strcmp(request->operand[0], "-") == 0;
}

int uf_report_begin(const struct uf_request *request, struct uf_reporter **reporter,
		    struct uf_error *err)
{
	struct uf_reporter *made = calloc(1, sizeof(*made));
	int ret = UF_OK;

	if (!made)
		return uf_fail(err, UF_ERR_MEMORY, "no memory for the reports");
	sink_begin(&made->out, stdout_is_taken(request) ? STDERR_FILENO : STDOUT_FILENO);
	sink_begin(&made->err, STDERR_FILENO);
	begin_human(made, request);
	made->has_json = request->json;
	made->json.out = &made->out;
	made->json.verbose = request->verbose;
	made->json.pace = &made->pace;
	made->json.began_ms = made->log.began_ms = uf_clock_ms();
	if (request->log)
		ret = begin_log(made, request, err);
	if (!ret && request->svg && is_of_the_run(request->svg, request))
		ret = refuse_of_the_run("--svg", request->svg, err);
	*reporter = made;
	return ret;
}

/* A log that is lost is told once, and the flash goes on. */
static void tell_lost_log(struct uf_reporter *reporter)
{
	struct uf_event event = {.kind = UF_EVENT_NOTE};
	char note[160];
	struct text text;

	if (!reporter->has_log || !reporter->file.dead || reporter->log.told_dead)
		return;
	reporter->log.told_dead = true;
	text_begin(&text, note, sizeof(note));
	text_add(&text, "the log cannot be written any more (%s); going on without it",
		 strerror(reporter->file.dead_errno));
	event.note.level = UF_NOTE_WARNING;
	event.note.text = note;
	human_event(&reporter->human, &event);
	if (reporter->has_json)
		json_event(&reporter->json, &event);
}

void uf_report_event(struct uf_reporter *reporter, const struct uf_event *event)
{
	pace_event(&reporter->pace, event, uf_clock_ms());
	if (reporter->has_log)
		log_event(&reporter->log, event);
	tell_lost_log(reporter);
	human_event(&reporter->human, event);
	if (reporter->has_json)
		json_event(&reporter->json, event);
}

void uf_report_set_live(struct uf_reporter *reporter)
{
	uint64_t now_ms = uf_clock_ms();

	reporter->live = true;
	pace_begin(&reporter->pace, now_ms);
	human_live(&reporter->human, now_ms);
	sink_set_live(&reporter->out);
	sink_set_live(&reporter->err);
	sink_set_live(&reporter->file);
}

bool uf_report_end(struct uf_reporter *reporter)
{
	unsigned patience_ms;
	bool good;

	if (!reporter)
		return true;
	patience_ms = reporter->live ? DRAIN_LIVE_MS : DRAIN_MS;
	sink_drain(&reporter->out, patience_ms);
	sink_drain(&reporter->err, patience_ms);
	good = !reporter->out.dead || reporter->out.dead_errno == EPIPE;
	sink_end(&reporter->out);
	sink_end(&reporter->err);
	if (reporter->has_log)
		sink_end(&reporter->file);
	blockmap_free(&reporter->screen.map);
	free(reporter);
	return good;
}
