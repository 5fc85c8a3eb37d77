/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The checks of a plan on the running system: mounts that write, files that lie on the flash. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "uniflash/live/checks.h"

/* The small chip as a camera that has its root and three jffs2 mounted, and a card. */
static const char mountinfo[] =
	"1 1 0:1 / / rw - rootfs rootfs rw\n"
	"12 1 31:2 / / ro,relatime - squashfs /dev/root ro\n"
	"13 12 31:3 / /driver ro,relatime - squashfs /dev/mtdblock3 ro\n"
	"16 12 0:14 / /tmp rw,relatime - tmpfs tmpfs rw\n"
	"19 12 31:4 / /system ro,relatime - jffs2 /dev/mtdblock4 ro\n"
	"20 12 31:7 / /backupa rw,relatime - jffs2 /dev/mtdblock7 rw\n"
	"21 12 31:8 / /configs rw,relatime - jffs2 /dev/mtdblock8 rw\n"
	"23 19 179:1 / /system/sdcard rw,relatime - vfat /dev/mmcblk0p1 rw\n";

/* A plan on a live camera. */
struct camera {
	struct rig rig;
	char *root;
	struct uf_mounts mounts;
	const char *image[3];
	struct uf_live_facts facts;
	struct uf_verdict verdict;
	struct recorder recorder;
};

/* Begin a camera whose plan writes just these partitions (bit N is the index N). */
static void begin_camera(struct camera *camera, unsigned parts, const char *mounts)
{
	struct rig *rig = &camera->rig;

	memset(camera, 0, sizeof(*camera));
	camera->root = make_folder();
	write_file(camera->root, "proc/self/mountinfo", mounts, strlen(mounts));
	expect_ok(uf_mounts_read(camera->root, &camera->mounts, &rig->err), &rig->err);

	rig_begin_small(rig, NULL);
	rig->map.source = UF_MAP_FROM_CMDLINE;
	fill_random(rig->bytes, SMALL_SIZE, 1);
	memcpy(rig_cells(rig), rig->bytes, SMALL_SIZE);
	for (unsigned at = 0; at < SMALL_PIECES; at++)
		if (parts >> at & 1)
			rig_cells(rig)[rig->table.part[at].range.off] ^= 1;
	rig_prepare(rig);
	recorder_begin(&camera->recorder);
	camera->image[0] = "/system/sdcard/image.bin";
	camera->facts = (struct uf_live_facts){
		.plan = &rig->plan,
		.mounts = &camera->mounts,
		.root = camera->root,
		.executable = "/tmp/uniflash",
		.images = 1,
		.image = camera->image,
		.log = NULL,
		.no_backup = true,
	};
}

static void end_camera(struct camera *camera)
{
	rig_end(&camera->rig);
	remove_folder(camera->root);
}

static int judge(struct camera *camera)
{
	return uf_check_all(uf_live_checks, uf_live_check_count, &camera->facts, &camera->verdict,
			    &camera->recorder.hooks);
}

/* What a check came to; fails where it was not judged, or judged twice. */
static const struct uf_check_event *event_of(const struct camera *camera, enum uf_check_id id)
{
	const struct uf_check_event *found = NULL;

	for (unsigned at = 0; at < camera->recorder.checks; at++) {
		if (camera->recorder.check[at].id != id)
			continue;
		assert_null(found);
		found = &camera->recorder.check[at];
	}
	if (!found)
		fail_msg("%s was not judged", uf_check_name(id));
	return found;
}

/* Check that nothing is refused. */
static void expect_fine(struct camera *camera)
{
	int ret = judge(camera);

	if (ret != UF_OK)
		fail_msg("%s: %s", uf_check_name(camera->verdict.first.check),
			 camera->verdict.first.what);
	assert_int_equal(camera->verdict.refused, 0);
}

/* Check that just this check refuses, in words that hold `part`. */
static void expect_refused(struct camera *camera, enum uf_check_id id, const char *part)
{
	const struct uf_check_event *event;

	assert_int_equal(judge(camera), UF_ERR_REFUSED);
	assert_true(camera->verdict.refused == UF_CHECK_BIT(id));
	assert_int_equal(camera->verdict.first.code, UF_ERR_REFUSED);
	assert_int_equal(camera->verdict.first.check, id);
	event = event_of(camera, id);
	assert_int_equal(event->result, UF_CHECK_REFUSED);
	if (!strstr(event->detail, part))
		fail_msg("\"%s\" does not name %s", event->detail, part);
}

