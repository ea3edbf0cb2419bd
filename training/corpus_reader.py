"""Read and check the training corpus: plain text and character spans for every layer.

The format is described in `training/corpus/README.md`. `python -m training.corpus_reader DIR`
checks every article below DIR and prints counts; exit 1 with the list of findings, 2 on wrong use.
"""

import json
import re
import sys
import unicodedata
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Literal, NamedTuple

MentionKind = Literal["name", "nominal", "pronoun"]
TimexType = Literal["DATE", "TIME", "DURATION", "SET"]

_PRONOUN_WORDS = """i me my mine myself we us our ours ourselves you your yours yourself yourselves
he him his himself she her hers herself it its itself they them their theirs themselves who whom
whose which that this these those one both all each some many others none"""
PRONOUNS = frozenset(_PRONOUN_WORDS.split())
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Span(NamedTuple):
    """A half-open range `[start, end)` of code points of `CorpusArticle.text`."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """Return the words of `text` the span covers."""
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Mention:
    """Words that name, describe or stand for an entity of the article."""

    span: Span
    entity: str
    kind: MentionKind


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing the article speaks of; `id` is unique in the article."""

    id: str
    type: str
    name: str


@dataclass(frozen=True, slots=True)
class Timex:
    """A temporal expression with its TIMEX3 type and value."""

    span: Span
    type: TimexType
    value: str


@dataclass(frozen=True, slots=True)
class Argument:
    """An entity in a role, with the mention of it that stands nearest."""

    entity: str
    span: Span


@dataclass(frozen=True, slots=True)
class Event:
    """An act: its trigger, PLOVER type and mode as if it took place, and its status."""

    trigger: Span
    type: str
    mode: str | None
    status: str
    actors: tuple[Argument, ...]
    recipients: tuple[Argument, ...]
    date: Timex | None
    place: Argument | None


@dataclass(frozen=True, slots=True)
class Quote:
    """What an article attributes to someone; the parts in reading order.

    `speakers`, `cues`, `vias` and `addressees` are the words marked, empty where the part is not
    there. `speaker`, `via` and `addressee` are the entities these words mean; `None` where nothing
    is marked or no mention stands in it.
    """

    id: int
    contents: tuple[Span, ...]
    speakers: tuple[Span, ...]
    cues: tuple[Span, ...]
    vias: tuple[Span, ...]
    addressees: tuple[Span, ...]
    attitude: str
    negated: bool
    speaker: str | None
    via: str | None
    addressee: str | None


@dataclass(frozen=True, slots=True)
class CorpusArticle:
    """One article; `text` opens with its title, if it has one, and `body_start` is behind it."""

    id: str
    style: str
    house: str
    published: date
    title: str | None
    text: str
    body_start: int
    paragraph_starts: tuple[int, ...]
    entities: tuple[Entity, ...]
    mentions: tuple[Mention, ...]
    times: tuple[Timex, ...]
    events: tuple[Event, ...]
    quotes: tuple[Quote, ...]

    @property
    def n_words(self) -> int:
        """Words between blanks, title included."""
        return len(self.text.split())


class Finding(NamedTuple):
    """Something wrong with an article, and the line it stands in."""

    file: str
    line: int
    detail: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.detail}"


