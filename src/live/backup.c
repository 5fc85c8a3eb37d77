/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/live/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "uniflash/plan/survey.h"
#include "uniflash/util/files.h"
#include "uniflash/util/textfile.h"

#define CHUNK 16384

/* zlib: the largest window, and a gzip header around the data. */
#define WINDOW_GZIP (15 + 16)
#define MEMORY_USE  8

/* Where the bytes go. */
struct writer {
	const struct uf_backup_job *job;
	int fd;
	const char *path; /* as the user knows it */
	bool packs;
	z_stream zlib;
	struct uf_hash *hash; /* of what is packed, as it is written */
	uint8_t out[CHUNK];
};

const char *uf_backup_name(const struct uf_digest *digest, char *out)
{
	char hex[UF_DIGEST_TEXT];

	snprintf(out, UF_BACKUP_NAME_MAX, "uniflash-backup-%.12s.bin",
		 uf_digest_format(hex, digest));
	return out;
}

static int failed(const struct writer *writer, int number, struct uf_error *err)
{
	uf_fail_errno(err, UF_ERR_IO, number, "writing the backup %s", writer->path);
	uf_advise(err, "Give it another place. A run can also go without one: --no-backup.");
	return UF_ERR_IO;
}

static int put(struct writer *writer, const void *buf, size_t len, struct uf_error *err)
{
	int number = uf_write_all(writer->fd, buf, len);

	if (writer->packs)
		uf_hash_add(writer->hash, buf, len);
	return number ? failed(writer, number, err) : UF_OK;
}

/* Push bytes through zlib; `flush` is Z_FINISH at the end. */
static int pack(struct writer *writer, void *buf, size_t len, int flush, struct uf_error *err)
{
	z_stream *zlib = &writer->zlib;

	zlib->next_in = buf;
	zlib->avail_in = (uInt)len;
	do {
		int ret;

		zlib->next_out = writer->out;
		zlib->avail_out = CHUNK;
		deflate(zlib, flush);
		ret = put(writer, writer->out, CHUNK - zlib->avail_out, err);
		if (ret)
			return ret;
	} while (zlib->avail_out == 0);
	return UF_OK;
}

static void tell(const struct uf_backup_job *job, uint64_t done)
{
	struct uf_event event = {.kind = UF_EVENT_PROGRESS};

	event.progress.phase = UF_PHASE_BACKUP;
	event.progress.row = -1;
	event.progress.done = done;
	event.progress.total = job->target->geometry.size;
	uf_emit(job->hooks, &event);
}

/* The block as it was when the survey read it, or nothing at all. */
static int read_again(const struct uf_backup_job *job, uint32_t block, size_t len,
		      struct uf_error *err)
{
	uint32_t size = job->target->geometry.erase_size;
	uint64_t off = (uint64_t)block * size;
	struct uf_fingerprint print;
	int ret = UF_OK;

	memset(job->buf, 0, size);
	for (int attempt = 0; attempt < UF_READ_TRIES; attempt++) {
		ret = uf_read_retrying(job->dev, off, job->buf, len, err);
		if (!ret && uf_fingerprint(job->prints, job->buf, size, &print) &&
		    uf_fingerprint_equal(&print, &job->target->block[block].have))
			return UF_OK;
	}
	if (ret)
		return ret;
	uf_fail(err, UF_ERR_MISMATCH,
		"the flash at 0x%06" PRIx64 " reads one way now and another before: something "
		"writes to it, or the chip is failing",
		off);
	uf_advise(err, "End what writes to the flash and run this again.");
	return UF_ERR_MISMATCH;
}

static int write_blocks(struct writer *writer, struct uf_error *err)
{
	const struct uf_backup_job *job = writer->job;
	const struct uf_geometry *geometry = &job->target->geometry;

	for (uint32_t block = 0; block < job->target->blocks; block++) {
		uint64_t off = (uint64_t)block * geometry->erase_size;
		size_t len = (size_t)uf_min(geometry->erase_size, geometry->size - off);
		int ret = read_again(job, block, len, err);

		if (!ret && writer->packs)
			ret = pack(writer, job->buf, len, Z_NO_FLUSH, err);
		else if (!ret)
			ret = put(writer, job->buf, len, err);
		if (!ret && uf_stop_asked(job->hooks))
			ret = uf_fail(err, UF_ERR_STOPPED, "stopped during the backup");
		if (ret)
			return ret;
		tell(job, off + len);
	}
	return writer->packs ? pack(writer, NULL, 0, Z_FINISH, err) : UF_OK;
}

