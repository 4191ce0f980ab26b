# Everything a person types. `make` alone lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
BIN := .venv/bin
WHEELS := $(CURDIR)/.venv/layer-wheels
INSTALLED := .venv/.installed
CODE := layers/guard functions local release tests

# Settings of the stack on one machine, as in `make up MODE=enforce PORT=4600`.
MODE ?= observe
POSTURE ?= active
PORT ?= 4566
RETRY ?= 1
PROPAGATION ?= 0

# No target of this file speaks to AWS: no telemetry, no metadata service, nobody's credentials.
export SAM_CLI_TELEMETRY := 0
export AWS_EC2_METADATA_DISABLED := true
export AWS_DEFAULT_REGION := us-east-1
export AWS_REGION := us-east-1
export AWS_ACCESS_KEY_ID := local
export AWS_SECRET_ACCESS_KEY := local
unexport AWS_PROFILE AWS_DEFAULT_PROFILE AWS_SESSION_TOKEN AWS_ENDPOINT_URL

# Many images forbid Python to keep what it compiles. The tests start some hundred processes, and each would compile
# boto3 anew: what is compiled is kept, and out of the sources' way.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX := $(CURDIR)/.venv/bytecode

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# ------------------------------------------------------------------------------------------------------------------ set-up

.PHONY: setup
setup: $(INSTALLED) ## Make .venv from the locked versions

$(INSTALLED): requirements/setup.lock requirements/dev.lock layers/guard/requirements.lock layers/page/requirements.lock pyproject.toml
	@PYTHON="$(PYTHON)" WHEELS="$(WHEELS)" bash requirements/setup.sh
	@touch $@

.PHONY: lock
lock: $(INSTALLED) ## Lock the versions again, as new as requirements/*.in allow
	@echo "[lock] development, set-up, benchmark, evidence, release, audit, ministack and layers"
	@$(BIN)/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-header requirements/dev.in -o requirements/dev.lock
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header requirements/setup.in -c requirements/dev.lock -o requirements/setup.lock
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header requirements/bench.in -c requirements/dev.lock -o requirements/bench.lock
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header requirements/evidence.in -c requirements/dev.lock -o requirements/evidence.lock
	@$(BIN)/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-header requirements/release.in -o requirements/release.lock
	@$(BIN)/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-header requirements/audit.in -o requirements/audit.lock
	@$(BIN)/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-header requirements/ministack.in -o requirements/ministack.lock
	@$(BIN)/uv pip compile -q --python-version 3.13 --generate-hashes --no-header requirements/layer.in -c requirements/dev.lock -o layers/guard/requirements.lock
	@$(BIN)/uv pip compile -q --python-version 3.13 --generate-hashes --no-header requirements/page.in -c requirements/dev.lock -o layers/page/requirements.lock

# -------------------------------------------------------------------------------------------------------------------- build

.PHONY: build
build: $(INSTALLED) ## Build the functions and the layers (sam build), from the wheels that set-up fetched
	@echo "[build] sam build"
	@mkdir -p .local
	@env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL PATH="$(CURDIR)/$(BIN):$$PATH" PIP_NO_INDEX=1 PIP_FIND_LINKS="$(WHEELS)" \
		$(BIN)/sam build $(BUILD_FLAGS) > .local/sam-build.log 2>&1 || { cat .local/sam-build.log >&2; exit 1; }

# Tools whose own dependencies contradict the development's have environments of their own.
.venv/release/.installed: requirements/release.lock $(INSTALLED)
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv/release
	@$(BIN)/uv pip install --quiet --python .venv/release/bin/python --require-hashes -r requirements/release.lock
	@touch $@

# Not from the cache: what was built before Python 3.13 came to this machine has no bytecode, and sam knows nothing of that.
release: BUILD_FLAGS := --no-cached
.PHONY: release
release: .venv/release/.installed build ## Put archives, template, command line, bill of materials and sums into build/
	@echo "[release] archives, wheel, bill of materials"
	@PYTHONPATH=layers/guard:. $(BIN)/python -m release

