/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verbs: each cuts the pipeline somewhere. They return as the steps of the pipeline do. */
#ifndef VERB_VERB_H
#define VERB_VERB_H

#include "pipeline.h"

/* Flash, or stop at the plan where it is a dry run. */
int verb_flash(struct run *run);

/* Tell of the flash and the system. */
int verb_info(struct run *run);

/* Tell of what is in an image. */
int verb_inspect(struct run *run);

/* Compare the flash with the image. */
int verb_verify(struct run *run);

/* The whole flash into a file. */
int verb_backup(struct run *run);

/* An image into one file per partition. */
int verb_split(struct run *run);

/* One file per partition into an image. */
int verb_join(struct run *run);

/* The layouts that are compiled in. */
int verb_layouts(struct run *run);

/* Restart the camera. */
int verb_reboot(struct run *run);

/* The help, and the version. */
int verb_help(struct run *run);
int verb_version(struct run *run);

#endif