/* Each block that is written is what the survey read, and so is the digest of what is not packed.
 */
static int write_all(struct writer *writer, struct uf_digest *digest, struct uf_error *err)
{
	int ret;

	if (writer->packs && deflateInit2(&writer->zlib, Z_BEST_SPEED, Z_DEFLATED, WINDOW_GZIP,
					  MEMORY_USE, Z_DEFAULT_STRATEGY) != Z_OK)
		return uf_fail(err, UF_ERR_MEMORY, "no memory to compress the backup");
	uf_hash_begin(writer->hash);
	ret = write_blocks(writer, err);
	if (writer->packs)
		deflateEnd(&writer->zlib);
	if (!writer->packs)
		*digest = *writer->job->digest;
	else if (!ret && !uf_hash_end(writer->hash, digest))
		ret = uf_fail(err, UF_ERR_MEMORY, "libcrypto failed to make a digest");
	return ret;
}

/* --- files ------------------------------------------------------------------------------------ */

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text);

	return len > strlen(end) && strcmp(text + len - strlen(end), end) == 0;
}

/* -errno, 0 where it is something else, 1 where it is what was packed. */
static int holds_packed(struct writer *writer, int fd, const struct uf_digest *want)
{
	struct uf_digest digest;
	ssize_t got;

	uf_hash_begin(writer->hash);
	while ((got = uf_read_all(fd, writer->out, CHUNK)) > 0)
		uf_hash_add(writer->hash, writer->out, (size_t)got);
	if (got < 0)
		return (int)got;
	return uf_hash_end(writer->hash, &digest) && uf_digest_equal(&digest, want);
}

/* The same for the flash as the survey read it. */
static int holds_flash(const struct writer *writer, int fd)
{
	const struct uf_backup_job *job = writer->job;
	const struct uf_geometry *geometry = &job->target->geometry;
	uint32_t size = geometry->erase_size;
	struct uf_fingerprint print;
	ssize_t got = 0;

	for (uint32_t block = 0; block < job->target->blocks; block++) {
		uint64_t off = (uint64_t)block * size;
		size_t len = (size_t)uf_min(size, geometry->size - off);

		memset(job->buf, 0, size);
		got = uf_read_all(fd, job->buf, len);
		if (got < 0)
			return (int)got;
		if ((size_t)got != len || !uf_fingerprint(job->prints, job->buf, size, &print) ||
		    !uf_fingerprint_equal(&print, &job->target->block[block].have))
			return 0;
	}
	got = uf_read_all(fd, job->buf, 1);
	return got < 0 ? (int)got : got == 0;
}

/* What is in the page cache says nothing of the card. */
static int holds(struct writer *writer, const char *path, const struct uf_digest *packed)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return -errno;
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	ret = writer->packs ? holds_packed(writer, fd, packed) : holds_flash(writer, fd);
	close(fd);
	return ret;
}

static int read_back(struct writer *writer, const char *path, const struct uf_digest *packed,
		     struct uf_error *err)
{
	int found = holds(writer, path, packed);

	if (found < 0)
		return failed(writer, -found, err);
	if (found)
		return UF_OK;
	uf_fail(err, UF_ERR_IO,
		"the backup %s reads back other than it was written: the card is "
		"failing",
		writer->path);
	uf_advise(err, "Use another card, or give the backup another place with -b FILE.");
	return UF_ERR_IO;
}

static int write_text(const struct writer *writer, const char *suffix, const char *text,
		      struct uf_error *err)
{
	char path[UF_PATH_MAX];
	int fd, number;

	snprintf(path, sizeof(path), "%s%s", writer->path, suffix);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0)
		return failed(writer, errno, err);
	number = uf_write_all(fd, text, strlen(text));
	if (!number && fsync(fd) != 0)
		number = errno;
	if (close(fd) != 0 && !number)
		number = errno;
	return number ? failed(writer, number, err) : UF_OK;
}

