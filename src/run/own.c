/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What belongs to this one camera: what will be gone, and what the user needs to have noted. */
#include "pipeline.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "uniflash/check/content.h"
#include "uniflash/live/board.h"

/* "config, para": the partitions of this one camera that hold data and would lose it. */
static unsigned names_lost(const struct run *run, const char *comma, char *names, size_t size)
{
	const struct uf_table *own = run_own_table(run);
	unsigned count = 0;
	size_t len = 0;

	names[0] = '\0';
	for (unsigned at = 0; at < own->count; at++) {
		const struct uf_partition *part = &own->part[at];

		if (!part->per_device || !run_holds_data(run, part->range) ||
		    !run_changes(run, part->range))
			continue;
		if (len < size)
			len += (size_t)snprintf(names + len, size - len, "%s%s", count ? comma : "",
						part->name);
		count++;
	}
	return count;
}

static void tell_lost(const struct run *run)
{
	char names[200], list[200];
	/* Who has said what is to be kept, or written, need not be warned. */
	bool chosen = run->request->only[0] || strcmp(run->request->keep, "auto") != 0;
	bool can_keep = run->same_layout && !run->request->only[0];

	if (!names_lost(run, ", ", names, sizeof(names)))
		return;
	names_lost(run, ",", list, sizeof(list));
	uf_note(&run->hooks, chosen ? UF_NOTE_INFO : UF_NOTE_WARNING,
		"this camera's own data will be written over: %s\n"
		"  (MAC address, keys, Wi-Fi). Only a backup of the flash has it afterwards.%s%s",
		names, can_keep ? "\n  To keep it: --keep " : "", can_keep ? list : "");
}

/* Stock kernels and those made in their place lie right behind the boot loader, thingino's and
 * OpenIPC's behind an environment (camera-facts 1.3); not every boot loader names its firmware. */
#define KERNEL_STOCK 0x40000

static bool may_be_thingino(const struct run *run)
{
	const struct uf_item *kernel = uf_find_kernel(&run->after);

	if (run->same_layout || run->flash_found.boot.thingino)
		return false;
	return run->after.boot.thingino || (kernel && kernel->range.off > KERNEL_STOCK);
}

/* thingino ignores the vendor's data and makes up an address unless its environment has one
 * (camera-facts 1.4). */
static void tell_macs(const struct run *run)
{
	bool thingino = may_be_thingino(run);
	struct uf_macs macs;

	uf_macs_read(run->root, &macs);
	for (unsigned at = 0; at < macs.count; at++)
		uf_note(&run->hooks, UF_NOTE_INFO, "%s has the MAC address %s", macs.mac[at].name,
			macs.mac[at].address);
	for (unsigned at = 0; thingino && at < macs.count; at++)
		if (macs.mac[at].wireless)
			uf_note(&run->hooks, UF_NOTE_INFO,
				"thingino takes another one until it is told. After its first "
				"start:\n  fw_setenv wlan_mac %s",
				macs.mac[at].address);
}

void run_tell_own(const struct run *run)
{
	if (!run->plan.ops)
		return;
	tell_lost(run);
	if (run->has_mtd)
		tell_macs(run);
}
