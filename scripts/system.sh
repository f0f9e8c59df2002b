#!/usr/bin/env bash
# What the tests need of Debian beside Python: a browser, and the tools with which a receiver opens a batch.
set -euo pipefail

declare -A package=(
  [chromium]=chromium
  [age]=age
  [soffice]=libreoffice-calc-nogui
  [ogrinfo]=gdal-bin
  [pdfinfo]=poppler-utils
  [fiu-run]=fiu-utils
  [faketime]=faketime
  [openssl]=openssl
  [ssh-keygen]=openssh-client
  [unshare]=util-linux
)

absent=()
for command in "${!package[@]}"; do
  command -v "$command" >/dev/null 2>&1 || absent+=("${package[$command]}")
done
[ "${#absent[@]}" -eq 0 ] && exit 0

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
  printf 'barrier set-up: the tests need these packages of Debian, which only root can install: apt-get install %s\n' \
    "${absent[*]}" >&2
  exit 2
fi
echo "Installing for the tests: ${absent[*]}. A few minutes, once." >&2
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${absent[@]}" >/dev/null
