"""Rules between columns and tables, on a small release and on spoilt copies of it."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import tables

from pipeline.schema import arrow_schema, load_tables
from pipeline.validate.references import check_references


def spoilt(tmp_path, table, row, **values):
    content = tables.rows()
    content[table][row].update(values)
    tables.write(tmp_path, content)
    return check_references(tmp_path)


def test_a_whole_release_has_no_findings(tmp_path):
    tables.write(tmp_path, tables.rows())
    assert check_references(tmp_path) == []


@pytest.mark.parametrize(
    ("table", "row", "values", "rule", "column", "example"),
    [
        ("mentions", 1, {"mention_id": tables.FIRST_MENTION}, "unique", "mention_id",
         tables.FIRST_MENTION),
        ("event_actors", 1, {"role": "actor"}, "unique", "event_id, role, position",
         f"{tables.EVENT}/actor/0"),
        ("mentions", 0, {"entity_id": "e" * 17}, "foreign-key", "entity_id",
         tables.FIRST_MENTION),
        ("articles", 0, {"duplicate_of": "a" + "z" * 16}, "foreign-key", "duplicate_of",
         tables.ARTICLE),
        ("events", 0, {"attributed_to_quote_id": "q" * 17}, "foreign-key",
         "attributed_to_quote_id", tables.EVENT),
        ("mentions", 0, {"text": "norland"}, "span", "char_start, char_end, text",
         tables.FIRST_MENTION),
        ("quotes", 0, {"speaker_start": 1}, "span",
         "speaker_start, speaker_end, speaker_text", tables.QUOTE),
        ("quotes", 0, {"cue_end": None}, "span-parts", "cue_start, cue_end, cue_text",
         tables.QUOTE),
        ("mentions", 2, {"sentence_end": 5_000}, "span-bounds",
         "sentence_start, sentence_end", tables.THIRD_MENTION),
        ("mentions", 0, {"sentence_start": 5}, "within",
         "char_start, char_end, sentence_start, sentence_end", tables.FIRST_MENTION),
        ("quotes", 0, {"piece_ends": [90]}, "pieces",
         "piece_starts, piece_ends, char_start, char_end", tables.QUOTE),
        ("quotes", 0, {"piece_ends": [110, 128]}, "pieces",
         "piece_starts, piece_ends, char_start, char_end", tables.QUOTE),
        ("articles", 0, {"heading_starts": [7]}, "subset",
         "heading_starts, paragraph_starts", tables.ARTICLE),
        ("events", 0, {"date_end": tables.DAY.replace(year=2019)}, "order",
         "date_start, date_end", tables.EVENT),
        ("events", 0, {"date_precision": None}, "together",
         "date_start, date_end, date_precision", tables.EVENT),
        ("entities", 0, {"sector": "NGO"}, "not-in-list", "sector", tables.NORLAND),
        ("events", 0, {"context": ["war"]}, "not-in-list", "context", tables.EVENT),
        ("articles", 0, {"language": "en-GB"}, "pattern", "language", tables.ARTICLE),
        ("articles", 0, {"authors": ["Ada", " "]}, "pattern", "authors", tables.ARTICLE),
        ("articles", 0, {"authors": [None]}, "pattern", "authors", tables.ARTICLE),
        ("quotes", 0, {"confidence": 1.5}, "too-large", "confidence", tables.QUOTE),
        ("quotes", 0, {"confidence": float("nan")}, "too-large", "confidence", tables.QUOTE),
        ("articles", 0, {"revision": 0}, "too-small", "revision", tables.ARTICLE),
        ("articles", 0, {"paragraph_starts": [-1, 63]}, "too-small", "paragraph_starts",
         tables.ARTICLE),
        ("entities", 0, {"description": ""}, "too-short", "description", tables.NORLAND),
        ("articles", 0, {"text_sha256": "0" * 64}, "carried",
         "text, text_policy, n_chars, text_sha256, paragraph_starts", tables.ARTICLE),
        ("articles", 0, {"text": tables.TEXT + "."}, "carried",
         "text, text_policy, n_chars, text_sha256, paragraph_starts", tables.ARTICLE),
        ("articles", 0, {"text_policy": "none"}, "carried",
         "text, text_policy, n_chars, text_sha256, paragraph_starts", tables.ARTICLE),
        ("entities", 0, {"n_mentions": 2}, "count", "n_mentions", tables.NORLAND),
        ("entities", 2, {"n_articles": 0}, "count", "n_articles", tables.ADA),
        ("events", 0, {"actor_text": "Sudland"}, "first",
         "actor_text, actor_name, actor_entity_id, actor_country, actor_sector", tables.EVENT),
    ],
)  # fmt: skip
def test_a_broken_rule_names_rule_column_and_row(
    tmp_path, table, row, values, rule, column, example
):
    found = spoilt(tmp_path, table, row, **values)
    told = [f for f in found if (f.table, f.rule, f.column) == (table, rule, column)]
    assert [(finding.count, finding.examples) for finding in told] == [(1, (example,))], found


def test_at_most_five_examples_are_shown_and_all_rows_counted(tmp_path):
    content = tables.rows()
    content["mentions"] += [
        {**content["mentions"][0], "mention_id": f"m{'b' * 15}{char}", "entity_id": "e" * 17}
        for char in "klmnopq"
    ]
    tables.write(tmp_path, content)
    (found,) = [f for f in check_references(tmp_path) if f.rule == "foreign-key"]
    assert found.count == 7
    assert len(found.examples) == 5
    assert str(found).startswith("mentions.entity_id breaks the rule foreign-key 7 times: m")


def test_a_missing_table_is_a_finding(tmp_path):
    files = tables.write(tmp_path, tables.rows())
    files["quotes"][0].unlink()
    assert [(f.table, f.rule) for f in check_references(tmp_path)] == [("quotes", "missing-file")]


def test_a_file_with_other_columns_is_a_finding(tmp_path):
    tables.write(tmp_path, tables.rows())
    pq.write_table(pa.table({"name": ["x"]}), tmp_path / "entities.parquet")
    (found,) = check_references(tmp_path)
    assert (found.table, found.rule) == ("entities", "columns")


def test_a_table_may_lie_in_parts(tmp_path):
    (path,) = tables.write(tmp_path, tables.rows())["mentions"]
    whole = pq.read_table(path)
    path.unlink()
    schema = arrow_schema(load_tables()["mentions"])
    for number in range(2):
        part = whole.slice(number * 2, 2).cast(schema)
        pq.write_table(part, tmp_path / f"mentions-{number:05d}-of-00002.parquet")
    assert check_references(tmp_path) == []
