/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Trust: whether the image is the one that its maker published. Digests that lie beside it or are
 * given, signatures, and what a partition of the camera must hold beforehand. Reads files beside
 * the image; touches no flash.
 */
#ifndef UNIFLASH_CHECK_TRUST_H
#define UNIFLASH_CHECK_TRUST_H

#include "uniflash/check/check.h"
#include "uniflash/image/image.h"
#include "uniflash/image/sidecar.h"
#include "uniflash/image/signature.h"

/* Digest files that are looked for beside an image. */
#define UF_SIDECARS 4

/* What is known of one source of an image. */
struct uf_trust_source {
	const char *path;       /* of the file; NULL where nothing can lie beside it */
	struct uf_bytes *bytes; /* tapped; borrowed from the image */
	struct uf_bytes *file;  /* the same for the packed file, NULL where it is not packed */
	unsigned sidecars;
	struct uf_sidecar sidecar[UF_SIDECARS];
	const char *suffix[UF_SIDECARS]; /* of each */
	struct uf_error sidecar_error;   /* code 0, or why one of them makes no sense */
	struct uf_signature signature;
	struct uf_error signature_error; /* code 0, or why there is none to verify */
};

/* What the user asks for. All may be NULL. */
struct uf_trust_request {
	const char *sha256; /* hexadecimal */
	const char *pubkey; /* path of a public key file */
};

/* What is asked of all sources, and what came of one of them. */
struct uf_trust {
	bool has_sha256;
	uint8_t sha256[UF_DIGEST_LEN];
	bool has_key;
	struct uf_pubkey key;
	enum uf_check_result digest_result;
	struct uf_error digest_says;
	enum uf_check_result signature_result;
	struct uf_error signature_says;
};

/* Take what the user asks for. UF_ERR_USAGE where a digest or a key is none, UF_ERR_IO. */
int uf_trust_ask(struct uf_trust *trust, const struct uf_trust_request *request,
		 struct uf_error *err);

/*
 * Look for what lies beside one source of the image (path NULL: nothing can) and have the digests
 * taken that it calls for. Before the image goes by. UF_ERR_MEMORY, UF_ERR_IO.
 */
int uf_trust_look(const struct uf_trust *trust, const struct uf_image *image, unsigned index,
		  const char *path, struct uf_trust_source *source, struct uf_error *err);

/* Judge one source now that all of it has gone by; the checks below tell what came of it. Errors
 * as of reading an image. */
int uf_trust_weigh(struct uf_trust *trust, struct uf_trust_source *source, struct uf_error *err);

/* trust.digest and trust.signature; facts are a struct uf_trust that has been weighed. */
extern const struct uf_check uf_trust_checks[];
extern const unsigned uf_trust_check_count;

#endif
