#!/usr/bin/env bash
# Makes Chromium available for the browser tests and prints its path.
# Progress goes to standard error; standard output is the path alone.
set -euo pipefail

find_browser() {
  if [ -n "${CHROMIUM:-}" ] && [ -x "$CHROMIUM" ]; then echo "$CHROMIUM"; return; fi
  command -v chromium || command -v chromium-browser || command -v google-chrome-stable
}

find_browser && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null || ! sudo -n true 2>/dev/null; then
    echo "The browser tests need Chromium. Run: sudo apt-get install -y chromium" >&2
    exit 1
  fi
  as_root=(sudo -n)
fi
if ! command -v apt-get >/dev/null; then
  echo "The browser tests need Chromium: install it, or set CHROMIUM to its path." >&2
  exit 1
fi

echo "Installing Chromium for the browser tests …" >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
install() {
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" \
    apt-get install -y --no-install-recommends chromium fonts-dejavu-core >"$log" 2>&1
}
install || { "${as_root[@]}" apt-get update >"$log" 2>&1 && install; } || {
  tail -n 5 "$log" >&2
  echo "Chromium could not be installed. Run: sudo apt-get install -y chromium" >&2
  exit 1
}
find_browser
