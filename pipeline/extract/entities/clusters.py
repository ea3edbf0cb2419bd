"""Which names of one article are the same person, place or organisation."""

import re
from collections import defaultdict
from collections.abc import Iterable

from pipeline.extract.entities.names import Cluster, Name, folded, surface
from pipeline.extract.entities.tables import Entry, Tables, load_words

_COMPANY_FORM = re.compile(
    r",? (?:inc|corp|corporation|ltd|llc|plc|co|company|group|ag|se|sa|gmbh|news agency|agency)$"
)
_PLACES = frozenset(("GPE", "LOC", "FAC"))


def clustered(
    names: list[Name], tables: Tables, acronyms: Iterable[tuple[Name, Name]]
) -> list[Cluster]:
    """Return the entities of the article in the order of their first names."""
    shared = _Clusters(tables)
    for full, short in acronyms:
        shared.same_as[_key(short.type, short.text)] = _key(full.type, full.text)
    people = [name for name in names if name.type == "PERSON"]
    # Full names first: a headline or a caption often has the last name before the full one.
    for name in sorted(people, key=lambda name: (" " not in name.text, name.start)):
        shared.add_person(name)
    others = [name for name in names if name.type != "PERSON"]
    # "the Church" may come before "the Church of England" in a headline, initials before the name.
    for name in sorted(others, key=lambda name: (_is_short(name), name.start)):
        shared.add(name)
    for cluster in shared.clusters:
        cluster.names.sort(key=lambda name: name.start)
    return sorted(shared.clusters, key=lambda cluster: cluster.names[0].start)


def _is_short(name: Name) -> bool:
    return _is_short_for_a_body(name) or (name.type == "ORG" and name.text.isupper())


def _is_short_for_a_body(name: Name) -> bool:
    return name.type == "ORG" and name.text in load_words()["org_last"]


def _key(kind: str, text: str) -> tuple[str, str]:
    group = "PLACE" if kind in _PLACES else kind
    form = folded(text)
    return group, _COMPANY_FORM.sub("", form) if kind == "ORG" else form


class _Clusters:
    def __init__(self, tables: Tables) -> None:
        self.clusters: list[Cluster] = []
        self.same_as: dict[tuple[str, str], tuple[str, str]] = {}
        self._tables = tables
        self._by_key: dict[tuple[str, str], Cluster] = {}
        self._by_entry: dict[int, Cluster] = {}
        self._by_initials: dict[str, Cluster] = {}
        self._by_word: dict[str, list[Cluster]] = defaultdict(list)
        self._by_last: dict[str, list[Cluster]] = defaultdict(list)
        self._by_first: dict[str, list[Cluster]] = defaultdict(list)

    def add(self, name: Name) -> None:
        """Put a name that is no person's where it belongs."""
        key = _key(name.type, name.text)
        key = self.same_as.get(key, key)
        entry = self._entry(name)
        cluster = self._by_key.get(key)
        if cluster is None and entry is not None:
            cluster = self._by_entry.get(id(entry))
        if cluster is None and name.text.isupper():
            cluster = self._by_initials.get(name.text)
            if cluster and cluster.type != name.type:
                cluster = None
        if cluster is None and _is_short_for_a_body(name):
            bodies = self._by_word[name.text]
            cluster = bodies[0] if len(bodies) == 1 else None
        if cluster is None:
            cluster = self._new(name)
            cluster.entry = entry
        self._by_key.setdefault(key, cluster)
        if entry is not None:
            self._by_entry.setdefault(id(entry), cluster)
        if name.type == "ORG" and " " in name.text:
            self._remember_words(cluster, name)
            self._by_initials.setdefault(_initials(name.text), cluster)
        self._join(cluster, name)

    def _remember_words(self, cluster: Cluster, name: Name) -> None:
        for word in name.text.split():
            known = self._by_word[word]
            # Two are as many as three: the word alone could mean either.
            if len(known) < 2 and cluster not in known:
                known.append(cluster)

    def add_person(self, name: Name) -> None:
        """Put a person's name with the full name it belongs to."""
        words = folded(name.text).split()
        if not words:
            return
        key = ("PERSON", " ".join(words))
        cluster: Cluster | None
        if len(words) == 1:
            cluster = self._by_single_name(words[0])
        elif key in self._by_key:
            cluster = self._by_key[key]
        else:
            cluster = next((c for c in self._by_last[words[-1]] if _compatible(c, words)), None)
        if cluster is None:
            cluster = self._new(name)
        if len(words) > 1 and cluster not in self._by_last[words[-1]]:
            self._by_last[words[-1]].append(cluster)
            self._by_first[words[0]].append(cluster)
        self._by_key.setdefault(key, cluster)
        self._join(cluster, name)

    def _by_single_name(self, word: str) -> Cluster | None:
        for known in (self._by_last.get(word), self._by_first.get(word)):
            if known:
                return max(known, key=lambda cluster: len(cluster.names))
        return self._by_key.get(("PERSON", word))

    def _entry(self, name: Name) -> Entry | None:
        entries = self._tables.entries(name.text)
        return entries[0] if len(entries) == 1 and entries[0].strong else None

    def _new(self, name: Name) -> Cluster:
        cluster = Cluster(name.type)
        self.clusters.append(cluster)
        return cluster

    def _join(self, cluster: Cluster, name: Name) -> None:
        cluster.names.append(name)


def _initials(text: str) -> str:
    return "".join(word[0] for word in text.split() if word[0].isupper())


def _compatible(cluster: Cluster, words: list[str]) -> bool:
    """Return whether two full names with one last name can be one person's."""
    given = set(words[:-1])
    for name in cluster.names:
        other = folded(name.text).split()[:-1]
        if not other or given & set(other):
            return True
        if words[0][0] == other[0][0] and 1 in (len(words[0]), len(other[0])):
            return True
    return False


def gender_of(cluster: Cluster, titles: Iterable[str]) -> str | None:
    """Return "male" or "female" where titles or the first name tell."""
    words = load_words()
    told = list(titles)
    if any(title in words["female_titles"] for title in told):
        return "female"
    if any(title in words["male_titles"] for title in told):
        return "male"
    first = surface(cluster.fullest).split(" ")[0]
    man, woman = first in words["men"], first in words["women"]
    if man == woman:
        return None
    return "male" if man else "female"
