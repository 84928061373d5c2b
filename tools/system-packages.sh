#!/usr/bin/env bash
# Installs what some tests need beside Python and make, where there is apt-get and leave to use it.
# What cannot be installed is named, and the tests that need it skip: this never fails.
set -uo pipefail

SECONDS_EACH=300

missing=()
# needs PACKAGE, and the command that succeeds where it is there
needs() {
  local package=$1
  shift
  "$@" >/dev/null 2>&1 || missing+=("$package")
}
chinese_font() { [[ -n $(fc-list :lang=zh) ]]; }

needs chromium command -v chromium        # the search page in a browser
needs fonts-noto-cjk chinese_font         # so that what it shows can be read
needs maven command -v mvn                # which fetches OpenSearch: make cluster
needs openjdk-17-jre-headless command -v java
needs gcc command -v cc                   # the compiled kernel
needs jq command -v jq                    # `searchkit export INDEX - | jq` of the documentation
needs nginx-light command -v nginx        # the search page behind a proxy: docs/web.md. Where there is
needs caddy command -v caddy              # systemd, it starts both: systemctl disable --now nginx caddy

if ((${#missing[@]} == 0)); then
  echo "system packages: all there"
  exit
fi
without() { echo "system packages: going on without $1: $2"; }

if ! command -v apt-get >/dev/null; then
  without "${missing[*]}" "there is no apt-get; install them by hand for the tests that skip"
  exit
fi
as_root=()
if (($(id -u) != 0)); then
  if ! sudo -n true 2>/dev/null; then
    without "${missing[*]}" "only root may; run: sudo $0"
    exit
  fi
  as_root=(sudo -n)
fi

apt() {
  "${as_root[@]}" timeout "$SECONDS_EACH" env DEBIAN_FRONTEND=noninteractive \
    apt-get -qq -o DPkg::Lock::Timeout=60 "$@" </dev/null
}
apt update || echo "system packages: apt-get update failed; trying with the lists that are there"
for package in "${missing[@]}"; do
  echo "system packages: installing $package …"
  apt install --yes --no-install-recommends "$package" >/dev/null ||
    without "$package" "apt-get install $package failed or took longer than $SECONDS_EACH s"
done
exit 0
