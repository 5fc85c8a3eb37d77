/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who goes on while the flash is written, and who is stopped. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "uniflash/live/census.h"
#include "uniflash/live/memory.h"
#include "uniflash/live/pins.h"

#define SELF 500

static char *root;
static struct uf_mounts mounts;
static struct uf_census census;

static void put(const char *name, const char *text)
{
	char path[512];

	snprintf(path, sizeof(path), "%s", name);
	for (char *at = strchr(path, '/'); at; at = strchr(at + 1, '/')) {
		char folder[1024];

		*at = '\0';
		snprintf(folder, sizeof(folder), "%s/%s", root, path);
		mkdir(folder, 0755);
		*at = '/';
	}
	write_file(root, name, text, strlen(text));
}

static void process(int pid, int parent, const char *name, char state, unsigned flags)
{
	char path[64], text[256];

	snprintf(path, sizeof(path), "proc/%d/stat", pid);
	snprintf(text, sizeof(text), "%d (%s) %c %d 1 1 0 -1 %u 0 0 0\n", pid, name, state, parent,
		 flags);
	put(path, text);
	snprintf(path, sizeof(path), "proc/%d/fd/keep", pid);
	put(path, "");
}

static void opened(int pid, int fd, const char *target, const char *flags)
{
	char path[512], text[64];

	snprintf(path, sizeof(path), "%s/proc/%d/fd/%d", root, pid, fd);
	assert_int_equal(symlink(target, path), 0);
	snprintf(path, sizeof(path), "proc/%d/fdinfo/%d", pid, fd);
	snprintf(text, sizeof(text), "pos:\t0\nflags:\t%s\nmnt_id:\t1\n", flags);
	put(path, text);
}

static int begin(void **state)
{
	(void)state;
	root = make_folder();
	put("proc/self/mountinfo",
	    "1 0 31:2 / / ro,relatime - squashfs /dev/root ro\n"
	    "2 1 31:4 / /system rw,noatime - jffs2 /dev/mtdblock4 rw\n"
	    "3 2 179:1 / /system/sdcard rw,relatime - vfat /dev/mmcblk0p1 rw\n"
	    "4 1 0:12 / /tmp rw,nosuid,nodev - tmpfs tmpfs rw\n");
	assert_int_equal(uf_mounts_read(root, &mounts, NULL), UF_OK);
	process(1, 0, "init", 'S', 0x400100);
	process(2, 0, "kthreadd", 'S', 0x208040);
	process(40, 2, "jffs2_gcd_mtd4", 'S', 0x208040);
	process(SELF, 499, "uniflash", 'R', 0x400000);
	return 0;
}

static int end(void **state)
{
	(void)state;
	remove_folder(root);
	return 0;
}

static void take(void)
{
	assert_int_equal(uf_census_take(root, &mounts, SELF, &census, NULL), UF_OK);
}

static const struct uf_process *of(int pid)
{
	for (unsigned at = 0; at < census.count; at++)
		if (census.process[at].pid == pid)
			return &census.process[at];
	return NULL;
}

static void expect(int pid, enum uf_fate fate, int line)
{
	if (!of(pid))
		fail_msg("line %d: there is no process %d", line, pid);
	if (of(pid)->fate != fate)
		fail_msg("line %d: process %d has fate %d", line, pid, of(pid)->fate);
}

#define EXPECT(pid, fate) expect(pid, UF_FATE_##fate, __LINE__)

