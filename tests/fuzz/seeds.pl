# SPDX-License-Identifier: GPL-3.0-or-later
# The contents of the seeds; make-seeds runs this.
use strict;
use warnings;
use Compress::Zlib qw(crc32);
use MIME::Base64 qw(encode_base64);

my ($top, $work) = @ARGV;

sub slurp {
    open my $in, '<:raw', "$work/$_[0]" or die "$work/$_[0]: $!\n";
    local $/;
    return scalar <$in>;
}

sub seed {
    my ($target, $name, $bytes) = @_;
    mkdir "$top/$target";
    open my $out, '>:raw', "$top/$target/$name" or die "$top/$target/$name: $!\n";
    print $out $bytes;
    close $out or die "$top/$target/$name: $!\n";
}

# Noise that is the same everywhere: perl's rand is not.
my $state = 1;
sub noise {
    my $out = '';
    for (1 .. $_[0]) {
        $state = ($state * 1103515245 + 12345) % 2147483648;
        $out .= chr($state >> 16 & 255);
    }
    return $out;
}

sub base64 { return encode_base64($_[0], "") }

# --- formats --------------------------------------------------------------------------------------

# The parts of a uImage: data, then what differs from a T20 kernel.
sub uimage {
    my ($data, %o) = @_;
    my $head = pack 'NNNNNNNCCCCa32', 0x27051956, 0, 0, $o{size} // length $data,
      $o{load} // 0x80010000, $o{entry} // 0x80400000, $o{crc} // crc32($data), 5, 5, $o{type} // 2,
      $o{compression} // 3, $o{name} // 'Linux-3.10.14__isvp_turkey_1.0__';
    substr $head, 4, 4, pack 'N', crc32($head) ^ ($o{bad} ? 1 : 0);
    return $head . $data;
}

sub demo { return uimage($_[0], type => 5, load => 0, entry => 0, compression => 0, name => 'fw') }

sub squashfs {
    my ($used, %o) = @_;
    my $log = $o{log} // 17;
    my $head = pack 'a4VVVVvvvvvv', 'hsqs', 12, 1514764800, 1 << $log, 1, $o{compression} // 4, $log,
      0xc0, 1, $o{major} // 4, 0;
    return $head . pack('Q<Q<', 0, $used) . noise(96 - 48);
}

sub env {
    my ($size, @text) = @_;
    my $body = join '', map { "$_\0" } @text;
    $body .= "\0" x ($size - 4 - length $body);
    return pack('V', crc32($body)) . $body;
}

sub jffs2 {
    my $head = pack 'vvV', 0x1985, 0x2003, 12;
    return $head . pack 'V', jffs2_crc($head);
}

# The kernel's CRC-32 begins at 0 and is not inverted.
sub jffs2_crc {
    my $crc = 0;
    for my $byte (unpack 'C*', $_[0]) {
        $crc ^= $byte;
        $crc = $crc & 1 ? $crc >> 1 ^ 0xedb88320 : $crc >> 1 for 1 .. 8;
    }
    return $crc;
}

sub crc7 {
    my $crc = 0;
    for my $byte (unpack 'C*', $_[0]) {
        $crc ^= $byte;
        $crc = ($crc & 0x80 ? $crc << 1 ^ 0x12 : $crc << 1) & 255 for 1 .. 8;
    }
    return $crc >> 1;
}

