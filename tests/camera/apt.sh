# Packages of another architecture by a configuration of apt's own, so that the host's dpkg and apt stay as they are.
# Sourced by bash after lib.sh.
# shellcheck shell=bash

# Architectures that Debian has dropped are taken from the last release that had them.
readonly LAST_SUITE_WITH_MIPSEL=bookworm

host_suite() {
  # shellcheck disable=SC1091
  (. /etc/os-release && echo "${VERSION_CODENAME:-}")
}

# One-line sources on standard input as deb822. Which architectures, languages and indices the host wants says
# nothing about what is wanted here; every other option is kept.
one_line_to_deb822() {
  local line options option uri suite components
  local entry='^[[:space:]]*deb[[:space:]]+(\[([^]]*)\][[:space:]]*)?([^[:space:]]+)[[:space:]]+([^[:space:]]+)[[:space:]]+(.*)$'
  while IFS= read -r line; do
    [[ ${line%%#*} =~ $entry ]] || continue
    options=${BASH_REMATCH[2]} uri=${BASH_REMATCH[3]} suite=${BASH_REMATCH[4]} components=${BASH_REMATCH[5]}
    printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: %s\n' "$uri" "$suite" "$components"
    for option in $options; do
      case $option in
        arch[=+-]* | lang[=+-]* | target[=+-]*) ;;
        *=*) printf '%s: %s\n' "${option%%=*}" "${option#*=}" ;;
      esac
    done
    echo
  done
}

# select_sources HOST_SUITE SUITE ARCH: of deb822 sources on standard input those that have the host's release and a
# component main, rewritten for one suite and architecture. Security and updates are left out: the release alone always
# has its packages, and an emulated camera needs no more.
select_sources() {
  sed '/^#/d' | awk -v RS= -v host="$1" -v suite="$2" -v arch="$3" '
        function has(words, wanted) { return index(" " words " ", " " wanted " ") > 0 }
        {
            split("", field); rest = ""; name = ""
            count = split($0, line, "\n")
            for (i = 1; i <= count; i++) {
                if (line[i] !~ /^[ \t]/) {
                    name = tolower(substr(line[i], 1, index(line[i], ":") - 1))
                    field[name] = substr(line[i], index(line[i], ":") + 1)
                } else
                    field[name] = field[name] " " line[i]
                if (name !~ /^(types|suites|components|architectures|languages|targets|enabled)$/)
                    rest = rest line[i] "\n"
            }
            for (name in field) gsub(/[ \t]+/, " ", field[name])
            if (tolower(field["enabled"]) ~ /no|false|off|0/ || field["uris"] ~ /cdrom:/) next
            if (!has(field["types"], "deb") || !has(field["components"], "main")) next
            if (!has(field["suites"], host) && field["suites"] !~ / (old)*stable( |$)| testing( |$)/) next
            printf "Types: deb\nSuites: %s\nComponents: main\nArchitectures: %s\n%s\n", suite, arch, rest
        }'
}

# host_sources SUITE ARCH: the host's own Debian sources, for SUITE and ARCH.
host_sources() {
  local list='' parts='' file
  eval "$(apt-config shell list Dir::Etc::sourcelist/f parts Dir::Etc::sourceparts/d)"
  {
    for file in "$list" "${parts%/}"/*.list; do
      [ ! -f "$file" ] || one_line_to_deb822 <"$file"
    done
    for file in "${parts%/}"/*.sources; do
      [ ! -f "$file" ] || { cat -- "$file" && echo; }
    done
  } | select_sources "$(host_suite)" "$1" "$2"
}

# apt_only_debian DIR: third parties' archives look the same until their signed Release files have been read.
apt_only_debian() {
  local dir=$1 origin entry
  # shellcheck disable=SC2016
  apt_private "$dir" indextargets --format '$(ORIGIN)|$(SOURCESENTRY)' 'Created-By: Packages' | sort -u |
    while IFS='|' read -r origin entry; do
      [ "$origin" = Debian ] || rm -f -- "${entry%:*}"
    done
}

# apt_setup DIR SUITE ARCH: a configuration, on top of the host's own, that knows SUITE for ARCH only.
apt_setup() {
  local dir=$1
  rm -rf -- "$dir"
  mkdir -p -- "$dir/sources" "$dir/lists/partial" "$dir/archives/partial"
  : >"$dir/status"
  host_sources "$2" "$3" | awk -v RS= -v dir="$dir/sources" '{ print >(dir "/" NR ".sources") }'
  [ -e "$dir/sources/1.sources" ] || die "no Debian source among the host's apt sources"
  # Hooks are the host's business, and _apt may not be able to see this directory.
  cat >"$dir/apt.conf" <<EOF
#clear APT::Architectures;
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Post-Invoke;
APT::Architectures { "$(dpkg --print-architecture)"; "$3"; };
APT::Sandbox::User "root";
Acquire::Retries "3";
Acquire::Languages "none";
Dir::State "$dir";
Dir::State::status "$dir/status";
Dir::State::lists "$dir/lists";
Dir::Cache "$dir";
Dir::Cache::archives "$dir/archives";
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "$dir/sources";
EOF
}

# apt_private DIR COMMAND...: apt-get, or apt-cache for what only asks.
apt_private() {
  local dir=$1
  shift
  case $1 in
    show) apt-cache -c "$dir/apt.conf" "$@" ;;
    *) apt-get -q -c "$dir/apt.conf" "$@" ;;
  esac
}

# apt_knows DIR PACKAGE:ARCH
apt_knows() {
  apt_private "$1" show "$2" >/dev/null 2>&1
}

# apt_update DIR SUITE ARCH: again where a mirror is in the middle of its own update.
apt_update() {
  local dir=$1 try
  for try in 1 2 3; do
    [ "$try" = 1 ] || sleep $((try * 5))
    apt_setup "$@"
    if apt_private "$dir" update -o APT::Update::Error-Mode=any >"$dir/update.log" 2>&1; then
      break
    fi
  done
  apt_only_debian "$dir"
}

# apt_open DIR ARCH PACKAGE: a private apt that knows PACKAGE for ARCH. That alone tells whether the update did its
# work: a third party's archive that fails does not matter.
apt_open() {
  local dir=$1 arch=$2 package=$3 suite
  for suite in "$(host_suite)" "$LAST_SUITE_WITH_MIPSEL"; do
    apt_update "$dir" "$suite" "$arch"
    ! apt_knows "$dir" "$package:$arch" || return 0
  done
  cat -- "$dir/update.log" >&2
  die "no package $package for $arch among the host's Debian sources"
}

# apt_depends DIR PACKAGE:ARCH: the first package it depends on, as a meta package depends on the versioned one.
apt_depends() {
  apt_private "$1" show "$2" | sed -n 's/^Depends: *\([^ ,|]*\).*/\1/p' | sort -V | tail -n 1
}

# apt_unpack DIR TREE PACKAGE:ARCH...: packages into TREE as they are, nothing installed.
apt_unpack() {
  local dir=$1 tree=$2 package archive
  shift 2
  for package; do
    rm -rf -- "$dir/download"
    mkdir -p -- "$dir/download"
    (cd -- "$dir/download" && apt_private "$dir" download "$package") >"$dir/download.log" 2>&1 ||
      {
        cat -- "$dir/download.log" >&2
        die "cannot download $package"
      }
    for archive in "$dir/download"/*.deb; do
      dpkg-deb -x "$archive" "$tree" || die "cannot unpack $package"
      printf '%s\n' "${archive##*/}" >>"$tree/packages"
    done
  done
  rm -rf -- "$dir/download"
}
