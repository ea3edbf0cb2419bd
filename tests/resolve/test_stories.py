from datetime import UTC, datetime, timedelta

import pytest
from factory import article, mention

from pipeline.resolve.stories import WINDOW_DAYS, mark_stories

DAY = datetime(2024, 5, 1, tzinfo=UTC)
FIRST = "Harbour pilots in Arica downed tools on Monday over a pension cut announced by Rojas."
AGAIN = "Minister Rojas defended a pension cut as harbour pilots kept Arica closed this Monday."
OTHER = "Glacier guides near Calafate counted fewer visitors this summer, says Duarte's office."


def one(name: str, text: str, *, days: float = 0, **fields):
    moment = DAY + timedelta(days=days)
    return article(text, **{"article_id": name, "published_at": moment, **fields})


def told(database, table, *articles) -> dict[str, str]:
    """Stories of articles, each with the entities of those names its text has."""
    table("articles", articles)
    table(
        "mentions",
        [
            mention(f"{item.article_id}{name}", name, article_id=item.article_id)
            for item in articles
            for name in ("Rojas", "Arica", "Calafate", "Duarte")
            if name in item.text
        ],
    )
    mark_stories(database)
    return dict(database.execute("SELECT article_id, story_id FROM articles").fetchall())


def test_one_story_in_other_words_is_named_after_its_first_article(database, table):
    found = told(database, table, one("b", AGAIN, days=1), one("c", FIRST), one("a", OTHER))
    assert found == {"a": "a", "b": "c", "c": "c"}


@pytest.mark.parametrize(
    ("later", "story"),
    [
        (one("b", AGAIN, days=WINDOW_DAYS), "a"),
        (one("b", AGAIN, days=WINDOW_DAYS + 0.1), "b"),
        (one("b", AGAIN, published_at=None), "b"),
    ],
    ids=["last-day", "too-late", "undated"],
)
def test_a_story_ends(database, table, later, story):
    assert told(database, table, one("a", FIRST), later)["b"] == story


def test_a_copy_belongs_to_the_story_of_its_original(database, table):
    found = told(
        database,
        table,
        one("a", FIRST),
        one("b", AGAIN, days=1),
        one("c", AGAIN, days=9, duplicate_of="b"),
        one("d", OTHER, published_at=None),
        one("e", OTHER, published_at=None, duplicate_of="d"),
    )
    assert found == {"a": "a", "b": "a", "c": "a", "d": "d", "e": "d"}


def test_a_story_does_not_drift_beyond_what_is_like_its_first_article(database, table):
    found = told(database, table, one("a", FIRST), one("b", AGAIN, days=2), one("c", AGAIN, days=4))
    assert found == {"a": "a", "b": "a", "c": "c"}


def test_words_without_a_common_name_make_no_story(database, table):
    nameless = AGAIN.replace("Rojas", "Somebody").replace("Arica", "the coast")
    assert told(database, table, one("a", FIRST), one("b", nameless)) == {"a": "a", "b": "b"}


def test_stories_do_not_hang_on_how_many_articles_are_compared_at_once(
    database, table, monkeypatch
):
    monkeypatch.setattr("pipeline.resolve.stories._AT_ONCE", 1)
    found = told(database, table, one("b", AGAIN, days=1), one("c", FIRST), one("a", OTHER))
    assert found == {"a": "a", "b": "c", "c": "c"}