/* The way in stays, the rest stops; the kernel's own and the dead are none of it. */
static void who_goes_on(void **state)
{
	(void)state;
	process(10, 1, "dropbear", 'S', 0);
	process(11, 10, "dropbear", 'S', 0);
	process(12, 11, "sh", 'S', 0);
	process(499, 12, "time", 'S', 0);
	process(20, 1, "sh", 'S', 0);
	process(21, 1, "iCamera", 'S', 0);
	process(22, 21, "gone", 'Z', 0);
	process(23, 1, "wpa_supplicant", 'S', 0);
	process(24, 1, "udhcpc", 'S', 0);
	process(28, 1, "syslogd", 'S', 0);
	opened(28, 3, "/tmp/messages", "0102001");
	process(29, 1, "syslogd", 'S', 0);
	opened(29, 3, "/system/messages", "0102001");
	process(25, 1, "a) odd (name", 'S', 0);
	process(26, 1, "uniflash-keeper", 'S', 0);
	process(27, 1, "uniflash-undone", 'S', 0);
	take();
	EXPECT(1, LEFT);
	EXPECT(10, LEFT);
	EXPECT(11, LEFT);
	EXPECT(12, LEFT);
	EXPECT(499, LEFT);
	EXPECT(23, LEFT);
	EXPECT(24, LEFT);
	EXPECT(28, LEFT);
	EXPECT(29, FROZEN);
	EXPECT(SELF, OWN);
	EXPECT(26, OWN);
	EXPECT(27, OWN);
	/* Somebody else's shell. */
	EXPECT(20, FROZEN);
	EXPECT(21, FROZEN);
	EXPECT(25, FROZEN);
	assert_string_equal(of(25)->name, "a) odd (name");
	assert_null(of(2));
	assert_null(of(22));
	assert_int_equal(uf_census_thread(root, "jffs2_gcd_mtd4"), 40);
	assert_int_equal(uf_census_thread(root, "jffs2_gcd_mtd5"), 0);
	assert_int_equal(uf_process_state(root, 21), 'S');
	assert_int_equal(uf_process_state(root, 999), 0);
}

/* All of a name, however many runs have left one behind; the kernel's threads have their own. */
static void who_has_a_name(void **state)
{
	bool seen[64] = {false};
	int pid[64];

	(void)state;
	for (int at = 0; at < 40; at++)
		process(100 + at, 1, "uniflash-undone", 'S', 0);
	process(200, 1, "uniflash-keeper", 'S', 0);
	assert_int_equal(uf_census_named(root, "uniflash-undone", false, pid, 64), 40);
	for (int at = 0; at < 40; at++) {
		assert_in_range(pid[at], 100, 139);
		assert_false(seen[pid[at] - 100]);
		seen[pid[at] - 100] = true;
	}
	assert_int_equal(uf_census_named(root, "uniflash-undone", false, pid, 7), 7);
	assert_int_equal(uf_census_named(root, "uniflash-undone", true, pid, 64), 0);
	assert_int_equal(uf_census_named(root, "jffs2_gcd_mtd4", true, pid, 64), 1);
	assert_int_equal(pid[0], 40);
	assert_int_equal(uf_census_named(root, "jffs2_gcd_mtd4", false, pid, 64), 0);
}

/* A script that is executed has its own name, and is its shell; BusyBox's applets have its. */
static void names_of_commands(void **state)
{
	static const char dash[] = "-sh\0";
	static const char script[] = "/bin/sh\0/mnt/sd/flash.sh\0";
	static const char applet[] = "/bin/busybox\0udhcpc\0-i\0wlan0\0";
	static const char other[] = "/bin/busybox\0httpd\0";

	(void)state;
	process(499, 498, "flash.sh", 'S', 0);
	process(498, 1, "busybox", 'S', 0);
	process(30, 1, "busybox", 'S', 0);
	process(31, 1, "busybox", 'S', 0);
	write_file(root, "proc/499/cmdline", script, sizeof(script) - 1);
	write_file(root, "proc/498/cmdline", dash, sizeof(dash) - 1);
	write_file(root, "proc/30/cmdline", applet, sizeof(applet) - 1);
	write_file(root, "proc/31/cmdline", other, sizeof(other) - 1);
	take();
	assert_string_equal(of(499)->command, "sh");
	assert_string_equal(of(498)->command, "sh");
	assert_string_equal(of(30)->command, "udhcpc");
	assert_string_equal(of(31)->command, "httpd");
	EXPECT(499, LEFT);
	EXPECT(498, LEFT);
	EXPECT(30, LEFT);
	EXPECT(31, FROZEN);
}

