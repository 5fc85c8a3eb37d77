#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The firmwares that the other tests use are what they claim to be.

load common

readonly FULL='stock-t20 stock-t31 sxj02zm openmiko dafang-hacks openipc-8m openipc-16m openipc-raptor
thingino-a thingino-b thingino-c thingino-d thingino-e thingino-f thingino-g'
readonly PARTIAL='demo-t20 demo-t31 update uimage-kernel'
readonly OTHER='html text gzip-of-html elf zip tar wyze-tar noise'

# firmware NAME OUT [KEY=VALUE...]
firmware() {
  "$FIXTURES/make-firmware" "$@"
}

# bytes FILE OFFSET COUNT: hexadecimal.
bytes() {
  slice "$1" "$2" "$(($2 + $3))" | od -An -tx1 | tr -d ' \n'
}

# blank FILE START END: nothing but 0xFF is there.
blank() {
  is "$(slice "$1" "$2" "$3" | tr -d '\377' | wc -c)" 0
}

# uimage_at FILE OFFSET: its header and data are right, says U-Boot's own tool, and they are $output.
uimage_at() {
  local size
  size=$((0x$(bytes "$1" "$(($2 + 12))" 4)))
  slice "$1" "$2" "$(($2 + 64 + size))" > uimage.part
  run dumpimage -l uimage.part
  [[ $status/$output == "0/Image Name:"* ]] || report "$1: no uImage at $2"
}

# squashfs_at FILE OFFSET END: it has the usual properties and a tree that can be read, and fits.
squashfs_at() {
  slice "$1" "$2" "$3" > squashfs.part
  run unsquashfs -s squashfs.part
  exits 0
  has "$output" "SQUASHFS 4:0" "Compression xz" "Block size 131072"
  [ "$(sed -n 's/^Filesystem size \([0-9]*\) bytes.*/\1/p' <<< "$output")" -le $(($3 - $2)) ]
  rm -rf tree
  unsquashfs -no-progress -quiet -dest tree squashfs.part
  is "$(ls tree)" "$(printf 'part%s\n' 1 2 3 4)"
}

# jffs2_at FILE OFFSET END: all its checksums hold, and each erase block has a clean marker.
jffs2_at() {
  slice "$1" "$2" "$3" > jffs2.part
  perl -0777 -ne 'for (unpack "(a32768)*", $_) { exit 1 if unpack("H24", $_) ne "851903200c000000b1b01ee4" }' jffs2.part
  run jffs2dump -c jffs2.part
  exits 0
  has "$output" "Inode      node"
  lacks "$output" rong
}

# boot_checksum FILE: the length in the boot block, and by how much less its checksum holds.
boot_checksum() {
  perl -e '
    open my $f, "<:raw", $ARGV[0]; read $f, my $b, 0x8000;
    my ($crc, $end, @holds) = (0, unpack "V", substr $b, 12, 4);
    for my $at (2048 .. $end - 1) {
      for my $bit (split //, unpack "B8", substr $b, $at, 1) {
        my $out = ($crc >> 6 & 1) ^ $bit;
        $crc = ($crc << 1 & 0x7f) ^ ($out ? 9 : 0);
      }
      push @holds, $end - $at - 1 if $end - $at <= 64 && $crc == ord substr $b, 9, 1;
    }
    printf "%x %s\n", $end, join ",", grep { $_ == 0 || $ARGV[1] } @holds' "$1" "${2:-}"
}

# env_good FILE OFFSET SIZE
env_good() {
  slice "$1" "$2" "$(($2 + $3))" > env.part
  perl -MCompress::Raw::Zlib -0777 -ne 'exit(unpack("V", $_) != crc32(substr $_, 4))' env.part
}

@test "every firmware has its size, and the same arguments give the same bytes" {
  local name size
  for name in $FULL $PARTIAL $OTHER; do
    firmware "$name" a.bin
    firmware "$name" b.bin
    same_bytes a.bin b.bin
    firmware "$name" b.bin seed=2
    ! cmp -s a.bin b.bin || report "$name: the seed changes nothing"
    case $name in
      thingino-* | openipc-8m) size=8388608 ;;
      demo-t20) size=11075648 ;;
      demo-t31) size=10027072 ;;
      stock-* | sxj02zm | openmiko | dafang-hacks | openipc-* | noise) size=16777216 ;;
      *) continue ;;
    esac
    is "$name $(stat -c %s a.bin)" "$name $size"
  done
}

@test "size cuts, pads with 0xFF, and gives the rest to a partition without a size" {
  firmware stock-t20 whole.bin
  firmware stock-t20 cut.bin size=0x7f8123
  slice whole.bin 0 0x7f8123 | cmp - cut.bin
  firmware stock-t20 padded.bin size=16777300
  blank padded.bin 16777216 16777300
  firmware html padded.bin size=200000
  is "$(stat -c %s padded.bin)" 200000
  firmware thingino-f whole.bin size=16777216
  jffs2_at whole.bin 0x790000 0x1000000
  firmware thingino-f whole.bin size=16777216 data=blank
  blank whole.bin 0x790000 0x1000000
}

