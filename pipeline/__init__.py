"""On Record: news articles in, an open dataset out.

`analyse` and `event_status` read one text, without files. They load spaCy when first called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pipeline.records import Analysis, Status

__all__ = ["__version__", "analyse", "event_status"]
__version__ = "0.1.0"


def analyse(
    text: str,
    *,
    title: str | None = None,
    published_at: datetime | None = None,
    language: str = "en",
) -> Analysis:
    """Return the mentions, entities, quotes, events and temporal expressions of one article.

    Args:
        text: the article's body. Offsets in the result point into `text` itself if it is in the
            normal form of the contract's section 5, else into its normal form.
        title: its headline, evidence for names.
        published_at: the day it was printed, which relative dates are read against.
        language: ISO 639-1; anything but English gives empty lists.

    Raises:
        EmptyArticleError: `text` holds no words.
    """
    from pipeline.work import analyse_one

    return analyse_one(text, title=title, published_at=published_at, language=language)


def event_status(text: str, spans: Sequence[tuple[int, int]]) -> list[Status]:
    """Return the status of the predicates at `spans`, for people who bring their own events.

    Args:
        text: any English text; it is read as it stands.
        spans: (start, end) of each predicate's words, code points into `text`, half-open.

    Returns:
        One of happened, ongoing, planned, possible, denied a span, in order.
    """
    from pipeline.work import statuses_of

    return statuses_of(text, spans)