/* Of several that hold the watchdog the one counts that feeds it, else one that goes on. */
static void who_holds_the_watchdog(void **state)
{
	(void)state;
	process(30, 1, "app", 'S', 0);
	opened(30, 3, "/dev/watchdog", "0100001");
	take();
	assert_ptr_equal(uf_census_watchdog(&census), of(30));
	assert_false(uf_process_feeds(of(30)));
	process(499, 1, "sh", 'S', 0);
	opened(499, 3, "/dev/watchdog", "0100001");
	take();
	assert_ptr_equal(uf_census_watchdog(&census), of(499));
	assert_false(uf_process_feeds(of(499)));
	/* What this run has inherited is no holder. */
	opened(SELF, 3, "/dev/watchdog", "0100001");
	take();
	assert_ptr_equal(uf_census_watchdog(&census), of(499));
	opened(1, 3, "/dev/watchdog", "0100001");
	take();
	assert_ptr_equal(uf_census_watchdog(&census), of(1));
	assert_true(uf_process_feeds(of(1)));
}

/* One thread that runs is a process that runs, also where the first one has ended. */
static void threads(void **state)
{
	(void)state;
	process(60, 1, "app", 'T', 0);
	put("proc/60/task/60/stat", "60 (app) T 1 1 1 0 -1 0 0 0\n");
	put("proc/60/task/61/stat", "61 (app) S 1 1 1 0 -1 0 0 0\n");
	process(70, 1, "app", 'T', 0);
	put("proc/70/task/70/stat", "70 (app) T 1 1 1 0 -1 0 0 0\n");
	put("proc/70/task/71/stat", "71 (app) T 1 1 1 0 -1 0 0 0\n");
	process(80, 1, "app", 'Z', 0);
	put("proc/80/task/80/stat", "80 (app) Z 1 1 1 0 -1 0 0 0\n");
	put("proc/80/task/81/stat", "81 (app) S 1 1 1 0 -1 0 0 0\n");
	process(90, 1, "app", 'Z', 0);
	put("proc/90/task/90/stat", "90 (app) Z 1 1 1 0 -1 0 0 0\n");
	take();
	assert_int_equal(of(60)->state, 'S');
	assert_int_equal(of(70)->state, 'T');
	assert_int_equal(of(80)->state, 'S');
	assert_null(of(90));
}

/* An ancestor that is the camera's application is stopped, the script that it runs is not. */
static void the_application_that_started_it(void **state)
{
	(void)state;
	process(30, 1, "app", 'S', 0);
	opened(30, 5, "/dev/watchdog", "0100001");
	opened(30, 6, "/system/log", "0102001");
	process(499, 30, "sh", 'S', 0);
	take();
	EXPECT(30, FROZEN);
	EXPECT(499, LEFT);
	assert_true(of(30)->watchdog);
	assert_false(of(30)->feeder);
	assert_true(of(30)->writes);
	assert_string_equal(of(30)->path, "/system/log");
	assert_string_equal(census.watchdog, "/dev/watchdog");
	assert_ptr_equal(uf_census_watchdog(&census), of(30));
}

/* A feeder that does nothing else goes on; one that keeps a file on flash open does not. */
static void feeders(void **state)
{
	(void)state;
	process(30, 1, "watchdog", 'S', 0);
	opened(30, 3, "/dev/watchdog0", "0100001");
	take();
	EXPECT(30, LEFT);
	assert_true(of(30)->feeder);
	opened(30, 4, "/system/state", "0100002");
	take();
	EXPECT(30, FROZEN);
}

/* Writing is what is open for it, on what is writable, on flash. */
static void what_is_writing(void **state)
{
	static const struct {
		const char *target;
		const char *flags;
		bool writes;
	} table[] = {
		{"/system/a", "0100000", false},
		{"/system/a", "0100001", true},
		{"/system/a", "0100002", true},
		{"/system/sdcard/a", "0100001", false},
		{"/tmp/a", "0100002", false},
		{"/bin/sh", "0100002", false}, /* on a file system that is read-only */
		{"/dev/mtd3", "0100002", true},
		{"/dev/mtdblock3", "0100001", true},
		{"/dev/null", "0100002", false},
		{"/proc/1/mem", "0100002", false},
		{"pipe:[77]", "01", false},
	};

	(void)state;
	for (int at = 0; at < (int)(sizeof(table) / sizeof(table[0])); at++) {
		process(100 + at, 1, "p", 'S', 0);
		opened(100 + at, 3, table[at].target, table[at].flags);
	}
	take();
	for (int at = 0; at < (int)(sizeof(table) / sizeof(table[0])); at++)
		if (of(100 + at)->writes != table[at].writes)
			fail_msg("%s with flags %s", table[at].target, table[at].flags);
}

