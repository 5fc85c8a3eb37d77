#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck disable=SC2154 # run sets stderr
# The command line itself: verbs, options, wrong usage.

load common

@test "--help names every verb, every option and every exit status, on standard output" {
  uniflash --help
  exits 0
  is "$stderr" ""
  local verb option
  for verb in flash plan info verify split join layouts; do
    has "$output" "  $verb "
  done
  for option in -n --dry-run -y --yes -l --layout -d --device -k --keep -p --only --tail --no-backup \
    --allow --full --json --log -q --quiet -v --verbose --color -h --help -V --version; do
    grep -q -e "$option\b" <<< "$output" || report "no $option"
  done
  for option in 0 1 2 3 4 5 6; do
    grep -q "\b$option [a-z]" <<< "$(sed -n '/Exit status/,$p' <<< "$output")" || report "no status $option"
  done
}

@test "--help fits 80 columns" {
  uniflash -h
  exits 0
  is "$(awk 'length > 80' <<< "$output")" ""
}

@test "--help is given whatever else stands on the command line" {
  uniflash --help -n image.bin
  exits 0
  has "$output" "Usage: uniflash"
}

@test "--version prints one line with name and version" {
  uniflash --version
  exits 0
  [[ $output =~ ^uniflash\ [0-9]+\.[0-9]+\.[0-9]+$ ]] || report "no version line"
  local version=$output
  uniflash -V
  is "$output" "$version"
}

@test "--version -v also names the versions of zlib and OpenSSL" {
  uniflash --version -v
  exits 0
  has "$output" "uniflash " "OpenSSL " "zlib "
}

@test "without an argument it asks for an image and points to --help" {
  uniflash
  usage "which image" "uniflash --help"
}

@test "an option that does not exist is wrong usage and is named" {
  dump blank
  local option
  for option in --frob -Z --forc --dry-run=yes; do
    untouched_by uniflash -y "${ON[@]}" "$option" "$(image stock)"
    usage "${option%=*}"
  done
}

@test "an option without its argument is wrong usage" {
  local option
  for option in -l --layout -d --device -k --keep --tail --allow --log -p --only; do
    uniflash -n image.bin "$option"
    usage "$option" "needs"
  done
}

@test "too few or too many arguments are wrong usage for every verb" {
  local line
  while read -r line; do
    # shellcheck disable=SC2086
    uniflash $line
    usage
  done <<'END'
plan
verify
split
split a
join
join a
flash
plan a b
verify a b
info a
split a b c
join a b c
layouts a b
a b
END
}

@test "an option that means nothing to the verb is wrong usage, and is named" {
  local verb option
  while read -r verb option; do
    # shellcheck disable=SC2086
    uniflash $verb $option
    usage "${option%% *}"
  done <<'END'
info --keep boot
info --tail erase
info --full
info --yes
layouts --keep boot
layouts --device mtd
verify --full a
verify --dry-run a
split --tail keep a b
split --device mtd a b
join --full a b
END
}

@test "options that contradict each other are wrong usage, and nothing is written" {
  dump random 1
  local stock
  stock=$(image stock)
  untouched_by uniflash -y "${ON[@]}" -q -v "$stock"
  usage "--quiet" "--verbose"
}

@test "a partition both in --only and in --keep is wrong usage, and nothing is written" {
  dump random 1
  local stock
  stock=$(image stock)
  untouched_by uniflash -y "${DUMP[@]}" -k config -p config "$stock"
  usage "config"
  untouched_by uniflash -y "${DUMP[@]}" -k boot,config -p kernel,boot "$stock"
  usage "boot"
}

@test "values that are none are wrong usage, named with what was expected" {
  dump random 1
  local option
  while read -r option; do
    # shellcheck disable=SC2086
    untouched_by uniflash -y "${ON[@]}" $option "$(image stock)"
    usage
  done <<'END'
--tail never
--tail=
--color=sometimes
--keep=
--allow=
--allow nosuch.check
--allow map.size-suspect,nosuch.check
-d spi:flash.bin
-d file:
-d file:flash.bin,size=16X
-d file:flash.bin,size=0
-d file:flash.bin,erase=0
-d file:flash.bin,erase=3000
END
  uniflash -y "${ON[@]}" --tail never x
  usage "never" "erase" "keep"
  uniflash -y "${ON[@]}" --color=sometimes x
  usage "sometimes" "auto" "always" "never"
}

@test "every check id of the interface is accepted by --allow" {
  head -c 1M "$(image stock)" > flash.bin
  local id
  for id in size.too-big map.gap map.overlap map.unaligned map.offset-mismatch map.layout-mismatch \
    map.size-suspect lock.held trust.digest trust.signature expect.mismatch image.kind image.short \
    image.unreadable boot.missing boot.checksum boot.soc-mismatch boot.ram-mismatch boot.soc-unknown \
    boot.secure kernel.missing kernel.checksum rootfs.missing flag.upgrade-pending keep.splits-image \
    device.readonly device.busy device.alias device.protected memory.low backup.none self.on-flash \
    flash.incomplete; do
    uniflash -n -q -d file:flash.bin -l 'mtdparts=f:512k(a),-(b)' "${ANY[@]}" --allow map.size-suspect --allow "$id" flash.bin
    exits 0
  done
}

@test "several ids may stand behind one --allow, and --allow may come twice" {
  head -c 1M "$(image random 1)" > flash.bin
  uniflash -n -d file:flash.bin,erase=64K -l mtdparts='f:512k(a),-(b)' \
    --allow boot.missing,map.size-suspect "$(image stock)"
  exits 3
  has "$stderr" "refused (size.too-big)"
  head -c 1M "$(image stock)" > small.bin
  uniflash -n -d file:flash.bin,erase=64K -l mtdparts='f:512k(a),-(b)' \
    --allow boot.missing --allow "map.size-suspect,$ANY_CONTENT" small.bin
  exits 0
}

@test "-n, --dry-run, plan and flash -n are the same thing" {
  dump random 1
  local stock first
  stock=$(image stock)
  uniflash plan "${ON[@]}" "$stock"
  exits 0
  first=$output
  for words in -n --dry-run "flash -n" "-n flash"; do
    # shellcheck disable=SC2086
    untouched_by uniflash $words "${ON[@]}" "$stock"
    exits 0
    is "$output" "$first"
  done
}

@test "options may come behind the image, be joined and use =" {
  dump random 1
  local stock
  stock=$(image stock)
  uniflash "$stock" -nq --layout=dafang --device=file:flash.bin --keep=config
  exits 0
  uniflash -nqkconfig -ldafang -dfile:flash.bin "$stock"
  exits 0
}

@test "a verb wins over a file of its name, ./ makes it a file again, and so does --" {
  dump stock
  cp flash.bin info
  cp flash.bin -- -x
  uniflash info "${LOOK[@]}"
  exits 0
  has "$output" "erase blocks of 32 KiB"
  uniflash -n --json "${ON[@]}" ./info
  exits 0
  result "status exit" "done 0"
  uniflash -n --json "${ON[@]}" -- -x
  exits 0
}

