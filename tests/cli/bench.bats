#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What scripts/bench measured is judged: each of its checks can fail.

load common

# judged COLUMN=VALUE...: what becomes of a good run of uniflash that differs in that.
judged() {
  local -A is=([camera]=malta [workload]=full-upgrade [tool]=uniflash [block]=32768 [blocks]=172 [pages]=21824
    [boot_blocks]=2 [erases]=172 [programs]=21824 [flash_read]=39485440 [rchar]=60000000 [instructions]=1137000000
    [memory]=2900000 [right]=yes [wrong]=0)
  local pair name line=
  for pair; do is[${pair%%=*}]=${pair#*=}; done
  for name in camera workload tool block blocks pages boot_blocks erases programs flash_read rchar instructions memory right wrong; do
    line+="${line:+$'\t'}${is[$name]}"
  done
  printf '%s\n' "$line" > results.tsv
  run --separate-stderr perl "$FIXTURES/../../scripts/lib/bench-report.pl" .
}

# fails TEXT: that one check, and no other.
fails() {
  exits 1
  has "$output" "FAILS " "$1" "1 checks do not hold"
}

@test "a run at the bound is right" {
  judged
  exits 0
  has "$output" "all checks hold"
}

@test "a flash that is wrong afterwards, of uniflash or of another tool" {
  judged right=no
  fails "the flash is right"
  judged tool=flashcp right=no
  fails "the flash is right"
}

@test "one erase or one program more, or fewer" {
  judged erases=173
  fails "173 erases, bound 172"
  judged erases=171
  fails "171 erases, bound 172"
  judged programs=21825
  fails "21825 programs, bound 21824"
}

@test "a program that was to set a bit" {
  judged wrong=1
  fails "no bit was to be set"
}

@test "one byte of flash read too many: four times what is written, the boot loader twice more" {
  judged flash_read=$((16777216 + (4 * 172 + 5) * 32768))
  exits 0
  judged flash_read=$((16777216 + (4 * 172 + 5) * 32768 + 1))
  fails "bytes of flash read"
  judged tool=uniflash-backup flash_read=$((2 * 16777216 + (4 * 172 + 5) * 32768 + 1))
  fails "bytes of flash read"
}

@test "more instructions than a tenth of the chip's time" {
  judged blocks=52 erases=52 pages=1 programs=1 boot_blocks=0 flash_read=16800000 instructions=900000000
  exits 0
  judged blocks=52 erases=52 pages=1 programs=1 boot_blocks=0 flash_read=16800000 instructions=1000000000
  fails "less than a tenth of the chip time"
}

@test "more instructions than the digest takes" {
  judged blocks=1 erases=1 pages=1 programs=1 boot_blocks=0 flash_read=16900000 instructions=1000000000
  exits 0
  judged blocks=1 erases=1 pages=1 programs=1 boot_blocks=0 flash_read=16900000 instructions=1050000000
  fails "M instructions, at most"
}

@test "what a camera reads that does nothing is not the tool's" {
  judged camera=ast2600 block=65536 flash_read=70000000
  fails "bytes of flash read"
  cp results.tsv one.tsv
  judged camera=ast2600 block=65536 tool=idle workload=identical flash_read=30000000
  cat one.tsv >> results.tsv
  run --separate-stderr perl "$FIXTURES/../../scripts/lib/bench-report.pl" .
  exits 0
}

@test "cost that does not follow size and difference" {
  local good='8388608 32768 11 0 800 8388608' all='8388608 32768 11 256 1600 41943040'
  printf '%s\n' "$good" "$all" "16777216 32768 11 0 1600 16777216" | tr ' ' '\t' > scaling.tsv
  run --separate-stderr perl "$FIXTURES/../../scripts/lib/bench-report.pl" .
  exits 0
  printf '%s\n' "$good" "$all" "16777216 32768 11 0 1800 16777216" | tr ' ' '\t' > scaling.tsv
  run --separate-stderr perl "$FIXTURES/../../scripts/lib/bench-report.pl" .
  fails "linear would be"
  printf '%s\n' "$good" "$all" "16777216 32768 11 0 1600 16777217" | tr ' ' '\t' > scaling.tsv
  run --separate-stderr perl "$FIXTURES/../../scripts/lib/bench-report.pl" .
  fails "16777217 bytes read"
}

@test "nothing measured is no success" {
  run --separate-stderr perl "$FIXTURES/../../scripts/lib/bench-report.pl" .
  [ "$status" -ne 0 ]
  # shellcheck disable=SC2154
  has "$stderr" "nothing has been measured"
}
