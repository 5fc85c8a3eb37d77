#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck disable=SC2154 # run sets stderr
# The way back: backups, the journal and what a run that was cut off leaves, --once.

load common

# firmware OUT NAME [KEY=VALUE...]
firmware() {
  local out=$1
  shift
  "$FIXTURES/make-firmware" "$1" "$out" "${@:2}" >&2
}

# camera [ADDRESS [ROOT]]: a camera, T20 if nothing else is said, whose partitions nobody has mounted,
# with an SD card at card/; the executable lies on another one.
camera() {
  rm -rf root card
  cp -r "$FIXTURES/roots/${2:-dafang-3.10}" root
  sed -i '/ 31:/d' root/proc/self/mountinfo root/proc/self/mounts root/proc/mounts
  mkdir -p card root/sys/class/net/wlan0
  echo "${1:-2c:aa:8e:00:00:01}" > root/sys/class/net/wlan0/address
  mounted "$(dirname "$(realpath "$UNIFLASH_TESTING_EXE")")" nfs 0:31
  mounted "$(realpath card)"
}

# mounted FOLDER [TYPE DEVICE]: something is mounted there, an SD card if nothing else is said.
mounted() {
  local top
  top=$(awk '$5 == "/" { id = $1 } END { print id }' root/proc/self/mountinfo)
  [ -n "$top" ] || { top=1; echo "1 0 0:1 / / rw - rootfs rootfs rw" >> root/proc/self/mountinfo; }
  printf '%s %s %s / %s rw - %s /dev/x rw\n' "9$RANDOM" "$top" "${3:-179:1}" "$1" "${2:-vfat}" >> root/proc/self/mountinfo
}

on_camera() {
  UNIFLASH_ROOT=$PWD/root UNIFLASH_FLASH=$PWD/flash.bin testing "$@"
}

backups() {
  find card -name 'uniflash-backup-*.bin' | wc -l
}

@test "the flash is backed up beside the image before the first erase, read twice, with its digest" {
  camera
  firmware flash.bin stock-t20 seed=7
  cp flash.bin before.bin
  firmware card/image.bin stock-t20
  on_camera -y -k none card/image.bin
  exits 0
  same_bytes flash.bin card/image.bin
  is "$(backups)" 1
  local name sum
  sum=$(sha256sum < before.bin | cut -c1-64)
  name=card/uniflash-backup-${sum:0:12}.bin
  same_bytes "$name" before.bin
  (cd card && sha256sum -c "${name##*/}.sha256sum")
  has "$(cat "$name.info")" "layout: dafang" "identity: " "mac: wlan0 2c:aa:8e:00:00:01" "mtdparts=" "sha256: $sum"
  has "$output" "The backup is " "read back and is right"
  is "$(json .event 2> /dev/null | grep -c x || true)" 0
}

@test "identical content is not written twice, and a run that changes nothing makes none" {
  camera
  firmware flash.bin stock-t20 seed=7
  cp flash.bin before.bin
  firmware card/image.bin stock-t20
  on_camera -y -q -k none card/image.bin
  exits 0
  on_camera -y -q -k none card/image.bin
  exits 0
  is "$(backups)" 1
  cp before.bin flash.bin
  on_camera -y -k none card/image.bin
  exits 0
  has "$output" "is there already"
  is "$(backups)" 1
}

@test "a backup brings the camera back to the byte, with no options" {
  camera
  firmware flash.bin stock-t20 seed=7 mac=2c:aa:8e:00:00:01
  cp flash.bin before.bin
  firmware card/image.bin stock-t20 seed=2
  on_camera -y -q card/image.bin
  exits 0
  poke flash.bin 0xf70100 0xfb0100
  on_camera -y card/uniflash-backup-*.bin
  exits 0
  same_bytes flash.bin before.bin
}

# camera_of ROOT: the camera with another table of partitions.
camera_of() {
  camera 2c:aa:8e:00:00:01 "$1"
}

