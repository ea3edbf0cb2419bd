from datetime import UTC, datetime

from factory import article

from pipeline.resolve.duplicates import mark_duplicates

SENTENCES = [
    f"The {n} delegates from the northern provinces walked out of the hall at noon on day {n}."
    for n in ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
]


def story(*numbers: int, opening: str = "") -> str:
    return "\n\n".join([*([opening] if opening else []), *(SENTENCES[n] for n in numbers)])


def day(number: int) -> datetime:
    return datetime(2024, 5, number, tzinfo=UTC)


def marked(database, table, *articles):
    table("articles", articles)
    mark_duplicates(database)
    rows = database.execute("SELECT article_id, duplicate_of, story_id FROM articles").fetchall()
    return {row[0]: (row[1], row[2]) for row in rows}


def test_the_earliest_published_copy_is_the_original(database, table):
    found = marked(
        database,
        table,
        article(story(0, 1, 2), article_id="late", published_at=day(3)),
        article(story(0, 1, 2), article_id="early", published_at=day(1)),
        article(story(0, 1, 2), article_id="undated", published_at=None),
    )
    assert found == {
        "early": (None, "early"),
        "late": ("early", "early"),
        "undated": ("early", "early"),
    }


def test_a_cut_copy_with_a_new_opening_is_found(database, table):
    whole = article(story(*range(8)), article_id="whole", published_at=day(1))
    text = story(0, 1, 2, 3, opening="A local paper writes an opening of its own for this report.")
    cut = article(text, article_id="cut", published_at=day(2))
    assert marked(database, table, whole, cut)["cut"] == ("whole", "whole")


def test_one_shared_sentence_makes_no_copy(database, table):
    one = article(story(0, 1, 2, 3), article_id="one", published_at=day(1))
    two = article(story(0, 4, 5, 6), article_id="two", published_at=day(2))
    assert marked(database, table, one, two) == {"one": (None, "one"), "two": (None, "two")}


def test_a_copy_of_a_copy_points_to_the_original(database, table):
    found = marked(
        database,
        table,
        article(story(0, 1, 2, 3), article_id="a", published_at=day(1)),
        article(story(0, 1, 2, 3, 4), article_id="b", published_at=day(2)),
        article(story(2, 3, 4), article_id="c", published_at=day(3)),
    )
    assert found == {"a": (None, "a"), "b": ("a", "a"), "c": ("a", "a")}


def test_short_texts_are_copies_only_when_equal(database, table):
    found = marked(
        database,
        table,
        article("He declined to comment.", article_id="a", published_at=day(1)),
        article("He declined to comment.", article_id="b", published_at=day(2)),
        article("She declined to comment.", article_id="c", published_at=day(3)),
    )
    assert found["b"] == ("a", "a")
    assert found["c"] == (None, "c")
