/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signatures that the real minisign and signify made (tests/fixtures/make-signatures), and each way
 * in which one is damaged. */
#include "expect.h"

#include <stdlib.h>

#include "uniflash/image/signature.h"
#include "uniflash/util/hash.h"
#include "uniflash/util/textfile.h"

/* A good signature and what it is of. */
struct good {
	const char *signature; /* names of files */
	const char *key;
	bool prehashed;
	const char *trusted; /* the beginning of the trusted comment, NULL: none */
};

static const struct good good[] = {
	{"hashed.minisig", "minisign.pub", true, "firmware 1.2.3 of 2024-01-01"},
	{"hashed-default.minisig", "minisign.pub", true, "timestamp:"},
	{"legacy.minisig", "minisign.pub", false, "firmware 1.2.3, the old way"},
	{"signify.sig", "signify.pub", false, NULL},
};

#define GOODS (sizeof(good) / sizeof(good[0]))

/* One of them, read. */
struct set {
	char message[8192];
	size_t len;
	uint8_t hash[64]; /* BLAKE2b-512 of the message */
	char text[4096];  /* of the signature */
	struct uf_signature signature;
	struct uf_pubkey key;
};

static size_t read_fixture(const char *name, char *buf, size_t size)
{
	struct uf_error err = {0};
	size_t len = 0;

	expect_ok(uf_read_text(FIXTURES "/signatures/", name, buf, size, &len, &err), &err);
	assert_true(len > 0);
	return len;
}

static void read_key(const char *name, struct uf_pubkey *key)
{
	struct uf_error err = {0};
	char text[1024];

	read_fixture(name, text, sizeof(text));
	expect_ok(uf_pubkey_parse(text, key, &err), &err);
}

static void hash_message(struct set *set)
{
	struct uf_error err = {0};
	struct uf_hash *hash = NULL;

	expect_ok(uf_hash_new_of(UF_HASH_BLAKE2B, &hash, &err), &err);
	uf_hash_begin(hash);
	uf_hash_add(hash, set->message, set->len);
	assert_true(uf_hash_end_bytes(hash, set->hash));
	uf_hash_free(hash);
}

static struct set *set_begin(const struct good *of)
{
	struct set *set = malloc(sizeof(*set));
	struct uf_error err = {0};

	assert_non_null(set);
	set->len = read_fixture("message", set->message, sizeof(set->message));
	hash_message(set);
	read_key(of->key, &set->key);
	read_fixture(of->signature, set->text, sizeof(set->text));
	memset(&set->signature, 0xa5, sizeof(set->signature));
	expect_ok(uf_signature_parse(set->text, &set->signature, &err), &err);
	return set;
}

static int verify(const struct set *set, struct uf_error *err)
{
	bool hashed = set->signature.prehashed;

	return uf_signature_verify(&set->signature, &set->key,
				   hashed ? set->hash : (const uint8_t *)set->message,
				   hashed ? sizeof(set->hash) : set->len, err);
}

static void expect_good_at(const struct set *set, const char *file, int line)
{
	struct uf_error err = {0};

	expect_ok_at(verify(set, &err), &err, file, line);
}

static void expect_bad_at(const struct set *set, const char *part, const char *file, int line)
{
	struct uf_error err = {0};
	int ret = verify(set, &err);

	expect_error_at(ret, &err, UF_ERR_MISMATCH, UF_CHECK_NONE, part, file, line);
}

#define expect_good(set)      expect_good_at(set, __FILE__, __LINE__)
#define expect_bad(set, part) expect_bad_at(set, part, __FILE__, __LINE__)

/* The text is no signature, or is not one of this message. */
static bool text_verifies(const struct set *like, const char *text)
{
	struct uf_error err = {0};
	struct set set = *like;
	int ret = uf_signature_parse(text, &set.signature, &err);

	if (ret) {
		expect_error(ret, &err, UF_ERR_SYNTAX, UF_CHECK_NONE, "");
		return false;
	}
	ret = verify(&set, &err);
	if (ret)
		expect_error(ret, &err, UF_ERR_MISMATCH, UF_CHECK_NONE, "");
	return ret == UF_OK;
}

static void expect_no_signature_at(const char *text, const char *file, int line)
{
	struct uf_signature signature;
	struct uf_error err = {0};
	int ret = uf_signature_parse(text, &signature, &err);

	expect_error_at(ret, &err, UF_ERR_SYNTAX, UF_CHECK_NONE, "", file, line);
}

