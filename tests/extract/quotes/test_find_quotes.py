from datetime import date
from time import process_time

import pytest
from factory import article, paragraph_starts

from pipeline.extract.quotes import find_quotes
from pipeline.records import Entity, Mention, Timex

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def found(parse):
    def run(text, mentions=(), entities=(), times=()):
        return find_quotes(parse(text), article(text), mentions, entities, times)

    return run


def pieces(row, text):
    return [text[s:e] for s, e in zip(row.piece_starts, row.piece_ends, strict=True)]


DIRECT = {
    "before": (
        "The mayor said, “The bridge is safe.”",
        ["“The bridge is safe.”"],
        "The mayor",
        "said",
    ),
    "after": (
        '"The bridge is safe," the mayor said.',
        ['"The bridge is safe,"'],
        "The mayor",
        "said",
    ),
    "inverted-with-apposition": (
        '"The bridge is safe," said Ana Duarte, the city\'s chief engineer.',
        ['"The bridge is safe,"'],
        "Ana Duarte, the city's chief engineer",
        "said",
    ),
    "split": (
        "“The bridge is safe,” she said. “We tested it twice.”",
        ["“The bridge is safe,”", "“We tested it twice.”"],
        "she",
        "said",
    ),
    "split-in-a-sentence": (
        "“The bridge,” he added, “will open on time.”",
        ["“The bridge,”", "“will open on time.”"],
        "he",
        "added",
    ),
    "colon-in-the-paragraph-before": (
        "The premier wrote to his party:\n\n“I am leaving today. It was an honour.”",
        ["“I am leaving today. It was an honour.”"],
        "The premier",
        "wrote",
    ),
    "over-paragraphs": (
        "“We lost the house and the barn,” Mrs Kiely said. “Then the river rose again.\n\n"
        "“Nobody came to help us for a week.”",
        [
            "“We lost the house and the barn,”",
            "“Then the river rose again.",
            "“Nobody came to help us for a week.”",
        ],
        "Mrs Kiely",
        "said",
    ),
    "nested": (
        "“She told me ‘never again’ and left,” Omar recalled.",
        ["“She told me ‘never again’ and left,”"],
        "Omar",
        "recalled",
    ),
    "credit": (
        "“Nothing here works as it should.” — Petra Lang",
        ["“Nothing here works as it should.”"],
        "Petra Lang",
        "—",
    ),
}


@pytest.mark.parametrize("case", DIRECT.values(), ids=DIRECT)
def test_direct(found, case):
    text, expected, speaker, cue = case
    (row,) = found(text)
    assert pieces(row, text) == expected
    assert row.kind == "direct"
    assert row.speaker_text.lower() == speaker.lower()
    assert row.cue_text == cue
    assert row.text == text[row.char_start : row.char_end]


INDIRECT = {
    "that-clause": ("The bank said that rates would rise.", "that rates would rise", "The bank"),
    "bare-clause": ("The bank said rates would rise.", "rates would rise", "The bank"),
    "after-content": ("Rates would rise, the bank said.", "Rates would rise", "the bank"),
    "according-to": (
        "The reef has lost half its coral, according to marine biologists.",
        "The reef has lost half its coral",
        "marine biologists",
    ),
    "infinitive": ("The union vowed to fight the cuts.", "to fight the cuts", "The union"),
    "object": ("The senator denied the charges.", "the charges", "The senator"),
    "prep": ("Bishops called for talks with the rebels.", "talks with the rebels", "Bishops"),
    "predicate": ("The judge called the delay a disgrace.", "the delay a disgrace", "The judge"),
    "person-to": (
        "The envoy urged both sides to stop shooting.",
        "to stop shooting",
        "The envoy",
    ),
    "question": (
        "The reporter asked whether the plane had landed.",
        "whether the plane had landed",
        "The reporter",
    ),
    "noun": (
        "Few were swayed by his claim that the vote was stolen.",
        "that the vote was stolen",
        "his",
    ),
    "belief": ("Farmers believe the rains will fail.", "the rains will fail", "Farmers"),
    "raised": (
        "The minister went on to say that schools would stay open.",
        "that schools would stay open",
        "The minister",
    ),
    "object-and-more": ("Voters backed her over her rival.", "her over her rival", "Voters"),
    "contrast": (
        "Prices rose in spring, while wages fell, according to the bank.",
        "Prices rose in spring, while wages fell",
        "the bank",
    ),
    "poll": (
        "In a new poll, half of the voters would stay home.",
        "half of the voters would stay home",
        "a new poll",
    ),
    "statement-calling": (
        "The council issued a statement calling the raid a crime.",
        "the raid a crime",
        "The council",
    ),
}


@pytest.mark.parametrize("case", INDIRECT.values(), ids=INDIRECT)
def test_indirect(found, case):
    text, content, speaker = case
    (row,) = found(text)
    assert row.text == content
    assert row.kind == "indirect"
    assert row.speaker_text == speaker


