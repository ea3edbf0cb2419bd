"""Tables -> great-expectations suites, and what they find.

Files are read in frames of bounded size and every frame is validated, so "unique" holds within
a frame here; `references.py` checks it over the whole table.
"""

import multiprocessing
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import great_expectations as gx
import pandas as pd
from great_expectations.expectations.expectation import Expectation as GreatExpectation
from great_expectations.expectations.registry import get_expectation_impl

from pipeline.schema import Field, Table, load_tables, read_frames
from pipeline.validate.findings import Expectation, Suite

_FRAME_ROWS = 65_536
"""Rows validated at a time: what a row group of our files holds."""

_EXAMPLES = 5
_EXAMPLE_CHARS = 80


@dataclass(frozen=True, slots=True)
class _Rule:
    """One expectation, and the columns and kind it is reported under."""

    kind: str
    columns: tuple[str, ...]
    expected: Mapping[str, Any]
    expectation: GreatExpectation


@dataclass(frozen=True, slots=True)
class _Computed:
    """A boolean column made from others, for rules that great-expectations cannot express.

    Attributes:
        name: of the computed column.
        columns: the columns it is made from.
        holds: gives, for a frame of those, whether each row keeps the rule.
    """

    name: str
    columns: tuple[str, ...]
    expected: Mapping[str, Any]
    holds: Callable[[pd.DataFrame], "pd.Series[bool]"]


class Validator:
    """The suites of all tables, made before there are rows to hold against them."""

    def __init__(self) -> None:
        """Make them: as much work as validating a small release."""
        self._context = gx.get_context(mode="ephemeral")
        self._context.variables.progress_bars = {"globally": False}  # type: ignore[assignment]
        source = self._context.data_sources.add_pandas("release")
        self._checks = [_Checks(source, table) for table in load_tables().values()]

    def validate(
        self, tables: Mapping[str, Sequence[str]], *, data_docs: Path | None
    ) -> list[Suite]:
        """Return what was found in `tables` (Parquet files by name), in the schemas' order."""
        wanted = [checks for checks in self._checks if tables.get(checks.table.name)]
        suites = _suites([(checks, tables[checks.table.name]) for checks in wanted])
        if data_docs:
            _add_site(self._context, data_docs)
            for checks in wanted:
                checks.document(self._context, tables[checks.table.name])
            self._context.build_data_docs()
        return suites


class _Checks:
    """A table's rules, and where great-expectations takes its rows from."""

    def __init__(self, source: Any, table: Table) -> None:  # noqa: ANN401
        self.table = table
        self.batches = source.add_dataframe_asset(table.name).add_batch_definition_whole_dataframe(
            "frame"
        )
        self._rules = _rules(table)
        self.expected = gx.ExpectationSuite(
            name=table.name, expectations=[rule.expectation for rule in self._rules]
        )

    def suite(self, files: Sequence[str]) -> Suite:
        """Return what the rows of `files` gave."""
        rows = 0
        tallies = [_Tally() for _ in self._rules]
        for frame in _frames(self.table, files):
            rows += len(frame)
            batch = self.batches.get_batch({"dataframe": frame})
            for result in batch.validate(self.expected, result_format="BASIC").results:
                tallies[result.expectation_config.meta["rule"]].add(result)
        results = (
            tally.expectation(rule) for rule, tally in zip(self._rules, tallies, strict=True)
        )
        return Suite(self.table.name, rows, tuple(results))

    def document(self, context: Any, files: Sequence[str]) -> None:  # noqa: ANN401
        """Validate once more in the way that leaves results for great-expectations' own pages."""
        definition = context.validation_definitions.add(
            gx.ValidationDefinition(
                name=self.table.name, data=self.batches, suite=context.suites.add(self.expected)
            )
        )
        for frame in _frames(self.table, files):
            definition.run(batch_parameters={"dataframe": frame})


_Wanted = tuple[_Checks, Sequence[str]]
"""A table's rules, and the files of its rows."""


