#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck disable=SC2154 # run sets stderr
# The main job on a dump: exactly what differs is written, and the dump equals the image afterwards.

load common

# exact OLD... -- NEW...: writes image NEW over a flash that holds image OLD, and compares what was
# recorded and what is reported with what the two contents ask for.
exact() {
  local -a old=() new
  while [ "$1" != -- ]; do
    old+=("$1")
    shift
  done
  shift
  new=("$@")
  dump "${old[@]}"
  exact_file "$(image "${new[@]}")"
}

# boot_last: the offsets as they are written: the boot loader (256 KiB) last, its first block at once
# when it is its turn, and with whatever else of it is written.
# shellcheck disable=SC2016
boot_last() {
  perl -e 'chomp(my @at = <STDIN>); my @boot = grep { length && hex $_ < 0x40000 } @at;
    @boot = (0, grep { hex $_ } @boot) if @boot;
    print "$_\n" for (grep { length && hex $_ >= 0x40000 } @at), @boot'
}

begins_with_boot() {
  [ "$(head -c 9 "$1" | od -An -tx1 | tr -d ' ')" = 060504030255aa55aa ]
}

# pages_of_first FILE: the pages of its first block that are not all 0xFF.
# shellcheck disable=SC2016
pages_of_first() {
  head -c "$BLOCK" "$1" | perl -0777 -ne 'print scalar grep { $_ ne "\xff" x 256 } unpack "(a256)*", $_'
}

exact_file() {
  local want offsets
  want=$(expected flash.bin "$1")
  offsets=$(differing flash.bin "$1")
  if begins_with_boot flash.bin || begins_with_boot "$1"; then
    offsets=$(boot_last <<< "$offsets")
  fi
  # The header goes with whatever else of the boot loader is written.
  [ -z "$offsets" ] || [ "$(grep -c '' <<< "$offsets")" -eq "${want% *}" ] ||
    want="$((${want% *} + 1)) $((${want#* } + $(pages_of_first "$1")))"
  traced -y --json "${ON[@]}" "$1"
  exits 0
  is "$(traced_erases) $(traced_pages)" "$want"
  is "$(sed -n 's/^erase //p' trace)" "$offsets"
  is "$(json 'select(.event == "result") | "\(.erased_blocks) \(.programmed_pages)"')" "$want"
  same_bytes flash.bin "$1"
}

@test "an identical image erases and programs nothing, and is reported as unchanged" {
  exact stock -- stock
  is "$(traced_erases) $(traced_pages)" "0 0"
  is "$(grep -Ec '^(arm|sync)' trace)" 0
  result "status exit flash retried_blocks" "unchanged 0 verified 0"
}

@test "one changed byte erases one block and programs its pages" {
  dump stock
  poke flash.bin 0x300123
  exact_file "$(image stock)"
  is "$(traced_erases)" 1
  is "$(sed -n 's/^erase //p' trace)" 300000
  result "status exit flash erased_blocks" "done 0 verified 1"
}

@test "a realistic upgrade erases and programs exactly what differs" {
  exact stock -- upgrade
  is "$(($(traced_erases) > 50 && $(traced_erases) < 400))" 1
}

@test "a random image over a realistic one erases all 512 blocks and programs all 65,536 pages" {
  exact stock -- random 1
  is "$(traced_erases) $(traced_pages)" "512 65536"
}

@test "another firmware over a realistic one is exact" {
  exact stock -- other
}

@test "a blank image erases what is not blank and programs nothing" {
  exact stock -- blank
  is "$(traced_pages)" 0
  is "$(grep -c '^program' trace)" 0
}

@test "an image that is half 0xFF programs only its other half" {
  exact random 1 -- half
  is "$(traced_erases) $(traced_pages)" "512 32768"
}

@test "a realistic image on a blank flash erases only blocks that get data" {
  exact blank -- stock
}

@test "a second run is unchanged and erases nothing" {
  dump random 1
  uniflash -y "${ON[@]}" "$(image stock)"
  exits 0
  has "$output" "512 blocks erased" "read back"
  traced -y --json "${ON[@]}" "$(image stock)"
  exits 0
  is "$(traced_erases) $(traced_pages)" "0 0"
  result "status exit flash erased_blocks programmed_pages" "unchanged 0 verified 0 0"
  uniflash -y "${ON[@]}" "$(image stock)"
  exits 0
  has "$output" "Nothing was written"
}

