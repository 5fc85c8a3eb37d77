/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The backup of a run: where it goes, what is said beside it, and its making. */
#include "pipeline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "uniflash/live/backup.h"
#include "uniflash/live/board.h"
#include "uniflash/live/system.h"
#include "uniflash/util/textfile.h"

#define INFO_MAX 32768

/* A text under construction; what does not fit is left out. */
struct info {
	char text[INFO_MAX];
	size_t len;
};

static void add(struct info *info, const char *key, const char *value)
{
	if (info->len < sizeof(info->text))
		info->len +=
			(size_t)snprintf(info->text + info->len, sizeof(info->text) - info->len,
					 "%s: %s\n", key, value);
}

/* Each line of a file of /proc, indented. */
static void add_file(const struct run *run, struct info *info, const char *path)
{
	static char text[16384];

	if (uf_read_text(run->root, path, text, sizeof(text), NULL, NULL))
		return;
	add(info, path, "");
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		add(info, " ", line);
}

static void add_date(struct info *info)
{
	time_t now = time(NULL);
	struct tm utc;
	char text[32];

	gmtime_r(&now, &utc);
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", &utc);
	add(info, "date", text);
}

/* Hashed, so that the text can be shown to others; the addresses themselves stand below for the
 * owner, who needs them. */
void run_identity(const struct run *run, const char *address, char *hex)
{
	static const char salt[] = "uniflash identity ";
	struct uf_digest digest;

	uf_hash_begin(run->hash);
	uf_hash_add(run->hash, salt, strlen(salt));
	uf_hash_add(run->hash, address, strlen(address));
	uf_hash_end(run->hash, &digest);
	uf_digest_format(hex, &digest);
}

static void add_addresses(const struct run *run, struct info *info)
{
	struct uf_macs macs;
	char hex[UF_DIGEST_TEXT], line[64];

	uf_macs_read(run->root, &macs);
	for (unsigned at = 0; at < macs.count; at++) {
		run_identity(run, macs.mac[at].address, hex);
		add(info, "identity", hex);
	}
	for (unsigned at = 0; at < macs.count; at++) {
		snprintf(line, sizeof(line), "%s %s", macs.mac[at].name, macs.mac[at].address);
		add(info, "mac", line);
	}
}

static struct info *make_info(struct run *run)
{
	struct info *info = calloc(1, sizeof(*info));
	char hex[UF_DIGEST_TEXT];
	struct uf_system system;

	if (!info)
		return NULL;
	add(info, "uniflash backup", "1");
	add_date(info);
	add(info, "sha256", uf_digest_format(hex, &run->flash_digest));
	add(info, "layout", run->has_layout ? run->layout.name : "unknown");
	if (run->has_mtd) {
		uf_system_read(run->root, &system);
		add(info, "kernel", system.kernel);
		add(info, "soc", system.soc);
		add_addresses(run, info);
		add_file(run, info, "/proc/mtd");
		add_file(run, info, "/proc/cmdline");
	}
	return info;
}

int run_write_backup(struct run *run, const char *path)
{
	struct info *info = make_info(run);
	const struct uf_backup_job job = {
		.dev = run->dev,
		.target = &run->target,
		.digest = &run->flash_digest,
		.prints = run->prints,
		.buf = run->buf,
		.hooks = &run->hooks,
		.path = path,
		.info = info ? info->text : "",
	};
	enum uf_backup_result result = UF_BACKUP_WRITTEN;
	int ret = info ? uf_backup_write(&job, &result, &run->error)
		       : uf_fail(&run->error, UF_ERR_MEMORY, "no memory for the backup");

	free(info);
	if (!ret && strcmp(path, "-") != 0) {
		run->backup = path;
		uf_note(&run->hooks, UF_NOTE_INFO,
			result == UF_BACKUP_WRITTEN
				? "The backup is %s; it was read back and is right."
				: "The backup %s is there already, and holds just this flash.",
			path);
	}
	return ret;
}

bool run_camera_id(const struct run *run, char *hex)
{
	struct uf_macs macs;
	unsigned chosen = 0;

	uf_macs_read(run->root, &macs);
	if (!run->has_mtd || !macs.count)
		return false;
	/* A camera's own is the wireless one; the order of a folder is nobody's promise. */
	for (unsigned at = 1; at < macs.count; at++)
		if (macs.mac[at].wireless > macs.mac[chosen].wireless ||
		    (macs.mac[at].wireless == macs.mac[chosen].wireless &&
		     strcmp(macs.mac[at].address, macs.mac[chosen].address) < 0))
			chosen = at;
	run_identity(run, macs.mac[chosen].address, hex);
	return true;
}

