"""Who did what to whom: one sentence of our own for each kind of act and each construction.

Participants are checked without the names room: what stands in the text is enough.
"""

from datetime import date

import pytest
from factory import article

from pipeline.extract.annotator import Annotation
from pipeline.extract.events import find_events
from pipeline.records import Entity, Mention, Quote, Timex

pytestmark = pytest.mark.model

# text, trigger, (type, mode, status, PLOVER type), actors, recipients
CASES = {
    # types
    "agree": (
        "Kenya agreed to the plan.",
        "agreed",
        ("AGREE", None, "happened", "AGREE"),
        ["Kenya"],
        [],
    ),
    "consult-meet": (
        "Chile met Peru on the border.",
        "met",
        ("CONSULT", None, "happened", "CONSULT"),
        ["Chile", "Peru"],
        [],
    ),
    "consult-visit": (
        "The king visited Jordan.",
        "visited",
        ("CONSULT", "visit", "happened", "CONSULT"),
        ["The king"],
        ["Jordan"],
    ),
    "consult-host": (
        "Egypt hosted the president of Sudan.",
        "hosted",
        ("CONSULT", "visit", "happened", "CONSULT"),
        ["the president of Sudan"],
        ["Egypt"],
    ),
    "consult-phone": (
        "The chancellor telephoned the prime minister.",
        "telephoned",
        ("CONSULT", "phone", "happened", "CONSULT"),
        ["The chancellor"],
        ["the prime minister"],
    ),
    "support-praise": (
        "Ghana praised Togo.",
        "praised",
        ("SUPPORT", None, "happened", "SUPPORT"),
        ["Ghana"],
        ["Togo"],
    ),
    "support-sign": (
        "Ghana signed a treaty with Togo.",
        "signed",
        ("SUPPORT", None, "happened", "SUPPORT"),
        ["Ghana", "Togo"],
        [],
    ),
    "concede-lift": (
        "Fiji lifted the curfew.",
        "lifted",
        ("CONCEDE", None, "happened", "CONCEDE"),
        ["Fiji"],
        [],
    ),
    "concede-apologise": (
        "Belgium apologised to Congo.",
        "apologised",
        ("CONCEDE", None, "happened", "CONCEDE"),
        ["Belgium"],
        ["Congo"],
    ),
    "concede-strike": (
        "The teachers suspended their strike.",
        "suspended",
        ("CONCEDE", None, "happened", "CONCEDE"),
        ["The teachers"],
        [],
    ),
    "cooperate-share": (
        "Spain shared intelligence with Portugal.",
        "shared",
        ("COOPERATE", None, "happened", "COOPERATE"),
        ["Spain", "Portugal"],
        [],
    ),
    "cooperate-extradite": (
        "Spain extradited the banker to Peru.",
        "extradited",
        ("COOPERATE", None, "happened", "COOPERATE"),
        ["Spain"],
        ["Peru"],
    ),
    "aid-send": (
        "Japan sent food to Nepal.",
        "sent",
        ("AID", None, "happened", "AID"),
        ["Japan"],
        ["Nepal"],
    ),
    "aid-dative": (
        "Japan gave Nepal a loan.",
        "gave",
        ("AID", None, "happened", "AID"),
        ["Japan"],
        ["Nepal"],
    ),
    "retreat-release": (
        "The rebels released two hostages.",
        "released",
        ("RETREAT", "release", "happened", "RETREAT"),
        ["The rebels"],
        ["two hostages"],
    ),
    "retreat-withdraw": (
        "Ethiopia withdrew its troops from Somalia.",
        "withdrew",
        ("RETREAT", "withdraw", "happened", "RETREAT"),
        ["Ethiopia"],
        ["Somalia"],
    ),
    "retreat-resign": (
        "The prime minister resigned.",
        "resigned",
        ("RETREAT", "resign", "happened", "RETREAT"),
        ["The prime minister"],
        [],
    ),
    "request-demand": (
        "Cuba demanded an apology from Canada.",
        "demanded",
        ("REQUEST", None, "happened", "REQUEST"),
        ["Cuba"],
        ["Canada"],
    ),
    "request-urge": (
        "Cuba urged Canada to pay.",
        "urged",
        ("REQUEST", None, "happened", "REQUEST"),
        ["Cuba"],
        ["Canada"],
    ),
    "request-must": (
        "Cuba said Canada must pay.",
        "said",
        ("REQUEST", None, "happened", "REQUEST"),
        ["Cuba"],
        ["Canada"],
    ),
    "accuse-condemn": (
        "Malta condemned Libya.",
        "condemned",
        ("ACCUSE", "disapprove", "happened", "ACCUSE"),
        ["Malta"],
        ["Libya"],
    ),
    "accuse-of": (
        "Malta accused Libya of piracy.",
        "accused",
        ("ACCUSE", "allege", "happened", "ACCUSE"),
        ["Malta"],
        ["Libya"],
    ),
    "accuse-investigate": (
        "Police launched an investigation into the minister.",
        "launched",
        ("ACCUSE", "investigate", "happened", "ACCUSE"),
        ["Police"],
        ["the minister"],
    ),
    "accuse-summon": (
        "Malta summoned the Libyan ambassador.",
        "summoned",
        ("ACCUSE", "disapprove", "happened", "ACCUSE"),
        ["Malta"],
        ["the Libyan ambassador"],
    ),
    "reject": (
        "Serbia rejected an offer from Kosovo.",
        "rejected",
        ("REJECT", None, "happened", "REJECT"),
        ["Serbia"],
        ["Kosovo"],
    ),
    "reject-meet": (
        "Serbia cancelled a meeting with Kosovo.",
        "cancelled",
        ("REJECT", "meet", "happened", "REJECT"),
        ["Serbia"],
        ["Kosovo"],
    ),
    "threaten": (
        "Serbia issued an ultimatum to Kosovo.",
        "issued",
        ("THREATEN", None, "happened", "THREATEN"),
        ["Serbia"],
        ["Kosovo"],
    ),
    "protest": (
        "Farmers demonstrated against the government.",
        "demonstrated",
        ("PROTEST", "demo", "happened", "PROTEST"),
        ["Farmers"],
        ["the government"],
    ),
    "protest-strike": (
        "The pilots went on strike.",
        "went",
        ("PROTEST", "strike", "happened", "PROTEST"),
        ["The pilots"],
        [],
    ),
    "protest-block": (
        "Farmers blocked the roads.",
        "blocked",
        ("PROTEST", "obstruct", "happened", "PROTEST"),
        ["Farmers"],
        [],
    ),
    "sanction-impose": (
        "Canada imposed sanctions on Belarus.",
        "imposed",
        ("SANCTION", "discontinue", "happened", "SANCTION"),
        ["Canada"],
        ["Belarus"],
    ),
    "sanction-expel": (
        "Canada expelled four Russian diplomats.",
        "expelled",
        ("SANCTION", "expel", "happened", "SANCTION"),
        ["Canada"],
        ["four Russian diplomats"],
    ),
    "sanction-suspend-talks": (
        "Canada suspended talks with Belarus.",
        "suspended",
        ("SANCTION", "discontinue", "happened", "SANCTION"),
        ["Canada"],
        ["Belarus"],
    ),
    "sanction-convict": (
        "A court convicted the general.",
        "convicted",
        ("SANCTION", "convict", "happened", "SANCTION"),
        ["A court"],
        ["the general"],
    ),
    "sanction-from-a-body": (
        "The union suspended Niger from its council.",
        "suspended",
        ("SANCTION", "expel", "happened", "SANCTION"),
        ["The union"],
        ["Niger"],
    ),
    "mobilize": (
        "India deployed troops along the border.",
        "deployed",
        ("MOBILIZE", "troops", "happened", "MOBILIZE"),
        ["India"],
        [],
    ),
    "mobilize-test": (
        "India tested a missile.",
        "tested",
        ("MOBILIZE", "weapons", "happened", "MOBILIZE"),
        ["India"],
        [],
    ),
    "coerce-arrest": (
        "Police arrested the mayor.",
        "arrested",
        ("COERCE", "arrest", "happened", "COERCE"),
        ["Police"],
        ["the mayor"],
    ),
    "coerce-curfew": (
        "Fiji imposed a curfew.",
        "imposed",
        ("COERCE", "curfew", "happened", "COERCE"),
        ["Fiji"],
        [],
    ),
    "coerce-emergency": (
        "Fiji declared a state of emergency.",
        "declared",
        ("COERCE", "martial-law", "happened", "COERCE"),
        ["Fiji"],
        [],
    ),
    "assault-kill": (
        "The gunmen killed three soldiers.",
        "killed",
        ("ASSAULT", None, "happened", "ASSAULT"),
        ["The gunmen"],
        ["three soldiers"],
    ),
    "assault-air-strike": (
        "Chad launched an air strike on the rebels.",
        "launched",
        ("ASSAULT", "aerial", "happened", "ASSAULT"),
        ["Chad"],
        ["the rebels"],
    ),
    "assault-tear-gas": (
        "Police fired tear gas at the students.",
        "fired",
        ("ASSAULT", "crowd-control", "happened", "ASSAULT"),
        ["Police"],
        ["the students"],
    ),
    "assault-reciprocal": (
        "The army clashed with rebels.",
        "clashed",
        ("ASSAULT", None, "happened", "ASSAULT"),
        ["The army", "rebels"],
        [],
    ),
    # constructions
    "passive": (
        "The mayor was arrested by police.",
        "arrested",
        ("COERCE", "arrest", "happened", "COERCE"),
        ["police"],
        ["The mayor"],
    ),
    "passive-without-agent": (
        "The mayor was arrested.",
        "arrested",
        ("COERCE", "arrest", "happened", "COERCE"),
        [],
        ["The mayor"],
    ),
    "coordinated-actors": (
        "Brazil, Chile and Peru condemned the general.",
        "condemned",
        ("ACCUSE", "disapprove", "happened", "ACCUSE"),
        ["Brazil", "Chile", "Peru"],
        ["the general"],
    ),
    "coordinated-recipients": (
        "Japan praised Nepal and Bhutan.",
        "praised",
        ("SUPPORT", None, "happened", "SUPPORT"),
        ["Japan"],
        ["Nepal", "Bhutan"],
    ),
    "controlled": (
        "Japan agreed to send food to Nepal.",
        "send",
        ("AID", None, "planned", "AGREE"),
        ["Japan"],
        ["Nepal"],
    ),
    "refused-is-reject": (
        "Japan refused to meet the envoy.",
        "meet",
        ("CONSULT", None, "denied", "REJECT"),
        ["Japan"],
        ["the envoy"],
    ),
    "threatened-is-threaten": (
        "Iran threatened to attack the ships of Oman.",
        "attack",
        ("ASSAULT", None, "possible", "THREATEN"),
        ["Iran"],
        ["the ships of Oman"],
    ),
    "planned-visit-is-agree": (
        "The king will visit Jordan.",
        "visit",
        ("CONSULT", "visit", "planned", "AGREE"),
        ["The king"],
        ["Jordan"],
    ),
    "will-not-is-reject": (
        "Japan will not send food to Nepal.",
        "send",
        ("AID", None, "denied", "REJECT"),
        ["Japan"],
        ["Nepal"],
    ),
    "not-yet": (
        "Canada has not yet imposed sanctions on Belarus.",
        "imposed",
        ("SANCTION", "discontinue", "denied", "SANCTION"),
        ["Canada"],
        ["Belarus"],
    ),
    "pronoun-object": (
        "Canada spoke of sanctions but has not imposed them.",
        "imposed",
        ("SANCTION", "discontinue", "denied", "SANCTION"),
        ["Canada"],
        [],
    ),
    "pronoun-subject": (
        "Canada said it would expel the ambassador.",
        "expel",
        ("SANCTION", "expel", "planned", "THREATEN"),
        ["Canada"],
        ["the ambassador"],
    ),
    "relative": (
        "Relations cooled between Chad and Sudan, which expelled the ambassador.",
        "expelled",
        ("SANCTION", "expel", "happened", "SANCTION"),
        ["Sudan"],
        ["the ambassador"],
    ),
    "reduced-relative": (
        "The sanctions imposed by Canada hurt Belarus.",
        "imposed",
        ("SANCTION", "discontinue", "happened", "SANCTION"),
        ["Canada"],
        [],
    ),
    "participle": (
        "Gunmen stormed the camp, killing two nurses.",
        "killing",
        ("ASSAULT", None, "happened", "ASSAULT"),
        ["Gunmen"],
        ["two nurses"],
    ),
    "possessive-noun": (
        "Turkey's invasion of Cyprus shocked Greece.",
        "invasion",
        ("ASSAULT", None, "happened", "ASSAULT"),
        ["Turkey"],
        ["Cyprus"],
    ),
    "adjective-noun": (
        "Canadian sanctions on Belarus took effect.",
        "sanctions",
        ("SANCTION", "discontinue", "happened", "SANCTION"),
        ["Canadian"],
        ["Belarus"],
    ),
    "noun-by": (
        "The arrest of the mayor by police caused anger.",
        "arrest",
        ("COERCE", "arrest", "happened", "COERCE"),
        ["police"],
        ["the mayor"],
    ),
    "noun-between": (
        "Talks between Chad and Sudan ended.",
        "Talks",
        ("CONSULT", None, "happened", "CONSULT"),
        ["Chad", "Sudan"],
        [],
    ),
    "light-verb": (
        "Chad held talks with Sudan.",
        "held",
        ("CONSULT", None, "happened", "CONSULT"),
        ["Chad", "Sudan"],
        [],
    ),
    "delivery-to": (
        "The delivery of missiles to Turkey began.",
        "delivery",
        ("AID", None, "happened", "AID"),
        [],
        ["Turkey"],
    ),
    "undergoing": (
        "The governor faced criticism from the church.",
        "faced",
        ("ACCUSE", "allege", "happened", "ACCUSE"),
        ["the church"],
        ["The governor"],
    ),
    "small-clause": (
        "The court found the banker guilty.",
        "found",
        ("SANCTION", "convict", "happened", "SANCTION"),
        ["The court"],
        ["the banker"],
    ),
    "particle": (
        "Miners called off the strike.",
        "called off",
        ("CONCEDE", None, "happened", "CONCEDE"),
        ["Miners"],
        [],
    ),
    "counted": (
        "Dozens of farmers blocked the roads.",
        "blocked",
        ("PROTEST", "obstruct", "happened", "PROTEST"),
        ["Dozens of farmers"],
        [],
    ),
    "setting": (
        "At a meeting in Oslo, Chad and Sudan agreed to the plan.",
        "meeting",
        ("CONSULT", None, "happened", "CONSULT"),
        ["Chad", "Sudan"],
        [],
    ),
    "joined-adjectives": (
        "Chilean and Peruvian officials met.",
        "met",
        ("CONSULT", None, "happened", "CONSULT"),
        ["Chilean", "Peruvian"],
        [],
    ),
    "aim-of-a-protest": (
        "Students marched to protest Iran.",
        "marched",
        ("PROTEST", "demo", "happened", "PROTEST"),
        ["Students"],
        ["Iran"],
    ),
}

