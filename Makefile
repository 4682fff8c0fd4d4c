# Tangram CRM: the commands of the tree.
PYTHON ?= .venv/bin/python

.PHONY: assets
assets: ## style sheet, script, icons, word tables and translations, where their sources changed
	$(PYTHON) tools/build_assets.py
