/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The boot block and the texts of the boot loader. Input: the first bytes of a flash. */
#include "fuzz.h"
#include "uniflash/image/formats.h"

static const uint8_t magic[] = {0x06, 0x05, 0x04, 0x03, 0x02, 0x55, 0xaa, 0x55, 0xaa};

static void check_boot(const uint8_t *head, size_t len, const struct uf_boot *boot)
{
	CHECK(boot->soc < UF_SOC_COUNT);
	CHECK(fuzz_ends(boot->bootargs, sizeof(boot->bootargs)) && fuzz_printable(boot->bootargs));
	CHECK(boot->present == (len >= UF_BOOT_HEADER && memcmp(head, magic, sizeof(magic)) == 0));
	if (!boot->present)
		CHECK(!boot->length_good && !boot->signature && !boot->soc && !boot->bootargs[0]);
	if (!boot->length_good)
		CHECK(!boot->checksum_good && !boot->checksum_near);
	else
		CHECK(boot->spl_length <= len && boot->spl_length > UF_BOOT_HEADER);
}

static void parse(const uint8_t *head, size_t len, struct uf_boot *boot)
{
	/* Whatever the memory held before must not show. */
	memset(boot, 0xa5, sizeof(*boot));
	uf_boot_parse(head, len, boot);
	check_boot(head, len, boot);
}

/* The same bytes with a header whose checksum holds. */
static void parse_repaired(uint8_t *head, size_t len)
{
	struct uf_boot boot;
	uint32_t body = (uint32_t)uf_min(len, UF_BOOT_SPL_MAX) - UF_BOOT_HEADER;
	uint32_t end = UF_BOOT_HEADER + 1 + uf_le32(head + 12) % body;

	memcpy(head, magic, sizeof(magic));
	fuzz_put_le32(head + 12, end);
	head[9] = uf_crc7(head + UF_BOOT_HEADER, end - UF_BOOT_HEADER);
	parse(head, len, &boot);
	CHECK(boot.present && boot.length_good && boot.checksum_good && boot.spl_length == end);
	head[end - 1] ^= 0x10;
	parse(head, len, &boot);
	CHECK(!boot.checksum_good);
}

static void check_soc(const uint8_t *head, size_t len)
{
	enum uf_soc soc = uf_soc_in_text(head, len);

	CHECK(soc < UF_SOC_COUNT && uf_soc_by_name(uf_soc_name(soc)) == soc);
}

static void check_ram(const uint8_t *head, size_t len)
{
	char *cmdline = fuzz_text(head, len);

	if (uf_ram_in_cmdline(cmdline))
		CHECK(strstr(cmdline, "mem="));
	free(cmdline);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *head = fuzz_copy(data, size);
	struct uf_boot boot;

	parse(head, size, &boot);
	check_soc(head, size);
	check_ram(head, size);
	if (size > UF_BOOT_HEADER)
		parse_repaired(head, size);
	free(head);
	return 0;
}
