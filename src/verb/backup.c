/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verb.h"

#include <string.h>
#include <unistd.h>

#include "uniflash/live/backup.h"

/* The only copy of something may be there. */
static int check_absent(struct run *run, const char *path)
{
	if (strcmp(path, "-") == 0 || access(path, F_OK) != 0)
		return UF_OK;
	uf_fail(&run->error, UF_ERR_IO, "%s exists already", path);
	uf_advise(&run->error, "Remove it first, or give another name.");
	return UF_ERR_IO;
}

int verb_backup(struct run *run)
{
	const char *path = run->request->operand[0];
	int ret = check_absent(run, path);

	if (!ret)
		ret = run_map_flash(run);
	if (!ret && run->has_table)
		ret = run_check_map(run);
	if (!ret && strcmp(path, "-") != 0)
		ret = uf_backup_room(path, run->map.size, &run->error);
	if (!ret)
		ret = run_open_flash(run, UF_ACCESS_READ);
	if (!ret)
		ret = run_make_target(run);
	if (!ret)
		ret = run_survey(run);
	if (ret)
		return ret;
	/* A dump whose table nobody knows can be backed up all the same. */
	if (!run->has_table && run_settle_table(run))
		memset(&run->error, 0, sizeof(run->error));
	return run_write_backup(run, path);
}
