/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Written by hand, with nothing that a browser would have to fetch. What a block is shows by its
 * pattern as well as by its colour (those of Okabe and Ito), for paper and for the colour-blind.
 */
#include "uniflash/report/picture.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "blockmap.h"
#include "uniflash/util/bytes.h"

/* Of the page, in pixels. */
#define LEFT   84
#define WIDTH  1024 /* of the flash: a line of blocks */
#define RIGHT  24
#define TOP    132
#define RULER  18
#define BLOCKS 24
#define LINE   (2 * RULER + BLOCKS + 22)
#define LEGEND 26

/* Of a letter of the rulers, in tenths. */
#define LETTER_WIDTH 64

/* The flash in so many lines, unless a block would be less than a pixel. */
#define LINES 16

/* Blocks narrower than this are not set off from each other. */
#define BLOCK_MIN_PX 6

/* How a block looks: the ground, and what is drawn on it in a square of 8 pixels. */
static const struct {
	const char *id;
	const char *word;
	const char *ground;
	const char *marks;
} looks[CELL_COUNT] = {
	[CELL_SAME] = {"same", "same: already right", "#dcdcdc", ""},
	[CELL_BLANK] = {"blank", "blank, and stays so", "#ffffff",
			"<circle cx='4' cy='4' r='0.8' fill='#888'/>"},
	[CELL_KEPT] = {"kept", "kept as it is", "#56b4e9",
		       "<path d='M2 0V8' stroke='#fff' stroke-width='2'/>"},
	[CELL_BOOT] = {"boot", "boot loader, stays", "#999999",
		       "<path d='M0 4H8M4 0V8' stroke='#fff' stroke-width='1'/>"},
	[CELL_WRITE] = {"write", "to write", "#e69f00",
			"<path d='M-2 2L2 -2M0 8L8 0M6 10L10 6' stroke='#000' stroke-width='1'/>"},
	[CELL_ERASE] = {"erase", "to erase, and then blank", "#ffffff",
			"<path d='M0 2H8M0 6H8' stroke='#0072b2' stroke-width='1.5'/>"},
	[CELL_BOOT_WRITE] = {"bootwrite", "boot loader, written last", "#d55e00",
			     "<path d='M0 0L8 8M0 8L8 0' stroke='#fff' stroke-width='1.2'/>"},
};

static const uint8_t legend[] = {CELL_SAME,  CELL_BLANK, CELL_KEPT,      CELL_BOOT,
				 CELL_WRITE, CELL_ERASE, CELL_BOOT_WRITE};

/* A picture at work. */
struct page {
	FILE *out;
	const struct uf_plan *plan;
	const struct uf_table *image_table;
	struct blockmap map;
	uint64_t line_bytes;
	unsigned lines;
};

/* One stretch of a ruler. */
struct stretch {
	struct uf_range range;
	const char *name;
	bool dark; /* neighbours are told apart */
};

/* Text of XML. Bytes that are no ASCII may be no UTF-8 either. */
static void put_text(struct page *page, const char *text, size_t len)
{
	for (size_t at = 0; at < len && text[at]; at++) {
		unsigned char byte = (unsigned char)text[at];

		if (byte == '<')
			fputs("&lt;", page->out);
		else if (byte == '&')
			fputs("&amp;", page->out);
		else if (byte == '\'')
			fputs("&#39;", page->out);
		else
			fputc(byte < ' ' || byte > '~' ? '?' : byte, page->out);
	}
}

/* "/home/somebody/image.bin" is nobody's business but "image.bin". */
static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

static uint32_t erase_size(const struct page *page)
{
	return page->plan->target->geometry.erase_size;
}

/* A block is a whole number of pixels: both are powers of two. */
static unsigned x_of(const struct page *page, uint64_t off_in_line)
{
	return LEFT + (unsigned)(off_in_line * WIDTH / page->line_bytes);
}

static unsigned line_y(unsigned line)
{
	return TOP + line * LINE;
}

