import pytest

from pipeline.normalise.bylines import authors_and_agency, without_links


@pytest.mark.parametrize(
    ("values", "people", "agency"),
    [
        (["By [Reuters](#)"], [], "Reuters"),
        (["By Jane Doe and John Q. Roe, Staff Writers"], ["Jane Doe", "John Q. Roe"], None),
        (["Jane Doe, Associated Press"], ["Jane Doe"], "Associated Press"),
        (["Von Hans Müller und dpa"], ["Hans Müller"], "dpa"),
        (["by María López in Madrid"], ["María López"], None),
        (["Ann Lee", "ANN LEE", "Bo Day"], ["Ann Lee", "Bo Day"], None),
        (["Ann Lee (Chief Correspondent)"], ["Ann Lee"], None),
        (["J.R. Stone"], ["J.R. Stone"], None),
        (["Walter von Aachen"], ["Walter von Aachen"], None),
        (["https://example.com/people/1"], [], None),
        (["@annlee"], [], None),
        (["ann@example.com"], [], None),
        (["BBC News"], [], None),
        (["Staff"], [], None),
        (["Newsroom"], [], None),
        (["Ani"], ["Ani"], None),
        (["ANI"], [], "ANI"),
        (["['Ann Lee', 'Bo Day']"], ["Ann Lee", "Bo Day"], None),
        (["By"], [], None),
        ([""], [], None),
    ],
)
def test_bylines(values, people, agency):
    assert authors_and_agency(values) == (people, agency)


def test_links_are_reduced_to_their_words():
    assert without_links("a [b c](https://example.com) d ![e](f)") == "a b c d e"
