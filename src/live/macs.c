/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "uniflash/live/board.h"
#include "uniflash/util/textfile.h"

#define NET "/sys/class/net"

static void add(const char *root, const char *name, struct uf_macs *macs)
{
	char path[UF_PATH_MAX], text[64];
	size_t len;

	if (macs->count == UF_MACS_MAX || strlen(name) >= sizeof(macs->mac[0].name))
		return;
	snprintf(path, sizeof(path), NET "/%s/address", name);
	if (uf_read_text(root, path, text, sizeof(text), &len, NULL))
		return;
	text[strcspn(text, "\n")] = '\0';
	if (strlen(text) != 17 || strcmp(text, "00:00:00:00:00:00") == 0)
		return;
	snprintf(macs->mac[macs->count].name, sizeof(macs->mac[0].name), "%.15s", name);
	snprintf(macs->mac[macs->count].address, sizeof(macs->mac[0].address), "%.17s", text);
	snprintf(path, sizeof(path), "%s" NET "/%s/wireless", root, name);
	macs->mac[macs->count].wireless = access(path, F_OK) == 0 || strncmp(name, "wlan", 4) == 0;
	macs->count++;
}

void uf_macs_read(const char *root, struct uf_macs *macs)
{
	char path[UF_PATH_MAX];
	struct dirent *entry;
	DIR *folder;

	memset(macs, 0, sizeof(*macs));
	snprintf(path, sizeof(path), "%s" NET, root);
	folder = opendir(path);
	if (!folder)
		return;
	while ((entry = readdir(folder)))
		if (entry->d_name[0] != '.' && strcmp(entry->d_name, "lo") != 0)
			add(root, entry->d_name, macs);
	closedir(folder);
}
