#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck disable=SC2154 # run sets stderr
# What people give a flasher: what is taken, and what is refused by which check.

load common

# firmware OUT FIRMWARE[,KEY=VALUE...]
firmware() {
  local words
  IFS=, read -ra words <<< "$2"
  "$FIXTURES/make-firmware" "${words[0]}" "$1" "${words[@]:1}" >&2
}

# change STEP: what becomes of image.bin on its way to the user.
change() {
  local name=image.bin
  case $1 in
    -) ;;
    gz) gzip -n image.bin && mv image.bin.gz image.bin ;;
    cut=*) truncate -s $((${1#cut=})) image.bin ;;
    less=*) truncate -s -$((${1#less=})) image.bin ;;
    more) printf x >> image.bin ;;
    zeros) head -c 512 /dev/zero >> image.bin ;;
    flip=*) poke image.bin "${1#flip=}" ;;
    flip-end=*) poke image.bin $(($(stat -c %s image.bin) - ${1#flip-end=})) ;;
    empty) : > image.bin ;;
    sha256) sha256sum image.bin > image.bin.sha256sum ;;
    sha256-empty) : > image.bin.sha256sum ;;
    sha256-none) printf '# a comment\n\n' > image.bin.sha256 ;;
    sha256-bare) sha256sum < image.bin | cut -c1-64 > image.bin.sha256 ;;
    sha256-bsd) printf 'SHA256 (image.bin) = %s\n' "$(sha256sum < image.bin | cut -c1-64)" > image.bin.sha256 ;;
    sha256-comments) { printf '# camera\n# build\n' && sha256sum image.bin; } > image.bin.sha256sum ;;
    sha256-inside) zcat < image.bin | sha256sum | sed 's/-/image.bin/' > image.bin.sha256sum ;;
    sha256-renamed) sha256sum image.bin | sed 's/image.bin/thingino-x.bin/' > image.bin.sha256sum ;;
    sha256-html) printf '<!DOCTYPE html>\n' > image.bin.sha256sum ;;
    md5) md5sum image.bin > image.bin.md5sum ;;
    md5-bare) md5sum < image.bin | cut -c1-32 > image.bin.md5 ;;
    *) report "no step $1" ;;
  esac
}

