#!/bin/sh
# Makes the environment .venv from requirements.lock; does nothing when it is up to date.
set -eu
cd "$(dirname "$0")/.."

stamp=.venv/.installed-from
wanted=$(cksum <requirements.lock)
if [ "$(cat "$stamp" 2>/dev/null || true)" = "$wanted" ]; then exit 0; fi

# A bare `python3.10` may be a shim that fails: try each before trusting it.
works() { "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 10))' >/dev/null 2>&1; }
python=
for candidate in "${PYTHON:-}" python3.10 "$HOME"/.pyenv/versions/3.10.*/bin/python \
    /usr/local/bin/python3.10 /opt/homebrew/bin/python3.10 python3 python; do
    if [ -n "$candidate" ] && works "$candidate"; then python=$candidate; break; fi
done

if [ ! -x .tools/bin/uv ]; then
    echo "setup: getting the installer"
    with=$python
    for candidate in python3 python; do
        if [ -z "$with" ] && "$candidate" -m pip --version >/dev/null 2>&1; then with=$candidate; fi
    done
    if [ -z "$with" ]; then
        echo "setup: Python is needed; on Debian or Ubuntu: sudo apt-get install python3 python3-pip python3-venv" >&2
        exit 1
    fi
    "$with" -m pip install --quiet --disable-pip-version-check --no-warn-script-location \
        --target .tools uv 2>.tools.log || { cat .tools.log >&2; exit 1; }
    rm -f .tools.log
fi

if [ -z "$python" ]; then
    echo "setup: no Python 3.10 here; bringing one"
    .tools/bin/uv python install --quiet 3.10 || {
        echo "setup: Python 3.10 is needed: install it (for example \`pyenv install 3.10\`) or name it: make PYTHON=/path/to/python3.10" >&2
        exit 1
    }
    python=3.10
fi

echo "setup: making the environment (about 5 GB, some minutes the first time)"
.tools/bin/uv venv --quiet --clear --python "$python" .venv
UV_HTTP_TIMEOUT=300 .tools/bin/uv pip sync --python .venv/bin/python --require-hashes requirements.lock \
    2>.venv/install.log || { cat .venv/install.log >&2; exit 1; }
echo "$wanted" >"$stamp"
echo "setup: ready"
