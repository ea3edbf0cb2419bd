"""What a reader of one format makes out of a document, before it is checked and made an article."""

from dataclasses import dataclass, field

from pipeline.normalise.characters import Body
from pipeline.normalise.dates import Moment


@dataclass(slots=True)
class Draft:
    """An article's text and what the document says of itself; `None` where it says nothing.

    `found_in` has the place of a page each column was read from.
    """

    body: Body
    title: str | None = None
    subtitle: str | None = None
    authors: list[str] = field(default_factory=list)
    agency: str | None = None
    dateline: str | None = None
    section: str | None = None
    published: Moment | None = None
    modified: Moment | None = None
    publisher: str | None = None
    url: str | None = None
    language: str | None = None
    licence: str | None = None
    found_in: dict[str, str] = field(default_factory=dict)
