"""Parts of indirect and mixed quotations: cues of the lexicon and what stands in their frames."""

from collections.abc import Iterator
from functools import cache

from pipeline.extract.quotes.frames import (
    RAISING,
    clause,
    frame_rules,
    infinitive,
    is_infinitive,
    person_clause,
)
from pipeline.extract.quotes.lexicon import Cue, cues, words
from pipeline.extract.quotes.parts import Parts
from pipeline.extract.quotes.reading import part_of
from pipeline.extract.quotes.speakers import (
    cites_person,
    phrase,
    relay_verb,
    relayed_verb,
    speaker_token,
)
from pipeline.extract.quotes.tree import SUBJECTS, Tree
from pipeline.records import Span

_ASIDES = frozenset(("which", "who"))
_CLAUSES = frozenset(("relcl", "ccomp", "ROOT", "advcl", "conj"))
_CONTRASTS = frozenset(("while", "whereas", "although", "though"))
_TIME_TOKENS = 3
_INSERTED = frozenset(("relcl", "acl", "csubj", "parataxis", "advcl", "pcomp"))


def indirect_parts(tree: Tree, masked: bytearray) -> Iterator[Parts]:
    """Yield what each cue outside the quotations reports, in the order of the cues.

    Args:
        tree: the article.
        masked: one flag a token; set inside quotations, where nothing is attributed again.
    """
    lexicon, signals = cues(), _signals()
    for token, word in enumerate(tree.word):
        if masked[token] or word not in signals:
            continue
        if word == "according":
            yield from _according(tree, token)
        elif word == "in" and tree.pos[token] == "ADP":
            yield from _poll(tree, token)
        elif word == "reportedly" or word == "allegedly":
            yield from _adverb(tree, token)
        elif word in lexicon:
            yield from _first_reading(tree, token, lexicon[word])


@cache
def _signals() -> frozenset[str]:
    return frozenset((*cues(), "according", "in", "reportedly", "allegedly"))


def _first_reading(tree: Tree, token: int, entries: list[Cue]) -> Iterator[Parts]:
    part = part_of(tree, token)
    fitting = [cue for cue in entries if cue.part == part]
    if not fitting and tree.word[token] not in words("relay"):
        return
    if relay_verb(tree, token) is not None or cites_person(tree, token):
        return
    if part == "verb" and not takes_place(tree, token):
        return
    saying = relayed_verb(tree, token)
    if saying is not None:
        yield from _relayed(tree, token, saying)
        return
    for cue in fitting:
        if not _has_particles(tree, token, cue):
            continue
        found = _content(tree, token, cue)
        if found is not None and (found.speaker is not None or _needs_no_speaker(found)):
            yield found
        if found is not None or _is_phrasal(tree, token, cue):
            return


def _needs_no_speaker(found: Parts) -> bool:
    """Whether a cue without a speaker still tells of a saying: "the claim", but "support for"."""
    part, _, frame = found.construction.partition(" ")
    return part != "noun" or frame in ("clause", "prep:about")


def takes_place(tree: Tree, verb: int) -> bool:
    """Whether a verb tells of an act of saying: not an order, a duty or a name ("called X").

    An infinitive does after a verb that carries it along ("went on to say") and as a purpose
    ("wrote to say"); "agreed to ask" tells of no question yet.
    """
    label, tag = tree.dep[verb], tree.tag[verb]
    if tag == "VBN" and label == "acl":
        return tree.first(verb, "agent") is not None
    if tag != "VB":
        return True
    if not is_infinitive(tree, verb):
        return label == "conj" or tree.first(verb, "aux", "nsubj") is not None
    if label == "xcomp":
        return tree.word[tree.head[verb]] in words("carrier")
    return label not in ("relcl", "acl")


def _relayed(tree: Tree, relay: int, saying: int) -> Iterator[Parts]:
    """Yield "RIA cited X as saying …", its content after the cue or, fronted, before it."""
    ranges = person_clause(tree, saying) or clause(tree, relay) or infinitive(tree, saying)
    if ranges:
        pieces = [tree.span(*pair) for pair in ranges]
        yield _parts(tree, saying, cues()["say"][0], "relayed", pieces)


def _is_phrasal(tree: Tree, token: int, cue: Cue) -> bool:
    return bool(cue.particles) and tree.dep[token + 1] == "prt"


def _has_particles(tree: Tree, token: int, cue: Cue) -> bool:
    following = tree.word[token + 1 : token + 1 + len(cue.particles)]
    return following == cue.particles


