"""What the words around a name say of it: country, sector, offices, gender, description."""

from pipeline.extract.entities.clusters import gender_of
from pipeline.extract.entities.names import Cluster, Name, surface
from pipeline.extract.entities.tables import Tables, load_roles, load_words
from pipeline.extract.entities.view import View, in_noun_phrase, noun_phrase_after

REACH = 8
"""Tokens before a name that may belong to its title: "former Turkish Deputy Prime Minister"."""


def learn_facts(clusters: list[Cluster], view: View, tables: Tables) -> None:
    """Set country, sector, roles and gender of each cluster, from its entry or the words beside."""
    for cluster in clusters:
        entry = cluster.entry
        if entry:
            cluster.country, cluster.sector = entry.country, entry.sector
            cluster.roles.update(term.office.split()[-1] for term in entry.terms)
        if cluster.type == "NORP" and not cluster.country:
            cluster.country = tables.demonyms.get(cluster.fullest) or None
        if cluster.type == "PERSON":
            _learn_person(cluster, view, tables)
        elif cluster.type == "ORG":
            _learn_organisation(cluster, view, tables)


def _learn_person(cluster: Cluster, view: View, tables: Tables) -> None:
    offices = load_roles()["offices"]
    titles: list[str] = []
    for name in cluster.names:
        before = title_before(name, view)
        after = noun_phrase_after(view.at(name.end - 1), view)
        cluster.description = (
            cluster.description or _office_after(after) or _office_before(before, tables)
        )
        for words in (before, after):
            titles += words
            cluster.roles.update(word.lower() for word in words if word.lower() in offices)
            if not cluster.country:
                # Of two before a name the nearer is its own: "Libya and Bulgarian President …".
                cluster.country = _country_in(words, tables, last=words is before)
            if not cluster.sector:
                cluster.sector = _sector_in(words, offices)
    cluster.gender = gender_of(cluster, titles)


def _learn_organisation(cluster: Cluster, view: View, tables: Tables) -> None:
    roles = load_roles()
    words = surface(cluster.fullest).split()
    cluster.roles.update(w.lower() for w in words if w.lower() in roles["nouns"])
    for name in cluster.names:
        beside = title_before(name, view)
        after = noun_phrase_after(view.at(name.end - 1), view)
        if after and after[-1] in roles["nouns"]:
            cluster.description = cluster.description or _joined(after)
        cluster.roles.update(w for w in beside if w in roles["nouns"])
        cluster.sector = cluster.sector or _sector_in(beside, roles["nouns"]) or None
        cluster.country = cluster.country or _country_in(beside, tables)
    if not cluster.sector:
        found = [roles["organisations"][word] for word in words if word in roles["organisations"]]
        cluster.sector = found[-1] if found else None
    cluster.country = cluster.country or _country_in(words, tables)


def _office_after(words: list[str]) -> str | None:
    """Return ", the head of Rosoboronexport," as "head of Rosoboronexport"."""
    lists = load_words()
    while words and words[-1] in _JOINTS:
        words = words[:-1]
    first = " ".join(words).partition(" of ")[0].split()[-1:]
    office = bool(first) and (first[0].lower() in lists["title_nouns"] or first[0] in _HEADS)
    return _joined(words) if office and len(words) <= LONGEST else None


def _office_before(words: list[str], tables: Tables) -> str | None:
    """Return the title that leads up to a name, "Turkish foreign minister"."""
    lists = load_words()
    parts = lists["titles"] | lists["title_starts"] | lists["title_nouns"] | _QUALIFIERS
    begin = len(words)
    while begin and (
        words[begin - 1] in parts
        or words[begin - 1].title() in lists["title_starts"]
        or words[begin - 1] in tables.demonyms
    ):
        begin -= 1
    told = [word if word in tables.demonyms else word.lower() for word in words[begin:]]
    if not told or told[-1] not in lists["title_nouns"] or len(told) > LONGEST:
        return None
    return _joined(told)


def _joined(words: list[str]) -> str:
    return " ".join(words).replace(" 's", "'s").replace(" ’s", "’s").replace(" - ", "-")


LONGEST = 9
"""Words of a description; a longer noun phrase is a story of its own."""
_HEADS = frozenset(("head", "member", "deputy", "architect", "commander", "chair", "star"))
_QUALIFIERS = frozenset(("former", "vice", "then", "incoming", "outgoing"))
_JOINTS = frozenset(("of", "for", "the", "and", "'s", "’s"))


def title_before(name: Name, view: View) -> list[str]:
    """Return the words of the noun phrase that lead up to a name, nearest last."""
    first = view.at(name.start)
    begin = first
    while begin > 0 and first - begin < REACH and in_noun_phrase(view, begin - 1):
        begin -= 1
    return view.words[begin:first]


def _country_in(words: list[str], tables: Tables, *, last: bool = False) -> str | None:
    """Return the country whose adjective or name stands first, or `last`, in `words`."""
    for number, word in sorted(enumerate(words), reverse=last):
        for form in (" ".join(words[number : number + 2]), word):
            code = tables.demonyms.get(form)
            if code:
                return code
            entries = tables.entries(form)
            if entries and entries[0].kind == "state" and len(entries) == 1:
                return entries[0].country
    return None


def _sector_in(words: list[str], sectors: dict[str, str]) -> str | None:
    lowered = [word.lower() for word in words]
    if "former" in lowered and any(sectors.get(word) == "GOV" for word in lowered):
        return "ELI"
    found = [sectors[word] for word in lowered if sectors.get(word)]
    return found[-1] if found else None
