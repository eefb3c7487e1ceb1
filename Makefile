# make help says what there is. Everything is installed into .venv; `make ask` keeps its index in .whosaid.
PYTHON ?= python3
VENV := .venv
PIP := $(VENV)/bin/python -m pip --disable-pip-version-check -qq
HOME_DIR := .whosaid
PYTEST_ARGS ?=

# The pinned torch, as its CPU build: only macOS has wheels without CUDA that carry no local version.
TORCH := torch==$(shell sed -n 's/^torch==//p' constraints.txt)$(if $(filter Darwin,$(shell uname -s)),,+cpu)
TORCH_INDEX := https://download.pytorch.org/whl/cpu

# The question reaches the program through the environment, as typed: neither make nor the shell reads it.
unexport Q
export QUESTION := $(value Q)

.PHONY: help install ask test lint gate bench bench-scale clean ci-packages
.DELETE_ON_ERROR:
.SILENT:

help:
	echo 'make install       make $(VENV), with the whosaid command in it'
	echo 'make ask Q="..."   answer a question over the sample articles'
	echo 'make test          install what the tests need and run them (PYTEST_ARGS="-k name")'
	echo 'make lint          ruff and mypy'
	echo 'make gate          fail where answers or statements got worse than evals/baseline.json'
	echo 'make bench         compare with the LlamaIndex starter on 60 articles, and the tagger with the rules'
	echo 'make bench-scale   measure at 1,000 and 10,000 articles'
	echo 'make clean         remove $(VENV), $(HOME_DIR) and caches'

install: $(VENV)/.installed

$(VENV)/.made:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	    || { echo 'whosaid needs Python 3.11 or newer, found '"$$($(PYTHON) --version)"'; name one with PYTHON=...' >&2; exit 1; }
	$(PYTHON) -c 'import ensurepip' 2>/dev/null || .ci/packages python3-venv
	$(PYTHON) -m venv $(VENV)
	touch $@

# Only a CPU build satisfies "+cpu", so CUDA packages never come in: first what pip is configured with
# (a local wheel, a mirror), then PyTorch's own index, for torch alone.
$(VENV)/.torch: constraints.txt | $(VENV)/.made
	echo 'installing $(TORCH)' >&2
	$(PIP) install --no-deps --only-binary :all: '$(TORCH)' >/dev/null 2>&1 \
	    || $(PIP) install --no-deps --only-binary :all: --index-url $(TORCH_INDEX) '$(TORCH)' >&2
	touch $@

$(VENV)/.installed: $(VENV)/.torch constraints.txt pyproject.toml
	echo 'installing whosaid and what it needs: a few minutes the first time' >&2
	$(PIP) install -c constraints.txt -e . >&2
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	echo 'installing the development tools' >&2
	$(PIP) install -c constraints.txt -e '.[dev]' >&2
	touch $@

# Ingest tells by itself what is new; the stamp spares a question even that look.
ask: $(VENV)/.installed
	[ -n "$$QUESTION" ] || { echo 'no question; ask one with: make ask Q="what did the ministry say about free assembly?"' >&2; exit 2; }
	mkdir -p $(HOME_DIR)
	if [ ! -e $(HOME_DIR)/.sample ] || [ -n "$$(find corpus/sample $(VENV)/.installed -newer $(HOME_DIR)/.sample)" ]; then \
	    touch $(HOME_DIR)/.sample-begun \
	    && $(VENV)/bin/whosaid --home $(HOME_DIR) ingest corpus/sample >&2 \
	    && mv $(HOME_DIR)/.sample-begun $(HOME_DIR)/.sample; \
	fi
	# Exit code 3 is a refusal, which is an answer: make must not call it a failure.
	$(VENV)/bin/whosaid --home $(HOME_DIR) ask -- "$$QUESTION" || [ $$? -eq 3 ]

# PostgreSQL runs the catalogue's contract suite, WordNet's own files are what index/wordnet was made of, Chromium
# opens the evaluation report. Where they cannot be installed those tests skip and say so; under CI that is an error.
ci-packages:
	missing=; \
	ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || missing="$$missing postgresql"; \
	[ -d /usr/share/wordnet ] || missing="$$missing wordnet-base"; \
	command -v chromium >/dev/null || missing="$$missing chromium"; \
	[ -z "$$missing" ] || .ci/packages $$missing || [ "$$CI" != true ]

# One process more than a small machine has cores: many tests wait for processes and sockets of their own.
test: $(VENV)/.installed-dev ci-packages
	$(VENV)/bin/pytest -n 3 --dist loadfile $(PYTEST_ARGS)

lint: $(VENV)/.installed-dev
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

# Asks every question of the sample's gold set; a floor is lowered only with a reason (see docs/evaluation.md).
gate: $(VENV)/.installed-dev
	$(VENV)/bin/python -m evals.gate
	$(VENV)/bin/python -m evals.gate_statements

bench: $(VENV)/.installed-dev
	$(VENV)/bin/python -m evals.benchmarks.run
	$(VENV)/bin/python -m evals.benchmarks.methods

bench-scale: $(VENV)/.installed-dev
	$(VENV)/bin/python -m evals.benchmarks.scale

clean:
	rm -rf $(VENV) $(HOME_DIR) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
