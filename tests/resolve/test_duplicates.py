from dataclasses import replace
from datetime import UTC, datetime
from random import Random

import pytest
from factory import article

from pipeline.records import Article
from pipeline.resolve import duplicates, open_database
from pipeline.resolve.duplicates import mark_duplicates
from pipeline.schema import load_tables
from pipeline.store import encode

SENTENCES = [
    f"The {n} delegates from the northern provinces walked out of the hall at noon on day {n}."
    for n in ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
]


def story(*numbers: int, opening: str = "") -> str:
    return "\n\n".join([*([opening] if opening else []), *(SENTENCES[n] for n in numbers)])


def day(number: int) -> datetime:
    return datetime(2024, 5, number, tzinfo=UTC)


def marked(database, table, *articles) -> dict[str, str | None]:
    table("articles", articles)
    mark_duplicates(database)
    return originals(database)


def originals(database) -> dict[str, str | None]:
    return dict(database.execute("SELECT article_id, duplicate_of FROM articles").fetchall())


def test_the_earliest_published_copy_is_the_original(database, table):
    found = marked(
        database,
        table,
        article(story(0, 1, 2), article_id="late", published_at=day(3)),
        article(story(0, 1, 2), article_id="early", published_at=day(1)),
        article(story(0, 1, 2), article_id="undated", published_at=None),
    )
    assert found == {"early": None, "late": "early", "undated": "early"}


def test_of_copies_published_at_once_the_first_by_id_is_the_original(database, table):
    copies = [article(story(0, 1, 2), article_id=name, published_at=day(1)) for name in "bca"]
    assert marked(database, table, *copies) == {"a": None, "b": "a", "c": "a"}


@pytest.mark.parametrize(
    ("kept", "original"),
    [(range(8), "whole"), (range(4), "whole"), ((1, 2), "whole"), ((2,), None)],
)
def test_a_cut_copy_with_a_new_opening_is_found(database, table, kept, original):
    """Two of eight sentences are enough of both texts, one is a quotation."""
    whole = article(story(*range(8)), article_id="whole", published_at=day(1))
    text = story(*kept, opening="A local paper adds this.")
    cut = article(text, article_id="cut", published_at=day(2))
    assert marked(database, table, whole, cut)["cut"] == original


def test_changed_words_and_other_paragraphs_leave_a_copy(database, table):
    text = story(*range(8))
    changed = text.replace("third", "last").replace("\n\n", " ").upper().replace(".", "!")
    found = marked(
        database,
        table,
        article(text, article_id="a", published_at=day(1)),
        article(changed, article_id="b", published_at=day(2)),
    )
    assert found["b"] == "a"


def test_one_shared_sentence_makes_no_copy(database, table):
    one = article(story(0, 1, 2, 3), article_id="one", published_at=day(1))
    two = article(story(0, 4, 5, 6), article_id="two", published_at=day(2))
    assert marked(database, table, one, two) == {"one": None, "two": None}


def test_what_all_articles_of_a_publisher_share_does_not_count(database, table):
    footer, own = " ".join(SENTENCES[4:]), briefs(36)
    pages = [
        article(f"{' '.join(own[n::6])} {footer}", article_id=str(n), published_at=day(n + 1))
        for n in range(6)
    ]
    assert set(marked(database, table, *pages).values()) == {None}


def test_a_copy_of_a_copy_points_to_the_original(database, table):
    found = marked(
        database,
        table,
        article(story(0, 1, 2, 3), article_id="a", published_at=day(1)),
        article(story(0, 1, 2, 3, 4), article_id="b", published_at=day(2)),
        article(story(2, 3, 4), article_id="c", published_at=day(3)),
    )
    assert found == {"a": None, "b": "a", "c": "a"}


def test_a_wire_story_in_more_papers_than_are_compared_has_one_original(database, table):
    papers = [
        article(story(*range(8), opening=own), article_id=f"{n:02}", published_at=day(n % 28 + 1))
        for n, own in enumerate(briefs(5 * duplicates.HEADS))
    ]
    found = marked(database, table, *papers)
    assert found == {name: None if name == "00" else "00" for name in found}


def test_short_texts_are_copies_only_when_equal(database, table):
    found = marked(
        database,
        table,
        article("He declined to comment.", article_id="a", published_at=day(1)),
        article("He declined to comment.", article_id="b", published_at=day(2)),
        article("She declined to comment.", article_id="c", published_at=day(3)),
    )
    assert found == {"a": None, "b": "a", "c": None}


def test_a_text_without_a_letter_is_nobodys_copy(database, table):
    found = marked(database, table, article("...", article_id="a"), article("!", article_id="b"))
    assert found == {"a": None, "b": None}


def briefs(count: int) -> list[str]:
    return [
        f"Only here it is told that {n} boats lay in the {n}th of the old docks."
        for n in range(count)
    ]


def newsroom(chance: Random, count: int) -> list[Article]:
    """Articles of stories, stock sentences and footers, many of them copies of each other."""
    own = briefs(count)
    made = []
    for number in range(count):
        told = chance.sample(range(8), chance.randrange(1, 6))
        text = " ".join([story(*told), *chance.sample(own, chance.randrange(4))])
        moment = chance.choice([None, day(chance.randrange(1, 28))])
        made.append(article(text, article_id=f"{number:03}", published_at=moment))
    return made


@pytest.mark.parametrize("seed", range(2))
def test_what_is_kept_gives_the_outcome_of_a_run_from_nothing(database, table, seed):
    """Articles come, go and are dated anew between runs, and arrive in another order."""
    chance = Random(seed)
    pool = newsroom(chance, 60)
    for _ in range(4):
        some = [
            replace(one, published_at=day(chance.randrange(1, 28)))
            if chance.random() < 0.1
            else one
            for one in chance.sample(pool, chance.randrange(20, 60))
        ]
        database.execute("DROP TABLE IF EXISTS articles")
        found = marked(database, table, *some)
        with open_database() as fresh:
            rows = encode(load_tables()["articles"], sorted(some, key=lambda one: one.article_id))
            fresh.register("rows", rows)
            fresh.execute("CREATE TABLE articles AS FROM rows; SET threads = 1")
            mark_duplicates(fresh)
            assert originals(fresh) == found
    assert len(set(found.values())) > 1