# ---------------------------------------------------------------------------------------------------------------------- run

.PHONY: demo
demo: vacant build ## Show the whole monitor on this machine, in a minute: no AWS account, no Docker
	@$(BIN)/python -m local.demo

.PHONY: up
up: vacant build ## Start the stack on this machine and leave it running (MODE= POSTURE= PORT= RETRY= PROPAGATION=)
	@$(BIN)/python -m local up --mode "$(MODE)" --posture "$(POSTURE)" --port "$(PORT)" --retry "$(RETRY)" --propagation "$(PROPAGATION)"

# Nothing is built only to hear that a stack is running already, that the port is taken, or that there is no such mode.
# The demo takes any port that is free.
WANTED := 0
up: WANTED = $(PORT)
.PHONY: vacant
vacant: $(INSTALLED)
	@$(BIN)/python -m local vacant --mode "$(MODE)" --posture "$(POSTURE)" --port "$(WANTED)" --retry "$(RETRY)" --propagation "$(PROPAGATION)"

.PHONY: down status seed alerts env
down: $(INSTALLED) ## Stop the stack
	@$(BIN)/python -m local down
status: $(INSTALLED) ## Say whether the stack runs, and where
	@$(BIN)/python -m local status
seed: $(INSTALLED) ## Create the six roles in the running stack, as AWS does
	@$(BIN)/python -m local seed
alerts: $(INSTALLED) ## Print the alerts of the running stack once the guard is at rest, and delete them
	@$(BIN)/python -m local alerts
env: $(INSTALLED) ## Print what makes AWS's clients speak to the running stack: eval "$(make env)"
	@$(BIN)/python -m local env

# -------------------------------------------------------------------------------------------------------------------- check

.PHONY: test
test: $(INSTALLED) ## Check everything: format, lint, types, template, build, tests (about ten minutes on two quick processors)
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target check-types check-collection check-template check-style build
	@echo "[test] tests"
	@$(BIN)/pytest --numprocesses 3 --dist loadgroup --no-loadscope-reorder

.PHONY: check-types check-style check-template check-collection
check-types: $(INSTALLED)
	@echo "[test] types"
	@$(BIN)/mypy $(CODE)