# text, trigger, type
SENSES = {
    "words-as": ("The senator attacked her rival as a liar.", "attacked", "ACCUSE"),
    "words-of-an-advert": ("The senator's speech attacked the mayor.", "attacked", "ACCUSE"),
    "words-against-rules": ("Peru attacked loopholes in the law.", "attacked", "ACCUSE"),
    "force": ("Rebels attacked the village.", "attacked", "ASSAULT"),
    "credit": ("Malta gave credit to Greece.", "gave", "SUPPORT"),
    "sponsor-a-bill": ("The lawmaker sponsored a bill.", "sponsored", "SUPPORT"),
    "sponsor-a-rebel": ("Malta sponsored the rebels.", "sponsored", "AID"),
    "insist-that-one-do": ("Malta insisted that the envoy leave.", "insisted", "REQUEST"),
    "insist-that-it-be": ("Malta insisted that the envoy be freed.", "insisted", "REQUEST"),
    "refused-help": ("Malta refused to provide aid to Libya.", "provide", "AID"),
    "promise-of-an-act": ("Malta promised to free the envoy.", "free", "RETREAT"),
    "invite": ("Malta invited the envoy.", "invited", "AGREE"),
    "motion": ("The company filed a motion.", "filed", "REQUEST"),
    "appeal-to-a-court": ("The company appealed to the court.", "appealed", "REJECT"),
    "attack-on-a-bill": ("The senator led an attack on the bill.", "attack", "ACCUSE"),
    "freed-from-jail": ("Malta released him from prison.", "released", "RETREAT"),
    "fired-at-nobody": ("Chad fired a missile into the sea.", "fired", "MOBILIZE"),
    "fired-at-somebody": ("Chad fired a missile at Sudan.", "fired", "ASSAULT"),
    "imprison": ("Chad imprisoned the poet for years.", "imprisoned", "COERCE"),
    "rights": ("Chad violated the rights of its citizens.", "violated", "COERCE"),
    "give-up-an-agreement": ("Chad violated the treaty.", "violated", "REJECT"),
    "failed-act": ("Chad and Sudan failed to sign the treaty.", "sign", "SUPPORT"),
    "joint-conference": (
        "The king held a news conference with the envoy.",
        "held",
        "CONSULT",
    ),
}

