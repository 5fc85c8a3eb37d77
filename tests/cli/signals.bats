#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck disable=SC2154 # run and common.bash set stderr, pid and terminal
# Signals, the terminal and the log going away: before the first erase they stop a run, after it they do not.

load common

# torn: the blocks of the flash that are neither those of before.bin nor those of the image.
torn() {
  comm -12 <(differing flash.bin before.bin | sort) <(differing flash.bin "$(image stock)" | sort)
}

# running: a run that is about to write its 30th block or so.
running() {
  dump random 1
  cp flash.bin before.bin
  start_gated -y --json "${ON[@]}" "$(image stock)"
  pass_until erase 30
}

@test "SIGINT, SIGTERM and SIGHUP before the first erase end the run with 1, stopped, the flash as it was" {
  local name
  for name in INT TERM HUP; do
    rm -f gate
    dump random 1
    cp flash.bin before.bin
    start_gated -y --json "${ON[@]}" "$(image stock)"
    pass_until read 500
    kill -s "$name" "$pid"
    finish
    exits 1
    result "status exit flash erased_blocks" "stopped 1 untouched 0"
    has "$stderr" "The flash is as it was."
    same_bytes flash.bin before.bin
  done
}

@test "a stopped plan ends with 1 too" {
  dump random 1
  start_gated plan --json "${ON[@]}" "$(image stock)"
  pass_until read 500
  kill -TERM "$pid"
  finish
  exits 1
  result "status flash" "stopped untouched"
}

@test "a run can be started again after it was stopped before the first erase" {
  dump random 1
  start_gated -y --json "${ON[@]}" "$(image stock)"
  pass_until read 500
  kill -TERM "$pid"
  finish
  exits 1
  free
  uniflash -y "${ON[@]}" "$(image stock)"
  exits 0
  same_bytes flash.bin "$(image stock)"
}

@test "during the writing every other signal is ignored, and the run ends verified" {
  running
  local name
  for name in HUP PIPE TERM QUIT TSTP TTIN TTOU ALRM USR1 USR2 XCPU XFSZ; do
    kill -s "$name" "$pid"
    pass_until erase 20
  done
  finish
  exits 0
  result "status exit flash erased_blocks" "done 0 verified 512"
  same_bytes flash.bin "$(image stock)"
}

@test "the first SIGINT during the writing warns that the flash is incomplete and goes on" {
  running
  kill -INT "$pid"
  pass_until erase 100
  has "$(cat err)" "incomplete" "3 seconds"
  finish
  exits 0
  result "status flash" "done verified"
  same_bytes flash.bin "$(image stock)"
}

@test "a second SIGINT within three seconds stops between two blocks with 6, and the next run finishes" {
  local left
  running
  kill -INT "$pid"
  pass_until erase 100
  kill -INT "$pid"
  finish
  exits 6
  result "status exit flash" "stopped 6 incomplete"
  has "$stderr" "The flash is incomplete" "Do not power off" "Run the same command again"
  is "$(torn)" ""
  left=$(expected flash.bin "$(image stock)")
  is "$(($(json 'select(.event == "result").erased_blocks') + ${left% *}))" 512
  traced -y --json "${ON[@]}" "$(image stock)"
  exits 0
  is "$(traced_erases) $(traced_pages)" "$left"
  same_bytes flash.bin "$(image stock)"
}

@test "a stop takes effect after the block in hand: no more than a few blocks are written after it" {
  running
  kill -INT "$pid"
  pass_until erase 20
  kill -INT "$pid"
  finish
  exits 6
  [ "$(json 'select(.event == "result").erased_blocks')" -lt 120 ] || report "it went on"
}

@test "a second SIGINT after more than three seconds is a first one again" {
  running
  kill -INT "$pid"
  pass_until erase 100
  sleep 3.2
  kill -INT "$pid"
  pass_until erase 100
  finish
  exits 0
  is "$(grep -c 'Interrupt again' err)" 2
  same_bytes flash.bin "$(image stock)"
}

@test "a terminal that goes away during the writing does not stop the run" {
  dump random 1
  open_gate
  start_terminal 100 env UNIFLASH_TRACE=gate "$UNIFLASH_TESTING_EXE" -y --log log "${ON[@]}" "$(image stock)"
  pass_until erase 30
  kill -KILL "$terminal"
  open_wide
  until_true free
  end_terminal
  same_bytes flash.bin "$(image stock)"
  has "$(tail -n 3 log)" "verified"
}

@test "a terminal that stalls does not hold up the run" {
  dump random 1
  open_gate
  start_terminal 100 env UNIFLASH_TRACE=gate "$UNIFLASH_TESTING_EXE" -y -v "${ON[@]}" "$(image stock)"
  pass_until erase 30
  kill -STOP "$terminal"
  open_wide
  until_true cmp -s flash.bin "$(image stock)"
  kill -CONT "$terminal"
  end_terminal
  exits 0
}

@test "a log that is removed during the writing does not stop the run" {
  dump random 1
  mkdir card
  start_gated -y --log card/log "${ON[@]}" "$(image stock)"
  pass_until erase 30
  rm -r card
  finish
  exits 0
  same_bytes flash.bin "$(image stock)"
}
