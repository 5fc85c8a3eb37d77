/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is mounted from flash, and on which partitions a file lies, from mountinfo texts. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

#include "expect.h"
#include "uniflash/live/mounts.h"

/* A stock T20 camera with Dafang-Hacks: squashfs root, jffs2, the card below /system. */
static const char dafang[] =
	"1 1 0:1 / / rw - rootfs rootfs rw\n"
	"12 1 31:2 / / ro,relatime - squashfs /dev/root ro\n"
	"13 12 0:3 / /proc rw,relatime - proc proc rw\n"
	"14 12 0:12 / /dev rw,relatime - tmpfs tmpfs rw,mode=755\n"
	"15 14 0:13 / /dev/pts rw,relatime - devpts devpts rw,mode=600\n"
	"16 12 0:14 / /tmp rw,relatime - tmpfs tmpfs rw\n"
	"17 12 0:11 / /sys rw,relatime - sysfs sysfs rw\n"
	"18 12 31:3 / /driver ro,relatime - squashfs /dev/mtdblock3 ro\n"
	"19 12 31:4 / /system rw,relatime - jffs2 /dev/mtdblock4 rw\n"
	"20 12 31:7 / /backupa rw,relatime - jffs2 /dev/mtdblock7 rw\n"
	"21 12 31:8 / /configs ro,relatime - jffs2 /dev/mtdblock8 rw\n"
	"22 12 31:9 / /params ro,relatime - jffs2 /dev/mtdblock9 ro\n"
	"23 19 179:1 / /system/sdcard rw,relatime - vfat /dev/mmcblk0p1 rw,fmask=0022\n"
	"24 12 179:1 /bin/busybox /bin/busybox rw,relatime - vfat /dev/mmcblk0p1 rw,fmask=0022\n"
	"25 12 179:1 /root /root rw,relatime - vfat /dev/mmcblk0p1 rw,fmask=0022\n"
	"26 12 31:4 /etc /etc rw,relatime - jffs2 /dev/mtdblock4 rw\n";

/* thingino: an overlay over squashfs and jffs2; the lower layer is the root of before. */
static const char overlay[] = "1 1 0:1 / / rw - rootfs rootfs rw\n"
			      "13 22 31:4 / /rom ro,relatime - squashfs /dev/root ro\n"
			      "14 22 0:3 / /proc rw,relatime - proc proc rw\n"
			      "15 22 0:12 / /tmp rw,relatime - tmpfs tmpfs rw\n"
			      "16 22 31:5 / /overlay rw,relatime - jffs2 /dev/mtdblock5 rw\n"
			      "22 1 0:16 / / rw,relatime - overlay overlayfs:/overlay "
			      "rw,lowerdir=/rom,upperdir=/overlay/upper,workdir=/overlay/work\n"
			      "30 22 179:1 / /mnt/mmcblk0p1 rw,relatime - vfat /dev/mmcblk0p1 rw\n";

/* The root of a system whose mountinfo is a text; the test removes it with remove_folder. */
static char *make_root(const char *mountinfo)
{
	char *root = make_folder();

	write_file(root, "proc/self/mountinfo", mountinfo, strlen(mountinfo));
	return root;
}

/* Read the mounts of a text; the root goes when it is NULL, else it stays in *root. */
static void read_mounts(const char *mountinfo, struct uf_mounts *mounts, char **root)
{
	char *folder = make_root(mountinfo);
	struct uf_error err;

	memset(mounts, 0x5a, sizeof(*mounts));
	expect_ok(uf_mounts_read(folder, mounts, &err), &err);
	if (root)
		*root = folder;
	else
		remove_folder(folder);
}

/* The last mount at a place, or NULL. */
static const struct uf_mount *mount_at(const struct uf_mounts *mounts, const char *where)
{
	const struct uf_mount *found = NULL;

	for (unsigned at = 0; at < mounts->count; at++)
		if (strcmp(mounts->mount[at].where, where) == 0)
			found = &mounts->mount[at];
	return found;
}

