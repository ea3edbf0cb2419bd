"""In a report on a match a state's name is its team's: "Norway beat Peru 2-1"."""

import re

from pipeline.extract.entities.names import Cluster, Name, surface
from pipeline.extract.entities.tables import Entry, load_titles, load_words
from pipeline.extract.entities.view import View

LEAST_WORDS = 5
"""Different words of the game an article must have to be a report on one."""
LEAST_SHARE = 0.3
"""Of a name's occurrences, those that say the side is meant; the others are read like them."""

_SCORE = re.compile(r"\d{1,2}(?:[-–:]\d{1,2})?")
_PAGES = ("{} national football team", "{} men's national soccer team")


def take_sides(clusters: list[Cluster], view: View) -> None:
    """Make the states that play in a match report organisations, linked to the team if known.

    A women's match is told by the same words, so its teams are left without a link.
    """
    words = {word.lower() for word in view.words}
    if len(words & load_words()["football"]) < LEAST_WORDS:
        return
    linked = not words & {"women", "women's"}
    for cluster in clusters:
        entry = cluster.entry
        team = _team(entry) if entry and entry.type == "GPE" else None
        if entry and (team or entry.kind == "state") and _plays_mostly(cluster, view):
            cluster.type, cluster.country = "ORG", entry.country
            cluster.entry = team if linked else None


def _plays_mostly(cluster: Cluster, view: View) -> bool:
    playing = sum(_plays(name, view) for name in cluster.names)
    return playing >= max(2, LEAST_SHARE * len(cluster.names))


def _plays(name: Name, view: View) -> bool:
    """Return whether the words beside one occurrence say that it plays."""
    first, last = view.at(name.start), view.at(name.end - 1)
    before, after = view.word(first - 1), view.word(last + 1)
    lists = load_words()
    if before.lower() in lists["opposed"] or after in lists["plays"]:
        return True
    lost_to = view.word(first - 2) if before == "to" else ""
    if any(_SCORE.fullmatch(word) for word in (before, after, lost_to)):
        return True
    if after in ("'s", "’s"):
        after = view.word(last + 2)
    return after.lower() in lists["football"]


def _team(entry: Entry) -> Entry | None:
    name = surface(entry.name)
    pages = (page.format(name) for page in _PAGES)
    page = next((page for page in pages if page.lower() in load_titles()), None)
    return Entry("ORG", page, (), wikipedia=page, country=entry.country) if page else None
