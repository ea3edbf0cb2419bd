"""Surfaces against texts, as arrays of bytes; Python's own slices say what is right."""

import random
from dataclasses import replace

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import tables
from factory import article

from pipeline.export.carried import withhold
from pipeline.schema import load_tables
from pipeline.store import encode
from pipeline.validate import spans
from pipeline.validate.policies import Withheld
from pipeline.validate.references import check_references

ALPHABET = "abc ÆØß—“”漢字😀e\u0301\n"


def texts(seed: int, count: int) -> list[str]:
    chance = random.Random(seed)
    return ["".join(chance.choices(ALPHABET, k=chance.randrange(1, 400))) for _ in range(count)]


def mentions(articles, seed: int):
    """A mention of every article, one of them off by one or with a letter changed; and its id."""
    chance = random.Random(seed)
    wrong = chance.randrange(len(articles))
    rows = []
    for number, row in enumerate(articles):
        start = chance.randrange(row.n_chars)
        end = chance.randrange(start, row.n_chars) + 1
        surface = row.text[start:end]
        if number == wrong:
            surface = chance.choice([surface + "x", surface[:-1] + "z", "ø" + surface[1:] + "é"])
        rows.append({"mention_id": f"m{number}", "article_id": row.article_id, "char_start": start,
                     "char_end": end, "text": surface, "sentence_start": 0,
                     "sentence_end": row.n_chars})  # fmt: skip
    return rows, f"m{wrong}"


@pytest.mark.parametrize("seed", range(6))
def test_the_one_surface_that_is_wrong_is_found(seed, monkeypatch):
    monkeypatch.setattr(spans, "_BATCH_ROWS", 7)
    monkeypatch.setattr(spans, "_BATCH_BYTES", 500)
    articles = [article(text) for text in dict.fromkeys(texts(seed, 50))]
    rows, wrong = mentions(articles, seed)
    kept = encode(load_tables()["articles"], articles)  # noqa: F841 (DuckDB reads it by name)
    found = pa.Table.from_pylist(rows)  # noqa: F841
    with duckdb.connect() as database:
        database.execute("CREATE TABLE articles AS FROM kept; CREATE TABLE mentions AS FROM found")
        told = spans.check_spans(database, load_tables()["articles"], [load_tables()["mentions"]])
    assert [(f.rule, f.column, f.count, f.examples) for f in told] == [
        ("span", "char_start, char_end, text", 1, (wrong,))
    ]


@pytest.mark.parametrize("size", [1, 7, 8, 9, 15, 16, 17, 64])
def test_the_last_byte_of_a_surface_counts_and_the_one_behind_it_does_not(size):
    text = "“ß”" + "漢b" * 40
    surface = text[-size:]
    spans_of = [(len(text) - size, len(text), surface), (3, 3 + size, text[3 : 3 + size])]
    wrong = (len(text) - size, len(text), surface[:-1] + "c")
    rows = [
        {"mention_id": f"m{number}", "article_id": "a", "char_start": start, "char_end": end,
         "text": said, "sentence_start": 0, "sentence_end": len(text)}
        for number, (start, end, said) in enumerate([*spans_of, wrong])
    ]  # fmt: skip
    kept = encode(load_tables()["articles"], [replace(article(text), article_id="a")])  # noqa: F841
    found = pa.Table.from_pylist(rows)  # noqa: F841
    with duckdb.connect() as database:
        database.execute("CREATE TABLE articles AS FROM kept; CREATE TABLE mentions AS FROM found")
        told = spans.check_spans(database, load_tables()["articles"], [load_tables()["mentions"]])
    assert [(f.rule, f.examples) for f in told] == [("span", ("m2",))]


def released(folder, policy: str, *, excerpt_chars: int = 30, **spoilt):
    """A release whose one article is cut, and what was to be left out of it."""
    content = tables.rows()
    for table, values in spoilt.items():
        content[table][0].update(values)
    tables.write(folder, content)
    withheld = Withheld(folder / "whole.parquet", {"tests": policy}, excerpt_chars)
    with duckdb.connect() as database:
        for name in ("articles", "quarantine"):
            database.execute(f"CREATE TABLE {name} AS FROM '{folder / name}.parquet'")
        withhold(
            database,
            withheld.policies,
            excerpt_chars=excerpt_chars,
            whole_texts=withheld.whole_texts,
        )
        for name in ("articles", "quarantine"):
            cut = database.sql(f"FROM {name}").to_arrow_table()
            schema = pq.read_schema(folder / f"{name}.parquet")
            pq.write_table(cut.cast(schema), folder / f"{name}.parquet")
    return withheld


@pytest.mark.parametrize("policy", ["full", "excerpt", "none"])
def test_a_cut_release_is_whole_with_its_texts_and_without(tmp_path, policy):
    withheld = released(tmp_path, policy) if policy != "full" else None
    if withheld is None:
        tables.write(tmp_path, tables.rows())
    assert check_references(tmp_path, withheld=withheld) == []
    assert check_references(tmp_path) == []
    (row,) = pq.read_table(tmp_path / "articles.parquet").to_pylist()
    carried = {"full": tables.TEXT, "excerpt": "Norland will send ships to", "none": ""}
    assert (row["text"], row["text_policy"]) == (carried[policy], policy)
    assert row["n_chars"] == len(tables.TEXT)


@pytest.mark.parametrize(
    ("policy", "table", "values"),
    [
        ("none", "mentions", {"text": "Norlang"}),
        ("excerpt", "mentions", {"text": "Norlang"}),
        ("none", "quotes", {"speaker_text": "Ada Færgemang"}),
    ],
)
def test_words_that_are_not_carried_are_checked_before_they_go(tmp_path, policy, table, values):
    withheld = released(tmp_path, policy, **{table: values})
    assert [(f.table, f.rule) for f in check_references(tmp_path, withheld=withheld)] == [
        (table, "span")
    ]


@pytest.mark.parametrize(
    ("policy", "values", "rule"),
    [
        ("excerpt", {"text": "Norlang"}, "span"),
        ("none", {"text": "Norlan"}, "span"),
        ("none", {"text": "Norlandia"}, "span"),
        ("none", {"sentence_end": 900}, "span-bounds"),
    ],
    ids=["in the excerpt", "too short", "too long", "beyond the text"],
)
def test_without_the_text_what_can_be_checked_is(tmp_path, policy, values, rule):
    released(tmp_path, policy, mentions=values)
    assert [(f.table, f.rule) for f in check_references(tmp_path)] == [("mentions", rule)]
