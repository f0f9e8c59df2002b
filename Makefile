# Two commands matter: `make demo` shows the screening at work, `make test` proves it. Both set themselves up.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.ready
READY_TEST := $(VENV)/.ready-test
DATA ?= ../shared/datasets/real
# One more than two cores: a worker waits a third of its time, for a browser, a database or a server.
WORKERS ?= 3
LOCK := $(VENV)/bin/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11
# A file of tests stays in one worker, since its tests share a served town; in the order of the folders, which has the long ones first.
PYTEST := $(PY) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
export DO_NOT_TRACK := 1
export GX_ANALYTICS_ENABLED := false
export PREFECT_SERVER_ANALYTICS_ENABLED := false
# Who sets it has all modules compiled in each of the hundreds of processes that the tests start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo test test-long test-real lint styles receiver-page docs site lock bench bench-linking mutants sbom weaknesses wheelhouse clean

help: ## What can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

setup: $(READY_TEST) ## Make .venv with the locked packages (done by every other target)

$(READY): requirements.lock scripts/setup.sh
	@PYTHON="$(PYTHON)" VENV="$(VENV)" bash scripts/setup.sh run
	@touch $(READY)

$(READY_TEST): $(READY) requirements-dev.lock
	@PYTHON="$(PYTHON)" VENV="$(VENV)" bash scripts/setup.sh test
	@touch $(READY_TEST)

demo: $(READY) ## Make a synthetic municipality, screen it as the Prefect flow, name the report to open
	@$(VENV)/bin/barrier demo --directory demo

test: BEGAN := $(shell date +%s)
test: $(READY_TEST) ## All tests, the import directions and the style
	@bash scripts/system.sh
	@$(MAKE) --no-print-directory lint
	@bash scripts/in_memory.sh $(PYTEST) $(if $(FILE),$(FILE),-m "not long and not real" --began $(BEGAN))

test-long: $(READY_TEST) ## All goals with their full counts (faults, fuzzing, scale, races), which `make test` reduces
	@bash scripts/system.sh
	@$(PYTEST) -m "long or goal or hypothesis" --hypothesis-profile thorough --keep-goals; ended=$$?; $(PY) -m tests.assurance.goals; exit $$ended

test-real: $(READY_TEST) ## The same command on registers that others made: make test-real DATA=DIR
	@$(PYTEST) -m real
	@$(PY) -m tests.real.run "$(DATA)"

lint: $(READY_TEST) ## Style, import directions and types
	@$(VENV)/bin/lint-imports
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check --quiet .
	@$(VENV)/bin/mypy

styles: $(READY_TEST) ## Cut the design system to what the templates use: screening/review/static/vendor
	@$(PY) scripts/cut_styles.py

receiver-page: $(READY_TEST) ## The page with which a receiver opens a batch, into dist, and its sha256
	@mkdir -p dist
	@$(PY) -m screening.partners.receiver.page dist

docs: $(READY_TEST) ## The pages that are made from the rules, the configuration and the tests: docs/reference
	@$(PY) scripts/build_reference.py

site: $(READY_TEST) ## The documentation as one site with search, read without a network: dist/documentation/site/index.html
	@$(PY) scripts/build_site.py dist/documentation

bench: $(READY_TEST) ## Seconds, memory and growth of a night of 10,000 to 1,000,000 addresses by stage; all rules on 1,000,000
	@$(PY) -m benchmarks.scale
	@$(PY) -m benchmarks.indicators

bench-linking: $(READY_TEST) ## The linking engine beside Splink 5, in turn, as ratios (its peers get a .venv of their own)
	@PYTHON="$(PYTHON)" bash benchmarks/linking/setup.sh
	@$(PY) -m benchmarks.linking --records 50000

mutants: $(READY_TEST) ## Change lines of the core and see whether a test notices; goes on where it was ended (hours)
	@$(PY) -m tests.assurance.mutants

sbom: $(READY_TEST) ## A bill of materials of what a run installs, with hashes: artefacts/sbom.cdx.json (CycloneDX)
	@mkdir -p artefacts
	@$(VENV)/bin/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml --output-reproducible \
	  --validate -o artefacts/sbom.cdx.json 2>/dev/null
	@echo artefacts/sbom.cdx.json

weaknesses: $(READY_TEST) ## Known weaknesses of the locked packages, at each release (asks a database on the internet)
	@$(VENV)/bin/pip-audit --strict --disable-pip --require-hashes -r requirements.lock --progress-spinner off $(AUDIT)

wheelhouse: $(READY_TEST) ## The locked packages as files, to install without a network: artefacts/wheelhouse
	@mkdir -p artefacts/wheelhouse
	@$(PY) -m pip download --quiet --require-hashes --no-deps -r requirements.lock -d artefacts/wheelhouse
	@echo "artefacts/wheelhouse: make setup with PIP_NO_INDEX=1 PIP_FIND_LINKS=$$PWD/artefacts/wheelhouse"

lock: $(READY_TEST) ## Renew both locks from pyproject.toml
	$(LOCK) --extra build pyproject.toml -o requirements.lock
	$(LOCK) --extra build --extra test --constraint requirements.lock pyproject.toml -o requirements-dev.lock

clean: ## Remove what was made here
	rm -rf $(VENV) demo artefacts dist .pytest_cache .ruff_cache .hypothesis .import_linter_cache .mypy_cache
