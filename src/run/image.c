/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The image: opened, trusted or not, read once. */
#include "pipeline.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "testing.h"
#include "uniflash/live/cards.h"

/* What a packed image can be longer than what is in it. */
#define PACKED_SLACK 65536

static bool on_stop(void *context)
{
	const struct run *run = context;

	return uf_stop_asked(&run->hooks);
}

/* Standard input is kept on a card, or in the memory that is to spare. */
static int spool(struct run *run, uint64_t limit, struct uf_bytes **bytes)
{
	struct uf_spool_places places;
	int ret;

	if (isatty(STDIN_FILENO))
		uf_note(&run->hooks, UF_NOTE_INFO, "Reading the image from standard input.");
	uf_spool_places(run->root, run->has_mtd, &places);
	ret = uf_bytes_spool("standard input", STDIN_FILENO, places.folder, places.memory,
			     limit + PACKED_SLACK, on_stop, run, bytes, &run->error);
	return uf_image_refuse_unreadable(ret, &run->error);
}

/* Blocks that are equal are left alone; written over itself all the same, the only copy of a dump
 * would be half of each when the run is cut off. */
static int check_not_dump(struct run *run, const char *path)
{
	struct stat image, dump;

	if (!run->request->full || !uf_request_writes(run->request) ||
	    !run->request->device.is_file || stat(path, &image) != 0 ||
	    stat(run->request->device.path, &dump) != 0 || image.st_dev != dump.st_dev ||
	    image.st_ino != dump.st_ino)
		return UF_OK;
	return uf_fail(&run->error, UF_ERR_USAGE, "%s is image and dump at once", path);
}

static int open_bytes(struct run *run, const char *path, uint64_t limit, struct uf_bytes **bytes)
{
	int ret;

	if (uf_request_from_stdin(run->request)) {
		ret = spool(run, limit, bytes);
	} else {
		ret = check_not_dump(run, path);
		if (!ret)
			ret = uf_bytes_open_file(path, bytes, &run->error);
	}

	return ret ? ret : testing_wrap_bytes(bytes, &run->error);
}

static int too_big(struct run *run, uint64_t limit)
{
	char most[UF_SIZE_TEXT];

	uf_refuse(&run->error, UF_CHECK_SIZE_TOO_BIG,
		  "%s holds more than %s bytes: it does not fit", run->image.name,
		  uf_format_count(most, limit));
	uf_advise(&run->error, "This image is for a larger flash: get the one for this camera.");
	return UF_ERR_REFUSED;
}

/* The end of a truncated gzip is no size: unpacking tells it from an image that is too big. Of one
 * that is, no more than what would fit is unpacked. */
static int check_packed_size(struct run *run, uint64_t limit)
{
	static uint8_t scrap[16384];
	struct uf_bytes *bytes = run->image.source[0];
	int ret = UF_OK;

	if (run->image.size <= limit)
		return UF_OK;
	for (uint64_t off = 0; run->image.packed && !ret && off <= limit; off += sizeof(scrap)) {
		size_t len = (size_t)uf_min(sizeof(scrap), bytes->size - off);

		ret = uf_bytes_read(bytes, off, scrap, len, &run->error);
		if (!ret && uf_stop_asked(&run->hooks))
			ret = uf_fail(&run->error, UF_ERR_STOPPED, "stopped");
	}
	if (ret)
		return uf_image_refuse_unreadable(ret, &run->error);
	/* Where a flash is known, its own check tells both sizes. */
	return run->image.packed || !run->map.size ? too_big(run, limit) : UF_OK;
}

static const char *path_of(const struct run *run, unsigned source)
{
	if (run->image.kind == UF_IMAGE_PARTS)
		return run->request->part[source].value;
	return uf_request_from_stdin(run->request) ? NULL : run->request->operand[0];
}

static int ask_trust(struct run *run)
{
	const struct uf_trust_request request = {run->request->sha256, run->request->pubkey};
	int ret = uf_trust_ask(&run->trust, &request, &run->error);

	if (ret)
		return ret;
	run->trust_source = calloc(run->image.sources, sizeof(*run->trust_source));
	if (!run->trust_source)
		return uf_fail(&run->error, UF_ERR_MEMORY, "no memory for digests");
	for (unsigned at = 0; !ret && at < run->image.sources; at++)
		ret = uf_trust_look(&run->trust, &run->image, at, path_of(run, at),
				    &run->trust_source[at], &run->error);
	return ret;
}

static int weigh_trust(struct run *run)
{
	int ret = UF_OK;

	for (unsigned at = 0; !ret && at < run->image.sources; at++) {
		ret = uf_trust_weigh(&run->trust, &run->trust_source[at], &run->error);
		if (!ret)
			uf_check_all(uf_trust_checks, uf_trust_check_count, &run->trust,
				     &run->verdict, &run->hooks);
		ret = run_settle(run, ret);
	}
	if (!ret && run->verdict.refused) {
		run->error = run->verdict.first;
		ret = UF_ERR_REFUSED;
	}
	return ret;
}