class CorpusError(Exception):
    """The corpus breaks its format; `findings` says where."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        """Keep the findings; the message lists them."""
        super().__init__("\n".join(map(str, findings)))
        self.findings = list(findings)


class Vocabulary(NamedTuple):
    """The labels `vocabulary.json` allows."""

    styles: dict[str, int]
    houses: list[str]
    entity_types: dict[str, str]
    attitudes: list[str]
    statuses: dict[str, str]
    events: dict[str, list[str]]


@cache
def load_vocabulary() -> Vocabulary:
    """Read `training/corpus/vocabulary.json`."""
    path = Path(__file__).parent / "corpus" / "vocabulary.json"
    fields = json.loads(path.read_text(encoding="utf-8"))
    return Vocabulary(*(fields[name] for name in Vocabulary._fields))


class _Mark(NamedTuple):
    """A bracket as written: `[tag words]` or `{tag words}`."""

    bracket: str
    tag: str
    span: Span
    depth: int
    line: int


@dataclass(slots=True)
class _Draft:
    """An article while it is read: what was written, and what was found wrong so far."""

    file: str
    line: int
    id: str
    header: dict[str, str] = field(default_factory=dict)
    paragraphs: list[tuple[int, str]] = field(default_factory=list)
    text: str = ""
    starts: list[int] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    body_start: int = 0
    marks: list[_Mark] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    entities: dict[str, Entity] = field(default_factory=dict)
    mentions: list[Mention] = field(default_factory=list)

    def report(self, line: int, detail: str) -> None:
        self.findings.append(Finding(self.file, line, f"{self.id}: {detail}"))

    def published(self) -> date:
        try:
            return date.fromisoformat(self.header.get("published", ""))
        except ValueError:
            return date.min

    def paragraph_of(self, offset: int) -> int:
        return bisect_right(self.starts, offset) - 1

    def surface(self, span: Span) -> str:
        return span.of(self.text)


# --- lines to drafts ---------------------------------------------------------------------------

_HEADER = re.compile(r"(style|house|published|title): *(.+)")


def _drafts(file: str, content: str) -> list[_Draft]:
    """Cut a file at its `=== id` lines; every other line is a header field or a paragraph."""
    drafts: list[_Draft] = []
    for number, line in enumerate(content.splitlines(), 1):
        if line.startswith("=== "):
            drafts.append(_Draft(file, number, line[4:].strip()))
        elif line.strip() and drafts:
            _add_line(drafts[-1], number, line.strip())
        elif line.strip():
            drafts.append(_Draft(file, number, "?"))
            drafts[-1].report(number, "text before the first '=== id' line")
    return drafts


def _add_line(draft: _Draft, number: int, line: str) -> None:
    found = None if draft.paragraphs else _HEADER.fullmatch(line)
    if not found:
        draft.paragraphs.append((number, line))
    elif found[1] == "title":
        draft.header["title"] = found[2]
        draft.lines.append(number)
    else:
        draft.header[found[1]] = found[2].strip()


# --- brackets to marks -------------------------------------------------------------------------

_PIECE = re.compile(r"\\(?P<literal>.)|(?P<open>[\[{])(?P<tag>[^\s\[\]{}]+) |(?P<close>[\]}])")


def _read_text(draft: _Draft) -> None:
    """Fill in the plain text and the marks, paragraph by paragraph."""
    blocks = [*draft.paragraphs]
    if "title" in draft.header:
        blocks.insert(0, (draft.lines.pop(), draft.header["title"]))
    for number, line in blocks:
        if draft.starts:
            draft.text += "\n\n"
        draft.starts.append(len(draft.text))
        draft.lines.append(number)
        draft.text += _read_line(draft, number, line)
    if "title" in draft.header and len(draft.starts) > 1:
        draft.body_start = draft.starts[1]


def _read_line(draft: _Draft, number: int, line: str) -> str:
    """Return the line without its brackets; the marks go to the draft, none crossing a line."""
    base, plain, position = len(draft.text), "", 0
    stack: list[tuple[str, str, int]] = []
    for piece in _PIECE.finditer(line):
        plain += line[position : piece.start()]
        position = piece.end()
        if piece["literal"]:
            plain += piece["literal"]
        elif piece["open"]:
            stack.append((piece["open"], piece["tag"], base + len(plain)))
        elif not stack or stack[-1][0] + piece["close"] not in ("[]", "{}"):
            draft.report(number, f"{piece['close']!r} closes nothing after {plain[-25:]!r}")
        else:
            bracket, tag, start = stack.pop()
            span = Span(start, base + len(plain))
            draft.marks.append(_Mark(bracket, tag, span, len(stack), number))
    for bracket, tag, _ in stack:
        draft.report(number, f"'{bracket}{tag}' is not closed in its paragraph")
    return plain + line[position:]


def _check_bounds(draft: _Draft) -> None:
    """Check that marks hold words: not nothing, no outer blanks, no part of a word."""
    for mark in draft.marks:
        words = draft.surface(mark.span)
        before = draft.text[mark.span.start - 1 : mark.span.start]
        after = draft.text[mark.span.end : mark.span.end + 1]
        if not words.strip() or words != words.strip():
            draft.report(mark.line, f"blank at the edge of '{mark.tag} {words}'")
        elif (before.isalnum() and words[0].isalnum()) or (after.isalnum() and words[-1].isalnum()):
            draft.report(mark.line, f"'{mark.tag} {words}' cuts a word")


# --- mentions ----------------------------------------------------------------------------------

_MENTION_TAG = re.compile(r"(?P<id>\w+)?(?::(?P<type>\w))?(?P<nominal>~)?")


_DETERMINED = re.compile(
    r"(?:the|an?|his|her|its|their|our|my|your|this|these|those|some|two|three)\b", re.IGNORECASE
)


def slug(surface: str) -> str:
    """Return the entity id of a mention that states only its type: its words in lower case."""
    plain = unicodedata.normalize("NFKD", surface.casefold())
    return re.sub(r"[\W_]+", "_", re.sub(r"[\u0300-\u036f]", "", plain)).strip("_")


def _kind(surface: str, nominal: bool) -> MentionKind:
    if surface.casefold() in PRONOUNS and surface not in ("US", "IT", "WHO"):
        return "pronoun"
    if nominal or _DETERMINED.match(surface) or not re.search(r"[A-Z0-9À-Þ]", surface):
        return "nominal"
    return "name"


def _read_mentions(draft: _Draft) -> None:
    """Fill in mentions and entities; the type of an entity is stated at least once."""
    marks = [m for m in draft.marks if m.bracket == "[" and m.tag[0] not in "-=!"]
    for mark in sorted(marks, key=lambda m: (m.span.start, -m.span.end)):
        found = _MENTION_TAG.fullmatch(mark.tag)
        if not found or not (found["id"] or found["type"]):
            draft.report(mark.line, f"unknown mark '[{mark.tag}'")
            continue
        surface = draft.surface(mark.span)
        entity, kind = found["id"] or slug(surface), _kind(surface, bool(found["nominal"]))
        if found["type"]:
            _declare(draft, mark, Entity(entity, found["type"], surface))
        draft.mentions.append(Mention(mark.span, entity, kind))
    _check_mentions(draft)


def _declare(draft: _Draft, mark: _Mark, entity: Entity) -> None:
    types = load_vocabulary().entity_types
    known = draft.entities.get(entity.id)
    if entity.type not in types:
        draft.report(mark.line, f"unknown entity type '{entity.type}' in '[{mark.tag}'")
    elif known and known.type != types[entity.type]:
        draft.report(mark.line, f"entity '{entity.id}' is {known.type} and {types[entity.type]}")
    elif not known:
        draft.entities[entity.id] = Entity(entity.id, types[entity.type], entity.name)


def _check_mentions(draft: _Draft) -> None:
    covered = -1
    for mention in draft.mentions:
        line, surface = _line_of(draft, mention.span), draft.surface(mention.span)
        if mention.entity not in draft.entities:
            draft.report(line, f"entity '{mention.entity}' of '{surface}' has no type anywhere")
        if mention.kind != "name":
            continue
        if mention.span.start < covered:
            draft.report(line, f"name '{surface}' lies in another name")
        covered = max(covered, mention.span.end)


def _line_of(draft: _Draft, span: Span) -> int:
    return draft.lines[draft.paragraph_of(span.start)]


# --- temporal expressions ----------------------------------------------------------------------

_SHIFT = re.compile(r"(?P<by>[+-]\d+|0|[<>])(?P<unit>[dwmqy]?)(?P<time>T\S+)?")
_DAY = r"(?:\d{4}|XXXX)-(?:\d\d|XX)-(?:\d\d|XX)"
_WEEK = r"-W(?:\d\d|XX)(?:-(?:WE|[1-7]))?"
_PART = rf"(?:-(?:\d\d|XX)(?:-(?:\d\d|XX))?|{_WEEK}|-Q[1-4X]|-H[12X]|-(?:SP|SU|FA|WI))"
_DATE = re.compile(
    rf"(?:(?:\d{{4}}|XXXX|FY\d{{4}}){_PART}?|\d{{3}}|\d\d|BC\d+|(?:PAST|PRESENT|FUTURE)_REF)"
)
_TIME = re.compile(rf"(?:{_DAY}|XXXX-WXX-[1-7])?T(?:MO|MI|AF|EV|NI|DT|\d\d(?::\d\d)?)")
_AMOUNT = r"(?:\d+(?:\.\d+)?|X)"
_LENGTH = re.compile(rf"P(?=.)(?:{_AMOUNT}(?:DE|CE|WE|Y|Q|M|W|D))*(?:T(?:{_AMOUNT}[HMS])+)?")


def _read_timex(draft: _Draft, mark: _Mark) -> Timex | None:
    """Read `[=value words]`; `[=set:value words]` is a SET."""
    value = mark.tag.removeprefix("=").removeprefix("set:")
    surface = draft.surface(mark.span)
    value = resolve_value(value, surface, draft.published()) or ""
    kind = _timex_type(value)
    if kind is None:
        draft.report(mark.line, f"malformed time value '{mark.tag}' of '{surface}'")
        return None
    _check_calendar(draft, mark, value)
    return Timex(mark.span, "SET" if mark.tag.startswith("=set:") else kind, value)


def _timex_type(value: str) -> TimexType | None:
    patterns: list[tuple[TimexType, re.Pattern[str]]] = [
        ("DATE", _DATE),
        ("TIME", _TIME),
        ("DURATION", _LENGTH),
    ]
    return next((kind for kind, pattern in patterns if pattern.fullmatch(value)), None)


def resolve_value(value: str, surface: str, published: date) -> str | None:
    """Return the TIMEX3 value of a shorthand such as `-1`, `+2w`, `<` or `0TNI`.

    `<` and `>` are the weekday the surface names: the last one up to the publication day, the
    next one after it. Other values come back unchanged; `None` where `<` finds no weekday.
    """
    found = _SHIFT.fullmatch(value)
    if not found:
        return value
    by, unit, time = found["by"], found["unit"] or "d", found["time"] or ""
    if by in "<>":
        day = _weekday_near(surface, published, forward=by == ">")
        return day.isoformat() + time if day else None
    return _shifted(published, int(by), unit) + time


def _weekday_near(surface: str, published: date, *, forward: bool) -> date | None:
    named = [i for i, name in enumerate(WEEKDAYS) if re.search(name[:3] + r"[a-z]*\b", surface)]
    if not named:
        return None
    if forward:
        return published + timedelta((named[0] - published.weekday() - 1) % 7 + 1)
    return published - timedelta((published.weekday() - named[0]) % 7)


def _shifted(day: date, by: int, unit: str) -> str:
    if unit == "d":
        return (day + timedelta(by)).isoformat()
    if unit == "w":
        year, week, _ = (day + timedelta(7 * by)).isocalendar()
        return f"{year}-W{week:02d}"
    if unit == "y":
        return f"{day.year + by:04d}"
    size = 12 if unit == "m" else 4
    index = day.year * size + (day.month - 1) * size // 12 + by
    year, part = divmod(index, size)
    return f"{year:04d}-{part + 1:02d}" if unit == "m" else f"{year:04d}-Q{part + 1}"


def _check_calendar(draft: _Draft, mark: _Mark, value: str) -> None:
    """Check that the day exists and any weekday or month in the words is that of the value."""
    surface = draft.surface(mark.span)
    if found := re.match(r"\d{4}-\d\d-\d\d", value):
        try:
            day = date.fromisoformat(found[0])
        except ValueError:
            draft.report(mark.line, f"no such day: '{value}' of '{surface}'")
            return
        named = [name for name in WEEKDAYS if re.search(rf"\b{name[:3]}(?:{name[3:]}|\b)", surface)]
        if named and WEEKDAYS[day.weekday()] not in named:
            draft.report(mark.line, f"'{surface}' is no {WEEKDAYS[day.weekday()]}: {value}")
    month = re.match(r"....-(\d\d)", value)
    named = [name for name in MONTHS if re.search(rf"\b{name}", surface)]
    if month and named and MONTHS[(int(month[1]) - 1) % 12] not in named:
        draft.report(mark.line, f"'{surface}' is not in month {month[1]}: {value}")


# --- events ------------------------------------------------------------------------------------

_EVENT_TAG = re.compile(
    r"!(?P<type>[A-Z]+)(?:\.(?P<mode>[a-z]+(?:-[a-z]+)*))?(?P<status>[~+?!])?"
    r"(?::(?P<actors>[\w,]*)(?:>(?P<recipients>[\w,]+))?)?"
    r"(?P<dated>@(?P<date>[^%@]*))?(?:%(?P<place>\w+))?"
)


class _Nearest:
    """Finds the mention of an entity, or the time of a value, that stands nearest to a word."""

    def __init__(self, draft: _Draft, times: Sequence[Timex]) -> None:
        self.draft = draft
        self.mentions: dict[str, list[Span]] = defaultdict(list)
        for mention in draft.mentions:
            self.mentions[mention.entity].append(mention.span)
        self.times: dict[str, list[Timex]] = defaultdict(list)
        self.by_paragraph: dict[int, list[Timex]] = defaultdict(list)
        for time in times:
            self.times[time.value].append(time)
            self.by_paragraph[draft.paragraph_of(time.span.start)].append(time)

    def mention(self, entity: str, span: Span) -> Span | None:
        """Return the nearest mention, one of the same paragraph before all others."""
        return min(
            self.mentions.get(entity, []), key=lambda other: self._cost(other, span), default=None
        )

    def time(self, value: str, span: Span) -> Timex | None:
        """Return the nearest time of that value; without a value, the nearest of the paragraph."""
        if value:
            value = resolve_value(value, "", self.draft.published()) or value
            options = self.times.get(value, [])
        else:
            options = self.by_paragraph.get(self.draft.paragraph_of(span.start), [])
        return min(options, key=lambda other: self._cost(other.span, span), default=None)

    def _cost(self, other: Span, span: Span) -> tuple[bool, int, int]:
        paragraph = self.draft.paragraph_of
        apart = paragraph(other.start) != paragraph(span.start)
        gap = max(other.start - span.end, span.start - other.end, 0)
        return apart, gap, other.start


def _read_event(draft: _Draft, mark: _Mark, nearest: _Nearest) -> Event | None:
    """Read `[!TYPE.mode status:actors>recipients@date%place words]`."""
    tag, vocabulary = _EVENT_TAG.fullmatch(mark.tag), load_vocabulary()
    modes = vocabulary.events.get(tag["type"]) if tag else None
    if tag is None or modes is None:
        draft.report(mark.line, f"unknown event type or form '[{mark.tag}'")
        return None
    if tag["mode"] and tag["mode"] not in modes:
        draft.report(mark.line, f"{tag['type']} has no mode '{tag['mode']}'")
    when = nearest.time(tag["date"], mark.span) if tag["dated"] else None
    if tag["dated"] and when is None:
        draft.report(mark.line, f"no time expression for '@{tag['date']}' in '[{mark.tag}'")
    places = _arguments(draft, mark, tag["place"], nearest)
    return Event(
        mark.span,
        tag["type"],
        tag["mode"],
        vocabulary.statuses[tag["status"] or ""],
        _arguments(draft, mark, tag["actors"], nearest),
        _arguments(draft, mark, tag["recipients"], nearest),
        when,
        places[0] if places else None,
    )


def _arguments(
    draft: _Draft, mark: _Mark, names: str | None, nearest: _Nearest
) -> tuple[Argument, ...]:
    found = []
    for name in filter(None, (names or "").split(",")):
        span = nearest.mention(name, mark.span)
        if span is None:
            draft.report(mark.line, f"'[{mark.tag}' refers to unknown entity '{name}'")
        else:
            found.append(Argument(name, span))
    return tuple(found)


# --- quotes ------------------------------------------------------------------------------------

_QUOTE_TAG = re.compile(
    r"(?P<ids>\d+(?:,\d+)*)(?P<role>[scva])?(?:\.(?P<attitude>[a-z]+))?(?P<negated>!)?"
    r"(?:=(?P<entity>\w+))?"
)


class _Part(NamedTuple):
    """One brace, read: a part of one quote."""

    role: str
    span: Span
    attitude: str
    negated: bool
    entity: str | None
    line: int


def _read_quotes(draft: _Draft) -> tuple[Quote, ...]:
    """Gather the braces of each number into a quote."""
    parts: dict[int, list[_Part]] = defaultdict(list)
    marks = sorted((m for m in draft.marks if m.bracket == "{"), key=lambda m: m.span)
    for mark, after in pairwise(marks):
        if after.span.start < mark.span.end:
            draft.report(after.line, f"'{{{after.tag}' lies in '{{{mark.tag}': braces never nest")
    for mark in marks:
        for quote, part in _parts(draft, mark):
            parts[quote].append(part)
    quotes = [_quote(draft, number, found) for number, found in sorted(parts.items())]
    return tuple(sorted(filter(None, quotes), key=lambda q: q.contents[0]))


def _parts(draft: _Draft, mark: _Mark) -> Iterator[tuple[int, _Part]]:
    tag = _QUOTE_TAG.fullmatch(mark.tag)
    if not tag:
        draft.report(mark.line, f"unknown mark '{{{mark.tag}'")
        return
    attitude = tag["attitude"] or ""
    if attitude and attitude not in load_vocabulary().attitudes:
        draft.report(mark.line, f"unknown attitude '{attitude}'")
    entity = tag["entity"] or _entity_within(draft, mark.span)
    if tag["entity"] and tag["entity"] not in draft.entities:
        draft.report(mark.line, f"'{{{mark.tag}' refers to unknown entity '{tag['entity']}'")
    for number in tag["ids"].split(","):
        role = tag["role"] or "content"
        part = _Part(role, mark.span, attitude, bool(tag["negated"]), entity, mark.line)
        yield int(number), part


def _entity_within(draft: _Draft, span: Span) -> str | None:
    """Return what marked words mean: their first person, else organisation, else mention."""
    inside = [m for m in draft.mentions if span.start <= m.span.start and m.span.end <= span.end]
    order = {"PERSON": 0, "ORG": 1}
    known = [m for m in inside if m.entity in draft.entities]
    best = min(known, key=lambda m: order.get(draft.entities[m.entity].type, 2), default=None)
    return best.entity if best else None


def _quote(draft: _Draft, number: int, parts: list[_Part]) -> Quote | None:
    by_role: dict[str, list[_Part]] = defaultdict(list)
    for part in parts:
        by_role[part.role].append(part)
    if "content" not in by_role:
        draft.report(parts[0].line, f"quote {number} has no content")
        return None
    for role in "sva":
        if len({part.entity for part in by_role[role]}) > 1:
            draft.report(parts[0].line, f"quote {number} has two of role '{role}'")

    def spans(role: str) -> tuple[Span, ...]:
        return tuple(part.span for part in by_role[role])

    def entity(role: str) -> str | None:
        return by_role[role][0].entity if by_role[role] else None

    return Quote(
        number,
        contents=spans("content"),
        speakers=spans("s"),
        cues=spans("c"),
        vias=spans("v"),
        addressees=spans("a"),
        attitude=next((p.attitude for p in parts if p.attitude), "states"),
        negated=any(p.negated for p in parts),
        speaker=entity("s"),
        via=entity("v"),
        addressee=entity("a"),
    )


# --- what was left unmarked --------------------------------------------------------------------

_ALWAYS_PERSON = re.compile(
    r"\b(?:[Hh]e|[Hh]im|[Hh]is|[Ss]he|[Hh]er|hers|himself|herself|I|me|my)\b"
)
_ALWAYS_TIME = re.compile(
    r"\b(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|April|June|July|August"
    r"|September|October|November|December|[Yy]esterday|[Tt]oday|[Tt]omorrow|[Tt]onight"
    r"|[Rr]ecently|[Cc]urrently|(?:last|next|this) (?:week|month|year)|(?:19|20)\d\d)\b(?![-–]\d)"
)


def _check_unmarked(draft: _Draft) -> None:
    """Names marked once are marked everywhere, and so are personal pronouns and plain dates."""
    words = [m.span for m in draft.marks if m.bracket == "[" and m.tag[0] != "!"]
    _report_unmarked(draft, words, _ALWAYS_PERSON, "pronoun")
    _report_unmarked(draft, words, _ALWAYS_TIME, "time")
    surfaces = {draft.surface(m.span) for m in draft.mentions if m.kind == "name"}
    long = sorted((s for s in surfaces if len(s) > 2), key=lambda s: (-len(s), s))
    if long:
        names = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, long))})(?!\w)")
        _report_unmarked(draft, words, names, "name")


def _report_unmarked(
    draft: _Draft, marked: Iterable[Span], pattern: re.Pattern[str], what: str
) -> None:
    covered = bytearray(len(draft.text))
    for span in marked:
        covered[span.start : span.end] = b"\1" * (span.end - span.start)
    for found in pattern.finditer(draft.text):
        if not any(covered[found.start() : found.end()]):
            around = draft.text[max(found.start() - 20, 0) : found.end() + 12]
            line = _line_of(draft, Span(*found.span()))
            draft.report(line, f"unmarked {what} '{found[0]}' in {around!r}; '[- …]' if it is none")


# --- articles ----------------------------------------------------------------------------------


def _check_header(draft: _Draft) -> None:
    vocabulary, header = load_vocabulary(), draft.header
    if header.get("style") not in vocabulary.styles:
        draft.report(draft.line, f"unknown style {header.get('style')!r}")
    if header.get("house") not in vocabulary.houses:
        draft.report(draft.line, f"unknown house {header.get('house')!r}")
    if draft.published() == date.min:
        draft.report(draft.line, f"published is no day: {header.get('published')!r}")
    if not draft.paragraphs and "title" not in header:
        draft.report(draft.line, "no text")


def _finished(draft: _Draft) -> CorpusArticle:
    """Read every layer of a draft; what is wrong is reported to the draft."""
    _check_header(draft)
    _read_text(draft)
    _check_bounds(draft)
    _read_mentions(draft)
    words = [m for m in sorted(draft.marks, key=lambda m: m.span) if m.bracket == "["]
    times = [_read_timex(draft, m) for m in words if m.tag.startswith("=")]
    known = tuple(time for time in times if time)
    nearest = _Nearest(draft, known)
    events = [_read_event(draft, m, nearest) for m in words if m.tag.startswith("!")]
    quotes = _read_quotes(draft)
    _check_unmarked(draft)
    return CorpusArticle(
        id=draft.id,
        style=draft.header.get("style", ""),
        house=draft.header.get("house", ""),
        published=draft.published(),
        title=_title(draft),
        text=draft.text,
        body_start=draft.body_start,
        paragraph_starts=tuple(draft.starts),
        entities=tuple(draft.entities.values()),
        mentions=tuple(draft.mentions),
        times=known,
        events=tuple(event for event in events if event),
        quotes=quotes,
    )


def _title(draft: _Draft) -> str | None:
    if "title" not in draft.header:
        return None
    return draft.text[: draft.body_start].strip() or draft.text


def parse_articles(
    content: str, *, file: str = "corpus"
) -> tuple[list[CorpusArticle], list[Finding]]:
    """Return the articles of one file's content and what is wrong with them."""
    articles, findings = [], []
    for draft in _drafts(file, content):
        articles.append(_finished(draft))
        findings += draft.findings
    return articles, findings


