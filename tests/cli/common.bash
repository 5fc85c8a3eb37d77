# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
#
# What the tests of the executable share. From the environment: UNIFLASH, UNIFLASH_TESTING_EXE (the
# same with the seams for tests), FIXTURES, and, if wanted, UNIFLASH_TEST_CACHE, the folder in which
# made images stay for the next run (default: test-images beside the executable).

bats_require_minimum_version 1.5.0

: "${UNIFLASH:?the executable}" "${UNIFLASH_TESTING_EXE:?the executable with seams}" "${FIXTURES:?tests/fixtures}"

# shellcheck disable=SC2034
readonly FLASH_SIZE=16777216 BLOCK=32768 PAGE=256

# The dump that most tests write to, under the stock table of T20 cameras; all of it, and whatever
# the image holds: noise and blanks are images like any other here.
readonly ANY_CONTENT=image.kind,boot.missing,boot.soc-unknown,kernel.missing,kernel.checksum,rootfs.missing
# shellcheck disable=SC2034
readonly LOOK=(-l dafang -d file:flash.bin)
# shellcheck disable=SC2034
readonly ANY=(--allow "$ANY_CONTENT")
# shellcheck disable=SC2034
readonly DUMP=("${LOOK[@]}" "${ANY[@]}")
# shellcheck disable=SC2034
readonly ON=("${DUMP[@]}" -k none)

# That table, as the tests know it: NAME START END.
# shellcheck disable=SC2034
readonly DAFANG='boot 0x000000 0x040000
kernel 0x040000 0x240000
root 0x240000 0x590000
driver 0x590000 0x630000
appfs 0x630000 0xad0000
backupk 0xad0000 0xcd0000
backupd 0xcd0000 0xd70000
backupa 0xd70000 0xf70000
config 0xf70000 0xfb0000
para 0xfb0000 0xff0000
flag 0xff0000 0x1000000'

setup() {
  cd "$BATS_TEST_TMPDIR" || return 1
  unset NO_COLOR UNIFLASH_ROOT UNIFLASH_FLASH UNIFLASH_FAULT UNIFLASH_TRACE
}

# --- images and dumps ----------------------------------------------------------------------

# image KIND [SEED]: the path of such an image, made once, with its digest beside it. It must not be
# changed.
image() {
  local recipe dir path
  recipe=$(sha256sum < "$FIXTURES/make-image")
  dir=${UNIFLASH_TEST_CACHE:-$(dirname "$UNIFLASH")/test-images}/${recipe:0:12}
  path=$dir/$1${2:+-$2}.bin
  mkdir -p "$dir"
  (
    flock 9
    [ -e "$path" ] || { "$FIXTURES/make-image" "$@" "$path.new" >&2 && mv "$path.new" "$path"; }
    [ -e "$path.sha256sum" ] || (cd "$dir" && sha256sum "${path##*/}" > "$path.sha256sum")
  ) 9> "$path.lock"
  printf '%s\n' "$path"
}

# dump KIND [SEED]: the flash holds such an image.
dump() {
  cp "$(image "$@")" flash.bin
}

# poke FILE OFFSET...: changes one byte at each offset.
poke() {
  perl -e '
    my $path = shift;
    open my $file, "+<:raw", $path or die "$path: $!\n";
    for (map { /^0x/ ? hex : $_ } @ARGV) {
      seek $file, $_, 0; read $file, my $byte, 1;
      seek $file, $_, 0; print $file chr(ord($byte) ^ 0xff);
    }' "$@"
}

# slice FILE START END: those bytes.
slice() {
  perl -e '
    my ($path, $start, $end) = ($ARGV[0], map { /^0x/ ? hex : $_ } @ARGV[1, 2]);
    open my $file, "<:raw", $path or die "$path: $!\n";
    seek $file, $start, 0; read $file, my $bytes, $end - $start; print $bytes' "$@"
}

digest() {
  sha256sum < "$1"
}

# --- what is to be expected, computed without uniflash --------------------------------------

