# Tangram CRM: the commands of the tree. `make` alone lists them.
#
#   make run PORT=8080 CRM_SITE=/srv/crm      PORT, HOST and CRM_SITE may stand here or in the environment
#   make test ARGS="-k import -x"             ARGS goes to pytest
.DEFAULT_GOAL := help
SIZE ?= 1000000
ARGS ?=

# Compiled files are kept, or each process would compile every package anew: half a second to three.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test check assets bench constraints clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1|/p' Makefile | while IFS='|' read -r name text; do printf '%-18s %s\n' "$$name" "$$text"; done

run: ## make the environment and a site with a demo company, then serve it
	@sh tools/setup.sh run
	@.venv/bin/crm init --if-missing --demo && exec .venv/bin/crm serve

test: ## make what the tests need, then run them all
	@sh tools/setup.sh test
	@.venv/bin/python -m pytest -n 2 --dist worksteal $(ARGS)

check: ## ruff, mypy, lint-imports, the tests, and the generated docs
	@sh tools/setup.sh test
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/python -m pytest -n 2 --dist worksteal $(ARGS)
	.venv/bin/crm docs --check

assets: ## style sheet, script, icons, word tables and translations, where their sources changed
	@sh tools/setup.sh run

bench: ## measure against the figures, SIZE=1000000 customers; SIZE=10000 is a minute's work
	@sh tools/setup.sh test
	.venv/bin/python -m tests.bench --size $(SIZE) $(ARGS)

constraints: ## renew the pinned versions in constraints.txt
	@sh tools/setup.sh test
	printf 'uv\nhatchling\nnodejs-wheel-binaries\n' | .venv/bin/uv pip compile -q --upgrade --universal \
		--python-version 3.11 --extra dev --no-annotate --no-header pyproject.toml tools/requirements.txt - \
		-o constraints.txt

clean: ## remove all that was made, except the site in var/
	rm -rf .venv .cache .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	rm -rf frontend/node_modules frontend/.build crm_core/web/static/dist crm_core/text/data tests/support/assets dist
	find crm_core tests plugins -name '*.mo' -delete -o -name __pycache__ -type d -prune -exec rm -rf {} +