GOES_ON = {
    "before-the-next-speaker": (
        "“We are late,” Ana said. “We must hurry.” Ben replied: “Not too fast.”",
        [["“We are late,”", "“We must hurry.”"], ["“Not too fast.”"]],
        ["Ana", "Ben"],
    ),
    "after-an-abbreviation": (
        "“The dam will hold,” said Ola Berg, 61, of Fargo, N.D. “It always has.”",
        [["“The dam will hold,”", "“It always has.”"]],
        ["Ola Berg, 61, of Fargo, N.D."],
    ),
    "after-a-title": (
        "“It is only a song,” Ana said on “The Late Hour.” “It hurts no one.”",
        [["“It is only a song,”", "“It hurts no one.”"]],
        ["Ana"],
    ),
    "not-with-a-cue-of-its-own": (
        "“Is the ice safe?” Ana asked. “Is it thick?” Ben asked.",
        [["“Is the ice safe?”"], ["“Is it thick?”"]],
        ["Ana", "Ben"],
    ),
    "after-indirect-speech": (
        "Ana said that the dam would hold. “It has held for sixty years.”",
        [["that the dam would hold", "“It has held for sixty years.”"]],
        ["Ana"],
    ),
    "begun-without-marks": (
        "The repair of the dam, the mayor said, “is a disgrace.”",
        [["The repair of the dam", "“is a disgrace.”"]],
        ["the mayor"],
    ),
    "cue-after-a-colon-is-nearer": (
        "Ana fired back: “That is not so,” she wrote.",
        [["“That is not so,”"]],
        ["she"],
    ),
    "name-and-colon": ("Ana Lund: “The dam will hold.”", [["“The dam will hold.”"]], ["Ana Lund"]),
}


@pytest.mark.parametrize("case", GOES_ON.values(), ids=GOES_ON)
def test_what_belongs_to_one_quotation(found, case):
    text, expected, speakers = case
    rows = found(text)
    assert [pieces(row, text) for row in rows] == expected
    assert [row.speaker_text for row in rows] == speakers


IMPERSONAL = {
    "seem": (
        "The government seems to have lost its majority.",
        ["The government", "to have lost its majority"],
        "believes",
    ),
    "noun": (
        "The claim that the vote was stolen is false.",
        ["that the vote was stolen"],
        "states",
    ),
}


@pytest.mark.parametrize("case", IMPERSONAL.values(), ids=IMPERSONAL)
def test_nobody_in_particular(found, case):
    text, expected, attitude = case
    (row,) = found(text)
    assert pieces(row, text) == expected
    assert row.speaker_text is None
    assert row.attitude == attitude


def test_participle_is_a_row_of_its_own(found):
    first, second = found("The firm said sales fell, adding that it would cut jobs.")
    assert first.text == "sales fell"
    assert second.text == "that it would cut jobs"
    assert second.speaker_text == "The firm"


def test_parenthetical_cue_leaves_two_pieces(found):
    text = "Prices, the minister said, would fall by spring."
    (row,) = found(text)
    assert pieces(row, text) == ["Prices", "would fall by spring"]
    assert row.speaker_text == "the minister"


def test_mixed_takes_in_the_whole_quotation(found):
    (row,) = found("The coach said the team had been “a shadow of itself” all year.")
    assert row.kind == "mixed"
    assert "“a shadow of itself”" in row.text


@pytest.mark.parametrize(
    "text",
    [
        "The so-called “smart” ballots were printed in Lyon.",
        "She once starred in “The Long Way Home” in London.",
        "The ship left port on Monday with forty sailors.",
        "A ferry called the Blue Star ran aground.",
        "A man was questioned near the harbour.",
    ],
    ids=["scare", "title", "narrative", "naming", "nobody-questions"],
)
def test_nothing_is_said(found, text):
    assert found(text) == []


def test_floating_quotation_is_carried_by_the_speaker_before(found):
    rows = found("“The well is dry,” Amina said.\n\n“We walk for water every single day.”")
    assert [row.speaker_text for row in rows] == ["Amina", "Amina"]
    assert rows[1].cue_text is None


def test_transcript(found):
    rows = found("HOST: Will you run again next year?\n\nGUEST: I have not made up my mind.")
    assert [row.speaker_text for row in rows] == ["HOST", "GUEST"]
    assert rows[1].text == "I have not made up my mind."


@pytest.mark.parametrize(
    ("text", "negated"),
    [
        ("Officials have not confirmed that the raid took place.", True),
        ("Officials have confirmed that the raid took place.", False),
        ("The premier never said that he would resign.", True),
        ("The premier said that he would not resign.", False),
    ],
)
def test_negated(found, text, negated):
    (row,) = found(text)
    assert row.negated is negated


@pytest.mark.parametrize(
    ("text", "attitude"),
    [
        ("The bank said that rates would rise.", "states"),
        ("The senator denied the charges.", "denies"),
        ("Bishops called for talks.", "asks"),
        ("The envoy urged both sides to stop.", "asks"),
        ("The union vowed to fight the cuts.", "intends"),
        ("Farmers believe the rains will fail.", "believes"),
        ("The paper praised the mayor.", "evaluates"),
    ],
)
def test_attitude(found, text, attitude):
    (row,) = found(text)
    assert row.attitude == attitude