static void a_camera_with_dafang_hacks(void **state)
{
	struct uf_mounts mounts;
	const struct uf_mount *mount;

	(void)state;
	read_mounts(dafang, &mounts, NULL);
	assert_int_equal(mounts.count, 16);
	mount = &mounts.mount[1];
	assert_string_equal(mount->where, "/");
	assert_string_equal(mount->type, "squashfs");
	assert_int_equal(mount->major, 31);
	assert_int_equal(mount->minor, 2);
	assert_false(mount->writable);
	assert_int_equal(uf_mount_mtd(mount), 2);

	mount = mount_at(&mounts, "/system");
	assert_string_equal(mount->type, "jffs2");
	assert_true(mount->writable);
	assert_int_equal(uf_mount_mtd(mount), 4);

	mount = mount_at(&mounts, "/system/sdcard");
	assert_string_equal(mount->type, "vfat");
	assert_int_equal(mount->major, 179);
	assert_int_equal(uf_mount_mtd(mount), -1);
	assert_true(mount->writable);
	assert_int_equal(uf_mount_mtd(mount_at(&mounts, "/proc")), -1);
}

/* The lines that begin a 3.10 system: rootfs, then the root over it. */
static void the_first_lines_of_3_10(void **state)
{
	struct uf_mounts mounts;

	(void)state;
	read_mounts(dafang, &mounts, NULL);
	assert_string_equal(mounts.mount[0].where, "/");
	assert_string_equal(mounts.mount[0].type, "rootfs");
	assert_int_equal(mounts.mount[0].major, 0);
	assert_int_equal(mounts.mount[0].minor, 1);
	assert_int_equal(uf_mount_mtd(&mounts.mount[0]), -1);
}

/* What counts is whether the file system is writable, not this mount of it. */
static void writable_file_systems(void **state)
{
	struct uf_mounts mounts;

	(void)state;
	read_mounts(dafang, &mounts, NULL);
	assert_null(uf_mounts_writable(&mounts, 2));
	assert_null(uf_mounts_writable(&mounts, 3));
	assert_null(uf_mounts_writable(&mounts, 9));
	assert_null(uf_mounts_writable(&mounts, 0));
	assert_null(uf_mounts_writable(&mounts, 1));
	assert_null(uf_mounts_writable(&mounts, 40));
	assert_string_equal(uf_mounts_writable(&mounts, 7)->where, "/backupa");
	/* The mount says ro, the file system rw: another mount of it may write. */
	assert_string_equal(uf_mounts_writable(&mounts, 8)->where, "/configs");
	assert_non_null(uf_mounts_writable(&mounts, 4));
	assert_int_equal(uf_mounts_writable(&mounts, 4)->minor, 4);
}

/* Options that begin like rw or ro, and rw that is not the first. */
static void options_of_file_systems(void **state)
{
	struct uf_mounts mounts;

	(void)state;
	read_mounts("20 1 31:4 / /a ro - jffs2 mtd4 rwx,compr=none\n"
		    "21 1 31:5 / /b rw - jffs2 mtd5 ro,errors=remount-rw\n"
		    "22 1 31:6 / /c rw - jffs2 mtd6 rw,compr=none\n"
		    "23 1 31:7 / /d ro - jffs2 mtd7 rw\n",
		    &mounts, NULL);
	assert_null(uf_mounts_writable(&mounts, 5));
	assert_non_null(uf_mounts_writable(&mounts, 6));
	assert_non_null(uf_mounts_writable(&mounts, 7));
	assert_string_equal(mount_at(&mounts, "/c")->options, "rw,compr=none");
}

