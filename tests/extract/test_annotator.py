"""The annotator: its model's files, and what it says of a text."""

import json
import shutil

import numpy as np
import pytest

from pipeline.errors import ConfigError
from pipeline.extract.annotator import MODEL, Annotator
from pipeline.extract.labels import WIDTH, columns
from pipeline.extract.nlp import paragraph_spans
from pipeline.records import Span

pytestmark = pytest.mark.model

TEXT = (
    "“We will not sign the treaty,” Foreign Minister Lena Castro told reporters in Quito on Friday."
    "\n\nHer deputy, Omar Diaz, said that talks with Peru had been suspended."
)


@pytest.fixture(scope="module")
def annotator():
    return Annotator()


def annotated(annotator, text):
    starts = [0, *(place + 2 for place in range(len(text)) if text[place : place + 2] == "\n\n")]
    return annotator.annotate(text, paragraph_spans(text, starts))


@pytest.fixture(scope="module")
def annotation(annotator):
    return annotated(annotator, TEXT)


def marked(annotation, head):
    return [(TEXT[span.start : span.end], span.label) for span in annotation.spans(head)]


def test_names_are_marked(annotation):
    assert marked(annotation, "names") == [
        ("Lena Castro", "PERSON"),
        ("Quito", "GPE"),
        ("Omar Diaz", "PERSON"),
        ("Peru", "GPE"),
    ]


def test_parts_of_quotes_are_marked(annotation):
    parts = marked(annotation, "parts")
    assert ("“We will not sign the treaty,”", "content") in parts
    assert ("told", "cue") in parts
    assert ("Foreign Minister Lena Castro", "speaker") in parts
    assert ("reporters", "addressee") in parts
    assert ("that talks with Peru had been suspended", "content") in parts


def test_times_are_marked(annotation):
    assert marked(annotation, "times") == [("Friday", "DATE")]


def test_probabilities_say_what_is_where(annotation):
    place = TEXT.index("talks")
    talks = Span(place, place + 5)
    assert annotation.probability("parts", talks, "content") > 0.5
    assert annotation.probability("names", talks) < 0.1
    assert annotation.probability("names", Span(3, 3)) == 0
    assert sum(annotation.status(talks).values()) == pytest.approx(1, abs=1e-5)


def test_a_text_without_words_has_nothing(annotator):
    assert annotated(annotator, "").spans("names") == []


def test_what_is_said_of_an_article_does_not_depend_on_what_was_read_before(annotator):
    first = annotated(annotator, TEXT).scores
    annotated(annotator, "Something else entirely. " * 500)
    assert np.array_equal(annotated(annotator, TEXT).scores, first)


def test_every_number_belongs_to_one_head():
    covered = [place for head in columns().values() for place in range(head.start, head.stop)]
    assert covered == list(range(WIDTH))


def test_another_file_than_the_one_described_is_refused(tmp_path):
    for name in ("annotator.onnx", "tokenizer.json", "model.json"):
        shutil.copy(MODEL / name, tmp_path / name)
    (tmp_path / "tokenizer.json").write_text("{}", "utf-8")
    with pytest.raises(ConfigError, match=r"tokenizer\.json is not the file model\.json names"):
        Annotator(tmp_path)


def test_a_folder_without_a_model_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="no annotator in"):
        Annotator(tmp_path)
    (tmp_path / "model.json").write_text(json.dumps([]), "utf-8")
    with pytest.raises(ConfigError, match="not a model's description"):
        Annotator(tmp_path)
