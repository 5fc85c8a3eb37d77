#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck disable=SC2154 # run sets stderr
# plan --svg: the plan as a picture.

load common

# well_formed FILE: every element is closed in its turn, every attribute quoted, nothing is but ASCII.
well_formed() {
  perl -0777 -ne '
    die "no ASCII\n" if /[^\n\x20-\x7e]/;
    while (/\G(?:([^<&]|&(?:lt|gt|amp|#39);)|<(\/?)([a-z]+)((?:\s+[a-zA-Z-]+=\x27[^\x27<]*\x27)*)\s*(\/?)>)/gc) {
      next if defined $1;
      if ($2) { my $open = pop @open; die "$3 closes $open\n" if $open ne $3 } elsif (!$5) { push @open, $3 }
    }
    die "what is this: ", substr($_, pos // 0, 60), "\n" if (pos // 0) != length;
    die "@open not closed\n" if @open' "$1" || report "$1 is not well-formed"
}

# blocks_of PATTERN: how many bytes of the flash are drawn so.
bytes_of() {
  perl -ne '$sum += hex($2) - hex($1) if /url\(#'"$1"'\).*<title>.* (0x[0-9a-f]+)-(0x[0-9a-f]+)</; END { print $sum + 0, "\n" }' plan.svg
}

@test "the picture is well-formed, has both tables, and all blocks as the plan has them" {
  dump random 1
  uniflash plan --json --svg plan.svg "${DUMP[@]}" "$(image other)"
  exits 0
  well_formed plan.svg
  has "$(cat plan.svg)" ">appfs" ">rootfs_data" "other.bin" "512 blocks of 32 KiB"
  is "$(($(bytes_of write) + $(bytes_of erase) + $(bytes_of bootwrite)))" \
    "$((BLOCK * $(json 'select(.event == "plan").erase_blocks')))"
  is "$(($(bytes_of write) + $(bytes_of erase) + $(bytes_of bootwrite) + $(bytes_of same) + $(bytes_of blank) + \
    $(bytes_of kept) + $(bytes_of boot)))" "$FLASH_SIZE"
}

@test "what is kept, the same and blank has a look of its own" {
  dump stock
  poke flash.bin 0x300123
  uniflash plan --svg plan.svg "${DUMP[@]}" --keep config "$(image stock)"
  exits 0
  well_formed plan.svg
  is "$(bytes_of write) $(bytes_of kept) $(bytes_of boot) $(bytes_of bootwrite)" "$BLOCK $((0x40000)) $((0x40000)) 0"
  has "$output" "The picture of this plan is in plan.svg."
}

@test "4096 blocks of 4 KiB are drawn one by one" {
  dump stock
  poke flash.bin 0x300123 0x302123
  uniflash plan --svg plan.svg -l dafang -d file:flash.bin,erase=4K -k none "${ANY[@]}" \
    --allow map.layout-mismatch "$(image stock)"
  exits 0
  well_formed plan.svg
  is "$(grep -c "url(#write).*0x300000-0x301000\|url(#write).*0x302000-0x303000" plan.svg)" 2
  is "$(bytes_of write)" 8192
}

@test "partition files are drawn where they go" {
  dump stock
  slice "$(image upgrade)" 0x40000 0x200000 > kernel.bin
  uniflash -n --svg plan.svg "${DUMP[@]}" --part kernel=kernel.bin
  exits 0
  well_formed plan.svg
  is "$(grep -c '<title>kernel 0x040000-0x240000</title>' plan.svg)" 3
}

@test "names are text, whatever is in them, and no path is told" {
  dump blank
  mkdir -p "home/somebody"
  cp "$(image blank)" "home/somebody/a<b>&'c'.bin"
  uniflash plan --svg plan.svg -d file:flash.bin -l 'mtdparts=x:1M(a<b>&c),-(rest)' "${ANY[@]}" "home/somebody/a<b>&'c'.bin"
  exits 0
  well_formed plan.svg
  has "$(cat plan.svg)" "a&lt;b>&amp;c" "a&lt;b>&amp;&#39;c&#39;.bin"
  lacks "$(cat plan.svg)" somebody
}

@test "an earlier picture is written over, anything else is refused" {
  dump stock
  uniflash plan --svg plan.svg "${ON[@]}" "$(image upgrade)"
  exits 0
  uniflash plan --svg plan.svg "${ON[@]}" "$(image stock)"
  exits 0
  has "$(cat plan.svg)" "stock.bin"
  : > empty
  uniflash plan --svg empty "${ON[@]}" "$(image stock)"
  exits 0
  printf 'a letter\n' > letter
  mkdir folder
  local path
  for path in letter folder /dev/null; do
    uniflash plan --svg "$path" "${ON[@]}" "$(image stock)"
    exits 1
    has "$stderr" "$path exists already and is no picture" "The flash is as it was."
  done
  is "$(cat letter)" "a letter"
  untouched_by uniflash plan --svg flash.bin "${ON[@]}" "$(image stock)"
  usage "--svg flash.bin is a file that the run itself is about"
}

@test "a folder that is not there, and a full disk, are told" {
  dump stock
  uniflash plan --svg no/such/plan.svg "${ON[@]}" "$(image stock)"
  exits 1
  has "$stderr" "cannot write the picture no/such/plan.svg: No such file or directory"
  # shellcheck disable=SC2016 # for the inner shell
  run --separate-stderr bash -c 'ulimit -f 4; trap "" XFSZ; exec "$0" "$@"' "$UNIFLASH" plan --svg big.svg "${ON[@]}" "$(image stock)"
  exits 1
  has "$stderr" "cannot write the picture big.svg"
  [ ! -e big.svg ]
}

@test "--svg is about a plan" {
  dump stock
  untouched_by uniflash -y --svg plan.svg "${ON[@]}" "$(image upgrade)"
  usage "--svg is about a plan"
  uniflash verify --svg plan.svg "${ON[@]}" "$(image stock)"
  usage "--svg means nothing to verify"
  uniflash plan --svg - "${ON[@]}" "$(image stock)"
  usage "--svg needs a file"
  [ ! -e plan.svg ]
}
