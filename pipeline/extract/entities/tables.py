"""The gazetteer: what On Record knows by name before it reads an article.

The tables lie in `lexicons/entities/`; its README.md says what each column means and where each
table comes from. They are read once a process, on first use.
"""

import csv
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import cast, get_args

from pipeline.errors import ConfigError
from pipeline.records import EntityType

FOLDER = Path(__file__).parents[1] / "lexicons" / "entities"
_HAND_MADE = ("places", "organisations", "leaders", "weapons", "peoples", "people", "bodies")
_WORD = re.compile(r"[^\W_]+")
_LARGE = 300_000
"""People; a smaller city's name is no evidence against another reading of it."""


@dataclass(frozen=True, slots=True)
class Term:
    """An office and the days it was held, both inclusive; `until` is `None` while it lasts."""

    office: str
    since: date | None
    until: date | None

    def covers(self, day: date) -> bool:
        """Return whether the office was held on `day`."""
        return (not self.since or self.since <= day) and (not self.until or day <= self.until)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the tables: a thing in the world and what it is called.

    Attributes:
        strong: the name means this thing wherever it is capitalised; weak ones (small cities)
            only help to read what is already taken for a name.
        kind: "state", "subdivision", "city" or "" (everything written by hand).
    """

    type: EntityType
    name: str
    aliases: tuple[str, ...]
    qid: str | None = None
    wikipedia: str | None = None
    country: str | None = None
    sector: str | None = None
    kind: str = ""
    strong: bool = True
    capital: bool = False
    population: int = 0
    geonames_id: int | None = None
    latitude: float | None = None
    longitude: float | None = None
    terms: tuple[Term, ...] = ()


class Forms[T]:
    """Finds known strings in a text, longest first, in time linear in the text."""

    def __init__(self, forms: Iterable[tuple[str, T]]) -> None:
        """Index `forms`; several values may share a string."""
        self.values: dict[str, list[T]] = defaultdict(list)
        lengths: dict[str, set[int]] = defaultdict(set)
        for form, value in forms:
            head = _WORD.search(form)
            if head and head.start() == 0:
                self.values[form].append(value)
                lengths[head[0]].add(len(form))
        self._lengths = {head: sorted(known, reverse=True) for head, known in lengths.items()}

    def __contains__(self, form: str) -> bool:
        return form in self.values

    def found(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield the bounds of the known strings in `text` that stand as whole words."""
        end = 0
        for word in _WORD.finditer(text):
            if word.start() < end:
                continue
            for length in self._lengths.get(word[0], ()):
                stop = word.start() + length
                if stop > len(text):
                    continue
                if text[word.start() : stop] in self.values and _is_boundary(text, stop):
                    yield word.start(), stop
                    end = stop
                    break


def _is_boundary(text: str, offset: int) -> bool:
    following = text[offset : offset + 2]
    if not following or not following[0].isalnum():
        # "Al-Qaeda-linked" ends a name, "Jean-Claude" does not.
        return not (following[:1] == "-" and following[1:].isupper())
    return not text[offset - 1].isalnum()


@dataclass(frozen=True, slots=True)
class Tables:
    """All tables together.

    Attributes:
        forms: every name and alias, with the entries it may stand for.
        demonyms: adjective or people's name -> ISO alpha-3 ("" for peoples without a state).
        last_names: last name -> the people of the tables who bear it.
        bodies: `plain` name -> universities and parties, which only serve to link: the texts'
            names are found and typed without them, and "LSD" is a party in few texts.
    """

    forms: Forms[Entry]
    demonyms: dict[str, str]
    last_names: dict[str, list[Entry]]
    bodies: dict[str, list[Entry]]

    def entries(self, form: str) -> list[Entry]:
        """Return what `form` may stand for, most likely first.

        Longer names may lack their article: "New Yorker" is not "The New Yorker", "New York
        Times" is "The New York Times".
        """
        found = self.forms.values.get(form, [])
        if not found and form.count(" ") > 1:
            found = self.forms.values.get(f"The {form}", [])
        return found


def load_tables() -> Tables:
    """Return the tables, read once a process."""
    return _tables(())


