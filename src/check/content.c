/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/check/content.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

static enum uf_check_result judge_kind(const void *given, struct uf_error *finding)
{
	const struct uf_kind_facts *facts = given;
	char size[UF_SIZE_TEXT];

	if (!facts->foreign)
		return UF_CHECK_OK;
	uf_refuse(finding, UF_CHECK_IMAGE_KIND, "%s is %s, %s bytes, and no image of a flash",
		  facts->name, facts->foreign->what, uf_format_count(size, facts->size));
	uf_advise(finding, "%s", facts->foreign->next);
	return UF_CHECK_REFUSED;
}

/* What lies where something else was expected, in words. */
static const char *what_lies_at(const struct uf_inspection *found, uint64_t off)
{
	/* What becomes blank is no item. */
	for (unsigned at = 0; at < found->items; at++)
		if (off >= found->item[at].range.off && off < uf_range_end(found->item[at].range))
			return uf_item_kind_name(found->item[at].kind);
	return "blank";
}

static enum uf_check_result judge_boot_missing(const void *given, struct uf_error *finding)
{
	const struct uf_content_facts *facts = given;

	if (facts->after->boot.present)
		return UF_CHECK_OK;
	uf_refuse(finding, UF_CHECK_BOOT_MISSING,
		  "the flash would begin with no boot loader, but with: %s",
		  what_lies_at(facts->after, 0));
	uf_advise(finding,
		  "A camera without a boot loader does not start and needs a programmer. A full "
		  "image begins with one (06 05 04 03 02 55 aa 55 aa).");
	return UF_CHECK_REFUSED;
}

/* What is there already and stays is no reason to refuse: the camera runs with it. */
static enum uf_check_result as_it_changes(const struct uf_content_facts *facts)
{
	return facts->boot_changes ? UF_CHECK_REFUSED : UF_CHECK_NOTICE;
}

static enum uf_check_result judge_boot_checksum(const void *given, struct uf_error *finding)
{
	const struct uf_content_facts *facts = given;
	const struct uf_boot *boot = &facts->after->boot;

	if (!boot->present || (boot->length_good && (boot->checksum_good || boot->checksum_near)))
		return UF_CHECK_OK;
	if (!boot->length_good)
		uf_refuse(finding, UF_CHECK_BOOT_CHECKSUM,
			  "the boot block says that %" PRIu32
			  " bytes are to be loaded, expected %d to %d",
			  boot->spl_length, UF_BOOT_HEADER + 1, UF_BOOT_SPL_MAX);
	else
		uf_refuse(finding, UF_CHECK_BOOT_CHECKSUM,
			  "the boot block's CRC7 does not hold over its %" PRIu32 " bytes",
			  boot->spl_length);
	uf_advise(finding, "The SoC would not start it. The image is damaged, or was made to be "
			   "loaded over USB.");
	/* Signed T31 boot blocks round their length (camera-facts 3.1). */
	if (boot->soc == UF_SOC_T31 && boot->length_good)
		return UF_CHECK_NOTICE;
	return as_it_changes(facts);
}

/* The SoC that the kernel's name tells, where the run would write that kernel. */
static enum uf_soc new_kernel_soc(const struct uf_content_facts *facts)
{
	const struct uf_item *kernel = uf_find_kernel(facts->after);

	if (!kernel || !facts->kernel_changes)
		return UF_SOC_UNKNOWN;
	return uf_soc_in_text((const uint8_t *)kernel->uimage.name, strlen(kernel->uimage.name));
}

static enum uf_check_result judge_soc(const void *given, struct uf_error *finding)
{
	const struct uf_content_facts *facts = given;
	enum uf_soc boot = facts->boot_changes ? facts->after->boot.soc : UF_SOC_UNKNOWN;
	enum uf_soc kernel = new_kernel_soc(facts);
	enum uf_soc image = boot ? boot : kernel;

	if (boot && kernel && boot != kernel) {
		uf_refuse(finding, UF_CHECK_BOOT_SOC_MISMATCH,
			  "this image's boot loader is for %s, its kernel for %s",
			  uf_soc_name(boot), uf_soc_name(kernel));
		uf_advise(finding, "It was put together wrongly: get another image.");
		return UF_CHECK_REFUSED;
	}
	if (!image || image == facts->board->soc)
		return UF_CHECK_OK;
	if (!facts->board->soc) {
		uf_refuse(finding, UF_CHECK_BOOT_SOC_MISMATCH,
			  "this image is for %s, the camera's SoC is unknown", uf_soc_name(image));
		return UF_CHECK_NOTICE;
	}
	uf_refuse(finding, UF_CHECK_BOOT_SOC_MISMATCH,
		  "this image's %s is for %s, this camera is a %s (says %s)",
		  boot ? "boot loader" : "kernel", uf_soc_name(image),
		  uf_soc_name(facts->board->soc), facts->board->soc_from);
	uf_advise(finding, "It would not start. Get the image for this camera; the same model was "
			   "sold with different SoCs.");
	return UF_CHECK_REFUSED;
}

