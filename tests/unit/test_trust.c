/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Digests and signatures beside real files: found, weighed, and told of. */
#include "expect.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include "uniflash/check/trust.h"
#include "uniflash/util/textfile.h"

#define NAME "firmware.bin"

/* One image in a folder of its own, and what came of it. */
struct bench {
	char *folder;
	char path[512];
	uint8_t bytes[70001]; /* more than any buffer takes at once */
	size_t len;
	struct uf_image image;
	struct uf_trust trust;
	struct uf_trust_source source;
	struct uf_error err;
};

static struct bench bench;

static void begin_named(const char *name)
{
	memset(&bench, 0, sizeof(bench));
	bench.folder = make_folder();
	snprintf(bench.path, sizeof(bench.path), "%s/%s", bench.folder, name);
	bench.len = sizeof(bench.bytes);
	fill_random(bench.bytes, bench.len, 42);
	bench.bytes[0] = 0x06; /* neither gzip nor a demo.bin */
	write_file(bench.folder, name, bench.bytes, bench.len);
}

static void begin(void)
{
	begin_named(NAME);
}

static void end(void)
{
	uf_image_close(&bench.image);
	remove_folder(bench.folder);
}

/* The digest of bytes in hexadecimal. */
static const char *digest_of(enum uf_hash_kind kind, const void *bytes, size_t len)
{
	static char hex[4][2 * UF_DIGEST_MAX + 1];
	static unsigned turn;
	char *out = hex[turn++ % 4];
	uint8_t digest[UF_DIGEST_MAX];
	struct uf_hash *hash;
	struct uf_error err;

	expect_ok(uf_hash_new_of(kind, &hash, &err), &err);
	uf_hash_begin(hash);
	uf_hash_add(hash, bytes, len);
	assert_true(uf_hash_end_bytes(hash, digest));
	uf_hash_free(hash);
	for (size_t at = 0; at < uf_hash_size(kind); at++)
		snprintf(out + 2 * at, 3, "%02x", digest[at]);
	return out;
}

static const char *sha(void)
{
	return digest_of(UF_HASH_SHA256, bench.bytes, bench.len);
}

static const char *md5(void)
{
	return digest_of(UF_HASH_MD5, bench.bytes, bench.len);
}

/* Of something else. */
static const char *other_sha(void)
{
	return digest_of(UF_HASH_SHA256, "other", 5);
}

static const char *other_md5(void)
{
	return digest_of(UF_HASH_MD5, "other", 5);
}

/* Write "DIGEST  NAME" beside the image. */
static void beside(const char *suffix, const char *digest, const char *name)
{
	char file[64], text[512];

	snprintf(file, sizeof(file), NAME "%s", suffix);
	snprintf(text, sizeof(text), "%s  %s\n", digest, name);
	write_file(bench.folder, file, text, strlen(text));
}

static void open_image(void)
{
	struct uf_bytes *bytes;

	expect_ok(uf_bytes_open_file(bench.path, &bytes, &bench.err), &bench.err);
	expect_ok(uf_image_open(bytes, &bench.image, &bench.err), &bench.err);
}

static int ask(const char *sha256, const char *pubkey)
{
	const struct uf_trust_request request = {sha256, pubkey};

	memset(&bench.trust, 0x5a, sizeof(bench.trust));
	return uf_trust_ask(&bench.trust, &request, &bench.err);
}

static void look(const char *path)
{
	memset(&bench.source, 0x5a, sizeof(bench.source));
	expect_ok(uf_trust_look(&bench.trust, &bench.image, 0, path, &bench.source, &bench.err),
		  &bench.err);
}

/* All steps of a run, with the image read in between as a run does. */
static void weigh_with(const char *sha256, const char *pubkey)
{
	uint8_t piece[4096];

	open_image();
	expect_ok(ask(sha256, pubkey), &bench.err);
	look(bench.path);
	for (uint64_t off = 0; off < bench.image.size; off += sizeof(piece))
		expect_ok(uf_image_fill(&bench.image, off, piece, sizeof(piece), &bench.err),
			  &bench.err);
	expect_ok(uf_trust_weigh(&bench.trust, &bench.source, &bench.err), &bench.err);
}

