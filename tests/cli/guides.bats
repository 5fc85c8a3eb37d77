#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck disable=SC2154,SC2016 # run sets stderr; what is in guides is for others to expand
# What the guides tell their readers to do works and prints what they say; tests/guides/README.md.

load common

readonly DOCS=$BATS_TEST_DIRNAME/../../docs
readonly RUN=$BATS_TEST_DIRNAME/../guides/run

# guide FILE: it is carried out, and as many commands as stand in it were executed.
guide() {
  run --separate-stderr "$RUN" "$DOCS/$1"
  exits 0
  has "$output" ": $(commands_in "$DOCS/$1") commands executed"
}

# commands_in FILE: counted without the runner's reading of guides.
commands_in() {
  awk '/^```sh (pc|camera)/ { on = 1; next } /^```/ { on = 0 }
    on && NF && !/^ *#/ { if (!more) n++; more = /\\$/ } END { print n + 0 }' "$1"
}

# made LINE...: a guide with these lines.
made() {
  printf '%s\n' "$@" > guide.md
  run --separate-stderr "$RUN" guide.md
}

# fails PART...: the guide was found wrong, for this reason.
fails() {
  exits 1
  has "$output" "FAIL" "$@"
}

@test "docs/guides/README.md" {
  guide guides/README.md
}

@test "docs/guides/from-dafang-hacks.md" {
  guide guides/from-dafang-hacks.md
}

@test "docs/guides/wyze-v2-and-pan.md" {
  guide guides/wyze-v2-and-pan.md
}

@test "docs/guides/wyze-v3-and-t31.md" {
  guide guides/wyze-v3-and-t31.md
}

@test "docs/guides/back-to-stock.md" {
  guide guides/back-to-stock.md
}

@test "docs/guides/restore-config.md" {
  guide guides/restore-config.md
}

@test "docs/guides/rehearse-on-a-pc.md" {
  guide guides/rehearse-on-a-pc.md
}

@test "docs/boot-script.md" {
  guide boot-script.md
}

@test "docs/recovery.md" {
  guide recovery.md
}

@test "docs/checks.md" {
  guide checks.md
}

@test "docs/formats.md" {
  guide formats.md
}

@test "all guides are among these" {
  local file
  for file in "$DOCS"/guides/*.md; do
    grep -qF "guide guides/${file##*/}" "$BATS_TEST_FILENAME" || report "$file is not carried out"
  done
}

@test "a guide whose command fails is wrong" {
  made '<!-- fixture' 'camera dafang-3.10 /media/mmc stock-t20' '-->' '```sh camera' './uniflash info' './uniflash plan no-such-file' '```'
  fails 'guide.md:4' '"./uniflash plan no-such-file" ended with 1'
  made '```sh camera' 'true' '```'
  fails '"true" ended with 99'
}

@test "a guide whose command ends otherwise than it says is wrong" {
  made '```sh pc exits=3' 'true' '```'
  fails '"true" ended with 0, the guide says 3'
  made '```sh pc exits=1' 'false' 'false' '```'
  fails '"false" ended with 1, the guide says 0'
}

@test "a guide that shows something else than what is printed is wrong" {
  made '```sh pc' 'echo one; echo two' '```' '```text' 'one' '```'
  fails 'this is not what was printed'
  made '```sh pc' 'echo one; echo two' '```' '```text' 'one' 'tw' '```'
  fails 'this is not what was printed'
  made '```sh pc' 'echo one; echo two; echo three' '```' '```text' '...' 't...o' 'three' '```'
  exits 0
  has "$output" "1 commands executed, 1 outputs compared"
}

@test "a guide that shows an output without a command, or twice, is wrong" {
  made '```text' 'one' '```'
  fails 'an output without a command'
  made '```sh pc' 'echo one' '```' '```text' 'one' '```' '```text' 'one' '```'
  fails 'an output without a command'
}

@test "a guide with a block that would not be run is wrong" {
  local fence
  for fence in '```' '```bash' '```sh host' '```console' '```sh pc exit=1' '  ```sh pc'; do
    made "$fence" 'uniflash info' '```'
    exits 1
  done
  made '```sh pc' '# nothing' '```'
  fails 'a block without a command'
  made '    uniflash info'
  fails 'a command outside of a block'
  made 'Run `./uniflash plan image.bin` first.'
  fails 'a command in a sentence'
  made 'Run `cp image.bin /tmp` first.'
  fails 'a command in a sentence'
  made '<!-- ```sh pc' 'uniflash info' '-->'
  fails 'a comment that is neither'
  made 'The verb is `uniflash info`.'
  exits 0
}

