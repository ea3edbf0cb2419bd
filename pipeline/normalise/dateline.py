"""Dateline stamps: "MOSCOW (Reuters) -" at the very start of an article's text."""

import re
from dataclasses import dataclass

from pipeline.normalise.bylines import agency_name

_PLACE = r"(?P<place>[A-Z][A-Za-zÀ-ÿ.'’/-]*(?:,? [A-Za-zÀ-ÿ.'’/-]+){0,5}?)"
_DAY = r"(?:,? (?:[A-Z][a-z]{2,8}\.? \d{1,2}|\d{1,2} [A-Z][a-z]{2,8}\.?)(?:,? \d{4})?)?"
_DASH = r"\s*(?:[-–—]{1,2}|:)\s+"
_WITH_AGENCY = re.compile(
    rf"{_PLACE}{_DAY},? ?[(/\[](?P<agency>[^()/\[\]]{{2,40}})[)/\]]{_DASH}(?=\S)"
)
_AGENCY_ALONE = re.compile(rf"[(/\[](?P<agency>[^()/\[\]]{{2,40}})[)/\]]{_DASH}(?=\S)")
_CAPITALS = re.compile(
    r"(?P<place>[A-ZÀ-Þ][A-ZÀ-Þ.'’/-]{2,}(?: [A-ZÀ-Þ.'’/-]{2,}){0,3}"
    rf"(?:, [A-Z][A-Za-zÀ-ÿ.]+(?: [A-Z][a-z.]+){{0,2}})?){_DAY}"
    r"\s*(?:--|[–—]| - )\s*(?=[\"“'‘]?[A-ZÀ-Þ0-9])"
)


@dataclass(frozen=True, slots=True)
class Dateline:
    """A stamp: where it ends in the text, its place, and the agency it names."""

    end: int
    place: str | None
    agency: str | None


def dateline_of(text: str) -> Dateline | None:
    """Return the stamp `text` begins with: a place with an agency, or a place in capitals."""
    for form in (_WITH_AGENCY, _AGENCY_ALONE, _CAPITALS):
        match = form.match(text)
        if match is None:
            continue
        parts = match.groupdict()
        agency = agency_name(parts.get("agency") or "")
        if agency or form is _CAPITALS:
            return Dateline(match.end(), parts.get("place"), agency)
    return None
