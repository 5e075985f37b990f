# What a person does here: `make` runs everything, `make test` checks everything.
.DEFAULT_GOAL := all
.PHONY: all setup report test test-soak test-slurm test-slurm-faults test-report test-fuzz bench bench-readers check format lock clean help

# The first Python on the path that TensorFlow has packages for.
SUITABLE := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11; do \
  $$name -c '$(SUITABLE)' 2>/dev/null && echo $$name && break; done)
BIN := .venv/bin
READY := .venv/ready

all: setup ## set up, then make every figure and table of the embedded default
	$(BIN)/snakemake --cores all

report: all ## everything that make does, and results/report.html of it
	$(BIN)/snakemake --report results/.unfinished.html --report-stylesheet workflow/report/report.css all
	mv results/.unfinished.html results/report.html

setup: $(READY) $(BIN)/transient-transfer ## only set up: the virtual environment .venv with the pinned packages

$(READY): envs/requirements.txt
	@$(or $(PYTHON),false) -c '$(SUITABLE)' || \
	  { echo "Python 3.11, 3.12 or 3.13 is needed: make PYTHON=/path/to/python3.12"; exit 1; }
	@! test -L .venv || { echo ".venv is a symbolic link, and to set up would empty" \
	  "what it points to: remove the link and try again"; exit 1; }
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --compile -r envs/requirements.txt
	$(BIN)/python -m compileall -q workflow/scripts
	touch $@

$(BIN)/transient-transfer: | $(READY)
	@ln -sf ../../bin/transient-transfer $@

test: setup check ## set up, then run all checks and tests
	$(BIN)/python -m pytest -n 2 --dist loadfile --ignore tests/slurm --ignore tests/soak --ignore tests/report

test-soak: setup ## the workflow killed, run ten times over, with CUDA installed: hours
	$(BIN)/python -m pytest tests/soak

test-slurm: setup ## the workflow through a real Slurm on this machine (Debian, root)
	tests/slurm/install.sh
	REQUIRE_SLURM=1 $(BIN)/python -m pytest tests/slurm --ignore tests/slurm/test_faults.py

test-slurm-faults: setup ## jobs that fail, nodes that go down, a Snakemake that is killed
	tests/slurm/install.sh
	REQUIRE_SLURM=1 $(BIN)/python -m pytest tests/slurm/test_faults.py

test-report: setup ## the report in a browser without a network (Debian, root)
	tests/report/install.sh
	REQUIRE_BROWSER=1 $(BIN)/python -m pytest tests/report

test-fuzz: setup ## 5,000 mutated inputs for each file of each reader, and generated ones
	MUTATIONS=5000 $(BIN)/python -m pytest -n 2 -m fuzz --ignore tests/slurm --ignore tests/soak --ignore tests/report

bench: setup ## what the fast way gains over the plain one: results/benchmarks/
	PYTHONPATH=workflow/scripts:tests $(BIN)/python -m benchmarks

bench-readers: setup ## objects per second and peak memory of each reader
	PYTHONPATH=workflow/scripts $(BIN)/python tests/bench_readers.py

check: setup ## formatters, linters and type checker, in check mode
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/snakefmt --check --compact-diff Snakefile workflow/rules
	$(BIN)/mypy
	$(BIN)/snakemake --lint

format: setup ## let the formatters rewrite the code
	$(BIN)/ruff check --quiet --fix .
	$(BIN)/ruff format --quiet .
	$(BIN)/snakefmt Snakefile workflow/rules

lock: ## pin the packages of envs/*.in anew (needs uv)
	cd envs && for name in requirements gpu; do \
	  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	    --no-header --no-annotate \
	    $$name.in -o $$name.txt || exit 1; done

clean: ## remove what a run made; the environment stays
	find results -mindepth 1 ! -path results/README.md -delete
	rm -rf logs .snakemake

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/make \1\t\2/' | expand -t 26
