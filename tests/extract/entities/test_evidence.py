import pytest

from pipeline.extract.entities.evidence import decide_types
from pipeline.extract.entities.names import Name
from pipeline.extract.entities.tables import load_tables
from pipeline.extract.entities.view import view_of

pytestmark = pytest.mark.model


def decided(parse, text, *marked):
    """The types decided for names a model gave these labels."""
    names = []
    for surface, label in marked:
        start = text.index(surface, names[-1].end if names else 0)
        names.append(Name(start, start + len(surface), surface, label, 1.0))
    decide_types(names, view_of(parse(text)), load_tables())
    return [name.type for name in names]


def test_members_of_a_list_are_of_one_kind(parse):
    text = "Brenfold, Aldmoor and Quillby met. Quillby won."
    marked = [("Brenfold", "ORG"), ("Aldmoor", "ORG"), ("Quillby", "GPE"), ("Quillby", "ORG")]
    assert decided(parse, text, *marked) == ["ORG"] * 4


def test_a_place_and_its_state_are_no_list(parse):
    text = "Quillby, Ohio, won."
    assert decided(parse, text, ("Quillby", "PERSON"), ("Ohio", "GPE"))[1] == "GPE"


def test_one_string_has_one_type(parse):
    text = "Wilfold was late. Nobody saw Wilfold, who left."
    assert decided(parse, text, ("Wilfold", "ORG"), ("Wilfold", "PERSON")) == ["PERSON"] * 2


def test_an_office_holder_outweighs_the_model(parse):
    text = "They met Merkel there."
    assert decided(parse, text, ("Merkel", "ORG")) == ["PERSON"]


def test_the_article_before_a_full_name_leaves_it_a_person(parse):
    text = "They saw the Edward Quillby exhibition."
    assert decided(parse, text, ("Edward Quillby", "ORG")) == ["PERSON"]
