/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/live/board.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "uniflash/live/system.h"
#include "uniflash/util/textfile.h"

#define TEXT_MAX 16384

/* The id register of Ingenic's SoCs, and where in it the family stands (camera-facts 2.4). */
#define ID_PAGE   0x13000000
#define ID_OFFSET 0x2c
#define ID_SHIFT  12
#define ID_MASK   0xffff
#define PAGE_LEN  4096

static const struct {
	uint32_t id;
	enum uf_soc soc;
} families[] = {
	{0x2000, UF_SOC_T20}, {0x0031, UF_SOC_T31}, {0x0005, UF_SOC_T10},
	{0x0021, UF_SOC_T21}, {0x0023, UF_SOC_T23}, {0x0030, UF_SOC_T30},
};

static bool read_id(const char *root, uint32_t *id)
{
	char path[UF_PATH_MAX];
	struct stat st;
	void *page;
	int fd;

	snprintf(path, sizeof(path), "%s/dev/mem", root);
	fd = open(path, O_RDONLY | O_SYNC | O_CLOEXEC);
	if (fd < 0)
		return false;
	/* A file in its place must be long enough to be mapped there. */
	if (fstat(fd, &st) != 0 || (S_ISREG(st.st_mode) && st.st_size < ID_PAGE + PAGE_LEN)) {
		close(fd);
		return false;
	}
	page = mmap(NULL, PAGE_LEN, PROT_READ, MAP_SHARED, fd, ID_PAGE);
	close(fd);
	if (page == MAP_FAILED)
		return false;
	*id = ((volatile uint32_t *)page)[ID_OFFSET / sizeof(*id)];
	munmap(page, PAGE_LEN);
	return true;
}

/* On any other machine that address is something else, and reading it may do something. */
static bool is_ingenic(const char *root)
{
	char text[TEXT_MAX];

	return uf_read_text(root, "/proc/cpuinfo", text, sizeof(text), NULL, NULL) == UF_OK &&
	       strstr(text, "Ingenic");
}

static void soc_from_register(const char *root, struct uf_board *board)
{
	uint32_t id;

	if (!is_ingenic(root) || !read_id(root, &id))
		return;
	for (size_t at = 0; at < sizeof(families) / sizeof(families[0]); at++)
		if ((id >> ID_SHIFT & ID_MASK) == families[at].id) {
			board->soc = families[at].soc;
			board->soc_from = "its id register";
		}
}

static void soc_from_cpuinfo(const char *root, struct uf_board *board)
{
	struct uf_system system;

	uf_system_read(root, &system);
	board->soc = uf_soc_by_name(system.soc);
	if (board->soc)
		board->soc_from = "/proc/cpuinfo";
}

static void ram_from_cmdline(const char *root, struct uf_board *board)
{
	char text[TEXT_MAX];

	if (uf_read_text(root, "/proc/cmdline", text, sizeof(text), NULL, NULL))
		return;
	board->ram_mib = uf_ram_soldered((uint32_t)(uf_ram_in_cmdline(text) >> 20));
	if (board->ram_mib)
		board->ram_from = "/proc/cmdline";
}

void uf_board_from_system(const char *root, struct uf_board *board)
{
	memset(board, 0, sizeof(*board));
	soc_from_register(root, board);
	if (!board->soc)
		soc_from_cpuinfo(root, board);
	ram_from_cmdline(root, board);
}
