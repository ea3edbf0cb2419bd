# make run   the main job on seeds/          make test   all tests
# make lint  style, types, imports           make lock   resolve pyproject.toml anew
# make docs  what is generated in docs/      make annotator   train the annotator anew

UV_VERSION := 0.13.9
UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
PYTHON := .venv/bin/python
ARGS ?=

.PHONY: run test lint lock docs annotator clean

run: .venv/installed
	.venv/bin/onrecord run $(ARGS)

test: .venv/installed
	$(PYTHON) -m pytest $(ARGS)

lint: .venv/installed
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

# The environment holds exactly what the lock names, and the project itself.
.venv/installed: requirements.lock pyproject.toml .python-version | $(UV)
	$(UV) venv --quiet --allow-existing --python 3.12 .venv
	$(UV) pip sync --quiet --require-hashes --python .venv requirements.lock
	$(UV) pip install --quiet --no-deps --no-build-isolation --python .venv --editable .
	@touch $@

.tools/bin/uv:
	python3 -m venv .tools
	.tools/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

lock: | $(UV)
	$(UV) pip compile --quiet --universal --python-version 3.12 --generate-hashes \
		--no-emit-index-url --no-header --group dev pyproject.toml --output-file requirements.lock

# The data dictionary, from the schemas; a test fails when it is stale.
docs: .venv/installed
	$(PYTHON) -c "from pathlib import Path; from pipeline import schema; \
		from pipeline.export.dictionary import dictionary; \
		Path('docs/data-dictionary.md').write_text(dictionary(schema.load_dataset(), schema.load_tables()))"

# The annotator, from the corpus and the soft labels in training/: about 20 minutes on two cores.
# Torch is big and comes for few Pythons, so it has an environment of its own.
annotator: .venv/installed
	python3 -m venv .training
	.training/bin/python -m pip install --quiet --disable-pip-version-check \
		--requirement training/requirements.txt
	mkdir -p build
	$(PYTHON) -m training.arrays build/arrays.npz --silver training/silver.parquet
	.training/bin/python training/fit.py build/arrays.npz build/weights.npz
	.training/bin/python training/onnx_graph.py build/weights.npz pipeline/extract/model

clean:
	rm -rf .venv .tools .training dist build .mypy_cache .ruff_cache .pytest_cache
