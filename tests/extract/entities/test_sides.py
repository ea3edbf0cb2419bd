import pytest
from factory import article

from pipeline.extract.entities import find_entities

pytestmark = pytest.mark.model

REPORT = (
    "Norway beat Peru 2-1 in the last match of the group.\n\n"
    "Norway opened with three defenders, and their captain scored from a penalty before "
    "half-time. A late goal by the Peru striker was not enough, and the goalkeeper was booked. "
    "Norway play Ghana on Friday.\n\n"
    "The teams had flown in from Iceland, where they trained in Iceland's capital."
)


def by_name(parse, text):
    return {
        name: entity
        for entity in find_entities(parse(text), article(text))[1]
        for name in (entity.name, *entity.aliases)
    }


@pytest.fixture(scope="module")
def found(parse):
    return by_name(parse, REPORT)


def test_a_state_that_plays_is_its_team(found):
    norway = found["Norway"]
    assert (norway.type, norway.wikipedia_title) == ("ORG", "Norway national football team")
    assert norway.country == "NOR"


def test_a_team_without_a_known_page_has_no_link(found):
    assert (found["Peru"].type, found["Peru"].wikidata_id) == ("ORG", None)


def test_a_state_that_does_not_play_stays_a_place(found):
    assert (found["Iceland"].type, found["Iceland"].wikidata_id) == ("GPE", "Q189")


def test_teams_of_women_have_no_link(parse):
    found = by_name(parse, REPORT.replace("the group", "the women's group"))
    assert (found["Norway"].type, found["Norway"].wikipedia_title) == ("ORG", None)


def test_states_that_beat_each_other_elsewhere_stay_states(parse):
    text = "Norway beat Peru to the contract, and Norway won praise. Norway faced Peru in court."
    assert by_name(parse, text)["Norway"].type == "GPE"