static void weigh(void)
{
	weigh_with(NULL, NULL);
}

static void expect_result_at(enum uf_check_id id, enum uf_check_result result, const char *part,
			     int line)
{
	for (unsigned at = 0; at < uf_trust_check_count; at++) {
		struct uf_error finding;
		enum uf_check_result is;

		if (uf_trust_checks[at].id != id)
			continue;
		memset(&finding, 0x5a, sizeof(finding));
		is = uf_trust_checks[at].judge(&bench.trust, &finding);
		if (is != result || !strstr(finding.what, part))
			fail_msg("line %d: %s: \"%s\"", line, uf_check_result_name(is),
				 finding.what);
		if (result == UF_CHECK_OK)
			assert_string_equal(finding.what, "");
		if (result == UF_CHECK_REFUSED)
			assert_true(finding.next[0] != '\0');
		return;
	}
	fail_msg("line %d: there is no such check", line);
}

#define DIGEST_OK()         expect_result_at(UF_CHECK_TRUST_DIGEST, UF_CHECK_OK, "", __LINE__)
#define DIGEST_NOTICE(part) expect_result_at(UF_CHECK_TRUST_DIGEST, UF_CHECK_NOTICE, part, __LINE__)
#define DIGEST_REFUSED(part)                                                                       \
	expect_result_at(UF_CHECK_TRUST_DIGEST, UF_CHECK_REFUSED, part, __LINE__)
#define SIGNATURE_OK() expect_result_at(UF_CHECK_TRUST_SIGNATURE, UF_CHECK_OK, "", __LINE__)
#define SIGNATURE_REFUSED(part)                                                                    \
	expect_result_at(UF_CHECK_TRUST_SIGNATURE, UF_CHECK_REFUSED, part, __LINE__)

/* --- what is asked for ------------------------------------------------------------------------ */

static void test_ask_for_nothing(void **state)
{
	(void)state;
	expect_ok(ask(NULL, NULL), &bench.err);
	assert_false(bench.trust.has_sha256);
	assert_false(bench.trust.has_key);
}

static void test_ask_for_what_is_no_digest(void **state)
{
	char text[130];

	(void)state;
	memset(text, 'a', sizeof(text));
	for (size_t len = 0; len < sizeof(text); len++) {
		memset(text, 'a', sizeof(text));
		text[len] = '\0';
		if (len == 64)
			expect_ok(ask(text, NULL), &bench.err);
		else
			expect_error(ask(text, NULL), &bench.err, UF_ERR_USAGE, UF_CHECK_NONE,
				     "--sha256");
	}
	memset(text, 'a', 64);
	text[64] = '\0';
	text[63] = 'g';
	expect_error(ask(text, NULL), &bench.err, UF_ERR_USAGE, UF_CHECK_NONE, "--sha256");
}

static void test_ask_for_a_key(void **state)
{
	(void)state;
	expect_ok(ask(NULL, FIXTURES "/signatures/minisign.pub"), &bench.err);
	assert_true(bench.trust.has_key);
	expect_ok(ask(NULL, FIXTURES "/signatures/signify.pub"), &bench.err);
	assert_true(bench.trust.has_key);
	expect_error(ask(NULL, FIXTURES "/signatures/no-such.pub"), &bench.err, UF_ERR_IO,
		     UF_CHECK_NONE, "no-such.pub");
	expect_error(ask(NULL, FIXTURES "/signatures/message"), &bench.err, UF_ERR_USAGE,
		     UF_CHECK_NONE, "--pubkey");
	assert_false(bench.trust.has_key);
}

/* --- digest files ----------------------------------------------------------------------------- */

