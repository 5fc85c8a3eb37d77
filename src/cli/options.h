/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of options: parsing and the help are made from it. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "uniflash/cli/request.h"

/* Sets of verbs. */
#define VERB(name) (1U << UF_VERB_##name)
#define VERBS_ALL  ((1U << UF_VERB_COUNT) - 1)

/* One option. */
struct option_row {
	const char *name;     /* without the dashes */
	const char *argument; /* as the help shows it; NULL: takes none; "[=..." : optional */
	const char *help;
	int (*take)(const char *argument, struct uf_request *request, struct uf_error *err);
	unsigned verbs; /* that it makes sense for */
	char letter;    /* 0 where it has none */
};

extern const struct option_row option_rows[];
extern const unsigned option_row_count;

/* One verb. */
struct verb_row {
	const char *name;
	const char *operands; /* as the help shows them */
	unsigned least;       /* operands */
	unsigned most;
	const char *help;
};

extern const struct verb_row verb_rows[UF_VERB_COUNT];

#endif
