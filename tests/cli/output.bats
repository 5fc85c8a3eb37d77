#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck disable=SC2154 # run sets stderr
# Where the output goes, how much there is of it, and what happens where nobody takes it.

load common

# done_well: a run that rewrites most of the flash has done so, whatever became of its output.
done_well() {
  is "$status" 0
  same_bytes flash.bin "$(image stock)"
}

@test "results go to standard output, trouble to standard error" {
  dump random 1
  uniflash -y "${ON[@]}" "$(image stock)"
  exits 0
  has "$output" "Done: 512 blocks erased"
  lacks "$stderr" "uniflash:"
  uniflash -y "${ON[@]}" nosuch
  is "$output" ""
  has "$stderr" "nosuch"
}

@test "-q says nothing where all goes well, and still tells of trouble" {
  dump random 1
  uniflash -q -y "${ON[@]}" "$(image stock)"
  exits 0
  is "$output$stderr" ""
  uniflash -q -y "${ON[@]}" nosuch
  exits 1
  has "$stderr" nosuch
}

@test "-v says more" {
  dump stock
  poke flash.bin 0x300123
  local plain
  uniflash -y "${ON[@]}" "$(image stock)"
  plain=$(grep -c '' <<< "$output")
  poke flash.bin 0x300123
  uniflash -y -v "${ON[@]}" "$(image stock)"
  [ "$(grep -c '' <<< "$output")" -gt "$plain" ] || report "no more lines than $plain"
}

@test "one progress line per partition that is written, none for one that is not" {
  dump stock
  poke flash.bin 0x300123 0xad0000
  uniflash -y "${ON[@]}" "$(image stock)"
  exits 0
  is "$(grep -c '\[#*\] 100%' <<< "$output")" 3
  has "$output" "mtd2  root    [" "mtd5  backupk [" "verify        ["
}

@test "the summary counts in proper words: 1 block" {
  dump stock
  poke flash.bin 0x300123
  uniflash -y "${ON[@]}" "$(image stock)"
  has "$output" "Done: 1 block erased, 128 pages programmed"
}

@test "the summary says what was done and that it was verified" {
  dump stock
  poke flash.bin 0x300123
  uniflash -y "${ON[@]}" "$(image stock)"
  has "$output" "128 pages programmed" "read back" "is right"
}

@test "where output is no terminal there are no escapes, no carriage returns, no control characters" {
  dump random 1
  uniflash -y -v "${ON[@]}" "$(image stock)"
  exits 0
  is "$(tr -d '\n\40-\176' <<< "$output" | wc -c)" 0
}

