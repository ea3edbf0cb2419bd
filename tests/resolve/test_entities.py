from datetime import UTC, datetime

from factory import entity

from pipeline.resolve.entities import merge_entities


def test_one_row_an_entity_with_what_all_articles_know(database, table):
    first, last = datetime(2018, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC)
    table(
        "entities",
        [
            entity("Q9", "A. Moreau", aliases=["Moreau"], n_mentions=2, last_published_at=last),
            entity("Q9", "Anne Moreau", country="FRA", n_mentions=3, first_published_at=first),
            entity("e1", "Harbour Authority", type="ORG", n_mentions=1),
        ],
    )
    merge_entities(database)
    rows = database.sql("SELECT * FROM entities ORDER BY entity_id").to_arrow_table().to_pylist()
    assert [row["entity_id"] for row in rows] == ["Q9", "e1"]
    merged = rows[0]
    assert merged["name"] == "Anne Moreau"
    assert merged["aliases"] == ["A. Moreau", "Moreau"]
    assert (merged["country"], merged["n_mentions"], merged["n_articles"]) == ("FRA", 5, 2)
    assert merged["first_published_at"] == first
    assert merged["last_published_at"] == last
    assert rows[1]["aliases"] == []


def test_facts_that_differ_are_settled_by_most_articles(database, table):
    told = [entity("Q9", "Anne Moreau", sector=sector) for sector in ("GOV", "LEG", "GOV", None)]
    table("entities", told)
    merge_entities(database)
    assert database.execute("SELECT sector FROM entities").fetchall() == [("GOV",)]
