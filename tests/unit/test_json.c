/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * JSON lines: each event's line is parsed by the strict reader below, and its fields compared with
 * what the event said.
 */
#include "support.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "report/reporter.h"
#include "uniflash/layout/layout.h"
#include "uniflash/util/clock.h"

enum kind {
	KIND_NULL,
	KIND_FALSE,
	KIND_TRUE,
	KIND_NUMBER,
	KIND_STRING,
	KIND_ARRAY,
	KIND_OBJECT
};

/* A JSON value. Members of arrays and objects are a list. */
struct value {
	enum kind kind;
	char *key;  /* in an object */
	char *text; /* of a string, or a number as it stands */
	struct value *first;
	struct value *next;
};

/* The text that is being read. */
struct reader {
	const char *line;
	const char *at;
	const char *end;
};

static void not_json(const struct reader *reader, const char *why)
{
	size_t rest = (size_t)(reader->end - reader->at);

	fail_msg("no JSON at %zu: %s: %.*s", (size_t)(reader->at - reader->line), why,
		 (int)(rest > 60 ? 60 : rest), reader->at);
}

static int peek(const struct reader *reader)
{
	return reader->at < reader->end ? (unsigned char)*reader->at : -1;
}

static void expect_char(struct reader *reader, char wanted)
{
	if (peek(reader) != (unsigned char)wanted)
		not_json(reader, "another character is expected");
	reader->at++;
}

static unsigned read_hex4(struct reader *reader)
{
	unsigned value = 0;

	for (unsigned digit = 0; digit < 4; digit++, reader->at++) {
		int c = peek(reader);

		if (c < 0 || !isxdigit(c))
			not_json(reader, "no hexadecimal digit");
		value = value * 16 + (unsigned)(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
	}
	return value;
}

static size_t put_utf8(char *out, unsigned code)
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xc0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	out[0] = (char)(0xe0 | code >> 12);
	out[1] = (char)(0x80 | (code >> 6 & 0x3f));
	out[2] = (char)(0x80 | (code & 0x3f));
	return 3;
}

/* Read what follows a backslash; returns the bytes put into out. */
static size_t read_escape(struct reader *reader, char *out)
{
	static const char from[] = "\"\\/bfnrt";
	static const char to[] = "\"\\/\b\f\n\r\t";
	int c = peek(reader);
	const char *found = c > 0 ? strchr(from, c) : NULL;
	unsigned code;

	reader->at++;
	if (found) {
		*out = to[found - from];
		return 1;
	}
	if (c != 'u')
		not_json(reader, "no escape");
	code = read_hex4(reader);
	if (code >= 0xd800 && code <= 0xdfff)
		not_json(reader, "surrogates are not needed by anything here");
	return put_utf8(out, code);
}

