import gc
from datetime import UTC, datetime

import pytest

from pipeline import analyse, event_status, work
from pipeline.config import Settings
from pipeline.errors import EmptyArticleError
from pipeline.records import RawDocument
from pipeline.work import _bare_article, read_shard

DAY = datetime(2024, 5, 8, tzinfo=UTC)


@pytest.mark.model
def test_analyse_reads_one_text_without_files():
    text = 'Minister Ana Quispe met miners in Lima on Monday.\n\n"We will sign," she said.'
    found = analyse(text, title="Talks", published_at=DAY)
    assert "Ana Quispe" in {entity.name for entity in found.entities}
    assert [quote.speaker_name for quote in found.quotes] == ["Ana Quispe"]
    assert ("CONSULT", "happened") in {(event.type, event.status) for event in found.events}
    assert [(time.text, time.value) for time in found.times] == [("Monday", "2024-05-06")]
    assert found.event_actors


@pytest.mark.model
def test_models_are_no_business_of_the_garbage_collector():
    analyse("Talks in Lima failed.")
    assert gc.isenabled()
    assert gc.get_freeze_count() > 100_000


@pytest.mark.model
def test_offsets_point_into_the_text_as_it_was_given():
    text = "\ufeff  A  line.\nAna\u00a0Quispe met  miners in Lima on Monday.\n"
    found = analyse(text, published_at=DAY)
    for time in found.times:
        assert text[time.char_start : time.char_end] == time.text == "Monday"
    for mention in found.mentions:
        assert text[mention.char_start : mention.char_end] == mention.text


@pytest.mark.model
def test_event_status_takes_spans_of_any_text():
    text = "Peru has not signed the treaty. Chile will sign it. Bolivia signed it."
    spans = [(13, 19), (43, 47), (60, 66)]
    assert [text[slice(*span)] for span in spans] == ["signed", "sign", "signed"]
    assert event_status(text, spans) == ["denied", "planned", "happened"]


@pytest.mark.model
def test_other_languages_give_empty_lists():
    found = analyse("Die Ministerin traf am Montag Bergleute in Lima.", language="de")
    assert (found.mentions, found.quotes, found.events, found.times) == ([], [], [], [])


@pytest.mark.parametrize("text", ["", " \n\n "], ids=["nothing", "blanks"])
def test_a_text_without_words_is_refused(text):
    with pytest.raises(EmptyArticleError):
        analyse(text)


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("one\n\ntwo", [0, 5]),
        ("one\ntwo", [0, 4]),
        ("one\nstill one\n\ntwo", [0, 15]),
        ("\n\none\n", [0]),
        ("…\n‘one’\n", [0, 2]),
    ],
    ids=["blank-line", "lines", "wrapped", "outer", "no-ascii"],
)
def test_paragraphs_of_a_bare_text(text, starts):
    article = _bare_article(text, title=None, published_at=None, language="en")
    assert article.text == text
    assert article.paragraph_starts == starts


def test_a_shard_may_be_read_without_models(monkeypatch):
    def refused(*_):
        raise AssertionError("models are loaded to read documents")

    monkeypatch.setattr(work, "_analyser", refused)
    documents = [
        (key, RawDocument("tests", key, key, "text/x-clean", text, "0" * 64, {}))
        for key, text in {"good": "Miners in Potosi ended their strike.", "bad": " "}.items()
    ]
    done = read_shard(documents, Settings())
    assert (done.keys, done.documents) == ({"articles": ["good", "bad"]}, 2)
    tables = done.tables["articles"]
    assert tables["articles"]["record_id"].to_pylist() == ["good"]
    assert tables["quarantine"]["record_id"].to_pylist() == ["bad"]
