# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The libraries of the static executable (musl, zlib, libcrypto, libmtd), built from
# Debian's source packages with Debian's compiler into one folder a target:
#
#   DEPS/TARGET/bin/cc        the compiler to use: the target's flags, musl in place of glibc;
#                             beside it ar, ranlib, strip and others of the target
#   DEPS/TARGET/include, lib  headers and static libraries
#   DEPS/TARGET/components    what it was made of, one line
#   DEPS/TARGET/.key          see deps_key
#
# Sourced by build-camera. deps_build TARGET DEPS is the way in; it sets these for the rest:
target='' # the target's name
deps=''   # DEPS
root=''   # DEPS/TARGET
work=''   # where things are unpacked and built
log=''    # what the tools print
# and this is set by the caller:
deps_refresh='' # not empty: look for newer sources

deps_lib=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")

# Sets triplet, abi and fixed (compiler flags), openssl (its name of the target) and packages.
target_describe() {
  local arch
  abi=()
  fixed=()
  case $1 in
    mipsel)
      triplet=mipsel-linux-gnu openssl=linux-mips32 arch=mipsel
      # No FPU instruction at all: small cameras have no FPU, and emulating one, old kernels
      # write code to the program's stack, which then has to be executable.
      abi=(-mabi=32 -mips32r2 -msoft-float)
      # Calls by address instead of through a table; a tenth smaller.
      fixed=(-mplt -mno-shared)
      packages=(gcc-mipsel-linux-gnu linux-libc-dev-mipsel-cross)
      ;;
    armhf)
      triplet=arm-linux-gnueabihf openssl=linux-armv4 arch=armhf
      packages=(gcc-arm-linux-gnueabihf linux-libc-dev-armhf-cross)
      ;;
    x86_64)
      triplet=x86_64-linux-gnu openssl=linux-x86_64 arch=amd64
      packages=(gcc-x86-64-linux-gnu linux-libc-dev-amd64-cross)
      ;;
    *) return 1 ;;
  esac
  # The machine's own architecture needs no cross compiler.
  [ "$(dpkg --print-architecture)" != "$arch" ] || packages=(gcc linux-libc-dev)
  packages+=(make perl dpkg-dev xz-utils bzip2 patch cmake)
}

deps_say() { printf '%s\n' "$*" >&2; }

# Runs a command with its output in a file that is shown only where it fails.
deps_quietly() {
  local rc=0
  "$@" >>"$log" 2>&1 </dev/null || rc=$?
  [ "$rc" = 0 ] && return 0
  tail -n 40 "$log" >&2
  deps_say "failed ($rc): $* (all of it: $log)"
  return 1
}

# The mipsel executable needs soft-fp in addition, see deps_soft_float.
deps_source_list() {
  printf '%s\n' musl zlib openssl mtd-utils
  [ "$target" != mipsel ] || echo glibc
}

# Sources stay until --refresh: a second target, or a change of these scripts, is built
# from the same versions and without network.
deps_sources() {
  local package
  local -a only
  for package in $(deps_source_list); do
    [ -n "$deps_refresh" ] || [ ! -f "$deps/src/$package/.version" ] || continue
    debian_source_open "$deps/apt" "$deps_refresh"
    only=()
    # Of glibc one folder is used, which Debian does not patch.
    [ "$package" != glibc ] || only=(--tar-only)
    mkdir -p "$deps/src"
    debian_source_get "$package" "$deps/src/$package" "${only[@]}"
  done
}

deps_components() {
  local package name text=''
  for package in $(deps_source_list); do
    name=$package
    [ "$package" != glibc ] || name='soft-fp of glibc'
    text+="$name $(cat "$deps/src/$package/.version"), "
  done
  printf '%sgcc %s\n' "$text" "$("$triplet-gcc" -dumpfullversion)"
}

# What the libraries depend on: the sources, the compiler, and how they are built.
deps_key() {
  deps_components
  "$triplet-gcc" --version | sed -n 1p
  sha256sum <"$deps_lib/camera-deps.sh"
  # The compiler script of the folder names files by absolute path.
  printf '%s\n' "$deps"
}

