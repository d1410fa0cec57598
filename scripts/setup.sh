#!/bin/bash
# Install what is missing, and nothing else: "setup.sh run" to serve, "setup.sh test" to test,
# "setup.sh audit" to test with what the audit's own tools need, "setup.sh bench" with what measures speed.
#
# System packages come from apt when this runs as root; otherwise their exact names are printed
# and it stops. Python packages come from the lock files, with their hashes, into .venv, and only
# when a lock has changed.
set -euo pipefail
cd "$(dirname "$0")/.."

purpose=${1:-run}
case $purpose in
    run | test | audit | bench) ;;
    *)
        echo "usage: scripts/setup.sh run|test|audit|bench" >&2
        exit 2
        ;;
esac

packages=()
need() {
    packages+=("$@")
}

install_packages() {
    [ ${#packages[@]} -gt 0 ] || return 0
    local started=$SECONDS
    if ! command -v apt-get >/dev/null; then
        echo "Missing from this machine (Debian's names): ${packages[*]}" >&2
        echo "Install them with your system's own tool, then start again." >&2
        exit 1
    fi
    if [ "$(id -u)" -ne 0 ]; then
        echo "Missing from this machine. Run this, then start again:" >&2
        echo "    sudo apt-get install --no-install-recommends ${packages[*]}" >&2
        exit 1
    fi
    echo "Installing ${packages[*]} ..."
    local log quiet=
    log=$(mktemp)
    # Servers are installed to be started by our own commands, not as services of this machine.
    if [ ! -e /usr/sbin/policy-rc.d ]; then
        quiet=/usr/sbin/policy-rc.d
        printf '#!/bin/sh\nexit 101\n' >"$quiet" && chmod 755 "$quiet"
        # shellcheck disable=SC2064 # this path, now
        trap "rm -f $quiet" EXIT
    fi
    if ! { apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}"; } \
        </dev/null >"$log" 2>&1; then
        tail -n 30 "$log" >&2
        rm -f "$log"
        echo "apt-get could not install: ${packages[*]}" >&2
        exit 1
    fi
    rm -f "$log"
    [ -z "$quiet" ] || { rm -f "$quiet" && trap - EXIT; }
    echo "System packages installed in $((SECONDS - started)) s."
    packages=()
}

# Python -----------------------------------------------------------------------------------------

recent_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    local candidate
    for candidate in ${PYTHON:-} python3 /usr/bin/python3 python3.13 python3.12 python3.11; do
        if command -v "$candidate" >/dev/null && recent_enough "$candidate"; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

if ! python=$(find_python); then
    need python3 python3-venv
    install_packages
    python=$(find_python) || {
        echo "Python 3.11 or newer is needed; this machine's python3 is older. Set PYTHON=/path/to/python3.11." >&2
        exit 1
    }
fi
# Debian splits venv from Python.
"$python" -c 'import ensurepip, venv' 2>/dev/null || need python3-venv

# System libraries, fonts and tools --------------------------------------------------------------

# Servers live in a folder that is not on everyone's path.
has_program() {
    command -v "$1" >/dev/null || [ -x "/usr/sbin/$1" ]
}

has_library() {
    "$python" -c 'import ctypes, sys; ctypes.CDLL(sys.argv[1])' "$1" 2>/dev/null
}

has_font() {
    [ -n "$(find /usr/share/fonts /usr/local/share/fonts "${HOME:-/nonexistent}/.fonts" \
        "${HOME:-/nonexistent}/.local/share/fonts" -name "$1" -print -quit 2>/dev/null)" ]
}

# WeasyPrint makes the PDFs with Pango; P052 and Noto Sans are their faces, DejaVu fills the gaps.
has_library libpango-1.0.so.0 || need libpango-1.0-0
has_library libpangoft2-1.0.so.0 || need libpangoft2-1.0-0
has_library libharfbuzz-subset.so.0 || need libharfbuzz-subset0
has_font 'P052-Roman.*' || need fonts-urw-base35
has_font 'NotoSans-Regular.*' || need fonts-noto-core
has_font 'DejaVuSans.ttf' || need fonts-dejavu-core
# The words of a dossier are read to warn of a name left in an anonymous copy.
command -v pdftotext >/dev/null || need poppler-utils

if [ "$purpose" != run ]; then
    # The checks read the list of the project's files.
    command -v git >/dev/null || need git
    command -v chromium >/dev/null || [ -n "${CHROMIUM:-}" ] || need chromium
    # Playwright drives it with a Node.js of its own, which needs this library and does not carry it.
    has_library libatomic.so.1 || need libatomic1
    command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || need postgresql
    command -v qpdf >/dev/null || need qpdf
    command -v xgettext >/dev/null || need gettext
    command -v shellcheck >/dev/null || need shellcheck
    # Spreadsheets are opened in the office suite their readers use.
    command -v soffice >/dev/null || need libreoffice-calc-nogui
    # The antivirus and the web server of production, started by the tests that need them.
    has_program clamd || need clamav-daemon
    has_program nginx || need nginx-light
fi
if [ "$purpose" = audit ]; then
    # Lighthouse runs on Node.js, the Nu checker on Java.
    command -v node >/dev/null || need nodejs
    command -v npm >/dev/null || need npm
    command -v java >/dev/null || need default-jre-headless
fi
if [ "$purpose" = bench ]; then
    # ApacheBench.
    command -v ab >/dev/null || need apache2-utils
fi
install_packages

# Python packages --------------------------------------------------------------------------------

if [ -e .venv ] && ! .venv/bin/python -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "The virtual environment no longer works here: making it again."
    rm -rf .venv
fi
if [ ! -e .venv ]; then
    echo "Making .venv with $("$python" --version) ..."
    "$python" -m venv .venv
fi

lock=requirements.lock
[ "$purpose" = run ] || lock=requirements-dev.lock
# The development lock holds the run-time one: once it is in, running needs nothing more.
sum() {
    cksum requirements.lock "$@"
}
stamp_run=.venv/clea-run.stamp
stamp_test=.venv/clea-test.stamp
if [ "$purpose" = run ]; then
    stamp=$stamp_run
    wanted=$(sum)
else
    stamp=$stamp_test
    wanted=$(sum requirements-dev.lock)
fi
if [ "$(cat "$stamp" 2>/dev/null || true)" != "$wanted" ]; then
    started=$SECONDS
    echo "Installing the Python packages of $lock ..."
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input \
        --require-hashes --requirement "$lock"
    sum >"$stamp_run"
    rm -f "$stamp_test"
    [ "$purpose" = run ] || sum requirements-dev.lock >"$stamp_test"
    echo "Python packages installed in $((SECONDS - started)) s."
fi

.venv/bin/python scripts/compile_messages.py
