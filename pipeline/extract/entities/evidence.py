"""One type for one string in one article, by all the evidence the article gives."""

from collections import defaultdict
from collections.abc import Iterable

from pipeline.extract.entities.names import Name, surface
from pipeline.extract.entities.tables import Tables, is_large, load_roles, load_words
from pipeline.extract.entities.view import View, noun_phrase_after
from pipeline.records import EntityType

type Votes = defaultdict[EntityType, float]

MODEL_VOTE = 2.0
"""What the names model says counts as much as two weak hints, shared among the types it gives."""
KNOWN_VOTE = 4.0
CITY_VOTE = 1.5
SHAPE_VOTE = 3.0
"""A word in the name that tells its type: Ministry, River, Airport."""
TITLE_VOTE = 3.0
FIRST_NAME_VOTE = 2.0
NEAR_VOTE = 1.0
"""Words beside one of its occurrences, at most `NEAR_CAP` together."""
NEAR_CAP = 2.5
LAST_NAME_VOTE = 2.5
SAME_ARTICLE_VOTE = 4.5
"""A last name whose full name the article gives outweighs a city or state called the same."""


def decide_types(names: list[Name], view: View, tables: Tables) -> None:
    """Set `type` of every name: the same for all names with the same surface."""
    groups: dict[str, list[Name]] = defaultdict(list)
    for name in names:
        groups[surface(name.text)].append(name)
    votes = {form: _votes(form, group, view, tables) for form, group in groups.items()}
    people, alone = _last_names(votes), _single_names(votes)
    for form, group in groups.items():
        tally = votes[form]
        if form in people:
            tally["PERSON"] += SAME_ARTICLE_VOTE
        if form.count(" ") in (1, 2) and form.rsplit(" ", 1)[1] in alone:
            tally["PERSON"] += LAST_NAME_VOTE
        decided = _best(tally, group)
        for name in group:
            if not name.sure:
                name.type = decided


def _best(tally: Votes, group: list[Name]) -> EntityType:
    if not tally:
        return group[0].type
    # Sorted by name, so that equals are always decided alike.
    return max(sorted(tally), key=lambda kind: tally[kind])


def _last_names(votes: dict[str, Votes]) -> set[str]:
    """Return the last names of those that are people beyond doubt."""
    return {
        form.rsplit(" ", 1)[1]
        for form, tally in votes.items()
        if " " in form and max(sorted(tally), key=lambda kind: tally[kind]) == "PERSON"
    }


def _single_names(votes: dict[str, Votes]) -> set[str]:
    """Return the one-word names that are people's by the words beside them."""
    return {
        form
        for form, tally in votes.items()
        if " " not in form and max(sorted(tally), key=lambda kind: tally[kind]) == "PERSON"
    }


def _votes(form: str, group: list[Name], view: View, tables: Tables) -> Votes:
    tally: Votes = defaultdict(float)
    for name in group:
        if name.label:
            tally[name.label] += MODEL_VOTE * max(name.score, 0.5) / len(group)
        elif name.type:
            tally[name.type] += MODEL_VOTE / len(group) / 2
    _add(tally, _known(form, tables))
    _add(tally, _shape(form))
    near: Votes = defaultdict(float)
    for name in group:
        _add(near, _beside(name, view))
    scale = min(1.0, NEAR_CAP / max([abs(v) for v in near.values()] or [1.0]))
    for kind, vote in near.items():
        tally[kind] += vote * scale
    return tally


def _add(tally: Votes, votes: Iterable[tuple[EntityType, float]]) -> None:
    for kind, vote in votes:
        tally[kind] += vote


def _known(form: str, tables: Tables) -> list[tuple[EntityType, float]]:
    entries = tables.entries(form)
    if form in tables.demonyms:
        return [("NORP", KNOWN_VOTE)]
    if not entries:
        return [("PERSON", LAST_NAME_VOTE)] if form in tables.last_names else []
    first = entries[0]
    if first.strong:
        return [(first.type, KNOWN_VOTE)]
    return [("GPE", CITY_VOTE if is_large(first) else CITY_VOTE / 3)]


