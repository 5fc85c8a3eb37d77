#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck disable=SC2154 # run sets stderr
# From the first erase to the last program: nothing is opened, forked, executed or allocated, for
# what that needs may lie on the flash that is going away, or not be there any more.

load common

# System calls that must not come, and those that write to the flash.
readonly FORBIDDEN='open|openat|openat2|creat|fork|vfork|clone|clone3|execve|execveat|mmap|mremap|brk|socket|pipe|pipe2|memfd_create'

# watched ARGS: the run under strace, in the file calls.
watched() {
  # The sanitizer cannot look for leaks under strace.
  ASAN_OPTIONS=detect_leaks=0 run --separate-stderr strace -f -qq -s 0 -y -o calls "$UNIFLASH" "$@" < /dev/null
}

# between: the names of the calls from the first write to the dump to the last.
between() {
  perl -ne '
    next unless my ($name) = /^\d+\s+(\w+)\(/;
    push @calls, [$name, /^\d+\s+p?write(?:64)?\(\d+<[^>]*flash\.bin>/ ? 1 : 0];
    END {
      my ($first) = grep { $calls[$_][1] } 0 .. $#calls;
      my ($last) = grep { $calls[$_][1] } reverse 0 .. $#calls;
      print map { "$calls[$_][0]\n" } $first .. $last if defined $first;
    }' calls
}

check_calls() {
  local count
  exits 0
  count=$(between | grep -c -x -E 'p?write(64)?')
  [ "$count" -gt 1000 ] || report "only $count writes were seen"
  is "$(between | grep -x -E "$FORBIDDEN" | sort | uniq -c)" ""
}

@test "a full image: no open, fork, exec or allocation after the first erase" {
  dump random 1
  watched -y "${ON[@]}" "$(image stock)"
  check_calls
  same_bytes flash.bin "$(image stock)"
}

@test "the same with JSON, a log and a packed image that is unpacked again" {
  dump random 1
  gzip -c "$(image stock)" > image.gz
  watched -y -v -v --json --log run.log "${ON[@]}" image.gz
  check_calls
  same_bytes flash.bin "$(image stock)"
}

@test "the same with partition files" {
  dump random 1
  slice "$(image stock)" 0x40000 0x240000 > kernel.bin
  slice "$(image stock)" 0x240000 0x590000 > root.bin
  watched -y "${DUMP[@]}" --part kernel=kernel.bin --part root=root.bin
  check_calls
}

@test "the same with the map on a terminal" {
  dump random 1
  local command
  command="stty cols 80 rows 40; exec strace -f -qq -s 0 -y -o calls $(printf '%q ' "$UNIFLASH" -y --map "${ON[@]}" "$(image stock)")"
  ASAN_OPTIONS=detect_leaks=0 run script -qefc "$command" screen < /dev/null
  check_calls
  grep -q $'\e\\[[0-9]*A' screen
  same_bytes flash.bin "$(image stock)"
}

@test "and this test would see one" {
  dump stock
  poke flash.bin 0x300123
  watched -y "${ON[@]}" "$(image stock)"
  exits 0
  printf '1 openat(AT_FDCWD, "x") = 3\n' > one
  perl -pi -e 'if (!$done && /flash\.bin>/ && /^\d+\s+pwrite/) { $_ .= qx(cat one); $done = 1 }' calls
  [ "$(between | grep -c -x openat)" -ge 1 ]
}
