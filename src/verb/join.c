/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int fill_blank(struct run *run, int fd, const char *path, uint64_t len)
{
	static uint8_t blank[PARTS_CHUNK];

	memset(blank, UF_BLANK_BYTE, sizeof(blank));
	for (uint64_t done = 0; done < len; done += PARTS_CHUNK) {
		int ret = parts_write_all(run, fd, path, blank,
					  (size_t)uf_min(PARTS_CHUNK, len - done));

		if (ret)
			return ret;
	}
	return UF_OK;
}

/* One part on its way into the image. */
struct part {
	const struct uf_partition *partition;
	char path[UF_PATH_MAX];
	uint64_t size;
	bool missing;
};

static int copy_in(struct run *run, int from, const struct part *part, int fd)
{
	static uint8_t chunk[PARTS_CHUNK];
	const char *path = run->request->operand[1];

	for (uint64_t done = 0; done < part->size;) {
		ssize_t got = read(from, chunk, (size_t)uf_min(PARTS_CHUNK, part->size - done));
		int ret;

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return uf_fail_errno(&run->error, UF_ERR_IO, errno, "reading %s",
					     part->path);
		if (got == 0)
			return uf_fail(&run->error, UF_ERR_CHANGED, "%s became shorter",
				       part->path);
		ret = parts_write_all(run, fd, path, chunk, (size_t)got);
		if (!ret && uf_stop_asked(&run->hooks))
			ret = uf_fail(&run->error, UF_ERR_STOPPED, "stopped");
		if (ret)
			return ret;
		done += (uint64_t)got;
	}
	return UF_OK;
}

/* Find out how large a part is; the partition that takes the rest is as large as its file. */
static int measure(struct run *run, unsigned index, struct part *part)
{
	struct uf_partition *partition = &run->table.part[index];
	char have[UF_SIZE_TEXT], room[UF_SIZE_TEXT];
	struct stat st;
	int ret = parts_path(run, run->request->operand[0], partition, part->path);

	part->partition = partition;
	part->missing = false;
	part->size = 0;
	if (ret)
		return ret;
	if (stat(part->path, &st) != 0) {
		part->missing = errno == ENOENT;
		return part->missing ? UF_OK
				     : uf_fail_errno(&run->error, UF_ERR_IO, errno,
						     "cannot open %s", part->path);
	}
	part->size = (uint64_t)st.st_size;
	if ((int)index == run->layout.rest && run->request->layout)
		partition->range.len = part->size;
	if (part->size <= partition->range.len)
		return UF_OK;
	return uf_refuse(&run->error, UF_CHECK_SIZE_TOO_BIG,
			 "%s has %s bytes, its partition %s: it does not fit", part->path,
			 uf_format_count(have, part->size),
			 uf_format_count(room, partition->range.len));
}

/* Parts can be missing, and the last one be short, at the end of a short image only. */
static int check_order(struct run *run, const struct part *part, const struct part *gap)
{
	if (part->missing || !gap->partition)
		return UF_OK;
	uf_fail_errno(&run->error, UF_ERR_IO, ENOENT, "cannot open %s", gap->path);
	uf_advise(&run->error, "Parts can be missing at the end of an image only, and %s is there.",
		  part->path);
	return UF_ERR_IO;
}

static int measure_all(struct run *run, unsigned *count)
{
	static struct part part, gap;
	int ret = UF_OK;

	*count = 0;
	gap.partition = NULL;
	for (unsigned at = 0; !ret && at < run->table.count; at++) {
		ret = measure(run, at, &part);
		if (!ret)
			ret = check_order(run, &part, &gap);
		if (part.missing && !gap.partition)
			gap = part;
		if (!part.missing)
			*count = at + 1;
	}
	if (!ret && !*count) {
		uf_fail_errno(&run->error, UF_ERR_IO, ENOENT, "cannot open %s", gap.path);
		uf_advise(&run->error, "The parts are called NAME.bin after their partitions.");
		ret = UF_ERR_IO;
	}
	return ret;
}

static int join_one(struct run *run, unsigned index, bool last, int fd)
{
	static struct part part;
	int from, ret = measure(run, index, &part);

	if (ret)
		return ret;
	from = open(part.path, O_RDONLY | O_CLOEXEC);
	if (from < 0)
		return uf_fail_errno(&run->error, UF_ERR_IO, errno, "cannot open %s", part.path);
	ret = copy_in(run, from, &part, fd);
	close(from);
	if (!ret && !last)
		ret = fill_blank(run, fd, run->request->operand[1],
				 part.partition->range.len - part.size);
	return ret;
}

static int join_all(struct run *run, unsigned count)
{
	const char *path = run->request->operand[1];
	char size[UF_SIZE_TEXT];
	struct stat st;
	int fd, ret = parts_create(run, path, &fd);

	if (ret)
		return ret;
	for (unsigned at = 0; !ret && at < count; at++)
		ret = join_one(run, at, at + 1 == count, fd);
	ret = parts_close_written(run, fd, path, ret);
	if (!ret && stat(path, &st) == 0)
		uf_note(&run->hooks, UF_NOTE_INFO, "%s  %s", path,
			uf_format_size(size, (uint64_t)st.st_size));
	return ret;
}

int verb_join(struct run *run)
{
	unsigned count;
	int ret = run_find_table(run, 0);

	if (!ret)
		ret = measure_all(run, &count);
	if (!ret)
		ret = parts_check_table(run, 0);
	if (!ret)
		ret = join_all(run, count);
	return ret == UF_ERR_REFUSED && !run->verdict.refused
		       ? uf_check_refusal(&run->error, &run->verdict, &run->hooks)
		       : ret;
}
