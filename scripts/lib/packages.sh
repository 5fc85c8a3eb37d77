# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# need_packages PACKAGE...: what a script needs from Debian, installed where it is missing.
# Sourced by the scripts beside this folder.

# Names of the installed packages, and of what they provide, one a line: some of
# what is asked for is a virtual package on one Debian release and a real one on another.
packages_installed() {
  dpkg-query -W -f '${db:Status-Status}\t${Package}, ${Provides}\n' |
    sed -n -e 's/^installed\t//p' |
    tr ',' '\n' |
    sed -e 's/(.*//' -e 's/[[:space:]]//g' -e '/^$/d' | sort -u
}

packages_missing() {
  local installed package
  installed=$(packages_installed)
  for package; do
    grep -qxF -e "$package" <<<"$installed" || printf '%s\n' "$package"
  done
}

# The lock timeout: another script on the same machine may be installing right now.
packages_apt_get() {
  DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 "$@"
}

packages_known() {
  local package
  for package; do
    [ -n "$(apt-cache showpkg "$package" 2>/dev/null)" ] || return 1
  done
}

# The error is kept, not shown: where the index was old, the second attempt succeeds.
packages_install() {
  packages_error=$(packages_apt_get install -y --no-install-recommends "$@" 2>&1 </dev/null | tail -n 20
    exit "${PIPESTATUS[0]}")
}

# The index is fetched only where a package is not in it, or where its file is no
# longer on the mirror: an update takes longer than most installations.
need_packages() {
  local packages_error=
  local -a missing
  mapfile -t missing < <(packages_missing "$@")
  [ "${#missing[@]}" -gt 0 ] || return 0

  if [ "$(id -u)" != 0 ]; then
    printf 'missing packages: %s\nas root: apt-get install --no-install-recommends %s\n' \
      "${missing[*]}" "${missing[*]}" >&2
    return 1
  fi
  printf 'installing: %s\n' "${missing[*]}" >&2
  if packages_known "${missing[@]}" && packages_install "${missing[@]}"; then
    return 0
  fi
  packages_apt_get update >/dev/null 2>&1 || true # what it could not fetch shows in the next step
  packages_install "${missing[@]}" && return 0
  printf '%s\ncould not install: %s\n' "$packages_error" "${missing[*]}" >&2
  return 1
}