static void expect_no_key_at(const char *text, const char *file, int line)
{
	struct uf_pubkey key;
	struct uf_error err = {0};
	int ret = uf_pubkey_parse(text, &key, &err);

	expect_error_at(ret, &err, UF_ERR_SYNTAX, UF_CHECK_NONE, "", file, line);
}

#define expect_no_signature(text) expect_no_signature_at(text, __FILE__, __LINE__)
#define expect_no_key(text)       expect_no_key_at(text, __FILE__, __LINE__)

/* The beginning of line number (from 1) of text. */
static char *line_of(char *text, unsigned number)
{
	while (--number) {
		text = strchr(text, '\n');
		assert_non_null(text);
		text++;
	}
	return text;
}

/* Write text with every line's end as Windows has it. */
static void with_windows_ends(const char *text, char *out)
{
	for (; *text; text++) {
		if (*text == '\n')
			*out++ = '\r';
		*out++ = *text;
	}
	*out = '\0';
}

/* --- what is good ----------------------------------------------------------------------------- */

static void test_good_ones(void **state)
{
	(void)state;
	for (size_t i = 0; i < GOODS; i++) {
		struct set *set = set_begin(&good[i]);

		assert_int_equal(set->signature.prehashed, good[i].prehashed);
		assert_int_equal(set->signature.has_trusted_comment, good[i].trusted != NULL);
		assert_memory_equal(set->signature.id, set->key.id, 8);
		if (good[i].trusted)
			assert_memory_equal(set->signature.trusted_comment, good[i].trusted,
					    strlen(good[i].trusted));
		expect_good(set);
		free(set);
	}
}

static void test_trusted_comments(void **state)
{
	struct set *set = set_begin(&good[0]);

	(void)state;
	assert_string_equal(set->signature.trusted_comment, "firmware 1.2.3 of 2024-01-01");
	free(set);
	/* minisign's own one has tabs. */
	set = set_begin(&good[1]);
	assert_non_null(strstr(set->signature.trusted_comment, "\tfile:message\thashed"));
	free(set);
}

static void test_windows_line_ends(void **state)
{
	(void)state;
	for (size_t i = 0; i < GOODS; i++) {
		struct set *set = set_begin(&good[i]);
		char unix_ends[1024], text[8192];
		struct uf_error err = {0};

		with_windows_ends(set->text, text);
		assert_true(text_verifies(set, text));
		read_fixture(good[i].key, unix_ends, sizeof(unix_ends));
		with_windows_ends(unix_ends, text);
		memset(&set->key, 0, sizeof(set->key));
		expect_ok(uf_pubkey_parse(text, &set->key, &err), &err);
		expect_good(set);
		free(set);
	}
}

static void test_no_newline_at_the_end(void **state)
{
	(void)state;
	for (size_t i = 0; i < GOODS; i++) {
		struct set *set = set_begin(&good[i]);
		size_t len = strlen(set->text);

		assert_int_equal(set->text[len - 1], '\n');
		set->text[len - 1] = '\0';
		assert_true(text_verifies(set, set->text));
		free(set);
	}
}

/* The line that people copy out of a web page. */
static void test_key_without_comment(void **state)
{
	struct set *set = set_begin(&good[0]);
	struct uf_error err = {0};
	char text[1024];

	(void)state;
	read_fixture("minisign.pub", text, sizeof(text));
	memset(&set->key, 0, sizeof(set->key));
	expect_ok(uf_pubkey_parse(line_of(text, 2), &set->key, &err), &err);
	expect_good(set);
	free(set);
}

static void test_untrusted_comment_is_nobodys(void **state)
{
	struct set *set = set_begin(&good[0]);
	char text[8192];

	(void)state;
	snprintf(text, sizeof(text), "untrusted comment: %s\n%s", "something else",
		 line_of(set->text, 2));
	assert_true(text_verifies(set, text));
	free(set);
}

/* --- flipped bits ----------------------------------------------------------------------------- */

