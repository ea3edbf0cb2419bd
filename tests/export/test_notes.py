from pipeline.export.notes import notes


def test_notes_count_rows_by_change_with_percentages_and_causes():
    changes = [
        ("quotes", "added", "source", 5),
        ("quotes", "changed", "code", 20),
        ("quotes", "changed", "source", 5),
    ]
    text = notes("v2024.6.1", "v2024.6.0", {"articles": 1200, "quotes": 100}, changes)
    assert "# Release v2024.6.1" in text
    assert "against v2024.6.0" in text
    assert "| `articles` | 1,200 | 0 | 0 | 0 | none |" in text
    assert "| `quotes` | 100 | 5 (5.0%) | 0 | 25 (25.0%) | code, source |" in text


def test_the_first_release_says_so():
    text = notes("v2024.6.0", None, {"quotes": 0}, [("quotes", "removed", "source", 2)])
    assert "the first in this folder" in text
    assert "| `quotes` | 0 | 0 | 2 | 0 | source |" in text
