# shellcheck shell=bash disable=SC2154 # build, dir, place and status are run's and common.bash's
# SPDX-License-Identifier: GPL-3.0-or-later
# The playbook on dumps of cameras, on this machine: who is flashed, who is not, and when it stops.

# Batches: two cameras, then the third.
readonly BY_TWO="-e '{\"uniflash_serial\": [2, 1]}'"
# A bit of the kernel that cannot be cleared: the run ends with 4.
readonly STUCK=seed=1,stuck=300010:ff:00

test_dumps() {
  title "dumps"
  make_dumps
  look_at_dumps
  trouble_in_a_batch
  finish_the_rest
  not_what_was_flashed
  stream_a_backup
  nobody_there
}

make_dumps() {
  local camera
  tests/fixtures/make-firmware stock-t20 "$dir/old.bin" seed=7 >/dev/null
  tests/fixtures/make-firmware stock-t20 "$place/image.bin" seed=8 >/dev/null
  tests/fixtures/make-firmware stock-t31 "$place/t31.bin" size=16777216 >/dev/null
  for camera in cam1 cam2 cam3; do
    mkdir -p -- "$place/dumps/$camera"
    cp -- "$dir/old.bin" "$place/dumps/$camera/flash.bin"
  done
  cp -- "$build/uniflash" "$place/build/uniflash"
  block dumps >"$place/dumps.yml"
  mkdir -p -- "$place/host_vars"
}

# dump_is CAMERA FILE: what is the device's own is kept in all of them.
dump_is() {
  cmp -n $((0xf70000)) "$place/dumps/$1/flash.bin" "$2"
}

differs_from() {
  ! dump_is "$@"
}

look_at_dumps() {
  local camera
  title "dumps: the dry run"
  guide rehearse --check --diff
  ended 0
  for camera in cam1 cam2 cam3; do
    recap "$camera" changed 1
    check "$camera is as it was" cmp "$dir/old.bin" "$place/dumps/$camera/flash.bin"
    check "nothing is left beside it" test "$(ls "$place/dumps/$camera")" = flash.bin
  done
  check "the plan is shown" grep -Eq '^\+kernel .*image [0-9a-f]{12} \(erase [1-9]' "$dir/output"
  check "there is no report" test ! -e "$place/uniflash-report.json"
  guide rehearse --check --limit cam1 -e "'{\"uniflash_options\": [\"--keep\", \"none\"]}'"
  ended 0
  check "what would be lost is told" grep -q -e 'To keep it: --keep config,para' "$dir/output"
}

trouble_in_a_batch() {
  title "dumps: the second camera fails in the middle, the third is not for this image"
  cat >"$place/faulty" <<SH
#!/bin/sh
UNIFLASH_FAULT=$STUCK exec $build/uniflash-testing "\$@"
SH
  echo 'uniflash_executable: faulty' >"$place/host_vars/cam2.yml"
  echo 'uniflash_image: t31.bin' >"$place/host_vars/cam3.yml"
  guide rehearse "$BY_TWO"
  ended 2
  recap cam1 changed 1
  reported cam1 .result "done"
  reported cam1 .exit 0
  check "cam1 is the image" dump_is cam1 "$place/image.bin"
  reported cam2 .result failed
  reported cam2 .exit 4
  reported cam2 .flash incomplete
  check "cam2 has been written to" differs_from cam2 "$dir/old.bin"
  check "but is not the image" differs_from cam2 "$place/image.bin"
  reported cam3 . null
  check "cam3 is as it was" cmp "$dir/old.bin" "$place/dumps/cam3/flash.bin"
}

