# Every command a person needs. PORT and DATA are honoured everywhere: make run PORT=9000 DATA=/srv/kepu
export PORT ?= 8000
export DATA ?= $(CURDIR)/data
# Kepu has a thousand modules: without bytecode kept, every process would compile them for itself.
unexport PYTHONDONTWRITEBYTECODE
PYTHON ?= python3
KEPU := .venv/bin/kepu
RUN := .venv/bin/python

.PHONY: run setup demo test strain check fix bench docs lock

run: setup ## set everything up and serve the demo city
	@$(KEPU) run --demo

setup: ## private environment, locked dependencies, front-end assets, message catalogues
	@$(PYTHON) tools/bootstrap.py

setup-dev:
	@$(PYTHON) tools/bootstrap.py --dev

demo: setup ## load the demo city, or empty it and build it anew; YES=1 does not ask
	@$(KEPU) demo $(if $(YES),--yes)

test: setup-dev ## every test; DATABASE_URL chooses the database
	@$(RUN) -m tools.testing

strain: setup-dev ## two thousand actions while server and worker are killed at random, and all the API with whatever fits; many minutes
	@KEPU_STRAIN=full $(RUN) -m pytest tests/strain/test_killed.py tests/strain/test_plan_killed.py \
		tests/kepu/web/test_api_fuzz.py tests/kepu/literacy/test_self_test_bound.py -s

check: setup-dev ## lint, types, import contracts, migrations, translations
	@$(RUN) -m tools.checking

fix: setup-dev ## what a machine can put right
	@$(RUN) -m ruff check --fix src tests tools benchmarks
	@$(RUN) -m ruff format src tests tools benchmarks

bench: setup-dev ## the benchmarks, one JSON line each; FULL=1 the long ones too, for hours
	@$(RUN) -m benchmarks $(if $(FULL),--full)

docs: setup-dev ## the documentation as a site in site/
	@$(RUN) -m mkdocs build --strict

lock: ## after changing requirements/*.in; needs uv
	cd requirements && uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header run.in -o run.lock
	cd requirements && uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header -c run.lock dev.in -o dev.lock
