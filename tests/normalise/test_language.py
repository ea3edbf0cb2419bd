import pytest

from pipeline.normalise.language import detected_language, language_code


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The ferry left the harbour late.", "en"),
        ("Troops entered the capital on Tuesday.", "en"),
        ("Prices rose sharply in March.", "en"),
        ("Police arrested four suspects yesterday.", "en"),
        ("Turkey signed a deal with Russia.", "en"),
        ("Der Minister sagte, das sei nicht richtig.", "de"),
        ("Il presidente ha detto di no alla proposta.", "it"),
        ("Le ministre a dit que la loi serait votée.", "fr"),
        ("El presidente viajó a Lima con su familia.", "es"),
        ("Президент прибыл в столицу во вторник.", "ru"),
        ("今日は日本語の文章です。", "ja"),
        ("OK", "und"),
        ("", "und"),
        ("12 34 56", "und"),
    ],
)
def test_detected_language(text, language):
    assert detected_language(text) == language


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("en", "en"),
        ("EN-gb", "en"),
        ("pt_BR", "pt"),
        ("nb", "no"),
        ("english", None),
        ("xx", None),
        ("", None),
    ],
)
def test_language_code(value, code):
    assert language_code(value) == code
