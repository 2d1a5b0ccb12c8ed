# `make run` starts the product, `make test` proves it. A Debian with python3.11, pip, venv and make is enough.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
# Without --no-deps pip asks for the newest release of what is needed with an extra, which no hash covers.
PIP_INSTALL := $(BIN)/python -m pip install -qq --require-hashes --no-deps --only-binary :all:
PYTEST := $(BIN)/python -m pytest -rs
ARGS ?=

# Values that look like production and lead nowhere.
PRODUCTION_LIKE := PRODUCTION=1 DEMO= DATA_DIR=build/check SECRET_KEY=$(shell head -c 48 /dev/urandom | base64) \
	SITE_URL=https://support.desk.example DATABASE_URL=postgresql://prazo@127.0.0.1/prazo \
	REDIS_URL=redis://127.0.0.1:6379/0 EMAIL_URL=smtp+tls://user:password@mail.desk.example:587 \
	ANYMAIL_WEBHOOK_SECRET=user:password

.PHONY: run test check test-services test-browser torture bench messages lock clean

run: $(VENV)/base
	@DEMO=$${DEMO-1} exec $(BIN)/python manage.py up

test: $(VENV)/test
	env -u DATABASE_URL -u REDIS_URL $(PYTEST) -n auto --ignore=tests/browser $(ARGS)

check: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	DATA_DIR=build/check $(BIN)/mypy
	$(BIN)/lint-imports
	DATA_DIR=build/check $(BIN)/python manage.py makemigrations --check --dry-run
	$(PRODUCTION_LIKE) $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/djlint --quiet --lint templates
	$(BIN)/python -m translating --check
	! grep -nE '://|^ *-[-fi]|file:' requirements/*.txt | grep -v -- '--hash=sha256:'

# Plain arithmetic and the reading of mail ask no server anything: `make test` has proved them.
test-services: $(VENV)/test
	.ci/with-services $(PYTEST) -n auto --ignore=tests/browser --ignore=tests/sla/hours \
		--ignore=tests/channels_inbound/email $(ARGS)

test-browser: $(VENV)/browser
	.ci/with-chromium $(PYTEST) tests/browser $(ARGS)

# Workers killed by the dozen, at full size; a minute on a quiet machine, and ended after twenty.
torture: $(VENV)/test
	TORTURE=1 timeout --signal=INT --kill-after=60 1200 .ci/with-services $(PYTEST) -s -m torture --ignore=tests/browser $(ARGS)

bench: $(VENV)/bench
	$(BIN)/python -m benchmarks $(ARGS)

# Needs no GNU gettext: Babel writes the catalogues.
messages: $(VENV)/dev
	$(BIN)/python -m translating

# pip installs what these files say; uv writes them, because it resolves for every Python from 3.11.0 on.
lock: $(VENV)/dev
	$(call lock,dev,--group dev)
	$(call lock,browser,--group browser --constraint requirements/dev.txt)
	$(call lock,test,--group test --constraint requirements/dev.txt)
	$(call lock,bench,--group bench --constraint requirements/dev.txt)
	$(call lock,base,--constraint requirements/dev.txt)

define lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-build --no-header \
		--no-emit-index-url --no-emit-find-links --annotation-style line $(UPGRADE) \
		pyproject.toml $(2) --output-file requirements/$(1).txt
endef

clean:
	rm -rf $(VENV) build .coverage* htmlcov .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

# One stamp a set; a newer lock installs again.
$(VENV)/%: requirements/%.txt | $(BIN)/python
	@echo "installing requirements/$*.txt"
	@$(PIP_INSTALL) -r $<
	@touch $@

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)
