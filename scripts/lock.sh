#!/bin/sh
# Write requirements.lock and requirements-dev.lock from pyproject.toml: exact versions and the
# hashes of every published file, no address of any kind. What is already locked stays as it is;
# "scripts/lock.sh --upgrade" takes the newest indirect dependencies.
set -eu
cd "$(dirname "$0")/.."

# The tool lives apart: it would bring pip itself into the development lock.
tool=.venv-lock
if [ ! -x "$tool/bin/pip-compile" ]; then
    "${PYTHON:-python3}" -m venv "$tool"
    "$tool/bin/python" -m pip install --quiet --disable-pip-version-check pip-tools==7.6.2
fi

# A machine's own pip settings (mirrors, extra indexes, local wheels) must not decide what is locked.
unset PIP_FIND_LINKS PIP_INDEX_URL PIP_EXTRA_INDEX_URL PIP_CONSTRAINT PIP_REQUIREMENT || true
export PIP_CONFIG_FILE=/dev/null

compile() {
    output=$1
    shift
    "$tool/bin/pip-compile" --quiet --no-config --strip-extras --generate-hashes --no-header --no-annotate \
        --no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
        --output-file "$output" "$@" pyproject.toml
}

compile requirements.lock "$@"
# The same versions at run time and in the tests.
compile requirements-dev.lock --extra dev --constraint requirements.lock "$@"
echo "requirements.lock: $(grep -c == requirements.lock) packages; requirements-dev.lock: $(grep -c == requirements-dev.lock)"