/* Whoever reads this run's output goes on, unless it writes to flash. */
static void who_reads_the_output(void **state)
{
	(void)state;
	opened(SELF, 1, "pipe:[4711]", "01");
	opened(SELF, 2, "/dev/pts/0", "02");
	process(50, 499, "tee", 'S', 0);
	opened(50, 0, "pipe:[4711]", "00");
	process(54, 499, "app", 'S', 0);
	opened(54, 1, "pipe:[4711]", "01");
	process(55, 499, "app", 'S', 0);
	opened(55, 0, "pipe:[4711]", "00");
	opened(55, 3, "/dev/watchdog", "0100001");
	process(51, 499, "cat", 'S', 0);
	opened(51, 0, "pipe:[4712]", "00");
	process(52, 499, "tee", 'S', 0);
	opened(52, 0, "pipe:[4711]", "00");
	opened(52, 3, "/system/log", "0101");
	process(53, 499, "vi", 'S', 0);
	opened(53, 0, "/dev/pts/0", "02");
	take();
	EXPECT(50, LEFT);
	EXPECT(51, FROZEN);
	EXPECT(52, FROZEN);
	EXPECT(53, FROZEN);
	EXPECT(54, FROZEN);
	EXPECT(55, FROZEN);
}

static void mounts_on_flash(void **state)
{
	(void)state;
	assert_int_equal(mounts.count, 4);
	assert_true(uf_mounts_on_flash(root, &mounts, &mounts.mount[0]));
	assert_true(uf_mounts_on_flash(root, &mounts, &mounts.mount[1]));
	assert_false(uf_mounts_on_flash(root, &mounts, &mounts.mount[2]));
	assert_false(uf_mounts_on_flash(root, &mounts, &mounts.mount[3]));
}

static struct uf_pins found;

static void find_pins(uint64_t limit)
{
	take();
	uf_pins_find(root, &mounts, &census, limit, &found);
}

static void remove_file(const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", root, name);
	assert_int_equal(unlink(path), 0);
}

/* A file of so many bytes, of which nothing is looked at. */
static void put_file(const char *name, long long size)
{
	char path[512];

	put(name, "");
	snprintf(path, sizeof(path), "%s/%s", root, name);
	assert_int_equal(truncate(path, size), 0);
}

static void expect_pin(const char *path, uint64_t off, uint64_t len, int line)
{
	for (unsigned at = 0; at < found.count; at++)
		if (strcmp(found.pin[at].path, path) == 0 && found.pin[at].range.off == off &&
		    found.pin[at].range.len == len)
			return;
	fail_msg("line %d: %s has no pin of %llu bytes at %llu", line, path,
		 (unsigned long long)len, (unsigned long long)off);
}

#define EXPECT_PIN(path, off, len) expect_pin(path, off, len, __LINE__)

/* The first process, a login server and an application with their files. */
static void put_userland(void)
{
	put_file("bin/busybox", 0x102345);
	put_file("lib/libc.so", 0x20000);
	put_file("sbin/dropbear", 0x8000);
	put_file("system/bin/app", 0x3000);
	put("tmp/copy", "012");
	put("proc/1/maps", "00400000-00500000 r-xp 00000000 1f:02 11   /bin/busybox\n"
			   "00500000-00501000 ---p 00100000 1f:02 11   /bin/busybox\n"
			   "00501000-00503000 rw-p 00101000 1f:02 11   /bin/busybox\n"
			   "77000000-77010000 r-xp 00000000 1f:02 12   /lib/libc.so\n"
			   "77010000-77020000 rw-p 00000000 00:00 0 \n"
			   "7ffe0000-7fff0000 rw-p 00000000 00:00 0    [stack]\n"
			   "78000000-78010000 r-xp 00000000 00:0c 13   /tmp/copy\n");
	process(10, 1, "dropbear", 'S', 0);
	put("proc/10/maps", "00400000-00408000 r-xp 00000000 1f:02 14   /sbin/dropbear\n"
			    "77000000-77010000 r-xp 00000000 1f:02 12   /lib/libc.so\n"
			    "77010000-77011000 r--p 00010000 1f:02 12   /lib/libc.so\n");
	process(21, 1, "app", 'S', 0);
	put("proc/21/maps", "00400000-00500000 r-xp 00000000 1f:04 21   /system/bin/app\n");
}

