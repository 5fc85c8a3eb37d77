/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The executable that lies on the flash it is to overwrite goes on from RAM. Touches no flash. */
#ifndef UNIFLASH_LIVE_SELFCOPY_H
#define UNIFLASH_LIVE_SELFCOPY_H

/*
 * Where the executable of this process lies on flash: copy it to a file system in RAM and execute
 * that in its place. Returns where it lies elsewhere, and where there is no room: self.on-flash
 * judges that. The copy, started, removes its file here.
 */
void uf_self_go_to_ram(char **argv);

#endif