/* Optional fields between the mount's options and the dash: none, one, several. */
static void optional_fields(void **state)
{
	struct uf_mounts mounts;

	(void)state;
	read_mounts("20 1 31:4 / /a rw,noatime - jffs2 mtd4 rw\n"
		    "21 1 31:5 / /b rw,noatime shared:1 - jffs2 mtd5 rw\n"
		    "22 1 31:6 / /c rw,noatime shared:1 master:2 propagate_from:3 - jffs2 mtd6 rw\n"
		    "23 1 31:7 / /d rw,noatime unbindable - jffs2 mtd7 rw\n",
		    &mounts, NULL);
	assert_int_equal(mounts.count, 4);
	for (unsigned at = 0; at < 4; at++) {
		assert_string_equal(mounts.mount[at].type, "jffs2");
		assert_int_equal(uf_mount_mtd(&mounts.mount[at]), 4 + at);
		assert_true(mounts.mount[at].writable);
	}
}

/* Blanks and backslashes in names stand as octal numbers. */
static void escaped_names(void **state)
{
	struct uf_mounts mounts;
	struct uf_mtd_list list;
	char *root;

	(void)state;
	read_mounts("1 1 31:2 / / ro - squashfs /dev/root ro\n"
		    "20 1 31:4 / /my\\040disk\\134x\\011y\\012z rw - jffs2 mtd4 rw\n",
		    &mounts, &root);
	assert_string_equal(mounts.mount[1].where, "/my disk\\x\ty\nz");
	uf_mounts_under(root, &mounts, "/my disk\\x\ty\nz/image.bin", &list);
	assert_int_equal(list.count, 1);
	assert_int_equal(list.number[0], 4);
	remove_folder(root);
}

/* Where files lie; `expected` is a text of MTD numbers in order, with ? where a layer is unknown.
 */
static void expect_under(const char *root, const struct uf_mounts *mounts, const char *path,
			 const char *expected)
{
	struct uf_mtd_list list;
	char have[128] = "";

	memset(&list, 0x5a, sizeof(list));
	uf_mounts_under(root, mounts, path, &list);
	assert_true(list.count <= 8);
	for (unsigned number = 0; number < 32; number++)
		for (unsigned at = 0; at < list.count; at++)
			if (list.number[at] == number)
				sprintf(have + strlen(have), "%s%u", have[0] ? " " : "", number);
	if (list.unknown)
		strcat(have, "?");
	if (strcmp(have, expected) != 0)
		fail_msg("%s lies on \"%s\", not \"%s\"", path, have, expected);
}

static void files_on_flash(void **state)
{
	struct uf_mounts mounts;
	char *root;

	(void)state;
	read_mounts(dafang, &mounts, &root);
	expect_under(root, &mounts, "/sbin/init", "2");
	expect_under(root, &mounts, "/driver/a.ko", "3");
	expect_under(root, &mounts, "/driver", "3");
	expect_under(root, &mounts, "/driverx/a.ko", "2");
	expect_under(root, &mounts, "/system/bin/iCamera", "4");
	expect_under(root, &mounts, "/systemd", "2");
	expect_under(root, &mounts, "/system/sdcard/image.bin", "");
	expect_under(root, &mounts, "/system/sdcards", "4");
	expect_under(root, &mounts, "/bin/busybox", "");
	expect_under(root, &mounts, "/bin/busybox2", "2");
	expect_under(root, &mounts, "/bin/sh", "2");
	expect_under(root, &mounts, "/root/uniflash", "");
	expect_under(root, &mounts, "/etc/passwd", "4");
	expect_under(root, &mounts, "/tmp/image.bin", "");
	expect_under(root, &mounts, "/configs/.wifi", "8");
	remove_folder(root);
}

/* Layers of an overlay: a file may lie on any of them. */
static void files_on_an_overlay(void **state)
{
	struct uf_mounts mounts;
	char *root;

	(void)state;
	read_mounts(overlay, &mounts, &root);
	expect_under(root, &mounts, "/usr/bin/uniflash", "4 5");
	expect_under(root, &mounts, "/overlay/upper/x", "5");
	expect_under(root, &mounts, "/rom/x", "4");
	expect_under(root, &mounts, "/tmp/image.bin", "");
	expect_under(root, &mounts, "/mnt/mmcblk0p1/image.bin", "");
	assert_int_equal(uf_mount_mtd(mount_at(&mounts, "/")), -1);
	remove_folder(root);
}

