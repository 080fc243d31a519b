# Needs Python 3.11 or newer with pip and venv, and make; everything else goes into .venv.
#   make test      lint, types and tests, as CI runs them
#   make soak      three hundred servers killed under load, and what their clients find again
#   make bench     matching beside its peers, as ratios; BENCH=step, sdk, server, quotes, restart or backtest measures those
#   make compile   the core compiled in place, twice as fast; make pure takes it away; make test-compiled tests it
#   make demo      a server, a real strategy, its fills, and the rows it left behind
# PYTHON=/path/to/python chooses the interpreter, VENV=dir where the environment lies.

VENV ?= .venv
BENCH ?= matching
SUITABLE := import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	if $$p -c '$(SUITABLE)' >/dev/null 2>&1; then echo $$p; break; fi; done)
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := test
.PHONY: test lint types pytest demo docs bench soak compile pure test-compiled clean

# One step after the other even under `make -j`: the first thing that is wrong is the last thing on the screen.
test: $(VENV)/.dev
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory types
	@$(MAKE) --no-print-directory pytest

lint: $(VENV)/.dev
	$(BIN)/ruff check .

types: $(VENV)/.dev
	$(BIN)/mypy

pytest: $(VENV)/.dev
	$(BIN)/python -m pytest $(ARGS)

demo: $(VENV)/.runtime
	$(BIN)/miniqmt-sim demo $(ARGS)

soak: $(VENV)/.dev
	$(BIN)/python -m tests.kit.soak $(or $(SEEDS),300)

bench: $(VENV)/.runtime
	$(PIP) -r benchmarks/requirements.txt
	$(BIN)/python -m benchmarks.$(BENCH) $(ARGS)

# The compiled core: needs a C compiler and Python's headers.
compile: $(VENV)/.dev
	MINIQMT_SIM_COMPILE=1 $(BIN)/python setup.py --quiet build_ext --inplace
	@$(BIN)/miniqmt-sim version

pure:
	find matching miniqmt_sim -name '*.so' -delete
	rm -rf build

# What is left out replaces the core, or a part of what is compiled, by doubles, which a compiled caller does not take.
test-compiled: compile
	$(BIN)/python -m pytest $(or $(ARGS),tests/scenarios tests/unit tests/contract/conformance tests/simulation/test_exchange_days.py tests/simulation/test_examples.py) \
		--deselect tests/unit/test_dispatcher.py --deselect tests/unit/test_xtquant_quotes.py \
		--deselect tests/unit/test_recorded_codes.py::test_a_code_is_left_once_nobody_waits_in_it; status=$$?; $(MAKE) --no-print-directory pure; exit $$status

docs: $(VENV)/.dev
	$(BIN)/python -m storage.compiling
	$(BIN)/python -m miniqmt_sim.docs docs
	$(BIN)/python -m tests.kit.sdk_surface docs

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer with venv and ensurepip was found; say make PYTHON=/path/to/python" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# The stamps are older than pyproject.toml when its dependencies may have changed.
$(VENV)/.runtime: pyproject.toml | $(BIN)/python
	$(PIP) --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml | $(BIN)/python
	$(PIP) --editable '.[dev]'
	@touch $@ $(VENV)/.runtime
