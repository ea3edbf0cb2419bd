from datetime import UTC, datetime
from itertools import pairwise

import pytest
from factory import article

from pipeline.extract.entities import find_entities, resolve_first_person
from pipeline.records import Quote

pytestmark = pytest.mark.model

TEXT = (
    "Turkish Foreign Minister Mevlut Cavusoglu arrived in Tbilisi on Monday for talks on the "
    "S-400s, the TASS news agency reported.\n\n"
    "Cavusoglu met Georgian officials. He also said Ankara would not give up its S-400 deal with "
    "Rosoboronexport.\n\n"
    "The Harbour Workers League (HWL) called the visit a mistake. The HWL has opposed the deal."
)


@pytest.fixture(scope="module")
def found(parse):
    return find_entities(parse(TEXT), article(TEXT))


def entity(found, name):
    return next(entity for entity in found[1] if name in (entity.name, *entity.aliases))


def surfaces(found, name):
    wanted = entity(found, name).entity_id
    return [mention.text for mention in found[0] if mention.entity_id == wanted]


def test_offsets_point_at_the_surfaces_in_order_without_overlap(found):
    mentions, _ = found
    assert all(TEXT[m.char_start : m.char_end] == m.text for m in mentions)
    assert all(a.char_end <= b.char_start for a, b in pairwise(mentions))


def test_every_mention_has_its_entity_and_every_entity_its_mentions(found):
    mentions, entities = found
    counts = {entity.entity_id: entity.n_mentions for entity in entities}
    assert len(counts) == len(entities)
    assert counts == {k: sum(m.entity_id == k for m in mentions) for k in counts}


def test_ids_are_unique_and_stay(found, parse):
    mentions, _ = found
    assert len({mention.mention_id for mention in mentions}) == len(mentions)
    assert find_entities(parse(TEXT), article(TEXT)) == found


def test_a_minister_is_one_person_whatever_he_is_called(found):
    assert surfaces(found, "Mevlut Cavusoglu") == ["Mevlut Cavusoglu", "Cavusoglu", "He"]


def test_country_and_sector_come_from_the_office(found):
    minister = entity(found, "Mevlut Cavusoglu")
    assert (minister.type, minister.country, minister.sector) == ("PERSON", "TUR", "GOV")


def test_a_weapon_is_a_product_in_singular_and_plural(found):
    assert surfaces(found, "S-400") == ["S-400", "S-400"]
    assert entity(found, "S-400").type == "PRODUCT"


def test_an_acronym_is_its_full_name(found):
    assert surfaces(found, "HWL") == ["Harbour Workers League", "HWL", "HWL"]


def test_places_have_coordinates_and_links(found):
    tbilisi = entity(found, "Tbilisi")
    assert (tbilisi.type, tbilisi.wikidata_id, tbilisi.country) == ("GPE", "Q994", "GEO")
    assert tbilisi.entity_id == "Q994"
    assert tbilisi.latitude == pytest.approx(41.7, abs=0.1)


def test_possessives_follow_the_subject(found):
    assert "its" in surfaces(found, "Ankara")


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("Rebels took Tbilisi, the capital of Georgia, in the war.", "Georgia", "Q230"),
        ("Voters in Atlanta, Georgia, and in Texas went to the polls.", "Georgia", "Q1428"),
        ("Washington has warned of sanctions, the Pentagon said.", "Washington", "Q61"),
        ("Michael Jordan retired. Jordan was 40.", "Michael Jordan", None),
    ],
    ids=["state", "us-state", "capital", "person"],
)
def test_context_decides_what_an_ambiguous_name_links_to(parse, text, name, expected):
    found = find_entities(parse(text), article(text))
    assert entity(found, name).wikidata_id == expected