# openmiko: its table on that camera.
camera_openmiko() {
  camera_of dafang-3.10
  rm -rf root/sys/class/mtd
  perl -pi -e 's/mtdparts=\S+/mtdparts=jz_sfc:256k(boot),2048k(kernel),13504k(root),256k(config),256k(para),-(flag)/' root/proc/cmdline
  perl -e 'my $n = 0; print qq(dev:    size   erasesize  name\n); while (@ARGV) { my ($size, $name) = splice @ARGV, 0, 2;
    printf qq(mtd%d: %08x 00008000 "%s"\n), $n++, $size * 1024, $name }' \
    256 boot 2048 kernel 13504 root 256 config 256 para 64 flag > root/proc/mtd
}

# there_and_back FIRMWARE OTHER [KEY=VALUE...]: the camera holds FIRMWARE, gets OTHER, and its own
# backup brings it back to the byte.
there_and_back() {
  local size
  # shellcheck disable=SC2086 # a firmware and its soc
  firmware flash.bin $1 seed=7 mac=2c:aa:8e:00:00:01
  size=$(stat -c %s flash.bin)
  rm -f card/*
  cp flash.bin before.bin
  firmware card/image.bin "$2" seed=2 size="$size" "${@:3}"
  on_camera -y -q -k none --allow boot.soc-mismatch,boot.ram-mismatch,kernel.checksum,rootfs.missing card/image.bin
  exits 0
  same_bytes flash.bin card/image.bin
  on_camera -y card/uniflash-backup-*.bin
  exits 0
  same_bytes flash.bin before.bin
}

@test "backups of every layout bring their camera back after another firmware" {
  camera_of dafang-3.10
  there_and_back stock-t20 thingino-f
  there_and_back dafang-hacks thingino-f
  camera_of wyze-t31
  there_and_back stock-t31 thingino-f soc=T31
  camera_of sxj02zm
  there_and_back sxj02zm thingino-f
  camera_openmiko
  there_and_back openmiko stock-t20
  camera_of openipc
  there_and_back "openipc-16m soc=T20" stock-t20
  camera_of thingino-aliases
  there_and_back thingino-c openipc-8m
}

@test "another camera's backup leaves what is this camera's own, and says so" {
  camera 2c:aa:8e:00:00:02
  firmware flash.bin stock-t20 seed=8
  firmware card/image.bin stock-t20 seed=9
  on_camera -y -q card/image.bin
  mkdir other
  mv card/uniflash-backup-*.bin* other/
  camera 2c:aa:8e:00:00:01
  mounted "$(realpath other)"
  firmware flash.bin stock-t20 seed=7
  cp flash.bin before.bin
  local backup
  backup=$(find other -name '*.bin')
  on_camera -y "$backup"
  exits 0
  has "$output" "a backup of another camera" "--keep none"
  is "$(digest <(slice flash.bin 0xf70000 0xff0000))" "$(digest <(slice before.bin 0xf70000 0xff0000))"
  is "$(digest <(slice flash.bin 0 0xf70000))" "$(digest <(slice "$backup" 0 0xf70000))"
}

@test "an image in RAM or on standard input: the backup goes onto the card" {
  camera
  firmware flash.bin stock-t20 seed=7
  mkdir ram
  firmware ram/image.bin stock-t20
  mounted "$(realpath ram)" tmpfs 0:30
  on_camera -y -q -k none ram/image.bin
  exits 0
  is "$(backups)" 1
  is "$(find ram -name 'uniflash*')" ""
}

@test "no place for a backup is backup.none, -b gives one, --no-backup goes without" {
  camera
  firmware flash.bin stock-t20 seed=7
  cp flash.bin before.bin
  mkdir ram
  firmware ram/image.bin stock-t20
  sed -i '\|/card |d' root/proc/self/mountinfo
  mounted "$(realpath ram)" tmpfs 0:30
  untouched_by on_camera -y ram/image.bin
  refused backup.none
  has "$stderr" "-b FILE" "--no-backup"
  on_camera -y -q -k none -b card/mine.bin ram/image.bin
  exits 0
  same_bytes card/mine.bin before.bin
  cp before.bin flash.bin
  on_camera -y -q -k none --no-backup ram/image.bin
  exits 0
  on_camera -y -b x --no-backup ram/image.bin
  exits 2
}

@test "a card that is full, or not to be written, ends the run before the first erase" {
  camera
  firmware flash.bin stock-t20 seed=7
  firmware card/image.bin stock-t20
  untouched_by on_camera -y -k none -b /dev/full/x card/image.bin
  [ "$status" -ne 0 ] || report "it went on"
  printf x > card/there.bin
  untouched_by on_camera -y -k none -b card/there.bin card/image.bin
  exits 1
  has "$stderr" "exists already and holds something else"
  mkdir card/closed
  chmod 555 card/closed
  UNIFLASH_ROOT=$PWD/root UNIFLASH_FLASH=$PWD/flash.bin untouched_by \
    run --separate-stderr unprivileged "$UNIFLASH_TESTING_EXE" -y -k none -b card/closed/x.bin card/image.bin
  exits 1
  has "$stderr" "Permission denied" "The flash is as it was"
}

@test "a flash that reads one way now and another then has no backup and is not written" {
  camera
  firmware flash.bin stock-t20 seed=7
  firmware card/image.bin stock-t20
  UNIFLASH_FAULT=seed=1,read-flip=6000 untouched_by on_camera -y -k none card/image.bin
  [ "$status" -eq 1 ] || report "it went on"
  is "$(find card -name '*.part')" ""
}

@test "backup alone: into a file, packed, and onto standard output" {
  camera
  firmware flash.bin stock-t20 seed=7
  on_camera backup card/all.bin
  exits 0
  same_bytes card/all.bin flash.bin
  untouched_by on_camera backup card/all.bin
  exits 1
  has "$stderr" "exists already"
  on_camera backup card/all.bin.gz
  exits 0
  is "$(zcat card/all.bin.gz | sha256sum)" "$(sha256sum < flash.bin)"
  (cd card && sha256sum -c all.bin.gz.sha256sum)
  UNIFLASH_ROOT=$PWD/root UNIFLASH_FLASH=$PWD/flash.bin "$UNIFLASH_TESTING_EXE" backup - > out.bin
  same_bytes out.bin flash.bin
  uniflash backup -d file:flash.bin dump.bin
  exits 0
  same_bytes dump.bin flash.bin
}

@test "the result names the backup: one that was made, one of a run that was cut off, and none" {
  camera
  firmware flash.bin stock-t20 seed=7
  firmware card/image.bin stock-t20
  killed_after 40
  on_camera -y --json -k none card/image.bin
  exits 0
  result backup "$(realpath card/uniflash-backup-*.bin)"
  on_camera -y --json -k none card/image.bin
  result "status backup" "unchanged "
  firmware flash.bin stock-t20 seed=7
  on_camera -y --json -k none -b card/asked.bin card/image.bin
  result backup card/asked.bin
  firmware flash.bin stock-t20 seed=7
  on_camera -y --json -k none --no-backup card/image.bin
  result "status backup" "done "
  on_camera --json backup card/all.bin
  result backup card/all.bin
}

# On FAT a rename leaves a size of 0 on the card until the file is written out once more.
@test "the backup is flushed under its own name, too" {
  firmware flash.bin stock-t20 seed=7
  ASAN_OPTIONS=detect_leaks=0 run strace -f -qq -y -o calls -e trace=rename,renameat,renameat2,fsync \
    "$UNIFLASH" backup -d file:flash.bin all.bin
  exits 0
  is "$(sed -n '/rename.*"all.bin.uniflash-part", .*"all.bin"/,$ s/.* fsync([0-9]*<.*\/\([^/>]*\)>) *= 0$/\1/p' calls | head -n 1)" all.bin
}

# --- the journal --------------------------------------------------------------------------------

# killed_after ERASES: a run that is killed after so many of them.
killed_after() {
  open_gate
  UNIFLASH_ROOT=$PWD/root UNIFLASH_FLASH=$PWD/flash.bin UNIFLASH_TRACE=gate \
    "$UNIFLASH_TESTING_EXE" -y -q -k none card/image.bin < /dev/null > out 2> err 3>&- 7<&- &
  pid=$!
  pass_until erase "$1"
  kill -9 "$pid"
  exec 7<&-
  wait "$pid" || true
  rm -f gate
}

@test "a run that was cut off is told of, and the blocks it was about to write are written again" {
  camera
  firmware flash.bin stock-t20 seed=7
  cp flash.bin before.bin
  firmware card/image.bin stock-t20
  killed_after 40
  [ -s card/uniflash-*.journal ] || report "no journal"
  local pending first
  pending=$(grep -c '^next' card/uniflash-*.journal)
  [ "$pending" -le 4 ] || report "$pending lines"
  first=$(sed -n '$s/.* at=\([0-9a-f]*\).*/\1/p' card/uniflash-*.journal)
  rm -f trace
  UNIFLASH_TRACE=trace on_camera -y -k none card/image.bin
  exits 0
  has "$output" "An earlier run" "was not finished" "is kept; none is made now"
  same_bytes flash.bin card/image.bin
  is "$(grep -c "^erase $first\$" trace)" 1
  is "$(backups)" 1
  same_bytes "$(find card -name 'uniflash-backup-*.bin')" before.bin
  on_camera -n -k none card/image.bin
  lacks "$output" "An earlier run"
}

