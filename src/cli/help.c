/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stdio.h>

#include "options.h"

struct page {
	char *text;
	unsigned size;
	unsigned len;
};

static void add(struct page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct page *page, const char *format, ...)
{
	va_list args;
	int len;

	if (page->len + 1 >= page->size)
		return;
	va_start(args, format);
	len = vsnprintf(page->text + page->len, page->size - page->len, format, args);
	va_end(args);
	page->len += len < 0 ? 0 : (unsigned)len;
}

static void add_verbs(struct page *page)
{
	add(page, "Verbs (IMAGE alone means flash IMAGE):\n");
	for (int verb = 0; verb < UF_VERB_COUNT; verb++) {
		const struct verb_row *row = &verb_rows[verb];
		char form[40];

		if (!row->help)
			continue;
		snprintf(form, sizeof(form), "%s %s", row->name, row->operands);
		add(page, "  %-18s %s\n", form, row->help);
	}
}

static void add_options(struct page *page)
{
	add(page, "\nOptions:\n");
	for (unsigned at = 0; at < option_row_count; at++) {
		const struct option_row *row = &option_rows[at];
		bool optional = row->argument && row->argument[0] == '[';
		char form[64];

		snprintf(form, sizeof(form), "%c%c%s--%s%s%s", row->letter ? '-' : ' ',
			 row->letter ? row->letter : ' ', row->letter ? ", " : "  ", row->name,
			 row->argument && !optional ? " " : "", row->argument ? row->argument : "");
		add(page, "  %s\n        %s\n", form, row->help);
	}
}

const char *uf_help_text(char *out, unsigned size)
{
	struct page page;

	page.text = out;
	page.size = size;
	page.len = 0;
	if (size)
		out[0] = '\0';
	add(&page, "Usage: uniflash [OPTIONS] IMAGE\n"
		   "       uniflash VERB [OPTIONS] [ARGUMENTS]\n"
		   "\n"
		   "Write a whole firmware image over the partitions of an IP camera's flash,\n"
		   "changing only what differs and verifying everything that was written.\n"
		   "\n");
	add_verbs(&page);
	add_options(&page);
	add(&page,
	    "\nExit status: 0 done, 1 failed and the flash is as it was, 2 usage, 3 refused\n"
	    "by a check, 4 failed and the flash is incomplete, 5 verify: it differs,\n"
	    "6 stopped and the flash is incomplete.\n");
	return page.text;
}