@test "nothing is erased before the whole flash has been read" {
  dump random 1
  traced -y "${ON[@]}" "$(image stock)"
  exits 0
  is "$(sed '/^arm$/,$d' trace | grep -c '^read ')" 4096
  is "$(sed '/^arm$/,$d' trace | grep -Evc '^read ')" 0
}

@test "every erased block is read as blank, and every block read once more after all is written" {
  dump stock
  poke flash.bin 0x300123 0x500000
  traced -y "${ON[@]}" "$(image stock)"
  exits 0
  local reads
  reads=$(sed -n '/^erase 300000$/,/^program/p' trace | grep -c '^read 30[0-7]')
  is "$reads" 8
  reads=$(sed -n '/^program 300000/,/^erase/p' trace | grep -c '^read 30[0-7]')
  is "$reads" 8
  reads=$(sed -n '/^program 500000/,$p' trace | grep -c '^read 30[0-7]')
  is "$reads" 8
}

@test "blocks are written in ascending order" {
  dump stock
  traced -y "${ON[@]}" "$(image upgrade)"
  exits 0
  perl -ne 'if (/^erase (\S+)/) { die "$_ after $last\n" if defined $last && hex $1 <= $last; $last = hex $1 }' trace
}

@test "an erase block is programmed only after it was erased, and only inside itself" {
  dump random 1
  traced -y "${ON[@]}" "$(image half)"
  exits 0
  perl -ne '
    if (/^erase (\S+)/) { $at = hex $1; die "unaligned: $_" if $at % 32768; }
    elsif (/^program (\S+) (\S+)/) {
      my ($off, $len) = (hex $1, hex $2);
      die "outside: $_" if $off < $at || $off + $len > $at + 32768;
      die "not whole pages: $_" if $off % 256 || $len % 256;
    }' trace
}

@test "--full rewrites every block, equal or not" {
  dump stock
  local pages
  pages=$(expected "$(image random 1)" "$(image stock)" | cut -d ' ' -f 2)
  traced -y --full --json "${ON[@]}" "$(image stock)"
  exits 0
  is "$(traced_erases) $(traced_pages)" "512 $pages"
  result "status flash erased_blocks programmed_pages" "done verified 512 $pages"
  same_bytes flash.bin "$(image stock)"
}

@test "4 KiB and 64 KiB erase blocks are exact too" {
  local size bytes want upgrade
  upgrade=$(image upgrade)
  for size in 4K 64K; do
    bytes=$((${size%K} * 1024))
    dump stock
    want=$(expected flash.bin "$upgrade" "$bytes")
    traced -y --json -l dafang --allow map.layout-mismatch -d "file:flash.bin,erase=$size" "$upgrade"
    exits 0
    is "$size $(traced_erases) $(traced_pages)" "$size $want"
    result "erased_blocks programmed_pages" "$want"
    same_bytes flash.bin "$upgrade"
  done
}

@test "size= begins with blank flash where there is no dump" {
  local want stock
  stock=$(image stock)
  want=$(expected "$(image blank)" "$stock")
  traced -y --json -l dafang -d file:new.bin,size=16M "$stock"
  exits 0
  is "$(traced_erases) $(traced_pages)" "$want"
  same_bytes new.bin "$stock"
}

@test "size= must agree with a dump that is there" {
  dump stock
  untouched_by uniflash -y -l dafang -d file:flash.bin,size=8M "$(image stock)"
  exits 2
  has "$stderr" 16777216 8388608
}

@test "the dump keeps its size and mode" {
  dump random 1
  chmod 640 flash.bin
  uniflash -y "${ON[@]}" "$(image stock)"
  exits 0
  is "$(stat -c '%s %a' flash.bin)" "16777216 640"
}

# --- keep and only ---------------------------------------------------------------------------

