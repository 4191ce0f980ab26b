#!/bin/bash
# Makes .venv from the locked versions; `make setup` calls it with PYTHON and WHEELS set.
set -euo pipefail

say() { echo "[setup $1/4] $2"; }
stop() { echo "$1" >&2; exit 1; }

has_pip() { .venv/bin/python -m pip --version >/dev/null 2>&1; }

# Debian ships `venv` without ensurepip: then the pip of PYTHON itself, or uv, fills the environment.
make_environment() {
  rm -rf .venv
  "$PYTHON" -m venv .venv >/dev/null 2>&1 && return
  rm -rf .venv
  "$PYTHON" -m venv --without-pip .venv >/dev/null 2>&1 || stop "$PYTHON cannot make a virtual environment; install its venv package (Debian: apt-get install python3-venv)"
  echo "            $PYTHON has no ensurepip; trying its pip, then uv"
  "$PYTHON" -m pip --python .venv/bin/python install --quiet --require-hashes -r requirements/setup.lock 2>/dev/null && return
  uv pip install --quiet --python .venv/bin/python --require-hashes -r requirements/setup.lock 2>/dev/null && return
  rm -rf .venv
  stop "$PYTHON has no ensurepip and there is no pip or uv beside it; install one (Debian: apt-get install python3-venv)"
}

# On a terminal uv draws its progress; elsewhere its list of 150 packages is left out.
install_locked() {
  local command=(.venv/bin/uv pip install --python .venv/bin/python --require-hashes -r requirements/dev.lock)
  if [ -t 2 ]; then "${command[@]}"; else "${command[@]}" 2>&1 | sed '/^ [+~-] /d'; fi
}

PIP=(.venv/bin/python -m pip --disable-pip-version-check --no-input)
export UV_HTTP_TIMEOUT="${UV_HTTP_TIMEOUT:-180}"
export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-true}"  # as pip: behind a proxy of the house the system alone knows its certificate

say 1 "Python"
version=$("$PYTHON" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null) || stop "$PYTHON does not run; install Python 3.11 or newer, or name one: make setup PYTHON=python3.12"
"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || stop "Python 3.11 or newer is needed, and $PYTHON is $version; name another: make setup PYTHON=python3.12"

say 2 "environment .venv (Python $version)"
has_pip || make_environment

say 3 "locked packages (about half a minute, 400 MB)"
"${PIP[@]}" install --quiet --quiet --require-hashes -r requirements/setup.lock
if ! install_locked; then
  echo "            uv could not reach the packages; trying pip, which takes longer and has settings of its own"
  "${PIP[@]}" install --quiet --require-hashes -r requirements/dev.lock
fi

say 4 "the project, and the wheels of its layers"
.venv/bin/uv pip install --quiet --offline --python .venv/bin/python --no-deps --no-build-isolation --editable .
"${PIP[@]}" download --quiet --quiet --require-hashes --no-deps --only-binary=:all: --dest "$WHEELS" -r layers/guard/requirements.lock
"${PIP[@]}" download --quiet --quiet --require-hashes --no-deps --only-binary=:all: --implementation cp --python-version 3.13 \
  --platform manylinux2014_aarch64 --dest "$WHEELS" -r layers/page/requirements.lock
# By content, so that neither a checkout nor PYTHONDONTWRITEBYTECODE makes each start compile the library again.
.venv/bin/python -m compileall -q --invalidation-mode checked-hash layers/guard/panorama_guard