static void nothing_in_the_way(void **state)
{
	struct camera camera;

	(void)state;
	begin_camera(&camera, 1u << 0 | 1u << 4, mountinfo);
	expect_fine(&camera);
	assert_int_equal(event_of(&camera, UF_CHECK_DEVICE_BUSY)->result, UF_CHECK_OK);
	assert_int_equal(event_of(&camera, UF_CHECK_SELF_ON_FLASH)->result, UF_CHECK_OK);
	end_camera(&camera);
}

/* Mounted writable and to be written: refused, with the place it is mounted at. */
static void a_writable_mount(void **state)
{
	struct camera camera;

	(void)state;
	begin_camera(&camera, 1u << 7, mountinfo);
	expect_refused(&camera, UF_CHECK_DEVICE_BUSY, "/backupa");
	end_camera(&camera);

	begin_camera(&camera, 1u << 0 | 1u << 8, mountinfo);
	expect_refused(&camera, UF_CHECK_DEVICE_BUSY, "/configs");
	end_camera(&camera);
}

/* Mounted writable, but nothing in it is to change. */
static void a_writable_mount_that_stays(void **state)
{
	struct camera camera;

	(void)state;
	begin_camera(&camera, 0x7ff & ~(1u << 7 | 1u << 8), mountinfo);
	camera.facts.executable = "/tmp/uniflash";
	expect_fine(&camera);
	end_camera(&camera);
}

/* Mounted read-only, of a file system that is writable elsewhere. */
static void a_file_system_that_is_writable_elsewhere(void **state)
{
	static const char text[] = "12 1 31:2 / / ro - squashfs /dev/root ro\n"
				   "16 12 0:14 / /tmp rw - tmpfs tmpfs rw\n"
				   "21 12 31:8 / /configs ro - jffs2 /dev/mtdblock8 rw\n";
	struct camera camera;

	(void)state;
	begin_camera(&camera, 1u << 8, text);
	camera.image[0] = "/tmp/image.bin";
	expect_refused(&camera, UF_CHECK_DEVICE_BUSY, "/configs");
	end_camera(&camera);
}

/* The kernel's numbers decide, which differ from places where an alias was left out. */
static void numbers_of_the_kernel(void **state)
{
	struct camera camera;

	(void)state;
	begin_camera(&camera, 1u << 6, mountinfo);
	for (unsigned at = 0; at < SMALL_PIECES; at++)
		camera.rig.map.table.part[at].number = at + 1;
	/* Index 6 is mtd7 now, which is mounted on /backupa. */
	expect_refused(&camera, UF_CHECK_DEVICE_BUSY, "/backupa");
	end_camera(&camera);

	begin_camera(&camera, 1u << 7, mountinfo);
	for (unsigned at = 0; at < SMALL_PIECES; at++)
		camera.rig.map.table.part[at].number = at + 2;
	expect_fine(&camera);
	end_camera(&camera);
}

/* Names of -l that reach over several partitions of the kernel: its partitions count. */
static void names_of_another_layout(void **state)
{
	static const struct piece piece[] = {
		{"boot", 2 * SMALL_BLOCK},
		{"rest", 30 * SMALL_BLOCK},
	};
	struct camera camera;

	(void)state;
	begin_camera(&camera, 0, mountinfo);
	make_table(&camera.rig.table, piece, 2);
	/* Only block 29, which is config of the kernel, mtd8. */
	rig_cells(&camera.rig)[29 * SMALL_BLOCK] ^= 1;
	rig_forget(&camera.rig);
	rig_prepare(&camera.rig);
	expect_refused(&camera, UF_CHECK_DEVICE_BUSY, "/configs");
	end_camera(&camera);

	begin_camera(&camera, 0, mountinfo);
	make_table(&camera.rig.table, piece, 2);
	rig_cells(&camera.rig)[30 * SMALL_BLOCK] ^= 1;
	rig_forget(&camera.rig);
	rig_prepare(&camera.rig);
	expect_fine(&camera);
	end_camera(&camera);
}

