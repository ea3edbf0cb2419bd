"""What the feed or sitemap that names a document says of it: where the document does not."""

from collections.abc import Mapping
from datetime import timedelta

from pipeline.normalise.bylines import authors_and_agency
from pipeline.normalise.characters import clean_line
from pipeline.normalise.dates import Moment, parsed_moment
from pipeline.normalise.draft import Draft
from pipeline.normalise.language import language_code

_SAME_ARTICLE = timedelta(hours=36)
"""A day, or a time without its zone, and an instant no further apart are of one printing."""
_EXACT = ("second", "minute")
_SEPARATORS = ("|", "-", "–", "—", "·", "•", "»", "｜")


def take_hints(draft: Draft, hints: Mapping[str, object]) -> None:
    """Fill in what the document does not say itself, and mend two things.

    A title that is the feed's with the site's name after it gives way to the feed's; a day, or a
    time without a zone, gives way to the feed's exact time. Hints that make no sense are passed
    over: they are somebody else's.
    """
    title = _line(hints, "title")
    if title and (draft.title is None or _is_with_site(draft.title, title)):
        draft.title = title
    draft.published = _better(draft.published, _moment(hints, "published_at"))
    draft.modified = draft.modified or _moment(hints, "modified_at")
    draft.language = draft.language or language_code(_line(hints, "language") or "")
    draft.publisher = draft.publisher or _line(hints, "publisher")
    draft.licence = draft.licence or _line(hints, "licence")
    draft.subtitle = draft.subtitle or _standfirst(draft, hints)
    if not draft.authors:
        _take_authors(draft, hints)


def _is_with_site(title: str, hint: str) -> bool:
    rest = title.removeprefix(hint).strip()
    return title.startswith(hint) and rest.startswith(_SEPARATORS)


def _better(found: Moment | None, hint: Moment | None) -> Moment | None:
    """Return the page's moment, or the feed's if that is the same one told more exactly."""
    if found is None or hint is None:
        return found or hint
    is_exact = found.zoned and found.precision in _EXACT
    is_same = abs(found.instant - hint.instant) <= _SAME_ARTICLE
    more = hint.zoned and hint.precision in _EXACT
    return hint if more and is_same and not is_exact else found


def _standfirst(draft: Draft, hints: Mapping[str, object]) -> str | None:
    """Return the summary, unless it is the headline or the article's beginning once more."""
    summary = _line(hints, "subtitle")
    if (
        not summary
        or summary == draft.title
        or " ".join(draft.body.text.split()).startswith(summary)
    ):
        return None
    return summary


def _take_authors(draft: Draft, hints: Mapping[str, object]) -> None:
    named = hints.get("authors")
    if isinstance(named, list):
        people, agency = authors_and_agency(named)
        draft.authors = people
        draft.agency = draft.agency or agency


def _moment(hints: Mapping[str, object], column: str) -> Moment | None:
    value = _line(hints, column)
    return parsed_moment(value) if value else None


def _line(hints: Mapping[str, object], column: str) -> str | None:
    value = hints.get(column)
    return (clean_line(value) or None) if isinstance(value, str) else None