@test "on a terminal there is colour, and with NO_COLOR or --color=never there is none" {
  dump stock
  local want words
  for words in "1 -y" "0 -y --color=never" "1 -y --color=always" "1 -y --color=auto"; do
    want=${words%% *}
    rm -f keys screen
    # shellcheck disable=SC2086
    start_terminal 100 "$UNIFLASH" ${words#* } "${ON[@]}" nosuch
    end_terminal
    is "$words: $(grep -c $'\e\\[[0-9;]*m' screen | sed 's/[1-9][0-9]*/1/')" "$words: $want"
  done
  rm -f keys screen
  NO_COLOR=1 start_terminal 100 "$UNIFLASH" -y "${ON[@]}" nosuch
  end_terminal
  is "$(grep -c $'\e\\[[0-9;]*m' screen)" 0
}

@test "--color=always colours a pipe, auto does not" {
  dump random 1
  uniflash -y --color=always "${ON[@]}" "$(image stock)"
  has "$output" $'\e['
  uniflash -y --color=auto "${ON[@]}" "$(image other)"
  lacks "$output" $'\e['
}

@test "the progress line fits a terminal of 80 columns, time left and all" {
  dump random 1
  open_gate
  start_terminal 80 env UNIFLASH_TRACE=gate "$UNIFLASH_TESTING_EXE" -y "${ON[@]}" "$(image stock)"
  pass_until erase 60
  sleep 0.5
  pass_until erase 100
  sleep 0.5
  open_wide
  end_terminal
  exits 0
  has "$(grep '^mtd2 ' <<< "$output")" "total" "left"
  is "$(grep -E '^(mtd|verify|image|flash) .*\[' <<< "$output" | awk 'length > 80')" ""
}

@test "nothing that is said on a terminal of 80 columns is wider than that" {
  dump random 1
  cp "$(image stock)" image.bin
  start_terminal 80 "$UNIFLASH" "${ON[@]}" image.bin
  shown "[y/N]"
  type_in 'y\n'
  end_terminal
  exits 0
  is "$(awk 'length > 80' <<< "$output")" ""
}

@test "on a narrow terminal of 40 columns no progress line wraps" {
  dump random 1
  start_terminal 40 "$UNIFLASH" -y "${ON[@]}" "$(image stock)"
  end_terminal
  exits 0
  is "$(grep -E '^(mtd[0-9]+ +[a-z]+|verify|image|flash) +\[' <<< "$output" | awk 'length > 40')" ""
}

@test "on a terminal of 40 columns lines go on at a blank, and no word is broken" {
  dump random 1
  cp "$(image stock)" image.bin
  start_terminal 40 "$UNIFLASH" -y "${ON[@]}" image.bin
  end_terminal
  exits 0
  # A word that is too long for any line stays whole.
  is "$(awk 'length > 40 && /[^ ] +[^ ]/' <<< "$output")" ""
  has "$output" $'The boot loader comes last: 8 blocks,\n' "b8df666600ba42d491e4e1fe7ddd89739"
}

@test "a line of progress that stays says how it ended, and nothing of the time left" {
  dump random 1
  start_terminal 80 "$UNIFLASH" -y "${ON[@]}" "$(image stock)"
  end_terminal
  exits 0
  # What is drawn over a line follows a carriage return: the last before each newline stays.
  local stays
  stays=$(sed -e 's/\x1b\[[0-9;]*[A-Za-z]//g' -e 's/\r*$//' -e 's/.*\r//' screen | grep -E '^(mtd[0-9]+ |verify )+.*%')
  [ "$(grep -c '' <<< "$stays")" -ge 10 ] || report "few lines: $stays"
  lacks "$stays" " left"
  is "$(grep '^mtd' <<< "$stays" | grep -vc '100%')" 0
}

# --- the log -----------------------------------------------------------------------------------

@test "--log has the plan, what was done to each partition, and the end, in plain text" {
  dump random 1
  uniflash -y --log log "${ON[@]}" "$(image stock)"
  exits 0
  has "$(cat log)" "0x240000-0x590000" "root" "512" "exit status 0" "verified"
  is "$(tr -d '\n\40-\176' < log | wc -c)" 0
}

@test "--log appends, and is written with -q and --json too" {
  dump stock
  printf 'before\n' > log
  uniflash -y -q --log log "${ON[@]}" "$(image stock)"
  exits 0
  is "$(head -n 1 log)" before
  uniflash -y --json --log log "${ON[@]}" "$(image stock)"
  exits 0
  is "$(grep -c 'exit status 0' log)" 2
  valid_json
}

@test "--log tells of refusals and of failures with their offsets" {
  dump stock
  poke flash.bin 0x300123
  head -c 8M "$(image stock)" > short.bin
  uniflash -y --log log "${ON[@]}" short.bin
  refused image.short
  has "$(cat log)" image.short "exit status 3"
  UNIFLASH_FAULT=seed=1,erase-partial=100000 testing -y --log log "${ON[@]}" "$(image stock)"
  exits 4
  has "$(cat log)" 0x300000 "exit status 4"
}

@test "a log that cannot be opened ends the run before anything is written" {
  dump random 1
  local path
  mkdir folder
  for path in no/such/log folder; do
    untouched_by uniflash -y --log "$path" "${ON[@]}" "$(image stock)"
    exits 1
    has "$stderr" "$path" "The flash is as it was."
  done
}

@test "a log on a full disk is said once, and the run goes on" {
  dump random 1
  uniflash -y --log /dev/full "${ON[@]}" "$(image stock)"
  done_well
  is "$(grep -c 'log' <<< "$stderr")" 1
  has "$stderr" "No space left on device"
}

# --- output that nobody takes --------------------------------------------------------------------

@test "closed standard output, error and input do not stop a run, nor get into the flash" {
  local closed
  for closed in '>&-' '2>&-' '<&-' '>&- 2>&-' '<&- >&- 2>&-'; do
    dump random 1
    status=0
    bash -c "exec \"\$0\" \"\$@\" $closed" "$UNIFLASH" -y -v "${ON[@]}" "$(image stock)" > out 2> err || status=$?
    done_well
  done
}

@test "closed output with --json and a log does not get into the log" {
  dump random 1
  status=0
  "$UNIFLASH" -y --json -v --log log "${ON[@]}" "$(image stock)" < /dev/null >&- 2>&- || status=$?
  done_well
  is "$(grep -c '^{' log)" 0
}

@test "a full disk behind standard output does not stop a run" {
  local option
  for option in --json -v; do
    dump random 1
    status=0
    "$UNIFLASH" -y "$option" "${ON[@]}" "$(image stock)" < /dev/null > /dev/full 2>&1 || status=$?
    done_well
  done
}

@test "a reader that goes away does not stop a run" {
  dump random 1
  bash -c '"$0" -y -v --json "$@" | head -n 1 > first; exit "${PIPESTATUS[0]}"' "$UNIFLASH" "${ON[@]}" "$(image stock)" && status=0 || status=$?
  done_well
  has "$(cat first)" '"event"'
}

# full_pipe BYTES: a pipe at descriptor 9 that nobody reads and that takes so much.
full_pipe() {
  mkfifo full
  exec 9<> full
  perl -e 'open my $pipe, "+<&=9" or die; fcntl $pipe, 1031, 0 + $ARGV[0] or die "F_SETPIPE_SZ: $!\n"' "$1"
}

@test "a reader that stops reading during the writing does not hold up the run" {
  dump random 1
  full_pipe 65536
  status=0
  timeout -k 1 20 "$UNIFLASH" -y -v --json -l dafang -d file:flash.bin,erase=4K -k none --allow map.layout-mismatch \
    "$(image stock)" < /dev/null > full 2> err 9<&- || status=$?
  exec 9<&-
  done_well
}

@test "a pipe that is full from the start does not hold up the run" {
  dump random 1
  full_pipe 4096
  head -c 4096 /dev/zero >&9
  status=0
  timeout -k 1 60 "$UNIFLASH" -y -v --json "${ON[@]}" "$(image stock)" < /dev/null > full 2> err 9<&- || status=$?
  exec 9<&-
  done_well
}

# by_inetd CLIENT ARGUMENTS...: descriptors 0 to 2 are one TCP connection, whose other end reads it all into "out"
# (reads), reads nothing (stalls) or is closed at once (leaves).
by_inetd() {
  perl -MIO::Socket::INET -e '
    my $client_does = shift;
    $SIG{PIPE} = "IGNORE";
    my $server = IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1", Proto => "tcp") or die "listen: $!\n";
    my $client = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $server->sockport) or die "connect: $!\n";
    my $socket = $server->accept or die "accept: $!\n";
    # So little that a run cannot but fill it.
    setsockopt $_, SOL_SOCKET, SO_SNDBUF, pack "i", 4096 for $socket;
    my $pid = fork // die "fork: $!\n";
    if (!$pid) {
      close $client;
      open STDIN, "<&", $socket or die; open STDOUT, ">&", $socket or die; open STDERR, ">&", $socket or die;
      $SIG{PIPE} = "DEFAULT";
      exec @ARGV or exit 99;
    }
    close $socket;
    if ($client_does eq "reads") {
      open my $out, ">", "out" or die;
      print $out $_ while <$client>;
    }
    close $client if $client_does eq "leaves";
    waitpid $pid, 0;
    exit($? >> 8 || $? & 127)' "$@"
}

