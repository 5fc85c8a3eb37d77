/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs a fuzz target over the files of folders, for compilers without libFuzzer.
 *
 *   TARGET FOLDER...     fails where a folder holds no file; the target aborts where it finds
 */
#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

#include "fuzz.h"

#define PATH_LEN 4096

static int fail(const char *what, const char *path)
{
	fprintf(stderr, "%s %s: %s\n", what, path, strerror(errno));
	return -1;
}

static int run_bytes(FILE *file, size_t size)
{
	uint8_t *data = fuzz_alloc(size);
	int ret = fread(data, 1, size, file) == size ? 0 : -1;

	if (!ret)
		LLVMFuzzerTestOneInput(data, size);
	free(data);
	return ret;
}

/* Returns how many inputs it was, 0 for what is no file, -1 where it cannot be read. */
static int run_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	struct stat st;
	int ret;

	if (!file || fstat(fileno(file), &st) != 0)
		return fail("cannot open", path);
	if (!S_ISREG(st.st_mode)) {
		fclose(file);
		return 0;
	}
	/* Before it is run: an abort leaves no time to say which it was. */
	printf("%s\n", path);
	fflush(stdout);
	ret = run_bytes(file, (size_t)st.st_size);
	fclose(file);
	return ret ? fail("cannot read", path) : 1;
}

static int run_entries(const char *folder, struct dirent **entry, int entries)
{
	char path[PATH_LEN];
	int count = 0;

	for (int at = 0; at < entries && count >= 0; at++) {
		int ret;

		if (entry[at]->d_name[0] == '.')
			continue;
		if (snprintf(path, sizeof(path), "%s/%s", folder, entry[at]->d_name) >=
		    (int)sizeof(path)) {
			errno = ENAMETOOLONG;
			return fail("cannot open", folder);
		}
		ret = run_file(path);
		count = ret < 0 ? ret : count + ret;
	}
	return count;
}

/* In order of names, so that every run is the same. */
static int run_folder(const char *folder)
{
	struct dirent **entry;
	int entries = scandir(folder, &entry, NULL, alphasort);
	int count;

	if (entries < 0)
		return fail("cannot read", folder);
	count = run_entries(folder, entry, entries);
	for (int at = 0; at < entries; at++)
		free(entry[at]);
	free(entry);
	if (count == 0)
		fprintf(stderr, "%s holds no input\n", folder);
	return count;
}

int main(int argc, char **argv)
{
	int total = 0;

	if (argc < 2) {
		fprintf(stderr, "usage: %s FOLDER...\n", argv[0]);
		return 2;
	}
	for (int at = 1; at < argc; at++) {
		int count = run_folder(argv[at]);

		if (count <= 0)
			return 1;
		total += count;
	}
	printf("%d inputs\n", total);
	return 0;
}
