#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck disable=SC2154 # run sets stderr
# Where images come from: gzip, standard input, demo.bin, partition files; and who vouches for them.

load common

# firmware OUT NAME [KEY=VALUE...]
firmware() {
  local out=$1
  shift
  "$FIXTURES/make-firmware" "$1" "$out" "${@:2}" >&2
}

# camera [NAME]: the flash of such a camera, and the same again as before.bin.
camera() {
  firmware flash.bin "${1:-stock-t20}" seed=7
  cp flash.bin before.bin
}

# same_range START END FILE [OFFSET]: the flash has there what FILE has at OFFSET (default START).
same_range() {
  local from=${4:-$1}
  is "$(digest <(slice flash.bin "$1" "$2"))" "$(digest <(slice "$3" "$from" $((from + $2 - $1))))"
}

# from_stdin FILE ARGS: as uniflash, with FILE coming through a pipe.
from_stdin() {
  local file=$1
  shift
  run --separate-stderr bash -c 'cat "$1" | "${@:2}"' - "$file" "$UNIFLASH" "$@"
}

# --- gzip -------------------------------------------------------------------------------------

@test "a packed image is written as what is in it, and the plan says how often it is unpacked" {
  camera
  firmware image.bin thingino-f size=16777216
  gzip -nk image.bin
  uniflash plan --json -d file:flash.bin image.bin.gz
  exits 0
  is "$(json 'select(.event == "plan") | "\(.image_size) \(.image_passes) \(.image_sha256)"')" \
    "16777216 2 $(sha256sum < image.bin | cut -c1-64)"
  uniflash -y -d file:flash.bin image.bin.gz
  exits 0
  has "$output" "gzip, unpacked twice: to check it, and to write it"
  same_bytes flash.bin image.bin
  uniflash -y --json -d file:flash.bin -l mtdparts=f:512k\(a\),-\(b\) image.bin.gz
  exits 0
  result "status erased_blocks" "unchanged 0"
}

@test "a packed image whose blocks fail goes on all the same" {
  camera
  firmware image.bin thingino-f size=16777216
  gzip -nk image.bin
  UNIFLASH_FAULT=seed=3,erase-lie=20000,program-lie=20000 testing -y -q -d file:flash.bin image.bin.gz
  case $status in
    0) same_bytes flash.bin image.bin ;;
    4) has "$stderr" "The flash is incomplete" ;;
    *) report "neither done nor incomplete" ;;
  esac
}

@test "a packed image that is swapped under the question is not written" {
  camera
  firmware image.bin stock-t20
  gzip -nk image.bin
  firmware other.bin stock-t20 seed=2
  gzip -n other.bin
  UNIFLASH_TRACE=trace testing -y -q -d file:flash.bin -k none image.bin.gz
  exits 0
  cp before.bin flash.bin
  run --separate-stderr script -qec "\"$UNIFLASH\" -d file:flash.bin -k none image.bin.gz" /dev/null \
    < <(sleep 2; cp other.bin.gz image.bin.gz; echo y)
  exits 3
  has "$output" "image.unreadable"
  same_bytes flash.bin before.bin
}

# --- standard input ---------------------------------------------------------------------------

@test "an image comes through a pipe" {
  camera
  firmware image.bin stock-t20
  from_stdin image.bin -y -d file:flash.bin -k none -
  exits 0
  has "$output" "image  standard input, 16 MiB"
  same_bytes flash.bin image.bin
}

@test "a packed image comes through a pipe" {
  camera
  firmware image.bin stock-t20
  gzip -nk image.bin
  from_stdin image.bin.gz -y -d file:flash.bin -k none -
  exits 0
  same_bytes flash.bin image.bin
}

@test "what is spooled leaves nothing behind" {
  camera
  firmware image.bin stock-t20
  mkdir spool
  TMPDIR=$PWD/spool from_stdin image.bin -n -d file:flash.bin -
  exits 0
  is "$(ls -A spool)" ""
}

@test "a pipe that is too long, one that is empty and one that ends early are refused" {
  camera
  firmware image.bin stock-t20
  { cat image.bin && head -c 200000 /dev/zero; } > big.bin
  from_stdin big.bin -y -d file:flash.bin -
  refused size.too-big
  : > empty.bin
  from_stdin empty.bin -y -d file:flash.bin -
  refused image.unreadable
  gzip -nk image.bin
  head -c 3000000 image.bin.gz > short.gz
  from_stdin short.gz -y -d file:flash.bin -
  refused image.unreadable
  same_bytes flash.bin before.bin
}

