#!/usr/bin/env bash
# What the tests need of Debian beside Python: a browser, the tools with which a receiver opens a batch, and what an
# administrator installs around the services.
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
  [systemd-analyze]=systemd
  [caddy]=caddy
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
# Debian starts a proxy as soon as it is there; the tests start their own.
if [[ " ${absent[*]} " == *" caddy "* ]] && [ -d /run/systemd/system ]; then systemctl disable --quiet --now caddy; fi
