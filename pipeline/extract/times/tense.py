"""Which way an expression points: the tense of the verb that governs it."""

from typing import Literal

import numpy as np
from spacy.tokens import Token

from pipeline.extract.nlp import Parse

Tense = Literal["past", "future", "present"]

_AHEAD = frozenset(["will", "'ll", "wo", "shall", "’ll", "going"])
_MODAL = frozenset(["may", "might", "can", "could", "should", "would", "must"])
_AWAITED = frozenset(
    [
        "set",
        "due",
        "scheduled",
        "expected",
        "slated",
        "planned",
        "supposed",
        "poised",
        "hoped",
        "forecast",
        "projected",
    ]
)
"""Participles that place what they govern in the future: "is due on Monday"."""

_DEFERRED = frozenset(
    [
        "postponed",
        "delayed",
        "extended",
        "adjourned",
        "suspended",
        "deferred",
        "barred",
        "banned",
        "closed",
        "remanded",
    ]
)
"""Behind these "until" looks ahead, although the verb is past."""
_IMPLYING = frozenset(
    [
        *("refused", "declined", "failed", "managed", "began", "begun", "started", "continued"),
        *("forced", "compelled", "helped", "tried", "attempted", "got", "came", "went", "used"),
        *("prompted", "led", "caused", "allowed", "persuaded", "convinced", "neglected", "chose"),
    ]
)
"""Past forms whose infinitive is of their own time: "refused to sign in July"."""
_HAVE = frozenset(("has", "have", "had", "having", "'ve", "’ve", "'d", "’d"))
_DEPTH = 25
"""Heads followed at most: a chain this long is a list, not syntax."""


class Tenses:
    """Looks up tenses in one article."""

    def __init__(self, parse: Parse) -> None:
        """Index the tokens of `parse` by offset."""
        self._doc = parse.doc
        self._starts = self._doc.to_array(["IDX"]).reshape(-1)

    def token_at(self, offset: int) -> Token:
        """Return the token that covers `offset`."""
        return self._doc[self._index(offset)]

    def _index(self, offset: int) -> int:
        return max(0, int(np.searchsorted(self._starts, offset, side="right")) - 1)

    def of(self, start: int, end: int) -> Tense | None:
        """Return the tense of the verb that governs `start` to `end`; `None` if there is none."""
        adjacent = self._adjacent_verb(start)
        if adjacent is not None:
            return adjacent
        before = _top(self.token_at(start), start, end)
        for _ in range(_DEPTH):
            if before.lower_ in ("until", "till") and before.head.lower_ in _DEFERRED:
                return "future"
            if before.tag_.startswith(("VB", "MD")):
                found = _verb_tense(before)
                if found is not None:
                    return found
            if before.head.i == before.i:
                return None
            before = before.head
        return None

    def _adjacent_verb(self, start: int) -> Tense | None:
        """Return the tense of a verb right before: "said on Monday it would go", "due Monday"."""
        at = self._index(start) - 1
        if at >= 0 and self._doc[at].lower_ in ("on", "late", "early"):
            at -= 1
        if at >= 0 and self._doc[at].lower_ in _AWAITED:
            return "future"
        return "past" if at >= 0 and self._doc[at].tag_ in ("VBD", "VBN") else None


def _top(token: Token, start: int, end: int) -> Token:
    for _ in range(_DEPTH):
        if token.head.i == token.i or not start <= token.head.idx < end:
            break
        token = token.head
    return token


def _verb_tense(verb: Token) -> Tense | None:
    """Return the tense of the clause of `verb`; `None` for a participle that takes its head's."""
    helpers = {child.lower_: child for child in verb.children if child.dep_ in ("aux", "auxpass")}
    if _AHEAD & helpers.keys() or (_MODAL & helpers.keys() and "have" not in helpers):
        return "future"
    finite = [child.tag_ for child in helpers.values() if child.tag_ in ("VBD", "VBP", "VBZ")]
    if verb.tag_ == "VBD" or "VBD" in finite:
        return "future" if verb.lower_ in _AWAITED and finite else "past"
    if verb.tag_ == "VBN":
        return _participle_tense(verb, helpers, finite)
    if verb.tag_ == "VBG":
        if helpers.keys() & _HAVE:
            return "past"
        return "future" if finite else None
    if verb.tag_ == "VB":
        return _infinitive_tense(verb) if "to" in helpers else None
    return "present"


def _infinitive_tense(verb: Token) -> Tense:
    """Return the tense of "to" and a verb: ahead, unless what governs it says it is past."""
    governor = verb.head
    implied = verb.dep_ in ("xcomp", "ccomp") and governor.lower_ in _IMPLYING
    if implied and governor.tag_ in ("VBD", "VBN") and _verb_tense(governor) == "past":
        return "past"
    return "future"


def _participle_tense(verb: Token, helpers: dict[str, Token], finite: list[str]) -> Tense | None:
    if verb.lower_ in _AWAITED:
        return "future"
    if helpers.keys() & _HAVE:
        return "past"
    if "to" in helpers:
        return "future"
    return "present" if finite else "past"