check-style: $(INSTALLED)
	@echo "[test] format and lint"
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
check-template: $(INSTALLED)
	@echo "[test] template: sam validate --lint; cfn-lint, translated"
	@$(BIN)/sam validate --lint
	@mkdir -p .local
	@$(BIN)/python -m tests.template.translation > .local/translated.json
	@$(BIN)/cfn-lint .local/translated.json docs/examples/*.yaml templates/*.yaml
# Done once, all that the tests import is compiled before three processes begin to do it at once.
check-collection: $(INSTALLED)
	@echo "[test] every test can be imported"
	@mkdir -p .local
	@$(BIN)/pytest --collect-only --quiet > .local/collected.txt || { tail -n 40 .local/collected.txt; exit 1; }

.PHONY: lint
lint: check-style check-types ## Check format, lint rules and types only

.venv/audit/.installed: requirements/audit.lock $(INSTALLED)
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv/audit
	@$(BIN)/uv pip install --quiet --python .venv/audit/bin/python --require-hashes -r requirements/audit.lock
	@touch $@

.PHONY: audit-template audit-packages audit-reachable
audit-template: .venv/audit/.installed ## Audit each template that checkov has checks for, the main one translated; exceptions: tests/audit/exceptions.toml
	@echo "[audit] templates: checkov"
	@$(BIN)/python -m tests.audit template
audit-packages: .venv/audit/.installed ## Audit every lock with pip-audit (needs PyPI's own vulnerability service)
	@echo "[audit] packages: pip-audit"
	@$(BIN)/python -m tests.audit packages
audit-reachable: .venv/audit/.installed ## The same, and no failure where that service cannot be reached: it says NOT AUDITED
	@echo "[audit] packages: pip-audit, if its service is reached"
	@$(BIN)/python -m tests.audit reachable

.PHONY: format
format: $(INSTALLED) ## Format the code, and fix what the linter can
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format --quiet .

.PHONY: bench
bench: build ## Measure the engine: the same questions asked of Z3, and every bar that it and the functions must reach
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/bench.lock
	@$(BIN)/python -m tests.benchmarks.bench

.PHONY: latency
latency: build ## Measure the time from a call to its verified containment in the stack on this machine
	@$(BIN)/python -m tests.benchmarks.latency

.PHONY: cold
cold: build ## Measure the cold start of inspect beside a bare function, in the runtime on this machine
	@$(BIN)/python -m tests.benchmarks.cold

.PHONY: power
power: build ## Measure the processor time of functions, and print what each memory setting would take and cost in Lambda
	@$(BIN)/python -m tests.benchmarks.power

.PHONY: siege
siege: build ## Make every attack of the tests while IAM's reads lag five seconds behind (make test makes five of them)
	@SIEGE=all $(BIN)/pytest -q tests/stack/test_adversary_lagging.py

.PHONY: pairs
pairs: $(INSTALLED) ## Ask 100,000 random pairs of policies of the engine and of its definition
	@$(BIN)/python -m tests.evidence pairs --pairs 100000 --requests 1000000

# How much `make evidence` asks; the whole takes some hours on two processors, most of it for the pairs and the faults.
KINDS ?=
SEED ?= 0
PAIRS ?= 1000000
REQUESTS ?= 10000000
LAWS ?= 5000
Z3_PAIRS ?= 2000
SIMULATIONS ?= 200000
FUZZ_SECONDS ?= 120
MUTATION_MINUTES ?= 20
EVENTS ?= 10000

.PHONY: coverage
coverage: setup ## Write docs/coverage.md anew: what is watched, what comes of it, and what is ignored for which reason
	@PYTHONPATH=layers/guard:. $(BIN)/python -m tests.coverage.page

.PHONY: evidence
evidence: build ## Gather the evidence that the guard is right into docs/evidence.md (KINDS= PAIRS= EVENTS= SEED= ...)
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/evidence.lock
	@$(BIN)/python -m tests.evidence $(KINDS) --write --seed $(SEED) --pairs $(PAIRS) --requests $(REQUESTS) \
		--laws $(LAWS) --z3-pairs $(Z3_PAIRS) --simulations $(SIMULATIONS) --fuzz-seconds $(FUZZ_SECONDS) \
		--mutation-minutes $(MUTATION_MINUTES) --events $(EVENTS)

.PHONY: report-check
report-check: $(INSTALLED) ## Look at the posture page in headless Chromium: axe-core, hostile names, screenshots (needs chromium and npm)
	@$(BIN)/python -m tests.browser

.PHONY: storm
storm: build ## Let ten thousand events happen in the stack while calls are throttled and workers die (EVENTS= SEED=)
	@$(BIN)/python -m tests.evidence storm --events $(EVENTS) --seed $(SEED)

.venv/ministack/.installed: requirements/ministack.lock $(INSTALLED)
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv/ministack
	@$(BIN)/uv pip install --quiet --python .venv/ministack/bin/python --require-hashes -r requirements/ministack.lock
	@touch $@

.PHONY: ministack
ministack: .venv/ministack/.installed build ## Deploy the template with sam deploy to ministack, an emulator by others, and attack a role there (two to three minutes)
	@$(BIN)/pytest -q tests/ministack/deployment.py

.PHONY: clean
clean: ## Stop the stack, and remove what was built and what it left; .venv stays
	@[ ! -e $(INSTALLED) ] || $(BIN)/python -m local down > /dev/null
	@rm -rf .aws-sam .local .pytest_cache .mypy_cache .ruff_cache .hypothesis build layers/guard/panorama_guard.egg-info
	@find $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} +