deps_unpack() {
  deps_quietly dpkg-source --no-check -x "$deps/src/$1"/*.dsc "$work/$1"
  cd "$work/$1" || return
}

# The kernel's headers, from wherever this compiler has them.
deps_kernel_headers() {
  local header path
  for header in linux/version.h asm/ioctl.h asm-generic/ioctl.h mtd/mtd-abi.h; do
    path=$(printf '#include <%s>\n' "$header" | "$triplet-gcc" -E -x c - | awk -F '"' -v end="/$header" '
      !found && substr($2, length($2) - length(end) + 1) == end { print $2; found = 1 }')
    mkdir -p "$root/include/${header%%/*}"
    cp -RL "${path%/*}/." "$root/include/${header%%/*}/"
  done
}

# Start files and library order of a static musl program. Debian's crtbegin and crtend
# only serve C++ and shared objects, and are built for an FPU.
deps_compiler() {
  local tool
  mkdir -p "$root/bin"
  cat >"$root/lib/static.specs" <<EOF
*startfile:
crt1.o%s crti.o%s

*endfile:
crtn.o%s

*libgcc:
-lgcc $deps_libgcc_eh

*lib:
-lc

*link_gcc_c_sequence:
--start-group %G %L --end-group

EOF
  # The target's flags come last: OpenSSL's configuration for MIPS names an older processor.
  cat >"$root/bin/cc" <<EOF
#!/bin/sh
# $triplet-gcc for static programs on musl. Made by scripts/build-camera.
root='$root'
exec $triplet-gcc -fno-pie -no-pie -static -specs="\$root/lib/static.specs" -B"\$root/lib" \\
  -nostdinc -isystem "\$root/include" -isystem '$("$triplet-gcc" -print-file-name=include)' \\
  "-ffile-prefix-map=$work=." "-ffile-prefix-map=\$root=." \\
  "\$@" ${abi[*]} ${fixed[*]} -L"\$root/lib"
EOF
  chmod +x "$root/bin/cc"
  for tool in ar nm objcopy objdump ranlib readelf strip; do
    ln -s "$(command -v "$triplet-$tool")" "$root/bin/$tool"
  done
}

deps_musl() {
  deps_unpack musl
  # Without the flags in "fixed": its functions in MIPS assembler need their own address in
  # a register, which the linker provides only for what is marked as position independent.
  deps_quietly env CC="$triplet-gcc ${abi[*]} -fno-pie" CROSS_COMPILE="$triplet-" \
    CFLAGS="-ffunction-sections -fdata-sections -ffile-prefix-map=$work=." \
    ./configure --target="$triplet" --prefix="$root" --disable-shared --disable-wrapper
  deps_quietly make -j"$jobs"
  deps_quietly make install
}

# With -msoft-float the compiler calls functions for float and double arithmetic (musl's printf
# has some), arguments in integer registers. Debian's libgcc has functions of these
# names, but they take their arguments in FPU registers and compute there: they would link,
# and give wrong results. So this libgcc has its integer functions from Debian's, and the
# others from the same source that libgcc takes them from elsewhere, glibc's soft-fp.
deps_soft_float() {
  local name
  mkdir -p "$work/softfp" "$work/libgcc"
  cd "$work/softfp" || return
  deps_quietly tar -xf "$deps/src/glibc"/glibc_*.orig.tar.* --strip-components=1 \
    --wildcards '*/soft-fp/*.[ch]' '*/stdlib/longlong.h' '*/sysdeps/mips/mips32/sfp-machine.h'
  cp sysdeps/mips/mips32/sfp-machine.h stdlib/longlong.h soft-fp/
  for name in {add,sub,mul,div}{s,d}f3 {neg,eq,ge,le,unord}{s,d}f2 extendsfdf2 truncdfsf2 \
    {fix,fixuns}{s,d}f{s,d}i {float,floatun}{s,d}i{s,d}f; do
    printf '%s.o\n' "$name"
  done >objects
  # shellcheck disable=SC2016
  printf 'all: %s\n%%.o: soft-fp/%%.c\n\t$(CC) $(CFLAGS) -c -o $@ $<\n' "$(tr '\n' ' ' <objects)" >Makefile
  # What the rest of that library would tell its sources.
  cat >soft-fp/target.h <<'EOF'
#define __LITTLE_ENDIAN 1234
#define __BIG_ENDIAN 4321
#define __BYTE_ORDER __LITTLE_ENDIAN
#define strong_alias(name, other) extern __typeof(name) other __attribute__((__alias__(#name)))
EOF
  deps_quietly make -j"$jobs" CC="$root/bin/cc" \
    CFLAGS="-Os -ffunction-sections -Isoft-fp -include soft-fp/target.h"
  cd "$work/libgcc" || return
  "$triplet-ar" x "$("$triplet-gcc" -print-libgcc-file-name)"
  # The FPU variant that these objects are marked with says nothing about integer functions,
  # and would be taken for the whole executable's.
  find . -name '_*[ds]i[2-4].o' ! -name '_*fract*' ! -name '_fix*' -o -name '_popcount_tab.o' -o -name '_clz.o' |
    sort >members
  xargs -n 1 "$triplet-objcopy" -R .gnu.attributes -R .MIPS.abiflags <members
  # shellcheck disable=SC2046
  "$triplet-ar" rcD "$root/lib/libgcc.a" $(cat members) $(sed "s,^,$work/softfp/," "$work/softfp/objects")
}

