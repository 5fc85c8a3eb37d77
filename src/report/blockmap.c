/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "blockmap.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Names longer than this are cut, and on a narrow terminal those longer than that. */
#define NAME_WIDE   12
#define NAME_NARROW 7

/* From so many columns on there is room for offsets. */
#define COLUMNS_WIDE 60

#define LINE_CELLS_MAX 128

/* Everything that a cell can be drawn as. The marks are those that nearly every font has. */
static const struct {
	const char *ascii;
	const char *utf8;
	const char *color;
	const char *word;
} looks[CELL_COUNT] = {
	[CELL_BLANK] = {".", "·", "", "blank"},
	[CELL_SAME] = {"=", "░", "", "same"},
	[CELL_KEPT] = {"-", "▒", "\033[34m", "kept"},
	[CELL_BOOT] = {"%", "▓", "\033[35m", "boot loader, stays"},
	[CELL_BLANKED] = {"O", "●", "\033[36m", "blank again"},
	[CELL_VERIFIED] = {"#", "■", "\033[32m", "verified"},
	[CELL_BOOT_WRITTEN] = {"B", "B", "\033[32m", "boot loader, done"},
	[CELL_ERASED] = {"E", "•", "\033[36m", "erased"},
	[CELL_WRITTEN] = {"W", "▪", "\033[32m", "written"},
	[CELL_BOOT_WRITE] = {"b", "b", "\033[35m", "boot loader"},
	[CELL_ERASE] = {"e", "○", "\033[33m", "to erase"},
	[CELL_WRITE] = {"w", "□", "\033[33m", "to write"},
	[CELL_BAD] = {"!", "!", "\033[31;1m", "failed"},
};

/* The order of the legend: what is left alone, then what becomes of the rest. */
static const uint8_t legend[] = {
	CELL_SAME,       CELL_BLANK,        CELL_KEPT,  CELL_BOOT,   CELL_WRITE,
	CELL_WRITTEN,    CELL_VERIFIED,     CELL_ERASE, CELL_ERASED, CELL_BLANKED,
	CELL_BOOT_WRITE, CELL_BOOT_WRITTEN, CELL_BAD,
};

#define PLAIN "\033[0m"

static uint32_t erase_size(const struct blockmap *map)
{
	return map->plan->target->geometry.erase_size;
}

static bool is_blank(const struct uf_target *target, uint32_t block)
{
	return uf_fingerprint_equal(&target->block[block].have, &target->blank);
}

/* What becomes of a block that the plan does not write. */
static enum cell resting_cell(const struct uf_plan *plan, uint32_t block)
{
	const struct uf_target *target = plan->target;

	if ((uint64_t)block * target->geometry.erase_size < plan->boot_extent)
		return CELL_BOOT;
	if (target->block[block].intent == UF_INTENT_KEEP)
		return CELL_KEPT;
	return is_blank(target, block) ? CELL_BLANK : CELL_SAME;
}

static enum cell planned_cell(const struct uf_plan *plan, const struct uf_op *op)
{
	if (op->kind == UF_OP_BOOT)
		return CELL_BOOT_WRITE;
	return plan->target->block[op->block].pages ? CELL_WRITE : CELL_ERASE;
}

bool blockmap_plan(struct blockmap *map, const struct uf_plan *plan)
{
	uint8_t *cell = realloc(map->cell, plan->target->blocks);

	if (!cell) {
		blockmap_free(map);
		return false;
	}
	map->cell = cell;
	map->plan = plan;
	for (uint32_t block = 0; block < plan->target->blocks; block++)
		cell[block] = (uint8_t)resting_cell(plan, block);
	for (uint32_t at = 0; at < plan->ops; at++)
		cell[plan->op[at].block] = (uint8_t)planned_cell(plan, &plan->op[at]);
	return true;
}

void blockmap_free(struct blockmap *map)
{
	free(map->cell);
	memset(map, 0, sizeof(*map));
}

static void take_block(struct blockmap *map, const struct uf_block_event *event)
{
	uint32_t block = (uint32_t)(event->offset / erase_size(map));
	uint8_t *cell = &map->cell[block];

	if (event->result != UF_BLOCK_OK) {
		if (event->last)
			*cell = CELL_BAD;
	} else if (*cell == CELL_BOOT_WRITE) {
		*cell = CELL_BOOT_WRITTEN;
	} else {
		*cell = map->plan->target->block[block].pages ? CELL_WRITTEN : CELL_ERASED;
	}
}

/* The blocks that begin in a partition: [*from, *from + row.blocks). */
static uint32_t first_block(const struct blockmap *map, unsigned row)
{
	uint32_t size = erase_size(map);

	return (uint32_t)((map->plan->row[row].part->range.off + size - 1) / size);
}