/* None is no reason to refuse; the digest is told, to be compared by eye. */
static void test_no_digest(void **state)
{
	(void)state;
	begin();
	weigh();
	DIGEST_NOTICE(NAME);
	assert_non_null(strstr(bench.trust.digest_says.next, sha()));
	SIGNATURE_OK();
	end();
}

static void test_every_suffix(void **state)
{
	static const char *const suffixes[] = {".sha256sum", ".sha256", ".md5sum", ".md5"};

	(void)state;
	for (unsigned at = 0; at < 4; at++) {
		begin();
		beside(suffixes[at], at < 2 ? sha() : md5(), NAME);
		weigh();
		assert_int_equal(bench.source.sidecars, 1);
		assert_string_equal(bench.source.suffix[0], suffixes[at]);
		DIGEST_OK();
		end();
		begin();
		beside(suffixes[at], at < 2 ? other_sha() : other_md5(), NAME);
		weigh();
		DIGEST_REFUSED(suffixes[at]);
		end();
	}
}

/* The user sees what the file has and what it should have. */
static void test_mismatch_shows_both(void **state)
{
	(void)state;
	begin();
	beside(".sha256sum", other_sha(), NAME);
	weigh();
	DIGEST_REFUSED(sha());
	DIGEST_REFUSED(other_sha());
	DIGEST_REFUSED(NAME);
	DIGEST_REFUSED("SHA-256");
	assert_int_equal(bench.trust.digest_says.check, UF_CHECK_TRUST_DIGEST);
	end();
	begin();
	beside(".md5", other_md5(), NAME);
	weigh();
	DIGEST_REFUSED(md5());
	DIGEST_REFUSED("MD5");
	end();
}

/* One byte anywhere makes it another file. */
static void test_any_byte_counts(void **state)
{
	static const size_t places[] = {1, 4095, 4096, 65536, 70000};

	(void)state;
	for (unsigned at = 0; at < 5; at++) {
		begin();
		beside(".sha256", sha(), NAME);
		bench.bytes[places[at]] ^= 1;
		write_file(bench.folder, NAME, bench.bytes, bench.len);
		weigh();
		DIGEST_REFUSED(".sha256");
		end();
	}
}

static void test_forms_of_a_digest_file(void **state)
{
	static const char *const forms[] = {
		"%s",
		"%s\n",
		"%s *" NAME "\r\n",
		"# camera\n# build\n%s  " NAME "\n",
		"SHA256 (" NAME ") = %s\n",
		"\xef\xbb\xbf%s  ./" NAME "\n",
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  other\n"
		"%s  " NAME "\n",
	};

	(void)state;
	for (unsigned at = 0; at < sizeof(forms) / sizeof(forms[0]); at++) {
		char text[512];

		begin();
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(text, sizeof(text), forms[at], sha());
#pragma GCC diagnostic pop
		write_file(bench.folder, NAME ".sha256sum", text, strlen(text));
		weigh();
		DIGEST_OK();
		end();
	}
}

/* A file that was renamed after its download: equal, and the user is told. */
static void test_other_name(void **state)
{
	(void)state;
	begin();
	beside(".sha256sum", sha(), "thingino-camera.bin");
	weigh();
	DIGEST_NOTICE("thingino-camera.bin");
	end();
	begin();
	beside(".sha256sum", other_sha(), "thingino-camera.bin");
	weigh();
	DIGEST_REFUSED(sha());
	end();
}

/* Digests of other files say nothing about this one. */
static void test_only_others(void **state)
{
	char text[512];

	(void)state;
	begin();
	snprintf(text, sizeof(text), "%s  one.bin\n%s  two.bin\n", other_sha(), sha());
	write_file(bench.folder, NAME ".sha256sum", text, strlen(text));
	weigh();
	assert_int_equal(bench.source.sidecars, 0);
	DIGEST_NOTICE(NAME);
	end();
}

