#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck disable=SC2154 # run sets stderr
# The JSON lines: every line an object, every event with its fields.

load common

# fields EVENT NAME:TYPE...: there are such events, and every one of them has these fields.
fields() {
  local event=$1 field
  shift
  [ "$(json "select(.event == \"$event\").event" | grep -c '')" -ge 1 ] || report "no event $event"
  for field in "$@"; do
    is "$field $(json "select(.event == \"$event\") | .${field%:*} | type" | sort -u)" "$field ${field#*:}"
  done
}

@test "a run prints nothing but objects with event and version on standard output" {
  dump random 1
  uniflash -y --json "${DUMP[@]}" "$(image stock)"
  exits 0
  valid_json
  is "$stderr" ""
  is "$(json .event | tail -n 1)" result
}

@test "with -v, in a dry run, on refusal, on wrong usage and on failure it is the same" {
  dump random 1
  local stock
  stock=$(image stock)
  uniflash -y -v --json "${ON[@]}" "$stock"
  exits 0
  valid_json
  uniflash plan --json "${ON[@]}" "$stock"
  exits 0
  valid_json
  head -c 8M "$stock" > short.bin
  uniflash -y --json "${ON[@]}" short.bin
  exits 3
  valid_json
  result "status exit flash" "refused 3 untouched"
  uniflash -y --json "${ON[@]}" --tail sideways "$stock"
  exits 2
  valid_json
  result "status exit flash" "failed 2 untouched"
  uniflash -y --json "${ON[@]}" nosuch
  exits 1
  valid_json
  result "status exit flash" "failed 1 untouched"
}

@test "every verb speaks JSON" {
  dump stock
  local arguments
  for arguments in "info ${LOOK[*]}" "verify ${ON[*]} flash.bin" "plan ${ON[*]} flash.bin" "layouts" "layouts dafang" \
    "split -l dafang flash.bin parts" "join -l dafang parts joined.bin"; do
    # shellcheck disable=SC2086
    uniflash --json $arguments
    exits 0
    valid_json
    result "status exit" "done 0"
  done
}

@test "the checks are events with id and result" {
  dump upgrade
  uniflash plan --json "${ON[@]}" "$(image stock)"
  exits 0
  fields check id:string result:string
  is "$(json 'select(.event == "check").result' | sort -u)" ok
  has "$(json 'select(.event == "check").id')" map.gap map.overlap map.unaligned size.too-big image.short \
    map.offset-mismatch map.layout-mismatch map.size-suspect
}

@test "a refusal is an event with id, result and detail" {
  dump random 1
  head -c 8M "$(image stock)" > short.bin
  uniflash -y --json "${ON[@]}" short.bin
  exits 3
  is "$(json 'select(.event == "check" and .result == "refused").id')" image.short
  has "$(json 'select(.event == "check" and .result == "refused").detail')" "8,388,608"
  has "$stderr" "refused (image.short)"
}

@test "the plan has all its fields" {
  dump stock
  local upgrade sum
  upgrade=$(image upgrade)
  sum=$(sha256sum < "$upgrade")
  uniflash plan --json "${ON[@]}" "$upgrade"
  exits 0
  fields plan flash_size:number erase_size:number image_size:number image_sha256:string layout:string \
    partitions:array order:array erase_blocks:number program_pages:number page_size:number estimated_seconds:number
  is "$(json 'select(.event == "plan") | "\(.flash_size) \(.erase_size) \(.image_size) \(.page_size) \(.layout)"')" \
    "16777216 32768 16777216 256 dafang"
  is "$(json 'select(.event == "plan").image_sha256')" "${sum%% *}"
  is "$(json 'select(.event == "plan").partitions[] |
    [.index, .offset, .size, .blocks, .erase_blocks, .program_pages, .name, .action | type] | join(" ")' | sort | uniq -c | awk '{ $1 = $1; print }')" \
    "11 number number number number number number string string"
  is "$(json 'select(.event == "plan").partitions[] | "\(.index) \(.name) \(.offset) \(.size) \(.blocks)"')" \
    "$(perl -ane 'printf "%d %s %d %d %d\n", $. - 1, $F[0], hex $F[1], (hex($F[2]) - hex $F[1]), (hex($F[2]) - hex $F[1]) / 32768' <<< "$DAFANG")"
}

@test "the plan of a dump says that nothing in it is provisional" {
  dump stock
  uniflash plan --json "${ON[@]}" "$(image upgrade)"
  is "$(json 'select(.event == "plan").provisional')" false
}

@test "progress has all its fields, and the phases come in order" {
  dump random 1
  start_gated -y --json "${ON[@]}" "$(image stock)"
  local _
  for _ in 1 2 3 4; do
    pass_until erase 100
    sleep 0.3
  done
  finish
  exits 0
  fields progress phase:string done:number total:number seconds:number
  is "$(json 'select(.event == "progress" and (.phase | IN("survey", "write", "verify"))).phase' | uniq | tr '\n' ' ')" \
    "survey write verify write verify "
  is "$(json 'select(.event == "progress" and .phase == "write").partition | type' | sort -u)" string
  [ "$(json 'select(.event == "progress" and .phase == "write").done' | sort -nu | grep -c '')" -ge 4 ] ||
    report "the pauses do not show"
}

@test "progress tells the time left while the flash is written, and at the end none" {
  dump random 1
  uniflash -y --json "${ON[@]}" "$(image stock)"
  exits 0
  is "$(json 'select(.event == "progress" and .phase == "write").seconds_left | type' | sort -u)" number
  is "$(json 'select(.event == "progress" and (.phase == "image" or .phase == "survey")).seconds_left // "none"' | sort -u)" none
  is "$(json 'select(.event == "progress" and .phase == "verify" and .done == .total).seconds_left == 0')" true
}

@test "progress never goes back, and reaches its total only at the end of its phase" {
  dump random 1
  UNIFLASH_FAULT=seed=5,limit=6,program-lie=3000 testing -y --json "${ON[@]}" "$(image stock)"
  exits 0
  [ "$(json 'select(.event == "result").retried_blocks')" -ge 1 ] || report "no block was tried again"
  jq -rs '
    [.[] | select(.event == "progress")] | group_by(.phase)[] |
    if ([.[].done] | . == sort) and ([.[] | select(.done >= .total)] | length) == 1 and .[-1].done == .[-1].total
    then empty else "\(.[0].phase): \([.[] | "\(.done)/\(.total)"] | join(" "))" end' <<< "$output" > wrong
  is "$(cat wrong)" ""
}

@test "with -v every block is an event, and without it none is" {
  dump stock
  poke flash.bin 0x300123 0x500000 0xff0000
  cp flash.bin before.bin
  uniflash -y -v --json "${ON[@]}" "$(image stock)"
  exits 0
  fields block partition:string offset:number attempt:number result:string
  is "$(json 'select(.event == "block") | "\(.partition) \(.offset) \(.attempt) \(.result)"')" \
    $'root 3145728 1 ok\nroot 5242880 1 ok\nflag 16711680 1 ok'
  cp before.bin flash.bin
  uniflash -y --json "${ON[@]}" "$(image stock)"
  is "$(json 'select(.event == "block").event')" ""
}

@test "verify has an event for each partition, with the first difference" {
  dump stock
  poke flash.bin 0x300123 0xfb0000
  uniflash verify --json "${ON[@]}" "$(image stock)"
  exits 5
  fields verify partition:string equal:boolean
  is "$(json 'select(.event == "verify") | "\(.partition) \(.equal) \(.first_difference)"')" 'boot true null
kernel true null
root false 3146019
driver true null
appfs true null
backupk true null
backupd true null
backupa true null
config true null
para false 16449536
flag true null'
  result "status exit flash" "differs 5 untouched"
}

@test "the result has all its fields" {
  dump stock
  poke flash.bin 0x300123
  uniflash -y --json "${ON[@]}" "$(image stock)"
  exits 0
  fields result status:string exit:number flash:string erased_blocks:number programmed_pages:number \
    retried_blocks:number bytes_read:number seconds:number
  result "status exit flash erased_blocks programmed_pages retried_blocks" "done 0 verified 1 128 0"
  [ "$(json 'select(.event == "result").bytes_read')" -ge "$FLASH_SIZE" ] || report "less than the flash was read"
  is "$(json 'select(.event == "result").event' | grep -c '')" 1
}

@test "info has its fields, with -v the digest of each partition" {
  dump stock
  uniflash info --json "${LOOK[@]}"
  exits 0
  valid_json
  fields info size:number erase_size:number layout:string partitions:array
  is "$(json 'select(.event == "info") | "\(.size) \(.erase_size) \(.layout)"')" "16777216 32768 dafang"
  is "$(json 'select(.event == "info").partitions[] | "\(.index) \(.name) \(.offset) \(.size) \(.role)"')" '0 boot 0 262144 boot
1 kernel 262144 2097152 kernel
2 root 2359296 3473408 rootfs
3 driver 5832704 655360 app
4 appfs 6488064 4849664 app
5 backupk 11337728 2097152 staging
6 backupd 13434880 655360 staging
7 backupa 14090240 2097152 staging
8 config 16187392 262144 data
9 para 16449536 262144 data
10 flag 16711680 65536 flag'
  uniflash info --json -v "${LOOK[@]}"
  exits 0
  local name start end sum
  while read -r name start end; do
    sum=$(slice flash.bin "$start" "$end" | sha256sum)
    is "$name $(json "select(.event == \"info\").partitions[] | select(.name == \"$name\").sha256")" "$name ${sum%% *}"
  done <<< "$DAFANG"
}

@test "names and paths that JSON must quote are quoted" {
  dump stock
  local odd='a "quote" \ and	tab.bin'
  cp flash.bin "$odd"
  uniflash plan --json -l 'mtdparts=f:256k(a"b\c),-(rest)' -d file:flash.bin "$odd"
  exits 0
  valid_json
  is "$(json 'select(.event == "plan").partitions[0].name')" 'a"b\c'
  uniflash plan --json "${ON[@]}" "no $odd"
  exits 1
  valid_json
}
