# SPDX-License-Identifier: GPL-3.0-or-later
# A live camera for tests: started in the background, reached by ssh, looked at from outside. Sourced by bash; one
# camera at a time. See README.md.
# shellcheck shell=bash

live_scripts=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
live_keys=${CAMERA_CACHE:-$live_scripts/../../build/camera-cache}/live
live_run='' live_state='' live_port='' live_status=''
# Further options of ssh, such as -tt.
live_ssh_options=()

# live_start VARIANT OPTION...: run's options. Returns when ssh answers; 1 where the camera does not come up. With --job
# the job runs meanwhile, and what it prints is in the file that live_output names.
live_start() {
  local variant=$1 try
  shift
  live_state=$(mktemp -d "${TMPDIR:-/tmp}/live-camera.XXXXXX")
  # Another camera may take the same port in between.
  for try in 1 2 3; do
    live_pick_port
    live_status=''
    "$live_scripts/run" malta --live "$variant" --ssh-port "$live_port" --dir-file "$live_state/dir" \
      --timeout 86400 "$@" </dev/null >"$live_state/output" 2>"$live_state/errors" &
    live_run=$!
    ! live_wait_for_ssh 180 || return 0
    live_stop
    grep -q 'Could not set up host forwarding' "$live_state/errors" || break
  done
  echo "live_start: no camera after try $try" >&2
  sed 's/^/    /' "$live_state/errors" >&2
  return 1
}

live_pick_port() {
  while :; do
    live_port=$((20000 + SRANDOM % 12000))
    (exec 3<>"/dev/tcp/127.0.0.1/$live_port") 2>/dev/null || return 0
  done
}

live_wait_for_ssh() {
  local end=$((SECONDS + $1))
  while [ "$SECONDS" -lt "$end" ] && live_running; do
    # Not before: QEMU answers the connection whether there is a server or not.
    if live_console | grep -a -q '^camera-live ready' && live_ssh true </dev/null 2>/dev/null; then
      return 0
    fi
    sleep 0.3
  done
  return 1
}

# Whether the camera runs; a restart is its end.
live_running() {
  [ -n "$live_run" ] && kill -0 "$live_run" 2>/dev/null
}

# live_ssh COMMAND...: in the camera; without one a shell that reads standard input.
live_ssh() {
  ssh -F /dev/null -i "$live_keys/key" -p "$live_port" -o IdentitiesOnly=yes -o BatchMode=yes -o LogLevel=ERROR \
    -o HostKeyAlias=live-camera -o "UserKnownHostsFile=$live_keys/known_hosts" -o StrictHostKeyChecking=yes \
    -o ConnectTimeout=20 ${live_ssh_options[@]+"${live_ssh_options[@]}"} root@127.0.0.1 "$@"
}

# live_scp FILE PATH: onto the camera, whose dropbear has no scp. live_scp :PATH FILE: from it.
live_scp() {
  case $1 in
    :*) live_ssh "cat '${1#:}'" </dev/null >"$2" ;;
    *)
      live_ssh "cat >'$2'" <"$1"
      # As scp does.
      [ ! -x "$1" ] || live_ssh "chmod +x '$2'" </dev/null
      ;;
  esac
}

# live_flash FILE: the flash as it is now, seen from outside.
live_flash() {
  dd if="$(cat "$live_state/dir")/memory" of="$1" bs=1M skip=256 count=16 status=none
}

# The console so far.
live_console() {
  { [ ! -s "$live_state/dir" ] || tr -d "\r" <"$(cat "$live_state/dir")/console"; } 2>/dev/null
}

# The file with what --job printed, complete once the camera has ended. While it runs: the file "output" in the run's
# folder, with the harness's own lines around it.
live_output() {
  echo "$live_state/output"
}

# live_wait SECONDS: until the camera ends by itself; run's status is in live_status then. 1 where it does not.
live_wait() {
  local end=$((SECONDS + $1))
  while live_running; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.2
  done
  live_reap
}

# Pulls the plug. The flash and the card are in their files then, run's status in live_status: 143 where it still ran.
# live_state, with the job's output and run's errors, is the caller's to remove (live_clean).
live_stop() {
  [ -n "$live_run" ] || return 0
  kill -TERM "$live_run" 2>/dev/null || true
  live_reap
}

# shellcheck disable=SC2034
live_reap() {
  live_status=0
  wait "$live_run" || live_status=$?
  live_run=''
}

live_clean() {
  live_stop
  [ -z "$live_state" ] || rm -rf -- "$live_state"
  live_state=''
}
