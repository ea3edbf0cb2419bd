"""Each record class is a row of its table."""

from dataclasses import fields

import pytest

from pipeline import records
from pipeline.schema import load_tables

CLASSES = {
    "articles": records.Article,
    "mentions": records.Mention,
    "entities": records.Entity,
    "quotes": records.Quote,
    "events": records.Event,
    "event_actors": records.EventActor,
    "quarantine": records.Refusal,
}


@pytest.mark.parametrize(("table", "record"), CLASSES.items(), ids=CLASSES)
def test_a_record_has_the_columns_of_its_table_in_order(table, record):
    assert [field.name for field in fields(record)] == list(load_tables()[table].columns)


def test_a_span_gives_its_words():
    assert records.Span(4, 9).of("The envoy left.") == "envoy"