def extra_tables(paths: Iterable[Path]) -> Tables:
    """Return the tables with those of a user added; read once a process.

    A table has the columns of `places.tsv`, or of `leaders.tsv` where offices have terms. A row
    stands in the place of those On Record has by hand of the same type with one of its names;
    states and cities still add codes and coordinates to it.

    Raises:
        ConfigError: a table lacks columns, or a row has a type or a QID that cannot be one.
    """
    return _tables(tuple(paths))


@cache
def _tables(extra: tuple[Path, ...]) -> Tables:
    own = [entry for path in extra for entry in _hand_made(_checked(path))]
    files = [FOLDER / f"{name}.tsv" for name in _HAND_MADE]
    taken = {(entry.type, form) for entry in own for form in _names(entry)}
    hand = [
        *own,
        *(
            entry
            for path in files
            for entry in _hand_made(_rows(path))
            if taken.isdisjoint((entry.type, form) for form in _names(entry))
        ),
    ]
    states, adjectives = _states()
    entries = _merged([*hand, *states, *_cities()])
    forms = Forms((form, entry) for entry in entries for form in _names(entry))
    for known in forms.values.values():
        known.sort(key=lambda entry: (not entry.strong, -entry.population))
    demonyms = adjectives | _demonyms(hand)
    return Tables(forms, demonyms, _last_names(entries), _bodies())


@cache
def load_words() -> dict[str, frozenset[str]]:
    """Return the word lists of `words.json`."""
    lists = json.loads((FOLDER / "words.json").read_text("utf-8"))
    return {name: frozenset(words) for name, words in lists.items() if name != "about"}


@cache
def load_titles() -> frozenset[str]:
    """Return titles of much read Wikipedia articles, in lower case; all have several words."""
    return frozenset((FOLDER / "titles.txt").read_text("utf-8").splitlines())


@cache
def load_roles() -> dict[str, dict[str, str]]:
    """Return `roles.json`: office words and organisation words with their PLOVER sector."""
    roles = json.loads((FOLDER / "roles.json").read_text("utf-8"))
    return cast("dict[str, dict[str, str]]", {k: v for k, v in roles.items() if k != "about"})


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


_COLUMNS = ("type", "name", "aliases", "qid", "wikipedia", "country", "sector")
_QID = re.compile(r"(?:Q[1-9]\d*)?")


def _checked(path: Path) -> Iterator[dict[str, str]]:
    for number, row in enumerate(_rows(path), start=2):
        missing = [column for column in _COLUMNS if row.get(column) is None]
        if missing:
            raise ConfigError(f"{path.name}, line {number}: no {', '.join(missing)}")
        if row["type"] not in get_args(EntityType):
            raise ConfigError(f"{path.name}, line {number}: {row['type']!r} is no type of entity")
        if not _QID.fullmatch(row["qid"]):
            raise ConfigError(f"{path.name}, line {number}: {row['qid']!r} is no Wikidata QID")
        yield row


def _hand_made(rows: Iterable[dict[str, str]]) -> Iterator[Entry]:
    entries: dict[str, Entry] = {}
    for number, row in enumerate(rows):
        term = _term(row)
        # A table of office holders has one line a term.
        key = row["name"] if "office" in row else str(number)
        if key in entries:
            entries[key] = replace(entries[key], terms=(*entries[key].terms, *term))
            continue
        entries[key] = Entry(
            type=cast("EntityType", row["type"]),
            name=row["name"],
            aliases=tuple(filter(None, row["aliases"].split("|"))),
            qid=row["qid"] or None,
            wikipedia=row["wikipedia"] or None,
            country=row["country"] or None,
            sector=row["sector"] or None,
            terms=term,
        )
    yield from entries.values()


def _term(row: dict[str, str]) -> tuple[Term, ...]:
    if not row.get("office"):
        return ()
    since, until = (date.fromisoformat(row[k]) if row[k] else None for k in ("from", "to"))
    return (Term(row["office"], since, until),)