def timex(text, words, start, end):
    place = text.index(words)
    return Timex(
        place, place + len(words), words, "DATE", "x", start, end, basis="relative", precision="day"
    )


def test_said_on_a_day(found):
    text = "The bank said on Tuesday that rates would rise in May."
    days = timex(text, "Tuesday", date(2019, 11, 26), date(2019, 11, 26))
    may = timex(text, "May", date(2020, 5, 1), date(2020, 5, 31))
    (row,) = found(text, times=[days, may])
    assert (row.said_start, row.said_end) == (date(2019, 11, 26), date(2019, 11, 26))


def test_last_week_belongs_to_the_cue(found):
    text = "An official said last week that the port would close."
    week = timex(text, "last week", date(2019, 11, 18), date(2019, 11, 24))
    (row,) = found(text, times=[week])
    assert row.text == "that the port would close"
    assert (row.said_start, row.said_end) == (date(2019, 11, 18), date(2019, 11, 24))


def test_the_day_after_the_cue_is_no_content(found):
    text = "State radio said on Monday MIG-31 jets would fly over the capital."
    monday = timex(text, "Monday", date(2019, 11, 25), date(2019, 11, 25))
    (row,) = found(text, times=[monday])
    assert row.text == "MIG-31 jets would fly over the capital"
    assert row.said_start == date(2019, 11, 25)


def test_a_relay_is_no_speaker(found):
    (row,) = found("The treaty is dead, Minister Orlov said, according to Interfax.")
    assert (row.speaker_text, row.via_text) == ("Minister Orlov", "Interfax")
    assert row.text == "The treaty is dead"


def test_a_day_inside_the_content_does_not_date_the_cue(found):
    text = "The bank said that rates rose on Tuesday."
    days = timex(text, "Tuesday", date(2019, 11, 26), date(2019, 11, 26))
    (row,) = found(text, times=[days])
    assert row.said_start is None


def mention(text, words, entity, kind="name"):
    place = text.index(words)
    return Mention(
        f"m{entity}{place}", "a", entity, place, place + len(words), words, kind, "PERSON", 0, 1
    )


def entity(id_, name):
    nothing = dict.fromkeys(
        ("wikidata_id", "wikipedia_title", "country", "sector", "geonames_id", "latitude")
    )
    rest = dict.fromkeys(("longitude", "description", "first_published_at", "last_published_at"))
    return Entity(id_, name, "PERSON", [], n_mentions=1, n_articles=1, **nothing, **rest)


@pytest.mark.parametrize(
    ("text", "words", "kind"),
    [
        ("Foreign Minister Ada Lund said the talks failed.", "Ada Lund", "name"),
        ("The minister, Ada Lund, said the talks failed.", "Ada Lund", "name"),
        ("He said the talks failed.", "He", "pronoun"),
        ("Ada Lund, who said the talks failed, left.", "Ada Lund", "name"),
    ],
    ids=["title", "apposition", "pronoun", "who"],
)
def test_speaker_is_linked(found, text, words, kind):
    (row,) = found(text, [mention(text, words, "e1", kind)], [entity("e1", "Ada Lund")])
    assert row.speaker_entity_id == "e1"
    assert row.speaker_name == "Ada Lund"
    assert row.speaker_mention_id.startswith("me1")


def test_relay_and_addressee_are_linked(found):
    text = "Tass quoted Ada Lund as telling deputies the talks had failed."
    names = [mention(text, "Tass", "e2"), mention(text, "Ada Lund", "e1")]
    (row,) = found(text, names, [entity("e1", "Ada Lund"), entity("e2", "TASS")])
    assert (row.speaker_name, row.via_text, row.via_entity_id) == ("Ada Lund", "Tass", "e2")
    assert row.addressee_text == "deputies"
    assert row.addressee_entity_id is None


def test_rows_come_in_order_with_ids_of_their_own(found):
    rows = found("“Yes, we will,” he said. Later he left.\n\n“Yes, we will,” he said.")
    assert [row.char_start for row in rows] == sorted(row.char_start for row in rows)
    assert len({row.quote_id for row in rows}) == 2


PARAGRAPH = (
    "“The river is rising,” Ada Lund told reporters. “We need sandbags.” The mayor said that "
    "help was on its way, adding that roads were open.\n\n"
)


def seconds(parse, copies):
    text = (PARAGRAPH * copies).strip()
    whole = parse(text)
    rows_of = article(text, paragraph_starts=paragraph_starts(text))
    begin = process_time()
    rows = find_quotes(whole, rows_of, [], [], [])
    assert len(rows) > 2.5 * copies
    return process_time() - begin


def test_time_is_linear(parse):
    # The least of two: another process or a collection of garbage may fall on one.
    small = min(seconds(parse, 50) for _ in range(2))
    large = min(seconds(parse, 400) for _ in range(2))
    assert large < 2 * 8 * small
