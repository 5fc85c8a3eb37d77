# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The runs of scripts/bench: each a camera that is started for it, one tool, one image, and one line
# in OUT/results.tsv. Sourced by bench, which sets these:
: "${top:?}" "${opt_quick-}" "${opt_mipsel-}" "${opt_armhf-}"

# The flash of a 16 MiB camera, written with whatever the image holds.
bench_any=image.kind,boot.missing,boot.soc-unknown,kernel.missing,kernel.checksum,rootfs.missing,map.layout-mismatch

bench_say() { printf '%s\n' "$*" >&2; }

# --- images ---------------------------------------------------------------------------------------

# The image WORKLOAD is what a camera with the stock image is to be given.
bench_images() {
  local dir=$1 kind
  mkdir -p "$dir"
  for kind in stock upgrade other half; do
    [ -e "$dir/$kind" ] || { "$top/tests/fixtures/make-image" "$kind" "$dir/$kind.new" && mv "$dir/$kind.new" "$dir/$kind"; }
  done
  cp "$dir/stock" "$dir/identical"
  cp "$dir/upgrade" "$dir/full-upgrade"
  cp "$dir/other" "$dir/other-firmware"
  cp "$dir/half" "$dir/half-blank"
  cp "$dir/stock" "$dir/one-byte"
  printf X | dd of="$dir/one-byte" bs=1 seek=$((0x300000)) conv=notrunc status=none
  # Its kernel alone is a later one.
  cp "$dir/stock" "$dir/small-upgrade"
  dd if="$dir/upgrade" of="$dir/small-upgrade" bs=64K skip=4 seek=4 count=32 conv=notrunc status=none
}

# bench_bound OLD NEW BLOCK: "BLOCKS PAGES BOOT_BLOCKS": what must be written, and how much of it in
# the 256 KiB of the boot loader, told by the two files alone.
bench_bound() {
  perl -e '
    my ($old, $new, $block) = @ARGV;
    sub content { open my $f, "<:raw", $_[0] or die "$_[0]: $!\n"; local $/; <$f> }
    ($old, $new) = map { content $_ } $old, $new;
    my ($blocks, $pages, $boot) = (0, 0, 0);
    for (my $at = 0; $at < length $old; $at += $block) {
      my $want = substr $new, $at, $block;
      next if $want eq substr $old, $at, $block;
      $blocks++;
      $boot++ if $at < 0x40000;
      $pages += grep { $_ ne "\xff" x 256 } unpack "(a256)*", $want;
    }
    print "$blocks\t$pages\t$boot\n"' "$@"
}

# --- tools ----------------------------------------------------------------------------------------

# bench_tool TOOL: a shell script that gives the camera's flash the image /mnt/sd/image, or only
# reads it. The three of mtd-utils want one file for each partition, and a folder in RAM for it.
bench_tool() {
  local uniflash="/mnt/sd/uniflash -y -l dafang -k none --allow $bench_any --json"
  case $1 in
    idle) echo true ;;
    uniflash) echo "exec $uniflash --no-backup /mnt/sd/image" ;;
    uniflash-backup) echo "exec $uniflash -b /mnt/sd/backup.bin /mnt/sd/image" ;;
    dd) echo "for n in 0 1 2 3 4 5 6 7 8 9 10; do dd if=/dev/mtd\$n of=/dev/null bs=64k; done" ;;
    # What the script of one firmware project does: erase the partition, and let flashcp erase it again.
    eraseall-flashcp) bench_each_partition "flash_eraseall -q \$dev && flashcp /tmp/part \$dev" ;;
    flashcp) bench_each_partition "flashcp /tmp/part \$dev" ;;
    busybox-flashcp) bench_each_partition "/mnt/sd/flashcp /tmp/part \$dev" ;;
    flashcp-p) bench_each_partition "flashcp -p /tmp/part \$dev" ;;
  esac
}

bench_each_partition() {
  cat <<END
at=0 most=0
while read -r dev size _; do
  case \$dev in mtd[0-9]*) ;; *) continue ;; esac
  dev=/dev/\${dev%:} size=\$((0x\$size))
  dd if=/mnt/sd/image of=/tmp/part bs=64k skip=\$((at / 65536)) count=\$((size / 65536)) 2>/dev/null || exit 1
  $1 || exit 1
  at=\$((at + size))
  [ \$size -le \$most ] || most=\$size
done </proc/mtd
echo "bench-ram \$most"
END
}