def _shape(form: str) -> list[tuple[EntityType, float]]:
    words, lists = form.split(" "), load_words()
    first, last = words[0], words[-1]
    found: list[tuple[EntityType, float]] = []
    several = len(words) > 1
    if last in lists["org_last"] and (several or last.isupper()):
        found.append(("ORG", SHAPE_VOTE))
    if several and first in lists["org_first"] and words[1] in ("of", "for", "on"):
        found.append(("ORG", SHAPE_VOTE))
    for kind, name in _PLACE_WORDS:
        if several and last in lists[name]:
            found.append((kind, SHAPE_VOTE))
    if several and first == "Operation":
        found.append(("EVENT", SHAPE_VOTE))
    if several and first in lists["loc_first"]:
        found.append(("LOC", SHAPE_VOTE))
    if first in lists["men"] or first in lists["women"]:
        vote = FIRST_NAME_VOTE if several and len(words) < 5 else FIRST_NAME_VOTE * 0.75
        if not any(kind != "PERSON" for kind, _ in found):
            found.append(("PERSON", vote))
    if not several and 2 <= len(form) <= 6 and form.isupper():
        found += [("ORG", 1.0), ("PERSON", -1.0)]
    return found


_PLACE_WORDS: tuple[tuple[EntityType, str], ...] = (
    ("FAC", "fac_last"),
    ("LOC", "loc_last"),
    ("GPE", "gpe_last"),
    ("EVENT", "event_last"),
    ("LAW", "law_last"),
)


def _beside(name: Name, view: View) -> list[tuple[EntityType, float]]:
    """Return what the words before and after one occurrence say of its type."""
    first, last = view.at(name.start), view.at(name.end - 1)
    return [*_before(first, view, name), *_after(last, view)]


def _before(first: int, view: View, name: Name) -> list[tuple[EntityType, float]]:
    lists = load_words()
    word, second = view.word(first - 1), view.word(first - 2)
    lower = word.lower()
    found: list[tuple[EntityType, float]] = []
    if word in lists["honorifics"] or word in lists["titles"]:
        found.append(("PERSON", TITLE_VOTE))
    elif lower in lists["title_nouns"] or lower in lists["kin"]:
        found.append(("PERSON", NEAR_VOTE * 2.5))
    if lower in lists["place_preps"]:
        found += _of_place(lower, view, name)
    if lower == "of" and second.lower() in lists["place_nouns"]:
        found.append(("GPE", TITLE_VOTE))
    if lower == "the" and name.text[:1].isupper():
        found += [("PERSON", -NEAR_VOTE * 1.5), ("ORG", NEAR_VOTE / 2), ("GPE", -NEAR_VOTE)]
    return found


def _of_place(preposition: str, view: View, name: Name) -> list[tuple[EntityType, float]]:
    """Return what "in" or "near" says: people stand behind it only as owners ("in Ann's")."""
    if view.text[name.end : name.end + 2] in ("'s", "’s"):
        return []
    if preposition in _WITHIN:
        return [("GPE", NEAR_VOTE * 1.5), ("PERSON", -NEAR_VOTE)]
    return [("GPE", NEAR_VOTE * 0.6)]


_WITHIN = frozenset(["in", "near", "outside", "inside", "throughout", "across"])


def _after(last: int, view: View) -> list[tuple[EntityType, float]]:
    lists = load_words()
    word, second = view.word(last + 1), view.word(last + 2)
    found: list[tuple[EntityType, float]] = []
    if word in lists["speech"]:
        found += [("PERSON", NEAR_VOTE * 0.7), ("ORG", NEAR_VOTE * 0.3)]
    if word in ("'s", "’s") and second in lists["kin"]:
        found.append(("PERSON", TITLE_VOTE))
    if word == "," and second.isdigit() and len(second) == 2 and view.word(last + 3) in (",", "."):
        found.append(("PERSON", TITLE_VOTE))
    if word in lists["human_verbs"]:
        found.append(("PERSON", NEAR_VOTE * 2.5))
    if word.lower().removesuffix("s") in lists["weapon_nouns"]:
        found.append(("PRODUCT", NEAR_VOTE * 2.5))
    found += _apposition(last, view)
    if word == "who" or (word == "," and second == "who"):
        found.append(("PERSON", NEAR_VOTE * 1.5))
    if word.lower() in lists["place_nouns"] and view.tag(last + 1) == "NN":
        found.append(("GPE", NEAR_VOTE))
    return found


def _apposition(last: int, view: View) -> list[tuple[EntityType, float]]:
    """Return what ", the Kenyan foreign minister," tells: the noun at its end is the type."""
    lists, nouns = load_words(), load_roles()["nouns"]
    for word in reversed(noun_phrase_after(last, view)):
        lower = word.lower()
        if lower in lists["title_nouns"] or lower in lists["kin"]:
            return [("PERSON", NEAR_VOTE * 2.5)]
        if lower in nouns:
            return [("ORG", NEAR_VOTE * 2.5)]
        if lower in lists["place_nouns"]:
            return [("GPE", NEAR_VOTE * 2.5)]
    return []
