/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the camera is, its network addresses, and where it has room, from roots that are not. */
#include "expect.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake_root.h"
#include "uniflash/live/board.h"
#include "uniflash/live/cards.h"
#include "uniflash/live/mounts.h"

#define MIB 1048576ULL

/* Where the id register lies, and the page that holds it. */
#define REGISTER 0x1300002c
#define PAGE     0x13000000

#define CPU_INGENIC                                                                                \
	"machine\t\t\t: Unknown\nprocessor\t\t: 0\n"                                               \
	"cpu model\t\t: Ingenic Xburst V0.1  FPU V0.0\nHardware\t\t: isvp\n"
#define CPU_BULL "system type\t\t: bull\n" CPU_INGENIC
#define CPU_SWAN "system type\t\t: Swan\n" CPU_INGENIC
#define CPU_PC   "processor\t: 0\nvendor_id\t: GenuineIntel\nmodel name\t: some CPU\n"

static char *folder;
static struct uf_board board;

static void begin(const char *cpuinfo, const char *cmdline)
{
	folder = make_folder();
	if (cpuinfo)
		write_file(folder, "proc/cpuinfo", cpuinfo, strlen(cpuinfo));
	if (cmdline)
		write_file(folder, "proc/cmdline", cmdline, strlen(cmdline));
}

static void end(void)
{
	remove_folder(folder);
}

/* Memory of size bytes, with value in the id register where that lies inside. */
static void set_mem(uint32_t value, off_t size)
{
	const uint8_t bytes[] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
				 (uint8_t)(value >> 24)};
	char path[512];
	int fd;

	write_file(folder, "dev/mem", "", 0);
	snprintf(path, sizeof(path), "%s/dev/mem", folder);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, size), 0);
	if (size >= REGISTER + 4)
		assert_int_equal(pwrite(fd, bytes, sizeof(bytes), REGISTER), 4);
	close(fd);
}

static void set_id(uint32_t value)
{
	set_mem(value, PAGE + 0x1000);
}

static void read_board(void)
{
	memset(&board, 0x5a, sizeof(board));
	uf_board_from_system(folder, &board);
}

static void expect_soc(enum uf_soc soc, const char *from)
{
	read_board();
	assert_int_equal(board.soc, soc);
	if (!from) {
		assert_null(board.soc_from);
		return;
	}
	assert_non_null(board.soc_from);
	if (!strstr(board.soc_from, from))
		fail_msg("\"%s\" lacks \"%s\"", board.soc_from, from);
}

/* --- the SoC ---------------------------------------------------------------------------------- */

/* The register is asked first: the board's name can be any SDK's. */
static void test_families(void **state)
{
	static const struct {
		uint32_t id;
		enum uf_soc soc;
	} families[] = {
		{0x2000, UF_SOC_T20}, {0x0031, UF_SOC_T31}, {0x0005, UF_SOC_T10},
		{0x0021, UF_SOC_T21}, {0x0023, UF_SOC_T23}, {0x0030, UF_SOC_T30},
	};

	(void)state;
	for (unsigned at = 0; at < sizeof(families) / sizeof(families[0]); at++) {
		begin(families[at].soc == UF_SOC_T20 ? CPU_SWAN : CPU_BULL, NULL);
		set_id(families[at].id << 12);
		expect_soc(families[at].soc, "register");
		/* what surrounds the family's bits is of no meaning */
		set_id(families[at].id << 12 | 0xf0000fff);
		expect_soc(families[at].soc, "register");
		end();
	}
}

/* A family that is not known leaves it to the board's name. */
static void test_unknown_family(void **state)
{
	static const uint32_t ids[] = {0, 0xffffffff, 0x2001 << 12, 0x0131 << 12, 0x2000, 0x31};

	(void)state;
	for (unsigned at = 0; at < sizeof(ids) / sizeof(ids[0]); at++) {
		begin(CPU_SWAN, NULL);
		set_id(ids[at]);
		expect_soc(UF_SOC_T31, "cpuinfo");
		end();
	}
	begin(CPU_INGENIC, NULL);
	set_id(0x1234 << 12);
	expect_soc(UF_SOC_UNKNOWN, NULL);
	end();
}

