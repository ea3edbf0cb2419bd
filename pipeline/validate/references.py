"""Rules between columns and between tables, checked in DuckDB over a release's Parquet files.

What must be unique is, keys resolve, every surface is what the article says at its offsets,
lists pair up, counts count. The rules come from `schemas/`; no column is named here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from pipeline.schema import (
    CountRule,
    FirstRule,
    ForeignKey,
    PieceRule,
    SpanRule,
    Table,
    check_arrow_schema,
    load_dataset,
    load_tables,
    read_arrow_schema,
)
from pipeline.validate.findings import Finding

_EXAMPLES = 5
_BLOCK = 256
"""Code points a block of text. DuckDB counts them from the start of what it slices, so a slice of
a whole article costs as much as its place is far in; almost every surface fits into a block and
the one after it."""

_LONG_TEXT = 16_384
"""Texts longer than this, code points, are sliced in Python: cutting one into blocks takes time
with the square of its length."""

_MEMORY = "2GB"
"""What DuckDB may hold; beyond it, it works on disk."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule in SQL. Rules with the same source and key are checked in one pass.

    Attributes:
        key: gives what a reader finds a row by.
        source: what stands after FROM; the table itself is `t`.
        broken: true for the rows of `source` that break the rule.
    """

    rule: str
    column: str
    key: str
    source: str
    broken: str


def check_references(folder: Path) -> list[Finding]:
    """Return every rule that the tables in `folder` break, in the order of the tables."""
    tables = load_tables()
    files = {name: table_files(folder, name) for name in tables}
    found = list(_file_findings(files, tables))
    if found:
        return found
    with TemporaryDirectory() as spill, duckdb.connect() as database:
        database.execute(f"SET memory_limit = '{_MEMORY}'")
        database.execute("SET temp_directory = " + _quoted(spill))
        present = {name: table for name, table in tables.items() if files[name]}
        for name in present:
            _view(database, name, files[name])
        for span in (span for table in present.values() for span in table.spans):
            _keep_texts(database, span)
        for table in present.values():
            found.extend(_table_findings(database, table, present))
    return found


def table_files(folder: Path, name: str) -> list[Path]:
    """Return the Parquet files of a table: one, or its parts, in order."""
    whole = folder / f"{name}.parquet"
    return [whole] if whole.is_file() else sorted(folder.glob(f"{name}-*-of-*.parquet"))


def _file_findings(
    files: Mapping[str, Sequence[Path]], tables: Mapping[str, Table]
) -> Iterator[Finding]:
    for name in load_dataset().tables:
        if not files[name]:
            yield Finding(name, "missing-file", "*", 1, (f"{name}.parquet",))
    for name, paths in files.items():
        for path in paths:
            differences = check_arrow_schema(tables[name], read_arrow_schema(path))
            if differences:
                yield Finding(
                    name, "columns", "*", len(differences), tuple(differences[:_EXAMPLES])
                )


def _view(database: duckdb.DuckDBPyConnection, name: str, files: Sequence[Path]) -> None:
    listed = ", ".join(_quoted(str(path)) for path in files)
    database.execute(f"CREATE VIEW {_name(name)} AS FROM read_parquet([{listed}])")


def _keep_texts(database: duckdb.DuckDBPyConnection, span: SpanRule) -> None:
    """Read the texts once, each with its length, and cut them into blocks."""
    on, text = _name(span.on), _name(span.text_column)
    database.execute(
        f"CREATE TABLE IF NOT EXISTS {_texts(span)} AS"  # noqa: S608
        f" SELECT {on}, {text} AS text, length({text}) AS chars FROM {_name(span.text_table)}"
    )
    database.execute(
        f"CREATE TABLE IF NOT EXISTS {_blocks(span)} AS"  # noqa: S608
        f" SELECT {on}, block, text[block * {_BLOCK} + 1:(block + 2) * {_BLOCK}] AS piece FROM"
        f" (SELECT {on}, text, unnest(range(chars // {_BLOCK} + 1)) AS block"
        f" FROM {_texts(span)} WHERE chars <= {_LONG_TEXT})"
    )


def _table_findings(
    database: duckdb.DuckDBPyConnection, table: Table, tables: Mapping[str, Table]
) -> list[Finding]:
    passes: dict[tuple[str, str], list[_Rule]] = {}
    for rule in _rules(table, tables):
        passes.setdefault((rule.source, rule.key), []).append(rule)
    found = [
        finding
        for (source, key), rules in passes.items()
        for finding in _violations(database, table.name, source, key, rules)
    ]
    for span in table.spans:
        if span.surface is not None:
            found += _long_text_findings(database, table, span, span.surface)
    return _merged(found)


def _merged(findings: Sequence[Finding]) -> list[Finding]:
    """Add up findings about the same rule and columns, which several passes may look at."""
    merged: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        other = merged.get((finding.rule, finding.column))
        if other:
            examples = sorted({*other.examples, *finding.examples})[:_EXAMPLES]
            count = other.count + finding.count
            finding = replace(finding, count=count, examples=tuple(examples))
        merged[finding.rule, finding.column] = finding
    return list(merged.values())


def _violations(
    database: duckdb.DuckDBPyConnection, table: str, source: str, key: str, rules: Sequence[_Rule]
) -> Iterator[Finding]:
    """Check all `rules` in one pass; only rows that break one get as far as a key."""
    flags = ", ".join(f"({rule.broken}) AS b{number}" for number, rule in enumerate(rules))
    either = " OR ".join(f"({rule.broken})" for rule in rules)
    tallies = ", ".join(
        f"count(*) FILTER (b{number}), coalesce(min(example, {_EXAMPLES}) FILTER (b{number}), [])"
        for number in range(len(rules))
    )
    row = database.execute(
        f"SELECT {tallies} FROM (SELECT {key} AS example, {flags} FROM {source} WHERE {either})"  # noqa: S608
    ).fetchone()
    values = iter(row or ())
    for rule, count, examples in zip(rules, values, values, strict=True):
        if count:
            yield Finding(table, rule.rule, rule.column, count, tuple(examples))


def _rules(table: Table, tables: Mapping[str, Table]) -> Iterator[_Rule]:
    yield from _unique_rules(table)
    for foreign in table.foreign_keys:
        if foreign.table in tables:
            yield _foreign_key_rule(table, foreign)
    yield from _row_rules(table)
    for span in table.spans:
        yield from _span_rules(table, span)
    for count in table.counts:
        yield _count_rule(table, count)
    for first in table.firsts:
        yield _first_rule(table, first)


def _unique_rules(table: Table) -> Iterator[_Rule]:
    single = [(field.name,) for field in table.fields if field.constraints.get("unique")]
    for columns in dict.fromkeys([*single, *([table.primary_key] if table.primary_key else [])]):
        listed = _names(columns)
        counted = f"(SELECT {listed}, count(*) AS n FROM {_name(table.name)} GROUP BY {listed})"  # noqa: S608
        key = f"concat_ws('/', {listed})"
        yield _Rule("unique", ", ".join(columns), key, f"{counted} AS t", "n > 1")


def _foreign_key_rule(table: Table, key: ForeignKey) -> _Rule:
    equal = " AND ".join(
        f"t.{_name(own)} = o.{_name(other)}"
        for own, other in zip(key.columns, key.references, strict=True)
    )
    given = " AND ".join(f"t.{_name(own)} IS NOT NULL" for own in key.columns)
    source = f"{_name(table.name)} AS t ANTI JOIN {_name(key.table)} AS o ON {equal}"
    return _Rule("foreign-key", ", ".join(key.columns), _key(table), source, given)


def _row_rules(table: Table) -> Iterator[_Rule]:
    """Rules that one row breaks or keeps by itself."""
    for low, high in table.ordered:
        yield _row_rule(table, "order", (low, high), f"t.{_name(low)} > t.{_name(high)}")
    for group in table.together:
        yield _row_rule(table, "together", group, _some_null(group))
    for within in table.within:
        (start, end), (first, last) = within.inner, within.outer
        outside = f"t.{_name(start)} < t.{_name(first)} OR t.{_name(end)} > t.{_name(last)}"
        yield _row_rule(table, "within", (*within.inner, *within.outer), outside)
    for subset in table.subsets:
        columns = (subset.part, subset.whole)
        missing = f"NOT list_has_all(t.{_name(subset.whole)}, t.{_name(subset.part)})"
        yield _row_rule(table, "subset", columns, missing)
    for pieces in table.pieces:
        bound = (pieces.starts, pieces.ends, *pieces.outer)
        yield _row_rule(table, "pieces", bound, _pieces_broken(pieces))


def _row_rule(table: Table, rule: str, columns: Sequence[str], broken: str) -> _Rule:
    return _Rule(rule, ", ".join(columns), _key(table), f"{_name(table.name)} AS t", broken)


def _some_null(columns: Sequence[str]) -> str:
    nulls = " + ".join(f"(t.{_name(name)} IS NULL)::INT" for name in columns)
    return f"({nulls}) NOT IN (0, {len(columns)})"


def _pieces_broken(rule: PieceRule) -> str:
    """SQL for pieces that are none, empty, out of order, overlapping or beyond the whole."""
    starts, ends = f"t.{_name(rule.starts)}", f"t.{_name(rule.ends)}"
    first, last = (f"t.{_name(name)}" for name in rule.outer)
    return (
        f"len({starts}) = 0 OR len({starts}) <> len({ends})"
        f" OR {starts}[1] <> {first} OR {ends}[-1] <> {last}"
        f" OR len(list_filter(list_zip({starts}, {ends}), lambda p: p[1] >= p[2])) > 0"
        f" OR len(list_filter(list_zip({starts}[2:], {ends}[:-2]), lambda p: p[1] < p[2])) > 0"
    )


def _span_rules(table: Table, span: SpanRule) -> Iterator[_Rule]:
    start, end = f"t.{_name(span.start)}", f"t.{_name(span.end)}"
    bounds = (span.start, span.end)
    parts = bounds if span.surface is None else (*bounds, span.surface)
    if not all(field.required for field in table.fields if field.name in parts):
        yield _row_rule(table, "span-parts", parts, _some_null(parts))
    same = f"t.{_name(span.on)} = o.{_name(span.on)}"
    texts = f"{_name(table.name)} AS t JOIN {_texts(span)} AS o ON {same}"
    outside = f"{start} < 0 OR {end} <= {start} OR {end} > o.chars"
    yield _Rule("span-bounds", ", ".join(bounds), _key(table), texts, outside)
    if span.surface is None:
        return
    surface, columns = f"t.{_name(span.surface)}", ", ".join(parts)
    wide = f"{end} - {start} > {_BLOCK} AND o.chars <= {_LONG_TEXT}"
    sliced = f"o.text[{start} + 1:{end}]"
    yield _Rule("span", columns, _key(table), texts, f"{wide} AND {sliced} <> {surface}")
    block = f"{start} // {_BLOCK}"
    blocks = f"{_name(table.name)} AS t JOIN {_blocks(span)} AS o ON {same} AND {block} = o.block"
    narrow = f"{end} - {start} <= {_BLOCK}"
    sliced = f"o.piece[{start} % {_BLOCK} + 1:{end} - o.block * {_BLOCK}]"
    yield _Rule("span", columns, _key(table), blocks, f"{narrow} AND {sliced} <> {surface}")


def _long_text_findings(
    database: duckdb.DuckDBPyConnection, table: Table, span: SpanRule, surface: str
) -> Iterator[Finding]:
    """Compare the surfaces in long texts, one text in memory at a time."""
    bounds = (span.start, span.end)
    on, long = _name(span.on), f"{_texts(span)} WHERE chars > {_LONG_TEXT}"
    texts = database.cursor().execute(f"SELECT {on}, text FROM {long} ORDER BY {on}")  # noqa: S608
    spans = database.cursor().execute(
        f"SELECT t.{on}, {_key(table)}, {_names((*bounds, surface))}"  # noqa: S608
        f" FROM {_name(table.name)} AS t SEMI JOIN (SELECT {on} FROM {long}) AS o USING ({on})"
        f" WHERE t.{_name(span.start)} IS NOT NULL ORDER BY t.{on}"
    )
    broken = sorted(_broken_spans(texts, spans))
    if broken:
        columns = ", ".join((*bounds, surface))
        yield Finding(table.name, "span", columns, len(broken), tuple(broken[:_EXAMPLES]))


def _broken_spans(
    texts: duckdb.DuckDBPyConnection, spans: duckdb.DuckDBPyConnection
) -> Iterator[str]:
    """Yield the keys of spans that miss their text; both streams are sorted by the text's key."""
    owner, text = None, ""
    while row := spans.fetchone():
        key_of_text, key, start, end, surface = row
        while owner != key_of_text:
            owner, text = texts.fetchone() or (key_of_text, "")
        if text[start:end] != surface:
            yield key


