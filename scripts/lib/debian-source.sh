# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Debian's source packages by `apt-get source`, without touching the host's apt: a
# private folder holds its lists, cache and source entries. Those entries are the
# host's own Debian entries, turned into deb-src; proxies, mirrors, keys and
# passwords stay where the host has them, because apt still reads the host's settings.
# Sourced by build-camera.
#
#   debian_source_open DIR [yes]           before anything else; fetches the indexes if DIR has
#                                          none, or with "yes" once in a run
#   debian_source_get PACKAGE DEST [OPT]   the newest version that can be fetched, into DEST,
#                                          where DEST/.version says which one is there

debian_source_dir=
debian_source_updated=

debian_source_apt() {
  local tool=$1
  shift
  # -c is read last, so it wins over the host's apt.conf.d.
  "$tool" -c "$debian_source_dir/apt.conf" "$@"
}

debian_source_conf() {
  cat <<EOF
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "$debian_source_dir/sources";
Dir::State "$debian_source_dir/state";
Dir::State::lists "$debian_source_dir/lists";
Dir::State::status "$debian_source_dir/status";
Dir::Cache "$debian_source_dir/cache";
Dir::Cache::archives "archives/";
Acquire::Languages "none";
Acquire::Retries "3";
Acquire::AllowInsecureRepositories "false";
Acquire::AllowWeakRepositories "false";
Acquire::AllowDowngradeToInsecureRepositories "false";
APT::Get::AllowUnauthenticated "false";
// The unprivileged download user cannot enter a build folder below /root.
APT::Sandbox::User "root";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
EOF
}

# One stanza of a deb822 file a file, comments dropped, the type replaced.
debian_source_deb822() {
  awk -v prefix="$2" '
    function flush() {
      if (wanted) {
        out = sprintf("%s-%d.sources", prefix, ++count)
        printf "Types: deb-src\n%s", text > out
        close(out)
      }
      text = ""; wanted = 0; skip = 0
    }
    /^#/ { next }
    /^[ \t]*$/ { flush(); next }
    /^[^ \t]/ {
      skip = 0
      if (tolower($0) ~ /^types[ \t]*:/) { skip = 1; wanted = /[ \t:]deb/ }
    }
    !skip { text = text $0 "\n" }
    END { flush() }' "$1"
}

# One line of a one-line file a file; a deb and a deb-src line for one place are the same then.
debian_source_oneline() {
  local line count=0
  while IFS= read -r line; do
    count=$((count + 1))
    printf '%s\n' "$line" >"$2-$count.list"
  done < <(sed -n -E 's/#.*//; s/[[:space:]]+/ /g; s/ $//; s/^ ?deb(-src)? /deb-src /p' "$1" |
    grep -v ' cdrom:' | sort -u)
}

debian_source_host_files() {
  local setting list='' parts=''
  eval "$(apt-config shell list Dir::Etc::sourcelist/f parts Dir::Etc::sourceparts/d)"
  for setting in "$list" "${parts%/}"/*.list "${parts%/}"/*.sources; do
    [ ! -f "$setting" ] || printf '%s\n' "$setting"
  done
}

debian_source_entries() {
  local file number=0
  rm -rf "$debian_source_dir/sources"
  mkdir -p "$debian_source_dir/sources"
  while IFS= read -r file; do
    number=$((number + 1))
    case $file in
      *.sources) debian_source_deb822 "$file" "$debian_source_dir/sources/$number" ;;
      *) debian_source_oneline "$file" "$debian_source_dir/sources/$number" ;;
    esac
  done < <(debian_source_host_files)
}

# A third party's repository may hold its own openssl: only what a Release file
# signed as Debian's lists is used.
debian_source_only_debian() {
  local origin entry
  # shellcheck disable=SC2016
  debian_source_apt apt-get indextargets --format '$(ORIGIN)|$(SOURCESENTRY)' 'Created-By: Sources' |
    sort -u | while IFS='|' read -r origin entry; do
    [ "$origin" = Debian ] || rm -f "${entry%:*}"
  done
}

debian_source_update() {
  debian_source_entries
  # Not fatal by itself: the host may have a third party's entry that is broken or has no
  # sources. It is shown, because where it is one of Debian's, an older version may be taken.
  debian_source_apt apt-get -q update >"$debian_source_dir/update.log" 2>&1 || true
  grep -E '^(E:|W: Failed)' "$debian_source_dir/update.log" >&2 || true
  debian_source_only_debian
  # shellcheck disable=SC2016
  if [ -z "$(debian_source_apt apt-get indextargets --format '$(FILENAME)' 'Created-By: Sources')" ]; then
    rm -rf "$debian_source_dir/sources" # so that the next run tries again
    echo "apt has no index of Debian's source packages: see /etc/apt/sources.list and sources.list.d" >&2
    return 1
  fi
  debian_source_updated=yes
}

debian_source_open() {
  mkdir -p "$1/state" "$1/lists/partial" "$1/cache/archives/partial"
  debian_source_dir=$(cd "$1" && pwd)
  : >"$debian_source_dir/status"
  debian_source_conf >"$debian_source_dir/apt.conf"
  if [ -n "${2:-}" ] && [ -z "$debian_source_updated" ] || [ ! -d "$debian_source_dir/sources" ]; then
    debian_source_update
  fi
}

# Newest first.
debian_source_versions() {
  local version sorted other
  local -a versions=()
  while IFS= read -r version; do
    sorted=()
    for other in ${versions[@]+"${versions[@]}"}; do
      if [ -n "$version" ] && dpkg --compare-versions "$version" gt "$other"; then
        sorted+=("$version")
        version=
      fi
      sorted+=("$other")
    done
    [ -z "$version" ] || sorted+=("$version")
    versions=("${sorted[@]}")
  done < <(debian_source_apt apt-cache showsrc --only-source "$1" 2>/dev/null |
    sed -n 's/^Version: //p' | sort -u)
  printf '%s\n' ${versions[@]+"${versions[@]}"}
}

# apt-get checks every file against the signed index.
debian_source_fetch() {
  local package=$1 version=$2 dest=$3
  shift 3
  rm -rf "$dest"
  mkdir -p "$dest"
  (cd "$dest" && debian_source_apt apt-get -q source --only-source --download-only "$@" \
    "$package=$version" >fetch.log 2>&1) || return 1
  rm -f "$dest/fetch.log"
  printf '%s\n' "$version" >"$dest/.version"
}

# A mirror may list a version whose files it does not have (yet, or any more). First the
# index may be old, then an older version of the same release has to do, and is named.
debian_source_get() {
  local package=$1 dest=$2 version newest=''
  shift 2
  for version in $(debian_source_versions "$package"); do
    newest=${newest:-$version}
    [ "$(cat "$dest/.version" 2>/dev/null)" != "$version" ] || return 0
    if debian_source_fetch "$package" "$version" "$dest.part" "$@"; then
      [ "$version" = "$newest" ] ||
        echo "NOTE: $package $newest is in the index, but its files cannot be fetched: using $version" >&2
      rm -rf "$dest"
      mv "$dest.part" "$dest"
      return 0
    fi
    if [ -z "$debian_source_updated" ]; then
      debian_source_update
      debian_source_get "$package" "$dest" "$@"
      return
    fi
  done
  [ ! -f "$dest.part/fetch.log" ] || cat "$dest.part/fetch.log" >&2
  rm -rf "$dest.part"
  echo "cannot fetch the source package $package: ${newest:-apt has no index of it}" >&2
  return 1
}