@pytest.mark.parametrize(
    ("text", "name", "country", "sector"),
    [
        ("Kenyan police chief Orla Finch resigned.", "Orla Finch", "KEN", "COP"),
        ("Orla Finch, the Kenyan foreign minister, resigned.", "Orla Finch", "KEN", "GOV"),
        ("Former Irish President Orla Finch died.", "Orla Finch", "IRL", "ELI"),
        ("The Kenyan Navy sailed to Mombasa.", "Kenyan Navy", "KEN", "MIL"),
        ("Aid from Libya and Kenyan President Orla Finch came.", "Orla Finch", "KEN", "GOV"),
    ],
    ids=["modifier", "apposition", "former", "in-the-name", "nearest"],
)
def test_the_words_beside_a_name_tell_country_and_sector(parse, text, name, country, sector):
    found = find_entities(parse(text), article(text))
    assert (entity(found, name).country, entity(found, name).sector) == (country, sector)


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("Kenyan Foreign Minister Orla Finch left.", "Orla Finch", "Kenyan foreign minister"),
        ("Orla Finch, the head of the mill union, left.", "Orla Finch", "head of the mill union"),
        ("Former finance minister Orla Finch left.", "Orla Finch", "former finance minister"),
        ("Orla Finch, an old hand, left.", "Orla Finch", None),
        ("Mr. Finch left.", "Finch", None),
        ("Gazprom, the Russian gas producer, cut supplies.", "Gazprom", "Russian gas producer"),
    ],
    ids=["title", "apposition", "former", "no-office", "honorific", "company"],
)
def test_a_description_is_the_office_the_text_gives(parse, text, name, expected):
    assert entity(find_entities(parse(text), article(text)), name).description == expected


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("They beat the Toledo Otters on Friday.", "Toledo Otters", "ORG"),
        ("They sailed past the Florida Keys on Friday.", "Florida Keys", "LOC"),
        ("It was shown at the Dayton Convention Centre.", "Dayton Convention Centre", "FAC"),
        ("The Superior Court of the District of Columbia met.", None, "ORG"),
        ("The Government of Kenya has agreed.", "Government of Kenya", "ORG"),
        ("Ships of Task Force 73 sailed.", "Task Force 73", "ORG"),
        ("Police came to Fernleigh, Ohio, on Friday.", "Fernleigh", "GPE"),
    ],
    ids=["team", "islands", "hall", "court", "government", "unit", "place-in-state"],
)
def test_a_word_of_the_name_tells_what_it_is(parse, text, name, kind):
    name = name or "Superior Court of the District of Columbia"
    mentions, _ = find_entities(parse(text), article(text))
    assert (name, kind) in [(mention.text, mention.type) for mention in mentions]


@pytest.mark.parametrize(
    ("text", "name", "title"),
    [
        ("The US Secret Service said so.", "Secret Service", "United States Secret Service"),
        ("He told Rolling Stone Magazine.", "Rolling Stone", "Rolling Stone"),
        ("We want Merkel, they sang in Berlin, Germany.", "Merkel", "Angela Merkel"),
        ("The Security Council met.", "Security Council", "United Nations Security Council"),
        ("Aid went to Bosnia.", "Bosnia", "Bosnia and Herzegovina"),
    ],
    ids=["state-before", "kind-after", "last-name", "council", "alias"],
)
def test_a_known_name_is_known_in_other_dress(parse, text, name, title):
    found = find_entities(parse(text), article(text))
    assert title in [e.wikipedia_title for e in found[1]], found[1]
    assert any(name in mention.text for mention in found[0])


def test_half_of_a_compound_is_no_name(parse):
    text = "They spoke of Euro-Atlantic ties."
    mentions, _ = find_entities(parse(text), article(text))
    assert "Atlantic" not in [mention.text for mention in mentions]


