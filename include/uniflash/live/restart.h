/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Restarting a camera whose files are gone: it needs none of them. Touches no flash. */
#ifndef UNIFLASH_LIVE_RESTART_H
#define UNIFLASH_LIVE_RESTART_H

#include "uniflash/util/error.h"

/*
 * Flush the cards and make them read-only as far as that goes, then restart: by reboot(2), else by
 * sysrq, else by the watchdog, which is no longer fed. Never sync(2): a JFFS2 that is still there
 * would write over what was written. Returns only where none of it works: UF_ERR_IO.
 */
int uf_restart(struct uf_error *err);

#endif
