"""The lexicon of predicates: which words tell of which act, and who takes which part in it.

Three tables under `lexicons/events/`, described in their README: predicates with their frames
(verbs and nouns), classes of nouns that frames name, and words that decide a status.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.errors import ConfigError

_FOLDER = Path(__file__).parent.parent / "lexicons" / "events"
_OPEN_CLASS = 1000
"""A class worked out from the text counts as wider than any list."""
_OF_PEOPLE = (
    "HUMAN",
    "PERSON",
    "PRISONER",
    "VICTIM",
    "DIPLOMAT",
    "REFUGEE",
    "REBELPEOPLE",
    "TROOPS",
)
_PLACE_KEYS = frozenset(("s", "o", "d", "x", "c", "oprd"))


@dataclass(frozen=True, slots=True)
class Test:
    """One condition of a frame.

    Attributes:
        keys: arguments of which one must be there: s (subject), o (object), d (indirect
            object), x (clause), c (clause with its own subject), oprd (predicate of the object)
            or a preposition.
        words: what it must be headed by; empty for anything.
        classes: or a class worked out from the token, such as NAMED.
        absent: the argument must be missing.
    """

    keys: tuple[str, ...]
    words: frozenset[str]
    classes: tuple[str, ...]
    absent: bool

    @property
    def weight(self) -> int:
        """How much this test narrows: a named word more than mere presence."""
        return 2 if self.words or self.classes else 1


@dataclass(frozen=True, slots=True)
class Frame:
    """One reading of a predicate.

    Attributes:
        type: PLOVER type; empty where the predicate is no event in this frame.
        actors: arguments that may be the actor, the first found wins.
        recipients: the same for the recipient.
        reciprocal: all of them are actors.
    """

    predicate: str
    tests: tuple[Test, ...]
    type: str
    mode: str | None
    actors: tuple[str, ...]
    recipients: tuple[str, ...]
    reciprocal: bool

    @property
    def weight(self) -> int:
        """Frames are tried from the heaviest down."""
        return sum(test.weight for test in self.tests)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All predicates.

    Attributes:
        verbs: lemma, or lemma and particle, to frames, the narrowest first.
        nouns: lemma, or modifier and lemma, to frames.
        noun_heads: the lemmas in `nouns`.
        seconds: verb lemma to the second words it forms an entry with.
        sectors: noun to the PLOVER sector of whom it names.
        people: nouns for people, with or without a sector.
        compounds: members of classes that are more than one word.
    """

    verbs: Mapping[str, tuple[Frame, ...]]
    nouns: Mapping[str, tuple[Frame, ...]]
    noun_heads: frozenset[str]
    seconds: Mapping[str, frozenset[str]]
    sectors: Mapping[str, str]
    people: frozenset[str]
    compounds: frozenset[str]


@cache
def load_lexicon() -> Lexicon:
    """Return the lexicon, read once a process."""
    classes = _classes()
    verbs = _by_predicate(_frames("verbs.tsv", classes))
    nouns = _by_predicate(_frames("nouns.tsv", classes))
    seconds: dict[str, set[str]] = {}
    for predicate in verbs:
        first, _, second = predicate.partition(" ")
        if second:
            seconds.setdefault(first, set()).add(second)
    sectors = {word: code for code, names in rows("sectors.tsv") for word in _words(names)}
    return Lexicon(
        verbs,
        nouns,
        frozenset(predicate.rpartition(" ")[2] for predicate in nouns),
        {first: frozenset(second) for first, second in seconds.items()},
        sectors,
        frozenset(sectors).union(*(classes[name] for name in _OF_PEOPLE)),
        frozenset(word for members in classes.values() for word in members if " " in word),
    )


@cache
def load_status_words() -> dict[tuple[str, str], str]:
    """Return (part, lemma) -> effect on the status of what hangs from the word."""
    return {
        (part, word): effect
        for listed, part, effect in rows("status.tsv")
        for word in reversed(_words(listed))
    }


