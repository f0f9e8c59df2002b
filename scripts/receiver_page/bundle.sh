#!/usr/bin/env bash
# Make the libraries of the receiver's page anew from the locked packages. Needs node and npm; the page and its test
# need neither.
#
#     bash scripts/receiver_page/bundle.sh
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here"/package.json "$here"/package-lock.json "$here"/libraries.entry.js "$work"
cd "$work"
npm ci --ignore-scripts --no-audit --no-fund --silent
# not made smaller: whoever wants to can read it
npx --no-install esbuild libraries.entry.js --bundle --format=iife --global-name=libraries --target=es2022 \
  --charset=utf8 --legal-comments=inline --log-level=warning --outfile=libraries.js
{
  echo "# The libraries in the receiver's page, each under its own licence."
  for package in age-encryption @noble/ciphers @noble/curves @noble/ed25519 @noble/hashes @noble/post-quantum @scure/base; do
    echo
    node -p "const p = require('./node_modules/$package/package.json'); '## ' + p.name + ' ' + p.version + ' (' + p.license + ')'"
    echo
    cat "node_modules/$package/LICENSE"
  done
} > LICENSES.md
cp libraries.js LICENSES.md "$here/../../screening/partners/receiver/parts"