@test "a journal that is gone, or damaged, is not in the way" {
  camera
  firmware flash.bin stock-t20 seed=7
  firmware card/image.bin stock-t20
  killed_after 40
  rm card/uniflash-*.journal
  on_camera -y -k none card/image.bin
  exits 0
  same_bytes flash.bin card/image.bin
  firmware flash.bin stock-t20 seed=7
  killed_after 40
  head -c 3000 /dev/urandom > card/uniflash-*.journal
  on_camera -y -k none card/image.bin
  exits 0
  same_bytes flash.bin card/image.bin
}

@test "lines of a journal whose sum does not hold count for nothing" {
  camera
  firmware flash.bin stock-t20 seed=7
  firmware card/image.bin stock-t20
  killed_after 40
  sed -i 's/ at=/ at=f/' card/uniflash-*.journal
  on_camera -y -k none card/image.bin
  exits 0
  lacks "$output" "blocks that it was about"
  same_bytes flash.bin card/image.bin
}

@test "a run is stopped: the journal says so, and the next one goes on" {
  camera
  firmware flash.bin stock-t20 seed=7
  firmware card/image.bin stock-t20
  UNIFLASH_FAULT=seed=1,stuck=640000:ff:00 on_camera -y -k none card/image.bin
  exits 4
  has "$stderr" "not right: appfs" "The boot loader was not touched"
  on_camera -y -k none card/image.bin
  exits 0
  has "$output" "An earlier run"
  same_bytes flash.bin card/image.bin
}

