/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/check/trust.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "uniflash/util/files.h"
#include "uniflash/util/textfile.h"

#define TEXT_MAX 16384

static const struct {
	const char *suffix;
	enum uf_hash_kind kind;
} sidecars[UF_SIDECARS] = {
	{".sha256sum", UF_HASH_SHA256},
	{".sha256", UF_HASH_SHA256},
	{".md5sum", UF_HASH_MD5},
	{".md5", UF_HASH_MD5},
};

/* minisign's and signify's. */
static const char *const signatures[] = {".minisig", ".sig"};

/* --- what is asked for ------------------------------------------------------------------------ */

static int take_sha256(struct uf_trust *trust, const char *hex, struct uf_error *err)
{
	trust->has_sha256 = uf_hex_parse(hex, strlen(hex), trust->sha256, sizeof(trust->sha256));
	if (trust->has_sha256)
		return UF_OK;
	return uf_fail(err, UF_ERR_USAGE,
		       "--sha256 needs 64 hexadecimal digits, \"%.80s\" has %zu characters", hex,
		       strlen(hex));
}

static int take_key(struct uf_trust *trust, const char *path, struct uf_error *err)
{
	char text[TEXT_MAX], why[sizeof(err->what)];
	int ret = uf_read_text("", path, text, sizeof(text), NULL, err);

	if (ret)
		return ret;
	ret = uf_pubkey_parse(text, &trust->key, err);
	if (ret) {
		snprintf(why, sizeof(why), "%s", err->what);
		return uf_fail(err, UF_ERR_USAGE, "--pubkey %.200s: %.200s", path, why);
	}
	trust->has_key = true;
	return UF_OK;
}

int uf_trust_ask(struct uf_trust *trust, const struct uf_trust_request *request,
		 struct uf_error *err)
{
	int ret = UF_OK;

	memset(trust, 0, sizeof(*trust));
	if (request->sha256)
		ret = take_sha256(trust, request->sha256, err);
	if (!ret && request->pubkey)
		ret = take_key(trust, request->pubkey, err);
	return ret;
}

/* --- what lies beside ------------------------------------------------------------------------- */

/* Read path + suffix; false where there is none. */
static bool read_beside(const char *path, const char *suffix, char *text, size_t *len,
			struct uf_error *err)
{
	char name[UF_PATH_MAX];

	err->code = UF_OK;
	if (snprintf(name, sizeof(name), "%s%s", path, suffix) >= (int)sizeof(name) ||
	    access(name, F_OK) != 0)
		return false;
	uf_read_text("", name, text, TEXT_MAX, len, err);
	return true;
}

static int add_taps(const struct uf_trust_source *source, enum uf_hash_kind kind,
		    struct uf_error *err)
{
	int ret = uf_tap_add(source->bytes, kind, 0, err);

	if (!ret && source->file)
		ret = uf_tap_add(source->file, kind, 0, err);
	return ret;
}

/* Nothing but blanks and comments: a download that failed. */
static bool says_nothing(const char *text)
{
	while (*text) {
		text += strspn(text, " \t\r\n");
		if (*text && *text != '#')
			return false;
		text += strcspn(text, "\n");
	}
	return true;
}

static int look_for_sidecar(struct uf_trust_source *source, unsigned row, struct uf_error *err)
{
	struct uf_sidecar *sidecar = &source->sidecar[source->sidecars];
	struct uf_error why = {0};
	char text[TEXT_MAX];
	size_t len = 0;

	if (!read_beside(source->path, sidecars[row].suffix, text, &len, &why))
		return UF_OK;
	if (!why.code && says_nothing(text))
		uf_fail(&why, UF_ERR_SYNTAX, "there is no digest in it");
	if (!why.code)
		uf_sidecar_parse(text, len, uf_path_base(source->path), sidecars[row].kind, sidecar,
				 &why);
	if (why.code) {
		uf_refuse(&source->sidecar_error, UF_CHECK_TRUST_DIGEST, "%.200s%s: %.200s",
			  source->path, sidecars[row].suffix, why.what);
		return UF_OK;
	}
	if (!sidecar->found)
		return UF_OK;
	source->suffix[source->sidecars++] = sidecars[row].suffix;
	return add_taps(source, sidecars[row].kind, err);
}

static int look_for_signature(struct uf_trust_source *source, struct uf_error *err)
{
	char text[TEXT_MAX];
	struct uf_error why;
	size_t at = 0, len;

	while (at < 2 && !read_beside(source->path, signatures[at], text, &len, &why))
		at++;
	if (at == 2) {
		uf_fail(&source->signature_error, UF_ERR_MISMATCH,
			"there is no signature beside it (%.150s.minisig, %.150s.sig)",
			source->path, source->path);
		return UF_OK;
	}
	if (why.code || uf_signature_parse(text, &source->signature, &why)) {
		uf_fail(&source->signature_error, UF_ERR_MISMATCH, "%.200s%s: %.200s", source->path,
			signatures[at], why.what);
		return UF_OK;
	}
	return source->signature.prehashed ? add_taps(source, UF_HASH_BLAKE2B, err) : UF_OK;
}

