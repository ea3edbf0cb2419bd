"""The codebook as the rules need it: classes and scores of types, and PLOVER's own folding."""

from functools import cache

from pipeline.extract.events.lexicon import words
from pipeline.extract.events.status import Decision
from pipeline.schema import Codebook, EventType, load_codebook

_COOPERATIVE = frozenset(("AGREE", "CONSULT", "SUPPORT", "CONCEDE", "COOPERATE", "AID", "RETREAT"))


@cache
def codebook() -> Codebook:
    """Return the codebook, read once a process."""
    return load_codebook()


@cache
def event_type(name: str) -> EventType:
    """Return the codebook's entry of a type."""
    return next(entry for entry in codebook().types if entry.name == name)


def folded(kind: str, decision: Decision, promised_as: str | None) -> str:
    """Return the type PLOVER itself gives to an act of this kind and status.

    Args:
        kind: the type of the act, as if it took place.
        decision: its status, with the word that decided it.
        promised_as: the type of the promise, refusal or threat that the act is told in, which
            in PLOVER is the event: "agreed to withdraw" is AGREE.
    """
    if promised_as is not None:
        return promised_as
    if decision.status == "denied" and kind in _COOPERATIVE and _refuses(decision):
        return "REJECT"
    found = codebook().folding.get(kind, {}).get(decision.status, kind)
    told = decision.status != "possible" or _menaces(decision)
    return found if found != "THREATEN" or told else kind


def _menaces(decision: Decision) -> bool:
    """Tell whether what is possible is said as a threat or a plan of harm, not as a guess.

    "Threatened to attack", "may attack"; not "may have attacked", "accused of attacking", "if it
    attacks".
    """
    cue = decision.cue
    if cue is None or cue.lemma_.lower() in words("threats"):
        return cue is not None
    if cue.tag_ != "MD":
        return False
    return not any(c.dep_ == "aux" and c.lower_ == "have" for c in cue.head.children)


def _refuses(decision: Decision) -> bool:
    """Tell whether a negation is that of the future: "will not accept" is a refusal."""
    if decision.cue is None:
        return False
    verb = decision.cue.head
    return any(c.dep_ == "aux" and c.lower_ in words("refusing") for c in verb.children)
