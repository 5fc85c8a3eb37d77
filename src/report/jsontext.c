/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "jsontext.h"

#include <inttypes.h>

/* One UTF-8 sequence at `at`, or 0 where there is none: names come from kernels and from files. */
static size_t utf8_len(const unsigned char *at)
{
	size_t len = at[0] < 0x80 ? 1 : at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;

	if (at[0] >= 0xf5 || (at[0] >= 0x80 && at[0] < 0xc2))
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	/* Overlong forms, surrogates and what is above the last code point. */
	if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] > 0x9f) ||
	    (at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] > 0x8f))
		return 0;
	return len;
}

void json_add_string(struct text *text, const char *string)
{
	const unsigned char *at = (const unsigned char *)string;

	text_add(text, "\"");
	while (*at) {
		size_t len = utf8_len(at);

		if (*at == '"' || *at == '\\')
			text_add(text, "\\%c", *at);
		else if (*at < 0x20 || *at == 0x7f)
			text_add(text, "\\u%04x", *at);
		else if (len)
			text_add(text, "%.*s", (int)len, (const char *)at);
		else
			text_add(text, "\\ufffd");
		at += len ? len : 1;
	}
	text_add(text, "\"");
}

void json_add_key(struct text *text, const char *key)
{
	if (text->at[text->len - 1] != '{' && text->at[text->len - 1] != '[')
		text_add(text, ",");
	text_add(text, "\"%s\":", key);
}

void json_key_string(struct text *text, const char *key, const char *string)
{
	json_add_key(text, key);
	json_add_string(text, string);
}

void json_key_number(struct text *text, const char *key, uint64_t number)
{
	json_add_key(text, key);
	text_add(text, "%" PRIu64, number);
}

void json_key_bool(struct text *text, const char *key, bool value)
{
	json_add_key(text, key);
	text_add(text, "%s", value ? "true" : "false");
}

void json_key_seconds(struct text *text, const char *key, uint64_t ms)
{
	json_add_key(text, key);
	text_add(text, "%" PRIu64 ".%03u", ms / 1000, (unsigned)(ms % 1000));
}

void json_key_digest(struct text *text, const char *key, const struct uf_digest *digest)
{
	char hex[UF_DIGEST_TEXT];

	json_key_string(text, key, uf_digest_format(hex, digest));
}

void json_begin_item(struct text *text)
{
	if (text->at[text->len - 1] != '[')
		text_add(text, ",");
}
