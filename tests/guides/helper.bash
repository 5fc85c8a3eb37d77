# shellcheck shell=bash disable=SC2317
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What tests/guides/run needs the shell for: fixtures, and commands as they are typed on the camera or
# on a PC. WORK is the folder of the guide, with pc/ and camera/ in it, GUIDES the one of this file.
set -euo pipefail

readonly FIXTURES=$GUIDES/../fixtures

# Where cameras have their card and their RAM; these paths of a command are below $WORK/camera.
export PLACES='/system/sdcard|/media/mmc|/mnt/mmcblk0p1|/mnt/sd|/tmp'

# --- fixtures --------------------------------------------------------------------------------

begin() {
  mkdir -p "$WORK/pc" "$WORK/camera/tmp" "$WORK/bin"
  echo "$WORK/pc" > "$WORK/cwd.pc"
  echo "$WORK/camera/tmp" > "$WORK/cwd.camera"
  ln -s "$UNIFLASH" "$WORK/bin/uniflash"
  printf '#!/bin/sh\nexec bash "%s" ssh "$@"\n' "$GUIDES/helper.bash" > "$WORK/bin/ssh"
  chmod +x "$WORK/bin/ssh"
  : > "$WORK/fault"
}

firmware() {
  local out=$1
  shift
  "$FIXTURES/make-firmware" "$1" "$out" "${@:2}"
}

# camera ROOT CARD FIRMWARE [KEY=VALUE...]: such a camera, with this on its flash, a card mounted at
# CARD and the executable on it.
camera() {
  [ -z "${LIVE:-}" ] || return 0
  local root=$WORK/root card=$WORK/camera$2
  rm -rf "$root" "$WORK/camera"
  cp -r "$FIXTURES/roots/$1" "$root"
  # What lies on the flash there is nobody's here: a fixture has no file systems to be made read-only.
  sed -i '/ 31:/d; / 179:1 /d; / \/tmp /d' "$root/proc/self/mountinfo"
  sed -i '/mtdblock/d' "$root/proc/self/mounts" "$root/proc/mounts"
  grep -q ' / ' "$root/proc/self/mountinfo" || echo '1 0 0:1 / / rw - rootfs rootfs rw' >> "$root/proc/self/mountinfo"
  mkdir -p "$card" "$WORK/camera/tmp" "$root/sys/class/net/wlan0"
  echo 2c:aa:8e:00:00:01 > "$root/sys/class/net/wlan0/address"
  mounted "$card" vfat 179:1
  mounted "$WORK/camera/tmp" tmpfs 0:12
  cp "$UNIFLASH_TESTING_EXE" "$card/uniflash"
  echo "$card" > "$WORK/card"
  echo "$card" > "$WORK/cwd.camera"
  firmware "$WORK/flash.bin" "${@:3}"
}

mounted() {
  local top
  top=$(awk '$5 == "/" { id = $1 } END { print id }' "$WORK/root/proc/self/mountinfo")
  printf '%s %s %s / %s rw - %s /dev/x rw\n' "9$RANDOM" "$top" "$3" "$1" "$2" >> "$WORK/root/proc/self/mountinfo"
}

# thingino CARD: the camera has started into the thingino (the release of 2025, without its aliases) that is
# on its flash; the same card is now at CARD.
thingino() {
  local old new=$WORK/camera$1
  old=$(cat "$WORK/card")
  [ "$old" = "$new" ] || { mkdir -p "${new%/*}" && mv "$old" "$new"; }
  sed -i "s,$old,$new," "$WORK/root/proc/self/mountinfo"
  echo "$new" | tee "$WORK/card" > "$WORK/cwd.camera"
  table boot 256 env 32 config 224 kernel 1536 rootfs 5728 rootfs_data 8608
}

# table NAME KIB...: the partitions as this kernel has them.
table() {
  rm -rf "$WORK/root/sys/class/mtd"
  perl -e '
    my ($n, $text, @part) = (0, qq(dev:    size   erasesize  name\n));
    while (my ($name, $kib) = splice @ARGV, 0, 2) {
      $text .= sprintf qq(mtd%d: %08x 00008000 "%s"\n), $n++, $kib * 1024, $name;
      push @part, "${kib}k($name)";
    }
    print $text, "mem=95M\@0x0 rmem=33M\@0x5f00000 console=ttyS1,115200n8 mtdparts=jz_sfc:", join(",", @part), "\n"' "$@" > "$WORK/table"
  sed '$d' "$WORK/table" > "$WORK/root/proc/mtd"
  tail -n 1 "$WORK/table" > "$WORK/root/proc/cmdline"
}

# on_card NAME FIRMWARE [KEY=VALUE...]: such a file on the card, its digest beside it.
on_card() {
  image_in "$(cat "$WORK/card")" "$@"
}

# on_pc NAME FIRMWARE [KEY=VALUE...]: the same on the PC.
on_pc() {
  image_in "$WORK/pc" "$@"
}