@pytest.mark.parametrize(
    ("text", "pronoun", "expected"),
    [
        ("Orla Finch resigned on Friday. She gave no reason.", "She", "Orla Finch"),
        ("Peter Finch met Anna Rowe. She was late.", "She", "Anna Rowe"),
        ("Officials met on Friday. He was late.", "He", None),
        ("It is clear that Kenya won.", "It", None),
        ("Kenya said it would leave.", "it", "Kenya"),
    ],
    ids=["subject", "gender", "nobody", "expletive", "state"],
)
def test_pronouns_stand_for_names_or_are_left_alone(parse, text, pronoun, expected):
    mentions, entities = find_entities(parse(text), article(text))
    names = {entity.entity_id: entity.name for entity in entities}
    found = [names[m.entity_id] for m in mentions if m.kind == "pronoun" and m.text == pronoun]
    assert found == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("text", "nominal", "expected"),
    [
        ("President Emmanuel Macron met Angela Merkel. The president smiled.", "The president", 1),
        ("Emmanuel Macron met Angela Merkel. The German chancellor smiled.", "chancellor", 1),
        ("Emmanuel Macron met Joe Biden. The president smiled.", "The president", 0),
    ],
    ids=["office", "country", "two"],
)
def test_short_descriptions_stand_for_the_one_who_fits(parse, text, nominal, expected):
    mentions, _ = find_entities(parse(text), article(text))
    assert [m.text for m in mentions if m.kind == "nominal"] == [nominal] * expected


def test_a_bare_last_name_links_to_the_holder_of_the_day(parse):
    text = "Bush spoke in Washington on Friday about the United States and Iraq."
    then = article(text, published_at=datetime(2005, 3, 1, tzinfo=UTC))
    assert any(e.name == "George W. Bush" for e in find_entities(parse(text), then)[1])


def test_the_first_person_in_a_quotation_is_its_speaker(parse):
    text = 'Orla Finch resigned. "I did my best," Finch said.'
    parsed = parse(text)
    mentions, entities = find_entities(parsed, article(text))
    speaker = next(m for m in mentions if m.text == "Finch")
    start, end = text.index('"'), text.rindex('"') + 1
    fields = dict.fromkeys(Quote.__dataclass_fields__)
    fields |= {"kind": "direct", "piece_starts": [start], "piece_ends": [end]}
    quote = Quote(**{**fields, "speaker_mention_id": speaker.mention_id})
    resolved, counted = resolve_first_person(mentions, entities, [quote], parsed)
    pronouns = [m for m in resolved if m.kind == "pronoun"]
    assert [m.text for m in pronouns] == ["I", "my"]
    assert {m.entity_id for m in pronouns} == {speaker.entity_id}
    assert {text[m.sentence_start : m.sentence_end] for m in pronouns} == {text[start:]}
    assert next(e for e in counted if e.entity_id == speaker.entity_id).n_mentions == 4


@pytest.mark.parametrize("name", ["U.S.", "Washington, D.C.", "Peru"])
def test_a_name_that_ends_the_text_ends_there(parse, name):
    text = f"They signed it in {name}"
    mentions, _ = find_entities(parse(text), article(text))
    assert [(m.char_end, m.sentence_end) for m in mentions if m.kind == "name"][-1:] == [
        (len(text), len(text))
    ]


@pytest.mark.parametrize(
    ("text", "name", "title"),
    [
        (
            "The University of Southern Indiana opened a museum. USI called it a gift.",
            "USI",
            "University of Southern Indiana",
        ),
        (
            "In Hong Kong the Civic Party kept its seats, and Hong Kong voted on.",
            "Civic Party",
            "Civic Party",
        ),
        ("The Civic Party met in Lima, and Peru took note.", "Civic Party", None),
        ("A show of Ansel Adams opened in Oslo.", "Ansel Adams", "Ansel Adams"),
        ("A show of Ansel Brondby opened in Oslo.", "Ansel Brondby", None),
    ],
    ids=["initials", "party", "party-elsewhere", "page", "no-page"],
)
def test_a_name_of_several_words_links_to_its_page(parse, text, name, title):
    found = find_entities(parse(text), article(text))
    assert entity(found, name).wikipedia_title == title


def test_initials_before_the_full_name_are_the_same_body(parse):
    text = "HWL shut the port. The Harbour Workers League said so on Monday. HWL has 400 members."
    found = find_entities(parse(text), article(text))
    assert surfaces(found, "Harbour Workers League") == ["HWL", "Harbour Workers League", "HWL"]