@test "-k NAMES leaves every byte of those partitions, and writes the rest" {
  dump random 1
  local stock
  stock=$(image stock)
  cp flash.bin before.bin
  traced -y --json "${DUMP[@]}" -k config,para,flag "$stock"
  exits 0
  is "$(digest <(slice flash.bin 0xf70000 0x1000000))" "$(digest <(slice before.bin 0xf70000 0x1000000))"
  is "$(digest <(slice flash.bin 0 0xf70000))" "$(digest <(slice "$stock" 0 0xf70000))"
  is "$(traced_erases)" 494
  is "$(perl -ne 'print if /^(erase|program) (\S+)/ && hex $2 >= 0xf70000' trace)" ""
}

@test "-k takes mtdN as well as names" {
  dump random 1
  cp flash.bin before.bin
  uniflash -y "${DUMP[@]}" -k mtd2,flag "$(image stock)"
  exits 0
  is "$(digest <(slice flash.bin 0x240000 0x590000))" "$(digest <(slice before.bin 0x240000 0x590000))"
  is "$(digest <(slice flash.bin 0xff0000 0x1000000))" "$(digest <(slice before.bin 0xff0000 0x1000000))"
  is "$(digest <(slice flash.bin 0 0x240000))" "$(digest <(slice "$(image stock)" 0 0x240000))"
}

@test "-k none writes all, -k auto and nothing keep what is the camera's own" {
  local keep
  dump random 1
  uniflash -y --json "${DUMP[@]}" -k none "$(image stock)"
  exits 0
  result "erased_blocks" "512"
  same_bytes flash.bin "$(image stock)"
  for keep in "-k auto" ""; do
    dump random 1
    # shellcheck disable=SC2086
    uniflash -y --json "${DUMP[@]}" $keep "$(image stock)"
    exits 0
    result "erased_blocks" "496"
    is "$(digest <(slice flash.bin 0xf70000 0xff0000))" "$(digest <(slice "$(image random 1)" 0xf70000 0xff0000))"
    is "$(digest <(slice flash.bin 0 0xf70000))" "$(digest <(slice "$(image stock)" 0 0xf70000))"
  done
}

@test "-k for every partition leaves all as it was" {
  dump random 1
  untouched_by traced -y --json "${DUMP[@]}" \
    -k boot,kernel,root,driver,appfs,backupk,backupd,backupa,config,para,flag "$(image stock)"
  exits 0
  is "$(traced_erases)" 0
}

@test "a second -k adds to the first, or is refused: it never silently drops it" {
  dump random 1
  cp flash.bin before.bin
  uniflash -y "${DUMP[@]}" -k config -k para "$(image stock)"
  if [ "$status" -ne 2 ]; then
    exits 0
    is "$(digest <(slice flash.bin 0xf70000 0xff0000))" "$(digest <(slice before.bin 0xf70000 0xff0000))"
  fi
}

@test "a name in -k that no partition has is wrong usage, and the names there are are listed" {
  dump random 1
  untouched_by uniflash -y "${DUMP[@]}" -k config,nosuch "$(image stock)"
  usage '"nosuch"' boot kernel flag
}

@test "a name in -p that no partition has is wrong usage, and the names there are are listed" {
  dump random 1
  untouched_by uniflash -y "${ON[@]}" -p config,nosuch "$(image stock)"
  usage '"nosuch"' boot kernel flag
}

@test "-p NAMES writes only those partitions" {
  dump random 1
  local stock
  stock=$(image stock)
  cp flash.bin before.bin
  traced -y --json "${ON[@]}" -p kernel,root "$stock"
  exits 0
  is "$(traced_erases)" 170
  is "$(digest <(slice flash.bin 0x40000 0x590000))" "$(digest <(slice "$stock" 0x40000 0x590000))"
  is "$(digest <(slice flash.bin 0 0x40000))" "$(digest <(slice before.bin 0 0x40000))"
  is "$(digest <(slice flash.bin 0x590000 0x1000000))" "$(digest <(slice before.bin 0x590000 0x1000000))"
}

@test "--only in the plan leaves the other partitions as keep" {
  dump random 1
  uniflash plan --json "${ON[@]}" --only mtd1 "$(image stock)"
  exits 0
  is "$(json 'select(.event == "plan").partitions[] | select(.action != "keep").name')" kernel
}

# --- images that are shorter ------------------------------------------------------------------