# expected OLD NEW [BLOCK [START END]]: "BLOCKS PAGES": the blocks that differ, and the pages in them
# that are not all 0xFF in NEW. What NEW lacks counts as 0xFF.
expected() {
  perl -e '
    my ($old, $new, $block, $start, $end) = @ARGV;
    sub content { open my $f, "<:raw", $_[0] or die "$_[0]: $!\n"; local $/; <$f> }
    ($old, $new) = map { content $_ } $old, $new;
    ($start, $end) = map { /^0x/ ? hex : $_ } $start, $end;
    $new .= "\xff" x (length($old) - length $new) if length $new < length $old;
    my ($blocks, $pages) = (0, 0);
    for (my $at = $start; $at < $end; $at += $block) {
      my $want = substr $new, $at, $block;
      next if $want eq substr $old, $at, $block;
      $blocks++;
      $pages += grep { $_ ne "\xff" x 256 } unpack "(a256)*", $want;
    }
    print "$blocks $pages\n"' "$1" "$2" "${3:-$BLOCK}" "${4:-0}" "${5:-$(stat -c %s "$1")}"
}

# differing OLD NEW [BLOCK]: the offsets of the blocks that differ, hexadecimal, a line each.
differing() {
  perl -e '
    my ($old, $new, $block) = @ARGV;
    sub content { open my $f, "<:raw", $_[0] or die "$_[0]: $!\n"; local $/; <$f> }
    ($old, $new) = map { content $_ } $old, $new;
    for (my $at = 0; $at < length $old; $at += $block) {
      printf "%x\n", $at if substr($old, $at, $block) ne substr $new, $at, $block;
    }' "$1" "$2" "${3:-$BLOCK}"
}

# traced_erases, traced_pages: what the recording of a run (the file trace) shows.
traced_erases() {
  grep -c '^erase ' trace || true
}

traced_pages() {
  perl -ne '$sum += hex((split)[2]) if /^program /; END { print $sum / 256, "\n" }' trace
}

# --- running --------------------------------------------------------------------------------

# uniflash ARGS: the executable with no input. Leaves status, output and stderr.
uniflash() {
  run --separate-stderr "$UNIFLASH" "$@" < /dev/null
}

# testing ARGS: the executable with seams.
testing() {
  run --separate-stderr "$UNIFLASH_TESTING_EXE" "$@" < /dev/null
}

# traced ARGS: the same, recording to the file trace.
traced() {
  rm -f trace
  UNIFLASH_TRACE=trace testing "$@"
}

# unprivileged COMMAND: file modes count, also for root.
unprivileged() {
  if [ "$(id -u)" -eq 0 ]; then
    setpriv --bounding-set=-dac_override,-dac_read_search "$@"
  else
    "$@"
  fi
}

# --- asserting ------------------------------------------------------------------------------

report() {
  printf '%s\n' "$1" "--- status: ${status:-}" "--- output:" "${output:-}" "--- standard error:" "${stderr:-}" | head -c 6000 >&2
  return 1
}

# exits STATUS
exits() {
  [ "$status" -eq "$1" ] || report "expected exit status $1"
}

# is ACTUAL EXPECTED
is() {
  [ "$1" = "$2" ] || report "expected \"$2\", got \"$1\""
}

# has TEXT PART...: every PART is in TEXT.
has() {
  local text=$1 part
  shift
  for part in "$@"; do
    [[ $text == *"$part"* ]] || report "expected to find \"$part\" in: $text" || return
  done
}

# lacks TEXT PART
lacks() {
  [[ $1 != *"$2"* ]] || report "expected not to find \"$2\""
}

same_bytes() {
  cmp "$1" "$2" || report "$1 and $2 differ"
}

# refused ID: the run ended with 3 and named the check on standard error.
refused() {
  exits 3
  has "$stderr" "refused ($1)" "The flash is as it was."
}

# usage PART...: wrong usage, which standard error explains with each PART and nothing else is said.
usage() {
  exits 2
  is "$output" ""
  has "$stderr" "uniflash: " "$@"
}

# untouched_by COMMAND ARGS: flash.bin is the same after COMMAND, to the byte.
untouched_by() {
  local before
  before=$(digest flash.bin)
  "$@"
  is "$(digest flash.bin)" "$before"
}

# --- JSON -----------------------------------------------------------------------------------

# valid_json: every line of the output is an object with an event and version 1.
valid_json() {
  local lines good
  lines=$(grep -c '' <<< "$output")
  good=$(jq -c 'select(type == "object" and (.event | type) == "string" and .version == 1)' <<< "$output" | grep -c '')
  is "$good" "$lines"
}

# json FILTER: what jq makes of the lines of the output.
json() {
  jq -r "$1" <<< "$output"
}

