/* SPDX-License-Identifier: GPL-3.0-or-later */
/* IMAGE.done: that this image was flashed, for scripts that run at every start. */
#include "pipeline.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool done_path(const struct run *run, char *path)
{
	return snprintf(path, UF_PATH_MAX, "%s.done", run->request->operand[0]) < UF_PATH_MAX;
}

bool run_was_done(const struct run *run)
{
	char path[UF_PATH_MAX], text[256], hex[UF_DIGEST_TEXT];

	/* A journal that says otherwise knows better. */
	if (!run->request->once || run->past.incomplete || !done_path(run, path) ||
	    uf_read_text("", path, text, sizeof(text), NULL, NULL))
		return false;
	return strstr(text, uf_digest_format(hex, &run->target.image_digest)) != NULL;
}

int run_open_done(struct run *run)
{
	char path[UF_PATH_MAX];

	if (!run->request->once || run->done_fd >= 0 || !done_path(run, path))
		return UF_OK;
	run->done_fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (run->done_fd >= 0)
		return UF_OK;
	uf_fail(&run->error, UF_ERR_IO, "cannot write %.300s", path);
	uf_advise(&run->error, "--once needs to leave its mark beside the image: make that folder "
			       "writable.");
	return UF_ERR_IO;
}

void run_write_done(struct run *run)
{
	char hex[UF_DIGEST_TEXT], line[UF_DIGEST_TEXT + 1];
	int len;

	if (run->done_fd < 0)
		return;
	len = snprintf(line, sizeof(line), "%s\n",
		       uf_digest_format(hex, &run->target.image_digest));
	if (write(run->done_fd, line, (size_t)len) != len || fsync(run->done_fd) != 0)
		uf_note(&run->hooks, UF_NOTE_WARNING,
			"the mark of --once could not be written: the next run will look again");
}
