"""The first gate: is this article fit to be read? Nothing is extracted from one that is not."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache
from hashlib import sha256
from itertools import chain
from typing import Any

from pipeline.errors import InvalidRecordError
from pipeline.records import Article
from pipeline.schema import Field, NormalForm, Table, load_tables

_SHOWN = 80
"""Code points of a refused value that the message shows."""
_EXCERPT = 200
"""Code points of the text that the quarantine shows."""

_BLANK_LINE = "\n\n"
_BLANKS = re.compile(r"[^\S\n ]| {2}| (?=\n)|(?<=\n) |\n{3}")
"""What runs of blanks and line ends become in normal form is one space or one blank line."""
_INVISIBLE = frozenset("\u00ad\u200b\u200e\u200f\u2060\ufeff")
"""Invisible characters that mean nothing in any script; joiners and direction marks of
languages that need them are not among them."""

_TYPES = {
    "string": str,
    "integer": int,
    "number": float,
    "boolean": bool,
    "datetime": date,
    "array": list,
}
"""The Python type of each Frictionless type; a datetime is a date, too."""

Break = tuple[str, str]
"""A rule that does not hold, as a code, and what was seen."""


def check_article(article: Article) -> None:
    """Return if `article` keeps its schema and the normal form of texts.

    Linear in the length of the text.

    Raises:
        InvalidRecordError: the first rule it breaks, as its `code`.
    """
    table = _articles()
    values = {name: getattr(article, name) for name in table.columns}
    for code, detail in _breaks(table, values):
        text = str(values[table.normal_form.text]) if table.normal_form else ""
        raise InvalidRecordError(
            article.record_id,
            detail,
            code=code,
            excerpt=text[:_EXCERPT].encode("utf-8", "replace").decode(),
            raw_sha256=article.raw_sha256,
        )


@cache
def _articles() -> Table:
    return load_tables()["articles"]


def _breaks(table: Table, values: Mapping[str, Any]) -> Iterator[Break]:
    """Yield the rules that `values` break; later rules rely on the earlier ones."""
    yield from chain.from_iterable(
        _field_breaks(field, values[field.name]) for field in table.fields
    )
    yield from _rule_breaks(table, values)
    if table.normal_form:
        yield from _normal_form_breaks(table.normal_form, values)


def _field_breaks(field: Field, value: object) -> Iterator[Break]:
    if value is None:
        if field.required:
            yield "missing-value", f"{field.name} is missing"
        return
    if not isinstance(value, _TYPES[field.type]):
        yield "wrong-type", f"{field.name} is {_shown(value)}, not of type {field.type}"
        return
    yield from _constraint_breaks(field.name, field.constraints, value)
    for item in value if isinstance(value, list) else ():
        yield from _constraint_breaks(field.name, field.item, item)


def _constraint_breaks(name: str, constraints: Mapping[str, Any], value: object) -> Iterator[Break]:
    for rule, bound in constraints.items():
        if rule in _CONSTRAINTS:
            code, holds = _CONSTRAINTS[rule]
            if not holds(value, bound):
                yield code, f"{name} is {_shown(value)}, expected {rule} {_shown(bound)}"


_CONSTRAINTS: dict[str, tuple[str, Callable[[Any, Any], bool]]] = {
    "enum": ("not-in-list", lambda value, bound: value in bound),
    "pattern": ("pattern", lambda value, bound: re.fullmatch(bound, value) is not None),
    "minimum": ("too-small", lambda value, bound: value >= bound),
    "maximum": ("too-large", lambda value, bound: value <= bound),
    "minLength": ("too-short", lambda value, bound: len(value) >= bound),
    "maxLength": ("too-long", lambda value, bound: len(value) <= bound),
}


def _rule_breaks(table: Table, values: Mapping[str, Any]) -> Iterator[Break]:
    for low, high in table.ordered:
        if None not in (values[low], values[high]) and values[low] > values[high]:
            yield "order", f"{low} is {values[low]}, after {high}, {values[high]}"
    for group in table.together:
        if len({values[name] is None for name in group}) > 1:
            yield "together", f"only some of {', '.join(group)} are given"
    for rule in table.subsets:
        odd = sorted(set(values[rule.part]) - set(values[rule.whole]))
        if odd:
            yield "subset", f"{rule.part} has {odd[0]}, which is not in {rule.whole}"


def _normal_form_breaks(form: NormalForm, values: Mapping[str, Any]) -> Iterator[Break]:
    text: str = values[form.text]
    yield from _text_breaks(form.text, text)
    starts = [0, *(match.end() for match in re.finditer(_BLANK_LINE, text))]
    if list(values[form.starts]) != starts:
        yield "paragraphs", f"{form.starts} does not give the {len(starts)} paragraphs of the text"
    counted = ((form.chars, len(text)), (form.words, len(text.split())))
    for name, expected in counted:
        if values[name] != expected:
            yield "count", f"{name} is {values[name]}, expected {expected}"
    if values[form.sha256] != sha256(text.encode("utf-8", "replace")).hexdigest():
        yield "hash", f"{form.sha256} is not that of the text"


def _text_breaks(name: str, text: str) -> Iterator[Break]:
    if not unicodedata.is_normalized("NFC", text):
        yield "not-nfc", f"{name} is not in Unicode NFC"
    if text != text.strip():
        yield "outer-blanks", f"{name} begins or ends with white space"
    if match := _BLANKS.search(text):
        yield "blanks", f"{name} has {match[0]!r} at {match.start()}, expected one space or line"
    for place, char in _invisible(text):
        yield "invisible", f"{name} has the invisible character {char!r} at {place}"
        return


def _invisible(text: str) -> Iterator[tuple[int, str]]:
    """Yield control and other invisible characters, and halves of surrogate pairs."""
    if text.isascii() and text.replace("\n", "").isprintable():
        return
    for char in sorted(set(text)):
        if char in _INVISIBLE or (char != "\n" and unicodedata.category(char) in ("Cc", "Cs")):
            yield text.index(char), char


def _shown(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