@test "the boot block has the checksum that the boot ROM wants" {
  local name
  for name in $FULL; do
    firmware "$name" a.bin
    is "$(bytes a.bin 0 9)" 060504030255aa55aa
    [ "$name" = stock-t31 ] || has "$(boot_checksum a.bin)" " 0"
    is "$(slice a.bin 0x10 0x800 | tr -d '\0' | wc -c)" 0
  done
  firmware stock-t20 a.bin
  is "$(boot_checksum a.bin)" "305c 0"
  firmware stock-t31 a.bin
  [[ $(boot_checksum a.bin near) =~ ^37c0\ ([0-9]+,)*8$ ]]
}

@test "kernels, root file systems and data are where the layout has them" {
  local name kernel root end data size
  while read -r name kernel root end data size; do
    firmware "$name" a.bin
    uimage_at a.bin "$kernel"
    has "$output" "Linux-3.10.14" "MIPS Linux Kernel Image"
    [ "$root" = - ] || squashfs_at a.bin "$root" "$end"
    [ "$data" = - ] || jffs2_at a.bin "$data" "$size"
  done <<'END'
stock-t20 0x40000 0x240000 0x590000 0x630000 0xad0000
dafang-hacks 0x40000 0x590000 0x630000 0xd70000 0xf70000
stock-t31 0x40000 0x230000 0x600000 0xf90000 0xff0000
sxj02zm 0x40000 0x2c0000 0x9b0000 0x9b0000 0xfe0000
openmiko 0x40000 - - 0x240000 0xf70000
openipc-8m 0x50000 0x250000 0x750000 0x750000 0x800000
openipc-16m 0x50000 0x350000 0xd50000 0xd50000 0x1000000
openipc-raptor 0x70000 0x270000 0xa70000 0xa70000 0x1000000
thingino-a 0x50000 0x1c0000 0x758000 0x758000 0x800000
thingino-b 0x80000 0x200000 0x798000 0x50000 0x80000
thingino-c 0x80000 0x200000 0x798000 0x48000 0x80000
thingino-d 0xa0000 0x220000 0x7b0000 0x60000 0xa0000
thingino-e 0x60000 0x1e0000 0x770000 0x770000 0x800000
thingino-f 0x70000 0x200000 0x790000 0x790000 0x800000
thingino-g 0x60000 0x1f0000 0x780000 0x780000 0x800000
uimage-kernel 0 - - - -
update 0 0x180000 0x718000 - -
END
}

@test "a boot loader of 320 KiB has its U-Boot behind the usual 256 KiB" {
  local name place
  while read -r name place; do
    firmware "$name" a.bin
    uimage_at a.bin "$place"
    has "$output" Standalone lzma
    [ $((place + $(stat -c %s uimage.part))) -gt $((0x40000)) ]
    [ $((place + $(stat -c %s uimage.part))) -le $((0x50000)) ]
  done <<'END'
thingino-d 0x10000
thingino-e 0x10000
thingino-f 0x18000
openipc-raptor 0x18000
END
  firmware thingino-c a.bin
  uimage_at a.bin 0x6800
  has "$output" u-boot-lzo.img
}

@test "the environment is written where the layout has it, or is blank" {
  local name offset size other
  while read -r name offset size other; do
    firmware "$name" a.bin env=yes mac=02:00:00:00:00:07
    env_good a.bin "$offset" "$size"
    grep -qa "bootcmd=" env.part
    firmware "$name" a.bin env=no
    blank a.bin "$offset" $((offset + size))
    firmware "$name" b.bin
    firmware "$name" a.bin "env=$other"
    same_bytes a.bin b.bin
  done <<'END'
stock-t20 0x3c000 0x4000 no
thingino-a 0x40000 0x10000 no
thingino-b 0x40000 0x10000 no
thingino-c 0x40000 0x8000 no
thingino-d 0x50000 0x10000 no
thingino-e 0x50000 0x10000 no
thingino-f 0x50000 0x10000 yes
thingino-g 0x40000 0x10000 no
openipc-8m 0x40000 0x10000 no
openipc-raptor 0x50000 0x10000 yes
END
}

@test "a demo.bin is what lies behind the boot loader, under a uImage" {
  local name end
  while read -r name end; do
    firmware "stock-$name" stock.bin
    firmware "demo-$name" demo.bin
    uimage_at demo.bin 0
    has "$output" "jz_fw" "MIPS Linux Firmware (uncompressed)" "Load Address: 00000000"
    is "$(tail -c +65 demo.bin | sha256sum)" "$(slice stock.bin 0x40000 "$end" | sha256sum)"
  done <<'END'
t20 0xad0000
t31 0x9d0000
END
}

