#!/usr/bin/env bash
# Make build/peers/.venv once: Splink, DuckDB and recordlinkage as locked, for the linking benchmark only.
set -euo pipefail
cd "$(dirname "$0")/../.."
python="${PYTHON:-python3}"
venv="build/peers/.venv"
lock="benchmarks/linking/requirements.lock"

if [ -e "$venv/.ready" ] && [ ! "$lock" -nt "$venv/.ready" ]; then exit 0; fi
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
  || { echo "benchmark set-up: Python 3.11 or newer is needed; name one: PYTHON=/path/to/python3" >&2; exit 2; }
rm -rf "$venv"
if "$python" -c 'import ensurepip' 2>/dev/null; then
  "$python" -m venv "$venv"
  pip=("$venv/bin/python" -m pip)
else
  "$python" -m venv --without-pip "$venv"
  pip=("$python" -m pip --python "$venv/bin/python")
fi
echo "Setting up $venv: the peers of the linking benchmark, once." >&2
"${pip[@]}" install --quiet --disable-pip-version-check --no-input --require-hashes -r "$lock" \
  || { echo "benchmark set-up: the locked packages could not be installed; is the package registry reachable?" >&2; exit 2; }
touch "$venv/.ready"