def _content(tree: Tree, token: int, cue: Cue) -> Parts | None:
    anchor = token
    if cue.part == "verb" and "clause" in cue.frames:
        pieces = _set_off(tree, token)
        if pieces:
            return _parts(tree, token, cue, "parenthetical", pieces)
    for frame, rule in frame_rules(cue.part, cue.frames):
        ranges = rule(tree, anchor)
        if not ranges and cue.particles:
            ranges = rule(tree, token + len(cue.particles))
        if ranges:
            if cue.part == "verb" and frame in ("clause", "person-clause"):
                ranges = [*ranges[:-1], _carried_on(tree, token, *ranges[-1])]
            elif ranges[-1][0] > token:
                ranges = [*ranges[:-1], _without_aside(tree, *ranges[-1])]
            pieces = [tree.span(*_without_day(tree, *pair)) for pair in ranges]
            found = _parts(tree, token, cue, f"{cue.part} {frame}", pieces, spoken=frame != RAISING)
            return _with_preposition(tree, found) if frame.startswith("prep:") else found
    return None


def _with_preposition(tree: Tree, parts: Parts) -> Parts:
    """Count the preposition between cue and content to the cue: "called for"."""
    if parts.cue is None or not parts.pieces:
        return parts
    between = range(tree.at(parts.cue.end), tree.at(parts.start))
    if len(between) == 1 and tree.pos[between[0]] in ("ADP", "VERB"):
        return parts._replace(cue=Span(parts.cue.start, tree.end[between[0]]))
    return parts


def _without_aside(tree: Tree, first: int, last: int) -> tuple[int, int]:
    """Leave out a last ", which …": the paper's own remark on what was said."""
    for token in range(last, first, -1):
        if tree.word[token] in _ASIDES and tree.word[token - 1] == ",":
            verb = tree.head[token]
            while tree.dep[verb] not in _CLAUSES and tree.head[verb] != verb:
                verb = tree.head[verb]
            if tree.dep[verb] == "relcl" and tree.right[verb] >= last - 1 and token - 2 >= first:
                return first, token - 2
            return first, last
    return first, last


def _carried_on(tree: Tree, cue: int, first: int, last: int) -> tuple[int, int]:
    """Widen a content after its cue to words that the parser lost to another clause.

    They follow without a stop, and are neither adjuncts of the cue nor the clause the cue is in.
    """
    if first < cue or tree.dep[cue] in _INSERTED:
        return first, last
    while last < tree.sentence_last[cue] and _carries_on(tree, cue, last + 1):
        last = max(last + 1, tree.right[last + 1])
    return first, last


def _carries_on(tree: Tree, cue: int, token: int) -> bool:
    if tree.pos[token] in ("PUNCT", "CCONJ", "SCONJ", "SPACE", "ADV"):
        return False
    if tree.pos[token] == "ADP" or tree.head[token] == cue:
        return False
    return tree.dep[token] not in ("mark", "npadvmod", "advmod", "advcl")


def _without_day(tree: Tree, first: int, last: int) -> tuple[int, int]:
    """Leave out the day of "said on Monday tanks would …" and of "said last week it would …"."""
    stranded = first > 0 and tree.pos[first - 1] == "ADP" and not tree.children[first - 1]
    if stranded and tree.word[first] in words("day") and first < last:
        return first + 1, last
    for token in range(first, min(first + _TIME_TOKENS, last)):
        if tree.dep[token] == "npadvmod" and tree.left[token] == first:
            timed = tree.word[token] in words("day") or tree.word[token] in words("span")
            return (tree.right[token] + 1, last) if timed else (first, last)
    return first, last


def _set_off(tree: Tree, verb: int) -> list[Span]:
    """Return the sentence about a cue set off by commas: "Rates, she said, would rise"."""
    if tree.first(verb, "nsubj") is None or tree.first(verb, "ccomp", "dobj", "xcomp") is not None:
        return []
    host = tree.head[verb]
    if host == verb or tree.dep[verb] not in ("parataxis", "ccomp", "advcl", "dep"):
        return []
    first, last = tree.left[verb], tree.right[verb]
    if not _between_stops(tree, first, last):
        return []
    if tree.dep[verb] == "advcl" and tree.first(verb, "mark", "advmod") is not None:
        return []
    before, after = tree.left[host], tree.right[host]
    pieces = []
    if before < first:
        pieces.append(tree.span(before, first - 1))
    if after > last and "according" not in tree.word[last + 1 : last + 3]:
        pieces.append(tree.span(last + 1, after))
    return pieces


def _between_stops(tree: Tree, first: int, last: int) -> bool:
    """Whether punctuation, or an end of the sentence, stands on both sides."""
    opens = first == tree.sentence_first[first] or "PUNCT" in tree.pos[first - 1 : first + 1]
    closes = last == tree.sentence_last[last] or "PUNCT" in tree.pos[last : last + 2]
    return opens and closes and tree.word[last + 1 : last + 2] != [":"]