int uf_trust_look(const struct uf_trust *trust, const struct uf_image *image, unsigned index,
		  const char *path, struct uf_trust_source *source, struct uf_error *err)
{
	int ret = UF_OK;

	memset(source, 0, sizeof(*source));
	source->path = path;
	source->bytes = image->source[index];
	source->file = image->packed ? image->file : NULL;
	if (!path) {
		uf_fail(&source->signature_error, UF_ERR_MISMATCH,
			"standard input has no signature beside it");
		return UF_OK;
	}
	for (unsigned row = 0; !ret && row < UF_SIDECARS; row++)
		ret = look_for_sidecar(source, row, err);
	if (!ret && trust->has_key)
		ret = look_for_signature(source, err);
	return ret;
}

/* --- the judgement ---------------------------------------------------------------------------- */

/* Whether a digest is that of the file, or of what is packed in it. */
static int matches(const struct uf_trust_source *source, enum uf_hash_kind kind,
		   const uint8_t *digest, bool *match, struct uf_error *err)
{
	uint8_t have[UF_DIGEST_MAX];
	int ret = uf_tap_digest(source->bytes, kind, 0, have, err);

	*match = !ret && memcmp(have, digest, uf_hash_size(kind)) == 0;
	if (ret || *match || !source->file)
		return ret;
	ret = uf_tap_digest(source->file, kind, 0, have, err);
	*match = !ret && memcmp(have, digest, uf_hash_size(kind)) == 0;
	return ret;
}

static void hex_of(const uint8_t *digest, size_t size, char *out)
{
	for (size_t at = 0; at < size; at++)
		snprintf(out + 2 * at, 3, "%02x", digest[at]);
}

static void refuse_digest(struct uf_trust *trust, const struct uf_trust_source *source,
			  enum uf_hash_kind kind, const uint8_t *wanted, const char *who,
			  struct uf_error *err)
{
	char want[2 * UF_DIGEST_MAX + 1], have[2 * UF_DIGEST_MAX + 1];
	uint8_t digest[UF_DIGEST_MAX] = {0};

	uf_tap_digest(source->file ? source->file : source->bytes, kind, 0, digest, err);
	hex_of(wanted, uf_hash_size(kind), want);
	hex_of(digest, uf_hash_size(kind), have);
	trust->digest_result = UF_CHECK_REFUSED;
	uf_refuse(&trust->digest_says, UF_CHECK_TRUST_DIGEST,
		  "%.120s has the %s %s, but %.60s says %s", source->bytes->name,
		  uf_hash_name(kind), have, who, want);
	uf_advise(&trust->digest_says, "The download or the copy is damaged, or the digest is that "
				       "of another file: get both again.");
}

static int weigh_sidecar(struct uf_trust *trust, const struct uf_trust_source *source, unsigned at,
			 struct uf_error *err)
{
	const struct uf_sidecar *sidecar = &source->sidecar[at];
	char who[80];
	bool match;
	int ret = matches(source, sidecar->kind, sidecar->digest, &match, err);

	if (ret)
		return ret;
	snprintf(who, sizeof(who), "the file beside it (%s)", source->suffix[at]);
	if (!match) {
		refuse_digest(trust, source, sidecar->kind, sidecar->digest, who, err);
	} else if (sidecar->other_name && trust->digest_result != UF_CHECK_REFUSED) {
		trust->digest_result = UF_CHECK_NOTICE;
		uf_fail(&trust->digest_says, UF_OK,
			"%.150s equals its %s file, where it is called %s", source->bytes->name,
			source->suffix[at], sidecar->name);
	}
	return UF_OK;
}

static int weigh_given(struct uf_trust *trust, const struct uf_trust_source *source,
		       struct uf_error *err)
{
	bool match;
	int ret = matches(source, UF_HASH_SHA256, trust->sha256, &match, err);

	if (!ret && !match)
		refuse_digest(trust, source, UF_HASH_SHA256, trust->sha256, "--sha256", err);
	return ret;
}

/* Nobody has said what it must be: what it is can still be compared by eye. */
static int tell_digest(struct uf_trust *trust, const struct uf_trust_source *source,
		       struct uf_error *err)
{
	struct uf_bytes *bytes = source->file ? source->file : source->bytes;
	struct uf_digest digest;
	char hex[UF_DIGEST_TEXT];
	int ret = uf_tap_digest(bytes, UF_HASH_SHA256, 0, digest.byte, err);

	if (ret)
		return ret;
	trust->digest_result = UF_CHECK_NOTICE;
	uf_fail(&trust->digest_says, UF_OK, "no digest lies beside %.200s", bytes->name);
	uf_advise(&trust->digest_says, "sha256 %s", uf_digest_format(hex, &digest));
	return UF_OK;
}

static int weigh_digests(struct uf_trust *trust, const struct uf_trust_source *source,
			 struct uf_error *err)
{
	int ret = UF_OK;