static void begin(struct page *page)
{
	unsigned height = line_y(page->lines) + LEGEND * (unsigned)sizeof(legend) / 2 + 70;

	fprintf(page->out,
		"<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%u' "
		"viewBox='0 0 %d %u' font-family='sans-serif' font-size='12'>\n"
		"<title>uniflash plan</title>\n<rect width='100%%' height='100%%' fill='#fff'/>\n"
		"<defs>\n",
		LEFT + WIDTH + RIGHT, height, LEFT + WIDTH + RIGHT, height);
	for (size_t at = 0; at < sizeof(legend); at++)
		fprintf(page->out,
			"<pattern id='%s' width='8' height='8' patternUnits='userSpaceOnUse'>"
			"<rect width='8' height='8' fill='%s'/>%s</pattern>\n",
			looks[legend[at]].id, looks[legend[at]].ground, looks[legend[at]].marks);
	fprintf(page->out, "</defs>\n");
}

static void put_heading(struct page *page)
{
	const struct uf_plan *plan = page->plan;
	char size[UF_SIZE_TEXT], pages[UF_SIZE_TEXT], time[UF_SIZE_TEXT], digest[UF_DIGEST_TEXT];

	fprintf(page->out, "<text x='%d' y='34' font-size='20' font-weight='bold'>", LEFT);
	put_text(page, base_name(plan->image), 80);
	fprintf(page->out, "</text>\n<text x='%d' y='56'>%s, layout ", LEFT,
		uf_format_size(size, plan->target->image_size));
	put_text(page, plan->image_layout ? plan->image_layout : "unknown", 80);
	if (uf_digest_known(&plan->target->image_digest))
		fprintf(page->out, ", SHA-256 %s",
			uf_digest_format(digest, &plan->target->image_digest));
	fprintf(page->out, "</text>\n<text x='%d' y='74'>onto a flash of %s, layout ", LEFT,
		uf_format_size(size, plan->map->size));
	put_text(page, plan->layout ? plan->layout : "unknown", 80);
	fprintf(page->out, ", %" PRIu32 " blocks of %s</text>\n", plan->target->blocks,
		uf_format_size(size, erase_size(page)));
	fprintf(page->out,
		"<text x='%d' y='92'>%" PRIu32 " blocks to erase, %s pages to program, about %s by "
		"datasheet figures</text>\n",
		LEFT, plan->erase_blocks, uf_format_count(pages, plan->program_pages),
		uf_format_duration(time, plan->estimated_us / 1000));
	fprintf(page->out,
		"<text x='%d' y='116' fill='#555'>Above the blocks: the camera's partitions. Below: "
		"what is in the image.</text>\n",
		LEFT);
}

/* --- rulers --------------------------------------------------------------------------------- */

/* The name as far as there is room, and where it begins the size, if there is room for that. */
static void put_label(struct page *page, const struct stretch *stretch, bool begins, unsigned x,
		      unsigned width, unsigned y)
{
	size_t room = width > 8 ? (width - 8) * 10 / LETTER_WIDTH : 0;
	size_t len = strlen(stretch->name);
	char size[UF_SIZE_TEXT];

	uf_format_size(size, stretch->range.len);
	if (room < 2)
		return;
	fprintf(page->out, "<text x='%u' y='%u' font-size='11'>", x + 4, y + 13);
	put_text(page, stretch->name, room);
	if (begins && len + 2 + strlen(size) <= room)
		fprintf(page->out, "  <tspan fill='#555'>%s</tspan>", size);
	fprintf(page->out, "</text>\n");
}

/* The part of a stretch that lies in a line. */
static void put_piece(struct page *page, const struct stretch *stretch, unsigned line, unsigned y)
{
	uint64_t start = line * page->line_bytes, end = start + page->line_bytes;
	uint64_t from = stretch->range.off > start ? stretch->range.off : start;
	uint64_t to = uf_min(uf_range_end(stretch->range), end);
	unsigned x, width;

	if (from >= to)
		return;
	x = x_of(page, from - start);
	width = x_of(page, to - start) - x;
	fprintf(page->out,
		"<rect x='%u' y='%u' width='%u' height='%d' fill='%s' stroke='#000' "
		"stroke-width='0.7'><title>",
		x, y, width, RULER, stretch->dark ? "#ececec" : "#fff");
	put_text(page, stretch->name, 80);
	fprintf(page->out, " 0x%06" PRIx64 "-0x%06" PRIx64 "</title></rect>\n", stretch->range.off,
		uf_range_end(stretch->range));
	put_label(page, stretch, from == stretch->range.off, x, width, y);
}

