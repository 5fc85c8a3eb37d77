#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck disable=SC2154 # run sets stderr
# --map: the flash drawn block by block, before and during the run.

load common

@test "where output is no terminal the map comes once, before the run, in plain text" {
  dump random 1
  LC_ALL=C uniflash -y --map --color=never "${ON[@]}" "$(image stock)"
  exits 0
  is "$(grep -c '^512 blocks of 32 KiB, one a cell$' <<< "$output")" 1
  has "$output" "kernel  0x040000 wwww" "w to write" "b boot loader"
  lacks "$output" "W written"
  is "$(tr -d '\n\40-\176' <<< "$output" | wc -c)" 0
  is "$(awk 'length > 79' <<< "$(sed -n '/^512 blocks/,/b boot loader$/p' <<< "$output")")" ""
  same_bytes flash.bin "$(image stock)"
}

@test "plan --map shows what stays, what is kept and what becomes blank" {
  dump stock
  poke flash.bin 0x300123 0xad0000
  cp "$(image stock)" image.bin
  LC_ALL=C uniflash plan --map "${DUMP[@]}" --keep config image.bin
  exits 0
  has "$output" "boot    0x000000 %%%%%%%%" "config  0xf70000 --------" "% boot loader, stays"
  # One block of the root, and one of backupk, which is blank in the image.
  is "$(grep -o '^root .*' <<< "$output" | tr -cd w)" w
  [[ $(grep -o '^backupk 0x.*' <<< "$output") =~ 0xad0000\ [we] ]] || report "backupk is not to be written"
}

@test "the locale says whether the marks are ASCII or not" {
  dump stock
  poke flash.bin 0x300123
  local locale want
  for locale in LC_ALL=C.UTF-8 LC_CTYPE=en_US.utf8 LANG=C LANG=; do
    want=0
    [[ ${locale,,} != *utf* ]] || want=1
    run env -u LC_ALL -u LC_CTYPE -u LANG "$locale" "$UNIFLASH" plan --map "${ON[@]}" "$(image stock)"
    exits 0
    is "$locale $(grep -c '□ to write' <<< "$output")" "$locale $want"
  done
}

@test "4096 blocks: a cell stands for several, and it says for how many" {
  dump random 1
  LC_ALL=C uniflash plan --map -l dafang -d file:flash.bin,erase=4K -k none "${ANY[@]}" \
    --allow map.layout-mismatch "$(image stock)"
  exits 0
  has "$output" "4096 blocks of 4 KiB, 4 a cell"
}

@test "--map with -q or --json is wrong usage, and means nothing to verify" {
  dump stock
  uniflash plan --map -q "${ON[@]}" "$(image stock)"
  usage "--map and --quiet contradict each other"
  uniflash plan --map --json "${ON[@]}" "$(image stock)"
  exits 2
  has "$stderr" "--map and --json contradict each other"
  uniflash verify --map "${ON[@]}" "$(image stock)"
  usage "--map means nothing to verify"
}

# frames: how often the map was drawn during the run.
frames() {
  grep -c $'\e\\[[0-9]*A' screen
}

@test "on a terminal the map is drawn during the run, and stays at the end" {
  dump random 1
  cp "$(image stock)" image.bin
  open_gate
  LC_ALL=C start_terminal 80 env UNIFLASH_TRACE=gate "$UNIFLASH_TESTING_EXE" -y --map "${ON[@]}" image.bin
  pass_until erase 60
  sleep 0.5
  pass_until erase 100
  sleep 0.5
  open_wide
  end_terminal
  exits 0
  [ "$(frames)" -ge 2 ] || report "drawn $(frames) times"
  has "$output" "WWWW" "####" "OOOO" "BBBBBBBB" "# verified" "Done: 512 blocks erased"
  # A line is never wider than the terminal, whatever is drawn over it.
  is "$(awk 'length > 80' <<< "$output")" ""
  same_bytes flash.bin "$(image stock)"
}

@test "trouble is told above the map, which shows the blocks that failed" {
  dump stock
  poke flash.bin 0x300123 0x400123 0x500123
  LC_ALL=C UNIFLASH_FAULT=seed=1,erase-partial=100000 start_terminal 80 env "$UNIFLASH_TESTING_EXE" -y --map "${ON[@]}" "$(image stock)"
  end_terminal
  exits 4
  has "$output" "blocks could not be written" "! failed"
  has "$output" "0x240000 ========================!===" "0x400000 !===============================!==="
}

@test "a terminal that is too small for the map shows the line of progress alone" {
  dump random 1
  LC_ALL=C start_terminal 30 "$UNIFLASH" -y --map "${ON[@]}" "$(image stock)"
  end_terminal
  exits 0
  is "$(frames)" 0
  has "$output" "100%"
  same_bytes flash.bin "$(image stock)"
}
