#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck disable=SC2154 # run sets stderr
# A flash that fails and lies: every run ends verified, or with 4 and the offsets that are wrong.

load common

# The dump differs from the image stock in the blocks at 0x300000 and 0x500000, in root.
two_blocks() {
  dump stock
  poke flash.bin 0x300123 0x500456
  cp flash.bin before.bin
}

# faulty SPEC ARGS: a recorded run with these faults.
faulty() {
  local spec=$1
  shift
  rm -f trace
  UNIFLASH_TRACE=trace UNIFLASH_FAULT=$spec testing -y --json "$@" "${ON[@]}" "$(image stock)"
}

# incomplete OFFSET...: the run ended with 4, and names these blocks and no others.
incomplete() {
  exits 4
  result "status exit flash" "failed 4 incomplete"
  has "$stderr" "The flash is incomplete" "Do not power off" "Run the same command again"
  is "$(grep -oE '0x(300000|500000|[0-9a-f]{4}000)\b' <<< "$stderr" | sort -u | tr '\n' ' ')" "$(printf '%s ' "$@")"
}

# repaired: without faults the next run finishes the job.
repaired() {
  uniflash -y --json "${ON[@]}" "$(image stock)"
  exits 0
  same_bytes flash.bin "$(image stock)"
}

@test "erases that report an error and do nothing: 1, both blocks named, the flash as it was" {
  two_blocks
  faulty seed=1,erase-fail=100000
  exits 1
  result "status exit flash" "failed 1 untouched"
  has "$stderr" "The flash is as it was" 0x300000 0x500000
  is "$(grep -c '^program' trace)" 0
  same_bytes flash.bin before.bin
  repaired
}

# halved KIND: the dump's second half holds what its first one does.
halved() {
  dump "$@"
  slice flash.bin 0 0x800000 > half
  cat half half > flash.bin
  cp flash.bin before.bin
}

@test "a chip that shows its contents twice is refused: device.alias, nothing erased" {
  halved stock
  faulty seed=1,wrap=0x800000
  refused device.alias
  result "status exit flash" "refused 3 untouched"
  has "$stderr" "from 0x800000" 8388608 "printed on the chip"
  is "$(traced_erases)" 0
  same_bytes flash.bin before.bin
}

@test "where device.alias is allowed, the first block proves it, and is put back" {
  halved stock
  faulty seed=1,wrap=0x800000 --allow device.alias
  refused device.alias
  result "status exit flash" "refused 3 untouched"
  has "$stderr" "showed at" "has only 8388608 bytes"
  is "$(traced_erases)" 2
  same_bytes flash.bin before.bin
}

@test "a nearly blank chip that shows itself twice is found out by the first block" {
  "$FIXTURES/make-image" blank flash.bin
  slice "$(image stock)" 0 0x40000 | dd of=flash.bin conv=notrunc status=none
  slice "$(image stock)" 0 0x40000 | dd of=flash.bin conv=notrunc bs=1M seek=8 status=none
  cp flash.bin before.bin
  faulty seed=1,wrap=0x800000
  refused device.alias
  result "status exit flash" "refused 3 untouched"
  is "$(traced_erases)" 2
  same_bytes flash.bin before.bin
}

@test "halves that are the same on a whole chip: refused, and written where allowed" {
  halved stock
  uniflash -y --json "${ON[@]}" "$(image stock)"
  refused device.alias
  same_bytes flash.bin before.bin
  uniflash -y --json "${DUMP[@]}" -k none --allow "$ANY_CONTENT,device.alias" "$(image stock)"
  exits 0
  same_bytes flash.bin "$(image stock)"
}

@test "halves that are to be the same are no alias" {
  halved stock
  mv before.bin twice.bin
  poke flash.bin 0x300123 0xb00123
  uniflash -y --json "${ON[@]}" twice.bin
  exits 0
  same_bytes flash.bin twice.bin
}

@test "erases that lie: device.protected, nothing programmed, the flash as it was" {
  two_blocks
  faulty seed=1,erase-lie=100000
  refused device.protected
  result "status exit flash" "refused 3 untouched"
  has "$stderr" 0x300000 "does not obey"
  is "$(grep -c '^erase' trace)" 3
  is "$(grep -c '^program' trace)" 0
  same_bytes flash.bin before.bin
  repaired
}

@test "an erase that clears only a first part: 4, and nothing is programmed over the rest" {
  two_blocks
  faulty seed=1,erase-partial=100000
  incomplete 0x300000 0x500000
  is "$(grep -c '^program' trace)" 0
  repaired
}

@test "a program that reports an error: 4, both blocks named, and left blank" {
  two_blocks
  faulty seed=1,program-fail=100000
  incomplete 0x300000 0x500000
  is "$(slice flash.bin 0x300000 0x308000 | tr -d '\377' | wc -c)" 0
  repaired
}

@test "a program that lies: 4, both blocks named" {
  two_blocks
  faulty seed=1,program-lie=100000
  incomplete 0x300000 0x500000
  repaired
}

@test "a program that writes only a first part: 4, both blocks named" {
  two_blocks
  faulty seed=1,program-partial=100000
  incomplete 0x300000 0x500000
  repaired
}

@test "a cell that is stuck at 0: 4, that block alone is named, the other one is right" {
  two_blocks
  faulty seed=1,stuck=300010:ff:00
  incomplete 0x300000
  has "$stderr" 0x300010
  is "$(differing flash.bin "$(image stock)")" 300000
}

@test "bits that are stuck at 1 where they should be 1 are no trouble" {
  two_blocks
  local value
  value=$(slice "$(image stock)" 0x300010 0x300011 | od -An -tx1 | tr -d ' ')
  [ "$value" != 00 ]
  faulty "seed=1,stuck=300010:$value:$value"
  exits 0
  same_bytes flash.bin "$(image stock)"
}

