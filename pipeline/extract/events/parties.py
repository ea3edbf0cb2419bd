"""Who takes part: a phrase of the parse as a mention, an entity, a country and a sector."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from spacy.tokens import Token

from pipeline.extract.events.syntax import child, noun_phrase
from pipeline.extract.events.who import counted
from pipeline.extract.nlp import Parse
from pipeline.records import Entity, Mention, Span

_GAZETTEERS = Path(__file__).parent.parent / "lexicons" / "entities"
_NAMING = ("amod", "compound", "nmod", "poss", "appos")
_DEEPER = (*_NAMING, "npadvmod", "advmod")
_LOCATING = ("of", "in", "from", "at")
_NAME_TYPES = frozenset(("PERSON", "ORG", "GPE", "LOC", "FAC", "NORP"))


@dataclass(frozen=True, slots=True)
class Party:
    """One participant as it will stand in `event_actors`."""

    span: Span
    mention_id: str | None
    entity_id: str | None
    name: str | None
    country: str | None
    sector: str | None


class Parties:
    """Finds mentions by place in the text; one object an article."""

    def __init__(
        self, parse: Parse, mentions: Sequence[Mention], entities: Sequence[Entity]
    ) -> None:
        """Index `mentions` by where they start; they may be none."""
        self._parse = parse
        self._mentions = sorted(mentions, key=lambda m: (m.char_start, m.char_end))
        self._starts = [mention.char_start for mention in self._mentions]
        self._entities = {entity.entity_id: entity for entity in entities}
        self._names = sorted(parse.names, key=lambda name: name.start)
        self._name_starts = [name.start for name in self._names]

    def mention_at(self, token: Token) -> Mention | None:
        """Return the mention that covers `token`."""
        found = bisect_right(self._starts, token.idx) - 1
        if found >= 0 and self._mentions[found].char_end > token.idx:
            return self._mentions[found]
        return None

    def entity_at(self, token: Token) -> Entity | None:
        """Return the entity that the mention at `token` means."""
        mention = self.mention_at(token)
        return self._entities.get(mention.entity_id) if mention is not None else None

    def is_name(self, token: Token) -> bool:
        """Tell whether `token` belongs to the name of someone, or to a country's adjective."""
        mention = self.mention_at(token)
        if mention is not None:
            return mention.type in _NAME_TYPES
        if token.pos_ == "PROPN" or token.text.lower() in load_countries():
            return token.text[:1].isupper()
        return False

    def is_resolved(self, token: Token) -> bool:
        """Tell whether the names room knows whom a pronoun means."""
        return self.mention_at(token) is not None

    def is_person(self, token: Token) -> bool:
        """Tell whether `token` belongs to the name of a person."""
        mention = self.mention_at(token)
        return mention is not None and mention.type == "PERSON"

    def is_country(self, token: Token) -> bool:
        """Tell whether `token` ends the name of a state or a place."""
        mention = self.mention_at(token)
        if mention is not None:
            return mention.type in ("GPE", "LOC")
        return country_of(token) is not None

    def joined(self, head: Token) -> list[Token]:
        """Return "Hungarian" and "Romanian" of "Hungarian and Romanian officials", else nothing."""
        for found in head.children:
            if found.i < head.i and found.dep_ in ("amod", "compound", "nmod"):
                members = [found, *(c for c in found.children if c.dep_ == "conj")]
                if len(members) > 1 and all(self._country_at(member) for member in members):
                    return members
        return []

    def party(self, head: Token, sector: str | None) -> Party:
        """Return the participant whose phrase is headed by `head`.

        Args:
            head: its head.
            sector: what the head noun says of it, where it says anything.
        """
        core = counted(head)
        mention = self.mention_at(core)
        if mention is not None and mention.type not in _NAME_TYPES:
            mention = None
        entity = self._entities.get(mention.entity_id) if mention is not None else None
        span = _span(head, mention)
        country = self._country(core, entity)
        return Party(
            span,
            mention.mention_id if mention is not None else None,
            entity.entity_id if entity is not None else None,
            entity.name if entity is not None else None,
            country,
            (entity.sector if entity is not None else None) or sector,
        )

    def _country(self, head: Token, entity: Entity | None) -> str | None:
        """Return the country of the head, else of what describes it, else of where it is."""
        if entity is not None and entity.country is not None:
            return entity.country
        for token in _describing(head):
            found = self._country_at(token)
            if found is not None:
                return found
        return None

    def _country_at(self, token: Token) -> str | None:
        entity = self.entity_at(token)
        if entity is not None and entity.country is not None:
            return entity.country
        return country_of(token)


def _describing(head: Token) -> list[Token]:
    """Return the tokens that may say which country `head` is of, the closest first."""
    own = [token for token in head.children if token.dep_ in _NAMING]
    deeper = [inner for token in own for inner in token.children if inner.dep_ in _DEEPER]
    places: list[Token] = []
    for found in head.children:
        if found.dep_ == "prep" and found.lower_ in _LOCATING:
            noun = child(found, "pobj")
            if noun is not None:
                places.append(noun)
                places += [token for token in noun.children if token.dep_ in (*_NAMING, "prep")]
                places += [
                    inner
                    for token in noun.children
                    for inner in token.children
                    if inner.dep_ == "pobj" or inner.dep_ in _NAMING
                ]
    return [head, *own, *deeper, *places]


def _span(head: Token, mention: Mention | None) -> Span:
    phrase = noun_phrase(head)
    if mention is None:
        return phrase
    return Span(min(phrase.start, mention.char_start), max(phrase.end, mention.char_end))


def country_of(token: Token) -> str | None:
    """Return the country that a word or the name it ends names, without any entity."""
    countries = load_countries()
    word = token.text.lower()
    for length in (3, 2, 1):
        if token.i + 1 >= length:
            words = token.doc[token.i + 1 - length : token.i + 1].text.lower()
            if words in countries and token.text[:1].isupper():
                return countries[words]
    return countries.get(word) if token.text[:1].isupper() else None


@cache
def load_countries() -> dict[str, str]:
    """Return names, adjectives, peoples and capitals of states, in lower case, to ISO alpha-3."""
    found: dict[str, str] = {}
    for row in _table("states.tsv"):
        names = [row["name"], row["adjective"], row["capital"], *row["aliases"].split("|")]
        for name in names:
            if name:
                found.setdefault(name.lower(), row["alpha3"])
    for row in _table("peoples.tsv"):
        for name in (row["name"], *row["aliases"].split("|")):
            if name and row["country"]:
                found[name.lower()] = row["country"]
    return found


def _table(name: str) -> list[dict[str, str]]:
    lines = (_GAZETTEERS / name).read_text(encoding="utf-8").splitlines()
    lines = [line for line in lines if not line.startswith("#")]
    header = lines[0].split("\t")
    return [dict(zip(header, line.split("\t"), strict=False)) for line in lines[1:]]
