"""What the annotator marks: the labels of its heads, in the order of its outputs."""

NAMES = ("PERSON", "ORG", "GPE", "LOC", "FAC", "NORP", "PRODUCT", "EVENT", "LAW", "WORK")
PARTS = ("content", "cue", "speaker", "via", "addressee")
TIMES = ("DATE", "TIME", "DURATION", "SET")
ACTS = (
    "AGREE",
    "CONSULT",
    "SUPPORT",
    "CONCEDE",
    "COOPERATE",
    "AID",
    "RETREAT",
    "REQUEST",
    "ACCUSE",
    "REJECT",
    "THREATEN",
    "PROTEST",
    "SANCTION",
    "MOBILIZE",
    "COERCE",
    "ASSAULT",
)
STATUSES = ("happened", "ongoing", "planned", "possible", "denied")

SPAN_HEADS: dict[str, tuple[str, ...]] = {
    "names": NAMES,
    "parts": PARTS,
    "times": TIMES,
    "acts": ACTS,
}
"""Heads that mark spans: outside is 0, label k begins at 1 + 2k and goes on at 2 + 2k."""


def columns() -> dict[str, slice]:
    """Return, a head, its columns in the annotator's output; the statuses come last."""
    found: dict[str, slice] = {}
    place = 0
    for head, labels in SPAN_HEADS.items():
        found[head] = slice(place, place + 1 + 2 * len(labels))
        place = found[head].stop
    found["status"] = slice(place, place + len(STATUSES))
    return found


WIDTH = columns()["status"].stop
"""Numbers the annotator gives a word piece."""
