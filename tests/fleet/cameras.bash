# shellcheck shell=bash disable=SC2154 # dir, place, status and long are run's and common.bash's
# SPDX-License-Identifier: GPL-3.0-or-later
# The playbook on three emulated cameras at once. cam2 loses its power while its kernel is being written: its root is the
# old one still, and its kernel comes from QEMU, so it starts again, as a camera does whose owner has it load a kernel from
# elsewhere. cam3 is given an image for another SoC at first; with the right one it loses its power while its root is being
# written, and does not start any more until its owner has written back the backup on its card with a programmer.

. tests/camera/live.sh

readonly CAMERAS="cam1 cam2 cam3"
# Where the kernel is on the flash; a block in its middle.
readonly KERNEL=$((0x40000)) ROOT=$((0x240000)) ROOT_SIZE=$((3392 * 1024)) APPFS=$((0x630000))
readonly BLOCK=32768
declare -A running=()

# shellcheck disable=SC2317
stop_cameras() {
  local pid
  for pid in "${running[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
  for pid in "${running[@]}"; do wait "$pid" 2>/dev/null || true; done
  running=()
}

start_camera() {
  tests/fleet/camera "$dir/$1" "$2" &
  running[$1]=$!
}

port_of() {
  cat "$dir/$1/port"
}

# in_camera NAME COMMAND: prints what it prints. FIRMWARE, new or old, tells with which key.
in_camera() {
  live_port=$(port_of "$1")
  live_keys=$dir/$(firmware_of "$1") live_ssh "$2" </dev/null
}

# The key and the host key of the new firmware are others, and so is its address.
firmware_of() {
  if [ "$(port_of "$1")" = "${first_port[$1]}" ]; then echo old; else echo new; fi
}

wait_for_camera() {
  local end=$((SECONDS + 600))
  until in_camera "$1" true 2>/dev/null; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 1
  done
}

# flash_of NAME FILE: as it is now, seen from outside.
flash_of() {
  dd if="$(cat "$dir/$1/run")/memory" of="$2" bs=1M skip=256 count=16 status=none
}

# part_is NAME START LENGTH FILE
part_is() {
  flash_of "$1" "$dir/now"
  cmp -i "$2" -n "$3" "$dir/now" "$4"
}

# What neither firmware writes itself: boot loader, kernel, root, driver; staging behind that.
static_is() {
  part_is "$1" 0 "$APPFS" "$2" && part_is "$1" $((0xad0000)) $((0xd70000 - 0xad0000)) "$2"
}

test_cameras() {
  title "cameras"
  make_images
  start_cameras
  look_at_cameras
  power_cut
  finish_after_power_cut
  power_cut_in_root
  restart_later
  nothing_to_do
  stop_cameras
}

# The image is a camera's own flash with another root, kernel and boot loader.
make_images() {
  local live=$live_keys name
  tests/camera/live-flash "$dir/old.flash"
  cp -r -- "$live/root" "$dir/root"
  mkdir -p -- "$dir/old" "$dir/new"
  cp -- "$live/key" "$live/known_hosts" "$dir/old/"
  ssh-keygen -q -t ed25519 -N '' -C new-firmware -f "$dir/new/key"
  rm -f -- "$dir/root/etc/dropbear/host_key"
  dropbearkey -t ed25519 -f "$dir/root/etc/dropbear/host_key" 2>/dev/null |
    sed -n 's/^\(ssh-ed25519 [^ ]*\).*/live-camera \1/p' >"$dir/new/known_hosts"
  cp -- "$dir/new/key.pub" "$dir/root/root/.ssh/authorized_keys"
  echo new >"$dir/root/etc/firmware"
  # Of other blocks, so that all of it differs and a cut has a middle.
  mksquashfs "$dir/root" "$dir/root.squashfs" -noappend -comp xz -b 64K -all-root -no-xattrs -no-progress -quiet >/dev/null
  tests/fixtures/make-firmware stock-t20 "$place/image.bin" seed=8 >/dev/null
  put_part "$dir/root.squashfs" "$ROOT" "$ROOT_SIZE"
  for name in system:0x630000:4736 backupa:0xd70000:2048; do
    IFS=: read -r name start size <<<"$name"
    put_part "$live/$name.jffs2" $((start)) $((size * 1024))
  done
  cp -- build/camera-mipsel/uniflash "$place/uniflash"
}

