"""What the words around a name say of it: country, sector, offices, gender."""

from pipeline.extract.entities.clusters import gender_of
from pipeline.extract.entities.names import Cluster, Name, surface
from pipeline.extract.entities.tables import Tables, load_roles
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
        cluster.roles.update(w for w in beside if w in roles["nouns"])
        cluster.sector = cluster.sector or _sector_in(beside, roles["nouns"]) or None
        cluster.country = cluster.country or _country_in(beside, tables)
    if not cluster.sector:
        found = [roles["organisations"][word] for word in words if word in roles["organisations"]]
        cluster.sector = found[-1] if found else None
    cluster.country = cluster.country or _country_in(words, tables)


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
