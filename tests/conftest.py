"""Fixtures every test may use."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from factory import paragraph_starts

from pipeline.config import Settings


@pytest.fixture(scope="session")
def parser():
    """The default models; use with `pytest.mark.model`."""
    from pipeline.extract.annotator import Annotator
    from pipeline.extract.nlp import Parser

    return Parser(Settings().spacy_model, Annotator())


@pytest.fixture(scope="session")
def parse(parser) -> Callable:
    """`parse(text)` gives the Parse of one text in normal form."""
    return lambda text: next(parser.parses([(text, paragraph_starts(text))]))
