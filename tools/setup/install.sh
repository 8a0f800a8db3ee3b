#!/usr/bin/env bash
# Installs the Debian packages of packages.txt that are missing; says and does nothing when none is.
# Usage: install.sh build|check   ("check" includes "build")
set -euo pipefail

folder=$(dirname "$(readlink -f "$0")")
case ${1:-} in
  build) kinds=build ;;
  check) kinds='(build|check)' ;;
  *) echo "usage: install.sh build|check" >&2; exit 2 ;;
esac
mapfile -t packages < <(sed -nE "s/^$kinds //p" "$folder/packages.txt" | awk '{print $NF}')

missing=()
for package in "${packages[@]}"; do
  state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$state" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" != 0 ]; then
  printf 'These Debian packages are missing. As root:\n\n  apt-get install -y %s\n' "${missing[*]}" >&2
  exit 1
fi
echo "installing ${#missing[@]} Debian packages: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
