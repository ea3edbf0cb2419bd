"""The gate behind extraction: rows of one article that break their schema go no further.

One odd article must not keep a thousand others from being published; the whole of it is refused,
with the rule it broke. `build.py` sees to it that many odd ones are taken for what they are.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import InvalidRecordError
from pipeline.records import Article
from pipeline.schema import Field, Table
from pipeline.validate.rules import re2_pattern

_SHOWN = 80
"""Code points of a refused value that the message shows."""

Break = tuple[int, str, str]
"""Place of a row, the rule it breaks as a code, and what was seen."""


def check_surfaces(article: Article, table: Table, rows: Sequence[object]) -> None:
    """Return if every span of `rows` (records of `table`) has the words of the article there.

    Raises:
        InvalidRecordError: the first that has not ("span").
    """
    for span in table.spans:
        for row in rows if span.surface else ():
            start, end, surface = (
                getattr(row, name) for name in (span.start, span.end, span.surface or "")
            )
            if start is not None and article.text[start:end] != surface:
                seen = f"{surface!r} is not at {start}:{end}"[:_SHOWN]
                detail = f"{table.name}.{span.surface}: {seen}"
                raise InvalidRecordError(article.record_id, detail, code="span")


def broken_rows(table: Table, rows: pa.Table) -> Iterator[Break]:
    """Yield what breaks the constraints of a column of `table`, value by value."""
    for field in table.fields:
        column: Any = rows[field.name].combine_chunks()
        if field.required and column.null_count:
            for place in _places(pc.is_null(column)):
                yield place, "missing-value", f"{table.name}.{field.name} is missing"
        yield from _told(table, field, column, field.constraints, range(len(column)))
        if field.item:
            owners = pc.list_parent_indices(column).to_pylist()
            yield from _told(table, field, pc.list_flatten(column), field.item, owners)


def _told(
    table: Table,
    field: Field,
    values: Any,  # noqa: ANN401 -- an array of Arrow, whose stubs know no generic one
    constraints: Mapping[str, Any],
    owners: Sequence[int],
) -> Iterator[Break]:
    for code, broken in _broken(values, constraints):
        for place in _places(broken):
            shown = repr(values[place].as_py())[:_SHOWN]
            yield owners[place], code, f"{table.name}.{field.name} is {shown}"


def _broken(values: Any, constraints: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:  # noqa: ANN401
    """Yield (code, which values break the rule); a null breaks none."""
    for constraint, bound in constraints.items():
        match constraint:
            case "enum":
                known = pa.array([*bound, None], values.type)
                yield "not-in-list", pc.invert(pc.is_in(values, known))
            case "pattern":
                pattern = rf"\A(?:{re2_pattern(bound)})\z"
                yield "pattern", pc.invert(pc.match_substring_regex(values, pattern))
            case "minimum":
                yield "too-small", pc.invert(pc.greater_equal(values, bound))
            case "maximum":
                yield "too-large", pc.invert(pc.less_equal(values, bound))
            case "minLength":
                yield "too-short", pc.less(pc.utf8_length(values), bound)


def _places(flags: Any) -> list[int]:  # noqa: ANN401
    return [int(place) for place in pc.indices_nonzero(flags.fill_null(False)).to_pylist()]