def _states() -> tuple[list[Entry], dict[str, str]]:
    entries: list[Entry] = []
    adjectives: dict[str, str] = {}
    for row in _rows(FOLDER / "states.tsv"):
        entries.append(
            Entry(
                type="GPE",
                name=row["name"],
                aliases=tuple(filter(None, row["aliases"].split("|"))),
                qid=row["qid"],
                wikipedia=row["wikipedia"] or None,
                country=row["alpha3"],
                kind=row["kind"],
                strong=not _is_common(row),
                population=10**9 if row["kind"] == "state" else _LARGE,
            )
        )
        adjective = row["adjective"]
        if adjective.isalpha() and adjective not in (row["name"], "Welsh"):
            adjectives.setdefault(adjective, row["alpha3"])
    return entries, adjectives


def _is_common(row: dict[str, str]) -> bool:
    """Return whether a region's name is a person's or another word's too: Victoria, Acre, Uri."""
    words = load_words()
    if row["kind"] == "state" or row["alpha3"] == "USA":
        return False
    return len(row["name"]) < 5 or row["name"] in words["men"] | words["women"]


def _cities() -> Iterator[Entry]:
    for row in _rows(FOLDER / "cities.tsv"):
        people = int(row["population"])
        yield Entry(
            type="GPE",
            name=row["name"],
            aliases=(),
            wikipedia=row.get("wikipedia") or None,
            country=row["alpha3"],
            kind="city",
            strong=False,
            capital=bool(row["capital"]),
            population=people,
            geonames_id=int(row["geonames_id"]),
            latitude=float(row["latitude"]),
            longitude=float(row["longitude"]),
        )


def _universities() -> Iterator[Entry]:
    for row in _rows(FOLDER / "universities.tsv"):
        name = row["name"]
        yield Entry("ORG", name, (), wikipedia=name, country=row["country"], sector="EDU")


def _bodies() -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in [*_universities(), *_hand_made(_rows(FOLDER / "parties.tsv"))]:
        for form in dict.fromkeys(map(plain, _names(entry))):
            found[form].append(entry)
    return dict(found)


_FILLING = re.compile(r"(?:,| at\b|[-–])")


def plain(body: str) -> str:
    """Return a body's name without what is often left out: "University of X, Y"."""
    return " ".join(_FILLING.sub(" ", body).split())


def _merged(entries: list[Entry]) -> list[Entry]:
    """Join rows about the same thing: hand-made first, then states, then the larger cities."""
    kept: list[Entry] = []
    place_of: dict[tuple[str, str, str], int] = {}
    for entry in entries:
        keys = [(entry.type, form, entry.country or "") for form in _names(entry)]
        places = [place_of[key] for key in keys if key in place_of]
        same = next((place for place in places if _may_join(kept[place], entry)), None)
        if same is None:
            same = len(kept)
            kept.append(entry)
        else:
            kept[same] = _joined(kept[same], entry)
        for key in keys:
            place_of.setdefault(key, same)
    return kept


def _may_join(old: Entry, new: Entry) -> bool:
    """Return whether a made row is about the same place as one by hand.

    A state's QID by hand wins (Denmark is not its kingdom); else two QIDs are two places.
    """
    if new.type != "GPE" or old.kind:
        return False
    return not old.qid or not new.qid or old.qid == new.qid or new.kind == "state"


def _joined(old: Entry, new: Entry) -> Entry:
    names = dict.fromkeys([*old.aliases, new.name, *new.aliases])
    names.pop(old.name, None)
    return replace(
        old,
        aliases=tuple(names),
        qid=old.qid or new.qid,
        wikipedia=old.wikipedia or new.wikipedia,
        kind=new.kind,
        capital=new.capital,
        population=new.population,
        geonames_id=new.geonames_id,
        latitude=new.latitude,
        longitude=new.longitude,
    )


def _last_names(entries: list[Entry]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.type == "PERSON":
            for last in dict.fromkeys(name.rsplit(" ", 1)[-1] for name in _names(entry)):
                found[last].append(entry)
    return dict(found)


def _names(entry: Entry) -> tuple[str, ...]:
    return (entry.name, *entry.aliases)


def _demonyms(entries: list[Entry]) -> dict[str, str]:
    return {
        form: entry.country or ""
        for entry in entries
        if entry.type == "NORP"
        for form in _names(entry)
    }


def is_large(entry: Entry) -> bool:
    """Return whether `entry` is a place most readers know by its bare name."""
    return entry.strong or entry.capital or entry.population >= _LARGE
