/* SPDX-License-Identifier: GPL-3.0-or-later */
/* IMAGE.done: that this image was flashed, for scripts that run at every start. */
#include "pipeline.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MARK_MAX (UF_PATH_MAX + 128)

static bool done_path(const struct run *run, char *path)
{
	return snprintf(path, UF_PATH_MAX, "%s.done", run->request->operand[0]) < UF_PATH_MAX;
}

/* "DIGEST DEVICE": another camera, or another dump, has not been flashed by it. */
static void mark_of(const struct run *run, char *mark, size_t size)
{
	char image[UF_DIGEST_TEXT], camera[UF_DIGEST_TEXT];

	uf_digest_format(image, &run->target.image_digest);
	if (!run->has_mtd)
		snprintf(mark, size, "%s file:%s\n", image, run->request->device.path);
	else if (run_camera_id(run, camera))
		snprintf(mark, size, "%s mtd:%.12s\n", image, camera);
	else
		snprintf(mark, size, "%s mtd\n", image);
}

bool run_was_done(const struct run *run)
{
	char path[UF_PATH_MAX], text[MARK_MAX], mark[MARK_MAX];

	/* A journal that says otherwise knows better. */
	if (!run->request->once || run->past.incomplete || !done_path(run, path) ||
	    uf_read_text("", path, text, sizeof(text), NULL, NULL))
		return false;
	mark_of(run, mark, sizeof(mark));
	return strcmp(text, mark) == 0;
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
	char mark[MARK_MAX];
	ssize_t len;

	if (run->done_fd < 0)
		return;
	mark_of(run, mark, sizeof(mark));
	len = (ssize_t)strlen(mark);
	if (write(run->done_fd, mark, (size_t)len) != len || fsync(run->done_fd) != 0)
		uf_note(&run->hooks, UF_NOTE_WARNING,
			"the mark of --once could not be written: the next run will look again");
}