/* The verification goes through a partition in order and tells only how far it is; what it found
 * wrong it has told. */
static void take_verified(struct blockmap *map, const struct uf_progress_event *progress)
{
	const struct uf_plan_row *row = &map->plan->row[progress->row];
	uint8_t *cell = map->cell + first_block(map, (unsigned)progress->row);
	uint32_t count = 0;

	for (uint32_t at = 0; at < row->blocks && count < progress->row_done; at++) {
		if (cell[at] == CELL_WRITTEN)
			cell[at] = CELL_VERIFIED;
		else if (cell[at] == CELL_ERASED)
			cell[at] = CELL_BLANKED;
		count += cell[at] == CELL_VERIFIED || cell[at] == CELL_BLANKED ||
			 cell[at] == CELL_BOOT_WRITTEN;
	}
}

void blockmap_event(struct blockmap *map, const struct uf_event *event)
{
	const struct uf_progress_event *progress = &event->progress;

	if (!map->plan || event->plan != map->plan)
		return;
	if (event->kind == UF_EVENT_BLOCK)
		take_block(map, &event->block);
	else if (event->kind == UF_EVENT_PROGRESS && progress->phase == UF_PHASE_VERIFY &&
		 progress->work_total && progress->row >= 0)
		take_verified(map, progress);
}

/* --- the shape ------------------------------------------------------------------------------ */

static unsigned longest_name(const struct uf_plan *plan)
{
	size_t longest = 0;

	for (unsigned row = 0; row < plan->rows; row++)
		if (strlen(plan->row[row].part->name) > longest)
			longest = strlen(plan->row[row].part->name);
	return (unsigned)longest;
}

/* Of the offsets in a flash: hexadecimal digits. */
static int offset_digits(const struct blockmap *map)
{
	return map->plan->map->size > 0x1000000 ? 8 : 6;
}

static unsigned row_cells(const struct mapshape *shape, const struct uf_plan_row *row)
{
	return (row->blocks + shape->cell_blocks - 1) / shape->cell_blocks;
}

static unsigned row_lines(const struct mapshape *shape, const struct uf_plan_row *row)
{
	return (row_cells(shape, row) + shape->cells - 1) / shape->cells;
}

static bool occurs(const struct blockmap *map, enum cell cell)
{
	return memchr(map->cell, cell, map->plan->target->blocks) != NULL;
}

/* The legend must not grow during a run. */
static bool in_legend(const struct blockmap *map, const struct mapstyle *style, enum cell cell)
{
	bool write = false, erase = false, boot = false;

	if (!style->running || cell < CELL_BLANKED)
		return occurs(map, cell);
	for (uint32_t at = 0; at < map->plan->ops; at++) {
		enum cell planned = planned_cell(map->plan, &map->plan->op[at]);

		write |= planned == CELL_WRITE;
		erase |= planned == CELL_ERASE;
		boot |= planned == CELL_BOOT_WRITE;
	}
	if (cell == CELL_WRITE || cell == CELL_WRITTEN || cell == CELL_VERIFIED)
		return write;
	if (cell == CELL_ERASE || cell == CELL_ERASED || cell == CELL_BLANKED)
		return erase;
	return cell == CELL_BAD || boot;
}

static void add_mark(const struct mapstyle *style, enum cell cell, struct text *text)
{
	text_add(text, "%s", style->utf8 ? looks[cell].utf8 : looks[cell].ascii);
}

static void add_legend_item(const struct mapstyle *style, enum cell cell, struct text *text)
{
	bool colored = style->color && looks[cell].color[0];

	if (colored)
		text_add(text, "%s", looks[cell].color);
	add_mark(style, cell, text);
	text_add(text, "%s %s", colored ? PLAIN : "", looks[cell].word);
}

/* Go through the legend: append its line number `line` to text where that is not NULL; returns how
 * many lines it has. */
static unsigned walk_legend(const struct blockmap *map, const struct mapstyle *style, unsigned line,
			    struct text *text)
{
	unsigned at_line = 0, used = 0;

	for (size_t at = 0; at < sizeof(legend); at++) {
		enum cell cell = (enum cell)legend[at];
		unsigned width = 2 + (unsigned)strlen(looks[cell].word);

		if (!in_legend(map, style, cell))
			continue;
		if (used && used + 2 + width >= style->columns) {
			at_line++;
			used = 0;
		}
		if (text && at_line == line) {
			text_add(text, used ? "  " : "");
			add_legend_item(style, cell, text);
		}
		used += (used ? 2 : 0) + width;
	}
	return at_line + 1;
}