static enum uf_check_result judge_soc_unknown(const void *given, struct uf_error *finding)
{
	const struct uf_content_facts *facts = given;

	/* What is kept on the flash says nothing of what is written. */
	if (!facts->boot_changes || facts->after->boot.soc || uf_inspection_soc(facts->found))
		return UF_CHECK_OK;
	uf_refuse(finding, UF_CHECK_BOOT_SOC_UNKNOWN,
		  "neither boot loader nor kernel of this image tells which SoC it is for");
	uf_advise(finding,
		  "If you are sure that it is made for this camera%s%s, add --allow "
		  "boot.soc-unknown.",
		  facts->board->soc ? ", a " : "",
		  facts->board->soc ? uf_soc_name(facts->board->soc) : "");
	return UF_CHECK_REFUSED;
}

static enum uf_check_result judge_ram(const void *given, struct uf_error *finding)
{
	const struct uf_content_facts *facts = given;
	uint32_t image = uf_ram_soldered(facts->after->boot.ram_mib);

	if (!facts->boot_changes || !image || !facts->board->ram_mib ||
	    image == facts->board->ram_mib)
		return UF_CHECK_OK;
	uf_refuse(finding, UF_CHECK_BOOT_RAM_MISMATCH,
		  "this image's boot loader is for %" PRIu32 " MiB of RAM, this camera has %" PRIu32
		  " MiB (says %s)",
		  image, facts->board->ram_mib, facts->board->ram_from);
	uf_advise(finding, "Get the image for this camera's amount of RAM.");
	return UF_CHECK_REFUSED;
}

/* From T31 on a key in the SoC can demand a signature (camera-facts 1.3); where the boot block
 * that runs carries one, it may well do so. */
static enum uf_check_result judge_secure(const void *given, struct uf_error *finding)
{
	const struct uf_content_facts *facts = given;
	enum uf_soc soc = facts->board->soc;

	if (!facts->boot_changes || soc == UF_SOC_T10 || soc == UF_SOC_T20 ||
	    !facts->flash->boot.present || !facts->flash->boot.signature)
		return UF_CHECK_OK;
	uf_refuse(finding, UF_CHECK_BOOT_SECURE,
		  "this camera's boot block is signed: its SoC may start no other");
	uf_advise(finding, "A boot loader that the vendor has not signed would end the camera for "
			   "good: only firmware that this boot loader itself starts can be used.");
	return UF_CHECK_REFUSED;
}

static enum uf_check_result judge_kernel_missing(const void *given, struct uf_error *finding)
{
	const struct uf_content_facts *facts = given;
	uint64_t first = facts->after->boot_extent ? facts->after->boot_extent : 0x40000;

	if (uf_find_kernel(facts->after))
		return UF_CHECK_OK;
	uf_refuse(finding, UF_CHECK_KERNEL_MISSING,
		  "there would be no kernel where boot loaders look for one (0x040000 to 0x0a0000);"
		  " at 0x%06" PRIx64 " is: %s",
		  first, what_lies_at(facts->after, first));
	uf_advise(finding, "See what the image holds: uniflash inspect IMAGE");
	return UF_CHECK_REFUSED;
}

static enum uf_check_result judge_kernel_checksum(const void *given, struct uf_error *finding)
{
	const struct uf_content_facts *facts = given;
	const struct uf_item *kernel = uf_find_kernel(facts->after);

	if (!kernel || kernel->health == UF_HEALTH_GOOD)
		return UF_CHECK_OK;
	if (kernel->health == UF_HEALTH_CUT_OFF)
		uf_refuse(finding, UF_CHECK_KERNEL_CHECKSUM,
			  "the kernel at 0x%06" PRIx64 " would reach to 0x%06" PRIx64
			  ", behind the end",
			  kernel->range.off, uf_range_end(kernel->range));
	else
		uf_refuse(finding, UF_CHECK_KERNEL_CHECKSUM,
			  "the kernel at 0x%06" PRIx64 " (%s) has a wrong checksum of its %s",
			  kernel->range.off, kernel->uimage.name,
			  kernel->uimage.header_good ? "data" : "header");
	uf_advise(finding, "The boot loader would refuse to start it. The image is damaged, or not "
			   "whole: get it again.");
	return UF_CHECK_REFUSED;
}

static enum uf_check_result judge_rootfs(const void *given, struct uf_error *finding)
{
	const struct uf_content_facts *facts = given;
	const struct uf_item *kernel = uf_find_kernel(facts->after);
	const struct uf_item *rootfs = uf_find_rootfs(facts->after);

