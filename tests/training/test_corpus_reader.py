from datetime import date
from pathlib import Path

import pytest

from training.corpus_reader import (
    CorpusArticle,
    CorpusError,
    check_corpus,
    main,
    parse_articles,
    read_corpus,
    resolve_value,
)

HEADER = "=== test-1\nstyle: war\nhouse: british\npublished: 2024-03-06\n"  # a Wednesday
CORPUS = Path(__file__).parents[2] / "training" / "corpus"


def article(body: str) -> CorpusArticle:
    articles, findings = parse_articles(HEADER + body)
    assert [finding.detail for finding in findings] == []
    return articles[0]


def details(body: str, header: str = HEADER) -> str:
    return "\n".join(finding.detail for finding in parse_articles(header + body)[1])


def test_text_opens_with_the_title_and_has_no_marks() -> None:
    read = article("title: [:G Oslo] waits\nThe mayor \\[sic\\] said so.\n\n[oslo Oslo] slept.")
    assert read.title == "Oslo waits"
    assert read.text == "Oslo waits\n\nThe mayor [sic] said so.\n\nOslo slept."
    assert read.text[read.body_start :].startswith("The mayor")
    assert [read.text[start] for start in read.paragraph_starts] == ["O", "T", "O"]


def test_mentions_know_their_entity_and_kind() -> None:
    read = article("[b:P Ann Bell] slept. [b She] and [m:P~ the [:N Kenyan] minister] woke.")
    found = [(m.span.of(read.text), m.entity, m.kind) for m in read.mentions]
    assert found == [
        ("Ann Bell", "b", "name"),
        ("She", "b", "pronoun"),
        ("the Kenyan minister", "m", "nominal"),
        ("Kenyan", "kenyan", "name"),
    ]
    assert [(e.id, e.type) for e in read.entities] == [
        ("b", "PERSON"),
        ("m", "PERSON"),
        ("kenyan", "NORP"),
    ]


def test_a_quote_gathers_its_pieces_and_reporters() -> None:
    read = article(
        '{1 "Not us,"} {1v [:O RIA]} {1c quoted} {1s minister [o:P Ivan Orlov]} {1c as saying}. '
        '{1 "Never."}\n{2s [o He]} {2c.denies! would not deny} to {2a [:O TASS]} {2 the report}.'
    )
    split, denial = read.quotes
    assert [s.of(read.text) for s in split.contents] == ['"Not us,"', '"Never."']
    assert [s.of(read.text) for s in split.cues] == ["quoted", "as saying"]
    assert (split.speaker, split.via, split.addressee) == ("o", "ria", None)
    assert (split.attitude, split.negated) == ("states", False)
    assert (denial.attitude, denial.negated, denial.addressee) == ("denies", True, "tass")


def test_one_speaker_serves_two_quotes() -> None:
    read = article("{1,2s [:P Bo Li]} {1c said} {1 it rained} and {2c.asks asked} {2 why}.")
    assert [quote.speaker for quote in read.quotes] == ["bo_li", "bo_li"]


def test_an_event_has_its_arguments_nearest_mentions() -> None:
    read = article(
        "[k:G Kenya] rested.\n[k It] will [!CONSULT.visit+:k,u>s@%s visit] [s:G Seoul] with"
        " [u:G Uganda] on [=> Friday]."
    )
    (event,) = read.events
    assert (event.type, event.mode, event.status) == ("CONSULT", "visit", "planned")
    assert [a.span.of(read.text) for a in event.actors] == ["It", "Uganda"]
    assert [a.entity for a in event.recipients] == ["s"]
    assert event.date is not None
    assert event.date.value == "2024-03-08"
    assert event.place is not None
    assert event.place.span.of(read.text) == "Seoul"


@pytest.mark.parametrize(
    ("value", "surface", "expected"),
    [
        ("<", "Wednesday", "2024-03-06"),
        ("<", "Thursday", "2024-02-29"),
        (">", "Wed.", "2024-03-13"),
        ("-1TNI", "last night", "2024-03-05TNI"),
        ("-1w", "last week", "2024-W09"),
        ("+1m", "next month", "2024-04"),
        ("-3m", "December", "2023-12"),
        ("-1q", "last quarter", "2023-Q4"),
        ("-1y", "last year", "2023"),
        ("P3D", "three days", "P3D"),
        ("<", "no day", None),
    ],
)
def test_values_count_from_the_day_of_printing(
    value: str, surface: str, expected: str | None
) -> None:
    assert resolve_value(value, surface, date(2024, 3, 6)) == expected