@test "without -y and without a terminal a pipe is wrong usage" {
  camera
  firmware image.bin stock-t20
  run --separate-stderr setsid bash -c 'cat image.bin | "$0" -d file:flash.bin -' "$UNIFLASH"
  exits 2
  has "$stderr" "-y"
}

# --- demo.bin ---------------------------------------------------------------------------------

@test "a demo.bin is written behind the boot loader, everything else stays" {
  camera
  firmware demo.bin demo-t20
  uniflash -y --json -d file:flash.bin demo.bin
  exits 0
  same_range 0 0x40000 before.bin
  same_range 0x40000 0xad0000 demo.bin 64
  same_range 0xad0000 0x1000000 before.bin
  is "$(json 'select(.event == "plan").partitions[] | select(.action == "keep").name' | paste -sd' ')" \
    "boot backupk backupd backupa config para flag"
  uniflash verify -d file:flash.bin demo.bin
  exits 0
}

@test "the T31's demo.bin likewise, also packed" {
  camera stock-t31
  firmware demo.bin demo-t31
  gzip -nk demo.bin
  uniflash -y -d file:flash.bin demo.bin.gz
  exits 0
  same_range 0 0x40000 before.bin
  same_range 0x40000 0x9d0000 demo.bin 64
  same_range 0x9d0000 0x1000000 before.bin
}

@test "a demo.bin would cut a boot loader of 320 KiB" {
  firmware flash.bin thingino-f size=16777216
  firmware demo.bin demo-t20
  untouched_by uniflash -y -d file:flash.bin demo.bin
  refused keep.splits-image
  has "$stderr" "boot loader"
}

# --- partition files --------------------------------------------------------------------------

@test "partition files go where their names say, what is not named stays" {
  camera
  firmware image.bin stock-t20
  uniflash split -l dafang image.bin parts
  exits 0
  uniflash -y --json -d file:flash.bin --part kernel=parts/kernel.bin --part mtd2=parts/root.bin
  exits 0
  same_range 0 0x40000 before.bin
  same_range 0x40000 0x590000 image.bin
  same_range 0x590000 0x1000000 before.bin
  uniflash verify -d file:flash.bin --part root=parts/root.bin
  exits 0
  uniflash verify -d file:flash.bin --part driver=parts/driver.bin
  exits 5
}

@test "behind a shorter partition file its partition becomes blank" {
  camera
  head -c 100001 /dev/urandom > driver.bin
  uniflash -y -d file:flash.bin --part driver=driver.bin
  exits 0
  is "$(digest <(slice flash.bin 0x590000 $((0x590000 + 100001))))" "$(digest driver.bin)"
  is "$(slice flash.bin $((0x590000 + 100001)) 0x630000 | tr -d '\377' | wc -c)" 0
  same_range 0x630000 0x1000000 before.bin
}

@test "all partition files together are the image" {
  camera
  firmware image.bin stock-t20
  uniflash split -l dafang image.bin parts
  local name parts=()
  while read -r name _; do parts+=(--part "$name=parts/$name.bin"); done <<< "$DAFANG"
  uniflash -y -d file:flash.bin "${parts[@]}"
  exits 0
  same_bytes flash.bin image.bin
}

@test "a partition file that does not fit, or into nothing, or twice" {
  camera
  head -c 655361 /dev/zero > driver.bin
  untouched_by uniflash -y -d file:flash.bin --part driver=driver.bin
  refused size.too-big
  has "$stderr" 655,361 655,360
  untouched_by uniflash -y -d file:flash.bin --part nosuch=driver.bin
  exits 2
  has "$stderr" nosuch kernel
  truncate -s 100 driver.bin
  untouched_by uniflash -y -d file:flash.bin --part driver=driver.bin --part mtd3=driver.bin
  exits 2
  untouched_by uniflash -y -d file:flash.bin --part driver=driver.bin before.bin
  exits 2
  untouched_by uniflash -y -d file:flash.bin --part driver=nosuch.bin
  exits 1
  untouched_by uniflash -y -d file:flash.bin --part driver
  exits 2
  gzip -c driver.bin > driver.gz
  untouched_by uniflash -y -d file:flash.bin --part driver=driver.gz
  refused image.kind
}