	if (!kernel || (rootfs && rootfs->health == UF_HEALTH_GOOD))
		return UF_CHECK_OK;
	if (rootfs)
		uf_refuse(finding, UF_CHECK_ROOTFS_MISSING,
			  "the root file system at 0x%06" PRIx64
			  " is %s: it would reach to 0x%06" PRIx64,
			  rootfs->range.off, uf_item_health_name(rootfs->health),
			  uf_range_end(rootfs->range));
	else
		uf_refuse(finding, UF_CHECK_ROOTFS_MISSING,
			  "there would be no root file system (squashfs or jffs2) behind the "
			  "kernel, which ends at 0x%06" PRIx64,
			  uf_range_end(kernel->range));
	uf_advise(finding, "See what the image holds: uniflash inspect IMAGE");
	return UF_CHECK_REFUSED;
}

/* Where stock boot loaders look for the flag (camera-facts 3.5). */
#define FLAG_AT 0xff0000

static enum uf_check_result judge_flag(const void *given, struct uf_error *finding)
{
	const struct uf_content_facts *facts = given;
	const struct uf_inspection *after = facts->after;

	if (!after->boot.upgrades)
		return UF_CHECK_OK;
	for (unsigned at = 0; at < after->items; at++) {
		if (after->item[at].kind != UF_ITEM_FLAG || after->item[at].range.off != FLAG_AT)
			continue;
		uf_refuse(finding, UF_CHECK_FLAG_UPGRADE_PENDING,
			  "at 0x%06x stands FWGRADEUP=: at the next start the boot loader would "
			  "copy the staging partitions over kernel and file systems",
			  FLAG_AT);
		uf_advise(finding, "Blank that partition: in an image of your own with 0xff, on "
				   "the camera with the image's own flag partition.");
		return UF_CHECK_REFUSED;
	}
	return UF_CHECK_OK;
}

static enum uf_check_result judge_alias(const void *given, struct uf_error *finding)
{
	const struct uf_content_facts *facts = given;
	uint64_t half = facts->flash->size / 2;

	if (!facts->mirrored)
		return UF_CHECK_OK;
	uf_refuse(finding, UF_CHECK_DEVICE_ALIAS,
		  "the flash holds the same from 0x000000 and from 0x%06" PRIx64
		  ": the chip may have only %" PRIu64 " bytes, and show them twice",
		  half, half);
	uf_advise(finding,
		  "Linux takes a chip that it does not know for one of another size. Read "
		  "what is printed on the chip; if it is as large as the kernel says and its "
		  "halves are meant to be the same, add --allow device.alias.");
	return UF_CHECK_REFUSED;
}

static enum uf_check_result judge_cut(const void *given, struct uf_error *finding)
{
	const struct uf_content_facts *facts = given;
	const struct uf_item *cut = facts->cut;

	if (!cut->range.len)
		return UF_CHECK_OK;
	uf_refuse(finding, UF_CHECK_KEEP_SPLITS_IMAGE,
		  "the %s at 0x%06" PRIx64 "-0x%06" PRIx64
		  " would be written in one part and kept in another",
		  uf_item_kind_name(cut->kind), cut->range.off, uf_range_end(cut->range));
	uf_advise(finding, "It is needed whole. Change --keep, --only or --part, or flash without "
			   "them.");
	return UF_CHECK_REFUSED;
}

const struct uf_check uf_kind_checks[] = {
	{UF_CHECK_IMAGE_KIND, 0, judge_kind},
};

const unsigned uf_kind_check_count = sizeof(uf_kind_checks) / sizeof(uf_kind_checks[0]);

#define CUT    UF_CHECK_BIT(UF_CHECK_KEEP_SPLITS_IMAGE)
#define BOOT   UF_CHECK_BIT(UF_CHECK_BOOT_MISSING)
#define KERNEL UF_CHECK_BIT(UF_CHECK_KERNEL_MISSING)

const struct uf_check uf_content_checks[] = {
	{UF_CHECK_DEVICE_ALIAS, 0, judge_alias},
	{UF_CHECK_KEEP_SPLITS_IMAGE, 0, judge_cut},
	{UF_CHECK_BOOT_MISSING, 0, judge_boot_missing},
	{UF_CHECK_BOOT_CHECKSUM, CUT | BOOT, judge_boot_checksum},
	{UF_CHECK_BOOT_SOC_MISMATCH, BOOT, judge_soc},
	{UF_CHECK_BOOT_SOC_UNKNOWN, BOOT, judge_soc_unknown},
	{UF_CHECK_BOOT_RAM_MISMATCH, BOOT, judge_ram},
	{UF_CHECK_BOOT_SECURE, 0, judge_secure},
	{UF_CHECK_KERNEL_MISSING, CUT, judge_kernel_missing},
	{UF_CHECK_KERNEL_CHECKSUM, CUT, judge_kernel_checksum},
	{UF_CHECK_ROOTFS_MISSING, CUT | KERNEL, judge_rootfs},
	{UF_CHECK_FLAG_UPGRADE_PENDING, 0, judge_flag},
};

const unsigned uf_content_check_count = sizeof(uf_content_checks) / sizeof(uf_content_checks[0]);
