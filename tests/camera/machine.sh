# What an emulated camera is made of: card, initramfs, kernel command line, QEMU's options.
# Sourced by run after lib.sh; the variables that are set nowhere here are run's.
# shellcheck shell=bash disable=SC2154

# malta has this much memory below its devices; what is more lies elsewhere, unused by the kernel, and is the flash.
readonly MALTA_LOW_MEMORY=$((256 * MIB))
readonly MALTA_FLASH_ADDRESS=$((0x90000000))
# QEMU's boot monitor cuts a longer command line, and needs some of it itself.
readonly MALTA_COMMAND_LINE=255
readonly MALTA_INITRD_ARGUMENTS=45
readonly AST2600_MEMORY=$((256 * MIB))
readonly AST2600_RAM=$((0x80000000))
readonly AST2600_INITRD=$((0x88000000))
readonly INITRD_PIECE=$((8 * MIB))
# What Debian's kernels, far larger than a camera's, take of the memory for themselves.
readonly MALTA_KERNEL_MEMORY=$((17 * MIB))
readonly AST2600_KERNEL_MEMORY=$((18 * MIB))
# What a live camera's kernel keeps for the job's output: two queues of virtio-serial with 1,024 buffers of 4 KiB each, of
# 128 and 32 before QEMU 10 (seen with 7.2 and 10.0). No camera has that, so it is added.
readonly QUEUES_MEMORY=$((8 * MIB))

# The kernel cuts partitions that are not all on the chip, and keeps those that are not at all with no size.
rows_in_flash() {
  awk -v size="$flash_size" '{ left = size - $1; print $1, left < 0 ? 0 : left < $2 ? left : $2, $3 }' <<<"$rows"
}

# A second flash has its own erase size; a row that differs says so in a fourth column.
second_flash_row() {
  [ -n "$second_flash" ] || return 0
  local size
  size=$(file_size "$second_flash")
  if [ "$camera" = malta ]; then
    [ "$size" -gt 0 ] || die "$second_flash is empty"
    [ $((size % erase_size)) = 0 ] || die "$second_flash is not whole erase blocks"
    echo "$flash_size $size second"
  else
    [ -n "$(second_chip)" ] || die "$second_flash: the second chip has 8 or 16 MiB"
    echo "0 $size second $((0x1000))"
  fi
}

second_chip() {
  case $(file_size "$second_flash") in
    $((8 * MIB))) echo en25q64 ;;
    $((16 * MIB))) echo n25q128 ;;
  esac
}

