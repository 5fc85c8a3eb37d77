#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck disable=SC2154 # run sets stderr
# The running kernel's table: /proc and /sys of fixtures/roots, with the dump flash.bin as the flash
# behind it (the seam UNIFLASH_FLASH; without it there is no device that could be opened here).

load common

# on_camera ROOT ARGS: the executable, the images and the dump lie on an SD card there.
on_camera() {
  local root=$BATS_TEST_TMPDIR/root folder
  rm -rf "$root"
  cp -r "$FIXTURES/roots/$1" "$root"
  shift
  for folder in "$(dirname "$UNIFLASH_TESTING_EXE")" "$(dirname "$(image stock)")" "$BATS_TEST_TMPDIR"; do
    mounted "$root" "$(realpath "$folder")"
  done
  UNIFLASH_ROOT=$root UNIFLASH_FLASH=$BATS_TEST_TMPDIR/flash.bin testing "$@"
}

# mounted ROOT FOLDER: an SD card is mounted there, on what "/" was mounted last.
mounted() {
  [ -e "$1/proc/self/mountinfo" ] || return 0
  local top
  top=$(awk '$5 == "/" { id = $1 } END { print id }' "$1/proc/self/mountinfo")
  printf '%s %s 179:1 / %s rw,relatime - vfat /dev/mmcblk0p1 rw\n' "9$RANDOM" "$top" "$2" >> "$1/proc/self/mountinfo"
}

# partitions: "INDEX NAME OFFSET SIZE" of the info event.
partitions() {
  json 'select(.event == "info").partitions[] | "\(.index) \(.name) \(.offset) \(.size)"'
}

@test "info on stock T20 (Linux 3.10: no offsets in sysfs, no MemAvailable) shows the eleven partitions" {
  dump stock
  on_camera dafang-3.10 info --json
  exits 0
  valid_json
  is "$(partitions)" "$(perl -ane 'printf "%d %s %d %d\n", $. - 1, $F[0], hex $F[1], hex($F[2]) - hex $F[1]' <<< "$DAFANG")"
  is "$(json 'select(.event == "info") | "\(.size) \(.erase_size) \(.layout)"')" "16777216 32768 dafang"
}

@test "info says what is mounted where, and what of it is mounted writable" {
  dump stock
  on_camera dafang-3.10 info --json
  exits 0
  is "$(json 'select(.event == "info").partitions[] | select(.writable).name' | tr '\n' ' ')" "appfs backupa config para "
  has "$(json 'select(.event == "info").partitions[] | select(.name == "config").mounted')" /configs
  has "$(json 'select(.event == "info").partitions[] | select(.name == "root").mounted')" '"/"'
  is "$(json 'select(.event == "info").partitions[] | select(.device).name' | tr '\n' ' ')" "config para "
  on_camera dafang-3.10 info
  exits 0
  has "$output" /system /configs /params "SoC T20" "99236 KiB"
}

@test "info on stock T31 recognises the layout by names and sizes" {
  dump stock
  on_camera wyze-t31 info --json
  exits 0
  is "$(json 'select(.event == "info").layout')" wyze-t31
  is "$(partitions | tail -n 2)" $'6 cfg 16318464 393216\n7 para 16711680 65536'
}

@test "info on SXJ02ZM recognises the layout by names and sizes" {
  dump stock
  on_camera sxj02zm info --json
  exits 0
  is "$(json 'select(.event == "info").layout')" sxj02zm
  is "$(partitions | tail -n 2)" $'4 config 16646144 65536\n5 factory 16711680 65536'
}

@test "the alias entries all and upgrade are left out, and the rest tiles the flash" {
  head -c 8M "$(image stock)" > flash.bin
  on_camera thingino-aliases info --json
  exits 0
  is "$(json 'select(.event == "info").size')" 8388608
  is "$(partitions | cut -d ' ' -f 2 | tr '\n' ' ')" "boot env config kernel rootfs rootfs_data "
}

