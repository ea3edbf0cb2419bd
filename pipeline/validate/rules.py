"""What one row must keep by itself, as SQL conditions made from `schemas/`.

The same constraints that `offsets.py` checks in Python and `expectations.py` hands to
great-expectations, for tables too large for either.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.schema import CarriedText, Field, PieceRule, SpanRule, Table

_BLANK = r"\s\x0b\x1c-\x1f\x{85}\p{Z}"
"""Members of a class of RE2 that are what Python's `\\s` means: its own knows ASCII only."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule in SQL. Rules with the same source and key are checked in one pass.

    Attributes:
        rule: its code.
        column: the columns it is about, joined by commas.
        key: gives what a reader finds a row by.
        source: what stands after FROM; the table itself is `t`.
        broken: true for the rows of `source` that break the rule.
    """

    rule: str
    column: str
    key: str
    source: str
    broken: str


def row_rules(table: Table) -> Iterator[Rule]:
    """Yield the rules that a row of `table` breaks or keeps by itself."""
    for field in table.fields:
        for code, broken in _field_rules(field):
            yield _rule(table, code, (field.name,), broken)
    yield from _pair_rules(table)
    for subset in table.subsets:
        columns = (subset.part, subset.whole)
        missing = f"NOT list_has_all(t.{name(subset.whole)}, t.{name(subset.part)})"
        yield _rule(table, "subset", columns, missing)
    for pieces in table.pieces:
        bound = (pieces.starts, pieces.ends, *pieces.outer)
        yield _rule(table, "pieces", bound, _pieces_broken(pieces))
    if table.carried:
        yield _carried_rule(table, table.carried)


def _pair_rules(table: Table) -> Iterator[Rule]:
    for low, high in table.ordered:
        yield _rule(table, "order", (low, high), f"t.{name(low)} > t.{name(high)}")
    for group in table.together:
        yield _rule(table, "together", group, _some_null(group))
    for within in table.within:
        (start, end), (first, last) = within.inner, within.outer
        outside = f"t.{name(start)} < t.{name(first)} OR t.{name(end)} > t.{name(last)}"
        yield _rule(table, "within", (*within.inner, *within.outer), outside)
    for span in table.spans:
        parts = span_columns(span)
        if not all(field.required for field in table.fields if field.name in parts):
            yield _rule(table, "span-parts", parts, _some_null(parts))


def span_columns(span: SpanRule) -> tuple[str, ...]:
    """Return start, end and, if there is one, surface."""
    bounds = (span.start, span.end)
    return bounds if span.surface is None else (*bounds, span.surface)


def key_of(table: Table) -> str:
    """SQL for what a reader finds a row by; tables without a key go by what they are sorted by."""
    columns = ", ".join(f"t.{name(column)}" for column in table.primary_key or table.sort)
    return f"concat_ws('/', {columns})"


def name(identifier: str) -> str:
    """Return `identifier` as SQL takes it."""
    return '"' + identifier.replace('"', '""') + '"'


def quoted(value: str) -> str:
    """Return `value` as a string of SQL."""
    return "'" + value.replace("'", "''") + "'"


def re2_pattern(pattern: str) -> str:
    """Return the RE2 pattern that matches what Python's `re` does with `pattern`.

    They differ in what white space is; nothing else that differs is used in `schemas/` (a test
    compares the two on strings made to tell them apart).
    """
    parts, in_class = [], False
    characters = iter(pattern)
    for character in characters:
        part = character + next(characters, "") if character == "\\" else character
        in_class = (in_class or part == "[") and part != "]"
        blank = _BLANK if in_class else f"[{_BLANK}]"
        parts.append({r"\S": f"[^{_BLANK}]", r"\s": blank}.get(part, part))
    return "".join(parts)


def _rule(table: Table, code: str, columns: Sequence[str], broken: str) -> Rule:
    return Rule(code, ", ".join(columns), key_of(table), f"{name(table.name)} AS t", broken)


def _field_rules(field: Field) -> Iterator[tuple[str, str]]:
    value = f"t.{name(field.name)}"
    if field.required:
        yield "missing-value", f"{value} IS NULL"
    for code, holds in _constraints(field.constraints, value):
        yield code, f"NOT ({holds})"
    for code, holds in _constraints(field.item, "x"):
        # An item that is null keeps no rule.
        bad = f"lambda x: NOT coalesce({holds}, false)"
        yield code, f"len(list_filter({value}, {bad})) > 0"


def _constraints(constraints: Mapping[str, Any], value: str) -> Iterator[tuple[str, str]]:
    for constraint, bound in constraints.items():
        match constraint:
            case "enum":
                yield "not-in-list", f"{value} IN ({', '.join(map(quoted, bound))})"
            case "pattern":
                yield "pattern", f"regexp_full_match({value}, {quoted(re2_pattern(bound))})"
            case "minimum":
                yield "too-small", f"{value} >= {bound}"
            case "maximum":
                yield "too-large", f"{value} <= {bound}"
            case "minLength":
                yield "too-short", f"length({value}) >= {bound}"
            case "maxLength":
                yield "too-long", f"length({value}) <= {bound}"


def _some_null(columns: Sequence[str]) -> str:
    nulls = " + ".join(f"(t.{name(column)} IS NULL)::INT" for column in columns)
    return f"({nulls}) NOT IN (0, {len(columns)})"


def _pieces_broken(rule: PieceRule) -> str:
    """SQL for pieces that are none, empty, out of order, overlapping or beyond the whole."""
    starts, ends = f"t.{name(rule.starts)}", f"t.{name(rule.ends)}"
    first, last = (f"t.{name(column)}" for column in rule.outer)
    return (
        f"len({starts}) = 0 OR len({starts}) <> len({ends})"
        f" OR {starts}[1] <> {first} OR {ends}[-1] <> {last}"
        f" OR len(list_filter(list_zip({starts}, {ends}), lambda p: p[1] >= p[2])) > 0"
        f" OR len(list_filter(list_zip({starts}[2:], {ends}[:-2]), lambda p: p[1] < p[2])) > 0"
    )


def _carried_rule(table: Table, carried: CarriedText) -> Rule:
    """A whole text has its length, hash and paragraphs; a shortened one is not longer than it."""
    text, chars, sha256, starts = (
        f"t.{name(column)}"
        for column in (carried.text, carried.chars, carried.sha256, carried.starts)
    )
    gaps = f"(length({text}) - length(replace({text}, chr(10) || chr(10), ''))) // 2"
    broken = (
        f"CASE t.{name(carried.policy)}"
        f" WHEN 'full' THEN length({text}) <> {chars} OR sha256({text}) <> {sha256}"
        f" OR {gaps} + 1 <> len({starts})"
        f" WHEN 'excerpt' THEN length({text}) > {chars}"
        f" ELSE {text} <> '' END"
    )
    columns = (carried.text, carried.policy, carried.chars, carried.sha256, carried.starts)
    return _rule(table, "carried", columns, broken)
