/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The whole inspector over a flash put together from pieces.
 *
 * Input: what lies between the pieces, the size (2 bytes, see flash_size), how it is fed; then
 * pieces: kind, slice (1 byte), offset in it (2 bytes, for bytes alone), length (2 bytes), bytes.
 * Checksums that the kind needs are made right, or no mutation would ever get behind them.
 */
#include <zlib.h>

#include "fuzz.h"
#include "uniflash/image/inspect.h"

/* Behind what is kept of the beginning: structures there come by slice by slice. */
#define SIZE_MAX_SMALL (3 * UF_SLICE)
#define RARE           32
#define SIZE_MAX_HERE  (UF_INSPECT_HEAD + 4 * UF_SLICE)

enum {
	PIECE_BYTES,
	PIECE_UIMAGE,
	PIECE_UIMAGE_WHOLE,
	PIECE_ENV,
	PIECE_JFFS2,
	PIECE_SQUASHFS
};
#define PIECES (PIECE_SQUASHFS + 1)

struct flash {
	uint8_t *at;
	size_t size;
};

static uint32_t crc_of(const uint8_t *at, size_t len)
{
	return (uint32_t)crc32(0, at, (uInt)len);
}

static void repair_uimage(uint8_t *at, size_t room, bool whole)
{
	static const uint8_t magic[] = {0x27, 0x05, 0x19, 0x56};

	if (room < UF_UIMAGE_HEADER)
		return;
	memcpy(at, magic, sizeof(magic));
	if (whole && uf_be32(at + 12) <= room - UF_UIMAGE_HEADER)
		fuzz_put_be32(at + 24, crc_of(at + UF_UIMAGE_HEADER, uf_be32(at + 12)));
	fuzz_put_be32(at + 4, 0);
	fuzz_put_be32(at + 4, crc_of(at, UF_UIMAGE_HEADER));
}

static void repair_env(uint8_t *at, size_t room, unsigned choice)
{
	static const size_t sizes[] = {0x4000, 0x8000, 0x10000};
	size_t size = sizes[choice % 3];

	if (size <= room)
		fuzz_put_le32(at, crc_of(at + 4, size - 4));
}

static void repair_jffs2(uint8_t *at, size_t room)
{
	if (room < UF_JFFS2_HEADER)
		return;
	at[0] = 0x85;
	at[1] = 0x19;
	at[3] |= 0x20; /* JFFS2_NODE_ACCURATE, which the checksum is made with */
	fuzz_put_le32(at + 8, (uint32_t)~crc32(0xffffffff, at, 8));
}

static void repair_squashfs(uint8_t *at, size_t room)
{
	if (room < UF_SQUASHFS_HEADER)
		return;
	memcpy(at, "hsqs", 4);
	fuzz_put_le32(at + 12, 1 << 17);
	at[22] = 17;
	at[23] = 0;
	at[28] = 4;
	at[29] = 0;
}

static void place(const struct flash *flash, struct fuzz_input *input)
{
	unsigned kind = (unsigned)fuzz_take(input, 1);
	size_t off = (size_t)fuzz_take(input, 1) * UF_SLICE;
	size_t within = (size_t)fuzz_take(input, 2) % UF_SLICE;
	size_t len = (size_t)uf_min(fuzz_take(input, 2), input->left);
	size_t room;

	if (kind % PIECES == PIECE_BYTES)
		off += within;
	off %= flash->size;
	room = flash->size - off;
	if (len)
		memcpy(flash->at + off, input->at, (size_t)uf_min(len, room));
	input->at += len;
	input->left -= len;
	if (kind % PIECES == PIECE_UIMAGE || kind % PIECES == PIECE_UIMAGE_WHOLE)
		repair_uimage(flash->at + off, room, kind % PIECES == PIECE_UIMAGE_WHOLE);
	else if (kind % PIECES == PIECE_ENV)
		repair_env(flash->at + off, room, kind / PIECES);
	else if (kind % PIECES == PIECE_JFFS2)
		repair_jffs2(flash->at + off, room);
	else if (kind % PIECES == PIECE_SQUASHFS)
		repair_squashfs(flash->at + off, room);
}

static void feed(struct uf_inspector *inspector, const struct flash *flash, size_t step)
{
	for (size_t at = 0; at < flash->size; at += step) {
		size_t len = (size_t)uf_min(step, flash->size - at);
		uint8_t *bytes = fuzz_copy(flash->at + at, len);

		uf_inspector_feed(inspector, bytes, len);
		free(bytes);
	}
}