static void the_executable_on_a_target(void **state)
{
	struct camera camera;

	(void)state;
	begin_camera(&camera, 1u << 2, mountinfo);
	camera.facts.executable = "/usr/sbin/uniflash";
	expect_refused(&camera, UF_CHECK_SELF_ON_FLASH, "/usr/sbin/uniflash");
	end_camera(&camera);

	begin_camera(&camera, 1u << 2, mountinfo);
	camera.facts.executable = "/driver/uniflash";
	expect_fine(&camera);
	end_camera(&camera);
}

static void the_image_on_a_target(void **state)
{
	struct camera camera;

	(void)state;
	begin_camera(&camera, 1u << 4, mountinfo);
	camera.image[0] = "/system/image.bin";
	expect_refused(&camera, UF_CHECK_SELF_ON_FLASH, "/system/image.bin");
	end_camera(&camera);

	begin_camera(&camera, 1u << 0, mountinfo);
	camera.image[0] = "/system/image.bin";
	expect_fine(&camera);
	end_camera(&camera);
}

/* Of partition files, each is one that may lie on a target. */
static void one_of_several_images_on_a_target(void **state)
{
	(void)state;
	for (unsigned at = 0; at < 3; at++) {
		struct camera camera;

		begin_camera(&camera, 1u << 4, mountinfo);
		camera.facts.images = 3;
		camera.image[0] = "/system/sdcard/kernel.bin";
		camera.image[1] = NULL;
		camera.image[2] = "/tmp/root.bin";
		camera.image[at] = "/system/part.bin";
		expect_refused(&camera, UF_CHECK_SELF_ON_FLASH, "/system/part.bin");
		end_camera(&camera);
	}
}

static void several_images_elsewhere(void **state)
{
	struct camera camera;

	(void)state;
	begin_camera(&camera, 1u << 4, mountinfo);
	camera.facts.images = 3;
	camera.image[0] = "/system/sdcard/kernel.bin";
	camera.image[1] = NULL;
	camera.image[2] = "/tmp/root.bin";
	expect_fine(&camera);
	end_camera(&camera);
}

static void the_log_on_a_target(void **state)
{
	struct camera camera;

	(void)state;
	begin_camera(&camera, 1u << 4, mountinfo);
	camera.facts.log = "/system/uniflash.log";
	expect_refused(&camera, UF_CHECK_SELF_ON_FLASH, "/system/uniflash.log");
	end_camera(&camera);

	begin_camera(&camera, 1u << 4, mountinfo);
	camera.facts.log = "/system/sdcard/uniflash.log";
	expect_fine(&camera);
	end_camera(&camera);
}

/* Where nothing is known of them, nothing is said of them. */
static void no_files_known(void **state)
{
	struct camera camera;

	(void)state;
	begin_camera(&camera, 1u << 4, mountinfo);
	camera.facts.executable = NULL;
	camera.image[0] = NULL;
	camera.facts.log = NULL;
	expect_fine(&camera);
	end_camera(&camera);

	begin_camera(&camera, 1u << 4, mountinfo);
	camera.facts.executable = NULL;
	camera.facts.images = 0;
	camera.facts.image = NULL;
	camera.facts.log = NULL;
	expect_fine(&camera);
	end_camera(&camera);
}

/* A plan that changes nothing is never in the way of anything. */
static void nothing_to_write(void **state)
{
	struct camera camera;

	(void)state;
	begin_camera(&camera, 0, mountinfo);
	camera.facts.executable = "/usr/sbin/uniflash";
	camera.image[0] = "/configs/image.bin";
	camera.facts.no_backup = false;
	expect_fine(&camera);
	end_camera(&camera);
}

/* The executable on an overlay lies on each of its layers. */
static void the_executable_on_an_overlay(void **state)
{
	static const char text[] =
		"13 22 31:2 / /rom ro - squashfs /dev/root ro\n"
		"15 22 0:12 / /tmp rw - tmpfs tmpfs rw\n"
		"16 22 31:8 / /overlay ro - jffs2 /dev/mtdblock8 ro\n"
		"22 1 0:16 / / ro - overlay overlayfs:/overlay "
		"ro,lowerdir=/rom,upperdir=/overlay/upper,workdir=/overlay/work\n";
	struct camera camera;

	(void)state;
	for (unsigned part = 0; part < SMALL_PIECES; part++) {
		begin_camera(&camera, 1u << part, text);
		camera.facts.executable = "/usr/sbin/uniflash";
		camera.image[0] = "/tmp/image.bin";
		if (part == 2 || part == 8)
			expect_refused(&camera, UF_CHECK_SELF_ON_FLASH, "/usr/sbin/uniflash");
		else
			expect_fine(&camera);
		end_camera(&camera);
	}
}

