#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The manual page and `uniflash --help` know the same verbs, options and exit statuses, the page's
# table of checks says of each what the executable does.

load common

MANPAGE=$BATS_TEST_DIRNAME/../../docs/uniflash.8

# section NAME: its lines, up to the next section or subsection.
section() {
  awk -v name="$1" '/^\.S[sh] / { inside = ($0 == ".Ss " name || $0 == ".Sh " name) } inside' "$MANPAGE"
}

# tagged MACRO: what stands behind that macro in the heads of a list on standard input, a line each.
tagged() {
  awk -v macro="$1" '/^\.It / { for (i = 2; i < NF; i++) if ($i == macro) print "-" $(i + 1) }'
}

@test "every option of --help is in the manual page, and none else" {
  section Options | tagged Fl | sort > page
  help_options > help
  [ "$(wc -l < help)" -ge 30 ]
  diff help page
}

@test "every verb of --help is in the manual page, and none else" {
  section Verbs | tagged Cm | sed 's/^-//' | sort > page
  help_verbs > help
  [ "$(wc -l < help)" -ge 10 ]
  diff help page
}

@test "every verb is in the synopsis" {
  for verb in $(help_verbs); do
    section SYNOPSIS | grep -qw -e "$verb" || report "not in the synopsis: $verb"
  done
}

@test "the page's exit statuses are those of --help" {
  section "EXIT STATUS" | sed -n 's/^\.It \([0-9]\)$/\1/p' > page
  "$UNIFLASH" --help | sed -n '/^Exit status/,$p' | tr '\n' ' ' | grep -oE '[0-9] [a-z]' | cut -c 1 > help
  [ -s help ]
  diff help page
}

@test "the page's checks are the executable's, marked where --allow takes them" {
  section CHECKS | sed -n 's/^\.It Sy //p' |
    awk '{ mark = / No \*$/ ? " allowed" : ""; sub(/ No \*$/, ""); gsub(/ , /, "\n"); n = split($0, id, "\n")
      for (i = 1; i <= n; i++) print id[i] mark }' | sort > page
  # Checks by the name "usage" have a status of their own.
  all_checks | grep -v '^usage$' > executable
  [ "$(wc -l < executable)" -ge 30 ]
  diff executable page
}
