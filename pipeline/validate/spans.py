"""Every surface against the text it was cut from: many articles at a time, as arrays of bytes.

Offsets are code points and texts are UTF-8, so the place of each code point is worked out once a
batch of texts; a surface is right if it has the bytes between its two places. DuckDB would count
code points from the start of the text for every single span.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.schema import CarriedText, Table
from pipeline.validate.findings import EXAMPLES, Finding
from pipeline.validate.rules import name, span_columns

_BATCH_ROWS = 1024
_BATCH_BYTES = 2 << 20
"""Text compared at a time."""

WITHHELD = "withheld texts"
"""A view of whole texts (key, text) that the release itself does not carry, where there are any."""

_Ints = npt.NDArray[np.int64]
_Bytes = npt.NDArray[np.uint8]
_Words = npt.NDArray[np.uint64]
_Flags = npt.NDArray[np.bool_]

_NOTHING: _Bytes = np.empty(0, np.uint8)
_LAST_CONTINUING = -65
"""The largest byte, as a signed number, that goes on with a code point of UTF-8 (0xBF)."""

_WORD = 8
"""Bytes compared at a time."""

_FIRST_BYTES = np.array([2 ** (8 * count) - 1 for count in range(_WORD + 1)], np.uint64)
"""Masks for so many of a word's first bytes."""


@dataclass(frozen=True, slots=True)
class _Strings:
    """Strings as one array of UTF-8, and where each begins; the last bound is where they end."""

    data: _Bytes
    bounds: _Ints

    def continuing(self) -> _Ints:
        """Return the place of every byte that goes on with a code point; all others begin one."""
        return np.flatnonzero(self.data.view(np.int8) <= _LAST_CONTINUING)

    def words(self) -> _Words:
        """Return the eight bytes from every place on, zeros behind the last."""
        padded = np.append(self.data, np.zeros(_WORD, np.uint8))
        return np.ndarray((self.data.size + 1,), "<u8", padded, strides=(1,))


@dataclass(frozen=True, slots=True)
class _Texts:
    """A batch of texts as a release carries them.

    Attributes:
        keys: of the articles, as Arrow.
        before: of every byte that goes on with a code point, how many begin before it.
        first: the code point each text begins with, counted through; at last their number.
        chars: code points of each whole text.
        whole: whether all of it is here.
    """

    keys: "pa.Array[Any]"
    strings: _Strings
    before: _Ints
    first: _Ints
    chars: _Ints
    whole: _Flags

    def places(self, points: _Ints) -> _Ints:
        """Return the byte each code point, counted through, begins with."""
        return points + np.searchsorted(self.before, points, "right")


def check_spans(
    database: duckdb.DuckDBPyConnection, text_table: Table, tables: Sequence[Table]
) -> list[Finding]:
    """Return the rules "span" and "span-bounds" that spans into the texts of `text_table` break.

    Where a text is not carried whole, a span must lie in what the whole was, have as many code
    points as its surface, and the words of as much of it as there is.

    Args:
        database: has a view of each table and, perhaps, of `WITHHELD`.
        text_table: the table with the texts, a carried rule among its own.
        tables: those with spans into them.
    """
    broken: dict[tuple[str, str, str], list[str]] = {}
    for texts in _batches(database, text_table):
        for table in tables:
            for rule, columns, keys in _broken(database, table, text_table, texts):
                broken.setdefault((table.name, rule, columns), []).extend(keys)
    return [
        Finding(table, rule, columns, len(keys), tuple(sorted(keys)[:EXAMPLES]))
        for (table, rule, columns), keys in broken.items()
    ]


def _batches(database: duckdb.DuckDBPyConnection, table: Table) -> Iterator[_Texts]:
    """Yield the texts in the order of the file, so that a batch is a narrow range of keys."""
    carried = table.carried
    if carried is None:
        return
    reader = database.cursor().sql(_texts_query(database, table, carried))
    waiting: list[pa.RecordBatch] = []
    size = 0
    for batch in reader.to_arrow_reader(_BATCH_ROWS):
        waiting.append(batch)
        size += batch.nbytes
        if size >= _BATCH_BYTES:
            yield _texts(pa.Table.from_batches(waiting))
            waiting, size = [], 0
    if waiting:
        yield _texts(pa.Table.from_batches(waiting))


def _texts_query(database: duckdb.DuckDBPyConnection, table: Table, carried: CarriedText) -> str:
    (on,) = table.primary_key
    full = f"{name(carried.policy)} = 'full'"
    others = database.execute(
        "SELECT count(*) FROM duckdb_views() WHERE view_name = ?", [WITHHELD]
    ).fetchone()
    if not others or not others[0]:
        text, whole, joined = name(carried.text), full, ""
    else:
        text = f"coalesce(w.whole, {name(carried.text)})"
        whole = f"{full} OR w.whole IS NOT NULL"
        joined = f" LEFT JOIN {name(WITHHELD)} AS w USING ({name(on)})"
    return (
        f"SELECT {name(on)} AS key, {text} AS text, {name(carried.chars)} AS chars,"  # noqa: S608
        f" {whole} AS whole FROM {name(table.name)}{joined}"
    )