static void count_lines(const struct blockmap *map, const struct mapstyle *style,
			struct mapshape *shape, unsigned *cells)
{
	shape->lines = 1 + walk_legend(map, style, 0, NULL);
	*cells = 0;
	for (unsigned row = 0; row < map->plan->rows; row++) {
		shape->lines += row_lines(shape, &map->plan->row[row]);
		*cells += row_cells(shape, &map->plan->row[row]);
	}
}

bool blockmap_shape(const struct blockmap *map, const struct mapstyle *style,
		    struct mapshape *shape)
{
	unsigned most = style->columns < COLUMNS_WIDE ? NAME_NARROW : NAME_WIDE;
	unsigned room, cells;

	if (!map->plan || style->columns < MAP_COLUMNS_MIN)
		return false;
	shape->name_width = longest_name(map->plan);
	if (shape->name_width > most)
		shape->name_width = most;
	shape->offsets = style->columns >= COLUMNS_WIDE;
	/* The last column stays free: a cursor behind it wraps on some terminals. */
	room = style->columns - 2 - shape->name_width -
	       (shape->offsets ? 3 + (unsigned)offset_digits(map) : 0);
	shape->cells = room > LINE_CELLS_MAX ? LINE_CELLS_MAX : room / 8 * 8;
	for (shape->cell_blocks = 1; shape->cell_blocks <= map->plan->target->blocks;
	     shape->cell_blocks *= 2) {
		count_lines(map, style, shape, &cells);
		if (shape->lines <= style->rows && cells <= MAP_CELLS_MAX)
			return true;
	}
	return false;
}

/* --- the lines ------------------------------------------------------------------------------ */

static void add_heading(const struct blockmap *map, const struct mapshape *shape, struct text *text)
{
	char size[UF_SIZE_TEXT];

	text_add(text, "%" PRIu32 " blocks of %s, ", map->plan->target->blocks,
		 uf_format_size(size, erase_size(map)));
	if (shape->cell_blocks == 1)
		text_add(text, "one a cell");
	else
		text_add(text, "%" PRIu32 " a cell", shape->cell_blocks);
}

/* What counts of the blocks [from, to). */
static enum cell cell_of(const struct blockmap *map, uint32_t from, uint32_t to)
{
	uint8_t cell = map->cell[from];

	for (uint32_t at = from + 1; at < to; at++)
		if (map->cell[at] > cell)
			cell = map->cell[at];
	return (enum cell)cell;
}

static void add_cells(const struct blockmap *map, const struct mapstyle *style,
		      const struct mapshape *shape, unsigned row, unsigned line, struct text *text)
{
	uint32_t first = first_block(map, row);
	uint32_t end = first + map->plan->row[row].blocks;
	uint32_t at = first + line * shape->cells * shape->cell_blocks;
	const char *color = "";

	for (unsigned count = 0; count < shape->cells && at < end; count++) {
		uint32_t next = end - at > shape->cell_blocks ? at + shape->cell_blocks : end;
		enum cell cell = cell_of(map, at, next);

		if (style->color && strcmp(color, looks[cell].color) != 0) {
			color = looks[cell].color;
			text_add(text, "%s", color[0] ? color : PLAIN);
		}
		add_mark(style, cell, text);
		at = next;
	}
	if (color[0])
		text_add(text, PLAIN);
}

static void add_row_line(const struct blockmap *map, const struct mapstyle *style,
			 const struct mapshape *shape, unsigned row, unsigned line,
			 struct text *text)
{
	uint64_t offset =
		(uint64_t)(first_block(map, row) + line * shape->cells * shape->cell_blocks) *
		erase_size(map);

	text_add(text, "%-*.*s ", (int)shape->name_width, (int)shape->name_width,
		 line ? "" : map->plan->row[row].part->name);
	if (shape->offsets)
		text_add(text, "0x%0*" PRIx64 " ", offset_digits(map), offset);
	add_cells(map, style, shape, row, line, text);
}

void blockmap_line(const struct blockmap *map, const struct mapstyle *style,
		   const struct mapshape *shape, unsigned line, struct text *text)
{
	if (!line--) {
		add_heading(map, shape, text);
		return;
	}
	for (unsigned row = 0; row < map->plan->rows; row++) {
		unsigned lines = row_lines(shape, &map->plan->row[row]);

		if (line < lines) {
			add_row_line(map, style, shape, row, line, text);
			return;
		}
		line -= lines;
	}
	walk_legend(map, style, line, text);
}

bool blockmap_utf8(void)
{
	static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};

	for (size_t at = 0; at < sizeof(names) / sizeof(names[0]); at++) {
		const char *value = getenv(names[at]);

		if (value && value[0])
			return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
	}
	return false;
}