# The SD card, with what goes onto it.
make_card() {
  local put file name size=0 put_size=0
  for put in ${puts[@]+"${puts[@]}"}; do
    [ -f "${put%:*}" ] || die "no such file: ${put%:*}"
    put_size=$((put_size + $(file_size "${put%:*}") + 64 * 1024))
  done
  # SD cards have a power of two of bytes, and QEMU insists on it.
  card_size=$(bytes "$card_size")
  for ((size = MIB; size < card_size || size < put_size + put_size / 8; size *= 2)); do :; done
  truncate -s "$size" "$dir/card"
  mkfs.vfat -n CAMERA "$dir/card" >/dev/null
  for put in ${puts[@]+"${puts[@]}"}; do
    file=${put%:*} name=${put##*:}
    [ "$file" != "$put" ] || name=${file##*/}
    mcopy -n -i "$dir/card" "$file" "::$name" || die "cannot put $file onto the card"
  done
  [ "$live" != hacks ] || mcopy -n -s -i "$dir/card" "$cache_dir"/live/card/* :: || die "cannot put the system onto the card"
}

# What init needs to know, as an archive behind the one that all runs share.
make_initrd() {
  local conf=$dir/root/camera table
  mkdir -p -- "$conf"
  table=$(rows_in_flash && second_flash_row)
  [ -z "$job" ] || cp -- "$job" "$conf/job"
  printf '%s\n' "CAMERA=$camera" "MARK=$mark" "INTERACTIVE=$interactive" "LIVE=$live" \
    "DROP_EVERY=$drop_every" "WATCHDOG_SECONDS=$watchdog_seconds" >"$conf/config"
  proc_mtd_of "$erase_size" <<<"$table" >"$conf/proc-mtd"
  if [ "$camera" = malta ]; then
    printf '%s\n' CONSOLE=/dev/ttyS0 JOB_PORT=/dev/ttyS1 CARD=/dev/vda >>"$conf/config"
    awk -v base="$MALTA_FLASH_ADDRESS" -v erase_size="$erase_size" \
      '{ printf "%s,%.0f,%.0f,%.0f\n", $3, base + $1, $2, erase_size }' <<<"$table" >"$conf/phram"
  else
    printf '%s\n' CONSOLE=/dev/ttyS4 JOB_PORT=/dev/ttyS0 CARD=/dev/mmcblk0 >>"$conf/config"
  fi
  # Where the boot monitor has no room for it the kernel is not told the table; programs are.
  [ "$camera,$mtdparts" != malta,on ] || printf '%s %s\n' "$(command_line)" "$(mtdparts_text)" >"$conf/cmdline"
  flash_sums >"$conf/sums"
  [ -z "$live" ] || cp -- "$camera_dir/live/boot" "$camera_dir/live/run-job" "$conf/"
  install_modules "$camera_cache/tree" "$conf/modules" ${modules[@]+"${modules[@]}"}
  [ -z "$live" ] || sed -i 's/^softdog$/softdog soft_margin='"$watchdog_seconds"' nowayout=0/' "$conf/modules/order"
  pack_initramfs "$dir/root" "$dir/run-initramfs"
  cat "$camera_cache/initramfs" "$dir/run-initramfs" >"$dir/initrd"
  [ "$mtd_utils" = no ] || cat "$camera_cache/mtd-utils" >>"$dir/initrd"
}

# Of the first 64 KiB of each partition, as init takes them.
flash_sums() {
  local start length name
  while read -r start length name; do
    slice "$flash" "$start" $((length < 65536 ? length : 65536)) | md5sum
  done < <(rows_in_flash)
  [ -z "$second_flash" ] || slice "$second_flash" 0 65536 | md5sum
}

mtdparts_text() {
  echo "mtdparts=$(mtdparts_of "$flash_size" <<<"$rows")"
}

command_line() {
  local line
  case $camera in
    malta) line="console=ttyS0 nokaslr" ;;
    ast2600) line="console=ttyS4,115200" ;;
  esac
  # A kernel that panics restarts, which ends QEMU.
  line+=" quiet panic=-1 $(memory_arguments)"
  [ "$camera,$mtdparts" != ast2600,on ] || line+=" $(mtdparts_text)"
  echo "$line${append:+ $append}"
}

# memory_arguments: mem= so that MemTotal comes out near --mem. The first piece holds the kernel, whose own memory is
# added; the second is where QEMU puts the initramfs.
memory_arguments() {
  case $camera in
    malta) memory_pieces 0 $((MALTA_LOW_MEMORY - INITRD_PIECE)) "$MALTA_KERNEL_MEMORY" "$MALTA_LOW_MEMORY" ;;
    ast2600) memory_pieces "$AST2600_RAM" "$AST2600_INITRD" "$AST2600_KERNEL_MEMORY" "$AST2600_MEMORY" ;;
  esac
}

queues_memory() {
  local version
  version=$(qemu-system-mipsel --version | sed -n '1s/.*version \([0-9]*\).*/\1/p')
  if [ -n "$live" ] && [ "$version" -ge 10 ]; then echo "$QUEUES_MEMORY"; else echo 0; fi
}

memory_pieces() {
  local base=$1 second=$2 most=$4 total first
  total=$((${mem:-$most} + $3 + $(queues_memory)))
  first=$(round_up $((total - INITRD_PIECE)) "$MIB")
  if [ "$((base + first))" -lt "$second" ]; then
    printf 'mem=%dM@0x%x mem=%dM@0x%x' $((first / MIB)) "$base" $((INITRD_PIECE / MIB)) "$second"
  else
    [ "$total" -lt "$most" ] || total=$most
    printf 'mem=%dK@0x%x' $((total / 1024)) "$base"
  fi
}

# QEMU's options, into the array qemu.
qemu_options() {
  local line
  line=$(command_line)
  [ "$(file_size "$dir/initrd")" -lt $((INITRD_PIECE - MIB / 2)) ] || die "the initramfs is too large"
  case $camera in
    malta) qemu_malta ;;
    ast2600) qemu_ast2600 ;;
  esac
  qemu+=(-kernel "$camera_cache/kernel" -initrd "$dir/initrd" -append "$line"
    -display none -nic none -no-reboot)
  if [ "$interactive" = yes ]; then
    qemu+=(-chardev "stdio,id=console,mux=on,signal=off,logfile=$dir/console" -mon console)
  else
    qemu+=(-chardev "file,id=console,path=$dir/console" -monitor none)
  fi
  qemu+=(-serial chardev:console)
  # Both clocks, or the kernel would measure its processor's against the host's.
  [ "$icount" = no ] || qemu+=(-icount shift=4 -rtc clock=vm)
  if [ -n "$live" ]; then
    qemu_live
  else
    qemu+=(-serial "file:$dir/output")
  fi
}