/* Several lower layers, read-only. */
static void an_overlay_of_lower_layers(void **state)
{
	struct uf_mounts mounts;
	char *root;

	(void)state;
	read_mounts("1 1 31:2 / / ro - squashfs /dev/root ro\n"
		    "12 1 31:3 / /a ro - squashfs mtd3 ro\n"
		    "13 1 31:4 / /b ro - squashfs mtd4 ro\n"
		    "14 1 0:20 / /union ro - overlay overlay ro,lowerdir=/a:/b:/b/sub\n",
		    &mounts, &root);
	expect_under(root, &mounts, "/union/x", "3 4");
	remove_folder(root);
}

/* An overlay over a tmpfs and flash lies on the flash's part. */
static void an_overlay_with_a_layer_in_ram(void **state)
{
	struct uf_mounts mounts;
	char *root;

	(void)state;
	read_mounts("1 1 31:2 / / ro - squashfs /dev/root ro\n"
		    "12 1 0:20 / /tmp rw - tmpfs tmpfs rw\n"
		    "13 1 0:21 / /etc rw - overlay overlay "
		    "rw,lowerdir=/etc,upperdir=/tmp/etc,workdir=/tmp/work\n",
		    &mounts, &root);
	/* /etc as a lower layer is that of the root, and cannot be found below itself. */
	{
		struct uf_mtd_list list;

		uf_mounts_under(root, &mounts, "/etc/passwd", &list);
		assert_true(list.unknown || (list.count == 1 && list.number[0] == 2));
	}
	remove_folder(root);
}

/* A lower layer that is the root of before: it must come to an end, and not be missed. */
static void an_overlay_over_the_root(void **state)
{
	struct uf_mounts mounts;
	struct uf_mtd_list list;
	bool upper = false;
	bool lower = false;
	char *root;

	(void)state;
	read_mounts("1 1 0:1 / / rw - rootfs rootfs rw\n"
		    "13 22 31:4 / /rom ro,relatime - squashfs /dev/root ro\n"
		    "16 22 31:5 / /overlay rw,relatime - jffs2 /dev/mtdblock5 rw\n"
		    "22 1 0:16 / / rw,relatime - overlay overlayfs:/overlay "
		    "rw,lowerdir=/,upperdir=/overlay/upper,workdir=/overlay/work\n",
		    &mounts, &root);
	uf_mounts_under(root, &mounts, "/usr/bin/uniflash", &list);
	for (unsigned at = 0; at < list.count; at++) {
		upper |= list.number[at] == 5;
		lower |= list.number[at] == 4;
	}
	assert_true(upper);
	assert_true(lower || list.unknown);
	remove_folder(root);
}

/* Layers that are no absolute paths, or lie where nothing is mounted. */
static void layers_that_cannot_be_found(void **state)
{
	struct uf_mounts mounts;
	struct uf_mtd_list list;
	char *root;

	(void)state;
	read_mounts("12 1 31:3 / /a ro - squashfs mtd3 ro\n"
		    "14 1 0:20 / /union ro - overlay overlay ro,lowerdir=lower:/a\n",
		    &mounts, &root);
	uf_mounts_under(root, &mounts, "/union/x", &list);
	assert_true(list.unknown);
	remove_folder(root);
}

