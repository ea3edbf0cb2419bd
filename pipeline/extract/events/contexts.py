"""What a report is about, where the words of the act itself say so."""

from functools import cache

from spacy.tokens import Token

from pipeline.extract.events.frames import Reading
from pipeline.extract.events.lexicon import rows
from pipeline.extract.nlp import Parse

_MODES = {"cyber": "cyber", "misinformation": "misinformation"}
"""Modes that the codebook says bring a context of the same name."""
_MOST = 12


def contexts_of(parse: Parse, reading: Reading) -> list[str]:
    """Return the contexts that the trigger and what depends on it name, in alphabetical order."""
    words = load_context_words()
    found = {
        words[lemma]
        for token in _near(reading.trigger)
        if (lemma := parse.lemma(token).lower()) in words
    }
    if reading.frame.mode in _MODES:
        found.add(_MODES[reading.frame.mode or ""])
    return sorted(found)


def _near(trigger: Token) -> list[Token]:
    """Return the trigger, its objects and what describes those; not other clauses."""
    near = [trigger]
    for token in near:
        if len(near) > _MOST:
            break
        near += [c for c in token.children if c.dep_ in _CONTENT]
    return [token for token in near if token.pos_ in ("NOUN", "PROPN", "VERB", "ADJ")]


_CONTENT = frozenset(("dobj", "amod", "compound", "prep", "pobj", "nsubjpass", "conj", "attr"))


@cache
def load_context_words() -> dict[str, str]:
    """Return lemma -> context, read once a process."""
    return {
        word.strip(): context
        for context, words in rows("contexts.tsv")
        for word in words.split(",")
    }
