# shellcheck shell=bash disable=SC2154 # dir, place and sockets are run's
# SPDX-License-Identifier: GPL-3.0-or-later
# Shared by the tests of the Ansible collection; sourced by bash.

readonly GUIDE=docs/fleet.md
failures=0

# check TEXT COMMAND...
check() {
  local text=$1
  shift
  if "$@" >"$dir/check" 2>&1; then
    echo "ok   $text"
  else
    echo "FAIL $text: $*"
    tail -n 5 "$dir/check" | sed 's/^/     /'
    failures=$((failures + 1))
  fi
}

title() {
  printf -- '---- %s\n' "$*"
}

# The code of the guide's block of that name: ```LANGUAGE name=NAME.
block() {
  sed -n "/^\`\`\`[a-z]* name=$1\$/,/^\`\`\`\$/{/^\`\`\`/!p}" "$GUIDE"
}

# guide NAME [OPTION...]: the command of that block of the guide, with further options. Its output is $dir/output, its
# status is $status.
guide() {
  local name=$1 command began=$SECONDS
  shift
  command=$(block "$name")
  [ -n "$command" ] || { echo "FAIL $GUIDE has no block $name" && exit 1; }
  told+=("$name")
  status=0
  (cd "$place" && eval "$command $*") >"$dir/output" 2>&1 </dev/null || status=$?
  echo "     $name: $((SECONDS - began)) s, status $status"
}

# All commands of the guide must have been run.
check_guide_told() {
  local name
  while IFS= read -r name; do
    check "the guide's $name was run" grep -qx "$name" <(printf '%s\n' "${told[@]}")
  done < <(sed -n 's/^```sh name=//p' "$GUIDE")
  check "the guide has no command without a name" test "$(grep -c '^```sh$' "$GUIDE")" = 0
}

ended() {
  check "it ends with $1" test "$status" = "$1"
  [ "$status" = "$1" ] || tail -n 40 "$dir/output" | sed 's/^/     /'
}

# report HOST FILTER: of the report, by jq.
report() {
  jq -r --arg host "$1" ".hosts[\$host] | $2" "$place/uniflash-report.json"
}

# reported HOST FILTER TEXT
reported() {
  check "the report says $3 for $1 ($2)" test "$(report "$1" "$2")" = "$3"
}

# recap HOST FIELD COUNT: of Ansible's last lines.
recap() {
  check "$1: $2=$3" grep -Eq "^$1 .*[ :]$2=$3( |\$)" "$dir/output"
  grep -Eq "^$1 .*[ :]$2=$3( |\$)" "$dir/output" || grep -E "^(fatal: \[$1|$1 )" "$dir/output" | sed 's/^/     /'
}

# The collection as it is published, where nothing of this checkout is in its way.
install_collection() {
  export ANSIBLE_COLLECTIONS_PATH=$dir/collections ANSIBLE_NOCOLOR=1 ANSIBLE_HOME=$dir/ansible
  export ANSIBLE_LOCALHOST_WARNING=0 XDG_CACHE_HOME=$dir/cache
  # A socket's path is short; an emulated camera is slow to answer beside others.
  export ANSIBLE_SSH_CONTROL_PATH_DIR=$sockets ANSIBLE_TIMEOUT=60
  mkdir -p -- "$place/packaging"
  ln -s "$PWD/packaging/ansible" "$place/packaging/ansible"
  guide install
  ended 0
}
