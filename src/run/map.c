/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which flash it is, and by which table its parts are named. */
#include "pipeline.h"

#include <stdio.h>

#include "testing.h"
#include "uniflash/check/geometry.h"
#include "uniflash/layout/detect.h"

/* What a dump is cut into where neither -d nor the layout says: most of these cameras' kernels
 * use 32 KiB. */
#define ERASE_SIZE_DEFAULT 32768
#define PAGE_SIZE_DEFAULT  256

static void use_layout(struct run *run)
{
	struct uf_layout known;

	run->has_layout = true;
	run->table = run->layout.table;
	/* The table of a known layout given as a plain text is still that layout. */
	if (uf_layout_recognise(&run->table, &known))
		uf_layout_annotate(&known, &run->table);
}

/* The layout that -l asks for. */
static int take_layout(struct run *run, uint64_t size)
{
	int ret = uf_layout_resolve(run->request->layout, size, &run->layout, &run->error);

	if (!ret)
		use_layout(run);
	return ret;
}

static int map_mtd(struct run *run)
{
	int ret = uf_map_probe(run->root, &run->map, &run->error);

	if (ret)
		return ret;
	run->has_mtd = true;
	run->has_table = true;
	run->own = run->map.table;
	run->has_layout = uf_layout_recognise(&run->own, &run->layout);
	if (run->has_layout)
		uf_layout_annotate(&run->layout, &run->own);
	run->table = run->own;
	return run->request->layout ? take_layout(run, run->map.size) : UF_OK;
}

const struct uf_table *run_own_table(const struct run *run)
{
	return run->has_mtd ? &run->own : &run->table;
}

static struct uf_file_spec file_spec(const struct run *run)
{
	const struct uf_device_spec *device = &run->request->device;
	struct uf_file_spec spec = {
		.path = device->path,
		.size = device->size,
		.erase_size = device->erase_size       ? device->erase_size
			      : run->layout.erase_size ? run->layout.erase_size
						       : ERASE_SIZE_DEFAULT,
		.page_size = PAGE_SIZE_DEFAULT,
	};

	return spec;
}

static int map_geometry(struct run *run)
{
	struct uf_file_spec spec = file_spec(run);
	struct uf_geometry geometry = {0};
	int ret = uf_file_geometry(&spec, &geometry, &run->error);

	if (!ret)
		uf_map_from_table(&run->table, geometry.size, geometry.erase_size,
				  geometry.page_size, &run->map);
	return ret;
}

/* A dump has no kernel: its table is the layout, which may know the erase size. */
static int map_file(struct run *run)
{
	int ret = map_geometry(run);

	if (ret || !run->request->layout)
		return ret;
	ret = take_layout(run, run->map.size);
	run->has_table = !ret;
	return ret ? ret : map_geometry(run);
}

int run_map_flash(struct run *run)
{
	return run->request->device.is_file ? map_file(run) : map_mtd(run);
}

static int ask_for_layout(struct run *run, const char *why)
{
	uf_fail(&run->error, UF_ERR_USAGE, "which partition table is it? %sAdd -l", why);
	uf_advise(&run->error, "The known ones are listed by: uniflash layouts. Add -l dafang for "
			       "a Wyze Cam v2 and its kin.");
	return UF_ERR_USAGE;
}

/* The table that contents carry or fit; UF_ERR_USAGE where they fit none, or several. */
static int detect_layout(struct run *run, const struct uf_inspection *found, uint64_t size)
{
	char names[160], why[240];
	unsigned count;

	if (uf_layout_carried(found, size, &run->layout))
		return UF_OK;
	count = uf_layout_candidates(found, size, &run->layout, names, sizeof(names));
	if (count == 1)
		return UF_OK;
	snprintf(why, sizeof(why), count ? "It could be %s. " : "%s", count ? names : "");
	return ask_for_layout(run, why);
}

static bool is_blank(const struct uf_inspection *found)
{
	return found->items == 1 && found->item[0].kind == UF_ITEM_BLANK;
}

int run_settle_table(struct run *run)
{
	int ret;

	if (run->has_table)
		return UF_OK;
	ret = detect_layout(run, is_blank(&run->flash_found) ? &run->found : &run->flash_found,
			    run->map.size);
	if (ret)
		return ret;
	use_layout(run);
	run->has_table = true;
	/* The blocks have been read by now: what the layout says of their size comes too late. */
	run->layout.erase_size = run->map.erase_size;
	ret = map_geometry(run);
	return ret ? ret : run_check_map(run);
}

int run_find_table(struct run *run, uint64_t size)
{
	if (run->request->layout)
		return take_layout(run, size);
	if (map_mtd(run) == UF_OK)
		return UF_OK;
	if (!size || !run->found.size)
		return ask_for_layout(run, "");
	if (detect_layout(run, &run->found, size))
		return run->error.code;
	use_layout(run);
	return UF_OK;
}

int run_open_flash(struct run *run, enum uf_access access)
{
	const struct uf_file_spec spec = file_spec(run);
	struct uf_device *dev = NULL;
	int ret;

	if (run->request->device.is_file)
		ret = uf_file_open(&spec, access, &dev, &run->error);
	else
		ret = testing_open_mtd(&run->map, access, &dev, &run->error);
	if (!ret)
		ret = testing_wrap(&dev, &run->error);
	if (!ret)
		ret = uf_guard_open(dev, &run->dev, &run->error);
	if (ret)
		uf_device_close(dev);
	return run_settle(run, ret);
}

static int check_geometry(struct run *run, const struct uf_check *table, unsigned count)
{
	const struct uf_geometry_facts facts = {
		.map = &run->map,
		.asked = run->request->layout ? &run->layout : NULL,
		.image_size = uf_image_end(&run->image),
		.tail = run->policy.tail,
		.cut_off = run_cut_off(run),
	};
	int ret = uf_check_all(table, count, &facts, &run->verdict, &run->hooks);

	if (ret)
		run->error = run->verdict.first;
	return ret;
}

int run_check_map(struct run *run)
{
	return check_geometry(run, uf_map_checks, uf_map_check_count);
}

int run_check_sizes(struct run *run)
{
	return check_geometry(run, uf_size_checks, uf_size_check_count);
}

int run_check_tail(struct run *run)
{
	return run->image.kind == UF_IMAGE_RAW
		       ? check_geometry(run, uf_tail_checks, uf_tail_check_count)
		       : UF_OK;
}
