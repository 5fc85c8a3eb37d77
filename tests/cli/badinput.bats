#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck disable=SC2154 # run sets stderr
# Bad input: one clear message, the right status, and the flash as it was.

load common

# one_message PART...: standard error is one message, with each PART, and says what state the flash is in.
one_message() {
  is "$(grep -c '^uniflash: ' <<< "$stderr")" 1
  has "$stderr" "$@" "The flash is as it was."
}

@test "an image that does not exist" {
  dump random 1
  untouched_by uniflash -y "${ON[@]}" nosuch.bin
  exits 1
  one_message nosuch.bin "No such file or directory"
}

@test "a directory for an image" {
  dump random 1
  mkdir folder
  untouched_by uniflash -y "${ON[@]}" folder
  exits 1
  one_message folder "is a directory"
}

@test "an image that is no file at all: a device, a pipe" {
  dump random 1
  mkfifo pipe
  local path
  for path in /dev/zero /dev/null pipe; do
    untouched_by uniflash -y "${ON[@]}" "$path"
    exits 1
    one_message "$path" "no regular file"
  done
}

@test "an empty file is image.unreadable" {
  dump random 1
  : > empty.bin
  untouched_by uniflash -y "${ON[@]}" empty.bin
  refused image.unreadable
  one_message empty.bin "empty"
}

@test "an image that may not be read" {
  dump random 1
  cp "$(image stock)" secret.bin
  chmod 000 secret.bin
  untouched_by run --separate-stderr unprivileged "$UNIFLASH" -y "${ON[@]}" secret.bin
  exits 1
  one_message secret.bin "Permission denied"
}

@test "an image of one byte more than the flash is size.too-big, with both sizes, and never allowed" {
  dump random 1
  { cat "$(image stock)" && printf x; } > big.bin
  untouched_by traced -y "${ON[@]}" big.bin
  refused size.too-big
  one_message "16,777,217" "16,777,216"
  is "$(cat trace 2> /dev/null)" ""
  untouched_by uniflash -y "${ON[@]}" --allow size.too-big big.bin
  refused size.too-big
}

@test "an image of 16 MiB for a flash of 8 MiB is size.too-big" {
  head -c 8M "$(image random 1)" > flash.bin
  untouched_by uniflash -y -l 'mtdparts=f:256k(boot),-(rest)' -d file:flash.bin "$(image stock)"
  refused size.too-big
  one_message "16,777,216" "8,388,608"
}

@test "an image larger than the flash by gigabytes is refused at once, not read" {
  dump random 1
  truncate -s 100G huge.bin
  untouched_by run --separate-stderr timeout 5 "$UNIFLASH" -y "${ON[@]}" huge.bin
  refused size.too-big
}

@test "an image that becomes shorter before the first erase is image.unreadable" {
  dump random 1
  cp "$(image stock)" image.bin
  local before
  before=$(digest flash.bin)
  start_gated -y "${ON[@]}" image.bin
  pass_until read 100
  truncate -s 10M image.bin
  finish
  refused image.unreadable
  is "$(digest flash.bin)" "$before"
}

@test "an image that changes before the first erase is image.unreadable" {
  dump random 1
  cp "$(image stock)" image.bin
  touch -d '1 hour ago' image.bin
  local before
  before=$(digest flash.bin)
  start_gated -y "${ON[@]}" image.bin
  pass_until read 100
  poke image.bin 0x500000
  finish
  refused image.unreadable
  is "$(digest flash.bin)" "$before"
}

@test "an image that becomes shorter in the middle of the writing: its blocks stay untouched" {
  dump random 1
  cp flash.bin before.bin
  cp "$(image stock)" image.bin
  start_gated -y --json "${ON[@]}" image.bin
  pass_until erase 100
  truncate -s 14M image.bin
  finish
  exits 4
  result "status flash" "failed incomplete"
  has "$stderr" image.bin "14680064" "The flash is incomplete" "Do not power off"
  # The boot loader comes last, and not where anything else is wrong.
  is "$(digest <(slice flash.bin 0x40000 0xe00000))" "$(digest <(slice "$(image stock)" 0x40000 0xe00000))"
  is "$(digest <(slice flash.bin 0 0x40000))" "$(digest <(slice before.bin 0 0x40000))"
  is "$(digest <(slice flash.bin 0xe00000 0x1000000))" "$(digest <(slice before.bin 0xe00000 0x1000000))"
}

@test "an image that changes in the middle of the writing: that block stays untouched, the others are written" {
  dump random 1
  cp flash.bin before.bin
  cp "$(image stock)" image.bin
  start_gated -y --json "${ON[@]}" image.bin
  pass_until erase 100
  poke image.bin 0xa00000
  finish
  exits 4
  has "$stderr" "0xa00000"
  is "$(digest <(slice flash.bin 0xa00000 0xa08000))" "$(digest <(slice before.bin 0xa00000 0xa08000))"
  is "$(differing flash.bin "$(image stock)" | paste -sd' ')" "0 8000 10000 18000 20000 28000 30000 38000 a00000"
}

@test "an image that is replaced by another file or removed in the middle is written as it was checked" {
  dump random 1
  cp "$(image stock)" image.bin
  start_gated -y "${ON[@]}" image.bin
  pass_until erase 100
  cp "$(image other)" new.bin
  mv new.bin image.bin
  pass_until erase 100
  rm image.bin
  finish
  exits 0
  same_bytes flash.bin "$(image stock)"
}

