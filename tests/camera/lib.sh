# Shared by the scripts of this directory; sourced by bash, never run.
# shellcheck shell=bash

# The status of a run whose camera, not whose job, went wrong.
readonly HARNESS_TROUBLE=125
# shellcheck disable=SC2034
readonly MIB=$((1024 * 1024))

camera_dir=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
repo_dir=$(cd -- "$camera_dir/../.." && pwd)
# shellcheck disable=SC2034
cache_dir=${CAMERA_CACHE:-$repo_dir/build/camera-cache}

die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit "$HARNESS_TROUBLE"
}

# A command that fails where nobody thought of it is harness trouble too, and is never taken for the job's status.
set -E
trap 'die "line $LINENO of ${BASH_SOURCE[0]-} failed: $BASH_COMMAND"' ERR

# Debian keeps some of what is needed where only root's PATH looks.
PATH=$PATH:/usr/sbin:/sbin

# need_tools COMMAND=PACKAGE...: installs, where that is possible, the packages whose commands are missing.
need_tools() {
  local pair missing=()
  for pair; do
    command -v "${pair%%=*}" >/dev/null || missing+=("${pair#*=}")
  done
  [ "${#missing[@]}" -gt 0 ] || return 0
  # shellcheck source=../../scripts/lib/packages.sh
  . "$repo_dir/scripts/lib/packages.sh"
  need_packages "${missing[@]}" >&2 || die "cannot install: ${missing[*]}"
}

check_camera() {
  case $1 in
    malta | ast2600) ;;
    *) die "unknown camera '$1' (malta, ast2600)" ;;
  esac
}

# bytes SIZE: decimal, 0x hexadecimal, or with K, M or G behind it, as bytes.
bytes() {
  local text=$1 unit=1
  case $text in
    *[kK]) unit=1024 ;;
    *[mM]) unit=$((1024 * 1024)) ;;
    *[gG]) unit=$((1024 * 1024 * 1024)) ;;
  esac
  [ "$unit" = 1 ] || text=${text%?}
  [[ $text =~ ^(0[xX][0-9a-fA-F]+|0|[1-9][0-9]*)$ ]] || die "not a size: '$1'"
  echo $((text * unit))
}

round_up() {
  echo $((($1 + $2 - 1) / $2 * $2))
}

file_size() {
  stat -L -c %s -- "$1"
}

# blank_flash FILE SIZE: erased flash reads as ones.
blank_flash() {
  head -c "$2" /dev/zero | tr '\0' '\377' >"$1"
}

# slice FILE START LENGTH
slice() {
  dd if="$1" bs=256K iflag=skip_bytes,count_bytes skip="$2" count="$3" status=none
}

# copy_into FILE|- TARGET START: over what TARGET holds there.
copy_into() {
  local source=$1
  [ "$source" != - ] || source=/dev/stdin
  dd if="$source" of="$2" bs=256K iflag=fullblock oflag=seek_bytes seek="$3" conv=notrunc status=none
}

# layout_rows FILE: "START LENGTH NAME" for each line of a flashrom layout file.
layout_rows() {
  local line row='^([0-9a-fA-F]+):([0-9a-fA-F]+) +([A-Za-z0-9_.-]+)$'
  while IFS= read -r line || [ -n "$line" ]; do
    line=${line%%#*}
    line=${line//[$'\t\r']/ }
    line=${line%"${line##*[! ]}"}
    [ -n "$line" ] || continue
    [[ $line =~ $row ]] || die "$1: not 'START:END NAME': $line"
    local start=$((16#${BASH_REMATCH[1]})) end=$((16#${BASH_REMATCH[2]}))
    [ "$end" -ge "$start" ] || die "$1: '${BASH_REMATCH[3]}' ends before it starts"
    echo "$start $((end + 1 - start)) ${BASH_REMATCH[3]}"
  done <"$1"
}

# mtdparts_of FLASH_SIZE: rows on standard input as the kernel's mtdparts= text,
# in the form boot loaders of real cameras use: no offset where none is needed, '-' for the rest.
mtdparts_of() {
  local flash_size=$1 at=0 start length name size list=
  while read -r start length name; do
    size=$length
    [ $((length % 1024)) -ne 0 ] || size=$((length / 1024))k
    [ "$start" -eq "$at" ] || size+=$(printf '@0x%x' "$start")
    [ "$start,$((start + length))" != "$at,$flash_size" ] || size=-
    list+=,$size\($name\)
    at=$((start + length))
  done
  echo "jz_sfc:${list#,}"
}

# proc_mtd_of ERASE_SIZE: rows on standard input as the kernel's /proc/mtd; a fourth column is a row's own erase size.
proc_mtd_of() {
  local erase_size=$1 index=0 start length name own
  echo 'dev:    size   erasesize  name'
  while read -r start length name own; do
    printf 'mtd%d: %08x %08x "%s"\n' "$index" "$length" "${own:-$erase_size}" "$name"
    index=$((index + 1))
  done
}

# pack_initramfs ROOT FILE: archives of this kind may follow one another in one file.
pack_initramfs() {
  (cd -- "$1" && find . -print0 | LC_ALL=C sort -z | cpio --quiet -0 -o -H newc -R 0:0) | gzip -n -1 >"$2.new"
  mv -- "$2.new" "$2"
}

# find_module TREE NAME: its file, nothing where the kernel has it built in. Names mix '-' and '_'.
find_module() {
  local tree=$1 pattern=${2//[-_]/[-_]} file
  file=$(find "$tree" -path '*/lib/modules/*' -name "$pattern.ko*" -print -quit)
  if [ -n "$file" ]; then
    printf '%s\n' "$file"
  else
    grep -qs "/$pattern\.ko" "$tree"/lib/modules/*/modules.builtin "$tree"/usr/lib/modules/*/modules.builtin ||
      die "the camera's kernel has no module $2"
  fi
}

# install_modules TREE DIR NAME...: modules with all they depend on into DIR, and their order into DIR/order.
# Debian's packages have no modules.dep, so each module is asked what it needs.
install_modules() {
  local tree=$1 dir=$2 name file need
  shift 2
  mkdir -p -- "$dir"
  touch -- "$dir/order"
  for name; do
    name=${name//-/_}
    file=$(find_module "$tree" "$name")
    if [ -z "$file" ] || [ -e "$dir/$name.ko" ]; then continue; fi
    case $file in
      *.xz) xz -dc -- "$file" ;;
      *) cat -- "$file" ;;
    esac >"$dir/$name.ko"
    need=$(tr '\0' '\n' <"$dir/$name.ko" | LC_ALL=C sed -n 's/^depends=//p')
    # shellcheck disable=SC2086
    install_modules "$tree" "$dir" ${need//,/ }
    echo "$name" >>"$dir/order"
  done
}
