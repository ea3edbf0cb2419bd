"""Pronouns and short descriptions ("the minister") that stand for a name of the article.

Precision first: what could mean two is left alone.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass

from pipeline.extract.entities.names import Cluster
from pipeline.extract.entities.view import View
from pipeline.records import MentionKind, Span

_HE = frozenset(["he", "him", "his", "himself"])
_SHE = frozenset(["she", "her", "hers", "herself"])
_IT = frozenset(["it", "its", "itself"])
_SUBJECTS = frozenset(("nsubj", "nsubjpass"))
MAX_DEPTH = 12
"""Steps up the tree after which a clause is no longer one with the pronoun's."""
_QUOTATION = re.compile(r"“[^”\n]*”?|\"[^\"\n]*\"")
LOOK_BACK = 3
"""Sentences before a pronoun in which the person it means is looked for."""
NOMINAL_LOOK_BACK = 6
"""Sentences before "the minister" in which its name is looked for."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A pronoun or description and the entity it stands for."""

    start: int
    end: int
    kind: MentionKind
    cluster: Cluster


@dataclass(slots=True)
class _Place:
    """One mention as the search for an antecedent sees it."""

    start: int
    end: int
    sentence: int
    subject: bool
    cluster: Cluster


def references(clusters: list[Cluster], view: View, demonyms: dict[str, str]) -> list[Reference]:
    """Return the pronouns and descriptions that have one antecedent, in order."""
    places = sorted(
        (
            _Place(n.start, n.end, view.sentence(n.start), _is_subject(n.start, n.end, view), c)
            for c in clusters
            for n in c.names
        ),
        key=lambda place: place.start,
    )
    search = _Search(view, places, _anchors(clusters), demonyms)
    return [reference for number in range(len(view.words)) if (reference := search.at(number))]


class _Memory:
    """Mentions of one sort of entity by place; grows as pronouns are resolved."""

    def __init__(self, places: list[_Place]) -> None:
        self.by_sentence: dict[int, list[_Place]] = defaultdict(list)
        for place in places:
            self.by_sentence[place.sentence].append(place)

    def add(self, place: _Place) -> None:
        self.by_sentence[place.sentence].append(place)

    def before(self, offset: int, sentence: int) -> list[_Place]:
        """Return the mentions of `sentence` that end before `offset`, in order."""
        found = [place for place in self.by_sentence.get(sentence, ()) if place.end <= offset]
        return sorted(found, key=lambda place: place.start)


def _is_subject(start: int, end: int, view: View) -> bool:
    number = view.at(end - 1)
    first = view.at(start)
    while view.heads[number] != number and first <= view.heads[number] <= view.at(end - 1):
        number = view.heads[number]
    return view.deps[number] in _SUBJECTS


