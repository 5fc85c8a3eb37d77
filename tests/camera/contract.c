/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The contract of devices, on this system's own MTD: what tests/unit/test_device_contract.c runs
 * over the emulated ones. Destroys three erase blocks in the middle of the flash, and three that
 * lie over the end of its second partition.
 *
 *   contract nor|ram     ram: programming sets bits, as phram does
 */
#include <stdio.h>
#include <string.h>

#include "../unit/device_contract.h"
#include "uniflash/flash/map.h"

static int run_at(struct uf_device *dev, uint32_t first, bool nor)
{
	const struct dc_bench bench = {dev, first, true, nor};
	const char *name = "";
	const char *message = dc_run(&bench, &name);

	if (message)
		printf("FAIL %s at block %u: %s\n", name, (unsigned)first, message);
	else
		printf("ok   %u tests at block %u\n", (unsigned)DC_TESTS, (unsigned)first);
	return message != NULL;
}

/* A device is armed once: each place gets its own. */
static int run_place(const struct uf_map *map, uint32_t first, bool nor)
{
	struct uf_error err = {0};
	struct uf_device *dev;
	int failed;

	if (uf_mtd_open(map, UF_ACCESS_WRITE, &dev, &err)) {
		printf("FAIL opening: %s\n", err.what);
		return 1;
	}
	failed = run_at(dev, first, nor);
	uf_device_close(dev);
	return failed;
}

int main(int argc, char **argv)
{
	static struct uf_map map;
	struct uf_error err = {0};
	uint32_t middle, seam;
	bool nor;

	if (argc != 2)
		return 2;
	nor = strcmp(argv[1], "nor") == 0;
	if (uf_map_probe("", &map, &err) || map.tiling.code) {
		printf("FAIL map: %s%s\n", err.what, map.tiling.what);
		return 1;
	}
	middle = (uint32_t)(map.size / map.erase_size / 2);
	seam = (uint32_t)(uf_range_end(map.table.part[1].range) / map.erase_size) - 1;
	return run_place(&map, middle, nor) | run_place(&map, seam, nor);
}
