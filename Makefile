# One command per thing to do; `make help` lists them. Needs Python 3.11+ with venv, and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TOOLS := build/tools
# Files in the order of tests/conftest.py, not those with the most tests first. Three workers more than
# cores: a quarter of the time of two cores went unused with one, waiting for a page, a server or a
# database.
WORKERS := --numprocesses 5 --dist loadfile --no-loadscope-reorder
# The longest first; the next makes meanwhile what the first needs in the end.
COMPILED := compile-plans compile-survival compile-traffic
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Tests start hundreds of processes, and each worker reads every test: byte code is kept, whatever
# the machine's setting, or each of them would make it anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help plan app test lint $(COMPILED) collected pytest coverage chromium mariadb dist fuzz fuzz-tables lock sbom audit clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

plan: $(VENV)/.runtime ## plan the example in data/quickstart and print the plan
	@$(BIN)/planner plan data/quickstart

app: $(VENV)/.runtime ## open the planner in the browser
	@$(BIN)/planner app data/quickstart

test: ## run everything that continuous integration runs
	@$(MAKE) --no-print-directory --jobs 2 chromium mariadb $(COMPILED) collected lint dist pytest

lint: $(VENV)/.test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Once for all tests: two workers that need the same function would both compile it.
$(COMPILED): compile-%: $(VENV)/.test
	@echo "Compiling for all tests: $* ..."
	@$(BIN)/python -m tests.support.compiling $*

# Each worker reads all tests; this makes the byte code for all of them.
collected: $(VENV)/.test
	@$(BIN)/pytest --collect-only --quiet >/dev/null

# At the lowest priority: what the app computes steps back behind its pages, and would here wait for
# the tests of all other workers as well.
pytest: $(VENV)/.test chromium mariadb collected $(COMPILED)
	nice -n 19 $(BIN)/pytest $(WORKERS)

coverage: $(VENV)/.test chromium mariadb ## run the tests and show the lines that none of them runs
	$(BIN)/pytest --cov $(WORKERS)

# The trial knows nothing of this folder: what the wheel forgets is missing there. The wheel is
# built from the sdist, so that both are tried; with what the command line needs, then with all.
# The first is weighed with Python's byte code, as a user has it.
dist: $(VENV)/.test ## build wheel and sdist, install the wheel into an empty environment, try it
	rm -rf dist build/trial
	$(BIN)/python -m build --no-isolation --outdir dist . >/dev/null
	$(PYTHON) -m venv --without-pip build/trial/env
	@mkdir build/trial/plain build/trial/full
	$(TRIAL) --require-hashes --requirement requirements-plain.lock
	$(TRIAL) --no-deps dist/*.whl
	@cd build/trial/plain && ../env/bin/python $(CURDIR)/.ci/try_wheel.py ../env/bin/planner plain
	$(TRIAL) --no-compile --require-hashes --requirement requirements.lock
	@cd build/trial/full && ../env/bin/python $(CURDIR)/.ci/try_wheel.py ../env/bin/planner full

TRIAL = @$(BIN)/pip --python build/trial/env/bin/python install --quiet

fuzz: $(VENV)/.test ## plan 20,000 wrong folders (hours); told is every answer that is not clear
	$(BIN)/python -m tests.fuzz.long

fuzz-tables: $(VENV)/.test ## fuzz the table reader by coverage for ten minutes (atheris)
	@test -d build/atheris || $(BIN)/pip install --quiet --target build/atheris atheris || \
	  { echo "atheris cannot be installed here; it has wheels for Linux and CPython 3.11 to 3.13."; exit 2; }
	PYTHONPATH=build/atheris $(BIN)/python -m tests.fuzz.atheris_tables -max_total_time=600

sbom: requirements.lock $(TOOLS)/.stamp ## list what the planner is made of in sbom.json (CycloneDX)
	$(TOOLS)/bin/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml \
	  --output-reproducible --output-file sbom.json

audit: requirements.lock $(TOOLS)/.stamp ## look for known vulnerabilities; needs PyPI's advisories
	@$(TOOLS)/bin/python .ci/audit.py $(TOOLS)/bin/pip-audit requirements.lock

lock: $(TOOLS)/.stamp ## refresh the four lock files
	$(TOOLS)/bin/uv pip compile --quiet --upgrade --universal --generate-hashes --no-header --no-strip-extras \
	  --extra all pyproject.toml --output-file requirements.lock
	$(TOOLS)/bin/uv pip compile --quiet --upgrade --universal --generate-hashes --no-header --no-strip-extras \
	  --constraint requirements.lock pyproject.toml --output-file requirements-plain.lock
	$(TOOLS)/bin/uv pip compile --quiet --upgrade --universal --generate-hashes --no-header --no-strip-extras \
	  --constraint requirements.lock --extra all --extra test pyproject.toml --output-file requirements-test.lock
	$(TOOLS)/bin/uv pip compile --quiet --upgrade --universal --generate-hashes --no-header --no-strip-extras \
	  --python-version 3.11 .ci/tools.in --output-file .ci/tools.lock

clean: ## remove the environment and everything generated
	rm -rf $(VENV) build dist out sbom.json *.egg-info .coverage* htmlcov
	rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 ..."; exit 2; }
	$(PYTHON) -m venv $(VENV)

# What is run only now and then, apart from the planner's own environment, and pinned as it is.
$(TOOLS)/.stamp: .ci/tools.lock | $(BIN)/python
	$(PYTHON) -m venv $(TOOLS)
	$(TOOLS)/bin/pip install --quiet --require-hashes --requirement .ci/tools.lock
	@touch $@

# Python makes byte code of what is imported when it is: making it of all takes as long again.
SPARE := --quiet --no-compile

# The stamps are newer than what they were made from while the environment is up to date.
$(VENV)/.runtime: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing what the planner needs into $(VENV) (a minute or two, once) ..."
	@$(BIN)/pip install $(SPARE) --require-hashes --requirement requirements.lock
	@$(BIN)/pip install --quiet --no-deps --editable .
	@touch $@

# All at once what the planner needs and what tests need: a second round would look at all again.
$(VENV)/.test: requirements-test.lock pyproject.toml | $(BIN)/python
	@echo "Installing the planner and what its tests need into $(VENV) (a minute or two, once) ..."
	@$(BIN)/pip install $(SPARE) --require-hashes --requirement requirements-test.lock
	@$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $(VENV)/.runtime $@

# The browser tests drive Debian's Chromium, those of VICIdial start Debian's MariaDB in a folder of
# their own; nothing else is ever installed outside .venv.
chromium:
	@command -v chromium >/dev/null || { $(call debian,chromium,the browser tests); }

# In sbin, which is not on everybody's path. The server that Debian sets up for itself is not used.
mariadb: | chromium
	@PATH="$$PATH:/usr/sbin" command -v mariadbd >/dev/null || \
	  { $(call debian,mariadb-server,the tests of VICIdial); }

# $(call debian,PACKAGE,WHAT NEEDS IT): one at a time, as apt locks its lists.
define debian
if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing $(1) for $(2) ..."; \
	    apt-get -qq -o DPkg::Lock::Timeout=300 update && \
	    DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 install --yes \
	      --no-install-recommends $(1) >/dev/null; \
	  else \
	    echo "Missing for $(2): have an administrator run 'apt-get install $(1)'."; \
	    exit 2; \
	  fi
endef
