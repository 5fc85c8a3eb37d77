/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parts.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int copy_out(struct run *run, int fd, const char *path, struct uf_range range)
{
	static uint8_t chunk[PARTS_CHUNK];

	for (uint64_t done = 0; done < range.len; done += PARTS_CHUNK) {
		size_t len = (size_t)uf_min(PARTS_CHUNK, range.len - done);
		int ret = uf_image_fill(&run->image, range.off + done, chunk, len, &run->error);

		if (!ret)
			ret = parts_write_all(run, fd, path, chunk, len);
		if (!ret && uf_stop_asked(&run->hooks))
			ret = uf_fail(&run->error, UF_ERR_STOPPED, "stopped");
		if (ret)
			return ret;
	}
	return UF_OK;
}

/* What of a partition the image has; an image that ends early gives a shorter last file. */
static struct uf_range covered(const struct run *run, const struct uf_partition *part)
{
	uint64_t end = uf_image_end(&run->image);
	struct uf_range range = part->range;

	range.len =
		uf_image_covers(&run->image, range, true) ? uf_min(range.len, end - range.off) : 0;
	return range;
}

static int split_one(struct run *run, const struct uf_partition *part)
{
	struct uf_range range = covered(run, part);
	char path[UF_PATH_MAX], size[UF_SIZE_TEXT];
	int fd, ret;

	if (!range.len)
		return UF_OK;
	ret = parts_path(run, run->request->operand[1], part, path);
	if (!ret)
		ret = parts_create(run, path, &fd);
	if (ret)
		return ret;
	ret = parts_close_written(run, fd, path, copy_out(run, fd, path, range));
	if (!ret)
		uf_note(&run->hooks, UF_NOTE_INFO, "%s  %s", path, uf_format_size(size, range.len));
	return ret;
}

/* All names are looked at first, so that a refusal leaves no half of the files behind. */
static int check_absent(struct run *run)
{
	char path[UF_PATH_MAX];
	int ret = UF_OK;

	for (unsigned at = 0; !ret && at < run->table.count; at++) {
		const struct uf_partition *part = &run->table.part[at];

		if (!covered(run, part).len)
			continue;
		ret = parts_path(run, run->request->operand[1], part, path);
		if (!ret && access(path, F_OK) == 0)
			ret = parts_exists(run, path);
	}
	return ret;
}

int verb_split(struct run *run)
{
	const char *folder = run->request->operand[1];
	int ret = run_open_image(run, UF_IMAGE_LIMIT);

	if (!ret)
		ret = run_inspect_image(run);
	if (!ret)
		ret = run_find_table(run, uf_image_end(&run->image));
	if (!ret)
		ret = parts_check_table(run, uf_image_end(&run->image));
	if (!ret)
		ret = check_absent(run);
	if (!ret && mkdir(folder, 0777) != 0 && errno != EEXIST)
		ret = uf_fail_errno(&run->error, UF_ERR_IO, errno, "cannot make the folder %s",
				    folder);
	for (unsigned at = 0; !ret && at < run->table.count; at++)
		ret = split_one(run, &run->table.part[at]);
	return ret;
}
