/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the unit tests share: cmocka and its headers, chips, images, hooks. */
#ifndef SUPPORT_H
#define SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "uniflash/exec/exec.h"
#include "uniflash/flash/fault.h"
#include "uniflash/flash/guard.h"
#include "uniflash/flash/nor.h"
#include "uniflash/image/image.h"
#include "uniflash/plan/survey.h"
#include "uniflash/util/event.h"

/* Events that a stage emitted: the last of each kind, and how many of each there were. */
struct recorder {
	struct uf_hooks hooks;
	unsigned count[UF_EVENT_RESULT + 1];
	struct uf_progress_event progress;
	unsigned progress_back; /* how often progress went back within a phase */
	uint64_t stop_after;    /* stop is asked for after so many polls; 0: never */
	uint64_t polls;
	struct uf_check_event check[64]; /* in order; their texts are in detail[] */
	char detail[64][256];
	unsigned checks;
};

/* Begin to record; recorder->hooks is what stages take. */
void recorder_begin(struct recorder *recorder);

struct memory_image;

/* The layer under the tap of an image in memory. */
struct memory_bytes {
	struct uf_bytes base; /* first: its functions work on it */
	struct memory_image *of;
};

/* An image of bytes in memory. It reads from `bytes`, which must stay. */
struct memory_image {
	struct uf_image image;
	struct memory_bytes layer;
	const uint8_t *bytes;
	unsigned fail_reads; /* the next so many reads fail */
	uint64_t fail_at;    /* with fail_code: reads at or behind this offset fail */
	int fail_code;       /* what they fail with, 0: none */
	bool changed;        /* check_same fails */
	void *watch_context;
	void (*watch)(void *context, uint64_t off, size_t len); /* told of every read, or NULL */
};

/* Make one in *image, which was zeroed or made before. */
void memory_image_init(struct memory_image *image, const uint8_t *bytes, uint64_t size);
void memory_image_free(struct memory_image *image);

/* Fill buf with pseudo-random bytes of a seed. */
void fill_random(void *buf, size_t len, uint64_t seed);

/* Make a folder for a test's files; returns its path, which the test removes with remove_folder. */
char *make_folder(void);
void remove_folder(char *path);

/* Write a file below folder. */
void write_file(const char *folder, const char *name, const void *bytes, size_t len);

/* The operations of a device that a spy looks at. */
enum spy_kind {
	SPY_READ,
	SPY_ARM,
	SPY_ERASE,
	SPY_PROGRAM,
	SPY_SYNC,
	SPY_KINDS
};

/* One operation that went through a spy. */
struct spy_op {
	enum spy_kind kind;
	uint64_t off;
	uint64_t len; /* of an erase: a block */
};

/* What becomes of an operation. */
enum spy_verdict {
	SPY_PASS,      /* it is done */
	SPY_FAIL,      /* it reports an error, nothing is done */
	SPY_LIE,       /* it reports success, nothing is done */
	SPY_DONE_FAIL, /* it is done, and reports an error */
};

/*
 * A wrapper that remembers every operation in order and lets a test decide what becomes of it.
 * It is given what it wraps, and closes that.
 */
struct spy {
	struct uf_device dev;
	struct uf_device *inner;
	struct spy_op *op;
	unsigned ops;
	unsigned room;
	unsigned count[SPY_KINDS];
	void *context;
	enum spy_verdict (*judge)(struct spy *spy, const struct spy_op *op); /* NULL: SPY_PASS */
	/* Called behind an operation that was done; buf is what was read, else NULL. */
	void (*after)(struct spy *spy, const struct spy_op *op, uint8_t *buf);
};
struct spy *spy_open(struct uf_device *inner);

/* The index of the next operation of this kind at or behind `from`, spy->ops where there is none;
 * and how many operations of this kind touch [off, off + len). */
unsigned spy_next(const struct spy *spy, enum spy_kind kind, unsigned from);
unsigned spy_touches(const struct spy *spy, enum spy_kind kind, uint64_t off, uint64_t len);

/* One event of a story; its texts are kept with it. */
struct story_event {
	struct uf_event event;
	unsigned ops; /* operations of the spy before it */
	char text[256];
};