char *run_image_path(const struct run *run)
{
	const char *path =
		run->request->parts ? run->request->part[0].value : run->request->operand[0];

	return !path || uf_request_from_stdin(run->request) ? NULL : realpath(path, NULL);
}

/* A run of the same image that was cut off has made one, of the flash as it was before; where
 * another place is asked for, it is made there. */
static bool made_before(struct run *run)
{
	const char *asked = run->request->backup;
	char hex[UF_DIGEST_TEXT];

	uf_digest_format(hex, &run->target.image_digest);
	if (!run->past.incomplete || !run->past.backup[0] ||
	    strncmp(run->past.image, hex, strlen(run->past.image)) != 0 ||
	    (asked && strcmp(asked, run->past.backup) != 0) || access(run->past.backup, R_OK) != 0)
		return false;
	snprintf(run->backup_path, sizeof(run->backup_path), "%s", run->past.backup);
	uf_note(&run->hooks, UF_NOTE_INFO,
		"The backup that the earlier run made, %s, is kept; none is made now.",
		run->backup_path);
	run->backup = run->backup_path;
	return true;
}

/* A device node or a pipe is no place for one. */
static int check_asked(struct run *run, struct uf_error *why)
{
	struct stat st;

	snprintf(run->backup_path, sizeof(run->backup_path), "%s", run->request->backup);
	if (stat(run->backup_path, &st) != 0)
		return uf_backup_room(run->backup_path, run->map.size, why);
	if (S_ISREG(st.st_mode))
		return UF_OK;
	run->backup_path[0] = '\0';
	return uf_refuse(why, UF_CHECK_BACKUP_NONE, "-b %.300s is no regular file",
			 run->request->backup);
}

static int choose_place(struct run *run, struct uf_error *why)
{
	char name[UF_BACKUP_NAME_MAX];
	char *image;
	int ret;

	if (run->request->backup)
		return check_asked(run, why);
	image = run_image_path(run);
	ret = uf_backup_place(run->root, &run->mounts, image,
			      uf_backup_name(&run->flash_digest, name), run->map.size,
			      run->backup_path, why);
	if (ret)
		run->backup_path[0] = '\0';
	free(image);
	return ret;
}

void run_place_backup(struct run *run)
{
	run->backup = NULL;
	if (!run->has_mtd || !run->plan.ops || run->request->no_backup || made_before(run))
		return;
	run->makes_backup = choose_place(run, &run->backup_error) == UF_OK;
	if (!run->makes_backup) {
		run->backup_path[0] = '\0';
		return;
	}
	if (uf_mounts_in_ram(&run->mounts, run->backup_path))
		uf_note(&run->hooks, UF_NOTE_WARNING,
			"the backup %s lies in RAM: it is gone when the camera restarts",
			run->backup_path);
}

int run_backup(struct run *run)
{
	return run->makes_backup ? run_write_backup(run, run->backup_path) : UF_OK;
}

/* The description must be that of this image, not one that lies beside it by chance. */
static bool read_description(struct run *run, char *text, size_t size)
{
	char path[UF_PATH_MAX], hex[UF_DIGEST_TEXT];

	if (run->image.kind != UF_IMAGE_RAW || uf_request_from_stdin(run->request) ||
	    snprintf(path, sizeof(path), "%s.info", run->request->operand[0]) >=
		    (int)sizeof(path) ||
	    uf_read_text("", path, text, size, NULL, NULL))
		return false;
	return strstr(text, uf_digest_format(hex, &run->target.image_digest)) &&
	       strstr(text, "identity: ");
}

bool run_is_own_backup(struct run *run, bool *other)
{
	static char text[INFO_MAX];
	char hex[UF_DIGEST_TEXT];
	struct uf_macs macs;

	*other = false;
	if (!run->has_mtd || !read_description(run, text, sizeof(text)))
		return false;
	uf_macs_read(run->root, &macs);
	for (unsigned at = 0; at < macs.count; at++) {
		run_identity(run, macs.mac[at].address, hex);
		if (strstr(text, hex))
			return true;
	}
	*other = true;
	return false;
}
