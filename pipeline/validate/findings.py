"""What checks find, as data: results of expectations, and rules broken between tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

EXAMPLES = 5
"""Rows that a finding names."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule.

    Attributes:
        table: the table that breaks it.
        rule: a code that can be counted ("foreign-key", "span").
        column: the columns it is about, joined by commas.
        count: how many rows break it.
        examples: at most five of them, by key; or what else shows the fault.
    """

    table: str
    rule: str
    column: str
    count: int
    examples: tuple[str, ...]

    def __str__(self) -> str:
        """Say it in one line."""
        shown = f": {', '.join(self.examples)}" if self.examples else ""
        return f"{self.table}.{self.column} breaks the rule {self.rule} {self.count} times{shown}"


@dataclass(frozen=True, slots=True)
class Expectation:
    """What came of one expectation.

    Attributes:
        kind: great-expectations' name of it.
        column: the columns it is about, joined by commas; empty for the whole table.
        expected: its arguments.
        success: whether the table meets it.
        checked: values looked at.
        unexpected: how many of them break it.
        examples: at most five of those, as text.
    """

    kind: str
    column: str
    expected: Mapping[str, Any]
    success: bool
    checked: int
    unexpected: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suite:
    """The expectations of one table and what came of them.

    Attributes:
        rows: that were looked at.
        unchanged: more rows that are, to the last value, rows of the release before, which met
            the same expectations; they were not looked at again.
    """

    table: str
    rows: int
    expectations: tuple[Expectation, ...]
    unchanged: int = 0

    @property
    def success(self) -> bool:
        """Whether the table meets all of them."""
        return all(expectation.success for expectation in self.expectations)


def suite_from_json(values: Mapping[str, Any]) -> Suite:
    """Return the suite that `dataclasses.asdict` and JSON made `values` of."""
    expectations = tuple(
        Expectation(**{**entry, "examples": tuple(entry["examples"])})
        for entry in values["expectations"]
    )
    return Suite(values["table"], values["rows"], expectations)
