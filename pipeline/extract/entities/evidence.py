"""One type for one string in one article, by all the evidence the article gives."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise

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
FIRST_NAME_VOTE = 2.6
NEAR_VOTE = 1.0
"""Words beside one of its occurrences, at most `NEAR_CAP` together."""
NEAR_CAP = 2.5
LAST_NAME_VOTE = 2.5
LIST_VOTE = 1.0
"""What the other members of a list it stands in say, together."""
SAME_ARTICLE_VOTE = 4.5
"""A last name whose full name the article gives outweighs a city or state called the same."""


def decide_types(names: list[Name], view: View, tables: Tables) -> None:
    """Set `type` of every name: the same for all names with the same surface."""
    groups: dict[str, list[Name]] = defaultdict(list)
    for name in names:
        groups[surface(name.text)].append(name)
    votes = {form: _votes(form, group, view, tables) for form, group in groups.items()}
    _agree(names, votes, view.text)
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


_AND = frozenset([", ", " and ", ", and ", " or ", ", or ", " & "])


def _agree(names: list[Name], votes: dict[str, Votes], text: str) -> None:
    """Give each member of a list the type of the others: in "A, B and C" all are of one kind."""
    ordered = sorted(names, key=lambda name: name.start)
    lists: list[list[Name]] = []
    for one, other in pairwise(ordered):
        if other.start - one.end > 6 or text[one.end : other.start] not in _AND:
            continue
        if lists and lists[-1][-1] is one:
            lists[-1].append(other)
        else:
            lists.append([one, other])
    for members in lists:
        if _is_list(members, text):
            _share(members, votes)


def _is_list(members: list[Name], text: str) -> bool:
    """Return whether "and" or "or" closes the list: "Paris, France" is none."""
    return text[members[-2].end : members[-1].start].strip(", ") in ("and", "or", "&")


def _share(members: list[Name], votes: dict[str, Votes]) -> None:
    forms = list(dict.fromkeys(surface(name.text) for name in members))
    kinds = {form: max(sorted(votes[form]), key=votes[form].__getitem__) for form in forms}
    counts = Counter(kinds.values())
    for form in forms:
        for kind, number in counts.items():
            others = number - (kinds[form] == kind)
            votes[form][kind] += LIST_VOTE * others / max(1, len(forms) - 1)


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
    if _is_team(form, tables):
        tally["ORG"] += SHAPE_VOTE
    near: Votes = defaultdict(float)
    for name in group:
        _add(near, _beside(name, view, tables))
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
        known = tables.last_names.get(form, [])
        in_office = any(entry.terms for entry in known)
        return [("PERSON", KNOWN_VOTE if in_office else LAST_NAME_VOTE)] if known else []
    first = entries[0]
    if first.strong:
        return [(first.type, KNOWN_VOTE)]
    return [("GPE", CITY_VOTE if is_large(first) else CITY_VOTE / 3)]


def _shape(form: str) -> list[tuple[EntityType, float]]:
    words, lists = form.split(" "), load_words()
    found = _kind_words(words)
    if _UNIT.search(form):
        found.append(("ORG", SHAPE_VOTE))
    if (words[0] in lists["men"] or words[0] in lists["women"]) and not found:
        several = 1 < len(words) < 5
        found.append(("PERSON", FIRST_NAME_VOTE if several else FIRST_NAME_VOTE * 0.75))
    if len(words) == 1 and 2 <= len(form) <= 6 and form.isupper():
        found += [("ORG", 1.0), ("PERSON", -1.0)]
    return found


def _kind_words(words: list[str]) -> list[tuple[EntityType, float]]:
    """Return what the first and last word of a name tell: "Lake", "of", "Ministry", "River"."""
    lists = load_words()
    first, last = words[0], words[-1]
    if len(words) == 1:
        return [("ORG", SHAPE_VOTE)] if last in lists["org_last"] and last.isupper() else []
    found = [(kind, SHAPE_VOTE) for kind, name in _LAST_WORDS if last in lists[name]]
    if first in lists["org_first"] and words[1] in ("of", "for", "on"):
        found.append(("ORG", SHAPE_VOTE))
    if last in ("Center", "Centre") and words[-2] in lists["halls"]:
        found.append(("FAC", 2 * SHAPE_VOTE))
    if first == "Operation":
        found.append(("EVENT", SHAPE_VOTE))
    if first in lists["loc_first"] and not found:
        found.append(("LOC", SHAPE_VOTE))
    if first in lists["gpe_first"] and words[1] == "of":
        found.append(("GPE", SHAPE_VOTE))
    return found


_LAST_WORDS: tuple[tuple[EntityType, str], ...] = (
    ("ORG", "org_last"),
    ("FAC", "fac_last"),
    ("LOC", "loc_last"),
    ("GPE", "gpe_last"),
    ("EVENT", "event_last"),
    ("LAW", "law_last"),
)


def _beside(name: Name, view: View, tables: Tables) -> list[tuple[EntityType, float]]:
    """Return what the words before and after one occurrence say of its type."""
    first, last = view.at(name.start), view.at(name.end - 1)
    found = [*_before(first, view, name), *_after(last, view)]
    if _lies_in(last, view, tables):
        found.append(("GPE", NEAR_VOTE * 2))
    return found


def _lies_in(last: int, view: View, tables: Tables) -> bool:
    """Return whether the state a place lies in follows: "Dayton, Ohio", "Lodi, CA"."""
    if view.word(last + 1) != ",":
        return False
    for form in (f"{view.word(last + 2)} {view.word(last + 3)}", view.word(last + 2)):
        entries = tables.entries(form)
        if entries and entries[0].kind in ("state", "subdivision"):
            return view.word(last + 2 + len(form.split())) in _ENDS_PLACE
    return False


_ENDS_PLACE = frozenset([",", ".", ")", ";", "—", "-", ""])


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
        # "the Edward Hopper exhibition" is about a person all the same.
        if not _is_full_name(name.text):
            found.append(("PERSON", -NEAR_VOTE * 1.5))
        found += [("ORG", NEAR_VOTE / 2), ("GPE", -NEAR_VOTE)]
    return found


def _is_team(form: str, tables: Tables) -> bool:
    """Return whether a place with a plural behind it is a side: "Toledo Mud Hens"."""
    words, lists = form.split(" "), load_words()
    last = words[-1]
    if len(words) not in (2, 3) or not last.endswith("s") or last.endswith("ss"):
        return False
    if any(last in lists[name] for name in ("fac_last", "loc_last", "gpe_last", "event_last")):
        return False
    heads = (" ".join(words[:count]) for count in range(1, len(words)))
    return any(e.type == "GPE" and is_large(e) for head in heads for e in tables.entries(head))


_UNIT = re.compile(r"(?:Task Force|CTF|Group|Squadron|Unit|Battalion|Brigade|Division|Wing) \d+$")
"""A body of men by its number."""


def _is_full_name(form: str) -> bool:
    first, _, rest = form.partition(" ")
    lists = load_words()
    return bool(rest) and (first in lists["men"] or first in lists["women"])


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
