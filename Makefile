# The two doors: `make serve` and `make test`. They need Linux, Python 3.11+, make and the package index.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Constraints of the machine have no hashes: pip would refuse to install.
export PIP_CONSTRAINT :=
# Tests start Python some hundred times: each would compile the project's modules anew.
unexport PYTHONDONTWRITEBYTECODE
# What is tested, measured and written down is the graph under its published base.
all long coverage laws clients docs recipes test verdicts stores fuzz conformance soak bench: export CPEC_BASE :=
# Seconds after which a test of some seconds hangs; others have those of pyproject.toml.
SLOWEST := 1200
# A file of tests at a time, on more workers than there are processors: tests wait for servers. The long ones load theirs, and
# have fewer. The order is that of tests/conftest.py, whose last files are short.
PARALLEL := --maxprocesses=5 --dist=loadfile --no-loadscope-reorder
SHORT := $(PARALLEL) --numprocesses=$(shell echo $$(($$(nproc) + 3))) -m 'not long'
LONG := $(PARALLEL) --numprocesses=$(shell echo $$(($$(nproc) + 1))) -m long --timeout=$(SLOWEST)
# What fails beside others is run once more, alone, and there it must pass.
PYTEST := $(BIN)/python tests/twice.py

.DEFAULT_GOAL := help
.PHONY: help serve build test all long coverage laws lint types imports verdicts docs words recipes clients browser cluster stores conformance fuzz soak bench release debian lock clean

help: ## list these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