# bench_job TOOL: what a camera is to do. The processor's time of all that the tool starts, and the
# largest of it, come from wait4; what was read, from /proc, which counts it for ended children, too.
bench_job() {
  cat <<END
bytes_read() { while read -r name value; do [ "\$name" != rchar: ] || echo "\$value"; done </proc/\$\$/io; }
cat >/tmp/tool <<'TOOL'
$(bench_tool "$1")
TOOL
[ ! -e /mnt/sd/spin ] || { /mnt/sd/spin; busybox time -f 'bench-spin %U %S' /mnt/sd/spin; }
before=\$(bytes_read)
busybox time -f 'bench-time %U %S %M' sh /tmp/tool 2>&1
status=\$?
after=\$(bytes_read)
echo "bench-rchar \$((after - before))"
exit \$status
END
}

# --- cameras --------------------------------------------------------------------------------------

# bench_field OUTPUT NAME FIELD: of the last line of this name; 0 where there is none.
bench_field() {
  awk -v name="$2" -v field="$3" '$1 == name { value = $field } END { print value + 0 }' "$1"
}

bench_json() {
  jq -r -R "fromjson? | select(.event == \"result\") | .$2" <"$1" 2>/dev/null | tail -n 1
}

# bench_line OUT COLUMN...: one result. Lines are written whole, so two runs may write side by side.
bench_line() {
  local results=$1/results.tsv IFS=$'\t'
  shift
  printf '%s\n' "$*" >>"$results"
}

# bench_boot OUT CAMERA TOOL WORKLOAD OPTION...: leaves $dir/flash and $dir/output. That another tool
# fails is a result; what it did until then is counted.
bench_boot() {
  local out=$1 camera=$2 tool=$3 workload=$4 status=0 exe=$opt_armhf
  shift 4
  [ "$camera" = ast2600 ] || exe=$opt_mipsel
  [ "$tool" != busybox-flashcp ] || set -- "$@" --put "$out/busybox-flashcp-$camera:flashcp"
  cp "$out/images/stock" "$dir/flash"
  bench_job "$tool" >"$dir/job"
  "$top/tests/camera/run" "$camera" --timeout 1200 --mtd-utils --job "$dir/job" --flash "$dir/flash" \
    --put "$exe:uniflash" --put "$out/images/$workload:image" "$@" >"$dir/output" 2>&1 || status=$?
  ended=$status
  case $tool:$status in
    *:0) return 0 ;;
    uniflash*:* | *:12[345]) ;;
    *) return 0 ;;
  esac
  tail -n 20 "$dir/output" >&2
  die "$tool on $camera, $workload: status $status"
}

# bench_right OUT TOOL WORKLOAD: is the flash what it should be, compared here and not in the camera?
bench_right() {
  local want=$1/images/$3
  case $2 in dd | idle) want=$1/images/stock ;; esac
  if [ "$ended" != 0 ]; then
    echo failed
  elif cmp -s "$dir/flash" "$want"; then
    echo yes
  else
    echo no
  fi
}

# Erases and programs as QEMU's chip got them. Its reading is counted in commands of four bytes, those
# of a camera that starts and does nothing included: the report takes them off.
bench_ast2600() {
  local out=$1 tool=$2 workload=$3 block=$4 erases programs wrong reads dir ended chip=s25sl12801
  [ "$block" = 65536 ] || chip=n25q128
  dir=$(mktemp -d "$out/run.XXXXXX")
  bench_boot "$out" ast2600 "$tool" "$workload" --chip "$chip" --trace "$dir/trace" --count-reads "$dir/reads"
  read -r _ erases _ programs _ wrong < <("$top/tests/camera/count-commands" "$dir/trace")
  reads=$(($(cat "$dir/reads") * 4))
  bench_line "$out" ast2600 "$workload" "$tool" "$block" "$(bench_bound "$out"/images/{stock,"$workload"} "$block")" \
    "$erases" "$programs" "$reads" "$(bench_field "$dir/output" bench-rchar 2)" 0 0 \
    "$(bench_right "$out" "$tool" "$workload")" "$wrong"
  bench_say "ast2600 $workload $tool: $erases erases, $programs programs"
  rm -rf "$dir"
}

# Under -icount the camera's clock goes by instructions: a process's time, as wait4 tells it, is the
# number of instructions of it and of the kernel on its behalf, at a rate that a program with a known
# number of them tells. What waits takes none. BusyBox multiplies the largest size by four.
bench_malta() {
  local out=$1 tool=$2 workload=$3 rate instructions memory dir ended
  dir=$(mktemp -d "$out/run.XXXXXX")
  bench_boot "$out" malta "$tool" "$workload" --icount --put "$out/spin:spin"
  rate=$(awk '$1 == "bench-spin" { print 200000000 / ($2 + $3) }' "$dir/output")
  instructions=$(awk -v rate="$rate" '$1 == "bench-time" { printf "%.0f", rate * ($2 + $3) }' "$dir/output")
  memory=$(($(bench_field "$dir/output" bench-time 4) * 256 + $(bench_field "$dir/output" bench-ram 2)))
  bench_line "$out" malta "$workload" "$tool" 32768 "$(bench_bound "$out"/images/{stock,"$workload"} 32768)" \
    "$(bench_json "$dir/output" erased_blocks)" "$(bench_json "$dir/output" programmed_pages)" \
    "$(bench_json "$dir/output" bytes_read)" "$(bench_field "$dir/output" bench-rchar 2)" "$instructions" "$memory" \
    "$(bench_right "$out" "$tool" "$workload")" 0
  bench_say "malta $workload $tool: $instructions instructions"
  rm -rf "$dir"
}

