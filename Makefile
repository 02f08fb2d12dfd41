# make run    set up everything, index the sample reports, serve the chat on http://127.0.0.1:7860
# make test   set up everything, check, run all tests (what CI runs)
# make soak   the faults that tests/reliability/__init__.py lists, in full number (some two hours on two cores, as its
#             parts took; not in CI); SEED=N repeats a run, a part of it is run as that file says
# make check  types, style and the rules of who may import whom
# make install-check   install wheel and sdist with all extras into empty environments, as a user does (minutes; not in CI)
# make docs   make the documentation in docs/_build (open docs/_build/index.html)
# make bench  measure retrieval on shared data (docs/measured.md)

PYTHON ?= python3
DATA ?= data
SHARED ?= ../shared
SEED := $(or $(SEED),$(shell date +%s))
VENV := .venv
BIN := $(VENV)/bin
# Python compiles what it imports when it first does, a small part of what is installed: that halves the installation.
PIP := $(BIN)/pip install -q --no-compile
# The CPU build of torch: the plain one brings several GB of CUDA libraries along on Linux. Where pip does not
# see the CPU wheel, uv knows where PyTorch keeps it. Set TORCH to another requirement to override.
TORCH ?= torch==2.13.0

unexport PYTHONDONTWRITEBYTECODE
export PIP_DISABLE_PIP_VERSION_CHECK = 1
export GRADIO_ANALYTICS_ENABLED = False

.PHONY: run test suite soak check bench docs install-check clean

run: $(VENV)/.ready-run
	$(BIN)/lagebild ingest --data $(DATA) examples/reports
	$(BIN)/lagebild serve --data $(DATA)

# Beside each other: by itself, mypy leaves all processors but one idle.
test: $(VENV)/.ready-test
	$(MAKE) -j 2 check suite

suite: $(VENV)/.ready-test
	LAGEBILD_BROWSER=1 $(BIN)/python -m pytest -n 2 --dist loadfile

soak: $(VENV)/.ready-test
	LAGEBILD_BROWSER=1 LAGEBILD_SOAK=1 LAGEBILD_SEED=$(SEED) $(BIN)/python -m pytest -s -k "test_row_ or test_fuzz" --hypothesis-seed=$(SEED) --durations=25

check: $(VENV)/.ready-check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.ready-test
	$(BIN)/lagebild bench $(SHARED)/eval

install-check: $(VENV)/.ready-test
	TORCH="$(TORCH)" $(BIN)/python -m scripts.check_install

docs: $(VENV)/.ready-check
	$(BIN)/python -m sphinx -W --keep-going -q docs docs/_build

$(VENV)/.torch:
	$(PYTHON) -m venv $(VENV)
	$(PIP) "$(TORCH)+cpu" || \
	  { $(PIP) uv && $(BIN)/uv pip install -q --python $(BIN)/python --torch-backend cpu "$(TORCH)"; }
	touch $@

$(VENV)/.ready-run: pyproject.toml $(VENV)/.torch
	$(PIP) -e ".[ui,llm]"
	touch $@

$(VENV)/.ready-check: pyproject.toml $(VENV)/.ready-run
	$(PIP) -e ".[test,check]"
	touch $@

$(VENV)/.ready-test: $(VENV)/.ready-check
	@command -v chromium-headless-shell >/dev/null || \
	  { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && \
	    apt-get install -y -qq chromium-headless-shell >/dev/null; } || \
	  command -v chromium >/dev/null || command -v google-chrome >/dev/null || \
	  echo "Chromium is not installed: the tests in a browser will fail. Install it, or run pytest, which skips them."
	touch $@

clean:
	rm -rf $(VENV) build dist docs/_build docs/commands.md .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
