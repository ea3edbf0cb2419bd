"""Which row of the tables an entity of the article is; none where that is not sure."""

import math
from collections import Counter
from datetime import date

from pipeline.extract.entities.names import Cluster, surface
from pipeline.extract.entities.tables import Entry, Tables, load_titles, load_words, plain

MARGIN = 0.5
"""How much likelier than the next reading of a name the chosen one must be."""
LEAST_PRIOR = 1.5
"""Below this a place needs its country named in the article: most small cities share their name
with people and with other cities."""
_PLACES = frozenset(("GPE", "LOC", "FAC"))


def link(clusters: list[Cluster], tables: Tables, published_on: date | None) -> list[Cluster]:
    """Set the `entry` of what stands for exactly one row of the tables; join what shares one."""
    told = countries_told(clusters, tables)
    for cluster in clusters:
        if cluster.entry is None:
            cluster.entry = _by_name(cluster, tables, told)
        if cluster.entry and cluster.type == "ORG" and not _is_said_of(cluster, told):
            cluster.entry = None
        if cluster.entry is None and cluster.type == "PERSON":
            known = tables.last_names.get(surface(cluster.fullest), [])
            cluster.entry = _by_last_name(known, told, published_on)
        cluster.entry = cluster.entry or _by_page(cluster, tables)
    return _joined(clusters)


def _joined(clusters: list[Cluster]) -> list[Cluster]:
    """Return the clusters with those of one entry ("America", "the US") made one."""
    first: dict[int, Cluster] = {}
    kept = []
    for cluster in clusters:
        if cluster.entry:
            cluster.type = cluster.entry.type
            same = first.setdefault(id(cluster.entry), cluster)
            if same is not cluster:
                same.names = sorted([*same.names, *cluster.names], key=lambda name: name.start)
                continue
        kept.append(cluster)
    return kept


def countries_told(clusters: list[Cluster], tables: Tables) -> Counter[str]:
    """Count how often the article names each country by a name that means no other place."""
    told: Counter[str] = Counter()
    generic = load_words()["generic"]
    for cluster in clusters:
        if cluster.type == "ORG" or cluster.names[0].text in generic:
            continue
        for name in cluster.names:
            code = tables.demonyms.get(name.text)
            entries = tables.entries(name.text) if code is None else []
            if entries and (len(entries) == 1 or entries[0].kind == "state"):
                code = entries[0].country if entries[0].strong else None
            if code and not _has_namesake(entries):
                told[code] += 1
    return told


def _has_namesake(entries: list[Entry]) -> bool:
    return len([entry for entry in entries if entry.strong]) > 1


def _by_name(cluster: Cluster, tables: Tables, told: Counter[str]) -> Entry | None:
    for text in dict.fromkeys(name.text for name in cluster.names):
        if cluster.type == "PERSON" and " " not in text:
            continue
        entries = _entries_like(text, tables)
        fitting = [entry for entry in entries if _fits(entry, cluster)]
        if fitting:
            return _likeliest(fitting, told)
    return None


_PAGED = frozenset(("PERSON", "ORG", "FAC", "LOC", "EVENT"))
"""Types whose full names mean one thing to most readers; a town's namesakes are other towns."""


def _by_page(cluster: Cluster, tables: Tables) -> Entry | None:
    """Return an entry made of the page Wikipedia has under a name of several words.

    A university's name is its page's; of other names only those whose pages are much read.
    """
    for text in dict.fromkeys(surface(name.text) for name in cluster.names):
        university = tables.universities.get(plain(text)) if cluster.type == "ORG" else None
        if university:
            return university
        if cluster.type in _PAGED and not text.isupper() and text.lower() in load_titles():
            return Entry(cluster.type, text, (), wikipedia=text)
    return None


_STATES = ("U.S. ", "US ", "United States ", "UK ", "British ", "American ")
_KINDS = (" magazine", " Magazine", " newspaper", " news agency", " News Agency")


def _entries_like(text: str, tables: Tables) -> list[Entry]:
    """Return the entries of a name, or of what it is without the words writers add to it.

    "U.S. Secret Service", "Forbes Magazine", "la Repubblica".
    """
    entries = tables.entries(text) or tables.entries(text[:1].upper() + text[1:])
    for kind in _KINDS:
        entries = entries or tables.entries(text.removesuffix(kind))
    for state in _STATES:
        if not entries and text.startswith(state):
            country = tables.entries(state.strip()) or tables.entries("United States")
            code = tables.demonyms.get(state.strip(), country[0].country)
            entries = [e for e in tables.entries(text.removeprefix(state)) if e.country == code]
    return entries


_INTERNATIONAL = frozenset(("UNO", "EUR", "IGO"))


def _is_said_of(cluster: Cluster, told: Counter[str]) -> bool:
    """Return whether a body with a name many countries use is that of the country in question.

    "Democratic Party" or "Supreme Court" say nothing by themselves: their country must be named
    as often as any other.
    """
    entry, generic = cluster.entry, load_words()["generic"]
    own = [name for name in cluster.names if not set(name.text.split()) <= generic]
    if own or not entry or not entry.country or entry.country in _INTERNATIONAL:
        return True
    return bool(told[entry.country]) and told[entry.country] >= max(told.values()) / 2


def _fits(entry: Entry, cluster: Cluster) -> bool:
    if cluster.type in _PLACES:
        return entry.type in _PLACES
    return entry.type == cluster.type


def _likeliest(entries: list[Entry], told: Counter[str]) -> Entry | None:
    scored = sorted(
        ((_prior(entry) + _support(entry, told), -place) for place, entry in enumerate(entries)),
        reverse=True,
    )
    best = entries[-scored[0][1]]
    if len(scored) > 1 and scored[0][0] - scored[1][0] < MARGIN:
        return None
    if _prior(best) < LEAST_PRIOR and not told.get(best.country or ""):
        return None
    return best


def _prior(entry: Entry) -> float:
    if entry.kind == "state":
        return 3.0
    if entry.kind == "subdivision":
        return 2.2
    if entry.strong or entry.capital:
        return 2.8
    return max(0.0, math.log10(max(entry.population, 1)) - 4.0)


def _support(entry: Entry, told: Counter[str]) -> float:
    total = sum(told.values())
    return 2.0 * told[entry.country or ""] / total if total else 0.0


def _by_last_name(known: list[Entry], told: Counter[str], day: date | None) -> Entry | None:
    """Return the office holder a bare last name means, if the article names his country."""
    here = [entry for entry in known if told.get(entry.country or "")]
    if len(here) > 1 and day:
        here = [entry for entry in here if any(term.covers(day) for term in entry.terms)]
    return here[0] if len(here) == 1 else None