def _suites(wanted: Sequence[_Wanted]) -> list[Suite]:
    """Return what was found, in order.

    great-expectations uses one processor: every other table is looked at in a fork of this
    process. Not so on macOS, whose libraries do not bear being forked.
    """
    if len(wanted) < 2 or sys.platform != "linux":
        return [checks.suite(files) for checks, files in wanted]
    fork = multiprocessing.get_context("fork")
    receiver, sender = fork.Pipe(duplex=False)
    other = fork.Process(target=_send_suites, args=(sender, wanted[1::2]), daemon=True)
    other.start()
    sender.close()
    found = [checks.suite(files) for checks, files in wanted[0::2]]
    try:
        apart = receiver.recv()
    except EOFError:
        raise RuntimeError("the fork that looks at every other table died") from None
    other.join()
    return [(apart if place % 2 else found)[place // 2] for place in range(len(wanted))]


def _send_suites(sender: Connection, wanted: Sequence[_Wanted]) -> None:
    sender.send([checks.suite(files) for checks, files in wanted])


class _Tally:
    """The results of one expectation, added up over frames."""

    def __init__(self) -> None:
        self.success = True
        self.checked = 0
        self.unexpected = 0
        self.examples: list[str] = []

    def add(self, result: Any) -> None:  # noqa: ANN401
        """Add what one frame gave."""
        values = result.result
        self.success &= bool(result.success)
        self.checked += values.get("element_count", 0) - values.get("missing_count", 0)
        self.unexpected += values.get("unexpected_count", 0)
        unexpected = values.get("partial_unexpected_list", [])
        if not result.success and not values:
            unexpected = [str(result.exception_info)]
        room = _EXAMPLES - len(self.examples)
        self.examples += [str(value)[:_EXAMPLE_CHARS] for value in unexpected[:room]]

    def expectation(self, rule: _Rule) -> Expectation:
        """Return the sum."""
        return Expectation(
            kind=rule.kind,
            column=", ".join(rule.columns),
            expected=rule.expected,
            success=self.success,
            checked=self.checked,
            unexpected=self.unexpected,
            examples=tuple(self.examples),
        )


def _frames(table: Table, files: Sequence[str]) -> Iterator[pd.DataFrame]:
    computed = list(_computed(table))
    for file in files:
        for frame in read_frames(Path(file), rows=_FRAME_ROWS):
            for column in computed:
                frame[column.name] = column.holds(frame[list(column.columns)])
            yield frame


def _rules(table: Table) -> list[_Rule]:
    """Return the expectations of a table; each carries its place in the list as metadata."""
    return [
        _Rule(kind, columns, expected, get_expectation_impl(kind)(meta={"rule": place}, **given))
        for place, (kind, columns, expected, given) in enumerate(_arguments(table))
    ]


_Arguments = tuple[str, tuple[str, ...], Mapping[str, Any], Mapping[str, Any]]
"""Kind, columns and expected values as reported; arguments as great-expectations takes them."""


def _arguments(table: Table) -> Iterator[_Arguments]:
    for field in table.fields:
        for kind, expected in _field_expectations(field):
            yield kind, (field.name,), expected, {"column": field.name, **expected}
    if len(table.primary_key) > 1:
        keys = {"column_list": list(table.primary_key)}
        yield "expect_compound_columns_to_be_unique", table.primary_key, {}, keys
    for low, high in table.ordered:
        pair = {"column_A": high, "column_B": low, "ignore_row_if": "either_value_is_missing"}
        kind = "expect_column_pair_values_a_to_be_greater_than_b"
        yield kind, (high, low), {"or_equal": True}, {**pair, "or_equal": True}
    for computed in _computed(table):
        holds = {"column": computed.name, "value_set": [True]}
        kind = "expect_column_values_to_be_in_set"
        yield kind, (computed.name,), computed.expected, holds


def _field_expectations(field: Field) -> Iterator[tuple[str, dict[str, Any]]]:
    constraints = field.constraints
    if field.required:
        yield "expect_column_values_to_not_be_null", {}
    if constraints.get("unique"):
        yield "expect_column_values_to_be_unique", {}
    if "enum" in constraints:
        yield "expect_column_values_to_be_in_set", {"value_set": constraints["enum"]}
    if "pattern" in constraints:
        yield "expect_column_values_to_match_regex", {"regex": constraints["pattern"]}
    if bounds := _bounds(constraints, "minimum", "maximum"):
        yield "expect_column_values_to_be_between", bounds
    if bounds := _bounds(constraints, "minLength", "maxLength"):
        yield "expect_column_value_lengths_to_be_between", bounds


def _bounds(constraints: Mapping[str, Any], low: str, high: str) -> dict[str, Any]:
    names = {low: "min_value", high: "max_value"}
    return {names[name]: constraints[name] for name in (low, high) if name in constraints}


def _computed(table: Table) -> Iterator[_Computed]:
    for field in table.fields:
        if field.is_list and field.item:
            items = _items_hold(field)
            yield _Computed(f"items of {field.name}", (field.name,), field.item, items)
    for group in table.together:
        yield _Computed(f"{', '.join(group)}: all null or none", group, {}, _all_null_or_none)
    for pieces in table.pieces:
        pair = (pieces.starts, pieces.ends)
        yield _Computed(f"{', '.join(pair)}: as many of both", pair, {}, _as_many_of_both)


def _all_null_or_none(frame: pd.DataFrame) -> "pd.Series[bool]":
    return frame.isna().sum(axis=1).isin([0, frame.shape[1]])


def _as_many_of_both(frame: pd.DataFrame) -> "pd.Series[bool]":
    return frame.iloc[:, 0].map(len) == frame.iloc[:, 1].map(len)


def _items_hold(field: Field) -> Callable[[pd.DataFrame], "pd.Series[bool]"]:
    item = field.item
    allowed = frozenset(item.get("enum", ()))
    pattern = re.compile(item.get("pattern", ""), re.DOTALL)
    shortest, least = item.get("minLength", 0), item.get("minimum")

    def holds(value: Any) -> bool:  # noqa: ANN401
        if least is not None:
            return bool(value >= least)
        known = not allowed or value in allowed
        return known and len(value) >= shortest and pattern.match(value) is not None

    return lambda frame: frame.iloc[:, 0].map(lambda items: all(map(holds, items))).astype(bool)


def _add_site(context: Any, folder: Path) -> None:  # noqa: ANN401
    context.add_data_docs_site(
        site_name="release",
        site_config={
            "class_name": "SiteBuilder",
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
            "store_backend": {
                "class_name": "TupleFilesystemStoreBackend",
                "base_directory": str(folder.resolve()),
            },
        },
    )