/* An overlay whose options do not fit, its upper layer last. */
static void an_overlay_with_very_long_options(void **state)
{
	char text[4096];
	struct uf_mounts mounts;
	struct uf_mtd_list list;
	bool found = false;
	char *root;
	size_t len;

	(void)state;
	len = (size_t)sprintf(text, "1 1 31:2 / / ro - squashfs /dev/root ro\n"
				    "12 1 31:3 / /a ro - squashfs mtd3 ro\n"
				    "13 1 31:5 / /up rw - jffs2 mtd5 rw\n"
				    "14 1 0:20 / /union rw - overlay overlay rw,lowerdir=/a");
	for (unsigned at = 0; at < 60; at++)
		len += (size_t)sprintf(text + len, ":/a/layer%02u", at);
	sprintf(text + len, ",upperdir=/up/upper,workdir=/up/work\n");
	read_mounts(text, &mounts, &root);
	uf_mounts_under(root, &mounts, "/union/x", &list);
	for (unsigned at = 0; at < list.count; at++)
		found |= list.number[at] == 5;
	assert_true(found || list.unknown);
	remove_folder(root);
}

/* A file system in a file on flash, through a loop device. */
static void a_loop_device(void **state)
{
	struct uf_mounts mounts;
	char *root;

	(void)state;
	read_mounts("1 1 31:2 / / ro - squashfs /dev/root ro\n"
		    "12 1 31:4 / /system rw - jffs2 mtd4 rw\n"
		    "13 1 179:1 / /sdcard rw - vfat /dev/mmcblk0p1 rw\n"
		    "14 1 7:0 / /app ro - squashfs /dev/loop0 ro\n"
		    "15 1 7:1 / /extra ro - squashfs /dev/loop1 ro\n",
		    &mounts, &root);
	write_file(root, "sys/block/loop0/loop/backing_file", "/system/app.img\n", 16);
	write_file(root, "sys/block/loop1/loop/backing_file", "/sdcard/extra.img\n", 18);
	write_file(root, "sys/dev/block/7:0/loop/backing_file", "/system/app.img\n", 16);
	write_file(root, "sys/dev/block/7:1/loop/backing_file", "/sdcard/extra.img\n", 18);
	expect_under(root, &mounts, "/app/bin/x", "4");
	expect_under(root, &mounts, "/extra/bin/x", "");
	assert_int_equal(uf_mount_mtd(mount_at(&mounts, "/app")), -1);
	remove_folder(root);
}

/* A loop device in a file below itself must not be followed for ever. */
static void a_loop_device_that_goes_round(void **state)
{
	struct uf_mounts mounts;
	struct uf_mtd_list list;
	char *root;

	(void)state;
	read_mounts("14 1 7:0 / /app ro - squashfs /dev/loop0 ro\n", &mounts, &root);
	write_file(root, "sys/block/loop0/loop/backing_file", "/app/app.img\n", 13);
	write_file(root, "sys/dev/block/7:0/loop/backing_file", "/app/app.img\n", 13);
	uf_mounts_under(root, &mounts, "/app/bin/x", &list);
	assert_true(list.count <= 8);
	remove_folder(root);
}

/* Of two mounts at one place the later one is what is seen. */
static void a_mount_over_a_mount(void **state)
{
	struct uf_mounts mounts;
	char *root;

	(void)state;
	read_mounts("1 1 31:2 / / ro - squashfs /dev/root ro\n"
		    "12 1 31:4 / /data rw - jffs2 mtd4 rw\n"
		    "13 12 0:20 / /data rw - tmpfs tmpfs rw\n"
		    "14 1 0:21 / /opt rw - tmpfs tmpfs rw\n"
		    "15 14 31:5 / /opt rw - jffs2 mtd5 rw\n",
		    &mounts, &root);
	expect_under(root, &mounts, "/data/x", "");
	expect_under(root, &mounts, "/opt/x", "5");
	remove_folder(root);
}

/* A mount that hides another one below it. */
static void a_mount_over_the_parent_of_a_mount(void **state)
{
	struct uf_mounts mounts;
	char *root;

	(void)state;
	read_mounts("1 1 31:2 / / ro - squashfs /dev/root ro\n"
		    "12 1 0:20 / /a rw - tmpfs tmpfs rw\n"
		    "13 12 0:21 / /a/b rw - tmpfs tmpfs rw\n"
		    "14 12 31:5 / /a rw - jffs2 mtd5 rw\n",
		    &mounts, &root);
	expect_under(root, &mounts, "/a/x", "5");
	expect_under(root, &mounts, "/a/b/x", "5");
	remove_folder(root);
}

