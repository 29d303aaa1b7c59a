# From a fresh checkout to a film: `make film`. Everything that is set up is in .venv,
# except the system libraries that Manim builds on (see scripts/setup).

PYTHON ?=
LANGUAGE ?=
FILE ?= scenes/deep.py
SCENE ?= DepthMorph
ARGS ?=
export PYTHON

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help film primer setup check test docs catalogue test-newest test-lowest format clean

help: ## List what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo 'PYTHON=python3.12 sets up with another Python; FILE= and SCENE= film another clip.'

film: ## Render DepthMorph at 1080p60, after setting up what is missing
	@scripts/setup
	@.venv/bin/manim -qh "$(FILE)" $(SCENE)
	@.venv/bin/python scripts/report.py "$(FILE)" $(SCENE)

primer: ## Make Primer, the film of all chapters, at 1080p60; the same command goes on if it stopped
	@scripts/setup talk
	@.venv/bin/flowreel film $(ARGS)

setup: ## Set up without rendering, with what check and test need
	@scripts/setup dev

check: ## Look at format, lint and types without changing a file
	@scripts/setup dev
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy

# The linear algebra here is small: threads of BLAS would only fight for the cores. A file of tests
# stays in one process: the film, cluster or browser that it shares is made once. They begin in the
# order of tests/conftest.py, and not with those that have the most tests. They start Python a
# hundred times: bytecode is kept, also where it is not to be otherwise.
test: ## Run the tests (ARGS='-k deep' chooses)
	@scripts/setup dev
	@OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE= \
		.venv/bin/pytest -n auto --dist loadfile --no-loadscope-reorder $(ARGS)

docs: ## Build the documentation, build/docs/index.html; warnings are errors
	@scripts/setup docs
	@rm -rf docs/reference/generated
	@OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 \
		.venv/bin/python -m sphinx -q -W --keep-going -d build/doctrees -c docs . build/docs
	@echo 'build/docs/index.html'

catalogue: ## Bring new sentences into the catalogues in assets/locale/ (LANGUAGE=fr begins another)
	@scripts/setup dev
	@scripts/catalogue $(LANGUAGE)

test-newest: ## Render and test with the newest packages, on the newest Python that is here
	@scripts/setup dev
	@scripts/ends newest

test-lowest: ## Render and test with the oldest packages that pyproject.toml admits
	@scripts/setup dev
	@scripts/ends lowest

format: ## Format the code and mend what lint can mend
	@scripts/setup dev
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

clean: ## Remove .venv, caches and compiled code; the films in media/ stay
	rm -rf .venv .venv-newest .venv-lowest build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	rm -rf docs/reference/generated
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
