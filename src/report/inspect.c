/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "words.h"

#include <inttypes.h>

static void add_image(struct text *text, const struct uf_inspected *inspected)
{
	char size[UF_SIZE_TEXT], digest[UF_DIGEST_TEXT];
	const struct uf_image *image = inspected->image;

	text_add(text, "image   %s: ", image->name);
	if (inspected->foreign)
		text_add(text, "%s, ", inspected->foreign->what);
	else
		text_add(text, "%s, ", uf_image_kind_name(image->kind));
	text_add(text, "%s%s\n        sha256 %s\n", uf_format_size(size, image->size),
		 image->packed ? ", unpacked from gzip" : "",
		 uf_digest_format(digest, inspected->digest));
}

static void add_boot(struct text *text, const struct uf_inspection *found)
{
	const struct uf_boot *boot = &found->boot;

	text_add(text, "soc     %s", uf_soc_name(uf_inspection_soc(found)));
	if (boot->ram_mib)
		text_add(text, ", %" PRIu32 " MiB of RAM", boot->ram_mib);
	if (!boot->present) {
		text_add(text, ", no boot loader\n");
		return;
	}
	text_add(text, "; boot loader %" PRIu64 " KiB, first stage %" PRIu32 " bytes, CRC7 %s%s\n",
		 found->boot_extent / 1024, boot->spl_length,
		 boot->checksum_good   ? "good"
		 : boot->checksum_near ? "good without its padding"
				       : "bad",
		 boot->signature ? ", signed" : "");
	if (boot->bootargs[0])
		text_add(text, "        bootargs %s\n", boot->bootargs);
}

static void add_table(struct text *text, const struct uf_table *table)
{
	for (unsigned at = 0; at < table->count; at++)
		text_add(text, "%s%s 0x%06" PRIx64, at ? ", " : "", table->part[at].name,
			 table->part[at].range.off);
	text_add(text, "\n");
}

/* The boundaries that the contents really have, for what no table tells of. */
static void add_boundaries(struct text *text, const struct uf_inspection *found)
{
	bool first = true;

	for (unsigned at = 0; at < found->items; at++) {
		const struct uf_item *item = &found->item[at];

		if (item->kind == UF_ITEM_BLANK || item->kind == UF_ITEM_DATA)
			continue;
		text_add(text, "%s%s 0x%06" PRIx64, first ? "" : ", ",
			 uf_item_kind_name(item->kind), item->range.off);
		first = false;
	}
	text_add(text, "%s\n", first ? "nothing that is known" : "");
}

static void add_layout(struct text *text, const struct uf_inspected *inspected)
{
	text_add(text, "layout  ");
	if (inspected->carried) {
		text_add(text, "%s, by the table that it carries\n        ",
			 inspected->carried->name);
		add_table(text, &inspected->carried->table);
	} else if (inspected->fits[0]) {
		text_add(text, "fits %s\n", inspected->fits);
	} else {
		text_add(text, "none that is known; its boundaries:\n        ");
		add_boundaries(text, inspected->found);
	}
}

static void add_details(struct text *text, const struct uf_item *item)
{
	switch (item->kind) {
	case UF_ITEM_UIMAGE:
		text_add(text, "\"%s\", %s, load 0x%08" PRIx32, item->uimage.name,
			 uf_uimage_compression(item->uimage.compression), item->uimage.load);
		if (item->health == UF_HEALTH_BAD)
			text_add(text, ", wrong checksum of its %s",
				 item->uimage.header_good ? "data" : "header");
		break;
	case UF_ITEM_SQUASHFS:
		text_add(text, "%u.%u, %s, blocks of %" PRIu32 " KiB", item->squashfs.major,
			 item->squashfs.minor, uf_squashfs_compression(item->squashfs.compression),
			 item->squashfs.block_size / 1024);
		break;
	case UF_ITEM_ENV:
		text_add(text, "bootcmd=%s", item->env.bootcmd);
		break;
	case UF_ITEM_FLAG:
		text_add(text, "FWGRADEUP=: a stock boot loader would copy its staging partitions");
		break;
	default:
		break;
	}
}

static void add_items(struct text *text, const struct uf_inspection *found)
{
	text_add(text, "\nrange               %10s  %-12s  %-7s  details\n", "size", "what",
		 "state");
	for (unsigned at = 0; at < found->items; at++) {
		const struct uf_item *item = &found->item[at];
		size_t start = text->len;
		bool judged = item->kind == UF_ITEM_BOOT || item->kind == UF_ITEM_UIMAGE ||
			      item->kind == UF_ITEM_SQUASHFS || item->kind == UF_ITEM_ENV;

		text_add(text, "0x%06" PRIx64 "-0x%06" PRIx64, item->range.off,
			 uf_range_end(item->range));
		text_pad(text, start, 18);
		text_add(text, "  %6" PRIu64 " KiB  %-12s  %-7s  ", (item->range.len + 1023) / 1024,
			 uf_item_kind_name(item->kind),
			 judged ? uf_item_health_name(item->health) : "");
		add_details(text, item);
		while (text->len > start && text->at[text->len - 1] == ' ')
			text->at[--text->len] = '\0';
		text_add(text, "\n");
	}
}

void words_inspected(struct text *text, const struct uf_inspected *inspected)
{
	add_image(text, inspected);
	if (inspected->foreign)
		return;
	add_boot(text, inspected->found);
	add_layout(text, inspected);
	add_items(text, inspected->found);
}
