#!/bin/bash
# Check everything, or the stages named: test.sh [STAGE...]
#
# A stage that fails stops the rest, unless KEEP_GOING=1. The times are printed at the end.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

bin=$PWD/.venv/bin
workers=${TEST_WORKERS:-2}
keep_going=${KEEP_GOING:-0}
all=(lint templates shell types layers migrations translations sqlite postgresql)
stages=("$@")
[ $# -gt 0 ] || stages=("${all[@]}")

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# The demonstration's settings, and nothing of a .env that may lie here.
export DEBUG=true VAR_DIR=$work/var SECRET_KEY=checks-only DATABASE_URL=sqlite:///$work/check.sqlite3 \
    PYTHONPYCACHEPREFIX=$work/pycache TASKS_IMMEDIATE=true EMAIL_URL=memorymail:// SENTRY_DSN=''
unset TEST_DATABASE_URL PYTHONDONTWRITEBYTECODE

stage_lint() {
    "$bin/ruff" check . && "$bin/ruff" format --check --quiet .
}

stage_templates() {
    "$bin/djlint" --lint --quiet templates
}

stage_shell() {
    shellcheck scripts/*.sh .ci/run
}

stage_types() {
    "$bin/mypy"
}

stage_layers() {
    "$bin/lint-imports"
}

stage_migrations() {
    "$bin/python" manage.py makemigrations --check --dry-run
}

stage_translations() {
    "$bin/python" scripts/check_messages.py
}

# The tables, made once for all the processes of the tests, on both databases, while the checks that
# read files hold the other core. Without them, each process makes its own.
make_templates() {
    export TASKS_IMMEDIATE=true VAR_DIR=$work/templates
    DATABASE_URL=sqlite:///$work/half.sqlite3 "$bin/python" manage.py migrate --verbosity 0 &&
        mv "$work/half.sqlite3" "$work/tables.sqlite3"
    # shellcheck disable=SC2016 # the inner shell reads the address
    scripts/with_postgres.sh bash -c '"$1" manage.py migrate --verbosity 0 &&
        pg_dump --no-owner --dbname "$DATABASE_URL" --file "$2"' - "$bin/python" "$work/half.sql" &&
        mv "$work/half.sql" "$work/tables.sql"
}

# tests LAUNCHER MARKS
tests() {
    wait
    [ ! -e "$work/tables.sqlite3" ] || export TEST_TABLES=$work/tables
    # shellcheck disable=SC2086 # PYTEST_ARGS is a list of words
    "$1" "$bin/python" -m pytest -q --numprocesses "$workers" --dist worksteal --durations 10 -m "$2" ${PYTEST_ARGS:-}
}

stage_sqlite() {
    # Beside the rest, the smoke of the audits of looks. Named alone, every test.
    case " ${stages[*]} " in
        *" postgresql "*) tests env 'not looks or smoke' ;;
        *) tests env '' ;;
    esac
}

# The audits of looks: HTML, axe in light and dark, a phone's width, on every kind of page.
stage_looks() {
    tests env looks
}

stage_postgresql() {
    # After SQLite, without what no database changes: looks, tests that ask none or count queries, the making of
    # the demonstration (SQLite), the browser's stories but for their smoke, and doors that stay shut. Named alone, every test.
    case " ${stages[*]} " in
        *" sqlite "*) ASK_GRANTED=1 tests scripts/with_postgres.sh 'not looks and not pure and not counts and not once and (not journey or smoke)' ;;
        *) tests scripts/with_postgres.sh '' ;;
    esac
}

started=$SECONDS
summary=()
failed=()
case " ${stages[*]} " in *" types "*" sqlite "*) make_templates >"$work/templates.log" 2>&1 & ;; esac
for stage in "${stages[@]}"; do
    if ! declare -F "stage_$stage" >/dev/null; then
        echo "No stage is called $stage. There are: ${all[*]}" >&2
        exit 2
    fi
    printf '\n== %s\n' "$stage"
    before=$SECONDS
    "stage_$stage" 2>&1 | tee "$work/$stage.log"
    status=${PIPESTATUS[0]}
    result=$(grep -aE '[0-9]+ (passed|failed|error)' "$work/$stage.log" | tail -n 1 || true)
    if [ "$status" -eq 0 ]; then
        summary+=("$(printf '%-13s ok      %4d s   %s' "$stage" $((SECONDS - before)) "$result")")
        continue
    fi
    summary+=("$(printf '%-13s FAILED  %4d s   %s' "$stage" $((SECONDS - before)) "$result")")
    failed+=("$stage")
    [ "$keep_going" = 1 ] || break
done

printf '\n== summary\n'
printf '%s\n' "${summary[@]}"
if [ ${#failed[@]} -gt 0 ]; then
    echo "Failed: ${failed[*]} (after $((SECONDS - started)) s)"
    exit 1
fi
echo "All passed in $((SECONDS - started)) s."