int run_open_image(struct run *run, uint64_t limit)
{
	struct uf_bytes *bytes = NULL;
	int ret = open_bytes(run, run->request->operand[0], limit, &bytes);

	if (!ret)
		ret = uf_image_open(bytes, &run->image, &run->error);
	if (!ret)
		ret = ask_trust(run);
	if (!ret)
		ret = check_packed_size(run, limit);
	return run_settle(run, ret);
}

_Static_assert(UF_NAMED_MAX <= UF_EXTENTS_MAX, "every --part has its extent");

static int open_part(struct run *run, const struct uf_named *named)
{
	bool chosen[UF_PARTITIONS_MAX];
	struct uf_bytes *bytes;
	int index, ret = uf_names_resolve(named->name, &run->table, chosen, &run->error);

	if (ret)
		return ret;
	index = uf_table_find(&run->table, named->name);
	if (index < 0 || run->has_part[index])
		return uf_fail(&run->error, UF_ERR_USAGE, "--part names %s more than once",
			       named->name);
	run->has_part[index] = true;
	ret = open_bytes(run, named->value, run->map.size, &bytes);
	return ret ? ret
		   : uf_image_add_part(&run->image, bytes, run->table.part[index].range,
				       &run->error);
}

int run_open_parts(struct run *run)
{
	int ret = UF_OK;

	for (unsigned at = 0; !ret && at < run->request->parts; at++)
		ret = open_part(run, &run->request->part[at]);
	if (!ret)
		ret = ask_trust(run);
	return run_settle(run, ret);
}

static const struct uf_foreign *kind_of(const struct run *run, const uint8_t *head, size_t len)
{
	switch (run->image.kind) {
	case UF_IMAGE_RAW:
		return uf_foreign_kind(head, len);
	case UF_IMAGE_PARTS:
		return uf_foreign_part(head, len);
	case UF_IMAGE_DEMO:
		break;
	}
	return NULL;
}

/* What a file is, where it is no image. */
static int look_at_kind(struct run *run, unsigned source, const struct uf_foreign **foreign)
{
	struct uf_bytes *bytes = run->image.source[source];
	size_t len = (size_t)uf_min(bytes->size, UF_KIND_HEAD);
	uint8_t head[UF_KIND_HEAD];
	int ret = uf_bytes_read(bytes, 0, head, len, &run->error);

	if (!ret)
		*foreign = kind_of(run, head, len);
	return uf_image_refuse_unreadable(ret, &run->error);
}

static int check_kind(struct run *run)
{
	for (unsigned at = 0; at < run->image.sources; at++) {
		struct uf_kind_facts facts = {NULL, run->image.source[at]->name,
					      run->image.packed ? run->image.file->size
								: run->image.source[at]->size};
		int ret = look_at_kind(run, at, &facts.foreign);

		if (ret)
			return run_settle(run, ret);
		if (run->request->verb == UF_VERB_INSPECT)
			run->foreign = facts.foreign;
		else if (uf_check_all(uf_kind_checks, uf_kind_check_count, &facts, &run->verdict,
				      &run->hooks)) {
			run->error = run->verdict.first;
			return UF_ERR_REFUSED;
		}
	}
	return UF_OK;
}

int run_begin_inspection(struct run *run)
{
	uf_inspector_free(run->inspector);
	run->inspector = NULL;
	return uf_inspector_new(&run->inspector, &run->error);
}

void run_end_inspection(struct run *run, struct uf_inspection *found)
{
	uf_inspector_end(run->inspector, found);
	uf_inspector_free(run->inspector);
	run->inspector = NULL;
}

int run_check_image(struct run *run)
{
	int ret = check_kind(run);

	if (ret)
		return ret;
	ret = run_begin_inspection(run);
	if (!ret)
		ret = uf_target_digest(&run->target, &run->image, run->prints, run->buf,
				       run->inspector, &run->hooks, &run->error);
	ret = run_settle(run, ret);
	if (ret)
		return ret;
	run_end_inspection(run, &run->found);
	return weigh_trust(run);
}

static int make_buffers(struct run *run, const struct uf_geometry *geometry)
{
	int ret;

	run->buf = malloc(geometry->erase_size);
	if (!run->buf)
		return uf_fail(&run->error, UF_ERR_MEMORY, "no memory for an erase block");
	ret = uf_hash_new(&run->hash, &run->error);
	if (!ret)
		ret = uf_fingerprints_new(&run->prints, &run->error);
	if (!ret)
		ret = uf_target_init(&run->target, geometry, run->prints, run->buf, &run->error);
	return ret;
}

int run_make_target(struct run *run)
{
	const struct uf_geometry geometry = {
		.size = run->map.size,
		.erase_size = run->map.erase_size,
		.page_size = run->map.page_size,
	};

	return make_buffers(run, &geometry);
}

/* For what looks at an image without a flash: the grid is one of slices. */
int run_inspect_image(struct run *run)
{
	const struct uf_geometry geometry = {
		.size = uf_image_end(&run->image),
		.erase_size = UF_SLICE,
		.page_size = UF_SLICE,
	};
	int ret = make_buffers(run, &geometry);

	return ret ? ret : run_check_image(run);
}