@test "a kernel file that is damaged is kernel.checksum" {
  camera
  firmware image.bin stock-t20
  uniflash split -l dafang image.bin parts
  poke parts/kernel.bin 0x1000
  untouched_by uniflash -y -d file:flash.bin --part kernel=parts/kernel.bin
  refused kernel.checksum
}

@test "digests beside partition files count" {
  camera
  head -c 1000 /dev/urandom > driver.bin
  sha256sum driver.bin > driver.bin.sha256sum
  uniflash -n -d file:flash.bin --part driver=driver.bin
  exits 0
  poke driver.bin 5
  untouched_by uniflash -y -d file:flash.bin --part driver=driver.bin
  refused trust.digest
}

# --- the tail ---------------------------------------------------------------------------------

@test "behind a short image of another layout everything becomes blank by itself" {
  camera
  firmware image.bin thingino-c
  uniflash -y -d file:flash.bin image.bin
  exits 0
  has "$output" "tail   0x800000-0x1000000, behind the image, becomes blank: appfs in part, backupk"
  same_range 0 0x800000 image.bin
  is "$(slice flash.bin 0x800000 0x1000000 | tr -d '\377' | wc -c)" 0
}

@test "--tail keep leaves it" {
  camera
  firmware image.bin thingino-c
  uniflash -y -d file:flash.bin --tail keep image.bin
  exits 0
  has "$output" "stays as it is"
  same_range 0 0x800000 image.bin
  same_range 0x800000 0x1000000 before.bin
}

# --- the layout of a dump ---------------------------------------------------------------------

@test "a dump's layout is that of its own boot loader, or of the image where it is blank" {
  camera
  uniflash info --json -d file:flash.bin
  exits 0
  is "$(json 'select(.event == "info").layout')" dafang
  firmware image.bin stock-t31
  uniflash plan --json -d file:new.bin,size=16M image.bin
  exits 0
  is "$(json 'select(.event == "plan").layout')" wyze-t31
}

@test "a dump that fits no layout needs -l, one that names its table does not" {
  firmware flash.bin thingino-c size=16777216
  uniflash info -d file:flash.bin
  exits 2
  has "$stderr" "-l"
  firmware flash.bin thingino-f size=16777216
  uniflash info --json -d file:flash.bin
  exits 0
  is "$(json 'select(.event == "info").partitions[].name' | head -n 3 | paste -sd' ')" "boot env backup"
}

# --- whose it is ------------------------------------------------------------------------------

@test "--expect goes on only where the partition holds what it should" {
  camera
  firmware image.bin stock-t20
  local good
  good=$(slice before.bin 0x40000 0x240000 | sha256sum | cut -c1-64)
  uniflash -n -d file:flash.bin --expect "kernel=$good" --expect "mtd1=$good" image.bin
  exits 0
  untouched_by uniflash -y -d file:flash.bin --expect "root=$good" image.bin
  refused expect.mismatch
  untouched_by uniflash -y -d file:flash.bin --expect "nosuch=$good" image.bin
  exits 2
  untouched_by uniflash -y -d file:flash.bin --expect "kernel=123" image.bin
  exits 2
}

# make_key NAME: an Ed25519 key in NAME.pem, and its public half as minisign has it in NAME.pub.
make_key() {
  openssl genpkey -algorithm ed25519 -out "$1.pem"
  {
    printf 'untrusted comment: minisign public key\n'
    { printf 'Ed12345678'; openssl pkey -in "$1.pem" -pubout -outform DER | tail -c 32; } | base64 -w 0
    printf '\n'
  } > "$1.pub"
}

# ed25519 KEY FILE: the signature of FILE, raw.
ed25519() {
  openssl pkeyutl -sign -rawin -inkey "$1.pem" -in "$2"
}