@test "the boot loader tells what it is for in the texts of its kind" {
  local name text
  while read -r name text; do
    firmware "$name" a.bin
    slice a.bin 0 0x40000 > boot.part
    grep -qaF -- "$text" boot.part || report "$name: no $text"
  done <<'END'
stock-t20 Ingenic XBurst T20 SoC
stock-t20 isvp_t20#
stock-t20 FWGRADEUP=kernel+drivers
stock-t20 mtdparts=jz_sfc:256k(boot),2048k(kernel),3392k(root),640k(driver),4736k(appfs),
stock-t31 T31_0x5
stock-t31 isvp_t31#
dafang-hacks Dafang 128MB (Ingenic XBurst T20 SoC)
sxj02zm mem=41472K
thingino-a Flex T20X SPL
thingino-c Thingino U-Boot for Ingenic T20X SPL
thingino-d ingenic,t20-ddr-dwc
thingino-f T20 TPL
openipc-raptor T31 TPL
END
  firmware dafang-hacks a.bin ram=64
  slice a.bin 0 0x40000 > boot.part
  grep -qaF "Dafang 64MB" boot.part
  run ! grep -qaE "FWGRADEUP|isvp" boot.part
  for name in $FULL; do
    firmware "$name" a.bin soc=none
    slice a.bin 0 0x40000 > boot.part
    ! grep -qaE 'T[0-9]{2}[A-Z]? |isvp_|ingenic,t' boot.part || report "$name: has a SoC"
    firmware "$name" a.bin soc=T23
    slice a.bin 0 0x40000 > boot.part
    grep -qaE 'T23|t23' boot.part || report "$name: has no T23"
  done
}

@test "options change their own place alone" {
  firmware stock-t20 a.bin
  firmware stock-t20 b.bin flag=kernel+drivers
  is "$(differing a.bin b.bin)" ff0000
  is "$(slice b.bin 0xff0000 0xff0019)" "FWGRADEUP=kernel+drivers"
  firmware stock-t20 b.bin signed=yes
  is "$(differing a.bin b.bin 2048)" 0
  [ "$(slice b.bin 0x200 0x800 | tr -d '\0' | wc -c)" -gt 1000 ]
  has "$(boot_checksum b.bin)" "305c 0"
  firmware stock-t20 b.bin mac=02:00:00:00:00:07
  is "$(differing a.bin b.bin)" fb0000
  jffs2_at b.bin 0xfb0000 0xff0000
  grep -qaF 02:00:00:00:00:07 jffs2.part
  firmware stock-t20 b.bin data=blank
  blank b.bin 0xf70000 0x1000000
  is "$(expected a.bin b.bin "$BLOCK" 0 0xf70000)" "0 0"
}

@test "damage is where it is asked for" {
  local kind
  firmware stock-t31 a.bin
  firmware stock-t31 b.bin damage=boot
  is "$(boot_checksum b.bin near)" "37c0 "
  firmware stock-t31 b.bin damage=boot-length
  is "$(bytes b.bin 12 4)" 00000000
  firmware stock-t31 b.bin damage=no-kernel
  blank b.bin 0x40000 0x230000
  is "$(expected a.bin b.bin "$BLOCK" 0x230000 0x1000000)" "0 0"
  firmware stock-t31 b.bin damage=no-rootfs
  blank b.bin 0x230000 0x600000
  firmware stock-t31 b.bin damage=rootfs-cut
  [ "$(stat -c %s b.bin)" -gt $((0x230000)) ] && [ "$(stat -c %s b.bin)" -lt $((0x5c0000)) ]
  for kind in kernel-header kernel-data; do
    firmware stock-t31 b.bin "damage=$kind"
    is "$(cmp -l a.bin b.bin | wc -l)" 1
    is "$(bytes b.bin 0x40000 4)" 27051956
    run uimage_at b.bin 0x40000
    [ "$status" -ne 0 ]
  done
  firmware demo-t20 a.bin
  for kind in demo-header demo-data; do
    firmware demo-t20 b.bin "damage=$kind"
    is "$(cmp -l a.bin b.bin | wc -l)" 1
    run uimage_at b.bin 0
    [ "$status" -ne 0 ]
  done
  firmware thingino-f b.bin damage=env
  run env_good b.bin 0x50000 0x10000
  [ "$status" -ne 0 ]
}

@test "what is no firmware is what it claims to be" {
  local name text
  while read -r name text; do
    firmware "$name" a.bin
    has "$(file -b a.bin)" "$text"
  done <<'END'
html HTML document
text ASCII text
gzip-of-html gzip compressed data
elf ELF 32-bit LSB executable, MIPS
zip Zip archive data
tar POSIX tar archive
wyze-tar POSIX tar archive
noise data
END
  firmware html a.bin
  firmware gzip-of-html b.bin
  gzip -dc < b.bin | cmp - a.bin
  firmware wyze-tar a.bin
  is "$(tar -xOf a.bin Upgrade/PARA)" FWGRADEUP=app
  is "$(bytes a.bin 257 5)" 7573746172
}

@test "what does not exist or has no place is refused" {
  local args
  while read -r args; do
    # shellcheck disable=SC2086
    run firmware $args
    exits 2
    [ ! -e out.bin ]
  done <<'END'
nosuch out.bin
stock-t20
stock-t20 out.bin nosuch=1
stock-t20 out.bin soc=T99
stock-t20 out.bin damage=demo-data
stock-t20 out.bin damage=env
sxj02zm out.bin flag=kernel
html out.bin soc=T20
demo-t20 out.bin damage=boot
thingino-a out.bin env=no data=blank mac=02:00:00:00:00:07
END
}
