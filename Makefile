# The commands a person needs: run, test, check, prove, bench, clean. Each brings what it needs.
.DELETE_ON_ERROR:
.PHONY: run test check prove bench clean generate assets lock format

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8080
TLS ?=
BIN := .venv/bin
RUN_STAMP := .venv/.run-installed
DEV_STAMP := .venv/.dev-installed
HALLS := great ancient consultation exhibition readers-walnut readers-garden readers-loft data-sea
CLIENT := web_client/dist/manifest.json
CLIENT_SOURCES := $(shell find web_client/src server/i18n -type f 2>/dev/null) $(wildcard web_client/*.json web_client/*.ts)

run: $(RUN_STAMP) $(CLIENT)  ## open the library on http://localhost:8080
	@$(BIN)/carrel serve --host $(HOST) --port $(PORT) $(if $(TLS),--tls $(TLS))

test: $(DEV_STAMP) $(CLIENT) .venv/.browser  ## everything that must hold, in eight minutes at most
	@$(BIN)/python -m tests.run

check: $(DEV_STAMP) $(CLIENT)  ## formatting, lint, types, import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(NPM) run --silent check

prove: $(DEV_STAMP) $(CLIENT) .venv/.browser  ## the long proofs: soaks, kills, fuzzing, large sets; PROOFS=path for some of them
	@$(BIN)/python -m tests.run --proofs $(PROOFS)

bench: $(DEV_STAMP) $(CLIENT)  ## measure beside peers and write docs/benchmarks.md
	@$(BIN)/python -m benchmarks

generate: $(DEV_STAMP)  ## write what is made from the message schema, and the ledger's golden vectors
	$(BIN)/python -m carrel.server.wire
	$(BIN)/python -m tests.ledger.make_vectors
	$(BIN)/python -m tests.ledger.make_entry_vectors
	$(BIN)/python -m tests.ledger.make_statement_vectors
	$(BIN)/python -m tests.avatars.vrm.make_vectors

format: $(DEV_STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(NPM) run --silent format

assets: $(DEV_STAMP)  ## build the shipped halls and avatars again
	set -e; for hall in $(HALLS); do $(BIN)/carrel build hall $$hall; done
	$(BIN)/carrel build furniture
	$(BIN)/carrel build looks
	$(BIN)/carrel build openings
	$(BIN)/carrel build manifest

lock: $(DEV_STAMP)  ## renew the pinned versions
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --no-header --no-annotate --upgrade pyproject.toml locks/build.in -o locks/run.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --no-header --no-annotate --upgrade --extra build --extra postgresql --extra s3 --group dev --constraint locks/run.txt pyproject.toml locks/build.in -o locks/dev.txt

clean:
	rm -rf .venv build dist web_client/dist web_client/node_modules .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache benchmarks/out
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- how it gets there ---

NPM = $(BIN)/python hatch_build.py npm

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Carrel needs Python 3.11 or newer: try make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "This Python has no venv module. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@touch $@

$(RUN_STAMP): .venv/.made locks/run.txt pyproject.toml hatch_build.py
	@echo "Installing Carrel's packages …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r locks/run.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(DEV_STAMP): $(RUN_STAMP) locks/dev.txt
	@echo "Installing what development and tests need …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r locks/dev.txt
	@touch $@

$(CLIENT): $(RUN_STAMP) $(CLIENT_SOURCES)
	@echo "Building the client …"
	@$(BIN)/python hatch_build.py client

.venv/.browser: $(DEV_STAMP)
	@$(BIN)/python -m tests.browser
	@touch $@
