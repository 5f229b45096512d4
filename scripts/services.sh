#!/usr/bin/env bash
# Makes PostgreSQL and Redis available for the tests and prints the folder of the one's programs
# and the path of the other. Their own services are not started: the tests start servers of theirs.
# Progress goes to standard error; standard output is the two lines alone.
set -euo pipefail

find_services() {
  local postgres redis
  postgres=${POSTGRESQL_BIN:-$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)}
  [ -x "$postgres/initdb" ] || postgres=$(dirname "$(readlink -f "$(command -v initdb)")")
  redis=${REDIS_SERVER:-$(command -v redis-server)}
  [ -x "$postgres/initdb" ] && [ -x "$postgres/postgres" ] && [ -x "$redis" ] || return 1
  printf '%s\n' "$postgres" "$redis"
}

find_services 2>/dev/null && exit 0

needed="The tests of PostgreSQL and Redis need both. Run: sudo apt-get install -y postgresql redis-server"
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null || ! sudo -n true 2>/dev/null; then
    echo "$needed" >&2
    exit 1
  fi
  as_root=(sudo -n)
fi
if ! command -v apt-get >/dev/null; then
  echo "The tests of PostgreSQL and Redis need both: install them, or set POSTGRESQL_BIN (a folder) and REDIS_SERVER." >&2
  exit 1
fi

echo "Installing PostgreSQL and Redis for the tests …" >&2
log=$(mktemp)
policy=/usr/sbin/policy-rc.d
made_policy=
finish() {
  rm -f "$log"
  if [ -n "$made_policy" ]; then "${as_root[@]}" rm -f "$policy"; fi
}
trap finish EXIT
wanted=()
command -v redis-server >/dev/null || wanted+=(redis-server)
compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || wanted+=(postgresql)
# Debian asks this file whether a package that it installs may start its service: it may not.
if [ ! -e "$policy" ]; then
  made_policy=yes
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" install -m 755 /dev/stdin "$policy"
fi
install_packages() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends "${wanted[@]}" >"$log" 2>&1
}
install_packages || { "${as_root[@]}" apt-get update >"$log" 2>&1 && install_packages; } || {
  tail -n 5 "$log" >&2
  echo "$needed" >&2
  exit 1
}
# Nor at the next start of the machine; a service that was there before is left alone.
for package in "${wanted[@]}"; do
  "${as_root[@]}" update-rc.d "$package" disable >/dev/null 2>&1 || true
done
find_services 2>/dev/null || { echo "$needed" >&2; exit 1; }
