"""`README.md` of a release: for readers, and valid as a Hugging Face dataset card."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.export.files import ReleaseFile, by_table
from pipeline.schema import Dataset, Table

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (10**6, "100K<n<1M"))
_LARGEST = "n>1M"
"""Size categories of the Hugging Face hub; it has finer ones above a million."""

_SHOWN_SOURCES = 50
"""Sources the card lists; the rest are counted."""

_POLICIES = {"full": "whole", "excerpt": "its beginning", "none": "not carried"}

_METADATA = """\
`datapackage.json` (Frictionless) and `croissant.json` (MLCommons) describe the tables to
programs, `DATA_DICTIONARY.md` to people. `views.sql` sets up views for DuckDB, among them
`dyads` and `evidence`. `manifest.json` names the versions the release was made with,
`SHA256SUMS` works with `sha256sum -c`, `validation.html` shows every rule that was checked,
`changelog/` what is different from the release before, `quarantine.parquet` what was not let in.
"""


@dataclass(frozen=True, slots=True)
class CardSource:
    """What the card says of one source.

    Attributes:
        articles: how many of the release are its.
        policy: how much of their text is carried: full, excerpt or none.
        licences: of those articles, as far as they are known.
    """

    name: str
    articles: int
    policy: str
    licences: tuple[str, ...]


def card(
    dataset: Dataset,
    tables: Mapping[str, Table],
    files: Sequence[ReleaseFile],
    *,
    release: str,
    now: datetime,
    sources: Sequence[CardSource] = (),
    contact: str | None = None,
) -> str:
    """Return the card in Markdown with its YAML head; arguments as of `datapackage`.

    Further ones: the `sources` of the articles, and the `contact` to ask for removals.
    """
    rows = {found.name: found.rows for found in by_table(files)}
    sections = [
        _head(dataset, rows),
        f"# {dataset.title}\n\n{dataset.description}\n\nRelease {release} of"
        f" {now.date().isoformat()}, schema version {dataset.version}.\n",
        _contents(dataset, tables, rows),
        _opening(dataset),
        _section("What is collected, and why", dataset.purpose),
        _sources(sources),
        _section("What it is not", [f"- {limit}" for limit in dataset.limits], gap="\n"),
        _section("Removal", [dataset.removal, *([f"Ask: {contact}"] if contact else [])]),
        _licence(dataset),
        _section("Citation", [dataset.citation + f" Release {release}, {now.year}."]),
    ]
    return "\n".join(sections)


def _head(dataset: Dataset, rows: Mapping[str, int]) -> str:
    """Return the YAML head. Values are written as JSON, which is YAML too."""
    configs = [
        {"config_name": name, "data_files": f"{name}*.parquet", "default": name == first}
        for first in dataset.tables[:1]
        for name in dataset.tables
    ]
    head = {
        "pretty_name": dataset.title,
        "language": ["en"],
        "license": "other",
        "license_name": "mixed",
        "license_link": "README.md#licence",
        "task_categories": ["token-classification", "text-classification"],
        "tags": list(dataset.keywords),
        "size_categories": [_size(sum(rows.get(name, 0) for name in dataset.tables))],
    }
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in head.items()]
    lines += ["configs:", *(f"- {json.dumps(config)}" for config in configs)]
    return "\n".join(["---", *lines, "---", ""])


def _size(rows: int) -> str:
    return next((label for bound, label in _SIZES if rows < bound), _LARGEST)


def _contents(dataset: Dataset, tables: Mapping[str, Table], rows: Mapping[str, int]) -> str:
    lines = [
        f"| `{name}` | {rows.get(name, 0):,} | {tables[name].description} |"
        for name in dataset.tables
    ]
    table = "\n".join(["| table | rows | what a row is |", "| --- | ---: | --- |", *lines])
    return f"## What is in it\n\n{table}\n\n{_METADATA}"


def _opening(dataset: Dataset) -> str:
    duckdb = "\n".join(dataset.examples["duckdb"])
    pandas = "\n".join(dataset.examples["pandas"])
    return (
        "## How to open it\n\nIn DuckDB, in the folder of the release:\n\n"
        f"```sql\n{duckdb}\n```\n\nIn pandas:\n\n"
        f"```python\nimport pandas as pd\n\n{pandas}\n```\n"
    )


def _sources(sources: Sequence[CardSource]) -> str:
    """Return the sources, those with the most articles first; nothing where there are none."""
    if not sources:
        return ""
    ordered = sorted(sources, key=lambda source: (-source.articles, source.name))
    lines = [
        f"| `{source.name}` | {source.articles:,} | {_POLICIES[source.policy]}"
        f" | {', '.join(source.licences) or 'not known'} |"
        for source in ordered[:_SHOWN_SOURCES]
    ]
    table = "\n".join(
        ["| source | articles | text | licences |", "| --- | ---: | --- | --- |", *lines]
    )
    more = len(ordered) - _SHOWN_SOURCES
    return _section("Sources", [table, *([f"And {more:,} more."] if more > 0 else [])])


def _licence(dataset: Dataset) -> str:
    own = [f"- [{licence['title']}]({licence['path']})" for licence in dataset.licences]
    notes = [f"- {note}" for note in dataset.licence_notes]
    return _section("Licence", [*own, *notes], gap="\n")


def _section(title: str, paragraphs: Sequence[str], *, gap: str = "\n\n") -> str:
    return f"## {title}\n\n{gap.join(paragraphs)}\n"