# A boot block: header, then the body that its checksum covers, then what follows.
sub boot {
    my ($body, $rest, %o) = @_;
    my $head = pack('H*', '060504030255aa55aa') . chr($o{crc} // crc7($body));
    $head .= "\0\0" . pack 'V', $o{length} // 2048 + length $body;
    $head .= "\0" x (0x100 - length $head) . ($o{inge} ? "INGE" : "\0" x 4);
    $head .= "\0" x (0x200 - length $head) . ($o{signature} ? noise(64) : '');
    return $head . "\0" x (2048 - length $head) . $body . $rest;
}

# RFC 1952 with blocks of any kind that zlib makes.
sub gzip { return Compress::Zlib::memGzip($_[0]) =~ s/^(.{9})./$1\x03/sr }

# --- seeds ----------------------------------------------------------------------------------------

my $bootargs = 'bootargs=console=ttyS1,115200n8 mem=104M@0x0 ispmem=8M@0x6800000 '
  . 'rmem=16M@0x7000000 init=/linuxrc rootfstype=squashfs root=/dev/mtdblock2 rw '
  . 'mtdparts=jz_sfc:256k(boot),2048k(kernel),3392k(root),640k(driver)';

sub boot_seeds {
    my %seed = (
        t20 => boot(noise(96), "U-Boot SPL\0T20 SPL\0$bootargs\0bootcmd=sf probe\0"),
        t20x => boot(noise(512), "T20X SPL\0Dafang 128MB (Ingenic XBurst T20 SoC)\0"),
        t31 => boot(noise(100) . "\xff" x 28, "isvp_swan\0T31_0x5\0mem=64M\0"),
        't31-near' => boot(noise(64) . "\0" x 40, 'ingenic,t31', crc => 0),
        t40 => boot(noise(64), "console=ttyS1 mem=128M", inge => 1),
        signed => boot(noise(64), 'Ingenic XBurst T23', signature => 1),
        'length-zero' => boot(noise(64), '', length => 0),
        'length-behind' => boot(noise(64), '', length => 0x8001),
        'length-most' => boot(noise(64), '', length => 0xffffffff),
        'text-at-end' => boot(noise(8), 'Wyze 12'),
        'text-board' => boot(noise(8), 'Xiaofang 9999MB'),
        'text-cut' => boot(noise(8), 'Ingenic XBurst T'),
        'text-long' => boot(noise(8), 'mtdparts=' . 'a' x 600),
        header => substr(boot('', ''), 0, 2048),
        short => substr(boot('', ''), 0, 64),
        ram => 'mem=42M@0x0 rmem=22M@0x2a00000 ispmem=0 mem=',
        blank => "\xff" x 2100,
    );
    # Near: the checksum is that of the body without its padding.
    substr $seed{'t31-near'}, 9, 1, chr crc7(substr $seed{'t31-near'}, 2048, 64 + 20);
    seed('boot', $_, $seed{$_}) for keys %seed;
}

sub uimage_seeds {
    my %seed = (
        kernel => uimage(''),
        demo => demo(''),
        bad => uimage('', bad => 1),
        'name-full' => uimage('', name => 'n' x 32),
        'name-control' => uimage('', name => "a\x1b[2Jb\xff\n"),
        'size-most' => uimage('', size => 0xffffffff),
        unknown => uimage('', compression => 200, type => 99),
        blank => "\xff" x 64,
    );
    seed('uimage', $_, $seed{$_}) for keys %seed;
}

sub squashfs_seeds {
    my %seed = (
        xz => squashfs(0x300000),
        gzip => squashfs(4096, compression => 1, log => 20),
        unknown => squashfs(96, compression => 77, log => 12),
        'used-least' => squashfs(95),
        'used-most' => squashfs(~0),
        'block-small' => squashfs(96, log => 11),
        'block-big' => squashfs(96, log => 21),
        old => squashfs(96, major => 3),
        jffs2 => jffs2() . "\xff" x 20,
        flag => "FWGRADEUP=1\n" . "\0" x 84,
        'flag-cut' => 'FWGRADEUP',
    );
    seed('squashfs', $_, $seed{$_}) for keys %seed;
}

sub env_seeds {
    my @text = ('bootcmd=sf probe;sf read 0x80600000 0x40000 0x200000', 'bootdelay=1',
        'mtdparts=mtdparts=jz_sfc:256k(boot),-(rest)', 'ethaddr=00:11:22:33:44:55');
    my %seed = (
        found => "\x40bootdelay\0" . env(512, @text),
        last => "\xffethaddr\0" . env(512, @text),
        cut => "\x04bootcmd\0" . env(512, @text),
        missing => "\x40wanted\0" . env(256, @text),
        'no-name' => "\x40\0" . env(64, '=value', 'a='),
        'no-value' => "\x01a\0" . env(64, 'ab=1', 'a='),
        empty => "\x40a\0" . env(64),
        'no-end' => "\x40a\0" . env(12, 'b=1', 'a=2'),
        small => "\x40a\0\1\2\3\4",
        least => "\x40a\0\1\2\3\4a",
    );
    seed('env', $_, $seed{$_}) for keys %seed;
}

sub piece {
    my ($kind, $slice, $within, $bytes) = @_;
    return pack('CCvv', $kind, $slice, $within, length $bytes) . $bytes;
}

sub inspect_seeds {
    my $boot = boot(noise(300), "T20 SPL\0$bootargs\0");
    my $kernel = uimage(noise(200));
    my $big = uimage('', size => 0x18000, crc => 0);
    my $small = uimage(noise(20), type => 5);
    # Between, size in 256 bytes, how it is fed.
    my $s64k = pack 'CvC', 255, 0x100, 1;
    my $s256k = pack 'CvC', 255, 0x420, 2;
    my $whole = pack 'CvC', 255, 0x680, 0x83;
    my %seed = (
        boot => $s64k . piece(0, 0, 0, $boot),
        'boot-short' => pack('CvC', 0, 0x0b, 0) . piece(0, 0, 0, $boot),
        'boot-kernel' => $s256k . piece(0, 0, 0, $boot) . piece(0, 8, 0, $kernel),
        'boot-large' => $whole . piece(0, 0, 0, $boot) . piece(1, 3, 0, uimage('', size => 0x40000))
          . piece(1, 10, 0, $small),
        kernel => $s64k . piece(0, 0, 0, $kernel),
        'kernel-bad' => $s64k . piece(0, 0, 0, uimage(noise(200), crc => 1)),
        'kernel-header' => $s64k . piece(0, 0, 0, uimage(noise(200), bad => 1)),
        'kernel-cut' => $s64k . piece(0, 1, 0, uimage('', size => 0x10000)),
        'kernel-slices' => pack('CvC', 0, 0x200, 0x80)
          . piece(2, 0, 0, $big) . piece(4, 4, 0, jffs2()),
        'kernel-none' => $s64k . piece(0, 0, 0, uimage('')),
        squashfs => $s64k . piece(0, 0, 0, squashfs(0x8001)) . piece(0, 1, 0, 'data'),
        'squashfs-cut' => $s64k . piece(0, 1, 0, squashfs(0x300000)),
        env => $s64k . piece(3 + 6, 0, 0, env(64, 'bootcmd=boot', 'mtdparts=x:1k(a)')),
        'env-small' => pack('CvC', 0, 0x100, 0x81) . piece(3, 1, 0, env(64, 'bootcmd=' . 'b' x 40)),
        jffs2 => pack('CvC', 0x11, 0x180, 0x80) . piece(4, 0, 0, jffs2()) . piece(4, 2, 0, jffs2()),
        flag => $s64k . piece(0, 1, 0, "FWGRADEUP=1\n"),
        behind => $whole . piece(0, 12, 0, $kernel) . piece(5, 13, 0, squashfs(0x9000)),
        # A size that adds up to more than 64 bits.
        'squashfs-wrap' => $s64k . piece(0, 1, 0, squashfs(~0)),
        'squashfs-wrap-0' => $s64k . piece(0, 1, 0, squashfs(~0 - 0x7fff)),
    );
    # Large ones have a sum of 0, by a piece of nothing at the end.
    for (keys %seed) {
        my $small = unpack('x v', $seed{$_}) * 256 < 0x18000;
        $seed{$_} .= "\0" . chr(($small - unpack '%32C*', $seed{$_}) % 32);
        seed('inspect', $_, $seed{$_});
    }
}

sub merge_seeds {
    # Items: kind, space in front, length less 1; the erase size is that of slices.
    my $items = join '', map { pack 'Cvv', @$_ } [0, 0, 63], [2, 0, 300], [3, 3, 100], [4, 0, 30];
    my $other = join '', map { pack 'Cvv', @$_ } [2, 64, 200], [3, 0, 200], [7, 0, 10];
    my $run = sub { pack('CCC', 1, 63, length $_[0]) . "$_[0]$items\xff$other" };
    my %seed = (
        flash => $run->(chr 0),
        image => $run->(chr 1),
        both => $run->(chr 2),
        none => $run->(chr 3),
        part => $run->("\0" x 8 . "\1" x 40),
        mixed => $run->("\0\1\2\3"),
        'cut-off' => pack('CCC', 1, 31, 1) . "\1" . pack('Cvv', 0x42, 8, 9) . "\xff"
          . pack('Cvv', 0x43, 16, 9),
        boot => pack('CCC', 1, 31, 9) . "\1" . "\0" x 8 . pack('Cvv', 0, 0, 63) . "\xff"
          . pack('Cvv', 0, 0, 63),
    );
    seed('merge', $_, $seed{$_}) for keys %seed;
}

sub gzip_seeds {
    my $text = join '', map { "$_ bottles\n" } 1 .. 400;
    # Mode, hold, failing read, how many reads; the reads.
    my $plain = pack 'CvCC', 0, 0, 0, 0;
    my $back = pack 'CvCCvvvvvvvv', 0, 100, 0, 4, 3000, 200, 1000, 300, 0, 80, 90, 20;
    my $fail = pack 'CvCCvvvv', 0, 64, 5, 2, 0, 3000, 0, 3000;
    my $good = gzip($text);
    my %seed = (
        text => $plain . $good,
        backwards => $back . $good,
        fails => $fail . gzip(noise(3000)),
        'held-all' => pack('CvCCvvvv', 0, 16383, 0, 2, 0, 5000, 0, 5000) . $good,
        noise => $back . gzip(noise(3500)),
        cut => $back . substr($good, 0, length($good) - 5) . "\0" x 4,
        padded => $back . $good . "\0" x 40,
        'padded-right' => $back . $good . "\0" x 36 . pack('V', length $text),
        twice => $back . $good . $good,
        checksum => $back . substr($good, 0, -8) . "\1\2\3\4" . substr($good, -4),
        'size-more' => $back . substr($good, 0, -4) . pack('V', length($text) + 1),
        'size-less' => $back . substr($good, 0, -4) . pack('V', length($text) - 1),
        'size-most' => $back . substr($good, 0, -4) . "\xff" x 4,
        empty => $plain . gzip(''),
        packs => pack('CvCCvvvv', 1, 20, 0, 2, 100, 100, 10, 400) . $text,
        'packs-fail' => pack('CvCCvvvv', 1, 20, 3, 2, 100, 100, 10, 400) . noise(600),
        # The read that fails is one in the middle of the file, and of what is asked for.
        'long-fails' => pack('CvCCvvvvvv', 3, 64, 5, 3, 10000, 30000, 10000, 100, 0, 100)
          . noise(251),
        long => pack('CvCCvvvvvv', 3, 20000, 0, 3, 30000, 200, 15000, 10000, 0, 19000) . noise(17),
        'not' => $plain . noise(100),
    );
    seed('gzip', $_, $seed{$_}) for keys %seed;
}

sub demo_seeds {
    # Mode, failing read, flash offset, length.
    my $at = sub { pack "CCvCv", $_[0], $_[2] // 0, $_[1] & 0xffff, $_[1] >> 16, 256 };
    my $demo = demo(noise(500));
    my %seed = (
        demo => $at->(0, 0x3fff0) . $demo,
        raw => $at->(0, 0x10) . noise(300),
        tiny => $at->(0, 0) . 'x',
        kernel => $at->(0, 0) . uimage(noise(100)),
        'demo-packed' => $at->(1, 0x40000) . $demo,
        'demo-gzip' => $at->(0, 0x40000) . gzip($demo),
        'demo-repaired' => $at->(2, 0x40010) . uimage(noise(64), type => 5, load => 0, entry => 0,
            compression => 0, bad => 1),
        'demo-header' => $at->(0, 0) . uimage(noise(64), type => 5, load => 0, entry => 0,
            compression => 0, bad => 1),
        'demo-data' => $at->(0, 0) . substr($demo, 0, -1) . 'x',
        'demo-cut' => $at->(0, 0) . substr($demo, 0, -1),
        'demo-none' => $at->(0, 0) . demo(''),
        'demo-fails' => $at->(4, 0x40000, 2) . $demo,
        part => $at->(8, 0x40000) . noise(400),
        'part-big' => $at->(8, 0) . noise(600),
        packed => $at->(1, 0) . noise(300),
        # The read that tells gzip fails, and no other one.
        'packed-unseen' => pack('CCvCv', 5, 1, 0, 0, 256) . noise(300),
        'packed-fails' => $at->(5, 0, 4) . noise(300),
        # gzip of nothing, and a header that the end of the file cuts.
        nothing => $at->(1, 0),
        'demo-short' => $at->(0, 0) . substr(demo(''), 0, 40),
    );
    seed('demo', $_, $seed{$_}) for keys %seed;
}

sub sidecar_seeds {
    my $hex = unpack 'H*', noise(32);
    my $md5 = unpack 'H*', noise(16);
    my $wide = "\xff\xfe" . join '', map { "$_\0" } split //, "$hex  a.bin\r\n";
    my %seed = (
        gnu => "\0a.bin\0$hex  a.bin\n",
        binary => "\0a.bin\0$hex *a.bin\r\n",
        folder => "\0a.bin\0$hex  ./out/a.bin\n",
        escaped => "\0a.bin\0\\$hex  out\\\\a.bin\n",
        bsd => "\0a.bin\0SHA256 (a.bin) = $hex\n",
        bare => "\0a.bin\0$hex",
        upper => "\0a.bin\0" . uc $hex,
        bom => "\0a.bin\0\xef\xbb\xbf$hex  a.bin",
        utf16 => "\0a.bin\0$wide",
        comment => "\0a.bin\0# release\n\n$hex  a.bin  \n",
        other => "\0a.bin\0$hex  b.bin\n",
        several => "\0a.bin\0$hex  b.bin\n$hex  a.bin\n$hex  c.bin\n",
        'other-two' => "\0a.bin\0$hex  b.bin\n$hex  c.bin\n",
        md5 => "\1a.bin\0$md5  a.bin\n",
        short => "\0a.bin\0$md5  a.bin\n",
        html => "\0a.bin\0<!DOCTYPE html>\n",
        parentheses => "\0a.bin\0$hex  a (1) = b\n",
        empty => "\0a.bin\0",
    );
    seed('sidecar', $_, $seed{$_}) for keys %seed;
}

my $comment = "untrusted comment: fuzz\n";

sub pubkey_seeds {
    my $key = base64('Eduniflash' . slurp('public'));
    my %seed = (
        minisign => "$comment$key\n",
        bare => $key,
        windows => "untrusted comment: fuzz\r\n$key\r\n",
        algorithm => base64('EDuniflash' . slurp('public')),
        short => base64('Eduniflash'),
        long => "$key$key",
        comment => 'untrusted comment: ',
        # What libcrypto skips, at the beginning and at the end.
        'space-before' => '    ' . substr($key, 0, 52),
        'space-behind' => $comment . substr($key, 0, 52) . "    \n",
        'end-behind' => substr($key, 0, 48) . '--------',
        padded => substr($key, 0, 55) . '=',
    );
    seed('pubkey', $_, $seed{$_}) for keys %seed;
}

sub signature_seeds {
    my $line = base64('Eduniflash' . slurp('signature'));
    my $hashed = base64('EDuniflash' . slurp('signature'));
    my $trusted = "trusted comment: made by make-seeds\n";
    my $global = base64(slurp('global'));
    my $wrong = base64('Edunknown!' . slurp('signature'));
    my %seed = (
        signify => "$comment$line\n",
        minisign => "$comment$hashed\n$trusted$global\n",
        bare => $line,
        windows => "untrusted comment: x\r\n$line\r\n"
          . "trusted comment: made by make-seeds\r\n$global\r\n",
        'other-key' => "$comment$wrong\n",
        changed => "$comment" . base64('Eduniflash' . noise(64)) . "\n",
        'comment-changed' => "$comment$line\ntrusted comment: made by somebody\n$global\n",
        'comment-alone' => "$comment$line\n$trusted",
        'comment-most' => "$comment$line\ntrusted comment: " . 'c' x 1023 . "\n$global\n",
        'comment-long' => "$comment$line\ntrusted comment: " . 'c' x 1024 . "\n$global\n",
        'comment-missing' => "$comment$line\n$global\n",
        'global-short' => "$comment$line\n$trusted" . substr($global, 4) . "\n",
        # What libcrypto skips.
        'space-before' => $comment . '    ' . substr($line, 0, 95) . "=\n",
        'space-behind' => $comment . substr($line, 0, 96) . "    \n",
    );
    seed('signature', $_, $seed{$_}) for keys %seed;
}

sub layout_seeds {
    my $known = "# comment\n#: title = Title\n#: devices = Camera\n#: soc = T20\n"
      . "#: erase_size = 0x8000\n";
    my $rows = "00000000:0003ffff boot\n00040000:0023ffff kernel\n00240000:00ffffff data\n";
    my %seed = (
        plain => $rows,
        known => "$known#: boot role=boot content=raw\n"
          . "#: data role=data content=jffs2 keep=device\n$rows",
        windows => "$known$rows" =~ s/\n/\r\n/gr,
        behind => "$rows#: kernel role=kernel content=uimage\n",
        order => "0x40:0x7f b\n0:3f a # comment\n",
        overlap => "0:ff a\n0:7f b\n80:ff c\n",
        gap => "0:f a\n20:2f b",
        role => "0:f a\n#: a role=none\n",
        note => "0:f a\n#: b role=boot\n",
        setting => "0:f a\n#: title = late\n",
        erase => "#: erase_size = 3\n0:f a\n",
        twice => "0:f a\n10:1f a\n",
        bounds => "f:0 a\n",
        far => "0:7ffffffffffffff a\n800000000000000:ffffffffffffffe b\n",
        name => '0:f ' . 'n' x 63 . "\n#: " . 'n' x 63 . " role=env\n",
        'name-long' => '0:f ' . 'n' x 64 . "\n",
        full => join('', map { sprintf "%x:%x p%d\n", $_ * 16, $_ * 16 + 15, $_ } 0 .. 63),
        more => join('', map { sprintf "%x:%x p%d\n", $_ * 16, $_ * 16 + 15, $_ } 0 .. 64),
        empty => "# nothing\n",
    );
    seed('layout', $_, $seed{$_}) for keys %seed;
}

sub mtdparts_seeds {
    my $size = pack 'V', 16 << 20;
    my $text = 'jz_sfc:256k(boot),2048k(kernel),3392k(root)ro,-(data)';
    my %seed = (
        plain => $size . $text,
        cmdline => "${size}console=ttyS1,115200n8 mem=42M mtdparts=$text rw",
        unknown => "\0\0\0\0$text",
        all => "${size}jz_sfc:256k(boot),64k(env),3m(k),-(rootfs),16m\@0(all),13m\@0x50000(upgrade)",
        two => "$size$text;spi1:1m(a),1m(b)",
        end => "${size}a:1m(b);",
        colons => "${size}spi0:1.0:1m\@0x100(a)lkro,010(b)",
        unnamed => "${size}a:1m,2M,3g,()",
        suffixes => "${size}a:1k,1m,1g,1t,1p,1e",
        big => "${size}a:8191p(b),0x7fffffffffffffff(c)",
        zero => "${size}a:0(b)",
        rest => "${size}a:-(b),1m\@0(c),-(d)",
        behind => "${size}a:16m(b),-(c)",
        gap => "${size}a:1m\@1m(b),1m\@8m(c)",
        'no-id' => "${size}1m(b)",
        'no-name' => "${size}a:1m(b",
        'name-long' => "${size}a:1m(" . 'n' x 64 . ')',
        full => "${size}a:" . join(',', map { "1k(p$_)" } 0 .. 63),
        more => "${size}a:" . join(',', map { "1k(p$_)" } 0 .. 64),
    );
    seed('mtdparts', $_, $seed{$_}) for keys %seed;
}

sub proc_mtd_seeds {
    my $head = "dev:    size   erasesize  name\n";
    my $rows = "mtd0: 00040000 00008000 \"boot\"\nmtd1: 00200000 00008000 \"kernel\"\n"
      . "mtd2: 00dc0000 00008000 \"data\"\n";
    my $cmdline = 'console=ttyS1 mtdparts=jz_sfc:256k(boot),2048k(kernel),-(data)';
    my $places = "\x09\0\0\0\1\x09\x40\0\0\1\x09\x40\2\0\1";
    my $many = join '', map { sprintf "mtd%d: 00010000 00010000 \"p%d\"\n", $_, $_ } 0 .. 127;
    my %seed = (
        order => "$head$rows\0",
        cmdline => "$head$rows\0$cmdline\0",
        sysfs => "$head$rows\0\0$places",
        both => "$head$rows\0$cmdline\0$places",
        differs => "$head$rows\0mtdparts=a:128k(boot),2048k(kernel)\0$places",
        bad => "$head$rows\0mtdparts=a:x\0",
        all => "$head${rows}mtd3: 01000000 00008000 \"all\"\n\0\0$places\x01\0\0",
        'all-alone' => "${head}mtd0: 01000000 00008000 \"all\"\n\0",
        parent => "$head${rows}mtd3: 01000000 00008000 \"flash\"\n\0\0\3\0\0\3\3\x40\0\3\3\x40\2\3\0",
        other => "$head${rows}mtd3: 01000000 00008000 \"card\"\n\0\0$places\4",
        empty => "$head${rows}mtd3: 00000000 00008000 \"behind\"\n\0",
        erase => "${head}mtd0: 00040000 00000003 \"boot\"\n\0",
        quotes => "${head}mtd0: 00040000 00008000 \"a \"b\" c\"\r\n\0",
        twice => "${head}mtd1: 1 100 \"a\"\nmtd1: 1 100 \"b\"\n\0",
        line => "${head}mtd0: 00040000 boot\n\0",
        none => "$head\0",
        many => "$head$many\0",
        more => "$head${many}mtd128: 1 1 \"one\"\n\0",
        # Sizes that add up to more than 64 bits.
        wrap => $head . join('', map { "mtd$_: fffffffffffffff 100 \"p$_\"\n" } 0 .. 16) . "\0",
        'wrap-sysfs' => "$head$rows\0\0\x11\0\0\x11\xff\xff\x11\0\1",
    );
    seed('proc_mtd', $_, $seed{$_}) for keys %seed;
}

boot_seeds();
uimage_seeds();
squashfs_seeds();
env_seeds();
inspect_seeds();
merge_seeds();
gzip_seeds();
demo_seeds();
sidecar_seeds();
pubkey_seeds();
signature_seeds();
layout_seeds();
mtdparts_seeds();
proc_mtd_seeds();