static void test_no_memory_device(void **state)
{
	(void)state;
	begin(CPU_BULL, NULL);
	expect_soc(UF_SOC_T20, "cpuinfo");
	end();
	begin(CPU_SWAN, NULL);
	expect_soc(UF_SOC_T31, "cpuinfo");
	end();
	begin(CPU_SWAN, NULL);
	write_file(folder, "dev/mem/x", "", 0); /* a folder */
	expect_soc(UF_SOC_T31, "cpuinfo");
	end();
}

/* Anywhere else that address is something else: it must not be read. */
static void test_not_ingenic(void **state)
{
	(void)state;
	begin(CPU_PC, NULL);
	set_id(0x0031 << 12);
	expect_soc(UF_SOC_UNKNOWN, NULL);
	end();
	begin("system type\t\t: MIPS Malta\nmachine\t\t\t: mti,malta\n", NULL);
	set_id(0x2000 << 12);
	expect_soc(UF_SOC_UNKNOWN, NULL);
	end();
	begin(NULL, NULL);
	set_id(0x2000 << 12);
	expect_soc(UF_SOC_UNKNOWN, NULL);
	end();
}

/* Read the board in a process of its own, which what is there could end or hang. Returns what
 * judge says of it, or 1000 and the signal that ended it. */
static int in_another_process(int (*judge)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		signal(SIGBUS, SIG_DFL);
		signal(SIGSEGV, SIG_DFL);
		alarm(1);
		read_board();
		_exit(judge());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int is_t20_by_name(void)
{
	return board.soc == UF_SOC_T20 && strstr(board.soc_from, "cpuinfo") ? 0 : 1;
}

static void test_short_memory_device(void **state)
{
	static const off_t sizes[] = {0, 1, 4096, PAGE - 1, PAGE, PAGE + 1};

	(void)state;
	for (unsigned at = 0; at < sizeof(sizes) / sizeof(sizes[0]); at++) {
		int result;

		begin(CPU_BULL, NULL);
		set_mem(0, sizes[at]);
		result = in_another_process(is_t20_by_name);
		end();
		if (result)
			fail_msg("%lld bytes: %d", (long long)sizes[at], result);
	}
}

static void test_nothing_there(void **state)
{
	(void)state;
	begin(NULL, NULL);
	read_board();
	assert_int_equal(board.soc, UF_SOC_UNKNOWN);
	assert_null(board.soc_from);
	assert_int_equal(board.ram_mib, 0);
	assert_null(board.ram_from);
	end();
}

/* --- RAM -------------------------------------------------------------------------------------- */

static uint32_t ram_of(const char *memory)
{
	char cmdline[512];

	snprintf(cmdline, sizeof(cmdline),
		 "console=ttyS1,115200n8 %s init=/linuxrc rootfstype=squashfs "
		 "root=/dev/mtdblock2 rw mtdparts=jz_sfc:256k(boot),2048k(kernel),-(rest)\n",
		 memory);
	begin(CPU_BULL, cmdline);
	read_board();
	end();
	return board.ram_mib;
}

/* The command lines of camera-facts 2.1. */
static void test_ram(void **state)
{
	static const struct {
		const char *memory;
		uint32_t mib;
	} rows[] = {
		{"mem=104M@0x0 ispmem=8M@0x6800000 rmem=16M@0x7000000", 128},
		{"mem=96M@0x0 ispmem=8M@0x6000000 rmem=24M@0x6800000", 128},
		{"mem=87M ispmem=9M rmem=32M", 128},
		{"mem=41700K ispmem=8M rmem=15644K", 64},
		{"mem=41700K@0x0 ispmem=8M@0x28b9000 rmem=15644K@0x30b9000", 64},
		{"mem=39M ispmem=5M rmem=20M", 64},
		{"mem=41472K ispmem=8M rmem=15872K", 64},
		{"mem=99M@0x0 rmem=29M@0x6300000", 128},
		{"mem=96M rmem=32M@0x6000000", 128},
		{"mem=92M rmem=36M", 128},
		{"mem=95M ispmem=11M rmem=22M", 128},
		{"mem=34M ispmem=15M rmem=15M", 64},
		{"rmem=29M@0x6300000 mem=99M@0x0", 128},
	};

	(void)state;
	for (unsigned at = 0; at < sizeof(rows) / sizeof(rows[0]); at++) {
		assert_int_equal(ram_of(rows[at].memory), rows[at].mib);
		assert_string_equal(board.ram_from, "/proc/cmdline");
	}
}

/* What Linux has is not all there is: without the rest nothing is known. */
static void test_ram_unknown(void **state)
{
	static const char *const memory[] = {
		"",           "mem=64M@0x0",    "rmem=24M", "ispmem=8M",
		"mem= rmem=", "mem=x rmem=24M", "memory",
	};

	(void)state;
	for (unsigned at = 0; at < sizeof(memory) / sizeof(memory[0]); at++) {
		assert_int_equal(ram_of(memory[at]), 0);
		assert_null(board.ram_from);
	}
}

static int ram_makes_sense(void)
{
	return uf_is_power_of_two(board.ram_mib) || !board.ram_mib ? 0 : 1;
}

/* More than any board has: neither a crash nor an endless loop. */
static void test_ram_absurd(void **state)
{
	static const char *const memory[] = {
		"mem=4000000000M rmem=1M",
		"mem=2147483648M rmem=1M",
		"mem=9223372036854775807 rmem=9223372036854775807",
	};

	(void)state;
	for (unsigned at = 0; at < 3; at++) {
		int result;

		begin(CPU_BULL, memory[at]);
		result = in_another_process(ram_makes_sense);
		end();
		if (result)
			fail_msg("\"%s\": %d", memory[at], result);
	}
}

/* --- network addresses ------------------------------------------------------------------------ */

static struct uf_macs macs;

static void add_interface(const char *name, const char *address)
{
	char path[128];

	snprintf(path, sizeof(path), "sys/class/net/%s/address", name);
	write_file(folder, path, address, strlen(address));
}

static void read_macs(void)
{
	memset(&macs, 0x5a, sizeof(macs));
	uf_macs_read(folder, &macs);
}

static unsigned find_mac(const char *name)
{
	for (unsigned at = 0; at < macs.count; at++)
		if (strcmp(macs.mac[at].name, name) == 0)
			return at;
	fail_msg("there is no %s", name);
	return 0;
}

static void test_macs(void **state)
{
	(void)state;
	begin(NULL, NULL);
	add_interface("lo", "00:00:00:00:00:00\n");
	add_interface("eth0", "02:11:22:33:44:55\n");
	add_interface("wlan0", "02:aa:bb:cc:dd:ee\n");
	add_interface("ra0", "02:aa:bb:cc:dd:ef\n");
	write_file(folder, "sys/class/net/ra0/wireless/link", "0\n", 2);
	read_macs();
	assert_int_equal(macs.count, 3);
	assert_string_equal(macs.mac[find_mac("eth0")].address, "02:11:22:33:44:55");
	assert_false(macs.mac[find_mac("eth0")].wireless);
	assert_string_equal(macs.mac[find_mac("wlan0")].address, "02:aa:bb:cc:dd:ee");
	assert_true(macs.mac[find_mac("wlan0")].wireless);
	assert_true(macs.mac[find_mac("ra0")].wireless);
	end();
}

/* Tunnels have other addresses or none; one that is down has none yet. */
static void test_interfaces_without_an_address(void **state)
{
	(void)state;
	begin(NULL, NULL);
	add_interface("eth0", "00:00:00:00:00:00\n");
	add_interface("sit0", "0.0.0.0\n");
	add_interface("tun0", "\n");
	add_interface("ppp0", "");
	add_interface("ib0", "80:00:00:48:fe:80:00:00:00:00:00:00:00:02:c9:03:00:00:00:01\n");
	write_file(folder, "sys/class/net/usb0/operstate", "down\n", 5);
	write_file(folder, "sys/class/net/bonding_masters", "\n", 1);
	read_macs();
	assert_int_equal(macs.count, 0);
	end();
}

static void test_more_interfaces_than_fit(void **state)
{
	char name[16], address[32];

	(void)state;
	begin(NULL, NULL);
	for (unsigned at = 0; at < UF_MACS_MAX + 4; at++) {
		snprintf(name, sizeof(name), "eth%u", at);
		snprintf(address, sizeof(address), "02:00:00:00:00:%02x\n", at);
		add_interface(name, address);
	}
	read_macs();
	assert_int_equal(macs.count, UF_MACS_MAX);
	end();
}

static void test_no_interfaces(void **state)
{
	(void)state;
	begin(NULL, NULL);
	read_macs();
	assert_int_equal(macs.count, 0);
	end();
}

/* --- room ------------------------------------------------------------------------------------- */

static struct uf_spool_places places;

/* What every camera has mounted, none of which is room. */
#define USUAL                                                                                      \
	"1 1 0:1 / / rw - rootfs rootfs rw\n"                                                      \
	"12 1 31:2 / / ro,relatime - squashfs /dev/root ro\n"                                      \
	"13 12 0:3 / /proc rw,relatime - proc proc rw\n"                                           \
	"14 12 0:12 / /dev rw,relatime - tmpfs tmpfs rw,mode=755\n"                                \
	"16 12 0:14 / /tmp rw,relatime - tmpfs tmpfs rw\n"                                         \
	"17 12 0:11 / /sys rw,relatime - sysfs sysfs rw\n"                                         \
	"19 12 31:4 / /system rw,relatime - jffs2 /dev/mtdblock4 rw\n"                             \
	"21 12 31:8 / /configs rw,relatime - jffs2 /dev/mtdblock8 rw\n"

static void find_places(const char *mountinfo, bool camera)
{
	if (mountinfo)
		write_file(folder, "proc/self/mountinfo", mountinfo, strlen(mountinfo));
	memset(&places, 0x5a, sizeof(places));
	uf_spool_places(folder, camera, &places);
}

/* The folders are these, in this order, up to a NULL. */
static void expect_places(const char *const *expected, unsigned count)
{
	for (unsigned at = 0; at < count; at++) {
		assert_non_null(places.folder[at]);
		assert_string_equal(places.folder[at], expected[at]);
	}
	assert_null(places.folder[count]);
}

static void expect_camera_places(const char *mountinfo, const char *only)
{
	begin(CPU_BULL, NULL);
	find_places(mountinfo, true);
	end();
	expect_places(&only, only ? 1 : 0);
}

static void test_cards(void **state)
{
	(void)state;
	expect_camera_places(USUAL "23 19 179:1 / /system/sdcard rw,relatime - vfat "
				   "/dev/mmcblk0p1 rw,fmask=0022\n",
			     "/system/sdcard");
	expect_camera_places(USUAL "23 12 8:1 / /mnt/usb rw - vfat /dev/sda1 rw\n", "/mnt/usb");
	expect_camera_places(USUAL "23 12 179:1 / /media/my\\040card rw - vfat "
				   "/dev/mmcblk0p1 rw\n",
			     "/media/my card");
}

/* Not on flash, which is to be written; not in RAM, of which there is too little. */
static void test_no_cards(void **state)
{
	(void)state;
	expect_camera_places(USUAL, NULL);
	expect_camera_places("", NULL);
	expect_camera_places(NULL, NULL);
	expect_camera_places(USUAL "23 12 0:20 / /overlay rw - ubifs ubi0:data rw\n", NULL);
	expect_camera_places(USUAL "23 12 0:21 / /mnt/nfs rw - nfs host:/x rw\n", NULL);
	expect_camera_places(USUAL "23 12 1:0 / /mnt/ram rw - ext2 /dev/ram0 rw\n", NULL);
}

/* A block device in RAM has a number of the dynamic range, as some cards have. */
static void test_compressed_ram_is_no_card(void **state)
{
	(void)state;
	begin(CPU_BULL, NULL);
	write_file(folder, "sys/dev/block/254:0/disksize", "16777216\n", 9);
	write_file(folder, "sys/block/zram0/dev", "254:0\n", 6);
	find_places(USUAL "23 12 254:0 / /mnt/zram rw - ext4 /dev/zram0 rw\n", true);
	end();
	expect_places(NULL, 0);
}

static void test_read_only_cards(void **state)
{
	(void)state;
	expect_camera_places(USUAL "23 12 179:1 / /mnt ro,relatime - vfat /dev/mmcblk0p1 ro\n",
			     NULL);
	expect_camera_places(USUAL "23 12 179:1 / /mnt ro - vfat /dev/mmcblk0p1 ro\n"
				   "24 12 8:1 / /usb rw - vfat /dev/sda1 rw\n",
			     "/usb");
}

static void test_several_cards(void **state)
{
	static const char *const expected[] = {"/mnt/one", "/mnt/two"};

	(void)state;
	begin(CPU_BULL, NULL);
	find_places(USUAL "23 12 179:1 / /mnt/one rw - vfat /dev/mmcblk0p1 rw\n"
			  "24 12 8:17 / /mnt/two rw - ext4 /dev/sdb1 rw\n",
		    true);
	expect_places(expected, 2);
	end();
}

/* A NULL ends the list, however many there are. */
static void test_more_cards_than_fit(void **state)
{
	char mountinfo[2048] = USUAL;

	(void)state;
	for (unsigned at = 0; at < UF_CARDS_MAX + 3; at++)
		snprintf(mountinfo + strlen(mountinfo), sizeof(mountinfo) - strlen(mountinfo),
			 "%u 12 8:%u / /mnt/%u rw - vfat /dev/sd rw\n", 30 + at, at, at);
	begin(CPU_BULL, NULL);
	find_places(mountinfo, true);
	for (unsigned at = 0; at < UF_CARDS_MAX; at++)
		assert_non_null(places.folder[at]);
	assert_null(places.folder[UF_CARDS_MAX]);
	end();
}

/* On a PC the mounts say nothing: TMPDIR first, then what every PC has. */
static void test_places_of_a_pc(void **state)
{
	static const char *const expected[] = {"/a/folder", "/var/tmp", "/tmp"};
	const char *before = getenv("TMPDIR");
	char *kept = before ? strdup(before) : NULL;

	(void)state;
	begin(CPU_PC, NULL);
	setenv("TMPDIR", "/a/folder", 1);
	find_places(USUAL "23 12 179:1 / /mnt rw - vfat /dev/mmcblk0p1 rw\n", false);
	expect_places(expected, 3);
	setenv("TMPDIR", "", 1);
	find_places(NULL, false);
	expect_places(expected + 1, 2);
	unsetenv("TMPDIR");
	find_places(NULL, false);
	expect_places(expected + 1, 2);
	/* on a camera it is in RAM */
	setenv("TMPDIR", "/a/folder", 1);
	find_places(USUAL, true);
	expect_places(NULL, 0);
	if (kept)
		setenv("TMPDIR", kept, 1);
	else
		unsetenv("TMPDIR");
	free(kept);
	end();
}

static uint64_t memory_with(const char *meminfo)
{
	begin(CPU_BULL, NULL);
	if (meminfo)
		write_file(folder, "proc/meminfo", meminfo, strlen(meminfo));
	find_places(USUAL, true);
	end();
	return places.memory;
}

/* Less than what is free, for the system goes on; nothing where hardly anything is. */
static void test_memory(void **state)
{
	uint64_t memory = memory_with("MemTotal:  99236 kB\nMemFree:  65536 kB\n");

	(void)state;
	assert_true(memory > 32 * MIB && memory < 64 * MIB);
	assert_int_equal(memory_with("MemTotal:  35404 kB\nMemFree:  1024 kB\n"), 0);
	assert_int_equal(memory_with("MemTotal:  35404 kB\nMemFree:  0 kB\n"), 0);
	assert_int_equal(memory_with(NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_families),
		cmocka_unit_test(test_unknown_family),
		cmocka_unit_test(test_no_memory_device),
		cmocka_unit_test(test_not_ingenic),
		cmocka_unit_test(test_short_memory_device),
		cmocka_unit_test(test_nothing_there),
		cmocka_unit_test(test_ram),
		cmocka_unit_test(test_ram_unknown),
		cmocka_unit_test(test_ram_absurd),
		cmocka_unit_test(test_macs),
		cmocka_unit_test(test_interfaces_without_an_address),
		cmocka_unit_test(test_more_interfaces_than_fit),
		cmocka_unit_test(test_no_interfaces),
		cmocka_unit_test(test_cards),
		cmocka_unit_test(test_no_cards),
		cmocka_unit_test(test_compressed_ram_is_no_card),
		cmocka_unit_test(test_read_only_cards),
		cmocka_unit_test(test_several_cards),
		cmocka_unit_test(test_more_cards_than_fit),
		cmocka_unit_test(test_places_of_a_pc),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
