# Needs Python 3.11 or newer, make and a shell; everything else is brought here, into .venv.

HOST = 127.0.0.1
PORT = 8000
DATA = .demo

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.synced
MEMBERS := hookspecs core sample_site $(wildcard contrib_plugins/*) tests/testkit
SOURCES := $(wildcard $(addsuffix /src,$(MEMBERS)))
PYPROJECTS := pyproject.toml $(wildcard $(addsuffix /pyproject.toml,$(MEMBERS)))
TESTS =
BENCH =
STORES =
API =
MEMBERS_LIKE =

# A virtual environment or a cache of the caller's must not stand in for this one.
unexport VIRTUAL_ENV
unexport PYTHONPATH
# Without compiled files each of the many processes of the tests compiles whatever it imports.
unexport PYTHONDONTWRITEBYTECODE
export UV_PROJECT_ENVIRONMENT := $(VENV)

.DEFAULT_GOAL := help
.PHONY: help demo test test-long conformance check bench wheels release-check api format clean sync

help: ## Say what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' Makefile

demo: $(STAMP) ## Run the webmail with two accounts and mail in them: HOST=… PORT=… DATA=…
	$(BIN)/satchel demo --host "$(HOST)" --port "$(PORT)" --data "$(DATA)"

test: $(STAMP) ## Run every test with real servers and measure coverage: TESTS=path for some only
	tools/system-packages
	tools/run-tests $(TESTS)
	$(if $(TESTS),,$(BIN)/python -m tools.smoke_wheels)

test-long: $(STAMP) ## Run what takes longer: servers that fail under load
	tools/system-packages
	tools/run-tests tests/databases tests/cluster/outages tests/memcache/outages tests/native/outages tests/redundant/outages tests/userdata_site/outages

conformance: $(STAMP) ## Prove every store on its real server, a line a store: STORES=word for some
	tools/system-packages
	$(BIN)/python -m tests.conformance $(STORES)

check: $(STAMP) ## Look for mistakes that need no running
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(SOURCES)
	$(BIN)/mypy --exclude '^tests/testkit/' tests conftest.py
	$(BIN)/lint-imports

bench: $(STAMP) ## Measure, and print each result as a ratio
	$(BIN)/python -m tests.bench $(BENCH)

wheels: $(STAMP) ## Build a wheel of every member into dist/
	rm -rf dist
	$(BIN)/uv build --all-packages --wheel --no-create-gitignore --out-dir dist

release-check: $(STAMP) ## Prove each plugin alone, with old and new packages and Pythons: MEMBERS_LIKE=word
	tools/system-packages
	$(BIN)/python -m tools.release_check $(MEMBERS_LIKE)

api: $(STAMP) ## Freeze the contract as it is written, and write the pages made from it
	$(BIN)/python -m tools.contract_api $(API)
	$(BIN)/python -m tools.hook_pages
	$(BIN)/python -m tools.store_lines

format: $(STAMP) ## Lay out the code as `make check` wants it
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## Delete what was made here, but not the demo's mail
	rm -rf $(VENV) dist build htmlcov screenshots .coverage .coverage.* .mypy_cache .ruff_cache \
		.pytest_cache .import_linter_cache .hypothesis

sync: $(STAMP)

$(STAMP): $(PYPROJECTS) tools/bootstrap
	tools/bootstrap
	@touch $(STAMP)
