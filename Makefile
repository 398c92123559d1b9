# `make run` starts Memos, `make test` checks it. python3 3.11 or newer, make and a package registry are all they need.
PYTHON ?= python3
VENV := .venv/bin/python
# Servers that are gone afterwards, unless DATABASE_URL points to others.
SERVERS = $(if $(DATABASE_URL),,$(VENV) -m memos.embedded exec --)
ARGS ?= -n 2 --dist loadgroup

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test checks lint format types layers migrations pytest chromium openapi fuzz clients docs screenshots dev lock clean venv-run venv-dev

help: ## List what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

run: venv-run ## Set up and start everything; Ctrl-C stops it
	@exec $(VENV) -m memos.embedded run

test: venv-dev ## Every check and test, on a PostgreSQL and a Valkey of their own
	@$(SERVERS) $(MAKE) --no-print-directory checks

checks: lint types layers migrations pytest

lint: venv-dev ## Style and likely mistakes
	$(VENV) -m ruff check .
	$(VENV) -m ruff format --check .

format: venv-dev ## Put the style right
	$(VENV) -m ruff check --fix .
	$(VENV) -m ruff format .

types: venv-dev ## Static types
	$(SERVERS) $(VENV) -m mypy

layers: venv-dev ## Who may import whom
	$(VENV) -c "from importlinter.cli import lint_imports_command; lint_imports_command()"

migrations: venv-dev ## No model without its migration
	$(SERVERS) $(VENV) manage.py makemigrations --check --dry-run

pytest: venv-dev chromium ## The tests alone; ARGS="tests/users -k context" for some of them
	$(SERVERS) $(VENV) -m pytest $(ARGS)

chromium: venv-dev ## The browser that tests drive, where it is missing and can be installed
	@$(VENV) -m tests.browser.chromium

openapi: venv-dev ## Write the snapshot of the OpenAPI schema anew
	$(SERVERS) $(VENV) manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml

fuzz: venv-dev ## schemathesis against a running Memos; ARGS="--max-examples 200" for more
	$(VENV) -m bench.fuzz $(if $(filter command line,$(origin ARGS)),$(ARGS))

clients: venv-dev ## Make clients from the schema, check them and try them on a running Memos
	$(VENV) -m bench.clients

docs: venv-dev ## Write the pages of docs/api and the tour of the README anew: their requests are sent, and their answers kept
	WRITE_DOCS=1 $(SERVERS) $(VENV) -m pytest tests/docs -q

screenshots: venv-dev chromium ## Take the pictures of docs/console.md anew
	@$(SERVERS) $(VENV) -m tests.browser.screenshots

dev: venv-dev ## The developer's tools, and the hooks of pre-commit
	$(VENV) -m pre_commit install

# The locks hold names, versions and hashes, never the address of a registry. UPGRADE=1 takes newer versions.
LOCK = .venv/bin/uv pip compile pyproject.toml --universal --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --quiet $(if $(UPGRADE),--upgrade)
lock: venv-run ## Resolve pyproject.toml into requirements/
	$(LOCK) -o requirements/run.txt
	$(LOCK) --group test -c requirements/run.txt -o requirements/test.txt
	$(LOCK) --group test --group dev -c requirements/test.txt -o requirements/dev.txt

clean: ## Remove .venv and caches; data/ stays
	rm -rf .venv .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis .schemathesis .import_linter_cache staticfiles dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

venv-run venv-dev: venv-%:
	@command -v $(PYTHON) > /dev/null || { echo "memos: python3 is missing: install Python 3.11 or newer." >&2; exit 1; }
	@$(PYTHON) requirements/sync.py $*
