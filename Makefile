# Everything that contributors and CI run. Needs Python 3.10 or later and make; the rest is installed into $(VENV).

PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
# The extras for the tests. Tests of the search page in a browser need `browser` as well.
TEST_EXTRAS ?= test

.PHONY: help demo test quick package cluster cluster-stop kill-test rot-test lint types docs screenshots hooks pre-commit check fuzz fuzz-time fuzz-kernel guard bench bench-test relevance system-packages clean

help:
	@echo "make demo       index the sample articles into indexes/demo and search them"
	@echo "make test       run all tests"
	@echo "make quick      run the tests that take at most a few seconds each"
	@echo "make lint       check style (ruff)"
	@echo "make types      check types (mypy --strict)"
	@echo "make check      test, lint and types"
	@echo "make docs       build the documentation into build/site; warnings are errors"
	@echo "make screenshots take the pictures of the search page in docs/images (needs Chromium)"
	@echo "make hooks      install the pre-commit hooks; make pre-commit runs them on all files"
	@echo "make cluster    start three OpenSearch nodes for the tests (needs Maven and a JDK); make cluster-stop ends them"
	@echo "make kill-test  kill a writer 300 times (KILLS=300) and check the index each time"
	@echo "make rot-test   damage 300 indexes of each engine at random (TRIALS=300) and compare their answers"
	@echo "make fuzz       fuzz the query parser for a minute (FUZZ_SECONDS=60), where atheris installs"
	@echo "make fuzz-time  ask the dearest queries that there are: each is answered in time or refused"
	@echo "make fuzz-kernel compare both kernels on random texts for a minute, under AddressSanitizer (needs gcc)"
	@echo "make guard      compare calls, sizes and ranking with benchmarks/guard.json"
	@echo "make bench      measure speed against other search engines, on generated articles or ARTICLES=FOLDER"
	@echo "make bench-test run the tests of the benchmarks, with all search engines installed"
	@echo "make relevance SETS='FOLDER…' measure ranking against them, on test sets in BEIR format"
	@echo "make package    build the sdist and the wheels, and try each wheel in an empty environment"
	@echo "make system-packages install Chromium and other packages that some tests need (Debian, Ubuntu; as root)"
	@echo "make clean      remove virtual environments and everything that was built"

demo: $(VENV)/.demo
	$(BIN)/searchkit demo

test: $(VENV)/.test
	$(BIN)/python -m pytest -n auto

quick: $(VENV)/.test
	$(BIN)/python -m pytest -n auto -m "not slow"

KILLS ?= 300
kill-test: $(VENV)/.test
	SEARCHKIT_KILLS=$(KILLS) $(BIN)/python -m pytest -n auto tests/durability/test_kill.py

TRIALS ?= 300
rot-test: $(VENV)/.test
	$(BIN)/python tests/durability/rot.py --trials $(TRIALS)

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

# The variable silences an advertisement that Material for MkDocs prints.
docs: $(VENV)/.docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

screenshots: $(VENV)/.browser
	$(BIN)/python tools/screenshots.py

# What is published. Both wheels are made of the sdist. The kernel has to build where there is a C compiler.
COMPILER := $(shell command -v $(CC))
package: $(VENV)/.package
	rm -rf build/dist
	SEARCHKIT_WHEEL=pure $(BIN)/python -m build --outdir build/dist
	$(if $(COMPILER),SEARCHKIT_WHEEL=compiled $(BIN)/python -m build --outdir build/dist)
	$(BIN)/python -m twine check --strict build/dist/*
	for wheel in build/dist/*.whl; do $(BIN)/python tools/try_wheel.py "$$wheel" || exit 1; done

hooks: $(VENV)/.dev
	$(BIN)/pre-commit install

pre-commit: $(VENV)/.dev
	VENV='$(VENV)' $(BIN)/pre-commit run --all-files --show-diff-on-failure

check: test lint types

FUZZ_SECONDS ?= 60
fuzz: $(VENV)/.fuzz
	$(BIN)/python tests/fuzz/fuzz_queries.py -dict=tests/fuzz/queries.dict -max_total_time=$(FUZZ_SECONDS) \
	  -timeout=5 -max_len=200 -print_final_stats=1

fuzz-time: $(VENV)/.test
	$(BIN)/python -m tests.fuzz.dear_queries --random 1500 --worst 300 --documents 3000 --bound 3000

# The kernel once more, in a folder of its own, with checks of every access to memory and of every operation.
SANITIZERS = -fsanitize=address,undefined
fuzz-kernel: $(VENV)/.test
	$(BIN)/python -m pip install -q 'setuptools>=77'
	CFLAGS='-O1 -g -fno-omit-frame-pointer -Wall -Wextra -Werror $(SANITIZERS) -fno-sanitize-recover=all' \
	  LDFLAGS='$(SANITIZERS)' $(BIN)/python setup.py -q build --force --build-base build/sanitizer \
	  --build-lib build/sanitized
	PYTHONPATH=build/sanitized:tests PYTHONMALLOC=malloc ASAN_OPTIONS=detect_leaks=0 SEARCHKIT_KERNEL=compiled \
	  LD_PRELOAD="$$($(CC) -print-file-name=libasan.so)" $(BIN)/python tests/fuzz/fuzz_kernel.py $(FUZZ_SECONDS)

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

# The other search engines are installed into an environment of their own.
$(VENV)-bench/.bench: pyproject.toml benchmarks/requirements.txt
	@$(MAKE) --no-print-directory VENV='$(VENV)-bench' '$(VENV)-bench/.demo'
	$(VENV)-bench/bin/python -m pip install --quiet --disable-pip-version-check -r benchmarks/requirements.txt && touch $@

# One stamp for each set of extras; a change of pyproject.toml or of the compiled kernel installs them again.
KERNEL = setup.py $(wildcard searchkit/analysis/kernel/*.[ch])
$(VENV)/.demo: pyproject.toml $(KERNEL)
	@$(call install,.)
$(VENV)/.test: pyproject.toml $(KERNEL)
	@$(call install,.[$(TEST_EXTRAS)])
$(VENV)/.fuzz: pyproject.toml $(KERNEL)
	@$(call install,.[fuzz])
$(VENV)/.lint: pyproject.toml $(KERNEL)
	@$(call install,.[test$(comma)lint])
$(VENV)/.browser: pyproject.toml $(KERNEL)
	@$(call install,.[browser$(comma)pinyin$(comma)web])
$(VENV)/.docs: pyproject.toml $(KERNEL)
	@$(call install,.[docs])
$(VENV)/.package: pyproject.toml $(KERNEL)
	@$(call install,.[package])
$(VENV)/.dev: pyproject.toml $(KERNEL)
	@$(call install,.[dev])

comma := ,
define install
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || \
	  { echo "python3 cannot make virtual environments here: install python3-venv"; exit 1; }; \
	echo "setting up $(1) in $(VENV) …"; \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '$(1)' && touch $@
endef
