# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# scripts/bench --scaling: dumps of several sizes, erase blocks and numbers of partitions, with more or
# less of them differing, and what a run costs: instructions, counted by callgrind, and bytes read.
# Sourced by bench.
: "${top:?}"

# mtdparts COUNT SIZE: the flash in so many equal parts, the last with what is left.
scaling_mtdparts() {
  local at text='' part=$(($2 / $1 / 131072 * 131072))
  for ((at = 1; at < $1; at++)); do text+="${part}(p$at),"; done
  printf 'mtdparts=flash:%s-(p%d)\n' "$text" "$1"
}

# scaling_files DIR SIZE BLOCK DIFFERING: flash and image, noise, with one byte changed in so many
# blocks, evenly spread.
scaling_files() {
  perl -e '
    my ($dir, $size, $block, $differing) = @ARGV;
    srand 1;
    my $noise = pack "L*", map { int rand 4294967295 } 1 .. $size / 4;
    sub spill { open my $f, ">:raw", $_[0] or die "$_[0]: $!\n"; print $f $_[1]; close $f or die "$_[0]: $!\n" }
    spill("$dir/flash", $noise);
    for (1 .. $differing) {
      my $at = int(($_ - 1) * $size / $block / $differing) * $block + 77;
      substr($noise, $at, 1) = chr(ord(substr $noise, $at, 1) ^ 0x55);
    }
    spill("$dir/image", $noise)' "$@"
}

# scaling_run DIR SIZE BLOCK PARTITIONS DIFFERING: a line "SIZE BLOCK PARTITIONS DIFFERING INSTRUCTIONS READ".
scaling_run() {
  local dir=$1 size=$2 block=$3 parts=$4 differing=$5 instructions bytes
  scaling_files "$dir" "$size" "$block" "$differing"
  valgrind --tool=callgrind --callgrind-out-file=/dev/null "$dir/build/uniflash" -y --json -k none \
    -l "$(scaling_mtdparts "$parts" "$size")" -d "file:$dir/flash,erase=$block" \
    --allow image.kind,boot.missing,boot.soc-unknown,kernel.missing,kernel.checksum,rootfs.missing,map.size-suspect \
    "$dir/image" >"$dir/output" 2>"$dir/valgrind" || { tail -n 20 "$dir/valgrind" >&2; die "a run of --scaling failed"; }
  cmp "$dir/flash" "$dir/image"
  instructions=$(sed -n 's/.*Collected : \([0-9]*\).*/\1/p' "$dir/valgrind")
  bytes=$(sed -n 's/.*"event":"result".*"bytes_read":\([0-9]*\).*/\1/p' "$dir/output")
  printf '%s\t' "$size" "$block" "$parts" "$differing" "$instructions"
  printf '%s\n' "$bytes"
}

bench_scaling() {
  local out=$1/scaling mib=$((1024 * 1024)) at
  mkdir -p "$out"
  cmake -S "$top" -B "$out/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DBUILD_TESTING=OFF >"$out/build.log"
  cmake --build "$out/build" >>"$out/build.log"
  {
    for at in 8 16 32 64; do scaling_run "$out" $((at * mib)) 32768 11 0; done
    for at in 1 64 128 256; do scaling_run "$out" $((8 * mib)) 32768 11 "$at"; done
    for at in 4 8 16 64 128; do scaling_run "$out" $((8 * mib)) $((at * 1024)) 11 $((8 * 1024 / at)); done
    for at in 1 4 16 64; do scaling_run "$out" $((8 * mib)) 32768 "$at" 64; done
  } >"$1/scaling.new"
  mv "$1/scaling.new" "$1/scaling.tsv"
}