@test "a guide with a program that nothing runs is wrong" {
  made '<!-- script /media/mmc/run.sh -->' '```sh' 'echo ran' '```'
  fails 'a program that no command runs'
  made '```sh' 'echo ran' '```'
  fails 'no comment "script" names'
  made '<!-- fixture' 'camera dafang-3.10 /media/mmc stock-t20' '-->' '<!-- script /media/mmc/run.sh -->' '```sh' 'echo ran' '```' '```sh camera' 'sh /media/mmc/run.sh' '```' '```text' 'ran' '```'
  exits 0
}

@test "a question in a guide is answered" {
  made '```sh pc answer=n' 'printf "Sure? [y/N] "; read -r a; echo; echo "you said $a"' '```' '```text' '...' 'you said n' '```'
  exits 0
}

@test "links in the docs lead somewhere" {
  local file link
  for file in "$DOCS"/../README.md "$DOCS"/*.md "$DOCS"/guides/*.md; do
    while IFS= read -r link; do
      [ -e "$(dirname "$file")/${link%%#*}" ] || report "$file: $link"
      [[ $link != *.md#* ]] || anchors "$(dirname "$file")/${link%%#*}" | grep -qxF "${link#*#}" || report "$file: $link"
    done < <(grep -oE '\]\([^)#][^)]*\)' "$file" | sed 's/^](//; s/)$//' | grep -v '^https\?:')
    while IFS= read -r link; do
      anchors "$file" | grep -qxF "$link" || report "$file: #$link"
    done < <(grep -oE '\]\(#[^)]*\)' "$file" | sed 's/^](#//; s/)$//')
  done
}

@test "docs/recovery.md has all that is said of the boot loader after trouble" {
  local line
  perl -0777 -ne '($_) = /boot_words\(.*?\n\{(.*?)\n\}/s or die; s/"\s*"//g; print "$1\n" while /"(.*?)"/g' \
    "$DOCS/../src/run/trouble.c" > words
  is "$(wc -l < words)" 5
  while IFS= read -r line; do
    grep -qF "| $line |" "$DOCS/recovery.md" || report "docs/recovery.md does not explain: $line"
  done < words
}

@test "the executable knows just the ids that its table has" {
  local id count
  count=$(grep -c '^	UF_CHECK_[A-Z_]*,$' "$DOCS/../include/uniflash/util/checkid.h")
  # But for "none".
  is "$(all_checks | wc -l)" $((count - 1))
  dump blank
  for id in $(all_checks | cut -d ' ' -f 1); do
    uniflash info "${LOOK[@]}" --allow "$id"
    exits 0
  done
  uniflash info "${LOOK[@]}" --allow no.such
  exits 2
}

@test "docs/checks.md has every check, says of each when, why, what to do, and rightly whether it can be allowed" {
  is "$(grep -oP '^### \K.*' "$DOCS/checks.md" | sort)" "$(all_checks | cut -d ' ' -f 1)"
  is "$(awk '/^### / { id = $2 } /^- \*\*Allow:\*\* / { print id ($3 ~ /^yes/ ? " allowed" : "") }' "$DOCS/checks.md" | sort)" "$(all_checks)"
  is "$(grep -c '^- \*\*\(When\|Why\|What to do\|Allow\):\*\* .' "$DOCS/checks.md")" $((4 * $(all_checks | wc -l)))
}

# described EVENT: the words about it in the table of docs/formats.md.
described() {
  sed -n "s/^| $1 | \\(.*\\) |\$/\\1/p" "$DOCS/formats.md" | grep -oE '[a-z_0-9]+'
}

@test "every field of the JSON lines is described" {
  local event field all
  "$FIXTURES/make-firmware" stock-t20 flash.bin seed=7
  "$FIXTURES/make-firmware" thingino-f image.bin
  poke flash.bin 0x300000
  for all in 'info -v' 'plan image.bin' 'verify image.bin' 'layouts' 'inspect image.bin' 'flash -v -y image.bin'; do
    case $all in layouts | inspect*) ;; *) all+=' -d file:flash.bin' ;; esac
    # shellcheck disable=SC2086 # a verb and its options
    uniflash --json $all
    # shellcheck disable=SC2154
    printf '%s\n' "$output" >> lines
  done
  is "$(jq -r .event lines | sort -u | paste -sd' ')" "block check info inspect note plan progress result text verify"
  while read -r event field; do
    described "$event" | grep -qxF "$field" || report "$event has $field, which docs/formats.md does not know"
  done < <(jq -r '.event as $e | .. | objects | keys[] |
    select(. != "event" and . != "version") | "\($e) \(.)"' lines | sort -u)
}

# anchors FILE: of its headings.
anchors() {
  sed -n 's/^##* //p' "$1" | tr '[:upper:]' '[:lower:]' | sed 's/[^a-z0-9 _-]//g; s/ /-/g'
}