def _count_rule(table: Table, rule: CountRule) -> _Rule:
    on = _name(rule.on)
    counted = f"count(DISTINCT {_name(rule.distinct)})" if rule.distinct else "count(*)"
    counts = f"(SELECT {on}, {counted} AS n FROM {_name(rule.table)} GROUP BY {on}) AS c"  # noqa: S608
    source = f"{_name(table.name)} AS t LEFT JOIN {counts} ON t.{on} = c.{on}"
    differs = f"t.{_name(rule.field)} <> coalesce(c.n, 0)"
    return _Rule("count", rule.field, _key(table), source, differs)


def _first_rule(table: Table, rule: FirstRule) -> _Rule:
    on = _name(rule.on)
    chosen = " AND ".join(f"{_name(name)} = {_quoted(value)}" for name, value in rule.where.items())
    first = (
        f"(SELECT * FROM {_name(rule.table)} WHERE {chosen} QUALIFY"  # noqa: S608
        f" row_number() OVER (PARTITION BY {on} ORDER BY {_name(rule.order)}) = 1)"
    )
    differs = " OR ".join(
        f"t.{_name(own)} IS DISTINCT FROM f.{_name(other)}" for own, other in rule.columns.items()
    )
    source = f"{_name(table.name)} AS t LEFT JOIN {first} AS f ON t.{on} = f.{on}"
    return _Rule("first", ", ".join(rule.columns), _key(table), source, differs)


def _texts(span: SpanRule) -> str:
    return _name(f"texts of {span.text_table}.{span.text_column}")


def _blocks(span: SpanRule) -> str:
    return _name(f"blocks of {span.text_table}.{span.text_column}")


def _key(table: Table) -> str:
    """SQL for what a reader finds a row by; tables without a key go by what they are sorted by."""
    columns = ", ".join(f"t.{_name(name)}" for name in table.primary_key or table.sort)
    return f"concat_ws('/', {columns})"


def _names(columns: Sequence[str]) -> str:
    return ", ".join(_name(name) for name in columns)


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
