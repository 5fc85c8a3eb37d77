#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The completions for bash and zsh know what `uniflash --help` lists, no more and no less. How they
# behave at a prompt is tested by tests/packaging/run.

load common

COMPLETIONS=$BATS_TEST_DIRNAME/../../packaging/completions

# bash_words VARIABLE
bash_words() {
  bash -c '. "$1"; printf "%s\n" ${!2}' - "$COMPLETIONS/uniflash.bash" "$1" | sort
}

# zsh_specs: the options that _arguments is given, a line each; those of an exclusion list, (...), are left out.
zsh_specs() {
  sed -n '/_arguments/,/^}/p' "$COMPLETIONS/_uniflash" |
    sed -E 's/\[.*//; s/\([^)]*\)//; /^ *.[0-9*]?: /d' | grep -oE -e '--?[A-Za-z][a-z0-9-]*' | grep -v -x -e -s -e -S | sort
}

# zsh_list NAME: the words of an array.
zsh_list() {
  sed -n "/-a $1=(/,/^  )/p" "$COMPLETIONS/_uniflash" | sed '1d;$d' | tr -s ' ' '\n' | sed '/^$/d' | sort
}

@test "bash: the options of --help" {
  bash_words _uniflash_options > words
  help_options > help
  diff help words
}

@test "bash: the verbs of --help" {
  bash_words _uniflash_verbs > words
  help_verbs > help
  diff help words
}

@test "bash: the checks that can be let fail" {
  bash_words _uniflash_checks > words
  all_checks | sed -n 's/ allowed$//p' > checks
  diff checks words
}

@test "bash: an option completes an argument exactly where --help says that there is one" {
  for option in $(help_options | grep -e '^--'); do
    takes=no
    ! "$UNIFLASH" --help | grep -qE -e "[ ,]$option[ [][^ ]" || takes=yes
    is "$option $(bash -c '. "$1"; COMP_WORDS=(uniflash) COMP_CWORD=0
      _uniflash_current=; _uniflash_argument "$2" 2> /dev/null; [ $? = 1 ] && echo no || echo yes' \
      - "$COMPLETIONS/uniflash.bash" "$option")" "$option $takes"
  done
}

@test "zsh: the options of --help" {
  zsh_specs > specs
  help_options > help
  diff help specs
}

@test "zsh: the verbs of --help" {
  sed -n "/-a verbs=(/,/^  )/s/^ *'\([a-z]*\):.*/\1/p" "$COMPLETIONS/_uniflash" | sort > verbs
  help_verbs > help
  diff help verbs
}

@test "zsh: the checks that can be let fail" {
  zsh_list ids > ids
  all_checks | sed -n 's/ allowed$//p' > checks
  diff checks ids
}

@test "zsh: an option has an argument exactly where --help says that there is one" {
  for option in $(help_options | grep -e '^--'); do
    takes=no
    ! "$UNIFLASH" --help | grep -qE -e "[ ,]$option[ [][^ ]" || takes=yes
    found=no
    ! sed -n '/_arguments/,/^}/p' "$COMPLETIONS/_uniflash" | grep -qE -e "$option(=-?)?[}']*\[[^]]*\]::?[a-z=]+:" || found=yes
    is "$option $found" "$option $takes"
  done
}

@test "the options that are given NAME, SPEC and the like are compared with what --help says" {
  # The words for --tail and --color stand in --help itself.
  "$UNIFLASH" --help > help
  has "$(< help)" '--tail erase|keep' '--color[=auto|always|never]' '--keep NAMES|auto|none'
  has "$(< "$COMPLETIONS/uniflash.bash")" '_uniflash_words erase keep' '_uniflash_words auto always never' '_uniflash_list auto none'
  has "$(< "$COMPLETIONS/_uniflash")" '(erase keep)' '(auto always never)' 'partition auto none'
}