@test "a shorter image without --tail is refused with both sizes, and with the way out" {
  dump random 1
  head -c 8M "$(image stock)" > short.bin
  untouched_by uniflash -y "${ON[@]}" short.bin
  refused image.short
  has "$stderr" "8,388,608" "16,777,216" "--tail erase" "--tail keep"
}

@test "--tail erase makes blank what is behind an 8 MiB image" {
  dump random 1
  head -c 8M "$(image other)" > short.bin
  local want
  want=$(expected flash.bin short.bin)
  traced -y --json "${ON[@]}" --tail erase short.bin
  exits 0
  is "$(traced_erases) $(traced_pages)" "$want"
  is "$(digest <(slice flash.bin 0 0x800000))" "$(digest short.bin)"
  is "$(slice flash.bin 0x800000 0x1000000 | tr -d '\377' | wc -c)" 0
}

@test "--tail erase shows what it does to which partitions" {
  dump random 1
  head -c 8M "$(image other)" > short.bin
  uniflash plan --json "${ON[@]}" --tail erase short.bin
  exits 0
  is "$(json 'select(.event == "plan").partitions[] | "\(.name) \(.action) \(.erase_blocks)"')" 'boot write 8
kernel write 64
root write 106
driver write 20
appfs write 148
backupk erase 64
backupd erase 20
backupa erase 64
config erase 8
para erase 8
flag erase 2'
  uniflash plan "${ON[@]}" --tail erase short.bin
  is "$(awk '/^mtd[0-9]/ && $6 == "erase" { print $2 }' <<< "$output" | tr '\n' ' ')" "backupk backupd backupa config para flag "
}

@test "--tail keep leaves what is behind an 8 MiB image" {
  dump random 1
  cp flash.bin before.bin
  head -c 8M "$(image other)" > short.bin
  traced -y --json "${ON[@]}" --tail keep short.bin
  exits 0
  is "$(traced_erases)" 256
  is "$(digest <(slice flash.bin 0 0x800000))" "$(digest short.bin)"
  is "$(digest <(slice flash.bin 0x800000 0x1000000))" "$(digest <(slice before.bin 0x800000 0x1000000))"
}

@test "an image that ends inside a block: --tail erase makes the rest of it blank" {
  dump random 1
  head -c 8400001 "$(image random 2)" > short.bin
  local want
  want=$(expected flash.bin short.bin)
  traced -y --json "${ON[@]}" --tail erase short.bin
  exits 0
  is "$(traced_erases) $(traced_pages)" "$want"
  is "$(digest <(slice flash.bin 0 8400001))" "$(digest short.bin)"
  is "$(slice flash.bin 8400001 0x1000000 | tr -d '\377' | wc -c)" 0
}

@test "an image that ends inside a block: --tail keep is refused where that block would be written" {
  dump random 1
  head -c 8400001 "$(image random 2)" > short.bin
  untouched_by uniflash -y "${ON[@]}" --tail keep short.bin
  refused map.unaligned
  has "$stderr" 0x802c81 "--tail erase"
}

@test "an image of one byte is written with --tail erase" {
  dump random 1
  printf A > one.bin
  traced -y --json "${ON[@]}" --tail erase one.bin
  exits 0
  is "$(traced_erases) $(traced_pages)" "512 1"
  is "$(head -c 1 flash.bin)" A
  is "$(tail -c +2 flash.bin | tr -d '\377' | wc -c)" 0
}

@test "--tail on an image of full size changes nothing" {
  local value
  for value in erase keep; do
    dump random 1
    uniflash -y --json "${ON[@]}" --tail "$value" "$(image stock)"
    exits 0
    same_bytes flash.bin "$(image stock)"
  done
}

@test "--tail erase leaves a partition behind the image that is kept" {
  dump random 1
  cp flash.bin before.bin
  head -c 8M "$(image other)" > short.bin
  uniflash -y "${DUMP[@]}" --tail erase -k config short.bin
  exits 0
  is "$(digest <(slice flash.bin 0xf70000 0xfb0000))" "$(digest <(slice before.bin 0xf70000 0xfb0000))"
  is "$(slice flash.bin 0x800000 0xf70000 | tr -d '\377' | wc -c)" 0
  is "$(slice flash.bin 0xfb0000 0x1000000 | tr -d '\377' | wc -c)" 0
}
