#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck disable=SC2154 # run sets stderr
# The plan and the dry run: what it shows, and that it changes nothing.

load common

@test "a dry run shows all eleven partitions with their offsets and sizes" {
  dump random 1
  untouched_by uniflash -n "${ON[@]}" "$(image stock)"
  exits 0
  local index=0 name start end
  while read -r name start end; do
    grep -Eq "^mtd$index +$name +$start-$end +$(((end - start) / 1024)) KiB " <<< "$output" || report "no row for $name"
    index=$((index + 1))
  done <<< "$DAFANG"
  is "$index" 11
}

@test "a dry run erases and programs nothing, and never arms the flash for writing" {
  dump random 1
  local words
  for words in -n plan "flash -n -y"; do
    # shellcheck disable=SC2086
    untouched_by traced $words "${ON[@]}" "$(image stock)"
    exits 0
    is "$(grep -Ec '^read ' trace)" 4096
    is "$(grep -Ev '^read ' trace)" ""
  done
}

@test "a dry run works on a dump that cannot be written" {
  dump random 1
  chmod 444 flash.bin
  run --separate-stderr unprivileged "$UNIFLASH" -n "${ON[@]}" "$(image stock)"
  exits 0
  has "$output" "This was a dry run: nothing was written."
}

@test "a dry run neither makes the dump that size= asks for nor asks a question" {
  uniflash plan -l dafang -d file:new.bin,size=16M "$(image stock)"
  exits 0
  has "$output" "0x000000-0x040000"
  [ ! -e new.bin ] || report "new.bin was made"
}

@test "the blocks and pages of every partition are those that differ, counted without uniflash" {
  dump stock
  local upgrade name start end
  upgrade=$(image upgrade)
  uniflash plan --json "${ON[@]}" "$upgrade"
  exits 0
  while read -r name start end; do
    is "$name $(json "select(.event == \"plan\").partitions[] | select(.name == \"$name\") | \"\(.erase_blocks) \(.program_pages)\"")" \
      "$name $(expected flash.bin "$upgrade" "$BLOCK" "$start" "$end")"
  done <<< "$DAFANG"
  is "$(json 'select(.event == "plan") | "\(.erase_blocks) \(.program_pages)"')" "$(expected flash.bin "$upgrade")"
}

@test "the table shows the same figures as the JSON plan, with totals" {
  dump stock
  local upgrade rows
  upgrade=$(image upgrade)
  uniflash plan --json "${ON[@]}" "$upgrade"
  rows=$(json 'select(.event == "plan").partitions[] | "mtd\(.index) \(.name) \(.action) \(.erase_blocks) \(.program_pages)"')
  uniflash plan "${ON[@]}" "$upgrade"
  is "$(awk '/^mtd[0-9]/ { print $1, $2, $6, $7, $8 }' <<< "$output")" "$rows"
  is "$(awk '/^total/ { print $2, $4, $5 }' <<< "$output")" "16384 $(expected flash.bin "$upgrade")"
}

@test "the action is write, same, keep or erase as the contents have it" {
  dump stock
  poke flash.bin 0x40000 0xad0000 0xf70000
  uniflash plan --json "${DUMP[@]}" -k config "$(image stock)"
  exits 0
  is "$(json 'select(.event == "plan").partitions[] | "\(.name) \(.action) \(.blocks) \(.erase_blocks)"')" 'boot same 8 0
kernel write 64 1
root same 106 0
driver same 20 0
appfs same 148 0
backupk erase 64 1
backupd same 20 0
backupa same 64 0
config keep 8 0
para same 8 0
flag same 2 0'
  is "$(json 'select(.event == "plan").order | join(" ")')" "kernel backupk"
}

@test "the plan names the image, its size and digest, and the time it will take" {
  dump random 1
  local stock sum
  stock=$(image stock)
  sum=$(sha256sum < "$stock")
  uniflash plan "${ON[@]}" "$stock"
  has "$output" "$stock" "16 MiB" "${sum%% *}" "About 1 min" "512 of 512 blocks"
}

@test "the estimate is nothing for nothing, and grows with what is to be done" {
  local random none some all
  random=$(image random 1)
  dump stock
  uniflash plan --json "${ON[@]}" "$(image stock)"
  none=$(json 'select(.event == "plan").estimated_seconds')
  uniflash plan --json "${ON[@]}" "$(image upgrade)"
  some=$(json 'select(.event == "plan").estimated_seconds')
  uniflash plan --json "${ON[@]}" "$random"
  all=$(json 'select(.event == "plan").estimated_seconds')
  perl -e 'exit !($ARGV[0] == 0 && $ARGV[1] > 10 && $ARGV[2] > 2 * $ARGV[1] && $ARGV[2] < 600)' "$none" "$some" "$all" ||
    report "estimates: $none, $some, $all"
}

@test "nothing to do is said in plain words" {
  dump stock
  uniflash plan "${ON[@]}" "$(image stock)"
  exits 0
  has "$output" "The flash already holds what it should."
  is "$(awk '/^total/ { print $4, $5 }' <<< "$output")" "0 0"
}

@test "no line of the plan is wider than 80 columns" {
  dump random 1
  cp "$(image stock)" image.bin
  uniflash plan "${ON[@]}" image.bin
  is "$(awk 'length > 80' <<< "$output")" ""
}

@test "flashes of 8, 16, 32 and 64 MiB are as usual, others are map.size-suspect" {
  local size
  head -c 64K "$(image stock)" > small.bin
  for size in 8M 16M 32M 64M; do
    uniflash plan --json "${ANY[@]}" --tail erase -l 'mtdparts=f:256k(boot),-(rest)' -d "file:f$size.bin,size=$size" small.bin
    exits 0
    is "$(json 'select(.event == "plan").flash_size')" "$((${size%M} * 1048576))"
  done
  uniflash plan "${ANY[@]}" --tail erase -l 'mtdparts=f:256k(boot),-(rest)' -d file:f.bin,size=12M small.bin
  refused map.size-suspect
  has "$stderr" "12 MiB"
  uniflash plan "${ANY[@]}" --tail erase -l 'mtdparts=f:256k(boot),-(rest)' -d file:f.bin,size=12M --allow map.size-suspect --json small.bin
  exits 0
  is "$(json 'select(.event == "check" and .id == "map.size-suspect").result')" allowed
}

@test "a check that was allowed stands in the plan, and in the log" {
  head -c 64K "$(image stock)" > small.bin
  uniflash plan "${ANY[@]}" --tail erase -l 'mtdparts=f:256k(boot),-(rest)' -d file:f.bin,size=12M --allow map.size-suspect --log log small.bin
  exits 0
  has "$(cat log)" "map.size-suspect"
  has "$output$stderr" "allowed" "map.size-suspect"
}

@test "a refusal that may be allowed says how, one that may not does not" {
  head -c 64K "$(image stock)" > small.bin
  uniflash plan "${ANY[@]}" --tail erase -l 'mtdparts=f:256k(boot),-(rest)' -d file:f.bin,size=12M small.bin
  refused map.size-suspect
  has "$stderr" "--allow map.size-suspect"
  dump blank
  uniflash plan -l 'mtdparts=f:8k(boot),-(rest)' -d file:flash.bin "$(image stock)"
  refused map.unaligned
  lacks "$stderr" "--allow"
}
