#!/usr/bin/env bash
# Make the virtual environment once: locked versions, checked hashes, no root, package registries only.
set -euo pipefail
cd "$(dirname "$0")/.."
python="${PYTHON:-python3}"
venv="${VENV:-.venv}"

missing() { printf 'barrier set-up: %s\n' "$1" >&2; exit 2; }

command -v "$python" >/dev/null 2>&1 || missing "no '$python' found. Install Python 3.11 or newer (Debian: apt-get install python3), or name one: make PYTHON=/path/to/python3"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || missing "'$python' is $("$python" -V 2>&1); version 3.11 or newer is needed. Name another: make PYTHON=/path/to/python3"
"$python" -c 'import venv' 2>/dev/null || missing "'$python' lacks the venv module (Debian: apt-get install python3-venv)"

# Debian's Python has no ensurepip unless python3-venv is installed, and its pip is externally managed; an
# environment without pip, filled by the pip that stands outside it, needs neither python3-venv nor root.
rm -rf "$venv"
if "$python" -c 'import ensurepip' 2>/dev/null; then
  "$python" -m venv "$venv"
  pip=("$venv/bin/python" -m pip)
elif "$python" -m pip --version >/dev/null 2>&1; then
  "$python" -m venv --without-pip "$venv"
  pip=("$python" -m pip --python "$venv/bin/python")
else
  missing "'$python' has neither ensurepip nor pip (Debian: apt-get install python3-pip, or python3-venv)"
fi

echo "Setting up $venv with $("$python" -V 2>&1): about 150 locked packages, one or two minutes, once." >&2
"${pip[@]}" install --quiet --require-hashes -r requirements.lock \
  || missing "the locked packages could not be installed: is the package registry reachable, and is there 2 GB of free disk?"
# Without build isolation: the build tools stand in the lock as well, so nothing unlocked is fetched.
"${pip[@]}" install --quiet --no-deps --no-build-isolation --editable . \
  || missing "the project itself could not be installed into $venv"
