/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "jsontext.h"

static void add_table(struct text *text, const struct uf_table *table)
{
	json_add_key(text, "partitions");
	text_add(text, "[");
	for (unsigned at = 0; at < table->count; at++) {
		json_begin_item(text);
		text_add(text, "{");
		json_key_string(text, "name", table->part[at].name);
		json_key_number(text, "offset", table->part[at].range.off);
		json_key_number(text, "size", table->part[at].range.len);
		text_add(text, "}");
	}
	text_add(text, "]");
}

static void add_boot(struct text *text, const struct uf_inspection *found)
{
	const struct uf_boot *boot = &found->boot;

	json_add_key(text, "boot");
	text_add(text, "{");
	json_key_number(text, "size", found->boot_extent);
	json_key_number(text, "length", boot->spl_length);
	json_key_bool(text, "length_good", boot->length_good);
	json_key_bool(text, "checksum_good", boot->checksum_good || boot->checksum_near);
	json_key_bool(text, "signed", boot->signature);
	if (boot->bootargs[0])
		json_key_string(text, "bootargs", boot->bootargs);
	text_add(text, "}");
}

static void add_uimage(struct text *text, const struct uf_uimage *uimage)
{
	json_key_string(text, "name", uimage->name);
	json_key_number(text, "type", uimage->type);
	json_key_string(text, "compression", uf_uimage_compression(uimage->compression));
	json_key_number(text, "load", uimage->load);
	json_key_number(text, "entry", uimage->entry);
	json_key_bool(text, "header_good", uimage->header_good);
}

static void add_squashfs(struct text *text, const struct uf_squashfs *squashfs)
{
	json_key_string(text, "compression", uf_squashfs_compression(squashfs->compression));
	json_key_number(text, "block_size", squashfs->block_size);
}

static void add_item(struct text *text, const struct uf_item *item)
{
	json_begin_item(text);
	text_add(text, "{");
	json_key_string(text, "kind", uf_item_kind_name(item->kind));
	json_key_number(text, "offset", item->range.off);
	json_key_number(text, "size", item->range.len);
	json_key_string(text, "state", uf_item_health_name(item->health));
	if (item->kind == UF_ITEM_UIMAGE)
		add_uimage(text, &item->uimage);
	else if (item->kind == UF_ITEM_SQUASHFS)
		add_squashfs(text, &item->squashfs);
	else if (item->kind == UF_ITEM_ENV)
		json_key_string(text, "bootcmd", item->env.bootcmd);
	text_add(text, "}");
}

static void add_found(struct text *text, const struct uf_inspected *inspected)
{
	const struct uf_inspection *found = inspected->found;

	json_key_string(text, "soc", uf_soc_name(uf_inspection_soc(found)));
	if (found->boot.ram_mib)
		json_key_number(text, "ram_mib", found->boot.ram_mib);
	if (found->boot.present)
		add_boot(text, found);
	if (inspected->carried) {
		json_key_string(text, "layout", inspected->carried->name);
		add_table(text, &inspected->carried->table);
	}
	if (inspected->fits[0])
		json_key_string(text, "fits", inspected->fits);
	json_add_key(text, "items");
	text_add(text, "[");
	for (unsigned at = 0; at < found->items; at++)
		add_item(text, &found->item[at]);
	text_add(text, "]");
}

void json_add_inspected(struct text *text, const struct uf_inspected *inspected)
{
	json_key_string(text, "image", inspected->image->name);
	json_key_string(text, "kind",
			inspected->foreign ? inspected->foreign->what
					   : uf_image_kind_name(inspected->image->kind));
	json_key_number(text, "image_size", inspected->image->size);
	json_key_digest(text, "image_sha256", inspected->digest);
	json_key_bool(text, "packed", inspected->image->packed);
	if (!inspected->foreign)
		add_found(text, inspected);
}