def _texts(batch: pa.Table) -> _Texts:
    strings = _strings(batch["text"].combine_chunks())
    continuing = strings.continuing()
    return _Texts(
        keys=batch["key"].combine_chunks(),
        strings=strings,
        before=continuing - np.arange(continuing.size),
        first=_points(strings.bounds, continuing),
        chars=batch["chars"].to_numpy().astype(np.int64),
        whole=batch["whole"].to_numpy(),
    )


def _points(places: _Ints, continuing: _Ints) -> _Ints:
    """Return how many code points begin before each of `places`."""
    return places - np.searchsorted(continuing, places)


def _strings(column: "pa.Array[Any]") -> _Strings:
    """Return strings as arrays; a null is an empty one."""
    values: Any = column.cast(pa.large_string()).fill_null("")
    _, offsets, content = values.buffers()
    bounds = np.frombuffer(offsets, np.int64)[values.offset : values.offset + len(values) + 1]
    data = np.frombuffer(content, np.uint8)[bounds[0] : bounds[-1]] if content else _NOTHING
    return _Strings(data, bounds - bounds[0])


def _broken(
    database: duckdb.DuckDBPyConnection, table: Table, text_table: Table, texts: _Texts
) -> Iterator[tuple[str, str, list[str]]]:
    """Yield (rule, columns, keys of the rows that break it)."""
    rows = _rows(database, table, texts)
    owner = rows["owner"].to_numpy()
    for span in table.spans:
        if span.text_table != text_table.name:
            continue
        given = pc.is_valid(rows[span.start]).to_numpy() & pc.is_valid(rows[span.end]).to_numpy()
        start, end = (_ints(rows[column]) for column in (span.start, span.end))
        outside = given & ((start < 0) | (end <= start) | (end > texts.chars[owner]))
        yield from _told(rows, table, "span-bounds", (span.start, span.end), outside)
        if span.surface is not None:
            fits = given & ~outside
            inside = np.flatnonzero(fits)
            surfaces = _strings(rows[span.surface].combine_chunks().filter(pa.array(fits)))
            misses = np.zeros(len(owner), bool)
            misses[inside] = _misses(texts, owner[inside], start[inside], end[inside], surfaces)
            yield from _told(rows, table, "span", span_columns(span), misses)


def _rows(database: duckdb.DuckDBPyConnection, table: Table, texts: _Texts) -> pa.Table:
    """Return keys and spans of the rows about `texts`, each with the place of its text."""
    on = table.spans[0].on
    spans = dict.fromkeys(column for span in table.spans for column in span_columns(span))
    columns = dict.fromkeys((*(table.primary_key or table.sort), *spans))
    selected = ", ".join(f"t.{name(column)}" for column in columns)
    keys: Any = pc.min_max(texts.keys)
    batch = pa.table({"key": texts.keys, "owner": pa.array(np.arange(len(texts.keys)))})
    cursor = database.cursor()
    cursor.register("batch", batch)
    # The bounds let DuckDB pass over row groups: every table is sorted by article.
    found: pa.Table = cursor.sql(
        f"SELECT owner, {selected} FROM {name(table.name)} AS t"  # noqa: S608
        f" JOIN batch ON batch.key = t.{name(on)} WHERE t.{name(on)} BETWEEN ? AND ?",
        params=[keys["min"].as_py(), keys["max"].as_py()],
    ).to_arrow_table()
    cursor.close()
    return found


def _ints(column: Any) -> _Ints:  # noqa: ANN401 -- a column of Arrow
    """Return numbers as an array; a null is 0."""
    return np.asarray(column.fill_null(0).to_numpy(), np.int64)


def _misses(texts: _Texts, owner: _Ints, start: _Ints, end: _Ints, surfaces: _Strings) -> _Flags:
    """Return which surfaces are not what their text says from `start` to `end`."""
    base, here = texts.first[owner], np.diff(texts.first)[owner]
    begin = texts.places(base + np.minimum(start, here))
    length = texts.places(base + np.minimum(end, here)) - begin
    sizes = np.diff(surfaces.bounds)
    misses: _Flags = length != sizes
    cut = ~texts.whole[owner]
    if cut.any():
        chars = np.diff(_points(surfaces.bounds, surfaces.continuing()))
        misses = np.where(cut, (chars != end - start) | (length > sizes), misses)
    same = np.flatnonzero(~misses)
    misses[same[_differ(texts.strings, begin[same], surfaces, same, length[same])]] = True
    return misses


def _differ(
    texts: _Strings, begin: _Ints, surfaces: _Strings, which: _Ints, length: _Ints
) -> _Flags:
    """Return which stretches of `texts` differ from the first bytes of their surfaces."""
    differ = np.zeros(len(which), bool)
    said, seen = texts.words(), surfaces.words()
    first = surfaces.bounds[which]
    left = np.arange(len(which))
    done = 0
    while left.size:
        compared = _FIRST_BYTES[np.minimum(length[left] - done, _WORD)]
        other = (said[begin[left] + done] ^ seen[first[left] + done]) & compared
        differ[left] |= other != 0
        done += _WORD
        left = left[length[left] > done]
    return differ


def _told(
    rows: pa.Table, table: Table, rule: str, columns: Sequence[str], broken: _Flags
) -> Iterator[tuple[str, str, list[str]]]:
    if broken.any():
        keys = rows.select(list(table.primary_key or table.sort)).filter(pa.array(broken))
        told = ["/".join(map(str, row.values())) for row in keys.to_pylist()]
        yield rule, ", ".join(columns), told
