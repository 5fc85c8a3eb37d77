# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Fresh Debian roots, with the network as the host's apt has it. Sourced after lib.bash; needs root.

[ "$(id -u)" = 0 ] || { echo "$0 needs root, for debootstrap and chroot" >&2 && exit 1; }
need_packages debootstrap debian-archive-keyring git wget util-linux

# The archive that the host's own apt gets Debian from.
host_mirror() {
  # shellcheck disable=SC2016
  apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(REPO_URI)' 'Created-By: Packages' |
    sed -n 's/^Debian|Debian|//p' | head -n 1
}

# How the host's apt gets through to it.
host_settings() {
  apt-config dump | grep -E -i '^Acquire::([a-z]+::Proxy|Check-Valid-Until|Check-Date)' || true
}

bootstrap() {
  local suite=$1 root=$2 proxy='' try
  eval "$(apt-config shell proxy Acquire::http::Proxy)"
  [ -z "$proxy" ] || export http_proxy=$proxy
  # A download may fail.
  for try in 1 2 3; do
    rm -rf -- "$root"
    ! debootstrap --variant=minbase "$suite" "$root" "$mirror" || break
    [ "$try" -lt 3 ] || return 1
  done
  host_settings >"$root/etc/apt/apt.conf.d/00host"
  cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
}

# in_root ROOT COMMAND: what it mounts and leaves running is gone afterwards.
in_root() {
  local root=$1
  shift
  # shellcheck disable=SC2016
  unshare --mount --pid --fork sh -c '
    root=$1
    shift
    mount -t proc proc "$root/proc" && mount -t devpts -o newinstance,ptmxmode=666 devpts "$root/dev/pts" &&
      exec chroot "$root" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive \
        ${http_proxy:+"http_proxy=$http_proxy"} ${https_proxy:+"https_proxy=$https_proxy"} sh -c "$*"' in-root "$root" "$@"
}

mirror=$(host_mirror)
must "the host's apt has an archive of Debian" [ -n "$mirror" ]
