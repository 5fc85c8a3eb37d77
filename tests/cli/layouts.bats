#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck disable=SC2154 # run sets stderr
# Layouts: those that are compiled in, files and mtdparts strings.

load common

# table NAME: what `layouts NAME` gives, by flashrom's rules: START:END NAME, END inclusive, # comments.
# Prints "NAME START END" with END exclusive; fails where a line is none of those.
table() {
  uniflash layouts "$1"
  exits 0
  perl -ne '
    next if /^\s*(#|$)/;
    /^([0-9a-f]{8}):([0-9a-f]{8}) (\S+)$/i or die "not a layout line: $_";
    printf "%s 0x%06x 0x%06x\n", $3, hex $1, 1 + hex $2;' <<< "$output"
}

@test "layouts lists all four stock tables with what they are for" {
  uniflash layouts
  exits 0
  local name
  for name in dafang wyze-t31 sxj02zm openmiko; do
    grep -q "^$name " <<< "$output" || report "no $name"
  done
  has "$output" "Wyze Cam v2" "Xiaofang 1S" "Wyze Cam v3" "SXJ02ZM" "T20" "T31" "11 partitions" "8 partitions"
}

@test "layouts dafang is the T20 table of eleven partitions" {
  is "$(table dafang)" "$DAFANG"
}

@test "layouts wyze-t31 is the T31 table of eight partitions" {
  is "$(table wyze-t31)" 'boot 0x000000 0x040000
kernel 0x040000 0x230000
rootfs 0x230000 0x600000
app 0x600000 0x9d0000
kback 0x9d0000 0xbc0000
aback 0xbc0000 0xf90000
cfg 0xf90000 0xff0000
para 0xff0000 0x1000000'
}

@test "layouts sxj02zm is the table of six partitions" {
  is "$(table sxj02zm)" 'boot 0x000000 0x040000
kernel 0x040000 0x2c0000
rootfs 0x2c0000 0x9b0000
data 0x9b0000 0xfe0000
config 0xfe0000 0xff0000
factory 0xff0000 0x1000000'
}

@test "layouts openmiko has the boot loader, the kernel and one root file system of 13,828,096 bytes" {
  local ranges
  ranges=$(table openmiko | cut -d " " -f 2,3)
  is "$(sed -n 1,3p <<< "$ranges")" "0x000000 0x040000
0x040000 0x240000
0x240000 0xf70000"
  is "$(tail -n 1 <<< "$ranges" | cut -d " " -f 2)" 0x1000000
}

@test "layouts name the per-device partitions, and those alone" {
  local name
  while read -r name expected; do
    uniflash layouts "$name"
    is "$(sed -n 's/^#: \([^ ]*\) .*keep=device.*/\1/p' <<< "$output" | sort | tr '\n' ' ')" "$expected "
  done <<'END'
dafang config para
wyze-t31 cfg
sxj02zm config factory
END
}

@test "a layout that is printed can be read back as a file and means the same" {
  dump random 1
  uniflash layouts dafang
  printf '%s\n' "$output" > my.layout
  uniflash plan --json -l ./my.layout -d file:flash.bin "$(image stock)"
  exits 0
  is "$(json 'select(.event == "plan").partitions[] | "\(.name) \(.offset) \(.offset + .size)"')" \
    "$(perl -ane 'printf "%s %d %d\n", $F[0], hex $F[1], hex $F[2]' <<< "$DAFANG")"
}

@test "a plain flashrom layout file is read: upper case, comments, blank lines" {
  dump random 1
  printf '# mine\n00000000:0003FFFF boot\n\n00040000:00ffffff rest\n' > my.layout
  uniflash plan --json -l ./my.layout -d file:flash.bin "$(image stock)"
  exits 0
  is "$(json 'select(.event == "plan").partitions[] | "\(.name) \(.offset) \(.size)"')" \
    $'boot 0 262144\nrest 262144 16515072'
}

@test "a comment behind a name in a layout file does not become part of the name" {
  dump random 1
  printf "00000000:0003ffff boot\n00040000:00ffffff rest # behind\n" > my.layout
  uniflash plan --json -l ./my.layout -d file:flash.bin "$(image stock)"
  if [ "$status" -eq 0 ]; then
    is "$(json "select(.event == \"plan\").partitions[1].name")" rest
  else
    exits 1
    has "$stderr" "./my.layout" "line 2"
  fi
}

@test "mtdparts strings are read: k, M, hexadecimal, the rest by -" {
  dump random 1
  uniflash plan --json -l 'mtdparts=jz_sfc:256k(boot),0x40000(env),2M(kernel),-(rest)' -d file:flash.bin "$(image stock)"
  exits 0
  is "$(json 'select(.event == "plan").partitions[] | "\(.name) \(.offset) \(.size)"')" \
    $'boot 0 262144\nenv 262144 262144\nkernel 524288 2097152\nrest 2621440 14155776'
}

@test "a layout that is not known is wrong usage; the known ones are named" {
  dump random 1
  untouched_by uniflash -y -l nosuch -d file:flash.bin "$(image stock)"
  usage '"nosuch"' dafang wyze-t31 sxj02zm openmiko "./nosuch"
  uniflash layouts nosuch
  usage '"nosuch"' dafang
}

@test "a layout file that is not there ends with 1 and its name" {
  dump random 1
  untouched_by uniflash -y -l ./nosuch.layout -d file:flash.bin "$(image stock)"
  exits 1
  has "$stderr" "./nosuch.layout" "No such file"
}

@test "an error in a layout file is shown with line and column" {
  dump random 1
  printf '00000000:0003ffff boot\n00040000:00fffzff rest\n' > bad.layout
  untouched_by uniflash -y -l ./bad.layout -d file:flash.bin "$(image stock)"
  exits 2
  has "$stderr" "./bad.layout" "line 2, column 1"
  printf '00000000:0003ffff boot\n00040000 00ffffff rest\n' > bad.layout
  untouched_by uniflash -y -l ./bad.layout -d file:flash.bin "$(image stock)"
  exits 2
  has "$stderr" "line 2, column "
}

@test "an error in an mtdparts option is wrong usage, shown with its column" {
  dump random 1
  untouched_by uniflash -y -l 'mtdparts=x:1M(a),0x10000(b' -d file:flash.bin "$(image stock)"
  exits 2
  has "$stderr" "column 16"
}

@test "a table with a gap is refused by map.gap, one with an overlap by map.overlap" {
  dump random 1
  printf '00000000:0003ffff boot\n00050000:00ffffff rest\n' > gap.layout
  untouched_by uniflash -y -l ./gap.layout -d file:flash.bin "$(image stock)"
  refused map.gap
  has "$stderr" 0x040000 0x050000
  printf '00000000:0003ffff boot\n00030000:00ffffff rest\n' > overlap.layout
  untouched_by uniflash -y -l ./overlap.layout -d file:flash.bin "$(image stock)"
  refused map.overlap
  has "$stderr" 0x040000 0x030000
}

@test "a layout for another flash size is refused, both sizes named" {
  dump random 1
  untouched_by uniflash -y -l 'mtdparts=x:1M(a),7M(b)' -d file:flash.bin "$(image stock)"
  refused map.layout-mismatch
  has "$stderr" 0x800000 0x1000000
}

@test "a layout for other erase blocks is refused, and --allow map.layout-mismatch uses it all the same" {
  dump random 1
  local stock
  stock=$(image stock)
  untouched_by uniflash -y -l dafang -d file:flash.bin,erase=64K "$stock"
  refused map.layout-mismatch
  has "$stderr" 32768 65536
  traced -y --json -k none -l dafang -d file:flash.bin,erase=64K --allow map.layout-mismatch "$stock"
  exits 0
  is "$(traced_erases)" 256
  same_bytes flash.bin "$stock"
}

@test "partitions that do not begin and end on erase blocks are refused and never to be allowed" {
  dump random 1
  untouched_by uniflash -y -l 'mtdparts=x:8k(a),-(b)' -d file:flash.bin "$(image stock)"
  refused map.unaligned
  has "$stderr" '"a"' 0x002000 32768
  untouched_by uniflash -y -l 'mtdparts=x:8k(a),-(b)' -d file:flash.bin --allow map.unaligned "$(image stock)"
  refused map.unaligned
}

@test "a dump without any layout is wrong usage that says how to give one" {
  dump random 1
  untouched_by uniflash -y -d file:flash.bin "$(image random 2)"
  usage "-l" "uniflash layouts"
}

@test "flashrom reads what -q layouts prints" {
  local name
  truncate -s 16M chip.bin
  for name in dafang wyze-t31 sxj02zm openmiko; do
    "$UNIFLASH" -q layouts "$name" > "$name.txt"
    is "$(grep -c '#' "$name.txt")" 0
    run flashrom -p dummy:emulate=W25Q128FV,image=chip.bin -l "$name.txt" -i boot -r read.bin
    exits 0
    has "$output" 'Using region: "boot"'
  done
}
