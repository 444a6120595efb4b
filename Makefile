# Two commands do everything: `make demo` and `make test`. Both set up .venv by themselves.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Hundreds of tests start a process; without bytecode each would compile the project anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup demo test lint bench lock

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(STAMP)

demo: setup
	$(BIN)/jianbao demo $(ARGS)

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The fast tests side by side, then the heavy ones, which measure or overload the machine, one at a time.
test: lint
	$(BIN)/pytest -n auto --dist worksteal -m "not heavy"
	$(BIN)/pytest -m heavy

bench: setup
	$(BIN)/python -m benchmarks $(ARGS)

# Needs uv; run after changing the dependencies in pyproject.toml.
lock:
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --output-file requirements.lock --quiet