# put_part FILE START MOST: into the image.
put_part() {
  head -c "$3" /dev/zero | tr '\0' '\377' | dd of="$place/image.bin" bs=64K seek="$2" oflag=seek_bytes conv=notrunc iflag=fullblock status=none
  dd if="$1" of="$place/image.bin" bs=64K seek="$2" oflag=seek_bytes conv=notrunc status=none
}

declare -A first_port=()

start_cameras() {
  local camera base=$((20000 + SRANDOM % 12000))
  block inventory >"$place/cameras.yml"
  mkdir -p -- "$place/host_vars"
  for camera in $CAMERAS; do
    mkdir -p -- "$dir/$camera/card"
    cp -- "$dir/old.flash" "$dir/$camera/flash"
    first_port[$camera]=$base
    start_camera "$camera" "$base"
    describe_camera "$camera"
    base=$((base + 10))
  done
  # cam1 has the image on its card already.
  echo 'uniflash_image: t31.bin' >>"$place/host_vars/cam3.yml"
  for camera in $CAMERAS; do
    check "$camera is up" wait_for_camera "$camera"
  done
}

describe_camera() {
  local port=${first_port[$1]}
  cat >"$place/host_vars/$1.yml" <<YML
ansible_host: 127.0.0.1
ansible_port: $port
ansible_ssh_private_key_file: $dir/old/key
ansible_ssh_common_args: $(ssh_options old)
uniflash_after:
  ansible_port: $((port + 1))
  ansible_ssh_private_key_file: $dir/new/key
  ansible_ssh_common_args: $(ssh_options new)
YML
}

ssh_options() {
  echo "-F /dev/null -o IdentitiesOnly=yes -o HostKeyAlias=live-camera -o UserKnownHostsFile=$dir/$1/known_hosts" \
    "-o StrictHostKeyChecking=yes -o ServerAliveInterval=10 -o ServerAliveCountMax=6"
}

look_at_cameras() {
  local camera
  title "cameras: the dry run"
  guide check
  ended 2
  recap cam1 changed 1
  recap cam2 changed 1
  recap cam3 failed 1
  check "cam3 is refused by boot.soc-mismatch" grep -q 'refused: boot.soc-mismatch: ' "$dir/output"
  check "the plan is shown" grep -Eq '^\+kernel .*image [0-9a-f]{12} \(erase [1-9]' "$dir/output"
  for camera in $CAMERAS; do
    check "$camera is as it was" static_is "$camera" "$dir/old.flash"
  done
}

# cut_power NAME START: as soon as the ninth block from there is the image's, which the old firmware's is not.
cut_power() {
  local memory at=$(($2 + 8 * BLOCK)) qemu
  memory=$(cat "$dir/$1/run")/memory
  qemu=$(pgrep -f "mem-path=$memory")
  ! cmp -s -i "$at" -n "$BLOCK" "$dir/old.flash" "$place/image.bin" || return 1
  until cmp -s -i $((256 * 1024 * 1024 + at)):$at -n "$BLOCK" "$memory" "$place/image.bin"; do sleep 0.01; done
  kill -KILL "$qemu"
}

# half_written NAME START LENGTH: neither firmware's.
half_written() {
  local firmware
  for firmware in "$place/image.bin" "$dir/old.flash"; do
    ! cmp -s -i "$2" -n "$3" "$dir/$1/flash" "$firmware" || return 1
  done
}

ended_by_itself() {
  local end=$((SECONDS + 300)) pid=${running[$1]}
  while kill -0 "$pid" 2>/dev/null && [ "$SECONDS" -lt "$end" ]; do sleep 0.5; done
  check "$1 has ended" eval "! kill -0 $pid 2>/dev/null"
  kill -TERM "$pid" 2>/dev/null || true
  wait "$pid" || true
  unset "running[$1]"
}