PARTIES = {
    "called-on-acts": (
        "Malta called on Libya to free the poet.",
        "free",
        ["Libya"],
        ["the poet"],
    ),
    "demand-is-no-party": ("Malta called for a ban.", "called", ["Malta"], []),
    "demand-against": (
        "Malta called for sanctions against Libya.",
        "called",
        ["Malta"],
        ["Libya"],
    ),
    "whose-day": ("Malta condemned Friday's test.", "condemned", ["Malta"], []),
    "fined-a-sum": ("The bank was fined $3 million.", "fined", [], ["The bank"]),
    "doers-before": (
        "Police killings of farmers shocked Peru.",
        "killings",
        ["Police"],
        ["farmers"],
    ),
    "warfare-against": (
        "Warfare against the settlers went on.",
        "Warfare",
        [],
        ["the settlers"],
    ),
    "told-to-act": (
        "Malta ordered the refinery to close.",
        "ordered",
        ["Malta"],
        ["the refinery"],
    ),
}

NO_EVENT = {
    "mood": "The painting captured the mood of the city.",
    "fact": "Malta ignored the weather.",
    "figure": "Sales in Malta declined.",
    "failing": "The meeting in Malta failed to bring rain.",
    "figurative-destruction": "The affair destroyed his reputation.",
    "opinion": "Malta agrees with Libya.",
    "opinion-that": "The voters agreed that it was cold.",
    "denial": "The mayor denied that he was late.",
    "press-conference": "The mayor held a press conference.",
    "rule": "Malta's standards prohibit lawyers from smoking.",
    "cause": "Malta's decline is forcing farmers to sell.",
    "office": "The mayor appointed Smith as judge.",
    "guests": "The mayor welcomed the guests.",
    "insistence": "The mayor insisted that the bridge was safe.",
    "no-comment": "The ministry declined to comment on the raid.",
    "name-calling": "The senator called the plan a tax on farmers.",
    "admission": "The mayor conceded that the test had failed.",
    "assurance": "The general assured villagers that the road was open.",
    "denied-theory": "The general rejected the theory.",
    "met-a-spouse": "The mayor met his wife in Oslo.",
    "part": "The rebels took part in the race.",
    "deal-for-you": "The mayor had a deal for the reader.",
    "audience": "The mayor told the Norwegian audience a story.",
    "fight-to": "The companies are fighting to protect their business.",
    "fight-for-votes": "The senators fought Smith for the nomination.",
    "accident": "The flood killed nine villagers.",
    "sport": "Norway beat the champion by three goals.",
    "advice": "The mayor offered the envoy some advice.",
    "voters": "The mayor appealed to voters.",
    "greeted-with": "The mayor was greeted with cheers.",
    "cooperates-alone": "The mayor wants to increase trade.",
    "own-promise": "The mayor promised to swim every day.",
    "signature": "The letter was signed by the mayor.",
    "treated-as": "Malta treats farmers as criminals.",
    "retired": "The minister retired.",
    "share": "Smith received 38 percent support.",
    "capital": "They invested in energy.",
    "report": "An analysis released by Malta was long.",
    "rhetorical": "Why did it rain?",
    "statement": "Norway said the weather was fine.",
    "appeal-of-music": "Critics love the song.",
    "album": "The band released an album.",
    "meets-a-deadline": "Norway met the deadline.",
    "execute-a-plan": "The company executed the plan.",
    "quality": "The disputed region is cold.",
    "month": "It happened in April.",
    "no-participant": "A meeting took place.",
}