/* Every bit of [at, at + len), where it is no longer good and why in words with part. */
static void expect_every_bit(struct set *set, void *at, size_t len, const char *part)
{
	uint8_t *byte = at;

	for (size_t bit = 0; bit < 8 * len; bit++) {
		byte[bit / 8] ^= (uint8_t)(1 << bit % 8);
		expect_bad(set, part);
		byte[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	expect_good(set);
}

static void test_flipped_message(void **state)
{
	(void)state;
	for (size_t i = 0; i < GOODS; i++) {
		struct set *set = set_begin(&good[i]);

		if (set->signature.prehashed)
			expect_every_bit(set, set->hash, sizeof(set->hash), "this file");
		for (size_t at = 0; at < set->len; at += 397) {
			set->message[at] ^= 0x20;
			hash_message(set);
			expect_bad(set, "this file");
			set->message[at] ^= 0x20;
		}
		free(set);
	}
}

static void test_longer_and_shorter_message(void **state)
{
	(void)state;
	for (size_t i = 0; i < GOODS; i++) {
		struct set *set = set_begin(&good[i]);

		set->len--;
		hash_message(set);
		expect_bad(set, "");
		set->len += 2;
		set->message[set->len - 1] = '\0';
		hash_message(set);
		expect_bad(set, "");
		set->len = 0;
		hash_message(set);
		expect_bad(set, "");
		free(set);
	}
}

static void test_flipped_signature(void **state)
{
	(void)state;
	for (size_t i = 0; i < GOODS; i++) {
		struct set *set = set_begin(&good[i]);

		expect_every_bit(set, set->signature.signature, 64, "");
		free(set);
	}
}

static void test_flipped_key_id(void **state)
{
	(void)state;
	for (size_t i = 0; i < GOODS; i++) {
		struct set *set = set_begin(&good[i]);

		expect_every_bit(set, set->signature.id, 8, "another key");
		expect_every_bit(set, set->key.id, 8, "another key");
		free(set);
	}
}

static void test_flipped_key(void **state)
{
	struct set *set = set_begin(&good[3]);

	(void)state;
	expect_every_bit(set, set->key.key, 32, "");
	free(set);
}

static void test_flipped_global_signature(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i += 2) {
		struct set *set = set_begin(&good[i]);

		expect_every_bit(set, set->signature.global, 64, "trusted comment");
		free(set);
	}
}

static void test_changed_trusted_comment(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct set *set = set_begin(&good[i]);
		char *comment = set->signature.trusted_comment;
		size_t len = strlen(comment);

		for (size_t at = 0; at < len; at++) {
			comment[at] ^= 0x04;
			expect_bad(set, "trusted comment");
			comment[at] ^= 0x04;
		}
		strcat(comment, " ");
		expect_bad(set, "trusted comment");
		comment[len - 1] = '\0';
		expect_bad(set, "trusted comment");
		comment[0] = '\0';
		expect_bad(set, "trusted comment");
		free(set);
	}
}

/* The comment of one signature under another of the same key. */
static void test_trusted_comment_of_another(void **state)
{
	struct set *hashed = set_begin(&good[0]), *legacy = set_begin(&good[2]);

	(void)state;
	memcpy(hashed->signature.global, legacy->signature.global, 64);
	strcpy(hashed->signature.trusted_comment, legacy->signature.trusted_comment);
	expect_bad(hashed, "trusted comment");
	free(hashed);
	free(legacy);
}

/* --- the wrong one ---------------------------------------------------------------------------- */

static void test_another_key(void **state)
{
	(void)state;
	for (size_t i = 0; i < GOODS; i++) {
		struct set *set = set_begin(&good[i]);

		read_key(i < 3 ? "minisign-other.pub" : "signify-other.pub", &set->key);
		expect_bad(set, "another key");
		/* Also where it claims to be the same. */
		memcpy(set->key.id, set->signature.id, 8);
		expect_bad(set, "");
		/* The tools' keys look alike. */
		read_key(i < 3 ? "signify.pub" : "minisign.pub", &set->key);
		expect_bad(set, "another key");
		free(set);
	}
}

/* The file where its hash belongs, and its hash where the file does. */
static void test_wrong_way(void **state)
{
	struct set *hashed = set_begin(&good[0]), *legacy = set_begin(&good[2]);

	(void)state;
	hashed->signature.prehashed = false;
	expect_bad(hashed, "");
	legacy->signature.prehashed = true;
	expect_bad(legacy, "");
	free(hashed);
	free(legacy);
}

