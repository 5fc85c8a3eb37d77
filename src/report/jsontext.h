/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON put together in a text: members of objects and items of arrays. */
#ifndef REPORT_JSONTEXT_H
#define REPORT_JSONTEXT_H

#include "text.h"
#include "uniflash/report/inspected.h"
#include "uniflash/report/living.h"
#include "uniflash/util/hash.h"

/* Append a string, quoted and escaped; what is no UTF-8 becomes U+FFFD. */
void json_add_string(struct text *text, const char *string);

/* Append a comma where one is needed, and the key. */
void json_add_key(struct text *text, const char *key);

/* Append a member. Seconds are given in milliseconds. */
void json_key_string(struct text *text, const char *key, const char *string);
void json_key_number(struct text *text, const char *key, uint64_t number);
void json_key_bool(struct text *text, const char *key, bool value);
void json_key_seconds(struct text *text, const char *key, uint64_t ms);
void json_key_digest(struct text *text, const char *key, const struct uf_digest *digest);

/* Append a comma where an item comes before this one. */
void json_begin_item(struct text *text);

/* Append the members of an inspection. */
void json_add_inspected(struct text *text, const struct uf_inspected *inspected);

/* Append what becomes of the running system. */
void json_add_living(struct text *text, const struct uf_living *living);

#endif
