#!/usr/bin/env perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Judges what scripts/bench measured, prints it as tables, and with --docs FOLDER writes them to
# FOLDER/performance.md between its marks, and the plot to FOLDER/performance.svg.
# The exit status is 1 where a check does not hold.
use strict;
use warnings;

use constant {
  FLASH     => 16 * 1024 * 1024,
  READ_RATE => 5.67e6,      # bytes a second, measured on a Wyze Cam v2 with dd
  PAGE_BUS  => 41.6e-6,     # a page's bytes on a bus of 50 MHz
  CLOCK     => 858e6,       # instructions a second: a T20's BogoMIPS, which is kind to the processor
};

# Seconds, typical values of the data sheets: a page, and a block by its size.
my @chips = (
  ['GD25Q128E',  0.0005, {4096 => 0.045, 32768 => 0.150, 65536 => 0.250}],
  ['EN25QH128A', 0.0008, {4096 => 0.050, 32768 => 0.100, 65536 => 0.200}],
  ['XM25QH128A', 0.0005, {4096 => 0.040, 32768 => 0.200, 65536 => 0.300}],
  ['W25Q128JV',  0.0007, {4096 => 0.064, 32768 => 0.128, 65536 => 0.160}],
);
my @columns = qw(camera workload tool block blocks pages boot_blocks erases programs flash_read rchar instructions memory right wrong);
my @workloads = qw(identical one-byte small-upgrade full-upgrade other-firmware half-blank);
my %title = (
  'identical' => 'identical image', 'one-byte' => 'one byte differs', 'small-upgrade' => 'small upgrade (kernel)',
  'full-upgrade' => 'full upgrade', 'other-firmware' => 'other firmware', 'half-blank' => 'half blank',
);
my %tool = (
  'uniflash' => 'uniflash', 'uniflash-backup' => 'uniflash, with a backup', 'eraseall-flashcp' => 'flash_eraseall and flashcp',
  'flashcp' => 'flashcp', 'busybox-flashcp' => 'flashcp of BusyBox', 'flashcp-p' => 'flashcp -p', 'flashrom' => 'flashrom (host; erases of 4 KiB)', 'dd' => 'dd, reading only',
);
my @tools = qw(uniflash uniflash-backup flashrom flashcp-p flashcp busybox-flashcp eraseall-flashcp dd);

my ($docs, $out);
while (@ARGV) {
  my $arg = shift;
  if ($arg eq '--docs') { $docs = shift } else { $out = $arg }
}
defined $out or die "usage: bench-report.pl [--docs FOLDER] OUT\n";

sub slurp {
  my ($path) = @_;
  open my $file, '<', $path or return '';
  local $/;
  return scalar <$file>;
}

