# Two commands matter: `make demo` shows Schoolgate at work, `make test` runs its tests. Both set up what they need.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.ready

.PHONY: demo test run doctor check format clients torture bench image-replay audit package lock coverage

$(READY): requirements-dev.txt
	$(PYTHON) -c 'import sys; sys.exit("Schoolgate needs Python 3.11 or newer") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $(READY)

demo: $(READY)  ## play the lessons against the rehearsal of Microsoft's side
	$(PY) -m deploy.rehearsal.demo $(ARGS)

test: $(READY)  ## all the tests that need nothing but Python, three at a time: most of them wait for processes
	$(PY) -m pytest -n 3 --dist loadfile $(ARGS)

run: $(READY)  ## the bot, with the settings of .env
	$(PY) app.py

doctor: $(READY)  ## tries each precondition harmlessly and says what to mend
	$(PY) -m bot doctor $(ARGS)

check: $(READY)  ## lint, format, types
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy

format: $(READY)
	$(PY) -m ruff check --fix-only .
	$(PY) -m ruff format .

clients: $(READY)  ## Microsoft's own clients and schemas: needs Node.js, npm and Debian's chromium
	@command -v npm >/dev/null || { echo "make clients needs Node.js and npm (Debian: apt-get install nodejs npm)"; exit 1; }
	@command -v chromium >/dev/null || { echo "make clients needs Chromium (Debian: apt-get install chromium)"; exit 1; }
	cd tests/clients && npm ci --ignore-scripts --no-audit --no-fund --silent
	$(PY) -m pytest -m clients tests/clients $(ARGS)

torture: $(READY)  ## the long runs of the breaking tests
	$(PY) -m pytest -m torture tests/process tests/simulation $(ARGS)

bench: $(READY)  ## the road's cost beside a plain Bot Framework handler, in one run
	$(PY) -m tests.bench $(ARGS)

image-replay: $(READY)  ## the container image's steps in a clean folder, and the tests on what comes out
	$(PY) -m pytest -m image -s tests/deploy $(ARGS)

audit: $(READY)  ## known weaknesses of what is pinned; says so when the database of them cannot be reached
	$(PY) -m deploy.audit $(ARGS)

package: $(READY)  ## the Teams app package: make package ARGS="--app-id GUID --host HOST"
	$(PY) -m manifest.build $(ARGS)

coverage: $(READY)  ## branch coverage of the pure rooms
	$(PY) -m pytest --cov --cov-branch --cov-report=term-missing:skip-covered $(ARGS)

lock:  ## pin everything anew (needs uv)
	uv pip compile pyproject.toml --python-version 3.11 --generate-hashes --universal --no-emit-index-url --no-header -q -o requirements.txt
	uv pip compile pyproject.toml --group dev --python-version 3.11 --generate-hashes --universal --no-emit-index-url --no-header -q -c requirements.txt -o requirements-dev.txt