image_in() {
  firmware "$1/$2" "${@:3}"
  (cd "$1" && sha256sum "$2" > "$2.sha256sum")
}

# fault [SPEC]: from here on the camera's flash fails like this.
fault() {
  printf '%s' "${1:-}" > "$WORK/fault"
}

# poke FILE OFFSET...: changes one byte at each offset.
poke() {
  perl -e '
    my $path = shift;
    open my $file, "+<:raw", $path or die "$path: $!\n";
    for (map { hex } @ARGV) {
      seek $file, $_, 0; read $file, my $byte, 1;
      seek $file, $_, 0; print $file chr(ord($byte) ^ 0xff);
    }' "$@"
}

fixture() {
  cd "$WORK"
  eval "$1"
}

# stuck_at_old OFFSET: from here on the cell at that offset of the flash cannot be changed.
stuck_at_old() {
  fault "seed=1,stuck=$1:ff:$(od -An -tx1 -j "$((16#$1))" -N 1 "$WORK/flash.bin" | tr -d ' ')"
}

# signalled "SIGNAL..." ERASES ARGS: a run with these arguments gets the signals, each one after so many more erases.
signalled() {
  mkfifo "$WORK/gate"
  # The shell tells of processes that were killed.
  exec 3>&2 2> /dev/null
  (
    cd "$(cat "$WORK/card")"
    export UNIFLASH_ROOT=$WORK/root UNIFLASH_FLASH=$WORK/flash.bin UNIFLASH_TRACE=$WORK/gate
    exec env --default-signal ./uniflash -q -y "${@:3}"
  ) < /dev/null > /dev/null 2>&1 &
  # shellcheck disable=SC2086 # some signals
  perl -e '
    my ($pid, $each, $gate, @signals) = @ARGV;
    alarm 60;
    open my $trace, "<", $gate or die "$gate: $!\n";
    fcntl $trace, 1031, 4096 or die "F_SETPIPE_SZ: $!\n";
    my ($text, $erases) = ("", 0);
    while (sysread $trace, $text, 512, length $text) {
      $erases++ while $text =~ s/\A(?:(?!erase ).*\n)*erase .*\n//;
      next if !@signals || $erases < $each;
      kill shift @signals, $pid;
      $erases = 0;
    }
    die "the run ended too early\n" if @signals' "$!" "$2" "$WORK/gate" $1 2>&3
  wait "$!" || true
  exec 2>&3 3>&-
  rm "$WORK/gate"
}

# quietly ARGS: uniflash on the camera, as part of a fixture.
quietly() {
  camera_command "./uniflash -q -y $*" > "$WORK/quietly" || { cat "$WORK/quietly" >&2; return 1; }
}

# save PATH TEXT: a file on the camera.
save() {
  local path
  path=$WORK/camera$1
  mkdir -p "$(dirname "$path")"
  printf '%s' "$2" | in_camera > "$path"
}

# --- commands --------------------------------------------------------------------------------

# Paths of the camera, where they are here.
in_camera() {
  perl -pe 's{(?<![\w./-])($ENV{PLACES})(?![\w.-])}{$ENV{WORK}/camera$1}g'
}

# typed WHERE COMMAND: in the folder that the last command there left.
typed() {
  local status=0
  cd "$(cat "$WORK/cwd.$1")"
  sh -c "$2
    status=\$?
    pwd > '$WORK/cwd.$1'
    exit \$status" || status=$?
  return $status
}

camera_command() {
  local command
  if [ -n "${LIVE:-}" ]; then
    "$LIVE" "$1"
    return
  fi
  command=$(in_camera <<< "$1")
  [ -e "$WORK/flash.bin" ] || { echo "there is no camera" >&2; return 99; }
  if [ -s "$WORK/fault" ]; then
    UNIFLASH_FAULT=$(cat "$WORK/fault")
    export UNIFLASH_FAULT
  fi
  UNIFLASH_ROOT=$WORK/root UNIFLASH_FLASH=$WORK/flash.bin typed camera "$command"
}

pc_command() {
  PATH=$WORK/bin:$PATH:/usr/sbin typed pc "$1"
}

# ssh root@HOST COMMAND: there is one camera. A login alone has nothing to do.
ssh_command() {
  [[ ${1:-} == root@?* ]] || { echo "ssh: who is that: ${1:-}" >&2; return 255; }
  [ $# -gt 1 ] || return 0
  unset UNIFLASH_FAULT
  camera_command "${*:2}"
}

status=0
case $1 in
  begin | fixture | save) "$@" ;;
  ssh) ssh_command "${@:2}" || status=$? ;;
  pc | camera)
    "$1_command" "$2" 2>&1 || status=$?
    echo "$1 $2" >> "$WORK/executed"
    ;;
  *) exit 125 ;;
esac
exit $status