static void inspect(const struct flash *flash, size_t step, struct uf_inspection *found)
{
	struct uf_inspector *inspector;

	memset(found, 0xa5, sizeof(*found));
	CHECK(uf_inspector_new(&inspector, NULL) == UF_OK);
	feed(inspector, flash, step);
	uf_inspector_end(inspector, found);
	uf_inspector_free(inspector);
}

static void check_uimage(const struct flash *flash, const struct uf_item *item)
{
	const struct uf_uimage *uimage = &item->uimage;
	const uint8_t *data = flash->at + item->range.off + UF_UIMAGE_HEADER;

	CHECK(fuzz_ends(uimage->name, sizeof(uimage->name)) && fuzz_printable(uimage->name));
	if (item->health == UF_HEALTH_GOOD)
		CHECK(uimage->header_good && uimage->size &&
		      crc_of(data, uimage->size) == uimage->data_crc);
}

static void check_item(const struct flash *flash, const struct uf_item *item)
{
	CHECK(item->kind < UF_ITEM_KINDS && uf_item_kind_name(item->kind)[0]);
	CHECK(item->health <= UF_HEALTH_CUT_OFF && uf_item_health_name(item->health)[0]);
	CHECK(item->range.off < flash->size && item->range.len);
	/* What is good lies in what was fed: it was seen to its end. */
	if (item->health == UF_HEALTH_GOOD)
		CHECK(item->range.len <= flash->size - item->range.off);
	if (item->kind == UF_ITEM_UIMAGE)
		check_uimage(flash, item);
	if (item->kind == UF_ITEM_ENV)
		CHECK(fuzz_ends(item->env.bootcmd, sizeof(item->env.bootcmd)) &&
		      fuzz_ends(item->env.mtdparts, sizeof(item->env.mtdparts)) &&
		      uf_env_good(flash->at + item->range.off, (size_t)item->range.len));
	if (item->kind == UF_ITEM_BLANK)
		CHECK(uf_is_blank(flash->at + item->range.off, (size_t)item->range.len));
}

static void check_found(const struct flash *flash, const struct uf_inspection *found)
{
	CHECK(found->size == flash->size && found->items <= UF_ITEMS_MAX);
	CHECK(found->boot_extent <= found->size);
	CHECK(found->boot.present == (found->boot_extent > 0));
	for (unsigned at = 0; at < found->items; at++) {
		const struct uf_item *item = &found->item[at];

		check_item(flash, item);
		if (at)
			CHECK(item->range.off >= uf_range_end(item[-1].range));
		CHECK(uf_inspection_find(found, item->kind)->range.off <= item->range.off);
	}
	CHECK(uf_inspection_soc(found) < UF_SOC_COUNT);
}

/* However it is fed, the same is found. */
static void check_same(const struct uf_inspection *a, const struct uf_inspection *b)
{
	CHECK(a->items == b->items && a->boot_extent == b->boot_extent);
	for (unsigned at = 0; at < a->items; at++) {
		CHECK(a->item[at].kind == b->item[at].kind);
		CHECK(a->item[at].health == b->item[at].health);
		CHECK(a->item[at].range.off == b->item[at].range.off);
		CHECK(a->item[at].range.len == b->item[at].range.len);
	}
}

/*
 * Large ones cost dozens of times as much, nearly all of it in checksums. By the sum of all bytes
 * few are, and few of what a mutation makes of a large one.
 */
static size_t flash_size(const uint8_t *data, size_t size, unsigned choice)
{
	unsigned sum = 0;

	for (size_t at = 0; at < size; at++)
		sum += data[at];
	return choice * 256 % (sum % RARE ? SIZE_MAX_SMALL : SIZE_MAX_HERE) + 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t steps[] = {UF_SLICE, 4 * UF_SLICE, UF_SLICE / 2, 5000};
	static struct uf_inspection found, again;
	struct fuzz_input input = {data, size};
	uint8_t between = (uint8_t)fuzz_take(&input, 1);
	struct flash flash = {NULL, flash_size(data, size, (unsigned)fuzz_take(&input, 2))};
	unsigned feeding = (unsigned)fuzz_take(&input, 1);

	flash.at = fuzz_alloc(flash.size);
	memset(flash.at, between, flash.size);
	while (input.left)
		place(&flash, &input);
	inspect(&flash, steps[feeding % 4], &found);
	check_found(&flash, &found);
	/* It costs as much again: not every time. */
	if (feeding & 0x80) {
		inspect(&flash, SIZE_MAX_HERE, &again);
		check_same(&found, &again);
	}
	free(flash.at);
	return 0;
}