	memset(&trust->digest_says, 0, sizeof(trust->digest_says));
	trust->digest_result = UF_CHECK_OK;
	if (source->sidecar_error.code) {
		trust->digest_result = UF_CHECK_REFUSED;
		trust->digest_says = source->sidecar_error;
		uf_advise(&trust->digest_says, "Get the digest file again, or remove it.");
		return UF_OK;
	}
	for (unsigned at = 0; !ret && at < source->sidecars; at++)
		ret = weigh_sidecar(trust, source, at, err);
	if (!ret && trust->has_sha256)
		ret = weigh_given(trust, source, err);
	if (!ret && !source->sidecars && !trust->has_sha256)
		ret = tell_digest(trust, source, err);
	return ret;
}

/* A signature that is not over a digest needs all of the file at once; it is mapped, and taken only
 * where it is still what went by. */
static int verify_mapped(const struct uf_trust *trust, const struct uf_trust_source *source,
			 struct uf_error *why, struct uf_error *err)
{
	struct uf_bytes *bytes = source->file ? source->file : source->bytes;
	struct uf_digest seen = {{0}}, mapped = {{0}};
	struct uf_hash *hash = NULL;
	int fd = uf_bytes_fd(bytes);
	size_t len = (size_t)bytes->size;
	void *map = fd < 0 ? MAP_FAILED : mmap(NULL, len, PROT_READ, MAP_SHARED, fd, 0);
	int ret = UF_OK;

	if (map != MAP_FAILED && uf_bytes_check_same(bytes, err)) {
		munmap(map, len);
		return UF_ERR_CHANGED;
	}
	if (map == MAP_FAILED)
		return uf_fail_errno(err, UF_ERR_IO, fd < 0 ? ESPIPE : errno, "cannot map %s",
				     bytes->name);
	uf_signature_verify(&source->signature, &trust->key, map, len, why);
	ret = uf_tap_digest(bytes, UF_HASH_SHA256, 0, seen.byte, err);
	if (!ret)
		ret = uf_hash_new(&hash, err);
	if (!ret && (!uf_hash_once(hash, map, len, &mapped) || !uf_digest_equal(&mapped, &seen)))
		ret = uf_fail(err, UF_ERR_CHANGED, "%s changed while it was checked", bytes->name);
	uf_hash_free(hash);
	munmap(map, len);
	return ret;
}

static int verify_prehashed(const struct uf_trust *trust, const struct uf_trust_source *source,
			    struct uf_bytes *bytes, struct uf_error *why, struct uf_error *err)
{
	uint8_t digest[UF_DIGEST_MAX];
	int ret = uf_tap_digest(bytes, UF_HASH_BLAKE2B, 0, digest, err);

	why->code = UF_OK;
	if (!ret)
		uf_signature_verify(&source->signature, &trust->key, digest,
				    uf_hash_size(UF_HASH_BLAKE2B), why);
	return ret;
}

static int verify(const struct uf_trust *trust, const struct uf_trust_source *source,
		  struct uf_error *why, struct uf_error *err)
{
	int ret;

	*why = source->signature_error;
	if (why->code)
		return UF_OK;
	if (!source->signature.prehashed)
		return verify_mapped(trust, source, why, err);
	ret = verify_prehashed(trust, source, source->bytes, why, err);
	if (!ret && why->code && source->file)
		ret = verify_prehashed(trust, source, source->file, why, err);
	return ret;
}

static int weigh_signature(struct uf_trust *trust, const struct uf_trust_source *source,
			   struct uf_error *err)
{
	struct uf_error why;
	int ret;

	memset(&trust->signature_says, 0, sizeof(trust->signature_says));
	trust->signature_result = UF_CHECK_OK;
	if (!trust->has_key)
		return UF_OK;
	ret = verify(trust, source, &why, err);
	if (ret || !why.code)
		return ret;
	trust->signature_result = UF_CHECK_REFUSED;
	uf_refuse(&trust->signature_says, UF_CHECK_TRUST_SIGNATURE, "%.120s: %.320s",
		  source->bytes->name, why.what);
	uf_advise(&trust->signature_says,
		  "Get image and signature again from where the key is "
		  "from, or leave --pubkey out and trust the file as it is.");
	return UF_OK;
}

int uf_trust_weigh(struct uf_trust *trust, struct uf_trust_source *source, struct uf_error *err)
{
	int ret = weigh_digests(trust, source, err);

	if (!ret)
		ret = weigh_signature(trust, source, err);
	return uf_image_refuse_unreadable(ret, err);
}

static enum uf_check_result judge_digest(const void *given, struct uf_error *finding)
{
	const struct uf_trust *trust = given;

	*finding = trust->digest_says;
	return trust->digest_result;
}

static enum uf_check_result judge_signature(const void *given, struct uf_error *finding)
{
	const struct uf_trust *trust = given;

	*finding = trust->signature_says;
	return trust->signature_result;
}

const struct uf_check uf_trust_checks[] = {
	{UF_CHECK_TRUST_DIGEST, 0, judge_digest},
	{UF_CHECK_TRUST_SIGNATURE, 0, judge_signature},
};

const unsigned uf_trust_check_count = sizeof(uf_trust_checks) / sizeof(uf_trust_checks[0]);
