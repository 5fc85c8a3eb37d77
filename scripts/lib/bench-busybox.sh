# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# BusyBox's flashcp, which Debian's executable is built without: static, from Debian's source package, with the
# compiler and the C library of the camera's executables. Sourced by bench, which sets these:
: "${top:?}"
# shellcheck source=scripts/lib/debian-source.sh
. "$top/scripts/lib/debian-source.sh"

bench_busybox_source() {
  local dir=$1
  [ ! -e "$dir/tree" ] || return 0
  debian_source_open "$dir/apt" ''
  debian_source_get busybox "$dir/src"
  dpkg-source --no-check -x "$dir"/src/*.dsc "$dir/new"
  mv "$dir/new" "$dir/tree"
}

# By the name it is called with it knows what to be.
bench_busybox_make() {
  local dir=$1 bin=$2
  make -C "$dir/tree" distclean allnoconfig
  sed -i 's/.*CONFIG_STATIC[ =].*/CONFIG_STATIC=y/; s/.*CONFIG_LFS[ =].*/CONFIG_LFS=y/; s/.*CONFIG_FLASHCP[ =].*/CONFIG_FLASHCP=y/' \
    "$dir/tree/.config"
  make -C "$dir/tree" silentoldconfig </dev/null
  make -C "$dir/tree" -j "$(nproc)" CC="$bin/cc" AR="$bin/ar" SKIP_STRIP=y busybox
}

# bench_busybox DIR TARGET EXE
bench_busybox() {
  local dir=$1 bin=$top/build/camera-deps/$2/bin exe=$3
  [ ! -e "$exe" ] || return 0
  [ -x "$bin/cc" ] || "$top/scripts/build-camera" "$2" >&2
  mkdir -p "$dir"
  if ! { bench_busybox_source "$dir" && bench_busybox_make "$dir" "$bin"; } >"$dir/log" 2>&1; then
    tail -n 40 "$dir/log" >&2
    return 1
  fi
  cp "$dir/tree/busybox" "$exe"
}
