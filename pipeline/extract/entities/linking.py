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
        if cluster.entry is None:
            cluster.entry = _by_body(cluster, tables, told) or _by_page(cluster)
    return _joined(clusters)


def _joined(clusters: list[Cluster]) -> list[Cluster]:
    """Return the clusters with those of one entry ("America", "the US") made one."""
    first: dict[str | int, Cluster] = {}
    kept = []
    for cluster in clusters:
        if cluster.entry:
            cluster.type = cluster.entry.type
            same = first.setdefault(cluster.entry.qid or id(cluster.entry), cluster)
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


def _by_page(cluster: Cluster) -> Entry | None:
    """Return an entry made of the much read page Wikipedia has under a name of several words."""
    if cluster.type not in _PAGED:
        return None
    for text in dict.fromkeys(surface(name.text) for name in cluster.names):
        if not text.isupper() and text.lower() in load_titles():
            return Entry(cluster.type, text, (), wikipedia=text)
    return None


def _by_body(cluster: Cluster, tables: Tables, told: Counter[str]) -> Entry | None:
    """Return the university or party a name stands for, by the countries the article names."""
    if cluster.type != "ORG":
        return None
    for text in dict.fromkeys(surface(name.text) for name in cluster.names):
        entries = tables.bodies.get(plain(text), [])
        fitting = [e for e in entries if _is_unlike_others(e, text) or _is_of(e.country, told)]
        if len(fitting) == 1:
            return fitting[0]
    return None


def _is_unlike_others(entry: Entry, text: str) -> bool:
    """Return whether no country but the entry's has such a body: "Movement for Peace in Niger"."""
    words = text.split()
    of_its_own = len(words) > 2 and not set(words) <= load_words()["generic"]
    return entry.sector == "EDU" or (text == entry.name and of_its_own)


def _is_of(country: str | None, told: Counter[str]) -> bool:
    """Return whether the article names a country at least half as often as any other."""
    count = told[country or ""]
    return bool(count) and count >= max(told.values()) / 2


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
    return _is_of(entry.country, told)


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