@pytest.mark.parametrize(
    ("words", "kind", "value"),
    [
        ("[=set:P1Y every year]", "SET", "P1Y"),
        ("[=PT48H 48 hours]", "DURATION", "PT48H"),
        ("[=0T14:30 2.30 pm]", "TIME", "2024-03-06T14:30"),
        ("[=2024-H1 the first half]", "DATE", "2024-H1"),
        ("[=PRESENT_REF now]", "DATE", "PRESENT_REF"),
    ],
)
def test_timex_type_follows_from_the_value(words: str, kind: str, value: str) -> None:
    (time,) = article(f"It rains {words}.").times
    assert (time.type, time.value) == (kind, value)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("[x:Q Bo]", "unknown entity type 'Q'"),
        ("[x Bo] ran.", "entity 'x' of 'Bo' has no type"),
        ("[x:P Bo] and [x:O Bo]", "entity 'x' is PERSON and ORG"),
        ("[:O Bank of [:G Ghana]]", "name 'Ghana' lies in another name"),
        ("[!STEAL took]", "unknown event type"),
        ("[!AID.visit gave]", "AID has no mode 'visit'"),
        ("[!AID*:x gave]", "unknown event type or form"),
        ("[!AID:x gave]", "refers to unknown entity 'x'"),
        ("[!AID@ gave]", "no time expression"),
        ("{1c said} it", "quote 1 has no content"),
        ("{1c.thinks said} {1 it}", "unknown attitude 'thinks'"),
        ("{1x said} {1 it}", "unknown mark '{1x'"),
        ("{1s=q Bo} {1c said} {1 it}", "refers to unknown entity 'q'"),
        ("{1 he {2 it}}", "braces never nest"),
        ("[=2024-3-6 today]", "malformed time value"),
        ("[=2024-02-30 that day]", "no such day"),
        ("[=2024-03-06 Tuesday]", "'Tuesday' is no Wednesday"),
        ("[=2024-03-06 April 6]", "is not in month 03"),
        ("[:P Bo ran", "is not closed"),
        ("Bo] ran", "closes nothing"),
        ("[:P Bo]b", "cuts a word"),
        ("{1  } {1c said}", "blank at the edge"),
        ("He ran.", "unmarked pronoun 'He'"),
        ("On Tuesday it rained.", "unmarked time 'Tuesday'"),
        ("[:P Bo Li] ran. Bo Li fell.", "unmarked name 'Bo Li'"),
    ],
)
def test_what_is_wrong_is_said(body: str, expected: str) -> None:
    assert expected in details(body)


def test_a_dash_lets_words_stand_for_nothing() -> None:
    assert details("[- He] who laughs last laughs longest.") == ""


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("=== a\nstyle: poem\nhouse: us\npublished: 2024-03-06\n", "unknown style 'poem'"),
        ("=== a\nstyle: war\nhouse: mars\npublished: 2024-03-06\n", "unknown house 'mars'"),
        ("=== a\nstyle: war\nhouse: us\npublished: March\n", "published is no day"),
    ],
)
def test_header_values_come_from_the_vocabulary(header: str, expected: str) -> None:
    assert expected in details("It rained.", header)


def test_two_articles_may_not_share_an_id(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(HEADER + "It rained.\n" + HEADER + "It rained.\n")
    assert [f.detail for f in check_corpus(tmp_path)[1]] == ["test-1: two articles have this id"]
    with pytest.raises(CorpusError, match="two articles"):
        read_corpus(tmp_path)
    assert main([str(tmp_path)]) == 1
    assert main([]) == 2


def test_the_corpus_itself_is_clean(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(CORPUS)]) == 0
    assert "articles" in capsys.readouterr().out


def test_every_span_lies_in_its_article() -> None:
    for read in read_corpus(CORPUS):
        spans = [m.span for m in read.mentions] + [t.span for t in read.times]
        spans += [span for quote in read.quotes for span in (*quote.contents, *quote.cues)]
        assert all(0 <= s.start < s.end <= len(read.text) for s in spans), read.id