/* Every event that a stage emitted, in order, and every time it asked whether to stop. */
struct story {
	struct uf_hooks hooks;
	struct story_event *event;
	unsigned events;
	unsigned room;
	const struct spy *spy; /* may be NULL */
	uint64_t polls;
	uint64_t stop_at;     /* the poll from which on the answer is yes; 0: never */
	unsigned ops_at_stop; /* operations of the spy before the first yes */
	bool said_stop;
	bool ended;    /* the test says that nothing may come any more */
	unsigned late; /* what came all the same */
};
void story_begin(struct story *story);
void story_free(struct story *story);
unsigned story_count(const struct story *story, enum uf_event_kind kind);

/*
 * Check the progress that a story tells of a phase: the total stays the same, `done` never goes
 * back and does not reach the total before the last event of the phase; it does reach it where
 * `whole`. Returns how many events the phase had.
 */
unsigned story_check_progress(const struct story *story, enum uf_phase phase, bool whole);

/* One partition of a table in a test: sizes follow each other from 0. */
struct piece {
	const char *name;
	uint64_t size;
};
void make_table(struct uf_table *table, const struct piece *piece, unsigned count);

/* The chip that most tests use: 32 blocks of 4096 bytes, pages of 256, eleven partitions. */
#define SMALL_BLOCK  4096
#define SMALL_PAGE   256
#define SMALL_BLOCKS 32
#define SMALL_SIZE   ((uint64_t)SMALL_BLOCKS * SMALL_BLOCK)
#define SMALL_PIECES 11
extern const struct piece small_piece[SMALL_PIECES];

/*
 * Everything of one run: a chip, a spy over it, faults over that where a test wants them, a guard
 * over all; an image in memory; what the stages make of them.
 */
struct rig {
	struct uf_geometry geometry;
	struct uf_map map;
	struct uf_table table; /* of names */
	struct uf_policy policy;
	/* What rig_plan takes for the boot loader's; 0 as rig_begin leaves it. */
	uint64_t boot_extent;
	struct uf_device *nor;
	struct spy *spy;
	struct uf_device *fault; /* NULL where there is none */
	struct uf_device *dev;   /* the guard; closes the others */
	uint8_t *bytes;          /* of the image; room for the whole flash */
	struct memory_image image;
	uint8_t *old; /* what the flash held when rig_set_old was called */
	uint8_t *buf; /* one erase block */
	struct uf_fingerprints *prints;
	struct uf_target target;
	struct uf_plan plan;
	struct uf_exec *exec;
	/* As of uf_exec_input, for rig_arm; announced is its context. */
	void (*announce)(void *announced, const uint32_t *op, unsigned count);
	void *announced;
	struct uf_exec_outcome outcome;
	struct story story;
	struct uf_error err;
};

/* Begin with a blank chip and a blank image of its size. faults may be NULL. */
void rig_begin(struct rig *rig, const struct uf_geometry *geometry, const struct uf_table *table,
	       const struct uf_fault_plan *faults);
void rig_begin_small(struct rig *rig, const struct uf_fault_plan *faults);
void rig_end(struct rig *rig);

/* Put bytes on the chip from outside, and remember them as what it held before. */
void rig_set_old(struct rig *rig, const uint8_t *bytes);

/* The cells of the chip, as seen from outside. */
uint8_t *rig_cells(struct rig *rig);

/* What the flash has to hold in the end by image, policy and table, worked out byte by byte. The
 * caller frees it. */
uint8_t *rig_expected(const struct rig *rig);

/* Read the image, read the flash, say what each block is to hold, make the plan; each must go
 * well. rig_prepare does all of it. */
void rig_digest(struct rig *rig);
void rig_survey(struct rig *rig);
void rig_decide(struct rig *rig);
void rig_plan(struct rig *rig);
void rig_prepare(struct rig *rig);

/* Check that print is what one of the rig's erase blocks has that holds bytes. */
void rig_expect_print(struct rig *rig, const struct uf_fingerprint *print, const void *bytes);

/* Forget the plan and all that is known of the target, which is then as rig_begin left it. */
void rig_forget(struct rig *rig);

/* Arm the device with the plan's blocks and begin to execute. What the spy and the story tell from
 * here on is of the execution alone. */
void rig_arm(struct rig *rig);

/* Step to the end, or at most so many steps; fills rig->outcome. Returns the steps made. */
unsigned rig_run(struct rig *rig);

#endif
