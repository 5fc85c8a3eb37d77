/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verb.h"

#include <stdlib.h>

#include "uniflash/live/system.h"
#include "uniflash/plan/survey.h"
#include "uniflash/report/info.h"

#define CHUNK 4096

static int digest_partition(struct run *run, struct uf_range range, struct uf_digest *digest)
{
	uint8_t chunk[CHUNK];

	uf_hash_begin(run->hash);
	for (uint64_t done = 0; done < range.len; done += CHUNK) {
		size_t len = (size_t)uf_min(CHUNK, range.len - done);
		int ret = uf_read_retrying(run->dev, range.off + done, chunk, len, &run->error);

		if (ret)
			return ret;
		if (uf_stop_asked(&run->hooks))
			return uf_fail(&run->error, UF_ERR_STOPPED, "stopped");
		uf_hash_add(run->hash, chunk, len);
	}
	if (!uf_hash_end(run->hash, digest))
		return uf_fail(&run->error, UF_ERR_MEMORY, "libcrypto failed to make a digest");
	return UF_OK;
}

static int digest_all(struct run *run, struct uf_digest *digest)
{
	int ret = uf_hash_new(&run->hash, &run->error);

	for (unsigned at = 0; !ret && at < run->table.count; at++)
		ret = digest_partition(run, run->table.part[at].range, &digest[at]);
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

int verb_info(struct run *run)
{
	struct uf_digest digest[UF_PARTITIONS_MAX];
	bool digests = run->request->verbose > 0;
	struct uf_system system;
	int ret = run_map_flash(run);

	if (!ret && digests && run->map.tiling.code == UF_OK)
		ret = run_open_flash(run, UF_ACCESS_LOOK);
	if (ret)
		return ret;
	uf_system_read(run->root, &system);
	/* Mounts that cannot be read are shown as none: the rest is still worth telling. */
	uf_mounts_read(run->root, &run->mounts, NULL);
	if (digests && run->dev)
		ret = digest_all(run, digest);
	if (ret)
		return ret;
	tell(run, &system, digests && run->dev ? digest : NULL);
	return run_check_map(run);
}
