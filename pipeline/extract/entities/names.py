"""What a name is while the rules work on it, and the small questions they all ask of one."""

import re
import unicodedata
from dataclasses import dataclass, field

from pipeline.extract.entities.tables import Entry
from pipeline.records import EntityType

LABELS: dict[str, EntityType] = {
    "PERSON": "PERSON",
    "ORG": "ORG",
    "GPE": "GPE",
    "LOC": "LOC",
    "FAC": "FAC",
    "NORP": "NORP",
    "PRODUCT": "PRODUCT",
    "EVENT": "EVENT",
    "LAW": "LAW",
    "WORK_OF_ART": "WORK",
    "WORK": "WORK",
}
_BLANKS = re.compile(r"\s+")


@dataclass(slots=True, eq=False)
class Name:
    """One stretch of text taken for a name.

    Attributes:
        label: the type the names model gave it; `None` where a rule found it.
        score: the model's probability; 0 where a rule found it.
        type: the type decided on, once it is.
        sure: a rule that is right by itself (a weapon's designator, a ship's prefix) found it.
        entry: the row of the tables it stands for, if one does.
    """

    start: int
    end: int
    text: str
    label: EntityType | None = None
    score: float = 0.0
    type: EntityType = "ORG"
    sure: bool = False
    entry: Entry | None = None


@dataclass(slots=True, eq=False)
class Cluster:
    """The names of one entity in one article."""

    type: EntityType
    names: list[Name] = field(default_factory=list)
    entry: Entry | None = None
    country: str | None = None
    sector: str | None = None
    gender: str | None = None
    description: str | None = None
    roles: set[str] = field(default_factory=set)

    @property
    def fullest(self) -> str:
        """Its longest name, the earliest of equals."""
        return max((surface(name.text) for name in self.names), key=len)


def surface(text: str) -> str:
    """Return `text` with single blanks and without a leading article."""
    text = _BLANKS.sub(" ", text)
    return text[4:] if text[:4] in ("the ", "The ") else text


def folded(text: str) -> str:
    """Return `text` for comparison: lower case, no accents, no full stops."""
    parts = unicodedata.normalize("NFKD", surface(text).replace(".", "").replace("’", "'"))
    return "".join(mark for mark in parts if not unicodedata.combining(mark)).lower()