def found(parse, text, **given):
    empty = {"mentions": [], "entities": [], "times": [], "quotes": []}
    return find_events(parse(text), article(text), **{**empty, **given})


@pytest.mark.parametrize(
    ("text", "trigger", "codes", "actors", "recipients"), CASES.values(), ids=CASES.keys()
)
def test_an_act_with_its_parties(parse, text, trigger, codes, actors, recipients):
    events, parties = found(parse, text)
    event = next(event for event in events if event.trigger_text == trigger)
    assert (event.type, event.mode, event.status, event.plover_type) == codes
    own = [party for party in parties if party.event_id == event.event_id]
    assert [party.text for party in own if party.role == "actor"] == actors
    assert [party.text for party in own if party.role == "recipient"] == recipients


@pytest.mark.parametrize(("text", "trigger", "kind"), SENSES.values(), ids=SENSES.keys())
def test_who_and_what_decide_the_sense_of_a_word(parse, text, trigger, kind):
    mentions = [_mention(text, "Peru", "e")] if "Peru" in text else []
    events, _ = found(parse, text, mentions=mentions)
    assert [event.type for event in events if event.trigger_text == trigger] == [kind]


@pytest.mark.parametrize(
    ("text", "trigger", "actors", "recipients"), PARTIES.values(), ids=PARTIES.keys()
)
def test_parties_are_those_who_act_and_undergo(parse, text, trigger, actors, recipients):
    events, parties = found(parse, text)
    event = next(event for event in events if event.trigger_text == trigger)
    own = [party for party in parties if party.event_id == event.event_id]
    assert [party.text for party in own if party.role == "actor"] == actors
    assert [party.text for party in own if party.role == "recipient"] == recipients