sub results {
  my @rows;
  for (split /\n/, slurp("$out/results.tsv")) {
    my %row;
    @row{@columns} = split /\t/, $_, -1;
    push @rows, \%row;
  }
  # What a camera reads that starts and does nothing is no tool's.
  my %idle = map { $_->{block} => $_->{flash_read} } grep { $_->{tool} eq 'idle' } @rows;
  for (grep { $_->{camera} eq 'ast2600' } @rows) { $_->{flash_read} -= $idle{$_->{block}} // 0 }
  return sort { order(\@workloads, $a->{workload}) <=> order(\@workloads, $b->{workload}) || order(\@tools, $a->{tool}) <=> order(\@tools, $b->{tool}) }
    grep { $_->{tool} ne 'idle' } @rows;
}

sub order {
  my ($list, $name) = @_;
  my ($at) = grep { $list->[$_] eq $name } 0 .. $#$list;
  return $at // 99;
}

# chip_time ROW CHIP
sub chip_time {
  my ($row, $chip) = @_;
  return $row->{erases} * $chip->[2]{$row->{block}} + $row->{programs} * ($chip->[1] + PAGE_BUS) + $row->{flash_read} / READ_RATE;
}

sub thousands {
  my ($number) = @_;
  1 while $number =~ s/^(\d+)(\d{3})/$1,$2/;
  return $number;
}

sub mib { return sprintf '%.1f', $_[0] / 1048576 }

sub bound {
  my ($row) = @_;
  return {%$row, erases => $row->{blocks}, programs => $row->{pages}, flash_read => FLASH + $row->{blocks} * $row->{block}};
}

# --- tables -----------------------------------------------------------------------------------------

my @plain = ('erases', 'programs', 'flash read, MiB', 'image read, MiB');

sub flash_row {
  my ($name, $row, $image, $right) = @_;
  return '| ' . join(' | ', $name, thousands($row->{erases}), thousands($row->{programs}), mib($row->{flash_read}), $image,
    map({ sprintf '%.1f', chip_time($row, $_) } @chips), $right) . " |\n";
}

# What was read that was not flash. A tool of the host reads its file at once.
sub image_read {
  my ($row) = @_;
  return mib($row->{camera} eq 'host' ? $row->{rchar} : $row->{rchar} - $row->{flash_read});
}

# flashrom stands where the others are complete, whatever it erases at a time.
sub belongs {
  my ($row, $block) = @_;
  return $row->{tool} eq 'flashrom' ? $block == 65536 : $row->{block} == $block;
}

sub flash_table {
  my ($block, @rows) = @_;
  my $text = '';
  for my $workload (@workloads) {
    my @these = grep { $_->{workload} eq $workload && $_->{camera} ne 'malta' && belongs($_, $block) } @rows or next;
    $text .= "\n" . ucfirst($title{$workload}) . ":\n\n| | " . join(' | ', @plain, map({ "$_->[0], s" } @chips), 'flash right') . " |\n";
    $text .= '|---|' . '--:|' x (@plain + @chips) . "---|\n";
    $text .= flash_row('*the bound*', bound($these[0]), mib(FLASH), '');
    $text .= flash_row($tool{$_->{tool}}, $_, image_read($_), $_->{right}) for @these;
  }
  return $text;
}

sub processor_table {
  my @rows = @_;
  my $text = "\n| | | instructions, M | processor, s | chip, s | processor to chip | memory, MiB |\n|---|---|--:|--:|--:|--:|--:|\n";
  for my $row (grep { $_->{camera} eq 'malta' } @rows) {
    my $counted = $row->{erases} ne '';
    my $chip = $counted ? chip_time($row, $chips[0]) : 0;
    my $seconds = $row->{instructions} / CLOCK;
    $text .= sprintf "| %s | %s | %s | %.2f | %s | %s | %s |\n", $title{$row->{workload}}, $tool{$row->{tool}} . ($row->{right} eq 'yes' ? '' : " ($row->{right})"),
      thousands(sprintf '%.0f', $row->{instructions} / 1e6), $seconds,
      $counted ? sprintf('%.1f', $chip) : '', $counted ? sprintf('%.0f %%', 100 * $seconds / $chip) : '', mib($row->{memory});
  }
  return $text;
}

# --- checks -----------------------------------------------------------------------------------------

my $failures = 0;
my $checks   = '';

sub check {
  my ($holds, $what) = @_;
  $failures++ if !$holds;
  $checks .= ($holds ? 'ok    ' : 'FAILS ') . "$what\n";
}

# The most that one run may read: the flash once, and of each block that is written what it was, that
# it is blank, what was written, and that again at the end. The boot loader, which can be put back, is
# read twice more before, and its first block once more before its header makes it valid. A backup
# reads all once more.
sub reads_allowed {
  my ($row) = @_;
  my $boot = $row->{boot_blocks} ? 2 * $row->{boot_blocks} + 1 : 0;
  return FLASH * ($row->{tool} eq 'uniflash-backup' ? 2 : 1) + (4 * $row->{blocks} + $boot) * $row->{block};
}

# A run that writes so much is to wait for the chip; below that the image's digest, which is made whatever
# is written, is most of it, and has a limit of its own: instructions a byte of flash.
use constant {MUCH => FLASH / 10, DIGESTS => 60, DIGESTS_AND_BACKUP => 125, WRITTEN => 45};

sub check_processor {
  my ($row, $name) = @_;
  my $seconds = $row->{instructions} / CLOCK;
  my $chip    = chip_time($row, $chips[0]);
  if ($row->{blocks} * $row->{block} >= MUCH) {
    check($seconds < $chip / 10, sprintf '%s: processor %.2f s, less than a tenth of the chip time %.1f s', $name, $seconds, $chip);
  }
  my $limit = ($row->{tool} eq 'uniflash-backup' ? DIGESTS_AND_BACKUP : DIGESTS) * FLASH + WRITTEN * $row->{blocks} * $row->{block};
  check($row->{instructions} < $limit, sprintf '%s: %.0f M instructions, at most %.0f M', $name, $row->{instructions} / 1e6, $limit / 1e6);
}

sub check_row {
  my ($row) = @_;
  my $name = "$row->{camera}, blocks of $row->{block}, $row->{workload}, $row->{tool}";
  if ($row->{tool} !~ /^uniflash/) {
    check($row->{right} eq 'yes' || $row->{tool} eq 'flashcp-p', "$name: the flash is right ($row->{right})");
    return;
  }
  check($row->{right} eq 'yes', "$name: the flash is right");
  check($row->{erases} == $row->{blocks}, "$name: $row->{erases} erases, bound $row->{blocks}");
  check($row->{programs} == $row->{pages}, "$name: $row->{programs} programs, bound $row->{pages}");
  check($row->{wrong} == 0, "$name: no bit was to be set by a program");
  check($row->{flash_read} <= reads_allowed($row), "$name: $row->{flash_read} bytes of flash read, at most " . reads_allowed($row));
  check_processor($row, $name) if $row->{camera} eq 'malta';
}

# --- the plot ---------------------------------------------------------------------------------------

my %colour = (
  'bound' => '#8a8a8a', 'uniflash' => '#1f77b4', 'flashrom' => '#2ca02c', 'flashcp' => '#e08214', 'eraseall-flashcp' => '#c0392b',
);

# The bars of one workload. What flashcp does is the same for every image.
sub bars {
  my ($workload, @rows) = @_;
  my ($own) = grep { $_->{workload} eq $workload && $_->{tool} eq 'uniflash' } @rows or return;
  my @bars = (['bound', 'bound', bound($own)], ['uniflash', 'uniflash', $own]);
  push @bars, map { ['flashrom', 'flashrom', $_] } grep { $_->{tool} eq 'flashrom' && $_->{workload} eq $workload } @rows;
  for my $peer (qw(flashcp eraseall-flashcp)) {
    my ($row) = grep { $_->{tool} eq $peer } @rows;
    push @bars, [$peer, $peer eq 'flashcp' ? 'flashcp' : 'flash_eraseall, flashcp', $row] if $row;
  }
  return @bars;
}

sub plot {
  my @rows = grep { $_->{camera} ne 'malta' && belongs($_, 65536) } @_;
  my ($left, $width, $bar, $y) = (250, 420, 15, 62);
  my $most = 0;
  my $body = '';
  my %bars = map { $_ => [bars($_, @rows)] } @workloads;
  for (map { @$_ } values %bars) { my $s = chip_time($_->[2], $chips[0]); $most = $s if $s > $most }
  for my $workload (@workloads) {
    my @bars = @{$bars{$workload}} or next;
    $body .= sprintf qq{<text x="12" y="%d" font-weight="bold">%s</text>\n}, $y + 11, $title{$workload};
    for (@bars) {
      my ($kind, $label, $row) = @$_;
      my $seconds = chip_time($row, $chips[0]);
      my $long    = $width * $seconds / $most;
      $body .= sprintf qq{<text x="%d" y="%d" text-anchor="end" class="small">%s</text>\n}, $left - 6, $y + 23, $label;
      $body .= sprintf qq{<rect x="%d" y="%d" width="%.1f" height="%d" fill="%s"/>\n}, $left, $y + 13, $long, $bar - 3, $colour{$kind};
      $body .= sprintf qq{<text x="%.1f" y="%d" class="small">%.1f s</text>\n}, $left + $long + 5, $y + 23, $seconds;
      $y += $bar;
    }
    $y += 24;
  }
  return sprintf(<<'END', 760, $y + 10, 760, $y + 10) . $body . "</svg>\n";
<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="sans-serif" font-size="13">
<style>.small { font-size: 11px }</style>
<rect width="100%%" height="100%%" fill="#ffffff"/>
<text x="12" y="24" font-size="16" font-weight="bold">How long the chip is busy</text>
<text x="12" y="43" class="small">GD25Q128E by its data sheet, 16 MiB, erase blocks of 64 KiB: commands counted by QEMU (flashrom: erases of 4 KiB, its own log)</text>
END
}

# --- all of it --------------------------------------------------------------------------------------

sub scaling_table {
  my @lines = map { [split /\t/] } split /\n/, slurp("$out/scaling.tsv");
  return '' if !@lines;
  my $text = "| flash, MiB | blocks, KiB | partitions | blocks that differ | instructions, M | read, MiB | instructions a byte |\n|--:|--:|--:|--:|--:|--:|--:|\n";
  for (@lines) {
    my ($size, $block, $parts, $differ, $instructions, $read) = @$_;
    $text .= sprintf "| %d | %d | %d | %d | %s | %s | %.1f |\n", $size / 1048576, $block / 1024, $parts, $differ,
      thousands(sprintf '%.0f', $instructions / 1e6), mib($read), $instructions / ($size + $differ * $block);
    check($read == $size + 4 * $differ * $block, "dump of $size, blocks of $block, $parts partitions, $differ differ: $read bytes read");
  }
  check_linear(@lines);
  return $text;
}

# cost = a + b * flash + c * written, with what the smallest flash and what differs all over it cost.
sub check_linear {
  my @lines = @_;
  my ($none) = grep { !$_->[3] } @lines;
  my ($all)  = grep { $_->[3] && $_->[3] * $_->[1] == $_->[0] } @lines;
  return if !$none || !$all;
  my $byte    = $none->[4] / $none->[0];
  my $written = ($all->[4] - $byte * $all->[0]) / $all->[0];
  for (@lines) {
    my ($size, $block, $parts, $differ, $instructions) = @$_;
    my $expected = $byte * $size + $written * $differ * $block;
    check(abs($instructions / $expected - 1) < 0.1,
      sprintf 'dump of %d, blocks of %d, %d partitions, %d differ: %.0f M instructions, linear would be %.0f M',
      $size, $block, $parts, $differ, $instructions / 1e6, $expected / 1e6);
  }
}

# What stands between the marks of that name in the document.
sub replace_part {
  my ($text, $name, $part) = @_;
  return if $part eq '';
  $$text =~ s/(<!-- bench:$name -->\n).*?(<!-- end -->)/$1$part$2/s or die "performance.md has no place for $name\n";
}

sub spill {
  my ($path, $text) = @_;
  open my $file, '>', $path or die "$path: $!\n";
  print $file $text;
  close $file or die "$path: $!\n";
}

my @rows = results();
my %part = (scaling => scaling_table());
if (@rows) {
  check_row($_) for @rows;
  %part = (%part, flash => flash_table(65536, @rows) . "\n", small => flash_table(4096, @rows) . "\n", processor => processor_table(@rows) . "\n");
}
@rows || $part{scaling} or die "nothing has been measured: $out/results.tsv\n";
print $part{$_} // '' for qw(flash small processor scaling);
print "\n$checks", $failures ? "$failures checks do not hold\n" : "all checks hold\n";
if (defined $docs) {
  my $text = slurp("$docs/performance.md");
  replace_part(\$text, $_, $part{$_}) for keys %part;
  spill("$docs/performance.md", $text);
  spill("$docs/performance.svg", plot(@rows)) if @rows;
}
exit($failures ? 1 : 0);