# half_written OPTION...: a run with them that could not write one block.
half_written() {
  camera
  firmware flash.bin stock-t20 seed=7
  firmware card/image.bin stock-t20
  UNIFLASH_FAULT=seed=1,stuck=640000:ff:00 on_camera -y --no-backup "$@" card/image.bin
  exits 4
}

@test "a flash that is half written is not complete because a part of it is right" {
  half_written -k none
  local part
  for part in para driver; do
    on_camera -y --no-backup --only "$part" card/image.bin
    exits 4
    has "$stderr" "an earlier run (image " "left alone what that one did not" "incomplete since an earlier run" "Run that one again"
    lacks "$output" "Nothing was written"
    is "$(grep -c '^done' card/uniflash-*.journal)" 0
  done
  on_camera -y --no-backup --only para --json card/image.bin
  exits 4
  is "$(json 'select(.event == "result").flash')" incomplete
  on_camera reboot
  exits 3
  on_camera -y --no-backup -k none card/image.bin
  exits 0
  same_bytes flash.bin card/image.bin
  on_camera -y --no-backup --only para card/image.bin
  exits 0
}

@test "what both runs keep is no part of what is missing" {
  half_written -k para,config
  has "$(cat card/uniflash-*.journal)" " kept=f70000-ff0000 "
  on_camera -y --no-backup -k para,config,driver card/image.bin
  exits 4
  on_camera -y --no-backup -k config,para card/image.bin
  exits 0
  slice flash.bin 0 0xf70000 | cmp - <(slice card/image.bin 0 0xf70000)
}