finish_the_rest() {
  title "dumps: once more, without the fault"
  rm -- "$place/host_vars/cam2.yml"
  guide rehearse "$BY_TWO"
  ended 2
  recap cam1 changed 0
  reported cam1 .result unchanged
  recap cam2 changed 1
  reported cam2 .result "done"
  check "cam2 is the image" dump_is cam2 "$place/image.bin"
  recap cam3 changed 0
  reported cam3 .result refused
  reported cam3 .exit 3
  check "by boot.soc-mismatch" grep -q '^boot.soc-mismatch: ' <(report cam3 .message)
  check "cam3 is as it was" cmp "$dir/old.bin" "$place/dumps/cam3/flash.bin"

  title "dumps: the third with its own image"
  rm -- "$place/host_vars/cam3.yml"
  guide rehearse "$BY_TWO"
  ended 0
  recap cam1 changed 0
  recap cam2 changed 0
  recap cam3 changed 1
  reported cam3 .result "done"
}

not_what_was_flashed() {
  title "dumps: one that is not any more what was flashed; and a digest that does not hold"
  printf 'X' | dd of="$place/dumps/cam1/flash.bin" bs=1 seek=$((0x300000)) conv=notrunc status=none
  guide rehearse -e "'{\"uniflash_serial\": 3}'"
  ended 0
  recap cam1 changed 1
  reported cam1 .erased_blocks 1
  recap cam2 changed 0
  recap cam3 changed 0
  check "cam1 is the image" dump_is cam1 "$place/image.bin"
  guide rehearse --limit cam2 -e uniflash_image=t31.bin -e "'{\"uniflash_expect\": {\"boot\": \"$(printf '%064d' 0)\"}}'"
  ended 2
  check "by expect.mismatch" grep -q '^expect.mismatch: ' <(report cam2 .message)
  check "cam2 is the image" dump_is cam2 "$place/image.bin"
}

stream_a_backup() {
  title "dumps: a backup to the controller"
  cp -- "$place/dumps/cam3/flash.bin" "$dir/before.bin"
  cp -- "$dir/old.bin" "$place/old.bin"
  # What comes through damaged is no backup, and nothing is written without one.
  cat >"$place/damaging" <<SH
#!/bin/sh
[ "\$1" != backup ] || { $build/uniflash "\$@" | tr a b; exit 0; }
exec $build/uniflash "\$@"
SH
  guide rehearse --limit cam3 -e uniflash_backup=controller -e uniflash_image=old.bin -e uniflash_executable=damaging
  ended 2
  check "a damaged one is found out" grep -q '^what arrived of partition ' <(report cam3 .message)
  check "cam3 is as it was" cmp "$dir/before.bin" "$place/dumps/cam3/flash.bin"
  guide rehearse --limit cam3 -e uniflash_backup=controller -e uniflash_image=old.bin
  ended 0
  recap cam3 changed 2
  check "the backup is the flash before" cmp "$dir/before.bin" "$(report cam3 .backup_file)"
  check "its digest is told" test "$(report cam3 .backup_sha256)" = "$(sha256sum <"$dir/before.bin" | cut -d ' ' -f 1)"
  check "cam3 is the other image" dump_is cam3 "$dir/old.bin"
}

nobody_there() {
  title "dumps: a camera that does not answer, and one whose report is from a run that was ended"
  printf '%s\n' 'ansible_connection: ssh' 'ansible_host: 127.0.0.1' 'ansible_port: 1' >"$place/host_vars/cam2.yml"
  jq '.hosts.cam1 |= {result: "running", flashed: {}}' "$place/uniflash-report.json" >"$dir/report"
  cp -- "$dir/report" "$place/uniflash-report.json"
  guide rehearse "$BY_TWO"
  ended 2
  reported cam1 .result unchanged
  reported cam2 .result unreachable
  check "cam2 is known to have been flashed" test "$(report cam2 .flashed.image_sha256)" = "$(sha256sum <"$place/image.bin" | cut -d ' ' -f 1)"
  check "cam3, with the other image still, is in no batch" dump_is cam3 "$dir/old.bin"
  rm -rf -- "$place"/{uniflash-report.json,uniflash-backups} "$place"/host_vars/*
}