# The network reaches nothing but the host's loopback. The job's output does not go through a serial port, because that
# would be a terminal to the job or need a process that passes it on.
qemu_live() {
  # shellcheck disable=SC2054
  qemu+=(-netdev "user,id=net,restrict=on${ssh_port:+,hostfwd=tcp:127.0.0.1:$ssh_port-:22}"
    -device pcnet,netdev=net,romfile=
    -device virtio-serial-pci,max_ports=2 -chardev "file,id=output,path=$dir/output" -device virtserialport,chardev=output)
}

qemu_malta() {
  local size=$((MALTA_LOW_MEMORY + flash_size))
  [ -z "$second_flash" ] || size=$((size + $(file_size "$second_flash")))
  size=$(round_up "$size" $((16 * MIB)))
  [ $((${#line} + MALTA_INITRD_ARGUMENTS)) -le "$MALTA_COMMAND_LINE" ] ||
    die "malta's kernel command line has room for $((MALTA_COMMAND_LINE - MALTA_INITRD_ARGUMENTS)) bytes: $line"
  # The camera's memory is a file that outlives QEMU however it ends, and the flash with it.
  truncate -s "$size" "$dir/memory"
  copy_into "$flash" "$dir/memory" "$MALTA_LOW_MEMORY"
  [ -z "$second_flash" ] || copy_into "$second_flash" "$dir/memory" $((MALTA_LOW_MEMORY + flash_size))
  # shellcheck disable=SC2054
  qemu=(qemu-system-mipsel -M malta,memory-backend=memory -vga none -cpu 24Kf -m "$((size / MIB))M"
    -object "memory-backend-file,id=memory,share=on,size=$size,mem-path=$dir/memory"
    -drive "file=$dir/card,format=raw,if=none,id=card" -device virtio-blk-pci,drive=card)
}

qemu_ast2600() {
  local machine=ast2600-evb,fmc-model=$chip
  make_device_tree
  qemu=(-m $((AST2600_MEMORY / MIB))M -dtb "$dir/board.dtb"
    -drive "file=$flash,format=raw,if=mtd,index=0" -drive "file=$dir/card,format=raw,if=sd,index=0")
  if [ -n "$second_flash" ]; then
    machine+=,spi-model=$(second_chip)
    qemu+=(-drive "file=$second_flash,format=raw,if=mtd,index=1")
  fi
  if [ -n "$trace" ]; then
    mkfifo "$dir/trace"
    qemu+=(-D "$dir/trace" -trace m25p80_command_decoded -trace m25p80_flash_erase
      -trace m25p80_programming_zero_to_one)
  fi
  qemu=(qemu-system-arm -M "$machine" "${qemu[@]}")
}

# The board's device tree with this run's partitions.
make_device_tree() {
  local dtb=$dir/board.dtb node=/ahb/spi@1e620000/flash@0 second=/ahb/spi@1e630000/flash@0 start length name
  cp -- "$camera_cache/board.dtb" "$dtb"
  fdtput -t s "$dtb" "$node" label jz_sfc
  fdtput -r "$dtb" "$node/partitions"
  if [ "$layout" != none ]; then
    fdtput -c "$dtb" "$node/partitions"
    fdtput -t s "$dtb" "$node/partitions" compatible fixed-partitions
    fdtput -t u "$dtb" "$node/partitions" '#address-cells' 1
    fdtput -t u "$dtb" "$node/partitions" '#size-cells' 1
    # A new node becomes the first one, and the kernel counts them in their order.
    while read -r start length name; do
      fdtput -c "$dtb" "$node/partitions/$name@$(printf %x "$start")"
      fdtput -t u "$dtb" "$node/partitions/$name@$(printf %x "$start")" reg "$start" "$length"
      fdtput -t s "$dtb" "$node/partitions/$name@$(printf %x "$start")" label "$name"
    done < <(tac <<<"$rows")
  fi
  if [ -n "$second_flash" ]; then
    fdtput -t s "$dtb" "$second" label second
  else
    fdtput -t s "$dtb" "$second" status disabled
  fi
}