static void test_key_and_signature_swapped(void **state)
{
	char text[4096];

	(void)state;
	for (size_t i = 0; i < GOODS; i++) {
		read_fixture(good[i].key, text, sizeof(text));
		expect_no_signature(text);
		read_fixture(good[i].signature, text, sizeof(text));
		expect_no_key(text);
	}
	read_fixture("message", text, sizeof(text));
	expect_no_key(text);
	expect_no_signature(text);
}

/* --- damaged text ----------------------------------------------------------------------------- */

static void test_empty(void **state)
{
	static const char *const texts[] = {"",
					    "\n",
					    "\n\n\n",
					    "\r\n",
					    "untrusted comment: ",
					    "untrusted comment: x\n",
					    "untrusted comment: x\n\n",
					    "untrusted comment: x\n===="};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		expect_no_key(texts[i]);
		expect_no_signature(texts[i]);
	}
}

/* Every cut is refused, or is a file that only misses what need not be there. */
static void test_truncated_signature(void **state)
{
	(void)state;
	for (size_t i = 0; i < GOODS; i++) {
		struct set *set = set_begin(&good[i]);
		size_t len = strlen(set->text);
		size_t line_3 = (size_t)(line_of(set->text, 3) - set->text);
		char text[4096];

		for (size_t cut = 0; cut + 1 < len; cut++) {
			memcpy(text, set->text, cut);
			text[cut] = '\0';
			/* Without its trusted comment it is as signify's are. */
			if (cut + 1 == line_3 || cut == line_3)
				continue;
			if (text_verifies(set, text))
				fail_msg("%s cut to %zu of %zu bytes verifies", good[i].signature,
					 cut, len);
		}
		free(set);
	}
}

static void test_truncated_key(void **state)
{
	char text[1024];
	size_t len = read_fixture("minisign.pub", text, sizeof(text));

	(void)state;
	while (--len > 0) {
		text[len] = '\0';
		if (len < strlen("untrusted comment: ") || !strchr(text, '\n') ||
		    strlen(line_of(text, 2)) < 56)
			expect_no_key(text);
	}
}

/* Each character of the base64 replaced by one that is none, or cannot be there. */
static void test_damaged_base64(void **state)
{
	static const char wrong[] = {'!', '-', '_', ' ', '\t', '.', '\x7f', '\xc3', '\n'};

	(void)state;
	for (size_t i = 0; i < GOODS; i++) {
		struct set *set = set_begin(&good[i]);

		for (unsigned number = 2; number <= (good[i].trusted ? 4 : 2); number += 2) {
			char *line = line_of(set->text, number);
			size_t len = strcspn(line, "=\n");

			for (size_t at = 0; at < len * sizeof(wrong); at++) {
				char before = line[at % len];

				line[at % len] = wrong[at / len];
				if (text_verifies(set, set->text))
					fail_msg("%s, line %u: 0x%02x for '%c' at %zu verifies",
						 good[i].signature, number,
						 (unsigned char)wrong[at / len], before, at % len);
				line[at % len] = before;
			}
		}
		assert_true(text_verifies(set, set->text));
		free(set);
	}
}

/* As many characters as there must be, of which some are blanks: fewer bytes than there must be. */
static void test_blanks_for_base64(void **state)
{
	struct set *set = set_begin(&good[3]);
	char *line = line_of(set->text, 2), key[1024], was[8];

	(void)state;
	assert_int_equal(strcspn(line, "\n"), 100);
	for (unsigned behind = 0; behind < 2; behind++) {
		/* 99 characters and "=", or 98 and "==". */
		char *at = behind ? line + 95 : line;

		memcpy(was, at, 4);
		memset(at, ' ', 4);
		expect_no_signature(set->text);
		memcpy(at, was, 4);
	}
	read_fixture("signify.pub", key, sizeof(key));
	memset(line_of(key, 2) + 52, ' ', 4);
	expect_no_key(key);
	free(set);
}

/* "=" is 0 to a decoder that does not look where it stands; base64 has it at the end alone. */
static void test_padding_in_the_middle(void **state)
{
	struct set *set = set_begin(&good[0]);
	char *line = line_of(set->text, 2);

	(void)state;
	for (size_t at = 4; at < 96; at++) {
		char before = line[at];

		line[at] = '=';
		expect_no_signature(set->text);
		line[at] = before;
	}
	free(set);
}