/* What cannot be read as a digest file is not passed over: it may be what a download left. */
static void test_broken_digest_file(void **state)
{
	static const char *const texts[] = {"<html>404</html>\n", "0123  " NAME "\n", "garbage\n"};

	(void)state;
	for (unsigned at = 0; at < 3; at++) {
		begin();
		write_file(bench.folder, NAME ".sha256", texts[at], strlen(texts[at]));
		weigh();
		DIGEST_REFUSED(".sha256");
		end();
	}
	begin();
	write_file(bench.folder, NAME ".sha256/x", "", 0); /* a folder */
	weigh();
	DIGEST_REFUSED(".sha256");
	end();
}

/* That another one is fine does not heal it. */
static void test_broken_beside_a_good_one(void **state)
{
	(void)state;
	begin();
	beside(".md5", md5(), NAME);
	write_file(bench.folder, NAME ".sha256sum", "garbage\n", 8);
	weigh_with(sha(), NULL);
	DIGEST_REFUSED(".sha256sum");
	end();
}

/* --- several of them -------------------------------------------------------------------------- */

static void test_all_four(void **state)
{
	(void)state;
	begin();
	beside(".sha256sum", sha(), NAME);
	beside(".sha256", sha(), NAME);
	beside(".md5sum", md5(), NAME);
	beside(".md5", md5(), NAME);
	weigh_with(sha(), NULL);
	assert_int_equal(bench.source.sidecars, 4);
	DIGEST_OK();
	end();
}

/* Any single one that does not hold refuses, wherever it stands among the others. */
static void test_one_of_four_is_wrong(void **state)
{
	static const char *const suffixes[] = {".sha256sum", ".sha256", ".md5sum", ".md5"};

	(void)state;
	for (unsigned wrong = 0; wrong < 4; wrong++) {
		begin();
		for (unsigned at = 0; at < 4; at++) {
			const char *right = at < 2 ? sha() : md5();

			beside(suffixes[at],
			       at != wrong ? right : (at < 2 ? other_sha() : other_md5()),
			       at > wrong ? "renamed.bin" : NAME);
		}
		weigh();
		DIGEST_REFUSED(suffixes[wrong]);
		end();
	}
}

static void test_given_digest(void **state)
{
	char upper[65];

	(void)state;
	begin();
	weigh_with(sha(), NULL);
	DIGEST_OK();
	end();
	begin();
	snprintf(upper, sizeof(upper), "%s", sha());
	for (char *at = upper; *at; at++)
		*at = *at >= 'a' && *at <= 'f' ? (char)(*at - 'a' + 'A') : *at;
	weigh_with(upper, NULL);
	DIGEST_OK();
	end();
	begin();
	weigh_with(other_sha(), NULL);
	DIGEST_REFUSED("--sha256");
	end();
}

/* Each is judged: neither vouches for the other. */
static void test_given_digest_against_a_file(void **state)
{
	(void)state;
	begin();
	beside(".sha256sum", other_sha(), NAME);
	weigh_with(sha(), NULL);
	DIGEST_REFUSED(".sha256sum");
	end();
	begin();
	beside(".sha256sum", sha(), NAME);
	weigh_with(other_sha(), NULL);
	DIGEST_REFUSED("--sha256");
	end();
}

/* One image with several sources: what came of one does not stay for the next. */
static void test_weighed_again(void **state)
{
	(void)state;
	begin();
	beside(".sha256sum", other_sha(), NAME);
	weigh();
	DIGEST_REFUSED(".sha256sum");
	assert_int_equal(unlink(strcat(bench.path, ".sha256sum")), 0);
	bench.path[strlen(bench.path) - strlen(".sha256sum")] = '\0';
	beside(".md5", md5(), NAME);
	look(bench.path);
	expect_ok(uf_trust_weigh(&bench.trust, &bench.source, &bench.err), &bench.err);
	DIGEST_OK();
	end();
}

