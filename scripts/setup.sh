#!/usr/bin/env bash
# Make the virtual environment once: locked versions, checked hashes, no root, package registries only.
# `setup.sh run` makes it anew with what a run needs; `setup.sh test` adds what the tests need.
set -euo pipefail
cd "$(dirname "$0")/.."
python="${PYTHON:-python3}"
venv="${VENV:-.venv}"
purpose="${1:-run}"

missing() { printf 'barrier set-up: %s\n' "$1" >&2; exit 2; }

command -v "$python" >/dev/null 2>&1 || missing "no '$python' found. Install Python 3.11 or newer (Debian: apt-get install python3), or name one: make PYTHON=/path/to/python3"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || missing "'$python' is $("$python" -V 2>&1); version 3.11 or newer is needed. Name another: make PYTHON=/path/to/python3"
"$python" -c 'import venv' 2>/dev/null || missing "'$python' lacks the venv module (Debian: apt-get install python3-venv)"

# Debian's Python has no ensurepip unless python3-venv is installed, and its pip is externally managed; an
# environment without pip, filled by the pip that stands outside it, needs neither python3-venv nor root.
if [ "$purpose" = run ]; then rm -rf "$venv"; fi
if "$python" -c 'import ensurepip' 2>/dev/null; then
  if [ "$purpose" = run ]; then "$python" -m venv "$venv"; fi
  pip=("$venv/bin/python" -m pip)
elif "$python" -m pip --version >/dev/null 2>&1; then
  if [ "$purpose" = run ]; then "$python" -m venv --without-pip "$venv"; fi
  pip=("$python" -m pip --python "$venv/bin/python")
else
  missing "'$python' has neither ensurepip nor pip (Debian: apt-get install python3-pip, or python3-venv)"
fi

# A lock is whole, so nothing is resolved, and nothing that it leaves out on purpose (pyproject.toml, tool.uv) is missed.
install_locked() {
  "${pip[@]}" install --quiet --require-hashes --no-deps -r "$1" \
    || missing "the packages of $1 could not be installed: is the package registry reachable, and is there 2 GB of free disk?"
}

if [ "$purpose" = test ]; then
  echo "Adding to $venv what the tests need: about 40 locked packages, once." >&2
  install_locked requirements-dev.lock
  exit 0
fi
echo "Setting up $venv with $("$python" -V 2>&1): about 140 locked packages, one or two minutes, once." >&2
install_locked requirements.lock
# Without build isolation: the build tools stand in the lock as well, so nothing unlocked is fetched.
"${pip[@]}" install --quiet --no-deps --no-build-isolation --editable . \
  || missing "the project itself could not be installed into $venv"