deps_cflags="-Os -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables -fno-unwind-tables -fstack-protector-strong"

deps_zlib() {
  deps_unpack zlib
  deps_quietly env CC="$root/bin/cc" AR="$triplet-ar" RANLIB="$triplet-ranlib" \
    CFLAGS="$deps_cflags" uname=Linux ./configure --static --prefix="$root"
  deps_quietly make -j"$jobs" libz.a
  cp libz.a "$root/lib/"
  cp zlib.h zconf.h "$root/include/"
}

# Everything that this version of OpenSSL can leave out, but for what is used: SHA-2 (cannot
# be left out; its own functions count as deprecated), MD5, BLAKE2 and Ed25519, which belongs to
# "ec" or "ecx".
# "bulk" is no feature but a group with most of the others in it.
deps_openssl_options() {
  sed -n '/^my @disablables = (/,/^ *);/p' "$1" | tr ',' '\n' | sed -n 's/.*"\(.*\)".*/\1/p' |
    grep -vxE 'asm|autoalginit|blake2|bulk|cached-fetch|deprecated|ec|ecx|md5|posix-io|sse2|stdio' |
    sed 's/^/no-/'
}

deps_openssl_kept='(sha|shake|keccak|md5)[a-z0-9_]*|blake2[bs][0-9]+|nullmd|ed25519_(signature|keymgmt)'

# What cannot be configured away (RSA, AES, key derivation, random numbers, encoders) would be
# linked all the same, a quarter of the executable, because the tables of the providers name
# it. So the providers get empty entries for all but the digests and Ed25519: fetching
# anything else fails as it does where OpenSSL is configured without it. Weak, so that a
# real one that is linked for another reason wins.
deps_openssl_reduce() {
  local archive=$1 members
  mkdir -p reduced
  cp "$archive" reduced/
  cd reduced || return
  members=$("$triplet-nm" -A "$archive" 2>/dev/null |
    sed -n -E 's/^[^:]*:([^:]*):.* T ossl_(default|base)_provider_init$/\1/p' | sort -u)
  # shellcheck disable=SC2086
  "$triplet-ar" x "$archive" $members
  # shellcheck disable=SC2086
  "$triplet-nm" -u $members | grep -oE 'ossl_[A-Za-z0-9_]+_functions$' | sort -u |
    grep -vxE "ossl_($deps_openssl_kept)_functions" |
    sed 's/.*/const struct { int id; void (*function)(void); } &[1] __attribute__((weak));/' >empty.c
  # shellcheck disable=SC2086
  "$root/bin/cc" $deps_cflags -c empty.c
  # shellcheck disable=SC2086
  "$triplet-ld" -r -o providers.o $members empty.o
  # shellcheck disable=SC2086
  "$triplet-ar" dD "$archive" $members
  "$triplet-ar" rcD "$archive" providers.o
  cd .. || return
  cp "reduced/$archive" "$archive"
}