@test "offsets come from sysfs where the kernel has them" {
  dump stock
  on_camera openipc info --json
  exits 0
  is "$(partitions)" '0 boot 0 262144
1 env 262144 65536
2 kernel 327680 2097152
3 rootfs 2424832 5242880
4 rootfs_data 7667712 9109504'
  on_camera openipc info
  has "$output" "offsets from sysfs" "64 KiB"
}

@test "a second, unrelated flash is left alone" {
  dump stock
  on_camera second-flash info --json
  exits 0
  is "$(json 'select(.event == "info").size')" 16777216
  is "$(partitions | wc -l)" 11
}

@test "a gap in the kernel's table is map.gap, with the offsets, and never allowed" {
  dump random 1
  untouched_by on_camera gap -y --no-backup "$(image stock)"
  refused map.gap
  has "$stderr" 0x040000 0x050000 boot kernel
  untouched_by on_camera gap -y --no-backup --allow map.gap "$(image stock)"
  refused map.gap
}

@test "an overlap in the kernel's table is map.overlap, with the offsets, and never allowed" {
  dump random 1
  untouched_by on_camera overlap -y --no-backup --allow map.overlap "$(image stock)"
  refused map.overlap
  has "$stderr" 0x240000 0x250000 root kernel
}

@test "info still shows a table that it would not write" {
  dump stock
  local root
  for root in gap overlap; do
    on_camera "$root" info
    has "$output" "boot" "0xff0000-0x1000000"
    has "$stderr" "map.$root"
  done
}

@test "a table that contradicts the command line is map.offset-mismatch" {
  dump random 1
  untouched_by on_camera contradiction plan "$(image stock)"
  refused map.offset-mismatch
}

@test "partitions inside an erase block are map.unaligned" {
  dump random 1
  untouched_by on_camera unaligned plan "$(image stock)"
  refused map.unaligned
  has "$stderr" env
}

@test "a kernel that shows 8 MiB of 16 takes no image of 16 MiB" {
  dump random 1
  untouched_by on_camera half-known -y --no-backup "$(image stock)"
  exits 3
  has "$stderr" "The flash is as it was."
}

@test "the plan on a camera names the kernel's partitions, also where checks refuse" {
  dump random 1
  untouched_by on_camera dafang-3.10 plan --json "$(image stock)"
  exits 3
  is "$(json 'select(.event == "check" and .result == "refused").id' | tr '\n' ' ')" "device.busy backup.none "
  is "$(json 'select(.event == "plan").partitions[] | "\(.name) \(.mtd | join(","))"' | tail -n 2)" $'para 9\nflag 10'
  is "$(json 'select(.event == "plan") | "\(.erase_blocks) \(.provisional)"')" "496 true"
}

@test "a target that is mounted writable is device.busy, and named with where it is mounted" {
  dump random 1
  untouched_by on_camera dafang-3.10 -y --no-backup "$(image stock)"
  refused device.busy
  has "$stderr" appfs /system
}

@test "partitions that are mounted writable and kept are no hindrance" {
  dump random 1
  on_camera dafang-3.10 -y --no-backup -k appfs,backupa,config,para "$(image stock)"
  exits 0
  is "$(digest <(slice flash.bin 0 0x630000))" "$(digest <(slice "$(image stock)" 0 0x630000))"
}

@test "-l that contradicts the kernel's table in size is map.layout-mismatch" {
  dump random 1
  untouched_by on_camera dafang-3.10 plan -l 'mtdparts=f:1M(a),7M(b)' "$(image stock)"
  refused map.layout-mismatch
}

@test "-l gives other names to the same flash" {
  dump random 1
  on_camera dafang-3.10 plan --json --no-backup --allow device.busy -l wyze-t31 "$(image stock)"
  exits 0
  is "$(json 'select(.event == "plan").partitions[] | "\(.name) \(.mtd | join(","))"')" 'boot 0
kernel 1
rootfs 1,2,3
app 3,4
kback 4,5
aback 5,6,7,8
cfg 8,9
para 10'
}