/* A part of a file system mounted elsewhere. */
static void bind_mounts(void **state)
{
	struct uf_mounts mounts;
	char *root;

	(void)state;
	read_mounts("1 1 31:2 / / ro - squashfs /dev/root ro\n"
		    "12 1 31:4 / /system ro - jffs2 mtd4 rw\n"
		    "13 1 31:4 /etc /etc ro - jffs2 mtd4 rw\n"
		    "14 1 31:2 /usr /mnt/usr ro - squashfs /dev/root ro\n",
		    &mounts, &root);
	expect_under(root, &mounts, "/etc/hosts", "4");
	expect_under(root, &mounts, "/mnt/usr/bin/x", "2");
	assert_non_null(uf_mounts_writable(&mounts, 4));
	remove_folder(root);
}

/* More mounts than there is room for: none of them may go missing in silence. */
static void more_mounts_than_fit(void **state)
{
	char *text = malloc(UF_MOUNTS_MAX * 3 * 64);
	struct uf_mounts mounts;
	struct uf_error err;
	size_t len = 0;
	char *root;
	int ret;

	(void)state;
	assert_non_null(text);
	for (unsigned at = 0; at < UF_MOUNTS_MAX * 2; at++)
		len += (size_t)sprintf(text + len, "%u 1 0:%u / /m/%u rw - tmpfs tmpfs rw\n",
				       at + 10, at + 20, at);
	sprintf(text + len, "999 1 31:4 / /system rw - jffs2 mtd4 rw\n");
	root = make_root(text);
	ret = uf_mounts_read(root, &mounts, &err);
	if (ret == UF_OK)
		assert_non_null(uf_mounts_writable(&mounts, 4));
	else
		expect_error(ret, &err, UF_ERR_IO, UF_CHECK_NONE, "");
	remove_folder(root);
	free(text);
}

/* As many as fit. */
static void as_many_mounts_as_fit(void **state)
{
	char *text = malloc(UF_MOUNTS_MAX * 64);
	struct uf_mounts mounts;
	size_t len = 0;

	(void)state;
	assert_non_null(text);
	for (unsigned at = 0; at < UF_MOUNTS_MAX; at++)
		len += (size_t)sprintf(text + len, "%u 1 31:%u / /m/%u rw - jffs2 mtd rw\n",
				       at + 10, at, at);
	read_mounts(text, &mounts, NULL);
	assert_int_equal(mounts.count, UF_MOUNTS_MAX);
	assert_non_null(uf_mounts_writable(&mounts, UF_MOUNTS_MAX - 1));
	free(text);
}

