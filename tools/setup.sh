#!/bin/sh
# Make .venv ready:   sh tools/setup.sh run    what the product needs
#                     sh tools/setup.sh test   that and what the tests need, browser, PostgreSQL and fonts included
#
# Safe to run again: what is there and current is left alone, and nothing is asked of the network then.
# Needs only a shell, the usual small tools and python3 >= 3.11 with venv; names what is missing with its cure.
set -eu
cd "$(dirname "$0")/.."
kind="${1:-run}"
least=11 # of Python 3

say() { printf '%s\n' "$*" >&2; }
stop() {
    say "make $kind: $1"
    shift
    for line in "$@"; do say "    $line"; done
    exit 1
}

# Ours and the downloaders' caches: the user's, or the tree's where the user has no home to write in.
if [ -z "${HOME:-}" ] || [ ! -d "$HOME" ] || [ ! -w "$HOME" ]; then
    export UV_CACHE_DIR="${UV_CACHE_DIR:-$PWD/.cache/uv}" PIP_CACHE_DIR="${PIP_CACHE_DIR:-$PWD/.cache/pip}"
    export npm_config_cache="${npm_config_cache:-$PWD/.cache/npm}"
fi
# The shell's own Python settings must not leak into the environment made here.
unset PYTHONHOME PYTHONPATH VIRTUAL_ENV
# A house that looks into its traffic has certificates of its own in the system's store.
export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-1}"

young() { "$1" -c "import sys; sys.exit(sys.version_info < (3, $least))" 2>/dev/null; }

find_python() {
    if [ -n "${PYTHON3:-}" ]; then
        young "$PYTHON3" || stop "PYTHON3=$PYTHON3 is no Python 3.$least or newer."
        echo "$PYTHON3"
        return
    fi
    for name in python3 python3.14 python3.13 python3.12 python3.11; do
        if command -v "$name" >/dev/null 2>&1 && young "$name"; then
            echo "$name"
            return
        fi
    done
    if command -v python3 >/dev/null 2>&1; then
        stop "$(python3 --version 2>&1) is too old, Python 3.$least or newer is needed. On Debian or Ubuntu:" \
            "apt-get install python3.11 python3.11-venv" \
            "(where the release has no such package: one of python3.12, python3.13, with its -venv)" \
            "then: make $kind PYTHON3=python3.11"
    fi
    stop "python3 is missing. On Debian or Ubuntu:" "apt-get install python3 python3-venv"
}

make_venv() {
    # A copied or moved tree leaves a .venv whose scripts point elsewhere; a Python removed leaves a dead link.
    if [ -x .venv/bin/python ] && .venv/bin/python -c 'import sys' 2>/dev/null &&
        [ "$(cat .venv/.tree 2>/dev/null)" = "$PWD" ]; then
        return
    fi
    python="$(find_python)"
    "$python" -c 'import venv, ensurepip' 2>/dev/null ||
        stop "$python has no venv. On Debian or Ubuntu:" \
            "apt-get install $("$python" -c 'import sys; print("python3.%d-venv" % sys.version_info[1])')"
    say "make $kind: making .venv with $("$python" --version)"
    rm -rf .venv
    "$python" -m venv .venv || stop "$python -m venv .venv failed."
    echo "$PWD" >.venv/.tree
}

# Installs, unless the same was installed from the same lists before.
install() {
    stamp=".venv/.$kind"
    now="$(cat pyproject.toml constraints.txt hatch_build.py tools/requirements.txt | cksum)"
    [ "$(cat "$stamp" 2>/dev/null)" = "$now" ] && return
    say "make $kind: installing (a minute or so when nothing is cached)"
    .venv/bin/python -c 'import uv' 2>/dev/null ||
        .venv/bin/python -m pip install -q --disable-pip-version-check -c constraints.txt uv ||
        stop "the package installer could not be fetched: is there a way to the Python package index?"
    what=".[pg,pdf]"
    [ "$kind" = test ] && what=".[dev]"
    .venv/bin/uv pip install -q --python .venv/bin/python -c constraints.txt -b constraints.txt -e "$what" ||
        stop "installing failed, see above."
    echo "$now" >"$stamp"
}

# What the test suites need of the system. Without it the suites concerned say why they did not run.
system_packages() {
    # A short PATH is no reason to miss what the system has.
    PATH="$PATH:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    missing=""
    { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null 2>&1 ||
        missing="$missing chromium"
    ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1 ||
        missing="$missing postgresql"
    # Mail that comes in.
    command -v dovecot >/dev/null 2>&1 || missing="$missing dovecot-imapd"
    # The program that drives the browser is linked with it.
    find /lib /usr/lib /usr/local/lib -name 'libatomic.so.1*' 2>/dev/null | grep -q . ||
        missing="$missing libatomic1"
    # Drawing PDFs.
    find /lib /usr/lib /usr/local/lib -name 'libpangoft2-1.0.so.0*' 2>/dev/null | grep -q . &&
        find /lib /usr/lib /usr/local/lib -name 'libharfbuzz-subset.so.0*' 2>/dev/null | grep -q . ||
        missing="$missing libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
    find /usr/share/fonts /usr/local/share/fonts -iname '*CJK*' 2>/dev/null | grep -q . ||
        missing="$missing fonts-noto-cjk"
    [ -z "$missing" ] && return
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
        say "make test: not on this machine:$missing; the suites that need it will say so. Cure: apt-get install$missing"
        return
    fi
    say "make test: apt-get install$missing"
    log="$PWD/.cache/apt.log"
    mkdir -p .cache
    # shellcheck disable=SC2086
    if ! { DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=600 update &&
        DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=600 install --no-install-recommends \
            $missing; } >"$log" 2>&1 </dev/null; then
        say "make test: that failed, the suites that need it will say so. Its last words:"
        tail -n 3 "$log" >&2
    fi
}

make_venv
install
.venv/bin/python tools/build_assets.py
if [ "$kind" = test ]; then system_packages; fi
