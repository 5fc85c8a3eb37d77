/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/check/content.h"

#include <stddef.h>

/* In MiB: what is more is no camera's, but a text that makes no sense. */
#define RAM_MAX 65536

void uf_board_from_flash(const struct uf_inspection *flash, struct uf_board *board)
{
	if (!board->soc) {
		board->soc = uf_inspection_soc(flash);
		if (board->soc)
			board->soc_from =
				flash->boot.soc ? "its boot loader" : "the kernel on its flash";
	}
	if (!board->ram_mib && flash->boot.ram_mib) {
		board->ram_mib = uf_ram_soldered(flash->boot.ram_mib);
		board->ram_from = "its boot loader";
	}
}

/* 128 MB boards have been given 120 to 128 by their boot loaders, 64 MB ones 60 to 64. */
uint32_t uf_ram_soldered(uint32_t mib)
{
	uint32_t soldered = 1;

	if (!mib || mib > RAM_MAX)
		return 0;
	while (soldered < mib)
		soldered *= 2;
	return soldered;
}