/* --- standard input --------------------------------------------------------------------------- */

static void test_nothing_can_lie_beside(void **state)
{
	(void)state;
	begin();
	beside(".sha256sum", other_sha(), NAME);
	open_image();
	expect_ok(ask(NULL, NULL), &bench.err);
	look(NULL);
	expect_ok(uf_trust_weigh(&bench.trust, &bench.source, &bench.err), &bench.err);
	DIGEST_NOTICE("");
	SIGNATURE_OK();
	/* but a digest can be given, and a signature that is asked for is missing */
	expect_ok(ask(sha(), FIXTURES "/signatures/minisign.pub"), &bench.err);
	look(NULL);
	expect_ok(uf_trust_weigh(&bench.trust, &bench.source, &bench.err), &bench.err);
	DIGEST_OK();
	SIGNATURE_REFUSED("standard input");
	end();
}

/* --- packed images ---------------------------------------------------------------------------- */

#define PACKED "firmware.bin.gz"

/* Write bench.bytes as a gzip file, which is then the image. Returns its digest. */
static const char *pack(enum uf_hash_kind kind)
{
	static uint8_t packed[sizeof(bench.bytes) + 1000];
	z_stream stream = {0};

	snprintf(bench.path, sizeof(bench.path), "%s/" PACKED, bench.folder);
	assert_int_equal(deflateInit2(&stream, 1, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
	stream.next_in = bench.bytes;
	stream.avail_in = (uInt)bench.len;
	stream.next_out = packed;
	stream.avail_out = sizeof(packed);
	assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
	write_file(bench.folder, PACKED, packed, stream.total_out);
	deflateEnd(&stream);
	return digest_of(kind, packed, stream.total_out);
}

static const char *begin_packed(void)
{
	begin_named("unused");
	return pack(UF_HASH_SHA256);
}

static void beside_packed(const char *digest)
{
	char text[256];

	snprintf(text, sizeof(text), "%s  " PACKED "\n", digest);
	write_file(bench.folder, PACKED ".sha256sum", text, strlen(text));
}

static void test_packed_digest_of_the_file(void **state)
{
	(void)state;
	beside_packed(begin_packed());
	weigh();
	assert_true(bench.image.packed);
	DIGEST_OK();
	end();
	weigh_with(begin_packed(), NULL);
	DIGEST_OK();
	end();
}

static void test_packed_digest_of_the_contents(void **state)
{
	(void)state;
	begin_packed();
	beside_packed(sha());
	weigh_with(sha(), NULL);
	DIGEST_OK();
	end();
}

/* The MD5 of either: each must have been taken while the bytes went by. */
static void test_packed_md5(void **state)
{
	char line[256];

	(void)state;
	for (unsigned of_file = 0; of_file < 2; of_file++) {
		const char *file;

		begin_named("unused");
		file = pack(UF_HASH_MD5);
		snprintf(line, sizeof(line), "%s\n", of_file ? file : md5());
		write_file(bench.folder, PACKED ".md5", line, strlen(line));
		weigh();
		DIGEST_OK();
		end();
	}
	begin_packed();
	snprintf(line, sizeof(line), "%s\n", other_md5());
	write_file(bench.folder, PACKED ".md5", line, strlen(line));
	weigh();
	DIGEST_REFUSED(".md5");
	end();
}

/* The file's is told, for that is what the user can work out with sha256sum. */
static void test_packed_mismatch(void **state)
{
	const char *file;

	(void)state;
	file = begin_packed();
	beside_packed(other_sha());
	weigh();
	DIGEST_REFUSED(file);
	end();
	file = begin_packed();
	weigh();
	DIGEST_NOTICE("");
	assert_non_null(strstr(bench.trust.digest_says.next, file));
	end();
}

/* --- signatures ------------------------------------------------------------------------------- */

static char text[16384];

static size_t read_fixture(const char *name)
{
	size_t len;

	expect_ok(uf_read_text(FIXTURES "/signatures/", name, text, sizeof(text), &len, &bench.err),
		  &bench.err);
	return len;
}

/* The message that was signed as the image; with a signature of this name as its file of that
 * suffix. */
static void begin_signed(const char *signature, const char *suffix)
{
	char name[64];

	begin();
	bench.len = read_fixture("message");
	memcpy(bench.bytes, text, bench.len);
	write_file(bench.folder, NAME, bench.bytes, bench.len);
	if (!signature)
		return;
	snprintf(name, sizeof(name), NAME "%s", suffix);
	write_file(bench.folder, name, text, read_fixture(signature));
}

static void weigh_by(const char *key)
{
	char path[512];

	snprintf(path, sizeof(path), FIXTURES "/signatures/%s", key);
	weigh_with(NULL, path);
}

static const char *const signatures[][3] = {
	{"hashed.minisig", ".minisig", "minisign"},
	{"hashed-default.minisig", ".minisig", "minisign"},
	{"legacy.minisig", ".minisig", "minisign"},
	{"signify.sig", ".sig", "signify"},
};

static void test_signed(void **state)
{
	(void)state;
	for (unsigned at = 0; at < 4; at++) {
		char key[64];

		begin_signed(signatures[at][0], signatures[at][1]);
		snprintf(key, sizeof(key), "%s.pub", signatures[at][2]);
		weigh_by(key);
		SIGNATURE_OK();
		DIGEST_NOTICE(""); /* which is another matter */
		end();
	}
}

/* What is packed was signed before it was packed. */
static void test_packed_and_signed(void **state)
{
	(void)state;
	begin_signed(NULL, NULL);
	pack(UF_HASH_SHA256);
	write_file(bench.folder, PACKED ".minisig", text, read_fixture("hashed.minisig"));
	weigh_by("minisign.pub");
	SIGNATURE_OK();
	end();
	begin_signed(NULL, NULL);
	bench.bytes[1000] ^= 1;
	pack(UF_HASH_SHA256);
	write_file(bench.folder, PACKED ".minisig", text, read_fixture("hashed.minisig"));
	weigh_by("minisign.pub");
	SIGNATURE_REFUSED(PACKED);
	end();
}

static void test_signed_by_another_key(void **state)
{
	(void)state;
	for (unsigned at = 0; at < 4; at++) {
		char key[64];

		begin_signed(signatures[at][0], signatures[at][1]);
		snprintf(key, sizeof(key), "%s-other.pub", signatures[at][2]);
		weigh_by(key);
		SIGNATURE_REFUSED(NAME);
		end();
	}
}

static void test_signed_and_changed(void **state)
{
	(void)state;
	for (unsigned at = 0; at < 4; at++) {
		char key[64];

		begin_signed(signatures[at][0], signatures[at][1]);
		bench.bytes[bench.len / 2] ^= 1;
		write_file(bench.folder, NAME, bench.bytes, bench.len);
		snprintf(key, sizeof(key), "%s.pub", signatures[at][2]);
		weigh_by(key);
		SIGNATURE_REFUSED(NAME);
		assert_int_equal(bench.trust.signature_says.check, UF_CHECK_TRUST_SIGNATURE);
		end();
	}
}

/* A key that is given asks for a signature: one must be there. */
static void test_no_signature(void **state)
{
	(void)state;
	begin_signed(NULL, NULL);
	weigh_by("minisign.pub");
	SIGNATURE_REFUSED(".minisig");
	SIGNATURE_REFUSED(".sig");
	end();
}

/* Without a key a signature is just a file. */
static void test_signature_without_a_key(void **state)
{
	(void)state;
	begin_signed("hashed.minisig", ".minisig");
	bench.bytes[0] ^= 1;
	write_file(bench.folder, NAME, bench.bytes, bench.len);
	weigh();
	SIGNATURE_OK();
	end();
}

static void test_broken_signature(void **state)
{
	static const char *const texts[] = {"", "<html>404</html>\n",
					    "untrusted comment: x\nAAAA\n"};

	(void)state;
	for (unsigned at = 0; at < 3; at++) {
		begin_signed(NULL, NULL);
		write_file(bench.folder, NAME ".minisig", texts[at], strlen(texts[at]));
		weigh_by("minisign.pub");
		SIGNATURE_REFUSED(".minisig");
		end();
	}
}

/* The trusted comment is signed as well. */
static void test_changed_trusted_comment(void **state)
{
	char *comment;

	(void)state;
	begin_signed("hashed.minisig", ".minisig");
	comment = strstr(text, "1.2.3");
	assert_non_null(comment);
	comment[4] = '4';
	write_file(bench.folder, NAME ".minisig", text, strlen(text));
	weigh_by("minisign.pub");
	SIGNATURE_REFUSED("");
	end();
}

/* A good signature does not outweigh a wrong digest, nor the other way round. */
static void test_signature_and_digest(void **state)
{
	(void)state;
	begin_signed("hashed.minisig", ".minisig");
	beside(".sha256sum", other_sha(), NAME);
	weigh_by("minisign.pub");
	SIGNATURE_OK();
	DIGEST_REFUSED(".sha256sum");
	end();
	begin_signed("hashed.minisig", ".minisig");
	beside(".sha256sum", sha(), NAME);
	weigh_by("minisign-other.pub");
	SIGNATURE_REFUSED("");
	DIGEST_OK();
	end();
}

/* --- files that change ------------------------------------------------------------------------ */

/* It became shorter while nothing had been read of it. */
static void test_file_cut_before_it_was_read(void **state)
{
	(void)state;
	begin();
	open_image();
	expect_ok(ask(NULL, NULL), &bench.err);
	look(bench.path);
	assert_int_equal(truncate(bench.path, 1000), 0);
	expect_error(uf_trust_weigh(&bench.trust, &bench.source, &bench.err), &bench.err,
		     UF_ERR_REFUSED, UF_CHECK_IMAGE_UNREADABLE, NAME);
	end();
}

/* Other bytes behind what was read: what is verified is what went by. */
static void test_file_changed_under_a_signature(void **state)
{
	uint8_t piece[4096];

	(void)state;
	begin_signed("legacy.minisig", ".minisig");
	open_image();
	expect_ok(ask(NULL, FIXTURES "/signatures/minisign.pub"), &bench.err);
	bench.bytes[100] ^= 1;
	write_file(bench.folder, NAME, bench.bytes, bench.len);
	look(bench.path);
	expect_ok(uf_image_fill(&bench.image, 0, piece, sizeof(piece), &bench.err), &bench.err);
	bench.bytes[100] ^= 1;
	write_file(bench.folder, NAME, bench.bytes, bench.len);
	expect_error(uf_trust_weigh(&bench.trust, &bench.source, &bench.err), &bench.err,
		     UF_ERR_REFUSED, UF_CHECK_IMAGE_UNREADABLE, NAME);
	end();
}

/* In a process of its own, for a file that is mapped and cut ends one. */
static int weigh_what_was_cut(void)
{
	uint8_t piece[4096];
	int ret;

	signal(SIGBUS, SIG_DFL);
	open_image();
	expect_ok(ask(NULL, FIXTURES "/signatures/minisign.pub"), &bench.err);
	look(bench.path);
	expect_ok(uf_image_fill(&bench.image, 0, piece, sizeof(piece), &bench.err), &bench.err);
	assert_int_equal(truncate(bench.path, 0), 0);
	ret = uf_trust_weigh(&bench.trust, &bench.source, &bench.err);
	return ret == UF_ERR_REFUSED && bench.err.check == UF_CHECK_IMAGE_UNREADABLE ? 0 : 1;
}

/* It became shorter after all of it went by: refused as a file that changes, not a crash. */
static void test_file_cut_under_a_signature(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	begin_signed("legacy.minisig", ".minisig");
	pid = fork();
	if (pid == 0)
		_exit(weigh_what_was_cut());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	end();
	if (WIFSIGNALED(status))
		fail_msg("ended by signal %d", WTERMSIG(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_image_that_cannot_be_read(void **state)
{
	struct memory_image image = {0};
	static uint8_t bytes[5000];

	(void)state;
	memory_image_init(&image, bytes, sizeof(bytes));
	image.fail_at = 3000;
	image.fail_code = UF_ERR_IO;
	expect_ok(ask(NULL, NULL), &bench.err);
	expect_ok(uf_trust_look(&bench.trust, &image.image, 0, NULL, &bench.source, &bench.err),
		  &bench.err);
	expect_error(uf_trust_weigh(&bench.trust, &bench.source, &bench.err), &bench.err,
		     UF_ERR_REFUSED, UF_CHECK_IMAGE_UNREADABLE, "");
	memory_image_free(&image);
}

/* What --allow can do about them: nothing. */
static void test_never_allowed(void **state)
{
	struct uf_verdict verdict = {.allow = ~(uf_check_set)0};
	struct recorder recorder;

	(void)state;
	begin_signed("hashed.minisig", ".minisig");
	beside(".sha256sum", other_sha(), NAME);
	weigh_by("minisign-other.pub");
	recorder_begin(&recorder);
	assert_int_equal(uf_check_all(uf_trust_checks, uf_trust_check_count, &bench.trust, &verdict,
				      &recorder.hooks),
			 UF_ERR_REFUSED);
	assert_true(verdict.refused ==
		    (UF_CHECK_BIT(UF_CHECK_TRUST_DIGEST) | UF_CHECK_BIT(UF_CHECK_TRUST_SIGNATURE)));
	assert_int_equal(recorder.checks, 2);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ask_for_nothing),
		cmocka_unit_test(test_ask_for_what_is_no_digest),
		cmocka_unit_test(test_ask_for_a_key),
		cmocka_unit_test(test_no_digest),
		cmocka_unit_test(test_every_suffix),
		cmocka_unit_test(test_mismatch_shows_both),
		cmocka_unit_test(test_any_byte_counts),
		cmocka_unit_test(test_forms_of_a_digest_file),
		cmocka_unit_test(test_other_name),
		cmocka_unit_test(test_only_others),
		cmocka_unit_test(test_broken_digest_file),
		cmocka_unit_test(test_broken_beside_a_good_one),
		cmocka_unit_test(test_all_four),
		cmocka_unit_test(test_one_of_four_is_wrong),
		cmocka_unit_test(test_given_digest),
		cmocka_unit_test(test_given_digest_against_a_file),
		cmocka_unit_test(test_weighed_again),
		cmocka_unit_test(test_nothing_can_lie_beside),
		cmocka_unit_test(test_packed_digest_of_the_file),
		cmocka_unit_test(test_packed_digest_of_the_contents),
		cmocka_unit_test(test_packed_md5),
		cmocka_unit_test(test_packed_mismatch),
		cmocka_unit_test(test_signed),
		cmocka_unit_test(test_packed_and_signed),
		cmocka_unit_test(test_signed_by_another_key),
		cmocka_unit_test(test_signed_and_changed),
		cmocka_unit_test(test_no_signature),
		cmocka_unit_test(test_signature_without_a_key),
		cmocka_unit_test(test_broken_signature),
		cmocka_unit_test(test_changed_trusted_comment),
		cmocka_unit_test(test_signature_and_digest),
		cmocka_unit_test(test_file_cut_before_it_was_read),
		cmocka_unit_test(test_file_changed_under_a_signature),
		cmocka_unit_test(test_file_cut_under_a_signature),
		cmocka_unit_test(test_image_that_cannot_be_read),
		cmocka_unit_test(test_never_allowed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