def check_corpus(folder: Path) -> tuple[list[CorpusArticle], list[Finding]]:
    """Return all articles in the `.txt` files below `folder`, by path, and what is wrong."""
    articles: list[CorpusArticle] = []
    findings: list[Finding] = []
    seen: set[str] = set()
    files = sorted(folder.rglob("*.txt")) if folder.is_dir() else [folder]
    for path in files:
        read, wrong = parse_articles(path.read_text(encoding="utf-8"), file=str(path))
        findings += wrong
        for article in read:
            if article.id in seen:
                findings.append(Finding(str(path), 0, f"{article.id}: two articles have this id"))
            seen.add(article.id)
        articles += read
    return articles, findings


def read_corpus(folder: Path) -> list[CorpusArticle]:
    """Return all articles below `folder`; raise `CorpusError` if anything is wrong with them."""
    articles, findings = check_corpus(folder)
    if findings:
        raise CorpusError(findings)
    return articles


# --- counts ------------------------------------------------------------------------------------


def _counts(articles: Sequence[CorpusArticle]) -> str:
    """Return the corpus in figures, as text."""
    quotes = [quote for article in articles for quote in article.quotes]
    types = {(a.id, e.id): e.type for a in articles for e in a.entities}
    mentions = [(types[a.id, m.entity], m.kind) for a in articles for m in a.mentions]
    events = [event for article in articles for event in article.events]
    tables: dict[str, Counter[str]] = {
        "style": Counter(a.style for a in articles),
        "house": Counter(a.house for a in articles),
        "mention kind": Counter(kind for _, kind in mentions),
        "name type": Counter(type_ for type_, kind in mentions if kind == "name"),
        "attitude": Counter(quote.attitude for quote in quotes),
        "event type": Counter(event.type for event in events),
        "status": Counter(event.status for event in events),
        "timex": Counter(time.type for article in articles for time in article.times),
    }
    lines = [
        f"{len(articles)} articles, {sum(a.n_words for a in articles)} words, "
        f"{len(quotes)} quotes ({sum(bool(q.vias) for q in quotes)} with via, "
        f"{sum(bool(q.addressees) for q in quotes)} with addressee, "
        f"{sum(q.negated for q in quotes)} negated), {len(mentions)} mentions, "
        f"{len(events)} events"
    ]
    for name, table in tables.items():
        lines.append(f"{name}: " + ", ".join(f"{key} {n}" for key, n in table.most_common()))
    return "\n".join(lines)


def _missing(articles: Sequence[CorpusArticle]) -> str:
    """Return, by style, how many articles the planned shares of 400 still want."""
    have = Counter(article.style for article in articles)
    wanted = {s: share * 4 - have[s] for s, share in load_vocabulary().styles.items()}
    return "wanted (of 400): " + ", ".join(f"{s} {n}" for s, n in wanted.items() if n > 0)


def main(arguments: Sequence[str]) -> int:
    """Check the corpus named on the command line; return the exit code."""
    if len(arguments) != 1 or not Path(arguments[0]).exists():
        print("usage: python -m training.corpus_reader FOLDER_OR_FILE", file=sys.stderr)
        return 2
    articles, findings = check_corpus(Path(arguments[0]))
    for finding in findings:
        print(finding, file=sys.stderr)
    if findings:
        print(f"{len(findings)} findings in {len(articles)} articles", file=sys.stderr)
        return 1
    print(_counts(articles))
    print(_missing(articles))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