@test "started by inetd: a client that reads, one that stalls, one that leaves" {
  local client
  for client in reads stalls leaves; do
    dump random 1
    status=0
    by_inetd "$client" timeout --foreground -k 1 60 "$UNIFLASH" -y -v -v "${ON[@]}" "$(image stock)" 2> err || status=$?
    done_well
  done
  grep -q 'All that was written was read back twice and is right' out
  # And nobody can answer there.
  dump random 1
  status=0
  by_inetd reads "$UNIFLASH" "${ON[@]}" "$(image stock)" 2> err || status=$?
  is "$status" 2
}

@test "SIGTERM ends a plan that nobody reads" {
  dump random 1
  full_pipe 4096
  head -c 4096 /dev/zero >&9
  status=0
  # --foreground: one signal to the process alone. With SIGTERM and SIGCONT to the whole group, those that come late hit
  # the thread with which LeakSanitizer traces a process at its end, and both wait for ever.
  timeout --foreground -k 10 1 "$UNIFLASH" -n --json "${ON[@]}" "$(image stock)" < /dev/null > full 2> err 9<&- || status=$?
  exec 9<&-
  # 124: it was told to stop, and did; 137: it had to be killed.
  is "$status" 124
}

@test "layouts into a full disk ends with 1, for half a layout is none" {
  status=0
  "$UNIFLASH" layouts dafang > /dev/full 2> err || status=$?
  is "$status" 1
}
