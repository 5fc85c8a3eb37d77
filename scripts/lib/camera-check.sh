# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What must hold of the finished executable. Sourced by build-camera.
#
#   camera_check FILE TARGET TRIPLET    prints what it found; fails where something does not hold

camera_check_limit=2000000 # bytes

camera_check_failed=

# camera_check_that WHAT COMMAND...: one property, one line where it does not hold.
camera_check_that() {
  local what=$1
  shift
  "$@" >/dev/null && return 0
  printf 'does not hold: %s\n' "$what" >&2
  camera_check_failed=yes
}

camera_check_has() { grep -qE -e "$1" <<<"$2"; }
camera_check_lacks() { ! grep -qE -e "$1" <<<"$2"; }

# Loads, stores and moves of FPU registers, branches on FPU flags, arithmetic in all
# FPU formats: every instruction that needs an FPU. (Not cache.., and trunc.w.s and others by their last part.)
camera_check_fpu() {
  "$1-objdump" -d --no-show-raw-insn "$2" | awk '
    $2 ~ /^([ls][wdu]x?c1|[ls]uxc1|c1|m[tf]h?c1|dm[tf]c1|c[tf]c1|bc1[tf]l?|mov[tf]|.*\.(s|d|ps|w|l))$/ { n++; if (n <= 5) print }
    END { if (n) printf "%d instructions\n", n; exit n > 0 || NR < 1000 }' >&2
}

camera_check_static() {
  camera_check_that 'an executable at a fixed address' camera_check_has 'Type: +EXEC' "$elf"
  camera_check_that 'static: no interpreter' camera_check_lacks 'INTERP' "$elf"
  camera_check_that 'static: nothing dynamic' camera_check_lacks '^ +DYNAMIC ' "$elf"
  camera_check_that 'stripped' camera_check_lacks '[.](symtab|debug_info|comment)' "$elf"
  camera_check_that 'the stack is not executable' camera_check_has 'GNU_STACK .* RW +0x' "$elf"
  camera_check_that 'no page is writable and executable' camera_check_lacks 'LOAD .* RWE ' "$elf"
  camera_check_that "at most $camera_check_limit bytes" test "$size" -le "$camera_check_limit"
}

camera_check_mipsel() {
  camera_check_that '32 bits' camera_check_has 'Class: +ELF32' "$elf"
  camera_check_that 'little endian' camera_check_has 'Data: .*little endian' "$elf"
  camera_check_that 'MIPS' camera_check_has 'Machine: +MIPS' "$elf"
  camera_check_that 'o32, MIPS32r2' camera_check_has 'Flags: .*o32, mips32r2' "$elf"
  camera_check_that 'no PIC' camera_check_lacks 'Flags:.*, pic' "$elf"
  camera_check_that 'MIPS32r2' camera_check_has 'ISA: MIPS32r2$' "$arch"
  camera_check_that 'soft float' camera_check_has 'FP ABI: Soft float' "$arch"
  camera_check_that 'no FPU instruction' camera_check_fpu "$triplet" "$file"
}

camera_check_armhf() {
  camera_check_that '32 bits' camera_check_has 'Class: +ELF32' "$elf"
  camera_check_that 'ARM' camera_check_has 'Machine: +ARM' "$elf"
}

camera_check_x86_64() {
  camera_check_that 'x86-64' camera_check_has 'Machine: .*X86-64' "$elf"
}

camera_check() {
  local file=$1 target=$2 triplet=$3 elf arch size
  elf=$(LC_ALL=C "$triplet-readelf" -W -h -l -S "$file")
  arch=$(LC_ALL=C "$triplet-readelf" -A "$file")
  size=$(stat -c %s "$file")
  camera_check_static
  "camera_check_$target"
  [ -z "$camera_check_failed" ]
}