@pytest.mark.parametrize(
    ("text", "trigger", "expected"),
    [
        ("Iran threatened to attack Oman.", "attack", "THREATEN"),
        ("Iran may attack Oman.", "attack", "THREATEN"),
        ("Iran may have attacked Oman.", "attacked", "ASSAULT"),
        ("Oman accused Iran of attacking ships.", "attacking", "ASSAULT"),
    ],
    ids=["threat", "may", "guess", "accusation"],
)
def test_only_a_threat_of_harm_folds_to_threaten(parse, text, trigger, expected):
    events, _ = found(parse, text)
    event = next(event for event in events if event.trigger_text == trigger)
    assert (event.status, event.plover_type) == ("possible", expected)


def test_a_plain_report_is_surer_than_a_hedged_one(parse):
    (plain,), _ = found(parse, "Malta condemned Libya.")
    (hedged,), _ = found(parse, "Malta may condemn Libya.")
    (nobody,), _ = found(parse, "Libya was condemned.")
    assert plain.confidence > nobody.confidence > hedged.confidence


def test_an_untold_act_that_the_annotator_does_not_see_is_left_out(parse, monkeypatch):
    monkeypatch.setattr(Annotation, "probability", lambda *_: 0.0)
    assert found(parse, "Malta may condemn Libya.") == ([], [])
    (told,), _ = found(parse, "Malta condemned Libya.")
    assert told.status == "happened"


def test_the_annotator_tells_harsh_words_from_blows(parse, monkeypatch):
    harsh = {None: 1.0, "ACCUSE": 0.9, "ASSAULT": 0.1}
    monkeypatch.setattr(Annotation, "probability", lambda *given: harsh.get((*given, None)[3], 0.0))
    (event,), _ = found(parse, "Malta attacked Libya.")
    assert (event.type, event.mode) == ("ACCUSE", "disapprove")


def test_a_deed_done_to_condemn_condemns(parse):
    events, _ = found(parse, "The envoy flew to Oslo to condemn Malta.")
    assert [event.status for event in events if event.type == "ACCUSE"] == ["happened"]


def test_what_was_done_is_no_plan_for_its_future_date(parse):
    text = "Malta suspended aid to Libya until 2025."
    times = [_timex(text, "2025", date(2025, 1, 1), date(2025, 12, 31))]
    (event,), _ = found(parse, text, times=times)
    assert event.status == "happened"


def test_force_without_parties_is_kept_with_its_place(parse):
    text = "Smith spoke of the bombing in Oslo."
    (event,), parties = found(parse, text, mentions=[_mention(text, "Oslo", "e")])
    assert (event.type, event.place_text, parties) == ("ASSAULT", "Oslo", [])


@pytest.mark.parametrize("text", NO_EVENT.values(), ids=NO_EVENT.keys())
def test_what_is_no_act_gives_no_row(parse, text):
    assert found(parse, text) == ([], [])


def test_spans_point_at_the_words_and_rows_agree(parse):
    text = "Canada imposed sanctions on Belarus.\n\nMalta condemned Libya and praised Greece."
    events, parties = found(parse, text)
    assert [event.trigger_text for event in events] == ["imposed", "condemned", "praised"]
    for event in events:
        assert text[event.trigger_start : event.trigger_end] == event.trigger_text
        assert event.sentence_start <= event.trigger_start < event.sentence_end
        first = next(p for p in parties if p.event_id == event.event_id and p.role == "actor")
        assert (first.text, first.position) == (event.actor_text, 0)
        assert event.event_group_id == event.event_id
    assert all(text[party.char_start : party.char_end] == party.text for party in parties)


def test_nobody_is_on_both_sides(parse):
    events, parties = found(parse, "Chad met Chad in Chad.\n\nThe army attacked the army.")
    for event in events:
        own = [p for p in parties if p.event_id == event.event_id]
        assert len({(p.char_start, p.char_end) for p in own}) == len(own)


def test_ids_stay_when_another_paragraph_changes(parse):
    (before,), _ = found(parse, "Malta condemned Libya.")
    events, _ = find_events(
        parse("It rained.\n\nMalta condemned Libya."),
        article("Malta condemned Libya."),
        [],
        [],
        [],
        [],
    )
    assert [event.event_id for event in events] == [before.event_id]


def test_quad_class_and_score_are_those_of_the_type(parse):
    (event,), _ = found(parse, "Canada imposed sanctions on Belarus.")
    assert (event.quad_class, event.intensity) == ("material-conflict", -6.0)


def test_accuse_has_no_score(parse):
    (event,), _ = found(parse, "Malta condemned Libya.")
    assert event.intensity is None


def test_status_cue_is_kept(parse):
    (event,), _ = found(parse, "Canada has not imposed sanctions on Belarus.")
    assert event.status_cue_text == "not"


@pytest.mark.parametrize(
    ("text", "contexts"),
    [
        ("Norway granted political asylum to the poet.", ["asylum"]),
        ("Hackers launched a cyber attack on Estonia.", ["cyber"]),
        ("Malta condemned Libya.", []),
    ],
    ids=["asylum", "cyber", "none"],
)
def test_contexts_need_words_that_name_them(parse, text, contexts):
    (event,), _ = found(parse, text)
    assert event.context == contexts


@pytest.mark.parametrize(
    ("text", "word", "country", "sector"),
    [
        ("Turkish officials condemned Libya.", "Turkish officials", "TUR", "GOV"),
        ("Rebels in Chad condemned Libya.", "Rebels in Chad", "TCD", "REB"),
        ("Peruvian police condemned Libya.", "Peruvian police", "PER", "COP"),
        ("The students condemned Libya.", "The students", None, "EDU"),
        ("Ankara condemned Libya.", "Ankara", "TUR", None),
    ],
    ids=["adjective", "place", "police", "no-country", "capital"],
)
def test_country_and_sector_without_an_entity(parse, text, word, country, sector):
    (event,), _ = found(parse, text)
    assert (event.actor_text, event.actor_country, event.actor_sector) == (word, country, sector)


def test_participants_are_linked_to_mentions_and_entities(parse):
    text = "Canada condemned Libya."
    mentions = [_mention(text, "Canada", "e1"), _mention(text, "Libya", "e2")]
    entities = [_entity("e1", "Canada", "CAN"), _entity("e2", "State of Libya", "LBY")]
    (event,), parties = found(parse, text, mentions=mentions, entities=entities)
    assert (event.actor_entity_id, event.actor_country) == ("e1", "CAN")
    assert (event.recipient_name, event.recipient_country) == ("State of Libya", "LBY")
    assert [party.mention_id for party in parties] == ["m-Canada", "m-Libya"]


# --- when