/* The pages on flash that those map who go on; each once, none behind a file's end, none that
 * nobody can reach. */
static void pins(void **state)
{
	(void)state;
	put_userland();
	find_pins(UINT64_MAX);
	assert_int_equal(found.files, 3);
	EXPECT_PIN("/bin/busybox", 0, 0x100000);
	EXPECT_PIN("/bin/busybox", 0x101000, 0x2000);
	EXPECT_PIN("/lib/libc.so", 0, 0x10000);
	EXPECT_PIN("/lib/libc.so", 0x10000, 0x1000);
	EXPECT_PIN("/sbin/dropbear", 0, 0x8000);
	assert_int_equal(found.count, 5);
	assert_int_equal(found.bytes, 0x102000 + 0x11000 + 0x8000);
	assert_false(found.cut);
	assert_false(of(10)->unpinned);
	/* What is mapped and gone cannot be held. */
	put("proc/10/maps", "00400000-00500000 r-xp 00000000 1f:02 13   /lib/old.so (deleted)\n");
	find_pins(UINT64_MAX);
	assert_true(found.cut);
}

/* Where memory is short those are left out whose end does the least harm, as a whole, and what the
 * camera dies without never is. */
static void pins_by_need(void **state)
{
	const uint64_t camera = 0x102000 + 0x10000;

	(void)state;
	put_userland();
	process(30, 1, "udhcpc", 'S', 0);
	put("proc/30/maps", "00400000-00404000 r-xp 00000000 1f:02 15   /sbin/udhcpc\n");
	put_file("sbin/udhcpc", 0x1000);
	/* All of the login server but a page. */
	find_pins(camera + 0x8000);
	assert_true(of(10)->unpinned);
	assert_false(of(30)->unpinned);
	assert_false(of(1)->unpinned);
	assert_int_equal(found.bytes, camera + 0x1000);
	/* Who keeps the network up comes last. */
	find_pins(camera + 0x9000);
	assert_false(of(10)->unpinned);
	assert_true(of(30)->unpinned);
	assert_int_equal(found.bytes, camera + 0x9000);
	/* This run's way back to its user comes before other ways in. */
	process(11, 10, "dropbear", 'S', 0);
	process(499, 11, "sh", 'S', 0);
	put("proc/499/maps", "00400000-00500000 r-xp 00000000 1f:02 11   /bin/busybox\n"
			     "00500000-00508000 r-xp 00000000 1f:02 16   /lib/shell.so\n");
	put_file("lib/shell.so", 0x8000);
	find_pins(camera + 0x8000);
	assert_false(of(499)->unpinned);
	assert_true(of(10)->unpinned);
	find_pins(0);
	assert_int_equal(found.bytes, camera);
	assert_false(of(1)->unpinned);
	assert_true(of(499)->unpinned);
}

/* What the keeper of an earlier run holds costs nothing again, also where its file is gone. */
static void pins_held_already(void **state)
{
	(void)state;
	put_userland();
	process(26, 1, UF_UNDONE_NAME, 'S', 0);
	put("proc/26/maps", "70000000-70100000 r--s 00000000 1f:02 11   /bin/busybox\n"
			    "71000000-71002000 r--s 00101000 1f:02 11   /bin/busybox\n"
			    "72000000-72010000 r--s 00000000 1f:02 12   /lib/libc.so\n"
			    "73000000-73010000 r-xp 00000000 b3:01 12   /mnt/sd/uniflash\n");
	remove_file("lib/libc.so");
	put_file("lib/libc.so", 0x20000);
	find_pins(0x9000);
	assert_false(of(10)->unpinned);
	assert_int_equal(found.bytes, 0x9000);
	assert_false(found.cut);
	remove_file("bin/busybox");
	find_pins(0x9000);
	assert_int_equal(found.bytes, 0x9000);
	assert_false(found.cut);
}

