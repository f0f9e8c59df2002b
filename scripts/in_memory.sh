#!/usr/bin/env bash
# Run a command with its temporary files in memory, where that has room: a store waits for the disk at each commit,
# some 200 times in a test of a page. No test rests on that wait: what a loss of power leaves is tested on a file system
# that forgets (tests/faults/power), a full disk and a failing one by tests/faults/io. TMPDIR=/tmp keeps them on disk.
set -euo pipefail
memory=/dev/shm
least_mb=8192

has_room() {
  local free_mb left_mb
  free_mb="$(df --output=avail --block-size=1M "$memory" 2>/dev/null | tail -n 1)" || return 1
  # what may lie there is a limit and no promise: others may have the memory
  left_mb="$(awk '$1 == "MemAvailable:" { print int($2 / 1024) }' /proc/meminfo)" || return 1
  [ "$free_mb" -ge "$least_mb" ] && [ "$left_mb" -ge "$least_mb" ]
}

# Tests run what they write; containers and hardened machines forbid that in /dev/shm.
may_run() { ! grep -q "^[^ ]* $memory [^ ]* [^ ]*noexec" /proc/mounts; }

if [ -z "${TMPDIR:-}" ] && has_room && may_run; then
  TMPDIR="$(mktemp -d "$memory/barrier-XXXXXX")"
  export TMPDIR
  trap 'rm -rf "$TMPDIR"' EXIT
  chmod 755 "$TMPDIR"  # PostgreSQL runs as somebody else where the tests run as root
fi
"$@"
