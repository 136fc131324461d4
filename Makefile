# Everything a checkout needs, in a few words: make demo, make test, make lint.
# The first of them makes .venv from requirements.lock; nothing outside this folder changes but the
# caches that pip and Matplotlib keep in the home.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.made-from-the-lock
LABS := $(notdir $(wildcard source/*))
# a file of tests at a time on every core
PYTEST_FLAGS ?= --numprocesses auto --dist loadfile
LOCK_FLAGS ?=
N ?= 60
BENCH_FLAGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup demo bench test test-all ablation lint release lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY) ## make .venv from requirements.lock, if it is not there yet

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || { \
	  echo "The course needs Python 3.11, 3.12 or 3.13, and '$(PYTHON)' is none of them: name one, like 'make PYTHON=python3.12 $(or $(firstword $(MAKECMDGOALS)),setup)'." >&2; \
	  exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY) ## release Lab 1, grade a sample class in demo/, write its feedback
	@$(BIN)/course demo --into demo

bench: $(READY) ## how fast, beside nbgrader and the bare cells (N=60 notebooks, BENCH_FLAGS=--json=FILE)
	@$(BIN)/python -m bench --notebooks $(N) $(BENCH_FLAGS)

test: $(READY) ## the tests that take seconds
	$(BIN)/python -m pytest -m "not slow" $(PYTEST_FLAGS)

test-all: $(READY) ## all the tests, as CI runs them
	$(BIN)/python -m pytest $(PYTEST_FLAGS)

ablation: $(READY) ## which layer of the sandbox stops which attack (the tables of docs/ablation.md)
	$(BIN)/python tests/course/ablation.py

lint: $(READY) ## style, types, docstrings, and that release/ is what source/ gives
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/interrogate course
	@for lab in $(LABS); do echo "course release $$lab --check" && $(BIN)/course release $$lab --check || exit $$?; done

release: $(READY) ## generate release/ from source/, for every lab
	@for lab in $(LABS); do $(BIN)/course release $$lab || exit $$?; done

lock: $(READY) ## resolve requirements.lock anew (LOCK_FLAGS=--upgrade: to the newest versions)
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras --generate-hashes \
	  --no-annotate --custom-compile-command "make lock" $(LOCK_FLAGS) --output-file requirements.lock pyproject.toml

clean: ## remove what the tools and the demo made; students' work and the gradebook stay
	rm -rf $(VENV) demo .pytest_cache .ruff_cache .mypy_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +
