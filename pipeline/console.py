"""What the commands show: progress, summaries, one article with its evidence, the dictionary.

Colours and bars on a terminal, plain lines and brackets elsewhere. `rich` is imported here only,
and this module only by the command that shows something.
"""

import json
import re
import shlex
import shutil
import sys
import textwrap
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

from rich.console import Console
from rich.padding import Padding
from rich.progress import (
    BarColumn,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bars
from rich.table import Table as Grid
from rich.text import Text

from pipeline.buckets import SCHEME
from pipeline.errors import ConfigError
from pipeline.schema import Field, Table, load_tables

if TYPE_CHECKING:
    from pipeline.build import Progress, Summary

_EVERY = 10.0
"""Seconds between two lines about the same stage where there is no terminal."""

_COUNTS = ("articles", "mentions", "entities", "quotes", "events")
_DOINGS = ("new", "changed", "unchanged", "duplicates", "quarantined")

_CONTROL = dict.fromkeys([*range(9), 11, 12, 13, *range(14, 32), 127], " ")
"""Terminals obey these, and rich drops some: a blank in their place keeps every offset true."""

_STYLES = {"quote": "green", "mention": "bold cyan", "event": "bold yellow underline"}
"""How a terminal with colours marks what was found. Of marks that overlap the later adds to it."""

_WIDE = 100
"""Columns from which on there is room for a margin beside the text."""


@contextmanager
def watching(*, quiet: bool) -> "Iterator[Progress]":
    """Yield what shows, on stderr, how far a run is: bars on a terminal, lines elsewhere."""
    if quiet:
        yield _Silence()
    elif sys.stderr.isatty():
        with _bars(Console(file=sys.stderr)) as bars:
            shown = _OnTerminal(bars)
            yield shown
            shown.finish()
    else:
        yield _Lines(sys.stderr, time.monotonic)


class _Silence:
    """Shows nothing."""

    def start(self, stage: str, total: int | None = None) -> None:
        """Do nothing."""

    def advance(self, documents: int = 1) -> None:
        """Do nothing."""


class _Lines:
    """One line a stage, and one every ten seconds while it lasts."""

    def __init__(self, stream: TextIO, clock: Callable[[], float]) -> None:
        self._stream = stream
        self._clock = clock
        self._stage = ""
        self._total: int | None = None
        self._done = 0
        self._began = self._told = 0.0

    def start(self, stage: str, total: int | None = None) -> None:
        """A stage begins; one with nothing to do is not worth a line."""
        self._stage, self._total, self._done = stage, total, 0
        self._began = self._told = self._clock()
        if total != 0:
            self._write(stage if total is None else f"{stage}: {total:,} articles")

    def advance(self, documents: int = 1) -> None:
        """So many documents more are done."""
        self._done += documents
        now = self._clock()
        if now - self._told >= _EVERY:
            self._told = now
            self._write(f"{self._stage}: {_pace(self._done, self._total, now - self._began)}")

    def _write(self, line: str) -> None:
        self._stream.write(f"{line}\n")
        self._stream.flush()


def _pace(done: int, total: int | None, seconds: float) -> str:
    rate = done / seconds if seconds else 0.0
    of = "" if total is None else f" of {total:,}"
    left = f", {_duration((total - done) / rate)} left" if total and rate and done < total else ""
    return f"{done:,}{of} articles, {_speed(rate)}/s{left}"


def _speed(rate: float) -> str:
    return f"{rate:,.1f}" if rate >= 1 else f"{rate:.2g}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


class _OnTerminal:
    """A bar a stage."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._task: TaskID | None = None

    def start(self, stage: str, total: int | None = None) -> None:
        """A stage begins; one with nothing to do is not worth a bar."""
        self.finish()
        self._task = self._bars.add_task(stage, total=total, visible=total != 0)

    def advance(self, documents: int = 1) -> None:
        """So many documents more are done."""
        if self._task is not None:
            self._bars.advance(self._task, documents)

    def finish(self) -> None:
        """Stop the clock and the spinner of the stage before, whose total was perhaps unknown."""
        if self._task is not None:
            task = self._bars.tasks[self._bars.task_ids.index(self._task)]
            if task.total is None:
                self._bars.update(self._task, total=task.completed)
            self._bars.stop_task(self._task)


class _Count(ProgressColumn):
    """Articles done, of how many; stages that do not count them show nothing."""

    def render(self, task: Task) -> Text:
        """Return the count as far as there is one."""
        done = f"{task.completed:,.0f}"
        if task.total:
            return Text(f"{done}/{task.total:,.0f}")
        return Text(done if task.completed else "")


class _Rate(ProgressColumn):
    """Articles a second."""

    def render(self, task: Task) -> Text:
        """Return the speed, empty as long as there is none."""
        speed = task.finished_speed or task.speed
        return Text(f"{_speed(speed)} articles/s" if speed else "")


def _bars(console: Console) -> Bars:
    return Bars(
        SpinnerColumn(finished_text="✓"),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30),
        _Count(),
        _Rate(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
    )


def show_summary(summary: "Summary") -> None:
    """Print what a run did; the last line counts what was refused."""
    console = _console()
    grid = Grid(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    grid.add_column()
    grid.add_column(justify="right")
    for name in (*_COUNTS, *_DOINGS):
        grid.add_row(name, f"{getattr(summary, name):,}")
    console.print(
        f"Release {summary.release} in {summary.out} ({summary.seconds:.1f} s)", soft_wrap=True
    )
    console.print(grid)
    in_bucket = summary.out.startswith(SCHEME)
    if summary.articles and not in_bucket:
        console.print(
            f"To read it: onrecord explore {shlex.quote(str(summary.out))}", soft_wrap=True
        )
    folder = f"{summary.out}/{summary.release}" if in_bucket else summary.out
    where = f", listed in {folder}/quarantine.parquet" if summary.quarantined else ""
    records = "1 record" if summary.quarantined == 1 else f"{summary.quarantined:,} records"
    console.print(f"{records} quarantined{where}", soft_wrap=True)


def show_changes(rows: Sequence[tuple[str, str, str, int]]) -> None:
    """Print how many rows of which table were added, removed or changed, and why."""
    console = _console()
    if not rows:
        console.print("no differences")
        return
    grid = Grid(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for name in ("table", "change", "cause"):
        grid.add_column(name)
    grid.add_column("rows", justify="right")
    for table, change, cause, number in rows:
        grid.add_row(table, change, cause, f"{number:,}")
    console.print(grid)


def describe_tables(table: str | None, *, as_json: bool) -> str:
    """Return the data dictionary: one table, or all of them.

    Args:
        table: its name; `None` for all.
        as_json: as Frictionless Table Schemas, those of several tables by name.

    Raises:
        ConfigError: there is no such table.
    """
    tables = load_tables()
    if table is not None and table not in tables:
        raise ConfigError(f"there is no table {table}; known: {', '.join(tables)}")
    chosen = list(tables.values()) if table is None else [tables[table]]
    if as_json:
        by_name = {one.name: one.descriptor for one in chosen}
        return json.dumps(
            by_name if table is None else by_name[table], indent=2, ensure_ascii=False
        )
    width = _width()
    return "\n\n".join(_described(one, width) for one in chosen)


def _described(table: Table, width: int) -> str:
    lines = [f"{table.name}: {table.title}", *_wrapped(table.description, width)]
    for field in table.fields:
        lines += ["", f"  {field.name}  {_kind(field, table)}"]
        lines += _wrapped(field.description, width, indent=4)
        lines += _wrapped(_particulars(field), width, indent=4)
    return "\n".join(lines)


def _kind(field: Field, table: Table) -> str:
    foreign = [key.table for key in table.foreign_keys if field.name in key.columns]
    notes = [
        field.arrow,
        *(["key"] if field.name in table.primary_key else []),
        *(f"refers to {other or table.name}" for other in foreign),
        *([] if field.required else ["may be null"]),
    ]
    return ", ".join(notes)


def _particulars(field: Field) -> str:
    unit = f"Unit: {field.unit}. " if field.unit else ""
    values = f"One of: {', '.join(field.values)}. " if field.values else ""
    shown = json.dumps(field.example, ensure_ascii=False)
    return f"{unit}{values}Example: {shown}"


class _Mark(NamedTuple):
    """A stretch of the text that something was found in.

    Attributes:
        label: what a reader without colours finds behind it.
    """

    start: int
    end: int
    kind: str
    label: str


_BRACKETS = {"quote": ("«", "»"), "mention": ("[", "]"), "event": ("{", "}")}


def show_article(
    article: Mapping[str, Any],
    mentions: Sequence[Mapping[str, Any]],
    quotes: Sequence[Mapping[str, Any]],
    events: Sequence[Mapping[str, Any]],
) -> None:
    """Print an article, what was found in it marked, and under it the quotes and events one by one.

    Args:
        article: a row of `articles`.
        mentions: its rows of `mentions`, by place, like the following.
        quotes: its rows of `quotes`.
        events: its rows of `events`.
    """
    console = _console()
    text = str(article["text"]).translate(_CONTROL)
    # What lies beyond a text that is cut cannot be marked; quotes and events are listed below.
    marks = [mark for mark in _marks(mentions, quotes, events) if mark.end <= len(text)]
    _print_head(console, article)
    if console.is_terminal:
        notes = _notes(quotes, events)
        _print_with_margin(console, text, marks, notes)
        console.print(_legend(console))
        _print_policy(console, article)
        if beyond := [note for note in notes if note.start >= len(text)]:
            console.print(_margin(beyond))
        return
    for paragraph in _bracketed(text, marks).split("\n"):
        console.print("\n".join(_wrapped(paragraph, _width())), soft_wrap=True)
    console.print("\n«quote» [mention|type] {event}", soft_wrap=True)
    _print_policy(console, article)
    _print_evidence(console, "Quotes", quotes, _quote_line, "q")
    _print_evidence(console, "Events", events, _event_line, "e")


def _print_policy(console: Console, article: Mapping[str, Any]) -> None:
    if article.get("text_policy", "full") != "full":
        console.print(f"(text carried by this release: {article['text_policy']})", soft_wrap=True)


class _Note(NamedTuple):
    """What the margin says beside the paragraph in which a quote or an event begins."""

    start: int
    label: str
    line: str


def _notes(quotes: Iterable[Mapping[str, Any]], events: Iterable[Mapping[str, Any]]) -> list[_Note]:
    """Return the notes on quotes and events, in the order of the text."""
    said = (
        _Note(row["char_start"], f"q{number}", _line(_quote_note(row)))
        for number, row in enumerate(quotes, 1)
    )
    done = (
        _Note(row["trigger_start"], f"e{number}", _line(_event_line(row)))
        for number, row in enumerate(events, 1)
    )
    return sorted([*said, *done])


def _print_with_margin(
    console: Console, text: str, marks: Sequence[_Mark], notes: Sequence[_Note]
) -> None:
    """Print the paragraphs, beside each its notes; below it where the terminal is narrow."""
    beside = console.width >= _WIDE
    for start, end in _paragraphs(text):
        shown = _paragraph(console, text, start, end, marks)
        margin = [note for note in notes if start <= note.start < end]
        if beside:
            grid = Grid.grid(padding=(0, 3, 0, 0), expand=True)
            grid.add_column(ratio=3)
            grid.add_column(ratio=2)
            grid.add_row(shown, _margin(margin))
            console.print(grid)
        else:
            console.print(shown)
            if margin:
                console.print(Padding(_margin(margin), (0, 0, 0, 4)))
        console.print()


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    for found in re.finditer(r"[^\n]+", text):
        yield found.span()


def _paragraph(console: Console, text: str, start: int, end: int, marks: Iterable[_Mark]) -> Text:
    """Return text[start:end] with its marks: in colours, or in brackets where there are none."""
    inside = [
        mark._replace(start=max(mark.start, start) - start, end=min(mark.end, end) - start)
        for mark in marks
        if mark.start < end and mark.end > start
    ]
    if console.no_color or console.color_system is None:
        return Text(_bracketed(text[start:end], inside))
    shown = _coloured(text[start:end], inside)
    for mark in sorted(inside, key=lambda mark: mark.end, reverse=True):
        if mark.kind != "mention":
            label = Text(mark.label, style="dim")
            shown = Text.assemble(shown[: mark.end], label, shown[mark.end :])
    return shown


def _margin(notes: Iterable[_Note]) -> Text:
    lines = (Text.assemble((note.label, "bold"), " ", note.line) for note in notes)
    return Text("\n").join(lines)


def _print_head(console: Console, article: Mapping[str, Any]) -> None:
    origin = [article.get("publisher"), article.get("agency"), _day(article.get("published_at"))]
    console.print(Text(_line(article.get("title") or "(no title)"), style="bold"))
    console.print(
        _line(", ".join(str(part) for part in (*origin, article.get("article_id")) if part)),
        soft_wrap=True,
    )
    console.print()


def _marks(
    mentions: Iterable[Mapping[str, Any]],
    quotes: Iterable[Mapping[str, Any]],
    events: Iterable[Mapping[str, Any]],
) -> Iterator[_Mark]:
    for number, quote in enumerate(quotes, 1):
        for start, end in _pieces(quote):
            yield _Mark(start, end, "quote", f"q{number}")
    for mention in mentions:
        yield _Mark(mention["char_start"], mention["char_end"], "mention", f"|{mention['type']}")
    for number, event in enumerate(events, 1):
        yield _Mark(event["trigger_start"], event["trigger_end"], "event", f"e{number}")


def _pieces(quote: Mapping[str, Any]) -> list[tuple[int, int]]:
    """Return the parts of a quotation that its cue leaves; it is whole where none are named."""
    pieces = list(zip(quote["piece_starts"], quote["piece_ends"], strict=True))
    return pieces or [(quote["char_start"], quote["char_end"])]


def _coloured(text: str, marks: Iterable[_Mark]) -> Text:
    shown = Text(text)
    for mark in marks:
        shown.stylize(_STYLES[mark.kind], mark.start, mark.end)
    return shown


def _legend(console: Console) -> Text:
    if console.no_color or console.color_system is None:
        return Text("«quote» [mention|type] {event}")
    parts: list[str | tuple[str, str]] = []
    for kind, style in _STYLES.items():
        parts += [(kind, style), " "]
    return Text.assemble(*parts)


def _bracketed(text: str, marks: Iterable[_Mark]) -> str:
    """Return `text` with brackets around what was found, the inner inside the outer."""
    inserts = sorted(insert for mark in marks for insert in _inserts(mark))
    parts = []
    before = 0
    for offset, *_, bracket in inserts:
        parts += [text[before:offset], bracket]
        before = offset
    return "".join([*parts, text[before:]])


def _inserts(mark: _Mark) -> list[tuple[int, int, int, int, str]]:
    """Return where the brackets go; at the same place, what ends comes before what begins.

    Of several that begin, the longest is the outermost; of several that end, the last begun is
    the first to end. Spans that are equal nest in the order quote, mention, event.
    """
    opening, closing = _BRACKETS[mark.kind]
    rank = list(_BRACKETS).index(mark.kind)
    # A mention shows its type inside its brackets, the others a number behind theirs.
    end = f"{mark.label}{closing}" if mark.kind == "mention" else f"{closing}{mark.label}"
    return [
        (mark.start, 1, -mark.end, rank, opening),
        (mark.end, 0, -mark.start, -rank, end),
    ]


def _print_evidence(
    console: Console,
    heading: str,
    rows: Sequence[Mapping[str, Any]],
    line: Callable[[Mapping[str, Any]], str],
    letter: str,
) -> None:
    console.print(Text(f"\n{heading}: {len(rows)}", style="bold"))
    for number, row in enumerate(rows, 1):
        label = f"{letter}{number}"
        lines = _wrapped(f"{label} {_line(line(row))}", _width(), hanging=len(label) + 1)
        console.print("\n".join(lines), soft_wrap=True)


def _quote_line(quote: Mapping[str, Any]) -> str:
    return f"{_quote_note(quote)}: {quote['text']}"


def _quote_note(quote: Mapping[str, Any]) -> str:
    """Return who says it and how; the words themselves stand in the text."""
    speaker = _named(quote, "speaker") or "nobody named"
    notes = [
        quote["kind"],
        *(["negated"] if quote.get("negated") else []),
        quote.get("attitude"),
        _noted("via", quote.get("via_text")),
        _noted("to", quote.get("addressee_text")),
        _noted("said", _days(quote.get("said_start"), quote.get("said_end"))),
    ]
    return f"{speaker} ({', '.join(str(note) for note in notes if note)})"


def _event_line(event: Mapping[str, Any]) -> str:
    actor, recipient = _named(event, "actor") or "?", _named(event, "recipient") or "?"
    notes = [
        _noted("when", _days(event.get("date_start"), event.get("date_end"))),
        _noted("where", event.get("place_text")),
    ]
    told = "".join(f", {note}" for note in notes if note)
    trigger = f'"{event["trigger_text"]}"'
    return f"{event['type']} {event['status']}: {actor} -> {recipient}{told}: {trigger}"


def _named(row: Mapping[str, Any], who: str) -> str:
    """Return whom a row means and, where they differ, the words it uses for them."""
    name, words = row.get(f"{who}_name"), row.get(f"{who}_text")
    if name and words and name != words:
        return f"{name}, “{words}”"
    return str(name or words or "")


def _noted(word: str, value: object) -> str | None:
    return f"{word} {value}" if value else None


def _days(first: object, last: object) -> str:
    start, end = _day(first), _day(last)
    return start if start == end or not end else f"{start} to {end}"


def _day(value: object) -> str:
    """Return the ISO day of a date or an instant; empty without one."""
    return "" if value is None else str(value)[:10]


def _line(text: object) -> str:
    """Return `text` on one line, fit for a terminal."""
    return " ".join(str(text).translate(_CONTROL).split())


def _wrapped(text: str, width: int, *, indent: int = 0, hanging: int | None = None) -> list[str]:
    return textwrap.wrap(
        text,
        width,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent if hanging is None else hanging),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _width() -> int:
    return shutil.get_terminal_size().columns


def _console() -> Console:
    """Return a console on stdout that takes what it prints as it stands."""
    return Console(markup=False, emoji=False, highlight=False)