# The digests that lie beside the backups of a camera on the controller.
backup_holds() {
  (cd "$place/uniflash-backups/$1" && sha256sum -c ./*.sha256sum)
}

power_cut() {
  local cut
  title "cameras: cam2 loses its power in the middle"
  cut_power cam2 "$KERNEL" &
  cut=$!
  guide shares "$BY_TWO"
  kill "$cut" 2>/dev/null || true
  ended 2
  ended_by_itself cam2
  check "its kernel is half written" half_written cam2 "$KERNEL" $((ROOT - KERNEL))
  check "its root is the old one" cmp -i "$ROOT" -n "$ROOT_SIZE" "$dir/cam2/flash" "$dir/old.flash"
  check "its boot loader is the old one" cmp -n "$KERNEL" "$dir/cam2/flash" "$dir/old.flash"
  reported cam2 .result lost
  reported cam2 .flash unknown

  recap cam1 failed 0
  reported cam1 .result "done"
  reported cam1 .restarted true
  check "cam1 runs the new firmware" test "$(in_camera cam1 'cat /etc/firmware')" = new
  check "cam1 is the image" static_is cam1 "$place/image.bin"
  check "cam1's backup has its digest" backup_holds cam1
  check "and is the old flash but for its JFFS2" cmp -n "$APPFS" "$(report cam1 .backup_file)" "$dir/old.flash"
  reported cam3 . null
  check "cam3 has not been touched" static_is cam3 "$dir/old.flash"
}

finish_after_power_cut() {
  title "cameras: cam2 has its power again"
  start_camera cam2 "${first_port[cam2]}"
  check "cam2 is up" wait_for_camera cam2
  guide shares "$BY_TWO"
  ended 2
  recap cam1 changed 0
  reported cam1 .result unchanged
  reported cam2 .result "done"
  reported cam2 .restarted true
  check "cam2 runs the new firmware" test "$(in_camera cam2 'cat /etc/firmware')" = new
  check "cam2 is the image" static_is cam2 "$place/image.bin"
  check "its backup is that of the first run" cmp -n "$APPFS" "$(report cam2 .backup_file)" "$dir/old.flash"
  recap cam3 changed 0
  reported cam3 .result refused
  reported cam3 .exit 3
  check "cam3 has not been touched" static_is cam3 "$dir/old.flash"
}

power_cut_in_root() {
  local cut
  title "cameras: cam3 has its own image, and loses its power while its root is written"
  sed -i '/^uniflash_image/d' "$place/host_vars/cam3.yml"
  cut_power cam3 "$ROOT" &
  cut=$!
  guide shares "$BY_TWO"
  kill "$cut" 2>/dev/null || true
  ended 2
  ended_by_itself cam3
  check "its root is half written" half_written cam3 "$ROOT" "$ROOT_SIZE"
  reported cam1 .result unchanged
  reported cam2 .result unchanged
  reported cam3 .result lost

  title "cameras: it does not start any more"
  start_camera cam3 "${first_port[cam3]}"
  ended_by_itself cam3
  check "the camera says why" grep -q 'the camera failed' "$dir/cam3/output"
  guide shares "$BY_TWO"
  ended 2
  recap cam1 changed 0
  recap cam2 changed 0
  reported cam3 .result unreachable

  title "cameras: its owner writes the backup back with a programmer"
  check "there is one backup on its card" test "$(find "$dir/cam3/card" -name 'uniflash-backup-*.bin' | wc -l)" = 1
  cp -- "$dir"/cam3/card/uniflash-backup-*.bin "$dir/cam3/flash"
  start_camera cam3 "${first_port[cam3]}"
  check "cam3 is up" wait_for_camera cam3
}

restart_later() {
  title "cameras: cam3 once more, and no restart"
  guide later
  ended 0
  recap cam1 changed 0
  recap cam2 changed 0
  reported cam3 .result "done"
  reported cam3 .restarted null
  check "cam3 is the image" static_is cam3 "$place/image.bin"
  check "cam3 has not restarted" test "$(firmware_of cam3)" = old
}

nothing_to_do() {
  local camera
  title "cameras: the restart that is due, and nothing else"
  guide flash
  ended 0
  reported cam3 .restarted true
  check "cam3 runs the new firmware" test "$(in_camera cam3 'cat /etc/firmware')" = new
  for camera in $CAMERAS; do
    recap "$camera" changed 0
    reported "$camera" .result unchanged
    check "$camera is the image" static_is "$camera" "$place/image.bin"
  done
  title "cameras: a playbook of one's own, and the report"
  block playbook >"$place/building.yml"
  guide own
  ended 0
  for camera in $CAMERAS; do
    recap "$camera" changed 0
  done
  guide report
  ended 0
  check "it has a line for each camera" test "$(grep -c $'^cam[123]\tunchanged\t' "$dir/output")" = 3
}