@test "on a flash that is half written no message says that it is as it was" {
  half_written -k none
  printf '<!DOCTYPE html><html>' > card/web.bin
  on_camera -y --no-backup card/nofile.bin
  exits 4
  has "$stderr" "cannot open the image" "This run wrote nothing. The flash is incomplete since an earlier run"
  lacks "$stderr" "as it was"
  on_camera -y --no-backup --json card/nofile.bin
  exits 4
  is "$(json 'select(.event == "result").flash')" incomplete
  on_camera -y --no-backup card/web.bin
  exits 4
  has "$stderr" "This run wrote nothing."
  lacks "$stderr" "Run the same command again"
  on_camera info
  exits 0
  has "$output" "state   incomplete: an earlier run (image $(sha256sum < card/image.bin | cut -c1-12)) was not finished"
  lacks "$output" "$PWD" "uniflash-"
  on_camera info --json
  is "$(json 'select(.event == "info").unfinished')" "$(sha256sum < card/image.bin | cut -c1-12)"
  on_camera plan card/web.bin
  exits 3
  lacks "$stderr" "as it was"
  on_camera plan -k none card/image.bin
  exits 0
  has "$output" "An earlier run"
  lacks "$output" "written again"
}

@test "at most a sixteenth of the blocks and four are as many lines as a run writes" {
  camera
  firmware flash.bin stock-t20 seed=7
  firmware card/image.bin stock-t20
  on_camera -y --json -k none card/image.bin
  exits 0
  local blocks
  blocks=$(json 'select(.event == "result").erased_blocks')
  [ "$(grep -c '^next\|^done' card/uniflash-*.journal)" -le $((blocks / 16 + 4)) ] || report "too many lines"
  is "$(tail -n 1 card/uniflash-*.journal | cut -d' ' -f1)" "done"
}

@test "another camera's journal says nothing of this one, and stays" {
  camera 2c:aa:8e:00:00:02
  firmware flash.bin stock-t20 seed=8
  firmware card/image.bin stock-t20
  killed_after 40
  mv card other
  camera 2c:aa:8e:00:00:01
  rm -r card
  mv other card
  local theirs before
  theirs=$(find card -name '*.journal')
  before=$(digest "$theirs")
  firmware flash.bin stock-t20 seed=7
  cp flash.bin before.bin
  on_camera -y -k none card/image.bin
  exits 0
  lacks "$output" "An earlier run"
  is "$(digest "$theirs")" "$before"
  is "$(backups)" 2
  is "$(find card -name '*.journal' | wc -l)" 2
}

@test "another image after a run that was cut off: the backup of now is made, too" {
  camera
  firmware flash.bin stock-t20 seed=7
  firmware card/image.bin stock-t20
  killed_after 40
  firmware card/image.bin stock-t20 seed=4
  on_camera -y -k none card/image.bin
  exits 0
  has "$output" "An earlier run"
  is "$(backups)" 2
}

@test "the same command finds its journal beside -b, and refuses nothing of its own" {
  camera
  mkdir far
  mounted "$(realpath far)" nfs 0:32
  firmware flash.bin stock-t20 seed=7
  cp flash.bin before.bin
  firmware card/image.bin stock-t20
  UNIFLASH_FAULT=seed=1,stuck=640000:ff:00 on_camera -y -k none -b far/mine.bin card/image.bin
  exits 4
  on_camera -y -k none -b far/mine.bin card/image.bin
  exits 0
  has "$output" "An earlier run"
  same_bytes flash.bin card/image.bin
  # But for the cell that is stuck, which reads so from the start.
  is "$(cmp -l far/mine.bin before.bin | grep -c '')" 1
}

