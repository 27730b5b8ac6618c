# `make run` shows Dunlin whole on this machine, `make test` is everything that CI runs.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
LOCK := $(BIN)/uv pip compile --quiet --generate-hashes --python-version 3.11 --no-header

.PHONY: help
help: ## Say what there is to make
	@grep -hE '^[a-z.-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

.PHONY: run
run: $(INSTALLED) ## Start everything on this machine, with a sample creditor, until Ctrl-C
	@exec $(BIN)/python -m local.run

.PHONY: test
# A process takes one file after the other, so that what a file sets up is set up once.
test: $(INSTALLED) chromium lint ## Run everything that CI runs
	@echo "== tests that need no more than a processor, two at a time"
	@$(BIN)/pytest -q -n 2 --dist loadfile --no-loadscope-reorder -m "not package and not stack"
	@echo "== the deployable package, and the embedded stacks that run it"
	@$(BIN)/pytest -q -p no:randomly -n 2 --dist loadfile --no-loadscope-reorder -m "package or stack" \
	  --durations 10

.PHONY: lint
lint: $(INSTALLED) ## Check style, formatting, types and layers
	@echo "== style, formatting, types, layers"
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports

.PHONY: simulate
simulate: $(INSTALLED) ## Live through SEEDS simulated lives from SEED_FROM on, and check I1 to I9
	@$(BIN)/python -m tests.simulation --seeds $(or $(SEEDS),2000) --from $(or $(SEED_FROM),0)

.PHONY: chaos
chaos: $(INSTALLED) ## Let the packaged functions live through SEEDS seeds of faults from SEED_FROM on
	@$(BIN)/python -m tests.chaos --seeds $(or $(SEEDS),20) --from $(or $(SEED_FROM),0)

.PHONY: soak
soak: $(INSTALLED) ## Load the embedded stack with INVOICES and WEBHOOKS while its workers are killed
	@$(BIN)/python -m tests.soak --invoices $(or $(INVOICES),20000) --webhooks $(or $(WEBHOOKS),10000)

.PHONY: bench
bench: $(INSTALLED) ## Measure
	@$(BIN)/python -m bench

.PHONY: lock
lock: $(INSTALLED) ## Write the locks anew from requirements*.in
	@$(LOCK) --upgrade requirements.in -o requirements.txt
	@$(LOCK) --upgrade requirements-dev.in -o requirements-dev.txt

# Needs PyPI's own index or OSV: what can't be looked up there fails, rather than passing unseen.
.PHONY: audit
audit: $(INSTALLED) ## Look the locked libraries up among known vulnerabilities (needs the internet)
	@$(BIN)/uv tool run --from pip-audit==2.10.1 pip-audit --strict --disable-pip --require-hashes \
	  -r requirements.txt -r requirements-dev.txt

.PHONY: clean
clean: ## Remove what the others made, the embedded stack's data included (not .venv)
	@rm -rf .local .chalice/deployments .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	@find . -path ./.venv -prune -o -name __pycache__ -exec rm -rf {} +

# uv takes seconds where pip takes minutes; pip is asked where only pip knows the package index.
$(INSTALLED): requirements-dev.txt
	@echo "== installing into .venv"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@cmp -s $< $@ || { \
	  $(BIN)/pip install --quiet --disable-pip-version-check "$$(grep -om1 '^uv==[0-9.]*' $<)"; \
	  $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r $< \
	    || $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $<; }
	@cp $< $@

.PHONY: chromium
chromium: # The tests of pages drive a browser; `make run` needs none.
	@command -v chromium chromium-browser google-chrome >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "== installing chromium"; \
	    apt-get update -qq && apt-get install -yqq --no-install-recommends chromium >/dev/null; \
	  else \
	    echo "The tests of pages need Chromium. Install it (Debian: apt-get install chromium)." >&2; \
	    exit 1; \
	  fi; }
