# Everything a newcomer and CI run. Needs Python 3.10 or later and make; the rest is set up in $(VENV).

PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
# The extras that tests run with: those of the search page in a browser need `browser` as well.
TEST_EXTRAS ?= test

.PHONY: help demo test quick cluster cluster-stop kill-test lint types check fuzz guard bench bench-test relevance system-packages clean

help:
	@echo "make demo       index the sample articles into indexes/demo and search them"
	@echo "make test       run the whole test suite"
	@echo "make quick      run the tests that take no more than a few seconds each"
	@echo "make kill-test  kill a writer 300 times (KILLS=300), each time looking what it left"
	@echo "make cluster    start three nodes of OpenSearch for the tests (needs Maven and a JDK); make cluster-stop ends them"
	@echo "make lint       check style (ruff)"
	@echo "make types      check types (mypy, strict)"
	@echo "make fuzz       fuzz queries for a minute (FUZZ_SECONDS=60), where atheris installs"
	@echo "make check      test, lint and types"
	@echo "make guard      compare calls, sizes and ranks with the figures of benchmarks/guard.json"
	@echo "make bench      measure speed beside other search engines, on generated articles or ARTICLES=FOLDER"
	@echo "make bench-test run the tests of the benchmarks, with all search engines installed"
	@echo "make relevance SETS='FOLDER…' measure relevance beside them, on test sets in the BEIR layout"
	@echo "make system-packages install Chromium and what else tests use where it is there (Debian, Ubuntu; as root)"
	@echo "make clean      remove what was set up and built"

demo: $(VENV)/.demo
	$(BIN)/searchkit demo

test: $(VENV)/.test
	$(BIN)/python -m pytest -n auto

quick: $(VENV)/.test
	$(BIN)/python -m pytest -n auto -m "not slow"

KILLS ?= 300
kill-test: $(VENV)/.test
	SEARCHKIT_KILLS=$(KILLS) $(BIN)/python -m pytest -n auto tests/durability/test_kill.py

CLUSTER_PORT ?= 9200
cluster:
	$(PYTHON) tools/cluster.py start --port $(CLUSTER_PORT)

cluster-stop:
	$(PYTHON) tools/cluster.py stop

lint: $(VENV)/.lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.lint
	$(BIN)/mypy

check: test lint types

FUZZ_SECONDS ?= 60
fuzz: $(VENV)/.fuzz
	$(BIN)/python tests/fuzz/fuzz_queries.py -dict=tests/fuzz/queries.dict -max_total_time=$(FUZZ_SECONDS) \
	  -timeout=5 -max_len=200 -print_final_stats=1

guard: $(VENV)/.test
	$(BIN)/python -m benchmarks.guard

BENCH_SIZES ?= 1000,5000
bench: $(VENV)-bench/.bench
	$(VENV)-bench/bin/python -m benchmarks --sizes $(BENCH_SIZES) --rounds 3 --cold-starts 3 --slow-limit 90 \
	  $(if $(ARTICLES),--articles '$(ARTICLES)')

bench-test: $(VENV)-bench/.bench
	@$(MAKE) --no-print-directory VENV='$(VENV)-bench' '$(VENV)-bench/.test'
	$(VENV)-bench/bin/python -m pytest -n auto tests/benchmarks

relevance: $(VENV)-bench/.bench
	$(VENV)-bench/bin/python -m benchmarks.relevance $(SETS)

system-packages:
	tools/system-packages.sh

clean:
	rm -rf $(VENV) $(VENV)-bench indexes/demo build .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis

# The other search engines have an environment of their own.
$(VENV)-bench/.bench: pyproject.toml benchmarks/requirements.txt
	@$(MAKE) --no-print-directory VENV='$(VENV)-bench' '$(VENV)-bench/.demo'
	$(VENV)-bench/bin/python -m pip install --quiet --disable-pip-version-check -r benchmarks/requirements.txt && touch $@

# One stamp for each set of extras, made anew when pyproject.toml changes.
$(VENV)/.demo: pyproject.toml
	@$(call install,.)
$(VENV)/.test: pyproject.toml
	@$(call install,.[$(TEST_EXTRAS)])
$(VENV)/.fuzz: pyproject.toml
	@$(call install,.[fuzz])
$(VENV)/.lint: pyproject.toml
	@$(call install,.[test$(comma)lint])

comma := ,
define install
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || \
	  { echo "python3 cannot make virtual environments here: install python3-venv"; exit 1; }; \
	echo "setting up $(1) in $(VENV) …"; \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '$(1)' && touch $@
endef