# sign KEY FILE [COMMENT]: FILE.minisig, as minisign makes it: over the digest.
sign() {
  openssl dgst -blake2b512 -binary "$2" > message
  ed25519 "$1" message > raw
  { cat raw && printf '%s' "${3:-made by a test}"; } > message
  {
    printf 'untrusted comment: x\n'
    { printf 'ED12345678'; cat raw; } | base64 -w 0
    printf '\ntrusted comment: %s\n' "${3:-made by a test}"
    ed25519 "$1" message | base64 -w 0
    printf '\n'
  } > "$2.minisig"
}

# sign_plain KEY FILE: FILE.sig, as signify makes it: over the file itself.
sign_plain() {
  ed25519 "$1" "$2" > raw
  { printf 'untrusted comment: verify with %s\n' "$1"; { printf 'Ed12345678'; cat raw; } | base64 -w 0; printf '\n'; } > "$2.sig"
}

@test "a good signature is taken, over a digest and over the file" {
  camera
  firmware image.bin stock-t20
  make_key key
  sign key image.bin
  uniflash -n -d file:flash.bin --pubkey key.pub image.bin
  exits 0
  rm image.bin.minisig
  sign_plain key image.bin
  uniflash -n -d file:flash.bin --pubkey key.pub image.bin
  exits 0
  gzip -nk image.bin
  sign key image.bin.gz
  uniflash -n -d file:flash.bin --pubkey key.pub image.bin.gz
  exits 0
}

@test "a missing or bad signature is trust.signature, and never to be allowed" {
  camera
  firmware image.bin stock-t20
  make_key key
  make_key other
  untouched_by uniflash -y -d file:flash.bin --pubkey key.pub --allow trust.signature image.bin
  refused trust.signature
  sign other image.bin
  untouched_by uniflash -y -d file:flash.bin --pubkey key.pub --allow trust.signature image.bin
  refused trust.signature
  sign key image.bin
  sed -i 's/made by a test/made by somebody/' image.bin.minisig
  untouched_by uniflash -y -d file:flash.bin --pubkey key.pub image.bin
  refused trust.signature
  sign key image.bin
  poke image.bin 0xf00000
  untouched_by uniflash -y -d file:flash.bin --pubkey key.pub image.bin
  refused trust.signature
  rm image.bin.minisig
  sign_plain key image.bin
  poke image.bin 0xf00000
  untouched_by uniflash -y -d file:flash.bin --pubkey key.pub image.bin
  refused trust.signature
  untouched_by uniflash -y -d file:flash.bin --pubkey nosuch.pub image.bin
  exits 1
  untouched_by uniflash -y -d file:flash.bin --pubkey image.bin.sig image.bin
  exits 2
}

# --- inspect ----------------------------------------------------------------------------------

@test "inspect shows what is in an image, and whether its checksums hold" {
  firmware image.bin stock-t20
  uniflash inspect image.bin
  exits 0
  has "$output" "T20, 128 MiB of RAM" "dafang, by the table that it carries" "0x040000-" '"Linux-3.10.14", lzma' \
    "squashfs" "4.0, xz" "jffs2"
  poke image.bin 0x80000
  uniflash inspect image.bin
  exits 0
  has "$output" "wrong checksum of its data"
}

@test "inspect in JSON" {
  firmware image.bin thingino-f
  gzip -nk image.bin
  uniflash inspect --json image.bin.gz
  exits 0
  valid_json
  is "$(json 'select(.event == "inspect") | "\(.soc) \(.packed) \(.image_size) \(.boot.size) \(.boot.checksum_good)"')" \
    "T20 true 8388608 327680 true"
  is "$(json 'select(.event == "inspect").items[] | select(.kind != "blank") | "\(.kind) \(.offset) \(.state)"' | head -n 4)" \
    $'boot loader 0 good\nenvironment 327680 good\nuimage 458752 good\nsquashfs 2097152 good'
}

@test "inspect says what a file is that is no image, and refuses what cannot be read" {
  firmware page.bin html
  uniflash inspect page.bin
  exits 0
  has "$output" "an HTML page"
  printf '\037\213\010' > bad.gz
  uniflash inspect bad.gz
  exits 3
  uniflash inspect nosuch
  exits 1
}

@test "an image with another table shows the boundaries that it has" {
  firmware image.bin thingino-d
  uniflash inspect image.bin
  exits 0
  has "$output" "boot loader 320 KiB" "none that is known; its boundaries:" "boot loader 0x000000" "uimage 0x0a0000" \
    "squashfs 0x220000"
}