# flashrom's way to a flash of the camera refuses partitions that are no power of two, so it writes a
# chip of its own emulation, on the host; what it sends the chip is counted. It could erase 32 and 64
# KiB at a time there, too, but this version never does, which the times that are made of this rely on.
bench_flashrom() {
  local out=$1 workload=$2 dir ended=0
  dir=$(mktemp -d "$out/run.XXXXXX")
  cp "$out/images/stock" "$dir/flash"
  command time -o "$dir/time" -f %M flashrom -p "dummy:emulate=W25Q128FV,image=$dir/flash" -VVV \
    -w "$out/images/$workload" 2>&1 |
    LC_ALL=C perl -ne '
      if (/dummy_spi_send_command: writing \d+ bytes: 0x(\w\w)(?:.* reading (\d+) bytes)?/) {
        $erases++ if $1 eq "20";
        $programs++ if $1 eq "02";
        $read += $2 if $1 eq "03" && $2;
        die "flashrom: an erase of more than 4 KiB\n" if $1 =~ /^(?:52|d8|60|c7)$/;
      }
      END { printf "%d %d %d\n", $erases, $programs, $read }' >"$dir/counts"
  bench_line "$out" host "$workload" flashrom 4096 "$(bench_bound "$out"/images/{stock,"$workload"} 4096)" \
    "$(cut -d ' ' -f 1 "$dir/counts")" "$(cut -d ' ' -f 2 "$dir/counts")" "$(cut -d ' ' -f 3 "$dir/counts")" \
    "$(stat -c %s "$out/images/$workload")" 0 $(($(cat "$dir/time") * 1024)) \
    "$(bench_right "$out" flashrom "$workload")" 0
  bench_say "host $workload flashrom: $(cat "$dir/counts")"
  rm -rf "$dir"
}

# --- all of them ----------------------------------------------------------------------------------

# What the script and flashcp do is the same for every image, and flashcp -p cannot do blocks of
# this size at all: once or twice is enough.
bench_tools() {
  case $1 in
    identical) echo uniflash flashcp-p ;;
    full-upgrade) echo uniflash flashcp busybox-flashcp eraseall-flashcp ;;
    *) echo uniflash ;;
  esac
}

bench_on_malta() {
  local out=$1 workload tool
  shift
  bench_malta "$out" dd identical
  bench_malta "$out" uniflash-backup one-byte
  for workload; do
    for tool in $(bench_tools "$workload"); do bench_malta "$out" "$tool" "$workload"; done
  done
  for workload; do bench_flashrom "$out" "$workload"; done
}

bench_on_ast2600() {
  local out=$1 workload tool
  shift
  bench_ast2600 "$out" idle identical 65536
  bench_ast2600 "$out" dd identical 65536
  bench_ast2600 "$out" uniflash-backup one-byte 65536
  for workload; do
    for tool in $(bench_tools "$workload"); do bench_ast2600 "$out" "$tool" "$workload" 65536; done
  done
  bench_ast2600 "$out" idle identical 4096
  for tool in uniflash flashcp-p; do
    for workload in one-byte small-upgrade; do bench_ast2600 "$out" "$tool" "$workload" 4096; done
  done
}

# The two cameras side by side: a processor each.
bench_all() {
  local out=$1 other
  local workloads=(identical one-byte small-upgrade full-upgrade other-firmware half-blank)
  [ -z "$opt_quick" ] || workloads=(identical one-byte small-upgrade)
  bench_images "$out/images"
  mipsel-linux-gnu-gcc -nostdlib -static -mips32r2 -o "$out/spin" "$top/tests/camera/spin.S"
  bench_busybox "$out/busybox" mipsel "$out/busybox-flashcp-malta"
  bench_busybox "$out/busybox" armhf "$out/busybox-flashcp-ast2600"
  "$top/tests/camera/build" malta
  "$top/tests/camera/build" ast2600
  rm -rf "$out"/run.*
  : >"$out/results.tsv"
  bench_on_malta "$out" "${workloads[@]}" &
  other=$!
  # shellcheck disable=SC2064
  trap "kill $other 2>/dev/null || true" EXIT
  bench_on_ast2600 "$out" "${workloads[@]}"
  wait $other || die "a run on the other camera failed"
  trap - EXIT
}