@cache
def words(name: str) -> frozenset[str]:
    """Return one of the word lists of `words.tsv`."""
    return _word_lists()[name]


@cache
def _word_lists() -> dict[str, frozenset[str]]:
    return {name: frozenset(_words(listed)) for name, listed, _ in rows("words.tsv")}


def rows(name: str) -> Iterator[list[str]]:
    """Yield the columns of each line of a table; lines that start with # are comments."""
    for line in (_FOLDER / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


@cache
def _classes() -> dict[str, frozenset[str]]:
    return {name: frozenset(_words(listed)) for name, listed in rows("classes.tsv")}


def _words(listed: str) -> list[str]:
    return [word.strip() for word in listed.split(",") if word.strip()]


def _by_predicate(frames: Iterator[Frame]) -> dict[str, tuple[Frame, ...]]:
    found: dict[str, list[Frame]] = {}
    for frame in frames:
        found.setdefault(frame.predicate, []).append(frame)
    return {predicate: tuple(sorted(members, key=_breadth)) for predicate, members in found.items()}


def _breadth(frame: Frame) -> tuple[int, int]:
    """Sort key: frames with more tests first, then those that name fewer words."""
    return -frame.weight, sum(_OPEN_CLASS if t.classes else len(t.words) for t in frame.tests)


def _frames(name: str, classes: Mapping[str, frozenset[str]]) -> Iterator[Frame]:
    for columns in rows(name):
        if len(columns) != 4:
            raise ConfigError(f"{name}: expected 4 columns in {columns}")
        predicates, tests, code, roles = columns
        kind, _, mode = code.partition("/")
        reciprocal = "&" in roles
        actors, _, recipients = roles.replace("&", ">").partition(">")
        parsed = tuple(_test(test, classes) for test in _tests(tests))
        for predicate in _words(predicates):
            yield Frame(
                predicate,
                parsed,
                kind,
                mode or None,
                tuple(_words(actors)),
                tuple(_words(recipients)),
                reciprocal,
            )


def _tests(listed: str) -> list[str]:
    """Split at blanks, save those inside a list of words ("o=joint exercise,drill")."""
    parts: list[str] = []
    for word in listed.split():
        if parts and "=" in parts[-1] and _continues(parts[-1], word):
            parts[-1] += " " + word
        else:
            parts.append(word)
    return parts


def _continues(before: str, word: str) -> bool:
    """Tell whether `word` goes on with the list in `before`: it is neither a test nor a key."""
    if "=" in word or word.startswith("-"):
        return False
    return not all(key in _PLACE_KEYS or key in words("prepositions") for key in word.split(","))


def _test(written: str, classes: Mapping[str, frozenset[str]]) -> Test:
    keys, _, values = written.partition("=")
    absent = keys.startswith("-")
    named: set[str] = set()
    computed: list[str] = []
    for value in _words(values):
        if value in classes:
            named |= classes[value]
        elif value.isupper():
            if value not in COMPUTED:
                raise ConfigError(f"unknown class {value} in {written!r}")
            computed.append(value)
        else:
            named.add(value)
    names = tuple(_words(keys.removeprefix("-")))
    unknown = [key for key in names if key not in _PLACE_KEYS and key not in words("prepositions")]
    if unknown:
        raise ConfigError(f"unknown argument {unknown} in {written!r}")
    return Test(names, frozenset(named), tuple(computed), absent)


COMPUTED = frozenset(
    (
        *("NAMED", "PEOPLE", "SOMEONE", "WHO", "SEVERAL", "PERSON_NAME", "PLACE"),
        *("GOVS", "CIVIL", "ACT", "HARM", "MUST", "WISHED"),
    )
)
"""Classes worked out from the token: a name; a name or a noun for people; a participant; a
participant by its own head; more than one; a person by name; a country or place; a government;
people without power; a clause that tells of an act; of a harmful one; a clause that says what
someone must do; one that says what somebody wants."""
