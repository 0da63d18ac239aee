# One command for each thing a developer does. `make` alone lists them.
# Needs make and any Python >= 3.11; everything else comes from requirements.lock.

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
ARGS ?=
ORDERS ?= 100000
SEED ?=
# Test processes side by side; 0: all in one, as for a debugger.
WORKERS ?= 2
# The first interpreter that is new enough and can make a virtual environment. `make PYTHON=... setup` overrides.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo "$$p"; exit; }; done)

.DEFAULT_GOAL := help
.PHONY: help setup demo test torture torture-broken failover check format bench bench-env bench-setup lock docker-check clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP) ## make .venv and install the locked dependencies (does nothing when up to date)

$(STAMP): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "order-relay needs Python 3.11 or newer with venv (Debian: apt-get install python3-venv)" >&2; exit 1; }
	@test -x $(BIN)/python && $(BIN)/python -c '' || $(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: setup ## the whole product in one minute: database, both POS simulators, API, worker, 23 orders
	$(BIN)/order-relay demo $(ARGS)

test: setup ## the test suite; ARGS="-k intake -x" reaches pytest, WORKERS=0 is one process
	$(BIN)/pytest -n $(WORKERS) --dist worksteal $(ARGS)

torture: setup ## the fault campaign: ORDERS=10000 SEED=7 make torture; ARGS="--faults kill_api" for one fault alone
	$(BIN)/python -m tests.torture --orders $(ORDERS) $(if $(SEED),--seed $(SEED)) $(ARGS)

torture-broken: setup ## the campaign on a product with one guarantee broken, for each of three: it must be noticed
	for broken in fencing dedup doubt; do $(BIN)/python -m tests.torture --break $$broken $(ARGS) || exit 1; done

failover: setup ## by hand, as root: Patroni and etcd; a primary killed, cut off, split off, switched (ARGS="cut --timing MINI")
	$(BIN)/python -m tests.failover $(ARGS)

check: setup ## lint, format, types, and that migrations and tables agree
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m app.store.migrate check

format: setup ## put the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup bench-env ## order-relay beside its contenders, under 40 minutes; QUICK=1: under 8; ARGS="--help" for more
	$(BIN)/python -m bench $(ARGS)

BENCH_STAMP := .venv-bench/.installed
CONTENDERS := bench/contenders/node_red
bench-env: $(BENCH_STAMP) ## the contenders' own environment (does nothing when up to date); Node-RED only where npm is

$(BENCH_STAMP): requirements-bench.lock $(CONTENDERS)/package-lock.json | $(STAMP)
	@test -x .venv-bench/bin/python && .venv-bench/bin/python -c '' || $(BIN)/python -m venv --clear .venv-bench
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.lock
	@mkdir -p .venv-bench/node-red && cp $(CONTENDERS)/package.json $(CONTENDERS)/package-lock.json .venv-bench/node-red/
	@if command -v npm >/dev/null; then \
		cd .venv-bench/node-red && npm ci --silent --omit=optional --ignore-scripts --no-fund --no-audit \
			|| echo "npm could not install Node-RED: the benchmark goes without it" >&2; \
	else echo "npm is not installed: the benchmark goes without Node-RED (as root on Debian: make bench-setup)" >&2; fi
	@touch $@

bench-setup: ## as root on Debian: what the contenders need beside Python (Redis, Node, a C compiler), then bench-env
	apt-get update -qq && apt-get install -y -qq --no-install-recommends redis-server gcc libc6-dev >/dev/null
	command -v npm >/dev/null || apt-get install -y -qq --no-install-recommends nodejs npm >/dev/null
	rm -f $(BENCH_STAMP)
	$(MAKE) --no-print-directory bench-env

# The image installs the runtime subset; -c keeps all three files on the same versions.
COMPILE = $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url
lock: setup ## renew the lock files (npm's, too) from pyproject.toml; ARGS="--upgrade" for newer versions
	$(COMPILE) --all-extras $(ARGS) -o requirements.lock
	$(COMPILE) -c requirements.lock -o requirements-runtime.lock
	$(BIN)/uv pip compile --group build --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--no-emit-index-url -c requirements.lock -o requirements-build.lock
	$(BIN)/uv pip compile --group bench --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--no-emit-index-url -c requirements.lock -o requirements-bench.lock
	@if command -v npm >/dev/null; then cd $(CONTENDERS) && npm install --package-lock-only --omit-lockfile-registry-resolved \
		--omit=optional --silent --no-fund --no-audit; else echo "npm is not installed: its lock file stays as it is"; fi

docker-check: setup ## lint the Dockerfile, and the compose file where docker-compose is installed
	$(BIN)/hadolint Dockerfile
	@if command -v docker-compose >/dev/null; then compose=docker-compose; \
	elif docker compose version >/dev/null 2>&1; then compose="docker compose"; \
	else echo "docker-compose is not installed: compose file not checked"; exit 0; fi; \
	for profile in "" demo; do POSTGRES_PASSWORD=x ORDER_RELAY_SECRET_KEYS=x COMPOSE_PROFILES=$$profile $$compose config --quiet || exit 1; done; \
	echo "compose file: ok ($$compose)"

clean: ## remove the environment and the caches, never the data directory
	rm -rf $(VENV) .venv-bench .pytest_cache .mypy_cache .ruff_cache .hypothesis .schemathesis