/* The server of a card's file system goes on, and the camera needs it. */
static void who_serves_a_card(void **state)
{
	(void)state;
	process(30, 1, "mount.exfat", 'S', 0);
	opened(30, 3, "/dev/fuse", "0100002");
	process(31, 1, "mount.exfat", 'S', 0);
	opened(31, 3, "/dev/fuse", "0100002");
	opened(31, 4, "/system/log", "0102001");
	take();
	EXPECT(30, LEFT);
	assert_int_equal(of(30)->need, UF_NEED_CAMERA);
	EXPECT(31, FROZEN);
}

static void memory(void **state)
{
	(void)state;
	assert_true(uf_memory_spare(root, UF_RESERVES) == UINT64_MAX);
	put("proc/meminfo", "MemTotal:  36000 kB\nMemFree:  4000 kB\nBuffers:  100 kB\n"
			    "Cached:  6000 kB\nActive:  5000 kB\nInactive: 900 kB\n"
			    "Active(anon):  1000 kB\nActive(file):  1500 kB\n"
			    "Inactive(file):  700 kB\nUnevictable: 500 kB\nMlocked: 500 kB\n");
	assert_true(uf_memory_spare(root, UF_RESERVES) == (4000 + 1500 + 700) * 1024ULL);
	put("proc/sys/vm/min_free_kbytes", "1024\n");
	assert_true(uf_memory_spare(root, UF_RESERVES) == (4000 + 1500 + 700 - 3072) * 1024ULL);
	assert_true(uf_memory_spare(root, UF_RESERVES_LEAST) ==
		    (4000 + 1500 + 700 - 1024) * 1024ULL);
	put("proc/sys/vm/min_free_kbytes", "100000\n");
	assert_true(uf_memory_spare(root, UF_RESERVES) == 0);
}

/* Of its own memory what it has not touched, of files what does not lie in RAM. */
static void memory_to_lock(void **state)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *own =
		mmap(NULL, 4 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char text[512];

	(void)state;
	assert_true(uf_memory_to_lock(root, &mounts) == 0);
	assert_ptr_not_equal(own, MAP_FAILED);
	own[page] = 1;
	snprintf(text, sizeof(text),
		 "%lx-%lx rw-p 00000000 00:00 0 \n"
		 "10000-20000 r-xp 00000000 00:0c 13   /tmp/uniflash\n"
		 "20000-28000 r-xp 00000000 b3:01 13   /system/sdcard/uniflash\n"
		 "28000-30000 ---p 00000000 b3:01 13   /system/sdcard/uniflash\n",
		 (unsigned long)own, (unsigned long)own + 4 * page);
	put("proc/self/maps", text);
	assert_true(uf_memory_to_lock(root, &mounts) == 3 * page + 0x8000);
	munmap(own, 4 * page);
	/* What is not there cannot be told; it is counted. */
	assert_true(uf_memory_to_lock(root, &mounts) == 4 * page + 0x8000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(who_goes_on, begin, end),
		cmocka_unit_test_setup_teardown(who_has_a_name, begin, end),
		cmocka_unit_test_setup_teardown(the_application_that_started_it, begin, end),
		cmocka_unit_test_setup_teardown(names_of_commands, begin, end),
		cmocka_unit_test_setup_teardown(who_holds_the_watchdog, begin, end),
		cmocka_unit_test_setup_teardown(threads, begin, end),
		cmocka_unit_test_setup_teardown(feeders, begin, end),
		cmocka_unit_test_setup_teardown(what_is_writing, begin, end),
		cmocka_unit_test_setup_teardown(who_reads_the_output, begin, end),
		cmocka_unit_test_setup_teardown(mounts_on_flash, begin, end),
		cmocka_unit_test_setup_teardown(pins, begin, end),
		cmocka_unit_test_setup_teardown(pins_by_need, begin, end),
		cmocka_unit_test_setup_teardown(pins_held_already, begin, end),
		cmocka_unit_test_setup_teardown(who_serves_a_card, begin, end),
		cmocka_unit_test_setup_teardown(memory, begin, end),
		cmocka_unit_test_setup_teardown(memory_to_lock, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
