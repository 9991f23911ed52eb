# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# `make demo` and `make test` are all a newcomer needs: each sets up .venv by itself. `make help` lists the rest.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# For `make demo PLAYBOOK=name`, `make demo ARGS=...` and `make bench ARGS=...`; for `make test CHECKS="ruff units"`.
ARGS ?=
CHECKS ?=

# Compiled code is kept, whatever the user has set: the environments come without any.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test bench lint format changelog build clean python venv-demo venv-test

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: venv-demo ## Run the Basic Sample against a stand-in server, and show what it did
	@PYTHONPATH=tests exec $(BIN)/python tests/demo/demo.py $(PLAYBOOK) $(ARGS)

test: venv-test ## Run every check and test (CHECKS="ruff units" picks some)
	@PYTHONPATH=tests exec $(BIN)/python -m tools.run_checks $(CHECKS)

bench: venv-test ## Measure, print a table and write docs/performance.md
	@PYTHONPATH=tests exec $(BIN)/python tests/benchmark/run.py $(ARGS)

lint: venv-test ## Run the quick checks alone
	@PYTHONPATH=tests exec $(BIN)/python -m tools.run_checks ruff license-check extra-checks yamllint mypy

format: venv-test ## Format the Python files
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

changelog: venv-test ## Bring CHANGELOG.rst up to date with changelogs/fragments and the plugins
	@PYTHONPATH=tests exec $(BIN)/python -m tools.changelog --write

build: venv-test ## Build the collection's tarball into .cache/build
	@PYTHONPATH=tests exec $(BIN)/python -m tools.tarball

clean: ## Remove everything that make has made
	rm -rf .venv .venv.lock .cache .nox .ansible

python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "This needs Python 3.11 or newer as '$(PYTHON)' (found: $$($(PYTHON) --version 2>&1))." >&2; \
	  echo "Name another one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }

venv-demo: python
	@$(PYTHON) tests/tools/bootstrap.py $(VENV) tests/requirements-demo.txt

venv-test: python
	@$(PYTHON) tests/tools/bootstrap.py $(VENV) tests/requirements.txt
