#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck disable=SC2154 # run sets stderr
# split and join: an image as one file per partition, and back.

load common

@test "split makes one file per partition with the bytes of the image" {
  local stock name start end
  stock=$(image stock)
  uniflash split -l dafang "$stock" parts
  exits 0
  while read -r name start end; do
    is "$name $(digest "parts/$name.bin")" "$name $(digest <(slice "$stock" "$start" "$end"))"
  done <<< "$DAFANG"
  is "$(find parts -type f | grep -c '')" 11
}

@test "join gives back the image, to the byte" {
  uniflash split -l dafang "$(image stock)" parts
  exits 0
  uniflash join -l dafang parts joined.bin
  exits 0
  same_bytes joined.bin "$(image stock)"
}

@test "split and join go round with every layout, a layout file and an mtdparts string" {
  local layout number=0
  uniflash layouts sxj02zm
  printf '%s\n' "$output" > my.layout
  for layout in wyze-t31 openmiko ./my.layout 'mtdparts=f:1M(a),64k(b),15296k(c)'; do
    number=$((number + 1))
    uniflash split -l "$layout" "$(image random 1)" "parts$number"
    exits 0
    uniflash join -l "$layout" "parts$number" "joined$number.bin"
    exits 0
    same_bytes "joined$number.bin" "$(image random 1)"
  done
}

@test "split and join take an mtdparts string as a camera has it, with - for the rest" {
  uniflash split -l 'mtdparts=f:1M(a),64k(b),-(c)' "$(image random 1)" parts
  exits 0
  is "$(stat -c %s parts/c.bin)" 15663104
  uniflash join -l 'mtdparts=f:1M(a),64k(b),-(c)' parts joined.bin
  exits 0
  same_bytes joined.bin "$(image random 1)"
}

@test "an image that ends inside a partition goes round too" {
  head -c 5000001 "$(image stock)" > short.bin
  uniflash split -l dafang short.bin parts
  exits 0
  is "$(stat -c %s parts/root.bin)" $((5000001 - 0x240000))
  is "$(find parts -type f | grep -c '')" 3
  uniflash join -l dafang parts joined.bin
  exits 0
  same_bytes joined.bin short.bin
}

@test "join refuses where a part is missing in the middle, and leaves no half of a file" {
  uniflash split -l dafang "$(image stock)" parts
  rm parts/kernel.bin
  uniflash join -l dafang parts joined.bin
  exits 1
  has "$stderr" "parts/kernel.bin" "No such file"
  [ ! -e joined.bin ] || report "joined.bin was made"
}

@test "join refuses a part that is larger than its partition by size.too-big" {
  uniflash split -l dafang "$(image stock)" parts
  printf x >> parts/kernel.bin
  uniflash join -l dafang parts joined.bin
  exits 3
  has "$stderr" "refused (size.too-big)" kernel "2,097,153" "2,097,152"
  [ ! -e joined.bin ] || report "joined.bin was made"
}

@test "join does not slide what is behind a part that is shorter than its partition" {
  uniflash split -l dafang "$(image stock)" parts
  truncate -s 1000000 parts/kernel.bin
  uniflash join -l dafang parts joined.bin
  if [ "$status" -eq 0 ]; then
    is "$(digest <(slice joined.bin 0x240000 0x1000000))" "$(digest <(slice "$(image stock)" 0x240000 0x1000000))"
    is "$(slice joined.bin $((0x40000 + 1000000)) 0x240000 | tr -d '\377' | wc -c)" 0
  else
    has "$stderr" kernel
    [ ! -e joined.bin ] || report "joined.bin was made"
  fi
}

@test "neither overwrites a file that is there" {
  mkdir parts
  printf mine > parts/root.bin
  uniflash split -l dafang "$(image stock)" parts
  exits 1
  has "$stderr" "parts/root.bin" "exists"
  is "$(cat parts/root.bin)" mine
  rm -r parts
  uniflash split -l dafang "$(image stock)" parts
  printf mine > joined.bin
  uniflash join -l dafang parts joined.bin
  exits 1
  has "$stderr" "joined.bin" "exists"
  is "$(cat joined.bin)" mine
}

@test "an image larger than the layout is size.too-big, and nothing is made" {
  { cat "$(image stock)" && printf x; } > big.bin
  uniflash split -l dafang big.bin parts
  exits 3
  has "$stderr" "refused (size.too-big)" "16,777,217" "16,777,216"
  [ ! -e parts ] || report "parts was made"
}

@test "what is not there, or cannot be made, is named" {
  uniflash split -l dafang nosuch parts
  exits 1
  has "$stderr" nosuch "No such file"
  uniflash split -l dafang "$(image stock)" no/such/folder
  exits 1
  has "$stderr" no/such/folder
  uniflash join -l dafang nosuch joined.bin
  exits 1
  has "$stderr" nosuch
  [ ! -e joined.bin ] || report "joined.bin was made"
}

@test "a full disk is an error, not half a file that looks whole" {
  uniflash split -l dafang "$(image stock)" parts
  # shellcheck disable=SC2016
  run --separate-stderr bash -c 'trap "" XFSZ; ulimit -f 1024; exec "$0" join -l dafang parts joined.bin' "$UNIFLASH"
  exits 1
  has "$stderr" joined.bin
  [ ! -e joined.bin ] || report "half of joined.bin is left"
}