static void test_unknown_algorithm(void **state)
{
	struct set *set = set_begin(&good[0]);
	char *line = line_of(set->text, 2), key[1024];

	(void)state;
	/* "RU" begins "ED", "RW" begins "Ed"; "RV" begins "EE" or the like. */
	assert_memory_equal(line, "RU", 2);
	line[1] = 'V';
	expect_no_signature(set->text);
	memcpy(line, "SU", 2);
	expect_no_signature(set->text);
	/* No key is "ED". */
	read_fixture("minisign.pub", key, sizeof(key));
	memcpy(line_of(key, 2), "RU", 2);
	expect_no_key(key);
	free(set);
}

/* --- the trusted comment's lines -------------------------------------------------------------- */

static void test_missing_trusted_comment_line(void **state)
{
	struct set *set = set_begin(&good[0]);
	char *line_3 = line_of(set->text, 3), *line_4 = line_of(set->text, 4);

	(void)state;
	memmove(line_3, line_4, strlen(line_4) + 1);
	expect_no_signature(set->text);
	free(set);
}

/* An empty line in its place leaves a global signature over nothing. */
static void test_empty_trusted_comment_line(void **state)
{
	struct set *set = set_begin(&good[0]);
	char *line_3 = line_of(set->text, 3), *line_4 = line_of(set->text, 4);

	(void)state;
	*line_3++ = '\n';
	memmove(line_3, line_4, strlen(line_4) + 1);
	expect_no_signature(set->text);
	free(set);
}

static void test_missing_global_signature(void **state)
{
	struct set *set = set_begin(&good[0]);

	(void)state;
	*line_of(set->text, 4) = '\0';
	expect_no_signature(set->text);
	free(set);
}

static void test_other_third_line(void **state)
{
	struct set *set = set_begin(&good[0]);

	(void)state;
	*line_of(set->text, 3) = 'T';
	expect_no_signature(set->text);
	free(set);
}

/* A comment as long as there is room for, and one more. It is not the one that was signed. */
static void test_long_trusted_comment(void **state)
{
	struct set *set = set_begin(&good[0]);
	const size_t room = sizeof(set->signature.trusted_comment);
	struct uf_signature signature;
	struct uf_error err = {0};
	char text[4096], comment[2048];

	(void)state;
	for (size_t len = room - 2; len <= room + 1; len++) {
		int ret;

		memset(comment, 'c', len);
		comment[len] = '\0';
		snprintf(text, sizeof(text), "%.*strusted comment: %s\n%s",
			 (int)(line_of(set->text, 3) - set->text), set->text, comment,
			 line_of(set->text, 4));
		ret = uf_signature_parse(text, &signature, &err);
		if (len >= room) {
			expect_error(ret, &err, UF_ERR_SYNTAX, UF_CHECK_NONE, "");
			continue;
		}
		expect_ok(ret, &err);
		assert_string_equal(signature.trusted_comment, comment);
		assert_false(text_verifies(set, text));
	}
	free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_ones),
		cmocka_unit_test(test_trusted_comments),
		cmocka_unit_test(test_windows_line_ends),
		cmocka_unit_test(test_no_newline_at_the_end),
		cmocka_unit_test(test_key_without_comment),
		cmocka_unit_test(test_untrusted_comment_is_nobodys),
		cmocka_unit_test(test_flipped_message),
		cmocka_unit_test(test_longer_and_shorter_message),
		cmocka_unit_test(test_flipped_signature),
		cmocka_unit_test(test_flipped_key_id),
		cmocka_unit_test(test_flipped_key),
		cmocka_unit_test(test_flipped_global_signature),
		cmocka_unit_test(test_changed_trusted_comment),
		cmocka_unit_test(test_trusted_comment_of_another),
		cmocka_unit_test(test_another_key),
		cmocka_unit_test(test_wrong_way),
		cmocka_unit_test(test_key_and_signature_swapped),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_truncated_signature),
		cmocka_unit_test(test_truncated_key),
		cmocka_unit_test(test_damaged_base64),
		cmocka_unit_test(test_blanks_for_base64),
		cmocka_unit_test(test_padding_in_the_middle),
		cmocka_unit_test(test_unknown_algorithm),
		cmocka_unit_test(test_missing_trusted_comment_line),
		cmocka_unit_test(test_empty_trusted_comment_line),
		cmocka_unit_test(test_missing_global_signature),
		cmocka_unit_test(test_other_third_line),
		cmocka_unit_test(test_long_trusted_comment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