@test "a dump that does not exist is not made without size=, and the message says how" {
  uniflash -y -l dafang -d file:nosuch.bin "$(image stock)"
  exits 1
  has "$stderr" nosuch.bin "size=16M"
  [ ! -e nosuch.bin ] || report "nosuch.bin was made"
}

@test "a dump that is a directory or a device" {
  mkdir folder
  local path
  for path in folder /dev/null; do
    uniflash -y -l dafang -d "file:$path" "$(image stock)"
    exits 1
    has "$stderr" "$path" "no regular file"
  done
}

@test "a dump that may not be written is device.readonly, before anything is erased" {
  dump random 1
  chmod 444 flash.bin
  untouched_by run --separate-stderr unprivileged "$UNIFLASH" -y "${ON[@]}" "$(image stock)"
  refused device.readonly
  one_message flash.bin "Permission denied"
}

@test "a dump that does not end on an erase block is refused" {
  dump random 1
  truncate -s $((FLASH_SIZE - 100)) flash.bin
  untouched_by uniflash -y -l 'mtdparts=f:256k(boot),-(rest)' -d file:flash.bin --tail erase "$(image blank)"
  [ "$status" -ne 0 ] || report "it went on"
  has "$stderr" flash.bin
}

@test "an empty dump is refused" {
  : > flash.bin
  untouched_by uniflash -y "${ON[@]}" "$(image stock)"
  [ "$status" -ne 0 ] || report "it went on"
  has "$stderr" flash.bin
}

@test "the dump itself for an image is no trouble: nothing is to be done" {
  dump random 1
  untouched_by uniflash -y --json "${ON[@]}" flash.bin
  exits 0
  result "status erased_blocks" "unchanged 0"
}

@test "the dump itself is not written over itself: cut off, it would be the half of both" {
  dump random 1
  ln flash.bin also.bin
  local name
  for name in flash.bin also.bin; do
    untouched_by uniflash -y --full "${ON[@]}" "$name"
    exits 2
    has "$stderr" "$name is image and dump at once"
  done
}

@test "a backup on standard output is another command's, and one of a dump is a copy" {
  dump random 1
  untouched_by uniflash -y -b - "$(image stock)"
  exits 2
  has "$stderr" "-b - would mix" "uniflash backup -"
  untouched_by uniflash -y -b copy.bin "${ON[@]}" "$(image stock)"
  exits 2
  has "$stderr" "--backup is about a camera" "backup copy.bin"
  # What else is wrong is told with -b, too.
  untouched_by uniflash -y -b copy.bin --once --only para "$(image stock)"
  exits 2
  has "$stderr" "--once marks a whole image as flashed"
  untouched_by uniflash -y -b copy.bin --tail erase --part kernel=flash.bin
  exits 2
  has "$stderr" "--tail is about a full image"
}

@test "two images, and a verb that is none, are told from each other" {
  dump random 1
  untouched_by uniflash -y "${ON[@]}" "$(image stock)" flash.bin
  exits 2
  has "$stderr" "two images, $(image stock) and flash.bin: one is flashed at a time"
  untouched_by uniflash flsh "${ON[@]}" "$(image stock)"
  exits 2
  has "$stderr" 'there is no verb and no image "flsh"'
}

@test "a second run while one works is lock.held, and the first goes on undisturbed" {
  dump random 1
  start_gated -y "${ON[@]}" "$(image stock)"
  pass_until erase 10
  uniflash -y "${ON[@]}" "$(image other)"
  refused lock.held
  has "$stderr" flash.bin
  finish
  exits 0
  same_bytes flash.bin "$(image stock)"
  flock -n flash.bin true
}

@test "a dump that somebody else has locked is lock.held, and never allowed" {
  dump random 1
  exec 9< flash.bin
  flock 9
  untouched_by uniflash -y "${ON[@]}" "$(image stock)" 9<&-
  refused lock.held
  untouched_by uniflash -y "${ON[@]}" --allow lock.held "$(image stock)" 9<&-
  refused lock.held
  exec 9<&-
  uniflash -y "${ON[@]}" "$(image stock)"
  exits 0
}

@test "no flash in this system ends with 1 and points to -d file:" {
  UNIFLASH_ROOT=$BATS_TEST_TMPDIR/nothing testing -y "$(image stock)"
  exits 1
  has "$stderr" "/proc/mtd" "-d file:"
}

@test "an image that cannot be read in the middle is image.unreadable before anything is written" {
  dump random 1
  export UNIFLASH_IMAGE_FAULT=0x900000
  untouched_by traced -y "${ON[@]}" "$(image stock)"
  refused image.unreadable
  has "$stderr" "at 0x900000"
  is "$(grep -Ec '^(arm|erase|program)' trace)" 0
}

@test "an image that becomes unreadable during the write leaves the blocks it was for untouched" {
  dump random 1
  cp "$(image stock)" shrinking.bin
  start_gated -y "${ON[@]}" shrinking.bin
  pass_until erase 20
  truncate -s $((0x500000)) shrinking.bin
  finish
  exits 4
  has "$stderr" "shrinking.bin" "image-changed" "The flash is incomplete. Do not power off."
  same_bytes <(slice flash.bin 0x40000 0x500000) <(slice "$(image stock)" 0x40000 0x500000)
  same_bytes <(slice flash.bin 0x500000 0x1000000) <(slice "$(image random 1)" 0x500000 0x1000000)
}
