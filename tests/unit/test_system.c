/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What /proc tells of the camera. */
#include "support.h"

#include <stdio.h>
#include <string.h>

#include "uniflash/live/system.h"

/* /proc/cpuinfo of a T20, as Dafang-Hacks show it. */
static const char cpuinfo[] = "system type\t\t: bull\n"
			      "machine\t\t\t: Unknown\n"
			      "processor\t\t: 0\n"
			      "cpu model\t\t: Ingenic Xburst V0.1  FPU V0.0\n"
			      "BogoMIPS\t\t: 858.52\n"
			      "wait instruction\t: yes\n"
			      "microsecond timers\t: no\n"
			      "tlb_entries\t\t: 32\n"
			      "Hardware\t\t: isvp\n"
			      "Serial\t\t\t: 00000000 00000000 00000000 00000000\n";

/* /proc/meminfo of 3.10: there is no MemAvailable. */
static const char meminfo[] = "MemTotal:          35404 kB\n"
			      "MemFree:            4908 kB\n"
			      "Buffers:            1416 kB\n"
			      "Cached:            11308 kB\n"
			      "SwapCached:            0 kB\n"
			      "SwapTotal:             0 kB\n"
			      "SwapFree:              0 kB\n";

static const char version[] = "Linux version 3.10.14 (user@host) (gcc version 4.7.2 (Ingenic "
			      "r2.3.3 2016.12) ) #8 PREEMPT Thu Nov 30 11:16:41 CST 2017\n";

/* Read a system of these files; NULL leaves one out. */
static void read_system(const char *cpu, const char *memory, const char *release,
			struct uf_system *system)
{
	char *root = make_folder();

	if (cpu)
		write_file(root, "proc/cpuinfo", cpu, strlen(cpu));
	if (memory)
		write_file(root, "proc/meminfo", memory, strlen(memory));
	if (release) {
		write_file(root, "proc/sys/kernel/osrelease", release, strlen(release));
		write_file(root, "proc/version", version, strlen(version));
	}
	memset(system, 0x5a, sizeof(*system));
	uf_system_read(root, system);
	remove_folder(root);
}

static void a_t20_camera(void **state)
{
	struct uf_system system;

	(void)state;
	read_system(cpuinfo, meminfo, "3.10.14\n", &system);
	assert_string_equal(system.kernel, "3.10.14");
	assert_string_equal(system.system_type, "bull");
	assert_string_equal(system.soc, "T20");
	assert_int_equal(system.memory, 35404 * 1024);
	assert_int_equal(system.memory_free, 4908 * 1024);
}

static void a_long_release(void **state)
{
	struct uf_system system;

	(void)state;
	read_system(cpuinfo, meminfo, "3.10.14__isvp_swan_1.0__\n", &system);
	assert_string_equal(system.kernel, "3.10.14__isvp_swan_1.0__");
}

/* The boards of the SDK, in any case of letters. */
static void boards(void **state)
{
	static const struct {
		const char *type;
		const char *soc;
	} board[] = {
		{"bull", "T20"},   {"Bull", "T20"},   {"BULL", "T20"},  {"Swan", "T31"},
		{"swan", "T31"},   {"SWAN", "T31"},   {"mango", "T10"}, {"Mango", "T10"},
		{"Turkey", "T21"}, {"turkey", "T21"}, {"Pike", "T23"},  {"pike", "T23"},
		{"Monkey", "T30"}, {"monkey", "T30"}, {"Goat", "T32"},  {"goat", "T32"},
	};

	(void)state;
	for (size_t at = 0; at < sizeof(board) / sizeof(board[0]); at++) {
		struct uf_system system;
		char text[256];

		snprintf(text, sizeof(text), "system type\t\t: %s\nmachine\t\t\t: Unknown\n",
			 board[at].type);
		read_system(text, meminfo, "3.10.14\n", &system);
		assert_string_equal(system.system_type, board[at].type);
		assert_string_equal(system.soc, board[at].soc);
	}
}

