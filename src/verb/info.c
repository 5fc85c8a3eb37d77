/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verb.h"

#include <stdio.h>
#include <stdlib.h>

#include "uniflash/live/board.h"
#include "uniflash/live/system.h"
#include "uniflash/plan/survey.h"
#include "uniflash/report/info.h"

static int digest_all(struct run *run, struct uf_digest *digest)
{
	int ret = run->hash ? UF_OK : uf_hash_new(&run->hash, &run->error);

	for (unsigned at = 0; !ret && at < run->table.count; at++)
		ret = uf_digest_range(run->dev, run->table.part[at].range, run->hash, &run->hooks,
				      &digest[at], &run->error);
	return ret;
}

static void tell(struct run *run, const struct uf_system *system, const struct uf_digest *digest)
{
	const struct uf_info info = {
		.device = run->has_mtd ? "mtd" : run->request->device.path,
		.has_mtd = run->has_mtd,
		.map = &run->map,
		.table = &run->table,
		.layout = run->has_layout ? run->layout.name : NULL,
		.layout_title = run->has_layout ? run->layout.title : NULL,
		.mounts = run->has_mtd ? &run->mounts : NULL,
		.system = run->has_mtd ? system : NULL,
		.digest = digest,
	};
	struct uf_event event = {.kind = UF_EVENT_INFO};

	event.info = &info;
	uf_emit(&run->hooks, &event);
}

/* The table of a dump is told by what is in it. */
static int look_inside(struct run *run)
{
	int ret = run_open_flash(run, UF_ACCESS_LOOK);

	if (!ret)
		ret = run_make_target(run);
	if (!ret)
		ret = run_survey(run);
	return ret ? ret : run_settle_table(run);
}

/* The SoC's own register knows better than the name of the board. */
static void look_at_system(const struct run *run, struct uf_system *system)
{
	struct uf_board board;

	uf_system_read(run->root, system);
	uf_board_from_system(run->root, &board);
	if (board.soc)
		snprintf(system->soc, sizeof(system->soc), "%s", uf_soc_name(board.soc));
}

int verb_info(struct run *run)
{
	struct uf_digest digest[UF_PARTITIONS_MAX];
	bool digests = run->request->verbose > 0;
	struct uf_system system;
	int ret = run_map_flash(run);

	if (!ret && !run->has_table)
		ret = look_inside(run);
	else if (!ret && digests && run->map.tiling.code == UF_OK)
		ret = run_open_flash(run, UF_ACCESS_LOOK);
	if (ret)
		return ret;
	look_at_system(run, &system);
	/* Mounts that cannot be read are shown as none: the rest is still worth telling. */
	uf_mounts_read(run->root, &run->mounts, NULL);
	if (digests && run->dev)
		ret = digest_all(run, digest);
	if (ret)
		return ret;
	tell(run, &system, digests && run->dev ? digest : NULL);
	ret = run_look_at_system(run);
	return ret ? ret : run_check_map(run);
}
