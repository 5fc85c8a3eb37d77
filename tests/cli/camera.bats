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
  is "$(json 'select(.event == "check" and .result == "refused").id' | tr '\n' ' ')" "device.busy "
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

# --- what the camera is ---------------------------------------------------------------------------

# firmware OUT NAME [KEY=VALUE...]
firmware() {
  local out=$1
  shift
  "$FIXTURES/make-firmware" "$1" "$out" "${@:2}" >&2
}

# prepared ROOT: the root that on_camera is to take, for what a test adds to it.
prepared() {
  rm -rf roots
  cp -r "$FIXTURES/roots/$1" roots
}

# on_prepared ARGS: on_camera with that root.
on_prepared() {
  local real=$FIXTURES
  local FIXTURES=$BATS_TEST_TMPDIR/prepared
  mkdir -p "$FIXTURES/roots"
  ln -sf "$real"/make-* "$FIXTURES/"
  rm -rf "$FIXTURES/roots/it"
  cp -r --sparse=always roots "$FIXTURES/roots/it"
  on_camera it "$@"
}

@test "the board's name in /proc/cpuinfo tells the SoC, whatever lies on the flash" {
  firmware flash.bin stock-t20 seed=7
  firmware image.bin thingino-f soc=T20 size=16777216
  on_camera wyze-t31 plan --no-backup image.bin
  refused boot.soc-mismatch
  has "$stderr" "for T20, this camera is a T31 (says /proc/cpuinfo)"
}

# register ID: the id register of such an SoC, at its place in a /dev/mem that is all hole else.
register() {
  mkdir -p roots/dev
  truncate -s $((0x13001000)) roots/dev/mem
  perl -e 'open my $f, "+<:raw", "roots/dev/mem" or die; seek $f, 0x1300002c, 0; print $f pack "V", hex($ARGV[0]) << 12' "$1"
}

@test "the SoC's own register knows better than the name of the board" {
  firmware flash.bin stock-t20 seed=7
  firmware image.bin thingino-f soc=T31 size=16777216
  prepared wyze-t31
  register 2000
  on_prepared plan --no-backup image.bin
  refused boot.soc-mismatch
  has "$stderr" "for T31, this camera is a T20 (says its id register)"
  register 0031
  on_prepared plan --no-backup --json image.bin
  is "$(json 'select(.event == "check" and .id == "boot.soc-mismatch").result')" ok
}

@test "what is no Ingenic SoC has no such register" {
  firmware flash.bin stock-t20 seed=7
  firmware image.bin thingino-f soc=T31 size=16777216
  prepared wyze-t31
  register 0031
  sed -i 's/Ingenic Xburst.*/MIPS 24Kc/; s/: Swan/: MIPS Malta/' roots/proc/cpuinfo
  on_prepared plan --no-backup image.bin
  refused boot.soc-mismatch
  has "$stderr" "this camera is a T20 (says its boot loader)"
}

@test "RAM is what the kernel command line adds up to" {
  firmware flash.bin stock-t31 seed=7
  firmware image.bin stock-t31 ram=64
  on_camera wyze-t31 plan --no-backup -k none image.bin
  refused boot.ram-mismatch
  has "$stderr" "64 MiB of RAM, this camera has 128 MiB (says /proc/cmdline)"
}

@test "the MAC addresses are told, and how to give one to thingino" {
  firmware flash.bin stock-t31 seed=7
  firmware image.bin thingino-f soc=T31 size=16777216
  prepared wyze-t31
  mkdir -p roots/sys/class/net/lo roots/sys/class/net/wlan0
  echo 00:00:00:00:00:00 > roots/sys/class/net/lo/address
  echo 2c:aa:8e:12:34:56 > roots/sys/class/net/wlan0/address
  on_prepared plan --no-backup --log log image.bin
  has "$output" "wlan0 has the MAC address 2c:aa:8e:12:34:56" "fw_setenv wlan_mac 2c:aa:8e:12:34:56"
  lacks "$output" "lo has"
  has "$(cat log)" "2c:aa:8e:12:34:56"
  has "$stderr" "this camera's own data will be written over: cfg"
}

@test "the camera's own layout keeps what is its own, and another camera's image does not bring its own" {
  firmware flash.bin stock-t20 seed=7 mac=2c:aa:8e:00:00:01
  firmware image.bin stock-t20 mac=2c:aa:8e:00:00:02
  on_camera dafang-3.10 plan --json --no-backup image.bin
  is "$(json 'select(.event == "plan").partitions[] | select(.action == "keep").name' | paste -sd' ')" "config para"
}