static void put_table(struct page *page, const struct uf_table *table, uint64_t end, unsigned line,
		      unsigned y)
{
	for (unsigned at = 0; at < table->count; at++) {
		struct stretch stretch = {table->part[at].range, table->part[at].name, at % 2};

		if (stretch.range.off >= end)
			break;
		stretch.range.len = uf_min(stretch.range.len, end - stretch.range.off);
		put_piece(page, &stretch, line, y);
	}
}

/* Of an image whose layout is not known, or that is not of the whole flash: where its bytes go. */
static void put_extents(struct page *page, unsigned line, unsigned y)
{
	const struct uf_image *image = page->plan->source;

	for (unsigned at = 0; image && at < image->extents; at++) {
		const struct uf_extent *extent = &image->extent[at];
		int row = uf_table_at(page->plan->table, extent->flash_off);
		struct stretch stretch = {{extent->flash_off, extent->len},
					  image->sources > 1 && row >= 0
						  ? page->plan->table->part[row].name
						  : base_name(page->plan->image),
					  at % 2};

		put_piece(page, &stretch, line, y);
	}
}

static void put_side(struct page *page, const char *word, unsigned y)
{
	fprintf(page->out,
		"<text x='%d' y='%u' text-anchor='end' font-size='9' fill='#555'>%s</text>\n",
		LEFT - 8, y + 12, word);
}

static void put_rulers(struct page *page, unsigned line)
{
	unsigned y = line_y(line);
	uint64_t end =
		page->plan->source ? uf_image_end(page->plan->source) : page->plan->map->size;

	put_side(page, "camera", y);
	put_table(page, page->plan->table, page->plan->map->size, line, y);
	y += RULER + BLOCKS;
	put_side(page, "image", y);
	if (page->image_table)
		put_table(page, page->image_table, end, line, y);
	else
		put_extents(page, line, y);
}

/* --- blocks --------------------------------------------------------------------------------- */

static void put_run(struct page *page, unsigned line, uint32_t from, uint32_t to)
{
	uint64_t start = line * page->line_bytes;
	uint64_t off = (uint64_t)from * erase_size(page), end = (uint64_t)to * erase_size(page);
	unsigned x = x_of(page, off - start);

	fprintf(page->out,
		"<rect x='%u' y='%u' width='%u' height='%d' fill='url(#%s)' stroke='#000' "
		"stroke-width='0.5'><title>%s 0x%06" PRIx64 "-0x%06" PRIx64 "</title></rect>\n",
		x, line_y(line) + RULER, x_of(page, end - start) - x, BLOCKS,
		looks[page->map.cell[from]].id, looks[page->map.cell[from]].word, off, end);
}

static void put_grid(struct page *page, unsigned line, uint32_t from, uint32_t to)
{
	unsigned step = x_of(page, erase_size(page)) - LEFT;

	if (step < BLOCK_MIN_PX)
		return;
	fprintf(page->out, "<path d='");
	for (uint32_t at = from + 1; at < to; at++)
		fprintf(page->out, "M%u %uv%d", LEFT + (at - from) * step, line_y(line) + RULER,
			BLOCKS);
	fprintf(page->out, "' stroke='#000' stroke-width='0.4'/>\n");
}

/* Neighbours that are alike are one rectangle. */
static void put_blocks(struct page *page, unsigned line)
{
	uint32_t a_line = (uint32_t)(page->line_bytes / erase_size(page));
	uint32_t from = line * a_line;
	uint32_t to = (uint32_t)uf_min((uint64_t)from + a_line, page->plan->target->blocks);

	for (uint32_t at = from, end; at < to; at = end) {
		for (end = at + 1; end < to && page->map.cell[end] == page->map.cell[at];)
			end++;
		put_run(page, line, at, end);
	}
	put_grid(page, line, from, to);
}

