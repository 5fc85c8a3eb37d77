/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What this camera is: its SoC and RAM as the system shows them, never by the name of the model.
 * Reads /proc and, where that says Ingenic, one register of the SoC; touches no flash.
 */
#ifndef UNIFLASH_LIVE_BOARD_H
#define UNIFLASH_LIVE_BOARD_H

#include "uniflash/check/content.h"

/*
 * Fill board with what root + "/proc" and root + "/dev/mem" tell: the id register first, which
 * cannot be wrong, then the board's name in /proc/cpuinfo; RAM from /proc/cmdline, where that says
 * what Linux does not have (rmem=). What nothing tells stays unknown.
 */
void uf_board_from_system(const char *root, struct uf_board *board);

#define UF_MACS_MAX 8

/* The addresses of this system's network interfaces. */
struct uf_macs {
	unsigned count;
	struct {
		char name[16];
		char address[18];
		bool wireless;
	} mac[UF_MACS_MAX];
};

/* Read them from root + "/sys/class/net"; the loopback and interfaces without one are left out. */
void uf_macs_read(const char *root, struct uf_macs *macs);

#endif
