/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Signals: asking a run to stop, and not being stopped by anything else.
 *
 * Before the first erase INT, TERM and HUP ask the run to end. From then on what would end,
 * stop or disturb it is ignored, and only a second INT within three seconds asks it to stop
 * between two blocks. Process-wide state; touches no flash.
 */
#ifndef UNIFLASH_LIVE_SIGNALS_H
#define UNIFLASH_LIVE_SIGNALS_H

#include <stdbool.h>
#include <stdint.h>

/* What a user has asked for by signals during a write. */
enum uf_interrupt {
	UF_INTERRUPT_NONE,
	UF_INTERRUPT_WARN, /* a first INT: say what stopping means */
	UF_INTERRUPT_STOP, /* a second one soon after: stop after the block in hand */
};

/* How soon a second INT must follow the first, in milliseconds. */
#define UF_INTERRUPT_MS 3000

/* Install the handlers of the time before the first erase. Signals that were ignored when the
 * program was started (nohup, a shell's background job) stay ignored. */
void uf_signals_begin(void);

/* Whether one of them has come. */
bool uf_signals_stop_asked(void);

/* While the system is held still, nothing may end or stop this process without undoing that: QUIT
 * asks it to end as TERM does, the others that would are ignored. */
void uf_signals_enter_quiet(void);

/* Ignore what must not disturb a write, and count INT from now on. */
void uf_signals_enter_write(void);

/* What was asked since the last call; now_ms is a uf_clock_ms. */
enum uf_interrupt uf_signals_poll(uint64_t now_ms);

#endif