/* 0 or an errno. */
static int sync_path(const char *path, int flags)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | flags);
	int number = 0;

	if (fd < 0)
		return errno;
	if (fsync(fd) != 0)
		number = errno;
	close(fd);
	return number;
}

/* Under its name it must be on the card, too. FAT has the size of a file beside its name, and what
 * a rename writes there at first is 0: the file itself once more. Not every file system can do that
 * with a folder. */
static int sync_renamed(const struct writer *writer, struct uf_error *err)
{
	char folder[UF_PATH_MAX];
	int number = sync_path(writer->path, 0);

	if (number)
		return failed(writer, number, err);
	uf_path_folder(writer->path, folder);
	sync_path(folder, O_DIRECTORY);
	return UF_OK;
}

static int write_beside(const struct writer *writer, const struct uf_digest *digest,
			struct uf_error *err)
{
	char hex[UF_DIGEST_TEXT], line[UF_DIGEST_TEXT + 300];
	int ret;

	snprintf(line, sizeof(line), "%s  %.255s\n", uf_digest_format(hex, digest),
		 uf_path_base(writer->path));
	ret = write_text(writer, ".sha256sum", line, err);
	if (!ret)
		ret = write_text(writer, ".info", writer->job->info, err);
	return ret;
}

static int close_synced(struct writer *writer, int ret, struct uf_error *err)
{
	uf_beat(writer->job->hooks);
	if (!ret && fsync(writer->fd) != 0)
		ret = failed(writer, errno, err);
	if (close(writer->fd) != 0 && !ret)
		ret = failed(writer, errno, err);
	return ret;
}

static int write_file(struct writer *writer, struct uf_error *err)
{
	struct uf_digest digest;
	char part[UF_PATH_MAX];
	int ret;

	if (snprintf(part, sizeof(part), "%s.uniflash-part", writer->path) >= (int)sizeof(part))
		return uf_fail(err, UF_ERR_USAGE, "the path of the backup is too long");
	writer->fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (writer->fd < 0)
		return failed(writer, errno, err);
	ret = close_synced(writer, write_all(writer, &digest, err), err);
	if (!ret)
		ret = read_back(writer, part, &digest, err);
	if (!ret)
		ret = write_beside(writer, &digest, err);
	if (!ret && rename(part, writer->path) != 0)
		ret = failed(writer, errno, err);
	if (ret) {
		unlink(part);
		return ret;
	}
	return sync_renamed(writer, err);
}

/* Only what holds just this flash is the backup that was made before. */
static int judge_existing(struct writer *writer, enum uf_backup_result *result,
			  struct uf_error *err)
{
	struct stat st;

	if (!writer->packs && stat(writer->path, &st) == 0 && S_ISREG(st.st_mode) &&
	    holds(writer, writer->path, NULL) == 1) {
		*result = UF_BACKUP_THERE_ALREADY;
		return UF_OK;
	}
	uf_fail(err, UF_ERR_IO, "%s exists already and holds something else", writer->path);
	uf_advise(err, "It may be the only copy of something. Give another name.");
	return UF_ERR_IO;
}

static int write_out(struct writer *writer, enum uf_backup_result *result, struct uf_error *err)
{
	struct uf_digest digest;

	*result = UF_BACKUP_WRITTEN;
	if (strcmp(writer->path, "-") == 0) {
		writer->fd = STDOUT_FILENO;
		writer->packs = false;
		return write_all(writer, &digest, err);
	}
	if (access(writer->path, F_OK) == 0)
		return judge_existing(writer, result, err);
	return write_file(writer, err);
}

int uf_backup_write(const struct uf_backup_job *job, enum uf_backup_result *result,
		    struct uf_error *err)
{
	struct writer *writer = calloc(1, sizeof(*writer));
	int ret;

	if (!writer)
		return uf_fail(err, UF_ERR_MEMORY, "no memory for the backup");
	writer->job = job;
	writer->path = job->path;
	writer->packs = ends_with(job->path, ".gz");
	ret = uf_hash_new(&writer->hash, err);
	if (!ret)
		ret = write_out(writer, result, err);
	uf_hash_free(writer->hash);
	free(writer);
	return ret;
}