# check_cases: reads lines of "STATUS IDS CAMERA IMAGE STEPS OPTIONS", steps with slashes between
# them, and tries each.
check_cases() {
  local count=0 bad=0 want ids camera image steps options got
  while read -r want ids camera image steps options; do
    [ -n "$want" ] && [ "${want:0:1}" != '#' ] || continue
    rm -f image.bin* flash.bin
    firmware flash.bin "$camera,seed=7"
    firmware image.bin "$image"
    for step in ${steps//\// }; do change "$step"; done
    # shellcheck disable=SC2086
    untouched_by uniflash plan --json -d file:flash.bin $options image.bin
    got=$(json 'select(.event == "check" and .result == "refused").id' | paste -sd+)
    count=$((count + 1))
    if [ "$status ${got:--}" != "$want $ids" ]; then
      bad=$((bad + 1))
      printf '%s %s %s %s: status %s, refused %s\n%s\n' "$camera" "$image" "$steps" "$options" "$status" \
        "${got:--}" "$stderr" >&2
    fi
  done
  printf '%d cases, %d wrong\n' "$count" "$bad" >&2
  is "$bad" 0
  [ "$count" -ge "$1" ] || report "only $count cases"
}

@test "every layout's image is taken by the camera that it is for" {
  check_cases 19 << 'END'
0 - stock-t20 stock-t20 -
0 - stock-t20 dafang-hacks -
0 - stock-t20 openmiko,soc=T20 -
0 - stock-t20 openipc-8m,soc=T20 -
0 - stock-t20 openipc-16m,soc=T20 -
0 - stock-t20 openipc-raptor,soc=T20 -
0 - stock-t20 thingino-a -
0 - stock-t20 thingino-b -
0 - stock-t20 thingino-c -
0 - stock-t20 thingino-d -
0 - stock-t20 thingino-e -
0 - stock-t20 thingino-f -
0 - stock-t20 thingino-g -
0 - stock-t20 thingino-f,size=16777216 -
0 - stock-t31 stock-t31 -
0 - stock-t31 thingino-a,soc=T31 -
0 - stock-t31 thingino-f,soc=T31 -
0 - stock-t31 openipc-raptor -
0 - sxj02zm sxj02zm -
0 - dafang-hacks stock-t20 -
END
}

@test "each SoC's image on each camera" {
  check_cases 16 << 'END'
3 boot.soc-mismatch stock-t20 thingino-c,soc=T10 -
0 - stock-t20 thingino-c,soc=T20 -
3 boot.soc-mismatch stock-t20 thingino-c,soc=T21 -
3 boot.soc-mismatch stock-t20 thingino-c,soc=T23 -
3 boot.soc-mismatch stock-t20 thingino-c,soc=T30 -
3 boot.soc-mismatch stock-t20 thingino-c,soc=T31 -
3 boot.soc-mismatch stock-t20 thingino-c,soc=T40 -
3 boot.soc-unknown stock-t20 thingino-c,soc=none -
3 boot.soc-mismatch stock-t31 thingino-c,soc=T10 -
3 boot.soc-mismatch stock-t31 thingino-c,soc=T20 -
3 boot.soc-mismatch stock-t31 thingino-c,soc=T21 -
3 boot.soc-mismatch stock-t31 thingino-c,soc=T23 -
3 boot.soc-mismatch stock-t31 thingino-c,soc=T30 -
0 - stock-t31 thingino-c,soc=T31 -
3 boot.soc-mismatch stock-t31 thingino-c,soc=T40 -
3 boot.soc-unknown stock-t31 thingino-c,soc=none -
3 boot.soc-mismatch stock-t31 stock-t20 -
3 boot.soc-mismatch stock-t20 stock-t31 -
# Where the boot loader stays, the SoC of the image's does not matter.
0 - stock-t20 stock-t20,seed=9,soc=T31 - -k boot
END
}

@test "each wrong kind" {
  check_cases 10 << 'END'
3 image.kind stock-t20 html -
3 image.kind stock-t20 elf -
3 image.kind stock-t20 zip -
3 image.kind stock-t20 tar -
3 image.kind stock-t20 wyze-tar -
3 image.kind stock-t20 text -
3 image.kind stock-t20 uimage-kernel -
3 image.kind stock-t20 update -
3 image.kind stock-t20 gzip-of-html -
3 boot.missing+kernel.missing stock-t20 noise -
3 image.unreadable stock-t20 noise empty
3 image.unreadable stock-t20 demo-t20 cut=64
END
}

@test "truncated, and with a flipped bit" {
  check_cases 24 << 'END'
# a full image
3 image.short stock-t20 stock-t20 cut=0x800000
3 image.short stock-t20 stock-t20 cut=0x100000 -k none
3 image.short stock-t20 stock-t20 cut=0x100001
3 kernel.checksum+rootfs.missing stock-t20 stock-t20 cut=0x100000 --tail=erase
3 image.short stock-t20 thingino-c cut=0x100000
3 image.short stock-t20 thingino-c cut=0x300000
3 size.too-big stock-t20 stock-t20 more
3 kernel.checksum stock-t20 stock-t20 flip=0x40004
3 kernel.checksum stock-t20 stock-t20 flip=0x80000
3 kernel.missing stock-t20 stock-t20 flip=0x40000
3 rootfs.missing stock-t20 stock-t20 flip=0x240000
3 boot.checksum stock-t20 stock-t20 flip=0x1000
3 boot.checksum stock-t20 stock-t20 flip=0x9
3 boot.checksum stock-t20 stock-t20 flip=0xd
3 boot.missing stock-t20 stock-t20 flip=0x4
0 - stock-t31 stock-t31,damage=boot -
3 boot.checksum stock-t20 stock-t20,damage=boot -
3 boot.checksum stock-t31 stock-t31,damage=boot-length -
3 kernel.checksum stock-t20 thingino-f,damage=kernel-header -
3 kernel.checksum stock-t20 thingino-f,damage=kernel-data -
3 kernel.missing stock-t20 thingino-f,damage=no-kernel -
3 rootfs.missing stock-t20 thingino-f,damage=no-rootfs -
# gzip
0 - stock-t20 stock-t20 gz
3 image.unreadable stock-t20 stock-t20 gz/less=1
3 image.unreadable stock-t20 stock-t20 gz/cut=1000000
3 image.unreadable stock-t20 stock-t20 gz/cut=15
3 image.unreadable stock-t20 stock-t20 gz/flip=3
3 image.unreadable stock-t20 stock-t20 gz/flip=400000
3 image.unreadable stock-t20 stock-t20 gz/flip-end=6
3 image.unreadable stock-t20 stock-t20 gz/flip-end=2
3 image.unreadable stock-t20 stock-t20 gz/more
3 image.unreadable stock-t20 stock-t20 gz/zeros
3 size.too-big stock-t20 stock-t20 more/gz
# demo.bin
0 - stock-t20 demo-t20 -
0 - stock-t31 demo-t31 -
3 image.unreadable stock-t20 demo-t20 less=1
3 image.unreadable stock-t20 demo-t20 more
3 image.unreadable stock-t20 demo-t20 flip=0x10
3 image.unreadable stock-t20 demo-t20 flip=0x100000
3 image.unreadable stock-t20 demo-t20 cut=0x100000
0 - stock-t20 demo-t20 gz
END
}

@test "digests beside the image" {
  check_cases 14 << 'END'
0 - stock-t20 stock-t20 sha256
0 - stock-t20 stock-t20 sha256-bare
0 - stock-t20 stock-t20 sha256-bsd
0 - stock-t20 stock-t20 sha256-comments
0 - stock-t20 stock-t20 sha256-renamed
0 - stock-t20 stock-t20 md5
0 - stock-t20 stock-t20 md5-bare
0 - stock-t20 stock-t20 gz/sha256
0 - stock-t20 stock-t20 gz/sha256-inside
0 - stock-t20 demo-t20 sha256/md5
3 trust.digest stock-t20 stock-t20 sha256/flip=0xf00000
3 trust.digest stock-t20 stock-t20 sha256-bare/flip=0xf00000
3 trust.digest stock-t20 stock-t20 sha256-renamed/flip=0xf00000
3 trust.digest stock-t20 stock-t20 md5/flip=0xf00000
3 image.unreadable stock-t20 demo-t20 md5/sha256/flip=0x100000
3 trust.digest stock-t20 stock-t20 sha256-html
3 trust.digest stock-t20 stock-t20 sha256-empty
3 trust.digest stock-t20 stock-t20 sha256-none
0 - stock-t20 stock-t20 - --sha256=c9bd70731a934e8123376f50f8167bd628ad4fa50ac8d900d618cbd7466a6d34
3 trust.digest stock-t20 stock-t20 - --sha256=0000000000000000000000000000000000000000000000000000000000000000
2 - stock-t20 stock-t20 - --sha256=00
END
}

@test "what the boot loader that will run does not start" {
  check_cases 12 << 'END'
# a demo.bin, or a kernel, for another SoC
3 boot.soc-mismatch+rootfs.missing stock-t20 demo-t31 -
3 rootfs.missing stock-t31 demo-t20 -
# a boot loader that looks elsewhere for its kernel
3 kernel.missing stock-t20 thingino-c - -k boot
3 kernel.missing stock-t20 thingino-c - -p boot
3 boot.soc-mismatch+rootfs.missing stock-t20 stock-t31 - -k boot
0 - stock-t20 dafang-hacks - -p boot
# a stock image that was cut, on a camera of another layout
3 image.short thingino-f,size=16777216 stock-t20,size=5832704 -
3 image.short thingino-f,size=16777216 stock-t20,size=8388608 -
3 image.short thingino-f,size=16777216 openmiko,size=6291456,soc=T20 -
0 - thingino-f,size=16777216 thingino-c,seed=3 - -l mtdparts=jz_sfc:320k(boot),64k(env),64k(backup),1600k(kernel),-(rest)
# what nothing tells, or only what is kept
3 boot.secure openipc-8m,soc=none,signed=yes,size=16777216 openipc-8m,soc=T31 - -l mtdparts=f:256k(boot),-(rest)
3 boot.ram-mismatch stock-t20,ram=64 thingino-f,ram=128 -
3 boot.ram-mismatch stock-t20,ram=64 thingino-c,ram=128 -
3 boot.ram-mismatch stock-t20,ram=128 thingino-a,ram=64 -
END
}

@test "a file system that is cut inside its last block is seen" {
  firmware flash.bin stock-t20,seed=7
  firmware image.bin stock-t20
  uniflash split -l dafang image.bin parts
  exits 0
  perl -e 'local $/; open my $f, "<:raw", "parts/root.bin" or die; my $all = <$f>;
    print substr $all, 0, unpack("Q<", substr $all, 40, 8) - 20000' > root.bin
  untouched_by uniflash -y -d file:flash.bin --part root=root.bin
  refused rootfs.missing
  has "$stderr" "cut off"
  head -c 1000000 parts/kernel.bin > kernel.bin
  untouched_by uniflash -y -d file:flash.bin --part kernel=kernel.bin
  refused kernel.checksum
  lacks "$stderr" "kept"
}

@test "options that contradict what is to be written are wrong usage" {
  firmware flash.bin stock-t20,seed=7
  firmware image.bin stock-t20
  firmware demo.bin demo-t20
  untouched_by uniflash -y -d file:flash.bin --part kernel=image.bin -k kernel --allow image.kind
  [ "$status" -ne 0 ] || report "it went on"
  head -c 4096 image.bin > kernel.bin
  untouched_by uniflash -y -d file:flash.bin --part kernel=kernel.bin -k kernel
  exits 2
  untouched_by uniflash -y -d file:flash.bin --part kernel=kernel.bin -p root
  exits 2
  untouched_by uniflash -y -d file:flash.bin -p config demo.bin
  exits 2
  untouched_by uniflash -y -d file:flash.bin --part kernel=kernel.bin --tail erase
  exits 2
  untouched_by uniflash plan --log flash.bin -d file:flash.bin image.bin
  exits 2
  untouched_by uniflash plan --log image.bin -d file:flash.bin image.bin
  exits 2
}

@test "a packed image that is far too big ends soon, and nothing waits for a FIFO" {
  firmware flash.bin stock-t20,seed=7
  head -c 600M /dev/zero | gzip -1 > bomb.gz
  untouched_by timeout 20 "$UNIFLASH" plan -d file:flash.bin bomb.gz < /dev/null > out 2>&1 || true
  has "$(cat out)" size.too-big
  firmware image.bin stock-t20
  mkfifo image.bin.md5
  timeout 10 "$UNIFLASH" plan -d file:flash.bin image.bin < /dev/null > out 2>&1 || status=$?
  has "$(cat out)" "no regular file"
}

@test "RAM, secure boot and a pending upgrade" {
  check_cases 9 << 'END'
3 boot.ram-mismatch stock-t20 stock-t20,ram=64 -
3 boot.ram-mismatch stock-t20 dafang-hacks,ram=64 -
3 boot.ram-mismatch dafang-hacks,ram=64 stock-t20 -
0 - stock-t20,ram=64 stock-t20,ram=64 -
3 boot.secure stock-t31,signed=yes thingino-c,soc=T31 -
0 - stock-t31,signed=yes stock-t31 - -k boot
3 flag.upgrade-pending stock-t20 stock-t20,flag=kernel+drivers -
0 - stock-t20 openmiko,soc=T20,flag=kernel -
3 flag.upgrade-pending stock-t20,flag=kernel stock-t20 - -k flag
0 - stock-t20,flag=kernel stock-t20 -
END
}

@test "what is kept must not cut what the image needs whole" {
  check_cases 3 << 'END'
3 keep.splits-image stock-t20 thingino-f - -k boot
3 keep.splits-image stock-t20 thingino-c - -k root
0 - stock-t20 thingino-c - -k para
END
}

@test "a refusal says in plain words what the file is and what to do" {
  firmware flash.bin stock-t20
  firmware page.bin html
  uniflash -n -d file:flash.bin page.bin
  refused image.kind
  has "$stderr" "page.bin is an HTML page, " " bytes" "use the raw or download link"
  firmware t31.bin thingino-c,soc=T31
  uniflash -n -d file:flash.bin t31.bin
  refused boot.soc-mismatch
  has "$stderr" "this image's boot loader is for T31, this camera is a T20"
}

@test "each check that may be allowed goes on when it is" {
  firmware flash.bin stock-t20,seed=7
  firmware image.bin thingino-c,soc=T31
  uniflash -n -d file:flash.bin --allow boot.soc-mismatch image.bin
  exits 0
  has "$stderr" "allowed (boot.soc-mismatch)"
  firmware image.bin stock-t20
  sha256sum /dev/null > image.bin.sha256sum
  uniflash -n -d file:flash.bin --allow trust.digest image.bin
  refused trust.digest
  lacks "$stderr" "--allow trust.digest"
}