deps_openssl() {
  local -a options
  deps_unpack openssl
  mapfile -t options < <(deps_openssl_options Configure)
  if [ "${#options[@]}" = 0 ]; then
    deps_say "this version of OpenSSL does not list what can be left out where it is looked for"
    return 1
  fi
  deps_quietly env CC=cc PATH="$root/bin:$PATH" AR="$triplet-ar" RANLIB="$triplet-ranlib" \
    ./Configure "$openssl" "${options[@]}" --with-rand-seed=none \
    --prefix=/ --openssldir=/etc/ssl --libdir=lib "$deps_cflags"
  # The compiler is called by a name without a path, because libcrypto keeps the command line as text.
  deps_quietly env PATH="$root/bin:$PATH" make -j"$jobs" build_generated
  deps_quietly env PATH="$root/bin:$PATH" make -j"$jobs" libcrypto.a
  if grep -E 'define +OPENSSL_NO_(BLAKE2|EC|ECX|MD5)$' include/openssl/configuration.h >&2; then
    deps_say "this version of OpenSSL left out what is needed"
    return 1
  fi
  deps_openssl_reduce libcrypto.a
  cp libcrypto.a "$root/lib/"
  mkdir -p "$root/include/openssl"
  cp include/openssl/*.h "$root/include/openssl/"
}

# Two files: the build system of mtd-utils wants libraries for all its tools.
deps_mtd_utils() {
  local name
  deps_unpack mtd-utils
  for name in libmtd libmtd_legacy; do
    # shellcheck disable=SC2086
    deps_quietly "$root/bin/cc" $deps_cflags -D_GNU_SOURCE -DVERSION='""' -Iinclude -Ilib -c -o "$name.o" "lib/$name.c"
  done
  "$triplet-ar" rcD "$root/lib/libmtd.a" libmtd.o libmtd_legacy.o
  cp include/libmtd.h "$root/include/"
}

deps_part() {
  local title=$1 started=$SECONDS
  shift
  # A subshell: the parts change directory. Not in a condition, so that set -e holds inside.
  ("$@")
  deps_say "$(printf '  %-38s %3d s' "$title" $((SECONDS - started)))"
}

deps_version() { printf '%s %s' "$1" "$(cat "$deps/src/$1/.version")"; }

deps_build_all() {
  local jobs
  # libcrypto keeps the date of its build.
  export SOURCE_DATE_EPOCH=0
  jobs=$(nproc)
  mkdir -p "$root/lib" "$work"
  deps_compiler
  deps_part "$(deps_version musl)" deps_musl
  deps_kernel_headers
  [ "$target" != mipsel ] ||
    deps_part "soft-fp of $(deps_version glibc)" deps_soft_float
  deps_part "$(deps_version zlib)" deps_zlib
  deps_part "$(deps_version mtd-utils)" deps_mtd_utils
  deps_part "$(deps_version openssl)" deps_openssl
}

deps_build() {
  local key
  target=$1 deps=$2 root=$2/$1 work=$2/work-$1 log=$2/work-$1/build.log
  deps_sources
  key=$(deps_key)
  [ "$(cat "$root/.key" 2>/dev/null)" != "$key" ] || return 0
  deps_say "building the libraries for $target"
  rm -rf "$root" "$work"
  deps_libgcc_eh=-lgcc_eh
  # See deps_soft_float: that libgcc is the only one.
  [ "$target" != mipsel ] || deps_libgcc_eh=
  deps_build_all
  deps_components >"$root/components"
  printf '%s\n' "$key" >"$root/.key"
  rm -rf "$work"
}