/* Where it cannot be told what a file lies on, it is not told to be fine. */
static void a_file_on_unknown_layers(void **state)
{
	static const char text[] = "13 1 31:2 / /rom ro - squashfs /dev/root ro\n"
				   "15 1 0:12 / /tmp rw - tmpfs tmpfs rw\n"
				   "22 1 0:16 / / ro - overlay overlay ro,lowerdir=lower:/rom\n";
	struct camera camera;

	(void)state;
	begin_camera(&camera, 1u << 0, text);
	camera.facts.executable = "/usr/sbin/uniflash";
	camera.image[0] = "/tmp/image.bin";
	judge(&camera);
	assert_int_not_equal(event_of(&camera, UF_CHECK_SELF_ON_FLASH)->result, UF_CHECK_OK);
	end_camera(&camera);
}

/* Something would change, and there is neither a backup nor --no-backup. */
static void no_backup(void **state)
{
	struct camera camera;

	(void)state;
	begin_camera(&camera, 1u << 0, mountinfo);
	camera.facts.no_backup = false;
	expect_refused(&camera, UF_CHECK_BACKUP_NONE, "");
	assert_non_null(strstr(camera.verdict.first.next, "--no-backup"));
	end_camera(&camera);
}

/* Everything is judged, so that the user sees all of it at once. */
static void all_refusals_at_once(void **state)
{
	struct camera camera;

	(void)state;
	begin_camera(&camera, 0x7ff, mountinfo);
	camera.facts.executable = "/usr/sbin/uniflash";
	camera.facts.no_backup = false;
	assert_int_equal(judge(&camera), UF_ERR_REFUSED);
	assert_true(camera.verdict.refused ==
		    (UF_CHECK_BIT(UF_CHECK_DEVICE_BUSY) | UF_CHECK_BIT(UF_CHECK_SELF_ON_FLASH) |
		     UF_CHECK_BIT(UF_CHECK_BACKUP_NONE)));
	end_camera(&camera);
}

/* --allow lets device.busy pass, self.on-flash never. */
static void what_can_be_allowed(void **state)
{
	struct camera camera;

	(void)state;
	begin_camera(&camera, 1u << 7, mountinfo);
	camera.verdict.allow = UF_CHECK_BIT(UF_CHECK_DEVICE_BUSY);
	expect_fine(&camera);
	assert_int_equal(event_of(&camera, UF_CHECK_DEVICE_BUSY)->result, UF_CHECK_ALLOWED);
	assert_true(camera.verdict.used == UF_CHECK_BIT(UF_CHECK_DEVICE_BUSY));
	end_camera(&camera);

	begin_camera(&camera, 1u << 2, mountinfo);
	camera.facts.executable = "/usr/sbin/uniflash";
	camera.verdict.allow = UF_CHECK_BIT(UF_CHECK_SELF_ON_FLASH);
	expect_refused(&camera, UF_CHECK_SELF_ON_FLASH, "/usr/sbin/uniflash");
	end_camera(&camera);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_in_the_way),
		cmocka_unit_test(a_writable_mount),
		cmocka_unit_test(a_writable_mount_that_stays),
		cmocka_unit_test(a_file_system_that_is_writable_elsewhere),
		cmocka_unit_test(numbers_of_the_kernel),
		cmocka_unit_test(names_of_another_layout),
		cmocka_unit_test(the_executable_on_a_target),
		cmocka_unit_test(the_image_on_a_target),
		cmocka_unit_test(one_of_several_images_on_a_target),
		cmocka_unit_test(several_images_elsewhere),
		cmocka_unit_test(the_log_on_a_target),
		cmocka_unit_test(no_files_known),
		cmocka_unit_test(nothing_to_write),
		cmocka_unit_test(the_executable_on_an_overlay),
		cmocka_unit_test(a_file_on_unknown_layers),
		cmocka_unit_test(no_backup),
		cmocka_unit_test(all_refusals_at_once),
		cmocka_unit_test(what_can_be_allowed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