class _Search:
    """Reads an article from front to back; what it resolves helps with what follows."""

    def __init__(
        self,
        view: View,
        places: list[_Place],
        anchors: dict[str, list[Cluster]],
        demonyms: dict[str, str],
    ) -> None:
        self._view = view
        self._people = _Memory([p for p in places if p.cluster.type == "PERSON"])
        self._things = _Memory([p for p in places if p.cluster.type in ("ORG", "GPE")])
        self._covered = [(place.start, place.end) for place in places]
        self._anchors = anchors
        self._demonyms = demonyms
        self._subject_of = {
            view.heads[number]: number for number, dep in enumerate(view.deps) if dep in _SUBJECTS
        }
        self._quoted = quotations(view.text)
        self._quoted_starts = [span.start for span in self._quoted]

    def at(self, number: int) -> Reference | None:
        """Return what token `number` stands for, if it is a pronoun or opens a description."""
        lower, tag = self._view.words[number].lower(), self._view.tags[number]
        if tag in ("PRP", "PRP$"):
            reference = self._pronoun(number, lower)
        elif lower == "the":
            reference = self._nominal(number)
        else:
            return None
        if reference:
            self._remember(number, reference)
        return reference

    def _remember(self, number: int, reference: Reference) -> None:
        memory = self._people if reference.cluster.type == "PERSON" else self._things
        head = self._view.at(reference.end - 1)
        memory.add(
            _Place(
                reference.start,
                reference.end,
                self._view.sentence(reference.start),
                self._view.deps[head] in _SUBJECTS,
                reference.cluster,
            )
        )

    def _pronoun(self, number: int, lower: str) -> Reference | None:
        start = self._view.starts[number]
        cluster = None
        if lower in _HE or lower in _SHE:
            cluster = self._person(number, "male" if lower in _HE else "female")
        elif lower in _IT:
            cluster = self._thing(number, lower)
        end = start + len(lower)
        if cluster and _touches(self._covered, start, end):
            return None
        return Reference(start, end, "pronoun", cluster) if cluster else None

    def _person(self, number: int, gender: str) -> Cluster | None:
        """Return who "he" is: the last subject of the right gender, else the only one there is."""
        offset = self._view.starts[number]
        here = self._view.sentence(offset)
        barred = self._speakers_around(offset, here)
        for sentence in range(here, max(-1, here - LOOK_BACK - 1), -1):
            places = [
                place
                for place in self._people.before(offset, sentence)
                if place.cluster.gender in (gender, None) and id(place.cluster) not in barred
            ]
            # An object pronoun is not the subject of its own verb.
            if sentence == here and self._view.deps[number] in ("dobj", "pobj", "dative"):
                places = [p for p in places if not _same_clause(p, number, self._view)]
            if places:
                return _chosen(places, gender, last=sentence == here)
        return None

    def _speakers_around(self, offset: int, here: int) -> set[int]:
        """Return who speaks the quotation around `offset`: in it, "he" is someone else."""
        place = bisect_right(self._quoted_starts, offset) - 1
        if place < 0 or self._quoted[place].end <= offset:
            return set()
        quotation = self._quoted[place]
        first = self._view.sentence(quotation.start)
        around = (self._view.sentence(quotation.end), here, first, first - 1)
        for sentence in around:
            outside = [
                id(mention.cluster)
                for mention in self._people.by_sentence.get(sentence, ())
                if mention.subject and not quotation.start <= mention.start < quotation.end
            ]
            if outside:
                return set(outside)
        return set()

    def _thing(self, number: int, lower: str) -> Cluster | None:
        """Return what "it" is: the subject of the clause it stands in or depends on."""
        view = self._view
        if lower == "it" and (view.deps[number] not in _SUBJECTS or _is_expletive(number, view)):
            return None
        subject = self._governing_subject(number)
        if subject is None or view.word(subject + 1) == "and":
            return None
        offset = view.starts[subject]
        here = view.sentence(offset)
        places = [
            place
            for place in self._things.before(view.starts[number], here)
            if place.subject and place.start <= offset < place.end
        ]
        return places[-1].cluster if places else None

    def _governing_subject(self, number: int) -> int | None:
        """Return the subject of the nearest clause above token `number` that has another one."""
        head = number
        for _ in range(MAX_DEPTH):
            above = self._view.heads[head]
            if above == head:
                return None
            head = above
            subject = self._subject_of.get(head)
            if subject is not None and subject != number:
                return subject if subject < number else None
        return None

    def _nominal(self, number: int) -> Reference | None:
        """Return "the minister" with the nearest entity before it that is one."""
        view, head = self._view, number + 1
        country = self._demonyms.get(view.word(head))
        head += bool(country)
        wanted = self._anchors.get(view.word(head).lower(), [])
        if country:
            wanted = [cluster for cluster in wanted if cluster.country == country]
        if not wanted or not _is_bare(number, head, view):
            return None
        start, end = view.starts[number], view.starts[head] + len(view.words[head])
        if country:  # The demonym is a mention of its own: the office alone stands for the person.
            start = view.starts[head]
        if _touches(self._covered, start, end):
            return None
        cluster = self._nearest(wanted, start)
        return Reference(start, end, "nominal", cluster) if cluster else None

    def _nearest(self, wanted: list[Cluster], offset: int) -> Cluster | None:
        here = self._view.sentence(offset)
        ids = {id(cluster) for cluster in wanted}
        for sentence in range(here, max(-1, here - NOMINAL_LOOK_BACK - 1), -1):
            places = [
                place
                for memory in (self._people, self._things)
                for place in memory.before(offset, sentence)
                if id(place.cluster) in ids
            ]
            if places:
                different = {id(place.cluster) for place in places}
                return places[-1].cluster if len(different) == 1 else None
        return None


def _chosen(places: list[_Place], gender: str, *, last: bool) -> Cluster | None:
    """Return the subject, of the gender told before one of unknown gender; else the only one."""
    subjects = [place for place in places if place.subject]
    pool = [place for place in subjects if place.cluster.gender == gender] or subjects
    if not pool and len({id(place.cluster) for place in places}) > 1:
        return None
    return (pool or places)[-1 if last else 0].cluster


def _same_clause(place: _Place, number: int, view: View) -> bool:
    verb = view.heads[number]
    if view.deps[number] == "pobj":
        verb = view.heads[verb]
    return place.subject and view.heads[view.at(place.end - 1)] == verb


def quotations(text: str) -> list[Span]:
    """Return what stands between quotation marks, paired within a line."""
    return [Span(*match.span()) for match in _QUOTATION.finditer(text)]


_EXPLETIVE_VERBS = frozenset(
    ("be", "is", "was", "seem", "seems", "appear", "appears", "happen", "happens", "take", "takes")
)


def _is_expletive(number: int, view: View) -> bool:
    """Return whether "it" points nowhere: "it is clear that", "it was premature to"."""
    verb = view.heads[number]
    return view.words[verb].lower() in _EXPLETIVE_VERBS or view.word(number + 1) in ("'s", "’s")


def _is_bare(number: int, head: int, view: View) -> bool:
    """Return whether "the" at `number` and the noun at `head` bound a whole noun phrase."""
    if view.tag(head) != "NN" or view.heads[number] != head or view.deps[head] == "appos":
        return False
    after = view.word(head + 1)
    if after in ("of", "for", "who", "that", "'s", "’s") or view.deps[head] == "compound":
        return False
    return not view.tag(head + 1).startswith(("NN", "HYPH"))


def _anchors(clusters: list[Cluster]) -> dict[str, list[Cluster]]:
    """Return the entities each short description may stand for."""
    found: dict[str, list[Cluster]] = defaultdict(list)
    for cluster in clusters:
        for role in sorted(cluster.roles | _kinds(cluster)):
            found[role].append(cluster)
    return found


def _kinds(cluster: Cluster) -> set[str]:
    """Return what a place is called without its name."""
    if cluster.type != "GPE" or not cluster.entry:
        return set()
    if cluster.entry.kind == "state":
        return {"country", "nation"}
    if cluster.entry.kind == "city":
        return {"city", "capital"} if cluster.entry.capital else {"city"}
    return set()


def _touches(covered: list[tuple[int, int]], start: int, end: int) -> bool:
    place = bisect_right(covered, (start, 10**12))
    return bool(
        (place and covered[place - 1][1] > start)
        or (place < len(covered) and covered[place][0] < end)
    )
