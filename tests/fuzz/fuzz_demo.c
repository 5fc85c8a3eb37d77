/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Opening an image: raw or demo.bin, packed or not; its checksum, its digest, and what it puts on
 * the flash.
 *
 * Input: mode, the read that fails, flash offset and length of a read (3 and 2 bytes); the file.
 */
#include <openssl/sha.h>

#include "memory.h"
#include "uniflash/image/image.h"

#define PACK   1 /* the file is packed as gzip first */
#define REPAIR 2 /* the sizes and checksums of a uImage are made right */
#define FAIL   4 /* a read fails */
#define PART   8 /* it is one partition's file */

#define DEMO_FLASH_OFF 0x40000
#define FLASH_SIZE     0x1000000

struct file {
	uint8_t *at;
	size_t size;
};

static uint32_t crc_of(const uint8_t *at, size_t len)
{
	return (uint32_t)crc32(0, at, (uInt)len);
}

static void repair(const struct file *file)
{
	if (file->size < UF_UIMAGE_HEADER)
		return;
	fuzz_put_be32(file->at + 12, (uint32_t)(file->size - UF_UIMAGE_HEADER));
	fuzz_put_be32(file->at + 24,
		      crc_of(file->at + UF_UIMAGE_HEADER, file->size - UF_UIMAGE_HEADER));
	fuzz_put_be32(file->at + 4, 0);
	fuzz_put_be32(file->at + 4, crc_of(file->at, UF_UIMAGE_HEADER));
}

static struct uf_bytes *open_bytes(const struct file *file, unsigned mode, unsigned fail)
{
	struct uf_bytes *bytes;
	uint8_t *packed;
	size_t len;

	if (!(mode & PACK))
		return fuzz_bytes_open(file->at, file->size, fail);
	packed = fuzz_pack(file->at, file->size, 1, &len);
	bytes = fuzz_bytes_open(packed, len, fail);
	free(packed);
	return bytes;
}

static int open_image(struct uf_bytes *bytes, unsigned mode, struct uf_image *image,
		      struct uf_error *err)
{
	struct uf_range range = {DEMO_FLASH_OFF, 512};

	if (!(mode & PART))
		return uf_image_open(bytes, image, err);
	memset(image, 0, sizeof(*image));
	return uf_image_add_part(image, bytes, range, err);
}

/* Every extent lies in its source. */
static void check_extents(const struct uf_image *image)
{
	uint64_t end = 0;

	CHECK(image->sources == 1 && image->extents == 1);
	for (unsigned at = 0; at < image->extents; at++) {
		const struct uf_extent *extent = &image->extent[at];

		CHECK(extent->source < image->sources);
		CHECK(extent->source_off <= image->source[extent->source]->size);
		CHECK(extent->len <= image->source[extent->source]->size - extent->source_off);
		CHECK(extent->span >= extent->len);
		CHECK(extent->span <= UINT64_MAX - extent->flash_off);
		end = extent->flash_off + extent->len;
	}
	CHECK(uf_image_end(image) == end);
}

static void check_kind(const struct uf_image *image, const struct file *file)
{
	const struct uf_extent *extent = &image->extent[0];

	CHECK(uf_image_kind_name(image->kind));
	/* No file of nothing is an image, nor is gzip of nothing. */
	CHECK(image->size > 0);
	if (image->kind == UF_IMAGE_RAW)
		CHECK(extent->flash_off == 0 && extent->len == image->size);
	if (image->kind != UF_IMAGE_DEMO)
		return;
	CHECK(extent->flash_off == DEMO_FLASH_OFF && extent->source_off == UF_UIMAGE_HEADER);
	CHECK(image->demo.header_good && image->demo.size + UF_UIMAGE_HEADER == image->size);
	CHECK(!file || fuzz_printable(image->demo.name));
}

