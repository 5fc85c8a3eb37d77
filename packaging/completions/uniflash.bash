# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Completion of uniflash for bash. tests/cli/completions.bats compares what it knows with
# `uniflash --help`.

_uniflash_verbs='flash plan info inspect verify backup split join layouts reboot'

_uniflash_options='-n --dry-run -y --yes -l --layout -d --device -k --keep -p --only --part --sha256
  --pubkey --expect --tail -b --backup --no-backup --allow --once --reboot --no-stop --full --json
  --log -q --quiet -v --verbose --color --map --private --svg -h --help -V --version'

# The ids that --allow takes and that can be let fail.
_uniflash_checks='map.offset-mismatch map.layout-mismatch map.size-suspect image.kind boot.missing
  boot.checksum boot.soc-mismatch boot.ram-mismatch boot.soc-unknown boot.secure kernel.missing
  kernel.checksum rootfs.missing flag.upgrade-pending keep.splits-image device.busy device.alias
  memory.low flash.incomplete'

# What was typed for the command: ./uniflash has other layouts than one in PATH, perhaps.
_uniflash_layouts() {
  "${COMP_WORDS[0]/#\~\//$HOME/}" -q layouts 2>/dev/null | sed -n 's/^\([^ ][^ ]*\) .*/\1/p'
}

# The partitions of the running kernel, and of the layout that -l names.
_uniflash_partitions() {
  local at layout=''
  for ((at = 1; at < COMP_CWORD; at++)); do
    case ${COMP_WORDS[at]} in
      -l | --layout) layout=${COMP_WORDS[at + 1]} ;;
    esac
  done
  if [ -n "$layout" ]; then
    "${COMP_WORDS[0]/#\~\//$HOME/}" -q layouts "$layout" 2>/dev/null | sed -n 's/^[0-9a-f]*:[0-9a-f]* //p'
  else
    sed -n 's/^mtd.*"\(.*\)"$/\1/p' /proc/mtd 2>/dev/null
  fi
}

# _uniflash_words WORD...: those of them that begin as what was typed.
_uniflash_words() {
  mapfile -t COMPREPLY < <(compgen -W "$*" -- "$_uniflash_current")
}

# The last of a list with commas.
_uniflash_list() {
  local before='' at
  case $_uniflash_current in
    *,*) before=${_uniflash_current%,*}, ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$*" -- "${_uniflash_current#"$before"}")
  for at in "${!COMPREPLY[@]}"; do
    COMPREPLY[at]=$before${COMPREPLY[at]}
  done
}

_uniflash_files() {
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen -f -- "$_uniflash_current")
}

# _uniflash_behind SEPARATOR: files, behind the separator. bash has made words of their own of "=" and
# ":" and wants what is behind them, unless COMP_WORDBREAKS does not have them.
_uniflash_behind() {
  local at before=${_uniflash_current%%"$1"*}$1
  _uniflash_current=${_uniflash_current#"$before"}
  _uniflash_files
  [[ ${COMP_WORDS[COMP_CWORD]} == "$before"* ]] || return 0
  for at in "${!COMPREPLY[@]}"; do
    COMPREPLY[at]=$before${COMPREPLY[at]}
  done
}

_uniflash_part() {
  case $_uniflash_current in
    *=*) _uniflash_behind '=' ;;
    *) _uniflash_named ;;
  esac
}

# The first half of NAME=VALUE.
_uniflash_named() {
  compopt -o nospace 2>/dev/null
  _uniflash_words "$(_uniflash_partitions | sed 's/$/=/')"
}

_uniflash_device() {
  case $_uniflash_current in
    file:*) _uniflash_behind : ;;
    *)
      compopt -o nospace 2>/dev/null
      _uniflash_words mtd file:
      ;;
  esac
}

# _uniflash_argument OPTION: what can stand behind it; 1 where it takes nothing.
_uniflash_argument() {
  case $1 in
    -l | --layout)
      _uniflash_files
      local -a files=(${COMPREPLY[@]+"${COMPREPLY[@]}"})
      _uniflash_words "$(_uniflash_layouts) mtdparts="
      COMPREPLY+=(${files[@]+"${files[@]}"})
      ;;
    -d | --device) _uniflash_device ;;
    -k | --keep) _uniflash_list auto none "$(_uniflash_partitions)" ;;
    -p | --only) _uniflash_list "$(_uniflash_partitions)" ;;
    --part) _uniflash_part ;;
    --expect) _uniflash_named ;;
    --tail) _uniflash_words erase keep ;;
    --allow) _uniflash_list "$_uniflash_checks" ;;
    --color) _uniflash_words auto always never ;;
    --pubkey | --log | --svg | -b | --backup) _uniflash_files ;;
    --sha256) COMPREPLY=() ;;
    *) return 1 ;;
  esac
}

# The verb on the line so far.
_uniflash_verb() {
  local at
  for ((at = 1; at < COMP_CWORD; at++)); do
    if [[ " $_uniflash_verbs " == *" ${COMP_WORDS[at]} "* ]]; then
      printf '%s\n' "${COMP_WORDS[at]}"
      return
    fi
  done
}

_uniflash_operand() {
  case $(_uniflash_verb) in
    '')
      _uniflash_files
      local -a files=(${COMPREPLY[@]+"${COMPREPLY[@]}"})
      _uniflash_words "$_uniflash_verbs"
      COMPREPLY+=(${files[@]+"${files[@]}"})
      ;;
    info | reboot) COMPREPLY=() ;;
    layouts) _uniflash_words "$(_uniflash_layouts)" ;;
    *) _uniflash_files ;;
  esac
}

_uniflash() {
  local _uniflash_current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  COMPREPLY=()
  # bash makes words of their own of "=" and ":".
  if [ "$previous" = = ] || [ "$previous" = : ]; then
    previous=${COMP_WORDS[COMP_CWORD - 3]}
    _uniflash_current=${COMP_WORDS[COMP_CWORD - 2]}${COMP_WORDS[COMP_CWORD - 1]}$_uniflash_current
  elif [ "$_uniflash_current" = = ] || [ "$_uniflash_current" = : ]; then
    _uniflash_current=$previous$_uniflash_current
    previous=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  case $_uniflash_current in
    --*=*)
      previous=${_uniflash_current%%=*}
      _uniflash_current=${_uniflash_current#*=}
      _uniflash_argument "$previous"
      return
      ;;
  esac
  case $previous in
    --color) ;;
    -*) ! _uniflash_argument "$previous" || return 0 ;;
  esac
  case $_uniflash_current in
    -*) _uniflash_words "$_uniflash_options" ;;
    *) _uniflash_operand ;;
  esac
}

complete -F _uniflash uniflash
