# Ariadne. `make help` lists what can be made.
SHELL := /bin/sh
.DEFAULT_GOAL := help
PY := .venv/bin/python
export PYTHON
# Compiled modules are kept beside the sources: without them every start compiles a library of 5 GB.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile

.PHONY: setup
setup: ## The environment alone (.venv, from requirements.lock)
	@sh scripts/setup.sh

.PHONY: prepare
prepare: setup ## The index and the trained model, where stale
	@$(PY) -m knowledge_base build >/dev/null
	@$(PY) -m bot.rasa.train

.PHONY: run
run: prepare ## Start everything; prints the address (Ctrl-C stops)
	@exec $(PY) -m bot

.PHONY: test
test: setup ## Everything that must pass
	@scripts/browser.sh >/dev/null
	@scripts/services.sh >/dev/null || true
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check --quiet .
	@$(PY) -m mypy
	@$(PY) -m pytest -q

.PHONY: bench
bench: prepare ## The benchmarks, as a table
	@$(PY) -m tests.bench

.PHONY: lock
lock: setup ## Pin every dependency anew (requirements.lock)
	@.tools/bin/uv pip compile --quiet --generate-hashes --no-header --python .venv/bin/python \
		--extra test --output-file requirements.lock pyproject.toml
