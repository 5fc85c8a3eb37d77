/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/live/journal.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "uniflash/util/bytes.h"

#define JOURNAL_MAX (1 << 20)

/* Lines beside one for every UF_JOURNAL_NEXT blocks: what failed once more, the boot loader, the
 * end. */
#define LINES_EXTRA 4

/* " *" and eight digits. */
#define SUM_LEN 10

/* An offset in hexadecimal and its comma. */
#define OFFSET_LEN 10

struct uf_journal {
	int fd;
	unsigned lines; /* that may still be written */
	bool begun;
	char head[UF_PATH_MAX + 1024]; /* the line that begins the run */
	char ident[64];                /* "image=... plan=... erase=..." */
	struct uf_journal_past past;
	size_t room;
	char *text; /* lines on their way out */
};

/* --- reading ---------------------------------------------------------------------------------- */

/* The line without its sum, where that holds; the text is cut there. */
static bool check_line(char *line)
{
	size_t len = strlen(line);
	char sum[SUM_LEN + 1];

	if (len < SUM_LEN)
		return false;
	snprintf(sum, sizeof(sum), " *%08lx", crc32(0, (uint8_t *)line, (uInt)(len - SUM_LEN)));
	if (strcmp(line + len - SUM_LEN, sum) != 0)
		return false;
	line[len - SUM_LEN] = '\0';
	return true;
}

/* The value behind " key=", up to a blank. */
static const char *value_of(const char *line, const char *key)
{
	const char *at = strstr(line, key);

	return at ? at + strlen(key) : NULL;
}

static void add_pending(struct uf_journal_past *past, uint64_t off)
{
	for (unsigned at = 0; at < past->count; at++)
		if (past->off[at] == off)
			return;
	if (past->count < UF_JOURNAL_PENDING_MAX)
		past->off[past->count++] = off;
}

static void take_offsets(const char *at, struct uf_journal_past *past)
{
	while (at && *at && *at != ' ') {
		uint64_t off;
		size_t used = uf_parse_hex(at, strcspn(at, ", "), &off);

		if (!used)
			return;
		add_pending(past, off);
		at += used;
		at += *at == ',';
	}
}

static void take_next(const char *line, struct uf_journal_past *past)
{
	const char *erase = value_of(line, " erase=");
	uint64_t size = 0;

	past->count = 0;
	if (erase)
		uf_parse_hex(erase, strcspn(erase, " "), &size);
	past->erase_size = (uint32_t)size;
	take_offsets(value_of(line, " at="), past);
	take_offsets(value_of(line, " again="), past);
}

/* "f70000-fb0000,fb0000-ff0000" */
static void take_kept(const char *at, struct uf_journal_past *past)
{
	past->kept_count = 0;
	while (at && *at && *at != ' ' && past->kept_count < UF_JOURNAL_KEPT_MAX) {
		struct uf_range *range = &past->kept[past->kept_count];
		size_t used = uf_parse_hex(at, strcspn(at, "-, "), &range->off);
		uint64_t end;

		if (!used || at[used] != '-')
			return;
		at += used + 1;
		used = uf_parse_hex(at, strcspn(at, ", "), &end);
		if (!used || end <= range->off)
			return;
		range->len = end - range->off;
		past->kept_count++;
		at += used;
		at += *at == ',';
	}
}

static void take_line(const char *line, struct uf_journal_past *past)
{
	const char *image = value_of(line, " image=");
	const char *backup = value_of(line, " backup=");

	if (strcmp(line, "done") == 0) {
		memset(past, 0, sizeof(*past));
		return;
	}
	past->incomplete = true;
	if (image)
		snprintf(past->image, sizeof(past->image), "%.*s", (int)strcspn(image, " "), image);
	if (strncmp(line, "run ", 4) == 0) {
		if (backup)
			snprintf(past->backup, sizeof(past->backup), "%s", backup);
		take_kept(value_of(line, " kept="), past);
	}
	if (strncmp(line, "next ", 5) == 0)
		take_next(line, past);
}

void uf_journal_read(const char *path, struct uf_journal_past *past)
{
	char *text = malloc(JOURNAL_MAX);

	memset(past, 0, sizeof(*past));
	if (text && uf_read_text("", path, text, JOURNAL_MAX, NULL, NULL) == UF_OK)
		for (char *line = text, *end; *line; line = end) {
			end = line + strcspn(line, "\n");
			if (*end)
				*end++ = '\0';
			if (check_line(line))
				take_line(line, past);
		}
	free(text);
}

/* --- writing ---------------------------------------------------------------------------------- */