# Serving needs no tools. Python compiles a module when it is first imported; of most packages that is never.
# pip takes no package whose hash is not in the lock; the project itself, which has none, comes after it. A lock is complete:
# with dependencies, pip 23 looks for the newest version of a package that is wanted with an extra.
INSTALL_LOCK := $(BIN)/pip install --quiet --no-compile --no-deps --require-hashes --requirement
INSTALL_PROJECT := $(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
$(VENV)/runtime: pyproject.toml lock/serve.txt
	$(PYTHON) -m venv --clear $(VENV)
	$(INSTALL_LOCK) lock/serve.txt
	$(INSTALL_PROJECT)
	@touch $@

$(VENV)/installed: pyproject.toml lock/dev.txt
	test -e $(VENV)/runtime || $(PYTHON) -m venv --clear $(VENV)
	$(INSTALL_LOCK) lock/dev.txt
	$(INSTALL_PROJECT)
	@touch $(VENV)/runtime $@

serve: $(VENV)/runtime ## build the graph and serve it on http://localhost:8000 (PORT=...)
	$(BIN)/cpec serve --port $(PORT)

build: $(VENV)/runtime ## validate, close and write the snapshot to the user's cache
	$(BIN)/cpec build

test: $(VENV)/installed ## run the tests that a change is likely to break, in some five minutes
	$(PYTEST) $(SHORT)

# What lands a change is `.ci/run`: lint, types, imports, test and release.
all: debian ## everything: each part, also where another failed, and a table (root, some fifty minutes)
	@$(PYTHON) tests/everything.py lint types imports coverage long recipes release clients browser cluster stores

long: $(VENV)/installed ## the tests of some seconds, and a tenth of the cases of each law
	$(PYTEST) $(LONG)
	$(BIN)/python -m tests.queries.verdict --warn

# Tracing would double the time of the long ones, and they reach little that the others do not.
coverage: $(VENV)/installed ## the lines that `make test` reaches
	$(BIN)/coverage erase
	$(PYTEST) $(SHORT) --cov --cov-report= --cov-append
	$(BIN)/coverage report --fail-under=89

laws: $(VENV)/installed ## put the laws to all their cases; `make long` draws a tenth
	$(BIN)/pytest --numprocesses=$(shell nproc) --dist=worksteal --timeout=$(SLOWEST) --laws -m law

lint: $(VENV)/installed ## ruff, formatting included
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/installed ## mypy --strict
	$(BIN)/mypy

imports: $(VENV)/installed ## the import contract: server -> graph -> ontology | queries
	$(BIN)/lint-imports

# Before a version is released: a person reads the new rows beside their sentences (docs/contributing.md).
verdicts: $(VENV)/installed ## each row of each question has a verdict, and is right
	$(BIN)/python -m tests.queries.verdict

docs: $(VENV)/installed ## write docs/vocabulary.md, and the figures and tables of other documents; the tests hold them to it
	$(BIN)/python -m ontology.vocabulary_page
	$(BIN)/python -m bench.documents

words: $(VENV)/installed ## add new texts of pages to server/translations, and drop those that nobody uses
	$(BIN)/python -m server.page.message

# Two at a time: each starts a server, and the tests that it names.
recipes: $(VENV)/installed ## carry out each recipe of docs/contributing.md in a copy of the tree
	$(PYTEST) --numprocesses=2 --dist=worksteal --timeout=$(SLOWEST) tests/recipes

# pip and npm get the clients, as tests/clients/requirements.txt and package-lock.json pin them, and the Node that they need.
clients: $(VENV)/runtime ## clients of others, unprepared, on a real server (needs node and npm too)
	@npm --version >/dev/null || { echo "make clients needs npm and a node to run it (Node 20 will do)" >&2; exit 1; }
	$(PYTHON) -m venv .venv-clients
	.venv-clients/bin/pip install --quiet -r tests/clients/requirements.txt
	cd tests/clients && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	.venv-clients/bin/python tests/twice.py -W default --timeout=$(SLOWEST) --confcutdir=tests/clients tests/clients

# axe-core judges the pages; npm gets it, as tests/browser/package-lock.json pins it.
browser: $(VENV)/runtime ## the pages in Debian's chromium (needs chromium and npm too; KEEP=1 writes docs/pictures)
	@chromium --version >/dev/null || { echo "make browser needs chromium: make debian" >&2; exit 1; }
	$(PYTHON) -m venv .venv-browser
	.venv-browser/bin/pip install --quiet -r tests/browser/requirements.txt
	cd tests/browser && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	.venv-browser/bin/python tests/twice.py -s -W default --timeout=$(SLOWEST) --confcutdir=tests/browser tests/browser $(if $(KEEP),--keep)

# Hosts are network namespaces: root makes them, ip(8) is Debian's iproute2. What is deployed needs rsync and systemd to be tried,
# containers podman, podman-compose, runc, catatonit, nftables and mmdebstrap, alerts promtool (prometheus): `make debian`.
cluster: $(VENV)/installed ## replicas behind HAProxy, builds on Spark: hosts of their own (needs root, haproxy, iproute2 and java)
	@haproxy -v >/dev/null && ip -V >/dev/null && socat -V >/dev/null || { echo "make cluster needs haproxy, ip and socat: make debian" >&2; exit 1; }
	@java -version 2>/dev/null || { echo "make cluster needs Java: make debian" >&2; exit 1; }
	$(INSTALL_LOCK) lock/spark.txt
	$(PYTEST) -W default --numprocesses=2 --dist=loadfile --timeout=$(SLOWEST) tests/cluster

# The other store of these tests, `oxigraph serve`, is a package of Python: `make long` has it.
stores: $(VENV)/installed ## stores of others, published to and served (needs Debian's virtuoso-opensource-7 too)
	@command -v virtuoso-t >/dev/null && command -v isql-vt >/dev/null || { echo "make stores needs virtuoso-t and isql-vt: make debian" >&2; exit 1; }
	$(PYTEST) --timeout=$(SLOWEST) tests/server/stores -k virtuoso

conformance: $(VENV)/installed ## run the W3C suites over HTTP and write docs/conformance.md (needs ../shared)
	$(BIN)/python -m bench.conformance

fuzz: $(VENV)/installed ## 20,000 generated requests and 2,000 calls of tools, none answered with a 5xx but 503 (full) and 504
	$(BIN)/pytest -s tests/server/fuzz --hypothesis-profile=fuzz

soak: $(VENV)/installed build ## crowds, kills and ten minutes of load; writes docs/benchmarks.md
	$(BIN)/python -m bench.crowd --keep
	$(BIN)/python -m bench.histories --keep
	$(BIN)/python -m bench.kill --keep
	$(BIN)/python -m bench.kill --keep --size 100000
	$(BIN)/python -m bench.soak --keep

# Virtuoso is Debian's package virtuoso-opensource-7; without it, its column is empty and the page says so.
bench: $(VENV)/installed ## answers a second, starts and memory beside peers; writes docs/benchmarks.md
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/pip install --quiet -r bench/requirements.txt
	$(BIN)/python -m bench.throughput --keep
	$(BIN)/python -m bench.start --keep
	$(BIN)/python -m bench.hostile --keep

# The test installs the wheel in a fresh environment, with the packages of the index, and asks there.
release: $(VENV)/installed ## build the wheel and the sdist in dist/, and try the wheel
	rm -rf dist
	$(BIN)/python -m hatchling build -d dist
	$(PYTEST) tests/release

DEBIAN = $(shell grep -v '^\#' .ci/debian.txt)
debian: ## install what other targets need of Debian, the list .ci/debian.txt (root)
	@dpkg --status $(DEBIAN) >/dev/null 2>&1 || { apt-get update --quiet && apt-get install --yes --quiet --no-install-recommends $(DEBIAN); }

# A file under lock/ has a hash for each file of a package; the others are pins. No file names an index.
PIN := pip-compile --quiet --strip-extras --allow-unsafe --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options
LOCK := $(BIN)/$(PIN) --generate-hashes --no-header --annotation-style=line --build-deps-for=editable
lock: $(VENV)/installed ## pin the newest versions that pyproject.toml allows
	$(LOCK) --upgrade --extra dev --extra html --extra mcp --extra scale --output-file lock/dev.txt pyproject.toml
	$(LOCK) --constraint lock/dev.txt --output-file lock/serve.txt pyproject.toml
	$(LOCK) --constraint lock/dev.txt --extra spark --output-file lock/spark.txt pyproject.toml
	cd tests/clients && ../../$(BIN)/$(PIN) --upgrade --constraint ../../lock/dev.txt --output-file requirements.txt requirements.in
	cd tests/browser && ../../$(BIN)/$(PIN) --upgrade --output-file requirements.txt requirements.in

clean: ## remove what the other targets made
	rm -rf $(VENV) .venv-bench .venv-browser .venv-clients tests/browser/node_modules tests/clients/node_modules build .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage* .import_linter_cache
