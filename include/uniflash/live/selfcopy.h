/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The executable that lies on the flash it is to overwrite goes on from RAM. Touches no flash. */
#ifndef UNIFLASH_LIVE_SELFCOPY_H
#define UNIFLASH_LIVE_SELFCOPY_H

/*
 * Where the executable of this process lies on flash: copy it to a file system in RAM and execute
 * that in its place. Returns where it lies elsewhere, and where there is no room: self.on-flash
 * judges that.
 */
void uf_self_go_to_ram(char **argv);

/* The path of that copy where this process is one, else NULL: what is left of uniflash when the
 * flash has been written. */
const char *uf_self_copy(void);

/* Remove the copy: the executable that was started is still there. */
void uf_self_remove_copy(void);

#endif