def _parts(
    tree: Tree,
    token: int,
    cue: Cue,
    construction: str,
    pieces: list[Span],
    *,
    spoken: bool = True,
) -> Parts:
    head = speaker_token(tree, token) if spoken else None
    speaker = phrase(tree, head) if head is not None else None
    signal = cue_span(tree, token, cue)
    hole = signal
    if speaker is not None and speaker.end <= signal.start:
        hole = Span(speaker.start, signal.end)
    pieces = [part for piece in pieces for part in without(piece, hole)]
    return Parts(tuple(pieces), signal, speaker, construction)


def without(piece: Span, hole: Span) -> list[Span]:
    """Return what `hole` leaves of `piece`."""
    if hole.start <= piece.start and hole.end >= piece.end:
        return []
    if hole.start >= piece.end or hole.end <= piece.start:
        return [piece]
    sides = [Span(piece.start, hole.start), Span(hole.end, piece.end)]
    return [side for side in sides if side.start < side.end]


def cue_span(tree: Tree, token: int, cue: Cue) -> Span:
    """Return the cue with its auxiliaries, its negation and its particles."""
    first = last = token
    relay = relay_verb(tree, token)
    if relay is not None:
        first = relay
    while first > tree.sentence_first[token] and _belongs(tree, first - 1, first, token):
        first -= 1
    return tree.span(first, last + len(cue.particles))


def _belongs(tree: Tree, before: int, first: int, token: int) -> bool:
    head = tree.head[before]
    if tree.dep[before] in ("aux", "auxpass", "neg", "advmod"):
        return first <= head <= token and tree.word[before] not in ("when", "why", "how", "where")
    return False


def _according(tree: Tree, token: int) -> Iterator[Parts]:
    link = next((child for child in tree.children[token] if tree.word[child] == "to"), None)
    source = tree.first(link, "pobj", "pcomp") if link is not None else None
    if link is None or source is None or tree.head[token] == token:
        return
    host = _clause_of(tree, token)
    first, last = tree.left[token], tree.right[token]
    pieces = []
    if tree.left[host] < first:
        pieces.append(tree.span(_after_colon(tree, tree.left[host], first - 1), first - 1))
    if tree.right[host] > last and tree.pos[last + 1] != "ADP":
        pieces.append(tree.span(last + 1, tree.right[host]))
    if pieces:
        yield Parts(tuple(pieces), tree.span(token, link), phrase(tree, source), "according to")


def _after_colon(tree: Tree, first: int, last: int) -> int:
    """Return where the clause begins that a colon or semicolon sets apart from the one before."""
    for token in range(last - 1, first, -1):
        if tree.word[token] in (":", ";"):
            return token + 1
    return first


def _clause_of(tree: Tree, token: int) -> int:
    """Return the verb of the clause about `token`, going up until one has a subject."""
    host = tree.head[token]
    while tree.head[host] != host:
        verb = tree.pos[host] in ("VERB", "AUX") and tree.dep[host] not in ("relcl", "acl", "xcomp")
        if verb and tree.first(host, *SUBJECTS) is not None and not _is_contrast(tree, host):
            break
        host = tree.head[host]
    return host


def _poll(tree: Tree, token: int) -> Iterator[Parts]:
    """Yield what "In a new poll, …" found: the sentence it opens."""
    source = tree.first(token, "pobj")
    if source is None or tree.word[source] not in words("poll"):
        return
    host, last = _clause_of(tree, token), tree.right[token]
    set_off = tree.word[last + 1 : last + 2] == [","] and last + 1 < tree.right[host]
    if tree.left[host] == token and set_off:
        content = tree.span(last + 2, tree.right[host])
        yield Parts((content,), tree.span(token, token), phrase(tree, source), "poll")


def _is_contrast(tree: Tree, verb: int) -> bool:
    """Whether a clause follows its main clause as the other half: "…, while prices fell"."""
    mark = tree.first(verb, "mark")
    return mark is not None and tree.word[mark] in _CONTRASTS and tree.head[verb] < mark


def _adverb(tree: Tree, token: int) -> Iterator[Parts]:
    host = tree.head[token]
    if tree.pos[host] not in ("VERB", "AUX"):
        return
    pieces = []
    if tree.left[host] < token:
        pieces.append(tree.span(tree.left[host], token - 1))
    if tree.right[host] > token:
        pieces.append(tree.span(token + 1, tree.right[host]))
    yield Parts(tuple(pieces), tree.span(token, token), None, "adverb")