@pytest.mark.parametrize(
    ("text", "phrase", "trigger", "expected"),
    [
        ("Canada imposed sanctions on Belarus in May.", "May", "imposed", True),
        ("In May, Canada imposed sanctions on Belarus.", "May", "imposed", True),
        ("Canada said in May that Belarus arrested a poet.", "May", "arrested", False),
        ("Chad held talks with Sudan in May.", "May", "held", True),
        ("Talks between Chad and Sudan began in May.", "May", "Talks", True),
        ("The arrest of the mayor in May caused anger.", "May", "arrest", True),
        ("Canada plans to expel the envoy in May.", "May", "expel", True),
        ("During the debate in May Canada condemned Libya.", "May", "condemned", True),
        ("At a rally in May Canada condemned Libya.", "May", "condemned", True),
        ("Canada refused to sign the treaty in May.", "May", "sign", True),
    ],
    ids=[
        *("after", "before", "of-the-saying", "object", "noun-subject", "in-phrase", "controlled"),
        *("during", "occasion", "infinitive"),
    ],
)
def test_an_act_has_the_date_of_its_own_clause(parse, text, phrase, trigger, expected):
    timex = _timex(text, phrase, date(2019, 5, 1), date(2019, 5, 31))
    events, _ = found(parse, text, times=[timex])
    event = next(event for event in events if event.trigger_text == trigger)
    assert event.date_text == ("May" if expected else None)
    assert event.date_basis == ("relative" if expected else "none")


def test_no_date_is_given_by_default(parse):
    (event,), _ = found(parse, "Canada imposed sanctions on Belarus.")
    assert (event.date_start, event.date_end, event.date_basis) == (None, None, "none")


def test_what_happened_ends_by_the_day_of_publication(parse):
    text = "Canada imposed sanctions on Belarus this month."
    timex = _timex(text, "this month", date(2019, 11, 1), date(2019, 11, 30))
    (event,), _ = found(parse, text, times=[timex])
    assert (event.date_start, event.date_end) == (date(2019, 11, 1), date(2019, 11, 26))


def test_a_day_to_come_makes_a_plan(parse):
    text = "The king visits Jordan on Dec. 3."
    timex = _timex(text, "Dec. 3", date(2019, 12, 3), date(2019, 12, 3))
    (event,), _ = found(parse, text, times=[timex])
    assert (event.status, event.plover_type) == ("planned", "AGREE")


# --- where, and whose claim


def test_place_is_where_it_happened(parse):
    text = "Canada met Libya in Rome."
    mentions = [_mention(text, name, f"e-{name}") for name in ("Canada", "Libya", "Rome")]
    entities = [_entity("e-Rome", "Rome", "ITA", latitude=41.9, longitude=12.5)]
    (event,), _ = found(parse, text, mentions=mentions, entities=entities)
    assert (event.place_text, event.place_country, event.latitude) == ("Rome", "ITA", 41.9)


def test_place_is_null_where_the_text_does_not_say(parse):
    text = "Canada met Libya."
    mentions = [_mention(text, name, f"e-{name}") for name in ("Canada", "Libya")]
    (event,), _ = found(parse, text, mentions=mentions)
    assert (event.place_text, event.place_country, event.latitude) == (None, None, None)


def test_a_claim_is_attributed_to_the_innermost_quote(parse):
    text = '"Canada says Libya arrested a poet," he said.'
    outer = _quote(text, '"Canada says Libya arrested a poet,"', "q-outer")
    inner = _quote(text, "Libya arrested a poet", "q-inner")
    (event,), _ = found(parse, text, quotes=[outer, inner])
    assert event.attributed_to_quote_id == "q-inner"


def test_the_papers_own_account_is_attributed_to_nobody(parse):
    text = 'Libya arrested a poet. "It is sad," he said.'
    (event,), _ = found(parse, text, quotes=[_quote(text, '"It is sad,"', "q")])
    assert event.attributed_to_quote_id is None


def _mention(text, name, entity_id):
    start = text.index(name)
    return Mention(
        f"m-{name}", "a", entity_id, start, start + len(name), name, "name", "GPE", 0, len(text)
    )


def _entity(entity_id, name, country, latitude=None, longitude=None):
    return Entity(
        entity_id, name, "GPE", [], None, None, country, None, None, latitude, longitude, None,
        1, 1, None, None,
    )  # fmt: skip


def _timex(text, phrase, first, last):
    start = text.index(phrase)
    return Timex(
        start, start + len(phrase), phrase, "DATE", "2019-05", first, last, "relative", "month"
    )


def _quote(text, content, quote_id):
    start = text.index(content)
    end = start + len(content)
    return Quote(
        quote_id, "a", start, end, content, "direct", [start], [end], None, None, None, None, None,
        None, None, None, None, None, None, None, None, None, None, None, "states", False, 0.9,
    )  # fmt: skip