@test "a run that fails on a flash that an earlier one left half written says so" {
  camera
  firmware flash.bin stock-t20 seed=7
  firmware card/image.bin stock-t20
  killed_after 40
  on_camera -y --json --sha256 "$(printf '0%.0s' {1..64})" card/image.bin
  exits 4
  result "flash" incomplete
}

@test "after trouble the ways back are told as commands" {
  camera
  firmware flash.bin stock-t20 seed=7
  firmware card/image.bin stock-t20
  UNIFLASH_FAULT=seed=1,stuck=300010:ff:00 on_camera -y -k none card/image.bin
  exits 4
  has "$stderr" "To go back: $UNIFLASH_TESTING_EXE $(find "$PWD/card" -name 'uniflash-backup-*.bin')" "demo.bin"
  UNIFLASH_FAULT=seed=1,stuck=300010:ff:00 on_camera -y -k none --no-backup card/image.bin
  exits 4
  has "$stderr" "To go back: $UNIFLASH_TESTING_EXE $PWD/card/uniflash-backup-"
  rm card/uniflash*
  firmware flash.bin stock-t20 seed=7
  UNIFLASH_FAULT=seed=1,stuck=300010:ff:00 on_camera -y -k none --no-backup card/image.bin
  exits 4
  has "$stderr" "there is no backup"
}

@test "no backup onto the flash itself, nor into a partition that is written" {
  camera
  firmware flash.bin stock-t20 seed=7
  firmware card/image.bin stock-t20
  mkfifo card/pipe
  untouched_by on_camera -y -k none -b card/pipe card/image.bin
  refused backup.none
  untouched_by on_camera -y -k none -b /dev/null card/image.bin
  refused backup.none
  mkdir config
  mounted "$(realpath config)" jffs2 31:8
  untouched_by on_camera -y -k none -b config/b.bin --allow device.busy card/image.bin
  refused self.on-flash
  has "$stderr" "the folder of the backup"
}

@test "verify does not care for journals, nor for the header that goes with the boot loader" {
  camera
  firmware flash.bin stock-t20 seed=7
  firmware card/image.bin stock-t20
  killed_after 40
  cp card/image.bin flash.bin
  on_camera verify -k none card/image.bin
  exits 0
  poke flash.bin 0x37ffb
  on_camera verify --json -k none card/image.bin
  exits 5
  is "$(json 'select(.event == "verify" and .equal == false) | "\(.partition) \(.first_difference)"')" "boot 229371"
}

# --- --once -------------------------------------------------------------------------------------

@test "--once flashes once, and again when its mark is gone or the image is another" {
  camera
  firmware flash.bin stock-t20 seed=7
  firmware card/image.bin stock-t20
  on_camera -y -k none --once card/image.bin
  exits 0
  is "$(cut -c1-64 card/image.bin.done)" "$(sha256sum < card/image.bin | cut -c1-64)"
  poke flash.bin 0x700000
  untouched_by on_camera -y -k none --once card/image.bin
  exits 0
  has "$output" "nothing to do"
  firmware card/image.bin stock-t20 seed=3
  on_camera -y -k none --once card/image.bin
  exits 0
  same_bytes flash.bin card/image.bin
}

@test "a journal that says incomplete overrides the mark of --once" {
  camera
  firmware flash.bin stock-t20 seed=7
  firmware card/image.bin stock-t20
  killed_after 40
  cp card/image.bin.done mark 2> /dev/null || printf '%s mtd:%s\n' "$(sha256sum < card/image.bin | cut -c1-64)" \
    "$(basename card/uniflash-*.journal .journal | cut -d- -f2)" > card/image.bin.done
  cp card/image.bin.done mark
  on_camera -y -k none --once card/image.bin
  exits 0
  same_bytes flash.bin card/image.bin
}