# result FIELDS EXPECTED: fields of the result, such as "status exit".
result() {
  local filter
  filter=$(sed 's/\([a-z_]\+\)/.\1/g; s/ /, /g' <<< "$1")
  is "$(json "select(.event == \"result\") | [$filter] | join(\" \")")" "$2"
}

# --- stopping a run at a chosen operation ---------------------------------------------------
#
# The recording goes into a pipe that is read here, so the run waits where this stops reading.

# start_gated ARGS: leaves pid; standard output and error go to the files out and err.
start_gated() {
  open_gate
  UNIFLASH_TRACE=gate env --default-signal "$UNIFLASH_TESTING_EXE" "$@" < /dev/null > out 2> err 3>&- 7<&- &
  pid=$!
}

open_gate() {
  mkfifo gate
  exec 7<> gate
  perl -e 'open my $pipe, "+<&=7" or die; fcntl $pipe, 1031, 4096 or die "F_SETPIPE_SZ: $!\n"'
}

# pass_until OPERATION COUNT: on until about that many more of these operations were recorded.
pass_until() {
  perl -e '
    my ($operation, $count, $text) = (@ARGV, "");
    open my $pipe, "<&=7" or die;
    $SIG{ALRM} = sub { die "no $operation any more\n" };
    alarm 30;
    while ((() = $text =~ /^$operation\b.*\n/mg) < $count) {
      sysread $pipe, $text, 256, length $text or die "the recording ended\n";
    }' "$1" "$2"
}

# open_wide: on to the end, nobody waits any more.
open_wide() {
  cat gate > /dev/null 3>&- 7<&- 8>&- &
  exec 7<&-
}

# finish: on to the end. Leaves status, output and stderr.
finish() {
  open_wide
  wait_for_end
}

wait_for_end() {
  status=0
  wait "$pid" || status=$?
  output=$(cat out)
  stderr=$(cat err)
}

# --- a terminal -----------------------------------------------------------------------------

# start_terminal COLUMNS COMMAND: runs it on a terminal; what it shows goes to the file screen.
start_terminal() {
  local columns=$1
  shift
  mkfifo keys
  env --default-signal script -qefc "stty cols $columns rows 24; exec $(printf '%q ' "$@")" screen < keys > /dev/null 3>&- 7<&- &
  terminal=$!
  exec 8> keys
}

# shown TEXT: waits until it stands on the screen.
shown() {
  local tries
  for ((tries = 0; tries < 400; tries++)); do
    if grep -qF -- "$1" screen 2> /dev/null; then
      return 0
    fi
    sleep 0.05
  done
  report "never shown: $1; the screen: $(cat screen)"
}

type_in() {
  printf '%b' "$1" >&8
}

# end_terminal: waits for its end. Leaves status and output, which is what was shown, plain.
end_terminal() {
  status=0
  wait "$terminal" || status=$?
  exec 8>&-
  # shellcheck disable=SC2034
  stderr=
  output=$(sed -e '1d;$d' -e 's/\x1b\[[0-9;]*[A-Za-z]//g' screen | tr '\r' '\n')
}

# until_true COMMAND: waits up to 20 s for it to succeed.
until_true() {
  local tries
  for ((tries = 0; tries < 400; tries++)); do
    if "$@" > /dev/null 2>&1; then
      return 0
    fi
    sleep 0.05
  done
  report "never true: $*"
}

# free: nobody holds the lock on the dump any more.
free() {
  flock -n flash.bin true
}

# --- what the executable says of itself -------------------------------------------------------

# help_options, help_verbs: those of --help, sorted, a line each.
help_options() {
  "$UNIFLASH" --help | sed -n '/^Options:/,/^$/p' | grep -oE -e '^  (-[A-Za-z], |    )--[a-z0-9-]+' | tr -d ' ' | tr , '\n' | sort
}

help_verbs() {
  "$UNIFLASH" --help | sed -n '/^Verbs/,/^$/s/^  \([a-z]*\) .*/\1/p' | sort
}

# all_checks: "ID" or "ID allowed", sorted, from the table of the source.
all_checks() {
  sed -n -e 's/.*{"\([a-z.-]*\)", true},$/\1 allowed/p' -e 's/.*{"\([a-z.-]\{1,\}\)", false},$/\1/p' \
    "$BATS_TEST_DIRNAME/../../src/util/checkid.c" | sort
}
