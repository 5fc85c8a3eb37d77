#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The images that the other tests use are what they claim to be.

load common

# bytes FILE OFFSET COUNT: hexadecimal.
bytes() {
  slice "$1" "$2" "$(($2 + $3))" | od -An -tx1 | tr -d ' \n'
}

@test "a stock image has what belongs there at the start of each partition" {
  local stock
  stock=$(image stock)
  is "$(stat -c %s "$stock")" 16777216
  is "$(bytes "$stock" 0 9)" 060504030255aa55aa
  is "$(bytes "$stock" 12 4)" 5c300000
  is "$(bytes "$stock" 0x6800 8)" 0200110400000000
  is "$(bytes "$stock" 0x40000 4)" 27051956
  is "$(bytes "$stock" 0x40010 4)" 80010000
  is "$(bytes "$stock" 0x4001c 4)" 05050203
  is "$(bytes "$stock" 0x240000 4)" 68737173
  is "$(bytes "$stock" 0x590000 4)" 68737173
  local offset
  for offset in 0x630000 0xd70000 0xf70000 0xfb0000; do
    is "$(bytes "$stock" "$offset" 2)" 8519
  done
  is "$(slice "$stock" 0xad0000 0xd70000 | tr -d '\377' | wc -c)" 0
  is "$(slice "$stock" 0xff0000 0x1000000 | tr -d '\377' | wc -c)" 0
}

@test "the boot block has the checksum that the boot ROM wants" {
  local kind
  for kind in stock other; do
    perl -e '
      open my $f, "<:raw", $ARGV[0]; read $f, my $b, 0x8000;
      my ($crc, $end) = (0, unpack "V", substr $b, 12, 4);
      for my $bit (split //, unpack "B*", substr $b, 2048, $end - 2048) {
        my $out = ($crc >> 6 & 1) ^ $bit;
        $crc = ($crc << 1 & 0x7f) ^ ($out ? 9 : 0);
      }
      exit($crc != ord substr $b, 9, 1)' "$(image "$kind")"
  done
}

@test "an upgrade leaves boot, driver and the camera's own partitions, and changes kernel, root and appfs in part" {
  local name start end blocks
  while read -r name start end; do
    blocks=$(expected "$(image stock)" "$(image upgrade)" "$BLOCK" "$start" "$end")
    blocks=${blocks% *}
    case $name in
      kernel | root | appfs) [ "$blocks" -gt 0 ] && [ "$blocks" -lt $(((end - start) / BLOCK)) ] ;;
      *) [ "$blocks" -eq 0 ] ;;
    esac || report "$name: $blocks blocks differ"
  done <<< "$DAFANG"
}

@test "half of the image half is 0xFF, in runs of pages, blocks and partitions" {
  local blank
  blank=$(expected "$(image random 1)" "$(image half)")
  is "$blank" "512 32768"
  is "$(slice "$(image half)" 0x400000 0x800000 | tr -d '\377' | wc -c)" 0
}

@test "the same kind gives the same bytes, another seed gives others" {
  "$FIXTURES/make-image" stock again.bin
  same_bytes again.bin "$(image stock)"
  "$FIXTURES/make-image" random 1 again.bin
  same_bytes again.bin "$(image random 1)"
  "$FIXTURES/make-image" random 3 again.bin
  is "$(expected again.bin "$(image random 1)")" "512 65536"
}

@test "a kind that does not exist is refused" {
  run "$FIXTURES/make-image" nosuch out.bin
  is "$status" 2
  [ ! -e out.bin ]
}
