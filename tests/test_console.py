import io
import json
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from pipeline import console
from pipeline.errors import ConfigError
from pipeline.schema import load_tables


@dataclass
class FakeSummary:
    release: str = "v2026.1.0"
    out: str = "news"
    articles: int = 12_345
    mentions: int = 2
    entities: int = 3
    quotes: int = 4
    events: int = 5
    new: int = 6
    changed: int = 7
    unchanged: int = 8
    duplicates: int = 9
    quarantined: int = 0
    seconds: float = 1.25


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def terminal(monkeypatch):
    """Make rich believe that standard output is a terminal, 60 columns wide."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "60")


@pytest.fixture
def pipe(monkeypatch):
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "60")


TEXT = (
    "\U0001f680\U0001f680 Lena Moro said: “We open in May,” and she thanked Oslo.\n\nOslo was glad."
)


def span(words: str, start: int = 0) -> tuple[int, int]:
    begin = TEXT.index(words, start)
    return begin, begin + len(words)


def mention(words: str, kind: str, start: int = 0) -> dict:
    begin, end = span(words, start)
    return {"char_start": begin, "char_end": end, "type": kind, "text": words}


ARTICLE = {
    "article_id": "a1",
    "title": "A [bold] opening :rocket:",
    "publisher": "The Fjord",
    "agency": None,
    "published_at": datetime(2024, 4, 2, tzinfo=UTC),
    "text": TEXT,
}
MENTIONS = [mention("Lena Moro", "PERSON"), mention("Oslo", "GPE"), mention("Oslo", "GPE", 60)]
QUOTE_START, QUOTE_END = span("“We open in May,”")
QUOTES = [
    {
        "char_start": QUOTE_START,
        "char_end": QUOTE_END,
        "piece_starts": [QUOTE_START],
        "piece_ends": [QUOTE_END],
        "text": "“We open in May,”",
        "kind": "direct",
        "attitude": "states",
        "negated": False,
        "speaker_name": "Lena Moro",
        "speaker_text": "she",
        "via_text": "Radio Fjell",
        "addressee_text": None,
        "said_start": datetime(2024, 4, 1),  # noqa: DTZ001 - days come without a zone
        "said_end": datetime(2024, 4, 2),  # noqa: DTZ001
    }
]
EVENTS = [
    {
        "type": "COOPERATE",
        "status": "planned",
        "trigger_text": "open",
        "trigger_start": span("open")[0],
        "trigger_end": span("open")[1],
        "actor_name": "Lena Moro",
        "actor_text": "We",
        "recipient_name": None,
        "recipient_text": None,
        "date_start": datetime(2024, 5, 1),  # noqa: DTZ001
        "date_end": datetime(2024, 5, 31),  # noqa: DTZ001
        "place_text": None,
    }
]


def show(capsys) -> str:
    console.show_article(ARTICLE, MENTIONS, QUOTES, EVENTS)
    return capsys.readouterr().out


def test_a_pipe_gets_brackets_at_the_right_code_points(pipe, capsys):
    flat = " ".join(show(capsys).split())
    assert "\U0001f680\U0001f680 [Lena Moro|PERSON] said: «“We {open}e1 in May,”»q1 and" in flat
    assert "she thanked [Oslo|GPE]. [Oslo|GPE] was glad." in flat


def test_an_article_is_headed_by_its_title_as_it_stands(pipe, capsys):
    lines = show(capsys).splitlines()
    assert lines[:2] == ["A [bold] opening :rocket:", "The Fjord, 2024-04-02, a1"]


def test_the_evidence_says_who_what_and_when(pipe, capsys):
    flat = " ".join(show(capsys).split())
    assert (
        "q1 Lena Moro, “she” (direct, states, via Radio Fjell, said 2024-04-01 to 2024-04-02): "
        "“We open in May,”"
    ) in flat
    assert (
        'e1 COOPERATE planned: Lena Moro, “We” -> ?, when 2024-05-01 to 2024-05-31: "open"' in flat
    )


def test_lines_stay_within_the_width(pipe, capsys):
    assert max(map(len, show(capsys).splitlines())) <= 60


def test_a_terminal_gets_colours_at_the_right_code_points(terminal, capsys):
    out = show(capsys)
    assert "\x1b[1;36mLena Moro\x1b[0m" in out
    label = "\x1b[2me1\x1b[0m"
    assert f"\x1b[32m“We \x1b[0m\x1b[1;4;33mopen\x1b[0m{label}\x1b[32m in May,”\x1b[0m" in out
    assert "|PERSON" not in out


def plain(out: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", out)


def test_a_terminal_labels_what_the_margin_tells_of(terminal, capsys):
    assert "said: “We opene1 in May,”q1 and" in " ".join(plain(show(capsys)).split())


def test_notes_follow_their_paragraph_on_a_narrow_terminal(terminal, capsys):
    flat = " ".join(plain(show(capsys)).split())
    first = flat.index("q1 Lena Moro, “she” (direct")
    assert flat.index("thanked Oslo.") < first < flat.index("e1 COOPERATE planned")
    assert flat.index("e1 COOPERATE planned") < flat.index("Oslo was glad.")


def test_notes_stand_beside_their_paragraph_on_a_wide_terminal(terminal, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "120")
    (line,) = [line for line in plain(show(capsys)).splitlines() if "Lena Moro said" in line]
    assert re.search(r"Lena Moro said: .* {3}q1 Lena Moro", line)


def test_a_terminal_without_colours_gets_brackets_and_the_margin(terminal, monkeypatch, capsys):
    monkeypatch.setenv("NO_COLOR", "1")
    flat = " ".join(plain(show(capsys)).split())
    assert "[Lena Moro|PERSON] said: «“We {open}e1 in May,”»q1 and" in flat
    assert "q1 Lena Moro, “she” (direct" in flat


def test_a_terminal_is_never_sent_an_articles_control_characters(terminal, capsys):
    article = {**ARTICLE, "text": "Ring\x07 the\x1b[31m bell.", "title": "\x1b]0;x\x07"}
    console.show_article(article, [], [], [])
    assert not re.search(r"\x07|\x1b\[31m|\x1b\]", capsys.readouterr().out)


def test_brackets_nest_when_spans_share_their_bounds():
    marks = [
        console._Mark(0, 2, "mention", "|ORG"),
        console._Mark(0, 5, "quote", "q1"),
        console._Mark(3, 5, "event", "e1"),
        console._Mark(5, 6, "event", "e2"),
    ]
    assert console._bracketed("ab cde", marks) == "«[ab|ORG] {cd}e1»q1{e}e2"


def test_a_quotation_its_cue_interrupts_is_marked_in_pieces():
    quote = {"char_start": 0, "char_end": 9, "piece_starts": [0, 6], "piece_ends": [2, 9]}
    marks = console._marks([], [quote], [])
    assert console._bracketed("ab so cde", marks) == "«ab»q1 so «cde»q1"


@pytest.mark.parametrize(
    ("quarantined", "last"),
    [
        (0, "0 records quarantined"),
        (1, "1 record quarantined, listed in news/quarantine.parquet"),
        (1200, "1,200 records quarantined, listed in news/quarantine.parquet"),
    ],
    ids=["none", "one", "many"],
)
def test_the_summary_ends_with_what_was_quarantined(pipe, capsys, quarantined, last):
    console.show_summary(FakeSummary(quarantined=quarantined))
    out, err = capsys.readouterr()
    assert out.splitlines()[-1] == last
    assert err == ""


def test_the_summary_shows_every_count(pipe, capsys):
    console.show_summary(FakeSummary())
    out = capsys.readouterr().out
    assert out.startswith("Release v2026.1.0 in news")
    assert re.search(r"articles +12,345\n", out)
    assert "onrecord explore news\n" in out
    assert re.search(r"unchanged +8\n", out)


def test_changes_are_a_table(pipe, capsys):
    console.show_changes([("quotes", "added", "source", 1234), ("events", "removed", "code", 5)])
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[1:] == [["quotes", "added", "source", "1,234"], ["events", "removed", "code", "5"]]


def test_no_changes_are_said_to_be_none(pipe, capsys):
    console.show_changes([])
    assert capsys.readouterr().out == "no differences\n"


def test_without_a_terminal_a_stage_is_a_line_and_time_is_told_every_ten_seconds():
    stream, clock = io.StringIO(), Clock()
    lines = console._Lines(stream, clock)
    lines.start("reading")
    lines.start("extracting", 1000)
    for clock.now in range(1, 26):
        lines.advance(10)
    lines.start("extracting", 0)
    assert stream.getvalue().splitlines() == [
        "reading",
        "extracting: 1,000 articles",
        "extracting: 100 of 1,000 articles, 10.0/s, 1:30 left",
        "extracting: 200 of 1,000 articles, 10.0/s, 1:20 left",
    ]


def test_progress_goes_to_stderr(capsys):
    with console.watching(quiet=False) as progress:
        progress.start("resolving")
    out, err = capsys.readouterr()
    assert (out, err) == ("", "resolving\n")


def test_a_terminal_sees_stage_count_and_speed(terminal, monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "120")
    with console.watching(quiet=False) as progress:
        progress.start("reading")
        progress.start("extracting", 4000)
        progress.advance(3000)
    out, err = capsys.readouterr()
    assert out == ""
    assert "extracting" in err
    assert re.search(r"3,000/4,000", re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", err))


def test_quiet_is_quiet(capsys):
    with console.watching(quiet=True) as progress:
        progress.start("reading", 3)
        progress.advance()
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("name", load_tables())
def test_the_dictionary_names_every_column_of_a_table(name):
    text = console.describe_tables(name, as_json=False)
    for field in load_tables()[name].fields:
        assert f"\n  {field.name}  {field.arrow}" in text


def test_the_dictionary_of_all_tables_is_json_by_name():
    told = json.loads(console.describe_tables(None, as_json=True))
    assert list(told) == list(load_tables())
    assert told["quotes"] == json.loads(console.describe_tables("quotes", as_json=True))
    assert told["quotes"]["primaryKey"] == ["quote_id"]


def test_an_unknown_table_is_an_error_that_names_the_known_ones():
    with pytest.raises(ConfigError, match=r"no table quote; known: articles, .*quotes"):
        console.describe_tables("quote", as_json=False)


def test_the_dictionary_needs_no_pyarrow():
    code = (
        "import sys; from pipeline.console import describe_tables; "
        "describe_tables(None, as_json=False); "
        "print(sorted({'pyarrow', 'spacy', 'prefect', 'duckdb'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_text_that_is_cut_is_said_to_be_and_marked_as_far_as_it_goes(pipe, capsys):
    article = {"title": "Rain", "text": "It", "text_policy": "excerpt"}
    mention = {"char_start": 0, "char_end": 2, "type": "LOC"}
    console.show_article(article, [mention, {**mention, "char_end": 9}], [], [])
    shown = capsys.readouterr().out
    assert "[It|LOC]" in shown
    assert shown.count("|LOC") == 1
    assert "text carried by this release: excerpt" in shown