/* The length of the UTF-8 character at p, 0 where there is none. */
static size_t utf8_length(const unsigned char *p, size_t left)
{
	unsigned code;
	size_t len;

	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	len = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (len > left)
		return 0;
	code = p[0] & (0x7fU >> len);
	for (size_t at = 1; at < len; at++) {
		if ((p[at] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (p[at] & 0x3f);
	}
	if ((len == 3 && code < 0x800) || (len == 4 && (code < 0x10000 || code > 0x10ffff)) ||
	    (code >= 0xd800 && code <= 0xdfff))
		return 0;
	return len;
}

static char *read_string(struct reader *reader)
{
	char *text = malloc((size_t)(reader->end - reader->at) + 8);
	size_t len = 0;

	assert_non_null(text);
	expect_char(reader, '"');
	while (peek(reader) != '"') {
		size_t left = (size_t)(reader->end - reader->at);
		size_t chars = left ? utf8_length((const unsigned char *)reader->at, left) : 0;

		if (chars == 0)
			not_json(reader, left ? "no UTF-8" : "the string does not end");
		if (peek(reader) < 0x20)
			not_json(reader, "a control character");
		if (peek(reader) == '\\') {
			reader->at++;
			len += read_escape(reader, text + len);
			continue;
		}
		memcpy(text + len, reader->at, chars);
		len += chars;
		reader->at += chars;
	}
	reader->at++;
	text[len] = '\0';
	return text;
}

static void read_digits(struct reader *reader)
{
	if (peek(reader) < 0 || !isdigit(peek(reader)))
		not_json(reader, "no digit");
	while (peek(reader) >= 0 && isdigit(peek(reader)))
		reader->at++;
}

static char *read_number(struct reader *reader)
{
	const char *begin = reader->at;

	if (peek(reader) == '-')
		reader->at++;
	if (peek(reader) == '0')
		reader->at++;
	else
		read_digits(reader);
	if (peek(reader) == '.') {
		reader->at++;
		read_digits(reader);
	}
	if (peek(reader) == 'e' || peek(reader) == 'E') {
		reader->at++;
		if (peek(reader) == '+' || peek(reader) == '-')
			reader->at++;
		read_digits(reader);
	}
	return strndup(begin, (size_t)(reader->at - begin));
}

static struct value *read_value(struct reader *reader);

static struct value *read_member(struct reader *reader, const struct value *object)
{
	struct value *member;
	char *key = NULL;

	if (object->kind == KIND_OBJECT) {
		key = read_string(reader);
		for (const struct value *other = object->first; other; other = other->next)
			if (strcmp(other->key, key) == 0)
				not_json(reader, "a key stands twice");
		expect_char(reader, ':');
	}
	member = read_value(reader);
	member->key = key;
	return member;
}

static void read_members(struct reader *reader, struct value *value, char end)
{
	struct value **last = &value->first;

	reader->at++;
	while (peek(reader) != end) {
		if (value->first)
			expect_char(reader, ',');
		*last = read_member(reader, value);
		last = &(*last)->next;
	}
	reader->at++;
}

static bool read_word(struct reader *reader, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(reader->end - reader->at) < len || memcmp(reader->at, word, len) != 0)
		return false;
	reader->at += len;
	return true;
}

static struct value *read_value(struct reader *reader)
{
	struct value *value = calloc(1, sizeof(*value));

	assert_non_null(value);
	if (peek(reader) == '{') {
		value->kind = KIND_OBJECT;
		read_members(reader, value, '}');
	} else if (peek(reader) == '[') {
		value->kind = KIND_ARRAY;
		read_members(reader, value, ']');
	} else if (peek(reader) == '"') {
		value->kind = KIND_STRING;
		value->text = read_string(reader);
	} else if (read_word(reader, "true")) {
		value->kind = KIND_TRUE;
	} else if (read_word(reader, "false")) {
		value->kind = KIND_FALSE;
	} else if (read_word(reader, "null")) {
		value->kind = KIND_NULL;
	} else {
		value->kind = KIND_NUMBER;
		value->text = read_number(reader);
	}
	return value;
}

static void free_value(struct value *value)
{
	while (value) {
		struct value *next = value->next;

		free_value(value->first);
		free(value->key);
		free(value->text);
		free(value);
		value = next;
	}
}

/* What JSON came to, and where it went. */
struct output {
	struct json json;
	struct sink sink;
	int fd;
	char *text;
	size_t len;
	size_t read; /* lines before it were looked at */
	struct value *line;
};

static void output_begin(struct output *output, int verbose)
{
	memset(output, 0, sizeof(*output));
	output->fd = memfd_create("json", 0);
	assert_true(output->fd >= 0);
	sink_begin(&output->sink, output->fd);
	output->json.out = &output->sink;
	output->json.verbose = verbose;
	output->json.began_ms = uf_clock_ms();
}

static void output_end(struct output *output)
{
	free_value(output->line);
	free(output->text);
	sink_end(&output->sink);
	close(output->fd);
}

/* Read what has come since; returns how many bytes. */
static size_t refresh(struct output *output)
{
	off_t size = lseek(output->fd, 0, SEEK_END);

	free(output->text);
	output->text = malloc((size_t)size + 1);
	assert_non_null(output->text);
	assert_int_equal(pread(output->fd, output->text, (size_t)size, 0), size);
	output->text[size] = '\0';
	output->len = (size_t)size;
	return output->len - output->read;
}

/* Take the next line, which must be an object of this event and version 1. */
static struct value *next_line(struct output *output, const char *event);

/* The member of this name, or NULL. */
static struct value *find(const struct value *object, const char *key)
{
	for (struct value *member = object->first; member; member = member->next)
		if (strcmp(member->key, key) == 0)
			return member;
	return NULL;
}

static const struct value *get(const struct value *object, const char *key)
{
	const struct value *member = find(object, key);

	if (!member)
		fail_msg("there is no \"%s\"", key);
	return member;
}

static void expect_text(const struct value *object, const char *key, const char *text)
{
	const struct value *member = get(object, key);

	assert_int_equal(member->kind, KIND_STRING);
	assert_string_equal(member->text, text);
}

static void expect_number(const struct value *object, const char *key, uint64_t number)
{
	const struct value *member = get(object, key);
	char text[32];

	assert_int_equal(member->kind, KIND_NUMBER);
	snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
	assert_string_equal(member->text, text);
}

static void expect_bool(const struct value *object, const char *key, bool truth)
{
	assert_int_equal(get(object, key)->kind, truth ? KIND_TRUE : KIND_FALSE);
}

static void expect_absent(const struct value *object, const char *key)
{
	if (find(object, key))
		fail_msg("there is a \"%s\"", key);
}

/* Check a time in seconds, give and take. */
static void expect_seconds(const struct value *object, const char *key, double least, double most)
{
	const struct value *member = get(object, key);
	double seconds = atof(member->text);

	assert_int_equal(member->kind, KIND_NUMBER);
	assert_true(seconds >= least && seconds <= most);
}

static unsigned count_members(const struct value *list)
{
	unsigned count = 0;

	for (const struct value *member = list->first; member; member = member->next)
		count++;
	return count;
}

static struct value *next_line(struct output *output, const char *event)
{
	struct reader reader;
	const char *end;

	if (refresh(output) == 0)
		fail_msg("no line of %s came", event);
	reader.line = reader.at = output->text + output->read;
	end = memchr(reader.at, '\n', output->len - output->read);
	if (!end)
		fail_msg("the line does not end: %s", reader.at);
	reader.end = end;
	output->read = (size_t)(end + 1 - output->text);
	free_value(output->line);
	output->line = NULL;
	output->line = read_value(&reader);
	if (reader.at != reader.end)
		not_json(&reader, "something follows");
	assert_int_equal(output->line->kind, KIND_OBJECT);
	expect_text(output->line, "event", event);
	expect_number(output->line, "version", 1);
	return output->line;
}

/* Check that no line is left. */
static void expect_no_more(struct output *output)
{
	assert_int_equal(refresh(output), 0);
}

static void a_check(void **state)
{
	static const char *const results[] = {"ok", "notice", "refused", "allowed"};
	struct uf_event event = {.kind = UF_EVENT_CHECK};
	struct output output;
	struct value *line;

	(void)state;
	output_begin(&output, 0);
	for (unsigned result = 0; result < 4; result++) {
		event.check.id = UF_CHECK_SIZE_TOO_BIG;
		event.check.result = (enum uf_check_result)result;
		event.check.detail = "the image is too big";
		event.check.next = "";
		json_event(&output.json, &event);
		line = next_line(&output, "check");
		expect_text(line, "id", "size.too-big");
		expect_text(line, "result", results[result]);
		expect_text(line, "detail", "the image is too big");
	}
	expect_no_more(&output);
	output_end(&output);
}

/* Texts with everything that JSON must not have as it is. */
static void texts_that_need_escapes(void **state)
{
	static const struct {
		const char *text;
		const char *told; /* NULL: whatever, as long as it is JSON */
	} cases[] = {
		{"plain", "plain"},
		{"\"quoted\" and \\ back", "\"quoted\" and \\ back"},
		{"a/b", "a/b"},
		{"line\nline\r\n\ttab", "line\nline\r\n\ttab"},
		{"bell\a back\b feed\f \x01\x1f\x7f", "bell\a back\b feed\f \x01\x1f\x7f"},
		{"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x93\xb7",
		 "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x93\xb7"},
		{"bad \xff\xfe bytes", NULL},
		{"cut \xe2\x82", NULL},
		{"overlong \xc0\xaf \xe0\x80\xaf", NULL},
		{"surrogate \xed\xa0\x80", NULL},
		{"too large \xf4\x90\x80\x80 \xf5\x80\x80\x80", NULL},
		{"continued \x80\xbf", NULL},
		{"\xc3", NULL},
	};
	struct uf_event event = {.kind = UF_EVENT_CHECK};
	struct output output;

	(void)state;
	output_begin(&output, 0);
	for (size_t at = 0; at < sizeof(cases) / sizeof(cases[0]); at++) {
		const struct value *line;

		event.check = (struct uf_check_event){UF_CHECK_IMAGE_KIND, UF_CHECK_REFUSED,
						      cases[at].text, cases[at].text};
		json_event(&output.json, &event);
		line = next_line(&output, "check");
		if (cases[at].told)
			expect_text(line, "detail", cases[at].told);
		else
			assert_int_equal(get(line, "detail")->kind, KIND_STRING);
		expect_no_more(&output);
	}
	output_end(&output);
}

/* Random bytes never make anything but one line of JSON. */
static void texts_of_random_bytes(void **state)
{
	struct uf_event event = {.kind = UF_EVENT_CHECK};
	uint64_t random = 1;
	struct output output;

	(void)state;
	output_begin(&output, 0);
	for (unsigned turn = 0; turn < 500; turn++) {
		char text[64];
		size_t len = uf_random(&random) % (sizeof(text) - 1);

		fill_random(text, len, turn + 1);
		text[len] = '\0';
		event.check =
			(struct uf_check_event){UF_CHECK_IMAGE_KIND, UF_CHECK_NOTICE, text, text};
		json_event(&output.json, &event);
		next_line(&output, "check");
		expect_no_more(&output);
	}
	output_end(&output);
}

/* Make a small plan in which the root's third block, all of driver and nothing else differs. */
static void make_plan(struct rig *rig)
{
	rig_begin_small(rig, NULL);
	fill_random(rig->bytes, SMALL_SIZE, 1);
	memset(rig->bytes + 15 * SMALL_BLOCK, 0xff, SMALL_PAGE);
	rig_set_old(rig, rig->bytes);
	rig_cells(rig)[10 * SMALL_BLOCK] ^= 1;
	rig_cells(rig)[15 * SMALL_BLOCK] ^= 1;
	rig_cells(rig)[16 * SMALL_BLOCK] ^= 1;
	rig->policy.keep[8] = true;
	rig_prepare(rig);
}

static void a_plan(void **state)
{
	struct uf_event event = {.kind = UF_EVENT_PLAN};
	const struct value *part;
	const struct value *line;
	char digest[UF_DIGEST_TEXT];
	struct output output;
	unsigned index = 0;
	struct rig rig;

	(void)state;
	output_begin(&output, 0);
	make_plan(&rig);
	rig.plan.layout = "dafang";
	rig.plan.image_layout = "openmiko";
	rig.plan.provisional = true;
	event.plan = &rig.plan;
	json_event(&output.json, &event);
	line = next_line(&output, "plan");
	expect_no_more(&output);
	expect_number(line, "flash_size", SMALL_SIZE);
	expect_number(line, "erase_size", SMALL_BLOCK);
	expect_number(line, "page_size", SMALL_PAGE);
	expect_number(line, "image_size", SMALL_SIZE);
	expect_text(line, "image_sha256", uf_digest_format(digest, &rig.target.image_digest));
	expect_text(line, "layout", "dafang");
	expect_text(line, "image_layout", "openmiko");
	expect_number(line, "erase_blocks", 3);
	expect_number(line, "program_pages", 16 + 15 + 16);
	expect_bool(line, "provisional", true);
	/* Three blocks of 45 ms and 47 pages of 0.54 ms: 0.16 s, and the reading. */
	expect_seconds(line, "estimated_seconds", 0.16, 0.18);
	assert_int_equal(count_members(get(line, "partitions")), SMALL_PIECES);
	for (part = get(line, "partitions")->first; part; part = part->next, index++) {
		const struct uf_plan_row *row = &rig.plan.row[index];

		expect_number(part, "index", index);
		expect_text(part, "name", small_piece[index].name);
		expect_number(part, "offset", rig.table.part[index].range.off);
		expect_number(part, "size", small_piece[index].size);
		expect_text(part, "action", uf_action_name(row->action));
		expect_number(part, "blocks", row->blocks);
		expect_number(part, "erase_blocks", row->erase_blocks);
		expect_number(part, "program_pages", row->program_pages);
		assert_int_equal(count_members(get(part, "mtd")), 1);
		assert_int_equal(strtoul(get(part, "mtd")->first->text, NULL, 10), index);
	}
	assert_int_equal(count_members(get(line, "order")), 2);
	assert_string_equal(get(line, "order")->first->text, "root");
	assert_string_equal(get(line, "order")->first->next->text, "driver");
	rig_end(&rig);
	output_end(&output);
}

/* What is not known is absent. */
static void a_plan_without_layouts(void **state)
{
	struct uf_event event = {.kind = UF_EVENT_PLAN};
	const struct value *line;
	struct output output;
	struct rig rig;

	(void)state;
	output_begin(&output, 0);
	make_plan(&rig);
	event.plan = &rig.plan;
	json_event(&output.json, &event);
	line = next_line(&output, "plan");
	expect_absent(line, "layout");
	expect_absent(line, "image_layout");
	expect_bool(line, "provisional", false);
	rig_end(&rig);
	output_end(&output);
}

/* Rows that lie on several of the kernel's partitions name them by their mtd numbers. */
static void a_plan_with_names_of_another_layout(void **state)
{
	static const struct piece piece[] = {
		{"first", 10 * SMALL_BLOCK},
		{"second", 22 * SMALL_BLOCK},
	};
	struct uf_event event = {.kind = UF_EVENT_PLAN};
	const struct value *part;
	const struct value *line;
	struct output output;
	unsigned number = 1;
	struct rig rig;

	(void)state;
	output_begin(&output, 0);
	rig_begin_small(&rig, NULL);
	for (unsigned at = 0; at < SMALL_PIECES; at++)
		rig.map.table.part[at].number = at + 1;
	make_table(&rig.table, piece, 2);
	rig_prepare(&rig);
	event.plan = &rig.plan;
	json_event(&output.json, &event);
	line = next_line(&output, "plan");
	part = get(line, "partitions")->first;
	assert_int_equal(count_members(get(part, "mtd")), 3);
	for (const struct value *mtd = get(part, "mtd")->first; mtd; mtd = mtd->next)
		assert_int_equal(strtoul(mtd->text, NULL, 10), number++);
	assert_int_equal(count_members(get(part->next, "mtd")), 9);
	assert_int_equal(strtoul(get(part->next, "mtd")->first->text, NULL, 10), 3);
	rig_end(&rig);
	output_end(&output);
}

/* Make a plan of as many partitions as there can be, their names as long as they can be. */
static void make_largest_plan(struct rig *rig, char fill)
{
	const struct uf_geometry geometry = {UF_PARTITIONS_MAX * 4096, 4096, 256};
	struct piece piece[UF_PARTITIONS_MAX];
	char name[UF_PARTITIONS_MAX][UF_NAME_MAX + 1];
	struct uf_table table;

	for (unsigned at = 0; at < UF_PARTITIONS_MAX; at++) {
		memset(name[at], fill, UF_NAME_MAX);
		name[at][0] = (char)('0' + at / 10);
		name[at][1] = (char)('0' + at % 10);
		name[at][UF_NAME_MAX] = '\0';
		piece[at] = (struct piece){name[at], 4096};
	}
	make_table(&table, piece, UF_PARTITIONS_MAX);
	rig_begin(rig, &geometry, &table, NULL);
	fill_random(rig->bytes, geometry.size, 1);
	rig_prepare(rig);
}

/* Tell the largest plan, its names filled with one character: one whole line comes. */
static void tell_largest_plan(char fill, bool whole)
{
	struct uf_event event = {.kind = UF_EVENT_PLAN};
	const struct value *line;
	struct output output;
	struct rig rig;

	output_begin(&output, 0);
	make_largest_plan(&rig, fill);
	event.plan = &rig.plan;
	json_event(&output.json, &event);
	line = next_line(&output, "plan");
	expect_no_more(&output);
	if (whole) {
		assert_int_equal(count_members(get(line, "partitions")), 64);
		assert_int_equal(count_members(get(line, "order")), 64);
	}
	rig_end(&rig);
	output_end(&output);
}

static void the_largest_plan(void **state)
{
	(void)state;
	tell_largest_plan('n', true);
	tell_largest_plan('"', true);
}

/* What does not fit is no reason for a line that is no JSON. */
static void the_largest_plan_with_names_of_escapes(void **state)
{
	(void)state;
	tell_largest_plan('\xff', false);
	tell_largest_plan('\x01', false);
}

static void progress(void **state)
{
	struct uf_event event = {.kind = UF_EVENT_PROGRESS};
	struct output output;
	struct value *line;
	struct rig rig;

	(void)state;
	output_begin(&output, 0);
	make_plan(&rig);
	event.plan = &rig.plan;
	event.progress = (struct uf_progress_event){
		.phase = UF_PHASE_WRITE,
		.row = 2,
		.done = 4096,
		.total = 12288,
		.row_done = 1,
		.row_total = 1,
	};
	json_event(&output.json, &event);
	line = next_line(&output, "progress");
	expect_text(line, "phase", "write");
	expect_text(line, "partition", "root");
	expect_number(line, "done", 4096);
	expect_number(line, "total", 12288);
	expect_seconds(line, "seconds", 0, 60);
	rig_end(&rig);
	output_end(&output);
}

/* Phases that are not of a row, before there is a plan. */
static void progress_without_a_plan(void **state)
{
	static const char *const names[] = {
		[UF_PHASE_SURVEY] = "survey",
		[UF_PHASE_BACKUP] = "backup",
		[UF_PHASE_WRITE] = "write",
		[UF_PHASE_VERIFY] = "verify",
	};
	struct output output;

	(void)state;
	for (unsigned phase = UF_PHASE_SURVEY; phase < UF_PHASE_COUNT; phase++) {
		struct uf_event event = {.kind = UF_EVENT_PROGRESS};
		const struct value *line;

		output_begin(&output, 0);
		event.progress = (struct uf_progress_event){
			.phase = (enum uf_phase)phase, .row = -1, .done = 100, .total = 100};
		json_event(&output.json, &event);
		line = next_line(&output, "progress");
		expect_text(line, "phase", names[phase]);
		expect_absent(line, "partition");
		output_end(&output);
	}
}

/* Not every step is told, but the first is, the last is, and none goes back. */
static void much_progress(void **state)
{
	struct uf_event event = {.kind = UF_EVENT_PROGRESS};
	struct output output;
	uint64_t last = 0;
	unsigned lines = 0;

	(void)state;
	output_begin(&output, 0);
	for (unsigned done = 1; done <= 1000; done++) {
		event.progress = (struct uf_progress_event){
			.phase = UF_PHASE_SURVEY, .row = -1, .done = done, .total = 1000};
		json_event(&output.json, &event);
		while (refresh(&output)) {
			const struct value *line = next_line(&output, "progress");
			uint64_t told = strtoull(get(line, "done")->text, NULL, 10);

			assert_true(told > last);
			assert_int_equal(told, done);
			last = told;
			lines++;
		}
	}
	assert_int_equal(last, 1000);
	assert_true(lines >= 2);
	output_end(&output);
}

/* The end of a phase is told, however soon after the last line it comes. */
static void the_end_of_each_phase(void **state)
{
	struct output output;

	(void)state;
	output_begin(&output, 0);
	for (unsigned phase = UF_PHASE_SURVEY; phase < UF_PHASE_COUNT; phase++) {
		struct uf_event event = {.kind = UF_EVENT_PROGRESS};
		bool ended = false;

		for (unsigned done = 1; done <= 10; done++) {
			event.progress = (struct uf_progress_event){.phase = (enum uf_phase)phase,
								    .row = -1,
								    .done = done,
								    .total = 10};
			json_event(&output.json, &event);
		}
		while (refresh(&output)) {
			const struct value *line = next_line(&output, "progress");

			expect_text(line, "phase", uf_phase_name((enum uf_phase)phase));
			ended = strcmp(get(line, "done")->text, "10") == 0;
		}
		assert_true(ended);
	}
	output_end(&output);
}

/* Blocks are told with -v only. */
static void blocks(void **state)
{
	struct uf_event event = {.kind = UF_EVENT_BLOCK};
	const struct value *line;
	struct output output;
	struct rig rig;

	(void)state;
	make_plan(&rig);
	event.plan = &rig.plan;
	event.block = (struct uf_block_event){.row = 2,
					      .offset = 10 * SMALL_BLOCK,
					      .attempt = 3,
					      .result = UF_BLOCK_NOT_BLANK,
					      .detail = "0x00a000 reads 0x00"};
	output_begin(&output, 0);
	json_event(&output.json, &event);
	expect_no_more(&output);
	output_end(&output);

	output_begin(&output, 1);
	for (unsigned result = 0; result < UF_BLOCK_RESULT_COUNT; result++) {
		event.block.result = (enum uf_block_result)result;
		json_event(&output.json, &event);
		line = next_line(&output, "block");
		expect_text(line, "partition", "root");
		expect_number(line, "offset", 10 * SMALL_BLOCK);
		expect_number(line, "attempt", 3);
		expect_text(line, "result", uf_block_result_name((enum uf_block_result)result));
	}
	output_end(&output);
	rig_end(&rig);
}

static void verification(void **state)
{
	struct uf_event event = {.kind = UF_EVENT_VERIFY};
	const struct value *line;
	struct output output;
	struct rig rig;

	(void)state;
	make_plan(&rig);
	event.plan = &rig.plan;
	output_begin(&output, 0);
	event.verify = (struct uf_verify_event){4, true, 0};
	json_event(&output.json, &event);
	line = next_line(&output, "verify");
	expect_text(line, "partition", "appfs");
	expect_bool(line, "equal", true);
	expect_absent(line, "first_difference");
	event.verify = (struct uf_verify_event){0, false, 0};
	json_event(&output.json, &event);
	line = next_line(&output, "verify");
	expect_text(line, "partition", "boot");
	expect_bool(line, "equal", false);
	expect_number(line, "first_difference", 0);
	output_end(&output);
	rig_end(&rig);
}

static void results(void **state)
{
	static const struct {
		enum uf_status status;
		const char *text;
	} cases[] = {
		{UF_STATUS_DONE, "done"},       {UF_STATUS_UNCHANGED, "unchanged"},
		{UF_STATUS_FAILED, "failed"},   {UF_STATUS_REFUSED, "refused"},
		{UF_STATUS_DIFFERS, "differs"}, {UF_STATUS_STOPPED, "stopped"},
	};
	static const char *const flash[] = {"untouched", "verified", "incomplete"};
	struct uf_event event = {.kind = UF_EVENT_RESULT};
	struct output output;

	(void)state;
	output_begin(&output, 0);
	for (size_t at = 0; at < sizeof(cases) / sizeof(cases[0]); at++) {
		const struct value *line;

		event.result = (struct uf_result_event){
			.status = cases[at].status,
			.exit = (int)at,
			.flash = (enum uf_flash_state)(at % 3),
			.about_flash = true,
			.erased_blocks = 512,
			.programmed_pages = 65536,
			.retried_blocks = 3,
			.bytes_read = 0x123456789abULL,
			.ms = 115040,
		};
		json_event(&output.json, &event);
		line = next_line(&output, "result");
		expect_text(line, "status", cases[at].text);
		expect_number(line, "exit", at);
		expect_text(line, "flash", flash[at % 3]);
		expect_number(line, "erased_blocks", 512);
		expect_number(line, "programmed_pages", 65536);
		expect_number(line, "retried_blocks", 3);
		expect_number(line, "bytes_read", 0x123456789abULL);
		expect_seconds(line, "seconds", 115.03, 115.05);
	}
	output_end(&output);
}

/* A dry run ends as one of the statuses that there are. */
static void the_result_of_a_dry_run(void **state)
{
	struct uf_event event = {.kind = UF_EVENT_RESULT};
	const struct value *line;
	struct output output;

	(void)state;
	output_begin(&output, 0);
	event.result = (struct uf_result_event){.status = UF_STATUS_PLANNED, .about_flash = true};
	json_event(&output.json, &event);
	line = next_line(&output, "result");
	expect_text(line, "status", "done");
	expect_text(line, "flash", "untouched");
	output_end(&output);
}

/* Small times are numbers, too. */
static void times_of_a_result(void **state)
{
	static const uint64_t ms[] = {0,    1,    10,    100,     999,
				      1000, 1001, 59999, 3600000, 4000000000ULL};
	struct uf_event event = {.kind = UF_EVENT_RESULT};
	struct output output;

	(void)state;
	output_begin(&output, 0);
	for (size_t at = 0; at < sizeof(ms) / sizeof(ms[0]); at++) {
		double seconds = (double)ms[at] / 1000;

		event.result = (struct uf_result_event){.status = UF_STATUS_DONE, .ms = ms[at]};
		json_event(&output.json, &event);
		expect_seconds(next_line(&output, "result"), "seconds", seconds - 0.0011,
			       seconds + 0.0011);
	}
	output_end(&output);
}

/* What a result carries of an error is told as it is. */
static void the_error_of_a_result(void **state)
{
	struct uf_event event = {.kind = UF_EVENT_RESULT};
	struct uf_error error;
	struct output output;
	const char *text;

	(void)state;
	uf_fail(&error, UF_ERR_IO, "mtd2 \"root\": 0x%06x reads \x01\xff", 0x240000);
	output_begin(&output, 0);
	event.result = (struct uf_result_event){.status = UF_STATUS_FAILED, .error = &error};
	json_event(&output.json, &event);
	text = get(next_line(&output, "result"), "error")->text;
	assert_non_null(strstr(text, "mtd2 \"root\": 0x240000"));
	output_end(&output);
}

static void notes(void **state)
{
	struct uf_event event = {.kind = UF_EVENT_NOTE};
	struct output output;

	(void)state;
	output_begin(&output, 1);
	for (unsigned level = UF_NOTE_DETAIL; level <= UF_NOTE_WARNING; level++) {
		event.note = (struct uf_note_event){(enum uf_note_level)level, "a \"note\"\n"};
		json_event(&output.json, &event);
		expect_text(next_line(&output, "note"), "text", "a \"note\"\n");
	}
	output_end(&output);
}

/* What was asked for itself: help, a layout. It can be long. */
static void texts(void **state)
{
	struct uf_event event = {.kind = UF_EVENT_TEXT};
	struct output output;

	(void)state;
	output_begin(&output, 0);
	event.text = uf_layout_text("dafang");
	json_event(&output.json, &event);
	expect_text(next_line(&output, "text"), "text", uf_layout_text("dafang"));
	event.text = "";
	json_event(&output.json, &event);
	next_line(&output, "text");
	expect_no_more(&output);
	output_end(&output);
}

/* A text that is longer than any there is: what comes is one line of JSON all the same. */
static void a_text_that_does_not_fit(void **state)
{
	static char text[20000];
	struct uf_event event = {.kind = UF_EVENT_TEXT};
	struct output output;

	(void)state;
	output_begin(&output, 0);
	memset(text, '\n', sizeof(text) - 1);
	event.text = text;
	json_event(&output.json, &event);
	next_line(&output, "text");
	expect_no_more(&output);
	output_end(&output);
}

static void make_info(struct uf_info *info, struct uf_map *map, struct uf_layout *layout)
{
	struct uf_error err;

	assert_int_equal(uf_layout_by_name("dafang", layout, &err), UF_OK);
	uf_map_from_table(&layout->table, 0x1000000, 0x8000, 256, map);
	map->source = UF_MAP_FROM_CMDLINE;
	memset(info, 0, sizeof(*info));
	info->version = "0.1.0";
	info->device = "mtd";
	info->has_mtd = true;
	info->map = map;
	info->table = &layout->table;
	info->layout = "dafang";
	info->layout_title = layout->title;
}

static void an_info(void **state)
{
	static struct uf_layout layout;
	static struct uf_mounts mounts;
	static struct uf_map map;
	const struct uf_system system = {"3.10.14", "bull", "T20", 36253696, 5025792};
	struct uf_digest digest[UF_PARTITIONS_MAX];
	struct uf_event event = {.kind = UF_EVENT_INFO};
	const struct value *line;
	const struct value *part;
	char hex[UF_DIGEST_TEXT];
	struct output output;
	struct uf_info info;
	unsigned index = 0;

	(void)state;
	fill_random(digest, sizeof(digest), 1);
	make_info(&info, &map, &layout);
	mounts.count = 2;
	mounts.mount[0] = (struct uf_mount){
		.where = "/", .type = "squashfs", .options = "ro", .major = 31, .minor = 2};
	mounts.mount[1] = (struct uf_mount){.where = "/system",
					    .type = "jffs2",
					    .options = "rw",
					    .major = 31,
					    .minor = 4,
					    .writable = true};
	info.mounts = &mounts;
	info.system = &system;
	info.digest = digest;
	event.info = &info;
	output_begin(&output, 1);
	json_event(&output.json, &event);
	line = next_line(&output, "info");
	expect_number(line, "size", 0x1000000);
	expect_number(line, "erase_size", 0x8000);
	expect_text(line, "layout", "dafang");
	expect_text(line, "soc", "T20");
	assert_int_equal(count_members(get(line, "partitions")), 11);
	for (part = get(line, "partitions")->first; part; part = part->next, index++) {
		const struct uf_partition *want = &layout.table.part[index];
		const struct value *mounted = get(part, "mounted");

		expect_number(part, "index", index);
		expect_text(part, "name", want->name);
		expect_number(part, "offset", want->range.off);
		expect_number(part, "size", want->range.len);
		expect_text(part, "role", uf_role_name(want->role));
		expect_bool(part, "device", want->per_device);
		expect_bool(part, "writable", index == 4);
		assert_int_equal(count_members(mounted), index == 2 || index == 4);
		if (mounted->first)
			assert_string_equal(mounted->first->text, index == 2 ? "/" : "/system");
		expect_text(part, "sha256", uf_digest_format(hex, &digest[index]));
	}
	output_end(&output);
}

/* A dump: nothing is known of a system, of mounts, of a layout. */
static void an_info_of_a_dump(void **state)
{
	static struct uf_layout layout;
	static struct uf_map map;
	struct uf_event event = {.kind = UF_EVENT_INFO};
	const struct value *line;
	const struct value *part;
	struct output output;
	struct uf_info info;

	(void)state;
	make_info(&info, &map, &layout);
	info.device = "/tmp/a \"dump\".bin";
	info.has_mtd = false;
	info.layout = NULL;
	info.layout_title = NULL;
	event.info = &info;
	output_begin(&output, 0);
	json_event(&output.json, &event);
	line = next_line(&output, "info");
	expect_absent(line, "layout");
	expect_absent(line, "soc");
	part = get(line, "partitions")->first;
	expect_absent(part, "sha256");
	expect_absent(part, "mounted");
	expect_absent(part, "writable");
	output_end(&output);
}

/* The camera's board is not one that is known. */
static void an_info_without_a_soc(void **state)
{
	static struct uf_layout layout;
	static struct uf_map map;
	const struct uf_system system = {"6.1.0", "", "", 0, 0};
	struct uf_event event = {.kind = UF_EVENT_INFO};
	struct output output;
	struct uf_info info;

	(void)state;
	make_info(&info, &map, &layout);
	info.system = &system;
	event.info = &info;
	output_begin(&output, 0);
	json_event(&output.json, &event);
	expect_absent(next_line(&output, "info"), "soc");
	output_end(&output);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_check),
		cmocka_unit_test(texts_that_need_escapes),
		cmocka_unit_test(texts_of_random_bytes),
		cmocka_unit_test(a_plan),
		cmocka_unit_test(a_plan_without_layouts),
		cmocka_unit_test(a_plan_with_names_of_another_layout),
		cmocka_unit_test(the_largest_plan),
		cmocka_unit_test(the_largest_plan_with_names_of_escapes),
		cmocka_unit_test(progress),
		cmocka_unit_test(progress_without_a_plan),
		cmocka_unit_test(much_progress),
		cmocka_unit_test(the_end_of_each_phase),
		cmocka_unit_test(blocks),
		cmocka_unit_test(verification),
		cmocka_unit_test(results),
		cmocka_unit_test(the_result_of_a_dry_run),
		cmocka_unit_test(times_of_a_result),
		cmocka_unit_test(the_error_of_a_result),
		cmocka_unit_test(notes),
		cmocka_unit_test(texts),
		cmocka_unit_test(a_text_that_does_not_fit),
		cmocka_unit_test(an_info),
		cmocka_unit_test(an_info_of_a_dump),
		cmocka_unit_test(an_info_without_a_soc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
