#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck disable=SC2154 # run sets stderr
# What info prints can be pasted into a bug report: nothing of it tells this one camera from others,
# unless that is asked for.

load common

readonly MAC=2c:aa:8e:12:34:56 HOST=attic-camera SERIAL=SN0042424242 SSID=HomeOfAlice PASSWORD=correcthorse

# plant ROOT: the camera of that fixture, with everything private wherever a camera may have it.
plant() {
  rm -rf root
  cp -r "$FIXTURES/roots/$1" root
  mkdir -p root/sys/class/net/wlan0/wireless root/sys/class/net/lo root/proc/sys/kernel
  echo "$MAC" > root/sys/class/net/wlan0/address
  echo 00:00:00:00:00:00 > root/sys/class/net/lo/address
  echo "$HOST" > root/proc/sys/kernel/hostname
  echo 3.10.14 > root/proc/sys/kernel/osrelease
  printf 'Serial\t\t\t: %s\n' "$SERIAL" >> root/proc/cpuinfo
  printf '%s ethaddr=%s serialno=%s ssid="%s of %s" wifi.key=%s ip=192.168.7.9:::::%s nfsroot=%s:/srv\n' \
    "$(cat root/proc/cmdline)" "$MAC" "$SERIAL" "$SSID" "$HOST" "$PASSWORD" "$HOST" "$HOST" > root/proc/cmdline
  [ ! -e root/proc/self/mountinfo ] ||
    printf '98 1 0:40 / /mnt/%s rw - nfs %s:/srv/%s rw\n' "$HOST" "$HOST" "$SERIAL" >> root/proc/self/mountinfo
}

on_root() {
  UNIFLASH_ROOT=$PWD/root UNIFLASH_FLASH=$PWD/flash.bin testing "$@"
}

# private_words: how many of the planted things stand in what was said.
private_words() {
  grep -oiE "$MAC|${MAC//:/}|$HOST|$SERIAL|$SSID|$PASSWORD|192\.168\.7\.9" <<< "$output$stderr" | sort -u | grep -c '' || true
}

@test "info tells nothing private, on every camera, as text, as JSON and with -v" {
  dump stock
  local root words
  for root in "$FIXTURES"/roots/*; do
    plant "${root##*/}"
    for words in info "info -v" "info --json" "info -v --json"; do
      # shellcheck disable=SC2086
      on_root $words
      [ -n "$output" ] || report "$root: $words says nothing"
      is "${root##*/} $words $(private_words)" "${root##*/} $words 0"
    done
  done
}

@test "info says what a bug report needs: versions, the table and where it comes from, what is withheld" {
  dump stock
  plant dafang-3.10
  on_root info
  exits 0
  has "$output" "uniflash $("$UNIFLASH" -V | sed 's/uniflash //')" "SoC T20 (bull), Linux 3.10.14" "offsets from mtdparts" \
    "kernel  console=ttyS1,115200n8 mem=104M@0x0" "root=/dev/mtdblock2 rw mtdparts=jz_sfc:256k(boot)" \
    "(6 words withheld: --private)"
  on_root info --json
  is "$(json 'select(.event == "info") | "\(.kernel_arguments_withheld) \(.host) \(.addresses)"')" "6 null null"
  has "$(json 'select(.event == "info").kernel_arguments')" "mtdparts=jz_sfc:256k(boot)"
  lacks "$(json 'select(.event == "info").kernel_arguments')" ssid
}

@test "info --private has the host name, the addresses and all of the command line" {
  dump stock
  plant dafang-3.10
  on_root info --private
  exits 0
  has "$output" "host    $HOST" "wlan0   $MAC" "ssid=\"$SSID of $HOST\"" "$PASSWORD"
  lacks "$output" withheld
  lacks "$output" 00:00:00:00:00:00
  on_root info --private --json
  valid_json
  is "$(json 'select(.event == "info") | "\(.host) \(.addresses[0].name) \(.addresses[0].address) \(.kernel_arguments_withheld)"')" \
    "$HOST wlan0 $MAC 0"
}

@test "a camera without a command line, a host name and network still has its info" {
  dump stock
  rm -rf root
  cp -r "$FIXTURES/roots/dafang-3.10" root
  rm root/proc/cmdline
  on_root info --private --allow map.offset-mismatch
  has "$output" "kernel  " "host    unknown"
  on_root info
  lacks "$output" "host "
}

@test "of a dump the name is told, not the folder" {
  mkdir "$SSID"
  cp "$(image stock)" "$SSID/flash.bin"
  uniflash info -d "file:$PWD/$SSID/flash.bin"
  exits 0
  has "$output" "flash   flash.bin: 16 MiB"
  is "$(private_words)" 0
  uniflash info --private -d "file:$PWD/$SSID/flash.bin"
  has "$output" "$SSID/flash.bin"
  uniflash plan --private -d "file:$PWD/$SSID/flash.bin" "$(image stock)"
  usage "--private means nothing to plan"
}
