#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck disable=SC2154 # run sets stderr
# verify and info: what is on the flash.

load common

@test "verify of an equal flash ends with 0 and says so" {
  dump stock
  untouched_by uniflash verify "${ON[@]}" "$(image stock)"
  exits 0
  has "$output" "The flash equals"
  is "$(grep -c ' equal$' <<< "$output")" 11
}

@test "verify of a flash that differs in one bit ends with 5 and names partition and offset" {
  dump stock
  perl -e 'open my $f, "+<", "flash.bin"; seek $f, 0xf80001, 0; read $f, my $b, 1; seek $f, 0xf80001, 0; print $f chr(ord($b) ^ 1)'
  untouched_by uniflash verify "${ON[@]}" "$(image stock)"
  exits 5
  has "$output$stderr" "config   differs, first at 0xf80001"
  is "$(grep -c ' equal$' <<< "$output")" 10
}

@test "verify never arms the flash, and works where it cannot be written" {
  dump stock
  traced verify "${ON[@]}" "$(image stock)"
  exits 0
  is "$(grep -Ev '^read ' trace)" ""
  chmod 444 flash.bin
  run --separate-stderr unprivileged "$UNIFLASH" verify "${ON[@]}" "$(image stock)"
  exits 0
}

@test "verify leaves out what -k keeps" {
  dump stock
  poke flash.bin 0xf80001
  uniflash verify "${DUMP[@]}" -k config "$(image stock)"
  exits 0
  uniflash verify "${DUMP[@]}" -k para "$(image stock)"
  exits 5
}

@test "verify looks only at what -p names" {
  dump stock
  poke flash.bin 0xf80001
  uniflash verify "${ON[@]}" -p kernel,root "$(image stock)"
  exits 0
  uniflash verify "${ON[@]}" -p config "$(image stock)"
  exits 5
}

@test "verify follows the rules for the tail of a shorter image" {
  dump blank
  head -c 8M "$(image stock)" > short.bin
  dd if=short.bin of=flash.bin conv=notrunc status=none
  poke flash.bin 0x900000
  uniflash verify "${ON[@]}" short.bin
  refused image.short
  poke flash.bin 0x900000
  uniflash verify "${ON[@]}" short.bin
  exits 0
  uniflash verify "${ON[@]}" --tail erase short.bin
  exits 0
  poke flash.bin 0xff0000
  uniflash verify "${ON[@]}" --tail erase short.bin
  exits 5
  has "$output$stderr" 0xff0000
  uniflash verify "${ON[@]}" --tail keep short.bin
  exits 0
}

@test "verify refuses what flashing refuses" {
  dump stock
  { cat "$(image stock)" && printf x; } > big.bin
  uniflash verify "${ON[@]}" big.bin
  refused size.too-big
  uniflash verify "${ON[@]}" nosuch
  exits 1
}

@test "info shows size, erase size, layout, and all partitions with offsets" {
  dump random 1
  untouched_by traced info "${LOOK[@]}"
  exits 0
  has "$output" "16 MiB" "32 KiB" "dafang" "Stock T20 table"
  local index=0 name start end
  while read -r name start end; do
    grep -Eq "^mtd$index +$name +$start-$end " <<< "$output" || report "no row for $name"
    index=$((index + 1))
  done <<< "$DAFANG"
  is "$(grep -Ev '^read ' trace)" ""
}

@test "info says which partitions are the camera's own" {
  dump random 1
  uniflash info "${LOOK[@]}"
  is "$(awk '/^mtd/ && /camera/ { print $2 }' <<< "$output" | tr '\n' ' ')" "config para "
}

@test "info works while a run holds the lock" {
  dump random 1
  exec 9< flash.bin
  flock 9
  uniflash info "${LOOK[@]}"
  exec 9<&-
  exits 0
}