/* A place with a longer name than there is room for must not be taken for another. */
static void a_very_long_mount_point(void **state)
{
	char text[2048];
	char name[400];
	struct uf_mounts mounts;
	struct uf_error err;
	char *root;

	(void)state;
	memset(name, 'n', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	snprintf(text, sizeof(text),
		 "1 1 31:2 / / ro - squashfs /dev/root ro\n"
		 "12 1 31:4 / /%s rw - jffs2 mtd4 rw\n"
		 "13 1 31:5 / /data rw - jffs2 mtd5 rw\n",
		 name);
	root = make_root(text);
	if (uf_mounts_read(root, &mounts, &err) == UF_OK) {
		assert_non_null(uf_mounts_writable(&mounts, 4));
		assert_non_null(uf_mounts_writable(&mounts, 5));
		assert_null(memchr(mounts.mount[1].where, '\0', 100));
	}
	remove_folder(root);
}

static void no_mountinfo(void **state)
{
	struct uf_mounts mounts;
	struct uf_error err;
	char *root = make_folder();

	(void)state;
	expect_error(uf_mounts_read(root, &mounts, &err), &err, UF_ERR_IO, UF_CHECK_NONE, "");
	remove_folder(root);
}

static void nothing_is_mounted(void **state)
{
	struct uf_mounts mounts;
	struct uf_mtd_list list;
	char *root;

	(void)state;
	read_mounts("", &mounts, &root);
	assert_int_equal(mounts.count, 0);
	assert_null(uf_mounts_writable(&mounts, 4));
	uf_mounts_under(root, &mounts, "/x", &list);
	assert_int_equal(list.count, 0);
	remove_folder(root);
}

/* The last line may have no newline; a line that is none does no harm. */
static void odd_lines(void **state)
{
	struct uf_mounts mounts;

	(void)state;
	read_mounts("20 1 31:4 / /a rw - jffs2 mtd4 rw", &mounts, NULL);
	assert_int_equal(mounts.count, 1);
	assert_true(mounts.mount[0].writable);
	assert_string_equal(mounts.mount[0].options, "rw");
}

/* The system that this test runs on has mounts, too. */
static void this_system(void **state)
{
	static struct uf_mounts mounts;
	struct uf_mtd_list list;
	struct uf_error err;

	(void)state;
	if (uf_mounts_read("", &mounts, &err) != UF_OK)
		skip();
	assert_true(mounts.count > 0);
	uf_mounts_under("", &mounts, "/proc/self/exe", &list);
	assert_int_equal(list.count, 0);
}

/* A remount needs all flags, those of the mount and those of the file system: what is left out is
 * taken away. */
static void flags_for_a_remount(void **state)
{
	struct uf_mounts mounts;

	(void)state;
	read_mounts(
		"12 1 31:2 / / ro,relatime - squashfs /dev/root ro\n"
		"19 12 31:4 / /system rw,nosuid,noatime - jffs2 /dev/mtdblock4 rw,sync,dirsync\n"
		"20 12 31:7 / /backupa rw,nodev,noexec,nodiratime,relatime - jffs2 /dev/m ro,mand\n",
		&mounts, NULL);
	assert_int_equal(mount_at(&mounts, "/")->flags, MS_RDONLY | MS_RELATIME);
	assert_int_equal(mount_at(&mounts, "/system")->flags,
			 MS_NOSUID | MS_NOATIME | MS_SYNCHRONOUS | MS_DIRSYNC);
	assert_int_equal(mount_at(&mounts, "/backupa")->flags,
			 MS_NODEV | MS_NOEXEC | MS_NODIRATIME | MS_RELATIME | MS_MANDLOCK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_camera_with_dafang_hacks),
		cmocka_unit_test(the_first_lines_of_3_10),
		cmocka_unit_test(writable_file_systems),
		cmocka_unit_test(options_of_file_systems),
		cmocka_unit_test(flags_for_a_remount),
		cmocka_unit_test(optional_fields),
		cmocka_unit_test(escaped_names),
		cmocka_unit_test(files_on_flash),
		cmocka_unit_test(files_on_an_overlay),
		cmocka_unit_test(an_overlay_of_lower_layers),
		cmocka_unit_test(an_overlay_with_a_layer_in_ram),
		cmocka_unit_test(an_overlay_over_the_root),
		cmocka_unit_test(layers_that_cannot_be_found),
		cmocka_unit_test(an_overlay_with_very_long_options),
		cmocka_unit_test(a_loop_device),
		cmocka_unit_test(a_loop_device_that_goes_round),
		cmocka_unit_test(a_mount_over_a_mount),
		cmocka_unit_test(a_mount_over_the_parent_of_a_mount),
		cmocka_unit_test(bind_mounts),
		cmocka_unit_test(more_mounts_than_fit),
		cmocka_unit_test(as_many_mounts_as_fit),
		cmocka_unit_test(a_very_long_mount_point),
		cmocka_unit_test(no_mountinfo),
		cmocka_unit_test(nothing_is_mounted),
		cmocka_unit_test(odd_lines),
		cmocka_unit_test(this_system),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
