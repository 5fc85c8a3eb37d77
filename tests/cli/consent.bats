#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck disable=SC2154 # run sets stderr
# The question before the first erase.

load common

ask() {
  start_terminal 100 "$UNIFLASH" "$@" "${ON[@]}" "$(image stock)"
}

@test "without a terminal and without -y the run is refused as wrong usage" {
  dump random 1
  untouched_by run --separate-stderr setsid -w "$UNIFLASH" "${ON[@]}" "$(image stock)" < /dev/null
  exits 2
  has "$stderr" "no terminal" "-y"
}

@test "without a terminal a dry run needs no -y" {
  dump random 1
  untouched_by run --separate-stderr setsid -w "$UNIFLASH" -n "${ON[@]}" "$(image stock)" < /dev/null
  exits 0
}

@test "with -y there is no question" {
  dump random 1
  ask -y
  end_terminal
  exits 0
  lacks "$output" "[y/N]"
  same_bytes flash.bin "$(image stock)"
}

@test "the question comes after the plan and says how much of what will be rewritten" {
  dump stock
  poke flash.bin 0x300123
  ask
  shown "[y/N]"
  has "$(cat screen)" "0x240000-0x590000" "1 block" "flash.bin"
  type_in 'n\n'
  end_terminal
  exits 1
}

@test "y and yes go on" {
  local answer
  for answer in y Y yes YES; do
    dump stock
    poke flash.bin 0x300123
    rm -f keys screen
    ask
    shown "[y/N]"
    type_in "$answer\n"
    end_terminal
    exits 0
    same_bytes flash.bin "$(image stock)"
  done
}

@test "n, an empty line, anything else and the end of input are no: status 1, the flash as it was" {
  dump random 1
  local answer
  for answer in 'n\n' '\n' 'nyet\n' 'ye\n' ' \n' '\004'; do
    rm -f keys screen
    ask
    shown "[y/N]"
    type_in "$answer"
    untouched_by end_terminal
    exits 1
    has "$output" "The flash is as it was."
  done
}

@test "no is a stop in JSON, with the flash untouched" {
  dump random 1
  ask --json
  shown "[y/N]"
  type_in 'n\n'
  untouched_by end_terminal
  exits 1
  output=$(grep '^{' <<< "$output")
  result "exit flash erased_blocks" "1 untouched 0"
}

@test "where nothing is to be done nothing is asked" {
  dump stock
  ask
  end_terminal
  exits 0
  lacks "$output" "[y/N]"
}

@test "where a check refuses nothing is asked" {
  dump random 1
  head -c 8M "$(image stock)" > short.bin
  start_terminal 100 "$UNIFLASH" "${ON[@]}" short.bin
  untouched_by end_terminal
  exits 3
  lacks "$output" "[y/N]"
}

@test "an interrupt while it asks ends with 1 and the flash as it was" {
  dump random 1
  ask
  shown "[y/N]"
  type_in '\003'
  untouched_by end_terminal
  exits 1
  has "$output" "The flash is as it was."
}

@test "a terminal that goes away while it asks ends the run, with the flash as it was" {
  dump random 1
  ask
  shown "[y/N]"
  kill -KILL "$terminal"
  untouched_by until_true free
  end_terminal
  free
}

@test "nothing is written while it asks" {
  dump random 1
  start_terminal 100 env UNIFLASH_TRACE=trace "$UNIFLASH_TESTING_EXE" "${ON[@]}" "$(image stock)"
  shown "[y/N]"
  is "$(grep -Ec '^(erase|program)' trace)" 0
  type_in 'n\n'
  end_terminal
  is "$(grep -Ec '^(erase|program)' trace)" 0
}

@test "an image that changes while it asks is not written" {
  dump random 1
  cp "$(image stock)" image.bin
  touch -d '1 hour ago' image.bin
  start_terminal 100 "$UNIFLASH" "${ON[@]}" image.bin
  shown "[y/N]"
  poke image.bin 0x500000
  type_in 'y\n'
  untouched_by end_terminal
  exits 3
  has "$output" "image.unreadable"
}

@test "no answer in time is no" {
  dump random 1
  local before
  before=$(digest flash.bin)
  UNIFLASH_ASK_SECONDS=1 start_terminal 100 "$UNIFLASH_TESTING_EXE" "${ON[@]}" "$(image stock)"
  end_terminal
  exits 1
  has "$output" "[y/N]" "declined" "The flash is as it was."
  is "$(digest flash.bin)" "$before"
}