static size_t add_line(char *out, size_t room, const char *line)
{
	int len = snprintf(out, room, "%s *%08lx\n", line,
			   crc32(0, (const uint8_t *)line, (uInt)strlen(line)));

	return len > 0 && (size_t)len < room ? (size_t)len : 0;
}

static bool write_synced(struct uf_journal *journal, size_t len)
{
	if (!len || write(journal->fd, journal->text, len) != (ssize_t)len)
		return false;
	return fdatasync(journal->fd) == 0;
}

static void make_head(struct uf_journal *journal, const struct uf_journal_head *head)
{
	char image[UF_DIGEST_TEXT], plan[UF_DIGEST_TEXT],
		kept[UF_JOURNAL_KEPT_MAX * 2 * OFFSET_LEN + 16] = "";
	size_t len = 0;

	for (unsigned at = 0; at < head->kept_count && len < sizeof(kept); at++)
		len += (size_t)snprintf(kept + len, sizeof(kept) - len, "%s%" PRIx64 "-%" PRIx64,
					at ? "," : " kept=", head->kept[at].off,
					uf_range_end(head->kept[at]));

	snprintf(journal->ident, sizeof(journal->ident), "image=%.12s plan=%.12s erase=%" PRIx32,
		 uf_digest_format(image, head->image), uf_digest_format(plan, head->plan),
		 head->erase_size);
	snprintf(journal->head, sizeof(journal->head), "run %s%s%s%s", journal->ident, kept,
		 head->backup ? " backup=" : "", head->backup ? head->backup : "");
}

int uf_journal_open(const char *path, const struct uf_journal_head *head,
		    const struct uf_journal_past *past, struct uf_journal **journal,
		    struct uf_error *err)
{
	struct uf_journal *made = calloc(1, sizeof(*made));
	int flags = past->incomplete ? O_APPEND : O_TRUNC;

	if (!made)
		return uf_fail(err, UF_ERR_MEMORY, "no memory for the journal");
	made->past = *past;
	made->lines = head->ops / UF_JOURNAL_NEXT + LINES_EXTRA;
	/* The boot loader's blocks stand in one line; a few for the words. */
	made->room = sizeof(made->head) +
		     ((size_t)head->ops + UF_JOURNAL_PENDING_MAX + 16) * OFFSET_LEN + 256;
	made->text = malloc(2 * made->room);
	make_head(made, head);
	made->fd = made->text ? open(path, O_WRONLY | O_CREAT | flags | O_CLOEXEC, 0666) : -1;
	if (made->fd < 0) {
		uf_journal_close(made);
		return uf_fail(err, UF_ERR_IO, "cannot open the journal %s", path);
	}
	*journal = made;
	return UF_OK;
}

static size_t add_offsets(char *out, size_t room, const char *key, const uint64_t *off,
			  unsigned count)
{
	size_t len = (size_t)snprintf(out, room, " %s=", key);

	for (unsigned at = 0; at < count && len < room; at++)
		len += (size_t)snprintf(out + len, room - len, "%s%" PRIx64, at ? "," : "",
					off[at]);
	return len;
}

bool uf_journal_next(struct uf_journal *journal, const uint64_t *off, unsigned count, bool last)
{
	const struct uf_journal_past *past = &journal->past;
	char *line = journal->text + journal->room;
	size_t len = 0, used;

	/* One is left for the boot loader, whatever the others took. */
	if (!last && journal->lines <= 1)
		return true;
	journal->lines -= journal->lines > 0;
	used = (size_t)snprintf(line, journal->room, "next %s", journal->ident);
	used += add_offsets(line + used, journal->room - used, "at", off, count);
	if (past->count)
		add_offsets(line + used, journal->room - used, "again", past->off, past->count);
	if (!journal->begun) {
		/* What is there may end in the middle of a line. */
		journal->text[len++] = '\n';
		len += add_line(journal->text + len, journal->room - len, journal->head);
	}
	journal->begun = true;
	len += add_line(journal->text + len, journal->room - len, line);
	return write_synced(journal, len);
}

void uf_journal_done(struct uf_journal *journal)
{
	if (write_synced(journal, add_line(journal->text, journal->room, "done")))
		return;
	/* A card that is full: an empty journal says that nothing is left to do, too. */
	if (ftruncate(journal->fd, 0) == 0)
		fdatasync(journal->fd);
}

void uf_journal_close(struct uf_journal *journal)
{
	if (!journal)
		return;
	if (journal->fd >= 0)
		close(journal->fd);
	free(journal->text);
	free(journal);
}
