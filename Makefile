# make demo: install, then scan the sample articles.   make test: install, then test.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --constraint constraints.txt

.PHONY: demo test test-all test-lowest check docs notebooks clean

demo: $(VENV)/.installed
	$(BIN)/contradict scan examples/articles --format table --top 10

test: $(VENV)/.installed-dev check
	$(BIN)/python -m pytest

test-all: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -m slow

# With the lowest declared version of each direct dependency.
test-lowest: $(VENV)/.installed-dev
	mkdir -p build
	$(BIN)/python tests/lowest_versions.py > build/lowest.txt
	$(PYTHON) -m venv --clear build/lowest
	build/lowest/bin/python -m pip install --quiet --constraint constraints.txt --constraint build/lowest.txt --editable '.[dev]'
	build/lowest/bin/python -m pytest

docs: $(VENV)/.installed-dev
	$(BIN)/sphinx-build -W --keep-going -b html -c docs -d build/doctrees . build/site

# Run the notebooks and store what they show.
notebooks: $(VENV)/.installed-dev
	$(BIN)/python notebooks/execute.py

check: $(VENV)/.installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/deptry src

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) --editable .
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(PIP) --editable '.[dev]'
	touch $@
