#!/usr/bin/env bash
# Run a command with its temporary files in memory, where that has room: a store waits for the disk at each commit,
# some 200 times in a test of a page. No test rests on that wait: what a loss of power leaves is tested on a file system
# that forgets (tests/faults/power), a full disk and a failing one by tests/faults/io.
set -euo pipefail
memory=/dev/shm
free_mb="$(df --output=avail --block-size=1M "$memory" 2>/dev/null | tail -n 1 || true)"

if [ -z "${TMPDIR:-}" ] && [ "${free_mb:-0}" -ge 8192 ]; then
  TMPDIR="$(mktemp -d "$memory/barrier-XXXXXX")"
  export TMPDIR
  trap 'rm -rf "$TMPDIR"' EXIT
  chmod 755 "$TMPDIR"  # PostgreSQL runs as somebody else where the tests run as root
fi
"$@"
