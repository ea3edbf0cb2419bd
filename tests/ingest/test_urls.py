import pytest

from pipeline.ingest.urls import list_lines, listed_urls

A, B = "https://gazette.example/a", "http://gazette.example/b?x=1"


def test_a_list_has_an_address_a_line_and_comments():
    assert listed_urls(f"# ours\n{A}\n\n  {B}  \r\n{A}\n") == [A, B]


@pytest.mark.parametrize(
    "text", ["", "# nothing\n", f"{A}\nand words\n", f"See {A}\n", "ftp://gazette.example/a"]
)
def test_what_has_other_lines_is_no_list(text):
    assert listed_urls(text) is None


def test_lines_are_kept_once_whatever_they_are():
    assert list_lines(f"{A}\n#\nwords\nwords\n") == [A, "words"]