static void put_line(struct page *page, unsigned line)
{
	fprintf(page->out,
		"<text x='%d' y='%u' text-anchor='end' font-family='monospace'>0x%06" PRIx64
		"</text>\n",
		LEFT - 8, line_y(line) + RULER + 16, line * page->line_bytes);
	put_rulers(page, line);
	put_blocks(page, line);
}

static uint32_t count(const struct page *page, enum cell cell)
{
	uint32_t blocks = 0;

	for (uint32_t at = 0; at < page->plan->target->blocks; at++)
		blocks += page->map.cell[at] == cell;
	return blocks;
}

/* All that there is to know the patterns by, also those that do not occur. */
static void put_legend(struct page *page)
{
	unsigned y = line_y(page->lines) + 12;

	for (size_t at = 0; at < sizeof(legend); at++) {
		unsigned x = LEFT + (unsigned)(at % 2) * (WIDTH / 2);
		uint32_t blocks = count(page, (enum cell)legend[at]);
		char size[UF_SIZE_TEXT];

		fprintf(page->out,
			"<rect x='%u' y='%u' width='40' height='16' fill='url(#%s)' stroke='#000' "
			"stroke-width='0.7'/><text x='%u' y='%u'>%s: %" PRIu32
			" block%s, %s</text>\n",
			x, y, looks[legend[at]].id, x + 50, y + 13, looks[legend[at]].word, blocks,
			blocks == 1 ? "" : "s",
			uf_format_size(size, (uint64_t)blocks * erase_size(page)));
		y += at % 2 ? LEGEND : 0;
	}
}

static void put_all(struct page *page)
{
	begin(page);
	put_heading(page);
	for (unsigned line = 0; line < page->lines; line++)
		put_line(page, line);
	put_legend(page);
	fprintf(page->out, "</svg>\n");
}

/* A line is a power of two and at least one block. */
static void measure(struct page *page)
{
	uint64_t size = page->plan->map->size;

	page->line_bytes = erase_size(page);
	while (page->line_bytes * LINES < size && page->line_bytes / erase_size(page) < WIDTH)
		page->line_bytes *= 2;
	page->lines = (unsigned)((size + page->line_bytes - 1) / page->line_bytes);
}

/* --- the file ------------------------------------------------------------------------------- */

/* Whether what is there may be lost: a picture, which can be made again, or nothing. */
static bool may_replace(FILE *file)
{
	char start[5] = "";
	size_t len = fread(start, 1, 4, file);

	return len == 0 || (len == 4 && (!strcmp(start, "<svg") || !strcmp(start, "<?xm")));
}

static int open_new(const char *path, FILE **out, struct uf_error *err)
{
	struct stat st;
	FILE *old;
	bool good;

	if (stat(path, &st) == 0) {
		old = S_ISREG(st.st_mode) ? fopen(path, "re") : NULL;
		good = old && may_replace(old);
		if (old)
			fclose(old);
		if (!good) {
			uf_fail(err, UF_ERR_IO, "%s exists already and is no picture", path);
			uf_advise(err, "Give --svg the name of a file that is new, or of an "
				       "earlier picture.");
			return UF_ERR_IO;
		}
	}
	*out = fopen(path, "we");
	return *out ? UF_OK
		    : uf_fail_errno(err, UF_ERR_IO, errno, "cannot write the picture %s", path);
}

static int write_page(struct page *page, const char *path, struct uf_error *err)
{
	bool good;
	int ret = open_new(path, &page->out, err);

	if (ret)
		return ret;
	put_all(page);
	good = !ferror(page->out);
	if (fclose(page->out) == 0 && good)
		return UF_OK;
	ret = uf_fail_errno(err, UF_ERR_IO, errno, "cannot write the picture %s", path);
	unlink(path);
	return ret;
}

int uf_picture_write(const struct uf_picture *picture, const char *path, struct uf_error *err)
{
	struct page page = {.plan = picture->plan, .image_table = picture->image_table};
	int ret;

	if (!blockmap_plan(&page.map, picture->plan))
		return uf_fail(err, UF_ERR_MEMORY, "no memory for the picture");
	measure(&page);
	ret = write_page(&page, path, err);
	blockmap_free(&page.map);
	return ret;
}
