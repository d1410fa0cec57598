# The commands of the project; "make help" lists them.
# make run and make test do all the set-up themselves, on a machine with Debian's base, Python and make.

HOST ?= 127.0.0.1
PORT ?= 8000
# Two processes of tests: the machine CI has.
TEST_WORKERS ?= 2
PYTEST_ARGS ?=

export HOST PORT TEST_WORKERS PYTEST_ARGS

VENV := .venv/bin
PY := $(VENV)/python

.DEFAULT_GOAL := help

.PHONY: help
help: ## List the commands
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

.PHONY: run
run: setup ## Set up, then serve the demonstration (HOST=127.0.0.1 PORT=8000)
	@$(PY) scripts/serve.py

.PHONY: test
test: setup-dev ## Set up, then check everything: lint, types, layers, migrations, translations, tests on both databases
	@scripts/test.sh

.PHONY: setup
setup: ## Install what running needs
	@scripts/setup.sh run

.PHONY: setup-dev
setup-dev: ## Install what testing needs
	@scripts/setup.sh test

.PHONY: lint
lint: setup-dev ## Check the style of code, templates and scripts
	@scripts/test.sh lint templates shell

.PHONY: types
types: setup-dev ## Check the types
	@scripts/test.sh types

.PHONY: sqlite
sqlite: setup-dev ## Run the tests on SQLite only (PYTEST_ARGS="tests/ui -x")
	@scripts/test.sh sqlite

.PHONY: postgresql
postgresql: setup-dev ## Run the tests on a throwaway PostgreSQL only
	@scripts/test.sh postgresql

.PHONY: looks
looks: setup-dev ## Audit every kind of page: HTML, accessibility in light and dark, the width of a phone
	@scripts/test.sh looks

.PHONY: audit
audit: ## Read every page of every role as production serves it: Nu checker, axe, Lighthouse (ARGS="--only html")
	@scripts/setup.sh audit
	@PYTHONPATH=scripts $(PY) -m audit $(ARGS)

.PHONY: cluster
cluster: setup-dev ## Prove that two machines behave as one, on PostgreSQL and an object store (ARGS="--rounds 40 --tasks 200")
	@PYTHONPATH=scripts scripts/with_postgres.sh $(PY) -m proofs.cluster $(ARGS)

.PHONY: purge
purge: setup-dev ## Prove that nothing of who applied is left once a season came to its end (ARGS="--from folder")
	@PYTHONPATH=scripts $(PY) -m proofs.purge $(ARGS)

.PHONY: matrix
matrix: setup-dev ## Ask every address as every role, and write hostile words everywhere, on both databases (ARGS="--rounds 20")
	@PYTHONPATH=scripts $(PY) -m proofs.matrix $(ARGS)

.PHONY: bench
bench: ## Measure pages, files, optimisers, memory and the deadline rush, write docs/performance.md (ARGS=--quick)
	@scripts/setup.sh bench
	@DURABLE=1 PYTHONPATH=scripts scripts/with_postgres.sh $(PY) -m bench $(ARGS)

.PHONY: scan
scan: setup-dev ## Let an independent scanner (wapiti) attack the demonstration as each role (ARGS="--role juror")
	@PYTHONPATH=scripts $(PY) -m proofs.scan $(ARGS)

.PHONY: dependencies
dependencies: setup-dev ## Ask the public lists whether a dependency has a known weakness, when they can be reached
	@PYTHONPATH=scripts $(PY) -m proofs.dependencies $(ARGS)

.PHONY: messages
messages: setup-dev ## Refresh locale/*.po from the sources, then compile
	@DEBUG=true $(PY) manage.py makemessages --locale fr --locale en --no-obsolete --add-location file \
		--no-wrap --ignore '.venv*' --ignore 'var/*' --ignore 'tests/*' --ignore 'scripts/*'
	@$(PY) scripts/compile_messages.py

.PHONY: lock
lock: ## Write the lock files from pyproject.toml (ARGS=--upgrade for newer indirect dependencies)
	@scripts/lock.sh $(ARGS)

.PHONY: licences
licences: setup-dev ## Write the table of licences in docs/development.md
	@$(PY) scripts/licences.py

.PHONY: hostile
hostile: setup-dev ## Send some five thousand hostile files through every door (ARGS="--rounds 100 --no-fetch")
	@PYTHONPATH=scripts $(PY) -m proofs.hostile $(ARGS)

.PHONY: states
states: setup ## Draw docs/states.md from the tables of transitions
	@$(PY) scripts/states.py

.PHONY: pictures
pictures: setup-dev ## Take the pictures of the README and the guides again (ARGS="--site http://127.0.0.1:8000")
	@$(PY) scripts/pictures.py $(ARGS)

.PHONY: phone
phone: setup-dev ## File a dossier on a phone, count steps and seconds, write docs/phone-deposit.md (ARGS="--dry")
	@$(PY) scripts/phone_deposit.py $(ARGS)

.PHONY: faults
faults: setup-dev ## Kill web and workers, fill the disk, restart the database, on both databases (ARGS="--rounds 20")
	@PYTHONPATH=scripts $(PY) -m proofs.faults $(ARGS)
	@PYTHONPATH=scripts scripts/with_postgres.sh $(PY) -m proofs.faults $(ARGS)

.PHONY: drill
drill: setup-dev ## Save, restore, kill and damage the demonstration's backup, on both databases (ARGS="--rounds 20")
	@PYTHONPATH=scripts scripts/with_postgres.sh $(PY) -m proofs.drill $(ARGS)

.PHONY: clean
clean: ## Remove what was installed or made here; var/ (the data) and .env stay
	@rm -rf .venv .venv-lock .venv-scan .venv-audit .venv-bench .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache test-results build
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@[ ! -d locale ] || find locale -name '*.mo' -delete
	@echo "Cleaned. The data in var/ and .env are untouched."
