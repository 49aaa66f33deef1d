# `make` prints the list. Nothing is installed outside this folder.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup run test check fmt e2e bench peers words lock wheel clean tools

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
STAMPS := $(VENV)/.stamps
PARTS := src/homespun/core/static/parts

help: ## This list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMPS)/run $(STAMPS)/parts ## Make the environment and fetch the front-end parts

run: setup ## Start Homespun here; it prints its address
	@exec $(BIN)/homespun serve $(ARGS)

test: tools ## Every test, those in a browser included
	@browser=$$($(BIN)/python tools/browser.py); HOMESPUN_TEST_BROWSER=$$browser $(BIN)/python -m pytest $(ARGS)

check: tools ## Formatting, style, types, the layers of the house, templates
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy src tests bench tools
	$(BIN)/lint-imports --no-cache
	$(BIN)/djlint --quiet --lint src
	$(BIN)/python -m tools.scripts
	$(BIN)/python -m pytest tests/house

fmt: tools ## Put the code into shape
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

e2e: tools ## The tests in a browser alone; their pictures land in tests/screenshots
	@browser=$$($(BIN)/python tools/browser.py); HOMESPUN_TEST_BROWSER=$$browser $(BIN)/python -m pytest tests/e2e $(ARGS)

bench: tools ## Every figure beside its goal (ARGS=ingest, read or story for one of them)
	$(BIN)/python -m bench.run $(ARGS)

peers: tools $(STAMPS)/peers ## Against real servers, which are started here: a Bluesky network, a Mastodon API
	@browser=$$($(BIN)/python tools/browser.py); HOMESPUN_TEST_BROWSER=$$browser $(BIN)/python -m pytest tests/peers $(ARGS)

words: setup ## Collect all words of pages for translators (WORDS=de); wants GNU gettext
	@cd src/homespun && $(CURDIR)/$(BIN)/homespun makemessages --locale $(or $(WORDS),$(error Say which language: make words WORDS=de)) --add-location file --ignore "core/static/*"
	@cd src/homespun && $(CURDIR)/$(BIN)/homespun compilemessages --locale $(WORDS)

lock: tools ## Choose the newest dependencies anew and write their hashes
	@options="--quiet --upgrade --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --strip-extras --no-header --no-annotate --allow-unsafe"; \
	$(BIN)/pip-compile $$options --output-file requirements/run.txt pyproject.toml; \
	$(BIN)/pip-compile $$options --output-file requirements/setup.txt requirements/setup.in; \
	$(BIN)/pip-compile $$options --output-file requirements/dev.txt requirements/dev.in

wheel: $(STAMPS)/dev $(STAMPS)/parts ## Build the wheel, with all that pages need, into dist/
	$(BIN)/python -m build --wheel --no-isolation .

clean: ## Remove what was built, but no data
	rm -rf $(VENV) node_modules $(PARTS) dist build

tools: setup $(STAMPS)/dev

$(VENV)/bin/python:
	@python=""; for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	  if command -v $$name >/dev/null && $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then python=$$name; break; fi; done; \
	if [ -z "$$python" ]; then echo "Homespun needs Python 3.11 or newer, and found none." >&2; exit 1; fi; \
	$$python -m venv $(VENV) || { rm -rf $(VENV); echo "Python's venv module is missing; on Debian: apt-get install python3-venv" >&2; exit 1; }

$(STAMPS)/run: requirements/run.txt requirements/setup.txt pyproject.toml | $(VENV)/bin/python
	@echo "Installing what Homespun needs"
	@mkdir -p $(STAMPS)
	@$(PIP) install --require-hashes --only-binary :all: -r requirements/run.txt -r requirements/setup.txt
	@$(PIP) install --no-deps --no-build-isolation --no-index -e .
	@touch $@

$(STAMPS)/dev: requirements/dev.txt tools/scripts/package-lock.json $(STAMPS)/run
	@echo "Installing what tests and checks need"
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m tools.scripts fetch
	@touch $@

$(STAMPS)/peers: requirements/peers.txt $(STAMPS)/dev
	@echo "Installing what the tests against real servers need"
	@$(PIP) install --require-hashes -r requirements/peers.txt
	@touch $@

$(STAMPS)/parts: $(STAMPS)/run package-lock.json tools/parts.py $(shell find src/homespun/core/static/css src/homespun/core/static/marks -type f 2>/dev/null)
	@echo "Fetching the front-end parts"
	@$(BIN)/python tools/parts.py
	@touch $@
