# make run   the main job on seeds/          make test   all tests
# make lint  style, types, imports           make lock   resolve pyproject.toml anew
# make docs  what is generated in docs/      make annotator   train the annotator anew
# make bench what runs cost, into docs/performance.md (hours; ARGS="--articles 1000" is quick)
# make site  the documentation, with the explorer of data/
# make explorer        the explorer page (needs Node.js)
# make test-explorer   drives the page in Chromium; make screenshots takes its pictures

UV_VERSION := 0.13.9
UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
PYTHON := .venv/bin/python
ARGS ?=

.PHONY: run test bench lint lock docs annotator explorer test-explorer screenshots site clean

run: .venv/installed
	.venv/bin/onrecord run $(ARGS)

test: .venv/installed
	$(PYTHON) -m pytest $(ARGS)
	@echo "The explorer page is tested by make test-explorer, which needs Node.js and Chromium."

bench: .venv/installed
	$(PYTHON) benchmarks/bench.py $(ARGS)

lint: .venv/installed
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

# The environment holds exactly what the lock names, and the project itself. What a run imports is
# compiled now, once: where PYTHONDONTWRITEBYTECODE is set, every start would do it again.
.venv/installed: requirements.lock pyproject.toml .python-version | $(UV)
	$(UV) venv --quiet --allow-existing --python 3.12 .venv
	$(UV) pip sync --quiet --require-hashes --python .venv requirements.lock
	$(UV) pip install --quiet --no-deps --no-build-isolation --python .venv --editable .
	@env -u PYTHONDONTWRITEBYTECODE $(PYTHON) -m pipeline.validate.runner < /dev/null
	@env -u PYTHONDONTWRITEBYTECODE $(PYTHON) -c \
		"import distributed, pipeline.build, pipeline.cli; pipeline.analyse('Done.')"
	@touch $@

.tools/bin/uv:
	python3 -m venv .tools
	.tools/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

lock: | $(UV)
	$(UV) pip compile --quiet --universal --python-version 3.12 --generate-hashes \
		--no-emit-index-url --no-header --group dev pyproject.toml --output-file requirements.lock
	cd explorer && npm run --silent relock

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

# The page of `onrecord explore`, into pipeline/explorer_page; wheels take it along.
explorer: explorer/node_modules/.installed
	cd explorer && npm run --silent build

# Needs Chromium besides, as Debian's package or named in CHROMIUM.
test-explorer: explorer .venv/installed
	cd explorer && npm run --silent test && npm run --silent browse

# The pictures in docs/images, taken by the same tests.
screenshots: explorer .venv/installed
	cd explorer && SCREENSHOTS=1 npm run --silent browse

# What the lock names, with nothing run that a package brings along.
explorer/node_modules/.installed: explorer/package-lock.json explorer/package.json explorer/.npmrc
	@node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' \
		|| { echo "make explorer needs Node.js 20.19 or newer, with npm" >&2; exit 1; }
	cd explorer && npm ci --ignore-scripts --no-audit --no-fund --silent
	@touch $@

# The documentation with the explorer of data/ in it, into site/.
site: .venv/installed explorer
	.venv/bin/zensical build --clean
	.venv/bin/onrecord publish site/explore --out data

clean:
	rm -rf site
	rm -rf explorer/node_modules pipeline/explorer_page
	rm -rf .venv .tools .training dist build .mypy_cache .ruff_cache .pytest_cache
