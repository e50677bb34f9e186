# make demo    answer the built-in study; make test    run the tests.  Both set up .venv when it is missing.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python -m
READY := $(VENV)/.ready
SOURCES := $(wildcard src tests bench docs)
# One worker for each core, at most four; each needs about 1 GB. Tests of one file mostly share a worker.
PARALLEL := --numprocesses auto --maxprocesses 4 --dist worksteal

.DEFAULT_GOAL := help
.PHONY: help setup demo test slow check lint types docs house format clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

setup: $(READY) ## create .venv with the pinned packages (the others do it when needed)

# Redone only when the requirements change; once done, nothing below needs the network.
$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "isogloss needs Python 3.11 or later; $(PYTHON) is: $$($(PYTHON) --version 2>&1 || true)" >&2; \
	  echo "next: name a newer one, for example: make $(or $(MAKECMDGOALS),demo) PYTHON=python3.12" >&2; \
	  exit 1; }
	@echo "Setting up $(VENV) with the packages of constraints.txt (once; several minutes on a slow network)"
	@test -x $(VENV)/bin/pip || $(PYTHON) -m venv $(VENV)
	@$(RUN) pip install -qq --no-input --disable-pip-version-check \
	  --constraint constraints.txt --editable '.[train,evidence,dev]'
	@touch $@

demo: $(READY) ## print an answer measured with a real encoder, then run studies/mini.yaml and print its answer
	@echo "Measured with a real encoder (docs/intermediate.md, docs/real-encoder.md), analysed now:"
	@$(RUN) isogloss correlate --published e5-pawsx-intermediate
	@echo
	@$(RUN) isogloss correlate --published e5-udpos
	@echo; echo "Trained and measured now, on the built-in world (studies/mini.yaml):"
	@$(RUN) isogloss run studies/mini.yaml --out out/mini

test: $(READY) ## run the tests (offline, on the CPU)
	@$(RUN) pytest $(PARALLEL)

slow: $(READY) ## run the tests that take minutes, and the others under other instruction sets
	@$(RUN) pytest -m 'slow and not gpu and not network' --timeout 7200

check: $(READY) ## lint, types and docs, two at a time; all problems at once
	@$(MAKE) --no-print-directory --jobs 2 --keep-going types docs lint

lint: $(READY) ## check format, style, layers and words
	@$(RUN) ruff format --check --output-format concise $(SOURCES)
	@$(RUN) ruff check $(SOURCES)
	@$(VENV)/bin/lint-imports --no-logo
	@$(VENV)/bin/python docs/check_words.py

types: $(READY) ## check types
	@$(RUN) mypy

docs: $(READY) ## build the documentation; a warning is an error
	@$(RUN) sphinx --fail-on-warning --keep-going --quiet docs docs/_build/html
	@echo "Documentation: docs/_build/html/index.html"

house: $(READY) ## print size and shape of the code
	@$(VENV)/bin/python bench/house.py

format: $(READY) ## format and sort imports in place
	@$(RUN) ruff check --quiet --select I --fix $(SOURCES)
	@$(RUN) ruff format --quiet $(SOURCES)

clean: ## remove what was built; keeps .venv and out/
	@rm -rf build dist docs/_build docs/api src/*.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find $(SOURCES) -name __pycache__ -type d -prune -exec rm -rf {} +
