# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What the tests of the packaging share. Sourced from the top of the checkout; leaves work, a folder
# that is removed at the end.

work=$(mktemp -d "${TMPDIR:-/tmp}/uniflash-packaging.XXXXXX")
failures=0
built=$PWD/build/packaging

cleanup() {
  rm -rf -- "$work"
}
trap cleanup EXIT
trap 'exit 143' TERM INT HUP

# check TEXT COMMAND...
check() {
  local text=$1
  shift
  if "$@" >"$work/check" 2>&1; then
    printf 'ok   %s\n' "$text"
  else
    printf 'FAIL %s: %s\n' "$text" "$*"
    tail -n 40 "$work/check" | sed 's/^/     /'
    failures=$((failures + 1))
  fi
}

# must TEXT COMMAND...: the same, and nothing else makes sense where it fails.
must() {
  check "$@"
  [ "$failures" = 0 ] || exit 1
}

fails() {
  ! "$@"
}

finish() {
  [ "$failures" = 0 ] || { printf '%d failures\n' "$failures" >&2 && exit 1; }
}

# checkout DIR: this tree as it is, changes included, as a repository with one commit, the same
# commit wherever it is made.
checkout() {
  mkdir -p "$1"
  git ls-files -z --cached --others --exclude-standard |
    while IFS= read -r -d '' file; do [ ! -e "$file" ] || printf '%s\0' "$file"; done |
    tar --null -T - -cf - | tar -C "$1" --no-same-owner -xf -
  git -C "$1" init -q -b main
  git -C "$1" add -A
  GIT_AUTHOR_DATE='2026-01-01T00:00:00Z' GIT_COMMITTER_DATE='2026-01-01T00:00:00Z' \
    git -C "$1" -c user.name=test -c user.email=test@example.org -c commit.gpgsign=false commit -q -m test
}

# The executable for this machine, as it is installed.
build_release() {
  cmake -S . -B "$built/release" -DCMAKE_BUILD_TYPE=Release -DBUILD_TESTING=OFF -DCMAKE_INSTALL_PREFIX=/usr/local &&
    cmake --build "$built/release" --parallel "$(nproc)"
}

# The static executables of every target.
camera_executables() {
  local target
  for target in mipsel armhf x86_64; do
    [ -x "build/camera-$target/uniflash" ] || scripts/build-camera "$target" || return 1
  done
}
