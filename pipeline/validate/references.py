"""Every rule of `schemas/`, checked in DuckDB over a release's Parquet files.

Values are what they may be, what must be unique is, keys resolve, every surface is what the article
says at its offsets, lists pair up, counts count. No column is named here.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from pipeline.schema import (
    CountRule,
    FirstRule,
    ForeignKey,
    Table,
    check_arrow_schema,
    load_dataset,
    load_tables,
    read_arrow_schema,
)
from pipeline.validate.findings import EXAMPLES, Finding
from pipeline.validate.policies import Withheld, policy_rules
from pipeline.validate.rules import Rule, key_of, name, quoted, row_rules
from pipeline.validate.spans import WITHHELD, check_spans

_MEMORY = "512MB"
"""What DuckDB may hold; beyond it, it works on disk."""

_THREADS = 4
"""Cores DuckDB uses at most: each wants an eighth of a gigabyte."""


def check_references(folder: Path, *, withheld: Withheld | None = None) -> list[Finding]:
    """Return every rule that the tables in `folder` break, in the order of the tables.

    Args:
        folder: of the release.
        withheld: what the release is to leave out, and the whole texts, so that every span is
            checked; without it, spans are checked as far as the release carries a text.
    """
    tables = load_tables()
    files = {table: table_files(folder, table) for table in tables}
    found = list(_file_findings(files, tables))
    if found:
        return found
    with TemporaryDirectory() as spill, duckdb.connect() as database:
        database.execute(f"SET memory_limit = '{_MEMORY}'")
        database.execute(f"SET threads = {min(_THREADS, os.cpu_count() or 1)}")
        # What was used for one table goes back to the system before the next.
        database.execute("SET allocator_bulk_deallocation_flush_threshold = '2MB'")
        database.execute("SET temp_directory = " + quoted(spill))
        present = {table.name: table for table in tables.values() if files[table.name]}
        for known in present:
            _view(database, known, files[known])
        if withheld:
            _view(database, WITHHELD, [withheld.whole_texts])
            found.extend(_policy_findings(database, withheld, files))
        # Not at once, as both want memory: great-expectations takes longer than the two.
        for table in present.values():
            found.extend(_table_findings(database, table, present))
        # Spans are compared here, DuckDB only reads: a second thread would read ahead of what is
        # compared, and hold it.
        database.execute("SET threads = 1")
        found.extend(_span_findings(database, list(present.values())))
    order = list(tables)
    return sorted(found, key=lambda finding: order.index(finding.table))


def table_files(folder: Path, table: str) -> list[Path]:
    """Return the Parquet files of a table: one, or its parts, in order."""
    whole = folder / f"{table}.parquet"
    return [whole] if whole.is_file() else sorted(folder.glob(f"{table}-*-of-*.parquet"))


def _span_findings(database: duckdb.DuckDBPyConnection, tables: Sequence[Table]) -> list[Finding]:
    found = []
    for table in tables:
        if spanning := [other for other in tables if _has_spans_into(other, table)]:
            found += check_spans(database, table, spanning)
    return found


def _has_spans_into(table: Table, other: Table) -> bool:
    return any(span.text_table == other.name for span in table.spans)


def _file_findings(
    files: Mapping[str, Sequence[Path]], tables: Mapping[str, Table]
) -> Iterator[Finding]:
    for table in load_dataset().tables:
        if not files[table]:
            yield Finding(table, "missing-file", "*", 1, (f"{table}.parquet",))
    for table, paths in files.items():
        for path in paths:
            differences = check_arrow_schema(tables[table], read_arrow_schema(path))
            if differences:
                yield Finding(
                    table, "columns", "*", len(differences), tuple(differences[:EXAMPLES])
                )


def _view(database: duckdb.DuckDBPyConnection, view: str, files: Sequence[Path]) -> None:
    listed = ", ".join(quoted(str(path)) for path in files)
    database.execute(f"CREATE VIEW {name(view)} AS FROM read_parquet([{listed}])")


def _table_findings(
    database: duckdb.DuckDBPyConnection, table: Table, tables: Mapping[str, Table]
) -> list[Finding]:
    passes: dict[tuple[str, str], list[Rule]] = {}
    for rule in _rules(table, tables):
        passes.setdefault((rule.source, rule.key), []).append(rule)
    return _merged(
        [
            finding
            for (source, key), rules in passes.items()
            for finding in _violations(database, table.name, source, key, rules)
        ]
    )


def _policy_findings(
    database: duckdb.DuckDBPyConnection,
    withheld: Withheld,
    files: Mapping[str, Sequence[Path]],
) -> Iterator[Finding]:
    for table, rule in policy_rules(withheld):
        if files[table]:
            yield from _violations(database, table, rule.source, rule.key, [rule])


def _merged(findings: Sequence[Finding]) -> list[Finding]:
    """Add up findings about the same rule and columns, which several passes may look at."""
    merged: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        other = merged.get((finding.rule, finding.column))
        if other:
            examples = sorted({*other.examples, *finding.examples})[:EXAMPLES]
            count = other.count + finding.count
            finding = replace(finding, count=count, examples=tuple(examples))
        merged[finding.rule, finding.column] = finding
    return list(merged.values())


def _violations(
    database: duckdb.DuckDBPyConnection, table: str, source: str, key: str, rules: Sequence[Rule]
) -> Iterator[Finding]:
    """Check all `rules` in one pass, and in another tell them apart if any is broken."""
    either = " OR ".join(f"({rule.broken})" for rule in rules)
    broken = f"SELECT 1 FROM {source} WHERE {either} LIMIT 1"  # noqa: S608
    if not database.execute(broken).fetchone():
        return
    flags = ", ".join(f"({rule.broken}) AS b{number}" for number, rule in enumerate(rules))
    tallies = ", ".join(
        f"count(*) FILTER (b{number}), coalesce(min(example, {EXAMPLES}) FILTER (b{number}), [])"
        for number in range(len(rules))
    )
    row = database.execute(
        f"SELECT {tallies} FROM (SELECT {key} AS example, {flags} FROM {source} WHERE {either})"  # noqa: S608
    ).fetchone()
    values = iter(row or ())
    for rule, count, examples in zip(rules, values, values, strict=True):
        if count:
            yield Finding(table, rule.rule, rule.column, count, tuple(examples))


def _rules(table: Table, tables: Mapping[str, Table]) -> Iterator[Rule]:
    yield from _unique_rules(table)
    for foreign in table.foreign_keys:
        if foreign.table in tables:
            yield _foreign_key_rule(table, foreign)
    yield from row_rules(table)
    for count in table.counts:
        yield _count_rule(table, count)
    for first in table.firsts:
        yield _first_rule(table, first)


def _unique_rules(table: Table) -> Iterator[Rule]:
    single = [(field.name,) for field in table.fields if field.constraints.get("unique")]
    for columns in dict.fromkeys([*single, *([table.primary_key] if table.primary_key else [])]):
        listed = _names(columns)
        counted = f"(SELECT {listed}, count(*) AS n FROM {name(table.name)} GROUP BY {listed})"  # noqa: S608
        key = f"concat_ws('/', {listed})"
        yield Rule("unique", ", ".join(columns), key, f"{counted} AS t", "n > 1")


def _foreign_key_rule(table: Table, key: ForeignKey) -> Rule:
    equal = " AND ".join(
        f"t.{name(own)} = o.{name(other)}"
        for own, other in zip(key.columns, key.references, strict=True)
    )
    given = " AND ".join(f"t.{name(own)} IS NOT NULL" for own in key.columns)
    source = f"{name(table.name)} AS t ANTI JOIN {name(key.table)} AS o ON {equal}"
    return Rule("foreign-key", ", ".join(key.columns), key_of(table), source, given)


def _count_rule(table: Table, rule: CountRule) -> Rule:
    on = name(rule.on)
    counted = f"count(DISTINCT {name(rule.distinct)})" if rule.distinct else "count(*)"
    counts = f"(SELECT {on}, {counted} AS n FROM {name(rule.table)} GROUP BY {on}) AS c"  # noqa: S608
    source = f"{name(table.name)} AS t LEFT JOIN {counts} ON t.{on} = c.{on}"
    differs = f"t.{name(rule.field)} <> coalesce(c.n, 0)"
    return Rule("count", rule.field, key_of(table), source, differs)


def _first_rule(table: Table, rule: FirstRule) -> Rule:
    on = name(rule.on)
    chosen = " AND ".join(
        f"{name(column)} = {quoted(value)}" for column, value in rule.where.items()
    )
    first = (
        f"(SELECT * FROM {name(rule.table)} WHERE {chosen} QUALIFY"  # noqa: S608
        f" row_number() OVER (PARTITION BY {on} ORDER BY {name(rule.order)}) = 1)"
    )
    differs = " OR ".join(
        f"t.{name(own)} IS DISTINCT FROM f.{name(other)}" for own, other in rule.columns.items()
    )
    source = f"{name(table.name)} AS t LEFT JOIN {first} AS f ON t.{on} = f.{on}"
    return Rule("first", ", ".join(rule.columns), key_of(table), source, differs)


def _names(columns: Sequence[str]) -> str:
    return ", ".join(name(column) for column in columns)