/* Boards that are not of these cameras, and names that only begin like one. */
static void unknown_boards(void **state)
{
	static const char *const type[] = {"MIPS Malta", "bulldog", "bul", "swan2", "isvp", "T20"};

	(void)state;
	for (size_t at = 0; at < sizeof(type) / sizeof(type[0]); at++) {
		struct uf_system system;
		char text[256];

		snprintf(text, sizeof(text), "system type\t\t: %s\nmachine\t\t\t: Unknown\n",
			 type[at]);
		read_system(text, meminfo, "3.10.14\n", &system);
		assert_string_equal(system.system_type, type[at]);
		if (strcmp(type[at], "T20") != 0)
			assert_string_equal(system.soc, "");
	}
}

/* A PC has no system type. */
static void no_system_type(void **state)
{
	struct uf_system system;

	(void)state;
	read_system("processor\t: 0\nvendor_id\t: GenuineIntel\nmodel name\t: a bull\n",
		    "MemTotal:       16384000 kB\nMemFree:         8192000 kB\n"
		    "MemAvailable:    9000000 kB\n",
		    "6.1.0-18-amd64\n", &system);
	assert_string_equal(system.system_type, "");
	assert_string_equal(system.soc, "");
	assert_string_equal(system.kernel, "6.1.0-18-amd64");
	assert_int_equal(system.memory, 16384000ULL * 1024);
	assert_int_equal(system.memory_free, 8192000ULL * 1024);
}

/* What cannot be read stays unknown. */
static void nothing_there(void **state)
{
	struct uf_system system;

	(void)state;
	read_system(NULL, NULL, NULL, &system);
	assert_string_equal(system.kernel, "");
	assert_string_equal(system.system_type, "");
	assert_string_equal(system.soc, "");
	assert_int_equal(system.memory, 0);
	assert_int_equal(system.memory_free, 0);
}

/* Each file by itself. */
static void some_of_it_there(void **state)
{
	struct uf_system system;

	(void)state;
	read_system(cpuinfo, NULL, NULL, &system);
	assert_string_equal(system.soc, "T20");
	assert_int_equal(system.memory, 0);
	read_system(NULL, meminfo, NULL, &system);
	assert_string_equal(system.soc, "");
	assert_int_equal(system.memory, 35404 * 1024);
	read_system(NULL, NULL, "3.10.14\n", &system);
	assert_string_equal(system.kernel, "3.10.14");
	assert_string_equal(system.system_type, "");
}

/* Numbers that are none, names that are far too long, lines without an end. */
static void odd_files(void **state)
{
	char text[1024];
	struct uf_system system;
	size_t len;

	(void)state;
	len = (size_t)sprintf(text, "system type\t\t: ");
	memset(text + len, 'x', 600);
	strcpy(text + len + 600, "\nmachine\t\t\t: Unknown\n");
	read_system(text, "MemTotal:  many kB\nMemFree:", "3.10.14", &system);
	assert_true(strlen(system.system_type) < sizeof(system.system_type));
	assert_string_equal(system.soc, "");
	assert_int_equal(system.memory, 0);
	assert_int_equal(system.memory_free, 0);
	assert_string_equal(system.kernel, "3.10.14");

	read_system("", "", "", &system);
	assert_string_equal(system.kernel, "");
	assert_string_equal(system.system_type, "");

	read_system("system type : bull", "MemTotal: 35404 kB", "3.10.14", &system);
	assert_string_equal(system.system_type, "bull");
	assert_string_equal(system.soc, "T20");
	assert_int_equal(system.memory, 35404 * 1024);
}

/* This system has at least a kernel and memory. */
static void this_system(void **state)
{
	struct uf_system system;

	(void)state;
	uf_system_read("", &system);
	assert_string_not_equal(system.kernel, "");
	assert_true(system.memory > system.memory_free);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_t20_camera),     cmocka_unit_test(a_long_release),
		cmocka_unit_test(boards),           cmocka_unit_test(unknown_boards),
		cmocka_unit_test(no_system_type),   cmocka_unit_test(nothing_there),
		cmocka_unit_test(some_of_it_there), cmocka_unit_test(odd_files),
		cmocka_unit_test(this_system),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