/* What is on the flash afterwards, byte by byte. */
static void check_fill(struct uf_image *image, const struct file *file, uint64_t off, size_t len,
		       bool may_fail)
{
	const struct uf_extent *extent = &image->extent[0];
	uint8_t *buf = fuzz_alloc(len);
	struct uf_error err;
	int ret = uf_image_fill(image, off, buf, len, &err);

	if (ret) {
		CHECK(may_fail);
		fuzz_check_error(ret, &err);
	}
	for (size_t at = 0; !ret && file && at < len; at++) {
		uint64_t in = off + at - extent->flash_off;
		bool has = off + at >= extent->flash_off && in < extent->len;

		CHECK(buf[at] == (has ? file->at[extent->source_off + in] : UF_BLANK_BYTE));
		if (at == 0 || at == len - 1)
			CHECK(uf_image_covers(image, (struct uf_range){off + at, 1}, true) == has);
	}
	free(buf);
}

static void check_whole(struct uf_image *image, const struct file *file, bool may_fail)
{
	struct uf_error err;
	int ret = uf_image_check_whole(image, &err);

	if (ret)
		fuzz_check_error(ret, &err);
	if (!file || image->kind != UF_IMAGE_DEMO || (ret && may_fail))
		return;
	CHECK((ret == UF_OK) == (crc_of(file->at + UF_UIMAGE_HEADER,
					file->size - UF_UIMAGE_HEADER) == image->demo.data_crc));
}

static void check_digest(struct uf_image *image, const struct file *file, bool may_fail)
{
	uint8_t digest[UF_DIGEST_MAX], expected[UF_DIGEST_LEN];
	struct uf_error err;
	int ret = uf_tap_digest(image->source[0], UF_HASH_SHA256, 0, digest, &err);

	if (ret) {
		CHECK(may_fail);
		fuzz_check_error(ret, &err);
		return;
	}
	if (!file)
		return;
	SHA256(file->at, file->size, expected);
	CHECK(memcmp(digest, expected, sizeof(expected)) == 0);
}

/* `file` is what the image was made of, NULL where the input was gzip itself. */
static void check_image(struct uf_image *image, const struct file *file, uint64_t off, size_t len,
			bool may_fail)
{
	check_extents(image);
	check_kind(image, file);
	CHECK(!file || image->size == file->size);
	check_fill(image, file, off, len, may_fail);
	check_whole(image, file, may_fail);
	check_digest(image, file, may_fail);
	check_fill(image, file, image->extent[0].flash_off, len, may_fail);
	CHECK(uf_image_check_same(image, NULL) == UF_OK);
}

/* No size is below 0, nor is one that a message tells. */
static void check_refusal(int ret, const struct uf_error *err)
{
	fuzz_check_error(ret, err);
	CHECK(!strstr(err->what, "1844674407"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = {data, size};
	unsigned mode = (unsigned)fuzz_take(&input, 1);
	unsigned fail = (unsigned)fuzz_take(&input, 1);
	uint64_t off = fuzz_take(&input, 3) % FLASH_SIZE;
	size_t len = (size_t)fuzz_take(&input, 2) % 4096;
	struct file file = {fuzz_copy(input.at, input.left), input.left};
	struct uf_bytes *bytes;
	struct uf_image image;
	struct uf_error err;
	bool is_gzip;
	int ret;

	if (mode & REPAIR)
		repair(&file);
	if (!(mode & FAIL))
		fail = 0;
	bytes = file.size || mode & PACK ? open_bytes(&file, mode, fail) : NULL;
	if (bytes) {
		is_gzip = !(mode & (PACK | PART)) && file.size > 2 && file.at[0] == 0x1f;
		ret = open_image(bytes, mode, &image, &err);
		if (ret)
			check_refusal(ret, &err);
		else if (!(mode & PART) || !(mode & PACK))
			check_image(&image, is_gzip ? NULL : &file, off, len, fail || is_gzip);
		uf_image_close(&image);
	}
	free(file.at);
	return 0;
}
