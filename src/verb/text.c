/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verbs that only print a text: layouts, help, version. */
#include "verb.h"

#include <inttypes.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "version.h"

#define TEXT_MAX 8192

static void tell_text(struct run *run, const char *text)
{
	struct uf_event event = {.kind = UF_EVENT_TEXT};

	event.text = text;
	uf_emit(&run->hooks, &event);
}

static int list_layouts(struct run *run)
{
	char text[TEXT_MAX];
	size_t len = 0;

	for (unsigned at = 0; at < uf_layout_count(); at++) {
		struct uf_layout layout;
		int ret = uf_layout_by_name(uf_layout_name(at), &layout, &run->error);

		if (ret)
			return ret;
		if (len < sizeof(text))
			len += (size_t)snprintf(text + len, sizeof(text) - len,
						"%-10s  %-4s  %2u partitions  %s\n%18s%s\n",
						layout.name, layout.soc, layout.table.count,
						layout.title, "", layout.devices);
	}
	tell_text(run, text);
	return UF_OK;
}

/* Without comments: flashrom knows none. */
static void tell_plain(struct run *run, const struct uf_layout *layout)
{
	char text[TEXT_MAX];
	size_t len = 0;

	for (unsigned at = 0; at < layout->table.count && len < sizeof(text); at++) {
		const struct uf_partition *part = &layout->table.part[at];

		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"%08" PRIx64 ":%08" PRIx64 " %s\n", part->range.off,
					uf_range_end(part->range) - 1, part->name);
	}
	tell_text(run, text);
}

int verb_layouts(struct run *run)
{
	const char *name = run->request->operand[0];
	struct uf_layout layout;
	int ret;

	if (!name)
		return list_layouts(run);
	ret = uf_layout_by_name(name, &layout, &run->error);
	if (!ret && run->request->quiet)
		tell_plain(run, &layout);
	else if (!ret)
		tell_text(run, uf_layout_text(name));
	return ret;
}

int verb_help(struct run *run)
{
	char text[TEXT_MAX];

	tell_text(run, uf_help_text(text, sizeof(text)));
	return UF_OK;
}

int verb_version(struct run *run)
{
	char text[1024];

	snprintf(text, sizeof(text), "uniflash %s\n", UNIFLASH_VERSION);
	tell_text(run, text);
	if (!run->request->verbose)
		return UF_OK;
	snprintf(text, sizeof(text), "%s\nzlib %s\n%s%s", OpenSSL_version(OPENSSL_VERSION),
		 zlibVersion(), UNIFLASH_COMPONENTS, UNIFLASH_COMPONENTS[0] ? "\n" : "");
	tell_text(run, text);
	return UF_OK;
}
