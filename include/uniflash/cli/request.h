/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The request: what the user asks for, taken from the command line and from nothing else.
 * Strings are borrowed from argv. Touches no flash.
 */
#ifndef UNIFLASH_CLI_REQUEST_H
#define UNIFLASH_CLI_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "uniflash/util/error.h"
#include "uniflash/util/textfile.h"

/* The verbs, in the order of the help. */
enum uf_verb {
	UF_VERB_FLASH,
	UF_VERB_PLAN,
	UF_VERB_INFO,
	UF_VERB_INSPECT,
	UF_VERB_VERIFY,
	UF_VERB_BACKUP,
	UF_VERB_SPLIT,
	UF_VERB_JOIN,
	UF_VERB_LAYOUTS,
	UF_VERB_REBOOT,
	UF_VERB_HELP,
	UF_VERB_VERSION,
	UF_VERB_COUNT
};

/* Which flash a run is about. */
struct uf_device_spec {
	bool is_file;           /* a dump file; else this system's MTD */
	char path[UF_PATH_MAX]; /* of the dump */
	uint64_t size;          /* bytes, 0 where not given */
	uint32_t erase_size;    /* bytes, 0 where not given */
};

/* What happens behind the end of a shorter full image. */
enum uf_tail {
	UF_TAIL_ASK, /* image.short asks for --tail */
	UF_TAIL_ERASE,
	UF_TAIL_KEEP,
};

enum uf_color {
	UF_COLOR_AUTO,
	UF_COLOR_ALWAYS,
	UF_COLOR_NEVER,
};

/* Room for a list of partition names. */
#define UF_NAMES_MAX 1024

/* A value for one partition: NAME=FILE of --part, NAME=SHA256 of --expect. */
struct uf_named {
	char name[64];     /* of the partition */
	const char *value; /* borrowed from argv */
};

#define UF_NAMED_MAX 64

/* Everything a command line can say. */
struct uf_request {
	const char *program; /* as it was called */
	enum uf_verb verb;
	const char *operand[2]; /* IMAGE, or what the verb takes; NULL where there is none */
	bool yes;
	bool dry_run;
	bool full;
	bool json;
	bool quiet;
	bool no_backup;
	bool once;
	bool no_stop;
	bool reboot;
	bool map;
	bool tell_private;
	const char *backup; /* of -b, NULL where not given */
	int verbose;
	enum uf_color color;
	enum uf_tail tail;
	const char *layout;      /* of -l, NULL where not given */
	char keep[UF_NAMES_MAX]; /* of all -k, with commas between them; "auto" where not given */
	char only[UF_NAMES_MAX]; /* of all -p; "" where not given */
	const char *svg;         /* path, NULL where not given */
	const char *log;         /* path, NULL where not given */
	uf_check_set allow;
	const char *sha256; /* of --sha256, NULL where not given */
	const char *pubkey; /* path, NULL where not given */
	unsigned parts;
	struct uf_named part[UF_NAMED_MAX];
	unsigned expects;
	struct uf_named expect[UF_NAMED_MAX];
	struct uf_device_spec device;
};

/* Parse argv into request. UF_ERR_USAGE. */
int uf_request_parse(int argc, char **argv, struct uf_request *request, struct uf_error *err);

/* Parse the SPEC of -d: "mtd" or "file:PATH[,size=N][,erase=N]". UF_ERR_USAGE. */
int uf_device_spec_parse(const char *text, struct uf_device_spec *spec, struct uf_error *err);

/* Whether the request can write flash. */
bool uf_request_writes(const struct uf_request *request);

/* Whether the image comes from standard input. */
bool uf_request_from_stdin(const struct uf_request *request);

/* The name of a verb. Static text. */
const char *uf_verb_name(enum uf_verb verb);

/* Write the help text into out[0..size). Returns out. */
const char *uf_help_text(char *out, unsigned size);

#endif
