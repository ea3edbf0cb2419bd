"""`DATA_DICTIONARY.md`, and `docs/data-dictionary.md`: every table and column in words."""

import json
from collections.abc import Mapping, Sequence

from pipeline.schema import Codebook, Dataset, Field, Table, load_codebook

_INLINE_VALUES = 12
"""Longer lists of values are left to the codebook below."""

_CONVENTIONS = """\
Offsets count Unicode code points of the article's text and are half-open:
`text[start:end]` in Python, `text[start + 1:end]` in DuckDB. Days are timestamps at midnight
without zone, instants are timestamps in UTC. A column is never null unless it says so.
"""


def dictionary(dataset: Dataset, tables: Mapping[str, Table]) -> str:
    """Return the data dictionary in Markdown: every table in order, then the codebook."""
    names = [*dataset.tables, *dataset.records]
    heading = (
        f"# Data dictionary\n\n{dataset.title}, schema version {dataset.version}."
        f" {dataset.description}\n\n{_CONVENTIONS}"
    )
    contents = "\n".join(f"- [`{name}`](#{name}): {tables[name].description}" for name in names)
    sections = [_section(tables[name]) for name in names]
    return "\n".join([heading, contents + "\n", *sections, _codebook(load_codebook())])


def _section(table: Table) -> str:
    rows = [_row(field, table) for field in table.fields]
    heads = ("column", "type", "meaning", "example")
    return f"## {table.name}\n\n{table.description}\n\n{_keys(table)}{_table(heads, rows)}"


def _keys(table: Table) -> str:
    """Return what rows are told apart by and where they stand."""
    key = f"Key: {_code(table.primary_key)}. " if table.primary_key else ""
    return f"{key}Sorted by {_code(table.sort)}.\n\n"


def _row(field: Field, table: Table) -> tuple[str, ...]:
    kind = f"`{field.arrow}`" + ("" if field.required else ", may be null")
    return (f"`{field.name}`", kind, _meaning(field, table), _example(field))


def _meaning(field: Field, table: Table) -> str:
    parts = [field.description]
    if field.unit:
        parts.append(f"Unit: {field.unit}.")
    if 0 < len(field.values) <= _INLINE_VALUES:
        parts.append(f"One of {_code(field.values)}.")
    elif field.values:
        parts.append(f"One of {len(field.values)} codes, see the codebook below.")
    parts += [
        f"Refers to `{key.table}.{', '.join(key.references)}`."
        for key in table.foreign_keys
        if key.columns == (field.name,)
    ]
    return " ".join(parts)


def _example(field: Field) -> str:
    if field.example is None:
        return ""
    text = (
        field.example
        if isinstance(field.example, str)
        else json.dumps(field.example, ensure_ascii=False)
    )
    return f"`{text}`"


def _codebook(codebook: Codebook) -> str:
    parts = [
        f"## Codebook\n\n{codebook.description}\n\n{codebook.credit}\n",
        "\n".join(f"- {note}" for note in codebook.notes) + "\n",
        "### Types\n",
        _types(codebook),
        "### Modes\n",
        _modes(codebook),
        "### Folding of type and status\n",
        _folding(codebook),
    ]
    for title, entries in (
        ("Statuses", codebook.statuses),
        ("Contexts", codebook.contexts),
        ("Sectors", codebook.sectors),
    ):
        rows = [(f"`{name}`", meaning) for name, meaning in entries.items()]
        parts += [f"### {title}\n", _table(("code", "meaning"), rows)]
    return "\n".join(parts)


def _types(codebook: Codebook) -> str:
    rows = [
        (
            f"`{entry.name}`",
            entry.quad_class,
            "" if entry.score is None else f"{entry.score:g}",
            "required" if entry.recipient_required else "optional",
            entry.definition,
        )
        for entry in codebook.types
    ]
    return _table(("type", "quad class", "score", "recipient", "definition"), rows)


def _modes(codebook: Codebook) -> str:
    rows = [
        (f"`{entry.name}`", f"`{mode}`", meaning)
        for entry in codebook.types
        for mode, meaning in entry.modes.items()
    ]
    return _table(("type", "mode", "meaning"), rows)


def _folding(codebook: Codebook) -> str:
    rows = [
        (f"`{kind}`", status, f"`{folded}`")
        for kind, statuses in codebook.folding.items()
        for status, folded in statuses.items()
    ]
    return _table(("type", "status", "PLOVER type"), rows)


def _code(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(_cell(cell) for cell in line)} |\n" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
