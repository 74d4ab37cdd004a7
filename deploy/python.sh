#!/usr/bin/env bash
# Runs a module of deploy/ with a Python of 3.11 or later that can make virtual environments; where
# there is none, Debian's is installed, or unpacked below var/ for want of root.
#
#     deploy/python.sh MODULE [ARGUMENT...]
set -euo pipefail
checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
debroot=${HIGHGROUND_VAR:-$checkout/var}/debroot

find_python() {
    local name
    for name in python3.11 python3.12 python3.13 python3 "$debroot/usr/bin/python3.11"; do
        if "$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'; then
            echo "$name"
            return
        fi
    done 2>/dev/null
    return 1
}

if ! python=$(find_python); then
    echo "Installing Python." >&2
    mkdir -p "$debroot"
    "$checkout/deploy/packages.sh" "$debroot" >&2 \
        python3.11 python3.11-minimal libpython3.11-minimal libpython3.11-stdlib libexpat1 \
        python3.11-venv python3-distutils python3-pip-whl python3-setuptools-whl
    python=$(find_python)
fi
PYTHONPATH=$checkout exec "$python" -P -m "$@"
