#!/usr/bin/env bash
# Builds the components with an interpreter in them, into `built`: 12 and 25 MB, which nobody wants in a repository.
# Needs npm for JavaScript, and Python 3 with venv for Python; what is missing is said and left out.
set -eu
cd "$(dirname "$0")"
mkdir -p built

# package.json names preview2-shim because the build tools import it without saying so.
if command -v npm >/dev/null; then
    (cd javascript && npm install --no-audit --no-fund --silent && node build.mjs && npx j2w -i build/bundle.js -o ../built/javascript-t.wasm)
else
    echo "skipped: JavaScript wants npm" >&2
fi

if python3 -m venv built/venv; then
    built/venv/bin/pip install --quiet --disable-pip-version-check componentize-py==0.25.1 spin-sdk==5.0.0
    (cd python && PATH=$PWD/../built/venv/bin:$PATH componentize-py -w spin:up/http-trigger@4.1.0 componentize app -o ../built/python-t.wasm)
else
    echo "skipped: Python wants python3 with venv" >&2
fi