@test "a stuck cell in a block that is already right is not even noticed" {
  two_blocks
  local value
  value=$(slice "$(image stock)" 0x400010 0x400011 | od -An -tx1 | tr -d ' ')
  faulty "seed=1,stuck=400010:ff:$value"
  exits 0
  same_bytes flash.bin "$(image stock)"
}

@test "one bad block does not stop the rest, and its partition is told from the others" {
  dump random 1
  faulty seed=1,stuck=640000:ff:00
  exits 4
  is "$(differing flash.bin "$(image stock)" | paste -sd' ')" "0 8000 10000 18000 20000 28000 30000 38000 640000"
  has "$stderr" appfs 0x640000 "not right: appfs" "The boot loader was not touched: the old one is whole." \
    " right: kernel, root, driver, backupk, backupd, backupa, config, para, flag" "not done yet: boot"
  is "$(json 'select(.event == "verify" and .equal == false).partition')" appfs
  [ "$(json 'select(.event == "result").erased_blocks')" -ge 504 ] || report "it stopped"
}

@test "a block that fails is tried again, and then again at the end" {
  two_blocks
  faulty seed=1,stuck=300010:ff:00
  exits 4
  local first
  first=$(grep '^erase ' trace | head -n 1)
  is "$first" "erase 300000"
  [ "$(sed '/^erase 500000/,$d' trace | grep -c '^erase 300000')" -ge 2 ] || report "not tried again at once"
  [ "$(sed -n '/^erase 500000/,$p' trace | grep -c '^erase 300000')" -ge 1 ] || report "not tried again at the end"
}

@test "faults that pass are mended: 0, and the flash equals the image" {
  local kind
  for kind in erase-fail erase-lie erase-partial program-fail program-lie program-partial; do
    two_blocks
    faulty "seed=1,limit=2,$kind=100000"
    exits 0
    result "status flash retried_blocks" "done verified 1"
    same_bytes flash.bin "$(image stock)"
  done
}

@test "reads that fail, flip, come short or stale for a while are mended too" {
  local kind
  for kind in read-fail read-flip read-short read-stale; do
    dump stock
    poke flash.bin 0x300123 0x500456
    faulty "seed=3,limit=5,$kind=3000"
    exits 0
    result "flash exit" "verified 0"
    same_bytes flash.bin "$(image stock)"
  done
}

@test "a flash that cannot be read at all never ends in success" {
  two_blocks
  faulty seed=1,read-fail=100000
  [ "$status" -eq 4 ] || [ "$status" -eq 1 ] || report "expected 4, or 1 with the flash as it was"
  [ "$status" -ne 1 ] || same_bytes flash.bin before.bin
}

@test "verify of a flash that cannot be read fails, and does not say that it is equal" {
  dump stock
  UNIFLASH_FAULT=seed=1,read-fail=100000 testing verify --json "${ON[@]}" "$(image stock)"
  [ "$status" -eq 1 ] || [ "$status" -eq 5 ] || report "expected 1 or 5"
  is "$(json 'select(.event == "verify" and .equal == true).partition')" ""
}

@test "with -v each try is an event with what came of it" {
  two_blocks
  faulty seed=1,limit=1,program-lie=100000 -v
  exits 0
  is "$(json 'select(.event == "block") | "\(.offset) \(.attempt) \(.result)"' | sed 's/ [a-z-]*$/ &/; s/  ok/ ok/; s/  .*/ wrong/')" \
    $'3145728 1 wrong\n3145728 2 ok\n5242880 1 ok'
}

@test "on a terminal and in plain text the failing offsets are named too" {
  two_blocks
  UNIFLASH_FAULT=seed=1,stuck=300010:ff:00 testing -y "${ON[@]}" "$(image stock)"
  exits 4
  has "$stderr" root 0x300000 0x300010 "1 of 2 blocks"
}

@test "a bad specification of faults is refused, so that no test runs without its faults" {
  dump stock
  UNIFLASH_FAULT=seed=1,erase-lies=5 testing -y "${ON[@]}" "$(image stock)"
  [ "$status" -ne 0 ] || report "it was taken"
}

@test "a sweep over seeds and mixed faults has no false success" {
  head -c 1M "$(image random 1)" > before.bin
  head -c 1M "$(image stock)" > image.bin
  local seed rates mended=0 failed=0
  for ((seed = 1; seed <= 60; seed++)); do
    cp before.bin flash.bin
    rates=erase-fail=9000,erase-lie=9000,erase-partial=9000,program-fail=9000,program-lie=9000,program-partial=9000
    if [ $((seed % 2)) -eq 0 ]; then
      rates=erase-lie=55000,program-lie=55000
    fi
    UNIFLASH_FAULT="seed=$seed,$rates,read-flip=200,read-short=200,read-stale=200" \
      testing -y -q "${ANY[@]}" --allow map.size-suspect -l 'mtdparts=f:256k(boot),768k(rest)' -d file:flash.bin image.bin
    case $status in
      0)
        mended=$((mended + 1))
        same_bytes flash.bin image.bin
        ;;
      4)
        failed=$((failed + 1))
        has "$stderr" "The flash is incomplete" 0x0
        ;;
      3)
        has "$stderr" device.protected
        same_bytes flash.bin before.bin
        ;;
      *) report "seed $seed" ;;
    esac
  done
  # Both must have come about, or the sweep shows nothing.
  [ "$mended" -ge 5 ] && [ "$failed" -ge 5 ] || report "mended $mended, failed $failed"
}
